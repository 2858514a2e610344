//! Names across files: an edit, what it executes, and what references stand for. What is the engine's own is tested in
//! a language that has nothing but names; what every frontend has to see to, in all of them.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::borrow::Borrow;
use std::fs;

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
        let mut engine = tree.engine();
        engine.execute().unwrap();
        if restart {
            engine = tree.engine();
        }
        edit(&made);
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

/// `app` uses `tool.run` by way of `kit`, and `Set.size`.
const CHAIN: &str = "
//- app.toy
use kit.run
use tool.Set
say run
say Set.size
//- kit.toy
use tool.run
use tool.walk
//- other.toy
use tool.walk
say walk
//- tool.toy
def run = 1
def walk = 1
class Set
def Set.size = 1
def Set.name = 1
";

fn tool(text: &'static str) -> impl Fn(&Tree) {
    move |tree| tree.write("tool.toy", text)
}

#[test]
fn names_that_no_other_language_allows_are_not_taken_for_other_questions() {
    let users = "import { 'C.m' as a, '*' as b, '' as c } from './tool';\na; b; c;\n";
    let tool = "export class C { m() {} }\nexport * from './more';\n";
    for edited in [
        "export class C { m() {} }\nconst x = 1;\nexport { x as 'C.m' };\n",
        "const x = 1;\nexport { x as '*', x as '' };\n",
        "export class C { n() {} }\n",
    ] {
        let tree = Tree::new("");
        tree.write("app.ts", users);
        tree.write("tool.ts", tool);
        tree.write("more.ts", "export const y = 1;\n");
        let mut engine = tree.engine();
        engine.execute().unwrap();
        tree.write("tool.ts", edited);
        build(&tree, &mut engine);
        tree.remove("tool.ts");
        build(&tree, &mut engine);
        tree.write("tool.ts", tool);
        build(&tree, &mut engine);
    }
}

#[test]
fn references_lead_through_imports() {
    assert_eq!(
        said(&Tree::new(CHAIN)),
        ["app.toy: run -> tool.toy:run", "app.toy: Set.size -> tool.toy:Set.size", "other.toy: walk -> tool.toy:walk"]
    );
}

#[test]
fn a_body_edit_concerns_nobody_else() {
    check(
        CHAIN,
        tool("# more\ndef run = 1\ndef walk = 1\nclass Set\ndef Set.size = 1\nbody\ndef Set.name = 1\n"),
        "exports tool.toy
         resolution tool.toy",
    );
}

#[test]
fn a_moved_definition_concerns_nobody_else() {
    check(
        CHAIN,
        tool("class Set\ndef Set.name = 1\ndef Set.size = 1\ndef walk = 1\ndef run = 1\n"),
        "exports tool.toy
         resolution tool.toy",
    );
}

#[test]
fn a_changed_definition_concerns_its_users_through_whatever_file() {
    check(
        CHAIN,
        tool("def run = 2\ndef walk = 1\nclass Set\ndef Set.size = 1\ndef Set.name = 1\n"),
        "exports tool.toy
         resolution app.toy
         resolution tool.toy",
    );
    check(
        CHAIN,
        tool("def run = 1\ndef walk = 2\nclass Set\ndef Set.size = 1\ndef Set.name = 1\n"),
        "exports tool.toy
         resolution other.toy
         resolution tool.toy",
    );
}

#[test]
fn a_changed_member_concerns_its_users_alone() {
    check(
        CHAIN,
        tool("def run = 1\ndef walk = 1\nclass Set\ndef Set.size = 1\ndef Set.name = 2\n"),
        "exports tool.toy
         resolution tool.toy",
    );
    check(
        CHAIN,
        tool("def run = 1\ndef walk = 1\nclass Set\ndef Set.size = 2\ndef Set.name = 1\n"),
        "exports tool.toy
         resolution app.toy
         resolution tool.toy",
    );
}

