//! Git as the tests use it: without the tester's configuration.

use std::path::Path;
use std::process::Command;

use crate::repository::Repository;

/// Runs git in a directory and returns what it prints.
#[track_caller]
pub(crate) fn git_in(directory: &Path, arguments: &[&str]) -> String {
    let mut command = Command::new("git");
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"] {
        command.env_remove(variable);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    // Submodules of a test lie in directories beside it.
    let options = ["user.name=t", "user.email=t@example.org", "commit.gpgSign=false", "protocol.file.allow=always"];
    options.iter().for_each(|option| _ = command.args(["-c", option]));
    let output = command.args(arguments).current_dir(directory).output().expect("git can be run");
    assert!(output.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("git writes UTF-8").trim_end().to_owned()
}

pub(crate) fn git(repository: &Repository, arguments: &[&str]) -> String {
    git_in(&repository.tree.root(), arguments)
}

/// Commits all that there is.
pub(crate) fn commit(repository: &Repository) {
    git(repository, &["add", "-A"]);
    git(repository, &["commit", "-q", "-m", "a commit"]);
}

/// Makes all that there is a first commit on `main`.
pub(crate) fn put_under_git(repository: &Repository) {
    git(repository, &["init", "-q", "-b", "main"]);
    commit(repository);
}

/// A repository with a first commit on `main`.
pub(crate) fn under_git(fixture: &str) -> Repository {
    let repository = Repository::new(fixture);
    put_under_git(&repository);
    repository
}
