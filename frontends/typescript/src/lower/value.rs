//! The values of expressions that facts and members of values are about; [`super::annotation`] has those of types.
//!
//! A value is made only where something needs it, of what was visited before: the names in it are references that are
//! there already, found by where they stand.

use std::ops::Deref;

use esker_frontend_api::{Literal, NameId, ReferenceId, Value, ValueId, ValueList, ValueTable};
use oxc_ast::ast::*;
use oxc_span::GetSpan;
use oxc_syntax::operator::LogicalOperator;
use rustc_hash::FxHashMap;

use super::Lowerer;

/// How many elements of an array or `return` statements of a function are looked at.
pub(super) const MAX_ELEMENTS: usize = 16;

/// How many members of a union are looked at.
pub(super) const MAX_MEMBERS: usize = 64;

/// How deeply expressions and types may nest in one another to have a value.
pub(super) const MAX_DEPTH: u32 = 16;

/// The values that another one is made of, as many as are looked at.
pub(super) struct Elements {
    values: [ValueId; MAX_MEMBERS + 1],
    count: usize,
}

impl Elements {
    pub(super) fn new() -> Self {
        Self { values: [ValueId(0); MAX_MEMBERS + 1], count: 0 }
    }

    /// Adds a value, unless there are as many already.
    pub(super) fn push(&mut self, value: ValueId) {
        if let Some(slot) = self.values.get_mut(self.count) {
            *slot = value;
            self.count += 1;
        }
    }
}

impl Deref for Elements {
    type Target = [ValueId];

    fn deref(&self) -> &[ValueId] {
        &self.values[..self.count]
    }
}

/// The table of values while it grows.
#[derive(Default)]
pub(super) struct Values {
    table: ValueTable,
    /// Values without parts: each once.
    shared: FxHashMap<Value, ValueId>,
    /// Lists of values of which nothing is known, by their length.
    unknown: Vec<Option<ValueList>>,
    /// Those that are references, by the number of the reference.
    references: Vec<Option<ValueId>>,
}

impl Values {
    pub(super) fn push(&mut self, value: Value) -> ValueId {
        self.table.push(value)
    }

    pub(super) fn share(&mut self, value: Value) -> ValueId {
        let Self { table, shared, .. } = self;
        *shared.entry(value).or_insert_with(|| table.push(value))
    }

    /// A list of values. Those of which nothing is known are shared.
    pub(super) fn share_list(&mut self, values: &[ValueId]) -> ValueList {
        let Self { table, unknown, .. } = self;
        if values.iter().any(|value| table.get(*value) != Value::Unknown) {
            return table.push_list(values);
        }
        if unknown.len() <= values.len() {
            unknown.resize(values.len() + 1, None);
        }
        *unknown[values.len()].get_or_insert_with(|| table.push_list(values))
    }

    pub(super) fn reference(&mut self, reference: ReferenceId) -> ValueId {
        if reference.index() >= self.references.len() {
            self.references.resize(reference.index() + 1, None);
        }
        let Self { table, references, .. } = self;
        *references[reference.index()].get_or_insert_with(|| table.push(Value::Reference(reference)))
    }

    pub(super) fn get(&self, value: ValueId) -> Value {
        self.table.get(value)
    }

    pub(super) fn push_with_list(&mut self, values: &[ValueId], make: impl FnOnce(ValueList) -> Value) -> ValueId {
        let list = self.table.push_list(values);
        self.table.push(make(list))
    }

    /// Follows the references and imports to where they have been moved.
    pub(super) fn finish(mut self, references: Option<&[ReferenceId]>, imports: &[u32]) -> ValueTable {
        for value in self.table.all_mut() {
            match value {
                Value::Reference(reference) => {
                    if let Some(moved) = references {
                        *reference = moved[reference.index()];
                    }
                }
                Value::Import(import) => *import = imports[*import as usize],
                _ => {}
            }
        }
        self.table
    }
}

impl<'a> Lowerer<'_> {
    /// The value of a literal of which no element is known.
    pub(super) fn literal(&mut self, literal: Literal) -> ValueId {
        self.values.share(Value::Literal(literal, ValueList::EMPTY))
    }

    /// The value itself, or the one of which nothing is known.
    pub(super) fn or_unknown(&mut self, value: Option<ValueId>) -> ValueId {
        value.unwrap_or_else(|| self.values.share(Value::Unknown))
    }

