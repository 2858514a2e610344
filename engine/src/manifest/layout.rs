//! The bytes of a manifest.
//!
//! All numbers are little-endian and unaligned. `docs/store-format.md` says the same in prose.
//!
//! ```text
//! header   magic [8] · format u32 · reserved u32 · BLAKE3 of all that follows [32]
//!          · one (start u64, length u64) per section
//! sections Text · Files · Edges · Dependents · Misses · Diagnostics · Stems · StemUsers · FileStems · Uses · Reasons · Tail
//! ```

use esker_frontend_api::DiagnosticKind;
pub(super) use zerocopy::little_endian::{I64, U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::input::Stat;

/// What a manifest begins with.
pub(super) const MAGIC: [u8; 8] = *b"ESKERMAN";
/// Raised whenever the layout changes. A manifest of another format is as if there were none.
pub(super) const FORMAT: u32 = 4;
/// Where the digest lies in the header.
pub(super) const DIGEST: std::ops::Range<usize> = 16..48;
/// Where the table of sections begins: the first byte that the digest covers.
pub(super) const TABLE: usize = 48;
/// The length of the header.
pub(super) const HEADER: usize = TABLE + Section::COUNT * 16;

/// The sections, in the order in which they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// All strings, one after the other, UTF-8.
    Text,
    /// [`FileRow`], ascending by path.
    Files,
    /// [`EdgeRow`], grouped by file.
    Edges,
    /// Positions of files, grouped by the file that they import.
    Dependents,
    /// [`MissRow`], grouped by file.
    Misses,
    /// [`DiagnosticRow`], grouped by file.
    Diagnostics,
    /// [`StemRow`], ascending by frontend and stem.
    Stems,
    /// Positions of files, grouped by stem.
    StemUsers,
    /// Positions of stems, grouped by file.
    FileStems,
    /// Hashes of questions, grouped by the file whose resolution asked them. It lies behind all that a run may leave as it
    /// is, so that it can change its length without moving others.
    Uses,
    /// [`super::Reasons`], in postcard encoding.
    Reasons,
    /// [`super::Tail`], in postcard encoding.
    Tail,
}

impl Section {
    pub(super) const COUNT: usize = Self::Tail as usize + 1;
}

/// Bits of [`FileRow::flags`].
pub(super) mod flags {
    /// The file was written so shortly before it was read that another write could have left the same time stamp.
    pub(in super::super) const RACY: u8 = 1 << 0;
    /// The results are an accident's and not kept: the file could not be read, or its frontend failed.
    pub(in super::super) const ACCIDENT: u8 = 1 << 1;
    /// The file was not read, so that it has no content digest.
    pub(in super::super) const NO_TEXT: u8 = 1 << 2;
}

/// A row type: any bytes of its length are one.
pub(super) trait Fixed: FromBytes + KnownLayout + Immutable + Unaligned {}

impl<T: FromBytes + KnownLayout + Immutable + Unaligned> Fixed for T {}

/// The rows in a section's bytes; none if those are no whole number of rows.
pub(super) fn cast<T: Fixed>(bytes: &[u8]) -> &[T] {
    <[T]>::ref_from_bytes(bytes).unwrap_or(&[])
}

/// The same to be changed.
pub(super) fn cast_mut<T: Fixed + IntoBytes>(bytes: &mut [u8]) -> &mut [T] {
    <[T]>::mut_from_bytes(bytes).unwrap_or(&mut [])
}

macro_rules! rows {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident: $type:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
        #[repr(C)]
        pub(super) struct $name { $($(#[$field_doc])* pub(super) $field: $type,)* }
    )*};
}

rows! {
    /// A range of a section, counted in rows (in bytes for text).
    RangeRow {
        start: U32,
        length: U32,
    }

    /// A [`Stat`].
    StatRow {
        size: U64,
        mtime_ns: I64,
        ctime_ns: I64,
        inode: U64,
    }

    /// One source file.
    FileRow {
        path: RangeRow,
        stat: StatRow,
        content: [u8; 32],
        ir: [u8; 32],
        imports: [u8; 32],
        edges: [u8; 32],
        /// The digest of the names that the file lists as its public ones.
        exported: [u8; 32],
        /// The digest of what the file's imports lead to.
        located: [u8; 32],
        exports: [u8; 32],
        resolution: [u8; 32],
        /// The key of the resolution's record.
        resolution_key: [u8; 32],
        edge_range: RangeRow,
        dependent_range: RangeRow,
        miss_range: RangeRow,
        diagnostic_range: RangeRow,
        stem_range: RangeRow,
        use_range: RangeRow,
        frontend: u8,
        flags: u8,
        reserved: [u8; 2],
    }

    /// One import site.
    EdgeRow {
        target: U32,
        line: U32,
        kinds: U16,
        reserved: U16,
    }

    /// One import that led to no file.
    MissRow {
        name: RangeRow,
        line: U32,
        kinds: U16,
        /// A position in `MissReason::ALL`.
        reason: u8,
        reserved: u8,
    }

    /// One diagnostic.
    DiagnosticRow {
        message: RangeRow,
        line: U32,
        column: U32,
        /// A position in [`DIAGNOSTIC_KINDS`].
        kind: u8,
        reserved: [u8; 3],
    }

    /// One stem that imports looked up.
    StemRow {
        stem: RangeRow,
        users: RangeRow,
        frontend: u8,
        reserved: [u8; 3],
    }
}

/// The kinds of diagnostics in the order of their number in [`DiagnosticRow`].
pub(super) const DIAGNOSTIC_KINDS: [DiagnosticKind; 6] = [
    DiagnosticKind::Syntax,
    DiagnosticKind::Encoding,
    DiagnosticKind::TooDeep,
    DiagnosticKind::TooLarge,
    DiagnosticKind::Unreadable,
    DiagnosticKind::Internal,
];

impl From<StatRow> for Stat {
    fn from(row: StatRow) -> Self {
        Self {
            size: row.size.get(),
            mtime_ns: row.mtime_ns.get(),
            ctime_ns: row.ctime_ns.get(),
            inode: row.inode.get(),
        }
    }
}

impl From<Stat> for StatRow {
    fn from(stat: Stat) -> Self {
        Self {
            size: stat.size.into(),
            mtime_ns: stat.mtime_ns.into(),
            ctime_ns: stat.ctime_ns.into(),
            inode: stat.inode.into(),
        }
    }
}
