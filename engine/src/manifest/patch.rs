//! The short way to the next manifest: the base before with other rows over it.
//!
//! Most edits leave every import leading where it led, though often in another line. All that relates files to each
//! other is then as it was, and with it the base; what belongs to the files that changed goes into the overlay.

use std::collections::{BTreeMap, BTreeSet};

use super::assemble::{Entry, FileRecord, Links, Part, append, diagnostic_row, edge_row, push_text};
use super::layout::{EdgeRow, FileRow, MissRow, Section, StatRow, StemRow, U32, flags};
use super::overlay::Overlay;
use super::{Manifest, Row};

/// How many bytes an overlay may have, whatever the size of its base: as many are read in less than 0.1 ms.
const SMALL_BYTES: usize = 64 << 10;
/// How many it may have at most where it is published. A run reads and writes all of it.
const LARGE_BYTES: usize = 1 << 20;
/// In between, this part of its base.
const PART_OF_BASE: usize = 16;
/// The part of its base where an answer is given ahead of what is kept: to make a base of 8,000 files takes 45 ms, to
/// put the rows of 2,000 over it 3.
const PART_OF_BASE_AHEAD: usize = 4;

/// What is done with a manifest, which tells how much may lie over its base.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Destination {
    /// It is published.
    Disk,
    /// It stays in memory for now.
    Memory,
}

impl Destination {
    /// How many bytes may lie over a base with so many.
    fn overlay_bytes(self, base: usize) -> usize {
        match self {
            Self::Disk => (base / PART_OF_BASE).clamp(SMALL_BYTES, LARGE_BYTES),
            Self::Memory => (base / PART_OF_BASE_AHEAD).max(SMALL_BYTES),
        }
    }
}

impl Manifest {
    /// Whether more lies over the base than is to be published.
    pub(super) fn is_overladen(&self) -> bool {
        self.overlay.bytes() > Destination::Disk.overlay_bytes(self.base.bytes())
    }
}

/// Makes the next manifest where files only changed inside, these at most: each is where it was, looked for what it
/// looked for and leads where it led. `None` if it is not so, and if so much has changed since the base was made that
/// it is to be made anew.
pub(super) fn patch(old: &Manifest, changed: &[Entry], destination: Destination) -> Option<Manifest> {
    let mut entries: BTreeMap<u32, &Entry> = BTreeMap::new();
    for entry in changed {
        let index = old.position(&entry.path)?;
        let row = old.row_at(index)?;
        match &entry.links {
            Links::Kept(kept) if *kept == index => {}
            Links::Fresh { .. } if leads_where_it_led(old, row, entry) => {}
            _ => return None,
        }
        entries.insert(index, entry);
    }
    let mut overlay = Overlay::default();
    let mut findings = old.tail.findings;
    let mut positions: Vec<u32> = old.overlay.positions.iter().map(|position| position.get()).collect();
    positions.extend(entries.keys());
    positions.sort_unstable();
    positions.dedup();
    let limit = destination.overlay_bytes(old.base.bytes());
    for position in positions {
        let row = old.row_at(position)?;
        let entry = entries.get(&position).copied();
        push(&mut overlay, old, row, entry);
        if overlay.bytes() > limit {
            return None;
        }
        if entry.is_some() {
            findings.take_away(row.findings());
        }
    }
    let mut manifest = Manifest::unfinished(old.base.clone(), overlay, findings);
    for position in entries.keys() {
        let found = manifest.row_at(*position)?.findings();
        manifest.tail.findings.add(found);
    }
    Some(manifest)
}

/// Whether the imports of a file that were located anew lead to the files that they led to, in the same ways, and
/// looked for the same. They may stand in other lines.
fn leads_where_it_led(old: &Manifest, row: Row<'_>, entry: &Entry) -> bool {
    let Links::Fresh { table, stems, .. } = &entry.links else { return true };
    let led: BTreeSet<(Option<u32>, u16)> =
        row.sites().map(|edge| (Some(edge.target), edge.site.kinds.bits())).collect();
    let mut leads = BTreeSet::new();
    for target in table.targets() {
        let position = old.position(target.path);
        leads.extend(target.sites.iter().map(|site| (position, site.kinds.bits())));
    }
    let stem_of = |position: &U32| {
        let stem = old.base.row::<StemRow>(Section::Stems, position.get() as usize)?;
        (stem.frontend == entry.frontend.0).then(|| old.base.text(Section::Text, stem.stem))
    };
    let looked_for = old.base.rows::<U32>(Section::FileStems, row.file().stem_range).map(stem_of);
    led == leads && looked_for.eq(stems.iter().map(|stem| Some(&**stem)))
}

