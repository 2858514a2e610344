//! The engine's face: how a program sets one up and asks it to work.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use esker_frontend_api::{Frontend, LowerOptions, Root};

use crate::answer::{
    BuildDetails, BuildReport, CacheCounts, ChangeCounts, Execution, FileDiagnostic, StageCounts, UnresolvedImport,
};
use crate::code::CodeIndex;
use crate::contents::{CacheCheck, CacheContents, GarbageLimits, GarbageReport};
use crate::digest::{Digest, Fingerprint};
use crate::error::EngineError;
use crate::explain::Explanation;
use crate::graph::DependencyGraph;
use crate::input::Lifetime;
use crate::manifest::Manifest;
use crate::metrics::{IoMetrics, StageMetrics};
use crate::monitor::Monitor;
use crate::query::{FileQuery, QueryRun};
use crate::session::{CacheDirectory, Checking, Keeping, Mode, Run, Scope, Session, Setup};
use crate::system::{OsSystem, System};
use crate::verify::VerifyReport;

/// How large a file may be before it is left out, unless the builder says otherwise: 16 MiB. The largest module found
/// among the thousand most downloaded packages has a quarter of that; beyond it lie generated tables and accidents.
pub const DEFAULT_MAX_FILE_BYTES: u64 = 16 << 20;

/// How long a run waits for another process to let go of the store, unless the builder says otherwise.
pub const DEFAULT_LOCK_TIMEOUT: Duration = Duration::from_secs(10);

/// How many bytes the store may take on disk, unless the builder says otherwise: 2 GiB.
pub const DEFAULT_MAX_CACHE_BYTES: u64 = 2 << 30;

/// Sets an [`Engine`] up.
#[must_use]
pub struct EngineBuilder {
    root: PathBuf,
    frontends: Vec<Arc<dyn Frontend>>,
    cache: Option<PathBuf>,
    lower: LowerOptions,
    roots: Option<Vec<Root>>,
    include: Vec<String>,
    exclude: Vec<String>,
    respect_gitignore: bool,
    max_file_bytes: u64,
    max_cache_bytes: u64,
    threads: Option<usize>,
    lifetime: Lifetime,
    keeping: Keeping,
    checking: Checking,
    system: Arc<dyn System>,
    lock_timeout: Duration,
    monitor: Arc<Monitor>,
}

impl EngineBuilder {
    /// Adds a language. Where two claim a file, the first one has it.
    pub fn frontend(mut self, frontend: impl Frontend + 'static) -> Self {
        self.frontends.push(Arc::new(frontend));
        self
    }

    /// Keeps results in this directory between runs. It is made when there is something to keep; it may be deleted at
    /// any time. Without it, and in a build without the `cache` feature, results live as long as the engine.
    pub fn with_cache(mut self, directory: impl Into<PathBuf>) -> Self {
        self.cache = Some(directory.into());
        self
    }

    /// Sets what the frontends are asked for.
    pub fn lower_options(mut self, options: LowerOptions) -> Self {
        self.lower = options;
        self
    }

    /// Sets the directories, relative to the root, from which absolute imports start, in the order in which they are
    /// tried. By default they are found from the layout.
    pub fn import_roots(mut self, roots: impl IntoIterator<Item = String>) -> Self {
        let root = |path: String| Root {
            path: if path == "." { String::new() } else { path.trim_matches('/').to_owned() },
            prefix: String::new(),
        };
        self.roots = Some(roots.into_iter().map(root).collect());
        self
    }

    /// Looks only at files that match one of these globs, relative to the root.
    pub fn include(mut self, globs: impl IntoIterator<Item = String>) -> Self {
        self.include.extend(globs);
        self
    }

    /// Looks at no file or directory that matches one of these globs, relative to the root.
    pub fn exclude(mut self, globs: impl IntoIterator<Item = String>) -> Self {
        self.exclude.extend(globs);
        self
    }

    /// Looks also at files that git ignores.
    pub fn ignored_files_too(mut self) -> Self {
        self.respect_gitignore = false;
        self
    }

    /// Leaves out files with more than this many bytes, with a diagnostic for each.
    pub fn max_file_bytes(mut self, bytes: u64) -> Self {
        self.max_file_bytes = bytes;
        self
    }

