//! `esker affected`: what a change can reach.

mod symbols;
mod world;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use esker_engine::answer::Concern;
use esker_engine::api::EdgeKinds;
use esker_engine::graph::{DependencyGraph, Limits, Reached, Step};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::args::lists::{self, Separator};
use crate::args::{Edges, Globals};
use crate::context::{Context, abandon};
use crate::error::{CommandError, Result, Verdict};
use crate::git::Revisions;
use crate::render::{Output, counted, ended, github, json, json_lines, step};
use world::{Seeds, World};

/// List the files that a change to these files can reach, themselves included
///
/// Without a PATH: what changed since the last build, or with --since or --base, since a revision. A directory stands
/// for all files below it. A file that was removed since the last build is allowed too, and is itself not listed. So is
/// one that is not analyzed: those that look for it are listed, mostly none, so that a list of all changed files can be
/// given: `git diff --name-only -z | esker affected - -0`. What such files declared for all others and do not any more
/// is not known then; --since knows.
#[derive(Debug, Args)]
pub(crate) struct Affected {
    /// Files and directories, or `-` for a list from stdin, one a line
    #[arg(value_name = "PATH", conflicts_with_all = ["since", "base"])]
    paths: Vec<PathBuf>,

    /// Paths in the list end with NUL bytes instead of lines
    #[arg(short = '0')]
    nul: bool,

    #[command(flatten)]
    revisions: Revisions,

    /// List the classes and functions that the change can reach, by name, instead of files
    ///
    /// What changed is told from what did not inside each file. Of files that a PATH names, and of those whose earlier
    /// state is not known, all symbols count as changed.
    #[arg(long, conflicts_with_all = ["why", "kinds"])]
    symbols: bool,

    /// Follow no more than this many edges; with --symbols, references
    #[arg(long, value_name = "N")]
    depth: Option<u32>,

    /// Follow one edge; the same as --depth 1
    #[arg(long, conflicts_with = "depth")]
    direct: bool,

    #[command(flatten)]
    edges: Edges,

    /// List only files that match this glob, relative to the root, as in .gitignore; repeatable
    #[arg(long = "match", value_name = "GLOB")]
    globs: Vec<String>,

    /// Tell by which import each file is reached
    #[arg(long)]
    why: bool,

    /// Leave out the files themselves
    #[arg(long)]
    dependents_only: bool,

    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: RowFormat,
}

/// The forms of a list of reached files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum RowFormat {
    /// A path a line
    Text,
    /// Each path ends with a NUL byte
    Nul,
    /// A list of objects
    Json,
    /// An object a line
    Jsonl,
    /// A path a line, and a section of the step's summary in jobs on GitHub
    Github,
}

#[derive(Debug, Serialize)]
struct Row<'g> {
    path: &'g str,
    distance: u32,
    via: Option<&'g str>,
    #[serde(flatten)]
    import: Option<Import>,
}

/// The import of the file before.
#[derive(Debug)]
struct Import(Step);

impl Serialize for Import {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("kinds", &self.0.kinds.names().collect::<Vec<_>>())?;
        map.serialize_entry("lines", &self.0.lines)?;
        map.end()
    }
}

