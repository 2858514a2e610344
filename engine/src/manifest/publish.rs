//! The manifest on disk: checked on the way in, replaced as a whole on the way out.
//!
//! The head has the manifest's name and names its base; that has a name of its own, by its content. So a base is never
//! written to: another one comes to lie beside it, the head is replaced, and then the old one goes.

use std::fs;
use std::io::{self, Read, Write};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, OnceLock};

use super::base::Base;
use super::layout::{DIGEST, FORMAT, HEADER, MAGIC};
use super::overlay::Overlay;
use super::{Manifest, Tail};
use crate::digest::Digest;
use crate::fail_point;
use crate::system::open_regular;

/// What the name of a file of the cache begins with until it is finished.
pub(crate) const UNFINISHED: &str = ".manifest-";

/// What the name of a base's file begins with.
pub(crate) const BASE: &str = "base-";

/// How often a head is read whose base is not there: another process may have replaced both in between.
const ATTEMPTS: usize = 3;

/// What a head has in it: the tables of its overlay, the reasons and the tail.
const PARTS: usize = Overlay::COUNT + 2;

/// Where the parts of a head begin: behind its header, its base's digest, and their lengths.
const PARTS_AT: usize = HEADER + 32 + PARTS * 8;

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
    #[error("a part of its base is not what was written")]
    Damaged,
    #[error("its base is missing")]
    NoBase,
}

/// Opens a manifest, or `None` if there is none. Of its base, only what is looked at is read and checked, and that
/// later.
pub(crate) fn load(path: &Path) -> Result<Option<Manifest>, ManifestError> {
    let mut outcome = Err(ManifestError::NoBase);
    for _ in 0..ATTEMPTS {
        let (mut file, size) = match open_regular(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let mut bytes = Vec::with_capacity(usize::try_from(size).map_err(io::Error::other)? + 1);
        file.read_to_end(&mut bytes)?;
        let head = Head::read(&bytes)?;
        outcome = head.open(path).map(Some);
        if !matches!(outcome, Err(ManifestError::NoBase)) {
            break;
        }
    }
    outcome
}

/// The same, checked as a whole.
pub(crate) fn load_checked(path: &Path) -> Result<Option<Manifest>, ManifestError> {
    let manifest = load(path)?;
    let checked = panic::catch_unwind(AssertUnwindSafe(|| manifest.iter().for_each(Manifest::check_all)));
    checked.map(|()| manifest).map_err(|_| ManifestError::Damaged)
}

/// The digest of the manifest that lies at a path, as its header has it; `None` if there is none that could be read.
pub(crate) fn published_digest(path: &Path) -> Option<Digest> {
    let mut header = [0; HEADER];
    open_regular(path).and_then(|(mut file, _)| file.read_exact(&mut header)).ok()?;
    header[DIGEST].try_into().ok().map(Digest)
}

/// Puts a manifest in the place of the one before. Whoever reads meanwhile sees the old one or the new one, whole.
/// Returns the digest in its header, and how many bytes were written.
///
/// A base is synced before a head names it. A head is not: should the machine go down before it is on disk, it fails
/// its check, or the one before is still there; a synced file could be missing its name as well.
pub(crate) fn publish(manifest: &Manifest, path: &Path) -> io::Result<(Digest, u64)> {
    let directory = path.parent().unwrap_or(Path::new("."));
    let known = manifest.base.identity().filter(|identity| base_of(path, *identity).is_file());
    let (identity, base_bytes) = match known {
        Some(identity) => (identity, 0),
        None => publish_base(&manifest.base, path)?,
    };
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(directory)?;
    fail_point::reach("manifest-begun");
    let (bytes, digest) = manifest.head(identity);
    let (header, parts) = bytes.split_at(HEADER);
    file.write_all(header)?;
    fail_point::reach("manifest-part-written");
    file.write_all(parts)?;
    fail_point::reach("manifest-written");
    replace(file, path)?;
    fail_point::reach("manifest-renamed");
    if known.is_none() {
        let of_others = bases(path).into_iter().filter(|base| *base != base_of(path, identity));
        // One that stays takes room, no more; the next one that is written takes it along.
        of_others.for_each(|base| _ = fs::remove_file(base));
        fail_point::reach("bases-removed");
    }
    Ok((digest, (base_bytes + bytes.len()) as u64))
}

/// Gives a finished file its name.
fn replace(file: tempfile::NamedTempFile, path: &Path) -> io::Result<()> {
    if let Err(error) = file.persist(path) {
        // A file does not take the place of a directory; whatever put one there, the name is a manifest's.
        if !path.is_dir() {
            return Err(error.error);
        }
        fs::remove_dir_all(path)?;
        error.file.persist(path)?;
    }
    Ok(())
}

/// Writes a base, synced, under the name that its content gives it. Returns its identity and how many bytes it has.
fn publish_base(base: &Base, manifest: &Path) -> io::Result<(Digest, usize)> {
    // One that was read and is to be written anew, because its file is gone, may not have been read as a whole.
    panic::catch_unwind(AssertUnwindSafe(|| base.check_all())).map_err(|_| io::Error::other(ManifestError::Damaged))?;
    let directory = manifest.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).tempfile_in(directory)?;
    fail_point::reach("base-begun");
    let header = base.header();
    file.write_all(&header)?;
    for part in base.parts() {
        file.write_all(part)?;
        fail_point::reach("base-part-written");
    }
    fail_point::reach("base-written");
    file.as_file().sync_data()?;
    fail_point::reach("base-synced");
    let identity = base.identity().unwrap_or_default();
    replace(file, &base_of(manifest, identity))?;
    fail_point::reach("base-renamed");
    Ok((identity, header.len() + base.bytes()))
}

