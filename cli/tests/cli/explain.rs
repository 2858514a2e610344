//! `esker explain`.

use serde_json::json;

use crate::repository::Repository;

const REPOSITORY: &str = "
//- app.py
from kit import run
run(1)
//- kit.py
from tool import run
//- tool.py
def run(times):
    return times
";

#[test]
fn the_file_and_the_name_that_caused_it_are_told_after_the_build() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    repository.tree.write("tool.py", "def run(times, more):\n    return times\n");
    repository.esker("build");
    let expected = "
app.py
  ir          reused: its content is the same
  edges       reused: its imports are the same, and nothing that they look for came or went
  exports     reused: its IR is the same, and its imports lead where they led
  resolution  executed: tool.py: run changed
tool.py
  ir          executed: its content changed
  edges       reused: its imports are the same, and nothing that they look for came or went
  exports     executed: its own IR changed
  resolution  executed: its own IR changed
";
    repository.esker("explain app.py tool.py").answers(expected);
    repository.esker("build");
    repository.tree.write("kit.py", "");
    repository.esker("explain app.py tool.py").answers(expected);
    repository.esker("explain app.py tool.py --no-refresh").answers(expected);
}

#[test]
fn the_json_form_has_causes_in_parts() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    repository.tree.write("tool.py", "def run(times, more):\n    return times\n");
    repository.esker("build");
    let found = repository.esker("explain app.py --format json").json();
    assert_eq!(found[0]["path"], "app.py");
    assert_eq!(
        found[0]["stages"][0],
        json!({
            "stage": "ir",
            "outcome": "untouched",
            "cause": null,
            "text": "reused: its content is the same",
        })
    );
    assert_eq!(
        found[0]["stages"][3],
        json!({
            "stage": "resolution",
            "outcome": "executed",
            "cause": {"kind": "name", "path": "tool.py", "name": "run"},
            "text": "executed: tool.py: run changed",
        })
    );
}

#[test]
fn without_a_build_there_is_nothing_to_explain() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("explain app.py").fails(
        "
error: there is no earlier build of [ROOT] with this configuration
  hint: run `esker build` first
",
    );
    repository
        .esker("explain app.py --no-cache")
        .fails("error: explain asks the cache, which --no-cache does without\n  hint: leave out --no-cache");
}

#[test]
fn a_path_that_is_no_source_file_is_an_error() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    repository.tree.write("late.py", "");
    repository.esker("explain late.py").fails(
        "
error: late.py is not among the files analyzed
  hint: it is ignored or excluded, or its language is not known
  hint: this tells of the last build; a file that is new since then is known after the next one
",
    );
    assert_eq!(repository.esker("explain .").code, Some(2));
    assert_eq!(repository.esker("explain").code, Some(2));
}
