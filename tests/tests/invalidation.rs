//! An edit, and the exact list of stages that it executes in a fresh process and in the one that built before.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::borrow::Borrow;

use esker_engine::Build;
use esker_tests::languages::{ALL, EACH, Modules};
use esker_tests::{Tree, answer, executed};

/// Builds modules in every language, makes the edit, builds again in a new process's place and in the old one's. Both
/// must execute what is expected, answer as a clean build does, and execute nothing when asked once more. So for each
/// language alone and for all side by side, where each executes what it does alone.
fn check(fixture: &str, edit: impl Fn(&Modules), expected: &str) {
    for languages in EACH.into_iter().chain([ALL]) {
        check_tree(|| Modules::new(languages, fixture), &edit, &Modules::new(languages, "").lines(expected));
    }
}

/// The same for what one language alone has.
fn check_own(fixture: &str, edit: impl Fn(&Tree), expected: &str) {
    let lines: Vec<String> =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    check_tree(|| Tree::new(fixture), edit, &lines);
}

fn check_tree<T: Borrow<Tree>>(make: impl Fn() -> T, edit: impl Fn(&T), expected: &[String]) {
    let run = |restart: bool| -> String {
        let made = make();
        let tree: &Tree = made.borrow();
        let mut engine = tree.engine_before(restart, || edit(&made));
        let build = engine.execute().unwrap();
        assert_eq!(answer(&build), tree.clean_answer(), "incremental equals clean (restart: {restart})");
        let again = engine.execute().unwrap();
        assert_eq!(executed(&again), "", "nothing is left to do (restart: {restart})");
        assert_eq!(again.report().changed.total(), 0, "the change is known (restart: {restart})");
        assert_eq!(answer(&again), answer(&build));
        lines(&build)
    };
    assert_eq!(run(true), expected.join("\n"), "in a fresh process");
    assert_eq!(run(false), expected.join("\n"), "in the same process");
}

fn lines(build: &Build) -> String {
    executed(build).trim_end().to_owned()
}

const CHAIN: &str = "
//- app
use service
//- service
use store: Store

fn serve(): new Store()
//- store
class Store
//- unrelated
let x = 1
";

#[test]
fn a_body_edit_executes_the_file_alone() {
    check(
        CHAIN,
        |tree| tree.write_module("store", "class Store: size(): 1"),
        "exports {store}
         imports {store}
         ir {store}
         resolution {store}",
    );
}

#[test]
fn an_edit_that_moves_no_import_locates_none_again() {
    check(
        CHAIN,
        |tree| tree.write_module("service", "use store: Store\n\nfn serve(): Store"),
        "exports {service}
         imports {service}
         ir {service}
         resolution {service}",
    );
}

#[test]
fn a_comment_above_an_import_moves_its_line() {
    check(
        CHAIN,
        |tree| tree.write_module("app", "# the application\nuse service"),
        "edges {app}
         exports {app}
         imports {app}
         ir {app}
         resolution {app}",
    );
}

#[test]
fn a_file_that_is_touched_executes_nothing() {
    check(CHAIN, |tree| tree.write_module("store", "class Store"), "");
}

#[test]
fn a_new_module_that_was_looked_for_relinks_its_importers() {
    check(
        "//- a\nuse b\n//- c\nuse a\n//- e\nlet x = 1\n",
        |tree| tree.write_module("b", "let y = 1"),
        "edges {a}
         exports {a}
         exports {b}
         imports {b}
         ir {b}
         resolution {a}
         resolution {b}",
    );
}

#[test]
fn a_new_file_that_was_looked_for_relinks_its_importers() {
    check_own(
        "
//- a.py
import b
import c
//- c.py
import b.d
//- e.py
import f
",
        |tree| tree.write("b.py", ""),
        "edges a.py
         edges b.py
         edges c.py
         exports a.py
         exports b.py
         exports c.py
         imports b.py
         ir b.py
         resolution a.py
         resolution b.py
         resolution c.py",
    );
}

#[test]
fn a_new_file_with_known_content_executes_nothing() {
    check(CHAIN, |tree| tree.write_module("copy", "class Store"), "");
}

#[test]
fn a_new_file_that_nobody_looks_for_concerns_nobody() {
    check(
        CHAIN,
        |tree| tree.write_module("fresh", "let y = 1"),
        "exports {fresh}
         imports {fresh}
         ir {fresh}
         resolution {fresh}",
    );
}

#[test]
fn a_removed_file_relinks_its_importers() {
    check(
        CHAIN,
        |tree| tree.remove_module("service"),
        "edges {app}
         exports {app}
         resolution {app}",
    );
}

#[test]
fn a_package_shadows_a_module_of_its_name() {
    check_own(
        "
//- a.py
import m
//- m.py
one = 1
",
        |tree| tree.write("m/__init__.py", "two = 2\n"),
        "edges a.py
         exports a.py
         exports m/__init__.py
         imports m/__init__.py
         ir m/__init__.py
         resolution a.py
         resolution m/__init__.py",
    );
}

