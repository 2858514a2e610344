//! The manifest: what a run knew at its end, in one file beside the store.
//!
//! For every source file it has the path, the stat, the content digest, the digests of the stages' results, the import
//! edges in both directions, the imports that led nowhere, the diagnostics, the stems that were looked up, found or not,
//! and hashes of what its resolution asked other files; and for the files that the run looked at, why. A run in which nothing changed answers from it and opens nothing else.
//!
//! It is one run of bytes, read in one go and used where it lies: rows are fixed in size, everything of variable length
//! is a range into a table behind them (see [`layout`]). The bytes in memory and on disk are the same, so that there is
//! one representation to get right. In memory each section may lie in another buffer: what a run leaves as it is, the next
//! manifest shares with the one before.
//!
//! **Invariant: a manifest is checked as a whole before it is used**, and one that fails is as if there were none. Past
//! that check every access is still bounded: bytes that were forged with a matching digest can give wrong answers to
//! whoever forged them, but no panic.

mod assemble;
mod layout;
mod patch;
mod publish;
mod reasons;

use std::ops::Range;
use std::sync::{Arc, OnceLock};

use esker_frontend_api::{Diagnostic, DiagnosticKind, EdgeKinds, MissReason, Root};

pub(crate) use assemble::{Entries, Entry, FileRecord, Links, Part, ResolutionRecord, assemble};
pub(crate) use publish::{UNFINISHED, load, publish, published_digest};
pub(crate) use reasons::{Reasons, StageReason, StageReasons};

use crate::answer::DiagnosticCounts;
use crate::digest::Digest;
use crate::graph::DependencyGraph;
use crate::graph::ImportSite;
use crate::input::{FrontendId, Stat};
use crate::metrics::StageMetrics;
use crate::store::RecordKey;
use layout::{DiagnosticRow, EdgeRow, FileRow, MissRow, RangeRow, Section, StemRow, U32, flags};

/// What a run knew at its end.
pub(crate) struct Manifest {
    sections: [Span; Section::COUNT],
    tail: Tail,
    /// The digest in the header, if the manifest was read.
    digest_read: Option<Digest>,
    /// Counted when somebody asks, without the cycles.
    findings: OnceLock<DiagnosticCounts>,
    /// Decoded when somebody asks.
    reasons: OnceLock<Reasons>,
}

/// A part of a buffer that several manifests may share.
#[derive(Clone)]
struct Span {
    buffer: Arc<Vec<u8>>,
    range: Range<usize>,
}

impl Span {
    fn of(bytes: Vec<u8>) -> Self {
        Self { range: 0..bytes.len(), buffer: Arc::new(bytes) }
    }

    fn bytes(&self) -> &[u8] {
        &self.buffer[self.range.clone()]
    }
}

/// The part of the manifest that is decoded at once because it is small.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Tail {
    /// The digest of everything besides the files that the results depend on: frontends, their versions, options.
    pub(crate) setup: Digest,
    /// The import roots of each frontend.
    pub(crate) roots: Vec<Vec<Root>>,
    /// How long the last build of everything took, in microseconds; 0 if it is not known.
    pub(crate) full_build_us: u64,
    /// How many cycles the graph has under the default policy.
    pub(crate) cycles: u64,
    /// What the walk could not look at, by path, with the reason.
    pub(crate) skipped: Vec<(String, String)>,
    /// The last runs that looked for results, newest first.
    pub(crate) runs: Vec<RunRow>,
}

/// What a run found of what it looked for.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct RunRow {
    /// When it ended, in seconds since 1970.
    pub(crate) ended_at: u64,
    /// For each stage, ascending by name, how many results were found and how many were not.
    pub(crate) lookups: Vec<(String, u64, u64)>,
}

impl Tail {
    /// How many runs are remembered.
    const RUNS: usize = 16;

    /// Remembers what a run did, and that these came before it.
    pub(crate) fn remember(&mut self, ended_at: u64, run: &[(&'static str, StageMetrics)], before: &[RunRow]) {
        let looked = run.iter().filter(|(_, metrics)| metrics.hits + metrics.misses > 0);
        let lookups: Vec<_> = looked.map(|(stage, m)| ((*stage).to_owned(), m.hits, m.misses)).collect();
        let this = (!lookups.is_empty()).then_some(RunRow { ended_at, lookups });
        self.runs = this.into_iter().chain(before.iter().cloned()).take(Self::RUNS).collect();
    }
}

/// One file's row.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    manifest: &'a Manifest,
    row: &'a FileRow,
}

/// One import of a file: where it leads, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct EdgeSite {
    /// The target's position among the files.
    pub(crate) target: u32,
    /// The import itself.
    pub(crate) site: ImportSite,
}

