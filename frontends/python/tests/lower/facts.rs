//! What the text says about symbols.

use crate::{lower, render};

#[track_caller]
fn check(source: &str, expected: &str) {
    let actual = render::facts(&lower(source));
    assert!(actual.trim() == expected.trim(), "expected:\n{expected}\nactual:\n{actual}");
}

#[test]
fn annotations_are_types() {
    check(
        r"
a: int
b: m.C[int] = c
def f(x: int, /, y: str = z, *args: A, k: K = None, **kwargs: B) -> R: ...
class C:
    d: D
    def m(self, v: V) -> None:
        self.e: E = v
        self.d: D2
        v.g: G = 1
(h): H
(i): I = 1
",
        r"
2:1 a type int
3:1 b type m.C[int]
3:1 b assigned c
4:5 f type R
4:7 x type int
4:18 y type str
4:18 y default z
4:31 args type A
4:40 k type K
4:40 k default none
4:55 kwargs type B
6:5 d type D
6:5 d type D2
7:9 m type none
7:17 v type V
8:14 e type E
8:14 e assigned v
12:2 i type I
12:2 i assigned integer
",
    );
}

#[test]
fn bare_final_is_a_type_and_type_alias_is_none() {
    check(
        r"
from typing import Final, TypeAlias
a: Final = f()
B: TypeAlias = 'list[C]'
type D[T] = list[T]
",
        r"
3:1 a type Final
3:1 a assigned f()
4:1 B assigned list[C]
5:6 D parameter tuple(?, ?)
5:6 D assigned list[T]
",
    );
}

#[test]
fn every_assignment_of_a_name_is_told_of_its_symbol() {
    check(
        r"
a = b = c
a = d
e: int
e = f
a += g
def h():
    global a
    a = i
    j = 1
    def k():
        nonlocal j
        j = l
",
        r"
2:1 a assigned c
2:1 a assigned d
2:1 a assigned i
2:5 b assigned c
4:1 e type int
4:1 e assigned f
10:5 j assigned integer
10:5 j assigned l
",
    );
}

#[test]
fn a_nonlocal_name_may_be_bound_later_in_the_text() {
    check(
        r"
def f():
    def g():
        nonlocal x
        x = a
    x = b
",
        r"
6:5 x assigned a
6:5 x assigned b
",
    );
}

#[test]
fn every_statement_that_binds_tells_to_what() {
    check(
        r"
for x1 in a: pass
for x2, (x3, *x4, x5) in a.b: pass
with c() as x6, d() as (x7, x8): pass
try: pass
except E as x9: pass
try: pass
except (E, m.F) as x10: pass
try: pass
except* E as x11: pass
async def f():
    async for y1 in a: pass
    async with c as y2: pass
(x12 := e)
[x13, x14] = [x15 for x15 in g]
match s:
    case C() as x16: pass
    case C() | D(k=x17) as x18: pass
    case [x19, *x20]: pass
    case {'k': x21, **x22}: pass
",
        r"
2:5 x1 assigned element(a)
3:5 x2 assigned unpacked(element(a.b), 0)
3:10 x3 assigned unpacked(unpacked(element(a.b), 1), 0)
3:15 x4 assigned ?
3:19 x5 assigned ?
4:13 x6 assigned entered(c())
4:25 x7 assigned unpacked(entered(d()), 0)
4:29 x8 assigned unpacked(entered(d()), 1)
6:13 x9 assigned instance(E)
8:20 x10 assigned instance(either(E, m.F))
10:14 x11 assigned ?
12:15 y1 assigned element-async(a)
13:21 y2 assigned entered-async(c)
14:2 x12 assigned e
15:2 x13 assigned unpacked(list(x15), 0)
15:7 x14 assigned unpacked(list(x15), 1)
15:23 x15 assigned element(g)
17:17 x16 assigned instance(C)
18:20 x17 assigned ?
18:28 x18 assigned either(instance(C), instance(D))
19:11 x19 assigned ?
19:17 x20 assigned list
20:16 x21 assigned ?
20:23 x22 assigned mapping
",
    );
}

#[test]
fn fields_are_told_what_methods_assign() {
    check(
        r"
class C:
    a = 1
    def b(self):
        self.a = x
        self.c = y
        self.d, other.e = z
        self.b = not_a_field
    def f(self):
        self.c = w
        self.c.g = v
        self.c += u
    def p(): ...
",
        r"
3:5 a assigned integer
3:5 a assigned x
6:14 c assigned y
6:14 c assigned w
7:14 d assigned unpacked(z, 0)
",
    );
}

#[test]
fn a_class_method_gives_fields_to_the_class() {
    check(
        r"
class C:
    a = 1
    @classmethod
    def f(cls):
        cls.a = x
        cls.b = y
    def g(self):
        self.b = z
        self.c = w
    @classmethod
    def h(cls):
        cls.c = v
    @staticmethod
    def i(x):
        x.d = u
    def __init_subclass__(cls):
        cls.e = t
",
        r"
3:5 a assigned integer
3:5 a assigned x
5:9 f decorator classmethod
7:13 b assigned y
7:13 b assigned z
10:14 c assigned w
10:14 c assigned v
12:9 h decorator classmethod
15:9 i decorator staticmethod
18:13 e assigned t
",
    );
}

#[test]
fn defaults_are_told_of_parameters() {
    check(
        r"
def f(a, b=1, *, c=d.e, f: int = None): ...
lambda a=b: c
",
        r"
2:10 b default integer
2:18 c default d.e
2:25 f type int
2:25 f default none
3:8 a default b
",
    );
}

#[test]
fn functions_without_a_declared_type_tell_what_they_return() {
    check(
        r"
def a():
    if b: return c
    def nested(): return d
    class C: x = (lambda: (yield))
    return
    return e()
def f() -> g: return h
def generator():
    yield i
    return j
async def k():
    return await l
async def asynchronous():
    yield from_inside
    x = lambda: 1
def from_():
    x = yield from m
    return x
lambda: n
",
        r"
2:5 a returned c
2:5 a returned e()
4:9 nested returned d
5:14 x assigned function
8:5 f type g
12:11 k returned await(l)
16:5 x assigned function
18:5 x assigned ?
",
    );
}

#[test]
fn of_many_returns_the_first_are_told() {
    let source = format!("def f():\n{}", "    return x\n".repeat(20));
    assert_eq!(lower(&source).facts.len(), 8);
}

#[test]
fn decorators_bases_and_the_metaclass_are_told() {
    check(
        r"
@a
@b.c(d, e=f)
class C(D, Generic[T], g.H(i), *j, metaclass=m.M, k=n):
    @property
    def p(self): ...
    @p.setter
    def p(self, value): ...
",
        r"
4:7 C decorator a
4:7 C decorator b.c(d)
4:7 C base D
4:7 C base Generic[T]
4:7 C base g.H()
4:7 C base element(j)
4:7 C metaclass m.M
6:9 p decorator property
8:9 p decorator p.setter
",
    );
}

#[test]
fn an_import_of_a_taken_name_is_told_of_its_symbol() {
    check(
        r"
try:
    from a import x
except ImportError:
    x = None
import y
import y.z
import b as y
from d import y
def f():
    global x
    import c.x as x
",
        r"
3:19 x assigned none
3:19 x assigned import 5
6:8 y assigned import 3
6:8 y assigned import 4
",
    );
}

#[test]
fn what_recovery_leaves_tells_nothing_wrong() {
    check(
        r"
x = 
def f(a: , b=): return
class C(, metaclass=): ...
for in y: ...
",
        r"
2:1 x assigned ?
4:7 C metaclass ?
",
    );
}
