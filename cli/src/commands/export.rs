//! `esker export`: everything that is known, for other programs.

use std::io;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use clap::{Args, ValueEnum};

use crate::args::Globals;
use crate::context::{Context, abandon};
use crate::error::{Result, Verdict};
use crate::export::{write_jsonl, write_scip};
use crate::render::Output;

/// Write everything that is known of the code: symbols, references and what they stand for, imports
///
/// The same code gives the same bytes. docs/export.md describes both forms.
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// The form
    #[arg(long, value_name = "FORMAT")]
    format: ExportFormat,
}

/// The forms of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// A SCIP index, for code navigation (protocol buffers)
    Scip,
    /// A JSON object a line
    Jsonl,
}

impl Export {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let context = Context::new(globals)?;
        let (mut engine, build) = context.built()?;
        let root = engine.root().to_owned();
        let spool = Mutex::new(Output::new(globals).spool()?);
        let written: io::Result<()> = engine.inspect(|index| {
            let mut spool = spool.lock().unwrap_or_else(PoisonError::into_inner);
            spool.restart()?;
            match self.format {
                ExportFormat::Scip => write_scip(index, &root, &mut *spool),
                ExportFormat::Jsonl => write_jsonl(index, &build, &root, &mut *spool),
            }
        })?;
        abandon(engine);
        written.context("the export cannot be written")?;
        spool.into_inner().unwrap_or_else(PoisonError::into_inner).finish()?;
        Ok(Verdict::Done)
    }
}
