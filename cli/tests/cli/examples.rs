//! `examples/build-steps`, with make and with just.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::git::{commit, git};
use crate::repository::{Ran, Repository};
use crate::tools::prepared;

const EXAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/build-steps");

/// The example in a repository of its own.
pub(crate) fn example() -> Repository {
    let repository = Repository::new("//- esker.toml\n");
    copy(Path::new(EXAMPLE), &repository, "");
    git(&repository, &["init", "-q", "-b", "main"]);
    commit(&repository);
    repository
}

fn copy(directory: &Path, to: &Repository, below: &str) {
    for entry in fs::read_dir(directory).expect("the example is there") {
        let path = entry.expect("it can be listed").path();
        let name = format!("{below}{}", path.file_name().and_then(|name| name.to_str()).expect("names are UTF-8"));
        // What somebody who tried the example there has left behind.
        if [".esker", ".pytest_cache", "__pycache__", "build"].iter().any(|left| name.ends_with(left)) {
            continue;
        }
        if path.is_dir() {
            copy(&path, to, &format!("{name}/"));
        } else {
            to.tree.write(&name, fs::read(&path).expect("it can be read"));
        }
    }
}

/// Runs all steps; gives what became of them, and which were the outputs of tests and report.
fn steps(repository: &Repository, command: &[&str]) -> (Ran, Option<u32>, bool) {
    let mut program = Command::new(command[0]);
    program.args(&command[1..]).current_dir(repository.tree.root());
    let ran = repository.run(prepared(program, &repository.command("")), "");
    let report = ran.stdout.contains("> build/report.txt") || ran.stderr.contains("> build/report.txt");
    let tests = ran.stdout.lines().find_map(|line| line.split_once(" passed in ")?.0.parse().ok());
    (ran, tests, report)
}

fn the_steps_do_what_changes_require(command: &[&str]) {
    let repository = example();
    let steps = || steps(&repository, command);
    let append = |path: &str, text: &str| repository.tree.write(path, repository.read(path) + text);
    let (ran, tests, report) = steps();
    assert_eq!((ran.code, tests, report), (Some(0), None, true), "at first: {ran:?}");
    let (ran, tests, report) = steps();
    assert_eq!((ran.code, tests, report), (Some(0), None, false), "nothing changed: {ran:?}");

    // An edit that moves no import: of the three tests it can reach two.
    append("src/invoices/tax.py", "\nFORMER_RATES = {\"standard\": 16}\n");
    let (ran, tests, report) = steps();
    assert_eq!((ran.code, tests, report), (Some(0), Some(2), false), "an edited table: {ran:?}");
    commit(&repository);
    git(&repository, &["checkout", "-q", "-b", "feature"]);
    let (ran, tests, report) = steps();
    assert_eq!((ran.code, tests, report), (Some(0), None, false), "it was committed: {ran:?}");

    // A new file and a new import.
    repository.tree.write("src/invoices/currency.py", "EURO = \"EUR\"\n");
    append("src/invoices/tax.py", "\nfrom invoices.currency import EURO\n");
    commit(&repository);
    let (ran, tests, report) = steps();
    assert_eq!((ran.code, tests, report), (Some(0), Some(2), true), "a new import: {ran:?}");
    assert!(repository.read("build/report.txt").contains("src/invoices/currency.py"));

    // A test that fails fails the step.
    append("src/invoices/currency.py", "raise ValueError\n");
    let (ran, ..) = steps();
    assert_ne!(ran.code, Some(0), "{ran:?}");
    repository.tree.write("src/invoices/currency.py", "EURO = \"EUR\"\n");

    // A new cycle beside the old one.
    append("src/invoices/currency.py", "\n\ndef rate():\n    from invoices.tax import RATES\n    return RATES\n");
    let (ran, ..) = steps();
    assert_ne!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("src/invoices/currency.py:5: imports src/invoices/tax.py"), "{ran:?}");
    assert!(!ran.stdout.contains("customer.py"), "the old cycle is known: {ran:?}");

    // Without git there is no answer, and that is no reason to test nothing.
    repository.tree.remove(".git");
    let (ran, ..) = steps();
    assert_ne!(ran.code, Some(0), "{ran:?}");
}

#[test]
fn make_does_what_changes_require() {
    the_steps_do_what_changes_require(&["make", "-j2"]);
}

#[test]
fn just_does_what_changes_require() {
    the_steps_do_what_changes_require(&["just"]);
}
