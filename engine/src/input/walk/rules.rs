//! Decides what belongs to the source tree.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use esker_frontend_api::FileClass;
use globset::{Glob, GlobSet, GlobSetBuilder};
use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;

use super::WalkOptions;
use super::ignores::{EntryKind, IgnoreLevel, Marks, Place};
use super::ignores::{global_excludes, is_tagged_as_cache, look_for_marks, repository_top};

/// Directories that never hold sources of the project.
const NEVER_WALKED: [&str; 6] = [".git", ".hg", ".svn", ".esker", "node_modules", "__pycache__"];

/// The rules of one tree.
pub(crate) struct Rules<'a> {
    options: WalkOptions<'a>,
    handle: OwnedFd,
    root: PathBuf,
    /// The root relative to the repository around it, with a separator at its end; empty if it is its top.
    prefix: String,
    include: Option<Gitignore>,
    exclude: Gitignore,
    hidden: GlobSet,
    above: Option<Arc<IgnoreLevel>>,
    global: OnceLock<Gitignore>,
    /// What holds in the directories that [`Rules::admits`] came by, by their full paths; `None` in those not walked.
    known: Mutex<HashMap<String, Option<Scope>>>,
}

/// What holds in one directory.
#[derive(Clone)]
pub(super) struct Scope {
    ignores: Option<Arc<IgnoreLevel>>,
    included: Included,
    /// Whether resources belong to the tree here.
    resources: bool,
}

/// Whether a glob of `include` covers all that lies in a directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Included {
    Yes,
    No,
}

