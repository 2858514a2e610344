//! Generic types and functions: what is given for type parameters, and what tells of them where nothing is.

use super::check;

#[test]
fn what_is_given_for_a_type_parameter_is_what_members_are() {
    check(
        "
== a.ts
export interface Base { id: number }
export interface Leaf extends Base { leaf: number }
export interface Box<T extends Base, U = Leaf> { value: T; other: U; list: T[]; get(): T; map: Map<string, T> }
export class Cell<T> { constructor(public inner: T) {} read(): T { return this.inner; } }
== use.ts
import { Base, Leaf, Box, Cell } from './a';
function f(box: Box<Leaf>, cell: Cell<Leaf>, plain: Box<Base>) {
    box.value.leaf;             //> leaf = a.ts:Leaf.leaf
    box.other.leaf;             //> leaf = a.ts:Leaf.leaf
    box.list[0].leaf;           //> leaf = a.ts:Leaf.leaf
    box.get().leaf;             //> leaf = a.ts:Leaf.leaf
    box.map.get('')!.leaf;      //> leaf = a.ts:Leaf.leaf
    cell.inner.leaf;            //> leaf = a.ts:Leaf.leaf
    cell.read().leaf;           //> leaf = a.ts:Leaf.leaf
    plain.value.id;             //> id = a.ts:Base.id
    plain.value.leaf;           //> leaf ! no-such-attribute
}
new Cell<Leaf>(null!).inner.leaf;   //> leaf = a.ts:Leaf.leaf
",
    );
}

#[test]
fn a_type_parameter_that_nothing_is_given_for_is_its_bound_or_its_default() {
    check(
        "
== a.ts
export interface A { a: number }
export interface B extends A { b: number }
export interface Has<T extends A = B> { it: T }
export function f<T extends A>(x: T) {
    x.a;                        //> a = a.ts:A.a
}
== use.ts
import { Has } from './a';
function f(has: Has) {
    has.it.b;                   //> b = a.ts:B.b
}
",
    );
}

#[test]
fn what_a_class_gives_to_those_above_reaches_their_members() {
    check(
        "
== a.ts
export interface Def { kind: string }
export class Schema<D extends Def> { def!: D; parts(): D[] { return []; } }
export interface Internals<D> { def: D }
export interface Type<I> { _zod: I }
== b.ts
import { Def, Schema, Internals, Type } from './a';
export interface TextDef extends Def { length: number }
export class TextSchema extends Schema<TextDef> {
    m() { return this.def.length; }     //> length = b.ts:TextDef.length
}
export interface Text extends Type<Internals<TextDef>> {}
== use.ts
import { TextSchema, Text } from './b';
new TextSchema().def.length;            //> length = b.ts:TextDef.length
new TextSchema().parts()[0].length;     //> length = b.ts:TextDef.length
function f(t: Text, d: Text['_zod']['def']) {
    t._zod.def.length;                  //> length = b.ts:TextDef.length
    d.kind;                             //> kind = a.ts:Def.kind
}
",
    );
}

#[test]
fn aliases_take_arguments() {
    check(
        "
== a.ts
export interface A { a: number }
export type Pair<T> = { first: T; inside: { second: T } };
export type Lazy<T> = () => T;
export type Flatten<T> = { [K in keyof T]: T[K] } & {};
export type Some<T> = Flatten<Omit<T, 'x'> & { more: number }>;
export type Given<T> = T extends any ? Some<T> : never;
export type Lookup = { [K in 'x' | 'y']?: A };
== use.ts
import { A, Pair, Lazy, Given, Lookup } from './a';
function f(pair: Pair<A>, lazy: Lazy<A>, given: Given<A>, lookup: Lookup) {
    pair.first.a;               //> a = a.ts:A.a
    pair.inside.second.a;       //> a = a.ts:A.a
    lazy().a;                   //> a = a.ts:A.a
    given.a; given.more;        //> a = a.ts:A.a ; more = a.ts:Some.more
    lookup.x!.a;                //> a = a.ts:A.a
}
",
    );
}

