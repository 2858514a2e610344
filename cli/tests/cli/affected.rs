//! `esker affected`.

use serde_json::json;

use crate::repository::{Repository, in_all, in_each};

/// `top` imports `mid`, which imports `low`; `other` and `test_low` import `low`, the latter from within a function.
const REPOSITORY: &str = "
//- low
let X = 0
//- mid
use low
//- top
use mid
//- other
let Y = 1
use low
//- tests/test_low

lazy low
";

#[test]
fn a_change_affects_the_file_and_all_that_depend_on_it() {
    in_each(REPOSITORY, |of| {
        of.answers("affected {low}", "{low}\n{mid}\n{other}\n{tests/test_low}\n{top}");
        of.answers("affected {low} --dependents-only --direct", "{mid}\n{other}\n{tests/test_low}");
        of.answers("affected {low} --depth 0", "{low}");
        of.answers("affected {low} --edges runtime", "{low}\n{mid}\n{other}\n{top}");
        of.answers("affected {mid} {other}", "{mid}\n{other}\n{top}");
    });
}

#[test]
fn globs_select_by_path_as_in_gitignore() {
    in_each(REPOSITORY, |of| {
        of.answers("affected {low} --match test_*", "{tests/test_low}");
        of.answers("affected {low} --match tests/ --match /m*", "{mid}\n{tests/test_low}");
        of.answers("affected {low} --match /test_*", "");
        assert_eq!(of.esker("affected {low} --match [b-a]").code, Some(2));
    });
}

#[test]
fn rows_tell_distance_and_the_file_before() {
    in_each(REPOSITORY, |of| {
        let (mid, top) = (of.path("mid"), of.path("top"));
        let expected = json!([
            {"path": mid, "distance": 0, "via": null},
            {"path": top, "distance": 1, "via": mid},
        ]);
        assert_eq!(of.esker("affected {mid} --format json").json(), expected);
        of.esker("affected {mid} --format jsonl").answers(&format!(
            r#"
{{"path":"{mid}","distance":0,"via":null}}
{{"path":"{top}","distance":1,"via":"{mid}"}}
"#
        ));
        of.answers("affected {mid} --format nul", "{mid}\0{top}\0");
    });
}

#[test]
fn why_names_the_import() {
    in_each(REPOSITORY, |of| {
        of.answers(
            "affected {low} --why",
            "
{low}: changed
{mid}:1: imports {low}
{other}:2: imports {low}
{tests/test_low}:2: imports {low} (lazy)
{top}:1: imports {mid}
",
        );
        let (mid, top) = (of.path("mid"), of.path("top"));
        of.esker("affected {mid} --why --format jsonl --dependents-only")
            .answers(&format!(r#"{{"path":"{top}","distance":1,"via":"{mid}","kinds":["runtime"],"lines":[1]}}"#));
    });
}

#[test]
fn without_a_path_it_is_what_changed_since_the_last_build() {
    in_each(REPOSITORY, |of| {
        of.esker("build");
        of.answers("affected", "");
        of.write("mid", "use low\nlet X = 5");
        of.answers("affected", "{mid}\n{top}");
        of.answers("affected", "");
    });
}

#[test]
fn a_removed_file_affects_what_depended_on_it() {
    in_each(REPOSITORY, |of| {
        of.esker("build");
        of.remove("mid");
        of.answers("affected --why", "{top}:1: imports {mid}");
        of.remove("low");
        of.answers("affected {low}", "{other}\n{tests/test_low}");
    });
}

#[test]
fn a_file_that_went_earlier_affects_those_that_still_look_for_it() {
    in_each(REPOSITORY, |of| {
        of.esker("build");
        of.remove("mid");
        of.esker("build");
        of.answers("affected {mid}", "{top}");
        of.answers("affected {mid} --why", "{top}: looks for {mid}, which is gone");
        let row = format!(r#"{{"path":"{}","distance":1,"via":"{}"}}"#, of.path("top"), of.path("mid"));
        of.esker("affected {mid} --format jsonl").answers(&row);
        let warning = "warning: {mod/lwo} is not known, and no file looks for it";
        of.ends("affected {mod/lwo}", 0, "", warning);
        let warning = "warning: {othr} is not known, and no file looks for it; did you mean {other}?";
        of.ends("affected {othr}", 0, "", warning);
    });
}

#[test]
fn an_added_file_affects_those_whose_imports_now_lead_to_it() {
    in_each("//- a\nuse b\n//- c\nuse a", |of| {
        of.esker("build");
        of.write("b", "");
        of.answers("affected", "{a}\n{b}\n{c}");
    });
}

#[test]
fn a_change_in_two_languages_affects_the_files_of_both() {
    let repository = in_all(REPOSITORY);
    let lines = |text: &str| repository.tree.lines(text).join("\n");
    repository
        .esker("affected low.py mid.ts")
        .answers("low.py\nmid.py\nmid.ts\nother.py\ntests/test_low.py\ntop.py\ntop.ts");
    repository.tree.write_module("mid", "use low\nlet X = 5");
    repository.esker("affected").answers(&lines("{mid}\n{top}"));
    repository.tree.remove_module("mid");
    repository.esker("affected --why").answers(&lines("{top}:1: imports {mid}"));
}

#[test]
fn a_directory_stands_for_the_files_below_it() {
    in_each(REPOSITORY, |of| {
        of.answers("affected tests", "{tests/test_low}");
        of.repository.esker_in("tests", "affected .").answers(&of.language.with_paths("{tests/test_low}"));
        of.esker("build");
        of.remove("tests/test_low");
        of.answers("affected tests", "");
    });
}

#[test]
fn a_list_from_stdin_may_name_files_that_are_not_analyzed() {
    in_each(REPOSITORY, |of| {
        of.repository.tree.write("README.md", "");
        let ask = |stdin: &str, arguments: &str| {
            of.repository.esker_reading(&of.language.with_paths(stdin), &of.language.with_paths(arguments))
        };
        ask("README.md\n{mid}\n", "affected -").answers(&of.language.with_paths("{mid}\n{top}"));
        let expected = of.language.with_paths("{mid}\n{other}\n{top}");
        ask("README.md\0{mid}\0", "affected - -0 {other}").answers(&expected);
        ask("", "affected -").answers("");
    });
}

#[test]
fn nul_without_a_list_is_wrong_usage() {
    let ran = Repository::new(REPOSITORY).esker("affected -0 low.py");
    ran.fails("error: -0 tells how a list from stdin is read, and none is\n  hint: add `-`");
}

#[test]
fn the_last_build_can_be_asked_as_it_is() {
    in_each(REPOSITORY, |of| {
        of.esker("build");
        of.write("other", "");
        of.answers("affected {low} --direct --dependents-only --edges runtime --no-refresh", "{mid}\n{other}");
    });
}
