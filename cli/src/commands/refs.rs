//! `esker refs`: where something is used.

use clap::{Args, ValueEnum};
use esker_engine::api::{Confidence, Role};
use esker_engine::code::{CodeIndex, SymbolName, Usage};
use serde::Serialize;

use super::def::{definitions, unsure};
use crate::args::Globals;
use crate::args::subject::{KnownSymbol, Subject, grouped};
use crate::error::{Result, Verdict};
use crate::render::{Output, ReportFormat, json, words};

/// List the references to a name, or to what stands at a place
///
/// A name may have as much before it as is needed to tell it from others, as in `esker def`. If several symbols can be
/// meant, the references to each follow its name.
#[derive(Debug, Args)]
pub(crate) struct Refs {
    /// A name, or a place of which lines and columns count from 1, columns in bytes
    #[arg(value_name = "NAME|PATH:LINE:COL")]
    subject: String,

    /// Only references with these roles: a comma list
    #[arg(long = "role", value_name = "ROLES", value_delimiter = ',')]
    roles: Vec<RoleName>,

    /// List the definitions too, with the role `definition`
    #[arg(long)]
    definitions: bool,

    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

/// What is done with a name, as it is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RoleName {
    /// Its value is read
    Read,
    /// It is bound anew
    Write,
    /// It is unbound
    Delete,
    /// It is called
    Call,
    /// A class derives from it
    Base,
    /// It decorates a class or function
    Decorator,
    /// It stands in a type annotation
    Annotation,
    /// It names a parameter in a call
    Keyword,
    /// An import asks for it
    Import,
}

impl From<RoleName> for Role {
    fn from(name: RoleName) -> Self {
        match name {
            RoleName::Read => Self::Read,
            RoleName::Write => Self::Write,
            RoleName::Delete => Self::Delete,
            RoleName::Call => Self::Call,
            RoleName::Base => Self::Base,
            RoleName::Decorator => Self::Decorator,
            RoleName::Annotation => Self::Annotation,
            RoleName::Keyword => Self::Keyword,
            RoleName::Import => Self::Import,
        }
    }
}

/// A symbol with its references.
#[derive(Debug, Serialize)]
struct Group {
    symbol: KnownSymbol,
    references: Vec<Row>,
}

#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Row {
    path: String,
    line: u32,
    column: u32,
    role: &'static str,
    confidence: Confidence,
    /// The class or function around it; empty for the file's own code.
    inside: String,
}

impl Refs {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let (subject, found, groups) =
            Subject::ask(globals, &self.subject, |index, found| self.groups(index, &found.symbols))?;
        subject.explain(&found);
        let output = Output::new(globals);
        match self.format {
            ReportFormat::Text => output.write(text(&groups)),
            ReportFormat::Json => output.write(json(&groups)?),
        }?;
        Ok(Verdict::Done)
    }

    fn groups(&self, index: &CodeIndex<'_>, symbols: &[SymbolName]) -> Vec<Group> {
        let roles: Vec<Role> = self.roles.iter().copied().map(Role::from).collect();
        let usages = index.references_of(symbols);
        let groups = symbols.iter().zip(usages).map(|(symbol, usages)| {
            let wanted = usages.iter().filter(|usage| roles.is_empty() || roles.contains(&usage.role));
            let mut references: Vec<Row> = wanted.map(Row::new).collect();
            if self.definitions {
                references.extend(definition_rows(index, symbol));
                references.sort_unstable();
            }
            Group { symbol: KnownSymbol::new(index, symbol.clone()), references }
        });
        groups.collect()
    }
}

fn definition_rows(index: &CodeIndex<'_>, symbol: &SymbolName) -> Vec<Row> {
    let around = symbol.name.rsplit_once('.').map_or("", |(around, _)| around.trim_end_matches(".<locals>"));
    let row = |definition: super::def::Definition| Row {
        path: definition.path,
        line: definition.line,
        column: definition.column,
        role: "definition",
        confidence: Confidence::Exact,
        inside: around.to_owned(),
    };
    definitions(index, symbol, Confidence::Exact).into_iter().map(row).collect()
}

impl Row {
    fn new(usage: &Usage) -> Self {
        Self {
            path: usage.place.path.to_string(),
            line: usage.place.line,
            column: usage.place.column,
            role: words::role(usage.role),
            confidence: usage.confidence,
            inside: usage.inside.name.clone(),
        }
    }

    fn text(&self) -> String {
        let Self { path, line, column, role, confidence, inside } = self;
        let inside = if inside.is_empty() { String::new() } else { format!(" in {inside}") };
        format!("{path}:{line}:{column}: {role}{inside}{}", unsure(*confidence))
    }
}

fn text(groups: &[Group]) -> String {
    let rows = |group: &Group| group.references.iter().map(Row::text).collect();
    grouped(groups.iter().map(|group| (&group.symbol, rows(group))))
}
