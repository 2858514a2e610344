//! The lock file at which processes wait for each other to be done with the store.
//!
//! fjall has a lock of its own, but none that can be waited for with a limit. This one can be, and the wait is told. A
//! lock ends with the process that holds it, however that ends.

use std::fs::{self, File, TryLockError};
use std::io;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use rustix::fs::OFlags;

use super::StoreError;
use crate::metrics::Metrics;

/// How often the lock is tried while another process has it.
const LOCK_POLL: Duration = Duration::from_millis(4);
/// After how long a wait for the lock is announced.
const LOCK_ANNOUNCE: Duration = Duration::from_millis(500);

/// The lock of a store.
pub(super) struct Lock {
    store: PathBuf,
    path: PathBuf,
    timeout: Duration,
    /// Whether the last wait for the lock was in vain. The next one is a single try: what one process does takes at
    /// most one time limit longer because of another one that hangs.
    waited_in_vain: AtomicBool,
    metrics: Arc<Metrics>,
}

impl Lock {
    /// The lock of the store at `store`, which is the file at `path`. Touches no disk yet.
    pub(super) fn new(store: PathBuf, path: PathBuf, timeout: Duration, metrics: Arc<Metrics>) -> Self {
        Self { store, path, timeout, waited_in_vain: AtomicBool::new(false), metrics }
    }

    /// Waits for whoever has it, and keeps others out until the file is closed.
    pub(super) fn acquire(&self) -> Result<File, StoreError> {
        let lock = self.open().map_err(|source| self.failed(source))?;
        let start = Instant::now();
        let timeout = if self.waited_in_vain.load(Ordering::Relaxed) { Duration::ZERO } else { self.timeout };
        let mut announced = false;
        loop {
            match lock.try_lock() {
                Ok(()) => {
                    self.waited_in_vain.store(false, Ordering::Relaxed);
                    return Ok(lock);
                }
                Err(TryLockError::Error(source)) => return Err(self.failed(source)),
                Err(TryLockError::WouldBlock) if start.elapsed() >= timeout => {
                    self.waited_in_vain.store(true, Ordering::Relaxed);
                    return Err(StoreError::Busy { path: self.store.clone() });
                }
                Err(TryLockError::WouldBlock) => {
                    if !announced && start.elapsed() >= LOCK_ANNOUNCE {
                        announced = true;
                        tracing::warn!("waiting for another process to finish with {}", self.store.display());
                    }
                    std::thread::sleep(LOCK_POLL);
                }
            }
        }
    }

    /// Whether this lock, which was acquired, keeps others out still: who has come since its file was removed locks
    /// another.
    pub(super) fn stands(&self, lock: &File) -> bool {
        let identity =
            |metadata: io::Result<fs::Metadata>| metadata.map(|metadata| (metadata.dev(), metadata.ino())).ok();
        let own = identity(lock.metadata());
        own.is_some() && own == identity(fs::symlink_metadata(&self.path))
    }

    fn open(&self) -> io::Result<File> {
        let mut options = File::options();
        options.create(true).truncate(false).write(true).custom_flags(OFlags::NOFOLLOW.bits().cast_signed());
        match options.open(&self.path) {
            Err(error) if error.kind() == io::ErrorKind::IsADirectory => {
                let told = format_args!("{} is a directory, and is removed", self.path.display());
                self.metrics.file_damaged(told);
                // Nobody can hold a lock on it.
                fs::remove_dir_all(&self.path)?;
                options.open(&self.path)
            }
            opened => opened,
        }
    }

    fn failed(&self, source: io::Error) -> StoreError {
        StoreError::Io { path: self.store.clone(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_stands_until_its_file_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("lock");
        let lock =
            Lock::new(directory.path().join("store"), path.clone(), Duration::ZERO, Arc::new(Metrics::default()));
        let first = lock.acquire().unwrap();
        assert!(lock.stands(&first));
        fs::remove_file(&path).unwrap();
        assert!(!lock.stands(&first));
        let second = lock.acquire().unwrap();
        assert!(lock.stands(&second));
        assert!(!lock.stands(&first), "another file has the name");
    }
}
