//! What a file declares for all files: in a script everything at its top, in a module what `declare global` has;
//! modules that it says there are, and what it adds to those that there are.

use esker_frontend_api::{
    FactKind, NameId, ScopeId, ScopeKind, Span, Symbol, SymbolFlags, SymbolId, SymbolKind, Value,
};
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;

use super::define::Defining;
use super::fact::Subject;
use super::import::inside_quotes;
use super::{Lowerer, span};

impl<'a> Lowerer<'_> {
    pub(super) fn lower_ts_global_declaration(&mut self, it: &TSGlobalDeclaration<'a>) {
        let scope = self.open_scope(ScopeKind::Namespace, None, it.span);
        // What is declared here stands beside the names of the file.
        self.map_scope(it.scope_id.get(), ScopeId(0));
        let outside = std::mem::replace(&mut self.is_global, self.has_statements_of_modules);
        self.unexported(|this| this.inside(scope, |this| this.visit_ts_module_block(&it.body)));
        self.is_global = outside;
    }

    pub(super) fn lower_ts_external_module_declaration(&mut self, it: &TSExternalModuleDeclaration<'a>) {
        let owner = self.declare_module(it);
        let scope = self.open_scope(ScopeKind::Namespace, Some(owner), it.span);
        self.symbols[owner.index()].body = Some(scope);
        self.map_scope(it.scope_id.get(), scope);
        let outside = self.ambient.replace(scope);
        self.unexported(|this| {
            this.inside(scope, |this| it.body.iter().for_each(|body| this.visit_ts_module_block(body)));
        });
        self.ambient = outside;
        if self.has_statements_of_modules {
            // It adds to the module of that name.
            let module = self.add_type_import(&it.id);
            let module = self.values.share(Value::Import(module));
            self.tell_known(Some(Subject::Symbol(owner)), FactKind::Base, Some(module));
            self.declare_additions(scope);
        }
    }

    /// Makes the symbol of a module that a file says there is, or that it adds to: a namespace whose name has its
    /// quotes, which keep it apart from those of other things.
    fn declare_module(&mut self, it: &TSExternalModuleDeclaration<'a>) -> SymbolId {
        let name = self.intern(&quoted(it.id.value.as_str()));
        let flags = if it.body.is_none() { SymbolFlags::DECLARED_ONLY } else { SymbolFlags::empty() };
        let defining = Defining { kind: SymbolKind::Namespace, flags, span: span(it.span) };
        self.add_symbol(name, inside_quotes(it.id.span), ScopeId(0), defining)
    }

    /// Makes the names by which it can be found out that the declarations of a scope add to what another module has.
    fn declare_additions(&mut self, scope: ScopeId) {
        let is_added = |kind| matches!(kind, SymbolKind::Interface | SymbolKind::Class);
        let added = self.symbols.iter().filter(|row| row.scope == scope && is_added(row.kind));
        let mut added: Vec<(NameId, Span)> = added.map(|row| (row.name, row.name_span)).collect();
        added.sort_unstable_by_key(|(name, _)| *name);
        added.dedup_by_key(|(name, _)| *name);
        let module = self.values.push(Value::Scope(scope));
        for (member, at) in added {
            let name = addition_to(self.names.get(member).unwrap_or(""));
            let name = self.intern(&name);
            let defining = Defining { kind: SymbolKind::Import, flags: SymbolFlags::REEXPORTED, span: at };
            let symbol = self.add_symbol(name, oxc_span::Span::empty(at.start.0), ScopeId(0), defining);
            let value = self.member_of(module, member);
            self.tell_known(Some(Subject::Symbol(symbol)), FactKind::Assigned, Some(value));
        }
    }

    fn is_addition(&self, row: &Symbol) -> bool {
        row.kind == SymbolKind::Import && self.names.get(row.name).is_some_and(|name| name.starts_with(ADDITION))
    }

    /// The names that the file declares for all files, ascending. JavaScript does so only where a page loads it.
    pub(super) fn globals(&self) -> Vec<NameId> {
        if !self.is_typed() {
            return Vec::new();
        }
        let is_global = |row: &Symbol| match self.has_statements_of_modules {
            true => row.flags.contains(SymbolFlags::GLOBAL) || self.is_addition(row),
            false => {
                let is_passed_on = row.flags.contains(SymbolFlags::REEXPORTED);
                !is_passed_on && !matches!(row.kind, SymbolKind::Module | SymbolKind::Import)
            }
        };
        let at_top = self.symbols.iter().filter(|row| row.scope == ScopeId(0) && is_global(row));
        let mut names: Vec<NameId> = at_top.map(|row| row.name).collect();
        names.sort_by(|left, right| self.names.get(*left).cmp(&self.names.get(*right)));
        names.dedup();
        names
    }
}

/// The name by which it is known what a file adds to something of this name that another module has. It stands nowhere
/// in the text.
pub(crate) fn addition_to(name: &str) -> String {
    format!("{ADDITION}{name}")
}

const ADDITION: char = '+';

/// The name of a module as one that a file declares: in quotes, and with what no part of a name can have (see
/// [`super::define::can_be_named`]) as in a URL.
pub(crate) fn quoted(module: &str) -> String {
    let mut name = String::with_capacity(module.len() + 2);
    name.push('"');
    for letter in module.chars() {
        match letter {
            '%' => name.push_str("%25"),
            '*' => name.push_str("%2A"),
            '.' => name.push_str("%2E"),
            '<' => name.push_str("%3C"),
            letter => name.push(letter),
        }
    }
    name.push('"');
    name
}

/// Whether a name is one of a module that a file declares or adds to.
pub(crate) fn is_quoted(name: &str) -> bool {
    name.starts_with('"')
}
