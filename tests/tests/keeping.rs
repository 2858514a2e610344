//! Results that are kept on request: whoever comes after, another process too, is never told wrong by what was not kept.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;

use esker_engine::Engine;
use esker_tests::generated::{around_a_hub, hub};
use esker_tests::{Tree, answer, engine};

const CHAIN: &str = "
//- a.py
import b
//- b.py
import c
//- c.py
x = 1
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
fn built() -> (Tree, Engine) {
    let tree = Tree::new(CHAIN);
    let mut engine = resident(&tree);
    engine.execute().unwrap();
    assert!(engine.keep().unwrap().is_none());
    (tree, engine)
}

#[test]
fn what_is_kept_on_request_is_what_a_later_engine_finds() {
    let (tree, mut engine) = built();
    for round in 0..3 {
        tree.write("b.py", format!("import c\ny = {round}\n"));
        engine.execute_incremental(["b.py"]).unwrap();
    }
    assert_eq!(marks(&tree), 1);
    assert!(engine.keep().unwrap().is_none());
    assert_eq!(marks(&tree), 0);
    let build = tree.engine().execute_incremental(["c.py"]).unwrap();
    assert_eq!(answer(&build), tree.clean_answer());
    assert_eq!(build.report().executed.ir, 0);
}

#[test]
fn while_an_engine_is_ahead_no_other_trusts_a_list() {
    let (tree, mut ahead) = built();
    tree.write("c.py", "import a\n");
    ahead.execute_incremental(["c.py"]).unwrap();
    tree.write("b.py", "");
    let build = tree.engine().execute_incremental(["b.py"]).unwrap();
    assert_eq!(answer(&build), tree.clean_answer());
    // It is still ahead of what it has kept, whatever the other one has.
    assert_eq!(marks(&tree), 1);
}

#[test]
fn an_engine_that_ended_ahead_is_caught_up_with_once() {
    let (tree, mut ahead) = built();
    tree.write("c.py", "import a\n");
    ahead.execute_incremental(["c.py"]).unwrap();
    drop(ahead);
    assert_eq!(marks(&tree), 1);
    let build = tree.engine().execute_incremental(["b.py"]).unwrap();
    assert_eq!(answer(&build), tree.clean_answer());
    assert_eq!(marks(&tree), 0);
    // From then on lists are trusted again.
    tree.write("a.py", "");
    assert_eq!(tree.engine().execute_incremental(["b.py"]).unwrap().report().changed.total(), 0);
}

#[test]
fn what_another_engine_was_told_is_not_lost_by_keeping() {
    let (tree, mut engine) = built();
    tree.write("a.py", "");
    engine.execute_incremental(["a.py"]).unwrap();
    tree.write("b.py", "import a\n");
    tree.engine().execute_incremental(["b.py"]).unwrap();
    let build = engine.keep().unwrap().expect("another engine has published");
    assert_eq!(build.report().changed.modified, 1);
    assert_eq!(answer(&tree.engine().last_build().unwrap()), tree.clean_answer());
}

#[test]
fn a_cache_that_was_cleared_is_marked_when_there_is_something_in_it_to_be_ahead_of() {
    let (tree, mut engine) = built();
    tree.write("a.py", "");
    engine.execute_incremental(["a.py"]).unwrap();
    fs::remove_dir_all(tree.cache()).unwrap();
    tree.write("b.py", "");
    engine.execute_incremental(["b.py"]).unwrap();
    assert!(!tree.cache().exists());
    tree.engine().execute().unwrap();
    tree.write("c.py", "import a\n");
    engine.execute_incremental(["c.py"]).unwrap();
    assert_eq!(marks(&tree), 1);
    engine.keep().unwrap();
    assert_eq!(answer(&tree.engine().last_build().unwrap()), tree.clean_answer());
}

#[test]
fn what_lies_over_the_base_while_an_engine_is_ahead_is_in_it_once_it_is_kept() {
    // Their rows are more than a sixteenth of the base and less than a quarter.
    let tree = around_a_hub(800, 200);
    let mut engine = resident(&tree);
    engine.execute().unwrap();
    engine.keep().unwrap();
    let first = base(&tree);
    tree.write("hub.py", hub(1));
    assert_eq!(engine.execute_incremental(["hub.py"]).unwrap().report().executed.resolution, 201);
    assert_eq!(base(&tree), first);
    engine.keep().unwrap();
    let second = base(&tree);
    assert_ne!(second, first);
    // From there on a small edit writes no base.
    tree.write("f700.py", "N700 = 2\n");
    engine.execute_incremental(["f700.py"]).unwrap();
    engine.keep().unwrap();
    assert_eq!(base(&tree), second);
    assert_eq!(answer(&tree.engine().last_build().unwrap()), tree.clean_answer());
}

#[test]
fn a_base_that_was_damaged_since_an_engine_read_of_it_costs_a_walk() {
    let tree = around_a_hub(800, 200);
    tree.engine().execute().unwrap();
    let ahead = engine(&tree.root()).with_cache(tree.cache()).keep_on_request().check_what_is_read();
    let mut ahead = ahead.build().unwrap();
    tree.write("hub.py", hub(1));
    ahead.execute_incremental(["hub.py"]).unwrap();
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
    let tree = Tree::new(CHAIN);
    let mut engine = engine(&tree.root()).keep_on_request().build().unwrap();
    engine.execute().unwrap();
    assert!(engine.keep().unwrap().is_none());
    tree.write("c.py", "import a\n");
    assert_eq!(answer(&engine.execute_incremental(["c.py"]).unwrap()), tree.clean_answer());
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
