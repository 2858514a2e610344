//! Push to find, pull to decide.
//!
//! From the files that may have changed, everything that their change can concern is found by following recorded
//! relations backwards; each of those is then asked for its results, and where a digest comes out as it was, the wave
//! stops. Files that the wave does not reach enter neither salsa nor memory: their rows are copied.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use esker_frontend_api::{Diagnostic, DiagnosticKind, EdgeKinds, Root};
use rayon::ThreadPool;
use rayon::prelude::*;
use rustc_hash::FxHashSet;
use salsa::Setter;

use super::absence::{concerned_by, import_roots};
use super::causes::{Causes, FileCauses};
use super::names::{Exporter, users_of_changed_names};
use super::{Differences, RunStart, Setup};
use crate::db::{Database, Db};
use crate::digest::Digest;
use crate::edges::{EDGES, file_edges, import_location};
use crate::explain::Cause;
use crate::exports::{file_exports, interface};
use crate::input::{Candidate, ChangeSet, Content, Doubt, FileSet, Files, FrontendId, SourceFile};
use crate::ir::{IMPORTS, exported_names, file_imports, file_ir, file_settings, ir_key, told_digest};
use crate::manifest::{Entries, Entry, FileRecord, Links, Manifest, Part, ResolutionRecord, Row};
use crate::monitor::{Monitor, Phase};
use crate::parse::{IR, failure, is_accident};
use crate::resolve::{FileResolution, RESOLUTION, file_resolution};
use crate::store::RecordKey;

/// What a run found out.
pub(crate) struct Propagated {
    /// The files of the next manifest.
    pub(crate) entries: Entries,
    pub(crate) roots: Vec<Vec<Root>>,
    pub(crate) differences: Differences,
    /// Files of the old manifest that did not change but whose imports may lead elsewhere, ascending.
    pub(crate) relinked: Vec<u32>,
    /// Whether some edge may be another than before.
    pub(crate) edges_changed: bool,
    /// Why files were looked at.
    pub(super) causes: Causes,
}

/// A file as far as it had to be looked at.
struct Looked {
    entry: Entry,
    modified: bool,
    /// The row whose importers of everything have to be located again.
    list_changed: Option<u32>,
    causes: FileCauses,
}

/// A file that did not change, as far as its imports had to be located again.
struct Relinked {
    row: u32,
    links: Links,
    exports: Digest,
    /// What is to be said if the frontend failed on it.
    failure: Option<Diagnostic>,
    /// Whether the imports lead elsewhere indeed.
    moved: bool,
}

