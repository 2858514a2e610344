//! The queries of one file: its IR, its imports, the names that it exports.
//!
//! ```text
//! SourceFile ─▶ file_ir ─▶ file_imports ─▶ exported_names
//!   content       IR        ImportTable      [name]
//! ```
//!
//! Each step cuts invalidation off: an edit that leaves the IR's imports as they were ends at `file_imports`, one that
//! leaves `__all__` and its like as they were ends at `exported_names`.

use std::sync::Arc;

use esker_frontend_api::{DiagnosticKind, FileIr, Frontend, ImportTable, LowerOptions, Setting};

use crate::db::Db;
use crate::digest::{Digest, Fingerprint};
use crate::input::{Content, FrontendId, SourceFile, Texts};
use crate::memo::{Digested, Fetched, Inputs, Output, Stage};
use crate::parse::{IR, IrContent, IrInputs};
use crate::store::RecordKey;

/// Takes the imports out of an IR. Key: the IR's digest.
pub(crate) const IMPORTS: Stage<ImportsInputs, ImportTable> =
    Stage::new("imports", 4, |inputs| ImportTable::of(&inputs.ir.value()));

/// What a file's import table is computed from.
#[derive(Clone)]
pub(crate) struct ImportsInputs {
    pub(crate) ir: Digested<FileIr>,
}

impl Inputs for ImportsInputs {
    fn fingerprint(&self, into: &mut Fingerprint) {
        into.digest(self.ir.digest());
    }
}

/// The IR of a file.
///
/// Reads the file's content digest. Tracked because everything else about the file follows from it; cut off where the
/// IR's digest stays the same, as after a change of white space at the end of a line.
#[salsa::tracked(returns(clone))]
pub(crate) fn file_ir(db: &dyn Db, file: SourceFile) -> Digested<FileIr> {
    let fixed = db.fixed();
    let frontend = &fixed.frontends[usize::from(file.frontend(db).0)];
    let path = file.path(db);
    let content = file.content(db);
    let inputs = IrInputs {
        frontend: frontend.clone(),
        dialect: frontend.dialect(path).expect("invariant: a source file's frontend claims it"),
        options: fixed.options.clone(),
        content: match content {
            Content::Text(digest) => IrContent::Text(fixed.texts.text(path.clone(), *digest)),
            Content::Unreadable(reason) => {
                IrContent::Missing(DiagnosticKind::Unreadable, format!("the file cannot be read: {reason}"))
            }
            Content::TooLarge(size) => IrContent::Missing(
                DiagnosticKind::TooLarge,
                format!("the file has {size} bytes, which is more than `max-file-size` allows"),
            ),
        },
    };
    let recorded = fixed.baseline.as_ref().and_then(|baseline| {
        let row = baseline.row(path)?;
        let unchanged = matches!(content, Content::Text(digest) if row.content() == Some(*digest));
        unchanged.then(|| row.ir())
    });
    match recorded {
        Some(digest) => db.memo().seeded(IR, inputs, digest),
        None => fetch(db, file, IR, inputs),
    }
}

/// The key under which the IR of a text is kept; `None` if the frontend does not claim the path.
pub(crate) fn ir_key(db: &dyn Db, frontend: FrontendId, path: &str, content: Digest) -> Option<RecordKey> {
    let fixed = db.fixed();
    let frontend = fixed.frontends.get(usize::from(frontend.0))?;
    text_ir_key(frontend, &fixed.options, &fixed.texts, path, content)
}

/// The same for whoever has no database.
pub(crate) fn text_ir_key(
    frontend: &Arc<dyn Frontend>,
    options: &Arc<LowerOptions>,
    texts: &Arc<Texts>,
    path: &str,
    content: Digest,
) -> Option<RecordKey> {
    let inputs = IrInputs {
        frontend: frontend.clone(),
        dialect: frontend.dialect(path)?,
        options: options.clone(),
        content: IrContent::Text(texts.text(path.into(), content)),
    };
    let (name, version) = IR.identity();
    Some(RecordKey::new(name, version, |into| inputs.fingerprint(into)))
}

