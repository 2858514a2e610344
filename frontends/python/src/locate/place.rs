//! What a file's place alone implies: the files that pytest loads before it.

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

const CONFTEST: &str = "conftest";

fn is_collected(name: &str) -> bool {
    name.strip_suffix(SHAPES[MODULE])
        .is_some_and(|stem| stem == CONFTEST || stem.starts_with("test_") || stem.ends_with("_test"))
}
