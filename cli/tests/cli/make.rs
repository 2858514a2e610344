//! `--depfile`, `--stamp` and the jobserver, with make itself.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use esker_tests::languages::{ALL, Language};

use crate::repository::{InLanguage, Repository, in_each};

/// Tells by a line in `log` that esker ran, and makes what depends on its results.
const MAKEFILE: &str = "
//- Makefile
all: out/report
out/report: out/results.stamp
	echo report >> log; touch $@
out/results.stamp:
	echo esker >> log; $(ESKER) build -q --depfile out/results.d --stamp $@
-include out/results.d
//- out/README
//- .git/HEAD
//- .gitignore
out/
";

struct Makefile {
    repository: Repository,
}

impl Makefile {
    fn new(fixture: &str) -> Self {
        Self::of(Repository::new(&format!("{MAKEFILE}{fixture}")))
    }

    /// One of these modules in every language.
    fn of_modules(fixture: &str) -> Self {
        let repository = Repository::new(MAKEFILE);
        for file in fixture.split("//- ").skip(1) {
            let (module, statements) = file.split_once('\n').unwrap_or((file, ""));
            repository.tree.write_module(module, statements);
        }
        Self::of(repository)
    }

    fn of(repository: Repository) -> Self {
        let made = Self { repository };
        made.let_time_pass();
        made
    }

    /// Moves all that there is into the past, so that what is written next is newer by any clock.
    fn let_time_pass(&self) {
        fn back(path: &Path) {
            if path.is_dir() {
                fs::read_dir(path).unwrap().for_each(|entry| back(&entry.unwrap().path()));
            }
            let file = File::open(path).unwrap();
            let modified: SystemTime = file.metadata().unwrap().modified().unwrap();
            file.set_modified(modified - Duration::from_secs(100)).unwrap();
        }
        back(&self.repository.tree.root());
    }

    /// Runs make and returns what was made, in order.
    #[track_caller]
    fn make(&self) -> Vec<String> {
        // The log is no part of the tree: it would make the root newer.
        let log = self.repository.tree.cache();
        fs::write(&log, "").unwrap();
        let mut make = make(&self.repository);
        let makefile = fs::read_to_string(self.repository.tree.root().join("Makefile")).unwrap();
        let ran = self.repository.run(
            {
                make.arg("-f").arg("-");
                make
            },
            &makefile.replace(">> log", &format!(">> '{}'", log.display())),
        );
        assert_eq!(ran.code, Some(0), "{}{}", ran.stdout, ran.stderr);
        fs::read_to_string(&log).unwrap().lines().map(String::from).collect()
    }
}

/// Make with nothing of the environment that the tests may run in.
fn make(repository: &Repository) -> Command {
    let esker = repository.command("");
    let mut make = Command::new("make");
    make.current_dir(repository.tree.root()).env("ESKER", esker.get_program());
    for variable in esker.get_envs().filter(|(_, value)| value.is_none()).map(|(variable, _)| variable) {
        make.env_remove(variable);
    }
    make.env_remove("MAKELEVEL").env_remove("MFLAGS");
    make
}

#[test]
fn make_runs_esker_for_changes_and_what_depends_on_it_for_results() {
    for language in ALL {
        check_make(*language);
    }
}

/// Changes of files in one language, where all are in both.
fn check_make(language: Language) {
    let made = Makefile::of_modules("//- a\nuse p/b\n//- p/\n//- p/b\nlet X = 1\n# a comment\n");
    let tree = &made.repository.tree;
    let write = |module: &str, statements: &str| tree.write(&language.path(module), language.text(module, statements));
    assert_eq!(made.make(), ["esker", "report"]);
    assert_eq!(made.make(), Vec::<String>::new());
    made.let_time_pass();
    // The same results from another text.
    write("p/b", "let X = 1\n# b comment");
    assert_eq!(made.make(), ["esker"]);
    made.let_time_pass();
    write("p/b", "use a");
    assert_eq!(made.make(), ["esker", "report"]);
    assert_eq!(made.make(), Vec::<String>::new());
    // Files that go, move and come, in places where there was none.
    for change in [
        &|| tree.remove(&language.path("p/b")) as _,
        &|| tree.rename(&language.path("a"), &language.path("z")) as _,
        &|| write("p/c", "let X = 1") as _,
        &|| write("new/deep/d", "use z") as _,
        &|| tree.write("esker.toml", format!("exclude = [\"{}\"]\n", language.path("z"))) as _,
        &|| tree.write(".gitignore", format!("out/\n{}\n", language.path("c"))) as _,
    ] as [&dyn Fn(); 6]
    {
        made.let_time_pass();
        change();
        assert_eq!(made.make(), ["esker", "report"]);
        assert_eq!(made.make(), Vec::<String>::new());
    }
    let removed = tree.root().join("new");
    made.let_time_pass();
    fs::remove_dir_all(removed).unwrap();
    assert_eq!(made.make(), ["esker", "report"]);
}

