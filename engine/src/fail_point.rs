//! Named places at which a test ends the process, as a crash would.
//!
//! Nothing of this is compiled but with the feature `fail-points`, which only tests of the command line turn on. A
//! process then kills itself at the point that [`VARIABLE`] names, or when it comes by that point for the nth time
//! (`record-written:3`). The points, in the order in which a run comes by them:
//!
//! | point | what is on disk then |
//! |---|---|
//! | `directory-made` | the cache directory without its marks |
//! | `marks-written` | the cache directory |
//! | `store-locked` | the lock file |
//! | `store-emptied` | no store, where there was a damaged one |
//! | `store-made` | where there was no store, one with no records beside its place |
//! | `store-opened` | the store as it was, or one with no records |
//! | `ingestion-begun` | the same, and an empty table |
//! | `record-written` | the same, and a table with some records, which the store does not know of |
//! | `records-written` | the same with all of them |
//! | `ingested` | the store with the new records |
//! | `written-early` | of a first build, the store with some of its records |
//! | `merged` | the same in one table |
//! | `recent-removed` | the same without the file of recent records |
//! | `recent-opened` | of a run with few records, the file of recent records as it was, or empty |
//! | `recent-part-written` | the same and the first half of the new entries, of which one is not whole |
//! | `recent-written` | the same and all of them |
//! | `base-begun` | an empty file beside the manifest, if it is to have another base |
//! | `base-part-written` | the base's header, then with one chunk after the other |
//! | `base-written` | all of it |
//! | `base-synced` | the same |
//! | `base-renamed` | the base under its name, of which no manifest speaks |
//! | `fresh-opened` | where garbage is collected: beside the store one with no records |
//! | `fresh-record-written` | the same, and a table with some of what is kept, which that store does not know of |
//! | `fresh-written` | the store, and beside it one with all that is kept |
//! | `store-set-aside` | the store under another name, and the fresh one |
//! | `store-swapped` | the fresh store in its place, and the one before beside it |
//! | `old-store-removed` | the fresh store |
//! | `manifest-begun` | an empty file beside the manifest |
//! | `manifest-part-written` | the next manifest's header beside this one |
//! | `manifest-written` | all of it |
//! | `manifest-renamed` | the next manifest in the place of this one |
//! | `bases-removed` | the same without the base of the one before |

/// The environment variable that names a point.
#[cfg(feature = "fail-points")]
const VARIABLE: &str = "ESKER_FAIL_POINT";

/// Ends the process if this point was asked for.
#[cfg(feature = "fail-points")]
pub(crate) fn reach(point: &str) {
    use std::sync::atomic::{AtomicUsize, Ordering};

    static REACHED: AtomicUsize = AtomicUsize::new(0);
    let Ok(wanted) = std::env::var(VARIABLE) else { return };
    let (name, count) = wanted.split_once(':').unwrap_or((&wanted, "1"));
    if name == point && count.parse() == Ok(REACHED.fetch_add(1, Ordering::SeqCst) + 1) {
        _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
        // The signal need not arrive at once, and nothing must happen after the point.
        std::thread::park();
    }
}

/// How many bytes of records a test lets wait beside the store, instead of so many.
#[cfg(feature = "fail-points")]
pub(crate) fn recent_bytes(otherwise: usize) -> usize {
    std::env::var("ESKER_RECENT_BYTES").ok().and_then(|bytes| bytes.parse().ok()).unwrap_or(otherwise)
}

/// So many.
#[cfg(all(feature = "cache", not(feature = "fail-points")))]
#[inline]
pub(crate) fn recent_bytes(otherwise: usize) -> usize {
    otherwise
}

/// How many bytes of records a test has written before the run ends, instead of so many.
#[cfg(feature = "fail-points")]
pub(crate) fn early_bytes(otherwise: usize) -> usize {
    std::env::var("ESKER_EARLY_BYTES").ok().and_then(|bytes| bytes.parse().ok()).unwrap_or(otherwise)
}

/// So many.
#[cfg(not(feature = "fail-points"))]
#[inline]
pub(crate) fn early_bytes(otherwise: usize) -> usize {
    otherwise
}

/// Does nothing: fail points are not compiled in.
#[cfg(not(feature = "fail-points"))]
#[inline]
pub(crate) fn reach(_: &str) {}
