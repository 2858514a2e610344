//! The store in memory: the twin of the one on disk, for runs that touch none.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{RecordKey, Store, StoreError, StoreStatistics};

/// Keeps records for as long as the process lives.
#[derive(Debug, Default)]
pub(crate) struct MemoryStore {
    records: Mutex<BTreeMap<RecordKey, Vec<u8>>>,
}

impl MemoryStore {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<RecordKey, Vec<u8>>> {
        // A panic elsewhere cannot leave a map of whole records half-changed.
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Store for MemoryStore {
    fn get(&self, key: RecordKey) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.lock().get(&key).cloned())
    }

    fn ingest(&self, records: &mut dyn Iterator<Item = (RecordKey, &[u8])>) -> Result<(), StoreError> {
        self.lock().extend(records.map(|(key, record)| (key, record.to_vec())));
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
        self.lock().iter().for_each(|(key, record)| visit(*key, record));
        Ok(())
    }

    fn rewrite(&self, kept: &[RecordKey], besides: Vec<(RecordKey, Vec<u8>)>) -> Result<(), StoreError> {
        let mut records = self.lock();
        records.retain(|key, _| kept.binary_search(key).is_ok());
        records.extend(besides);
        Ok(())
    }

    fn is_damaged(&self) -> bool {
        false
    }

    fn bytes_when_written(&self) -> u64 {
        0
    }

    fn disk_bytes(&self) -> Result<u64, StoreError> {
        Ok(0)
    }

    fn statistics(&self) -> Result<StoreStatistics, StoreError> {
        Ok(StoreStatistics { records: self.lock().len() as u64, disk_bytes: 0 })
    }
}
