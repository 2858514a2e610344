//! The door through which every persisted result goes, ours and embedders' alike.
//!
//! A [`Stage`] is a name, a version and a plain function of its inputs. Because the function is a `fn` pointer it can
//! capture nothing: what is not in the inputs cannot influence the result, and a forgotten dependency cannot make a
//! stale one. [`Memo::get`] looks the result up by the digests of the inputs, or computes it and queues it for the
//! store.
//!
//! A result travels as [`Digested`]: its digest now, its value when asked for. A warm run compares digests and loads no
//! value that it does not need. **Invariant: a `Digested` can always produce its value**: from memory, from the store,
//! or by running its stage again on the inputs that it keeps.
//!
//! A function that finds out while it runs what it depends on goes through a second door, [`Memo::traced`].

mod digested;
mod early;
mod in_flight;
mod stage;
mod traced;

use std::any::Any;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

pub use digested::Digested;
pub use stage::{Attempt, Inputs, Output, Stage};
pub(crate) use traced::{Hint, Ran, Traced, TracedResult};

use crate::digest::Digest;
use crate::metrics::Metrics;
use crate::store::{Damage, Payload, Record, RecordKey, Store, StoreError, Written, now};
use digested::Thunk;
use early::Early;
use in_flight::InFlight;

/// How many bytes of encoded results the cache of decoded values may stand for. Within one run a value is wanted again
/// soon after it was made or not at all; 2 MiB holds the largest files of the packages measured.
const VALUE_CACHE_BYTES: u64 = 2 << 20;

/// Looks results up, computes those that are missing, and queues them for the store. Shared by all threads of a run.
#[derive(Clone)]
pub(crate) struct Memo {
    shared: Arc<Shared>,
}

type Pending = HashMap<RecordKey, Record, rustc_hash::FxBuildHasher>;

struct Shared {
    store: Box<dyn Store>,
    metrics: Arc<Metrics>,
    /// Records made in this run that the store does not have yet.
    pending: [Mutex<Pending>; SHARDS],
    /// How many bytes they have.
    pending_bytes: AtomicUsize,
    early: Early,
    values: Cache<Digest, CachedValue, ByEncodedSize>,
    in_flight: InFlight,
    recompute: AtomicBool,
    store_failed: AtomicBool,
}

/// A result, and how it was come by.
pub(crate) struct Fetched<O> {
    pub(crate) result: Digested<O>,
    pub(crate) key: RecordKey,
    pub(crate) how: How,
    /// Whether the result is an accident's, and therefore not kept.
    pub(crate) accident: bool,
}

/// How a result was come by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// It was kept from before.
    Reused,
    /// The stage's function ran.
    Executed,
}

/// What a stage's function returned.
struct Computed<O> {
    value: Arc<O>,
    digest: Digest,
    accident: bool,
}

/// Keys are digests, so that any byte of them spreads threads evenly.
const SHARDS: usize = 16;

#[derive(Clone)]
struct CachedValue {
    value: Arc<dyn Any + Send + Sync>,
    encoded_bytes: u64,
}

#[derive(Clone)]
struct ByEncodedSize;

impl Weighter<Digest, CachedValue> for ByEncodedSize {
    fn weight(&self, _: &Digest, cached: &CachedValue) -> u64 {
        cached.encoded_bytes + 64
    }
}

impl Memo {
    pub(crate) fn new(store: Box<dyn Store>, metrics: Arc<Metrics>) -> Self {
        let shared = Shared {
            store,
            metrics,
            pending: std::array::from_fn(|_| Mutex::default()),
            pending_bytes: AtomicUsize::new(0),
            early: Early::default(),
            values: Cache::with_weighter(4096, VALUE_CACHE_BYTES, ByEncodedSize),
            in_flight: InFlight::default(),
            recompute: AtomicBool::new(false),
            store_failed: AtomicBool::new(false),
        };
        Self { shared: Arc::new(shared) }
    }

    /// Sets how many bytes of encoded results the decoded values in memory may stand for.
    pub(crate) fn hold_values(&self, bytes: u64) {
        self.shared.values.set_capacity(bytes);
    }

    /// Whether results kept by earlier runs are passed over.
    pub(crate) fn set_recompute(&self, recompute: bool) {
        self.shared.recompute.store(recompute, Ordering::Relaxed);
    }

