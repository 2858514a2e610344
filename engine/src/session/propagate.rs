//! Push to find, pull to decide.
//!
//! ```text
//! set_inputs                     which files there are, from where imports start
//! concerned               push   who looked for a file that came or went, whose imports start elsewhere
//! look_at_candidates      pull   what may have changed: results up to the interface     cut off at equal content
//! to_relink               push   who has all public names of a file that lists others now, who reads settings
//! relink                  pull   where imports lead of files that did not change
//! globals                        which names files declare for all others now
//! users_of_changed_names  push   who asked for a name that is answered differently now
//! resolve                 pull   what references stand for                              cut off at equal answers
//! ```
//!
//! From the files that may have changed, everything that their change can concern is found by following recorded
//! relations backwards; each of those is then asked for its results, and where a digest comes out as it was, the wave
//! stops. Files that the wave does not reach enter neither salsa nor memory: their rows are copied.
//!
//! A first build goes another way: see [`first`].

mod first;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use esker_frontend_api::Root;
use rayon::ThreadPool;
use rayon::prelude::*;
use salsa::Setter;

use super::absence::{concerned_by, import_roots};
use super::causes::Causes;
use super::look::{Look, Looked, Relinked};
use super::names::{Exporter, users_of_changed_names};
use super::parallel::in_parallel;
use super::{Differences, RunStart, Setup};
use crate::db::{Database, Db};
use crate::explain::Cause;
use crate::input::{Candidate, ChangeSet, Content, Doubt, FileSet, Files, FrontendId, Globals, SourceFile};
use crate::manifest::{Entries, Entry, FileRecord, Links, Manifest, Part};
use crate::monitor::Phase;

