//! The import roots, in the order in which an importer's are tried.

use esker_frontend_api::Root;
use esker_frontend_api::path::{self, parent, relative_to};

use super::place::is_test;
use super::stdlib::is_settled;
use super::walk::{Start, Walker, ancestors, split_first};
use crate::MODULE_STUB;
use crate::roots::{is_tests, may_be_namespace};

/// The import roots as one importer sees them: those that it lies in before the others.
pub(super) struct Roots<'a> {
    all: &'a [Root],
    importer: &'a str,
    /// The positions of those that hold the importer, the deepest first; without the repository's own.
    own: Vec<u32>,
    /// The positions of those that are themselves packages, which every name is tried in.
    prefixed: Vec<u32>,
}

impl<'a> Roots<'a> {
    pub(super) fn new(all: &'a [Root], importer: &'a str) -> Self {
        let prefixed =
            (0..).zip(all).filter(|(_, root)| !root.prefix.is_empty()).map(|(position, _)| position).collect();
        Self { all, importer, own: own_roots(all, importer), prefixed }
    }

    /// Those of them in which a name can begin, in the order in which they are tried.
    ///
    /// Of many roots nearly none has a given name, so that one question about all of them comes first. A module of the
    /// standard library is looked for where nothing that is installed comes before; see [`comes_before_library`].
    pub(super) fn starts(&self, walker: &mut Walker<'_>, name: &str) -> Vec<Start<'a>> {
        let having = match self.all {
            [] | [_] => (0..self.all.len() as u32).filter(|position| !self.prefixed.contains(position)).collect(),
            several => walker.roots_with(several, split_first(name).0),
        };
        let mut positions = [&having[..], &self.prefixed].concat();
        positions.sort_by_cached_key(|position| (self.distance(*position), *position));
        let starts = positions.into_iter().filter_map(|position| self.all.get(position as usize).map(start));
        let is_of_tests = is_tests(split_first(name).0);
        let starts = starts.filter(|start| is_seen_by(start.path, self.importer));
        // The tests of another project are not installed.
        let starts =
            starts.filter(|start| !is_of_tests || relative_to(self.importer, project_of(start.path)).is_some());
        if is_settled(name) {
            starts.filter(|start| comes_before_library(walker, *start)).collect()
        } else {
            starts.collect()
        }
    }

    /// How far a root is from the importer: those that hold it are nearest, the deepest first, then the repository's
    /// own and its `src`, then those that share more directories with the importer's project. Of several projects with
    /// a package of one name it is the neighbour's that is meant.
    fn distance(&self, position: u32) -> (usize, usize) {
        if let Some(rank) = self.own.iter().position(|own| *own == position) {
            return (0, rank);
        }
        let up_to = self.all.get(..=position as usize).unwrap_or_default();
        match up_to.last() {
            Some(root) if !up_to.iter().all(|root| matches!(&*root.path, "" | "src")) => {
                (2, usize::MAX - shared(&root.path, project(self.importer)))
            }
            Some(_) | None => (1, 0),
        }
    }

    /// The deepest root that a directory lies in, the repository's if there is none, and the path from there.
    pub(super) fn holding<'p>(&self, directory: &'p str) -> (Start<'a>, &'p str) {
        let roots = self.all.iter().map(start).filter_map(|root| Some((root, relative_to(directory, root.path)?)));
        roots.min_by_key(|(_, below)| below.len()).unwrap_or((Start { path: "", prefix: "" }, directory))
    }

    /// The directory from which on upwards programs may start: that of the importer, or its root where what lies
    /// between the two is a portion of a namespace package that several roots have. What lies in one is not imported by
    /// its own name.
    pub(super) fn top_of_programs(&self, walker: &mut Walker<'_>) -> &'a str {
        let directory = parent(self.importer).unwrap_or_default();
        let root = self.own.first().and_then(|own| self.all.get(*own as usize)).map_or("", |root| &root.path);
        let first = relative_to(directory, root).and_then(|rest| rest.split('/').next()).unwrap_or_default();
        let is_shared = !first.is_empty() && !walker.has_module(root, first) && self.is_shared_namespace(walker, first);
        if is_shared { root } else { directory }
    }

    /// Whether a package of which only directories were found is a namespace package that several roots have.
    pub(super) fn is_shared_namespace(&self, walker: &mut Walker<'_>, first: &str) -> bool {
        self.all.len() > 1 && may_be_namespace(first) && walker.roots_with(self.all, first).len() > 1
    }

    /// Whether a directory above the importer is an import root below the repository's own.
    pub(super) fn is_own(&self, directory: &str) -> bool {
        self.own.iter().filter_map(|own| self.all.get(*own as usize)).any(|root| root.path == directory)
    }
}

/// Whether an importer can have a root on its path, as far as their places tell. The tests of a project are not
/// installed with it, so that only they and other tests of the project know what starts among them: it may stand in for
/// something external there. Of examples the project itself knows nothing: they are often named after what they are
/// about, which may be something external.
fn is_seen_by(root: &str, importer: &str) -> bool {
    ancestors(root).all(|directory| match directory.rsplit_once('/').unwrap_or(("", directory)) {
        (project, "test" | "tests") => relative_to(importer, project).is_some() && is_test(importer),
        (_, "example" | "examples") => relative_to(importer, directory).is_some(),
        _ => true,
    })
}

/// Whether a module of the library that a root has comes before the library's own.
///
/// What is installed comes after the library, and so does a directory that holds packages, of which it is not known
/// what it is. The repository's own root is where programs are started (`python -m`), a root that is a package has the
/// name of its own. A root with the module `os` is a library itself, since CPython finds its library by that file, and
/// one with a stub of `typing` has the stubs of a library.
fn comes_before_library(walker: &mut Walker<'_>, start: Start<'_>) -> bool {
    start.path.is_empty()
        || !start.prefix.is_empty()
        || walker.has_module(start.path, "os")
        || walker.probe_in(start.path, "typing").1.has(MODULE_STUB)
}

/// The directory that a file is about: its own, or what its tests are the tests of. What lies among these is no nearer
/// to them than the code that they test.
fn project(file: &str) -> &str {
    let directory = parent(file).unwrap_or_default();
    let tests = ancestors(directory).find(|at| is_tests(path::name(at)));
    tests.and_then(parent).unwrap_or(directory)
}

/// The directory of the project that a root belongs to, as far as its path tells.
fn project_of(root: &str) -> &str {
    root.strip_suffix("/src").unwrap_or(root)
}

/// How many directories two paths have in common.
fn shared(one: &str, other: &str) -> usize {
    one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other).count()
}

fn start(root: &Root) -> Start<'_> {
    Start { path: &root.path, prefix: &root.prefix }
}

/// The roots that a file lies in, the deepest first, the repository's own not counted.
fn own_roots(roots: &[Root], file: &str) -> Vec<u32> {
    let holding = (0..).zip(roots).filter(|(_, root)| !root.path.is_empty());
    let mut holding: Vec<(u32, usize)> =
        holding.filter_map(|(position, root)| Some((position, relative_to(file, &root.path)?.len()))).collect();
    holding.sort_by_key(|(_, below)| *below);
    holding.into_iter().map(|(position, _)| position).collect()
}
