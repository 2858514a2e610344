//! Taking a syntax tree apart without recursion.
//!
//! The drop of a tree recurses as deep as the tree is, and a chain of 100,000 operators, calls or attributes makes a
//! tree of that depth. Here every node is emptied before it is dropped, its children waiting in a list.

use std::cell::RefCell;

use ruff_python_ast::visitor::transformer::{Transformer, walk_expr, walk_pattern, walk_stmt};
use ruff_python_ast::{
    AtomicNodeIndex, Expr, ExprNoneLiteral, InterpolatedStringElement, InterpolatedStringFormatSpec, ModModule,
    Pattern, PatternMatchSingleton, Singleton, Stmt, StmtPass,
};
use ruff_text_size::TextRange;

/// Drops a module's tree, however deep it is. Costs several times as much as an ordinary drop.
pub(crate) fn dismantle(module: ModModule) {
    let parts = Parts::default();
    for mut statement in module.body {
        parts.visit_stmt(&mut statement);
        parts.drain();
    }
}

/// Nodes cut from their parents and not yet emptied.
#[derive(Default)]
struct Parts {
    statements: RefCell<Vec<Stmt>>,
    expressions: RefCell<Vec<Expr>>,
    patterns: RefCell<Vec<Pattern>>,
    format_specs: RefCell<Vec<InterpolatedStringFormatSpec>>,
}

impl Parts {
    /// Empties and drops everything that waits.
    fn drain(&self) {
        loop {
            if let Some(mut part) = take(&self.expressions) {
                walk_expr(self, &mut part);
            } else if let Some(mut part) = take(&self.format_specs) {
                for element in &mut part.elements {
                    self.visit_interpolated_string_element(element);
                }
            } else if let Some(mut part) = take(&self.patterns) {
                walk_pattern(self, &mut part);
            } else if let Some(mut part) = take(&self.statements) {
                walk_stmt(self, &mut part);
            } else {
                break;
            }
        }
    }
}

/// Takes the last part of a list. A function of its own, so that the borrow ends before the part is walked.
fn take<T>(list: &RefCell<Vec<T>>) -> Option<T> {
    list.borrow_mut().pop()
}

impl Transformer for Parts {
    fn visit_stmt(&self, statement: &mut Stmt) {
        let pass = StmtPass { range: TextRange::default(), node_index: AtomicNodeIndex::NONE };
        self.statements.borrow_mut().push(std::mem::replace(statement, Stmt::Pass(pass)));
    }

    fn visit_expr(&self, expression: &mut Expr) {
        let none = ExprNoneLiteral { range: TextRange::default(), node_index: AtomicNodeIndex::NONE };
        self.expressions.borrow_mut().push(std::mem::replace(expression, Expr::NoneLiteral(none)));
    }

    fn visit_pattern(&self, pattern: &mut Pattern) {
        let none = PatternMatchSingleton {
            range: TextRange::default(),
            node_index: AtomicNodeIndex::NONE,
            value: Singleton::None,
        };
        self.patterns.borrow_mut().push(std::mem::replace(pattern, Pattern::MatchSingleton(none)));
    }

    fn visit_interpolated_string_element(&self, element: &mut InterpolatedStringElement) {
        if let InterpolatedStringElement::Interpolation(interpolation) = element {
            self.visit_expr(&mut interpolation.expression);
            if let Some(format_spec) = interpolation.format_spec.take() {
                self.format_specs.borrow_mut().push(*format_spec);
            }
        }
    }
}