/// An import that leads to no file of the repository.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Miss<'a> {
    pub(crate) line: u32,
    pub(crate) name: &'a str,
    pub(crate) reason: MissReason,
    pub(crate) kinds: EdgeKinds,
}

impl Manifest {
    /// How many files there are.
    pub(crate) fn len(&self) -> usize {
        self.rows().len()
    }

    /// Whether both were read and say the same, byte for byte.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.digest_read.is_some() && self.digest_read == other.digest_read
    }

    /// What is known besides the files.
    pub(crate) fn tail(&self) -> &Tail {
        &self.tail
    }

    /// The digest in the header, if the manifest was read.
    pub(crate) fn digest_read(&self) -> Option<Digest> {
        self.digest_read
    }

    /// How much was found to be wrong or missing.
    pub(crate) fn findings(&self) -> DiagnosticCounts {
        let counts = *self.findings.get_or_init(|| {
            let mut counts = DiagnosticCounts::default();
            for row in (0..self.len() as u32).filter_map(|index| self.row_at(index)) {
                let broken = |diagnostic: Diagnostic| diagnostic.kind == DiagnosticKind::Syntax;
                counts.syntax_errors += usize::from(row.diagnostics().any(broken));
                for miss in row.misses() {
                    match miss.reason {
                        MissReason::StandardLibrary => counts.standard_library_imports += 1,
                        MissReason::External => counts.external_imports += 1,
                        _ => counts.unresolved_imports += 1,
                    }
                }
            }
            counts
        });
        DiagnosticCounts { cycles: self.tail.cycles as usize, ..counts }
    }

    /// Why the run looked at what it looked at.
    pub(crate) fn reasons(&self) -> &Reasons {
        self.reasons.get_or_init(|| Reasons::decoded(self.encoded_reasons()))
    }

    /// The same as bytes.
    pub(crate) fn encoded_reasons(&self) -> &[u8] {
        self.sections[Section::Reasons as usize].bytes()
    }

    /// The path of the file at this position, `""` past the end. Ascends with the position.
    pub(crate) fn path(&self, index: u32) -> &str {
        self.rows().get(index as usize).map_or("", |row| self.text(row.path))
    }

    /// The row of the file at this position.
    pub(crate) fn row_at(&self, index: u32) -> Option<Row<'_>> {
        Some(Row { manifest: self, row: self.rows().get(index as usize)? })
    }

    /// The row of the file with this path.
    pub(crate) fn row(&self, path: &str) -> Option<Row<'_>> {
        self.row_at(self.position(path)?)
    }

    /// The position of the file with this path.
    pub(crate) fn position(&self, path: &str) -> Option<u32> {
        let rows = self.rows();
        let index = rows.binary_search_by(|row| self.text(row.path).cmp(path)).ok()?;
        u32::try_from(index).ok()
    }

    /// The positions of the files below a directory.
    pub(crate) fn below(&self, directory: &str) -> Range<u32> {
        let rows = self.rows();
        let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        let start = rows.partition_point(|row| self.text(row.path) < prefix.as_str());
        let count = rows[start..].partition_point(|row| self.text(row.path).starts_with(&prefix));
        start as u32..(start + count) as u32
    }

    /// The files whose imports looked up this stem, ascending.
    pub(crate) fn users_of(&self, frontend: FrontendId, stem: &str) -> impl Iterator<Item = u32> + '_ {
        let stems: &[StemRow] = self.section(Section::Stems);
        let users = stems
            .binary_search_by(|row| (row.frontend, self.text(row.stem)).cmp(&(frontend.0, stem)))
            .map_or(&[][..], |index| self.range(Section::StemUsers, stems[index].users));
        users.iter().map(|user: &U32| user.get())
    }

    /// The graph of all import edges.
    pub(crate) fn graph(&self) -> DependencyGraph {
        let paths: Vec<_> = (0..self.len() as u32).map(|index| Arc::<str>::from(self.path(index))).collect();
        let sites = (0..self.len() as u32).filter_map(|from| Some((from, self.row_at(from)?)));
        let sites = sites.flat_map(|(from, row)| row.sites().map(move |edge| (from, edge.target, edge.site)));
        DependencyGraph::from_sites(paths, sites)
    }

    fn rows(&self) -> &[FileRow] {
        self.section(Section::Files)
    }

    fn section<T: layout::Fixed>(&self, section: Section) -> &[T] {
        layout::cast(self.sections[section as usize].bytes())
    }

    fn range<T: layout::Fixed>(&self, section: Section, range: RangeRow) -> &[T] {
        let start = range.start.get() as usize;
        self.section(section).get(start..start + range.length.get() as usize).unwrap_or(&[])
    }

    fn text(&self, range: RangeRow) -> &str {
        let start = range.start.get() as usize;
        let text = self.sections[Section::Text as usize].bytes();
        let bytes = text.get(start..start + range.length.get() as usize).unwrap_or(&[]);
        std::str::from_utf8(bytes).unwrap_or("")
    }
}

