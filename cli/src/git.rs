//! What git says has changed.
//!
//! The command is asked, not the repository's files: it alone knows every format and every configuration.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Output, Stdio};

use crate::error::{CommandError, Result};

/// The files that differ between a commit and the working tree.
#[derive(Debug)]
pub(crate) struct ChangedSince<'r> {
    root: &'r Path,
    /// The commit before: the merge base of the one that was named and HEAD.
    base: String,
    /// Where the root lies in the working tree, with a slash at the end unless that is where it begins.
    prefix: String,
    paths: Vec<String>,
}

impl<'r> ChangedSince<'r> {
    /// Compares with the merge base of a revision and HEAD.
    ///
    /// # Errors
    ///
    /// If git cannot be run, the root is in no repository, there is no such revision, or it has no commit in common
    /// with HEAD.
    pub(crate) fn new(root: &'r Path, revision: &str) -> Result<Self> {
        let prefix = asked(root, &["rev-parse", "--show-prefix"])?.map_err(|said| {
            CommandError::new(format!("{} is in no git repository that can be used{said}", root.display()))
                .hint("name the files that changed, or leave out --since")
        })?;
        let commit = format!("{revision}^{{commit}}");
        if asked(root, &["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?.is_err() {
            let error = CommandError::new(format!("git knows no revision `{revision}`"));
            return Err(match is_shallow(root)? {
                true => error.hint("this is a shallow clone; `git fetch --unshallow` gets the rest of the history"),
                false => error.hint("`git fetch` gets what a remote has"),
            });
        }
        let Ok(base) = asked(root, &["merge-base", "--", revision, "HEAD"])? else {
            let error = CommandError::new(format!("{revision} and HEAD have no commit in common"));
            return Err(match is_shallow(root)? {
                true => error.hint("this is a shallow clone; `git fetch --unshallow` gets the rest of the history"),
                false => error.hint("name a revision of the same history"),
            });
        };
        let base = text(&base).trim_end_matches('\n').to_owned();
        let must = |arguments: &[&str]| -> Result<Vec<u8>> {
            asked(root, arguments)?.map_err(|said| CommandError::new(format!("git {} failed{said}", arguments[0])))
        };
        let differing =
            must(&["diff", "--name-only", "-z", "--no-renames", "--no-ext-diff", "--relative", &base, "--"])?;
        let untracked = must(&["ls-files", "-z", "--others", "--exclude-standard"])?;
        let mut paths: Vec<String> =
            [differing, untracked].iter().flat_map(|list| list.split(|byte| *byte == 0)).map(text).collect();
        paths.retain(|path| !path.is_empty());
        paths.sort_unstable();
        paths.dedup();
        let prefix = text(&prefix).trim_end_matches('\n').to_owned();
        Ok(Self { root, base, prefix, paths })
    }

    pub(crate) fn root(&self) -> &Path {
        self.root
    }

    /// The paths relative to the root, ascending: changed, added or removed, committed or not, untracked ones included.
    pub(crate) fn paths(&self) -> &[String] {
        &self.paths
    }

    /// A way to the texts that files had in the commit before.
    pub(crate) fn texts(&self) -> io::Result<Texts<'_>> {
        let mut git = git(self.root);
        let mut child = git.args(["cat-file", "--batch"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let (Some(questions), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::Error::other("git has no pipes"));
        };
        Ok(Texts { changed: self, child, questions, answers: BufReader::new(answers) })
    }
}

/// Asks git for the texts of files one by one.
pub(crate) struct Texts<'c> {
    changed: &'c ChangedSince<'c>,
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Texts<'_> {
    /// The text that a file had; `None` if there was no such file.
    pub(crate) fn text(&mut self, path: &str) -> io::Result<Option<Vec<u8>>> {
        // Questions are lines; git could not be asked for such a file by this way.
        if path.contains('\n') {
            return Ok(None);
        }
        writeln!(self.questions, "{}:{}{path}", self.changed.base, self.changed.prefix)?;
        self.questions.flush()?;
        let mut headline = String::new();
        self.answers.read_line(&mut headline)?;
        let Some((what, length)) = headline.trim_end().rsplit_once(' ') else { return Ok(None) };
        let Ok(length) = length.parse::<usize>() else { return Ok(None) };
        let mut text = vec![0; length + 1];
        self.answers.read_exact(&mut text)?;
        text.pop();
        Ok(what.ends_with(" blob").then_some(text))
    }
}

impl Drop for Texts<'_> {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn git(root: &Path) -> Command {
    let mut git = Command::new("git");
    // What is only looked at is not locked; messages that are passed on are in one language.
    git.current_dir(root).env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C").stdin(Stdio::null()).stderr(Stdio::piped());
    git
}

/// What git answers; what it says on stderr, as the end of a sentence, if it fails.
fn asked(root: &Path, arguments: &[&str]) -> Result<std::result::Result<Vec<u8>, String>> {
    let output: Output = git(root).args(arguments).output().map_err(|error| {
        CommandError::from(anyhow::Error::new(error).context("git cannot be run"))
            .hint("install git, or name the files that changed")
    })?;
    if output.status.success() {
        return Ok(Ok(output.stdout));
    }
    let said = text(&output.stderr);
    let said = said.lines().next().unwrap_or_default().trim_start_matches("fatal: ").trim_end_matches('.');
    Ok(Err(if said.is_empty() { String::new() } else { format!(": {said}") }))
}

fn is_shallow(root: &Path) -> Result<bool> {
    let answer = asked(root, &["rev-parse", "--is-shallow-repository"])?;
    Ok(answer.is_ok_and(|answer| text(&answer).trim() == "true"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_without_a_repository_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let error = ChangedSince::new(directory.path(), "HEAD").unwrap_err();
        assert!(error.message().contains("is in no git repository"), "{}", error.message());
    }
}
