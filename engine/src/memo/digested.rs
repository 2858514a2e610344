//! A result with its digest now and its value when asked for.

use std::fmt;
use std::sync::Arc;

use super::{Inputs, Memo, Output, Stage};
use crate::digest::Digest;
use crate::store::RecordKey;

/// A stage's result: its digest, and its value when asked for. Cheap to clone; equal if the digests are.
pub struct Digested<O> {
    digest: Digest,
    value: Arc<dyn Load<O>>,
}

impl<O: Output> Digested<O> {
    pub(super) fn new<I: Inputs>(digest: Digest, thunk: Thunk<I, O>) -> Self {
        Self { digest, value: Arc::new(thunk) }
    }

    /// A result with this digest that `load` produces.
    pub(crate) fn loaded_by(digest: Digest, load: impl Fn(Digest) -> Arc<O> + Send + Sync + 'static) -> Self {
        Self { digest, value: Arc::new(load) }
    }

    /// The digest of the result.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The result itself: from memory, else from the store, else computed again.
    #[must_use]
    pub fn value(&self) -> Arc<O> {
        self.value.load(self.digest)
    }
}

impl<O> Clone for Digested<O> {
    fn clone(&self) -> Self {
        Self { digest: self.digest, value: self.value.clone() }
    }
}

impl<O> PartialEq for Digested<O> {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl<O> Eq for Digested<O> {}

impl<O> fmt::Debug for Digested<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Digested").field(&self.digest).finish()
    }
}

/// Produces a result's value. Forgets of the stage's inputs all but that they exist.
trait Load<O>: Send + Sync {
    fn load(&self, digest: Digest) -> Arc<O>;
}

/// What it takes to produce a result's value.
pub(super) struct Thunk<I, O> {
    pub(super) memo: Memo,
    pub(super) stage: Stage<I, O>,
    pub(super) inputs: I,
    pub(super) key: RecordKey,
}

impl<I: Inputs, O: Output> Load<O> for Thunk<I, O> {
    fn load(&self, digest: Digest) -> Arc<O> {
        let kept = self.memo.kept_value(self.key, digest);
        kept.unwrap_or_else(|| self.memo.compute(self.stage, &self.inputs, self.key).value)
    }
}

impl<O, F: Fn(Digest) -> Arc<O> + Send + Sync> Load<O> for F {
    fn load(&self, digest: Digest) -> Arc<O> {
        self(digest)
    }
}
