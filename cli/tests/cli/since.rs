//! `--since`, `--base` and `--head`: what git says has changed, in repositories of every shape.

use std::fs;
use std::path::Path;
use std::process::Command;

use esker_tests::languages::ALL;
use serde_json::json;

use crate::git::{commit, git, git_in, put_under_git, under_git};
use crate::repository::{InLanguage, Ran, Repository, in_all, in_each};

/// `top` imports `mid`, which imports `low`.
const CHAIN: &str = "
//- low
let X = 1
//- mid
use low
//- top
use mid
//- other
let Y = 1
";

/// Runs `esker` in another directory than the repository's root.
fn esker_at(repository: &Repository, directory: &Path, arguments: &str) -> Ran {
    let mut command = repository.command(arguments);
    command.current_dir(directory);
    repository.run(command, "")
}

/// That chain in every language, with a first commit on `main`.
fn chain_under_git() -> Repository {
    let repository = in_all(CHAIN);
    put_under_git(&repository);
    repository
}

/// Lines about modules, one for each language.
fn lines(repository: &Repository, text: &str) -> String {
    repository.tree.lines(text).join("\n")
}

#[test]
fn between_two_revisions_only_what_is_committed_counts() {
    in_each(CHAIN, check_two_revisions);
}

fn check_two_revisions(of: &InLanguage) {
    let repository = &of.repository;
    put_under_git(repository);
    git(repository, &["checkout", "-q", "-b", "feature"]);
    of.write("mid", "use low\nlet Y = 1");
    commit(repository);
    of.write("other", "let Y = 2");
    of.answers("affected --base main", "{mid}\n{other}\n{top}");
    of.ends(
        "affected --base main --head HEAD",
        0,
        "{mid}\n{top}",
        "warning: the working tree is not as HEAD has it; imports are followed as the working tree has them",
    );
    git(repository, &["checkout", "-q", &of.path("other")]);
    of.answers("affected --base main --head feature", "{mid}\n{top}");
    // What was committed to the base meanwhile is none of the branch's changes.
    git(repository, &["checkout", "-q", "main"]);
    of.write("low", "let X = 2");
    commit(repository);
    git(repository, &["checkout", "-q", "feature"]);
    of.answers("affected --base main --head feature", "{mid}\n{top}");
    assert_eq!(of.esker("affected --head feature").code, Some(2), "a head needs a base");
    assert_eq!(of.esker("affected --since main --base main").code, Some(2));
    assert_eq!(of.esker("affected --base main {low}").code, Some(2));
    assert_eq!(of.esker("affected --base main --head nowhere").code, Some(2));
}

#[test]
fn a_renamed_file_is_one_that_went_and_one_that_came() {
    in_each(CHAIN, |of| {
        put_under_git(&of.repository);
        of.esker("build");
        git(&of.repository, &["mv", &of.path("low"), &of.path("lower")]);
        let report = of.esker("build --since HEAD --format json").json();
        assert_eq!(report["changed"], json!({"added": 1, "modified": 0, "removed": 1}));
    });
    in_each(CHAIN, |of| {
        put_under_git(&of.repository);
        of.esker("build");
        git(&of.repository, &["mv", &of.path("low"), &of.path("lower")]);
        of.answers("affected --since HEAD", "{lower}\n{mid}\n{top}");
        git(&of.repository, &["commit", "-q", "-m", "renamed"]);
        // A clone with no earlier build knows it as well.
        of.esker("cache clear");
        of.answers(
            "affected --base HEAD~ --head HEAD --why",
            "
{lower}: changed
{mid}: looks for {low}, which is gone
{top}:1: imports {mid}
",
        );
    });
}

