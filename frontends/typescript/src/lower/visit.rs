//! The visitor: which nodes make symbols, scopes, references and imports. Nodes that are not named here are walked
//! through by oxc's own visitor.

use std::rc::Rc;

use esker_frontend_api::{Binding, EdgeKinds, ImportForm, Role, ScopeId, ScopeKind, SymbolFlags, SymbolId, SymbolKind};
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::GetSpan;
use oxc_syntax::operator::UnaryOperator;
use oxc_syntax::scope::ScopeFlags;
use rustc_hash::FxHashSet;

use super::define::{Defining, This};
use super::{Lowerer, span};

/// Where a function's name and circumstances come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Receiver {
    /// `this` is that of the code around: arrow functions, and methods, for which it was set already.
    Kept,
    /// `this` is whatever the caller says.
    Unknown,
}

/// The parts of a function that the forms of functions have in common.
struct Parts<'n, 'a> {
    span: oxc_span::Span,
    scope: Option<oxc_syntax::scope::ScopeId>,
    type_parameters: Option<&'n TSTypeParameterDeclaration<'a>>,
    parameters: &'n FormalParameters<'a>,
    return_type: Option<&'n TSTypeAnnotation<'a>>,
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

impl<'a> Lowerer<'_> {
    fn defining<T>(&mut self, defining: Defining, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outside = self.defining.replace(defining);
        let result = visit(self);
        self.defining = outside;
        result
    }

    /// Visits what is no exported declaration itself, though it may stand in one.
    fn unexported<T>(&mut self, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outside = std::mem::replace(&mut self.is_exported, false);
        let result = visit(self);
        self.is_exported = outside;
        result
    }

    /// Visits a function's parts in a scope of its own, which is the body of `owner`.
    fn function(
        &mut self,
        parts: Parts<'_, 'a>,
        owner: Option<SymbolId>,
        receiver: Receiver,
        body: impl FnOnce(&mut Self),
    ) {
        let kind = if owner.is_some() { ScopeKind::Function } else { ScopeKind::Lambda };
        let scope = self.open_scope(kind, owner, parts.span);
        self.map_scope(parts.scope, scope);
        if let Some(owner) = owner {
            self.symbols[owner.index()].body.get_or_insert(scope);
        }
        let this = self.this.clone();
        if receiver == Receiver::Unknown {
            self.this = None;
        }
        self.unexported(|this| {
            this.inside(scope, |this| {
                parts.type_parameters.iter().for_each(|it| this.visit_ts_type_parameter_declaration(it));
                this.under(EdgeKinds::LAZY, |this| {
                    this.visit_formal_parameters(parts.parameters);
                    parts.return_type.iter().for_each(|it| this.visit_ts_type_annotation(it));
                    body(this);
                });
            });
        });
        self.this = this;
    }

    fn lower_function(&mut self, it: &Function<'a>, owner: Option<SymbolId>, receiver: Receiver) {
        self.function(parts_of!(it), owner, receiver, |this| {
            it.this_param.iter().for_each(|it| this.visit_ts_this_parameter(it));
            it.body.iter().for_each(|it| this.visit_function_body(it));
        });
    }

    fn lower_arrow(&mut self, it: &ArrowFunctionExpression<'a>, owner: Option<SymbolId>) {
        self.function(parts_of!(it), owner, Receiver::Kept, |this| this.visit_arrow_function_body(&it.body));
    }

    /// Visits the value of something that has a name; a function or class is its body then.
    fn lower_named_value(&mut self, value: &Expression<'a>, owner: Option<SymbolId>) {
        match (value, owner) {
            (Expression::ArrowFunctionExpression(it), _) => self.lower_arrow(it, owner),
            (Expression::FunctionExpression(it), Some(_)) if it.id.is_none() => {
                self.lower_function(it, owner, Receiver::Unknown);
            }
            (Expression::ClassExpression(it), Some(_)) if it.id.is_none() => self.lower_class(it, owner),
            _ => self.visit_expression(value),
        }
    }