#[test]
fn a_deleted_definition_concerns_its_users() {
    check(
        CHAIN,
        tool("def walk = 1\nclass Set\ndef Set.size = 1\ndef Set.name = 1\n"),
        "exports tool.toy
         resolution app.toy
         resolution tool.toy",
    );
}

#[test]
fn a_new_definition_that_nobody_asks_for_concerns_nobody() {
    check(
        CHAIN,
        tool("def fly = 1\ndef run = 1\ndef walk = 1\nclass Set\ndef Set.size = 1\ndef Set.name = 1\n"),
        "exports tool.toy
         resolution tool.toy",
    );
}

#[test]
fn a_definition_is_missed_until_it_appears() {
    check(
        "
//- app.toy
use tool.run
say run
//- tool.toy
def walk = 1
",
        tool("def walk = 1\ndef run = 1\n"),
        "exports tool.toy
         resolution app.toy
         resolution tool.toy",
    );
}

const STARS: &str = "
//- app.toy
use all.*
say run
//- all.toy
use one.*
use two.*
//- one.toy
use all.*
//- two.toy
use one.*
def run = 1
say run
";

#[test]
fn star_imports_in_a_cycle_lead_where_they_should() {
    assert_eq!(said(&Tree::new(STARS)), ["app.toy: run -> two.toy:run", "two.toy: run -> :run"]);
}

#[test]
fn a_definition_can_come_between() {
    check(
        STARS,
        |tree| tree.write("one.toy", "use all.*\ndef run = 1\n"),
        "exports one.toy
         resolution app.toy
         resolution one.toy",
    );
}

#[test]
fn a_name_that_no_star_importer_asked_for_concerns_nobody() {
    check(
        STARS,
        |tree| tree.write("one.toy", "use all.*\ndef fly = 1\n"),
        "exports one.toy
         resolution one.toy",
    );
}

#[test]
fn a_star_import_that_goes_concerns_those_who_looked_through_it() {
    check(
        STARS,
        |tree| tree.write("all.toy", "use one.*\n"),
        "exports all.toy
         resolution all.toy
         resolution app.toy",
    );
}

#[test]
fn a_file_that_appears_or_goes_concerns_whoever_looked_through_to_it() {
    let fixture = "
//- app.toy
use kit.run
say run
//- kit.toy
use tool.run
";
    check(
        fixture,
        |tree| tree.write("tool.toy", "def run = 1\n"),
        "edges kit.toy
         edges tool.toy
         exports kit.toy
         exports tool.toy
         resolution app.toy
         resolution kit.toy
         resolution tool.toy",
    );
    check(
        &format!("{fixture}//- tool.toy\ndef run = 1\n"),
        |tree| tree.remove("tool.toy"),
        "edges kit.toy
         exports kit.toy
         resolution app.toy
         resolution kit.toy",
    );
}

#[test]
fn files_with_equal_content_share_a_resolution() {
    check(CHAIN, |tree| tree.write("copy.toy", "use tool.walk\nsay walk\n"), "");
}

#[test]
fn files_with_equal_content_do_not_share_what_depends_on_their_path() {
    // Each of the two imports the first one, which is itself only there.
    let text = "use a.x\nuse b.y\ndef z = 1\nsay z\nsay x\nsay y\n";
    let tree = Tree::new("");
    for path in ["a.toy", "b.toy", "c.toy"] {
        tree.write(path, format!("def x = 1\ndef y = 2\n{text}use a\nuse b\nsay a\nsay b\n"));
    }
    for threads in [1, 4] {
        let mut engine = esker_tests::engine(&tree.root()).threads(threads).build().unwrap();
        engine.execute().unwrap();
        let names = names(&mut engine);
        let said = |what: &str| -> Vec<&str> { names.lines().filter(|line| line.contains(what)).collect() };
        assert_eq!(said(": a ->"), ["a.toy: a -> ", "b.toy: a -> a.toy", "c.toy: a -> a.toy"]);
        assert_eq!(said(": b ->"), ["a.toy: b -> b.toy", "b.toy: b -> ", "c.toy: b -> b.toy"]);
    }
}