    /// Lets the store take this many bytes on disk. A run that makes it larger drops the oldest of what none of the
    /// manifests in the cache directory speaks of.
    pub fn max_cache_bytes(mut self, bytes: u64) -> Self {
        self.max_cache_bytes = bytes;
        self
    }

    /// Works on this many threads, at least one. By default on as many as the machine has cores.
    pub fn threads(mut self, threads: usize) -> Self {
        self.threads = Some(threads.max(1));
        self
    }

    /// Sets the engine up for a single run: dependencies within the process are then not tracked, because nothing
    /// changes before it ends. A second run is right too, but begins from what the first one kept.
    pub fn for_one_run(mut self) -> Self {
        self.lifetime = Lifetime::OneRun;
        self
    }

    /// Keeps results when [`Engine::keep`] is called and not at the end of every build, so that an answer does not wait
    /// for the disk. For an engine that lives long and is often asked.
    ///
    /// What is not kept when the process ends costs time and nothing else: the next build finds the changes again. Until
    /// then other processes on the same cache directory that are given a list of changes look at everything instead,
    /// because such a list counts from a build that they cannot see.
    pub fn keep_on_request(mut self) -> Self {
        self.keeping = Keeping::OnRequest;
        self
    }

    /// Checks of what was kept of the files only what a build looks at, so that a small change of a large repository costs
    /// little. All of it is checked otherwise.
    ///
    /// The report, the details, the affected files and the diagnostics of such a build can be asked for as ever. Where another question meets
    /// something in the cache that is not what was written, it unwinds, for an answer can no longer be given.
    pub fn check_what_is_read(mut self) -> Self {
        self.checking = Checking::WhatIsRead;
        self
    }

    /// Reads files through this instead of from the operating system.
    pub fn system(mut self, system: impl System + 'static) -> Self {
        self.system = Arc::new(system);
        self
    }

    /// Waits this long for other processes that have the store open, then goes on without it.
    pub fn lock_timeout(mut self, timeout: Duration) -> Self {
        self.lock_timeout = timeout;
        self
    }

    /// Leaves word of what the engine does here, for another thread to look at.
    pub fn monitor(mut self, monitor: Arc<Monitor>) -> Self {
        self.monitor = monitor;
        self
    }

    /// The engine. Looks at nothing yet but the root itself.
    ///
    /// # Errors
    ///
    /// If the root does not exist or is no directory.
    pub fn build(self) -> Result<Engine, EngineError> {
        let root = self.root.canonicalize().map_err(|source| EngineError::Root { path: self.root.clone(), source })?;
        if !root.is_dir() {
            return Err(EngineError::NotADirectory { path: root });
        }
        let cache = self.cache.filter(|_| cfg!(feature = "cache")).map(|path| CacheDirectory::new(path, &root));
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        let setup = Setup {
            root,
            frontends: self.frontends,
            lower: Arc::new(self.lower),
            roots: self.roots,
            include: self.include,
            exclude: self.exclude,
            respect_gitignore: self.respect_gitignore,
            max_file_bytes: self.max_file_bytes,
            max_cache_bytes: self.max_cache_bytes,
            threads: self.threads.unwrap_or_else(cores),
            lifetime: self.lifetime,
            keeping: self.keeping,
            checking: self.checking,
            system: self.system,
            lock_timeout: self.lock_timeout,
            monitor: self.monitor,
        };
        Ok(Engine { session: Session::new(setup, cache) })
    }
}

/// Analyzes one repository, again and again, doing each time only the work that a change causes.
pub struct Engine {
    pub(crate) session: Session,
}

impl Engine {
    /// Begins to set up an engine for the repository below this directory.
    pub fn builder(root: impl Into<PathBuf>) -> EngineBuilder {
        EngineBuilder {
            root: root.into(),
            frontends: Vec::new(),
            cache: None,
            lower: LowerOptions::default(),
            roots: None,
            include: Vec::new(),
            exclude: Vec::new(),
            respect_gitignore: true,
            max_file_bytes: DEFAULT_MAX_FILE_BYTES,
            max_cache_bytes: DEFAULT_MAX_CACHE_BYTES,
            threads: None,
            lifetime: Lifetime::Resident,
            keeping: Keeping::EachRun,
            checking: Checking::Everything,
            system: Arc::new(OsSystem),
            lock_timeout: DEFAULT_LOCK_TIMEOUT,
            monitor: Arc::default(),
        }
    }

