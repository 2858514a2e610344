//! The walk on small trees, and on random ones against the rules asked path by path.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;

const TAG: &str = "Signature: 8a477f597d28d172789f06886806bc55\n# a cache\n";

/// Python files are sources, `settings.x` is a settings file, and `.res` files are resources.
fn class_of(path: &str) -> Option<FileClass> {
    match path.rsplit('/').next().unwrap_or(path).rsplit_once('.')? {
        (_, "py") => Some(FileClass::Code),
        (_, "res") => Some(FileClass::Resource),
        ("settings", "x") => Some(FileClass::Settings),
        _ => None,
    }
}

fn options(root: &Path) -> WalkOptions<'_> {
    WalkOptions {
        root,
        threads: 2,
        respect_gitignore: true,
        include: &[],
        exclude: &[],
        class_of: &class_of,
        resource_marks: &["settings.x"],
    }
}

/// Writes files; a path that ends with `/` is a directory.
fn tree(files: &[(&str, &str)]) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    for (path, text) in files {
        write(directory.path(), path, text);
    }
    directory
}

fn write(root: &Path, path: &str, text: &str) {
    let file = root.join(path);
    if path.ends_with('/') {
        fs::create_dir_all(file).unwrap();
    } else {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
}

fn paths(walk: &Walk) -> Vec<&str> {
    walk.files.iter().map(|file| &*file.path).collect()
}

#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    check_with(files, &[], &[], expected);
}

#[track_caller]
fn check_with(files: &[(&str, &str)], include: &[&str], exclude: &[&str], expected: &[&str]) {
    let directory = tree(files);
    let owned = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>();
    let (include, exclude) = (owned(include), owned(exclude));
    let options = WalkOptions { include: &include, exclude: &exclude, ..options(directory.path()) };
    let walk = walk(&options).unwrap();
    assert_eq!(paths(&walk), expected);
    assert_eq!(walk.skipped, []);
    let rules = Rules::new(&options).unwrap();
    for (path, _) in files {
        assert_eq!(rules.admits(path), expected.contains(path), "{path}");
    }
}

#[test]
fn paths_ascend_by_bytes_across_directories() {
    check(
        &[
            ("a/x.py", ""),
            ("a.py", ""),
            ("a-b.py", ""),
            ("a/b/c.py", ""),
            ("a/b.py", ""),
            ("ab/x.py", ""),
            ("b.txt", ""),
        ],
        &["a-b.py", "a.py", "a/b.py", "a/b/c.py", "a/x.py", "ab/x.py"],
    );
}

#[test]
fn resources_count_below_a_settings_file_that_says_so() {
    check(
        &[("a.res", ""), ("b/c/d.res", ""), ("b/e.res", ""), ("b/settings.x", ""), ("f/g.res", ""), ("f/x.x", "")],
        &["b/c/d.res", "b/e.res", "b/settings.x"],
    );
    check(&[("a/b.res", ""), ("settings.x", "")], &["a/b.res", "settings.x"]);
}

#[test]
fn an_empty_root_has_no_files() {
    check(&[], &[]);
}

#[test]
fn caches_environments_and_package_directories_are_not_walked() {
    check(
        &[
            (".git/hook.py", ""),
            ("node_modules/p/gyp.py", ""),
            ("a/__pycache__/b.py", ""),
            ("cache/CACHEDIR.TAG", TAG),
            ("cache/x.py", ""),
            ("not_a_cache/CACHEDIR.TAG", "Signature: 0"),
            ("not_a_cache/x.py", ""),
            ("env/pyvenv.cfg", ""),
            ("env/lib/x.py", ""),
        ],
        &["not_a_cache/x.py"],
    );
}

#[test]
fn the_root_is_walked_whatever_it_is() {
    check(&[("pyvenv.cfg", ""), ("CACHEDIR.TAG", TAG), ("a.py", "")], &["a.py"]);
}

#[test]
fn hidden_entries_need_an_include_that_names_them() {
    let files = [(".ci/a.py", ""), (".b.py", ""), ("c.py", ""), (".d/e.py", "")];
    check(&files, &["c.py"]);
    check_with(&files, &["*.py", ".ci"], &[], &[".ci/a.py", "c.py"]);
    check_with(&files, &["/.d/**", "**/.?.py"], &[], &[".b.py", ".d/e.py"]);
}

#[test]
fn include_keeps_what_it_matches_and_what_lies_below() {
    let files = [("src/a.py", ""), ("src/t/b.py", ""), ("tests/c.py", ""), ("d.py", "")];
    check_with(&files, &["src"], &[], &["src/a.py", "src/t/b.py"]);
    check_with(&files, &["/src/*.py", "d.*"], &[], &["d.py", "src/a.py"]);
    check_with(&files, &["src", "!src/t"], &[], &["src/a.py"]);
    check_with(&files, &["*.py"], &["t"], &["d.py", "src/a.py", "tests/c.py"]);
}

