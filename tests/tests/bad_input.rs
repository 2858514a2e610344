//! Whatever a tree holds, a run says what is wrong with it and does the rest.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::ffi::OsStr;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use esker_engine::api::{DiagnosticKind, EdgeKinds};
use esker_engine::{
    Build, Engine, EngineError, FileBytes, FileQuery, FileReader, Fingerprint, Inputs, OsSystem, Stage, System, Text,
};
use esker_tests::languages::{ALL, Language, Modules};
use esker_tests::{Tree, answer, engine, executed};

/// Two files that import the one that is bad, and one that it would import.
const AROUND: &str = "
//- a
use bad
use c
//- b
use bad: thing
//- c
let y = 1
";

/// These files in one language; what is bad about a file is seen with the frontend alone that has to cope with it.
fn around(language: &'static Language) -> Modules {
    Modules::new(std::slice::from_ref(language), AROUND)
}

/// The same with a module `bad` of these statements.
fn around_module(language: &'static Language, bad: &str) -> Modules {
    let tree = around(language);
    tree.write_module("bad", bad);
    tree
}

/// Every test's last word: the files around the bad one are all there, with the edges between them.
fn assert_the_rest_is_complete(build: &Build, language: Language) {
    let path = |module| language.path(module);
    assert_eq!(dependencies(build, &path("a")), [path("bad"), path("c")]);
    assert_eq!(dependencies(build, &path("b")), [path("bad")]);
    let elsewhere = build.diagnostics().find(|found| found.path != path("bad"));
    assert_eq!(elsewhere, None, "nothing is wrong with the others");
}

fn dependencies(build: &Build, path: &str) -> Vec<String> {
    let graph = build.graph();
    graph.dependencies(path, EdgeKinds::all()).into_iter().flatten().map(|edge| edge.path.to_owned()).collect()
}

/// The only diagnostic of a build.
fn only_diagnostic(build: &Build) -> (DiagnosticKind, String) {
    let mut all = build.diagnostics();
    let only = all.next().expect("there is a diagnostic").diagnostic;
    assert_eq!(all.next(), None);
    (only.kind, only.message)
}

/// Builds a tree in which `bad` is these bytes, and again in a new process's place, which must answer the same and
/// execute nothing.
fn build_with(language: &'static Language, bad: &[u8]) -> Build {
    let tree = around(language);
    tree.write(&language.path("bad"), bad);
    let build = tree.engine().execute().unwrap();
    let again = tree.engine().execute().unwrap();
    assert_nothing_executed(&again);
    assert_eq!(answer(&again), answer(&build));
    assert_the_rest_is_complete(&build, *language);
    build
}

/// A build in a new process's place found everything done, if there is a cache to find it in.
fn assert_nothing_executed(build: &Build) {
    if cfg!(feature = "cache") {
        assert_eq!(executed(build), "");
    }
}

/// A disk on which one file does not do what it should.
struct Troubled<F>(F);

impl<F: Fn(&Path) -> Option<io::Result<FileBytes>> + Send + Sync> System for Troubled<F> {
    fn read(&self, path: &Path, max_bytes: u64) -> io::Result<FileBytes> {
        (self.0)(path).unwrap_or_else(|| OsSystem.read(path, max_bytes))
    }
}

fn on(tree: &Tree, system: impl System + 'static) -> Engine {
    // On one thread: of several, one may read a file that another one's look at it is just changing.
    engine(&tree.root()).with_cache(tree.cache()).threads(1).system(system).build().unwrap()
}

#[test]
fn a_file_that_fails_to_be_read_is_reported_and_read_the_next_time() {
    for language in ALL {
        let tree = around_module(language, "use c");
        let bad = language.path("bad");
        let denied = move |path: &Path| {
            path.ends_with(language.path("bad")).then(|| Err(io::ErrorKind::PermissionDenied.into()))
        };
        let build = on(&tree, Troubled(denied)).execute().unwrap();
        assert_eq!(
            only_diagnostic(&build),
            (DiagnosticKind::Unreadable, "the file cannot be read: permission denied".to_owned())
        );
        assert_the_rest_is_complete(&build, *language);

        let again = on(&tree, Troubled(denied)).execute().unwrap();
        assert_eq!(answer(&again), answer(&build), "still unreadable, and still said");
        assert_eq!(again.details().modified, [""; 0], "nothing is known to have changed");

        let recovered = tree.engine().execute().unwrap();
        assert_eq!(answer(&recovered), tree.clean_answer());
        assert_eq!(dependencies(&recovered, &bad), [language.path("c")]);
    }
}

