//! Names that imports bring in.

use super::check;

#[test]
fn a_name_is_followed_through_any_chain_of_reexports() {
    check(
        "
== a/__init__.py
from .b import f as g
== a/b.py
from a.c import f  #> f = a/c.py:f
== a/c.py
def f(): ...
== user.py
from a import g as h  #> g = a/c.py:f
h()  #> h = a/c.py:f
",
    );
}

#[test]
fn a_module_is_known_by_its_own_name_and_by_an_alias() {
    check(
        "
== p/__init__.py
== p/m.py
x = 1
== user.py
import p.m  #> p.m = p/m.py:
import p.m as q  #> p.m = p/m.py:
from p import m  #> m = p/m.py:; p = p/__init__.py:
p.m.x  #> p = p/__init__.py:; m = p/m.py:; x = p/m.py:x
q.x  #> q = p/m.py:; x = p/m.py:x
m.x  #> x = p/m.py:x
m.y  #> y ! no-such-name
",
    );
}

#[test]
fn star_imports_bring_in_public_names_and_the_last_one_wins() {
    check(
        "
== a.py
x = 1
_hidden = 2
both = 3
== b.py
__all__ = ['y', '_listed']
y = 1
_listed = 2
z = 3
both = 4
== c.py
both = 5
== user.py
from a import *
from c import *
from b import *
x  #> x = a.py:x
_hidden  #> _hidden ! undefined-name
y  #> y = b.py:y
_listed  #> _listed = b.py:_listed
z  #> z ! undefined-name
both  #> both = c.py:both
",
    );
}

#[test]
fn a_cycle_of_star_imports_has_one_answer_from_wherever_it_is_asked() {
    check(
        "
== a.py
from b import *
from c import *
x  #> x = c.py:x
y  #> y = b.py:y
== b.py
from a import *
y = 1
x  #> x = c.py:x
== c.py
x = 1
== user.py
from b import x  #> x = c.py:x
from a import y  #> y = b.py:y
from a import none  #> none ! no-such-name
",
    );
}

#[test]
fn a_binding_that_leads_back_to_itself_leaves_the_one_before_it() {
    check(
        "
== u/__init__.py
from u.misc import *
from u.uf import *
groups  #> groups = u/misc.py:groups
== u/misc.py
def groups(): ...
== u/uf.py
from u import groups  #> groups = u/misc.py:groups
class UF:
    x = groups()  #> groups = u/misc.py:groups
== use.py
from u import groups  #> groups = u/misc.py:groups
groups()  #> groups = u/misc.py:groups
from u.uf import groups as same  #> groups = u/misc.py:groups
== v/__init__.py
from v.misc import *
from v.uf import groups  #> groups = v/misc.py:groups
== v/misc.py
def groups(): ...
== v/uf.py
from v import groups  #> groups = v/misc.py:groups
== w/__init__.py
from w.misc import groups  #> groups = w/misc.py:groups
from w.uf import groups  #> groups = w/misc.py:groups
== w/misc.py
def groups(): ...
== w/uf.py
from w import groups  #> groups = w/misc.py:groups
== around.py
from u import *
groups  #> groups = u/misc.py:groups
",
    );
}

#[test]
fn names_of_a_circle_fall_back_together_from_wherever_they_are_asked() {
    check(
        "
== a.py
from c import *
from b import x
== b.py
from d import *
from a import x
== c.py
x = 1
== d.py
x = 2
== above.py
from other import *
from a import *
== other.py
x = 3
== first.py
from a import x  #> x = c.py:x
from b import x as y  #> x = d.py:x
from above import x as z  #> x = c.py:x
== second.py
from b import x  #> x = d.py:x
from above import x as z  #> x = c.py:x
from a import x as y  #> x = c.py:x
",
    );
}

#[test]
fn a_circle_that_no_other_binding_ends_leads_nowhere() {
    check(
        "
== a.py
from b import x  #> x ! no-such-name
x  #> x ! no-such-name
== b.py
from nothing import *
from c import x  #> x ! no-such-name
== c.py
from a import x  #> x ! no-such-name
== nothing.py
y = 1
",
    );
}

#[test]
fn an_import_that_leads_back_to_itself_is_the_submodule_of_that_name() {
    check(
        "
== p/__init__.py
from . import views  #> views = p/views.py:
from .views import views as other  #> views = p/views.py:views
== p/views.py
views = 1
== user.py
from p import views  #> views = p/views.py:
",
    );
}

#[test]
fn a_submodule_that_its_package_imports_is_an_attribute_of_it() {
    check(
        "
== pkg/__init__.py
from .base import Base as B2
from .starred import *
from pkg.deep.er import x
from . import aside as other
import pkg.whole
== pkg/base.py
class Base: ...
== pkg/starred.py
== pkg/deep/__init__.py
== pkg/deep/er.py
x = 1
== pkg/aside.py
== pkg/whole.py
== pkg/left.py
def here(): ...
== use.py
import pkg
pkg.base.Base  #> base = pkg/base.py:; Base = pkg/base.py:Base
pkg.starred  #> starred = pkg/starred.py:
pkg.deep.er  #> deep = pkg/deep/__init__.py:; er ! no-such-name
pkg.aside  #> aside = pkg/aside.py:
pkg.whole  #> whole = pkg/whole.py:
pkg.left  #> left ! no-such-name
pkg.bas  #> bas ! no-such-name
",
    );
}

