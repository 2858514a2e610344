//! A source file as queries see it.

use std::sync::Arc;

use esker_frontend_api::Probe;

use crate::digest::Digest;

/// Which frontend a file belongs to, as a position in the engine's list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FrontendId(pub(crate) u8);

/// What is in a file: the digest of its text, never the text, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    /// The file's bytes have this digest.
    Text(Digest),
    /// The file could not be read, for this reason.
    Unreadable(String),
    /// The file has this many bytes, more than the configuration allows.
    TooLarge(u64),
}

/// A source file: a path and what is in it.
#[salsa::input]
pub(crate) struct SourceFile {
    /// The path relative to the root. Never changes.
    pub(crate) path: Arc<str>,
    /// The frontend that claims the path. Never changes.
    pub(crate) frontend: FrontendId,
    /// What is in it.
    pub(crate) content: Content,
}

/// What there is at a module's stem, whether anything or nothing. An input of its own for every stem that was ever
/// asked for, so that a query depends on the absence of a file as it does on its presence.
#[salsa::input]
pub(crate) struct Slot {
    /// The answer.
    #[returns(copy)]
    pub(crate) probe: Probe,
}

/// Which import roots have something with a name. An input of its own for every name that was ever asked for.
#[salsa::input]
pub(crate) struct RootSlot {
    /// Their positions, ascending.
    pub(crate) roots: Arc<[u32]>,
}

/// Whether what the baseline recorded of a file's relations to others still holds. An input of its own for every file
/// of which that was ever asked; what once ceased to hold never holds again while the database lives, and who read it
/// is told each time that it ceases to hold.
#[salsa::input]
pub(crate) struct Standing {
    /// Whether the file has the content and its imports lead where the baseline says.
    #[returns(copy)]
    pub(crate) links: bool,
    /// Whether, besides, nothing changed of what its references stood for.
    #[returns(copy)]
    pub(crate) resolution: bool,
}
