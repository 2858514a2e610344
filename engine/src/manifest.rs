//! The manifest: what a run knew at its end, in one file beside the store.
//!
//! For every source file it has the path, the stat, the content digest, the digests of the stages' results, the import
//! edges in both directions, the imports that led nowhere, the diagnostics, the stems that were looked up, found or
//! not, and hashes of what its resolution asked other files; and for the files that the run looked at, why. A run in
//! which nothing changed answers from it and opens nothing else.
//!
//! It is in two files. The *base* ([`base`]) has the tables of all files, and the *head* names the base, lies over
//! those of its rows that changed since it was written ([`overlay`]), and has what is small. A run that changes files
//! inside writes a head; one after which imports lead elsewhere, or files came or went, writes both. Rows are fixed in
//! size, and everything of variable length is a range of a table.
//!
//! **Invariant: nothing of a manifest is used that was not checked**: the head as a whole, the base chunk by chunk. One
//! that fails is as if there were none. Past that check every access is still bounded: bytes that were forged with a
//! matching digest can give wrong answers to whoever forged them, but no panic.

mod assemble;
mod base;
mod layout;
mod overlay;
mod patch;
mod publish;
mod reasons;

use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, OnceLock};

use esker_frontend_api::{Diagnostic, DiagnosticKind, EdgeKinds, MissReason, Root};

pub(crate) use assemble::{Entries, Entry, FileRecord, Links, Part, ResolutionRecord, assemble};
pub(crate) use patch::Destination;
pub(crate) use publish::{BASE, UNFINISHED, bases, load, load_checked, publish, published_digest};
pub(crate) use reasons::{Reasons, StageReason, StageReasons};

use crate::answer::DiagnosticCounts;
use crate::digest::Digest;
use crate::graph::DependencyGraph;
use crate::graph::ImportSite;
use crate::input::{FrontendId, Globals, Stat};
use crate::metrics::StageMetrics;
use crate::resolve::{PathHash, USED};
use crate::store::RecordKey;
use base::Base;
use layout::{DiagnosticRow, EdgeRow, FileRow, MissRow, RangeRow, Section, StatRow, StemRow, U32, flags};
use overlay::Overlay;

/// What a run knew at its end.
pub(crate) struct Manifest {
    base: Arc<Base>,
    overlay: Overlay,
    encoded_reasons: Vec<u8>,
    tail: Tail,
    /// The digest in the header of the head, if the manifest was read.
    digest_read: Option<Digest>,
    /// How many bytes of its head were read and not counted yet.
    bytes_read: AtomicU64,
    /// Decoded when somebody asks.
    reasons: OnceLock<Reasons>,
}

/// The part of the manifest that is decoded at once because it is small.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Tail {
    /// The digest of everything besides the files that the results depend on: frontends, their versions, options.
    pub(crate) setup: Digest,
    /// The import roots of each frontend.
    pub(crate) roots: Vec<Vec<Root>>,
    /// The names that files declare for all others, of each frontend.
    pub(crate) globals: Vec<Arc<Globals>>,
    /// For each frontend whether it is known what other files can see of its files and what references in them stand
    /// for. If not, their rows have no digests of these.
    pub(crate) named: Vec<bool>,
    /// How long the last build of everything took, in microseconds; 0 if it is not known.
    pub(crate) full_build_us: u64,
    /// How much was found to be wrong or missing.
    pub(crate) findings: Findings,
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

/// How much was found to be wrong or missing in some files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct Findings {
    /// Files that break their language's grammar.
    syntax_errors: u64,
    /// For each of `MissReason::ALL`, the imports that lead nowhere for this reason.
    misses: [u64; MissReason::ALL.len()],
}

