//! A session: one root, brought up to date as often as asked.
//!
//! ```text
//! detect   input::changes   what may have changed        walk and stat, or a list
//! push     propagate        whom that can concern        recorded edges and stems, backwards
//! pull     propagate        what it really changes       queries, in parallel; cut off where digests are equal
//! publish  conclude         store first, then manifest   a crash between leaves orphans, no promises
//! ```
//!
//! **Invariant: a run in which nothing changed makes no database and opens no store.**

mod absence;
mod affected;
mod ahead;
mod cache;
mod causes;
mod clear;
mod conclude;
mod garbage;
mod inquiry;
mod inventory;
mod look;
mod names;
mod parallel;
mod propagate;
mod run;
mod setup;
mod verify;

use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Instant;

use rayon::ThreadPool;

pub(crate) use absence::looked_for;
pub(crate) use affected::{Differences, reach};
pub(crate) use ahead::Keeping;
pub(crate) use cache::CacheDirectory;
pub use clear::{Cleared, clear_cache};
pub(crate) use run::{Checking, Depth, Mode, Run, RunStart, Scope};
pub(crate) use setup::Setup;

use crate::db::{Database, Fixed, Journal};
use crate::digest::Digest;
use crate::error::EngineError;
use crate::exports::HeldInterfaces;
use crate::input::{ChangeSet, Files, Lifetime, Texts, listed_changes, walked_changes};
use crate::manifest::{self, Manifest};
use crate::memo::Memo;
use crate::metrics::Metrics;
use crate::monitor::{Busy, Phase};
use crate::store::{MemoryStore, Store};
use ahead::Ahead;
use propagate::{Propagated, propagate};
use run::Interruption;

/// How often a run starts again because files changed under it. An editor that saves is one change; more than a few
/// means that something writes all the time.
const ATTEMPTS: usize = 4;

/// The stack of a thread that parses. The Python parser guards itself on any stack, the TypeScript frontend by what a
/// text can need at most; the frontends' visitors recurse once per level of nesting, up to the depth that they admit.
const STACK_BYTES: usize = 128 << 20;

/// More threads than this are of no use, however many are asked for: each has a stack.
const MOST_THREADS: usize = 256;

/// So few changed files are rather analyzed than looked up by a session that lets go of the store between runs: to open
/// it takes longer (2 ms, against 0.5 ms for an average file of homeassistant), and that exactly this text was seen
/// before is not to be expected of one that somebody is writing.
const RATHER_EXECUTED: usize = 4;

/// How many bytes of encoded results a session may hold in memory that lets go of the store between runs. One that
/// edits a file needs to know again and again what it was before, and what is in those that use it.
const RESIDENT_VALUE_BYTES: u64 = 16 << 20;

/// One root, brought up to date as often as asked.
pub(crate) struct Session {
    setup: Setup,
    metrics: Arc<Metrics>,
    memo: Memo,
    texts: Arc<Texts>,
    cache: Option<CacheDirectory>,
    manifest: Option<Arc<Manifest>>,
    manifest_loaded: bool,
    /// The digest of the manifest that this session last read or published.
    manifest_on_disk: Option<Digest>,
    /// Marks of sessions that were ahead of the manifest when it was loaded.
    others_ahead: Vec<PathBuf>,
    /// What this session is ahead of, if it has answered with more than is on disk.
    ahead: Option<Ahead>,
    told_of_no_cache: AtomicBool,
    database: Option<Database>,
    pool: Option<ThreadPool>,
}

impl Session {
    pub(crate) fn new(setup: Setup, cache: Option<CacheDirectory>) -> Self {
        let metrics = Arc::new(Metrics::default());
        let memo = Memo::new(make_store(cache.as_ref(), &setup, &metrics), metrics.clone());
        let texts = Arc::new(Texts::new(setup.system.clone(), metrics.clone(), setup.root.clone()));
        if setup.keeping == Keeping::OnRequest {
            memo.hold_values(RESIDENT_VALUE_BYTES);
        }
        Self {
            setup,
            metrics,
            memo,
            texts,
            cache,
            manifest: None,
            manifest_loaded: false,
            manifest_on_disk: None,
            others_ahead: Vec::new(),
            ahead: None,
            told_of_no_cache: AtomicBool::new(false),
            database: None,
            pool: None,
        }
    }

    pub(crate) fn setup(&self) -> &Setup {
        &self.setup
    }

    pub(crate) fn memo(&self) -> &Memo {
        &self.memo
    }

    /// What the last run knew, checked as a whole, if there was one with this setup.
    pub(crate) fn last_checked(&mut self) -> Option<Arc<Manifest>> {
        let manifest = self.last()?;
        self.unless_changed(|_| manifest.check_all()).ok()?;
        Some(manifest)
    }

