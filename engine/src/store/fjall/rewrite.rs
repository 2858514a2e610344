//! Making the store anew, of the records that are to be kept and can be read.
//!
//! It is written beside the one that is open, which is closed then and gives its place away ([`swap::swap`]).

use std::iter::Peekable;
use std::sync::atomic::Ordering;

use fjall::{Keyspace, KvPair, UserValue};

use super::{FjallStore, Opened, State, open_database};
use crate::fail_point;
use crate::store::{RecordKey, StoreError, swap};

impl FjallStore {
    /// Does what [`Store::rewrite`](crate::store::Store::rewrite) is to do.
    pub(super) fn make_anew(&self, kept: &[RecordKey], besides: &[(RecordKey, Vec<u8>)]) -> Result<(), StoreError> {
        self.set_own(None);
        let mut state = self.lock_state();
        if self.make_held(&mut state)?.is_some_and(|recent| !recent.is_empty()) {
            self.ingest_all(&mut state, &mut std::iter::empty())?;
        }
        self.make_open(&mut state)?;
        let State::Open(opened) = std::mem::replace(&mut *state, State::Unusable) else {
            return Err(self.damaged("it could not be opened"));
        };
        let mut written = self.noting_damage(self.write_fresh(&opened.keyspace, kept, besides));
        if matches!(written, Err(StoreError::Damaged { .. })) {
            written = self.write_fresh(&opened.keyspace, kept, besides);
        }
        if let Err(error) = written {
            *state = State::Open(opened);
            return Err(error);
        }
        let Opened { keyspace, _database: database, held } = opened;
        drop(keyspace);
        drop(database);
        let swapped = swap::swap(&self.directory).map_err(|source| self.io(source));
        *state = State::Locked(held);
        self.is_damaged.fetch_and(swapped.is_err(), Ordering::Relaxed);
        swapped
    }

    /// Writes a store of these records beside the one that is open.
    fn write_fresh(
        &self,
        keyspace: &Keyspace,
        kept: &[RecordKey],
        besides: &[(RecordKey, Vec<u8>)],
    ) -> Result<(), StoreError> {
        let fresh = swap::fresh(&self.directory);
        swap::remove(&fresh).map_err(|source| self.io(source))?;
        self.guarded(|| {
            let (written, _database) = open_database(&fresh)?;
            fail_point::reach("fresh-opened");
            let mut besides = besides.iter().peekable();
            let mut ingestion = written.start_ingestion()?;
            // In one pass over the store; key by key where that does not get through it.
            let one_by_one = self.is_damaged.load(Ordering::Relaxed);
            let mut records = (!one_by_one).then(|| keyspace.iter().map(fjall::Guard::into_inner).peekable());
            for key in kept {
                while let Some((other, bytes)) = besides.next_if(|(other, _)| other < key) {
                    ingestion.write(other.as_bytes(), bytes)?;
                }
                if besides.peek().is_some_and(|(other, _)| other == key) {
                    continue;
                }
                let bytes = match &mut records {
                    None => keyspace.get(key.as_bytes()).ok().flatten(),
                    Some(records) => advance_to(records, *key)?,
                };
                if let Some(bytes) = bytes {
                    ingestion.write(key.as_bytes(), bytes)?;
                    fail_point::reach("fresh-record-written");
                }
            }
            for (key, bytes) in besides {
                ingestion.write(key.as_bytes(), bytes.as_slice())?;
            }
            ingestion.finish()?;
            fail_point::reach("fresh-written");
            Ok(())
        })
    }
}

/// The record with this key, of records that ascend by key; those before it are passed over.
fn advance_to(
    records: &mut Peekable<impl Iterator<Item = fjall::Result<KvPair>>>,
    wanted: RecordKey,
) -> fjall::Result<Option<UserValue>> {
    let is_due = |record: &fjall::Result<KvPair>| record.as_ref().map_or(true, |(key, _)| **key <= *wanted.as_bytes());
    while let Some(record) = records.next_if(is_due) {
        let (key, bytes) = record?;
        if *key == *wanted.as_bytes() {
            return Ok(Some(bytes));
        }
    }
    Ok(None)
}