#[test]
fn names_of_every_sort_are_inputs_of_make() {
    let names = [
        "a b.py",
        "a$b.py",
        "a#b.py",
        "a%b.py",
        "a:b.py",
        "a*b.py",
        "a?b.py",
        "[a].py",
        "~a.py",
        "a\\b.py",
        "a\\ b.py",
        "a\\#.py",
        "d (x)/a.py",
        "d: $x/ö.py",
        "a'b.py",
        "a\"b.py",
        "a,b.py",
        "-a.py",
        "(a).py",
        "a&b.py",
    ];
    let fixture: String = names.iter().map(|name| format!("//- {name}\nX = 1\n")).collect();
    let made = Makefile::new(&fixture);
    assert_eq!(made.make(), ["esker", "report"]);
    for (number, name) in names.into_iter().enumerate() {
        assert_eq!(made.make(), Vec::<String>::new(), "before {name}");
        made.let_time_pass();
        made.repository.tree.write(name, format!("X = {number}.5\ndef f{number}(): pass\n"));
        assert_eq!(made.make(), ["esker", "report"], "{name}");
        made.let_time_pass();
        fs::remove_file(made.repository.tree.root().join(name)).unwrap();
        assert_eq!(made.make(), ["esker", "report"], "without {name}");
    }
}

#[test]
fn a_name_that_make_has_no_way_to_write_has_esker_run_each_time() {
    for name in ["a=b.py", "a|b.py", "a;b.py", "a\tb.py", "a\nb.py"] {
        let made = Makefile::new("//- x.py\n");
        made.repository.tree.write(name, "X = 1\n");
        made.let_time_pass();
        assert_eq!(made.make(), ["esker", "report"]);
        assert_eq!(made.make(), ["esker"], "{name:?}");
        made.repository.tree.write(name, "X = 1\ndef f(): pass\n");
        made.let_time_pass();
        assert_eq!(made.make(), ["esker", "report"], "{name:?}");
        made.repository.tree.remove(name);
        assert_eq!(made.make(), ["esker", "report"], "{name:?}");
        assert_eq!(made.make(), Vec::<String>::new(), "{name:?}");
    }
}

#[test]
fn a_depfile_speaks_of_what_was_written_from_where_make_is() {
    let repository = Repository::new("//- sub/a.py\n//- b.py\n");
    let rule = |arguments: &str| {
        repository.esker_in("sub", arguments).answers("");
        let rule = repository.read("sub/x.d");
        rule.lines()
            .take_while(|line| !line.is_empty())
            .map(|line| line.trim_end_matches(" \\").to_owned() + "\n")
            .collect::<String>()
    };
    let inputs = " ../\n ../b.py\n ../esker.toml\n a.py\n .\n";
    let sorted = |text: String| {
        let mut lines: Vec<&str> = text.lines().collect();
        lines.sort_unstable();
        lines.join("\n")
    };
    assert_eq!(sorted(rule("build -q --depfile x.d")), sorted(format!("x.d:\n{inputs}")));
    assert_eq!(sorted(rule("build -q --depfile x.d --stamp s -o r")), sorted(format!("s r:\n{inputs}")));
    // Make, which knows nothing of -C, sees all from the directory above.
    repository.esker("-C sub build -q --depfile y.d --stamp s").answers("");
    assert!(repository.read("sub/y.d").starts_with("sub/s:"), "{}", repository.read("sub/y.d"));
    assert!(repository.read("sub/y.d").contains("\n sub/a.py"), "{}", repository.read("sub/y.d"));
}

#[test]
fn a_stamp_is_touched_when_results_are_others_than_when_it_was_last_touched() {
    in_each("//- a\nuse b\n//- b\nlet X = 1\n# one\n", check_a_stamp);
}

fn check_a_stamp(of: &InLanguage) {
    let repository = &of.repository;
    let stamp = repository.tree.root().join("stamp");
    let touched = |arguments: &str| {
        let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        if stamp.exists() {
            File::open(&stamp).unwrap().set_modified(long_ago).unwrap();
        }
        repository.esker(&format!("build -q --stamp stamp {arguments}")).answers("");
        fs::metadata(&stamp).unwrap().modified().unwrap() != long_ago
    };
    assert!(touched(""), "it was not there");
    assert!(!touched(""));
    assert!(!touched("--force"));
    assert!(!touched("--no-cache"));
    of.write("b", "let X = 1\n# two");
    assert!(!touched(""));
    of.write("b", "let X = 2\nlet Y = 1");
    repository.esker("build -q");
    assert!(touched(""), "another build noticed the change, but the stamp did not");
    assert!(!touched(""));
    of.write("a", "use nothing_known");
    assert!(touched(""));
    of.write("b", "broken");
    repository.esker("build -q");
    assert!(touched("--force"));
    of.write("new", "");
    assert!(touched(""));
    of.remove("new");
    assert!(touched(""));
}