    /// The result of a stage for these inputs: kept, or computed now and queued for the store.
    pub(crate) fn get<I: Inputs, O: Output>(&self, stage: Stage<I, O>, inputs: I) -> Fetched<O> {
        let key = stage.key(&inputs);
        let _turn = self.shared.in_flight.wait_for_turn(key);
        let counters = self.shared.metrics.stage(stage.name());
        let start = Instant::now();
        let kept = match self.made_here(key, Record::digest) {
            Some(digest) => Some(digest),
            None if self.recomputes() => None,
            None => self.stored(key).map(|payload| payload.digest()),
        };
        counters.looked_up(start.elapsed(), kept.is_some());
        let (digest, how, accident) = match kept {
            Some(digest) => (digest, How::Reused, false),
            None => {
                let computed = self.compute(stage, &inputs, key);
                (computed.digest, How::Executed, computed.accident)
            }
        };
        let result = Digested::new(digest, Thunk { memo: self.clone(), stage, inputs, key });
        Fetched { result, key, how, accident }
    }

    /// The result of a stage whose digest an earlier run recorded. Looks nothing up.
    pub(crate) fn seeded<I: Inputs, O: Output>(&self, stage: Stage<I, O>, inputs: I, digest: Digest) -> Digested<O> {
        let key = stage.key(&inputs);
        Digested::new(digest, Thunk { memo: self.clone(), stage, inputs, key })
    }

    /// The result that is kept under this key and has this digest; `None` if there is none.
    pub(crate) fn kept_value<O: Output>(&self, key: RecordKey, digest: Digest) -> Option<Arc<O>> {
        if let Some(value) = self.cached(digest) {
            return Some(value);
        }
        let payload = self.kept(key)?;
        match payload.decode::<O>() {
            Ok(value) if payload.digest() == digest => {
                let value = Arc::new(value);
                self.cache(digest, value.clone(), payload.len());
                Some(value)
            }
            // A record whose value is another than the one promised was made by another version of the stage that did
            // not raise its number: as good as damaged.
            Ok(_) => {
                self.report_damage(Damage::DigestMismatch);
                None
            }
            Err(damage) => {
                self.report_damage(damage);
                None
            }
        }
    }

    fn compute<I: Inputs, O: Output>(&self, stage: Stage<I, O>, inputs: &I, key: RecordKey) -> Computed<O> {
        let span = tracing::debug_span!("stage", name = stage.name());
        let (value, accident) = match span.in_scope(|| stage.run(inputs)) {
            Attempt::Done(value) => (Arc::new(value), false),
            Attempt::Accident(value) => (Arc::new(value), true),
        };
        self.shared.metrics.stage(stage.name()).executed();
        let record = Record::encode(&*value).expect("invariant: a stage's output has a postcard form");
        let digest = record.digest();
        self.cache(digest, value.clone(), record.payload_len());
        if !accident {
            self.queue(key, record);
        }
        Computed { value, digest, accident }
    }

    /// Queues a record for the store.
    fn queue(&self, key: RecordKey, record: Record) {
        self.shared.pending_bytes.fetch_add(record.len(), Ordering::Relaxed);
        let replaced = self.pending_shard(key).insert(key, record);
        self.shared.pending_bytes.fetch_sub(replaced.map_or(0, |replaced| replaced.len()), Ordering::Relaxed);
    }

    /// The record that was made in this run under this key.
    pub(crate) fn made(&self, key: RecordKey) -> Option<Record> {
        self.made_here(key, Clone::clone)
    }

    /// What `look` tells of a record that was made in this run and that the store does not have yet.
    fn made_here<T>(&self, key: RecordKey, look: impl Fn(&Record) -> T) -> Option<T> {
        let pending = self.pending_shard(key).get(&key).map(&look);
        pending.or_else(|| self.shared.early.look_at(key, look))
    }

    fn recomputes(&self) -> bool {
        self.shared.recompute.load(Ordering::Relaxed)
    }

    fn pending_shard(&self, key: RecordKey) -> MutexGuard<'_, Pending> {
        // The first eight bytes of a key tell the stage only.
        let shard = key.as_bytes()[16] as usize % SHARDS;
        self.shared.pending[shard].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A payload that was made in this run or that the store has, if it passes its checks.
    fn kept(&self, key: RecordKey) -> Option<Payload> {
        self.pending(key).or_else(|| self.stored(key))
    }

    /// A payload that was made in this run.
    fn pending(&self, key: RecordKey) -> Option<Payload> {
        let payload = self.made_here(key, Payload::of)?;
        payload.inspect_err(|damage| self.report_damage(*damage)).ok()
    }

