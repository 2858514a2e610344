//! One file: its symbols by name, its references by what they mean.

use std::fmt;
use std::sync::Arc;

use esker_frontend_api::{
    Binding, Confidence, Definition, FileIr, NameId, Reference, ReferenceId, Resolution, Resolved, ScopeKind, Span,
    SymbolId, SymbolKind, UnresolvedReason,
};
use rustc_hash::FxHashMap;
use serde::Serialize;

/// The name of a symbol, unique but for names that are bound more than once in the same scope.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct SymbolName {
    /// The file that has it.
    pub path: Arc<str>,
    /// Its name after those of what is around it, with dots between: `C.m`, a parameter as `f.x`, what only a function
    /// knows as `f.<locals>.x`. Empty for the file itself.
    pub name: String,
}

impl fmt::Display for SymbolName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.name.is_empty() { f.write_str(&self.path) } else { write!(f, "{}:{}", self.path, self.name) }
    }
}

/// A place in a file: the first line and column are 1, columns count bytes of the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Place {
    /// The file's path.
    pub path: Arc<str>,
    /// The line.
    pub line: u32,
    /// The column of the first byte.
    pub column: u32,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.path, self.line, self.column)
    }
}

/// What a reference stands for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Meaning {
    /// A symbol, or several that share the name.
    Symbol(SymbolName),
    /// A symbol of the own file that has no name elsewhere.
    Local(SymbolId),
    /// Something outside of the repository, by its qualified name as far as it is known.
    External(String),
}

/// The inside of a file.
#[derive(Clone)]
pub struct FileView {
    path: Arc<str>,
    language: &'static str,
    ir: Arc<FileIr>,
    resolution: Arc<Resolution>,
    /// For each symbol its name in [`SymbolName`]'s terms.
    names: Arc<[String]>,
    by_name: Arc<FxHashMap<String, Vec<SymbolId>>>,
}

impl FileView {
    pub(super) fn new(path: Arc<str>, language: &'static str, ir: Arc<FileIr>, resolution: Arc<Resolution>) -> Self {
        let names: Arc<[String]> = qualified_names(&ir).into();
        let mut by_name: FxHashMap<String, Vec<SymbolId>> = FxHashMap::default();
        for (name, id) in names.iter().zip(0..) {
            by_name.entry(name.clone()).or_default().push(SymbolId(id));
        }
        Self { path, language, ir, resolution, names, by_name: Arc::new(by_name) }
    }

    /// The file's path.
    #[must_use]
    pub fn path(&self) -> &Arc<str> {
        &self.path
    }

