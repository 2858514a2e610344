//! Types: interfaces, aliases, enums, types without a name, and type parameters.

use esker_frontend_api::{
    Binding, FactKind, Role, Scope, ScopeId, ScopeKind, SymbolFlags, SymbolId, SymbolKind, Value, ValueId,
};
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_span::GetSpan;

use super::define::{Defining, can_be_named};
use super::fact::Subject;
use super::function::{Parts, Receiver, parts_of};
use super::import::inside_quotes;
use super::{Lowerer, span};
use crate::resolve::{CALLED, PART};

impl<'a> Lowerer<'_> {
    /// Visits the members of an interface, a type literal or the like.
    pub(super) fn lower_members(
        &mut self,
        owner: SymbolId,
        at: oxc_span::Span,
        visit: impl FnOnce(&mut Self),
    ) -> ScopeId {
        let scope = self.open_scope(ScopeKind::Class, Some(owner), at);
        self.symbols[owner.index()].body.get_or_insert(scope);
        self.inside(scope, visit);
        scope
    }

    /// Visits a type that says what `owner` is: the members of a type without a name are its members.
    pub(super) fn visit_type_of(&mut self, it: &TSType<'a>, owner: Option<SymbolId>) {
        let owner = owner.filter(|owner| {
            let kind = self.symbols[owner.index()].kind;
            matches!(kind, SymbolKind::Variable | SymbolKind::Field | SymbolKind::Parameter | SymbolKind::TypeAlias)
        });
        match (it, owner) {
            (TSType::TSTypeLiteral(it), Some(_)) => self.lower_type_literal(it, owner),
            (TSType::TSUnionType(it), Some(_)) => it.types.iter().for_each(|it| self.visit_type_of(it, owner)),
            (TSType::TSIntersectionType(it), Some(symbol)) => {
                it.types.iter().for_each(|it| self.visit_type_of(it, owner));
                if it.types.iter().any(|it| matches!(it, TSType::TSMappedType(_))) {
                    self.tell_unnamed_members(symbol);
                }
            }
            (TSType::TSParenthesizedType(it), Some(_)) => self.visit_type_of(&it.type_annotation, owner),
            (TSType::TSArrayType(it), Some(owner)) if self.symbols[owner.index()].body.is_none() => {
                self.visit_type_of(&it.element_type, Some(owner));
            }
            (TSType::TSTypeReference(it), Some(owner))
                if self.symbols[owner.index()].body.is_none() && literals_in_arguments(it) == 1 =>
            {
                let owner = Some(owner);
                self.refer_type_name(&it.type_name, Role::Annotation);
                let arguments = it.type_arguments.iter().flat_map(|it| &it.params);
                arguments.for_each(|it| self.visit_type_of(it, owner));
            }
            _ => self.visit_ts_type(it),
        }
    }

    /// Visits what a function says that it returns: the members of a type without a name are those of what it returns.
    pub(super) fn visit_returned_type(&mut self, it: &TSType<'a>, function: Option<SymbolId>) {
        let returned = function.filter(|_| literals_in(it) > 0).map(|_| self.returned_symbol(it.span()));
        self.visit_type_of(it, returned);
        returned.into_iter().for_each(|returned| self.tell_members(returned));
    }

    /// Visits a type without a name.
    pub(super) fn lower_type_literal(&mut self, it: &TSTypeLiteral<'a>, owner: Option<SymbolId>) {
        // Nothing names the parameters of a function without a name, and those of overloads alike.
        let called = self.intern(CALLED);
        let named = owner.filter(|owner| {
            let around = &self.scopes[self.symbols[owner.index()].scope.index()];
            let function = around.owner.map(|function| self.symbols[function.index()].name);
            around.kind != ScopeKind::Lambda && (around.kind != ScopeKind::Function || function != Some(called))
        });
        let part = if named.is_none() { self.part_symbol(it.span) } else { None };
        let owner = part.or(owner);
        let known = owner.and_then(|owner| self.symbols[owner.index()].body);
        let scope = known.unwrap_or_else(|| self.open_scope(ScopeKind::Class, owner, it.span));
        if let Some(owner) = owner {
            self.symbols[owner.index()].body = Some(scope);
        }
        part.into_iter().for_each(|part| self.tell_members(part));
        self.members_at.insert(it.span.start, scope);
        self.unexported(|this| this.inside(scope, |this| this.visit_ts_signatures(&it.members)));
    }

