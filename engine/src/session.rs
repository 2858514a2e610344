//! A session: one root, brought up to date as often as asked.
//!
//! ```text
//! detect   input::changes   what may have changed        walk and stat, or a list
//! push     propagate        whom that can concern        recorded edges and stems, backwards
//! pull     propagate        what it really changes       queries, in parallel; cut off where digests are equal
//! publish  session          store first, then manifest   a crash between leaves orphans, no promises
//! ```
//!
//! **Invariant: a run in which nothing changed makes no database and opens no store.**

mod absence;
mod affected;
mod ahead;
mod cache;
mod causes;
mod garbage;
mod inventory;
mod names;
mod propagate;
mod run;
mod setup;
mod verify;

use std::collections::BTreeSet;
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use esker_frontend_api::{EdgeKinds, Root};
use rayon::ThreadPool;

pub(crate) use affected::Differences;
pub(crate) use ahead::Keeping;
pub(crate) use cache::CacheDirectory;
pub(crate) use run::{Checking, Mode, Run, RunStart, Scope};
pub(crate) use setup::Setup;

use crate::code::CodeIndex;
use crate::db::{Database, Db, Fixed, Journal};
use crate::digest::Digest;
use crate::error::EngineError;
use crate::explain::Cause;
use crate::exports::HeldInterfaces;
use crate::input::{ChangeSet, FileSet, Files, Lifetime, Rules, Texts};
use crate::input::{listed_changes, relative_path, walk_below, walked_changes};
use crate::manifest::{self, Destination, Manifest, Tail, assemble};
use crate::memo::Memo;
use crate::metrics::{IoMetrics, Metrics, StageMetrics};
use crate::monitor::{Busy, Phase};
use crate::query::{ErasedQuery, FileQuery, QueryKey, QueryRun, derived};
use crate::store::{MemoryStore, Store, Turn, now};
use absence::import_roots;
pub(crate) use absence::looked_for;
use ahead::Ahead;
use causes::reasons_of_everything;
use propagate::{Propagated, file_set_of, in_parallel, propagate};
use run::Interruption;

/// How often a run starts again because files changed under it. An editor that saves is one change; more than a few
/// means that something writes all the time.
const ATTEMPTS: usize = 4;

/// The stack of a thread that parses. The Python parser guards itself on any stack, the TypeScript frontend by what a text
/// can need at most; the frontends' visitors recurse once per level of nesting, up to the depth that they admit.
const STACK_BYTES: usize = 128 << 20;

/// So few changed files are rather analyzed than looked up by a session that lets go of the store between runs: to open
/// it takes longer (2 ms, against 0.5 ms for an average file of homeassistant), and that exactly this text was seen before
/// is not to be expected of one that somebody is writing.
const RATHER_EXECUTED: usize = 4;

