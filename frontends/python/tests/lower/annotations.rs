//! Names in type annotations, also in quotes.

use crate::{lower, render};

#[track_caller]
fn check(source: &str, expected: &str) {
    let actual = render::references(&lower(source));
    assert!(actual.trim() == expected.trim(), "expected:\n{expected}\nactual:\n{actual}");
}

#[test]
fn every_place_of_an_annotation() {
    check(
        r#"
a: A = 1
def f(b: B.C, *c: D, **d: E) -> F: ...
class K:
    g: G[H, "I"]
type J = L
def h[M: N = O](): ...
"#,
        r"
2:4 A annotation -> free
3:10 B annotation -> free
3:12 C annotation -> .B
3:19 D annotation -> free
3:27 E annotation -> free
3:33 F annotation -> free
5:8 G annotation -> free
5:10 H annotation -> free
5:14 I annotation -> free
6:10 L annotation -> free
7:10 N annotation -> free
7:14 O annotation -> free
",
    );
}

#[test]
fn quotes_are_read_at_their_places() {
    check(
        r#"
a: "A | None"
b: list["B.C"]
c: """
D
"""
d: "'E'"
"#,
        r"
2:5 A annotation -> free
3:4 list annotation -> free
3:10 B annotation -> free
3:12 C annotation -> .B
5:1 D annotation -> free
7:6 E annotation -> free
",
    );
}

#[test]
fn quotes_that_are_no_plain_text_have_the_place_of_the_whole() {
    check(
        r#"
a: "A" "[B]"
b: "list[\"C\"]"
"#,
        r"
2:4 A annotation -> free
2:4 B annotation -> free
3:4 list annotation -> free
3:4 C annotation -> free
",
    );
}

#[test]
fn quotes_that_are_no_expression_say_nothing() {
    check(
        r#"
a: "not an expression at all"
b: ""
c: "1 +"
"#,
        r"

",
    );
}

#[test]
fn the_arguments_of_literal_are_values() {
    check(
        r#"
a: Literal["A", b]
c: typing.Literal["D"] | "E"
"#,
        r"
2:4 Literal annotation -> free
2:17 b annotation -> free
3:4 typing annotation -> free
3:11 Literal annotation -> .typing
3:27 E annotation -> free
",
    );
}

#[test]
fn only_the_first_argument_of_annotated_is_a_type() {
    check(
        r#"
a: Annotated["A", "b", C(d)]
"#,
        r"
2:4 Annotated annotation -> free
2:15 A annotation -> free
2:24 C call -> free
2:26 d read -> free
",
    );
}

#[test]
fn the_value_of_an_explicit_alias_is_an_annotation() {
    check(
        r#"
A: TypeAlias = "B | C"
D: TypeAlias = E
F = "G"
"#,
        r"
2:4 TypeAlias annotation -> free
2:17 B annotation -> free
2:21 C annotation -> free
3:4 TypeAlias annotation -> free
3:16 E annotation -> free
",
    );
}

#[test]
fn names_in_several_strings_or_behind_escapes_have_the_place_of_the_whole() {
    check(
        r#"
a: "B" ".C[D]"
e: "\x46.G"
"#,
        r"
2:4 B annotation -> free
2:4 C annotation -> .B
2:4 D annotation -> free
3:4 F annotation -> free
3:4 G annotation -> .F
",
    );
}

#[test]
fn forms_of_types_are_known_by_another_name_too() {
    check(
        "
from typing import Annotated as A, Literal as L, TypeAlias as T
x: L['big', 'little']
y: A[int, 'big']
Order: T = 'Big'
",
        "
2:6 typing import -> module of import 0
2:20 Annotated import -> import 0
2:36 Literal import -> import 1
2:50 TypeAlias import -> import 2
3:4 L annotation -> 2:47 L
4:4 A annotation -> 2:33 A
4:6 int annotation -> free
5:8 T annotation -> 2:63 T
5:13 Big annotation -> free
",
    );
}
