//! Every file of a cache, damaged in every way: the answer is that of a clean build, there is one warning where there
//! is any, a counter tells the same, and afterwards the cache is as good as ever.
//!
//! One test alone in this program: warnings are counted for the process as a whole.

#![cfg(feature = "cache")]
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs::{self, File};
use std::panic;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use esker_engine::{Build, Engine, GarbageLimits};
use esker_tests::languages::{ALL, Modules};
use esker_tests::{answer, engine, executed};
use tracing::span::{Attributes, Record};
use tracing::{Event, Id, Level, Metadata, Subscriber};

/// At how many places of each file a byte is flipped, and it is cut short; CI asks for more.
const SAMPLES: u64 = 3;
/// The environment variable that asks for another number of them.
const SAMPLES_VARIABLE: &str = "ESKER_DAMAGE_SAMPLES";

/// In every language.
const TREE: &str = "
//- a
use b
use p/: *
//- b
use c
class Service: run(): c.x
//- c
let x = 1
//- p/
list q
//- p/q
use a
//- broken
broken
use a
";

static WARNINGS: AtomicU64 = AtomicU64::new(0);

/// Counts warnings, and nothing else.
struct Warnings;

impl Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event() && *metadata.level() <= Level::WARN
    }

    fn event(&self, _: &Event<'_>) {
        WARNINGS.fetch_add(1, Ordering::SeqCst);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

/// A tree whose builds left more than one table of records.
fn built(name: &str) -> Modules {
    let tree = Modules::new(ALL, TREE);
    tree.write_module("own", &format!("use a\nlet {name} = 1"));
    tree.engine().execute().unwrap();
    tree.write_module("c", "use broken\nlet x = 2");
    tree.engine().execute().unwrap();
    // Another one with the times of all records.
    let everything = GarbageLimits { older_than: std::time::Duration::MAX, max_bytes: 0 };
    tree.engine().collect_garbage(everything).unwrap();
    tree.write_module("c", "use broken\nuse p/q\nlet x = 3");
    tree.engine().execute().unwrap();
    tree
}

/// Every file below a directory, ascending, relative to it.
fn files_below(directory: &Path) -> Vec<PathBuf> {
    fn collect(directory: &Path, root: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(directory).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                collect(&path, root, found)
            } else {
                found.push(path.strip_prefix(root).unwrap().into())
            }
        }
    }
    let mut found = Vec::new();
    collect(directory, directory, &mut found);
    found.sort_unstable();
    found
}

/// The bytes of a cache's files, to be brought back.
struct Kept(Vec<(PathBuf, Vec<u8>)>);

impl Kept {
    fn of(cache: &Path) -> Self {
        Self(files_below(cache).into_iter().map(|file| (file.clone(), fs::read(cache.join(file)).unwrap())).collect())
    }

    fn bring_back(&self, cache: &Path) {
        fs::remove_dir_all(cache).unwrap();
        for (file, bytes) in &self.0 {
            let path = cache.join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, bytes).unwrap();
        }
    }
}

fn is_manifest(file: &Path) -> bool {
    file.to_string_lossy().starts_with("manifest-")
}

fn lose_manifest(cache: &Path) {
    for file in files_below(cache).into_iter().filter(|file| is_manifest(file)) {
        fs::remove_file(cache.join(file)).unwrap();
    }
}

/// A tree, its cache as it was kept, and the answers for what there can be in `b`.
struct Patient {
    tree: Modules,
    kept: Kept,
    answers: [String; 2],
}

const TEXTS: [&str; 2] = ["use c\nuse p/q", "use c\n\nclass Service: run(): c.x"];

impl Patient {
    fn new() -> Self {
        let tree = built("patient");
        let kept = Kept::of(&tree.cache());
        let answers = TEXTS.map(|text| {
            tree.write_module("b", text);
            tree.clean_answer()
        });
        Self { tree, kept, answers }
    }

    fn engine(&self) -> Engine {
        engine(&self.tree.root()).with_cache(self.tree.cache()).build().unwrap()
    }

    /// One process's build: right, with one warning at most, and with a counter that agrees.
    fn build(&self, what: &str, text: usize) -> (Build, u64) {
        let before = WARNINGS.load(Ordering::SeqCst);
        // What unwinds on purpose says nothing of itself.
        let built = panic::catch_unwind(|| self.engine().execute().unwrap());
        let build = built.unwrap_or_else(|_| panic!("{what}: the run is not abandoned in order"));
        let warnings = WARNINGS.load(Ordering::SeqCst) - before;
        assert_eq!(answer(&build), self.answers[text], "{what}");
        let counted = build.details().damaged_records + build.details().damaged_cache_files;
        assert_eq!(warnings, counted.min(1), "{what}: {warnings} warnings, where {counted} are counted");
        (build, warnings)
    }

