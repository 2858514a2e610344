//! `esker cache`, and where the cache is.
#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::fs;

use esker_tests::planted;

use crate::repository::{InLanguage, in_all, in_each};

const REPOSITORY: &str = "//- a\nuse b\n//- b\nlet X = 1\n";

#[test]
fn stats_tell_how_much_is_kept() {
    let repository = in_all(REPOSITORY);
    let stats = repository.esker("cache stats --format json").json();
    assert_eq!((&stats["files"], &stats["records"]), (&serde_json::Value::Null, &0.into()));
    assert!(!repository.tree.root().join(".esker").exists());

    repository.esker("build");
    let stats = repository.esker("cache stats --format json").json();
    assert_eq!(stats["files"], 4);
    assert_eq!(stats["directory"], "[ROOT]/.esker");
    assert!(stats["records"].as_u64().unwrap() >= 8, "{stats}");
    assert!(stats["store_bytes"].as_u64().unwrap() > 0, "{stats}");
    assert!(stats["manifest_bytes"].as_u64().unwrap() > 0, "{stats}");
    let text = repository.esker("cache stats").stdout;
    assert!(text.starts_with("directory   [ROOT]/.esker\nlast build  4 files\n"), "{text}");
}

#[test]
fn stats_tell_what_is_live_by_stage() {
    in_each(REPOSITORY, check_what_is_live);
}

fn check_what_is_live(of: &InLanguage) {
    let repository = &of.repository;
    repository.esker("build");
    repository.tree.write_module("b", "fn f(): 0");
    repository.esker("build");
    let stats = repository.esker("cache stats --format json").json();
    let of = |stage: &str| {
        let stages = stats["stages"].as_array().unwrap().iter();
        let found = stages.clone().find(|found| found["stage"] == stage).unwrap();
        (found["records"].as_u64().unwrap(), found["live_records"].as_u64().unwrap())
    };
    assert_eq!((of("ir"), of("exports")), ((3, 2), (3, 2)), "{stats}");
    assert!(stats["live_records"].as_u64() < stats["records"].as_u64(), "{stats}");
    let text = repository.esker("cache stats").stdout;
    assert!(text.lines().any(|line| line.starts_with("ir ")), "{text}");
}

#[test]
fn stats_tell_what_the_last_runs_found() {
    in_each(REPOSITORY, check_what_was_found);
}

fn check_what_was_found(of: &InLanguage) {
    let repository = &of.repository;
    repository.esker("build");
    repository.tree.write_module("b", "fn f(): 0");
    repository.esker("build");
    repository.esker("build");
    repository.tree.write_module("b", "");
    repository.esker("build");
    let stats = repository.esker("cache stats --format json").json();
    let found = |run: usize, stage: &str| {
        let lookups = stats["runs"][run]["lookups"].as_array().unwrap().iter();
        let lookups = lookups.clone().find(|lookups| lookups["stage"] == stage).unwrap();
        (lookups["hits"].as_u64().unwrap(), lookups["misses"].as_u64().unwrap())
    };
    assert_eq!(stats["runs"].as_array().unwrap().len(), 3, "the run that found nothing changed looked for nothing");
    assert_eq!([0, 1, 2].map(|run| found(run, "ir")), [(0, 1), (0, 1), (0, 2)], "{stats}");
    repository.tree.write_module("b", "fn f(): 0");
    repository.esker("build");
    let text = repository.esker("cache stats").stdout;
    let table: Vec<&str> = text.lines().skip_while(|line| !line.starts_with("found by the run")).collect();
    assert!(table[0].contains(" ir ") && table[1].contains("100% of 1") && table[4].contains("0% of 2"), "{text}");
    for round in 0..20 {
        repository.tree.write_module("b", &format!("fn f{round}(): 0"));
        repository.esker("build");
    }
    let stats = repository.esker("cache stats --format json").json();
    assert_eq!(stats["runs"].as_array().unwrap().len(), 16);
}