/// What a run found out.
pub(crate) struct Propagated {
    /// The files of the next manifest.
    pub(crate) entries: Entries,
    pub(crate) roots: Vec<Vec<Root>>,
    pub(crate) globals: Vec<Arc<Globals>>,
    /// For each frontend whether names are known of its files.
    pub(crate) named: Vec<bool>,
    pub(crate) differences: Differences,
    /// Files of the old manifest that did not change but whose imports may lead elsewhere, or whose references may stand
    /// for something else.
    pub(crate) concerned: Vec<u32>,
    /// Whether some edge may be another than before.
    pub(crate) edges_changed: bool,
    /// Why files were looked at.
    pub(super) causes: Causes,
    /// Which stages were executed for which files, sorted and unique.
    pub(super) executed: Vec<(&'static str, Arc<str>)>,
}

/// Brings everything that `changes` can concern up to date.
pub(crate) fn propagate(
    db: &mut Database,
    pool: &ThreadPool,
    setup: &Setup,
    baseline: Option<&Arc<Manifest>>,
    changes: &ChangeSet,
    (start, named): (RunStart, Vec<bool>),
) -> Propagated {
    let added: Vec<Arc<str>> =
        changes.candidates.iter().filter(|file| file.row.is_none()).map(|file| file.path.clone()).collect();
    let layout_changed = baseline.is_none() || !added.is_empty() || !changes.removed.is_empty();
    let look = Look { baseline: baseline.map(|baseline| &**baseline), start, named: &named, setup };
    let wave = Wave { pool, setup, baseline, changes, added, layout_changed, look };

    let roots = wave.set_inputs(db);
    let Some(baseline) = baseline else {
        let (entries, globals) = wave.look_and_resolve(db);
        return Propagated {
            entries: Entries::All(entries),
            roots,
            globals,
            differences: Differences { added: wave.added, ..Differences::default() },
            concerned: Vec::new(),
            edges_changed: true,
            causes: Causes::default(),
            executed: db.take_journal(),
            named,
        };
    };
    let concerned = wave.concerned(db, &roots);
    let looked = wave.look_at_candidates(db, &concerned);
    let (relinked, concerns): (Vec<u32>, Vec<Cause>) = wave.to_relink(concerned, &looked).into_iter().unzip();
    let links = wave.relink(db, &relinked);
    let declared: Vec<Declared> = looked.iter().filter_map(declared).collect();
    let globals = wave.globals(&baseline.tail().globals, &declared);
    Files::set_globals(db, globals.clone());
    let users = wave.users_of_changed_names(db, &looked, &links, &globals);
    Files::doubt(db, users.keys().map(|row| wave.path_of(*row)), Doubt::Resolution);

    let causes = wave.causes(&looked, &links, concerns, &users);
    let modified = looked.iter().filter(|looked| looked.modified).map(|looked| looked.entry.path.clone()).collect();
    let edges_changed = !changes.removed.is_empty()
        || !links.is_empty()
        || looked.iter().any(|looked| matches!(looked.entry.links, Links::Fresh { .. }));
    let moved: Vec<u32> = links.iter().filter(|relinked| relinked.moved).map(|relinked| relinked.row).collect();
    let relocated = moved.iter().map(|row| wave.path_of(*row).into()).collect();
    // Who asked a file for a name by way of what it declares for all, and found nothing, has no edge to it.
    let concerned = relinked.into_iter().chain(users.keys().copied()).collect();
    let unresolved: BTreeSet<u32> = moved.into_iter().chain(users.into_keys()).collect();
    let in_place = !layout_changed && links.is_empty();
    let mut entries = match in_place {
        true => gather(baseline, looked, &unresolved),
        false => merge(look, baseline, &changes.removed, looked, links),
    };
    wave.resolve(db, &mut entries, &unresolved);

    let removed = changes.removed.iter().map(|row| baseline.path(*row).into()).collect();
    let differences = Differences { added: wave.added, modified, removed, relocated };
    let entries = if in_place { Entries::Changed(entries) } else { Entries::All(entries) };
    Propagated {
        entries,
        roots,
        globals,
        named,
        differences,
        concerned,
        edges_changed,
        causes,
        executed: db.take_journal(),
    }
}

/// A change on its way through the files, as far as it is known before any of them is looked at.
struct Wave<'a> {
    pool: &'a ThreadPool,
    setup: &'a Setup,
    baseline: Option<&'a Arc<Manifest>>,
    changes: &'a ChangeSet,
    /// The candidates that have no row.
    added: Vec<Arc<str>>,
    /// Whether files came or went. Without a baseline all of them came.
    layout_changed: bool,
    look: Look<'a>,
}

