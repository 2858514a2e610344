//! What a repository cannot make the program do.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::repository::Repository;

fn names_in(directory: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort_unstable();
    names
}

#[test]
#[cfg(feature = "cache")]
fn a_cache_directory_that_is_a_link_is_used_only_if_it_is_named() {
    let repository = Repository::new("//- a.py\nimport os\n");
    let elsewhere = repository.tree.cache();
    fs::create_dir(&elsewhere).unwrap();
    symlink(&elsewhere, repository.tree.root().join(".esker")).unwrap();
    let ran = repository.esker("graph");
    assert_eq!(
        ran.stderr.trim_end(),
        "warning: results are not kept: [ROOT]/.esker is a symbolic link; --cache-dir names a directory elsewhere"
    );
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(0), "{\n  \"a.py\": []\n}\n"));
    assert_eq!(names_in(&elsewhere), Vec::<String>::new());
    assert_eq!(repository.esker("--cache-dir .esker graph").stderr, "");
    assert!(names_in(&elsewhere).contains(&"CACHEDIR.TAG".to_owned()));
}

#[test]
fn a_configuration_names_no_place_to_write_and_nothing_to_run() {
    for key in ["cache-dir", "output", "metrics", "depfile", "stamp", "command", "plugins", "extends"] {
        let repository = Repository::new(&format!("//- esker.toml\n{key} = \"../made\"\n//- a.py\n"));
        let ran = repository.esker("build");
        assert_eq!(ran.code, Some(2), "{key}");
        assert!(ran.stderr.contains(&format!("there is no key `{key}`")), "{key}: {}", ran.stderr);
        assert_eq!(names_in(&repository.tree.root()), ["a.py", "esker.toml"], "{key}");
        assert_eq!(names_in(repository.tree.root().parent().unwrap()), ["root"], "{key}");
    }
}

#[test]
fn import_roots_outside_of_the_root_are_refused() {
    for root in ["..", "/", "src/../..", "/etc"] {
        let repository = Repository::new(&format!("//- esker.toml\nroots = [\"{root}\"]\n//- a.py\n"));
        let ran = repository.esker("build --no-cache");
        assert_eq!(ran.code, Some(2), "{root}");
        assert!(ran.stderr.contains("is not below the root of the repository"), "{root}: {}", ran.stderr);
    }
}
