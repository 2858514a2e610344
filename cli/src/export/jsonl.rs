//! One JSON object a line, as docs/export.md describes them.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;

use esker_engine::Build;
use esker_engine::answer::UnresolvedImport;
use esker_engine::api::{Confidence, EdgeKinds, MissReason, SymbolId};
use esker_engine::code::{CodeIndex, FileView, Meaning, Outcome, SymbolName};
use serde::Serialize;

use super::FILES_BETWEEN_LETTING_GO;
use crate::render::words;

/// Raised with every change that a reader has to know of.
const SCHEMA: u32 = 1;

#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Line<'l> {
    Header {
        schema: u32,
        tool: &'l str,
        version: &'l str,
        root: &'l str,
        files: usize,
    },
    File {
        path: &'l str,
        language: &'l str,
        lines: usize,
    },
    Symbol {
        path: &'l str,
        name: &'l str,
        symbol_kind: &'l str,
        line: u32,
        column: u32,
        end_line: u32,
        end_column: u32,
        flags: Vec<String>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        bases: Vec<SymbolName>,
        #[serde(skip_serializing_if = "Option::is_none")]
        overrides: Option<SymbolName>,
    },
    Reference {
        path: &'l str,
        line: u32,
        column: u32,
        end_line: u32,
        end_column: u32,
        name: &'l str,
        role: &'l str,
        inside: &'l str,
        #[serde(skip_serializing_if = "Option::is_none")]
        confidence: Option<Confidence>,
        target: Target,
        /// What else it can stand for.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        or: Vec<Target>,
    },
    Import {
        path: &'l str,
        target: &'l str,
        lines: Vec<u32>,
        edge_kinds: Vec<&'static str>,
    },
    MissingImport {
        path: &'l str,
        line: u32,
        name: &'l str,
        reason: MissReason,
        edge_kinds: Vec<&'static str>,
    },
    Diagnostic {
        path: &'l str,
        line: u32,
        column: u32,
        diagnostic_kind: esker_engine::api::DiagnosticKind,
        message: &'l str,
    },
}

/// What a reference stands for.
#[derive(Serialize)]
#[serde(untagged)]
enum Target {
    Symbol(SymbolName),
    External { external: String },
    Unresolved { unresolved: String },
}

/// Writes all that is known, file by file, ascending by path.
pub(crate) fn write(index: &CodeIndex<'_>, build: &Build, root: &Path, out: &mut impl Write) -> io::Result<()> {
    let mut out = Lines { out };
    let header = Line::Header {
        schema: SCHEMA,
        tool: "esker",
        version: env!("CARGO_PKG_VERSION"),
        root: &root.to_string_lossy(),
        files: index.paths().count(),
    };
    out.line(&header)?;
    let graph = build.graph();
    let mut missing: BTreeMap<String, Vec<UnresolvedImport>> = BTreeMap::new();
    for import in build.unresolved_imports() {
        missing.entry(import.path.clone()).or_default().push(import);
    }
    for (path, count) in index.paths().zip(1..) {
        let Some(view) = index.file(path) else { continue };
        out.line(&Line::File { path, language: view.language(), lines: view.ir().lines.line_count() })?;
        out.symbols(&view)?;
        out.references(&view)?;
        for edge in graph.dependencies(path, EdgeKinds::all()).into_iter().flatten() {
            let edge_kinds = edge.kinds().names().collect();
            out.line(&Line::Import { path, target: edge.path, lines: edge.lines(), edge_kinds })?;
        }
        for UnresolvedImport { line, name, reason, kinds, .. } in missing.get(path).into_iter().flatten() {
            let edge_kinds = kinds.names().collect();
            out.line(&Line::MissingImport { path, line: *line, name, reason: *reason, edge_kinds })?;
        }
        for diagnostic in &view.ir().diagnostics {
            let (line, column) = (diagnostic.line, diagnostic.column);
            let (diagnostic_kind, message) = (diagnostic.kind, &*diagnostic.message);
            out.line(&Line::Diagnostic { path, line, column, diagnostic_kind, message })?;
        }
        if count % FILES_BETWEEN_LETTING_GO == 0 {
            index.let_go();
        }
    }
    Ok(())
}

struct Lines<'o, W> {
    out: &'o mut W,
}

impl<W: Write> Lines<'_, W> {
    fn line(&mut self, line: &Line<'_>) -> io::Result<()> {
        serde_json::to_writer(&mut *self.out, line)?;
        self.out.write_all(b"\n")
    }

    fn symbols(&mut self, view: &FileView) -> io::Result<()> {
        for (symbol, id) in view.ir().symbols.iter().zip(0..).skip(1) {
            let id = SymbolId(id);
            let (start, end) = (view.line_column(symbol.name_span.start), view.line_column(symbol.span.end));
            self.line(&Line::Symbol {
                path: view.path(),
                name: view.qualified_name(id),
                symbol_kind: words::kind(symbol.kind),
                line: start.line,
                column: start.column,
                end_line: end.line,
                end_column: end.column,
                flags: words::flags(symbol.flags),
                bases: view.bases(id),
                overrides: view.overridden(id),
            })?;
        }
        Ok(())
    }

    fn references(&mut self, view: &FileView) -> io::Result<()> {
        for (reference, outcome) in view.references() {
            let (start, end) = (view.line_column(reference.span.start), view.line_column(reference.span.end));
            let (meanings, confidence) = view.meanings(&outcome);
            let mut targets = meanings.into_iter().map(|meaning| match meaning {
                Meaning::Symbol(symbol) => Target::Symbol(symbol),
                Meaning::Local(symbol) => Target::Symbol(view.symbol_name(symbol)),
                Meaning::External(external) => Target::External { external },
            });
            let (target, confidence) = match (outcome, targets.next()) {
                (_, Some(target)) => (target, Some(confidence)),
                (Outcome::Not(reason), None) => (Target::Unresolved { unresolved: reason.to_string() }, None),
                (_, None) => continue,
            };
            self.line(&Line::Reference {
                path: view.path(),
                line: start.line,
                column: start.column,
                end_line: end.line,
                end_column: end.column,
                name: view.ir().names.get(reference.name).unwrap_or_default(),
                role: words::role(reference.role),
                inside: view.qualified_name(view.enclosing(reference.span)),
                confidence,
                target,
                or: targets.collect(),
            })?;
        }
        Ok(())
    }
}
