//! Ignore files: which apply in a directory, and what they say.
//!
//! The order of precedence is that of the `ignore` crate, which also reads and matches the patterns: `.ignore` before
//! `.gitignore`, before the repository's `info/exclude`, before the user's global excludes; the nearest directory first
//! in each. A repository inside another one begins anew: git's files of the outer one say nothing about it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rustix::fs::{AtFlags, Mode, OFlags};

/// The names in a directory by which something in it or below is looked at or not.
const RULES: [&str; 5] = [".git", ".gitignore", ".ignore", "CACHEDIR.TAG", "pyvenv.cfg"];

/// Whether which files are looked at depends on what lies at this path, wherever it is: an ignore file, or what marks a
/// repository, a cache or a virtual environment.
#[must_use]
pub fn is_rule(path: &Path) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(|name| RULES.contains(&name))
        || path.ends_with(".git/info/exclude")
}

/// Which of the names that mean something to the rules a directory has.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks {
    pub(super) dot_ignore: bool,
    pub(super) dot_gitignore: bool,
    pub(super) dot_git: bool,
    pub(super) cache_tag: bool,
    pub(super) virtual_environment: bool,
    /// A file below whose directory resources belong to the tree.
    pub(super) resources: bool,
}

/// The ignore files of one directory, and those above it. A directory without any shares the level of its parent.
pub(super) struct IgnoreLevel {
    parent: Option<Arc<IgnoreLevel>>,
    /// How many bytes of a full path come before what the patterns of this directory are matched against.
    base: usize,
    dot_ignore: Gitignore,
    dot_gitignore: Gitignore,
    repository: Option<RepositoryExcludes>,
}

/// What a git repository leaves out beside its `.gitignore` files.
struct RepositoryExcludes {
    info_exclude: Gitignore,
    global: Gitignore,
}

/// A directory whose ignore files are to be read.
pub(super) struct Place<'a> {
    pub(super) handle: BorrowedFd<'a>,
    /// Absolute.
    pub(super) path: &'a dyn Fn() -> PathBuf,
    /// How many bytes of a full path name this directory, the separator included.
    pub(super) base: usize,
}

impl IgnoreLevel {
    /// What applies in a directory that has these marks.
    pub(super) fn enter(
        parent: Option<&Arc<Self>>,
        place: &Place<'_>,
        marks: Marks,
        global: impl FnOnce() -> Gitignore,
    ) -> Option<Arc<Self>> {
        let repository = marks.dot_git.then(|| RepositoryExcludes {
            info_exclude: fs::read(info_exclude(&(place.path)()))
                .map_or_else(|_| Gitignore::empty(), |text| patterns(&text)),
            global: global(),
        });
        let in_repository = repository.is_some() || parent.is_some_and(|parent| parent.in_repository());
        let read = |wanted: bool, name: &str| match wanted {
            true => read_small(place.handle, name).map_or_else(|_| Gitignore::empty(), |text| patterns(&text)),
            false => Gitignore::empty(),
        };
        let dot_ignore = read(marks.dot_ignore, ".ignore");
        let dot_gitignore = read(marks.dot_gitignore && in_repository, ".gitignore");
        if dot_ignore.is_empty() && dot_gitignore.is_empty() && repository.is_none() {
            return parent.cloned();
        }
        Some(Arc::new(Self { parent: parent.cloned(), base: place.base, dot_ignore, dot_gitignore, repository }))
    }

    /// Whether a file or directory is ignored. The path is full: it begins at the outermost level's directory.
    pub(super) fn ignores(&self, full_path: &str, kind: EntryKind) -> bool {
        let mut git = Match::None;
        let mut git_asked = false;
        for level in self.levels() {
            let path = full_path.get(level.base..).unwrap_or_default();
            match level.dot_ignore.matched(path, kind.is_directory()) {
                Match::Ignore(_) => return true,
                Match::Whitelist(_) => return false,
                Match::None => {}
            }
            if git_asked {
                continue;
            }
            git = level.dot_gitignore.matched(path, kind.is_directory());
            if let Some(repository) = &level.repository {
                git = git
                    .or(repository.info_exclude.matched(path, kind.is_directory()))
                    .or(repository.global.matched(path, kind.is_directory()));
            }
            git_asked = !git.is_none() || level.repository.is_some();
        }
        git.is_ignore()
    }

