//! Which modules a file asks for, in which form and under which circumstances.

use crate::{lower, render};

#[track_caller]
fn check(source: &str, expected: &str) {
    let actual = render::imports(&lower(source));
    assert!(actual.trim() == expected.trim(), "expected:\n{expected}\nactual:\n{actual}");
}

#[test]
fn an_import_at_the_top_level_is_runtime_alone() {
    check(
        r"
import a
import b.c, d as e
from f import g, h as i
class C:
    import j
",
        r"
2: module `a`
3: module `b.c`
3: module `d`
4: member `f` g
4: member `f` h
6: module `j`
",
    );
}

#[test]
fn a_relative_import_keeps_its_dots() {
    check(
        r"
from . import a
from .b import c
from ...d.e import f
from .... import g
",
        r"
2: member `.` a
3: member `.b` c
4: member `...d.e` f
5: member `....` g
",
    );
}

#[test]
fn each_member_has_the_line_of_its_name() {
    check(
        r"
from m import (
    a,
    b as c,

    d,
)
",
        r"
3: member `m` a
4: member `m` b
6: member `m` d
",
    );
}

#[test]
fn a_star_has_its_kind() {
    check(
        r"
from m import *
if x:
    from n import *
",
        r"
2: star `m` [star]
4: star `n` [conditional,star]
",
    );
}

#[test]
fn a_function_makes_an_import_lazy_and_a_class_does_not() {
    check(
        r"
def f():
    import a
    class C:
        import b
    def g(): import c
class D:
    import d
    async def m(self):
        import e
",
        r"
3: module `a` [lazy]
5: module `b` [lazy]
6: module `c` [lazy]
8: module `d`
10: module `e` [lazy]
",
    );
}

#[test]
fn conditions_loops_and_handlers_make_an_import_conditional() {
    check(
        r"
if x: import a
elif y: import b
else: import c
try:
    import d
except E:
    import e
else:
    import f
finally:
    import g
for x in y: import h
else: import i
while x: import j
match x:
    case 1: import k
with x: import l
if 0: import m
if False: import n
",
        r"
2: module `a` [conditional]
3: module `b` [conditional]
4: module `c` [conditional]
6: module `d` [conditional]
8: module `e` [conditional]
10: module `f` [conditional]
12: module `g`
13: module `h` [conditional]
14: module `i` [conditional]
15: module `j` [conditional]
17: module `k` [conditional]
18: module `l`
19: module `m` [conditional]
20: module `n` [conditional]
",
    );
}

#[test]
fn suppressed_exceptions_make_an_import_conditional() {
    check(
        r"
import contextlib
from contextlib import suppress as ignoring
with contextlib.suppress(ImportError): import a
with suppress(ImportError): import b
with ignoring(ImportError), x: import c
with open(x): import d
",
        r"
2: module `contextlib`
3: member `contextlib` suppress
4: module `a` [conditional]
5: module `b` [conditional]
6: module `c` [conditional]
7: module `d`
",
    );
}

#[test]
fn type_checking_by_any_name_is_type_only() {
    check(
        r"
from typing import TYPE_CHECKING as TC
import typing as t
if TYPE_CHECKING: import a
if TC: import b
if typing.TYPE_CHECKING: import c
if t.TYPE_CHECKING: import d
if (TYPE_CHECKING): import e
def f():
    if TYPE_CHECKING: import g
",
        r"
2: member `typing` TYPE_CHECKING
3: module `typing`
4: module `a` [type-only]
5: module `b` [type-only]
6: module `c` [type-only]
7: module `d` [type-only]
8: module `e` [type-only]
10: module `g` [type-only,lazy]
",
    );
}

#[test]
fn the_other_branch_of_type_checking_is_runtime() {
    check(
        r"
if TYPE_CHECKING: import a
else: import b
if not TYPE_CHECKING: import c
else: import d
if x: import e
elif TYPE_CHECKING: import f
else: import g
if TYPE_CHECKING: import h
elif x: import i
else: import j
if not not TYPE_CHECKING: import k
",
        r"
2: module `a` [type-only]
3: module `b`
4: module `c`
5: module `d` [type-only]
6: module `e` [conditional]
7: module `f` [type-only,conditional]
8: module `g` [conditional]
9: module `h` [type-only]
10: module `i` [conditional]
11: module `j` [conditional]
12: module `k` [type-only]
",
    );
}

