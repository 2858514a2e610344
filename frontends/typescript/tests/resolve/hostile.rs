//! Source that is made to break something.

use std::fmt::Write as _;

use super::{Tree, check};

#[test]
fn a_long_chain_of_members_calls_and_returns_ends() {
    let mut text = String::from("== m.ts\nclass C { m() { return this; } }\n");
    writeln!(text, "new C(){};", ".m()".repeat(500)).expect("strings can be written to");
    for index in 0..300 {
        writeln!(text, "function f{index}() {{ return f{}(); }}", index + 1).expect("strings can be written to");
    }
    text.push_str("f0().x;\n");
    Tree::new(&text);
}

#[test]
fn a_long_chain_of_exports_ends() {
    let mut text = String::from("== m0.ts\nexport const x = 1;\n");
    for index in 1..300 {
        writeln!(text, "== m{index}.ts\nexport {{ x }} from './m{}';", index - 1).expect("strings can be written to");
    }
    Tree::new(&text);
}

#[test]
fn files_that_pass_everything_on_to_each_other_end() {
    let mut text = String::new();
    for index in 0..200 {
        writeln!(
            text,
            "== m{index}.ts\nexport * from './m{}';\nexport * from './m{}';\nexport {{ y{index} }} from './m{}';",
            (index + 1) % 200,
            (index + 7) % 200,
            (index + 3) % 200
        )
        .expect("strings can be written to");
    }
    text.push_str("import { nothing, y5 } from './m1';\nnothing; y5;\n");
    Tree::new(&text);
}

#[test]
fn names_that_come_by_two_ways_of_a_circle_do_not_double_at_every_step() {
    let mut text = String::new();
    for index in 0..100 {
        writeln!(
            text,
            "== m{index}.ts\nexport {{ x }} from './m{}';\nexport {{ x }} from './m{}';",
            (index + 1) % 100,
            (index + 2) % 100
        )
        .expect("strings can be written to");
    }
    Tree::new(&text);
}

#[test]
fn classes_interfaces_and_aliases_that_are_made_of_themselves_end() {
    check(
        "
== a.ts
import { B } from './b';
export class A extends B { a() {} }
export interface I extends J {}
export interface J extends I { j: number }
export type T = T;
export type U = V | U[]; type V = U & V;
export type F = (f: F) => F;
export const self: typeof self = self;
interface Node<T> extends Node<Node<T>> { n: T }
== b.ts
import { A } from './a';
export class B extends A { b() {} }
== use.ts
import { A, I, T, U, F, self } from './a';
new A().b();                      //> b = b.ts:B.b
new A().gone();                   //> gone ! no-such-attribute
function f(i: I, t: T, u: U, g: F) {
    i.j;                          //> j = a.ts:J.j
    t.x; u.x; g(g)(g).x; self.x;  //> x ! unknown-value
}
",
    );
}

#[test]
fn types_that_double_at_every_step_do_not_take_forever() {
    let mut text = String::from("== m.ts\ninterface Leaf { x: number }\ntype T0 = Leaf;\n");
    for index in 0..60 {
        writeln!(text, "type T{} = {{ a: T{index} }} | {{ b: T{index} }} | [T{index}, T{index}];", index + 1)
            .expect("strings can be written to");
        writeln!(text, "type F{} = (a: F{index}, b: F{index}) => F{index};", index + 1)
            .expect("strings can be written to");
        writeln!(text, "function f{index}() {{ return f{0}() || f{0}().a || [f{0}()]; }}", index + 1)
            .expect("strings can be written to");
    }
    text.push_str("function f(t: T60, g: F60) { t.a.b.a.b.x; g(g, g)(g, g).x; f0().a.b; }\n");
    Tree::new(&text);
}

#[test]
fn huge_unions_and_objects_end() {
    let members: Vec<String> = (0..3000).map(|index| format!("{{ kind: {index}; m{index}: number }}")).collect();
    let properties: Vec<String> = (0..3000).map(|index| format!("p{index}: {index}")).collect();
    let text = format!(
        "== m.ts\ntype Huge = {};\nconst o = {{ {} }};\nfunction f(h: Huge) {{ h.kind; h.m2999; o.p1; }}\n",
        members.join(" | "),
        properties.join(", ")
    );
    Tree::new(&text);
}