impl<'a> Rules<'a> {
    /// Opens the root, compiles the globs and reads the ignore files above the root.
    ///
    /// # Errors
    ///
    /// When the root cannot be read, and when a glob of the options is none.
    pub(crate) fn new(options: &WalkOptions<'a>) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let mut rules = Self {
            options: *options,
            handle: rustix::fs::open(options.root, flags, Mode::empty())?,
            root: options.root.to_owned(),
            prefix: String::new(),
            include: match options.include {
                [] => None,
                globs => Some(compile(globs)?),
            },
            exclude: compile(options.exclude)?,
            hidden: hidden_names(options.include)?,
            above: None,
            global: OnceLock::new(),
            known: Mutex::default(),
        };
        if options.respect_gitignore {
            rules.root = fs::canonicalize(options.root)?;
            rules.look_above();
        }
        Ok(rules)
    }

    /// Whether a walk would find the file at this path, if it is there: the answer says nothing about that. Reads the
    /// ignore files on the way, once each.
    pub(crate) fn admits(&self, path: &str) -> bool {
        let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
        if path.starts_with('/') || matches!(name, "" | "." | "..") {
            return false;
        }
        let full_path = self.full_path(path);
        let name_start = full_path.len() - name.len();
        self.known_scope(directory).is_some_and(|scope| self.admits_file(&scope, &full_path, name_start))
    }

    /// The root, open.
    pub(super) fn handle(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }

    /// At most this many threads are to walk.
    pub(super) fn threads(&self) -> usize {
        self.options.threads
    }

    /// A path below the root as the other functions want it: below the repository's top, if that is further up.
    pub(super) fn full_path(&self, path: &str) -> String {
        format!("{}{path}", self.prefix)
    }

    /// The path relative to the root of one that [`Rules::full_path`] made.
    pub(super) fn relative<'p>(&self, full_path: &'p str) -> &'p str {
        full_path.get(self.prefix.len()..).unwrap_or_default()
    }

    /// What files of this name are to the frontend that claims them.
    pub(super) fn class_of(&self, name: &str) -> Option<FileClass> {
        (self.options.class_of)(name)
    }

    /// The names of files below whose directories resources belong to the tree.
    pub(super) fn resource_marks(&self) -> &'a [&'static str] {
        self.options.resource_marks
    }

    /// Whether an entry of this name is passed over because it is hidden.
    pub(super) fn hides(&self, name: &str) -> bool {
        name.starts_with('.') && !self.hidden.is_match(name)
    }

    /// Whether a file in a directory where `scope` holds belongs to the tree. Its name begins at `name_start`.
    pub(super) fn admits_file(&self, scope: &Scope, full_path: &str, name_start: usize) -> bool {
        self.admits_claimed(self.class_of(&full_path[name_start..]), scope, full_path, name_start)
    }

    /// The same where it is known what files of that name are.
    pub(super) fn admits_claimed(
        &self,
        class: Option<FileClass>,
        scope: &Scope,
        full_path: &str,
        name_start: usize,
    ) -> bool {
        let is_claimed = match class {
            None => false,
            Some(FileClass::Code | FileClass::Settings | FileClass::Marker) => true,
            Some(FileClass::Resource) => scope.resources,
        };
        is_claimed
            && !self.hides(&full_path[name_start..])
            && !self.leaves_out(scope, full_path, EntryKind::File)
            && self.included(scope.included, full_path, EntryKind::File) == Included::Yes
    }

    /// Whether a directory in one where `scope` holds is walked, and then whether `include` covers all of it. Its name
    /// begins at `name_start`.
    pub(super) fn admits_directory(&self, scope: &Scope, full_path: &str, name_start: usize) -> Option<Included> {
        let name = &full_path[name_start..];
        if NEVER_WALKED.contains(&name) || self.hides(name) || self.leaves_out(scope, full_path, EntryKind::Directory) {
            return None;
        }
        Some(self.included(scope.included, full_path, EntryKind::Directory))
    }

    /// What holds in the root.
    pub(super) fn root_scope(&self, marks: Marks) -> Scope {
        let included = if self.include.is_some() { Included::No } else { Included::Yes };
        let ignores = self.ignores(self.above.as_ref(), self.handle(), &self.prefix, marks);
        Scope { ignores, included, resources: marks.resources }
    }

    /// What holds in a directory below the root that was admitted, or `None` if its entries say that it is not walked.
    pub(super) fn scope(
        &self,
        parent: &Scope,
        included: Included,
        handle: BorrowedFd<'_>,
        full_path: &str,
        marks: Marks,
    ) -> Option<Scope> {
        if marks.virtual_environment || (marks.cache_tag && is_tagged_as_cache(handle)) {
            return None;
        }
        let ignores = self.ignores(parent.ignores.as_ref(), handle, full_path, marks);
        Some(Scope { ignores, included, resources: parent.resources || marks.resources })
    }

    fn leaves_out(&self, scope: &Scope, full_path: &str, kind: EntryKind) -> bool {
        self.exclude.matched(self.relative(full_path), kind.is_directory()).is_ignore()
            || scope.ignores.as_ref().is_some_and(|ignores| ignores.ignores(full_path, kind))
    }

    fn included(&self, above: Included, full_path: &str, kind: EntryKind) -> Included {
        let Some(include) = &self.include else { return Included::Yes };
        match include.matched(self.relative(full_path), kind.is_directory()) {
            Match::Ignore(_) => Included::Yes,
            Match::Whitelist(_) => Included::No,
            Match::None => above,
        }
    }

    fn ignores(
        &self,
        parent: Option<&Arc<IgnoreLevel>>,
        handle: BorrowedFd<'_>,
        full_path: &str,
        marks: Marks,
    ) -> Option<Arc<IgnoreLevel>> {
        let marked = marks.dot_git || marks.dot_gitignore || marks.dot_ignore;
        if !self.options.respect_gitignore || !marked {
            return parent.cloned();
        }
        let separator = usize::from(!full_path.is_empty() && !full_path.ends_with('/'));
        let path = || self.root.join(self.relative(full_path));
        let place = Place { handle, path: &path, base: full_path.len() + separator };
        IgnoreLevel::enter(parent, &place, marks, || self.global.get_or_init(global_excludes).clone())
    }

    /// Reads the ignore files between the top of the repository around the root and the root.
    fn look_above(&mut self) {
        let Some(below_top) = repository_top(&self.root).and_then(|top| self.root.strip_prefix(top).ok()) else {
            return;
        };
        let depth = below_top.components().count();
        let mut directories: Vec<PathBuf> = self.root.ancestors().skip(1).take(depth).map(PathBuf::from).collect();
        directories.reverse();
        for component in below_top.components() {
            self.prefix.push_str(&component.as_os_str().to_string_lossy());
            self.prefix.push('/');
        }
        let mut names = self.prefix.split_inclusive('/').map(str::len);
        let mut base = 0;
        for directory in directories {
            let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
            if let Ok(handle) = rustix::fs::open(&directory, flags, Mode::empty()) {
                let place = Place { handle: handle.as_fd(), path: &|| directory.clone(), base };
                let marks = look_for_marks(handle.as_fd(), &[]);
                let global = || self.global.get_or_init(global_excludes).clone();
                self.above = IgnoreLevel::enter(self.above.as_ref(), &place, marks, global);
            }
            base += names.next().unwrap_or_default();
        }
    }

    /// What holds in a directory, by its path relative to the root.
    pub(super) fn known_scope(&self, directory: &str) -> Option<Scope> {
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(directory) {
            return known.clone();
        }
        // From the root down, without recursion: a path may be long.
        let mut scope = None;
        let ends = directory.match_indices('/').map(|(end, _)| end).chain([directory.len()]);
        let starts = [""].into_iter().chain(ends.filter(|end| *end > 0).filter_map(|end| directory.get(..end)));
        for path in starts {
            if let Some(known) = lock().get(path) {
                scope = known.clone();
            } else {
                scope = if path.is_empty() {
                    Some(self.root_scope(look_for_marks(self.handle(), self.options.resource_marks)))
                } else {
                    scope.and_then(|parent| self.enter(&parent, path))
                };
                lock().insert(path.to_owned(), scope.clone());
            }
            scope.as_ref()?;
        }
        scope
    }

    fn enter(&self, parent: &Scope, directory: &str) -> Option<Scope> {
        let name = directory.rsplit_once('/').map_or(directory, |(_, name)| name);
        if matches!(name, "" | "." | "..") {
            return None;
        }
        let full_path = self.full_path(directory);
        let included = self.admits_directory(parent, &full_path, full_path.len() - name.len())?;
        match open_directory(self.handle(), directory) {
            Ok(handle) => {
                let marks = look_for_marks(handle.as_fd(), self.options.resource_marks);
                self.scope(parent, included, handle.as_fd(), &full_path, marks)
            }
            // A file that is gone is judged as if its directory were still there and had no ignore files.
            Err(Errno::NOENT) => Some(Scope { ignores: parent.ignores.clone(), included, resources: parent.resources }),
            Err(_) => None,
        }
    }
}

/// Opens a directory below the root to list it.
pub(super) fn open_directory(root: BorrowedFd<'_>, path: &str) -> Result<OwnedFd, Errno> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    rustix::fs::openat(root, path, flags, Mode::empty())
}

fn compile(globs: &[String]) -> io::Result<Gitignore> {
    let mut builder = GitignoreBuilder::new("");
    // Git takes an unclosed bracket for itself; in a configuration it is a mistake.
    builder.allow_unclosed_class(false);
    for glob in globs {
        builder.add_line(None, glob).map_err(invalid)?;
    }
    builder.build().map_err(invalid)
}

/// The names of hidden files and directories that globs ask for.
fn hidden_names(globs: &[String]) -> io::Result<GlobSet> {
    let mut names = GlobSetBuilder::new();
    for component in globs.iter().flat_map(|glob| glob.split('/')).filter(|component| component.starts_with('.')) {
        names.add(Glob::new(component).map_err(invalid)?);
    }
    names.build().map_err(invalid)
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, error)
}