#[test]
fn type_checking_in_a_larger_condition() {
    check(
        r"
if TYPE_CHECKING and x: import a
else: import b
if TYPE_CHECKING or x: import c
else: import d
if not (TYPE_CHECKING or x): import e
if not TYPE_CHECKING and x: import f
if TYPE_CHECKING and TYPE_CHECKING: import g
if not (TYPE_CHECKING and x): import h
",
        r"
2: module `a` [type-only,conditional]
3: module `b` [conditional]
4: module `c` [conditional]
5: module `d` [conditional]
6: module `e` [conditional]
7: module `f` [conditional]
8: module `g` [type-only]
9: module `h` [conditional]
",
    );
}

#[test]
fn a_lazy_statement_is_lazy() {
    check(
        r"
lazy import a
lazy from b import c
",
        r"
2: module `a` [lazy]
3: member `b` c [lazy]
",
    );
}

#[test]
fn dynamic_imports_by_every_name_of_the_functions() {
    check(
        r#"
import importlib, builtins
import importlib.util
import importlib as il
from importlib import import_module
from importlib import import_module as load
importlib.import_module("a.b")
il.import_module("c")
import_module("d")
load(name="e")
__import__("f.g")
builtins.__import__("h")
x = lambda: import_module("i")
def f():
    from importlib import import_module as inner
    return inner("j" ".k") or inner(f"l.m")
"#,
        r"
2: module `importlib`
2: module `builtins`
3: module `importlib.util`
4: module `importlib`
5: member `importlib` import_module
6: member `importlib` import_module
7: dynamic `a.b`
8: dynamic `c`
9: dynamic `d`
10: dynamic `e`
11: dynamic `f.g`
12: dynamic `h`
13: dynamic `i` [lazy]
15: member `importlib` import_module [lazy]
16: dynamic `j.k` [lazy]
16: dynamic `l.m` [lazy]
",
    );
}

#[test]
fn a_function_that_only_looks_like_it_imports_nothing() {
    check(
        r#"
def import_module(name): ...
import_module("a")
self.import_module("b")
x.importlib.import_module("c")
def f(__import__): __import__("d")
load("e")
"#,
        r"

",
    );
}

#[test]
fn a_name_imported_after_its_use_counts() {
    check(
        r#"
def f(): return import_module("a")
from importlib import import_module
"#,
        r"
2: dynamic `a` [lazy]
3: member `importlib` import_module
",
    );
}

#[test]
fn a_computed_name_is_empty() {
    check(
        r#"
from importlib import import_module
import_module(name)
import_module(f"a.{b}")
import_module("a" + b)
import_module(".a")
__import__(name)
__import__("a", level=n)
import_module()
"#,
        r"
2: member `importlib` import_module
3: dynamic ``
4: dynamic ``
5: dynamic ``
6: dynamic ``
7: dynamic ``
8: dynamic ``
",
    );
}

#[test]
fn a_relative_dynamic_import_starts_from_its_package() {
    check(
        r#"
from importlib import import_module
import_module(".a", "b.c")
import_module("..a", package="b.c")
import_module(".", "b.c")
import_module("...a", "b.c")
import_module(".a", package=__package__)
import_module(".a", __name__)
import_module("..a", p)
import_module("a", p)
"#,
        r"
2: member `importlib` import_module
3: dynamic `b.c.a`
4: dynamic `b.a`
5: dynamic `b.c`
6: dynamic ``
7: dynamic `.a`
8: dynamic `.a`
9: dynamic ``
10: dynamic `a`
",
    );
}

#[test]
fn the_builtin_has_a_list_and_a_level() {
    check(
        r#"
__import__("a", globals(), locals(), ["b", "c"], 0)
__import__("a", globals(), locals(), [], 1)
__import__("a", fromlist=("*",), level=2)
__import__("", globals(), None, ["b"], 1)
__import__("a.b", {}, {}, ["x" + y])
"#,
        r"
2: member `a` b
2: member `a` c
3: dynamic `.a`
4: dynamic `..a`
5: member `.` b
6: dynamic `a.b`
",
    );
}

#[test]
fn plugins_are_imports() {
    check(
        r#"
pytest_plugins = "a.b"
pytest_plugins = ["c", "d"]
pytest_plugins += ("e",)
pytest_plugins: list[str] = ["f"]
pytest_plugins = "g,h"
pytest_plugins = [name, "i"]
if x: pytest_plugins = ["j"]
def f(): pytest_plugins = ["k"]
"#,
        r"
2: plugin `a.b` [plugin]
3: plugin `c` [plugin]
3: plugin `d` [plugin]
4: plugin `e` [plugin]
5: plugin `f` [plugin]
6: plugin `g` [plugin]
6: plugin `h` [plugin]
7: plugin `i` [plugin]
8: plugin `j` [conditional,plugin]
",
    );
}
