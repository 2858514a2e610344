//! `esker init`: begin a configuration.

use std::fs::Permissions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;
use esker_engine::Engine;

use crate::args::Globals;
use crate::config;
use crate::error::{CommandError, Result, Verdict};
use crate::process::interrupt::Unfinished;
use crate::registry;
use crate::render::{NEW_FILE_MODE, Output, json};
use crate::root::{OWN_FILE, Root};

/// Write an esker.toml in which every key is explained and commented out
///
/// Its directory becomes the root of what is analyzed. The file changes no answer until something in it is uncommented,
/// unless the root was another directory before. A file that is there already is left alone.
#[derive(Debug, Args)]
pub(crate) struct Init {
    /// Where to write it [default: the current directory]
    #[arg(value_name = "DIR")]
    place: Option<PathBuf>,

    /// Print the JSON schema of the configuration instead, for editors
    #[arg(long, conflicts_with = "place")]
    schema: bool,
}

impl Init {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let output = Output::new(globals);
        if self.schema {
            output.write(json(&config::schema())?)?;
            return Ok(Verdict::Done);
        }
        let directory = self.place.as_deref().unwrap_or(Path::new("."));
        let Root { path: root, config } = Root::find(directory)?;
        let directory = directory.canonicalize().with_context(|| format!("{}", directory.display()))?;
        if let Some(config) = config.filter(|_| root == directory) {
            let error = CommandError::new(format!("{} configures Esker already", config.path.display()));
            return Err(error.hint("`esker init` overwrites nothing; edit that file, or remove it first"));
        }
        let engine = registry::with_languages(Engine::builder(&directory)).build()?;
        let file = directory.join(OWN_FILE);
        write_new(&file, &config::template(&engine.import_roots()?))?;
        if root != directory {
            tracing::warn!(
                "{} is a root of its own now; so far it was part of {}",
                directory.display(),
                root.display()
            );
        }
        if !globals.quiet {
            output.write(format!("wrote {}\n", file.display()))?;
        }
        Ok(Verdict::Done)
    }
}

/// Makes a file that is not there yet, as a whole or not at all.
fn write_new(file: &Path, text: &str) -> Result<()> {
    let failed = || format!("{} cannot be written", file.display());
    let mut new = Unfinished::beside(file, Permissions::from_mode(NEW_FILE_MODE)).with_context(failed)?;
    new.file_mut().write_all(text.as_bytes()).with_context(failed)?;
    match new.put_new(file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            let error = CommandError::new(format!("{} is there already", file.display()));
            Err(error.hint("`esker init` overwrites nothing"))
        }
        put => Ok(put.with_context(failed)?),
    }
}
