//! Prints the import edges of a directory as JSON, with no engine in between: for comparison with other tools.
//!
//! ```text
//! edges DIRECTORY [--root PATH[=PREFIX]]... [--strings MIN_DOTS] [--missing] [--time]
//! {"a.py":[{"path":"b.py","kinds":["runtime"],"lines":[1]}]}
//! ```
//!
//! An edge of which several imports make different kinds has one entry for each set of kinds. `--root` replaces the
//! roots that the layout tells; `--missing` prints what was not found instead, `--time` what each step took.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example prints its answer")]

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::error::Error;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use esker_frontend_api::{
    EdgeKinds, Frontend, ImportTable, Layout, Located, Lookup, LowerOptions, Outcome, Probe, Root, Source, Target,
};
use esker_frontend_python::Python;
use serde_json::{Map, Value, json};

type BoxedError = Box<dyn Error + Send + Sync>;

/// Enough for the deepest nesting that the frontend parses.
const STACK_BYTES: usize = 64 << 20;

fn main() -> Result<(), BoxedError> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    let worker = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || run(&arguments))?;
    let printed = worker.join().map_err(|_| "the worker panicked")??;
    println!("{printed}");
    Ok(())
}

#[derive(Default)]
struct Arguments {
    directory: String,
    roots: Vec<Root>,
    options: LowerOptions,
    missing: bool,
    time: bool,
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Self, BoxedError> {
        let mut arguments = Self::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--missing" => arguments.missing = true,
                "--time" => arguments.time = true,
                "--root" => {
                    let root = words.next().ok_or("--root needs a path")?;
                    let (path, prefix) = root.split_once('=').unwrap_or((&root, ""));
                    arguments.roots.push(Root { path: path.to_owned(), prefix: prefix.to_owned() });
                }
                "--strings" => {
                    let dots = words.next().ok_or("--strings needs a number")?;
                    arguments.options.string_imports_min_dots = Some(dots.parse()?);
                }
                _ => arguments.directory = word,
            }
        }
        Ok(arguments)
    }
}

fn run(arguments: &Arguments) -> Result<Value, BoxedError> {
    let top = Path::new(&arguments.directory);
    let mut files = Files {
        name: top.canonicalize()?.file_name().map(|name| name.to_string_lossy().into_owned()),
        ..Files::default()
    };
    files.collect(top, "")?;
    let bytes: Vec<Vec<u8>> = files.paths.iter().map(|path| fs::read(top.join(path))).collect::<Result<_, _>>()?;

    let start = Instant::now();
    let tables: Vec<ImportTable> =
        files.paths.iter().zip(&bytes).map(|(path, bytes)| lowered(path, bytes, &arguments.options)).collect();
    let lowered_in = start.elapsed();
    for (path, table) in files.paths.iter().zip(&tables) {
        if let Some(exported) = &table.exported {
            let mut names: Vec<String> = exported.iter().map(|&name| table.name(name).to_owned()).collect();
            names.sort_unstable();
            files.exported.insert(path.clone(), names.into());
        }
    }

    let start = Instant::now();
    let roots = if arguments.roots.is_empty() { Python.roots(&files) } else { arguments.roots.clone() };
    let roots_in = start.elapsed();
    let mut lookup = Files { probes: 0, ..files };
    let paths = lookup.paths.clone();
    let located: Vec<Vec<Located>> =
        paths.iter().zip(&tables).map(|(path, table)| Python.locate(table, path, &roots, &mut lookup)).collect();
    if arguments.time {
        // A second pass, whose results are dropped: the first one measures how fast the heap grows.
        lookup.probes = 0;
        let start = Instant::now();
        for (path, table) in paths.iter().zip(&tables) {
            std::hint::black_box(Python.locate(table, path, &roots, &mut lookup));
        }
        let located_in = start.elapsed();
        let imports: usize = tables.iter().map(|table| table.imports.len()).sum();
        eprintln!(
            "{} files, {imports} imports, {} roots; lower {lowered_in:?}, roots {roots_in:?}, locate {located_in:?} with {} probes",
            tables.len(),
            roots.len(),
            lookup.probes,
        );
    }
    let rendered = lookup
        .paths
        .iter()
        .zip(&located)
        .map(|(path, located)| (path.clone(), if arguments.missing { misses(located) } else { edges(located) }));
    Ok(Value::Object(rendered.collect::<Map<_, _>>()))
}

