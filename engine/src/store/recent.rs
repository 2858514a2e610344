//! Records that were written lately, in a file beside the store.
//!
//! To open fjall, ingest a few records and have them synced takes longer than to analyze the file that they are about,
//! and leaves a table for each run. So the few records of a small run are appended to one file, and go into the store
//! together once there are many.
//!
//! ```text
//! entry    XXH3-128 of all that follows [16] · length of the record u32 · key [32] · record
//! ```
//!
//! What is here counts before what the store has under the same key, and a later entry before an earlier one. The file
//! is read as a whole, by who holds the lock of the store. **Invariant: an entry that fails its check ends the file**:
//! what follows it is as if it were missing, and is written over. Nothing is synced: an entry that is not whole on disk
//! after the machine went down is one of these.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::Range;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::OFlags;
use xxhash_rust::xxh3::xxh3_128;

use super::RecordKey;
use crate::fail_point;
use crate::system::open_regular;

/// How many bytes may wait to go into the store. They are read by every run that asks for a record: 1 MiB takes 0.3 ms,
/// and some hundred edits of single files to fill.
pub(super) const RECENT_BYTES: usize = 1 << 20;

/// What part of the budget of the cache they may have at most.
pub(super) const RECENT_PART: u64 = 16;

const CHECK: usize = 16;
const KEY: usize = CHECK + 4;
const RECORD: usize = KEY + RecordKey::LENGTH;

/// The records in the file.
#[derive(Debug, Default)]
pub(super) struct Recent {
    path: PathBuf,
    /// The entries that passed their checks.
    bytes: Vec<u8>,
    /// Where each record lies in them.
    records: BTreeMap<RecordKey, Range<usize>>,
}

impl Recent {
    /// Where the file lies that belongs to a store.
    pub(super) fn path(store: &Path) -> PathBuf {
        let mut name = store.as_os_str().to_owned();
        name.push(".recent");
        name.into()
    }

    /// Reads the file that belongs to a store. One that cannot be read has nothing in it.
    pub(super) fn load(store: &Path) -> Self {
        let path = Self::path(store);
        let mut bytes = Vec::new();
        if let Ok((file, size)) = open_regular(&path) {
            bytes.reserve(usize::try_from(size).unwrap_or_default().min(RECENT_BYTES) + 1);
            // More than this was not written by us.
            if file.take(2 * RECENT_BYTES as u64).read_to_end(&mut bytes).is_err() {
                bytes.clear();
            }
        }
        let mut recent = Self { path, bytes, records: BTreeMap::new() };
        let mut end = 0;
        while let Some((key, record)) = entry(&recent.bytes, end) {
            end = record.end;
            recent.records.insert(key, record);
        }
        if end < recent.bytes.len() {
            tracing::info!("{} ends with an entry that is not whole", recent.path.display());
            recent.bytes.truncate(end);
        }
        recent
    }

    /// The record under this key.
    pub(super) fn get(&self, key: RecordKey) -> Option<&[u8]> {
        self.bytes.get(self.records.get(&key)?.clone())
    }

    /// All records, ascending by key.
    pub(super) fn iter(&self) -> impl Iterator<Item = (RecordKey, &[u8])> {
        self.records.iter().filter_map(|(key, range)| Some((*key, self.bytes.get(range.clone())?)))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// How many bytes the file has.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether these records still find room, where so many bytes may wait.
    pub(super) fn has_room_for(&self, records: &[(RecordKey, &[u8])], most: usize) -> bool {
        let more: usize = records.iter().map(|(_, record)| RECORD + record.len()).sum();
        self.bytes.len() + more <= fail_point::recent_bytes(most)
    }

    /// Appends records.
    pub(super) fn append(&mut self, records: &[(RecordKey, impl AsRef<[u8]>)]) -> io::Result<()> {
        let start = self.bytes.len();
        let file = self.open()?;
        fail_point::reach("recent-opened");
        let mut entries = Vec::with_capacity(records.iter().map(|(_, record)| RECORD + record.as_ref().len()).sum());
        for (key, record) in records {
            let record = record.as_ref();
            let length = u32::try_from(record.len()).map_err(io::Error::other)?;
            let begin = entries.len();
            entries.extend_from_slice(&[0; CHECK]);
            entries.extend_from_slice(&length.to_le_bytes());
            entries.extend_from_slice(key.as_bytes());
            entries.extend_from_slice(record);
            let check = xxh3_128(&entries[begin + CHECK..]).to_le_bytes();
            entries[begin..begin + CHECK].copy_from_slice(&check);
        }
        // What is not whole goes first, so that no part of it can come to lie behind these.
        if file.metadata()?.len() != start as u64 {
            file.set_len(start as u64)?;
        }
        let (first, rest) = entries.split_at(entries.len() / 2);
        file.write_all_at(first, start as u64)?;
        fail_point::reach("recent-part-written");
        file.write_all_at(rest, (start + first.len()) as u64)?;
        fail_point::reach("recent-written");
        self.bytes.extend_from_slice(&entries);
        let mut end = start;
        while let Some((key, record)) = entry(&self.bytes, end) {
            end = record.end;
            self.records.insert(key, record);
        }
        Ok(())
    }

    /// Removes all records, which are in the store by now.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.bytes.clear();
        self.records.clear();
        match fs::remove_file(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn open(&self) -> io::Result<File> {
        let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .mode(0o600)
            .custom_flags(flags.bits().cast_signed())
            .open(&self.path)?;
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::ErrorKind::InvalidInput.into()) }
    }
}

