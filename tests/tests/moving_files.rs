//! Files that change while they are looked at, or so that it hardly shows: no answer is a stale one.
//!
//! What the engine reads comes by way of its `System`, which here changes the tree before or after it reads.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use esker_engine::api::DiagnosticKind;
use esker_engine::{Engine, FileBytes, OsSystem, System};
use esker_tests::languages::{ALL, Language, Modules};
use esker_tests::{Tree, answer, engine, executed};

const TREE: &str = "
//- a
use b
//- b
use c
//- c
let x = 1
//- d
use b: *
";

/// The tree in all languages: what happens to a file in one of them is to concern no file of another.
fn tree() -> Modules {
    Modules::new(ALL, TREE)
}

/// Does something once, when a file is about to be read.
struct Before<F> {
    file: String,
    act: F,
    done: AtomicBool,
}

impl<F: Fn(&Path) + Send + Sync> System for Before<F> {
    fn read(&self, path: &Path, max_bytes: u64) -> io::Result<FileBytes> {
        if path.ends_with(&self.file) && !self.done.swap(true, Ordering::SeqCst) {
            (self.act)(path);
        }
        OsSystem.read(path, max_bytes)
    }
}

fn on(tree: &Tree, file: String, act: impl Fn(&Path) + Send + Sync + 'static) -> Engine {
    let system = Before { file, act, done: AtomicBool::new(false) };
    engine(&tree.root()).with_cache(tree.cache()).system(system).build().unwrap()
}

/// Runs an engine on a tree that moves under it, and then, when it has come to rest, that engine and a new one.
fn check_rest(what: &str, tree: &Tree, mut moved: Engine) {
    moved.execute().unwrap();
    let clean = tree.clean_answer();
    let fresh = tree.engine().execute().unwrap();
    assert_eq!(answer(&fresh), clean, "{what}: a new process");
    assert_eq!(answer(&moved.execute().unwrap()), clean, "{what}: the same process");
    if cfg!(feature = "cache") {
        assert_eq!(executed(&tree.engine().execute().unwrap()), "", "{what}: nothing is left to do");
    }
}

/// Does this to the file of `b` between stat and read, in each language: in a first run and in a later one.
fn check_between(what: &str, act: fn(&Around)) {
    for language in ALL.iter().copied() {
        let file = language.path("b");
        let act = move |path: &Path| act(&Around { language, path });
        let tree = tree();
        check_rest(&format!("{what}, in a first run"), &tree, on(&tree, file.clone(), act));
        let tree = self::tree();
        tree.engine().execute().unwrap();
        tree.write_module("b", "use c\nlet y = 1");
        check_rest(&format!("{what}, in a later run"), &tree, on(&tree, file, act));
    }
}

/// A file that is about to be read, and those beside it.
struct Around<'a> {
    language: Language,
    path: &'a Path,
}

impl Around<'_> {
    /// The file of another module.
    fn other(&self, module: &str) -> PathBuf {
        self.path.with_file_name(self.language.path(module))
    }

    fn write(&self, path: impl AsRef<Path>, statements: &str) {
        fs::create_dir_all(path.as_ref().parent().unwrap()).unwrap();
        fs::write(path, self.language.text("", statements)).unwrap();
    }
}

#[test]
fn a_file_that_becomes_something_else_between_stat_and_read() {
    check_between("written", |file| file.write(file.path, "use a\nuse d"));
    check_between("written with the same length", |file| {
        let text = |statement| file.language.text("b", statement);
        fs::write(file.path, fs::read_to_string(file.path).unwrap().replace(&text("use c"), &text("use d"))).unwrap();
    });
    check_between("removed", |file| fs::remove_file(file.path).unwrap());
    check_between("a directory", |file| {
        fs::remove_file(file.path).unwrap();
        file.write(file.path.join(file.language.path("b")), "use a");
    });
    check_between("a package", |file| {
        fs::remove_file(file.path).unwrap();
        file.write(file.other("b/"), "use d");
    });
    check_between("a link to another file", |file| {
        fs::remove_file(file.path).unwrap();
        symlink(file.language.path("a"), file.path).unwrap();
    });
    check_between("without permissions", |file| {
        fs::set_permissions(file.path, fs::Permissions::from_mode(0o000)).unwrap();
    });
    check_between("moved", |file| fs::rename(file.path, file.other("e")).unwrap());
    check_between("a file of its own again", |file| {
        let text = fs::read(file.path).unwrap();
        fs::remove_file(file.path).unwrap();
        fs::write(file.path, text).unwrap();
    });
}

