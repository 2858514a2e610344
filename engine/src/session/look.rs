//! Looking at one file: asking for its results, and comparing them with its row in the manifest before.
//!
//! Most looks end early: at equal content, or, as for where imports lead, at an equal import table.

use esker_frontend_api::{Diagnostic, DiagnosticKind, EdgeKinds, FileClass};

use super::causes::FileCauses;
use super::{RunStart, Setup};
use crate::db::{Database, Db};
use crate::digest::Digest;
use crate::edges::{EDGES, file_edges, import_location};
use crate::explain::Cause;
use crate::exports::{file_exports, interface};
use crate::input::{Candidate, Content, FrontendId, SourceFile};
use crate::ir::{IMPORTS, exported_names, file_imports, file_ir, file_settings, global_names, told_digest};
use crate::manifest::{Entry, FileRecord, Links, Manifest, Part, ResolutionRecord, Row};
use crate::parse::{IR, failure, is_accident};
use crate::resolve::{FileResolution, RESOLUTION, file_resolution};

/// A file as far as it had to be looked at.
pub(super) struct Looked {
    pub(super) entry: Entry,
    pub(super) modified: bool,
    /// The row, if what it tells whoever locates imports is not what it was: those who import everything from it, and
    /// those whom its settings govern, have to be located again.
    pub(super) told_changed: Option<u32>,
    /// The names that it declares for all files; `None` if they are as its row has them, or files of its language
    /// declare none.
    pub(super) globals: Option<Vec<String>>,
    pub(super) causes: FileCauses,
}

/// A file that did not change, as far as its imports had to be located again.
pub(super) struct Relinked {
    pub(super) row: u32,
    pub(super) links: Links,
    pub(super) exports: Digest,
    /// What is to be said if the frontend failed on it.
    pub(super) failure: Option<Diagnostic>,
    /// Whether the imports lead elsewhere indeed.
    pub(super) moved: bool,
}

/// Looks at files, knowing what was known of them.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    pub(super) baseline: Option<&'a Manifest>,
    pub(super) start: RunStart,
    /// For each frontend whether names are known of its files after the run.
    pub(super) named: &'a [bool],
    pub(super) setup: &'a Setup,
}

impl Look<'_> {
    /// Whether names are known of a file after the run. Where there is no code, there is nothing to put off.
    pub(super) fn has_names_of(self, frontend: FrontendId, path: &str) -> bool {
        self.named.get(usize::from(frontend.0)) == Some(&true) || self.setup.class_of(path) != Some(FileClass::Code)
    }

    /// What other files can see of a file, and whether the frontend failed on it; nothing of one of which no names are
    /// to be known.
    fn exports(self, db: &Database, source: SourceFile) -> (Digest, bool) {
        if !self.has_names_of(*source.frontend(db), source.path(db)) {
            return (Digest::default(), false);
        }
        let exports = file_exports(db, source);
        (exports.digest, exports.accident)
    }

    /// Looks at a file that may have changed, and at what follows if it did. `concern` is why its imports may lead
    /// elsewhere even where its import table is as it was.
    pub(super) fn at(self, db: &Database, candidate: &Candidate, concern: Option<&Cause>) -> Looked {
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
            return Looked { entry, modified: false, told_changed: None, globals: None, causes: FileCauses::default() };
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
        let told_changed = old.filter(|(_, old_row)| old_row.exported() != exported).map(|(row, _)| row);
        let links = match old {
            Some((row, old_row)) if concern.is_none() && old_row.imports() == imports.digest() => Links::Kept(row),
            _ => links(db, source, old.map(|(_, old_row)| old_row)),
        };
        let is_named = self.has_names_of(*source.frontend(db), &candidate.path);
        let (exports, failed) = self.exports(db, source);
        if is_named {
            // It is at hand now, and files that are resolved will ask for it.
            interface(db, source);
        }
        if failed {
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
            Some((_, old_row)) => causes(&old_row, ir.digest(), imports.digest(), &links, concern),
        };
        let causes = if is_named { causes } else { causes.without_names() };
        let entry = entry(record, links, Part::Fresh(exports));
        // One that could not be read before and cannot be now is not said to have changed each time.
        let is_unread = matches!(source.content(db), Content::Unreadable(_));
        let stays_unread = |old_row: Row<'_>| {
            old_row.content().is_none() && old_row.stat() == candidate.stat && old_row.ir() == ir.digest()
        };
        let modified = old.is_some_and(|(_, old_row)| !(is_unread && stays_unread(old_row)));
        Looked { entry, modified, told_changed, globals: global_names(db, source), causes }
    }

    /// The files that import everything that the file at this position exports.
    pub(super) fn star_importers(self, row: u32) -> Vec<u32> {
        let Some(baseline) = self.baseline else { return Vec::new() };
        let imports_everything = |importer: &u32| {
            baseline.row_at(*importer).is_some_and(|importer| {
                importer.sites().any(|edge| edge.target == row && edge.site.kinds.contains(EdgeKinds::STAR))
            })
        };
        baseline.dependents(row).filter(imports_everything).collect()
    }

    /// Locates the imports of a file that did not change, and looks at what follows.
    pub(super) fn relink(self, db: &Database, row: u32) -> Relinked {
        let old = self.baseline.and_then(|baseline| baseline.row_at(row));
        let path = old.map_or("", Row::path);
        let source = db.files().source(db, path).expect("invariant: rows that are not removed are files");
        let links = links(db, source, old);
        let moved = old.map(Row::located) != Some(import_location(db, source).located.digest());
        let (exports, failed) = self.exports(db, source);
        let failure = failed.then(|| internal(db, source));
        Relinked { row, links, exports, failure, moved }
    }

    /// What the references of a file stand for, and what is to be said if the frontend failed on it.
    pub(super) fn resolve(self, db: &Database, entry: &Entry) -> (ResolutionRecord, Option<Diagnostic>) {
        let source = db.files().source(db, &entry.path).expect("invariant: entries are files of the repository");
        let FileResolution { key, digest, uses, accident } = file_resolution(db, source);
        let old = self.baseline.and_then(|baseline| baseline.row(&entry.path));
        old.iter().for_each(|old| db.memo().compare(RESOLUTION.0, old.resolution(), digest));
        (ResolutionRecord { digest, key, uses }, accident.then(|| internal(db, source)))
    }

    /// Notes what the references of a file stand for, and that the frontend failed on it if it did.
    pub(super) fn conclude(self, entry: &mut Entry, resolution: ResolutionRecord, failure: Option<Diagnostic>) {
        entry.resolution = Part::Fresh(resolution);
        failure.into_iter().for_each(|failure| self.add_accident(entry, failure));
    }

    /// Marks a file as one that the next run has to look at again, because a frontend failed on it.
    pub(super) fn add_accident(self, entry: &mut Entry, failure: Diagnostic) {
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

/// Why the stages of a file were looked at that is not what its row says.
fn causes(old: &Row<'_>, ir: Digest, imports: Digest, links: &Links, concern: Option<&Cause>) -> FileCauses {
    let seen = if old.content().is_some() { Cause::Content } else { Cause::Accident };
    let own = if old.ir() == ir { seen.clone() } else { Cause::OwnIr };
    let edges = match links {
        Links::Kept(_) => None,
        Links::Fresh { .. } if old.imports() != imports => Some(Cause::OwnImports),
        Links::Fresh { .. } => concern.cloned(),
    };
    FileCauses { ir: Some(seen), edges, exports: Some(own.clone()), resolution: Some(own) }
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
