//! The wall between the engine and languages: plain data and one trait, [`Frontend`].
//!
//! A frontend turns one file's bytes into a [`FileIr`], and says which files an import reaches, asking the engine
//! through [`Lookup`] which paths exist and what settings files say. The engine names no language; a frontend touches
//! no disk, keeps no state and knows nothing of queries or caches.
//!
//! ```text
//!   bytes ── Frontend::lower ──▶ FileIr { names, scopes, symbols, references, imports, values, diagnostics }
//!                                   │
//!                                ImportTable ── Frontend::locate(…, &mut dyn Lookup) ──▶ [Located]
//!                                   │
//!            FileIr, LocatedTable ── Frontend::interface ──▶ Interface
//!            FileIr, LocatedTable ── Frontend::resolve(…, &mut dyn World) ──▶ Resolution
//! ```
//!
//! **Invariant: this crate depends on no other crate of the workspace, on no query engine, and does no I/O.**

mod byte_set;
mod compact;
mod derived;
mod entry_digest;
mod entry_index;
mod entry_order;
mod front_coded;
mod frontend;
mod import;
mod interface;
mod ir;
mod kinds;
mod lines;
mod located;
mod names;
mod packed;
pub mod path;
mod resolution;
pub mod resolving;
mod setting;
mod texts;
mod value;

pub use byte_set::ByteSet;
pub use derived::Derived;
pub use entry_digest::ParametersTold;
pub use entry_index::EntryIndex;
pub use entry_order::EntryOrder;
pub use front_coded::FrontCoded;
pub use frontend::{Dialect, FileClass, Frontend, Layout, Lookup, LowerOptions, Probe, Root, Source};
pub use import::{Import, ImportForm, ImportTable, Located, MissReason, Outcome, Target};
pub use interface::{Entry, EntryId, ImportTarget, Interface, NOTHING};
pub use ir::{
    Binding, Diagnostic, DiagnosticKind, FileIr, Reference, ReferenceId, Role, Scope, ScopeId, ScopeKind, Symbol,
    SymbolFlags, SymbolId, SymbolKind, sort_references,
};
pub use kinds::{EdgeKinds, UnknownKind};
pub use lines::{ByteOffset, LineColumn, LineTable, Span};
pub use located::{LocatedRow, LocatedTable, LocatedTarget};
pub use names::{NameId, NameTable, NameTableBuilder, name_start};
pub use resolution::{Confidence, Definition, FileNumber, Resolution, Resolved, Unresolved, UnresolvedReason, World};
pub use setting::Setting;
pub use texts::symbol_texts;
pub use value::{Fact, FactKind, Literal, Value, ValueId, ValueList, ValueTable};