impl Affected {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let context = Context::new(globals)?;
        let globs = self.globs()?;
        let since = self.revisions.changes(context.root())?;
        if self.symbols {
            return self.run_for_symbols(globals, &context, globs.as_ref(), since.as_ref());
        }
        let given = match &since {
            Some(_) => None,
            None => self.given()?,
        };
        // Who uses a name that a file declares for all others depends on that file without importing it.
        let policy = context.policy_or(self.edges, EdgeKinds::DEFAULT_POLICY | EdgeKinds::GLOBAL);
        let (mut engine, world) = World::look(&context, globals, Some(policy))?;
        let mut seeds = world.seeds(&mut engine, &context, since.as_ref(), given.as_deref())?;
        if given.is_none() && policy.contains(EdgeKinds::GLOBAL) {
            seeds.add_concerned(world.concerned_by_globals(&mut engine, since.as_ref())?);
        }
        abandon(engine);
        let graph = world.graph(&seeds);
        let limits = Limits { depth: self.limit() };
        let mut reached = graph.affected(seeds.files.iter().map(String::as_str), policy, limits);
        reached.retain(|reached| {
            world.after.has_file(&reached.path)
                && (reached.distance > 0 || !self.dependents_only)
                && globs.as_ref().is_none_or(|globs| matches(globs, &reached.path))
        });
        self.write(&Output::new(globals), &world, &graph, policy, &reached, &seeds)?;
        Ok(Verdict::Done)
    }

    fn limit(&self) -> Option<u32> {
        if self.direct { Some(1) } else { self.depth }
    }

    fn globs(&self) -> Result<Option<Gitignore>> {
        if self.globs.is_empty() {
            return Ok(None);
        }
        let mut builder = GitignoreBuilder::new("");
        builder.allow_unclosed_class(false);
        for glob in &self.globs {
            builder.add_line(None, glob).with_context(|| format!("--match `{glob}` is not a glob"))?;
        }
        Ok(Some(builder.build().context("--match cannot be used")?))
    }

    /// The paths that the command line names, or `None` if it names none.
    fn given(&self) -> Result<Option<Vec<PathBuf>>> {
        let stdin = Path::new("-");
        let from_stdin = self.paths.iter().any(|path| path == stdin);
        if self.nul && !from_stdin {
            return Err(CommandError::new("-0 tells how a list from stdin is read, and none is").hint("add `-`"));
        }
        let mut given: Vec<PathBuf> = self.paths.iter().filter(|path| *path != stdin).cloned().collect();
        if from_stdin {
            given.extend(lists::read(stdin, Separator::of_flag(self.nul))?);
        }
        Ok((!self.paths.is_empty()).then_some(given))
    }

    fn reason(row: &Row<'_>, world: &World, seeds: &Seeds) -> String {
        let path = row.path;
        let how = row.via.and_then(|via| seeds.concern(path, via));
        match (&row.import, row.via) {
            (Some(import), _) => step(&import.0),
            (None, Some(via)) if how == Some(Concern::Globals) => {
                format!("{path}: uses what {via} declares for all files, or looks for what it did")
            }
            (None, Some(via)) if world.after.has_file(via) => {
                format!("{path}: its imports may lead elsewhere because of {via}")
            }
            (None, Some(via)) => {
                let what = if seeds.passed_over.contains(via) { "not analyzed" } else { "gone" };
                format!("{path}: looks for {via}, which is {what}")
            }
            (None, None) if seeds.relocated.contains(path) => format!("{path}: its imports lead elsewhere"),
            (None, None) => format!("{path}: changed"),
        }
    }

    fn write(
        &self,
        output: &Output,
        world: &World,
        graph: &DependencyGraph,
        policy: EdgeKinds,
        reached: &[Reached],
        seeds: &Seeds,
    ) -> Result<()> {
        let rows: Vec<Row<'_>> = reached
            .iter()
            .map(|reached| Row {
                path: &reached.path,
                distance: reached.distance,
                via: reached.via.as_deref(),
                import: self
                    .why
                    .then(|| import(graph, policy, reached))
                    .flatten()
                    .filter(|Import(step)| step.lines != [0] || seeds.concern(&step.from, &step.to).is_none()),
            })
            .collect();
        match self.format {
            RowFormat::Text if self.why => {
                output.write(ended(rows.iter().map(|row| Self::reason(row, world, seeds)), '\n'))
            }
            RowFormat::Text => output.write(ended(rows.iter().map(|row| row.path), '\n')),
            RowFormat::Nul => output.write(ended(rows.iter().map(|row| row.path), '\0')),
            RowFormat::Github => {
                let paths: Vec<String> = rows.iter().map(|row| row.path.to_owned()).collect();
                output.write(ended(&paths, '\n'))?;
                summarize(&paths, "file", "files")
            }
            RowFormat::Json => output.write(json(&rows)?),
            RowFormat::Jsonl => output.write(json_lines(&rows)?),
        }
    }
}

/// Puts what is affected into the step's summary.
fn summarize(affected: &[String], singular: &str, plural: &str) -> Result<()> {
    github::summarize("Affected", &format!("{} affected.", counted(affected.len(), singular, plural)), affected)
}

/// The import by which a search came to a file.
fn import(graph: &DependencyGraph, policy: EdgeKinds, reached: &Reached) -> Option<Import> {
    let via = reached.via.as_ref()?;
    let edge = graph.dependencies(&reached.path, policy)?.find(|edge| edge.path == &**via)?;
    let step = Step { from: reached.path.clone(), to: via.clone(), lines: edge.lines(), kinds: edge.kinds() };
    Some(Import(step))
}

fn matches(globs: &Gitignore, path: &str) -> bool {
    matches!(globs.matched_path_or_any_parents(path, false), Match::Ignore(_))
}
