//! A cache directory can be shared: by two trees, by two engines at once, by files that are not ours.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use esker_engine::{EngineError, FileBytes, OsSystem, System};
use esker_tests::languages::{ALL, Modules};
use esker_tests::{Tree, answer, engine, executed};

const ONE: &str = "
//- a
use b
use c
//- b
use c
//- c
let x = 1
";

/// Has files of the same paths as [`ONE`], some with the same and some with another content.
const TWO: &str = "
//- a
use b
use c
//- b
use a
//- d
let y = 2
";

#[test]
fn two_trees_in_one_cache_each_get_their_own_answer() {
    let (one, two) = (Modules::new(ALL, ONE), Modules::new(ALL, TWO));
    let of = |tree: &Tree| engine(&tree.root()).with_cache(one.cache()).build().unwrap();
    for round in 0..3 {
        assert_eq!(answer(&of(&one).execute().unwrap()), one.clean_answer(), "round {round}");
        assert_eq!(answer(&of(&two).execute().unwrap()), two.clean_answer(), "round {round}");
        one.write_module("c", &format!("let x = {round}"));
    }
}

#[test]
fn two_trees_in_one_cache_do_not_take_each_others_files_for_unchanged() {
    let (one, two) = (Modules::new(ALL, ONE), Modules::new(ALL, TWO));
    let of = |tree: &Tree| engine(&tree.root()).with_cache(one.cache()).build().unwrap();
    of(&one).execute().unwrap();
    assert!(matches!(of(&two).last_build(), Err(EngineError::NeverBuilt { .. })));
    let build = of(&two).execute_incremental(two.paths(&["d"])).unwrap();
    assert_eq!(answer(&build), two.clean_answer());
    assert_eq!(answer(&of(&two).last_build().unwrap()), two.clean_answer());
}

#[test]
fn a_second_tree_with_the_same_content_executes_nothing() {
    let (one, two) = (Modules::new(ALL, ONE), Modules::new(ALL, ONE));
    let of = |tree: &Tree| engine(&tree.root()).with_cache(one.cache()).build().unwrap();
    of(&one).execute().unwrap();
    let build = of(&two).execute().unwrap();
    assert_eq!(executed(&build), "", "results know nothing of where they were made");
    assert_eq!(answer(&build), two.clean_answer());
}

#[test]
fn engines_at_work_on_one_cache_at_once_all_answer_right() {
    let tree = Modules::new(ALL, ONE);
    let other = Modules::new(ALL, TWO);
    let expected = (tree.clean_answer(), other.clean_answer());
    let cache = &tree.cache();
    thread::scope(|scope| {
        let build = |tree: &Tree, cache: &Path| {
            let mut engine = engine(&tree.root()).with_cache(cache).build().unwrap();
            answer(&engine.execute().unwrap())
        };
        let handles: Vec<_> = (0..8)
            .map(|number| {
                let tree = if number % 2 == 0 { &tree } else { &other };
                scope.spawn(move || [build(tree, cache), build(tree, cache), build(tree, cache)])
            })
            .collect();
        for (number, handle) in handles.into_iter().enumerate() {
            let expected = if number % 2 == 0 { &expected.0 } else { &expected.1 };
            assert!(handle.join().unwrap().iter().all(|answer| answer == expected), "engine {number}");
        }
    });
    assert_eq!(answer(&tree.engine().execute().unwrap()), expected.0);
    assert_eq!(executed(&tree.engine().execute().unwrap()), "", "what they kept is of use");
}

#[test]
fn engines_that_edit_and_build_in_turn_see_each_others_work() {
    let tree = Modules::new(ALL, ONE);
    let (mut first, mut second) = (tree.engine(), tree.engine());
    first.execute().unwrap();
    for round in 0..4 {
        tree.write_module("b", &format!("use c\nlet x = {round}"));
        assert_eq!(first.execute().unwrap().report().executed.ir, ALL.len());
        let build = second.execute().unwrap();
        assert_eq!(executed(&build), "", "the other one has done it");
        assert_eq!(answer(&build), tree.clean_answer());
    }
}

/// What an engine that has seen nothing yet finds published.
fn published(tree: &Modules) -> String {
    let nothing: [&Path; 0] = [];
    answer(&tree.engine().execute_incremental(nothing).unwrap())
}

