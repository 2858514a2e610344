//! One directory takes the place of another, so that a process that is killed on the way leaves the one or the other.
//!
//! ```text
//! S.new is written     S → S.old     S.new → S     S.old is removed
//!        └ S counts        └ S.old counts └ S counts
//! ```
//!
//! Whoever opens the store next, under the lock, brings back what counts and removes the rest ([`recover`]).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::fail_point;

/// Where the directory lies that is to take the store's place.
pub(super) fn fresh(store: &Path) -> PathBuf {
    beside(store, ".new")
}

fn old(store: &Path) -> PathBuf {
    beside(store, ".old")
}

fn beside(store: &Path, suffix: &str) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Whether there is a store, be it one that a killed process left under its other name.
pub(super) fn exists(store: &Path) -> bool {
    store.exists() || old(store).exists()
}

/// Brings the store back under its name and removes what else a killed process left.
pub(super) fn recover(store: &Path) -> io::Result<()> {
    let old = old(store);
    if !store.exists() && old.exists() {
        fs::rename(&old, store)?;
    }
    remove(&old)?;
    remove(&fresh(store))
}

/// Puts the fresh directory in the place of the store, of which no file may be open.
pub(super) fn swap(store: &Path) -> io::Result<()> {
    let old = old(store);
    fs::rename(store, &old)?;
    fail_point::reach("store-set-aside");
    if let Err(error) = fs::rename(fresh(store), store) {
        fs::rename(&old, store)?;
        return Err(error);
    }
    fail_point::reach("store-swapped");
    // The swap is done; what is left over is removed by whoever opens the store next.
    if let Err(error) = remove(&old) {
        tracing::info!("{} cannot be removed now: {error}", old.display());
    }
    fail_point::reach("old-store-removed");
    Ok(())
}

/// Removes a directory with all that is in it, or a file; fine if there is none.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    removed.or_else(|error| if error.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(error) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(path: &Path, content: &str) {
        fs::create_dir_all(path).unwrap();
        fs::write(path.join("content"), content).unwrap();
    }

    #[test]
    fn wherever_it_ends_one_of_the_two_is_there() {
        // Which of the three directories a killed process leaves, and whose content counts then.
        for (left, counts) in [
            (&["store"][..], "store"),
            (&["store", "store.new"], "store"),
            (&["store.old", "store.new"], "store.old"),
            (&["store", "store.old"], "store"),
        ] {
            let directory_of_all = tempfile::tempdir().unwrap();
            let store = directory_of_all.path().join("store");
            left.iter().for_each(|name| directory(&directory_of_all.path().join(name), name));
            assert!(exists(&store), "{left:?}");
            recover(&store).unwrap();
            assert_eq!(fs::read_to_string(store.join("content")).unwrap(), counts, "{left:?}");
            assert_eq!(fs::read_dir(directory_of_all.path()).unwrap().count(), 1, "{left:?}");
        }
    }

    #[test]
    fn the_fresh_one_takes_the_place() {
        let all = tempfile::tempdir().unwrap();
        let store = all.path().join("store");
        directory(&store, "before");
        directory(&fresh(&store), "after");
        swap(&store).unwrap();
        assert_eq!(fs::read_to_string(store.join("content")).unwrap(), "after");
        assert_eq!(fs::read_dir(all.path()).unwrap().count(), 1);
        swap(&store).unwrap_err();
        assert_eq!(fs::read_to_string(store.join("content")).unwrap(), "after", "without a fresh one all stays");
    }
}
