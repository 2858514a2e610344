//! From imports to edges: which files a file's imports lead to, and how.
//!
//! ```text
//! file_imports ──▶ import_location ──▶ file_edges
//!                    ▲     ▲             EdgeTable, persisted
//!    stems looked up ┘     └ exported_names of what is imported whole, file_settings of what governs the file
//! ```
//!
//! Looking up is ordinary reading of inputs, absence included; turning what was found into edges is the persisted
//! stage, a pure function of it.

use std::sync::Arc;

use esker_frontend_api::{
    EdgeKinds, LocatedTable, Lookup, MissReason, NameId, NameTable, NameTableBuilder, Probe, Root, Setting,
};
use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::{Deserialize, Serialize};

use crate::db::Db;
use crate::digest::{Digest, Fingerprint};
use crate::graph::ImportSite;
use crate::input::{FrontendId, SourceFile};
use crate::ir::{exported_names, fetch, file_imports, file_settings};
use crate::memo::{Digested, Inputs, Stage};
use crate::store::RecordKey;

/// Sorts what a file's imports lead to into edges. Key: the digest of all that was located.
pub(crate) const EDGES: Stage<EdgesInputs, EdgeTable> = Stage::new("edges", 4, |inputs| EdgeTable::of(&inputs.located));

/// What a file's edges are computed from.
#[derive(Clone)]
pub(crate) struct EdgesInputs {
    located: LocatedImports,
}

impl Inputs for EdgesInputs {
    fn fingerprint(&self, into: &mut Fingerprint) {
        into.digest(self.located.digest);
    }
}

/// The key under which the edges that follow from what was located are kept.
pub(crate) fn edges_key(located: Digest) -> RecordKey {
    let (name, version) = EDGES.identity();
    RecordKey::new(name, version, |into| _ = into.digest(located))
}

/// Where a file's imports lead, with the circumstances of each import. Equal if the digests are.
#[derive(Debug, Clone)]
pub(crate) struct LocatedImports {
    located: Arc<LocatedTable>,
    digest: Digest,
}

impl LocatedImports {
    fn new(located: LocatedTable) -> Self {
        let bytes = postcard::to_stdvec(&located).expect("invariant: what was located has a postcard form");
        Self { located: Arc::new(located), digest: Digest::of(&bytes) }
    }

    /// The digest of all of it.
    pub(crate) fn digest(&self) -> Digest {
        self.digest
    }
}

impl std::ops::Deref for LocatedImports {
    type Target = LocatedTable;

    fn deref(&self) -> &LocatedTable {
        &self.located
    }
}

impl PartialEq for LocatedImports {
    fn eq(&self, other: &Self) -> bool {
        self.digest == other.digest
    }
}

impl Eq for LocatedImports {}

/// Where a file's imports lead: packed, because those of thousands of files are held at a time. Targets ascend by path,
/// their sites by line and kinds; all are unique.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EdgeTable {
    /// The paths of the targets in their order, then the names of what is missing.
    names: NameTable,
    /// For each target where its sites end.
    ends: Vec<u32>,
    sites: Vec<ImportSite>,
    /// Ascending by line and name.
    misses: Vec<Miss>,
}

/// The packed form of a [`MissedImport`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Miss {
    line: u32,
    name: NameId,
    reason: MissReason,
    kinds: EdgeKinds,
}

/// A file that is imported, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EdgeTarget<'a> {
    /// The file's path.
    pub path: &'a str,
    /// The imports that lead to it.
    pub sites: &'a [ImportSite],
}

/// An import that leads to no file of the repository.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MissedImport<'a> {
    /// The line of the import.
    pub line: u32,
    /// The module, or module and member, asked for.
    pub name: &'a str,
    /// Why it leads nowhere.
    pub reason: MissReason,
    /// How the import is made.
    pub kinds: EdgeKinds,
}

impl EdgeTable {
    fn of(imports: &LocatedImports) -> Self {
        let mut found: Vec<(&str, ImportSite)> = Vec::new();
        let mut misses = Vec::new();
        for row in imports.rows() {
            let (line, kinds) = (row.line, row.kinds);
            if let Some((name, reason)) = row.miss {
                misses.push(MissedImport { line, name: imports.name(name), reason, kinds });
            }
            let targets = imports.targets(row).iter();
            found.extend(targets.map(|target| (imports.name(target.path), ImportSite { line, kinds: target.kinds })));
        }
        found.sort_unstable();
        found.dedup();
        misses.sort_unstable();
        misses.dedup();
        Self::pack(&found, &misses)
    }

