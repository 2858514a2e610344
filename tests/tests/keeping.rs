//! Results that are kept on request: whoever comes after, another process too, is never told wrong by what was not
//! kept.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;

use esker_engine::{Build, Engine};
use esker_tests::generated::{around_a_hub, hub};
use esker_tests::languages::{ALL, Modules};
use esker_tests::{Tree, answer, engine};

/// In every language.
const CHAIN: &str = "
//- a
use b
//- b
use c
//- c
let x = 1
";

/// An engine that keeps its results when it is asked to.
fn resident(tree: &Tree) -> Engine {
    engine(&tree.root()).with_cache(tree.cache()).keep_on_request().build().unwrap()
}

/// How many sessions have marked the cache as being behind them.
fn marks(tree: &Tree) -> usize {
    let entries = fs::read_dir(tree.cache()).unwrap();
    entries.filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().contains(".ahead-")).count()
}

/// A tree with an engine that built it and kept that.
fn built() -> (Modules, Engine) {
    let tree = Modules::new(ALL, CHAIN);
    let mut engine = resident(&tree);
    engine.execute().unwrap();
    assert!(engine.keep().unwrap().is_none());
    (tree, engine)
}

/// Builds by the list of a module's files.
fn told(engine: &mut Engine, tree: &Modules, module: &str) -> Build {
    engine.execute_incremental(tree.paths(&[module])).unwrap()
}

#[test]
fn what_is_kept_on_request_is_what_a_later_engine_finds() {
    let (tree, mut engine) = built();
    for round in 0..3 {
        tree.write_module("b", &format!("use c\nlet y = {round}"));
        told(&mut engine, &tree, "b");
    }
    assert_eq!(marks(&tree), 1);
    assert!(engine.keep().unwrap().is_none());
    assert_eq!(marks(&tree), 0);
    let build = told(&mut tree.engine(), &tree, "c");
    assert_eq!(answer(&build), tree.clean_answer());
    assert_eq!(build.report().executed.ir, 0);
}

#[test]
fn while_an_engine_is_ahead_no_other_trusts_a_list() {
    let (tree, mut ahead) = built();
    tree.write_module("c", "use a");
    told(&mut ahead, &tree, "c");
    tree.write_module("b", "");
    let build = told(&mut tree.engine(), &tree, "b");
    assert_eq!(answer(&build), tree.clean_answer());
    // It is still ahead of what it has kept, whatever the other one has.
    assert_eq!(marks(&tree), 1);
}

#[test]
fn an_engine_that_ended_ahead_is_caught_up_with_once() {
    let (tree, mut ahead) = built();
    tree.write_module("c", "use a");
    told(&mut ahead, &tree, "c");
    drop(ahead);
    assert_eq!(marks(&tree), 1);
    let build = told(&mut tree.engine(), &tree, "b");
    assert_eq!(answer(&build), tree.clean_answer());
    assert_eq!(marks(&tree), 0);
    // From then on lists are trusted again.
    tree.write_module("a", "");
    assert_eq!(told(&mut tree.engine(), &tree, "b").report().changed.total(), 0);
}

#[test]
fn what_another_engine_was_told_is_not_lost_by_keeping() {
    let (tree, mut engine) = built();
    tree.write_module("a", "");
    told(&mut engine, &tree, "a");
    tree.write_module("b", "use a");
    told(&mut tree.engine(), &tree, "b");
    let build = engine.keep().unwrap().expect("another engine has published");
    assert_eq!(build.report().changed.modified, ALL.len());
    assert_eq!(answer(&tree.engine().last_build().unwrap()), tree.clean_answer());
}

#[test]
fn a_cache_that_was_cleared_is_marked_when_there_is_something_in_it_to_be_ahead_of() {
    let (tree, mut engine) = built();
    tree.write_module("a", "");
    told(&mut engine, &tree, "a");
    fs::remove_dir_all(tree.cache()).unwrap();
    tree.write_module("b", "");
    told(&mut engine, &tree, "b");
    assert!(!tree.cache().exists());
    tree.engine().execute().unwrap();
    tree.write_module("c", "use a");
    told(&mut engine, &tree, "c");
    assert_eq!(marks(&tree), 1);
    engine.keep().unwrap();
    assert_eq!(answer(&tree.engine().last_build().unwrap()), tree.clean_answer());
}

#[test]
fn what_lies_over_the_base_while_an_engine_is_ahead_is_in_it_once_it_is_kept() {
    // Their rows are more than a sixteenth of the base and less than a quarter.
    let tree = around_a_hub(ALL, 400, 100);
    let mut engine = resident(&tree);
    engine.execute().unwrap();
    engine.keep().unwrap();
    let first = base(&tree);
    tree.write_module("hub", &hub(1));
    assert_eq!(told(&mut engine, &tree, "hub").report().executed.resolution, 101 * ALL.len());
    assert_eq!(base(&tree), first);
    engine.keep().unwrap();
    let second = base(&tree);
    assert_ne!(second, first);
    // From there on a small edit writes no base.
    tree.write_module("f350", "let N350 = 2");
    told(&mut engine, &tree, "f350");
    engine.keep().unwrap();
    assert_eq!(base(&tree), second);
    assert_eq!(answer(&tree.engine().last_build().unwrap()), tree.clean_answer());
}

#[test]
fn a_base_that_was_damaged_since_an_engine_read_of_it_costs_a_walk() {
    let tree = around_a_hub(ALL, 400, 100);
    tree.engine().execute().unwrap();
    let ahead = engine(&tree.root()).with_cache(tree.cache()).keep_on_request().check_what_is_read();
    let mut ahead = ahead.build().unwrap();
    tree.write_module("hub", &hub(1));
    told(&mut ahead, &tree, "hub");
    let path = tree.cache().join(base(&tree));
    let mut bytes = fs::read(&path).unwrap();
    bytes.iter_mut().for_each(|byte| *byte ^= 1);
    fs::write(&path, bytes).unwrap();
    assert!(ahead.keep().unwrap().is_some(), "it has built again");
    assert_eq!(answer(&tree.engine().last_build().unwrap()), tree.clean_answer());
}

/// The name of the one base.
fn base(tree: &Tree) -> String {
    let names = fs::read_dir(tree.cache()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let bases: Vec<String> = names.filter(|name| name.starts_with("base-")).collect();
    assert_eq!(bases.len(), 1);
    bases[0].clone()
}

#[test]
fn without_a_cache_keeping_is_nothing() {
    let tree = Modules::new(ALL, CHAIN);
    let mut engine = engine(&tree.root()).keep_on_request().build().unwrap();
    engine.execute().unwrap();
    assert!(engine.keep().unwrap().is_none());
    tree.write_module("c", "use a");
    assert_eq!(answer(&told(&mut engine, &tree, "c")), tree.clean_answer());
}

#[test]
fn the_directories_of_a_tree_are_those_that_a_walk_looks_into() {
    let tree = Tree::new("//- a/b/c.py\n//- a/node_modules/d.py\n//- e.txt\n//- f/g/h.txt\n");
    let engine = tree.engine();
    assert_eq!(engine.directories("").unwrap(), ["", "a", "a/b", "f", "f/g"]);
    assert_eq!(engine.directories("a").unwrap(), ["a", "a/b"]);
    assert_eq!(engine.directories("a/node_modules").unwrap(), Vec::<String>::new());
    assert_eq!(engine.directories("gone").unwrap(), Vec::<String>::new());
}
