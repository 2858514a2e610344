//! What a build answers with: what it did, and what its manifest knows.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use crate::answer::{
    BuildDetails, BuildReport, CacheCounts, ChangeCounts, Execution, FileDiagnostic, StageCounts, UnresolvedImport,
};
use crate::digest::{Digest, Fingerprint};
use crate::explain::Explanation;
use crate::graph::DependencyGraph;
use crate::manifest::{Manifest, Row};
use crate::metrics::{IoMetrics, StageMetrics};
use crate::session::Run;

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
    pub(super) fn new(root: &Path, run: Run) -> Self {
        let manifest = run.manifest;
        let files = manifest.len();
        let named = if manifest.has_names() { files } else { rows(&manifest).filter(|row| row.has_names()).count() };
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
                exports: named.saturating_sub(counts.exports),
                resolution: named.saturating_sub(counts.resolution),
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
            relocated: strings(&run.differences.relocated),
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
    /// before it, of another process too. `None` if the path is no source file. Where names are not known, nothing is
    /// told of the stages that find them out.
    #[must_use]
    pub fn explain(&self, path: &str) -> Option<Explanation> {
        let position = self.manifest.position(path)?;
        let mut explanation = self.manifest.reasons().explanation(position, path);
        if !self.manifest.row_at(position)?.has_names() {
            explanation.stages.retain(|stage| !stage.is_of_names());
        }
        Some(explanation)
    }

    /// Whether names are known of all files: what others can see of them, and what references in them stand for. After
    /// [`Engine::execute_for`](crate::Engine::execute_for) they need not be.
    #[must_use]
    pub fn has_names(&self) -> bool {
        self.manifest.has_names()
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

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        rows(&self.manifest)
    }
}

fn rows(manifest: &Manifest) -> impl Iterator<Item = Row<'_>> {
    (0..manifest.len() as u32).filter_map(|index| manifest.row_at(index))
}
