//! The values that facts, attributes and keywords are about.
//!
//! The visitor makes a value only where something needs it, and only for what it has just visited: so the values that
//! another is made of come before it, and most expressions, being arguments or conditions, have none.

use esker_frontend_api::{Literal, NameId, ReferenceId, Value, ValueId, ValueList, ValueTable};
use ruff_python_ast::{self as ast, Expr, Number, UnaryOp};

use super::Lowerer;

/// How many elements of a display, operands of `or` and `and`, or `return` statements of a function are looked at.
/// A list of more is a table of data, of which the first rows are like the others.
pub(super) const MAX_ELEMENTS: usize = 8;

/// How deeply the parts of a subscript outside of annotations may nest to be taken for types.
const MAX_TYPE_DEPTH: u32 = 8;

/// What the value of an expression is needed for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// For nothing, unless it is a plain reference.
    Reference,
    /// For something that refers to it.
    Value,
}

/// What is known of an expression once it is visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Seen {
    /// Nothing, or nothing was needed.
    #[default]
    Nothing,
    /// It is a name or an attribute, and this stands for it. It has no value yet.
    Reference(ReferenceId),
    /// It has this value.
    Value(ValueId),
}

/// The table of values while it grows.
#[derive(Default)]
pub(super) struct Values {
    table: ValueTable,
    /// Values without parts that are in the table already: every literal once, and the unknown one.
    shared: Vec<(Value, ValueId)>,
}

impl Values {
    pub(super) fn push(&mut self, value: Value) -> ValueId {
        self.table.push(value)
    }

    /// A value that is made of a list of others.
    pub(super) fn push_with_list(&mut self, values: &[ValueId], make: impl FnOnce(ValueList) -> Value) -> ValueId {
        let list = self.table.push_list(values);
        self.table.push(make(list))
    }

    /// The value of a literal of which no element is known.
    pub(super) fn literal(&mut self, literal: Literal) -> ValueId {
        self.share(Value::Literal(literal, ValueList::EMPTY))
    }

    /// The value of which nothing is known.
    pub(super) fn unknown(&mut self) -> ValueId {
        self.share(Value::Unknown)
    }

    fn share(&mut self, value: Value) -> ValueId {
        if let Some((_, id)) = self.shared.iter().find(|(shared, _)| *shared == value) {
            return *id;
        }
        let id = self.push(value);
        self.shared.push((value, id));
        id
    }

    pub(super) fn get(&self, id: ValueId) -> Value {
        self.table.get(id)
    }

    pub(super) fn list(&self, list: ValueList) -> impl Iterator<Item = ValueId> + '_ {
        self.table.list(list)
    }

    /// Follows the references to where they have been moved.
    pub(super) fn move_references(&mut self, moved: &[ReferenceId]) {
        for value in self.table.all_mut() {
            if let Value::Reference(reference) = value {
                *reference = moved[reference.index()];
            }
        }
    }

    /// Follows the imports to where they have been moved.
    pub(super) fn move_imports(&mut self, moved: &[u32]) {
        for value in self.table.all_mut() {
            if let Value::Import(import) = value {
                *import = moved[*import as usize];
            }
        }
    }

    pub(super) fn finish(self) -> ValueTable {
        self.table
    }
}

