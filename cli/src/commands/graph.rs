//! `esker graph`: all files with their edges.

use std::collections::BTreeMap;

use clap::{Args, ValueEnum};
use esker_engine::api::EdgeKinds;
use esker_engine::graph::{DependencyGraph, Edge};
use serde::Serialize;

use crate::args::{Edges, Globals};
use crate::context::Context;
use crate::error::{Result, Verdict};
use crate::render::{Direction, Output, dot, html, json, mermaid};

/// Print the dependency graph
///
/// The JSON form is an object with a key for every file; its value lists the files at the other ends of its edges. The
/// HTML form is one file that shows everything, in both directions and with edges of every kind; those of --edges count
/// until its reader chooses others.
#[derive(Debug, Args)]
pub(crate) struct Graph {
    /// The direction in which edges are followed
    #[arg(long, value_name = "DIRECTION", default_value = "deps")]
    direction: Direction,

    #[command(flatten)]
    edges: Edges,

    /// Tell the kinds and the lines of the imports behind each edge
    #[arg(long)]
    details: bool,

    /// The form of the graph
    #[arg(long, value_name = "FORMAT", default_value = "json")]
    format: GraphFormat,
}

/// The forms of a graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum GraphFormat {
    /// For programs
    Json,
    /// For Graphviz
    Dot,
    /// For Mermaid
    Mermaid,
    /// A page for a browser, to search and click through; it loads nothing
    Html,
}

/// An edge with the imports behind it.
#[derive(Debug, Serialize)]
pub(super) struct DetailedEdge<'g> {
    path: &'g str,
    kinds: Vec<&'static str>,
    lines: Vec<u32>,
}

impl<'g> From<Edge<'g>> for DetailedEdge<'g> {
    fn from(edge: Edge<'g>) -> Self {
        Self { path: edge.path, kinds: edge.kinds().names().collect(), lines: edge.lines() }
    }
}

impl Graph {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let context = Context::new(globals)?;
        let policy = context.policy(self.edges);
        let graph = context.build_for(policy)?.graph();
        let output = Output::new(globals);
        let files = graph.files();
        let arrows = || graph.files().flat_map(|file| self.arrows(&graph, file, policy));
        match self.format {
            GraphFormat::Json if self.details => {
                let edges = |file| edges(&graph, file, self.direction, policy).into_iter().map(DetailedEdge::from);
                output.write(json(&files.map(|file| (file, edges(file).collect())).collect::<BTreeMap<_, Vec<_>>>())?)
            }
            GraphFormat::Json => {
                let edges = |file| edges(&graph, file, self.direction, policy).into_iter().map(|edge| edge.path);
                output.write(json(&files.map(|file| (file, edges(file).collect())).collect::<BTreeMap<_, Vec<_>>>())?)
            }
            GraphFormat::Dot => output.write(dot(files, arrows())),
            GraphFormat::Mermaid => output.write(mermaid(files, arrows())),
            GraphFormat::Html => {
                let root = context.root().file_name().unwrap_or_default().to_string_lossy();
                output.write(html(&root, &graph, policy)?)
            }
        }?;
        Ok(Verdict::Done)
    }

    fn arrows<'g>(
        &self,
        graph: &'g DependencyGraph,
        file: &'g str,
        policy: EdgeKinds,
    ) -> impl Iterator<Item = (&'g str, &'g str, Option<String>)> + use<'g> {
        let details = self.details;
        let label = move |edge: &Edge<'_>| {
            let lines: Vec<String> = edge.lines().iter().map(ToString::to_string).collect();
            details.then(|| format!("{} {}", edge.kinds(), lines.join(",")))
        };
        edges(graph, file, self.direction, policy).into_iter().map(move |edge| (file, edge.path, label(&edge)))
    }
}

/// The edges at a file, ascending by the path at the other end.
pub(super) fn edges<'g>(
    graph: &'g DependencyGraph,
    file: &str,
    direction: Direction,
    policy: EdgeKinds,
) -> Vec<Edge<'g>> {
    match direction {
        Direction::Deps => graph.dependencies(file, policy).into_iter().flatten().collect(),
        Direction::Dependents => graph.dependents(file, policy).into_iter().flatten().collect(),
    }
}
