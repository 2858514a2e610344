//! The query database: what queries can reach.
//!
//! Results are tracked by salsa within the process and carried between processes by [`Memo`]. The trait stays small:
//! queries are free functions in the files named for what they return.

use std::sync::{Arc, Mutex, PoisonError};

use esker_frontend_api::{Frontend, LowerOptions};
use rayon::slice::ParallelSliceMut;

use crate::exports::HeldInterfaces;
use crate::input::{Files, Texts};
use crate::manifest::Manifest;
use crate::memo::{How, Memo};
use crate::monitor::Monitor;
use crate::store::RecordKey;

/// What a query can reach besides other queries.
#[salsa::db]
pub(crate) trait Db: salsa::Database {
    /// The door to persisted results.
    fn memo(&self) -> &Memo;

    /// The files of the repository.
    fn files(&self) -> &Files;

    /// What does not change while the database lives.
    fn fixed(&self) -> &Fixed;
}

/// What does not change while a database lives.
pub(crate) struct Fixed {
    pub(crate) frontends: Vec<Arc<dyn Frontend>>,
    pub(crate) options: Arc<LowerOptions>,
    pub(crate) texts: Arc<Texts>,
    /// What an earlier run knew. Consulted only for results whose inputs have the digests recorded with them, so that
    /// it can be out of date without being wrong.
    pub(crate) baseline: Option<Arc<Manifest>>,
    pub(crate) journal: Journal,
    pub(crate) interfaces: HeldInterfaces,
    pub(crate) monitor: Arc<Monitor>,
}

/// Which results were asked for in the current run, and for which of them a stage's function ran.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Vec<Request>>);

/// A result that was asked for.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Request {
    // First, because it tells stages apart as well.
    key: RecordKey,
    path: Arc<str>,
    stage: &'static str,
    executed: bool,
}

impl Journal {
    /// Notes that a file's result was asked for.
    pub(crate) fn requested(&self, stage: &'static str, path: &Arc<str>, key: RecordKey, how: How) {
        let request = Request { stage, key, path: path.clone(), executed: how == How::Executed };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    }

    /// The stages that were executed since the last call and the files that they were executed for, sorted and unique.
    ///
    /// Files with the same content share results, and which of them asks first is chance: an execution counts as the
    /// first file's in the order of paths.
    pub(crate) fn take(&self) -> Vec<(&'static str, Arc<str>)> {
        let mut requests = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        requests.par_sort_unstable();
        let mut executed: Vec<_> = requests
            .chunk_by(|left, right| left.key == right.key)
            .filter(|requests| requests.iter().any(|request| request.executed))
            .filter_map(|requests| requests.first().map(|request| (request.stage, request.path.clone())))
            .collect();
        executed.par_sort_unstable();
        executed.dedup();
        executed
    }
}

/// The database. Clones share everything; a clone per thread is how queries run in parallel.
#[salsa::db]
#[derive(Clone)]
pub(crate) struct Database {
    storage: salsa::Storage<Self>,
    memo: Memo,
    files: Arc<Files>,
    fixed: Arc<Fixed>,
}

impl Database {
    pub(crate) fn new(memo: Memo, files: Arc<Files>, fixed: Fixed) -> Self {
        Self { storage: salsa::Storage::default(), memo, files, fixed: Arc::new(fixed) }
    }

    /// Which stages were executed for which files since the last call.
    pub(crate) fn take_journal(&self) -> Vec<(&'static str, Arc<str>)> {
        self.fixed.journal.take()
    }

    /// Forgets the interfaces that are held.
    pub(crate) fn let_go(&self) {
        self.fixed.interfaces.clear();
    }

    /// The files, held apart from the database so that it can be changed meanwhile.
    pub(crate) fn files_handle(&self) -> Arc<Files> {
        self.files.clone()
    }
}

#[salsa::db]
impl salsa::Database for Database {}

#[salsa::db]
impl Db for Database {
    fn memo(&self) -> &Memo {
        &self.memo
    }

    fn files(&self) -> &Files {
        &self.files
    }

    fn fixed(&self) -> &Fixed {
        &self.fixed
    }
}
