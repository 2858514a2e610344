//! From paths to query inputs.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use esker_frontend_api::{FileClass, Frontend, Layout, Probe, Root};
use rustc_hash::FxHashSet;
use salsa::{Durability, Setter};

use super::{Content, FileSet, FrontendId, Globals, SourceFile, Texts};
use crate::db::{Database, Db};
use crate::input::source::{RootSlot, Slot, Standing};
use crate::manifest::Manifest;

/// The import roots of every frontend, in the order of the frontends.
#[salsa::input]
pub(crate) struct ImportRoots {
    pub(crate) roots: Vec<Vec<Root>>,
}

/// The names that files declare for all others, of every frontend, in the order of the frontends.
#[salsa::input]
pub(crate) struct GlobalNames {
    pub(crate) globals: Vec<Arc<Globals>>,
}

/// How long a database lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lifetime {
    /// For one run: inputs never change, so that salsa need not track them.
    OneRun,
    /// For many runs, between which inputs change.
    Resident,
}

impl Lifetime {
    fn durability(self) -> Durability {
        match self {
            Self::OneRun => Durability::NEVER_CHANGE,
            Self::Resident => Durability::LOW,
        }
    }
}

/// What may no longer hold of what the baseline recorded of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doubt {
    /// Where its imports lead, and all that follows from it.
    Links,
    /// What its references stand for.
    Resolution,
}

/// The files of the repository as queries reach them: an input for each file and for each stem, made when it is first
/// asked for.
pub(crate) struct Files {
    lifetime: Lifetime,
    frontends: Vec<Arc<dyn Frontend>>,
    max_file_bytes: u64,
    texts: Arc<Texts>,
    set: RwLock<FileSet>,
    /// Files that may have another content than the baseline recorded.
    suspects: RwLock<FxHashSet<Arc<str>>>,
    /// Files whose imports may lead elsewhere than the baseline recorded.
    relinked: RwLock<FxHashSet<Arc<str>>>,
    /// Files whose references may stand for something else than the baseline recorded.
    unresolved: RwLock<FxHashSet<Arc<str>>>,
    sources: Sharded<SourceFile>,
    /// Inputs of files that are gone. Should one come back it is the same input, because queries that read it may have
    /// results still.
    gone: Sharded<SourceFile>,
    standings: Sharded<Standing>,
    /// One table per frontend.
    slots: Vec<Sharded<Slot>>,
    /// The same for names in any import root, each with [`in_any_root`].
    root_slots: Vec<Sharded<RootSlot>>,
    roots: Mutex<Option<ImportRoots>>,
    globals: Mutex<Option<GlobalNames>>,
}

impl Files {
    pub(crate) fn new(
        lifetime: Lifetime,
        frontends: Vec<Arc<dyn Frontend>>,
        max_file_bytes: u64,
        texts: Arc<Texts>,
    ) -> Self {
        Self {
            lifetime,
            slots: frontends.iter().map(|_| Sharded::default()).collect(),
            root_slots: frontends.iter().map(|_| Sharded::default()).collect(),
            frontends,
            max_file_bytes,
            texts,
            set: RwLock::default(),
            suspects: RwLock::default(),
            relinked: RwLock::default(),
            unresolved: RwLock::default(),
            sources: Sharded::default(),
            gone: Sharded::default(),
            standings: Sharded::default(),
            roots: Mutex::default(),
            globals: Mutex::default(),
        }
    }

    /// The frontend that claims this path.
    pub(crate) fn frontend_of(&self, path: &str) -> Option<FrontendId> {
        let position = self.frontends.iter().position(|frontend| frontend.dialect(path).is_some())?;
        Some(FrontendId(u8::try_from(position).expect("invariant: at most 256 frontends")))
    }

    /// Whether what the file at this path says can tell where imports start.
    pub(crate) fn tells_of_roots(&self, path: &str) -> bool {
        let claims = |frontend: &Arc<dyn Frontend>| Some(frontend.class(frontend.dialect(path)?));
        self.frontends
            .iter()
            .find_map(claims)
            .is_some_and(|class| matches!(class, FileClass::Settings | FileClass::Marker))
    }

