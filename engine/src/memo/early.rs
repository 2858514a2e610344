//! Records that go into the store before the run ends.
//!
//! A first build makes records for every file, and would hold them all until its end, when nothing else is left to do.
//! Those that nobody is expected to ask for again are written while it goes on. They can be asked for all the same: until
//! they are in the store, they are found here.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread::{self, JoinHandle};

use super::Memo;
use crate::fail_point;
use crate::monitor::Monitor;
use crate::store::{Record, RecordKey};

/// So many bytes of records are worth a table of their own in the store, which every later run has to look into.
const WORTH_A_TABLE: usize = 8 << 20;

/// The records on their way, and who writes them.
#[derive(Default)]
pub(super) struct Early {
    /// Ascending by key.
    records: RwLock<Arc<Vec<(RecordKey, Record)>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
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

    /// Whether some could not be kept, which was told, since this was asked last.
    pub(super) fn take_lost(&self) -> bool {
        self.some_lost.swap(false, Ordering::Relaxed)
    }

    fn set(&self, records: Arc<Vec<(RecordKey, Record)>>) {
        *self.records.write().unwrap_or_else(PoisonError::into_inner) = records;
    }
}

impl Memo {
    /// Waits until no record is on its way. Who holds up writes must not wait here.
    pub(crate) fn wait_for_early(&self) {
        self.shared.early.wait();
    }

    /// Whether so many records are queued that some are to be written before the run ends. In a store that this process
    /// has not made, it would have to wait at each look for a record until they are.
    pub(crate) fn writes_early(&self) -> bool {
        self.shared.store.is_own() && self.are_worth_a_table(|_| true)
    }

    fn are_worth_a_table(&self, wanted: impl Fn(RecordKey) -> bool) -> bool {
        self.pending_bytes(wanted) >= fail_point::early_bytes(WORTH_A_TABLE)
    }

    /// Begins to write the queued records that are settled, which nobody is expected to ask for again in this run, if they
    /// are many. Only where [`Self::writes_early`].
    pub(crate) fn write_early(&self, monitor: &Arc<Monitor>, is_settled: impl Fn(RecordKey) -> bool) {
        if !self.are_worth_a_table(&is_settled) {
            return;
        }
        let early = &self.shared.early;
        early.wait();
        // What could not be written once is not tried again before the end.
        if early.some_lost.load(Ordering::Relaxed) {
            return;
        }
        let records = Arc::new(self.take_pending(is_settled));
        early.set(records.clone());
        let (memo, monitor) = (self.clone(), monitor.clone());
        let write = move || {
            let _writing = monitor.writing();
            let early = &memo.shared.early;
            early.some_lost.store(true, Ordering::Relaxed);
            let kept = memo.ingest(&records);
            early.some_lost.store(!kept, Ordering::Relaxed);
            early.set(Arc::default());
            fail_point::reach("written-early");
        };
        match thread::Builder::new().name("esker-store".into()).spawn(write) {
            Ok(writer) => *early.writer.lock().unwrap_or_else(PoisonError::into_inner) = Some(writer),
            Err(error) => {
                tracing::info!("{error}; some records are lost");
                early.some_lost.store(true, Ordering::Relaxed);
            }
        }
    }
}
