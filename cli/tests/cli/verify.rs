//! `esker build --verify`.

use esker_tests::planted;

use crate::repository::{InLanguage, Repository, in_each};

/// No file asks for a name of another one, so that no resolution depends on which two records are exchanged.
const REPOSITORY: &str = "//- a\nfn f(x): x\n//- b\nlet X = 1\n//- c\nclass C\n";

/// Exchanges the records of two files' interfaces in the cache, and loses the manifest, so that one is made of these.
fn keep_wrong_records(of: &InLanguage) {
    of.esker("build");
    let cache = of.repository.tree.root().join(".esker");
    let records = planted::records(&cache, "exports");
    planted::plant(
        &cache,
        &[(records[0].0.clone(), records[1].1.clone()), (records[1].0.clone(), records[0].1.clone())],
    );
    for entry in std::fs::read_dir(&cache).expect("there is a cache").map(|entry| entry.expect("it can be read")) {
        if entry.file_name().to_string_lossy().starts_with("manifest-") {
            std::fs::remove_file(entry.path()).expect("a manifest can be removed");
        }
    }
}

#[test]
fn what_was_kept_wrong_is_named_and_mended() {
    in_each(REPOSITORY, |of| {
        keep_wrong_records(of);
        let ran = of.esker("build --verify");
        assert_eq!(ran.code, Some(1), "{ran:?}");
        assert!(
            ran.stdout.contains("verified 3 files: 2 of 15 results kept wrong, and mended now\n"),
            "{}",
            ran.stdout
        );
        assert_eq!(ran.stdout.lines().filter(|line| line.starts_with("  exports of ")).count(), 2, "{}", ran.stdout);
        let ran = of.esker("build --verify");
        assert_eq!(ran.code, Some(0), "{ran:?}");
        assert!(ran.stdout.contains("verified 3 files: 15 results as kept\n"), "{}", ran.stdout);
    });
}

#[test]
fn the_report_for_programs_has_the_differences() {
    in_each(REPOSITORY, |of| {
        keep_wrong_records(of);
        let ran = of.esker("build --verify=100% --format json");
        assert_eq!(ran.code, Some(1), "{ran:?}");
        let report: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
        assert_eq!((&report["verify"]["files"], &report["verify"]["results"]), (&3.into(), &15.into()), "{report}");
        assert_eq!(report["verify"]["differences"][0]["stage"], "exports");
        assert_eq!(report["verify"]["differences"][0]["place"], "record");
        assert_eq!(of.esker("build --format json").json()["verify"], serde_json::Value::Null);
    });
}

#[test]
fn what_makes_no_sense_is_refused() {
    let repository = Repository::new("//- a.py\n");
    for arguments in ["build --verify=101", "build --verify=-1", "build --verify=x", "build --verify --no-cache"] {
        assert_eq!(repository.esker(arguments).code, Some(2), "{arguments}");
    }
    assert_eq!(repository.esker("build --verify --force").code, Some(2));
}
