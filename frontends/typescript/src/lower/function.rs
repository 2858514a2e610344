//! Functions: their parameters, what they return, and the names that have them as values.

use esker_frontend_api::{EdgeKinds, FactKind, ScopeKind, SymbolFlags, SymbolId, SymbolKind, Value, ValueId};
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;

use super::define::Defining;
use super::fact::{FunctionAround, Subject};
use super::{Lowerer, span};

/// Where a function's name and circumstances come from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Receiver {
    /// `this` is that of the code around: arrow functions, and methods, for which it was set already.
    Kept,
    /// `this` is whatever the caller says.
    Unknown,
}

/// The parts of a function that the forms of functions have in common.
pub(super) struct Parts<'n, 'a> {
    pub(super) span: oxc_span::Span,
    pub(super) scope: Option<oxc_syntax::scope::ScopeId>,
    pub(super) type_parameters: Option<&'n TSTypeParameterDeclaration<'a>>,
    pub(super) parameters: &'n FormalParameters<'a>,
    pub(super) return_type: Option<&'n TSTypeAnnotation<'a>>,
}

/// The [`Parts`] of a node: the forms of functions are types of their own, but name these fields alike.
macro_rules! parts_of {
    ($node:ident) => {
        parts_of!($node, $node.return_type.as_deref())
    };
    ($node:ident, $return_type:expr) => {
        Parts {
            span: $node.span,
            scope: $node.scope_id.get(),
            type_parameters: $node.type_parameters.as_deref(),
            parameters: &$node.params,
            return_type: $return_type,
        }
    };
}
pub(super) use parts_of;

impl<'a> Lowerer<'_> {
    pub(super) fn defining<T>(&mut self, defining: Defining, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outside = self.defining.replace(defining);
        let result = visit(self);
        self.defining = outside;
        result
    }

    /// Visits what is no exported declaration itself, though it may stand in one.
    pub(super) fn unexported<T>(&mut self, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outside = std::mem::replace(&mut self.is_exported, false);
        let result = visit(self);
        self.is_exported = outside;
        result
    }

    /// Visits a function's parts in a scope of its own, which is the body of `owner`.
    pub(super) fn function(
        &mut self,
        parts: Parts<'_, 'a>,
        owner: Option<SymbolId>,
        receiver: Receiver,
        context: Option<ValueId>,
        body: impl FnOnce(&mut Self),
    ) {
        let documented = self.documented.take().unwrap_or(parts.span.start);
        let kind = if owner.is_some() { ScopeKind::Function } else { ScopeKind::Lambda };
        let scope = self.open_scope(kind, owner, parts.span);
        self.map_scope(parts.scope, scope);
        if let Some(owner) = owner {
            self.symbols[owner.index()].body.get_or_insert(scope);
        }
        let (this, declared_this) = (self.this.clone(), self.declared_this);
        if receiver == Receiver::Unknown {
            (self.this, self.declared_this) = (None, None);
        }
        let outside = self.function;
        self.in_function(|this| {
            this.unexported(|this| {
                this.inside(scope, |this| {
                    parts.type_parameters.iter().for_each(|it| this.visit_ts_type_parameter_declaration(it));
                    this.under(EdgeKinds::LAZY, |this| {
                        let signature = this.doc_signature(documented, parts.parameters);
                        this.declare_this(signature.this);
                        this.lower_parameters(parts.parameters, context, &signature.parameters);
                        let mut returned = context.map(|context| this.values.push(Value::Call(context)));
                        let declared = match parts.return_type {
                            Some(it) => {
                                this.visit_returned_type(&it.type_annotation, owner);
                                this.type_value(&it.type_annotation)
                            }
                            None => signature.returned,
                        };
                        if parts.return_type.is_some() || declared.is_some() {
                            this.tell_known(owner.map(Subject::Symbol), FactKind::Type, declared);
                            returned = declared.map(|declared| this.annotated(declared));
                        }
                        this.function = FunctionAround::new(owner, returned);
                        body(this);
                    });
                });
            })
        });
        self.function = outside;
        (self.this, self.declared_this) = (this, declared_this);
    }

