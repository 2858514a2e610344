//! What functions return and take, and the few containers that are known.

use super::check;

#[test]
fn what_functions_return_is_declared_or_inferred() {
    check(
        "
== a.ts
export class C { m() {} self() { return this; } me(): this { return this; } }
export function declared(): C { throw 0; }
export const inferred = () => new C();
export async function later() { return new C(); }
== use.ts
import { C, declared, inferred, later } from './a';
declared().m();          //> m = a.ts:C.m
inferred().m();          //> m = a.ts:C.m?
new C().self().m();      //> m = a.ts:C.m?
new C().me().m();        //> m = a.ts:C.m
async function f() { (await later()).m(); } //> m = a.ts:C.m?
let v = declared();
v.m();                   //> m = a.ts:C.m?
v = inferred();
",
    );
}

#[test]
fn containers_give_what_they_contain() {
    check(
        "
== a.ts
export class C { m() {} }
== use.ts
import { C } from './a';
function f(list: C[], set: Set<C>, map: Map<string, C>, promise: Promise<C>, pair: [C, number]) {
    list[0].m();                         //> m = a.ts:C.m
    for (const c of set) c.m();          //> m = a.ts:C.m
    map.get('')!.m();                    //> m = a.ts:C.m
    for (const [, c] of map) c.m();      //> m = a.ts:C.m
    promise.then((c) => c.m());          //> m = a.ts:C.m
    list.filter((c) => c.m())[0].m();    //> m = a.ts:C.m ; m#2 = a.ts:C.m
    const [c] = pair;
    c.m();                               //> m = a.ts:C.m
    list.reduce((all, c) => c.m(), 0);   //> m = a.ts:C.m
}
",
    );
}

#[test]
fn functions_that_are_given_take_what_is_declared() {
    check(
        "
== a.ts
export class Event { target = 1 }
export type Handler = (event: Event) => void;
export function on(handler: Handler) {}
export class Emitter { listen(handler: (event: Event) => void) {} }
== use.ts
import { on, Emitter, Handler } from './a';
on((event) => event.target);                    //> target = a.ts:Event.target
new Emitter().listen(function (e) { e.target }); //> target = a.ts:Event.target
const h: Handler = (e) => e.target;             //> target = a.ts:Event.target
",
    );
}

#[test]
fn one_of_several_is_ambiguous() {
    check(
        "
== a.ts
export interface A { kind: 'a'; x: number }
export interface B { kind: 'b'; y: number }
export type Either = A | B;
== use.ts
import { Either } from './a';
function f(e: Either) {
    e.kind;      //> kind = a.ts:A.kind | a.ts:B.kind~
    e.y;         //> y = a.ts:B.y
}
",
    );
}

#[test]
fn functions_that_variables_are_bound_to_can_be_asynchronous() {
    check(
        "
== a.ts
export const arrow = async () => { return { one: 1 }; };
export const written = async function () { return { two: 2 }; };
export class C { field = async () => ({ three: 3 }); }
== b.ts
import { arrow, written, C } from './a';
arrow().then((made) => made.one).catch(null); //> then = <Promise.then>? ; one = a.ts:arrow.return.one? ; catch = <Promise.catch>?
written().then((made) => made.two);           //> then = <Promise.then>? ; two = a.ts:written.return.two?
(await arrow()).one;                          //> one = a.ts:arrow.return.one?
new C().field().then((made) => made.three);   //> then = <Promise.then>? ; three = a.ts:C.field.return.three?
",
    );
}