/// The entry that begins here, if it is whole.
fn entry(bytes: &[u8], start: usize) -> Option<(RecordKey, Range<usize>)> {
    let entry = bytes.get(start..)?;
    let length = u32::from_le_bytes(entry.get(CHECK..KEY)?.try_into().ok()?);
    let end = RECORD.checked_add(usize::try_from(length).ok()?)?;
    let check = u128::from_le_bytes(entry.get(..CHECK)?.try_into().ok()?);
    if xxh3_128(entry.get(CHECK..end)?) != check {
        return None;
    }
    let key = entry.get(KEY..RECORD)?.try_into().ok().map(RecordKey::from_bytes)?;
    Some((key, start + RECORD..start + end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(number: u64) -> RecordKey {
        RecordKey::new("test", 1, |inputs| _ = inputs.number(number))
    }

    fn records(numbers: &[u64], text: &str) -> Vec<(RecordKey, Vec<u8>)> {
        numbers.iter().map(|number| (key(*number), format!("{number} {text}").into_bytes())).collect()
    }

    fn texts(recent: &Recent, numbers: &[u64]) -> Vec<Option<String>> {
        numbers
            .iter()
            .map(|number| recent.get(key(*number)).map(|record| String::from_utf8_lossy(record).into()))
            .collect()
    }

    #[test]
    fn what_was_appended_is_there_and_the_later_counts() {
        let directory = tempfile::tempdir().unwrap();
        let store = directory.path().join("store");
        Recent::load(&store).append(&records(&[1, 2], "first")).unwrap();
        let mut recent = Recent::load(&store);
        recent.append(&records(&[2, 3], "second")).unwrap();
        for recent in [recent, Recent::load(&store)] {
            let expected = [Some("1 first".to_owned()), Some("2 second".to_owned()), Some("3 second".to_owned()), None];
            assert_eq!(texts(&recent, &[1, 2, 3, 4]), expected);
            assert_eq!(recent.iter().count(), 3);
        }
        Recent::load(&store).clear().unwrap();
        assert!(Recent::load(&store).is_empty());
    }

    #[test]
    fn damage_anywhere_ends_the_file_and_is_written_over() {
        let directory = tempfile::tempdir().unwrap();
        let store = directory.path().join("store");
        Recent::load(&store).append(&records(&[1, 2, 3], "a")).unwrap();
        let whole = fs::read(Recent::path(&store)).unwrap();
        let damaged = (0..whole.len()).flat_map(|at| {
            let mut flipped = whole.clone();
            flipped[at] ^= 0x40;
            [(at, flipped), (at, whole[..at].to_vec())]
        });
        for (at, bytes) in damaged {
            fs::write(Recent::path(&store), bytes).unwrap();
            let mut recent = Recent::load(&store);
            let sound = (at / (whole.len() / 3)).min(3);
            let expected = |number: usize| (number <= sound).then(|| format!("{number} a"));
            assert_eq!(texts(&recent, &[1, 2, 3]), [1, 2, 3].map(expected), "byte {at}");
            recent.append(&records(&[4], "b")).unwrap();
            assert_eq!(texts(&Recent::load(&store), &[4]), [Some("4 b".to_owned())], "byte {at}");
            assert_eq!(Recent::load(&store).iter().count(), sound + 1, "byte {at}");
        }
    }
}