    /// The name of the language that it is in.
    #[must_use]
    pub fn language(&self) -> &'static str {
        self.language
    }

    /// Its IR.
    #[must_use]
    pub fn ir(&self) -> &FileIr {
        &self.ir
    }

    /// What its references stand for.
    #[must_use]
    pub fn resolution(&self) -> &Resolution {
        &self.resolution
    }

    /// The name of a symbol, without the path.
    #[must_use]
    pub fn qualified_name(&self, symbol: SymbolId) -> &str {
        self.names.get(symbol.index()).map_or("", String::as_str)
    }

    /// The name of a symbol.
    #[must_use]
    pub fn symbol_name(&self, symbol: SymbolId) -> SymbolName {
        SymbolName { path: self.path.clone(), name: self.qualified_name(symbol).to_owned() }
    }

    /// The symbols with this name, in source order: several where it is bound by several statements.
    #[must_use]
    pub fn symbols_named(&self, name: &str) -> &[SymbolId] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// Where a span begins.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        let at = self.ir.lines.line_column(span.start);
        Place { path: self.path.clone(), line: at.line, column: at.column }
    }

    /// The references in the order of the text, each with what became of it.
    pub fn references(&self) -> impl Iterator<Item = (&Reference, Outcome<'_>)> {
        let numbers = self.resolution.references.iter().copied().chain(std::iter::repeat(0));
        self.ir.references.iter().zip(numbers).map(|(reference, number)| (reference, self.became(reference, number)))
    }

    /// What became of a reference; `None` for an id of another file.
    #[must_use]
    pub fn outcome(&self, id: ReferenceId) -> Option<Outcome<'_>> {
        let reference = self.ir.references.get(id.index())?;
        let number = self.resolution.references.get(id.index()).copied().unwrap_or(0);
        Some(self.became(reference, number))
    }

    fn became(&self, reference: &Reference, number: u32) -> Outcome<'_> {
        match (number.checked_sub(1), reference.binding) {
            (None, Binding::Symbol(symbol)) => Outcome::AsBound(symbol),
            (None, _) => Outcome::Not(UnresolvedReason::UnknownValue),
            (Some(index), _) => match self.resolution.outcomes.get(index as usize) {
                Some(Resolved::To(definitions, confidence)) => Outcome::To(definitions, *confidence),
                Some(Resolved::Not(reason)) => Outcome::Not(*reason),
                None => Outcome::Not(UnresolvedReason::UnknownValue),
            },
        }
    }

    /// What a definition of this file's resolution is.
    #[must_use]
    pub fn meaning(&self, definition: u32) -> Meaning {
        let text = |id: NameId| self.resolution.names.get(id).unwrap_or("");
        let path = |id: NameId| match text(id) {
            "" => self.path.clone(),
            path => path.into(),
        };
        match self.resolution.definitions.get(definition as usize) {
            Some(Definition::Local(symbol)) => Meaning::Local(*symbol),
            Some(Definition::Entry { path: file, name }) => {
                Meaning::Symbol(SymbolName { path: path(*file), name: text(*name).to_owned() })
            }
            Some(Definition::Module(file)) => Meaning::Symbol(SymbolName { path: path(*file), name: String::new() }),
            Some(Definition::External(name)) => Meaning::External(text(*name).to_owned()),
            None => Meaning::External(String::new()),
        }
    }

    /// What a reference stands for, in order of preference, and how sure that is.
    #[must_use]
    pub fn meanings(&self, outcome: &Outcome<'_>) -> (Vec<Meaning>, Confidence) {
        match outcome {
            Outcome::AsBound(symbol) => {
                let name = self.qualified_name(*symbol);
                let meaning = match self.symbols_named(name) {
                    [_] | [] if is_local(name) => Meaning::Local(*symbol),
                    _ => Meaning::Symbol(self.symbol_name(*symbol)),
                };
                (vec![meaning], Confidence::Exact)
            }
            Outcome::To(definitions, confidence) => {
                (definitions.iter().map(|definition| self.meaning(*definition)).collect(), *confidence)
            }
            Outcome::Not(_) => (Vec::new(), Confidence::Exact),
        }
    }

    /// The innermost class or function around a place, or the file itself.
    #[must_use]
    pub fn enclosing(&self, span: Span) -> SymbolId {
        let holds = |id: &SymbolId| {
            let symbol = &self.ir.symbols[id.index()];
            symbol.span.start <= span.start && span.end <= symbol.span.end
        };
        // Symbols come in source order, and what is inside another comes after it.
        let end = self.ir.symbols.partition_point(|symbol| symbol.span.start <= span.start);
        let candidates = (0..end as u32).rev().map(SymbolId).filter(|id| {
            matches!(self.ir.symbols[id.index()].kind, SymbolKind::Class | SymbolKind::Function | SymbolKind::Method)
        });
        candidates.into_iter().find(holds).unwrap_or(SymbolId(0))
    }
}

/// What became of a reference, in terms of its file's tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome<'v> {
    /// It stands for this symbol of its own file.
    AsBound(SymbolId),
    /// It stands for these, as positions in [`Resolution::definitions`].
    To(&'v [u32], Confidence),
    /// It could not be resolved.
    Not(UnresolvedReason),
}

/// Whether a name is known in its own function only.
pub(super) fn is_local(name: &str) -> bool {
    name.contains('<')
}

/// The name of every symbol, in their order.
fn qualified_names(ir: &FileIr) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(ir.symbols.len());
    for symbol in &ir.symbols {
        let own = ir.names.get(symbol.name).unwrap_or("");
        let prefix = if symbol.kind == SymbolKind::Module {
            String::new()
        } else {
            prefix(ir, symbol.scope.index(), symbol.kind == SymbolKind::Parameter, &names)
        };
        names.push(format!("{prefix}{own}"));
    }
    names
}

/// What comes before the names of a scope's symbols. Owners come before what they own.
fn prefix(ir: &FileIr, scope: usize, is_parameter: bool, names: &[String]) -> String {
    let Some(row) = ir.scopes.get(scope) else { return String::new() };
    let around = || row.parent.map_or_else(String::new, |parent| prefix(ir, parent.index(), false, names));
    let owner = row.owner.and_then(|owner| names.get(owner.index()));
    match (row.kind, owner) {
        (ScopeKind::Module, _) => String::new(),
        (ScopeKind::Class, Some(owner)) => format!("{owner}."),
        (ScopeKind::Function, Some(owner)) if is_parameter => format!("{owner}."),
        (ScopeKind::Function, Some(owner)) => format!("{owner}.<locals>."),
        (ScopeKind::Lambda, _) => format!("{}<lambda>.", around()),
        (ScopeKind::Comprehension, _) => format!("{}<comprehension>.", around()),
        (ScopeKind::TypeParameters, Some(owner)) => format!("{owner}.<type>."),
        _ => around(),
    }
}
