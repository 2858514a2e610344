//! The settings of the TypeScript compiler that govern a file.
//!
//! They are those of the nearest `tsconfig.json` or `jsconfig.json`, with what that extends. One that refers to other
//! projects and does not hold the file itself hands it on to the first of those that does, as editors do.

use esker_frontend_api::Setting;
use esker_frontend_api::path::{self, join, parent};

use super::is_relative;
use super::pattern::{Glob, best};
use super::{Locator, generated, package};

/// How many configurations may extend each other, or refer to each other.
const MAX_CHAIN: u32 = 32;

/// A pattern, and what it stands for, in order of preference.
type Alias = (String, Vec<String>);

/// What governs how a file's imports are resolved. All paths are those of the repository.
#[derive(Debug, Clone, Default)]
pub(super) struct TsConfig {
    /// The directory of the configuration itself.
    directory: String,
    /// Where specifiers start that are neither relative nor mapped.
    pub(super) base_url: Option<String>,
    /// Aliases, and the directory that what they stand for is relative to.
    paths: Option<(String, Vec<Alias>)>,
    /// Directories that count as one.
    root_dirs: Vec<String>,
    /// Whether there are others that are generated.
    pub(super) has_generated: bool,
    /// What can stand before an ending, in order, without the empty one.
    pub(super) module_suffixes: Vec<String>,
    /// Conditions of packages that hold besides the usual ones.
    pub(super) conditions: Vec<String>,
    /// Whether Node's rules hold, by which a file is an ECMAScript module or not, and imports as such. Where it is not
    /// said, bundlers' do.
    pub(super) is_node: Option<bool>,
    /// The module that JSX is compiled to calls of, if it says so.
    jsx_source: Option<String>,
    /// Whether JSX is compiled to calls of a module's, whichever.
    is_jsx_compiled: bool,
    /// Where sources are, if it says so.
    pub(super) root_dir: Option<String>,
    /// Where what is built goes.
    pub(super) outputs: Vec<String>,
    /// `files`, `include` and `exclude`, with the directory that each is relative to.
    files: Option<(String, Vec<String>)>,
    include: Option<(String, Vec<String>)>,
    exclude: Option<(String, Vec<String>)>,
    references: Vec<String>,
}

impl TsConfig {
    /// The paths that an alias gives a specifier, in order of preference.
    pub(super) fn mapped(&self, specifier: &str) -> Vec<String> {
        let Some((base, entries)) = &self.paths else { return Vec::new() };
        let Some((position, star)) = best(entries.iter().map(|(pattern, _)| &**pattern), specifier) else {
            return Vec::new();
        };
        let place = |target: &String| {
            let target = target.replacen('*', star, 1);
            // What `${configDir}` stood before is a path of the repository.
            let base = if target.starts_with('/') { "" } else { base };
            join(base, &target)
        };
        entries[position].1.iter().filter_map(place).collect()
    }

    /// Whether some alias is meant for the specifier, and not for all.
    pub(super) fn promises(&self, specifier: &str) -> bool {
        let entries = self.paths.as_ref().map(|(_, entries)| entries.as_slice()).unwrap_or_default();
        let best = best(entries.iter().map(|(pattern, _)| &**pattern), specifier);
        best.is_some_and(|(position, _)| entries[position].0 != "*")
    }

    /// The module that JSX is compiled to calls of, if it is.
    pub(super) fn jsx_source(&self) -> Option<&str> {
        self.jsx_source.as_deref().or(self.is_jsx_compiled.then_some("react"))
    }

    /// The same path below each of the other directories that count as one with its own.
    pub(super) fn in_other_root_dirs(&self, path: &str) -> Vec<String> {
        let own = self.root_dirs.iter().filter(|root| path::is_below(path, root)).max_by_key(|root| root.len());
        let Some((own, rest)) = own.and_then(|own| Some((own, path::relative_to(path, own)?))) else {
            return Vec::new();
        };
        self.root_dirs.iter().filter(|root| *root != own).map(|root| path::below(root, rest)).collect()
    }

