//! What a frontend asks of other files while it resolves one, answered from the database and noted down.

use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

use esker_frontend_api::{EntryId, FileNumber, Interface, NOTHING, World, name_start};
use rustc_hash::{FxBuildHasher, FxHashMap, FxHashSet};
use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::questions::{Asked, EXISTENCE, IMPORTS, Questions, STARS, USED, answer, declaring_answer, path_answer};
use crate::db::Db;
use crate::digest::Digest;
use crate::exports::interface;
use crate::input::SourceFile;

/// The number of the file that is resolved.
pub(super) const OWN: FileNumber = FileNumber(0);

/// The files of the repository, as one call of a frontend sees them.
///
/// Files are numbered in the order in which they are asked for, so that numbers are the same wherever the questions and
/// answers are.
pub(super) struct RecordedWorld<'db> {
    db: &'db dyn Db,
    files: Vec<KnownFile>,
    numbers: FxHashMap<Arc<str>, Option<FileNumber>>,
    notes: Vec<Note>,
    /// The names in the notes, one after the other.
    text: String,
    /// Hashes of the notes.
    noted: FxHashSet<u64>,
    /// The names in `text` that were asked for of what files declare for all others, with the answers.
    globals: Vec<(Range<u32>, u64)>,
    own_path_told: Cell<bool>,
    /// Whether the engine is at work and not the frontend.
    answering: Cell<bool>,
}

struct KnownFile {
    path: Arc<str>,
    source: SourceFile,
    interface: Option<Arc<Interface>>,
}

/// A question as it was asked.
struct Note {
    file: FileNumber,
    owner: Option<EntryId>,
    name: Range<u32>,
    answer: u64,
}

impl<'db> RecordedWorld<'db> {
    /// Room for the questions of most files.
    const TYPICAL_NOTES: usize = 100;

    pub(super) fn new(db: &'db dyn Db, own: SourceFile) -> Self {
        let path = own.path(db).clone();
        Self {
            db,
            numbers: FxHashMap::from_iter([(path.clone(), Some(OWN))]),
            files: vec![KnownFile { path, source: own, interface: None }],
            notes: Vec::with_capacity(Self::TYPICAL_NOTES),
            text: String::with_capacity(Self::TYPICAL_NOTES * 16),
            noted: FxHashSet::with_capacity_and_hasher(Self::TYPICAL_NOTES, FxBuildHasher),
            globals: Vec::new(),
            own_path_told: Cell::new(false),
            answering: Cell::new(false),
        }
    }

    /// Whether a panic that got out of the frontend comes from the engine, which gives up a run by unwinding.
    pub(super) fn was_answering(&self) -> bool {
        self.answering.get()
    }

