//! Objects: members of their own, and keys that name members of what they are to be.

use super::check;

#[test]
fn objects_have_members() {
    check(
        "
== a.ts
class P { p() {} }
export const o = { a() { return new P(); }, b: { c: 1 }, d: new P() } as const;
export const frozen = Object.freeze({ x: 1 });
== use.ts
import { o, frozen } from './a';
o.a().p();      //> a = a.ts:o.a ; p = a.ts:P.p?
o.b.c; o.d.p(); //> b = a.ts:o.b ; c = a.ts:o.b.c ; p = a.ts:P.p
frozen.x;       //> x = a.ts:frozen.x
o.gone;         //> gone ! no-such-attribute
o['b'].c;       //> b = a.ts:o.b ; c = a.ts:o.b.c
",
    );
}

#[test]
fn spread_objects_are_inherited_from() {
    check(
        "
== a.ts
const base = { one: 1 };
export const all = { ...base, two: 2 };
== use.ts
import { all } from './a';
all.one; all.two;   //> one = a.ts:base.one ; two = a.ts:all.two
",
    );
}

#[test]
fn keys_name_members_of_what_is_expected() {
    check(
        "
== a.ts
export interface Options { deep?: { flag: boolean }; list: Item[]; done(item: Item): void }
export interface Item { id: number }
export function configure(name: string, options: Options) {}
export class Machine { constructor(options: Options) {} }
export const defaults = (): Options => ({ list: [] });  //> list = a.ts:Options.list
== use.ts
import { configure, Machine, Options } from './a';
const o: Options = {
    deep: { flag: true },        //> deep = a.ts:Options.deep ; flag = a.ts:Options.deep.flag
    list: [{ id: 1 }],           //> list = a.ts:Options.list ; id = a.ts:Item.id
    done(item) { item.id },      //> done = a.ts:Options.done ; id = a.ts:Item.id
};
configure('', { list: [] });     //> list = a.ts:Options.list
new Machine({ list: [] });       //> list = a.ts:Options.list
const p = { list: [] } as Options;   //> list = a.ts:Options.list
const q = { list: [] } satisfies Options; //> list = a.ts:Options.list
",
    );
}

#[test]
fn what_is_taken_apart_names_members() {
    check(
        "
== a.ts
export interface Point { x: Part; y: Part }
export interface Part { value: number }
export function origin(): Point { throw 0; }
== use.ts
import { Point, origin } from './a';
const { x, y: other = null } = origin();  //> x = a.ts:Point.x ; y = a.ts:Point.y
x.value; other.value;                     //> value = a.ts:Part.value ; value#2 = a.ts:Part.value
function f({ x: { value } }: Point) {}    //> x = a.ts:Point.x ; value = a.ts:Part.value
const [first, ...rest] = [origin()];
first.x; rest[0].y;                       //> x = a.ts:Point.x ; y = a.ts:Point.y
for (const { y } of [origin()]) {}        //> y = a.ts:Point.y
",
    );
}

#[test]
fn parameters_have_types_without_a_name() {
    check(
        "
== a.ts
export function f(options: { readonly size: number; inner: { a: string } }) {
    options.size; options.inner.a;   //> size = a.ts:f.options.size ; a = a.ts:f.options.inner.a
}
== use.ts
import { f } from './a';
f({ size: 1, inner: { a: '' } });    //> size = a.ts:f.options.size ; a = a.ts:f.options.inner.a
",
    );
}

#[test]
fn components_tell_what_their_attributes_are() {
    check(
        "
== a.tsx
export interface Props { title: string; onClose(): void }
export function Dialog(props: Props) { return <div title={props.title} />; }
export const parts = { Dialog };
== use.tsx
import { Dialog, parts } from './a';
const x = <Dialog title='' onClose={() => {}}></Dialog>; //> Dialog = a.tsx:Dialog ; title = a.tsx:Props.title
const y = <parts.Dialog title='' />;  //> parts = a.tsx:parts ; Dialog = a.tsx:parts.Dialog
",
    );
}

