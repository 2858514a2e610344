//! Objects: their members, and the members that keys name of what an object is expected to be.
//!
//! An object that a name is bound to has members of its own (`const o = { a() {} }`), as has one that a function
//! returns. Where the text says what an object is to be (`const o: T = { a: 1 }`, an argument of a call), its keys are
//! uses of the members of that.

use std::rc::Rc;

use esker_frontend_api::{FactKind, Role, ScopeId, ScopeKind, SymbolFlags, SymbolId, SymbolKind, Value, ValueId};
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use rustc_hash::FxHashSet;

use super::define::{Defining, This};
use super::fact::Subject;
use super::function::{Receiver, function_flags, value_kind};
use super::value::{frozen, is_const};
use super::{Lowerer, span};

/// How many properties an object may have that has members: one of more is a table of data.
pub(super) const MAX_PROPERTIES: usize = 1024;

impl<'a> Lowerer<'_> {
    /// Visits an expression that is to be like `context`, a value, or that is bound to the name of `owner`.
    pub(super) fn visit_for(&mut self, value: &Expression<'a>, context: Option<ValueId>, owner: Option<SymbolId>) {
        match value {
            Expression::ObjectExpression(it) => match context {
                Some(context) => self.lower_object_like(it, context),
                None => _ = self.lower_object(it, owner),
            },
            Expression::ArrayExpression(it) => {
                let context = context.map(|context| self.values.push(Value::Element(context)));
                for element in &it.elements {
                    match (element.as_expression(), context) {
                        (Some(element), Some(context)) => self.visit_for(element, Some(context), None),
                        _ => self.visit_array_expression_element(element),
                    }
                }
            }
            Expression::ParenthesizedExpression(it) => match self.lower_cast(it) {
                Some(cast) => self.visit_for(&it.expression, Some(cast), None),
                None => self.visit_for(&it.expression, context, owner),
            },
            Expression::TSAsExpression(it) => {
                self.visit_ts_type(&it.type_annotation);
                let declared = self.type_value(&it.type_annotation).map(|ty| self.annotated(ty));
                let (context, owner) = if is_const(&it.type_annotation) { (context, owner) } else { (declared, None) };
                self.visit_for(&it.expression, context, owner);
            }
            Expression::TSSatisfiesExpression(it) => {
                self.visit_ts_type(&it.type_annotation);
                let declared = self.type_value(&it.type_annotation).map(|ty| self.annotated(ty));
                self.visit_for(&it.expression, declared, owner);
            }
            Expression::CallExpression(it) if context.is_none() && frozen(it).is_some() => {
                self.visit_expression(&it.callee);
                let mut arguments = it.arguments.iter();
                if let Some(first) = arguments.next().and_then(Argument::as_expression) {
                    self.visit_for(first, None, owner);
                }
                arguments.for_each(|argument| self.visit_argument(argument));
            }
            Expression::CallExpression(it) => self.lower_call(it, context),
            Expression::NewExpression(it) => self.lower_new(it, context),
            Expression::ConditionalExpression(it) => self.lower_conditional_expression(it, context),
            Expression::LogicalExpression(it) => self.lower_logical_expression(it, context),
            Expression::ArrowFunctionExpression(it) => self.lower_arrow(it, None, context),
            Expression::FunctionExpression(it) => self.lower_named_function(it, context),
            _ => self.visit_expression(value),
        }
    }

    /// Visits an expression that is to be like `context`, if that is known.
    pub(super) fn visit_like(&mut self, value: &Expression<'a>, context: Option<ValueId>) {
        match context {
            Some(_) => self.visit_for(value, context, None),
            None => self.visit_expression(value),
        }
    }

    /// What a comment says that an expression in parentheses is.
    pub(super) fn lower_cast(&mut self, it: &ParenthesizedExpression<'a>) -> Option<ValueId> {
        let ty = self.doc_type(it.span.start)?;
        let cast = self.annotated(ty);
        self.casts.insert(it.span.start, cast);
        Some(cast)
    }

    /// Visits an object that is to be like a value.
    fn lower_object_like(&mut self, it: &ObjectExpression<'a>, context: ValueId) {
        for property in &it.properties {
            let property = match property {
                ObjectPropertyKind::ObjectProperty(property) => property,
                ObjectPropertyKind::SpreadProperty(spread) => {
                    self.visit_spread_element(spread);
                    continue;
                }
            };
            let member = if property.computed { None } else { self.key_used(&property.key, context, Role::Keyword) };
            if property.computed {
                walk::walk_property_key(self, &property.key);
            }
            self.document(&property.value, &[property.span.start]);
            self.visit_for(&property.value, member, None);
        }
    }

    /// Visits an object that has members of its own, which it has if it is the value of a name.
    pub(super) fn lower_object(&mut self, it: &ObjectExpression<'a>, owner: Option<SymbolId>) -> Option<ScopeId> {
        if it.properties.len() > MAX_PROPERTIES || owner.is_none() && self.function.symbol.is_none() {
            walk::walk_object_expression(self, it);
            return None;
        }
        // The objects that a function returns have their members together.
        let known = owner.filter(|owner| self.symbols[owner.index()].kind == SymbolKind::Parameter);
        let known = known.and_then(|owner| self.symbols[owner.index()].body);
        let scope = known.unwrap_or_else(|| self.open_scope(ScopeKind::Class, owner, it.span));
        if let Some(owner) = owner {
            self.symbols[owner.index()].body.get_or_insert(scope);
        }
        self.members_at.insert(it.span.start, scope);
        let this = This {
            class: scope,
            declared: Rc::new(FxHashSet::default()),
            is_instance: false,
            base: None,
            is_class: false,
        };
        for property in &it.properties {
            match property {
                ObjectPropertyKind::ObjectProperty(property) => {
                    self.lower_property(property, scope, &this);
                    if property.computed {
                        owner.into_iter().for_each(|owner| self.tell_unnamed_members(owner));
                    }
                }
                ObjectPropertyKind::SpreadProperty(spread) => {
                    self.visit_spread_element(spread);
                    let value = self.value(&spread.argument);
                    self.tell_known(owner.map(Subject::Symbol), FactKind::Base, value);
                }
            }
        }
        Some(scope)
    }