/// One file's row.
#[derive(Clone, Copy)]
pub(crate) struct Row<'a> {
    manifest: &'a Manifest,
    index: u32,
    stats: &'a StatRow,
    /// The row over that of the base, if there is one.
    over: Option<&'a FileRow>,
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
        self.base.count::<StatRow>(Section::Stats)
    }

    /// What is known besides the files.
    pub(crate) fn tail(&self) -> &Tail {
        &self.tail
    }

    /// Whether names are known of the files of the frontend with this number.
    pub(crate) fn has_names_of(&self, frontend: usize) -> bool {
        self.tail.named.get(frontend) == Some(&true)
    }

    /// Whether names are known of all files.
    pub(crate) fn has_names(&self) -> bool {
        self.tail.named.iter().all(|named| *named)
    }

    /// The digest in the header, if the manifest was read.
    pub(crate) fn digest_read(&self) -> Option<Digest> {
        self.digest_read
    }

    /// How many of its bytes were read since the last call.
    pub(crate) fn take_bytes_read(&self) -> u64 {
        self.bytes_read.swap(0, Ordering::Relaxed) + self.base.take_bytes_read()
    }

    /// Whether something in it turned out not to be what was written. What was at work on it then was abandoned.
    pub(crate) fn is_damaged(&self) -> bool {
        self.base.is_damaged()
    }

    /// Checks all that was not checked yet, so that nothing that is asked afterwards can fail. Unwinds if something is
    /// not what was written: see [`Manifest::is_damaged`].
    pub(crate) fn check_all(&self) {
        self.base.check_all();
    }

    /// Checks what is told of a run that affected these files, so that nothing of that can fail afterwards. Unwinds as
    /// [`Manifest::check_all`] does.
    pub(crate) fn check_report(&self, affected: &[u32]) {
        if affected.len() > self.len() / 2 {
            [Section::Stats, Section::Paths].into_iter().for_each(|section| self.base.check(section));
        } else {
            let rows = affected.iter().filter_map(|index| self.base.row::<StatRow>(Section::Stats, *index as usize));
            self.base.check_texts(Section::Paths, rows.map(|row| row.path));
        }
        drop(self.diagnostics());
    }

    /// Whether the graph is that of the other for certain: imports may stand in other lines, but lead to the same files
    /// in the same ways.
    pub(crate) fn has_graph_of(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.base, &other.base)
    }

    /// How much was found to be wrong or missing.
    pub(crate) fn findings(&self) -> DiagnosticCounts {
        let Findings { syntax_errors, misses } = self.tail.findings;
        let mut counts = DiagnosticCounts {
            syntax_errors: syntax_errors as usize,
            cycles: self.tail.cycles as usize,
            ..DiagnosticCounts::default()
        };
        for (reason, count) in MissReason::ALL.into_iter().zip(misses) {
            *match reason {
                MissReason::StandardLibrary => &mut counts.standard_library_imports,
                MissReason::External => &mut counts.external_imports,
                _ => &mut counts.unresolved_imports,
            } += count as usize;
        }
        counts
    }

    /// Why the run looked at what it looked at.
    pub(crate) fn reasons(&self) -> &Reasons {
        self.reasons.get_or_init(|| Reasons::decoded(&self.encoded_reasons))
    }

    /// The same as bytes.
    pub(crate) fn encoded_reasons(&self) -> &[u8] {
        &self.encoded_reasons
    }

    /// The path of the file at this position, `""` past the end. Ascends with the position.
    pub(crate) fn path(&self, index: u32) -> &str {
        let row = self.base.row::<StatRow>(Section::Stats, index as usize);
        row.map_or("", |row| self.base.text(Section::Paths, row.path))
    }

    /// The files that import the one at this position, ascending and unique.
    pub(crate) fn dependents(&self, index: u32) -> impl Iterator<Item = u32> {
        let start =
            |index: u32| self.base.row::<U32>(Section::DependentStarts, index as usize).map_or(0, |start| start.get());
        let (start, end) = (start(index), start(index + 1));
        let range = RangeRow { start: start.into(), length: end.saturating_sub(start).into() };
        self.base.rows::<U32>(Section::Dependents, range).map(|file| file.get())
    }

    /// The same for all files: where each one's begin, and all of them.
    pub(crate) fn all_dependents(&self) -> (&[U32], &[U32]) {
        (self.base.all(Section::DependentStarts), self.base.all(Section::Dependents))
    }

    /// The row of the file at this position.
    pub(crate) fn row_at(&self, index: u32) -> Option<Row<'_>> {
        if let Some(at) = self.overlay.find(index) {
            let (stats, over) = (self.overlay.stats.get(at)?, self.overlay.files.get(at));
            return Some(Row { manifest: self, index, stats, over });
        }
        let stats = self.base.row(Section::Stats, index as usize)?;
        Some(Row { manifest: self, index, stats, over: None })
    }

    /// The row of the file with this path.
    pub(crate) fn row(&self, path: &str) -> Option<Row<'_>> {
        self.row_at(self.position(path)?)
    }

    /// The position of the file with this path.
    pub(crate) fn position(&self, path: &str) -> Option<u32> {
        let index = self.lower_bound(path);
        (self.path(index) == path && (index as usize) < self.len()).then_some(index)
    }

    /// The position of the first file whose path is not before this one.
    pub(crate) fn lower_bound(&self, path: &str) -> u32 {
        let is_before = |row: &StatRow| self.base.text(Section::Paths, row.path) < path;
        self.base.partition_point(Section::Stats, is_before) as u32
    }

    /// The positions of the files below a directory.
    pub(crate) fn below(&self, directory: &str) -> Range<u32> {
        if directory.is_empty() {
            return 0..self.len() as u32;
        }
        // What comes after the separator in the order of bytes.
        self.lower_bound(&format!("{directory}/"))..self.lower_bound(&format!("{directory}0"))
    }

    /// The files whose imports looked up this stem, ascending.
    pub(crate) fn users_of(&self, frontend: FrontendId, stem: &str) -> impl Iterator<Item = u32> + '_ {
        let key = |row: &StemRow| (row.frontend, self.base.text(Section::Text, row.stem));
        let index = self.base.partition_point(Section::Stems, |row| key(row) < (frontend.0, stem));
        let row = self.base.row::<StemRow>(Section::Stems, index).filter(|row| key(row) == (frontend.0, stem));
        let users = row.map_or(RangeRow::default(), |row| row.users);
        self.base.rows::<U32>(Section::StemUsers, users).map(|user| user.get())
    }

    /// The files whose resolutions asked the question with this hash. Does not ascend.
    pub(crate) fn askers(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let overlay = &self.overlay;
        let has_own =
            move |at: usize| overlay.stats.get(at).is_some_and(|stats| stats.flags & flags::OWN_QUESTIONS != 0);
        let below = self.base.askers(hash).filter(move |asker| !overlay.find(*asker).is_some_and(has_own));
        let above =
            overlay.positions.iter().zip(&overlay.files).enumerate().filter_map(move |(at, (position, row))| {
                let asks = has_own(at) && overlay.asked(row).binary_search_by_key(&hash, |asked| asked.get()).is_ok();
                asks.then(|| position.get())
            });
        below.chain(above).filter(|row| (*row as usize) < self.len())
    }

    /// What is wrong with the files, each with the position of its file, ascending by that and by place.
    pub(crate) fn diagnostics(&self) -> Vec<(u32, Diagnostic)> {
        let has_own =
            |at: usize| self.overlay.stats.get(at).is_some_and(|stats| stats.flags & flags::OWN_DIAGNOSTICS != 0);
        let below = (0..self.base.count::<DiagnosticRow>(Section::Diagnostics))
            .filter_map(|index| self.base.row::<DiagnosticRow>(Section::Diagnostics, index))
            .filter(|row| !self.overlay.find(row.file.get()).is_some_and(has_own))
            .map(|row| (row, self.base.text(Section::Text, row.message)));
        let above = self.overlay.diagnostics.iter().map(|row| (row, self.overlay.text(row.message)));
        let mut found: Vec<_> = below.chain(above).map(|(row, message)| (row.file.get(), row.read(message))).collect();
        found.sort_by_key(|(file, _)| *file);
        found
    }

    /// The graph of all edges: those of imports, and those to files that declare names for all others.
    pub(crate) fn graph(&self) -> DependencyGraph {
        let declaring = self.tail.globals.iter().flat_map(|globals| globals.paths());
        let declaring: Vec<u32> = declaring.filter_map(|path| self.position(path)).collect();
        let site = ImportSite { line: 0, kinds: EdgeKinds::GLOBAL };
        let uses = |file: u32| self.global_users(file).map(move |user| (user, file, site));
        self.graph_with(declaring.into_iter().flat_map(uses))
    }

    /// The graph of all import edges.
    pub(crate) fn import_graph(&self) -> DependencyGraph {
        self.graph_with(std::iter::empty())
    }

    fn graph_with(&self, others: impl Iterator<Item = (u32, u32, ImportSite)>) -> DependencyGraph {
        let paths: Vec<_> = (0..self.len() as u32).map(|index| Arc::<str>::from(self.path(index))).collect();
        let sites = (0..self.len() as u32).filter_map(|from| Some((from, self.row_at(from)?)));
        let sites = sites.flat_map(|(from, row)| row.sites().map(move |edge| (from, edge.target, edge.site)));
        DependencyGraph::from_sites(paths, sites.chain(others))
    }

    /// The positions of the files that use something which the file at this one declares for all others.
    pub(crate) fn global_users(&self, file: u32) -> impl Iterator<Item = u32> + '_ {
        let declares = !self.tail.globals.iter().all(|globals| globals.is_empty()) && {
            let path = self.path(file);
            self.tail.globals.iter().any(|globals| globals.has(path))
        };
        let users = declares.then(|| self.askers(PathHash::of(self.path(file)).with(USED)));
        users.into_iter().flatten().filter(move |user| *user != file)
    }
}

