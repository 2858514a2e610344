//! What a change to some symbols can reach.

use std::collections::BTreeMap;
use std::sync::Arc;

use esker_frontend_api::{Role, Symbol, SymbolFlags, SymbolId};
use rustc_hash::FxHashMap;
use serde::Serialize;

use super::view::SymbolName;
use super::{CodeIndex, FileView, SymbolChange};

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
                for (seeker, symbol) in self.seekers(changes) {
                    wave.reach(seeker, 1, Some(symbol));
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
