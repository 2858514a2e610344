//! An answer that is too large to be held in memory: written to a temporary file first, put in its place at the end.
//!
//! What makes the answer can start again from the beginning, and a reader never sees half of one.

use std::fs::{File, Permissions};
use std::io::{self, BufReader, BufWriter, Read, Seek, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use super::output::{NEW_FILE_MODE, broken_pipe_is_fine, is_device};
use crate::error::Result;
use crate::process::interrupt::Unfinished;
use crate::terminal::progress;
use anyhow::Context as _;

/// How much is compared or copied at a time.
const PIECE_BYTES: usize = 1 << 16;

/// The beginning of an answer.
pub(crate) struct Spool {
    written: BufWriter<Place>,
}

/// Where the beginning is.
enum Place {
    /// Beside the file that it is to become.
    Beside { new: Unfinished, target: PathBuf },
    /// In a file without a name, to be copied to a stream at the end; to stdout if none is named.
    Apart { new: File, stream: Option<PathBuf> },
}

impl Spool {
    /// A spool for this file, or for stdout.
    pub(super) fn new(file: Option<&Path>) -> Result<Self> {
        let place = match file {
            None => {
                Place::Apart { new: tempfile::tempfile().context("there is no room for the answer")?, stream: None }
            }
            Some(file) => Place::of(file).with_context(|| format!("{} cannot be written", file.display()))?,
        };
        Ok(Self { written: BufWriter::with_capacity(PIECE_BYTES, place) })
    }

    /// Forgets what was written.
    pub(crate) fn restart(&mut self) -> io::Result<()> {
        self.written.flush()?;
        let file = self.written.get_mut().file();
        file.set_len(0)?;
        file.rewind()
    }

    /// Puts the answer in its place, unless the file there has the same bytes. A reader of stdout that has seen enough
    /// is no error.
    pub(crate) fn finish(mut self) -> Result<()> {
        self.written.flush().context("the answer cannot be written")?;
        let place = self.written.into_inner().map_err(io::IntoInnerError::into_error).context("the answer is lost")?;
        match place {
            Place::Beside { new, target } => {
                let failed = || format!("{} cannot be written", target.display());
                if !have_same_bytes(new.file(), &target).unwrap_or(false) {
                    new.replace(&target).with_context(failed)?;
                }
            }
            Place::Apart { mut new, stream: Some(stream) } => {
                let failed = || format!("{} cannot be written", stream.display());
                let copied = new.rewind().and_then(|()| {
                    let mut stream = File::options().append(is_device(&stream)).write(true).open(&stream)?;
                    io::copy(&mut new, &mut stream)
                });
                copied.with_context(failed)?;
            }
            Place::Apart { mut new, stream: None } => {
                let copied = progress::apart(|| {
                    let mut stdout = io::stdout().lock();
                    new.rewind().and_then(|()| io::copy(&mut new, &mut stdout)).and_then(|_| stdout.flush())
                });
                broken_pipe_is_fine(copied)?;
            }
        }
        Ok(())
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.written.flush()
    }
}

impl Place {
    fn of(file: &Path) -> io::Result<Self> {
        let target = file.canonicalize().unwrap_or_else(|_| file.to_owned());
        let metadata = target.metadata().ok();
        if is_device(file) || metadata.as_ref().is_some_and(|metadata| !metadata.is_file()) {
            return Ok(Self::Apart { new: tempfile::tempfile()?, stream: Some(file.to_owned()) });
        }
        let permissions =
            metadata.map_or_else(|| Permissions::from_mode(NEW_FILE_MODE), |metadata| metadata.permissions());
        Ok(Self::Beside { new: Unfinished::beside(&target, permissions)?, target })
    }

    fn file(&mut self) -> &mut File {
        match self {
            Self::Beside { new, .. } => new.file_mut(),
            Self::Apart { new, .. } => new,
        }
    }
}

impl Write for Place {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

fn have_same_bytes(mut new: &File, old: &Path) -> io::Result<bool> {
    let old = File::open(old)?;
    if old.metadata()?.len() != new.metadata()?.len() {
        return Ok(false);
    }
    new.rewind()?;
    let (mut new, mut old) = (BufReader::new(new), BufReader::new(old));
    let (mut ours, mut theirs) = (vec![0; PIECE_BYTES], vec![0; PIECE_BYTES]);
    loop {
        let length = new.read(&mut ours)?;
        if length == 0 {
            return Ok(true);
        }
        old.read_exact(&mut theirs[..length])?;
        if ours[..length] != theirs[..length] {
            return Ok(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    fn put(file: &Path, texts: &[&str]) {
        let mut spool = Spool::new(Some(file)).unwrap();
        for text in texts {
            spool.restart().unwrap();
            spool.write_all(text.as_bytes()).unwrap();
        }
        spool.finish().unwrap();
    }

    #[test]
    fn what_was_written_before_a_restart_is_gone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("answer");
        put(&file, &["a longer beginning", "answer"]);
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "answer");
        assert_eq!(directory.path().read_dir().unwrap().count(), 1);
    }

    #[test]
    fn a_file_with_the_same_bytes_is_left_alone() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("answer");
        put(&file, &["answer"]);
        let inode = || file.metadata().unwrap().ino();
        let first = inode();
        put(&file, &["answer"]);
        assert_eq!(inode(), first);
        put(&file, &["answes"]);
        assert_ne!(inode(), first);
    }
}