#[test]
fn going_back_and_forth_executes_nothing_twice() {
    let tree = Tree::new(CHAIN);
    let texts = [
        "def run = 1\ndef walk = 1\nclass Set\ndef Set.size = 1\ndef Set.name = 1\n",
        "use far.run\ndef walk = 1\nclass Set\ndef Set.size = 1\n",
        "use far.*\n",
    ];
    tree.write("far.toy", "def run = 3\n");
    for text in texts {
        tree.write("tool.toy", text);
        assert!(!build(&tree, &mut tree.engine()).is_empty());
    }
    let mut engine = tree.engine();
    for text in texts.iter().chain(texts.iter().rev()) {
        tree.write("tool.toy", text);
        assert!(build(&tree, &mut tree.engine()).is_empty(), "{text} was built before");
        assert!(build(&tree, &mut engine).is_empty(), "{text} was built before");
    }
    for text in texts {
        tree.write("tool.toy", text);
        for entry in fs::read_dir(tree.cache()).unwrap().map(Result::unwrap) {
            if entry.file_name().to_string_lossy().starts_with("manifest") {
                fs::remove_file(entry.path()).unwrap();
            }
        }
        assert!(build(&tree, &mut tree.engine()).is_empty(), "the records of {text} are found without a manifest");
    }
}

#[test]
fn users_are_found_when_the_records_are_gone() {
    let tree = Tree::new(CHAIN);
    tree.engine().execute().unwrap();
    fs::remove_dir_all(tree.cache().join("store-1")).unwrap();
    tree.write("tool.toy", "def run = 1\ndef walk = 2\nclass Set\ndef Set.size = 1\ndef Set.name = 1\n");
    let executed = build(&tree, &mut tree.engine());
    assert!(executed.contains(&"resolution other.toy".to_owned()), "{executed:?}");
}

#[test]
fn a_frontend_that_fails_on_names_costs_its_file_and_is_asked_again() {
    let tree = Tree::new(
        "
//- app.toy
use tool.run
say run
//- tool.toy
def run = 1
crash interface
//- third.toy
crash resolve
say x
",
    );
    std::panic::set_hook(Box::new(|_| ()));
    for _ in 0..2 {
        let build = tree.engine().execute().unwrap();
        let failed: Vec<String> =
            build.diagnostics().map(|found| format!("{}: {}", found.path, found.diagnostic.message)).collect();
        assert_eq!(
            failed,
            ["third.toy: the toy frontend failed on this file", "tool.toy: the toy frontend failed on this file"]
        );
        assert!(executed(&build).contains("exports tool.toy\n"), "an accident's result is not kept");
        assert!(executed(&build).contains("resolution third.toy\n"), "an accident's result is not kept");
    }
    _ = std::panic::take_hook();
    tree.write("tool.toy", "def run = 1\n");
    tree.write("third.toy", "say x\n");
    let build = tree.engine().execute().unwrap();
    assert_eq!(build.diagnostics().count(), 0);
    assert_eq!(names(&mut tree.engine()), tree.clean_names());
}

/// `app` uses `Set.size` of `tool` by way of a star and a type that it has of a function; `other` uses `walk` alone.
/// `app` uses `run` and `Set.size` of `tool` by way of `kit`, `other` uses `walk`, and `stars` passes on all.
const MODULES: &str = "
//- app
use kit: run, Set
say run(1)
say new Set().size()
//- kit
pass tool: run, walk, Set
//- other
use kit: walk
say walk()
//- stars
use tool: *
//- through
use stars: walk
say walk()
//- tool
fn run(a): a
fn walk(): 0 + 1
class Set: size(): 1; name(): 2
";

fn module(statements: &'static str) -> impl Fn(&Modules) {
    move |tree| tree.write_module("tool", statements)
}

