//! Programs that tests run and that not every machine has: `.ci/run tools` installs them below the target directory.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The directory with the tools.
fn directory() -> PathBuf {
    let profile = Path::new(env!("CARGO_BIN_EXE_esker")).parent().expect("the binary lies in a directory");
    profile.parent().expect("the profile's directory lies in the target directory").join("tools/bin")
}

/// A search path with the binary under test and the tools before all else.
#[track_caller]
pub(crate) fn search_path() -> OsString {
    let tools = directory();
    assert!(tools.join("just").is_file(), "`.ci/run tools` installs what this test needs into {}", tools.display());
    let binary = Path::new(env!("CARGO_BIN_EXE_esker")).parent().expect("the binary lies in a directory");
    let rest = std::env::var_os("PATH").unwrap_or_default();
    let all = [binary.to_owned(), tools].into_iter().chain(std::env::split_paths(&rest));
    std::env::join_paths(all).expect("paths have no colons")
}

/// Gives a command that search path and takes away what the tests' own surroundings have set.
#[track_caller]
pub(crate) fn prepared(mut command: Command, plain: &Command) -> Command {
    for (variable, _) in plain.get_envs().filter(|(_, value)| value.is_none()) {
        command.env_remove(variable);
    }
    for variable in ["BASE", "ESKER", "GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "MAKELEVEL", "MFLAGS", "PYTHON"] {
        command.env_remove(variable);
    }
    command.env("PATH", search_path()).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}
