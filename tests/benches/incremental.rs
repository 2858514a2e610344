//! How long an incremental build takes, each time against the full build of the same tree. In-process, by the library;
//! `tests/bench/whole_process.py` times the command.
//!
//! Every iteration edits the files outside of what is timed, and runs a new engine on the cache of the last one, as a
//! new process would. Run with `cargo bench -p esker-tests`.

use std::hint::black_box;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use esker_engine::Build;
use esker_tests::generated::PYTHON;
use esker_tests::{Tree, engine};

/// How a build learns what changed.
#[derive(Debug, Clone, Copy)]
enum By {
    /// It looks at every file.
    Walk,
    /// It is told.
    List,
}

/// Times the full build of a tree: nothing is known, and the results are kept.
fn full(criterion: &mut Criterion, name: &str, files: usize) {
    let tree = PYTHON.repository(files);
    criterion.bench_function(&format!("{name}/full build"), |bencher| {
        bencher.iter_custom(|iterations| (0..iterations).map(|_| timed(|| build_anew(&tree))).sum());
    });
}

fn build_anew(tree: &Tree) -> Build {
    _ = std::fs::remove_dir_all(tree.cache());
    tree.engine().execute().expect("a build succeeds")
}

/// Times the build after an edit of the bodies of some files.
fn incremental(criterion: &mut Criterion, name: &str, files: usize, changed: &[usize], by: By) {
    let tree = PYTHON.repository(files);
    tree.engine().execute().expect("a build succeeds");
    let paths: Vec<PathBuf> = changed.iter().map(|file| PathBuf::from(PYTHON.path(*file))).collect();
    let mut edition = 0;
    criterion.bench_function(&format!("{name}/{} changed, by {by:?}", changed.len()), |bencher| {
        bencher.iter_custom(|iterations| {
            let mut total = Duration::ZERO;
            for _ in 0..iterations {
                // Another edition each time: known content would cost nothing.
                edition += 1;
                changed.iter().for_each(|file| tree.write(&PYTHON.path(*file), PYTHON.text(*file, edition)));
                total += timed(|| {
                    let mut engine =
                        engine(&tree.root()).with_cache(tree.cache()).for_one_run().build().expect("the root exists");
                    let build = match by {
                        By::Walk => engine.execute(),
                        By::List => engine.execute_incremental(&paths),
                    }
                    .expect("a build succeeds");
                    assert_eq!(build.report().executed.ir, changed.len());
                    build
                });
            }
            total
        });
    });
}

fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let start = Instant::now();
    let result = black_box(work());
    let elapsed = start.elapsed();
    drop(result);
    elapsed
}

fn of_100_files(criterion: &mut Criterion) {
    const FILES: usize = 111;
    const WITH_TEN_DEPENDENTS: usize = 3;
    assert_eq!(PYTHON.importers(WITH_TEN_DEPENDENTS, FILES).count(), 10);
    full(criterion, "100 files", FILES);
    incremental(criterion, "100 files", FILES, &[WITH_TEN_DEPENDENTS], By::Walk);
    incremental(criterion, "100 files", FILES, &[WITH_TEN_DEPENDENTS], By::List);
}

fn of_1000_files(criterion: &mut Criterion) {
    const FILES: usize = 1000;
    full(criterion, "1000 files", FILES);
    for share in [0, 1, 10] {
        let changed: Vec<usize> = (0..FILES * share / 100).map(|change| change * 100 / share).collect();
        incremental(criterion, "1000 files", FILES, &changed, By::Walk);
        incremental(criterion, "1000 files", FILES, &changed, By::List);
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).warm_up_time(Duration::from_millis(500));
    targets = of_100_files, of_1000_files
}
criterion_main!(benches);