    /// The repository's root, absolute and without symbolic links.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.session.setup().root
    }

    /// The directories that a walk looks for source files in, at or below this one, relative to the root, ascending: what
    /// a program has to watch to be told of every change. None if a walk passes over the directory, or if it is gone.
    ///
    /// # Errors
    ///
    /// If the root cannot be read, or if the path leads out of it.
    pub fn directories(&self, below: impl AsRef<Path>) -> Result<Vec<String>, EngineError> {
        self.session.directories(below.as_ref())
    }

    /// Brings everything up to date: looks at every file and does what the changes since the last build cause.
    ///
    /// # Errors
    ///
    /// If the world does not hold still or cannot be read; never because of the code analyzed.
    pub fn execute(&mut self) -> Result<Build, EngineError> {
        self.build_with(Scope::Everything, Mode::Incremental)
    }

    /// Brings everything up to date, trusting that only these paths changed: they may be absolute or relative to the
    /// root; one that no longer exists is a removal, a directory stands for what is under it. Nothing else is looked
    /// at, so that the cost is in proportion to the change. Without an earlier build it is [`Engine::execute`].
    ///
    /// # Errors
    ///
    /// As [`Engine::execute`]; and if a path leads out of the root.
    pub fn execute_incremental<P: AsRef<Path>>(
        &mut self,
        changed: impl IntoIterator<Item = P>,
    ) -> Result<Build, EngineError> {
        let changed: Vec<PathBuf> = changed.into_iter().map(|path| path.as_ref().to_owned()).collect();
        self.build_with(Scope::Listed(&changed), Mode::Incremental)
    }

    /// Computes everything anew, using nothing that is known already, and keeps the results.
    ///
    /// # Errors
    ///
    /// As [`Engine::execute`].
    pub fn execute_from_scratch(&mut self) -> Result<Build, EngineError> {
        self.build_with(Scope::Everything, Mode::Force)
    }

    /// Brings everything up to date, then computes so many percent of the files anew, from the files alone, and
    /// compares with what is kept of them. What was kept wrong is told, and is mended: the build that is returned, and
    /// those after it, answer with what was computed. Which files those are follows from the paths and contents of all.
    ///
    /// # Errors
    ///
    /// As [`Engine::execute`]; and if the store cannot be read or mended.
    pub fn verify(&mut self, percent: f64) -> Result<(Build, VerifyReport), EngineError> {
        let (run, report) = self.session.verify(percent)?;
        Ok((Build::new(self.root(), run), report))
    }

    /// What the last build knew, without looking at any file.
    ///
    /// # Errors
    ///
    /// If there was no build with this setup, or what it kept is gone.
    pub fn last_build(&mut self) -> Result<Build, EngineError> {
        let manifest = self
            .session
            .last_checked()
            .ok_or_else(|| EngineError::NeverBuilt { root: self.session.setup().root.clone() })?;
        Ok(Build::new(self.root(), Run::of_manifest(manifest)))
    }

    /// The files of the last build that looked for a file at this path, relative to the root, while their imports were
    /// located, ascending. Of a file that has gone, this is who imported it and does not import something else by now.
    ///
    /// # Errors
    ///
    /// If nothing was built yet.
    pub fn looked_for(&mut self, path: &str) -> Result<Vec<String>, EngineError> {
        self.session.looked_for(path)
    }

    /// The answers of a query of your own for every file of the last build. See [`FileQuery`].
    ///
    /// # Errors
    ///
    /// If nothing was built yet.
    pub fn query<Q: FileQuery>(&mut self) -> Result<QueryRun<Q::Output>, EngineError> {
        self.session.query::<Q>()
    }

    /// What `work` finds out about the inside of the files of the last build. It runs again if a file turns out to be
    /// another than it was then, after a new build.
    ///
    /// # Errors
    ///
    /// If nothing was built yet, or the world does not hold still.
    pub fn inspect<T: Send>(&mut self, work: impl Fn(&CodeIndex<'_>) -> T + Sync) -> Result<T, EngineError> {
        self.session.inspect(work)
    }

    /// The directories, relative to the root, from which absolute imports start, in the order in which they are tried:
    /// those that were set, or those that are found in the layout. The root itself is `.`; directories that are a
    /// package themselves are left out, because [`EngineBuilder::import_roots`] has no way to tell of them. Unique.
    /// Walks the tree and reads no file but settings files.
    ///
    /// # Errors
    ///
    /// If the root cannot be read.
    pub fn import_roots(&self) -> Result<Vec<String>, EngineError> {
        let mut paths: Vec<String> = Vec::new();
        for root in self.session.import_roots()?.into_iter().flatten().filter(|root| root.prefix.is_empty()) {
            let path = if root.path.is_empty() { ".".to_owned() } else { root.path };
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        Ok(paths)
    }

    /// Keeps on disk what was found out since the last time, and lets go of the store. Does nothing unless results are
    /// kept on request: see [`EngineBuilder::keep_on_request`].
    ///
    /// If another process has kept a build of its own meanwhile, everything is looked at first; that build is returned.
    /// A cache that cannot be written is warned of and is no error.
    ///
    /// # Errors
    ///
    /// As [`Engine::execute`].
    pub fn keep(&mut self) -> Result<Option<Build>, EngineError> {
        let run = self.session.keep()?;
        Ok(run.map(|run| Build::new(self.root(), run)))
    }

    /// How many records the store holds and how many bytes they take on disk.
    ///
    /// # Errors
    ///
    /// If the store cannot be opened.
    pub fn store_statistics(&self) -> Result<(u64, u64), EngineError> {
        let store = self.session.memo().store();
        let statistics = store.statistics();
        store.release();
        let statistics = statistics?;
        Ok((statistics.records, statistics.disk_bytes))
    }

    /// What the cache directory holds, by stage. Reads all of it.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub fn cache_contents(&self) -> Result<CacheContents, EngineError> {
        Ok(self.session.cache_contents()?)
    }

    /// Whether every record in the cache directory is whole, and every record is there of which a manifest speaks.
    /// Changes nothing; what is damaged or missing is computed again when it is needed.
    ///
    /// # Errors
    ///
    /// If the store cannot be read.
    pub fn check_cache(&self) -> Result<CacheCheck, EngineError> {
        Ok(self.session.check_cache()?)
    }

    /// Drops records, of those that no manifest in the cache directory speaks of. Others can build meanwhile: they wait
    /// for the store, and compute again what they miss.
    ///
    /// # Errors
    ///
    /// If the store cannot be read, or not be written anew; it is as it was then.
    pub fn collect_garbage(&self, limits: GarbageLimits) -> Result<GarbageReport, EngineError> {
        Ok(self.session.collect_garbage(limits)?)
    }

    fn build_with(&mut self, scope: Scope<'_>, mode: Mode) -> Result<Build, EngineError> {
        let run = self.session.run(scope, mode)?;
        Ok(Build::new(self.root(), run))
    }
}