impl<'a> Row<'a> {
    pub(crate) fn path(self) -> &'a str {
        self.manifest.base.text(Section::Paths, self.stats.path)
    }

    pub(crate) fn stat(self) -> Stat {
        self.stats.stat.into()
    }

    pub(crate) fn frontend(self) -> FrontendId {
        FrontendId(self.stats.frontend)
    }

    /// Whether it is known what others can see of the file and what references in it stand for.
    pub(crate) fn has_names(self) -> bool {
        self.manifest.has_names_of(usize::from(self.stats.frontend))
    }

    /// Whether the file was written about when it was read, so that its stat proves nothing.
    pub(crate) fn is_racy(self) -> bool {
        self.stats.flags & flags::RACY != 0
    }

    /// Whether the stat alone does not tell that the file is the same: it was written about when it was read, or what
    /// was found out about it was an accident. Such a file is read again.
    pub(crate) fn is_doubtful(self) -> bool {
        self.stats.flags & (flags::RACY | flags::ACCIDENT) != 0
    }

    /// The digest of the file's bytes; `None` if it was not read or if its results are an accident's.
    pub(crate) fn content(self) -> Option<Digest> {
        (self.stats.flags & (flags::NO_TEXT | flags::ACCIDENT) == 0).then_some(Digest(self.file().content))
    }

    pub(crate) fn ir(self) -> Digest {
        Digest(self.file().ir)
    }

    pub(crate) fn imports(self) -> Digest {
        Digest(self.file().imports)
    }

    pub(crate) fn edges(self) -> Digest {
        Digest(self.file().edges)
    }

    pub(crate) fn exported(self) -> Digest {
        Digest(self.file().exported)
    }

    /// The digest of what the file's imports lead to.
    pub(crate) fn located(self) -> Digest {
        Digest(self.file().located)
    }

    pub(crate) fn exports(self) -> Digest {
        Digest(self.file().exports)
    }

    pub(crate) fn resolution(self) -> Digest {
        Digest(self.file().resolution)
    }

    /// The key of the record of the file's resolution.
    pub(crate) fn resolution_key(self) -> RecordKey {
        RecordKey::from_bytes(self.file().resolution_key)
    }

    /// The hashes of what the file's resolution asked other files, ascending and unique. The first call costs a pass
    /// over all questions.
    pub(crate) fn uses(self) -> Vec<u32> {
        match self.over {
            Some(over) if self.has_own(flags::OWN_QUESTIONS) => {
                self.manifest.overlay.asked(over).iter().map(|hash| hash.get()).collect()
            }
            _ => self.manifest.base.asked_by(self.index).to_vec(),
        }
    }

    /// The file's import sites, ascending by target, line and kinds.
    pub(crate) fn sites(self) -> impl Iterator<Item = EdgeSite> + 'a {
        self.rows::<EdgeRow>(Section::Edges, &self.manifest.overlay.edges, self.file().edge_range, flags::OWN_LINKS)
            .map(|edge| EdgeSite {
                target: edge.target.get(),
                site: ImportSite { line: edge.line.get(), kinds: EdgeKinds::from_bits_truncate(edge.kinds.get()) },
            })
    }

    /// The imports that led to no file, ascending by line.
    pub(crate) fn misses(self) -> impl Iterator<Item = Miss<'a>> + 'a {
        self.rows::<MissRow>(Section::Misses, &self.manifest.overlay.misses, self.file().miss_range, flags::OWN_LINKS)
            .map(move |miss| Miss {
                line: miss.line.get(),
                name: self.text(miss.name, flags::OWN_LINKS),
                reason: MissReason::ALL.get(usize::from(miss.reason)).copied().unwrap_or(MissReason::Computed),
                kinds: EdgeKinds::from_bits_truncate(miss.kinds.get()),
            })
    }

    /// What is wrong with the file, in source order.
    pub(crate) fn diagnostics(self) -> impl Iterator<Item = Diagnostic> + 'a {
        let (over, range) = (&self.manifest.overlay.diagnostics, self.file().diagnostic_range);
        self.rows::<DiagnosticRow>(Section::Diagnostics, over, range, flags::OWN_DIAGNOSTICS)
            .map(move |row| row.read(self.text(row.message, flags::OWN_DIAGNOSTICS)))
    }

    /// How much is wrong with the file or missing.
    fn findings(self) -> Findings {
        let mut findings = Findings::default();
        let broken = |diagnostic: Diagnostic| diagnostic.kind == DiagnosticKind::Syntax;
        findings.syntax_errors = u64::from(self.diagnostics().any(broken));
        self.misses().for_each(|miss| findings.misses[miss.reason as usize] += 1);
        findings
    }

    fn file(self) -> &'a FileRow {
        let row = || self.manifest.base.row(Section::Files, self.index as usize).unwrap_or_else(|| &*NO_FILE);
        self.over.unwrap_or_else(row)
    }

    /// Whether the row has something of its own that others have in the base.
    fn has_own(self, part: u8) -> bool {
        self.over.is_some() && self.stats.flags & part != 0
    }

    fn rows<T: layout::Fixed>(
        self,
        section: Section,
        over: &'a [T],
        range: RangeRow,
        part: u8,
    ) -> impl Iterator<Item = &'a T> {
        let (own, below) = if self.has_own(part) { (range, RangeRow::default()) } else { (RangeRow::default(), range) };
        overlay::rows(over, own).iter().chain(self.manifest.base.rows(section, below))
    }

    fn text(self, range: RangeRow, part: u8) -> &'a str {
        if self.has_own(part) {
            self.manifest.overlay.text(range)
        } else {
            self.manifest.base.text(Section::Text, range)
        }
    }
}

impl DiagnosticRow {
    fn read(&self, message: &str) -> Diagnostic {
        Diagnostic {
            line: self.line.get(),
            column: self.column.get(),
            kind: layout::DIAGNOSTIC_KINDS.get(usize::from(self.kind)).copied().unwrap_or(DiagnosticKind::Internal),
            message: message.to_owned(),
        }
    }
}

/// What stands for a row that is not there, of a base that was forged.
static NO_FILE: LazyLock<FileRow> = LazyLock::new(FileRow::default);

impl Findings {
    /// Adds what was found in a file.
    fn add(&mut self, found: Self) {
        self.syntax_errors += found.syntax_errors;
        self.misses.iter_mut().zip(found.misses).for_each(|(sum, count)| *sum += count);
    }

    /// Takes away what was found in a file.
    fn take_away(&mut self, found: Self) {
        self.syntax_errors = self.syntax_errors.saturating_sub(found.syntax_errors);
        self.misses.iter_mut().zip(found.misses).for_each(|(sum, count)| *sum = sum.saturating_sub(count));
    }
}
