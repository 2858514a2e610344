//! Names through imports and exports.

use super::check;

#[test]
fn names_are_followed_through_lists_of_exports_and_renamings() {
    check(
        "
== a.ts
export function f() {}
const hidden = 1;
export { hidden as shown };
export type { T as U };
interface T {}
== b.ts
export { f as g, shown } from './a'; //> f = a.ts:f ; g = a.ts:f ; shown = a.ts:hidden
export type { U } from './a';        //> U = a.ts:T
== c.ts
import { g, shown as s, U } from './b'; //> g = a.ts:f ; shown = a.ts:hidden ; s = a.ts:hidden ; U = a.ts:T
g(); s; let u: U;                       //> g = a.ts:f ; s = a.ts:hidden ; U = a.ts:T
import { hidden } from './a';           //> hidden ! no-such-name
",
    );
}

#[test]
fn barrels_pass_everything_on_but_the_default() {
    check(
        "
== a.ts
export class A {}
export default class D {}
== b.ts
export class B {}
export * from './a';
== index.ts
export * from './b';
== use.ts
import { A, B } from './index';  //> A = a.ts:A ; B = b.ts:B
import D from './index';         //> D ! no-such-name
import E from './a';             //> E = a.ts:D
new A(); new E();                //> A = a.ts:A ; E = a.ts:D
",
    );
}

#[test]
fn what_a_file_exports_itself_comes_before_what_stars_bring() {
    check(
        "
== a.ts
export const x = 1, y = 2;
== b.ts
export * from './a';
export const x = 3;
== c.ts
import { x, y } from './b'; //> x = b.ts:x ; y = a.ts:y
",
    );
}

#[test]
fn circles_of_stars_and_names_end() {
    check(
        "
== a.ts
export * from './b';
export { p } from './b';
== b.ts
export * from './a';
export * from './c';
export { p } from './a';
== c.ts
export const here = 1;
== use.ts
import { here, p, gone } from './a'; //> here = c.ts:here ; p ! no-such-name ; gone ! no-such-name
import { here as h } from './b';     //> h = c.ts:here
",
    );
}

#[test]
fn defaults_are_what_they_are_called() {
    check(
        "
== a.ts
function f() {}
export default f;
== b.ts
export default function g() {}
== c.ts
export default { m() {} };
== d.ts
export default (x: number) => x;
== e.ts
export { default } from './a';  //> default = a.ts:f
export { default as bee } from './b'; //> default = b.ts:g
== use.ts
import a from './a';             //> a = a.ts:f
import b from './b';             //> b = b.ts:g
import c from './c';             //> c = c.ts:default
import d from './d';             //> d = d.ts:default
import e, { bee } from './e';    //> e = a.ts:f ; bee = b.ts:g
c.m();                           //> m = c.ts:default.m
",
    );
}

#[test]
fn namespaces_have_members_and_can_be_passed_on() {
    check(
        "
== a.ts
export const x = 1;
export namespace Inner { export class C { m() {} } }
== b.ts
export * as a from './a';        //> a = a.ts:
import * as local from './a';    //> local = a.ts:
export { local };
== use.ts
import * as b from './b';        //> b = b.ts:
b.a.x; b.local.x;                //> a = a.ts: ; x = a.ts:x ; local = a.ts: ; x#2 = a.ts:x
new b.a.Inner.C().m();           //> Inner = a.ts:Inner ; C = a.ts:Inner.C ; m = a.ts:Inner.C.m
b.a.gone;                        //> gone ! no-such-name
",
    );
}

#[test]
fn commonjs_modules_have_what_they_assign() {
    check(
        "
== a.js
exports.one = function () {};
module.exports.two = 2;
== b.js
function f() {}
class K { m() {} }
module.exports = { f, K, other: 3 };
== c.js
module.exports = class { run() {} };
== use.js
const { one, two: second } = require('./a'); //> one = a.js:one ; two = a.js:two
const b = require('./b');                    //> ./b = b.js:
b.f(); new b.K().m(); b.other;               //> f = b.js:export=.f ; m = b.js:K.m ; other = b.js:export=.other
const C = require('./c');
new C().run();                               //> run = c.js:export=.run
== use.mjs
import { K } from './b.js';                  //> K = b.js:export=.K
import B from './b.js';
B.f();                                       //> f = b.js:export=.f
",
    );
}

