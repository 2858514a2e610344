//! The manifest on disk: checked on the way in, replaced as a whole on the way out.

use std::fs;
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::layout::{DIGEST, FORMAT, HEADER, MAGIC, Section, TABLE};
use super::{Manifest, Span, Tail};
use crate::digest::Digest;
use crate::fail_point;
use crate::system::open_regular;

/// What the name of a manifest's file begins with until it is finished.
pub(crate) const UNFINISHED: &str = ".manifest-";

/// Why a manifest is not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ManifestError {
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    #[error("it is shorter than its header")]
    Truncated,
    #[error("it is no manifest of this version of Esker")]
    Foreign,
    #[error("its digest does not match its content")]
    DigestMismatch,
    #[error("its sections do not fit its length")]
    Sections,
}

/// Reads a manifest, or `None` if there is none.
pub(crate) fn load(path: &Path) -> Result<Option<Manifest>, ManifestError> {
    let (mut file, size) = match open_regular(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    let mut bytes = Vec::with_capacity(usize::try_from(size).map_err(io::Error::other)? + 1);
    file.read_to_end(&mut bytes)?;
    Manifest::check(bytes).map(Some)
}

/// The digest of the manifest that lies at a path, as its header has it; `None` if there is none that could be read.
pub(crate) fn published_digest(path: &Path) -> Option<Digest> {
    let mut header = [0; TABLE];
    open_regular(path).and_then(|(mut file, _)| file.read_exact(&mut header)).ok()?;
    header[DIGEST].try_into().ok().map(Digest)
}

/// Puts a manifest in the place of the one before: written beside it, synced, renamed. Whoever reads meanwhile sees the
/// old one or the new one, whole. Returns the digest in its header.
pub(crate) fn publish(manifest: &Manifest, path: &Path) -> io::Result<Digest> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(directory)?;
    fail_point::reach("manifest-begun");
    let (header, digest) = manifest.header();
    file.write_all(&header)?;
    for section in &manifest.sections {
        fail_point::reach("manifest-part-written");
        file.write_all(section.bytes())?;
    }
    fail_point::reach("manifest-written");
    file.as_file().sync_data()?;
    fail_point::reach("manifest-synced");
    if let Err(error) = file.persist(path) {
        // A file does not take the place of a directory; whatever put one there, the name is a manifest's.
        if !path.is_dir() {
            return Err(error.error);
        }
        fs::remove_dir_all(path)?;
        error.file.persist(path)?;
    }
    fail_point::reach("manifest-renamed");
    Ok(digest)
}

impl Manifest {
    /// What comes before the sections, with the digest in it.
    fn header(&self) -> (Vec<u8>, Digest) {
        let mut header = Vec::with_capacity(HEADER);
        header.extend_from_slice(&MAGIC);
        header.extend_from_slice(&FORMAT.to_le_bytes());
        header.resize(TABLE, 0);
        let mut start = HEADER;
        for section in &self.sections {
            let length = section.bytes().len();
            header.extend_from_slice(&(start as u64).to_le_bytes());
            header.extend_from_slice(&(length as u64).to_le_bytes());
            start += length;
        }
        let sections = self.sections.iter().map(Span::bytes);
        let digest = Digest::of_all([&header[TABLE..]].into_iter().chain(sections));
        header[DIGEST].copy_from_slice(&digest.0);
        (header, digest)
    }

    /// The bytes of a manifest that go on like this behind its digest, which fits them.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn forged(rest: &[u8]) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(TABLE + rest.len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.resize(TABLE, 0);
        bytes[DIGEST].copy_from_slice(&Digest::of(rest).0);
        bytes.extend_from_slice(rest);
        bytes
    }

    /// Takes the bytes of a whole manifest, checking them.
    pub(crate) fn check(bytes: Vec<u8>) -> Result<Self, ManifestError> {
        if bytes.len() < HEADER {
            return Err(ManifestError::Truncated);
        }
        if bytes[..8] != MAGIC || bytes[8..12] != FORMAT.to_le_bytes() {
            return Err(ManifestError::Foreign);
        }
        let digest = Digest::of(&bytes[TABLE..]);
        if bytes[DIGEST] != digest.0 {
            return Err(ManifestError::DigestMismatch);
        }
        let number = |at: usize| {
            let bytes: [u8; 8] = bytes.get(at..at + 8)?.try_into().ok()?;
            usize::try_from(u64::from_le_bytes(bytes)).ok()
        };
        let mut sections: [_; Section::COUNT] = std::array::from_fn(|_| 0..0);
        for (position, section) in sections.iter_mut().enumerate() {
            let at = TABLE + position * 16;
            let range = number(at).zip(number(at + 8)).and_then(|(start, length)| {
                let end = start.checked_add(length)?;
                (start >= HEADER && end <= bytes.len()).then_some(start..end)
            });
            *section = range.ok_or(ManifestError::Sections)?;
        }
        let tail: Tail = postcard::from_bytes(&bytes[sections[Section::Tail as usize].clone()])
            .map_err(|_| ManifestError::Sections)?;
        let buffer = Arc::new(bytes);
        let sections = sections.map(|range| Span { buffer: buffer.clone(), range });
        Ok(Self { sections, tail, digest_read: Some(digest), findings: OnceLock::new(), reasons: OnceLock::new() })
    }
}
