//! What fjall's errors and panics tell of the store.
//!
//! A damaged store is emptied or written anew. What may pass, such as a full disk, must not be taken for damage.

use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::Ordering;

use super::FjallStore;
use crate::store::StoreError;

impl FjallStore {
    /// Calls into fjall, turning its errors and its panics into ours.
    pub(super) fn guarded<T>(&self, call: impl FnOnce() -> fjall::Result<T>) -> Result<T, StoreError> {
        match panic::catch_unwind(AssertUnwindSafe(call)) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(fjall::Error::Io(source) | fjall::Error::Storage(fjall::LsmError::Io(source)))) => {
                Err(self.io(source))
            }
            Ok(Err(fjall::Error::Storage(fjall::LsmError::ChecksumMismatch { .. }))) => {
                Err(self.damaged("a part of it is not what it was when it was written"))
            }
            Ok(Err(fjall::Error::Locked)) => Err(StoreError::Busy { path: self.directory.clone() }),
            Ok(Err(error)) => Err(self.damaged(&format!("{error:?}"))),
            Err(_) => Err(self.damaged("fjall panicked")),
        }
    }

    pub(super) fn io(&self, source: io::Error) -> StoreError {
        StoreError::Io { path: self.directory.clone(), source }
    }

    pub(super) fn damaged(&self, detail: &str) -> StoreError {
        StoreError::Damaged { path: self.directory.clone(), detail: detail.to_owned() }
    }

    /// Remembers that the store has to be made anew, if that is what an error says.
    pub(super) fn noting_damage<T>(&self, result: Result<T, StoreError>) -> Result<T, StoreError> {
        result.map_err(|error| match error {
            StoreError::Io { path, source } if tells_of_damage_to_blocks(&source) => {
                self.is_damaged.store(true, Ordering::Relaxed);
                StoreError::Damaged { path, detail: source.to_string() }
            }
            StoreError::Damaged { .. } => {
                self.is_damaged.store(true, Ordering::Relaxed);
                error
            }
            error => error,
        })
    }
}

/// Whether a store with this error is to be made anew. One that cannot be opened because a disk is full, permissions
/// are missing or too many files are open may be as good as ever.
pub(super) fn tells_of_damage(error: &StoreError) -> bool {
    match error {
        StoreError::Damaged { .. } => true,
        StoreError::Busy { .. } => false,
        StoreError::Io { source, .. } => matches!(
            source.kind(),
            io::ErrorKind::AlreadyExists
                | io::ErrorKind::InvalidData
                | io::ErrorKind::InvalidInput
                | io::ErrorKind::IsADirectory
                | io::ErrorKind::NotADirectory
                | io::ErrorKind::NotFound
                | io::ErrorKind::UnexpectedEof
        ),
    }
}

/// Whether an error at reading blocks tells that they are not what was written: what a table lists is beyond its end.
fn tells_of_damage_to_blocks(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}