    fn levels(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(Some(self), |level| level.parent.as_deref())
    }

    fn in_repository(&self) -> bool {
        self.levels().any(|level| level.repository.is_some())
    }
}

/// What a pattern is matched against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryKind {
    File,
    Directory,
}

impl EntryKind {
    pub(super) fn is_directory(self) -> bool {
        self == Self::Directory
    }
}

/// The nearest directory, from this absolute one up, that holds a git repository.
pub(super) fn repository_top(directory: &Path) -> Option<&Path> {
    directory.ancestors().find(|ancestor| fs::symlink_metadata(ancestor.join(".git")).is_ok())
}

/// The patterns of the user's global excludes file.
pub(super) fn global_excludes() -> Gitignore {
    let text = ignore::gitignore::gitconfig_excludes_path().and_then(|path| fs::read(path).ok());
    text.map_or_else(Gitignore::empty, |text| patterns(&text))
}

/// The names in a directory that mean something to the rules, found one by one. Cheaper than listing a large one.
pub(super) fn look_for_marks(directory: BorrowedFd<'_>, resource_marks: &[&str]) -> Marks {
    let has = |name: &str| rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW).is_ok();
    Marks {
        dot_ignore: has(".ignore"),
        dot_gitignore: has(".gitignore"),
        dot_git: has(".git"),
        cache_tag: has("CACHEDIR.TAG"),
        virtual_environment: has("pyvenv.cfg"),
        resources: resource_marks.iter().any(|name| has(name)),
    }
}

/// Whether a directory's `CACHEDIR.TAG` is one (<https://bford.info/cachedir/>).
pub(super) fn is_tagged_as_cache(directory: BorrowedFd<'_>) -> bool {
    const SIGNATURE: &[u8] = b"Signature: 8a477f597d28d172789f06886806bc55";
    let mut start = Vec::with_capacity(SIGNATURE.len());
    open_file(directory, "CACHEDIR.TAG")
        .and_then(|file| file.take(SIGNATURE.len() as u64).read_to_end(&mut start))
        .is_ok_and(|_| start == SIGNATURE)
}

/// Compiles ignore patterns. Lines that are no patterns are passed over, as git does.
fn patterns(text: &[u8]) -> Gitignore {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    // The root is empty because paths are cut to be relative before they are matched.
    let mut builder = GitignoreBuilder::new("");
    for line in text.split(|byte| *byte == b'\n').filter_map(|line| str::from_utf8(line).ok()) {
        _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

fn read_small(directory: BorrowedFd<'_>, name: &str) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    open_file(directory, name)?.read_to_end(&mut text)?;
    Ok(text)
}

/// Opens a file without following a link and without waiting for the other end of a pipe.
fn open_file(directory: BorrowedFd<'_>, name: &str) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(File::from(rustix::fs::openat(directory.as_fd(), name, flags, Mode::empty())?))
}

/// Where the repository at a directory keeps its `info/exclude`. In a linked worktree or a submodule, `.git` is a file
/// that says where the rest is.
fn info_exclude(top: &Path) -> PathBuf {
    let dot_git = top.join(".git");
    let first_line = |path: &Path| {
        let text = fs::read_to_string(path).ok()?;
        text.lines().next().map(str::to_owned)
    };
    let git_directory = first_line(&dot_git)
        .and_then(|line| line.strip_prefix("gitdir: ").map(|directory| top.join(directory)))
        .unwrap_or(dot_git);
    let common_directory = match first_line(&git_directory.join("commondir")) {
        Some(common) => git_directory.join(common),
        None => git_directory,
    };
    common_directory.join("info/exclude")
}