/// A key of the same stage as the keys of all IRs, under which there is none.
pub(crate) fn an_ir_key() -> RecordKey {
    let (name, version) = IR.identity();
    RecordKey::new(name, version, |_| ())
}

/// The key under which the imports of an IR are kept.
pub(crate) fn imports_key(ir: Digest) -> RecordKey {
    let (name, version) = IMPORTS.identity();
    RecordKey::new(name, version, |into| _ = into.digest(ir))
}

/// The imports of a file.
///
/// Reads [`file_ir`]. Tracked because an edit that touches no import, nor moves one to another line, ends here.
#[salsa::tracked(returns(clone))]
pub(crate) fn file_imports(db: &dyn Db, file: SourceFile) -> Digested<ImportTable> {
    let ir = file_ir(db, file);
    let recorded = db.fixed().baseline.as_ref().and_then(|baseline| {
        let row = baseline.row(file.path(db))?;
        (row.content().is_some() && row.ir() == ir.digest()).then(|| row.imports())
    });
    let inputs = ImportsInputs { ir };
    match recorded {
        Some(digest) => db.memo().seeded(IMPORTS, inputs, digest),
        None => fetch(db, file, IMPORTS, inputs),
    }
}

/// The names that a file lists as its public ones, ascending; `None` if it has no such list.
///
/// Reads [`file_imports`]. Tracked because importers of everything (`from m import *`) read it, and most edits of a
/// file leave its list as it was.
#[salsa::tracked(returns(clone))]
pub(crate) fn exported_names(db: &dyn Db, file: SourceFile) -> Option<Arc<[String]>> {
    let imports = file_imports(db, file).value();
    imports.exported.as_ref().map(|names| names.iter().map(|name| imports.name(*name).to_owned()).collect())
}

/// The names that a file declares for all files of its language; `None` if files of that language declare none.
///
/// Reads [`file_imports`]. It is no query: only the run reads it, to put together what all files declare.
pub(crate) fn global_names(db: &dyn Db, file: SourceFile) -> Option<Vec<String>> {
    if !db.fixed().frontends[usize::from(file.frontend(db).0)].has_globals() {
        return None;
    }
    let imports = file_imports(db, file).value();
    Some(imports.globals.iter().map(|name| imports.name(*name).to_owned()).collect())
}

/// What a settings file says; `None` for any other file.
///
/// Reads [`file_imports`]. Tracked because every file that it governs reads it, and edits of what the frontend does not
/// keep of it end here.
#[salsa::tracked(returns(clone))]
pub(crate) fn file_settings(db: &dyn Db, file: SourceFile) -> Option<Arc<Setting>> {
    file_imports(db, file).value().settings.clone().map(Arc::new)
}

/// The digest of what other files read of a file to locate their imports, [`exported_names`] and [`file_settings`], by
/// which runs compare it.
pub(crate) fn told_digest(names: Option<&[String]>, settings: Option<&Setting>) -> Digest {
    let mut fingerprint = Fingerprint::default();
    match names {
        None => fingerprint.number(0),
        Some(names) => {
            fingerprint.number(1);
            names.iter().fold(&mut fingerprint, |into, name| into.text(name))
        }
    };
    if let Some(settings) = settings {
        fingerprint.bytes(&postcard::to_stdvec(settings).expect("invariant: settings have a postcard form"));
    }
    fingerprint.finish()
}

/// A file's result of a stage, kept or computed now; notes in the run's journal which.
pub(crate) fn fetch<I: Inputs, O: Output>(db: &dyn Db, file: SourceFile, stage: Stage<I, O>, inputs: I) -> Digested<O> {
    let fetched = fetch_with_key(db, file, stage, inputs);
    fetched.result
}

/// The same, with the key of its record and whether it is an accident's.
pub(crate) fn fetch_with_key<I: Inputs, O: Output>(
    db: &dyn Db,
    file: SourceFile,
    stage: Stage<I, O>,
    inputs: I,
) -> Fetched<O> {
    let fetched = db.memo().get(stage, inputs);
    db.fixed().journal.requested(stage.name(), file.path(db), fetched.key, fetched.how);
    fetched
}
