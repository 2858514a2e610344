//! Files that change while they are looked at, or so that it hardly shows: no answer is a stale one.
//!
//! What the engine reads comes by way of its `System`, which here changes the tree before or after it reads.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime};

use esker_engine::api::DiagnosticKind;
use esker_engine::{Engine, FileBytes, OsSystem, System};
use esker_tests::{Tree, answer, engine, executed};

const TREE: &str = "
//- a.py
import b
//- b.py
import c
//- c.py
x = 1
//- d.py
from b import *
";

/// Does something once, when a file is about to be read.
struct Before<F> {
    file: &'static str,
    act: F,
    done: AtomicBool,
}

impl<F: Fn(&Path) + Send + Sync> System for Before<F> {
    fn read(&self, path: &Path, max_bytes: u64) -> io::Result<FileBytes> {
        if path.ends_with(self.file) && !self.done.swap(true, Ordering::SeqCst) {
            (self.act)(path);
        }
        OsSystem.read(path, max_bytes)
    }
}

fn on(tree: &Tree, file: &'static str, act: impl Fn(&Path) + Send + Sync + 'static) -> Engine {
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

/// Does this to the file `b.py` between stat and read: in a first run and in a later one.
fn check_between(what: &str, act: impl Fn(&Path) + Clone + Send + Sync + 'static) {
    let tree = Tree::new(TREE);
    check_rest(&format!("{what}, in a first run"), &tree, on(&tree, "b.py", act.clone()));
    let tree = Tree::new(TREE);
    tree.engine().execute().unwrap();
    tree.write("b.py", "import c\nimport os\n");
    check_rest(&format!("{what}, in a later run"), &tree, on(&tree, "b.py", act));
}

#[test]
fn a_file_that_becomes_something_else_between_stat_and_read() {
    check_between("written", |path| fs::write(path, "import a\nimport d\n").unwrap());
    check_between("written with the same length", |path| {
        fs::write(path, fs::read_to_string(path).unwrap().replace("import c", "import d")).unwrap();
    });
    check_between("removed", |path| fs::remove_file(path).unwrap());
    check_between("a directory", |path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path).unwrap();
        fs::write(path.join("b.py"), "import a\n").unwrap();
    });
    check_between("a package", |path| {
        fs::remove_file(path).unwrap();
        fs::create_dir(path.with_extension("")).unwrap();
        fs::write(path.with_extension("").join("__init__.py"), "import d\n").unwrap();
    });
    check_between("a link to another file", |path| {
        fs::remove_file(path).unwrap();
        symlink("a.py", path).unwrap();
    });
    check_between("without permissions", |path| {
        fs::set_permissions(path, fs::Permissions::from_mode(0o000)).unwrap();
    });
    check_between("moved", |path| fs::rename(path, path.with_file_name("e.py")).unwrap());
    check_between("a file of its own again", |path| {
        let text = fs::read(path).unwrap();
        fs::remove_file(path).unwrap();
        fs::write(path, text).unwrap();
    });
}

#[test]
fn others_that_come_or_go_while_a_file_is_read() {
    check_between("another one removed", |path| fs::remove_file(path.with_file_name("c.py")).unwrap());
    check_between("another one written", |path| fs::write(path.with_file_name("a.py"), "import d\n").unwrap());
    check_between("one added that shadows another", |path| {
        fs::create_dir(path.with_file_name("c")).unwrap();
        fs::write(path.with_file_name("c/__init__.py"), "import a\n").unwrap();
    });
}

#[test]
fn a_link_in_the_place_of_a_file_is_not_read_through() {
    let tree = Tree::new(TREE);
    let secret = tree.root().with_file_name("secret.py");
    fs::write(&secret, "import a\nimport d\n").unwrap();
    let mut moved = on(&tree, "b.py", move |path| {
        fs::remove_file(path).unwrap();
        symlink(&secret, path).unwrap();
    });
    let build = moved.execute().unwrap();
    let found: Vec<_> = build.diagnostics().map(|found| (found.path, found.diagnostic.kind)).collect();
    assert_eq!(found, [("b.py".to_owned(), DiagnosticKind::Unreadable)]);
    assert_eq!(answer(&moved.execute().unwrap()), tree.clean_answer());
}

#[test]
fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
    let tree = Tree::new(TREE);
    let mut moved = on(&tree, "b.py", |path| {
        fs::remove_file(path).unwrap();
        assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
    });
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send([answer(&moved.execute().unwrap()), answer(&moved.execute().unwrap())]));
    let [_, at_rest] = receiver.recv_timeout(Duration::from_secs(60)).expect("it ends");
    assert_eq!(at_rest, tree.clean_answer());
}