    /// Says of what type `this` is in the function around, if that is known.
    fn declare_this(&mut self, declared: Option<ValueId>) {
        if let Some(declared) = declared {
            self.declared_this = Some(self.annotated(declared));
        }
    }

    /// Visits the parameters of a function that is to be like `context`; comments can say of what types they are.
    pub(super) fn lower_parameters(
        &mut self,
        it: &FormalParameters<'a>,
        context: Option<ValueId>,
        documented: &[Option<ValueId>],
    ) {
        for (parameter, position) in it.items.iter().zip(0..) {
            self.parameter_type = documented.get(position as usize).copied().flatten();
            self.parameter_position = position;
            let is_declared = parameter.type_annotation.is_some() || self.parameter_type.is_some();
            self.visit_formal_parameter(parameter);
            if let Some(context) = context.filter(|_| !is_declared) {
                let value = self.values.push(Value::Argument(context, position));
                self.tell_pattern(&parameter.pattern, FactKind::Assigned, Some(value));
            }
        }
        it.rest.iter().for_each(|it| self.visit_formal_parameter_rest(it));
    }

    pub(super) fn lower_function(
        &mut self,
        it: &Function<'a>,
        owner: Option<SymbolId>,
        receiver: Receiver,
        context: Option<ValueId>,
    ) {
        self.add_flags(owner, function_flags(it));
        self.function(parts_of!(it), owner, receiver, context, |this| {
            if let Some(it) = &it.this_param {
                this.visit_ts_this_parameter(it);
                let declared = it.type_annotation.as_ref().and_then(|it| this.type_value(&it.type_annotation));
                this.declare_this(declared);
            }
            it.body.iter().for_each(|it| this.visit_function_body(it));
        });
    }

    /// Visits a function that may have a name of its own, and is to be like `context`.
    pub(super) fn lower_named_function(&mut self, it: &Function<'a>, context: Option<ValueId>) {
        let is_expression = matches!(it.r#type, FunctionType::FunctionExpression);
        let defining = Defining { kind: SymbolKind::Function, flags: function_flags(it), span: span(it.span) };
        if is_expression {
            // Its name is bound inside it alone.
            self.map_scope(it.scope_id.get(), self.scope);
        }
        let owner = it.id.as_ref().map(|id| match is_expression {
            true => self.unexported(|this| this.declare(id, defining)),
            false => self.declare(id, defining),
        });
        self.lower_function(it, owner, Receiver::Unknown, context);
    }

    pub(super) fn lower_arrow(
        &mut self,
        it: &ArrowFunctionExpression<'a>,
        owner: Option<SymbolId>,
        context: Option<ValueId>,
    ) {
        let is_async = if it.r#async { SymbolFlags::ASYNC } else { SymbolFlags::empty() };
        self.add_flags(owner, is_async);
        self.function(parts_of!(it), owner, Receiver::Kept, context, |this| match it.body.as_expression() {
            Some(value) => this.lower_returned(value),
            None => this.visit_arrow_function_body(&it.body),
        });
    }

    fn add_flags(&mut self, owner: Option<SymbolId>, flags: SymbolFlags) {
        if let Some(owner) = owner {
            self.symbols[owner.index()].flags |= flags;
        }
    }

    /// Says that a value is documented at the first of these places where a comment stands, if it is a function.
    pub(super) fn document(&mut self, value: &Expression<'a>, places: &[u32]) {
        if matches!(value, Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_)) {
            self.documented = places.iter().copied().find(|place| self.has_doc(*place));
        }
    }

