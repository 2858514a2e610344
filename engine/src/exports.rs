//! What other files can see of a file: its interface, without a place in it.
//!
//! ```text
//! file_ir ──┐
//!           ├─▶ file_exports ─▶ resolutions of other files, entry by entry
//! import_location ┘   Interface, persisted
//! ```
//!
//! An interface depends on one file and where its imports lead, never on another interface: there is nothing to iterate
//! over in a cycle of imports. An edit of a body, a comment, a moved function end at `file_exports`.

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use esker_frontend_api::{FileIr, Frontend, Interface};

use crate::db::Db;
use crate::digest::{Digest, Fingerprint};
use crate::edges::{LocatedImports, import_location};
use crate::input::{Content, Sharded, SourceFile};
use crate::ir::{fetch_with_key, file_ir};
use crate::manifest::Row;
use crate::memo::{Attempt, Digested, Inputs, Stage};
use crate::store::RecordKey;

/// Takes out of an IR what other files can see.
///
/// | goes into the key | stays out |
/// |---|---|
/// | the IR's digest | path |
/// | the digest of what the imports lead to | interfaces of other files |
/// | the frontend's name and version | |
pub(crate) const EXPORTS: Stage<ExportsInputs, Interface> = Stage::fallible("exports", 3, interface_of);

/// What a file's interface is computed from.
#[derive(Clone)]
pub(crate) struct ExportsInputs {
    frontend: Arc<dyn Frontend>,
    ir: Digested<FileIr>,
    located: LocatedImports,
}

impl Inputs for ExportsInputs {
    fn fingerprint(&self, into: &mut Fingerprint) {
        fingerprint(&*self.frontend, self.ir.digest(), self.located.digest(), into);
    }
}

fn fingerprint(frontend: &dyn Frontend, ir: Digest, located: Digest, into: &mut Fingerprint) {
    into.text(frontend.name()).number(frontend.version().into()).digest(ir).digest(located);
}

fn interface_of(inputs: &ExportsInputs) -> Attempt<Interface> {
    // Asking for the value can end the run, which is no failure of the frontend.
    let ir = inputs.ir.value();
    match panic::catch_unwind(AssertUnwindSafe(|| inputs.frontend.interface(&ir, &inputs.located))) {
        Ok(interface) => Attempt::Done(interface.compact()),
        Err(_) => Attempt::Accident(Interface::default()),
    }
}

/// A file's interface by its digest, and where it is.
#[derive(Debug, Clone)]
pub(crate) struct FileExports {
    pub(crate) digest: Digest,
    /// Whether the frontend failed on the file, so that it looks empty.
    pub(crate) accident: bool,
    source: Source,
}

#[derive(Debug, Clone)]
enum Source {
    /// In the record that the baseline knows of.
    Recorded(RecordKey),
    Fetched(Digested<Interface>),
}

impl PartialEq for FileExports {
    fn eq(&self, other: &Self) -> bool {
        (self.digest, self.accident) == (other.digest, other.accident)
    }
}

impl Eq for FileExports {}

/// What other files can see of a file.
///
/// Reads [`file_ir`] and [`import_location`], or where the baseline has the same content and leads to the same files,
/// only that this is so. Tracked and persisted; cut off where the interface's digest stays the same, as after most
/// edits.
#[salsa::tracked(returns(clone))]
pub(crate) fn file_exports(db: &dyn Db, file: SourceFile) -> FileExports {
    if let Some(row) = recorded(db, file) {
        let key = recorded_key(db, row);
        return FileExports { digest: row.exports(), accident: false, source: Source::Recorded(key) };
    }
    let fetched = fetch_with_key(db, file, EXPORTS, inputs(db, file));
    FileExports { digest: fetched.result.digest(), accident: fetched.accident, source: Source::Fetched(fetched.result) }
}

/// The baseline's row of a file, if names are known of it, and the file is as it says and its imports lead where it
/// says.
pub(crate) fn recorded<'db>(db: &'db dyn Db, file: SourceFile) -> Option<Row<'db>> {
    let baseline = db.fixed().baseline.as_ref().filter(|known| known.has_names_of(usize::from(file.frontend(db).0)))?;
    let row = baseline.row(file.path(db))?;
    let Content::Text(digest) = file.content(db) else { return None };
    (row.content() == Some(*digest) && db.files().standing(db, file.path(db)).links(db)).then_some(row)
}

/// The key of the record of the interface that a row speaks of.
pub(crate) fn recorded_key(db: &dyn Db, row: Row<'_>) -> RecordKey {
    let frontend = &db.fixed().frontends[usize::from(row.frontend().0)];
    exports_key(&**frontend, row.ir(), row.located())
}

/// The key under which the interface that follows from these is kept.
pub(crate) fn exports_key(frontend: &dyn Frontend, ir: Digest, located: Digest) -> RecordKey {
    let (name, version) = EXPORTS.identity();
    RecordKey::new(name, version, |into| fingerprint(frontend, ir, located, into))
}

fn inputs(db: &dyn Db, file: SourceFile) -> ExportsInputs {
    ExportsInputs {
        frontend: db.fixed().frontends[usize::from(file.frontend(db).0)].clone(),
        ir: file_ir(db, file),
        located: import_location(db, file).located.clone(),
    }
}

/// The interface of a file, from memory if somebody asked for it before and it is still held.
///
/// Reads [`file_exports`].
pub(crate) fn interface(db: &dyn Db, file: SourceFile) -> Arc<Interface> {
    let exports = file_exports(db, file);
    let path = file.path(db);
    let held = &db.fixed().interfaces;
    if let Some((digest, interface)) = held.value(path)
        && digest == exports.digest
    {
        return interface;
    }
    let interface = exports.value(db, file);
    held.insert(path, (exports.digest, interface.clone()));
    interface
}

/// Interfaces that were asked for, by path, with their digests. Every file that is resolved asks for those of some ten
/// others, so that all of them stay in memory until the run ends, and in a process that stays beyond it: whoever edits
/// a file again would decode them again.
pub(crate) type HeldInterfaces = Sharded<(Digest, Arc<Interface>)>;

impl FileExports {
    fn value(&self, db: &dyn Db, file: SourceFile) -> Arc<Interface> {
        match &self.source {
            Source::Fetched(interface) => interface.value(),
            Source::Recorded(key) => db
                .memo()
                .kept_value(*key, self.digest)
                .unwrap_or_else(|| db.memo().get(EXPORTS, inputs(db, file)).result.value()),
        }
    }

    /// The interface as a result that can be handed on.
    pub(crate) fn digested(self, db: &dyn Db, file: SourceFile) -> Digested<Interface> {
        match self.source {
            Source::Fetched(interface) => interface,
            Source::Recorded(key) if db.memo().kept_value::<Interface>(key, self.digest).is_some() => {
                let (memo, texts, path) = (db.memo().clone(), db.fixed().texts.clone(), file.path(db).clone());
                Digested::loaded_by(self.digest, move |digest| {
                    memo.kept_value(key, digest).unwrap_or_else(|| texts.abandon(&path))
                })
            }
            Source::Recorded(_) => db.memo().get(EXPORTS, inputs(db, file)).result,
        }
    }
}
