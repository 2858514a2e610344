//! Making the next manifest from the one before and what a run found out.
//!
//! Rows of files that the run did not touch are copied with their positions mapped; nothing of them is decoded.

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use esker_frontend_api::{Diagnostic, DiagnosticKind};
use rustc_hash::FxHashMap;

use super::base::{Base, question_tables};
use super::layout::{
    CHUNK, DIAGNOSTIC_KINDS, DiagnosticRow, EdgeRow, FileRow, MissRow, RangeRow, Section, StatRow, StemRow, U32, flags,
};
use super::overlay::Overlay;
use super::patch::Destination;
use super::{Findings, Manifest, Row, Tail};
use crate::digest::Digest;
use crate::edges::EdgeTable;
use crate::graph::ImportSite;
use crate::input::{FrontendId, Stat};
use crate::store::RecordKey;

/// One file of the next manifest.
pub(crate) struct Entry {
    pub(crate) path: Arc<str>,
    pub(crate) frontend: FrontendId,
    pub(crate) stat: Stat,
    /// Whether the file was written so shortly before the run that its stat proves nothing.
    pub(crate) racy: bool,
    pub(crate) record: FileRecord,
    pub(crate) links: Links,
    /// The digest of its interface.
    pub(crate) exports: Part<Digest>,
    pub(crate) resolution: Part<ResolutionRecord>,
}

/// What is known of a file by itself.
pub(crate) enum FileRecord {
    /// What the row at this position of the manifest before says.
    Kept(u32),
    /// What the run found out.
    Fresh {
        content: Option<Digest>,
        accident: bool,
        ir: Digest,
        imports: Digest,
        exported: Digest,
        diagnostics: Vec<Diagnostic>,
    },
}

/// Where a file's imports lead.
pub(crate) enum Links {
    /// What the row at this position of the manifest before says.
    Kept(u32),
    /// What the run found out.
    Fresh {
        edges: Digest,
        /// The digest of what was located.
        located: Digest,
        table: Arc<EdgeTable>,
        stems: Arc<[Arc<str>]>,
    },
}

/// One thing that is known of a file.
pub(crate) enum Part<T> {
    /// What the row at this position of the manifest before says.
    Kept(u32),
    /// What the run found out.
    Fresh(T),
}

/// What a manifest says of a file's resolution.
#[derive(Debug, Clone, Default)]
pub(crate) struct ResolutionRecord {
    pub(crate) digest: Digest,
    pub(crate) key: RecordKey,
    /// The hashes of what it asked, ascending and unique.
    pub(crate) uses: Arc<[u32]>,
}

const UNMAPPED: u32 = u32::MAX;

/// The files of the next manifest.
pub(crate) enum Entries {
    /// Those of the manifest before. Listed are the ones that may not be as their rows say, ascending by path.
    Changed(Vec<Entry>),
    /// These, ascending by path.
    All(Vec<Entry>),
}

#[cfg(feature = "fuzzing")]
impl Entries {
    /// Every file as its row says, each put together anew.
    pub(crate) fn all_kept(manifest: &Manifest) -> Self {
        Self::All(with_the_others(manifest, Vec::new()))
    }
}

/// Makes the next manifest, all but its reasons and the rest of its tail: see [`Manifest::finished`]. Positions in the
/// entries refer to `old`.
pub(crate) fn assemble(old: Option<&Manifest>, entries: Entries, destination: Destination) -> Manifest {
    match (old, entries) {
        (Some(old), Entries::Changed(changed)) => super::patch::patch(old, &changed, destination)
            .unwrap_or_else(|| assemble_all(Some(old), &with_the_others(old, changed))),
        (_, Entries::Changed(entries) | Entries::All(entries)) => assemble_all(old, &entries),
    }
}

/// Entries for all files of a manifest: these, and the others as their rows say.
fn with_the_others(old: &Manifest, changed: Vec<Entry>) -> Vec<Entry> {
    let mut changed = changed.into_iter().peekable();
    let rows = (0..old.len() as u32).filter_map(|row| Some((row, old.row_at(row)?)));
    let entry = |(index, row): (u32, Row<'_>)| {
        changed.next_if(|entry| *entry.path == *row.path()).unwrap_or_else(|| Entry::kept(index, row))
    };
    rows.map(entry).collect()
}

