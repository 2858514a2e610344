//! Types and values have names apart, and types are made of others.

use super::check;

#[test]
fn a_type_and_a_value_of_one_name_are_apart() {
    check(
        "
== a.ts
export interface Thing { a: number }
export const Thing = { make(): Thing { throw 0; } };
== use.ts
import { Thing } from './a';
let t: Thing = Thing.make();  //> make = a.ts:Thing.make
t.a;                          //> a = a.ts:Thing.a
",
    );
}

#[test]
fn aliases_are_what_they_stand_for() {
    check(
        "
== a.ts
export interface A { a: number }
export type B = A & { b: number };
export type C = B;
export type P = Partial<Readonly<A>>;
== use.ts
import { B, C, P } from './a';
function f(b: B, c: C, p: P) {
    b.a; b.b;    //> a = a.ts:A.a ; b#3 = a.ts:B.b
    c.b; p.a;    //> b = a.ts:B.b ; a = a.ts:A.a
}
",
    );
}

#[test]
fn types_of_values_and_parts_of_types() {
    check(
        "
== a.ts
export const config = { port: 1, nested: { host: '' } };
export interface Part { id: number }
export interface Whole { part: Part; parts: Part[] }
export function make(): Whole { throw 0; }
== use.ts
import { config, Whole, make } from './a';
function f(c: typeof config, p: Whole['part'], q: Whole['parts'][number], r: ReturnType<typeof make>) {
    c.nested.host;   //> nested = a.ts:config.nested ; host = a.ts:config.nested.host
    p.id; q.id;      //> id = a.ts:Part.id ; id#2 = a.ts:Part.id
    r.part;          //> part = a.ts:Whole.part
}
",
    );
}

#[test]
fn type_parameters_are_their_bounds() {
    check(
        "
== a.ts
export interface Base { id: number }
export function f<T extends Base>(x: T) {
    x.id;            //> id = a.ts:Base.id
    let y: T;        //> T = here
}
",
    );
}

#[test]
fn optional_things_and_asserted_ones() {
    check(
        "
== a.ts
export interface A { next?: A | null; value: number }
== use.ts
import { A } from './a';
function f(a: A | undefined) {
    a?.next?.next!.value;        //> next = a.ts:A.next ; next#2 = a.ts:A.next ; value = a.ts:A.value
    (a as A).value;              //> value = a.ts:A.value
    (<A>a).value;                //> value = a.ts:A.value
    (a ?? null)!.value;          //> value = a.ts:A.value
}
",
    );
}

#[test]
fn an_alias_that_maps_what_it_is_given_has_its_members() {
    check(
        "
== a.ts
export type Simplify<T> = { [K in keyof T]: T[K] };
export interface A { a: number }
== use.ts
import { Simplify, A } from './a';
function f(s: Simplify<A>) {
    s.a;         //> a = a.ts:A.a
}
",
    );
}

#[test]
fn texts_in_types_name_members() {
    check(
        "
== a.ts
export interface Whole { part: Part }
export interface Part { id: number }
export type Id = Whole['part'][\"id\"];   //> part = a.ts:Whole.part ; id = a.ts:Part.id
export type Of<T extends Whole> = T['part'] | T['no.name'] | Part[];  //> part = a.ts:Whole.part
",
    );
}