/// Brings everything that `changes` can concern up to date.
pub(crate) fn propagate(
    db: &mut Database,
    pool: &ThreadPool,
    setup: &Setup,
    baseline: Option<&Arc<Manifest>>,
    changes: &ChangeSet,
    start: RunStart,
) -> Propagated {
    let added: Vec<Arc<str>> =
        changes.candidates.iter().filter(|file| file.row.is_none()).map(|file| file.path.clone()).collect();
    let layout_changed = baseline.is_none() || !added.is_empty() || !changes.removed.is_empty();
    let set = file_set(setup, baseline, changes, &added);
    Files::update(db, set, changes.candidates.iter().map(|candidate| &candidate.path));
    if layout_changed {
        let removed = changes.removed.iter().filter_map(|row| Some(baseline?.path(*row)));
        Files::moved(db, added.iter().map(|path| &**path).chain(removed));
    }
    refresh_known_inputs(db, pool, changes);
    let settings_changed = changes.candidates.iter().any(|candidate| db.files().is_settings(&candidate.path));
    let roots = match baseline {
        Some(baseline) if !layout_changed && !settings_changed => baseline.tail().roots.clone(),
        _ => import_roots(db, setup),
    };
    Files::set_roots(db, roots.clone());
    let concerned: BTreeMap<u32, Cause> = match baseline {
        None => BTreeMap::new(),
        Some(baseline) => {
            let gone = changes.removed.iter().map(|row| baseline.path(*row));
            let gone = gone.map(|path| (path, Cause::Gone(path.into())));
            let paths: Vec<_> = gone.chain(added.iter().map(|path| (&**path, Cause::Appeared(path.clone())))).collect();
            let mut concerned = concerned_by(&paths, baseline, &db.files().set(), setup);
            concerned.extend(rooted_elsewhere(baseline, &roots).map(|row| (row, Cause::ImportRoots)));
            concerned
        }
    };

    let monitor = &setup.monitor;
    monitor.enter(Phase::Analyze, changes.candidates.len());
    let look = Look { baseline: baseline.map(|baseline| &**baseline), start };
    let mut looked = Vec::with_capacity(changes.candidates.len());
    for part in steps(&changes.candidates, baseline) {
        looked.extend(in_parallel(pool, db, part, |db, candidate| {
            let concern = candidate.row.and_then(|row| concerned.get(&row));
            look.at(db, candidate, concern)
        }));
        write_early(db, pool, monitor, || looked.iter().map(|looked: &Looked| &looked.entry).collect());
    }

    let mut relinked = concerned;
    if let Some(baseline) = baseline {
        for row in looked.iter().filter_map(|looked| looked.list_changed) {
            for importer in look.star_importers(row) {
                relinked.entry(importer).or_insert_with(|| Cause::PublicNames(baseline.path(row).into()));
            }
            if db.files().is_settings(baseline.path(row)) {
                let frontend = baseline.row_at(row).map_or(FrontendId(0), Row::frontend);
                for reader in baseline.users_of(frontend, baseline.path(row)) {
                    relinked.entry(reader).or_insert_with(|| Cause::Settings(baseline.path(row).into()));
                }
            }
        }
        changes.removed.iter().for_each(|row| _ = relinked.remove(row));
        for looked in &looked {
            if let (Links::Fresh { .. }, Some(row)) = (&looked.entry.links, baseline.position(&looked.entry.path)) {
                relinked.remove(&row);
            }
        }
    }
    let (relinked, concerns): (Vec<u32>, Vec<Cause>) = relinked.into_iter().unzip();
    let path_of = |row: &u32| baseline.map_or("", |baseline| baseline.path(*row));
    Files::doubt(db, relinked.iter().map(path_of), Doubt::Links);
    if !relinked.is_empty() {
        monitor.enter(Phase::Relink, relinked.len());
    }
    let links: Vec<Relinked> = in_parallel(pool, db, &relinked, |db, row| look.relink(db, *row));

    let users = match baseline {
        None => BTreeMap::new(),
        Some(baseline) => {
            let exporters = exporters(baseline, &looked, &links);
            users_of_changed_names(db, pool, baseline, &exporters, &changes.removed, &added)
        }
    };
    Files::doubt(db, users.keys().map(path_of), Doubt::Resolution);

    let mut causes = Causes::default();
    if baseline.is_some() {
        looked.iter().for_each(|looked| causes.looked(&looked.entry.path, looked.causes.clone()));
        for (relinked, cause) in links.iter().zip(concerns) {
            causes.relinked(path_of(&relinked.row), cause, relinked.moved);
        }
        users.iter().for_each(|(row, cause)| causes.uses(path_of(row), cause.clone()));
    }

    let modified = looked.iter().filter(|looked| looked.modified).map(|looked| looked.entry.path.clone()).collect();
    let edges_changed = !changes.removed.is_empty()
        || !links.is_empty()
        || looked.iter().any(|looked| matches!(looked.entry.links, Links::Fresh { .. }));
    let moved = links.iter().filter(|relinked| relinked.moved).map(|relinked| relinked.row);
    let unresolved: BTreeSet<u32> = moved.chain(users.into_keys()).collect();
    let in_place = baseline.filter(|_| !layout_changed && links.is_empty());
    let mut entries = match in_place {
        Some(baseline) => gather(baseline, looked, &unresolved),
        None => merge(look, &changes.removed, looked, links),
    };
    let is_unresolved = |entry: &Entry| match entry.record {
        FileRecord::Kept(row) => unresolved.contains(&row),
        FileRecord::Fresh { .. } => true,
    };
    let unresolved: Vec<usize> = (0..entries.len()).filter(|index| is_unresolved(&entries[*index])).collect();
    let span = tracing::info_span!("resolve", files = unresolved.len()).entered();
    monitor.enter(Phase::Resolve, unresolved.len());
    let mut resolved = Vec::with_capacity(unresolved.len());
    for part in steps(&unresolved, baseline) {
        write_early(db, pool, monitor, || unresolved[resolved.len()..].iter().map(|index| &entries[*index]).collect());
        resolved.extend(in_parallel(pool, db, part, |db, index| look.resolve(db, &entries[*index])));
    }
    drop(span);
    for (index, (resolution, failure)) in unresolved.into_iter().zip(resolved) {
        entries[index].resolution = Part::Fresh(resolution);
        failure.into_iter().for_each(|failure| look.add_accident(&mut entries[index], failure));
    }

    let removed = baseline
        .map_or_else(Vec::new, |baseline| changes.removed.iter().map(|row| baseline.path(*row).into()).collect());
    let differences = Differences { added, modified, removed };
    let entries = if in_place.is_some() { Entries::Changed(entries) } else { Entries::All(entries) };
    Propagated { entries, roots, differences, relinked, edges_changed, causes }
}

