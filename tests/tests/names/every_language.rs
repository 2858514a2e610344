//! What every frontend has to see to.

use esker_tests::languages::Modules;

use super::check_modules;

/// `app` uses `run` and `Set.size` of `tool` by way of `kit`, `other` uses `walk`, and `stars` passes on all.
const MODULES: &str = "
//- app
use kit: run, Set
say run(1)
say new Set().size()
//- kit
pass tool: run, walk, Set
//- other
use kit: walk
say walk()
//- stars
use tool: *
//- through
use stars: walk
say walk()
//- tool
fn run(a): a
fn walk(): 0 + 1
class Set: size(): 1; name(): 2
";

fn module(statements: &'static str) -> impl Fn(&Modules) {
    move |tree| tree.write_module("tool", statements)
}

#[test]
fn in_every_language_bodies_comments_and_new_places_concern_nobody_else() {
    let own = "exports {tool}
         resolution {tool}";
    check_modules(MODULES, module("fn run(a): a\nfn walk(): 0 + 2\nclass Set: size(): 1; name(): 2"), own);
    check_modules(MODULES, module("# more\nfn run(a): a\nfn walk(): 0 + 1\nclass Set: size(): 1; name(): 2"), own);
    check_modules(MODULES, module("class Set: name(): 2; size(): 1\nfn walk(): 0 + 1\nfn run(a): a"), own);
}

#[test]
fn in_every_language_a_changed_definition_concerns_its_users_through_whatever_file() {
    check_modules(
        MODULES,
        module("fn run(a): [a]\nfn walk(): 0 + 1\nclass Set: size(): 1; name(): 2"),
        "exports {tool}
         resolution {app}
         resolution {kit}
         resolution {tool}",
    );
    check_modules(
        MODULES,
        module("fn run(a): a\nfn walk(): [0]\nclass Set: size(): 1; name(): 2"),
        "exports {tool}
         resolution {kit}
         resolution {other}
         resolution {through}
         resolution {tool}",
    );
}

#[test]
fn in_every_language_a_changed_member_concerns_its_users_alone() {
    check_modules(
        MODULES,
        module("fn run(a): a\nfn walk(): 0 + 1\nclass Set: size(): 1; name(): [2]"),
        "exports {tool}
         resolution {tool}",
    );
    check_modules(
        MODULES,
        module("fn run(a): a\nfn walk(): 0 + 1\nclass Set: size(): [1]; name(): 2"),
        "exports {tool}
         resolution {app}
         resolution {tool}",
    );
}

#[test]
fn in_every_language_a_definition_that_goes_or_comes_concerns_those_who_ask_for_it() {
    check_modules(
        MODULES,
        module("fn walk(): 0 + 1\nclass Set: size(): 1; name(): 2"),
        "exports {tool}
         resolution {app}
         resolution {kit}
         resolution {tool}",
    );
    check_modules(
        MODULES,
        module("fn run(a): a\nfn walk(): 0 + 1\nclass Set: size(): 1; name(): 2\nfn fly(): 0"),
        "exports {tool}
         resolution {tool}",
    );
    check_modules(
        "//- app\nuse tool: run\nsay run()\n//- tool\nfn walk(): 0\n",
        module("fn walk(): 0\nfn run(): 0"),
        "exports {tool}
         resolution {app}
         resolution {tool}",
    );
}

#[test]
fn in_every_language_a_file_that_comes_or_goes_concerns_whoever_looked_through_to_it() {
    let fixture = "//- app\nuse kit: run\nsay run()\n//- kit\npass tool: run\n//- plain\nlet x = 1\n";
    check_modules(
        fixture,
        module("fn run(): 0"),
        "edges {kit}
         exports {kit}
         exports {tool}
         resolution {app}
         resolution {kit}
         resolution {tool}",
    );
    check_modules(
        &format!("{fixture}//- tool\nfn run(): 0\n"),
        |tree| tree.remove_module("tool"),
        "edges {kit}
         exports {kit}
         resolution {app}
         resolution {kit}",
    );
}

#[test]
fn in_every_language_a_definition_can_come_between() {
    let fixture = "
//- app
use all: run
say run()
//- all
use one: *
use two: *
//- one
fn other(): 0
//- two
fn run(): 0
";
    let one = |statements: &'static str| move |tree: &Modules| tree.write_module("one", statements);
    check_modules(
        fixture,
        one("fn other(): 0\nfn fly(): 0"),
        "exports {one}
         resolution {one}",
    );
    check_modules(
        fixture,
        |tree| tree.write_module("all", "use one: *"),
        "edges {all}
         exports {all}
         resolution {all}
         resolution {app}",
    );
}
