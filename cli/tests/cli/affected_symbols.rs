//! `esker affected --symbols`, and `--since`.

use serde_json::json;

use crate::git::{commit, git, put_under_git, under_git};
use crate::repository::{Repository, in_all, in_each};

/// `run` calls `main`, which calls `low`; `User` makes use of `Base`.
const REPOSITORY: &str = "
//- low
let X = 1
fn low(): X + 1
class Base: m(): 1; other(): 2
//- mid
use low: low as renamed, Base
fn main(): renamed()
class User(Base): own(): 1
//- top
use mid
fn run(): mid.main()
";

#[test]
fn a_changed_body_reaches_those_who_call_it() {
    in_each(REPOSITORY, |of| {
        of.esker("build");
        of.answers("affected --symbols", "");
        of.write("low", "let X = 1\nfn low(): X + 2\nclass Base: m(): 1; other(): 2");
        of.answers(
            "affected --symbols",
            "
{low}:low  (changed: body)
{mid}:main  (distance 1 via {low}:low)
{top}:run  (distance 2 via {mid}:main)
",
        );
        of.answers("affected --symbols", "");
        of.write("low", "let X = 1\nfn low(): X + 1\nclass Base: m(): 3; other(): 2");
        of.answers(
            "affected --symbols",
            "
{low}:Base.m  (changed: body)
{low}:low  (changed: body)
{mid}:main  (distance 1 via {low}:low)
{top}:run  (distance 2 via {mid}:main)
",
        );
    });
}

#[test]
fn what_is_defined_by_way_of_something_is_used_in_its_place() {
    let repository = "
//- low
fn low(): 1
//- mid
use low: low
let table = low()
let other = 2
//- top
use mid: table, other
fn run(): table
fn free(): other
";
    in_each(repository, |of| {
        of.esker("build");
        of.write("low", "fn low(): 2");
        of.answers(
            "affected --symbols",
            "
{low}:low  (changed: body)
{mid}  (distance 1 via {low}:low)
{mid}:table  (distance 1 via {low}:low)
{top}:run  (distance 2 via {mid}:table)
",
        );
    });
}

#[test]
fn members_of_objects_and_aliases_of_types_are_such_definitions() {
    let tree = "
//- low.ts
export function low() { return 1; }
export interface Part { size: number }
//- mid.ts
import { low, Part } from './low';
export const table = { low, again: low, run: () => low() }, [first, second] = [low, low];
export type Parts = Part[];
export const wrapped = wrap(() => low());
function wrap(inner: unknown) { return inner; }
//- top.ts
import { table, first, wrapped, Parts } from './mid';
export function viaMember() { table.again(); }
export function viaMethod() { table.run(); }
export function viaPattern() { first(); }
export function viaWrapped() { wrapped; }
export function viaAlias(parts: Parts) {}
//- list.cjs
function low() { return 1; }
module.exports = { low, more: low };
//- use.cjs
const { low } = require('./list.cjs');
function viaList() { low(); }
function viaMore() { require('./list.cjs').more(); }
";
    let repository = Repository::new(tree);
    repository.esker("build");
    let low = "export function low() { return 2; }\nexport interface Part { size: string }\n";
    repository.tree.write("low.ts", low);
    repository.tree.write("list.cjs", "function low() { return 2; }\nmodule.exports = { low, more: low };\n");
    let reached = repository.esker("affected --symbols").stdout;
    for via in ["viaMember", "viaMethod", "viaPattern", "viaWrapped", "viaAlias", "viaList", "viaMore"] {
        assert!(reached.contains(&format!(":{via}  (distance 2 ")), "{via} of {reached}");
    }
}

#[test]
fn an_edit_that_changes_no_code_reaches_nothing() {
    in_each(REPOSITORY, |of| {
        of.esker("build");
        of.write("low", "# A comment.\n\nlet X = 1\n\nfn low(): X + 1\nclass Base: m(): 1; other(): 2");
        of.answers("affected --symbols", "");
    });
}

#[test]
fn what_a_file_does_outside_of_all_functions_is_told_as_the_file() {
    in_each("//- a\nfn f(): 0\nsay f()\n//- b\nuse a\nsay a.f()\n", |of| {
        of.esker("build");
        of.write("a", "fn f(): 0\nsay f()\nsay f()");
        of.answers("affected --symbols", "{a}  (changed: body)\n");
    });
}

