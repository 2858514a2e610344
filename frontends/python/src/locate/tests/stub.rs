//! Stubs beside sources and instead of them.

use insta::assert_snapshot;

use super::located;

#[test]
fn a_stub_beside_its_source_is_a_target_of_its_own() {
    assert_snapshot!(located("
        a/__init__.py
        a/__init__.pyi
        a/b.py
        a/b.pyi
        > main.py
        import a.b
        from a import b
        from a import attribute
    "), @"
    1: a/__init__.py (implicit-init) a/b.py (runtime) a/__init__.pyi (implicit-init,stub) a/b.pyi (stub)
    2: a/__init__.py (implicit-init) a/b.py (runtime) a/__init__.pyi (implicit-init,stub) a/b.pyi (stub)
    3: a/__init__.py (runtime) a/__init__.pyi (stub)
    ");
}

#[test]
fn a_stub_without_a_source_is_the_only_target() {
    assert_snapshot!(located("
        a/__init__.py
        a/_native.pyi
        b/__init__.pyi
        b/c.pyi
        > main.py
        import a._native
        from a import _native
        from b.c import x
        from b import nothing
    "), @"
    1: a/__init__.py (implicit-init) a/_native.pyi (stub)
    2: a/__init__.py (implicit-init) a/_native.pyi (stub)
    3: b/__init__.pyi (implicit-init,stub) b/c.pyi (stub)
    4: b/__init__.pyi (stub)
    ");
}

#[test]
fn the_stub_of_a_package_may_stand_above_sources() {
    assert_snapshot!(located("
        a/__init__.pyi
        a/b.py
        > main.py
        import a.b
    "), @"1: a/b.py (runtime) a/__init__.pyi (implicit-init,stub)");
}

#[test]
fn a_stub_in_one_root_does_not_hide_the_source_in_another() {
    assert_snapshot!(located("
        root typings
        root src
        typings/a/__init__.pyi
        src/a/__init__.py
        src/a/b.py
        > main.py
        import a
        import a.b
    "), @"
    1: src/a/__init__.py (runtime) typings/a/__init__.pyi (stub)
    2: src/a/__init__.py (implicit-init) src/a/b.py (runtime) typings/a/__init__.pyi (implicit-init,stub)
    ");
}

#[test]
fn a_stub_only_package_stands_in_for_the_package_of_its_name() {
    assert_snapshot!(located("
        a/__init__.py
        a/b.py
        stubs/a-stubs/__init__.pyi
        stubs/a-stubs/b.pyi
        stubs/c-stubs/__init__.pyi
        > main.py
        import a.b
        from a import b
        import c
        import c.d
    "), @"
    1: a/__init__.py (implicit-init) a/b.py (runtime) stubs/a-stubs/__init__.pyi (implicit-init,stub) stubs/a-stubs/b.pyi (stub)
    2: a/__init__.py (implicit-init) a/b.py (runtime) stubs/a-stubs/__init__.pyi (implicit-init,stub) stubs/a-stubs/b.pyi (stub)
    3: stubs/c-stubs/__init__.pyi (stub)
    4: c.d is no-such-module stubs/c-stubs/__init__.pyi (implicit-init,stub)
    ");
}

#[test]
fn a_stub_imports_as_sources_do() {
    assert_snapshot!(located("
        a/__init__.py
        a/b.py
        a/b.pyi
        > a/c.pyi
        from .b import x
        from a import b as b
    "), @"
    1: a/__init__.py (implicit-init) a/b.py (runtime) a/b.pyi (stub)
    2: a/__init__.py (implicit-init) a/b.py (runtime) a/b.pyi (stub)
    ");
}

#[test]
fn a_stub_of_a_module_shadows_its_directory_for_type_checkers_only() {
    assert_snapshot!(located("
        a.pyi
        a/b.py
        > main.py
        import a.b
    "), @"1: a/b.py (runtime) a.pyi (implicit-init,stub)");
}

#[test]
fn a_star_import_loads_stubs_of_exported_submodules() {
    assert_snapshot!(located("
        p/__init__.py: m n
        p/__init__.pyi
        p/m.py
        p/m.pyi
        p/n.pyi
        > main.py
        from p import *
    "), @"1: p/__init__.py (star) p/m.py (runtime) p/__init__.pyi (star,stub) p/m.pyi (stub) p/n.pyi (stub)");
}
