//! What the configuration changes, and the dialects.

use esker_frontend_api::{Dialect, Frontend, LowerOptions, Source};
use esker_frontend_python::Python;

use crate::{lower, lower_bytes, render};

fn strings(source: &str, min_dots: u32) -> String {
    let options = LowerOptions { string_imports_min_dots: Some(min_dots), ..LowerOptions::default() };
    render::imports(&lower_bytes(source.as_bytes(), &options))
}

#[test]
fn strings_that_read_like_modules_are_imports_when_asked_for() {
    let source = "
'a.b.c'
x = ['d.e', 'f', 'g.h.i' '.j']
if y:
    def f(k: 'l.m'): return call(n='o.p')
";
    assert_eq!(render::imports(&lower(source)), "");
    assert_eq!(
        strings(source, 1),
        "\
2: text `a.b.c` [string]
3: text `d.e` [string]
3: text `g.h.i.j` [string]
5: text `l.m` [string]
5: text `o.p` [string]
"
    );
    assert_eq!(strings(source, 2), "2: text `a.b.c` [string]\n3: text `g.h.i.j` [string]\n");
    assert!(strings(source, 0).contains("text `f`"));
}

/// The cases that `ruff analyze graph --detect-string-imports` finds, and the two that it does not.
#[test]
fn docstrings_annotations_and_strings_inside_f_strings_count() {
    let source = r#"
"""a.b"""
def f(x: "a.c") -> None:
    """a.d"""
    return f"a.e", f"{'a.f'}", "a." "g"
b"a.h"
"#;
    assert_eq!(
        strings(source, 1),
        "\
2: text `a.b` [string]
3: text `a.c` [string]
4: text `a.d` [string]
5: text `a.f` [string]
5: text `a.g` [string]
"
    );
}

#[test]
fn strings_that_are_no_dotted_identifiers_are_no_imports() {
    assert_eq!(
        strings("['a..b', '.a.b', 'a.b.', 'a.1', 'a b.c', 'a.for', 'a.b-c', b'a.b', f'a.b', '...', '1.0']", 1),
        ""
    );
}

#[test]
fn a_string_may_be_an_import_twice() {
    assert_eq!(
        strings("from importlib import import_module\nimport_module('a.b')", 1),
        "1: member `importlib` import_module\n2: dynamic `a.b`\n2: text `a.b` [string]\n"
    );
}

#[test]
fn syntax_is_judged_by_a_version_only_if_there_is_one() {
    let source = b"match x:\n    case 1: ...\nif (y := 1): ...\n";
    let judged = |language_version| {
        let options = LowerOptions { language_version, ..LowerOptions::default() };
        render::diagnostics(&lower_bytes(source, &options))
    };
    assert_eq!(judged(None), "");
    assert_eq!(judged(Some((3, 10))), "");
    assert_eq!(
        judged(Some((3, 7))),
        "1:1 Syntax: Cannot use `match` statement on Python 3.7 (syntax was added in Python 3.10)\n\
         3:5 Syntax: Cannot use named assignment expression (`:=`) on Python 3.7 (syntax was added in Python 3.8)\n"
    );
}

#[test]
fn a_stub_is_lowered_like_a_source() {
    let source = "import a\nif TYPE_CHECKING:\n    from b import c\ndef f(x: c) -> None: ...\n";
    let options = LowerOptions::default();
    let dialect = Python.dialect("x.pyi").expect("a stub is Python");
    assert_eq!(dialect, Dialect("python-stub"));
    let stub = Python.lower(Source { bytes: source.as_bytes(), dialect, options: &options });
    assert_eq!(stub, lower(source));
}

#[test]
fn the_shapes_are_packages_before_modules_and_sources_before_stubs() {
    assert_eq!(Python.shapes(), ["/__init__.py", "/__init__.pyi", ".py", ".pyi", ""]);
}