    /// Visits a class but for its decorators and its name.
    fn lower_class(&mut self, it: &Class<'a>, owner: Option<SymbolId>) {
        let theirs = it.scope_id.get();
        let around = match it.type_parameters {
            Some(_) => self.open_scope(ScopeKind::TypeParameters, owner, it.span),
            None => self.scope,
        };
        self.map_scope(theirs, around);
        self.unexported(|this| this.inside(around, |this| this.lower_class_inside(it, owner)));
    }

    fn lower_class_inside(&mut self, it: &Class<'a>, owner: Option<SymbolId>) {
        it.type_parameters.iter().for_each(|it| self.visit_ts_type_parameter_declaration(it));
        if let Some(heritage) = &it.heritage {
            self.visit_as(&heritage.expression, Role::Base);
            heritage.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
        }
        for implemented in &it.implements {
            self.refer_type_name(&implemented.expression, Role::Base);
            implemented.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
        }
        let class = self.open_scope(ScopeKind::Class, owner, it.body.span);
        if let Some(owner) = owner {
            self.symbols[owner.index()].body.get_or_insert(class);
        }
        let mut declared = FxHashSet::default();
        for element in &it.body.body {
            let key = element.property_key().and_then(|key| self.key(key));
            declared.extend(key.map(|(name, _)| name));
        }
        let this = self.this.replace(This { class, declared: Rc::new(declared) });
        self.inside(class, |this| it.body.body.iter().for_each(|element| this.visit_class_element(element)));
        self.this = this;
    }

    /// Visits the members of an interface, a type literal or the like.
    fn lower_members(&mut self, owner: SymbolId, at: oxc_span::Span, visit: impl FnOnce(&mut Self)) -> ScopeId {
        let scope = self.open_scope(ScopeKind::Class, Some(owner), at);
        self.symbols[owner.index()].body.get_or_insert(scope);
        self.inside(scope, visit);
        scope
    }

    /// Visits a field's value, which an instance's is evaluated when it is made.
    fn lower_field(&mut self, is_static: bool, value: Option<&Expression<'a>>, owner: Option<SymbolId>) {
        let Some(value) = value else { return };
        let circumstances = if is_static { EdgeKinds::empty() } else { EdgeKinds::LAZY };
        self.under(circumstances, |this| this.lower_named_value(value, owner));
    }

    /// Makes the symbol of the member with this key, if it is written out; visits a key that is computed.
    fn member(
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

    /// Whether the members of what is visited now have symbols: those of an interface, not those of a type without a
    /// name.
    fn has_members(&self) -> bool {
        self.scopes[self.scope.index()].kind == ScopeKind::Class
    }

    fn lower_variable(&mut self, it: &VariableDeclarator<'a>) {
        let kind = match (&it.id, &it.init) {
            (BindingPattern::BindingIdentifier(id), Some(init)) if !self.is_declared(id) => value_kind(init),
            _ => SymbolKind::Variable,
        };
        let flags = if it.init.is_none() && it.type_annotation.is_some() {
            SymbolFlags::DECLARED_ONLY
        } else {
            SymbolFlags::empty()
        };
        let defining = Defining { kind, flags, span: span(it.span) };
        self.defining(defining, |this| this.visit_binding_pattern(&it.id));
        let owner = match &it.id {
            BindingPattern::BindingIdentifier(id) => {
                id.symbol_id.get().and_then(|theirs| self.symbol_of.get(&theirs).copied())
            }
            _ => None,
        };
        self.unexported(|this| {
            it.type_annotation.iter().for_each(|it| this.visit_ts_type_annotation(it));
            let owner = owner.filter(|_| kind != SymbolKind::Variable);
            it.init.iter().for_each(|init| this.lower_named_value(init, owner));
        });
    }

    /// Makes the symbol of what is exported by default without a name.
    fn declare_default(&mut self, kind: SymbolKind, at: oxc_span::Span) -> SymbolId {
        let name = self.intern("default");
        // It has no name in the text; it stands where its text begins.
        let place = oxc_span::Span::empty(at.start);
        self.define_named_member(
            name,
            place,
            self.scope,
            Defining { kind, flags: SymbolFlags::empty(), span: span(at) },
        )
    }
}

/// What a name is to which this is assigned.
fn value_kind(value: &Expression<'_>) -> SymbolKind {
    match value {
        Expression::ArrowFunctionExpression(_) => SymbolKind::Function,
        Expression::FunctionExpression(it) if it.id.is_none() => SymbolKind::Function,
        Expression::ClassExpression(it) if it.id.is_none() => SymbolKind::Class,
        _ => SymbolKind::Variable,
    }
}

fn function_flags(it: &Function<'_>) -> SymbolFlags {
    let mut flags = SymbolFlags::empty();
    flags.set(SymbolFlags::ASYNC, it.r#async);
    flags.set(SymbolFlags::GENERATOR, it.generator);
    flags
}

impl<'a> Visit<'a> for Lowerer<'_> {
    fn visit_program(&mut self, it: &Program<'a>) {
        self.is_module = it.body.iter().any(|statement| {
            statement.is_module_declaration()
                || matches!(statement, Statement::TSImportEqualsDeclaration(it)
                    if matches!(it.module_reference, TSModuleReference::ExternalModuleReference(_)))
        });
        walk::walk_program(self, it);
    }

    // Imports and exports

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.lower_import(it);
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        self.lower_import_equals(it);
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.lower_export_from(it);
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.lower_export_all(it);
    }

