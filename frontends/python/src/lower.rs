//! From a syntax tree to the IR: one pass in source order, then the resolution of names.
//!
//! ```text
//!   tree ─ statements, expressions, … ─▶ scopes, symbols, pending imports, references by name
//!                                             │ finish: resolve names by the scopes, verify dynamic imports
//!                                             ▼
//!                                           FileIr
//! ```
//!
//! Names are resolved at the end because a scope may bind a name after the text that uses it. Names that begin with
//! two underscores are kept as written: the mangling of private names (`__x` in a class `C` is `_C__x`) is the
//! runtime's, and applying it would only hide the name that people search for.
//!
//! The visitor counts its depth, and a file that nests deeper than [`MAX_DEPTH`] is given up as a whole.

mod annotation;
mod argument;
mod define;
mod dynamic;
mod exported;
mod expression;
mod fact;
mod guard;
mod import;
mod narrow;
mod pattern;
mod scope;
mod statement;
mod target;
mod value;

use std::ops::Range;

use esker_frontend_api::{
    ByteOffset, Diagnostic, DiagnosticKind, EdgeKinds, FileIr, LineTable, LowerOptions, NameId, NameTableBuilder,
    Reference, Scope, ScopeId, ScopeKind, Setting, Source, Span, Symbol, SymbolFlags, SymbolId, SymbolKind,
    sort_references, symbol_texts,
};
use ruff_python_ast::{ModModule, Stmt};
use ruff_source_file::LineIndex;
use ruff_text_size::{Ranged, TextRange, TextSize};

use self::annotation::Quotes;
use self::exported::Exported;
use self::fact::{Facts, Function};
use self::import::Imports;
use self::narrow::Narrowings;
use self::scope::Bindings;
use self::value::Values;
use crate::parse::{self, Text, decode};

/// How deep statements, expressions and patterns may nest, taken together. CPython 3.11 refuses to compile what nests
/// deeper (its recursion limit of 1,000, times three); no file of homeassistant, django or the standard library passes
/// 40. At this depth the unoptimised visitor has been seen to need less than 6 MiB of the 16 that it is promised.
const MAX_DEPTH: u32 = 3_000;

/// Decodes, parses and lowers one file.
pub(crate) fn lower(source: Source<'_>) -> FileIr {
    let Text::Decoded { text, trouble } = decode(source.bytes) else {
        return given_up(DiagnosticKind::TooLarge, "the file is larger than 4 GiB");
    };
    let text = &*text;
    let Some(parsed) = parse::parse(text, source.dialect, source.options) else {
        return given_up(DiagnosticKind::TooDeep, "the file nests too deeply");
    };

    let lines = LineIndex::from_source_text(text);
    let mut diagnostics = parse::syntax_errors(&parsed, &lines, text, source.options);
    if let Some(trouble) = trouble {
        let offset = TextSize::new(trouble.offset as u32);
        let found = parse::diagnostic(DiagnosticKind::Encoding, offset, trouble.message, &lines, text);
        let at = diagnostics.partition_point(|other| (other.line, other.column) < (found.line, found.column));
        diagnostics.insert(at, found);
    }

    let module = parsed.into_syntax();
    let lowered = Lowerer::new(text, source.options).lower(&module, &lines, diagnostics);
    match lowered {
        Some(ir) => ir,
        None => {
            parse::dismantle(module);
            given_up(DiagnosticKind::TooDeep, "the file nests too deeply")
        }
    }
}

/// The statements at the top of a module that do more than to bring in or to define something.
fn own_statements(body: &[Stmt]) -> Vec<Span> {
    let is_own = |statement: &&Stmt| match statement {
        Stmt::FunctionDef(_) | Stmt::ClassDef(_) | Stmt::TypeAlias(_) | Stmt::Import(_) | Stmt::ImportFrom(_) => false,
        Stmt::Pass(_) => false,
        Stmt::Expr(statement) => !statement.value.is_string_literal_expr(),
        _ => true,
    };
    body.iter().filter(is_own).map(|statement| span(statement.range())).collect()
}

/// The IR of a file of which nothing is known but the reason for that.
fn given_up(kind: DiagnosticKind, reason: &str) -> FileIr {
    FileIr {
        diagnostics: vec![Diagnostic { line: 1, column: 1, kind, message: reason.to_owned() }],
        ..FileIr::default()
    }
}

