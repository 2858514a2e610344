//! What other files can see of a file: the names at its top, and the members of classes, interfaces, enums, namespaces,
//! objects and types, without places.
//!
//! ```text
//!   FileIr.symbols ─ EntryOrder ─▶ the symbols that have a name elsewhere, in the order of their entries
//!   FileIr.facts   ─ Translator ─▶ facts in which references are names, and local variables what they are assigned
//!                  ─ Interface::digest_entries ─▶ the digest of each entry
//! ```

mod translate;

use esker_frontend_api::{
    Entry, EntryOrder, FileIr, ImportForm, Interface, LocatedTable, ParametersTold, SymbolFlags, SymbolKind,
};

use self::translate::Translator;

/// Tells what other files can see of a file; see [`esker_frontend_api::Frontend::interface`].
pub(crate) fn interface(ir: &FileIr, located: &LocatedTable) -> Interface {
    let order = EntryOrder::new(ir);
    let mut tables = Translator::new(ir, located);
    let mut entries: Vec<Entry> = Vec::with_capacity(order.symbols.len());
    for (&symbol, members) in order.symbols.iter().zip(&order.members) {
        let row = &ir.symbols[symbol.index()];
        let is_module_level = (entries.len() as u32) < order.module_entries;
        let is_listed = ir.exported.as_ref().is_none_or(|list| list.contains(&row.name));
        entries.push(Entry {
            name: tables.names.intern(ir.names.get(row.name).unwrap_or("")),
            kind: row.kind,
            flags: row.flags,
            is_public: is_module_level && is_listed && !row.flags.contains(SymbolFlags::GLOBAL),
            import: row.import.filter(|_| row.kind == SymbolKind::Import).and_then(|import| tables.import(import)),
            facts: tables.facts(symbol),
            members: members.clone(),
            digest: 0,
        });
    }
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
    // The type of a callback's parameter follows from its position among those of the function that it is handed to.
    interface.digest_entries(ParametersTold::WithFunction);
    interface
}
