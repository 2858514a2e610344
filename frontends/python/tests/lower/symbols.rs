//! Which names a file defines.

use crate::{lower, render};

#[track_caller]
fn check(source: &str, expected: &str) {
    let actual = render::symbols(&lower(source));
    assert!(actual.trim() == expected.trim(), "expected:\n{expected}\nactual:\n{actual}");
}

#[test]
fn every_kind_of_symbol() {
    check(
        r"
import a
class C[T]:
    field = 1
    def method(self, parameter, /, *args, key=2, **kwargs): local = 3
async def function(): ...
variable = lambda inner: inner
type Alias[U] = int
",
        r"
2:8 import a in module
3:7 class C in module
3:9 typeparameter T in typeparameters C
4:5 field field in class C
5:9 method method keywords in class C
5:16 parameter self positional_only in function method
5:22 parameter parameter positional_only in function method
5:37 parameter args variadic in function method
5:43 parameter key optional keyword_only in function method
5:52 parameter kwargs keywords in function method
5:61 variable local in function method
6:11 function function async in module
7:1 variable variable in module
7:19 parameter inner in lambda
8:6 typealias Alias in module
8:12 typeparameter U in typeparameters Alias
",
    );
}

#[test]
fn later_bindings_make_no_symbol_but_statements_do() {
    check(
        r"
a = 1
a = 2
def a(): ...
def a(): ...
class a: ...
import a
",
        r"
2:1 variable a rebound in module
4:5 function a rebound in module
5:5 function a rebound in module
6:7 class a rebound in module
",
    );
}

#[test]
fn every_statement_that_binds() {
    check(
        r#"
x1 = x2 = (x3, [x4, *x5]) = 1
x6: int = 1
x7: int
x8 += 1
for x9 in y: ...
with y as x10, y as (x11, x12): ...
try: ...
except E as x13: ...
import x14, x15.z, y as x16
from y import x17, y as x18
if (x19 := y): ...
match y:
    case [x20, *x21] | {"k": x22, **x23} | C(x24, k=x25) as x26: ...
[y for x27, x28 in y]
type x29 = int
y.z = y[0] = 1
"#,
        r"
2:1 variable x1 in module
2:6 variable x2 in module
2:12 variable x3 in module
2:17 variable x4 in module
2:22 variable x5 in module
3:1 variable x6 in module
4:1 variable x7 declared_only in module
5:1 variable x8 in module
6:5 variable x9 in module
7:11 variable x10 in module
7:22 variable x11 in module
7:27 variable x12 in module
9:13 variable x13 in module
10:8 import x14 in module
10:13 import x15 in module
10:25 import x16 aliased in module
11:15 import x17 in module
11:25 import x18 in module
12:5 variable x19 in module
14:11 variable x20 in module
14:17 variable x21 in module
14:30 variable x22 in module
14:37 variable x23 in module
14:46 variable x24 in module
14:53 variable x25 in module
14:61 variable x26 in module
15:8 variable x27 in comprehension
15:13 variable x28 in comprehension
16:6 typealias x29 in module
",
    );
}

#[test]
fn a_declaration_becomes_a_variable_when_it_gets_a_value() {
    check(
        r"
a: int
b: int
b = 1
(c): int
(d): int = 1
class C:
    e: int
",
        r"
2:1 variable a declared_only in module
3:1 variable b in module
6:2 variable d in module
7:7 class C in module
8:5 field e declared_only in class C
",
    );
}

#[test]
fn an_attribute_of_the_instance_is_a_field() {
    check(
        r"
class C:
    declared = 0
    def __init__(self, x):
        self.a = self.b = x
        self.a = 2
        self.declared = 1
        (self.c, [self.d]) = x
        self.e: int = 1
        self.f: int
        self.f = 1
        self.g += 1
        x.h = 1
        self.i.j = 1
        def nested(): self.k = 1
        def hides(self): self.l = 1
        for self.m in x: ...
    @staticmethod
    def s(self): self.n = 1
    @classmethod
    def c(cls): cls.o = 1
    def __new__(cls): cls.p = 1
def function(self): self.q = 1
",
        r"
2:7 class C in module
3:5 field declared in class C
4:9 method __init__ in class C
4:18 parameter self in function __init__
4:24 parameter x in function __init__
5:14 field a instance in class C
5:23 field b instance in class C
8:15 field c instance in class C
8:24 field d instance in class C
9:14 field e instance in class C
10:14 field f instance in class C
15:13 function nested in function __init__
15:28 field k instance in class C
16:13 function hides in function __init__
16:19 parameter self in function hides
17:18 field m instance in class C
19:9 method s in class C
19:11 parameter self in function s
21:9 method c in class C
21:11 parameter cls in function c
21:21 field o in class C
22:9 method __new__ in class C
22:17 parameter cls in function __new__
22:27 field p in class C
23:5 function function in module
23:14 parameter self in function function
",
    );
}

#[test]
fn a_global_statement_binds_in_the_module() {
    check(
        r"
def f():
    global a, b
    a = 1
    def b(): ...
    def g():
        global a
        a = 2
a = 3
",
        r"
2:5 function f in module
4:5 variable a rebound in module
5:9 function b in module
6:9 function g in function f
",
    );
}

#[test]
fn an_assignment_expression_binds_outside_comprehensions() {
    check(
        r"
def f(): return [a := 1 for x in y if [b := 2 for z in x]]
[c := 1 for x in y]
def g(p=(d := 1)): ...
lambda: (e := 1)
",
        r"
2:5 function f in module
2:18 variable a in function f
2:29 variable x in comprehension
2:40 variable b in function f
2:51 variable z in comprehension
3:2 variable c in module
3:13 variable x in comprehension
4:5 function g in module
4:7 parameter p optional in function g
4:10 variable d in module
5:10 variable e in lambda
",
    );
}
