//! Concluding a run: what was found out is kept, and told.
//!
//! ```text
//! flush      new records into the store        ┐ at the same time
//! assemble   the next manifest                 ┘
//! publish    the manifest, which speaks of these records
//! tidy up    what the store has too much of    not before: what is new counts as in use from now on
//! ```
//!
//! A session that keeps on request ([`Keeping::OnRequest`]) answers after `assemble`; the rest is done when it is asked
//! to [`keep`](Session::keep).
//!
//! **Invariants.** A manifest is published only once the records that it speaks of are in the store, or could not be put
//! there: a crash between leaves records that no manifest speaks of, never a manifest that promises too much. And it is
//! published only over the one that it was made from, which the lock of the store keeps in its place meanwhile, or over
//! one beside which everything was looked at: otherwise what another process has published would be lost.

use std::panic;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use esker_frontend_api::{EdgeKinds, Root};

use super::ahead::{self, Ahead, Keeping};
use super::causes::{Causes, reasons_of_everything};
use super::propagate::Propagated;
use super::{ATTEMPTS, CacheDirectory, Depth, Mode, Run, Scope, Session, affected};
use crate::db::Database;
use crate::error::EngineError;
use crate::explain::Cause;
use crate::input::{ChangeSet, Globals, Lifetime};
use crate::manifest::{self, Destination, Entries, Manifest, Tail, assemble};
use crate::memo::Memo;
use crate::metrics::{IoMetrics, StageMetrics};
use crate::monitor::Phase;
use crate::store::now;