/// A jobserver of ours: a pipe by name with tokens in it.
struct Jobserver {
    pipe: File,
    flags: String,
}

impl Jobserver {
    fn new(repository: &Repository, tokens: usize) -> Self {
        let path = repository.tree.root().join("jobserver.fifo");
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let mut pipe = File::options().read(true).write(true).custom_flags(0o4000).open(&path).unwrap();
        pipe.write_all(&vec![b'+'; tokens]).unwrap();
        Self { pipe, flags: format!("-j9 --jobserver-auth=fifo:{}", path.display()) }
    }

    /// How many tokens are in it.
    fn tokens(&mut self) -> usize {
        let mut tokens = [0; 64];
        let number = self.pipe.read(&mut tokens).unwrap_or(0);
        self.pipe.write_all(&tokens[..number]).unwrap();
        number
    }
}

#[test]
fn threads_are_borrowed_from_the_jobserver_and_given_back() {
    let cores = std::thread::available_parallelism().unwrap().get();
    let repository = Repository::new("//- a.py\nimport b\n//- b.py\n");
    for (tokens, admitted) in [(5, cores.min(6)), (0, 1), (1, cores.min(2))] {
        let mut jobserver = Jobserver::new(&repository, tokens);
        let esker = |arguments: &str| {
            let mut command = repository.command(arguments);
            command.env("MAKEFLAGS", &jobserver.flags);
            repository.run(command, "")
        };
        let ran = esker("build -v --force");
        let expected = format!("make's jobserver admits {admitted} of {cores} threads");
        assert!(ran.code == Some(0) && ran.stderr.contains(&expected), "{}", ran.stderr);
        // Also by a run that fails, and by one that asks for a number of threads.
        assert_eq!(esker("deps nothing.py").code, Some(2));
        let ran = esker("build -v --force -j 2");
        assert!(ran.code == Some(0) && !ran.stderr.contains("jobserver"), "{}", ran.stderr);
        assert_eq!(jobserver.tokens(), tokens);
        repository.tree.remove("jobserver.fifo");
    }
}

#[test]
fn a_process_that_is_interrupted_gives_its_threads_back() {
    let repository = Repository::new("//- a.py\nimport b\n//- b.py\n");
    repository.esker("build");
    repository.tree.write("b.py", "import a\n");
    // It waits for the store, with its tokens.
    let lock = File::options().write(true).open(repository.tree.root().join(".esker/store-1.lock")).unwrap();
    lock.lock().unwrap();
    let mut jobserver = Jobserver::new(&repository, 5);
    let mut command = repository.command("build --lock-timeout 1m");
    let mut child = command.env("MAKEFLAGS", &jobserver.flags).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("waiting for another process"), "{line}");
    let cores = std::thread::available_parallelism().unwrap().get();
    assert_eq!(jobserver.tokens(), 6 - cores.min(6));
    assert!(Command::new("kill").arg(child.id().to_string()).status().unwrap().success());
    assert_eq!(child.wait().unwrap().signal(), Some(15));
    assert_eq!(jobserver.tokens(), 5);
}

#[test]
fn a_jobserver_that_does_not_work_is_done_without() {
    let repository = Repository::new("//- a.py\nimport b\n//- b.py\n");
    for flags in [
        "-j2 --jobserver-auth=77,78",
        "--jobserver-auth=fifo:no/such/pipe",
        "--jobserver-auth=0,0",
        "-j2 --jobserver-fds=x",
        "",
    ] {
        let mut command = repository.command("build --format json");
        command.env("MAKEFLAGS", flags);
        let ran = repository.run(command, "");
        assert_eq!((ran.code, &*ran.stderr), (Some(0), ""), "{flags}");
    }
}

#[test]
fn under_make_two_at_once_share_its_threads() {
    let repository = Repository::new(
        "
//- Makefile
all: one two plain
one two:
	+$(ESKER) build -v --force --no-cache
	+$(ESKER) graph -v --no-cache > /dev/null
plain:
	$(ESKER) build -v --no-cache
//- a.py
import b
//- b.py
",
    );
    let mut make = make(&repository);
    make.arg("-j2");
    let ran = repository.run(make, "");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("make's jobserver admits").count(), 4, "{}", ran.stderr);
    // Make counts its tokens at the end.
    assert!(!ran.stderr.contains("INTERNAL"), "{}", ran.stderr);
}

#[test]
fn two_options_that_write_one_file_are_an_error() {
    let repository = Repository::new("//- a.py\n");
    repository.esker("build --stamp out --depfile out").fails(
        "
error: --depfile and --stamp both write out
  hint: each needs a file of its own
",
    );
    repository.esker("build -q -o report --stamp stamp --depfile rule --metrics counters").answers("");
}
