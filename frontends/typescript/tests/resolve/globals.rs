//! What files declare for all files.

use super::check;

#[test]
fn what_a_script_declares_is_seen_everywhere() {
    check(
        "
== globals.d.ts
declare const __DEV__: boolean;
declare function log(text: string): Entry;
interface Entry { level: Level; }
interface Level { name: string; }
type Alias = Entry;
declare namespace NS { interface Inner { deep: Entry; } const value: Entry; }
== use.ts
export const x = __DEV__;                    //> __DEV__ = globals.d.ts:__DEV__
log('').level.name;                          //> log = globals.d.ts:log ; level = globals.d.ts:Entry.level ; name = globals.d.ts:Level.name
export function f(a: Alias, n: NS.Inner) {   //> Alias = globals.d.ts:Alias ; NS = globals.d.ts:NS ; Inner = globals.d.ts:NS.Inner
  a.level; n.deep.level;                     //> level = globals.d.ts:Entry.level ; deep = globals.d.ts:NS.Inner.deep
  NS.value.level;                            //> value = globals.d.ts:NS.value ; level = globals.d.ts:Entry.level
  console.log(x);                            //> console = <console> ; log = <console.log>
}
",
    );
}

#[test]
fn what_a_module_declares_for_all_files_is_apart_from_what_it_has() {
    check(
        "
== env.ts
export const own = 1;
interface Local { a: string; }
declare global {
  interface Shared { b: Nested; }
  interface Nested { c: string; }
  interface Local { d: string; }
  var flag: Shared;
}
export function f(l: Local, s: Shared) {     //> Local = here ; Shared = env.ts:Shared
  l.a; s.b.c;                                //> a = env.ts:Local.a ; b = env.ts:Shared.b ; c = env.ts:Nested.c
}
== use.ts
import { flag } from './env';                //> flag ! no-such-name
export function g(l: Local, s: Shared) {     //> Local = env.ts:Local ; Shared = env.ts:Shared
  l.d;                                       //> d = env.ts:Local.d
  s.b.c;                                     //> b = env.ts:Shared.b ; c = env.ts:Nested.c
}
export const h = () => own;                  //> own = <own>
== other.ts
export const i = flag.b;                     //> flag = env.ts:flag ; b = env.ts:Shared.b
export const j = globalThis.flag.b;          //> globalThis = <globalThis> ; flag = env.ts:flag ; b = env.ts:Shared.b
",
    );
}

#[test]
fn what_a_file_binds_itself_comes_before_what_is_declared_for_all() {
    check(
        "
== globals.d.ts
interface Thing { a: string; }
== lib.ts
export interface Thing { b: string; }
== use.ts
import { Thing } from './lib';
export function f(t: Thing) { t.b; }         //> Thing = lib.ts:Thing ; b = lib.ts:Thing.b
",
    );
}

#[test]
fn the_environment_of_a_module_is_what_the_interface_of_it_says() {
    check(
        "
== env.d.ts
interface ImportMetaEnv { readonly MODE: string; }
interface ImportMeta { readonly env: ImportMetaEnv; }
== use.ts
export const mode = import.meta.env.MODE;    //> env = env.d.ts:ImportMeta.env ; MODE = env.d.ts:ImportMetaEnv.MODE
export const maybe = import.meta.env?.MODE;  //> env = env.d.ts:ImportMeta.env ; MODE = env.d.ts:ImportMetaEnv.MODE
export const url = import.meta.url;          //> url ! dynamic-attribute
== mode.ts
export const meta = import.meta;
== through.ts
import { meta } from './mode';
meta.env.MODE;                               //> env = env.d.ts:ImportMeta.env ; MODE = env.d.ts:ImportMetaEnv.MODE
",
    );
}

#[test]
fn windows_have_what_their_interface_and_everybody_has() {
    check(
        "
== window.ts
export {};
declare global {
  interface Window { store: Store; }
  interface Store { size: number; }
  var version: string;
}
== use.ts
export const a = window.store.size;          //> window = <window> ; store = window.ts:Window.store ; size = window.ts:Store.size
export const b = window.version;             //> version = window.ts:version
export const c = window.document;            //> document = <window.document>
export function f(w: Window) { w.store; }    //> Window = window.ts:Window ; store = window.ts:Window.store
",
    );
}