#[test]
fn a_project_file_concerns_others_where_it_comes_and_not_where_it_is_edited() {
    let repository = under_git(
        "//- esker.toml\n//- libs/a/pyproject.toml\n//- libs/a/one.py\n//- libs/b/two.py\nimport one\nimport three\n\
         //- libs/c/three.py\n",
    );
    repository.tree.write("libs/a/pyproject.toml", "[project]\nname = 'a'\n");
    repository.esker("affected --since HEAD").answers("libs/a/pyproject.toml");
    repository.esker("affected libs/a/pyproject.toml").answers("libs/a/pyproject.toml");
    repository.tree.write("libs/c/pyproject.toml", "");
    repository.esker("build");
    repository.esker("affected --since HEAD").answers("libs/a/pyproject.toml\nlibs/b/two.py\nlibs/c/pyproject.toml");
}

#[test]
fn a_file_that_git_tracks_and_ignores_affects_those_that_look_for_it() {
    in_each(CHAIN, |of| {
        of.repository.tree.write(".gitignore", format!("{}\n", of.path("low")));
        put_under_git(&of.repository);
        git(&of.repository, &["add", "-f", &of.path("low")]);
        git(&of.repository, &["commit", "-q", "-m", "tracked all the same"]);
        of.write("low", "let Y = 7");
        of.answers(
            "affected --since HEAD --why",
            "
{mid}: looks for {low}, which is not analyzed
{top}:1: imports {mid}
",
        );
        of.answers("affected {low}", "{mid}\n{top}");
        of.repository.tree.write("notes.txt", "");
        of.ends("affected notes.txt", 0, "", "");
    });
}

#[test]
fn the_base_of_a_pull_request_is_what_github_says() {
    let repository = chain_under_git();
    let clone = repository.tree.root().with_file_name("clone");
    let from = repository.tree.root();
    git_in(from.parent().unwrap(), &["clone", "-q", from.to_str().unwrap(), clone.to_str().unwrap()]);
    git_in(&clone, &["checkout", "-q", "-b", "feature"]);
    for language in ALL {
        fs::write(clone.join(language.path("mid")), language.text("mid", "use low\nlet Y = 1")).unwrap();
    }
    let auto = |base: Option<&str>| {
        let mut command = repository.command("affected --since auto");
        base.map(|base| command.env("GITHUB_BASE_REF", base));
        command.current_dir(&clone);
        repository.run(command, "")
    };
    auto(Some("main")).answers(&lines(&repository, "{mid}\n{top}"));
    let none = "
error: `auto` is the branch that a pull request goes into, and GITHUB_BASE_REF does not name one
  hint: jobs of pull requests have it on GitHub; elsewhere name a revision, such as `--since origin/main`
";
    auto(None).fails(none);
    // Jobs of pushes have the variable, with nothing in it.
    auto(Some("")).fails(none);
    auto(Some("release")).fails(
        "
error: git knows no revision `origin/release`
  hint: `git fetch origin +refs/heads/release:refs/remotes/origin/release` gets it
",
    );
    // A job that fetched the branch by hand may have it under its own name only.
    git_in(&clone, &["update-ref", "-d", "refs/remotes/origin/main"]);
    git_in(&clone, &["branch", "-q", "-f", "main", "HEAD"]);
    auto(Some("main")).answers(&lines(&repository, "{mid}\n{top}"));
}

/// The command between the backticks of a hint.
fn hinted(ran: &Ran) -> String {
    let hint = ran.stderr.lines().find(|line| line.contains("hint: ")).expect("there is a hint");
    hint.split('`').nth(1).expect("a command is named").to_owned()
}

