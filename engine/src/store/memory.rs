//! The store in memory: the twin of the one on disk, for runs that touch none.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{RecordKey, Store, StoreError, StoreStatistics};

/// Keeps records for as long as the process lives, or until they are collected.
#[derive(Debug, Default)]
pub(crate) struct MemoryStore {
    records: Mutex<Records>,
}

#[derive(Debug, Default)]
struct Records {
    of_key: BTreeMap<RecordKey, Vec<u8>>,
    /// How many bytes all of them have.
    bytes: u64,
}

impl Records {
    fn insert(&mut self, key: RecordKey, record: Vec<u8>) {
        self.bytes += record.len() as u64;
        if let Some(before) = self.of_key.insert(key, record) {
            self.bytes -= before.len() as u64;
        }
    }
}

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, Records> {
        // A panic elsewhere cannot leave a map of whole records half-changed.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn get(&self, key: RecordKey) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().of_key.get(&key).cloned())
    }

    fn ingest(&self, records: &mut dyn Iterator<Item = (RecordKey, &[u8])>) -> Result<(), StoreError> {
        let mut kept = self.lock();
        records.for_each(|(key, record)| kept.insert(key, record.to_vec()));
        Ok(())
    }

    fn take_turn(&self) -> Result<(), StoreError> {
        Ok(())
    }

    fn has_turn(&self) -> bool {
        true
    }

    fn is_own(&self) -> bool {
        false
    }

    fn close(&self) {}

    fn release(&self) {}

    fn scan(&self, visit: &mut dyn FnMut(RecordKey, &[u8])) -> Result<(), StoreError> {
        self.lock().of_key.iter().for_each(|(key, record)| visit(*key, record));
        Ok(())
    }

    fn rewrite(&self, kept: &[RecordKey], besides: Vec<(RecordKey, Vec<u8>)>) -> Result<(), StoreError> {
        let mut records = self.lock();
        records.of_key.retain(|key, _| kept.binary_search(key).is_ok());
        records.bytes = records.of_key.values().map(|record| record.len() as u64).sum();
        besides.into_iter().for_each(|(key, record)| records.insert(key, record));
        Ok(())
    }

    fn is_damaged(&self) -> bool {
        false
    }

    fn bytes_when_written(&self) -> u64 {
        self.lock().bytes
    }

    fn bytes(&self) -> Result<u64, StoreError> {
        Ok(self.lock().bytes)
    }

    fn statistics(&self) -> Result<StoreStatistics, StoreError> {
        Ok(StoreStatistics { records: self.lock().of_key.len() as u64, disk_bytes: 0 })
    }
}
