//! The symbols of a file that other files cannot refer to, by scope and name.

use esker_frontend_api::{FileIr, NameId, ScopeId, SymbolId};

/// See the module.
pub(super) struct Locals {
    /// For each scope where its symbols start, and after the last one where they end.
    starts: Vec<u32>,
    /// By scope, name and place.
    symbols: Vec<(NameId, SymbolId)>,
}

impl Locals {
    /// Orders those symbols of a file that are local ones.
    pub(super) fn new(ir: &FileIr, is_local: impl Fn(SymbolId) -> bool) -> Self {
        let locals = ir.symbols.iter().zip((0..).map(SymbolId)).filter(|(_, symbol)| is_local(*symbol));
        // A made-up IR can have symbols of scopes that it does not have.
        let locals = locals.filter(|(row, _)| row.scope.index() < ir.scopes.len());
        let mut starts = vec![0_u32; ir.scopes.len() + 1];
        locals.clone().for_each(|(row, _)| starts[row.scope.index() + 1] += 1);
        (1..starts.len()).for_each(|scope| starts[scope] += starts[scope - 1]);
        let mut symbols = vec![(NameId(0), SymbolId(0)); starts.last().copied().unwrap_or_default() as usize];
        let mut next = starts.clone();
        for (row, symbol) in locals {
            let next = &mut next[row.scope.index()];
            symbols[*next as usize] = (row.name, symbol);
            *next += 1;
        }
        for scope in starts.windows(2) {
            symbols[scope[0] as usize..scope[1] as usize].sort_unstable();
        }
        Self { starts, symbols }
    }

    /// The symbols of a scope with a name, in source order.
    pub(super) fn get(&self, scope: ScopeId, name: NameId) -> impl Iterator<Item = SymbolId> + '_ {
        let range = self.starts.get(scope.index()..scope.index() + 2);
        let of_scope = range.map_or(&[][..], |range| &self.symbols[range[0] as usize..range[1] as usize]);
        let start = of_scope.partition_point(|(other, _)| *other < name);
        of_scope[start..].iter().take_while(move |(other, _)| *other == name).map(|(_, symbol)| *symbol)
    }
}
