//! The files before and after a run, and where a search for what is affected begins.
//!
//! A removed file has no edges any more, so what depended on it is asked of the graph before: that of the last build,
//! as far as this run is the first to see the file gone. Of one that was gone before, those that still look for it are
//! known, and so are those that look for one that is there and not analyzed, such as one that git tracks and ignores
//! all the same. Files that did not change and whose imports lead elsewhere because others did are told by the run, or
//! where that was an earlier one, supposed from what was looked up ([`Engine::concerned_since`]).
//!
//! Who uses a name that a file declares for all others has an edge to it for as long as it does. Where it does no
//! longer, what the file was before tells whom that concerns; of a file that a path names, that is not known.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use esker_engine::answer::{Concern, ConcernedFile};
use esker_engine::api::{EdgeKinds, FileIr};
use esker_engine::code::CodeIndex;
use esker_engine::graph::{DependencyGraph, Limits};
use esker_engine::{Build, Engine};

use crate::args::Globals;
use crate::args::paths::is_below;
use crate::context::Context;
use crate::error::Result;
use crate::git::{Changes, Texts};
use crate::registry::{can_have_globals, is_claimed, is_marker, is_settings, is_source};

/// The state of the world before and after this run.
pub(super) struct World {
    pub(super) before: Option<Build>,
    pub(super) after: Build,
}

/// Where a search for what is affected begins.
#[derive(Default)]
pub(super) struct Seeds {
    pub(super) files: BTreeSet<String>,
    /// Files that did not change and whose imports lead elsewhere, to or from none of those that did. They are among
    /// `files`.
    pub(super) relocated: BTreeSet<String>,
    /// Files whose imports may have led elsewhere before one of `files` came, went or changed, or whose references may
    /// have stood for something else.
    pub(super) concerned: Vec<ConcernedFile>,
    /// Files that are there and not analyzed.
    pub(super) passed_over: BTreeSet<String>,
}

impl World {
    /// The world of edges of these kinds, or with none, of all that is known.
    pub(super) fn look(context: &Context<'_>, globals: &Globals, edges: Option<EdgeKinds>) -> Result<(Engine, Self)> {
        if globals.no_refresh {
            let (engine, after) = edges.map_or_else(|| context.built(), |edges| context.built_for(edges))?;
            return Ok((engine, Self { before: None, after }));
        }
        let mut engine = context.engine()?;
        let before = engine.last_build().ok();
        let after = match edges {
            Some(edges) => engine.execute_for(edges),
            None => engine.execute(),
        }?;
        Ok((engine, Self { before, after }))
    }

    /// Where a search begins: at what has changed since a revision, at given paths, or at what this run found.
    pub(super) fn seeds(
        &self,
        engine: &mut Engine,
        context: &Context<'_>,
        since: Option<&Changes<'_>>,
        given: Option<&[PathBuf]>,
    ) -> Result<Seeds> {
        match (since, given) {
            (Some(since), _) => self.seeds_of_changes(engine, context, since),
            (None, Some(given)) => self.seeds_of_paths(engine, context, given),
            (None, None) => Ok(self.changed()),
        }
    }

    /// What this run found to have changed, and whose imports lead elsewhere because of that.
    fn changed(&self) -> Seeds {
        let details = self.after.details();
        let lists = [&details.added, &details.modified, &details.removed];
        let mut seeds = Seeds { files: lists.into_iter().flatten().cloned().collect(), ..Seeds::default() };
        if !details.relocated.is_empty() {
            // Who imports something that changed is reached by that.
            let files = seeds.files.iter().map(String::as_str);
            let reached = self.graph(&seeds).affected(files, EdgeKinds::all(), Limits { depth: Some(1) });
            let reached: BTreeSet<&str> = reached.iter().map(|reached| &*reached.path).collect();
            seeds.relocated = details.relocated.iter().filter(|file| !reached.contains(&***file)).cloned().collect();
            seeds.files.extend(seeds.relocated.iter().cloned());
        }
        seeds
    }

