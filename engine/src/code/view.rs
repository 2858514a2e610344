//! One file: its symbols by name, its references by what they mean.

use std::fmt;
use std::sync::{Arc, OnceLock};

use esker_frontend_api::{
    Binding, ByteOffset, Confidence, Definition, FactKind, FileIr, ImportForm, LineColumn, NameId, Reference,
    ReferenceId, Resolution, Resolved, ScopeKind, Span, Symbol, SymbolFlags, SymbolId, SymbolKind, UnresolvedReason,
    Value,
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
    by_name: OnceLock<Arc<FxHashMap<String, Vec<SymbolId>>>>,
    line_starts: OnceLock<Arc<[u32]>>,
    containers: OnceLock<Arc<[Container]>>,
    holders: OnceLock<Arc<[Container]>>,
}

/// A class or function as something that others stand in.
#[derive(Debug, Clone, Copy)]
struct Container {
    symbol: SymbolId,
    span: Span,
    /// The container around it, as a position in the table.
    around: Option<u32>,
}

impl FileView {
    pub(super) fn new(path: Arc<str>, language: &'static str, ir: Arc<FileIr>, resolution: Arc<Resolution>) -> Self {
        let names: Arc<[String]> = qualified_names(&ir).into();
        let (by_name, line_starts, containers, holders) = Default::default();
        Self { path, language, ir, resolution, names, by_name, line_starts, containers, holders }
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
        let by_name = self.by_name.get_or_init(|| {
            let mut by_name: FxHashMap<String, Vec<SymbolId>> = FxHashMap::default();
            for (name, id) in self.names.iter().zip(0..) {
                by_name.entry(name.clone()).or_default().push(SymbolId(id));
            }
            Arc::new(by_name)
        });
        by_name.get(name).map_or(&[], Vec::as_slice)
    }

    /// The line and column of an offset. The first call costs a pass over the lines, each further one a binary search.
    #[must_use]
    pub fn line_column(&self, offset: ByteOffset) -> LineColumn {
        let starts = self.line_starts.get_or_init(|| self.ir.lines.starts().map(|start| start.0).collect());
        let line = starts.partition_point(|start| *start <= offset.0).max(1);
        LineColumn { line: line as u32, column: offset.0 - starts[line - 1] + 1 }
    }

    /// Where a span begins.
    #[must_use]
    pub fn place(&self, span: Span) -> Place {
        let at = self.line_column(span.start);
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

    /// What an import stands for that binds a symbol of the file: of several that bind the same name instead of each
    /// other, the first that leads somewhere. `None` for a symbol that no import binds.
    #[must_use]
    pub fn imported(&self, symbol: SymbolId) -> Option<Outcome<'_>> {
        let first = self.ir.symbols.get(symbol.index())?.import?;
        let facts = self.ir.facts_of(symbol).iter();
        let others = facts.filter(|fact| fact.kind == FactKind::Assigned).filter_map(|fact| {
            match self.ir.values.get(fact.value) {
                Value::Import(import) => Some(import),
                _ => None,
            }
        });
        let mut outcomes = std::iter::once(first).chain(others).filter_map(|import| self.outcome_of_import(import));
        let first = outcomes.next()?;
        match first {
            Outcome::Not(_) => Some(outcomes.find(|other| !matches!(other, Outcome::Not(_))).unwrap_or(first)),
            _ => Some(first),
        }
    }

    /// What the reference in an import stands for that asks for what the import binds.
    fn outcome_of_import(&self, import: u32) -> Option<Outcome<'_>> {
        let form = self.ir.imports.get(import as usize)?.form;
        let outcome = |asked: Binding| {
            let asks = |(reference, _): &(&Reference, Outcome<'_>)| reference.binding == asked;
            self.references().find(asks).map(|(_, outcome)| outcome)
        };
        match form {
            ImportForm::Member => outcome(Binding::Import(import)),
            // What is loaded may be what the module says that it is as a whole.
            ImportForm::Required => outcome(Binding::Import(import)).or_else(|| outcome(Binding::Module(import))),
            _ => outcome(Binding::Module(import)),
        }
    }

    /// The innermost class or function around a place, or the file itself.
    #[must_use]
    pub fn enclosing(&self, span: Span) -> SymbolId {
        let containers = self.containers.get_or_init(|| containers(&self.ir, holds_others));
        innermost(containers, span).map_or(SymbolId(0), |container| container.symbol)
    }

