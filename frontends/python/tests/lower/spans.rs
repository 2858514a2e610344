//! Which text definitions, scopes and names cover.

use esker_frontend_api::ScopeKind;

use crate::{lower, render};

/// Compares the text of each symbol, as `name: definition`.
#[track_caller]
fn check(source: &str, expected: &[&str]) {
    let ir = lower(source);
    let actual: Vec<_> = ir.symbols[1..]
        .iter()
        .map(|symbol| format!("{}: {}", render::text(source, symbol.name_span), render::text(source, symbol.span)))
        .collect();
    assert_eq!(actual, expected);
}

#[test]
fn a_definition_covers_its_decorators() {
    check("@a\n@b\ndef f(): pass\n", &["f: @a\n@b\ndef f(): pass"]);
    check("@a\nclass C: pass\n", &["C: @a\nclass C: pass"]);
}

#[test]
fn an_assignment_covers_its_value() {
    check("x = y = 1\n", &["x: x = y = 1", "y: y = 1"]);
    check("(x, y) = 1\n", &["x: x, y) = 1", "y: y) = 1"]);
    check("x: int = 1\ny: int\n", &["x: x: int = 1", "y: y: int"]);
    check("print(x := 1)\n", &["x: x := 1"]);
}

#[test]
fn a_name_that_gets_its_value_elsewhere_stands_alone() {
    check("for x in y: pass\nwith y as z: pass\n", &["x: x", "z: z"]);
}

#[test]
fn an_import_covers_its_alias() {
    check("import a.b, c as d\nfrom e import (f as\n g)\n", &["a: a.b", "d: c as d", "g: f as\n g"]);
    check("import a \\\n . b\n", &["a: a \\\n . b"]);
}

#[test]
fn a_parameter_covers_its_annotation_and_default() {
    check(
        "lambda a=1, *b: 0\ndef f(c: int = 2, **d: str): pass",
        &["a: a=1", "b: *b", "f: def f(c: int = 2, **d: str): pass", "c: c: int = 2", "d: **d: str"],
    );
}

#[test]
fn scopes_cover_what_binds_in_them() {
    let source = "@a\ndef f[T](b) -> c: return [d for d in e]\nclass C(g):\n  h = lambda: 1\n";
    let ir = lower(source);
    let scopes: Vec<_> = ir.scopes.iter().map(|scope| (scope.kind, render::text(source, scope.span))).collect();
    assert_eq!(
        scopes,
        [
            (ScopeKind::Module, source),
            (ScopeKind::TypeParameters, "[T](b) -> c: return [d for d in e]"),
            (ScopeKind::Function, "(b) -> c: return [d for d in e]"),
            (ScopeKind::Comprehension, "[d for d in e]"),
            (ScopeKind::Class, "h = lambda: 1"),
            (ScopeKind::Lambda, "lambda: 1"),
        ]
    );
}

#[test]
fn places_count_from_the_text_after_the_byte_order_mark() {
    let source = "\u{feff}x = 1";
    let ir = lower(source);
    assert_eq!(render::text("x = 1", ir.symbols[1].span), "x = 1");
}
