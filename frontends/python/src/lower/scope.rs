//! Which scope binds which name, and what a use of a name is bound to.
//!
//! The rules are those of the language reference, "Naming and binding", with PEP 227 (nested scopes), PEP 572
//! (assignment expressions) and PEP 695 (type parameters).

use esker_frontend_api::{
    Binding, NameId, Reference, ReferenceId, Role, Scope, ScopeId, ScopeKind, Span, Symbol, SymbolFlags, SymbolId,
    SymbolKind,
};
use rustc_hash::FxHashMap;

use super::Lowerer;
use super::fact::Subject;
use crate::resolve::is_builtin;

/// The names that each scope binds or declares.
#[derive(Default)]
pub(super) struct Bindings {
    entries: FxHashMap<(ScopeId, NameId), Entry>,
    /// By name, whether any scope has an entry for it. Most names of a file are attributes and builtins, and need no
    /// walk through the scopes.
    known: Vec<bool>,
    /// The attributes that methods give to the instance or the class, by class. No lookup of a name sees them.
    fields: FxHashMap<(ScopeId, NameId), SymbolId>,
    /// The symbols that class and function statements make of names that are bound already, the last of each.
    latest: FxHashMap<(ScopeId, NameId), SymbolId>,
}

/// What a scope knows about a name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Entry {
    /// The scope binds it; this is the first binding.
    Bound(SymbolId),
    /// The scope only unbinds it, which makes it the scope's own too.
    Deleted,
    /// Declared `global`.
    Global,
    /// Declared `nonlocal`.
    Nonlocal,
}

impl Bindings {
    /// Makes room for so many names in all scopes together.
    pub(super) fn with_capacity(names: usize) -> Self {
        let entries = FxHashMap::with_capacity_and_hasher(names, rustc_hash::FxBuildHasher);
        Self { entries, ..Self::default() }
    }

    pub(super) fn get(&self, scope: ScopeId, name: NameId) -> Option<Entry> {
        self.entries.get(&(scope, name)).copied()
    }

    pub(super) fn set(&mut self, scope: ScopeId, name: NameId, entry: Entry) {
        let index = name.0 as usize;
        if index >= self.known.len() {
            self.known.resize(index + 1, false);
        }
        self.known[index] = true;
        self.entries.insert((scope, name), entry);
    }

    /// The field with this name, if a method of the class defines it.
    pub(super) fn field(&self, class: ScopeId, name: NameId) -> Option<SymbolId> {
        self.fields.get(&(class, name)).copied()
    }

    pub(super) fn set_field(&mut self, class: ScopeId, name: NameId, field: SymbolId) {
        self.fields.insert((class, name), field);
    }

    fn knows(&self, name: NameId) -> bool {
        self.known.get(name.0 as usize).copied().unwrap_or(false)
    }
}

/// What has become of a name that was to be bound.
#[derive(Debug, Clone, Copy)]
pub(super) enum Bound {
    /// It has a new symbol.
    New(SymbolId),
    /// It is one more binding of this symbol.
    Again(SymbolId),
    /// It is one more binding of what this reference will prove to stand for.
    Nonlocal(ReferenceId),
}

impl From<Bound> for Subject {
    fn from(bound: Bound) -> Self {
        match bound {
            Bound::New(symbol) | Bound::Again(symbol) => Self::Symbol(symbol),
            Bound::Nonlocal(reference) => Self::Reference(reference),
        }
    }
}

/// A definition to be made.
pub(super) struct Definition {
    pub(super) name: NameId,
    pub(super) kind: SymbolKind,
    pub(super) flags: SymbolFlags,
    pub(super) span: Span,
    pub(super) name_span: Span,
}

