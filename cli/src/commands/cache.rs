//! `esker cache`: what is kept between runs.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};
use esker_engine::{CacheContents, Cleared, GarbageLimits, PastRun, StageLookups, clear_cache};
use serde::Serialize;

use crate::args::Globals;
use crate::context::Context;
use crate::error::{CommandError, Result, Verdict};
use crate::render::{Output, ReportFormat, counted, grouped, json};

/// Look at what is kept between runs, or remove it
#[derive(Debug, Subcommand)]
pub(crate) enum Cache {
    Stats(Stats),
    Verify(Verify),
    #[command(name = "gc")]
    Collect(Collect),
    Clear(Clear),
}

/// Tell how much is kept, and of how much use it was to the last runs
#[derive(Debug, Args)]
pub(crate) struct Stats {
    /// The form of the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

/// Remove all that is kept; the next build does everything anew
///
/// Removes from the cache directory what Esker put there, and the directory if it is empty then.
#[derive(Debug, Args)]
pub(crate) struct Clear {}

/// Check every record, and that every record of which a manifest speaks is there
///
/// Changes nothing. Exits with 1 if something is damaged or missing, which costs time and never an answer: it is
/// computed again when it is needed. Whether what is kept is also right is told by `esker build --verify`.
#[derive(Debug, Args)]
pub(crate) struct Verify {
    /// The form of the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

/// Drop records that the last builds had no use for
///
/// Records of which a manifest in the cache directory speaks stay: those of the last build of each tree that keeps its
/// results there. Builds do this by themselves when `max-cache-size` is passed.
#[derive(Debug, Args)]
pub(crate) struct Collect {
    /// Drop the oldest as long as all records have more bytes than this [default: max-cache-size]
    #[arg(long, value_name = "SIZE", value_parser = crate::config::parse_size)]
    max_size: Option<u64>,

    /// Drop records whose last use is longer ago
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = crate::args::duration::parse)]
    older_than: Duration,

    /// The form of the report
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

#[derive(Debug, Serialize)]
struct Contents {
    directory: PathBuf,
    /// Files of the last build.
    files: Option<usize>,
    records: u64,
    live_records: u64,
    #[serde(flatten)]
    contents: CacheContents,
}

impl Cache {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        if globals.no_cache {
            return Err(CommandError::new("--no-cache leaves nothing to look at").hint("leave it out"));
        }
        let context = Context::new(globals)?;
        match self {
            Self::Stats(stats) => stats.run(globals, &context),
            Self::Verify(verify) => verify.run(globals, &context),
            Self::Collect(collect) => collect.run(globals, &context),
            Self::Clear(_) => clear(globals, &context.cache_directory()),
        }
    }
}

impl Stats {
    fn run(&self, globals: &Globals, context: &Context<'_>) -> Result<Verdict> {
        let directory = context.cache_directory();
        let mut engine = context.engine()?;
        let contents = engine.cache_contents()?;
        let contents = Contents {
            files: engine.last_build().ok().map(|build| build.report().files),
            records: contents.records(),
            live_records: contents.live_records(),
            contents,
            directory,
        };
        let output = Output::new(globals);
        match self.format {
            ReportFormat::Text => output.write(text(&contents)),
            ReportFormat::Json => output.write(json(&contents)?),
        }?;
        Ok(Verdict::Done)
    }
}

impl Verify {
    fn run(&self, globals: &Globals, context: &Context<'_>) -> Result<Verdict> {
        let check = context.engine()?.check_cache()?;
        let output = Output::new(globals);
        match self.format {
            ReportFormat::Json => output.write(json(&check)?),
            ReportFormat::Text => {
                let mut text = String::new();
                check.problems.iter().for_each(|problem| text += &format!("{problem}\n"));
                let records = counted(usize::try_from(check.records).unwrap_or(usize::MAX), "record", "records");
                let manifests = counted(check.manifests, "manifest", "manifests");
                let problems = counted(check.problems.len(), "problem", "problems");
                output.write(text + &format!("{records} and {manifests} checked: {problems}\n"))
            }
        }?;
        if check.problems.is_empty() {
            return Ok(Verdict::Done);
        }
        tracing::warn!("`esker build --verify` mends it; `esker cache clear` begins anew");
        Ok(Verdict::CheckFailed)
    }
}

