//! The record store: bytes by key, kept between runs.
//!
//! The store is a cache and is never trusted. A record is checked against its own digest before anything is made of
//! it; what is missing, foreign or damaged is a miss and a warning, and the work is done again. It cannot make an
//! error, nor a wrong answer. Records are written once per run, in key order.
//!
//! `docs/store-format.md` has the layout on disk.

mod codec;
#[cfg(feature = "cache")]
mod fjall;
#[cfg(feature = "cache")]
mod inspect;
mod key;
#[cfg(feature = "cache")]
mod lock;
mod memory;
#[cfg(feature = "cache")]
mod recent;
#[cfg(feature = "cache")]
mod swap;
mod written;

use std::io;
use std::path::PathBuf;

#[cfg(feature = "cache")]
pub(crate) use self::fjall::FjallStore;
pub(crate) use codec::{Damage, Payload, Record};
pub(crate) use key::RecordKey;
pub(crate) use memory::MemoryStore;
pub(crate) use written::{WRITTEN, Written, left_key, now, short};

/// Keeps records between runs.
pub(crate) trait Store: Send + Sync {
    /// The bytes kept under this key, unchecked.
    fn get(&self, key: RecordKey) -> Result<Option<Vec<u8>>, StoreError>;

    /// Keeps these records, which ascend by key. All are there afterwards, or an error is returned and some may be.
    fn ingest(&self, records: &mut dyn Iterator<Item = (RecordKey, &[u8])>) -> Result<(), StoreError>;

    /// Makes sure that no other process is at work on the store, and keeps others out until [`Store::release`]. What
    /// another one has found out before is known now. Makes a place for records ahead where there is none.
    fn take_turn(&self) -> Result<(), StoreError>;

    /// Whether others are kept out.
    fn has_turn(&self) -> bool;

    /// Whether this process has made the store, so that what it is asked for is known without looking, even while
    /// records are written.
    fn is_own(&self) -> bool;

    /// Closes what is open and goes on keeping others out: what takes time is done then when others are let in.
    fn close(&self);

    /// Lets go of whatever other processes wait for. The next call takes it up again.
    fn release(&self);

    /// Shows every record, ascending by key, unchecked. Other processes are kept out from here to [`Store::release`].
    /// Where a part of the store cannot be read, an error is returned, and any of the records were shown; those that
    /// can be read are still found by [`Store::get`].
    fn scan(&self, visit: &mut dyn FnMut(RecordKey, &[u8])) -> Result<(), StoreError>;

    /// Makes the store anew, of the records with these keys, as far as they can be read, and of these besides; both
    /// ascend by key. It is as it was if an error is returned, and if the process is killed.
    fn rewrite(&self, kept: &[RecordKey], besides: Vec<(RecordKey, Vec<u8>)>) -> Result<(), StoreError>;

    /// Whether something in the store was found that cannot be read, so that it has to be made anew.
    fn is_damaged(&self) -> bool;

    /// How many bytes the store took when this process last wrote to it; 0 if it did not.
    fn bytes_when_written(&self) -> u64;

    /// How many bytes the store takes, on disk or in memory, also if it cannot be read as a whole.
    fn bytes(&self) -> Result<u64, StoreError>;

    /// What the store holds.
    fn statistics(&self) -> Result<StoreStatistics, StoreError>;
}

/// What a record store holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct StoreStatistics {
    /// How many records there are.
    pub records: u64,
    /// How many bytes they take on disk.
    pub disk_bytes: u64,
}

/// Why the record store cannot be used. Work goes on without it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process kept the store open for longer than we are willing to wait.
    #[error("the store at {path} is in use by another process")]
    Busy {
        /// The store's directory.
        path: PathBuf,
    },
    /// The store's files cannot be read or written.
    #[error("the store at {path} cannot be used: {source}")]
    Io {
        /// The store's directory.
        path: PathBuf,
        /// What the operating system said.
        source: io::Error,
    },
    /// The store's files are not what they should be.
    #[error("the store at {path} is damaged: {detail}")]
    Damaged {
        /// The store's directory.
        path: PathBuf,
        /// What was found.
        detail: String,
    },
}