impl Lowerer<'_> {
    /// Opens a scope inside the current one, without entering it.
    pub(super) fn open_scope(&mut self, kind: ScopeKind, owner: Option<SymbolId>, span: Span) -> ScopeId {
        let id = ScopeId(self.scopes.len() as u32);
        self.scopes.push(Scope { kind, parent: Some(self.scope), owner, span });
        id
    }

    /// Makes `scope` the current one for the length of `visit`.
    pub(super) fn inside<T>(&mut self, scope: ScopeId, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outside = std::mem::replace(&mut self.scope, scope);
        let result = visit(self);
        self.scope = outside;
        result
    }

    /// The kind of a scope.
    pub(super) fn kind(&self, scope: ScopeId) -> ScopeKind {
        self.scopes[scope.index()].kind
    }

    /// Binds a name in the current scope: a symbol the first time, a reference that writes after that.
    pub(super) fn bind(&mut self, definition: Definition) -> Bound {
        self.bind_in(self.scope, definition)
    }

    /// Binds a name in `scope` as seen from the current one.
    pub(super) fn bind_in(&mut self, scope: ScopeId, definition: Definition) -> Bound {
        let name = definition.name;
        self.end_narrowings_of_name(name);
        let (scope, entry) = match self.bindings.get(scope, name) {
            Some(Entry::Global) => (ScopeId(0), self.bindings.get(ScopeId(0), name)),
            entry => (scope, entry),
        };
        match entry {
            None | Some(Entry::Deleted | Entry::Global) => {
                let id = self.define(scope, definition);
                self.bindings.set(scope, name, Entry::Bound(id));
                Bound::New(id)
            }
            Some(Entry::Bound(first)) => {
                if !definition.flags.contains(SymbolFlags::DECLARED_ONLY) {
                    self.bind_again(scope, name, first);
                }
                self.refer(name, definition.name_span, Role::Write);
                Bound::Again(first)
            }
            Some(Entry::Nonlocal) => Bound::Nonlocal(self.refer(name, definition.name_span, Role::Write)),
        }
    }

    /// Makes a symbol for a class or function statement, which has one of its own even where the name is taken.
    pub(super) fn bind_statement(&mut self, definition: Definition) -> SymbolId {
        let name = definition.name;
        self.end_narrowings_of_name(name);
        let (scope, entry) = match self.bindings.get(self.scope, name) {
            Some(Entry::Global) => (ScopeId(0), self.bindings.get(ScopeId(0), name)),
            Some(Entry::Nonlocal) => (self.scope_of_nonlocal(name), Some(Entry::Nonlocal)),
            entry => (self.scope, entry),
        };
        let id = self.define(scope, definition);
        match entry {
            None | Some(Entry::Deleted) => self.bindings.set(scope, name, Entry::Bound(id)),
            Some(Entry::Bound(first)) => {
                self.bind_again(scope, name, first);
                self.bindings.latest.insert((scope, name), id);
            }
            Some(Entry::Global | Entry::Nonlocal) => {}
        }
        id
    }

    /// Marks the symbol that a name stands for as bound again: the latest, if statements have made several. What was
    /// only declared until now is bound for the first time.
    fn bind_again(&mut self, scope: ScopeId, name: NameId, first: SymbolId) {
        let latest = self.bindings.latest.get(&(scope, name)).copied().unwrap_or(first);
        let Some(Symbol { flags, .. }) = self.symbols.get_mut(latest.index()) else { return };
        if flags.contains(SymbolFlags::DECLARED_ONLY) {
            flags.remove(SymbolFlags::DECLARED_ONLY);
        } else {
            flags.insert(SymbolFlags::REBOUND);
        }
    }

    /// The scope that binds a name declared `nonlocal` here, as far as the text before this place tells.
    fn scope_of_nonlocal(&self, name: NameId) -> ScopeId {
        let mut next = self.scopes[self.scope.index()].parent;
        while let Some(id) = next {
            let Scope { kind, parent, .. } = self.scopes[id.index()];
            if kind != ScopeKind::Class && matches!(self.bindings.get(id, name), Some(Entry::Bound(_))) {
                return id;
            }
            next = parent;
        }
        self.scope
    }

    /// Adds a symbol to the table alone. What assignment binds in a class body is a field.
    pub(super) fn define(&mut self, scope: ScopeId, definition: Definition) -> SymbolId {
        let Definition { name, kind, flags, span, name_span } = definition;
        let is_field = kind == SymbolKind::Variable && self.kind(scope) == ScopeKind::Class;
        let kind = if is_field { SymbolKind::Field } else { kind };
        let id = SymbolId(self.symbols.len() as u32);
        self.symbols.push(Symbol { name, kind, flags, scope, body: None, span, name_span, import: None });
        id
    }

    /// Records a use of a name, to be resolved at the end.
    pub(super) fn refer(&mut self, name: NameId, span: Span, role: Role) -> ReferenceId {
        // Until then it is bound to symbol 0, the module, which no name can stand for.
        self.refer_bound(name, span, role, UNRESOLVED)
    }

    /// Records a use of a name in an expression. A class body runs from its beginning to its end, and what it has not
    /// bound yet is looked up around it; annotations may be evaluated later, so that for them the body comes next. A
    /// declaration without a value, as the first in `day: day.Day`, binds nothing.
    pub(super) fn refer_by_name(&mut self, name: NameId, span: Span, role: Role) -> ReferenceId {
        let is_in_class = self.kind(self.scope) == ScopeKind::Class
            && matches!(role, Role::Read | Role::Call | Role::Base | Role::Decorator | Role::Annotation);
        let binding = match self.bindings.get(self.scope, name) {
            _ if !is_in_class => UNRESOLVED,
            Some(Entry::Bound(symbol)) if self.is_declared_only(symbol) => UNRESOLVED_OUTSIDE_FIRST,
            Some(Entry::Bound(symbol)) if !self.being_bound.contains(&symbol.index()) => UNRESOLVED,
            Some(Entry::Deleted | Entry::Global | Entry::Nonlocal) => UNRESOLVED,
            None | Some(Entry::Bound(_)) if role == Role::Annotation => UNRESOLVED_OUTSIDE_FIRST,
            None | Some(Entry::Bound(_)) => UNRESOLVED_OUTSIDE,
        };
        self.refer_bound(name, span, role, binding)
    }

    /// Whether a symbol has been declared up to here and not bound.
    fn is_declared_only(&self, symbol: SymbolId) -> bool {
        self.symbols.get(symbol.index()).is_some_and(|row| row.flags.contains(SymbolFlags::DECLARED_ONLY))
    }

    /// Records a use of a name of which the binding is known.
    pub(super) fn refer_bound(&mut self, name: NameId, span: Span, role: Role, binding: Binding) -> ReferenceId {
        let id = ReferenceId(self.references.len() as u32);
        self.references.push(Reference { name, scope: self.scope, span, role, binding });
        id
    }

    /// The scope in which an assignment expression here binds its target (PEP 572): the innermost that is no
    /// comprehension.
    pub(super) fn scope_of_assignment_expression(&self) -> ScopeId {
        let mut scope = self.scope;
        while let Scope { kind: ScopeKind::Comprehension, parent: Some(parent), .. } = self.scopes[scope.index()] {
            scope = parent;
        }
        scope
    }

    /// Resolves every use of a name that was recorded without a binding.
    pub(super) fn resolve(&mut self) {
        let class_cell = self.names.find("__class__");
        let mut references = std::mem::take(&mut self.references);
        for reference in &mut references {
            let scope = reference.scope;
            let (from, sees_class) = match reference.binding {
                UNRESOLVED => (Some(scope), true),
                UNRESOLVED_OUTSIDE | UNRESOLVED_OUTSIDE_FIRST => (self.scopes[scope.index()].parent, false),
                _ => continue,
            };
            let is_outside_first = reference.binding == UNRESOLVED_OUTSIDE_FIRST;
            reference.binding = self.lookup(from, sees_class, reference.name, class_cell);
            if is_outside_first && reference.binding == Binding::Free {
                reference.binding = self.lookup_inside(scope, reference.name, class_cell);
            }
        }
        self.references = references;
    }

    /// What a name in a class body stands for that nothing around the body binds.
    #[cold]
    fn lookup_inside(&self, class: ScopeId, name: NameId, class_cell: Option<NameId>) -> Binding {
        if !self.bindings.knows(name) || is_builtin(self.names.get(name).unwrap_or("")) {
            return Binding::Free;
        }
        self.lookup(Some(class), true, name, class_cell)
    }

    /// What a name stands for from a scope on outwards, which is looked into if it is a class body and `sees_class`
    /// says so. `class_cell` is the name `__class__`, which functions in a class body see although nothing binds it: it
    /// is the class.
    #[inline]
    fn lookup(&self, from: Option<ScopeId>, mut sees_class: bool, name: NameId, class_cell: Option<NameId>) -> Binding {
        let is_class_cell = class_cell == Some(name);
        if !self.bindings.knows(name) && !is_class_cell {
            return Binding::Free;
        }
        let mut next = from;
        // A class body is seen by its own text alone, and by the type parameters in it.
        while let Some(id) = next {
            let Scope { kind, parent, owner, .. } = self.scopes[id.index()];
            if kind != ScopeKind::Class || sees_class {
                match self.bindings.get(id, name) {
                    Some(Entry::Bound(symbol)) => return Binding::Symbol(symbol),
                    Some(Entry::Deleted) => return Binding::Free,
                    Some(Entry::Global) => {
                        return match self.bindings.get(ScopeId(0), name) {
                            Some(Entry::Bound(symbol)) => Binding::Symbol(symbol),
                            _ => Binding::Free,
                        };
                    }
                    Some(Entry::Nonlocal) | None => {}
                }
            } else if is_class_cell && let Some(class) = owner {
                return Binding::Symbol(class);
            }
            sees_class &= kind == ScopeKind::TypeParameters;
            next = parent;
        }
        Binding::Free
    }
}

/// The binding of a reference that is still to be resolved: symbol 0 is the module, which no name stands for.
const UNRESOLVED: Binding = Binding::Symbol(SymbolId(0));

/// The same of a reference in a class body that stands for nothing the body binds.
const UNRESOLVED_OUTSIDE: Binding = Binding::Symbol(SymbolId(u32::MAX));

/// The same of an annotation, which may stand for something that the body binds later if there is nothing around it.
const UNRESOLVED_OUTSIDE_FIRST: Binding = Binding::Symbol(SymbolId(u32::MAX - 1));

/// Whether a reference is one of a name that is still to be resolved.
pub(super) fn is_by_name(binding: Binding) -> bool {
    matches!(binding, UNRESOLVED | UNRESOLVED_OUTSIDE | UNRESOLVED_OUTSIDE_FIRST)
}