fn assemble_all(old: Option<&Manifest>, entries: &[Entry]) -> Manifest {
    let mut tables = Tables::for_entries(entries);
    let positions = Positions::new(old, entries);
    let mut stems = Stems::new(old);
    let mut edges_of: Vec<EdgeRow> = Vec::new();
    for (entry, position) in entries.iter().zip(0..) {
        let mut stats = StatRow {
            path: push_text(&mut tables.paths, &entry.path),
            frontend: entry.frontend.0,
            ..StatRow::default()
        };
        let mut row = FileRow::default();
        entry.stamp(&mut stats);
        let kept = |index: u32| {
            let old = old.expect("invariant: only a run that had a manifest keeps rows of it");
            (old, old.row_at(index).expect("invariant: kept rows exist"))
        };
        match &entry.record {
            FileRecord::Kept(index) => {
                let (_, old_row) = kept(*index);
                let from = old_row.file();
                (row.content, row.ir, row.imports, row.exported) = (from.content, from.ir, from.imports, from.exported);
                stats.flags |= old_row.stats.flags & !(flags::RACY | flags::OWN);
                row.diagnostic_range = tables.diagnostics(position, old_row.diagnostics());
            }
            FileRecord::Fresh { diagnostics, .. } => {
                entry.record.stamp(&mut stats, &mut row);
                row.diagnostic_range = tables.diagnostics(position, diagnostics.iter().cloned());
            }
        }
        edges_of.clear();
        match &entry.links {
            Links::Kept(index) => {
                let (old, old_row) = kept(*index);
                (row.edges, row.located) = (old_row.file().edges, old_row.file().located);
                edges_of.extend(
                    old_row.sites().filter_map(|edge| Some(edge_row(positions.after(edge.target)?, edge.site))),
                );
                row.miss_range = tables
                    .misses(old_row.misses().map(|miss| (miss.name, miss.line, miss.kinds.bits(), miss.reason as u8)));
                let indices = old.base.rows::<U32>(Section::FileStems, old_row.file().stem_range);
                row.stem_range = stems.keep(indices.map(|index| index.get()));
            }
            Links::Fresh { edges, located, table, stems: looked_up } => {
                (row.edges, row.located) = (edges.0, located.0);
                for target in table.targets() {
                    let Some(position) = positions.of(target.path) else { continue };
                    edges_of.extend(target.sites.iter().map(|site| edge_row(position, *site)));
                }
                row.miss_range = tables
                    .misses(table.misses().map(|miss| (miss.name, miss.line, miss.kinds.bits(), miss.reason as u8)));
                row.stem_range = stems.add(entry.frontend.0, looked_up);
            }
        }
        edges_of.sort_unstable_by_key(|edge| (edge.target.get(), edge.line.get(), edge.kinds.get()));
        row.edge_range = append(&mut tables.edges, edges_of.iter().copied());
        row.exports = match &entry.exports {
            Part::Kept(index) => kept(*index).1.file().exports,
            Part::Fresh(digest) => digest.0,
        };
        match &entry.resolution {
            Part::Kept(index) => {
                let (_, old_row) = kept(*index);
                (row.resolution, row.resolution_key) = (old_row.file().resolution, old_row.file().resolution_key);
                tables.keep_questions(*index, position, old_row);
            }
            Part::Fresh(resolution) => {
                resolution.stamp(&mut row);
                tables.questions.extend(resolution.uses.iter().map(|hash| (*hash, position)));
            }
        }
        tables.stats.push(stats);
        tables.files.push(row);
    }
    tables.link_dependents();
    stems.finish(&mut tables);
    tables.into_manifest(old)
}

impl Entry {
    /// A file that is as its row says.
    pub(crate) fn kept(index: u32, row: Row<'_>) -> Self {
        Self {
            path: row.path().into(),
            frontend: row.frontend(),
            stat: row.stat(),
            racy: row.is_racy(),
            record: FileRecord::Kept(index),
            links: Links::Kept(index),
            exports: Part::Kept(index),
            resolution: Part::Kept(index),
        }
    }

    /// Writes down what the file system says of the file.
    pub(super) fn stamp(&self, row: &mut StatRow) {
        row.stat = self.stat.into();
        row.flags = if self.racy { flags::RACY } else { 0 };
    }
}

impl FileRecord {
    /// Writes down what was found out about the file by itself, all but its diagnostics.
    pub(super) fn stamp(&self, stats: &mut StatRow, row: &mut FileRow) {
        let Self::Fresh { content, accident, ir, imports, exported, .. } = self else { return };
        row.content = content.unwrap_or_default().0;
        (row.ir, row.imports, row.exported) = (ir.0, imports.0, exported.0);
        stats.flags |= if content.is_none() { flags::NO_TEXT } else { 0 };
        stats.flags |= if *accident { flags::ACCIDENT } else { 0 };
    }
}

