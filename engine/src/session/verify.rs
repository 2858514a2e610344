//! Computes anew what the cache would answer, and compares.
//!
//! ```text
//! run               the manifest as of now, from what is kept
//! recompute         a sample of its files, in a database and a store of their own in which nothing is kept
//! compare           for each stage: the record under the same key, and the digest in the manifest
//! mend              right records over wrong ones; the manifest anew, if it was wrong
//! ```
//!
//! A wrong record has to be found also where the manifest was made of it, so that both agree: therefore nothing of
//! either enters what is computed, not even the import roots; but for the names that files declare for all others,
//! which are compared with those of each file that is computed anew: to find them out, every file would have to be. A
//! key has in it all that a result depends on, so that a record is judged alone: one that follows rightly from a wrong
//! one lies under a key that is asked for no more.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::sync::Arc;

use xxhash_rust::xxh3::xxh3_64_with_seed;

use super::absence::import_roots;
use super::parallel::in_parallel;
use super::propagate::file_set_of;
use super::{ATTEMPTS, Depth, Mode, Run, Scope, Session};
use crate::db::{Database, Db};
use crate::digest::{Digest, Fingerprint};
use crate::edges::{EDGES, edges_key, file_edges, import_location};
use crate::error::EngineError;
use crate::exports::{EXPORTS, exports_key, file_exports};
use crate::input::{Content, Files};
use crate::ir::{IMPORTS, file_imports, file_ir, global_names, imports_key, ir_key};
use crate::manifest::Manifest;
use crate::memo::Memo;
use crate::metrics::Metrics;
use crate::monitor::{Busy, Phase};
use crate::parse::{IR, is_accident};
use crate::resolve::{RESOLUTION, file_resolution};
use crate::store::{MemoryStore, Payload, Record, RecordKey, StoreError};
use crate::verify::{Difference, Place, VerifyReport};

/// What stands for a stage where the file itself is another than the manifest says.
const CONTENT: &str = "content";

/// The number of stages whose results are compared.
const STAGES: usize = 5;

/// A result as it is computed now, and as the manifest has it.
struct Compared {
    stage: &'static str,
    key: RecordKey,
    now: Digest,
    in_manifest: Digest,
}

/// What was found out about a file.
enum Recomputed {
    /// Its results, and the names that it declares for all files.
    Results(Box<[Compared; STAGES]>, Vec<String>),
    /// It has another content than the manifest says.
    Changed,
    /// Nothing is kept of it, because what is known is an accident's.
    Nothing,
}

/// What came of a comparison.
#[derive(Default)]
struct Findings {
    report: VerifyReport,
    /// The right records where the store has wrong ones.
    right: BTreeMap<RecordKey, Record>,
    manifest_is_wrong: bool,
    content_differs: bool,
}

impl Session {
    /// Brings everything up to date, computes so many percent of the files anew, and mends what was kept wrong.
    pub(crate) fn verify(&mut self, percent: f64) -> Result<(Run, VerifyReport), EngineError> {
        let mut met_other_content = false;
        for _ in 0..ATTEMPTS {
            let run = self.run(Scope::Everything, Mode::Incremental, Depth::Names)?;
            let manifest = run.manifest.clone();
            let found = match self.unless_changed(|session| session.compare_anew(&manifest, percent)) {
                Ok(found) => found?,
                Err(interruption) => {
                    tracing::info!("{interruption} while files were verified; starting again");
                    continue;
                }
            };
            // It may have changed since the run. If the next run does not see that either, its stat is wrong.
            if found.content_differs && !met_other_content {
                met_other_content = true;
                continue;
            }
            return self.mend(run, found);
        }
        Err(self.unsteady())
    }

    fn compare_anew(&mut self, manifest: &Arc<Manifest>, percent: f64) -> Result<Findings, EngineError> {
        let _busy = Busy::new(&self.setup.monitor);
        let rows = sample(manifest, percent);
        let memo = Memo::new(Box::new(MemoryStore::default()), Arc::new(Metrics::default()));
        let mut database = self.open_database_over(memo, None);
        let paths = (0..manifest.len() as u32).map(|row| manifest.path(row).into()).collect();
        let set = file_set_of(&self.setup, paths);
        Files::update(&mut database, set, std::iter::empty());
        let pool = self.pool(rows.len())?;
        let setup = &self.setup;
        // On a thread of the pool, whose stack is large enough to parse settings files on.
        let roots = in_parallel(&pool, &database, &[()], |db, ()| import_roots(db, setup)).swap_remove(0);
        Files::set_roots(&mut database, roots);
        Files::set_globals(&mut database, manifest.tail().globals.clone());
        self.setup.monitor.enter(Phase::Analyze, rows.len());
        let span = tracing::info_span!("verify", files = rows.len()).entered();
        let recomputed = in_parallel(&pool, &database, &rows, |db, row| recompute(db, manifest, *row));
        drop(span);
        self.pool = Some(pool);
        database.let_go();
        // Files that were read because others look into them.
        let contents = (0..manifest.len() as u32).filter_map(|row| manifest.row_at(row)?.content());
        contents.for_each(|content| self.texts.release(content));

        let declared: Vec<_> = manifest.tail().globals.iter().map(|globals| globals.by_path()).collect();
        let declares =
            |path: &str| declared.iter().find_map(|by_path| by_path.get(path)).map_or(&[][..], Vec::as_slice);
        let mut found = Findings::default();
        for (row, recomputed) in rows.into_iter().zip(recomputed) {
            match recomputed {
                Recomputed::Results(results, globals) => {
                    let path = manifest.path(row);
                    self.compare(path, &results, database.memo(), &mut found)?;
                    if declares(path) != globals {
                        found.manifest_is_wrong = true;
                        found.differs(path, IMPORTS.name(), Place::Manifest);
                    }
                }
                Recomputed::Changed => {
                    found.content_differs = true;
                    found.manifest_is_wrong = true;
                    found.differs(manifest.path(row), CONTENT, Place::Manifest);
                }
                Recomputed::Nothing => {}
            }
        }
        self.memo.release();
        Ok(found)
    }

