//! Whom it concerns what a file declares for all others.

use std::collections::BTreeSet;

use esker_frontend_api::FileIr;

use super::CodeIndex;
use crate::resolve::{PathHash, declaring_hash, differing};
use crate::session::reach;

impl<'e> CodeIndex<'e> {
    /// The files that asked for something which a file declares for all others, found or not, where it is another than
    /// in an earlier state of that file, ascending. Left out are those that depend on the file by edges, in one step or
    /// several: the graph tells of them.
    #[must_use]
    pub fn concerned_by_globals(&self, path: &str, before: &FileIr) -> Vec<&'e str> {
        let now = self.ir(path);
        let (declared_before, declared_now) = (globals(before), now.as_deref().map(globals).unwrap_or_default());
        if declared_before.is_empty() && declared_now.is_empty() {
            return Vec::new();
        }
        let after = now.as_deref().map(|ir| self.bare_interface(path, ir)).unwrap_or_default();
        let path_hash = PathHash::of(path);
        let names = differing(&self.bare_interface(path, before), &after);
        let asked_of_it = names.iter().map(|name| path_hash.with(name));
        let asked_of_all = declared_before.symmetric_difference(&declared_now).map(|name| declaring_hash(name));
        let reached = reach(self.manifest, self.manifest.position(path).into_iter());
        let reached: BTreeSet<&str> = reached.into_iter().map(|row| self.manifest.path(row)).collect();
        let askers = self.askers(asked_of_it.chain(asked_of_all));
        askers.into_iter().filter(|asker| !reached.contains(asker)).collect()
    }
}

/// The names that a file declares for all others.
fn globals(ir: &FileIr) -> BTreeSet<&str> {
    ir.globals.iter().filter_map(|name| ir.names.get(*name)).collect()
}
