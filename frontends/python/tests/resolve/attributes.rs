//! Attributes of values whose class is plain.

use super::check;

const LIBRARY: &str = "
== lib.py
from typing import Self
class Node:
    next: 'Node | None'
    def walk(self) -> 'Node': ...
    def copy(self) -> Self: ...
    def __enter__(self) -> 'Handle': ...
    def __iter__(self): return iter([])
    def __getitem__(self, key) -> 'Node': ...
    async def load(self) -> 'Node': ...
    value = 1
class Handle:
    def close(self): ...
class Special(Node):
    def extra(self): ...
def find() -> Node: ...
def guess():
    return Node()
NODE = Node()
";

#[test]
fn annotations_tell_the_class_in_all_their_forms() {
    check(&format!(
        "{LIBRARY}
== user.py
from typing import Annotated, Dict, List, Optional
import lib
from lib import Node
Alias = Optional[Node]
def f(a: Node, b: 'Node', c: Optional[Node], d: Node | None, e: lib.Node, f: Alias, g: Annotated[Node, 1]):
    a.value  #> value = lib.py:Node.value
    b.value  #> value = lib.py:Node.value
    c.value  #> value = lib.py:Node.value
    d.value  #> value = lib.py:Node.value
    e.value  #> value = lib.py:Node.value
    f.value  #> value = lib.py:Node.value
    g.value  #> value = lib.py:Node.value
    a.next.next.value  #> next#2 = lib.py:Node.next; value = lib.py:Node.value
def g(many: list[Node], by_name: Dict[str, Node], kind: type[Node], *rest: Node, **named: Node):
    many[0].value  #> value = lib.py:Node.value
    by_name['x'].value  #> value = lib.py:Node.value
    kind.value  #> value = lib.py:Node.value
    kind().walk()  #> walk = lib.py:Node.walk
    for one in many:
        one.value  #> value = lib.py:Node.value?
    for name, one in by_name.items():
        one.value
    [n.value for n in by_name.values()]  #> value = lib.py:Node.value?
    for one_more in rest:
        one_more.value  #> value = lib.py:Node.value?
",
    ));
}

#[test]
fn calls_and_assignments_tell_the_class_too() {
    check(&format!(
        "{LIBRARY}
== user.py
from lib import NODE, Node, Special, find, guess
def f(unknown, default=Node()):
    x = Node()
    x.value  #> value = lib.py:Node.value?
    Node().value  #> value = lib.py:Node.value
    find().value  #> value = lib.py:Node.value
    guess().value  #> value = lib.py:Node.value?
    NODE.value  #> value = lib.py:Node.value?
    default.value  #> value = lib.py:Node.value?
    unknown.value  #> value ! unknown-value
    Special().copy().extra()  #> extra = lib.py:Special.extra
    Special().walk().extra()  #> extra ! no-such-attribute
    (x or find()).value  #> value = lib.py:Node.value?
    y = x
    y.value  #> value = lib.py:Node.value?
    if (w := find()):
        w.value  #> value = lib.py:Node.value?
    x[0].value  #> value = lib.py:Node.value?
async def g(node: Node):
    (await node.load()).value  #> value = lib.py:Node.value
    node.load().value  #> value = <typing.Coroutine.value>
    with node as handle:
        handle.close()  #> close = lib.py:Handle.close?
",
    ));
}

#[test]
fn attributes_of_instances_are_what_methods_assign() {
    check(&format!(
        "{LIBRARY}
== user.py
from lib import Handle, Node
class Owner:
    handle: Handle
    def __init__(self, node: Node):
        self.node = node
        self.made = Handle()
    def other(self):
        self.later = Node()
    def use(self):
        self.handle.close()  #> close = lib.py:Handle.close
        self.node.value  #> node = user.py:Owner.node; value = lib.py:Node.value?
        self.made.close()  #> made = user.py:Owner.made; close = lib.py:Handle.close?
        self.later.walk()  #> walk = lib.py:Node.walk?
== far.py
from user import Owner
def f(owner: Owner):
    owner.node.value  #> node = user.py:Owner.node; value = lib.py:Node.value?
",
    ));
}

#[test]
fn of_several_classes_each_may_have_the_attribute() {
    check(
        "
== m.py
class A:
    def f(self): ...
    def only(self): ...
class B:
    def f(self): ...
def g(x: A | B, y: A | int):
    x.f()  #> f = m.py:A.f | m.py:B.f~
    x.only()  #> only = m.py:A.only
    y.f()  #> f = m.py:A.f
",
    );
}

#[test]
fn a_function_that_calls_itself_or_a_class_that_derives_from_itself_ends() {
    check(
        "
== m.py
def f():
    return f()
def g(): return h()
def h(): return g()
class C(C): ...
x = y = x
f().a  #> a ! unknown-value
g().a  #> a ! unknown-value
C.a  #> a ! dynamic-attribute
x.a  #> a ! unknown-value
",
    );
}
