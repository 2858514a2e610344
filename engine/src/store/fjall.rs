//! The store on disk. This file and those below it are all that names fjall.
//!
//! fjall allows one process at a time and has no read-only open, so a process opens the store when it first reads or
//! writes and closes it when it lets go ([`Store::release`]). The wait for other processes happens at a lock file of
//! our own ([`Lock`]). A run takes that lock before it computes anything ([`Store::take_turn`]): while it waits,
//! another process may be doing the very work that it is about to do.
//!
//! ```text
//! Closed ── take_turn, a record is asked for ──▶ Locked ── what is not recent is asked for ──▶ Open
//! Open   ── close   ──▶ Locked
//! any    ── release ──▶ Closed
//! ```
//!
//! The few records of a small run do not come here at once: they wait in a file beside ([`Recent`]), where they are
//! looked for first.
//!
//! **Invariants.** Records enter by sorted ingestion alone, never through fjall's journal: the journal stays empty, so
//! opening replays nothing and a damaged journal loses nothing. A store is made beside its place and put there as a
//! whole, so that no half of one is ever found ([`making`], [`rewrite`]). A damaged store is emptied and made anew
//! under the lock; fjall panics on some foreign files, so every call into it is guarded ([`failure`]), and what would
//! make it end the process is found before ([`inspect`](super::inspect)).

mod failure;
mod making;
mod rewrite;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use fjall::compaction::Leveled;
use fjall::config::{BlockSizePolicy, CompressionPolicy};
use fjall::{Database, Keyspace, KeyspaceCreateOptions};
use rustc_hash::FxHashSet;

use super::inspect::inspect;
use super::lock::Lock;
use super::recent::{RECENT_BYTES, RECENT_PART, Recent};
use super::swap;
use super::{RecordKey, Store, StoreError, StoreStatistics};
use crate::fail_point;
use crate::metrics::Metrics;
use crate::monitor::Monitor;
use failure::tells_of_damage;
use making::{Making, make_store};

/// The directory of the store within the cache directory. Its number is raised when the layout changes, so that two
/// versions of Esker on one cache directory do not disturb each other.
const DIRECTORY: &str = "store-1";
const LOCK_FILE: &str = "store-1.lock";
const KEYSPACE: &str = "records";

/// The size of fjall's block cache. A run reads each record once, so that a larger one would hold what nobody asks for.
const BLOCK_CACHE_BYTES: u64 = 4 << 20;
/// The size of a block, which is read as a whole to get at one record: about ten records of an average file. Records
/// come compressed.
const BLOCK_BYTES: u32 = 16 << 10;
/// Every run that learns something adds a table, and every table is one more place to look. At this many they are
/// merged.
const MERGE_AT_TABLES: usize = 48;
/// fjall's own merging of new tables is put out of reach, should a later version come to it without threads. It would
/// begin with every opening from the fourth table on, rewrite the whole store because keys are spread evenly, and be
/// broken off when the process ends, for nothing.
const NEVER: u8 = u8::MAX;

/// Keeps records in a fjall keyspace below a cache directory.
pub(crate) struct FjallStore {
    directory: PathBuf,
    lock: Lock,
    /// How many bytes of recent records may wait.
    most_recent: usize,
    /// Whether anything was found that cannot be read. It is not looked for: who makes the store anew leaves it behind.
    is_damaged: AtomicBool,
    metrics: Arc<Metrics>,
    monitor: Arc<Monitor>,
    /// How many bytes there were after the last ingestion.
    bytes_when_written: AtomicU64,
    state: Mutex<State>,
    /// The keys of all records, if this process has made the store and has not let others in since.
    own: RwLock<Option<FxHashSet<RecordKey>>>,
}

enum State {
    Closed,
    /// Nothing was ever kept here, as far as was known when the first record was asked for.
    Absent,
    /// Other processes are kept out.
    Locked(Held),
    Open(Opened),
    /// It could not be opened in this run; asking again would only repeat the wait.
    Unusable,
}

/// The fields are dropped in this order: the lock goes last.
struct Opened {
    keyspace: Keyspace,
    _database: Database,
    held: Held,
}

/// The lock, and what may only be read by who has it. The fields are dropped in this order: the lock goes last.
struct Held {
    recent: Recent,
    /// Where there was no store when the lock was taken.
    making: Option<Making>,
    lock: File,
}