#[test]
fn a_file_that_becomes_unreadable_loses_its_edges_until_it_is_readable_again() {
    for language in ALL {
        let tree = around_module(language, "use c");
        let (bad, c) = (language.path("bad"), language.path("c"));
        let broken = Arc::new(AtomicUsize::new(0));
        let (switch, name) = (broken.clone(), bad.clone());
        let mut engine = on(
            &tree,
            Troubled(move |path: &Path| {
                let fails = path.ends_with(&name) && switch.load(Ordering::Relaxed) == 1;
                fails.then(|| Err(io::Error::other("bad sector")))
            }),
        );
        let before = engine.execute().unwrap();
        assert_eq!(dependencies(&before, &bad), [c]);
        broken.store(1, Ordering::Relaxed);
        tree.write_module("bad", "use c\nlet x = 1");
        let build = engine.execute().unwrap();
        assert_eq!(only_diagnostic(&build).0, DiagnosticKind::Unreadable);
        assert_eq!(dependencies(&build, &bad), [""; 0]);
        assert_the_rest_is_complete(&build, *language);
        broken.store(0, Ordering::Relaxed);
        assert_eq!(answer(&engine.execute().unwrap()), tree.clean_answer());
    }
}

/// Whether permissions mean anything to whoever runs the tests; they do not to the superuser.
fn permissions_bind(tree: &Tree) -> bool {
    tree.write("probe", "");
    let probe = tree.root().join("probe");
    fs::set_permissions(&probe, fs::Permissions::from_mode(0o000)).unwrap();
    let binds = fs::read(&probe).is_err();
    tree.remove("probe");
    binds
}

#[test]
fn a_file_or_directory_without_permissions_is_reported() {
    for language in ALL {
        let tree = around_module(language, "use c");
        tree.write_module("closed/d", "use c");
        if !permissions_bind(&tree) {
            return;
        }
        fs::set_permissions(tree.root().join(language.path("bad")), fs::Permissions::from_mode(0o000)).unwrap();
        fs::set_permissions(tree.root().join("closed"), fs::Permissions::from_mode(0o000)).unwrap();
        let build = tree.engine().execute().unwrap();
        assert_eq!(only_diagnostic(&build).0, DiagnosticKind::Unreadable);
        assert_the_rest_is_complete(&build, *language);
        let skipped: Vec<&str> = build.details().skipped.iter().map(|(path, _)| &**path).collect();
        assert_eq!(skipped, ["closed"]);
        fs::set_permissions(tree.root().join("closed"), fs::Permissions::from_mode(0o755)).unwrap();
    }
}

#[test]
fn links_that_lead_round_in_circles_are_not_followed() {
    for language in ALL {
        let tree = around_module(language, "let x = 1");
        tree.write_module("deep/er/d", "use c");
        let root = tree.root();
        let path = |module| language.path(module);
        symlink(&root, root.join("deep/er/root")).unwrap();
        symlink("..", root.join("deep/er/up")).unwrap();
        symlink("itself", root.join("itself")).unwrap();
        symlink(path("ping"), root.join(path("pong"))).unwrap();
        symlink(path("pong"), root.join(path("ping"))).unwrap();
        symlink(path("nowhere"), root.join(path("dangling"))).unwrap();
        let mut engine = tree.engine();
        let build = engine.execute().unwrap();
        assert_eq!(build.files().collect::<Vec<_>>(), ["a", "b", "bad", "c", "deep/er/d"].map(path));
        assert_the_rest_is_complete(&build, *language);
        let listed = engine
            .execute_incremental([
                "deep/er/root".to_owned(),
                path("deep/er/up/er/d"),
                "itself".to_owned(),
                path("ping"),
            ])
            .unwrap();
        assert_eq!(answer(&listed), answer(&build), "naming them makes no difference");
    }
}

