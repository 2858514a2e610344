//! Shares the directories of a tree out over threads.
//!
//! A worker keeps one child of each directory for itself and puts the others on the stack of those that wait
//! ([`queue`](super::queue)). The first worker is the caller; the others start once the tree turns out to be worth it.
//! Every directory yields a sorted block, and the blocks are strung together at the end, so that paths are never sorted
//! as a whole.

use std::ffi::CStr;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::Ordering;
use std::thread;

use esker_frontend_api::FileClass;
use rustc_hash::FxHashMap;
use rustix::fs::{AtFlags, FileType};
use rustix::io::Errno;

use super::listing::{Entry, Listing};
use super::queue::{Departure, Queue, Task};
use super::rules::{Included, Rules, Scope, open_directory};
use super::{FoundFile, Skipped, Walk};
use crate::input::Stat;

/// How many directories the caller walks alone. Starting a thread costs as much as walking a few of them.
const ALONE: usize = 4;

/// Walks the tree that the rules are about, or the part of it that lies below a directory.
pub(super) fn walk(rules: &Rules<'_>, below: &str) -> io::Result<Walk> {
    let queue = Queue::new();
    let mut first = Worker::new(rules, &queue);
    let top = first.walk_top(below)?;
    let mut harvests = Vec::new();
    thread::scope(|scope| {
        let mut others = Vec::new();
        first.run(top, |waiting| {
            for _ in 1..rules.threads().min(waiting + 1) {
                let start = || {
                    let mut worker = Worker::new(rules, &queue);
                    worker.run(Vec::new(), |_| ());
                    worker.finish()
                };
                queue.enter();
                match thread::Builder::new().spawn_scoped(scope, start) {
                    Ok(handle) => others.push(handle),
                    // Fewer threads are slower, not wrong.
                    Err(_) => queue.leave(),
                }
            }
        });
        harvests.push(first.finish());
        for other in others {
            harvests.push(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
    });
    Ok(assemble(harvests, queue.directories.into_inner()))
}

/// A directory with its files and the numbers of the directories in it, these in the order of their paths.
struct Block {
    /// Relative to the root.
    path: String,
    items: Vec<Item>,
}

enum Item {
    File(FoundFile),
    Directory(usize),
}

/// What one worker found.
#[derive(Default)]
struct Harvest {
    blocks: Vec<(usize, Block)>,
    skipped: Vec<Skipped>,
    symlinks: usize,
}

impl Harvest {
    fn skip(&mut self, rules: &Rules<'_>, full_path: &str, reason: String) {
        self.skipped.push(Skipped { path: rules.relative(full_path).to_owned(), reason });
    }
}

/// Walks directories, one after the other.
struct Worker<'a> {
    rules: &'a Rules<'a>,
    queue: &'a Queue,
    harvest: Harvest,
    listing: Listing<'a>,
    classes: Classes,
}

/// What files are by their names. A tree has the same names again and again, and most are none of ours: to ask all
/// frontends for each takes longer than to list the directory.
#[derive(Default)]
struct Classes(FxHashMap<Box<str>, Option<FileClass>>);

impl Classes {
    /// How many names are remembered.
    const MOST: usize = 8192;

    fn of(&mut self, name: &str, rules: &Rules<'_>) -> Option<FileClass> {
        if let Some(class) = self.0.get(name) {
            return *class;
        }
        let class = rules.class_of(name);
        if self.0.len() < Self::MOST {
            self.0.insert(name.into(), class);
        }
        class
    }
}

/// An entry of a directory that belongs to the tree.
struct Member<'a> {
    name: &'a str,
    entry: Entry<'a>,
    /// Whether `include` covers all below it, if it is a directory.
    below: Option<Included>,
}

impl<'a> Worker<'a> {
    fn new(rules: &'a Rules<'a>, queue: &'a Queue) -> Self {
        Self {
            rules,
            queue,
            harvest: Harvest::default(),
            listing: Listing::new(rules.resource_marks()),
            classes: Classes::default(),
        }
    }

