//! Names across files: an edit, what it executes, and what references stand for. What is the engine's own is tested in
//! a language that has nothing but names; what every frontend has to see to, in all of them.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

mod every_language;
mod globals;
mod python;
mod toy;
mod typescript;

use std::borrow::Borrow;

use esker_engine::Engine;
use esker_tests::languages::{ALL, EACH, Modules};
use esker_tests::{Tree, answer, executed, names};

/// Builds the fixture, makes the edit, builds again in a new process's place and in the old one's. Both must execute
/// what is expected, know of names what a clean build knows, and execute nothing when asked once more.
fn check(fixture: &str, edit: impl Fn(&Tree), expected: &str) {
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    check_tree(|| Tree::new(fixture), edit, &expected);
}

/// The same of modules, for each language alone and for all side by side.
fn check_modules(fixture: &str, edit: impl Fn(&Modules), expected: &str) {
    for languages in EACH.into_iter().chain([ALL]) {
        check_tree(|| Modules::new(languages, fixture), &edit, &Modules::new(languages, "").lines(expected));
    }
}

fn check_tree<T: Borrow<Tree>>(make: impl Fn() -> T, edit: impl Fn(&T), expected: &[impl AsRef<str>]) {
    let expected: Vec<&str> = expected.iter().map(AsRef::as_ref).collect();
    for restart in [true, false] {
        let made = make();
        let tree: &Tree = made.borrow();
        let mut engine = tree.engine_before(restart, || edit(&made));
        assert_eq!(build(tree, &mut engine), expected, "restart: {restart}");
    }
}

/// Builds, and tells what was executed to resolve names.
fn build(tree: &Tree, engine: &mut Engine) -> Vec<String> {
    let build = engine.execute().unwrap();
    assert_eq!(answer(&build), tree.clean_answer(), "incremental equals clean");
    assert_eq!(executed(&engine.execute().unwrap()), "", "nothing is left to do");
    assert_eq!(names(engine), tree.clean_names(), "incremental equals clean");
    assert_eq!(names(&mut tree.engine()), tree.clean_names(), "the same from what was kept");
    for execution in &build.details().executed {
        assert!(build.affected().any(|path| path == execution.path), "{execution:?} and is not affected");
    }
    executed(&build)
        .lines()
        .filter(|line| !line.starts_with("ir") && !line.starts_with("imp"))
        .map(str::to_owned)
        .collect()
}

/// What each reference of a tree stands for.
fn said(tree: &Tree) -> Vec<String> {
    tree.clean_names().lines().filter(|line| line.contains(" -> ")).map(str::to_owned).collect()
}
