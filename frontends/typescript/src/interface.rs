//! What other files can see of a file: the names at its top and the members of classes, interfaces, enums and
//! namespaces, without places.
//!
//! What is said about types is not told yet: an entry has no facts.

use std::hash::Hasher;

use esker_frontend_api::{
    Entry, EntryOrder, FileIr, ImportForm, ImportTarget, Interface, LocatedRow, LocatedTable, NameId, NameTableBuilder,
    SymbolFlags, SymbolKind,
};
use xxhash_rust::xxh3::xxh3_64;

/// Tells what other files can see of a file; see [`esker_frontend_api::Frontend::interface`].
pub(crate) fn interface(ir: &FileIr, located: &LocatedTable) -> Interface {
    let order = EntryOrder::new(ir);
    let mut names = NameTableBuilder::default();
    let (imports, modules) = imports(ir, located, &mut names);
    let mut entries: Vec<Entry> = Vec::with_capacity(order.symbols.len());
    for (&symbol, members) in order.symbols.iter().zip(&order.members) {
        let row = &ir.symbols[symbol.index()];
        let is_module_level = (entries.len() as u32) < order.module_entries;
        let is_listed = ir.exported.as_ref().is_none_or(|list| list.contains(&row.name));
        entries.push(Entry {
            name: names.intern(ir.names.get(row.name).unwrap_or("")),
            kind: row.kind,
            flags: row.flags - SymbolFlags::REBOUND,
            is_public: is_module_level && is_listed,
            import: row.import.filter(|_| row.kind == SymbolKind::Import),
            facts: 0..0,
            members: members.clone(),
            digest: 0,
        });
    }
    let is_star = |position: &u32| ir.imports[*position as usize].form == ImportForm::Star;
    let mut interface = Interface {
        stars: (0..ir.imports.len() as u32).filter(is_star).collect(),
        entries,
        module_entries: order.module_entries,
        has_list: ir.exported.is_some(),
        imports,
        modules,
        names: names.finish(),
        ..Interface::default()
    };
    let digests: Vec<u64> = interface.entries.iter().map(|entry| digest(&interface, entry)).collect();
    for (entry, digest) in interface.entries.iter_mut().zip(digests) {
        entry.digest = digest;
    }
    interface
}

/// Where the imports of a file lead: a row for each, and the modules that the rows refer to.
fn imports(
    ir: &FileIr,
    located: &LocatedTable,
    names: &mut NameTableBuilder,
) -> (Vec<ImportTarget>, Vec<Option<NameId>>) {
    let mut modules = Vec::new();
    let targets = ir.imports.iter().zip(0..).map(|(import, position)| {
        let row = located.row(position);
        let start = modules.len() as u32;
        let paths = row.map(|row| located.modules(row)).unwrap_or_default();
        modules.extend(paths.iter().map(|path| path.map(|path| names.intern(located.name(path)))));
        ImportTarget {
            specifier: names.intern(ir.names.get(import.specifier).unwrap_or("")),
            member: import.member.map(|member| names.intern(ir.names.get(member).unwrap_or(""))),
            form: import.form,
            modules: start..modules.len() as u32,
            submodule: None,
            miss: row.and_then(LocatedRow::reason),
        }
    });
    (targets.collect(), modules)
}

/// The digest of an entry: its name, kind, flags, whether it is exported, where the import leads that binds it, and of a
/// function its parameters. Names enter as text. Never zero, which stands for no entry.
fn digest(interface: &Interface, entry: &Entry) -> u64 {
    let mut text = Text(Vec::with_capacity(64));
    describe(interface, entry, &mut text);
    if let Some(target) = entry.import.and_then(|import| interface.imports.get(import as usize)) {
        text.name(interface.name(target.specifier));
        text.name(target.member.map_or("", |member| interface.name(member)));
        text.write_u8(target.form as u8);
        interface.modules(target).iter().flatten().for_each(|module| text.name(interface.name(*module)));
        text.write_u8(target.miss.map_or(u8::MAX, |miss| miss as u8));
    }
    if matches!(entry.kind, SymbolKind::Function | SymbolKind::Method) {
        let members = entry.members.start as usize..entry.members.end as usize;
        for parameter in interface.entries.get(members).unwrap_or_default() {
            describe(interface, parameter, &mut text);
        }
    }
    xxh3_64(&text.0).max(1)
}

fn describe(interface: &Interface, entry: &Entry, text: &mut Text) {
    text.name(interface.name(entry.name));
    text.write_u8(entry.kind as u8);
    text.write_u8(u8::from(entry.is_public));
    text.write_u16(entry.flags.bits());
}

/// Bytes to be digested.
struct Text(Vec<u8>);

impl Text {
    /// Adds a name, with its length so that where it ends is told.
    fn name(&mut self, name: &str) {
        self.write_u32(name.len() as u32);
        self.write(name.as_bytes());
    }
}

impl Hasher for Text {
    fn write(&mut self, bytes: &[u8]) {
        self.0.extend_from_slice(bytes);
    }

    fn finish(&self) -> u64 {
        0
    }
}
