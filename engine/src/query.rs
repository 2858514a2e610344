//! Queries of embedders: persisted per-file results through the same door as ours.
//!
//! An embedder says what its result is computed from ([`FileQuery::inputs`]) and how ([`FileQuery::STAGE`]). The first
//! is tracked, so that within a process a file is asked again only if something changed that it read; the second is
//! looked up by the digests of the inputs, so that across processes nothing is computed twice.

use std::any::{Any, TypeId};
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use esker_frontend_api::{FileIr, ImportTable, Interface, Resolution};

use crate::db::Db;
use crate::edges::{EdgeTable, file_edges};
use crate::exports::file_exports;
use crate::input::{Content, SourceFile, Text};
use crate::ir::{fetch, file_imports, file_ir};
use crate::memo::{Digested, Inputs, Output, Stage};
use crate::resolve::digested_resolution;

/// A persisted result that an embedder computes for each file.
pub trait FileQuery: 'static {
    /// What it is computed from.
    type Inputs: Inputs;
    /// What it computes.
    type Output: Output;
    /// How: a name that no other query of the process has, a version, and a pure function.
    const STAGE: Stage<Self::Inputs, Self::Output>;

    /// Gathers what the result for this file is computed from; `None` if the file has no such result.
    ///
    /// Must read nothing but `file`: that is what makes a change of it known.
    fn inputs(file: &FileReader<'_>) -> Option<Self::Inputs>;
}

/// One file as a query may read it. What is read is what the query depends on.
pub struct FileReader<'db> {
    db: &'db dyn Db,
    file: SourceFile,
}

impl<'db> FileReader<'db> {
    /// The file's path, relative to the root.
    #[must_use]
    pub fn path(&self) -> &'db str {
        self.file.path(self.db)
    }

    /// The name of the language that the file is in.
    #[must_use]
    pub fn language(&self) -> &'db str {
        self.db.fixed().frontends[usize::from(self.file.frontend(self.db).0)].name()
    }

    /// The file's text; `None` if it was not read, being unreadable or too large.
    #[must_use]
    pub fn text(&self) -> Option<Text> {
        match self.file.content(self.db) {
            Content::Text(digest) => Some(self.db.fixed().texts.text(self.file.path(self.db).clone(), *digest)),
            Content::Unreadable(_) | Content::TooLarge(_) => None,
        }
    }

    /// The file's IR.
    #[must_use]
    pub fn ir(&self) -> Digested<FileIr> {
        file_ir(self.db, self.file)
    }

    /// The file's imports.
    #[must_use]
    pub fn imports(&self) -> Digested<ImportTable> {
        file_imports(self.db, self.file)
    }

    /// Where the file's imports lead.
    #[must_use]
    pub fn edges(&self) -> Digested<EdgeTable> {
        file_edges(self.db, self.file)
    }

    /// What other files can see of the file.
    #[must_use]
    pub fn exports(&self) -> Digested<Interface> {
        file_exports(self.db, self.file).digested(self.db, self.file)
    }

    /// What the references of the file stand for.
    #[must_use]
    pub fn resolution(&self) -> Digested<Resolution> {
        digested_resolution(self.db, self.file)
    }
}

/// What a query answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryRun<O> {
    /// The result of every file that has one, by path.
    pub results: BTreeMap<String, Digested<O>>,
    /// The files for which the function ran, ascending; for all others the result was there already.
    pub executed: Vec<String>,
}

/// A query with its type forgotten, as salsa keys it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ErasedQuery {
    id: TypeId,
    run: fn(&dyn Db, SourceFile) -> Derived,
}

impl ErasedQuery {
    pub(crate) fn of<Q: FileQuery>() -> Self {
        Self { id: TypeId::of::<Q>(), run: run::<Q> }
    }
}

impl PartialEq for ErasedQuery {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for ErasedQuery {}

impl Hash for ErasedQuery {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.id.hash(state);
    }
}

/// A query as part of a key.
#[salsa::interned]
pub(crate) struct QueryKey<'db> {
    #[returns(copy)]
    query: ErasedQuery,
}

/// A result with its type forgotten: an `Option<Digested<Q::Output>>`.
#[derive(Debug, Clone)]
pub(crate) struct Derived(Arc<dyn Any + Send + Sync>);

impl Derived {
    pub(crate) fn value<O: Output>(&self) -> Option<Digested<O>> {
        self.0.downcast_ref::<Option<Digested<O>>>()?.clone()
    }
}

/// An embedder's result for a file.
///
/// Reads whatever [`FileQuery::inputs`] reads. Tracked so that within a process only files whose inputs changed are
/// looked up again. No query reads it, so that it is not compared with what it was.
#[salsa::tracked(returns(clone), no_eq)]
pub(crate) fn derived<'db>(db: &'db dyn Db, file: SourceFile, key: QueryKey<'db>) -> Derived {
    (key.query(db).run)(db, file)
}

fn run<Q: FileQuery>(db: &dyn Db, file: SourceFile) -> Derived {
    let result = Q::inputs(&FileReader { db, file }).map(|inputs| fetch(db, file, Q::STAGE, inputs));
    Derived(Arc::new(result))
}
