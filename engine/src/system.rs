//! The world outside: where source text comes from.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use rustix::fs::OFlags;

/// Reads files. The one way by which source text enters the engine, so that tests and editors can stand in for a disk.
pub trait System: Send + Sync {
    /// The bytes of the file at this absolute path, if it has at most `max_bytes`.
    ///
    /// # Errors
    ///
    /// What the operating system says.
    fn read(&self, path: &Path, max_bytes: u64) -> io::Result<FileBytes>;
}

/// What reading a file brings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileBytes {
    /// All its bytes.
    All(Vec<u8>),
    /// The file has this many bytes, more than were asked for, and was not read.
    TooMany(u64),
}

/// The operating system's files.
#[derive(Debug, Clone, Copy, Default)]
pub struct OsSystem;

impl System for OsSystem {
    fn read(&self, path: &Path, max_bytes: u64) -> io::Result<FileBytes> {
        let (file, size) = open_regular(path)?;
        if size > max_bytes {
            return Ok(FileBytes::TooMany(size));
        }
        // One byte of room beyond the size lets the last read find the end without growing the buffer. A limit spares
        // the calls by which the standard library would find out the size once more.
        let mut bytes = Vec::with_capacity(usize::try_from(size).map_err(io::Error::other)? + 1);
        file.take(max_bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        let read = bytes.len() as u64;
        Ok(if read > max_bytes { FileBytes::TooMany(read) } else { FileBytes::All(bytes) })
    }
}

/// Opens a regular file for reading; returns its size too. What is something else by now is an error: a symbolic link
/// is not followed, and a pipe that nobody writes to is not waited for.
pub(crate) fn open_regular(path: &Path) -> io::Result<(File, u64)> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    let file = File::options().read(true).custom_flags(flags.bits().cast_signed()).open(path)?;
    let metadata = file.metadata()?;
    if metadata.is_file() { Ok((file, metadata.len())) } else { Err(io::ErrorKind::InvalidInput.into()) }
}
