//! Classes, functions, type aliases and their parameters.

use esker_frontend_api::{EdgeKinds, NameId, Role, ScopeId, ScopeKind, SymbolFlags, SymbolId, SymbolKind};
use ruff_python_ast::{self as ast, AnyParameterRef, Expr, TypeParam};
use ruff_text_size::{Ranged, TextRange};

use super::scope::Definition;
use super::statement::from_to;
use super::{Lowerer, span};

/// A method whose first parameter is the instance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Method {
    class: ScopeId,
    receiver: NameId,
}

impl Lowerer<'_> {
    pub(super) fn visit_function(&mut self, statement: &ast::StmtFunctionDef) {
        let in_class = self.kind(self.scope) == ScopeKind::Class;
        let kind = if in_class { SymbolKind::Method } else { SymbolKind::Function };
        let flags = if statement.is_async { SymbolFlags::ASYNC } else { SymbolFlags::empty() };
        let symbol = self.define_statement(&statement.name, kind, flags, statement.range);
        self.visit_decorators(&statement.decorator_list);

        let outside = self.scope;
        let around = self.open_type_parameters(statement.type_params.as_deref(), symbol, statement.range);
        self.inside(around, |this| {
            let range = from_to(&*statement.parameters, statement.range.end());
            let function = this.open_scope(ScopeKind::Function, Some(symbol), span(range));
            this.symbols[symbol.index()].body = Some(function);
            this.visit_parameters(&statement.parameters, function, outside);
            if let Some(returns) = &statement.returns {
                this.annotate(returns);
            }

            let method = if in_class { this.method_of(statement, outside) } else { this.method_around(function) };
            let method = std::mem::replace(&mut this.method, method);
            this.inside(function, |this| {
                this.under(EdgeKinds::LAZY, |this| this.visit_body(&statement.body));
            });
            this.method = method;
        });
    }

    pub(super) fn visit_class(&mut self, statement: &ast::StmtClassDef) {
        let symbol = self.define_statement(&statement.name, SymbolKind::Class, SymbolFlags::empty(), statement.range);
        self.visit_decorators(&statement.decorator_list);

        let around = self.open_type_parameters(statement.type_params.as_deref(), symbol, statement.range);
        self.inside(around, |this| {
            if let Some(arguments) = &statement.arguments {
                this.visit_arguments(arguments, Role::Base);
            }
            let range = match statement.body.first() {
                Some(first) => from_to(first, statement.range.end()),
                None => TextRange::empty(statement.range.end()),
            };
            let class = this.open_scope(ScopeKind::Class, Some(symbol), span(range));
            this.symbols[symbol.index()].body = Some(class);
            let method = this.method.take();
            this.inside(class, |this| this.visit_body(&statement.body));
            this.method = method;
        });
    }

    pub(super) fn visit_type_alias(&mut self, statement: &ast::StmtTypeAlias) {
        let Expr::Name(alias) = &*statement.name else {
            self.read(&statement.name);
            self.read(&statement.value);
            return;
        };
        if alias.id.is_empty() {
            self.annotate(&statement.value);
            return;
        }
        let name = self.intern(alias.id.as_str(), alias.range);
        let symbol = self.bind(Definition {
            name,
            kind: SymbolKind::TypeAlias,
            flags: SymbolFlags::empty(),
            span: span(statement.range),
            name_span: span(alias.range),
        });
        let around = self.open_type_parameters(statement.type_params.as_deref(), symbol, statement.range);
        self.inside(around, |this| this.annotate(&statement.value));
    }

    /// The class of which `expression` is the instance: it is the receiver of the method around.
    pub(super) fn class_of_instance(&self, expression: &Expr) -> Option<ScopeId> {
        let Expr::Name(name) = expression else { return None };
        let method = self.method?;
        (self.names.get(method.receiver) == Some(name.id.as_str())).then_some(method.class)
    }

    /// Binds a lambda's or function's parameters in its own scope. Defaults are evaluated `outside`, annotations in
    /// the current scope, which may hold type parameters.
    pub(super) fn visit_parameters(&mut self, parameters: &ast::Parameters, function: ScopeId, outside: ScopeId) {
        for parameter in parameters.iter_source_order() {
            let (declared, default) = match parameter {
                AnyParameterRef::Variadic(parameter) => (parameter, None),
                AnyParameterRef::NonVariadic(parameter) => (&parameter.parameter, parameter.default.as_deref()),
            };
            self.inside(function, |this| this.bind_parameter(&declared.name, parameter.range()));
            if let Some(annotation) = &declared.annotation {
                self.annotate(annotation);
            }
            if let Some(default) = default {
                self.inside(outside, |this| this.read(default));
            }
        }
    }

    fn bind_parameter(&mut self, identifier: &ast::Identifier, range: TextRange) {
        if identifier.id.is_empty() {
            return;
        }
        let name = self.intern(identifier.as_str(), identifier.range);
        self.bind(Definition {
            name,
            kind: SymbolKind::Parameter,
            flags: SymbolFlags::empty(),
            span: span(range),
            name_span: span(identifier.range),
        });
    }

    /// Makes the symbol of a class or function. One whose name is missing is bound to no name.
    fn define_statement(
        &mut self,
        identifier: &ast::Identifier,
        kind: SymbolKind,
        flags: SymbolFlags,
        range: TextRange,
    ) -> SymbolId {
        let name = self.intern(identifier.as_str(), identifier.range);
        let definition = Definition { name, kind, flags, span: span(range), name_span: span(identifier.range) };
        if identifier.id.is_empty() { self.define(self.scope, definition) } else { self.bind_statement(definition) }
    }

    fn visit_decorators(&mut self, decorators: &[ast::Decorator]) {
        for decorator in decorators {
            self.visit(&decorator.expression, Role::Decorator);
        }
    }

    /// Opens the scope of type parameters if there are any, and returns the scope around what they parametrise.
    fn open_type_parameters(
        &mut self,
        parameters: Option<&ast::TypeParams>,
        owner: impl Into<Option<SymbolId>>,
        range: TextRange,
    ) -> ScopeId {
        let Some(parameters) = parameters else { return self.scope };
        let range = from_to(parameters, range.end());
        let scope = self.open_scope(ScopeKind::TypeParameters, owner.into(), span(range));
        self.inside(scope, |this| {
            for parameter in &parameters.type_params {
                let (name, bound, default) = match parameter {
                    TypeParam::TypeVar(parameter) => (&parameter.name, parameter.bound.as_deref(), &parameter.default),
                    TypeParam::TypeVarTuple(parameter) => (&parameter.name, None, &parameter.default),
                    TypeParam::ParamSpec(parameter) => (&parameter.name, None, &parameter.default),
                };
                if !name.id.is_empty() {
                    let definition = Definition {
                        name: this.intern(name.as_str(), name.range),
                        kind: SymbolKind::TypeParameter,
                        flags: SymbolFlags::empty(),
                        span: span(parameter.range()),
                        name_span: span(name.range),
                    };
                    this.bind(definition);
                }
                for expression in bound.into_iter().chain(default.as_deref()) {
                    this.annotate(expression);
                }
            }
        });
        scope
    }

    /// The method that a function in the class body `class` is, if its first parameter is the instance.
    fn method_of(&mut self, function: &ast::StmtFunctionDef, class: ScopeId) -> Option<Method> {
        let takes_no_instance = matches!(function.name.as_str(), "__new__" | "__init_subclass__" | "__class_getitem__")
            || function.decorator_list.iter().any(|decorator| match &decorator.expression {
                Expr::Name(name) => matches!(name.id.as_str(), "staticmethod" | "classmethod"),
                _ => false,
            });
        if takes_no_instance {
            return None;
        }
        let parameters = &function.parameters;
        let first = parameters.posonlyargs.first().or(parameters.args.first())?;
        let receiver = &first.parameter.name;
        Some(Method { class, receiver: self.intern(receiver.as_str(), receiver.range) })
    }

    /// The method around a function that is nested in it, unless a parameter hides the instance.
    fn method_around(&self, function: ScopeId) -> Option<Method> {
        self.method.filter(|method| self.bindings.get(function, method.receiver).is_none())
    }
}
