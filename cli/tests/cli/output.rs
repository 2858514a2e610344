//! `-o FILE`, and readers of stdout that go away.

use std::fs;
use std::io::Read;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Stdio;

use crate::repository::Repository;

const REPOSITORY: &str = "//- a.py\nimport b\n//- b.py\n//- c.py\n";

#[test]
fn a_file_that_holds_the_answer_already_is_left_alone() {
    let repository = Repository::new(REPOSITORY);
    let file = repository.tree.root().join("graph.json");
    let state =
        || fs::metadata(&file).map(|metadata| (metadata.ino(), metadata.mtime_nsec(), metadata.ctime_nsec())).unwrap();
    repository.esker("graph -o graph.json").answers("");
    let first = state();
    repository.esker("graph -o graph.json").answers("");
    assert_eq!(state(), first);
    repository.tree.write("a.py", "import c");
    repository.esker("graph -o graph.json").answers("");
    assert_ne!(state(), first);
    assert!(repository.read("graph.json").contains("c.py"));
}

#[test]
fn a_hyphen_is_stdout() {
    let repository = Repository::new(REPOSITORY);
    let graph = repository.esker("graph").stdout;
    repository.esker("graph -o -").answers(&graph);
    let export = repository.esker("export --format jsonl").stdout;
    repository.esker("export --format jsonl -o -").answers(&export);
    assert!(!repository.tree.root().join("-").exists());
}

#[test]
fn a_new_file_has_ordinary_permissions_and_an_old_one_keeps_its_own() {
    let repository = Repository::new(REPOSITORY);
    let file = repository.tree.root().join("graph.json");
    repository.tree.write("ordinary", "");
    let mode = |file: &Path| fs::metadata(file).unwrap().permissions().mode() & 0o777;
    repository.esker("graph -o graph.json");
    assert_eq!(mode(&file), mode(&repository.tree.root().join("ordinary")));
    fs::write(&file, "old").unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
    repository.esker("graph -o graph.json");
    assert_eq!(mode(&file), 0o640);
    let names: Vec<_> = fs::read_dir(repository.tree.root()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(!names.iter().any(|name| name.to_str().unwrap().starts_with(".esker-")), "{names:?}");
}

#[test]
fn a_symbolic_link_goes_on_leading_to_the_file() {
    let repository = Repository::new(REPOSITORY);
    let link = repository.tree.root().join("link.json");
    repository.tree.write("real.json", "old");
    std::os::unix::fs::symlink("real.json", &link).unwrap();
    repository.esker("graph -o link.json");
    assert!(link.is_symlink());
    assert!(repository.read("real.json").contains("a.py"));
}

#[test]
fn a_device_is_written_to() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("deps a.py -o /dev/stdout").answers("b.py");
    repository.esker("deps a.py -o /dev/null").answers("");
}

#[test]
fn a_file_that_cannot_be_written_is_an_error() {
    let ran = Repository::new(REPOSITORY).esker("graph -o no/such/dir/graph.json");
    ran.fails("error: no/such/dir/graph.json cannot be written: No such file or directory (os error 2)");
}

#[test]
fn a_reader_that_has_seen_enough_is_no_error() {
    // More than a pipe holds, so that the writer is still at it when the reader goes.
    let fixture: String =
        (0..4000).map(|number| format!("//- a_file_with_a_long_name_{number:05}.py\nX = {number}\n")).collect();
    let repository = Repository::new(&fixture);
    let mut command = repository.command("graph");
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    stdout.read_exact(&mut [0; 10]).unwrap();
    drop(stdout);
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}

#[test]
fn answers_are_the_same_bytes_from_run_to_run() {
    let repository = Repository::new(REPOSITORY);
    let first = repository.esker("graph --details");
    assert_eq!(repository.esker("graph --details"), first);
    assert_eq!(repository.esker("graph --details --no-cache -j 1"), first);
}
