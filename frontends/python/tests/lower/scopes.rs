//! What names are bound to, by the scoping rules.

use crate::{lower, render};

#[track_caller]
fn check(source: &str, expected: &str) {
    let actual = render::references(&lower(source));
    assert!(actual.trim() == expected.trim(), "expected:\n{expected}\nactual:\n{actual}");
}

#[test]
fn a_function_sees_the_functions_around_it() {
    check(
        r"
a = 1
def f(b):
    def g(c):
        return a, b, c, d
    return later
later = 1
",
        r"
5:16 a read -> 2:1 a
5:19 b read -> 3:7 b
5:22 c read -> 4:11 c
5:25 d read -> free
6:12 later read -> 7:1 later
",
    );
}

#[test]
fn a_class_body_does_not_see_what_it_has_not_bound_yet() {
    check(
        r"
helper = 1
class C:
    early = helper
    helper = helper
    late = helper
    def property(self): ...
    typed: int = typed or [typed for typed in typed]
    @property
    def other(self, x=other): return helper
    helper = helper
    len = len(len)
    a = b = a, (b := b)
    @wrap
    def wrap(self): ...
    class Inner(Inner): ...
    class Later(Inner): ...
",
        r"
4:13 helper read -> 2:1 helper
5:14 helper read -> 2:1 helper
6:12 helper read -> 5:5 helper
8:12 int annotation -> free
8:18 typed read -> free
8:28 typed read -> 8:38 typed
8:47 typed read -> free
9:6 property decorator -> 7:9 property
10:23 other read -> free
10:38 helper read -> 2:1 helper
11:5 helper write -> 5:5 helper
11:14 helper read -> 5:5 helper
12:11 len call -> free
12:15 len read -> free
13:13 a read -> free
13:17 b write -> 13:9 b
13:22 b read -> free
14:6 wrap decorator -> free
16:17 Inner base -> free
17:17 Inner base -> 16:11 Inner
",
    );
}

#[test]
fn a_class_body_does_not_see_what_it_only_declares() {
    check(
        r"
import day, month
class C:
    day: day.Day
    next: day.Day
    month: month.Month = None
    last: month.Month
    alone: int
    again: alone.Int
    def f(self, on: day.Day): ...
    day = 1
    set = day
",
        r"
2:8 day import -> module of import 0
2:13 month import -> module of import 1
4:10 day annotation -> 2:8 day
4:14 Day annotation -> .day
5:11 day annotation -> 2:8 day
5:15 Day annotation -> .day
6:12 month annotation -> 6:5 month
6:18 Month annotation -> .month
7:11 month annotation -> 6:5 month
7:17 Month annotation -> .month
8:12 int annotation -> free
9:12 alone annotation -> 8:5 alone
9:18 Int annotation -> .alone
10:21 day annotation -> 2:8 day
10:25 Day annotation -> .day
11:5 day write -> 4:5 day
12:11 day read -> 4:5 day
",
    );
}

#[test]
fn a_function_does_not_see_the_class_around_it() {
    check(
        r"
class C:
    a = 1
    b = a
    def f(self, x=a): return a
    c = [a for _ in a]
    d = lambda: a
",
        r"
4:9 a read -> 3:5 a
5:19 a read -> 3:5 a
5:30 a read -> free
6:10 a read -> free
6:21 a read -> 3:5 a
7:17 a read -> free
",
    );
}

#[test]
fn global_and_nonlocal_name_other_scopes() {
    check(
        r"
a = 1
def f():
    a = 2
    def g():
        nonlocal a
        a = 3
        return a
    def h():
        global a
        a = 4
        return a
    class C:
        nonlocal a
        a
",
        r"
6:18 a read -> 4:5 a
7:9 a write -> 4:5 a
8:16 a read -> 4:5 a
10:16 a read -> 2:1 a
11:9 a write -> 2:1 a
12:16 a read -> 2:1 a
14:18 a read -> 4:5 a
15:9 a read -> 4:5 a
",
    );
}

