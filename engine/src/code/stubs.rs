//! Which files stand in for a source when types are checked: who uses what the source defines refers to them.

use std::sync::Arc;

use esker_frontend_api::{EdgeKinds, Probe};

use super::CodeIndex;
use crate::db::Db;

impl CodeIndex<'_> {
    /// The stubs of a file that some import leads to: those with the same stem. Mostly none.
    pub(super) fn stubs_of(&self, path: &str) -> Vec<Arc<str>> {
        let mut stubs: Vec<Arc<str>> = Vec::new();
        for frontend in &self.db.fixed().frontends {
            let shapes = frontend.shapes();
            for stem in shapes.iter().filter_map(|shape| stem_of(path, shape)) {
                let beside = shapes.iter().map(|shape| Probe::path(stem, shape)).filter(|beside| beside != path);
                stubs.extend(beside.filter(|beside| self.is_stub(beside)).map(Arc::from));
            }
        }
        stubs.sort_unstable();
        stubs.dedup();
        stubs
    }

    /// Whether an import leads to this file as to a stub.
    fn is_stub(&self, path: &str) -> bool {
        let Some(position) = self.manifest.position(path) else { return false };
        self.manifest
            .dependents(position)
            .filter_map(|dependent| self.manifest.row_at(dependent))
            .any(|row| row.sites().any(|edge| edge.target == position && edge.site.kinds.contains(EdgeKinds::STUB)))
    }
}

/// The stem of a path that has this shape.
fn stem_of<'p>(path: &'p str, shape: &str) -> Option<&'p str> {
    // At the root a shape has no slash.
    path.strip_suffix(shape).or_else(|| (shape.strip_prefix('/') == Some(path)).then_some(""))
}