impl<'a> Row<'a> {
    pub(crate) fn path(self) -> &'a str {
        self.manifest.text(self.row.path)
    }

    pub(crate) fn stat(self) -> Stat {
        self.row.stat.into()
    }

    pub(crate) fn frontend(self) -> FrontendId {
        FrontendId(self.row.frontend)
    }

    /// Whether the file was written about when it was read, so that its stat proves nothing.
    pub(crate) fn is_racy(self) -> bool {
        self.row.flags & flags::RACY != 0
    }

    /// Whether the stat alone does not tell that the file is the same: it was written about when it was read, or what
    /// was found out about it was an accident. Such a file is read again.
    pub(crate) fn is_doubtful(self) -> bool {
        self.row.flags & (flags::RACY | flags::ACCIDENT) != 0
    }

    /// The digest of the file's bytes; `None` if it was not read or if its results are an accident's.
    pub(crate) fn content(self) -> Option<Digest> {
        (self.row.flags & (flags::NO_TEXT | flags::ACCIDENT) == 0).then_some(Digest(self.row.content))
    }

    pub(crate) fn ir(self) -> Digest {
        Digest(self.row.ir)
    }

    pub(crate) fn imports(self) -> Digest {
        Digest(self.row.imports)
    }

    pub(crate) fn edges(self) -> Digest {
        Digest(self.row.edges)
    }

    pub(crate) fn exported(self) -> Digest {
        Digest(self.row.exported)
    }

    /// The digest of what the file's imports lead to.
    pub(crate) fn located(self) -> Digest {
        Digest(self.row.located)
    }

    pub(crate) fn exports(self) -> Digest {
        Digest(self.row.exports)
    }

    pub(crate) fn resolution(self) -> Digest {
        Digest(self.row.resolution)
    }

    /// The key of the record of the file's resolution.
    pub(crate) fn resolution_key(self) -> RecordKey {
        RecordKey::from_bytes(self.row.resolution_key)
    }

    /// The hashes of what the file's resolution asked other files, ascending and unique.
    pub(crate) fn uses(self) -> impl Iterator<Item = u32> + 'a {
        self.manifest.range::<U32>(Section::Uses, self.row.use_range).iter().map(|hash| hash.get())
    }

    /// The file's import sites, ascending by target, line and kinds.
    pub(crate) fn sites(self) -> impl Iterator<Item = EdgeSite> + 'a {
        self.manifest.range::<EdgeRow>(Section::Edges, self.row.edge_range).iter().map(|edge| EdgeSite {
            target: edge.target.get(),
            site: ImportSite { line: edge.line.get(), kinds: EdgeKinds::from_bits_truncate(edge.kinds.get()) },
        })
    }

    /// The files that import this one, ascending and unique.
    pub(crate) fn dependents(self) -> impl Iterator<Item = u32> + 'a {
        self.manifest.range::<U32>(Section::Dependents, self.row.dependent_range).iter().map(|file| file.get())
    }

    /// The imports that led to no file, ascending by line.
    pub(crate) fn misses(self) -> impl Iterator<Item = Miss<'a>> + 'a {
        let manifest = self.manifest;
        manifest.range::<MissRow>(Section::Misses, self.row.miss_range).iter().map(move |miss| Miss {
            line: miss.line.get(),
            name: manifest.text(miss.name),
            reason: MissReason::ALL.get(usize::from(miss.reason)).copied().unwrap_or(MissReason::Computed),
            kinds: EdgeKinds::from_bits_truncate(miss.kinds.get()),
        })
    }

    /// What is wrong with the file, in source order.
    pub(crate) fn diagnostics(self) -> impl Iterator<Item = Diagnostic> + 'a {
        let manifest = self.manifest;
        manifest.range::<DiagnosticRow>(Section::Diagnostics, self.row.diagnostic_range).iter().map(move |row| {
            Diagnostic {
                line: row.line.get(),
                column: row.column.get(),
                kind: layout::DIAGNOSTIC_KINDS.get(usize::from(row.kind)).copied().unwrap_or(DiagnosticKind::Internal),
                message: manifest.text(row.message).to_owned(),
            }
        })
    }
}