#[test]
fn what_a_class_body_binds_to_its_own_name_is_the_one_of_the_module() {
    check(
        "
== a.py
def helper(): ...
class C:
    helper = helper  #> helper = here
    hash = hash  #> hash = <builtins.hash>
== user.py
from a import C
C.helper  #> helper = a.py:C.helper
",
    );
}

#[test]
fn an_attribute_of_a_package_comes_before_its_submodule() {
    check(
        "
== p/__init__.py
def m(): ...
== p/m.py
== user.py
from p import m  #> m = p/__init__.py:m
",
    );
}

#[test]
fn what_leads_outside_is_told_by_its_name() {
    check(
        "
== user.py
import os.path
import numpy as np
from typing import Any  #> Any = <typing.Any>
os.path.join('a')  #> os = <os>; path = <os.path>; join = <os.path.join>
np.zeros  #> np = <numpy>; zeros = <numpy.zeros>
print(len)  #> print = <builtins.print>; len = <builtins.len>
nope  #> nope ! undefined-name
",
    );
}

#[test]
fn one_of_two_imports_of_a_name_that_leads_somewhere_is_enough() {
    check(
        "
== fast.py
def f(): ...
== slow.py
def f(): ...
== user.py
try:
    from missing.fast import f
except ImportError:
    from slow import f
f()  #> f = <missing.fast.f> | slow.py:f~
try:
    from fast import g
except ImportError:
    g = None
== other.py
from user import f  #> f = <missing.fast.f> | slow.py:f~
",
    );
}

#[test]
fn a_module_that_makes_names_up_is_told_so() {
    check(
        "
== lazy.py
def __getattr__(name): ...
== user.py
from lazy import anything  #> anything ! dynamic-attribute
import lazy
lazy.something  #> something ! dynamic-attribute
",
    );
}

#[test]
fn a_stub_comes_before_its_source() {
    check(
        "
== m.py
def f(): ...
== m.pyi
def f() -> int: ...
== user.py
from m import f  #> f = m.pyi:f
",
    );
}

#[test]
fn what_a_stub_leaves_out_its_source_has() {
    check(
        "
== m.py
from n import passed
def f(): ...
def _hidden(): ...
list = 1
== m.pyi
def f() -> int: ...
given: list
== n.py
def passed(): ...
== p/__init__.py
def _own(): ...
from . import sub
== p/__init__.pyi
== p/sub.py
== user.py
import m
import p
from m import _hidden, passed, gone  #> _hidden = m.py:_hidden; passed = n.py:passed; gone ! no-such-name
from p import _own, sub  #> _own = p/__init__.py:_own; sub = p/sub.py:
m.f  #> f = m.pyi:f
m._hidden()  #> _hidden = m.py:_hidden
m.given.append  #> append = <builtins.list.append>
p._own  #> _own = p/__init__.py:_own
p.sub  #> sub = p/sub.py:
",
    );
}

#[test]
fn a_submodule_that_the_file_itself_imports_is_an_attribute_of_its_package() {
    check(
        "
== p/__init__.py
== p/a.py
class A: ...
== p/b.py
class B: ...
== p/c.py
== p/d/__init__.py
== p/d/e.py
class E: ...
== p/user.py
import p
from . import c
from .d.e import E
p.c  #> c = p/c.py:
p.d.e.E  #> e = p/d/e.py:; E = p/d/e.py:E
== member.py
import p
from p import a as renamed
p.a.A  #> a = p/a.py:; A = p/a.py:A
p.b  #> b ! no-such-name
== below.py
import p.a
def f():
    from p.b import B
p.b.B  #> b = p/b.py:; B = p/b.py:B
",
    );
}

#[test]
fn each_import_of_a_package_tells_other_files_of_a_submodule() {
    check(
        "
== p/__init__.py
== p/a.py
class A:
    x = 1
== p/b.py
class B:
    x = 1
== p/c.py
class C:
    x = 1
== m.py
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    import p.a
    import p.b
    from p import c as renamed
a: p.a.A
b: p.b.B
c: p.c.C
== user.py
import m
m.a.x  #> x = p/a.py:A.x
m.b.x  #> x = p/b.py:B.x
m.c.x  #> x = p/c.py:C.x
",
    );
}

#[test]
fn modules_have_attributes_that_no_text_gives_them() {
    check(
        "
== m.py
__doc__ = ''
== user.py
import m
m.__file__  #> __file__ = <types.ModuleType.__file__>
m.__doc__  #> __doc__ = m.py:__doc__
m.__gone__  #> __gone__ ! no-such-name
",
    );
}

#[test]
fn a_name_that_nothing_binds_may_be_of_a_package_of_which_everything_is_imported() {
    check(
        "
== m.py
from outside import *
def f(): ...
== both.py
from outside import *
from elsewhere import *
gone  #> gone ! unresolved-import
== through.py
from m import *
f()  #> f = m.py:f
Thing  #> Thing ! unresolved-import
== user.py
from outside.deep import *
from m import Thing, f  #> Thing ! unresolved-import; f = m.py:f
import m
class C(Thing): ...
other()  #> other = <outside.deep.other>?
print()  #> print = <builtins.print>
m.Thing  #> Thing ! unresolved-import
== plain.py
gone  #> gone ! undefined-name
",
    );
}

#[test]
fn a_name_that_is_listed_and_not_bound_may_be_made_up() {
    check(
        "
== made.py
__all__ = ['thing']  #> thing ! dynamic-attribute
def __getattr__(name): ...
other  #> other ! undefined-name
== plain.py
__all__ = ['thing']  #> thing ! undefined-name
",
    );
}
