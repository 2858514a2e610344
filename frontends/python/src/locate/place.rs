//! What a file's place alone implies: the files that pytest loads before it.

use esker_frontend_api::{EdgeKinds, Probe};

use super::targets::Targets;
use super::walk::{Walker, parent};
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
    let ancestors: Vec<&str> = std::iter::successors(Some(directory), |directory| parent(directory)).collect();
    for directory in ancestors.iter().rev() {
        if walker.probe_in(directory, CONFTEST).has(MODULE) {
            let stem = Probe::path(directory, "/conftest");
            targets.push(Probe::path(&stem, SHAPES[MODULE]), EdgeKinds::CONFTEST);
        }
    }
    let packages = ancestors.iter().take_while(|directory| walker.probe(directory).has(PACKAGE)).count();
    for directory in ancestors.iter().take(packages).rev() {
        targets.push(Probe::path(directory, SHAPES[PACKAGE]), EdgeKinds::IMPLICIT_INIT);
    }
}

const CONFTEST: &str = "conftest";

fn is_collected(name: &str) -> bool {
    name.strip_suffix(SHAPES[MODULE])
        .is_some_and(|stem| stem == CONFTEST || stem.starts_with("test_") || stem.ends_with("_test"))
}
