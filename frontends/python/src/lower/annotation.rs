//! Type annotations, also in quotes.

use esker_frontend_api::{Role, Value, ValueId};
use ruff_python_ast::{self as ast, Expr};
use ruff_python_parser::typing::parse_type_annotation;

use super::value::{Need, Seen};
use super::{Lowerer, span};

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
    pub(super) fn annotate_quoted(&mut self, literal: &ast::ExprStringLiteral, need: Need) -> Seen {
        if self.quotes == Quotes::Values || literal.value.len() > MAX_QUOTED_BYTES {
            return Seen::Nothing;
        }
        let Ok(annotation) = parse_type_annotation(literal, self.text) else { return Seen::Nothing };
        let outside = std::mem::replace(&mut self.quotes, Quotes::Inside);
        let first = self.references.len();
        let seen = self.visit_for(annotation.expression(), Role::Annotation, need);
        self.quotes = outside;
        if !annotation.kind().is_simple() {
            // Put together from several strings or with escapes: the places in it are not those of the text.
            for reference in &mut self.references[first..] {
                reference.span = span(literal.range);
            }
        }
        seen
    }

    /// Visits a parametrised type. The arguments of `Literal` are values, as are those of `Annotated` but the first.
    pub(super) fn annotate_subscript(&mut self, subscript: &ast::ExprSubscript, need: Need) -> Seen {
        let base = self.visit_for(&subscript.value, Role::Annotation, need);
        let base = if need == Need::Value { self.known_value(base) } else { None };
        let mut arguments = Vec::new();
        match (self.form(&subscript.value), &*subscript.slice) {
            (Some("Literal"), arguments) => {
                let outside = std::mem::replace(&mut self.quotes, Quotes::Values);
                self.annotate(arguments);
                self.quotes = outside;
            }
            (Some("Annotated"), Expr::Tuple(tuple)) => {
                for (position, argument) in tuple.elts.iter().enumerate() {
                    if position == 0 {
                        self.annotate_argument(argument, base, &mut arguments);
                    } else {
                        self.read(argument);
                    }
                }
            }
            (_, Expr::Tuple(tuple)) => {
                tuple.elts.iter().for_each(|argument| self.annotate_argument(argument, base, &mut arguments));
            }
            (_, argument) => self.annotate_argument(argument, base, &mut arguments),
        }
        match base {
            Some(base) => Seen::Value(self.values.push_with_list(&arguments, |arguments| Value::Item(base, arguments))),
            None => Seen::Nothing,
        }
    }

    /// Visits an argument of a type, and adds its value if that of what it parametrises is known.
    fn annotate_argument(&mut self, argument: &Expr, base: Option<ValueId>, arguments: &mut Vec<ValueId>) {
        if base.is_some() {
            let seen = self.visit_for(argument, Role::Annotation, Need::Value);
            arguments.push(self.value(seen));
        } else {
            self.annotate(argument);
        }
    }

    /// Whether an annotation is `TypeAlias`, which makes the value of the assignment an annotation too (PEP 613).
    pub(super) fn is_type_alias(&self, annotation: &Expr) -> bool {
        self.form(annotation) == Some("TypeAlias")
    }

    /// The name of a form of types that an expression is, or ends in; where it was imported under another one, its own.
    fn form<'e>(&self, expression: &'e Expr) -> Option<&'e str> {
        match expression {
            Expr::Name(name) => {
                let renamed = self.names.find(name.id.as_str()).and_then(|id| self.imports.renamed_form(id));
                renamed.or(Some(name.id.as_str()))
            }
            Expr::Attribute(attribute) => Some(attribute.attr.as_str()),
            _ => None,
        }
    }
}
