//! `esker build`: bring everything up to date and tell what that took.

mod depfile;
mod metrics;

use std::path::{Path, PathBuf};

use clap::Args;
use esker_engine::answer::BuildReport;
use esker_engine::api::DiagnosticKind;
use esker_engine::{Build, Engine, VerifyReport};
use serde::Serialize;

use crate::args::Globals;
use crate::args::lists::{self, Separator};
use crate::context::{Context, abandon};
use crate::error::{CommandError, Result, Verdict};
use crate::git::Revisions;
use crate::render::github::{self, Annotation, Annotator, Severity};
use crate::render::{
    CheckFormat, Output, counted, json, replace_if_different, summary, touch_if_different, verification,
};
use crate::terminal::Palette;
use depfile::depfile;

/// How many diagnostics are printed, unless asked for more.
const SHOWN_DIAGNOSTICS: usize = 20;

/// Analyze the code, doing only what changes since the last build require
///
/// Analyzes all below the root: the nearest directory, from PATH upwards, that has an esker.toml, a [tool.esker] table
/// in its pyproject.toml, or a .git. If there is none, PATH itself is the root. So `esker build` means the same
/// anywhere in a repository; to analyze a part of one on its own, put an esker.toml there.
#[derive(Debug, Args)]
pub(crate) struct BuildCommand {
    /// Where the search for the root begins [default: the current directory]
    path: Option<PathBuf>,

    /// Trust that only this path changed, and look at nothing else; repeatable
    ///
    /// A path that no longer exists is a removal, one not seen before an addition, a directory stands for what is under
    /// it. The cost is in proportion to the change. Without an earlier build everything is analyzed. With --since or
    /// --base git's list is trusted, which leaves out what changed before: the last build has to be of the merge base or
    /// later.
    #[arg(long, value_name = "PATH")]
    changed: Vec<PathBuf>,

    /// The same with the paths listed in this file, one a line; `-` for stdin
    #[arg(long, value_name = "FILE")]
    changed_from: Option<PathBuf>,

    /// Paths in the list end with NUL bytes instead of lines
    #[arg(short = '0', requires = "changed_from")]
    nul: bool,

    #[command(flatten)]
    revisions: Revisions,

    /// Compute everything anew
    #[arg(long, conflicts_with_all = ["changed", "changed_from", "since", "base"])]
    force: bool,

    /// Compute this many percent of the files anew, compare with what is kept, and fail if that was wrong
    ///
    /// Everything is brought up to date first. What was kept wrong is named, by stage and file, and mended. Which files
    /// are taken follows from the contents of all: the same tree has the same sample, another state of it another one.
    #[arg(long, value_name = "PERCENT", num_args = 0..=1, require_equals = true, default_missing_value = "100")]
    #[arg(value_parser = percentage, conflicts_with_all = ["changed", "changed_from", "since", "base", "force"])]
    verify: Option<f64>,

    /// Write counters of this build to this file, in the text form of Prometheus
    #[arg(long, value_name = "FILE")]
    metrics: Option<PathBuf>,

    /// Write what the build depends on to this file, as a rule of make for the file of --stamp or -o
    ///
    /// With both, for both; with neither, for the file itself. Every file and directory is listed, and each is a target
    /// without a recipe, so that make goes on when one has gone.
    #[arg(long, value_name = "FILE")]
    depfile: Option<PathBuf>,

    /// Touch this file if some result is another one than when it was last touched
    ///
    /// Results are what is known of the files and their imports. The file holds a digest of them.
    #[arg(long, value_name = "FILE")]
    stamp: Option<PathBuf>,

    /// The form of the report
    #[arg(long, value_name = "FORMAT")]
    format: Option<CheckFormat>,
}

impl BuildCommand {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        if globals.no_refresh {
            let error = CommandError::new("--no-refresh makes no sense here: to refresh is what `esker build` does");
            return Err(error.hint("leave it out; every other command can do without a refresh"));
        }
        self.check_written_files(globals)?;
        let context = Context::starting_at(globals, self.path.as_deref().unwrap_or(".".as_ref()))?;
        let is_report_enough = self.verify.is_none() && self.depfile.is_none() && self.stamp.is_none();
        let mut engine = if is_report_enough { context.engine_for_report()? } else { context.engine()? };
        let (build, verified) = match self.verify {
            None => (self.execute(&context, &mut engine)?, None),
            Some(_) if globals.no_cache => {
                let error = CommandError::new("--verify asks the cache, which --no-cache does without");
                return Err(error.hint("leave out one of the two"));
            }
            Some(percent) => {
                let (build, report) = engine.verify(percent)?;
                (build, Some(report))
            }
        };
        abandon(engine);

