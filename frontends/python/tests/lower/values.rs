//! Where values come from.

use crate::{lower, render};

/// Checks the facts of a source, in which the values show.
#[track_caller]
fn check(source: &str, expected: &str) {
    let actual = render::facts(&lower(source));
    assert!(actual.trim() == expected.trim(), "expected:\n{expected}\nactual:\n{actual}");
}

#[track_caller]
fn check_references(source: &str, expected: &str) {
    let actual = render::references(&lower(source));
    assert!(actual.trim() == expected.trim(), "expected:\n{expected}\nactual:\n{actual}");
}

#[test]
fn every_kind_of_expression() {
    check(
        r#"
a = b
a = b.c
a = b()
a = b.c().d[0].e
a = await b
a = b if c else d
a = b or c and d
a = b | c
a = b + c
a = "%s" % b
a = "" + b + c
a = b < c
a = not b
a = -1
a = -b
a = (c := b)
a = lambda: b
a = yield b
a = yield from b
"#,
        r"
2:1 a assigned b
2:1 a assigned b.c
2:1 a assigned b()
2:1 a assigned b.c().d[integer].e
2:1 a assigned await(b)
2:1 a assigned either(b, d)
2:1 a assigned either(b, either(c, d))
2:1 a assigned either(b, c)
2:1 a assigned ?
2:1 a assigned text
2:1 a assigned text
2:1 a assigned boolean
2:1 a assigned boolean
2:1 a assigned integer
2:1 a assigned ?
2:1 a assigned b
2:1 a assigned function
2:1 a assigned ?
2:1 a assigned ?
17:6 c assigned b
",
    );
}

#[test]
fn literals_and_displays() {
    check(
        r#"
a = None
a = True
a = 1
a = 1.5
a = 1j
a = "b"
a = f"{b}"
a = t"{b}"
a = b"c"
a = ...
a = ()
a = (b, *c)
a = [b, "c"]
a = {b, 1}
a = {b: c, **d, e: 1}
a = [b for b in c]
a = {b.d for b in c}
a = {b: d for b in c}
a = (b() async for b in c)
"#,
        r"
2:1 a assigned none
2:1 a assigned boolean
2:1 a assigned integer
2:1 a assigned number
2:1 a assigned number
2:1 a assigned text
2:1 a assigned text
2:1 a assigned ?
2:1 a assigned bytes
2:1 a assigned ellipsis
2:1 a assigned tuple
2:1 a assigned tuple(b, element(c))
2:1 a assigned list(b, text)
2:1 a assigned set(b, integer)
2:1 a assigned mapping(c, integer)
2:1 a assigned list(b)
2:1 a assigned set(b.d)
2:1 a assigned mapping(d)
2:1 a assigned list(b())
17:12 b assigned element(c)
18:14 b assigned element(c)
19:15 b assigned element(c)
20:20 b assigned element-async(c)
",
    );
}

#[test]
fn of_a_long_display_the_first_elements_count() {
    check(
        r"
a = [b, b, b, b, b, b, b, b, c, d]
a = {1: b, 2: b, 3: b, 4: b, 5: b, 6: b, 7: b, 8: b, 9: c}
a = b or b or b or b or b or b or b or b or c
",
        r"
2:1 a assigned list(b, b, b, b, b, b, b, b)
2:1 a assigned mapping(b, b, b, b, b, b, b, b)
2:1 a assigned either(b, b, b, b, b, b, b, b)
",
    );
}

#[test]
fn subscripts_may_have_types_for_arguments() {
    check(
        r#"
a = List[int]
a = Dict[str, m.C | None]
a = Callable[[A, B], Optional[C]]
a = b[0]
a = b[-1]
a = b["c"]
a = b[1:2]
a = b[c()]
a = b[c, 1]
"#,
        r"
2:1 a assigned List[int]
2:1 a assigned Dict[str, either(m.C, none)]
2:1 a assigned Callable[list(A, B), Optional[C]]
2:1 a assigned b[integer]
2:1 a assigned b[integer]
2:1 a assigned b[]
2:1 a assigned b
2:1 a assigned b[]
2:1 a assigned b[]
",
    );
}

