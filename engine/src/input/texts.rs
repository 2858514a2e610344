//! The text of files, apart from the queries that depend on it.

use std::collections::HashMap;
use std::io;
use std::panic;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::Content;
use crate::digest::Digest;
use crate::metrics::Metrics;
use crate::system::{FileBytes, System};

/// Reads files and holds their bytes from when they are digested until they are parsed, so that each file is read once.
pub(crate) struct Texts {
    system: Arc<dyn System>,
    metrics: Arc<Metrics>,
    root: PathBuf,
    held: Mutex<HashMap<Digest, Arc<[u8]>, rustc_hash::FxBuildHasher>>,
    changed_underneath: Mutex<Option<Arc<str>>>,
}

/// The text of one file: known by its digest, read when asked for.
#[derive(Clone)]
pub struct Text {
    texts: Arc<Texts>,
    path: Arc<str>,
    digest: Digest,
}

/// The payload of the unwinding that abandons a run because a file is no longer what the run began with. Which file it
/// was is told by [`Texts::take_changed_underneath`]: payloads do not survive every way out of a query.
#[derive(Debug)]
struct ChangedUnderneath;

impl Texts {
    pub(crate) fn new(system: Arc<dyn System>, metrics: Arc<Metrics>, root: PathBuf) -> Self {
        Self { system, metrics, root, held: Mutex::default(), changed_underneath: Mutex::default() }
    }

    /// Reads a file and holds its bytes until [`Text::bytes`] takes them or [`Self::release`] drops them.
    /// A file with more than `max_bytes` is not held.
    pub(crate) fn read(&self, path: &str, max_bytes: u64) -> io::Result<Content> {
        let bytes = match self.system.read(&self.root.join(path), max_bytes)? {
            FileBytes::All(bytes) => bytes,
            FileBytes::TooMany(size) => return Ok(Content::TooLarge(size)),
        };
        self.metrics.file_read(bytes.len());
        let digest = Digest::of(&bytes);
        self.held().insert(digest, bytes.into());
        Ok(Content::Text(digest))
    }

    /// Drops the bytes held for this digest.
    pub(crate) fn release(&self, digest: Digest) {
        self.held().remove(&digest);
    }

    /// A handle to the text of a file whose digest is known.
    pub(crate) fn text(self: &Arc<Self>, path: Arc<str>, digest: Digest) -> Text {
        Text { texts: self.clone(), path, digest }
    }

    /// A file that turned out to be no longer what the run began with, since the last call.
    pub(crate) fn take_changed_underneath(&self) -> Option<Arc<str>> {
        self.changed_underneath.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Abandons the run, because what it knows of this file is not so any more.
    pub(crate) fn abandon(&self, path: &Arc<str>) -> ! {
        *self.changed_underneath.lock().unwrap_or_else(PoisonError::into_inner) = Some(path.clone());
        panic::resume_unwind(Box::new(ChangedUnderneath))
    }

    fn held(&self) -> std::sync::MutexGuard<'_, HashMap<Digest, Arc<[u8]>, rustc_hash::FxBuildHasher>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Text {
    /// The digest of the file's bytes.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The file's bytes.
    ///
    /// Where the file has changed since its digest was taken, the run is abandoned and begun again by the engine.
    #[must_use]
    pub fn bytes(&self) -> Arc<[u8]> {
        if let Some(bytes) = self.texts.held().get(&self.digest) {
            return bytes.clone();
        }
        match self.texts.system.read(&self.texts.root.join(&*self.path), u64::MAX) {
            Ok(FileBytes::All(bytes)) if Digest::of(&bytes) == self.digest => {
                self.texts.metrics.file_read(bytes.len());
                bytes.into()
            }
            _ => self.texts.abandon(&self.path),
        }
    }
}
