//! Classes, functions, type aliases and their parameters.

use esker_frontend_api::{
    Binding, EdgeKinds, FactKind, Literal, NameId, Role, ScopeId, ScopeKind, SymbolFlags, SymbolId, SymbolKind,
};
use ruff_python_ast::{self as ast, AnyParameterRef, ArgOrKeyword, Expr, TypeParam};
use ruff_text_size::{Ranged, TextRange};

use super::fact::Function;
use super::scope::{Bound, Definition};
use super::statement::from_to;
use super::value::Need;
use super::{Lowerer, span};

/// A method whose first parameter is the instance or the class.
#[derive(Debug, Clone, Copy)]
pub(super) struct Method {
    class: ScopeId,
    receiver: NameId,
    /// What sets the fields apart that it assigns to its receiver.
    field_flags: SymbolFlags,
}

impl Lowerer<'_> {
    pub(super) fn visit_function(&mut self, statement: &ast::StmtFunctionDef) {
        let in_class = self.kind(self.scope) == ScopeKind::Class;
        let kind = if in_class { SymbolKind::Method } else { SymbolKind::Function };
        let mut flags = if statement.is_async { SymbolFlags::ASYNC } else { SymbolFlags::empty() };
        flags.set(SymbolFlags::KEYWORDS, statement.parameters.kwarg.is_some());
        let symbol = self.define_statement(&statement.name, kind, flags, statement.range);
        self.being_bound = symbol.index()..symbol.index() + 1;
        self.visit_decorators(&statement.decorator_list, symbol);

        let outside = self.scope;
        let around = self.open_type_parameters(statement.type_params.as_deref(), symbol, statement.range);
        self.inside(around, |this| {
            let range = from_to(&*statement.parameters, statement.range.end());
            let function = this.open_scope(ScopeKind::Function, Some(symbol), span(range));
            this.symbols[symbol.index()].body = Some(function);
            this.visit_parameters(&statement.parameters, function, outside);
            if let Some(returns) = &statement.returns {
                this.visit_and_tell(symbol, FactKind::Type, returns, Role::Annotation);
            }
            this.being_bound = 0..0;

            let method = if in_class { this.method_of(statement, outside) } else { this.method_around(function) };
            let method = std::mem::replace(&mut this.method, method);
            let around = this.function.replace(Function::new(symbol, statement.returns.is_some()));
            this.inside(function, |this| {
                this.under(EdgeKinds::LAZY, |this| this.apart(|this| this.visit_body(&statement.body)));
            });
            this.function = around;
            this.method = method;
        });
    }

    pub(super) fn visit_class(&mut self, statement: &ast::StmtClassDef) {
        let symbol = self.define_statement(&statement.name, SymbolKind::Class, SymbolFlags::empty(), statement.range);
        self.being_bound = symbol.index()..symbol.index() + 1;
        self.visit_decorators(&statement.decorator_list, symbol);

        let around = self.open_type_parameters(statement.type_params.as_deref(), symbol, statement.range);
        self.inside(around, |this| {
            if let Some(arguments) = &statement.arguments {
                this.visit_class_arguments(arguments, symbol);
            }
            this.being_bound = 0..0;
            let range = match statement.body.first() {
                Some(first) => from_to(first, statement.range.end()),
                None => TextRange::empty(statement.range.end()),
            };
            let class = this.open_scope(ScopeKind::Class, Some(symbol), span(range));
            this.symbols[symbol.index()].body = Some(class);
            let (method, function) = (this.method.take(), this.function.take());
            this.inside(class, |this| this.apart(|this| this.visit_body(&statement.body)));
            (this.method, this.function) = (method, function);
        });
    }

    fn visit_class_arguments(&mut self, arguments: &ast::Arguments, class: SymbolId) {
        for argument in arguments.iter_source_order() {
            match argument {
                ArgOrKeyword::Arg(base) => self.visit_and_tell(class, FactKind::Base, base, Role::Base),
                ArgOrKeyword::Keyword(ast::Keyword { arg: Some(name), value, .. }) => {
                    self.refer_keyword(name, Binding::Unknown);
                    if name.as_str() == "metaclass" {
                        self.visit_and_tell(class, FactKind::Metaclass, value, Role::Read);
                    } else {
                        self.read(value);
                    }
                }
                ArgOrKeyword::Keyword(keyword) => self.read(&keyword.value),
            }
        }
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
        let name = self.intern(alias.id.as_str());
        let bound = self.bind(Definition {
            name,
            kind: SymbolKind::TypeAlias,
            flags: SymbolFlags::empty(),
            span: span(statement.range),
            name_span: span(alias.range),
        });
        let symbol = if let Bound::New(symbol) = bound { Some(symbol) } else { None };
        let around = self.open_type_parameters(statement.type_params.as_deref(), symbol, statement.range);
        self.inside(around, |this| this.visit_and_tell(bound, FactKind::Assigned, &statement.value, Role::Annotation));
    }

    /// The class to which or to an instance of which an assignment to an attribute of `expression` gives a field, and
    /// what sets the field apart: the expression is the receiver of the method around.
    pub(super) fn class_of_receiver(&self, expression: &Expr) -> Option<(ScopeId, SymbolFlags)> {
        let Expr::Name(name) = expression else { return None };
        let method = self.method?;
        let is_receiver = self.names.get(method.receiver) == Some(name.id.as_str());
        is_receiver.then_some((method.class, method.field_flags))
    }

    /// Binds a lambda's or function's parameters in its own scope. Defaults are evaluated `outside`, annotations in
    /// the current scope, which may hold type parameters.
    pub(super) fn visit_parameters(&mut self, parameters: &ast::Parameters, function: ScopeId, outside: ScopeId) {
        let mut left = [
            (SymbolFlags::POSITIONAL_ONLY, parameters.posonlyargs.len()),
            (SymbolFlags::empty(), parameters.args.len()),
            (SymbolFlags::KEYWORD_ONLY, parameters.kwonlyargs.len()),
        ];
        for parameter in parameters.iter_source_order() {
            let (declared, default, mut flags) = match parameter {
                AnyParameterRef::Variadic(parameter) => {
                    let is_positional =
                        parameters.vararg.as_deref().is_some_and(|other| other.range == parameter.range);
                    (parameter, None, if is_positional { SymbolFlags::VARIADIC } else { SymbolFlags::KEYWORDS })
                }
                AnyParameterRef::NonVariadic(parameter) => {
                    let sort = left.iter_mut().find(|(_, left)| *left > 0);
                    let flags = sort.map_or(SymbolFlags::empty(), |(flags, left)| {
                        *left -= 1;
                        *flags
                    });
                    (&parameter.parameter, parameter.default.as_deref(), flags)
                }
            };
            flags.set(SymbolFlags::OPTIONAL, default.is_some());
            let bound = self.inside(function, |this| this.bind_parameter(&declared.name, parameter.range(), flags));
            match (&declared.annotation, bound) {
                (Some(annotation), Some(bound)) => {
                    self.visit_and_tell(bound, FactKind::Type, annotation, Role::Annotation);
                }
                (Some(annotation), None) => self.annotate(annotation),
                (None, _) => {}
            }
            match (default, bound) {
                (Some(default), Some(bound)) => self.inside(outside, |this| {
                    this.visit_and_tell(bound, FactKind::Default, default, Role::Read);
                }),
                (Some(default), None) => self.inside(outside, |this| this.read(default)),
                (None, _) => {}
            }
        }
    }

    fn bind_parameter(&mut self, identifier: &ast::Identifier, range: TextRange, flags: SymbolFlags) -> Option<Bound> {
        if identifier.id.is_empty() {
            return None;
        }
        let name = self.intern(identifier.as_str());
        Some(self.bind(Definition {
            name,
            kind: SymbolKind::Parameter,
            flags,
            span: span(range),
            name_span: span(identifier.range),
        }))
    }

    /// Makes the symbol of a class or function. One whose name is missing is bound to no name.
    fn define_statement(
        &mut self,
        identifier: &ast::Identifier,
        kind: SymbolKind,
        flags: SymbolFlags,
        range: TextRange,
    ) -> SymbolId {
        let name = self.intern(identifier.as_str());
        let definition = Definition { name, kind, flags, span: span(range), name_span: span(identifier.range) };
        if identifier.id.is_empty() { self.define(self.scope, definition) } else { self.bind_statement(definition) }
    }

    fn visit_decorators(&mut self, decorators: &[ast::Decorator], decorated: SymbolId) {
        for decorator in decorators {
            self.visit_and_tell(decorated, FactKind::Decorator, &decorator.expression, Role::Decorator);
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
        let owner = owner.into();
        let range = from_to(parameters, range.end());
        let scope = self.open_scope(ScopeKind::TypeParameters, owner, span(range));
        self.inside(scope, |this| {
            for parameter in &parameters.type_params {
                let (name, bound, default) = match parameter {
                    TypeParam::TypeVar(parameter) => (&parameter.name, parameter.bound.as_deref(), &parameter.default),
                    TypeParam::TypeVarTuple(parameter) => (&parameter.name, None, &parameter.default),
                    TypeParam::ParamSpec(parameter) => (&parameter.name, None, &parameter.default),
                };
                let is_named = !name.id.is_empty();
                if is_named {
                    let definition = Definition {
                        name: this.intern(name.as_str()),
                        kind: SymbolKind::TypeParameter,
                        flags: SymbolFlags::empty(),
                        span: span(parameter.range()),
                        name_span: span(name.range),
                    };
                    this.bind(definition);
                }
                let told = [bound, default.as_deref()].map(|expression| match expression {
                    Some(expression) => {
                        let seen = this.visit_for(expression, Role::Annotation, Need::Value);
                        this.value(seen)
                    }
                    None => this.values.unknown(),
                });
                if let Some(owner) = owner.filter(|_| is_named) {
                    let told = this.literal(Need::Value, Literal::Tuple, &told);
                    this.tell(owner, FactKind::Parameter, told);
                }
            }
        });
        scope
    }

    /// The method that a function in the class body `class` is, if its first parameter is the instance or the class.
    fn method_of(&mut self, function: &ast::StmtFunctionDef, class: ScopeId) -> Option<Method> {
        let has_decorator = |wanted: &str| {
            let mut decorators = function.decorator_list.iter();
            decorators.any(|decorator| matches!(&decorator.expression, Expr::Name(name) if name.id.as_str() == wanted))
        };
        if has_decorator("staticmethod") {
            return None;
        }
        let takes_class = matches!(function.name.as_str(), "__new__" | "__init_subclass__" | "__class_getitem__")
            || has_decorator("classmethod");
        let field_flags = if takes_class { SymbolFlags::empty() } else { SymbolFlags::INSTANCE };
        let parameters = &function.parameters;
        let first = parameters.posonlyargs.first().or(parameters.args.first())?;
        let receiver = &first.parameter.name;
        Some(Method { class, receiver: self.intern(receiver.as_str()), field_flags })
    }

    /// The method around a function that is nested in it, unless a parameter hides the receiver.
    fn method_around(&self, function: ScopeId) -> Option<Method> {
        self.method.filter(|method| self.bindings.get(function, method.receiver).is_none())
    }
}