#[test]
fn a_module_that_a_script_says_there_is_has_what_it_says() {
    check(
        "
== modules.d.ts
declare module 'virtual:pages' {
  import { Own } from './own';
  export interface Page { path: string; own: Own; }
  const pages: Page[];
  export default pages;
  export { pages as all };
}
declare module 'bare';
declare module '#build/paths.mjs' { export function join(...parts: string[]): string; }
declare module '*?raw' { const text: string; export default text; }
declare module '~icons/*';
== own.ts
export interface Own { kept: string; }
== use.ts
import pages, { Page, all, missing } from 'virtual:pages';
import { anything } from 'bare';
import * as whole from 'virtual:pages';      //> virtual:pages = modules.d.ts:\"virtual:pages\"
import { join } from '#build/paths.mjs';     //> join = modules.d.ts:\"#build/paths%2Emjs\".join
import text from 'pkg/page.html?raw';        //> text = modules.d.ts:\"%2A?raw\".text
import Icon from '~icons/mdi/home';          //> Icon = modules.d.ts:\"~icons/%2A\"
export function f(p: Page) {                 //> Page = modules.d.ts:\"virtual:pages\".Page
  p.path; p.own.kept;                        //> path = modules.d.ts:\"virtual:pages\".Page.path ; own = modules.d.ts:\"virtual:pages\".Page.own ; kept = own.ts:Own.kept
  pages[0].path;                             //> pages = modules.d.ts:\"virtual:pages\".pages ; path = modules.d.ts:\"virtual:pages\".Page.path
  all[0].path;                               //> path = modules.d.ts:\"virtual:pages\".Page.path
  missing; anything;                         //> missing = <virtual:pages.missing> ; anything = modules.d.ts:\"bare\"
  const q: whole.Page = p; q.path;           //> Page = modules.d.ts:\"virtual:pages\".Page ; path = modules.d.ts:\"virtual:pages\".Page.path
}
",
    );
}

#[test]
fn of_several_files_with_a_name_the_nearest_counts() {
    check(
        "
== a/env.d.ts
declare const build: { a: string };
== b/env.d.ts
declare const build: { b: string };
== a/src/use.ts
export const x = build.a;                    //> build = a/env.d.ts:build? ; a = a/env.d.ts:build.a?
== b/src/use.ts
export const x = build.b;                    //> build = b/env.d.ts:build? ; b = b/env.d.ts:build.b?
",
    );
}

#[test]
fn javascript_and_modules_without_such_declarations_tell_the_others_nothing() {
    check(
        "
== script.js
var inPage = 1;
== module.ts
const inside = 1;
export {};
== use.ts
export const x = [inPage, inside];           //> inPage = <inPage> ; inside = <inside>
",
    );
}

#[test]
fn a_module_can_add_to_what_another_one_has() {
    check(
        "
== core/options.ts
export interface Options { own: string; }
export class Engine { run() {} }
interface Hidden { a: string; }
export const hidden: Hidden = { a: '' };
== core/index.ts
export * from './options';
== plugin.ts
import type { Engine } from './core';
export interface Settings { deep: string; }
declare module './core' {
  interface Options { plugin: Settings; }
  interface Engine { plugged(): Settings; }
}
declare module './core/options' {
  interface Options { direct: string; }
  interface Hidden { b: string; }
}
declare module './elsewhere' {
  interface Options { other: string; }
}
== use.ts
import { Options, Engine, hidden } from './core';
export function f(o: Options, e: Engine) {   //> Options = core/options.ts:Options ; Engine = core/options.ts:Engine
  o.own; o.plugin.deep;                      //> own = core/options.ts:Options.own ; plugin = plugin.ts:\"%2E/core\".Options.plugin ; deep = plugin.ts:Settings.deep
  o.direct; o.other; o.missing;              //> direct = plugin.ts:\"%2E/core/options\".Options.direct ; other ! no-such-attribute ; missing ! no-such-attribute
  e.run(); e.plugged().deep;                 //> run = core/options.ts:Engine.run ; plugged = plugin.ts:\"%2E/core\".Engine.plugged ; deep = plugin.ts:Settings.deep
  hidden.b;                                  //> b ! no-such-attribute
}
== own.ts
export interface State { x: number; }
== adds.ts
import { State } from './own';
declare module './own' { interface State { y: string; } }
export function g(s: State) { s.y; s.x; }    //> y = adds.ts:\"%2E/own\".State.y ; x = own.ts:State.x
",
    );
}

#[test]
fn an_interface_has_what_any_file_declares_and_of_several_the_nearest() {
    check(
        "
== a/env.d.ts
interface Window { one: string; same: string; }
== b/env.d.ts
interface Window { two: string; same: string; }
== a/src/use.ts
window.one; window.two;                      //> one = a/env.d.ts:Window.one ; two = b/env.d.ts:Window.two
window.same;                                 //> same = a/env.d.ts:Window.same?
",
    );
}

#[test]
fn what_is_outside_may_add_to_what_is_declared_for_all_files() {
    check(
        "
== jest.d.ts
declare namespace jest { interface Matchers { mine(): void; } }
interface Options { a: number; }
declare class Whole { a: number; }
== use.ts
declare global { interface Window { b: number; } interface More { c: number; } }
interface Own { d: number; }
jest.fn();                                       //> jest = jest.d.ts:jest ; fn ! dynamic-attribute
export function f(o: Options, w: Whole, m: More, own: Own) {
  o.a; o.z;                                      //> a = jest.d.ts:Options.a ; z ! dynamic-attribute
  w.a; w.z;                                      //> a = jest.d.ts:Whole.a ; z ! no-such-attribute
  m.c; m.z;                                      //> c = use.ts:More.c ; z ! dynamic-attribute
  own.d; own.z;                                  //> d = use.ts:Own.d ; z ! no-such-attribute
}
",
    );
}