#[test]
fn local_variables_that_double_at_every_step_do_not_double_the_interface() {
    let mut text = String::from("== m.ts\nclass C {\n    y;\n    m() {\n        let a0 = this.x;\n");
    for index in 0..40 {
        writeln!(text, "        let a{} = [a{index}, a{index}];", index + 1).expect("strings can be written to");
    }
    text.push_str("        this.y = a40;\n    }\n}\n");
    let tree = Tree::new(&text);
    assert!(tree.interface("m.ts").values.len() < 200, "{}", tree.interface("m.ts").values.len());
}

#[test]
fn names_with_dots_are_no_members() {
    check(
        "
== a.ts
export const o = { 'a.b': 1, '': 2, '*': 3, a: { b: 4 } };
== use.ts
import { o } from './a';
o.a.b;             //> a = a.ts:o.a ; b = a.ts:o.a.b
o['a.b'];          //> o = a.ts:o
",
    );
}

#[test]
fn generic_types_that_grow_each_time_they_name_themselves_end() {
    check(
        "
== a.ts
export type F<T> = F<[T, 1]> | F<[T, 2]> | { f: T };
export type G<T> = { next: G<{ of: T }>; g: T };
export interface I<T> extends I<I<T>> { i: T; next: I<T[]> }
export interface J<T extends J<T>> { j: T; all: J<J<T>>[] }
export class C<T extends C<C<T>>> extends C<T[]> { c!: T }
export type H<T> = T extends any ? H<T | [T]> : never;
export function f<T extends ReturnType<typeof f<T>>>(x: T): T { return f(f(x)); }
== use.ts
import { G, I, J, C, H, f as it } from './a';
function f(g: G<1>, i: I<1>, j: J<any>, c: C<any>, h: H<1>) {
    g.next.next.next.g; i.next.next.i; h.x;   //> g#2 = a.ts:G.g ; i#2 = a.ts:I.i
    j.j.j.j.all[0].j.j; c.c.c.c; it(it(it(c)));   //> all = a.ts:J.all?
}
== other.ts
import { F } from './a';
function f(f: F<1>) { f.f; }
",
    );
}

#[test]
fn generic_types_that_double_at_every_step_end() {
    let mut text = String::from("== m.ts\ntype T0<A> = { a: A };\n");
    for index in 1..200 {
        let before = index - 1;
        writeln!(text, "type T{index}<A> = T{before}<[A, {index}]> | T{before}<{{ b: A }}> | T{before}<T{before}<A>>;")
            .expect("strings can be written to");
    }
    text.push_str("declare const t: T199<1>;\nt.a;\n");
    Tree::new(&text);
}

#[test]
fn many_tests_and_cases_end() {
    let mut text = String::from("== m.ts\nfunction f(x: any) {\n");
    text.push_str(&"if (x.a.b.c === 1) {\n".repeat(200));
    writeln!(text, "x{};", ".a".repeat(2_000)).expect("strings can be written to");
    text.push_str(&"}\n".repeat(200));
    writeln!(text, "{} x.a;", "x.k && ".repeat(500)).expect("strings can be written to");
    text.push_str("switch (x.kind) {\n");
    for case in 0..3_000 {
        writeln!(text, "case {case}: x.a;").expect("strings can be written to");
    }
    text.push_str("} }\n");
    Tree::new(&text);
}

#[test]
fn thousands_of_declarations_that_are_merged_end() {
    let mut text = String::from("== m.ts\n");
    for index in 0..1000 {
        writeln!(text, "interface A {{ m{index}: A }}\nlet a{index}: A; a{index}.m{index}.m1.m2;")
            .expect("strings can be written to");
    }
    Tree::new(&text);
}

#[test]
fn a_barrel_of_thousands_of_files_is_looked_through_once_for_each_name() {
    let mut barrel = String::from("== barrel.ts\n");
    let mut text = String::new();
    for index in 0..1500 {
        writeln!(barrel, "export * from './m{index}';").expect("strings can be written to");
        writeln!(text, "== m{index}.ts\nexport const x{index} = 1;").expect("strings can be written to");
    }
    text.push_str(&barrel);
    text.push_str("== user.ts\n");
    for index in 0..200 {
        writeln!(text, "import {{ x{} }} from './barrel';", 1499 - index).expect("strings can be written to");
    }
    Tree::new(&text);
}
