//! What can be said on the command line, apart from what one command alone understands.

pub(crate) mod duration;
pub(crate) mod lists;
pub(crate) mod paths;
pub(crate) mod subject;

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, ValueEnum};
use esker_engine::api::EdgeKinds;

use crate::commands::Command;

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "esker", version, about, long_about = LONG_ABOUT, max_term_width = 100)]
#[command(disable_help_subcommand = true, subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const LONG_ABOUT: &str = "\
Analyzes a code base incrementally: which file imports which, and what a change can reach. Results are kept on disk, \
so that the next run does only the work that a change really causes.

The root of the code base is the nearest directory, from the current one upwards, that has an esker.toml, a \
[tool.esker] table in its pyproject.toml, or a .git; if there is none, the current directory. Every command that \
answers about the code first brings the index up to date, except explain.

Exit codes: 0 done; 1 a check that was asked for failed; 2 wrong usage, bad configuration or a broken world. Syntax \
errors in the code analyzed are reported and are no failure.";

/// The options of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Global options")]
pub(crate) struct Globals {
    /// Run as if started in this directory
    #[arg(short = 'C', value_name = "DIR", global = true)]
    pub(crate) directory: Option<PathBuf>,

    /// Keep results in this directory [default: .esker in the root]
    #[arg(long, value_name = "DIR", env = "ESKER_CACHE_DIR", hide_env_values = true, global = true)]
    pub(crate) cache_dir: Option<PathBuf>,

    /// Compute everything and keep nothing
    #[arg(long, global = true)]
    pub(crate) no_cache: bool,

    /// Answer from the last build, without looking at any file
    #[arg(long, global = true)]
    pub(crate) no_refresh: bool,

    /// Work on this many threads [default: all cores]
    #[arg(short, long = "jobs", value_name = "N", env = "ESKER_JOBS", hide_env_values = true, global = true)]
    #[arg(value_parser = threads)]
    pub(crate) jobs: Option<NonZeroUsize>,

    /// Wait this long for other processes that are at work on the same cache, then go on without it [default: 10s]
    ///
    /// A number with a unit: ms, s, m, h or d. What is found out without the cache is not kept.
    #[arg(long, value_name = "TIME", env = "ESKER_LOCK_TIMEOUT", hide_env_values = true, global = true)]
    #[arg(value_parser = duration::parse)]
    pub(crate) lock_timeout: Option<Duration>,

    /// Write the answer to this file, and only if its bytes differ; `-` is stdout
    #[arg(short, long, value_name = "FILE", global = true)]
    pub(crate) output: Option<PathBuf>,

    /// Color what is written to a terminal; NO_COLOR is respected
    #[arg(long, value_name = "WHEN", default_value = "auto", global = true)]
    pub(crate) color: Color,

    /// Print no warnings and no summaries
    #[arg(short, long, conflicts_with = "verbose", global = true)]
    pub(crate) quiet: bool,

    /// Tell what is being done and how long it takes; twice for more (see also ESKER_LOG)
    #[arg(short, long, action = ArgAction::Count, global = true)]
    pub(crate) verbose: u8,
}

/// When to color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal
    Auto,
    /// Also in a file or a pipe
    Always,
    /// Never
    Never,
}

/// Which edges count.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Edges {
    /// Count only edges of these kinds: a comma list, `all`, or `-kind` to take one away
    ///
    /// An import at the top level of a module is `runtime`; any other carries the kinds that set it apart. An edge
    /// counts if all kinds of one of its imports are listed. The kinds: runtime, type-only, lazy, conditional, star,
    /// implicit-init, string, stub, conftest, plugin, global. By default those of the configuration, or else all but
    /// string and global; `affected` counts global too.
    #[arg(long = "edges", value_name = "KINDS", allow_hyphen_values = true)]
    pub(crate) kinds: Option<EdgeKinds>,
}

fn threads(text: &str) -> Result<NonZeroUsize, &'static str> {
    text.parse().map_err(|_| "a number of threads, 1 or more, is needed")
}
