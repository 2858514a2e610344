//! Answers that are ahead of what is kept.
//!
//! A session that keeps what it finds out on request ([`Keeping::OnRequest`]) answers before anything of it is on disk.
//! Should it end there, nothing is lost but time: the manifest that is there speaks of an earlier state, and whoever
//! walks the tree from it finds what changed since. A list of changed paths is another matter. It tells what changed
//! since the last build, and the last build is one that the manifest does not know.
//!
//! Hence a mark: an empty file beside the manifest, made before the first such answer is given and locked as long as
//! its session lives. **Invariant: where there is a mark, a session that begins with the manifest on disk trusts no
//! list** and walks. Whose mark it is takes it away once the manifest has caught up; the mark of a session that died
//! goes when another one has walked and published. Who answered and then could not publish leaves such a mark, too.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::cache::CacheDirectory;

/// When a session keeps what it found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keeping {
    /// At the end of every run.
    EachRun,
    /// When it is asked to.
    OnRequest,
}

/// What a session is ahead of.
#[derive(Debug)]
pub(super) enum Ahead {
    /// Of a manifest, and others can see it.
    Marked(Mark),
    /// Of nothing: there is no manifest that a list could count from. Nor is a directory made for a mark then: it may
    /// be gone because all around it is being removed.
    OfNothing,
}

impl Ahead {
    pub(super) fn of(cache: &CacheDirectory) -> io::Result<Self> {
        if cache.manifest().exists() { Mark::new(cache).map(Self::Marked) } else { Ok(Self::OfNothing) }
    }

    /// Whether it is still so: a cache directory may be cleared at any time, and another session may have published.
    pub(super) fn stands(&self, cache: &CacheDirectory) -> bool {
        match self {
            Self::Marked(mark) => mark.path.exists(),
            Self::OfNothing => !cache.manifest().exists(),
        }
    }

    /// Ends it: what is on disk has caught up.
    pub(super) fn end(self) {
        if let Self::Marked(mark) = self {
            _ = fs::remove_file(&mark.path);
        }
    }
}

/// A session's own mark. Dropped, it stays as an abandoned one.
#[derive(Debug)]
pub(super) struct Mark {
    path: PathBuf,
    /// Locked.
    _file: File,
}

impl Mark {
    fn new(cache: &CacheDirectory) -> io::Result<Self> {
        let file = tempfile::Builder::new().prefix(&prefix(cache)).tempfile_in(cache.path())?;
        file.as_file().try_lock()?;
        let (file, path) = file.keep()?;
        Ok(Self { path, _file: file })
    }
}

/// Leaves a mark for answers that will not be kept: the next session that begins with the manifest on disk is to walk.
/// Where none can be made, as in a directory that cannot be written, nobody will publish anything either.
pub(super) fn leave_mark(cache: &CacheDirectory) {
    if let Err(error) = Ahead::of(cache) {
        tracing::debug!("no mark can be left in {}: {error}", cache.path().display());
    }
}

/// The marks of all sessions that are ahead of this cache's manifest, or ended so.
pub(super) fn marks(cache: &CacheDirectory) -> Vec<PathBuf> {
    let prefix = prefix(cache);
    let Ok(entries) = fs::read_dir(cache.path()) else { return Vec::new() };
    let is_mark = |name: &std::ffi::OsStr| name.as_encoded_bytes().starts_with(prefix.as_bytes());
    entries.flatten().filter(|entry| is_mark(&entry.file_name())).map(|entry| entry.path()).collect()
}

/// Takes away those of these marks whose sessions are gone. Only for who has since walked the tree and published what
/// it found.
pub(super) fn take_away_abandoned(marks: &[PathBuf]) {
    for mark in marks {
        // The lock ends with the process that held it, however that ended.
        if File::open(mark).is_ok_and(|file| file.try_lock().is_ok()) {
            _ = fs::remove_file(mark);
        }
    }
}

/// What the names of marks begin with.
fn prefix(cache: &CacheDirectory) -> String {
    let manifest = cache.manifest().file_name().unwrap_or_default();
    format!("{}.ahead-", Path::new(manifest).display())
}
