//! The scenarios for which the engine was asked for, by counts: how many files are executed when how many change.
//!
//! Counts of `affected` are upper bounds that the shape of the repository gives; what is executed is given exactly.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeSet;
use std::path::PathBuf;

use esker_engine::Build;
use esker_engine::api::{EdgeKinds, MissReason};
use esker_tests::generated::{importers, path, reached_from, repository, text};
use esker_tests::{Tree, answer};

fn affected(build: &Build) -> Vec<&str> {
    build.affected().collect()
}

/// Builds a tree, edits it, and builds again in a new process's place: once walking the tree, once by the list of what
/// the edit says that it changed. Both must do and answer the same, answer as a clean build does, and leave nothing to
/// do. Returns the second build.
fn after_edit(tree: impl Fn() -> Tree, edit: impl Fn(&Tree) -> Vec<String>) -> Build {
    let run = |listed: bool| {
        let tree = tree();
        tree.engine().execute().unwrap();
        let changed: Vec<PathBuf> = edit(&tree).into_iter().map(PathBuf::from).collect();
        let mut engine = tree.engine();
        let build = if listed { engine.execute_incremental(&changed) } else { engine.execute() }.unwrap();
        let answer = answer(&build);
        if !listed {
            assert_eq!(answer, tree.clean_answer(), "incremental equals clean");
        }
        let again = tree.engine().execute().unwrap();
        assert_eq!(executed_files(&again), [""; 0], "nothing is left to do");
        assert_eq!(again.report().cache.hit_rate, 1.0);
        (build, answer)
    };
    let (walked, answer_of_walked) = run(false);
    let (listed, answer_of_listed) = run(true);
    assert_eq!(answer_of_listed, answer_of_walked);
    assert_eq!(listed.report().changed, walked.report().changed);
    assert!(listed.affected().eq(walked.affected()));
    assert_eq!(listed.details().executed, walked.details().executed);
    walked
}

/// The files for which any stage was executed.
fn executed_files(build: &Build) -> Vec<&str> {
    let files: BTreeSet<&str> = build.details().executed.iter().map(|execution| &*execution.path).collect();
    files.into_iter().collect()
}

/// The paths of generated files, ascending.
fn paths(files: impl IntoIterator<Item = usize>) -> Vec<String> {
    let paths: BTreeSet<String> = files.into_iter().map(path).collect();
    paths.into_iter().collect()
}

/// Edits bodies of generated files.
fn edit_bodies(tree: &Tree, files: &[usize]) -> Vec<String> {
    files.iter().for_each(|file| tree.write(&path(*file), text(*file, 1)));
    files.iter().map(|file| path(*file)).collect()
}

fn unresolved(build: &Build, reason: MissReason) -> Vec<String> {
    let misses = build.unresolved_imports().filter(|import| import.reason == reason);
    misses.map(|import| format!("{} {}", import.path, import.name)).collect()
}

fn cycles(build: &Build) -> Vec<String> {
    build.graph().cycles(EdgeKinds::DEFAULT_POLICY).iter().map(|cycle| cycle.files.join(" ")).collect()
}

#[test]
fn of_111_files_a_changed_leaf_is_the_only_one_executed() {
    let build = after_edit(|| repository(111), |tree| edit_bodies(tree, &[110]));
    assert_eq!(executed_files(&build), [path(110)]);
    assert_eq!(affected(&build), [path(110)]);
    let cache = build.report().cache;
    assert_eq!((cache.hits, cache.misses), (110, 1));
    assert!(cache.hit_rate >= 0.99, "{}", cache.hit_rate);
}

#[test]
fn of_111_files_one_with_ten_dependents_reaches_eleven_and_executes_one() {
    let build = after_edit(|| repository(111), |tree| edit_bodies(tree, &[3]));
    assert_eq!(importers(3, 111).count(), 10);
    assert_eq!(affected(&build), paths(reached_from(3, 111)));
    assert_eq!(build.report().affected, 11);
    assert_eq!(executed_files(&build), [path(3)], "its body is nobody else's concern");
}

#[test]
fn a_changed_root_reaches_every_file_and_executes_one() {
    let build = after_edit(|| repository(111), |tree| edit_bodies(tree, &[0]));
    assert_eq!(build.report().affected, 111);
    assert_eq!(executed_files(&build), [path(0)]);
}

#[test]
fn a_root_that_gains_a_name_executes_at_most_its_importers() {
    let build = after_edit(
        || repository(111),
        |tree| {
            tree.write(&path(0), text(0, 0) + "\n\nNEW = 1\n");
            vec![path(0)]
        },
    );
    let permitted = paths(importers(0, 111).chain([0]));
    let executed = executed_files(&build);
    assert!(executed.iter().all(|file| permitted.iter().any(|path| path == file)), "{executed:?}");
    assert!(executed.contains(&&*path(0)));
}

