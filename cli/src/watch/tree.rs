//! Which directories are watched, and which of their events matter.
//!
//! By inotify every directory is watched on its own, and only those that a walk looks into: no `node_modules`, no
//! objects of git. What it cannot tell of by itself is watched for besides: ignore files above the root and git's own
//! excludes. The other mechanisms watch whole trees, and what does not matter is dropped afterwards.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::mpsc::Sender;

use esker_engine::{Engine, is_rule};
use notify::event::{AccessKind, AccessMode};
use notify::{Config, Event, EventKind, RecommendedWatcher, RecursiveMode, Watcher, WatcherKind};

use super::Notice;
use crate::error::{CommandError, Result};

/// Files in the root that may hold the configuration.
const CONFIGURATION: [&str; 2] = ["esker.toml", "pyproject.toml"];

/// What a change at a path can mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relevance {
    /// Nothing.
    None,
    /// The file, or what is below the directory, may be another.
    Content,
    /// Other files may be looked at than before.
    Rules,
    /// The configuration may be another.
    Configuration,
}

/// Watches the tree below a root.
pub(crate) struct TreeWatcher {
    root: PathBuf,
    cache: PathBuf,
    watcher: RecommendedWatcher,
}

impl TreeWatcher {
    /// Watches all that an engine would look at, and passes on what happens there.
    pub(crate) fn new(engine: &Engine, cache: PathBuf, sender: Sender<Notice>) -> Result<Self> {
        let pass_on = move |told: notify::Result<Event>| {
            for notice in notices(told) {
                // Whoever listened is gone only at the end of the program.
                _ = sender.send(notice);
            }
        };
        let watcher = RecommendedWatcher::new(pass_on, Config::default().with_follow_symlinks(false));
        let root = engine.root().to_owned();
        // As events will have it, if it lies below the root.
        let cache = cache.canonicalize().unwrap_or(cache);
        let mut tree = Self { watcher: watcher.map_err(failed)?, cache, root };
        tree.watch_rules()?;
        tree.watch_below(engine, Path::new(""))?;
        Ok(tree)
    }

    /// Watches a directory that may be new, and the directories below it.
    pub(crate) fn watch_below(&mut self, engine: &Engine, directory: &Path) -> Result<()> {
        if RecommendedWatcher::kind() != WatcherKind::Inotify {
            return if directory == Path::new("") {
                self.watch(&self.root.clone(), RecursiveMode::Recursive)
            } else {
                Ok(())
            };
        }
        let mut watched: HashSet<String> = HashSet::new();
        // A directory may get others between being listed and being watched: until listing finds no more of them.
        loop {
            let found = engine.directories(directory)?;
            let new: Vec<&String> = found.iter().filter(|directory| !watched.contains(*directory)).collect();
            if new.is_empty() {
                return Ok(());
            }
            for directory in &new {
                self.watch(&self.root.join(directory), RecursiveMode::NonRecursive)?;
            }
            watched.extend(new.into_iter().cloned());
        }
    }

    /// What it can mean that something happened at a path.
    pub(crate) fn relevance(&self, path: &Path) -> Relevance {
        if path.starts_with(&self.cache) {
            return Relevance::None;
        }
        if is_rule(path) {
            return Relevance::Rules;
        }
        match path.strip_prefix(&self.root) {
            Ok(below) if CONFIGURATION.iter().any(|name| below == Path::new(name)) => Relevance::Configuration,
            // The root as a whole says nothing about what in it changed.
            Ok(below) if below == Path::new("") => Relevance::Rules,
            Ok(_) => Relevance::Content,
            Err(_) => Relevance::None,
        }
    }

    /// Watches what decides from outside of the tree which files are looked at, as far as the repository around it.
    fn watch_rules(&mut self) -> Result<()> {
        let Some(top) = self.root.ancestors().find(|directory| directory.join(".git").exists()) else { return Ok(()) };
        let above: Vec<PathBuf> =
            self.root.ancestors().skip(1).take_while(|above| above.starts_with(top)).map(Path::to_owned).collect();
        for directory in above.into_iter().chain([top.join(".git/info")]) {
            self.watch(&directory, RecursiveMode::NonRecursive)?;
        }
        Ok(())
    }

    fn watch(&mut self, path: &Path, mode: RecursiveMode) -> Result<()> {
        match self.watcher.watch(path, mode) {
            Err(error) if is_passed_over(&error) => Ok(()),
            watched => watched.map_err(failed),
        }
    }
}

/// Whether a directory could not be watched for a reason for which a walk would pass it over: it is gone or not to be
/// read.
fn is_passed_over(error: &notify::Error) -> bool {
    use std::io::ErrorKind::{NotADirectory, NotFound, PermissionDenied};
    match &error.kind {
        notify::ErrorKind::PathNotFound => true,
        notify::ErrorKind::Io(error) => matches!(error.kind(), NotFound | NotADirectory | PermissionDenied),
        _ => false,
    }
}

/// What an event comes down to. That a file is opened or read is none: the engine does so itself.
fn notices(told: notify::Result<Event>) -> Vec<Notice> {
    match told {
        Ok(event) if event.need_rescan() => vec![Notice::Lost],
        Ok(Event { kind: EventKind::Access(access), .. }) if access != AccessKind::Close(AccessMode::Write) => {
            Vec::new()
        }
        Ok(event) => event.paths.into_iter().map(Notice::Changed).collect(),
        Err(error) => vec![Notice::Failed(error)],
    }
}

/// The error of a watch that cannot go on.
pub(crate) fn failed(error: notify::Error) -> CommandError {
    let limit = matches!(error.kind, notify::ErrorKind::MaxFilesWatch)
        || matches!(&error.kind, notify::ErrorKind::Io(error) if error.raw_os_error() == Some(TOO_MANY_OPEN_FILES));
    let error = CommandError::from(anyhow::Error::new(error).context("changes cannot be watched"));
    if limit {
        error.hint("the system limits them: raise fs.inotify.max_user_watches or max_user_instances with sysctl")
    } else {
        error
    }
}

/// `EMFILE`, which is also what a process gets that begins to watch when too many others do.
const TOO_MANY_OPEN_FILES: i32 = 24;