/// What a build did and what is known after it.
#[derive(Clone)]
pub struct Build {
    report: BuildReport,
    details: BuildDetails,
    affected: Vec<u32>,
    stages: BTreeMap<&'static str, StageMetrics>,
    io: IoMetrics,
    pub(crate) manifest: Arc<Manifest>,
}

impl Build {
    fn new(root: &Path, run: Run) -> Self {
        let manifest = run.manifest;
        let files = manifest.len();
        let executed: Vec<Execution> =
            run.executed.iter().map(|(stage, path)| Execution { stage, path: path.to_string() }).collect();
        let count = |stage| executed.iter().filter(|execution| execution.stage == stage).count();
        let counts = StageCounts {
            ir: count(crate::parse::IR.name()),
            edges: count(crate::edges::EDGES.name()),
            exports: count(crate::exports::EXPORTS.name()),
            resolution: count(crate::resolve::RESOLUTION.0),
        };
        let mut missed: Vec<&str> = executed.iter().map(|execution| &*execution.path).collect();
        missed.sort_unstable();
        missed.dedup();
        let report = BuildReport {
            schema: 1,
            root: root.to_string_lossy().into_owned(),
            files,
            changed: ChangeCounts {
                added: run.differences.added.len(),
                modified: run.differences.modified.len(),
                removed: run.differences.removed.len(),
            },
            affected: run.affected.len(),
            executed: counts,
            reused: StageCounts {
                ir: files.saturating_sub(counts.ir),
                edges: files.saturating_sub(counts.edges),
                exports: files.saturating_sub(counts.exports),
                resolution: files.saturating_sub(counts.resolution),
            },
            cache: CacheCounts::new(files, missed.len()),
            diagnostics: manifest.findings(),
            elapsed_ms: run.elapsed.as_secs_f64() * 1000.0,
        };
        let strings = |paths: &[Arc<str>]| paths.iter().map(|path| path.to_string()).collect();
        let full_build_us = manifest.tail().full_build_us;
        let details = BuildDetails {
            added: strings(&run.differences.added),
            modified: strings(&run.differences.modified),
            removed: strings(&run.differences.removed),
            executed,
            skipped: manifest.tail().skipped.clone(),
            damaged_records: run.damaged_records,
            damaged_cache_files: run.damaged_cache_files,
            full_build: (full_build_us > 0).then(|| Duration::from_micros(full_build_us)),
        };
        let (affected, stages) = (run.affected, run.stages.into_iter().collect());
        Self { report, details, affected, stages, io: run.io, manifest }
    }

