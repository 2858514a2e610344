//! The short way to the next manifest: a copy of the one before with some rows changed.
//!
//! Most edits leave every import where it was and leading where it led. The tables of variable length are then the old
//! ones, so that copying their bytes does; on homeassistant that takes a tenth of the time of making them anew. Only what
//! resolutions asked lies behind all else, and is spliced.

use std::ops::Range;
use std::sync::OnceLock;

use zerocopy::IntoBytes;

use super::assemble::{Entry, FileRecord, Links, Part, append};
use super::layout::{FileRow, Section, U32, flags};
use super::{Manifest, Tail};

/// Makes the next manifest where files only changed inside: each is where it was, leads where it led and has nothing
/// wrong with it, before or now. All tables are then the old ones but for the changed files' rows and what resolutions
/// asked. `None` if it is not so.
pub(super) fn patch(old: &Manifest, entries: &[Entry]) -> Option<Manifest> {
    if entries.len() != old.len() {
        return None;
    }
    let mut rows = old.rows().to_vec();
    for ((entry, row), index) in entries.iter().zip(&mut rows).zip(0..) {
        if !matches!(entry.links, Links::Kept(kept) if kept == index) {
            return None;
        }
        let findings = row.flags & !flags::RACY;
        entry.stamp(row);
        match &entry.record {
            FileRecord::Kept(_) => row.flags |= findings,
            FileRecord::Fresh { diagnostics, .. } => {
                if !diagnostics.is_empty() || row.diagnostic_range.length.get() != 0 {
                    return None;
                }
                entry.record.stamp(row);
            }
        }
        if let Part::Fresh(digest) = &entry.exports {
            row.exports = digest.0;
        }
    }
    let uses = splice_uses(old, entries, &mut rows);
    let Range { start, end } = old.sections[Section::Uses as usize];
    let mut bytes = Vec::with_capacity(old.bytes.len() + uses.as_ref().map_or(0, |uses| uses.as_bytes().len()));
    bytes.extend_from_slice(&old.bytes[..start]);
    bytes.extend_from_slice(uses.as_ref().map_or(&old.bytes[start..end], |uses| uses.as_bytes()));
    let mut sections = old.sections.clone();
    sections[Section::Uses as usize] = start..bytes.len();
    for section in [Section::Reasons, Section::Tail] {
        sections[section as usize] = bytes.len()..bytes.len();
    }
    bytes[sections[Section::Files as usize].clone()].copy_from_slice(rows.as_bytes());
    Some(Manifest { bytes, sections, tail: Tail::default(), reasons: OnceLock::new() })
}

/// What all resolutions asked, if some of them ask something else now.
fn splice_uses(old: &Manifest, entries: &[Entry], rows: &mut [FileRow]) -> Option<Vec<U32>> {
    let mut changed = false;
    for (entry, row) in entries.iter().zip(&mut *rows) {
        let Part::Fresh(resolution) = &entry.resolution else { continue };
        resolution.stamp(row);
        let before: &[U32] = old.range(Section::Uses, row.use_range);
        changed |= !before.iter().map(|hash| hash.get()).eq(resolution.uses.iter().copied());
    }
    if !changed {
        return None;
    }
    let all: &[U32] = old.section(Section::Uses);
    let mut uses = Vec::with_capacity(all.len() + 1024);
    for (entry, row) in entries.iter().zip(rows) {
        row.use_range = match &entry.resolution {
            Part::Kept(_) => append(&mut uses, old.range::<U32>(Section::Uses, row.use_range).iter().copied()),
            Part::Fresh(resolution) => append(&mut uses, resolution.uses.iter().copied().map(U32::new)),
        };
    }
    Some(uses)
}
