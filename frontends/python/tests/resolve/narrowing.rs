//! What tests tell of values, and assignments.

use super::check;

const LIBRARY: &str = "
== lib.py
class Node:
    parent: 'Node'
    def walk(self): ...
class Leaf(Node):
    text: str
class Tree(Node):
    children: list[Node]
class Other:
    other: int
";

#[test]
fn a_test_of_the_class_holds_where_it_led_to() {
    check(&format!(
        "{LIBRARY}
== user.py
from lib import Leaf, Node, Other, Tree
def f(x, y: Node, z: Leaf | Tree):
    x.text  #> text ! unknown-value
    if isinstance(x, Leaf):
        x.text  #> text = lib.py:Leaf.text
    elif isinstance(x, Tree):
        x.children  #> children = lib.py:Tree.children
    else:
        x.text  #> text ! unknown-value
    if isinstance(y, (Leaf, Tree)):
        y.text  #> text = lib.py:Leaf.text
        y.children  #> children = lib.py:Tree.children
        y.walk()  #> walk = lib.py:Node.walk
    if not isinstance(z, Leaf):
        z.children  #> children = lib.py:Tree.children
        z.text  #> text ! no-such-attribute
    else:
        z.text  #> text = lib.py:Leaf.text
        z.children  #> children ! no-such-attribute
    if isinstance(x, Leaf) and x.text and isinstance(y, Tree):  #> text = lib.py:Leaf.text
        y.children  #> children = lib.py:Tree.children
    if not isinstance(x, Leaf) or x.text:  #> text = lib.py:Leaf.text
        x.text  #> text ! unknown-value
    if isinstance(x, Leaf) or isinstance(x, Tree):
        x.text  #> text = lib.py:Leaf.text
    if isinstance(y, Other):
        y.other  #> other = lib.py:Other.other
        y.walk()  #> walk = lib.py:Node.walk
    if type(x) is Leaf:
        x.text  #> text = lib.py:Leaf.text
    if x.__class__ == Tree:
        x.children  #> children = lib.py:Tree.children
    while isinstance(x, Leaf):
        x.text  #> text = lib.py:Leaf.text
    if issubclass(x, Leaf):
        x.walk  #> walk = lib.py:Node.walk
",
    ));
}

#[test]
fn a_test_holds_after_a_branch_that_is_left() {
    check(&format!(
        "{LIBRARY}
== user.py
from lib import Leaf, Tree
def f(x):
    if not isinstance(x, Leaf):
        return
    x.text  #> text = lib.py:Leaf.text
def g(xs):
    for x in xs:
        if isinstance(x, Leaf):
            x.text  #> text = lib.py:Leaf.text
        elif not isinstance(x, Tree):
            continue
        else:
            x.children  #> children = lib.py:Tree.children
        x.children  #> children ! unknown-value
def h(x):
    assert isinstance(x, Leaf), 'no'
    x.text  #> text = lib.py:Leaf.text
    def inner():
        x.text  #> text ! unknown-value
def i(x):
    if isinstance(x, Leaf):
        pass
    else:
        raise ValueError
    x.text  #> text = lib.py:Leaf.text
def j(x):
    try:
        assert isinstance(x, Leaf)
    except AssertionError:
        return
    x.text  #> text = lib.py:Leaf.text
def k(x):
    if isinstance(x, Leaf):
        print()
    x.text  #> text ! unknown-value
",
    ));
}

#[test]
fn a_test_holds_in_expressions_before_it_and_after_it() {
    check(&format!(
        "{LIBRARY}
== user.py
from lib import Leaf, Tree
def f(x, xs):
    a = x.text if isinstance(x, Leaf) else x.children  #> text = lib.py:Leaf.text; children ! unknown-value
    b = [y.text for y in xs if isinstance(y, Leaf)]  #> text = lib.py:Leaf.text
    c = [y for y in xs if isinstance(y, Tree)]
    c[0].children  #> children = lib.py:Tree.children?
    d = [z.parent for y in xs if isinstance(y, Tree) for z in y.children]  #> parent = lib.py:Node.parent?
    e = any(y.text for y in xs if not isinstance(y, Tree) and isinstance(y, Leaf))  #> text = lib.py:Leaf.text
    g = isinstance(x, Leaf) and (lambda: x.text)  #> text = lib.py:Leaf.text
",
    ));
}

#[test]
fn a_binding_ends_what_is_known() {
    check(&format!(
        "{LIBRARY}
== user.py
from lib import Leaf, Tree
def f(x, others):
    if isinstance(x, Leaf):
        x = x.parent  #> parent = lib.py:Node.parent
        x.text  #> text ! unknown-value
def g(x, others):
    if isinstance(x, Tree):
        for one in others:
            x.children  #> children ! unknown-value
            x = one
        for one in others:
            x.children  #> children ! unknown-value
def h(x, others):
    if isinstance(x.parent, Leaf):
        x.parent.text  #> text = lib.py:Leaf.text
        x.parent = others
        x.parent.text  #> text ! unknown-value
    if isinstance(x, Leaf):
        with others as x:
            x.text  #> text ! unknown-value
",
    ));
}

#[test]
fn what_is_assigned_anew_counts_until_the_branch_ends() {
    check(&format!(
        "{LIBRARY}
== user.py
from lib import Leaf, Node, Other, Tree
def f(x: Node, y=None):
    x = Leaf()
    x.text  #> text = lib.py:Leaf.text?
    if y:
        x = Tree()
        x.children  #> children = lib.py:Tree.children?
    x.parent  #> parent = lib.py:Node.parent
    y = Other()
    y.other  #> other = lib.py:Other.other?
    y = Leaf()
    y.text  #> text = lib.py:Leaf.text?
    y.other  #> other ! no-such-attribute
",
    ));
}

#[test]
fn functions_can_be_declared_to_tell_of_their_argument() {
    check(&format!(
        "{LIBRARY}
== guards.py
from typing import TypeGuard
from typing_extensions import TypeIs
from lib import Leaf, Node
def is_leaf(x) -> TypeGuard[Leaf]: ...
def is_really_leaf(x) -> TypeIs[Leaf]: ...
def is_big(x) -> bool: ...
def is_undeclared(x): return isinstance(x, Leaf)
== user.py
import guards
from guards import is_big, is_leaf, is_undeclared
from lib import Leaf, Tree
def f(x, y: Leaf | Tree):
    if is_leaf(x):
        x.text  #> text = lib.py:Leaf.text
    if guards.is_really_leaf(y):
        y.text  #> text = lib.py:Leaf.text
    else:
        y.children  #> children = lib.py:Tree.children
        y.text  #> text ! no-such-attribute
    if is_big(x) and is_undeclared(x):
        x.text  #> text ! unknown-value
",
    ));
}

#[test]
fn a_pattern_tells_of_what_is_matched() {
    check(&format!(
        "{LIBRARY}
== user.py
from lib import Leaf, Tree
def f(x):
    match x:
        case Leaf():
            x.text  #> text = lib.py:Leaf.text
        case Tree(children=[]) if x.children:  #> children#2 = lib.py:Tree.children
            x.children  #> children = lib.py:Tree.children
        case _:
            x.text  #> text ! unknown-value
",
    ));
}

#[test]
fn tests_of_what_another_file_returns_count_there() {
    check(&format!(
        "{LIBRARY}
== maker.py
from lib import Leaf
def first(xs):
    for x in xs:
        if isinstance(x, Leaf):
            return x
== user.py
from maker import first
first([]).text  #> text = lib.py:Leaf.text?
",
    ));
}
