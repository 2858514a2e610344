//! The second door: results of functions that find out while they run what they depend on.
//!
//! A [`Traced`] function cannot list its inputs beforehand: it asks *questions* as it goes. Its record is kept under
//! what is known before it runs, the questions that it asked, and the answers that it got. The questions lie in the
//! record itself, so that it is found again by putting the questions of an earlier record anew: if the answers make the
//! key of a record that is there, that record is the result.
//!
//! **Why that is right:** a record under a key was made by a run that knew exactly this, asked exactly these questions
//! in some order and got exactly these answers. The function is deterministic, so that a run now would begin with the
//! same question as that one did, get the same answer, ask the same question next, and end with the same result. Which
//! earlier record the questions are taken from is therefore of no consequence for what is answered, only for whether it
//! is found. The hints are: the key that the caller remembers, then the keys under which the last results for the same
//! known part were kept, newest first. Of those with the same questions only one is tried, because all of them lead to
//! the same key: a name that was edited ten times costs a look and not ten.

use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::{How, Memo, Output};
use crate::digest::{Digest, Fingerprint};
use crate::store::{Record, RecordKey};

/// How many keys are remembered for each known part. As many states of what a file depends on can alternate without
/// anything being computed twice, as when one switches between branches.
const REMEMBERED: usize = 8;

/// A function that finds out while it runs what it depends on, applied to something.
pub(crate) trait Traced {
    /// What it computes, with the questions that it asked. Equal if they are.
    type Output: Output;

    /// Its name, unique in the process.
    const NAME: &'static str;

    /// Its version. Raise it whenever the function, or the form of what it returns, changes.
    const VERSION: u32;

    /// The name under which keys are remembered.
    const HINTS: &'static str;

    /// Takes in the digest of everything that is known before it runs.
    fn known(&self, into: &mut Fingerprint);

    /// Asks the questions of an earlier result: the digest of these questions and the answers of now; `None` if some
    /// question makes no sense here.
    fn replay(&mut self, earlier: &Self::Output) -> Option<Digest>;

    /// Runs the function.
    fn run(&mut self) -> Ran<Self::Output>;
}

/// A record that a result may be found again by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Hint {
    key: RecordKey,
    /// A hash of the questions in the record. Should two lists have the same, one of them is not tried.
    questions: u64,
}

/// What a traced function returned.
pub(crate) struct Ran<O> {
    pub(crate) output: O,
    /// A hash of the questions asked.
    pub(crate) questions: u64,
    /// The digest of the questions asked and the answers, as [`Traced::replay`] takes it.
    pub(crate) trace: Digest,
    /// Whether the result is an accident's: it is answered with but not kept.
    pub(crate) accident: bool,
}

/// A traced function's result, and how it was come by.
pub(crate) struct TracedResult<O> {
    pub(crate) value: Arc<O>,
    pub(crate) digest: Digest,
    pub(crate) key: RecordKey,
    pub(crate) how: How,
    pub(crate) accident: bool,
}

/// Where the questions of an earlier record lead.
enum Again<O> {
    /// There is no such record.
    NoRecord,
    /// To no record that is there.
    InVain,
    Found(TracedResult<O>),
}

impl Memo {
    /// The result of a traced function: found by a hint, or computed now and queued for the store.
    pub(crate) fn traced<T: Traced>(&self, subject: &mut T, hint: Option<RecordKey>) -> TracedResult<T::Output> {
        let hints = RecordKey::new(T::HINTS, T::VERSION, |into| subject.known(into));
        let _turn = self.shared.in_flight.wait_for_turn(hints);
        let counters = self.shared.metrics.stage(T::NAME);
        let start = Instant::now();
        let (mut found, in_vain) = match hint.map(|hint| self.asked_again(subject, hint)) {
            Some(Again::Found(found)) => (Some(found), None),
            Some(Again::InVain) => (None, hint),
            Some(Again::NoRecord) | None => (None, None),
        };
        let mut remembered: Vec<Hint> = Vec::new();
        if found.is_none() {
            remembered = self.usable(hints).map_or_else(Vec::new, |(hints, _)| hints);
            found = self.found_again(subject, &remembered, in_vain);
        }
        counters.looked_up(start.elapsed(), found.is_some());
        if let Some(found) = found {
            return found;
        }

        let span = tracing::debug_span!("stage", name = T::NAME);
        let Ran { output, questions, trace, accident } = span.in_scope(|| subject.run());
        counters.executed();
        let key = key(subject, trace);
        let record = Record::encode(&output).expect("invariant: a stage's output has a postcard form");
        let digest = record.digest();
        if !accident {
            self.queue(key, record);
            remembered.retain(|other| other.key != key);
            remembered.insert(0, Hint { key, questions });
            remembered.truncate(REMEMBERED);
            let record = Record::encode(&remembered).expect("invariant: a list of keys has a postcard form");
            self.queue(hints, record);
        }
        TracedResult { value: Arc::new(output), digest, key, how: How::Executed, accident }
    }

    /// What the questions of one of these records lead to, one of which was asked again in vain already.
    fn found_again<T: Traced>(
        &self,
        subject: &mut T,
        hints: &[Hint],
        in_vain: Option<RecordKey>,
    ) -> Option<TracedResult<T::Output>> {
        let in_vain = hints.iter().filter(|hint| Some(hint.key) == in_vain);
        let mut in_vain: Vec<u64> = in_vain.map(|hint| hint.questions).collect();
        for hint in hints {
            if in_vain.contains(&hint.questions) {
                continue;
            }
            match self.asked_again(subject, hint.key) {
                Again::Found(found) => return Some(found),
                Again::InVain => in_vain.push(hint.questions),
                Again::NoRecord => {}
            }
        }
        None
    }

    /// Asks the questions of the record under this key.
    fn asked_again<T: Traced>(&self, subject: &mut T, hint: RecordKey) -> Again<T::Output> {
        let Some((earlier, digest)) = self.usable::<T::Output>(hint) else { return Again::NoRecord };
        let Some(trace) = subject.replay(&earlier) else { return Again::InVain };
        let key = key(subject, trace);
        let led_to = if key == hint { Some((earlier, digest)) } else { self.usable(key) };
        led_to.map_or(Again::InVain, |(value, digest)| {
            Again::Found(TracedResult { value: Arc::new(value), digest, key, how: How::Reused, accident: false })
        })
    }

    /// A result that this run made, or may take from earlier ones.
    fn usable<O: Output>(&self, key: RecordKey) -> Option<(O, Digest)> {
        let payload = if self.recomputes() { self.pending(key) } else { self.kept(key) }?;
        match payload.decode() {
            Ok(value) => Some((value, payload.digest())),
            Err(damage) => {
                self.report_damage(damage);
                None
            }
        }
    }
}

fn key<T: Traced>(subject: &T, trace: Digest) -> RecordKey {
    RecordKey::new(T::NAME, T::VERSION, |into| {
        subject.known(into);
        into.digest(trace);
    })
}
