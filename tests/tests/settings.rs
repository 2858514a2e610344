//! Settings files, which tell how imports are resolved: what a change of one executes, and what it leaves alone.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::path::Path;

use esker_engine::api::EdgeKinds;
use esker_engine::{Build, Engine};
use esker_tests::{Tree, answer, executed};

/// Two projects with a configuration each and one that both inherit, in a workspace with a package.
const TWO_PROJECTS: &str = r#"
//- package.json
{ "name": "top", "workspaces": ["packages/*"] }
//- base.tsconfig.json
{ "compilerOptions": { "customConditions": [] } }
//- one/tsconfig.json
{ "extends": "../base.tsconfig.json", "compilerOptions": { "paths": { "@/*": ["./a/*"] } } }
//- one/main.ts
import "@/x";
import "lib";
//- one/plain.ts
import "./main";
//- one/a/x.ts
//- one/b/x.ts
export {};
//- two/tsconfig.json
{ "extends": "../base.tsconfig.json", "compilerOptions": { "paths": { "@/*": ["./a/*"] } } }
//- two/main.ts
import "@/x";
//- two/a/x.ts
export const two = 2;
//- packages/lib/package.json
{ "name": "lib", "main": "./first.ts" }
//- packages/lib/first.ts
export const first = 1;
//- packages/lib/second.ts
export const second = 2;
//- script.py
import helper
//- helper.py
"#;

/// Builds, edits, and builds again in a new process's place and in the old one's, by walking and from the list of what
/// was edited. All must execute what is expected and answer as a clean build does.
fn check(fixture: &str, edit: impl Fn(&Tree), edited: &[&str], expected: &str) {
    let run = |restart: bool, build: &dyn Fn(&mut Engine) -> Build| {
        let tree = Tree::new(fixture);
        let mut engine = tree.engine_before(restart, || edit(&tree));
        let build = build(&mut engine);
        assert_eq!(answer(&build), tree.clean_answer(), "incremental equals clean (restart: {restart})");
        let again = engine.execute().unwrap();
        assert_eq!(executed(&again), "", "nothing is left to do (restart: {restart})");
        executed(&build).trim_end().to_owned()
    };
    let expected: Vec<&str> = expected.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    for restart in [true, false] {
        let walked = run(restart, &|engine| engine.execute().unwrap());
        assert_eq!(walked, expected.join("\n"), "by walking (restart: {restart})");
        let listed = run(restart, &|engine| engine.execute_incremental(edited.iter().map(Path::new)).unwrap());
        assert_eq!(listed, expected.join("\n"), "from a list (restart: {restart})");
    }
}

fn edges(tree: &Tree, file: &str) -> Vec<String> {
    let build = tree.engine().execute().unwrap();
    let graph = build.graph();
    graph.dependencies(file, EdgeKinds::all()).into_iter().flatten().map(|edge| edge.path.to_owned()).collect()
}

#[test]
fn an_alias_that_changes_relinks_the_files_that_its_configuration_governs() {
    let edit = |tree: &Tree| {
        tree.write(
            "one/tsconfig.json",
            r#"{ "extends": "../base.tsconfig.json", "compilerOptions": { "paths": { "@/*": ["./b/*"] } } }"#,
        );
    };
    let tree = Tree::new(TWO_PROJECTS);
    assert_eq!(edges(&tree, "one/main.ts"), ["one/a/x.ts", "packages/lib/first.ts"]);
    edit(&tree);
    assert_eq!(edges(&tree, "one/main.ts"), ["one/b/x.ts", "packages/lib/first.ts"]);
    check(
        TWO_PROJECTS,
        edit,
        &["one/tsconfig.json"],
        "edges one/main.ts
         exports one/main.ts
         exports one/tsconfig.json
         imports one/tsconfig.json
         ir one/tsconfig.json
         resolution one/main.ts
         resolution one/tsconfig.json",
    );
}