impl FjallStore {
    /// A store below this cache directory, which must exist, and which is to have so many bytes at most. Touches no
    /// disk until the first record is asked for.
    pub(crate) fn new(
        cache_directory: &Path,
        lock_timeout: Duration,
        max_bytes: u64,
        metrics: Arc<Metrics>,
        monitor: Arc<Monitor>,
    ) -> Self {
        let directory = cache_directory.join(DIRECTORY);
        let lock = Lock::new(directory.clone(), cache_directory.join(LOCK_FILE), lock_timeout, metrics.clone());
        Self {
            directory,
            lock,
            most_recent: usize::try_from(max_bytes / RECENT_PART).unwrap_or(usize::MAX).min(RECENT_BYTES),
            is_damaged: AtomicBool::new(false),
            metrics,
            monitor,
            bytes_when_written: AtomicU64::new(0),
            state: Mutex::new(State::Closed),
            own: RwLock::default(),
        }
    }

    /// Runs `work` on the open store, opening it first if need be.
    fn with<T>(
        &self,
        mut state: MutexGuard<'_, State>,
        work: impl FnOnce(&Keyspace) -> fjall::Result<T>,
    ) -> Result<T, StoreError> {
        self.make_open(&mut state)?;
        let State::Open(opened) = &*state else { return Err(self.damaged("it could not be opened")) };
        let keyspace = opened.keyspace.clone();
        // Readers need the state no longer: fjall has locks of its own.
        drop(state);
        self.noting_damage(self.guarded(|| work(&keyspace)))
    }

    /// Opens the store unless that is done, or was tried in vain.
    fn make_open(&self, state: &mut State) -> Result<(), StoreError> {
        if matches!(*state, State::Closed | State::Absent | State::Locked(_)) {
            let held = match std::mem::replace(state, State::Unusable) {
                State::Locked(held) => held,
                _ => self.hold()?,
            };
            *state = State::Open(self.open(held)?);
        }
        Ok(())
    }

    /// Takes the lock and reads what is recent.
    fn hold(&self) -> Result<Held, StoreError> {
        let lock = self.lock.acquire()?;
        fail_point::reach("store-locked");
        Ok(Held { recent: self.load_recent(), making: None, lock })
    }

    /// Makes sure that what is recent is known, opening nothing else.
    fn make_held<'s>(&self, state: &'s mut State) -> Result<Option<&'s mut Recent>, StoreError> {
        if matches!(*state, State::Closed | State::Absent) {
            *state = State::Unusable;
            *state = State::Locked(self.hold()?);
        }
        Ok(match state {
            State::Locked(held) | State::Open(Opened { held, .. }) => Some(&mut held.recent),
            State::Closed | State::Absent | State::Unusable => None,
        })
    }

    /// Whether anything was kept here.
    fn exists(&self) -> bool {
        swap::exists(&self.directory) || Recent::path(&self.directory).exists()
    }

    /// Ingests records, which ascend by key, and with them those that are recent.
    fn ingest_all(
        &self,
        state: &mut State,
        records: &mut dyn Iterator<Item = (RecordKey, &[u8])>,
    ) -> Result<(), StoreError> {
        self.make_open(state)?;
        let State::Open(Opened { keyspace, held, .. }) = state else {
            return Err(self.damaged("it could not be opened"));
        };
        let recent = &mut held.recent;
        let (is_own, mut written) = (self.is_own(), Vec::new());
        let ingested = self.guarded(|| {
            let mut ingestion = keyspace.start_ingestion()?;
            fail_point::reach("ingestion-begun");
            let mut recent = recent.iter().peekable();
            for (key, bytes) in records {
                written.extend(is_own.then_some(key));
                while let Some((other, bytes)) = recent.next_if(|(other, _)| *other <= key) {
                    if other != key {
                        ingestion.write(other.as_bytes(), bytes)?;
                    }
                }
                ingestion.write(key.as_bytes(), bytes)?;
                fail_point::reach("record-written");
            }
            for (key, bytes) in recent {
                ingestion.write(key.as_bytes(), bytes)?;
            }
            fail_point::reach("records-written");
            ingestion.finish()?;
            fail_point::reach("ingested");
            Ok(())
        });
        self.noting_damage(ingested)?;
        if let Some(own) = &mut *self.own.write().unwrap_or_else(PoisonError::into_inner) {
            own.extend(written);
        }
        if keyspace.table_count() >= MERGE_AT_TABLES {
            // Where that fails the records are kept all the same; what is damaged has to be left behind first.
            if self.noting_damage(self.guarded(|| keyspace.major_compact())).is_ok() {
                fail_point::reach("merged");
            }
        }
        self.bytes_when_written.store(table_bytes(&self.directory), Ordering::Relaxed);
        // They are in two places until this is done, which is no harm.
        recent.clear().map_err(|source| self.io(source))?;
        fail_point::reach("recent-removed");
        Ok(())
    }

    fn set_own(&self, keys: Option<FxHashSet<RecordKey>>) {
        *self.own.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    fn lock_state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, mut held: Held) -> Result<Opened, StoreError> {
        let made = held.making.take().and_then(Making::finish);
        // Unless it was removed meanwhile.
        if let Some((keyspace, database)) = made.filter(|_| self.directory.exists()) {
            fail_point::reach("store-opened");
            return Ok(Opened { keyspace, _database: database, held });
        }
        let is_new = !swap::exists(&self.directory);
        let sound =
            swap::recover(&self.directory).and_then(|()| inspect(&self.directory)).map_err(|source| self.io(source));
        let (keyspace, database) = match sound.and_then(|()| self.open_or_make()) {
            Ok(opened) => opened,
            Err(error) if is_new || !tells_of_damage(&error) => {
                if is_new {
                    // What a full disk left of it would be taken for a damaged store.
                    _ = self.remove_files();
                }
                return Err(error);
            }
            Err(error) => {
                self.metrics.file_damaged(format_args!("{error}; it is emptied and its results are computed again"));
                self.remove_files()?;
                fail_point::reach("store-emptied");
                self.open_or_make()?
            }
        };
        fail_point::reach("store-opened");
        Ok(Opened { keyspace, _database: database, held })
    }

    fn open_or_make(&self) -> Result<(Keyspace, Database), StoreError> {
        self.guarded(|| {
            if !self.directory.exists() {
                make_store(&self.directory)?;
            }
            open_database(&self.directory)
        })
    }

    fn load_recent(&self) -> Recent {
        let path = Recent::path(&self.directory);
        if fs::symlink_metadata(&path).is_ok_and(|metadata| metadata.is_dir()) {
            self.metrics.file_damaged(format_args!("{} is a directory, and is removed", path.display()));
            if let Err(error) = fs::remove_dir_all(&path) {
                tracing::debug!("{} cannot be removed: {error}", path.display());
            }
        }
        Recent::load(&self.directory)
    }

    fn remove_files(&self) -> Result<(), StoreError> {
        let removed = if self.directory.is_dir() {
            fs::remove_dir_all(&self.directory)
        } else {
            fs::remove_file(&self.directory)
        };
        match removed {
            Err(source) if source.kind() != io::ErrorKind::NotFound => Err(self.io(source)),
            _ => Ok(()),
        }
    }
}

