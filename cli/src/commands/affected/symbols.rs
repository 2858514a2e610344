//! `esker affected --symbols`: the classes and functions that a change can reach.
//!
//! What a file was is known from the last build, of which the store still has the IR, or from git, which has the text.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use anyhow::Context as _;
use esker_engine::answer::{Concern, ConcernedFile};
use esker_engine::api::SymbolKind;
use esker_engine::code::{ChangeKind, CodeIndex, Reached, SymbolChange, SymbolName};
use ignore::gitignore::Gitignore;
use serde::Serialize;

use super::world::{Earlier, World};
use super::{Affected, RowFormat, matches, summarize};
use crate::args::Globals;
use crate::args::subject::KnownSymbol;
use crate::context::{Context, abandon};
use crate::error::{Result, Verdict};
use crate::git::Changes as Difference;
use crate::render::{Output, counted, ended, json, json_lines, words};

/// What is said of a symbol that counts as changed because nothing tells whether it is.
const ASSUMED: &str = "assumed";

/// Which files changed, and how to tell what changed in them.
enum Changed<'s> {
    /// Since the last build.
    LastBuild(BTreeSet<String>),
    /// Since a revision.
    Since(&'s Difference<'s>),
    /// All in these files counts.
    Whole(BTreeSet<String>),
}

/// What changed in the files.
#[derive(Default)]
struct Changes {
    symbols: Vec<SymbolChange>,
    /// Those that count as changed because nothing tells whether they are.
    assumed: Vec<SymbolChange>,
    /// The changed files of which nothing is known from before.
    unknown: Vec<String>,
}

#[derive(Debug, Serialize)]
struct Row {
    path: String,
    name: String,
    kind: &'static str,
    change: Option<&'static str>,
    distance: u32,
    via: Option<SymbolName>,
}

impl Affected {
    pub(super) fn run_for_symbols(
        &self,
        globals: &Globals,
        context: &Context<'_>,
        globs: Option<&Gitignore>,
        since: Option<&Difference<'_>>,
    ) -> Result<Verdict> {
        let given = self.given()?;
        let (mut engine, world) = World::look(context, globals, None)?;
        let seeds = world.seeds(&mut engine, context, since, given.as_deref())?;
        // Nothing inside a file whose imports lead elsewhere is another than before, but what they stand for. Who
        // looked for a file that has gone is not among them: what they miss of it is known by name.
        let elsewhere =
            |concerned: &&ConcernedFile| concerned.how == Concern::Layout || world.after.has_file(&concerned.by);
        let concerned = seeds.concerned.iter().filter(elsewhere).map(|concerned| &concerned.path);
        let relocated: BTreeSet<String> = seeds.relocated.iter().chain(concerned).cloned().collect();
        let changed = match (since, given) {
            (Some(since), _) => Changed::Since(since),
            (None, Some(_)) => Changed::Whole(seeds.files),
            (None, None) => Changed::LastBuild(&seeds.files - &relocated),
        };
        let answer = engine.inspect(|index| {
            let mut changes = changed.in_files(index, &world)?;
            relocated.iter().for_each(|path| changes.assume_all(index, path));
            let rows = self.rows(index, &changes);
            io::Result::Ok((changes.unknown, rows))
        })?;
        let (unknown, mut rows) = answer.context("git cannot be asked for what files were")?;
        abandon(engine);
        warn_of_unknown(&unknown, &world);
        rows.retain(|row| {
            (row.distance > 0 || !self.dependents_only) && globs.is_none_or(|globs| matches(globs, &row.path))
        });
        let output = Output::new(globals);
        match self.format {
            RowFormat::Text => output.write(ended(rows.iter().map(Row::line), '\n')),
            RowFormat::Nul => output.write(ended(rows.iter().map(Row::symbol), '\0')),
            RowFormat::Github => {
                let lines: Vec<String> = rows.iter().map(Row::line).collect();
                output.write(ended(&lines, '\n'))?;
                summarize(&lines, "symbol", "symbols")
            }
            RowFormat::Json => output.write(json(&rows)?),
            RowFormat::Jsonl => output.write(json_lines(&rows)?),
        }?;
        Ok(Verdict::Done)
    }