    /// Which files there are.
    pub(crate) fn set(&self) -> RwLockReadGuard<'_, FileSet> {
        self.set.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The input for a file of the repository, or `None` if there is no such file. Its content is what the baseline
    /// recorded; for a file that it does not know or that may have changed since, what is on disk now.
    pub(crate) fn source(&self, db: &dyn Db, path: &str) -> Option<SourceFile> {
        // Most files are asked for many times, so that this comes before the search among all paths.
        if let Some(known) = self.sources.value(path) {
            return Some(known);
        }
        if !self.set().has_file(path) {
            return None;
        }
        let suspect = contains(&self.suspects, path);
        let baseline = db.fixed().baseline.as_deref().filter(|_| !suspect);
        let recorded = baseline.and_then(|baseline| recorded_content(baseline, path));
        let content = recorded.unwrap_or_else(|| self.read(path));
        Some(self.insert(db, path, content))
    }

    /// The input for a file of the repository whose content is known.
    pub(crate) fn insert(&self, db: &dyn Db, path: &str, content: Content) -> SourceFile {
        let frontend = self.frontend_of(path).expect("invariant: a source file is claimed by a frontend");
        let make =
            || SourceFile::builder(path.into(), frontend, content).durability(self.lifetime.durability()).new(db);
        self.sources.get_or_insert_with(path, make).1
    }

    /// The input for this path if it was made already.
    pub(crate) fn known(&self, path: &str) -> Option<SourceFile> {
        self.sources.value(path)
    }

    /// Reads a file's content from disk.
    pub(crate) fn read(&self, path: &str) -> Content {
        match self.texts.read(path, self.max_file_bytes) {
            Ok(content) => content,
            Err(error) => Content::Unreadable(error.kind().to_string()),
        }
    }

    /// What there is at a stem, and the stem as it is kept.
    pub(crate) fn probe(&self, db: &dyn Db, frontend: FrontendId, stem: &str) -> (Arc<str>, Probe) {
        let slots = &self.slots[usize::from(frontend.0)];
        let (stem, slot) = slots.get(stem).unwrap_or_else(|| {
            let probe = self.set().probe(stem, self.frontends[usize::from(frontend.0)].shapes());
            slots.get_or_insert_with(stem, || Slot::builder(probe).durability(self.lifetime.durability()).new(db))
        });
        (stem, slot.probe(db))
    }

    /// Which import roots of a frontend have something with this name, and the name as it is kept among the stems.
    pub(crate) fn roots_with(&self, db: &dyn Db, frontend: FrontendId, name: &str) -> (Arc<str>, Arc<[u32]>) {
        let slots = &self.root_slots[usize::from(frontend.0)];
        let stem = in_any_root(name);
        let (stem, slot) = slots.get(&stem).unwrap_or_else(|| {
            let found = self.find_roots_with(self.roots(db, frontend), frontend, name);
            let make = || RootSlot::builder(found).durability(self.lifetime.durability()).new(db);
            slots.get_or_insert_with(&stem, make)
        });
        (stem, slot.roots(db).clone())
    }

    fn find_roots_with(&self, roots: &[Root], frontend: FrontendId, name: &str) -> Arc<[u32]> {
        let (set, shapes) = (self.set(), self.frontends[usize::from(frontend.0)].shapes());
        Root::positions_with(roots, name, |stem| set.probe(stem, shapes))
    }

    /// Whether what the baseline recorded of a file's relations to others still holds.
    pub(crate) fn standing(&self, db: &dyn Db, path: &str) -> Standing {
        if let Some(standing) = self.standings.value(path) {
            return standing;
        }
        let links = !contains(&self.suspects, path) && !contains(&self.relinked, path);
        let resolution = links && !contains(&self.unresolved, path);
        let make = || Standing::builder(links, resolution).durability(self.lifetime.durability()).new(db);
        self.standings.get_or_insert_with(path, make).1
    }

    /// Whether a file's resolution is what the baseline recorded, if it did. Changes whenever it is doubted.
    pub(crate) fn resolution_stands(&self, db: &dyn Db, path: &str) -> bool {
        let nothing_changes = self.lifetime == Lifetime::OneRun && db.fixed().baseline.is_none();
        !nothing_changes && self.standing(db, path).resolution(db)
    }