#[test]
fn what_another_engine_published_meanwhile_is_not_lost_to_one_that_trusts_a_list() {
    for has_built in [false, true] {
        let tree = Modules::new(ALL, ONE);
        tree.engine().execute().unwrap();
        let mut first = tree.engine();
        if has_built {
            tree.write_module("c", "let x = 2");
            first.execute().unwrap();
        } else {
            first.last_build().unwrap();
        }
        tree.write_module("b", "use a");
        tree.engine().execute_incremental(tree.paths(&["b"])).unwrap();
        tree.write_module("a", "use c");
        let build = first.execute_incremental(tree.paths(&["a"])).unwrap();
        assert_eq!(answer(&build), tree.clean_answer(), "it has built before: {has_built}");
        assert_eq!(published(&tree), tree.clean_answer(), "it has built before: {has_built}");
        tree.write_module("c", "let x = 3");
        let build = first.execute_incremental(tree.paths(&["c"])).unwrap();
        assert_eq!(build.report().executed.ir, ALL.len(), "the others are looked at once");
        assert_eq!(published(&tree), tree.clean_answer());
    }
}

#[test]
fn what_another_engine_published_meanwhile_is_not_lost_to_one_that_looks_at_everything_or_at_nothing_it_knows() {
    let tree = Modules::new(ALL, ONE);
    tree.engine().execute().unwrap();
    let mut forcing = tree.engine();
    forcing.last_build().unwrap();
    tree.write_module("b", "use a");
    tree.engine().execute_incremental(tree.paths(&["b"])).unwrap();
    forcing.execute_from_scratch().unwrap();
    assert_eq!(published(&tree), tree.clean_answer());
    fs::remove_dir_all(tree.cache()).unwrap();
    tree.write_module("a", "use c");
    assert_eq!(answer(&forcing.execute_incremental(tree.paths(&["a"])).unwrap()), tree.clean_answer());
    assert_eq!(published(&tree), tree.clean_answer());
}

#[test]
fn a_store_that_another_process_holds_is_done_without() {
    let tree = Modules::new(ALL, ONE);
    tree.engine().execute().unwrap();
    let lock = fs::File::options().write(true).open(tree.cache().join("store-1.lock")).unwrap();
    lock.lock().unwrap();
    tree.write_module("b", "use a");
    let hasty =
        || engine(&tree.root()).with_cache(tree.cache()).lock_timeout(Duration::from_millis(20)).build().unwrap();
    let build = hasty().execute().unwrap();
    assert_eq!(answer(&build), tree.clean_answer());
    assert!(matches!(hasty().store_statistics(), Err(EngineError::Store(_))));
    drop(lock);
    tree.write_module("c", "use b");
    assert_eq!(answer(&tree.engine().execute().unwrap()), tree.clean_answer());
    assert_eq!(executed(&tree.engine().execute().unwrap()), "");
}

#[test]
fn an_engine_profits_from_what_another_published_since_it_looked() {
    let tree = Modules::new(ALL, ONE);
    tree.engine().execute().unwrap();
    let mut later = tree.engine();
    later.last_build().unwrap();
    tree.write_module("b", "use a");
    tree.engine().execute().unwrap();
    let build = later.execute().unwrap();
    assert_eq!((executed(&build).as_str(), build.report().changed.total()), ("", 0));
    assert_eq!(answer(&build), tree.clean_answer());
}

#[test]
fn who_cannot_keep_others_from_publishing_publishes_nothing() {
    let tree = Modules::new(ALL, ONE);
    tree.engine().execute().unwrap();
    let before = fs::read(manifest_of(&tree)).unwrap();
    let lock = fs::File::options().write(true).open(tree.cache().join("store-1.lock")).unwrap();
    lock.lock().unwrap();
    tree.write_module("b", "use a");
    let mut hasty = engine(&tree.root()).with_cache(tree.cache()).lock_timeout(Duration::ZERO).build().unwrap();
    assert_eq!(answer(&hasty.execute().unwrap()), tree.clean_answer());
    assert_eq!(fs::read(manifest_of(&tree)).unwrap(), before, "who has the lock may be about to publish");
    drop(lock);
    tree.write_module("a", "use c");
    let build = tree.engine().execute_incremental(tree.paths(&["a"])).unwrap();
    assert_eq!(
        answer(&build),
        tree.clean_answer(),
        "what was answered meanwhile is not known, so that no list is trusted"
    );
    assert_eq!(published(&tree), tree.clean_answer());
    assert!(fs::read_dir(tree.cache()).unwrap().all(|entry| !is_mark(&entry.unwrap().path())));
}

