//! Which symbols other files can refer to, and in which order their entries stand.

use std::ops::Range;

use esker_frontend_api::{FileIr, ScopeKind, SymbolFlags, SymbolId, SymbolKind};

/// The symbols that have an entry, in the order of the entries; see [`esker_frontend_api::Interface::entries`].
pub(crate) struct Layout {
    pub(crate) symbols: Vec<SymbolId>,
    /// For each entry its members.
    pub(crate) members: Vec<Range<u32>>,
    pub(crate) module_entries: u32,
}

impl Layout {
    pub(crate) fn new(ir: &FileIr) -> Self {
        let by_scope = ByScope::new(ir);
        let mut layout = Self { symbols: Vec::new(), members: Vec::new(), module_entries: 0 };
        layout.add(ir, by_scope.symbols(0), true);
        layout.module_entries = layout.symbols.len() as u32;
        let mut next = 0;
        while let Some(&owner) = layout.symbols.get(next) {
            let start = layout.symbols.len() as u32;
            let symbol = &ir.symbols[owner.index()];
            if let Some(body) = symbol.body {
                match symbol.kind {
                    SymbolKind::Class => layout.add(ir, by_scope.symbols(body.index()), true),
                    SymbolKind::Function | SymbolKind::Method => {
                        layout.add(ir, by_scope.symbols(body.index()), false);
                    }
                    _ => {}
                }
            }
            layout.members.push(start..layout.symbols.len() as u32);
            next += 1;
        }
        layout
    }

    /// Adds the symbols of a scope: in a function only the parameters, in their order, otherwise all, by name.
    fn add(&mut self, ir: &FileIr, symbols: &[SymbolId], by_name: bool) {
        let start = self.symbols.len();
        let row = |id: &SymbolId| &ir.symbols[id.index()];
        self.symbols.extend(symbols.iter().filter(|id| match row(id).kind {
            SymbolKind::Module | SymbolKind::TypeParameter => false,
            SymbolKind::Parameter => true,
            _ => by_name,
        }));
        if by_name {
            // What the class body binds comes before what methods assign to the instance.
            let is_instance = |id: &SymbolId| row(id).flags.contains(SymbolFlags::INSTANCE);
            self.symbols[start..].sort_by_key(|id| (ir.names.get(row(id).name).unwrap_or(""), is_instance(id), id.0));
        }
    }
}

/// The symbols of each scope that other files can look into, in source order.
struct ByScope {
    starts: Vec<u32>,
    symbols: Vec<SymbolId>,
}

impl ByScope {
    fn new(ir: &FileIr) -> Self {
        let is_wanted = |scope: usize| {
            ir.scopes
                .get(scope)
                .is_some_and(|scope| matches!(scope.kind, ScopeKind::Module | ScopeKind::Class | ScopeKind::Function))
        };
        let mut starts = vec![0u32; ir.scopes.len() + 1];
        for symbol in &ir.symbols {
            if is_wanted(symbol.scope.index()) {
                starts[symbol.scope.index() + 1] += 1;
            }
        }
        for scope in 1..starts.len() {
            starts[scope] += starts[scope - 1];
        }
        let mut next = starts.clone();
        let mut symbols = vec![SymbolId(0); starts.last().copied().unwrap_or(0) as usize];
        for (symbol, id) in ir.symbols.iter().zip(0..) {
            if is_wanted(symbol.scope.index()) {
                let slot = &mut next[symbol.scope.index()];
                symbols[*slot as usize] = SymbolId(id);
                *slot += 1;
            }
        }
        Self { starts, symbols }
    }

    fn symbols(&self, scope: usize) -> &[SymbolId] {
        match (self.starts.get(scope), self.starts.get(scope + 1)) {
            (Some(&start), Some(&end)) => &self.symbols[start as usize..end as usize],
            _ => &[],
        }
    }
}
