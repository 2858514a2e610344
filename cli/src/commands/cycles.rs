//! `esker cycles`: files that depend on each other.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anstyle::Style;
use anyhow::Context as _;
use clap::Args;
use esker_engine::graph::{Cycle, Step};
use serde::{Deserialize, Serialize};

use crate::args::{Edges, Globals};
use crate::context::Context;
use crate::error::{CommandError, Result, Verdict};
use crate::render::github::{self, Annotation, Annotator, Severity};
use crate::render::{CheckFormat, Output, counted, grouped, json, step};
use crate::terminal::Palette;

/// Up to how many files beyond its loop a cycle is shown with all of them.
const NAMED: usize = 5;

/// List import cycles, each with a loop of imports in it
///
/// A cycle is a set of files of which each depends on all others: a strongly connected component of the graph.
/// Importing a module executes the packages around it, so that a package that imports its own modules is in a cycle
/// with them; `--edges -implicit-init` passes over those.
#[derive(Debug, Args)]
pub(crate) struct Cycles {
    #[command(flatten)]
    edges: Edges,

    /// Exit with 1 if there is a cycle
    #[arg(long)]
    check: bool,

    /// Pass over cycles that lie within one of this file's, which holds an earlier answer as JSON
    ///
    /// So that old cycles are put up with and new ones are not: `esker cycles --format json -o known.json` once, then
    /// `esker cycles --check --known known.json`.
    #[arg(long, value_name = "FILE")]
    known: Option<PathBuf>,

    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: CheckFormat,
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
        let policy = context.policy(self.edges);
        let mut cycles = context.build_for(policy)?.graph().cycles(policy);
        if let Some(file) = &self.known {
            let known = known_cycles(file)?;
            cycles.retain(|cycle| !known.iter().any(|known| cycle.files.iter().all(|file| known.contains(&**file))));
        }
        let output = Output::new(globals);
        match self.format {
            CheckFormat::Github => self.annotate(&output, context.root(), &cycles),
            CheckFormat::Text => output.write(text(&cycles, output.palette())),
            CheckFormat::Json => output.write(json(&cycles.iter().map(CycleRow::from).collect::<Vec<_>>())?),
        }?;
        Ok(if self.check && !cycles.is_empty() { Verdict::CheckFailed } else { Verdict::Done })
    }
}

impl Cycles {
    fn annotate(&self, output: &Output, root: &Path, cycles: &[Cycle]) -> Result<()> {
        let severity = if self.check { Severity::Error } else { Severity::Warning };
        let annotations = cycles.iter().filter_map(|cycle| {
            // The first import of the loop that stands in a line; what a file's place alone implies has none.
            let line = |step: &Step| step.lines.iter().copied().find(|line| *line > 0);
            let (path, line) = cycle
                .example
                .iter()
                .find_map(|step| Some((&step.from, line(step)?)))
                .or_else(|| Some((&cycle.example.first()?.from, 0)))?;
            Some(Annotation { severity, path, line, title: "import cycle", message: chain(cycle) })
        });
        output.write(Annotator::new(root).lines(annotations))?;
        let chains: Vec<String> = cycles.iter().map(chain).collect();
        let new = if self.known.is_some() { "new " } else { "" };
        let lead = match cycles.len() {
            0 => format!("There are no {new}import cycles."),
            number => counted(number, &format!("{new}import cycle."), &format!("{new}import cycles.")),
        };
        github::summarize("Import cycles", &lead, &chains)
    }
}

/// The loop of a cycle in one line.
fn chain(cycle: &Cycle) -> String {
    let mut files: Vec<&str> = cycle.example.iter().map(|step| &*step.from).collect();
    files.extend(cycle.example.first().map(|step| &*step.from));
    let loop_of = files.join(" imports ");
    match cycle.files.len() {
        all if all + 1 == files.len() => loop_of,
        all => format!("{loop_of} (a loop in a cycle of {})", counted(all, "file", "files")),
    }
}

/// The files of each cycle of an earlier answer.
fn known_cycles(file: &Path) -> Result<Vec<BTreeSet<String>>> {
    #[derive(Deserialize)]
    struct Known {
        files: BTreeSet<String>,
    }
    let text = fs::read(file).with_context(|| format!("--known {} cannot be read", file.display()))?;
    let known: Vec<Known> = serde_json::from_slice(&text).map_err(|error| {
        CommandError::new(format!("--known {} is no list of cycles: {error}", file.display()))
            .hint("`esker cycles --format json -o FILE` writes one")
    })?;
    Ok(known.into_iter().map(|known| known.files).collect())
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
