//! The targets of assignments, loops and `with` statements.

use esker_frontend_api::{Role, SymbolFlags, SymbolKind};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::expression::attribute_of;
use super::fact::Subject;
use super::scope::{Definition, Entry};
use super::statement::from_to;
use super::value::Need;
use super::{Lowerer, span};

/// Where the value of a target comes from, which decides how far its definition reaches.
#[derive(Debug, Clone, Copy)]
pub(super) enum Origin {
    /// From the same statement, which ends here.
    UpTo(TextSize),
    /// There is none, only an annotation; the statement ends here.
    Declared(TextSize),
    /// From a loop or the like: the name alone is the definition.
    Elsewhere,
}

impl Origin {
    fn flags(self) -> SymbolFlags {
        if matches!(self, Self::Declared(_)) { SymbolFlags::DECLARED_ONLY } else { SymbolFlags::empty() }
    }

    fn range(self, target: &impl Ranged) -> TextRange {
        match self {
            Self::UpTo(end) | Self::Declared(end) => from_to(target, end),
            Self::Elsewhere => target.range(),
        }
    }
}

impl Lowerer<'_> {
    /// Binds every name in a target, and notes whom each concerns; [`Self::assign`] has to follow, with the value.
    pub(super) fn bind_target(&mut self, target: &Expr, origin: Origin) {
        self.nested(|this| match target {
            Expr::Name(name) => {
                let bound = this.bind_name(name.id.as_str(), name.range, origin.range(name), origin.flags());
                this.facts.note_bound(bound.map(Subject::from));
            }
            Expr::Attribute(attribute) => {
                let field = this.bind_attribute(attribute, origin);
                this.end_narrowings_of(target);
                this.facts.note_bound(field);
            }
            Expr::Tuple(target) => target.elts.iter().for_each(|element| this.bind_target(element, origin)),
            Expr::List(target) => target.elts.iter().for_each(|element| this.bind_target(element, origin)),
            Expr::Starred(target) => this.bind_target(&target.value, origin),
            // A subscript's parts are read; anything else is a syntax error.
            target => {
                this.read(target);
                this.facts.note_bound(None);
            }
        });
    }

    /// An augmented assignment binds a name like any other, but `self.x += 1` defines no field: it reads one.
    pub(super) fn visit_augmented_target(&mut self, target: &Expr, statement: TextRange) {
        match target {
            Expr::Name(name) => {
                let range = Origin::UpTo(statement.end()).range(name);
                self.bind_name(name.id.as_str(), name.range, range, SymbolFlags::empty());
            }
            Expr::Attribute(_) => {
                self.visit(target, Role::Write);
                self.end_narrowings_of(target);
            }
            target => self.read(target),
        }
    }

    /// An assignment to an attribute: of the instance or of the class it is a field's definition, of anything else a
    /// write. Returns the field.
    fn bind_attribute(&mut self, attribute: &ast::ExprAttribute, origin: Origin) -> Option<Subject> {
        let base = self.visit_for(&attribute.value, Role::Read, Need::Value);
        if attribute.attr.id.is_empty() {
            return None;
        }
        let name = self.intern(attribute.attr.as_str());
        let mut field = None;
        if let Some((class, flags)) = self.class_of_receiver(&attribute.value) {
            field = match (self.bindings.get(class, name), self.bindings.field(class, name)) {
                (Some(Entry::Bound(symbol)), _) => {
                    let is_field =
                        self.symbols.get(symbol.index()).is_some_and(|bound| bound.kind == SymbolKind::Field);
                    is_field.then_some(symbol)
                }
                (Some(_), _) => None,
                (None, Some(field)) => {
                    if !matches!(origin, Origin::Declared(_))
                        && let Some(symbol) = self.symbols.get_mut(field.index())
                    {
                        symbol.flags.remove(SymbolFlags::DECLARED_ONLY);
                    }
                    Some(field)
                }
                (None, None) => {
                    let definition = Definition {
                        name,
                        kind: SymbolKind::Field,
                        flags: flags | origin.flags(),
                        span: span(origin.range(attribute)),
                        name_span: span(attribute.attr.range),
                    };
                    let symbol = self.define(class, definition);
                    self.bindings.set_field(class, name, symbol);
                    return Some(Subject::Symbol(symbol));
                }
            };
        }
        self.refer_bound(name, span(attribute.attr.range), Role::Write, attribute_of(base));
        field.map(Subject::Symbol)
    }
}