    /// The members of instances that a method assigns.
    pub(super) fn fields_assigned_in(&self, method: SymbolId) -> impl Iterator<Item = SymbolId> + '_ {
        let within = self.ir.symbols.get(method.index()).filter(|row| row.kind == SymbolKind::Method);
        let is_assigned = move |row: &Symbol| {
            row.flags.contains(SymbolFlags::INSTANCE)
                && within.is_some_and(|method| method.span.start <= row.span.start && row.span.end <= method.span.end)
        };
        let rows = self.ir.symbols.iter().zip(0..);
        rows.filter(move |(row, _)| is_assigned(row)).map(|(_, id)| SymbolId(id))
    }

    /// The variables, members and type aliases that are defined by what stands at a place, unless a class or function
    /// stands between: what the code there uses, they come from. As far as other code can name them; several where one
    /// pattern defines them together, none for most places.
    pub(super) fn defined_by(&self, span: Span) -> Vec<SymbolId> {
        let is_value = |row: &Symbol| is_value(&self.ir, row);
        let holders = self.holders.get_or_init(|| containers(&self.ir, |row| holds_others(row) || is_value(row)));
        let mut next = innermost(holders, span);
        let around = next.map(|holder| holder.span);
        let mut defined = Vec::new();
        while let Some(holder) = next.filter(|holder| Some(holder.span) == around) {
            if is_value(&self.ir.symbols[holder.symbol.index()]) {
                defined.push(holder.symbol);
            }
            next = holder.around.and_then(|around| holders.get(around as usize));
        }
        defined
    }
}

/// Whether a symbol has code of its own.
fn holds_others(row: &Symbol) -> bool {
    matches!(row.kind, SymbolKind::Class | SymbolKind::Interface | SymbolKind::Function | SymbolKind::Method)
}

/// Whether a symbol is bound to something where it is defined, outside of functions.
fn is_value(ir: &FileIr, row: &Symbol) -> bool {
    let scope = ir.scopes.get(row.scope.index()).map(|scope| scope.kind);
    match row.kind {
        SymbolKind::Variable | SymbolKind::TypeAlias => {
            matches!(scope, Some(ScopeKind::Module | ScopeKind::Namespace))
        }
        SymbolKind::Field => scope == Some(ScopeKind::Class) && !row.flags.contains(SymbolFlags::INSTANCE),
        _ => false,
    }
}

/// The symbols of a file that `holds` tells, ascending by where they start, each with the one around it.
fn containers(ir: &FileIr, holds: impl Fn(&Symbol) -> bool) -> Arc<[Container]> {
    let symbols = ir.symbols.iter().zip(0..).filter(|(symbol, _)| holds(symbol));
    let mut containers: Vec<Container> =
        symbols.map(|(symbol, id)| Container { symbol: SymbolId(id), span: symbol.span, around: None }).collect();
    containers.sort_by_key(|container| (container.span.start, std::cmp::Reverse(container.span.end)));
    let mut open: Vec<u32> = Vec::new();
    for position in 0..containers.len() {
        let start = containers[position].span.start;
        while open.last().is_some_and(|last| containers[*last as usize].span.end <= start) {
            open.pop();
        }
        containers[position].around = open.last().copied();
        open.push(position as u32);
    }
    containers.into()
}

/// The innermost of these around a place.
fn innermost(containers: &[Container], span: Span) -> Option<&Container> {
    let before = containers.partition_point(|container| container.span.start <= span.start);
    let mut next = before.checked_sub(1).and_then(|last| containers.get(last));
    while let Some(container) = next {
        if span.end <= container.span.end {
            return Some(container);
        }
        next = container.around.and_then(|around| containers.get(around as usize));
    }
    None
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

/// Whether a symbol with this name is known in its own function only, or in its own expression.
#[must_use]
pub fn is_local(name: &str) -> bool {
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
        (ScopeKind::Class | ScopeKind::Namespace, Some(owner)) => format!("{owner}."),
        (ScopeKind::Class, None) => format!("{}<type>.", around()),
        (ScopeKind::Function, Some(owner)) if is_parameter => format!("{owner}."),
        (ScopeKind::Function, Some(owner)) => format!("{owner}.<locals>."),
        (ScopeKind::Lambda, _) => format!("{}<lambda>.", around()),
        (ScopeKind::Comprehension, _) => format!("{}<comprehension>.", around()),
        (ScopeKind::TypeParameters, Some(owner)) => format!("{owner}.<type>."),
        (ScopeKind::Block, _) => match around() {
            around if is_local(&around) => around,
            around => format!("{around}<block>."),
        },
        _ => around(),
    }
}
