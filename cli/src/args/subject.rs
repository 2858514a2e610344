//! What a question about code is about: a name, or a place.

use std::path::Path;

use esker_engine::Build;
use esker_engine::api::{Confidence, EntryId, SymbolKind, UnresolvedReason};
use esker_engine::code::{At, CodeIndex, FileView, Meaning, Place, SymbolName};
use serde::Serialize;

use crate::args::Globals;
use crate::context::{Context, abandon};
use crate::error::{CommandError, Result};
use crate::render::words;

/// How many near names are worth showing.
const GUESSES: usize = 3;

/// What a question is about.
#[derive(Debug, Clone)]
pub(crate) enum Subject {
    /// What has this name, with as much before it as is given; or `PATH:NAME`, with an empty name the file itself.
    Named(String),
    /// What stands here.
    At(Place),
}

/// What a subject turned out to be.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The symbols that can be meant, in order of preference; of a name, ascending.
    pub(crate) symbols: Vec<SymbolName>,
    /// How sure it is that these are meant.
    pub(crate) confidence: Option<Confidence>,
    /// Something outside of the repository that is meant.
    pub(crate) external: Option<String>,
    /// What could not be resolved, and why.
    pub(crate) unresolved: Option<(String, UnresolvedReason)>,
    /// Names like the one that nothing has.
    guesses: Vec<String>,
}

/// A symbol with what it is.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct KnownSymbol {
    #[serde(flatten)]
    pub(crate) name: SymbolName,
    pub(crate) kind: &'static str,
}

impl Subject {
    /// Brings the build up to date, reads an argument about it, and finds out about what it means.
    ///
    /// # Errors
    ///
    /// As [`Subject::new`]; and if there can be no build.
    pub(crate) fn ask<T: Send>(
        globals: &Globals,
        given: &str,
        answer: impl Fn(&CodeIndex<'_>, &Found) -> T + Sync,
    ) -> Result<(Self, Found, T)> {
        let context = Context::new(globals)?;
        let (mut engine, build) = context.built()?;
        let subject = Self::new(&context, &build, given)?;
        let (found, answer) = engine.inspect(|index| {
            let found = subject.find(index);
            let answer = answer(index, &found);
            (found, answer)
        })?;
        abandon(engine);
        Ok((subject, found, answer))
    }

    /// Reads an argument: `PATH:LINE:COL`, `PATH:NAME`, `PATH`, or a name.
    ///
    /// # Errors
    ///
    /// If it names nothing, a file that the build does not have, or no place.
    pub(crate) fn new(context: &Context<'_>, build: &Build, given: &str) -> Result<Self> {
        if given.chars().all(|c| c == ':') {
            return Err(CommandError::new(format!("`{given}` names nothing"))
                .hint("give a name, such as `C.m`, a file, or a place in one, `PATH:LINE:COL`"));
        }
        // A file can have a name that reads like a place.
        let known = context.paths().known(Path::new(given)).unwrap_or_default();
        if build.has_file(&known) {
            return Ok(Self::Named(format!("{known}:")));
        }
        let parts: Vec<&str> = given.rsplitn(3, ':').collect();
        let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u32>().ok());
        match *parts {
            [column, line, path] if let (Some(column), Some(line)) = (number(column), number(line)) => {
                let path = context.file(build, Path::new(path))?.into();
                let (Some(line @ 1..), Some(column @ 1..)) = (line, column) else {
                    return Err(CommandError::new(format!("`{given}` is no place"))
                        .hint("lines and columns are numbers that begin at 1"));
                };
                Ok(Self::At(Place { path, line, column }))
            }
            [line, path] if !line.is_empty() && number(line).is_some() => {
                context.file(build, Path::new(path))?;
                Err(CommandError::new(format!("`{given}` is no place")).hint(format!("add the column: {given}:1")))
            }
            [..] if let Some((path, name)) = given.rsplit_once(':') => {
                Ok(Self::Named(format!("{}:{name}", context.file(build, Path::new(path))?)))
            }
            _ => {
                if given.contains('/') {
                    context.file(build, Path::new(given))?;
                }
                Ok(Self::Named(given.to_owned()))
            }
        }
    }

    /// What it is in this code.
    pub(crate) fn find(&self, index: &CodeIndex<'_>) -> Found {
        match self {
            Self::Named(name) => {
                let mut symbols = index.find(name);
                // A parameter is meant by its function's name and its own.
                if !name.contains(['.', ':']) {
                    symbols.retain(|symbol| index.kind(symbol) != Some(SymbolKind::Parameter));
                }
                let guesses = if symbols.is_empty() { guesses(index, name) } else { Vec::new() };
                let confidence = (!symbols.is_empty()).then_some(Confidence::Exact);
                Found { symbols, confidence, guesses, ..Found::default() }
            }
            Self::At(place) => match index.at(place) {
                None => Found::default(),
                Some(At::Definition(symbol)) => of_definition(index, symbol),
                Some(At::Reference { name, meanings, confidence, unresolved, .. }) => {
                    let mut found = index
                        .file(&place.path)
                        .map_or_else(Found::default, |view| of_meanings(&view, meanings, confidence));
                    found.unresolved = unresolved.map(|reason| (name, reason));
                    found
                }
            },
        }
    }

