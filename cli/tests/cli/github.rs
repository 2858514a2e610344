//! `--format github`: annotations, and the summary of a step.

use crate::repository::{Ran, Repository};

const REPOSITORY: &str = "
//- sub/a.py
import os
import b
//- sub/b.py
import a
import .nowhere
//- sub/c.py
def f(:
    pass
//- sub/d.py
from . import nothing
//- sub/esker.toml
";

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
    let repository = Repository::new(REPOSITORY);
    let (ran, summary) = in_a_job(&repository, "cycles --check --format github");
    ran.ends(1, "::error file=sub/a.py,line=2,title=import cycle::a.py imports b.py imports a.py", "");
    assert_eq!(
        summary,
        "### Import cycles\n\n1 import cycle.\n\n<details><summary>All of them</summary>\n\n- `a.py imports b.py \
         imports a.py`\n\n</details>\n\n"
    );
    let (ran, _) = in_a_job(&repository, "cycles --format github");
    ran.answers("::warning file=sub/a.py,line=2,title=import cycle::a.py imports b.py imports a.py");
    repository.tree.write("sub/b.py", "");
    let (ran, summary) = in_a_job(&repository, "cycles --check --format github");
    ran.answers("");
    assert_eq!(summary, "### Import cycles\n\nThere are no import cycles.\n\n");
}

#[test]
fn only_new_cycles_fail_a_check_that_knows_the_old_ones() {
    let repository = Repository::new("//- a.py\nimport b\n//- b.py\nimport a\n//- c.py\n");
    assert_eq!(repository.esker("cycles --check").code, Some(1));
    repository.esker("cycles --format json -o known.json").answers("");
    repository.esker("cycles --check --known known.json").answers("");
    // One that has become larger is a new one, and so is another one.
    repository.tree.write("b.py", "import c");
    repository.tree.write("c.py", "import a");
    let ran = repository.esker("cycles --check --known known.json --format json");
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.contains("\"c.py\""), "{}", ran.stdout);
    // One that has become smaller is not.
    repository.esker("cycles --format json -o known.json").answers("");
    repository.tree.write("b.py", "import a");
    repository.esker("cycles --check --known known.json").answers("");
    repository.tree.write("known.json", "{}");
    repository.esker("cycles --check --known known.json").fails(
        "
error: --known known.json is no list of cycles: invalid type: map, expected a sequence at line 1 column 0
  hint: `esker cycles --format json -o FILE` writes one
",
    );
    assert_eq!(repository.esker("cycles --check --known nothing.json").code, Some(2));
}

#[test]
fn what_is_wrong_with_files_is_annotated_by_a_build() {
    let repository = Repository::new(REPOSITORY);
    let (ran, summary) = in_a_job(&repository, "build --format github");
    assert_eq!((ran.code, &*ran.stderr), (Some(0), ""));
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines.iter().all(|line| line.starts_with("::error file=sub/")), "{}", ran.stdout);
    assert!(lines[0].starts_with("::error file=sub/b.py,line=2,title=syntax error::"), "{}", ran.stdout);
    assert!(
        summary.starts_with("### Esker\n\n```text\nanalyzed 4 files in [ROOT]") || summary.contains("analyzed 4 files")
    );
    assert!(summary.contains("- `c.py:1: "), "{summary}");
}

#[test]
fn an_unresolved_import_is_annotated_in_its_line() {
    let repository = Repository::new(REPOSITORY);
    let (ran, summary) = in_a_job(&repository, "unresolved --format github d.py");
    ran.answers("::warning file=sub/d.py,line=1,title=unresolved import::nothing (no-such-member)");
    assert!(summary.starts_with("### Unresolved imports\n\n1 import leads nowhere.\n"), "{summary}");
    assert_eq!(repository.esker("unresolved --references --format github").code, Some(2));
    assert_eq!(repository.esker("unresolved --summary --format github").code, Some(2));
}

#[test]
fn what_is_affected_goes_into_the_summary() {
    let repository = Repository::new(REPOSITORY);
    let (ran, summary) = in_a_job(&repository, "affected b.py --format github");
    ran.answers("a.py\nb.py");
    assert_eq!(
        summary,
        "### Affected\n\n2 files affected.\n\n<details><summary>All of them</summary>\n\n- `a.py`\n- `b.py`\n\n\
         </details>\n\n"
    );
    // Outside of a job there is no summary to add to.
    repository.esker_in("sub", "affected b.py --format github").answers("a.py\nb.py");
}