#[test]
fn a_shallow_clone_is_told_which_fetch_mends_it() {
    let origin = chain_under_git();
    git(&origin, &["checkout", "-q", "-b", "feature"]);
    origin.tree.write_module("mid", "use low\nlet Y = 1");
    commit(&origin);
    let first = git(&origin, &["rev-parse", "main"]);
    git(&origin, &["checkout", "-q", "main"]);
    origin.tree.write_module("other", "let Y = 2");
    commit(&origin);
    let url = format!("file://{}", origin.tree.root().display());
    let all_branches: &[&str] = &["--no-single-branch"];
    let one_branch: &[&str] = &[];
    let unrelated = "origin/main and HEAD have no commit in common, as far as this clone knows: it is shallow";
    let cases = [
        ("origin/main", one_branch, "this clone is shallow and has no revision `origin/main`"),
        ("origin/main", all_branches, unrelated),
        (&*first, one_branch, "this clone is shallow and has no revision"),
        ("main", one_branch, "this clone is shallow and has no revision `main`"),
    ];
    for (number, (revision, options, error)) in cases.into_iter().enumerate() {
        let clone = origin.tree.root().with_file_name(format!("clone-{number}"));
        let mut arguments = vec!["clone", "-q", "--depth=1", "-b", "feature"];
        arguments.extend(options);
        arguments.extend([&*url, clone.to_str().unwrap()]);
        git_in(&origin.tree.root(), &arguments);
        for question in ["affected", "build"] {
            let ran = esker_at(&origin, &clone, &format!("{question} --since {revision}"));
            assert_eq!((ran.code, &*ran.stdout), (Some(2), ""), "{}", ran.stderr);
            assert!(ran.stderr.contains(error), "{}", ran.stderr);
        }
        let command = hinted(&esker_at(&origin, &clone, &format!("affected --since {revision}")));
        let (program, arguments) = command.split_once(' ').unwrap();
        assert_eq!(program, "git");
        git_in(&clone, &arguments.split(' ').collect::<Vec<_>>());
        // A branch that there was no trace of is there by its full name.
        let revision = if revision == "main" { "origin/main" } else { revision };
        let expected = lines(&origin, "{mid}\n{top}");
        esker_at(&origin, &clone, &format!("affected --since {revision}")).answers(&expected);
    }
}

#[test]
fn a_linked_working_tree_is_compared_with_its_own_head() {
    let repository = chain_under_git();
    let linked = repository.tree.root().with_file_name("linked");
    git(&repository, &["worktree", "add", "-q", "-b", "linked", linked.to_str().unwrap()]);
    let write = |module: &str, statements: &str| {
        for language in ALL {
            fs::write(linked.join(language.path(module)), language.text(module, statements)).unwrap();
        }
    };
    write("mid", "use low\nlet Y = 1");
    git_in(&linked, &["commit", "-q", "-a", "-m", "in the linked tree"]);
    write("other", "let Y = 2");
    let expected = lines(&repository, "{mid}\n{other}\n{top}");
    esker_at(&repository, &linked, "affected --since main").answers(&expected);
    repository.esker("affected --since main").answers("");
}

#[test]
fn names_with_spaces_and_beyond_ascii_are_names_like_others() {
    let repository =
        under_git("//- naïve módulo.py\nX = 1\n//- \"quoted\".py\nX = 1\n//- dir with space/ö.py\nX = 1\n");
    repository.tree.write("naïve módulo.py", "X = 2\n");
    repository.tree.write("\"quoted\".py", "X = 2\n");
    repository.tree.write("dir with space/ö.py", "X = 2\n");
    repository.tree.write("new line\n.py", "X = 2\n");
    let ran = repository.esker("affected --since HEAD --format nul");
    ran.answers("\"quoted\".py\0dir with space/ö.py\0naïve módulo.py\0new line\n.py\0");
}

#[test]
fn a_root_below_the_top_of_the_repository_sees_its_own_changes() {
    let repository =
        under_git("//- esker.toml\n//- sub dir/low.py\nX = 1\n//- sub dir/mid.py\nimport low\n//- above.py\n");
    repository.tree.write("sub dir/esker.toml", "");
    repository.tree.write("sub dir/low.py", "X = 2\n");
    repository.tree.write("sub dir/new.py", "X = 2\n");
    repository.tree.write("above.py", "X = 2\n");
    repository.esker_in("sub dir", "affected --since HEAD").answers("low.py\nmid.py\nnew.py");
    repository.esker_in("sub dir", "build");
    repository.tree.write("sub dir/low.py", "X = 3\n");
    let report = repository.esker_in("sub dir", "build --since HEAD --format json").json();
    assert_eq!(report["changed"], json!({"added": 0, "modified": 1, "removed": 0}));
}