/// The files of a first build in steps, so that between two of them what is settled can go into the store: in three, and in
/// more where there are so many files that the records of a third are hundreds of megabytes. Each step can end with one of
/// two threads waiting, and a table more in the store. Later runs have less to do and no such steps.
fn steps<'a, T>(files: &'a [T], baseline: Option<&Arc<Manifest>>) -> impl Iterator<Item = &'a [T]> {
    const MOST_FILES: usize = 20_000;
    let count = if baseline.is_none() { (files.len() / MOST_FILES).clamp(3, 12) } else { 1 };
    files.chunks(files.len().div_ceil(count).max(1))
}

/// Begins to write what is worth it but the IRs of these files, each of which is wanted once more.
fn write_early<'a>(
    db: &Database,
    pool: &ThreadPool,
    monitor: &Arc<Monitor>,
    unresolved: impl FnOnce() -> Vec<&'a Entry>,
) {
    if db.memo().writes_early() {
        let wanted = irs_of(db, pool, &unresolved());
        db.memo().write_early(monitor, |key| !wanted.contains(&key));
    }
}

/// The keys of the IRs of these files.
fn irs_of(db: &Database, pool: &ThreadPool, files: &[&Entry]) -> FxHashSet<RecordKey> {
    let keys = in_parallel(pool, db, files, |db, entry| {
        let FileRecord::Fresh { content: Some(content), .. } = entry.record else { return None };
        ir_key(db, entry.frontend, &entry.path, content)
    });
    keys.into_iter().flatten().collect()
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

/// How many items a thread takes on before others can help out. Without a limit it is a quarter of them, and of two
/// threads one waits for the other at the end: for 66 ms of the first pass over homeassistant, 39 of the second.
const TAKEN_ON: usize = 16;

/// Works on items with clones of the database; the clones are gone when it returns.
pub(super) fn in_parallel<T: Sync, R: Send>(
    pool: &ThreadPool,
    db: &Database,
    items: &[T],
    work: impl Fn(&Database, &T) -> R + Send + Sync,
) -> Vec<R> {
    // To wake the threads up takes longer than many a run has to do.
    if items.is_empty() {
        return Vec::new();
    }
    let db = db.clone();
    pool.install(move || {
        items
            .par_iter()
            .with_max_len(TAKEN_ON)
            .map_with(db, |db, item| {
                let result = work(db, item);
                db.fixed().monitor.step();
                result
            })
            .collect()
    })
}

fn file_set(setup: &Setup, baseline: Option<&Arc<Manifest>>, changes: &ChangeSet, added: &[Arc<str>]) -> FileSet {
    match baseline {
        None => file_set_of(setup, added.to_vec()),
        Some(baseline) => {
            let removed = changes.removed.iter().map(|row| Arc::from(baseline.path(*row)));
            named(setup, FileSet::recorded(baseline.clone(), added.iter().cloned(), removed))
        }
    }
}

/// These files and no others.
pub(super) fn file_set_of(setup: &Setup, files: Vec<Arc<str>>) -> FileSet {
    named(setup, FileSet::walked(files))
}

fn named(setup: &Setup, set: FileSet) -> FileSet {
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

/// Looks at files, knowing what was known of them.
#[derive(Clone, Copy)]
struct Look<'a> {
    baseline: Option<&'a Manifest>,
    start: RunStart,
}

impl Look<'_> {
    fn at(self, db: &Database, candidate: &Candidate, concern: Option<&Cause>) -> Looked {
        let files = db.files();
        let source = files.source(db, &candidate.path).expect("invariant: candidates are files of the repository");
        let content = match source.content(db) {
            Content::Text(digest) => Some(*digest),
            Content::Unreadable(_) | Content::TooLarge(_) => None,
        };
        let old = candidate.row.and_then(|row| Some((row, self.baseline?.row_at(row)?)));
        let entry = |record, links, exports| Entry {
            path: candidate.path.clone(),
            frontend: *source.frontend(db),
            stat: candidate.stat,
            racy: self.start.is_racy(candidate.stat),
            record,
            links,
            exports,
            resolution: old.map_or_else(|| Part::Fresh(ResolutionRecord::default()), |(row, _)| Part::Kept(row)),
        };
        if let Some((row, old_row)) = old
            && content.is_some()
            && old_row.content() == content
        {
            content.iter().for_each(|digest| db.fixed().texts.release(*digest));
            let entry = entry(FileRecord::Kept(row), Links::Kept(row), Part::Kept(row));
            return Looked { entry, modified: false, list_changed: None, causes: FileCauses::default() };
        }
        let ir = file_ir(db, source);
        content.iter().for_each(|digest| db.fixed().texts.release(*digest));
        let imports = file_imports(db, source);
        let exported = told_digest(exported_names(db, source).as_deref(), file_settings(db, source).as_deref());
        let mut diagnostics = ir.value().diagnostics.clone();
        if let Some((_, old_row)) = old {
            db.memo().compare(IR.name(), old_row.ir(), ir.digest());
            db.memo().compare(IMPORTS.name(), old_row.imports(), imports.digest());
        }
        let list_changed = old.filter(|(_, old_row)| old_row.exported() != exported).map(|(row, _)| row);
        let links = match old {
            Some((row, old_row)) if concern.is_none() && old_row.imports() == imports.digest() => Links::Kept(row),
            _ => links(db, source, old.map(|(_, old_row)| old_row)),
        };
        let exports = file_exports(db, source);
        // It is at hand now, and files that are resolved will ask for it.
        interface(db, source);
        if exports.accident {
            diagnostics.push(internal(db, source));
        }
        let record = FileRecord::Fresh {
            content,
            accident: diagnostics.iter().any(|diagnostic| is_accident(diagnostic.kind)),
            ir: ir.digest(),
            imports: imports.digest(),
            exported,
            diagnostics,
        };
        let causes = match old {
            None => FileCauses::all(Cause::NewFile),
            Some((_, old_row)) => {
                let seen = if old_row.content().is_some() { Cause::Content } else { Cause::Accident };
                let own = if old_row.ir() == ir.digest() { seen.clone() } else { Cause::OwnIr };
                let edges = match &links {
                    Links::Kept(_) => None,
                    Links::Fresh { .. } if old_row.imports() != imports.digest() => Some(Cause::OwnImports),
                    Links::Fresh { .. } => concern.cloned(),
                };
                FileCauses { ir: Some(seen), edges, exports: Some(own.clone()), resolution: Some(own) }
            }
        };
        let entry = entry(record, links, Part::Fresh(exports.digest));
        Looked { entry, modified: old.is_some(), list_changed, causes }
    }

    /// The files that import everything that the file at this position exports.
    fn star_importers(self, row: u32) -> Vec<u32> {
        let Some(baseline) = self.baseline else { return Vec::new() };
        let imports_everything = |importer: &u32| {
            baseline.row_at(*importer).is_some_and(|importer| {
                importer.sites().any(|edge| edge.target == row && edge.site.kinds.contains(EdgeKinds::STAR))
            })
        };
        baseline.dependents(row).filter(imports_everything).collect()
    }

    /// Locates the imports of a file that did not change, and looks at what follows.
    fn relink(self, db: &Database, row: u32) -> Relinked {
        let old = self.baseline.and_then(|baseline| baseline.row_at(row));
        let path = old.map_or("", Row::path);
        let source = db.files().source(db, path).expect("invariant: rows that are not removed are files");
        let links = links(db, source, old);
        let moved = old.map(Row::located) != Some(import_location(db, source).located.digest());
        let exports = file_exports(db, source);
        let failure = exports.accident.then(|| internal(db, source));
        Relinked { row, links, exports: exports.digest, failure, moved }
    }

    /// What the references of a file stand for, and what is to be said if the frontend failed on it.
    fn resolve(self, db: &Database, entry: &Entry) -> (ResolutionRecord, Option<Diagnostic>) {
        let source = db.files().source(db, &entry.path).expect("invariant: entries are files of the repository");
        let FileResolution { key, digest, uses, accident } = file_resolution(db, source);
        let old = self.baseline.and_then(|baseline| baseline.row(&entry.path));
        old.iter().for_each(|old| db.memo().compare(RESOLUTION.0, old.resolution(), digest));
        (ResolutionRecord { digest, key, uses }, accident.then(|| internal(db, source)))
    }

    /// Marks a file as one that the next run has to look at again, because a frontend failed on it.
    fn add_accident(self, entry: &mut Entry, failure: Diagnostic) {
        if let FileRecord::Kept(row) = entry.record
            && let Some(row) = self.baseline.and_then(|baseline| baseline.row_at(row))
        {
            entry.record = FileRecord::Fresh {
                content: row.content(),
                accident: true,
                ir: row.ir(),
                imports: row.imports(),
                exported: row.exported(),
                diagnostics: row.diagnostics().collect(),
            };
        }
        if let FileRecord::Fresh { accident, diagnostics, .. } = &mut entry.record {
            *accident = true;
            if !diagnostics.contains(&failure) {
                diagnostics.push(failure);
            }
        }
    }
}

