//! When records were written, or found to be in use.
//!
//! Beside the records of a run lies one that names them with the time, by eight bytes each. Nothing reads it but who
//! collects garbage, who writes it anew: records that are in use then have the time of now. So the last use of each
//! record is known closely enough to drop the oldest, and looking a record up writes nothing.

use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::{Payload, Record, RecordKey};

/// The stage by whose name these records lie together.
pub(crate) const WRITTEN: (&str, u32) = ("written", 1);

/// Records by the time when they were written or found to be in use.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Written {
    /// In seconds since 1970.
    pub(crate) at: u64,
    /// Of each record the second eight bytes of its key.
    pub(crate) keys: Vec<[u8; 8]>,
}

impl Written {
    /// The record that names these, and its key; `None` if there are none.
    pub(crate) fn record(at: u64, keys: impl Iterator<Item = RecordKey>) -> Option<(RecordKey, Record)> {
        let written = Self { at, keys: keys.map(short).collect() };
        if written.keys.is_empty() {
            return None;
        }
        let (name, version) = WRITTEN;
        let key = RecordKey::new(name, version, |into| _ = into.number(at).bytes(written.keys.as_flattened()));
        Some((key, Record::encode(&written)?))
    }

    /// What such a record says; `None` if it is damaged.
    pub(crate) fn read(record: &[u8]) -> Option<Self> {
        Payload::open(record).ok()?.decode().ok()
    }
}

/// The key under which it is remembered how many bytes the last collection of garbage left.
pub(crate) fn left_key() -> RecordKey {
    RecordKey::new("left", 1, |_| ())
}

/// By what a record is named: beyond the bytes that tell the stage, a key is a digest.
pub(crate) fn short(key: RecordKey) -> [u8; 8] {
    let bytes = key.to_bytes();
    std::array::from_fn(|index| bytes[8 + index])
}

/// The time of now in seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}