    fn visit_export_declaration(&mut self, it: &ExportDeclaration<'a>) {
        let outside = std::mem::replace(&mut self.is_exported, true);
        self.visit_declaration(&it.declaration);
        self.is_exported = outside;
    }

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        for specifier in &it.specifiers {
            match &specifier.local {
                ModuleExportName::IdentifierReference(local) => _ = self.refer_identifier(local, Role::Read),
                ModuleExportName::IdentifierName(_) | ModuleExportName::StringLiteral(_) => {}
            }
            let name = self.export_name(&specifier.exported);
            if self.scope == ScopeId(0) {
                self.exported.insert(name);
            }
        }
    }

    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        let name = self.intern("default");
        self.exported.insert(name);
        match &it.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) if function.id.is_none() => {
                let symbol = self.declare_default(SymbolKind::Function, function.span);
                self.symbols[symbol.index()].flags = function_flags(function);
                self.lower_function(function, Some(symbol), Receiver::Unknown);
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) if class.id.is_none() => {
                let symbol = self.declare_default(SymbolKind::Class, class.span);
                class.decorators.iter().for_each(|decorator| self.visit_decorator(decorator));
                self.lower_class(class, Some(symbol));
            }
            other => match other.as_expression() {
                Some(value @ Expression::Identifier(_)) => self.visit_expression(value),
                Some(value) => {
                    let kind = value_kind(value);
                    let symbol = self.declare_default(kind, value.span());
                    self.lower_named_value(value, Some(symbol).filter(|_| kind != SymbolKind::Variable));
                }
                None => walk::walk_export_default_declaration_kind(self, other),
            },
        }
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        self.add_dynamic(Some(&it.source), ImportForm::Dynamic, EdgeKinds::LAZY, it.span);
        if !matches!(it.source, Expression::StringLiteral(_)) {
            self.visit_expression(&it.source);
        }
        it.options.iter().for_each(|options| self.visit_expression(options));
    }

    fn visit_ts_import_type(&mut self, it: &TSImportType<'a>) {
        self.add_type_import(&it.source);
        if let Some(qualifier) = &it.qualifier {
            self.visit_ts_import_type_qualifier(qualifier);
            let mut first = qualifier;
            while let TSImportTypeQualifier::QualifiedName(name) = first {
                first = &name.left;
            }
            if let TSImportTypeQualifier::Identifier(member) = first {
                let name = self.intern(member.name.as_str());
                let line = self.line(it.source.span.start);
                let specifier = self.intern(it.source.value.as_str());
                let outside = std::mem::replace(&mut self.circumstances, EdgeKinds::empty());
                let member_import =
                    self.add_named(specifier, Some(name), ImportForm::Member, EdgeKinds::TYPE_ONLY, line);
                self.circumstances = outside;
                self.refer(name, member.span, Role::Annotation, Binding::Import(member_import));
            }
        }
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
    }

    fn visit_ts_external_module_declaration(&mut self, it: &TSExternalModuleDeclaration<'a>) {
        // In a module it adds to the module of that name; elsewhere it says that there is one.
        if self.is_module {
            self.add_type_import(&it.id);
        }
        let scope = self.open_scope(ScopeKind::Namespace, None, it.span);
        self.map_scope(it.scope_id.get(), scope);
        self.unexported(|this| {
            this.inside(scope, |this| it.body.iter().for_each(|body| this.visit_ts_module_block(body)));
        });
    }

    // Declarations

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        self.lower_variable(it);
    }

    fn visit_binding_identifier(&mut self, it: &BindingIdentifier<'a>) {
        let whole = Defining { kind: SymbolKind::Variable, flags: SymbolFlags::empty(), span: span(it.span) };
        let defining = self.defining.unwrap_or(whole);
        if defining.kind == SymbolKind::Variable && self.is_declared(it) {
            let name = self.intern(it.name.as_str());
            let pending = it.symbol_id.get().map_or(super::Pending::Nothing, super::Pending::Declaration);
            self.refer_pending(name, it.span, Role::Write, Binding::Free, pending);
        } else {
            self.declare(it, defining);
        }
    }

    fn visit_function(&mut self, it: &Function<'a>, _: ScopeFlags) {
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
        self.lower_function(it, owner, Receiver::Unknown);
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        self.lower_arrow(it, None);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        it.decorators.iter().for_each(|decorator| self.visit_decorator(decorator));
        let is_expression = matches!(it.r#type, ClassType::ClassExpression);
        if is_expression {
            self.map_scope(it.scope_id.get(), self.scope);
        }
        let defining = Defining { kind: SymbolKind::Class, flags: SymbolFlags::empty(), span: span(it.span) };
        let owner = it.id.as_ref().map(|id| match is_expression {
            true => self.unexported(|this| this.declare(id, defining)),
            false => self.declare(id, defining),
        });
        self.lower_class(it, owner);
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        it.decorators.iter().for_each(|decorator| self.visit_decorator(decorator));
        let symbol = self.member(&it.key, SymbolKind::Method, function_flags(&it.value), it.span);
        self.lower_function(&it.value, symbol, Receiver::Kept);
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        it.decorators.iter().for_each(|decorator| self.visit_decorator(decorator));
        let kind = match it.value.as_ref().map(value_kind) {
            Some(SymbolKind::Function) => SymbolKind::Method,
            _ => SymbolKind::Field,
        };
        let symbol = self.member(&it.key, kind, SymbolFlags::empty(), it.span);
        it.type_annotation.iter().for_each(|it| self.visit_ts_type_annotation(it));
        self.lower_field(it.r#static, it.value.as_ref(), symbol.filter(|_| kind == SymbolKind::Method));
    }

    fn visit_accessor_property(&mut self, it: &AccessorProperty<'a>) {
        it.decorators.iter().for_each(|decorator| self.visit_decorator(decorator));
        self.member(&it.key, SymbolKind::Field, SymbolFlags::empty(), it.span);
        it.type_annotation.iter().for_each(|it| self.visit_ts_type_annotation(it));
        self.lower_field(it.r#static, it.value.as_ref(), None);
    }

    fn visit_static_block(&mut self, it: &StaticBlock<'a>) {
        let scope = self.open_scope(ScopeKind::Block, None, it.span);
        self.map_scope(it.scope_id.get(), scope);
        self.inside(scope, |this| this.visit_statements(&it.body));
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        it.decorators.iter().for_each(|decorator| self.visit_decorator(decorator));
        let mut flags = SymbolFlags::empty();
        flags.set(SymbolFlags::OPTIONAL, it.optional || it.initializer.is_some());
        let defining = Defining { kind: SymbolKind::Parameter, flags, span: span(it.span) };
        self.defining(defining, |this| this.visit_binding_pattern(&it.pattern));
        if let BindingPattern::BindingIdentifier(id) = &it.pattern {
            self.define_parameter_property(id, it.accessibility, it.readonly, defining);
        }
        it.type_annotation.iter().for_each(|it| self.visit_ts_type_annotation(it));
        it.initializer.iter().for_each(|value| self.visit_expression(value));
    }

    fn visit_formal_parameter_rest(&mut self, it: &FormalParameterRest<'a>) {
        let defining = Defining { kind: SymbolKind::Parameter, flags: SymbolFlags::VARIADIC, span: span(it.span) };
        self.defining(defining, |this| this.visit_binding_pattern(&it.rest.argument));
        it.type_annotation.iter().for_each(|it| self.visit_ts_type_annotation(it));
    }

    fn visit_assignment_pattern(&mut self, it: &AssignmentPattern<'a>) {
        self.visit_binding_pattern(&it.left);
        let outside = self.defining.take();
        self.visit_expression(&it.right);
        self.defining = outside;
    }

    fn visit_catch_parameter(&mut self, it: &CatchParameter<'a>) {
        let defining = Defining { kind: SymbolKind::Variable, flags: SymbolFlags::empty(), span: span(it.span) };
        self.defining(defining, |this| this.visit_binding_pattern(&it.pattern));
        it.type_annotation.iter().for_each(|it| self.visit_ts_type_annotation(it));
    }

    fn visit_ts_interface_declaration(&mut self, it: &TSInterfaceDeclaration<'a>) {
        let defining = Defining { kind: SymbolKind::Interface, flags: SymbolFlags::empty(), span: span(it.span) };
        let owner = self.declare(&it.id, defining);
        let around = match it.type_parameters {
            Some(_) => self.open_scope(ScopeKind::TypeParameters, Some(owner), it.span),
            None => self.scope,
        };
        self.map_scope(it.scope_id.get(), around);
        self.unexported(|this| {
            this.inside(around, |this| {
                it.type_parameters.iter().for_each(|it| this.visit_ts_type_parameter_declaration(it));
                for heritage in &it.extends {
                    this.refer_type_name(&heritage.type_name, Role::Base);
                    heritage.type_arguments.iter().for_each(|it| this.visit_ts_type_parameter_instantiation(it));
                }
                this.lower_members(owner, it.body.span, |this| this.visit_ts_signatures(&it.body.body));
            });
        });
    }

    fn visit_ts_type_alias_declaration(&mut self, it: &TSTypeAliasDeclaration<'a>) {
        let defining = Defining { kind: SymbolKind::TypeAlias, flags: SymbolFlags::empty(), span: span(it.span) };
        let owner = self.declare(&it.id, defining);
        let around = match it.type_parameters {
            Some(_) => self.open_scope(ScopeKind::TypeParameters, Some(owner), it.span),
            None => self.scope,
        };
        self.map_scope(it.scope_id.get(), around);
        self.unexported(|this| {
            this.inside(around, |this| {
                it.type_parameters.iter().for_each(|it| this.visit_ts_type_parameter_declaration(it));
                match &it.type_annotation {
                    TSType::TSTypeLiteral(literal) => {
                        this.lower_members(owner, literal.span, |this| this.visit_ts_signatures(&literal.members));
                    }
                    other => this.visit_ts_type(other),
                }
            });
        });
    }

    fn visit_ts_type_literal(&mut self, it: &TSTypeLiteral<'a>) {
        // Its members have no symbols.
        let scope = self.open_scope(ScopeKind::Block, None, it.span);
        self.inside(scope, |this| this.visit_ts_signatures(&it.members));
    }

    fn visit_ts_property_signature(&mut self, it: &TSPropertySignature<'a>) {
        if self.has_members() {
            let mut flags = SymbolFlags::empty();
            flags.set(SymbolFlags::OPTIONAL, it.optional);
            self.member(&it.key, SymbolKind::Field, flags, it.span);
        } else {
            walk::walk_property_key(self, &it.key);
        }
        it.type_annotation.iter().for_each(|it| self.visit_ts_type_annotation(it));
    }

    fn visit_ts_method_signature(&mut self, it: &TSMethodSignature<'a>) {
        let owner = if self.has_members() {
            self.member(&it.key, SymbolKind::Method, SymbolFlags::empty(), it.span)
        } else {
            walk::walk_property_key(self, &it.key);
            None
        };
        self.function(parts_of!(it), owner, Receiver::Kept, |_| {});
    }

    fn visit_ts_call_signature_declaration(&mut self, it: &TSCallSignatureDeclaration<'a>) {
        self.function(parts_of!(it), None, Receiver::Kept, |_| {});
    }

    fn visit_ts_construct_signature_declaration(&mut self, it: &TSConstructSignatureDeclaration<'a>) {
        self.function(parts_of!(it), None, Receiver::Kept, |_| {});
    }

    fn visit_ts_function_type(&mut self, it: &TSFunctionType<'a>) {
        self.function(parts_of!(it, Some(&it.return_type)), None, Receiver::Kept, |_| {});
    }

    fn visit_ts_constructor_type(&mut self, it: &TSConstructorType<'a>) {
        self.function(parts_of!(it, Some(&it.return_type)), None, Receiver::Kept, |_| {});
    }

    fn visit_ts_mapped_type(&mut self, it: &TSMappedType<'a>) {
        let scope = self.open_scope(ScopeKind::TypeParameters, None, it.span);
        self.map_scope(it.scope_id.get(), scope);
        self.inside(scope, |this| {
            let defining =
                Defining { kind: SymbolKind::TypeParameter, flags: SymbolFlags::empty(), span: span(it.key.span) };
            this.declare(&it.key, defining);
            this.visit_ts_type(&it.constraint);
            it.name_type.iter().for_each(|it| this.visit_ts_type(it));
            it.type_annotation.iter().for_each(|it| this.visit_ts_type(it));
        });
    }

    fn visit_ts_conditional_type(&mut self, it: &TSConditionalType<'a>) {
        self.visit_ts_type(&it.check_type);
        // What the type after `extends` infers is bound in it and in the branch that it holds for.
        let scope = self.open_scope(ScopeKind::TypeParameters, None, it.span);
        self.map_scope(it.scope_id.get(), scope);
        self.inside(scope, |this| {
            this.visit_ts_type(&it.extends_type);
            this.visit_ts_type(&it.true_type);
        });
        self.visit_ts_type(&it.false_type);
    }

    fn visit_ts_type_parameter(&mut self, it: &TSTypeParameter<'a>) {
        let defining = Defining { kind: SymbolKind::TypeParameter, flags: SymbolFlags::empty(), span: span(it.span) };
        self.declare(&it.name, defining);
        it.constraint.iter().for_each(|it| self.visit_ts_type(it));
        it.default.iter().for_each(|it| self.visit_ts_type(it));
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        let defining = Defining { kind: SymbolKind::Enum, flags: SymbolFlags::empty(), span: span(it.span) };
        let owner = self.declare(&it.id, defining);
        let theirs = it.body.scope_id.get();
        let scope = self.open_scope(ScopeKind::Class, Some(owner), it.body.span);
        self.symbols[owner.index()].body = Some(scope);
        self.map_scope(theirs, scope);
        self.unexported(|this| {
            this.inside(scope, |this| {
                for member in &it.body.members {
                    let (name, at) = match &member.id {
                        TSEnumMemberName::Identifier(name) => (this.intern(name.name.as_str()), name.span),
                        TSEnumMemberName::String(text) | TSEnumMemberName::ComputedString(text) => {
                            let inside = super::import::inside_quotes(text.span);
                            (this.intern(text.value.as_str()), inside)
                        }
                        TSEnumMemberName::ComputedTemplateString(_) => continue,
                    };
                    let defining =
                        Defining { kind: SymbolKind::Field, flags: SymbolFlags::empty(), span: span(member.span) };
                    let symbol = this.define_named_member(name, at, scope, defining);
                    if let (Some(theirs), TSEnumMemberName::Identifier(name)) = (theirs, &member.id)
                        && let Some(declared) = this.scoping.get_binding(theirs, name.name)
                    {
                        this.symbol_of.entry(declared).or_insert(symbol);
                    }
                    member.initializer.iter().for_each(|value| this.visit_expression(value));
                }
            });
        });
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        let defining = Defining { kind: SymbolKind::Namespace, flags: SymbolFlags::empty(), span: span(it.span) };
        let owner = self.declare(&it.id, defining);
        let scope = self.open_scope(ScopeKind::Namespace, Some(owner), it.span);
        self.symbols[owner.index()].body = Some(scope);
        self.map_scope(it.scope_id.get(), scope);
        self.unexported(|this| {
            this.inside(scope, |this| walk::walk_ts_namespace_declaration_body(this, &it.body));
        });
    }

    fn visit_ts_global_declaration(&mut self, it: &TSGlobalDeclaration<'a>) {
        let scope = self.open_scope(ScopeKind::Namespace, None, it.span);
        self.map_scope(it.scope_id.get(), scope);
        self.unexported(|this| this.inside(scope, |this| this.visit_ts_module_block(&it.body)));
    }

    // Blocks and circumstances

    fn visit_block_statement(&mut self, it: &BlockStatement<'a>) {
        self.in_block(it.scope_id.get(), it.span, |this| this.visit_statements(&it.body));
    }

    fn visit_if_statement(&mut self, it: &IfStatement<'a>) {
        self.visit_expression(&it.test);
        self.under(EdgeKinds::CONDITIONAL, |this| {
            this.visit_statement(&it.consequent);
            it.alternate.iter().for_each(|it| this.visit_statement(it));
        });
    }

    fn visit_conditional_expression(&mut self, it: &ConditionalExpression<'a>) {
        self.visit_expression(&it.test);
        self.under(EdgeKinds::CONDITIONAL, |this| {
            this.visit_expression(&it.consequent);
            this.visit_expression(&it.alternate);
        });
    }

    fn visit_logical_expression(&mut self, it: &LogicalExpression<'a>) {
        self.visit_expression(&it.left);
        self.under(EdgeKinds::CONDITIONAL, |this| this.visit_expression(&it.right));
    }

    fn visit_try_statement(&mut self, it: &TryStatement<'a>) {
        self.under(EdgeKinds::CONDITIONAL, |this| {
            this.visit_block_statement(&it.block);
            it.handler.iter().for_each(|it| this.visit_catch_clause(it));
        });
        it.finalizer.iter().for_each(|it| self.visit_block_statement(it));
    }

    fn visit_catch_clause(&mut self, it: &CatchClause<'a>) {
        // The parameter is bound in the block's scope.
        let scope = self.open_scope(ScopeKind::Block, None, it.span);
        self.map_scope(it.scope_id.get(), scope);
        self.map_scope(it.body.scope_id.get(), scope);
        self.inside(scope, |this| {
            it.param.iter().for_each(|it| this.visit_catch_parameter(it));
            this.visit_statements(&it.body.body);
        });
    }

    fn visit_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        self.visit_expression(&it.discriminant);
        self.in_block(it.scope_id.get(), it.span, |this| {
            this.under(EdgeKinds::CONDITIONAL, |this| this.visit_switch_cases(&it.cases));
        });
    }

    fn visit_for_statement(&mut self, it: &ForStatement<'a>) {
        self.in_block(it.scope_id.get(), it.span, |this| {
            it.init.iter().for_each(|it| this.visit_for_statement_init(it));
            it.test.iter().for_each(|it| this.visit_expression(it));
            it.update.iter().for_each(|it| this.visit_expression(it));
            this.under(EdgeKinds::CONDITIONAL, |this| this.visit_statement(&it.body));
        });
    }

    fn visit_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.in_block(it.scope_id.get(), it.span, |this| {
            this.visit_for_statement_left(&it.left);
            this.visit_expression(&it.right);
            this.under(EdgeKinds::CONDITIONAL, |this| this.visit_statement(&it.body));
        });
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.in_block(it.scope_id.get(), it.span, |this| {
            this.visit_for_statement_left(&it.left);
            this.visit_expression(&it.right);
            this.under(EdgeKinds::CONDITIONAL, |this| this.visit_statement(&it.body));
        });
    }

    fn visit_while_statement(&mut self, it: &WhileStatement<'a>) {
        self.visit_expression(&it.test);
        self.under(EdgeKinds::CONDITIONAL, |this| this.visit_statement(&it.body));
    }

    fn visit_do_while_statement(&mut self, it: &DoWhileStatement<'a>) {
        self.under(EdgeKinds::CONDITIONAL, |this| this.visit_statement(&it.body));
        self.visit_expression(&it.test);
    }

    fn visit_with_statement(&mut self, it: &WithStatement<'a>) {
        self.visit_expression(&it.object);
        self.in_block(it.scope_id.get(), it.span, |this| this.visit_statement(&it.body));
    }

    // Uses

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.refer_identifier(it, Role::Read);
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        let name = self.intern(it.property.name.as_str());
        self.refer_member(&it.object, name, it.property.span, Role::Read);
    }

    fn visit_private_field_expression(&mut self, it: &PrivateFieldExpression<'a>) {
        let name = self.intern(&format!("#{}", it.field.name));
        self.refer_member(&it.object, name, it.field.span, Role::Read);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        self.lower_call_import(it);
        self.visit_as(&it.callee, Role::Call);
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
        self.visit_arguments(&it.arguments);
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        self.lower_url(it);
        self.visit_as(&it.callee, Role::Call);
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
        self.visit_arguments(&it.arguments);
    }

    fn visit_tagged_template_expression(&mut self, it: &TaggedTemplateExpression<'a>) {
        self.visit_as(&it.tag, Role::Call);
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
        self.visit_template_literal(&it.quasi);
    }

    fn visit_unary_expression(&mut self, it: &UnaryExpression<'a>) {
        let role = if it.operator == UnaryOperator::Delete { Role::Delete } else { Role::Read };
        self.visit_as(&it.argument, role);
    }

    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        if let AssignmentTarget::StaticMemberExpression(target) = &it.left
            && matches!(target.object, Expression::ThisExpression(_))
            && let Some(this) = self.this.clone()
        {
            let (name, at) = (self.intern(target.property.name.as_str()), target.property.span);
            let is_known = this.declared.contains(&name) || self.members.contains_key(&(this.class, name));
            if !is_known {
                let flags = SymbolFlags::INSTANCE;
                let defining = Defining { kind: SymbolKind::Field, flags, span: span(it.span) };
                self.define_named_member(name, at, this.class, defining);
                self.visit_expression(&it.right);
                return;
            }
        }
        self.visit_assignment_target(&it.left);
        self.visit_expression(&it.right);
    }

    fn visit_simple_assignment_target(&mut self, it: &SimpleAssignmentTarget<'a>) {
        match it {
            SimpleAssignmentTarget::AssignmentTargetIdentifier(it) => _ = self.refer_identifier(it, Role::Write),
            SimpleAssignmentTarget::StaticMemberExpression(it) => {
                let name = self.intern(it.property.name.as_str());
                self.refer_member(&it.object, name, it.property.span, Role::Write);
            }
            SimpleAssignmentTarget::PrivateFieldExpression(it) => {
                let name = self.intern(&format!("#{}", it.field.name));
                self.refer_member(&it.object, name, it.field.span, Role::Write);
            }
            other => walk::walk_simple_assignment_target(self, other),
        }
    }

    fn visit_assignment_target_property_identifier(&mut self, it: &AssignmentTargetPropertyIdentifier<'a>) {
        self.refer_identifier(&it.binding, Role::Write);
        it.init.iter().for_each(|value| self.visit_expression(value));
    }

    fn visit_decorator(&mut self, it: &Decorator<'a>) {
        match &it.expression {
            Expression::CallExpression(call) => {
                self.visit_as(&call.callee, Role::Decorator);
                call.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
                self.visit_arguments(&call.arguments);
            }
            other => _ = self.visit_as(other, Role::Decorator),
        }
    }

    fn visit_ts_type_reference(&mut self, it: &TSTypeReference<'a>) {
        self.refer_type_name(&it.type_name, Role::Annotation);
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
    }

    fn visit_ts_type_query(&mut self, it: &TSTypeQuery<'a>) {
        match it.expr_name.as_ts_type_name() {
            Some(name) => _ = self.refer_type_name(name, Role::Annotation),
            None => walk::walk_ts_type_query_expr_name(self, &it.expr_name),
        }
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
    }

    fn visit_jsx_element_name(&mut self, it: &JSXElementName<'a>) {
        match it {
            JSXElementName::IdentifierReference(it) => _ = self.refer_identifier(it, Role::Call),
            JSXElementName::MemberExpression(it) => _ = self.refer_jsx_member(it, Role::Call),
            _ => {}
        }
    }

    fn visit_jsx_closing_element(&mut self, it: &JSXClosingElement<'a>) {
        match &it.name {
            JSXElementName::IdentifierReference(it) => _ = self.refer_identifier(it, Role::Read),
            JSXElementName::MemberExpression(it) => _ = self.refer_jsx_member(it, Role::Read),
            _ => {}
        }
    }
}
