//! Making a store with no records where there is none.
//!
//! It is made as `S.new`, which is renamed to `S`. In a first run a thread of its own does so ([`Making`]), while
//! others compute what there is to keep, and opens it for them.
//!
//! **Invariant: under its name there is a whole store or none.** What a killed process leaves of `S.new` is removed by
//! who opens the store next ([`swap::recover`]).

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use fjall::{Database, Keyspace};

use super::open_database;
use crate::fail_point;
use crate::monitor::Monitor;
use crate::store::swap;

/// A thread that makes a store with no records and opens it, which is mostly waiting for the disk.
pub(super) struct Making(Option<JoinHandle<fjall::Result<(Keyspace, Database)>>>);

impl Making {
    pub(super) fn begin(store: PathBuf, monitor: Arc<Monitor>) -> Self {
        let make = move || {
            // Whoever is at that place first waits for this thread.
            let Some(_writing) = monitor.try_writing() else {
                return Err(io::Error::from(io::ErrorKind::WouldBlock).into());
            };
            make_store(&store)?;
            open_database(&store)
        };
        Self(thread::Builder::new().name("esker-store".into()).spawn(make).ok())
    }

    /// Waits for the store. `None` if it could not be made or opened, which shows again when that is tried once more.
    pub(super) fn finish(mut self) -> Option<(Keyspace, Database)> {
        let made = self.0.take()?.join().ok()?;
        made.inspect_err(|error| tracing::debug!("no store could be made ahead: {error}")).ok()
    }
}

/// Waits until it is done.
impl Drop for Making {
    fn drop(&mut self) {
        _ = self.0.take().map(JoinHandle::join);
    }
}

/// Makes a store with no records where there is none.
pub(super) fn make_store(directory: &Path) -> fjall::Result<()> {
    let above: Vec<_> = directory.ancestors().skip(1).map(|path| (path, identity(path))).collect();
    if above.first().is_none_or(|(_, identity)| identity.is_none()) {
        return Err(io::Error::from(io::ErrorKind::NotFound).into());
    }
    let fresh = swap::fresh(directory);
    swap::remove(&fresh)?;
    let made = open_database(&fresh).map(drop);
    // fjall makes all directories above, and with them a root that somebody has removed meanwhile.
    let revived: Vec<_> = above.into_iter().take_while(|(path, before)| identity(path) != *before).collect();
    if !revived.is_empty() {
        swap::remove(&fresh)?;
        revived.into_iter().for_each(|(path, _)| _ = fs::remove_dir(path));
        return Err(io::Error::from(io::ErrorKind::NotFound).into());
    }
    made?;
    fail_point::reach("store-made");
    fs::rename(fresh, directory)?;
    Ok(())
}

/// Which directory there is; `None` if there is none.
fn identity(path: &Path) -> Option<(u64, u64)> {
    let metadata = fs::metadata(path).ok().filter(fs::Metadata::is_dir)?;
    Some((metadata.dev(), metadata.ino()))
}
