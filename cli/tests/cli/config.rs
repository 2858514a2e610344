//! `esker.toml` and `[tool.esker]`.

use crate::repository::{Repository, in_each};

#[test]
fn a_wrong_key_is_shown_with_its_place_and_the_nearest_key() {
    let repository = Repository::new("//- esker.toml\nroots = ['.']\nexclud = ['build']\n//- a.py\n");
    repository.esker("build").fails(
        "
error: there is no key `exclud`
 --> [ROOT]/esker.toml:2:1
  |
2 | exclud = ['build']
  | ^^^^^^ did you mean `exclude`?
",
    );
}

#[test]
fn a_bad_value_in_pyproject_is_shown_with_its_place() {
    let repository = Repository::new("//- pyproject.toml\n[tool.esker]\npython.version = 3.12\n//- a.py\n");
    repository.esker("graph").fails(
        "
error: expected a version of Python 3 such as \"3.12\"
 --> [ROOT]/pyproject.toml:2:18
  |
2 | python.version = 3.12
  |                  ^^^^
  hint: it is a string, in quotes: 3.10 as a number is 3.1
",
    );
}

#[test]
fn globs_choose_the_files() {
    let repository = Repository::new(
        "//- esker.toml\ninclude = ['src/']\nexclude = ['gen_*.py']\n//- src/a.py\n//- src/gen_b.py\n//- c.py\n",
    );
    repository.esker("graph").answers("{\n  \"src/a.py\": []\n}");
}

#[test]
fn ignored_files_are_left_out_unless_configured() {
    let files = "//- .git/HEAD\n//- .gitignore\nb.py\n//- a.py\n//- b.py\n";
    let repository = Repository::new(&format!("//- esker.toml\n{files}"));
    repository.esker("graph").answers("{\n  \"a.py\": []\n}");
    let repository = Repository::new(&format!("//- esker.toml\nrespect-gitignore = false\n{files}"));
    repository.esker("graph").answers("{\n  \"a.py\": [],\n  \"b.py\": []\n}");
}

#[test]
fn import_roots_are_searched_in_order() {
    let files = "//- one/m.py\n//- two/m.py\n//- app.py\nimport m\n";
    let repository = Repository::new(&format!("//- esker.toml\nroots = ['two', 'one']\n{files}"));
    repository.esker("deps app.py").answers("two/m.py");
}

#[test]
fn configured_edges_are_the_default_of_questions() {
    in_each("//- a\nuse b\nlazy c\n//- b\n//- c\n", |of| {
        of.repository.tree.write("esker.toml", "edges = ['-lazy']\n");
        of.answers("deps {a}", "{b}");
        of.answers("deps {a} --edges all", "{b}\n{c}");
    });
}

#[test]
fn string_imports_are_recorded_when_configured() {
    let files = "//- a.py\nX = 'p.q.r'\n//- p/__init__.py\n//- p/q/__init__.py\n//- p/q/r.py\n";
    let repository = Repository::new(&format!("//- esker.toml\n{files}"));
    repository.esker("deps a.py --edges all").answers("");
    let repository = Repository::new(&format!("//- esker.toml\nstring-imports = true\n{files}"));
    assert!(repository.esker("deps a.py --edges all").stdout.contains("p/q/r.py"));
    repository.esker("deps a.py").answers("");
}

#[test]
fn files_above_the_configured_size_are_left_out_with_a_warning() {
    in_each("//- a\n# ok\n//- b\nuse a\n# longer than that\n", |of| {
        of.repository.tree.write("esker.toml", "max-file-size = 10\n");
        let ran = of.esker("build");
        assert_eq!(ran.code, Some(0));
        assert!(ran.stderr.starts_with(&of.filled("warning: {b}")), "{}", ran.stderr);
        of.answers("dependents {a} -q", "");
    });
}

#[test]
fn a_changed_configuration_is_a_new_build() {
    let repository = Repository::new("//- esker.toml\n//- a.py\n//- b.py\n");
    repository.esker("graph").answers("{\n  \"a.py\": [],\n  \"b.py\": []\n}");
    repository.tree.write("esker.toml", "exclude = ['b.py']");
    repository.esker("graph").answers("{\n  \"a.py\": []\n}");
}

#[test]
fn another_tools_broken_pyproject_is_passed_over() {
    let repository = Repository::new("//- esker.toml\n//- sub/pyproject.toml\n[tool.x\n//- sub/a.py\n");
    assert_eq!(repository.esker_in("sub", "graph").code, Some(0));
}

#[test]
fn an_import_root_that_is_no_directory_is_told() {
    let repository = Repository::new("//- esker.toml\nroots = ['scr', '.']\n//- src/a.py\n");
    let ran = repository.esker("build");
    let expected = "warning: the import root `scr` of the configuration is no directory\n";
    assert_eq!((ran.code, &*ran.stderr), (Some(0), expected));
    assert_eq!(repository.esker("graph").stderr, "");
}
