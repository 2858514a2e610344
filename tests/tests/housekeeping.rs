//! The cache does not grow without bound, and what is collected is never what a next build needs.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use esker_engine::{CacheContents, CacheProblem, Engine, GarbageLimits};
use esker_tests::languages::{ALL, EACH, Language, Modules};
use esker_tests::{Tree, answer, engine, executed, names, planted};

/// All that no manifest speaks of.
const EVERYTHING: GarbageLimits = GarbageLimits { older_than: Duration::MAX, max_bytes: 0 };

/// So many modules, in each of these languages, that import, extend and call each other.
fn tree(languages: &'static [Language], files: usize) -> Modules {
    let modules = (0..files).map(|file| format!("//- m{file}\n{}", module(files, file, 0)));
    Modules::new(languages, &modules.collect::<String>())
}

fn module(files: usize, file: usize, round: usize) -> String {
    let other = (file + 1) % files;
    format!(
        "use m{other}\nuse m{}: C as D\n\nclass C: run(x{round}): new m{other}.C().run({round})\n\nfn f{}(): D.run\n",
        (file + 7) % files,
        round % 3,
    )
}

fn lose_manifests(tree: &Tree) {
    for entry in fs::read_dir(tree.cache()).unwrap().map(Result::unwrap) {
        if entry.file_name().to_string_lossy().starts_with("manifest-") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
}

fn contents(tree: &Tree) -> CacheContents {
    tree.engine().cache_contents().unwrap()
}

/// Everything that the last build needed is there still: it can be answered again without anything being computed.
fn assert_nothing_is_lost(tree: &Tree) {
    assert_eq!(tree.engine().check_cache().unwrap().problems, []);
    lose_manifests(tree);
    let build = tree.engine().execute().unwrap();
    assert_eq!(executed(&build), "");
    assert_eq!(answer(&build), tree.clean_answer());
    assert_eq!(names(&mut tree.engine_built()), tree.clean_names());
}

trait Built {
    fn engine_built(&self) -> Engine;
}

impl Built for Tree {
    fn engine_built(&self) -> Engine {
        let mut engine = self.engine();
        engine.execute().unwrap();
        engine
    }
}

#[test]
fn after_many_edits_a_collection_leaves_what_a_fresh_build_would() {
    EACH.into_iter().for_each(check_a_collection_after_many_edits);
}

fn check_a_collection_after_many_edits(languages: &'static [Language]) {
    const FILES: usize = 20;
    let tree = tree(languages, FILES);
    tree.engine_built();
    let fresh = contents(&tree);
    assert_eq!(fresh.live_records(), fresh.records(), "all that a first build made is live: {fresh:?}");
    for round in 1..=100 {
        tree.write_module(&format!("m{}", round % FILES), &module(FILES, round % FILES, round));
        tree.engine_built();
    }
    let grown = contents(&tree);
    assert!(grown.records() > 2 * fresh.records(), "{} of {}", grown.records(), fresh.records());

    let report = tree.engine().collect_garbage(EVERYTHING).unwrap();
    let collected = contents(&tree);
    assert_eq!(collected.live_records(), grown.live_records());
    assert_eq!(collected.live_records(), collected.records(), "{collected:?}");
    assert_eq!(report.dropped_records, grown.records() - collected.records());
    assert_eq!((report.bytes_before, report.bytes_after), (grown.store_bytes, collected.store_bytes));
    assert!(collected.store_bytes < fresh.store_bytes * 3 / 2, "{} of {}", collected.store_bytes, fresh.store_bytes);
    assert_nothing_is_lost(&tree);
    assert_eq!(tree.engine().collect_garbage(EVERYTHING).unwrap().kept_records, collected.records());
}

/// Edits and builds under a budget that is so many sixteenths of what a first build leaves.
fn check_budget(sixteenths: u64) {
    const FILES: usize = 10;
    let tree = tree(ALL, FILES);
    tree.engine_built();
    let budget = contents(&tree).store_bytes / 16 * sixteenths;
    let engine = || engine(&tree.root()).with_cache(tree.cache()).max_cache_bytes(budget).build().unwrap();
    let mut shrunk = 0;
    let mut before = 0;
    for round in 1..=100 {
        tree.write_module(&format!("m{}", round % FILES), &module(FILES, round % FILES, round));
        engine().execute().unwrap();
        let bytes = contents(&tree).store_bytes;
        assert!(bytes <= budget, "{sixteenths} sixteenths, round {round}: {bytes} of {budget}");
        shrunk += usize::from(bytes < before);
        before = bytes;
    }
    assert!(shrunk >= 2, "{sixteenths} sixteenths: it was collected {shrunk} times");
    assert_nothing_is_lost(&tree);
}

#[test]
fn a_budget_is_kept_without_being_told() {
    check_budget(32);
}

#[test]
fn a_budget_that_is_in_use_for_the_most_part_is_kept_all_the_same() {
    check_budget(18);
}

#[test]
fn what_is_young_stays_and_the_oldest_goes_first() {
    let tree = tree(ALL, 3);
    tree.engine_built();
    let first = module(3, 0, 0);
    tree.write_module("m0", &module(3, 0, 1));
    tree.engine_built();
    let limits = |older_than| GarbageLimits { older_than, max_bytes: u64::MAX };
    let kept = tree.engine().collect_garbage(limits(Duration::from_secs(3600))).unwrap();
    assert_eq!(kept.dropped_records, 0);
    tree.write_module("m0", &first);
    assert_eq!(executed(&tree.engine().execute().unwrap()), "", "what was kept is of use");

    tree.write_module("m0", &module(3, 0, 2));
    tree.engine_built();
    std::thread::sleep(Duration::from_millis(2100));
    tree.write_module("m0", &module(3, 0, 3));
    tree.engine_built();
    // The records of round 2 are as old as those before, the ones of round 3 are live.
    let dropped = tree.engine().collect_garbage(limits(Duration::from_secs(1))).unwrap();
    assert!(dropped.dropped_records > 0, "{dropped:?}");
    assert_eq!(dropped.kept_records, dropped.live_records);
    assert_nothing_is_lost(&tree);
}

#[test]
fn trees_that_share_a_cache_keep_what_is_theirs() {
    let (one, other) = (tree(ALL, 5), tree(ALL, 9));
    other.write_module("extra", "use m1\nsay m1.C");
    let cache = one.cache();
    // With another setup, so that keys of the other cannot be made of the manifest alone.
    let engine_of_other = || {
        let options = esker_engine::api::LowerOptions {
            string_imports_min_dots: Some(1),
            ..esker_engine::api::LowerOptions::default()
        };
        engine(&other.root()).lower_options(options).with_cache(&cache).build().unwrap()
    };
    one.engine_built();
    engine_of_other().execute().unwrap();
    one.write_module("m0", &module(5, 0, 1));
    one.engine_built();
    let report = one.engine().collect_garbage(EVERYTHING).unwrap();
    assert!(report.dropped_records > 0, "{report:?}");
    assert_eq!(one.engine().check_cache().unwrap().problems, []);
    lose_manifests(&one);
    assert_eq!(executed(&engine_of_other().execute().unwrap()), "");
    assert_eq!(executed(&one.engine().execute().unwrap()), "");
}

#[test]
fn builds_go_on_while_garbage_is_collected() {
    let tree = tree(ALL, 6);
    tree.engine_built();
    let is_done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let collector = scope.spawn(|| {
            let mut collections = 0;
            while !is_done.load(Ordering::Relaxed) {
                tree.engine().collect_garbage(EVERYTHING).unwrap();
                collections += 1;
                // Who waits for the store tries again every few milliseconds.
                std::thread::sleep(Duration::from_millis(20));
            }
            collections
        });
        for round in 1..=12 {
            tree.write_module(&format!("m{}", round % 6), &module(6, round % 6, round));
            let mut engine = tree.engine();
            assert_eq!(answer(&engine.execute().unwrap()), tree.clean_answer(), "round {round}");
            assert_eq!(names(&mut engine), tree.clean_names(), "round {round}");
        }
        is_done.store(true, Ordering::Relaxed);
        assert!(collector.join().unwrap() > 0);
    });
    assert_nothing_is_lost(&tree);
}

