//! What a file declares for all files: in a script everything at its top, in a module what `declare global` has; and
//! modules that it says there are.

use esker_frontend_api::{NameId, ScopeId, ScopeKind, SymbolFlags, SymbolId, SymbolKind};
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;

use super::define::Defining;
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
        let owner = if self.has_statements_of_modules {
            // It adds to the module of that name.
            self.add_type_import(&it.id);
            None
        } else {
            Some(self.declare_module(it))
        };
        let scope = self.open_scope(ScopeKind::Namespace, owner, it.span);
        if let Some(owner) = owner {
            self.symbols[owner.index()].body = Some(scope);
        }
        self.map_scope(it.scope_id.get(), scope);
        let outside = self.ambient.replace(scope);
        self.unexported(|this| {
            this.inside(scope, |this| it.body.iter().for_each(|body| this.visit_ts_module_block(body)));
        });
        self.ambient = outside;
    }

    /// Makes the symbol of a module that a script says there is: a namespace whose name has its quotes, which keep it apart
    /// from those of other things.
    fn declare_module(&mut self, it: &TSExternalModuleDeclaration<'a>) -> SymbolId {
        let name = self.intern(&quoted(it.id.value.as_str()));
        let flags = if it.body.is_none() { SymbolFlags::DECLARED_ONLY } else { SymbolFlags::empty() };
        let defining = Defining { kind: SymbolKind::Namespace, flags, span: span(it.span) };
        self.add_symbol(name, inside_quotes(it.id.span), ScopeId(0), defining)
    }

    /// The names that the file declares for all files, ascending. JavaScript does so only where a page loads it.
    pub(super) fn globals(&self) -> Vec<NameId> {
        if !self.is_typed() {
            return Vec::new();
        }
        let is_global = |flags: SymbolFlags| match self.has_statements_of_modules {
            true => flags.contains(SymbolFlags::GLOBAL),
            false => !flags.contains(SymbolFlags::REEXPORTED),
        };
        let at_top = self.symbols.iter().filter(|row| row.scope == ScopeId(0) && is_global(row.flags));
        let declared = at_top.filter(|row| !matches!(row.kind, SymbolKind::Module | SymbolKind::Import));
        let mut names: Vec<NameId> = declared.map(|row| row.name).collect();
        names.sort_by(|left, right| self.names.get(*left).cmp(&self.names.get(*right)));
        names.dedup();
        names
    }
}

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