#[test]
fn verify_lists_what_lies_in_a_part_of_the_store_that_cannot_be_read() {
    let repository = in_all(REPOSITORY);
    repository.esker("build");
    repository.tree.write_module("b", "fn f(): 0");
    repository.esker("build");
    let tables = repository.tree.root().join(".esker/store-1/keyspaces/1/tables");
    let mut tables: Vec<_> = fs::read_dir(tables).unwrap().map(|entry| entry.unwrap().path()).collect();
    tables.sort_by_key(|path| fs::metadata(path).unwrap().len());
    let largest = tables.pop().unwrap();
    let mut bytes = fs::read(&largest).unwrap();
    bytes[100] ^= 1;
    fs::write(&largest, bytes).unwrap();
    let ran = repository.esker("cache verify");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains("is damaged: a part of it is not what it was when it was written"), "{}", ran.stdout);
    let told = |line: &&str| line.starts_with("the record ") && line.contains(" is damaged: ");
    let records = ran.stdout.lines().filter(told).count();
    assert!(records > 0, "{}", ran.stdout);
    let report: serde_json::Value =
        serde_json::from_str(&repository.esker("cache verify --format json").stdout).unwrap();
    let kinds: Vec<&str> =
        report["problems"].as_array().unwrap().iter().map(|found| found["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "record").count(), records);
    assert_eq!(kinds.iter().filter(|kind| **kind == "store").count(), 1);
    // What can be read is kept, by a collection too; the rest is made again when it is needed.
    assert_eq!(repository.esker("cache gc").code, Some(0));
    let ran = repository.esker("cache verify");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(!ran.stdout.contains("is damaged"), "{}", ran.stdout);
    assert_eq!(repository.esker("build --verify").code, Some(0), "what is missing is not wrong");
    assert_eq!(repository.esker("build --force").code, Some(0));
    assert_eq!(repository.esker("cache verify").code, Some(0));
}

#[test]
fn verify_names_what_is_damaged_and_says_what_to_do() {
    in_each(REPOSITORY, check_that_damage_is_named);
}

fn check_that_damage_is_named(of: &InLanguage) {
    let repository = &of.repository;
    repository.esker("cache verify").answers("0 records and 0 manifests checked: 0 problems");
    repository.esker("build");
    let ran = repository.esker("cache verify");
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.ends_with("and 1 manifest checked: 0 problems\n"), "{}", ran.stdout);

    let cache = repository.tree.root().join(".esker");
    let (key, mut record) = planted::records(&cache, "edges").remove(0);
    *record.last_mut().unwrap() ^= 1;
    planted::plant(&cache, &[(key, record)]);
    let ran = repository.esker("cache verify");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    assert!(ran.stdout.contains(" of edges is damaged: its digest does not match its payload\n"), "{}", ran.stdout);
    assert!(ran.stderr.contains("`esker build --verify` mends it"), "{}", ran.stderr);
    let ran = repository.esker("cache verify --format json");
    let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!((ran.code, &report["problems"][0]["kind"]), (Some(1), &"record".into()));

    assert_eq!(repository.esker("build --verify").code, Some(1));
    assert_eq!(repository.esker("cache verify").code, Some(0));
}

#[test]
fn gc_drops_what_the_last_build_had_no_use_for() {
    in_each(REPOSITORY, check_a_collection);
}

fn check_a_collection(of: &InLanguage) {
    let repository = &of.repository;
    assert_eq!(repository.esker("cache gc").code, Some(0));
    assert!(!repository.tree.root().join(".esker").exists());
    repository.esker("build");
    repository.tree.write_module("b", "fn f(): 0");
    repository.esker("build");
    assert_eq!(repository.esker("cache gc --format json").json()["dropped_records"], 0, "all is young");
    let report = repository.esker("cache gc --max-size 0 --format json").json();
    assert!(report["dropped_records"].as_u64().unwrap() > 0, "{report}");
    assert_eq!(report["kept_records"], report["live_records"]);
    let text = repository.esker("cache gc --max-size 1KiB --older-than 0").stdout;
    assert!(text.starts_with("dropped 0 records, kept "), "{text}");
    assert_eq!(repository.esker("build --format json").json()["executed"]["ir"], 0);
    assert_eq!(repository.esker("cache gc --max-size lots").code, Some(2));
}

#[test]
fn the_budget_of_the_configuration_is_kept() {
    in_each(REPOSITORY, check_a_budget);
}

fn check_a_budget(of: &InLanguage) {
    let repository = &of.repository;
    repository.tree.write("esker.toml", "max-cache-size = '16KiB'");
    for round in 0..40 {
        repository.tree.write_module("b", &format!("fn f{round}(): 0"));
        assert_eq!(repository.esker("build").code, Some(0));
    }
    let stats = repository.esker("cache stats --format json").json();
    assert!(stats["store_bytes"].as_u64().unwrap() <= 16 << 10, "{stats}");
}