impl ResolutionRecord {
    /// Writes down which resolution it is, all but what it asked.
    pub(super) fn stamp(&self, row: &mut FileRow) {
        (row.resolution, row.resolution_key) = (self.digest.0, self.key.to_bytes());
    }
}

pub(super) fn edge_row(target: u32, site: ImportSite) -> EdgeRow {
    EdgeRow { target: target.into(), line: site.line.into(), kinds: site.kinds.bits().into(), reserved: 0.into() }
}

/// Positions before and after.
struct Positions<'a> {
    after: Vec<u32>,
    of_path: FxHashMap<&'a str, u32>,
}

impl<'a> Positions<'a> {
    fn new(old: Option<&Manifest>, entries: &'a [Entry]) -> Self {
        let mut after = vec![UNMAPPED; old.map_or(0, Manifest::len)];
        let mut old_index = 0;
        for (index, entry) in entries.iter().enumerate() {
            let Some(old) = old else { break };
            while (old_index as usize) < old.len() && old.path(old_index) < &*entry.path {
                old_index += 1;
            }
            if (old_index as usize) < old.len() && old.path(old_index) == &*entry.path {
                after[old_index as usize] = index as u32;
            }
        }
        let of_path = match entries.iter().any(|entry| matches!(entry.links, Links::Fresh { .. })) {
            true => entries.iter().enumerate().map(|(index, entry)| (&*entry.path, index as u32)).collect(),
            false => FxHashMap::default(),
        };
        Self { after, of_path }
    }

    /// Where the file at a position of the old manifest is now.
    fn after(&self, old: u32) -> Option<u32> {
        self.after.get(old as usize).copied().filter(|position| *position != UNMAPPED)
    }

    fn of(&self, path: &str) -> Option<u32> {
        self.of_path.get(path).copied()
    }
}

/// The tables as they grow.
#[derive(Default)]
struct Tables {
    paths: Vec<u8>,
    stats: Vec<StatRow>,
    files: Vec<FileRow>,
    text: Vec<u8>,
    edges: Vec<EdgeRow>,
    dependents: Vec<U32>,
    dependent_starts: Vec<U32>,
    misses: Vec<MissRow>,
    diagnostics: Vec<DiagnosticRow>,
    stems: Vec<StemRow>,
    stem_users: Vec<U32>,
    file_stems: Vec<U32>,
    /// Pairs of a question and who asked it.
    questions: Vec<(u32, u32)>,
    /// For each file of the old manifest's base whose questions are the old ones, its position now.
    keeps_questions: FxHashMap<u32, u32>,
    findings: Findings,
}

/// Appends rows to a table and tells where they are.
pub(super) fn append<T>(table: &mut Vec<T>, rows: impl IntoIterator<Item = T>) -> RangeRow {
    let start = table.len();
    table.extend(rows);
    range(start, table.len())
}

/// Appends a string. It does not lie across the end of a chunk, unless it is longer than one.
pub(super) fn push_text(table: &mut Vec<u8>, text: &str) -> RangeRow {
    let left = CHUNK - table.len() % CHUNK;
    if text.len() > left && text.len() <= CHUNK {
        table.resize(table.len() + left, 0);
    }
    let start = table.len();
    table.extend_from_slice(text.as_bytes());
    range(start, table.len())
}

fn range(start: usize, end: usize) -> RangeRow {
    let number =
        |number: usize| U32::new(u32::try_from(number).expect("invariant: a manifest's tables stay below 4 GiB"));
    RangeRow { start: number(start), length: number(end - start) }
}

/// A diagnostic of a file whose message lies there.
pub(super) fn diagnostic_row(file: u32, diagnostic: &Diagnostic, message: RangeRow) -> DiagnosticRow {
    let kind = DIAGNOSTIC_KINDS.iter().position(|kind| *kind == diagnostic.kind);
    DiagnosticRow {
        file: file.into(),
        message,
        line: diagnostic.line.into(),
        column: diagnostic.column.into(),
        kind: kind.expect("invariant: every kind of diagnostic has a number") as u8,
        reserved: [0; 3],
    }
}

impl Tables {
    /// Tables with room for what the run found out about these files, where that is most of what there is.
    fn for_entries(entries: &[Entry]) -> Self {
        let mut tables = Self::default();
        let (mut edges, mut questions) = (0, 0);
        for entry in entries {
            if let Links::Fresh { table, .. } = &entry.links {
                edges += table.site_count();
            }
            if let Part::Fresh(resolution) = &entry.resolution {
                questions += resolution.uses.len();
            }
        }
        tables.edges.reserve_exact(edges);
        tables.questions.reserve_exact(questions);
        tables.stats.reserve_exact(entries.len());
        tables.files.reserve_exact(entries.len());
        tables
    }