    /// The import roots of a frontend.
    pub(crate) fn roots<'db>(&self, db: &'db dyn Db, frontend: FrontendId) -> &'db [Root] {
        let roots = self.roots_input().expect("invariant: the roots are set before queries run");
        roots.roots(db).get(usize::from(frontend.0)).map_or(&[], Vec::as_slice)
    }

    fn roots_input(&self) -> Option<ImportRoots> {
        *self.roots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The names that files of a frontend declare for all others.
    pub(crate) fn globals(&self, db: &dyn Db, frontend: FrontendId) -> Arc<Globals> {
        let input = self.globals_input().expect("invariant: global names are set before files are resolved");
        input.globals(db).get(usize::from(frontend.0)).cloned().unwrap_or_default()
    }

    fn globals_input(&self) -> Option<GlobalNames> {
        *self.globals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes over a new set of files. If it differs from the one before, [`Self::moved`] has to follow.
    ///
    /// `suspects` are the files that may have changed. Those of which an input was made already are the caller's to
    /// bring up to date.
    pub(crate) fn update<'a>(db: &mut Database, set: FileSet, suspects: impl Iterator<Item = &'a Arc<str>>) {
        let files = db.files_handle();
        for path in suspects {
            files.suspects.write().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
            files.withdraw(db, path, Doubt::Links);
        }
        if files.lifetime == Lifetime::OneRun {
            // A run that begins again can find fewer files than it knew of.
            files.sources.retain(|path| set.has_file(path));
        }
        *files.set.write().unwrap_or_else(PoisonError::into_inner) = set;
    }

    /// Takes over the import roots. Has to come before the first look at where imports lead.
    pub(crate) fn set_roots(db: &mut Database, roots: Vec<Vec<Root>>) {
        let files = db.files_handle();
        match files.roots_input() {
            Some(input) if *input.roots(db) != roots => {
                input.set_roots(db).to(roots);
                files.find_roots_again(db, |_| true);
            }
            Some(_) => {}
            None => {
                let input = ImportRoots::builder(roots).durability(files.lifetime.durability()).new(db);
                *files.roots.lock().unwrap_or_else(PoisonError::into_inner) = Some(input);
            }
        }
    }

    /// Takes over the names that files declare for all others. Has to come before the first file is resolved.
    pub(crate) fn set_globals(db: &mut Database, globals: Vec<Arc<Globals>>) {
        let files = db.files_handle();
        match files.globals_input() {
            Some(input) if *input.globals(db) != globals => _ = input.set_globals(db).to(globals),
            Some(_) => {}
            None => {
                let input = GlobalNames::builder(globals).durability(files.lifetime.durability()).new(db);
                *files.globals.lock().unwrap_or_else(PoisonError::into_inner) = Some(input);
            }
        }
    }

    /// Says that what the baseline recorded of these files' relations to others may no longer hold.
    pub(crate) fn doubt<'a>(db: &mut Database, paths: impl Iterator<Item = &'a str>, doubt: Doubt) {
        let files = db.files_handle();
        for path in paths {
            let doubted = match doubt {
                Doubt::Links => &files.relinked,
                Doubt::Resolution => &files.unresolved,
            };
            doubted.write().unwrap_or_else(PoisonError::into_inner).insert(path.into());
            files.withdraw(db, path, doubt);
        }
    }

    fn withdraw(&self, db: &mut Database, path: &str, doubt: Doubt) {
        let Some((_, standing)) = self.standings.get(path) else { return };
        if doubt == Doubt::Links && standing.links(db) {
            standing.set_links(db).to(false);
        }
        // In a process that stays every time, as every time something else may be the reason.
        if self.lifetime == Lifetime::Resident || standing.resolution(db) {
            standing.set_resolution(db).to(false);
        }
    }

    /// Says that these files came or went. Asks again what there is at every stem that was ever asked for.
    pub(crate) fn moved<'a>(db: &mut Database, moved: impl Iterator<Item = &'a str>) {
        let files = db.files_handle();
        let mut names = FxHashSet::default();
        for path in moved {
            let is_there = files.set().has_file(path);
            let (from, to) = if is_there { (&files.gone, &files.sources) } else { (&files.sources, &files.gone) };
            from.remove(path).into_iter().for_each(|(path, source)| to.insert(&path, source));
            if !is_there {
                db.fixed().interfaces.remove(path);
            }
            names.extend(path.split('/'));
            let shapes = files.frontends.iter().flat_map(|frontend| frontend.shapes());
            names.extend(shapes.filter_map(|shape| path.strip_suffix(shape)?.rsplit('/').next()));
        }
        files.find_roots_again(db, |name| names.contains(name));
        for (slots, frontend) in files.slots.iter().zip(&files.frontends) {
            for (stem, slot) in slots.entries() {
                let probe = files.set().probe(&stem, frontend.shapes());
                if slot.probe(db) != probe {
                    slot.set_probe(db).to(probe);
                }
            }
        }
    }

    /// Looks again for the roots that have these names, of those that were ever asked for.
    fn find_roots_again(&self, db: &mut Database, is_wanted: impl Fn(&str) -> bool) {
        let Some(input) = self.roots_input() else { return };
        let all = input.roots(db).clone();
        for (frontend, slots) in self.root_slots.iter().enumerate() {
            for (stem, slot) in slots.entries() {
                let Some(name) = stem.strip_prefix('/').filter(|name| is_wanted(name)) else { continue };
                let roots = all.get(frontend).map_or(&[][..], Vec::as_slice);
                let found = self.find_roots_with(roots, FrontendId(frontend as u8), name);
                if *slot.roots(db) != found {
                    slot.set_roots(db).to(found);
                }
            }
        }
    }
}

