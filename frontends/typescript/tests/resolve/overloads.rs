//! Which of several signatures a call is of, and what a call tells of what it gives and takes.

use super::check;

#[test]
fn of_overloads_the_one_counts_that_takes_what_is_given() {
    check(
        "
== a.ts
export interface A { a: number }
export interface B { b: number }
export interface C { c: number }
export function f(x: string): A;
export function f(x: string, y: string): B;
export function f(x: () => void): C;
export function f(x: any, y?: any): any { }
export interface Named { on(name: 'a', take: (it: A) => void): A; on(name: 'b', take: (it: B) => void): B }
== use.ts
import { f, Named } from './a';
f('').a;                            //> a = a.ts:A.a?
f('', '').b;                        //> b = a.ts:B.b?
f(() => {}).c;                      //> c = a.ts:C.c?
function g(named: Named) {
    named.on('a', (it) => it.a).a;  //> a = a.ts:A.a ; a#2 = a.ts:A.a
    named.on('b', (it) => it.b).b;  //> b = a.ts:B.b ; b#2 = a.ts:B.b
}
",
    );
}

#[test]
fn what_an_instance_is_called_with_chooses_its_signature() {
    check(
        "
== a.ts
export interface Context<E> { env: E; text(): string }
export type Handler<E> = (c: Context<E>) => void;
export interface Env { name: string }
export interface Get<E> {
    (handler: Handler<E>): App<E>;
    <P extends string>(path: P, handler: Handler<E>): App<E>;
    <P extends string>(path: P, ...handlers: [Handler<E>, Handler<E>]): App<E>;
    <P extends string, Q>(path: P, one: Q, ...handlers: Handler<E>[]): Q;
}
export class App<E = Env> { get!: Get<E>; last = 1 }
== use.ts
import { App, Context } from './a';
new App().get((c) => c.text());                   //> text = a.ts:Context.text
new App().get('', (c) => c.env.name);             //> env = a.ts:Context.env? ; name = a.ts:Env.name?
new App().get('', (c) => c.env, (d) => d.env);    //> env = a.ts:Context.env? ; env#2 = a.ts:Context.env?
new App().get('', (c) => c).last;                 //> last = a.ts:App.last?
",
    );
}

#[test]
fn calls_without_arguments_are_of_the_signature_that_takes_none() {
    check(
        "
== a.ts
export interface A { a: number }
export interface B { b: number }
export declare function f(x: string): A;
export declare function f(): B;
== use.ts
import { f } from './a';
f().b;              //> b = a.ts:B.b
f('').a;            //> a = a.ts:A.a
",
    );
}

#[test]
fn what_others_return_tells_of_type_parameters() {
    check(
        "
== a.ts
export interface Schema<T> { out: T }
export interface Text { text: string }
export declare function text(): Schema<Text>;
export declare function array<T>(of: Schema<T>): Schema<T[]>;
export declare function pipe<T, U>(of: Schema<T>, step: (it: T) => U): Schema<U>;
export declare function all<T>(...each: Schema<T>[]): Schema<T>;
export class Box<T> { constructor(public it: T) {} }
== use.ts
import { text, array, pipe, all, Box } from './a';
array(text()).out[0].text;                      //> text#2 = a.ts:Text.text
pipe(text(), (it) => it.text);                  //> text#2 = a.ts:Text.text
pipe(array(text()), (it) => it[0]).out.text;    //> text#2 = a.ts:Text.text
all(text(), text()).out.text;                   //> text#3 = a.ts:Text.text
new Box(text()).it.out.text;                    //> text#2 = a.ts:Text.text
",
    );
}

#[test]
fn callbacks_tell_what_methods_of_containers_give() {
    check(
        "
== a.ts
export interface A { a: number; list: B[] }
export interface B { b: number }
export interface Many extends Array<A> {}
== use.ts
import { A, B, Many } from './a';
async function f(all: A[], by: Record<string, A>, promise: Promise<A>, many: Many) {
    all.map((it) => it.list[0]).find(Boolean)!.b;           //> b = a.ts:B.b
    all.map((it) => { return it.list; })[0][0].b;           //> b = a.ts:B.b
    all.flatMap((it) => it.list)[0].b;                      //> b = a.ts:B.b
    (await promise.then((it) => it.list)).pop()!.b;         //> b = a.ts:B.b
    Object.values(by)[0].a;                                 //> a = a.ts:A.a
    for (const [, it] of Object.entries(by)) it.a;          //> a = a.ts:A.a
    (await Promise.all(all.map(async (it) => it.list)))[0][0].b;    //> b = a.ts:B.b
    many[0].a;                                              //> a = a.ts:A.a
    many.filter((it) => it.a);                              //> a = a.ts:A.a
    for (const it of many) it.a;                            //> a = a.ts:A.a
}
",
    );
}

#[test]
fn functions_with_names_take_what_is_expected_of_them() {
    check(
        "
== a.ts
export interface A { a: number }
export type Take = (it: A) => void;
== use.ts
import { Take } from './a';
function f(): Take {
    return function named(it) { it.a; };    //> a = a.ts:A.a
}
",
    );
}
