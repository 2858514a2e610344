//! Where symbols are used.

use std::sync::Arc;

use esker_frontend_api::{Binding, Confidence, Definition, EdgeKinds, Resolved, Role, Span, SymbolId};
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::view::{Place, SymbolName, is_local};
use super::{CodeIndex, FileView};
use crate::graph::Limits;

/// A use of a symbol.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Usage {
    /// Where it is.
    #[serde(flatten)]
    pub place: Place,
    /// What is done with the symbol.
    pub role: Role,
    /// How sure it is that this is the symbol.
    pub confidence: Confidence,
    /// The class or function around it, or the file.
    pub inside: SymbolName,
}

/// Symbols by path and name, with their positions among those that are asked for.
struct Wanted<'s> {
    by_path: FxHashMap<&'s str, FxHashMap<&'s str, usize>>,
    /// By the path of a stub that of its source: a symbol of the source is meant where its stub's is.
    sources: FxHashMap<Arc<str>, &'s str>,
}

impl CodeIndex<'_> {
    /// The references to a symbol, ascending by place; those to the symbol that declares it in a stub of its file, too.
    /// Loads the files that asked for its name.
    #[must_use]
    pub fn references(&self, symbol: &SymbolName) -> Vec<Usage> {
        self.references_of(std::slice::from_ref(symbol)).pop().unwrap_or_default()
    }

    /// The references to each of these symbols, in their order, which have to be unique. Loads every file that asked
    /// for one of the names once, however many there are.
    #[must_use]
    pub fn references_of(&self, symbols: &[SymbolName]) -> Vec<Vec<Usage>> {
        let usages = self.references_with(symbols, |_, _| ());
        usages.into_iter().map(|usages| usages.into_iter().map(|(usage, ())| usage).collect()).collect()
    }

    /// The same, each with what `with` tells of it, given its file and where it is there.
    pub(super) fn references_with<T>(
        &self,
        symbols: &[SymbolName],
        mut with: impl FnMut(&FileView, Span) -> T,
    ) -> Vec<Vec<(Usage, T)>> {
        let wanted = Wanted::new(self, symbols);
        let mut usages: Vec<Vec<(Usage, T)>> = symbols.iter().map(|_| Vec::new()).collect();
        let mut declared = symbols.to_vec();
        declared.extend(symbols.iter().flat_map(|symbol| wanted.declarations(symbol)));
        for path in self.users(&declared) {
            if let Some(view) = self.file(&path) {
                usages_in(&view, &wanted, |position, usage, span| usages[position].push((usage, with(&view, span))));
            }
        }
        usages.iter_mut().for_each(|usages| usages.sort_unstable_by(|(one, _), (other, _)| one.cmp(other)));
        usages
    }

    /// The references from inside a symbol, what its own classes and functions say left out: what each stands for, with
    /// where it is.
    #[must_use]
    pub fn callees(&self, symbol: &SymbolName) -> Vec<(SymbolName, Usage)> {
        let Some((view, symbols)) = self.definitions(symbol) else { return Vec::new() };
        let mut callees = Vec::new();
        for (reference, outcome) in view.references().filter(|(reference, _)| reference.role == Role::Call) {
            let inside = view.enclosing(reference.span);
            if !symbols.contains(&inside) {
                continue;
            }
            let (meanings, confidence) = view.meanings(&outcome);
            for meaning in meanings {
                let callee = match meaning {
                    super::Meaning::Symbol(name) => name,
                    super::Meaning::Local(local) => view.symbol_name(local),
                    super::Meaning::External(_) => continue,
                };
                let (place, inside) = (view.place(reference.span), view.symbol_name(inside));
                callees.push((callee, Usage { place, role: reference.role, confidence, inside }));
            }
        }
        callees
    }

    /// Calls `visit` with every file that can refer to one of these symbols.
    pub(super) fn for_each_user(&self, symbols: &[SymbolName], mut visit: impl FnMut(&FileView)) {
        for path in self.users(symbols) {
            if let Some(view) = self.file(&path) {
                visit(&view);
            }
        }
    }

    /// The files that can refer to one of these symbols, ascending and unique.
    fn users(&self, symbols: &[SymbolName]) -> Vec<Arc<str>> {
        let is_file = |symbol: &&SymbolName| symbol.name.is_empty();
        let elsewhere = symbols.iter().filter(|symbol| !is_file(symbol) && !is_local(&symbol.name));
        let askers = self.askers_for(elsewhere);
        let mut users: Vec<Arc<str>> = askers.into_iter().map(Arc::from).collect();
        let files: Vec<&str> = symbols.iter().filter(is_file).map(|symbol| &*symbol.path).collect();
        if !files.is_empty() {
            // That a file is there is not always asked for. Who refers to it depends on it, in one step or in several.
            let reached = self.manifest.graph().affected(files, EdgeKinds::all(), Limits::default());
            users.extend(reached.into_iter().map(|reached| Arc::from(&*reached.path)));
        }
        users.extend(symbols.iter().map(|symbol| symbol.path.clone()));
        users.sort_unstable();
        users.dedup();
        users
    }
}

