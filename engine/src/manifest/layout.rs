//! The bytes of a manifest.
//!
//! All numbers are little-endian and unaligned. `docs/store-format.md` says the same in prose.
//!
//! ```text
//! base     magic [8] · format u32 · reserved u32 · BLAKE3 of the table [32]
//!          · table: one (start u64, length u64) per section, then XXH3-128 of each chunk of each section
//!          · sections Paths · Stats · Files · Text · Edges · Dependents · DependentStarts · Misses · Diagnostics · Stems
//!            · StemUsers · FileStems · Questions · Askers
//! head     magic [8] · format u32 · reserved u32 · BLAKE3 of all that follows [32] · a `Head` in postcard encoding
//! ```

use esker_frontend_api::DiagnosticKind;
pub(super) use zerocopy::little_endian::{I64, U16, U32, U64};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::input::Stat;

/// What a manifest begins with.
pub(super) const MAGIC: [u8; 8] = *b"ESKERMAN";
/// What the base of a manifest begins with.
pub(super) const BASE_MAGIC: [u8; 8] = *b"ESKERBAS";
/// Raised whenever the layout changes. A manifest of another format is as if there were none.
pub(super) const FORMAT: u32 = 6;
/// Where the digest lies in either header.
pub(super) const DIGEST: std::ops::Range<usize> = 16..48;
/// The length of either header: the first byte that the digest covers.
pub(super) const HEADER: usize = 48;

/// How many bytes of a section are read and checked at once, at most. Small enough that a look-up reads little, large
/// enough that reading everything takes few calls.
pub(super) const CHUNK: usize = 32 << 10;

/// The sections of a base, in the order in which they lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Section {
    /// The paths of all files, one after the other, UTF-8.
    Paths,
    /// [`StatRow`], ascending by path: all that a run needs that finds nothing changed.
    Stats,
    /// [`FileRow`], in the same order.
    Files,
    /// All other strings, one after the other, UTF-8.
    Text,
    /// [`EdgeRow`], grouped by file.
    Edges,
    /// Positions of files, grouped by the file that they import.
    Dependents,
    /// Where in Dependents each file's begin, and where the last one's end.
    DependentStarts,
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
    /// [`QuestionRow`], ascending by hash.
    Questions,
    /// Positions of the files whose resolutions asked, grouped by question.
    Askers,
}

impl Section {
    pub(super) const COUNT: usize = Self::Askers as usize + 1;

    /// The sections in their order.
    pub(super) const ALL: [Self; Self::COUNT] = [
        Self::Paths,
        Self::Stats,
        Self::Files,
        Self::Text,
        Self::Edges,
        Self::Dependents,
        Self::DependentStarts,
        Self::Misses,
        Self::Diagnostics,
        Self::Stems,
        Self::StemUsers,
        Self::FileStems,
        Self::Questions,
        Self::Askers,
    ];

    /// How many bytes a chunk of this section has, but for the last one: whole rows. Strings do not go across its end,
    /// unless they are longer than a chunk.
    pub(super) const fn stride(self) -> usize {
        let row = match self {
            Self::Paths | Self::Text => 1,
            Self::Stats => size_of::<StatRow>(),
            Self::Files => size_of::<FileRow>(),
            Self::Edges => size_of::<EdgeRow>(),
            Self::Dependents | Self::DependentStarts | Self::StemUsers | Self::FileStems | Self::Askers => 4,
            Self::Misses => size_of::<MissRow>(),
            Self::Diagnostics => size_of::<DiagnosticRow>(),
            Self::Stems => size_of::<StemRow>(),
            Self::Questions => size_of::<QuestionRow>(),
        };
        CHUNK / row * row
    }
}

/// Bits of [`StatRow::flags`].
pub(super) mod flags {
    /// The file was written so shortly before it was read that another write could have left the same time stamp.
    pub(in super::super) const RACY: u8 = 1 << 0;
    /// The results are an accident's and not kept: the file could not be read, or its frontend failed.
    pub(in super::super) const ACCIDENT: u8 = 1 << 1;
    /// The file was not read, so that it has no content digest.
    pub(in super::super) const NO_TEXT: u8 = 1 << 2;
    /// Of a row over the base: it has its own edges and misses.
    pub(in super::super) const OWN_LINKS: u8 = 1 << 3;
    /// Of a row over the base: it has its own questions.
    pub(in super::super) const OWN_QUESTIONS: u8 = 1 << 4;
    /// Of a row over the base: it has its own diagnostics.
    pub(in super::super) const OWN_DIAGNOSTICS: u8 = 1 << 5;
    /// What of a row is not to be had from the base.
    pub(in super::super) const OWN: u8 = OWN_LINKS | OWN_QUESTIONS | OWN_DIAGNOSTICS;
}

/// A row type: any bytes of its length are one.
pub(super) trait Fixed: FromBytes + KnownLayout + Immutable + Unaligned + 'static {}

impl<T: FromBytes + KnownLayout + Immutable + Unaligned + 'static> Fixed for T {}

/// The rows in a section's bytes; none if those are no whole number of rows.
pub(super) fn cast<T: Fixed>(bytes: &[u8]) -> &[T] {
    <[T]>::ref_from_bytes(bytes).unwrap_or(&[])
}

/// The row in these bytes; `None` if it has another length.
pub(super) fn row<T: Fixed>(bytes: &[u8]) -> Option<&T> {
    T::ref_from_bytes(bytes).ok()
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
    StatFields {
        size: U64,
        mtime_ns: I64,
        ctime_ns: I64,
        inode: U64,
    }

    /// What tells whether a source file is as it was.
    StatRow {
        path: RangeRow,
        stat: StatFields,
        frontend: u8,
        flags: u8,
        reserved: [u8; 2],
    }

    /// What is known of a source file.
    FileRow {
        content: [u8; 32],
        ir: [u8; 32],
        imports: [u8; 32],
        edges: [u8; 32],
        /// The digest of what the file tells whoever locates imports: the names that it lists as its public ones, or
        /// what it says as a settings file.
        exported: [u8; 32],
        /// The digest of what the file's imports lead to.
        located: [u8; 32],
        exports: [u8; 32],
        resolution: [u8; 32],
        /// The key of the resolution's record.
        resolution_key: [u8; 32],
        edge_range: RangeRow,
        miss_range: RangeRow,
        diagnostic_range: RangeRow,
        stem_range: RangeRow,
        /// Of a row over the base: what its resolution asked.
        question_range: RangeRow,
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
        /// The position of its file.
        file: U32,
        message: RangeRow,
        line: U32,
        column: U32,
        /// A position in [`DIAGNOSTIC_KINDS`].
        kind: u8,
        reserved: [u8; 3],
    }

    /// One question that resolutions asked: where those that did begin in the section of askers. The next row's begin
    /// where they end.
    QuestionRow {
        hash: U32,
        askers: U32,
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

impl From<StatFields> for Stat {
    fn from(row: StatFields) -> Self {
        Self {
            size: row.size.get(),
            mtime_ns: row.mtime_ns.get(),
            ctime_ns: row.ctime_ns.get(),
            inode: row.inode.get(),
        }
    }
}

impl From<Stat> for StatFields {
    fn from(stat: Stat) -> Self {
        Self {
            size: stat.size.into(),
            mtime_ns: stat.mtime_ns.into(),
            ctime_ns: stat.ctime_ns.into(),
            inode: stat.inode.into(),
        }
    }
}
