//! The directories that wait to be walked, and who is at work.
//!
//! They are on one stack under one lock. **Invariant: the queue ends for all workers at once**, when it is empty and
//! none is left that could still find a directory, be it that the others are done or that they panicked.

use std::sync::atomic::AtomicUsize;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use super::rules::{Included, Scope};

/// A directory to be walked.
pub(super) struct Task {
    pub(super) block: usize,
    pub(super) full_path: String,
    pub(super) parent: Scope,
    pub(super) included: Included,
}

/// The directories that wait, and who is at work.
pub(super) struct Queue {
    state: Mutex<QueueState>,
    changed: Condvar,
    /// How many directories were found so far; each has its number.
    pub(super) directories: AtomicUsize,
}

struct QueueState {
    tasks: Vec<Task>,
    /// Workers that may still find directories.
    working: usize,
    /// Workers that wait for one.
    idle: usize,
}

impl Queue {
    /// The queue of one worker that is about to walk the root, which has the first number.
    pub(super) fn new() -> Self {
        let state = QueueState { tasks: Vec::new(), working: 1, idle: 0 };
        Self { state: Mutex::new(state), changed: Condvar::new(), directories: AtomicUsize::new(1) }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a worker in.
    pub(super) fn enter(&self) {
        self.lock().working += 1;
    }

    /// Counts a worker out that did not see the end: [`Queue::pop`] counts out those that do.
    pub(super) fn leave(&self) {
        self.lock().working -= 1;
        self.changed.notify_all();
    }

    /// Adds directories and tells how many wait.
    pub(super) fn push(&self, tasks: impl Iterator<Item = Task>) -> usize {
        let mut state = self.lock();
        state.tasks.extend(tasks);
        let (waiting, idle) = (state.tasks.len(), state.idle);
        drop(state);
        // Waking is a call to the kernel even when nobody sleeps.
        for _ in 0..waiting.min(idle) {
            self.changed.notify_one();
        }
        waiting
    }

    /// Takes a directory; waits while there is none but a worker may still find some. `None` when all is done.
    pub(super) fn pop(&self) -> Option<Task> {
        let mut state = self.lock();
        if let Some(task) = state.tasks.pop() {
            return Some(task);
        }
        state.working -= 1;
        state.idle += 1;
        while state.tasks.is_empty() && state.working > 0 {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.idle -= 1;
        let task = state.tasks.pop();
        match task {
            Some(_) => state.working += 1,
            None => self.changed.notify_all(),
        }
        task
    }
}

/// Counts a worker out if it ends by a panic, so that the others do not wait for it.
pub(super) struct Departure<'a>(pub(super) &'a Queue);

impl Drop for Departure<'_> {
    fn drop(&mut self) {
        if thread::panicking() {
            self.0.leave();
        }
    }
}
