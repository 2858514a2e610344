//! `esker affected --symbols`, and `--since`.

use serde_json::json;

use crate::git::{commit, git, under_git};
use crate::repository::Repository;

/// `run` calls `main`, which calls `low`; `User` makes use of `Base`.
const REPOSITORY: &str = "
//- low.py
X = 1

def low():
    return X

class Base:
    def m(self):
        return 1

    def other(self):
        return 2
//- mid.py
from low import low as renamed, Base

def main():
    return renamed()

class User(Base):
    pass
//- top.py
import mid

def run():
    return mid.main()
";

#[test]
fn a_changed_body_reaches_those_who_call_it() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    repository.esker("affected --symbols").answers("");
    let text = repository.read("low.py");
    repository.tree.write("low.py", text.replace("return X", "print(X)\n    return X"));
    repository.esker("affected --symbols").answers(
        "
low.py:low  (changed: body)
mid.py:main  (distance 1 via low.py:low)
top.py:run  (distance 2 via mid.py:main)
",
    );
    repository.esker("affected --symbols").answers("");
    repository.tree.write("low.py", text.replace("return 1", "return 3"));
    repository.esker("affected --symbols").answers(
        "
low.py:Base.m  (changed: body)
low.py:low  (changed: body)
mid.py:main  (distance 1 via low.py:low)
top.py:run  (distance 2 via mid.py:main)
",
    );
}

#[test]
fn an_edit_that_changes_no_code_reaches_nothing() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    let text = repository.read("low.py");
    repository.tree.write("low.py", format!("# A comment.\n\n{text}"));
    repository.esker("affected --symbols").answers("");
}

#[test]
fn rows_tell_what_changed_and_how_far_the_rest_is() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    let text = repository.read("low.py");
    repository.tree.write("low.py", text.replace("def low():", "def low(x=0):"));
    let expected = json!([
        {"path": "low.py", "name": "low", "kind": "function", "change": "signature", "distance": 0, "via": null},
        {
            "path": "mid.py", "name": "main", "kind": "function", "change": null, "distance": 1,
            "via": {"path": "low.py", "name": "low"},
        },
    ]);
    assert_eq!(repository.esker("affected --symbols --depth 1 --format json").json(), expected);
}

#[test]
fn parameters_in_another_order_are_another_signature() {
    let repository =
        Repository::new("//- a.py\ndef f(x, y): pass\n//- b.py\nfrom a import f\n\ndef g():\n    f(1, 2)\n");
    repository.esker("build");
    repository.tree.write("a.py", "def f(y, x): pass\n");
    repository.esker("affected --symbols").answers(
        "
a.py:f  (changed: signature)
b.py:g  (distance 1 via a.py:f)
",
    );
}

#[test]
fn what_is_removed_reaches_those_who_looked_for_it() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    repository.tree.write("low.py", "X = 1\nclass Base:\n    pass\n");
    repository.esker("affected --symbols --match mid.py --match low.py").answers(
        "
low.py:Base  (changed: body)
low.py:Base.m  (changed: removed)
low.py:Base.other  (changed: removed)
low.py:low  (changed: removed)
mid.py:User  (distance 1 via low.py:Base)
mid.py:main  (distance 1 via low.py:low)
",
    );
    repository.tree.remove("mid.py");
    repository.esker("affected --symbols").answers(
        "
mid.py:User  (changed: removed)
mid.py:main  (changed: removed)
top.py:run  (distance 1 via mid.py:main)
",
    );
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
    let repository = Repository::new(
        "
//- a.py
def f(): pass
//- b.py
def f(): pass
//- pkg.py
from a import f
//- user.py
from pkg import f as g
def use():
    g()
//- other.py
from pkg import f
def unaffected(): pass
",
    );
    repository.esker("build");
    repository.tree.write("pkg.py", "from b import f\n");
    repository.esker("affected --symbols").answers(
        "
pkg.py:f  (changed: signature)
user.py:use  (distance 1 via pkg.py:f)
",
    );
}

#[test]
fn all_symbols_of_given_files_count_as_changed() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("affected --symbols mid.py").answers(
        "
mid.py:User  (changed: assumed)
mid.py:main  (changed: assumed)
top.py:run  (distance 1 via mid.py:main)
",
    );
    repository.esker("affected --symbols mid.py --dependents-only --format jsonl").answers(
        r#"{"path":"top.py","name":"run","kind":"function","change":null,"distance":1,"via":{"path":"mid.py","name":"main"}}"#,
    );
    repository.esker("affected --symbols top.py --format nul").answers("top.py:run\0");
}

#[test]
fn without_an_earlier_build_all_counts_as_changed() {
    let repository = Repository::new("//- a.py\ndef f(): pass\n//- b.py\n");
    repository.esker("affected --symbols").ends(
        0,
        "a.py:f  (changed: assumed)",
        "warning: there is no earlier build to compare with; all in 2 files count as changed",
    );
}

#[test]
fn since_a_revision_is_what_git_says_has_changed() {
    let repository = under_git(REPOSITORY);
    repository.esker("affected --since HEAD").answers("");
    repository.esker("affected --since HEAD --symbols").answers("");
    git(&repository, &["checkout", "-q", "-b", "feature"]);
    // Committed, changed in the working tree, and not known to git.
    let text = repository.read("low.py");
    repository.tree.write("low.py", text.replace("return X", "print(X)\n    return X"));
    commit(&repository);
    repository.tree.write("mid.py", repository.read("mid.py").replace("    pass", "    y = 1"));
    repository.tree.write("new.py", "def new(): pass\n");
    repository.esker("affected --since main").answers("low.py\nmid.py\nnew.py\ntop.py");
    repository.esker("affected --since main --symbols").answers(
        "
low.py:low  (changed: body)
mid.py:User  (changed: body)
mid.py:User.y  (changed: added)
mid.py:main  (distance 1 via low.py:low)
new.py:new  (changed: added)
top.py:run  (distance 2 via mid.py:main)
",
    );
    // What others commit meanwhile is none of this branch's changes.
    repository.esker("affected --since HEAD --symbols --dependents-only").answers("");
}

#[test]
fn since_a_revision_counts_removed_files_and_works_below_the_top_of_a_working_tree() {
    let repository =
        under_git("//- esker.toml\n//- sub/a.py\ndef f(): pass\n//- sub/b.py\nfrom a import f\ndef g(): f()\n");
    repository.tree.write("sub/esker.toml", "");
    repository.tree.remove("sub/a.py");
    let ran = repository.esker_in("sub", "affected --symbols --since HEAD");
    ran.answers("a.py:f  (changed: removed)\nb.py:g  (distance 1 via a.py:f)");
}

#[test]
fn a_build_can_take_its_list_of_changes_from_git() {
    let repository = under_git(REPOSITORY);
    repository.esker("build");
    repository.tree.write("mid.py", "X = 1\n");
    repository.tree.write("new.py", "");
    repository.tree.remove("top.py");
    let report = repository.esker("build --since HEAD --format json").json();
    assert_eq!(report["changed"], json!({"added": 1, "modified": 1, "removed": 1}));
}

#[test]
fn what_git_cannot_tell_is_an_error() {
    let repository = Repository::new(REPOSITORY);
    let ran = repository.esker("affected --since HEAD");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("is in no git repository"), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: name the files that changed"), "{}", ran.stderr);
    let repository = under_git(REPOSITORY);
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
