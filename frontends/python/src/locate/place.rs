//! What a file's place alone implies: the files that pytest loads before it, and the directory that it puts in front of
//! the path for that.

use esker_frontend_api::EdgeKinds;

use super::targets::Targets;
use super::walk::{Walker, ancestors};
use crate::{MODULE, PACKAGE, SHAPES};

/// Finds what pytest loads for a file that it collects: the `conftest.py` of its directory and of every one above, as
/// they lie from the repository's root downwards, then the packages by whose names it imports the file.
///
/// Nothing for any other file. pytest takes a file for a test by its default `python_files` patterns.
pub(super) fn collected(importer: &str, walker: &mut Walker<'_>, targets: &mut Targets<'_>) {
    let (directory, name) = importer.rsplit_once('/').unwrap_or(("", importer));
    if !is_collected(name) {
        return;
    }
    let ancestors: Vec<&str> = ancestors(directory).collect();
    for directory in ancestors.iter().rev() {
        let (stem, probe) = walker.probe_in(directory, CONFTEST);
        if probe.has(MODULE) {
            targets.push_file(&stem, MODULE, EdgeKinds::CONFTEST);
        }
    }
    let packages = ancestors.iter().take_while(|directory| walker.probe(directory).1.has(PACKAGE)).count();
    for directory in ancestors.iter().take(packages).rev() {
        targets.push_file(directory, PACKAGE, EdgeKinds::IMPLICIT_INIT);
    }
}

/// The directory that pytest puts in front of the path when it loads a test: the nearest one that is no package (its
/// import mode `prepend`). So it does for what tests import; files below a directory of tests count as tests.
pub(super) fn put_in_front<'p>(importer: &'p str, walker: &mut Walker<'_>) -> Option<&'p str> {
    let (directory, _) = importer.rsplit_once('/')?;
    if !is_test(importer) {
        return None;
    }
    ancestors(directory).find(|directory| !walker.is_package(directory)).filter(|directory| !directory.is_empty())
}

/// Whether a file is there for tests, as far as its path tells.
pub(super) fn is_test(path: &str) -> bool {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    is_collected(name) || directory.split('/').any(|part| matches!(part, "test" | "tests"))
}

const CONFTEST: &str = "conftest";

fn is_collected(name: &str) -> bool {
    name.strip_suffix(SHAPES[MODULE])
        .is_some_and(|stem| stem == CONFTEST || stem.starts_with("test_") || stem.ends_with("_test"))
}
