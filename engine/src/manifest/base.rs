//! The greater part of a manifest: tables of rows, which stay as they are while files only change inside.
//!
//! A base that a run has put together lies in memory. One that is read from disk is read chunk by chunk, each when
//! something in it is first asked for, and each is checked then: what a run does not look at costs it nothing, however
//! large the repository is.
//!
//! **Invariant: no byte is used that was not checked.** Where a chunk is not what it was, whatever is at work on the
//! manifest is abandoned by unwinding, and begun again without it: see [`Base::is_damaged`]. Who cannot begin again
//! checks everything first ([`Base::check_all`]).

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::panic;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use xxhash_rust::xxh3::xxh3_128;
use zerocopy::{Immutable, IntoBytes};

use super::layout::{self, BASE_MAGIC, DIGEST, FORMAT, Fixed, HEADER, QuestionRow, RangeRow, Section, U32};
use super::publish::ManifestError;
use crate::digest::Digest;

/// The tables of a manifest.
pub(super) struct Base {
    sections: [Table; Section::COUNT],
    /// The digest in its header, once it has one.
    identity: OnceLock<Digest>,
    file: Option<File>,
    damaged: AtomicBool,
    bytes_read: AtomicU64,
    /// Which questions each file's resolution asked. Made when somebody asks.
    asked: OnceLock<Asked>,
}

/// One section.
enum Table {
    Memory(Box<dyn Rows>),
    File {
        /// Where it begins.
        start: u64,
        length: usize,
        chunks: Vec<Chunk>,
        /// All of it in one piece, for strings that lie across the ends of chunks.
        whole: OnceLock<Box<[u8]>>,
    },
}

/// The rows of a section as they were made, shown as bytes.
pub(super) trait Rows: Send + Sync {
    fn bytes(&self) -> &[u8];
}

impl<T: IntoBytes + Immutable + Send + Sync> Rows for Vec<T> {
    fn bytes(&self) -> &[u8] {
        self.as_bytes()
    }
}

struct Chunk {
    check: u128,
    bytes: OnceLock<Box<[u8]>>,
}

/// The questions of all files: those of the file at `i` are `hashes[starts[i]..starts[i + 1]]`, ascending.
struct Asked {
    starts: Vec<u32>,
    hashes: Vec<u32>,
}

/// The payload of the unwinding that abandons work on a manifest that is damaged.
#[derive(Debug)]
struct Damaged;

impl Base {
    /// A base of these sections.
    pub(super) fn new(sections: [Box<dyn Rows>; Section::COUNT]) -> Self {
        Self::of(sections.map(Table::Memory), None)
    }

    fn of(sections: [Table; Section::COUNT], file: Option<File>) -> Self {
        Self {
            sections,
            identity: OnceLock::new(),
            file,
            damaged: AtomicBool::new(false),
            bytes_read: AtomicU64::new(0),
            asked: OnceLock::new(),
        }
    }

    /// Opens a base that has this identity. Reads its header alone.
    pub(super) fn open(file: File, size: u64, identity: Digest) -> Result<Self, ManifestError> {
        let mut header = [0; HEADER];
        let mut table = vec![0; Section::COUNT * 16];
        let is_in = |end: usize| u64::try_from(end).is_ok_and(|end| end <= size);
        if !is_in(HEADER + table.len()) {
            return Err(ManifestError::Truncated);
        }
        file.read_exact_at(&mut header, 0)?;
        if header[..8] != BASE_MAGIC || header[8..12] != FORMAT.to_le_bytes() {
            return Err(ManifestError::Foreign);
        }
        if header[DIGEST] != identity.0 {
            return Err(ManifestError::DigestMismatch);
        }
        file.read_exact_at(&mut table, HEADER as u64)?;
        let number = |at: usize| {
            let bytes: [u8; 8] = table.get(at..at + 8)?.try_into().ok()?;
            usize::try_from(u64::from_le_bytes(bytes)).ok()
        };
        let mut ranges = Vec::with_capacity(Section::COUNT);
        let mut chunks = 0_usize;
        for (position, section) in Section::ALL.into_iter().enumerate() {
            let (start, length) =
                number(position * 16).zip(number(position * 16 + 8)).ok_or(ManifestError::Sections)?;
            if !start.checked_add(length).is_some_and(is_in) {
                return Err(ManifestError::Sections);
            }
            chunks += length.div_ceil(section.stride());
            ranges.push((start, length));
        }
        let checks_at = HEADER + table.len();
        if !is_in(checks_at + chunks * 16) {
            return Err(ManifestError::Truncated);
        }
        let mut checks = vec![0; chunks * 16];
        file.read_exact_at(&mut checks, checks_at as u64)?;
        if Digest::of_all([&table[..], &checks]) != identity {
            return Err(ManifestError::DigestMismatch);
        }
        let mut checks = checks.chunks_exact(16).map(|check| {
            let check = check.try_into().map(u128::from_le_bytes).unwrap_or_default();
            Chunk { check, bytes: OnceLock::new() }
        });
        let sections = std::array::from_fn(|position| {
            let (start, length) = ranges[position];
            let chunks = checks.by_ref().take(length.div_ceil(Section::ALL[position].stride())).collect();
            Table::File { start: start as u64, length, chunks, whole: OnceLock::new() }
        });
        let base = Self::of(sections, Some(file));
        _ = base.identity.set(identity);
        base.bytes_read.store((checks_at + chunks * 16) as u64, Ordering::Relaxed);
        Ok(base)
    }

