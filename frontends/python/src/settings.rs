//! What a project's files say of where its imports start and which of its files pytest collects.
//!
//! | kept | from |
//! |---|---|
//! | `pytest`: `pythonpath`, `python_files` | `pyproject.toml`, `pytest.toml`, `pytest.ini`, `tox.ini`, `setup.cfg` |
//! | `sources`: the directories that hold the packages | `pyproject.toml`, `setup.cfg` |
//!
//! Sources are what setuptools, poetry, hatch, uv, pdm, maturin and scikit-build are told.
//!
//! What is not kept can change without any import being located again. A file that cannot be read says nothing: other
//! programs tell what is wrong with it.

mod ini;

use esker_frontend_api::{Dialect, Setting, path};
use toml::{Table, Value};

/// A `pyproject.toml`, which makes a directory a project.
pub(crate) const PROJECT: Dialect = Dialect("pyproject");
/// A `pytest.toml`.
const PYTEST: Dialect = Dialect("pytest-toml");
/// A `setup.cfg`, `tox.ini` or `pytest.ini`.
const INI: Dialect = Dialect("ini");

/// The file that makes a directory a project.
pub(crate) const PYPROJECT: &str = "pyproject.toml";

/// The files that can have settings of pytest, in the order in which it looks for them in a directory.
pub(crate) const WITH_PYTEST: [&str; 5] = ["pytest.toml", "pytest.ini", PYPROJECT, "tox.ini", "setup.cfg"];

/// The key of what pytest is told, which is there if the file has settings of pytest at all.
pub(crate) const OF_PYTEST: &str = "pytest";
/// The key in there of the directories that are put on the path.
pub(crate) const PYTHON_PATH: &str = "pythonpath";
/// The key in there of the patterns of files that are collected.
pub(crate) const PYTHON_FILES: &str = "python_files";
/// The key of the directories that hold the project's packages.
pub(crate) const SOURCES: &str = "sources";

/// In which dialect a file of this name is written.
pub(crate) fn dialect(name: &str) -> Option<Dialect> {
    match name {
        PYPROJECT => Some(PROJECT),
        "pytest.toml" => Some(PYTEST),
        "pytest.ini" | "tox.ini" | "setup.cfg" => Some(INI),
        _ => None,
    }
}

/// Whether files in this dialect have settings.
pub(crate) fn is_settings(dialect: Dialect) -> bool {
    [PROJECT, PYTEST, INI].contains(&dialect)
}

/// What is kept of a file; `None` if that is nothing.
pub(crate) fn read(bytes: &[u8], dialect: Dialect) -> Option<Setting> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (pytest, sources) = if dialect == INI {
        let sections = ini::read(text);
        (pytest_of_sections(&sections), sources_of_sections(&sections))
    } else {
        let table: Table = text.parse().ok()?;
        let tables = Tables(&table);
        let pytest = if dialect == PYTEST {
            tables.at(&["pytest"])
        } else {
            tables.at(&["tool", "pytest", "ini_options"]).or_else(|| tables.at(&["tool", "pytest"]))
        };
        (pytest.map(pytest_of_table), sources_of_project(tables))
    };
    let sources = (!sources.is_empty()).then(|| (SOURCES.to_owned(), texts(sources)));
    let kept: Vec<_> = pytest.map(|pytest| (OF_PYTEST.to_owned(), pytest)).into_iter().chain(sources).collect();
    (!kept.is_empty()).then_some(Setting::Map(kept))
}

/// A directory that is written relative to another, as it is relative to the repository's root; `None` if it lies
/// outside.
pub(crate) fn resolved(directory: &str, written: &str) -> Option<String> {
    if written.starts_with('/') { None } else { path::join(directory, written) }
}

fn texts(texts: Vec<String>) -> Setting {
    Setting::List(texts.into_iter().map(Setting::Text).collect())
}

fn pytest_of(mut list: impl FnMut(&str) -> Vec<String>) -> Setting {
    let keys = [PYTHON_PATH, PYTHON_FILES];
    let lists = keys.map(|key| (key.to_owned(), list(key)));
    Setting::Map(lists.into_iter().filter(|(_, list)| !list.is_empty()).map(|(key, list)| (key, texts(list))).collect())
}

