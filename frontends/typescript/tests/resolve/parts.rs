//! Types that are parts of others: types without a name inside of them, members that a key names, one of two.

use super::check;

#[test]
fn types_without_a_name_in_other_types_have_members() {
    check(
        "
== a.ts
export interface A { a: number }
export interface Has<T> {
    take?: (data: { one: A; other: T }) => void;
    both: Map<{ key: A }, { value: T }>;
    m(run: (it: { deep: T }) => void): void;
}
export type Run = (it: { run: A }) => { ran: A };
export declare function start(how: (it: { started: A }) => void): void;
== use.ts
import { A, Has, Run, start } from './a';
const has: Has<A> = {
    take: (data) => data.one.a,             //> one = a.ts:Has.{1.one ; a = a.ts:A.a
    both: null!,
    m() {},
};
const other: Has<A> = { take: ({ other }) => other.a, both: null!, m() {} };  //> a = a.ts:A.a
function f(has: Has<A>, run: Run) {
    has.m((it) => it.deep.a);               //> deep = a.ts:Has.m.{1.deep ; a = a.ts:A.a
    for (const [key, value] of has.both) key.key.a + value.value.a;     //> a = a.ts:A.a ; a#2 = a.ts:A.a
    run(null!).ran.a;                       //> ran = a.ts:{2.ran ; a = a.ts:A.a
}
start((it) => it.started.a);                //> started = a.ts:start.{1.started ; a = a.ts:A.a
",
    );
}

#[test]
fn types_without_a_name_of_overloads_are_told_apart() {
    check(
        "
== a.ts
export interface A { a: number }
export declare const f: {
    (run: (it: { key: A }) => void, options?: { one: A }): void;
    (self: A, run: (it: { key: A }) => void, options?: { one: A }): void;
};
== use.ts
import { A, f } from './a';
function g(a: A) {
    f((it) => it.key);          //> key = a.ts:f.().{1.key
    f(a, (it) => it.key, { one: a });       //> key = a.ts:f.().{3.key ; one = a.ts:f.().{4.one
}
",
    );
}

#[test]
fn functions_with_type_parameters_take_what_they_are_called_with() {
    check(
        "
== a.ts
export interface A { a: number }
export interface Events { 'one:a': (it: A) => void; two: (it: string, a: A) => void }
type Listener<T, K extends keyof T> = T[K] extends Function ? T[K] : never;
export interface Registry<T> {
    on: <K extends keyof T>(name: K, listen: Listener<T, K>) => void;
    once: <K extends keyof T>(name: K, listen: T[K]) => void;
}
export interface App { events: Registry<Events>; on: App['events']['on'] }
== use.ts
import { App } from './a';
function f(app: App) {
    app.events.once('one:a', (it) => it.a);         //> a = a.ts:A.a
    app.events.on('two', (it, other) => other.a);   //> a = a.ts:A.a
    app.on('one:a', (it) => it.a);                  //> a = a.ts:A.a
}
",
    );
}

#[test]
fn what_a_function_takes_is_a_tuple() {
    check(
        "
== a.ts
export interface A { a: number }
export interface Takes { run?: (n: number, it: A) => void }
== use.ts
import { Takes } from './a';
function f(takes: Takes) {
    type Second = Parameters<NonNullable<typeof takes.run>>[1];
    const it = (second: Second) => second.a;    //> a = a.ts:A.a
}
",
    );
}

#[test]
fn of_a_type_that_depends_on_what_is_given_either_branch_counts() {
    check(
        "
== a.ts
export interface A { a: number }
export interface B { b: number }
export type One<T> = T extends string ? A : B;
== use.ts
import { One } from './a';
function f<T>(one: One<T>) {
    one.a;      //> a = a.ts:A.a?
    one.b;      //> b = a.ts:B.b?
}
",
    );
}