impl Wave<'_> {
    /// Sets the inputs of queries, and tells from where imports start.
    fn set_inputs(&self, db: &mut Database) -> Vec<Vec<Root>> {
        let candidates = &self.changes.candidates;
        Files::update(db, self.file_set(), candidates.iter().map(|candidate| &candidate.path));
        if self.layout_changed {
            let removed = self.changes.removed.iter().filter_map(|row| Some(self.baseline?.path(*row)));
            Files::moved(db, self.added.iter().map(|path| &**path).chain(removed));
        }
        refresh_known_inputs(db, self.pool, self.changes);
        let settings_changed = candidates.iter().any(|candidate| db.files().tells_of_roots(&candidate.path));
        let roots = match self.baseline {
            Some(baseline) if !self.layout_changed && !settings_changed => baseline.tail().roots.clone(),
            _ => import_roots(db, self.setup),
        };
        Files::set_roots(db, roots.clone());
        roots
    }

    fn file_set(&self) -> FileSet {
        match self.baseline {
            None => file_set_of(self.setup, self.added.clone()),
            Some(baseline) => {
                let removed = self.changes.removed.iter().map(|row| Arc::from(baseline.path(*row)));
                named(self.setup, FileSet::recorded(baseline.clone(), self.added.iter().cloned(), removed))
            }
        }
    }

    /// The rows whose imports may lead elsewhere because files came or went or imports start elsewhere, each with why.
    fn concerned(&self, db: &Database, roots: &[Vec<Root>]) -> BTreeMap<u32, Cause> {
        let Some(baseline) = self.baseline else { return BTreeMap::new() };
        let gone = self.changes.removed.iter().map(|row| baseline.path(*row));
        let gone = gone.map(|path| (path, Cause::Gone(path.into())));
        let came = self.added.iter().map(|path| (&**path, Cause::Appeared(path.clone())));
        let paths: Vec<_> = gone.chain(came).collect();
        let mut concerned = concerned_by(&paths, baseline, &db.files().set(), self.setup);
        concerned.extend(rooted_elsewhere(baseline, roots).map(|row| (row, Cause::ImportRoots)));
        concerned
    }

    /// Looks at what may have changed, knowing which rows are concerned.
    fn look_at_candidates(&self, db: &Database, concerned: &BTreeMap<u32, Cause>) -> Vec<Looked> {
        let candidates = &self.changes.candidates;
        self.setup.monitor.enter(Phase::Analyze, candidates.len());
        in_parallel(self.pool, db, candidates, |db, candidate| {
            let concern = candidate.row.and_then(|row| concerned.get(&row));
            self.look.at(db, candidate, concern)
        })
    }

    /// The rows whose imports have to be located again, each with why: those that are concerned, and those that what
    /// was found out of candidates concerns, but for candidates whose imports were located.
    fn to_relink(&self, concerned: BTreeMap<u32, Cause>, looked: &[Looked]) -> BTreeMap<u32, Cause> {
        let mut relinked = concerned;
        let Some(baseline) = self.baseline else { return relinked };
        for row in looked.iter().filter_map(|looked| looked.told_changed) {
            for importer in self.look.star_importers(row) {
                relinked.entry(importer).or_insert_with(|| Cause::PublicNames(baseline.path(row).into()));
            }
            // Who reads what a file says has recorded its path. Files are read by those of their own frontend.
            if let Some(read) = baseline.row_at(row) {
                for reader in baseline.users_of(read.frontend(), baseline.path(row)) {
                    relinked.entry(reader).or_insert_with(|| Cause::Settings(baseline.path(row).into()));
                }
            }
        }
        self.changes.removed.iter().for_each(|row| _ = relinked.remove(row));
        for looked in looked {
            if let (Links::Fresh { .. }, Some(row)) = (&looked.entry.links, baseline.position(&looked.entry.path)) {
                relinked.remove(&row);
            }
        }
        relinked
    }

    /// Locates the imports of these rows again.
    fn relink(&self, db: &mut Database, rows: &[u32]) -> Vec<Relinked> {
        Files::doubt(db, rows.iter().map(|row| self.path_of(*row)), Doubt::Links);
        if !rows.is_empty() {
            self.setup.monitor.enter(Phase::Relink, rows.len());
        }
        in_parallel(self.pool, db, rows, |db, row| self.look.relink(db, *row))
    }

    /// The rows whose references may stand for something else, each with why.
    fn users_of_changed_names(
        &self,
        db: &Database,
        looked: &[Looked],
        links: &[Relinked],
        globals: &[Arc<Globals>],
    ) -> BTreeMap<u32, Cause> {
        let Some(baseline) = self.baseline else { return BTreeMap::new() };
        let exporters = exporters(baseline, looked, links);
        let removed: Vec<u32> = self.changes.removed.iter().copied().filter(|row| self.has_names(*row)).collect();
        users_of_changed_names(db, self.pool, baseline, &exporters, &removed, &self.added, globals)
    }

    /// The names that files declare for all others, where these were declared before and these files were looked at.
    fn globals(&self, before: &[Arc<Globals>], declared: &[Declared]) -> Vec<Arc<Globals>> {
        let of_frontend = |frontend: usize| {
            let before = before.get(frontend).cloned().unwrap_or_default();
            let gone = self.changes.removed.iter().filter_map(|row| Some((self.baseline?.path(*row), &[][..])));
            let anew = declared.iter().filter(|declared| usize::from(declared.frontend.0) == frontend);
            let anew = anew.map(|declared| (&*declared.path, declared.names.as_slice()));
            before.with(&gone.chain(anew).collect()).map_or(before, Arc::new)
        };
        (0..self.setup.frontends.len()).map(of_frontend).collect()
    }

    /// Why files were looked at. `concerns` are the reasons for which those of `links` were.
    fn causes(
        &self,
        looked: &[Looked],
        links: &[Relinked],
        concerns: Vec<Cause>,
        users: &BTreeMap<u32, Cause>,
    ) -> Causes {
        let mut causes = Causes::default();
        looked.iter().for_each(|looked| causes.looked(&looked.entry.path, looked.causes.clone()));
        for (relinked, cause) in links.iter().zip(concerns) {
            causes.relinked(self.path_of(relinked.row), cause, relinked.moved && self.has_names(relinked.row));
        }
        users.iter().for_each(|(row, cause)| causes.uses(self.path_of(*row), cause.clone()));
        causes
    }

    /// Resolves the files of these rows, and those that were looked at and are not what their rows say.
    fn resolve(&self, db: &Database, entries: &mut [Entry], rows: &BTreeSet<u32>) {
        let is_unresolved = |entry: &Entry| match entry.record {
            _ if !self.look.has_names_of(entry.frontend, &entry.path) => false,
            FileRecord::Kept(row) => rows.contains(&row),
            FileRecord::Fresh { .. } => true,
        };
        self.resolve_those(db, entries, is_unresolved, |_, _| ());
    }

    /// Resolves those files of which `is_due` is true, and calls `done` for each.
    pub(super) fn resolve_those(
        &self,
        db: &Database,
        entries: &mut [Entry],
        is_due: impl Fn(&Entry) -> bool,
        done: impl Fn(&Database, &Entry) + Sync + Send,
    ) {
        let due: Vec<usize> = (0..entries.len()).filter(|index| is_due(&entries[*index])).collect();
        let span = tracing::info_span!("resolve", files = due.len()).entered();
        self.setup.monitor.enter(Phase::Resolve, due.len());
        let resolved = in_parallel(self.pool, db, &due, |db, index| {
            let resolved = self.look.resolve(db, &entries[*index]);
            done(db, &entries[*index]);
            resolved
        });
        drop(span);
        for (index, (resolution, failure)) in due.into_iter().zip(resolved) {
            self.look.conclude(&mut entries[index], resolution, failure);
        }
    }

    /// Whether names are known of a row of the baseline.
    fn has_names(&self, row: u32) -> bool {
        let row = self.baseline.and_then(|baseline| baseline.row_at(row));
        row.is_some_and(|row| self.look.has_names_of(row.frontend(), row.path()))
    }

    /// The path of a row of the baseline.
    fn path_of(&self, row: u32) -> &str {
        self.baseline.map_or("", |baseline| baseline.path(row))
    }
}

