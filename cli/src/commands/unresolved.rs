//! `esker unresolved`: imports that lead to no file, and references that stand for nothing known.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use clap::Args;
use esker_engine::answer::UnresolvedImport;
use esker_engine::api::EdgeKinds;
use esker_engine::code::{CodeIndex, FileView, Outcome};
use esker_engine::{Build, Engine};
use serde::Serialize;

use crate::args::Globals;
use crate::context::{Context, abandon};
use crate::error::{CommandError, Result, Verdict};
use crate::render::github::{self, Annotation, Annotator, Severity};
use crate::render::{CheckFormat, Output, Rows, counted, ended, json, words};

/// List imports that should lead to a file of the repository and do not
#[derive(Debug, Args)]
pub(crate) struct Unresolved {
    /// Only in these files, and in all files below these directories
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Also list imports of packages from elsewhere and of the standard library
    #[arg(long)]
    external: bool,

    /// List references of which it is not known what they stand for, instead of imports
    #[arg(long, conflicts_with = "external")]
    references: bool,

    /// Only count them, by reason
    #[arg(long)]
    summary: bool,

    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: CheckFormat,
}

#[derive(Debug, Serialize)]
struct ReferenceRow<'v> {
    path: &'v str,
    line: u32,
    column: u32,
    name: &'v str,
    role: &'static str,
    reason: String,
}

impl Unresolved {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        if self.format == CheckFormat::Github && (self.references || self.summary) {
            return Err(CommandError::new(
                "--format github is for imports one by one, without --references or --summary",
            ));
        }
        let context = Context::new(globals)?;
        let (mut engine, build) = match self.references {
            true => context.built()?,
            false => context.built_for(EdgeKinds::empty())?,
        };
        let files = context.files(&build, &self.paths)?;
        let output = Output::new(globals);
        match (self.references, self.summary) {
            (false, false) => {
                let imports = self.imports(&build, &files);
                match self.format {
                    CheckFormat::Github => annotate(&output, &context, &imports.collect::<Vec<_>>()),
                    CheckFormat::Text => output.write(ended(imports.map(|import| line(&import)), '\n')),
                    CheckFormat::Json => output.write(json(&imports.collect::<Vec<_>>())?),
                }?;
            }
            (false, true) => {
                let mut counts = BTreeMap::new();
                for import in self.imports(&build, &files) {
                    *counts.entry(import.reason.to_string()).or_default() += 1;
                }
                self.write_counts(&output, &counts)?;
            }
            (true, false) => self.write_references(&mut engine, &output, &files)?,
            (true, true) => {
                let counts = engine.inspect(|index| {
                    let mut counts = BTreeMap::new();
                    for view in views(index, &files) {
                        for row in references(&view) {
                            *counts.entry(row.reason).or_default() += 1;
                        }
                    }
                    counts
                })?;
                self.write_counts(&output, &counts)?;
            }
        }
        abandon(engine);
        Ok(Verdict::Done)
    }

    fn imports<'b>(&self, build: &'b Build, files: &'b [String]) -> impl Iterator<Item = UnresolvedImport> + use<'b> {
        let files: BTreeSet<&str> = files.iter().map(String::as_str).collect();
        let external = self.external;
        let wanted =
            move |import: &UnresolvedImport| (external || !import.reason.is_outside()) && files.contains(&*import.path);
        build.unresolved_imports().filter(wanted)
    }

    fn write_counts(&self, output: &Output, counts: &BTreeMap<String, usize>) -> Result<()> {
        match self.format {
            CheckFormat::Text => {
                output.write(ended(counts.iter().map(|(reason, count)| format!("{count} {reason}")), '\n'))
            }
            CheckFormat::Json | CheckFormat::Github => output.write(json(counts)?),
        }
    }

    /// There can be more of them than fit into memory.
    fn write_references(&self, engine: &mut Engine, output: &Output, files: &[String]) -> Result<()> {
        let spool = Mutex::new(output.spool()?);
        let written: io::Result<()> = engine.inspect(|index| {
            let mut spool = spool.lock().unwrap_or_else(PoisonError::into_inner);
            spool.restart()?;
            let mut rows = Rows::new(&mut *spool);
            for view in views(index, files) {
                for row in references(&view) {
                    match self.format {
                        CheckFormat::Text => writeln!(rows.out(), "{}", row.line())?,
                        CheckFormat::Json | CheckFormat::Github => rows.json(&row)?,
                    }
                }
            }
            if self.format == CheckFormat::Json { rows.end() } else { Ok(()) }
        })?;
        written.context("the answer cannot be written")?;
        spool.into_inner().unwrap_or_else(PoisonError::into_inner).finish()
    }
}

fn views<'i>(index: &'i CodeIndex<'_>, files: &'i [String]) -> impl Iterator<Item = FileView> + use<'i> {
    files.iter().filter_map(|file| index.file(file))
}

fn references(view: &FileView) -> impl Iterator<Item = ReferenceRow<'_>> {
    view.references().filter_map(|(reference, outcome)| {
        let Outcome::Not(reason) = outcome else { return None };
        let place = view.line_column(reference.span.start);
        Some(ReferenceRow {
            path: view.path(),
            line: place.line,
            column: place.column,
            name: view.ir().names.get(reference.name).unwrap_or(""),
            role: words::role(reference.role),
            reason: reason.to_string(),
        })
    })
}

impl ReferenceRow<'_> {
    fn line(&self) -> String {
        let Self { path, line, column, name, role, reason } = self;
        format!("{path}:{line}:{column}: {name} ({role}, {reason})")
    }
}

fn annotate(output: &Output, context: &Context<'_>, imports: &[UnresolvedImport]) -> Result<()> {
    let annotations = imports.iter().map(|import| Annotation {
        severity: Severity::Warning,
        path: &import.path,
        line: import.line,
        title: "unresolved import",
        message: if import.name.is_empty() {
            import.reason.to_string()
        } else {
            format!("{} ({})", import.name, import.reason)
        },
    });
    output.write(Annotator::new(context.root()).lines(annotations))?;
    let lines: Vec<String> = imports.iter().map(line).collect();
    let lead = match imports.len() {
        0 => "Every import leads to a file or out of the repository.".to_owned(),
        number => counted(number, "import leads nowhere.", "imports lead nowhere."),
    };
    github::summarize("Unresolved imports", &lead, &lines)
}

fn line(import: &UnresolvedImport) -> String {
    let UnresolvedImport { path, line, name, reason, kinds: _ } = import;
    // A computed import has no name.
    if name.is_empty() { format!("{path}:{line}: ({reason})") } else { format!("{path}:{line}: {name} ({reason})") }
}
