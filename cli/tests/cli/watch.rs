//! `esker watch`, in real git repositories: whatever happens in one, in the end the answer is that of a clean build.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::{Duration, Instant};

use esker_tests::languages::ALL;
use serde_json::{Value, json};

use crate::repository::{InLanguage, Repository, in_all, in_each};

/// For how long something that is to happen is waited for. The machine may be busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// For how long nothing has to be told before it is taken that nothing will be.
const SILENCE: Duration = Duration::from_millis(1500);

const MODULES: &str = "
//- app/
//- app/main
use app/helpers
use lib/core
//- app/helpers
let Y = 1
//- lib/
//- lib/core
let X = 1
";

/// A repository, and an `esker watch` in it.
struct Watch<'r> {
    repository: &'r Repository,
    child: Child,
    lines: Receiver<String>,
}

impl<'r> Watch<'r> {
    /// Starts to watch with reports in JSON; the first one is there when this returns.
    fn start(repository: &'r Repository) -> Self {
        let mut watch = Self::spawn(repository, "watch --format jsonl");
        watch.report();
        watch
    }

    fn spawn(repository: &'r Repository, arguments: &str) -> Self {
        let mut command = repository.command(arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("esker can be started");
        let stdout = BufReader::new(child.stdout.take().expect("stdout is a pipe"));
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || stdout.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
        Self { repository, child, lines }
    }

    /// The next line that is told.
    #[track_caller]
    fn line(&mut self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("something is told")
    }

    /// The next report.
    #[track_caller]
    fn report(&mut self) -> Value {
        serde_json::from_str(&self.line()).expect("a line is a report")
    }

    /// All that is told until nothing more is; something is.
    #[track_caller]
    fn told(&mut self) -> Vec<Value> {
        let mut reports = vec![self.report()];
        reports.extend(self.settled());
        reports
    }

    /// Waits until nothing more is told, and returns what was, if anything.
    fn settled(&mut self) -> Vec<Value> {
        let mut reports = Vec::new();
        while let Ok(line) = self.lines.recv_timeout(SILENCE) {
            reports.push(serde_json::from_str(&line).expect("a line is a report"));
        }
        reports
    }

    /// Expects that what is kept becomes what a clean build answers, and that it was told.
    #[track_caller]
    fn comes_to_a_clean_answer(&mut self, last: &Value) {
        let clean = self.repository.esker("graph --details --no-cache").stdout;
        let deadline = Instant::now() + PATIENCE;
        loop {
            let kept = self.repository.esker("graph --details --no-refresh").stdout;
            if kept == clean {
                break;
            }
            assert!(Instant::now() < deadline, "kept:\n{kept}\nclean:\n{clean}");
            thread::sleep(Duration::from_millis(100));
        }
        let clean = self.repository.esker("build --format json --no-cache").json();
        assert_eq!((&last["files"], &last["diagnostics"]), (&clean["files"], &clean["diagnostics"]));
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(status.expect("there is kill").success());
    }

    /// Waits for the end, and returns what was told until then with what is on stderr.
    #[track_caller]
    fn end(mut self) -> (ExitStatus, String) {
        let deadline = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child can be waited for") {
                break status;
            }
            assert!(Instant::now() < deadline, "it does not end");
            thread::sleep(Duration::from_millis(20));
        };
        let mut stderr = String::new();
        self.child.stderr.take().expect("stderr is a pipe").read_to_string(&mut stderr).expect("it is text");
        let root = self.repository.tree.root();
        (status, stderr.replace(root.to_str().expect("it is UTF-8"), "[ROOT]"))
    }

    /// Expects that Ctrl-C ends it without a word.
    #[track_caller]
    fn ends_quietly(self) {
        self.signal("INT");
        let (status, stderr) = self.end();
        assert_eq!((status.code(), &*stderr), (Some(0), ""));
    }
}

