//! `esker cycles`: files that depend on each other.

use std::fmt::Write as _;

use anstyle::Style;
use clap::Args;
use esker_engine::graph::{Cycle, Step};
use serde::Serialize;

use crate::args::{Edges, Globals};
use crate::context::Context;
use crate::error::{Result, Verdict};
use crate::render::{Output, ReportFormat, counted, grouped, json, step};
use crate::terminal::Palette;

/// Up to how many files beyond its loop a cycle is shown with all of them.
const NAMED: usize = 5;

/// List import cycles, each with a loop of imports in it
///
/// A cycle is a set of files of which each depends on all others: a strongly connected component of the graph. Importing
/// a module executes the packages around it, so that a package that imports its own modules is in a cycle with them;
/// `--edges -implicit-init` passes over those.
#[derive(Debug, Args)]
pub(crate) struct Cycles {
    #[command(flatten)]
    edges: Edges,

    /// Exit with 1 if there is a cycle
    #[arg(long)]
    check: bool,

    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

#[derive(Debug, Serialize)]
struct CycleRow<'g> {
    files: Vec<&'g str>,
    r#loop: Vec<StepRow<'g>>,
}

/// An edge of a chain.
#[derive(Debug, Serialize)]
pub(super) struct StepRow<'g> {
    from: &'g str,
    to: &'g str,
    kinds: Vec<&'static str>,
    lines: &'g [u32],
}

impl<'g> From<&'g Step> for StepRow<'g> {
    fn from(step: &'g Step) -> Self {
        Self { from: &step.from, to: &step.to, kinds: step.kinds.names().collect(), lines: &step.lines }
    }
}

impl<'g> From<&'g Cycle> for CycleRow<'g> {
    fn from(cycle: &'g Cycle) -> Self {
        Self {
            files: cycle.files.iter().map(|file| &**file).collect(),
            r#loop: cycle.example.iter().map(StepRow::from).collect(),
        }
    }
}

impl Cycles {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let context = Context::new(globals)?;
        let graph = context.build()?.graph();
        let cycles = graph.cycles(context.policy(self.edges));
        let output = Output::new(globals);
        match self.format {
            ReportFormat::Text => output.write(text(&cycles, output.palette())),
            ReportFormat::Json => output.write(json(&cycles.iter().map(CycleRow::from).collect::<Vec<_>>())?),
        }?;
        Ok(if self.check && !cycles.is_empty() { Verdict::CheckFailed } else { Verdict::Done })
    }
}

fn text(cycles: &[Cycle], palette: Palette) -> String {
    let mut text = String::new();
    for cycle in cycles {
        let headline = match cycle.files.len() {
            1 => "a file that imports itself".to_owned(),
            files => format!("a cycle of {}", counted(files, "file", "files")),
        };
        _ = writeln!(text, "{}", palette.paint(Style::new().bold(), headline));
        cycle.example.iter().for_each(|import| _ = writeln!(text, "  {}", step(import)));
        let in_loop = |file: &str| cycle.example.iter().any(|step| &*step.from == file);
        let others: Vec<&str> = cycle.files.iter().map(|file| &**file).filter(|file| !in_loop(file)).collect();
        match others.len() {
            0 => {}
            1..=NAMED => others.iter().for_each(|file| _ = writeln!(text, "  and {file}")),
            unnamed => _ = writeln!(text, "  and {} other files (--format json names them)", grouped(unnamed)),
        }
    }
    text
}
