//! Cyclomatic complexity by McCabe ("A Complexity Measure", 1976), counted as most Python tools count it: one for the
//! function, and one more for each `if`, `elif`, loop, `except`, `case`, conditional expression, `if` and `for` of a
//! comprehension, `assert`, and each operand of `and` and `or` but the first. Nothing here knows of Esker.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Comprehension, ExceptHandler, Expr, MatchCase, Stmt, StmtFunctionDef};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_source_file::LineIndex;
use ruff_text_size::Ranged;

use crate::FunctionComplexity;

/// A text longer than this, or with deeper brackets, is left out: the visitor recurses, and an analyzer must survive
/// what it is given. Esker's own frontend has finer means.
const MAX_BYTES: usize = 1 << 20;
const MAX_DEPTH: usize = 200;

/// The functions and methods of a text, in the order in which they begin. Parses what it can of a broken one.
pub(crate) fn functions(text: &str) -> Vec<FunctionComplexity> {
    if text.len() > MAX_BYTES || is_deep(text) {
        return Vec::new();
    }
    let parsed = parse_unchecked(text, ParseOptions::from(Mode::Module));
    let Some(module) = parsed.try_into_module() else { return Vec::new() };
    let lines = LineIndex::from_source_text(text);
    let mut counter = Counter { text, lines, functions: Vec::new(), names: Vec::new(), open: Vec::new() };
    counter.visit_body(module.suite());
    counter.functions
}

/// Whether brackets, or the words and signs that nest without brackets, may reach too deep. Counts more than there is.
fn is_deep(text: &str) -> bool {
    let line_is_deep = |line: &str| line.len() > 100 * MAX_DEPTH;
    let mut depth = 0_usize;
    let brackets_are_deep = text.bytes().any(|byte| {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > MAX_DEPTH
    });
    brackets_are_deep || text.lines().any(line_is_deep)
}

struct Counter<'a> {
    text: &'a str,
    lines: LineIndex,
    functions: Vec<FunctionComplexity>,
    /// The names of the classes and functions around.
    names: Vec<String>,
    /// The functions around, as positions in `functions`. Code outside of all has no complexity.
    open: Vec<usize>,
}

impl Counter<'_> {
    /// Notes places where the path of the innermost function forks.
    fn fork(&mut self, times: usize) {
        if let Some(innermost) = self.open.last() {
            self.functions[*innermost].complexity += times as u32;
        }
    }

    fn function(&mut self, function: &StmtFunctionDef) {
        self.names.push(function.name.to_string());
        self.open.push(self.functions.len());
        let line = self.lines.line_column(function.name.start(), self.text).line.get() as u32;
        self.functions.push(FunctionComplexity { name: self.names.join("."), line, complexity: 1 });
        self.visit_body(&function.body);
        self.open.pop();
        self.names.pop();
    }
}

impl Visitor<'_> for Counter<'_> {
    fn visit_stmt(&mut self, statement: &Stmt) {
        match statement {
            Stmt::FunctionDef(function) => return self.function(function),
            Stmt::ClassDef(class) => {
                self.names.push(class.name.to_string());
                self.visit_body(&class.body);
                self.names.pop();
                return;
            }
            Stmt::If(conditional) => {
                let conditions = conditional.elif_else_clauses.iter().filter(|clause| clause.test.is_some()).count();
                self.fork(1 + conditions);
            }
            Stmt::For(_) | Stmt::While(_) | Stmt::Assert(_) => self.fork(1),
            _ => {}
        }
        visitor::walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &Expr) {
        match expression {
            Expr::If(_) => self.fork(1),
            Expr::BoolOp(operation) => self.fork(operation.values.len().saturating_sub(1)),
            _ => {}
        }
        visitor::walk_expr(self, expression);
    }

    fn visit_comprehension(&mut self, comprehension: &Comprehension) {
        self.fork(1 + comprehension.ifs.len());
        visitor::walk_comprehension(self, comprehension);
    }

    fn visit_except_handler(&mut self, handler: &ExceptHandler) {
        self.fork(1);
        visitor::walk_except_handler(self, handler);
    }

    fn visit_match_case(&mut self, case: &MatchCase) {
        self.fork(1);
        visitor::walk_match_case(self, case);
    }
}

#[cfg(test)]
mod tests {
    use super::functions;

    /// Each function's name, line and complexity.
    fn check(text: &str, expected: &[(&str, u32, u32)]) {
        let found = functions(text);
        let found: Vec<_> = found.iter().map(|found| (&*found.name, found.line, found.complexity)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_function_that_never_forks_has_complexity_one() {
        check("x = 1\n\ndef f():\n    return x\n", &[("f", 3, 1)]);
    }

    #[test]
    fn statements_that_fork_count() {
        check(
            "def f(x):\n    if x:\n        pass\n    elif y:\n        pass\n    else:\n        pass\n",
            &[("f", 1, 3)],
        );
        check("def f(x):\n    for y in x:\n        while y:\n            assert y\n", &[("f", 1, 4)]);
        check(
            "def f():\n    try:\n        g()\n    except A:\n        pass\n    except B:\n        pass\n",
            &[("f", 1, 3)],
        );
        check("def f(x):\n    match x:\n        case 1: pass\n        case _: pass\n", &[("f", 1, 3)]);
    }

    #[test]
    fn expressions_that_fork_count() {
        check("def f(a, b, c):\n    return a and b and c or d\n", &[("f", 1, 4)]);
        check("def f(a):\n    return [x if x else 0 for x in a if x if a]\n", &[("f", 1, 5)]);
        check("def f(a):\n    return lambda: a or 1\n", &[("f", 1, 2)]);
    }

    #[test]
    fn nested_functions_are_counted_apart() {
        check(
            "class C:\n    @d\n    def m(self):\n        def inner():\n            if x: pass\n        if y: pass\n",
            &[("C.m", 3, 2), ("C.m.inner", 4, 2)],
        );
    }

    #[test]
    fn broken_text_is_counted_as_far_as_it_goes() {
        check("def f(:\n    if x: pass\n\ndef g():\n    if x: pass\n", &[("f", 1, 2), ("g", 4, 2)]);
        check(&"(".repeat(100_000), &[]);
        check(&format!("x = {}1", "not ".repeat(100_000)), &[]);
    }
}