    /// The files that given paths stand for, in the world before or after.
    fn seeds_of_paths(&self, engine: &mut Engine, context: &Context<'_>, given: &[PathBuf]) -> Result<Seeds> {
        let mut seeds = Seeds::default();
        // Of what is not known, those tell who look for it.
        let mut sought = Vec::new();
        for path in given {
            let name = context.paths().known(path)?;
            if self.knows(&name) {
                seeds.files.insert(name);
                continue;
            }
            let below: BTreeSet<String> = self.below(&name).map(String::from).collect();
            if !below.is_empty() {
                seeds.files.extend(below);
            } else if context.paths().absolute(path).exists() {
                seeds.passed_over.extend(Some(name).filter(|name| is_claimed(name)));
            } else {
                sought.push((path, name));
            }
        }
        // One that is there is taken to have been there before, as nearly all are.
        let settled = seeds.files.iter().filter(|file| is_marker(file) && self.after.has_file(file)).cloned().collect();
        seeds.ask_who_is_concerned(engine, sought.iter().map(|(_, name)| name.clone()).collect(), &settled)?;
        for (path, _) in sought.iter().filter(|(_, name)| !seeds.files.contains(name)) {
            let guesses = context.paths().guesses(path, self.after.files());
            let guess = match &guesses[..] {
                [] => String::new(),
                guesses => format!("; did you mean {}?", guesses.join(" or ")),
            };
            tracing::warn!("{} is not known, and no file looks for it{guess}", path.display());
        }
        Ok(seeds)
    }

    /// The same for what git says has changed.
    fn seeds_of_changes(&self, engine: &mut Engine, context: &Context<'_>, changes: &Changes<'_>) -> Result<Seeds> {
        let mut seeds = Seeds::default();
        if !context.analyzed_like_before(changes)? {
            tracing::warn!(
                "files were analyzed in another way then: the configuration has changed, and all of them count"
            );
            seeds.files = self.after.files().map(String::from).collect();
            seeds.relocated.clone_from(&seeds.files);
        }
        let mut sought = BTreeSet::new();
        let mut settled = BTreeSet::new();
        for path in changes.files().iter().filter(|path| is_claimed(path)) {
            if changes.is_modified(path) && !is_settings(path) {
                settled.insert(path.clone());
            }
            if self.knows(path) {
                seeds.files.insert(path.clone());
            } else if changes.root().join(path).exists() {
                seeds.passed_over.insert(path.clone());
            } else {
                sought.insert(path.clone());
            }
        }
        let below = changes.directories().iter().flat_map(|directory| self.below(directory));
        seeds.files.extend(below.map(String::from));
        seeds.ask_who_is_concerned(engine, sought, &settled)?;
        Ok(seeds)
    }

    /// Whom it concerns what changed files declare for all others and declared before; `since` nothing, as the last
    /// build knew them.
    ///
    /// # Errors
    ///
    /// If the engine's work fails, or git cannot be asked.
    pub(super) fn concerned_by_globals(
        &self,
        engine: &mut Engine,
        since: Option<&Changes<'_>>,
    ) -> Result<Vec<ConcernedFile>> {
        let details = self.after.details();
        let changed = match since {
            Some(since) => self.analyzed_now_or_then(since).collect(),
            None => details.modified.iter().chain(&details.removed).collect::<Vec<_>>(),
        };
        let changed: Vec<&String> = changed.into_iter().filter(|path| can_have_globals(path)).collect();
        if changed.is_empty() {
            return Ok(Vec::new());
        }
        let concerned = engine.inspect_for(EdgeKinds::GLOBAL, |index| {
            let mut earlier = Earlier::new(self, since);
            let graph_before = LazyCell::new(|| self.before.as_ref().filter(|_| since.is_none()).map(Build::graph));
            let mut concerned = Vec::new();
            for path in &changed {
                let before = earlier.ir(index, path)?;
                let concern =
                    |asker: &str| ConcernedFile { path: asker.to_owned(), by: (*path).clone(), how: Concern::Globals };
                if let Some(before) = before {
                    concerned.extend(index.concerned_by_globals(path, &before).into_iter().map(concern));
                } else if let Some(graph) = &*graph_before {
                    // What the last build had is not in the store any more.
                    let users = graph.dependents(path, EdgeKinds::GLOBAL).into_iter().flatten();
                    concerned.extend(users.map(|edge| concern(edge.path)));
                }
            }
            io::Result::Ok(concerned)
        })?;
        Ok(concerned.context("git cannot be asked for what files were")?)
    }

