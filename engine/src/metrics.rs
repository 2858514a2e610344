//! Counters of what a run did, per stage.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The counters of one run. Shared by all its threads.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    stages: RwLock<BTreeMap<&'static str, Arc<StageCounters>>>,
    damaged_records: AtomicU64,
    damaged_files: AtomicU64,
    told_of_damage: AtomicBool,
    files_read: Amount,
    records_read: Amount,
    records_written: Amount,
    manifest_read: AtomicU64,
    manifest_written: AtomicU64,
}

/// How many things there were, and how many bytes they had.
#[derive(Debug, Default)]
struct Amount {
    count: AtomicU64,
    bytes: AtomicU64,
}

impl Amount {
    fn add(&self, count: usize, bytes: usize) {
        self.count.fetch_add(count as u64, Ordering::Relaxed);
        self.bytes.fetch_add(bytes as u64, Ordering::Relaxed);
    }

    fn take(&self) -> (u64, u64) {
        (self.count.swap(0, Ordering::Relaxed), self.bytes.swap(0, Ordering::Relaxed))
    }
}

/// What a run read and wrote.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct IoMetrics {
    /// How many source files were read.
    pub files_read: u64,
    /// How many bytes they had.
    pub file_bytes_read: u64,
    /// How many records of the store were read.
    pub records_read: u64,
    /// How many bytes they had, as they are stored.
    pub record_bytes_read: u64,
    /// How many records were given to the store.
    pub records_written: u64,
    /// How many bytes they have, as they are stored.
    pub record_bytes_written: u64,
    /// How many bytes of the manifest were read.
    pub manifest_bytes_read: u64,
    /// How many bytes of the manifest were written.
    pub manifest_bytes_written: u64,
}

/// The counters of one stage.
#[derive(Debug, Default)]
pub(crate) struct StageCounters {
    executed: AtomicU64,
    hits: AtomicU64,
    misses: AtomicU64,
    verified_equal: AtomicU64,
    lookup_nanoseconds: AtomicU64,
}

/// What one stage did in a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct StageMetrics {
    /// How many times its function ran.
    pub executed: u64,
    /// How many results were found, in the store or among those of the same run.
    pub hits: u64,
    /// How many results were looked for and not found.
    pub misses: u64,
    /// How many results were looked at anew and came out as the last build had them, which is where a change ends.
    pub verified_equal: u64,
    /// The time spent looking, in all threads together.
    pub lookup_time: Duration,
}

impl Metrics {
    pub(crate) fn stage(&self, name: &'static str) -> Arc<StageCounters> {
        if let Some(counters) = self.stages.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return counters.clone();
        }
        self.stages.write().unwrap_or_else(PoisonError::into_inner).entry(name).or_default().clone()
    }

    /// Counts a damaged record and tells of it, unless other damage was told of already: one warning is enough.
    pub(crate) fn record_damaged(&self, damage: &dyn fmt::Display) {
        self.tell_of_damage(format_args!("a stored record is damaged: {damage}; its result is computed again"));
        self.damaged_records.fetch_add(1, Ordering::Relaxed);
    }

    /// The same for a manifest or the store as a whole. `told` says what is wrong and what follows from it.
    pub(crate) fn file_damaged(&self, told: fmt::Arguments<'_>) {
        self.tell_of_damage(told);
        self.damaged_files.fetch_add(1, Ordering::Relaxed);
    }

    fn tell_of_damage(&self, told: fmt::Arguments<'_>) {
        // Several threads can meet damage at once.
        if self.told_of_damage.swap(true, Ordering::Relaxed) {
            tracing::debug!("{told}");
        } else {
            tracing::warn!("{told}");
        }
    }

    /// How many damaged records were met.
    pub(crate) fn damaged_records(&self) -> u64 {
        self.damaged_records.load(Ordering::Relaxed)
    }

    /// How many times a manifest or the store as a whole could not be used.
    pub(crate) fn damaged_files(&self) -> u64 {
        self.damaged_files.load(Ordering::Relaxed)
    }

    /// Counts a source file that was read.
    pub(crate) fn file_read(&self, bytes: usize) {
        self.files_read.add(1, bytes);
    }

    /// Counts a record of the store that was read.
    pub(crate) fn record_read(&self, bytes: usize) {
        self.records_read.add(1, bytes);
    }

    /// Counts records that were given to the store.
    pub(crate) fn records_written(&self, count: usize, bytes: usize) {
        self.records_written.add(count, bytes);
    }

    /// Counts bytes of the manifest that were read.
    pub(crate) fn manifest_read(&self, bytes: u64) {
        self.manifest_read.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Counts bytes of the manifest that were written.
    pub(crate) fn manifest_written(&self, bytes: u64) {
        self.manifest_written.fetch_add(bytes, Ordering::Relaxed);
    }

    /// What was read and written since the last call.
    pub(crate) fn take_io(&self) -> IoMetrics {
        let (files_read, file_bytes_read) = self.files_read.take();
        let (records_read, record_bytes_read) = self.records_read.take();
        let (records_written, record_bytes_written) = self.records_written.take();
        IoMetrics {
            files_read,
            file_bytes_read,
            records_read,
            record_bytes_read,
            records_written,
            record_bytes_written,
            manifest_bytes_read: self.manifest_read.swap(0, Ordering::Relaxed),
            manifest_bytes_written: self.manifest_written.swap(0, Ordering::Relaxed),
        }
    }

    /// Everything counted since the last call, by stage.
    pub(crate) fn take(&self) -> BTreeMap<&'static str, StageMetrics> {
        let take = |counter: &AtomicU64| counter.swap(0, Ordering::Relaxed);
        self.stages
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .iter()
            .map(|(name, counters)| {
                let metrics = StageMetrics {
                    executed: take(&counters.executed),
                    hits: take(&counters.hits),
                    misses: take(&counters.misses),
                    verified_equal: take(&counters.verified_equal),
                    lookup_time: Duration::from_nanos(take(&counters.lookup_nanoseconds)),
                };
                (*name, metrics)
            })
            .collect()
    }
}

impl StageCounters {
    pub(crate) fn executed(&self) {
        self.executed.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn verified_equal(&self) {
        self.verified_equal.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn looked_up(&self, time: Duration, hit: bool) {
        if hit { &self.hits } else { &self.misses }.fetch_add(1, Ordering::Relaxed);
        self.lookup_nanoseconds.fetch_add(u64::try_from(time.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }
}