/// How many bytes of encoded results a session may hold in memory that lets go of the store between runs. One that edits
/// a file needs to know again and again what it was before, and what is in those that use it.
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
                let told = format_args!("{} is not used: {error}; everything is looked at again", path.display());
                self.metrics.file_damaged(told);
                None
            }
        }
    }

    /// The files of the last run that looked for this path while their imports were located, ascending.
    pub(crate) fn looked_for(&mut self, path: &str) -> Result<Vec<String>, EngineError> {
        let manifest = self.last_checked().ok_or_else(|| EngineError::NeverBuilt { root: self.setup.root.clone() })?;
        let mut rows = BTreeSet::new();
        looked_for(path, &manifest, &self.setup.frontends, |row| _ = rows.insert(row));
        Ok(rows.into_iter().map(|row| manifest.path(row).to_owned()).collect())
    }

    /// Brings everything up to date.
    pub(crate) fn run(&mut self, scope: Scope<'_>, mode: Mode) -> Result<Run, EngineError> {
        let run = self.run_until_steady(scope, mode);
        // A run that failed may have kept others out of the store.
        self.memo.release();
        run
    }

    fn run_until_steady(&mut self, mut scope: Scope<'_>, mode: Mode) -> Result<Run, EngineError> {
        let start = Instant::now();
        let _busy = Busy::new(&self.setup.monitor);
        for _ in 0..ATTEMPTS {
            match self.unless_changed(|session| session.attempt_checked(scope, mode, start)) {
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
    fn attempt_checked(&mut self, scope: Scope<'_>, mode: Mode, start: Instant) -> Result<Run, EngineError> {
        let mut run = self.attempt(scope, mode, start)?;
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

    fn attempt(&mut self, scope: Scope<'_>, mode: Mode, start: Instant) -> Result<Run, EngineError> {
        let run_start = RunStart::now();
        self.setup.monitor.enter(Phase::Detect, 0);
        if mode == Mode::Force {
            self.database = None;
        }
        let mut before = self.last();
        let mut changes = self.detect(scope, before.as_deref().filter(|_| mode == Mode::Incremental))?;
        if mode == Mode::Incremental {
            if let Some(run) = nothing_new(before.as_ref(), &changes, start) {
                if changes.skipped.is_some() {
                    ahead::take_away_abandoned(&std::mem::take(&mut self.others_ahead));
                }
                return Ok(run);
            }
            // Who had to wait for another process compares with what that one has found out. A session that keeps on
            // request looks for others then.
            self.setup.monitor.enter(Phase::Wait, 0);
            if self.setup.keeping == Keeping::EachRun && self.take_turn() == Turn::Waited && self.load_newer() {
                tracing::info!("another process has built meanwhile; comparing with its build");
                self.setup.monitor.enter(Phase::Detect, 0);
                before = self.last();
                changes = self.detect(scope, before.as_deref())?;
                if let Some(run) = nothing_new(before.as_ref(), &changes, start) {
                    return Ok(run);
                }
            }
        }
        let baseline = before.clone().filter(|_| mode == Mode::Incremental);

        // Where files came or went, any number of others may have to look again.
        let came_or_went = !changes.removed.is_empty() || changes.candidates.iter().any(|file| file.row.is_none());
        let work = if came_or_went { usize::MAX } else { changes.candidates.len() };
        // What a forced run computes must not come from what it is to check; whoever asks afterwards may use all.
        let rather_executes = self.setup.keeping == Keeping::OnRequest && baseline.is_some() && work <= RATHER_EXECUTED;
        self.memo.set_recompute(mode == Mode::Force || rather_executes);
        let mut database = match self.database.take() {
            Some(database) => database,
            None => self.open_database(baseline.clone()),
        };
        let pool = self.pool(work)?;
        let span = tracing::info_span!("propagate", candidates = changes.candidates.len()).entered();
        // On a thread of the pool from beginning to end: to hand each step over to one takes as long as many a step.
        let setup = &self.setup;
        let propagated =
            pool.install(|| propagate(&mut database, &pool, setup, baseline.as_ref(), &changes, run_start));
        self.memo.set_recompute(false);
        drop(span);
        self.database = Some(database);
        self.pool = Some(pool);
        Ok(self.conclude(before, baseline, &changes, propagated, start))
    }

    /// Keeps other processes out until this run is done. The first one has its store made while it computes.
    fn take_turn(&self) -> Turn {
        if self.manifest.is_none()
            && let Some(cache) = &self.cache
            && let Some(_writing) = self.setup.monitor.try_writing()
            && let Err(error) = cache.prepare()
        {
            // That is told when there is something to keep.
            tracing::debug!("the cache directory cannot be made now: {error}");
        }
        self.memo.take_turn()
    }

    /// Takes what another process has published since the manifest was read; whether it is anything else. A database
    /// that is there already goes on from where it is: it would have to be made anew to begin from another manifest.
    fn load_newer(&mut self) -> bool {
        if self.database.is_some() {
            return false;
        }
        let Some(newer) = self.load_manifest() else { return false };
        let is_newer = self.manifest.as_ref().is_none_or(|manifest| !manifest.is_same(&newer));
        self.manifest = Some(newer);
        is_newer
    }

    /// The answers of an embedder's query for all files of the last run.
    pub(crate) fn query<Q: FileQuery>(&mut self) -> Result<QueryRun<Q::Output>, EngineError> {
        for _ in 0..ATTEMPTS {
            match self.unless_changed(Self::attempt_query::<Q>) {
                Ok(answers) => return answers,
                Err(interruption) => {
                    tracing::info!("{interruption} since the last build; building again");
                    self.run(Scope::Everything, Mode::Incremental)?;
                }
            }
        }
        Err(self.unsteady())
    }

    /// What `work` finds out about the code of the last run. Runs again if a file turns out to be another than is known.
    pub(crate) fn inspect<T: Send>(&mut self, work: impl Fn(&CodeIndex<'_>) -> T + Sync) -> Result<T, EngineError> {
        for _ in 0..ATTEMPTS {
            match self.unless_changed(|session| session.attempt_to_inspect(&work)) {
                Ok(answer) => return answer,
                Err(interruption) => {
                    tracing::info!("{interruption} since the last build; building again");
                    self.run(Scope::Everything, Mode::Incremental)?;
                }
            }
        }
        Err(self.unsteady())
    }

    fn attempt_to_inspect<T: Send>(&mut self, work: impl Fn(&CodeIndex<'_>) -> T + Sync) -> Result<T, EngineError> {
        let _busy = Busy::new(&self.setup.monitor);
        let (manifest, database) = self.database_of_last()?;
        let pool = self.pool(1)?;
        self.setup.monitor.enter(Phase::Query, 0);
        // On a thread of the pool, whose stack is large enough to parse on.
        let answers = in_parallel(&pool, &database, &[()], |db, ()| work(&CodeIndex::new(db, &manifest)));
        database.let_go();
        self.flush();
        self.pool = Some(pool);
        if self.setup.lifetime == Lifetime::Resident {
            self.database = Some(database);
        }
        Ok(answers.into_iter().next().expect("invariant: there was one piece of work"))
    }

    /// The last run's manifest, and a database of the files that it knows.
    fn database_of_last(&mut self) -> Result<(Arc<Manifest>, Database), EngineError> {
        let manifest = self.last().ok_or_else(|| EngineError::NeverBuilt { root: self.setup.root.clone() })?;
        if let Some(database) = self.database.take() {
            return Ok((manifest, database));
        }
        let mut database = self.open_database(Some(manifest.clone()));
        let set = FileSet::recorded(manifest.clone(), [], []);
        Files::update(&mut database, set, std::iter::empty());
        Files::set_roots(&mut database, manifest.tail().roots.clone());
        Ok((manifest, database))
    }

    fn attempt_query<Q: FileQuery>(&mut self) -> Result<QueryRun<Q::Output>, EngineError> {
        let _busy = Busy::new(&self.setup.monitor);
        let (manifest, database) = self.database_of_last()?;
        let pool = self.pool(manifest.len())?;
        self.setup.monitor.enter(Phase::Query, manifest.len());
        database.take_journal();
        let rows: Vec<u32> = (0..manifest.len() as u32).collect();
        let answers = in_parallel(&pool, &database, &rows, |db, row| {
            let source = db.files().source(db, manifest.path(*row))?;
            derived(db, source, QueryKey::new(db, ErasedQuery::of::<Q>())).value()
        });
        let paths = rows.iter().map(|row| manifest.path(*row).to_owned());
        let results = paths.zip(answers).filter_map(|(path, answer)| Some((path, answer?))).collect();
        let own = |(stage, path): (&'static str, Arc<str>)| (stage == Q::STAGE.name()).then(|| path.to_string());
        let executed = database.take_journal().into_iter().filter_map(own).collect();
        database.let_go();
        self.flush();
        self.pool = Some(pool);
        if self.setup.lifetime == Lifetime::Resident {
            self.database = Some(database);
        }
        Ok(QueryRun { results, executed })
    }

    fn detect(&self, scope: Scope<'_>, baseline: Option<&Manifest>) -> Result<ChangeSet, EngineError> {
        let _span = tracing::info_span!("detect").entered();
        let setup = &self.setup;
        let (class_of, marks) = (|path: &str| setup.class_of(path), setup.resource_marks());
        let options = setup.walk_options(&class_of, &marks);
        match (scope, baseline) {
            (Scope::Listed(paths), Some(baseline)) if self.others_ahead.is_empty() => {
                Ok(listed_changes(&options, paths, baseline)?)
            }
            (Scope::Listed(_) | Scope::Everything, _) => walked_changes(&options, baseline)
                .map_err(|source| EngineError::Root { path: self.setup.root.clone(), source }),
        }
    }

    /// The import roots of every frontend: as set, or as the layout and settings files have them now.
    pub(crate) fn import_roots(&self) -> Result<Vec<Vec<Root>>, EngineError> {
        let files = self.detect(Scope::Everything, None)?.candidates.into_iter().map(|file| file.path).collect();
        let mut database = self.open_database(None);
        Files::update(&mut database, file_set_of(&self.setup, files), std::iter::empty());
        Ok(import_roots(&database, &self.setup))
    }

    /// The directories that a walk looks into, at or below this one, relative to the root.
    pub(crate) fn directories(&self, below: &Path) -> Result<Vec<String>, EngineError> {
        let setup = &self.setup;
        let (class_of, marks) = (|path: &str| setup.class_of(path), setup.resource_marks());
        let below = relative_path(&setup.root, below)?;
        let walked = Rules::new(&setup.walk_options(&class_of, &marks)).and_then(|rules| walk_below(&rules, &below));
        let walk = walked.map_err(|source| EngineError::Root { path: self.setup.root.clone(), source })?;
        let mut directories = walk.directories;
        directories.sort_unstable();
        Ok(directories)
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
        let threads = self.setup.threads.min(files.max(1));
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

    /// Stores what was found out, and tells what the run did.
    fn conclude(
        &mut self,
        before: Option<Arc<Manifest>>,
        baseline: Option<Arc<Manifest>>,
        changes: &ChangeSet,
        propagated: Propagated,
        start: Instant,
    ) -> Run {
        let Propagated { entries, roots, differences, relinked, edges_changed, causes } = propagated;
        let last_tail = baseline.as_ref().map(|baseline| baseline.tail());
        let mut tail = Tail {
            setup: self.setup.digest(),
            roots,
            full_build_us: last_tail.map_or(0, |tail| tail.full_build_us),
            findings: manifest::Findings::default(),
            cycles: last_tail.map_or(0, |tail| tail.cycles),
            skipped: match &changes.skipped {
                Some(skipped) => skipped.clone(),
                None => last_tail.map_or_else(Vec::new, |tail| tail.skipped.clone()),
            },
            runs: Vec::new(),
        };
        let stages: Vec<(&'static str, StageMetrics)> = self.metrics.take().into_iter().collect();
        tail.remember(now(), &stages, before.as_ref().map_or(&[], |before| &before.tail().runs));
        self.setup.monitor.enter(Phase::Assemble, 0);
        self.memo.wait_for_early();
        // Held until the manifest is published, so that whoever keeps a run from writing has both or neither.
        let monitor = self.setup.monitor.clone();
        let writing = monitor.writing();
        let ahead = self.goes_ahead();
        // The store is written to while the manifest is put together; it is published when both are done.
        let database = self.database.take();
        let (manifest, executed, kept, database) = std::thread::scope(|scope| {
            let (cache, memo, told) = (self.cache.as_ref(), &self.memo, &self.told_of_no_cache);
            let flushed = (!ahead).then(|| scope.spawn(move || flush(cache, memo, told)));
            let span = tracing::info_span!("assemble").entered();
            let executed = database.as_ref().map_or_else(Vec::new, Database::take_journal);
            let database = database.and_then(|database| self.keep_for_next(database));
            let reasons = baseline.as_ref().map(|baseline| {
                let reasons = causes.reasons(baseline, &entries, &executed);
                reasons.map_or_else(|| baseline.encoded_reasons().to_vec(), |reasons| reasons.encoded())
            });
            let destination = if ahead { Destination::Memory } else { Destination::Disk };
            let manifest = assemble(baseline.as_deref(), entries, destination);
            let reasons = reasons.unwrap_or_else(|| {
                let cause = if before.is_some() { Cause::Forced } else { Cause::FirstBuild };
                reasons_of_everything(cause, &manifest, &executed).encoded()
            });
            drop(span);
            let has_known_graph = |baseline: &Arc<Manifest>| !edges_changed || manifest.has_graph_of(baseline);
            if !baseline.as_ref().is_some_and(has_known_graph) {
                let _span = tracing::info_span!("cycles").entered();
                tail.cycles = manifest.graph().cycle_count(EdgeKinds::DEFAULT_POLICY) as u64;
            }
            if baseline.is_none() {
                tail.full_build_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
            }
            let manifest = Arc::new(manifest.finished(&reasons, tail));
            self.setup.monitor.enter(Phase::Store, 0);
            let kept = flushed.map(|flushed| flushed.join().unwrap_or_else(|panic| panic::resume_unwind(panic)));
            (manifest, executed, kept, database)
        });
        self.database = database;
        let differences = match (&before, &baseline) {
            // Everything was looked at as if it were new; what is new is told by comparing.
            (Some(before), None) => affected::differences(before, &manifest),
            _ => differences,
        };
        // The last time that the manifest before is looked at: what is damaged in it has to show while it still counts.
        let affected = affected::affected(baseline.as_deref(), &manifest, &differences, &relinked);
        if let Some(records @ (Flushed::Kept | Flushed::Dropped)) = kept {
            self.publish(&manifest, records);
            // Not before: what is new is in use from now on.
            self.tidy_up();
        }
        // Only now, so that whoever waits for the store reads this manifest.
        self.memo.release();
        drop(writing);
        self.manifest = Some(manifest.clone());
        Run {
            affected,
            differences,
            executed,
            stages,
            damaged_records: self.metrics.damaged_records(),
            damaged_cache_files: self.metrics.damaged_files(),
            io: IoMetrics::default(),
            elapsed: start.elapsed(),
            manifest,
        }
    }

    /// Keeps the database for the next run, if there can be one.
    fn keep_for_next(&self, database: Database) -> Option<Database> {
        if self.setup.lifetime == Lifetime::Resident {
            return Some(database);
        }
        // To take it apart takes a while, for which nobody has to wait.
        _ = std::thread::Builder::new().spawn(move || drop(database));
        None
    }

    /// Hands new records to the store and lets go of it.
    fn flush(&self) {
        let _writing = self.setup.monitor.writing();
        flush(self.cache.as_ref(), &self.memo, &self.told_of_no_cache);
        self.tidy_up();
        self.memo.release();
    }

    /// Whether a run answers before what it found out is kept. If so, it has said so to others: see [`ahead`].
    fn goes_ahead(&mut self) -> bool {
        let on_request = self.setup.keeping == Keeping::OnRequest;
        let Some(cache) = self.cache.as_ref().filter(|_| on_request) else { return false };
        if self.ahead.as_ref().is_none_or(|ahead| !ahead.stands(cache)) {
            self.ahead = Ahead::of(cache).ok();
        }
        self.ahead.is_some()
    }

    /// Keeps what was found out and not yet kept. If another session has published since, its list may have told it of
    /// changes that this one was not told of: everything is looked at first, and that run is returned.
    pub(crate) fn keep(&mut self) -> Result<Option<Run>, EngineError> {
        let Some(manifest_path) = self.cache.as_ref().map(|cache| cache.manifest().to_owned()) else { return Ok(None) };
        if self.ahead.is_none() {
            return Ok(None);
        }
        let mut run = None;
        for _ in 0..ATTEMPTS {
            self.memo.take_turn();
            let on_disk = manifest::published_digest(&manifest_path);
            if on_disk == self.manifest_on_disk {
                break;
            }
            run = Some(self.run(Scope::Everything, Mode::Incremental)?);
            self.manifest_on_disk = on_disk;
        }
        // What the answers did not have to wait for. It reads all of the base, which may turn out to be damaged.
        match self.unless_changed(|session| session.manifest.as_ref()?.unburdened()) {
            Ok(Some(unburdened)) => self.manifest = Some(Arc::new(unburdened)),
            Ok(None) => {}
            Err(interruption) => {
                tracing::info!("{interruption} before it was kept; building again");
                run = Some(self.run(Scope::Everything, Mode::Incremental)?);
            }
        }
        let monitor = self.setup.monitor.clone();
        let _writing = monitor.writing();
        let flushed = flush(self.cache.as_ref(), &self.memo, &self.told_of_no_cache);
        if let Some(manifest) = self.manifest.clone().filter(|_| flushed != Flushed::NoPlace)
            && self.publish(&manifest, flushed)
        {
            self.ahead.take().into_iter().for_each(Ahead::end);
            self.tidy_up();
        }
        self.memo.release();
        Ok(run)
    }

    /// Writes the manifest, once the records that it speaks of are written. Failing costs the next run time, not this
    /// one its answer. Whether it went well.
    fn publish(&mut self, manifest: &Manifest, records: Flushed) -> bool {
        let Some(cache) = self.cache.as_ref() else { return true };
        let _span = tracing::info_span!("publish").entered();
        match manifest::publish(manifest, cache.manifest()) {
            Ok((digest, bytes)) => {
                self.metrics.manifest_written(bytes);
                self.manifest_on_disk = Some(digest);
                ahead::take_away_abandoned(&std::mem::take(&mut self.others_ahead));
                true
            }
            Err(error) => {
                let told = format!("results are not kept: {} cannot be written: {error}", cache.manifest().display());
                // That records are not kept was told already, most likely for the same reason.
                if records == Flushed::Dropped {
                    tracing::info!("{told}")
                } else {
                    tracing::warn!("{told}")
                }
                false
            }
        }
    }
}

/// What became of new records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flushed {
    /// They are in the store.
    Kept,
    /// The store could not be written to.
    Dropped,
    /// There is no cache directory to keep anything in.
    NoPlace,
}

/// Hands new records to the store and closes it, going on to keep others out. That there is no place for them is told
/// once.
fn flush(cache: Option<&CacheDirectory>, memo: &Memo, told: &AtomicBool) -> Flushed {
    if let Some(cache) = cache
        && let Err(error) = cache.prepare()
    {
        if !told.swap(true, Ordering::Relaxed) {
            tracing::warn!("results are not kept: {} cannot be written: {error}", cache.path().display());
        }
        return Flushed::NoPlace;
    }
    let kept = memo.flush();
    memo.store().close();
    if kept { Flushed::Kept } else { Flushed::Dropped }
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
