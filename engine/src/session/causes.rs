//! What made a run look at files: noted as it goes, put into the manifest at its end.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::digest::Digest;
use crate::explain::{Cause, OF_NAMES, Outcome, STAGES};
use crate::manifest::{Entries, Entry, FileRecord, Links, Manifest, Part, Reasons, Row, StageReason, StageReasons};

/// The causes for which a file's stages were looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct FileCauses {
    pub(super) ir: Option<Cause>,
    pub(super) edges: Option<Cause>,
    pub(super) exports: Option<Cause>,
    pub(super) resolution: Option<Cause>,
}

impl FileCauses {
    /// All stages for the same reason.
    pub(super) fn all(cause: Cause) -> Self {
        let cause = || Some(cause.clone());
        Self { ir: cause(), edges: cause(), exports: cause(), resolution: cause() }
    }

    /// The same where names are left until they are asked for.
    pub(super) fn without_names(self) -> Self {
        Self { exports: None, resolution: None, ..self }
    }

    fn is_empty(&self) -> bool {
        [&self.ir, &self.edges, &self.exports, &self.resolution].iter().all(|cause| cause.is_none())
    }
}

/// The causes for which a run looked at files, by path. A run without a baseline notes none: there is but one.
#[derive(Debug, Default)]
pub(super) struct Causes(BTreeMap<Arc<str>, FileCauses>);

impl Causes {
    /// Notes why a file that may have changed was looked at.
    pub(super) fn looked(&mut self, path: &Arc<str>, causes: FileCauses) {
        if !causes.is_empty() {
            self.0.insert(path.clone(), causes);
        }
    }

    /// Notes why a file's imports were located again, and whether names are looked at again as they lead elsewhere.
    pub(super) fn relinked(&mut self, path: &str, cause: Cause, moves_names: bool) {
        let causes = self.0.entry(path.into()).or_default();
        causes.edges.get_or_insert(cause);
        if moves_names {
            causes.exports.get_or_insert(Cause::ImportsLeadElsewhere);
            causes.resolution.get_or_insert(Cause::ImportsLeadElsewhere);
        }
    }

    /// Notes which of the names that a file uses changed.
    pub(super) fn uses(&mut self, path: &str, cause: Cause) {
        self.0.entry(path.into()).or_default().resolution.get_or_insert(cause);
    }

    /// What became of the files that were looked at. `None` if nothing was and nothing ran: the reasons of the run
    /// before stand then.
    pub(super) fn reasons(
        self,
        baseline: &Manifest,
        entries: &Entries,
        executed: &[(&'static str, Arc<str>)],
    ) -> Option<Reasons> {
        let mut files: BTreeMap<Arc<str>, (FileCauses, [bool; STAGES.len()])> =
            self.0.into_iter().map(|(path, causes)| (path, (causes, Default::default()))).collect();
        for (stage, path) in executed {
            let Some(position) = STAGES.iter().position(|explained| explained == stage) else { continue };
            let (_, ran) = files.entry(path.clone()).or_default();
            ran.iter_mut().skip(position).take(1).for_each(|ran| *ran = true);
        }
        if files.is_empty()
            && match entries {
                Entries::Changed(_) => true,
                Entries::All(all) => all.len() == baseline.len(),
            }
        {
            return None;
        }
        let reasons = files.into_iter().filter_map(|(path, (causes, ran))| {
            let (Entries::Changed(listed) | Entries::All(listed)) = entries;
            let listed_at = listed.binary_search_by(|entry| entry.path.cmp(&path)).ok();
            let (position, same) = match (entries, listed_at) {
                (Entries::Changed(_), None) => (baseline.position(&path)?, [true; STAGES.len()]),
                (Entries::Changed(_), Some(at)) => (baseline.position(&path)?, same(&listed[at], baseline.row(&path))),
                (Entries::All(_), at) => (at? as u32, same(&listed[at?], baseline.row(&path))),
            };
            let causes = [causes.ir, causes.edges, causes.exports, causes.resolution];
            let mut stages = causes.into_iter().zip(ran).zip(same).map(|((cause, ran), same)| reason(cause, ran, same));
            Some((position, std::array::from_fn(|_| stages.next().unwrap_or_default())))
        });
        Some(Reasons::new(None, reasons))
    }
}

/// Why a run did what it did that looked at everything for the same cause.
pub(super) fn reasons_of_everything(
    cause: Cause,
    manifest: &Manifest,
    executed: &[(&'static str, Arc<str>)],
    named: &[bool],
) -> Reasons {
    // Both ascend by path.
    let mut ran = STAGES
        .map(|stage| executed.iter().filter(move |(executed, _)| *executed == stage).map(|(_, path)| path).peekable());
    let files = (0..manifest.len() as u32).filter_map(|row| {
        let path = manifest.path(row);
        let ran = ran.each_mut().map(|ran| ran.next_if(|ran| ***ran == *path).is_some());
        let shared = ran.contains(&false);
        let is_named = manifest.row_at(row).is_some_and(|row| named.get(usize::from(row.frontend().0)) == Some(&true));
        let cause_of = |stage: usize| Some(cause.clone()).filter(|_| is_named || !OF_NAMES.contains(&stage));
        shared.then(|| (row, std::array::from_fn(|stage| reason(cause_of(stage), ran[stage], false))))
    });
    let files: Vec<(u32, StageReasons)> = files.collect();
    Reasons::new(Some(cause), files)
}

fn reason(cause: Option<Cause>, ran: bool, same: bool) -> StageReason {
    let outcome = match (&cause, ran) {
        (_, true) => Outcome::Executed,
        (None, false) => Outcome::Untouched,
        (Some(_), false) if same => Outcome::Same,
        (Some(_), false) => Outcome::Known,
    };
    // What ran although nothing gave a reason to: its result was asked for on behalf of another one.
    let cause = cause.or_else(|| ran.then_some(Cause::LostResult));
    StageReason { outcome, cause }
}

/// For each stage whether its result is the one that the row has.
fn same(entry: &Entry, old: Option<Row<'_>>) -> [bool; STAGES.len()] {
    let Some(old) = old else { return Default::default() };
    let digest_is = |digest: &Digest, old: Digest| *digest == old;
    [
        match &entry.record {
            FileRecord::Kept(_) => true,
            FileRecord::Fresh { ir, .. } => digest_is(ir, old.ir()),
        },
        match &entry.links {
            Links::Kept(_) => true,
            Links::Fresh { edges, .. } => digest_is(edges, old.edges()),
        },
        match &entry.exports {
            Part::Kept(_) => true,
            Part::Fresh(digest) => digest_is(digest, old.exports()),
        },
        match &entry.resolution {
            Part::Kept(_) => true,
            Part::Fresh(resolution) => digest_is(&resolution.digest, old.resolution()),
        },
    ]
}
