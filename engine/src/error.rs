//! Why the engine cannot do what it was asked.

use std::io;
use std::path::PathBuf;

use crate::input::ListError;
use crate::store::StoreError;

/// Why a build failed. What is wrong with the code analyzed is never an error: see
/// [`Build::diagnostics`](crate::Build::diagnostics).
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EngineError {
    /// The root cannot be read.
    #[error("the root {path} cannot be read: {source}")]
    Root {
        /// The root.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The root is no directory.
    #[error("the root {path} is not a directory")]
    NotADirectory {
        /// The root.
        path: PathBuf,
    },
    /// The list of changed paths is not usable.
    #[error(transparent)]
    List(#[from] ListError),
    /// Files kept changing while they were analyzed.
    #[error("files below {root} changed during each of {attempts} attempts to analyze them")]
    Unsteady {
        /// The root.
        root: PathBuf,
        /// How many times it was tried.
        attempts: usize,
    },
    /// No threads could be started.
    #[error("threads cannot be started: {source}")]
    Threads {
        /// What rayon said.
        source: rayon::ThreadPoolBuildError,
    },
    /// There is no earlier build to ask.
    #[error("there is no earlier build of {root} with this configuration")]
    NeverBuilt {
        /// The root.
        root: PathBuf,
    },
    /// The last build left unknown what is asked for: see [`Engine::execute_for`](crate::Engine::execute_for).
    #[error("the last build of {root} did not look at what is asked for")]
    NotLookedAt {
        /// The root.
        root: PathBuf,
    },
    /// The cache directory, or what is in it, cannot be read or removed.
    #[error("the cache at {path} cannot be cleared: {source}")]
    Cache {
        /// What cannot be read or removed.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The store cannot be asked what it holds.
    #[error(transparent)]
    Store(#[from] StoreError),
}
