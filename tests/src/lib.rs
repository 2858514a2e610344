//! What tests share: trees of files made from one string, and a build's whole answer as one text.

pub mod edition;
pub mod frontends;
pub mod fuzzed;
pub mod generated;
pub mod languages;
#[cfg(feature = "cache")]
pub mod planted;
pub mod sound;
pub mod toy;

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use esker_engine::api::{Definition, EdgeKinds, FileIr, Interface, Resolution, Resolved};
use esker_engine::{Build, Digest, Digested, Engine, EngineBuilder, FileQuery, FileReader, Fingerprint, Inputs, Stage};
use esker_frontend_python::Python;
use esker_frontend_typescript::TypeScript;
use tempfile::TempDir;

use crate::edition::Edition;
use crate::toy::Toy;

/// A temporary repository.
pub struct Tree {
    directory: TempDir,
    edition: AtomicU32,
}

impl Tree {
    /// Makes the files that a fixture describes: each begins with a line `//- PATH`, what follows is its text.
    ///
    /// # Panics
    ///
    /// If a file cannot be written.
    #[must_use]
    pub fn new(fixture: &str) -> Self {
        let directory = TempDir::new().expect("a temporary directory can be made");
        let tree = Self { directory, edition: AtomicU32::new(0) };
        for file in fixture.split("//- ").skip(1) {
            let (path, text) = file.split_once('\n').unwrap_or((file, ""));
            tree.write(path.trim(), text);
        }
        tree
    }

    /// The root of the tree.
    #[must_use]
    pub fn root(&self) -> PathBuf {
        self.directory.path().join("root")
    }

    /// Where the tree's builds keep what they know; beside the root, so that a tree can be compared as a whole.
    #[must_use]
    pub fn cache(&self) -> PathBuf {
        self.directory.path().join("cache")
    }

    /// Writes a file, making its directories; one that is a file becomes a directory.
    ///
    /// # Panics
    ///
    /// If the file cannot be written.
    pub fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let full = self.root().join(path);
        let directory = full.parent().expect("a file has a directory");
        for ancestor in directory.ancestors().take_while(|ancestor| *ancestor != self.directory.path()) {
            if ancestor.is_file() {
                fs::remove_file(ancestor).expect("a file can be removed");
            }
        }
        fs::create_dir_all(directory).expect("a directory can be made");
        if full.is_dir() {
            fs::remove_dir_all(&full).expect("a directory can be removed");
        }
        fs::write(full, text).expect("a file can be written");
    }

    /// Removes a file, or a directory with all that is in it, and directories that are empty then.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub fn remove(&self, path: &str) {
        let full = self.root().join(path);
        if full.is_dir() { fs::remove_dir_all(&full) } else { fs::remove_file(&full) }.expect("it can be removed");
        let mut directory = full.as_path();
        while let Some(parent) = directory.parent().filter(|parent| *parent != self.root()) {
            if fs::remove_dir(parent).is_err() {
                break;
            }
            directory = parent;
        }
    }

    /// Moves a file.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub fn rename(&self, from: &str, to: &str) {
        let text = fs::read(self.root().join(from)).expect("the file can be read");
        self.remove(from);
        self.write(to, text);
    }

    /// Sets an engine up that keeps what it knows in the tree's cache.
    #[must_use]
    pub fn engine(&self) -> Engine {
        self.any_engine().with_cache(self.cache()).build().expect("the root exists")
    }

    /// The engine that built the tree before an edit of it, which is made; or with `restart` one in a new process's
    /// place.
    pub fn engine_before(&self, restart: bool, edit: impl FnOnce()) -> Engine {
        let mut engine = self.engine();
        engine.execute().expect("the tree can be built");
        if restart {
            engine = self.engine();
        }
        edit();
        engine
    }

    /// Makes the frontends of engines that are set up from now on those of another [`Edition`].
    pub fn set_edition(&self, edition: u32) {
        self.edition.store(edition, Ordering::Relaxed);
    }

    /// The edition of the frontends; 0 is the real one.
    #[must_use]
    pub fn edition(&self) -> u32 {
        self.edition.load(Ordering::Relaxed)
    }

    fn any_engine(&self) -> EngineBuilder {
        match self.edition.load(Ordering::Relaxed) {
            0 => engine(&self.root()),
            edition => Engine::builder(self.root())
                .frontend(Edition(Python, edition))
                .frontend(Edition(TypeScript, edition))
                .frontend(Edition(Toy, edition)),
        }
    }

    /// What an engine says of the symbols in a tree that it sees for the first time.
    ///
    /// # Panics
    ///
    /// If the build fails.
    #[must_use]
    pub fn clean_symbols(&self) -> String {
        let mut engine = self.any_engine().build().expect("the root exists");
        engine.execute().expect("a clean build succeeds");
        symbols(&mut engine)
    }

    /// What an engine says of the names in a tree that it sees for the first time.
    ///
    /// # Panics
    ///
    /// If the build fails.
    #[must_use]
    pub fn clean_names(&self) -> String {
        let mut engine = self.any_engine().build().expect("the root exists");
        engine.execute().expect("a clean build succeeds");
        names(&mut engine)
    }

    /// The digest of a build from nothing.
    ///
    /// # Panics
    ///
    /// If the build fails.
    #[must_use]
    pub fn clean_digest(&self) -> Digest {
        self.any_engine().build().expect("the root exists").execute().expect("a clean build succeeds").digest()
    }

    /// What a build from nothing answers.
    #[must_use]
    pub fn clean_answer(&self) -> String {
        self.clean_answer_for(EdgeKinds::all())
    }

    /// The same of edges of these kinds.
    ///
    /// # Panics
    ///
    /// If the build fails.
    #[must_use]
    pub fn clean_answer_for(&self, edges: EdgeKinds) -> String {
        let mut engine = self.any_engine().build().expect("the root exists");
        answer_for(&engine.execute().expect("a clean build succeeds"), edges)
    }
}

