//! The store on disk. The only file that names fjall.
//!
//! fjall allows one process at a time and has no read-only open, so a process opens the store when it first reads or
//! writes and closes it when it lets go ([`Store::release`]). The wait for other processes happens at a lock file of
//! our own, which is the only way to wait with a limit and to say so. A run takes that lock before it computes anything
//! ([`Store::take_turn`]): while it waits, another process may be doing the very work that it is about to do.
//!
//! The few records of a small run do not come here at once: they wait in a file beside ([`Recent`]), where they are looked
//! for first.
//!
//! **Invariants.** Records enter by sorted ingestion alone, never through fjall's journal: the journal stays empty, so
//! opening replays nothing and a damaged journal loses nothing. A store is made beside its place and put there as a whole,
//! so that no half of one is ever found. A damaged store is emptied and made anew
//! under the lock; fjall panics on some foreign files, so every call into it is guarded, and what would make it end the
//! process is found before ([`inspect`]).

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use fjall::compaction::Leveled;
use fjall::config::{BlockSizePolicy, CompressionPolicy};
use fjall::{Database, Keyspace, KeyspaceCreateOptions};
use rustc_hash::FxHashSet;
use rustix::fs::OFlags;

use super::inspect::inspect;
use super::recent::{RECENT_BYTES, RECENT_PART, Recent};
use super::swap;
use super::{RecordKey, Store, StoreError, StoreStatistics, Turn};
use crate::fail_point;
use crate::metrics::Metrics;
use crate::monitor::Monitor;

/// The directory of the store within the cache directory. Its number is raised when the layout changes, so that two
/// versions of Esker on one cache directory do not disturb each other.
const DIRECTORY: &str = "store-1";
const LOCK_FILE: &str = "store-1.lock";
const KEYSPACE: &str = "records";

/// How often the lock is tried while another process has it.
const LOCK_POLL: Duration = Duration::from_millis(4);
/// After how long a wait for the lock is announced.
const LOCK_ANNOUNCE: Duration = Duration::from_millis(500);
/// The size of fjall's block cache. A run reads each record once, so that a larger one would hold what nobody asks for.
const BLOCK_CACHE_BYTES: u64 = 4 << 20;
/// The size of a block, which is read as a whole to get at one record: about ten records of an average file. Records
/// come compressed.
const BLOCK_BYTES: u32 = 16 << 10;
/// Every run that learns something adds a table, and every table is one more place to look. At this many they are
/// merged.
const MERGE_AT_TABLES: usize = 48;
/// fjall's own merging of new tables is put out of reach. It would begin with every opening from the fourth table on,
/// rewrite the whole store because keys are spread evenly, and be broken off when the process ends, for nothing.
const NEVER: u8 = u8::MAX;

/// Keeps records in a fjall keyspace below a cache directory.
pub(crate) struct FjallStore {
    directory: PathBuf,
    lock_file: PathBuf,
    lock_timeout: Duration,
    /// How many bytes of recent records may wait.
    most_recent: usize,
    /// Whether the last wait for the lock was in vain. The next one is a single try: what one process does takes at
    /// most one time limit longer because of another one that hangs.
    waited_in_vain: AtomicBool,
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
    _lock: File,
}

/// A thread that makes a store with no records, which is mostly waiting for the disk.
struct Making(Option<JoinHandle<()>>);

impl Making {
    fn begin(store: PathBuf, monitor: Arc<Monitor>) -> Self {
        let make = move || {
            // Whoever is at that place first waits for this thread.
            let Some(_writing) = monitor.try_writing() else { return };
            if let Err(error) = make_store(&store) {
                tracing::debug!("{} cannot be made now: {error}", store.display());
            }
        };
        Self(thread::Builder::new().name("esker-store".into()).spawn(make).ok())
    }
}

/// Waits until it is done.
impl Drop for Making {
    fn drop(&mut self) {
        // That the store could not be made shows when it is opened.
        _ = self.0.take().map(JoinHandle::join);
    }
}