    /// The only value of its type that is written so.
    pub(super) fn unit(&mut self, written: &str) -> ValueId {
        let written = self.intern(written);
        self.values.share(Value::Unit(written))
    }

    /// The only value of its type that is this text.
    pub(super) fn text_unit(&mut self, text: &str) -> ValueId {
        self.unit(&["\"", text].concat())
    }

    /// A member of a value.
    pub(super) fn member_of(&mut self, value: ValueId, name: NameId) -> ValueId {
        self.values.push(Value::Member(value, name))
    }

    /// An instance of the type that a value stands for.
    pub(super) fn annotated(&mut self, value: ValueId) -> ValueId {
        self.values.push(Value::Annotated(value))
    }

    /// One of several, as far as they are known.
    pub(super) fn either(&mut self, values: &[ValueId]) -> Option<ValueId> {
        match values {
            [] => None,
            [one] => Some(*one),
            several => Some(self.values.push_with_list(several, Value::Either)),
        }
    }

    /// The value of the name that stands here and was visited.
    pub(super) fn name_value(&mut self, at: oxc_span::Span) -> Option<ValueId> {
        let reference = self.reference_at.get(at.start)?;
        let narrowed = self.narrowed.get(&reference).copied();
        Some(narrowed.unwrap_or_else(|| self.values.reference(reference)))
    }

    /// The value of an expression that was visited; `None` if nothing is known of it.
    pub(super) fn value(&mut self, expression: &Expression<'a>) -> Option<ValueId> {
        self.value_at(expression, 0)
    }

    pub(super) fn value_at(&mut self, expression: &Expression<'a>, depth: u32) -> Option<ValueId> {
        if depth > MAX_DEPTH {
            return None;
        }
        let depth = depth + 1;
        match expression {
            Expression::Identifier(it) if it.name == "undefined" => Some(self.literal(Literal::None)),
            Expression::Identifier(it) => self.name_value(it.span),
            Expression::StaticMemberExpression(it) => self.name_value(it.property.span),
            Expression::PrivateFieldExpression(it) => self.name_value(it.field.span),
            Expression::ComputedMemberExpression(it) => self.computed_member(it, depth),
            Expression::ThisExpression(_) => self.this_value(),
            Expression::Super(_) => self.super_value(),
            Expression::ImportMeta(_) => {
                let name = self.intern("ImportMeta");
                let ty = self.values.share(Value::Name(name));
                Some(self.annotated(ty))
            }
            Expression::CallExpression(it) => self.call_value(it, depth),
            Expression::NewExpression(it) => self.new_value(it, depth),
            Expression::TaggedTemplateExpression(it) => {
                let callee = self.value_at(&it.tag, depth)?;
                let callee = self.called_with(callee, it.type_arguments.as_deref(), depth);
                Some(self.values.push(Value::Call(callee)))
            }
            Expression::ImportExpression(it) => {
                let import = self.import_at.get(it.span.end)?;
                Some(self.values.share(Value::Import(import)))
            }
            Expression::AwaitExpression(it) => {
                let inner = self.value_at(&it.argument, depth)?;
                Some(self.values.push(Value::Awaited(inner)))
            }
            Expression::ParenthesizedExpression(it) => match self.casts.get(it.span.start) {
                Some(cast) => Some(cast),
                None => self.value_at(&it.expression, depth),
            },
            Expression::TSNonNullExpression(it) => self.value_at(&it.expression, depth),
            Expression::TSSatisfiesExpression(it) => self.value_at(&it.expression, depth),
            Expression::TSInstantiationExpression(it) => {
                let generic = self.value_at(&it.expression, depth)?;
                Some(self.with_arguments_at(generic, Some(&it.type_arguments), depth))
            }
            Expression::TSAsExpression(it) if is_const(&it.type_annotation) => self.value_at(&it.expression, depth),
            Expression::TSAsExpression(it) => self.asserted(&it.type_annotation, depth),
            Expression::TSTypeAssertion(it) => self.asserted(&it.type_annotation, depth),
            Expression::ConditionalExpression(it) => {
                let one = self.value_at(&it.consequent, depth);
                let other = self.value_at(&it.alternate, depth);
                self.either_of(one, other)
            }
            Expression::LogicalExpression(it) => {
                let left = match it.operator {
                    LogicalOperator::And => None,
                    LogicalOperator::Or | LogicalOperator::Coalesce => self.value_at(&it.left, depth),
                };
                let right = self.value_at(&it.right, depth);
                self.either_of(left, right)
            }
            Expression::AssignmentExpression(it) => self.value_at(&it.right, depth),
            Expression::SequenceExpression(it) => self.value_at(it.expressions.last()?, depth),
            Expression::ChainExpression(it) => match &it.expression {
                ChainElement::CallExpression(call) => self.call_value(call, depth),
                ChainElement::TSNonNullExpression(inner) => self.value_at(&inner.expression, depth),
                ChainElement::StaticMemberExpression(member) => self.name_value(member.property.span),
                ChainElement::PrivateFieldExpression(member) => self.name_value(member.field.span),
                ChainElement::ComputedMemberExpression(member) => self.computed_member(member, depth),
            },
            Expression::StringLiteral(_) | Expression::TemplateLiteral(_) => Some(self.literal(Literal::Text)),
            Expression::NumericLiteral(_) | Expression::BigIntLiteral(_) => Some(self.literal(Literal::Number)),
            Expression::BooleanLiteral(_) => Some(self.literal(Literal::Boolean)),
            Expression::NullLiteral(_) => Some(self.literal(Literal::None)),
            Expression::ArrayExpression(it) => Some(self.array_value(it, depth)),
            Expression::ObjectExpression(it) => self.scope_value(it.span),
            Expression::ClassExpression(it) => self.scope_value(it.body.span),
            Expression::ArrowFunctionExpression(it) => {
                let returned = match (&it.return_type, &it.body) {
                    (Some(declared), _) => self.type_at(&declared.type_annotation, depth),
                    (None, ArrowFunctionBody::FunctionBody(body)) => self.returned_value(&body.statements, depth),
                    (None, body) => {
                        let body = body.as_expression().and_then(|body| self.value_at(body, depth));
                        body.map(|body| self.values.push(Value::TypeOf(body)))
                    }
                };
                self.function_value(returned, &it.params, depth)
            }
            Expression::FunctionExpression(it) => {
                let returned = match (&it.return_type, &it.body) {
                    (Some(declared), _) => self.type_at(&declared.type_annotation, depth),
                    (None, Some(body)) if !it.generator => self.returned_value(&body.statements, depth),
                    _ => None,
                };
                self.function_value(returned, &it.params, depth)
            }
            _ => None,
        }
    }