#[test]
fn a_component_is_reached_with_anything_that_it_has_or_imports() {
    let repository = Repository::new("");
    let write = |path: &str, text: &str| repository.tree.write(path, text);
    let button =
        "<script setup lang=\"ts\">\nimport { low } from './util'\nfunction click() { low() }\n</script>\n<b/>\n";
    write("util.ts", "export function low() { return 1 }\n");
    write("Button.vue", button);
    write("App.svelte", "<script>\nimport Button from './Button.vue'\n</script>\n<Button/>\n");
    write("main.ts", "import App from './App.svelte'\nexport function start() { new App() }\n");
    repository.esker("build");
    write("util.ts", "export function low() { return 2 }\n");
    repository.esker("affected --symbols").answers(
        "
App.svelte:default  (distance 2 via Button.vue:default)
Button.vue:click  (distance 1 via util.ts:low)
Button.vue:default  (distance 1 via util.ts:low)
main.ts:start  (distance 3 via App.svelte:default)
util.ts:low  (changed: body)
",
    );
    write("Button.vue", &button.replace("<b/>", "<i/>"));
    repository.esker("affected --symbols").answers(
        "
App.svelte:default  (distance 1 via Button.vue:default)
Button.vue:default  (changed: body)
main.ts:start  (distance 2 via App.svelte:default)
",
    );
}

#[test]
fn rows_tell_what_changed_and_how_far_the_rest_is() {
    in_each(REPOSITORY, |of| {
        of.esker("build");
        of.write("low", "let X = 1\nfn low(x): X + 1\nclass Base: m(): 1; other(): 2");
        let (low, mid) = (of.path("low"), of.path("mid"));
        let expected = json!([
            {"path": low, "name": "low", "kind": "function", "change": "signature", "distance": 0, "via": null},
            {
                "path": mid, "name": "main", "kind": "function", "change": null, "distance": 1,
                "via": {"path": low, "name": "low"},
            },
        ]);
        assert_eq!(of.esker("affected --symbols --depth 1 --format json").json(), expected);
    });
}

#[test]
fn parameters_in_another_order_are_another_signature() {
    in_each("//- a\nfn f(x, y): 0\n//- b\nuse a: f\nfn g(): f(1, 2)\n", |of| {
        of.esker("build");
        of.write("a", "fn f(y, x): 0");
        of.answers(
            "affected --symbols",
            "
{a}:f  (changed: signature)
{b}:g  (distance 1 via {a}:f)
",
        );
    });
}

#[test]
fn what_is_removed_reaches_those_who_looked_for_it() {
    in_each(REPOSITORY, |of| {
        of.esker("build");
        of.write("low", "let X = 1\nclass Base");
        of.answers(
            "affected --symbols --match {mid} --match {low}",
            "
{low}:Base  (changed: body)
{low}:Base.m  (changed: removed)
{low}:Base.other  (changed: removed)
{low}:low  (changed: removed)
{mid}:User  (distance 1 via {low}:Base)
{mid}:main  (distance 1 via {low}:low)
",
        );
        of.remove("mid");
        of.answers(
            "affected --symbols",
            "
{mid}:User  (changed: removed)
{mid}:User.own  (changed: removed)
{mid}:main  (changed: removed)
{top}:run  (distance 1 via {mid}:main)
",
        );
    });
}

#[test]
fn what_a_removed_file_had_is_looked_for_by_whatever_name_leads_to_it() {
    let repository = Repository::new(
        r#"
//- package.json
{ "workspaces": ["packages/*"] }
//- packages/lib/package.json
{ "name": "lib", "main": "./first.ts" }
//- packages/lib/first.ts
export function one() {}
//- types.d.ts
export function two(): void;
//- deep/down/index.ts
export function three() {}
//- app.ts
import { one } from 'lib';
import { two } from './types';
import { three } from './deep/down';
export function ones() { one(); }
export function twos() { two(); }
export function threes() { three(); }
"#,
    );
    for (path, removed, user) in [
        ("packages/lib/first.ts", "one", "ones"),
        ("types.d.ts", "two", "twos"),
        ("deep/down/index.ts", "three", "threes"),
    ] {
        repository.esker("build");
        repository.tree.remove(path);
        repository.esker("affected --symbols").answers(&format!(
            "
app.ts:{user}  (distance 1 via {path}:{removed})
{path}:{removed}  (changed: removed)
"
        ));
    }
}

