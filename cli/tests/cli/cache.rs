//! `esker cache`, and where the cache is.

use std::fs;

use crate::repository::Repository;

const REPOSITORY: &str = "//- a.py\nimport b\n//- b.py\nX = 1\n";

#[test]
fn stats_tell_how_much_is_kept() {
    let repository = Repository::new(REPOSITORY);
    let stats = repository.esker("cache stats --format json").json();
    assert_eq!((&stats["files"], &stats["records"]), (&serde_json::Value::Null, &0.into()));
    assert!(!repository.tree.root().join(".esker").exists());

    repository.esker("build");
    let stats = repository.esker("cache stats --format json").json();
    assert_eq!(stats["files"], 2);
    assert_eq!(stats["directory"], "[ROOT]/.esker");
    assert!(stats["records"].as_u64().unwrap() >= 4, "{stats}");
    assert!(stats["store_bytes"].as_u64().unwrap() > 0, "{stats}");
    assert!(stats["manifest_bytes"].as_u64().unwrap() > 0, "{stats}");
    let text = repository.esker("cache stats").stdout;
    assert!(text.starts_with("directory   [ROOT]/.esker\nlast build  2 files\n"), "{text}");
}

#[test]
fn the_cache_is_marked_and_ignored_by_git() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    assert!(repository.read(".esker/CACHEDIR.TAG").starts_with("Signature: 8a477f597d28d172789f06886806bc55"));
    assert_eq!(repository.read(".esker/.gitignore"), "*\n");
}

#[test]
fn the_cache_can_be_elsewhere() {
    let repository = Repository::new(REPOSITORY);
    let cache = repository.tree.cache();
    repository.esker(&format!("build --cache-dir {}", cache.display()));
    assert!(cache.join("CACHEDIR.TAG").exists());
    assert!(!repository.tree.root().join(".esker").exists());
    let mut command = repository.command("build --format json");
    command.env("ESKER_CACHE_DIR", &cache);
    assert_eq!(repository.run(command, "").json()["executed"]["ir"], 0);
}

#[test]
fn clear_removes_everything_and_the_next_build_starts_anew() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("cache clear").answers("nothing is kept in [ROOT]/.esker");
    repository.esker("build");
    repository.esker("cache clear").answers("cleared [ROOT]/.esker");
    assert!(!repository.tree.root().join(".esker").exists());
    assert_eq!(repository.esker("build --format json").json()["executed"]["ir"], 2);
}

#[test]
fn clear_leaves_foreign_files_alone() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    repository.tree.write(".esker/precious.txt", "keep me");
    repository.esker("cache clear").ends(
        0,
        "cleared [ROOT]/.esker",
        "warning: left alone in [ROOT]/.esker: precious.txt",
    );
    assert_eq!(repository.read(".esker/precious.txt"), "keep me");
    assert!(!repository.tree.root().join(".esker/store-1").exists());
}

#[test]
fn clear_does_nothing_in_a_directory_that_is_no_cache() {
    let repository = Repository::new(REPOSITORY);
    repository.tree.write("mine/store-of-mine", "keep me");
    repository.tree.write("mine/manifest-1", "keep me");
    for tag in ["", "Signature: 8a477f597d28d172789f06886806bc55\n# another tool's\n"] {
        if !tag.is_empty() {
            repository.tree.write("mine/CACHEDIR.TAG", tag);
        }
        let mut command = repository.command("cache clear --cache-dir");
        command.arg(repository.tree.root().canonicalize().unwrap().join("mine"));
        repository.run(command, "").fails(
            "
error: [ROOT]/mine is not a cache directory of Esker
  hint: it has no CACHEDIR.TAG of Esker's; nothing was removed
",
        );
    }
    assert_eq!(repository.read("mine/manifest-1"), "keep me");
    assert_eq!(repository.read("mine/store-of-mine"), "keep me");
}

#[test]
fn clear_follows_no_symbolic_links() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("build");
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("file"), "keep me").unwrap();
    std::os::unix::fs::symlink(outside.path(), repository.tree.root().join(".esker/store-9")).unwrap();
    assert_eq!(repository.esker("cache clear").code, Some(0));
    assert!(outside.path().join("file").exists());
    assert!(!repository.tree.root().join(".esker").exists());
}

#[test]
fn there_is_nothing_to_look_at_without_a_cache() {
    Repository::new(REPOSITORY)
        .esker("cache stats --no-cache")
        .fails("error: --no-cache leaves nothing to look at\n  hint: leave it out");
}