    /// Visits the type of a function. One with type parameters that have bounds, such as the keys of another type, is
    /// like an object that can be called: what it takes and returns depends on what it is called with. Those without
    /// are told with less: there are very many.
    pub(super) fn lower_ts_function_type(&mut self, it: &TSFunctionType<'a>) {
        let mut parameters = it.type_parameters.iter().flat_map(|it| &it.params);
        let is_bounded = parameters.any(|it| it.constraint.is_some());
        let owner = if is_bounded { self.part_symbol(it.span) } else { None };
        let Some(owner) = owner else {
            self.function(parts_of!(it, Some(&*it.return_type)), None, Receiver::Kept, None, |_| {});
            return;
        };
        let scope = self.open_scope(ScopeKind::Class, Some(owner), it.span);
        self.symbols[owner.index()].body = Some(scope);
        self.tell_members(owner);
        self.members_at.insert(it.span.start, scope);
        self.inside(scope, |this| this.lower_signature(parts_of!(it, Some(&*it.return_type))));
    }

    /// Makes what stands for a type without a name that is a part of another one, outside of the bodies of functions:
    /// like a member of the class, type or function around it, so that other files can name its members.
    pub(super) fn part_symbol(&mut self, at: oxc_span::Span) -> Option<SymbolId> {
        if self.function.is_body {
            return None;
        }
        let mut around = self.scope;
        loop {
            let Scope { kind, parent, owner, .. } = self.scopes[around.index()];
            match kind {
                ScopeKind::Class | ScopeKind::Function | ScopeKind::Namespace if owner.is_some() => break,
                ScopeKind::Module => break,
                _ => around = parent?,
            }
        }
        // Overloads of a function are found together by their name, so that they number their parts together.
        let function = self.scopes[around.index()].owner.map(|owner| &self.symbols[owner.index()]);
        let function = function.filter(|_| self.scopes[around.index()].kind == ScopeKind::Function);
        let key = function.map_or((around, None), |function| (function.scope, Some(function.name)));
        let count = self.parts.entry(key).or_default();
        *count += 1;
        let name = format!("{PART}{count}");
        let name = self.intern(&name);
        let defining = Defining { kind: SymbolKind::Parameter, flags: SymbolFlags::REEXPORTED, span: span(at) };
        Some(self.add_symbol(name, oxc_span::Span::empty(at.start), around, defining))
    }

    /// Visits what the text says about the type of a name, and tells it.
    pub(super) fn lower_annotation(&mut self, it: &TSTypeAnnotation<'a>, owner: Option<SymbolId>) -> Option<ValueId> {
        self.visit_type_of(&it.type_annotation, owner);
        self.type_value(&it.type_annotation)
    }

