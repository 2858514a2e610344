//! `esker symbols`: what files define, and what their importers see.

use std::path::PathBuf;

use clap::Args;
use esker_engine::api::{SymbolFlags, SymbolKind};
use esker_engine::code::{CodeIndex, Exported, Standing, is_local};
use serde::Serialize;

use crate::args::Globals;
use crate::context::{Context, abandon};
use crate::error::{Result, Verdict};
use crate::render::{Output, ReportFormat, ended, json, words};

/// List the symbols of files: classes, functions, methods, variables, fields, imported names
///
/// Names are qualified by those of what is around them: `C.m` is the method `m` of the class `C`. The rows of several
/// files begin with the path.
#[derive(Debug, Args)]
pub(crate) struct Symbols {
    /// Files, and directories for all files below them
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// Also parameters and what only one function knows; with --exported, also private names
    #[arg(long)]
    all: bool,

    /// List the public names that importers of a file see instead, and what they stand for at the end of all re-exports
    #[arg(long)]
    exported: bool,

    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

#[derive(Debug, Serialize)]
struct SymbolRow {
    path: String,
    name: String,
    kind: &'static str,
    line: u32,
    column: u32,
    end_line: u32,
    flags: Vec<String>,
}

#[derive(Debug, Serialize)]
struct ExportedRow {
    file: String,
    name: String,
    kind: Option<&'static str>,
    /// Where it is defined.
    path: Option<String>,
    symbol: Option<String>,
    external: Option<String>,
    unresolved: Option<String>,
}

impl Symbols {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let context = Context::new(globals)?;
        let (mut engine, build) = context.built()?;
        let files = context.files(&build, &self.paths)?;
        let output = Output::new(globals);
        let one = matches!(&*self.paths, [path] if context.paths().absolute(path).is_file());
        if self.exported {
            let rows = engine.inspect(|index| self.exported(index, &files))?;
            match self.format {
                ReportFormat::Text => output.write(ended(rows.iter().map(|row| row.line(one)), '\n')),
                ReportFormat::Json => output.write(json(&rows)?),
            }?;
        } else {
            let rows = engine.inspect(|index| self.symbols(index, &files))?;
            match self.format {
                ReportFormat::Text => output.write(ended(rows.iter().map(|row| row.line(one)), '\n')),
                ReportFormat::Json => output.write(json(&rows)?),
            }?;
        }
        abandon(engine);
        Ok(Verdict::Done)
    }

    fn symbols(&self, index: &CodeIndex<'_>, files: &[String]) -> Vec<SymbolRow> {
        let mut rows = Vec::new();
        for view in files.iter().filter_map(|file| index.file(file)) {
            for (symbol, id) in view.ir().symbols.iter().zip(0..).skip(1) {
                let name = view.qualified_name(esker_engine::api::SymbolId(id));
                if !self.all && (is_local(name) || symbol.kind == SymbolKind::Parameter) {
                    continue;
                }
                let place = view.line_column(symbol.name_span.start);
                rows.push(SymbolRow {
                    path: view.path().to_string(),
                    name: name.to_owned(),
                    kind: words::kind(symbol.kind),
                    line: place.line,
                    column: place.column,
                    end_line: view.line_column(symbol.span.end).line,
                    flags: words::flags(symbol.flags - SymbolFlags::REBOUND),
                });
            }
        }
        rows.sort_by(|left, right| (&left.path, left.line, left.column).cmp(&(&right.path, right.line, right.column)));
        rows
    }

    fn exported(&self, index: &CodeIndex<'_>, files: &[String]) -> Vec<ExportedRow> {
        let mut rows = Vec::new();
        for file in files {
            let exported = index.exported(file).unwrap_or_default();
            let wanted = exported.into_iter().filter(|exported| self.all || exported.is_public);
            rows.extend(wanted.map(|exported| ExportedRow::new(file.clone(), exported)));
        }
        rows
    }
}

impl SymbolRow {
    fn line(&self, alone: bool) -> String {
        let Self { path, name, kind, line, column, .. } = self;
        if alone { format!("{line}:{column} {kind} {name}") } else { format!("{path}:{line}:{column} {kind} {name}") }
    }
}

impl ExportedRow {
    fn new(file: String, exported: Exported) -> Self {
        let mut row =
            Self { file, name: exported.name, kind: None, path: None, symbol: None, external: None, unresolved: None };
        match exported.standing {
            Standing::For(symbol, kind) => {
                row.kind = Some(words::kind(kind));
                row.path = Some(symbol.path.to_string());
                row.symbol = (!symbol.name.is_empty()).then_some(symbol.name);
            }
            Standing::External(name) => row.external = Some(name),
            Standing::Not(reason) => row.unresolved = Some(reason.to_string()),
        }
        row
    }

    fn line(&self, alone: bool) -> String {
        let standing = match (&self.path, &self.symbol, &self.external, &self.unresolved) {
            (Some(path), Some(symbol), ..) => format!("{} {path}:{symbol}", self.kind.unwrap_or_default()),
            (Some(path), None, ..) => format!("{} {path}", self.kind.unwrap_or_default()),
            (_, _, Some(external), _) => format!("external {external}"),
            (_, _, _, reason) => format!("unresolved ({})", reason.as_deref().unwrap_or_default()),
        };
        if alone { format!("{} {standing}", self.name) } else { format!("{}:{} {standing}", self.file, self.name) }
    }
}
