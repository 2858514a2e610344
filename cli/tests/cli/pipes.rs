//! Readers that are gone before the first word, for every command.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use crate::repository::Repository;

/// Every command with arguments that make it print something.
const COMMANDS: [&str; 24] = [
    "--help",
    "--version",
    "build",
    "build --format json",
    "affected a.py",
    "deps a.py",
    "dependents b.py",
    "why a.py b.py",
    "explain a.py",
    "cycles",
    "graph",
    "symbols a.py",
    "def f",
    "refs f",
    "callers f",
    "hierarchy C",
    "unresolved",
    "export --format jsonl",
    "export --format scip",
    "cache stats",
    "init sub",
    "completions bash",
    "man",
    "cache clear",
];

fn repository() -> Repository {
    let repository = Repository::new(
        "//- a.py\nimport b, nowhere.at_all\nfrom b import *\nb.f()\n//- b.py\nimport a\ndef f(): pass\nclass C: pass\n\
         //- sub/c.py\n//- broken.py\ndef (",
    );
    assert_eq!(repository.esker("build").code, Some(0));
    repository
}

/// The end of a pipe that nobody reads from.
fn unread() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer.into()
}

fn ends(mut command: Command) -> (Option<i32>, String) {
    let output = command.stdin(Stdio::null()).spawn().unwrap().wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_command_whose_answer_nobody_reads_ends_quietly() {
    for arguments in COMMANDS {
        let repository = repository();
        let mut command = repository.command(&format!("{arguments} -q"));
        command.stdout(unread()).stderr(Stdio::piped());
        assert_eq!(ends(command), (Some(0), String::new()), "{arguments}");
    }
}

#[test]
fn a_command_whose_warnings_nobody_reads_ends_as_ever() {
    for arguments in COMMANDS {
        let repository = repository();
        let mut command = repository.command(&format!("{arguments} -vvv"));
        command.stdout(Stdio::null()).stderr(unread());
        assert_eq!(ends(command).0, Some(0), "{arguments}");
    }
    for arguments in ["deps nowhere.py", "frobnicate", "build -C nowhere"] {
        let repository = repository();
        let mut command = repository.command(arguments);
        command.stdout(unread()).stderr(unread());
        assert_eq!(ends(command).0, Some(2), "{arguments}");
    }
}

#[test]
fn no_command_is_missing_here() {
    let help = Repository::new("//- a.py\n").esker("--help").stdout;
    let (_, commands) = help.split_once("Commands:\n").unwrap();
    let names = |line: &str| line.split_whitespace().next().map(str::to_owned);
    let known: BTreeSet<String> = commands
        .lines()
        .take_while(|line| !line.is_empty())
        .filter(|line| !line.starts_with("   "))
        .filter_map(names)
        .collect();
    let tested: BTreeSet<String> =
        COMMANDS.into_iter().filter(|line| !line.starts_with('-')).filter_map(names).collect();
    // It goes on until nobody reads it; its own tests see to that.
    let endless = BTreeSet::from(["watch".to_owned()]);
    assert_eq!(known, &tested | &endless);
}
