//! Sources made to overflow the stack. Each is lowered in the worst build, unoptimised, on the promised stack.

use esker_frontend_api::{DiagnosticKind, LowerOptions};

use crate::{lower_bytes, on_promised_stack};

const DEEP: usize = 100_000;

/// Lowers a source with `import last` at its end, and says whether that was found or the file was given up.
fn check(source: String, expected: &str) {
    let outcome = on_promised_stack(move || {
        let source = source + "\nimport last\n";
        let ir = lower_bytes(source.as_bytes(), &LowerOptions::default());
        let is_too_deep = ir.diagnostics.iter().any(|found| found.kind == DiagnosticKind::TooDeep);
        if is_too_deep {
            assert_eq!(ir.diagnostics.len(), 1);
            assert!(ir.symbols.is_empty() && ir.scopes.is_empty() && ir.imports.is_empty() && ir.names.is_empty());
            "too deep"
        } else {
            assert_eq!(ir.imports.len(), 1, "the import is found");
            "lowered"
        }
    });
    assert_eq!(outcome, expected);
}

#[test]
fn brackets_of_every_kind() {
    for (open, close) in [("(", ")"), ("[", "]"), ("{", "}"), ("f(", ")"), ("a[", "]"), ("(x, ", ")"), ("{0: ", "}")] {
        check(format!("x = {}1{}", open.repeat(DEEP), close.repeat(DEEP)), "too deep");
    }
    for (open, close) in [("[", "]"), ("{", "}"), ("f(", ")"), ("a[", "]"), ("(x, ", ")"), ("{0: ", "}")] {
        check(format!("x = {}1{}", open.repeat(8_000), close.repeat(8_000)), "too deep");
    }
}

#[test]
fn parentheses_alone_make_no_tree() {
    check(format!("x = {}1{}", "(".repeat(20_000), ")".repeat(20_000)), "lowered");
}

#[test]
fn brackets_that_are_never_closed() {
    for open in ["(", "[", "{", "f(", "a["] {
        check(format!("x = {}", open.repeat(DEEP)), "too deep");
    }
}

#[test]
fn prefix_operators() {
    for operator in ["not ", "- ", "+", "~", "await ", "lambda: ", "yield ", "*", "**"] {
        check(format!("x = {}y", operator.repeat(DEEP)), "too deep");
    }
    for operator in ["not ", "- ", "~", "await ", "lambda: "] {
        check(format!("x = {}y", operator.repeat(8_000)), "too deep");
    }
}

#[test]
fn chains_to_the_left() {
    for link in [".a", "()", "[0]", " + 1", ".a()", " @ b", "[0].b(c)", " | 1"] {
        check(format!("x = y{}", link.repeat(DEEP)), "too deep");
    }
    check(format!("@y{}\ndef f(): pass", ".a".repeat(DEEP)), "too deep");
    check(format!("del y{}", ".a".repeat(DEEP)), "too deep");
    check(format!("y{} = 1", ".a".repeat(DEEP)), "too deep");
    check(format!("y{} += 1", "[0]".repeat(DEEP)), "too deep");
}

#[test]
fn chains_to_the_right() {
    check(format!("x = {}z", "y if c else ".repeat(DEEP)), "too deep");
    check(format!("x = {}z", "y ** ".repeat(DEEP)), "too deep");
}

#[test]
fn long_is_not_deep() {
    check(format!("x = y{}", " and y".repeat(DEEP)), "lowered");
    check(format!("x = y{}", " < y".repeat(DEEP)), "lowered");
    check(format!("x = {}", "'a' ".repeat(DEEP)), "lowered");
    check(format!("x = {}", "f'{a}' ".repeat(DEEP)), "lowered");
    check(format!("x = [{}]", "-1, ".repeat(DEEP)), "lowered");
    check(format!("x = [{}]", "(1, [2]), ".repeat(DEEP)), "lowered");
    check(format!("{}1", "x = ".repeat(DEEP)), "lowered");
    check(format!("{}def f(): pass", "@d\n".repeat(DEEP)), "lowered");
    check(format!("if a: pass\n{}", "elif b: pass\n".repeat(DEEP)), "lowered");
    check(format!("x = [a {}]", "for b in c if d ".repeat(DEEP)), "lowered");
    check("-x; ".repeat(DEEP), "lowered");
    check(format!("__all__ = [{}]", "'a', ".repeat(DEEP)), "lowered");
    check("__all__ += ['a']\n".repeat(DEEP), "lowered");
    check(format!("f({}a=1)", "a=1, ".repeat(DEEP)), "lowered");
    check(format!("x: A[{}]", "B, ".repeat(DEEP)), "lowered");
    check(format!("{} = x", "a, ".repeat(DEEP)), "lowered");
    check(format!("def f():\n{}", "    return x\n".repeat(DEEP)), "lowered");
    check("def f(): pass\n".repeat(DEEP), "lowered");
    check(format!("class C:\n{}", "    def f(self): self.x = 1\n".repeat(DEEP)), "lowered");
}

