//! What another thread can see of a run, and how it can hold a run off the disk.
//!
//! A run leaves word here of what it does and how far it is; whoever wants to show that looks as often as it likes. So
//! a run calls nobody back, and what it pays is one addition for each file that it looks at.

use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// How often a thread that waits for the end of a write looks.
const WRITE_POLL: Duration = Duration::from_millis(2);

/// What a run is at, in the order in which a run goes through it; what is not needed is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
    /// Nothing.
    Idle,
    /// Finding out which files may have changed.
    Detect,
    /// Waiting for another process that is at work on the cache.
    Wait,
    /// Looking at files that may have changed: reading them, and where they did change, parsing them and locating their
    /// imports.
    Analyze,
    /// Locating the imports of files that did not change themselves.
    Relink,
    /// Finding out what references stand for.
    Resolve,
    /// Putting the results together.
    Assemble,
    /// Writing new results to the cache.
    Store,
    /// Answering questions about the inside of files.
    Query,
}

const PHASES: [Phase; 9] = [
    Phase::Idle,
    Phase::Detect,
    Phase::Wait,
    Phase::Analyze,
    Phase::Relink,
    Phase::Resolve,
    Phase::Assemble,
    Phase::Store,
    Phase::Query,
];

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// What it is at.
    pub phase: Phase,
    /// How many files this phase is done with, at most `total`. Where `total` is 0, how often a file was looked into.
    pub done: usize,
    /// How many files this phase concerns; 0 where that is not known or the phase does not go file by file.
    pub total: usize,
}

/// What another thread can see of the runs of an engine, and how it can hold them off the disk.
#[derive(Debug, Default)]
pub struct Monitor {
    phase: AtomicU8,
    done: AtomicUsize,
    total: AtomicUsize,
    writing: Mutex<()>,
}

impl Monitor {
    /// Returns how far the current run is. Cheap; never waits. Numbers of a phase that just begins may still be those
    /// of the one before.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let phase = PHASES.get(usize::from(self.phase.load(Ordering::Relaxed))).copied().unwrap_or(Phase::Idle);
        let total = self.total.load(Ordering::Relaxed);
        let limit = if total == 0 { usize::MAX } else { total };
        Progress { phase, done: self.done.load(Ordering::Relaxed).min(limit), total }
    }

    /// Waits until nothing is being written to the cache directory, and keeps everything from being written from then
    /// on: a run that gets there waits forever. For a process that is about to end, so that it leaves the cache as the
    /// last write left it. `false` if the time was too short; nothing is kept from writing then.
    ///
    /// A process that is killed without this leaves a cache that is as right, but files in it that nobody needs.
    #[must_use]
    pub fn stop_writing(&self, timeout: Duration) -> bool {
        let start = Instant::now();
        loop {
            match self.writing.try_lock() {
                Err(TryLockError::WouldBlock) if start.elapsed() < timeout => std::thread::sleep(WRITE_POLL),
                Err(TryLockError::WouldBlock) => return false,
                Ok(guard) => {
                    std::mem::forget(guard);
                    return true;
                }
                Err(TryLockError::Poisoned(poisoned)) => {
                    std::mem::forget(poisoned.into_inner());
                    return true;
                }
            }
        }
    }

    /// Begins a phase that concerns this many files.
    pub(crate) fn enter(&self, phase: Phase, total: usize) {
        self.total.store(0, Ordering::Relaxed);
        self.done.store(0, Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
    }

    /// Counts a file of the current phase as done.
    pub(crate) fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    /// Is to be held while something is written to the cache directory.
    pub(crate) fn writing(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The same for what need not be written now, if nothing is being written nor kept from it.
    pub(crate) fn try_writing(&self) -> Option<MutexGuard<'_, ()>> {
        match self.writing.try_lock() {
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Ok(guard) => Some(guard),
        }
    }
}

/// Tells that nothing is being done any more when it goes, however a run ends.
pub(crate) struct Busy(std::sync::Arc<Monitor>);

impl Busy {
    pub(crate) fn new(monitor: &std::sync::Arc<Monitor>) -> Self {
        Self(monitor.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.enter(Phase::Idle, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_stand_at_their_numbers() {
        assert!(PHASES.iter().enumerate().all(|(number, phase)| *phase as usize == number));
    }

    #[test]
    fn progress_is_that_of_the_current_phase() {
        let monitor = Monitor::default();
        monitor.enter(Phase::Analyze, 2);
        (0..3).for_each(|_| monitor.step());
        assert_eq!(monitor.progress(), Progress { phase: Phase::Analyze, done: 2, total: 2 });
        monitor.enter(Phase::Resolve, 7);
        assert_eq!(monitor.progress(), Progress { phase: Phase::Resolve, done: 0, total: 7 });
    }

    #[test]
    fn without_a_total_all_is_counted() {
        let monitor = Monitor::default();
        monitor.enter(Phase::Query, 0);
        (0..3).for_each(|_| monitor.step());
        assert_eq!(monitor.progress(), Progress { phase: Phase::Query, done: 3, total: 0 });
    }

    #[test]
    fn a_write_is_waited_for_and_is_the_last_one() {
        let monitor = Monitor::default();
        let writing = monitor.writing();
        assert!(!monitor.stop_writing(Duration::ZERO));
        drop(writing);
        assert!(monitor.stop_writing(Duration::ZERO));
        assert!(monitor.writing.try_lock().is_err());
    }
}