#[test]
fn a_pipe_with_the_name_of_a_source_file_is_not_waited_for() {
    for language in ALL {
        let tree = around_module(language, "let x = 1");
        let pipe = language.path("pipe");
        let made = Command::new("mkfifo").arg(tree.root().join(&pipe)).status().unwrap();
        assert!(made.success());
        let mut engine = tree.engine();
        let build = engine.execute().unwrap();
        assert!(!build.has_file(&pipe));
        assert_the_rest_is_complete(&build, *language);
        let listed = engine.execute_incremental([&pipe]).unwrap();
        assert_eq!(answer(&listed), answer(&build));
    }
}

#[test]
fn a_name_that_is_not_utf_8_is_reported_and_left_out() {
    for language in ALL {
        let tree = around_module(language, "let x = 1");
        let [e, m] = ["e", "m"].map(|module| language.path(module));
        let text = language.text("e", "use a");
        let name: Vec<u8> =
            m.bytes().flat_map(|byte| if byte == b'm' { vec![byte, 0xff] } else { vec![byte] }).collect();
        let file = tree.root().join(OsStr::from_bytes(&name));
        let directory = tree.root().join(OsStr::from_bytes(b"d\xfe"));
        fs::write(&file, &text).unwrap();
        fs::create_dir(&directory).unwrap();
        fs::write(directory.join(&e), &text).unwrap();
        let mut engine = tree.engine();
        let build = engine.execute().unwrap();
        let reason = "its name is not UTF-8".to_owned();
        assert_eq!(
            build.details().skipped,
            [("d\u{fffd}".to_owned(), reason.clone()), (m.replace('m', "m\u{fffd}"), reason)]
        );
        assert_eq!(build.report().files, 4);
        assert_the_rest_is_complete(&build, *language);
        let again = tree.engine().execute().unwrap();
        assert_eq!(again.details().skipped, build.details().skipped, "and said again when nothing changed");
        let listed = engine.execute_incremental([&file, &directory, &directory.join(&e)]).unwrap();
        assert_eq!(answer(&listed), answer(&build), "naming them makes no difference");
        fs::remove_dir_all(&directory).unwrap();
        let listed = engine.execute_incremental([&directory]).unwrap();
        assert_eq!(listed.details().skipped.len(), 1, "what is gone is no longer told of");
    }
}

/// Fifty megabytes of comments with an import at the end.
fn fifty_megabytes(language: Language) -> Vec<u8> {
    let line = language.text("bad", &format!("# {}", "-".repeat(97)));
    (line.repeat(50 * 1024 * 1024 / line.len()) + &language.text("bad", "use c")).into_bytes()
}

#[test]
fn a_file_of_50_megabytes_is_left_out_with_a_diagnostic() {
    for language in ALL {
        let bytes = fifty_megabytes(*language);
        let build = build_with(language, &bytes);
        let (kind, message) = only_diagnostic(&build);
        assert_eq!(kind, DiagnosticKind::TooLarge);
        assert_eq!(message, format!("the file has {} bytes, which is more than `max-file-size` allows", bytes.len()));
        assert_eq!(dependencies(&build, &language.path("bad")), [""; 0]);
    }
}

#[test]
fn a_file_of_50_megabytes_is_analyzed_where_that_is_allowed() {
    for language in ALL {
        let tree = around(language);
        tree.write(&language.path("bad"), fifty_megabytes(*language));
        assert_eq!(tree.engine().execute().unwrap().report().files, 4);
        let raised = || engine(&tree.root()).with_cache(tree.cache()).max_file_bytes(64 << 20).build().unwrap();
        let build = raised().execute().unwrap();
        assert_eq!(build.diagnostics().next(), None);
        assert_eq!(dependencies(&build, &language.path("bad")), [language.path("c")]);
        assert_the_rest_is_complete(&build, *language);
        assert_nothing_executed(&raised().execute().unwrap());
    }
}

