//! Which symbols differ between two states of a file.
//!
//! Symbols are compared by name: their texts ([`FileIr::texts`]) tell an edit inside, the digests of their entries and
//! of their parameters an edit of the signature. Interfaces are compared without where imports lead, so that both
//! states need only a text.

use std::collections::BTreeMap;
use std::sync::Arc;

use esker_frontend_api::{EntryId, FileIr, Interface, LocatedTable, SymbolId, SymbolKind};
use serde::Serialize;

use super::CodeIndex;
use super::view::{FileView, SymbolName, is_local};
use crate::resolve::{EXISTENCE, IMPORTS, STARS, all_answers};

/// A symbol that differs.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct SymbolChange {
    /// Which one. An empty name is the file's own code, outside of classes and functions; `*` is from where the file
    /// passes on all that there is.
    #[serde(flatten)]
    pub symbol: SymbolName,
    /// What it is, or was.
    pub kind: SymbolKind,
    /// How it differs.
    pub change: ChangeKind,
    /// Whether its file declares names for all others, in one of the states: who uses it need not import it.
    pub of_globals: bool,
}

/// How a symbol differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChangeKind {
    /// Only the later state has it.
    Added,
    /// Only the earlier state has it.
    Removed,
    /// What others can see of it is another: parameters, types, bases, decorators, what it is assigned.
    Signature,
    /// Its text is another, and what others can see of it is not.
    Body,
}

/// What is compared of a symbol.
#[derive(Debug, Default, PartialEq, Eq)]
struct Traits {
    kind: Option<SymbolKind>,
    texts: Vec<u64>,
    answer: Option<u64>,
    /// The digests of its parameters, in their order.
    parameters: Vec<u64>,
}

impl Traits {
    fn signature(&self) -> (Option<u64>, &[u64]) {
        (self.answer, &self.parameters)
    }
}

impl CodeIndex<'_> {
    /// The symbols of a file that differ between an earlier state of it and the last build's, ascending; of a file that
    /// one of them does not have, all are removed or added.
    #[must_use]
    pub fn changes(&self, path: &str, before: Option<&FileIr>) -> Vec<SymbolChange> {
        let now = self.ir(path);
        let of_globals = before.into_iter().chain(now.as_deref()).any(|ir| !ir.globals.is_empty());
        let before = before.map_or_else(BTreeMap::new, |ir| self.traits(path, ir));
        let after = now.map_or_else(BTreeMap::new, |ir| self.traits(path, &ir));
        let path: Arc<str> = path.into();
        let change = |name: &String, change| SymbolChange {
            symbol: SymbolName { path: path.clone(), name: name.clone() },
            kind: after.get(name).or(before.get(name)).and_then(|traits| traits.kind).unwrap_or(SymbolKind::Variable),
            change,
            of_globals,
        };
        let mut changes = Vec::new();
        for (name, old) in &before {
            match after.get(name) {
                None if name == STARS => {}
                None => changes.push(change(name, ChangeKind::Removed)),
                Some(new) if new.signature() != old.signature() => changes.push(change(name, ChangeKind::Signature)),
                Some(new) if new.texts != old.texts => changes.push(change(name, ChangeKind::Body)),
                Some(_) => {}
            }
        }
        // Of a file that came or went, what it passes on is told by its own symbols.
        let added = after.keys().filter(|name| !before.contains_key(*name) && *name != STARS);
        changes.extend(added.map(|name| change(name, ChangeKind::Added)));
        changes.sort_unstable();
        changes
    }

    fn traits(&self, path: &str, ir: &FileIr) -> BTreeMap<String, Traits> {
        let mut traits: BTreeMap<String, Traits> = BTreeMap::new();
        let interface = self.bare_interface(path, ir);
        for (name, answer) in all_answers(&interface) {
            if ![EXISTENCE, IMPORTS].contains(&&*name) {
                let kind = (name == STARS).then_some(SymbolKind::Import);
                traits.insert(name, Traits { kind, answer: Some(answer), ..Traits::default() });
            }
        }
        for (_, id) in interface.entries.iter().zip(0..).filter(|(entry, _)| is_function(entry.kind)) {
            let Some(traits) = traits.get_mut(&interface.qualified_name(EntryId(id))) else { continue };
            let parameters = interface.members(Some(EntryId(id))).map(EntryId);
            traits.parameters.extend(parameters.filter_map(|id| Some(interface.entry(id)?.digest)));
        }
        let view = FileView::new(path.into(), "", Arc::new(ir.clone()), Arc::default());
        for (symbol, id) in ir.symbols.iter().zip(0..) {
            if let Some(traits) = traits.get_mut(view.qualified_name(SymbolId(id)))
                && traits.kind.is_none_or(|kind| kind == SymbolKind::Import)
            {
                traits.kind = Some(symbol.kind);
            }
        }
        let symbols = ir.symbols.iter().zip(0..).filter(|(symbol, _)| symbol.has_text());
        for ((symbol, id), text) in symbols.zip(&ir.texts) {
            let name = view.qualified_name(SymbolId(id));
            let has_own_text = symbol.kind != SymbolKind::Module || *text != 0;
            if !is_local(name) && has_own_text {
                let traits = traits.entry(name.to_owned()).or_default();
                traits.kind.get_or_insert(symbol.kind);
                traits.texts.push(*text);
            }
        }
        // Parameters are part of their function's signature, and change with it.
        let functions: Vec<String> = functions(ir, &view);
        let is_of_function = |name: &str| {
            name.rsplit_once('.')
                .is_some_and(|(owner, _)| functions.binary_search_by(|f| f.as_str().cmp(owner)).is_ok())
        };
        traits.retain(|name, _| !is_of_function(name));
        traits
    }

    /// The interface that a file would have if no import led anywhere.
    pub(super) fn bare_interface(&self, path: &str, ir: &FileIr) -> Interface {
        use crate::db::Db;

        let frontends = &self.db.fixed().frontends;
        let frontend = frontends.iter().find(|frontend| frontend.dialect(path).is_some());
        frontend.map_or_else(Interface::default, |frontend| frontend.interface(ir, &LocatedTable::default()))
    }
}

fn is_function(kind: SymbolKind) -> bool {
    matches!(kind, SymbolKind::Function | SymbolKind::Method)
}

fn functions(ir: &FileIr, view: &FileView) -> Vec<String> {
    let functions = ir.symbols.iter().zip(0..).filter(|(symbol, _)| is_function(symbol.kind));
    let mut names: Vec<String> = functions.map(|(_, id)| view.qualified_name(SymbolId(id)).to_owned()).collect();
    names.sort_unstable();
    names.dedup();
    names
}