#[test]
fn in_every_language_bodies_comments_and_new_places_concern_nobody_else() {
    let own = "exports {tool}
         resolution {tool}";
    check_modules(MODULES, module("fn run(a): a\nfn walk(): 0 + 2\nclass Set: size(): 1; name(): 2"), own);
    check_modules(MODULES, module("# more\nfn run(a): a\nfn walk(): 0 + 1\nclass Set: size(): 1; name(): 2"), own);
    check_modules(MODULES, module("class Set: name(): 2; size(): 1\nfn walk(): 0 + 1\nfn run(a): a"), own);
}

#[test]
fn in_every_language_a_changed_definition_concerns_its_users_through_whatever_file() {
    check_modules(
        MODULES,
        module("fn run(a): [a]\nfn walk(): 0 + 1\nclass Set: size(): 1; name(): 2"),
        "exports {tool}
         resolution {app}
         resolution {kit}
         resolution {tool}",
    );
    check_modules(
        MODULES,
        module("fn run(a): a\nfn walk(): [0]\nclass Set: size(): 1; name(): 2"),
        "exports {tool}
         resolution {kit}
         resolution {other}
         resolution {through}
         resolution {tool}",
    );
}

#[test]
fn in_every_language_a_changed_member_concerns_its_users_alone() {
    check_modules(
        MODULES,
        module("fn run(a): a\nfn walk(): 0 + 1\nclass Set: size(): 1; name(): [2]"),
        "exports {tool}
         resolution {tool}",
    );
    check_modules(
        MODULES,
        module("fn run(a): a\nfn walk(): 0 + 1\nclass Set: size(): [1]; name(): 2"),
        "exports {tool}
         resolution {app}
         resolution {tool}",
    );
}

#[test]
fn in_every_language_a_definition_that_goes_or_comes_concerns_those_who_ask_for_it() {
    check_modules(
        MODULES,
        module("fn walk(): 0 + 1\nclass Set: size(): 1; name(): 2"),
        "exports {tool}
         resolution {app}
         resolution {kit}
         resolution {tool}",
    );
    check_modules(
        MODULES,
        module("fn run(a): a\nfn walk(): 0 + 1\nclass Set: size(): 1; name(): 2\nfn fly(): 0"),
        "exports {tool}
         resolution {tool}",
    );
    check_modules(
        "//- app\nuse tool: run\nsay run()\n//- tool\nfn walk(): 0\n",
        module("fn walk(): 0\nfn run(): 0"),
        "exports {tool}
         resolution {app}
         resolution {tool}",
    );
}

#[test]
fn in_every_language_a_file_that_comes_or_goes_concerns_whoever_looked_through_to_it() {
    let fixture = "//- app\nuse kit: run\nsay run()\n//- kit\npass tool: run\n//- plain\nlet x = 1\n";
    check_modules(
        fixture,
        module("fn run(): 0"),
        "edges {kit}
         exports {kit}
         exports {tool}
         resolution {app}
         resolution {kit}
         resolution {tool}",
    );
    check_modules(
        &format!("{fixture}//- tool\nfn run(): 0\n"),
        |tree| tree.remove_module("tool"),
        "edges {kit}
         exports {kit}
         resolution {app}
         resolution {kit}",
    );
}

#[test]
fn in_every_language_a_definition_can_come_between() {
    let fixture = "
//- app
use all: run
say run()
//- all
use one: *
use two: *
//- one
fn other(): 0
//- two
fn run(): 0
";
    let one = |statements: &'static str| move |tree: &Modules| tree.write_module("one", statements);
    check_modules(
        fixture,
        one("fn other(): 0\nfn fly(): 0"),
        "exports {one}
         resolution {one}",
    );
    check_modules(
        fixture,
        |tree| tree.write_module("all", "use one: *"),
        "edges {all}
         exports {all}
         resolution {all}
         resolution {app}",
    );
}