#[test]
fn variables_bound_to_what_is_required_are_other_names_for_it() {
    check(
        "
== list.js
function f() {}
class K { m() {} }
module.exports = { f, K };
== mixed.js
function g() {}
module.exports = { g, h() {} };
== one.js
function One() { return 1; }
module.exports = One;
== unknown.js
module.exports = create();
== use.js
const { f, K: L } = require('./list');       //> f = list.js:f ; K = list.js:K ; L = list.js:K
const { g, h } = require('./mixed'), K = require('./list').K;  //> g = mixed.js:export=.g ; h = mixed.js:export=.h
const One = require('./one');                //> One = one.js:One
f(); new L().m(); new K(); g(); h(); One();  //> f = list.js:f ; L = list.js:K ; m = list.js:K.m ; K = list.js:K ; One = one.js:One
const { a } = require('./unknown'), { join } = require('path');
a(); join();                                 //> a = use.js:a ; join = <path.join>
let again = require('./one');
again = null;
again;                                       //> again = here
/** @type {import('./list').K} */
const told = require('./one');
told.m();                                    //> told = here ; m = list.js:K.m
function lazy() { const { f } = require('./list'); f(); }  //> f#2 = list.js:f
require('./one')(1).toString();
== typed.ts
declare const require: any;
const { f } = require('./list');
f();                                         //> f = here
",
    );
}

#[test]
fn functions_that_modules_are_give_what_they_return() {
    check(
        "
== make.js
module.exports = (root) => {
    const run = () => root;
    return { run };
};
== use.js
const make = require('./make');
make(1).run();                   //> run = make.js:export=.return.run?
require('./make')(1).run();      //> run = make.js:export=.return.run?
",
    );
}

#[test]
fn modules_are_required_by_import_equals() {
    check(
        "
== a.ts
class A { static s() {} }
export = A;
== b.ts
import A = require('./a');
A.s();                //> s = a.ts:A.s
namespace N { export class C {} }
import D = N.C;       //> C = b.ts:N.C
new D();
",
    );
}

#[test]
fn what_is_not_there_has_its_reason() {
    check(
        "
== a.ts
import { x } from './gone';       //> x ! unresolved-import
import { y } from 'package';      //> y = <package.y>
import * as p from 'package';     //> p = <package>
y(); p.z;                         //> y = <package.y> ; z = <package.z>
console.log(nothing.at);          //> console = <console> ; log = <console.log> ; nothing = <nothing>
x.y;                              //> y ! unknown-value
",
    );
}

#[test]
fn dynamic_imports_are_awaited() {
    check(
        "
== a.ts
export const x = 1;
== b.ts
async function f() {
    const { x } = await import('./a'); //> x = a.ts:x
    (await import('./a')).x;           //> x = a.ts:x
    let t: import('./a').T;            //> T ! no-such-name
}
",
    );
}

#[test]
fn a_name_that_no_file_has_is_what_is_passed_on_from_outside() {
    check(
        "
== package.json
{}
== one.ts
export * from 'outside';
export * from './own';
== own.ts
export const here = 1;
== two.ts
export * from './one';
export * from 'elsewhere';
== gone.ts
export * from './missing';
== use.ts
import { here, there } from './one';      //> here = own.ts:here ; there = <outside.there>
import { here as h, which } from './two'; //> here = own.ts:here ; which ! unresolved-import
import { lost } from './gone';            //> lost ! unresolved-import
import lacking from './one';              //> lacking ! no-such-name
import * as one from './one';
one.here; one.there;                      //> here = own.ts:here ; there = <outside.there>
",
    );
}

#[test]
fn what_an_import_makes_of_a_file_that_is_no_code_is_the_file() {
    check(
        "
== package.json
{}
== picture.svg
<svg/>
== style.css
a {}
== data.json
{}
== all.ts
export { default as picture } from './picture.svg'; //> default = picture.svg:
== use.ts
import { picture } from './all';       //> picture = picture.svg:
import style from './style.css';       //> style = style.css:
import data, { part } from './data.json'; //> data = data.json: ; part ! dynamic-attribute
picture; style.button; data.part;      //> picture = picture.svg: ; button ! dynamic-attribute ; part ! dynamic-attribute
",
    );
}

#[test]
fn the_default_of_a_component_is_the_component() {
    check(
        "
== Setup.vue
<script setup lang=\"ts\">
const count = 1;
</script>
== Plain.vue
<template></template>
== Said.vue
<script>
export default { name: 'said' };
</script>
== Card.svelte
<script module>
export { default as Inner } from './Inner.svelte'; //> default = Inner.svelte:default
</script>
== Inner.svelte
<p></p>
== Page.astro
---
const title = 'x';
---
== use.ts
import Setup from './Setup.vue';              //> Setup = Setup.vue:default
import Plain from './Plain.vue';              //> Plain = Plain.vue:default
import Said from './Said.vue';                //> Said = Said.vue:default
import Card, { Inner } from './Card.svelte';  //> Card = Card.svelte:default ; Inner = Inner.svelte:default
import Page from './Page.astro';              //> Page = Page.astro:default
Said.name; Setup.title;                       //> name = Said.vue:default.name ; title ! unknown-value
",
    );
}