#[test]
fn annotations_keep_all_their_arguments() {
    check(
        r#"
a: List["B"]
a: "Dict[str, C]"
a: Callable[[A, B], C | None]
a: Tuple[int, ...]
a: Literal["x", 1]
a: Annotated[A, "note", b]
a: A | "B"
a: "not valid ("
a: Union[A, B, C, D, E, F, G, H, I, J]
"#,
        r"
2:1 a type List[B]
2:1 a type Dict[str, C]
2:1 a type Callable[list(A, B), either(C, none)]
2:1 a type Tuple[int, ellipsis]
2:1 a type Literal[]
2:1 a type Annotated[A]
2:1 a type either(A, B)
2:1 a type ?
2:1 a type Union[A, B, C, D, E, F, G, H, I, J]
",
    );
}

#[test]
fn a_cast_is_an_instance_of_its_type() {
    check(
        r#"
import typing
import typing as t
from typing import cast
from typing_extensions import cast as c
a = cast(A, b)
a = cast("List[B]", b)
a = typing.cast(C, b)
a = t.cast(D, b)
a = c(E, b).f
a = cast(A)
a = other.cast(F, b)
"#,
        r"
6:1 a assigned instance(A)
6:1 a assigned instance(List[B])
6:1 a assigned instance(C)
6:1 a assigned instance(D)
6:1 a assigned instance(E).f
6:1 a assigned cast(A)
6:1 a assigned other.cast(F, b)
",
    );
}

#[test]
fn a_call_of_another_cast_is_a_call() {
    check(
        r"
from sqlalchemy import cast
a = cast(b, Integer)
",
        r"
3:1 a assigned cast(b, Integer)
",
    );
}

#[test]
fn attributes_are_members_of_what_is_no_reference() {
    check_references(
        r#"
a().b.c
a[0].b
(a or b).c
"".join(a)
[a].b
(a + b).c
(await a).b
cast(A, b).c
"#,
        r"
2:1 a call -> free
2:5 b read -> member of a()
2:7 c read -> .b
3:1 a read -> free
3:6 b read -> member of a[integer]
4:2 a read -> free
4:7 b read -> free
4:10 c read -> member of either(a, b)
5:4 join call -> member of text
5:9 a read -> free
6:2 a read -> free
6:5 b read -> member of list(a)
7:2 a read -> free
7:6 b read -> free
7:9 c read -> unknown
8:8 a read -> free
8:11 b read -> member of await(a)
9:1 cast call -> free
9:6 A read -> free
9:9 b read -> free
9:12 c read -> member of cast(A, b)
",
    );
}

#[test]
fn keywords_are_parameters_of_what_is_called() {
    check_references(
        r"
f(a=1, b=2, **c)
m.f(a=1)
f()(a=1)
x[0](a=1)
(lambda a: a)(a=1)
class C(D, metaclass=M, a=1): ...
(f + g)(a=1)
",
        r"
2:1 f call -> free
2:3 a keyword -> keyword of f
2:8 b keyword -> keyword of f
2:15 c read -> free
3:1 m read -> free
3:3 f call -> .m
3:5 a keyword -> keyword of m.f
4:1 f call -> free
4:5 a keyword -> keyword of f()
5:1 x read -> free
5:6 a keyword -> keyword of x[integer]
6:12 a read -> 6:9 a
6:15 a keyword -> keyword of function
7:9 D base -> free
7:12 metaclass keyword -> unknown
7:22 M read -> free
7:25 a keyword -> unknown
8:2 f read -> free
8:6 g read -> free
8:9 a keyword -> unknown
",
    );
}

#[test]
fn keywords_of_a_class_pattern_are_attributes_of_its_instance() {
    check_references(
        r"
match s:
    case m.C(a=1, b=D(c=x)): ...
",
        r"
2:7 s read -> free
3:10 m read -> free
3:12 C read -> .m
3:14 a keyword -> member of instance(m.C)
3:19 b keyword -> member of instance(m.C)
3:21 D read -> free
3:23 c keyword -> member of instance(D)
",
    );
}

#[test]
fn what_nothing_needs_has_no_value() {
    let ir = lower(
        r#"
f(g(), [h for i in "ab"][0])
if a() and b.c or not d[0]: e()
x[0] = y()
x.y, z[1] = [1, 2]
assert k() == "l", m()
"#,
    );
    // The literal that is iterated over, and its element.
    assert_eq!(ir.values.len(), 2, "{:?}", ir.values);
}

#[test]
fn values_are_shared() {
    let ir = lower("f(a=1, b=2)\nx = f.g(c=1)\nx = 1\nx = 2\ny = 3");
    // `f`, `f.g`, the call of it, the integer.
    assert_eq!(ir.values.len(), 4, "{:?}", ir.values);
}
