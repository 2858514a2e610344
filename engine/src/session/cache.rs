//! The directory in which a session keeps what it knows.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The manifest's file. Its number is raised with the layout, so that two versions of Esker on one cache directory do
/// not disturb each other.
const MANIFEST: &str = "manifest-1";

/// Tells backup programs and the like that everything here can be made again. See <https://bford.info/cachedir/>.
const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
                            # This directory holds results of Esker, which makes them again when they are gone.\n";

/// A cache directory.
#[derive(Debug, Clone)]
pub(crate) struct CacheDirectory {
    path: PathBuf,
}

impl CacheDirectory {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn manifest(&self) -> PathBuf {
        self.path.join(MANIFEST)
    }

    /// Makes the directory and the files that mark it, where they are missing.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        fs::create_dir_all(&self.path)?;
        for (name, content) in [("CACHEDIR.TAG", CACHEDIR_TAG), (".gitignore", "*\n")] {
            let file = self.path.join(name);
            if !file.exists() {
                fs::write(file, content)?;
            }
        }
        Ok(())
    }
}
