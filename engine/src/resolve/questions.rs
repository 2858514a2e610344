//! The questions that a resolution asked, and how they are answered.
//!
//! A question is a file's path and a name in it:
//!
//! | path | name | asks for | answer |
//! |---|---|---|---|
//! | of a file | `C.m` | the entries with this qualified name | [`Interface::answer`] of them |
//! | of a file | `*` | the star imports, and whether it lists its public names | digest of both |
//! | of a file | `.` | where its imports lead, as far as its interface has them | digest of the paths |
//! | of a file | empty | whether there is such a file | 1 or 0 |
//! | of a file | `+` | nothing: it says that something is used which the file declares for all | 1 or 0 |
//! | empty | empty | what the own file's path is | digest of it |
//! | empty | `x` | which files declare `x` for all files | digest of their paths |
//!
//! Where several classes have the same name, `C.m` asks for the member of each of them.

use std::sync::Arc;

use esker_frontend_api::{EntryId, FrontCoded, Interface, NOTHING, NameId};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_64_with_seed};

use crate::digest::Digest;

/// The name that stands for a file's star imports.
pub(crate) const STARS: &str = "*";

/// The name that stands for where a file's imports lead.
pub(crate) const IMPORTS: &str = ".";

/// The name that says that something is used which a file declares for all others.
pub(crate) const USED: &str = "+";

/// The name that stands for a file's being there.
pub(crate) const EXISTENCE: &str = "";

/// What a resolution asked: unique, ascending by path and name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Questions {
    paths: FrontCoded,
    /// For each path how many names were asked of its file.
    counts: Vec<u32>,
    /// The names asked of all files, one file after the other.
    names: FrontCoded,
}

impl Questions {
    /// The questions by path.
    pub(crate) fn of_files(&self) -> impl Iterator<Item = (&str, impl Iterator<Item = &str>)> {
        let all = self.names.len() as u32;
        let mut next = 0_u32;
        self.paths.iter().zip(&self.counts).map(move |(path, count)| {
            // A count can claim more names than there are.
            let names = next..next.saturating_add(*count).min(all);
            next = names.end;
            (path, names.map(|name| self.names.get(NameId(name)).unwrap_or("")))
        })
    }

    /// A hash of all of them.
    pub(super) fn hash(&self) -> u64 {
        let mut hash = Xxh3::new();
        for (path, names) in self.of_files() {
            hash.update(path.as_bytes());
            hash.update(&[PATH_END]);
            for name in names {
                hash.update(name.as_bytes());
                hash.update(&[NAME_END]);
            }
        }
        hash.digest()
    }

    /// The hashes by which a manifest knows them, ascending and unique.
    pub(crate) fn hashes(&self) -> Arc<[u32]> {
        let mut hashes: Vec<u32> = Vec::with_capacity(self.names.len());
        for (path, names) in self.of_files() {
            let path = PathHash::of(path);
            hashes.extend(names.map(|name| path.with(name)));
        }
        hashes.sort_unstable();
        hashes.dedup();
        hashes.into()
    }
}

/// Collects questions with their answers.
pub(super) struct Asked {
    questions: Questions,
    trace: Trace,
}

impl Asked {
    /// With room for this many questions.
    pub(super) fn with_capacity(questions: usize) -> Self {
        Self { questions: Questions::default(), trace: Trace::with_capacity(questions) }
    }

    /// Begins with the questions about the next file.
    pub(super) fn file(&mut self, path: &str) {
        self.trace.file(path);
        self.questions.paths.push(path);
        self.questions.counts.push(0);
    }

    /// Adds the next question about the file.
    pub(super) fn question(&mut self, name: &str, answer: u64) {
        self.trace.question(name, answer);
        self.questions.names.push(name);
        if let Some(count) = self.questions.counts.last_mut() {
            *count += 1;
        }
    }

    /// The questions, and the digest of them and their answers.
    pub(super) fn finish(self) -> (Questions, Digest) {
        (self.questions, self.trace.finish())
    }
}

/// The digest of questions and answers, while it is being taken.
///
/// Each path is followed by [`PATH_END`], each name by [`NAME_END`] and eight bytes of answer: bytes that are in no
/// text, so that what follows tells what it was, and no two lists of questions and answers look alike.
#[derive(Default)]
pub(super) struct Trace(Vec<u8>);

const PATH_END: u8 = 0xfe;
const NAME_END: u8 = 0xff;

impl Trace {
    fn with_capacity(questions: usize) -> Self {
        Self(Vec::with_capacity(questions * 32))
    }

    pub(super) fn file(&mut self, path: &str) {
        self.0.extend_from_slice(path.as_bytes());
        self.0.push(PATH_END);
    }

    pub(super) fn question(&mut self, name: &str, answer: u64) {
        self.0.extend_from_slice(name.as_bytes());
        self.0.push(NAME_END);
        self.0.extend_from_slice(&answer.to_le_bytes());
    }

    pub(super) fn finish(self) -> Digest {
        Digest::of(&self.0)
    }
}

/// The hash of a path, to be combined with names.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PathHash(u64);

impl PathHash {
    pub(crate) fn of(path: &str) -> Self {
        Self(xxh3_64(path.as_bytes()))
    }

    /// The hash by which a manifest knows the question for this name in the file.
    pub(crate) fn with(self, name: &str) -> u32 {
        xxh3_64_with_seed(name.as_bytes(), self.0) as u32
    }
}

/// What the own path is known by.
pub(super) fn path_answer(path: &str) -> u64 {
    xxh3_64(path.as_bytes())
}