const TYPES: &str = "
//- app.ts
import { make } from './kit';
make().size.wide;
//- kit.ts
export * from './tool';
//- other.ts
import { walk } from './kit';
walk();
//- tool.ts
export function make(): Set { return new Set(); }
export function walk() { return 1; }
export class Set { size: Size = { wide: 1 }; name = 1 }
interface Size { wide: number }
";

/// Writes `tool.ts` anew, with a part of it replaced.
fn types(from: &'static str, to: &'static str) -> impl Fn(&Tree) {
    move |tree| {
        let (_, text) = TYPES.split_once("//- tool.ts\n").unwrap();
        assert!(text.contains(from));
        tree.write("tool.ts", text.replace(from, to));
    }
}

#[test]
fn bodies_and_comments_of_typescript_concern_nobody_else() {
    check(
        TYPES,
        types("return new Set();", "/* more */ const local = 1; return new Set();"),
        "exports tool.ts
         resolution tool.ts",
    );
    check(
        TYPES,
        types("return 1;", "return 2;"),
        "exports tool.ts
         resolution tool.ts",
    );
}

#[test]
fn a_changed_type_concerns_those_who_asked_for_it() {
    let users = "exports tool.ts
         resolution app.ts
         resolution tool.ts";
    check(TYPES, types("make(): Set", "make(): Size"), users);
    check(TYPES, types("size: Size =", "size: Set | Size ="), users);
    check(TYPES, types("interface Size { wide: number }", "interface Size { wide: string }"), users);
    check(
        TYPES,
        types("name = 1", "name = ''"),
        "exports tool.ts
         resolution tool.ts",
    );
}

#[test]
fn a_name_that_comes_to_stand_before_a_star_concerns_those_who_asked_for_it() {
    check(
        TYPES,
        |tree| tree.write("kit.ts", "export * from './tool';\nexport const walk = 1;\n"),
        "exports kit.ts
         resolution kit.ts
         resolution other.ts",
    );
}

/// `app` and `kit` call `run`, `kit` with an argument of a name.
const CALLS: &str = "
//- app.py
from tool import run
run(1)
//- kit.py
from tool import run
run(fast=True)
//- tool.py
def run(slow=False) -> int: ...
";

#[test]
fn another_parameter_of_a_python_function_concerns_those_alone_who_pass_it_by_name() {
    check(
        CALLS,
        |tree| tree.write("tool.py", "def run(slow=False, fast=False) -> int: ...\n"),
        "exports tool.py
         resolution kit.py
         resolution tool.py",
    );
}

#[test]
fn what_a_python_function_returns_concerns_all_who_name_it() {
    check(
        CALLS,
        |tree| tree.write("tool.py", "def run(slow=False) -> str: ...\n"),
        "exports tool.py
         resolution app.py
         resolution kit.py
         resolution tool.py",
    );
}

/// `app` asks `kit` for a submodule that `kit` does not import, `other` for a name that it has.
const SUBMODULES: &str = "
//- app.py
import kit
kit.part.run
//- other.py
import kit
kit.x
//- kit/__init__.py
x = 1
//- kit/part.py
def run(): ...
//- kit/rest.py
y = 1
";

#[test]
fn a_submodule_that_its_package_comes_to_import_concerns_those_who_missed_it() {
    check(
        SUBMODULES,
        |tree| tree.write("kit/__init__.py", "x = 1\nfrom .part import run as walk\n"),
        "edges kit/__init__.py
         exports kit/__init__.py
         resolution app.py
         resolution kit/__init__.py",
    );
    let tree = Tree::new(SUBMODULES);
    tree.write("kit/__init__.py", "x = 1\nfrom .part import run as walk\n");
    let leads = said(&tree).into_iter().filter(|line| line.starts_with("app.py") && line.contains("kit/part.py"));
    assert_eq!(leads.count(), 2);
}