/// Appends the row of a file: as it lies over the base, or as the run has found it.
fn push(overlay: &mut Overlay, old: &Manifest, row: Row<'_>, entry: Option<&Entry>) {
    let (mut stats, mut file): (StatRow, FileRow) = (*row.stats, *row.file());
    let own = stats.flags & flags::OWN;
    let mut owns = own;
    if let Some(entry) = entry {
        let found = stats.flags & !(flags::RACY | flags::OWN);
        entry.stamp(&mut stats);
        match &entry.record {
            FileRecord::Kept(_) => stats.flags |= found,
            FileRecord::Fresh { diagnostics, .. } => {
                entry.record.stamp(&mut stats, &mut file);
                owns |= flags::OWN_DIAGNOSTICS;
                let rows: Vec<_> = diagnostics
                    .iter()
                    .map(|diagnostic| {
                        diagnostic_row(row.index, diagnostic, push_text(&mut overlay.text, &diagnostic.message))
                    })
                    .collect();
                file.diagnostic_range = append(&mut overlay.diagnostics, rows);
            }
        }
        if let Links::Fresh { edges, located, table, .. } = &entry.links {
            (file.edges, file.located) = (edges.0, located.0);
            owns |= flags::OWN_LINKS;
            let mut edges: Vec<EdgeRow> = Vec::new();
            for target in table.targets() {
                let Some(position) = old.position(target.path) else { continue };
                edges.extend(target.sites.iter().map(|site| edge_row(position, *site)));
            }
            edges.sort_unstable_by_key(|edge| (edge.target.get(), edge.line.get(), edge.kinds.get()));
            file.edge_range = append(&mut overlay.edges, edges);
            let misses = table.misses().map(|miss| (miss.name, miss.line, miss.kinds.bits(), miss.reason as u8));
            push_misses(overlay, &mut file, misses);
        }
        if let Part::Fresh(digest) = &entry.exports {
            file.exports = digest.0;
        }
        if let Part::Fresh(resolution) = &entry.resolution {
            resolution.stamp(&mut file);
            owns |= flags::OWN_QUESTIONS;
            file.question_range = append(&mut overlay.questions, resolution.uses.iter().copied().map(U32::new));
        }
    }
    let is_fresh = |part: u8| match entry {
        None => false,
        Some(entry) => match part {
            flags::OWN_DIAGNOSTICS => matches!(entry.record, FileRecord::Fresh { .. }),
            flags::OWN_LINKS => matches!(entry.links, Links::Fresh { .. }),
            _ => matches!(entry.resolution, Part::Fresh(_)),
        },
    };
    // What lay over the base already goes on to do so.
    let keeps = |part: u8| own & part != 0 && !is_fresh(part);
    if keeps(flags::OWN_DIAGNOSTICS) {
        let rows: Vec<_> = row
            .diagnostics()
            .map(|diagnostic| diagnostic_row(row.index, &diagnostic, push_text(&mut overlay.text, &diagnostic.message)))
            .collect();
        file.diagnostic_range = append(&mut overlay.diagnostics, rows);
    }
    if keeps(flags::OWN_LINKS) {
        file.edge_range = append(&mut overlay.edges, row.sites().map(|edge| edge_row(edge.target, edge.site)));
        let misses = row.misses().map(|miss| (miss.name, miss.line, miss.kinds.bits(), miss.reason as u8));
        push_misses(overlay, &mut file, misses);
    }
    if keeps(flags::OWN_QUESTIONS) {
        file.question_range = append(&mut overlay.questions, row.uses().into_iter().map(U32::new));
    }
    stats.flags = stats.flags & !flags::OWN | owns;
    overlay.positions.push(row.index.into());
    overlay.stats.push(stats);
    overlay.files.push(file);
}

fn push_misses<'a>(overlay: &mut Overlay, file: &mut FileRow, misses: impl Iterator<Item = (&'a str, u32, u16, u8)>) {
    let rows: Vec<MissRow> = misses
        .map(|(name, line, kinds, reason)| {
            let name = push_text(&mut overlay.text, name);
            MissRow { name, line: line.into(), kinds: kinds.into(), reason, reserved: 0 }
        })
        .collect();
    file.miss_range = append(&mut overlay.misses, rows);
}
