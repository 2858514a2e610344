//! The key of a record.

use serde::{Deserialize, Serialize};

use crate::digest::Fingerprint;

/// The key of a record: the stage first, so that one stage's records lie together, then its inputs.
///
/// | bytes | what |
/// |---|---|
/// | 0..8 | BLAKE3 of the stage's name and version |
/// | 8..32 | BLAKE3 of the stage's name and version and the digests of its inputs |
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct RecordKey([u8; Self::LENGTH]);

impl RecordKey {
    pub(crate) const LENGTH: usize = 32;

    /// The key under which a stage keeps its result for the inputs that `inputs` takes in.
    pub(crate) fn new(stage: &str, version: u32, inputs: impl FnOnce(&mut Fingerprint)) -> Self {
        let mut fingerprint = Fingerprint::with_capacity(256);
        fingerprint.text(stage).number(version.into());
        let stage_digest = fingerprint.finish();
        inputs(&mut fingerprint);
        let mut key = fingerprint.finish().0;
        key[..8].copy_from_slice(&stage_digest.0[..8]);
        Self(key)
    }

    /// Whether both are keys of the same stage.
    pub(crate) fn is_of_stage_of(&self, other: &Self) -> bool {
        self.0[..8] == other.0[..8]
    }

    /// The key with these bytes, as it was kept somewhere.
    pub(crate) fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The key as the store orders it.
    pub(crate) fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes of the key.
    pub(crate) fn to_bytes(self) -> [u8; Self::LENGTH] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stage_version_and_inputs_all_enter_the_key() {
        let key = |stage, version, text: &str| RecordKey::new(stage, version, |inputs| _ = inputs.text(text));
        let keys = [key("ir", 1, "a"), key("ir", 1, "b"), key("ir", 2, "a"), key("edges", 1, "a")];
        for (i, left) in keys.iter().enumerate() {
            for right in &keys[i + 1..] {
                assert_ne!(left, right);
            }
        }
        assert_eq!(keys[0].as_bytes()[..8], keys[1].as_bytes()[..8], "one stage's records lie together");
        assert_ne!(keys[0].as_bytes()[..8], keys[2].as_bytes()[..8]);
    }
}
