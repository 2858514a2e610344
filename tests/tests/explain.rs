//! Why a build executed or reused the stages of a file: an edit, and what is said of it afterwards.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fmt::Write as _;

use esker_engine::{Build, Engine};
use esker_tests::Tree;
use esker_tests::languages::{ALL, EACH, Language, Modules};

/// What a build says of a file: a line for each stage.
fn explained(build: &Build, path: &str) -> String {
    let explanation = build.explain(path).unwrap();
    explanation.stages.iter().fold(String::new(), |mut text, stage| {
        _ = writeln!(text, "{} {stage}", stage.stage);
        text
    })
}

/// Makes the edit and builds, in a new process's place and in the old one's. Both must say of the module what is
/// expected, after a build that found nothing to do too, and a process that begins later must say the same. So in every
/// language.
fn check(fixture: &str, edit: impl Fn(&Modules), module: &str, expected: &str) {
    EACH.into_iter().for_each(|languages| check_in(languages, fixture, &edit, module, expected));
}

/// The same for what only Python has.
fn check_in_python(fixture: &str, edit: impl Fn(&Modules), module: &str, expected: &str) {
    check_in(&[Language::Python], fixture, &edit, module, expected);
}

fn check_in(languages: &'static [Language], fixture: &str, edit: &impl Fn(&Modules), module: &str, expected: &str) {
    for restart in [true, false] {
        let tree = Modules::new(languages, fixture);
        let mut engine = tree.engine();
        engine.execute().unwrap();
        if restart {
            engine = tree.engine();
        }
        edit(&tree);
        for language in languages {
            says(&tree, &mut engine, &language.path(module), &language.with_paths(expected));
        }
    }
}

#[track_caller]
fn says(tree: &Tree, engine: &mut Engine, path: &str, expected: &str) {
    let expected: String =
        expected.lines().map(str::trim).filter(|line| !line.is_empty()).flat_map(|line| [line, "\n"]).collect();
    assert_eq!(explained(&engine.execute().unwrap(), path), expected, "of the build");
    assert_eq!(explained(&engine.execute().unwrap(), path), expected, "after one without changes");
    assert_eq!(explained(&engine.last_build().unwrap(), path), expected, "of the last build");
    assert_eq!(explained(&tree.engine().last_build().unwrap(), path), expected, "in a later process");
}

/// `app` uses `tool.run` by way of `kit`; `stars` imports all of `tool`.
const CHAIN: &str = "
//- app
use kit: run
say run(1)
//- kit
pass tool: run
//- other
use tool
say tool.walk()
//- stars
use tool: *
//- tool
fn run(times): times

fn walk(): 0
";

const UNTOUCHED_IR: &str = "ir reused: its content is the same\n";
const UNTOUCHED_EDGES: &str = "edges reused: its imports are the same, and nothing that they look for came or went\n";
const UNTOUCHED_EXPORTS: &str = "exports reused: its IR is the same, and its imports lead where they led\n";
const UNTOUCHED_RESOLUTION: &str = "resolution reused: nothing that it asked for changed\n";

fn untouched() -> String {
    [UNTOUCHED_IR, UNTOUCHED_EDGES, UNTOUCHED_EXPORTS, UNTOUCHED_RESOLUTION].concat()
}

#[test]
fn a_first_build_executes_all_that_no_equal_file_shares() {
    EACH.into_iter().for_each(check_a_first_build);
}

fn check_a_first_build(languages: &'static [Language]) {
    let tree = Modules::new(languages, "//- a\n//- b\nuse a\n//- c\n");
    let [b, c, d] = ["b", "c", "d"].map(|module| languages[0].path(module));
    let everything = "ir executed: first build
        edges executed: first build
        exports executed: first build
        resolution executed: first build";
    let mut engine = tree.engine();
    says(&tree, &mut engine, &b, everything);
    says(
        &tree,
        &mut engine,
        &c,
        "ir reused: first build, but an equal text was known
         edges reused: first build, but an equal result was known
         exports reused: first build, but an equal result was known
         resolution reused: first build, but an equal result was known",
    );
    let build = tree.engine().execute_from_scratch().unwrap();
    assert_eq!(
        explained(&build, &b),
        everything.replace("        ", "").replace("first build", "everything was to be computed anew") + "\n"
    );
    assert!(build.explain(&d).is_none(), "there is no such file");
}

#[test]
fn a_body_edit_is_the_files_own_matter() {
    let edit = |tree: &Modules| tree.write_module("tool", "fn run(times): times\n\nfn walk(): 1");
    check(
        CHAIN,
        edit,
        "tool",
        &format!(
            "ir executed: its content changed
             {UNTOUCHED_EDGES}
             exports executed: its own IR changed
             resolution executed: its own IR changed"
        ),
    );
    for other in ["app", "kit", "other", "stars"] {
        check(CHAIN, edit, other, &untouched());
    }
}

#[test]
fn what_a_function_returns_is_named_to_its_users_through_whatever_file() {
    let edit = |tree: &Modules| tree.write_module("tool", "fn run(times): [times]\n\nfn walk(): 0");
    check(
        CHAIN,
        edit,
        "app",
        &format!("{UNTOUCHED_IR}{UNTOUCHED_EDGES}{UNTOUCHED_EXPORTS}resolution executed: {{tool}}: run changed"),
    );
    check(CHAIN, edit, "other", &untouched());
}

