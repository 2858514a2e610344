//! Small repositories, each with a rule of module resolution, in `tests/cases`: files, each after a line `//- PATH`,
//! and after `//= edges` what every import leads to. The oracle compares the same files with the TypeScript compiler.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use esker_frontend_api::{
    FileIr, Frontend, ImportTable, Layout, Lookup, LowerOptions, Outcome, Probe, Root, Setting, Source, Target,
};
use esker_frontend_typescript::TypeScript;

/// A repository in memory.
struct Repository {
    files: BTreeMap<String, FileIr>,
}

impl Repository {
    fn new(fixture: &str) -> Self {
        let files = fixture.split("//- ").skip(1).map(|file| {
            let (path, text) = file.split_once('\n').unwrap_or((file, ""));
            let dialect = TypeScript.dialect(path).expect("the frontend claims every file of a case");
            let options = LowerOptions::default();
            let ir = TypeScript.lower(Source { bytes: text.as_bytes(), dialect, options: &options });
            assert_eq!(ir.diagnostics, [], "{path}");
            (path.to_owned(), ir)
        });
        Self { files: files.collect() }
    }

    /// What all imports of all files lead to.
    fn edges(&mut self) -> String {
        let roots = TypeScript.roots(self);
        let importers: Vec<(String, ImportTable)> =
            self.files.iter().map(|(path, ir)| (path.clone(), ImportTable::of(ir))).collect();
        let mut text = String::new();
        for (importer, imports) in importers {
            for located in TypeScript.locate(&imports, &importer, &roots, self) {
                let import = located.import.and_then(|import| imports.imports.get(import as usize)).expect("an import");
                let specifier = imports.name(import.specifier);
                _ = match located.outcome {
                    Outcome::Found(targets) if targets.is_empty() => Ok(()),
                    Outcome::Found(targets) => {
                        writeln!(text, "{importer}:{}: {specifier} -> {}", located.line, list(&targets))
                    }
                    Outcome::Missing { reason, .. } => {
                        writeln!(text, "{importer}:{}: {specifier} is missing: {reason}", located.line)
                    }
                };
            }
        }
        text
    }
}

fn list(targets: &[Target]) -> String {
    let targets: Vec<String> = targets.iter().map(|target| format!("{} ({})", target.path, target.kinds)).collect();
    targets.join(", ")
}

impl Layout for Repository {
    fn has_file(&self, path: &str) -> bool {
        self.files.contains_key(path)
    }

    fn for_each_file(&self, visit: &mut dyn FnMut(&str)) {
        self.files.keys().for_each(|path| visit(path));
    }

    fn root_name(&self) -> Option<&str> {
        None
    }

    fn settings(&self, path: &str) -> Option<Arc<Setting>> {
        self.files.get(path)?.settings.clone().map(Arc::new)
    }
}

impl Lookup for Repository {
    fn probe(&mut self, stem: &str) -> Probe {
        let has = |shape: &&str| self.files.contains_key(&Probe::path(stem, shape));
        let shapes = TypeScript.shapes().iter().enumerate().filter(|(_, shape)| has(shape));
        let directory = if stem.is_empty() { String::new() } else { format!("{stem}/") };
        Probe {
            shapes: shapes.fold(0, |shapes, (position, _)| shapes | 1 << position),
            directory: self.files.keys().any(|path| path.starts_with(&directory)),
        }
    }

    fn exported(&mut self, _: &str) -> Option<Arc<[String]>> {
        None
    }

    fn settings(&mut self, path: &str) -> Option<Arc<Setting>> {
        Layout::settings(self, path)
    }
}

fn check(name: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name).with_extension("txt");
    let case = fs::read_to_string(path).expect("the case can be read");
    let (fixture, expected) = case.split_once("//= edges\n").expect("a case ends with its edges");
    assert_eq!(Repository::new(fixture).edges(), expected);
}

#[test]
fn relative_specifiers_try_endings_and_index_files() {
    check("relative");
}

#[test]
fn aliases_and_base_urls_are_those_of_the_governing_configuration() {
    check("paths");
}

#[test]
fn several_root_directories_count_as_one() {
    check("root_dirs");
}

#[test]
fn packages_give_what_they_export_under_the_conditions_that_hold() {
    check("exports");
}

#[test]
fn the_format_of_the_importer_tells_what_a_dual_package_gives() {
    check("node_modes");
}

#[test]
fn projects_referred_to_govern_the_files_that_they_hold() {
    check("references");
}

#[test]
fn packages_that_are_not_built_lead_to_their_sources() {
    check("sources");
}

#[test]
fn every_way_to_ask_for_a_module_has_its_kinds() {
    check("kinds");
}

#[test]
fn scripts_in_components_import_and_are_imported() {
    check("components");
}

#[test]
fn jsx_imports_what_the_file_or_its_settings_say() {
    check("jsx");
}

#[test]
fn urls_lead_to_files_by_alias_too_and_to_directories_without_a_miss() {
    check("urls");
}

#[test]
fn what_frameworks_generate_is_known_where_it_is_not_there() {
    check("generated");
}

#[test]
fn every_case_is_checked() {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases");
    let cases = fs::read_dir(directory).expect("the cases can be listed").count();
    assert_eq!(cases, 12);
}

#[test]
fn workspaces_are_roots_with_their_packages_behind_them() {
    let repository = Repository::new(
        "//- package.json\n{\"name\": \"top\", \"workspaces\": {\"packages\": [\"a/*\"]}}\n\
         //- a/x/package.json\n{\"name\": \"@s/x\"}\n//- b/package.json\n{\"name\": \"b\"}\n\
         //- other/lerna.json\n{\"packages\": [\"**\"]}\n//- other/deep/y/package.json\n{\"name\": \"y\"}\n",
    );
    let roots = TypeScript.roots(&repository);
    let written: Vec<String> = roots.iter().map(|Root { path, prefix }| format!("{path}={prefix}")).collect();
    assert_eq!(written, ["=*", "a/x=@s/x", "=top", "other=*", "other/deep/y=y"]);
}
