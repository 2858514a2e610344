//! What differs from the base: rows of files that changed inside, with all that belongs to them.
//!
//! An edit that leaves every import leading where it led changes the row of its file and no other. Such rows lie over
//! those of the base, so that what is written after it is in proportion to what changed since the base was written.

use super::layout::{DiagnosticRow, EdgeRow, FileRow, Fixed, MissRow, RangeRow, StatRow, U32, cast};

/// Rows over those of the base.
#[derive(Clone, Default)]
pub(super) struct Overlay {
    /// The positions of the files, ascending and unique.
    pub(super) positions: Vec<U32>,
    pub(super) stats: Vec<StatRow>,
    pub(super) files: Vec<FileRow>,
    pub(super) text: Vec<u8>,
    pub(super) edges: Vec<EdgeRow>,
    pub(super) misses: Vec<MissRow>,
    pub(super) diagnostics: Vec<DiagnosticRow>,
    pub(super) questions: Vec<U32>,
}

impl Overlay {
    /// How many tables there are.
    pub(super) const COUNT: usize = 8;

    /// Its tables as bytes.
    pub(super) fn parts(&self) -> [&[u8]; Self::COUNT] {
        use zerocopy::IntoBytes;
        [
            self.positions.as_bytes(),
            self.stats.as_bytes(),
            self.files.as_bytes(),
            &self.text,
            self.edges.as_bytes(),
            self.misses.as_bytes(),
            self.diagnostics.as_bytes(),
            self.questions.as_bytes(),
        ]
    }

    /// The same from bytes. What does not fit together is left out: it was forged, because all was checked.
    pub(super) fn of(
        [positions, stats, files, text, edges, misses, diagnostics, questions]: [&[u8]; Self::COUNT],
    ) -> Self {
        let mut overlay = Self {
            positions: cast(positions).to_vec(),
            stats: cast(stats).to_vec(),
            files: cast(files).to_vec(),
            text: text.to_vec(),
            edges: cast(edges).to_vec(),
            misses: cast(misses).to_vec(),
            diagnostics: cast(diagnostics).to_vec(),
            questions: cast(questions).to_vec(),
        };
        let count = overlay.positions.len().min(overlay.stats.len()).min(overlay.files.len());
        overlay.positions.truncate(count);
        overlay.stats.truncate(count);
        overlay.files.truncate(count);
        overlay
    }

    /// How many bytes all tables have.
    pub(super) fn bytes(&self) -> usize {
        self.parts().iter().map(|part| part.len()).sum()
    }

    /// Where the file at this position of the base lies here, if it does.
    pub(super) fn find(&self, position: u32) -> Option<usize> {
        self.positions.binary_search_by_key(&position, |at| at.get()).ok()
    }

    pub(super) fn text(&self, range: RangeRow) -> &str {
        slice(&self.text, range).and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or("")
    }

    /// What the resolution of this row asked, ascending.
    pub(super) fn asked(&self, row: &FileRow) -> &[U32] {
        rows(&self.questions, row.question_range)
    }
}

/// The rows of a range; none if it does not lie within the table.
pub(super) fn rows<T: Fixed>(table: &[T], range: RangeRow) -> &[T] {
    slice(table, range).unwrap_or(&[])
}

fn slice<T>(table: &[T], range: RangeRow) -> Option<&[T]> {
    let start = range.start.get() as usize;
    table.get(start..start + range.length.get() as usize)
}