    /// Notes that a variable is bound to an object, if this was one: in JavaScript its members can be added later.
    pub(super) fn note_object(&mut self, pattern: &BindingPattern<'a>, value: &Expression<'a>) {
        let mut value = value;
        while let Expression::AssignmentExpression(it) = value {
            value = &it.right;
        }
        if let (BindingPattern::BindingIdentifier(id), Expression::ObjectExpression(object)) = (pattern, value)
            && let (Some(declared), Some(scope)) = (id.symbol_id.get(), self.members_at.get(object.span.start))
            && !self.is_typed()
        {
            self.objects.insert(declared, scope);
        }
    }

    /// Where the members are that can be added to what a name is bound to, and what they are besides: those of an
    /// object, or in JavaScript of a class.
    fn added_to(&self, object: &IdentifierReference<'a>) -> Option<(ScopeId, SymbolFlags)> {
        let declared = object.reference_id.get().and_then(|id| self.scoping.get_reference(id).symbol_id())?;
        if let Some(scope) = self.objects.get(&declared) {
            return Some((*scope, SymbolFlags::empty()));
        }
        let class = self.declarations[declared.index()].value.map(|symbol| &self.symbols[symbol.index()])?;
        let is_class = class.kind == SymbolKind::Class && !self.is_typed();
        is_class.then_some((class.body?, SymbolFlags::STATIC))
    }

    /// Visits an assignment that adds a member to an object; `false` if it does not.
    pub(super) fn lower_added(&mut self, it: &AssignmentExpression<'a>) -> bool {
        let AssignmentTarget::StaticMemberExpression(target) = &it.left else { return false };
        let Expression::Identifier(object) = &target.object else { return false };
        let Some((scope, besides)) = self.added_to(object) else { return false };
        let (name, at) = (self.intern(target.property.name.as_str()), target.property.span);
        if !it.operator.is_assign() || self.members.contains_key(&(scope, name)) {
            return false;
        }
        self.refer_identifier(object, Role::Read);
        let kind = value_kind(&it.right).into_member();
        let flags = match &it.right {
            Expression::FunctionExpression(function) => besides | function_flags(function),
            _ => besides,
        };
        let member = self.define_named_member(name, at, scope, Defining { kind, flags, span: span(it.span) });
        self.document(&it.right, &[it.span.start]);
        self.lower_named_value(&it.right, Some(member));
        if kind == SymbolKind::Field {
            let value = self.value(&it.right);
            self.tell_known(Some(Subject::Symbol(member)), FactKind::Assigned, value);
        }
        true
    }

    fn lower_property(&mut self, it: &ObjectProperty<'a>, scope: ScopeId, this: &This) {
        let named = if it.computed { None } else { self.key(&it.key) };
        let Some((name, at)) = named else {
            walk::walk_object_property(self, it);
            return;
        };
        if it.shorthand {
            // What it is called is what its value is called.
            self.visit_expression(&it.value);
        }
        let is_accessor = it.kind != PropertyKind::Init;
        let kind = if it.method || is_accessor { SymbolKind::Method } else { value_kind(&it.value).into_member() };
        let mut flags = match &it.value {
            Expression::FunctionExpression(function) => function_flags(function),
            _ => SymbolFlags::empty(),
        };
        flags.set(SymbolFlags::ACCESSOR, is_accessor);
        let symbol = self.define_named_member(name, at, scope, Defining { kind, flags, span: span(it.span) });
        if it.shorthand {
            let value = self.value(&it.value);
            self.tell_known(Some(Subject::Symbol(symbol)), FactKind::Assigned, value);
            return;
        }
        self.unexported(|lowerer| {
            lowerer.document(&it.value, &[it.span.start]);
            lowerer.inside(scope, |lowerer| match &it.value {
                Expression::FunctionExpression(function) if function.id.is_none() => {
                    let outside = (lowerer.this.replace(this.clone()), lowerer.declared_this.take());
                    lowerer.lower_function(function, Some(symbol), Receiver::Kept, None);
                    (lowerer.this, lowerer.declared_this) = outside;
                }
                value => lowerer.lower_named_value(value, Some(symbol)),
            });
        });
        if kind == SymbolKind::Field {
            let value = self.value(&it.value);
            self.tell_known(Some(Subject::Symbol(symbol)), FactKind::Assigned, value);
        }
    }
}

/// What a member is that has a value of this kind.
trait IntoMember {
    fn into_member(self) -> SymbolKind;
}

impl IntoMember for SymbolKind {
    fn into_member(self) -> SymbolKind {
        match self {
            Self::Function => Self::Method,
            Self::Class => Self::Class,
            _ => Self::Field,
        }
    }
}