#[test]
fn exclude_prunes() {
    let files = [("a/b/c.py", ""), ("a/d.py", ""), ("b/e.py", ""), ("f.py", "")];
    check_with(&files, &[], &["b/"], &["a/d.py", "f.py"]);
    check_with(&files, &[], &["/b", "f.py"], &["a/b/c.py", "a/d.py"]);
    check_with(&files, &[], &["*.py", "!f.py"], &["f.py"]);
}

#[test]
fn a_glob_that_is_none_is_an_error() {
    let directory = tree(&[]);
    let globs = ["a[".to_owned()];
    let outcome = walk(&WalkOptions { exclude: &globs, ..options(directory.path()) });
    assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::InvalidInput);
}

#[test]
fn gitignore_counts_in_a_repository_only() {
    check(&[(".gitignore", "a.py"), ("a.py", ""), ("b.py", "")], &["a.py", "b.py"]);
    check(&[(".git/", ""), (".gitignore", "a.py"), ("a.py", ""), ("b.py", "")], &["b.py"]);
    check(&[(".ignore", "a.py"), ("a.py", ""), ("b.py", "")], &["b.py"]);
}

#[test]
fn the_nearest_ignore_file_wins() {
    check(
        &[
            (".git/", ""),
            (".gitignore", "\u{feff}*.py\n!keep.py\r\nbuild/"),
            ("a/.gitignore", "!a.py"),
            ("a/a.py", ""),
            ("a/b.py", ""),
            ("a/c/a.py", ""),
            ("build/keep.py", ""),
            ("keep.py", ""),
        ],
        &["a/a.py", "a/c/a.py", "keep.py"],
    );
}

#[test]
fn dot_ignore_outranks_gitignore_and_that_info_exclude() {
    check(
        &[
            (".git/info/exclude", "*.py"),
            (".gitignore", "!a.py\n!c.py\nb.py"),
            (".ignore", "!b.py\nc.py"),
            ("a.py", ""),
            ("b.py", ""),
            ("c.py", ""),
            ("d.py", ""),
        ],
        &["a.py", "b.py"],
    );
}

#[test]
fn a_repository_inside_a_repository_begins_anew() {
    check(
        &[
            (".git/", ""),
            (".gitignore", "a.py"),
            ("sub/.git", "gitdir: ../.git/modules/sub"),
            (".git/modules/sub/info/exclude", "b.py"),
            ("sub/a.py", ""),
            ("sub/b.py", ""),
            ("a.py", ""),
        ],
        &["sub/a.py"],
    );
}

#[test]
fn a_linked_worktree_obeys_the_excludes_of_its_repository() {
    let directory = tree(&[
        ("main/.git/info/exclude", "a.py"),
        ("main/.git/worktrees/w/commondir", "../..\n"),
        ("w/.git", "gitdir: ../main/.git/worktrees/w\n"),
        ("w/a.py", ""),
        ("w/b.py", ""),
    ]);
    let root = directory.path().join("w");
    assert_eq!(paths(&walk(&options(&root)).unwrap()), ["b.py"]);
}

#[test]
fn ignore_files_above_the_root_count_up_to_the_repository() {
    let directory = tree(&[
        (".ignore", "*"),
        ("r/.git/info/exclude", "d.py"),
        ("r/.gitignore", "/p/q/a.py"),
        ("r/p/.ignore", "q/b.py"),
        ("r/p/q/a.py", ""),
        ("r/p/q/b.py", ""),
        ("r/p/q/c.py", ""),
        ("r/p/q/d.py", ""),
        ("r/p/q/p/q/a.py", ""),
    ]);
    let root = directory.path().join("r/p/q");
    let options = options(&root);
    assert_eq!(paths(&walk(&options).unwrap()), ["c.py", "p/q/a.py"]);
    let rules = Rules::new(&options).unwrap();
    assert!(rules.admits("c.py") && !rules.admits("a.py") && !rules.admits("b.py") && !rules.admits("d.py"));
    let all = walk(&WalkOptions { respect_gitignore: false, ..options }).unwrap();
    assert_eq!(paths(&all), ["a.py", "b.py", "c.py", "d.py", "p/q/a.py"]);
}