/// One file's tables while they grow, and where the visitor is.
struct Lowerer<'a> {
    text: &'a str,
    options: &'a LowerOptions,
    names: NameTableBuilder,
    scopes: Vec<Scope>,
    symbols: Vec<Symbol>,
    references: Vec<Reference>,
    bindings: Bindings,
    imports: Imports,
    values: Values,
    facts: Facts,
    exported: Exported,
    narrowings: Narrowings,
    /// The innermost scope around the visitor.
    scope: ScopeId,
    /// The circumstances under which an import here is executed; empty means always.
    circumstances: EdgeKinds,
    /// The method around the visitor.
    method: Option<define::Method>,
    /// The function around the visitor, unless a lambda or a class comes between.
    function: Option<Function>,
    /// The symbols that the statement around the visitor makes, which its own expressions do not see in a class body.
    being_bound: Range<usize>,
    /// What strings are, if the visitor is inside an annotation.
    quotes: Quotes,
    depth: u32,
    is_too_deep: bool,
}

impl<'a> Lowerer<'a> {
    fn new(text: &'a str, options: &'a LowerOptions) -> Self {
        // In homeassistant there is a reference for every 26 bytes, and a symbol for every 90.
        Self {
            text,
            options,
            names: NameTableBuilder::with_capacity(text.len() / 128),
            scopes: Vec::new(),
            symbols: Vec::with_capacity(text.len() / 96),
            references: Vec::with_capacity(text.len() / 24),
            bindings: Bindings::with_capacity(text.len() / 128),
            imports: Imports::default(),
            values: Values::default(),
            facts: Facts::default(),
            exported: Exported::default(),
            narrowings: Narrowings::default(),
            scope: ScopeId(0),
            circumstances: EdgeKinds::empty(),
            method: None,
            function: None,
            being_bound: 0..0,
            quotes: Quotes::default(),
            depth: 0,
            is_too_deep: false,
        }
    }

    /// Lowers a module, or returns `None` if it nests too deeply.
    fn lower(mut self, module: &ModModule, lines: &LineIndex, diagnostics: Vec<Diagnostic>) -> Option<FileIr> {
        let whole = Span { start: ByteOffset(0), end: ByteOffset(self.text.len() as u32) };
        let name = self.names.intern("");
        self.scopes.push(Scope { kind: ScopeKind::Module, parent: None, owner: Some(SymbolId(0)), span: whole });
        self.symbols.push(Symbol {
            name,
            kind: SymbolKind::Module,
            flags: SymbolFlags::empty(),
            scope: ScopeId(0),
            body: Some(ScopeId(0)),
            span: whole,
            name_span: Span { start: ByteOffset(0), end: ByteOffset(0) },
            import: None,
        });
        self.visit_body(&module.body);
        if self.is_too_deep {
            return None;
        }

        self.sort_references();
        self.resolve();
        let imports = self.finish_imports(lines);
        let facts = self.finish_facts();
        let texts = symbol_texts(&self.symbols, self.text, &own_statements(&module.body));
        // Read of an `__init__` alone; to any other module its path means nothing.
        let settings = self.exported.extends_path.then_some(Setting::Boolean(true));
        let exported = self.exported.finish(&self.names);
        Some(FileIr {
            globals: Vec::new(),
            names: self.names.finish(),
            lines: LineTable::from_starts(lines.line_starts().iter().map(|start| ByteOffset(start.to_u32()))),
            scopes: self.scopes,
            symbols: self.symbols,
            references: self.references,
            imports,
            values: self.values.finish(),
            facts,
            texts,
            exported,
            settings,
            diagnostics,
            ..FileIr::default()
        })
    }

    /// Puts the references in the order of their places. They nearly always are already, because the visitor follows
    /// the text; what recovery from a syntax error leaves need not be.
    fn sort_references(&mut self) {
        let Some(moved) = sort_references(&mut self.references) else { return };
        self.imports.move_references(&moved);
        self.values.move_references(&moved);
        self.facts.move_references(&moved);
    }

    /// The id of a name.
    fn intern(&mut self, name: &str) -> NameId {
        self.names.intern(name)
    }

    /// Goes one level down for the length of `visit`, or gives the file up where that is too deep.
    fn nested<T: Default>(&mut self, visit: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= MAX_DEPTH {
            self.is_too_deep = true;
        }
        if self.is_too_deep {
            return T::default();
        }
        self.depth += 1;
        let result = visit(self);
        self.depth -= 1;
        result
    }

    /// Adds to the circumstances of imports for the length of `visit`.
    fn under(&mut self, circumstances: EdgeKinds, visit: impl FnOnce(&mut Self)) {
        let outside = self.circumstances;
        self.circumstances |= circumstances;
        visit(self);
        self.circumstances = outside;
    }
}

/// A place of the parser's as one of the IR's.
fn span(range: TextRange) -> Span {
    Span { start: ByteOffset(range.start().to_u32()), end: ByteOffset(range.end().to_u32()) }
}
