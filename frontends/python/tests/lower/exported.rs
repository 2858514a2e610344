//! The names that `__all__` lists.

use crate::{lower, render};

fn exported(source: &str) -> String {
    let ir = lower(source);
    match &ir.exported {
        None => "none".to_owned(),
        Some(names) => names.iter().map(|name| render::name(&ir, *name)).collect::<Vec<_>>().join(" "),
    }
}

#[track_caller]
fn check(source: &str, expected: &str) {
    let actual = exported(source);
    assert!(actual.trim() == expected.trim(), "expected:\n{expected}\nactual:\n{actual}");
}

#[test]
fn no_list() {
    check(r"a = 1", r"none");
}

#[test]
fn a_list_is_sorted_and_unique() {
    check(r#"__all__ = ["b", "a", "b"]"#, r"a b");
}

#[test]
fn a_tuple() {
    check(r#"__all__ = ("b", "a")"#, r"a b");
}

#[test]
fn without_parentheses() {
    check(r#"__all__ = "b", "a""#, r"a b");
}

#[test]
fn an_annotated_list() {
    check(r#"__all__: list[str] = ["a"]"#, r"a");
}

#[test]
fn an_empty_list() {
    check(r"__all__ = []", r"");
}

#[test]
fn additions() {
    check(
        r#"
__all__ = ["a"]
__all__ += ["b"]
__all__.extend(["c"])
__all__.append("d")
__all__.extend(("e",))
"#,
        r"
a b c d e
",
    );
}

#[test]
fn sums() {
    check(r#"__all__ = ["a"] + other.__all__ + ["b"]"#, r"a b");
}

#[test]
fn a_sum_with_itself() {
    check(
        r#"
__all__ = ["a"]
__all__ = __all__ + ["b"]
"#,
        r"
a b
",
    );
}

#[test]
fn another_modules_list() {
    check(r"__all__ = other.__all__", r"none");
}

#[test]
fn a_computed_list() {
    check(r"__all__ = [name for name in names]", r"none");
}

#[test]
fn a_list_that_replaces_another() {
    check(
        r#"
__all__ = ["a"]
__all__ = ["b"]
"#,
        r"
b
",
    );
}

#[test]
fn branches() {
    check(
        r#"
if x:
    __all__ = ["a"]
else:
    __all__ = ["b"]
"#,
        r"
a b
",
    );
}

#[test]
fn computed_elements() {
    check(r#"__all__ = ["a", *b, c, "d" "e"]"#, r"a de");
}

#[test]
fn in_a_function_it_is_a_local_variable() {
    check(
        r#"
def f():
    __all__ = ["a"]
"#,
        r"
none
",
    );
}

#[test]
fn a_star_is_no_name() {
    check(r"__all__ = [*a.__all__]", r"");
}