fn pytest_of_table(table: Tables<'_>) -> Setting {
    pytest_of(|key| match table.0.get(key) {
        Some(Value::String(words)) => ini::words(words),
        Some(value) => strings(value).map(str::to_owned).collect(),
        None => Vec::new(),
    })
}

fn pytest_of_sections(sections: &[ini::Section]) -> Option<Setting> {
    let section = sections.iter().find(|section| matches!(&*section.name, "pytest" | "tool:pytest"))?;
    Some(pytest_of(|key| section.get(key).map(ini::words).unwrap_or_default()))
}

fn sources_of_sections(sections: &[ini::Section]) -> Vec<String> {
    let value = |name: &str, key: &str| sections.iter().find(|section| section.name == name)?.get(key);
    let directories = value("options", "package_dir").into_iter().flat_map(str::lines);
    let directories = directories
        .filter_map(|line| line.split_once('='))
        .filter_map(|(package, directory)| around_package(package.trim(), directory.trim()));
    let found = value("options.packages.find", "where").into_iter().flat_map(ini::words);
    directories.chain(found).collect()
}

/// The directories in which a `pyproject.toml` says that the packages are.
fn sources_of_project(table: Tables<'_>) -> Vec<String> {
    let mut sources = Vec::new();
    let mut add = |directory: &str| sources.push(directory.to_owned());
    if let Some(packages) = table.at(&["tool", "setuptools", "package-dir"]) {
        let directories = packages.0.iter().filter_map(|(package, value)| around_package(package, value.as_str()?));
        directories.for_each(|directory| add(&directory));
    }
    table.strings_at(&["tool", "setuptools", "packages", "find"], "where").for_each(&mut add);
    let of_poetry = table.at(&["tool", "poetry"]).and_then(|poetry| poetry.0.get("packages")?.as_array());
    of_poetry.into_iter().flatten().filter_map(|package| package.get("from")?.as_str()).for_each(&mut add);
    for wheel in [&["tool", "hatch", "build", "targets", "wheel"][..], &["tool", "hatch", "build"]] {
        // A directory that is packed under another name, by which nothing is found here, is none of these.
        table.strings_at(wheel, "sources").for_each(&mut add);
        let stripped = table.at(wheel).and_then(|wheel| wheel.0.get("sources")?.as_table());
        let stripped = stripped.into_iter().flatten().filter(|(_, name)| name.as_str() == Some(""));
        stripped.for_each(|(directory, _)| add(directory));
        table.strings_at(wheel, "packages").filter_map(|package| Some(package.rsplit_once('/')?.0)).for_each(&mut add);
    }
    let packages = table.strings_at(&["tool", "scikit-build", "wheel"], "packages");
    packages.filter_map(|package| Some(package.rsplit_once('/')?.0)).for_each(&mut add);
    for (path, key) in [
        (&["tool", "uv", "build-backend"][..], "module-root"),
        (&["tool", "pdm", "build"], "package-dir"),
        (&["tool", "maturin"], "python-source"),
    ] {
        table.at(path).and_then(|table| table.0.get(key)?.as_str()).into_iter().for_each(&mut add);
    }
    sources
}

/// Where a package starts that lies in a directory, as setuptools has it: `""` is all packages.
fn around_package(package: &str, directory: &str) -> Option<String> {
    if package.is_empty() {
        return Some(directory.to_owned());
    }
    let above = directory.strip_suffix(&package.replace('.', "/"))?;
    (above.is_empty() || above.ends_with('/')).then(|| above.trim_end_matches('/').to_owned())
}

/// A table, to be looked into along a path of keys.
#[derive(Clone, Copy)]
struct Tables<'a>(&'a Table);

impl<'a> Tables<'a> {
    fn at(self, path: &[&str]) -> Option<Self> {
        path.iter().try_fold(self.0, |table, key| table.get(*key)?.as_table()).map(Self)
    }

