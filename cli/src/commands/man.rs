//! `esker man`: manual pages.

use std::io::{self, Write};
use std::path::Path;

use anyhow::Context as _;
use clap::{Args, Command, CommandFactory as _};
use clap_mangen::Man as Page;
use clap_mangen::roff::{Roff, roman};

use crate::args::paths::nearest;
use crate::args::{Cli, Globals};
use crate::error::{CommandError, Result, Verdict};
use crate::help;
use crate::render::{Output, replace_if_different};

/// Print a manual page, or write all of them into a directory
///
/// Without -o, or with -o FILE, the page of one command; with -o DIR, where DIR is a directory or ends with a slash, a
/// page for each command, written anew only where it differs.
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The command, such as `build` or `cache stats` [default: esker as a whole]
    #[arg(value_name = "COMMAND")]
    command: Vec<String>,
}

impl Man {
    pub(crate) fn run(&self, globals: &Globals) -> Result<Verdict> {
        let mut whole = Cli::command();
        whole.build();
        let is_directory = |path: &Path| path.is_dir() || path.as_os_str().as_encoded_bytes().ends_with(b"/");
        match globals.output.as_deref().filter(|output| is_directory(output)) {
            Some(directory) if !self.command.is_empty() => {
                let error =
                    CommandError::new(format!("one page does not go into a directory, {}", directory.display()));
                Err(error.hint("name a file, or leave the command out to write all pages"))
            }
            Some(directory) => {
                let failed = || format!("{} cannot be made", directory.display());
                std::fs::create_dir_all(directory).with_context(failed)?;
                write_all(&whole, &mut Vec::new(), directory)?;
                Ok(Verdict::Done)
            }
            None => {
                let path: Vec<&str> = self.command.iter().map(String::as_str).collect();
                Output::new(globals).write(page(find(&whole, &path)?, &path)?)?;
                Ok(Verdict::Done)
            }
        }
    }
}

/// The command at the end of this path of names.
fn find<'c>(mut command: &'c Command, path: &[&str]) -> Result<&'c Command> {
    for name in path {
        command = command.find_subcommand(name).ok_or_else(|| {
            let error = CommandError::new(format!("there is no command `{}`", path.join(" ")));
            match nearest(name, command.get_subcommands().map(Command::get_name)) {
                Some(guess) => error.hint(format!("did you mean `{guess}`?")),
                None => error.hint("`esker --help` lists the commands"),
            }
        })?;
    }
    Ok(command)
}

fn write_all<'c>(command: &'c Command, path: &mut Vec<&'c str>, directory: &Path) -> Result<()> {
    let name: String = path.iter().map(|name| format!("-{name}")).collect();
    replace_if_different(&directory.join(format!("esker{name}.1")), &page(command, path)?)?;
    for command in command.get_subcommands() {
        path.push(command.get_name());
        write_all(command, path, directory)?;
        path.pop();
    }
    Ok(())
}

fn page(command: &Command, path: &[&str]) -> Result<Vec<u8>> {
    let mut page = Vec::new();
    rendered(command, path, &mut page).context("the page cannot be made")?;
    Ok(page)
}

fn rendered(command: &Command, path: &[&str], page: &mut dyn Write) -> io::Result<()> {
    let man = Page::new(command.clone()).manual("Esker").source(concat!("esker ", env!("CARGO_PKG_VERSION")));
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if command.has_subcommands() {
        man.render_subcommands_section(page)?;
    }
    let mut examples = Roff::new();
    examples.control("SH", ["EXAMPLES"]);
    for (line, what) in help::examples(path) {
        examples.control("TP", []).text([roman(*what)]).text([clap_mangen::roff::bold(*line)]);
    }
    examples.to_writer(page)
}