    fn answering<T>(&self, work: impl FnOnce(&'db dyn Db) -> T) -> T {
        self.answering.set(true);
        let result = work(self.db);
        self.answering.set(false);
        result
    }

    /// The number of the file at a path, if there is such.
    fn number(&mut self, path: &str) -> Option<FileNumber> {
        if let Some(number) = self.numbers.get(path) {
            return *number;
        }
        let source = self.answering(|db| db.files().source(db, path));
        let number = source.map(|source| {
            let path = source.path(self.db).clone();
            self.files.push(KnownFile { path, source, interface: None });
            FileNumber(self.files.len() as u32 - 1)
        });
        self.numbers.insert(path.into(), number);
        number
    }

    /// Sees to it that a file's interface is at hand. It is not handed out here: the count of those who have it is
    /// shared by all threads, and touching it at every question would cost more than the question.
    fn hold(&mut self, file: FileNumber) {
        let Some(KnownFile { interface: None, source, .. }) = self.files.get(file.0 as usize) else { return };
        let source = *source;
        let held = self.answering(|db| interface(db, source));
        self.files[file.0 as usize].interface = Some(held);
    }

    fn note(&mut self, file: FileNumber, owner: Option<EntryId>, name: &str, answer: u64) {
        let place = u64::from(file.0) << 32 | u64::from(owner.map_or(u32::MAX, |owner| owner.0));
        if file == OWN || !self.noted.insert(xxh3_64_with_seed(name.as_bytes(), place)) {
            return;
        }
        let start = self.text.len() as u32;
        self.text.push_str(name);
        let name = start..self.text.len() as u32;
        self.notes.push(Note { file, owner, name, answer });
    }

    /// Notes a question that is about no entry.
    fn ask_of_all(&mut self, file: FileNumber, name: &str) {
        self.hold(file);
        let Some(KnownFile { interface: Some(interface), .. }) = self.files.get(file.0 as usize) else { return };
        let answer = if file == OWN { NOTHING } else { answer(interface, name) };
        self.note(file, None, name, answer);
    }

    /// What was asked, and the digest of it with the answers.
    pub(super) fn finish(mut self) -> (Questions, Digest) {
        self.qualify();
        let absent = self.numbers.iter().filter(|(_, number)| number.is_none());
        let own_path_told = self.own_path_told.get();
        let own = (own_path_told || !self.globals.is_empty()).then_some(("", Some(OWN)));
        let mut paths: Vec<(&str, Option<FileNumber>)> = absent.map(|(path, _)| (&**path, None)).chain(own).collect();
        paths.extend((0..).map(FileNumber).zip(&self.files).skip(1).map(|(file, known)| (&*known.path, Some(file))));
        paths.sort_unstable();

        let mut ranks = vec![0; self.files.len()];
        // By file and name; the first bytes of a name, as a number, decide most comparisons.
        let mut asked: Vec<(usize, u64, &str, u64)> = Vec::with_capacity(self.notes.len() + paths.len());
        for (rank, (_, file)) in paths.iter().enumerate() {
            match file {
                Some(file) => ranks[file.0 as usize] = rank,
                None => asked.push((rank, 0, EXISTENCE, NOTHING)),
            }
        }
        // Being asked for by a name that it has tells that a file is there.
        let mut existence_told = vec![false; self.files.len()];
        for note in &self.notes {
            let file = note.file.0 as usize;
            existence_told[file] |= note.answer != NOTHING;
            let name = &self.text[note.name.start as usize..note.name.end as usize];
            asked.push((ranks[file], name_start(name), name, note.answer));
        }
        for file in (1..self.files.len()).filter(|file| !existence_told[*file]) {
            asked.push((ranks[file], 0, EXISTENCE, 1));
        }
        if own_path_told {
            asked.push((ranks[0], 0, EXISTENCE, path_answer(&self.files[0].path)));
        }
        for (name, answer) in &self.globals {
            let name = &self.text[name.start as usize..name.end as usize];
            asked.push((ranks[0], name_start(name), name, *answer));
        }
        asked.sort_unstable();
        asked.dedup();

        let mut questions = Asked::with_capacity(asked.len());
        for of_file in asked.chunk_by(|(one, ..), (other, ..)| one == other) {
            questions.file(paths[of_file[0].0].0);
            of_file.iter().for_each(|(_, _, name, answer)| questions.question(name, *answer));
        }
        questions.finish()
    }

    /// Gives the notes about members the names by which any run would find them.
    fn qualify(&mut self) {
        let Self { notes, files, text, .. } = self;
        let mut owners: FxHashMap<(FileNumber, EntryId), (Range<u32>, bool)> = FxHashMap::default();
        for note in notes {
            let Some(owner) = note.owner else { continue };
            let Some(interface) = &files[note.file.0 as usize].interface else { continue };
            let (prefix, is_unique) = owners.entry((note.file, owner)).or_insert_with(|| {
                let start = text.len() as u32;
                interface.push_qualified_name(owner, text);
                text.push('.');
                (start..text.len() as u32, is_unique(interface, owner))
            });
            let start = text.len() as u32;
            text.extend_from_within(prefix.start as usize..prefix.end as usize);
            text.extend_from_within(note.name.start as usize..note.name.end as usize);
            note.name = start..text.len() as u32;
            if !*is_unique {
                note.answer = answer(interface, &text[start as usize..]);
            }
        }
    }
}

impl World for RecordedWorld<'_> {
    fn file(&mut self, path: &str) -> Option<FileNumber> {
        let number = self.number(path);
        if number == Some(OWN) {
            self.own_path_told.set(true);
        }
        number
    }

    fn path(&self, file: FileNumber) -> Arc<str> {
        if file == OWN {
            self.own_path_told.set(true);
        }
        self.files.get(file.0 as usize).map_or_else(|| "".into(), |known| known.path.clone())
    }