#[test]
fn symbolic_links_are_not_followed() {
    let directory = tree(&[("out/x.py", ""), ("root/a/b.py", "")]);
    let root = directory.path().join("root");
    symlink("..", root.join("a/loop")).unwrap();
    symlink(directory.path().join("out"), root.join("out")).unwrap();
    symlink("a/b.py", root.join("c.py")).unwrap();
    let found = walk(&options(&root)).unwrap();
    assert_eq!((paths(&found), found.symlinks), (vec!["a/b.py"], 3));
    let rules = Rules::new(&options(&root)).unwrap();
    assert!(!rules.admits("out/x.py"));
    assert!(!rules.admits("a/loop/a/b.py"));
    assert_eq!(stat_one(&root, "c.py").unwrap(), None);
    assert_eq!(stat_one(&root, "a").unwrap(), None);
    assert_eq!(stat_one(&root, "a/z.py").unwrap(), None);
    assert_eq!(stat_one(&root, "a/b.py/z.py").unwrap(), None);
    assert_eq!(stat_one(&root, "a/b.py").unwrap(), Some(found.files[0].stat));
    // The root itself may be a link.
    symlink("root", directory.path().join("link")).unwrap();
    let link = directory.path().join("link");
    assert_eq!(walk(&options(&link)).unwrap(), found);
}

#[test]
fn a_listed_path_that_leads_elsewhere_is_not_admitted() {
    let directory = tree(&[("a/b.py", "")]);
    let rules = Rules::new(&options(directory.path())).unwrap();
    for path in ["", ".", "..", "/a/b.py", "a//b.py", "a/../a/b.py", "./a/b.py", "../b.py", "a/", "a/.", "a/.."] {
        assert!(!rules.admits(path), "{path}");
    }
    assert!(rules.admits("a/b.py"));
    // A file that is gone, its directory with it, is judged by its name.
    assert!(rules.admits("gone/b.py"));
    assert!(!rules.admits("node_modules/b.py"));
}

#[test]
fn names_that_are_not_utf8_are_recorded_if_they_matter() {
    let directory = tree(&[("a.py", "")]);
    let name = |bytes| directory.path().join(std::ffi::OsStr::from_bytes(bytes));
    fs::write(name(b"\xff.py"), "").unwrap();
    fs::write(name(b"\xff.txt"), "").unwrap();
    fs::create_dir(name(b"d\xff")).unwrap();
    let found = walk(&options(directory.path())).unwrap();
    assert_eq!(paths(&found), ["a.py"]);
    let skipped: Vec<&str> = found.skipped.iter().map(|skipped| &*skipped.path).collect();
    assert_eq!(skipped, ["d\u{fffd}", "\u{fffd}.py"]);
}

#[test]
fn an_unreadable_directory_is_recorded_and_the_rest_goes_on() {
    let directory = tree(&[("a/x.py", ""), ("b.py", "")]);
    let closed = directory.path().join("a");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    // Permissions do not bind everyone.
    let readable = fs::read_dir(&closed).is_ok();
    let found = walk(&options(directory.path())).unwrap();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
    if readable {
        assert_eq!(paths(&found), ["a/x.py", "b.py"]);
    } else {
        assert_eq!(paths(&found), ["b.py"]);
        assert_eq!(found.skipped, [Skipped { path: "a".to_owned(), reason: "permission denied".to_owned() }]);
    }
}

#[test]
fn a_root_that_is_not_there_is_an_error() {
    let directory = tree(&[("a.py", "")]);
    let kind = |path: &str| walk(&options(&directory.path().join(path))).unwrap_err().kind();
    assert_eq!(kind("b"), io::ErrorKind::NotFound);
    assert_eq!(kind("a.py"), io::ErrorKind::NotADirectory);
}

#[test]
fn a_deep_and_a_wide_tree_are_walked_whole() {
    let directory = tree(&[]);
    let deep = "d/".repeat(1_000);
    write(directory.path(), &format!("{deep}x.py"), "");
    for number in 0..300 {
        write(directory.path(), &format!("w/{number}/x.py"), "");
    }
    let found = walk(&options(directory.path())).unwrap();
    assert_eq!(found.files.len(), 301);
    assert!(found.files.is_sorted_by(|left, right| left.path < right.path));
}

#[test]
fn a_panic_while_judging_ends_the_walk_and_hangs_nothing() {
    let names: Vec<String> = (0..200).map(|number| format!("{number}/x{number}.py")).collect();
    let directory = tree(&names.iter().map(|name| (&**name, "")).collect::<Vec<_>>());
    let class_of = |name: &str| {
        if name == "x150.py" { panic!("a fault of the test") } else { Some(FileClass::Code) }
    };
    let outcome = std::panic::catch_unwind(|| walk(&WalkOptions { class_of: &class_of, ..options(directory.path()) }));
    assert!(outcome.is_err());
}

/// What a random tree may hold.
#[derive(Debug, Clone)]
enum Node {
    Text(String, &'static str),
    Link(String, &'static str),
}

fn directory_path() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec!["a", "b", "build", ".h", "s.d"]);
    prop::collection::vec(name, 0..4).prop_map(|names| names.iter().map(|name| format!("{name}/")).collect())
}

