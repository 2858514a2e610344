//! A cache directory with nothing kept in it any more.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use super::cache::{CACHEDIR_TAG_FILE, IGNORE_FILE, TAGGED_BY, mark};
use crate::error::EngineError;
use crate::manifest::{BASE, UNFINISHED};

/// What the names of our files and directories begin with, whatever the version of their layout.
const OURS: [&str; 4] = ["manifest-", BASE, STORE, UNFINISHED];
/// What the names of directories that are removed with all that is in them begin with.
const STORE: &str = "store-";

/// After how long a directory without a mark is taken for another program's, and how often it is looked at.
const MARKED_AFTER: Duration = Duration::from_millis(500);
const POLL: Duration = Duration::from_millis(5);

/// What became of a cache directory that was to be cleared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cleared {
    /// There was nothing in it, or no such directory.
    Empty,
    /// It has no mark of Esker's. Nothing was removed.
    Foreign,
    /// What Esker put there is gone.
    Done {
        /// The names of what else is there, ascending. If there is none, the directory itself is gone too.
        left: Vec<OsString>,
    },
}

/// Removes from a cache directory what Esker put there, and the directory if it is empty then.
///
/// Processes that are at work in it find that it is gone, and go on without.
///
/// # Errors
///
/// [`EngineError::Cache`] if the directory cannot be read, or something in it cannot be removed. What is left is still
/// known to be Esker's.
pub fn clear_cache(directory: &Path) -> Result<Cleared, EngineError> {
    let failed = |path: &Path, source| EngineError::Cache { path: path.to_owned(), source };
    let names = names_when_marked(directory).map_err(|source| failed(directory, source))?;
    if names.is_empty() {
        return Ok(Cleared::Empty);
    }
    if !is_marked(directory) {
        return Ok(Cleared::Foreign);
    }
    let remove = |name: &OsString| {
        let path = directory.join(name);
        let is_store = name.as_encoded_bytes().starts_with(STORE.as_bytes());
        let removed = if is_store && is_directory(&path) { remove_store(&path) } else { remove(&path) };
        removed.map_err(|source| failed(&path, source))
    };
    let (records, rest): (Vec<OsString>, Vec<OsString>) = names.into_iter().partition(is_ours);
    let (marks, left): (Vec<OsString>, Vec<OsString>) =
        rest.into_iter().partition(|name| name == CACHEDIR_TAG_FILE || name == IGNORE_FILE);
    records.iter().try_for_each(remove)?;
    // With the marks gone, whatever else is in there would come to be analyzed and committed. The tag goes last, so
    // that after an interruption the rest is still known to be ours.
    if left.is_empty() {
        marks.iter().rev().try_for_each(remove)?;
        remove_directory(directory).map_err(|source| failed(directory, source))?;
    }
    Ok(Cleared::Done { left })
}

/// The names in a directory, once it is marked, or is empty or another program's: a build that is at work makes the
/// directory first and marks it then.
fn names_when_marked(directory: &Path) -> io::Result<Vec<OsString>> {
    let start = Instant::now();
    loop {
        let names = names(directory)?;
        let is_being_made = !names.is_empty() && names.iter().all(is_ours) && !is_marked(directory);
        if !is_being_made || start.elapsed() >= MARKED_AFTER {
            return Ok(names);
        }
        thread::sleep(POLL);
    }
}

fn is_marked(directory: &Path) -> bool {
    fs::read_to_string(directory.join(CACHEDIR_TAG_FILE)).is_ok_and(|tag| tag.contains(TAGGED_BY))
}

/// The names in a directory, ascending; none if it does not exist.
fn names(directory: &Path) -> io::Result<Vec<OsString>> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries?,
    };
    let mut names = entries.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn is_ours(name: &OsString) -> bool {
    OURS.iter().any(|prefix| name.as_encoded_bytes().starts_with(prefix.as_bytes()))
}

/// Whether there is a directory, and not a link to one.
fn is_directory(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Removes a file, a symbolic link (not what it leads to), or an empty directory; fine if there is none.
fn remove(path: &Path) -> io::Result<()> {
    let removed = if is_directory(path) { fs::remove_dir(path) } else { fs::remove_file(path) };
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

/// Removes the directory, or the link to it. If somebody keeps something there again it stays, with its marks.
fn remove_directory(directory: &Path) -> io::Result<()> {
    match remove(directory) {
        Err(error) if error.kind() == io::ErrorKind::DirectoryNotEmpty => mark(directory),
        removed => removed,
    }
}

/// Removes a store, under another name: who is writing in it finds nothing at the old one, and so cannot put back what
/// was just removed.
fn remove_store(path: &Path) -> io::Result<()> {
    let mut removed = path.as_os_str().to_owned();
    removed.push(format!(".removed-{}", std::process::id()));
    let removed = PathBuf::from(removed);
    match fs::rename(path, &removed) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        renamed => renamed.and_then(|()| fs::remove_dir_all(removed)),
    }
}
