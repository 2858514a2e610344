//! Answers as text and as data, and where they go.

mod dot;
pub(crate) mod github;
mod html;
mod json;
mod mermaid;
mod output;
mod spool;
mod summary;
mod verification;
pub(crate) mod words;

use std::fmt::Display;

use clap::ValueEnum;
use esker_engine::api::EdgeKinds;
use esker_engine::graph::Step;

pub(crate) use dot::dot;
pub(crate) use html::html;
pub(crate) use json::{Rows, json, json_lines};
pub(crate) use mermaid::mermaid;
pub(crate) use output::{
    NEW_FILE_MODE, Output, Written, broken_pipe_is_fine, replace_if_different, touch_if_different,
};
pub(crate) use spool::Spool;
pub(crate) use summary::{summary, watch_line, watch_start};
pub(crate) use verification::verification;

/// The forms of an answer that is a report.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
}

/// The forms of an answer that tells of trouble.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum CheckFormat {
    /// For people
    #[default]
    Text,
    /// For programs
    Json,
    /// Annotations of lines for jobs on GitHub, and a section of the step's summary
    Github,
}

/// The forms of an answer that is a list of files.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ListFormat {
    /// A path a line
    #[default]
    Text,
    /// Each path ends with a NUL byte
    Nul,
    /// A list of objects
    Json,
}

/// The direction in which edges are followed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Direction {
    /// From a file to those that it imports
    #[default]
    Deps,
    /// From a file to those that import it
    Dependents,
}

/// Each item with `end` after it.
pub(crate) fn ended(items: impl IntoIterator<Item = impl Display>, end: char) -> String {
    let mut text = String::new();
    for item in items {
        text.push_str(&format!("{item}{end}"));
    }
    text
}

/// A number with its noun.
pub(crate) fn counted(number: usize, singular: &str, plural: &str) -> String {
    format!("{} {}", grouped(number), if number == 1 { singular } else { plural })
}

/// A number with a comma after every three digits.
pub(crate) fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// One import of a chain: where it stands, what it leads to, and what sets it apart.
pub(crate) fn step(step: &Step) -> String {
    let kinds = step.kinds - EdgeKinds::RUNTIME;
    let kinds =
        if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.names().collect::<Vec<_>>().join(", ")) };
    match step.lines.iter().find(|line| **line > 0) {
        Some(line) => format!("{}:{line}: imports {}{kinds}", step.from, step.to),
        None if step.kinds.contains(EdgeKinds::GLOBAL) => {
            format!("{}: uses what {} declares for all files", step.from, step.to)
        }
        None => format!("{}: needs {} because of where it lies{kinds}", step.from, step.to),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(counted(1, "file", "files"), "1 file");
        assert_eq!(counted(0, "file", "files"), "0 files");
    }
}
