//! `esker build`.

use serde_json::json;

use crate::repository::{Repository, in_all, in_each};

const CHAIN: &str = "
//- a
use b
//- b
use c
python import os
python import nowhere
typescript import 'node:os';
typescript import 'nowhere';
//- c
let X = 1
";

#[test]
fn a_first_build_a_second_one_and_one_after_a_change_say_what_they_did() {
    in_each(CHAIN, |of| {
        let says = |expected| of.esker("build").untimed().answers(&of.filled(expected));
        says(
            "
analyzed 3 files in [ROOT] (…)
  changed   3 added ({a}, {b}, {c})
  executed  ir 3, edges 3, exports 3, resolution 3
",
        );
        says("3 files up to date in [ROOT] (…)");
        of.write("c", "let X = 2");
        says(
            "
updated 1 of 3 files in [ROOT] (…)
  changed   1 modified ({c})
  affected  3 files
  executed  ir 1, exports 1, resolution 1
  reused    66.7 %, ir 2, edges 3, exports 2, resolution 2
",
        );
    });
}

#[test]
fn a_build_that_goes_back_says_that_it_executed_nothing() {
    in_each(CHAIN, |of| {
        of.esker("build");
        of.write("c", "let X = 2");
        of.esker("build");
        of.write("c", "let X = 1");
        of.esker("build").untimed().answers(&of.filled(
            "
updated 3 files in [ROOT] (…)
  changed   1 modified ({c})
  affected  3 files
  executed  nothing, every result was kept from an earlier build
",
        ));
    });
}

#[test]
fn the_report_as_json_has_every_number() {
    in_each(CHAIN, |of| {
        of.esker("build");
        of.write("b", "use c\nuse a");
        let mut report = of.esker("build --format json").json();
        assert!(report["elapsed_ms"].as_f64().unwrap() > 0.0);
        assert!(report["root"].as_str().unwrap().ends_with("[ROOT]"));
        report.as_object_mut().unwrap().retain(|key, _| key != "elapsed_ms" && key != "root");
        let expected = json!({
            "schema": 1,
            "files": 3,
            "changed": {"added": 0, "modified": 1, "removed": 0},
            "affected": 2,
            "executed": {"ir": 1, "edges": 1, "exports": 1, "resolution": 1},
            "reused": {"ir": 2, "edges": 2, "exports": 2, "resolution": 2},
            "cache": {"hits": 2, "misses": 1, "hit_rate": 2.0 / 3.0},
            "diagnostics": {
                "syntax_errors": 0,
                "unresolved_imports": 0,
                "external_imports": 0,
                "standard_library_imports": 0,
                "cycles": 1,
            },
        });
        assert_eq!(report, expected);
    });
}

#[test]
fn files_of_two_languages_are_counted_together() {
    let repository = in_all(CHAIN);
    let report = repository.esker("build --format json").json();
    assert_eq!(report["changed"], json!({"added": 6, "modified": 0, "removed": 0}));
    // No imports lead to the same edges, whatever the language.
    assert_eq!(report["executed"], json!({"ir": 6, "edges": 5, "exports": 6, "resolution": 6}));
    let diagnostics = &report["diagnostics"];
    assert_eq!((&diagnostics["external_imports"], &diagnostics["standard_library_imports"]), (&json!(2), &json!(2)));
    // A change in one of them reaches nothing of the other.
    repository.tree.write("b.ts", "import './a';\nimport 'nowhere';\n");
    let report = repository.esker("build --format json").json();
    assert_eq!((&report["affected"], &report["reused"]["ir"]), (&json!(2), &json!(5)));
    assert_eq!(report["executed"], json!({"ir": 1, "edges": 1, "exports": 1, "resolution": 1}));
    assert_eq!(report["diagnostics"]["cycles"], 1);
}

#[test]
fn a_list_of_changes_is_trusted() {
    in_each(CHAIN, |of| {
        of.esker("build");
        of.write("b", "");
        of.write("c", "let X = 3");
        let report = of.esker("build --changed {c} --format json").json();
        assert_eq!(report["changed"], json!({"added": 0, "modified": 1, "removed": 0}));
        let report = of.esker("build --format json").json();
        assert_eq!(report["changed"], json!({"added": 0, "modified": 1, "removed": 0}));
    });
}

