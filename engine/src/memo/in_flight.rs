//! One thread at a time for each result, so that files with the same content are not analyzed side by side.
//!
//! **Invariant: no thread waits here while it holds a turn that the one it waits for needs.** A stage asks for the
//! values of its inputs without taking turns, and queries hold no turn when they ask for results.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::store::RecordKey;

/// The results that some thread is at.
#[derive(Default)]
pub(super) struct InFlight {
    state: Mutex<State>,
    ended: Condvar,
}

#[derive(Default)]
struct State {
    keys: HashSet<RecordKey, rustc_hash::FxBuildHasher>,
    /// How many threads wait. To wake threads costs a call to the kernel even where there are none.
    waiting: usize,
}

/// The right to look for a result and to compute it. Ends when it is dropped, by a panic too.
pub(super) struct Turn<'a> {
    in_flight: &'a InFlight,
    key: RecordKey,
}

impl InFlight {
    /// Waits until no other thread is at this result.
    pub(super) fn wait_for_turn(&self, key: RecordKey) -> Turn<'_> {
        let mut state = self.lock();
        while !state.keys.insert(key) {
            state.waiting += 1;
            state = self.ended.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.waiting -= 1;
        }
        Turn { in_flight: self, key }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.in_flight.lock();
        state.keys.remove(&self.key);
        let is_awaited = state.waiting > 0;
        drop(state);
        if is_awaited {
            self.in_flight.ended.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn one_thread_at_a_time_has_the_turn() {
        let in_flight = InFlight::default();
        let key = RecordKey::new("s", 1, |_| ());
        let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let _turn = in_flight.wait_for_turn(key);
                    most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    std::thread::yield_now();
                    inside.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert_eq!(most.into_inner(), 1);
    }
}
