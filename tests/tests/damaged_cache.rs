//! The cache is never trusted: whatever happens to it as a whole, a run answers as one without a cache does, and the
//! run after the next one has its results back. What can happen to each of its files is in `damaged_files.rs`.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use esker_tests::languages::{ALL, Modules};
use esker_tests::{Tree, answer, engine, executed};

/// In every language.
const TREE: &str = "
//- a
use b
use p/: *
//- b
use c
class Service: run(): c.x
//- c
let x = 1
//- p/
list q
//- p/q
use a
//- broken
broken
use a
";

/// How much of what an earlier run kept is at hand when the damage is met.
#[derive(Debug, Clone, Copy)]
enum Then {
    /// The manifest is as good as the damage leaves it, and a file was edited.
    EditAFile,
    /// The manifest is gone, so that everything is looked up in the store.
    LoseTheManifest,
}

/// Does damage to the cache of a tree that was built twice, so that it has more than one table of records; then checks
/// that builds answer right, and that the second of them finds what the first one kept.
fn check(what: &str, damage: impl Fn(&Path)) {
    for then in [Then::EditAFile, Then::LoseTheManifest] {
        let tree = built_twice();
        damage(&tree.cache());
        match then {
            Then::EditAFile => tree.write_module("b", "use c\nuse p/q"),
            Then::LoseTheManifest => lose_manifest(&tree),
        }
        let expected = tree.clean_answer();
        assert_eq!(answer(&tree.engine().execute().unwrap()), expected, "{what}, {then:?}");
        let next = tree.engine().execute().unwrap();
        assert_eq!(answer(&next), expected, "the next run, {what}, {then:?}");
        assert_eq!(executed(&next), "", "the next run, {what}, {then:?}");
        // Everything is looked up once more: the store itself has healed.
        lose_manifest(&tree);
        tree.engine().execute().unwrap();
        lose_manifest(&tree);
        let healed = tree.engine().execute().unwrap();
        assert_eq!(answer(&healed), expected, "{what}, {then:?}");
        assert_eq!(executed(&healed), "", "the store is mended, {what}, {then:?}");
    }
}

fn built_twice() -> Modules {
    let tree = Modules::new(ALL, TREE);
    tree.engine().execute().unwrap();
    tree.write_module("c", "use broken\nlet x = 2");
    tree.engine().execute().unwrap();
    tree
}

/// What the name of a manifest's file begins with; the rest tells trees apart.
const MANIFEST: &str = "manifest-";
/// The same of its base, which has the digest of its content in its name too.
const BASE: &str = "base-manifest-";

fn manifest(cache: &Path) -> Option<PathBuf> {
    beginning_with(cache, MANIFEST)
}

fn beginning_with(cache: &Path, prefix: &str) -> Option<PathBuf> {
    let mut paths = fs::read_dir(cache).ok()?.map(|entry| entry.unwrap().path());
    paths.find(|path| path.file_name().unwrap().to_str().unwrap().starts_with(prefix))
}

fn lose_manifest(tree: &Tree) {
    if let Some(manifest) = manifest(&tree.cache()) {
        fs::remove_file(manifest).unwrap();
    }
}

/// Every file below a directory.
fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
        if entry.path().is_dir() { found.extend(files_below(&entry.path())) } else { found.push(entry.path()) }
    }
    found.sort_unstable();
    found
}

/// A file that every cache has that was made by the same steps, by its path.
struct Kept(String);

impl Kept {
    fn all() -> Vec<Self> {
        let tree = built_twice();
        let cache = tree.cache();
        let kept = |path: PathBuf| {
            let relative = path.strip_prefix(&cache).unwrap().to_str().unwrap().to_owned();
            let named = [MANIFEST, BASE].into_iter().find(|prefix| relative.starts_with(prefix));
            Self(named.map_or(relative, str::to_owned))
        };
        files_below(&cache).into_iter().map(kept).collect()
    }

    /// Where it lies in a cache.
    fn in_cache(&self, cache: &Path) -> PathBuf {
        let named = [MANIFEST, BASE].contains(&&*self.0);
        if named { beginning_with(cache, &self.0).unwrap() } else { cache.join(&self.0) }
    }
}

/// Every part of what a run knows of the one before can be the one that is damaged, and is met when it is first read.
#[test]
fn damage_in_any_part_of_what_is_known_changes_no_answer() {
    let tree = built_twice();
    let path = beginning_with(&tree.cache(), BASE).unwrap();
    let bytes = fs::read(&path).unwrap();
    let head = manifest(&tree.cache()).unwrap();
    let head = (fs::read(&head).unwrap(), head);
    let edits = [("b", "use c\nuse p/q"), ("c", "let x = 3")];
    for (place, (module, statements)) in (0..bytes.len()).step_by(17).zip(edits.into_iter().cycle()) {
        let paths = tree.paths(&[module]);
        let before = paths.into_iter().map(|path| (fs::read(tree.root().join(&path)).unwrap(), path));
        let before: Vec<(Vec<u8>, String)> = before.collect();
        let mut damaged = bytes.clone();
        damaged[place] ^= 0x55;
        fs::write(&path, damaged).unwrap();
        fs::write(&head.1, &head.0).unwrap();
        tree.write_module(module, statements);
        // What unwinds on purpose says nothing of itself.
        let built = std::panic::catch_unwind(|| tree.engine().execute().unwrap());
        let build = built.unwrap_or_else(|_| panic!("byte {place} flipped, {module} edited: the run is not abandoned"));
        assert_eq!(answer(&build), tree.clean_answer(), "byte {place} flipped, {module} edited");
        before.into_iter().for_each(|(text, path)| tree.write(&path, text));
    }
}

