//! A stage: a plain function with a name and a version.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::digest::Fingerprint;
use crate::store::RecordKey;

/// What a stage computes from: plain data and [`Digested`](super::Digested) results of other stages.
pub trait Inputs: Clone + Send + Sync + 'static {
    /// Takes in the digest of everything that can influence the result.
    fn fingerprint(&self, into: &mut Fingerprint);
}

/// What a stage computes: plain data with a postcard form.
pub trait Output: Serialize + DeserializeOwned + Send + Sync + 'static {}

impl<T: Serialize + DeserializeOwned + Send + Sync + 'static> Output for T {}

/// A persisted computation: a name, a version, and a function of digested inputs.
///
/// The function must be pure. It is a `fn` pointer, so it cannot capture anything; it must not read files, clocks or
/// globals either. Its results are kept under the name, the version and the digest of the inputs: raise the version
/// whenever the function, or the form of what it returns, changes.
#[derive(Debug)]
pub struct Stage<I, O> {
    name: &'static str,
    version: u32,
    run: Run<I, O>,
}

#[derive(Debug)]
enum Run<I, O> {
    Always(fn(&I) -> O),
    Attempt(fn(&I) -> Attempt<O>),
}

/// What a stage returns that can meet with an accident.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt<O> {
    /// The result, which the same inputs would give again.
    Done(O),
    /// The result to answer with this time. It is not stored: the same inputs need not give it again.
    Accident(O),
}

impl<I, O> Clone for Stage<I, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I, O> Copy for Stage<I, O> {}

impl<I, O> Clone for Run<I, O> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<I, O> Copy for Run<I, O> {}

impl<I, O> Stage<I, O> {
    /// A stage with this name, unique in the process, and this version.
    pub const fn new(name: &'static str, version: u32, run: fn(&I) -> O) -> Self {
        Self { name, version, run: Run::Always(run) }
    }

    /// A stage that can meet with an accident.
    pub const fn fallible(name: &'static str, version: u32, run: fn(&I) -> Attempt<O>) -> Self {
        Self { name, version, run: Run::Attempt(run) }
    }

    /// The stage's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The name and the version.
    pub(crate) const fn identity(&self) -> (&'static str, u32) {
        (self.name, self.version)
    }

    pub(super) fn run(&self, inputs: &I) -> Attempt<O> {
        match self.run {
            Run::Always(run) => Attempt::Done(run(inputs)),
            Run::Attempt(run) => run(inputs),
        }
    }
}

impl<I: Inputs, O> Stage<I, O> {
    pub(super) fn key(&self, inputs: &I) -> RecordKey {
        RecordKey::new(self.name, self.version, |into| inputs.fingerprint(into))
    }
}