/// Begins to set up an engine for all languages and the toy one.
pub fn engine(root: &Path) -> EngineBuilder {
    fs::create_dir_all(root).expect("a directory can be made");
    Engine::builder(root).frontend(Python).frontend(TypeScript).frontend(Toy)
}

/// Everything that a build knows, as text that is equal where the answers are.
#[must_use]
pub fn answer(build: &Build) -> String {
    answer_for(build, EdgeKinds::all())
}

/// The same of what [`Engine::execute_for`] finds out for edges of these kinds.
#[must_use]
pub fn answer_for(build: &Build, edges: EdgeKinds) -> String {
    let mut text = String::new();
    let graph = build.graph();
    for path in build.files() {
        _ = writeln!(text, "{path}");
        for edge in graph.dependencies(path, edges).into_iter().flatten() {
            for site in edge.sites() {
                _ = writeln!(text, "  {} {}: {}", edge.path, site.line, site.kinds);
            }
        }
    }
    for import in build.unresolved_imports() {
        _ = writeln!(text, "{}:{}: {} {} ({})", import.path, import.line, import.name, import.reason, import.kinds);
    }
    for found in build.diagnostics() {
        let diagnostic = found.diagnostic;
        _ = writeln!(text, "{}:{}:{}: {}", found.path, diagnostic.line, diagnostic.column, diagnostic.message);
    }
    let cycles = graph.cycles(EdgeKinds::DEFAULT_POLICY);
    cycles.iter().for_each(|cycle| _ = writeln!(text, "cycle: {}", cycle.files.join(" ")));
    text
}

/// What a build executed: a line for each stage and file.
#[must_use]
pub fn executed(build: &Build) -> String {
    build.details().executed.iter().fold(String::new(), |mut text, execution| {
        _ = writeln!(text, "{} {}", execution.stage, execution.path);
        text
    })
}

/// The symbols of a file, a line for each.
struct Symbols;

#[derive(Clone)]
struct SymbolsInputs {
    ir: Digested<FileIr>,
}

impl Inputs for SymbolsInputs {
    fn fingerprint(&self, into: &mut Fingerprint) {
        into.digest(self.ir.digest());
    }
}

