//! Work on many files at once.

use rayon::ThreadPool;
use rayon::prelude::*;

use crate::db::{Database, Db};

/// How many items a thread takes on before others can help out. Without a limit it is a quarter of them, and of two
/// threads one waits for the other at the end: for 66 ms of the first pass over homeassistant, 39 of the second.
const TAKEN_ON: usize = 16;

/// Works on items with clones of the database; the clones are gone when it returns.
pub(super) fn in_parallel<T: Sync, R: Send>(
    pool: &ThreadPool,
    db: &Database,
    items: &[T],
    work: impl Fn(&Database, &T) -> R + Send + Sync,
) -> Vec<R> {
    spread(pool, db, items, TAKEN_ON, |db, item| {
        let result = work(db, item);
        db.fixed().monitor.step();
        result
    })
}

/// The same, where a thread takes on so many items at a time, and counts no steps.
pub(super) fn spread<T: Sync, R: Send>(
    pool: &ThreadPool,
    db: &Database,
    items: &[T],
    taken_on: usize,
    work: impl Fn(&Database, &T) -> R + Send + Sync,
) -> Vec<R> {
    // To wake the threads up takes longer than many a run has to do.
    if items.is_empty() {
        return Vec::new();
    }
    let db = db.clone();
    pool.install(move || items.par_iter().with_max_len(taken_on).map_with(db, |db, item| work(db, item)).collect())
}
