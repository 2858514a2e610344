//! What a file's place alone implies: the files that pytest loads before it, and the directory that it puts in front of
//! the path for that.

use esker_frontend_api::path::{self, parent};
use esker_frontend_api::{EdgeKinds, Setting};

use super::targets::Targets;
use super::walk::{Walker, ancestors};
use crate::roots::is_tests;
use crate::settings::{OF_PYTEST, PYTHON_FILES, WITH_PYTEST};
use crate::{MODULE, PACKAGE, SHAPES};

/// Finds what pytest loads for a file that it collects: the `conftest.py` of its directory and of every one above, as
/// they lie from the repository's root downwards, then the packages by whose names it imports the file.
///
/// Nothing for any other file. pytest takes a file for a test by its default `python_files` patterns, or by those that
/// the project sets.
pub(super) fn collected(importer: &str, walker: &mut Walker<'_>, targets: &mut Targets<'_>) {
    let (directory, name) = importer.rsplit_once('/').unwrap_or(("", importer));
    let is_set = |walker: &mut Walker<'_>| may_be_collected(importer) && has_set_pattern(importer, walker);
    if !is_collected(name) && !is_set(walker) {
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
    is_collected(name) || directory.split('/').any(is_tests)
}

/// Whether a file may match patterns that a project sets. Nearly all files of a repository do not, and who asks for
/// settings depends on them.
fn may_be_collected(path: &str) -> bool {
    const TELLING: [&str; 4] = ["test", "check", "spec", "bench"];
    let path = path.strip_suffix(SHAPES[MODULE]).unwrap_or_default().to_ascii_lowercase();
    TELLING.iter().any(|telling| path.contains(telling))
}

/// Whether a file matches a pattern in the settings of pytest that govern it: the nearest ones above, as if pytest were
/// started in the file's own project.
fn has_set_pattern(importer: &str, walker: &mut Walker<'_>) -> bool {
    for directory in ancestors(parent(importer).unwrap_or_default()) {
        for name in WITH_PYTEST {
            let Some(settings) = walker.settings(&path::below(directory, name)) else { continue };
            let Some(pytest) = settings.get(OF_PYTEST) else { continue };
            return pytest
                .get(PYTHON_FILES)
                .into_iter()
                .flat_map(Setting::texts)
                .any(|pattern| matches(pattern, importer));
        }
    }
    false
}

/// Whether a path has the form of a pattern: by its name, or as a whole where the pattern has a slash, from any
/// directory on (`_pytest.pathlib.fnmatch_ex`). `*` stands for slashes too.
fn matches(pattern: &str, path: &str) -> bool {
    if pattern.contains('/') {
        let path = format!("/{path}");
        return fits(format!("*/{pattern}").as_bytes(), path.as_bytes());
    }
    fits(pattern.as_bytes(), path::name(path).as_bytes())
}

/// `fnmatch` without sets of characters, which stand for themselves. Goes back to the last star at most, so that it
/// costs no more than the product of both lengths.
fn fits(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut read) = (0, 0);
    let mut star = None;
    while read < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, read));
                at += 1;
            }
            Some(expected) if *expected == b'?' || text.get(read) == Some(expected) => {
                at += 1;
                read += 1;
            }
            _ => {
                let Some((after, from)) = star else { return false };
                star = Some((after, from + 1));
                (at, read) = (after + 1, from + 1);
            }
        }
    }
    pattern.get(at..).is_none_or(|rest| rest.iter().all(|byte| *byte == b'*'))
}

const CONFTEST: &str = "conftest";

fn is_collected(name: &str) -> bool {
    name.strip_suffix(SHAPES[MODULE])
        .is_some_and(|stem| stem == CONFTEST || stem.starts_with("test_") || stem.ends_with("_test"))
}
