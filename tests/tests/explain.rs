//! Why a build executed or reused the stages of a file: an edit, and what is said of it afterwards.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fmt::Write as _;

use esker_engine::{Build, Engine};
use esker_tests::Tree;

/// What a build says of a file: a line for each stage.
fn explained(build: &Build, path: &str) -> String {
    let explanation = build.explain(path).unwrap();
    explanation.stages.iter().fold(String::new(), |mut text, stage| {
        _ = writeln!(text, "{} {stage}", stage.stage);
        text
    })
}

/// Makes the edit and builds, in a new process's place and in the old one's. Both must say of the file what is expected,
/// after a build that found nothing to do too, and a process that begins later must say the same.
fn check(fixture: &str, edit: impl Fn(&Tree), path: &str, expected: &str) {
    for restart in [true, false] {
        let tree = Tree::new(fixture);
        let mut engine = tree.engine();
        engine.execute().unwrap();
        if restart {
            engine = tree.engine();
        }
        edit(&tree);
        says(&tree, &mut engine, path, expected);
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
//- app.py
from kit import run
run(1)
//- kit.py
from tool import run
//- other.py
import tool
tool.walk()
//- stars.py
from tool import *
//- tool.py
def run(times):
    return times

def walk():
    pass
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
    let tree = Tree::new("//- a.py\n//- b.py\nimport a\n//- c.py\n");
    let everything = "ir executed: first build
        edges executed: first build
        exports executed: first build
        resolution executed: first build";
    let mut engine = tree.engine();
    says(&tree, &mut engine, "b.py", everything);
    says(
        &tree,
        &mut engine,
        "c.py",
        "ir reused: first build, but an equal text was known
         edges reused: first build, but an equal result was known
         exports reused: first build, but an equal result was known
         resolution reused: first build, but an equal result was known",
    );
    let build = tree.engine().execute_from_scratch().unwrap();
    assert_eq!(
        explained(&build, "b.py"),
        everything.replace("        ", "").replace("first build", "everything was to be computed anew") + "\n"
    );
    assert!(build.explain("d.py").is_none(), "there is no such file");
}

#[test]
fn a_body_edit_is_the_files_own_matter() {
    let edit = |tree: &Tree| {
        tree.write("tool.py", "def run(times):\n    print(1)\n    return times\n\ndef walk():\n    pass\n")
    };
    check(
        CHAIN,
        edit,
        "tool.py",
        &format!(
            "ir executed: its content changed
             {UNTOUCHED_EDGES}
             exports executed: its own IR changed
             resolution executed: its own IR changed"
        ),
    );
    for other in ["app.py", "kit.py", "other.py", "stars.py"] {
        check(CHAIN, edit, other, &untouched());
    }
}

#[test]
fn a_changed_signature_is_named_to_its_users_through_whatever_file() {
    let edit =
        |tree: &Tree| tree.write("tool.py", "def run(times, more):\n    return times\n\ndef walk():\n    pass\n");
    check(
        CHAIN,
        edit,
        "app.py",
        &format!("{UNTOUCHED_IR}{UNTOUCHED_EDGES}{UNTOUCHED_EXPORTS}resolution executed: tool.py: run changed"),
    );
    check(CHAIN, edit, "other.py", &untouched());
}

#[test]
fn a_file_that_an_import_looked_for_is_named_when_it_appears() {
    let fixture = "//- app.py\nimport tool\ntool.run()\n//- alone.py\nimport os\n";
    let edit = |tree: &Tree| tree.write("tool.py", "def run(): pass\n");
    check(
        fixture,
        edit,
        "app.py",
        &format!(
            "{UNTOUCHED_IR}
             edges executed: tool.py appeared
             exports executed: its imports lead elsewhere
             resolution executed: its imports lead elsewhere"
        ),
    );
    check(
        fixture,
        edit,
        "tool.py",
        "ir executed: new file
         edges executed: new file
         exports executed: new file
         resolution executed: new file",
    );
    check(fixture, edit, "alone.py", &untouched());
}

#[test]
fn a_file_that_is_gone_is_named_to_those_who_imported_it() {
    check(
        CHAIN,
        |tree| tree.remove("tool.py"),
        "kit.py",
        &format!(
            "{UNTOUCHED_IR}
             edges executed: tool.py is gone
             exports executed: its imports lead elsewhere
             resolution executed: its imports lead elsewhere"
        ),
    );
    check(
        CHAIN,
        |tree| tree.remove("tool.py"),
        "app.py",
        &format!(
            "{UNTOUCHED_IR}{UNTOUCHED_EDGES}{UNTOUCHED_EXPORTS}
             resolution executed: tool.py is gone"
        ),
    );
}

#[test]
fn a_list_of_public_names_is_looked_at_by_those_who_import_all_of_it() {
    let fixture = "//- app.py\nfrom pkg import *\n//- pkg/__init__.py\n__all__ = ['a']\n//- pkg/a.py\n//- pkg/b.py\n";
    check(
        fixture,
        |tree| tree.write("pkg/__init__.py", "__all__ = ['a', 'b']\n"),
        "app.py",
        &format!(
            "{UNTOUCHED_IR}
             edges executed: what pkg/__init__.py lists as public names changed
             exports executed: its imports lead elsewhere
             resolution executed: its imports lead elsewhere"
        ),
    );
    check(
        fixture,
        |tree| tree.write("pkg/__init__.py", "__all__ = ['a', 'c']\nc = 1\n"),
        "app.py",
        &format!(
            "{UNTOUCHED_IR}
             edges reused: looked at again because what pkg/__init__.py lists as public names changed; \
             nothing came out different
             {UNTOUCHED_EXPORTS}{UNTOUCHED_RESOLUTION}"
        ),
    );
}

#[test]
fn other_imports_are_the_files_own() {
    check(
        CHAIN,
        |tree| tree.write("kit.py", "import other\nfrom tool import run\n"),
        "kit.py",
        "ir executed: its content changed
         edges executed: its own imports changed
         exports executed: its own IR changed
         resolution executed: its own IR changed",
    );
}

#[test]
fn a_revert_finds_what_was_known() {
    let tree = Tree::new(CHAIN);
    let before = std::fs::read(tree.root().join("tool.py")).unwrap();
    for restart in [true, false] {
        let mut engine = tree.engine();
        engine.execute().unwrap();
        tree.write("tool.py", "def run(times, more):\n    return times\n");
        engine.execute().unwrap();
        if restart {
            engine = tree.engine();
        }
        tree.write("tool.py", &before);
        says(
            &tree,
            &mut engine,
            "tool.py",
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
            "app.py",
            &format!(
                "{UNTOUCHED_IR}{UNTOUCHED_EDGES}{UNTOUCHED_EXPORTS}
                 resolution reused: looked at again because tool.py: run changed; nothing came out different"
            ),
        );
    }
}

#[test]
fn import_roots_that_change_are_the_reason_for_all_files() {
    check(
        "//- src/app.py\nimport tool\n//- src/tool.py\n",
        |tree| tree.write("src/__init__.py", ""),
        "src/app.py",
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
    let tree = Tree::new(CHAIN);
    let mut engine = tree.engine();
    engine.execute().unwrap();
    tree.write("kit.py", "from tool import run, walk\n");
    let expected = "ir executed: its content changed
        edges executed: its own imports changed
        exports executed: its own IR changed
        resolution executed: its own IR changed";
    says(&tree, &mut engine, "kit.py", expected);
    tree.write("other.py", "import tool\ntool.walk()\n");
    says(&tree, &mut engine, "kit.py", expected);
    says(&tree, &mut engine, "other.py", &untouched());
}