    /// Walks directories until all is done. Calls `grow` with the number of directories that wait, once, when the tree
    /// turns out to be more than a few directories.
    fn run(&mut self, mut own: Vec<Task>, grow: impl FnOnce(usize)) {
        let departure = Departure(self.queue);
        let mut grow = Some(grow);
        for walked in 1_usize.. {
            let last = own.pop();
            let waiting = if own.is_empty() { None } else { Some(self.queue.push(own.drain(..))) };
            if walked >= ALONE
                && let Some(waiting) = waiting
                && let Some(grow) = grow.take()
            {
                grow(waiting);
            }
            let Some(task) = last.or_else(|| self.queue.pop()) else { break };
            own = self.walk_task(&task);
        }
        drop(departure);
    }

    fn finish(self) -> Harvest {
        self.harvest
    }

    /// Walks the directory at which the walk begins, and returns the directories in it. The root is walked whatever it
    /// holds.
    fn walk_top(&mut self, below: &str) -> io::Result<Vec<Task>> {
        if below.is_empty() {
            let handle = self.rules.handle();
            self.listing.read(handle)?;
            let scope = self.rules.root_scope(self.listing.marks());
            return Ok(self.walk_listed(0, self.rules.full_path(""), handle, &scope));
        }
        let full_path = self.rules.full_path(below);
        let listed = match (self.rules.known_scope(below), open_directory(self.rules.handle(), below)) {
            (Some(scope), Ok(handle)) => self.listing.read(handle.as_fd()).map(|()| Some((scope, handle))),
            (None, _) => Ok(None),
            (_, Err(error)) => Err(error),
        };
        match listed {
            Ok(Some((scope, handle))) => Ok(self.walk_listed(0, format!("{full_path}/"), handle.as_fd(), &scope)),
            Ok(None) => Ok(Vec::new()),
            Err(error) => Ok(self.pass_over(&full_path, error)),
        }
    }

    fn walk_task(&mut self, task: &Task) -> Vec<Task> {
        self.try_task(task).unwrap_or_else(|error| self.pass_over(&task.full_path, error))
    }

    /// Records a directory that cannot be read, unless it went away or became something else since it was listed.
    fn pass_over(&mut self, full_path: &str, error: Errno) -> Vec<Task> {
        if !matches!(error, Errno::NOENT | Errno::NOTDIR | Errno::LOOP) {
            self.harvest.skip(self.rules, full_path, reason(error));
        }
        Vec::new()
    }

    fn try_task(&mut self, task: &Task) -> Result<Vec<Task>, Errno> {
        let handle = open_directory(self.rules.handle(), self.rules.relative(&task.full_path))?;
        let handle = handle.as_fd();
        self.listing.read(handle)?;
        let scope = self.rules.scope(&task.parent, task.included, handle, &task.full_path, self.listing.marks());
        let Some(scope) = scope else { return Ok(Vec::new()) };
        Ok(self.walk_listed(task.block, format!("{}/", task.full_path), handle, &scope))
    }