    /// Whether the configuration holds a file, by its lists.
    fn holds(&self, path: &str) -> bool {
        let listed = |list: &Option<(String, Vec<String>)>, holds: &dyn Fn(&str, &str) -> bool| {
            list.as_ref().is_some_and(|(base, patterns)| {
                patterns.iter().any(|pattern| join(base, pattern).is_some_and(|pattern| holds(&pattern, path)))
            })
        };
        if listed(&self.files, &|file, path| file == path) {
            return true;
        }
        let is_excluded = listed(&self.exclude, &|glob, path| Glob(glob).covers(path));
        let is_included = match (&self.include, &self.files) {
            (None, Some(_)) => false,
            (None, None) => path::is_below(path, &self.directory),
            (Some(_), _) => listed(&self.include, &|glob, path| Glob(glob).covers(path)),
        };
        is_included && !is_excluded
    }

    /// Takes over what a framework would generate, if a configuration that is not there is one that it does, and as far
    /// as nothing else has been said.
    fn generate(&mut self, path: &str) {
        let Some(aliases) = generated::aliases(path) else { return };
        self.has_generated = true;
        self.paths.get_or_insert_with(|| (self.directory.clone(), aliases));
    }

    /// Takes over what a configuration says itself, in place of what it extends.
    fn overlay(&mut self, own: &Setting, directory: &str, leaf: &str) {
        let place = |written: &str| match written.strip_prefix("${configDir}") {
            Some(rest) => join(leaf, rest),
            None => join(directory, written),
        };
        let list = |key: &str| {
            let items = own.get(key)?.texts();
            // Relative to the root, so that a template and a plain path look alike.
            Some((String::new(), items.filter_map(place).collect::<Vec<_>>()))
        };
        let replace = |into: &mut Option<(String, Vec<String>)>, key| {
            if let Some(list) = list(key) {
                *into = Some(list);
            }
        };
        replace(&mut self.files, "files");
        replace(&mut self.include, "include");
        replace(&mut self.exclude, "exclude");
        let Some(options) = own.get("compilerOptions") else { return };
        if let Some(base) = options.text_of("baseUrl").and_then(place) {
            self.base_url = Some(base);
        }
        if let Some(paths) = options.get("paths") {
            let entries = paths.entries().iter().map(|(pattern, targets)| {
                let templates = targets.texts().map(|target| target.replace("${configDir}", &format!("/{leaf}")));
                (pattern.clone(), templates.collect())
            });
            self.paths = Some((directory.to_owned(), entries.collect()));
        }
        if let Some(roots) = options.get("rootDirs") {
            self.root_dirs = roots.texts().filter_map(place).collect();
            self.has_generated |= self.root_dirs.iter().any(|root| generated::is_generated(root));
        }
        if let Some(suffixes) = options.get("moduleSuffixes") {
            self.module_suffixes = suffixes.texts().filter(|suffix| !suffix.is_empty()).map(str::to_owned).collect();
        }
        if let Some(conditions) = options.get("customConditions") {
            self.conditions = conditions.texts().map(str::to_owned).collect();
        }
        if let Some(written) = options.text_of("moduleResolution").or_else(|| options.text_of("module")) {
            // Compilers take the word in any case. What follows it is a year or "next".
            let written = written.to_ascii_lowercase();
            self.is_node = Some(written.strip_prefix("node").is_some_and(|rest| !matches!(rest, "" | "10")));
        }
        if let Some(source) = options.text_of("jsxImportSource") {
            self.jsx_source = Some(source.to_owned());
        }
        if let Some(jsx) = options.text_of("jsx") {
            self.is_jsx_compiled = matches!(jsx.to_ascii_lowercase().as_str(), "react-jsx" | "react-jsxdev");
        }
        if let Some(root) = options.text_of("rootDir").and_then(place) {
            self.root_dir = Some(root);
        }
        let outputs = ["declarationDir", "outDir"].iter().filter_map(|key| options.text_of(key).and_then(place));
        let outputs: Vec<String> = outputs.collect();
        if !outputs.is_empty() {
            self.outputs = outputs;
        }
    }
}