/// `app` asks `kit` for a name that neither its stub nor its source has, `other` for one that the stub has.
const STUBBED: &str = "
//- app.py
import kit
kit.left
//- other.py
import kit
kit.run
//- kit.py
run = 1
//- kit.pyi
run: int
";

#[test]
fn a_name_that_a_source_comes_to_have_concerns_those_who_missed_it_in_its_stub() {
    let edit = |tree: &Tree| tree.write("kit.py", "run = 1\nleft = 2\n");
    check(
        STUBBED,
        edit,
        "exports kit.py
         resolution app.py
         resolution kit.py",
    );
    check(
        STUBBED,
        |tree| tree.write("kit.pyi", "run: int\nleft: int\n"),
        "exports kit.pyi
         resolution app.py
         resolution kit.pyi",
    );
    let tree = Tree::new(STUBBED);
    edit(&tree);
    assert!(said(&tree).iter().any(|line| line.starts_with("app.py") && line.contains("kit.py:left")));
}

#[test]
fn another_import_of_a_package_concerns_those_who_look_for_a_submodule_by_way_of_it() {
    let fixture = "
//- app.py
import tool
tool.made.size
//- kit/__init__.py
//- kit/one.py
//- kit/two.py
class Two:
    size = 1
//- other.py
import tool
tool.x
//- tool.py
import kit.one
x = 1
made: kit.two.Two
";
    let edit = |tree: &Tree| tree.write("tool.py", "import kit.one\nimport kit.two\nx = 1\nmade: kit.two.Two\n");
    check(
        fixture,
        edit,
        "edges tool.py
         exports tool.py
         resolution app.py
         resolution tool.py",
    );
    let tree = Tree::new(fixture);
    edit(&tree);
    assert!(said(&tree).iter().any(|line| line.starts_with("app.py") && line.contains("kit/two.py:Two.size")));
}

/// `app` uses members that it knows by what is given for type parameters, by their bounds and defaults, by a signature,
/// by what a call is to give, and by a test of a member that tells parts of a union apart; `other` uses `walk` alone.
const GENERICS: &str = "
//- app.ts
import { Leaf, Made, Handle, Shape, make } from './kit';
function f(leaf: Leaf, shape: Shape) {
    leaf.def.wide;
    if (shape.kind === 'a') shape.size;
}
const made: Made = make((it) => it.wide);
const handle: Handle = (it) => it.wide;
//- base.ts
export interface Wide { wide: number }
export interface Narrow { wide: string }
export interface Has<T extends Wide | Narrow = Wide> { def: T }
export interface Call<T = Wide> { (it: T): void }
export interface Box<T> { it: T }
export function make<T>(build: (it: T) => void): Box<T> { throw 0; }
export function walk() {}
export interface A { kind: 'a'; size: number }
export interface B { kind: 'b'; size: number }
//- kit.ts
import { Has, Call, Box, Wide, Narrow, A, B } from './base';
export { make, walk } from './base';
export interface Leaf extends Has<Wide> {}
export type Made = Box<Wide>;
export type Handle = Call;
export type Shape = A | B;
//- other.ts
import { walk } from './kit';
walk();
";

/// Writes a file of [`GENERICS`] anew, with a part of it replaced.
fn generics(path: &'static str, from: &'static str, to: &'static str) -> impl Fn(&Tree) {
    move |tree| {
        let (_, text) = GENERICS.split_once(&format!("//- {path}\n")).unwrap();
        let text = text.split("//- ").next().unwrap();
        assert!(text.contains(from));
        tree.write(path, text.replace(from, to));
    }
}

