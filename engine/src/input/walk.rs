//! Walks the tree and stats every source file.
//!
//! The first step of a run that is given no list of changes. Directories are shared out over threads
//! ([`crew`]); each is opened, listed ([`listing`]), and its entries are put to the rules ([`rules`]), which are those
//! of ripgrep and ruff. [`Rules::admits`] answers for one path what the walk answers for all of them.
//!
//! What is found does not depend on the number of threads, nor on the order in which the file system lists entries.
//!
//! Not walked into, whatever the configuration says: the root's symbolic links (a link to a file is no file of its own,
//! a link to a directory may lead out of the root or round in circles; git treats them alike), version control and
//! package directories (`.git`, `node_modules`, …), directories tagged as caches by a `CACHEDIR.TAG`, Python virtual
//! environments. The root itself is always walked. Hidden files and directories are passed over unless a glob of
//! `include` has a component that begins with a dot and matches their name.

mod crew;
mod ignores;
mod listing;
mod queue;
mod rules;

use std::io;
use std::path::Path;

use esker_frontend_api::FileClass;
use rustix::fs::{AtFlags, FileType, Mode, OFlags};
use rustix::io::Errno;

use super::Stat;
pub use ignores::is_rule;
pub(crate) use rules::Rules;

/// Where to walk, and what counts.
#[derive(Clone, Copy)]
pub(crate) struct WalkOptions<'a> {
    /// The directory to walk. May be a symbolic link to one.
    pub(crate) root: &'a Path,
    /// At most this many threads, the caller's among them.
    pub(crate) threads: usize,
    /// Whether `.gitignore`, `.ignore`, `.git/info/exclude` and the user's global excludes are obeyed. As in ripgrep,
    /// git's own count in a git repository only.
    pub(crate) respect_gitignore: bool,
    /// If not empty, only files that one of these matches, by itself or by a directory above it. In the syntax of
    /// `.gitignore`, relative to the root.
    pub(crate) include: &'a [String],
    /// Files and directories that are left out. In the syntax of `.gitignore`, relative to the root.
    pub(crate) exclude: &'a [String],
    /// What a file of this name, or at this path, is to the frontend that claims it. The name alone decides.
    pub(crate) class_of: &'a (dyn Fn(&str) -> Option<FileClass> + Sync),
    /// The names of files below whose directories resources belong to the tree.
    pub(crate) resource_marks: &'a [&'static str],
}

/// A source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FoundFile {
    /// Relative to the root, separated by `/`.
    pub(crate) path: String,
    pub(crate) stat: Stat,
}

/// What a walk finds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Walk {
    /// Ascending by the bytes of their paths, each once.
    pub(crate) files: Vec<FoundFile>,
    /// What could not be looked at, ascending by path.
    pub(crate) skipped: Vec<Skipped>,
    /// The directories that were looked into, relative to the root, each before those in it.
    pub(crate) directories: Vec<String>,
    /// How many symbolic links were passed over.
    pub(crate) symlinks: usize,
}

/// A file or directory that could not be looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Skipped {
    /// Relative to the root; what is not UTF-8 in it is replaced.
    pub(crate) path: String,
    /// The operating system's answer, or that the name is not UTF-8, so that no answer could name it.
    pub(crate) reason: String,
}

/// Finds all source files under a root. A file that goes away meanwhile is left out; a directory that cannot be read is
/// recorded, and the rest goes on.
///
/// # Errors
///
/// When the root cannot be read, and when a glob of the options is none.
pub(crate) fn walk(options: &WalkOptions<'_>) -> io::Result<Walk> {
    crew::walk(&Rules::new(options)?, "")
}

/// Finds the source files below a directory, given relative to the root: those that a walk of the whole tree would find
/// there.
///
/// # Errors
///
/// When the directory is the root (`""`) and that cannot be read.
pub(crate) fn walk_below(rules: &Rules<'_>, directory: &str) -> io::Result<Walk> {
    crew::walk(rules, directory)
}

/// The stat of one file, for a run that is told what changed. `None` if there is none or it is not a regular file; a
/// symbolic link is not.
///
/// # Errors
///
/// What the operating system says, other than that the file is absent.
pub(crate) fn stat_one(root: &Path, relative: &str) -> io::Result<Option<Stat>> {
    let root = rustix::fs::open(root, OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    match rustix::fs::statat(root, relative, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) if FileType::from_raw_mode(stat.st_mode).is_file() => Ok(Some(Stat::from(&stat))),
        Ok(_) | Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests;