#[test]
fn blocks_in_blocks() {
    for header in ["if x:", "def f():", "class C:", "while x:", "with a:", "try:", "async def f():"] {
        let nested: String = (0..4_000).map(|depth| format!("{}{header}\n", " ".repeat(depth))).collect();
        check(format!("{nested}{}pass", " ".repeat(4_000)), "too deep");
    }
}

#[test]
fn strings_in_strings() {
    check(format!("x = {}1{}", "f'{".repeat(DEEP), "}'".repeat(DEEP)), "too deep");
    check(format!("x = {}1{}", "f'{".repeat(8_000), "}'".repeat(8_000)), "too deep");
    check(format!("x = f'{}1{}'", "{a:".repeat(DEEP), "}".repeat(DEEP)), "too deep");
    check(format!("x = f'{}1{}'", "{a:".repeat(8_000), "}".repeat(8_000)), "too deep");
    check(format!("x = {}", "f'{".repeat(DEEP)), "too deep");
}

#[test]
fn patterns_in_patterns() {
    for (open, close) in [("[", "]"), ("(x, ", ")"), ("{0: ", "}"), ("C(", ")"), ("C(a=", ")")] {
        let pattern = format!("{}1{}", open.repeat(8_000), close.repeat(8_000));
        check(format!("match x:\n  case {pattern}:\n    pass"), "too deep");
    }
}

#[test]
fn targets_in_targets() {
    let target = format!("{}a{}", "[".repeat(8_000), "]".repeat(8_000));
    check(format!("{target} = x"), "too deep");
    check(format!("del {target}"), "too deep");
    check(format!("for {target} in x: pass"), "too deep");
}

#[test]
fn annotations_in_quotes() {
    check(format!("x: '{}y'", "-".repeat(8_000)), "too deep");
    check(format!("x: 'y{}'", ".a".repeat(4_000)), "too deep");
    check(format!("x: \"y\" '{}'", ".a".repeat(4_000)), "too deep");
    // Too long to be an annotation.
    check(format!("x: '{}y'", "-".repeat(DEEP)), "lowered");
}

#[test]
fn conditions_and_lists_that_are_looked_at_before_they_are_visited() {
    check(format!("if {}TYPE_CHECKING: pass", "not ".repeat(8_000)), "too deep");
    check(format!("__all__ = []{}", " + []".repeat(8_000)), "too deep");
}

#[test]
fn as_deep_as_is_allowed() {
    check(format!("x = y{}", ".a".repeat(2_990)), "lowered");
    check(format!("x = {}y", "not ".repeat(2_990)), "lowered");
    check(format!("x = {}1{}", "[".repeat(2_990), "]".repeat(2_990)), "lowered");
    check(format!("x = {}1{}", "f(a=".repeat(2_990), ")".repeat(2_990)), "lowered");
    check(format!("x = {}1{}", "(lambda: ".repeat(2_990), ")".repeat(2_990)), "lowered");
    check(format!("x = {}1{}", "[y for z in ".repeat(2_990), "]".repeat(2_990)), "lowered");
    check(format!("x: {}1{}", "a[".repeat(2_990), "]".repeat(2_990)), "lowered");
    check(format!("x = {}1{}", "a[".repeat(2_990), "]".repeat(2_990)), "lowered");
    check(format!("x = y{}", " | z".repeat(2_990)), "lowered");
    check(format!("x = {}z", "y if c else ".repeat(2_990)), "lowered");
    check(format!("{}a,{} = x", "(".repeat(2_990), ",)".repeat(2_990)), "lowered");
    check(format!("x = {}1{}", "f'{".repeat(1_490), "}'".repeat(1_490)), "lowered");
    let nested: String = (0..1_490).map(|depth| format!("{}def f(a=b):\n", " ".repeat(depth))).collect();
    check(format!("{nested}{}pass", " ".repeat(1_490)), "lowered");
    let nested: String = (0..1_490).map(|depth| format!("{}class C(a):\n", " ".repeat(depth))).collect();
    check(format!("{nested}{}pass", " ".repeat(1_490)), "lowered");
    let nested: String = (0..1_490).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
    check(format!("{nested}{}pass", " ".repeat(1_490)), "lowered");
}
