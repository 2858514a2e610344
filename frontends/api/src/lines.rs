//! Places in a file: byte offsets, spans, and lines with columns.

use serde::{Deserialize, Serialize};

/// A distance in bytes from the start of a file's decoded text (UTF-8, without a byte order mark).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ByteOffset(pub u32);

/// A half-open range of a file's decoded text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    /// The first byte.
    pub start: ByteOffset,
    /// The byte after the last one.
    pub end: ByteOffset,
}

/// A place as people read it: both numbers count from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LineColumn {
    /// The line, the first one being 1.
    pub line: u32,
    /// The column in bytes of UTF-8, the first one being 1.
    pub column: u32,
}

/// Where the lines of a file start, stored as the length of each line.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineTable {
    #[serde(with = "crate::packed")]
    lengths: Vec<u32>,
}

impl LineTable {
    /// Takes the offset at which each line starts, ascending, the first one being 0.
    pub fn from_starts(starts: impl IntoIterator<Item = ByteOffset>) -> Self {
        let mut previous = None;
        let mut lengths = Vec::new();
        for start in starts {
            if let Some(previous) = previous {
                lengths.push(start.0 - previous);
            }
            previous = Some(start.0);
        }
        Self { lengths }
    }

    /// The number of lines; a file with no line break has one.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.lengths.len() + 1
    }

    /// The offset at which each line starts, ascending.
    pub fn starts(&self) -> impl Iterator<Item = ByteOffset> {
        std::iter::once(ByteOffset(0)).chain(self.lengths.iter().scan(0, |start, length| {
            *start += length;
            Some(ByteOffset(*start))
        }))
    }

    /// The line and column of an offset. Costs a pass over the lines before it; for many offsets use [`Self::starts`].
    #[must_use]
    pub fn line_column(&self, offset: ByteOffset) -> LineColumn {
        let mut line = 1;
        let mut start = 0;
        for length in &self.lengths {
            if start + length > offset.0 {
                break;
            }
            start += length;
            line += 1;
        }
        LineColumn { line, column: offset.0 - start + 1 }
    }
}
