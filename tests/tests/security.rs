//! What a hostile repository cannot do, statement by statement of `docs/security.md`.
//!
//! The author of a repository can bring anything along that git can hold: links to anywhere, and a cache directory.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use esker_engine::EngineError;
use esker_tests::answer;
use esker_tests::languages::{ALL, Modules};
use tempfile::TempDir;

/// In every language.
const TREE: &str = "
//- a
use b
//- b
use c
//- c
let x = 1
//- p/
use a: *
";

/// Files of the user's, outside of the tree.
struct Elsewhere {
    directory: TempDir,
}

impl Elsewhere {
    fn new() -> Self {
        let directory = TempDir::new().unwrap();
        for (name, text) in [("notes.txt", "notes"), ("log.jnl", "log"), ("7", "table")] {
            fs::write(directory.path().join(name), text).unwrap();
        }
        for language in ALL {
            fs::write(directory.path().join(language.path("secret")), language.text("secret", "use a")).unwrap();
        }
        Self { directory }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let entries = fs::read_dir(self.directory.path()).unwrap().map(|entry| entry.unwrap().path());
        entries.map(|path| (path.clone(), fs::read(path).unwrap_or_default())).collect()
    }
}

/// A tree that was built twice, so that its store has tables.
fn built_twice() -> Modules {
    let tree = Modules::new(ALL, TREE);
    tree.engine().execute().unwrap();
    tree.write_module("c", "use a");
    tree.engine().execute().unwrap();
    tree
}

/// Everything below a directory, directories too, relative to it, ascending.
fn all_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![directory.to_owned()];
    while let Some(next) = waiting.pop() {
        for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
            found.push(entry.path().strip_prefix(directory).unwrap().to_owned());
            if entry.file_type().unwrap().is_dir() {
                waiting.push(entry.path());
            }
        }
    }
    found.sort_unstable();
    found
}

fn remove(path: &Path) {
    match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path).unwrap(),
        Ok(_) => fs::remove_file(path).unwrap(),
        Err(_) => {}
    }
}

/// Builds with a cache to which this was done, with something to keep; nothing elsewhere may be another afterwards.
fn check_elsewhere(what: &str, done: impl Fn(&Path, &Elsewhere)) {
    let (tree, elsewhere) = (built_twice(), Elsewhere::new());
    done(&tree.cache(), &elsewhere);
    let before = elsewhere.contents();
    for edition in 0..2 {
        tree.write_module("b", &format!("use c\nuse p/\nlet x = {edition}"));
        assert_eq!(answer(&tree.engine().execute().unwrap()), tree.clean_answer(), "{what}");
        // Not shown where they differ: what fjall makes has megabytes.
        assert!(elsewhere.contents() == before, "{what}: something elsewhere is another");
    }
}

#[test]
fn no_link_in_the_place_of_a_part_of_the_cache_is_written_through() {
    let parts = all_below(&built_twice().cache());
    assert!(parts.iter().any(|part| part.ends_with("tables")), "{parts:?}");
    for part in parts {
        // The name of a manifest has the place of its tree in it.
        let is_manifest = part.to_str().unwrap().starts_with("manifest-");
        for target in ["", "notes.txt", "log.jnl", "new.txt"] {
            check_elsewhere(&format!("{} leads to {target:?} elsewhere", part.display()), |cache, elsewhere| {
                let part = if is_manifest {
                    let entries = all_below(cache);
                    entries.into_iter().find(|entry| entry.to_str().unwrap().starts_with("manifest-")).unwrap()
                } else {
                    part.clone()
                };
                let target =
                    if target.is_empty() { elsewhere.directory.path().to_owned() } else { elsewhere.path(target) };
                remove(&cache.join(&part));
                symlink(target, cache.join(part)).unwrap();
            });
        }
    }
}

#[test]
fn no_link_added_to_the_store_is_written_through() {
    for name in ["store-1/9.jnl", "store-1/keyspaces/7", "store-1/keyspaces/1/tables/7", "store-1/keyspaces/1/v9"] {
        for target in ["log.jnl", "new.txt"] {
            check_elsewhere(&format!("{name} leads to {target}"), |cache, elsewhere| {
                fs::create_dir_all(cache.join(name).parent().unwrap()).unwrap();
                symlink(elsewhere.path(target), cache.join(name)).unwrap();
            });
        }
    }
}

#[test]
fn a_cache_directory_of_which_only_links_are_there_is_not_written_through() {
    for name in ["CACHEDIR.TAG", ".gitignore", "store-1", "store-1.lock"] {
        check_elsewhere(name, |cache, elsewhere| {
            fs::remove_dir_all(cache).unwrap();
            fs::create_dir(cache).unwrap();
            symlink(elsewhere.path("new.txt"), cache.join(name)).unwrap();
        });
    }
}

#[test]
fn a_new_cache_directory_is_its_owners_alone() {
    let tree = built_twice();
    let mode = |path: &Path| fs::symlink_metadata(path).unwrap().permissions().mode();
    assert_eq!(mode(&tree.cache()) & 0o777, 0o700);
    for part in all_below(&tree.cache()) {
        let mode = mode(&tree.cache().join(&part));
        assert_eq!(mode & 0o6022, 0, "{} has mode {mode:o}", part.display());
    }
}

#[test]
fn a_cache_directory_that_was_there_keeps_its_permissions() {
    let tree = Modules::new(ALL, TREE);
    fs::create_dir(tree.cache()).unwrap();
    fs::set_permissions(tree.cache(), fs::Permissions::from_mode(0o750)).unwrap();
    tree.engine().execute().unwrap();
    assert_eq!(fs::metadata(tree.cache()).unwrap().permissions().mode() & 0o777, 0o750);
}

#[test]
fn links_out_of_the_root_are_not_followed_even_if_they_are_named() {
    let (tree, elsewhere) = (Modules::new(ALL, TREE), Elsewhere::new());
    symlink(elsewhere.directory.path(), tree.root().join("outside")).unwrap();
    for secret in tree.paths(&["secret"]) {
        symlink(elsewhere.path(&secret), tree.root().join(secret)).unwrap();
    }
    let mut engine = tree.engine();
    let files = tree.paths(&["a", "b", "c", "p/"]);
    assert_eq!(engine.execute().unwrap().files().collect::<Vec<_>>(), files);
    let named = tree.paths(&["outside/secret", "secret", "outside/../a"]);
    let listed = engine.execute_incremental(named.iter().map(String::as_str).chain(["outside"])).unwrap();
    assert_eq!(listed.files().collect::<Vec<_>>(), files);
}

#[test]
fn listed_paths_that_leave_the_root_are_refused_and_nothing_is_done() {
    let (tree, elsewhere) = (Modules::new(ALL, TREE), Elsewhere::new());
    let mut engine = tree.engine();
    let before = answer(&engine.execute().unwrap());
    tree.write_module("a", "use c");
    let absolute = elsewhere.path("secret.py");
    for path in ["../secret.py", "p/../../secret.py", "..", absolute.to_str().unwrap(), "/"] {
        let error =
            engine.execute_incremental(tree.paths(&["a"]).iter().map(String::as_str).chain([path])).err().expect(path);
        assert!(matches!(error, EngineError::List(_)), "{path}: {error}");
        assert_eq!(answer(&engine.last_build().unwrap()), before, "{path}");
    }
}
