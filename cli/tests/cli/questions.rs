//! `deps`, `dependents`, `why`, `cycles`, `graph`, `unresolved`.

use esker_tests::languages::Language;
use serde_json::json;

use crate::repository::{Repository, in_each};

const REPOSITORY: &str = "
//- app
use core
type models
//- core

lazy util
//- models
use core
//- util
let x = 1
use pkg/missing
//- pkg/
//- alone
";

const CYCLE: &str = "
//- a
use b
//- b

use c
//- c
use a
lazy d
//- d
use a
//- e
use a
";

#[test]
fn deps_and_dependents_are_paths_a_line() {
    in_each(REPOSITORY, |of| {
        of.answers("deps {app}", "{core}\n{models}");
        of.answers("dependents {core}", "{app}\n{models}");
        of.answers("deps {pkg/}", "");
        of.answers("deps {app} --edges -type-only", "{core}");
        of.answers("deps {app} --format nul", "{core}\0{models}\0");
    });
}

#[test]
fn transitive_deps_and_dependents_leave_out_the_file_itself() {
    in_each(REPOSITORY, |of| {
        // Importing a module runs its package in Python.
        let package = if of.language == Language::Python { "{pkg/}\n" } else { "" };
        of.answers("deps {app} --transitive", &format!("{{core}}\n{{models}}\n{package}{{util}}"));
        of.answers("deps {app} --transitive --edges runtime", "{core}");
        of.answers("dependents {util} --transitive", "{app}\n{core}\n{models}");
    });
    in_each(CYCLE, |of| of.answers("dependents {d} --transitive", "{a}\n{b}\n{c}\n{e}"));
}

#[test]
fn deps_as_json_tell_the_imports_or_the_way() {
    in_each(REPOSITORY, |of| {
        let [app, core, models, util] = ["app", "core", "models", "util"].map(|module| of.path(module));
        let expected = json!([
            {"path": core, "kinds": ["runtime"], "lines": [1]},
            {"path": models, "kinds": ["type-only"], "lines": [2]},
        ]);
        assert_eq!(of.esker("deps {app} --format json").json(), expected);
        let expected = json!([
            {"path": app, "distance": 2, "via": core},
            {"path": core, "distance": 1, "via": util},
            {"path": models, "distance": 2, "via": core},
        ]);
        assert_eq!(of.esker("dependents {util} --transitive --format json").json(), expected);
    });
}

#[test]
fn why_shows_each_import_with_its_place() {
    in_each(REPOSITORY, |of| {
        of.answers(
            "why {app} {util}",
            "
{app}:1: imports {core}
{core}:2: imports {util} (lazy)
",
        );
        let [app, core, util] = ["app", "core", "util"].map(|module| of.path(module));
        let expected = json!([
            {"from": app, "to": core, "kinds": ["runtime"], "lines": [1]},
            {"from": core, "to": util, "kinds": ["lazy"], "lines": [2]},
        ]);
        assert_eq!(of.esker("why {app} {util} --format json").json(), expected);
    });
}

#[test]
fn why_exits_with_1_if_there_is_no_chain() {
    in_each(REPOSITORY, |of| {
        of.ends("why {alone} {app}", 1, "", "warning: {alone} does not depend on {app}");
        of.ends("why {util} {app}", 1, "", "warning: {util} does not depend on {app}; it is the other way round");
        of.ends(
            "why {app} {util} --edges runtime",
            1,
            "",
            "warning: {app} depends on {util} only by edges that do not count here; see --edges all",
        );
        of.ends("why {util} {app} -q", 1, "", "");
    });
}

#[test]
fn cycles_are_shown_with_a_loop() {
    in_each(CYCLE, |of| {
        of.answers(
            "cycles",
            "
a cycle of 4 files
  {a}:1: imports {b}
  {b}:2: imports {c}
  {c}:1: imports {a}
  and {d}
",
        );
        let [a, b, c] = ["a", "b", "c"].map(|module| of.path(module));
        let expected = json!([{
            "files": [a, b, c],
            "loop": [
                {"from": a, "to": b, "kinds": ["runtime"], "lines": [1]},
                {"from": b, "to": c, "kinds": ["runtime"], "lines": [2]},
                {"from": c, "to": a, "kinds": ["runtime"], "lines": [1]},
            ],
        }]);
        assert_eq!(of.esker("cycles --edges runtime --format json").json(), expected);
    });
}

#[test]
fn a_check_for_cycles_fails_if_there_are_any() {
    in_each(CYCLE, |of| {
        assert_eq!(of.esker("cycles").code, Some(0));
        assert_eq!(of.esker("cycles --check").code, Some(1));
    });
    in_each(REPOSITORY, |of| of.answers("cycles --check", ""));
}

