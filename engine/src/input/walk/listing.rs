//! Lists one directory.

use std::ffi::CStr;
use std::mem::MaybeUninit;
use std::ops::Range;
use std::os::fd::BorrowedFd;

use rustix::fs::FileType;
use rustix::io::Errno;

use super::ignores::Marks;

/// Bytes that one call to the kernel may fill: about a thousand entries.
const BUFFER_BYTES: usize = 32 * 1024;

/// The entries of one directory. Kept by a worker from directory to directory, so that listing allocates nothing.
pub(super) struct Listing<'a> {
    names: Vec<u8>,
    entries: Vec<(Range<usize>, FileType)>,
    marks: Marks,
    resource_marks: &'a [&'static str],
    buffer: Vec<MaybeUninit<u8>>,
}

/// One entry of a directory.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    /// The name and the byte 0.
    terminated: &'a [u8],
    /// What the directory says that it is; [`FileType::Unknown`] on file systems that do not keep it there.
    pub(super) kind: FileType,
}

impl<'a> Entry<'a> {
    pub(super) fn name(&self) -> &'a [u8] {
        self.terminated.split_last().map_or(&[], |(_, name)| name)
    }

    /// The name as the kernel wants it.
    pub(super) fn c_name(&self) -> &'a CStr {
        CStr::from_bytes_with_nul(self.terminated).unwrap_or_default()
    }
}

impl<'a> Listing<'a> {
    /// An empty listing that will look out for these names as marks for resources.
    pub(super) fn new(resource_marks: &'a [&'static str]) -> Self {
        let marks = Marks::default();
        Self { names: Vec::new(), entries: Vec::new(), marks, resource_marks, buffer: Vec::new() }
    }

    /// Reads a directory, in place of the one before. After an error the entries read until then are there.
    pub(super) fn read(&mut self, directory: BorrowedFd<'_>) -> Result<(), Errno> {
        self.names.clear();
        self.entries.clear();
        self.marks = Marks::default();
        self.read_entries(directory)
    }

    /// The names among the entries that mean something to the rules.
    pub(super) fn marks(&self) -> Marks {
        self.marks
    }

    /// The entries in the file system's order, without `.` and `..`.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.entries
            .iter()
            .filter_map(|(range, kind)| Some(Entry { terminated: self.names.get(range.clone())?, kind: *kind }))
    }

    fn push(&mut self, name: &CStr, kind: FileType) {
        match name.to_bytes() {
            b"." | b".." => return,
            b".ignore" => self.marks.dot_ignore = true,
            b".gitignore" => self.marks.dot_gitignore = true,
            b".git" => self.marks.dot_git = true,
            b"CACHEDIR.TAG" => self.marks.cache_tag = true,
            b"pyvenv.cfg" => self.marks.virtual_environment = true,
            bytes => self.marks.resources |= self.resource_marks.iter().any(|mark| mark.as_bytes() == bytes),
        }
        let start = self.names.len();
        self.names.extend_from_slice(name.to_bytes_with_nul());
        self.entries.push((start..self.names.len(), kind));
    }

    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn read_entries(&mut self, directory: BorrowedFd<'_>) -> Result<(), Errno> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.resize(BUFFER_BYTES, MaybeUninit::uninit());
        let mut entries = rustix::fs::RawDir::new(directory, &mut buffer);
        let mut outcome = Ok(());
        while let Some(entry) = entries.next() {
            match entry {
                Ok(entry) => self.push(entry.file_name(), entry.file_type()),
                Err(Errno::INTR) => {}
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
        }
        self.buffer = buffer;
        outcome
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn read_entries(&mut self, directory: BorrowedFd<'_>) -> Result<(), Errno> {
        for entry in rustix::fs::Dir::read_from(directory)? {
            let entry = entry?;
            self.push(entry.file_name(), entry.file_type());
        }
        Ok(())
    }
}