    /// Visits the value of something that has a name; a function or class is its body then.
    pub(super) fn lower_named_value(&mut self, value: &Expression<'a>, owner: Option<SymbolId>) {
        match (value, owner) {
            (Expression::ArrowFunctionExpression(it), _) => self.lower_arrow(it, owner, None),
            (Expression::FunctionExpression(it), Some(_)) if it.id.is_none() => {
                self.lower_function(it, owner, Receiver::Unknown, None);
            }
            (Expression::ClassExpression(it), Some(_)) if it.id.is_none() => self.lower_class(it, owner),
            _ => self.visit_for(value, None, owner),
        }
    }

    pub(super) fn lower_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        let documented = self.parameter_type.take();
        it.decorators.iter().for_each(|decorator| self.visit_decorator(decorator));
        let mut flags = SymbolFlags::empty();
        flags.set(SymbolFlags::OPTIONAL, it.optional || it.initializer.is_some());
        let mut defining = Defining { kind: SymbolKind::Parameter, flags, span: span(it.span) };
        let (mut owner, mut field) = (None, None);
        if !matches!(it.pattern, BindingPattern::BindingIdentifier(_)) {
            // What the names are taken from is known by its position.
            let name = self.intern(&self.parameter_position.to_string());
            let place = oxc_span::Span::empty(it.span.start);
            owner = Some(self.add_symbol(name, place, self.scope, defining));
            defining.flags |= SymbolFlags::KEYWORD_ONLY;
        }
        self.defining(defining, |this| this.visit_binding_pattern(&it.pattern));
        if let BindingPattern::BindingIdentifier(id) = &it.pattern {
            field = self.define_parameter_property(id, it.accessibility, it.readonly, defining);
            owner = self.declared_at.get(id.span.start);
        }
        let declared = it.type_annotation.as_ref().and_then(|it| self.lower_annotation(it, owner)).or(documented);
        if let Some(declared) = declared {
            self.tell_known(field.map(Subject::Symbol), FactKind::Type, Some(declared));
            if !matches!(it.pattern, BindingPattern::BindingIdentifier(_)) {
                self.tell_known(owner.map(Subject::Symbol), FactKind::Type, Some(declared));
            }
            self.tell_pattern(&it.pattern, FactKind::Type, Some(declared));
        }
        if let Some(initializer) = &it.initializer {
            let context = declared.map(|declared| self.annotated(declared));
            self.visit_for(initializer, context, None);
            let default = self.value(initializer);
            match &it.pattern {
                BindingPattern::BindingIdentifier(id) => {
                    self.tell_known(self.subject(id), FactKind::Default, default);
                    self.tell_known(field.map(Subject::Symbol), FactKind::Default, default);
                }
                pattern if declared.is_none() => self.tell_pattern(pattern, FactKind::Assigned, default),
                _ => {}
            }
        }
    }

    pub(super) fn lower_formal_parameter_rest(&mut self, it: &FormalParameterRest<'a>) {
        let defining = Defining { kind: SymbolKind::Parameter, flags: SymbolFlags::VARIADIC, span: span(it.span) };
        self.defining(defining, |this| this.visit_binding_pattern(&it.rest.argument));
        let declared = it.type_annotation.as_ref().and_then(|it| self.lower_annotation(it, None));
        if let Some(declared) = declared {
            self.tell_pattern(&it.rest.argument, FactKind::Type, Some(declared));
        }
    }
}

/// What a name is to which this is assigned.
pub(super) fn value_kind(value: &Expression<'_>) -> SymbolKind {
    match value {
        Expression::ArrowFunctionExpression(_) => SymbolKind::Function,
        Expression::FunctionExpression(it) if it.id.is_none() => SymbolKind::Function,
        Expression::ClassExpression(it) if it.id.is_none() => SymbolKind::Class,
        _ => SymbolKind::Variable,
    }
}

pub(super) fn function_flags(it: &Function<'_>) -> SymbolFlags {
    let mut flags = SymbolFlags::empty();
    flags.set(SymbolFlags::ASYNC, it.r#async);
    flags.set(SymbolFlags::GENERATOR, it.generator);
    flags
}
