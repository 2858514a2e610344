//! From arguments and configuration to an engine and its build.

use std::cell::OnceCell;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use esker_engine::api::EdgeKinds;
use esker_engine::{Build, Engine, EngineBuilder, EngineError};

use crate::args::paths::{Paths, is_below};
use crate::args::{Edges, Globals};
use crate::config::Config;
use crate::error::{CommandError, Result};
use crate::git::Changes;
use crate::process::interrupt;
use crate::process::jobserver::Share;
use crate::registry;
use crate::root::{CONFIG_FILES, Root, config_among};
use crate::terminal::progress;

/// The directory of the cache within the root.
const CACHE_DIRECTORY: &str = ".esker";

/// One root with its configuration.
#[derive(Debug)]
pub(crate) struct Context<'a> {
    globals: &'a Globals,
    root: PathBuf,
    paths: Paths,
    config: Config,
    /// Of make's threads, once an engine was set up.
    share: OnceCell<Option<Share>>,
}

impl<'a> Context<'a> {
    /// Looks for the root from the current directory.
    pub(crate) fn new(globals: &'a Globals) -> Result<Self> {
        Self::starting_at(globals, Path::new("."))
    }

    /// Looks for the root from this directory.
    pub(crate) fn starting_at(globals: &'a Globals, start: &Path) -> Result<Self> {
        let current = Path::new(".").canonicalize().context("the current directory cannot be read")?;
        let Root { path: root, config } = Root::find(start)?;
        let config = config.as_ref().map_or_else(|| Ok(Config::default()), Config::read)?;
        Ok(Self { globals, paths: Paths::new(current, root.clone()), root, config, share: OnceCell::new() })
    }

    pub(crate) fn paths(&self) -> &Paths {
        &self.paths
    }

    /// The directory of the cache, whether it exists or not.
    pub(crate) fn cache_directory(&self) -> PathBuf {
        self.globals.cache_dir.clone().unwrap_or_else(|| self.root.join(CACHE_DIRECTORY))
    }

    /// Whether results can be kept where they should, as far as the place tells. It is not used if it is a symbolic
    /// link that nobody named: it may be the repository that brings it along, and what it leads to is not for the
    /// repository to choose.
    fn has_place_for_cache(&self) -> bool {
        let directory = self.cache_directory();
        let trouble = if self.globals.cache_dir.is_none() && directory.is_symlink() {
            "a symbolic link; --cache-dir names a directory elsewhere"
        } else if directory.exists() && !directory.is_dir() {
            "not a directory"
        } else {
            return true;
        };
        tracing::warn!("results are not kept: {} is {trouble}", directory.display());
        false
    }

    /// How many bytes the cache may hold.
    pub(crate) fn max_cache_bytes(&self) -> u64 {
        self.config.max_cache_bytes
    }

    /// The kinds of edges that count.
    pub(crate) fn policy(&self, edges: Edges) -> EdgeKinds {
        self.policy_or(edges, EdgeKinds::DEFAULT_POLICY)
    }

    /// The same, for a question that has a default of its own where nothing else is configured.
    pub(crate) fn policy_or(&self, edges: Edges, default: EdgeKinds) -> EdgeKinds {
        let configured = Some(self.config.edges).filter(|configured| *configured != EdgeKinds::DEFAULT_POLICY);
        edges.kinds.or(configured).unwrap_or(default)
    }

    /// The import roots of the configuration that are no directories: where `src` is named and `scr` written, absolute
    /// imports lead nowhere.
    pub(crate) fn missing_import_roots(&self) -> impl Iterator<Item = &str> {
        let roots = self.config.roots.iter().flatten();
        roots.map(String::as_str).filter(|root| !self.root.join(root).is_dir())
    }

    /// Whether nothing is configured otherwise than there.
    pub(crate) fn is_configured_like(&self, other: &Context<'_>) -> bool {
        self.config == other.config
    }

    /// Whether files were analyzed in the same way before these changes. A configuration that was broken then was
    /// another one.
    pub(crate) fn analyzed_like_before(&self, changes: &Changes<'_>) -> Result<bool> {
        if !CONFIG_FILES.iter().any(|name| changes.files().iter().any(|file| file == name)) {
            return Ok(true);
        }
        let mut texts = changes.texts();
        let before = config_among(&self.root, |name| {
            Ok(texts.text(name).context("git cannot be asked for what the configuration was")?)
        })?;
        let before = before.as_ref().map_or_else(|| Ok(Config::default()), Config::read);
        Ok(before.is_ok_and(|before| self.config.analyzes_like(&before)))
    }

    /// An engine for a single build.
    pub(crate) fn engine(&self) -> Result<Engine> {
        Ok(self.builder().for_one_run().build()?)
    }

    /// The same for one of which no more is asked than its report and what is wrong with the files.
    pub(crate) fn engine_for_report(&self) -> Result<Engine> {
        Ok(self.builder().for_one_run().check_what_is_read().build()?)
    }

    /// An engine for many builds, whose results are kept when there is time for it.
    pub(crate) fn resident_engine(&self) -> Result<Engine> {
        Ok(self.builder().keep_on_request().build()?)
    }

