//! `from p import name` and `from p import *`.

use insta::assert_snapshot;

use super::located;

#[test]
fn a_member_may_be_a_submodule_or_an_attribute() {
    assert_snapshot!(located("
        a/__init__.py
        p/__init__.py
        a/p/__init__.py
        a/p/module.py
        a/p/package/__init__.py
        > main.py
        from a.p import module, package, attribute
    "), @"
    1: a/__init__.py (implicit-init) a/p/__init__.py (implicit-init) a/p/module.py (runtime)
    1: a/__init__.py (implicit-init) a/p/__init__.py (implicit-init) a/p/package/__init__.py (runtime)
    1: a/__init__.py (implicit-init) a/p/__init__.py (runtime)
    ");
}

#[test]
fn a_member_of_a_module_is_an_attribute() {
    assert_snapshot!(located("
        a/__init__.py
        a/m.py
        a/m/x.py
        > main.py
        from a.m import x
    "), @"1: a/__init__.py (implicit-init) a/m.py (runtime)");
}

#[test]
fn a_member_of_a_namespace_package_is_a_submodule_or_missing() {
    assert_snapshot!(located("
        ns/m.py
        ns/sub/deep.py
        > main.py
        from ns import m
        from ns import sub
        from ns import nothing
    "), @"
    1: ns/m.py (runtime)
    3: ns.nothing is no-such-member
    ");
}

#[test]
fn a_plain_directory_in_a_package_is_no_file_to_import() {
    assert_snapshot!(located("
        p/__init__.py
        p/data/x.py
        > main.py
        from p import data
    "), @"1: p/__init__.py (runtime)");
}

#[test]
fn a_member_of_a_missing_module_is_told_by_the_module() {
    assert_snapshot!(located("
        p/__init__.py
        > main.py
        from p.nothing import x
        from numpy import array
    "), @"
    1: p.nothing is no-such-module p/__init__.py (implicit-init)
    2: numpy is external
    ");
}

#[test]
fn a_package_that_imports_its_submodule_has_no_edge_to_itself() {
    assert_snapshot!(located("
        p/m.py
        > p/__init__.py
        from p import m, attribute
        from . import m
    "), @"
    1: p/m.py (runtime)
    2: p/m.py (runtime)
    ");
}

#[test]
fn a_star_import_executes_the_module() {
    assert_snapshot!(located("
        p/__init__.py
        p/m.py
        > main.py
        from p.m import *
        from p import *
    "), @"
    1: p/__init__.py (star,implicit-init) p/m.py (star)
    2: p/__init__.py (star)
    ");
}

#[test]
fn a_star_import_loads_the_submodules_that_the_package_exports() {
    assert_snapshot!(located("
        p/__init__.py: attribute m sub
        p/m.py
        p/sub/__init__.py
        p/other.py
        > main.py
        from p import *
        def f():
            if x:
                from p import *
    "), @"
    1: p/__init__.py (star) p/m.py (runtime) p/sub/__init__.py (runtime)
    4: p/__init__.py (lazy,conditional,star) p/m.py (lazy,conditional) p/sub/__init__.py (lazy,conditional)
    ");
}

#[test]
fn a_star_import_of_a_namespace_package_imports_nothing() {
    assert_snapshot!(located("
        ns/m.py
        > main.py
        from ns import *
    "), @"");
}