fn patterns() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "*.py\n!x.py",
        "build/",
        "/a",
        "a/b",
        "!a/b",
        "**/y.py",
        "a/**\n!a/x.py",
        "b/*",
        "!y.py\n!.h",
        "x.py/",
        "/build/*.py\n[ab]/",
        "# none\n\n\\!x.py",
        "*\n!*/\n!x.py",
        "a/**/x.py",
    ])
}

fn node() -> impl Strategy<Value = Node> {
    let file = prop::sample::select(vec!["x.py", "y.py", "a.py", "a-b.py", ".z.py", "n.txt"]);
    let rule_file = prop::sample::select(vec![".gitignore", ".ignore", ".git/info/exclude"]);
    let mark = prop::sample::select(vec![("CACHEDIR.TAG", TAG), ("pyvenv.cfg", ""), (".git", "gitdir: nowhere")]);
    let link = prop::sample::select(vec![("l", "."), ("l.py", "x.py"), ("l", "../a")]);
    prop_oneof![
        8 => (directory_path(), file).prop_map(|(path, name)| Node::Text(path + name, "")),
        4 => (directory_path(), rule_file, patterns()).prop_map(|(path, name, text)| Node::Text(path + name, text)),
        1 => (directory_path(), mark).prop_map(|(path, (name, text))| Node::Text(path + name, text)),
        1 => (directory_path(), link).prop_map(|(path, (name, target))| Node::Link(path + name, target)),
    ]
}

/// Builds what can be built: a node in the way of another one stays.
fn grow(root: &Path, nodes: &[Node]) {
    for node in nodes {
        let (Node::Text(path, _) | Node::Link(path, _)) = node;
        let path = root.join(path);
        if fs::create_dir_all(path.parent().unwrap()).is_err() {
            continue;
        }
        _ = match node {
            Node::Text(_, text) => fs::write(path, text),
            Node::Link(_, target) => symlink(target, path),
        };
    }
}

/// Everything under a directory, and some of what lies behind its links.
fn everything(root: &Path, below: &str, depth: usize, found: &mut BTreeSet<String>) {
    let Ok(entries) = fs::read_dir(root.join(below)) else { return };
    for entry in entries.flatten() {
        let path = format!("{below}{}", entry.file_name().to_str().unwrap());
        if depth < 4 {
            everything(root, &format!("{path}/"), depth + 1, found);
        }
        found.insert(path);
    }
}

fn globs() -> impl Strategy<Value = Vec<String>> {
    let glob = prop::sample::select(vec!["a", "*.py", "/b/**", "build/", "!x.py", ".h", "a/*/x.py", "**/.z.py"]);
    prop_oneof![Just(Vec::new()), prop::collection::vec(glob.prop_map(str::to_owned), 1..3)]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn a_path_is_admitted_exactly_if_a_walk_finds_it(
        nodes in prop::collection::vec(node(), 1..40),
        above in prop::sample::select(vec!["", "a/", "a/b/"]),
        in_repository: bool,
        respect_gitignore in prop::bool::weighted(0.8),
        include in globs(),
        exclude in globs(),
    ) {
        let directory = tree(&[]);
        if in_repository {
            write(directory.path(), ".git/", "");
        }
        grow(directory.path(), &nodes);
        let root = directory.path().join(above);
        prop_assume!(fs::create_dir_all(&root).is_ok());
        let options =
            WalkOptions { respect_gitignore, include: &include, exclude: &exclude, ..options(&root) };
        let found = walk(&WalkOptions { threads: 1, ..options }).unwrap();
        prop_assert!(found.files.is_sorted_by(|left, right| left.path < right.path));
        prop_assert_eq!(&walk(&WalkOptions { threads: 4, ..options }).unwrap(), &found);

        let rules = Rules::new(&options).unwrap();
        let mut all = BTreeSet::new();
        everything(&root, "", 0, &mut all);
        for path in &all {
            let stat = found.files.iter().find(|file| file.path == *path).map(|file| file.stat);
            let listed = if rules.admits(path) { stat_one(&root, path).unwrap() } else { None };
            prop_assert_eq!(listed, stat, "{}", path);
        }
        for below in all.iter().filter(|path| root.join(path).is_dir()).take(12) {
            let inside = format!("{below}/");
            let expected: Vec<&FoundFile> = found.files.iter().filter(|file| file.path.starts_with(&inside)).collect();
            let below = walk_below(&Rules::new(&options).unwrap(), below).unwrap();
            prop_assert_eq!(below.files.iter().collect::<Vec<_>>(), expected);
        }
    }
}
