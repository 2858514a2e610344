//! The directory in which a session keeps what it knows.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::digest::Digest;

/// What a manifest's file name begins with; the digest of the root's path follows, so that several trees can share one
/// cache directory. The number is raised with the layout, so that two versions of Esker on it do not disturb each
/// other.
const MANIFEST: &str = "manifest-3-";

/// Tells backup programs and the like that everything here can be made again. See <https://bford.info/cachedir/>.
const CACHEDIR_TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
                            # This directory holds results of Esker, which makes them again when they are gone.\n";

/// A cache directory.
#[derive(Debug, Clone)]
pub(crate) struct CacheDirectory {
    path: PathBuf,
    manifest: PathBuf,
}

impl CacheDirectory {
    /// The directory at `path`, as it serves the tree below `root`.
    pub(crate) fn new(path: PathBuf, root: &Path) -> Self {
        let root = Digest::of(root.as_os_str().as_encoded_bytes()).to_string();
        let manifest = path.join(format!("{MANIFEST}{}", &root[..16]));
        Self { path, manifest }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn manifest(&self) -> &Path {
        &self.manifest
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