        match self.format {
            // Annotations tell of them.
            Some(CheckFormat::Github) => {}
            _ => warn_of_diagnostics(&build, if globals.verbose > 0 { usize::MAX } else { SHOWN_DIAGNOSTICS }),
        }
        warn_of_omissions(&build);
        for root in context.missing_import_roots() {
            tracing::warn!("the import root `{root}` of the configuration is no directory");
        }
        if let Some(file) = &self.metrics {
            replace_if_different(file, metrics::text(&build).as_bytes())?;
        }
        let output = Output::new(globals);
        match self.format.unwrap_or_default() {
            CheckFormat::Json => output.write(json(&Report { build: build.report(), verify: verified.as_ref() })?)?,
            CheckFormat::Github => annotate(&output, &context, &build)?,
            CheckFormat::Text if globals.quiet && self.format.is_none() && !output.is_file() => {}
            CheckFormat::Text => {
                let text = summary(build.report(), build.details(), output.palette());
                output.write(text + &verified.as_ref().map_or_else(String::new, verification))?;
            }
        }
        self.write_for_make(globals, &context, &build)?;
        let is_wrong = |report: &VerifyReport| !report.differences.is_empty();
        Ok(if verified.as_ref().is_some_and(is_wrong) { Verdict::CheckFailed } else { Verdict::Done })
    }

    /// What is written to a file that another option names too would be lost.
    fn check_written_files(&self, globals: &Globals) -> Result<()> {
        let files = [
            ("-o", &globals.output),
            ("--metrics", &self.metrics),
            ("--depfile", &self.depfile),
            ("--stamp", &self.stamp),
        ];
        let named = || files.iter().filter_map(|(option, file)| Some((option, file.as_deref()?)));
        for (position, (option, file)) in named().enumerate() {
            if let Some((other, _)) = named().skip(position + 1).find(|(_, other)| *other == file) {
                let error = CommandError::new(format!("{option} and {other} both write {}", file.display()));
                return Err(error.hint("each needs a file of its own"));
            }
        }
        Ok(())
    }

    /// The stamp comes last: what is written after it would make its directory newer than it is.
    fn write_for_make(&self, globals: &Globals, context: &Context<'_>, build: &Build) -> Result<()> {
        if let Some(file) = &self.depfile {
            // As make sees the files, which knows nothing of -C.
            let from = |path: &Path| globals.directory.as_ref().map_or(path.to_owned(), |start| start.join(path));
            let mut targets: Vec<PathBuf> =
                [&self.stamp, &globals.output].into_iter().flatten().map(|target| from(target)).collect();
            if targets.is_empty() {
                targets.push(from(file));
            }
            let targets: Vec<&Path> = targets.iter().map(PathBuf::as_path).collect();
            let text = depfile(&targets, context, build, |known| from(Path::new(&context.paths().given(known))));
            replace_if_different(file, text.as_bytes())?;
        }
        match &self.stamp {
            Some(file) => touch_if_different(file, format!("{}\n", build.digest()).as_bytes()),
            None => Ok(()),
        }
    }

    fn execute(&self, context: &Context<'_>, engine: &mut Engine) -> Result<Build> {
        if self.force {
            return Ok(engine.execute_from_scratch()?);
        }
        if self.changed.is_empty() && self.changed_from.is_none() && self.revisions.is_empty() {
            return Ok(engine.execute()?);
        }
        let mut changed = self.changed.clone();
        if let Some(file) = &self.changed_from {
            changed.extend(lists::read(file, Separator::of_flag(self.nul))?);
        }
        if let Some(changes) = self.revisions.changes(context.root())? {
            changed.extend(changes.paths());
        }
        let changed: Vec<String> = changed.iter().map(|path| context.paths().known(path)).collect::<Result<_>>()?;
        Ok(engine.execute_incremental(changed)?)
    }
}

/// What is printed as JSON.
#[derive(Serialize)]
struct Report<'a> {
    #[serde(flatten)]
    build: &'a BuildReport,
    #[serde(skip_serializing_if = "Option::is_none")]
    verify: Option<&'a VerifyReport>,
}

fn percentage(text: &str) -> std::result::Result<f64, String> {
    let number = text.trim_end_matches('%').parse().ok().filter(|percent| (0.0..=100.0).contains(percent));
    number.ok_or_else(|| "a number from 0 to 100 is needed".to_owned())
}

/// Annotates what is wrong with the files, and puts the report into the step's summary.
fn annotate(output: &Output, context: &Context<'_>, build: &Build) -> Result<()> {
    let diagnostics: Vec<_> = build.diagnostics().collect();
    let annotations = diagnostics.iter().map(|found| {
        let is_syntax = found.diagnostic.kind == DiagnosticKind::Syntax;
        Annotation {
            severity: if is_syntax { Severity::Error } else { Severity::Warning },
            path: &found.path,
            line: found.diagnostic.line,
            title: if is_syntax { "syntax error" } else { "not analyzed as it should be" },
            message: found.diagnostic.message.clone(),
        }
    });
    output.write(Annotator::new(context.root()).lines(annotations))?;
    let text = summary(build.report(), build.details(), Palette::PLAIN);
    let lines: Vec<String> = diagnostics
        .iter()
        .map(|found| format!("{}:{}: {}", found.path, found.diagnostic.line, found.diagnostic.message))
        .collect();
    github::summarize("Esker", &format!("```text\n{text}```"), &lines)
}

fn warn_of_diagnostics(build: &Build, limit: usize) {
    let mut diagnostics = build.diagnostics();
    for found in diagnostics.by_ref().take(limit) {
        let diagnostic = found.diagnostic;
        tracing::warn!("{}:{}:{}: {}", found.path, diagnostic.line, diagnostic.column, diagnostic.message);
    }
    let hidden = diagnostics.count();
    if hidden > 0 {
        tracing::warn!("{} (-v shows all)", counted(hidden, "more problem", "more problems"));
    }
}

fn warn_of_omissions(build: &Build) {
    if build.report().files == 0 {
        tracing::warn!("there are no files to analyze below {}", build.report().root);
    }
    for (path, reason) in &build.details().skipped {
        tracing::warn!("{path}: {reason}");
    }
}
