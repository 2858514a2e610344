//! Several `esker` at once on one cache, and others that hang or are of another version.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use esker_tests::generated::MIXED;

use crate::repository::Repository;

const FILES: usize = 50;

/// Questions of every sort, by turns with builds.
const COMMANDS: [&str; 8] = [
    "build --format json",
    "affected package_0/module_3.ts",
    "graph",
    "def Service2",
    "build -q",
    "cycles",
    "refs Service3",
    "dependents package_0/module_2.py --transitive",
];

fn repository() -> Repository {
    let tree = MIXED.repository(FILES);
    tree.write("esker.toml", "");
    Repository::in_tree(tree)
}

fn start(mut command: Command) -> Child {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The lock of the store in a cache directory.
fn lock_file(cache: &Path) -> PathBuf {
    cache.join("store-1.lock")
}

fn hold(lock: &Path) -> File {
    let file = File::options().create(true).truncate(false).write(true).open(lock).unwrap();
    file.lock().unwrap();
    file
}

#[test]
fn eight_at_once_on_one_cache_all_answer_right() {
    let repository = repository();
    // At first there is nothing, then all is known, then a file has changed that others depend on.
    for edition in [0, 0, 1, 2] {
        repository.tree.write(&MIXED.path(3), MIXED.text(3, edition));
        let children: Vec<_> = COMMANDS.iter().map(|command| (command, start(repository.command(command)))).collect();
        for (command, child) in children {
            let output = child.wait_with_output().unwrap();
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(0), "{command}: {stderr}");
            let unexpected = stderr.lines().find(|line| !line.starts_with("warning: waiting for another process"));
            assert_eq!(unexpected, None, "{command}");
            if command.starts_with("build") {
                continue;
            }
            let expected = repository.run(repository.command(&format!("{command} --no-cache")), "");
            assert_eq!(String::from_utf8(output.stdout).unwrap(), expected.stdout, "{command}");
        }
        let report = repository.esker("build --format json").json();
        assert_eq!((report["files"].as_u64(), &report["cache"]["misses"]), (Some(FILES as u64), &0.into()));
    }
}

#[test]
fn one_that_hangs_blocks_nobody_past_the_time_limit() {
    let repository = repository();
    repository.esker("build");
    // Files that were just written are read once more; after that nothing needs the store until one changes.
    repository.esker("build");
    let cache = repository.tree.root().join(".esker");
    let held = hold(&lock_file(&cache));
    let unhurried = repository.esker("dependents package_0/module_3.ts --lock-timeout 1m");
    assert_eq!((unhurried.code, &*unhurried.stderr), (Some(0), ""));
    repository.tree.write(&MIXED.path(3), MIXED.text(3, 1));
    let children: Vec<_> = COMMANDS
        .iter()
        .map(|command| (command, start(repository.command(&format!("{command} --lock-timeout 600ms")))))
        .collect();
    let (mut waited, mut without) = (0, 0);
    for (command, child) in children {
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{command}: {stderr}");
        waited += usize::from(stderr.contains("waiting for another process to finish with"));
        without += usize::from(stderr.contains("is in use by another process; going on without it"));
        if !command.starts_with("build") {
            let expected = repository.run(repository.command(&format!("{command} --no-cache")), "");
            assert_eq!(String::from_utf8(output.stdout).unwrap(), expected.stdout, "{command}");
        }
    }
    // Those that began once another one had published what it found out had no need of the store.
    assert!(waited > 0 && without > 0, "{waited} {without}");
    drop(held);
    let mut command = repository.command("build");
    command.env("ESKER_LOCK_TIMEOUT", "soon");
    let ran = repository.run(command, "");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("a time is a number and a unit, such as 500ms"), "{}", ran.stderr);
}

/// Every file below a directory, with its bytes.
fn contents(directory: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        match entry.path() {
            path if path.is_dir() => found.extend(contents(&path)),
            path => found.push((path.clone(), fs::read(&path).unwrap())),
        }
    }
    found.sort();
    found
}

#[test]
fn another_version_on_the_same_cache_is_neither_disturbed_nor_waited_for() {
    let repository = repository();
    repository.esker("build");
    let cache = repository.tree.root().join(".esker");
    // A version with other layouts has other names for the same things. What is in them means nothing to this one.
    let other = ["manifest-2-0123456789abcdef", "store-0/0.jnl", "store-0/keyspaces/1/tables/1", "store-0.lock"];
    for name in other {
        let path = cache.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("the other version's {name}")).unwrap();
    }
    let of_the_other = || -> Vec<_> {
        let all = contents(&cache);
        all.into_iter().filter(|(path, _)| other.iter().any(|name| *path == cache.join(name))).collect()
    };
    let before = of_the_other();
    assert_eq!(before.len(), other.len());
    let held = hold(&cache.join("store-0.lock"));
    for edition in 1..4 {
        repository.tree.write(&MIXED.path(3), MIXED.text(3, edition));
        let ran = repository.esker("build --lock-timeout 1m --format json");
        assert_eq!((ran.json()["executed"]["ir"].as_u64(), &*ran.stderr), (Some(1), ""));
        assert_eq!(of_the_other(), before);
    }
    drop(held);
}
