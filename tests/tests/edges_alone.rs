//! Builds that are asked for edges alone leave names until somebody asks for them.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeMap;

#[cfg(feature = "cache")]
use esker_engine::EngineError;
use esker_engine::api::EdgeKinds;
use esker_engine::{Build, Engine};
use esker_tests::languages::{EACH, Modules};
use esker_tests::{Tree, answer, answer_for, names};

/// In every language.
const CHAIN: &str = "
//- a
use b
say b.y
//- b
use c
let y = 1
//- c
let x = 1
";

/// `use.ts` uses what `env.d.ts` declares for all files.
const TWO_LANGUAGES: &str = "
//- a.py
import b
//- b.py
//- env.d.ts
declare const mode: string;
//- use.ts
export const m = mode;
";

/// What a build executed, a line for each file, the file's path and the stages in their order.
fn stages(build: &Build) -> Vec<String> {
    let mut files: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for execution in &build.details().executed {
        files.entry(&execution.path).or_default().push(execution.stage);
    }
    files.into_iter().map(|(path, stages)| format!("{path}: {}", stages.join(" "))).collect()
}

fn edges_alone(engine: &mut Engine, tree: &Tree) -> Build {
    let build = engine.execute_for(EdgeKinds::DEFAULT_POLICY).unwrap();
    let imports = EdgeKinds::all() - EdgeKinds::GLOBAL;
    assert_eq!(answer_for(&build, imports), tree.clean_answer_for(imports));
    build
}

#[test]
fn no_name_is_looked_at_before_somebody_asks() {
    for languages in EACH {
        let tree = Modules::new(languages, CHAIN);
        let build = edges_alone(&mut tree.engine(), &tree);
        let executed = |stage| build.details().executed.iter().any(|execution| execution.stage == stage);
        assert!(executed("ir") && executed("edges") && !executed("exports") && !executed("resolution"));
        assert_eq!((build.report().reused.exports, build.report().reused.resolution), (0, 0));
        assert!(!build.has_names());
        let mut engine = tree.engine();
        let build = engine.execute().unwrap();
        let executed = |stage| build.details().executed.iter().any(|execution| execution.stage == stage);
        assert!(build.has_names() && executed("exports") && executed("resolution"));
        // Without a cache a new process knows nothing.
        assert_eq!(executed("ir") || executed("edges"), cfg!(not(feature = "cache")));
        assert_eq!(build.report().changed.total() == 0, cfg!(feature = "cache"));
        assert_eq!(answer(&build), tree.clean_answer());
        assert_eq!(names(&mut engine), tree.clean_names());
    }
}

#[test]
fn the_same_engine_goes_on_to_names_and_knows_them_from_then_on() {
    for languages in EACH {
        let tree = Modules::new(languages, CHAIN);
        let mut engine = tree.engine();
        edges_alone(&mut engine, &tree);
        // Who looks into files asks for names.
        assert_eq!(names(&mut engine), tree.clean_names());
        tree.write_module("b", "use c\nlet z = 1");
        let build = edges_alone(&mut engine, &tree);
        assert!(build.has_names() && build.details().executed.iter().any(|execution| execution.stage == "resolution"));
        assert_eq!(names(&mut engine), tree.clean_names());
    }
}

#[test]
#[cfg(feature = "cache")]
fn what_changes_meanwhile_costs_its_edges() {
    for restart in [true, false] {
        let tree = Tree::new(TWO_LANGUAGES);
        let mut engine = tree.engine();
        edges_alone(&mut engine, &tree);
        if restart {
            engine = tree.engine();
        }
        tree.write("b.py", "import os\n");
        assert_eq!(stages(&edges_alone(&mut engine, &tree)), ["b.py: edges imports ir"]);
        tree.remove("b.py");
        assert_eq!(stages(&edges_alone(&mut engine, &tree)), ["a.py: edges"]);
        tree.write("b.py", "import os\n");
        assert_eq!(stages(&edges_alone(&mut engine, &tree)), [""; 0], "all that was known");
        assert_eq!(names(&mut engine), tree.clean_names());
    }
}

#[test]
fn edges_by_names_for_all_files_are_told_by_the_names_of_such_languages_alone() {
    let tree = Tree::new(TWO_LANGUAGES);
    let mut engine = tree.engine();
    let build = engine.execute_for(EdgeKinds::all()).unwrap();
    assert_eq!(answer(&build), tree.clean_answer());
    assert!(answer(&build).contains("env.d.ts 0: global"), "{}", answer(&build));
    let expected =
        ["a.py: edges imports ir", "env.d.ts: exports imports ir resolution", "use.ts: exports imports ir resolution"];
    let of_python = |line: &&String| line.contains("exports") == line.contains(".ts:");
    assert!(stages(&build).iter().all(|line| of_python(&line)), "{:?}", stages(&build));
    assert!(expected.iter().all(|line| stages(&build).iter().any(|stages| stages == line)), "{:?}", stages(&build));
    tree.write("env.d.ts", "declare const other: string;\n");
    let build = engine.execute_for(EdgeKinds::all()).unwrap();
    assert_eq!(answer(&build), tree.clean_answer());
    assert_eq!(stages(&build), ["env.d.ts: exports imports ir resolution", "use.ts: resolution"]);
    assert!(!build.has_names());
}

#[test]
fn a_language_without_files_has_nothing_to_be_known() {
    let tree = Tree::new("//- a.ts\nexport const x = 1;\n//- package.json\n{}\n");
    let mut engine = tree.engine();
    assert!(engine.execute_for(EdgeKinds::all()).unwrap().has_names());
}

#[test]
fn nothing_is_put_off_of_files_that_are_no_code() {
    let settings = "//- package.json\n{}\n//- data.json\n{}\n";
    for fixture in [settings.to_owned(), format!("{settings}//- a.py\nimport b\n")] {
        let tree = Tree::new(&fixture);
        let clean = tree.clean_digest();
        let mut engine = tree.engine();
        let build = edges_alone(&mut engine, &tree);
        assert_eq!(build.digest() == clean, !fixture.contains("a.py"));
        assert_eq!(stages(&engine.execute_for(EdgeKinds::all()).unwrap()), [""; 0], "nothing is left to do");
        let build = engine.execute().unwrap();
        assert_eq!((build.digest(), build.has_names()), (clean, true));
    }
}

#[test]
#[cfg(feature = "cache")]
fn what_was_not_looked_at_is_not_told_as_missing() {
    let tree = Tree::new(TWO_LANGUAGES);
    edges_alone(&mut tree.engine(), &tree);
    let mut engine = tree.engine();
    assert!(matches!(engine.last_build_for(EdgeKinds::all()), Err(EngineError::NotLookedAt { .. })));
    assert!(engine.last_build_for(EdgeKinds::DEFAULT_POLICY).is_ok());
    assert_eq!(engine.check_cache().unwrap().problems, []);
    let stages = |engine: &mut Engine| {
        let explained = engine.last_build().unwrap().explain("a.py").unwrap();
        explained.stages.iter().map(|stage| format!("{} {stage}", stage.stage)).collect::<Vec<_>>()
    };
    assert_eq!(stages(&mut engine), ["ir executed: first build", "edges executed: first build"]);
    engine.execute().unwrap();
    let by_names = "executed: names are asked for, which the builds before left until then";
    assert_eq!(stages(&mut tree.engine())[2..], [format!("exports {by_names}"), format!("resolution {by_names}")]);
    assert!(tree.engine().verify(100.0).unwrap().1.differences.is_empty());
    assert_eq!(tree.engine().check_cache().unwrap().problems, []);
}