#[test]
fn a_binary_file_has_diagnostics_and_no_edges() {
    for language in ALL {
        let program = fs::read(std::env::current_exe().unwrap()).unwrap();
        let noise: Vec<u8> = (0..200_000_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
        let zeros = [0; 100_000];
        for bytes in [&program[..1 << 20], &noise, &zeros, b"\xff\xfe\x00\x00import c", b"\x7fELF"] {
            let build = build_with(language, bytes);
            let kinds: Vec<DiagnosticKind> = build.diagnostics().map(|found| found.diagnostic.kind).collect();
            assert!(!kinds.is_empty());
            let of_content = |kind: &DiagnosticKind| {
                matches!(kind, DiagnosticKind::Encoding | DiagnosticKind::Syntax | DiagnosticKind::TooDeep)
            };
            assert!(kinds.iter().all(of_content), "{kinds:?}");
        }
    }
}

#[test]
fn a_hundred_thousand_nested_parentheses_are_too_deep() {
    for language in ALL {
        const DEPTH: usize = 100_000;
        for bad in ["(".repeat(DEPTH) + &")".repeat(DEPTH), "(".repeat(DEPTH), "x = ".to_owned() + &"[".repeat(DEPTH)] {
            let build = build_with(language, bad.as_bytes());
            assert_eq!(only_diagnostic(&build).0, DiagnosticKind::TooDeep);
        }
    }
}

/// Constructs that nest, or go on, as often as they are repeated.
fn endless(language: Language) -> Vec<String> {
    const TIMES: usize = 100_000;
    let repeated = |text: &str| text.repeat(TIMES);
    match language {
        Language::Python => vec![
            format!("x = 1{}", repeated(" + 1")),
            format!("x = {}1", repeated("1 ** ")),
            format!("x = {}1", repeated("not ")),
            format!("x = {}1", repeated("- ")),
            format!("x{} = 1", repeated(".a")),
            format!("f{}", repeated("()")),
            format!("x = y{}", repeated("[0]")),
            format!("x = {}1", repeated("lambda: ")),
            format!("x = {}1", repeated("1 if a else ")),
            format!("x = {}1", repeated("a and ")),
            format!("x = {}1", repeated("a < ")),
            format!("{}1", repeated("x = ")),
            format!("if a: pass\n{}", repeated("elif b: pass\n")),
            format!("x = {}1", repeated("f(")),
            format!("x = {}", repeated("{1: ")),
            format!("x = {}", repeated("f'{")),
            format!("match x:\n case {}1: pass", repeated("[")),
            format!("match x:\n case {}1: pass", repeated("1 | ")),
            format!("x: {}int", repeated("list[")),
            repeated("async "),
            repeated("@a\n"),
            repeated("(yield "),
            repeated("x := "),
        ],
        Language::TypeScript => vec![
            format!("x = 1{}", repeated(" + 1")),
            format!("x = {}1", repeated("1 ** ")),
            format!("x = {}1", repeated("!")),
            format!("x = {}1", repeated("- ")),
            format!("x{} = 1", repeated(".a")),
            format!("x{}", repeated("?.a")),
            format!("f{}", repeated("()")),
            format!("x = y{}", repeated("[0]")),
            format!("x = {}1", repeated("() => ")),
            format!("x = {}1", repeated("a ? 1 : ")),
            format!("x = {}1", repeated("a && ")),
            format!("x = {}1", repeated("a < ")),
            format!("{}1", repeated("x = ")),
            format!("if (a) {{}}{}", repeated(" else if (b) {}")),
            format!("x = {}1", repeated("f(")),
            format!("x = {}", repeated("{ a: ")),
            format!("x = {}", repeated("`${")),
            format!("const {}a = 1", repeated("[")),
            format!("let x: {}1", repeated("1 | ")),
            format!("let x: {}number", repeated("Array<")),
            format!("let x: A{}", repeated("[]")),
            format!("let x: {}1", repeated("keyof ")),
            format!("x = {}1", repeated("await ")),
            repeated("@a\n"),
            repeated("a: "),
            repeated("new "),
            repeated("namespace A { "),
        ],
    }
}

#[test]
fn no_construct_repeated_a_hundred_thousand_times_harms_a_run() {
    for (language, bad) in
        ALL.iter().flat_map(|language| endless(*language).into_iter().map(move |bad| (language, bad)))
    {
        let build = build_with(language, bad.as_bytes());
        let internal = build.diagnostics().find(|found| found.diagnostic.kind == DiagnosticKind::Internal);
        assert_eq!(internal, None, "{}", &bad[..40]);
    }
}

/// How blocks begin.
fn openers(language: Language) -> &'static [&'static str] {
    match language {
        Language::Python => &["if x:", "def f():", "class C:", "try:", "with x:", "match x:"],
        Language::TypeScript => {
            &["if (x) {", "function f() {", "class C { m() {", "try {", "for (;;) {", "switch (x) { case 1:", "{"]
        }
    }
}

