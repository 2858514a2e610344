//! Ctrl-C and requests to end.
#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use esker_tests::generated::MIXED;
use rustix::process::{Pid, Signal, kill_process};

use crate::repository::Repository;

/// More than enough for a process to end in, also where others keep the machine busy.
const SOON: Duration = Duration::from_secs(20);

fn interrupt(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

fn end_of(mut child: Child) -> ExitStatus {
    let start = Instant::now();
    loop {
        if let Some(status) = child.try_wait().unwrap() {
            return status;
        }
        if start.elapsed() > SOON {
            child.kill().unwrap();
            panic!("it goes on");
        }
        thread::sleep(Duration::from_millis(1));
    }
}

/// The files that a run should not leave behind.
fn leftovers(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.file_type().unwrap().is_dir() {
            found.extend(leftovers(&entry.path()));
        } else if [".esker-", ".manifest-", ".tmp"].iter().any(|prefix| name.starts_with(prefix)) {
            found.push(name);
        }
    }
    found
}

/// A process that waits for the store, which is locked, with a file begun that is to become its answer.
fn waiting(repository: &Repository) -> Child {
    let mut command = repository.command("export --format jsonl -o answer.jsonl");
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let start = Instant::now();
    while leftovers(&repository.tree.root()).is_empty() {
        assert!(start.elapsed() < SOON, "no file was begun");
        thread::sleep(Duration::from_millis(1));
    }
    child
}

#[test]
fn a_signal_ends_the_process_and_takes_its_unfinished_file_with_it() {
    let repository = Repository::new("//- a.py\nX = 1\n");
    // A file that was just written is read once more by the next run, which needs the store for that.
    assert_eq!(repository.esker("build").code, Some(0));
    assert_eq!(repository.esker("build").code, Some(0));
    let lock = repository.store_lock();
    lock.try_lock().unwrap();
    for signal in [Signal::INT, Signal::TERM] {
        let child = waiting(&repository);
        interrupt(&child, signal);
        assert_eq!(end_of(child).signal(), Some(signal.as_raw()));
        assert_eq!(leftovers(&repository.tree.root()), Vec::<String>::new());
        assert!(!repository.tree.root().join("answer.jsonl").exists());
    }
    lock.unlock().unwrap();
    assert_eq!(repository.esker("export --format jsonl -o answer.jsonl").stderr, "");
}

#[test]
fn a_shell_says_130() {
    let repository = Repository::new("//- a.py\nX = 1\n");
    // Twice, as above: it is to wait once it has begun to write, not before.
    assert_eq!(repository.esker("build").code, Some(0));
    assert_eq!(repository.esker("build").code, Some(0));
    let lock = repository.store_lock();
    lock.try_lock().unwrap();
    let esker = repository.command("");
    let mut shell = Command::new("sh");
    // The shell minds no signal, so that it lives to tell.
    shell.args([
        "-c",
        r#"trap : INT; "$1" export --format jsonl -o answer.jsonl & echo $!; wait $!; wait $!; echo $?"#,
        "sh",
    ]);
    shell.arg(esker.get_program()).current_dir(repository.tree.root()).stdout(Stdio::piped());
    let mut shell = shell.spawn().unwrap();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(shell.stdout.take().unwrap()));
    let process: i32 = lines.next().unwrap().unwrap().parse().unwrap();
    while leftovers(&repository.tree.root()).is_empty() {
        thread::sleep(Duration::from_millis(1));
    }
    kill_process(Pid::from_raw(process).unwrap(), Signal::INT).unwrap();
    assert_eq!(lines.next().unwrap().unwrap(), "130");
    shell.wait().unwrap();
}

#[test]
fn a_signal_is_heard_while_nobody_reads_the_answer() {
    // More than a pipe holds.
    let fixture: String = (0..3000).map(|number| format!("//- a_file_with_a_long_name_{number:05}.py\n")).collect();
    let repository = Repository::new(&fixture);
    let mut child = repository.command("graph").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    // It has begun to write when the first byte is there; the rest is never read.
    let mut stdout = child.stdout.take().unwrap();
    std::io::Read::read_exact(&mut stdout, &mut [0]).unwrap();
    interrupt(&child, Signal::INT);
    assert_eq!(end_of(child).signal(), Some(Signal::INT.as_raw()));
}

#[test]
fn an_interrupted_build_leaves_a_cache_that_answers_as_if_it_had_never_been() {
    const FILES: usize = 60;
    let repository = Repository::new("//- esker.toml\n");
    let write = |round: usize| {
        for file in 0..FILES {
            let text = MIXED.text_naming(file, &format!("ROUND_{file}"), round);
            repository.tree.write(&MIXED.path(file), text);
        }
    };
    write(0);
    let start = Instant::now();
    assert_eq!(repository.esker("build").code, Some(0));
    let whole = start.elapsed();
    let (mut interrupted, mut finished) = (0, 0);
    const ROUNDS: u32 = 12;
    for round in 0..ROUNDS {
        // Every third round without a cache, so that its making is interrupted too.
        if round % 3 == 0 {
            fs::remove_dir_all(repository.tree.root().join(".esker")).unwrap();
        }
        write(round as usize + 1);
        let child = repository.command("build").stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        thread::sleep(whole * round / (ROUNDS - 2));
        interrupt(&child, Signal::INT);
        match end_of(child).signal() {
            None => finished += 1,
            signal => {
                assert_eq!(signal, Some(Signal::INT.as_raw()));
                interrupted += 1;
            }
        }
        assert_eq!(leftovers(&repository.tree.root()), Vec::<String>::new(), "round {round}");
        let answer = repository.esker("graph --details");
        assert_eq!(answer.stderr, "", "round {round}");
        assert_eq!(answer, repository.esker("graph --details --no-cache"), "round {round}");
        assert_eq!(repository.esker("build --format json").json()["executed"]["ir"], 0, "round {round}");
    }
    assert!(interrupted > 0, "all {finished} builds were done before they were interrupted");
}