#[test]
fn a_removed_package_gives_its_name_back_to_the_module() {
    check_own(
        "
//- a.py
import m
//- m.py
one = 1
//- m/__init__.py
two = 2
",
        |tree| tree.remove("m/__init__.py"),
        "edges a.py
         exports a.py
         resolution a.py",
    );
}

#[test]
fn a_stub_that_appears_is_found() {
    check_own(
        "
//- a.py
import m
//- m.py
one = 1
",
        |tree| tree.write("m.pyi", "one: int\n"),
        "edges a.py
         exports a.py
         exports m.pyi
         imports m.pyi
         ir m.pyi
         resolution a.py
         resolution m.pyi",
    );
}

#[test]
fn a_renamed_file_is_found_under_its_content() {
    check(
        "
//- a
use old
use new
//- old
use a
",
        |tree| tree.rename_module("old", "new"),
        "edges {a}
         exports {a}
         resolution {a}",
    );
}

#[test]
fn a_namespace_directory_that_appears_with_its_first_file_is_found() {
    check_own(
        "
//- a.py
import ns.deep.m
",
        |tree| tree.write("ns/deep/m.py", ""),
        "edges a.py
         edges ns/deep/m.py
         exports a.py
         exports ns/deep/m.py
         imports ns/deep/m.py
         ir ns/deep/m.py
         resolution a.py
         resolution ns/deep/m.py",
    );
}

#[test]
fn star_importers_follow_the_list_of_public_names() {
    check_own(
        "
//- a.py
from p import *
//- b.py
from p import one
//- p/__init__.py
__all__ = ['one']
//- p/one.py
//- p/two.py
",
        |tree| tree.write("p/__init__.py", "__all__ = ['two']\n"),
        "edges a.py
         exports a.py
         exports p/__init__.py
         imports p/__init__.py
         ir p/__init__.py
         resolution a.py
         resolution p/__init__.py",
    );
}

#[test]
fn star_importers_do_not_mind_other_edits() {
    check_own(
        "
//- a.py
from p import *
//- p/__init__.py
__all__ = ['one']
//- p/one.py
",
        |tree| tree.write("p/__init__.py", "__all__ = ['one']\nimport os\n"),
        "edges p/__init__.py
         exports p/__init__.py
         imports p/__init__.py
         ir p/__init__.py
         resolution p/__init__.py",
    );
}

#[test]
fn a_file_becomes_a_directory_and_back() {
    let fixture = "
//- a.py
import m.py.x
import m
//- m.py
one = 1
";
    let tree = Tree::new(fixture);
    let mut engine = tree.engine();
    let before = engine.execute().unwrap();
    tree.write("m.py/x.py", "import a\n");
    let build = tree.engine().execute().unwrap();
    assert_eq!(answer(&build), tree.clean_answer());
    assert_eq!(build.report().changed.removed, 1);
    tree.write("m.py", "one = 1\n");
    let build = tree.engine().execute().unwrap();
    assert_eq!(answer(&build), answer(&before));
    assert_eq!(executed(&build), "", "everything was known already");
    assert_eq!(answer(&engine.execute().unwrap()), answer(&before), "the engine that slept through it agrees");
}

#[test]
fn switching_back_to_earlier_content_executes_nothing() {
    let tree = Modules::new(ALL, CHAIN);
    let mut engine = tree.engine();
    let first = answer(&engine.execute().unwrap());
    tree.write_module("service", "use app\nuse unrelated");
    tree.write_module("store", "use service");
    tree.remove_module("app");
    assert_ne!(answer(&tree.engine().execute().unwrap()), first);
    for file in CHAIN.split("//- ").skip(1) {
        let (module, statements) = file.split_once('\n').unwrap();
        tree.write_module(module, statements);
    }
    let build = tree.engine().execute().unwrap();
    assert_eq!(executed(&build), "");
    assert_eq!(build.report().cache.hit_rate, 1.0);
    assert_eq!(answer(&build), first);
}

#[test]
fn an_import_root_that_appears_relinks_everything() {
    check_own(
        "
//- a.py
import lib
//- src/lib.py
",
        |tree| tree.write("src/other.py", "x = 1\n"),
        "exports src/other.py
         imports src/other.py
         ir src/other.py
         resolution src/other.py",
    );
    check_own(
        "
//- a.py
import lib
//- tools/x.py
",
        |tree| tree.write("src/lib.py", "x = 1\n"),
        "edges a.py
         exports a.py
         exports src/lib.py
         imports src/lib.py
         ir src/lib.py
         resolution a.py
         resolution src/lib.py",
    );
}

