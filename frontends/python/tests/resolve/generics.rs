//! Type variables: of classes and of functions.

use super::check;

const LIBRARY: &str = "
== lib.py
from typing import Generic, Iterator, TypeVar
class Item:
    size: int
    def use(self): ...
class Special(Item):
    special: int
T = TypeVar('T')
K = TypeVar('K')
B = TypeVar('B', bound='Item')
C = TypeVar('C', Item, Special)
class Box(Generic[T]):
    content: T
    def get(self) -> T: ...
    def all(self) -> list[T]: ...
    def again(self): return self.get()
    @property
    def inside(self) -> T: ...
    def __iter__(self) -> Iterator[T]: ...
    def __enter__(self) -> T: ...
    def __getitem__(self, key) -> T: ...
class Pair(Box[K], Generic[T, K]):
    other: T
class ItemBox(Box[Item]): ...
";

#[test]
fn members_of_a_generic_class_are_of_what_is_given() {
    check(&format!(
        "{LIBRARY}
== user.py
from lib import Box, Item, ItemBox, Pair, Special
def f(x: Box[Item], y: Pair[Item, Special], z: ItemBox, u: Box):
    x.content.size  #> size = lib.py:Item.size
    x.get().size  #> size = lib.py:Item.size
    x.all()[0].use()  #> use = lib.py:Item.use
    x.again().use()  #> use = lib.py:Item.use?
    x.inside.use()  #> use = lib.py:Item.use
    x[0].use()  #> use = lib.py:Item.use
    for one in x:
        one.use()  #> use = lib.py:Item.use?
    with x as entered:
        entered.use()  #> use = lib.py:Item.use?
    y.other.special  #> special ! no-such-attribute
    y.content.special  #> special = lib.py:Special.special
    y.get().special  #> special = lib.py:Special.special
    z.get().size  #> size = lib.py:Item.size
    z.content.size  #> size = lib.py:Item.size
    u.get().size  #> size ! unknown-value
",
    ));
}

#[test]
fn a_variable_is_what_bounds_it_where_nothing_is_given() {
    check(&format!(
        "{LIBRARY}
== user.py
from lib import B, C, Item, T
def f(b: B, c: C, t: T, kind: type[B]):
    b.size  #> size = lib.py:Item.size
    c.size  #> size = lib.py:Item.size
    t.size  #> size ! unknown-value
    kind.use  #> use = lib.py:Item.use
    kind().size  #> size = lib.py:Item.size
",
    ));
}

#[test]
fn what_a_generic_function_returns_is_told_by_its_arguments() {
    check(&format!(
        "{LIBRARY}
== functions.py
from typing import Awaitable, Callable, Iterable, Optional, Type, TypeVar
from lib import Box, T
S = TypeVar('S', bound='Owner')
def same(x: T) -> T: ...
def first(xs: Iterable[T]) -> Optional[T]: ...
def make(kind: Type[T], *rest) -> T: ...
def run(function: Callable[..., T]) -> T: ...
def opened(box: Box[T]) -> T: ...
def maybe(x: T | None, y: int) -> list[T]: ...
class Owner:
    def me(self: S) -> S: ...
    @classmethod
    def build(cls: type[S]) -> S: ...
    def find(self, kind: type[T]) -> list[T]: ...
class Derived(Owner):
    derived: int
== user.py
from functions import Derived, Owner, first, make, maybe, opened, run, same
from lib import Box, Item, ItemBox, Special
def produce() -> Item: ...
def f(x: Special, xs: list[Item], by: dict[str, Item], pair: tuple[int, str], boxed: Box[Special], derived: Derived):
    same(x).special  #> special = lib.py:Special.special
    first(xs).size  #> size = lib.py:Item.size
    first([i for i in xs]).size  #> size = lib.py:Item.size?
    first(by.values()).size  #> size = lib.py:Item.size
    first(pair).size  #> size = <builtins.int.size> | <builtins.str.size>~
    make(Special).special  #> special = lib.py:Special.special
    run(produce).size  #> size = lib.py:Item.size
    run(Special).special  #> special = lib.py:Special.special
    opened(boxed).special  #> special = lib.py:Special.special
    opened(ItemBox()).size  #> size = lib.py:Item.size
    maybe(x, 1)[0].special  #> special = lib.py:Special.special
    derived.me().derived  #> derived#2 = functions.py:Derived.derived
    Derived.build().derived  #> derived = functions.py:Derived.derived
    for found in derived.find(Special):
        found.special  #> special = lib.py:Special.special?
    same(unknown).size  #> size ! unknown-value
",
    ));
}

#[test]
fn functions_that_pass_on_what_they_are_given_are_known() {
    check(&format!(
        "{LIBRARY}
== user.py
import copy
import itertools
from collections import deque
from lib import Item, Special
def f(x: Item, xs: list[Item], others: set[Special]):
    next(iter(xs)).size  #> size = lib.py:Item.size
    sorted(xs, key=len)[0].size  #> size = lib.py:Item.size
    list(xs)[0].size  #> size = lib.py:Item.size
    max(xs).size  #> size = lib.py:Item.size
    copy.copy(x).size  #> size = lib.py:Item.size
    type(x)().size  #> size = lib.py:Item.size
    xs.copy()[0].size  #> size = lib.py:Item.size
    deque(xs).popleft().size  #> size = lib.py:Item.size
    for number, one in enumerate(reversed(xs)):
        one.size  #> size = lib.py:Item.size?
    for one_more, other in zip(xs, others):
        other.special  #> special = lib.py:Special.special?
    for any_of_them in itertools.chain(xs, others):
        any_of_them.use()  #> use = lib.py:Item.use?
class Maker:
    size: int
    @classmethod
    def make(cls):
        made = object.__new__(cls)
        made.size  #> size = user.py:Maker.size?
        other = cls.__new__(cls)
        other.size  #> size = user.py:Maker.size?
",
    ));
}