impl Drop for Watch<'_> {
    fn drop(&mut self) {
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn git(repository: &Repository, arguments: &str) {
    let mut command = Command::new("git");
    command.args(["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]);
    let output = command.args(arguments.split_whitespace()).current_dir(repository.tree.root()).output();
    let output = output.expect("there is git");
    assert!(output.status.success(), "git {arguments}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A git repository of these modules in every language, with everything committed.
fn committed() -> Repository {
    let repository = in_all(MODULES);
    repository.tree.write(".gitignore", "ignored/\n");
    commit(&repository);
    repository
}

/// How many files so many modules are.
fn files(modules: usize) -> usize {
    modules * ALL.len()
}

/// Puts all that there is under git.
fn commit(repository: &Repository) {
    git(repository, "init -q -b main");
    git(repository, "add -A");
    git(repository, "commit -q -m first");
}

#[test]
fn each_change_is_told_in_a_line() {
    in_each(MODULES, check_lines);
}

fn check_lines(of: &InLanguage) {
    let repository = &of.repository;
    commit(repository);
    let mut watch = Watch::spawn(repository, "watch");
    let untimed = |line: String| {
        let root = repository.tree.root();
        let line = line.replace(root.to_str().expect("it is UTF-8"), "[ROOT]");
        let time =
            line.rfind("ms)").map(|end| line[..end].rfind(['(', ',']).expect("the time stands in brackets")..end);
        time.map_or(line.clone(), |time| format!("{}(…{}", &line[..time.start], &line[time.end + 2..]))
    };
    let core = of.path("lib/core");
    assert_eq!(untimed(watch.line()), "watching 5 files in [ROOT] (5 added(…)");
    of.write("lib/core", "let X = 2");
    assert_eq!(
        untimed(watch.line()),
        format!("1 modified ({core}); 2 affected; executed ir 1, exports 1, resolution 1 (…)")
    );
    of.write("lib/core", "use app/main\nuse lib/gone");
    assert_eq!(
        untimed(watch.line()),
        format!(
            "1 modified ({core}); 2 affected; executed ir 1, edges 1, exports 1, resolution 1; \
             unresolved imports 0 → 1; import cycles 0 → 1 (…)"
        )
    );
    watch.ends_quietly();
}

#[test]
fn only_what_a_change_causes_is_executed_and_what_is_not_a_source_is_not_told() {
    in_each(MODULES, check_causes);
}

fn check_causes(of: &InLanguage) {
    let repository = &of.repository;
    repository.tree.write(".gitignore", "ignored/\n");
    commit(repository);
    let mut watch = Watch::start(repository);
    of.write("app/helpers", "let Y = 1\n# a comment");
    let report = watch.report();
    assert_eq!(report["changed"], json!({"added": 0, "modified": 1, "removed": 0}));
    assert_eq!(report["executed"], json!({"ir": 1, "edges": 0, "exports": 1, "resolution": 1}));
    repository.tree.write("notes.txt", "nothing");
    of.write("ignored/a", "use app/main");
    of.write("app/helpers", "let Y = 1\n# a comment");
    assert_eq!(watch.settled(), Vec::<Value>::new());
    watch.comes_to_a_clean_answer(&report);
    watch.ends_quietly();
}

#[test]
fn a_switch_of_branches_is_followed_there_and_back() {
    let repository = committed();
    git(&repository, "checkout -q -b other");
    fs::remove_dir_all(repository.tree.root().join("lib")).unwrap();
    repository.tree.write_module("lib", "let core = 1");
    (0..150).for_each(|number| repository.tree.write_module(&format!("many/m{number}"), "use app/main"));
    git(&repository, "add -A");
    git(&repository, "commit -q -m second");
    git(&repository, "checkout -q main");

    let mut watch = Watch::start(&repository);
    for (branch, modules) in [("other", 154), ("main", 5), ("other", 154)] {
        git(&repository, &format!("checkout -q {branch}"));
        let reports = watch.told();
        let last = reports.last().unwrap();
        assert_eq!(last["files"], files(modules));
        watch.comes_to_a_clean_answer(last);
    }
    watch.ends_quietly();
}

#[test]
fn directories_that_go_and_come_again_are_watched_again() {
    let repository = committed();
    let mut watch = Watch::start(&repository);
    let library = repository.tree.root().join("lib");
    fs::remove_dir_all(&library).unwrap();
    assert_eq!(watch.told().last().unwrap()["files"], files(3));
    repository.tree.write_module("lib/deep/er/core", "let X = 1");
    assert_eq!(watch.told().last().unwrap()["files"], files(4));
    repository.tree.write_module("lib/deep/er/core", "use app/main");
    assert_eq!(counted(&watch.told(), "modified"), files(1));
    fs::rename(&library, repository.tree.root().join("moved")).unwrap();
    let reports = watch.told();
    assert_eq!(["added", "modified", "removed"].map(|what| counted(&reports, what)), [files(1), 0, files(1)]);
    repository.tree.write_module("moved/deep/er/core", "use app/helpers");
    let reports = watch.told();
    assert_eq!(["added", "modified", "removed"].map(|what| counted(&reports, what)), [0, files(1), 0]);
    watch.comes_to_a_clean_answer(reports.last().unwrap());
    watch.ends_quietly();
}

/// How many files were added, modified or removed in the course of these builds.
fn counted(reports: &[Value], what: &str) -> usize {
    reports.iter().map(|report| report["changed"][what].as_u64().unwrap() as usize).sum()
}

#[test]
fn ten_thousand_files_at_once_are_a_few_builds() {
    let repository = committed();
    let mut watch = Watch::start(&repository);
    for number in 0..10_000 {
        write_one(&repository, number, "use lib/core");
    }
    let reports = watch.settled_within(10_000 + files(5));
    assert!(reports.len() <= 30, "{} builds", reports.len());
    watch.comes_to_a_clean_answer(reports.last().unwrap());
    // Those of all hundred directories are watched.
    for number in [99, 199] {
        write_one(&repository, number, "use app/main");
        assert_eq!(watch.report()["changed"]["modified"], 1);
    }
    fs::remove_dir_all(repository.tree.root().join("big")).unwrap();
    let reports = watch.settled_within(files(5));
    watch.comes_to_a_clean_answer(reports.last().unwrap());
    watch.ends_quietly();
}

/// Writes one of many files in a hundred directories, each hundred in another language.
fn write_one(repository: &Repository, number: usize, statements: &str) {
    let language = ALL[number / 100 % ALL.len()];
    let module = format!("big/d{}/m{number}", number % 100);
    repository.tree.write(&language.path(&module), language.text(&module, statements));
}

impl Watch<'_> {
    /// All that is told until there are this many files.
    #[track_caller]
    fn settled_within(&mut self, files: usize) -> Vec<Value> {
        let mut reports = Vec::new();
        loop {
            let report = self.report();
            let done = report["files"] == files;
            reports.push(report);
            if done {
                reports.extend(self.settled());
                return reports;
            }
        }
    }
}

#[test]
fn edits_while_it_builds_are_not_lost() {
    let repository = committed();
    (0..200).for_each(|number| write_one(&repository, number, "use app/main"));
    let mut watch = Watch::start(&repository);
    for round in 0..60 {
        for number in (round % 7..200).step_by(7) {
            write_one(&repository, number as usize, &format!("use lib/core\nlet X = {round}"));
        }
        thread::sleep(Duration::from_millis(round % 40));
    }
    let reports = watch.told();
    watch.comes_to_a_clean_answer(reports.last().unwrap());
    watch.ends_quietly();
}

#[test]
fn ignore_files_and_the_configuration_are_obeyed_at_once() {
    let repository = committed();
    let mut watch = Watch::start(&repository);
    let mut left = |path: &str, text: &str| {
        repository.tree.write(path, text);
        watch.told().last().unwrap()["files"].clone()
    };
    assert_eq!(left(".gitignore", "lib/\n"), files(3));
    repository.tree.write_module("lib/new", "");
    assert_eq!(left(".gitignore", ""), files(6));
    assert_eq!(left(".git/info/exclude", "lib/new.py\n"), files(6) - 1);
    assert_eq!(left(".git/info/exclude", "lib/new.py\nlib/new.ts\n"), files(5));
    assert_eq!(left("esker.toml", "exclude = [\"app\"]\n"), files(2));
    // While it cannot be read nothing is built.
    repository.tree.write("esker.toml", "exclude = [\n");
    assert_eq!(watch.settled(), Vec::<Value>::new());
    repository.tree.write_module("lib/other", "");
    assert_eq!(watch.settled(), Vec::<Value>::new());
    repository.tree.write("esker.toml", "\n");
    assert_eq!(watch.told().last().unwrap()["files"], files(6));
    watch.signal("TERM");
    let (status, stderr) = watch.end();
    assert_eq!(status.code(), Some(0));
    assert!(stderr.starts_with("error: unclosed array, expected `]`\n --> [ROOT]/esker.toml:1:12\n"), "{stderr}");
}

#[test]
fn it_ends_with_its_root() {
    let repository = committed();
    let mut watch = Watch::start(&repository);
    // Until it has kept the first build: no file is to appear where all are being removed.
    watch.settled();
    fs::remove_dir_all(repository.tree.root()).unwrap();
    let (status, stderr) = watch.end();
    assert_eq!((status.code(), &*stderr), (Some(2), "error: the root [ROOT] is gone\n"));
    assert!(!repository.tree.root().exists());
}

#[test]
fn a_cache_that_is_cleared_is_made_anew_and_one_that_cannot_be_written_is_told_once() {
    let repository = committed();
    let mut watch = Watch::start(&repository);
    watch.settled();
    repository.esker("cache clear");
    repository.tree.write_module("lib/core", "use app/main");
    let reports = watch.told();
    watch.comes_to_a_clean_answer(reports.last().unwrap());
    watch.ends_quietly();

    let mut watch = Watch::spawn(&repository, "watch --format jsonl --cache-dir lib/core.py/cache");
    watch.report();
    for statements in ["use app/main\nlet X = 1", "use app/main\nlet X = 2"] {
        repository.tree.write_module("lib/core", statements);
        assert_eq!(counted(&watch.told(), "modified"), files(1));
    }
    watch.signal("INT");
    let (status, stderr) = watch.end();
    assert_eq!(status.code(), Some(0));
    assert_eq!(stderr.matches("warning: results are not kept").count(), 1, "{stderr}");
}

#[test]
fn when_it_is_killed_before_it_kept_its_results_a_list_of_changes_is_not_trusted() {
    in_each(MODULES, check_a_killed_one);
}

fn check_a_killed_one(of: &InLanguage) {
    let repository = &of.repository;
    commit(repository);
    let mut watch = Watch::start(repository);
    of.write("lib/core", "use app/main");
    watch.report();
    watch.signal("KILL");
    assert_eq!(watch.end().0.code(), None);
    // Which is all that changed since what the watch told last, but not since what it kept.
    of.write("app/helpers", "use lib/");
    of.esker("build --changed {app/helpers}");
    assert_eq!(of.esker("graph --no-refresh").stdout, of.esker("graph --no-cache").stdout);
}

#[test]
fn it_ends_when_nobody_reads_and_refuses_what_makes_no_sense() {
    let repository = committed();
    let mut command = repository.command("watch --format jsonl");
    let mut child = command.stdout(Stdio::piped()).spawn().expect("esker can be started");
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut String::new()).unwrap();
    drop(stdout);
    repository.tree.write_module("lib/core", "let X = 3");
    assert_eq!(child.wait().unwrap().code(), Some(0));
    repository.esker("watch -o report.json").fails(
        "
error: `esker watch` has no single answer to write to a file
  hint: leave out -o
",
    );
    repository
        .esker("watch --no-refresh")
        .fails("error: --no-refresh makes no sense here: to refresh is what `esker watch` does");
}
