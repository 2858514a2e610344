//! What is done with the names that a file uses.

use crate::{lower, render};

#[track_caller]
fn check(source: &str, expected: &str) {
    let actual = render::references(&lower(source));
    assert!(actual.trim() == expected.trim(), "expected:\n{expected}\nactual:\n{actual}");
}

#[test]
fn every_role() {
    check(
        r"
@a.b
class C(D[e], metaclass=F):
    ...
g(h, key=i)
j.k(l).m()
del n, o.p
q = q = 1
r.s = t
import u.v
from w import x as y
",
        r"
2:2 a read -> free
2:4 b decorator -> .a
3:9 D base -> free
3:11 e read -> free
3:15 metaclass keyword -> unknown
3:25 F read -> free
5:1 g call -> free
5:3 h read -> free
5:6 key keyword -> keyword of g
5:10 i read -> free
6:1 j read -> free
6:3 k call -> .j
6:5 l read -> free
6:8 m call -> member of j.k(l)
7:5 n delete -> free
7:8 o read -> free
7:10 p delete -> .o
8:5 q write -> 8:1 q
9:1 r read -> free
9:3 s write -> .r
9:7 t read -> free
10:8 u.v import -> module of import 0
11:6 w import -> module of import 1
11:15 x import -> import 1
",
    );
}

#[test]
fn attributes_follow_their_base() {
    check(
        r#"
a.b.c.d
a().b
a[0].b
"".b
(a).b
"#,
        r"
2:1 a read -> free
2:3 b read -> .a
2:5 c read -> .b
2:7 d read -> .c
3:1 a call -> free
3:5 b read -> member of a()
4:1 a read -> free
4:6 b read -> member of a[integer]
5:4 b read -> member of text
6:2 a read -> free
6:5 b read -> .a
",
    );
}

#[test]
fn an_import_of_a_taken_name_is_a_write() {
    check(
        r"
from a import x
from b import x
from c import y as x
import x.z
",
        r"
2:6 a import -> module of import 0
2:15 x import -> import 0
3:6 b import -> module of import 1
3:15 x import -> import 1
3:15 x write -> 2:15 x
4:6 c import -> module of import 2
4:15 y import -> import 2
4:20 x write -> 2:15 x
5:8 x.z import -> module of import 3
5:8 x write -> 2:15 x
",
    );
}

#[test]
fn an_augmented_assignment_writes() {
    check(
        r"
a = 1
a += 1
a.b += a
def f():
    global a
    a -= 1
",
        r"
3:1 a write -> 2:1 a
4:1 a read -> 2:1 a
4:3 b write -> .a
4:8 a read -> 2:1 a
6:12 a read -> 2:1 a
7:5 a write -> 2:1 a
",
    );
}

#[test]
fn decorators_and_bases_that_are_calls_are_called() {
    check(
        r"
@a(b)
@c.d()
def f(): ...
class C(e()): ...
",
        r"
2:2 a call -> free
2:4 b read -> free
3:2 c read -> free
3:4 d call -> .c
5:9 e call -> free
",
    );
}

#[test]
fn strings_with_values_are_read() {
    check(
        r#"
f"{a!r:>{b}} {c=}" f"{d:{e.f}}"
t"{g}"
"#,
        r"
2:4 a read -> free
2:10 b read -> free
2:15 c read -> free
2:23 d read -> free
2:26 e read -> free
2:28 f read -> .e
3:4 g read -> free
",
    );
}

#[test]
fn identifiers_are_normalised() {
    check(
        r"
ﬁ = 1
fi
",
        r"
3:1 fi read -> 2:1 fi
",
    );
}

#[test]
fn imports_refer_to_their_modules_and_members() {
    check(
        r"
import a.b, c as d
from e.f import g, h as i
from .j import k
from .. import l
from m import *
",
        r"
2:8 a.b import -> module of import 0
2:13 c import -> module of import 1
3:6 e.f import -> module of import 2
3:17 g import -> import 2
3:20 h import -> import 3
4:7 .j import -> module of import 4
4:16 k import -> import 4
5:16 l import -> import 5
6:6 m import -> module of import 6
",
    );
}

#[test]
fn imports_are_counted_without_the_calls_that_prove_to_be_none() {
    check(
        r#"
def f(import_module):
    import_module("a")
from b import c
c = 1
from d import c
"#,
        r"
3:5 import_module call -> 2:7 import_module
4:6 b import -> module of import 0
4:15 c import -> import 0
5:1 c write -> 4:15 c
6:6 d import -> module of import 1
6:15 c import -> import 1
6:15 c write -> 4:15 c
",
    );
}

#[test]
fn global_and_nonlocal_statements_refer_to_what_they_name() {
    check(
        r"
a = 1
def f():
    global a, b
    c = 1
    def g():
        nonlocal c
",
        r"
4:12 a read -> 2:1 a
4:15 b read -> free
7:18 c read -> 5:5 c
",
    );
}

#[test]
fn strings_in_a_list_of_public_names_refer_to_them() {
    check(
        r#"
__all__ = ["a", 'b', "\x61", "a" "b", "", "not a name", r"a"] + ["c"]
__all__ += ("a",)
__all__.extend(["a"])
__all__.append("a")
other = ["a"]
a = f("a")
def f():
    __all__ = ["a"]
"#,
        r"
2:13 a read -> 7:1 a
2:18 b read -> free
2:59 a read -> 7:1 a
2:67 c read -> free
3:1 __all__ write -> 2:1 __all__
3:14 a read -> 7:1 a
4:1 __all__ read -> 2:1 __all__
4:9 extend call -> .__all__
4:18 a read -> 7:1 a
5:1 __all__ read -> 2:1 __all__
5:9 append call -> .__all__
5:17 a read -> 7:1 a
7:5 f call -> 8:5 f
",
    );
}

#[test]
fn the_type_in_a_cast_is_an_annotation() {
    check(
        r#"
from typing import cast
cast("A[B]", c)
cast(list["A"], c)
"#,
        r"
2:6 typing import -> module of import 0
2:20 cast import -> import 0
3:1 cast call -> 2:20 cast
3:7 A annotation -> free
3:9 B annotation -> free
3:14 c read -> free
4:1 cast call -> 2:20 cast
4:6 list annotation -> free
4:12 A annotation -> free
4:17 c read -> free
",
    );
}
