//! Collects the targets of one import.
//!
//! **Invariant: no target is the importer itself, and no two are equal.**

use esker_frontend_api::{EdgeKinds, Target};

use super::walk::{Module, View};
use crate::SHAPES;

/// The files that one import reaches, in the order in which they were found.
pub(super) struct Targets<'a> {
    importer: &'a str,
    found: Vec<Target>,
}

impl<'a> Targets<'a> {
    pub(super) fn new(importer: &'a str) -> Self {
        Self { importer, found: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.found.is_empty()
    }

    pub(super) fn finish(self) -> Vec<Target> {
        self.found
    }

    /// Adds the file with a stem and the shape at a position.
    pub(super) fn push_file(&mut self, stem: &str, shape: usize, kinds: EdgeKinds) {
        let shape = if stem.is_empty() { SHAPES[shape].trim_start_matches('/') } else { SHAPES[shape] };
        let is_this = |path: &str| path.strip_prefix(stem) == Some(shape);
        if !is_this(self.importer) && !self.found.iter().any(|target| target.kinds == kinds && is_this(&target.path)) {
            let mut path = String::with_capacity(stem.len() + shape.len());
            path.push_str(stem);
            path.push_str(shape);
            self.found.push(Target { path, kinds });
        }
    }

    /// Adds a module's source, or in a type checker's view its stub.
    pub(super) fn push_module(&mut self, module: &Module, view: View, kinds: EdgeKinds) {
        let Some((stem, probe, [source, stub])) = module.files() else { return };
        let (shape, kinds) = match view {
            View::Runtime => (source, kinds),
            View::Typing => (stub, EdgeKinds::STUB | (kinds - EdgeKinds::RUNTIME)),
        };
        if probe.has(shape) {
            self.push_file(stem, shape, kinds);
        }
    }
}

/// The kinds of the edge to a package that is only on the way to what an import asks for.
pub(super) fn implicit(kinds: EdgeKinds) -> EdgeKinds {
    EdgeKinds::IMPLICIT_INIT | (kinds - EdgeKinds::RUNTIME)
}