impl FjallStore {
    /// A store below this cache directory, which must exist, and which is to have so many bytes at most. Touches no disk
    /// until the first record is asked for.
    pub(crate) fn new(
        cache_directory: &Path,
        lock_timeout: Duration,
        max_bytes: u64,
        metrics: Arc<Metrics>,
        monitor: Arc<Monitor>,
    ) -> Self {
        Self {
            directory: cache_directory.join(DIRECTORY),
            lock_file: cache_directory.join(LOCK_FILE),
            lock_timeout,
            most_recent: usize::try_from(max_bytes / RECENT_PART).unwrap_or(usize::MAX).min(RECENT_BYTES),
            waited_in_vain: AtomicBool::new(false),
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

    /// Remembers that the store has to be made anew, if that is what an error says.
    fn noting_damage<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        result.map_err(|error| match error {
            StoreError::Io { path, source } if tells_of_damage_to_blocks(&source) => {
                self.is_damaged.store(true, Ordering::Relaxed);
                StoreError::Damaged { path, detail: source.to_string() }
            }
            StoreError::Damaged { .. } => {
                self.is_damaged.store(true, Ordering::Relaxed);
                error
            }
            error => error,
        })
    }

    /// Opens the store unless that is done, or was tried in vain.
    fn make_open(&self, state: &mut State) -> Result<(), StoreError> {
        if matches!(*state, State::Closed | State::Absent | State::Locked(_)) {
            let held = match std::mem::replace(state, State::Unusable) {
                State::Locked(held) => held,
                _ => self.hold()?.0,
            };
            *state = State::Open(self.open(held)?);
        }
        Ok(())
    }

    /// Takes the lock and reads what is recent.
    fn hold(&self) -> Result<(Held, Turn), StoreError> {
        let (lock, turn) = self.acquire_lock()?;
        fail_point::reach("store-locked");
        Ok((Held { recent: self.load_recent(), making: None, _lock: lock }, turn))
    }

    /// Makes sure that what is recent is known, opening nothing else.
    fn make_held<'s>(&self, state: &'s mut State) -> Result<Option<&'s mut Recent>, StoreError> {
        if matches!(*state, State::Closed | State::Absent) {
            *state = State::Unusable;
            *state = State::Locked(self.hold()?.0);
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
            for known in kept {
                while let Some((other, bytes)) = besides.next_if(|(other, _)| other < known) {
                    ingestion.write(other.as_bytes(), bytes)?;
                }
                if besides.peek().is_some_and(|(other, _)| other == known) {
                    continue;
                }
                let bytes = match &mut records {
                    None => keyspace.get(known.as_bytes()).ok().flatten(),
                    Some(records) => loop {
                        match records
                            .next_if(|record| record.as_ref().map_or(true, |(key, _)| **key <= *known.as_bytes()))
                        {
                            None => break None,
                            Some(record) => {
                                let (key, bytes) = record?;
                                if *key == *known.as_bytes() {
                                    break Some(bytes);
                                }
                            }
                        }
                    },
                };
                if let Some(bytes) = bytes {
                    ingestion.write(known.as_bytes(), bytes)?;
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

    fn set_own(&self, keys: Option<FxHashSet<RecordKey>>) {
        *self.own.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    fn lock_state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self, mut held: Held) -> Result<Opened, StoreError> {
        held.making = None;
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

    fn acquire_lock(&self) -> Result<(File, Turn), StoreError> {
        let lock = self.open_lock().map_err(|source| self.io(source))?;
        let start = Instant::now();
        let timeout = if self.waited_in_vain.load(Ordering::Relaxed) { Duration::ZERO } else { self.lock_timeout };
        let mut turn = Turn::AtOnce;
        let mut announced = false;
        loop {
            match lock.try_lock() {
                Ok(()) => {
                    self.waited_in_vain.store(false, Ordering::Relaxed);
                    return Ok((lock, turn));
                }
                Err(TryLockError::Error(source)) => return Err(self.io(source)),
                Err(TryLockError::WouldBlock) if start.elapsed() >= timeout => {
                    self.waited_in_vain.store(true, Ordering::Relaxed);
                    return Err(StoreError::Busy { path: self.directory.clone() });
                }
                Err(TryLockError::WouldBlock) => {
                    turn = Turn::Waited;
                    if !announced && start.elapsed() >= LOCK_ANNOUNCE {
                        announced = true;
                        tracing::warn!("waiting for another process to finish with {}", self.directory.display());
                    }
                    std::thread::sleep(LOCK_POLL);
                }
            }
        }
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

    fn open_lock(&self) -> io::Result<File> {
        let mut options = File::options();
        options.create(true).truncate(false).write(true).custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
        match options.open(&self.lock_file) {
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
                let told = format_args!("{} is a directory, and is removed", self.lock_file.display());
                self.metrics.file_damaged(told);
                // Nobody can hold a lock on it.
                fs::remove_dir_all(&self.lock_file)?;
                options.open(&self.lock_file)
            }
            opened => opened,
        }
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

    /// Calls into fjall, turning its errors and its panics into ours.
    fn guarded<T>(&self, call: impl FnOnce() -> fjall::Result<T>) -> Result<T, StoreError> {
        match panic::catch_unwind(AssertUnwindSafe(call)) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(fjall::Error::Io(source) | fjall::Error::Storage(fjall::LsmError::Io(source)))) => {
                Err(self.io(source))
            }
            Ok(Err(fjall::Error::Storage(fjall::LsmError::ChecksumMismatch { .. }))) => {
                Err(self.damaged("a part of it is not what it was when it was written"))
            }
            Ok(Err(fjall::Error::Locked)) => Err(StoreError::Busy { path: self.directory.clone() }),
            Ok(Err(error)) => Err(self.damaged(&format!("{error:?}"))),
            Err(_) => Err(self.damaged("fjall panicked")),
        }
    }

    fn io(&self, source: io::Error) -> StoreError {
        StoreError::Io { path: self.directory.clone(), source }
    }

    fn damaged(&self, detail: &str) -> StoreError {
        StoreError::Damaged { path: self.directory.clone(), detail: detail.to_owned() }
    }
}

fn open_database(directory: &Path) -> fjall::Result<(Keyspace, Database)> {
    let database = Database::builder(directory).cache_size(BLOCK_CACHE_BYTES).worker_threads(1).open()?;
    let keyspace = database.keyspace(KEYSPACE, || {
        KeyspaceCreateOptions::default()
            .data_block_compression_policy(CompressionPolicy::disabled())
            .data_block_size_policy(BlockSizePolicy::all(BLOCK_BYTES))
            .compaction_strategy(Arc::new(Leveled::default().with_l0_threshold(NEVER)))
    })?;
    Ok((keyspace, database))
}

/// Makes a store with no records where there is none.
fn make_store(directory: &Path) -> fjall::Result<()> {
    let above: Vec<_> = directory.ancestors().skip(1).map(|path| (path, identity(path))).collect();
    if above.first().is_none_or(|(_, identity)| identity.is_none()) {
        return Err(io::Error::from(io::ErrorKind::NotFound).into());
    }
    let fresh = swap::fresh(directory);
    swap::remove(&fresh)?;
    let made = open_database(&fresh).map(drop);
    // fjall makes all directories above, and with them a root that somebody has removed meanwhile.
    let revived: Vec<_> = above.into_iter().take_while(|(path, before)| identity(path) != *before).collect();
    if !revived.is_empty() {
        swap::remove(&fresh)?;
        revived.into_iter().for_each(|(path, _)| _ = fs::remove_dir(path));
        return Err(io::Error::from(io::ErrorKind::NotFound).into());
    }
    made?;
    fail_point::reach("store-made");
    fs::rename(fresh, directory)?;
    Ok(())
}

/// Which directory there is; `None` if there is none.
fn identity(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_dir)?;
    Some((metadata.dev(), metadata.ino()))
}

/// Whether a store with this error is to be made anew. One that cannot be opened because a disk is full, permissions are
/// missing or too many files are open may be as good as ever.
fn tells_of_damage(error: &StoreError) -> bool {
    match error {
        StoreError::Damaged { .. } => true,
        StoreError::Busy { .. } => false,
        StoreError::Io { source, .. } => matches!(
            source.kind(),
            io::ErrorKind::AlreadyExists
                | io::ErrorKind::InvalidData
                | io::ErrorKind::InvalidInput
                | io::ErrorKind::IsADirectory
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::NotFound
                | io::ErrorKind::UnexpectedEof
        ),
    }
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

    fn take_turn(&self) -> Result<Turn, StoreError> {
        let mut state = self.lock_state();
        if !matches!(*state, State::Closed) {
            return Ok(Turn::AtOnce);
        }
        let is_new = !self.exists();
        let (mut held, turn) = match self.hold() {
            Ok(held) => held,
            // Why nothing can be kept is told when there is something.
            Err(StoreError::Io { .. }) if is_new => return Ok(Turn::AtOnce),
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
        Ok(turn)
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
        self.set_own(None);
        let mut state = self.lock_state();
        if self.make_held(&mut state)?.is_some_and(|recent| !recent.is_empty()) {
            self.ingest_all(&mut state, &mut std::iter::empty())?;
        }
        self.make_open(&mut state)?;
        let State::Open(opened) = std::mem::replace(&mut *state, State::Unusable) else {
            return Err(self.damaged("it could not be opened"));
        };
        let mut written = self.noting_damage(self.write_fresh(&opened.keyspace, kept, &besides));
        if matches!(written, Err(StoreError::Damaged { .. })) {
            written = self.write_fresh(&opened.keyspace, kept, &besides);
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

    fn bytes_when_written(&self) -> u64 {
        self.bytes_when_written.load(Ordering::Relaxed)
    }

    fn disk_bytes(&self) -> Result<u64, StoreError> {
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

/// Whether an error at reading blocks tells that they are not what was written: what a table lists is beyond its end.
fn tells_of_damage_to_blocks(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
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
