//! Who misses what changed files had.
//!
//! What refers to a symbol that is gone has no reference to it any more. It is found by the name that it uses, in the
//! files that asked for the symbol, or may have come by way of others to where it was.

use std::collections::{BTreeMap, BTreeSet};

use esker_frontend_api::{Binding, Import, NameId, Reference, Role, SymbolId, SymbolKind};
use rustc_hash::{FxHashMap, FxHashSet};

use super::search::module_name;
use super::view::{Meaning, Outcome, SymbolName};
use super::{ChangeKind, CodeIndex, FileView, SymbolChange};
use crate::db::Db;
use crate::resolve::{PathHash, STARS, declaring_hash};
use crate::session::looked_for;

/// A change whose users may miss something.
#[derive(Clone, Copy)]
struct Sought<'c> {
    change: &'c SymbolChange,
    /// Whether the whole file has gone.
    is_file_gone: bool,
}

impl Sought<'_> {
    /// Whether a reference misses it that has this outcome and uses its name, in the file at a path.
    fn is_missed(&self, view: &FileView, outcome: &Outcome<'_>) -> bool {
        // What comes by way of an import that leads elsewhere now need not be missed.
        let leads_elsewhere = self.change.kind == SymbolKind::Import;
        // What is not there any more may look like something from outside of the repository.
        let looks_outside = self.is_file_gone || self.change.of_globals || *view.path() == self.change.symbol.path;
        leads_elsewhere || matches!(outcome, Outcome::Not(_)) || looks_outside && is_outside(view, outcome)
    }
}

impl CodeIndex<'_> {
    /// The classes and functions with references that no reference to the changed symbols tells of, and what is defined
    /// by way of these, each with the symbol: references that look for one which is not there any more, and those that
    /// come by way of an import which leads elsewhere now.
    pub(super) fn seekers<'c>(&self, changes: &'c [SymbolChange]) -> BTreeSet<(SymbolName, &'c SymbolName)> {
        let mut seekers = BTreeSet::new();
        for (path, sought) in self.places_to_look(changes) {
            let Some(view) = self.file(&path) else { continue };
            let mut by_name: FxHashMap<&str, Vec<Sought<'c>>> = FxHashMap::default();
            for sought in &sought {
                by_name.entry(last_part(&sought.change.symbol.name)).or_default().push(*sought);
            }
            let stars = by_name.remove(STARS).unwrap_or_default();
            let from_inside = if stars.is_empty() { FxHashSet::default() } else { modules_inside(&view) };
            for (reference, outcome) in view.references().filter(|(reference, _)| reference.role != Role::Import) {
                let named = used_name(&view, reference).and_then(|name| by_name.get(name)).into_iter().flatten();
                let missed = named.filter(|sought| sought.is_missed(&view, &outcome));
                let by_star = stars.iter().filter(|_| is_missed_by_star(&view, reference, &outcome, &from_inside));
                let missed: Vec<&Sought<'c>> = missed.chain(by_star).collect();
                if missed.is_empty() {
                    continue;
                }
                let inside = view.enclosing(reference.span);
                // What a method assigns to the instance may be of the type that is missed.
                let fields = view.fields_assigned_in(inside);
                for reached in view.defined_by(reference.span).into_iter().chain(fields).chain([inside]) {
                    let reached = view.symbol_name(reached);
                    seekers.extend(missed.iter().map(|sought| (reached.clone(), &sought.change.symbol)));
                }
            }
        }
        seekers
    }

    /// The files in which something may be missed, each with what that is.
    fn places_to_look<'c>(&self, changes: &'c [SymbolChange]) -> BTreeMap<String, Vec<Sought<'c>>> {
        let mut of_files: BTreeMap<&str, Vec<&'c SymbolChange>> = BTreeMap::new();
        let can_be_missed =
            |change: &&SymbolChange| change.kind == SymbolKind::Import || change.change == ChangeKind::Removed;
        for change in changes.iter().filter(can_be_missed) {
            of_files.entry(&change.symbol.path).or_default().push(change);
        }
        let mut places: BTreeMap<String, Vec<Sought<'c>>> = BTreeMap::new();
        for (path, changes) in of_files {
            let is_file_gone = self.source(path).is_none();
            let missing = if is_file_gone { self.missing(path) } else { Vec::new() };
            let globals = changes.iter().filter(|change| change.of_globals);
            let globals = self.askers(globals.map(|change| declaring_hash(&change.symbol.name)));
            for change in changes {
                // Those that miss the file may have passed on what it had.
                let first = first_part(&change.symbol.name);
                let passed_on = self.askers(missing.iter().map(|path| PathHash::of(path).with(first)));
                let mut paths: BTreeSet<&str> = self.askers_for([&change.symbol].into_iter()).into_iter().collect();
                paths.extend(passed_on.into_iter().chain(missing.iter().copied()).chain(globals.iter().copied()));
                // Who uses it in its own file need not have changed either.
                paths.insert(path);
                for path in paths {
                    places.entry(path.to_owned()).or_default().push(Sought { change, is_file_gone });
                }
            }
        }
        places
    }

    /// The files that looked for a path, and those with an import that leads nowhere and names the module that it was:
    /// where a directory above it is gone too, nothing is looked for in there.
    fn missing(&self, path: &str) -> Vec<&str> {
        let module = module_name(path);
        let last = last_part(&module);
        let names_it = |name: &str| name.split(['.', '/']).any(|part| part == last);
        let misses_it = |index: &u32| {
            let row = self.manifest.row_at(*index);
            row.is_some_and(|row| row.misses().any(|miss| names_it(miss.name)))
        };
        let mut rows: BTreeSet<u32> = (0..self.manifest.len() as u32).filter(misses_it).collect();
        looked_for(path, self.manifest, &self.db.fixed().frontends, |row| _ = rows.insert(row));
        rows.into_iter().map(|row| self.manifest.path(row)).collect()
    }
}

