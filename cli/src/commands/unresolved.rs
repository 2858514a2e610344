//! `esker unresolved`: imports that lead to no file.

use clap::Args;
use esker_engine::answer::UnresolvedImport;

use crate::args::Globals;
use crate::context::Context;
use crate::error::{Result, Verdict};
use crate::render::{Output, ReportFormat, ended, json};

/// List imports that should lead to a file of the repository and do not
#[derive(Debug, Args)]
pub(crate) struct Unresolved {
    /// Also list imports of packages from elsewhere and of the standard library
    #[arg(long)]
    external: bool,

    /// The form of the list
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

impl Unresolved {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let build = Context::new(globals)?.build()?;
        let wanted = |import: &UnresolvedImport| self.external || !import.reason.is_outside();
        let imports = build.unresolved_imports().filter(wanted);
        let output = Output::new(globals);
        match self.format {
            ReportFormat::Text => output.write(ended(imports.map(|import| line(&import)), '\n')),
            ReportFormat::Json => output.write(json(&imports.collect::<Vec<_>>())?),
        }?;
        Ok(Verdict::Done)
    }
}

fn line(import: &UnresolvedImport) -> String {
    let UnresolvedImport { path, line, name, reason, kinds: _ } = import;
    // A computed import has no name.
    if name.is_empty() { format!("{path}:{line}: ({reason})") } else { format!("{path}:{line}: {name} ({reason})") }
}
