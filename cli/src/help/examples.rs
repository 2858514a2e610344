//! Examples of each command, for its help and its manual page. A test sees to it that each is understood.

/// A command line and what it does.
pub(super) type Example = (&'static str, &'static str);

/// The examples of each command, by the names that lead to it.
pub(super) const EXAMPLES: &[(&[&str], &[Example])] = &[
    (
        &[],
        &[
            ("esker build", "Bring everything up to date and tell what that took"),
            ("esker affected --since origin/main --match 'tests/**'", "The tests that a branch can affect"),
            ("esker why app/main.py app/db.py", "Why one file depends on another"),
            ("esker cycles --check", "Fail if there are import cycles"),
        ],
    ),
    (
        &["build"],
        &[
            ("esker build", "Analyze the repository around the current directory"),
            (
                "esker build --changed app/models.py",
                "Look at one file and at what its change concerns, at nothing else",
            ),
            (
                "git diff -z --name-only HEAD | esker build --changed-from - -0",
                "The same with a list from another program",
            ),
            ("esker build --format json -o build.json", "A report for programs"),
            ("esker build --verify=10", "Compute a tenth of the files anew, and fail if the cache had something wrong"),
            ("esker build --metrics esker.prom", "Counters for Prometheus's node exporter"),
        ],
    ),
    (
        &["affected"],
        &[
            ("esker affected app/models.py", "The files that a change to this one can reach"),
            ("esker affected --since origin/main", "Those that the changes of a branch can reach"),
            (
                "esker affected --since origin/main --match 'tests/**' --format nul | xargs -0 pytest",
                "Run the tests that these can affect",
            ),
            (
                "esker affected app/models.py --direct --edges runtime,star",
                "Importers alone, by imports that always run",
            ),
        ],
    ),
    (
        &["deps"],
        &[
            ("esker deps app/main.py", "The files that this one imports"),
            ("esker deps app/main.py --transitive --edges -type-only", "All that it needs when it runs"),
        ],
    ),
    (
        &["dependents"],
        &[
            ("esker dependents app/db.py", "The files that import this one"),
            ("esker dependents app/db.py --transitive --format json", "All that depend on it, for programs"),
        ],
    ),
    (
        &["why"],
        &[
            ("esker why app/main.py app/db.py", "A shortest chain of imports from one file to the other"),
            ("esker why app/main.py app/db.py --edges runtime", "One of imports that always run"),
        ],
    ),
    (
        &["explain"],
        &[
            ("esker explain app/main.py", "Why the last build executed or reused each stage of a file"),
            ("esker explain app/main.py --format json", "The same for programs"),
        ],
    ),
    (
        &["cycles"],
        &[
            ("esker cycles", "Every import cycle with one loop through it"),
            (
                "esker cycles --edges runtime --check",
                "Fail if modules import each other in a circle when they are loaded",
            ),
        ],
    ),
    (
        &["graph"],
        &[
            ("esker graph -o graph.json", "Which file imports which"),
            ("esker graph --details --edges all", "With kinds and lines of every edge"),
            ("esker graph --format dot | dot -Tsvg -o graph.svg", "A drawing by Graphviz"),
            ("esker graph --format html -o graph.html", "A page to search and click through"),
        ],
    ),
    (
        &["symbols"],
        &[
            ("esker symbols app/models.py", "What a file defines"),
            ("esker symbols app/__init__.py --exported", "What its importers see, re-exports among it"),
        ],
    ),
    (
        &["def"],
        &[
            ("esker def User.save", "Where a method is defined"),
            ("esker def app/main.py:12:8", "What the name at this line and column stands for"),
        ],
    ),
    (
        &["refs"],
        &[
            ("esker refs User.save", "Where a method is used"),
            ("esker refs app/main.py:12:8 --format json", "Where what stands at this line and column is used"),
        ],
    ),
    (&["callers"], &[("esker callers User.save", "Which functions call a method")]),
    (
        &["hierarchy"],
        &[("esker hierarchy User", "What a class derives from, what derives from it, and what is overridden")],
    ),
    (
        &["unresolved"],
        &[
            ("esker unresolved", "Imports that lead to no file of the repository"),
            (
                "esker unresolved --references --summary",
                "How often it is not known what a reference stands for, and why",
            ),
        ],
    ),
    (
        &["export"],
        &[
            ("esker export --format scip -o index.scip", "An index for code navigation"),
            ("esker export --format jsonl -o index.jsonl", "Everything that is known, one object a line"),
        ],
    ),
    (
        &["watch"],
        &[
            ("esker watch", "A line for every change"),
            ("esker watch --format jsonl", "A report for programs at every change"),
            ("esker watch --debounce 500", "With patience for programs that write many files slowly"),
        ],
    ),
    (&["cache", "stats"], &[("esker cache stats", "How much is kept between runs")]),
    (
        &["cache", "verify"],
        &[("esker cache verify", "Check every record, and that what the last builds speak of is there")],
    ),
    (
        &["cache", "gc"],
        &[
            ("esker cache gc", "Drop what was not used for 30 days, and more if the cache is too large"),
            ("esker cache gc --max-size 0", "Keep only what the last builds have"),
        ],
    ),
    (&["cache", "clear"], &[("esker cache clear", "Remove all that is kept; the next build does everything anew")]),
    (
        &["init"],
        &[
            ("esker init", "Begin a configuration in the current directory"),
            ("esker init --schema -o esker.schema.json", "What an editor needs to complete and check esker.toml"),
        ],
    ),
    (
        &["completions"],
        &[
            ("esker completions bash > ~/.local/share/bash-completion/completions/esker", "For bash"),
            ("esker completions zsh > ~/.zfunc/_esker", "For zsh, with ~/.zfunc in fpath"),
            ("esker completions fish > ~/.config/fish/completions/esker.fish", "For fish"),
        ],
    ),
    (
        &["man"],
        &[
            ("esker man | man -l -", "Read the manual"),
            ("esker man build | man -l -", "Read the page of one command"),
            ("esker man -o ~/.local/share/man/man1/", "Install a page for each command"),
        ],
    ),
];
