//! A first build: nothing to follow, nothing to compare with. All that there is to do is done file by file.

use std::sync::Arc;

use super::{Declared, Wave, declared};
use crate::db::{Database, Db};
use crate::input::{Candidate, Files, Globals};
use crate::ir::{an_ir_key, ir_key};
use crate::manifest::{Entry, FileRecord};
use crate::monitor::Phase;
use crate::session::look::Looked;
use crate::session::parallel::spread;
use crate::store::RecordKey;

/// How many files a thread takes on at a time, at most.
const MOST_AT_A_TIME: usize = 32;
/// How many bytes of sources, so that their IRs stay at hand.
const MOST_BYTES_AT_A_TIME: u64 = 256 << 10;

impl Wave<'_> {
    /// Looks at the files and resolves each of them at once, while its IR is at hand: what it asks of files that were
    /// not looked at yet is found out then and there. Only what all files declare for each other is not known before
    /// the end, so that whoever can ask for that is resolved then.
    ///
    /// A thread looks at some files and resolves these before it goes on: file by file, the code of the two would drive
    /// each other out of the processor's caches. What is settled by then can go into the store.
    pub(super) fn look_and_resolve(&self, db: &mut Database) -> (Vec<Entry>, Vec<Arc<Globals>>) {
        let candidates = &self.changes.candidates;
        self.setup.monitor.enter(Phase::Analyze, candidates.len());
        let few = few_at_a_time(candidates, self.pool.current_num_threads());
        let looked = spread(self.pool, db, &few, 1, |db, few| {
            let looked: Vec<Looked> = few.iter().map(|candidate| self.look.at(db, candidate, None)).collect();
            let declared: Vec<Declared> = looked.iter().filter_map(declared).collect();
            let mut entries: Vec<Entry> = looked.into_iter().map(|looked| looked.entry).collect();
            for entry in entries.iter_mut().filter(|entry| self.is_resolved_at_once(entry)) {
                let (resolution, failure) = self.look.resolve(db, entry);
                self.look.conclude(entry, resolution, failure);
            }
            few.iter().for_each(|_| self.setup.monitor.step());
            self.settle(db, entries.iter().filter(|entry| !self.waits_for_globals(entry)));
            (entries, declared)
        });
        let mut entries = Vec::with_capacity(candidates.len());
        let mut all_declared = Vec::new();
        for (some, declared) in looked {
            entries.extend(some);
            all_declared.extend(declared);
        }
        let globals = self.globals(&[], &all_declared);
        Files::set_globals(db, globals.clone());
        if entries.iter().any(|entry| self.waits_for_globals(entry)) {
            let settle = |db: &Database, entry: &Entry| self.settle(db, std::iter::once(entry));
            self.resolve_those(db, &mut entries, |entry| self.waits_for_globals(entry), settle);
        }
        (entries, globals)
    }

    fn is_resolved_at_once(&self, entry: &Entry) -> bool {
        self.look.has_names_of(entry.frontend, &entry.path) && !self.waits_for_globals(entry)
    }

    /// Whether a file is resolved that can ask for what all files declare for each other.
    fn waits_for_globals(&self, entry: &Entry) -> bool {
        self.look.has_names_of(entry.frontend, &entry.path)
            && self.setup.frontends[usize::from(entry.frontend.0)].has_globals()
    }

    /// Says of files that they are resolved, so that what is known of them can go into the store.
    fn settle<'a>(&self, db: &Database, resolved: impl Iterator<Item = &'a Entry>) {
        if db.memo().writes_early() {
            let irs = resolved.filter_map(|entry| ir_of(db, entry));
            db.memo().settle(irs, an_ir_key(), &self.setup.monitor);
        }
    }
}

/// Files in parts that a thread takes on at a time: few, so that none of the threads has to wait long for another one
/// at the end, and not many bytes.
fn few_at_a_time(mut files: &[Candidate], threads: usize) -> Vec<&[Candidate]> {
    let most = (files.len() / (threads * 8)).clamp(1, MOST_AT_A_TIME);
    let mut parts = Vec::new();
    while !files.is_empty() {
        let mut bytes = 0;
        let fits = |file: &&Candidate| {
            bytes += file.stat.size;
            bytes <= MOST_BYTES_AT_A_TIME
        };
        let (part, rest) = files.split_at(files.iter().take(most).take_while(fits).count().max(1));
        parts.push(part);
        files = rest;
    }
    parts
}

/// The key of the IR of a file that was looked at.
fn ir_of(db: &Database, entry: &Entry) -> Option<RecordKey> {
    let FileRecord::Fresh { content: Some(content), .. } = entry.record else { return None };
    ir_key(db, entry.frontend, &entry.path, content)
}