#[test]
fn a_local_name_hides_one_outside_even_before_it_is_bound() {
    check(
        r"
a = 1
def f():
    print(a)
    a = 2
def g():
    print(a)
    del a
",
        r"
4:5 print call -> free
4:11 a read -> 5:5 a
7:5 print call -> free
7:11 a read -> free
8:9 a delete -> free
",
    );
}

#[test]
fn a_comprehension_has_a_scope_of_its_own() {
    check(
        r"
x = y = 1
[x for x in x for y in x if y]
{x: y for x, y in y}
(x async for x in x)
",
        r"
3:2 x read -> 3:8 x
3:13 x read -> 2:1 x
3:24 x read -> 3:8 x
3:29 y read -> 3:19 y
4:2 x read -> 4:11 x
4:5 y read -> 4:14 y
4:19 y read -> 2:5 y
5:2 x read -> 5:14 x
5:19 x read -> 2:1 x
",
    );
}

#[test]
fn defaults_decorators_and_annotations_are_evaluated_outside() {
    check(
        r"
a = b = c = d = 1
@a
def f(a: b = c, *, d=d) -> a:
    return a, d
lambda a=a: a
",
        r"
3:2 a decorator -> 2:1 a
4:10 b annotation -> 2:5 b
4:14 c read -> 2:9 c
4:22 d read -> 2:13 d
4:28 a annotation -> 2:1 a
5:12 a read -> 4:7 a
5:15 d read -> 4:20 d
6:10 a read -> 2:1 a
6:13 a read -> 6:8 a
",
    );
}

#[test]
fn type_parameters_have_a_scope_of_their_own() {
    check(
        r"
T = 1
def f[T: T](x: T, y=T) -> T: return T
class C[T](T, k=T):
    x: T
    def m(self) -> T: ...
type A[T] = list[T]
T
",
        r"
3:10 T annotation -> 3:7 T
3:16 T annotation -> 3:7 T
3:21 T read -> 2:1 T
3:27 T annotation -> 3:7 T
3:37 T read -> 3:7 T
4:12 T base -> 4:9 T
4:15 k keyword -> unknown
4:17 T read -> 4:9 T
5:8 T annotation -> 4:9 T
6:20 T annotation -> 4:9 T
7:13 list annotation -> free
7:18 T annotation -> 7:8 T
8:1 T read -> 2:1 T
",
    );
}

#[test]
fn type_parameters_see_the_class_around_them() {
    check(
        r"
class C:
    a = 1
    def f[T: a](self, x: a): a
    type B = a
",
        r"
4:14 a annotation -> 3:5 a
4:26 a annotation -> 3:5 a
4:30 a read -> free
5:14 a annotation -> 3:5 a
",
    );
}

#[test]
fn the_class_cell_is_the_class() {
    check(
        r"
class C:
    def f(self): return __class__
    __class__
__class__
",
        r"
3:25 __class__ read -> 2:7 C
4:5 __class__ read -> free
5:1 __class__ read -> free
",
    );
}

#[test]
fn an_exception_name_and_captures_are_bound() {
    check(
        r#"
try: ...
except E as e: e
match e:
    case {"k": v, **rest} if v: rest
    case C(a=x) | D.E: x
"#,
        r"
3:8 E read -> free
3:16 e read -> 3:13 e
4:7 e read -> 3:13 e
5:30 v read -> 5:16 v
5:33 rest read -> 5:21 rest
6:10 C read -> free
6:12 a keyword -> member of instance(C)
6:19 D read -> free
6:21 E read -> .D
6:24 x read -> 6:14 x
",
    );
}

#[test]
fn the_first_symbol_stands_for_a_name_that_is_bound_twice() {
    check(
        r"
def f(): ...
f = g(f)
f
",
        r"
3:1 f write -> 2:5 f
3:5 g call -> free
3:7 f read -> 2:5 f
4:1 f read -> 2:5 f
",
    );
}
