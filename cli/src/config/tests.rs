//! What is read, and how what cannot be read is shown.

use std::path::PathBuf;

use insta::assert_snapshot;

use super::*;
use crate::error::CommandError;
use crate::terminal::{self, Palette};

fn read(text: &str) -> Result<Config> {
    Config::read(&ConfigFile { path: PathBuf::from("/r/esker.toml"), text: text.to_owned(), table: &[] })
}

/// An error as it is shown, without colors.
fn shown(error: &CommandError) -> String {
    terminal::rendered(error, Palette::PLAIN)
}

#[test]
fn an_empty_file_is_the_default() {
    assert_eq!(read("").unwrap(), Config::default());
}

#[test]
fn every_key_is_read() {
    let text = "
        roots = ['src/', '.']
        include = ['*.py']
        exclude = ['build/']
        respect-gitignore = false
        edges = ['-lazy', '-star']
        string-imports = true
        string-imports-min-dots = 1
        max-file-size = '2MiB'
        max-cache-size = '1GiB'
        python.version = '3.9'
    ";
    let expected = Config {
        roots: Some(vec!["src".into(), ".".into()]),
        include: vec!["*.py".into()],
        exclude: vec!["build/".into()],
        respect_gitignore: false,
        edges: EdgeKinds::DEFAULT_POLICY - EdgeKinds::LAZY - EdgeKinds::STAR,
        max_file_bytes: 2 << 20,
        max_cache_bytes: 1 << 30,
        lower: LowerOptions { string_imports_min_dots: Some(1), language_version: Some((3, 9)) },
    };
    assert_eq!(read(text).unwrap(), expected);
}

#[test]
fn sizes_are_numbers_of_bytes_or_have_units() {
    let size = |text: &str| read(&format!("max-file-size = {text}")).ok().map(|config| config.max_file_bytes);
    assert_eq!(size("100"), Some(100));
    assert_eq!(size("1_000"), Some(1000));
    assert_eq!(size("'16MiB'"), Some(16 << 20));
    assert_eq!(size("'16 M'"), Some(16 << 20));
    assert_eq!(size("'16MB'"), Some(16_000_000));
    assert_eq!(size("'1.5GB'"), None);
    assert_eq!(size("'99999999999GiB'"), None);
    assert_eq!(size("-1"), None);
    assert_eq!(size("true"), None);
}

fn error(text: &str) -> String {
    shown(&read(text).unwrap_err())
}