impl<'s> Wanted<'s> {
    fn new(index: &CodeIndex<'_>, symbols: &'s [SymbolName]) -> Self {
        let mut by_path: FxHashMap<&str, FxHashMap<&str, usize>> = FxHashMap::default();
        for (symbol, position) in symbols.iter().zip(0..) {
            by_path.entry(&symbol.path).or_default().insert(&symbol.name, position);
        }
        let stubs = by_path.keys().flat_map(|path| index.stubs_of(path).into_iter().map(|stub| (stub, *path)));
        let sources = stubs.collect();
        Self { by_path, sources }
    }

    fn position(&self, path: &str, name: &str) -> Option<usize> {
        self.by_path.get(path)?.get(name).copied()
    }

    /// The positions of the symbols that are meant by this one: itself, and what it declares.
    fn positions(&self, path: &str, name: &str) -> [Option<usize>; 2] {
        let source = self.sources.get(path).and_then(|source| self.position(source, name));
        [self.position(path, name), source]
    }

    /// What declares a symbol in stubs, whether it is there or not.
    fn declarations<'w>(&'w self, symbol: &'w SymbolName) -> impl Iterator<Item = SymbolName> + 'w {
        let stubs = self.sources.iter().filter(|(_, source)| **source == &*symbol.path);
        stubs.map(|(stub, _)| SymbolName { path: stub.clone(), name: symbol.name.clone() })
    }
}

/// Shows the references to the wanted symbols in one file, each with the symbol's position.
fn usages_in(view: &FileView, wanted: &Wanted<'_>, mut show: impl FnMut(usize, Usage, Span)) {
    let resolution = view.resolution();
    let own_path = &**view.path();
    let own = |symbol: SymbolId| wanted.positions(own_path, view.qualified_name(symbol));
    let text = |id| resolution.names.get(id).unwrap_or("");
    let path = |id| match text(id) {
        "" => own_path,
        path => path,
    };
    let meant: Vec<[Option<usize>; 2]> = resolution
        .definitions
        .iter()
        .map(|definition| match definition {
            Definition::Local(symbol) => own(*symbol),
            Definition::Entry { path: file, name } => wanted.positions(path(*file), text(*name)),
            Definition::Module(file) => wanted.positions(path(*file), ""),
            Definition::External(_) => [None; 2],
        })
        .collect();
    for (reference, number) in view.ir().references.iter().zip(&resolution.references) {
        let mut add = |position: usize, confidence| {
            let inside = view.symbol_name(view.enclosing(reference.span));
            let usage = Usage { place: view.place(reference.span), role: reference.role, confidence, inside };
            show(position, usage, reference.span);
        };
        match (number.checked_sub(1), reference.binding) {
            (Some(outcome), _) => {
                let Some(Resolved::To(definitions, confidence)) = resolution.outcomes.get(outcome as usize) else {
                    continue;
                };
                let meant = definitions.iter().filter_map(|definition| meant.get(*definition as usize));
                let mut positions: Vec<usize> = meant.flatten().flatten().copied().collect();
                positions.sort_unstable();
                positions.dedup();
                positions.into_iter().for_each(|position| add(position, *confidence));
            }
            (None, Binding::Symbol(bound)) => {
                own(bound).into_iter().flatten().for_each(|position| add(position, Confidence::Exact));
            }
            (None, _) => {}
        }
    }
}
