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
from pydantic import SerializeAsAny
import lib
from lib import Node
Alias = Optional[Node]
def f(a: Node, b: 'Node', c: Optional[Node], d: Node | None, e: lib.Node, f: Alias, g: Annotated[Node, 1], h: SerializeAsAny[Node]):
    a.value  #> value = lib.py:Node.value
    b.value  #> value = lib.py:Node.value
    c.value  #> value = lib.py:Node.value
    d.value  #> value = lib.py:Node.value
    e.value  #> value = lib.py:Node.value
    f.value  #> value = lib.py:Node.value
    g.value  #> value = lib.py:Node.value
    h.value  #> value = lib.py:Node.value
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

#[test]
fn a_parameter_of_an_overriding_method_is_what_the_overridden_one_declares() {
    check(&format!(
        "{LIBRARY}
== base.py
from lib import Node
class Base:
    def visit(self, node: Node, depth: int = 0): ...
== user.py
from base import Base
class Visitor(Base):
    def visit(self, node, depth=0):
        node.walk()  #> walk = lib.py:Node.walk?
    def other(self, node):
        node.walk()  #> walk ! unknown-value
",
    ));
}

#[test]
fn what_getattr_returns_counts_where_there_is_no_attribute() {
    check(&format!(
        "{LIBRARY}
== user.py
from lib import Node
class Namespace:
    def __getattr__(self, name) -> Node: ...
def f(x: Namespace):
    x.anything.walk()  #> anything ! dynamic-attribute; walk = lib.py:Node.walk
",
    ));
}

#[test]
fn a_decorator_can_make_an_instance_of_a_function() {
    check(
        "
== m.py
class Registry:
    def register(self, name): ...
def registry(function) -> Registry: ...
@registry
def handlers(): ...
def plain(): ...
handlers.register('a')  #> register = m.py:Registry.register
plain.register  #> register ! dynamic-attribute
",
    );
}

#[test]
fn a_bare_final_says_nothing_of_the_type() {
    check(&format!(
        "{LIBRARY}
== user.py
from typing import Final
from lib import Node
NODE: Final = Node()
NODE.walk()  #> walk = lib.py:Node.walk?
",
    ));
}

#[test]
fn awaiting_gives_what_a_generator_returns() {
    check(&format!(
        "{LIBRARY}
== user.py
from typing import Any, Generator, Generic, TypeVar
from lib import Node
T = TypeVar('T')
class Request(Generic[T]):
    def __await__(self) -> Generator[Any, None, T]: ...
async def f(x: Request[Node]):
    (await x).walk()  #> walk = lib.py:Node.walk
",
    ));
}

#[test]
fn an_annotation_in_a_class_means_what_is_around_it_unless_the_class_has_bound_it() {
    check(&format!(
        "{LIBRARY}
== user.py
import lib
class Owner:
    later: 'Inner'
    def lib(self) -> lib.Node: ...  #> lib = lib.py:
    def list(self) -> list: ...  #> list = <builtins.list>
    class Inner:
        field: int
def f(x: Owner):
    x.lib().walk()  #> walk = lib.py:Node.walk
    x.later.field  #> field = user.py:Owner.Inner.field
",
    ));
}

#[test]
fn the_last_of_many_overloads_has_keywords_too() {
    let overloads: String = (0..12).map(|n| format!("@overload\ndef f(a{n}): ...\n")).collect();
    check(&format!(
        "
== m.py
from typing import overload
{overloads}
def f(last): ...
== user.py
from m import f
f(last=1)  #> last = m.py:f.last
",
    ));
}

#[test]
fn a_descriptor_is_what_it_gives_to_those_who_ask_the_instance() {
    check(
        "
== fields.py
class Amount:
    currency = 'EUR'
class Declared:
    def __get__(self, instance, owner) -> Amount: ...
class Guessed:
    def __get__(self, instance, owner=None):
        if instance is None:
            return self
        return Amount()
    def only(self): ...
class Unknown:
    def __get__(self, instance, owner):
        return instance.x
class Plain:
    def own(self): ...
== user.py
from fields import Declared, Guessed, Plain, Unknown
class Model:
    declared = Declared()
    guessed = Guessed()
    unknown = Unknown()
    plain = Plain()
    def __init__(self):
        self.held = Declared()
def f(m: Model):
    m.declared.currency  #> currency = fields.py:Amount.currency?
    m.guessed.currency   #> currency = fields.py:Amount.currency?
    m.unknown.currency   #> currency ! unknown-value
    m.plain.own()        #> own = fields.py:Plain.own?
    m.held.currency      #> currency ! no-such-attribute
    Model.guessed.only() #> only = fields.py:Guessed.only?
",
    );
}
