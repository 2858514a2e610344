//! How long a resident engine takes to answer after an edit, by the library: `tests/bench/watch.py` times the command.
//!
//!     cargo bench -p esker-tests --bench resident -- DIRECTORY LEAF HUB LINE PARAMETERS TYPE
//!
//! The directory is a copy that may be written to. LEAF and HUB are files in it; LINE is a line within a function of
//! HUB, which is put there twice; PARAMETERS is text of HUB that is replaced by one with another parameter, as in `def
//! callback[_C](func: _C)` (`, extra: int = 0` comes before the last closing parenthesis); TYPE is text of HUB that
//! ends with what a function returns, which is renamed, as in `def callback[_C](func: _C) -> _C`. What is timed begins
//! when the text of the file is another one and ends with the answer. Each edit is one that was not made before, and is
//! kept before the next one. CPU time is that of all threads: on a machine that is shared only that can be trusted.
//! Memory comes from the allocator that the command uses too.

#![expect(clippy::print_stdout, reason = "what it measures is its answer")]

#[path = "../../cli/src/process/allocator.rs"]
mod allocator;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use esker_engine::{Build, Engine};
use esker_frontend_python::Python;

#[global_allocator]
static ALLOCATOR: allocator::Allocator = allocator::Allocator;

const EDITS: usize = 21;

/// The engine, and the tree that it is about.
struct Bench {
    root: PathBuf,
    engine: Engine,
}

impl Bench {
    /// Edits a file again and again and prints how long the answers took.
    fn run(&mut self, name: &str, file: &str, edited: impl Fn(&str, usize) -> String) {
        let path = self.root.join(file);
        let original = fs::read_to_string(&path).expect("the file can be read");
        let (mut times, mut cpu_times) = (Vec::new(), Vec::new());
        let mut last = None;
        for edition in 0..EDITS {
            fs::write(&path, edited(&original, edition)).expect("the file can be written");
            let (cpu_start, start) = (cpu_time(), Instant::now());
            let build = self.engine.execute_incremental([file]).expect("a build succeeds");
            times.push(start.elapsed());
            cpu_times.push(cpu_time() - cpu_start);
            last = Some(build);
            self.engine.keep().expect("what is known can be kept");
            std::thread::sleep(Duration::from_millis(20));
        }
        fs::write(&path, original).expect("the file can be written");
        self.engine.execute_incremental([file]).expect("a build succeeds");
        times.sort_unstable();
        cpu_times.sort_unstable();
        let ms = |time: Option<&Duration>| time.map_or(0.0, |time| time.as_secs_f64() * 1000.0);
        println!(
            "{name:14} median {:7.2} ms  max {:7.2} ms  median of cpu {:7.2} ms  {}",
            ms(times.get(EDITS / 2)),
            ms(times.last()),
            ms(cpu_times.get(EDITS / 2)),
            last.as_ref().map(counts).unwrap_or_default()
        );
    }
}

/// How long the threads of this process were at work.
fn cpu_time() -> Duration {
    let threads = fs::read_dir("/proc/self/task").expect("the system is Linux").flatten();
    let nanoseconds = threads.filter_map(|thread| {
        let told = fs::read_to_string(thread.path().join("schedstat")).ok()?;
        told.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanoseconds.sum())
}

fn counts(build: &Build) -> String {
    let executed = build.report().executed;
    format!(
        "executed: ir {}, edges {}, exports {}, resolution {}",
        executed.ir, executed.edges, executed.exports, executed.resolution
    )
}

fn main() {
    allocator::configure();
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [root, leaf, hub, line, parameters, returned] = &arguments[..] else {
        println!("which tree is to be edited? DIRECTORY LEAF HUB LINE PARAMETERS TYPE");
        return;
    };
    let cache = Path::new(root).join(".esker");
    let engine =
        Engine::builder(root).frontend(Python).with_cache(cache).keep_on_request().build().expect("the root exists");
    let mut bench = Bench { root: PathBuf::from(root), engine };
    let start = Instant::now();
    let build = bench.engine.execute().expect("a build succeeds");
    println!("first build    {:14.2} ms  {}", start.elapsed().as_secs_f64() * 1000.0, counts(&build));
    // Once outside of what is timed: inputs are made when they are first asked for.
    bench.run("leaf", leaf, |text, edition| format!("{text}\n\ndef _edition():\n    return {edition}\n"));
    bench.run("hub, body", hub, |text, edition| text.replacen(line, &format!("{line}; _edition = {edition}"), 1));
    bench.run("hub, parameter", hub, |text, edition| {
        let (before, after) = parameters.rsplit_once(')').expect("parameters end with a parenthesis");
        text.replacen(parameters, &format!("{before}, extra_{edition}: int = 0){after}"), 1)
    });
    bench.run("hub, type", hub, |text, edition| text.replacen(returned, &format!("{returned}_{edition}"), 1));
}
