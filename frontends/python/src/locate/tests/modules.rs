//! The files of the modules that an import names.

use insta::assert_snapshot;

use super::modules;

#[test]
fn every_component_of_an_absolute_name_is_a_module() {
    assert_snapshot!(modules("
        a/__init__.py
        a/b/__init__.py
        a/b/c.py
        > main.py
        import a
        import a.b.c
        from a.b import c
        from a.b.c import x
        from a.b import *
    "), @"
    1: a/__init__.py
    2: a/__init__.py a/b/__init__.py a/b/c.py
    3: a/__init__.py a/b/__init__.py / a/b/c.py
    4: a/__init__.py a/b/__init__.py a/b/c.py
    5: a/__init__.py a/b/__init__.py
    ");
}

#[test]
fn directories_are_modules_without_a_file() {
    assert_snapshot!(modules("
        a/b/c.py
        > main.py
        import a.b
        import a.b.c
        from a import b
        from a.b import c
        from a.b import nothing
    "), @"
    1: - -
    2: - - a/b/c.py
    3: -
    4: - - / a/b/c.py
    5: - -
    ");
}

#[test]
fn what_is_not_found_names_no_modules() {
    assert_snapshot!(modules("
        a/__init__.py
        > main.py
        import a.b.c
        import os.path
        from somewhere import x
        from ... import y
    "), @"
    1:
    2:
    3:
    4:
    ");
}

#[test]
fn a_relative_name_goes_on_from_the_packages_around() {
    assert_snapshot!(modules("
        a/__init__.py
        a/b/__init__.py
        a/b/c.py
        n/x.py
        > a/b/main.py
        from . import c
        from . import nothing
        from .c import x
        from .. import b
        from ..b.c import x
        from .nothing import x
    "), @"
    1: a/__init__.py a/b/__init__.py / a/b/c.py
    2: a/__init__.py a/b/__init__.py
    3: a/__init__.py a/b/__init__.py a/b/c.py
    4: a/__init__.py / a/b/__init__.py
    5: a/__init__.py a/b/__init__.py a/b/c.py
    6:
    ");
}

#[test]
fn a_relative_import_in_a_plain_directory_has_no_package_file() {
    assert_snapshot!(modules("
        n/x.py
        > n/main.py
        from . import x
        from . import nothing
        from .x import y
    "), @"
    1: - / n/x.py
    2: -
    3: - n/x.py
    ");
}

#[test]
fn the_importer_itself_is_named() {
    assert_snapshot!(modules("
        a/b.py
        > a/__init__.py
        import a
        import a.b
        from . import attribute
        from . import b
        from a import attribute
    "), @"
    1: a/__init__.py
    2: a/__init__.py a/b.py
    3: a/__init__.py
    4: a/__init__.py / a/b.py
    5: a/__init__.py
    ");
}

#[test]
fn a_stub_comes_before_its_source() {
    assert_snapshot!(modules("
        a/__init__.py
        a/__init__.pyi
        a/b.py
        a/b.pyi
        a/c.py
        a/d.pyi
        > main.py
        import a.b
        from a import b
        from a import c
        from a import d
        from a.c import x
    "), @"
    1: a/__init__.pyi a/b.pyi
    2: a/__init__.pyi / a/b.pyi
    3: a/__init__.pyi / a/c.py
    4: a/__init__.pyi / a/d.pyi
    5: a/__init__.pyi a/c.py
    ");
}

#[test]
fn a_stub_package_without_the_module_leaves_it_to_the_source() {
    assert_snapshot!(modules("
        root =
        root a-stubs=a
        a/__init__.py
        a/b.py
        a/c.py
        a-stubs/__init__.pyi
        a-stubs/b.pyi
        > main.py
        import a.b
        import a.c
        from a import b
        from a import c
    "), @"
    1: a-stubs/__init__.pyi a-stubs/b.pyi
    2: a/__init__.py a/c.py
    3: a-stubs/__init__.pyi / a-stubs/b.pyi
    4: a-stubs/__init__.pyi / a/c.py
    ");
}

#[test]
fn the_first_components_of_a_prefix_have_no_module_of_their_own() {
    assert_snapshot!(modules("
        root custom/part=vendor.part
        custom/part/__init__.py
        custom/part/b.py
        > main.py
        import vendor.part.b
        from vendor.part import b
    "), @"
    1: custom/part/__init__.py custom/part/b.py
    2: custom/part/__init__.py / custom/part/b.py
    ");
}

#[test]
fn a_script_finds_the_modules_beside_it() {
    assert_snapshot!(modules("
        scripts/helper.py
        scripts/tools/a.py
        > scripts/run.py
        import helper
        from tools import a
    "), @"
    1: scripts/helper.py
    2: - / scripts/tools/a.py
    ");
}

#[test]
fn strings_name_no_modules() {
    assert_snapshot!(modules("
        strings 1
        a/__init__.py
        a/b.py
        > main.py
        x = 'a.b.C'
    "), @"1:");
}
