//! Which symbols other files can refer to, and in which order their entries stand.

use std::ops::Range;

use crate::names::name_start;
use crate::{FileIr, ScopeId, SymbolFlags, SymbolId, SymbolKind};

/// The symbols of a file that have an entry in its interface, in the order of the entries; see
/// [`Interface::entries`](crate::Interface::entries).
#[derive(Debug)]
pub struct EntryOrder {
    /// The symbols.
    pub symbols: Vec<SymbolId>,
    /// For each entry its members; see [`Entry::members`](crate::Entry::members).
    pub members: Vec<Range<u32>>,
    /// How many entries are the module's own.
    pub module_entries: u32,
}

impl EntryOrder {
    /// Orders the symbols of a file. Costs a pass over them, and sorting those of each class by name.
    #[must_use]
    pub fn new(ir: &FileIr) -> Self {
        let by_scope = ByScope::new(ir);
        let mut order = Self { symbols: Vec::new(), members: Vec::new(), module_entries: 0 };
        order.add(ir, by_scope.symbols(ScopeId(0)), true);
        order.module_entries = order.symbols.len() as u32;
        let mut next = 0;
        while let Some(&owner) = order.symbols.get(next) {
            let start = order.symbols.len() as u32;
            let symbol = &ir.symbols[owner.index()];
            if let Some(body) = symbol.body {
                let is_function = matches!(symbol.kind, SymbolKind::Function | SymbolKind::Method);
                order.add(ir, by_scope.symbols(body), !is_function);
            }
            order.members.push(start..order.symbols.len() as u32);
            next += 1;
        }
        order
    }

    /// Adds the symbols of a scope: in a function only the parameters, in their order, otherwise all, by name.
    fn add(&mut self, ir: &FileIr, symbols: &[SymbolId], by_name: bool) {
        let row = |id: SymbolId| &ir.symbols[id.index()];
        let wanted = symbols.iter().copied().filter(|id| match row(*id).kind {
            SymbolKind::Module | SymbolKind::TypeParameter => false,
            // With a name for others only, it is a part of what is around.
            SymbolKind::Parameter => !by_name || row(*id).flags.contains(SymbolFlags::REEXPORTED),
            _ => by_name,
        });
        if !by_name {
            self.symbols.extend(wanted);
            return;
        }
        let named = |id: SymbolId| {
            let name = ir.names.get(row(id).name).unwrap_or("");
            (name_start(name), name, id)
        };
        let mut members: Vec<(u64, &str, SymbolId)> = wanted.map(named).collect();
        // What the class body binds comes before what methods assign to the instance.
        let is_instance = |id: SymbolId| row(id).flags.contains(SymbolFlags::INSTANCE);
        members.sort_unstable_by(|(start, name, id), (other_start, other_name, other)| {
            let by_text = start.cmp(other_start).then_with(|| name.cmp(other_name));
            by_text.then_with(|| (is_instance(*id), id).cmp(&(is_instance(*other), other)))
        });
        self.symbols.extend(members.into_iter().map(|(_, _, id)| id));
    }
}

/// The symbols of each scope, in source order.
struct ByScope {
    starts: Vec<u32>,
    symbols: Vec<SymbolId>,
}

impl ByScope {
    fn new(ir: &FileIr) -> Self {
        let mut starts = vec![0u32; ir.scopes.len() + 1];
        for symbol in &ir.symbols {
            if let Some(count) = starts.get_mut(symbol.scope.index() + 1) {
                *count += 1;
            }
        }
        for scope in 1..starts.len() {
            starts[scope] += starts[scope - 1];
        }
        let mut next = starts.clone();
        let mut symbols = vec![SymbolId(0); ir.symbols.len()];
        for (symbol, id) in ir.symbols.iter().zip(0..) {
            // The last start is the end, and no scope's.
            if let Some(slot) = next[..ir.scopes.len()].get_mut(symbol.scope.index()) {
                symbols[*slot as usize] = SymbolId(id);
                *slot += 1;
            }
        }
        Self { starts, symbols }
    }

    fn symbols(&self, scope: ScopeId) -> &[SymbolId] {
        match (self.starts.get(scope.index()), self.starts.get(scope.index() + 1)) {
            (Some(&start), Some(&end)) => &self.symbols[start as usize..end as usize],
            _ => &[],
        }
    }
}