#[test]
fn what_is_given_for_type_parameters_concerns_those_who_asked_for_it() {
    let member = "exports base.ts
         resolution app.ts
         resolution base.ts";
    // `kit` names the types themselves.
    let base = "exports base.ts
         resolution app.ts
         resolution base.ts
         resolution kit.ts";
    let kit = "exports kit.ts
         resolution app.ts
         resolution kit.ts";
    check(GENERICS, generics("kit.ts", "Has<Wide>", "Has<Narrow>"), kit);
    check(GENERICS, generics("kit.ts", "Has<Wide>", "Has"), kit);
    check(GENERICS, generics("kit.ts", "Box<Wide>", "Box<Narrow>"), kit);
    check(GENERICS, generics("kit.ts", "= Call;", "= Call<Narrow>;"), kit);
    check(GENERICS, generics("base.ts", "Narrow = Wide> { def", "Narrow = Narrow> { def"), base);
    check(GENERICS, generics("base.ts", "def: T }", "def: Narrow }"), member);
    check(GENERICS, generics("base.ts", "Call<T = Wide>", "Call<T = Narrow>"), base);
    check(GENERICS, generics("base.ts", "(it: T): void", "(it: Narrow): void"), member);
    check(GENERICS, generics("base.ts", "(build: (it: T) => void)", "(build: (it: Narrow) => void)"), base);
    check(GENERICS, generics("base.ts", "Box<T> { throw 0; }", "Narrow { throw 0; }"), base);
}

#[test]
fn what_a_test_tells_apart_concerns_those_who_asked_for_it() {
    let users = "exports base.ts
         resolution app.ts
         resolution base.ts";
    check(GENERICS, generics("base.ts", "kind: 'a'", "kind: 'c'"), users);
    check(GENERICS, generics("base.ts", "kind: 'b'", "kind: 'a' | 'b'"), users);
    check(
        GENERICS,
        generics("base.ts", "walk() {}", "walk() { return 1; }"),
        "exports base.ts
         resolution base.ts
         resolution kit.ts
         resolution other.ts",
    );
}

/// `app` uses what `env` declares for all files, `lib` what it has itself, `late` what nobody declares yet.
const SHARED: &str = "
//- app.toy
say mode
//- env.toy
share mode = 1
share other = 1
//- late.toy
say missing
//- lib.toy
def mode = 2
say mode
";

#[test]
fn names_that_files_declare_for_all_others_are_found_without_an_import() {
    let tree = Tree::new(SHARED);
    assert_eq!(
        said(&tree),
        ["app.toy: mode -> env.toy:mode", "late.toy: missing -> undefined-name", "lib.toy: mode -> :mode"]
    );
}

#[test]
fn another_text_of_such_a_name_concerns_those_who_use_it() {
    check(
        SHARED,
        |tree| tree.write("env.toy", "share mode = 9\nshare other = 1\n"),
        "
        exports env.toy
        resolution app.toy
        resolution env.toy
    ",
    );
}

#[test]
fn a_name_that_is_declared_for_all_files_concerns_those_who_looked_for_it() {
    check(
        SHARED,
        |tree| tree.write("new.toy", "share missing = 1\n"),
        "
        exports new.toy
        resolution late.toy
        resolution new.toy
    ",
    );
    check(
        SHARED,
        |tree| tree.write("env.toy", "share missing = 1\nshare mode = 1\nshare other = 1\n"),
        "
        exports env.toy
        resolution env.toy
        resolution late.toy
    ",
    );
}

#[test]
fn a_name_that_is_no_longer_declared_for_all_files_concerns_those_who_used_it() {
    check(SHARED, |tree| tree.remove("env.toy"), "resolution app.toy");
    // What the file itself has under the name stays as it was: that it is for all is told apart.
    check(
        SHARED,
        |tree| tree.write("env.toy", "def mode = 1\nshare other = 1\n"),
        "
        exports env.toy
        resolution app.toy
        resolution env.toy
    ",
    );
}

#[test]
fn a_second_file_with_such_a_name_concerns_those_who_use_it() {
    check(
        SHARED,
        |tree| tree.write("also.toy", "share mode = 1\n"),
        "
        exports also.toy
        resolution also.toy
        resolution app.toy
    ",
    );
}
