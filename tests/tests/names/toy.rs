//! What is the engine's own, in a language that has nothing but names.

use std::fs;

use esker_tests::{Tree, executed, names};

use super::{build, check, said};

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
