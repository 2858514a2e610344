//! The names that importers of a file see, with what they stand for at the end of all re-exports.
//!
//! A name that the file binds itself comes before one that a star import brings in, and of two star imports the later
//! one wins. Where files import everything from each other in a circle, the way back into it adds nothing that the file
//! where it was entered does not have anyway.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use esker_frontend_api::{EntryId, ImportForm, Interface, SymbolFlags, SymbolId, SymbolKind, UnresolvedReason};
use rustc_hash::FxHashMap;

use super::CodeIndex;
use super::view::{FileView, Meaning, Outcome, SymbolName};

/// A name that importers of a file see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// The name.
    pub name: String,
    /// Whether importers of everything get it too.
    pub is_public: bool,
    /// What it stands for.
    pub standing: Standing,
}

/// What a name stands for at the end of all re-exports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// A symbol of the repository, or with an empty name a file.
    For(SymbolName, SymbolKind),
    /// Something outside of the repository, by its qualified name as far as it is known.
    External(String),
    /// Nothing that could be found, for this reason.
    Not(UnresolvedReason),
}

type Table = BTreeMap<String, (bool, Standing)>;

/// The tables made so far, and the files of those under way.
#[derive(Default)]
struct Tables {
    done: FxHashMap<String, Rc<Table>>,
    under_way: BTreeSet<String>,
}

impl CodeIndex<'_> {
    /// The names that importers of a file see, ascending; `None` if it is no file of the build. Loads the file and
    /// those that it imports everything from.
    #[must_use]
    pub fn exported(&self, path: &str) -> Option<Vec<Exported>> {
        self.source(path)?;
        let table = self.table(path, &mut Tables::default());
        let rows = table.iter();
        Some(
            rows.map(|(name, (is_public, standing))| Exported {
                name: name.clone(),
                is_public: *is_public,
                standing: standing.clone(),
            })
            .collect(),
        )
    }

    fn table(&self, path: &str, tables: &mut Tables) -> Rc<Table> {
        if let Some(done) = tables.done.get(path) {
            return done.clone();
        }
        let mut table = Table::new();
        if let (Some(view), Some(interface)) = (self.file(path), self.interface(path))
            && tables.under_way.insert(path.to_owned())
        {
            for source in star_sources(&interface) {
                let public = self.table(source, tables);
                let public = public.iter().filter(|(_, (is_public, _))| *is_public);
                table.extend(public.map(|(name, (_, standing))| {
                    // A list names what stars bring in too; which of it, only running the module tells.
                    (name.clone(), (!name.starts_with('_'), standing.clone()))
                }));
            }
            table.extend(self.own_names(&view, &interface));
            tables.under_way.remove(path);
        }
        let table = Rc::new(table);
        if tables.under_way.is_empty() || !table.is_empty() {
            tables.done.insert(path.to_owned(), table.clone());
        }
        table
    }

    /// The names that a file binds itself, each with its first binding.
    fn own_names(&self, view: &FileView, interface: &Interface) -> Table {
        let mut names = Table::new();
        for id in interface.members(None).map(EntryId) {
            let Some(entry) = interface.entry(id) else { continue };
            let name = interface.name(entry.name);
            let is_public = entry.is_public;
            let standing = match entry.import {
                None => {
                    let symbol = SymbolName { path: view.path().clone(), name: name.to_owned() };
                    Standing::For(symbol, entry.kind)
                }
                Some(import) => self.standing_of_import(view, interface, name, import, entry.flags),
            };
            let known = names.entry(name.to_owned()).or_insert_with(|| (is_public, standing.clone()));
            known.0 |= is_public;
            if matches!(known.1, Standing::Not(_)) {
                known.1 = standing;
            }
        }
        names
    }

    fn standing_of_import(
        &self,
        view: &FileView,
        interface: &Interface,
        name: &str,
        import: u32,
        flags: SymbolFlags,
    ) -> Standing {
        let Some(target) = interface.imports.get(import as usize) else {
            return Standing::Not(UnresolvedReason::UnresolvedImport);
        };
        let specifier = interface.name(target.specifier);
        if target.form == ImportForm::Module && !flags.contains(SymbolFlags::ALIASED) && specifier.contains('.') {
            // `import a.b` binds `a`.
            let modules = interface.modules(target);
            let first = modules.len().checked_sub(specifier.split('.').count());
            let module = first.and_then(|first| modules.get(first).copied());
            return match module {
                Some(Some(path)) => {
                    let symbol = SymbolName { path: interface.name(path).into(), name: String::new() };
                    Standing::For(symbol, SymbolKind::Module)
                }
                None if target.miss.is_some_and(|miss| !miss.is_outside()) => {
                    Standing::Not(UnresolvedReason::UnresolvedImport)
                }
                _ => Standing::External(specifier.split('.').next().unwrap_or(specifier).to_owned()),
            };
        }
        let is_import = |symbol: &&SymbolId| view.ir().symbols[symbol.index()].kind == SymbolKind::Import;
        let symbol = view.symbols_named(name).iter().find(is_import);
        let outcome = symbol.and_then(|symbol| view.imported(*symbol));
        match outcome {
            Some(outcome) => self.standing(view, &outcome),
            None => Standing::Not(UnresolvedReason::UnresolvedImport),
        }
    }

    /// What became of a reference, with the kind of what it stands for first.
    fn standing(&self, view: &FileView, outcome: &Outcome<'_>) -> Standing {
        if let Outcome::Not(reason) = outcome {
            return Standing::Not(*reason);
        }
        match view.meanings(outcome).0.into_iter().next() {
            Some(Meaning::Symbol(symbol)) => {
                let kind = self.kind(&symbol).unwrap_or(SymbolKind::Variable);
                Standing::For(symbol, kind)
            }
            Some(Meaning::Local(symbol)) => {
                Standing::For(view.symbol_name(symbol), view.ir().symbols[symbol.index()].kind)
            }
            Some(Meaning::External(name)) => Standing::External(name),
            None => Standing::Not(UnresolvedReason::UnknownValue),
        }
    }

    /// What a symbol is that other files can refer to: its first binding that is no import.
    #[must_use]
    pub fn kind(&self, symbol: &SymbolName) -> Option<SymbolKind> {
        if symbol.name.is_empty() {
            return self.source(&symbol.path).map(|_| SymbolKind::Module);
        }
        let interface = self.interface(&symbol.path)?;
        let mut kinds = interface.find(&symbol.name).filter_map(|id| Some(interface.entry(EntryId(id))?.kind));
        let first = kinds.next()?;
        Some(std::iter::once(first).chain(kinds).find(|kind| *kind != SymbolKind::Import).unwrap_or(first))
    }
}

/// The files that a file imports everything from, in the order of the imports.
fn star_sources(interface: &Interface) -> impl Iterator<Item = &str> {
    interface.stars.iter().filter_map(|star| {
        let target = interface.imports.get(*star as usize)?;
        interface.modules(target).last().copied().flatten().map(|path| interface.name(path))
    })
}
