//! A temporary repository in which `esker` is run.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use esker_tests::Tree;
use esker_tests::languages::{ALL, EACH, Language, Modules};

/// What a tester's environment may ask for, or that of the job that runs the tests.
const CLEARED: [&str; 14] = [
    "CLICOLOR",
    "CLICOLOR_FORCE",
    "ESKER_CACHE_DIR",
    "ESKER_JOBS",
    "ESKER_LOCK_TIMEOUT",
    "ESKER_LOG",
    "GITHUB_ACTIONS",
    "GITHUB_BASE_REF",
    "GITHUB_STEP_SUMMARY",
    "GITHUB_WORKSPACE",
    "MAKEFLAGS",
    "NO_COLOR",
    "RUST_BACKTRACE",
    "TERM",
];

/// A tree whose root is marked, wherever temporary directories may lie.
pub(crate) struct Repository {
    pub(crate) tree: Modules,
}

/// A repository of modules in one language: see `esker_tests::languages`. In what is asked and answered, `{p/q}` stands
/// for the path of a module, `{p/q:4 f}` for the place of the first `f` in its fourth line, and `{p/q 4 f}` for the
/// same without its path.
pub(crate) struct InLanguage {
    pub(crate) language: Language,
    pub(crate) repository: Repository,
}

/// Checks repositories of these modules, one for each language.
pub(crate) fn in_each(fixture: &str, check: impl Fn(&InLanguage)) {
    for languages in EACH {
        check(&InLanguage { language: languages[0], repository: Repository::of_modules(languages, fixture) });
    }
}

/// A repository of these modules, each in every language.
pub(crate) fn in_all(fixture: &str) -> Repository {
    Repository::of_modules(ALL, fixture)
}

impl InLanguage {
    pub(crate) fn write(&self, module: &str, statements: &str) {
        self.repository.tree.write_module(module, statements);
    }

    pub(crate) fn remove(&self, module: &str) {
        self.repository.tree.remove_module(module);
    }

    pub(crate) fn path(&self, module: &str) -> String {
        self.language.path(module)
    }

    /// A text with paths and places in it.
    pub(crate) fn filled(&self, text: &str) -> String {
        self.language.with_places(text, |path| self.repository.read(path))
    }

    /// The column of a place: `{p/q 4 f}`.
    pub(crate) fn column(&self, place: &str) -> usize {
        let place = self.filled(place);
        let (_, column) = place.rsplit_once(':').expect("a place has a column");
        column.parse().expect("a column is a number")
    }

    pub(crate) fn esker(&self, arguments: &str) -> Ran {
        self.repository.esker(&self.filled(arguments))
    }

    /// Expects this answer, no word besides, and exit code 0.
    #[track_caller]
    pub(crate) fn answers(&self, arguments: &str, expected: &str) {
        self.esker(arguments).answers(&self.filled(expected));
    }

    /// Expects this exit code, answer and word.
    #[track_caller]
    pub(crate) fn ends(&self, arguments: &str, code: i32, stdout: &str, stderr: &str) {
        self.esker(arguments).ends(code, &self.filled(stdout), &self.filled(stderr));
    }
}

/// What a run left behind.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    /// The root in it reads `[ROOT]`.
    pub(crate) stdout: String,
    /// The root in it reads `[ROOT]`.
    pub(crate) stderr: String,
}

impl Repository {
    pub(crate) fn new(fixture: &str) -> Self {
        let tree = Tree::new(fixture);
        if !fixture.contains("esker.toml") && !fixture.contains("pyproject.toml") {
            tree.write("esker.toml", "");
        }
        Self::in_tree(tree)
    }

    /// One of modules, each in every one of some languages.
    pub(crate) fn of_modules(languages: &'static [Language], fixture: &str) -> Self {
        let tree = Modules::new(languages, fixture);
        tree.write("esker.toml", "");
        Self { tree }
    }

    /// A tree that has an `esker.toml` already, or another mark.
    pub(crate) fn in_tree(tree: Tree) -> Self {
        Self { tree: Modules::in_tree(ALL, tree) }
    }

    /// Runs `esker` in the root with arguments that have no spaces in them.
    pub(crate) fn esker(&self, arguments: &str) -> Ran {
        self.run(self.command(arguments), "")
    }

    /// The same in a directory below the root.
    pub(crate) fn esker_in(&self, directory: &str, arguments: &str) -> Ran {
        let mut command = self.command(arguments);
        command.current_dir(self.tree.root().join(directory));
        self.run(command, "")
    }

    /// The same in the root with something to read.
    pub(crate) fn esker_reading(&self, stdin: &str, arguments: &str) -> Ran {
        self.run(self.command(arguments), stdin)
    }

    /// A command that is free of what the tester's environment asks for.
    pub(crate) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_esker"));
        command.args(arguments.split_whitespace()).current_dir(self.tree.root());
        for variable in CLEARED {
            command.env_remove(variable);
        }
        command
    }

    pub(crate) fn run(&self, mut command: Command, stdin: &str) -> Ran {
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = piped.spawn().expect("esker can be started");
        // A command that reads nothing may be gone already.
        _ = child.stdin.take().expect("stdin is a pipe").write_all(stdin.as_bytes());
        let output = child.wait_with_output().expect("esker ends");
        let root = self.tree.root().canonicalize().expect("the root exists");
        let root = root.to_str().expect("temporary directories are UTF-8");
        let text = |bytes| String::from_utf8(bytes).expect("esker writes UTF-8").replace(root, "[ROOT]");
        Ran { code: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    /// The file by whose lock a process tells others that it has the store, which must have been made.
    pub(crate) fn store_lock(&self) -> File {
        let cache = self.tree.root().join(".esker");
        let mut entries =
            std::fs::read_dir(cache).expect("there is a cache").map(|entry| entry.expect("it is read").path());
        let is_lock = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "lock");
        File::open(entries.find(is_lock).expect("there is a store")).expect("the lock can be opened")
    }

    pub(crate) fn read(&self, path: impl AsRef<Path>) -> String {
        std::fs::read_to_string(self.tree.root().join(path)).expect("the file can be read")
    }
}

impl Ran {
    /// Expects this answer, no word besides, and exit code 0.
    #[track_caller]
    pub(crate) fn answers(&self, expected: &str) {
        self.ends(0, expected, "");
    }

    /// Expects exit code 2, this on stderr and nothing on stdout.
    #[track_caller]
    pub(crate) fn fails(&self, expected: &str) {
        self.ends(2, "", expected);
    }

    #[track_caller]
    pub(crate) fn ends(&self, code: i32, stdout: &str, stderr: &str) {
        let text = |text: &str| format!("{}\n", text.trim_matches('\n'));
        let (out, err) = (text(&self.stdout), text(&self.stderr));
        let found = format!("{out}--- stderr\n{err}--- exit {:?}\n", self.code);
        let expected = format!("{}--- stderr\n{}--- exit {:?}\n", text(stdout), text(stderr), Some(code));
        assert!(found == expected, "expected:\n{expected}\nfound:\n{found}");
    }

    /// The answer as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        assert_eq!(self.code, Some(0), "{}", self.stderr);
        serde_json::from_str(&self.stdout).expect("the answer is JSON")
    }

    /// The same with `(…)` in place of times.
    pub(crate) fn untimed(mut self) -> Self {
        if let (Some(start), Some(end)) = (self.stdout.find('('), self.stdout.find(')')) {
            self.stdout.replace_range(start + 1..end, "…");
        }
        self
    }
}
