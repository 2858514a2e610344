//! The digests of the texts of classes and functions: which edit changes which.

use crate::{lower, render};

const BEFORE: &str = r"
import a
@decorator
class C(Base):
    field = 1
    def method(self):
        return 1
    class Inner:
        def deep(self):
            return 2
    other = 3
def function():
    def nested():
        return 4
    return nested
";

/// Replaces a part of the source, and says which of its classes and functions have another digest after that.
#[track_caller]
fn check(part: &str, by: &str, expected: &str) {
    assert_eq!(BEFORE.matches(part).count(), 1);
    let digests = |source: &str| {
        let ir = lower(source);
        let texts = ir.symbols.iter().filter(|symbol| symbol.has_text());
        let names: Vec<String> = texts.map(|symbol| render::name(&ir, symbol.name).to_owned()).collect();
        assert_eq!(names.len(), ir.texts.len());
        names.into_iter().zip(ir.texts).collect::<Vec<_>>()
    };
    let before = digests(BEFORE);
    let after = digests(&BEFORE.replace(part, by));
    let changed: Vec<&str> =
        after.iter().filter(|entry| !before.contains(entry)).map(|(name, _)| name.as_str()).collect();
    assert_eq!(changed.join(" "), expected);
}

#[test]
fn what_is_outside_of_all_changes_none() {
    check("import a", "import a, b\n# comment", "");
}

#[test]
fn a_methods_text_is_its_own() {
    check("return 1", "return 11", "method");
}

#[test]
fn a_method_of_a_class_inside_is_neither_classes() {
    check("return 2", "return 22", "deep");
}

#[test]
fn a_class_is_its_header_its_decorators_and_its_statements() {
    check("(Base)", "(Bass)", "C");
    check("@decorator", "@decorated", "C");
    check("field = 1", "field = 11", "C");
    check("other = 3", "other = 33", "C");
    check("class Inner:", "class Inner():", "Inner");
}

#[test]
fn a_statement_that_moves_past_a_method_changes_the_class() {
    let method = "    field = 1\n    def method(self):\n        return 1\n";
    check(method, "    def method(self):\n        return 1\n    field = 1\n", "C");
}

#[test]
fn a_function_includes_the_functions_inside() {
    check("return 4", "return 44", "function nested");
    check("return nested", "return nested()", "function");
}

#[test]
fn deep_nesting_is_read_once() {
    let source: String = (0..500).map(|depth| format!("{}def f():\n", " ".repeat(depth))).collect();
    let ir = lower(&format!("{source}{}pass", " ".repeat(500)));
    assert_eq!(ir.texts.len(), 501, "the module has one too");
}

#[test]
fn a_variable_of_the_module_has_the_text_of_its_first_statement() {
    let texts = |source: &str| lower(source).texts;
    assert_ne!(texts("X = 1\n"), texts("X = 2\n"));
    assert_eq!(texts("X = 1\n"), texts("# comment\nX = 1\n"));
}

#[test]
fn the_module_has_the_text_of_what_it_does_itself() {
    let own = |source: &str| lower(source).texts[0];
    let before = "run(1)\nif x:\n    y = 1\n    def f():\n        pass\n    g()\n";
    assert_eq!(own("import a\n'text'\nX = 1\nclass C:\n    pass\n"), 0, "definitions have their own");
    assert_ne!(own(before), own(&before.replace("run(1)", "run(2)")));
    assert_ne!(own(before), own(&before.replace("g()", "h()")));
    assert_ne!(own("x.y = 1\n"), own("x.y = 2\n"));
    assert_ne!(own("X = 1\nX = 2\n"), own("X = 1\nX = 3\n"), "the first statement alone is the variable's");
    let elsewhere = before.replace("y = 1", "y = 2").replace("pass", "return").replace("if x", "# comment\n\nif x");
    assert_eq!(own(before), own(&format!("import a\nclass D:\n    pass\nZ = 1\n{elsewhere}")));
}
