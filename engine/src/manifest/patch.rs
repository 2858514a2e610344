//! The short way to the next manifest: the one before with some rows changed.
//!
//! Most edits leave every import where it was and leading where it led. The tables of variable length are then the old
//! ones, and the manifests share them; only the rows are copied, and where a resolution asked something else, what
//! resolutions asked.

use std::collections::BTreeMap;

use zerocopy::IntoBytes;

use super::assemble::{Entry, FileRecord, Links, Part, append};
use super::layout::{self, FileRow, Section, U32, flags};
use super::{Manifest, Span};

/// Makes the next manifest where files only changed inside, these at most: each is where it was, leads where it led and has
/// nothing wrong with it, before or now. `None` if it is not so.
pub(super) fn patch(old: &Manifest, changed: &[Entry]) -> Option<Manifest> {
    let mut bytes = old.sections[Section::Files as usize].bytes().to_vec();
    let rows = layout::cast_mut::<FileRow>(&mut bytes);
    let mut resolved = BTreeMap::new();
    for entry in changed {
        let index = old.position(&entry.path)?;
        let row = rows.get_mut(index as usize)?;
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
        if let Part::Fresh(resolution) = &entry.resolution {
            resolution.stamp(row);
            let before: &[U32] = old.range(Section::Uses, row.use_range);
            if !before.iter().map(|hash| hash.get()).eq(resolution.uses.iter().copied()) {
                resolved.insert(index, &resolution.uses);
            }
        }
    }
    let mut sections = old.sections.clone();
    if !resolved.is_empty() {
        sections[Section::Uses as usize] = Span::of(spliced_uses(old, rows, &resolved));
    }
    sections[Section::Files as usize] = Span::of(bytes);
    let manifest = Manifest::unfinished(sections);
    // Nothing is wrong with the files that changed, and no import of theirs leads elsewhere.
    if let Some(findings) = old.findings.get() {
        _ = manifest.findings.set(*findings);
    }
    Some(manifest)
}

/// What all resolutions asked, where those of these rows ask something else now.
fn spliced_uses(old: &Manifest, rows: &mut [FileRow], resolved: &BTreeMap<u32, &std::sync::Arc<[u32]>>) -> Vec<u8> {
    let all: &[U32] = old.section(Section::Uses);
    let mut uses: Vec<U32> = Vec::with_capacity(all.len() + 1024);
    for (row, index) in rows.iter_mut().zip(0..) {
        row.use_range = match resolved.get(&index) {
            None => append(&mut uses, old.range::<U32>(Section::Uses, row.use_range).iter().copied()),
            Some(asked) => append(&mut uses, asked.iter().copied().map(U32::new)),
        };
    }
    uses.as_bytes().to_vec()
}