/// What a file that was looked at declares for all files.
struct Declared {
    frontend: FrontendId,
    path: Arc<str>,
    names: Vec<String>,
}

fn declared(looked: &Looked) -> Option<Declared> {
    let names = looked.globals.clone()?;
    Some(Declared { frontend: looked.entry.frontend, path: looked.entry.path.clone(), names })
}

/// The files of the frontends whose imports start from other directories than before.
fn rooted_elsewhere<'a>(baseline: &'a Manifest, roots: &'a [Vec<Root>]) -> impl Iterator<Item = u32> + 'a {
    let before = &baseline.tail().roots;
    let moved: Vec<bool> = roots.iter().enumerate().map(|(index, roots)| before.get(index) != Some(roots)).collect();
    let any = moved.contains(&true);
    let rows = if any { 0..baseline.len() as u32 } else { 0..0 };
    rows.filter(move |row| {
        let frontend = baseline.row_at(*row).map_or(0, |row| usize::from(row.frontend().0));
        moved.get(frontend).copied().unwrap_or(true)
    })
}

/// The files of the manifest before whose interfaces were looked at.
fn exporters(baseline: &Manifest, looked: &[Looked], relinked: &[Relinked]) -> Vec<Exporter> {
    let changed = looked.iter().filter_map(|Looked { entry, .. }| match entry.exports {
        Part::Fresh(now) => Some(Exporter { path: entry.path.clone(), row: baseline.position(&entry.path)?, now }),
        Part::Kept(_) => None,
    });
    let relinked = relinked.iter().map(|relinked| Exporter {
        path: baseline.path(relinked.row).into(),
        row: relinked.row,
        now: relinked.exports,
    });
    changed.chain(relinked).collect()
}

