//! Names that files declare for all others, in a language of names.

use esker_tests::Tree;

use super::{check, said};

/// `app` uses what `env` declares for all files, `lib` what it has itself, `late` what nobody declares yet.
const SHARED: &str = "
//- app.toy
say mode
//- env.toy
share mode = 1
share other = 1
//- late.toy
say missing
//- lib.toy
def mode = 2
say mode
";

#[test]
fn names_that_files_declare_for_all_others_are_found_without_an_import() {
    let tree = Tree::new(SHARED);
    assert_eq!(
        said(&tree),
        ["app.toy: mode -> env.toy:mode", "late.toy: missing -> undefined-name", "lib.toy: mode -> :mode"]
    );
}

#[test]
fn another_text_of_such_a_name_concerns_those_who_use_it() {
    check(
        SHARED,
        |tree| tree.write("env.toy", "share mode = 9\nshare other = 1\n"),
        "
        exports env.toy
        resolution app.toy
        resolution env.toy
    ",
    );
}

#[test]
fn a_name_that_is_declared_for_all_files_concerns_those_who_looked_for_it() {
    check(
        SHARED,
        |tree| tree.write("new.toy", "share missing = 1\n"),
        "
        exports new.toy
        resolution late.toy
        resolution new.toy
    ",
    );
    check(
        SHARED,
        |tree| tree.write("env.toy", "share missing = 1\nshare mode = 1\nshare other = 1\n"),
        "
        exports env.toy
        resolution env.toy
        resolution late.toy
    ",
    );
}

#[test]
fn a_name_that_is_no_longer_declared_for_all_files_concerns_those_who_used_it() {
    check(SHARED, |tree| tree.remove("env.toy"), "resolution app.toy");
    // What the file itself has under the name stays as it was: that it is for all is told apart.
    check(
        SHARED,
        |tree| tree.write("env.toy", "def mode = 1\nshare other = 1\n"),
        "
        exports env.toy
        resolution app.toy
        resolution env.toy
    ",
    );
}

#[test]
fn a_second_file_with_such_a_name_concerns_those_who_use_it() {
    check(
        SHARED,
        |tree| tree.write("also.toy", "share mode = 1\n"),
        "
        exports also.toy
        resolution also.toy
        resolution app.toy
    ",
    );
}

#[test]
fn who_asked_a_file_in_vain_for_what_it_adds_is_concerned_without_an_edge() {
    // `src/a.ts` adds to a `C` of its own module, not to the one whose member `a.ts` looks for.
    check(
        "
//- a.d.ts
declare global { interface C { h: C; } var x: C; }
//- a.ts
export const y = x.m();
//- src/a.ts
declare module './a' { interface C { k: string; } }
import { C } from '../a';
",
        |tree| tree.write("src/a.ts", "export class D {}\ndeclare module './a' { interface C { k: string; } }\n"),
        "
        edges src/a.ts
        exports src/a.ts
        resolution a.ts
        resolution src/a.ts
    ",
    );
}