    fn builder(&self) -> EngineBuilder {
        let config = &self.config;
        let mut builder = registry::with_languages(Engine::builder(&self.root))
            .lower_options(config.lower.clone())
            .include(config.include.iter().cloned())
            .exclude(config.exclude.iter().cloned())
            .max_file_bytes(config.max_file_bytes)
            .max_cache_bytes(config.max_cache_bytes)
            .monitor(progress::monitor().clone());
        if let Some(roots) = &config.roots {
            builder = builder.import_roots(roots.iter().cloned());
        }
        if !config.respect_gitignore {
            builder = builder.ignored_files_too();
        }
        if let Some(threads) = self.threads() {
            builder = builder.threads(threads);
        }
        if let Some(timeout) = self.globals.lock_timeout {
            builder = builder.lock_timeout(timeout);
        }
        if !self.globals.no_cache && self.has_place_for_cache() {
            builder = builder.with_cache(self.cache_directory());
        }
        interrupt::handle();
        progress::show(self.globals);
        builder
    }

    /// How many threads to work on, unless it is all that there are: as said, or as make's jobserver admits until this
    /// context is dropped.
    fn threads(&self) -> Option<usize> {
        if let Some(jobs) = self.globals.jobs {
            return Some(jobs.get());
        }
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.share.get_or_init(|| Share::take(cores())).as_ref().map(Share::threads)
    }

    /// Whether files that git ignores are left out.
    pub(crate) fn respects_gitignore(&self) -> bool {
        self.config.respect_gitignore
    }

    /// What is known now of edges of these kinds: after bringing it up to date, or, if asked for, as the last build left
    /// it.
    pub(crate) fn build_for(&self, edges: EdgeKinds) -> Result<Build> {
        let (engine, build) = self.built_for(edges)?;
        abandon(engine);
        Ok(build)
    }

    /// The same with the engine, to be asked about the inside of the files.
    pub(crate) fn built_for(&self, edges: EdgeKinds) -> Result<(Engine, Build)> {
        self.built_by(|engine| engine.execute_for(edges), |engine| engine.last_build_for(edges))
    }

    /// All that is known now, names included, with the engine.
    pub(crate) fn built(&self) -> Result<(Engine, Build)> {
        let last = |engine: &mut Engine| match engine.last_build()? {
            build if build.has_names() => Ok(build),
            _ => Err(EngineError::NotLookedAt { root: engine.root().to_owned() }),
        };
        self.built_by(Engine::execute, last)
    }

    fn built_by(
        &self,
        refresh: impl FnOnce(&mut Engine) -> std::result::Result<Build, EngineError>,
        last: impl FnOnce(&mut Engine) -> std::result::Result<Build, EngineError>,
    ) -> Result<(Engine, Build)> {
        let mut engine = self.engine()?;
        let build = if self.globals.no_refresh {
            if self.globals.no_cache {
                let error = CommandError::new("--no-refresh asks the cache, which --no-cache does without");
                return Err(error.hint("leave out one of the two"));
            }
            last(&mut engine)?
        } else {
            refresh(&mut engine)?
        };
        Ok((engine, build))
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// The files that given paths stand for, ascending and unique: a directory for all below it. All files if no path
    /// is given.
    ///
    /// # Errors
    ///
    /// If a path is neither a file of the build nor a directory.
    pub(crate) fn files(&self, build: &Build, given: &[PathBuf]) -> Result<Vec<String>> {
        if given.is_empty() {
            return Ok(build.files().map(String::from).collect());
        }
        let mut files = BTreeSet::new();
        for path in given {
            let known = self.paths.known(path)?;
            if !build.has_file(&known) && self.paths.absolute(path).is_dir() {
                files.extend(build.files().filter(|file| is_below(file, &known)).map(String::from));
            } else {
                files.insert(self.file(build, path)?);
            }
        }
        Ok(files.into_iter().collect())
    }

    /// A given path as the build knows it.
    ///
    /// # Errors
    ///
    /// If it is no file of the build.
    pub(crate) fn file(&self, build: &Build, given: &Path) -> Result<String> {
        let known = self.paths.known(given)?;
        if build.has_file(&known) {
            return Ok(known);
        }
        let absolute = self.paths.absolute(given);
        let error = CommandError::new(if absolute.is_dir() {
            format!("{} is a directory, not a file", given.display())
        } else if absolute.exists() {
            format!("{} is not among the files analyzed", given.display())
        } else {
            format!("there is no file {}", given.display())
        });
        let guesses = self.paths.guesses(given, build.files());
        if !guesses.is_empty() {
            return Err(error.hint(format!("did you mean {}?", guesses.join(" or "))));
        }
        Err(if absolute.is_file() {
            error.hint("it is ignored or excluded, or its language is not known")
        } else if absolute.is_dir() {
            error.hint("name one of the files in it")
        } else {
            error.hint("paths count from the current directory; `esker graph` names all files")
        })
    }
}

/// Leaves an engine to the end of the process, which is near: taking it apart would only cost time.
pub(crate) fn abandon(engine: Engine) {
    std::mem::forget(engine);
}
