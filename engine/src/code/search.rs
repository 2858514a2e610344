//! Symbols by name and by place.

use esker_frontend_api::{Confidence, EntryId, Role, SymbolId, UnresolvedReason};

use super::view::{Meaning, Outcome, Place, SymbolName};
use super::{CodeIndex, FileView};

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum At {
    /// The name of a symbol in its definition.
    Definition(SymbolName),
    /// A reference.
    Reference {
        /// The name as it stands there.
        name: String,
        /// What is done with it.
        role: Role,
        /// What it stands for, in order of preference.
        meanings: Vec<Meaning>,
        /// How sure that is.
        confidence: Confidence,
        /// Why it stands for nothing, if so.
        unresolved: Option<UnresolvedReason>,
    },
}

impl CodeIndex<'_> {
    /// The symbols that a name can mean, ascending: those whose own name, with as much before it as is given, is this
    /// one: `m`, `C.m`, `file.C.m`, `package.file.C.m`, or `path/to/file.py:C.m`. Looks into the interface of every
    /// file; symbols that only a function knows are found by `path:name` alone.
    #[must_use]
    pub fn find(&self, name: &str) -> Vec<SymbolName> {
        if let Some((path, name)) = name.rsplit_once(':') {
            let Some(view) = self.file(path) else { return Vec::new() };
            let known = !view.symbols_named(name).is_empty();
            return if known { vec![SymbolName { path: path.into(), name: name.to_owned() }] } else { Vec::new() };
        }
        let mut found = Vec::new();
        let last = name.rsplit('.').next().unwrap_or(name);
        for path in self.paths() {
            let module = module_name(path);
            if ends_with_name(&module, name) {
                found.push(SymbolName { path: path.into(), name: String::new() });
            }
            let Some(interface) = self.interface(path) else { continue };
            for (entry, id) in interface.entries.iter().zip(0..) {
                if interface.name(entry.name) != last || entry.import.is_some() {
                    continue;
                }
                let qualified = interface.qualified_name(EntryId(id));
                let is_meant = ends_with_name(&qualified, name)
                    || (name.len() > qualified.len() && ends_with_name(&format!("{module}.{qualified}"), name));
                if is_meant {
                    found.push(SymbolName { path: path.into(), name: qualified });
                }
            }
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// What stands at a place; `None` if neither a definition's name nor a reference does.
    #[must_use]
    pub fn at(&self, place: &Place) -> Option<At> {
        let view = self.file(&place.path)?;
        let holds = |span: esker_frontend_api::Span| {
            let start = view.line_column(span.start);
            let length = span.end.0 - span.start.0;
            start.line == place.line && (start.column..start.column + length.max(1)).contains(&place.column)
        };
        // An attribute stands within nothing else; of a dotted module name the whole is one reference.
        if let Some((reference, outcome)) = view.references().find(|(reference, _)| holds(reference.span)) {
            let (meanings, confidence) = view.meanings(&outcome);
            let unresolved = match outcome {
                Outcome::Not(reason) => Some(reason),
                _ => None,
            };
            let name = view.ir().names.get(reference.name).unwrap_or("").to_owned();
            return Some(At::Reference { name, role: reference.role, meanings, confidence, unresolved });
        }
        let mut symbols = view.ir().symbols.iter().zip(0..).skip(1);
        let (_, id) = symbols.find(|(symbol, _)| holds(symbol.name_span))?;
        Some(At::Definition(view.symbol_name(SymbolId(id))))
    }

    /// The definitions of a symbol, in source order, with the view of the file that has them.
    #[must_use]
    pub fn definitions(&self, name: &SymbolName) -> Option<(FileView, Vec<SymbolId>)> {
        let view = self.file(&name.path)?;
        let symbols = if name.name.is_empty() { vec![SymbolId(0)] } else { view.symbols_named(&name.name).to_vec() };
        Some((view, symbols))
    }
}

/// Whether a dotted name is another one or ends in it after a dot.
fn ends_with_name(name: &str, end: &str) -> bool {
    name.strip_suffix(end).is_some_and(|before| before.is_empty() || before.ends_with('.'))
}

/// A path as a dotted name: without its ending, and a directory's own file as the directory.
pub(super) fn module_name(path: &str) -> String {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let stem = stem.strip_suffix("/__init__").or(stem.strip_suffix("/index")).unwrap_or(stem);
    stem.replace('/', ".")
}