    /// A base that goes on like this behind its header, whatever the checks of its chunks say.
    #[cfg(feature = "fuzzing")]
    pub(super) fn forged(bytes: &[u8]) -> Option<Self> {
        use std::io::Write;

        let number = |at: usize| {
            let bytes = bytes.get(at..at + 8)?.try_into().ok()?;
            usize::try_from(u64::from_le_bytes(bytes)).ok()
        };
        let sections = (0..Section::COUNT).map(|position| {
            let start = number(position * 16)?.checked_sub(HEADER)?;
            let end = start.checked_add(number(position * 16 + 8)?)?;
            Some(Box::new(bytes.get(start..end)?.to_vec()) as Box<dyn Rows>)
        });
        let sections: Option<Vec<Box<dyn Rows>>> = sections.collect();
        let forged = Self::new(sections?.try_into().ok()?);

        // As a file it can be opened, and unwinds where a check is wrong.
        let chunks: usize = Section::ALL.into_iter().map(|section| forged.chunks(section)).sum();
        let identity = Digest::of(bytes.get(..Section::COUNT * 16 + chunks * 16)?);
        let header = [&BASE_MAGIC[..], &FORMAT.to_le_bytes(), &[0; 4], &identity.0].concat();
        let mut file = tempfile::tempfile().ok()?;
        file.write_all(&header).and_then(|()| file.write_all(bytes)).ok()?;
        if let Ok(base) = Self::open(file, (HEADER + bytes.len()) as u64, identity) {
            _ = panic::catch_unwind(panic::AssertUnwindSafe(|| base.check_all()));
        }
        Some(forged)
    }

    /// Its header and the table behind it.
    pub(super) fn header(&self) -> Vec<u8> {
        let count: usize = Section::ALL.into_iter().map(|section| self.chunks(section)).sum();
        let mut start = HEADER + Section::COUNT * 16 + count * 16;
        let mut table = Vec::with_capacity(start - HEADER);
        for section in Section::ALL {
            let length = self.length(section);
            table.extend_from_slice(&(start as u64).to_le_bytes());
            table.extend_from_slice(&(length as u64).to_le_bytes());
            start += length;
        }
        for section in Section::ALL {
            for chunk in 0..self.chunks(section) {
                table.extend_from_slice(&xxh3_128(self.chunk(section, chunk)).to_le_bytes());
            }
        }
        let identity = self.identity.get_or_init(|| Digest::of(&table));
        let mut header = Vec::with_capacity(HEADER + table.len());
        header.extend_from_slice(&BASE_MAGIC);
        header.extend_from_slice(&FORMAT.to_le_bytes());
        header.resize(DIGEST.start, 0);
        header.extend_from_slice(&identity.0);
        header.extend_from_slice(&table);
        header
    }

    /// The digest in its header, if it was read or published.
    pub(super) fn identity(&self) -> Option<Digest> {
        self.identity.get().copied()
    }

    /// Shows all bytes behind the header, in order.
    pub(super) fn parts(&self) -> impl Iterator<Item = &[u8]> {
        Section::ALL
            .into_iter()
            .flat_map(move |section| (0..self.chunks(section)).map(move |chunk| self.chunk(section, chunk)))
    }

    /// How many bytes all sections have.
    pub(super) fn bytes(&self) -> usize {
        Section::ALL.into_iter().map(|section| self.length(section)).sum()
    }

    /// How many bytes were read since the last call.
    pub(super) fn take_bytes_read(&self) -> u64 {
        self.bytes_read.swap(0, Ordering::Relaxed)
    }

    /// Whether a chunk was met that is not what it was.
    pub(super) fn is_damaged(&self) -> bool {
        self.damaged.load(Ordering::Relaxed)
    }