fn open_database(directory: &Path) -> fjall::Result<(Keyspace, Database)> {
    // Nothing is left to do for threads of fjall's own: what they do is to write out a journal, and to move and merge
    // tables.
    let database = Database::builder(directory).cache_size(BLOCK_CACHE_BYTES).worker_threads_unchecked(0).open()?;
    let keyspace = database.keyspace(KEYSPACE, || {
        KeyspaceCreateOptions::default()
            .data_block_compression_policy(CompressionPolicy::disabled())
            .data_block_size_policy(BlockSizePolicy::all(BLOCK_BYTES))
            .compaction_strategy(Arc::new(Leveled::default().with_l0_threshold(NEVER)))
    })?;
    Ok((keyspace, database))
}

impl Store for FjallStore {
    fn get(&self, key: RecordKey) -> Result<Option<Vec<u8>>, StoreError> {
        if self.own.read().unwrap_or_else(PoisonError::into_inner).as_ref().is_some_and(|own| !own.contains(&key)) {
            return Ok(None);
        }
        let mut state = self.lock_state();
        if matches!(*state, State::Closed) && !self.exists() {
            *state = State::Absent;
        }
        if matches!(*state, State::Absent | State::Unusable) {
            return Ok(None);
        }
        let recent = self.make_held(&mut state)?;
        if let Some(record) = recent.and_then(|recent| recent.get(key)) {
            return Ok(Some(record.to_vec()));
        }
        self.with(state, |keyspace| Ok(keyspace.get(key.as_bytes())?.map(|bytes| bytes.to_vec())))
    }

    fn ingest(&self, records: &mut dyn Iterator<Item = (RecordKey, &[u8])>) -> Result<(), StoreError> {
        let mut state = self.lock_state();
        let mut first: Vec<(RecordKey, &[u8])> = Vec::new();
        if !self.is_own()
            && swap::exists(&self.directory)
            && let Some(recent) = self.make_held(&mut state)?
        {
            let mut bytes = 0;
            while bytes <= self.most_recent
                && let Some(record) = records.next()
            {
                bytes += record.1.len();
                first.push(record);
            }
            if recent.has_room_for(&first, self.most_recent) {
                match recent.append(&first) {
                    Ok(()) => {
                        let bytes = table_bytes(&self.directory) + recent.len() as u64;
                        self.bytes_when_written.store(bytes, Ordering::Relaxed);
                        return Ok(());
                    }
                    Err(error) => tracing::debug!("records go into the store at once: {error}"),
                }
            }
        }
        self.ingest_all(&mut state, &mut first.into_iter().chain(records))
    }