impl Lowerer<'_> {
    /// The value of what was seen, if anything is known of it.
    pub(super) fn known_value(&mut self, seen: Seen) -> Option<ValueId> {
        match seen {
            Seen::Nothing => None,
            Seen::Reference(reference) => Some(self.values.push(Value::Reference(reference))),
            Seen::Value(value) => Some(value),
        }
    }

    /// The value of what was seen.
    pub(super) fn value(&mut self, seen: Seen) -> ValueId {
        self.known_value(seen).unwrap_or_else(|| self.values.unknown())
    }

    /// What something made of a value is: nothing, if nothing is known of the value.
    pub(super) fn derive(&mut self, seen: Seen, make: impl FnOnce(ValueId) -> Value) -> Seen {
        match self.known_value(seen) {
            Some(value) => Seen::Value(self.values.push(make(value))),
            None => Seen::Nothing,
        }
    }

    /// A literal or a display, if it is needed.
    pub(super) fn literal(&mut self, need: Need, literal: Literal, elements: &[ValueId]) -> Seen {
        match need {
            Need::Reference => Seen::Nothing,
            Need::Value if elements.is_empty() => Seen::Value(self.values.literal(literal)),
            Need::Value => {
                Seen::Value(self.values.push_with_list(elements, |elements| Value::Literal(literal, elements)))
            }
        }
    }

    /// One of several, if any of them is known.
    pub(super) fn either(&mut self, values: &[ValueId]) -> Seen {
        match *values {
            [] => Seen::Nothing,
            [value] => Seen::Value(value),
            _ if values.iter().all(|value| self.values.get(*value) == Value::Unknown) => Seen::Nothing,
            _ => Seen::Value(self.values.push_with_list(values, Value::Either)),
        }
    }

    /// One of two, as far as they are known.
    pub(super) fn either_of(&mut self, one: Option<ValueId>, other: Option<ValueId>) -> Seen {
        match (one, other) {
            (Some(one), Some(other)) => self.either(&[one, other]),
            (one, other) => self.either(one.or(other).as_slice()),
        }
    }

    /// Whether a call is one of `typing.cast`, by the name under which that or its module was imported.
    pub(super) fn is_cast(&self, call: &ast::ExprCall) -> bool {
        if call.arguments.args.len() < 2 {
            return false;
        }
        let is_imported = |name: &str, names: &[NameId]| {
            !names.is_empty() && self.names.find(name).is_some_and(|name| names.contains(&name))
        };
        match &*call.func {
            Expr::Name(name) => is_imported(name.id.as_str(), self.imports.casts()),
            Expr::Attribute(attribute) if attribute.attr.as_str() == "cast" => {
                matches!(&*attribute.value, Expr::Name(module) if is_imported(module.id.as_str(), self.imports.typings()))
            }
            _ => false,
        }
    }
}

/// What sort of literal an operand makes of an operator before it.
pub(super) fn unary(operation: &ast::ExprUnaryOp) -> Option<Literal> {
    match (operation.op, &*operation.operand) {
        (UnaryOp::Not, _) => Some(Literal::Boolean),
        (_, Expr::NumberLiteral(number)) => Some(number_literal(number)),
        _ => None,
    }
}

pub(super) fn number_literal(number: &ast::ExprNumberLiteral) -> Literal {
    if matches!(number.value, Number::Int(_)) { Literal::Integer } else { Literal::Number }
}

/// Whether a sum or a formatting begins with a string, which makes it one.
pub(super) fn begins_with_text(operation: &ast::ExprBinOp) -> bool {
    let mut operation = operation;
    while matches!(operation.op, ast::Operator::Add | ast::Operator::Mod) {
        match &*operation.left {
            Expr::BinOp(left) => operation = left,
            left => return matches!(left, Expr::StringLiteral(_) | Expr::FString(_)),
        }
    }
    false
}

/// Whether a subscript may be the arguments of a type: it consists of names alone.
pub(super) fn may_be_types(subscript: &Expr) -> bool {
    fn is_type(expression: &Expr, depth: u32) -> bool {
        let all = |expressions: &[Expr]| expressions.iter().all(|expression| is_type(expression, depth + 1));
        depth < MAX_TYPE_DEPTH
            && match expression {
                Expr::Name(_) | Expr::NoneLiteral(_) | Expr::EllipsisLiteral(_) => true,
                Expr::Attribute(attribute) => is_type(&attribute.value, depth),
                Expr::Subscript(subscript) => is_type(&subscript.value, depth) && is_type(&subscript.slice, depth + 1),
                Expr::BinOp(operation) if operation.op == ast::Operator::BitOr => {
                    is_type(&operation.left, depth + 1) && is_type(&operation.right, depth + 1)
                }
                Expr::Tuple(tuple) => all(&tuple.elts),
                Expr::List(list) => all(&list.elts),
                _ => false,
            }
    }
    is_type(subscript, 0)
}