    /// A payload that the store has, if it passes its checks.
    fn stored(&self, key: RecordKey) -> Option<Payload> {
        match self.shared.store.get(key) {
            Ok(record) => {
                let record = record?;
                self.shared.metrics.record_read(record.len());
                Payload::open(&record).inspect_err(|damage| self.report_damage(*damage)).ok()
            }
            // The block that it lies in; others can be read.
            Err(error @ StoreError::Damaged { .. }) => {
                self.shared.metrics.record_damaged(&error);
                None
            }
            Err(error) => {
                self.report_failure(&error);
                None
            }
        }
    }

    fn cache(&self, digest: Digest, value: Arc<dyn Any + Send + Sync>, encoded_bytes: usize) {
        self.shared.values.insert(digest, CachedValue { value, encoded_bytes: encoded_bytes as u64 });
    }

    fn cached<O: Output>(&self, digest: Digest) -> Option<Arc<O>> {
        self.shared.values.get(&digest)?.value.downcast().ok()
    }

    /// Keeps other processes out of the store until it is released. Without a store that works, there is no need to.
    pub(crate) fn take_turn(&self) {
        if let Err(error) = self.shared.store.take_turn() {
            self.report_failure(&error);
        }
    }

    /// Hands all queued records to the store, in key order. Without a store that works they are dropped: the answers
    /// of this run do not depend on them.
    ///
    /// Whether all of this run are kept: if not, that was told.
    pub(crate) fn flush(&self) -> bool {
        self.shared.early.wait();
        let records = self.take_out(&mut self.lock_pending(), |_| true);
        let kept = records.is_empty() || self.ingest(&records);
        self.shared.store_failed.store(false, Ordering::Relaxed);
        !self.shared.early.end() && kept
    }

    fn lock_pending(&self) -> Vec<MutexGuard<'_, Pending>> {
        self.shared.pending.iter().map(|shard| shard.lock().unwrap_or_else(PoisonError::into_inner)).collect()
    }

    /// Takes records out of the queue, in key order.
    fn take_out(
        &self,
        shards: &mut [MutexGuard<'_, Pending>],
        wanted: impl Fn(&RecordKey) -> bool,
    ) -> Vec<(RecordKey, Record)> {
        let mut records = Vec::with_capacity(shards.iter().map(|shard| shard.len()).sum());
        records.extend(shards.iter_mut().flat_map(|shard| shard.extract_if(|key, _| wanted(key))));
        let bytes = records.iter().map(|(_, record)| record.len()).sum();
        self.shared.pending_bytes.fetch_sub(bytes, Ordering::Relaxed);
        records.sort_unstable_by_key(|(key, _)| *key);
        records
    }

    /// Hands records to the store, which ascend by key. Whether they are kept: if not, that was told.
    fn ingest(&self, records: &[(RecordKey, Record)]) -> bool {
        let bytes: usize = records.iter().map(|(_, record)| record.len()).sum();
        let _span = tracing::info_span!("ingest", records = records.len(), bytes).entered();
        let names = Written::record(now(), records.iter().map(|(key, _)| *key));
        let at = names.as_ref().map_or(0, |(name, _)| records.partition_point(|(key, _)| key < name));
        let (before, after) = records.split_at(at);
        let written = || before.iter().chain(&names).chain(after);
        let lengths = written().map(|(_, record)| record.len());
        self.shared.metrics.records_written(lengths.clone().count(), lengths.sum());
        let ingested = self.shared.store.ingest(&mut written().map(|(key, record)| (*key, record.bytes())));
        if let Err(error) = &ingested {
            self.report_failure(error);
        }
        ingested.is_ok()
    }

    /// Lets other processes at the store.
    pub(crate) fn release(&self) {
        self.shared.early.wait();
        self.shared.store.release();
    }

    /// Counts a result that was looked at anew as equal to the one that the last build had, if it is.
    pub(crate) fn compare(&self, stage: &'static str, before: Digest, now: Digest) {
        if before == now {
            self.shared.metrics.stage(stage).verified_equal();
        }
    }

    /// The store itself.
    pub(crate) fn store(&self) -> &dyn Store {
        &*self.shared.store
    }

    fn report_damage(&self, damage: Damage) {
        self.shared.metrics.record_damaged(&damage);
    }

    /// Says once per run that the store cannot be used.
    fn report_failure(&self, error: &StoreError) {
        if !self.shared.store_failed.swap(true, Ordering::Relaxed) {
            tracing::warn!("{error}; going on without it");
        }
    }
}