fn lowered(path: &str, bytes: &[u8], options: &LowerOptions) -> ImportTable {
    let Some(dialect) = Python.dialect(path) else { return ImportTable::default() };
    ImportTable::of(&Python.lower(Source { bytes, dialect, options }))
}

fn edges(located: &[Located]) -> Value {
    let mut edges: BTreeMap<(&str, EdgeKinds), BTreeSet<u32>> = BTreeMap::new();
    for located in located {
        let (Outcome::Found(targets) | Outcome::Missing { reached: targets, .. }) = &located.outcome;
        for Target { path, kinds } in targets {
            edges.entry((path, *kinds)).or_default().insert(located.line);
        }
    }
    edges
        .into_iter()
        .map(|((path, kinds), lines)| json!({"path": path, "kinds": kinds.names().collect::<Vec<_>>(), "lines": lines}))
        .collect()
}

fn misses(located: &[Located]) -> Value {
    located
        .iter()
        .filter_map(|located| match &located.outcome {
            Outcome::Found(_) => None,
            Outcome::Missing { name, reason, .. } => {
                Some(json!({"name": name, "reason": reason.to_string(), "line": located.line}))
            }
        })
        .collect()
}

/// The Python files of a directory, held in memory.
#[derive(Default)]
struct Files {
    name: Option<String>,
    paths: BTreeSet<String>,
    /// What exists at each stem: a bit for each shape, and whether it is a directory.
    stems: HashMap<String, Probe, rustc_hash::FxBuildHasher>,
    exported: HashMap<String, Arc<[String]>>,
    probes: usize,
}

impl Files {
    fn collect(&mut self, top: &Path, directory: &str) -> Result<(), BoxedError> {
        for entry in fs::read_dir(top.join(directory))? {
            let entry = entry?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let path = Probe::path(directory, &format!("/{name}"));
            let file_type = entry.file_type()?;
            if file_type.is_dir() && !name.starts_with('.') && name != "__pycache__" {
                self.collect(top, &path)?;
            } else if file_type.is_file() && Python.dialect(&path).is_some() {
                self.add(path);
            }
        }
        Ok(())
    }

    fn add(&mut self, path: String) {
        for (position, shape) in Python.shapes().iter().enumerate() {
            let stem = path.strip_suffix(shape).or((shape.trim_start_matches('/') == path).then_some(""));
            if let Some(stem) = stem {
                self.stems.entry(stem.to_owned()).or_default().shapes |= 1 << position;
            }
        }
        let mut above: &str = &path;
        while let Some((directory, _)) = above.rsplit_once('/') {
            self.stems.entry(directory.to_owned()).or_default().directory = true;
            above = directory;
        }
        self.stems.entry(String::new()).or_default().directory = true;
        self.paths.insert(path);
    }
}

impl Layout for Files {
    fn has_file(&self, path: &str) -> bool {
        self.paths.contains(path)
    }

    fn for_each_file(&self, visit: &mut dyn FnMut(&str)) {
        self.paths.iter().for_each(|path| visit(path));
    }

    fn root_name(&self) -> Option<&str> {
        self.name.as_deref()
    }
}

impl Lookup for Files {
    fn probe(&mut self, stem: &str) -> Probe {
        self.probes += 1;
        self.stems.get(stem).copied().unwrap_or_default()
    }

    fn exported(&mut self, path: &str) -> Option<Arc<[String]>> {
        self.exported.get(path).cloned()
    }
}
