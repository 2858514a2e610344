//! What a file gives to importers beyond its own declarations: names that it passes on, defaults, and what CommonJS
//! modules assign to `exports`.

use esker_frontend_api::{
    Binding, FactKind, NameId, Role, ScopeId, Span, Symbol, SymbolFlags, SymbolId, SymbolKind, ValueId,
};
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::GetSpan;

use super::Lowerer;
use super::define::{Defining, can_be_named};
use super::fact::Subject;
use super::function::{Receiver, value_kind};
use crate::parse::DECLARATION;

/// The name by which a module as a whole is known that is not what its exports are: `export = x`, `module.exports = x`.
const WHOLE: &str = "export=";

impl<'a> Lowerer<'_> {
    pub(super) fn lower_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        for specifier in &it.specifiers {
            let ModuleExportName::IdentifierReference(local) = &specifier.local else { continue };
            self.refer_identifier(local, Role::Read);
            let name = self.export_name(&specifier.exported);
            if self.scope != ScopeId(0) && self.ambient != Some(self.scope) {
                continue;
            }
            let own = self.intern(local.name.as_str());
            if name == own {
                self.export(name);
                continue;
            }
            let value = self.name_value(local.span);
            self.declare_export(name, specifier.exported.span(), None, value);
            let declared = local.reference_id.get().and_then(|id| self.scoping.get_reference(id).symbol_id());
            let pending = declared.map_or(super::Pending::Nothing, super::Pending::Declaration);
            self.refer_pending(name, specifier.exported.span(), Role::Read, Binding::Free, pending);
        }
    }

    pub(super) fn lower_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        let name = self.intern("default");
        self.export(name);
        if let ExportDefaultDeclarationKind::FunctionDeclaration(_) = &it.declaration {
            self.documented = Some(it.span.start);
        }
        match &it.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) if function.id.is_none() => {
                let symbol = self.declare_default(SymbolKind::Function, function.span);
                self.lower_function(function, Some(symbol), Receiver::Unknown, None);
            }
            ExportDefaultDeclarationKind::ClassDeclaration(class) if class.id.is_none() => {
                let symbol = self.declare_default(SymbolKind::Class, class.span);
                class.decorators.iter().for_each(|decorator| self.visit_decorator(decorator));
                self.lower_class(class, Some(symbol));
            }
            other => match other.as_expression() {
                Some(value @ Expression::Identifier(local)) => {
                    self.visit_expression(value);
                    let value = self.name_value(local.span);
                    self.declare_export(name, oxc_span::Span::empty(local.span.start), None, value);
                }
                Some(value) => {
                    let kind = value_kind(value);
                    let symbol = self.declare_default(kind, value.span());
                    self.lower_named_value(value, Some(symbol));
                    if kind == SymbolKind::Variable {
                        let value = self.value(value);
                        self.tell_known(Some(Subject::Symbol(symbol)), FactKind::Assigned, value);
                    }
                }
                None => {
                    walk::walk_export_default_declaration_kind(self, other);
                    self.declare_default_alias(other);
                }
            },
        }
    }

    /// Marks what a component gives to importers as its default, which is the component: what it says so, or without
    /// that all of it.
    pub(super) fn declare_component(&mut self, whole: Span) {
        let name = self.intern("default");
        let is_default = |row: &&mut Symbol| row.scope == ScopeId(0) && row.name == name;
        if let Some(row) = self.symbols.iter_mut().find(is_default) {
            row.flags |= SymbolFlags::WHOLE;
            return;
        }
        self.exported.insert(name);
        let defining = Defining { kind: SymbolKind::Variable, flags: SymbolFlags::WHOLE, span: whole };
        self.add_symbol(name, oxc_span::Span::empty(0), ScopeId(0), defining);
    }

    /// Says that importers of the file get a name, unless it is one of another module that the file declares.
    fn export(&mut self, name: NameId) {
        if self.ambient.is_none() {
            self.exported.insert(name);
        }
    }

    /// Makes the symbol of a name that the file passes on to importers: what an import brings in, or a value.
    pub(super) fn declare_export(
        &mut self,
        name: NameId,
        at: oxc_span::Span,
        import: Option<(u32, SymbolFlags)>,
        value: Option<ValueId>,
    ) {
        if !self.names.get(name).is_some_and(can_be_named) {
            return;
        }
        self.export(name);
        let flags = SymbolFlags::REEXPORTED | import.map_or(SymbolFlags::empty(), |(_, flags)| flags);
        let defining = Defining { kind: SymbolKind::Import, flags, span: super::span(at) };
        let symbol = self.add_symbol(name, at, self.ambient.unwrap_or(ScopeId(0)), defining);
        self.symbols[symbol.index()].import = import.map(|(import, _)| import);
        self.tell_known(Some(Subject::Symbol(symbol)), FactKind::Assigned, value);
    }

    /// Makes the name `default` of a declaration that has a name of its own.
    pub(super) fn declare_default_alias(&mut self, it: &ExportDefaultDeclarationKind<'a>) {
        let id = match it {
            ExportDefaultDeclarationKind::FunctionDeclaration(it) => it.id.as_ref(),
            ExportDefaultDeclarationKind::ClassDeclaration(it) => it.id.as_ref(),
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(it) => Some(&it.id),
            _ => None,
        };
        let Some(id) = id else { return };
        let value = self.declared_value(id);
        let name = self.intern("default");
        self.declare_export(name, oxc_span::Span::empty(id.span.start), None, value);
    }

    /// The value of a name that is declared here.
    fn declared_value(&mut self, id: &BindingIdentifier<'a>) -> Option<ValueId> {
        let symbol = self.declarations[id.symbol_id.get()?.index()].first?;
        Some(self.values.push(esker_frontend_api::Value::Scope(self.symbols[symbol.index()].body?)))
    }

    /// Visits what a module is as a whole: `export = x`.
    pub(super) fn export_whole(&mut self, value: &Expression<'a>, at: oxc_span::Span) {
        let name = self.intern(WHOLE);
        if self.scope != ScopeId(0) {
            self.visit_expression(value);
            return;
        }
        self.is_module = true;
        self.exported.insert(name);
        let kind = value_kind(value);
        let flags = SymbolFlags::REEXPORTED;
        let place = oxc_span::Span::empty(at.start);
        let symbol = self.add_symbol(name, place, ScopeId(0), Defining { kind, flags, span: super::span(at) });
        self.lower_exported_value(value, symbol, kind, at.start);
        if let Expression::ObjectExpression(object) = value
            && object.properties.iter().all(is_shorthand)
        {
            self.pass_on_members(symbol);
        }
    }

    /// Says that an object's members are what they have the names of: `module.exports = { a, b }` is a list of exports.
    fn pass_on_members(&mut self, object: SymbolId) {
        let body = self.symbols[object.index()].body;
        let members = self.symbols.iter_mut().skip(object.index()).filter(|row| Some(row.scope) == body);
        members.for_each(|row| row.flags |= SymbolFlags::REEXPORTED);
    }

    /// Visits the value of a symbol of this kind that a statement exports which starts here.
    fn lower_exported_value(&mut self, value: &Expression<'a>, symbol: SymbolId, kind: SymbolKind, at: u32) {
        if kind != SymbolKind::Variable {
            self.document(value, &[at]);
            self.lower_named_value(value, Some(symbol));
            return;
        }
        // Another name for something is that, whatever a comment says.
        let is_name = matches!(value, Expression::Identifier(_) | Expression::StaticMemberExpression(_));
        if let Some(declared) = self.doc_type(at).filter(|_| !is_name) {
            self.tell(Subject::Symbol(symbol), FactKind::Type, declared);
            let context = self.annotated(declared);
            self.visit_for(value, Some(context), None);
            return;
        }
        self.lower_named_value(value, Some(symbol));
        let value = self.value(value);
        self.tell_known(Some(Subject::Symbol(symbol)), FactKind::Assigned, value);
    }

    /// Visits an assignment to what a CommonJS module exports; `false` if it is none.
    pub(super) fn lower_exported(&mut self, it: &AssignmentExpression<'a>) -> bool {
        let AssignmentTarget::StaticMemberExpression(target) = &it.left else { return false };
        if self.has_statements_of_modules || self.dialect == DECLARATION || !it.operator.is_assign() {
            return false;
        }
        if self.is_module_object(&target.object, "module") && target.property.name == "exports" {
            let outside = std::mem::replace(&mut self.scope, ScopeId(0));
            self.export_whole(&it.right, it.span);
            self.scope = outside;
            return true;
        }
        let is_exports = match &target.object {
            Expression::StaticMemberExpression(inner) => {
                self.is_module_object(&inner.object, "module") && inner.property.name == "exports"
            }
            other => self.is_module_object(other, "exports"),
        };
        if is_exports {
            self.export_member(target.property.name.as_str(), target.property.span, it);
        }
        is_exports
    }

    fn export_member(&mut self, name: &str, at: oxc_span::Span, it: &AssignmentExpression<'a>) {
        self.is_module = true;
        let name = self.intern(name);
        self.exported.insert(name);
        let kind = value_kind(&it.right);
        let flags = SymbolFlags::REEXPORTED;
        let defining = Defining { kind, flags, span: super::span(it.span) };
        let symbol = self.add_symbol(name, at, ScopeId(0), defining);
        self.lower_exported_value(&it.right, symbol, kind, it.span.start);
    }

    /// Whether an expression is one of the objects that CommonJS gives to a module.
    fn is_module_object(&self, it: &Expression<'a>, name: &str) -> bool {
        matches!(it, Expression::Identifier(it) if it.name == name && !self.is_bound(it))
    }

    /// The scope of the class or interface around, for the type `this`.
    pub(super) fn this_scope(&self) -> Option<ScopeId> {
        let mut next = Some(self.scope);
        while let Some(scope) = next {
            let row = &self.scopes[scope.index()];
            let owner = row.owner.map(|owner: SymbolId| self.symbols[owner.index()].kind);
            if row.kind == esker_frontend_api::ScopeKind::Class
                && matches!(owner, Some(SymbolKind::Class | SymbolKind::Interface))
            {
                return Some(scope);
            }
            next = row.parent;
        }
        None
    }
}

fn is_shorthand(it: &ObjectPropertyKind<'_>) -> bool {
    matches!(it, ObjectPropertyKind::ObjectProperty(it) if it.shorthand)
}
