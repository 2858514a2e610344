//! The scenarios for which the engine was asked for, by counts: how many files are executed when how many change.
//!
//! Counts of `affected` are upper bounds that the shape of the repository gives; what is executed is given exactly.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::borrow::Borrow;
use std::collections::BTreeSet;
use std::path::PathBuf;

use esker_engine::Build;
use esker_engine::api::{EdgeKinds, MissReason};
use esker_tests::generated::{Generated, MIXED};
use esker_tests::languages::{EACH, Language, Modules};
use esker_tests::{Tree, answer};

fn affected(build: &Build) -> Vec<&str> {
    build.affected().collect()
}

/// Builds a tree, edits it, and builds again in a new process's place: once walking the tree, once by the list of what
/// the edit says that it changed. Both must do and answer the same, answer as a clean build does, and leave nothing to
/// do. Returns the second build.
fn after_edit<T: Borrow<Tree>>(make: impl Fn() -> T, edit: impl Fn(&T) -> Vec<String>) -> Build {
    let run = |listed: bool| {
        let made = make();
        let tree: &Tree = made.borrow();
        tree.engine().execute().unwrap();
        let changed: Vec<PathBuf> = edit(&made).into_iter().map(PathBuf::from).collect();
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

/// Generated files in one language.
fn alone() -> impl Iterator<Item = Generated> {
    EACH.into_iter().map(Generated)
}

/// The paths of generated files, ascending.
fn paths(of: Generated, files: impl IntoIterator<Item = usize>) -> Vec<String> {
    let paths: BTreeSet<String> = files.into_iter().map(|file| of.path(file)).collect();
    paths.into_iter().collect()
}

/// Builds so many generated files, edits the bodies of these, and builds again.
fn after_bodies(of: Generated, files: usize, edited: &[usize]) -> Build {
    after_edit(
        || of.repository(files),
        |tree| {
            edited.iter().for_each(|file| tree.write(&of.path(*file), of.text(*file, 1)));
            edited.iter().map(|file| of.path(*file)).collect()
        },
    )
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
    for of in alone() {
        let build = after_bodies(of, 111, &[110]);
        assert_eq!(executed_files(&build), [of.path(110)]);
        assert_eq!(affected(&build), [of.path(110)]);
        let cache = build.report().cache;
        assert_eq!((cache.hits, cache.misses), (110, 1));
        assert!(cache.hit_rate >= 0.99, "{}", cache.hit_rate);
    }
}

#[test]
fn of_111_files_one_with_ten_dependents_reaches_eleven_and_executes_one() {
    for of in alone() {
        let build = after_bodies(of, 111, &[3]);
        assert_eq!(of.importers(3, 111).count(), 10);
        assert_eq!(affected(&build), paths(of, of.reached_from(3, 111)));
        assert_eq!(build.report().affected, 11);
        assert_eq!(executed_files(&build), [of.path(3)], "its body is nobody else's concern");
    }
}

#[test]
fn a_changed_root_reaches_every_file_and_executes_one() {
    for of in alone() {
        let build = after_bodies(of, 111, &[0]);
        assert_eq!(build.report().affected, 111);
        assert_eq!(executed_files(&build), [of.path(0)]);
    }
}

#[test]
fn a_change_in_one_language_reaches_no_file_of_another() {
    let build = after_bodies(MIXED, 222, &[0]);
    assert_eq!(affected(&build), paths(MIXED, (0..222).step_by(2)));
    assert_eq!(executed_files(&build), [MIXED.path(0)]);
}

#[test]
fn a_root_that_gains_a_name_executes_at_most_its_importers() {
    for of in alone() {
        let build = after_edit(
            || of.repository(111),
            |tree| {
                tree.write(&of.path(0), of.text_naming(0, "NEW", 1));
                vec![of.path(0)]
            },
        );
        let permitted = paths(of, of.importers(0, 111).chain([0]));
        let executed = executed_files(&build);
        assert!(executed.iter().all(|file| permitted.iter().any(|path| path == file)), "{executed:?}");
        assert!(executed.contains(&&*of.path(0)));
    }
}

#[test]
fn of_111_files_ten_percent_changed_execute_ten_percent() {
    for of in alone() {
        let changed: Vec<usize> = (0..111).step_by(10).collect();
        let build = after_bodies(of, 111, &changed);
        assert_eq!(build.report().changed.modified, 12);
        assert_eq!(executed_files(&build), paths(of, changed.clone()));
        assert!(build.report().affected <= 111);
    }
}

#[test]
fn of_1000_files_none_changed_execute_nothing() {
    let build = after_bodies(MIXED, 1000, &[]);
    assert_eq!(executed_files(&build), [""; 0]);
    assert_eq!(build.report().cache.hit_rate, 1.0);
    assert_eq!(build.report().affected, 0);
    assert!(build.stages().values().all(|stage| stage.executed + stage.hits + stage.misses == 0), "nothing looked up");
}

#[test]
fn of_1000_files_one_percent_changed_execute_one_percent() {
    // In both languages.
    let changed: Vec<usize> = (5..1000).step_by(99).take(10).collect();
    let build = after_bodies(MIXED, 1000, &changed);
    assert_eq!(build.report().changed.modified, 10);
    assert_eq!(executed_files(&build), paths(MIXED, changed.clone()));
    assert!(build.report().cache.hit_rate > 0.90, "{}", build.report().cache.hit_rate);
    let reach = paths(MIXED, changed.iter().flat_map(|file| MIXED.reached_from(*file, 1000)));
    assert_eq!(affected(&build), reach);
}

#[test]
fn of_1000_files_ten_percent_changed_execute_ten_percent() {
    let changed: Vec<usize> = (0..100).map(|file| file * 10 + file % 2).collect();
    let build = after_bodies(MIXED, 1000, &changed);
    assert_eq!(build.report().changed.modified, 100);
    assert_eq!(executed_files(&build), paths(MIXED, changed.clone()));
    assert_eq!(build.report().cache.hit_rate, 0.9);
    assert!(build.report().affected <= 1000);
}

const SHOP: &str = "
//- shop/
//- shop/cart
use shop/prices
use shop/taxes

fn total(items): items
//- shop/prices
fn of(item): item.price
//- shop/taxes
use shop/prices: of
//- shop/page
use shop/cart: total
//- shop/about
let x = 1
";

#[test]
fn a_deleted_file_relinks_those_that_imported_it() {
    for languages in EACH {
        let modules = Modules::new(languages, "");
        let build = after_edit(
            || Modules::new(languages, SHOP),
            |tree| {
                tree.remove_module("shop/taxes");
                tree.paths(&["shop/taxes"])
            },
        );
        assert_eq!(build.details().removed, modules.paths(&["shop/taxes"]));
        assert_eq!(executed_files(&build), modules.paths(&["shop/cart"]));
        assert_eq!(affected(&build), modules.paths(&["shop/cart", "shop/page"]));
        assert!(!build.graph().contains(&modules.paths(&["shop/taxes"])[0]));
        assert_eq!(build.report().diagnostics.unresolved_imports, 1);
    }
}

#[test]
fn an_added_file_relinks_those_that_looked_for_it() {
    for languages in EACH {
        let modules = Modules::new(languages, "");
        let build = after_edit(
            || {
                let tree = Modules::new(languages, SHOP);
                tree.remove_module("shop/prices");
                tree
            },
            |tree| {
                tree.write_module("shop/prices", "fn of(item): item.price");
                tree.paths(&["shop/prices"])
            },
        );
        assert_eq!(build.details().added, modules.paths(&["shop/prices"]));
        assert_eq!(executed_files(&build), modules.paths(&["shop/cart", "shop/prices", "shop/taxes"]));
        assert!(build.report().affected <= 4, "{:?}", affected(&build));
        assert_eq!(build.report().diagnostics.unresolved_imports, 0);
    }
}

#[test]
fn a_renamed_file_is_a_removal_and_an_addition_without_parsing() {
    for languages in EACH {
        let modules = Modules::new(languages, "");
        let build = after_edit(
            || Modules::new(languages, SHOP),
            |tree| {
                tree.rename_module("shop/prices", "shop/costs");
                tree.paths(&["shop/prices", "shop/costs"])
            },
        );
        assert_eq!(build.details().added, modules.paths(&["shop/costs"]));
        assert_eq!(build.details().removed, modules.paths(&["shop/prices"]));
        assert_eq!(build.report().executed.ir, 0, "its content was known");
        assert_eq!(executed_files(&build), modules.paths(&["shop/cart", "shop/taxes"]));
        assert!(build.report().affected <= 4, "{:?}", affected(&build));
    }
}

/// Ten files, each of which imports the next, the last one the first.
fn ring(languages: &'static [Language]) -> Modules {
    let tree = Modules::new(languages, "//- outside\nuse ring_0\n");
    (0..10).for_each(|file| {
        tree.write_module(&format!("ring_{file}"), &format!("use ring_{}\nlet x = 1", (file + 1) % 10));
    });
    tree
}

#[test]
fn an_edit_in_a_cycle_executes_one_file_and_reaches_the_cycle() {
    for languages in EACH {
        let build = after_edit(
            || ring(languages),
            |tree| {
                tree.write_module("ring_4", "use ring_5\nlet x = 2");
                tree.paths(&["ring_4"])
            },
        );
        assert_eq!(executed_files(&build), Modules::new(languages, "").paths(&["ring_4"]));
        assert_eq!(build.report().affected, 11);
        assert_eq!(build.report().diagnostics.cycles, 1);
        assert_eq!(cycles(&build).len(), 1);
    }
}

#[test]
fn a_cycle_is_reported_until_it_is_broken_and_again_when_it_is_closed() {
    for languages in EACH {
        let tree = ring(languages);
        let mut engine = tree.engine();
        assert_eq!(engine.execute().unwrap().report().diagnostics.cycles, 1);
        tree.write_module("ring_9", "let x = 9");
        let build = engine.execute().unwrap();
        assert_eq!(build.report().diagnostics.cycles, 0);
        assert_eq!(executed_files(&build), tree.paths(&["ring_9"]));
        tree.write_module("ring_9", "use ring_7\nlet x = 9");
        let build = engine.execute().unwrap();
        assert_eq!(cycles(&build), [tree.paths(&["ring_7", "ring_8", "ring_9"]).join(" ")]);
        assert_eq!(executed_files(&build), tree.paths(&["ring_9"]));
        assert_eq!(answer(&build), tree.clean_answer());
        tree.remove_module("ring_8");
        let build = tree.engine().execute().unwrap();
        assert_eq!(build.report().diagnostics.cycles, 0);
        assert_eq!(answer(&build), tree.clean_answer());
    }
}

#[test]
fn a_cycle_of_star_imports_ends_with_the_same_answer_wherever_it_is_entered() {
    const STARS: &str = "
//- a
use b: *
use p/: *
//- b
use a: *
//- p/
use p/: *
use a: *
list q
//- p/q
use p/: *
";
    for (languages, edited) in
        EACH.into_iter().flat_map(|languages| ["a", "b", "p/q"].map(|edited| (languages, edited)))
    {
        let build = after_edit(
            || Modules::new(languages, STARS),
            |tree| {
                tree.write_module(edited, "use p/: *\nuse a: *\nuse b: *");
                tree.paths(&[edited])
            },
        );
        // In Python the package looks for the `q` that it lists in all that it imports everything from.
        let looks = languages == [Language::Python] && edited != "p/q";
        let concerned = if looks { vec![edited, "p/"] } else { vec![edited] };
        assert_eq!(executed_files(&build), Modules::new(languages, "").paths(&concerned), "{languages:?}");
        assert!(build.report().diagnostics.cycles > 0);
    }
}

#[test]
fn a_file_that_imports_itself_is_executed_once() {
    for languages in EACH {
        let build = after_edit(
            || Modules::new(languages, "//- a\nuse a\n"),
            |tree| {
                tree.write_module("a", "use a\nlet x = 1");
                tree.paths(&["a"])
            },
        );
        assert_eq!(executed_files(&build), Modules::new(languages, "").paths(&["a"]));
    }
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

#[test]
fn what_decides_which_files_are_looked_at_can_be_listed() {
    let tree = |rule: Option<(&str, &str)>| {
        let tree = Tree::new("//- a.py\nimport gen.x\n//- gen/x.py\n//- gen/sub/y.py\nimport a\n//- .git/HEAD\n");
        rule.iter().for_each(|(path, text)| tree.write(path, text));
        tree
    };
    for (path, text) in [
        (".gitignore", "gen/\n"),
        ("gen/.gitignore", "x.py\n"),
        (".ignore", "gen/\n"),
        (".git/info/exclude", "gen/sub\n"),
        ("gen/CACHEDIR.TAG", "Signature: 8a477f597d28d172789f06886806bc55"),
        ("gen/pyvenv.cfg", ""),
    ] {
        let hidden = after_edit(
            || tree(None),
            |tree| {
                tree.write(path, text);
                vec![path.to_owned()]
            },
        );
        assert!(hidden.report().changed.removed > 0, "{path} hides something");
        let shown = after_edit(
            || tree(Some((path, text))),
            |tree| {
                tree.remove(path);
                vec![path.to_owned()]
            },
        );
        assert_eq!(shown.report().changed.added, hidden.report().changed.removed, "without {path} it is there again");
    }
}
