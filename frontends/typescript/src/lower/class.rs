//! Classes and what stands in their bodies.

use esker_frontend_api::{EdgeKinds, FactKind, Role, ScopeKind, SymbolFlags, SymbolId, SymbolKind, Value, ValueId};
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use rustc_hash::FxHashSet;
use std::rc::Rc;

use super::define::{Defining, This};
use super::fact::Subject;
use super::function::{Receiver, function_flags, value_kind};
use super::{Lowerer, span};

impl<'a> Lowerer<'_> {
    /// Visits a class but for its decorators and its name.
    pub(super) fn lower_class(&mut self, it: &Class<'a>, owner: Option<SymbolId>) {
        self.documented = None;
        let theirs = it.scope_id.get();
        let around = match it.type_parameters {
            Some(_) => self.open_scope(ScopeKind::TypeParameters, owner, it.span),
            None => self.scope,
        };
        self.map_scope(theirs, around);
        self.unexported(|this| this.inside(around, |this| this.lower_class_inside(it, owner)));
    }

    pub(super) fn lower_class_inside(&mut self, it: &Class<'a>, owner: Option<SymbolId>) {
        it.type_parameters.iter().for_each(|it| self.visit_ts_type_parameter_declaration(it));
        if let Some(heritage) = &it.heritage {
            self.visit_as(&heritage.expression, Role::Base);
            heritage.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
        }
        for implemented in &it.implements {
            self.refer_type_name(&implemented.expression, Role::Base);
            implemented.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
        }
        let base = it.heritage.as_ref().and_then(|heritage| {
            let base = self.value(&heritage.expression)?;
            Some(self.with_arguments(base, heritage.type_arguments.as_deref()))
        });
        self.tell_known(owner.map(Subject::Symbol), FactKind::Base, base);
        for implemented in &it.implements {
            let value = self.heritage_value(&implemented.expression, implemented.type_arguments.as_deref());
            self.tell_known(owner.map(Subject::Symbol), FactKind::Base, value);
        }
        let class = self.open_scope(ScopeKind::Class, owner, it.body.span);
        self.members_at.insert(it.body.span.start, class);
        if base.is_some() {
            self.derived.insert(class);
        }
        if let Some(owner) = owner {
            self.symbols[owner.index()].body.get_or_insert(class);
        }
        let mut declared = FxHashSet::default();
        for element in &it.body.body {
            let key = element.property_key().and_then(|key| self.key(key));
            declared.extend(key.map(|(name, _)| name));
        }
        let declared_this = self.declared_this.take();
        let this =
            self.this.replace(This { class, declared: Rc::new(declared), is_instance: true, base, is_class: true });
        self.inside(class, |this| it.body.body.iter().for_each(|element| this.visit_class_element(element)));
        (self.this, self.declared_this) = (this, declared_this);
    }

    /// Visits a field's value, which an instance's is evaluated when it is made.
    pub(super) fn lower_field(
        &mut self,
        is_static: bool,
        value: Option<&Expression<'a>>,
        owner: Option<SymbolId>,
        declared: Option<ValueId>,
    ) {
        let Some(value) = value else { return };
        let circumstances = if is_static { EdgeKinds::empty() } else { EdgeKinds::LAZY };
        self.on(is_static, |this| {
            this.under(circumstances, |this| match declared {
                Some(declared) => this.visit_for(value, Some(declared), None),
                None => this.lower_named_value(value, owner),
            });
            let is_field = owner.is_some_and(|owner| this.symbols[owner.index()].kind == SymbolKind::Field);
            if declared.is_none() && is_field {
                let value = this.value(value);
                this.tell_known(owner.map(Subject::Symbol), FactKind::Assigned, value);
            }
        });
    }

    /// Visits a part of a class in which `this` is the class or an instance.
    pub(super) fn on(&mut self, is_static: bool, visit: impl FnOnce(&mut Self)) {
        let outside = self.this.clone();
        if let Some(this) = &mut self.this {
            this.is_instance = this.is_class && !is_static;
        }
        visit(self);
        self.this = outside;
    }