    /// What a function without a name returns that has these statements, as a type; of an asynchronous one, what
    /// awaiting that gives.
    fn returned_value(&mut self, statements: &[Statement<'a>], depth: u32) -> Option<ValueId> {
        let mut returned = Vec::new();
        returns(statements, 0, &mut returned);
        let mut all = Elements::new();
        for value in returned.into_iter().take(MAX_ELEMENTS) {
            let value = self.value_at(value, depth);
            all.push(self.or_unknown(value));
        }
        let returned = self.either(&all)?;
        Some(self.values.push(Value::TypeOf(returned)))
    }

    fn either_of(&mut self, one: Option<ValueId>, other: Option<ValueId>) -> Option<ValueId> {
        let known: Vec<ValueId> = one.into_iter().chain(other).collect();
        self.either(&known)
    }

    fn computed_member(&mut self, it: &ComputedMemberExpression<'a>, depth: u32) -> Option<ValueId> {
        if matches!(it.expression, Expression::StringLiteral(_))
            && let Some(reference) = self.reference_at.get(it.expression.span().start)
        {
            return Some(self.values.reference(reference));
        }
        let object = self.value_at(&it.object, depth)?;
        Some(self.values.push(Value::Item(object, ValueList::EMPTY)))
    }

    fn array_value(&mut self, it: &ArrayExpression<'a>, depth: u32) -> ValueId {
        let mut elements = Elements::new();
        for element in it.elements.iter().take(MAX_ELEMENTS) {
            let value = match element {
                ArrayExpressionElement::SpreadElement(spread) => {
                    let spread = self.value_at(&spread.argument, depth);
                    spread.map(|spread| self.values.push(Value::Element(spread)))
                }
                ArrayExpressionElement::Elision(_) => None,
                other => other.as_expression().and_then(|element| self.value_at(element, depth)),
            };
            value.into_iter().for_each(|value| elements.push(value));
        }
        self.values.push_with_list(&elements, |elements| Value::Literal(Literal::List, elements))
    }

    fn asserted(&mut self, it: &TSType<'a>, depth: u32) -> Option<ValueId> {
        let ty = self.type_at(it, depth)?;
        Some(self.annotated(ty))
    }

    /// What has the members of the class, or of the object or type without a name, that stands here.
    pub(super) fn scope_value(&mut self, at: oxc_span::Span) -> Option<ValueId> {
        let scope = self.members_at.get(at.start)?;
        Some(self.values.share(Value::Scope(scope)))
    }

    /// `this` where the visitor is.
    pub(super) fn this_value(&mut self) -> Option<ValueId> {
        if let Some(declared) = self.declared_this {
            return Some(declared);
        }
        let this = self.this.as_ref()?;
        let (scope, is_instance) = (this.class, this.is_instance);
        let value = self.values.share(Value::Scope(scope));
        Some(if is_instance { self.values.share(Value::Annotated(value)) } else { value })
    }

    /// `super` where the visitor is.
    pub(super) fn super_value(&mut self) -> Option<ValueId> {
        let this = self.this.as_ref()?;
        let (base, is_instance) = (this.base?, this.is_instance);
        Some(if is_instance { self.values.share(Value::Annotated(base)) } else { base })
    }

    pub(super) fn function_value(
        &mut self,
        returned: Option<ValueId>,
        parameters: &FormalParameters<'a>,
        depth: u32,
    ) -> Option<ValueId> {
        let mut elements = Elements::new();
        elements.push(self.or_unknown(returned));
        for parameter in parameters.items.iter().take(MAX_ELEMENTS) {
            let declared = parameter.type_annotation.as_ref();
            let ty = declared.and_then(|it| self.type_at(&it.type_annotation, depth));
            elements.push(self.or_unknown(ty));
        }
        Some(self.values.push_with_list(&elements, |elements| Value::Literal(Literal::Function, elements)))
    }
}

/// Whether an assertion is `as const`, which says nothing of the type.
pub(super) fn is_const(it: &TSType<'_>) -> bool {
    matches!(it, TSType::TSTypeReference(it)
        if matches!(&it.type_name, TSTypeName::IdentifierReference(name) if name.name == "const"))
}

/// What a call of `Object.freeze` and its like gives back.
pub(super) fn frozen<'n, 'a>(it: &'n CallExpression<'a>) -> Option<&'n Expression<'a>> {
    let Expression::StaticMemberExpression(callee) = &it.callee else { return None };
    let is_object = matches!(&callee.object, Expression::Identifier(object) if object.name == "Object");
    let gives_back = matches!(callee.property.name.as_str(), "freeze" | "seal" | "preventExtensions");
    if is_object && gives_back { it.arguments.first().and_then(Argument::as_expression) } else { None }
}

/// What is returned among statements.
fn returns<'n, 'a>(statements: &'n [Statement<'a>], depth: u32, all: &mut Vec<&'n Expression<'a>>) {
    statements.iter().for_each(|it| returns_in(it, depth, all));
}