/// What is said of a file on which a frontend panicked.
fn internal(db: &dyn Db, source: SourceFile) -> Diagnostic {
    let frontend = &db.fixed().frontends[usize::from(source.frontend(db).0)];
    Diagnostic { line: 1, column: 1, kind: DiagnosticKind::Internal, message: failure(&**frontend) }
}

/// Where a file's imports lead, found anew.
fn links(db: &Database, source: SourceFile, old: Option<Row<'_>>) -> Links {
    let edges = file_edges(db, source);
    let location = import_location(db, source);
    old.iter().for_each(|old| db.memo().compare(EDGES.name(), old.edges(), edges.digest()));
    Links::Fresh {
        edges: edges.digest(),
        located: location.located.digest(),
        table: edges.value(),
        stems: location.stems.clone(),
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
fn merge(look: Look<'_>, removed: &[u32], looked: Vec<Looked>, relinked: Vec<Relinked>) -> Vec<Entry> {
    let baseline = look.baseline;
    let mut relinked = relinked.into_iter().peekable();
    let rows = baseline.map_or(0, Manifest::len);
    let mut entries = Vec::with_capacity(rows + looked.len());
    let mut looked = looked.into_iter().map(|looked| looked.entry).peekable();
    let mut removed = removed.iter().peekable();
    for row in 0..rows as u32 {
        let Some(old) = baseline.and_then(|baseline| baseline.row_at(row)) else { break };
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