    fn diagnostics(&mut self, file: u32, diagnostics: impl Iterator<Item = Diagnostic>) -> RangeRow {
        let start = self.diagnostics.len();
        let mut is_broken = false;
        for diagnostic in diagnostics {
            is_broken |= diagnostic.kind == DiagnosticKind::Syntax;
            let message = push_text(&mut self.text, &diagnostic.message);
            self.diagnostics.push(diagnostic_row(file, &diagnostic, message));
        }
        self.findings.syntax_errors += u64::from(is_broken);
        range(start, self.diagnostics.len())
    }

    fn misses<'a>(&mut self, misses: impl Iterator<Item = (&'a str, u32, u16, u8)>) -> RangeRow {
        let start = self.misses.len();
        for (name, line, kinds, reason) in misses {
            let name = push_text(&mut self.text, name);
            self.misses.push(MissRow { name, line: line.into(), kinds: kinds.into(), reason, reserved: 0 });
            self.findings.misses[usize::from(reason)] += 1;
        }
        range(start, self.misses.len())
    }

    /// Notes that a file asks what it asked.
    fn keep_questions(&mut self, before: u32, now: u32, old: Row<'_>) {
        if old.has_own(flags::OWN_QUESTIONS) {
            self.questions.extend(old.uses().into_iter().map(|hash| (hash, now)));
        } else {
            self.keeps_questions.insert(before, now);
        }
    }

    /// Turns the edges around.
    fn link_dependents(&mut self) {
        let mut counts = vec![0; self.files.len()];
        for_each_pair(&self.files, &self.edges, |_, target| counts[target] += 1);
        let mut next: Vec<usize> = Vec::with_capacity(counts.len());
        let mut total = 0;
        let number = |total: usize| U32::new(u32::try_from(total).unwrap_or(u32::MAX));
        for count in counts {
            self.dependent_starts.push(number(total));
            next.push(total);
            total += count;
        }
        self.dependent_starts.push(number(total));
        self.dependents = vec![U32::ZERO; total];
        for_each_pair(&self.files, &self.edges, |source, target| {
            self.dependents[next[target]] = U32::new(source as u32);
            next[target] += 1;
        });
    }

    fn into_manifest(mut self, old: Option<&Manifest>) -> Manifest {
        self.questions.sort_unstable();
        // Positions ascend with those before, so that what is kept ascends too.
        let keeps = &self.keeps_questions;
        let base = old.filter(|_| !keeps.is_empty()).map(|old| &old.base);
        let kept = base.into_iter().flat_map(|base| base.questions());
        let kept = kept.filter_map(|(hash, asker)| Some((hash, *keeps.get(&asker)?)));
        let own = self.questions.len();
        let (questions, askers) = question_tables(merged(kept, self.questions.into_iter()), own);
        let base = Base::new([
            Box::new(self.paths),
            Box::new(self.stats),
            Box::new(self.files),
            Box::new(self.text),
            Box::new(self.edges),
            Box::new(self.dependents),
            Box::new(self.dependent_starts),
            Box::new(self.misses),
            Box::new(self.diagnostics),
            Box::new(self.stems),
            Box::new(self.stem_users),
            Box::new(self.file_stems),
            Box::new(questions),
            Box::new(askers),
        ]);
        Manifest::unfinished(Arc::new(base), Overlay::default(), self.findings)
    }
}

/// Two ascending sequences as one.
fn merged(
    left: impl Iterator<Item = (u32, u32)>,
    right: impl Iterator<Item = (u32, u32)>,
) -> impl Iterator<Item = (u32, u32)> {
    let (mut left, mut right) = (left.peekable(), right.peekable());
    std::iter::from_fn(move || match (left.peek(), right.peek()) {
        (Some(first), Some(second)) if first <= second => left.next(),
        (Some(_), None) => left.next(),
        _ => right.next(),
    })
}

impl Manifest {
    /// A manifest whose reasons and most of whose tail are still to come.
    pub(super) fn unfinished(base: Arc<Base>, overlay: Overlay, findings: Findings) -> Self {
        let tail = Tail { findings, ..Tail::default() };
        Self {
            base,
            overlay,
            encoded_reasons: Vec::new(),
            tail,
            digest_read: None,
            bytes_read: AtomicU64::new(0),
            reasons: OnceLock::new(),
        }
    }

    /// The same over a base of its own, if more lies over its base than is to be published.
    pub(crate) fn unburdened(&self) -> Option<Self> {
        let anew = self.is_overladen().then(|| assemble_all(Some(self), &with_the_others(self, Vec::new())))?;
        Some(anew.finished(&self.encoded_reasons, self.tail.clone()))
    }

