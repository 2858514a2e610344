//! The directory in which a session keeps what it knows.

use std::fs::{self, DirBuilder, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use crate::digest::Digest;
use crate::fail_point;
use crate::manifest::UNFINISHED;

/// What a manifest's file name begins with; the digest of the root's path follows, so that several trees can share one
/// cache directory. The number is raised with the layout, so that two versions of Esker on it do not disturb each
/// other.
pub(super) const MANIFEST: &str = "manifest-6-";

/// The file that marks a cache directory, and what ours says in it.
pub(super) const CACHEDIR_TAG_FILE: &str = "CACHEDIR.TAG";
pub(super) const TAGGED_BY: &str = "Esker";
/// The file that keeps a cache directory out of commits.
pub(super) const IGNORE_FILE: &str = ".gitignore";

/// Tells backup programs and the like that everything here can be made again. See <https://bford.info/cachedir/>.
const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
                            # This directory holds results of Esker, which makes them again when they are gone.\n";

/// After how long an unfinished manifest is taken for one that a killed run left behind: writing one takes seconds on a
/// slow disk, and a process that is stopped for longer loses no more than what it wanted to keep.
const ABANDONED_AFTER: Duration = Duration::from_secs(60 * 60);

/// A cache directory.
#[derive(Debug, Clone)]
pub(crate) struct CacheDirectory {
    path: PathBuf,
    root: PathBuf,
    manifest: PathBuf,
}

impl CacheDirectory {
    /// The directory at `path`, as it serves the tree below `root`.
    pub(crate) fn new(path: PathBuf, root: &Path) -> Self {
        let digest = Digest::of(root.as_os_str().as_encoded_bytes()).to_string();
        let manifest = path.join(format!("{MANIFEST}{}", &digest[..16]));
        Self { path, root: root.to_owned(), manifest }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn manifest(&self) -> &Path {
        &self.manifest
    }

    /// Makes the directory and the files that mark it, where they are missing, and removes what earlier runs did not
    /// finish.
    ///
    /// A directory that is made here is its owner's alone: what is in it tells as much as the sources do, and whoever
    /// can write to it can make answers wrong.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        self.make_parents()?;
        match DirBuilder::new().mode(0o700).create(&self.path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            _ => fail_point::reach("directory-made"),
        }
        mark(&self.path)?;
        fail_point::reach("marks-written");
        self.remove_unfinished();
        Ok(())
    }

    /// Makes the directories above, as far as the root: one that is gone stays gone.
    fn make_parents(&self) -> io::Result<()> {
        let Some(parent) = self.path.parent() else { return Ok(()) };
        let Ok(below) = parent.strip_prefix(&self.root) else { return fs::create_dir_all(parent) };
        let mut directory = self.root.clone();
        for name in below {
            directory.push(name);
            match fs::create_dir(&directory) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                _ => {}
            }
        }
        Ok(())
    }

    /// Removes files that a run began so long ago that it cannot be at it any more. That it fails is no harm.
    fn remove_unfinished(&self) {
        let now = SystemTime::now();
        let is_abandoned = |entry: &fs::DirEntry| {
            let began = entry.metadata().and_then(|metadata| metadata.modified());
            let age = began.ok().and_then(|began| now.duration_since(began).ok());
            entry.file_name().as_encoded_bytes().starts_with(UNFINISHED.as_bytes())
                && age.is_some_and(|age| age > ABANDONED_AFTER)
        };
        for entry in fs::read_dir(&self.path).into_iter().flatten().flatten().filter(is_abandoned) {
            _ = fs::remove_file(entry.path());
        }
    }
}

/// Marks a directory as a cache and keeps it out of commits, unless it is marked already.
pub(super) fn mark(directory: &Path) -> io::Result<()> {
    for (name, content) in [(CACHEDIR_TAG_FILE, CACHEDIR_TAG), (IGNORE_FILE, "*\n")] {
        let path = directory.join(name);
        if fs::symlink_metadata(&path).is_ok_and(|metadata| !metadata.is_file() || metadata.len() > 0) {
            continue;
        }
        // In one step, so that a run that is killed leaves no half of it, which nobody would mend.
        let permissions = Permissions::from_mode(0o666);
        let mut file = tempfile::Builder::new().prefix(UNFINISHED).permissions(permissions).tempfile_in(directory)?;
        file.write_all(content.as_bytes())?;
        file.persist(path)?;
    }
    Ok(())
}
