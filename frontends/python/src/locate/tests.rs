//! What imports of every form find, each rule in a repository of a few files.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::Arc;

use esker_frontend_api::{
    Frontend, ImportTable, Layout, Located, Lookup, LowerOptions, Outcome, Probe, Root, Setting, Source, Target,
};

use crate::{Python, SHAPES};

mod absolute;
mod member;
mod modules;
mod place;
mod relative;
mod roots;
mod stub;

/// A repository named `repo`.
#[derive(Default)]
struct Fixture<'a> {
    paths: BTreeSet<&'a str>,
    exported: BTreeMap<&'a str, Arc<[String]>>,
    settings: BTreeMap<&'a str, Arc<Setting>>,
    probed: Vec<String>,
}

impl Layout for Fixture<'_> {
    fn has_file(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    fn for_each_file(&self, visit: &mut dyn FnMut(&str)) {
        self.paths.iter().for_each(|path| visit(path));
    }

    fn root_name(&self) -> Option<&str> {
        Some("repo")
    }

    fn settings(&self, path: &str) -> Option<Arc<Setting>> {
        self.settings.get(path).cloned()
    }
}

impl Fixture<'_> {
    fn is_at(&self, stem: &str) -> Probe {
        let mut probe = Probe::default();
        for (position, shape) in SHAPES.iter().enumerate() {
            probe.shapes |= u16::from(self.has_file(&Probe::path(stem, shape))) << position;
        }
        let below = if stem.is_empty() { String::new() } else { format!("{stem}/") };
        probe.directory = self.paths.iter().any(|path| path.starts_with(&below));
        probe
    }
}

impl Lookup for Fixture<'_> {
    fn probe(&mut self, stem: &str) -> Probe {
        assert!(!self.probed.iter().any(|probed| probed == stem), "{stem:?} is looked up twice");
        self.probed.push(stem.to_owned());
        self.is_at(stem)
    }

    fn roots_with(&mut self, roots: &[Root], name: &str) -> Arc<[u32]> {
        Root::positions_with(roots, name, |stem| self.is_at(stem))
    }

    fn exported(&mut self, path: &str) -> Option<Arc<[String]>> {
        self.exported.get(path).cloned()
    }

    fn settings(&mut self, path: &str) -> Option<Arc<Setting>> {
        Layout::settings(self, path)
    }
}

/// Locates the imports of one file, and says of each that finds anything on which line it stands and what it finds.
///
/// A line of the fixture is a file's path, after a colon the names in its `__all__`, or after an equals sign what the
/// file itself has, with `|` for the end of a line, as far as that tells where imports lead; or `root` and an import
/// root, given as `path=prefix`, in place of those that the layout tells; or `strings` and the least number of dots; or
/// `>` and the path of the importer, whose text is the rest.
fn located(fixture: &str) -> String {
    let mut written = String::new();
    for located in locate(fixture) {
        let (missing, targets) = match located.outcome {
            Outcome::Found(targets) if targets.is_empty() => continue,
            Outcome::Found(targets) => (String::new(), targets),
            Outcome::Missing { name, reason, reached } => (format!(" {name} is {reason}"), reached),
        };
        write!(written, "{}:{missing}", located.line).unwrap();
        for Target { path, kinds } in targets {
            write!(written, " {path} ({kinds})").unwrap();
        }
        written.push('\n');
    }
    written
}

/// Locates the imports of one file as [`located`] does, and says of each which modules it names: `-` for one without a
/// file, and after a slash the submodule.
fn modules(fixture: &str) -> String {
    let mut written = String::new();
    for located in locate(fixture).into_iter().filter(|located| located.import.is_some()) {
        write!(written, "{}:", located.line).unwrap();
        for module in located.modules {
            write!(written, " {}", module.as_deref().unwrap_or("-")).unwrap();
        }
        if let Some(submodule) = located.submodule {
            write!(written, " / {submodule}").unwrap();
        }
        written.push('\n');
    }
    written
}

fn locate(fixture: &str) -> Vec<Located> {
    let (head, importer) = fixture.split_once("> ").expect("a line with `>`");
    let (importer, text) = importer.split_once('\n').unwrap_or((importer, ""));
    let mut files = Fixture::default();
    let mut roots = Vec::new();
    let mut options = LowerOptions::default();
    files.paths.insert(importer);
    for line in head.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if let Some(root) = line.strip_prefix("root ") {
            let (path, prefix) = root.split_once('=').unwrap_or((root, ""));
            roots.push(Root { path: path.to_owned(), prefix: prefix.to_owned() });
        } else if let Some(dots) = line.strip_prefix("strings ") {
            options.string_imports_min_dots = Some(dots.parse().unwrap());
        } else {
            let (line, text) = line.split_once(" = ").unwrap_or((line, ""));
            let (path, names) = line.split_once(": ").unwrap_or((line, ""));
            let text = text.replace('|', "\n");
            if let Some(dialect) = Python.dialect(path) {
                let source = Source { bytes: text.as_bytes(), dialect, options: &options };
                files.settings.extend(Python.lower(source).settings.map(|settings| (path, Arc::new(settings))));
            }
            files.paths.insert(path);
            if !names.is_empty() {
                files.exported.insert(path, names.split(' ').map(str::to_owned).collect());
            }
        }
    }
    if roots.is_empty() {
        roots = Python.roots(&files);
    }
    let dialect = Python.dialect(importer).unwrap();
    let text: String =
        text.lines().map(|line| format!("{}\n", line.strip_prefix("        ").unwrap_or(line))).collect();
    let ir = Python.lower(Source { bytes: text.as_bytes(), dialect, options: &options });
    Python.locate(&ImportTable::of(&ir), importer, &roots, &mut files)
}
