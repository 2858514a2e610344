//! Prints the most complex functions of a directory: `esker-example-complexity DIRECTORY [N]`.
//!
//! Run it twice: the second time it computes nothing. Results are kept in `.esker-complexity` in the directory.

use std::io::{self, Write};
use std::path::PathBuf;

use anyhow::{Context, Result};
use esker_example_complexity::{engine, survey};

/// How many functions are printed unless the command line says otherwise.
const DEFAULT_COUNT: usize = 10;

fn main() -> Result<()> {
    let mut arguments = std::env::args_os().skip(1);
    let directory = PathBuf::from(arguments.next().context("usage: esker-example-complexity DIRECTORY [N]")?);
    let count = match arguments.next() {
        Some(count) => count.to_string_lossy().parse().context("N must be a number")?,
        None => DEFAULT_COUNT,
    };
    let survey = survey(&mut engine(&directory, Some(&directory.join(".esker-complexity")))?)?;
    let mut out = io::stdout().lock();
    for (path, function) in survey.functions.iter().take(count) {
        writeln!(out, "{:5}  {path}:{} {}", function.complexity, function.line, function.name)?;
    }
    writeln!(out, "{} files, {} of them computed in this run", survey.files, survey.executed.len())?;
    Ok(())
}