/// Where a base of a manifest lies that has this identity.
fn base_of(manifest: &Path, identity: Digest) -> PathBuf {
    let mut name = base_prefix(manifest);
    name.extend(identity.to_string().chars().take(16));
    manifest.with_file_name(name)
}

/// What the names of a manifest's bases begin with.
fn base_prefix(manifest: &Path) -> String {
    format!("{BASE}{}-", manifest.file_name().unwrap_or_default().to_string_lossy())
}

/// The files of all bases that were written for a manifest.
pub(crate) fn bases(manifest: &Path) -> Vec<PathBuf> {
    let prefix = base_prefix(manifest);
    let Ok(entries) = fs::read_dir(manifest.parent().unwrap_or(Path::new("."))) else { return Vec::new() };
    let is_base = |entry: &fs::DirEntry| entry.file_name().as_encoded_bytes().starts_with(prefix.as_bytes());
    entries.flatten().filter(is_base).map(|entry| entry.path()).collect()
}

/// A head as it lies on disk, checked.
struct Head<'a> {
    digest: Digest,
    base: Digest,
    parts: [&'a [u8]; PARTS],
}

impl<'a> Head<'a> {
    fn read(bytes: &'a [u8]) -> Result<Self, ManifestError> {
        if bytes.len() < PARTS_AT {
            return Err(ManifestError::Truncated);
        }
        if bytes[..8] != MAGIC || bytes[8..12] != FORMAT.to_le_bytes() {
            return Err(ManifestError::Foreign);
        }
        let digest = Digest::of(&bytes[HEADER..]);
        if bytes[DIGEST] != digest.0 {
            return Err(ManifestError::DigestMismatch);
        }
        let base = bytes[HEADER..HEADER + 32].try_into().map(Digest).map_err(|_| ManifestError::Truncated)?;
        let mut parts = [&[][..]; PARTS];
        let mut start = PARTS_AT;
        for (position, part) in parts.iter_mut().enumerate() {
            let at = HEADER + 32 + position * 8;
            let length = bytes[at..at + 8].try_into().map(u64::from_le_bytes).unwrap_or(u64::MAX);
            let end = usize::try_from(length).ok().and_then(|length| start.checked_add(length));
            *part = end.and_then(|end| bytes.get(start..end)).ok_or(ManifestError::Sections)?;
            start += part.len();
        }
        Ok(Self { digest, base, parts })
    }

    /// Opens the base and puts both together.
    fn open(&self, path: &Path) -> Result<Manifest, ManifestError> {
        let (file, size) = match open_regular(&base_of(path, self.base)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(ManifestError::NoBase),
            opened => opened?,
        };
        self.over(Base::open(file, size, self.base)?)
    }

    fn over(&self, base: Base) -> Result<Manifest, ManifestError> {
        let [overlay @ .., reasons, tail] = &self.parts;
        let tail: Tail = postcard::from_bytes(tail).map_err(|_| ManifestError::Sections)?;
        Ok(Manifest {
            base: Arc::new(base),
            overlay: Overlay::of(*overlay),
            encoded_reasons: reasons.to_vec(),
            tail,
            digest_read: Some(self.digest),
            bytes_read: AtomicU64::new((PARTS_AT + self.parts.iter().map(|part| part.len()).sum::<usize>()) as u64),
            reasons: OnceLock::new(),
        })
    }
}

impl Manifest {
    /// What there is if the head and the base go on like this behind their headers, whose digests fit: four bytes tell
    /// how long the first one is.
    #[cfg(feature = "fuzzing")]
    pub(crate) fn forged(bytes: &[u8]) -> Option<Self> {
        let (length, bytes) = bytes.split_first_chunk()?;
        let (parts, base) = bytes.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        let mut head = Vec::with_capacity(HEADER + parts.len());
        head.extend_from_slice(&MAGIC);
        head.extend_from_slice(&FORMAT.to_le_bytes());
        head.resize(HEADER, 0);
        head[DIGEST].copy_from_slice(&Digest::of(parts).0);
        head.extend_from_slice(parts);
        Head::read(&head).ok()?.over(Base::forged(base)?).ok()
    }

    /// The head as it lies on disk, over the base of this identity, and the digest in it.
    fn head(&self, base: Digest) -> (Vec<u8>, Digest) {
        let tail = postcard::to_stdvec(&self.tail).expect("invariant: the tail has a postcard form");
        let parts = self.overlay.parts().into_iter().chain([&self.encoded_reasons[..], &tail]);
        let mut bytes = Vec::with_capacity(PARTS_AT + self.overlay.bytes() + self.encoded_reasons.len() + tail.len());
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&FORMAT.to_le_bytes());
        bytes.resize(HEADER, 0);
        bytes.extend_from_slice(&base.0);
        parts.clone().for_each(|part| bytes.extend_from_slice(&(part.len() as u64).to_le_bytes()));
        parts.for_each(|part| bytes.extend_from_slice(part));
        let digest = Digest::of(&bytes[HEADER..]);
        bytes[DIGEST].copy_from_slice(&digest.0);
        (bytes, digest)
    }
}