/// Whether a file tells that some session has answered with more than is kept.
fn is_mark(path: &Path) -> bool {
    path.file_name().unwrap().to_str().unwrap().contains(".ahead-")
}

/// Reads files, and does something when one is read first.
struct Meanwhile(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl System for Meanwhile {
    fn read(&self, path: &Path, limit: u64) -> io::Result<FileBytes> {
        let act = self.0.lock().unwrap().take();
        act.into_iter().for_each(|act| act());
        OsSystem.read(path, limit)
    }
}

#[test]
fn what_was_published_since_the_lock_was_removed_is_not_lost_to_who_had_it() {
    let tree = Arc::new(Modules::new(ALL, ONE));
    tree.engine().execute().unwrap();
    tree.write_module("a", "use c");
    let meanwhile = {
        let tree = tree.clone();
        move || {
            fs::remove_file(tree.cache().join("store-1.lock")).unwrap();
            tree.write_module("b", "use a");
            tree.engine().execute().unwrap();
        }
    };
    let system = Meanwhile(Mutex::new(Some(Box::new(meanwhile))));
    let mut engine = engine(&tree.root()).with_cache(tree.cache()).threads(1).system(system).build().unwrap();
    engine.execute_incremental(tree.paths(&["a"])).unwrap();
    assert_eq!(published(&tree), tree.clean_answer());
    assert_eq!(answer(&engine.execute().unwrap()), tree.clean_answer());
    assert_eq!(published(&tree), tree.clean_answer());
}

/// Where the manifest of the tree lies.
fn manifest_of(tree: &Modules) -> PathBuf {
    let mut entries = fs::read_dir(tree.cache()).unwrap().map(|entry| entry.unwrap().path());
    let is_manifest =
        |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().starts_with("manifest-") && !is_mark(path);
    entries.find(is_manifest).unwrap()
}

#[test]
fn an_engine_that_waited_in_vain_does_not_wait_again() {
    let tree = Modules::new(ALL, ONE);
    tree.engine().execute().unwrap();
    let lock = fs::File::options().write(true).open(tree.cache().join("store-1.lock")).unwrap();
    lock.lock().unwrap();
    let timeout = Duration::from_millis(300);
    let mut hasty = engine(&tree.root()).with_cache(tree.cache()).lock_timeout(timeout).build().unwrap();
    let start = std::time::Instant::now();
    for edition in 0..20 {
        tree.write_module("b", &format!("use a\nlet x = {edition}"));
        assert_eq!(answer(&hasty.execute().unwrap()), tree.clean_answer());
    }
    assert!(start.elapsed() < timeout * 20, "it waited each time");
    lock.unlock().unwrap();
    tree.write_module("b", "use c");
    hasty.execute().unwrap();
    assert_eq!(executed(&tree.engine().execute().unwrap()), "", "the store is used again as soon as it can be");
}

/// Every file below a directory, with its bytes.
fn contents(directory: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_dir() {
            found.extend(contents(&entry.path()).into_iter().map(|(path, bytes)| (format!("{name}/{path}"), bytes)));
        } else {
            found.insert(name, fs::read(entry.path()).unwrap());
        }
    }
    found
}

#[test]
fn a_cache_directory_full_of_other_peoples_files_leaves_them_alone() {
    let tree = Modules::new(ALL, ONE);
    let foreign = [
        ("notes.txt", "mine"),
        (".gitignore", "*.log\n"),
        ("src/a.py", "import nothing\n"),
        ("store-0/records", "of another version"),
        ("manifest-0", "of another version"),
    ];
    for (path, text) in foreign {
        let path = tree.cache().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let before = contents(&tree.cache());
    for edition in 0..3 {
        tree.write_module("c", &format!("let x = {edition}"));
        assert_eq!(answer(&tree.engine().execute().unwrap()), tree.clean_answer());
        let after = contents(&tree.cache());
        for (path, bytes) in &before {
            assert_eq!(after.get(path), Some(bytes), "{path}");
        }
    }
    assert_eq!(executed(&tree.engine().execute().unwrap()), "");
}

#[test]
fn a_cache_inside_the_tree_is_no_part_of_it() {
    let tree = Modules::new(ALL, ONE);
    for cache in [tree.root().join(".esker"), tree.root().join("build/esker")] {
        let build = || engine(&tree.root()).with_cache(&cache).build().unwrap().execute().unwrap();
        assert_eq!(answer(&build()), answer(&build()));
        assert_eq!(build().files().collect::<Vec<_>>(), tree.paths(&["a", "b", "c"]));
    }
}
