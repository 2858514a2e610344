//! `esker explain`.

use serde_json::json;

use crate::repository::{Repository, in_each};

const REPOSITORY: &str = "
//- app
use kit: run
say run(1)
//- kit
pass tool: run
//- tool
fn run(times): times
";

#[test]
fn the_file_and_the_name_that_caused_it_are_told_after_the_build() {
    in_each(REPOSITORY, |of| {
        of.esker("build");
        of.write("tool", "fn run(times): [times]");
        of.esker("build");
        let expected = "
{app}
  ir          reused: its content is the same
  edges       reused: its imports are the same, and nothing that they look for came or went
  exports     reused: its IR is the same, and its imports lead where they led
  resolution  executed: {tool}: run changed
{tool}
  ir          executed: its content changed
  edges       reused: its imports are the same, and nothing that they look for came or went
  exports     executed: its own IR changed
  resolution  executed: its own IR changed
";
        of.answers("explain {app} {tool}", expected);
        of.esker("build");
        of.write("kit", "");
        of.answers("explain {app} {tool}", expected);
        of.answers("explain {app} {tool} --no-refresh", expected);
    });
}

#[test]
fn the_json_form_has_causes_in_parts() {
    in_each(REPOSITORY, |of| {
        of.esker("build");
        of.write("tool", "fn run(times): [times]");
        of.esker("build");
        let found = of.esker("explain {app} --format json").json();
        assert_eq!(found[0]["path"], of.path("app"));
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
                "cause": {"kind": "name", "path": of.path("tool"), "name": "run"},
                "text": format!("executed: {}: run changed", of.path("tool")),
            })
        );
    });
}

#[test]
fn without_a_build_there_is_nothing_to_explain() {
    let repository = Repository::new("//- app.py\n");
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
    let repository = Repository::new("//- app.py\n");
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