#[test]
fn an_import_that_leads_elsewhere_reaches_those_who_come_by_it() {
    let fixture = "
//- a
fn f(): 0
//- b
fn f(): 0
//- pkg
pass a: f
//- user
use pkg: f as g
fn uses(): g()
//- other
use pkg: f
fn unaffected(): 0
";
    in_each(fixture, |of| {
        of.esker("build");
        of.write("pkg", "pass b: f");
        of.answers(
            "affected --symbols",
            "
{pkg}:f  (changed: signature)
{user}:uses  (distance 1 via {pkg}:f)
",
        );
    });
}

#[test]
fn all_symbols_of_given_files_count_as_changed() {
    in_each(REPOSITORY, |of| {
        of.answers(
            "affected --symbols {mid}",
            "
{mid}:User  (changed: assumed)
{mid}:User.own  (changed: assumed)
{mid}:main  (changed: assumed)
{top}:run  (distance 1 via {mid}:main)
",
        );
        let (mid, top) = (of.path("mid"), of.path("top"));
        of.esker("affected --symbols {mid} --dependents-only --format jsonl").answers(&format!(
            r#"{{"path":"{top}","name":"run","kind":"function","change":null,"distance":1,"via":{{"path":"{mid}","name":"main"}}}}"#,
        ));
        of.answers("affected --symbols {top} --format nul", "{top}:run\0");
    });
}

#[test]
fn without_an_earlier_build_all_counts_as_changed() {
    in_each("//- a\nfn f(): 0\n//- b\n", |of| {
        of.ends(
            "affected --symbols",
            0,
            "{a}:f  (changed: assumed)",
            "warning: there is no earlier build to compare with; all in 2 files count as changed",
        );
    });
}

#[test]
fn since_a_revision_is_what_git_says_has_changed() {
    in_each(REPOSITORY, |of| {
        put_under_git(&of.repository);
        of.answers("affected --since HEAD", "");
        of.answers("affected --since HEAD --symbols", "");
        git(&of.repository, &["checkout", "-q", "-b", "feature"]);
        // Committed, changed in the working tree, and not known to git.
        of.write("low", "let X = 1\nfn low(): X + 2\nclass Base: m(): 1; other(): 2");
        commit(&of.repository);
        of.write("mid", "use low: low as renamed, Base\nfn main(): renamed()\nclass User(Base): own(): 1; y(): 1");
        of.write("new", "fn fresh(): 0");
        of.answers("affected --since main", "{low}\n{mid}\n{new}\n{top}");
        of.answers(
            "affected --since main --symbols",
            "
{low}:low  (changed: body)
{mid}:User  (changed: body)
{mid}:User.y  (changed: added)
{mid}:main  (distance 1 via {low}:low)
{new}:fresh  (changed: added)
{top}:run  (distance 2 via {mid}:main)
",
        );
        // What others commit meanwhile is none of this branch's changes.
        of.answers("affected --since HEAD --symbols --dependents-only", "");
    });
}

#[test]
fn symbols_of_two_languages_are_told_side_by_side() {
    let repository = in_all(REPOSITORY);
    repository.esker("build");
    repository.tree.write_module("low", "let X = 1\nfn low(): X + 2\nclass Base: m(): 1; other(): 2");
    let expected = repository.tree.lines(
        "
{low}:low  (changed: body)
{mid}:main  (distance 1 via {low}:low)
{top}:run  (distance 2 via {mid}:main)
",
    );
    repository.esker("affected --symbols").answers(&expected.join("\n"));
}

#[test]
fn since_a_revision_counts_removed_files_and_works_below_the_top_of_a_working_tree() {
    in_each(
        "//- sub/a\nfn f(): 0\n//- sub/b\npython from a import f\ntypescript import { f } from './a';\nfn g(): f()\n",
        |of| {
            put_under_git(&of.repository);
            of.repository.tree.write("sub/esker.toml", "");
            of.remove("sub/a");
            let ran = of.repository.esker_in("sub", "affected --symbols --since HEAD");
            ran.answers(&of.filled("{a}:f  (changed: removed)\n{b}:g  (distance 1 via {a}:f)"));
        },
    );
}

#[test]
fn a_build_can_take_its_list_of_changes_from_git() {
    let repository = in_all(REPOSITORY);
    put_under_git(&repository);
    repository.esker("build");
    repository.tree.write_module("mid", "let X = 1");
    repository.tree.write_module("new", "");
    repository.tree.remove_module("top");
    let report = repository.esker("build --since HEAD --format json").json();
    assert_eq!(report["changed"], json!({"added": 2, "modified": 2, "removed": 2}));
}