    /// Compares the results of a file with what is kept of them.
    fn compare(
        &self,
        path: &str,
        results: &[Compared; STAGES],
        anew: &Memo,
        found: &mut Findings,
    ) -> Result<(), StoreError> {
        found.report.files += 1;
        found.report.results += STAGES as u64;
        let mut has_wrong_record = false;
        for Compared { stage, key, now, .. } in results {
            let Some(kept) = self.memo.store().get(*key)? else { continue };
            if Payload::open(&kept).is_ok_and(|kept| kept.digest() == *now) {
                continue;
            }
            has_wrong_record = true;
            found.differs(path, stage, Place::Record);
            found.right.extend(anew.made(*key).map(|record| (*key, record)));
        }
        if let Some(wrong) = results.iter().find(|result| result.now != result.in_manifest) {
            found.manifest_is_wrong = true;
            if !has_wrong_record {
                found.differs(path, wrong.stage, Place::Manifest);
            }
        }
        Ok(())
    }

    /// Puts right records in the place of wrong ones, and makes the manifest anew if it is wrong.
    fn mend(&mut self, run: Run, found: Findings) -> Result<(Run, VerifyReport), EngineError> {
        if !found.right.is_empty() {
            let mut records = found.right.iter().map(|(key, record)| (*key, record.bytes()));
            let mended = self.memo.store().ingest(&mut records);
            self.memo.release();
            mended?;
        }
        if !found.manifest_is_wrong {
            return Ok((run, found.report));
        }
        // Every result is looked up by its key, as if there had been no run before. The file goes first, so that no run
        // begins from it should this one be killed.
        if let Some(cache) = &self.cache
            && let Err(error) = fs::remove_file(cache.manifest())
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!("{} is wrong and cannot be removed: {error}", cache.manifest().display());
        }
        self.database = None;
        self.manifest = None;
        self.manifest_loaded = true;
        let manifest = self.run(Scope::Everything, Mode::Incremental, Depth::Names)?.manifest;
        Ok((Run { manifest, ..run }, found.report))
    }
}

impl Findings {
    fn differs(&mut self, path: &str, stage: &'static str, place: Place) {
        self.report.differences.push(Difference { path: path.to_owned(), stage, place });
    }
}

/// So many percent of the files, ascending. The same tree has the same sample; another state of it has another one, so
/// that in time every file has its turn.
fn sample(manifest: &Manifest, percent: f64) -> Vec<u32> {
    let rows = 0..manifest.len() as u32;
    if percent >= 100.0 {
        return rows.collect();
    }
    let mut state = Fingerprint::default();
    rows.clone().filter_map(|row| manifest.row_at(row)?.content()).for_each(|content| _ = state.digest(content));
    let seed = state.finish().0.iter().take(8).fold(0, |seed, byte| seed << 8 | u64::from(*byte));
    let place = |row: &u32| xxh3_64_with_seed(manifest.path(*row).as_bytes(), seed) as f64 / u64::MAX as f64;
    rows.filter(|row| place(row) * 100.0 < percent).collect()
}

fn recompute(db: &Database, manifest: &Manifest, row: u32) -> Recomputed {
    let path = manifest.path(row);
    let kept = manifest.row_at(row).and_then(|row| Some((row, row.content()?)));
    let source = db.files().source(db, path).expect("invariant: files of the manifest are in the set made of them");
    let (Some((kept, kept_content)), Content::Text(content)) = (kept, source.content(db)) else {
        return Recomputed::Nothing;
    };
    if kept_content != *content {
        db.fixed().texts.release(*content);
        return Recomputed::Changed;
    }
    let ir = file_ir(db, source);
    db.fixed().texts.release(*content);
    let exports = file_exports(db, source);
    let resolution = file_resolution(db, source);
    if exports.accident || resolution.accident || ir.value().diagnostics.iter().any(|found| is_accident(found.kind)) {
        return Recomputed::Nothing;
    }
    let frontend = *source.frontend(db);
    let located = import_location(db, source).located.digest();
    let Some(ir_key) = ir_key(db, frontend, path, *content) else { return Recomputed::Nothing };
    let exports_key = exports_key(&*db.fixed().frontends[usize::from(frontend.0)], ir.digest(), located);
    let compared = |stage, key, now, in_manifest| Compared { stage, key, now, in_manifest };
    let results = Box::new([
        compared(IR.name(), ir_key, ir.digest(), kept.ir()),
        compared(IMPORTS.name(), imports_key(ir.digest()), file_imports(db, source).digest(), kept.imports()),
        compared(EDGES.name(), edges_key(located), file_edges(db, source).digest(), kept.edges()),
        compared(EXPORTS.name(), exports_key, exports.digest, kept.exports()),
        compared(RESOLUTION.0, resolution.key, resolution.digest, kept.resolution()),
    ]);
    Recomputed::Results(results, global_names(db, source).unwrap_or_default())
}