#[test]
fn a_change_that_ends_where_a_result_is_equal_is_counted() {
    for language in EACH {
        let tree = Modules::new(language, CHAIN);
        tree.engine().execute().unwrap();
        tree.write_module("store", "class Store: size(): 1");
        let build = tree.engine().execute().unwrap();
        let verified = |stage| build.stages().get(stage).map_or(0, |metrics| metrics.verified_equal);
        assert_eq!((verified("ir"), verified("imports")), (0, 1), "another IR, but the same imports: {language:?}");
    }
}

/// A repository of several projects, each with an import root of its own.
const PROJECTS: &str = "
//- projects/a/aa/__init__.py
//- projects/a/aa/use.py
import wanted
//- projects/a/aa/other.py
import elsewhere
//- projects/b/bb/__init__.py
//- projects/c/cc/__init__.py
//- projects/c/cc/use.py
import bb
";

#[test]
fn a_module_that_appears_in_any_root_concerns_those_who_asked_for_its_name() {
    let executed = "edges projects/a/aa/use.py
         exports projects/a/aa/use.py
         resolution projects/a/aa/use.py";
    let check = |path: &str| {
        let own = format!("exports {path}\nimports {path}\nir {path}\nresolution {path}");
        let mut expected: Vec<&str> = own.lines().chain(executed.lines().map(str::trim)).collect();
        expected.sort_unstable();
        check_own(PROJECTS, |tree| tree.write(path, "x = 1\n"), &expected.join("\n"));
    };
    check("projects/b/wanted.py");
    check("projects/c/wanted.pyi");
    check("wanted.py");
    // A namespace package, and a regular one.
    check("projects/c/wanted/x.py");
    check("projects/b/wanted/__init__.py");
}

#[test]
fn a_module_that_goes_from_a_root_leaves_the_name_to_the_next() {
    let fixture = format!("{PROJECTS}//- projects/b/wanted.py\nx = 1\n//- projects/c/wanted.py\ny = 1\n");
    check_own(
        &fixture,
        |tree| tree.remove("projects/b/wanted.py"),
        "edges projects/a/aa/use.py
         exports projects/a/aa/use.py
         resolution projects/a/aa/use.py",
    );
    // What comes into a directory that a root has already is no matter to those who know it by its name.
    check_own(
        &fixture,
        |tree| tree.write("projects/b/bb/more.py", "z = 1\n"),
        "exports projects/b/bb/more.py
         imports projects/b/bb/more.py
         ir projects/b/bb/more.py
         resolution projects/b/bb/more.py",
    );
}

/// What a file asks of others to get from values to their types.
const TYPES: &str = "
//- lib.py
class Item:
    def use(self): ...
class Other:
    def use(self): ...
//- variables.py
from typing import TypeVar
from lib import Item, Other
T = TypeVar('T', bound=Item)
//- box.py
from typing import Generic
from variables import T
class Box(Generic[T]):
    def get(self) -> T: ...
def same(x: T, y: int) -> T: ...
//- guards.py
from typing import TypeGuard
from lib import Item, Other
def is_item(x) -> TypeGuard[Item]: ...
//- base.py
from lib import Item, Other
class Base:
    def visit(self, node: Item): ...
//- bounded.py
from box import Box
def f(box: Box):
    box.get().use()
//- called.py
from box import same
from lib import Item
same(Item(), 1).use()
//- tested.py
from guards import is_item
def f(x):
    if is_item(x):
        x.use()
//- visitor.py
from base import Base
class Visitor(Base):
    def visit(self, node):
        node.use()
";

fn replace(tree: &Tree, path: &str, old: &str, new: &str) {
    let text = std::fs::read_to_string(tree.root().join(path)).unwrap();
    tree.write(path, text.replace(old, new));
}

#[test]
fn what_bounds_a_type_variable_concerns_who_uses_it() {
    check_own(
        TYPES,
        |tree| replace(tree, "variables.py", "bound=Item", "bound=Other"),
        "exports variables.py
         imports variables.py
         ir variables.py
         resolution bounded.py
         resolution box.py
         resolution called.py
         resolution variables.py",
    );
}

#[test]
fn what_a_parameter_declares_concerns_who_calls_a_generic_function() {
    check_own(
        TYPES,
        |tree| replace(tree, "box.py", "x: T, y: int", "x: int, y: T"),
        "exports box.py
         imports box.py
         ir box.py
         resolution box.py
         resolution called.py",
    );
}

#[test]
fn what_a_function_tells_of_its_argument_concerns_who_tests_by_it() {
    check_own(
        TYPES,
        |tree| replace(tree, "guards.py", "TypeGuard[Item]", "TypeGuard[Other]"),
        "exports guards.py
         imports guards.py
         ir guards.py
         resolution guards.py
         resolution tested.py",
    );
}

#[test]
fn what_a_parameter_declares_concerns_who_overrides_its_method() {
    check_own(
        TYPES,
        |tree| replace(tree, "base.py", "node: Item", "node: Other"),
        "exports base.py
         imports base.py
         ir base.py
         resolution base.py
         resolution visitor.py",
    );
}
