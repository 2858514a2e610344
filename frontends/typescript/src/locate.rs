//! Where a file's imports lead, by the rules of the TypeScript compiler, Node and bundlers.
//!
//! ```text
//!   specifier ─┬─ ./a ────────────────────────────────────────▶ files: endings, index files
//!              ├─ #a ───▶ imports of the nearest package.json ─▶   ▲        │ nothing there
//!              └─ a/b ──▶ paths and baseUrl of the tsconfig ───▶   │        ▼
//!                    └──▶ the package itself, a workspace's ──▶ package   sources: dist/a.js → src/a.ts
//! ```
//!
//! Every import is looked at in two views: as a type checker does, to whom `a.d.ts` says all about `a.js`, and as what
//! runs does, to whom it is nothing. Mostly both come to the same file.
//!
//! What is asked of the engine is asked in the order of preference, and no further than to the first answer, so that a
//! file is located again only where a file comes or goes that it would have preferred, or settings change that it read.

mod builtin;
mod files;
mod generated;
mod package;
mod pattern;
mod sources;
mod tsconfig;

use esker_frontend_api::path::{self, join, parent};
use esker_frontend_api::{
    EdgeKinds, Import, ImportForm, ImportTable, Located, Lookup, MissReason, NameId, Outcome, Root, Target,
};
use rustc_hash::FxHashMap;

pub(crate) use self::pattern::Glob;
use self::tsconfig::TsConfig;
use crate::roots::WORKSPACE;

/// Finds the files that a file's imports lead to; see [`esker_frontend_api::Frontend::locate`].
pub(crate) fn locate(imports: &ImportTable, importer: &str, roots: &[Root], lookup: &mut dyn Lookup) -> Vec<Located> {
    let way = Way::Static;
    let mut locator = Locator { importer, roots, lookup, config: None, package: None, way, depth: 0 };
    let mut known: FxHashMap<(NameId, Way), Result<Found, MissReason>> = FxHashMap::default();
    let mut located = Vec::with_capacity(imports.imports.len());
    for (position, import) in imports.imports.iter().enumerate() {
        let specifier = imports.name(import.specifier);
        let way = match import.form {
            ImportForm::Required => Way::Required,
            ImportForm::Dynamic => Way::Dynamic,
            _ => Way::Static,
        };
        if import.form == ImportForm::Implied {
            let found = locator.implied(specifier).unwrap_or_default();
            located.push(outcome(import, position as u32, specifier, &Ok(found), importer));
            continue;
        }
        // `import { a, b } from "m"` is two imports.
        let found = known.entry((import.specifier, way)).or_insert_with(|| {
            locator.way = way;
            locator.specifier(specifier)
        });
        if import.kinds.contains(EdgeKinds::STRING) && found.is_err() {
            let found = locator.text(specifier).map_or_else(|| found.clone(), Ok);
            located.push(outcome(import, position as u32, specifier, &found, importer));
            continue;
        }
        located.push(outcome(import, position as u32, specifier, found, importer));
    }
    located
}

fn outcome(
    import: &Import,
    position: u32,
    specifier: &str,
    found: &Result<Found, MissReason>,
    importer: &str,
) -> Located {
    let (outcome, modules) = match found {
        Ok(found) => {
            let mut targets = found.targets(import.kinds);
            targets.retain(|target| target.path != importer);
            (Outcome::Found(targets), found.first().map(str::to_owned))
        }
        Err(reason) => {
            let name = match import.form {
                ImportForm::Dynamic if specifier.is_empty() => String::new(),
                _ => specifier.to_owned(),
            };
            (Outcome::Missing { name, reason: *reason, reached: Vec::new() }, None)
        }
    };
    let modules = modules.into_iter().map(Some).collect();
    Located { import: Some(position), line: import.line, outcome, modules, submodule: None }
}

/// The files that a module is to a type checker and to what runs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Found {
    /// What a type checker reads.
    typing: Option<String>,
    /// What runs.
    runtime: Option<String>,
}

impl Found {
    /// Both views come to this file.
    fn both(path: String) -> Self {
        Self { typing: Some(path.clone()), runtime: Some(path) }
    }

    fn is_nothing(&self) -> bool {
        self.typing.is_none() && self.runtime.is_none()
    }

    /// What either view has, this one's before the other's.
    fn or(self, other: Self) -> Self {
        Self { typing: self.typing.or(other.typing), runtime: self.runtime.or(other.runtime) }
    }

    fn first(&self) -> Option<&str> {
        self.typing.as_deref().or(self.runtime.as_deref())
    }

    fn targets(&self, kinds: EdgeKinds) -> Vec<Target> {
        let target = |path: &String| Target {
            path: path.clone(),
            kinds: match is_declaration(path) {
                true => (kinds - EdgeKinds::RUNTIME) | EdgeKinds::STUB,
                false => kinds,
            },
        };
        let is_type_only = kinds.contains(EdgeKinds::TYPE_ONLY) && self.typing.is_some();
        let runtime = self.runtime.iter().filter(|path| !is_type_only && self.typing.as_ref() != Some(*path));
        let mut targets: Vec<Target> = self.typing.iter().chain(runtime).map(target).collect();
        targets.sort();
        targets
    }
}

