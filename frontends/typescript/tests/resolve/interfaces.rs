//! What changes the interface of a file, and what does not.

use super::Tree;

/// The names of `before` and `after` that other files see differently, ascending.
fn changed(before: &str, after: &str) -> Vec<String> {
    let (before, after) = (Tree::new(&format!("== m.ts\n{before}")), Tree::new(&format!("== m.ts\n{after}")));
    let (before, after) = (before.interface("m.ts"), after.interface("m.ts"));
    let names = |interface: &esker_frontend_api::Interface| -> Vec<String> {
        (0..interface.entries.len() as u32)
            .map(|id| interface.qualified_name(esker_frontend_api::EntryId(id)))
            .collect()
    };
    let mut all = [names(before), names(after)].concat();
    all.sort_unstable();
    all.dedup();
    all.retain(|name| before.answer(before.find(name)) != after.answer(after.find(name)));
    all
}

#[test]
fn comments_bodies_order_and_local_names_change_nothing() {
    let before = "
import { x } from './x';
export function f(a: number): string { return ''; }
export class C { m(): number { return 1; } }
export const o = { a: 1 };
";
    let after = "
// A comment.
import { x } from './x';
export const o = { a: 2 };
export class C {
    /** Words. */
    m(): number { const local = 2; return local + x; }
}
export function f(a: number): string { if (a) { return 'a'; } return 'b'; }
";
    assert_eq!(changed(before, after), [""; 0]);
    let (before, after) = (Tree::new(&format!("== m.ts\n{before}")), Tree::new(&format!("== m.ts\n{after}")));
    assert_eq!(before.interface("m.ts").entries.len(), after.interface("m.ts").entries.len());
}

#[test]
fn a_signature_changes_its_name_alone() {
    let before = "
export function f(a: number) {}
export function g(a: number) {}
export class C { m() {} n() {} }
";
    let after = "
export function f(a: number, b: number) {}
export function g(a: number) {}
export class C { m(): C { throw 0; } n() {} }
";
    assert_eq!(changed(before, after), ["C.m", "f", "f.b"]);
}

#[test]
fn types_bases_exports_and_imports_are_part_of_it() {
    assert_eq!(changed("export let x: A;", "export let x: B;"), ["x"]);
    assert_eq!(changed("export class C {}", "export class C extends B {}"), ["C"]);
    assert_eq!(changed("export interface I {}", "export interface I extends J {}"), ["I"]);
    assert_eq!(changed("export type T = A;", "export type T = B;"), ["T"]);
    assert_eq!(changed("export const x = new A();", "export const x = new B();"), ["x"]);
    assert_eq!(changed("export const x = 1;", "export const x = 2;"), [""; 0]);
    assert_eq!(changed("const x = 1; export {};", "const x = 1; export { x };"), ["x"]);
    assert_eq!(changed("export { x } from './a';", "export { x } from './b';"), ["x"]);
    assert_eq!(changed("const a = 1, b = 2; export { a as x };", "const a = 1, b = 2; export { b as x };"), ["x"]);
    assert_eq!(changed("export default class A {}", "export default class B {}"), ["A", "B", "default"]);
}

#[test]
fn an_object_that_gets_its_first_member_is_seen() {
    assert_eq!(changed("export let x: unknown;", "export let x: { a: number };"), ["x", "x.a"]);
    assert_eq!(changed("export const x = make();", "export const x = { a: 1 };"), ["x", "x.a"]);
}
