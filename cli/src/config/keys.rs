//! The keys of the configuration: what each is called, what it is for, and which values it takes.
//!
//! The one table behind the suggestions for a misspelled key, the file that `esker init` writes, and the JSON schema.

use esker_engine::api::EdgeKinds;

/// A key.
#[derive(Debug)]
pub(crate) struct KeySpec {
    pub(crate) name: &'static str,
    /// What it is for, in sentences of one line each.
    pub(crate) about: &'static [&'static str],
    pub(crate) values: Values,
    /// What holds without it, as it would be written in TOML; without one, an example.
    pub(crate) default: Default,
}

/// What holds where a key is missing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Default {
    /// As if this were written.
    Written(&'static str),
    /// Something that depends on the code; this is an example of what could be written.
    Found(&'static str),
}

/// The values that a key takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Values {
    /// True or false.
    Flag,
    /// A list of directories below the root.
    Directories,
    /// A list of globs as in `.gitignore`.
    Globs,
    /// A list of edge kinds, each perhaps to be taken away.
    EdgeKinds,
    /// A number of 32 bits, 0 or greater.
    Count,
    /// A number of bytes, or text such as `16MiB`.
    Size,
    /// Text such as `3.12`.
    PythonVersion,
    /// A table with keys of its own.
    Table(&'static [KeySpec]),
}

/// The keys of the top level.
pub(crate) const KEYS: &[KeySpec] = &[
    KeySpec {
        name: "roots",
        about: &["Directories from which absolute imports start, in the order in which they are tried."],
        values: Values::Directories,
        default: Default::Found("[\".\", \"src\"]"),
    },
    KeySpec {
        name: "include",
        about: &[
            "Analyze only files that match one of these globs, written as in .gitignore; empty for all files.",
            "Hidden ones are passed over unless a glob has their dot: [\"*\", \".storybook\"].",
        ],
        values: Values::Globs,
        default: Default::Written("[]"),
    },
    KeySpec {
        name: "exclude",
        about: &["Leave out files and directories that match one of these globs."],
        values: Values::Globs,
        default: Default::Written("[]"),
    },
    KeySpec {
        name: "respect-gitignore",
        about: &["Leave out what git ignores."],
        values: Values::Flag,
        default: Default::Written("true"),
    },
    KeySpec {
        name: "edges",
        about: &[
            "The kinds of edges that count where a question names none: kinds, \"all\", or \"-kind\" to take one away.",
        ],
        values: Values::EdgeKinds,
        default: Default::Written("[\"all\", \"-string\", \"-global\"]"),
    },
    KeySpec {
        name: "string-imports",
        about: &["Record strings that read like a module's name, as edges of the kind string."],
        values: Values::Flag,
        default: Default::Written("false"),
    },
    KeySpec {
        name: "string-imports-min-dots",
        about: &["Such a string has at least this many dots."],
        values: Values::Count,
        default: Default::Written("2"),
    },
    KeySpec {
        name: "max-file-size",
        about: &["Leave out larger files, with a warning for each: a number of bytes or text with a unit."],
        values: Values::Size,
        default: Default::Written("\"16MiB\""),
    },
    KeySpec {
        name: "max-cache-size",
        about: &["A build that makes the cache larger drops the oldest results that no tree's last build speaks of."],
        values: Values::Size,
        default: Default::Written("\"2GiB\""),
    },
    KeySpec {
        name: "python",
        about: &["What concerns Python alone."],
        values: Values::Table(PYTHON_KEYS),
        default: Default::Written("{}"),
    },
];

/// The keys of the table `python`.
pub(crate) const PYTHON_KEYS: &[KeySpec] = &[KeySpec {
    name: "version",
    about: &["The version by whose syntax the code is judged; by default the newest known."],
    values: Values::PythonVersion,
    default: Default::Found("\"3.13\""),
}];

/// The words of which a list of edge kinds consists, each perhaps with a `-` before it.
pub(crate) fn edge_words() -> impl Iterator<Item = &'static str> {
    std::iter::once("all").chain(EdgeKinds::all_names())
}