/// What a name in any import root is known by among the stems, none of which begins with a slash.
pub(crate) fn in_any_root(name: &str) -> String {
    format!("/{name}")
}

/// The content that a baseline recorded for a file, unless there was none to record.
fn recorded_content(baseline: &Manifest, path: &str) -> Option<Content> {
    baseline.row(path)?.content().map(Content::Text)
}

fn contains(paths: &RwLock<FxHashSet<Arc<str>>>, path: &str) -> bool {
    paths.read().unwrap_or_else(PoisonError::into_inner).contains(path)
}

/// A map from paths that many threads fill at once.
pub(crate) struct Sharded<V> {
    shards: [Mutex<HashMap<Arc<str>, V, rustc_hash::FxBuildHasher>>; 32],
}

impl<V> Default for Sharded<V> {
    fn default() -> Self {
        Self { shards: std::array::from_fn(|_| Mutex::default()) }
    }
}

impl<V: Clone> Sharded<V> {
    fn shard(&self, key: &str) -> MutexGuard<'_, HashMap<Arc<str>, V, rustc_hash::FxBuildHasher>> {
        // The high bits: the map inside uses the low ones.
        let hash = rustc_hash::FxBuildHasher.hash_one(key) >> 59;
        self.shards[hash as usize].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The value alone: all threads share the counters of keys.
    pub(crate) fn value(&self, key: &str) -> Option<V> {
        self.shard(key).get(key).cloned()
    }

    pub(crate) fn remove(&self, key: &str) -> Option<(Arc<str>, V)> {
        self.shard(key).remove_entry(key)
    }

    fn retain(&self, keep: impl Fn(&str) -> bool) {
        for shard in &self.shards {
            shard.lock().unwrap_or_else(PoisonError::into_inner).retain(|key, _| keep(key));
        }
    }

    pub(crate) fn get(&self, key: &str) -> Option<(Arc<str>, V)> {
        self.shard(key).get_key_value(key).map(|(key, value)| (key.clone(), value.clone()))
    }

    fn get_or_insert_with(&self, key: &str, make: impl FnOnce() -> V) -> (Arc<str>, V) {
        let mut shard = self.shard(key);
        if let Some((key, value)) = shard.get_key_value(key) {
            return (key.clone(), value.clone());
        }
        let (key, value) = (Arc::<str>::from(key), make());
        shard.insert(key.clone(), value.clone());
        (key, value)
    }

    pub(crate) fn insert(&self, key: &Arc<str>, value: V) {
        self.shard(key).insert(key.clone(), value);
    }

    pub(crate) fn clear(&self) {
        self.shards.iter().for_each(|shard| *shard.lock().unwrap_or_else(PoisonError::into_inner) = HashMap::default());
    }

    fn entries(&self) -> Vec<(Arc<str>, V)> {
        self.shards
            .iter()
            .flat_map(|shard| {
                let shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
                shard.iter().map(|(key, value)| (key.clone(), value.clone())).collect::<Vec<_>>()
            })
            .collect()
    }
}
