//! Verification finds whatever is kept wrong, and mends it.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::Path;
use std::time::Duration;

use esker_engine::api::{
    Dialect, FileIr, Frontend, ImportTable, Interface, Layout, Located, LocatedTable, Lookup, Resolution, Root, Source,
    Unresolved, World,
};
use esker_engine::{Engine, FileBytes, OsSystem, Place, System, VerifyReport};
use esker_tests::languages::{ALL, EACH, Language, Modules};
use esker_tests::planted::{self, KeyAndRecord};
use esker_tests::toy::Toy;
use esker_tests::{Tree, answer, engine, executed, names};

const TREE: &str = "
//- a
use b
use p/: *
say new b.Service().run()
//- b
use c
class Service: run(): c.x
//- c
let x = 1
fn f(): x
//- p/
list q
use c: f as g
//- p/q
use a
use missing
say a.b
";

const STAGES: [&str; 5] = ["ir", "imports", "edges", "exports", "resolution"];

/// How the wrong records come to be met.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Met {
    /// The manifest is of before, and right.
    BesideTheManifest,
    /// The manifest was made of them.
    InTheManifest,
}

/// Gives the first record of a stage the result of another file. Envelope, digest and form are as they should be.
fn plant(tree: &Tree, stage: &str) {
    let records = planted::records(&tree.cache(), stage);
    let (key, right) = &records[0];
    let other = |(_, other): &&KeyAndRecord| planted::payload(other) != planted::payload(right);
    let (_, other) = records.iter().find(other).unwrap();
    let wrong = match stage {
        "resolution" => planted::resolution_of_another(right, other),
        _ => planted::record(&planted::payload(other)),
    };
    assert_ne!(planted::payload(&wrong), planted::payload(right), "{stage}");
    planted::plant(&tree.cache(), &[(key.clone(), wrong)]);
}

fn lose_manifest(tree: &Tree) {
    for entry in fs::read_dir(tree.cache()).unwrap().map(Result::unwrap) {
        if entry.file_name().to_string_lossy().starts_with("manifest-") {
            fs::remove_file(entry.path()).unwrap();
        }
    }
}

fn stages_in(report: &VerifyReport, place: Place) -> BTreeSet<&'static str> {
    report.differences.iter().filter(|found| found.place == place).map(|found| found.stage).collect()
}

/// The whole answer of a tree's cache: what the manifest says, and what the records say.
fn whole_answer(tree: &Tree) -> String {
    let mut engine = tree.engine();
    let answer = answer(&engine.execute().unwrap());
    format!("{answer}{}", names(&mut engine))
}

#[test]
fn a_wrong_record_of_any_stage_is_seen_and_mended() {
    for languages in EACH {
        check_wrong_records(languages);
    }
}

fn check_wrong_records(languages: &'static [Language]) {
    for stage in STAGES {
        for met in [Met::BesideTheManifest, Met::InTheManifest] {
            let tree = Modules::new(languages, TREE);
            tree.engine().execute().unwrap();
            let right = whole_answer(&tree);
            plant(&tree, stage);
            if met == Met::InTheManifest {
                lose_manifest(&tree);
                tree.engine().execute().unwrap();
                assert_ne!(whole_answer(&tree), right, "a wrong {stage} makes a difference");
            }

            let (build, report) = tree.engine().verify(100.0).unwrap();
            assert_eq!((report.files, report.results), (5, 25), "{stage}, {met:?}");
            assert_eq!(stages_in(&report, Place::Record), BTreeSet::from([stage]), "{met:?}: {report:?}");
            assert_eq!(answer(&build), tree.clean_answer(), "{stage}, {met:?}");

            assert_eq!(whole_answer(&tree), right, "{stage}, {met:?}");
            let (_, again) = tree.engine().verify(100.0).unwrap();
            assert_eq!(again.differences, [], "{stage}, {met:?}");
            lose_manifest(&tree);
            assert_eq!(executed(&tree.engine().execute().unwrap()), "", "{stage}, {met:?}: nothing was lost");
            assert_eq!(whole_answer(&tree), right, "{stage}, {met:?}");
        }
    }
}

#[test]
fn what_is_kept_right_is_no_difference() {
    let tree = Modules::new(ALL, TREE);
    for edit in ["let x = 1", "let x = 2\nfn f(): x", "use p/: q", "let x = 1"] {
        tree.write_module("c", edit);
        let (build, report) = tree.engine().verify(100.0).unwrap();
        assert_eq!(report.differences, [], "{edit}");
        assert_eq!(answer(&build), tree.clean_answer());
    }
    tree.remove_module("p/q");
    assert_eq!(tree.engine().verify(100.0).unwrap().1.differences, []);
}

