//! What a change to some symbols can reach.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use esker_frontend_api::{Binding, NameId, Role, Symbol, SymbolFlags, SymbolId, SymbolKind};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

use super::search::module_name;
use super::view::{Meaning, Outcome, SymbolName};
use super::{ChangeKind, CodeIndex, FileView, SymbolChange};
use crate::db::Db;
use crate::resolve::{PathHash, STARS, declaring_hash};
use crate::session::looked_for;

/// A symbol that a change can reach.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reached {
    /// The class or function, or what is defined by the file's own code that uses such, or with an empty name that
    /// code.
    #[serde(flatten)]
    pub symbol: SymbolName,
    /// Over how many references; 0 for what changed itself.
    pub distance: u32,
    /// The symbol that it refers to, one step nearer to the change.
    pub via: Option<SymbolName>,
}

impl CodeIndex<'_> {
    /// The classes and functions from which these changes can be reached by following references, and the variables,
    /// members and type aliases that are defined by way of them, the changed ones included, ascending by name; not
    /// further than `limit` references away. What refers to a removed symbol is found by the name that it looked for.
    ///
    /// A method that overrides a changed one is not reached, nor is who calls one that a changed one overrides.
    #[must_use]
    pub fn impact(&self, changes: &[SymbolChange], limit: Option<u32>) -> Vec<Reached> {
        let mut wave = Wave::default();
        let mut wholes = Wholes::default();
        for change in changes {
            wave.reach(change.symbol.clone(), 0, None);
        }
        let mut distance = 0;
        while !wave.front.is_empty() && limit.is_none_or(|limit| distance < limit) {
            let mut front = std::mem::take(&mut wave.front);
            for symbol in &front {
                if let Some(whole) = wholes.of(self, &symbol.path) {
                    wave.reach(whole, distance, Some(symbol));
                }
            }
            front.append(&mut wave.front);
            if distance == 0 {
                let lost = Lost::of(self, changes);
                for change in changes {
                    for seeker in self.seekers(change, &lost) {
                        wave.reach(seeker, 1, Some(&change.symbol));
                    }
                }
            }
            distance += 1;
            // That a file is imported reaches no code of its importers until something in it is used.
            front.retain(|symbol| !symbol.name.is_empty());
            let usages_of_each = self.references_with(&front, |view, span| {
                wholes.see(view);
                view.defined_by(span).into_iter().map(|symbol| view.symbol_name(symbol)).collect::<Vec<_>>()
            });
            for (symbol, usages) in front.iter().zip(usages_of_each) {
                for (usage, defines) in usages {
                    if usage.role == Role::Import {
                        // What a component imports is used where no reference tells of it.
                        let whole = wholes.of(self, &usage.inside.path);
                        whole.into_iter().for_each(|whole| wave.reach(whole, distance, Some(symbol)));
                        continue;
                    }
                    wave.reach(usage.inside, distance, Some(symbol));
                    // What is bound to it is used in its place.
                    let defines = defines.into_iter().filter(|defined| defined != symbol);
                    defines.for_each(|defined| wave.reach(defined, distance, Some(symbol)));
                }
            }
        }
        let rows = wave.reached.into_iter();
        rows.map(|(symbol, (distance, via))| Reached { symbol, distance, via }).collect()
    }

    /// The classes and functions with references that no reference to the changed symbol tells of, and what is defined
    /// by way of these: references that look for one which is not there any more, and those that come by way of an
    /// import which leads elsewhere now. Told by the name that they use, in the files that asked for it.
    fn seekers(&self, change: &SymbolChange, lost: &Lost<'_>) -> Vec<SymbolName> {
        let is_import = change.kind == SymbolKind::Import;
        if !is_import && change.change != ChangeKind::Removed {
            return Vec::new();
        }
        let name = &*change.symbol.name;
        let last = name.rsplit('.').next().unwrap_or("");
        let first = name.split('.').next().unwrap_or("");
        let by_star = name == STARS;
        let is_file_gone = self.source(&change.symbol.path).is_none();
        let mut paths = self.askers_for(std::iter::once(&change.symbol));
        if is_file_gone {
            let missing = self.missing(&change.symbol.path);
            // They may have passed it on.
            let passed_on = missing.iter().map(|path| PathHash::of(path).with(first));
            paths.extend(self.askers(passed_on));
            paths.extend(missing);
        }
        paths.extend(lost.0.get(&*change.symbol.path).into_iter().flatten());
        // Who uses it in its own file need not have changed either.
        paths.push(&change.symbol.path);
        paths.sort_unstable();
        paths.dedup();
        let mut seekers = Vec::new();
        for path in paths {
            let Some(view) = self.file(path) else { continue };
            let ir = view.ir();
            // What is not there any more may look like something from outside of the repository.
            let looks_outside = is_file_gone || change.of_globals || *path == *change.symbol.path;
            let name_is = |name: Option<NameId>| name.and_then(|name| ir.names.get(name)) == Some(last);
            let from_inside = if by_star { imports_from_inside(&view) } else { FxHashSet::default() };
            let import_of = |symbol: SymbolId| ir.imports.get(ir.symbols[symbol.index()].import? as usize);
            // `from m import x as y` is used by another name.
            let is_imported = |symbol: SymbolId| import_of(symbol).is_some_and(|import| name_is(import.member));
            let is_from_inside =
                |symbol: SymbolId| import_of(symbol).is_some_and(|import| from_inside.contains(&import.specifier));
            for (reference, outcome) in view.references() {
                let is_outside = |one: &Meaning| matches!(one, Meaning::External(_));
                let is_missed = match outcome {
                    Outcome::Not(_) => true,
                    _ => {
                        (looks_outside || by_star && reference.binding != Binding::Free)
                            && view.meanings(&outcome).0.iter().all(is_outside)
                    }
                };
                let is_meant = match reference.binding {
                    Binding::Symbol(symbol) if by_star => is_missed && is_from_inside(symbol),
                    binding if by_star => is_missed && binding == Binding::Free,
                    Binding::Symbol(symbol) => (is_missed || is_import) && is_imported(symbol),
                    _ => (is_missed || is_import) && name_is(Some(reference.name)),
                };
                if is_meant && reference.role != Role::Import {
                    let inside = view.enclosing(reference.span);
                    // What a method assigns to the instance may be of the type that is missed.
                    let fields = view.fields_assigned_in(inside);
                    let defined = view.defined_by(reference.span).into_iter().chain(fields);
                    seekers.extend(defined.chain([inside]).map(|symbol| view.symbol_name(symbol)));
                }
            }
        }
        seekers.sort_unstable();
        seekers.dedup();
        seekers
    }

    /// The files that looked for a path, and those with an import that leads nowhere and names the module that it was:
    /// where a directory above it is gone too, nothing is looked for in there.
    fn missing(&self, path: &str) -> Vec<&str> {
        let module = module_name(path);
        let last = module.rsplit('.').next().unwrap_or(&module);
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

/// The modules that a file imports from the repository, as it writes them.
fn imports_from_inside(view: &FileView) -> FxHashSet<NameId> {
    let is_inside =
        |outcome: &Outcome<'_>| view.meanings(outcome).0.iter().any(|one| matches!(one, Meaning::Symbol(_)));
    let modules = view.references().filter_map(|(reference, outcome)| match reference.binding {
        Binding::Module(import) if is_inside(&outcome) => Some(view.ir().imports.get(import as usize)?.specifier),
        _ => None,
    });
    modules.collect()
}

/// The files that ask for a name which one of the changed files declares for all others no longer, by the path of that.
struct Lost<'c>(FxHashMap<&'c str, Vec<&'c str>>);

impl<'c> Lost<'c> {
    fn of(index: &CodeIndex<'c>, changes: &'c [SymbolChange]) -> Self {
        let mut names: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
        let is_lost = |change: &&SymbolChange| change.of_globals && change.change == ChangeKind::Removed;
        for SymbolChange { symbol, .. } in changes.iter().filter(is_lost) {
            names.entry(&symbol.path).or_default().push(declaring_hash(&symbol.name));
        }
        Self(names.into_iter().map(|(path, hashes)| (path, index.askers(hashes.into_iter()))).collect())
    }
}

/// What stands for each file as a whole, where anything does.
#[derive(Default)]
struct Wholes(FxHashMap<Arc<str>, Option<SymbolName>>);

impl Wholes {
    fn of(&mut self, index: &CodeIndex<'_>, path: &Arc<str>) -> Option<SymbolName> {
        if !self.0.contains_key(path) {
            match index.file(path) {
                Some(view) => self.see(&view),
                None => _ = self.0.insert(path.clone(), None),
            }
        }
        self.0.get(path).cloned().flatten()
    }

    fn see(&mut self, view: &FileView) {
        let is_whole = |symbol: &Symbol| symbol.flags.contains(SymbolFlags::WHOLE);
        self.0.entry(view.path().clone()).or_insert_with(|| {
            let position = view.ir().symbols.iter().position(is_whole)?;
            Some(view.symbol_name(SymbolId(position as u32)))
        });
    }
}

/// What was reached so far, and from where to go on.
#[derive(Default)]
struct Wave {
    reached: BTreeMap<SymbolName, (u32, Option<SymbolName>)>,
    front: Vec<SymbolName>,
}

impl Wave {
    fn reach(&mut self, symbol: SymbolName, distance: u32, via: Option<&SymbolName>) {
        if !self.reached.contains_key(&symbol) {
            self.front.push(symbol.clone());
            self.reached.insert(symbol, (distance, via.cloned()));
        }
    }
}
