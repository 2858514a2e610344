//! Symbols that are bound more than once, and other things that flags tell.

use crate::{lower, render};

#[track_caller]
fn check(source: &str, expected: &str) {
    let actual = render::symbols(&lower(source));
    assert!(actual.trim() == expected.trim(), "expected:\n{expected}\nactual:\n{actual}");
}

#[test]
fn whatever_binds_a_name_again_rebinds_it() {
    check(
        r"
a = 1
a = 2
b: int
b = 1
c: int
c = 1
c = 2
import d
from d import d
e = 1
e += 1
f = 1
def f(): ...
for g in g: ...
g = 1
h = 1
h: int
",
        r"
2:1 variable a rebound in module
4:1 variable b in module
6:1 variable c rebound in module
9:8 import d rebound in module
11:1 variable e rebound in module
13:1 variable f rebound in module
14:5 function f in module
15:5 variable g rebound in module
17:1 variable h in module
",
    );
}

#[test]
fn of_several_statements_all_but_the_last_are_bound_again() {
    check(
        r"
def f(): ...
def f(): ...
def f(): ...
class C:
    @property
    def p(self): ...
    @p.setter
    def p(self, v): ...
",
        r"
2:5 function f rebound in module
3:5 function f rebound in module
4:5 function f in module
5:7 class C in module
7:9 method p rebound in class C
7:11 parameter self in function p
9:9 method p in class C
9:11 parameter self in function p
9:17 parameter v in function p
",
    );
}

#[test]
fn an_import_of_a_submodule_binds_the_same_package() {
    check(
        r"
import a
import a.b
import c.d
import c.e as c
import f as g
import g.h
",
        r"
2:8 import a in module
4:8 import c rebound in module
6:13 import g aliased rebound in module
",
    );
}

#[test]
fn names_in_other_scopes_do_not_rebind() {
    check(
        r"
a = 1
def f():
    a = 2
class C:
    a = 3
    def m(self):
        self.a = 4
        self.b = 5
        self.b = 6
",
        r"
2:1 variable a in module
3:5 function f in module
4:5 variable a in function f
5:7 class C in module
6:5 field a in class C
7:9 method m in class C
7:11 parameter self in function m
9:14 field b instance in class C
",
    );
}

#[test]
fn global_and_nonlocal_bindings_rebind() {
    check(
        r"
a = 1
def f():
    global a
    a = 2
    b = 1
    def g():
        nonlocal b
        b = 2
",
        r"
2:1 variable a rebound in module
3:5 function f in module
6:5 variable b rebound in function f
7:9 function g in function f
",
    );
}

#[test]
fn parameters_say_how_they_are_given() {
    check(
        r"
def f(a, b=1, /, c, d=1, *e, g, h=1, **i): ...
def f(a, *, b): ...
lambda a=1, *b, **c: a
",
        r"
2:5 function f keywords rebound in module
2:7 parameter a positional_only in function f
2:10 parameter b optional positional_only in function f
2:18 parameter c in function f
2:21 parameter d optional in function f
2:27 parameter e variadic in function f
2:30 parameter g keyword_only in function f
2:33 parameter h optional keyword_only in function f
2:40 parameter i keywords in function f
3:5 function f in module
3:7 parameter a in function f
3:13 parameter b keyword_only in function f
4:8 parameter a optional in lambda
4:14 parameter b variadic in lambda
4:19 parameter c keywords in lambda
",
    );
}

#[test]
fn functions_that_yield_are_generators() {
    check(
        r"
def a(): yield
def b(): x = yield from c
def d():
    def e(): yield
def f(): return lambda: (yield)
async def g(): yield
def h(x=(yield)): ...
",
        r"
2:5 function a generator in module
3:5 function b generator in module
3:10 variable x in function b
4:5 function d in module
5:9 function e generator in function d
6:5 function f in module
7:11 function g async generator in module
8:5 function h in module
8:7 parameter x optional in function h
",
    );
}

#[test]
fn a_class_method_defines_fields_of_the_class() {
    check(
        r"
class C:
    a = 1
    @classmethod
    def f(cls):
        cls.a = 2
        cls.b = 3
        b
    def g(self):
        self.b = 4
        self.c = 5
    @classmethod
    def h(cls):
        cls.c = 6
",
        r"
2:7 class C in module
3:5 field a in class C
5:9 method f in class C
5:11 parameter cls in function f
7:13 field b in class C
9:9 method g in class C
9:11 parameter self in function g
11:14 field c instance in class C
13:9 method h in class C
13:11 parameter cls in function h
",
    );
}

#[test]
fn modules_imported_with_a_name_of_their_own_are_aliased() {
    check(
        r"
import a
import a.b
import a.b as c
import d as d
from e import f as g
",
        r"
2:8 import a in module
4:15 import c aliased in module
5:13 import d aliased in module
6:20 import g in module
",
    );
}
