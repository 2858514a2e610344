//! `esker def`: where something is defined.

use clap::Args;
use esker_engine::api::{Confidence, SymbolKind};
use esker_engine::code::{CodeIndex, SymbolName};
use serde::Serialize;

use crate::args::Globals;
use crate::args::subject::{Found, Subject};
use crate::error::{Result, Verdict};
use crate::render::{Output, ReportFormat, ended, json, words};

/// Show the definitions of a name, or of what stands at a place
///
/// A name may have as much before it as is needed to tell it from others: `m`, `C.m`, `module.C.m`,
/// `package.module.C.m`, or `path/to/file.py:C.m`. A parameter is named after its function: `f.x`. What only one
/// function knows is found by its place. A name bound by several statements has several definitions.
#[derive(Debug, Args)]
pub(crate) struct Def {
    /// A name, or a place of which lines and columns count from 1, columns in bytes
    #[arg(value_name = "NAME|PATH:LINE:COL")]
    subject: String,

    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Row {
    Definition(Definition),
    External { external: String, confidence: Confidence },
    Unresolved { unresolved: String, name: String },
}

/// A statement that defines a symbol.
#[derive(Debug, Serialize)]
pub(super) struct Definition {
    pub(super) path: String,
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) end_line: u32,
    pub(super) kind: &'static str,
    pub(super) name: String,
    pub(super) confidence: Confidence,
}

impl Def {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let (subject, found, rows) = Subject::ask(globals, &self.subject, rows)?;
        if rows.is_empty() {
            subject.explain(&found);
        }
        let output = Output::new(globals);
        match self.format {
            ReportFormat::Text => output.write(ended(rows.iter().map(Row::line), '\n')),
            ReportFormat::Json => output.write(json(&rows)?),
        }?;
        Ok(Verdict::Done)
    }
}

fn rows(index: &CodeIndex<'_>, found: &Found) -> Vec<Row> {
    let confidence = found.confidence.unwrap_or(Confidence::Exact);
    let mut rows = Vec::new();
    for symbol in &found.symbols {
        rows.extend(definitions(index, symbol, confidence).into_iter().map(Row::Definition));
    }
    if let Some(external) = &found.external {
        rows.push(Row::External { external: external.clone(), confidence });
    }
    if let Some((name, reason)) = &found.unresolved {
        rows.push(Row::Unresolved { unresolved: reason.to_string(), name: name.clone() });
    }
    rows
}

/// The statements that define a symbol, in source order; an import only if nothing else does.
pub(super) fn definitions(index: &CodeIndex<'_>, symbol: &SymbolName, confidence: Confidence) -> Vec<Definition> {
    let Some((view, mut ids)) = index.definitions(symbol) else { return Vec::new() };
    let kind = |id: &esker_engine::api::SymbolId| view.ir().symbols[id.index()].kind;
    if ids.iter().any(|id| kind(id) != SymbolKind::Import) {
        ids.retain(|id| kind(id) != SymbolKind::Import);
    }
    ids.iter()
        .map(|id| {
            let row = &view.ir().symbols[id.index()];
            let place = view.line_column(row.name_span.start);
            Definition {
                path: symbol.path.to_string(),
                line: place.line,
                column: place.column,
                end_line: view.line_column(row.span.end).line,
                kind: words::kind(row.kind),
                name: symbol.name.clone(),
                confidence,
            }
        })
        .collect()
}

impl Row {
    fn line(&self) -> String {
        match self {
            Self::Definition(Definition { path, line, column, kind, name, confidence, .. }) => {
                format!(
                    "{path}:{line}:{column}: {kind}{}{name}{}",
                    if name.is_empty() { "" } else { " " },
                    unsure(*confidence)
                )
            }
            Self::External { external, confidence } => format!("{external} (external){}", unsure(*confidence)),
            Self::Unresolved { unresolved, name } => format!("{name} (unresolved: {unresolved})"),
        }
    }
}

/// What is said of how sure something is: nothing where it is certain.
pub(super) fn unsure(confidence: Confidence) -> String {
    match confidence {
        Confidence::Exact => String::new(),
        unsure => format!(" ({unsure})"),
    }
}
