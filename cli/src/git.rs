//! What git says has changed.
//!
//! The command is asked, not the repository's files: it alone knows every format and every configuration.
//!
//! ```text
//! Revisions ─▶ base: a merge base ─▶ difference ─▶ Part, one for the repository and one for each submodule in it
//!                                                    │
//!                                                    └─▶ Texts: what files were in the base
//! ```

mod command;
mod difference;
mod texts;

use std::path::{Path, PathBuf};

use clap::Args;

use crate::error::{CommandError, Result};
use command::Git;
pub(crate) use texts::Texts;

/// The branch that a pull request goes into, as GitHub tells its jobs; empty or absent elsewhere.
const PULL_REQUEST_BASE: &str = "GITHUB_BASE_REF";
/// Stands for that branch.
const AUTO: &str = "auto";

/// The revisions that the command line names.
#[derive(Debug, Clone, Args)]
pub(crate) struct Revisions {
    /// What git says has changed since the merge base of this revision and HEAD: committed, staged, unstaged, untracked
    ///
    /// A renamed file is one that was removed and one that was added. `auto` is the branch that a pull request on
    /// GitHub goes into.
    #[arg(long, value_name = "REV", conflicts_with_all = ["base", "head"])]
    since: Option<String>,

    /// The same as --since, to be used with --head
    #[arg(long, value_name = "REV")]
    base: Option<String>,

    /// With --base: what was committed between the merge base and this revision, and nothing that is not committed
    ///
    /// The imports are those of the working tree all the same.
    #[arg(long, value_name = "REV", requires = "base")]
    head: Option<String>,
}

impl Revisions {
    /// Whether none is named.
    pub(crate) fn is_empty(&self) -> bool {
        self.since.is_none() && self.base.is_none()
    }

    /// What changed between them; `None` if none is named.
    ///
    /// # Errors
    ///
    /// If git cannot be run, the root is in no repository, or the commits are not there.
    pub(crate) fn changes<'r>(&self, root: &'r Path) -> Result<Option<Changes<'r>>> {
        match self.since.as_ref().or(self.base.as_ref()) {
            Some(base) => Changes::between(root, base, self.head.as_deref()).map(Some),
            None => Ok(None),
        }
    }
}

/// The files that differ between a commit and a later one, or the working tree.
#[derive(Debug)]
pub(crate) struct Changes<'r> {
    root: &'r Path,
    parts: Vec<Part>,
    /// Relative to the root, ascending and unique.
    files: Vec<String>,
    /// Those of `files` that were there before and are now, ascending.
    modified: Vec<String>,
    directories: Vec<String>,
}

/// A repository that some of the files are in.
#[derive(Debug)]
struct Part {
    git: Git,
    /// The commit before.
    base: String,
    /// What comes before its files' paths: nothing, or the path of a submodule with a slash at the end.
    place: String,
}

impl<'r> Changes<'r> {
    /// Compares with the merge base of two revisions.
    fn between(root: &'r Path, base: &str, head: Option<&str>) -> Result<Self> {
        let git = Git::of(root)?;
        let base = if base == AUTO { pull_request_base(&git)? } else { base.to_owned() };
        for revision in [&base].into_iter().map(String::as_str).chain(head) {
            git.commit(revision)?;
        }
        let merge_base = git.merge_base(&base, head.unwrap_or("HEAD"))?;
        tracing::info!("comparing with {merge_base}, the merge base of {base} and {}", head.unwrap_or("HEAD"));
        let mut found = difference::Found::default();
        difference::collect(git, merge_base, head, String::new(), &mut found)?;
        let difference::Found { parts, mut files, mut modified, mut directories } = found;
        for paths in [&mut files, &mut modified, &mut directories] {
            paths.sort_unstable();
            paths.dedup();
        }
        if let (Some(head), Some(part)) = (head, parts.first())
            && !part.git.is_checked_out(head)?
        {
            tracing::warn!(
                "the working tree is not as {head} has it; imports are followed as the working tree has them"
            );
        }
        Ok(Self { root, parts, files, modified, directories })
    }

    pub(crate) fn root(&self) -> &Path {
        self.root
    }

    /// The files, relative to the root, ascending: changed, added or removed.
    pub(crate) fn files(&self) -> &[String] {
        &self.files
    }

    /// Whether one of the files was there before and is now, so that no import leads elsewhere for that.
    pub(crate) fn is_modified(&self, path: &str) -> bool {
        self.modified.binary_search_by(|modified| (**modified).cmp(path)).is_ok()
    }

    /// Directories of which it is not known which files below them changed, ascending: repositories that came or went
    /// as a whole.
    pub(crate) fn directories(&self) -> &[String] {
        &self.directories
    }

    /// Both, absolute.
    pub(crate) fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.files.iter().chain(&self.directories).map(|path| self.root.join(path))
    }

    /// A way to the texts that files had in the commit before.
    pub(crate) fn texts(&self) -> Texts<'_> {
        Texts::new(&self.parts)
    }
}

/// The branch that a pull request goes into, as the clone of the job has it.
fn pull_request_base(git: &Git) -> Result<String> {
    match std::env::var(PULL_REQUEST_BASE) {
        Ok(branch) if !branch.is_empty() => {
            let tracked = format!("{}/{branch}", git.remote()?);
            // A job that fetched the branch by hand may have it under its own name.
            let own = !git.has_commit(&tracked)? && git.has_commit(&branch)?;
            Ok(if own { branch } else { tracked })
        }
        _ => Err(CommandError::new(format!(
            "`{AUTO}` is the branch that a pull request goes into, and {PULL_REQUEST_BASE} does not name one"
        ))
        .hint("jobs of pull requests have it on GitHub; elsewhere name a revision, such as `--since origin/main`")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_directory_without_a_repository_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let error = Changes::between(directory.path(), "HEAD", None).unwrap_err();
        assert!(error.message().contains("is in no git repository"), "{}", error.message());
    }
}
