//! Which files there are.

use std::collections::BTreeSet;
use std::ops::Bound;
use std::sync::Arc;

use esker_frontend_api::{Layout, Probe};

use crate::manifest::Manifest;

/// The paths of all source files, ascending: a sorted base and what differs from it. Looking up costs a binary search,
/// so that a run with one changed file builds no table of all of them.
#[derive(Clone, Default)]
pub(crate) struct FileSet {
    base: Base,
    added: BTreeSet<Arc<str>>,
    removed: BTreeSet<Arc<str>>,
    root_name: Option<String>,
}

#[derive(Clone)]
enum Base {
    Walked(Arc<[Arc<str>]>),
    Recorded(Arc<Manifest>),
}

impl Default for Base {
    fn default() -> Self {
        Self::Walked(Arc::default())
    }
}

impl Base {
    fn len(&self) -> usize {
        match self {
            Self::Walked(paths) => paths.len(),
            Self::Recorded(manifest) => manifest.len(),
        }
    }

    fn get(&self, index: usize) -> Option<&str> {
        match self {
            Self::Walked(paths) => paths.get(index).map(|path| &**path),
            Self::Recorded(manifest) => (index < manifest.len()).then(|| manifest.path(index as u32)),
        }
    }

    /// The position of the first path that is not below `path`.
    fn lower_bound(&self, path: &str) -> usize {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle).is_some_and(|found| found < path) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

impl FileSet {
    /// The files that a walk found, ascending.
    pub(crate) fn walked(paths: Vec<Arc<str>>) -> Self {
        Self { base: Base::Walked(paths.into()), ..Self::default() }
    }

    /// The files of an earlier run, and what came and went since.
    pub(crate) fn recorded(
        manifest: Arc<Manifest>,
        added: impl IntoIterator<Item = Arc<str>>,
        removed: impl IntoIterator<Item = Arc<str>>,
    ) -> Self {
        Self {
            base: Base::Recorded(manifest),
            added: added.into_iter().collect(),
            removed: removed.into_iter().collect(),
            root_name: None,
        }
    }

    /// The same files under a root directory of this name.
    pub(crate) fn with_root_name(mut self, name: Option<String>) -> Self {
        self.root_name = name;
        self
    }

    /// Whether some file lies below this directory, at any depth. The root (`""`) has one unless the set is empty.
    pub(crate) fn has_directory(&self, directory: &str) -> bool {
        let prefix = if directory.is_empty() { String::new() } else { format!("{directory}/") };
        if self
            .added
            .range::<str, _>((Bound::Included(prefix.as_str()), Bound::Unbounded))
            .next()
            .is_some_and(|path| path.starts_with(&prefix))
        {
            return true;
        }
        (self.base.lower_bound(&prefix)..)
            .map_while(|index| self.base.get(index).filter(|path| path.starts_with(&prefix)))
            .any(|path| !self.removed.contains(path))
    }

    /// What there is at a stem, by the endings given.
    pub(crate) fn probe(&self, stem: &str, shapes: &[&str]) -> Probe {
        let mut probe = Probe { shapes: 0, directory: self.has_directory(stem) };
        for (position, shape) in shapes.iter().enumerate() {
            // A file inside the stem's directory can only exist if that does.
            if shape.starts_with('/') && !probe.directory {
                continue;
            }
            if self.has_file(&Probe::path(stem, shape)) {
                probe.shapes |= 1 << position;
            }
        }
        probe
    }
}

impl Layout for FileSet {
    fn has_file(&self, path: &str) -> bool {
        if self.added.contains(path) {
            return true;
        }
        self.base.get(self.base.lower_bound(path)) == Some(path) && !self.removed.contains(path)
    }

    fn for_each_file(&self, visit: &mut dyn FnMut(&str)) {
        let mut added = self.added.iter().map(|path| &**path).peekable();
        for path in (0..self.base.len()).filter_map(|index| self.base.get(index)) {
            while let Some(added_path) = added.next_if(|added_path| *added_path <= path) {
                if added_path != path {
                    visit(added_path);
                }
            }
            if !self.removed.contains(path) {
                visit(path);
            }
        }
        added.for_each(visit);
    }

    fn root_name(&self) -> Option<&str> {
        self.root_name.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHAPES: [&str; 2] = ["/__init__.py", ".py"];

    fn set(paths: &[&str]) -> FileSet {
        FileSet::walked(paths.iter().map(|path| Arc::from(*path)).collect())
    }

    #[test]
    fn a_probe_tells_files_and_directories_apart() {
        let files = set(&["a-b.py", "a.py", "a/__init__.py", "a/b/c.py", "ab.py"]);
        assert_eq!(files.probe("a", &SHAPES), Probe { shapes: 0b11, directory: true });
        assert_eq!(files.probe("a/b", &SHAPES), Probe { shapes: 0, directory: true });
        assert_eq!(files.probe("a/b/c", &SHAPES), Probe { shapes: 0b10, directory: false });
        assert_eq!(files.probe("b", &SHAPES), Probe::default());
        assert_eq!(files.probe("", &SHAPES), Probe { shapes: 0, directory: true });
    }

    #[test]
    fn a_directory_is_gone_with_its_last_file() {
        let mut files = set(&["a/b.py", "a/c.py", "d.py"]);
        files.removed = ["a/b.py", "a/c.py"].map(Arc::from).into();
        assert!(!files.has_directory("a"));
        files.added.insert("a/z.py".into());
        assert!(files.has_directory("a"));
        let mut seen = Vec::new();
        files.for_each_file(&mut |path| seen.push(path.to_owned()));
        assert_eq!(seen, ["a/z.py", "d.py"]);
    }
}