#[test]
fn an_unknown_key_is_shown_with_the_nearest_one() {
    assert_snapshot!(error("roots = []\nexclud = ['a']"), @r"
    error: there is no key `exclud`
     --> /r/esker.toml:2:1
      |
    2 | exclud = ['a']
      | ^^^^^^ did you mean `exclude`?
    ");
}

#[test]
fn an_unknown_key_that_is_near_to_none_lists_them_all() {
    assert_snapshot!(error("colour = 'red'"), @r"
    error: there is no key `colour`
     --> /r/esker.toml:1:1
      |
    1 | colour = 'red'
      | ^^^^^^
      hint: the keys here are roots, include, exclude, respect-gitignore, edges, string-imports, string-imports-min-dots, max-file-size, max-cache-size, python
    ");
    assert_snapshot!(error("[python]\nversions-of-yore = 1"), @r"
    error: there is no key `python.versions-of-yore`
     --> /r/esker.toml:2:1
      |
    2 | versions-of-yore = 1
      | ^^^^^^^^^^^^^^^^
      hint: the key here is version
    ");
}

#[test]
fn a_value_of_the_wrong_type_is_shown() {
    assert_snapshot!(error("include = [\n  '*.py',\n  7,\n]"), @r"
    error: expected a list of globs, found an integer in it
     --> /r/esker.toml:3:3
      |
    3 |   7,
      |   ^
    ");
    assert_snapshot!(error("respect-gitignore = 'yes'"), @r"
    error: expected true or false, found a string
     --> /r/esker.toml:1:21
      |
    1 | respect-gitignore = 'yes'
      |                     ^^^^^
    ");
    assert_snapshot!(error("python = '3.12'"), @r"
    error: expected a table, found a string
     --> /r/esker.toml:1:10
      |
    1 | python = '3.12'
      |          ^^^^^^
    ");
}

#[test]
fn a_version_that_is_a_number_is_told_to_be_a_string() {
    assert_snapshot!(error("python.version = 3.10"), @r#"
    error: expected a version of Python 3 such as "3.12"
     --> /r/esker.toml:1:18
      |
    1 | python.version = 3.10
      |                  ^^^^
      hint: it is a string, in quotes: 3.10 as a number is 3.1
    "#);
}

#[test]
fn an_unknown_edge_kind_is_shown_with_the_nearest_one() {
    assert_snapshot!(error("edges = ['-lasy']"), @r"
    error: there is no edge kind `lasy`; the kinds are all, runtime, type-only, lazy, conditional, star, implicit-init, string, stub, conftest, plugin, global
     --> /r/esker.toml:1:10
      |
    1 | edges = ['-lasy']
      |          ^^^^^^^ did you mean `lazy`?
    ");
}

#[test]
fn a_list_of_no_edge_kinds_is_an_error_that_says_what_to_do() {
    assert_snapshot!(error("edges = []"), @r#"
    error: no edge would count: the list is empty
     --> /r/esker.toml:1:9
      |
    1 | edges = []
      |         ^^
      hint: leave `edges` out for the default, or list kinds to count, such as "runtime"
    "#);
}

#[test]
fn edge_kinds_are_one_a_string() {
    assert!(read("edges = ['lazy,star']").is_err());
    assert!(read("edges = ['']").is_err());
}

#[test]
fn a_broken_glob_is_shown() {
    assert_snapshot!(error("include = ['a', '[b-a]']"), @r"
    error: `[b-a]` is not a glob: error parsing glob '[b-a]': invalid range; 'b' > 'a'
     --> /r/esker.toml:1:17
      |
    1 | include = ['a', '[b-a]']
      |                 ^^^^^^^
    ");
}

#[test]
fn a_size_that_is_none_is_shown() {
    assert_snapshot!(error("max-file-size = '16 parsecs'"), @r#"
    error: expected a size such as "16MiB" or a number of bytes
     --> /r/esker.toml:1:17
      |
    1 | max-file-size = '16 parsecs'
      |                 ^^^^^^^^^^^^
    "#);
}

#[test]
fn an_import_root_that_leads_out_is_shown() {
    assert_snapshot!(error("roots = ['../lib']"), @r"
    error: the import root `../lib` is not below the root of the repository
     --> /r/esker.toml:1:10
      |
    1 | roots = ['../lib']
      |          ^^^^^^^^
    ");
}

#[test]
fn a_place_behind_tabs_and_wide_letters_is_marked() {
    assert_snapshot!(error("exclude = [\t'字', 1]\r\nedges = ['all']\r\n"), @r"
    error: expected a list of globs, found an integer in it
     --> /r/esker.toml:1:18
      |
    1 | exclude = [    '字', 1]
      |                      ^
    ");
}

#[test]
fn broken_toml_is_shown() {
    assert_snapshot!(error("roots = [\n\nx"), @r"
    error: unclosed array, expected `]`
     --> /r/esker.toml:3:2
      |
    3 | x
      |  ^
    ");
    assert_snapshot!(error("roots = ["), @r"
    error: unclosed array, expected `]`
     --> /r/esker.toml:1:10
      |
    1 | roots = [
      |          ^
    ");
    assert_snapshot!(error("exclude = ['a']\nexclude = ['b']\n"), @r"
    error: duplicate key
     --> /r/esker.toml:2:1
      |
    2 | exclude = ['b']
      | ^^^^^^^
    ");
}

#[test]
fn import_roots_stay_below_the_root() {
    assert!(read("roots = ['../lib']").is_err());
    assert!(read("roots = ['/lib']").is_err());
}

#[test]
fn a_shared_file_is_read_at_our_table_alone() {
    let file = |text: &str| ConfigFile {
        path: PathBuf::from("/r/pyproject.toml"),
        text: text.to_owned(),
        table: &["tool", "esker"],
    };
    let config = Config::read(&file("[tool.other]\nx = 1\n[tool.esker]\nexclude = ['a']")).unwrap();
    assert_eq!(config.exclude, ["a"]);
    assert!(Config::read(&file("[tool]\nesker = 3")).is_err());
}