#[test]
fn what_changed_in_a_submodule_is_told_file_by_file() {
    let inner = under_git("//- one.py\ndef f(): return 1\n//- two.py\ndef g(): return 1\n//- three.py\n");
    let outer = under_git("//- esker.toml\n//- user.py\nimport lib.one\ndef u(): return lib.one.f()\n//- other.py\n");
    let submodule = outer.tree.root().join("lib");
    git(&outer, &["submodule", "--quiet", "add", inner.tree.root().to_str().unwrap(), "lib"]);
    // One that came as a whole.
    outer.esker("affected --since HEAD").answers("lib/one.py\nlib/three.py\nlib/two.py\nuser.py");
    commit(&outer);
    outer.esker("affected --since HEAD").answers("");

    // In its working tree, untracked, and committed there without the outer repository's knowledge.
    fs::write(submodule.join("one.py"), "def f(): return 2\n").unwrap();
    outer.esker("affected --since HEAD").answers("lib/one.py\nuser.py");
    outer.esker("affected --since HEAD --symbols").answers(
        "
lib/one.py:f  (changed: body)
user.py:u  (distance 1 via lib/one.py:f)
",
    );
    git_in(&submodule, &["commit", "-q", "-a", "-m", "inside"]);
    fs::write(submodule.join("four.py"), "").unwrap();
    outer.esker("affected --since HEAD").answers("lib/four.py\nlib/one.py\nuser.py");
    fs::remove_file(submodule.join("four.py")).unwrap();

    // Committed outside as well: between commits.
    commit(&outer);
    outer.esker("affected --base HEAD~ --head HEAD").answers("lib/one.py\nuser.py");
    outer.esker("build");
    fs::write(submodule.join("two.py"), "def g(): return 2\n").unwrap();
    let report = outer.esker("build --since HEAD --format json").json();
    assert_eq!(report["changed"], json!({"added": 0, "modified": 1, "removed": 0}));

    // A commit that the submodule's clone does not have.
    git_in(&submodule, &["checkout", "-q", "two.py"]);
    let gone = "0123456789012345678901234567890123456789";
    git(&outer, &["update-index", "--cacheinfo", &format!("160000,{gone},lib")]);
    git(&outer, &["commit", "-q", "-m", "a commit of nowhere"]);
    outer.esker("affected --since HEAD").fails(&format!(
        "
error: the submodule lib lacks the commit {gone}, which it was at before
  hint: `git -C lib fetch origin {gone}` gets it
"
    ));
    // One that is gone as a whole.
    git(&outer, &["reset", "-q", "HEAD~"]);
    outer.esker("build");
    git(&outer, &["rm", "-q", "-f", "lib"]);
    outer.esker("affected --since HEAD").answers("user.py");
}

#[test]
fn a_hook_of_a_linked_working_tree_asks_about_the_right_directory() {
    let repository = under_git("//- esker.toml\n//- sub/low.py\nX = 1\n//- sub/mid.py\nimport low\n//- above.py\n");
    repository.tree.write("sub/esker.toml", "");
    commit(&repository);
    let linked = repository.tree.root().with_file_name("linked");
    git(&repository, &["worktree", "add", "-q", "-b", "linked", linked.to_str().unwrap()]);
    let hook = repository.tree.root().join(".git/hooks/pre-commit");
    let esker = env!("CARGO_BIN_EXE_esker");
    fs::create_dir_all(hook.parent().unwrap()).unwrap();
    fs::write(&hook, format!("#!/bin/sh\n'{esker}' -C sub affected --since HEAD > affected.txt\n")).unwrap();
    assert!(Command::new("chmod").arg("+x").arg(&hook).status().unwrap().success());
    fs::write(linked.join("sub/low.py"), "X = 2\n").unwrap();
    git_in(&linked, &["commit", "-q", "-a", "-m", "with a hook"]);
    assert_eq!(fs::read_to_string(linked.join("affected.txt")).unwrap(), "low.py\nmid.py\n");
}

