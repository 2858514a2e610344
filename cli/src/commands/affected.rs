//! `esker affected`: what a change can reach.
//!
//! A removed file has no edges any more, so what depended on it is asked of the graph before: that of the last build,
//! as far as this run is the first to see the file gone. Of one that was gone before, those that still look for it are
//! known.

mod symbols;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use esker_engine::api::EdgeKinds;
use esker_engine::graph::{DependencyGraph, Limits, Reached, Step};
use esker_engine::{Build, Engine};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};

use crate::args::{Edges, Globals};
use crate::context::{Context, abandon};
use crate::error::{CommandError, Result, Verdict};
use crate::git::{Changes, Revisions};
use crate::lists::{self, Separator};
use crate::paths::is_below;
use crate::registry::is_source;
use crate::render::{Output, counted, ended, github, json, json_lines, step};

/// List the files that a change to these files can reach, themselves included
///
/// Without a PATH: what changed since the last build, or with --since or --base, since a revision. A directory stands
/// for all files below it. A file that was removed since the last build is allowed too, and is itself not listed. Paths
/// of files that are not analyzed are passed over, so that a list of all changed files can be given:
/// `git diff --name-only -z | esker affected - -0`.
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

/// The state of the world before and after this run.
struct World {
    before: Option<Build>,
    after: Build,
}

/// Where a search for what is affected begins.
#[derive(Default)]
struct Seeds {
    files: BTreeSet<String>,
    /// Files that look for one that has gone, with its path. When they imported it is not known any more.
    missed: Vec<(String, String)>,
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
        let (mut engine, world) = World::look(&context, globals)?;
        let seeds = match (&since, given) {
            (Some(since), _) => world.seeds_of_changes(&mut engine, since)?,
            (None, Some(given)) => world.seeds(&mut engine, &context, &given)?,
            (None, None) => Seeds { files: world.changed(), ..Seeds::default() },
        };
        abandon(engine);
        let graph = world.graph(&seeds);
        let limits = Limits { depth: self.limit() };
        let policy = context.policy(self.edges);
        let mut reached = graph.affected(seeds.files.iter().map(String::as_str), policy, limits);
        reached.retain(|reached| {
            world.after.has_file(&reached.path)
                && (reached.distance > 0 || !self.dependents_only)
                && globs.as_ref().is_none_or(|globs| matches(globs, &reached.path))
        });
        self.write(&Output::new(globals), &graph, policy, &reached, &seeds)?;
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

    fn write(
        &self,
        output: &Output,
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
                    .filter(|_| !seeds.is_missed(reached)),
            })
            .collect();
        match self.format {
            RowFormat::Text if self.why => output.write(ended(rows.iter().map(Row::reason), '\n')),
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

impl Row<'_> {
    fn reason(&self) -> String {
        match (&self.import, self.via) {
            (Some(import), _) => step(&import.0),
            (None, Some(via)) => format!("{}: looks for {via}, which is gone", self.path),
            (None, None) => format!("{}: changed", self.path),
        }
    }
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

impl World {
    fn look(context: &Context<'_>, globals: &Globals) -> Result<(Engine, Self)> {
        if globals.no_refresh {
            let (engine, after) = context.built()?;
            return Ok((engine, Self { before: None, after }));
        }
        let mut engine = context.engine()?;
        let before = engine.last_build().ok();
        let after = engine.execute()?;
        Ok((engine, Self { before, after }))
    }

    /// What this run found to have changed.
    fn changed(&self) -> BTreeSet<String> {
        let details = self.after.details();
        [&details.added, &details.modified, &details.removed].into_iter().flatten().cloned().collect()
    }

    /// The files that given paths stand for, in the world before or after.
    fn seeds(&self, engine: &mut Engine, context: &Context<'_>, given: &[PathBuf]) -> Result<Seeds> {
        let mut seeds = Seeds::default();
        for path in given {
            let name = context.paths().known(path)?;
            if self.knows(&name) {
                seeds.files.insert(name);
                continue;
            }
            let below: Vec<&str> = self.below(&name).collect();
            let is_there = context.paths().absolute(path).exists();
            if below.is_empty() && !is_there && !seeds.look_for(engine, &name)? {
                let guesses = context.paths().guesses(path, self.after.files());
                let guess = if guesses.is_empty() {
                    String::new()
                } else {
                    format!("; did you mean {}?", guesses.join(" or "))
                };
                tracing::warn!("{} is not known, and no file looks for it{guess}", path.display());
            }
            seeds.files.extend(below.into_iter().map(String::from));
        }
        Ok(seeds)
    }

    /// The same for what git says has changed.
    fn seeds_of_changes(&self, engine: &mut Engine, changes: &Changes<'_>) -> Result<Seeds> {
        let mut seeds = Seeds::default();
        for path in sources(changes) {
            if self.knows(path) {
                seeds.files.insert(path.clone());
            } else if !changes.root().join(path).exists() {
                seeds.look_for(engine, path)?;
            }
        }
        let below = changes.directories().iter().flat_map(|directory| self.below(directory));
        seeds.files.extend(below.map(String::from));
        Ok(seeds)
    }

    fn knows(&self, path: &str) -> bool {
        self.after.has_file(path) || self.before.as_ref().is_some_and(|before| before.has_file(path))
    }

    /// The files below a directory, in the world before or after.
    fn below<'w>(&'w self, directory: &str) -> impl Iterator<Item = &'w str> {
        let files = self.after.files().chain(self.before.iter().flat_map(Build::files));
        files.filter(move |file| is_below(file, directory))
    }

    /// The edges after, and those before as well if a seed has gone.
    fn graph(&self, seeds: &Seeds) -> DependencyGraph {
        let after = self.after.graph();
        let before = self.before.as_ref().filter(|_| seeds.files.iter().any(|seed| !self.after.has_file(seed)));
        if before.is_none() && seeds.missed.is_empty() {
            return after;
        }
        let graphs: Vec<_> = before.map(Build::graph).into_iter().chain([after]).collect();
        union(&graphs, &seeds.missed)
    }
}

impl Seeds {
    /// Takes up a file that has gone; whether some file still looks for it.
    fn look_for(&mut self, engine: &mut Engine, path: &str) -> Result<bool> {
        let importers = engine.looked_for(path)?;
        let is_missed = !importers.is_empty();
        if is_missed {
            self.files.insert(path.to_owned());
        }
        self.missed.extend(importers.into_iter().map(|importer| (importer, path.to_owned())));
        Ok(is_missed)
    }

    fn is_missed(&self, reached: &Reached) -> bool {
        reached.via.as_ref().is_some_and(|via| self.missed.iter().any(|(_, gone)| **gone == **via))
    }
}

/// The changed files that can be analyzed, as far as their names tell.
fn sources<'s>(since: &'s Changes<'_>) -> impl Iterator<Item = &'s String> {
    since.files().iter().filter(|path| is_source(path))
}

fn union(graphs: &[DependencyGraph], missed: &[(String, String)]) -> DependencyGraph {
    let mut builder = DependencyGraph::builder();
    for (importer, gone) in missed {
        builder = builder.edge(importer, gone, 0, EdgeKinds::RUNTIME);
    }
    for graph in graphs {
        for file in graph.files() {
            builder = builder.file(file);
            for edge in graph.dependencies(file, EdgeKinds::all()).into_iter().flatten() {
                for site in edge.sites() {
                    builder = builder.edge(file, edge.path, site.line, site.kinds);
                }
            }
        }
    }
    builder.build()
}
