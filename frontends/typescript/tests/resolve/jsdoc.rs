//! Types that comments give to JavaScript.

use super::check;

#[test]
fn parameters_and_results_have_the_types_that_a_comment_tells() {
    check(
        "
== types.d.ts
export interface Node { next: Node; parts: Part[]; name: string }
export interface Part { size: number }
== a.js
/**
 * Finds one.
 * @param {import('./types').Node} node Where to begin
 * @param {import('./types').Part | null} [part]
 * @param {{ deep: boolean }} [options] How
 * @param {boolean} options.deep Into parts
 * @returns {import('./types').Part}
 */
export function find(node, part, options) {
    node.next.parts[0].size;  //> next = types.d.ts:Node.next ; parts = types.d.ts:Node.parts ; size = types.d.ts:Part.size
    part.size;                //> size = types.d.ts:Part.size
    options.deep;             //> deep = a.js:find.{1.deep
}
/** @this {import('./types').Node} */
function method() { this.next; () => this.name; }  //> next = types.d.ts:Node.next ; name = types.d.ts:Node.name
export const other = () => find().size;  //> size = types.d.ts:Part.size
== use.js
import { find } from './a';
find({ next: null }, null).size;   //> next = types.d.ts:Node.next ; size = types.d.ts:Part.size
",
    );
}

#[test]
fn variables_members_and_expressions_have_them_too() {
    check(
        "
== types.d.ts
export interface Node { next: Node; size: number }
== a.js
/** @typedef {import('./types').Node} Node */
/** @type {Array<Node>} */
export const all = [];
/** @type {import('./types').Node} */
const made = { size: 1 };            //> size = types.d.ts:Node.size
all[0].size; made.next;              //> size = types.d.ts:Node.size ; next = types.d.ts:Node.next
let i, /** @type {Node} */ last, other;
last.size; other.size;               //> size#1 = types.d.ts:Node.size ; size#2 ! unknown-value
(/** @type {Node} */ (i)).size;      //> size = types.d.ts:Node.size
class C {
    /** @type {Node[]} */
    list = [];
    constructor() {
        /** @type {Node} */
        this.first = null;
        this.first.size;             //> size = types.d.ts:Node.size
    }
    /** @param {Node} node */
    add(node) { node.size; this.list[0].next; }   //> size = types.d.ts:Node.size ; next = types.d.ts:Node.next
}
/** @type {(node: Node) => Node} */
const step = (node) => node;
step(i).size;                        //> size = types.d.ts:Node.size
",
    );
}

#[test]
fn names_that_comments_give_to_types_are_seen_from_elsewhere() {
    check(
        "
== types.d.ts
export interface Node { next: Node; size: number }
== a.js
/** @param {Later} later */
function early(later) { later.size; }   //> size = types.d.ts:Node.size
/** @typedef {import('./types').Node} Named
 *  @typedef {Named[]} List */
export {};
function late() {}
/** @typedef {Named} Later */
== b.js
/** @param {import('./a').Named} named */
function f(named) { named.size; }    //> size = types.d.ts:Node.size
/** @param {import('./types').Node['next']} next */
function g(next) { next.size; }      //> size = types.d.ts:Node.size
",
    );
}

#[test]
fn what_is_not_understood_is_not_known() {
    check(
        "
== types.d.ts
export interface Node { size: number }
== a.js
/** @template T
 * @param {T} any
 * @param {import('./types').Node>} broken
 * @param {Node extends X ? import('./types').Node : never} computed
 */
export function f(any, broken, computed) {
    any.size; broken.size; computed.size;  //> size#1 ! unknown-value ; size#2 ! unknown-value ; size#3 ! unknown-value
}
/* @param {import('./types').Node} plain */
function g(plain) { plain.size; }          //> size ! unknown-value
== b.ts
import { Node } from './types';
/** @param {Node} node */
function h(node) { node.size; }            //> size ! unknown-value
",
    );
}

#[test]
fn comments_import_names_for_types() {
    check(
        "
== types.d.ts
export interface Node { next: Node; size: number }
export default interface Main { main: number }
export class Linter {}
export namespace Linter { interface Message { line: number } }
== whole.js
class Whole { run() {} }
module.exports = Whole;
== a.js
/** @import Main, { Node, Node as Other } from './types' */  //> Node#1 = types.d.ts:Node ; Other = types.d.ts:Node
/** @import * as all from './types' */
/**
 * @import Whole from './whole'
 * @param {Node} node
 * @param {Other} other
 * @param {Main} main
 * @param {all.Node} one
 * @param {Whole} whole
 * @param {import('./whole')} same
 * @param {import('./types').Linter.Message} message
 */
function f(node, other, main, one, whole, same, message) {
    message.line;               //> line = types.d.ts:Linter.Message.line
    node.size; other.next;      //> size = types.d.ts:Node.size ; next = types.d.ts:Node.next
    main.main; one.size;        //> main#2 = types.d.ts:Main.main ; size = types.d.ts:Node.size
    whole.run(); same.run();    //> run#1 = whole.js:Whole.run ; run#2 = whole.js:Whole.run
}
export {};
== use.js
/** @import { Node } from './a' */     //> Node ! no-such-name
",
    );
}

#[test]
fn comments_tell_members_of_objects_and_what_functions_take() {
    check(
        "
== types.d.ts
export interface Node { next: Node; size: number }
== a.js
/**
 * What is drawn.
 * @typedef {object} Shape
 * @property {import('./types').Node} node Where
 * @property {Shape[]} [inner]
 * @property {string} node.deep
 */
/** @typedef {{ node: import('./types').Node, 'inner'?: { deep: Shape } }} Literal */
/** @typedef {{ [name: string]: Shape }} Shapes */
/**
 * @callback Visit
 * @param {Shape} shape
 * @returns {import('./types').Node}
 */
/** @type {(shape: Shape, ...rest: Shape[]) => Shape} */
const step = (shape) => shape.node;         //> node = a.js:Shape.node
/** @type {Visit} */
const visit = (shape) => shape.node;        //> node = a.js:Shape.node
export const tool = { size: 1 };
/**
 * @param {typeof tool} used
 * @param {Shapes} shapes
 */
export function use(used, shapes) {
    used.size;                              //> size = a.js:tool.size
    shapes[used].node; visit().size;         //> node = a.js:Shape.node ; size = types.d.ts:Node.size
}
== b.js
/**
 * @param {import('./a').Shape} shape
 * @param {import('./a').Literal} literal
 */
function f(shape, literal) {
    shape.node.size; shape.inner[0].node;   //> node#1 = a.js:Shape.node ; inner = a.js:Shape.inner ; node#2 = a.js:Shape.node
    literal.node.size;                      //> node = a.js:Literal.node ; size = types.d.ts:Node.size
    literal.inner.deep.node;                //> inner = a.js:Literal.inner ; node = a.js:Shape.node
}
",
    );
}

#[test]
fn what_a_module_exports_is_what_a_comment_says() {
    check(
        "
== types.d.ts
export interface Rule { create(node: Node): void; name: string }
export interface Node { size: number }
== rule.js
/** @type {import('./types').Rule} */
module.exports = {
    name: 'one',                            //> name = types.d.ts:Rule.name
    create(node) { node.size; },            //> create = types.d.ts:Rule.create ; size = types.d.ts:Node.size
};
== class.js
class C { m() {} }
/** @type {typeof C} */
module.exports = C;
== use.js
const C = require('./class');
const rule = require('./rule');
new C().m(); rule.create();                 //> C = class.js:C ; m = class.js:C.m ; create = types.d.ts:Rule.create
",
    );
}
