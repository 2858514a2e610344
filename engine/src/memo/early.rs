//! Records that go into the store before the run ends.
//!
//! A first build makes records for every file, and would hold them all until its end, when nothing else is left to do.
//! Those that nobody is expected to ask for again are written while it goes on. They can be asked for all the same:
//! until they are in the store, they are found here.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, TryLockError};
use std::thread::{self, JoinHandle};

use rustc_hash::FxHashSet;

use super::Memo;
use crate::fail_point;
use crate::monitor::Monitor;
use crate::store::{Record, RecordKey};

/// So many bytes of records are worth a table of their own in the store, which every later run has to look into.
const WORTH_A_TABLE: usize = 6 << 20;

/// What has been written already is so many times what is worth the next table, so that a hundred times as many records
/// make a few tables more and not a hundred times as many.
const GROWTH: usize = 6;

/// So many times what is worth a table may wait for a disk that is slow, before those who compute wait as well.
const PATIENCE: usize = 4;

/// Records that are being written, ascending by key.
type OnTheirWay = Arc<Vec<(RecordKey, Record)>>;

/// The records on their way, and who writes them.
#[derive(Default)]
pub(super) struct Early {
    records: RwLock<OnTheirWay>,
    /// Of the records that are held back until nobody asks for them any more, those that are not.
    settled: Mutex<FxHashSet<RecordKey>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    /// How many bytes were written.
    written: AtomicUsize,
    /// How many bytes have to be queued before it makes sense to look again for what can be written.
    due: AtomicUsize,
    /// Whether some could not be kept.
    some_lost: AtomicBool,
}

impl Early {
    /// What `look` tells of a record that is on its way.
    pub(super) fn look_at<T>(&self, key: RecordKey, look: impl Fn(&Record) -> T) -> Option<T> {
        let records = self.records.read().unwrap_or_else(PoisonError::into_inner);
        let at = records.binary_search_by_key(&key, |(key, _)| *key).ok()?;
        Some(look(&records.get(at)?.1))
    }

    /// Waits until all of them are written.
    pub(super) fn wait(&self) {
        // One that panicked lost what it had, which costs work and no answer.
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        _ = writer.map(JoinHandle::join);
    }

    /// Ends the run, as far as it is told of here. Whether some could not be kept, which was told.
    pub(super) fn end(&self) -> bool {
        self.written.store(0, Ordering::Relaxed);
        self.due.store(0, Ordering::Relaxed);
        *self.settled() = FxHashSet::default();
        self.some_lost.swap(false, Ordering::Relaxed)
    }

    /// How many bytes are worth a table now.
    fn worth(&self) -> usize {
        fail_point::early_bytes(WORTH_A_TABLE).max(self.written.load(Ordering::Relaxed) / GROWTH)
    }

    fn settled(&self) -> MutexGuard<'_, FxHashSet<RecordKey>> {
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, records: OnTheirWay) {
        *self.records.write().unwrap_or_else(PoisonError::into_inner) = records;
    }
}

impl Memo {
    /// Waits until no record is on its way. Who holds up writes must not wait here.
    pub(crate) fn wait_for_early(&self) {
        self.shared.early.wait();
    }

    /// Whether records may be written before the run ends. In a store that this process has not made, it would have to
    /// wait at each look for a record until they are.
    pub(crate) fn writes_early(&self) -> bool {
        self.shared.store.is_own()
    }

    /// Says that nobody is expected to ask in this run for the records under these keys again, and begins to write what
    /// is queued, if that is much: all but records of the stage of `held_back` of which this was not said yet. Only
    /// where [`Self::writes_early`].
    pub(crate) fn settle(&self, keys: impl Iterator<Item = RecordKey>, held_back: RecordKey, monitor: &Arc<Monitor>) {
        let early = &self.shared.early;
        early.settled().extend(keys);
        let queued = self.shared.pending_bytes.load(Ordering::Relaxed);
        let worth = early.worth();
        if queued < worth.max(early.due.load(Ordering::Relaxed)) {
            return;
        }
        let mut writer = match early.writer.try_lock() {
            Ok(writer) => writer,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return,
        };
        if writer.as_ref().is_some_and(|writer| !writer.is_finished()) && queued < worth * PATIENCE {
            return;
        }
        _ = writer.take().map(JoinHandle::join);
        // What could not be written once is not tried again before the end.
        if early.some_lost.load(Ordering::Relaxed) {
            return;
        }
        match self.set_out(held_back, worth) {
            Ok(records) => {
                early.due.store(0, Ordering::Relaxed);
                *writer = self.write_beside(records, monitor.clone());
            }
            Err(lacking) => early.due.store(queued + lacking, Ordering::Relaxed),
        }
    }

    /// Moves the queued records that can be written from the queue to those on their way, or tells how many bytes they
    /// lack to be worth it. Whoever looks for one of them finds it in the one place or the other.
    fn set_out(&self, held_back: RecordKey, worth: usize) -> Result<OnTheirWay, usize> {
        let early = &self.shared.early;
        let mut shards = self.lock_pending();
        let mut settled = early.settled();
        let can_go = |key: &RecordKey| !key.is_of_stage_of(&held_back) || settled.contains(key);
        let queued = shards.iter().flat_map(|shard| shard.iter()).filter(|(key, _)| can_go(key));
        let bytes: usize = queued.map(|(_, record)| record.len()).sum();
        if bytes < worth {
            return Err(worth - bytes);
        }
        let records = Arc::new(self.take_out(&mut shards, can_go));
        settled.clear();
        early.set(records.clone());
        early.written.fetch_add(bytes, Ordering::Relaxed);
        Ok(records)
    }

    /// Writes records on a thread beside.
    fn write_beside(&self, records: OnTheirWay, monitor: Arc<Monitor>) -> Option<JoinHandle<()>> {
        let memo = self.clone();
        let write = move || {
            let _writing = monitor.writing();
            let early = &memo.shared.early;
            early.some_lost.store(true, Ordering::Relaxed);
            let kept = memo.ingest(&records);
            early.some_lost.store(!kept, Ordering::Relaxed);
            early.set(Arc::default());
            fail_point::reach("written-early");
        };
        let spawned = thread::Builder::new().name("esker-store".into()).spawn(write);
        spawned
            .inspect_err(|error| {
                tracing::info!("{error}; some records are lost");
                self.shared.early.some_lost.store(true, Ordering::Relaxed);
            })
            .ok()
    }
}