#[test]
fn blocks_nested_a_thousand_deep_do_not_harm_a_run() {
    for (language, opener) in
        ALL.iter().flat_map(|language| openers(*language).iter().map(move |opener| (language, opener)))
    {
        let text: String = (0..1000).map(|depth| format!("{}{opener}\n", " ".repeat(depth))).collect();
        let build = build_with(language, text.as_bytes());
        assert!(build.diagnostics().all(|found| found.diagnostic.kind != DiagnosticKind::Internal), "{opener}");
    }
}

#[test]
fn a_root_that_is_missing_or_a_file_is_an_error_that_names_it() {
    let tree = Modules::new(ALL, AROUND);
    let message = |root: &str| match Engine::builder(tree.root().join(root)).build() {
        Ok(_) => panic!("{root} is no root"),
        Err(error) => error.to_string(),
    };
    assert!(message("nowhere").contains("nowhere cannot be read: No such file or directory"), "{}", message("nowhere"));
    assert!(message("a.py").ends_with("a.py is not a directory"), "{}", message("a.py"));
}

#[test]
fn a_root_that_disappears_is_an_error_and_comes_back() {
    let tree = Modules::new(ALL, AROUND);
    let mut engine = tree.engine();
    let before = answer(&engine.execute().unwrap());
    let aside = tree.root().with_extension("aside");
    fs::rename(tree.root(), &aside).unwrap();
    assert!(matches!(engine.execute(), Err(EngineError::Root { .. })));
    fs::rename(&aside, tree.root()).unwrap();
    assert_eq!(answer(&engine.execute().unwrap()), before);
}

/// A tree whose next build has to read `a` again, which it does not look at before: `b` appeared, which `a`
/// imports, and the records are lost.
#[cfg(feature = "cache")]
fn relinked_without_records(language: &'static Language) -> Modules {
    let tree = Modules::new(std::slice::from_ref(language), "//- a\nuse b\nuse c\n//- c\nlet x = 1\n");
    // Files written as shortly before as time stamps are coarse are always looked at.
    std::thread::sleep(std::time::Duration::from_millis(50));
    tree.engine().execute().unwrap();
    fs::remove_dir_all(tree.cache().join("store-1")).unwrap();
    tree.write_module("b", "use c");
    tree
}

#[test]
fn a_file_that_changes_between_stat_and_read_is_seen_by_the_next_run_at_the_latest() {
    for language in ALL {
        let tree = around_module(language, "use c");
        let bad = language.path("bad");
        let (file, name) = (tree.root().join(&bad), bad.clone());
        let reads = AtomicUsize::new(0);
        let mut first = on(
            &tree,
            Troubled(move |path: &Path| {
                if path.ends_with(&name) && reads.fetch_add(1, Ordering::Relaxed) == 0 {
                    fs::write(&file, language.text("bad", "use a\nuse b")).unwrap();
                }
                None
            }),
        );
        let build = first.execute().unwrap();
        assert_eq!(dependencies(&build, &bad), ["a", "b"].map(|module| language.path(module)), "what was read counts");
        let next = tree.engine().execute().unwrap();
        assert_eq!(answer(&next), tree.clean_answer());
        assert_nothing_executed(&next);
    }
}

#[test]
fn a_file_that_changes_after_it_was_read_is_seen_by_the_next_run() {
    for language in ALL {
        let tree = around_module(language, "use c");
        let bad = language.path("bad");
        let (file, name) = (tree.root().join(&bad), bad.clone());
        let mut first = on(
            &tree,
            Troubled(move |path: &Path| {
                path.ends_with(&name).then(|| {
                    let bytes = OsSystem.read(path, u64::MAX);
                    // As long as before: only the time stamps can tell.
                    fs::write(&file, language.text("bad", "use a")).unwrap();
                    bytes
                })
            }),
        );
        assert_eq!(dependencies(&first.execute().unwrap(), &bad), [language.path("c")]);
        let next = tree.engine().execute().unwrap();
        assert_eq!(dependencies(&next, &bad), [language.path("a")]);
        assert_eq!(answer(&next), tree.clean_answer());
    }
}