#[test]
fn a_configuration_that_is_inherited_concerns_those_who_inherit_it() {
    check(
        TWO_PROJECTS,
        |tree| tree.write("base.tsconfig.json", r#"{ "compilerOptions": { "baseUrl": "./nowhere" } }"#),
        &["base.tsconfig.json"],
        "edges one/main.ts
         edges two/main.ts
         exports base.tsconfig.json
         exports one/main.ts
         exports two/main.ts
         imports base.tsconfig.json
         ir base.tsconfig.json
         resolution base.tsconfig.json
         resolution one/main.ts
         resolution two/main.ts",
    );
}

#[test]
fn what_is_not_read_of_a_settings_file_concerns_nobody() {
    check(
        TWO_PROJECTS,
        |tree| {
            tree.write(
                "one/tsconfig.json",
                "{ \"extends\": \"../base.tsconfig.json\", // as before\n\
                 \"compilerOptions\": { \"strict\": true, \"paths\": { \"@/*\": [\"./a/*\"] } } }",
            );
        },
        &["one/tsconfig.json"],
        "exports one/tsconfig.json
         imports one/tsconfig.json
         ir one/tsconfig.json
         resolution one/tsconfig.json",
    );
}

#[test]
fn an_entry_point_that_changes_relinks_those_who_import_the_package() {
    check(
        TWO_PROJECTS,
        |tree| tree.write("packages/lib/package.json", r#"{ "name": "lib", "main": "./second.ts" }"#),
        &["packages/lib/package.json"],
        "edges one/main.ts
         exports one/main.ts
         exports packages/lib/package.json
         imports packages/lib/package.json
         ir packages/lib/package.json
         resolution one/main.ts
         resolution packages/lib/package.json",
    );
}

#[test]
fn a_package_that_takes_another_name_is_found_by_that() {
    let edit = |tree: &Tree| tree.write("packages/lib/package.json", r#"{ "name": "other", "main": "./first.ts" }"#);
    let tree = Tree::new(TWO_PROJECTS);
    edit(&tree);
    assert_eq!(edges(&tree, "one/main.ts"), ["one/a/x.ts"]);
    check(
        TWO_PROJECTS,
        edit,
        &["packages/lib/package.json"],
        "edges one/main.ts
         exports one/main.ts
         exports packages/lib/package.json
         imports packages/lib/package.json
         ir packages/lib/package.json
         resolution one/main.ts
         resolution packages/lib/package.json",
    );
}

#[test]
fn a_configuration_that_appears_or_goes_governs_the_files_around_it_or_no_longer() {
    check(
        TWO_PROJECTS,
        |tree| tree.remove("two/tsconfig.json"),
        &["two/tsconfig.json"],
        "edges two/main.ts
         exports two/main.ts
         resolution two/main.ts",
    );
    check(
        TWO_PROJECTS,
        |tree| tree.write("two/a/tsconfig.json", "{}"),
        &["two/a/tsconfig.json"],
        "exports two/a/tsconfig.json
         imports two/a/tsconfig.json
         ir two/a/tsconfig.json
         resolution two/a/tsconfig.json",
    );
}

#[test]
fn resources_come_and_go_with_the_file_that_marks_their_directory() {
    let fixture = "
//- web/main.js
import './style.css';
//- web/style.css
p {}
//- web/icons/a.svg
<svg/>
//- data/table.json
[]
";
    let tree = Tree::new(fixture);
    assert_eq!(edges(&tree, "web/main.js"), [""; 0]);
    let appear = |tree: &Tree| tree.write("web/package.json", "{}");
    check(
        fixture,
        appear,
        &["web/package.json"],
        "edges web/icons/a.svg
         edges web/main.js
         exports web/icons/a.svg
         exports web/main.js
         exports web/package.json
         imports web/icons/a.svg
         imports web/package.json
         ir web/icons/a.svg
         ir web/package.json
         ir web/style.css
         resolution web/icons/a.svg
         resolution web/main.js
         resolution web/package.json",
    );
    appear(&tree);
    assert_eq!(edges(&tree, "web/main.js"), ["web/style.css"]);
    let build = tree.engine().execute().unwrap();
    assert!(build.has_file("web/icons/a.svg") && !build.has_file("data/table.json"));
    tree.remove("web/package.json");
    assert_eq!(edges(&tree, "web/main.js"), [""; 0]);
}

#[test]
fn a_broken_settings_file_is_a_diagnostic_and_what_can_be_read_of_it_counts() {
    let tree = Tree::new(TWO_PROJECTS);
    tree.write("one/tsconfig.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./a/*"] } }, "include" "#);
    let build = tree.engine().execute().unwrap();
    let diagnostics: Vec<String> = build.diagnostics().map(|found| found.path).collect();
    assert_eq!(diagnostics, ["one/tsconfig.json"]);
    assert_eq!(edges(&tree, "one/main.ts"), ["one/a/x.ts", "packages/lib/first.ts"]);
}

#[test]
fn languages_side_by_side_are_one_graph() {
    let tree = Tree::new(TWO_PROJECTS);
    let build = tree.engine().execute().unwrap();
    assert!(build.has_file("script.py") && build.has_file("one/main.ts"));
    assert_eq!(edges(&tree, "script.py"), ["helper.py"]);
    assert_eq!(build.unresolved_imports().count(), 0);
}

/// Two projects that share a package, in the manner of `pkgutil`.
const SHARED_PACKAGE: &str = "
//- one/pyproject.toml
//- one/shared/__init__.py
__path__ = __import__('pkgutil').extend_path(__path__, __name__)
//- one/shared/a.py
import shared.b
//- one/shared/c.py
import shared.a
//- two/pyproject.toml
//- two/shared/b.py
";

#[test]
fn a_package_that_no_longer_extends_its_path_relinks_those_who_looked_for_its_other_parts() {
    let edit = |tree: &Tree| tree.write("one/shared/__init__.py", "\n");
    let tree = Tree::new(SHARED_PACKAGE);
    assert_eq!(edges(&tree, "one/shared/a.py"), ["one/shared/__init__.py", "two/shared/b.py"]);
    edit(&tree);
    assert_eq!(edges(&tree, "one/shared/a.py"), ["one/shared/__init__.py"]);
    check(
        SHARED_PACKAGE,
        edit,
        &["one/shared/__init__.py"],
        "edges one/shared/a.py
         exports one/shared/__init__.py
         exports one/shared/a.py
         imports one/shared/__init__.py
         ir one/shared/__init__.py
         resolution one/shared/__init__.py
         resolution one/shared/a.py",
    );
}

/// A project that has its packages where only its settings tell, and tests by a pattern of its own.
const TOLD: &str = "
//- libs/a/pyproject.toml
[tool.setuptools.packages.find]
where = ['python']
[tool.pytest.ini_options]
python_files = ['check_*.py']
//- libs/a/python/ns/one.py
//- libs/a/other/ns/one.py
//- libs/a/conftest.py
//- libs/a/check_one.py
import ns.one
//- libs/b/main.py
";

#[test]
fn the_settings_of_a_project_tell_where_its_packages_are_and_which_files_are_tests() {
    let tree = Tree::new(TOLD);
    assert_eq!(edges(&tree, "libs/a/check_one.py"), ["libs/a/conftest.py", "libs/a/python/ns/one.py"]);
    let edit = |tree: &Tree| {
        tree.write(
            "libs/a/pyproject.toml",
            "[tool.setuptools.packages.find]\nwhere = ['other']\n[tool.pytest.ini_options]\npython_files = 'x.py'\n",
        );
    };
    edit(&tree);
    assert_eq!(edges(&tree, "libs/a/check_one.py"), ["libs/a/other/ns/one.py"]);
    check(
        TOLD,
        edit,
        &["libs/a/pyproject.toml"],
        "edges libs/a/check_one.py
         exports libs/a/check_one.py
         exports libs/a/pyproject.toml
         imports libs/a/pyproject.toml
         ir libs/a/pyproject.toml
         resolution libs/a/check_one.py
         resolution libs/a/pyproject.toml",
    );
}

#[test]
fn an_edit_of_a_project_file_that_says_nothing_of_imports_concerns_nobody() {
    check(
        TOLD,
        |tree| {
            tree.write(
                "libs/a/pyproject.toml",
                "[project]\nversion = '2'\n[tool.setuptools.packages.find]\nwhere = ['python']\n\
                 [tool.pytest.ini_options]\npython_files = ['check_*.py']\n",
            );
        },
        &["libs/a/pyproject.toml"],
        "exports libs/a/pyproject.toml
         imports libs/a/pyproject.toml
         ir libs/a/pyproject.toml
         resolution libs/a/pyproject.toml",
    );
}