#[test]
fn what_git_cannot_tell_is_an_error() {
    let repository = Repository::new("//- low.py\n");
    let ran = repository.esker("affected --since HEAD");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("is in no git repository"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: name the files that changed"), "{}", ran.stderr);
    let repository = under_git("//- low.py\n");
    repository
        .esker("affected --since nowhere")
        .fails("error: git knows no revision `nowhere`\n  hint: `git log` shows what there is");
    git(&repository, &["checkout", "-q", "--orphan", "apart"]);
    repository.tree.write("apart.py", "");
    commit(&repository);
    repository
        .esker("affected --symbols --since main")
        .fails("error: main and HEAD have no commit in common\n  hint: name a revision of the same history");
    assert_eq!(repository.esker("affected --since main low.py").code, Some(2));
    let mut command = repository.command("affected --since main");
    command.env("PATH", "");
    repository
        .run(command, "")
        .fails("error: git cannot be run: No such file or directory (os error 2)\n  hint: install git, or name the files that changed");
}

#[test]
fn what_is_removed_reaches_those_who_use_it_in_its_own_file() {
    let repository = "
//- a
fn f(): 0
//- b
use a: f
fn gone(): 0
fn g(): f()
fn h(): gone()
fn i(): 0
";
    in_each(repository, |of| {
        of.esker("build");
        of.write("b", "fn g(): f()\nfn h(): gone()\nfn i(): 0");
        of.answers(
            "affected --symbols",
            "
{b}:f  (changed: removed)
{b}:g  (distance 1 via {b}:f)
{b}:gone  (changed: removed)
{b}:h  (distance 1 via {b}:gone)
",
        );
    });
}

#[test]
fn what_a_removed_file_had_is_missed_by_way_of_those_who_passed_it_on() {
    let repository = Repository::new(
        "
//- a/__init__.py
from .made import Made
from .rest import *
//- a/made.py
class Made:
    def run(self): ...
//- a/rest.py
def help(): ...
//- b.py
from a import Made, help
def uses(): Made().run()
def helped(): help()
def neither(): len([])
",
    );
    repository.esker("build");
    repository.tree.remove("a/made.py");
    repository.esker("affected --symbols --match b.py").answers("b.py:uses  (distance 1 via a/made.py:Made)");
    repository.tree.remove("a/rest.py");
    repository.esker("affected --symbols --match b.py").answers("b.py:helped  (distance 1 via a/rest.py:help)");
}

#[test]
fn what_a_method_assigns_may_be_of_a_type_that_is_missed() {
    let repository = Repository::new(
        "
//- a.py
class Made:
    def run(self): ...
//- b.py
from a import Made
class Holder:
    def __init__(self, made: Made):
        self.made = made
    def runs(self):
        return self.made.run()
    def other(self): ...
",
    );
    repository.esker("build");
    repository.tree.write("a.py", "");
    repository.esker("affected --symbols --match b.py").answers(
        "
b.py:Holder.__init__  (distance 1 via a.py:Made)
b.py:Holder.made  (distance 1 via a.py:Made)
b.py:Holder.runs  (distance 2 via b.py:Holder.made)
",
    );
}

#[test]
fn what_a_file_passes_on_no_longer_reaches_those_who_miss_it() {
    let repository = Repository::new(
        "
//- index.ts
export * from './parts';
export * from './kept';
//- parts.ts
export type Part = { size: number };
export function part() { return 1; }
//- kept.ts
export function kept() { return 2; }
//- use.ts
import { part, kept, type Part } from './index';
import { readFile } from 'node:fs';
export function parted(given: Part) { return given; }
export const made = part();
export function keeps() { return kept(); }
export function reads() { return readFile; }
",
    );
    repository.esker("build");
    let expected = "
index.ts:*  (changed: signature)
use.ts  (distance 1 via index.ts:*)
use.ts:made  (distance 1 via index.ts:*)
use.ts:parted  (distance 1 via index.ts:*)
";
    repository.tree.write("index.ts", "export * from './kept';\n");
    repository.esker("affected --symbols").answers(expected);
    repository.tree.write("index.ts", "export * from './parts';\nexport * from './kept';\n");
    repository.esker("build");
    // To nowhere, which may be outside.
    repository.tree.write("index.ts", "export * from './moved';\nexport * from './kept';\n");
    repository.esker("affected --symbols").answers(expected);
}
