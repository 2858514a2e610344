//! The envelope of a record.
//!
//! | bytes | what |
//! |---|---|
//! | 0 | format version, [`FORMAT`] |
//! | 1..33 | BLAKE3 of the payload |
//! | 33.. | the payload: the stage's result in postcard encoding |

use crate::digest::Digest;

/// The version of the envelope. Raise it when the layout above changes.
const FORMAT: u8 = 1;
const HEADER: usize = 1 + 32;

/// A stage's result, encoded, with the digest by which it is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    digest: Digest,
    bytes: Vec<u8>,
}

/// Why a stored record is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Damage {
    #[error("it is shorter than its header")]
    Truncated,
    #[error("it has the format version {0}, not {FORMAT}")]
    ForeignFormat(u8),
    #[error("its digest does not match its payload")]
    DigestMismatch,
    #[error("its payload does not decode")]
    Undecodable,
}

impl Record {
    /// Encodes a result. `None` if it has no postcard form, which only a faulty `Serialize` brings about.
    pub(crate) fn encode<T: serde::Serialize>(value: &T) -> Option<Self> {
        let mut bytes = vec![0; HEADER];
        bytes = postcard::to_extend(value, bytes).ok()?;
        let digest = Digest::of(&bytes[HEADER..]);
        bytes[0] = FORMAT;
        bytes[1..HEADER].copy_from_slice(&digest.0);
        Some(Self { digest, bytes })
    }

    /// Checks the bytes of a stored record.
    pub(crate) fn check(bytes: Vec<u8>) -> Result<Self, Damage> {
        if bytes.len() < HEADER {
            return Err(Damage::Truncated);
        }
        if bytes[0] != FORMAT {
            return Err(Damage::ForeignFormat(bytes[0]));
        }
        let digest = Digest::of(&bytes[HEADER..]);
        if bytes[1..HEADER] != digest.0 {
            return Err(Damage::DigestMismatch);
        }
        Ok(Self { digest, bytes })
    }

    /// Decodes the result.
    pub(crate) fn decode<T: serde::de::DeserializeOwned>(&self) -> Result<T, Damage> {
        match postcard::take_from_bytes(&self.bytes[HEADER..]) {
            Ok((value, [])) => Ok(value),
            _ => Err(Damage::Undecodable),
        }
    }

    /// The digest of the payload.
    pub(crate) fn digest(&self) -> Digest {
        self.digest
    }

    /// The whole record as it is stored.
    pub(crate) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// How many bytes the record takes.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_survives_the_round_trip() {
        let value = vec!["a".to_owned(), "b".to_owned()];
        let record = Record::encode(&value).unwrap();
        let read = Record::check(record.clone().into_bytes()).unwrap();
        assert_eq!(read, record);
        assert_eq!(read.decode::<Vec<String>>(), Ok(value));
    }

    #[test]
    fn every_truncation_and_every_flipped_bit_is_noticed() {
        let bytes = Record::encode(&"some text, long enough to matter").unwrap().into_bytes();
        for length in 0..bytes.len() {
            assert!(Record::check(bytes[..length].to_vec()).is_err(), "cut to {length} bytes");
        }
        for bit in 0..bytes.len() * 8 {
            let mut damaged = bytes.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            assert!(Record::check(damaged).is_err(), "bit {bit} flipped");
        }
    }

    #[test]
    fn a_record_of_another_type_does_not_decode() {
        let record = Record::encode(&(1u8, 2u8, 3u8)).unwrap();
        assert_eq!(record.decode::<Vec<String>>(), Err(Damage::Undecodable));
        assert_eq!(record.decode::<u8>(), Err(Damage::Undecodable), "bytes are left over");
    }
}
