//! What a build answers: plain data, nothing of which refers to the engine.

use std::time::Duration;

use esker_frontend_api::{Diagnostic, EdgeKinds, MissReason};
use serde::Serialize;

/// What a build did, as `esker build --format json` prints it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BuildReport {
    /// The version of this report's form.
    pub schema: u32,
    /// The root that was analyzed, absolute; what is not UTF-8 in it is replaced.
    pub root: String,
    /// How many source files it has.
    pub files: usize,
    /// How many files changed since the last build.
    pub changed: ChangeCounts,
    /// How many files the changes could reach, themselves included: an upper bound of what had to be done.
    pub affected: usize,
    /// How many results each stage computed.
    pub executed: StageCounts,
    /// How many results of each stage were there already.
    pub reused: StageCounts,
    /// How far earlier results served.
    pub cache: CacheCounts,
    /// What was found to be wrong or missing in all files.
    pub diagnostics: DiagnosticCounts,
    /// How long the build took, in milliseconds.
    pub elapsed_ms: f64,
}

/// How many files changed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ChangeCounts {
    /// Files that were not there at the last build.
    pub added: usize,
    /// Files with another content than at the last build.
    pub modified: usize,
    /// Files that are no longer there.
    pub removed: usize,
}

impl ChangeCounts {
    /// All of them together.
    #[must_use]
    pub const fn total(self) -> usize {
        self.added + self.modified + self.removed
    }
}

/// A number of files for each stage.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct StageCounts {
    /// Parsing and lowering to the IR.
    pub ir: usize,
    /// Import edges.
    pub edges: usize,
    /// Tables of what files export.
    pub exports: usize,
    /// Resolution of references.
    pub resolution: usize,
}

/// How far earlier results served.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CacheCounts {
    /// Files whose results were all there already.
    pub hits: usize,
    /// Files for which some stage had to be executed.
    pub misses: usize,
    /// Hits by files; 1 where there are no files.
    pub hit_rate: f64,
}

impl CacheCounts {
    /// The counts for this many files, of which `misses` had some stage executed.
    #[must_use]
    pub fn new(files: usize, misses: usize) -> Self {
        let hits = files.saturating_sub(misses);
        Self { hits, misses, hit_rate: if files == 0 { 1.0 } else { hits as f64 / files as f64 } }
    }
}

/// How much was found to be wrong or missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct DiagnosticCounts {
    /// Files that break their language's grammar.
    pub syntax_errors: usize,
    /// Imports of something that should be in the repository and is not.
    pub unresolved_imports: usize,
    /// Imports of packages from elsewhere.
    pub external_imports: usize,
    /// Imports of the language's standard library.
    pub standard_library_imports: usize,
    /// Import cycles under the default policy.
    pub cycles: usize,
}

/// A diagnostic and the file it is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct FileDiagnostic {
    /// The file's path.
    pub path: String,
    /// What is wrong with it.
    #[serde(flatten)]
    pub diagnostic: DiagnosticText,
}

/// A diagnostic in the form in which it is printed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct DiagnosticText {
    /// The line, the first one being 1.
    pub line: u32,
    /// The column in bytes, the first one being 1.
    pub column: u32,
    /// What sort of trouble it is.
    pub kind: esker_frontend_api::DiagnosticKind,
    /// What is wrong.
    pub message: String,
}

impl From<Diagnostic> for DiagnosticText {
    fn from(diagnostic: Diagnostic) -> Self {
        let Diagnostic { line, column, kind, message } = diagnostic;
        Self { line, column, kind, message }
    }
}

/// An import that leads to no file of the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct UnresolvedImport {
    /// The importing file.
    pub path: String,
    /// The line of the import.
    pub line: u32,
    /// What was asked for.
    pub name: String,
    /// Why it leads nowhere.
    pub reason: MissReason,
    /// How the import is made.
    #[serde(serialize_with = "kind_names")]
    pub kinds: EdgeKinds,
}

/// A stage that was executed for a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Execution {
    /// The stage's name.
    pub stage: &'static str,
    /// The file's path.
    pub path: String,
}

/// A file whose imports may have led elsewhere before another one came, went or changed, or whose references may have
/// stood for something else.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConcernedFile {
    /// The file's path.
    pub path: String,
    /// The path of the other one.
    pub by: String,
    /// What it has to do with it.
    pub how: Concern,
}

/// What a file that is concerned has to do with the one that came, went or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Concern {
    /// It looked for that file, or was told something by it.
    File,
    /// It looked in a directory that there is, or that imports start from, because of that file alone.
    Layout,
    /// It asked for something that the other one declares for all files, or did.
    Globals,
}

/// What a build has to say beyond its report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildDetails {
    /// Files that were not there before, ascending.
    pub added: Vec<String>,
    /// Files with another content than before, ascending.
    pub modified: Vec<String>,
    /// Files that are gone, ascending.
    pub removed: Vec<String>,
    /// Files with the content that they had, whose imports lead elsewhere than before, ascending: because other files
    /// came or went, a settings file changed, or imports start from other directories.
    pub relocated: Vec<String>,
    /// What was executed, ascending by stage and path.
    pub executed: Vec<Execution>,
    /// What could not be looked at, by path, with the reason.
    pub skipped: Vec<(String, String)>,
    /// How many stored records were found damaged and computed again.
    pub damaged_records: u64,
    /// How many times the manifest or the store as a whole was found damaged, and was made anew.
    pub damaged_cache_files: u64,
    /// How long the last build of everything took, if that is known.
    pub full_build: Option<Duration>,
}

/// Writes a set of kinds as a list of their names.
pub(crate) fn kind_names<S: serde::Serializer>(kinds: &EdgeKinds, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(kinds.names())
}
