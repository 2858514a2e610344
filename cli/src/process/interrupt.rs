//! Ctrl-C and requests to end: the cache stays whole, and no unfinished file is left behind.
//!
//! A thread waits for the signals SIGINT and SIGTERM. When one comes, it lets a write to the cache directory come to
//! its end and keeps another one from beginning, removes the files of [`Unfinished`], and ends the process by the same
//! signal: so a shell that runs a script knows that it was interrupted, and says 130. A second signal is not waited
//! with. A program that runs until it is interrupted says so by [`end_by`], and ends by itself.

use std::fs::{self, File, Permissions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, Once, OnceLock, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use tempfile::{NamedTempFile, PersistError};

use super::jobserver;
use crate::terminal::progress;

/// How long a write to the cache directory is waited for. One takes a fraction of this even on a slow disk; a disk that
/// hangs must not keep the process.
const PATIENCE: Duration = Duration::from_secs(2);
/// How often a second signal is looked for meanwhile.
const GLANCE: Duration = Duration::from_millis(20);

/// What the exit code of a process that a signal ended is above, as shells have it.
const SIGNAL_EXIT_CODE: i32 = 128;

/// Asks the program to end by itself.
type Ask = Box<dyn Fn() + Send>;

static HANDLER: Once = Once::new();
/// Set once signals are minded, or it is clear that they will not be.
static SETTLED: OnceLock<()> = OnceLock::new();
/// The paths of files that are being written.
static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// How the program is asked to end by itself, if it can be.
static ASK: Mutex<Option<Ask>> = Mutex::new(None);

/// Minds signals from now on, for a program that is to run until there is one: it is asked to end by itself. If it does
/// not within a short time, being at work, or if there is a second signal, it is ended like any other.
pub(crate) fn end_by(ask: impl Fn() + Send + 'static) {
    *ASK.lock().unwrap_or_else(PoisonError::into_inner) = Some(Box::new(ask));
    handle();
}

/// Minds signals from now on, give or take the start of a thread: runs in which nothing changed take little longer than
/// to set this up, so that nobody waits for it. A signal that is not minded yet ends the process at once.
pub(crate) fn handle() {
    HANDLER.call_once(|| {
        let minded = || {
            let signals = Signals::new([SIGINT, SIGTERM]);
            _ = SETTLED.set(());
            match signals {
                Ok(signals) => wait(signals),
                Err(error) => tracing::debug!("signals are not handled: {error}"),
            }
        };
        // Without the thread they go on ending the process at once.
        if thread::Builder::new().name("esker-signals".to_owned()).spawn(minded).is_err() {
            _ = SETTLED.set(());
        }
    });
}

/// The same, for whoever is about to begin what must not be left behind: returns when signals are minded.
pub(crate) fn handle_now() {
    handle();
    SETTLED.wait();
}

fn wait(mut signals: Signals) {
    let Some(signal) = signals.forever().next() else { return };
    if let Some(ask) = &*ASK.lock().unwrap_or_else(PoisonError::into_inner) {
        ask();
        let asked = Instant::now();
        while asked.elapsed() < PATIENCE && signals.pending().next().is_none() {
            thread::sleep(GLANCE);
        }
    }
    let start = Instant::now();
    while !progress::monitor().stop_writing(GLANCE) && start.elapsed() < PATIENCE && signals.pending().next().is_none()
    {
    }
    // Held to the end, so that no other file is begun.
    let unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
    for path in &*unfinished {
        // It may have got its final name already.
        _ = fs::remove_file(path);
    }
    progress::end();
    jobserver::give_back();
    _ = signal_hook::low_level::emulate_default_handler(signal);
    std::process::exit(SIGNAL_EXIT_CODE + signal);
}

/// A file that is being written beside the one that it is to become. It is removed if it does not get there.
#[derive(Debug)]
pub(crate) struct Unfinished {
    /// `None` once it has its final name.
    file: Option<NamedTempFile>,
    path: PathBuf,
}

impl Unfinished {
    /// Begins a file that is to become `target`.
    ///
    /// # Errors
    ///
    /// If none can be made in that directory.
    pub(crate) fn beside(target: &Path, permissions: Permissions) -> io::Result<Self> {
        let directory = target.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        handle_now();
        // Made under the lock, so that there is no moment in which it is there and not known of.
        let mut unfinished = UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner);
        let file = tempfile::Builder::new().prefix(".esker-").permissions(permissions).tempfile_in(directory);
        let file = file.map_err(without_path)?;
        let path = file.path().to_owned();
        unfinished.push(path.clone());
        Ok(Self { file: Some(file), path })
    }

    pub(crate) fn file(&self) -> &File {
        self.named().as_file()
    }

    pub(crate) fn file_mut(&mut self) -> &mut File {
        self.file.as_mut().expect("invariant: it has its final name only when it is gone").as_file_mut()
    }

    fn named(&self) -> &NamedTempFile {
        self.file.as_ref().expect("invariant: it has its final name only when it is gone")
    }

    /// Puts the file in its place, in one step.
    pub(crate) fn replace(self, target: &Path) -> io::Result<()> {
        self.put(|file| file.persist(target))
    }

    /// Puts the file in its place unless there is one already.
    pub(crate) fn put_new(self, target: &Path) -> io::Result<()> {
        self.put(|file| file.persist_noclobber(target))
    }

    fn put(mut self, put: impl FnOnce(NamedTempFile) -> Result<File, PersistError>) -> io::Result<()> {
        self.file.take().map_or(Ok(()), |file| put(file).map(drop).map_err(|error| error.error))
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        drop(self.file.take());
        UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner).retain(|path| *path != self.path);
    }
}

/// The error itself, where it names a file that nobody has heard of.
fn without_path(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((what, _)) => io::Error::new(error.kind(), what),
        None => error,
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn is_known(path: &Path) -> bool {
        UNFINISHED.lock().unwrap().iter().any(|known| known == path)
    }

    #[test]
    fn an_unfinished_file_is_known_until_it_has_its_name() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("answer");
        let file = Unfinished::beside(&target, Permissions::from_mode(0o600)).unwrap();
        let path = file.path.clone();
        assert!(is_known(&path));
        file.replace(&target).unwrap();
        assert!(!is_known(&path) && target.exists() && !path.exists());
    }

    #[test]
    fn a_file_that_is_given_up_is_removed() {
        let directory = tempfile::tempdir().unwrap();
        let target = directory.path().join("answer");
        let begin = || Unfinished::beside(&target, Permissions::from_mode(0o600)).unwrap();
        let given_up = begin();
        let path = given_up.path.clone();
        drop(given_up);
        assert!(!is_known(&path) && !path.exists());
        fs::write(&target, "old").unwrap();
        assert_eq!(begin().put_new(&target).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(directory.path().read_dir().unwrap().count(), 1);
    }
}
