//! `deps`, `dependents`, `why`, `cycles`, `graph`, `unresolved`.

use serde_json::json;

use crate::repository::Repository;

const REPOSITORY: &str = "
//- app.py
import core
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import models
//- core.py
def f():
    import util
//- models.py
import core
//- util.py
import requests
import pkg.missing
//- pkg/__init__.py
//- alone.py
";

const CYCLE: &str = "
//- a.py
import b
//- b.py

import c
//- c.py
import a
def f():
    import d
//- d.py
import a
//- e.py
import a
";

#[test]
fn deps_and_dependents_are_paths_a_line() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("deps app.py").answers("core.py\nmodels.py");
    repository.esker("dependents core.py").answers("app.py\nmodels.py");
    repository.esker("deps pkg/__init__.py").answers("");
    repository.esker("deps app.py --edges -type-only").answers("core.py");
    repository.esker("deps app.py --format nul").answers("core.py\0models.py\0");
}

#[test]
fn transitive_deps_and_dependents_leave_out_the_file_itself() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("deps app.py --transitive").answers("core.py\nmodels.py\npkg/__init__.py\nutil.py");
    repository.esker("deps app.py --transitive --edges runtime").answers("core.py");
    repository.esker("dependents util.py --transitive").answers("app.py\ncore.py\nmodels.py");
    let repository = Repository::new(CYCLE);
    repository.esker("dependents d.py --transitive").answers("a.py\nb.py\nc.py\ne.py");
}

#[test]
fn deps_as_json_tell_the_imports_or_the_way() {
    let repository = Repository::new(REPOSITORY);
    let expected = json!([
        {"path": "core.py", "kinds": ["runtime"], "lines": [1]},
        {"path": "models.py", "kinds": ["type-only"], "lines": [4]},
    ]);
    assert_eq!(repository.esker("deps app.py --format json").json(), expected);
    let expected = json!([
        {"path": "app.py", "distance": 2, "via": "core.py"},
        {"path": "core.py", "distance": 1, "via": "util.py"},
        {"path": "models.py", "distance": 2, "via": "core.py"},
    ]);
    assert_eq!(repository.esker("dependents util.py --transitive --format json").json(), expected);
}

#[test]
fn why_shows_each_import_with_its_place() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("why app.py util.py").answers(
        "
app.py:1: imports core.py
core.py:2: imports util.py (lazy)
",
    );
    let expected = json!([
        {"from": "app.py", "to": "core.py", "kinds": ["runtime"], "lines": [1]},
        {"from": "core.py", "to": "util.py", "kinds": ["lazy"], "lines": [2]},
    ]);
    assert_eq!(repository.esker("why app.py util.py --format json").json(), expected);
}

#[test]
fn why_exits_with_1_if_there_is_no_chain() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("why alone.py app.py").ends(1, "", "warning: alone.py does not depend on app.py");
    repository.esker("why util.py app.py").ends(
        1,
        "",
        "warning: util.py does not depend on app.py; it is the other way round",
    );
    repository.esker("why app.py util.py --edges runtime").ends(
        1,
        "",
        "warning: app.py depends on util.py only by edges that do not count here; see --edges all",
    );
    repository.esker("why util.py app.py -q").ends(1, "", "");
}

#[test]
fn cycles_are_shown_with_a_loop() {
    let repository = Repository::new(CYCLE);
    repository.esker("cycles").answers(
        "
a cycle of 4 files
  a.py:1: imports b.py
  b.py:2: imports c.py
  c.py:1: imports a.py
  and d.py
",
    );
    let expected = json!([{
        "files": ["a.py", "b.py", "c.py"],
        "loop": [
            {"from": "a.py", "to": "b.py", "kinds": ["runtime"], "lines": [1]},
            {"from": "b.py", "to": "c.py", "kinds": ["runtime"], "lines": [2]},
            {"from": "c.py", "to": "a.py", "kinds": ["runtime"], "lines": [1]},
        ],
    }]);
    assert_eq!(repository.esker("cycles --edges runtime --format json").json(), expected);
}