    /// Both ascend and are unique.
    fn pack(found: &[(&str, ImportSite)], missed: &[MissedImport<'_>]) -> Self {
        let mut names = NameTableBuilder::default();
        let (mut ends, mut sites) = (Vec::new(), Vec::with_capacity(found.len()));
        for to_one in found.chunk_by(|one, next| one.0 == next.0) {
            let start = sites.len();
            for (_, site) in to_one {
                // Every import of a package's module passes through its `__init__`: the first one says it all.
                let implied = |other: &ImportSite| other.kinds == site.kinds;
                if !site.kinds.contains(EdgeKinds::IMPLICIT_INIT) || !sites[start..].iter().any(implied) {
                    sites.push(*site);
                }
            }
            names.intern(to_one[0].0);
            ends.push(sites.len() as u32);
        }
        let pack = |miss: &MissedImport<'_>| {
            let MissedImport { line, name, reason, kinds } = *miss;
            Miss { line, name: names.intern(name), reason, kinds }
        };
        let misses = missed.iter().map(pack).collect();
        ends.shrink_to_fit();
        sites.shrink_to_fit();
        Self { names: names.finish().compact(), ends, sites, misses }
    }

    /// The files that are imported, ascending by path.
    pub fn targets(&self) -> impl Iterator<Item = EdgeTarget<'_>> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        self.names.iter().zip(starts.zip(&self.ends)).map(|(path, (start, end))| {
            // A made-up record can claim sites that it does not have.
            EdgeTarget { path, sites: self.sites.get(start as usize..*end as usize).unwrap_or(&[]) }
        })
    }

    /// The imports that lead to no file, ascending by line and name.
    pub fn misses(&self) -> impl Iterator<Item = MissedImport<'_>> {
        self.misses.iter().map(|miss| MissedImport {
            line: miss.line,
            name: self.names.get(miss.name).unwrap_or(""),
            reason: miss.reason,
            kinds: miss.kinds,
        })
    }

    /// How many imports lead to files.
    #[must_use]
    pub fn site_count(&self) -> usize {
        self.sites.len()
    }
}

/// Where a file's imports lead, and which stems were looked up to find out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ImportLocation {
    pub(crate) located: LocatedImports,
    /// In the order in which they were asked for, unique.
    pub(crate) stems: Arc<[Arc<str>]>,
}

/// Where the imports of a file lead.
///
/// Reads [`file_imports`], the import roots, the slot of every stem that the frontend asks for, [`exported_names`] of
/// the packages that are imported whole, and [`file_settings`] of the settings files that it looks at. Tracked because
/// a file that appears or goes touches one slot, and only those who asked for it are located again.
#[salsa::tracked(returns(ref))]
pub(crate) fn import_location(db: &dyn Db, file: SourceFile) -> ImportLocation {
    let imports = file_imports(db, file).value();
    let frontend_id = *file.frontend(db);
    let frontend = &db.fixed().frontends[usize::from(frontend_id.0)];
    let mut recorder = Recorder {
        db,
        frontend: frontend_id,
        shapes: frontend.shapes(),
        asked: FxHashMap::with_capacity_and_hasher(imports.imports.len() * 2, FxBuildHasher),
        asked_roots: FxHashMap::default(),
        stems: Vec::with_capacity(imports.imports.len() * 2),
    };
    let located = frontend.locate(&imports, file.path(db), db.files().roots(db, frontend_id), &mut recorder);
    let located = LocatedImports::new(LocatedTable::new(&imports, &located));
    ImportLocation { located, stems: recorder.stems.into() }
}

/// The import edges of a file.
///
/// Reads [`import_location`]. Tracked and persisted: what a switch back to earlier content finds again.
#[salsa::tracked(returns(clone))]
pub(crate) fn file_edges(db: &dyn Db, file: SourceFile) -> Digested<EdgeTable> {
    let inputs = EdgesInputs { located: import_location(db, file).located.clone() };
    fetch(db, file, EDGES, inputs)
}

/// Answers a frontend's questions from query inputs, and notes what was asked.
struct Recorder<'db> {
    db: &'db dyn Db,
    frontend: FrontendId,
    shapes: &'static [&'static str],
    asked: FxHashMap<Arc<str>, Probe>,
    asked_roots: FxHashMap<Box<str>, Arc<[u32]>>,
    stems: Vec<Arc<str>>,
}

impl Lookup for Recorder<'_> {
    fn probe(&mut self, stem: &str) -> Probe {
        if let Some(probe) = self.asked.get(stem) {
            return *probe;
        }
        let (stem, probe) = self.db.files().probe(self.db, self.frontend, stem);
        self.asked.insert(stem.clone(), probe);
        self.stems.push(stem);
        probe
    }

    fn roots_with(&mut self, _: &[Root], name: &str) -> Arc<[u32]> {
        if let Some(found) = self.asked_roots.get(name) {
            return found.clone();
        }
        let (stem, found) = self.db.files().roots_with(self.db, self.frontend, name);
        self.asked_roots.insert(name.into(), found.clone());
        self.stems.push(stem);
        found
    }

    fn exported(&mut self, path: &str) -> Option<Arc<[String]>> {
        let file = self.db.files().source(self.db, path)?;
        exported_names(self.db, file)
    }

    fn settings(&mut self, path: &str) -> Option<Arc<Setting>> {
        // The stem tells the next run who read the file, or missed it.
        if !self.probe(path).is_file_itself(self.shapes) {
            return None;
        }
        file_settings(self.db, self.db.files().source(self.db, path)?)
    }
}