#[test]
fn a_damaged_record_is_mended_too() {
    let tree = Modules::new(ALL, TREE);
    tree.engine().execute().unwrap();
    let (key, mut record) = planted::records(&tree.cache(), "exports").remove(0);
    *record.last_mut().unwrap() ^= 1;
    planted::plant(&tree.cache(), &[(key, record)]);
    let report = tree.engine().verify(100.0).unwrap().1;
    assert_eq!(stages_in(&report, Place::Record), BTreeSet::from(["exports"]));
    assert_eq!(tree.engine().verify(100.0).unwrap().1.differences, []);
}

/// A disk on which a file has come to have another text of the same length, and its stat has not changed.
struct Altered(Language);

impl System for Altered {
    fn read(&self, path: &Path, max_bytes: u64) -> io::Result<FileBytes> {
        if path.ends_with(self.0.path("c")) {
            return Ok(FileBytes::All(self.0.text("c", "let y = 1\nfn f(): y").into_bytes()));
        }
        OsSystem.read(path, max_bytes)
    }
}

#[test]
fn a_file_that_changed_behind_its_stat_is_seen() {
    ALL.iter().for_each(|language| check_a_change_behind_a_stat(*language));
}

fn check_a_change_behind_a_stat(language: Language) {
    let tree = Modules::new(ALL, TREE);
    // A stat is trusted only if it is older than a tick of the clock.
    std::thread::sleep(Duration::from_millis(60));
    tree.engine().execute().unwrap();
    let altered = || engine(&tree.root()).with_cache(tree.cache()).system(Altered(language)).build().unwrap();
    let report = altered().verify(100.0).unwrap().1;
    let found = |(module, stage)| {
        report.differences.iter().any(|found| (&*found.path, found.stage) == (&*language.path(module), stage))
    };
    assert!(found(("c", "content")), "{report:?}");
    assert!(found(("b", "resolution")), "what looks into it is wrong too: {report:?}");
    assert_eq!(altered().verify(100.0).unwrap().1.differences, []);
}

/// The toy language by a frontend that keeps to itself what files declare for all others.
#[derive(Debug)]
struct Silent;

impl Frontend for Silent {
    fn name(&self) -> &'static str {
        Toy.name()
    }

    fn version(&self) -> u32 {
        Toy.version()
    }

    fn dialect(&self, path: &str) -> Option<Dialect> {
        Toy.dialect(path)
    }

    fn shapes(&self) -> &'static [&'static str] {
        Toy.shapes()
    }

    fn lower(&self, source: Source<'_>) -> FileIr {
        Toy.lower(source)
    }

    fn roots(&self, layout: &dyn Layout) -> Vec<Root> {
        Toy.roots(layout)
    }

    fn locate(&self, imports: &ImportTable, importer: &str, roots: &[Root], lookup: &mut dyn Lookup) -> Vec<Located> {
        Toy.locate(imports, importer, roots, lookup)
    }

    fn interface(&self, ir: &FileIr, located: &LocatedTable) -> Interface {
        Toy.interface(ir, located)
    }

    fn resolve(&self, file: Unresolved<'_>, world: &mut dyn World) -> Resolution {
        Toy.resolve(file, world)
    }
}

#[test]
fn names_for_all_files_that_the_manifest_lacks_are_seen() {
    let tree = Tree::new("//- env.toy\nshare mode = 1\n");
    let builder = || Engine::builder(tree.root()).with_cache(tree.cache());
    builder().frontend(Silent).build().unwrap().execute().unwrap();
    let mut engine = builder().frontend(Toy).build().unwrap();
    let report = engine.verify(100.0).unwrap().1;
    let differences: Vec<_> = report.differences.iter().map(|found| (&*found.path, found.stage, found.place)).collect();
    assert_eq!(differences, [("env.toy", "imports", Place::Manifest)]);
    assert_eq!(engine.verify(100.0).unwrap().1.differences, []);
    tree.write("app.toy", "say mode\n");
    engine.execute().unwrap();
    assert!(names(&mut engine).contains("app.toy: mode -> env.toy:mode"));
}

#[test]
fn a_sample_is_a_part_that_stays_the_same() {
    let modules = (0..100).map(|file| format!("//- m{file}\nuse m{}\nlet x = {file}\n", (file + 1) % 100));
    let tree = Modules::new(ALL, &modules.collect::<String>());
    let checked = |percent| tree.engine().verify(percent).unwrap().1.files;
    let tenth = checked(10.0);
    assert!((5..50).contains(&tenth), "{tenth}");
    assert_eq!(checked(10.0), tenth);
    assert_eq!((checked(0.0), checked(100.0)), (0, 200));
}
