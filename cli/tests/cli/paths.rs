//! Where the root is, and how paths are given and printed.

use crate::repository::Repository;

const REPOSITORY: &str = "
//- pkg/__init__.py
//- pkg/core.py
import pkg.util
//- pkg/util.py
//- notes.txt
";

#[test]
fn a_list_may_have_paths_as_git_quotes_them() {
    let repository = Repository::new("//- é/a.py\n//- b.py\nimport é.a\n");
    let list = "\"\\303\\251/a.py\"\n";
    repository.esker_reading(list, "affected -").answers("b.py\né/a.py");
    repository.tree.write("é/a.py", "X = 1\n");
    let report = repository.esker_reading(list, "build --changed-from - --format json").json();
    assert_eq!(report["changed"]["modified"], 1);
}

#[test]
fn given_paths_count_from_the_current_directory_and_printed_ones_from_the_root() {
    let repository = Repository::new(REPOSITORY);
    repository.esker_in("pkg", "deps core.py --edges runtime").answers("pkg/util.py");
    repository.esker_in("pkg", "deps ../pkg/./core.py --edges runtime").answers("pkg/util.py");
    repository.esker("-C pkg deps core.py --edges runtime").answers("pkg/util.py");
    let absolute = repository.tree.root().join("pkg/core.py");
    repository.esker(&format!("deps {} --edges runtime", absolute.display())).answers("pkg/util.py");
}

#[test]
fn a_path_through_a_symbolic_link_is_the_file_it_leads_to() {
    let repository = Repository::new(REPOSITORY);
    let outside = tempfile::tempdir().unwrap();
    let link = outside.path().join("link");
    std::os::unix::fs::symlink(repository.tree.root(), &link).unwrap();
    repository.esker(&format!("deps {}/pkg/core.py --edges runtime", link.display())).answers("pkg/util.py");
    repository.esker(&format!("-C {}/pkg deps core.py --edges runtime", link.display())).answers("pkg/util.py");
}

#[test]
fn a_path_that_is_no_file_of_the_analysis_is_an_error_with_near_names() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("deps pkg/croe.py").fails(
        "
error: there is no file pkg/croe.py
  hint: did you mean pkg/core.py?
",
    );
    repository.esker_in("pkg", "deps pkg/util.py").fails(
        "
error: there is no file pkg/util.py
  hint: did you mean util.py?
",
    );
    repository.esker("deps notes.txt").fails(
        "
error: notes.txt is not among the files analyzed
  hint: it is ignored or excluded, or its language is not known
",
    );
    repository.esker("deps pkg").fails("error: pkg is a directory, not a file\n  hint: name one of the files in it");
    repository.esker("deps zzz/nothing").fails("error: there is no file zzz/nothing\n  hint: paths count from the current directory; `esker graph` names all files");
}

#[test]
fn the_root_is_the_nearest_marked_ancestor() {
    let root_of = |fixture: &str, directory: &str, marker: &str| {
        let repository = Repository::new(fixture);
        if !marker.is_empty() {
            std::fs::create_dir_all(repository.tree.root().join(marker)).unwrap();
        }
        let report = repository.esker_in(directory, "build --no-cache --format json").json();
        report["root"].as_str().unwrap().to_owned()
    };
    assert_eq!(root_of("//- esker.toml\n//- a/b/c.py\n", "a/b", ""), "[ROOT]");
    assert_eq!(root_of("//- esker.toml\n//- a/esker.toml\n//- a/b/c.py\n", "a/b", ""), "[ROOT]/a");
    assert_eq!(root_of("//- esker.toml\n//- a/b/c.py\n", "a/b", "a/.git"), "[ROOT]/a");
    assert_eq!(root_of("//- esker.toml\n//- a/pyproject.toml\n[tool.esker]\n//- a/b/c.py\n", "a/b", ""), "[ROOT]/a");
    assert_eq!(root_of("//- esker.toml\n//- a/pyproject.toml\n[tool.ruff]\n//- a/b/c.py\n", "a/b", ""), "[ROOT]");
}

#[test]
fn build_looks_for_the_root_from_the_path_given() {
    let repository = Repository::new("//- esker.toml\n//- sub/esker.toml\n//- sub/deep/a.py\n//- b.py\n");
    assert_eq!(repository.esker("build sub/deep --format json").json()["root"], "[ROOT]/sub");
    assert_eq!(repository.esker_in("sub", "build .. --format json").json()["root"], "[ROOT]");
    repository.esker("build b.py").fails(
        "
error: [ROOT]/b.py is not a directory
  hint: name the directory to analyze; `--changed` takes single files
",
    );
    repository
        .esker("build nowhere")
        .fails("error: nowhere cannot be analyzed: No such file or directory (os error 2)");
    repository.esker("-C nowhere build").fails("error: -C nowhere: No such file or directory (os error 2)");
}

#[test]
fn a_file_whose_name_reads_like_a_place_is_a_file() {
    let repository = Repository::new("//- a:1:2.py\nX = 1\n//- a:1:2\n//- b.py\n");
    repository.esker("def a:1:2.py").answers("a:1:2.py:1:1: module");
    repository.esker("def a:1:2.py:X").answers("a:1:2.py:1:1: variable X");
    repository.esker("def a:1:2.py:1:1").answers("a:1:2.py:1:1: variable X");
}

#[test]
fn a_subject_that_names_nothing_is_an_error() {
    let repository = Repository::new(REPOSITORY);
    repository.esker("refs :").fails(
        "
error: `:` names nothing
  hint: give a name, such as `C.m`, a file, or a place in one, `PATH:LINE:COL`
",
    );
}

#[test]
fn a_number_of_threads_that_is_none_is_an_error_that_says_what_is_needed() {
    let repository = Repository::new(REPOSITORY);
    for wrong in ["0", "-1", "two"] {
        repository.esker(&format!("build --jobs={wrong}")).fails(&format!(
            "
error: invalid value '{wrong}' for '--jobs <N>': a number of threads, 1 or more, is needed

For more information, try '--help'.
"
        ));
    }
}
