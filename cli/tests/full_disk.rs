//! A disk that fills up, or a lack of file handles, costs the next run time, and nothing else.
//!
//! The disk is a limit on the size of the files that the process may write: a write beyond it fails as one to a full
//! disk does, at whatever point of the work the limit is met. Where the system allows it, it is also a real one of a
//! few KiB, in memory.
#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use esker_tests::Tree;
use esker_tests::generated::MIXED;

const FILES: usize = 60;

fn esker(root: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_esker"));
    command.arg("-C").arg(root);
    command
}

/// Runs a command that may write files of this many blocks at most.
fn limited(command: &Command, blocks: u64) -> Output {
    // A write beyond the limit would end the process by a signal if that were not ignored.
    after(&format!("trap '' XFSZ; ulimit -f {blocks}"), command)
}

/// Runs a command in a shell that has prepared itself for it.
fn after(preparation: &str, command: &Command) -> Output {
    let mut shell = Command::new("sh");
    shell.arg("-c").arg(format!("{preparation}; exec \"$@\"")).arg("sh");
    shell.arg(command.get_program()).args(command.get_args()).output().unwrap()
}

/// What the graph of a tree is without a cache.
fn graph_without_cache(tree: &Tree) -> Vec<u8> {
    let output = esker(&tree.root()).args(["--no-cache", "graph"]).output().unwrap();
    assert!(output.status.success());
    output.stdout
}

fn graph(tree: &Tree) -> Command {
    let mut command = esker(&tree.root());
    command.arg("graph");
    command
}

/// Sizes at which different files fail: all, the store's journal and tables, the manifest, none but the journal.
const LIMITS: [u64; 7] = [0, 1, 2, 8, 32, 128, 1024];

#[test]
fn a_first_build_on_a_full_disk_answers_and_warns() {
    for blocks in LIMITS {
        let tree = MIXED.repository(FILES);
        let expected = graph_without_cache(&tree);
        for _ in 0..2 {
            let output = limited(&graph(&tree), blocks);
            let stderr = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(0), "{blocks} blocks: {stderr}");
            assert!(output.stdout == expected, "{blocks} blocks");
            assert!(!stderr.contains("panicked"), "{blocks} blocks: {stderr}");
        }
        assert!(graph(&tree).output().unwrap().stdout == expected, "{blocks} blocks, and room again");
    }
}

#[test]
fn a_build_on_a_disk_that_filled_up_since_the_last_one_answers_and_warns() {
    for blocks in LIMITS {
        let tree = MIXED.repository(FILES);
        assert!(graph(&tree).output().unwrap().status.success());
        for file in 0..FILES / 2 {
            tree.write(&MIXED.path(file), MIXED.text_importing(file, 0, 1));
        }
        let expected = graph_without_cache(&tree);
        let output = limited(&graph(&tree), blocks);
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0), "{blocks} blocks: {stderr}");
        assert!(output.stdout == expected, "{blocks} blocks");
        assert!(!stderr.contains("panicked"), "{blocks} blocks: {stderr}");
        assert!(graph(&tree).output().unwrap().stdout == expected, "{blocks} blocks, and room again");
    }
}