    fn take_turn(&self) -> Result<(), StoreError> {
        let mut state = self.lock_state();
        if !matches!(*state, State::Closed) {
            return Ok(());
        }
        let is_new = !self.exists();
        let mut held = match self.hold() {
            Ok(held) => held,
            // Why nothing can be kept is told when there is something.
            Err(StoreError::Io { .. }) if is_new => return Ok(()),
            Err(error) => {
                *state = State::Unusable;
                return Err(error);
            }
        };
        if !self.exists() {
            held.making = Some(Making::begin(self.directory.clone(), self.monitor.clone()));
            self.set_own(Some(FxHashSet::default()));
        }
        *state = State::Locked(held);
        Ok(())
    }

    fn has_turn(&self) -> bool {
        match &*self.lock_state() {
            State::Locked(held) | State::Open(Opened { held, .. }) => self.lock.stands(&held.lock),
            State::Closed | State::Absent | State::Unusable => false,
        }
    }

    fn is_own(&self) -> bool {
        self.own.read().unwrap_or_else(PoisonError::into_inner).is_some()
    }

    fn close(&self) {
        let mut state = self.lock_state();
        *state = match std::mem::replace(&mut *state, State::Unusable) {
            State::Open(Opened { keyspace, _database: database, held }) => {
                drop(keyspace);
                drop(database);
                State::Locked(held)
            }
            other => other,
        };
    }

    fn release(&self) {
        self.set_own(None);
        // What was unusable is tried again by the next run.
        *self.lock_state() = State::Closed;
    }

    fn scan(&self, visit: &mut dyn FnMut(RecordKey, &[u8])) -> Result<(), StoreError> {
        if !self.exists() {
            return Ok(());
        }
        let mut state = self.lock_state();
        self.make_open(&mut state)?;
        let State::Open(Opened { keyspace, held, .. }) = &*state else {
            return Err(self.damaged("it could not be opened"));
        };
        let scanned = self.guarded(|| {
            let mut recent = held.recent.iter().peekable();
            for record in keyspace.iter() {
                let (key, bytes) = record.into_inner()?;
                let Some(key) = record_key(&key) else { continue };
                let mut is_replaced = false;
                while let Some((other, bytes)) = recent.next_if(|(other, _)| *other <= key) {
                    visit(other, bytes);
                    is_replaced |= other == key;
                }
                if !is_replaced {
                    visit(key, &bytes);
                }
            }
            recent.for_each(|(key, bytes)| visit(key, bytes));
            Ok(())
        });
        self.noting_damage(scanned)
    }

    fn is_damaged(&self) -> bool {
        self.is_damaged.load(Ordering::Relaxed)
    }

    fn rewrite(&self, kept: &[RecordKey], besides: Vec<(RecordKey, Vec<u8>)>) -> Result<(), StoreError> {
        self.make_anew(kept, &besides)
    }

    fn bytes_when_written(&self) -> u64 {
        self.bytes_when_written.load(Ordering::Relaxed)
    }

    fn bytes(&self) -> Result<u64, StoreError> {
        let recent = fs::metadata(Recent::path(&self.directory)).map_or(0, |metadata| metadata.len());
        Ok(table_bytes(&self.directory) + recent)
    }

    fn statistics(&self) -> Result<StoreStatistics, StoreError> {
        if !self.exists() {
            return Ok(StoreStatistics::default());
        }
        let mut state = self.lock_state();
        self.make_open(&mut state)?;
        let State::Open(Opened { keyspace, held, .. }) = &*state else {
            return Err(self.damaged("it could not be opened"));
        };
        let counted = self.guarded(|| {
            let mut records = keyspace.len()? as u64;
            for (key, _) in held.recent.iter() {
                records += u64::from(!keyspace.contains_key(key.as_bytes())?);
            }
            Ok(StoreStatistics { records, disk_bytes: table_bytes(&self.directory) + held.recent.len() as u64 })
        });
        self.noting_damage(counted)
    }
}

/// How many bytes the tables of a store have. What fjall counts is less: not all of a table.
fn table_bytes(store: &Path) -> u64 {
    let entries = |directory: PathBuf| fs::read_dir(directory).into_iter().flatten().flatten();
    let tables = entries(store.join("keyspaces")).flat_map(|keyspace| entries(keyspace.path().join("tables")));
    tables.map(|table| table.metadata().map_or(0, |metadata| metadata.len())).sum()
}

/// A key as it lies in the store; `None` for what cannot be ours.
fn record_key(bytes: &[u8]) -> Option<RecordKey> {
    bytes.try_into().ok().map(RecordKey::from_bytes)
}
