//! `esker completions`: what a shell needs to complete command lines.

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::args::{Cli, Globals};
use crate::error::{Result, Verdict};
use crate::render::Output;

/// Print a script that makes a shell complete command lines of esker
#[derive(Debug, Args)]
pub(crate) struct Completions {
    /// The shell
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut Cli::command(), "esker", &mut script);
        Output::new(globals).write(script)?;
        Ok(Verdict::Done)
    }
}