impl FileQuery for Symbols {
    type Inputs = SymbolsInputs;
    type Output = Vec<String>;
    const STAGE: Stage<SymbolsInputs, Vec<String>> = Stage::new("symbols of tests", 1, |inputs| {
        let ir = inputs.ir.value();
        let symbol_line = |symbol: &esker_engine::api::Symbol| {
            let place = ir.lines.line_column(symbol.name_span.start);
            let name = ir.names.get(symbol.name).unwrap_or("?");
            format!("{}:{} {:?} {name} in {:?}", place.line, place.column, symbol.kind, symbol.scope)
        };
        ir.symbols.iter().map(symbol_line).collect()
    });

    fn inputs(file: &FileReader<'_>) -> Option<SymbolsInputs> {
        Some(SymbolsInputs { ir: file.ir() })
    }
}

/// The symbols of all files of an engine's last build.
///
/// # Panics
///
/// If there was none.
pub fn symbols(engine: &mut Engine) -> String {
    let run = engine.query::<Symbols>().expect("there was a build");
    run.results.iter().fold(String::new(), |mut text, (path, symbols)| {
        symbols.value().iter().for_each(|symbol| _ = writeln!(text, "{path}:{symbol}"));
        text
    })
}

/// What other files can see of a file, and what its references stand for, in a few lines.
struct Names;

#[derive(Clone)]
struct NamesInputs {
    ir: Digested<FileIr>,
    exports: Digested<Interface>,
    resolution: Digested<Resolution>,
}

impl Inputs for NamesInputs {
    fn fingerprint(&self, into: &mut Fingerprint) {
        into.digest(self.ir.digest()).digest(self.exports.digest()).digest(self.resolution.digest());
    }
}

impl FileQuery for Names {
    type Inputs = NamesInputs;
    type Output = Vec<String>;
    const STAGE: Stage<NamesInputs, Vec<String>> = Stage::new("names of tests", 1, |inputs| {
        let (ir, exports, resolution) = (inputs.ir.value(), inputs.exports.value(), inputs.resolution.value());
        let name = |id| resolution.names.get(id).unwrap_or("?");
        let definition = |index: &u32| match resolution.definitions.get(*index as usize) {
            Some(Definition::Entry { path, name: entry }) => format!("{}:{}", name(*path), name(*entry)),
            Some(Definition::Module(path)) => name(*path).to_owned(),
            other => format!("{other:?}"),
        };
        let outcome = |index: &u32| match resolution.outcomes.get((*index as usize).wrapping_sub(1)) {
            Some(Resolved::To(definitions, _)) => definitions.iter().map(definition).collect::<Vec<_>>().join(" or "),
            Some(Resolved::Not(reason)) => reason.to_string(),
            None => "itself".to_owned(),
        };
        let digests = format!("exports {} resolution {}", inputs.exports.digest(), inputs.resolution.digest());
        let entries = format!("{} entries, {} imports", exports.entries.len(), exports.imports.len());
        let references = ir.references.iter().zip(&resolution.references);
        let lines = references
            .map(|(reference, index)| format!("{} -> {}", ir.names.get(reference.name).unwrap_or("?"), outcome(index)));
        [digests, entries].into_iter().chain(lines).collect()
    });

    fn inputs(file: &FileReader<'_>) -> Option<NamesInputs> {
        Some(NamesInputs { ir: file.ir(), exports: file.exports(), resolution: file.resolution() })
    }
}

/// The interfaces and resolutions of all files of an engine's last build.
///
/// # Panics
///
/// If there was none.
pub fn names(engine: &mut Engine) -> String {
    let run = engine.query::<Names>().expect("there was a build");
    let text = run.results.iter().fold(String::new(), |mut text, (path, lines)| {
        lines.value().iter().for_each(|line| _ = writeln!(text, "{path}: {line}"));
        text
    });
    // Values that are asked for after the query can have opened the store again, which other engines wait for.
    _ = engine.store_statistics();
    text
}