#[test]
fn of_111_files_ten_percent_changed_execute_ten_percent() {
    let changed: Vec<usize> = (0..111).step_by(10).collect();
    let build = after_edit(|| repository(111), |tree| edit_bodies(tree, &changed));
    assert_eq!(build.report().changed.modified, 12);
    assert_eq!(executed_files(&build), paths(changed.clone()));
    assert!(build.report().affected <= 111);
}

#[test]
fn of_1000_files_none_changed_execute_nothing() {
    let build = after_edit(|| repository(1000), |_| Vec::new());
    assert_eq!(executed_files(&build), [""; 0]);
    assert_eq!(build.report().cache.hit_rate, 1.0);
    assert_eq!(build.report().affected, 0);
    assert!(build.stages().values().all(|stage| stage.executed + stage.hits + stage.misses == 0), "nothing looked up");
}

#[test]
fn of_1000_files_one_percent_changed_execute_one_percent() {
    let changed: Vec<usize> = (5..1000).step_by(100).collect();
    let build = after_edit(|| repository(1000), |tree| edit_bodies(tree, &changed));
    assert_eq!(build.report().changed.modified, 10);
    assert_eq!(executed_files(&build), paths(changed.clone()));
    assert!(build.report().cache.hit_rate > 0.90, "{}", build.report().cache.hit_rate);
    let reach = paths(changed.iter().flat_map(|file| reached_from(*file, 1000)));
    assert_eq!(affected(&build), reach);
}

#[test]
fn of_1000_files_ten_percent_changed_execute_ten_percent() {
    let changed: Vec<usize> = (0..1000).step_by(10).collect();
    let build = after_edit(|| repository(1000), |tree| edit_bodies(tree, &changed));
    assert_eq!(build.report().changed.modified, 100);
    assert_eq!(executed_files(&build), paths(changed.clone()));
    assert_eq!(build.report().cache.hit_rate, 0.9);
    assert!(build.report().affected <= 1000);
}

const SHOP: &str = "
//- shop/__init__.py
//- shop/cart.py
from shop import prices
import shop.taxes

def total(items):
    return sum(map(prices.of, items))
//- shop/prices.py
def of(item):
    return item.price
//- shop/taxes.py
from shop.prices import of
//- shop/page.py
from shop.cart import total
//- shop/about.py
import json
";

#[test]
fn a_deleted_file_relinks_those_that_imported_it() {
    let build = after_edit(
        || Tree::new(SHOP),
        |tree| {
            tree.remove("shop/taxes.py");
            vec!["shop/taxes.py".to_owned()]
        },
    );
    assert_eq!(build.details().removed, ["shop/taxes.py"]);
    assert_eq!(executed_files(&build), ["shop/cart.py"]);
    assert_eq!(affected(&build), ["shop/cart.py", "shop/page.py"]);
    assert!(!build.graph().contains("shop/taxes.py"));
    assert_eq!(build.report().diagnostics.unresolved_imports, 1);
}

#[test]
fn an_added_file_relinks_those_that_looked_for_it() {
    let build = after_edit(
        || {
            let tree = Tree::new(SHOP);
            tree.remove("shop/prices.py");
            tree
        },
        |tree| {
            tree.write("shop/prices.py", "def of(item):\n    return item.price\n");
            vec!["shop/prices.py".to_owned()]
        },
    );
    assert_eq!(build.details().added, ["shop/prices.py"]);
    assert_eq!(executed_files(&build), ["shop/cart.py", "shop/prices.py", "shop/taxes.py"]);
    assert!(build.report().affected <= 4, "{:?}", affected(&build));
    assert_eq!(build.report().diagnostics.unresolved_imports, 0);
}

#[test]
fn a_renamed_file_is_a_removal_and_an_addition_without_parsing() {
    let build = after_edit(
        || Tree::new(SHOP),
        |tree| {
            tree.rename("shop/prices.py", "shop/costs.py");
            vec!["shop/prices.py".to_owned(), "shop/costs.py".to_owned()]
        },
    );
    assert_eq!(build.details().added, ["shop/costs.py"]);
    assert_eq!(build.details().removed, ["shop/prices.py"]);
    assert_eq!(build.report().executed.ir, 0, "its content was known");
    assert_eq!(executed_files(&build), ["shop/cart.py", "shop/taxes.py"]);
    assert!(build.report().affected <= 4, "{:?}", affected(&build));
}

/// Ten files, each of which imports the next, the last one the first.
fn ring() -> Tree {
    let tree = Tree::new("//- outside.py\nimport ring_0\n");
    (0..10)
        .for_each(|file| tree.write(&format!("ring_{file}.py"), format!("import ring_{}\nx = 1\n", (file + 1) % 10)));
    tree
}

