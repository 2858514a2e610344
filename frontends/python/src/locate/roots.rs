//! The import roots, in the order in which an importer's are tried.

use esker_frontend_api::Root;

use super::walk::{Start, Walker, below, split_first};

/// The import roots as one importer sees them: the one that it lies in before the others.
pub(super) struct Roots<'a> {
    all: &'a [Root],
    /// The position of the importer's own root.
    own: Option<u32>,
    /// The positions of those that are themselves packages, which every name is tried in.
    prefixed: Vec<u32>,
}

impl<'a> Roots<'a> {
    pub(super) fn new(all: &'a [Root], importer: &str) -> Self {
        let prefixed =
            (0..).zip(all).filter(|(_, root)| !root.prefix.is_empty()).map(|(position, _)| position).collect();
        Self { all, own: own_root(all, importer), prefixed }
    }

    /// All of them, in no order that matters.
    pub(super) fn all(&self) -> impl Iterator<Item = Start<'a>> {
        self.all.iter().map(start)
    }

    /// Those of them in which a name can begin, in the order in which they are tried.
    ///
    /// Of many roots nearly none has a given name, so that one question about all of them comes first.
    pub(super) fn starts(&self, walker: &mut Walker<'_>, name: &str) -> Vec<Start<'a>> {
        let having = match self.all {
            [] | [_] => (0..self.all.len() as u32).filter(|position| !self.prefixed.contains(position)).collect(),
            several => walker.roots_with(several, split_first(name).0),
        };
        let mut positions = [&having[..], &self.prefixed].concat();
        // The own one first, then as they come.
        positions.sort_unstable_by_key(|position| (Some(*position) != self.own, *position));
        positions.into_iter().filter_map(|position| self.all.get(position as usize).map(start)).collect()
    }
}

fn start(root: &Root) -> Start<'_> {
    Start { path: &root.path, prefix: &root.prefix }
}

/// The deepest root that a file lies in, the repository's own not counted; the first of several such.
fn own_root(roots: &[Root], file: &str) -> Option<u32> {
    let holding = (0..).zip(roots).filter(|(_, root)| !root.path.is_empty());
    let holding = holding.filter_map(|(position, root)| Some((position, below(file, &root.path)?)));
    holding.min_by_key(|(_, below)| below.len()).map(|(position, _)| position)
}