#[test]
fn objects_that_functions_return_have_members_elsewhere_too() {
    check(
        "
== a.ts
export interface Part { size: number }
export function make(name: string) {
    function start(): Part { throw 0; }
    if (!name) return { other: 1 };
    return { name, start, run(): Part { throw 0; }, part: { deep: 1 } };
}
export const arrow = () => ({ a: 1 } as const);
export class C { m() { return { b: 1 }; } }
export async function later() { return { c: 1 }; }
== use.ts
import { make, arrow, C, later } from './a';
const { start, run } = make('', 1);
run().size;                  //> size = a.ts:Part.size?
const made = make('x');
made.run; made.part.deep;    //> run = a.ts:make.return.run? ; part = a.ts:make.return.part? ; deep = a.ts:make.return.part.deep?
made.other; made.name;       //> other = a.ts:make.return.other? ; name = a.ts:make.return.name?
made.missing;                //> missing ! no-such-attribute
arrow().a; new C().m().b;    //> a = a.ts:arrow.return.a? ; b = a.ts:C.m.return.b?
async () => (await later()).c;  //> c = a.ts:later.return.c?
",
    );
}

#[test]
fn objects_that_functions_return_by_way_of_a_variable_have_members_too() {
    check(
        "
== a.ts
export interface Part { size: number }
export function make(part: Part) {
    const inside = { lost: 1 };
    const made = { part, deep: { x: 1 }, run() { return 1; } };
    made.run();                  //> run = a.ts:make.return.run
    return made;
}
== use.ts
import { make } from './a';
const made = make(null!);
made.part.size; made.deep.x;     //> part = a.ts:make.return.part? ; size = a.ts:Part.size? ; x = a.ts:make.return.deep.x?
made.run();                      //> run = a.ts:make.return.run?
",
    );
}

#[test]
fn members_can_be_added_to_objects_of_javascript() {
    check(
        "
== a.js
const app = module.exports = { known: 1 };
app.init = function init() { return new K(); };
/** @type {K} */
app.other = null;
app.known = 2;                   //> known = a.js:export=.known
app.init().m();                  //> init = a.js:export=.init ; m = a.js:K.m
class K { m() {} }
K.Part = class { size() {} };
K.LEVEL = 1;
module.exports.K = K;
== use.js
const { K } = require('./a');
new K.Part().size(); K.LEVEL;    //> Part = a.js:K.Part ; size = a.js:K.Part.size ; LEVEL = a.js:K.LEVEL
const app = require('./a');
app.init().m(); app.other;       //> init = a.js:export=.init ; m = a.js:K.m ; other = a.js:export=.other
app.none;                        //> none ! no-such-attribute
== b.ts
const o = {};
o.late = 1;                      //> late ! no-such-attribute
",
    );
}

#[test]
fn parameters_that_are_taken_apart_count_as_one() {
    check(
        "
== a.ts
export interface Other { o: number }
export function f({ a, b }: { a: number; b: { c: number } }, other: Other, ...rest: Other[]) { a; }
== use.ts
import { f } from './a';
const a = 1;
f({ a, b: { c: 1 } }, { o: 1 });  //> a = a.ts:f.0.a ; b = a.ts:f.0.b ; c = a.ts:f.0.b.c ; o = a.ts:Other.o
",
    );
}

#[test]
fn keys_of_what_a_computed_member_is_to_be_are_not_known() {
    check(
        "
== a.ts
const KEY = Symbol();
interface State { kind: number }
export class A {
    [KEY]: State;
    constructor() { this[KEY] = { kind: 1 }; }   //> kind ! unknown-value
}
",
    );
}

#[test]
fn what_has_members_that_no_text_names_may_have_any() {
    check(
        "
== a.ts
export const colors: { [name: string]: string; known: string } = {} as any;
interface I { [key: string]: number; known: number; }
class C { [key: string]: unknown; known = 1; m() { this.known; this.other; } } //> known = here ; other ! dynamic-attribute
const computed = { [KEY]: 1, known: 2 };
computed.known; computed.other; //> known = a.ts:computed.known ; other ! dynamic-attribute
type Made<Q> = { known: 1 } & { [P in keyof Q]: Promise<Q[P]> };
export function f(i: I, made: Made<I>, both: { own: 1 } & Made<I>) {
  both.own; both.other;         //> own = a.ts:f.both.own ; other ! dynamic-attribute
  i.known; i.other;             //> known = a.ts:I.known ; other ! dynamic-attribute
  made.known; made.other;       //> known = a.ts:Made.known ; other ! dynamic-attribute
  colors.known; colors.other;   //> known = a.ts:colors.known ; other ! dynamic-attribute
}
",
    );
}

#[test]
fn members_of_every_object_are_those_of_object() {
    check(
        "
== a.ts
class C { m() {} }
const o = { toString() {} };
export function f(c: C) {
  c.toString(); o.hasOwnProperty('x'); //> toString = <Object.toString> ; hasOwnProperty = <Object.hasOwnProperty>
  o.toString();                        //> toString = a.ts:o.toString
  c.gone();                            //> gone ! no-such-attribute
}
",
    );
}
