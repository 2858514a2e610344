//! Gathers events into bursts.
//!
//! A saved file is three to six events within a millisecond, a switch of branches thousands within a second, and each
//! is to be one build. A burst ends when nothing has happened for a while. Which events they were does not matter, only
//! where: the engine looks at a path and sees for itself what became of it. So there is nothing to pair or to sort,
//! which is what the debouncers that come with notify are for.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::{Duration, Instant};

/// A burst of more paths than this is a large operation, such as a switch of branches: it is given longer to end.
const LARGE_BURST: usize = 64;
/// How many times as long.
const LARGE_BURST_PATIENCE: u32 = 5;
/// From this many paths on it takes longer to look at each than to walk: homeassistant, 8,000 files, is walked in 20
/// ms.
const WALK_FROM: usize = 1000;
/// Where something happens all the time, there is a build at least this often.
const LONGEST_BURST: Duration = Duration::from_secs(2);

/// What is told from outside.
#[derive(Debug)]
pub(crate) enum Notice {
    /// Something happened at this path.
    Changed(PathBuf),
    /// More happened than could be told.
    Lost,
    /// Changes can no longer be told.
    Failed(notify::Error),
    /// The user, or the system, wants the program to end.
    Interrupted,
}

/// What changed, as far as it is known.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Changes {
    /// At these paths, absolute.
    At(BTreeSet<PathBuf>),
    /// Anywhere.
    Anywhere,
}

/// Why a wait ended.
#[derive(Debug)]
pub(crate) enum Wake {
    Changed(Changes),
    /// Nothing happened for as long as was to be waited.
    Idle,
    Failed(notify::Error),
    Interrupted,
}

/// Where notices arrive.
#[derive(Debug)]
pub(crate) struct Inbox {
    notices: Receiver<Notice>,
    quiet: Duration,
}

impl Inbox {
    /// Gathers what arrives until nothing has for as long as `quiet`.
    pub(crate) fn new(notices: Receiver<Notice>, quiet: Duration) -> Self {
        Self { notices, quiet }
    }

    /// Waits for the next burst and for its end; at most for `idle`, if given, for its beginning.
    pub(crate) fn wait(&self, idle: Option<Duration>) -> Wake {
        let first = match idle {
            None => self.notices.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(idle) => self.notices.recv_timeout(idle),
        };
        let mut next = match first {
            Ok(notice) => notice,
            Err(RecvTimeoutError::Timeout) => return Wake::Idle,
            Err(RecvTimeoutError::Disconnected) => return Wake::Interrupted,
        };
        let end = Instant::now() + LONGEST_BURST;
        let mut changes = Changes::At(BTreeSet::new());
        loop {
            match next {
                Notice::Changed(path) => changes.add(path),
                Notice::Lost => changes = Changes::Anywhere,
                Notice::Failed(error) => return Wake::Failed(error),
                Notice::Interrupted => return Wake::Interrupted,
            }
            let quiet = if changes.is_large() { self.quiet * LARGE_BURST_PATIENCE } else { self.quiet };
            let left = end.saturating_duration_since(Instant::now());
            // Where there is always something, the time that is left would never be waited.
            let more = if left.is_zero() { None } else { self.notices.recv_timeout(quiet.min(left)).ok() };
            match more {
                Some(notice) => next = notice,
                None => return Wake::Changed(changes),
            }
        }
    }
}

impl Changes {
    fn add(&mut self, path: PathBuf) {
        let Self::At(paths) = self else { return };
        paths.insert(path);
        if paths.len() > WALK_FROM {
            *self = Self::Anywhere;
        }
    }

    fn is_large(&self) -> bool {
        match self {
            Self::At(paths) => paths.len() > LARGE_BURST,
            Self::Anywhere => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    fn changed(path: &str) -> Notice {
        Notice::Changed(path.into())
    }

    /// What one wait makes of notices that are there already.
    fn wake(notices: impl IntoIterator<Item = Notice>) -> Wake {
        let (sender, receiver) = mpsc::channel();
        notices.into_iter().for_each(|notice| sender.send(notice).unwrap());
        Inbox::new(receiver, Duration::from_millis(1)).wait(Some(Duration::ZERO))
    }

    #[test]
    fn events_in_quick_succession_are_one_burst_and_each_path_is_in_it_once() {
        let Wake::Changed(changes) = wake(["b", "a", "b"].map(changed)) else { panic!("there is a burst") };
        assert_eq!(changes, Changes::At(["a", "b"].map(PathBuf::from).into()));
    }

    #[test]
    fn too_many_paths_and_lost_events_are_a_change_anywhere() {
        let many = (0..=WALK_FROM).map(|number| changed(&number.to_string()));
        assert!(matches!(wake(many), Wake::Changed(Changes::Anywhere)));
        assert!(matches!(wake([Notice::Lost, changed("a")]), Wake::Changed(Changes::Anywhere)));
    }

    #[test]
    fn an_interruption_does_not_wait_for_the_end_of_a_burst() {
        assert!(matches!(wake([changed("a"), Notice::Interrupted]), Wake::Interrupted));
        assert!(matches!(wake([]), Wake::Idle));
    }

    #[test]
    fn where_something_happens_all_the_time_a_burst_ends_nevertheless() {
        let (sender, receiver) = mpsc::channel();
        let endless = std::thread::spawn(move || while sender.send(changed("a")).is_ok() {});
        let started = Instant::now();
        assert!(matches!(Inbox::new(receiver, Duration::from_secs(60)).wait(None), Wake::Changed(_)));
        assert!(started.elapsed() < 2 * LONGEST_BURST);
        endless.join().unwrap();
    }
}