    /// Reads and checks all that was not read yet. Unwinds if something is not what it was.
    pub(super) fn check_all(&self) {
        Section::ALL.into_iter().for_each(|section| self.check(section));
    }

    /// The same for one section.
    pub(super) fn check(&self, section: Section) {
        (0..self.chunks(section)).for_each(|chunk| _ = self.chunk(section, chunk));
    }

    /// How many rows a section has.
    pub(super) fn count<T: Fixed>(&self, section: Section) -> usize {
        self.length(section) / size_of::<T>()
    }

    /// A row; `None` past the end.
    pub(super) fn row<T: Fixed>(&self, section: Section, index: usize) -> Option<&T> {
        let at = index.checked_mul(size_of::<T>())?;
        let end = at.checked_add(size_of::<T>())?;
        let bytes = match &self.sections[section as usize] {
            Table::Memory(rows) => rows.bytes().get(at..end)?,
            Table::File { length, .. } if end <= *length => {
                let stride = section.stride();
                self.chunk(section, at / stride).get(at % stride..at % stride + size_of::<T>())?
            }
            Table::File { .. } => return None,
        };
        layout::row(bytes)
    }

    /// The rows of a range, those of them that there are.
    pub(super) fn rows<T: Fixed>(&self, section: Section, range: RangeRow) -> impl Iterator<Item = &T> {
        let start = range.start.get() as usize;
        let end = (start + range.length.get() as usize).min(self.count::<T>(section));
        let in_chunk = section.stride() / size_of::<T>();
        let chunks = if start < end { start / in_chunk..(end - 1) / in_chunk + 1 } else { 0..0 };
        chunks.flat_map(move |chunk| {
            let first = chunk * in_chunk;
            let rows = layout::cast::<T>(self.chunk(section, chunk));
            rows.get(start.saturating_sub(first)..rows.len().min(end - first)).unwrap_or(&[])
        })
    }

