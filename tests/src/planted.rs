//! Records of a cache, seen and replaced from outside: as whoever reads `docs/store-format.md` would go about it.

use std::path::Path;

use fjall::{Database, Keyspace, KeyspaceCreateOptions};

/// The length of a record's envelope.
const HEADER: usize = 38;
const PLAIN: u8 = 0;
/// How far versions of stages may have come.
const MAX_VERSION: u64 = 99;

/// A record with its key.
pub type KeyAndRecord = (Vec<u8>, Vec<u8>);

/// All records of a stage that a cache directory has, ascending by key.
///
/// # Panics
///
/// If there are none, or the store cannot be opened.
#[must_use]
pub fn records(cache: &Path, stage: &str) -> Vec<KeyAndRecord> {
    let all = all_records(cache);
    let of_version = |version| {
        let prefix = stage_prefix(stage, version);
        all.iter().filter(|(key, _)| key.starts_with(&prefix)).cloned().collect::<Vec<_>>()
    };
    let found = (1..=MAX_VERSION).map(of_version).find(|records| !records.is_empty());
    found.unwrap_or_else(|| panic!("there are records of {stage} among {}", all.len()))
}

/// All records that a cache directory has, ascending by key.
///
/// # Panics
///
/// If the store cannot be opened.
#[must_use]
pub fn all_records(cache: &Path) -> Vec<KeyAndRecord> {
    let (_database, keyspace) = open(cache);
    let pair = |guard: fjall::Guard| guard.into_inner().expect("the record can be read");
    keyspace.iter().map(pair).map(|(key, record)| (key.to_vec(), record.to_vec())).collect()
}

/// Puts records into the store of a cache directory, in the place of those with the same keys.
///
/// # Panics
///
/// If they cannot be written.
pub fn plant(cache: &Path, records: &[KeyAndRecord]) {
    let (_database, keyspace) = open(cache);
    let mut ingestion = keyspace.start_ingestion().expect("records can be ingested");
    let mut records: Vec<&KeyAndRecord> = records.iter().collect();
    records.sort_unstable();
    for (key, record) in records {
        ingestion.write(key.as_slice(), record.as_slice()).expect("a record can be written");
    }
    ingestion.finish().expect("records can be ingested");
}

/// What is in a record's envelope.
///
/// # Panics
///
/// If it is no record.
#[must_use]
pub fn payload(record: &[u8]) -> Vec<u8> {
    let (header, stored) = record.split_at(HEADER);
    if header[1] == PLAIN {
        return stored.to_vec();
    }
    let length = header[34..38].iter().rev().fold(0, |length, byte| length << 8 | usize::from(*byte));
    lz4_flex::block::decompress(stored, length).expect("the payload can be decompressed")
}

/// A record whose envelope is as it should be.
///
/// # Panics
///
/// If the payload has 4 GiB or more.
#[must_use]
pub fn record(payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).expect("a payload of a test is small");
    [&[1, PLAIN], blake3::hash(payload).as_bytes().as_slice(), &length.to_le_bytes(), payload].concat()
}

/// The record of a resolution with the questions of `asked` and the answers of `answered`, both records of resolutions.
///
/// # Panics
///
/// If they are none.
#[must_use]
pub fn resolution_of_another(asked: &[u8], answered: &[u8]) -> Vec<u8> {
    let (asked, answered) = (payload(asked), payload(answered));
    let questions = |payload| {
        let (_, rest): (esker_engine::api::Resolution, &[u8]) =
            postcard::take_from_bytes(payload).expect("a resolution begins with one");
        rest.len()
    };
    let answers = &answered[..answered.len() - questions(&answered)];
    record(&[answers, &asked[asked.len() - questions(&asked)..]].concat())
}

fn stage_prefix(stage: &str, version: u64) -> [u8; 8] {
    let parts: [&[u8]; 3] = [&(stage.len() as u64).to_le_bytes(), stage.as_bytes(), &version.to_le_bytes()];
    let digest = blake3::hash(&parts.concat());
    std::array::from_fn(|index| digest.as_bytes()[index])
}

fn open(cache: &Path) -> (Database, Keyspace) {
    let database = Database::builder(cache.join("store-1")).open().expect("the store can be opened");
    let keyspace = database.keyspace("records", KeyspaceCreateOptions::default).expect("there are records");
    (database, keyspace)
}
