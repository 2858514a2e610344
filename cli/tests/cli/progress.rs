//! The progress bar.
//!
//! Work takes long here because another process has the store: the tests themselves, which hold its lock. Or because
//! there is much of it.
#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

use esker_tests::generated;

use crate::pseudo_terminal::Terminal;
use crate::repository::Repository;

/// What begins a line of the terminal anew.
const ERASED: &str = "\x1b[2K";

/// A repository whose next build has something to store, and the lock of its store.
fn repository() -> (Repository, File) {
    let repository = Repository::new("//- a.py\nimport b\n//- b.py\n");
    assert_eq!(repository.esker("build").code, Some(0));
    repository.tree.write("a.py", "X = 1");
    let lock = repository.store_lock();
    lock.try_lock().unwrap();
    (repository, lock)
}

#[test]
fn long_work_shows_how_many_files_are_done() {
    // How many there have to be for a bar to appear depends on the machine.
    let shown = [2000, 8000, 32_000].into_iter().find_map(|files| {
        let tree = generated::PYTHON.repository(files);
        tree.write("esker.toml", "");
        let repository = Repository::in_tree(tree);
        let shown = Terminal::run(repository.command("build --no-cache -j 1 --color never")).read_to_end();
        assert_eq!(shown.code, Some(0));
        shown.text.contains(" analyzing [").then_some((files, shown.text))
    });
    let (files, text) = shown.expect("it took long");
    assert!(text.contains(&format!("/{} files", thousands(files))), "{text:?}");
    assert!(!text.contains("0/0"), "{text:?}");
}

fn thousands(files: usize) -> String {
    format!("{},{:03}", files / 1000, files % 1000)
}

#[test]
fn long_work_shows_a_bar_that_is_gone_at_the_end() {
    let (repository, lock) = repository();
    let mut terminal = Terminal::run(repository.command("build --color never"));
    let shown = terminal.read_until("waiting");
    assert!(shown.trim_start().starts_with("waiting"), "{shown:?}");
    // A warning has a line for itself.
    let shown = terminal.read_until("waiting for another process");
    assert!(shown.contains(&format!("{ERASED}warning: waiting for another process")), "{shown:?}");
    // The bar comes back behind it.
    terminal.read_until("   waiting ");
    lock.unlock().unwrap();
    let shown = terminal.read_to_end();
    assert_eq!(shown.code, Some(0));
    let (before, summary) = shown.text.rsplit_once(ERASED).unwrap();
    assert!(summary.trim_start().starts_with("updated 1 of 2 files"), "{:?}", shown.text);
    assert!(!before.contains("updated"), "{:?}", shown.text);
}

#[test]
fn there_is_no_bar_where_nobody_would_look_at_it() {
    for (arguments, term) in [("build -q", "xterm"), ("build", "dumb")] {
        let (repository, lock) = repository();
        let mut command = repository.command(arguments);
        command.env("TERM", term);
        let terminal = Terminal::run(command);
        // Longer than a bar lets wait for it.
        std::thread::sleep(std::time::Duration::from_millis(700));
        lock.unlock().unwrap();
        let shown = terminal.read_to_end();
        assert!(!shown.text.contains("files\r") && !shown.text.contains(ERASED), "{arguments}: {:?}", shown.text);
    }
}

#[test]
fn there_is_no_bar_where_stderr_is_no_terminal() {
    let (repository, lock) = repository();
    let mut command = repository.command("build");
    let mut child = command.env("TERM", "xterm").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // It says that it waits about when a bar would be there.
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut first = String::new();
    stderr.read_line(&mut first).unwrap();
    assert!(first.starts_with("warning: waiting for another process"), "{first}");
    std::thread::sleep(std::time::Duration::from_millis(300));
    lock.unlock().unwrap();
    let output = child.wait_with_output().unwrap();
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "");
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("updated 1 of 2 files"));
}