#[test]
fn the_cache_is_marked_and_ignored_by_git() {
    let repository = in_all(REPOSITORY);
    repository.esker("build");
    assert!(repository.read(".esker/CACHEDIR.TAG").starts_with("Signature: 8a477f597d28d172789f06886806bc55"));
    assert_eq!(repository.read(".esker/.gitignore"), "*\n");
}

#[test]
fn the_cache_can_be_elsewhere() {
    let repository = in_all(REPOSITORY);
    let cache = repository.tree.cache();
    repository.esker(&format!("build --cache-dir {}", cache.display()));
    assert!(cache.join("CACHEDIR.TAG").exists());
    assert!(!repository.tree.root().join(".esker").exists());
    let mut command = repository.command("build --format json");
    command.env("ESKER_CACHE_DIR", &cache);
    assert_eq!(repository.run(command, "").json()["executed"]["ir"], 0);
}

#[test]
fn clear_removes_everything_and_the_next_build_starts_anew() {
    let repository = in_all(REPOSITORY);
    repository.esker("cache clear").answers("nothing is kept in [ROOT]/.esker");
    repository.esker("build");
    repository.esker("cache clear").answers("cleared [ROOT]/.esker");
    assert!(!repository.tree.root().join(".esker").exists());
    assert_eq!(repository.esker("build --format json").json()["executed"]["ir"], 4);
}

#[test]
fn clear_and_builds_do_not_disturb_each_other() {
    let repository = in_all(REPOSITORY);
    std::thread::scope(|scope| {
        scope.spawn(|| (0..30).for_each(|_| assert_eq!(repository.esker("build").code, Some(0))));
        for _ in 0..60 {
            let ran = repository.esker("cache clear");
            assert_eq!(ran.code, Some(0), "{ran:?}");
        }
    });
    assert_eq!(repository.esker("build --verify").code, Some(0));
    assert!(repository.tree.root().join(".esker/CACHEDIR.TAG").exists());
}

#[test]
fn clear_leaves_foreign_files_alone() {
    let repository = in_all(REPOSITORY);
    repository.esker("build");
    repository.tree.write(".esker/precious.txt", "keep me");
    repository.esker("cache clear").ends(
        0,
        "cleared [ROOT]/.esker",
        "warning: left alone in [ROOT]/.esker: precious.txt",
    );
    assert_eq!(repository.read(".esker/precious.txt"), "keep me");
    assert!(!repository.tree.root().join(".esker/store-1").exists());
}

#[test]
fn clear_does_nothing_in_a_directory_that_is_no_cache() {
    let repository = in_all(REPOSITORY);
    repository.tree.write("mine/store-of-mine", "keep me");
    repository.tree.write("mine/manifest-1", "keep me");
    for tag in ["", "Signature: 8a477f597d28d172789f06886806bc55\n# another tool's\n"] {
        if !tag.is_empty() {
            repository.tree.write("mine/CACHEDIR.TAG", tag);
        }
        let mut command = repository.command("cache clear --cache-dir");
        command.arg(repository.tree.root().canonicalize().unwrap().join("mine"));
        repository.run(command, "").fails(
            "
error: [ROOT]/mine is not a cache directory of Esker
  hint: it has no CACHEDIR.TAG of Esker's; nothing was removed
",
        );
    }
    assert_eq!(repository.read("mine/manifest-1"), "keep me");
    assert_eq!(repository.read("mine/store-of-mine"), "keep me");
}

#[test]
fn clear_follows_no_symbolic_links() {
    let repository = in_all(REPOSITORY);
    repository.esker("build");
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("file"), "keep me").unwrap();
    std::os::unix::fs::symlink(outside.path(), repository.tree.root().join(".esker/store-9")).unwrap();
    assert_eq!(repository.esker("cache clear").code, Some(0));
    assert!(outside.path().join("file").exists());
    assert!(!repository.tree.root().join(".esker").exists());
}

#[test]
fn a_file_in_the_place_of_the_cache_is_named_once() {
    let repository = in_all(REPOSITORY);
    repository.tree.write("file", "");
    let warning = "warning: results are not kept: file is not a directory";
    repository.esker("unresolved --cache-dir file").ends(0, "", warning);
    assert_eq!(repository.read("file"), "");
}

#[test]
fn there_is_nothing_to_look_at_without_a_cache() {
    in_all(REPOSITORY)
        .esker("cache stats --no-cache")
        .fails("error: --no-cache leaves nothing to look at\n  hint: leave it out");
}
