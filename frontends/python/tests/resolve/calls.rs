//! Keyword arguments.

use super::check;

#[test]
fn a_keyword_is_a_parameter_of_what_is_called() {
    check(
        "
== lib.py
def f(a, *, b=1): ...
class C:
    def __init__(self, size): ...
    def m(self, x): ...
    def __call__(self, y): ...
class D(C): ...
def any(a, **rest): ...
class E:
    def __init__(self, **options): ...
== user.py
import lib
from lib import C, D, E, any, f
f(a=1, b=2)  #> a = lib.py:f.a; b = lib.py:f.b
lib.f(b=2)  #> b = lib.py:f.b
f(none=1)  #> none ! no-such-name
any(a=1, b=2)  #> a = lib.py:any.a; b ! dynamic-attribute
E(key=1)  #> key ! dynamic-attribute
D(size=1)  #> size = lib.py:C.__init__.size
C(1).m(x=1)  #> x = lib.py:C.m.x
C(1)(y=2)  #> y = lib.py:C.__call__.y
print(end='')  #> end = <builtins.print.end>
def local(z): ...
local(z=1)  #> z = user.py:local.z
def local_any(**rest): ...
local_any(z=1)  #> z ! dynamic-attribute
",
    );
}

#[test]
fn a_class_without_a_constructor_of_its_own_takes_its_fields() {
    check(
        "
== lib.py
from dataclasses import dataclass
from typing import NamedTuple
@dataclass
class Point:
    x: int
    y: int = 0
class Pair(NamedTuple):
    left: int
== user.py
from lib import Pair, Point
Point(x=1, y=2)  #> x = lib.py:Point.x; y = lib.py:Point.y
Pair(left=1).left  #> left = lib.py:Pair.left; left#2 = lib.py:Pair.left
",
    );
}

#[test]
fn a_keyword_in_a_class_pattern_is_an_attribute() {
    check(
        "
== m.py
class Point:
    x: int
def f(p):
    match p:
        case Point(x=1):  #> x = m.py:Point.x
            pass
",
    );
}