#[test]
fn a_collection_that_was_killed_has_done_nothing_or_all() {
    let tree = tree(ALL, 3);
    tree.engine_built();
    let store = tree.cache().join("store-1");
    // Before the fresh store was whole; between the two renames; before the old one was removed.
    fs::create_dir_all(tree.cache().join("store-1.new/keyspaces")).unwrap();
    assert_nothing_is_lost(&tree);
    fs::create_dir_all(tree.cache().join("store-1.new")).unwrap();
    fs::rename(&store, tree.cache().join("store-1.old")).unwrap();
    assert_nothing_is_lost(&tree);
    fs::create_dir_all(tree.cache().join("store-1.old/keyspaces")).unwrap();
    assert_nothing_is_lost(&tree);
    let left = fs::read_dir(tree.cache()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(!left.into_iter().any(|name| name.to_string_lossy().contains("store-1.n")), "all is tidied up");
    assert!(!tree.cache().join("store-1.old").exists());
}

#[test]
fn a_check_names_what_is_damaged_and_what_is_missing() {
    EACH.into_iter().for_each(check_that_damage_is_named);
}

fn check_that_damage_is_named(languages: &'static [Language]) {
    let tree = tree(languages, 3);
    tree.engine_built();
    let check = || tree.engine().check_cache().unwrap();
    assert_eq!((check().manifests, check().problems), (1, vec![]));

    for stage in ["ir", "imports", "edges", "exports", "resolution", "resolution-hints"] {
        let sound = planted::records(&tree.cache(), stage).remove(0);
        let mut damaged = sound.clone();
        *damaged.1.last_mut().unwrap() ^= 1;
        let foreign = (sound.0.clone(), planted::record(&[0xff; 3]));
        for planted in [damaged, foreign] {
            planted::plant(&tree.cache(), &[planted]);
            let problems = check().problems;
            let is_named = |problem: &CacheProblem| matches!(problem, CacheProblem::Record { stage: named, .. } if *named == stage);
            assert!(problems.iter().any(is_named), "{stage}: {problems:?}");
        }
        planted::plant(&tree.cache(), &[sound]);
        assert_eq!(check().problems, [], "{stage}");
    }

    fs::remove_dir_all(tree.cache().join("store-1")).unwrap();
    let problems = check().problems;
    assert_eq!(problems.len(), 3 * 5, "{problems:?}");
    assert!(problems.iter().all(|problem| matches!(problem, CacheProblem::Missing { .. })), "{problems:?}");

    let manifest = fs::read_dir(tree.cache()).unwrap().map(|entry| entry.unwrap().path());
    let manifest = manifest.into_iter().find(|path| path.to_string_lossy().contains("manifest-")).unwrap();
    fs::write(manifest, "no manifest").unwrap();
    assert!(matches!(&*check().problems, [CacheProblem::Manifest { .. }]));
}

#[test]
fn what_is_kept_in_memory_does_not_grow_without_bound() {
    let tree = tree(ALL, 10);
    let mut engine = engine(&tree.root()).max_cache_bytes(100_000).build().unwrap();
    engine.execute().unwrap();
    let mut most = 0;
    for round in 0..60 {
        tree.write_module("m3", &module(10, 3, round));
        assert_eq!(answer(&engine.execute().unwrap()), tree.clean_answer());
        most = most.max(engine.store_statistics().unwrap().0);
    }
    let (left, _) = engine.store_statistics().unwrap();
    assert!(left < most, "something was dropped: {left} of {most} are left");
    assert_eq!(executed(&engine.execute().unwrap()), "");
    assert_eq!(names(&mut engine), tree.clean_names());
}
