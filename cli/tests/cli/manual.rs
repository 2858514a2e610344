//! `esker man`, and the help that it is made of.

use std::fs;

use crate::repository::Repository;

#[test]
fn the_manual_has_a_page_for_every_command() {
    let repository = Repository::new("//- a.py\n");
    repository.esker("man -o pages/").answers("");
    let directory = repository.tree.root().join("pages");
    let mut pages: Vec<_> =
        fs::read_dir(&directory).unwrap().map(|page| page.unwrap().file_name().into_string().unwrap()).collect();
    pages.sort();
    assert!(pages.len() > 20, "{pages:?}");
    for page in ["esker.1", "esker-build.1", "esker-cache.1", "esker-cache-stats.1"] {
        assert!(pages.iter().any(|name| name == page), "{page} is not among {pages:?}");
    }
    // All that a page refers to is there.
    let whole = repository.read("pages/esker.1").replace('\\', "");
    let named = whole.split_whitespace().filter_map(|word| word.strip_suffix("(1)")).filter(|name| name.contains('-'));
    for name in named.map(|name| name.trim_start_matches("fB")) {
        assert!(pages.contains(&format!("{name}.1")), "{name} is not among {pages:?}");
    }
}

#[test]
fn one_page_is_printed_or_goes_into_a_file() {
    let repository = Repository::new("//- a.py\n");
    let page = repository.esker("man cache stats");
    assert!(page.stdout.contains(".SH EXAMPLES"), "{}", page.stdout);
    assert!(page.stdout.contains("esker cache stats"), "{}", page.stdout);
    repository.esker("man cache stats -o stats.1").answers("");
    assert_eq!(repository.read("stats.1"), page.stdout);
}

#[test]
fn a_page_of_no_command_is_an_error() {
    let repository = Repository::new("//- a.py\n");
    repository.esker("man biuld").fails("error: there is no command `biuld`\n  hint: did you mean `build`?");
    let ran = repository.esker("man build -o .");
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("hint: name a file"), "{}", ran.stderr);
}

#[test]
fn help_ends_with_examples() {
    let repository = Repository::new("//- a.py\n");
    let help = repository.esker("affected --help").stdout;
    let (_, examples) = help.split_once("\nExamples:\n").unwrap();
    assert!(examples.contains("  Run the tests that these can affect:\n    esker affected --since"), "{examples}");
    assert!(!repository.esker("affected -h").stdout.contains("Examples:"));
}
