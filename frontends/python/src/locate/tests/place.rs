//! What pytest loads because of where a file lies.

use insta::assert_snapshot;

use super::located;

#[test]
fn a_test_has_the_conftests_of_all_directories_above_it() {
    assert_snapshot!(located("
        conftest.py
        tests/conftest.py
        tests/unit/conftest.py
        tests/other/conftest.py
        > tests/unit/test_x.py
    "), @"0: conftest.py (conftest) tests/conftest.py (conftest) tests/unit/conftest.py (conftest)");
}

#[test]
fn a_conftest_has_those_above_but_not_itself() {
    assert_snapshot!(located("
        conftest.py
        > tests/conftest.py
    "), @"0: conftest.py (conftest)");
}

#[test]
fn a_test_in_a_package_is_imported_by_the_names_of_its_packages() {
    assert_snapshot!(located("
        a/tests/__init__.py
        a/tests/unit/__init__.py
        > a/tests/unit/x_test.py
    "), @"0: a/tests/__init__.py (implicit-init) a/tests/unit/__init__.py (implicit-init)");
}

#[test]
fn other_files_have_nothing_from_their_place() {
    assert_snapshot!(located("
        conftest.py
        tests/__init__.py
        > tests/helper.py
    "), @"");
}

#[test]
fn a_test_finds_what_lies_beside_it() {
    assert_snapshot!(located("
        tests/helper.py
        > tests/test_x.py
        import helper
    "), @"1: tests/helper.py (runtime)");
}

#[test]
fn a_project_can_set_which_files_are_tests() {
    let files = "
        conftest.py
        pyproject.toml = [tool.pytest.ini_options]|python_files = ['test_*.py', 'tests.py', 'testing/python/*.py']
        libs/a/tox.ini = [pytest]|python_files = check_*
        libs/b/setup.cfg = [metadata]
    ";
    let collects = |path: &str| !located(&format!("{files}\n> {path}\n")).is_empty();
    assert!(collects("app/tests.py"));
    assert!(collects("testing/python/raises.py"));
    assert!(collects("libs/b/testing/python/deep/raises.py"));
    assert!(collects("libs/a/check_one.py"));
    assert!(collects("libs/a/test_one.py"));
    assert!(!collects("libs/a/tests.py"));
    assert!(!collects("app/tests/helper.py"));
    assert!(!collects("libs/b/check_one.py"));
    assert!(!collects("python/testing.py"));
}