    /// The changed files that can have symbols, as far as their names tell. One that is there and not analyzed is left
    /// out by the configuration: it was then, too.
    pub(super) fn analyzed_now_or_then<'s>(&self, since: &'s Changes<'_>) -> impl Iterator<Item = &'s String> {
        let is_meant = |path: &&String| self.after.has_file(path) || !since.root().join(path.as_str()).exists();
        since.files().iter().filter(|path| is_source(path)).filter(is_meant)
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
        if before.is_none() && seeds.concerned.is_empty() {
            return after;
        }
        let graphs: Vec<_> = before.map(Build::graph).into_iter().chain([after]).collect();
        union(&graphs, &seeds.concerned)
    }
}

impl Seeds {
    /// Takes up who is concerned by these files, those `sought` and those passed over, and what of the latter two
    /// concerns anybody. No import leads elsewhere because of those that are `settled`, which were there before and
    /// after.
    fn ask_who_is_concerned(
        &mut self,
        engine: &mut Engine,
        sought: BTreeSet<String>,
        settled: &BTreeSet<String>,
    ) -> Result<()> {
        let files = self.files.iter().filter(|file| !settled.contains(*file));
        let paths: Vec<&str> = files.chain(&sought).chain(&self.passed_over).map(String::as_str).collect();
        if paths.is_empty() {
            return Ok(());
        }
        self.add_concerned(engine.concerned_since(&paths)?);
        Ok(())
    }

    /// Takes up files that are concerned, and by whom.
    pub(super) fn add_concerned(&mut self, concerned: Vec<ConcernedFile>) {
        self.files.extend(concerned.iter().map(|concerned| concerned.by.clone()));
        self.concerned.extend(concerned);
    }

    /// How a file is concerned by another one, if it is.
    pub(super) fn concern(&self, path: &str, by: &str) -> Option<Concern> {
        let concerned = self.concerned.iter().find(|concerned| concerned.path == path && concerned.by == by)?;
        Some(concerned.how)
    }
}

/// What files were before: in git, if there is a revision to compare with, or else in the last build.
pub(super) struct Earlier<'w> {
    texts: Option<Texts<'w>>,
    build: Option<&'w Build>,
}

impl<'w> Earlier<'w> {
    pub(super) fn new(world: &'w World, since: Option<&'w Changes<'_>>) -> Self {
        Self { texts: since.map(Changes::texts), build: world.before.as_ref() }
    }

    /// What was in a file; `None` if it was not there, or what the last build had is not in the store any more.
    pub(super) fn ir(&mut self, index: &CodeIndex<'_>, path: &str) -> io::Result<Option<Arc<FileIr>>> {
        match &mut self.texts {
            Some(texts) => Ok(texts.text(path)?.and_then(|text| index.lower(path, &text)).map(Arc::new)),
            None => Ok(self.build.and_then(|build| index.earlier_ir(build, path))),
        }
    }
}

/// All of these graphs, and edges from who is concerned to what concerns them.
fn union(graphs: &[DependencyGraph], concerned: &[ConcernedFile]) -> DependencyGraph {
    let mut builder = DependencyGraph::builder();
    for ConcernedFile { path, by, how } in concerned {
        let kinds = if *how == Concern::Globals { EdgeKinds::GLOBAL } else { EdgeKinds::RUNTIME };
        builder = builder.edge(path, by, 0, kinds);
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
