//! What the references of a file stand for.
//!
//! ```text
//! file_ir ──────────┐
//! import_location ──┼─▶ file_resolution
//! file_exports of others, entry by entry ┘   Resolution, persisted with the questions that it asked
//! ```
//!
//! What a resolution depends on besides its own file is known only once it has run: the entries that it looked at, one
//! by one, absence included. It goes through the door for traced functions ([`crate::memo::Traced`]).

mod questions;
mod world;

use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;

use esker_frontend_api::{Frontend, Resolution, Unresolved};
use serde::{Deserialize, Serialize};

use crate::db::Db;
use crate::digest::{Digest, Fingerprint};
use crate::edges::import_location;
use crate::exports::recorded;
use crate::input::SourceFile;
use crate::ir::file_ir;
use crate::memo::{Digested, Ran, Traced, TracedResult};
use crate::store::RecordKey;
pub(crate) use questions::{
    EXISTENCE, IMPORTS, PathHash, Questions, STARS, USED, all_answers, declaring_hash, differing,
};
use world::{OWN, RecordedWorld, Replay};

/// A resolution with what was asked to come by it: what the store has.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RecordedResolution {
    pub(crate) resolution: Arc<Resolution>,
    pub(crate) questions: Questions,
}

/// A file's resolution by its digest, and where it is.
#[derive(Debug, Clone)]
pub(crate) struct FileResolution {
    pub(crate) key: RecordKey,
    pub(crate) digest: Digest,
    /// The hashes of its questions, ascending and unique.
    pub(crate) uses: Arc<[u32]>,
    /// Whether the frontend failed on the file, so that nothing is resolved.
    pub(crate) accident: bool,
}

/// What the references of a file stand for.
///
/// Reads [`file_ir`], [`import_location`], [`file_exports`](crate::exports::file_exports) of the files that the
/// frontend asks about, and which names files declare for all others if it asks for one; where the baseline has a
/// resolution and nothing changed that it asked, only that this is so. Tracked and persisted. Salsa asks again when one
/// of these files has another interface, and the questions of the last run then tell whether that concerns this file.
///
/// **Not compared with what it was** (`no_eq`): which earlier questions are put anew depends on the records that are
/// there, which salsa does not know of. A result can therefore be found with fewer reads than last time, which salsa
/// takes for a fault where it comes out equal. Whoever reads this goes by the digest in it.
#[salsa::tracked(returns(clone), no_eq)]
pub(crate) fn file_resolution(db: &dyn Db, file: SourceFile) -> FileResolution {
    let path = file.path(db);
    let row = recorded(db, file);
    // Read in any case: that a file is not there which was asked for is told by this alone.
    let stands = db.files().resolution_stands(db, path);
    if let Some(row) = row.filter(|_| stands) {
        let uses = row.uses().into();
        return FileResolution { key: row.resolution_key(), digest: row.resolution(), uses, accident: false };
    }
    let found = found(db, file);
    db.fixed().journal.requested(References::NAME, path, found.key, found.how);
    FileResolution {
        key: found.key,
        digest: found.digest,
        uses: found.value.questions.hashes(),
        accident: found.accident,
    }
}

/// The identity of the stage.
pub(crate) const RESOLUTION: (&str, u32) = (References::NAME, References::VERSION);

/// The resolution as a result that can be handed on.
pub(crate) fn digested_resolution(db: &dyn Db, file: SourceFile) -> Digested<Resolution> {
    let FileResolution { key, digest, accident, .. } = file_resolution(db, file);
    if accident {
        return Digested::loaded_by(digest, |_| Arc::default());
    }
    // Whoever has it cannot ask queries, so that the record has to be there.
    if db.memo().kept_value::<RecordedResolution>(key, digest).is_none() {
        found(db, file);
    }
    let (memo, texts, path) = (db.memo().clone(), db.fixed().texts.clone(), file.path(db).clone());
    Digested::loaded_by(digest, move |digest| {
        let kept = memo.kept_value::<RecordedResolution>(key, digest);
        kept.map_or_else(|| texts.abandon(&path), |kept| kept.resolution.clone())
    })
}

/// The identity under which keys are remembered.
pub(crate) const HINTS: (&str, u32) = (References::HINTS, References::VERSION);

/// The key under which the keys of a file's resolutions are remembered.
pub(crate) fn hints_key(frontend: &dyn Frontend, ir: Digest, located: Digest) -> RecordKey {
    RecordKey::new(References::HINTS, References::VERSION, |into| known(frontend, ir, located, into))
}

fn known(frontend: &dyn Frontend, ir: Digest, located: Digest, into: &mut Fingerprint) {
    into.text(frontend.name()).number(frontend.version().into()).digest(ir).digest(located);
}

fn found(db: &dyn Db, file: SourceFile) -> TracedResult<RecordedResolution> {
    let row = recorded(db, file);
    let located = match row {
        Some(row) => row.located(),
        None => import_location(db, file).located.digest(),
    };
    let ir = file_ir(db, file).digest();
    let frontend = db.fixed().frontends[usize::from(file.frontend(db).0)].clone();
    let hint = row.map(|row| row.resolution_key());
    db.memo().traced(&mut References { db, file, frontend, ir, located }, hint)
}

/// The references of one file, to be resolved.
///
/// | goes into the key | stays out |
/// |---|---|
/// | the digests of the IR and of what the imports lead to | path, unless it was asked for |
/// | the frontend's name and version | interfaces as wholes |
/// | each question and the digest of its answer | |
struct References<'db> {
    db: &'db dyn Db,
    file: SourceFile,
    frontend: Arc<dyn Frontend>,
    ir: Digest,
    located: Digest,
}

impl Traced for References<'_> {
    type Output = RecordedResolution;
    const NAME: &'static str = "resolution";
    const VERSION: u32 = 6;
    const HINTS: &'static str = "resolution-hints";

    fn known(&self, into: &mut Fingerprint) {
        known(&*self.frontend, self.ir, self.located, into);
    }

    fn replay(&mut self, earlier: &RecordedResolution) -> Option<Digest> {
        Replay::new(self.db, self.file).ask(&earlier.questions)
    }

    fn run(&mut self) -> Ran<RecordedResolution> {
        let ir = file_ir(self.db, self.file).value();
        let located = &import_location(self.db, self.file).located;
        let mut world = RecordedWorld::new(self.db, self.file);
        let unresolved = Unresolved { file: OWN, ir: &ir, located };
        let resolution = match panic::catch_unwind(AssertUnwindSafe(|| self.frontend.resolve(unresolved, &mut world))) {
            Ok(resolution) => Some(resolution),
            Err(panic) if world.was_answering() => panic::resume_unwind(panic),
            Err(_) => None,
        };
        let accident = resolution.is_none();
        let (asked, trace) = world.finish();
        let questions = asked.hash();
        let resolution = Arc::new(resolution.unwrap_or_default());
        Ran { output: RecordedResolution { resolution, questions: asked }, questions, trace, accident }
    }
}