/// The answer about a name that files declare for all others, by the paths of these.
pub(super) fn declaring_answer<'a>(paths: impl Iterator<Item = &'a str>) -> u64 {
    let mut paths = paths.peekable();
    if paths.peek().is_none() {
        return NOTHING;
    }
    paths_answer(paths)
}

/// The answer that these paths are; never [`NOTHING`].
fn paths_answer<'a>(paths: impl Iterator<Item = &'a str>) -> u64 {
    let mut hash = Xxh3::new();
    for path in paths {
        hash.update(path.as_bytes());
        hash.update(&[PATH_END]);
    }
    hash.digest() | 1
}

/// The hash by which a manifest knows the question for a name that files declare for all others.
pub(crate) fn declaring_hash(name: &str) -> u32 {
    PathHash::of("").with(name)
}

/// The answer for a name in an interface.
pub(crate) fn answer(interface: &Interface, name: &str) -> u64 {
    match name {
        STARS => stars_answer(interface),
        IMPORTS => imports_answer(interface),
        EXISTENCE | USED => 1,
        name => members_answer(interface, None, name),
    }
}

fn members_answer(interface: &Interface, owner: Option<EntryId>, name: &str) -> u64 {
    match name.split_once('.') {
        None => interface.answer(interface.entries(owner, name)),
        Some((first, rest)) => {
            let owners = interface.entries(owner, first).map(EntryId);
            owners.fold(NOTHING, |all, owner| all.rotate_left(32) ^ members_answer(interface, Some(owner), rest))
        }
    }
}

/// Who passes on everything from which files, or why from none.
fn stars_answer(interface: &Interface) -> u64 {
    let mut text = vec![u8::from(interface.has_list)];
    let push = |text: &mut Vec<u8>, name: Option<NameId>| {
        let name = name.map_or("", |name| interface.name(name));
        text.extend_from_slice(&(name.len() as u32).to_le_bytes());
        text.extend_from_slice(name.as_bytes());
    };
    for import in interface.stars.iter().filter_map(|index| interface.imports.get(*index as usize)) {
        push(&mut text, Some(import.specifier));
        push(&mut text, import.submodule);
        interface.modules(import).iter().for_each(|module| push(&mut text, *module));
        push(&mut text, None);
        text.push(import.miss.map_or(0, |reason| reason as u8 + 1));
    }
    xxh3_64(&text) | 1
}

fn imports_answer(interface: &Interface) -> u64 {
    let modules = interface.modules.iter().flatten();
    let submodules = interface.imports.iter().filter_map(|import| import.submodule.as_ref());
    let mut paths: Vec<&str> = modules.chain(submodules).map(|path| interface.name(*path)).collect();
    paths.sort_unstable();
    paths.dedup();
    paths_answer(paths.into_iter())
}

/// Every name that can be asked for in an interface, ascending and unique, with its answer.
pub(crate) fn all_answers(interface: &Interface) -> Vec<(String, u64)> {
    let mut names = vec![EXISTENCE.to_owned(), STARS.to_owned(), IMPORTS.to_owned()];
    collect_names(interface, None, "", &mut names);
    names.sort_unstable();
    names.dedup();
    let answered = |name: String| {
        let answer = answer(interface, &name);
        (name, answer)
    };
    names.into_iter().map(answered).collect()
}

fn collect_names(interface: &Interface, owner: Option<EntryId>, prefix: &str, into: &mut Vec<String>) {
    for index in interface.members(owner) {
        // Each entry is a member of one owner, but for made-up ones, of which there could be no end.
        if into.len() > interface.entries.len() + 3 {
            return;
        }
        let Some(entry) = interface.entry(EntryId(index)) else { continue };
        let name = format!("{prefix}{}", interface.name(entry.name));
        // Members come after their owner. Where a faulty frontend has it otherwise, this ends all the same.
        if entry.members.start > index {
            collect_names(interface, Some(EntryId(index)), &format!("{name}."), into);
        }
        into.push(name);
    }
}

/// The names that two interfaces answer differently for.
pub(crate) fn differing(before: &Interface, after: &Interface) -> Vec<String> {
    let (before, after) = (all_answers(before), all_answers(after));
    let mut differing = Vec::new();
    let (mut before, mut after) = (before.into_iter().peekable(), after.into_iter().peekable());
    loop {
        let order = match (before.peek(), after.peek()) {
            (None, None) => return differing,
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (Some((left, _)), Some((right, _))) => left.cmp(right),
        };
        let left = order.is_le().then(|| before.next()).flatten();
        let right = order.is_ge().then(|| after.next()).flatten();
        let same = left.as_ref().map(|(_, answer)| answer) == right.as_ref().map(|(_, answer)| answer);
        if let Some((name, _)) = left.or(right).filter(|_| !same) {
            differing.push(name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_count_that_claims_more_names_than_there_are_asks_for_those_that_there_are() {
        let table = |texts: &[&str]| {
            let mut table = FrontCoded::default();
            texts.iter().for_each(|text| _ = table.push(text));
            table
        };
        let questions =
            Questions { paths: table(&["a.py", "b.py"]), counts: vec![u32::MAX, 1, 1], names: table(&["x", "y"]) };
        let asked: Vec<(&str, Vec<&str>)> = questions.of_files().map(|(path, names)| (path, names.collect())).collect();
        assert_eq!(asked, [("a.py", vec!["x", "y"]), ("b.py", vec![])]);
        assert_eq!(questions.hashes().len(), 2);
    }
}