impl Session {
    /// Stores what was found out, and tells what the run did. `before` is the last run's manifest, `baseline` the same
    /// unless everything was computed anew.
    pub(super) fn conclude(
        &mut self,
        before: Option<Arc<Manifest>>,
        baseline: Option<Arc<Manifest>>,
        changes: &ChangeSet,
        propagated: Propagated,
        start: Instant,
    ) -> Run {
        let Propagated { entries, roots, globals, differences, concerned, edges_changed, causes, executed, named } =
            propagated;
        let stages: Vec<(&'static str, StageMetrics)> = self.metrics.take().into_iter().collect();
        let mut tail = self.tail(before.as_deref(), baseline.as_deref(), changes, (roots, globals), &stages);
        self.setup.monitor.enter(Phase::Assemble, 0);
        self.memo.wait_for_early();
        // Held until the manifest is published, so that whoever keeps a run from writing has both or neither.
        let monitor = self.setup.monitor.clone();
        let writing = monitor.writing();
        let ahead = self.goes_ahead();
        // The store is written to while the manifest is put together; it is published when both are done.
        let database = self.database.take();
        let (manifest, kept, database) = std::thread::scope(|scope| {
            let (cache, memo, told) = (self.cache.as_ref(), &self.memo, &self.told_of_no_cache);
            let flushed = (!ahead).then(|| scope.spawn(move || flush(cache, memo, told)));
            let span = tracing::info_span!("assemble").entered();
            let database = database.and_then(|database| self.keep_for_next(database));
            let destination = if ahead { Destination::Memory } else { Destination::Disk };
            let is_new =
                |before: &Arc<Manifest>| (0..named.len()).any(|index| named[index] && !before.has_names_of(index));
            let why_everything = match &before {
                Some(before) if is_new(before) => Cause::NamesWanted,
                Some(_) => Cause::Forced,
                None => Cause::FirstBuild,
            };
            let (manifest, reasons) = assemble_with_reasons(
                baseline.as_deref(),
                entries,
                destination,
                causes,
                why_everything,
                &executed,
                &named,
            );
            drop(span);
            // Where there is no code, nothing was put off.
            let is_named = |index: usize| named[index] || !self.setup.has_code(&manifest, index);
            tail.named = (0..named.len()).map(is_named).collect();
            if !baseline.as_ref().is_some_and(|baseline| !edges_changed || manifest.has_graph_of(baseline)) {
                let _span = tracing::info_span!("cycles").entered();
                tail.cycles = manifest.import_graph().cycle_count(EdgeKinds::DEFAULT_POLICY) as u64;
            }
            if baseline.is_none() {
                tail.full_build_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
            }
            let manifest = Arc::new(manifest.finished(&reasons, tail));
            self.setup.monitor.enter(Phase::Store, 0);
            let kept = flushed.map(|flushed| flushed.join().unwrap_or_else(|panic| panic::resume_unwind(panic)));
            (manifest, kept, database)
        });
        self.database = database;
        let differences = match (&before, &baseline) {
            // Everything was looked at as if it were new; what is new is told by comparing.
            (Some(before), None) => affected::differences(before, &manifest),
            _ => differences,
        };
        // The last time that the manifest before is looked at: what is damaged in it has to show while it still counts.
        let affected = affected::affected(baseline.as_deref(), &manifest, &differences, &concerned);
        self.manifest = Some(manifest.clone());
        if let Some(records @ (Flushed::Kept | Flushed::Dropped)) = kept {
            self.publish(&manifest, records);
            // Not before: what is new is in use from now on.
            self.tidy_up();
        }
        // Only now, so that whoever waits for the store reads this manifest.
        self.memo.release();
        drop(writing);
        Run {
            affected,
            differences,
            executed,
            stages,
            damaged_records: self.metrics.damaged_records(),
            damaged_cache_files: self.metrics.damaged_files(),
            io: IoMetrics::default(),
            elapsed: start.elapsed(),
            manifest,
        }
    }

    /// The small part of the next manifest. What is only known when its tables are there is as it was, until then.
    fn tail(
        &self,
        before: Option<&Manifest>,
        baseline: Option<&Manifest>,
        changes: &ChangeSet,
        (roots, globals): (Vec<Vec<Root>>, Vec<Arc<Globals>>),
        stages: &[(&'static str, StageMetrics)],
    ) -> Tail {
        let last = baseline.map(Manifest::tail);
        let mut tail = Tail {
            setup: self.setup.digest(),
            roots,
            globals,
            named: Vec::new(),
            full_build_us: last.map_or(0, |last| last.full_build_us),
            findings: manifest::Findings::default(),
            cycles: last.map_or(0, |last| last.cycles),
            skipped: match &changes.skipped {
                Some(skipped) => skipped.clone(),
                None => last.map_or_else(Vec::new, |last| last.skipped.clone()),
            },
            runs: Vec::new(),
        };
        tail.remember(now(), stages, before.map_or(&[], |before| &before.tail().runs));
        tail
    }

    /// Keeps the database for the next run, if there can be one.
    fn keep_for_next(&self, database: Database) -> Option<Database> {
        if self.setup.lifetime == Lifetime::Resident {
            return Some(database);
        }
        // To take it apart takes a while, for which nobody has to wait.
        _ = std::thread::Builder::new().spawn(move || drop(database));
        None
    }

    /// Hands new records to the store and lets go of it.
    pub(super) fn flush(&self) {
        let _writing = self.setup.monitor.writing();
        flush(self.cache.as_ref(), &self.memo, &self.told_of_no_cache);
        self.tidy_up();
        self.memo.release();
    }

    /// Whether a run answers before what it found out is kept. If so, it has said so to others: see [`ahead`].
    fn goes_ahead(&mut self) -> bool {
        let on_request = self.setup.keeping == Keeping::OnRequest;
        let Some(cache) = self.cache.as_ref().filter(|_| on_request) else { return false };
        if self.ahead.as_ref().is_none_or(|ahead| !ahead.stands(cache)) {
            self.ahead = Ahead::of(cache).ok();
        }
        self.ahead.is_some()
    }

    /// Keeps what was found out and not yet kept. If another session has published since, its list may have told it of
    /// changes that this one was not told of: everything is looked at first, and that run is returned.
    pub(crate) fn keep(&mut self) -> Result<Option<Run>, EngineError> {
        if self.cache.is_none() || self.ahead.is_none() {
            return Ok(None);
        }
        let mut run = None;
        for _ in 0..ATTEMPTS {
            self.memo.take_turn();
            let on_disk = self.published();
            if on_disk == self.manifest_on_disk {
                break;
            }
            run = Some(self.run(Scope::Everything, Mode::Incremental, AS_BEFORE)?);
            self.manifest_on_disk = on_disk;
        }
        // What the answers did not have to wait for. It reads all of the base, which may turn out to be damaged.
        match self.unless_changed(|session| session.manifest.as_ref()?.unburdened()) {
            Ok(Some(unburdened)) => self.manifest = Some(Arc::new(unburdened)),
            Ok(None) => {}
            Err(interruption) => {
                tracing::info!("{interruption} before it was kept; building again");
                run = Some(self.run(Scope::Everything, Mode::Incremental, AS_BEFORE)?);
            }
        }
        let monitor = self.setup.monitor.clone();
        let _writing = monitor.writing();
        let flushed = flush(self.cache.as_ref(), &self.memo, &self.told_of_no_cache);
        if let Some(manifest) = self.manifest.clone().filter(|_| flushed != Flushed::NoPlace)
            && self.publish(&manifest, flushed)
        {
            self.ahead.take().into_iter().for_each(Ahead::end);
            self.tidy_up();
        }
        self.memo.release();
        Ok(run)
    }

    /// Writes the manifest, once the records that it speaks of are written. Failing costs the next run time, not this
    /// one its answer. Whether it went well.
    fn publish(&mut self, manifest: &Manifest, records: Flushed) -> bool {
        let Some(cache) = self.cache.as_ref() else { return true };
        // Who could not get at the store, which was told, does not know what others publish.
        if !self.memo.store().has_turn() {
            ahead::leave_mark(cache);
            return false;
        }
        let _span = tracing::info_span!("publish").entered();
        match manifest::publish(manifest, cache.manifest()) {
            Ok((digest, bytes)) => {
                self.metrics.manifest_written(bytes);
                self.manifest_on_disk = Some(digest);
                ahead::take_away_abandoned(&std::mem::take(&mut self.others_ahead));
                true
            }
            Err(error) => {
                ahead::leave_mark(cache);
                let told = format!("results are not kept: {} cannot be written: {error}", cache.manifest().display());
                // That records are not kept was told already, most likely for the same reason.
                if records == Flushed::Dropped {
                    tracing::info!("{told}")
                } else {
                    tracing::warn!("{told}")
                }
                false
            }
        }
    }
}

/// What was known of names stays known.
const AS_BEFORE: Depth = Depth::Edges(EdgeKinds::empty());

/// What became of new records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flushed {
    /// They are in the store.
    Kept,
    /// The store could not be written to.
    Dropped,
    /// There is no cache directory to keep anything in.
    NoPlace,
}

/// The next manifest but for its tail, and the encoded reasons for which this run looked at files. A run without a
/// baseline looked at all of them, and there is one cause for that.
fn assemble_with_reasons(
    baseline: Option<&Manifest>,
    entries: Entries,
    destination: Destination,
    causes: Causes,
    why_everything: Cause,
    executed: &[(&'static str, Arc<str>)],
    named: &[bool],
) -> (Manifest, Vec<u8>) {
    // Before the entries are used up.
    let reasons = baseline.map(|baseline| {
        let reasons = causes.reasons(baseline, &entries, executed);
        reasons.map_or_else(|| baseline.encoded_reasons().to_vec(), |reasons| reasons.encoded())
    });
    let manifest = assemble(baseline, entries, destination);
    let reasons =
        reasons.unwrap_or_else(|| reasons_of_everything(why_everything, &manifest, executed, named).encoded());
    (manifest, reasons)
}

/// Hands new records to the store and closes it, going on to keep others out. That there is no place for them is told
/// once.
fn flush(cache: Option<&CacheDirectory>, memo: &Memo, told: &AtomicBool) -> Flushed {
    if let Some(cache) = cache
        && let Err(error) = cache.prepare()
    {
        if !told.swap(true, Ordering::Relaxed) {
            tracing::warn!("results are not kept: {} cannot be written: {error}", cache.path().display());
        }
        return Flushed::NoPlace;
    }
    let kept = memo.flush();
    memo.store().close();
    if kept { Flushed::Kept } else { Flushed::Dropped }
}
