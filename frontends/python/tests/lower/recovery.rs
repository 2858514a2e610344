//! What is left of a file with syntax errors.

use crate::{lower, render};

fn everything(source: &str) -> String {
    let ir = lower(source);
    [render::diagnostics(&ir), render::imports(&ir), render::symbols(&ir)].concat()
}

#[track_caller]
fn check(source: &str, expected: &str) {
    let actual = everything(source);
    assert!(actual.trim() == expected.trim(), "expected:\n{expected}\nactual:\n{actual}");
}

#[test]
fn imports_after_a_broken_line_are_found() {
    check(
        r"
import a
x = = 1
import b
def f(:
    import c
class D
    import e
import g
",
        r"
3:5 Syntax: Expected an expression
5:7 Syntax: Expected a parameter or the end of the parameter list
5:8 Syntax: Expected `)`, found newline
7:8 Syntax: Expected `:`, found newline
2: module `a`
4: module `b`
6: module `c` [lazy]
8: module `e`
9: module `g`
2:8 import a in module
3:1 variable x in module
4:8 import b in module
5:5 function f in module
6:12 import c in function f
7:7 class D in module
8:12 import e in class D
9:8 import g in module
",
    );
}

#[test]
fn imports_after_an_open_bracket_are_found() {
    check(
        r"
import a
x = (1,
import b
def f(): return 1
",
        r"
3:8 Syntax: Expected `)`, found newline
2: module `a`
4: module `b`
2:8 import a in module
3:1 variable x in module
4:8 import b in module
5:5 function f in module
",
    );
}

#[test]
fn an_unfinished_string_hides_one_line() {
    check(
        r"
import a
x = 'abc
import b
",
        r"
3:5 Syntax: missing closing quote in string literal
2: module `a`
4: module `b`
2:8 import a in module
3:1 variable x in module
4:8 import b in module
",
    );
}

#[test]
fn half_an_import_is_no_import() {
    check(
        r"
import
from import x
from . import
from a import
import b.
import c as
",
        r"
2:7 Syntax: Expected one or more symbol names after import
3:6 Syntax: Expected a module name
4:14 Syntax: Expected one or more symbol names after import
5:14 Syntax: Expected one or more symbol names after import
6:10 Syntax: Expected an identifier
7:12 Syntax: Expected symbol after `as`
6: module `b.`
7: module `c`
6:8 import b in module
7:8 import c in module
",
    );
}

#[test]
fn definitions_without_names() {
    check(
        r"
def (x): y = 1
class (x): y = 1
a. = 1
.b
",
        r"
2:5 Syntax: Expected an identifier
3:7 Syntax: Expected an identifier
4:4 Syntax: Expected an identifier
5:1 Syntax: Expected a statement
2:4 function  in module
2:6 parameter x in function
2:10 variable y in function
3:6 class  in module
3:12 field y in class
",
    );
}

#[test]
fn bad_indentation() {
    check(
        r"
def f():
x = 1
  y = 2
import a
",
        r"
3:1 Syntax: Expected an indented block after function definition
4:1 Syntax: Unexpected indentation
5: module `a`
2:5 function f in module
3:1 variable x in module
4:3 variable y in module
5:8 import a in module
",
    );
}

#[test]
fn python_two() {
    check(
        r#"
import a
print "b"
exec "c"
raise D, "e"
except E, e: pass
import f
"#,
        r"
3:7 Syntax: Simple statements must be separated by newlines or semicolons
4:6 Syntax: Simple statements must be separated by newlines or semicolons
5:7 Syntax: Unparenthesized tuple expression cannot be used here
6:1 Syntax: Expected a statement
6:8 Syntax: Only single target (not tuple) can be annotated
6:14 Syntax: Expected an identifier, but found a keyword `pass` that cannot be used here
2: module `a`
7: module `f`
2:8 import a in module
6:8 variable E declared_only in module
6:11 variable e declared_only in module
7:8 import f in module
",
    );
}
