//! `esker affected`.

use serde_json::json;

use crate::repository::Repository;

/// `top` imports `mid`, which imports `low`; `other` and `test_low` import `low`, the latter from within a function.
const REPOSITORY: &str = "
//- low.py
X = 0
//- mid.py
import low
//- top.py
import mid
//- other.py
Y = 1
import low
//- tests/test_low.py
def test():
    import low
//- README.md
";

#[test]
fn a_change_affects_the_file_and_all_that_depend_on_it() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("affected low.py").answers("low.py\nmid.py\nother.py\ntests/test_low.py\ntop.py");
    repository.esker("affected low.py --dependents-only --direct").answers("mid.py\nother.py\ntests/test_low.py");
    repository.esker("affected low.py --depth 0").answers("low.py");
    repository.esker("affected low.py --edges runtime").answers("low.py\nmid.py\nother.py\ntop.py");
    repository.esker("affected mid.py other.py").answers("mid.py\nother.py\ntop.py");
}

#[test]
fn globs_select_by_path_as_in_gitignore() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("affected low.py --match test_*.py").answers("tests/test_low.py");
    repository.esker("affected low.py --match tests/ --match /m*").answers("mid.py\ntests/test_low.py");
    repository.esker("affected low.py --match /test_*.py").answers("");
    assert_eq!(repository.esker("affected low.py --match [b-a]").code, Some(2));
}

#[test]
fn rows_tell_distance_and_the_file_before() {
    let repository = Repository::new(REPOSITORY);
    let expected = json!([
        {"path": "mid.py", "distance": 0, "via": null},
        {"path": "top.py", "distance": 1, "via": "mid.py"},
    ]);
    assert_eq!(repository.esker("affected mid.py --format json").json(), expected);
    repository.esker("affected mid.py --format jsonl").answers(
        r#"
{"path":"mid.py","distance":0,"via":null}
{"path":"top.py","distance":1,"via":"mid.py"}
"#,
    );
    repository.esker("affected mid.py --format nul").answers("mid.py\0top.py\0");
}

#[test]
fn why_names_the_import() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("affected low.py --why").answers(
        "
low.py: changed
mid.py:1: imports low.py
other.py:2: imports low.py
tests/test_low.py:2: imports low.py (lazy)
top.py:1: imports mid.py
",
    );
    repository
        .esker("affected mid.py --why --format jsonl --dependents-only")
        .answers(r#"{"path":"top.py","distance":1,"via":"mid.py","kinds":["runtime"],"lines":[1]}"#);
}

#[test]
fn without_a_path_it_is_what_changed_since_the_last_build() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    repository.esker("affected").answers("");
    repository.tree.write("mid.py", "import low\nX = 5");
    repository.esker("affected").answers("mid.py\ntop.py");
    repository.esker("affected").answers("");
}

#[test]
fn a_removed_file_affects_what_depended_on_it() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    repository.tree.remove("mid.py");
    repository.esker("affected --why").answers("top.py:1: imports mid.py");
    repository.tree.remove("low.py");
    repository.esker("affected low.py").answers("other.py\ntests/test_low.py");
}

#[test]
fn a_file_that_went_earlier_affects_those_that_still_look_for_it() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    repository.tree.remove("mid.py");
    repository.esker("build");
    repository.esker("affected mid.py").answers("top.py");
    repository.esker("affected mid.py --why").answers("top.py: looks for mid.py, which is gone");
    repository.esker("affected mid.py --format jsonl").answers(r#"{"path":"top.py","distance":1,"via":"mid.py"}"#);
    let warning = "warning: mod/lwo.py is not known, and no file looks for it";
    repository.esker("affected mod/lwo.py").ends(0, "", warning);
    let warning = "warning: othr.py is not known, and no file looks for it; did you mean other.py?";
    repository.esker("affected othr.py").ends(0, "", warning);
}

#[test]
fn an_added_file_affects_those_whose_imports_now_lead_to_it() {
    let repository = Repository::new("//- a.py\nimport b\n//- c.py\nimport a");
    repository.esker("build");
    repository.tree.write("b.py", "");
    repository.esker("affected").answers("a.py\nb.py\nc.py");
}

#[test]
fn a_directory_stands_for_the_files_below_it() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("affected tests").answers("tests/test_low.py");
    repository.esker_in("tests", "affected .").answers("tests/test_low.py");
    repository.esker("build");
    repository.tree.remove("tests/test_low.py");
    repository.esker("affected tests").answers("");
}

#[test]
fn a_list_from_stdin_may_name_files_that_are_not_analyzed() {
    let repository = Repository::new(REPOSITORY);
    repository.esker_reading("README.md\nmid.py\n", "affected -").answers("mid.py\ntop.py");
    repository.esker_reading("README.md\0mid.py\0", "affected - -0 other.py").answers("mid.py\nother.py\ntop.py");
    repository.esker_reading("", "affected -").answers("");
}

#[test]
fn nul_without_a_list_is_wrong_usage() {
    let ran = Repository::new(REPOSITORY).esker("affected -0 low.py");
    ran.fails("error: -0 tells how a list from stdin is read, and none is\n  hint: add `-`");
}

#[test]
fn the_last_build_can_be_asked_as_it_is() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    repository.tree.write("other.py", "");
    repository
        .esker("affected low.py --direct --dependents-only --edges runtime --no-refresh")
        .answers("mid.py\nother.py");
}