#[test]
fn files_that_are_no_code_reach_who_imports_them() {
    let code = "//- a.ts\nimport './a.css';\n//- b.ts\nimport './b.json';\n//- c.ts\nimport './a';\n";
    let repository = under_git(&format!("//- package.json\n{{}}\n//- a.css\n//- b.json\n{{}}\n//- readme.md\n{code}"));
    repository.esker("build");
    repository.tree.write("a.css", "p {}\n");
    repository.tree.write("readme.md", "of no concern\n");
    repository.esker("affected --since HEAD").answers("a.css\na.ts\nc.ts");
    repository.tree.write("new.svg", "");
    repository.tree.remove("b.json");
    let expected = "
a.css: changed
a.ts:1: imports a.css
b.ts: looks for b.json, which is gone
c.ts:1: imports a.ts
new.svg: changed
";
    repository.esker("build");
    repository.esker("affected --since HEAD --why").answers(expected);
    repository.esker("affected --since HEAD --symbols").answers("");
}

#[test]
fn names_that_are_declared_for_all_files_no_longer_affect_those_who_used_them() {
    let repository = under_git(
        "
//- env.d.ts
interface Window { mine: number; other: string }
declare const VERSION: string;
//- core.ts
export interface Options { own: string }
//- plugin.ts
import './core';
declare module './core' { interface Options { added: string } }
declare global { var plugged: number; }
//- a.ts
console.log(window.mine);
//- b.ts
export const version = VERSION;
//- c.ts
import { version } from './b';
export function show() { return version; }
//- d.ts
import { Options } from './core';
export function use(options: Options) { return options.added; }
//- e.ts
export function is_plugged() { return plugged; }
//- neither.ts
export function shown() { return window.other + console.other; }
",
    );
    let [env, plugin] = ["interface Window { other: string }\n", "import './core';\n"];
    let edit = || {
        repository.tree.write("env.d.ts", env);
        repository.tree.write("plugin.ts", plugin);
    };
    let restore = || {
        git(&repository, &["checkout", "-q", "HEAD", "."]);
        repository.esker("build");
    };
    let of_all = "
a.ts: uses what env.d.ts declares for all files, or looks for what it did
b.ts: uses what env.d.ts declares for all files, or looks for what it did
c.ts:1: imports b.ts
d.ts: uses what plugin.ts declares for all files, or looks for what it did
e.ts: uses what plugin.ts declares for all files, or looks for what it did
env.d.ts: changed
neither.ts: uses what env.d.ts declares for all files
plugin.ts: changed
";
    let of_symbols = "
a.ts  (distance 1 via env.d.ts:Window.mine)
b.ts  (distance 1 via env.d.ts:VERSION)
b.ts:version  (distance 1 via env.d.ts:VERSION)
c.ts:show  (distance 2 via b.ts:version)
d.ts:use  (distance 1 via plugin.ts:\"%2E/core\".Options.added)
e.ts:is_plugged  (distance 1 via plugin.ts:plugged)
env.d.ts:VERSION  (changed: removed)
env.d.ts:Window  (changed: body)
env.d.ts:Window.mine  (changed: removed)
plugin.ts:\"%2E/core\"  (changed: removed)
plugin.ts:\"%2E/core\".Options  (changed: removed)
plugin.ts:\"%2E/core\".Options.added  (changed: removed)
plugin.ts:plugged  (changed: removed)
";
    repository.esker("build");
    edit();
    repository.esker("affected --why").answers(of_all);
    repository.esker("affected --since HEAD --why").answers(of_all);
    repository.esker("affected --since HEAD --symbols").answers(of_symbols);
    restore();
    edit();
    repository.esker("affected --symbols").answers(of_symbols);
    // What the last build knew may be lost.
    restore();
    fs::remove_dir_all(repository.tree.root().join(".esker/store-1")).unwrap();
    edit();
    repository.esker("affected --match [a-e].ts").answers("a.ts\nb.ts\nc.ts\nd.ts\ne.ts");
    // One that went before the last build.
    restore();
    repository.tree.remove("env.d.ts");
    repository.esker("build");
    repository.esker("affected --since HEAD").answers("a.ts\nb.ts\nc.ts\nneither.ts");
    repository.esker("affected --since HEAD --edges=-lazy").answers("");
}
