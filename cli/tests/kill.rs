//! A process that is killed, at whatever point of its work, costs the next run that work at most, and nothing else.
//!
//! The points are those of the engine's `fail_point`; the process ends there as by `kill -9`. Other processes are
//! killed at moments drawn by lot. What comes after each is not told of it, and must answer as one without a cache
//! does, without a warning, analyzing no more than what changed since the last run that came to its end.
#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::io::ErrorKind;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use esker_tests::Tree;
use esker_tests::generated::MIXED;

const FILES: usize = 40;
const SIGKILL: i32 = 9;

/// How many processes are killed at random moments; CI asks for more.
const ROUNDS: u32 = 30;
/// The environment variable that asks for another number of them.
const ROUNDS_VARIABLE: &str = "ESKER_KILL_ROUNDS";

/// How many new tables of records make the store merge them, and some more.
const RUNS_THAT_MERGE: usize = 50;

/// A tree of all languages that is built by processes, and what is known of them.
struct Life {
    tree: Tree,
    edition: usize,
    /// Where records of builds that make few of them go.
    few_records: FewRecords,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FewRecords {
    /// As ever: to the recent ones.
    Recent,
    /// Into the store at once; those of a first build as soon as they can be, as if they were many.
    Stored,
}

impl Life {
    fn new() -> Self {
        Self { tree: MIXED.repository(FILES), edition: 0, few_records: FewRecords::Stored }
    }

    fn with_recent_records() -> Self {
        Self { few_records: FewRecords::Recent, ..Self::new() }
    }

    fn esker(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_esker"));
        if self.few_records == FewRecords::Stored {
            command.env("ESKER_RECENT_BYTES", "0").env("ESKER_EARLY_BYTES", "1");
        }
        command.arg("-C").arg(self.tree.root()).args(arguments).env_remove("ESKER_CACHE_DIR").env_remove("ESKER_LOG");
        command
    }

    fn cache(&self) -> PathBuf {
        self.tree.root().join(".esker")
    }

    /// Changes files so that each has to be analyzed.
    fn edit(&mut self, files: impl IntoIterator<Item = usize>) {
        self.edition += 1;
        for file in files {
            let name = format!("EDITION_{file}");
            self.tree.write(&MIXED.path(file), MIXED.text_naming(file, &name, self.edition));
        }
    }

    /// Changes files so that each imports another one than before, or none.
    fn edit_imports(&mut self, files: impl IntoIterator<Item = usize>) {
        self.edition += 1;
        for file in files {
            let imported = (file + 2 * self.edition) % FILES;
            self.tree.write(&MIXED.path(file), MIXED.text_importing(file, imported, self.edition));
        }
    }

    /// A build that comes to its end; how many files it analyzed.
    fn build(&self) -> u64 {
        let output = self.esker(&["build", "--format", "json"]).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && stderr.is_empty(), "{stderr}");
        let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        report["executed"]["ir"].as_u64().unwrap()
    }

    /// A build that is killed at this point.
    fn build_until(&self, point: &str) -> ExitStatus {
        self.esker(&["build"]).env("ESKER_FAIL_POINT", point).output().unwrap().status
    }

    /// Every record is there that the last build needed: it can be answered anew without anything being analyzed.
    fn has_all_records(&self, what: &str) {
        for entry in fs::read_dir(self.cache()).unwrap().map(Result::unwrap) {
            if entry.file_name().to_str().unwrap().starts_with("manifest-") {
                fs::remove_file(entry.path()).unwrap();
            }
        }
        assert_eq!(self.build(), 0, "{what}: records are lost");
    }

    /// Builds after a process was killed that had at most this much to do.
    #[track_caller]
    fn survives(&self, most: u64, what: &str) {
        let analyzed = self.build();
        assert!(analyzed <= most, "{what}: {analyzed} files analyzed again, where {most} had changed");
        let answer = |arguments: &[&str]| {
            let output = self.esker(arguments).output().unwrap();
            assert!(output.status.success() && output.stderr.is_empty(), "{what}: {output:?}");
            output.stdout
        };
        let graph = ["graph", "--details", "--edges", "all"];
        let kept = answer(&[&["--no-refresh"][..], &graph].concat());
        assert!(kept == answer(&[&["--no-cache"][..], &graph].concat()), "{what}: another answer than a clean one");
        assert_eq!(self.build(), 0, "{what}: nothing is left to do");
    }
}

/// The points that a build comes by which puts records into the store.
const STORE_POINTS: [&str; 11] = [
    "marks-written",
    "store-locked",
    "store-opened",
    "ingestion-begun",
    "record-written",
    "record-written:2",
    "record-written:3",
    "record-written:5",
    "records-written",
    "ingested",
    "recent-removed",
];
/// Those of a build that has few records.
const RECENT_POINTS: [&str; 5] =
    ["marks-written", "store-locked", "recent-opened", "recent-part-written", "recent-written"];
