//! Looks at the store's files before fjall does.
//!
//! fjall trusts some lengths before it checks what they are part of. One flipped byte in a list of tables makes it ask
//! for gigabytes, which ends the process; a directory where a table should be makes it panic once more while it cleans
//! up, which does too. Neither can be caught, so what leads there is found here, by the checksums that fjall keeps:
//!
//! | file | check |
//! |---|---|
//! | `keyspaces/*/current` | that its length is right |
//! | `keyspaces/*/v*` | of the one that `current` names, the XXH3 that `current` has of it |
//! | `keyspaces/*/tables/*` | that it is a file; the XXH3 of its table of contents |
//! | `*.jnl` | none: it is emptied, because records never go through the journal |
//! | symbolic links | that there are none: fjall, and the lines below, would write and remove where they lead |
//!
//! Everything else is in blocks that fjall checks before it uses them. The cost is three small reads for each table.

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::xxh3_128;

/// In `current`: the version's number, the checksum of its file, the checksum's type.
const CURRENT_BYTES: usize = 8 + 16 + 1;
/// At the end of a table: magic, version, checksum type, then checksum, place and length of the table of contents.
const TRAILER_BYTES: usize = 4 + 1 + 1 + 16 + 8 + 8;
const TRAILER_MAGIC: [u8; 4] = *b"SFA!";
/// Far more than the dozen sections of a table take.
const MAX_CONTENTS_BYTES: u64 = 64 << 10;

/// Makes the files of a store safe to open, or tells why they cannot be: damage has the kind
/// [`io::ErrorKind::InvalidData`]. A table that is damaged is removed: if it is one that a crash left half written,
/// nobody misses it, and otherwise fjall finds that it is missing.
pub(super) fn inspect(store: &Path) -> io::Result<()> {
    refuse_links(store)?;
    for path in entries(store)? {
        if path.extension().is_some_and(|extension| extension == "jnl") && fs::metadata(&path)?.len() > 0 {
            File::options().write(true).open(&path)?.set_len(0)?;
        }
    }
    for keyspace in entries(&store.join("keyspaces"))? {
        check_version(&keyspace)?;
        for table in entries(&keyspace.join("tables"))? {
            if !is_sound_table(&table)? {
                if table.is_dir() { fs::remove_dir_all(&table) } else { fs::remove_file(&table) }?;
            }
        }
    }
    Ok(())
}

/// Makes sure that what is below a path really lies there. Whoever can put links into a cache directory, such as the
/// author of a repository that brings one along, could otherwise have files emptied and removed elsewhere.
fn refuse_links(path: &Path) -> io::Result<()> {
    let kind = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    refuse_links_in(path, kind)
}

fn refuse_links_in(path: &Path, kind: fs::FileType) -> io::Result<()> {
    if kind.is_dir() {
        for entry in fs::read_dir(path)? {
            let entry = entry?;
            refuse_links_in(&entry.path(), entry.file_type()?)?;
        }
        return Ok(());
    }
    if kind.is_file() {
        return Ok(());
    }
    let message = format!("{} is neither a file nor a directory", path.display());
    Err(io::Error::new(io::ErrorKind::InvalidData, message))
}

/// What is in a directory; nothing if there is no such directory.
fn entries(directory: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(directory) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Checks the version of a keyspace that is in use, if it has one.
fn check_version(keyspace: &Path) -> io::Result<()> {
    let current = match fs::read(keyspace.join("current")) {
        Ok(current) => current,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    let wrong = || {
        let message = format!("the version of {} is not what it was when it was written", keyspace.display());
        io::Error::new(io::ErrorKind::InvalidData, message)
    };
    let current: [u8; CURRENT_BYTES] = current.try_into().map_err(|_| wrong())?;
    let version = fs::read(keyspace.join(format!("v{}", number(&current[..8]))))?;
    if xxh3_128(&version).to_le_bytes() == current[8..24] { Ok(()) } else { Err(wrong()) }
}

/// Whether a table's contents are listed as they were when it was written.
fn is_sound_table(path: &Path) -> io::Result<bool> {
    if !fs::symlink_metadata(path)?.is_file() {
        return Ok(false);
    }
    let file = File::open(path)?;
    let Some(trailer_at) = file.metadata()?.len().checked_sub(TRAILER_BYTES as u64) else { return Ok(false) };
    let mut trailer = [0; TRAILER_BYTES];
    file.read_exact_at(&mut trailer, trailer_at)?;
    let (at, length) = (number(&trailer[22..30]), number(&trailer[30..38]));
    if trailer[..4] != TRAILER_MAGIC || length > MAX_CONTENTS_BYTES || at.checked_add(length) != Some(trailer_at) {
        return Ok(false);
    }
    let mut contents = vec![0; length as usize];
    file.read_exact_at(&mut contents, at)?;
    Ok(xxh3_128(&contents).to_le_bytes() == trailer[6..22])
}

/// The number that these eight bytes are.
fn number(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte))
}
