//! What the file system says of a file without opening it.
//!
//! Two equal [`Stat`]s of one path, the earlier of them older than the record that keeps it, mean that the file's bytes
//! are the same.

use std::fs::Metadata;
use std::os::unix::fs::MetadataExt;

/// Size, times and identity of a file: what tells a changed file from an unchanged one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(crate) struct Stat {
    /// Bytes.
    pub(crate) size: u64,
    /// When the content changed, in nanoseconds since 1970.
    pub(crate) mtime_ns: i64,
    /// When content or metadata changed, in nanoseconds since 1970. Unlike the other, no program can set it.
    pub(crate) ctime_ns: i64,
    /// Another file moved here has another one.
    pub(crate) inode: u64,
}

impl From<&rustix::fs::Stat> for Stat {
    // The types of the fields differ between platforms.
    #[allow(clippy::allow_attributes, clippy::unnecessary_cast, reason = "the casts are needed on other platforms")]
    fn from(stat: &rustix::fs::Stat) -> Self {
        Self {
            size: stat.st_size as u64,
            mtime_ns: nanoseconds(stat.st_mtime as i64, stat.st_mtime_nsec as i64),
            ctime_ns: nanoseconds(stat.st_ctime as i64, stat.st_ctime_nsec as i64),
            inode: stat.st_ino as u64,
        }
    }
}

impl From<&Metadata> for Stat {
    fn from(metadata: &Metadata) -> Self {
        Self {
            size: metadata.size(),
            mtime_ns: nanoseconds(metadata.mtime(), metadata.mtime_nsec()),
            ctime_ns: nanoseconds(metadata.ctime(), metadata.ctime_nsec()),
            inode: metadata.ino(),
        }
    }
}

/// Times beyond the year 2262 wrap: they only need to compare as different.
fn nanoseconds(seconds: i64, nanoseconds: i64) -> i64 {
    seconds.wrapping_mul(1_000_000_000).wrapping_add(nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_asking_give_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("a.py");
        std::fs::write(&path, "x = 1\n").unwrap();
        let stat = Stat::from(&std::fs::metadata(&path).unwrap());
        assert_eq!(Stat::from(&rustix::fs::stat(&path).unwrap()), stat);
        assert_eq!(stat.size, 6);
    }
}