    /// Walks the directory whose entries are listed. `path` is full and ends with a separator unless it is empty.
    fn walk_listed(&mut self, block: usize, mut path: String, handle: BorrowedFd<'_>, scope: &Scope) -> Vec<Task> {
        let rules = self.rules;
        let base = path.len();
        let mut members = Vec::new();
        for entry in self.listing.entries() {
            path.truncate(base);
            let Ok(name) = str::from_utf8(entry.name()) else {
                path.push_str(&String::from_utf8_lossy(entry.name()));
                let matters = match entry.kind {
                    FileType::Symlink => false,
                    FileType::Directory => rules.admits_directory(scope, &path, base).is_some(),
                    _ => rules.admits_file(scope, &path, base),
                };
                if matters {
                    self.harvest.skip(rules, &path, "its name is not UTF-8".to_owned());
                }
                continue;
            };
            path.push_str(name);
            let kind = match entry.kind {
                FileType::Unknown if !rules.hides(name) => kind_by_stat(handle, entry.c_name()),
                kind => kind,
            };
            match kind {
                FileType::RegularFile if rules.admits_claimed(self.classes.of(name, rules), scope, &path, base) => {
                    members.push(Member { name, entry, below: None });
                }
                FileType::Directory => {
                    if let Some(included) = rules.admits_directory(scope, &path, base) {
                        members.push(Member { name, entry, below: Some(included) });
                    }
                }
                FileType::Symlink => self.harvest.symlinks += 1,
                _ => {}
            }
        }
        members.sort_unstable_by(|left, right| left.sort_key().cmp(right.sort_key()));

        let directories = members.iter().filter(|member| member.below.is_some()).count();
        let mut number = self.queue.directories.fetch_add(directories, Ordering::Relaxed);
        let mut tasks = Vec::with_capacity(directories);
        let mut items = Vec::with_capacity(members.len());
        for member in members {
            path.truncate(base);
            path.push_str(member.name);
            if let Some(included) = member.below {
                items.push(Item::Directory(number));
                tasks.push(Task { block: number, full_path: path.clone(), parent: scope.clone(), included });
                number += 1;
                continue;
            }
            match rustix::fs::statat(handle, member.entry.c_name(), AtFlags::SYMLINK_NOFOLLOW) {
                Ok(stat) if FileType::from_raw_mode(stat.st_mode).is_file() => {
                    let path = rules.relative(&path).to_owned();
                    items.push(Item::File(FoundFile { path, stat: Stat::from(&stat) }));
                }
                Ok(_) | Err(Errno::NOENT) => {}
                Err(error) => self.harvest.skip(rules, &path, reason(error)),
            }
        }
        let path = rules.relative(&path[..base]).trim_end_matches('/').to_owned();
        self.harvest.blocks.push((block, Block { path, items }));
        tasks
    }
}

impl<'a> Member<'a> {
    /// A directory's paths all have a separator behind its name, and are sorted by that.
    fn sort_key(&self) -> impl Iterator<Item = u8> + use<'a> {
        self.name.bytes().chain(self.below.map(|_| b'/'))
    }
}

/// What went wrong, without the number that the platform gives it.
fn reason(error: Errno) -> String {
    io::Error::from(error).kind().to_string()
}

fn kind_by_stat(directory: BorrowedFd<'_>, name: &CStr) -> FileType {
    rustix::fs::statat(directory, name, AtFlags::SYMLINK_NOFOLLOW)
        .map_or(FileType::Unknown, |stat| FileType::from_raw_mode(stat.st_mode))
}

/// Strings the blocks together, from the root's on.
fn assemble(harvests: Vec<Harvest>, directories: usize) -> Walk {
    let mut walk = Walk::default();
    // Without the directories that turned out not to be walked.
    let mut blocks: Vec<Option<Block>> = Vec::new();
    blocks.resize_with(directories, || None);
    let mut files = 0;
    for harvest in harvests {
        walk.symlinks += harvest.symlinks;
        walk.skipped.extend(harvest.skipped);
        for (number, block) in harvest.blocks {
            files += block.items.len();
            blocks[number] = Some(block);
        }
    }
    walk.skipped.sort_unstable();
    walk.files.reserve_exact(files.saturating_sub(directories.saturating_sub(1)));
    let mut open = Vec::new();
    let mut next = blocks.get_mut(0).and_then(Option::take);
    loop {
        if let Some(block) = next.take() {
            walk.directories.push(block.path);
            open.push(block.items.into_iter());
        }
        match open.last_mut().map(Iterator::next) {
            Some(Some(Item::File(file))) => walk.files.push(file),
            Some(Some(Item::Directory(number))) => next = blocks[number].take(),
            Some(None) => _ = open.pop(),
            None => break,
        }
    }
    walk
}
