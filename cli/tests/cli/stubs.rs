//! What is used by way of a stub is used in its source.

use crate::repository::Repository;

/// `user` makes use of what `m` defines and its stub declares.
const REPOSITORY: &str = "
//- m.py
def f(): return 1
def _hidden(): return 2
class C:
    def m(self): return 3
//- m.pyi
def f() -> int: ...
class C:
    def m(self) -> int: ...
//- user.py
from m import C, f
import m
class D(C):
    def m(self): return 4
def g(): return f()
def h(c: C): return c.m()
def i(): return m._hidden()
//- script.js
export function run() { return 1; }
//- script.d.ts
export function run(): number;
//- page.ts
import { run } from './script.js';
export function show() { return run(); }
";

#[test]
fn a_change_to_a_source_reaches_who_uses_what_its_stub_declares() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    repository.tree.write("m.py", "def f(): return 2\ndef _hidden(): return 3\nclass C:\n    def m(self): return 4\n");
    repository.tree.write("script.js", "export function run() { return 2; }\n");
    repository.esker("affected --symbols").answers(
        "
m.py:C.m  (changed: body)
m.py:_hidden  (changed: body)
m.py:f  (changed: body)
page.ts:show  (distance 1 via script.js:run)
script.js:run  (changed: body)
user.py:g  (distance 1 via m.py:f)
user.py:h  (distance 1 via m.py:C.m)
user.py:i  (distance 1 via m.py:_hidden)
",
    );
}

#[test]
fn questions_about_a_source_count_uses_of_its_stub() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("callers m.py:f").answers("user.py:g: 5:17\n");
    repository.esker("refs m.py:1:5").answers("user.py:1:18: import\nuser.py:5:17: call in g\n");
    repository.esker("hierarchy m.py:C").answers("m.py:C (class)\n  subclass user.py:D\n");
    repository.esker("hierarchy m.py:C.m").answers("m.py:C.m (method)\n  overridden by user.py:D.m\n");
}
