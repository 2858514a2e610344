//! `esker affected`.

use serde_json::json;

use crate::git::put_under_git;
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
        for glob in ["[b-a]", "["] {
            assert_eq!(of.esker(&format!("affected {{low}} --match {glob}")).code, Some(2));
        }
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
fn a_name_for_all_files_affects_those_who_use_it() {
    let repository = Repository::new(
        "
//- env.d.ts
declare const mode: Mode;
interface Mode { fast: boolean }
//- use.ts
export const x = mode.fast;
//- top.ts
import { x } from './use';
x;
//- other.ts
export const y = 1;
",
    );
    repository.esker("affected env.d.ts").answers("env.d.ts\ntop.ts\nuse.ts");
    repository
        .esker("affected env.d.ts --why")
        .answers("env.d.ts: changed\ntop.ts:1: imports use.ts\nuse.ts: uses what env.d.ts declares for all files");
    repository.esker("affected env.d.ts --edges=-lazy").answers("env.d.ts");
    repository.esker("deps use.ts").answers("");
    repository.esker("deps use.ts --edges all").answers("env.d.ts");
    repository.esker("refs mode").answers("use.ts:1:18: read");
    repository.esker("build");
    repository.tree.write("env.d.ts", "declare const mode: Mode;\ninterface Mode { slow: boolean }\n");
    repository.esker("affected").answers("env.d.ts\ntop.ts\nuse.ts");
    repository.tree.remove("env.d.ts");
    repository.esker("affected").answers("top.ts\nuse.ts");
    repository.tree.write("types/env.d.ts", "declare const mode: { fast: boolean };\n");
    repository.esker("affected").answers("top.ts\ntypes/env.d.ts\nuse.ts");
    repository.esker("build --verify");
}

#[test]
fn what_a_module_adds_to_another_one_affects_those_who_use_it() {
    let repository = Repository::new(
        "
//- core.ts
export interface Options { own: string }
//- plugin.ts
import './core';
declare module './core' { interface Options { added: string } }
//- own.ts
import { Options } from './core';
export const own = (options: Options) => options.own;
//- neither.ts
import { Options } from './core';
export const neither = (options: Options) => options.missing;
//- use.ts
import { Options } from './core';
export const use = (options: Options) => options.added;
",
    );
    repository.esker("affected plugin.ts").answers("plugin.ts\nuse.ts");
    // Who looked for what is not there finds it, once somebody adds it.
    repository.esker("build");
    let text = "import './core';\ndeclare module './core' { interface Options { missing: string } }\n";
    repository.tree.write("plugin.ts", text);
    repository.esker("affected plugin.ts").answers("neither.ts\nplugin.ts");
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

/// A repository, the file in it that is written anew or removed, and what that affects.
type Elsewhere = (&'static str, &'static str, Option<&'static str>, &'static str);

/// Changes by which imports of files that did not change lead elsewhere.
const ELSEWHERE: [Elsewhere; 5] = [
    (
        "
//- tsconfig.json
{ \"compilerOptions\": { \"baseUrl\": \".\", \"paths\": { \"@/*\": [\"src/*\"] } } }
//- src/a.ts
export const a = 1;
//- alt/a.ts
export const a = 1;
//- m.ts
import { a } from '@/a';
//- t.ts
import './m';
",
        "tsconfig.json",
        Some("{ \"compilerOptions\": { \"baseUrl\": \".\", \"paths\": { \"@/*\": [\"alt/*\"] } } }"),
        "m.ts\nt.ts\ntsconfig.json",
    ),
    (
        "
//- package.json
{ \"name\": \"n\", \"imports\": { \"#a\": \"./src/a.ts\" } }
//- src/a.ts
export const a = 1;
//- alt/a.ts
export const a = 1;
//- m.ts
import { a } from '#a';
//- t.ts
import './m';
",
        "package.json",
        Some("{ \"name\": \"n\", \"imports\": { \"#a\": \"./alt/a.ts\" } }"),
        "m.ts\npackage.json\nt.ts",
    ),
    // The directory becomes one that imports start from.
    (
        "
//- foo.py
V = 1
//- sub/foo.py
V = 2
//- sub/x.py
import foo
//- user.py
import sub.x
",
        "sub/pkg/__init__.py",
        Some(""),
        "sub/pkg/__init__.py\nsub/x.py\nuser.py",
    ),
    // And is none any more.
    (
        "
//- foo.py
V = 1
//- sub/foo.py
V = 2
//- sub/pkg/__init__.py
//- sub/x.py
import foo
//- user.py
import sub.x
",
        "sub/pkg/__init__.py",
        None,
        "sub/x.py\nuser.py",
    ),
    // With its last file a package goes that has no `__init__.py`.
    (
        "
//- ns/sub/m.py
V = 1
//- x.py
import ns.sub
//- y.py
import x
",
        "ns/sub/m.py",
        None,
        "x.py\ny.py",
    ),
];

#[test]
fn what_makes_imports_lead_elsewhere_affects_their_files() {
    for (fixture, path, text, expected) in ELSEWHERE {
        let repository = Repository::new(fixture);
        put_under_git(&repository);
        repository.esker("build");
        match text {
            Some(text) => repository.tree.write(path, text),
            None => repository.tree.remove(path),
        }
        repository.esker("affected").answers(expected);
        // The last build has seen it. What there was before is not known any more.
        repository.esker("affected --since HEAD").answers(expected);
        repository.esker(&format!("affected {path}")).answers(expected);
    }
}

#[test]
fn why_tells_what_an_import_depends_on() {
    let (fixture, path, text, _) = ELSEWHERE[0];
    let repository = Repository::new(fixture);
    repository.esker("build");
    repository.tree.write(path, text.unwrap());
    let expected = "m.ts: its imports lead elsewhere\nt.ts:1: imports m.ts\ntsconfig.json: changed";
    repository.esker("affected --why").answers(expected);
    let expected =
        "m.ts: its imports may lead elsewhere because of tsconfig.json\nt.ts:1: imports m.ts\ntsconfig.json: changed";
    repository.esker("affected tsconfig.json --why").answers(expected);
}

#[test]
fn another_configuration_affects_all_files() {
    let repository = Repository::new("//- esker.toml\nmax-cache-size = '1 GB'\n//- a.py\n//- sub/b.py");
    put_under_git(&repository);
    repository.tree.write("esker.toml", "max-cache-size = '2 GB'\n");
    repository.esker("affected --since HEAD").answers("");
    repository.tree.write("esker.toml", "roots = ['sub']\n");
    let warning =
        "warning: files were analyzed in another way then: the configuration has changed, and all of them count";
    repository.esker("affected --since HEAD").ends(0, "a.py\nsub/b.py", warning);
}