    /// The texts in a list.
    fn strings_at(self, path: &[&str], key: &str) -> impl Iterator<Item = &'a str> {
        self.at(path).and_then(|table| table.0.get(key)).into_iter().flat_map(strings)
    }
}

fn strings(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str, expected: &str) {
        fn write(value: &Setting, into: &mut String) {
            match value {
                Setting::Text(text) => into.push_str(text),
                Setting::List(items) => items.iter().for_each(|item| {
                    into.push(' ');
                    write(item, into);
                }),
                Setting::Map(entries) => entries.iter().for_each(|(key, value)| {
                    into.push_str(&format!("({key}:"));
                    write(value, into);
                    into.push(')');
                }),
                _ => {}
            }
        }
        let mut written = String::new();
        let read = read(text.as_bytes(), dialect(name).unwrap());
        read.iter().for_each(|value| write(value, &mut written));
        assert_eq!(written, expected, "{text}");
    }

    #[test]
    fn what_pytest_is_told_stands_in_any_of_its_files() {
        let told = "(pytest:(pythonpath: . lib/a b)(python_files: check_*.py))";
        let list = "pythonpath = ['.', 'lib/a b']\npython_files = ['check_*.py']\n";
        check("pyproject.toml", &format!("[tool.pytest.ini_options]\n{list}"), told);
        check("pyproject.toml", &format!("[tool.pytest]\n{list}"), told);
        check("pytest.toml", &format!("[pytest]\n{list}"), told);
        let lines = "pythonpath = .\n  'lib/a b'  # there\npython_files: check_*.py\n";
        check("pytest.ini", &format!("[pytest]\n{lines}"), told);
        check("tox.ini", &format!("[tox]\n[pytest]\n{lines}"), told);
        check("setup.cfg", &format!("[metadata]\nname = x\n[tool:pytest]\n{lines}"), told);
        check("pyproject.toml", "[tool.pytest.ini_options]\naddopts = '-q'\n", "(pytest:)");
        check("pyproject.toml", "[tool.pytest.ini_options]\npythonpath = 'a b'\n", "(pytest:(pythonpath: a b))");
    }

    #[test]
    fn the_directories_of_packages_stand_where_they_are_built_by() {
        let project = |text: &str, expected: &str| check("pyproject.toml", text, &format!("(sources: {expected})"));
        project("[tool.setuptools]\npackage-dir = { '' = 'python', 'a.b' = 'lib/a/b', c = 'other' }", "python lib");
        project("[tool.setuptools.packages.find]\nwhere = ['python']", "python");
        project("[tool.poetry]\npackages = [{ include = 'a', from = 'lib' }, { include = 'b' }]", "lib");
        project("[tool.hatch.build.targets.wheel]\npackages = ['python/a', 'b']", "python");
        project("[tool.hatch.build.targets.wheel.sources]\n'python' = ''\n'x' = 'y'", "python");
        project("[tool.hatch.build]\nsources = ['python']", "python");
        project("[tool.uv.build-backend]\nmodule-root = 'python'", "python");
        project("[tool.pdm.build]\npackage-dir = 'python'", "python");
        project("[tool.maturin]\npython-source = 'python'", "python");
        project("[tool.scikit-build.wheel]\npackages = ['python/a']", "python");
        check(
            "setup.cfg",
            "[options]\npackage_dir =\n  = python\n[options.packages.find]\nwhere = lib",
            "(sources: python lib)",
        );
    }

    #[test]
    fn what_cannot_be_read_says_nothing() {
        check("pyproject.toml", "[tool.pytest", "");
        check("pyproject.toml", "[project]\nname = 'x'", "");
        check("setup.cfg", "[tool:pytest\n= \n[", "");
        check("pytest.toml", "pytest = 1", "");
        assert_eq!(read(&[0xFF, 0xFE], PROJECT), None);
    }

    #[test]
    fn directories_are_relative_to_the_file() {
        assert_eq!(resolved("a/b", "../c").as_deref(), Some("a/c"));
        assert_eq!(resolved("", ".").as_deref(), Some(""));
        assert_eq!(resolved("a", "/b").as_deref(), None);
    }
}