    /// Says on stderr why there is no symbol, if there is none.
    pub(crate) fn explain(&self, found: &Found) {
        if !found.symbols.is_empty() {
            return;
        }
        match (self, &found.external, &found.unresolved) {
            (_, Some(name), _) => tracing::warn!("{name} is from outside of the repository"),
            (_, _, Some((name, reason))) => tracing::warn!("{name} could not be resolved ({reason})"),
            (Self::At(place), ..) => tracing::warn!("at {place} stands neither a definition's name nor a use of one"),
            (Self::Named(name), ..) => {
                let guess = match &*found.guesses {
                    [] => String::new(),
                    guesses => format!("; did you mean {}?", guesses.join(" or ")),
                };
                tracing::warn!("nothing is named {}{guess}", name.trim_end_matches(':'));
            }
        }
    }
}

/// A symbol by a place in its definition; of a name that an import binds, what that stands for.
fn of_definition(index: &CodeIndex<'_>, symbol: SymbolName) -> Found {
    let exact = Some(Confidence::Exact);
    if let Some((view, ids)) = index.definitions(&symbol) {
        let imported = ids.iter().find_map(|id| view.imported(*id));
        if let Some(outcome) = imported {
            let (meanings, confidence) = view.meanings(&outcome);
            let mut found = of_meanings(&view, meanings, confidence);
            if let esker_engine::code::Outcome::Not(reason) = outcome {
                found.unresolved = Some((symbol.name, reason));
            }
            return found;
        }
    }
    Found { symbols: vec![symbol], confidence: exact, ..Found::default() }
}

fn of_meanings(view: &FileView, meanings: Vec<Meaning>, confidence: Confidence) -> Found {
    let mut found = Found { confidence: Some(confidence), ..Found::default() };
    for meaning in meanings {
        match meaning {
            Meaning::Symbol(symbol) => found.symbols.push(symbol),
            Meaning::Local(symbol) => found.symbols.push(view.symbol_name(symbol)),
            Meaning::External(name) => found.external = found.external.or(Some(name)),
        }
    }
    found
}

/// The symbols that may have been meant by a name that nothing has, the likeliest first.
fn guesses(index: &CodeIndex<'_>, name: &str) -> Vec<String> {
    let (path, name) = name.rsplit_once(':').map_or((None, name), |(path, name)| (Some(path), name));
    let wanted = name.rsplit('.').next().unwrap_or(name);
    if wanted.is_empty() {
        return Vec::new();
    }
    let mut near: Vec<(usize, String)> = Vec::new();
    for file in index.paths().filter(|file| path.is_none_or(|path| path == *file)) {
        let Some(interface) = index.interface(file) else { continue };
        for (entry, id) in interface.entries.iter().zip(0..) {
            let known = interface.name(entry.name);
            if entry.import.is_some()
                || entry.kind == SymbolKind::Parameter
                || known.len().abs_diff(wanted.len()) > wanted.len() / 3
            {
                continue;
            }
            let distance = strsim::damerau_levenshtein(&wanted.to_lowercase(), &known.to_lowercase());
            if distance <= known.len().max(wanted.len()) / 3 {
                near.push((distance, format!("{file}:{}", interface.qualified_name(EntryId(id)))));
            }
        }
    }
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(GUESSES).map(|(_, name)| name).collect()
}

impl KnownSymbol {
    /// A symbol with what it is by its first definition that is no import.
    pub(crate) fn new(index: &CodeIndex<'_>, name: SymbolName) -> Self {
        let kind = index.kind(&name).or_else(|| {
            let (view, ids) = index.definitions(&name)?;
            ids.first().map(|id| view.ir().symbols[id.index()].kind)
        });
        Self { kind: words::kind(kind.unwrap_or(SymbolKind::Variable)), name }
    }
}

/// The rows of several symbols as text, those of each under its name; of one symbol the rows alone.
pub(crate) fn grouped<'s>(groups: impl ExactSizeIterator<Item = (&'s KnownSymbol, Vec<String>)>) -> String {
    let several = groups.len() > 1;
    let indent = if several { "  " } else { "" };
    let mut text = String::new();
    for (symbol, rows) in groups {
        if several {
            text.push_str(&format!("{} ({})\n", symbol.name, symbol.kind));
        }
        rows.iter().for_each(|row| text.push_str(&format!("{indent}{row}\n")));
    }
    text
}