#[cfg(feature = "cache")]
#[test]
fn a_file_that_changes_between_digest_and_parse_begins_the_run_again() {
    for language in ALL {
        let tree = relinked_without_records(language);
        let a = language.path("a");
        let (file, name) = (tree.root().join(&a), a.clone());
        let reads = AtomicUsize::new(0);
        let mut engine = on(
            &tree,
            Troubled(move |path: &Path| {
                if path.ends_with(&name) && reads.fetch_add(1, Ordering::Relaxed) == 0 {
                    fs::write(&file, language.text("a", "use c\nuse b\nlet x = 1")).unwrap();
                }
                None
            }),
        );
        let build = engine.execute().unwrap();
        assert_eq!(build.details().modified, [a]);
        assert_eq!(answer(&build), tree.clean_answer());
    }
}

#[cfg(feature = "cache")]
#[test]
fn a_file_that_never_holds_still_ends_the_run_with_an_error() {
    for language in ALL {
        let tree = relinked_without_records(language);
        let a = language.path("a");
        let reads = AtomicUsize::new(0);
        let mut engine = on(
            &tree,
            Troubled(move |path: &Path| {
                let another = || {
                    let statement = format!("let x = {}", reads.fetch_add(1, Ordering::Relaxed));
                    Ok(FileBytes::All(language.text("a", &statement).into_bytes()))
                };
                path.ends_with(&a).then(another)
            }),
        );
        let error = engine.execute().err().expect("it never holds still");
        assert!(matches!(error, EngineError::Unsteady { attempts: 4, .. }), "{error}");
        assert!(error.to_string().ends_with("changed during each of 4 attempts to analyze them"), "{error}");
        // The engine is none the worse for it, nor is what was kept.
        let build = tree.engine().execute().unwrap();
        assert_eq!(answer(&build), tree.clean_answer());
    }
}

#[cfg(feature = "cache")]
#[test]
fn a_change_that_was_not_listed_is_noticed_where_it_gets_in_the_way() {
    for language in ALL {
        let tree = relinked_without_records(language);
        tree.write_module("a", "use c\nuse b\nlet x = 1");
        let build = tree.engine().execute_incremental(tree.paths(&["b"])).unwrap();
        assert_eq!(dependencies(&build, &language.path("a")), tree.paths(&["b", "c"]));
        assert_eq!(answer(&build), tree.clean_answer());
    }
}

/// The number of bytes of a file, by a query of an embedder.
struct Length;

#[derive(Clone)]
struct LengthInputs {
    text: Text,
}

impl Inputs for LengthInputs {
    fn fingerprint(&self, into: &mut Fingerprint) {
        into.digest(self.text.digest());
    }
}

impl FileQuery for Length {
    type Inputs = LengthInputs;
    type Output = usize;
    const STAGE: Stage<LengthInputs, usize> = Stage::new("length", 1, |inputs| inputs.text.bytes().len());

    fn inputs(file: &FileReader<'_>) -> Option<LengthInputs> {
        Some(LengthInputs { text: file.text()? })
    }
}

#[test]
fn a_file_that_changes_between_a_build_and_a_query_is_built_again_first() {
    let tree = Tree::new("//- a.py\n//- b.py\nx = 1\n//- c.py\nx = 22\n");
    let mut engine = tree.engine();
    engine.execute().unwrap();
    tree.write("b.py", "x = 333\n");
    tree.remove("c.py");
    let lengths = engine.query::<Length>().unwrap().results;
    let lengths: Vec<(&str, usize)> = lengths.iter().map(|(path, length)| (&**path, *length.value())).collect();
    assert_eq!(lengths, [("a.py", 0), ("b.py", 8)]);
    assert_eq!(answer(&engine.last_build().unwrap()), tree.clean_answer());
}

#[test]
fn a_listed_path_outside_the_root_is_an_error_that_names_it() {
    let tree = Modules::new(ALL, AROUND);
    let mut engine = tree.engine();
    engine.execute().unwrap();
    let error = engine.execute_incremental(["../elsewhere.py"]).err().unwrap().to_string();
    assert!(error.starts_with("the path ../elsewhere.py is not below the root"), "{error}");
}