#[test]
#[cfg(feature = "cache")]
fn a_cache_directory_that_goes_away_in_mid_run_costs_what_was_in_it() {
    type Act = fn(std::path::PathBuf);
    let acts: [(&str, Act); 5] = [
        ("removed", |cache| _ = fs::remove_dir_all(cache)),
        ("moved", |cache| _ = fs::rename(&cache, cache.with_extension("aside"))),
        ("a file", |cache| {
            _ = fs::remove_dir_all(&cache);
            fs::write(cache, "a file").unwrap();
        }),
        ("the store removed", |cache| _ = fs::remove_dir_all(cache.join("store-1"))),
        ("read-only", |cache| {
            fs::create_dir_all(&cache).unwrap();
            fs::set_permissions(cache, fs::Permissions::from_mode(0o500)).unwrap();
        }),
    ];
    for (what, act) in acts {
        for built in [false, true] {
            let tree = Tree::new(TREE);
            if built {
                tree.engine().execute().unwrap();
                tree.write("b.py", "import c\nimport os\n");
            }
            let cache = tree.cache();
            let mut moved = on(&tree, "b.py", move |_| act(cache.clone()));
            assert_eq!(answer(&moved.execute().unwrap()), tree.clean_answer(), "{what}");
            tree.write("c.py", "import a\n");
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

/// Builds, edits `c.py` so that its size stays, and builds again, listed and walked, in this process and in a new one.
fn check_hidden(what: &str, prepare: impl Fn(&Path), edit: impl Fn(&Path)) {
    for resident in [false, true] {
        let tree = Tree::new(TREE);
        let path = tree.root().join("c.py");
        fs::write(&path, "import a\n").unwrap();
        prepare(&path);
        let_stamps_age();
        let mut first = tree.engine();
        first.execute().unwrap();
        first.execute().unwrap();
        edit(&path);
        assert_eq!(fs::read_to_string(&path).unwrap(), "import d\n", "{what}");
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
        |path| {
            let time = modified(path);
            fs::write(path, "import d\n").unwrap();
            set_modified(path, time);
        },
    );
    check_hidden(
        "copied with its time over a file of the same time",
        |path| set_modified(path, LONG_AGO + Duration::from_secs(1_000_000_000)),
        |path| {
            let copy = path.with_extension("new");
            fs::write(&copy, "import d\n").unwrap();
            set_modified(&copy, modified(path));
            assert!(Command::new("cp").arg("-p").args([&copy, path]).status().unwrap().success());
        },
    );
    check_hidden(
        "another file of the same time moved there",
        |path| set_modified(path, LONG_AGO + Duration::from_secs(1_000_000_000)),
        |path| {
            let other = path.with_extension("new");
            fs::write(&other, "import d\n").unwrap();
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
            |path| {
                fs::write(path, "import d\n").unwrap();
                set_modified(path, LONG_AGO + after);
            },
        );
    }
}

#[test]
fn edits_within_one_tick_of_the_clock_are_all_seen() {
    let tree = Tree::new(TREE);
    let mut resident = tree.engine();
    for round in 0..60 {
        // As long as before, as fast as can be.
        tree.write("c.py", ["import a\n", "import d\n", "import b\n"][round % 3]);
        let build = if round % 2 == 0 { resident.execute() } else { tree.engine().execute() }.unwrap();
        tree.write("c.py", ["import d\n", "import b\n", "import a\n"][round % 3]);
        let again = if round % 4 < 2 { resident.execute() } else { tree.engine().execute() }.unwrap();
        assert_eq!(answer(&again), tree.clean_answer(), "round {round}");
        assert_ne!(answer(&build), answer(&again), "round {round}");
    }
}

#[test]
fn a_tree_that_is_written_to_all_the_time_is_seen_as_it_is_when_it_rests() {
    let tree = Tree::new(TREE);
    let writing = AtomicBool::new(true);
    let rounds = AtomicUsize::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            let statements = ["import a\n", "import b\n", "import d\n", "import e\n", "from d import *\n"];
            for number in 0.. {
                if !writing.load(Ordering::SeqCst) {
                    break;
                }
                let path = tree.root().join(["a.py", "b.py", "c.py", "e.py"][number % 4]);
                match number % 7 {
                    0 => _ = fs::remove_file(&path),
                    1 => {
                        _ = fs::write(path.with_extension("new"), statements[number % 5]);
                        _ = fs::rename(path.with_extension("new"), &path);
                    }
                    _ => _ = fs::write(&path, statements[number % 5]),
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