    /// What the last run knew, if there was one with this setup.
    fn last(&mut self) -> Option<Arc<Manifest>> {
        if !self.manifest_loaded {
            self.manifest_loaded = true;
            self.manifest = self.load_manifest();
        }
        self.manifest.clone()
    }

    fn load_manifest(&mut self) -> Option<Arc<Manifest>> {
        let cache = self.cache.as_ref()?;
        let path = cache.manifest();
        let _span = tracing::debug_span!("load manifest").entered();
        // Before the manifest is read: what another session publishes in between is then seen too.
        self.others_ahead = ahead::marks(cache);
        match manifest::load(path) {
            Ok(manifest) => {
                self.manifest_on_disk = manifest.as_ref().and_then(Manifest::digest_read);
                manifest.filter(|manifest| manifest.tail().setup == self.setup.digest()).map(Arc::new)
            }
            Err(error) => {
                self.manifest_on_disk = manifest::published_digest(path);
                let told = format_args!("{} is not used: {error}; everything is looked at again", path.display());
                self.metrics.file_damaged(told);
                None
            }
        }
    }

    /// The digest of the manifest that is on disk now.
    fn published(&self) -> Option<Digest> {
        self.cache.as_ref().and_then(|cache| manifest::published_digest(cache.manifest()))
    }

    /// Brings everything up to date, as far as is asked for.
    pub(crate) fn run(&mut self, scope: Scope<'_>, mode: Mode, depth: Depth) -> Result<Run, EngineError> {
        let run = self.run_until_steady(scope, mode, depth);
        // A run that failed may have left it so, and have kept others out of the store.
        self.memo.set_recompute(false);
        self.memo.release();
        run
    }

    fn run_until_steady(&mut self, mut scope: Scope<'_>, mode: Mode, depth: Depth) -> Result<Run, EngineError> {
        let start = Instant::now();
        let _busy = Busy::new(&self.setup.monitor);
        for _ in 0..ATTEMPTS {
            match self.unless_changed(|session| session.attempt_checked(scope, mode, depth, start)) {
                Ok(run) => return run,
                Err(interruption) => {
                    tracing::info!("{interruption} while files were analyzed; starting again");
                    // A list that was given does not tell all that changed.
                    scope = Scope::Everything;
                }
            }
        }
        Err(self.unsteady())
    }

    /// Works on what is known of the files; tells why, if it turned out that it is not so. The database is gone then.
    fn unless_changed<T>(&mut self, work: impl FnOnce(&mut Self) -> T) -> Result<T, Interruption> {
        let worked = panic::catch_unwind(AssertUnwindSafe(|| work(self)));
        if self.manifest.as_ref().is_some_and(|manifest| manifest.is_damaged()) {
            _ = self.texts.take_changed_underneath();
            self.forget_manifest();
            return Err(Interruption::ManifestDamaged);
        }
        match (worked, self.texts.take_changed_underneath()) {
            (Ok(value), None) => Ok(value),
            (_, Some(path)) => Err(Interruption::Changed(path)),
            (Err(panic), None) => panic::resume_unwind(panic),
        }
    }

    /// Goes on as if no run had been before: something in its manifest is not what was written.
    fn forget_manifest(&mut self) {
        let path = self.cache.as_ref().map_or(Path::new(""), |cache| cache.manifest());
        let told = format_args!("{} is not used: its base is damaged; everything is looked at again", path.display());
        self.metrics.file_damaged(told);
        self.manifest = None;
        self.manifest_loaded = true;
        self.database = None;
    }

    /// A run after which nothing that is asked of its manifest can turn out to be damaged.
    fn attempt_checked(
        &mut self,
        scope: Scope<'_>,
        mode: Mode,
        depth: Depth,
        start: Instant,
    ) -> Result<Run, EngineError> {
        let mut run = self.attempt(scope, mode, depth, start)?;
        match self.setup.checking {
            Checking::Everything => run.manifest.check_all(),
            Checking::WhatIsRead => run.manifest.check_report(&run.affected),
        }
        self.metrics.manifest_read(run.manifest.take_bytes_read());
        run.io = self.metrics.take_io();
        Ok(run)
    }

    fn unsteady(&self) -> EngineError {
        EngineError::Unsteady { root: self.setup.root.clone(), attempts: ATTEMPTS }
    }

