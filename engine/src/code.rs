//! What a build knows of the code inside the files: symbols, what stands for them, and what a change to one can reach.
//!
//! ```text
//!   CodeIndex ─ file ─▶ FileView          the IR and the resolution of one file, loaded when asked for
//!             ─ find, at ─▶ SymbolName    by name, by place
//!             ─ references ─▶ Usage       the manifest tells which files asked for a name; their resolutions, where
//!             ─ callers, subclasses, …    from the usages of a role
//!             ─ changes, impact           symbols by their text and signature, then backwards over usages
//! ```
//!
//! Files are loaded one at a time and dropped: what an answer costs grows with what it tells, not with the repository.

mod changes;
mod exported;
mod globals;
mod hierarchy;
mod impact;
mod missed;
mod search;
mod stubs;
mod usages;
mod view;

use std::collections::BTreeSet;
use std::sync::Arc;

use esker_frontend_api::{FileIr, Frontend, Interface, Source};

pub use changes::{ChangeKind, SymbolChange};
pub use exported::{Exported, Standing};
pub use hierarchy::Relation;
pub use impact::Reached;
pub use search::At;
pub use usages::Usage;
pub use view::{FileView, Meaning, Outcome, Place, SymbolName, is_local};

use crate::db::{Database, Db};
use crate::digest::Digest;
use crate::exports::interface;
use crate::input::SourceFile;
use crate::ir::{file_ir, ir_key};
use crate::manifest::Manifest;
use crate::resolve::{PathHash, digested_resolution};
use crate::workspace::Build;

/// The code as the last build found it. See the module's documentation.
pub struct CodeIndex<'e> {
    db: &'e Database,
    manifest: &'e Manifest,
}

impl<'e> CodeIndex<'e> {
    pub(crate) fn new(db: &'e Database, manifest: &'e Manifest) -> Self {
        Self { db, manifest }
    }

    /// The paths of all files, ascending.
    pub fn paths(&self) -> impl Iterator<Item = &'e str> {
        let manifest = self.manifest;
        (0..manifest.len() as u32).map(|index| manifest.path(index))
    }

    /// What is known of the inside of a file; `None` if it is no file of the build.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<FileView> {
        let source = self.source(path)?;
        let ir = file_ir(self.db, source).value();
        let resolution = digested_resolution(self.db, source).value();
        self.db.fixed().monitor.step();
        Some(FileView::new(source.path(self.db).clone(), self.language(source), ir, resolution))
    }

    /// The IR of a file; `None` if it is no file of the build.
    #[must_use]
    pub fn ir(&self, path: &str) -> Option<Arc<FileIr>> {
        Some(file_ir(self.db, self.source(path)?).value())
    }

    /// The IR that a file had in an earlier build, if it is still in the store.
    #[must_use]
    pub fn earlier_ir(&self, build: &Build, path: &str) -> Option<Arc<FileIr>> {
        let row = build.manifest.row(path)?;
        let key = ir_key(self.db, row.frontend(), path, row.content()?)?;
        self.db.memo().kept_value(key, row.ir())
    }

    /// The IR of a text as if it were this file's; `None` if the path is no source file's.
    #[must_use]
    pub fn lower(&self, path: &str, bytes: &[u8]) -> Option<FileIr> {
        let fixed = self.db.fixed();
        let lower = |frontend: &Arc<dyn Frontend>| {
            let source = Source { bytes, dialect: frontend.dialect(path)?, options: &fixed.options };
            Some(frontend.lower(source))
        };
        fixed.frontends.iter().find_map(lower)
    }

    /// What other files can see of a file; `None` if it is no file of the build.
    #[must_use]
    pub fn interface(&self, path: &str) -> Option<Arc<Interface>> {
        Some(interface(self.db, self.source(path)?))
    }

    /// The digest of the bytes that a file had when it was last read; `None` if it is no file of the build, or was not
    /// read.
    #[must_use]
    pub fn content_digest(&self, path: &str) -> Option<Digest> {
        self.manifest.row(path)?.content()
    }

    /// Lets go of the interfaces that were asked for so far, which are otherwise held until the work ends. For work
    /// that goes through all files and is not to grow with them.
    pub fn let_go(&self) {
        self.db.let_go();
    }

    fn source(&self, path: &str) -> Option<SourceFile> {
        self.manifest.position(path)?;
        self.db.files().source(self.db, path)
    }

    fn language(&self, source: SourceFile) -> &'static str {
        self.db.fixed().frontends[usize::from(source.frontend(self.db).0)].name()
    }

    /// The files whose references led them to ask for what these symbols are called, found or not: every file with a
    /// reference to one, and a few more. Ascending.
    fn askers_for<'s>(&self, symbols: impl Iterator<Item = &'s SymbolName>) -> Vec<&'e str> {
        self.askers(symbols.map(|symbol| PathHash::of(&symbol.path).with(&symbol.name)))
    }

    /// The files that asked a question with one of these hashes, ascending.
    fn askers(&self, hashes: impl Iterator<Item = u32>) -> Vec<&'e str> {
        let manifest = self.manifest;
        let askers: BTreeSet<u32> = hashes.flat_map(|hash| manifest.askers(hash)).collect();
        askers.into_iter().map(|index| manifest.path(index)).collect()
    }
}