    fn rows(&self, index: &CodeIndex<'_>, changes: &Changes) -> Vec<Row> {
        let all: Vec<SymbolChange> = changes.symbols.iter().chain(&changes.assumed).cloned().collect();
        let mut how: BTreeMap<&SymbolName, (&'static str, SymbolKind)> = BTreeMap::new();
        for change in &changes.assumed {
            how.insert(&change.symbol, (ASSUMED, change.kind));
        }
        for change in &changes.symbols {
            how.insert(&change.symbol, (words::change(change.change), change.kind));
        }
        let row = |reached: Reached| {
            let Reached { symbol, distance, via } = reached;
            let change = how.get(&symbol).filter(|_| distance == 0);
            let kind = match change {
                Some((_, kind)) => words::kind(*kind),
                None => KnownSymbol::new(index, symbol.clone()).kind,
            };
            let change = change.map(|(word, _)| *word);
            Row { path: symbol.path.to_string(), name: symbol.name, kind, change, distance, via }
        };
        let mut rows: Vec<Row> = index.impact(&all, self.limit()).into_iter().map(row).collect();
        // An imported name is worth a row only as the reason of others.
        let reasons: BTreeSet<SymbolName> = rows.iter().filter_map(|row| row.via.clone()).collect();
        let import = words::kind(SymbolKind::Import);
        rows.retain(|row| row.kind != import || reasons.contains(&row.symbol()));
        rows
    }
}

fn warn_of_unknown(unknown: &[String], world: &World) {
    match unknown {
        [] => {}
        _ if world.before.is_none() => {
            let files = counted(unknown.len(), "file counts", "files count");
            tracing::warn!("there is no earlier build to compare with; all in {files} as changed");
        }
        [path] => tracing::warn!("what was in {path} before is not known; all in it counts as changed"),
        [..] => {
            let files = counted(unknown.len(), "file", "files");
            tracing::warn!("what was in {files} before is not known; all in them counts as changed");
        }
    }
}

impl Changed<'_> {
    fn in_files(&self, index: &CodeIndex<'_>, world: &World) -> io::Result<Changes> {
        let mut changes = Changes::default();
        match self {
            Self::LastBuild(paths) => {
                let mut earlier = Earlier::new(world, None);
                for path in paths {
                    let is_new = world.before.as_ref().is_some_and(|before| !before.has_file(path));
                    match earlier.ir(index, path)? {
                        Some(before) => changes.symbols.extend(index.changes(path, Some(&before))),
                        None if is_new => changes.symbols.extend(index.changes(path, None)),
                        None => changes.assume(index, world, path),
                    }
                }
            }
            Self::Since(since) => {
                let mut earlier = Earlier::new(world, Some(since));
                let below = since.directories().iter().flat_map(|directory| world.below(directory).map(String::from));
                let whole: BTreeSet<String> = below.collect();
                whole.iter().for_each(|path| changes.assume(index, world, path));
                for path in world.analyzed_now_or_then(since) {
                    let before = earlier.ir(index, path)?;
                    changes.symbols.extend(index.changes(path, before.as_deref()));
                }
            }
            Self::Whole(paths) => {
                for path in paths {
                    changes.assume(index, world, path);
                }
                changes.unknown.clear();
            }
        }
        Ok(changes)
    }
}

impl Changes {
    /// Counts all symbols that a file has as changed.
    fn assume_all(&mut self, index: &CodeIndex<'_>, path: &str) {
        let changes = index.changes(path, None).into_iter().filter(|change| change.kind != SymbolKind::Import);
        self.assumed.extend(changes.map(|change| SymbolChange { change: ChangeKind::Signature, ..change }));
    }

    /// Counts all symbols of a file as changed; of one that is gone, those that it had.
    fn assume(&mut self, index: &CodeIndex<'_>, world: &World, path: &str) {
        if world.after.has_file(path) {
            self.assume_all(index, path);
            self.unknown.push(path.to_owned());
        } else if let Some(before) = world.before.as_ref().and_then(|before| index.earlier_ir(before, path)) {
            self.symbols.extend(index.changes(path, Some(&before)));
        } else {
            self.unknown.push(path.to_owned());
        }
    }
}

impl Row {
    fn symbol(&self) -> SymbolName {
        SymbolName { path: self.path.as_str().into(), name: self.name.clone() }
    }

    fn line(&self) -> String {
        let why = match (self.change, &self.via) {
            (Some(change), _) => format!("changed: {change}"),
            (None, Some(via)) => format!("distance {} via {via}", self.distance),
            (None, None) => format!("distance {}", self.distance),
        };
        format!("{}  ({why})", self.symbol())
    }
}
