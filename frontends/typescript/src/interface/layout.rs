//! Which symbols other files can refer to, and in which order their entries stand.

use std::ops::Range;

use esker_frontend_api::{FileIr, ScopeId, SymbolFlags, SymbolId, SymbolKind};

/// The symbols that have an entry, in the order of the entries; see [`esker_frontend_api::Interface::entries`].
pub(crate) struct Layout {
    pub(crate) symbols: Vec<SymbolId>,
    /// For each entry its members.
    pub(crate) members: Vec<Range<u32>>,
    pub(crate) module_entries: u32,
}

impl Layout {
    pub(crate) fn new(ir: &FileIr) -> Self {
        let mut of_scope: Vec<Vec<SymbolId>> = vec![Vec::new(); ir.scopes.len()];
        for (symbol, id) in ir.symbols.iter().zip(0..) {
            if let Some(symbols) = of_scope.get_mut(symbol.scope.index()) {
                symbols.push(SymbolId(id));
            }
        }
        let of = |scope: ScopeId| of_scope.get(scope.index()).map(Vec::as_slice).unwrap_or_default();
        let mut layout = Self { symbols: Vec::new(), members: Vec::new(), module_entries: 0 };
        layout.add(ir, of(ScopeId(0)), true);
        layout.module_entries = layout.symbols.len() as u32;
        let mut next = 0;
        while let Some(&owner) = layout.symbols.get(next) {
            let start = layout.symbols.len() as u32;
            let symbol = &ir.symbols[owner.index()];
            if let Some(body) = symbol.body {
                let is_function = matches!(symbol.kind, SymbolKind::Function | SymbolKind::Method);
                layout.add(ir, of(body), !is_function);
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
            SymbolKind::Parameter => !by_name,
            _ => by_name,
        }));
        if by_name {
            // What the class body declares comes before what methods assign to the instance.
            let is_instance = |id: &SymbolId| row(id).flags.contains(SymbolFlags::INSTANCE);
            self.symbols[start..].sort_by_key(|id| (ir.names.get(row(id).name).unwrap_or(""), is_instance(id), id.0));
        }
    }
}
