//! The command line as it is told to people: its colors, and examples below the help of each command.

mod examples;

use std::ffi::OsString;
use std::fmt::Write as _;
use std::io::{self, Write as _};

use anstyle::{AnsiColor, Style};
use clap::builder::Styles;
use clap::{ColorChoice, Command, CommandFactory as _, FromArgMatches as _};

use crate::args::Cli;
use crate::error::ERROR_EXIT_CODE;
use crate::render::broken_pipe_is_fine;
use crate::terminal::{self, Palette};
use examples::{EXAMPLES, Example};

const STYLES: Styles = Styles::styled()
    .header(Style::new().bold())
    .usage(Style::new().bold())
    .literal(AnsiColor::Cyan.on_default())
    .placeholder(AnsiColor::Cyan.on_default().dimmed());

/// The global options that environment variables give, by their names.
const FROM_ENVIRONMENT: [(&str, &str); 3] =
    [("cache_dir", "ESKER_CACHE_DIR"), ("jobs", "ESKER_JOBS"), ("lock_timeout", "ESKER_LOCK_TIMEOUT")];

/// Reads the command line. Wrong usage, `--help` and `--version` end the process.
pub(crate) fn parse() -> Cli {
    let mut command = command().color(color(std::env::args_os()));
    // Jobs of continuous integration set a variable that is to have no value to nothing.
    for (option, variable) in FROM_ENVIRONMENT {
        if std::env::var_os(variable).is_some_and(|value| value.is_empty()) {
            command = command.mut_arg(option, |option| option.env(None::<&'static str>));
        }
    }
    let matches = command.clone().try_get_matches_from(with_help_as_option(std::env::args_os()));
    let matches = matches.unwrap_or_else(|error| end(&error));
    Cli::from_arg_matches(&matches).unwrap_or_else(|error| end(&error.format(&mut command)))
}

/// `help COMMAND` as `COMMAND --help`.
fn with_help_as_option(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = arguments.collect();
    if arguments.get(1).is_some_and(|first| first == "help") {
        arguments.remove(1);
        arguments.push("--help".into());
    }
    arguments
}

/// Tells help or wrong usage and ends the process.
fn end(told: &clap::Error) -> ! {
    let written = told.print().and_then(|()| io::stdout().flush());
    match broken_pipe_is_fine(written) {
        Err(error) if !told.use_stderr() => {
            terminal::report(&error, Palette::PLAIN);
            std::process::exit(ERROR_EXIT_CODE)
        }
        _ => std::process::exit(told.exit_code()),
    }
}

/// The command line with all that is said of it.
fn command() -> Command {
    let mut command = Cli::command().styles(STYLES);
    for (path, examples) in EXAMPLES {
        command = with_examples(command, path, examples);
    }
    command
}

/// The examples of the command at the end of this path of names.
pub(crate) fn examples(path: &[&str]) -> &'static [Example] {
    EXAMPLES.iter().find(|(known, _)| *known == path).map_or(&[], |(_, examples)| examples)
}

/// Adds examples to the command at the end of this path of names.
fn with_examples(command: Command, path: &[&str], examples: &[Example]) -> Command {
    match path {
        [] => {
            let mut text = format!("{}Examples:{0:#}\n", Style::new().bold());
            for (line, what) in examples {
                _ = writeln!(text, "  {what}:\n    {}{line}{0:#}", STYLES.get_literal());
            }
            command.after_long_help(text.trim_end().to_owned())
        }
        [name, rest @ ..] => command.mut_subcommand(name, |command| with_examples(command, rest, examples)),
    }
}

/// What `--color` says. Help and wrong usage are told before the command line is understood, and in color or not.
fn color(arguments: impl Iterator<Item = OsString>) -> ColorChoice {
    let mut choice = ColorChoice::Auto;
    let mut arguments = arguments.map(|argument| argument.to_string_lossy().into_owned());
    while let Some(argument) = arguments.next() {
        let value = match argument.strip_prefix("--color") {
            Some("") => arguments.next(),
            Some(rest) => rest.strip_prefix('=').map(str::to_owned),
            None if argument == "--" => break,
            None => continue,
        };
        choice = match value.as_deref() {
            Some("always") => ColorChoice::Always,
            Some("never") => ColorChoice::Never,
            _ => choice,
        };
    }
    choice
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        command().debug_assert();
    }

    /// The names of all commands that can be run.
    fn runnable(command: &Command, path: &[String], found: &mut Vec<Vec<String>>) {
        for sub in command.get_subcommands() {
            let path = [path, &[sub.get_name().to_owned()]].concat();
            if sub.has_subcommands() { runnable(sub, &path, found) } else { found.push(path) }
        }
    }

    #[test]
    fn every_command_has_examples() {
        let mut commands = Vec::new();
        runnable(&Cli::command(), &[], &mut commands);
        assert!(commands.len() > 10);
        for command in commands {
            let found = EXAMPLES.iter().find(|(path, _)| path.iter().eq(command.iter()));
            assert!(found.is_some_and(|(_, examples)| !examples.is_empty()), "no example of {command:?}");
        }
    }

    #[test]
    fn every_example_is_understood() {
        for (path, examples) in EXAMPLES {
            for (line, _) in *examples {
                // What stands before or behind a pipe or a semicolon is another program's.
                let ours = line.split(['|', ';']).find(|part| part.trim().starts_with("esker ")).unwrap();
                let words = ours.split_whitespace().map(|word| word.trim_matches('\''));
                let words: Vec<&str> = words.take_while(|word| !word.starts_with(['>', '<'])).collect();
                let parsed = Cli::try_parse_from(&words);
                assert!(parsed.is_ok(), "{line}: {}", parsed.unwrap_err());
                assert!(words[1..].starts_with(path), "{line} is an example of {path:?}");
            }
        }
    }

    #[test]
    fn color_is_known_before_the_command_line_is_understood() {
        let color = |line: &str| color(line.split_whitespace().map(OsString::from));
        assert_eq!(color("esker build --color never"), ColorChoice::Never);
        assert_eq!(color("esker --color=always frobnicate"), ColorChoice::Always);
        assert_eq!(color("esker --color"), ColorChoice::Auto);
        assert_eq!(color("esker --colorful never -- --color never"), ColorChoice::Auto);
    }
}
