//! What TypeScript asks of names besides.

use esker_tests::Tree;

use super::{build, check};

#[test]
fn names_that_no_other_language_allows_are_not_taken_for_other_questions() {
    let users = "import { 'C.m' as a, '*' as b, '' as c } from './tool';\na; b; c;\n";
    let tool = "export class C { m() {} }\nexport * from './more';\n";
    for edited in [
        "export class C { m() {} }\nconst x = 1;\nexport { x as 'C.m' };\n",
        "const x = 1;\nexport { x as '*', x as '' };\n",
        "export class C { n() {} }\n",
    ] {
        let tree = Tree::new("");
        tree.write("app.ts", users);
        tree.write("tool.ts", tool);
        tree.write("more.ts", "export const y = 1;\n");
        let mut engine = tree.engine();
        engine.execute().unwrap();
        tree.write("tool.ts", edited);
        build(&tree, &mut engine);
        tree.remove("tool.ts");
        build(&tree, &mut engine);
        tree.write("tool.ts", tool);
        build(&tree, &mut engine);
    }
}

const TYPES: &str = "
//- app.ts
import { make } from './kit';
make().size.wide;
//- kit.ts
export * from './tool';
//- other.ts
import { walk } from './kit';
walk();
//- tool.ts
export function make(): Set { return new Set(); }
export function walk() { return 1; }
export class Set { size: Size = { wide: 1 }; name = 1 }
interface Size { wide: number }
";

/// Writes `tool.ts` anew, with a part of it replaced.
fn types(from: &'static str, to: &'static str) -> impl Fn(&Tree) {
    move |tree| {
        let (_, text) = TYPES.split_once("//- tool.ts\n").unwrap();
        assert!(text.contains(from));
        tree.write("tool.ts", text.replace(from, to));
    }
}

#[test]
fn bodies_and_comments_of_typescript_concern_nobody_else() {
    check(
        TYPES,
        types("return new Set();", "/* more */ const local = 1; return new Set();"),
        "exports tool.ts
         resolution tool.ts",
    );
    check(
        TYPES,
        types("return 1;", "return 2;"),
        "exports tool.ts
         resolution tool.ts",
    );
}

#[test]
fn a_changed_type_concerns_those_who_asked_for_it() {
    let users = "exports tool.ts
         resolution app.ts
         resolution tool.ts";
    check(TYPES, types("make(): Set", "make(): Size"), users);
    check(TYPES, types("size: Size =", "size: Set | Size ="), users);
    check(TYPES, types("interface Size { wide: number }", "interface Size { wide: string }"), users);
    check(
        TYPES,
        types("name = 1", "name = ''"),
        "exports tool.ts
         resolution tool.ts",
    );
}

#[test]
fn a_name_that_comes_to_stand_before_a_star_concerns_those_who_asked_for_it() {
    check(
        TYPES,
        |tree| tree.write("kit.ts", "export * from './tool';\nexport const walk = 1;\n"),
        "exports kit.ts
         resolution kit.ts
         resolution other.ts",
    );
}

/// `app` uses members that it knows by what is given for type parameters, by their bounds and defaults, by a signature,
/// by what a call is to give, and by a test of a member that tells parts of a union apart; `other` uses `walk` alone.
const GENERICS: &str = "
//- app.ts
import { Leaf, Made, Handle, Shape, make } from './kit';
function f(leaf: Leaf, shape: Shape) {
    leaf.def.wide;
    if (shape.kind === 'a') shape.size;
}
const made: Made = make((it) => it.wide);
const handle: Handle = (it) => it.wide;
//- base.ts
export interface Wide { wide: number }
export interface Narrow { wide: string }
export interface Has<T extends Wide | Narrow = Wide> { def: T }
export interface Call<T = Wide> { (it: T): void }
export interface Box<T> { it: T }
export function make<T>(build: (it: T) => void): Box<T> { throw 0; }
export function walk() {}
export interface A { kind: 'a'; size: number }
export interface B { kind: 'b'; size: number }
//- kit.ts
import { Has, Call, Box, Wide, Narrow, A, B } from './base';
export { make, walk } from './base';
export interface Leaf extends Has<Wide> {}
export type Made = Box<Wide>;
export type Handle = Call;
export type Shape = A | B;
//- other.ts
import { walk } from './kit';
walk();
";

/// Writes a file of [`GENERICS`] anew, with a part of it replaced.
fn generics(path: &'static str, from: &'static str, to: &'static str) -> impl Fn(&Tree) {
    move |tree| {
        let (_, text) = GENERICS.split_once(&format!("//- {path}\n")).unwrap();
        let text = text.split("//- ").next().unwrap();
        assert!(text.contains(from));
        tree.write(path, text.replace(from, to));
    }
}

#[test]
fn what_is_given_for_type_parameters_concerns_those_who_asked_for_it() {
    let member = "exports base.ts
         resolution app.ts
         resolution base.ts";
    // `kit` names the types themselves.
    let base = "exports base.ts
         resolution app.ts
         resolution base.ts
         resolution kit.ts";
    let kit = "exports kit.ts
         resolution app.ts
         resolution kit.ts";
    check(GENERICS, generics("kit.ts", "Has<Wide>", "Has<Narrow>"), kit);
    check(GENERICS, generics("kit.ts", "Has<Wide>", "Has"), kit);
    check(GENERICS, generics("kit.ts", "Box<Wide>", "Box<Narrow>"), kit);
    check(GENERICS, generics("kit.ts", "= Call;", "= Call<Narrow>;"), kit);
    check(GENERICS, generics("base.ts", "Narrow = Wide> { def", "Narrow = Narrow> { def"), base);
    check(GENERICS, generics("base.ts", "def: T }", "def: Narrow }"), member);
    check(GENERICS, generics("base.ts", "Call<T = Wide>", "Call<T = Narrow>"), base);
    check(GENERICS, generics("base.ts", "(it: T): void", "(it: Narrow): void"), member);
    check(GENERICS, generics("base.ts", "(build: (it: T) => void)", "(build: (it: Narrow) => void)"), base);
    check(GENERICS, generics("base.ts", "Box<T> { throw 0; }", "Narrow { throw 0; }"), base);
}

#[test]
fn what_a_test_tells_apart_concerns_those_who_asked_for_it() {
    let users = "exports base.ts
         resolution app.ts
         resolution base.ts";
    check(GENERICS, generics("base.ts", "kind: 'a'", "kind: 'c'"), users);
    check(GENERICS, generics("base.ts", "kind: 'b'", "kind: 'a' | 'b'"), users);
    check(
        GENERICS,
        generics("base.ts", "walk() {}", "walk() { return 1; }"),
        "exports base.ts
         resolution base.ts
         resolution kit.ts
         resolution other.ts",
    );
}
