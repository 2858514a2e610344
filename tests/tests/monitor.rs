//! What another thread sees of a run, and how it holds a run off the disk.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex};

use esker_engine::{Engine, EngineBuilder, FileBytes, Monitor, OsSystem, Phase, Progress, System};
use esker_tests::languages::{ALL, Modules};
use esker_tests::{Tree, engine};

/// In every language.
const FILES: &str = "//- a\nuse b\n//- b\nuse c\n//- c\nlet X = 1\n";

/// Reads files, and looks at a monitor each time.
struct Observer {
    monitor: Arc<Monitor>,
    seen: Arc<Mutex<Vec<Progress>>>,
}

impl System for Observer {
    fn read(&self, path: &Path, limit: u64) -> io::Result<FileBytes> {
        self.seen.lock().unwrap().push(self.monitor.progress());
        OsSystem.read(path, limit)
    }
}

fn monitored(tree: &Tree) -> (EngineBuilder, Arc<Monitor>) {
    let monitor = Arc::new(Monitor::default());
    (engine(&tree.root()).with_cache(tree.cache()).monitor(monitor.clone()), monitor)
}

#[test]
fn a_run_tells_its_phase_and_counts_files() {
    let tree = Modules::new(ALL, FILES);
    let (builder, monitor) = monitored(&tree);
    let seen = Arc::new(Mutex::new(Vec::new()));
    let system = Observer { monitor: monitor.clone(), seen: seen.clone() };
    let mut engine = builder.threads(1).system(system).build().unwrap();
    assert_eq!(monitor.progress().phase, Phase::Idle);
    engine.execute().unwrap();
    let seen = seen.lock().unwrap();
    let done: Vec<usize> = seen.iter().map(|progress| progress.done).collect();
    // `a` asks for what it imports when it is resolved, and so does `b`: in Python at once, in TypeScript when all
    // files were looked at.
    assert_eq!(done, [0, 0, 1, 2, 3, 5]);
    assert!(seen.iter().all(|progress| (progress.phase, progress.total) == (Phase::Analyze, 6)), "{seen:?}");
    assert_eq!(monitor.progress().phase, Phase::Idle);
}

#[test]
fn an_inspection_counts_the_files_that_it_looks_into() {
    let tree = Modules::new(ALL, FILES);
    let (builder, monitor) = monitored(&tree);
    let mut engine = builder.build().unwrap();
    engine.execute().unwrap();
    let counts = |engine: &mut Engine| {
        engine.inspect(|index| index.paths().map(|path| (index.file(path), monitor.progress()).1).collect::<Vec<_>>())
    };
    let expected = |done| Progress { phase: Phase::Query, done, total: 0 };
    assert_eq!(counts(&mut engine).unwrap(), [1, 2, 3, 4, 5, 6].map(expected));
}

#[cfg(feature = "cache")]
#[test]
fn a_run_that_is_held_off_the_disk_leaves_the_cache_alone() {
    use std::thread;
    use std::time::Duration;

    let tree = Modules::new(ALL, FILES);
    let (builder, monitor) = monitored(&tree);
    assert!(monitor.stop_writing(Duration::ZERO));
    let mut engine = builder.build().unwrap();
    // Waits forever, to the end of this process.
    let run = thread::spawn(move || engine.execute().map(drop));
    while monitor.progress().phase != Phase::Assemble {
        thread::yield_now();
    }
    thread::sleep(Duration::from_millis(100));
    assert!(!tree.cache().exists() && !run.is_finished());
}

#[test]
fn import_roots_are_those_that_are_set_or_found() {
    let tree = Tree::new("//- src/m.py\n//- libs/p/__init__.py\n//- stubs/q-stubs/__init__.pyi\n");
    let roots = |builder: EngineBuilder| builder.build().unwrap().import_roots().unwrap();
    assert_eq!(roots(engine(&tree.root())), [".", "src", "libs"]);
    assert_eq!(roots(engine(&tree.root()).import_roots(["lib/".to_owned(), ".".to_owned()])), ["lib", "."]);
}
