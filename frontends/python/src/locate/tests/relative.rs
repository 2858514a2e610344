//! Imports with leading dots.

use insta::assert_snapshot;

use super::located;

#[test]
fn dots_count_directories_upwards_from_the_importer() {
    assert_snapshot!(located("
        a/__init__.py
        a/x.py
        a/b/__init__.py
        a/b/y.py
        > a/b/main.py
        from . import y
        from .y import name
        from .. import x
        from ..x import name
        from ..b import y
    "), @"
    1: a/__init__.py (implicit-init) a/b/__init__.py (implicit-init) a/b/y.py (runtime)
    2: a/__init__.py (implicit-init) a/b/__init__.py (implicit-init) a/b/y.py (runtime)
    3: a/__init__.py (implicit-init) a/x.py (runtime)
    4: a/__init__.py (implicit-init) a/x.py (runtime)
    5: a/__init__.py (implicit-init) a/b/__init__.py (implicit-init) a/b/y.py (runtime)
    ");
}

#[test]
fn the_file_of_a_package_is_inside_it() {
    assert_snapshot!(located("
        a/__init__.py
        a/x.py
        a/b/y.py
        > a/b/__init__.py
        from . import y
        from .. import x
    "), @"
    1: a/__init__.py (implicit-init) a/b/y.py (runtime)
    2: a/__init__.py (implicit-init) a/x.py (runtime)
    ");
}

#[test]
fn a_relative_import_executes_the_packages_around_it() {
    assert_snapshot!(located("
        a/__init__.py
        a/b/__init__.py
        a/b/c/__init__.py
        a/b/c/d/__init__.py
        a/b/c/d/e.py
        > a/b/c/main.py
        from .d import e
    "), @"1: a/__init__.py (implicit-init) a/b/__init__.py (implicit-init) a/b/c/__init__.py (implicit-init) a/b/c/d/__init__.py (implicit-init) a/b/c/d/e.py (runtime)");
}

#[test]
fn a_plain_directory_inside_a_package_hides_no_package_above_it() {
    assert_snapshot!(located("
        a/__init__.py
        a/plain/x.py
        > a/plain/main.py
        from . import x
    "), @"1: a/__init__.py (implicit-init) a/plain/x.py (runtime)");
}

#[test]
fn the_packages_around_an_importer_end_at_its_root() {
    assert_snapshot!(located("
        root a
        a/__init__.py
        a/b/__init__.py
        a/b/x.py
        __init__.py
        > a/b/main.py
        from . import x
    "), @"1: a/b/__init__.py (implicit-init) a/b/x.py (runtime)");
}

#[test]
fn a_plain_directory_can_hold_relative_imports() {
    assert_snapshot!(located("
        scripts/helper.py
        scripts/sub/m.py
        > scripts/main.py
        from . import helper, sub, nothing
        from .sub.m import x
        from .absent import x
    "), @"
    1: scripts/helper.py (runtime)
    1: scripts.nothing is no-such-member
    2: scripts/sub/m.py (runtime)
    3: scripts.absent is no-such-module
    ");
}

#[test]
fn a_plain_directory_is_one_portion_of_a_namespace_package() {
    assert_snapshot!(located("
        root one
        root two
        one/ns/a.py
        two/ns/b.py
        > two/ns/main.py
        from . import a, b
        from .a import x
    "), @"
    1: one/ns/a.py (runtime)
    1: two/ns/b.py (runtime)
    2: one/ns/a.py (runtime)
    ");
}

#[test]
fn a_relative_import_cannot_leave_the_repository() {
    assert_snapshot!(located("
        a/__init__.py
        > a/main.py
        from .. import a
        from ... import x
        from ...x import y
    "), @"
    1: a/__init__.py (runtime)
    2: ... is beyond-top-level
    3: ...x is beyond-top-level
    ");
}

#[test]
fn a_missing_relative_module_is_named_from_its_root() {
    assert_snapshot!(located("
        src/pkg/__init__.py
        src/pkg/sub/__init__.py
        > src/pkg/sub/main.py
        from .nothing import x
        from ..nothing.more import x
    "), @"
    1: pkg.sub.nothing is no-such-module src/pkg/__init__.py (implicit-init) src/pkg/sub/__init__.py (implicit-init)
    2: pkg.nothing.more is no-such-module src/pkg/__init__.py (implicit-init)
    ");
}

#[test]
fn a_relative_star_import_loads_what_the_package_exports() {
    assert_snapshot!(located("
        p/__init__.py
        p/sub/__init__.py: m
        p/sub/m.py
        > p/main.py
        from .sub import *
    "), @"1: p/__init__.py (star,implicit-init) p/sub/__init__.py (star) p/sub/m.py (runtime)");
}

#[test]
fn a_module_of_the_standard_library_cannot_be_meant_relatively() {
    assert_snapshot!(located("
        p/__init__.py
        p/sys.py
        > p/main.py
        from . import sys, os
        from .sys import x
    "), @"
    1: p/__init__.py (implicit-init) p/sys.py (runtime)
    1: p/__init__.py (runtime)
    2: p/__init__.py (implicit-init) p/sys.py (runtime)
    ");
}
