//! Why the last run looked at what it looked at, as the manifest has it.
//!
//! Files that share the outcome of most have no entry, so that this is in proportion to what a run did: next to nothing
//! after an edit and after a first build alike. It is decoded when somebody asks.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::explain::{Cause, Explanation, Outcome, STAGES, StageExplanation};

/// One for each of [`STAGES`].
pub(crate) type StageReasons = [StageReason; STAGES.len()];

/// What became of a stage of a file, and why.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct StageReason {
    pub(crate) outcome: Outcome,
    pub(crate) cause: Option<Cause>,
}

/// Why a run looked at what it looked at.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(crate) struct Reasons {
    /// Why everything was looked at, if it was. The stages of a file without an entry were executed then, and are
    /// untouched otherwise.
    everything: Option<Cause>,
    /// Each cause once.
    causes: Vec<Cause>,
    /// Ascending by row.
    files: Vec<FileReasons>,
}

#[derive(Debug, Serialize, Deserialize)]
struct FileReasons {
    /// The file's position in the manifest.
    row: u32,
    /// For each stage what became of it, and 1 more than the position of its cause; 0 if there is none.
    stages: [(Outcome, u32); STAGES.len()],
}

impl Reasons {
    /// The reasons for these files, which ascend and are unique.
    pub(crate) fn new(everything: Option<Cause>, files: impl IntoIterator<Item = (u32, StageReasons)>) -> Self {
        let mut reasons = Self { everything, ..Self::default() };
        let mut numbers: FxHashMap<Cause, u32> = FxHashMap::default();
        for (row, stages) in files {
            let stages = stages.map(|StageReason { outcome, cause }| {
                let Some(cause) = cause else { return (outcome, 0) };
                let number = numbers.entry(cause).or_insert_with_key(|cause| {
                    reasons.causes.push(cause.clone());
                    reasons.causes.len() as u32
                });
                (outcome, *number)
            });
            reasons.files.push(FileReasons { row, stages });
        }
        reasons
    }

    pub(crate) fn encoded(&self) -> Vec<u8> {
        postcard::to_stdvec(self).expect("invariant: reasons have a postcard form")
    }

    /// None at all if the bytes are no reasons.
    pub(super) fn decoded(bytes: &[u8]) -> Self {
        postcard::from_bytes(bytes).unwrap_or_default()
    }

    /// What became of the file at this position.
    pub(crate) fn explanation(&self, row: u32, path: &str) -> Explanation {
        let entry = self.files.binary_search_by_key(&row, |file| file.row).ok().and_then(|at| self.files.get(at));
        let stages = STAGES.iter().enumerate().map(|(position, stage)| {
            let (outcome, cause) = match entry.and_then(|entry| entry.stages.get(position)) {
                Some((outcome, number)) => (*outcome, self.cause(*number)),
                None if self.everything.is_some() => (Outcome::Executed, self.everything.clone()),
                None => (Outcome::Untouched, None),
            };
            StageExplanation { stage, outcome, cause }
        });
        Explanation { path: path.to_owned(), stages: stages.collect() }
    }

    fn cause(&self, number: u32) -> Option<Cause> {
        self.causes.get(number.checked_sub(1)? as usize).cloned()
    }
}
