//! `import a.b.c` and the other forms that name a module.

use insta::assert_snapshot;

use super::located;

#[test]
fn an_import_executes_every_package_on_the_way() {
    assert_snapshot!(located("
        a/__init__.py
        a/b/__init__.py
        a/b/c.py
        > main.py
        import a.b.c
    "), @"1: a/__init__.py (implicit-init) a/b/__init__.py (implicit-init) a/b/c.py (runtime)");
}

#[test]
fn the_circumstances_of_an_import_are_those_of_what_it_implies() {
    assert_snapshot!(located("
        a/__init__.py
        a/b.py
        > main.py
        def f():
            import a.b
    "), @"2: a/__init__.py (lazy,implicit-init) a/b.py (lazy)");
}

#[test]
fn a_package_shadows_a_module_of_the_same_name() {
    assert_snapshot!(located("
        a/__init__.py
        a.py
        > main.py
        import a
    "), @"1: a/__init__.py (runtime)");
}

#[test]
fn a_module_shadows_a_plain_directory_of_the_same_name() {
    assert_snapshot!(located("
        a/b.py
        a.py
        > main.py
        import a
        import a.b
    "), @"
    1: a.py (runtime)
    2: a.b is no-such-module a.py (implicit-init)
    ");
}

#[test]
fn a_package_is_the_only_place_of_its_submodules() {
    assert_snapshot!(located("
        root one
        root two
        one/a/__init__.py
        two/a/__init__.py
        two/a/b.py
        > main.py
        import a.b
    "), @"1: a.b is no-such-module one/a/__init__.py (implicit-init)");
}

#[test]
fn a_namespace_package_is_made_of_the_portions_in_all_roots() {
    assert_snapshot!(located("
        root one
        root two
        one/ns/a.py
        two/ns/b/__init__.py
        two/ns/b/c.py
        > main.py
        import ns
        import ns.a
        import ns.b.c
    "), @"
    2: one/ns/a.py (runtime)
    3: two/ns/b/__init__.py (implicit-init) two/ns/b/c.py (runtime)
    ");
}

#[test]
fn a_namespace_package_counts_only_where_no_root_has_a_regular_one() {
    assert_snapshot!(located("
        root one
        root two
        one/a/b.py
        two/a/__init__.py
        two/a/c.py
        > main.py
        import a.c
        import a.b
    "), @"
    1: two/a/__init__.py (implicit-init) two/a/c.py (runtime)
    2: a.b is no-such-module two/a/__init__.py (implicit-init)
    ");
}

#[test]
fn namespace_packages_nest_and_merge_on_every_level() {
    assert_snapshot!(located("
        root one
        root two
        one/x/y/a.py
        two/x/y/b.py
        > main.py
        import x.y.a, x.y.b, x.y
    "), @"
    1: one/x/y/a.py (runtime)
    1: two/x/y/b.py (runtime)
    ");
}

#[test]
fn what_is_not_in_the_repository_is_external_or_of_the_standard_library() {
    assert_snapshot!(located("
        > main.py
        import numpy.linalg
        import os.path
        import distutils
        import tomllib
        from concurrent import futures
    "), @"
    1: numpy.linalg is external
    2: os.path is standard-library
    3: distutils is standard-library
    4: tomllib is standard-library
    5: concurrent is standard-library
    ");
}

#[test]
fn the_standard_library_comes_before_what_may_be_installed() {
    assert_snapshot!(located("
        src/types.py
        src/logging/__init__.py
        src/calendar/__init__.py
        src/calendar/models.py
        src/asyncore.py
        src/pkg/__init__.py
        tests/data/json/__init__.py
        > src/pkg/main.py
        import types
        import logging.config
        import json
        import asyncore
        from src import types
        from calendar.models import Day
    "), @"
    1: types is standard-library
    2: logging.config is standard-library
    3: json is standard-library
    4: src/asyncore.py (runtime)
    5: src/types.py (runtime)
    6: src/calendar/__init__.py (implicit-init) src/calendar/models.py (runtime)
    ");
}

#[test]
fn a_file_beside_a_program_comes_before_the_standard_library() {
    assert_snapshot!(located("
        scripts/types.py
        scripts/below/one.py
        > scripts/main.py
        import types
    "), @"1: scripts/types.py (runtime)");
    assert_snapshot!(located("
        scripts/types.py
        > scripts/below/main.py
        import types
    "), @"1: types is standard-library");
}

#[test]
fn a_directory_that_is_a_library_itself_comes_before_the_standard_library() {
    assert_snapshot!(located("
        Lib/os.py
        Lib/types.py
        Lib/json/__init__.py
        > tools/main.py
        import types
        import json
    "), @"
    1: Lib/types.py (runtime)
    2: Lib/json/__init__.py (runtime)
    ");
    assert_snapshot!(located("
        typeshed/stdlib/os/__init__.pyi
        typeshed/stdlib/types.pyi
        typeshed/stdlib/json/__init__.pyi
        typeshed/stubs/attrs/attr/types.pyi
        > typeshed/stubs/attrs/attr/main.pyi
        import types
        import json
    "), @"
    1: typeshed/stdlib/types.pyi (stub)
    2: typeshed/stdlib/json/__init__.pyi (stub)
    ");
    assert_snapshot!(located("
        fixtures/typing.pyi
        fixtures/json/__init__.pyi
        > fixtures/weakref.pyi
        import json
    "), @"1: fixtures/json/__init__.pyi (stub)");
}

#[test]
fn a_file_shadows_the_standard_library_unless_the_module_is_compiled_in() {
    assert_snapshot!(located("
        os.py
        sys.py
        time/__init__.py
        > main.py
        import os
        import sys
        import time
    "), @"
    1: os.py (runtime)
    2: sys is standard-library
    3: time is standard-library
    ");
}

#[test]
fn a_package_of_the_standard_library_comes_before_a_plain_directory() {
    assert_snapshot!(located("
        test/unit/one.py
        > main.py
        import test.support
        import test.unit.one
    "), @"
    1: test.support is standard-library
    2: test/unit/one.py (runtime)
    ");
}

#[test]
fn a_missing_module_reaches_the_packages_on_the_way_to_it() {
    assert_snapshot!(located("
        a/__init__.py
        a/b/__init__.py
        c.py
        > main.py
        import a.b.nothing.more
        import c.nothing
    "), @"
    1: a.b.nothing.more is no-such-module a/__init__.py (implicit-init) a/b/__init__.py (implicit-init)
    2: c.nothing is no-such-module c.py (implicit-init)
    ");
}

#[test]
fn a_dynamic_import_names_a_module_or_is_computed() {
    assert_snapshot!(located("
        a/__init__.py
        a/b.py
        a/c.py
        > a/main.py
        import importlib
        importlib.import_module('a.b')
        importlib.import_module('.c', __package__)
        importlib.import_module(name)
        importlib.import_module('a..b')
        importlib.import_module('../a')
    "), @"
    1: importlib is standard-library
    2: a/__init__.py (implicit-init) a/b.py (runtime)
    3: a/__init__.py (implicit-init) a/c.py (runtime)
    4:  is computed
    5: a..b is external
    6:  is computed
    ");
}

#[test]
fn a_string_is_the_longest_module_that_it_begins_with_or_nothing() {
    assert_snapshot!(located("
        strings 1
        a/__init__.py
        a/b/__init__.py
        a/b/c.py
        ns/sub/d.py
        > main.py
        NAMES = ['a.b.c.Class.method', 'a.b.c', 'a.b', 'a.nothing', 'example.com', 'os.path', 'ns.sub']
    "), @"
    1: a/__init__.py (implicit-init,string) a/b/__init__.py (implicit-init,string) a/b/c.py (string)
    1: a/__init__.py (implicit-init,string) a/b/__init__.py (implicit-init,string) a/b/c.py (string)
    1: a/__init__.py (implicit-init,string) a/b/__init__.py (string)
    ");
}

#[test]
fn a_plugin_is_a_module() {
    assert_snapshot!(located("
        a/__init__.py
        a/plugin.py
        > conftest.py
        pytest_plugins = ['a.plugin', 'xdist']
    "), @"
    1: a/__init__.py (implicit-init,plugin) a/plugin.py (plugin)
    1: xdist is external
    ");
}

#[test]
fn a_module_that_imports_itself_has_no_edge() {
    assert_snapshot!(located("
        a/__init__.py
        > a/b.py
        import a.b
        from a import b
        from . import b
    "), @"
    1: a/__init__.py (implicit-init)
    2: a/__init__.py (implicit-init)
    3: a/__init__.py (implicit-init)
    ");
}

#[test]
fn broken_imports_lead_nowhere() {
    assert_snapshot!(located("
        a/__init__.py
        > main.py
        import
        from import x
        from a import
        from . import
    "), @"");
}