#[test]
fn lists_of_changes_come_from_files_and_from_stdin_with_lines_or_nul() {
    let repository = in_all(CHAIN);
    repository.esker("build");
    let mut version = 10;
    let mut changed = |stdin: &str, arguments: &str| {
        version += 1;
        repository.tree.write_module("a", &format!("let X = {version}"));
        repository.tree.write_module("b", &format!("let X = {version}00"));
        let report = repository.esker_reading(stdin, &format!("build --format json {arguments}")).json();
        report["changed"]["modified"].as_u64().unwrap()
    };
    assert_eq!(changed("a.py\nb.ts\n", "--changed-from -"), 2);
    assert_eq!(changed("a.py\0b.ts\0", "--changed-from - -0"), 2);
    assert_eq!(changed("", "--changed-from -"), 0);
    assert_eq!(changed("a.ts\n", "--changed-from - --changed b.py"), 2);
    repository.tree.write("list.txt", "a.ts\r\n\r\n");
    assert_eq!(changed("", "--changed-from list.txt"), 1);
    assert_eq!(changed("", "--changed ."), 4);
}

#[test]
fn a_listed_path_that_is_gone_is_a_removal_and_a_new_one_an_addition() {
    in_each(CHAIN, |of| {
        of.esker("build");
        of.remove("c");
        of.write("d", "");
        let report = of.esker("build --changed {c} --changed {d} --format json").json();
        assert_eq!(report["changed"], json!({"added": 1, "modified": 0, "removed": 1}));
    });
}

#[test]
fn listed_paths_count_from_the_current_directory() {
    let repository = in_all("//- p/\n//- p/a\nlet X = 1\n//- b\nlet X = 2");
    repository.esker("build");
    repository.tree.write_module("p/a", "let X = 3");
    repository.tree.write_module("b", "let X = 4");
    let report = repository.esker_in("p", "build --changed a.py --changed ../b.ts --format json").json();
    assert_eq!(report["changed"]["modified"], 2);
}

#[test]
fn a_listed_path_outside_of_the_root_is_refused() {
    in_all(CHAIN).esker("build --changed ../x.py").fails("error: ../x.py is not below the root [ROOT]\n  hint: the root is found from the current directory upwards; -C DIR begins elsewhere");
}

#[test]
fn force_computes_everything_anew() {
    let repository = in_all(CHAIN);
    repository.esker("build");
    let report = repository.esker("build --force --format json").json();
    assert_eq!(report["executed"], json!({"ir": 6, "edges": 5, "exports": 6, "resolution": 6}));
    assert_eq!(report["changed"]["modified"], 0);
    assert_eq!(repository.esker("build --force --changed a.py").code, Some(2));
}

#[test]
fn without_a_cache_nothing_is_written() {
    let repository = in_all(CHAIN);
    assert_eq!(repository.esker("build --no-cache --format json").json()["executed"]["ir"], 6);
    assert_eq!(repository.esker("build --no-cache --format json").json()["executed"]["ir"], 6);
    assert!(!repository.tree.root().join(".esker").exists());
}

#[test]
fn broken_source_is_a_warning_and_no_failure() {
    in_each("//- a\nbroken\n//- b\nuse a", |of| {
        let ran = of.esker("build").untimed();
        assert!(ran.stderr.starts_with(&of.filled("warning: {a}:1:")), "{}", ran.stderr);
        assert!(ran.stdout.contains("1 file with syntax errors"), "{}", ran.stdout);
        assert_eq!(ran.code, Some(0));
        of.answers("build -q", "");
    });
}

#[test]
fn many_problems_are_cut_short_unless_asked_for() {
    let broken: String = (10..25).map(|number| format!("//- a{number}\nlet x = = {number}\n")).collect();
    let repository = in_all(&broken);
    let stderr = repository.esker("build").stderr;
    assert_eq!(stderr.lines().count(), 21);
    assert_eq!(stderr.lines().last(), Some("warning: 10 more problems (-v shows all)"));
    let stderr = repository.esker("build -v").stderr;
    assert_eq!(stderr.lines().filter(|line| line.starts_with("warning: ")).count(), 30);
}

#[test]
fn a_quiet_build_still_writes_what_was_asked_for() {
    let repository = in_all(CHAIN);
    repository.esker("build -q").answers("");
    assert!(repository.esker("build -q --format text").stdout.contains("6 files"));
    repository.esker("build -q -o report.txt").answers("");
    assert!(repository.read("report.txt").contains("6 files"));
}

#[test]
fn not_to_refresh_makes_no_sense() {
    let ran = in_all(CHAIN).esker("build --no-refresh");
    ran.fails(
        "
error: --no-refresh makes no sense here: to refresh is what `esker build` does
  hint: leave it out; every other command can do without a refresh
",
    );
}

#[test]
fn a_root_without_files_is_worth_a_warning() {
    let ran = Repository::new("//- README.md\n").esker("build --format json");
    assert_eq!((ran.code, &*ran.stderr), (Some(0), "warning: there are no files to analyze below [ROOT]\n"));
}