#[test]
fn a_check_for_cycles_fails_if_there_are_any() {
    assert_eq!(Repository::new(CYCLE).esker("cycles").code, Some(0));
    assert_eq!(Repository::new(CYCLE).esker("cycles --check").code, Some(1));
    Repository::new(REPOSITORY).esker("cycles --check").answers("");
}

#[test]
fn the_graph_has_a_key_for_every_file() {
    let repository = Repository::new(CYCLE);
    let expected =
        json!({"a.py": ["b.py"], "b.py": ["c.py"], "c.py": ["a.py", "d.py"], "d.py": ["a.py"], "e.py": ["a.py"]});
    assert_eq!(repository.esker("graph").json(), expected);
    let expected =
        json!({"a.py": ["c.py", "d.py", "e.py"], "b.py": ["a.py"], "c.py": ["b.py"], "d.py": [], "e.py": []});
    assert_eq!(repository.esker("graph --direction dependents --edges -lazy").json(), expected);
}

#[test]
fn the_graph_with_details_tells_kinds_and_lines() {
    let repository = Repository::new("//- a.py\nimport b\ndef f():\n    import b\n//- b.py\n");
    let expected = json!({"a.py": [{"path": "b.py", "kinds": ["runtime", "lazy"], "lines": [1, 3]}], "b.py": []});
    assert_eq!(repository.esker("graph --details").json(), expected);
}

#[test]
fn the_graph_is_drawn_by_graphviz_and_mermaid() {
    let repository = Repository::new("//- a.py\nimport b\n//- b.py\n//- p/c.py\n");
    repository.esker("graph --format dot").answers(
        r#"
digraph dependencies {
  rankdir=LR;
  node [shape=box];
  "a.py";
  "b.py";
  "p/c.py";
  "a.py" -> "b.py";
}
"#,
    );
    repository.esker("graph --format mermaid --details").answers(
        r#"
flowchart LR
  f0["a.py"]
  f1["b.py"]
  f2["p/c.py"]
  f0 -->|"runtime 1"| f1
"#,
    );
}

#[test]
fn an_empty_repository_has_an_empty_graph() {
    let repository = Repository::new("//- README.md\n");
    repository.esker("graph").answers("{}");
    repository.esker("cycles --format json").answers("[]");
}

#[test]
fn unresolved_imports_are_those_that_should_be_in_the_repository() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("unresolved").answers("util.py:2: pkg.missing (no-such-module)");
    repository.esker("unresolved --external").answers(
        "
app.py:2: typing (standard-library)
util.py:1: requests (external)
util.py:2: pkg.missing (no-such-module)
",
    );
    let expected = json!([
        {"path": "util.py", "line": 2, "name": "pkg.missing", "reason": "no-such-module", "kinds": ["runtime"]},
    ]);
    assert_eq!(repository.esker("unresolved --format json").json(), expected);
}

#[test]
fn an_unknown_edge_kind_is_wrong_usage() {
    let ran = Repository::new(CYCLE).esker("cycles --edges lasy");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("there is no edge kind `lasy`"), "{}", ran.stderr);
}

#[test]
fn questions_bring_the_index_up_to_date_unless_told_not_to() {
    let repository = Repository::new("//- a.py\nimport b\n//- b.py\n//- c.py\n");
    repository.esker("deps a.py --no-refresh").fails(
        "
error: there is no earlier build of [ROOT] with this configuration
  hint: run `esker build` first, or leave out --no-refresh
",
    );
    repository.esker("deps a.py").answers("b.py");
    repository.tree.write("a.py", "import c");
    repository.esker("deps a.py --no-refresh").answers("b.py");
    repository.esker("deps a.py").answers("c.py");
    repository.esker("deps a.py --no-refresh").answers("c.py");
    repository
        .esker("deps a.py --no-refresh --no-cache")
        .fails("error: --no-refresh asks the cache, which --no-cache does without\n  hint: leave out one of the two");
}
