//! An incremental code-analysis engine that behaves like a build system.
//!
//! ```text
//!  walk + stat | a list of changed paths
//!         │
//!  manifest ── compare ──▶ change set ──▶ salsa inputs          (a SourceFile is a path and a digest, never the text)
//!         │                                   │
//!         │ nothing changed: answer, end      ▼
//!         │                 text ─▶ file_ir ─▶ file_imports ─▶ import_location ─▶ file_edges ─▶ graph
//!         │                           └──────────────┬──────────────┘
//!         ▼                                   │      └▶ file_exports ─▶ file_resolution
//!  plain-data answers ◀───────────────────────┘ ── new records: one sorted ingestion ─▶ store; then the manifest
//! ```
//!
//! Everything goes one way, each stage once per file. Invariants:
//!
//! - Incremental equals clean: whatever was kept, the answer is the one that a first run would give.
//! - Nothing here names a language; a language is a [`Frontend`](esker_frontend_api::Frontend).
//! - No type of salsa or of the store stands in the public face.
//! - The cache can be deleted, damaged or shared at any time without changing an answer.
//!
//! ```no_run
//! # fn run(python: impl esker_engine::api::Frontend + 'static) -> Result<(), esker_engine::EngineError> {
//! let mut engine = esker_engine::Engine::builder(".").frontend(python).with_cache(".esker").build()?;
//! let build = engine.execute()?;
//! println!("{} files, {} of them affected", build.report().files, build.report().affected);
//! # Ok(())
//! # }
//! ```

pub mod answer;
pub mod code;
pub mod explain;
pub mod graph;

mod contents;
mod db;
mod digest;
mod edges;
mod error;
mod exports;
mod fail_point;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod input;
mod ir;
mod manifest;
mod memo;
mod metrics;
mod monitor;
mod parse;
mod query;
mod resolve;
mod session;
mod store;
mod system;
mod verify;
mod workspace;

pub use esker_frontend_api as api;

pub use contents::{
    CacheCheck, CacheContents, CacheProblem, GarbageLimits, GarbageReport, PastRun, StageContents, StageLookups,
};
pub use digest::{Digest, Fingerprint};
pub use edges::{EdgeTable, EdgeTarget, MissedImport};
pub use error::EngineError;
pub use graph::ImportSite;
pub use input::{ListError, Text, is_rule};
pub use memo::{Attempt, Digested, Inputs, Output, Stage};
pub use metrics::{IoMetrics, StageMetrics};
pub use monitor::{Monitor, Phase, Progress};
pub use query::{FileQuery, FileReader, QueryRun};
pub use session::{Cleared, clear_cache};
pub use store::StoreError;
pub use system::{FileBytes, OsSystem, System};
pub use verify::{Difference, Place, VerifyReport};
pub use workspace::{
    Build, DEFAULT_LOCK_TIMEOUT, DEFAULT_MAX_CACHE_BYTES, DEFAULT_MAX_FILE_BYTES, Engine, EngineBuilder,
};
