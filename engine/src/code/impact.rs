//! What a change to some symbols can reach.

use std::collections::BTreeMap;

use esker_frontend_api::Role;
use serde::Serialize;

use super::view::{Outcome, SymbolName};
use super::{ChangeKind, CodeIndex, SymbolChange};

/// A symbol that a change can reach.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Reached {
    /// The class or function, or with an empty name the file's own code.
    #[serde(flatten)]
    pub symbol: SymbolName,
    /// Over how many references; 0 for what changed itself.
    pub distance: u32,
    /// The symbol that it refers to, one step nearer to the change.
    pub via: Option<SymbolName>,
}

impl CodeIndex<'_> {
    /// The classes and functions from which these changes can be reached by following references, the changed ones
    /// included, ascending by name; not further than `limit` references away. What refers to a removed symbol is found
    /// by the name that it looked for.
    #[must_use]
    pub fn impact(&self, changes: &[SymbolChange], limit: Option<u32>) -> Vec<Reached> {
        let mut wave = Wave::default();
        for change in changes {
            wave.reach(change.symbol.clone(), 0, None);
        }
        let mut distance = 0;
        while !wave.front.is_empty() && limit.is_none_or(|limit| distance < limit) {
            let mut front = std::mem::take(&mut wave.front);
            if distance == 0 {
                for change in changes.iter().filter(|change| change.change == ChangeKind::Removed) {
                    for seeker in self.seekers(&change.symbol) {
                        wave.reach(seeker, 1, Some(&change.symbol));
                    }
                }
            }
            distance += 1;
            // That a file is imported reaches no code of its importers until something in it is used.
            front.retain(|symbol| !symbol.name.is_empty());
            for (symbol, usages) in front.iter().zip(self.references_of(&front)) {
                for usage in usages.into_iter().filter(|usage| usage.role != Role::Import) {
                    wave.reach(usage.inside, distance, Some(symbol));
                }
            }
        }
        let rows = wave.reached.into_iter();
        rows.map(|(symbol, (distance, via))| Reached { symbol, distance, via }).collect()
    }

    /// The classes and functions with references that look for a symbol which is not there.
    fn seekers(&self, symbol: &SymbolName) -> Vec<SymbolName> {
        let last = symbol.name.rsplit('.').next().unwrap_or("");
        let mut seekers = Vec::new();
        for path in self.askers(std::iter::once((&*symbol.path, &*symbol.name))) {
            let Some(view) = self.file(path) else { continue };
            for (reference, outcome) in view.references() {
                let is_missed = matches!(outcome, Outcome::Not(_)) && reference.role != Role::Import;
                if is_missed && view.ir().names.get(reference.name) == Some(last) {
                    seekers.push(view.symbol_name(view.enclosing(reference.span)));
                }
            }
        }
        seekers.sort_unstable();
        seekers.dedup();
        seekers
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