#[test]
fn a_class_can_derive_from_a_container() {
    check(&format!(
        "{LIBRARY}
== user.py
from typing import Dict, List, Union
from lib import Item
Either = Union['Item', None]
class Items(List['Item']): ...
class ByName(Dict[str, 'Item']): ...
class Two(tuple['Item', 'Two']): ...
def f(items: Items, by_name: ByName, two: Two, either: Either):
    items[0].size  #> size = lib.py:Item.size
    for item in items:
        item.size  #> size = lib.py:Item.size?
    by_name['a'].size  #> size = lib.py:Item.size
    for value in by_name.values():
        value.size  #> size = lib.py:Item.size?
    a, b = two
    a.size  #> size = lib.py:Item.size?
    either.size  #> size = lib.py:Item.size
",
    ));
}

#[test]
fn a_class_that_grows_as_it_names_itself_ends() {
    check(
        "
== m.py
from typing import Generic, TypeVar
T = TypeVar('T')
class Nest(Generic[T]):
    deeper: 'Nest[list[T]]'
    value: T
class Circle(Nest['Circle'], Generic[T]): ...
class Spiral(Nest['Spiral[Spiral[T]]'], Generic[T]): ...
def f(x: Nest[int], c: Circle, s: Spiral[int]):
    x.deeper.deeper.deeper.deeper.deeper.deeper.deeper.deeper.deeper.deeper.deeper.deeper.value  #> value = m.py:Nest.value
    c.value.value.value  #> value#3 = m.py:Nest.value
    s.value.value  #> value#2 = m.py:Nest.value
",
    );
}

#[test]
fn type_parameters_in_brackets_are_variables() {
    check(
        "
== lib.py
class Item:
    size: int
class Special(Item):
    special: int
class Box[T]:
    content: T
    def get(self) -> T: ...
    def again(self): return self.get()
    def own(self): self.content.size  #> size ! unknown-value
    def swap[U](self, other: U) -> tuple[T, U]: ...
class Pair[A, B: Item](Box[B]):
    first: A
    def bounded(self): self.get().size  #> size = lib.py:Item.size
type Boxed[T] = Box[T]
type Turned[A, B] = Pair[B, A]
def same[T](x: T) -> T: ...
def made[T: Item](kind: type[T]) -> T: ...
def opened[T](box: Box[T]) -> T: ...
def several[T: (Special, Item)](x: T):
    x.size  #> size = lib.py:Item.size
    x.special  #> special = lib.py:Special.special
== user.py
from lib import Box, Boxed, Item, Pair, Special, Turned, made, opened, same
def f(x: Box[Item], y: Pair[Item, Special], z: Boxed[Special], t: Turned[Special, Item]):
    x.content.size  #> size = lib.py:Item.size
    x.get().size  #> size = lib.py:Item.size
    x.again().size  #> size = lib.py:Item.size?
    a, b = x.swap(Special())
    a.size  #> size = lib.py:Item.size?
    b.special  #> special = lib.py:Special.special?
    y.first.special  #> special ! no-such-attribute
    y.get().special  #> special = lib.py:Special.special
    z.get().special  #> special = lib.py:Special.special
    t.first.size  #> size = lib.py:Item.size
    t.get().special  #> special = lib.py:Special.special
    same(Special()).special  #> special = lib.py:Special.special
    made(Special).special  #> special = lib.py:Special.special
    opened(x).size  #> size = lib.py:Item.size
    def inner[T: Special](value: T):
        value.special  #> special = lib.py:Special.special
class Own[T: Item]:
    def get(self) -> T: ...
    def use(self, other: 'Own[Special]'):
        self.get().size  #> size = lib.py:Item.size
        other.get().special  #> special = lib.py:Special.special
",
    );
}

#[test]
fn an_alias_takes_what_is_given_for_its_variables() {
    check(&format!(
        "{LIBRARY}
== user.py
from lib import Box, Item, Pair, Special, T, K
Boxes = list[Box[T]]
Swapped = Pair[K, T]
def f(boxes: Boxes[Special], swapped: Swapped[Special, Item]):
    boxes[0].get().special  #> special = lib.py:Special.special
    swapped.get().size  #> size = lib.py:Item.size
    swapped.other.special  #> special = lib.py:Special.special
",
    ));
}

#[test]
fn the_overload_counts_that_takes_what_is_given() {
    check(&format!(
        "{LIBRARY}
== keys.py
from lib import Item, Special
class Key[V](str): ...
class EntryKey[V](str): ...
class Data(dict):
    @overload
    def __getitem__[V](self, key: EntryKey[V]) -> dict[str, V]: ...
    @overload
    def __getitem__[V](self, key: Key[V]) -> V: ...
    @overload
    def get[V](self, key: EntryKey[V]) -> dict[str, V] | None: ...
    @overload
    def get[V](self, key: Key[V]) -> V | None: ...
ITEM: Key[Item] = Key('item')
SPECIALS = EntryKey[Special]('specials')
class Holder[T: Item]:
    def get(self) -> T: ...
== user.py
from keys import Data, Holder, ITEM, SPECIALS
from lib import Special
def f(data: Data, name: str):
    data[ITEM].size  #> size = lib.py:Item.size?
    data[SPECIALS]['a'].special  #> special = lib.py:Special.special?
    data.get(ITEM).size  #> size = lib.py:Item.size?
    data.get(name).size  #> size ! unknown-value
    Holder[Special]().get().special  #> special = lib.py:Special.special
",
    ));
}