#[test]
fn a_file_that_an_import_looked_for_is_named_when_it_appears() {
    let fixture = "//- app\nuse tool\nsay tool.run()\n//- alone\nlet x = 1\n";
    let edit = |tree: &Modules| tree.write_module("tool", "\nuse alone\nfn run(): 0");
    check(
        fixture,
        edit,
        "app",
        &format!(
            "{UNTOUCHED_IR}
             edges executed: {{tool}} appeared
             exports executed: its imports lead elsewhere
             resolution executed: its imports lead elsewhere"
        ),
    );
    check(
        fixture,
        edit,
        "tool",
        "ir executed: new file
         edges executed: new file
         exports executed: new file
         resolution executed: new file",
    );
    check(fixture, edit, "alone", &untouched());
}

#[test]
fn a_file_that_is_gone_is_named_to_those_who_imported_it() {
    check(
        CHAIN,
        |tree| tree.remove_module("tool"),
        "kit",
        &format!(
            "{UNTOUCHED_IR}
             edges executed: {{tool}} is gone
             exports executed: its imports lead elsewhere
             resolution executed: its imports lead elsewhere"
        ),
    );
    check(
        CHAIN,
        |tree| tree.remove_module("tool"),
        "app",
        &format!(
            "{UNTOUCHED_IR}{UNTOUCHED_EDGES}{UNTOUCHED_EXPORTS}
             resolution executed: {{tool}} is gone"
        ),
    );
}

#[test]
fn a_list_of_public_names_is_looked_at_by_those_who_import_all_of_it() {
    let fixture = "//- app\nuse pkg/: *\n//- pkg/\nlist a\n//- pkg/a\n//- pkg/b\n";
    check_in_python(
        fixture,
        |tree| tree.write_module("pkg/", "python __all__ = ['a', 'b']"),
        "app",
        &format!(
            "{UNTOUCHED_IR}
             edges executed: what {{pkg/}} lists as public names changed
             exports executed: its imports lead elsewhere
             resolution executed: its imports lead elsewhere"
        ),
    );
    check_in_python(
        fixture,
        |tree| tree.write_module("pkg/", "python __all__ = ['a', 'c']\nlet c = 1"),
        "app",
        &format!(
            "{UNTOUCHED_IR}
             edges reused: looked at again because what {{pkg/}} lists as public names changed; \
             nothing came out different
             {UNTOUCHED_EXPORTS}{UNTOUCHED_RESOLUTION}"
        ),
    );
}

#[test]
fn other_imports_are_the_files_own() {
    check(
        CHAIN,
        |tree| tree.write_module("kit", "use other\npass tool: run"),
        "kit",
        "ir executed: its content changed
         edges executed: its own imports changed
         exports executed: its own IR changed
         resolution executed: its own IR changed",
    );
}

#[test]
fn a_revert_finds_what_was_known() {
    EACH.into_iter().for_each(check_a_revert);
}

fn check_a_revert(languages: &'static [Language]) {
    let tree = Modules::new(languages, CHAIN);
    let [app, tool] = ["app", "tool"].map(|module| languages[0].path(module));
    let before = std::fs::read(tree.root().join(&tool)).unwrap();
    for restart in [true, false] {
        let mut engine = tree.engine();
        engine.execute().unwrap();
        tree.write_module("tool", "fn run(times): [times]\n\nfn walk(): 0");
        engine.execute().unwrap();
        if restart {
            engine = tree.engine();
        }
        tree.write(&tool, &before);
        says(
            &tree,
            &mut engine,
            &tool,
            &format!(
                "ir reused: its content changed, but an equal text was known
                 {UNTOUCHED_EDGES}
                 exports reused: its own IR changed, but an equal result was known
                 resolution reused: looked at again because its own IR changed; nothing came out different"
            ),
        );
        says(
            &tree,
            &mut engine,
            &app,
            &format!(
                "{UNTOUCHED_IR}{UNTOUCHED_EDGES}{UNTOUCHED_EXPORTS}
                 resolution reused: looked at again because {tool}: run changed; nothing came out different"
            ),
        );
    }
}

#[test]
fn import_roots_that_change_are_the_reason_for_all_files() {
    check_in_python(
        "//- src/app\nuse tool\n//- src/tool\n",
        |tree| tree.write_module("src/", ""),
        "src/app",
        &format!(
            "{UNTOUCHED_IR}
             edges executed: the import roots changed
             exports executed: its imports lead elsewhere
             resolution executed: its imports lead elsewhere"
        ),
    );
}

#[test]
fn a_file_that_was_touched_makes_no_build_of_its_own() {
    let tree = Modules::new(ALL, CHAIN);
    let mut engine = tree.engine();
    engine.execute().unwrap();
    tree.write_module("kit", "pass tool: run, walk");
    let expected = "ir executed: its content changed
        edges executed: its own imports changed
        exports executed: its own IR changed
        resolution executed: its own IR changed";
    let check = |engine: &mut Engine, module: &str, expected: &str| {
        ALL.iter().for_each(|language| says(&tree, engine, &language.path(module), expected));
    };
    check(&mut engine, "kit", expected);
    tree.write_module("other", "use tool\nsay tool.walk()");
    check(&mut engine, "kit", expected);
    check(&mut engine, "other", &untouched());
}