    fn interface(&mut self, file: FileNumber) -> Arc<Interface> {
        self.hold(file);
        self.files.get(file.0 as usize).and_then(|known| known.interface.clone()).unwrap_or_default()
    }

    fn entries(&mut self, file: FileNumber, owner: Option<EntryId>, name: &str) -> Range<u32> {
        if !can_be_asked_for(name) {
            return 0..0;
        }
        self.hold(file);
        let Some(KnownFile { interface: Some(interface), .. }) = self.files.get(file.0 as usize) else { return 0..0 };
        let found = interface.entries(owner, name);
        let answer = if file == OWN { NOTHING } else { interface.answer(found.clone()) };
        self.note(file, owner, name, answer);
        found
    }

    fn stars(&mut self, file: FileNumber) {
        self.ask_of_all(file, STARS);
    }

    fn imports(&mut self, file: FileNumber) {
        self.ask_of_all(file, IMPORTS);
    }

    fn using(&mut self, file: FileNumber) {
        self.note(file, None, USED, 1);
    }

    fn declaring(&mut self, name: &str) -> Vec<FileNumber> {
        let own = self.files[OWN.0 as usize].source;
        let has_globals = |db: &dyn Db| db.fixed().frontends[usize::from(own.frontend(db).0)].has_globals();
        if name == EXISTENCE || !self.answering(has_globals) {
            return Vec::new();
        }
        let globals = self.answering(|db| db.files().globals(db, *own.frontend(db)));
        let answer = declaring_answer(globals.declaring(name));
        let start = self.text.len() as u32;
        self.text.push_str(name);
        self.globals.push((start..self.text.len() as u32, answer));
        globals.declaring(name).filter_map(|path| self.number(path)).collect()
    }
}

/// Whether a question about a name is one about nothing else. Languages that let a module export under any text
/// (`export { x as 'C.m' }`) could otherwise have an answer kept as that to another question.
fn can_be_asked_for(name: &str) -> bool {
    name != EXISTENCE && name != STARS && name != USED && !name.contains('.')
}

/// Whether no other entry has the same qualified name. Entries of one owner with the same name stand side by side.
fn is_unique(interface: &Interface, id: EntryId) -> bool {
    let mut innermost = Some(id);
    while let Some(id) = innermost {
        let Some(entry) = interface.entry(id) else { return true };
        let owner = interface.owner(id);
        let siblings = interface.members(owner);
        let same = |other: u32| {
            siblings.contains(&other) && interface.entry(EntryId(other)).is_some_and(|other| other.name == entry.name)
        };
        if same(id.0 + 1) || id.0.checked_sub(1).is_some_and(same) {
            return false;
        }
        innermost = owner;
    }
    true
}

/// Asks again what an earlier run asked.
pub(super) struct Replay<'db> {
    db: &'db dyn Db,
    own: SourceFile,
}

impl<'db> Replay<'db> {
    pub(super) fn new(db: &'db dyn Db, own: SourceFile) -> Self {
        Self { db, own }
    }

    /// The digest of these questions and the answers of now. `None` if the own file is asked about as if it were
    /// another one: the run that did so was another file's.
    pub(super) fn ask(&self, questions: &Questions) -> Option<Digest> {
        let db = self.db;
        let own = self.own.path(db);
        let mut trace = super::questions::Trace::default();
        for (path, names) in questions.of_files() {
            if path == &**own {
                return None;
            }
            trace.file(path);
            let source = if path.is_empty() { None } else { db.files().source(db, path) };
            let (mut held, mut globals) = (None, None);
            let find_globals = || db.files().globals(db, *self.own.frontend(db));
            for name in names {
                let answer = match source {
                    _ if path.is_empty() && name == EXISTENCE => path_answer(own),
                    _ if path.is_empty() => declaring_answer(globals.get_or_insert_with(find_globals).declaring(name)),
                    None => NOTHING,
                    Some(_) if name == EXISTENCE => 1,
                    Some(source) => answer(held.get_or_insert_with(|| interface(db, source)), name),
                };
                trace.question(name, answer);
            }
        }
        Some(trace.finish())
    }
}
