//! Classes, what they derive from, and what their instances have.

use super::{Tree, check};

const BASE: &str = "
== base.py
class Base:
    kind = 'base'
    def __init__(self, size: int):
        self.size = size
    def run(self): ...
    @property
    def area(self): ...
    @classmethod
    def make(cls):
        cls.kind  #> kind = base.py:Base.kind
        return cls(1)
";

#[test]
fn self_cls_and_super_look_through_the_bases_over_files() {
    check(&format!(
        "{BASE}
== user.py
from base import Base
class Child(Base):  #> Base = base.py:Base
    def run(self):
        super().run()  #> run = base.py:Base.run
        self.run()  #> run = user.py:Child.run
        self.size  #> size = base.py:Base.size
        self.area  #> area = base.py:Base.area
        self.kind = 'child'
        self.nothing  #> nothing ! no-such-attribute
    def inner(self):
        def nested():
            return self.run()  #> run = user.py:Child.run
        return super(Child, self).area
Child.kind  #> kind = user.py:Child.kind
Child.make  #> make = base.py:Base.make
",
    ));
}

#[test]
fn the_order_of_bases_is_that_of_c3() {
    check(
        "
== m.py
class Top:
    def f(self): ...
    def g(self): ...
class Left(Top):
    def g(self): ...
class Right(Top):
    def f(self): ...
class Bottom(Left, Right):
    def h(self):
        self.f()  #> f = m.py:Right.f
        self.g()  #> g = m.py:Left.g
",
    );
}

#[test]
fn a_base_from_outside_may_have_what_no_class_here_has() {
    check(
        "
== m.py
import unittest
from somewhere import unknown
class Test(unittest.TestCase):
    def test(self):
        self.assertEqual(1, 1)  #> assertEqual = <unittest.TestCase.assertEqual>
class Odd(unknown()):
    def f(self):
        self.what  #> what ! dynamic-attribute
class Made:
    def __getattr__(self, name): ...
    def f(self):
        self.what  #> what ! dynamic-attribute
",
    );
}

#[test]
fn assigning_where_a_class_above_has_a_property_is_using_it() {
    check(
        "
== m.py
class Base:
    @property
    def ptr(self): ...
    @ptr.setter
    def ptr(self, value): ...
class Child(Base):
    def __init__(self):
        self.ptr = 1
    def f(self):
        self.ptr  #> ptr = m.py:Base.ptr
class Own:
    def __init__(self):
        self.x = 1
        self.x  #> x = m.py:Own.x
    @property
    def x(self): ...
",
    );
}

#[test]
fn an_assignment_is_one_to_the_attribute_that_a_class_above_declares() {
    check(
        "
== m.py
class Base:
    name: str
    other = None
class Child(Base):
    def __init__(self):
        self.name = 'x'
        self.other = 1
        self.name.upper  #> name = m.py:Base.name; upper = <builtins.str.upper>
        self.other  #> other = m.py:Child.other
",
    );
}

#[test]
fn members_of_an_enumeration_are_instances_of_it() {
    check(
        "
== m.py
import enum
class Color(enum.Enum):
    RED = 1
    def shade(self): ...
Color.RED.shade()  #> RED = m.py:Color.RED; shade = m.py:Color.shade
Color.RED.value  #> value = <enum.Enum.value>
",
    );
}

#[test]
fn a_metaclass_gives_its_classes_attributes() {
    check(
        "
== meta.py
class Meta(type):
    def register(cls): ...
== m.py
from meta import Meta
class A(metaclass=Meta): ...
class B(A): ...
B.register()  #> register = meta.py:Meta.register
",
    );
}

#[test]
fn methods_know_what_they_override() {
    let tree = Tree::new(&format!(
        "{BASE}
== user.py
from base import Base
class Child(Base):
    def run(self): ...
    def own(self): ...
",
    ));
    let overrides = &tree.resolution("user.py").overrides;
    let overridden: Vec<String> =
        overrides.iter().map(|(_, definition)| tree.definition("user.py", *definition)).collect();
    assert_eq!(overridden, ["base.py:Base.run"]);
}

#[test]
fn chains_of_single_bases_meet_in_the_order_of_c3() {
    check(
        "
== a.py
class Root:
    def r(self): ...
    def m(self): ...
class Left(Root): ...
class Lefter(Left):
    def l(self): ...
class Right(Root):
    def m(self): ...
class Righter(Right):
    def m(self): return super().m()  #> m = a.py:Right.m
class Both(Lefter, Righter):
    def l(self): return super().l()  #> l = a.py:Lefter.l
class Below(Both):
    def m(self): return super().m()  #> m = a.py:Righter.m
Below().m  #> m = a.py:Below.m
Both().m  #> m = a.py:Righter.m
Lefter().m  #> m = a.py:Root.m
Both().r  #> r = a.py:Root.r
",
    );
}

#[test]
fn a_class_that_names_bases_of_its_first_base_again_has_them_where_that_has_them() {
    check(
        "
== a.py
class A:
    def a(self): ...
class Mixed:
    def m(self): ...
    def a(self): ...
class B(A, Mixed): ...
class C(B, Mixed):
    def m(self): ...
class D(C, Mixed): ...
class E(C, A, Mixed): ...
class F(Mixed, C): ...
class G(F, C): ...
D().m  #> m = a.py:C.m
D().a  #> a = a.py:A.a
E().a  #> a = a.py:A.a
E().m  #> m = a.py:C.m
F().m  #> m = a.py:Mixed.m
G().m  #> m = a.py:Mixed.m
",
    );
}

#[test]
fn classes_that_derive_from_each_other_in_a_circle_have_what_each_has() {
    check(
        "
== a.py
class A(C):
    def a(self): ...
class B(A):
    def b(self): ...
class C(B):
    def c(self): ...
class D(C): ...
D().a  #> a = a.py:A.a
D().b  #> b = a.py:B.b
D().none  #> none ! dynamic-attribute
",
    );
}

#[test]
fn a_metaclass_may_give_its_classes_what_no_text_names() {
    check(
        "
== a.py
import abc
from outside import Registry
class Meta(type):
    def __new__(cls, name, bases, attributes):
        return super().__new__(cls, name, bases, {})
class Plain(type):
    kind = 1
class A(metaclass=Meta): ...
class B(A): ...
class C(metaclass=Plain): ...
class D(metaclass=abc.ABCMeta): ...
class E(metaclass=Registry): ...
B().made    #> made ! dynamic-attribute
C().made    #> made ! no-such-attribute
D().made    #> made ! no-such-attribute
E().made    #> made ! dynamic-attribute
",
    );
}
