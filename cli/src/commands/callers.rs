//! `esker callers`: who calls a function, and whom it calls.

use std::collections::BTreeMap;

use clap::Args;
use esker_engine::api::{Confidence, Role};
use esker_engine::code::{CodeIndex, SymbolName, Usage};
use serde::Serialize;

use super::def::unsure;
use crate::args::Globals;
use crate::args::subject::{KnownSymbol, Subject, grouped};
use crate::error::{Result, Verdict};
use crate::render::{Output, ReportFormat, json};

/// List the functions that call a function or class, with the places of the calls
///
/// A call outside of all functions and classes counts as the file's. If several symbols can be meant by the name, the
/// callers of each follow its name.
#[derive(Debug, Args)]
pub(crate) struct Callers {
    /// A name, or a place of which lines and columns count from 1, columns in bytes
    #[arg(value_name = "NAME|PATH:LINE:COL")]
    subject: String,

    /// Go on from the functions found
    #[arg(long)]
    transitive: bool,

    /// List what is called instead, as far as it is in the repository
    #[arg(long)]
    callees: bool,

    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

/// A symbol with those that call it or that it calls.
#[derive(Debug, Serialize)]
struct Group {
    symbol: KnownSymbol,
    #[serde(skip_serializing_if = "Option::is_none")]
    callers: Option<Vec<Row>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    callees: Option<Vec<Row>>,
}

#[derive(Debug, Serialize)]
struct Row {
    #[serde(flatten)]
    symbol: KnownSymbol,
    /// Over how many calls.
    distance: u32,
    /// Who is called by it, or calls it, one step nearer to what was asked for.
    via: SymbolName,
    calls: Vec<Call>,
}

/// The place of a call.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Call {
    path: String,
    line: u32,
    column: u32,
    confidence: Confidence,
}

/// Who calls whom, and where.
type Step = (SymbolName, SymbolName, Usage);

impl Callers {
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
        // A name can be that of thousands of symbols: the first steps from all of them are taken at once.
        let mut first: BTreeMap<SymbolName, Vec<Step>> = BTreeMap::new();
        for step in self.steps(index, symbols) {
            first.entry(step.1.clone()).or_default().push(step);
        }
        let groups = symbols.iter().map(|symbol| {
            let rows = Some(self.rows(index, symbol, first.remove(symbol).unwrap_or_default()));
            let symbol = KnownSymbol::new(index, symbol.clone());
            let (callers, callees) = if self.callees { (None, rows) } else { (rows, None) };
            Group { symbol, callers, callees }
        });
        groups.collect()
    }

    fn steps(&self, index: &CodeIndex<'_>, front: &[SymbolName]) -> Vec<Step> {
        if self.callees { callees(index, front) } else { callers(index, front) }
    }

    /// Breadth first, so that each is found at its least distance.
    fn rows(&self, index: &CodeIndex<'_>, from: &SymbolName, first: Vec<Step>) -> Vec<Row> {
        let mut reached: BTreeMap<SymbolName, Row> = BTreeMap::new();
        let mut steps = first;
        let mut distance = 0;
        while !steps.is_empty() {
            distance += 1;
            let mut next = Vec::new();
            for (found, via, usage) in steps {
                let new = !reached.contains_key(&found);
                let row = reached.entry(found.clone()).or_insert_with(|| Row {
                    symbol: KnownSymbol::new(index, found.clone()),
                    distance,
                    via: via.clone(),
                    calls: Vec::new(),
                });
                if row.distance == distance && row.via == via {
                    row.calls.push(Call::new(&usage));
                }
                // A file is not called.
                if new && found != *from && !found.name.is_empty() {
                    next.push(found);
                }
            }
            steps = if self.transitive { self.steps(index, &next) } else { Vec::new() };
        }
        let mut rows: Vec<Row> = reached.into_values().collect();
        for row in &mut rows {
            row.calls.sort_unstable();
            row.calls.dedup();
        }
        rows
    }
}

fn callers(index: &CodeIndex<'_>, front: &[SymbolName]) -> Vec<Step> {
    let mut steps = Vec::new();
    for (callee, usages) in front.iter().zip(index.references_of(front)) {
        for usage in usages.into_iter().filter(|usage| usage.role == Role::Call) {
            steps.push((usage.inside.clone(), callee.clone(), usage));
        }
    }
    steps
}

fn callees(index: &CodeIndex<'_>, front: &[SymbolName]) -> Vec<Step> {
    let mut steps = Vec::new();
    for caller in front {
        let found = index.callees(caller).into_iter();
        steps.extend(found.map(|(callee, usage)| (callee, caller.clone(), usage)));
    }
    steps
}

impl Call {
    fn new(usage: &Usage) -> Self {
        let place = &usage.place;
        Self { path: place.path.to_string(), line: place.line, column: place.column, confidence: usage.confidence }
    }
}

impl Row {
    fn text(&self) -> String {
        let far =
            if self.distance > 1 { format!(" (distance {} via {})", self.distance, self.via) } else { String::new() };
        let calls = self.calls.iter().map(|call| format!("{}:{}{}", call.line, call.column, unsure(call.confidence)));
        // The calls of one row are all in one file.
        let path = self.calls.first().map_or("", |call| &call.path);
        let path = if *path == *self.symbol.name.path { String::new() } else { format!("{path}:") };
        format!("{}{far}: {path}{}", self.symbol.name, calls.collect::<Vec<_>>().join(", "))
    }
}

fn text(groups: &[Group]) -> String {
    let rows = |group: &Group| group.callers.iter().chain(&group.callees).flatten().map(Row::text).collect();
    grouped(groups.iter().map(|group| (&group.symbol, rows(group))))
}