/// A run that checks what it reads alone meets the damage while it is at work, or not at all.
#[test]
fn damage_that_shows_while_a_run_is_at_work_changes_no_answer() {
    let length = fs::metadata(beginning_with(&built_twice().cache(), BASE).unwrap()).unwrap().len();
    for place in (0..length).step_by(61) {
        let tree = built_twice();
        let path = beginning_with(&tree.cache(), BASE).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        if let Some(byte) = bytes.get_mut(place as usize) {
            *byte ^= 0x55;
        }
        fs::write(path, bytes).unwrap();
        tree.write_module("b", "use c\nuse p/q");
        let mut engine = engine(&tree.root()).with_cache(tree.cache()).check_what_is_read().build().unwrap();
        let build = engine.execute_incremental(tree.paths(&["b"])).unwrap();
        let clean = engine_without_cache(&tree).execute().unwrap();
        assert_eq!(build.report().diagnostics, clean.report().diagnostics, "byte {place} flipped");
        assert!(build.diagnostics().eq(clean.diagnostics()), "byte {place} flipped");
        assert_eq!(answer(&tree.engine().execute().unwrap()), tree.clean_answer(), "byte {place} flipped");
    }
}

fn engine_without_cache(tree: &Tree) -> esker_engine::Engine {
    engine(&tree.root()).build().unwrap()
}

#[test]
fn a_file_of_another_format_version_changes_no_answer() {
    check("the manifest says another format", |cache| {
        let path = manifest(cache).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        bytes[8] += 1;
        fs::write(path, bytes).unwrap();
    });
    check("the store is what another program left", |cache| {
        fs::remove_dir_all(cache.join("store-1")).unwrap();
        fs::create_dir(cache.join("store-1")).unwrap();
        fs::write(cache.join("store-1/data.mdb"), "LMDB").unwrap();
        fs::write(cache.join("store-1/version"), "FJL\x02").unwrap();
    });
}

#[test]
fn a_cache_that_is_gone_or_empty_changes_no_answer() {
    check("all removed", |cache| fs::remove_dir_all(cache).unwrap());
    check("all files removed, directories left", |cache| {
        files_below(cache).iter().for_each(|file| fs::remove_file(file).unwrap());
    });
    check("the store removed", |cache| fs::remove_dir_all(cache.join("store-1")).unwrap());
    check("the store a file", |cache| {
        fs::remove_dir_all(cache.join("store-1")).unwrap();
        fs::write(cache.join("store-1"), "a file").unwrap();
    });
}

/// Does damage that cannot be mended from inside the cache directory; results are then not kept, and nothing else
/// happens.
fn check_unmended(what: &str, damage: impl Fn(&Path)) {
    let tree = built_twice();
    damage(&tree.cache());
    for edition in 0..2 {
        tree.write_module("b", &format!("use c\nuse p/q\nlet x = {edition}"));
        let mut engine = tree.engine();
        assert_eq!(answer(&engine.execute().unwrap()), tree.clean_answer(), "{what}");
        assert_eq!(executed(&engine.execute().unwrap()), "", "{what}: the engine itself remembers");
    }
}

#[test]
fn directories_in_the_place_of_files_change_no_answer() {
    for file in Kept::all() {
        check_unmended(&format!("{} a directory", file.0), |cache| {
            let path = file.in_cache(cache);
            fs::remove_file(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            fs::create_dir_all(path.join("full")).unwrap();
        });
    }
    check_unmended("the lock a link to nowhere", |cache| {
        fs::remove_file(cache.join("store-1.lock")).unwrap();
        symlink("nowhere/at/all", cache.join("store-1.lock")).unwrap();
    });
}

/// Builds with a cache that cannot be written, edits, and builds again.
fn check_unwritable(cache: &Path) {
    let tree = Modules::new(ALL, TREE);
    let mut resident = engine(&tree.root()).with_cache(cache).build().unwrap();
    for edition in 0..2 {
        tree.write_module("b", &format!("use c\nlet x = {edition}"));
        let expected = tree.clean_answer();
        let mut fresh = engine(&tree.root()).with_cache(cache).build().unwrap();
        assert_eq!(answer(&fresh.execute().unwrap()), expected, "{}", cache.display());
        assert_eq!(answer(&resident.execute().unwrap()), expected, "{}", cache.display());
        assert_eq!(executed(&resident.execute().unwrap()), "", "the engine itself remembers");
    }
}

#[test]
fn a_cache_that_cannot_be_made_is_done_without() {
    let tree = Tree::new("//- file\n");
    check_unwritable(&tree.root().join("file/cache"));
    check_unwritable(Path::new("/proc/esker/cache"));
    check_unwritable(Path::new("/dev/null/cache"));
}

#[test]
fn a_cache_that_is_a_file_is_done_without_and_left_alone() {
    let tree = Tree::new("//- file\nkeep me\n");
    check_unwritable(&tree.root().join("file"));
    assert_eq!(fs::read_to_string(tree.root().join("file")).unwrap().trim_end(), "keep me");
}

/// Binds only where permissions do: the superuser writes anywhere.
#[test]
fn a_read_only_cache_is_read_and_not_written() {
    let tree = built_twice();
    let writable = |mode: u32| {
        let mut all = files_below(&tree.cache());
        all.extend([tree.cache().join("store-1"), tree.cache()]);
        for path in all {
            let mode = if path.is_dir() { mode | 0o111 } else { mode };
            fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    writable(0o444);
    assert_eq!(executed(&tree.engine().execute().unwrap()), "", "what is kept is of use");
    tree.write_module("b", "use c\nuse p/q");
    assert_eq!(answer(&tree.engine().execute().unwrap()), tree.clean_answer());
    writable(0o755);
    assert_eq!(answer(&tree.engine().execute().unwrap()), tree.clean_answer());
}