#[test]
fn others_that_come_or_go_while_a_file_is_read() {
    check_between("another one removed", |file| fs::remove_file(file.other("c")).unwrap());
    check_between("another one written", |file| file.write(file.other("a"), "use d"));
    check_between("one added that shadows another", |file| file.write(file.other("c/"), "use a"));
}

#[test]
fn a_link_in_the_place_of_a_file_is_not_read_through() {
    for language in ALL {
        let tree = tree();
        let secret = tree.root().with_file_name(language.path("secret"));
        fs::write(&secret, language.text("secret", "use a\nuse d")).unwrap();
        let mut moved = on(&tree, language.path("b"), move |path| {
            fs::remove_file(path).unwrap();
            symlink(&secret, path).unwrap();
        });
        let build = moved.execute().unwrap();
        let found: Vec<_> = build.diagnostics().map(|found| (found.path, found.diagnostic.kind)).collect();
        assert_eq!(found, [(language.path("b"), DiagnosticKind::Unreadable)]);
        assert_eq!(answer(&moved.execute().unwrap()), tree.clean_answer());
    }
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
    for language in ALL {
        let tree = tree();
        let mut moved = on(&tree, language.path("b"), |path| {
            fs::remove_file(path).unwrap();
            assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
        });
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send([answer(&moved.execute().unwrap()), answer(&moved.execute().unwrap())]));
        let [_, at_rest] = receiver.recv_timeout(Duration::from_secs(60)).expect("it ends");
        assert_eq!(at_rest, tree.clean_answer());
    }
}

#[test]
#[cfg(feature = "cache")]
fn a_cache_directory_that_goes_away_in_mid_run_costs_what_was_in_it() {
    type Act = fn(std::path::PathBuf);
    let acts: [(&str, Act); 5] = [
        ("removed", |cache| _ = fs::remove_dir_all(cache)),
        ("moved", |cache| _ = fs::rename(&cache, cache.with_extension("aside"))),
        // A first build makes its store meanwhile.
        ("a file", |cache| {
            while fs::write(&cache, "a file").is_err() {
                _ = fs::remove_dir_all(&cache);
            }
        }),
        ("the store removed", |cache| _ = fs::remove_dir_all(cache.join("store-1"))),
        ("read-only", |cache| {
            fs::create_dir_all(&cache).unwrap();
            fs::set_permissions(cache, fs::Permissions::from_mode(0o500)).unwrap();
        }),
    ];
    for (what, act) in acts {
        for built in [false, true] {
            let tree = tree();
            if built {
                tree.engine().execute().unwrap();
                tree.write_module("b", "use c\nlet y = 1");
            }
            let cache = tree.cache();
            let mut moved = on(&tree, Language::TypeScript.path("b"), move |_| act(cache.clone()));
            assert_eq!(answer(&moved.execute().unwrap()), tree.clean_answer(), "{what}");
            tree.write_module("c", "use a");
            assert_eq!(answer(&moved.execute().unwrap()), tree.clean_answer(), "{what}: the next run");
            if tree.cache().is_file() {
                fs::remove_file(tree.cache()).unwrap();
            }
            let fresh = tree.engine().execute().unwrap();
            assert_eq!(answer(&fresh), tree.clean_answer(), "{what}: a new process");
            assert_eq!(executed(&tree.engine().execute().unwrap()), "", "{what}: it is kept again");
        }
    }
}

#[test]
#[cfg(feature = "cache")]
fn a_root_that_goes_away_in_mid_run_is_not_made_again() {
    for built in [false, true] {
        let tree = tree();
        let engine = || engine(&tree.root()).with_cache(tree.root().join("kept/.esker"));
        if built {
            engine().build().unwrap().execute().unwrap();
            tree.write_module("d", "use b: *\nlet y = 1");
        }
        let root = tree.root();
        // A first build makes its store meanwhile, so that it can take more than one go.
        let act = move |_: &Path| {
            while root.exists() {
                _ = fs::remove_dir_all(&root);
            }
        };
        let system = Before { file: Language::Python.path("d"), act, done: AtomicBool::new(false) };
        // There may still be an answer, from what was read before.
        _ = engine().system(system).build().unwrap().execute();
        assert!(!tree.root().exists(), "a cache is no reason to make what somebody removed");
    }
}

/// The file's time of modification, as tools that copy preserve it.
fn modified(path: &Path) -> SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

fn set_modified(path: &Path, time: SystemTime) {
    File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
}

/// Longer than a time stamp is taken for too young to prove anything.
fn let_stamps_age() {
    thread::sleep(Duration::from_millis(60));
}

