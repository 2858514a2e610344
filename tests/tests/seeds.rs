//! The seeds of the fuzzers, and the inputs on which they once failed, are taken by what they are for. So whoever has
//! no fuzzer still runs what one found.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;
use std::path::{Path, PathBuf};

#[cfg(feature = "cache")]
use esker_engine::fuzzing::{read_manifest, read_record};
use esker_tests::fuzzed::TARGETS;

/// What the engine gives to frontends.
const STACK_BYTES: usize = 128 << 20;

fn directory(target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds").join(target)
}

/// The seeds of a target by their paths.
fn seeds(target: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = fs::read_dir(directory(target)).unwrap().map(|entry| entry.unwrap().path());
    let mut seeds: Vec<_> = paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect();
    seeds.sort_unstable();
    seeds
}

#[test]
fn every_seed_is_taken() {
    let test = || {
        for (name, target) in TARGETS {
            let seeds = seeds(name);
            assert!(seeds.len() >= 4, "{name}");
            let fails = |bytes: &[u8]| std::panic::catch_unwind(|| target(bytes)).is_err();
            let failed = seeds.into_iter().filter_map(|(path, bytes)| fails(&bytes).then_some(path));
            assert_eq!(failed.collect::<Vec<_>>(), [] as [PathBuf; 0], "{name}");
        }
    };
    std::thread::Builder::new().stack_size(STACK_BYTES).spawn(test).unwrap().join().unwrap();
}

/// Where these fail, formats have changed: `ESKER_WRITE_SEEDS=1` makes seeds of what is written now.
#[test]
#[cfg(feature = "cache")]
fn seeds_of_what_a_cache_holds_are_of_this_version() {
    if std::env::var_os("ESKER_WRITE_SEEDS").is_some() {
        written::write();
    }
    let files: Vec<usize> = seeds("manifest").iter().filter_map(|(_, bytes)| read_manifest(bytes)).collect();
    assert!(files.iter().filter(|files| **files > 0).count() >= 3, "{files:?}");
    let sorts: Vec<usize> = seeds("record").iter().map(|(_, bytes)| read_record(bytes)).collect();
    assert!(sorts.iter().filter(|sorts| **sorts > 0).count() >= 6, "{sorts:?}");
}

#[cfg(feature = "cache")]
mod written {
    use std::fs;

    use esker_tests::{Tree, planted};

    use super::directory;

    /// Where the digests of a manifest's head and base end: seeds go on from there.
    const HEADER: usize = 48;

    const TREES: [(&str, &str); 4] = [
        ("empty", ""),
        ("one", "//- a.py\nimport os\n"),
        ("circle", "//- a.py\nimport b\n//- b.py\nfrom a import *\ndef f(:\n"),
        (
            "package",
            "//- p/__init__.py\n__all__ = ['q']\nfrom .q import C\n//- p/q.py\nimport p, numpy\nclass C:\n    x: int = 1\n\
             \x20   def m(self, a, *b, c=1): return self.x\n//- p/r.py\nfrom p import C\nclass D(C):\n    def m(self): C().m(1)\n\
             //- t.ts\nimport { a } from './u';\nexport class E extends a {}\n//- u.ts\nexport const a = 1;\n",
        ),
    ];

    /// Writes the manifests of small trees, and the payloads of their records.
    pub(super) fn write() {
        for (name, fixture) in TREES {
            let tree = Tree::new(fixture);
            tree.engine().execute().unwrap();
            let part = |prefix: &str| {
                let entries = fs::read_dir(tree.cache()).unwrap().map(Result::unwrap);
                let mut named = entries.filter(|entry| entry.file_name().to_str().unwrap().starts_with(prefix));
                fs::read(named.next().unwrap().path()).unwrap()[HEADER..].to_vec()
            };
            let (head, base) = (part("manifest-"), part("base-manifest-"));
            let seed = [&(head.len() as u32).to_le_bytes()[..], &head, &base].concat();
            fs::write(directory("manifest").join(name), seed).unwrap();
            if name != "package" {
                continue;
            }
            for stage in ["ir", "imports", "edges", "exports", "resolution", "resolution-hints", "written"] {
                let records = planted::records(&tree.cache(), stage);
                let largest = records.iter().map(|(_, record)| planted::payload(record)).max_by_key(Vec::len).unwrap();
                fs::write(directory("record").join(stage), largest).unwrap();
            }
        }
    }
}