#[test]
fn types_are_chosen_by_extract_and_exclude() {
    check(
        "
== a.ts
export interface A { kind: 'a'; x: number }
export interface B { kind: 'b'; x: number }
== use.ts
import { A, B } from './a';
function f(a: Exclude<A | B, B>, b: Extract<A | B, B>) {
    a.x;                        //> x = a.ts:A.x
    b.x;                        //> x = a.ts:B.x
}
",
    );
}

#[test]
fn signatures_are_called_and_make_instances() {
    check(
        "
== a.ts
export interface Issue { path: string }
export interface Problem extends Issue { code: string }
export interface Handler<T extends Issue = Problem> { (issue: T): { message: string } }
export type Maker<T extends { def: any }> = { new (def: T['def']): T };
export interface Thing { def: { width: number } }
export declare const handle: Handler;
== use.ts
import { Handler, Maker, Thing, Issue, handle } from './a';
const h: Handler = (issue) => issue.code;           //> code = a.ts:Problem.code
const g: Handler<Issue> = (issue) => issue.path;    //> path = a.ts:Issue.path
handle({ code: '', path: '' });                     //> code = a.ts:Problem.code ; path = a.ts:Issue.path
function f(Class: Maker<Thing>) {
    new Class({ width: 1 }).def.width;  //> width#1 = a.ts:Thing.def.width ; width#2 = a.ts:Thing.def.width
}
",
    );
}

#[test]
fn functions_are_given_type_arguments() {
    check(
        "
== a.ts
export interface A { a: number; def: { size: number } }
export function make<T extends { def: any }, D = T['def']>(name: string, build: (it: T, def: D) => void): T { throw 0; }
== use.ts
import { A, make } from './a';
make<A>('', (it, def) => {
    it.a; def.size;             //> a = a.ts:A.a ; size = a.ts:A.def.size
}).a;                           //> a = a.ts:A.a
",
    );
}

#[test]
fn what_a_call_is_given_and_is_to_give_tells_of_type_parameters() {
    check(
        "
== a.ts
export interface A { a: number; name: string }
export interface Made<T> { it: T }
export function make<T>(build: (it: T) => void): Made<T> { throw 0; }
export function same<T>(it: T): T { return it; }
export function first<T>(all: T[]): T { throw 0; }
export function inside<T>(made: Made<T>): T { throw 0; }
== use.ts
import { A, Made, make, same, first, inside } from './a';
const made: Made<A> = make((it) => { it.a; });  //> a = a.ts:A.a
function f(one: A, all: A[], made: Made<A>) {
    same(one).a;                //> a = a.ts:A.a
    first(all).a;               //> a = a.ts:A.a
    inside(made).a;             //> a = a.ts:A.a
}
const other: A = same({ a: 1, name: '' });      //> a = a.ts:A.a ; name = a.ts:A.name
",
    );
}

#[test]
fn types_without_a_name_that_functions_return_have_members() {
    check(
        "
== a.ts
export interface A { a: number }
export function pair(): { one: A; two: number } { throw 0; }
export async function later(): Promise<{ one: A } | null> { throw 0; }
export class C { parts<T>(): { all: A[] }[] { throw 0; } }
== use.ts
import { pair, later, C } from './a';
pair().one.a;                   //> one = a.ts:pair.return.one ; a = a.ts:A.a
const { one } = pair();
one.a;                          //> a = a.ts:A.a
async function f() {
    (await later())!.one.a;     //> one = a.ts:later.return.one ; a = a.ts:A.a
}
new C().parts()[0].all;         //> all = a.ts:C.parts.return.all
",
    );
}

#[test]
fn an_object_takes_over_the_names_of_a_module() {
    check(
        "
== a.ts
export function f() {}
== use.ts
import * as a from './a';
const all = { ...a, own: 1 };
all.f();                        //> f = a.ts:f
",
    );
}

#[test]
fn keys_of_records_are_given_what_is_declared() {
    check(
        "
== a.ts
export interface Unit { name: string }
== use.ts
import { Unit } from './a';
const units: Record<string, Unit> = {
    a: { name: '' },            //> name = a.ts:Unit.name
};
",
    );
}
