//! Type annotations, also in quotes.

use esker_frontend_api::Role;
use ruff_python_ast::{self as ast, Expr};
use ruff_python_parser::typing::parse_type_annotation;

use super::Lowerer;

/// The longest text in quotes that is read as an annotation. An expression cannot nest deeper than it has bytes, so
/// this keeps the recursive drop of its tree, which is not ours to take apart, within two MiB of stack.
const MAX_QUOTED_BYTES: usize = 8 * 1024;

/// What strings in an annotation are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Quotes {
    /// Annotations.
    #[default]
    Annotations,
    /// Annotations, inside one already: none of them stands in the source as a string of its own.
    Inside,
    /// Values, the arguments of `Literal`.
    Values,
}

impl Lowerer<'_> {
    /// Visits an annotation.
    pub(super) fn annotate(&mut self, annotation: &Expr) {
        self.visit(annotation, Role::Annotation);
    }

    /// Visits an annotation in quotes. A string that is no expression says nothing; type checkers will complain.
    pub(super) fn annotate_quoted(&mut self, literal: &ast::ExprStringLiteral) {
        if self.quotes == Quotes::Values || literal.value.len() > MAX_QUOTED_BYTES {
            return;
        }
        if let Ok(annotation) = parse_type_annotation(literal, self.text) {
            let outside = std::mem::replace(&mut self.quotes, Quotes::Inside);
            self.annotate(annotation.expression());
            self.quotes = outside;
        }
    }

    /// Visits a parametrised type. The arguments of `Literal` are values, as are those of `Annotated` but the first.
    pub(super) fn annotate_subscript(&mut self, subscript: &ast::ExprSubscript) {
        self.annotate(&subscript.value);
        match (last_name(&subscript.value), &*subscript.slice) {
            (Some("Literal"), arguments) => {
                let outside = std::mem::replace(&mut self.quotes, Quotes::Values);
                self.annotate(arguments);
                self.quotes = outside;
            }
            (Some("Annotated"), Expr::Tuple(arguments)) => {
                for (position, argument) in arguments.elts.iter().enumerate() {
                    if position == 0 {
                        self.annotate(argument);
                    } else {
                        self.read(argument);
                    }
                }
            }
            (_, arguments) => self.annotate(arguments),
        }
    }
}

/// Whether an annotation is `TypeAlias`, which makes the value of the assignment an annotation too (PEP 613).
pub(super) fn is_type_alias(annotation: &Expr) -> bool {
    last_name(annotation) == Some("TypeAlias")
}

/// The name that an expression is, or the attribute that it ends in.
fn last_name(expression: &Expr) -> Option<&str> {
    match expression {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
        _ => None,
    }
}