fn first_part(name: &str) -> &str {
    name.split('.').next().unwrap_or("")
}

fn last_part(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or("")
}

/// The import that binds a symbol.
fn import_of(view: &FileView, symbol: SymbolId) -> Option<&Import> {
    let ir = view.ir();
    ir.imports.get(ir.symbols.get(symbol.index())?.import? as usize)
}

/// The name by which a reference is looked for where it leads: after `from m import x as y`, that of `y` is `x`. None
/// for what the file itself defines.
fn used_name<'v>(view: &'v FileView, reference: &Reference) -> Option<&'v str> {
    let name = match reference.binding {
        Binding::Symbol(symbol) => import_of(view, symbol)?.member?,
        _ => reference.name,
    };
    view.ir().names.get(name)
}

fn is_outside(view: &FileView, outcome: &Outcome<'_>) -> bool {
    view.meanings(outcome).0.iter().all(|one| matches!(one, Meaning::External(_)))
}

/// Whether a reference may miss something that a file of the repository passed on from others.
fn is_missed_by_star(
    view: &FileView,
    reference: &Reference,
    outcome: &Outcome<'_>,
    from_inside: &FxHashSet<NameId>,
) -> bool {
    match reference.binding {
        Binding::Symbol(symbol) => {
            let is_inside = |import: &Import| from_inside.contains(&import.specifier);
            import_of(view, symbol).is_some_and(is_inside)
                && (matches!(outcome, Outcome::Not(_)) || is_outside(view, outcome))
        }
        Binding::Free => matches!(outcome, Outcome::Not(_)),
        _ => false,
    }
}

/// The modules that a file imports from the repository, as it writes them.
fn modules_inside(view: &FileView) -> FxHashSet<NameId> {
    let is_inside =
        |outcome: &Outcome<'_>| view.meanings(outcome).0.iter().any(|one| matches!(one, Meaning::Symbol(_)));
    let modules = view.references().filter_map(|(reference, outcome)| match reference.binding {
        Binding::Module(import) if is_inside(&outcome) => Some(view.ir().imports.get(import as usize)?.specifier),
        _ => None,
    });
    modules.collect()
}
