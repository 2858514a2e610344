//! Classes and interfaces, what they inherit, and what is declared together.

use super::{Tree, check};

#[test]
fn members_are_inherited_across_files() {
    check(
        "
== base.ts
export class Base {
    field = 1;
    static made() {}
    constructor(protected name: string) {}
    hello() {}
    get size(): Size { return new Size(); }
}
export class Size { width = 1 }
== derived.ts
import { Base } from './base';
export class Derived extends Base {
    own() {}
    run() {
        this.own();          //> own = here
        this.hello();        //> hello = base.ts:Base.hello
        super.hello();       //> hello = base.ts:Base.hello
        this.field;          //> field = base.ts:Base.field
        this.name;           //> name = base.ts:Base.name
        this.size.width;     //> size = base.ts:Base.size ; width = base.ts:Size.width
        this.gone;           //> gone ! no-such-attribute
    }
    static all() {
        this.made();         //> made = base.ts:Base.made
        super.made();        //> made = base.ts:Base.made
    }
}
== use.ts
import { Derived } from './derived';
new Derived('').hello();     //> hello = base.ts:Base.hello
Derived.made();              //> made = base.ts:Base.made
Derived.hello;               //> hello ! no-such-attribute
",
    );
}

#[test]
fn members_of_the_class_and_of_instances_are_apart() {
    check(
        "
== a.ts
export class C { static x: A; x: B }
export class A { a() {} }
export class B { b() {} }
== use.ts
import { C } from './a';
C.x.a();          //> a = a.ts:A.a
new C().x.b();    //> b = a.ts:B.b
",
    );
}

#[test]
fn interfaces_have_what_they_extend() {
    check(
        "
== a.ts
export interface Named { name: string }
export interface Sized { size: Size }
export interface Both extends Named, Sized { both(): Both }
export interface Size { width: number }
== use.ts
import type { Both } from './a';
function f(both: Both) {
    both.name;                //> name = a.ts:Named.name
    both.both().size.width;   //> both#2 = a.ts:Both.both ; size = a.ts:Sized.size ; width = a.ts:Size.width
}
",
    );
}

#[test]
fn what_shares_a_name_is_one_thing() {
    check(
        "
== a.ts
export interface Box { x: number }
export interface Box { y: number }
export class Point { px = 1 }
export interface Point { py: number }
export function make() {}
export namespace make { export const option = 1 }
export namespace Box { export interface Options { o: number } }
== use.ts
import { Box, Point, make } from './a';
function f(b: Box, p: Point, o: Box.Options) { //> Options = a.ts:Box.Options
    b.x; b.y;            //> x = a.ts:Box.x ; y = a.ts:Box.y
    p.px; p.py;          //> px = a.ts:Point.px ; py = a.ts:Point.py
    new Point().py;      //> py = a.ts:Point.py
    make.option;         //> option = a.ts:make.option
    o.o;                 //> o#2 = a.ts:Box.Options.o
}
",
    );
}

#[test]
fn members_of_enums_are_members_and_of_the_enum() {
    check(
        "
== a.ts
export enum Color { Red, Green = 'g' }
export namespace Color { export function parse() {} }
== use.ts
import { Color } from './a';
Color.Red; Color.parse();    //> Red = a.ts:Color.Red ; parse = a.ts:Color.parse
let c: Color.Green;          //> Green = a.ts:Color.Green
",
    );
}

#[test]
fn javascript_classes_have_what_methods_assign() {
    check(
        "
== a.js
export class A {
    constructor() { this.part = new Part(); }
}
class Part { go() {} }
== b.js
import { A } from './a.js';
class B extends A {
    run() { this.part.go(); }     //> part = a.js:A.part ; go = a.js:Part.go
}
",
    );
}

#[test]
fn private_members_and_accessors() {
    check(
        "
== a.ts
class A {
    #secret = new B();
    get value(): B { return this.#secret; }
    set value(v: B) { this.#secret = v; }  
    f() { this.#secret.b(); this.value.b(); } //> b = a.ts:B.b? ; b#2 = a.ts:B.b
}
class B { b() {} }
",
    );
}

#[test]
fn what_methods_override_is_told() {
    let tree = Tree::new(
        "
== a.ts
export interface Shape { area(): number }
export class Base implements Shape { area() { return 1; } draw() {} }
== b.ts
import { Base, Shape } from './a';
class Square extends Base { area() { return 2; } draw() {} own() {} }
class Circle implements Shape { area() { return 3; } }
",
    );
    let resolution = tree.resolution("b.ts");
    let overridden: Vec<String> =
        resolution.overrides.iter().map(|(_, definition)| tree.definition("b.ts", *definition)).collect();
    assert_eq!(overridden, ["a.ts:Base.area", "a.ts:Base.draw", "a.ts:Shape.area"]);
}

#[test]
fn what_a_function_says_that_this_is_goes_first() {
    check(
        "
== a.ts
export class A { a = 1; m() { function f(this: B) { this.b; () => this.b; } this.a; } }  //> b#1 = a.ts:B.b ; b#2 = a.ts:B.b ; a = here
export class B { b = 1; }
export function g(this: A) {
    this.a; this.a = 2;   //> a#1 = a.ts:A.a ; a#2 = a.ts:A.a
    class C { c = 1; m() { this.c; } }   //> c = here
    function h() { this.a; }             //> a ! unknown-value
}
",
    );
}