    fn attempt(&mut self, scope: Scope<'_>, mode: Mode, depth: Depth, start: Instant) -> Result<Run, EngineError> {
        let run_start = RunStart::now();
        self.setup.monitor.enter(Phase::Detect, 0);
        if mode == Mode::Force {
            self.take_turn();
        }
        let mut before = self.last();
        let mut baseline = self.baseline(before.as_ref(), mode, depth);
        let mut changes = self.detect(scope, baseline.as_deref())?;
        if mode == Mode::Incremental {
            // Who trusts a list and has been there for a while may have missed what others told.
            let may_lag = matches!(scope, Scope::Listed(_))
                && self.setup.lifetime == Lifetime::Resident
                && self.published() != self.manifest_on_disk;
            if let Some(run) = nothing_new(baseline.as_ref(), &changes, start).filter(|_| !may_lag) {
                if changes.skipped.is_some() {
                    ahead::take_away_abandoned(&std::mem::take(&mut self.others_ahead));
                }
                return Ok(run);
            }
            self.setup.monitor.enter(Phase::Wait, 0);
            self.take_turn();
            if let Some(scope) = self.catch_up(scope) {
                tracing::info!("another process has built meanwhile; comparing with its build");
                self.setup.monitor.enter(Phase::Detect, 0);
                before = self.last();
                baseline = self.baseline(before.as_ref(), mode, depth);
                changes = self.detect(scope, baseline.as_deref())?;
                if let Some(run) = nothing_new(baseline.as_ref(), &changes, start) {
                    return Ok(run);
                }
            }
        }
        if before.is_some() && baseline.is_none() {
            self.database = None;
        }
        let named = self.named_after(baseline.as_deref(), depth);
        let propagated = self.work_through(baseline.as_ref(), &changes, mode, (run_start, named))?;
        Ok(self.conclude(before, baseline, &changes, propagated, start))
    }

    /// What a run can go on from: what was known before, unless it is to be computed anew, or less was known of some
    /// language than is to be known after the run. Then every file is looked at, and what is in the store is used.
    fn baseline(&self, before: Option<&Arc<Manifest>>, mode: Mode, depth: Depth) -> Option<Arc<Manifest>> {
        let goes_on = |before: &&Arc<Manifest>| mode == Mode::Incremental && self.knows(before, depth);
        before.filter(goes_on).cloned()
    }

    /// Whether a manifest has what a run that goes so far finds out.
    pub(crate) fn knows(&self, manifest: &Manifest, depth: Depth) -> bool {
        let mut frontends = self.setup.frontends.iter().enumerate();
        frontends.all(|(index, frontend)| !depth.wants_names(&**frontend) || manifest.has_names_of(index))
    }

    /// Of the files of which frontends names are known after a run.
    fn named_after(&self, baseline: Option<&Manifest>, depth: Depth) -> Vec<bool> {
        let frontends = self.setup.frontends.iter().enumerate();
        let is_known = |index| baseline.is_some_and(|baseline| baseline.has_names_of(index));
        frontends.map(|(index, frontend)| depth.wants_names(&**frontend) || is_known(index)).collect()
    }

    /// Does the work that changes cause, on as many threads as it is worth.
    fn work_through(
        &mut self,
        baseline: Option<&Arc<Manifest>>,
        changes: &ChangeSet,
        mode: Mode,
        (start, named): (RunStart, Vec<bool>),
    ) -> Result<Propagated, EngineError> {
        // Where files came or went, any number of others may have to look again.
        let came_or_went = !changes.removed.is_empty() || changes.candidates.iter().any(|file| file.row.is_none());
        let of_others = if came_or_went { baseline.map_or(0, |baseline| baseline.len()) } else { 0 };
        let work = changes.candidates.len() + of_others;
        // What a forced run computes must not come from what it is to check; whoever asks afterwards may use all.
        let rather_executes = self.setup.keeping == Keeping::OnRequest && baseline.is_some() && work <= RATHER_EXECUTED;
        self.memo.set_recompute(mode == Mode::Force || rather_executes);
        let mut database = match self.database.take() {
            Some(database) => database,
            None => self.open_database(baseline.cloned()),
        };
        let pool = self.pool(work)?;
        let span = tracing::info_span!("propagate", candidates = changes.candidates.len()).entered();
        // On a thread of the pool from beginning to end: to hand each step over to one takes as long as many a step.
        let setup = &self.setup;
        let propagated = pool.install(|| propagate(&mut database, &pool, setup, baseline, changes, (start, named)));
        drop(span);
        self.database = Some(database);
        // An allocator that keeps memory by threads has it back from those that end, after a first build as much as all
        // that is still to be done takes.
        self.pool = (baseline.is_some() || setup.lifetime == Lifetime::Resident).then_some(pool);
        Ok(propagated)
    }

