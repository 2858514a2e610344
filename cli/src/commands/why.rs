//! `esker why`: by which imports one file comes to depend on another.

use std::path::PathBuf;

use clap::Args;
use esker_engine::api::EdgeKinds;

use crate::args::{Edges, Globals};
use crate::context::Context;
use crate::error::{Result, Verdict};
use crate::render::{Output, ReportFormat, ended, json, step};

use super::cycles::StepRow;

/// Show a shortest chain of imports from one file to another
///
/// Exits with 1 if there is none.
#[derive(Debug, Args)]
pub(crate) struct Why {
    /// The file that depends
    from: PathBuf,
    /// The file that is depended on
    to: PathBuf,

    #[command(flatten)]
    edges: Edges,

    /// The form of the chain
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

impl Why {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let context = Context::new(globals)?;
        // Edges that do not count are hinted at.
        let build = context.build_for(EdgeKinds::all())?;
        let from = context.file(&build, &self.from)?;
        let to = context.file(&build, &self.to)?;
        let (graph, policy) = (build.graph(), context.policy(self.edges));
        let output = Output::new(globals);
        let chain = graph.shortest_path(&from, &to, policy);
        match &chain {
            None if graph.shortest_path(&from, &to, EdgeKinds::all()).is_some() => {
                tracing::warn!("{from} depends on {to} only by edges that do not count here; see --edges all");
            }
            None if graph.shortest_path(&to, &from, policy).is_some() => {
                tracing::warn!("{from} does not depend on {to}; it is the other way round");
            }
            None => tracing::warn!("{from} does not depend on {to}"),
            Some(chain) if chain.is_empty() => tracing::warn!("both are the same file"),
            Some(_) => {}
        }
        let steps = chain.as_deref().unwrap_or_default();
        match self.format {
            ReportFormat::Text => output.write(ended(steps.iter().map(step), '\n')),
            ReportFormat::Json => output.write(json(&steps.iter().map(StepRow::from).collect::<Vec<_>>())?),
        }?;
        Ok(if chain.is_some() { Verdict::Done } else { Verdict::CheckFailed })
    }
}
