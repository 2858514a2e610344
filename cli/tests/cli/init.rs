//! `esker init`.

use crate::repository::Repository;
use esker_tests::Tree;

/// A tree that nothing marks as a root but, perhaps, `.git`.
fn repository(fixture: &str) -> Repository {
    Repository::in_tree(Tree::new(fixture))
}

#[test]
fn a_configuration_is_begun_and_changes_no_answer() {
    let repository = repository("//- .git/HEAD\n//- src/p/__init__.py\n//- src/p/a.py\nimport p.b\n//- src/p/b.py\n");
    let before = repository.esker("graph");
    repository.esker("init").answers("wrote [ROOT]/esker.toml");
    let text = repository.read("esker.toml");
    assert!(text.contains("\n# roots = [\".\", \"src\"]\n"), "{text}");
    assert!(text.lines().all(|line| line.is_empty() || line.starts_with("# ")), "{text}");
    assert_eq!(repository.esker("graph"), before);
}

#[test]
fn the_roots_that_it_names_are_those_that_are_found() {
    let repository = repository("//- .git/HEAD\n//- app/m.py\nimport n\n//- lib/n/__init__.py\n");
    let before = repository.esker("graph");
    assert_eq!(repository.esker("init -q").stdout, "");
    let text = repository.read("esker.toml");
    repository.tree.write("esker.toml", text.replace("# roots", "roots"));
    assert!(repository.read("esker.toml").contains("\nroots = [\".\", \"lib\"]\n"), "{text}");
    assert_eq!(repository.esker("graph"), before);
}

#[test]
fn nothing_is_overwritten() {
    let repository = repository("//- esker.toml\nroots = ['.']\n//- p/pyproject.toml\n[tool.esker]\n");
    repository.esker("init").fails(
        "error: [ROOT]/esker.toml configures Esker already\n  \
         hint: `esker init` overwrites nothing; edit that file, or remove it first",
    );
    assert_eq!(repository.read("esker.toml"), "roots = ['.']\n");
    let ran = repository.esker("init p");
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.starts_with("error: [ROOT]/p/pyproject.toml configures Esker already"), "{}", ran.stderr);
    assert!(!repository.tree.root().join("p/esker.toml").exists());
}

#[test]
fn a_dangling_link_is_no_place_for_a_configuration() {
    let repository = repository("//- a.py\n");
    std::os::unix::fs::symlink("nowhere", repository.tree.root().join("esker.toml")).unwrap();
    let ran = repository.esker("init");
    assert_eq!((ran.code, ran.stderr.lines().next().unwrap()), (Some(2), "error: [ROOT]/esker.toml is there already"));
}

#[test]
fn a_part_of_a_repository_becomes_a_root_with_a_warning() {
    let repository = repository("//- .git/HEAD\n//- part/a.py\n");
    repository.esker("init part").ends(
        0,
        "wrote [ROOT]/part/esker.toml",
        "warning: [ROOT]/part is a root of its own now; so far it was part of [ROOT]",
    );
    repository.esker_in("part", "graph").answers("{\n  \"a.py\": []\n}");
}

#[test]
fn the_schema_is_printed() {
    let repository = repository("//- a.py\n");
    let schema = repository.esker("init --schema").json();
    assert_eq!(schema["properties"]["respect-gitignore"]["type"], "boolean");
    assert!(!repository.tree.root().join("esker.toml").exists());
}
