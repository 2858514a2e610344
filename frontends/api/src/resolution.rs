//! What the references of a file stand for, and how a frontend asks other files to find out.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::{EntryId, FileIr, Interface, LocatedTable, NameId, NameTable, SymbolId};

/// A file as a [`World`] counts them. Holds within one call only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileNumber(pub u32);

/// Answers what a frontend needs to know of other files to tell what names stand for.
///
/// What is asked of [`World::entries`], [`World::stars`], [`World::imports`] and [`World::declaring`] is recorded, with
/// the digests of the answers: when one of them changes, the engine asks again. Of an interface only those entries may
/// be read that were asked for, and their parameters.
pub trait World {
    /// The file at this path, or `None` if it is no file of the repository in this language.
    fn file(&mut self, path: &str) -> Option<FileNumber>;

    /// The path of a file.
    fn path(&self, file: FileNumber) -> Arc<str>;

    /// The interface of a file, to read what was found in it.
    fn interface(&mut self, file: FileNumber) -> Arc<Interface>;

    /// See [`Interface::entries`]. Nothing is found under a name that is empty or `*` or has a dot in it.
    fn entries(&mut self, file: FileNumber, owner: Option<EntryId>, name: &str) -> Range<u32>;

    /// Allows reading [`Interface::stars`] of a file, and whether it lists its public names.
    fn stars(&mut self, file: FileNumber);

    /// Allows reading where all that [`Interface::imports`] of a file has leads.
    fn imports(&mut self, file: FileNumber);

    /// The files that declare this name for all files of their language (see [`FileIr::globals`]), ascending by path.
    /// None, if the frontend does not say that it [has such names](crate::Frontend::has_globals), and for an empty
    /// name.
    fn declaring(&mut self, name: &str) -> Vec<FileNumber>;

    /// Says that references stand for what a file declares for all others. That makes an edge of the kind
    /// [`EdgeKinds::GLOBAL`](crate::EdgeKinds::GLOBAL).
    fn using(&mut self, file: FileNumber);
}

/// A file whose references are to be resolved.
#[derive(Clone, Copy)]
pub struct Unresolved<'a> {
    /// The file.
    pub file: FileNumber,
    /// Its IR.
    pub ir: &'a FileIr,
    /// Where its imports lead.
    pub located: &'a LocatedTable,
}

/// What the references of a file stand for.
///
/// A definition in another file is told by that file's path and by name, not by place: where it stands is that file's
/// to say, so that moving it changes no resolution but its own file's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolution {
    /// The names that the definitions refer to.
    pub names: NameTable,
    /// What references stand for, unique.
    pub definitions: Vec<Definition>,
    /// What became of references, unique.
    pub outcomes: Vec<Resolved>,
    /// For each reference of the IR, in its order, the position of its outcome plus one; 0 if it stands for the symbol
    /// that it is bound to in its own file.
    #[serde(with = "crate::packed")]
    pub references: Vec<u32>,
    /// For methods of the file's classes the members of classes above that they override; for fields that methods
    /// assign the attribute that the assignment is one to, where another class or the class body declares it. Positions
    /// in `definitions`; ascends by symbol.
    pub overrides: Vec<(SymbolId, u32)>,
}

/// What a reference can stand for, beyond the symbols of its own file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Definition {
    /// A symbol of the own file that no other file can refer to.
    Local(SymbolId),
    /// The entry with this qualified name (`C.m`, a parameter as `f.x`) in the interface of this file; a path of `""`
    /// is the own file.
    Entry {
        /// The file's path.
        path: NameId,
        /// The entry's name after those of its owners, with dots between.
        name: NameId,
    },
    /// The file with this path as a whole; `""` is the own file.
    Module(NameId),
    /// Something outside of the repository, by its qualified name as far as it is known.
    External(NameId),
}

/// What became of a reference.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Resolved {
    /// It stands for these, as positions in [`Resolution::definitions`]. Never empty, in order of preference.
    To(Vec<u32>, Confidence),
    /// It could not be resolved.
    Not(UnresolvedReason),
}

/// How sure a resolution is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Confidence {
    /// It follows from scopes, imports, declared types and classes alone.
    Exact,
    /// It rests on what is assigned or returned somewhere, which need not be all.
    Inferred,
    /// There is more than one candidate.
    Ambiguous,
}

/// Why a reference could not be resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnresolvedReason {
    /// Nothing binds the name: no scope, no star import, no builtin.
    UndefinedName,
    /// The import that binds it leads to no file, and to no package from elsewhere.
    UnresolvedImport,
    /// The module that should have it does not.
    NoSuchName,
    /// The class that should have it, or those that it derives from, do not.
    NoSuchAttribute,
    /// The class makes its attributes up when it is asked for them, or derives from something that is not known; or the
    /// function takes any keyword.
    DynamicAttribute,
    /// Nothing is known of the value that it is an attribute of, or of what is called with it.
    UnknownValue,
}

impl UnresolvedReason {
    /// All of them, in the order of their declaration.
    pub const ALL: [Self; 6] = [
        Self::UndefinedName,
        Self::UnresolvedImport,
        Self::NoSuchName,
        Self::NoSuchAttribute,
        Self::DynamicAttribute,
        Self::UnknownValue,
    ];
}

impl fmt::Display for UnresolvedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UndefinedName => "undefined-name",
            Self::UnresolvedImport => "unresolved-import",
            Self::NoSuchName => "no-such-name",
            Self::NoSuchAttribute => "no-such-attribute",
            Self::DynamicAttribute => "dynamic-attribute",
            Self::UnknownValue => "unknown-value",
        })
    }
}

impl fmt::Display for Confidence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "exact",
            Self::Inferred => "inferred",
            Self::Ambiguous => "ambiguous",
        })
    }
}
