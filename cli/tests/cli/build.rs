//! `esker build`.

use serde_json::json;

use crate::repository::Repository;

const CHAIN: &str = "
//- a.py
import b
//- b.py
import c
import os
import nowhere
//- c.py
X = 1
";

#[test]
fn a_first_build_a_second_one_and_one_after_a_change_say_what_they_did() {
    let repository = Repository::new(CHAIN);
    repository.esker("build").untimed().answers(
        "
analyzed 3 files in [ROOT] (…)
  changed   3 added (a.py, b.py, c.py)
  executed  ir 3, edges 3, exports 3, resolution 3
",
    );
    repository.esker("build").untimed().answers("3 files up to date in [ROOT] (…)");
    repository.tree.write("c.py", "X = 2");
    repository.esker("build").untimed().answers(
        "
updated 1 of 3 files in [ROOT] (…)
  changed   1 modified (c.py)
  affected  3 files
  executed  ir 1, exports 1, resolution 1
  reused    66.7 %, ir 2, edges 3, exports 2, resolution 2
",
    );
}

#[test]
fn a_build_that_goes_back_says_that_it_executed_nothing() {
    let repository = Repository::new(CHAIN);
    repository.esker("build");
    let before = repository.read("c.py");
    repository.tree.write("c.py", "X = 2");
    repository.esker("build");
    repository.tree.write("c.py", before);
    repository.esker("build").untimed().answers(
        "
updated 3 files in [ROOT] (…)
  changed   1 modified (c.py)
  affected  3 files
  executed  nothing, every result was kept from an earlier build
",
    );
}

#[test]
fn the_report_as_json_has_every_number() {
    let repository = Repository::new(CHAIN);
    repository.esker("build");
    repository.tree.write("b.py", "import c\nimport a");
    let mut report = repository.esker("build --format json").json();
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
}

#[test]
fn a_list_of_changes_is_trusted() {
    let repository = Repository::new(CHAIN);
    repository.esker("build");
    repository.tree.write("b.py", "");
    repository.tree.write("c.py", "X = 3");
    let report = repository.esker("build --changed c.py --format json").json();
    assert_eq!(report["changed"], json!({"added": 0, "modified": 1, "removed": 0}));
    let report = repository.esker("build --format json").json();
    assert_eq!(report["changed"], json!({"added": 0, "modified": 1, "removed": 0}));
}

#[test]
fn lists_of_changes_come_from_files_and_from_stdin_with_lines_or_nul() {
    let repository = Repository::new(CHAIN);
    repository.esker("build");
    let mut version = 10;
    let mut changed = |stdin: &str, arguments: &str| {
        version += 1;
        repository.tree.write("a.py", format!("X = {version}"));
        repository.tree.write("b.py", format!("X = {version}00"));
        let report = repository.esker_reading(stdin, &format!("build --format json {arguments}")).json();
        report["changed"]["modified"].as_u64().unwrap()
    };
    assert_eq!(changed("a.py\nb.py\n", "--changed-from -"), 2);
    assert_eq!(changed("a.py\0b.py\0", "--changed-from - -0"), 2);
    assert_eq!(changed("", "--changed-from -"), 0);
    assert_eq!(changed("a.py\n", "--changed-from - --changed b.py"), 2);
    repository.tree.write("list.txt", "a.py\r\n\r\n");
    assert_eq!(changed("", "--changed-from list.txt"), 1);
    assert_eq!(changed("", "--changed ."), 2);
}

#[test]
fn a_listed_path_that_is_gone_is_a_removal_and_a_new_one_an_addition() {
    let repository = Repository::new(CHAIN);
    repository.esker("build");
    repository.tree.remove("c.py");
    repository.tree.write("d.py", "");
    let report = repository.esker("build --changed c.py --changed d.py --format json").json();
    assert_eq!(report["changed"], json!({"added": 1, "modified": 0, "removed": 1}));
}

#[test]
fn listed_paths_count_from_the_current_directory() {
    let repository = Repository::new("//- p/__init__.py\n//- p/a.py\nX = 1\n//- b.py\nX = 2");
    repository.esker("build");
    repository.tree.write("p/a.py", "X = 3");
    repository.tree.write("b.py", "X = 4");
    let report = repository.esker_in("p", "build --changed a.py --changed ../b.py --format json").json();
    assert_eq!(report["changed"]["modified"], 2);
}

#[test]
fn a_listed_path_outside_of_the_root_is_refused() {
    let repository = Repository::new(CHAIN);
    repository.esker("build --changed ../x.py").fails("error: ../x.py is not below the root [ROOT]\n  hint: the root is found from the current directory upwards; -C DIR begins elsewhere");
}

#[test]
fn force_computes_everything_anew() {
    let repository = Repository::new(CHAIN);
    repository.esker("build");
    let report = repository.esker("build --force --format json").json();
    assert_eq!(report["executed"]["ir"], 3);
    assert_eq!(report["changed"]["modified"], 0);
    assert_eq!(repository.esker("build --force --changed a.py").code, Some(2));
}

#[test]
fn without_a_cache_nothing_is_written() {
    let repository = Repository::new(CHAIN);
    assert_eq!(repository.esker("build --no-cache --format json").json()["executed"]["ir"], 3);
    assert_eq!(repository.esker("build --no-cache --format json").json()["executed"]["ir"], 3);
    assert!(!repository.tree.root().join(".esker").exists());
}

#[test]
fn broken_source_is_a_warning_and_no_failure() {
    let repository = Repository::new("//- a.py\ndef f(:\n    pass\n//- b.py\nimport a");
    let ran = repository.esker("build").untimed();
    assert!(ran.stderr.starts_with("warning: a.py:1:7: "), "{}", ran.stderr);
    assert!(ran.stdout.contains("1 file with syntax errors"), "{}", ran.stdout);
    assert_eq!(ran.code, Some(0));
    repository.esker("build -q").answers("");
}

#[test]
fn many_problems_are_cut_short_unless_asked_for() {
    let broken: String = (10..40).map(|number| format!("//- a{number}.py\nx = = {number}\n")).collect();
    let repository = Repository::new(&broken);
    let stderr = repository.esker("build").stderr;
    assert_eq!(stderr.lines().count(), 21);
    assert_eq!(stderr.lines().last(), Some("warning: 10 more problems (-v shows all)"));
    let stderr = repository.esker("build -v").stderr;
    assert_eq!(stderr.lines().filter(|line| line.starts_with("warning: ")).count(), 30);
}

#[test]
fn a_quiet_build_still_writes_what_was_asked_for() {
    let repository = Repository::new(CHAIN);
    repository.esker("build -q").answers("");
    assert!(repository.esker("build -q --format text").stdout.contains("3 files"));
    repository.esker("build -q -o report.txt").answers("");
    assert!(repository.read("report.txt").contains("3 files"));
}

#[test]
fn not_to_refresh_makes_no_sense() {
    let ran = Repository::new(CHAIN).esker("build --no-refresh");
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