#[test]
fn an_edit_in_a_cycle_executes_one_file_and_reaches_the_cycle() {
    let build = after_edit(ring, |tree| {
        tree.write("ring_4.py", "import ring_5\nx = 2\n");
        vec!["ring_4.py".to_owned()]
    });
    assert_eq!(executed_files(&build), ["ring_4.py"]);
    assert_eq!(build.report().affected, 11);
    assert_eq!(build.report().diagnostics.cycles, 1);
    assert_eq!(cycles(&build).len(), 1);
}

#[test]
fn a_cycle_is_reported_until_it_is_broken_and_again_when_it_is_closed() {
    let tree = ring();
    let mut engine = tree.engine();
    assert_eq!(engine.execute().unwrap().report().diagnostics.cycles, 1);
    tree.write("ring_9.py", "x = 9\n");
    let build = engine.execute().unwrap();
    assert_eq!(build.report().diagnostics.cycles, 0);
    assert_eq!(executed_files(&build), ["ring_9.py"]);
    tree.write("ring_9.py", "import ring_7\nx = 9\n");
    let build = engine.execute().unwrap();
    assert_eq!(cycles(&build), ["ring_7.py ring_8.py ring_9.py"]);
    assert_eq!(executed_files(&build), ["ring_9.py"]);
    assert_eq!(answer(&build), tree.clean_answer());
    tree.remove("ring_8.py");
    let build = tree.engine().execute().unwrap();
    assert_eq!(build.report().diagnostics.cycles, 0);
    assert_eq!(answer(&build), tree.clean_answer());
}

#[test]
fn a_cycle_of_star_imports_ends_with_the_same_answer_wherever_it_is_entered() {
    let tree = || {
        Tree::new(
            "
//- a.py
from b import *
from p import *
//- b.py
from a import *
//- p/__init__.py
from p import *
from a import *
__all__ = ['q']
//- p/q.py
from p import *
",
        )
    };
    for edited in ["a.py", "b.py", "p/q.py"] {
        let build = after_edit(tree, |tree| {
            tree.write(edited, "from p import *\nfrom a import *\nfrom b import *\n");
            vec![edited.to_owned()]
        });
        // The package looks for the `q` that it lists in all that it imports everything from.
        let concerned = if edited == "p/q.py" { vec![edited] } else { vec![edited, "p/__init__.py"] };
        assert_eq!(executed_files(&build), concerned);
        assert!(build.report().diagnostics.cycles > 0);
    }
}

#[test]
fn a_file_that_imports_itself_is_executed_once() {
    let build = after_edit(
        || Tree::new("//- a.py\nimport a\n"),
        |tree| {
            tree.write("a.py", "import a\nx = 1\n");
            vec!["a.py".to_owned()]
        },
    );
    assert_eq!(executed_files(&build), ["a.py"]);
}

const EXTERNAL: &str = "
//- app.py
import numpy.linalg
from requests import get
import local
//- local.py
import numpy
//- other.py
x = 1
";

#[test]
fn imports_from_outside_the_tree_invalidate_nothing() {
    let build = after_edit(
        || Tree::new(EXTERNAL),
        |tree| {
            tree.write("other.py", "import numpy\nimport yaml\n");
            vec!["other.py".to_owned()]
        },
    );
    assert_eq!(executed_files(&build), ["other.py"]);
    assert_eq!(affected(&build), ["other.py"]);
    assert_eq!(
        unresolved(&build, MissReason::External),
        ["app.py numpy.linalg", "app.py requests", "local.py numpy", "other.py numpy", "other.py yaml"]
    );
}

#[test]
fn a_file_with_the_name_of_an_external_package_takes_its_place() {
    let build = after_edit(
        || Tree::new(EXTERNAL),
        |tree| {
            tree.write("numpy/__init__.py", "y = 1\n");
            vec!["numpy/__init__.py".to_owned()]
        },
    );
    assert_eq!(executed_files(&build), ["app.py", "local.py", "numpy/__init__.py"]);
    assert_eq!(unresolved(&build, MissReason::External), ["app.py requests"]);
    let graph = build.graph();
    let dependents = graph.dependents("numpy/__init__.py", EdgeKinds::DEFAULT_POLICY).unwrap();
    assert_eq!(dependents.map(|edge| edge.path).collect::<Vec<_>>(), ["app.py", "local.py"]);
}

#[test]
fn an_external_package_that_is_imported_anew_executes_the_importer_alone() {
    let build = after_edit(
        || Tree::new(EXTERNAL),
        |tree| {
            tree.write("local.py", "import numpy\nimport scipy\n");
            vec!["local.py".to_owned()]
        },
    );
    assert_eq!(executed_files(&build), ["local.py"]);
    assert_eq!(affected(&build), ["app.py", "local.py"]);
}
