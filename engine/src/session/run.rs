//! What a run is asked for, and what it did.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use esker_frontend_api::{EdgeKinds, Frontend};

use super::Differences;
use crate::input::Stat;
use crate::manifest::Manifest;
use crate::metrics::{IoMetrics, StageMetrics};

/// A time stamp is proof that a file is unchanged only if it is older than this when the file is read: Linux advances
/// the clock that stamps files every 1 to 10 ms.
const RACY_NS: i64 = 20_000_000;
/// The same for a file system that stamps whole seconds (FAT: two of them).
const RACY_COARSE_NS: i64 = 2_000_000_000;

/// When a run began, by the clock that stamps files.
#[derive(Debug, Clone, Copy)]
pub(crate) struct RunStart {
    unix_ns: i64,
}

impl RunStart {
    pub(super) fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { unix_ns: i64::try_from(since.as_nanos()).unwrap_or(i64::MAX) }
    }

    /// Whether a file could be written again after it was read and keep this stat.
    pub(crate) fn is_racy(self, stat: Stat) -> bool {
        let tick = if stat.mtime_ns % 1_000_000_000 == 0 { RACY_COARSE_NS } else { RACY_NS };
        stat.mtime_ns.max(stat.ctime_ns) > self.unix_ns - tick
    }
}

/// What a run is to look at.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope<'a> {
    /// Every file below the root.
    Everything,
    /// These paths alone.
    Listed(&'a [PathBuf]),
}

/// Whether what is known already may be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Incremental,
    Force,
}

/// How far a run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Depth {
    /// To what tells edges of these kinds: where imports lead, and names in languages whose files declare some for all
    /// others, if edges by those are meant. What earlier runs knew of names stays known.
    Edges(EdgeKinds),
    /// To what references stand for.
    Names,
}

impl Depth {
    /// Whether names have to be known of the files of a frontend.
    pub(super) fn wants_names(self, frontend: &dyn Frontend) -> bool {
        match self {
            Self::Edges(kinds) => kinds.contains(EdgeKinds::GLOBAL) && frontend.has_globals(),
            Self::Names => true,
        }
    }
}

/// How much of a manifest that was read is checked, whatever a run looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Checking {
    /// All of it.
    Everything,
    /// What a report tells.
    WhatIsRead,
}

/// Why work was broken off that has to begin again.
#[derive(Debug)]
pub(super) enum Interruption {
    /// A file is no longer what it was taken for.
    Changed(Arc<str>),
    /// The manifest is not what was written.
    ManifestDamaged,
}

impl fmt::Display for Interruption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed(path) => write!(f, "{path} changed"),
            Self::ManifestDamaged => f.write_str("the manifest turned out to be damaged"),
        }
    }
}

/// What a run did.
pub(crate) struct Run {
    pub(crate) manifest: Arc<Manifest>,
    pub(crate) differences: Differences,
    /// Positions in the manifest, ascending.
    pub(crate) affected: Vec<u32>,
    pub(crate) executed: Vec<(&'static str, Arc<str>)>,
    pub(crate) stages: Vec<(&'static str, StageMetrics)>,
    pub(crate) damaged_records: u64,
    pub(crate) damaged_cache_files: u64,
    pub(crate) io: IoMetrics,
    pub(crate) elapsed: Duration,
}

impl Run {
    /// A run that found everything as this manifest says.
    pub(crate) fn of_manifest(manifest: Arc<Manifest>) -> Self {
        Self {
            manifest,
            differences: Differences::default(),
            affected: Vec::new(),
            executed: Vec::new(),
            stages: Vec::new(),
            damaged_records: 0,
            damaged_cache_files: 0,
            io: IoMetrics::default(),
            elapsed: Duration::ZERO,
        }
    }
}