/// Builds, edits `c` in one of the languages so that its size stays, and builds again, in this process and in a new
/// one.
fn check_hidden(what: &str, prepare: impl Fn(&Path), edit: impl Fn(&Path, &str)) {
    for (language, resident) in ALL.iter().flat_map(|language| [(language, false), (language, true)]) {
        let tree = tree();
        let path = tree.root().join(language.path("c"));
        let [before, after] = ["use a", "use d"].map(|statement| language.text("c", statement));
        assert_eq!(before.len(), after.len());
        fs::write(&path, before).unwrap();
        prepare(&path);
        let_stamps_age();
        let mut first = tree.engine();
        first.execute().unwrap();
        first.execute().unwrap();
        edit(&path, &after);
        assert_eq!(fs::read_to_string(&path).unwrap(), after, "{what}");
        let build = if resident { first.execute() } else { tree.engine().execute() }.unwrap();
        assert_eq!(answer(&build), tree.clean_answer(), "{what}");
    }
}

const LONG_AGO: SystemTime = SystemTime::UNIX_EPOCH;

#[test]
fn an_edit_that_keeps_size_and_time_of_modification_is_seen() {
    check_hidden(
        "in place, and the time set back",
        |_| {},
        |path, text| {
            let time = modified(path);
            fs::write(path, text).unwrap();
            set_modified(path, time);
        },
    );
    check_hidden(
        "copied with its time over a file of the same time",
        |path| set_modified(path, LONG_AGO + Duration::from_secs(1_000_000_000)),
        |path, text| {
            let copy = path.with_extension("new");
            fs::write(&copy, text).unwrap();
            set_modified(&copy, modified(path));
            assert!(Command::new("cp").arg("-p").args([&copy, path]).status().unwrap().success());
        },
    );
    check_hidden(
        "another file of the same time moved there",
        |path| set_modified(path, LONG_AGO + Duration::from_secs(1_000_000_000)),
        |path, text| {
            let other = path.with_extension("new");
            fs::write(&other, text).unwrap();
            assert!(Command::new("touch").arg("-r").args([path, &other]).status().unwrap().success());
            fs::rename(other, path).unwrap();
        },
    );
}

#[test]
fn an_edit_that_is_older_than_what_it_replaces_is_seen() {
    for (what, before, after) in [
        ("a clock that was set back", Duration::from_secs(4_000_000_000), Duration::from_secs(3_999_999_000)),
        ("a clock that stood still", Duration::from_secs(4_000_000_000), Duration::from_secs(4_000_000_000)),
        ("a backup", Duration::from_secs(1_500_000_000), Duration::ZERO),
    ] {
        check_hidden(
            what,
            |path| set_modified(path, LONG_AGO + before),
            |path, text| {
                fs::write(path, text).unwrap();
                set_modified(path, LONG_AGO + after);
            },
        );
    }
}

#[test]
fn edits_within_one_tick_of_the_clock_are_all_seen() {
    let tree = tree();
    let mut resident = tree.engine();
    for round in 0..60 {
        // As long as before, as fast as can be.
        tree.write_module("c", ["use a", "use d", "use b"][round % 3]);
        let build = if round % 2 == 0 { resident.execute() } else { tree.engine().execute() }.unwrap();
        tree.write_module("c", ["use d", "use b", "use a"][round % 3]);
        let again = if round % 4 < 2 { resident.execute() } else { tree.engine().execute() }.unwrap();
        assert_eq!(answer(&again), tree.clean_answer(), "round {round}");
        assert_ne!(answer(&build), answer(&again), "round {round}");
    }
}

#[test]
fn a_tree_that_is_written_to_all_the_time_is_seen_as_it_is_when_it_rests() {
    let tree = tree();
    let writing = AtomicBool::new(true);
    let rounds = AtomicUsize::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            let statements = ["use a", "use b", "use d", "use e", "use d: *"];
            for number in 0.. {
                if !writing.load(Ordering::SeqCst) {
                    break;
                }
                let (language, module) = (ALL[number / 4 % ALL.len()], ["a", "b", "c", "e"][number % 4]);
                let path = tree.root().join(language.path(module));
                let text = language.text(module, statements[number % 5]);
                match number % 7 {
                    0 => _ = fs::remove_file(&path),
                    1 => {
                        _ = fs::write(path.with_extension("new"), text);
                        _ = fs::rename(path.with_extension("new"), &path);
                    }
                    _ => _ = fs::write(&path, text),
                }
                rounds.store(number, Ordering::SeqCst);
            }
        });
        let mut resident = tree.engine();
        for _ in 0..40 {
            // It may find that nothing holds still; what counts is what is made of it later.
            _ = resident.execute();
            _ = tree.engine().execute();
        }
        writing.store(false, Ordering::SeqCst);
    });
    assert!(rounds.into_inner() > 40);
    assert_eq!(answer(&tree.engine().execute().unwrap()), tree.clean_answer());
}