/// How a module is asked for, on which depends what a package gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Way {
    /// By a declaration, which Node and the compiler take for a `require` in a file that is no ECMAScript module.
    Static,
    /// By `import()`.
    Dynamic,
    /// By `require()`.
    Required,
}

/// Whether a file declares types and nothing else.
pub(crate) fn is_declaration(path: &str) -> bool {
    crate::parse::dialect(path) == Some(crate::parse::DECLARATION)
}

/// How many steps from alias to alias, or from package to package, are followed.
const MAX_STEPS: u32 = 8;

/// The state of one call.
struct Locator<'a> {
    importer: &'a str,
    roots: &'a [Root],
    lookup: &'a mut dyn Lookup,
    /// The settings of the compiler that govern the importer, once they were looked for.
    config: Option<Option<std::rc::Rc<TsConfig>>>,
    /// The directory of the package around the importer, once it was looked for.
    package: Option<Option<String>>,
    way: Way,
    depth: u32,
}

impl Locator<'_> {
    /// What a specifier in the importer stands for.
    fn specifier(&mut self, specifier: &str) -> Result<Found, MissReason> {
        if specifier.is_empty() {
            return Err(MissReason::Computed);
        }
        let found = self.plain(specifier);
        // Bundlers take what follows a question mark for themselves (`./a.svg?raw`), and loaders what precedes a mark.
        let Err(reason) = found else { return found };
        let bare = specifier.rsplit('!').next().unwrap_or(specifier);
        let bare = bare.split(['?']).next().unwrap_or(bare);
        if bare.len() < specifier.len() && !bare.is_empty() {
            return self.plain(bare).map_err(|_| reason);
        }
        Err(reason)
    }

    /// What a part of the module stands for that the compiler imports by itself; where that is not in the repository,
    /// it is no miss.
    fn implied(&mut self, part: &str) -> Option<Found> {
        let config = self.config()?;
        self.way = Way::Static;
        self.specifier(&path::below(config.jsx_source()?, part)).ok()
    }

    /// What a string stands for that is none of a module by itself: a bundler's alias in a URL, which reads as if it
    /// were relative, or a directory, which has no file and is no miss.
    fn text(&mut self, specifier: &str) -> Option<Found> {
        let here = parent(self.importer).unwrap_or("");
        let path = join(here, specifier).filter(|_| is_relative(specifier))?;
        if path.is_empty() || self.lookup.probe(&path).directory {
            return Some(Found::default());
        }
        let alias = specifier.strip_prefix("./").filter(|alias| !is_relative(alias))?;
        self.absolute(alias, here).ok()
    }

    fn plain(&mut self, specifier: &str) -> Result<Found, MissReason> {
        let here = parent(self.importer).unwrap_or("");
        if is_relative(specifier) {
            let path = join(here, specifier).ok_or(MissReason::BeyondTopLevel)?;
            let found = self.relative(&path, specifier);
            return found.ok_or_else(|| match generated::is_of_route(specifier) {
                true if self.config().is_some_and(|config| config.has_generated) => MissReason::External,
                _ => MissReason::NoSuchModule,
            });
        }
        if let Some(rooted) = specifier.strip_prefix('/') {
            return self.rooted(rooted).ok_or(MissReason::External);
        }
        if let Some(reason) = builtin::scheme(specifier) {
            return Err(reason);
        }
        self.absolute(specifier, here)
    }

    /// A path in the repository, as an import relative to the importer has it.
    fn relative(&mut self, path: &str, specifier: &str) -> Option<Found> {
        let is_directory =
            specifier.ends_with('/') || specifier.ends_with("/.") || specifier.ends_with("..") || specifier == ".";
        let found = self.path(path, is_directory);
        if !found.is_nothing() {
            return Some(found);
        }
        let config = self.config()?;
        for path in config.in_other_root_dirs(path) {
            let found = self.path(&path, is_directory);
            if !found.is_nothing() {
                return Some(found);
            }
        }
        for suffix in &config.module_suffixes {
            let found = self.suffixed(path, suffix);
            if !found.is_nothing() {
                return Some(found);
            }
        }
        // A file that is made by building.
        let package = self.package().unwrap_or_default();
        self.source_of(&package, path)
    }

    /// A path from the root of a web server, which bundlers take to be that of the package.
    fn rooted(&mut self, path: &str) -> Option<Found> {
        let package = self.package().unwrap_or_default();
        let starts = [package.clone(), join(&package, "public")?];
        for start in starts {
            let found = join(&start, path).map(|path| self.path(&path, false)).unwrap_or_default();
            if !found.is_nothing() {
                return Some(found);
            }
        }
        None
    }

    /// A specifier that is neither relative nor a URL.
    fn absolute(&mut self, specifier: &str, here: &str) -> Result<Found, MissReason> {
        let mut miss = None;
        if let Some(config) = self.config() {
            for path in config.mapped(specifier) {
                let found = self.path(&path, false);
                if !found.is_nothing() {
                    return Ok(found);
                }
            }
            // What an alias promises and is not there should be in the repository; `*` promises nothing.
            miss = config.promises(specifier).then_some(MissReason::NoSuchModule);
            if let Some(base) = &config.base_url {
                let found = join(base, specifier).map(|path| self.path(&path, false)).unwrap_or_default();
                if !found.is_nothing() {
                    return Ok(found);
                }
            }
        }
        if specifier.starts_with('#') {
            return self.internal(specifier, here).ok_or(MissReason::NoSuchModule);
        }
        let (name, subpath) = package::split(specifier);
        match self.package_named(name, here) {
            Some(directory) => {
                let found = self.in_package(&directory, subpath);
                // What a workspace is called as a whole is mostly no package, and another one can have that name.
                let is_workspace = self.is_workspace(&directory) && self.package().as_ref() != Some(&directory);
                let reason = if is_workspace { MissReason::External } else { MissReason::NoSuchModule };
                (!found.is_nothing()).then_some(found).ok_or(reason)
            }
            None if builtin::is_builtin(specifier) => Err(MissReason::StandardLibrary),
            None => Err(miss.unwrap_or(MissReason::External)),
        }
    }

    /// The directory of the package with this name, as code in a directory sees it: the package around, one of the
    /// workspace, or a directory that the package around depends on.
    fn package_named(&mut self, name: &str, here: &str) -> Option<String> {
        let own = self.package_around(here);
        let own_settings = own.as_ref().and_then(|own| self.lookup.settings(&path::below(own, "package.json")));
        if let (Some(own), Some(settings)) = (&own, &own_settings) {
            if settings.text_of("name") == Some(name) {
                return Some(own.clone());
            }
            let directory = settings.get("directories").and_then(|directories| directories.text_of(name));
            let directory = directory.and_then(|written| written.split_once(':')).and_then(|(_, path)| join(own, path));
            if directory.is_some() {
                return directory;
            }
        }
        let mut found: Option<(usize, &Root)> = None;
        let mut workspace: Option<&str> = None;
        for root in self.roots {
            if root.prefix == WORKSPACE {
                workspace = Some(&root.path).filter(|path| path::is_below(self.importer, path)).map(String::as_str);
            } else if let Some(workspace) = workspace.filter(|_| root.prefix == name)
                && found.is_none_or(|(depth, _)| depth <= workspace.len())
            {
                found = Some((workspace.len(), root));
            }
        }
        found.map(|(_, root)| root.path.clone())
    }

    /// Whether a directory is that of a workspace.
    fn is_workspace(&self, directory: &str) -> bool {
        self.roots.iter().any(|root| root.prefix == WORKSPACE && root.path == directory)
    }

    /// The settings of the compiler for the importer.
    fn config(&mut self) -> Option<std::rc::Rc<TsConfig>> {
        if self.config.is_none() {
            let config = self.governing_config(self.importer);
            self.config = Some(config.map(std::rc::Rc::new));
        }
        self.config.clone().flatten()
    }

    /// The directory of the package around the importer.
    fn package(&mut self) -> Option<String> {
        if self.package.is_none() {
            self.package = Some(self.package_around(parent(self.importer).unwrap_or("")));
        }
        self.package.clone().flatten()
    }

    /// The nearest directory with a `package.json`, from this one upwards.
    fn package_around(&mut self, directory: &str) -> Option<String> {
        let mut at = Some(directory);
        while let Some(directory) = at {
            if self.exists(&path::below(directory, "package.json")) {
                return Some(directory.to_owned());
            }
            at = parent(directory);
        }
        None
    }

    /// The conditions that tell ways to ask apart, the one that holds first.
    fn modes(&mut self) -> [&'static str; 2] {
        let is_required = match self.way {
            Way::Required => true,
            Way::Dynamic => false,
            Way::Static => self.config().is_some_and(|config| config.is_node == Some(true)) && !self.is_ecmascript(),
        };
        if is_required { ["require", "import"] } else { ["import", "require"] }
    }

    /// Whether the importer is an ECMAScript module by Node's rules.
    fn is_ecmascript(&mut self) -> bool {
        match self.importer.rsplit('.').next() {
            Some("mts" | "mjs") => return true,
            Some("cts" | "cjs") => return false,
            _ => {}
        }
        let package = self.package();
        let settings = package.and_then(|package| self.lookup.settings(&path::below(&package, "package.json")));
        settings.is_some_and(|settings| settings.text_of("type") == Some("module"))
    }

    /// Goes one step further from package to package, unless they lead in a circle.
    fn step<T: Default>(&mut self, visit: impl FnOnce(&mut Self) -> T) -> T {
        if self.depth >= MAX_STEPS {
            return T::default();
        }
        self.depth += 1;
        let result = visit(self);
        self.depth -= 1;
        result
    }
}

/// Whether a specifier is relative to the file that it stands in.
fn is_relative(specifier: &str) -> bool {
    matches!(specifier, "." | "..") || specifier.starts_with("./") || specifier.starts_with("../")
}
