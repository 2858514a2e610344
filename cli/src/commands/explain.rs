//! `esker explain`: why the last build executed or reused the stages of a file.

use std::path::PathBuf;

use clap::Args;
use esker_engine::EngineError;
use esker_engine::explain::{Cause, Explanation, StageExplanation};
use serde::Serialize;

use crate::args::Globals;
use crate::context::{Context, abandon};
use crate::error::{CommandError, Result, Verdict};
use crate::render::{Output, ReportFormat, json};

/// Tell why the last build executed or reused the stages of files
///
/// Stage by stage: parsing and lowering (ir), where imports lead (edges), what other files can see (exports), and what
/// references stand for (resolution); with the file, and where there is one the name, that caused it.
///
/// This tells of the last build and makes no new one, as if --no-refresh were given: a new one would forget why the
/// last one did what it did. Any command that brings the index up to date is a build; one that finds no change does not
/// count, and what the build before it did is told.
#[derive(Debug, Args)]
pub(crate) struct Explain {
    /// The files
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// The form of the answer
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

#[derive(Debug, Serialize)]
struct FileRow<'e> {
    path: &'e str,
    stages: Vec<StageRow<'e>>,
}

#[derive(Debug, Serialize)]
struct StageRow<'e> {
    stage: &'static str,
    outcome: &'static str,
    cause: Option<CauseRow<'e>>,
    text: String,
}

#[derive(Debug, Serialize)]
struct CauseRow<'e> {
    kind: &'static str,
    path: Option<&'e str>,
    name: Option<&'e str>,
}

impl<'e> From<&'e Explanation> for FileRow<'e> {
    fn from(Explanation { path, stages }: &'e Explanation) -> Self {
        Self { path, stages: stages.iter().map(StageRow::from).collect() }
    }
}

impl<'e> From<&'e StageExplanation> for StageRow<'e> {
    fn from(explanation: &'e StageExplanation) -> Self {
        Self {
            stage: explanation.stage,
            outcome: explanation.outcome.name(),
            cause: explanation.cause.as_ref().map(CauseRow::from),
            text: explanation.to_string(),
        }
    }
}

impl<'e> From<&'e Cause> for CauseRow<'e> {
    fn from(cause: &'e Cause) -> Self {
        Self { kind: cause.name(), path: cause.path(), name: cause.symbol() }
    }
}

impl Explain {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        if globals.no_cache {
            let error = CommandError::new("explain asks the cache, which --no-cache does without");
            return Err(error.hint("leave out --no-cache"));
        }
        let context = Context::new(globals)?;
        let mut engine = context.engine()?;
        let build = match engine.last_build() {
            Err(error @ EngineError::NeverBuilt { .. }) => {
                return Err(CommandError::from(anyhow::Error::from(error)).hint("run `esker build` first"));
            }
            build => build?,
        };
        abandon(engine);
        let files = self.paths.iter().map(|path| context.file(&build, path));
        let files: Vec<String> = files.collect::<Result<_>>().map_err(|error| {
            error.hint("this tells of the last build; a file that is new since then is known after the next one")
        })?;
        let explanations: Vec<Explanation> = files.iter().filter_map(|file| build.explain(file)).collect();
        let output = Output::new(globals);
        match self.format {
            ReportFormat::Text => output.write(explanations.iter().map(text).collect::<String>()),
            ReportFormat::Json => output.write(json(&explanations.iter().map(FileRow::from).collect::<Vec<_>>())?),
        }?;
        Ok(Verdict::Done)
    }
}

fn text(explanation: &Explanation) -> String {
    let stages = explanation.stages.iter().map(|stage| format!("  {:<10}  {stage}\n", stage.stage));
    format!("{}\n{}", explanation.path, stages.collect::<String>())
}