    pub(super) fn lower_ts_interface_declaration(&mut self, it: &TSInterfaceDeclaration<'a>) {
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
                    let base = this.heritage_value(&heritage.type_name, heritage.type_arguments.as_deref());
                    this.tell_known(Some(Subject::Symbol(owner)), FactKind::Base, base);
                }
                this.lower_members(owner, it.body.span, |this| this.visit_ts_signatures(&it.body.body));
            });
        });
    }

    pub(super) fn lower_ts_type_alias_declaration(&mut self, it: &TSTypeAliasDeclaration<'a>) {
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
                this.visit_type_of(&it.type_annotation, Some(owner));
                let aliased = this.type_value(&it.type_annotation);
                this.tell_known(Some(Subject::Symbol(owner)), FactKind::Assigned, aliased);
            });
        });
    }

    pub(super) fn lower_ts_property_signature(&mut self, it: &TSPropertySignature<'a>) {
        let mut flags = SymbolFlags::empty();
        flags.set(SymbolFlags::OPTIONAL, it.optional);
        let symbol = self.member(&it.key, SymbolKind::Field, flags, it.span);
        self.lower_field_type(it.type_annotation.as_deref(), symbol);
    }

    pub(super) fn lower_ts_method_signature(&mut self, it: &TSMethodSignature<'a>) {
        let mut flags = SymbolFlags::empty();
        flags.set(SymbolFlags::ACCESSOR, it.kind != TSMethodSignatureKind::Method);
        let owner = self.member(&it.key, SymbolKind::Method, flags, it.span);
        self.function(parts_of!(it), owner, Receiver::Kept, None, |_| {});
    }

    /// Tells of the type around that it has members which the text does not name.
    pub(super) fn lower_index_signature(&mut self) {
        if let Some(owner) = self.scopes[self.scope.index()].owner {
            self.tell_unnamed_members(owner);
        }
    }

    /// Tells of something that it has members which the text does not name.
    pub(super) fn tell_unnamed_members(&mut self, owner: SymbolId) {
        let unknown = self.values.share(Value::Unknown);
        self.tell(Subject::Symbol(owner), FactKind::Base, unknown);
    }

    /// Visits what says how the instances of the type around are called, or make others: a member without a name in the
    /// text.
    pub(super) fn lower_signature(&mut self, parts: Parts<'_, 'a>) {
        let name = self.intern(CALLED);
        let defining = Defining { kind: SymbolKind::Method, flags: SymbolFlags::empty(), span: span(parts.span) };
        let owner = self.add_symbol(name, oxc_span::Span::empty(parts.span.start), self.scope, defining);
        self.function(parts, Some(owner), Receiver::Kept, None, |_| {});
    }

    pub(super) fn lower_ts_mapped_type(&mut self, it: &TSMappedType<'a>) {
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

    pub(super) fn lower_ts_conditional_type(&mut self, it: &TSConditionalType<'a>) {
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

    /// Visits the type of a member, which a text names: `T["a"]`.
    pub(super) fn lower_ts_indexed_access_type(&mut self, it: &TSIndexedAccessType<'a>) {
        self.visit_ts_type(&it.object_type);
        let text = match &it.index_type {
            TSType::TSLiteralType(literal) => match &literal.literal {
                TSLiteral::StringLiteral(text) => Some(text),
                _ => None,
            },
            _ => None,
        };
        match text.filter(|text| can_be_named(text.value.as_str())) {
            Some(text) => {
                let Some(object) = self.type_value(&it.object_type) else { return };
                let object = self.annotated(object);
                let name = self.intern(text.value.as_str());
                self.refer_key(name, inside_quotes(text.span), Role::Annotation, Binding::Member(object));
            }
            None => self.visit_ts_type(&it.index_type),
        }
    }

    pub(super) fn lower_ts_type_parameter(&mut self, it: &TSTypeParameter<'a>) {
        let defining = Defining { kind: SymbolKind::TypeParameter, flags: SymbolFlags::empty(), span: span(it.span) };
        let symbol = self.declare(&it.name, defining);
        if let Some(constraint) = &it.constraint {
            self.visit_ts_type(constraint);
            let constraint = self.type_value(constraint);
            self.tell_known(Some(Subject::Symbol(symbol)), FactKind::Type, constraint);
        }
        if let Some(default) = &it.default {
            self.visit_ts_type(default);
            let default = self.type_value(default);
            self.tell_known(Some(Subject::Symbol(symbol)), FactKind::Default, default);
        }
    }

    pub(super) fn lower_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
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
                        this.declarations[declared.index()].first.get_or_insert(symbol);
                    }
                    member.initializer.iter().for_each(|value| this.visit_expression(value));
                }
            });
        });
    }
}

/// How many types without a name there are in one that [`Lowerer::visit_type_of`] comes to.
fn literals_in(it: &TSType<'_>) -> usize {
    match it {
        TSType::TSTypeLiteral(_) => 1,
        TSType::TSUnionType(it) => it.types.iter().map(literals_in).sum(),
        TSType::TSIntersectionType(it) => it.types.iter().map(literals_in).sum(),
        TSType::TSParenthesizedType(it) => literals_in(&it.type_annotation),
        TSType::TSArrayType(it) => literals_in(&it.element_type),
        // The parts of what is made of several have members apart.
        TSType::TSTypeReference(it) => match literals_in_arguments(it) {
            1 => 1,
            _ => 0,
        },
        _ => 0,
    }
}

fn literals_in_arguments(it: &TSTypeReference<'_>) -> usize {
    it.type_arguments.iter().flat_map(|it| &it.params).map(literals_in).sum()
}
