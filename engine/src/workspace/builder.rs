//! What an engine is set up with, and what it has where nothing is said.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use esker_frontend_api::{Frontend, LowerOptions, Root};

use super::Engine;
use crate::error::EngineError;
use crate::input::Lifetime;
use crate::monitor::Monitor;
use crate::session::{CacheDirectory, Checking, Keeping, Session, Setup};
use crate::system::{OsSystem, System};

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
    pub(super) fn new(root: PathBuf) -> Self {
        Self {
            root,
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
    /// manifests in the cache directory speaks of. Without a cache directory the store is in memory, and the last build
    /// takes the place of the manifests.
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
    /// What is not kept when the process ends costs time and nothing else: the next build finds the changes again.
    /// Until then other processes on the same cache directory that are given a list of changes look at everything
    /// instead, because such a list counts from a build that they cannot see.
    pub fn keep_on_request(mut self) -> Self {
        self.keeping = Keeping::OnRequest;
        self
    }

    /// Checks of what was kept of the files only what a build looks at, so that a small change of a large repository
    /// costs little. All of it is checked otherwise.
    ///
    /// The report, the details, the affected files and the diagnostics of such a build can be asked for as ever. Where
    /// another question meets something in the cache that is not what was written, it unwinds, for an answer can no
    /// longer be given.
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