#[test]
fn the_graph_has_a_key_for_every_file() {
    in_each(CYCLE, |of| {
        let [a, b, c, d, e] = ["a", "b", "c", "d", "e"].map(|module| of.path(module));
        let graph = |rows: [(&String, Vec<&String>); 5]| {
            serde_json::Value::Object(rows.into_iter().map(|(path, others)| (path.clone(), json!(others))).collect())
        };
        let expected = graph([(&a, vec![&b]), (&b, vec![&c]), (&c, vec![&a, &d]), (&d, vec![&a]), (&e, vec![&a])]);
        assert_eq!(of.esker("graph").json(), expected);
        let expected = graph([(&a, vec![&c, &d, &e]), (&b, vec![&a]), (&c, vec![&b]), (&d, vec![]), (&e, vec![])]);
        assert_eq!(of.esker("graph --direction dependents --edges -lazy").json(), expected);
    });
}

#[test]
fn the_graph_of_two_languages_is_one() {
    let repository = Repository::new("//- a.py\nimport b\n//- b.py\n//- c.ts\nimport './d';\n//- d.js\n");
    let expected = json!({"a.py": ["b.py"], "b.py": [], "c.ts": ["d.js"], "d.js": []});
    assert_eq!(repository.esker("graph").json(), expected);
    repository.esker("affected b.py d.js").answers("a.py\nb.py\nc.ts\nd.js");
}

#[test]
fn the_graph_with_details_tells_kinds_and_lines() {
    in_each("//- a\nuse b\nlazy b\n//- b\n", |of| {
        let row = json!([{"path": of.path("b"), "kinds": ["runtime", "lazy"], "lines": [1, 2]}]);
        assert_eq!(of.esker("graph --details").json(), json!({of.path("a"): row, of.path("b"): []}));
    });
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
    let repository = Repository::new(
        "
//- app.py
from typing import TYPE_CHECKING
//- util.py
import requests
import pkg.missing
//- pkg/__init__.py
//- app.ts
import 'node:fs';
//- util.ts
import 'rxjs';
import './missing';
",
    );
    repository.esker("unresolved").answers(
        "
util.py:2: pkg.missing (no-such-module)
util.ts:2: ./missing (no-such-module)
",
    );
    repository.esker("unresolved --external").answers(
        "
app.py:1: typing (standard-library)
app.ts:1: node:fs (standard-library)
util.py:1: requests (external)
util.py:2: pkg.missing (no-such-module)
util.ts:1: rxjs (external)
util.ts:2: ./missing (no-such-module)
",
    );
    let expected = |path: &str, name: &str| json!({"path": path, "line": 2, "name": name, "reason": "no-such-module", "kinds": ["runtime"]});
    assert_eq!(
        repository.esker("unresolved --format json").json(),
        json!([expected("util.py", "pkg.missing"), expected("util.ts", "./missing")])
    );
}

#[test]
fn an_unknown_edge_kind_is_wrong_usage() {
    let ran = Repository::new("//- a.py\n").esker("cycles --edges lasy");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("there is no edge kind `lasy`"), "{}", ran.stderr);
}

#[test]
fn questions_bring_the_index_up_to_date_unless_told_not_to() {
    in_each("//- a\nuse b\n//- b\n//- c\n", |of| {
        of.ends(
            "deps {a} --no-refresh",
            2,
            "",
            "
error: there is no earlier build of [ROOT] with this configuration
  hint: run `esker build` first, or leave out --no-refresh
",
        );
        of.answers("deps {a}", "{b}");
        of.write("a", "use c");
        of.answers("deps {a} --no-refresh", "{b}");
        of.answers("deps {a}", "{c}");
        of.answers("deps {a} --no-refresh", "{c}");
        of.ends(
            "deps {a} --no-refresh --no-cache",
            2,
            "",
            "error: --no-refresh asks the cache, which --no-cache does without\n  hint: leave out one of the two",
        );
    });
}

#[test]
fn questions_about_edges_leave_names_until_somebody_asks_for_them() {
    let repository = Repository::new("//- a.py\nfrom b import f\nf()\n//- b.py\ndef f(): ...\n");
    repository.esker("graph --edges=-lazy").answers("{\n  \"a.py\": [\n    \"b.py\"\n  ],\n  \"b.py\": []\n}");
    for question in ["cycles", "why a.py b.py", "deps a.py", "dependents b.py", "affected b.py", "unresolved"] {
        repository.esker(question);
        let stats = repository.esker("cache stats").stdout;
        assert!(stats.contains("imports") && !stats.contains("resolution"), "{question}: {stats}");
    }
    repository.esker("refs f --no-refresh").fails(
        "
error: the last build of [ROOT] did not look at what is asked for
  hint: run `esker build` first, or leave out --no-refresh
",
    );
    repository.esker("refs f").answers("a.py:1:15: import\na.py:2:1: call");
    repository.esker("refs f --no-refresh").answers("a.py:1:15: import\na.py:2:1: call");
}
