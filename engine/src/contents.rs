//! What is in a cache, and what was dropped from it: plain data.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde::Serialize;

use crate::manifest::{RunRow, Tail};
use crate::store::now;

/// What a cache directory holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CacheContents {
    /// The records, by the stage that made them; `other` for those of embedders' stages and of other versions.
    pub stages: Vec<StageContents>,
    /// How many bytes all records take on disk.
    pub store_bytes: u64,
    /// How many bytes the manifests take on disk.
    pub manifest_bytes: u64,
    /// How many manifests there are: one for each tree that keeps its results here.
    pub manifests: usize,
    /// The last runs on this tree that looked for results, newest first; a run that finds nothing changed looks for
    /// none. At most 16, and none from before the configuration last changed.
    pub runs: Vec<PastRun>,
}

/// What a run found of what it looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PastRun {
    /// How many seconds ago it ended.
    pub seconds_ago: u64,
    /// By stage, ascending by name.
    pub lookups: Vec<StageLookups>,
}

/// How many results of a stage were looked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StageLookups {
    /// The stage.
    pub stage: String,
    /// How many were found, in the store or among those of the same run.
    pub hits: u64,
    /// How many were not, and had to be computed.
    pub misses: u64,
}

impl PastRun {
    /// The runs of which the tail of a manifest tells.
    pub(crate) fn of(tail: &Tail) -> Vec<Self> {
        let now = now();
        let lookups = |(stage, hits, misses): &(String, u64, u64)| StageLookups {
            stage: stage.clone(),
            hits: *hits,
            misses: *misses,
        };
        let run = |run: &RunRow| Self {
            seconds_ago: now.saturating_sub(run.ended_at),
            lookups: run.lookups.iter().map(lookups).collect(),
        };
        tail.runs.iter().map(run).collect()
    }
}

/// The records of a stage. A record is live if a manifest in the cache directory speaks of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct StageContents {
    /// The stage.
    pub stage: &'static str,
    /// How many records there are.
    pub records: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// How many of them are live.
    pub live_records: u64,
    /// How many bytes those have.
    pub live_bytes: u64,
    /// How many seconds ago the record was written, or found to be live, of which that is longest ago.
    pub oldest_seconds: Option<u64>,
}

impl CacheContents {
    /// How many records there are.
    #[must_use]
    pub fn records(&self) -> u64 {
        self.stages.iter().map(|stage| stage.records).sum()
    }

    /// How many records are live.
    #[must_use]
    pub fn live_records(&self) -> u64 {
        self.stages.iter().map(|stage| stage.live_records).sum()
    }
}

/// Something in a cache that is not as it should be. It costs time, never a wrong answer.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum CacheProblem {
    /// A manifest is not usable.
    Manifest {
        /// The manifest.
        file: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// A record is damaged.
    Record {
        /// The stage that made it.
        stage: &'static str,
        /// Its key in hexadecimal digits.
        key: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A part of the store cannot be read. The records of which manifests speak and that lie in it are told one by one;
    /// others cannot be.
    Store {
        /// What was found.
        detail: String,
    },
    /// A record that a manifest speaks of is not there, or is another one.
    Missing {
        /// The stage.
        stage: &'static str,
        /// The source file, relative to its root.
        path: String,
        /// The manifest.
        file: PathBuf,
    },
}

impl fmt::Display for CacheProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest { file, detail } => write!(f, "the manifest {} is not usable: {detail}", file.display()),
            Self::Record { stage, key, detail } => write!(f, "the record {key} of {stage} is damaged: {detail}"),
            Self::Store { detail } => write!(f, "{detail}"),
            Self::Missing { stage, path, file } => {
                write!(f, "the record of {stage} of {path}, of which {} speaks, is not there", file.display())
            }
        }
    }
}

/// What a check of a cache found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct CacheCheck {
    /// How many records were looked at.
    pub records: u64,
    /// How many manifests were looked at.
    pub manifests: usize,
    /// What is wrong.
    pub problems: Vec<CacheProblem>,
}

/// Which records are dropped, of those that no manifest speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GarbageLimits {
    /// Those whose last use is longer ago.
    pub older_than: Duration,
    /// The oldest, as long as all records together have more bytes than this.
    pub max_bytes: u64,
}

/// What a collection of garbage did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct GarbageReport {
    /// How many records were dropped.
    pub dropped_records: u64,
    /// How many records were kept.
    pub kept_records: u64,
    /// How many of those are live.
    pub live_records: u64,
    /// How many bytes the store took on disk before.
    pub bytes_before: u64,
    /// How many it takes now.
    pub bytes_after: u64,
}
