//! `esker deps` and `esker dependents`: what a file needs, and what needs it.

use std::path::PathBuf;

use clap::Args;
use esker_engine::graph::{Limits, Reached};
use serde::Serialize;

use super::graph::{DetailedEdge, edges};
use crate::args::{Edges, Globals};
use crate::context::Context;
use crate::error::{Result, Verdict};
use crate::render::{Direction, ListFormat, Output, ended, json};

/// List the files that a file imports
///
/// The JSON form tells the kinds and lines of the imports, or, with --transitive, the distance of each file and the one
/// before it on a shortest way.
#[derive(Debug, Args)]
pub(crate) struct Deps {
    #[command(flatten)]
    question: Question,
}

/// List the files that import a file
///
/// The JSON form tells the kinds and lines of the imports, or, with --transitive, the distance of each file and the one
/// before it on a shortest way.
#[derive(Debug, Args)]
pub(crate) struct Dependents {
    #[command(flatten)]
    question: Question,
}

#[derive(Debug, Args)]
struct Question {
    /// The file
    path: PathBuf,

    /// Go on from the files found
    #[arg(long)]
    transitive: bool,

    #[command(flatten)]
    edges: Edges,

    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ListFormat,
}

/// A file that is reached through others.
#[derive(Debug, Serialize)]
pub(super) struct ReachedRow<'g> {
    path: &'g str,
    distance: u32,
    via: Option<&'g str>,
}

impl<'g> From<&'g Reached> for ReachedRow<'g> {
    fn from(reached: &'g Reached) -> Self {
        Self { path: &reached.path, distance: reached.distance, via: reached.via.as_deref() }
    }
}

impl Deps {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        self.question.answer(globals, Direction::Deps)
    }
}

impl Dependents {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        self.question.answer(globals, Direction::Dependents)
    }
}

impl Question {
    fn answer(&self, globals: &Globals, direction: Direction) -> Result<Verdict> {
        let context = Context::new(globals)?;
        let policy = context.policy(self.edges);
        let build = context.build_for(policy)?;
        let file = context.file(&build, &self.path)?;
        let graph = build.graph();
        let output = Output::new(globals);
        if self.transitive {
            let mut reached = match direction {
                Direction::Deps => graph.transitive_dependencies([&*file], policy, Limits::default()),
                Direction::Dependents => graph.affected([&*file], policy, Limits::default()),
            };
            reached.retain(|reached| reached.distance > 0);
            let rows: Vec<ReachedRow<'_>> = reached.iter().map(ReachedRow::from).collect();
            self.write(&output, rows.iter().map(|row| row.path), &rows)?;
        } else {
            let edges = edges(&graph, &file, direction, policy);
            let rows: Vec<DetailedEdge<'_>> = edges.iter().copied().map(DetailedEdge::from).collect();
            self.write(&output, edges.iter().map(|edge| edge.path), &rows)?;
        }
        Ok(Verdict::Done)
    }

    fn write<'g>(&self, output: &Output, paths: impl Iterator<Item = &'g str>, rows: &[impl Serialize]) -> Result<()> {
        match self.format {
            ListFormat::Text => output.write(ended(paths, '\n')),
            ListFormat::Nul => output.write(ended(paths, '\0')),
            ListFormat::Json => output.write(json(&rows)?),
        }
    }
}