    /// Adds encoded reasons and the tail but for its findings, which ends a manifest's making. It gets its headers when
    /// it is published: a session that answers many times in between needs none.
    pub(crate) fn finished(mut self, reasons: &[u8], tail: Tail) -> Self {
        self.encoded_reasons = reasons.to_vec();
        self.tail = Tail { findings: self.tail.findings, ..tail };
        self
    }
}

/// Calls `visit` with every pair of a file and another that it imports, once, ascending.
fn for_each_pair(files: &[FileRow], edges: &[EdgeRow], mut visit: impl FnMut(usize, usize)) {
    for (source, file) in files.iter().enumerate() {
        let start = file.edge_range.start.get() as usize;
        let mut previous = None;
        for edge in &edges[start..start + file.edge_range.length.get() as usize] {
            let target = edge.target.get();
            if previous != Some(target) {
                visit(source, target as usize);
            }
            previous = Some(target);
        }
    }
}

/// The stems of all files, each once.
struct Stems<'a> {
    old: Option<&'a Base>,
    /// For each stem of the old manifest its number here.
    kept: Vec<u32>,
    numbers: FxHashMap<(u8, Arc<str>), u32>,
    list: Vec<(u8, Arc<str>)>,
    of_files: Vec<U32>,
}

impl<'a> Stems<'a> {
    fn new(old_manifest: Option<&'a Manifest>) -> Self {
        let old = old_manifest.map(|old| &*old.base);
        Self {
            old,
            kept: vec![UNMAPPED; old.map_or(0, |old| old.count::<StemRow>(Section::Stems))],
            numbers: FxHashMap::default(),
            list: Vec::new(),
            of_files: Vec::new(),
        }
    }

    /// Takes over a file's stems from the old manifest.
    fn keep(&mut self, indices: impl Iterator<Item = u32>) -> RangeRow {
        let start = self.of_files.len();
        for index in indices {
            let row = self.old.and_then(|old| Some((old, old.row::<StemRow>(Section::Stems, index as usize)?)));
            let Some((old, row)) = row else { continue };
            if self.kept[index as usize] == UNMAPPED {
                let text = old.text(Section::Text, row.stem);
                self.kept[index as usize] = self.number(row.frontend, text.into());
            }
            self.of_files.push(self.kept[index as usize].into());
        }
        range(start, self.of_files.len())
    }

    fn add(&mut self, frontend: u8, stems: &[Arc<str>]) -> RangeRow {
        let start = self.of_files.len();
        for stem in stems {
            let number = self.number(frontend, stem.clone());
            self.of_files.push(number.into());
        }
        range(start, self.of_files.len())
    }

    fn number(&mut self, frontend: u8, stem: Arc<str>) -> u32 {
        let next = self.list.len() as u32;
        let number = *self.numbers.entry((frontend, stem.clone())).or_insert(next);
        if number == next {
            self.list.push((frontend, stem));
        }
        number
    }

    /// Sorts the stems and turns the relation of files to stems around.
    fn finish(mut self, tables: &mut Tables) {
        let mut order: Vec<u32> = (0..self.list.len() as u32).collect();
        order.sort_unstable_by(|left, right| self.list[*left as usize].cmp(&self.list[*right as usize]));
        let mut rank = vec![0; order.len()];
        order.iter().enumerate().for_each(|(position, number)| rank[*number as usize] = position as u32);
        let mut counts = vec![0; order.len()];
        for number in &mut self.of_files {
            let position = rank[number.get() as usize];
            *number = position.into();
            counts[position as usize] += 1;
        }
        let mut next = Vec::with_capacity(counts.len());
        let mut total = 0;
        for (number, count) in order.iter().zip(&counts) {
            let (frontend, stem) = &self.list[*number as usize];
            let stem = push_text(&mut tables.text, stem);
            tables.stems.push(StemRow {
                stem,
                users: range(total, total + count),
                frontend: *frontend,
                reserved: [0; 3],
            });
            next.push(total);
            total += count;
        }
        tables.stem_users = vec![U32::ZERO; total];
        for (file, row) in tables.files.iter().enumerate() {
            let start = row.stem_range.start.get() as usize;
            for position in &self.of_files[start..start + row.stem_range.length.get() as usize] {
                let slot = &mut next[position.get() as usize];
                tables.stem_users[*slot] = U32::new(file as u32);
                *slot += 1;
            }
        }
        tables.file_stems = self.of_files;
    }
}
