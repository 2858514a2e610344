//! What the conditions around an import say about when it is executed.

use esker_frontend_api::EdgeKinds;
use ruff_python_ast::{BoolOp, Expr, UnaryOp};

use super::Lowerer;

/// What the outcome of a test says about the imports that depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Test {
    body: EdgeKinds,
    otherwise: EdgeKinds,
}

impl Test {
    /// A test that says nothing, because it always holds.
    pub(super) const ALWAYS: Self = Self { body: EdgeKinds::empty(), otherwise: EdgeKinds::empty() };

    /// `TYPE_CHECKING`: true for type checkers alone, and false whenever the program runs.
    const TYPE_CHECKING: Self = Self { body: EdgeKinds::TYPE_ONLY, otherwise: EdgeKinds::empty() };

    /// A test whose outcome is not known.
    const UNKNOWN: Self = Self { body: EdgeKinds::CONDITIONAL, otherwise: EdgeKinds::CONDITIONAL };

    /// The circumstances where the test holds.
    pub(super) const fn body(self) -> EdgeKinds {
        self.body
    }

    /// The circumstances where it does not.
    pub(super) const fn otherwise(self) -> EdgeKinds {
        self.otherwise
    }

    const fn negated(self) -> Self {
        Self { body: self.otherwise, otherwise: self.body }
    }

    const fn and(self, other: Self) -> Self {
        Self { body: self.body.union(other.body), otherwise: either(self.otherwise, other.otherwise) }
    }
}

/// The circumstances where one of two tests has the outcome: type checkers alone get there only if they do so by both,
/// and either one's condition makes the whole conditional.
const fn either(one: EdgeKinds, other: EdgeKinds) -> EdgeKinds {
    let certain = one.intersection(other).intersection(EdgeKinds::TYPE_ONLY);
    certain.union(one.union(other).intersection(EdgeKinds::CONDITIONAL))
}

impl Lowerer<'_> {
    /// Judges the test of an `if`.
    pub(super) fn classify(&mut self, test: &Expr) -> Test {
        self.nested(|this| {
            Some(match test {
                Expr::Name(name) if this.means_type_checking(name.id.as_str()) => Test::TYPE_CHECKING,
                Expr::Attribute(attribute) if attribute.attr.as_str() == "TYPE_CHECKING" => Test::TYPE_CHECKING,
                Expr::UnaryOp(operation) if operation.op == UnaryOp::Not => this.classify(&operation.operand).negated(),
                Expr::BoolOp(operation) => {
                    let tests = operation.values.iter().map(|value| this.classify(value));
                    match operation.op {
                        BoolOp::And => tests.reduce(Test::and),
                        // One of them holds unless none does.
                        BoolOp::Or => tests.map(Test::negated).reduce(Test::and).map(Test::negated),
                    }
                    .unwrap_or(Test::UNKNOWN)
                }
                _ => Test::UNKNOWN,
            })
        })
        .unwrap_or(Test::UNKNOWN)
    }

    /// Whether a name stands for `typing.TYPE_CHECKING`: by that name, or by another under which it was imported.
    fn means_type_checking(&self, name: &str) -> bool {
        name == "TYPE_CHECKING" || self.names.find(name).is_some_and(|name| self.imports.is_type_checking(name))
    }

    /// Whether a context manager is `contextlib.suppress(…)`, which makes its body one that may stop anywhere.
    pub(super) fn suppresses_exceptions(&self, manager: &Expr) -> bool {
        let Expr::Call(call) = manager else { return false };
        match &*call.func {
            Expr::Name(name) => {
                name.id.as_str() == "suppress"
                    || self.names.find(name.id.as_str()).is_some_and(|name| self.imports.is_suppress(name))
            }
            Expr::Attribute(attribute) => attribute.attr.as_str() == "suppress",
            _ => false,
        }
    }
}
