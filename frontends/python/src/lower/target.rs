//! The targets of assignments, loops and `with` statements.

use esker_frontend_api::{Binding, Role, SymbolFlags, SymbolKind};
use ruff_python_ast::{self as ast, Expr};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::scope::Definition;
use super::statement::from_to;
use super::{Lowerer, span};

/// Where the value of a target comes from, which decides how far its definition reaches.
#[derive(Debug, Clone, Copy)]
pub(super) enum Value {
    /// From the same statement, which ends here.
    UpTo(TextSize),
    /// There is none, only an annotation; the statement ends here.
    Declared(TextSize),
    /// From a loop or the like: the name alone is the definition.
    Elsewhere,
}

impl Value {
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
    /// Binds every name in a target.
    pub(super) fn bind_target(&mut self, target: &Expr, value: Value) {
        self.nested(|this| match target {
            Expr::Name(name) => {
                this.bind_name(name.id.as_str(), name.range, value.range(name), value.flags());
            }
            Expr::Attribute(attribute) => this.bind_attribute(attribute, value),
            Expr::Tuple(target) => target.elts.iter().for_each(|element| this.bind_target(element, value)),
            Expr::List(target) => target.elts.iter().for_each(|element| this.bind_target(element, value)),
            Expr::Starred(target) => this.bind_target(&target.value, value),
            // A subscript's parts are read; anything else is a syntax error.
            target => this.read(target),
        });
    }

    /// An augmented assignment binds a name like any other, but `self.x += 1` defines no field: it reads one.
    pub(super) fn visit_augmented_target(&mut self, target: &Expr, statement: TextRange) {
        match target {
            Expr::Name(_) => self.bind_target(target, Value::UpTo(statement.end())),
            Expr::Attribute(_) => {
                self.visit(target, Role::Write);
            }
            target => self.read(target),
        }
    }

    /// An assignment to an attribute: of the instance it is a field's definition, of anything else a write.
    fn bind_attribute(&mut self, attribute: &ast::ExprAttribute, value: Value) {
        let base = self.visit(&attribute.value, Role::Read);
        if attribute.attr.id.is_empty() {
            return;
        }
        let name = self.intern(attribute.attr.as_str(), attribute.attr.range);
        if let Some(class) = self.class_of_instance(&attribute.value)
            && self.bindings.get(class, name).is_none()
        {
            if let Some(field) = self.bindings.field(class, name) {
                if !matches!(value, Value::Declared(_))
                    && let Some(symbol) = self.symbols.get_mut(field.index())
                {
                    symbol.flags.remove(SymbolFlags::DECLARED_ONLY);
                }
            } else {
                let symbol = self.define(
                    class,
                    Definition {
                        name,
                        kind: SymbolKind::Field,
                        flags: SymbolFlags::INSTANCE | value.flags(),
                        span: span(value.range(attribute)),
                        name_span: span(attribute.attr.range),
                    },
                );
                self.bindings.set_field(class, name, symbol);
                return;
            }
        }
        let binding = base.map_or(Binding::Unknown, Binding::Attribute);
        self.refer_bound(name, span(attribute.attr.range), Role::Write, binding);
    }
}