/// How many files a build analyzes whose manifest is gone, so that it looks everything up in the store.
fn analyzed_without_manifest(tree: &Tree) -> u64 {
    for entry in fs::read_dir(tree.root().join(".esker")).unwrap().map(Result::unwrap) {
        if entry.file_name().to_str().unwrap().starts_with("manifest-") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
    let output = esker(&tree.root()).args(["build", "--format", "json"]).output().unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    report["executed"]["ir"].as_u64().unwrap()
}

#[test]
fn a_full_disk_does_not_cost_what_was_kept_before() {
    for blocks in LIMITS {
        let tree = MIXED.repository(FILES);
        assert!(graph(&tree).output().unwrap().status.success());
        for file in [3, 5] {
            tree.write(&MIXED.path(file), MIXED.text(file, 1));
            limited(&graph(&tree), blocks);
        }
        let analyzed = analyzed_without_manifest(&tree);
        assert!(analyzed <= 2, "{blocks} blocks: {analyzed} files analyzed again");
    }
}

/// Runs a script that finds a disk of this many KiB mounted at a directory. `None` if that is not allowed here.
fn on_disk(kib: u64, directory: &Path, script: &str) -> Option<Output> {
    fs::create_dir_all(directory).unwrap();
    let mounted = format!("mount -t tmpfs -o size={kib}k tmpfs \"$1\" || exit 99\n{script}");
    let mut unshared = Command::new("unshare");
    unshared.args(["--mount", "--map-root-user", "sh", "-c", &mounted, "sh"]).arg(directory);
    let output = unshared.arg(env!("CARGO_BIN_EXE_esker")).output().ok()?;
    let refused = output.status.code() == Some(99) || output.stderr.starts_with(b"unshare: ");
    (!refused).then_some(output)
}

/// What one process after the other does with its cache on a small disk: builds, builds after an edit, and after the
/// disk has become larger builds twice, the second time without a manifest. Answers go to files, exit codes to stdout.
const LIFE_ON_A_SMALL_DISK: &str = r#"
cache="$1" esker="$2" root="$(dirname "$1")/root" answers="$(dirname "$1")"
graph() { "$esker" -C "$root" --cache-dir "$cache/esker" -o "$answers/$1" graph; echo $?; }
graph first
graph again
echo "import './module_1';" >> "$root/package_0/module_3.ts"
graph edited
mount -o remount,size=64m tmpfs "$cache"
graph roomy
rm "$cache"/esker/manifest-*
"$esker" -C "$root" --cache-dir "$cache/esker" -o "$answers/report" build --format json; echo $?
"#;

#[test]
fn a_disk_of_a_few_kib_costs_time_and_nothing_else() {
    for kib in [4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 384, 512] {
        let tree = MIXED.repository(FILES);
        let answers = tree.cache().parent().unwrap().to_owned();
        let before = graph_without_cache(&tree);
        let Some(output) = on_disk(kib, &tree.cache(), LIFE_ON_A_SMALL_DISK) else {
            // Not by a macro, whose output is shown only where a test fails.
            _ = std::io::stderr().write_all(b"SKIPPED: no disk can be mounted here, so that none was filled up\n");
            return;
        };
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "0\n".repeat(5), "{kib} KiB: {stderr}");
        assert!(!stderr.contains("panicked"), "{kib} KiB: {stderr}");
        assert!(
            stderr.lines().all(|line| line.starts_with("warning: ") || line.starts_with("  ")),
            "{kib} KiB: {stderr}"
        );
        assert!(stderr.lines().count() <= 3, "{kib} KiB, of three builds without room: {stderr}");
        let after = graph_without_cache(&tree);
        for (name, expected) in [("first", &before), ("again", &before), ("edited", &after), ("roomy", &after)] {
            assert!(fs::read(answers.join(name)).unwrap() == *expected, "{kib} KiB: {name}");
        }
        let report: serde_json::Value = serde_json::from_slice(&fs::read(answers.join("report")).unwrap()).unwrap();
        assert_eq!(report["executed"]["ir"], 0, "{kib} KiB: with room, everything was kept");
    }
}

#[test]
fn too_few_file_handles_do_not_cost_what_was_kept_before() {
    let tree = MIXED.repository(FILES);
    assert!(graph(&tree).output().unwrap().status.success());
    for handles in 5..24 {
        tree.write(&MIXED.path(5), MIXED.text(5, handles));
        after(&format!("ulimit -n {handles}"), graph(&tree).args(["-j", "1"]));
        let analyzed = analyzed_without_manifest(&tree);
        assert!(analyzed <= 1, "{handles} handles: {analyzed} files analyzed again");
    }
}

#[test]
fn what_cannot_be_kept_is_said_once_and_names_the_place() {
    let tree = MIXED.repository(4);
    let mut command = esker(&tree.root());
    command.arg("build");
    let output = limited(&command, 0);
    let stderr = String::from_utf8(output.stderr).unwrap();
    let warnings: Vec<&str> = stderr.lines().filter(|line| line.contains("warning:")).collect();
    assert_eq!(warnings.len(), 1, "{stderr}");
    assert!(warnings[0].contains(".esker") && warnings[0].contains("results are not kept"), "{stderr}");
    assert_eq!(output.status.code(), Some(0));
}
