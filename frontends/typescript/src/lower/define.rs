//! Symbols and scopes.

use esker_frontend_api::{NameId, Scope, ScopeId, ScopeKind, Span, Symbol, SymbolFlags, SymbolId, SymbolKind, ValueId};
use oxc_ast::ast::{BindingIdentifier, PropertyKey, TSAccessibility};
use oxc_span::GetSpan;
use rustc_hash::FxHashSet;

use super::{Declared, Lowerer, span};

/// What the names that a declaration binds are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Defining {
    pub(super) kind: SymbolKind,
    pub(super) flags: SymbolFlags,
    pub(super) span: Span,
}

/// What `this` is in a method, a static block or the value of a field.
#[derive(Debug, Clone)]
pub(super) struct This {
    /// The scope of the class.
    pub(super) class: ScopeId,
    /// The names of the members that the class body declares.
    pub(super) declared: std::rc::Rc<FxHashSet<NameId>>,
    /// Whether it is an instance of the class, as against the class itself, or an object.
    pub(super) is_instance: bool,
    /// What the class derives from.
    pub(super) base: Option<ValueId>,
    /// Whether it is a class at all, as against an object.
    pub(super) is_class: bool,
}

impl Lowerer<'_> {
    /// Opens a scope inside the current one, without entering it.
    pub(super) fn open_scope(&mut self, kind: ScopeKind, owner: Option<SymbolId>, at: oxc_span::Span) -> ScopeId {
        let id = ScopeId(self.scopes.len() as u32);
        self.scopes.push(Scope { kind, parent: Some(self.scope), owner, span: span(at) });
        id
    }

    /// Says which scope stands for one of oxc's.
    pub(super) fn map_scope(&mut self, theirs: Option<oxc_syntax::scope::ScopeId>, ours: ScopeId) {
        if let Some(theirs) = theirs {
            self.scope_of[theirs.index()] = Some(ours);
        }
    }

    /// Makes `scope` the current one for the length of `visit`.
    pub(super) fn inside<T>(&mut self, scope: ScopeId, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outside = std::mem::replace(&mut self.scope, scope);
        let result = visit(self);
        self.scope = outside;
        result
    }

    /// Opens a scope for a block, unless it binds nothing.
    pub(super) fn in_block(
        &mut self,
        theirs: Option<oxc_syntax::scope::ScopeId>,
        at: oxc_span::Span,
        visit: impl FnOnce(&mut Self),
    ) {
        let binds = theirs.is_some_and(|theirs| !self.scoping.get_bindings(theirs).is_empty());
        let scope = if binds { self.open_scope(ScopeKind::Block, None, at) } else { self.scope };
        self.map_scope(theirs, scope);
        self.inside(scope, visit);
    }

    /// Makes the symbol of a declaration. One that merges with another, such as an overload or the second interface of
    /// a name, has a symbol of its own, and what refers to the name refers to the first.
    pub(super) fn declare(&mut self, id: &BindingIdentifier<'_>, defining: Defining) -> SymbolId {
        let theirs = id.symbol_id.get();
        let name = self.declared_name(theirs, id.name.as_str());
        let scope = theirs.and_then(|theirs| self.scope_of[self.scoping.symbol_scope_id(theirs).index()]);
        let scope = scope.unwrap_or(self.scope);
        let is_global = self.is_global && scope == ScopeId(0);
        let flags = defining.flags | if is_global { SymbolFlags::GLOBAL } else { SymbolFlags::empty() };
        let symbol = self.add_symbol(name, id.span, scope, Defining { flags, ..defining });
        self.declared_at.insert(id.span.start, symbol);
        if let Some(theirs) = theirs {
            let declaration = &mut self.declarations[theirs.index()];
            match declaration.first {
                Some(first) => self.symbols[first.index()].flags |= SymbolFlags::REBOUND,
                None => declaration.first = Some(symbol),
            }
            let apart = if is_type(defining.kind) { &mut declaration.ty } else { &mut declaration.value };
            apart.get_or_insert(symbol);
        }
        if self.scopes[scope.index()].kind == ScopeKind::Namespace {
            self.members.entry((scope, name)).or_insert(symbol);
        }
        if self.is_exported && defining.kind != SymbolKind::TypeParameter && scope == ScopeId(0) {
            self.exported.insert(name);
        }
        symbol
    }

    /// The name of what is declared, and bound to a declaration where it is used.
    pub(super) fn declared_name(&mut self, declared: Option<Declared>, name: &str) -> NameId {
        let Some(declared) = declared else { return self.intern(name) };
        if let Some(known) = self.declarations[declared.index()].name {
            return known;
        }
        let name = self.intern(name);
        self.declarations[declared.index()].name = Some(name);
        name
    }

    /// Whether a declaration has a symbol for its value already.
    pub(super) fn is_declared(&self, id: &BindingIdentifier<'_>) -> bool {
        id.symbol_id.get().is_some_and(|theirs| self.declarations[theirs.index()].value.is_some())
    }

    /// Makes the symbol of a member of a class, an interface or an enum.
    pub(super) fn define_member(&mut self, key: &PropertyKey<'_>, defining: Defining) -> Option<SymbolId> {
        let (name, at) = self.key(key)?;
        Some(self.define_named_member(name, at, self.scope, defining))
    }

    /// The same, of the scope and with the name given.
    pub(super) fn define_named_member(
        &mut self,
        name: NameId,
        at: oxc_span::Span,
        scope: ScopeId,
        defining: Defining,
    ) -> SymbolId {
        let symbol = self.add_symbol(name, at, scope, defining);
        self.members.entry((scope, name)).or_insert(symbol);
        symbol
    }

    pub(super) fn add_symbol(
        &mut self,
        name: NameId,
        at: oxc_span::Span,
        scope: ScopeId,
        defining: Defining,
    ) -> SymbolId {
        let Defining { kind, flags, span: whole } = defining;
        let id = SymbolId(self.symbols.len() as u32);
        self.symbols.push(Symbol {
            name,
            kind,
            flags,
            scope,
            body: None,
            span: whole,
            name_span: span(at),
            import: None,
        });
        id
    }

    /// The name of a key that is written out, and where it stands.
    pub(super) fn key(&mut self, key: &PropertyKey<'_>) -> Option<(NameId, oxc_span::Span)> {
        let at = key.span();
        let key = match key {
            PropertyKey::StaticIdentifier(name) => (self.intern(name.name.as_str()), at),
            // With its sign, which keeps `#x` and `x` apart.
            PropertyKey::PrivateIdentifier(name) => (self.intern(&format!("#{}", name.name)), at),
            PropertyKey::StringLiteral(text) => {
                // The text between the quotes.
                let inside = oxc_span::Span::new(at.start + 1, at.end.saturating_sub(1).max(at.start + 1));
                (self.intern(text.value.as_str()), inside)
            }
            PropertyKey::NumericLiteral(number) => {
                let written = number.raw.map(|raw| raw.as_str()).unwrap_or_default();
                (self.intern(written), at)
            }
            _ => return None,
        };
        self.names.get(key.0).is_some_and(can_be_named).then_some(key)
    }

    /// Makes the field that a parameter of a constructor declares (`constructor(private x: X)`).
    pub(super) fn define_parameter_property(
        &mut self,
        id: &BindingIdentifier<'_>,
        accessibility: Option<TSAccessibility>,
        is_readonly: bool,
        defining: Defining,
    ) -> Option<SymbolId> {
        let this = self.this.clone().filter(|_| accessibility.is_some() || is_readonly)?;
        let name = self.intern(id.name.as_str());
        let defining = Defining { kind: SymbolKind::Field, flags: SymbolFlags::INSTANCE, ..defining };
        Some(self.define_named_member(name, id.span, this.class, defining))
    }
}

/// Whether a symbol of this kind is a type alone: a value may have the same name.
fn is_type(kind: SymbolKind) -> bool {
    matches!(kind, SymbolKind::Interface | SymbolKind::TypeAlias | SymbolKind::TypeParameter)
}

/// Whether a name can be a part of one with dots, as members are asked for: a number with a point or a path cannot.
pub(super) fn can_be_named(name: &str) -> bool {
    !name.is_empty() && !name.contains(['.', '<', '*'])
}
