//! The commands, one a file, and the way to them.

mod affected;
mod build;
mod cache;
mod callers;
mod completions;
mod cycles;
mod def;
mod explain;
mod export;
mod graph;
mod hierarchy;
mod init;
mod man;
mod neighbours;
mod refs;
mod symbols;
mod unresolved;
mod watch;
mod why;

use std::path::Path;

use anyhow::Context as _;
use clap::Subcommand;

use crate::args::{Cli, Globals};
use crate::error::{ERROR_EXIT_CODE, Result, Verdict};
use crate::help;
use crate::terminal::{self, Palette};

/// What can be asked for.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Build(build::BuildCommand),
    Affected(affected::Affected),
    Deps(neighbours::Deps),
    Dependents(neighbours::Dependents),
    Why(why::Why),
    Explain(explain::Explain),
    Cycles(cycles::Cycles),
    Graph(graph::Graph),
    Symbols(symbols::Symbols),
    Def(def::Def),
    Refs(refs::Refs),
    Callers(callers::Callers),
    Hierarchy(hierarchy::Hierarchy),
    Unresolved(unresolved::Unresolved),
    Export(export::Export),
    Watch(watch::Watch),
    #[command(subcommand)]
    Cache(cache::Cache),
    Init(init::Init),
    Completions(completions::Completions),
    Man(man::Man),
}

/// Does what the command line says and returns the exit code. Wrong usage, `--help` and `--version` end the process.
pub(crate) fn run() -> i32 {
    let Cli { mut globals, command } = help::parse();
    globals.output.take_if(|output| output == Path::new("-"));
    match terminal::log_to_stderr(&globals).and_then(|()| dispatch(&globals, &command)) {
        Ok(verdict) => verdict.exit_code(),
        Err(error) => {
            terminal::report(&error, Palette::new(globals.color, &std::io::stderr()));
            ERROR_EXIT_CODE
        }
    }
}

fn dispatch(globals: &Globals, command: &Command) -> Result<Verdict> {
    if let Some(directory) = &globals.directory {
        std::env::set_current_dir(directory).with_context(|| format!("-C {}", directory.display()))?;
    }
    match command {
        Command::Build(command) => command.run(globals),
        Command::Affected(command) => command.run(globals),
        Command::Deps(command) => command.run(globals),
        Command::Dependents(command) => command.run(globals),
        Command::Why(command) => command.run(globals),
        Command::Explain(command) => command.run(globals),
        Command::Cycles(command) => command.run(globals),
        Command::Graph(command) => command.run(globals),
        Command::Symbols(command) => command.run(globals),
        Command::Def(command) => command.run(globals),
        Command::Refs(command) => command.run(globals),
        Command::Callers(command) => command.run(globals),
        Command::Hierarchy(command) => command.run(globals),
        Command::Unresolved(command) => command.run(globals),
        Command::Export(command) => command.run(globals),
        Command::Watch(command) => command.run(globals),
        Command::Cache(command) => command.run(globals),
        Command::Init(command) => command.run(globals),
        Command::Completions(command) => command.run(globals),
        Command::Man(command) => command.run(globals),
    }
}