impl Collect {
    fn run(&self, globals: &Globals, context: &Context<'_>) -> Result<Verdict> {
        let max_bytes = self.max_size.unwrap_or_else(|| context.max_cache_bytes());
        let report = context.engine()?.collect_garbage(GarbageLimits { older_than: self.older_than, max_bytes })?;
        let output = Output::new(globals);
        match self.format {
            ReportFormat::Json => output.write(json(&report)?)?,
            ReportFormat::Text if globals.quiet => {}
            ReportFormat::Text => {
                let [dropped, kept, live] = [report.dropped_records, report.kept_records, report.live_records]
                    .map(|number| grouped(usize::try_from(number).unwrap_or(usize::MAX)));
                let [before, after] = [report.bytes_before, report.bytes_after].map(bytes);
                output.write(format!("dropped {dropped} records, kept {kept} ({live} live): {before} -> {after}\n"))?;
            }
        }
        Ok(Verdict::Done)
    }
}

fn text(contents: &Contents) -> String {
    let Contents { directory, files, records, live_records, contents } = contents;
    let number = |number: u64| grouped(usize::try_from(number).unwrap_or(usize::MAX));
    let files =
        files.map_or_else(|| "none with this configuration".to_owned(), |files| format!("{} files", grouped(files)));
    let mut text = format!(
        "directory   {}\nlast build  {files}\nrecords     {}, {} of them live\nstore       {}\nmanifests   {}, {}\n",
        directory.display(),
        number(*records),
        number(*live_records),
        bytes(contents.store_bytes),
        grouped(contents.manifests),
        bytes(contents.manifest_bytes),
    );
    if contents.stages.is_empty() {
        return text;
    }
    text += &format!(
        "\n{:<16} {:>10} {:>10} {:>10} {:>10} {:>8}\n",
        "stage", "records", "bytes", "live", "bytes", "oldest"
    );
    for stage in &contents.stages {
        text += &format!(
            "{:<16} {:>10} {:>10} {:>10} {:>10} {:>8}\n",
            stage.stage,
            number(stage.records),
            bytes(stage.bytes),
            number(stage.live_records),
            bytes(stage.live_bytes),
            stage.oldest_seconds.map_or_else(|| "-".to_owned(), age),
        );
    }
    text + &runs(&contents.runs)
}

/// What the last runs found of what they looked for: a line for each, a column for each stage.
fn runs(runs: &[PastRun]) -> String {
    let stages: BTreeSet<&str> = runs.iter().flat_map(|run| &run.lookups).map(|lookups| &*lookups.stage).collect();
    if stages.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{:<16}", "found by the run");
    stages.iter().for_each(|stage| text += &format!(" {stage:>16}"));
    for run in runs {
        text += &format!("\n{:<16}", format!("{} ago", age(run.seconds_ago)));
        for stage in &stages {
            let lookups = run.lookups.iter().find(|lookups| lookups.stage == *stage);
            text += &format!(" {:>16}", lookups.map_or_else(|| "-".to_owned(), rate));
        }
    }
    text + "\n"
}

/// The share of results that were found, and how many were looked for.
fn rate(lookups: &StageLookups) -> String {
    let all = lookups.hits + lookups.misses;
    // Rounded down, so that all of them means all.
    let percent = (lookups.hits * 100).checked_div(all).unwrap_or(0);
    format!("{percent}% of {}", grouped(usize::try_from(all).unwrap_or(usize::MAX)))
}

fn age(seconds: u64) -> String {
    let units = [(86400, "d"), (3600, "h"), (60, "m")];
    match units.into_iter().find(|(length, _)| seconds >= *length) {
        Some((length, unit)) => format!("{}{unit}", seconds / length),
        None => format!("{seconds}s"),
    }
}

fn bytes(number: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    match units.into_iter().find(|(size, _)| number >= *size) {
        Some((size, unit)) => format!("{:.1} {unit}", number as f64 / size as f64),
        None => format!("{number} B"),
    }
}

fn clear(globals: &Globals, directory: &Path) -> Result<Verdict> {
    let output = Output::new(globals);
    let tell = |text: String| if globals.quiet { Ok(()) } else { output.write(text) };
    match clear_cache(directory)? {
        Cleared::Empty => tell(format!("nothing is kept in {}\n", directory.display()))?,
        Cleared::Foreign => {
            let error = CommandError::new(format!("{} is not a cache directory of Esker", directory.display()));
            return Err(error.hint("it has no CACHEDIR.TAG of Esker's; nothing was removed"));
        }
        Cleared::Done { left } => {
            if !left.is_empty() {
                let names: Vec<String> = left.iter().map(|name| name.display().to_string()).collect();
                tracing::warn!("left alone in {}: {}", directory.display(), names.join(", "));
            }
            tell(format!("cleared {}\n", directory.display()))?;
        }
    }
    Ok(Verdict::Done)
}
