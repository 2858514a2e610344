//! What GitHub's jobs understand: annotations of lines, and the summary of a step.
//!
//! An annotation is a line of output in a [form of its own][commands]; GitHub shows it at the line of the file. The
//! summary is a file that the job names, to which Markdown is added.
//!
//! [commands]: https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands

use std::fmt::{self, Display};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::error::Result;

/// The file to which the summary of a step is added.
const SUMMARY: &str = "GITHUB_STEP_SUMMARY";
/// The directory from which annotated paths count.
const WORKSPACE: &str = "GITHUB_WORKSPACE";
/// How many items of a list a summary has. A summary with more than 1 MiB is not shown at all.
const LISTED: usize = 1000;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Severity {
    Error,
    Warning,
}

/// Something to be said about a line.
#[derive(Debug)]
pub(crate) struct Annotation<'a> {
    pub(crate) severity: Severity,
    /// Relative to the root.
    pub(crate) path: &'a str,
    /// 0 for the file as a whole.
    pub(crate) line: u32,
    pub(crate) title: &'static str,
    pub(crate) message: String,
}

/// Makes lines of output of annotations.
#[derive(Debug)]
pub(crate) struct Annotator {
    /// The root as seen from the workspace.
    root: PathBuf,
}

impl Annotator {
    pub(crate) fn new(root: &Path) -> Self {
        let workspace = std::env::var_os(WORKSPACE).and_then(|workspace| Path::new(&workspace).canonicalize().ok());
        let below = workspace.and_then(|workspace| root.strip_prefix(workspace).ok().map(Path::to_owned));
        Self { root: below.unwrap_or_default() }
    }

    /// A line for each.
    pub(crate) fn lines<'a>(&self, annotations: impl IntoIterator<Item = Annotation<'a>>) -> String {
        annotations.into_iter().map(|annotation| format!("{}\n", self.line(&annotation))).collect()
    }

    fn line(&self, annotation: &Annotation<'_>) -> String {
        let Annotation { severity, path, line, title, message } = annotation;
        let path = self.root.join(path);
        let place = if *line > 0 { format!(",line={line}") } else { String::new() };
        let (path, title) = (property(&path.to_string_lossy()), property(title));
        format!("::{severity} file={path}{place},title={title}::{}", data(message))
    }
}

impl Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error => "error",
            Self::Warning => "warning",
        })
    }
}

/// Adds a section to the summary of the step, if there is one.
pub(crate) fn summarize(title: &str, lead: &str, items: &[String]) -> Result<()> {
    let Some(file) = std::env::var_os(SUMMARY).filter(|file| !file.is_empty()) else { return Ok(()) };
    let mut text = format!("### {title}\n\n{lead}\n\n");
    if !items.is_empty() {
        text.push_str("<details><summary>All of them</summary>\n\n");
        items.iter().take(LISTED).for_each(|item| text.push_str(&format!("- {}\n", code(item))));
        if items.len() > LISTED {
            text.push_str(&format!("- and {} more\n", super::grouped(items.len() - LISTED)));
        }
        text.push_str("\n</details>\n\n");
    }
    let opened = std::fs::OpenOptions::new().create(true).append(true).open(&file);
    let written = opened.and_then(|mut file| file.write_all(text.as_bytes()));
    Ok(written.with_context(|| format!("{SUMMARY}={} cannot be written", Path::new(&file).display()))?)
}

/// Text that Markdown leaves as it is.
fn code(text: &str) -> String {
    let text = text.replace(['\n', '\r'], " ");
    if text.contains('`') { format!("`` {text} ``") } else { format!("`{text}`") }
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn annotations_are_escaped() {
        let annotation = Annotation {
            severity: Severity::Error,
            path: "a,b:c%.py",
            line: 7,
            title: "a: title",
            message: "two\nlines, 100 %: done".to_owned(),
        };
        assert_eq!(
            Annotator { root: PathBuf::from("sub") }.lines([annotation]),
            "::error file=sub/a%2Cb%3Ac%25.py,line=7,title=a%3A title::two%0Alines, 100 %25: done\n"
        );
    }
}
