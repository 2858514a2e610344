//! The query database: what queries can reach.
//!
//! Results are tracked by salsa within the process and carried between processes by [`Memo`]. The trait stays small:
//! queries are free functions in the files named for what they return.

use std::sync::{Arc, Mutex, PoisonError};

use esker_frontend_api::{Frontend, LowerOptions};

use crate::input::{Files, Texts};
use crate::manifest::Manifest;
use crate::memo::Memo;

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
}

/// Which stages were executed for which files, in the current run.
#[derive(Debug, Default)]
pub(crate) struct Journal(Mutex<Vec<(&'static str, Arc<str>)>>);

impl Journal {
    /// Notes that a stage's function ran for a file.
    pub(crate) fn executed(&self, stage: &'static str, path: &Arc<str>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((stage, path.clone()));
    }

    /// Everything noted since the last call, sorted and unique.
    pub(crate) fn take(&self) -> Vec<(&'static str, Arc<str>)> {
        let mut entries = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        entries.sort_unstable();
        entries.dedup();
        entries
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