    /// What the build did, in numbers.
    #[must_use]
    pub fn report(&self) -> &BuildReport {
        &self.report
    }

    /// The digest of all results: equal for two builds, of whichever process, if they know the same.
    ///
    /// | goes in | stays out |
    /// |---|---|
    /// | every file's path, IR, exports, resolution, and where its imports lead | time stamps, what was executed |
    /// | diagnostics | |
    #[must_use]
    pub fn digest(&self) -> Digest {
        let mut into = Fingerprint::default();
        for row in self.rows() {
            into.text(row.path()).digest(row.ir()).digest(row.located()).digest(row.exports()).digest(row.resolution());
            for diagnostic in row.diagnostics() {
                into.number(diagnostic.line.into()).number(diagnostic.column.into()).text(&diagnostic.message);
            }
        }
        into.finish()
    }

    /// What the build did, file by file.
    #[must_use]
    pub fn details(&self) -> &BuildDetails {
        &self.details
    }

    /// The files that the changes could reach, ascending; the changed ones included that are still there.
    pub fn affected(&self) -> impl Iterator<Item = &str> {
        self.affected.iter().map(|file| self.manifest.path(*file))
    }

    /// What each stage did, by the stage's name; empty where nothing had to be looked up.
    #[must_use]
    pub fn stages(&self) -> &BTreeMap<&'static str, StageMetrics> {
        &self.stages
    }

    /// What the build read and wrote: source files, records and the manifest.
    #[must_use]
    pub fn io(&self) -> &IoMetrics {
        &self.io
    }

    /// All source files, ascending.
    pub fn files(&self) -> impl Iterator<Item = &str> {
        (0..self.manifest.len() as u32).map(|index| self.manifest.path(index))
    }

    /// Whether this path, relative to the root, is a source file.
    #[must_use]
    pub fn has_file(&self, path: &str) -> bool {
        self.manifest.position(path).is_some()
    }

    /// Why the stages of this file were executed or reused by the last build that found some change: this one, or one
    /// before it, of another process too. `None` if the path is no source file.
    #[must_use]
    pub fn explain(&self, path: &str) -> Option<Explanation> {
        Some(self.manifest.reasons().explanation(self.manifest.position(path)?, path))
    }

    /// The graph of import edges. Costs a pass over all edges.
    #[must_use]
    pub fn graph(&self) -> DependencyGraph {
        self.manifest.graph()
    }

    /// What is wrong with the files, ascending by path and place.
    pub fn diagnostics(&self) -> impl Iterator<Item = FileDiagnostic> {
        self.manifest.diagnostics().into_iter().map(|(file, diagnostic)| FileDiagnostic {
            path: self.manifest.path(file).to_owned(),
            diagnostic: diagnostic.into(),
        })
    }

    /// The imports that lead to no file of the repository, ascending by path and line.
    pub fn unresolved_imports(&self) -> impl Iterator<Item = UnresolvedImport> {
        self.rows().flat_map(|row| {
            row.misses().map(move |miss| UnresolvedImport {
                path: row.path().to_owned(),
                line: miss.line,
                name: miss.name.to_owned(),
                reason: miss.reason,
                kinds: miss.kinds,
            })
        })
    }

    fn rows(&self) -> impl Iterator<Item = crate::manifest::Row<'_>> {
        (0..self.manifest.len() as u32).filter_map(|index| self.manifest.row_at(index))
    }
}
