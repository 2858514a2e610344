//! Which class derives from which, and which method overrides which.

use std::collections::BTreeSet;

use esker_frontend_api::{FactKind, Role, Symbol, SymbolId, SymbolKind, Value, ValueId};

use super::view::{Meaning, SymbolName};
use super::{CodeIndex, FileView};

/// How far relations are followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// One step.
    Direct,
    /// All steps.
    Transitive,
}

impl CodeIndex<'_> {
    /// The classes that derive from a class, ascending.
    #[must_use]
    pub fn subclasses(&self, class: &SymbolName, relation: Relation) -> Vec<SymbolName> {
        self.closure(class, relation, |index, classes| {
            let usages = index.references_of(classes).into_iter().flatten();
            usages.filter(|usage| usage.role == Role::Base).map(|usage| usage.inside).collect()
        })
    }

    /// The classes of the repository that a class derives from, ascending.
    #[must_use]
    pub fn superclasses(&self, class: &SymbolName, relation: Relation) -> Vec<SymbolName> {
        self.closure(class, relation, |index, classes| {
            let definitions = classes.iter().filter_map(|class| index.definitions(class));
            let bases = |(view, symbols): (FileView, Vec<SymbolId>)| {
                symbols.into_iter().flat_map(|symbol| view.bases(symbol)).collect::<Vec<_>>()
            };
            definitions.flat_map(bases).collect()
        })
    }

    /// The members of classes above that a method overrides directly, ascending.
    #[must_use]
    pub fn overridden(&self, method: &SymbolName) -> Vec<SymbolName> {
        let Some((view, symbols)) = self.definitions(method) else { return Vec::new() };
        let mut overridden: Vec<SymbolName> = symbols.iter().filter_map(|symbol| view.overridden(*symbol)).collect();
        overridden.sort_unstable();
        overridden.dedup();
        overridden
    }

    /// The methods that override a method directly, ascending.
    #[must_use]
    pub fn overriding(&self, method: &SymbolName) -> Vec<SymbolName> {
        let mut overriding = Vec::new();
        let declared =
            self.stubs_of(&method.path).into_iter().map(|path| SymbolName { path, name: method.name.clone() });
        let methods: Vec<SymbolName> = std::iter::once(method.clone()).chain(declared).collect();
        self.for_each_user(&methods, |view| {
            for (symbol, definition) in &view.resolution().overrides {
                if matches!(view.meaning(*definition), Meaning::Symbol(name) if methods.contains(&name)) {
                    overriding.push(view.symbol_name(*symbol));
                }
            }
        });
        overriding.sort_unstable();
        overriding.dedup();
        overriding
    }

    /// What a step leads to, and if asked for what further steps lead to, ascending. Steps are taken for all that the
    /// one before found at once.
    fn closure(
        &self,
        from: &SymbolName,
        relation: Relation,
        step: impl Fn(&Self, &[SymbolName]) -> Vec<SymbolName>,
    ) -> Vec<SymbolName> {
        let mut reached = BTreeSet::new();
        let mut front = vec![from.clone()];
        while !front.is_empty() {
            let found = step(self, &front).into_iter();
            front = found.filter(|found| found != from && reached.insert(found.clone())).collect();
            if relation == Relation::Direct {
                break;
            }
        }
        reached.into_iter().collect()
    }
}

impl FileView {
    /// The classes of the repository that a class of the file derives from, in the order of its bases.
    #[must_use]
    pub fn bases(&self, class: SymbolId) -> Vec<SymbolName> {
        let ir = self.ir();
        let is_class = |symbol: &Symbol| matches!(symbol.kind, SymbolKind::Class | SymbolKind::Interface);
        if !ir.symbols.get(class.index()).is_some_and(is_class) {
            return Vec::new();
        }
        let bases = ir.facts_of(class).iter().filter(|fact| fact.kind == FactKind::Base);
        bases.filter_map(|fact| self.named(fact.value)).collect()
    }

    /// The member of a class above that a method of the file overrides.
    #[must_use]
    pub fn overridden(&self, method: SymbolId) -> Option<SymbolName> {
        let overrides = &self.resolution().overrides;
        let index = overrides.binary_search_by_key(&method, |(symbol, _)| *symbol).ok()?;
        match self.meaning(overrides[index].1) {
            Meaning::Symbol(name) => Some(name),
            Meaning::Local(symbol) => Some(self.symbol_name(symbol)),
            Meaning::External(_) => None,
        }
    }

    /// The symbol that a value names, if it does so.
    fn named(&self, value: ValueId) -> Option<SymbolName> {
        let reference = match self.ir().values.get(value) {
            Value::Reference(reference) => reference,
            Value::Item(base, _) if base.0 < value.0 => return self.named(base),
            _ => return None,
        };
        let (meanings, _) = self.meanings(&self.outcome(reference)?);
        meanings.into_iter().find_map(|meaning| match meaning {
            Meaning::Symbol(name) => Some(name),
            Meaning::Local(symbol) => Some(self.symbol_name(symbol)),
            Meaning::External(_) => None,
        })
    }
}
