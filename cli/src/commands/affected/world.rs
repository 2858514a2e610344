//! The files before and after a run, and where a search for what is affected begins.
//!
//! A removed file has no edges any more, so what depended on it is asked of the graph before: that of the last build,
//! as far as this run is the first to see the file gone. Of one that was gone before, those that still look for it are
//! known.

use std::collections::BTreeSet;
use std::path::PathBuf;

use esker_engine::api::EdgeKinds;
use esker_engine::graph::{DependencyGraph, Reached};
use esker_engine::{Build, Engine};

use crate::args::Globals;
use crate::context::Context;
use crate::error::Result;
use crate::git::Changes;
use crate::paths::is_below;
use crate::registry::is_source;

/// The state of the world before and after this run.
pub(super) struct World {
    pub(super) before: Option<Build>,
    pub(super) after: Build,
}

/// Where a search for what is affected begins.
#[derive(Default)]
pub(super) struct Seeds {
    pub(super) files: BTreeSet<String>,
    /// Files that look for one that has gone, with its path. When they imported it is not known any more.
    pub(super) missed: Vec<(String, String)>,
}

impl World {
    pub(super) fn look(context: &Context<'_>, globals: &Globals) -> Result<(Engine, Self)> {
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
    pub(super) fn changed(&self) -> BTreeSet<String> {
        let details = self.after.details();
        [&details.added, &details.modified, &details.removed].into_iter().flatten().cloned().collect()
    }

    /// The files that given paths stand for, in the world before or after.
    pub(super) fn seeds(&self, engine: &mut Engine, context: &Context<'_>, given: &[PathBuf]) -> Result<Seeds> {
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
    pub(super) fn seeds_of_changes(&self, engine: &mut Engine, changes: &Changes<'_>) -> Result<Seeds> {
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
    pub(super) fn below<'w>(&'w self, directory: &str) -> impl Iterator<Item = &'w str> {
        let files = self.after.files().chain(self.before.iter().flat_map(Build::files));
        files.filter(move |file| is_below(file, directory))
    }

    /// The edges after, and those before as well if a seed has gone.
    pub(super) fn graph(&self, seeds: &Seeds) -> DependencyGraph {
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

    /// Whether a file was reached because it looks for one that has gone.
    pub(super) fn is_missed(&self, reached: &Reached) -> bool {
        reached.via.as_ref().is_some_and(|via| self.missed.iter().any(|(_, gone)| **gone == **via))
    }
}

/// The changed files that can be analyzed, as far as their names tell.
pub(super) fn sources<'s>(since: &'s Changes<'_>) -> impl Iterator<Item = &'s String> {
    since.files().iter().filter(|path| is_source(path))
}

/// All of these graphs, and edges to what has gone.
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
