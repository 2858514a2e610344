//! The command `git`, as it is asked about one repository.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::error::{CommandError, Result};

/// What a hook's environment says about the repository whose hook it is. In a hook of a linked working tree it makes
/// any directory look like the top of that tree.
const HOOK_VARIABLES: [&str; 5] = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"];

/// The remote that is fetched from where nothing else is known.
const USUAL_REMOTE: &str = "origin";

/// A directory in a working tree, about which git is asked.
#[derive(Debug, Clone)]
pub(super) struct Git {
    directory: PathBuf,
    /// Whether the repository is the one that the environment names, instead of the one that the directory lies in.
    of_environment: bool,
    /// Where the directory lies in the working tree, with a slash at the end unless that is where it begins.
    prefix: String,
}

impl Git {
    /// The repository that a directory lies in; only if there is none, the one that the environment names.
    ///
    /// # Errors
    ///
    /// If git cannot be run, or there is no such repository.
    pub(super) fn of(directory: &Path) -> Result<Self> {
        let mut git = Self { directory: directory.to_owned(), of_environment: false, prefix: String::new() };
        let mut answer = git.asked(&["rev-parse", "--show-prefix"])?;
        if answer.is_err() && std::env::var_os("GIT_DIR").is_some() {
            git.of_environment = true;
            answer = git.asked(&["rev-parse", "--show-prefix"])?.or(answer);
        }
        let prefix = answer.map_err(|said| {
            CommandError::new(format!("{} is in no git repository that can be used{said}", directory.display()))
                .hint("name the files that changed instead of a revision")
        })?;
        git.prefix = text(&prefix).trim_end_matches('\n').to_owned();
        Ok(git)
    }

    pub(super) fn directory(&self) -> &Path {
        &self.directory
    }

    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The command, with nothing to read.
    pub(super) fn command(&self) -> Command {
        let mut git = Command::new("git");
        if !self.of_environment {
            HOOK_VARIABLES.iter().for_each(|variable| _ = git.env_remove(variable));
        }
        // What is only looked at is not locked; messages that are passed on are in one language.
        git.current_dir(&self.directory)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stderr(Stdio::piped());
        git
    }

    /// What git answers; what it says on stderr, as the end of a sentence, if it fails.
    fn asked(&self, arguments: &[&str]) -> Result<std::result::Result<Vec<u8>, String>> {
        let output = self.command().args(arguments).output().map_err(|error| {
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

    /// What git answers.
    ///
    /// # Errors
    ///
    /// If it fails.
    pub(super) fn told(&self, arguments: &[&str]) -> Result<Vec<u8>> {
        let command = arguments.first().copied().unwrap_or_default();
        self.asked(arguments)?
            .map_err(|said| CommandError::new(format!("`git {command}` failed in {}{said}", self.directory.display())))
    }

    pub(super) fn has_commit(&self, revision: &str) -> Result<bool> {
        let commit = format!("{revision}^{{commit}}");
        Ok(self.asked(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit])?.is_ok())
    }

    /// Makes sure that there is a revision.
    ///
    /// # Errors
    ///
    /// If there is not, with what would get it.
    pub(super) fn commit(&self, revision: &str) -> Result<()> {
        if self.has_commit(revision)? {
            return Ok(());
        }
        let shallow = self.is_shallow()?;
        let error = CommandError::new(match shallow {
            true => format!("this clone is shallow and has no revision `{revision}`"),
            false => format!("git knows no revision `{revision}`"),
        });
        let remotes = text(&self.told(&["remote"])?);
        if remotes.is_empty() {
            return Err(error.hint("`git log` shows what there is"));
        }
        let depth = if shallow { " --unshallow" } else { "" };
        let tracked =
            remotes.lines().find_map(|remote| Some((remote, revision.strip_prefix(remote)?.strip_prefix('/')?)));
        Err(match tracked {
            Some((remote, branch)) => error.hint(format!(
                "`git fetch{depth} {remote} +refs/heads/{branch}:refs/remotes/{remote}/{branch}` gets it"
            )),
            None if is_object_name(revision) => {
                error.hint(format!("`git fetch{depth} {} {revision}` gets it", self.remote()?))
            }
            None => {
                let remote = self.remote()?;
                error.hint(format!(
                    "`git fetch{depth} {remote} +refs/heads/{revision}:refs/remotes/{remote}/{revision}` gets the branch \
                     of that name as {remote}/{revision}"
                ))
            }
        })
    }

    /// The commit in which two revisions went apart.
    ///
    /// # Errors
    ///
    /// If there is none, or a shallow clone does not have it.
    pub(super) fn merge_base(&self, base: &str, head: &str) -> Result<String> {
        match self.asked(&["merge-base", "--", base, head])? {
            Ok(commit) => Ok(text(&commit).trim_end_matches('\n').to_owned()),
            Err(_) => {
                let none = format!("{base} and {head} have no commit in common");
                Err(match self.is_shallow()? {
                    true => CommandError::new(format!("{none}, as far as this clone knows: it is shallow"))
                        .hint(format!("`git fetch --unshallow {}` gets the rest of the history", self.remote()?)),
                    false => CommandError::new(none).hint("name a revision of the same history"),
                })
            }
        }
    }

    /// Whether the tracked files below the directory are as a revision has them.
    pub(super) fn is_checked_out(&self, revision: &str) -> Result<bool> {
        Ok(self.asked(&["diff", "--quiet", "--no-ext-diff", "--relative", revision, "--"])?.is_ok())
    }

    /// The remote that is fetched from: `origin`, or the only one.
    pub(super) fn remote(&self) -> Result<String> {
        let remotes = text(&self.told(&["remote"])?);
        let mut names = remotes.lines();
        Ok(match (names.next(), names.next()) {
            (Some(only), None) => only.to_owned(),
            _ => USUAL_REMOTE.to_owned(),
        })
    }

    fn is_shallow(&self) -> Result<bool> {
        let answer = self.asked(&["rev-parse", "--is-shallow-repository"])?;
        Ok(answer.is_ok_and(|answer| text(&answer).trim() == "true"))
    }
}

/// Whether a revision is the full name of a commit, which servers hand out without a branch that leads to it.
fn is_object_name(revision: &str) -> bool {
    matches!(revision.len(), 40 | 64) && revision.bytes().all(|byte| byte.is_ascii_hexdigit())
}

pub(super) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
