//! Where symbols are used.

use esker_frontend_api::{Binding, Confidence, Definition, Resolved, Role, SymbolId};
use serde::Serialize;

use super::view::{Place, SymbolName, is_local};
use super::{CodeIndex, FileView};

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

impl CodeIndex<'_> {
    /// The references to a symbol, ascending by place. Loads the files that asked for its name.
    #[must_use]
    pub fn references(&self, symbol: &SymbolName) -> Vec<Usage> {
        let mut usages = Vec::new();
        self.for_each_user(symbol, |view| usages_in(view, symbol, &mut usages));
        usages.sort_unstable();
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

    /// Calls `visit` with every file that can refer to a symbol.
    pub(super) fn for_each_user(&self, symbol: &SymbolName, mut visit: impl FnMut(&FileView)) {
        let own = &*symbol.path;
        let askers = if is_local(&symbol.name) { Vec::new() } else { self.askers(own, &[&symbol.name]) };
        for path in askers.into_iter().filter(|path| *path != own).chain([own]) {
            if let Some(view) = self.file(path) {
                visit(&view);
            }
        }
    }
}

/// Adds the references to a symbol in one file.
fn usages_in(view: &FileView, symbol: &SymbolName, usages: &mut Vec<Usage>) {
    let resolution = view.resolution();
    let own: &[SymbolId] = if *view.path() == symbol.path { view.symbols_named(&symbol.name) } else { &[] };
    let is_meant = |definition: &Definition| match definition {
        Definition::Local(local) => own.contains(local),
        Definition::Entry { .. } | Definition::Module(_) => false,
        Definition::External(_) => false,
    };
    let meant: Vec<bool> = (0..resolution.definitions.len() as u32)
        .zip(&resolution.definitions)
        .map(|(number, definition)| {
            is_meant(definition) || matches!(view.meaning(number), super::Meaning::Symbol(name) if name == *symbol)
        })
        .collect();
    // By the number of the outcome, whether it is the symbol.
    let outcomes: Vec<Option<Confidence>> = resolution
        .outcomes
        .iter()
        .map(|outcome| match outcome {
            Resolved::To(definitions, confidence) => {
                let is_it = |definition: &u32| meant.get(*definition as usize) == Some(&true);
                definitions.iter().any(is_it).then_some(*confidence)
            }
            Resolved::Not(_) => None,
        })
        .collect();
    for (reference, number) in view.ir().references.iter().zip(&resolution.references) {
        let confidence = match number.checked_sub(1) {
            Some(index) => outcomes.get(index as usize).copied().flatten(),
            None => match reference.binding {
                Binding::Symbol(bound) if own.contains(&bound) => Some(Confidence::Exact),
                _ => None,
            },
        };
        if let Some(confidence) = confidence {
            let inside = view.symbol_name(view.enclosing(reference.span));
            usages.push(Usage { place: view.place(reference.span), role: reference.role, confidence, inside });
        }
    }
}