fn returns_in<'n, 'a>(it: &'n Statement<'a>, depth: u32, all: &mut Vec<&'n Expression<'a>>) {
    if depth > MAX_DEPTH {
        return;
    }
    let depth = depth + 1;
    match it {
        Statement::ReturnStatement(it) => all.extend(&it.argument),
        Statement::BlockStatement(it) => returns(&it.body, depth, all),
        Statement::IfStatement(it) => {
            returns_in(&it.consequent, depth, all);
            it.alternate.iter().for_each(|it| returns_in(it, depth, all));
        }
        Statement::TryStatement(it) => {
            returns(&it.block.body, depth, all);
            it.handler.iter().for_each(|it| returns(&it.body.body, depth, all));
            it.finalizer.iter().for_each(|it| returns(&it.body, depth, all));
        }
        Statement::SwitchStatement(it) => it.cases.iter().for_each(|case| returns(&case.consequent, depth, all)),
        Statement::ForStatement(it) => returns_in(&it.body, depth, all),
        Statement::ForInStatement(it) => returns_in(&it.body, depth, all),
        Statement::ForOfStatement(it) => returns_in(&it.body, depth, all),
        Statement::WhileStatement(it) => returns_in(&it.body, depth, all),
        Statement::DoWhileStatement(it) => returns_in(&it.body, depth, all),
        Statement::LabeledStatement(it) => returns_in(&it.body, depth, all),
        _ => {}
    }
}
