//! Where an answer goes: to stdout, or into a file that is left alone if it holds the answer already.

use std::fs::{self, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::Spool;
use crate::args::Globals;
use crate::error::Result;
use crate::process::interrupt::Unfinished;
use crate::terminal::{Palette, progress};

/// The permissions of a new file, from which the process's mask takes away.
pub(crate) const NEW_FILE_MODE: u32 = 0o666;

/// Where the names of devices and of open files are.
const DEVICES: [&str; 2] = ["/dev", "/proc"];

/// What became of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    Whole,
    /// The reader has seen enough.
    NobodyReads,
}

/// The place of the answer.
#[derive(Debug)]
pub(crate) struct Output {
    file: Option<PathBuf>,
    palette: Palette,
}

impl Output {
    pub(crate) fn new(globals: &Globals) -> Self {
        let palette = match globals.output {
            Some(_) => Palette::PLAIN,
            None => Palette::new(globals.color, &io::stdout()),
        };
        Self { file: globals.output.clone(), palette }
    }

    /// How an answer for people is colored.
    pub(crate) fn palette(&self) -> Palette {
        self.palette
    }

    /// Whether a file was named for the answer.
    pub(crate) fn is_file(&self) -> bool {
        self.file.is_some()
    }

    /// A place for an answer that is made piece by piece.
    pub(crate) fn spool(&self) -> Result<Spool> {
        Spool::new(self.file.as_deref())
    }

    /// Writes one of many answers to stdout, at once.
    pub(crate) fn write_line(&self, line: impl AsRef<[u8]>) -> Result<Written> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(line.as_ref()).and_then(|()| stdout.flush()) {
            Ok(()) => Ok(Written::Whole),
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Written::NobodyReads),
            Err(error) => Err(anyhow::Error::new(error).context("stdout cannot be written").into()),
        }
    }

    /// Writes the whole answer. A reader of stdout that has seen enough is no error.
    pub(crate) fn write(&self, answer: impl AsRef<[u8]>) -> Result<()> {
        let answer = answer.as_ref();
        if let Some(file) = &self.file {
            return replace_if_different(file, answer);
        }
        progress::apart(|| {
            let mut stdout = io::stdout().lock();
            broken_pipe_is_fine(stdout.write_all(answer).and_then(|()| stdout.flush()))
        })
    }
}

/// What became of writing to stdout: a reader that has seen enough is no error.
pub(crate) fn broken_pipe_is_fine(written: io::Result<()>) -> Result<()> {
    match written {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(anyhow::Error::new(error).context("stdout cannot be written").into())
        }
        _ => Ok(()),
    }
}

/// Whether a file is one of the names of devices and open files. `/dev/stdout` may stand for a regular file, which its
/// owner goes on writing to: it must neither be replaced nor cut off.
pub(super) fn is_device(file: &Path) -> bool {
    DEVICES.iter().any(|directory| file.starts_with(directory))
}

/// Gives a small file this content where it stands, unless it has it already: its directory has nothing new then.
pub(crate) fn touch_if_different(file: &Path, content: &[u8]) -> Result<()> {
    if fs::read(file).is_ok_and(|old| old == content) {
        return Ok(());
    }
    Ok(fs::write(file, content).with_context(|| format!("{} cannot be written", file.display()))?)
}

/// Gives a file this content in one step, unless it has it already. What is no regular file, such as a terminal or a
/// pipe, is written to as it is; through a symbolic link the file that it leads to is replaced.
pub(crate) fn replace_if_different(file: &Path, content: &[u8]) -> Result<()> {
    let failed = || format!("{} cannot be written", file.display());
    if is_device(file) {
        let opened = fs::OpenOptions::new().append(true).open(file);
        return Ok(opened.and_then(|mut device| device.write_all(content)).with_context(failed)?);
    }
    let target = file.canonicalize().unwrap_or_else(|_| file.to_owned());
    let metadata = fs::metadata(&target).ok();
    if metadata.as_ref().is_some_and(|metadata| !metadata.is_file()) {
        return Ok(fs::write(&target, content).with_context(failed)?);
    }
    if metadata.as_ref().is_some_and(|metadata| metadata.len() == content.len() as u64)
        && fs::read(&target).is_ok_and(|old| old == content)
    {
        return Ok(());
    }
    let permissions = metadata.map_or_else(|| Permissions::from_mode(NEW_FILE_MODE), |metadata| metadata.permissions());
    let mut new = Unfinished::beside(&target, permissions).with_context(failed)?;
    new.file_mut().write_all(content).with_context(failed)?;
    Ok(new.replace(&target).with_context(failed)?)
}