impl Locator<'_> {
    /// The settings that govern a file; `None` if there are none.
    pub(super) fn governing_config(&mut self, file: &str) -> Option<TsConfig> {
        let mut at = parent(file);
        while let Some(directory) = at {
            if let Some(config) = self.config_of(directory) {
                return Some(if config.references.is_empty() || config.holds(file) {
                    config
                } else {
                    self.referred(&config, file, 0).unwrap_or(config)
                });
            }
            at = parent(directory);
        }
        None
    }

    /// The configuration in a directory.
    pub(super) fn config_of(&mut self, directory: &str) -> Option<TsConfig> {
        let names = ["tsconfig.json", "jsconfig.json"];
        let path = names.iter().map(|name| path::below(directory, name)).find(|path| self.exists(path))?;
        self.read_config(&path)
    }

    /// The first of the projects referred to that holds a file.
    fn referred(&mut self, config: &TsConfig, file: &str, depth: u32) -> Option<TsConfig> {
        if depth >= MAX_CHAIN {
            return None;
        }
        for reference in &config.references {
            let path =
                if reference.ends_with(".json") { reference.clone() } else { path::below(reference, "tsconfig.json") };
            let Some(referred) = self.read_config(&path) else { continue };
            if referred.holds(file) {
                return Some(referred);
            }
            if let Some(found) = self.referred(&referred, file, depth + 8) {
                return Some(found);
            }
        }
        None
    }

    fn read_config(&mut self, path: &str) -> Option<TsConfig> {
        let directory = parent(path).unwrap_or("").to_owned();
        let mut config = TsConfig { directory: directory.clone(), ..TsConfig::default() };
        let settings = self.lookup.settings(path)?;
        self.extended(&mut config, &settings, &directory, &directory, 0);
        // Aliases are relative to the directory of base URLs, where there is one.
        if let (Some((base, _)), Some(base_url)) = (&mut config.paths, &config.base_url) {
            base.clone_from(base_url);
        }
        let references = settings.get("references").map(Setting::items).unwrap_or_default();
        config.references =
            references.iter().filter_map(|reference| join(&directory, reference.text_of("path")?)).collect();
        for reference in config.references.clone() {
            config.generate(&reference);
        }
        Some(config)
    }

    fn extended(&mut self, config: &mut TsConfig, own: &Setting, directory: &str, leaf: &str, depth: u32) {
        let bases: Vec<&str> = match own.get("extends") {
            Some(Setting::Text(base)) => vec![base],
            Some(list) => list.texts().collect(),
            None => Vec::new(),
        };
        for base in bases {
            let Some(path) = self.base_config(base, directory).filter(|_| depth < MAX_CHAIN) else {
                let base = if base == generated::APP { ".svelte-kit/tsconfig.json" } else { base };
                join(directory, base).into_iter().for_each(|path| config.generate(&path));
                continue;
            };
            if let Some(settings) = self.lookup.settings(&path) {
                let directory = parent(&path).unwrap_or("").to_owned();
                self.extended(config, &settings, &directory, leaf, depth + 1);
            }
        }
        config.overlay(own, directory, leaf);
    }

    /// The path of a configuration that is extended: relative, or in a package of the repository.
    fn base_config(&mut self, written: &str, directory: &str) -> Option<String> {
        let path = if is_relative(written) {
            join(directory, written)?
        } else {
            let (name, subpath) = package::split(written);
            let package = self.package_named(name, directory)?;
            path::below(&package, if subpath.is_empty() { "tsconfig.json" } else { subpath })
        };
        let named = [path.clone(), format!("{path}.json"), path::below(&path, "tsconfig.json")];
        named.into_iter().find(|path| path.ends_with(".json") && self.exists(path))
    }
}
