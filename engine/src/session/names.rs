//! Whom a change of names concerns.
//!
//! The manifest has, for every file, hashes of the questions that its resolution asked other files. Where an interface
//! comes out different, the names that it now answers differently for are hashed in the same way, and the files that
//! asked for one of them are looked up. Two questions with the same hash cost a look, no more.
//!
//! Names that files declare for all others are asked for in the same way, of no file in particular.
//!
//! One round does: an interface depends on its own file and where that file's imports lead, never on another interface.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::ThreadPool;

use super::affected::reach;
use super::parallel::in_parallel;
use crate::db::{Database, Db};
use crate::digest::Digest;
use crate::explain::Cause;
use crate::exports::{EXPORTS, interface, recorded_key};
use crate::input::Globals;
use crate::manifest::Manifest;
use crate::resolve::{EXISTENCE, PathHash, USED, all_answers, declaring_hash, differing};

/// A file whose interface the run has looked at.
pub(super) struct Exporter {
    pub(super) path: Arc<str>,
    /// Its row before.
    pub(super) row: u32,
    /// The digest of its interface now.
    pub(super) now: Digest,
}

/// The rows of the files whose references may stand for something else now, because of what these files export, which
/// are gone and which are new, and what files declare for all others; each with the first of these that it asked for,
/// by path and name.
pub(super) fn users_of_changed_names(
    db: &Database,
    pool: &ThreadPool,
    baseline: &Manifest,
    exporters: &[Exporter],
    removed: &[u32],
    added: &[Arc<str>],
    globals: &[Arc<Globals>],
) -> BTreeMap<u32, Cause> {
    let changed: Vec<&Exporter> = exporters
        .iter()
        .filter(|exporter| {
            let before = baseline.row_at(exporter.row).map(|row| row.exports());
            before.iter().for_each(|before| db.memo().compare(EXPORTS.name(), *before, exporter.now));
            before != Some(exporter.now)
        })
        .collect();
    let appeared = |path: &Arc<str>| (PathHash::of(path).with(EXISTENCE), Cause::Appeared(path.clone()));
    let mut changes: Vec<Change> = added.iter().map(appeared).collect();
    let mut unknown: Vec<u32> = Vec::new();
    let mut take = |row: u32, names: Option<Vec<Change>>| match names {
        Some(names) => changes.extend(names),
        None => unknown.push(row),
    };
    let names = in_parallel(pool, db, &changed, |db, exporter| changed_names(db, baseline, exporter));
    changed.iter().zip(names).for_each(|(exporter, names)| take(exporter.row, names));
    let names = in_parallel(pool, db, removed, |db, row| all_names(db, baseline, *row));
    removed.iter().zip(names).for_each(|(row, names)| take(*row, names));

    for (before, now) in baseline.tail().globals.iter().zip(globals) {
        let change = |(name, path): (&str, &str)| (declaring_hash(name), Cause::Name(path.into(), name.into()));
        changes.extend(Globals::differing(before, now).into_iter().map(change));
    }
    changes.sort_unstable();
    changes.dedup_by_key(|(hash, _)| *hash);
    let mut users = users_of(baseline, &changes);
    // What is not known of a file before can have been anything: whoever can reach it may have used it.
    for row in reach(baseline, unknown.into_iter()) {
        users.entry(row).or_insert(Cause::LostNames);
    }
    users
}

/// The hash of a question that has another answer now, and what that is to those who asked it.
type Change = (u32, Cause);

/// The hashes of the names that a file answers differently for than its row says; `None` if it is not known any more
/// what it answered.
fn changed_names(db: &Database, baseline: &Manifest, exporter: &Exporter) -> Option<Vec<Change>> {
    let row = baseline.row_at(exporter.row)?;
    let before = db.memo().kept_value(recorded_key(db, row), row.exports())?;
    let source = db.files().source(db, &exporter.path)?;
    let path = PathHash::of(&exporter.path);
    let change = |name: String| (path.with(&name), Cause::Name(exporter.path.clone(), name.into()));
    Some(differing(&before, &interface(db, source)).into_iter().map(change).collect())
}

/// The hashes of all names that a file of the manifest had an answer for; `None` if they are not known any more.
fn all_names(db: &Database, baseline: &Manifest, row: u32) -> Option<Vec<Change>> {
    let row = baseline.row_at(row)?;
    let before = db.memo().kept_value(recorded_key(db, row), row.exports())?;
    let path = PathHash::of(row.path());
    let cause = Cause::Gone(row.path().into());
    let answers = all_answers(&before);
    let names = answers.iter().map(|(name, _)| name.as_str()).chain([USED]);
    Some(names.map(|name| (path.with(name), cause.clone())).collect())
}

/// The rows that recorded one of these hashes; each with the least cause.
fn users_of(baseline: &Manifest, changes: &[Change]) -> BTreeMap<u32, Cause> {
    let mut users: BTreeMap<u32, Cause> = BTreeMap::new();
    for (hash, cause) in changes {
        for row in baseline.askers(*hash) {
            let least = users.entry(row).or_insert_with(|| cause.clone());
            if cause < least {
                *least = cause.clone();
            }
        }
    }
    users
}
