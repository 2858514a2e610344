//! What other files can see of a Python file.
//!
//! ```text
//!   FileIr.symbols ─ EntryOrder ─▶ the symbols that have a name elsewhere, in the order of their entries
//!   FileIr.facts   ─ Translator ─▶ facts in which references are names, parameters their types, local variables what
//!                                  they are assigned
//!                  ─ Interface::digest_entries ─▶ the digest of each entry
//! ```
//!
//! **Invariant: nothing here depends on a place**, nor on ids that an edit elsewhere in the file could move: what a
//! digest is taken of is text.

mod translate;

use esker_frontend_api::{
    Entry, EntryOrder, FileIr, ImportForm, Interface, LocatedTable, ParametersTold, SymbolFlags, SymbolKind,
};

use self::translate::Translator;
pub(crate) use self::translate::{Receiver, receiver, type_parameter};

/// Tells what other files can see of a file; see [`esker_frontend_api::Frontend::interface`].
pub(crate) fn interface(ir: &FileIr, located: &LocatedTable) -> Interface {
    let order = EntryOrder::new(ir);
    let mut tables = Translator::new(ir, located);
    let mut entries = Vec::with_capacity(order.symbols.len());
    for (&symbol, members) in order.symbols.iter().zip(&order.members) {
        let row = &ir.symbols[symbol.index()];
        let name = ir.names.get(row.name).unwrap_or("");
        let is_public = match &ir.exported {
            Some(list) => list.contains(&row.name),
            None => !name.starts_with('_'),
        };
        let is_module_level = (entries.len() as u32) < order.module_entries;
        entries.push(Entry {
            name: tables.name(row.name),
            kind: row.kind,
            flags: row.flags - SymbolFlags::REBOUND,
            is_public: is_module_level && is_public,
            import: row.import.filter(|_| row.kind == SymbolKind::Import).and_then(|import| tables.import(import)),
            facts: tables.facts(symbol),
            members: members.clone(),
            digest: 0,
        });
    }
    tables.import_whole_packages();
    let is_star = |position: &u32| ir.imports[*position as usize].form == ImportForm::Star;
    let stars: Vec<u32> = (0..ir.imports.len() as u32).filter(is_star).collect();
    let stars = stars.into_iter().filter_map(|position| tables.import(position)).collect();
    let mut interface = Interface {
        entries,
        module_entries: order.module_entries,
        stars,
        has_list: ir.exported.is_some(),
        imports: tables.imports,
        modules: tables.modules,
        facts: tables.facts,
        values: tables.values,
        names: tables.names.finish(),
        ..Interface::default()
    };
    // A resolution looks at a parameter only where a call names it.
    interface.digest_entries(ParametersTold::ByName);
    interface
}