    /// Does damage to the cache; then builds with a file edited, and with the manifest lost as well.
    fn check(&self, what: &str, damage: impl Fn(&Path)) {
        let cache = self.tree.cache();
        for loses_manifest in [false, true] {
            let what = format!("{what}, manifest lost: {loses_manifest}");
            self.kept.bring_back(&cache);
            self.tree.write_module("b", TEXTS[0]);
            damage(&cache);
            if loses_manifest {
                _ = self.build(&what, 0);
                lose_manifest(&cache);
            }
            _ = self.build(&what, 0);
            let (next, _) = self.build(&what, 0);
            assert_eq!(executed(&next), "", "{what}: the next run");
            self.tree.write_module("b", TEXTS[1]);
            _ = self.build(&what, 1);
            // Everything is looked up twice: what was damaged is gone by then.
            for _ in 0..2 {
                lose_manifest(&cache);
                _ = self.build(&what, 1);
            }
            lose_manifest(&cache);
            let (healed, warnings) = self.build(&what, 1);
            assert_eq!((&*executed(&healed), warnings), ("", 0), "{what}: the cache is mended");
            assert_eq!(self.engine().check_cache().unwrap().problems, [], "{what}: no part of it is damaged");
        }
    }
}

/// So many places of a file of this length: its first and last bytes, and others spread over what lies between.
fn sampled(length: u64, samples: u64) -> Vec<u64> {
    let spread = (1..samples).map(|part| length * part / samples + part % 3);
    let ends = [0, length.saturating_sub(1), length.saturating_sub(30)];
    let mut places: Vec<u64> = ends.into_iter().chain(spread).filter(|place| *place < length).collect();
    places.sort_unstable();
    places.dedup();
    places
}

/// Bytes without sense, the same ones each time.
fn noise() -> Vec<u8> {
    (0..20_000_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

#[test]
fn every_file_of_a_cache_can_be_damaged_in_any_way() {
    tracing::subscriber::set_global_default(Warnings).unwrap();
    let samples = std::env::var(SAMPLES_VARIABLE).map_or(SAMPLES, |samples| samples.parse().unwrap());
    let patient = Patient::new();
    let other = built("other");
    let foreign = Kept::of(&other.cache()).0;
    let mut files = 0;
    for (file, bytes) in &patient.kept.0 {
        files += 1;
        let (name, length) = (file.display(), bytes.len() as u64);
        patient.check(&format!("{name} deleted"), |cache| fs::remove_file(cache.join(file)).unwrap());
        for place in sampled(length, samples) {
            patient.check(&format!("{name} cut to {place} bytes"), |cache| {
                File::options().write(true).open(cache.join(file)).unwrap().set_len(place).unwrap();
            });
            patient.check(&format!("byte {place} of {name} flipped"), |cache| {
                let mut bytes = bytes.clone();
                bytes[place as usize] ^= 0x55;
                fs::write(cache.join(file), bytes).unwrap();
            });
        }
        // A manifest's name tells its tree, so that the other one's has another.
        let same = |theirs: &&(PathBuf, Vec<u8>)| theirs.0 == *file || is_manifest(&theirs.0) && is_manifest(file);
        if let Some((_, theirs)) = foreign.iter().find(same) {
            patient.check(&format!("{name} another cache's"), |cache| fs::write(cache.join(file), theirs).unwrap());
        }
        if length > 12 {
            // Where the numbers of formats lie: fjall's in the fourth byte, a manifest's from the eighth on.
            for place in [3, 8] {
                patient.check(&format!("{name} of another version, by byte {place}"), |cache| {
                    let mut bytes = bytes.clone();
                    bytes[place] = bytes[place].wrapping_add(1);
                    fs::write(cache.join(file), bytes).unwrap();
                });
            }
        }
        patient.check(&format!("{name} replaced by noise"), |cache| fs::write(cache.join(file), noise()).unwrap());
        patient.check(&format!("{name} with more at its end"), |cache| {
            fs::write(cache.join(file), [&bytes[..], &[7; 100]].concat()).unwrap();
        });
        for inside in ["", "full/of/others"] {
            patient.check(&format!("{name} a directory with {inside:?}"), |cache| {
                fs::remove_file(cache.join(file)).unwrap();
                fs::create_dir_all(cache.join(file).join(inside)).unwrap();
            });
        }
    }
    assert!(files >= 10, "{files} files make a cache");
}
