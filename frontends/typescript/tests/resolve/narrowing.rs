//! What tests say of values.

use super::check;

/// A fixture that begins with two types that a member tells apart.
macro_rules! check_shapes {
    ($text:literal) => {
        check(concat!(
            "
== a.ts
export interface Circle { kind: 'circle'; size: number; round: true }
export interface Square { kind: 'square'; size: number; edge: number; round: false }
export type Shape = Circle | Square;
export class Failure { size = 0; reason = '' }
export function isSquare(shape: unknown): shape is Square { return true; }
== use.ts
import { Shape, Circle, Square, Failure, isSquare } from './a';
",
            $text
        ));
    };
}

#[test]
fn a_switch_over_a_member_tells_the_parts_of_a_union_apart() {
    check_shapes!(
        "function f(shape: Shape) {
    switch (shape.kind) {
        case 'circle':
            return shape.size;  //> size = a.ts:Circle.size
        case 'square':
            return shape.size;  //> size = a.ts:Square.size
    }
    switch (shape.kind) {
        case 'circle':
        case 'square':
            shape.size;         //> size = a.ts:Circle.size | a.ts:Square.size~
            break;
    }
    switch (shape.kind) {
        case 'circle': break;
        default: shape.size;    //> size = a.ts:Square.size
    }
}
"
    );
}

#[test]
fn comparisons_hold_in_their_branch_and_after_it() {
    check_shapes!(
        "function f(shape: Shape, deep: { shape: Shape }) {
    if (shape.kind === 'circle') shape.size;    //> size = a.ts:Circle.size
    else shape.size;                            //> size = a.ts:Square.size
    if ('square' !== deep.shape.kind) {
        deep.shape.size;                        //> size = a.ts:Circle.size
    }
    const size = shape.kind === 'circle' ? shape.size : 0;      //> size = a.ts:Circle.size
    shape.kind === 'circle' && shape.size;      //> size = a.ts:Circle.size
    shape.kind === 'circle' || shape.size;      //> size = a.ts:Square.size
    if (!(shape.kind === 'circle')) return;
    shape.size;                                 //> size = a.ts:Circle.size
    [1].map(() => shape.size);                  //> size = a.ts:Circle.size
}
"
    );
}

#[test]
fn members_that_are_true_or_false_tell_parts_apart() {
    check_shapes!(
        "function f(shape: Shape) {
    if (shape.round) shape.size;                //> size = a.ts:Circle.size
    if (!shape.round) shape.size;               //> size = a.ts:Square.size
}
"
    );
}

#[test]
fn other_tests_of_types() {
    check_shapes!(
        "function f(shape: Shape, it: Circle | Failure, some: unknown, text: string | Circle) {
    if ('edge' in shape) shape.size;            //> size = a.ts:Square.size
    if (it instanceof Failure) it.size;         //> size = a.ts:Failure.size
    else it.size;                               //> size = a.ts:Circle.size
    if (some instanceof Failure) some.reason;   //> reason = a.ts:Failure.reason
    if (isSquare(shape)) shape.size;            //> size = a.ts:Square.size?
    if (typeof text !== 'string') text.size;    //> size = a.ts:Circle.size
}
"
    );
}

#[test]
fn an_assignment_ends_what_was_known() {
    check_shapes!(
        "function f(shape: Shape, other: Shape) {
    if (shape.kind === 'circle') {
        shape.size;                             //> size = a.ts:Circle.size
        shape = other;
        shape.size;                             //> size = a.ts:Circle.size | a.ts:Square.size~
    }
}
function g(shape: Shape, other: Shape) {
    if (shape.kind !== 'circle') return;
    for (;;) {
        shape.size;                             //> size = a.ts:Circle.size | a.ts:Square.size~
        shape = other;
    }
}
function h(shape: Shape, other: Shape) {
    if (shape.kind !== 'circle') return;
    shape.size;                                 //> size = a.ts:Circle.size
    const later = () => shape.size;             //> size = a.ts:Circle.size | a.ts:Square.size~
    shape = other;
}
"
    );
}