    /// Keeps other processes out until this run is done. The first one has its store made while it computes. A session
    /// that keeps on request does so then.
    fn take_turn(&self) {
        if self.setup.keeping == Keeping::OnRequest {
            return;
        }
        if self.manifest.is_none()
            && let Some(cache) = &self.cache
            && let Some(_writing) = self.setup.monitor.try_writing()
            && let Err(error) = cache.prepare()
        {
            // That is told when there is something to keep.
            tracing::debug!("the cache directory cannot be made now: {error}");
        }
        self.memo.take_turn();
    }

    /// Goes on from what another process has published since the manifest was read, if one has: what is to be looked at
    /// then. A database that is there already goes on from where it is, and everything is looked at: it would have to
    /// be made anew to begin from another manifest. Only for who keeps others from publishing.
    fn catch_up<'s>(&mut self, scope: Scope<'s>) -> Option<Scope<'s>> {
        if !self.memo.store().has_turn() || self.setup.keeping == Keeping::OnRequest {
            return None;
        }
        let on_disk = self.published();
        if on_disk == self.manifest_on_disk {
            return None;
        }
        if self.database.is_some() {
            self.manifest_on_disk = on_disk;
            return Some(Scope::Everything);
        }
        self.manifest = self.load_manifest();
        Some(scope)
    }

    fn detect(&self, scope: Scope<'_>, baseline: Option<&Manifest>) -> Result<ChangeSet, EngineError> {
        let _span = tracing::info_span!("detect").entered();
        let setup = &self.setup;
        let (class_of, marks) = (|path: &str| setup.class_of(path), setup.resource_marks());
        let options = setup.walk_options(&class_of, &marks);
        if let (Scope::Listed(paths), Some(baseline)) = (scope, baseline)
            && self.others_ahead.is_empty()
            && let Some(changes) = listed_changes(&options, paths, baseline)?
        {
            return Ok(changes);
        }
        walked_changes(&options, baseline).map_err(|source| EngineError::Root { path: self.setup.root.clone(), source })
    }

    fn open_database(&self, baseline: Option<Arc<Manifest>>) -> Database {
        self.open_database_over(self.memo.clone(), baseline)
    }

    fn open_database_over(&self, memo: Memo, baseline: Option<Arc<Manifest>>) -> Database {
        let files = Files::new(
            self.setup.lifetime,
            self.setup.frontends.clone(),
            self.setup.max_file_bytes,
            self.texts.clone(),
        );
        let fixed = Fixed {
            frontends: self.setup.frontends.clone(),
            options: self.setup.lower.clone(),
            texts: self.texts.clone(),
            baseline,
            journal: Journal::default(),
            interfaces: HeldInterfaces::default(),
            monitor: self.setup.monitor.clone(),
        };
        Database::new(memo, Arc::new(files), fixed)
    }

    /// Threads to parse on: as many as there is work for.
    fn pool(&mut self, files: usize) -> Result<ThreadPool, EngineError> {
        let threads = self.setup.threads.min(files.max(1)).min(MOST_THREADS);
        match self.pool.take() {
            Some(pool) if pool.current_num_threads() >= threads => Ok(pool),
            _ => rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .stack_size(STACK_BYTES)
                .thread_name(|index| format!("esker-{index}"))
                .build()
                .map_err(|source| EngineError::Threads { source }),
        }
    }
}
/// The run that ends here because everything is as the last one left it, if that is so.
fn nothing_new(last: Option<&Arc<Manifest>>, changes: &ChangeSet, start: Instant) -> Option<Run> {
    let manifest = last.filter(|_| changes.candidates.is_empty() && changes.removed.is_empty())?;
    let same_skipped = changes.skipped.as_ref().is_none_or(|skipped| *skipped == manifest.tail().skipped);
    same_skipped.then(|| Run { elapsed: start.elapsed(), ..Run::of_manifest(manifest.clone()) })
}

#[cfg(feature = "cache")]
fn make_store(cache: Option<&CacheDirectory>, setup: &Setup, metrics: &Arc<Metrics>) -> Box<dyn Store> {
    match cache {
        Some(cache) => {
            let (wait, bytes) = (setup.lock_timeout, setup.max_cache_bytes);
            Box::new(crate::store::FjallStore::new(cache.path(), wait, bytes, metrics.clone(), setup.monitor.clone()))
        }
        None => Box::new(MemoryStore::default()),
    }
}

#[cfg(not(feature = "cache"))]
fn make_store(_: Option<&CacheDirectory>, _: &Setup, _: &Arc<Metrics>) -> Box<dyn Store> {
    Box::new(MemoryStore::default())
}
