//! What builds cost, by counts that do not depend on the machine: stages executed, files and records read and written,
//! bytes, and allocations.
//!
//! A count that grows fails, and so does one that has come down by more than a tenth: the number here is to be lowered
//! then, so that it can not creep up again. There is one test, because the allocator counts for the whole process.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicU64, Ordering};

use esker_engine::{Build, Engine};
use esker_tests::generated::{Generated, around_a_hub, hub};
use esker_tests::languages::{EACH, Language, Modules};
use esker_tests::{Tree, engine};

/// Counts allocations.
struct Counting;

static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);

#[expect(unsafe_code, reason = "an allocator is unsafe by its nature; this one passes everything on")]
// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: as the caller promises.
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

const FILES: usize = 500;
/// A file that none imports.
const LEAF: usize = 499;
/// A file that ten others import.
const HUB: usize = 3;

/// A new engine on what the last one kept, as a new process would have it.
fn fresh(tree: &Tree) -> Engine {
    let engine = engine(&tree.root()).with_cache(tree.cache()).threads(1).for_one_run().check_what_is_read();
    engine.build().unwrap()
}

/// How much a build may cost.
#[derive(Debug)]
struct Cost {
    /// Stages executed: ir, edges, exports, resolution.
    executed: [usize; 4],
    files_read: u64,
    records_read: u64,
    records_written: u64,
    record_bytes_written: u64,
    manifest_bytes_read: u64,
    manifest_bytes_written: u64,
    allocations: u64,
}

/// Builds and compares with what it may cost; prints all that is not so.
fn check(what: &str, wrong: &mut Vec<String>, build: impl FnOnce() -> Build, allowed: &Cost) {
    let before = ALLOCATIONS.load(Ordering::Relaxed);
    let build = build();
    let allocations = ALLOCATIONS.load(Ordering::Relaxed) - before;
    let (report, io) = (build.report(), *build.io());
    let counts = report.executed;
    let executed = [counts.ir, counts.edges, counts.exports, counts.resolution];
    if executed != allowed.executed {
        wrong.push(format!("{what}: executed {executed:?}, not {:?}", allowed.executed));
    }
    // What is the same in every run, and what differs by a few: names of temporary directories, times, threads.
    for (name, found, allowed, slack) in [
        ("files read", io.files_read, allowed.files_read, 0),
        ("records read", io.records_read, allowed.records_read, 0),
        ("records written", io.records_written, allowed.records_written, 0),
        ("bytes of records written", io.record_bytes_written, allowed.record_bytes_written, 1),
        ("bytes of the manifest read", io.manifest_bytes_read, allowed.manifest_bytes_read, 1),
        ("bytes of the manifest written", io.manifest_bytes_written, allowed.manifest_bytes_written, 1),
        ("allocations", allocations, allowed.allocations, 1),
    ] {
        let lowest = if slack == 0 { allowed } else { allowed - allowed / 10 };
        if found > allowed || found < lowest {
            wrong.push(format!("{what}: {found} {name}, where {lowest} to {allowed} are expected"));
        }
    }
}