/// Those of a build after which imports lead elsewhere.
const BASE_POINTS: [&str; 7] = [
    "base-begun",
    "base-part-written",
    "base-part-written:5",
    "base-written",
    "base-synced",
    "base-renamed",
    "bases-removed",
];
/// Those of every build that has something to keep.
const HEAD_POINTS: [&str; 4] = ["manifest-begun", "manifest-part-written", "manifest-written", "manifest-renamed"];

#[test]
fn a_first_build_that_is_killed_costs_no_more_than_itself() {
    let all = [&STORE_POINTS[..], &BASE_POINTS, &HEAD_POINTS].concat();
    for point in all.into_iter().chain(["directory-made", "store-made", "record-written:150"]) {
        let life = Life::new();
        assert_eq!(life.build_until(point).signal(), Some(SIGKILL), "{point} is reached");
        life.survives(FILES as u64, point);
    }
}

#[test]
fn a_store_is_there_as_a_whole_or_not_at_all() {
    let mut lot = Lot(u64::from(std::process::id()));
    for round in 0..20 {
        let life = Life::new();
        let mut child = life.esker(&["build"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        // Wherever it is made: until it is whole, all that is written to the disk has to do with it.
        let is_begun = |entry: fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
        while child.try_wait().unwrap().is_none()
            && !fs::read_dir(life.cache()).is_ok_and(|mut entries| entries.any(|entry| entry.is_ok_and(is_begun)))
        {
        }
        thread::sleep(Duration::from_micros(lot.draw(3_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        life.survives(FILES as u64, &format!("round {round}"));
    }
}

/// Builds are killed at these points, each after an edit.
#[track_caller]
fn check_points(mut life: Life, points: &[&str], edit: impl Fn(&mut Life, [usize; 3])) {
    life.build();
    for (number, point) in points.iter().enumerate() {
        edit(&mut life, [number, number + 7, number + 20]);
        assert_eq!(life.build_until(point).signal(), Some(SIGKILL), "{point} is reached");
        life.survives(3, point);
    }
}

#[test]
fn a_build_that_is_killed_costs_no_more_than_itself() {
    check_points(Life::new(), &[&STORE_POINTS[..], &HEAD_POINTS].concat(), Life::edit);
    check_points(Life::with_recent_records(), &[&RECENT_POINTS[..], &HEAD_POINTS].concat(), Life::edit);
}

#[test]
fn a_build_that_is_killed_while_it_writes_a_base_costs_no_more_than_itself() {
    check_points(Life::new(), &[&BASE_POINTS[..], &HEAD_POINTS].concat(), Life::edit_imports);
}

#[test]
fn records_that_were_ingested_are_of_use_though_no_manifest_tells_of_them() {
    let mut life = Life::new();
    life.build();
    for point in ["ingested", "manifest-begun", "manifest-written", "manifest-renamed"] {
        life.edit(0..FILES);
        assert_eq!(life.build_until(point).signal(), Some(SIGKILL), "{point} is reached");
        life.survives(0, point);
    }
}

#[test]
fn records_that_were_written_before_the_end_are_of_use() {
    // Each time that some are written, there are those of one more file at least that was looked at and resolved. How
    // often that happens is chance: while a thread waits for the writer, the others go on.
    for (point, files) in [("written-early", 1), ("written-early:2", 2)] {
        let most = FILES as u64 - files;
        let life = Life::new();
        assert_eq!(life.build_until(point).signal(), Some(SIGKILL), "{point} is reached");
        life.survives(most, point);
    }
    let life = Life::new();
    life.build();
    life.has_all_records("written in many parts");
}

#[test]
fn one_kill_after_the_other_costs_no_more_than_what_changed() {
    for (mut life, points) in [(Life::new(), &STORE_POINTS[..]), (Life::with_recent_records(), &RECENT_POINTS)] {
        life.build();
        let points = [points, &HEAD_POINTS].concat();
        for (number, point) in points.iter().enumerate() {
            life.edit([number]);
            assert_eq!(life.build_until(point).signal(), Some(SIGKILL), "{point} is reached");
        }
        life.survives(points.len() as u64, "all points in turn");
    }
}

#[test]
fn a_merge_that_is_killed_costs_no_more_than_itself() {
    let mut life = Life::new();
    life.build();
    let mut killed = 0;
    for run in 0..RUNS_THAT_MERGE {
        life.edit([run % FILES]);
        killed += u32::from(life.build_until("merged").signal() == Some(SIGKILL));
    }
    assert!(killed > 0, "no tables were merged");
    life.survives(1, "merged");
}

#[test]
fn a_kill_while_a_damaged_store_is_made_anew_costs_the_store_alone() {
    let mut life = Life::new();
    for point in ["store-emptied", "store-opened", "ingested"] {
        life.edit(0..FILES);
        life.build();
        fs::write(life.cache().join("store-1/version"), "nothing that fjall knows").unwrap();
        life.edit([3]);
        assert_eq!(life.build_until(point).signal(), Some(SIGKILL), "{point} is reached");
        life.survives(FILES as u64, point);
    }
}

/// The points that a collection of garbage comes by.
const POINTS_OF_COLLECTIONS: [&str; 8] = [
    "store-opened",
    "fresh-opened",
    "fresh-record-written",
    "fresh-record-written:7",
    "fresh-written",
    "store-set-aside",
    "store-swapped",
    "old-store-removed",
];

#[test]
fn a_collection_killed_at_any_point_loses_nothing_that_is_in_use() {
    let mut life = Life::new();
    life.build();
    for point in POINTS_OF_COLLECTIONS {
        // Something to be dropped, and something to be kept.
        life.edit([1, 2]);
        life.build();
        let collect = ["cache", "gc", "--max-size", "0"];
        let status = life.esker(&collect).env("ESKER_FAIL_POINT", point).output().unwrap().status;
        assert_eq!(status.signal(), Some(SIGKILL), "{point} is reached");
        life.has_all_records(point);
        life.survives(0, point);
        let collected = life.esker(&collect).output().unwrap();
        assert!(collected.status.success() && collected.stderr.is_empty(), "{point}: {collected:?}");
        life.has_all_records(point);
    }
}

#[test]
fn a_build_killed_while_it_keeps_to_its_budget_loses_nothing_that_is_in_use() {
    let mut life = Life::new();
    life.build();
    let stats = life.esker(&["cache", "stats", "--format", "json"]).output().unwrap();
    let stats: serde_json::Value = serde_json::from_slice(&stats.stdout).unwrap();
    let budget = stats["store_bytes"].as_u64().unwrap() * 5 / 4;
    life.tree.write("esker.toml", format!("max-cache-size = {budget}\n"));
    for point in &POINTS_OF_COLLECTIONS[1..] {
        let killed = (0..100).any(|_| {
            life.edit([3, 4, 5]);
            life.build_until(point).signal() == Some(SIGKILL)
        });
        assert!(killed, "{point} is reached");
        life.has_all_records(point);
        life.survives(0, point);
    }
}

/// The names of files that are not what a cache consists of.
fn leftovers(cache: &Path) -> Vec<String> {
    let names = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter(|name| name.starts_with(".manifest-")).collect()
}

#[test]
fn what_a_killed_process_left_behind_is_removed_when_it_is_old() {
    let mut life = Life::new();
    for point in ["base-part-written:7", "manifest-written"] {
        life.edit([1]);
        assert_eq!(life.build_until(point).signal(), Some(SIGKILL));
    }
    let left = leftovers(&life.cache());
    assert_eq!(left.len(), 2);
    life.edit([2]);
    life.build();
    assert_eq!(leftovers(&life.cache()).len(), 2, "somebody may be writing them");
    for name in left {
        let file = fs::File::options().write(true).open(life.cache().join(name)).unwrap();
        file.set_modified(std::time::SystemTime::now() - Duration::from_secs(7200)).unwrap();
    }
    life.edit([3]);
    life.build();
    assert_eq!(leftovers(&life.cache()), Vec::<String>::new());
}

/// Pseudo-random numbers: the moments need be many, not unpredictable.
struct Lot(u64);

impl Lot {
    fn draw(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

#[test]
fn processes_killed_at_random_moments_cost_no_more_than_what_changed() {
    let rounds = std::env::var(ROUNDS_VARIABLE).map_or(ROUNDS, |rounds| rounds.parse().unwrap());
    let mut life = Life::with_recent_records();
    let mut lot = Lot(u64::from(std::process::id()));
    let seed = lot.0;
    let start = Instant::now();
    life.build();
    let mut typical = start.elapsed();
    let (mut killed, mut changed) = (0, FILES as u64);
    for round in 0..rounds {
        // Now and then there is no cache, so that its making is broken off too.
        if lot.draw(10) == 0 {
            // One that was killed early has made none.
            match fs::remove_dir_all(life.cache()) {
                Err(error) if error.kind() != ErrorKind::NotFound => panic!("{error}"),
                _ => changed = FILES as u64,
            }
        }
        let first = lot.draw(FILES as u64) as usize;
        let last = first + lot.draw(FILES as u64 - first as u64) as usize;
        life.edit(first..=last);
        life.few_records = if lot.draw(2) == 0 { FewRecords::Recent } else { FewRecords::Stored };
        changed = changed.max((last - first + 1) as u64);
        let start = Instant::now();
        let mut child = life.esker(&["build"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(Duration::from_micros(lot.draw(typical.as_micros() as u64 * 5 / 4)));
        child.kill().unwrap();
        if child.wait().unwrap().signal() == Some(SIGKILL) {
            killed += 1;
        } else {
            // As busy as the machine is now.
            typical = (typical + start.elapsed()) / 2;
        }
        // Some are killed one after the other.
        if lot.draw(4) > 0 {
            life.survives(changed.min(FILES as u64), &format!("round {round} of seed {seed}"));
            changed = 0;
        } else {
            changed = FILES as u64;
        }
    }
    assert!(killed * 10 >= rounds, "only {killed} of {rounds} processes were killed at work");
}
