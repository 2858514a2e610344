//! `--format github`: annotations, and the summary of a step.

use esker_tests::languages::Language;

use crate::repository::{InLanguage, Ran, Repository, in_each};

/// What is in the directory `sub` of a workspace.
const MODULES: &str = "
//- a

use b
//- b
use a
broken
//- c
broken
//- d
python from . import nothing
typescript import './nothing';
";

/// Checks workspaces in whose directory `sub` these modules are, one for each language.
fn in_each_workspace(check: impl Fn(&InLanguage)) {
    in_each("", |of| {
        of.repository.tree.write("sub/esker.toml", "");
        for file in MODULES.split("//- ").skip(1) {
            let (module, statements) = file.split_once('\n').expect("a module has statements");
            write(of, module, statements);
        }
        check(of);
    });
}

fn write(of: &InLanguage, module: &str, statements: &str) {
    of.repository.tree.write(&format!("sub/{}", of.path(module)), of.language.text(module, statements));
}

/// Runs in the directory `sub` of a workspace; what the summary has then.
fn in_a_job(repository: &Repository, arguments: &str) -> (Ran, String) {
    let root = repository.tree.root();
    let summary = root.join("summary.md");
    let mut command = repository.command(arguments);
    command.current_dir(root.join("sub")).env("GITHUB_WORKSPACE", &root).env("GITHUB_STEP_SUMMARY", &summary);
    let ran = repository.run(command, "");
    let text = std::fs::read_to_string(&summary).unwrap_or_default();
    _ = std::fs::remove_file(&summary);
    (ran, text)
}

#[test]
fn a_cycle_is_annotated_where_its_first_import_stands() {
    in_each_workspace(|of| {
        let ask = |arguments: &str| in_a_job(&of.repository, arguments);
        let cycle = of.filled("{a} imports {b} imports {a}");
        let place = of.filled("file=sub/{a},line=2,title=import cycle");
        let (ran, summary) = ask("cycles --check --format github");
        ran.ends(1, &format!("::error {place}::{cycle}"), "");
        assert_eq!(
            summary,
            format!(
                "### Import cycles\n\n1 import cycle.\n\n<details><summary>All of them</summary>\n\n- `{cycle}`\n\n\
                 </details>\n\n"
            )
        );
        let (ran, _) = ask("cycles --format github");
        ran.answers(&format!("::warning {place}::{cycle}"));
        write(of, "b", "");
        let (ran, summary) = ask("cycles --check --format github");
        ran.answers("");
        assert_eq!(summary, "### Import cycles\n\nThere are no import cycles.\n\n");
    });
}

#[test]
fn only_new_cycles_fail_a_check_that_knows_the_old_ones() {
    in_each("//- a\nuse b\n//- b\nuse a\n//- c\n", |of| {
        assert_eq!(of.esker("cycles --check").code, Some(1));
        of.answers("cycles --format json -o known.json", "");
        of.answers("cycles --check --known known.json", "");
        // One that has become larger is a new one, and so is another one.
        of.write("b", "use c");
        of.write("c", "use a");
        let ran = of.esker("cycles --check --known known.json --format json");
        assert_eq!(ran.code, Some(1));
        assert!(ran.stdout.contains(&of.path("c")), "{}", ran.stdout);
        // One that has become smaller is not.
        of.answers("cycles --format json -o known.json", "");
        of.write("b", "use a");
        of.answers("cycles --check --known known.json", "");
        of.repository.tree.write("known.json", "{}");
        of.esker("cycles --check --known known.json").fails(
            "
error: --known known.json is no list of cycles: invalid type: map, expected a sequence at line 1 column 0
  hint: `esker cycles --format json -o FILE` writes one
",
        );
        assert_eq!(of.esker("cycles --check --known nothing.json").code, Some(2));
    });
}

#[test]
fn what_is_wrong_with_files_is_annotated_by_a_build() {
    in_each_workspace(|of| {
        let (ran, summary) = in_a_job(&of.repository, "build --format github");
        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
        let lines: Vec<&str> = ran.stdout.lines().collect();
        assert!(lines.iter().all(|line| line.starts_with("::error file=sub/")), "{}", ran.stdout);
        assert!(lines[0].starts_with(&of.filled("::error file=sub/{b},line=2,title=syntax error::")), "{}", ran.stdout);
        assert!(
            summary.starts_with("### Esker\n\n```text\nanalyzed 4 files in [ROOT]")
                || summary.contains("analyzed 4 files")
        );
        assert!(summary.contains(&of.filled("- `{c}:1: ")), "{summary}");
    });
}

#[test]
fn an_unresolved_import_is_annotated_in_its_line() {
    in_each_workspace(|of| {
        let (line, name) = match of.language {
            Language::Python => (1, "nothing (no-such-member)"),
            Language::TypeScript => (2, "./nothing (no-such-module)"),
        };
        let (ran, summary) = in_a_job(&of.repository, &of.filled("unresolved --format github {d}"));
        ran.answers(&of.filled(&format!("::warning file=sub/{{d}},line={line},title=unresolved import::{name}")));
        assert!(summary.starts_with("### Unresolved imports\n\n1 import leads nowhere.\n"), "{summary}");
        assert_eq!(of.esker("unresolved --references --format github").code, Some(2));
        assert_eq!(of.esker("unresolved --summary --format github").code, Some(2));
    });
}

#[test]
fn what_is_affected_goes_into_the_summary() {
    in_each_workspace(|of| {
        let (ran, summary) = in_a_job(&of.repository, &of.filled("affected {b} --format github"));
        ran.answers(&of.filled("{a}\n{b}"));
        assert_eq!(
            summary,
            of.filled(
                "### Affected\n\n2 files affected.\n\n<details><summary>All of them</summary>\n\n- `{a}`\n- `{b}`\n\n\
                 </details>\n\n"
            )
        );
        // Outside of a job there is no summary to add to.
        let ran = of.repository.esker_in("sub", &of.filled("affected {b} --format github"));
        ran.answers(&of.filled("{a}\n{b}"));
    });
}