    /// Makes the symbol of the member with this key, if it is written out; visits a key that is computed.
    pub(super) fn member(
        &mut self,
        key: &PropertyKey<'a>,
        kind: SymbolKind,
        flags: SymbolFlags,
        at: oxc_span::Span,
    ) -> Option<SymbolId> {
        let defined = self.define_member(key, Defining { kind, flags, span: span(at) });
        if defined.is_none() {
            walk::walk_property_key(self, key);
        }
        defined
    }

    /// Visits what the text says about the type of a field, and tells it; returns the value that the field is to be.
    pub(super) fn lower_field_type(
        &mut self,
        it: Option<&TSTypeAnnotation<'a>>,
        field: Option<SymbolId>,
    ) -> Option<ValueId> {
        let declared = self.lower_annotation(it?, field)?;
        Some(self.tell_field_type(declared, field))
    }

    /// Tells of what type a field is; returns the value that it is to be.
    fn tell_field_type(&mut self, declared: ValueId, field: Option<SymbolId>) -> ValueId {
        match field.map(|field| (field, self.symbols[field.index()].kind)) {
            Some((field, SymbolKind::Field)) => self.tell(Subject::Symbol(field), FactKind::Type, declared),
            Some((field, SymbolKind::Method)) => {
                let function = self.annotated(declared);
                let returned = self.values.push(Value::Call(function));
                let returned = self.values.push(Value::TypeOf(returned));
                self.tell(Subject::Symbol(field), FactKind::Type, returned);
            }
            _ => {}
        }
        self.annotated(declared)
    }

    pub(super) fn lower_method_definition(&mut self, it: &MethodDefinition<'a>) {
        it.decorators.iter().for_each(|decorator| self.visit_decorator(decorator));
        let mut flags = function_flags(&it.value);
        flags.set(SymbolFlags::STATIC, it.r#static);
        flags.set(SymbolFlags::ACCESSOR, matches!(it.kind, MethodDefinitionKind::Get | MethodDefinitionKind::Set));
        let symbol = self.member(&it.key, SymbolKind::Method, flags, it.span);
        self.documented = Some(it.span.start);
        self.on(it.r#static, |this| this.lower_function(&it.value, symbol, Receiver::Kept, None));
    }

    pub(super) fn lower_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        it.decorators.iter().for_each(|decorator| self.visit_decorator(decorator));
        let kind = match it.value.as_ref().map(value_kind) {
            Some(SymbolKind::Function) => SymbolKind::Method,
            _ => SymbolKind::Field,
        };
        let mut flags = SymbolFlags::empty();
        flags.set(SymbolFlags::STATIC, it.r#static);
        let symbol = self.member(&it.key, kind, flags, it.span);
        let declared = match self.doc_type(it.span.start) {
            Some(declared) => Some(self.tell_field_type(declared, symbol)),
            None => self.lower_field_type(it.type_annotation.as_deref(), symbol),
        };
        it.value.iter().for_each(|value| self.document(value, &[it.span.start]));
        self.lower_field(it.r#static, it.value.as_ref(), symbol, declared);
    }

    pub(super) fn lower_accessor_property(&mut self, it: &AccessorProperty<'a>) {
        it.decorators.iter().for_each(|decorator| self.visit_decorator(decorator));
        let mut flags = SymbolFlags::empty();
        flags.set(SymbolFlags::STATIC, it.r#static);
        let symbol = self.member(&it.key, SymbolKind::Field, flags, it.span);
        let declared = self.lower_field_type(it.type_annotation.as_deref(), symbol);
        self.lower_field(it.r#static, it.value.as_ref(), symbol, declared);
    }

    pub(super) fn lower_static_block(&mut self, it: &StaticBlock<'a>) {
        let scope = self.open_scope(ScopeKind::Block, None, it.span);
        self.map_scope(it.scope_id.get(), scope);
        self.on(true, |this| this.inside(scope, |this| this.visit_statements(&it.body)));
    }
}