/// These files and no others.
pub(super) fn file_set_of(setup: &Setup, files: Vec<Arc<str>>) -> FileSet {
    named(setup, FileSet::walked(files))
}

pub(super) fn named(setup: &Setup, set: FileSet) -> FileSet {
    set.with_root_name(setup.root.file_name().and_then(|name| name.to_str()).map(str::to_owned))
}

/// Gives the inputs that an earlier run of this session made their content of now.
fn refresh_known_inputs(db: &mut Database, pool: &ThreadPool, changes: &ChangeSet) {
    let files = db.files_handle();
    let known: Vec<(SourceFile, &Candidate)> =
        changes.candidates.iter().filter_map(|candidate| Some((files.known(&candidate.path)?, candidate))).collect();
    if known.is_empty() {
        return;
    }
    let contents: Vec<(SourceFile, Content)> =
        pool.install(|| known.par_iter().map(|(source, file)| (*source, files.read(&file.path))).collect());
    for (source, content) in contents {
        if *source.content(db) != content {
            source.set_content(db).to(content);
        }
    }
}

/// The files that were looked at and those that have to be resolved again, where none came, went or leads elsewhere.
fn gather(baseline: &Manifest, looked: Vec<Looked>, unresolved: &BTreeSet<u32>) -> Vec<Entry> {
    let looked = looked.into_iter().map(|looked| looked.entry);
    let mut entries: BTreeMap<u32, Entry> =
        looked.filter_map(|entry| Some((baseline.position(&entry.path)?, entry))).collect();
    for row in unresolved {
        let Some(kept) = baseline.row_at(*row) else { continue };
        entries.entry(*row).or_insert_with(|| Entry::kept(*row, kept));
    }
    entries.into_values().collect()
}

/// Puts the files that were looked at beside the rows of those that were not.
fn merge(
    look: Look<'_>,
    baseline: &Manifest,
    removed: &[u32],
    looked: Vec<Looked>,
    relinked: Vec<Relinked>,
) -> Vec<Entry> {
    let mut relinked = relinked.into_iter().peekable();
    let rows = baseline.len();
    let mut entries = Vec::with_capacity(rows + looked.len());
    let mut looked = looked.into_iter().map(|looked| looked.entry).peekable();
    let mut removed = removed.iter().peekable();
    for row in 0..rows as u32 {
        let Some(old) = baseline.row_at(row) else { break };
        while let Some(new) = looked.next_if(|entry| *entry.path < *old.path()) {
            entries.push(new);
        }
        if removed.next_if(|removed| **removed == row).is_some() {
            continue;
        }
        let mut entry = looked.next_if(|entry| *entry.path == *old.path()).unwrap_or_else(|| Entry::kept(row, old));
        if let Some(relinked) = relinked.next_if(|relinked| relinked.row == row) {
            entry.links = relinked.links;
            entry.exports = Part::Fresh(relinked.exports);
            relinked.failure.into_iter().for_each(|failure| look.add_accident(&mut entry, failure));
        }
        entries.push(entry);
    }
    entries.extend(looked);
    entries
}