#[test]
fn builds_cost_no_more_than_they_did() {
    let mut wrong = Vec::new();
    for languages in EACH {
        let mut of_language = Vec::new();
        let costs = costs(languages[0]);
        in_new_processes(languages, &costs, &mut of_language);
        in_a_process_that_stays(languages, &costs, &mut of_language);
        wrong.extend(of_language.iter().map(|line| format!("{languages:?}: {line}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What edits cost engines that begin anew each.
fn in_new_processes(languages: &'static [Language], costs: &Costs, wrong: &mut Vec<String>) {
    let of = Generated(languages);
    let tree = of.repository(FILES);
    // Files that were written just before they are read are read again, however many those are.
    let grow_old = || std::thread::sleep(std::time::Duration::from_millis(50));
    grow_old();
    check("cold", wrong, || fresh(&tree).execute().unwrap(), &costs.cold);
    check("nothing changed", wrong, || fresh(&tree).execute().unwrap(), &costs.nothing);
    // Of the same length in every run, and known to none.
    let edit = |file: usize, text: String| {
        tree.write(&of.path(file), text);
        grow_old();
    };
    let told = |file: usize| fresh(&tree).execute_incremental([of.path(file)]).unwrap();
    edit(LEAF, of.text(LEAF, 1));
    check("a body in a leaf", wrong, || told(LEAF), &costs.leaf_body);
    edit(HUB, of.text(HUB, 1));
    check("a body in a hub", wrong, || told(HUB), &costs.hub_body);
    edit(HUB, of.text_naming(HUB, "NEW_NAME", 1));
    check("a new name in a hub", wrong, || told(HUB), &costs.hub_name);
}

/// What edits cost an engine that has built before.
fn in_a_process_that_stays(languages: &'static [Language], costs: &Costs, wrong: &mut Vec<String>) {
    let tree = around_a_hub(languages, 800, USERS);
    let mut ahead = engine(&tree.root()).with_cache(tree.cache()).threads(1).keep_on_request().build().unwrap();
    ahead.execute().unwrap();
    ahead.keep().unwrap();
    // It tells of what was kept, too.
    tree.write_module("hub", &hub(1));
    ahead.execute_incremental(tree.paths(&["hub"])).unwrap();
    for edition in 2..=8 {
        tree.write_module("hub", &hub(edition));
        let what = format!("a name that {USERS} ask for, edition {edition}");
        check(&what, wrong, || ahead.execute_incremental(tree.paths(&["hub"])).unwrap(), &costs.asked_name);
    }

    // More than the cache of decoded results holds.
    let tree = Modules::new(languages, "");
    let name = "n".repeat(200);
    let mut leaf = String::new();
    for file in 0..24 {
        let names: String = (0..500).map(|number| format!("let {name}{number} = {file}\n")).collect();
        tree.write_module(&format!("m{file}"), &names);
        leaf += &format!("use m{file}\nsay m{file}.{name}1\n");
    }
    let mut engine = engine(&tree.root()).with_cache(tree.cache()).threads(1).build().unwrap();
    for edition in 0..3 {
        tree.write_module("leaf", &format!("{leaf}let EDITION = {edition}"));
        let build = engine.execute().unwrap();
        if build.io().records_read > 0 {
            wrong
                .push(format!("what the leaf imports: {} records read for edition {edition}", build.io().records_read));
        }
    }
}

/// How much each sort of build may cost.
struct Costs {
    cold: Cost,
    nothing: Cost,
    leaf_body: Cost,
    hub_body: Cost,
    hub_name: Cost,
    asked_name: Cost,
}

fn costs(language: Language) -> Costs {
    match language {
        Language::Python => PYTHON,
        Language::TypeScript => TYPESCRIPT,
    }
}

/// How many files ask for the name in the hub.
const USERS: usize = 200;

const NONE: Cost = Cost {
    executed: [0; 4],
    files_read: 0,
    records_read: 0,
    records_written: 0,
    record_bytes_written: 0,
    manifest_bytes_read: 0,
    manifest_bytes_written: 0,
    allocations: 0,
};

const NOTHING: Cost = Cost { manifest_bytes_read: 40_000, allocations: 1_250, ..NONE };
const LEAF_BODY: Cost = Cost {
    executed: [1, 0, 1, 1],
    files_read: 1,
    records_read: 1,
    records_written: 6,
    record_bytes_written: 3_050,
    manifest_bytes_read: 92_000,
    manifest_bytes_written: 760,
    allocations: 2_150,
};
const HUB_BODY: Cost = Cost { manifest_bytes_written: 1_200, allocations: 2_100, ..LEAF_BODY };

const PYTHON: Costs = Costs {
    cold: Cost {
        executed: [500, 51, 500, 500],
        files_read: 500,
        records_written: 2552,
        record_bytes_written: 1_500_000,
        manifest_bytes_written: 280_000,
        allocations: 462_000,
        ..NONE
    },
    nothing: NOTHING,
    leaf_body: LEAF_BODY,
    hub_body: HUB_BODY,
    hub_name: Cost {
        records_read: 2,
        manifest_bytes_read: 95_000,
        manifest_bytes_written: 1_320,
        allocations: 2_600,
        ..LEAF_BODY
    },
    asked_name: Cost { executed: [1, 0, 1, USERS + 1], files_read: 1, allocations: 27_000, ..NONE },
};

const TYPESCRIPT: Costs = Costs {
    cold: Cost {
        record_bytes_written: 1_270_000,
        manifest_bytes_written: 245_000,
        allocations: 318_000,
        ..PYTHON.cold
    },
    nothing: NOTHING,
    leaf_body: Cost { record_bytes_written: 2_600, allocations: 1_800, ..LEAF_BODY },
    hub_body: Cost { record_bytes_written: 2_600, allocations: 1_800, ..HUB_BODY },
    // Names that a file exports belong to its imports, so that its edges are looked up where there is another one.
    hub_name: Cost { records_read: 4, record_bytes_written: 2_650, allocations: 2_200, ..PYTHON.hub_name },
    asked_name: PYTHON.asked_name,
};