    /// The position of the first row for which `is_before` does not hold, where it holds for all before that one.
    pub(super) fn partition_point<T: Fixed>(&self, section: Section, is_before: impl Fn(&T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.count::<T>(section));
        while low < high {
            let middle = low + (high - low) / 2;
            if self.row(section, middle).is_some_and(&is_before) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }

    /// All rows of a section, one after the other. Worth its copy for who goes through most of them.
    pub(super) fn all<T: Fixed>(&self, section: Section) -> &[T] {
        layout::cast(self.whole(section))
    }

    /// The bytes of a section, put together once.
    fn whole(&self, section: Section) -> &[u8] {
        match &self.sections[section as usize] {
            Table::Memory(rows) => rows.bytes(),
            Table::File { length, chunks, whole, .. } => whole.get_or_init(|| {
                let mut all = Vec::with_capacity(*length);
                (0..chunks.len()).for_each(|chunk| all.extend_from_slice(self.chunk(section, chunk)));
                all.into()
            }),
        }
    }

    /// A string; `""` for what is none.
    pub(super) fn text(&self, section: Section, range: RangeRow) -> &str {
        let start = range.start.get() as usize;
        let end = start + range.length.get() as usize;
        let bytes = match &self.sections[section as usize] {
            Table::Memory(rows) => rows.bytes().get(start..end),
            Table::File { length, .. } if end > *length => None,
            Table::File { .. } => {
                let stride = section.stride();
                if start / stride == end.saturating_sub(1) / stride || start == end {
                    self.chunk(section, start / stride).get(start % stride..start % stride + (end - start))
                } else {
                    self.whole(section).get(start..end)
                }
            }
        };
        bytes.and_then(|bytes| str::from_utf8(bytes).ok()).unwrap_or("")
    }

    /// Checks the chunks in which these strings lie, so that none of them can fail afterwards. They had best ascend.
    pub(super) fn check_texts(&self, section: Section, texts: impl Iterator<Item = RangeRow>) {
        let stride = section.stride();
        let mut checked = None;
        for range in texts {
            let start = range.start.get() as usize;
            let end = start + range.length.get() as usize;
            let only = (start / stride == end.saturating_sub(1) / stride).then_some(start / stride);
            if only.is_none() || only != checked {
                self.text(section, range);
                checked = only;
            }
        }
    }

    /// The files whose resolutions asked the question with this hash, ascending.
    pub(super) fn askers(&self, hash: u32) -> impl Iterator<Item = u32> {
        let at = self.partition_point(Section::Questions, |row: &QuestionRow| row.hash.get() < hash);
        let question = self.row::<QuestionRow>(Section::Questions, at).filter(|row| row.hash.get() == hash);
        let range = question.map_or(RangeRow::default(), |question| self.askers_of(at, *question));
        self.rows::<U32>(Section::Askers, range).map(|row| row.get())
    }

    /// Where the files lie that asked the question at this position.
    pub(super) fn askers_of(&self, at: usize, question: QuestionRow) -> RangeRow {
        let next = self.row::<QuestionRow>(Section::Questions, at + 1).map(|next| next.askers.get());
        let end = next.unwrap_or_else(|| self.count::<U32>(Section::Askers) as u32);
        RangeRow { start: question.askers, length: end.saturating_sub(question.askers.get()).into() }
    }

    /// Every question with those who asked it, ascending by hash and file.
    pub(super) fn questions(&self) -> impl Iterator<Item = (u32, u32)> {
        (0..self.count::<QuestionRow>(Section::Questions)).flat_map(move |at| {
            let question = self.row::<QuestionRow>(Section::Questions, at).copied().unwrap_or_default();
            let askers = self.rows::<U32>(Section::Askers, self.askers_of(at, question));
            askers.map(move |asker| (question.hash.get(), asker.get()))
        })
    }

    /// The hashes of what the resolution of the file at this position asked, ascending. The first call costs a pass
    /// over all questions.
    pub(super) fn asked_by(&self, index: u32) -> &[u32] {
        let asked = self.asked.get_or_init(|| Asked::new(self));
        let range = asked.starts.get(index as usize).zip(asked.starts.get(index as usize + 1));
        range.and_then(|(start, end)| asked.hashes.get(*start as usize..*end as usize)).unwrap_or(&[])
    }

    fn length(&self, section: Section) -> usize {
        match &self.sections[section as usize] {
            Table::Memory(rows) => rows.bytes().len(),
            Table::File { length, .. } => *length,
        }
    }

    fn chunks(&self, section: Section) -> usize {
        self.length(section).div_ceil(section.stride())
    }

    /// The bytes of a chunk; none past the end.
    fn chunk(&self, section: Section, index: usize) -> &[u8] {
        let stride = section.stride();
        match &self.sections[section as usize] {
            Table::Memory(rows) => {
                let bytes = rows.bytes();
                let start = (index * stride).min(bytes.len());
                &bytes[start..bytes.len().min(start + stride)]
            }
            Table::File { start, length, chunks, .. } => {
                let Some(chunk) = chunks.get(index) else { return &[] };
                chunk.bytes.get_or_init(|| {
                    let at = index * stride;
                    let mut bytes = vec![0; stride.min(length - at)];
                    let read = self.file.as_ref().map(|file| file.read_exact_at(&mut bytes, start + at as u64));
                    if !matches!(read, Some(Ok(()))) || xxh3_128(&bytes) != chunk.check {
                        self.damaged.store(true, Ordering::Relaxed);
                        panic::resume_unwind(Box::new(Damaged));
                    }
                    self.bytes_read.fetch_add(bytes.len() as u64, Ordering::Relaxed);
                    bytes.into()
                })
            }
        }
    }
}

impl Asked {
    fn new(base: &Base) -> Self {
        let files = base.count::<layout::StatRow>(Section::Stats);
        let mut starts = vec![0_u32; files + 1];
        let count = |starts: &mut Vec<u32>, asker: u32| {
            starts.get_mut(asker as usize + 1).into_iter().for_each(|count| *count += 1);
        };
        base.questions().for_each(|(_, asker)| count(&mut starts, asker));
        (0..files).for_each(|file| starts[file + 1] += starts[file]);
        let mut next = starts.clone();
        let mut hashes = vec![0; starts.last().copied().unwrap_or_default() as usize];
        for (hash, asker) in base.questions() {
            let Some(next) = next.get_mut(asker as usize).filter(|_| (asker as usize) < files) else { continue };
            hashes[*next as usize] = hash;
            *next += 1;
        }
        Self { starts, hashes }
    }
}

/// The questions and those who asked them, from pairs that ascend, as the two sections have them.
pub(super) fn question_tables(pairs: impl Iterator<Item = (u32, u32)>, count: usize) -> (Vec<QuestionRow>, Vec<U32>) {
    let (mut questions, mut askers): (Vec<QuestionRow>, Vec<U32>) = (Vec::new(), Vec::with_capacity(count));
    for (hash, asker) in pairs {
        if questions.last().is_none_or(|last| last.hash.get() != hash) {
            questions.push(QuestionRow { hash: hash.into(), askers: (askers.len() as u32).into() });
        }
        askers.push(asker.into());
    }
    (questions, askers)
}
