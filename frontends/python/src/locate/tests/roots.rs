//! Where absolute imports start.

use insta::assert_snapshot;

use super::located;

#[test]
fn roots_are_tried_in_order() {
    assert_snapshot!(located("
        root one
        root two
        one/a.py
        two/a.py
        two/b.py
        > main.py
        import a, b
    "), @"
    1: one/a.py (runtime)
    1: two/b.py (runtime)
    ");
}

#[test]
fn the_root_that_holds_the_importer_is_tried_first() {
    assert_snapshot!(located("
        services/a/app/__init__.py
        services/a/app/main.py
        services/b/app/__init__.py
        services/b/app/main.py
        > services/b/app/cli.py
        import app.main
    "), @"1: services/b/app/__init__.py (implicit-init) services/b/app/main.py (runtime)");
}

#[test]
fn the_deepest_root_that_holds_the_importer_is_tried_first() {
    assert_snapshot!(located("
        root
        root a
        root a/b
        root a/bc
        x.py
        a/x.py
        a/b/x.py
        a/bc/x.py
        > a/b/main.py
        import x
    "), @"1: a/b/x.py (runtime)");
}

#[test]
fn every_root_that_holds_the_importer_is_tried_before_the_others() {
    assert_snapshot!(located("
        tests/__init__.py
        tests/helper.py
        libs/a/pyproject.toml
        libs/a/tests/helper.py
        libs/a/tests/unit/__init__.py
        libs/a/tests/unit/helper.py
        libs/a/one.py
        libs/b/one/__init__.py
        > libs/a/tests/unit/test_x.py
        import one
        import helper
    "), @"
    1: libs/a/one.py (runtime)
    2: libs/a/tests/helper.py (runtime)
    0: libs/a/tests/unit/__init__.py (implicit-init)
    ");
}

#[test]
fn a_repository_that_is_a_package_is_imported_by_its_name() {
    assert_snapshot!(located("
        __init__.py
        core.py
        sub/__init__.py
        > sub/main.py
        import repo
        import repo.core
        from repo import core
        from .. import core
        import core
        from .nothing import x
    "), @"
    1: __init__.py (runtime)
    2: __init__.py (implicit-init) core.py (runtime)
    3: __init__.py (implicit-init) core.py (runtime)
    4: __init__.py (implicit-init) core.py (runtime)
    5: core.py (runtime)
    6: repo.sub.nothing is no-such-module __init__.py (implicit-init) sub/__init__.py (implicit-init)
    ");
}

#[test]
fn a_prefix_may_have_several_components() {
    assert_snapshot!(located("
        root lib=acme.lib
        lib/__init__.py
        lib/core.py
        > main.py
        import acme.lib.core
        import acme.library
        import acme
    "), @"
    1: lib/__init__.py (implicit-init) lib/core.py (runtime)
    2: acme.library is external
    3: acme is external
    ");
}

#[test]
fn a_script_finds_what_lies_beside_it() {
    assert_snapshot!(located("
        scripts/helper.py
        scripts/tools/__init__.py
        scripts/tools/hammer.py
        > scripts/main.py
        import helper
        import tools.hammer
        from tools import hammer
        import typing
    "), @"
    1: scripts/helper.py (runtime)
    2: scripts/tools/__init__.py (implicit-init) scripts/tools/hammer.py (runtime)
    3: scripts/tools/__init__.py (implicit-init) scripts/tools/hammer.py (runtime)
    4: typing is standard-library
    ");
}

#[test]
fn what_lies_beside_a_script_comes_after_the_roots() {
    assert_snapshot!(located("
        helper.py
        scripts/helper.py
        > scripts/main.py
        import helper
    "), @"1: helper.py (runtime)");
}

#[test]
fn what_lies_beside_a_test_comes_before_the_roots() {
    let files = "
        helper.py
        tests/pkg/__init__.py
        tests/conftest.py
        libs/a/tests/conftest.py
        libs/a/tests/helper.py
        libs/a/tests/json.py
    ";
    assert_snapshot!(located(&format!("{files}
        > libs/a/tests/test_x.py
        import helper, conftest, json
    ")), @"
    1: libs/a/tests/helper.py (runtime)
    1: libs/a/tests/conftest.py (runtime)
    1: libs/a/tests/json.py (runtime)
    0: libs/a/tests/conftest.py (conftest)
    ");
    assert_snapshot!(located(&format!("{files}
        > libs/a/tests/tool.py
        import helper, conftest
    ")), @"
    1: libs/a/tests/helper.py (runtime)
    1: libs/a/tests/conftest.py (runtime)
    ");
    assert_snapshot!(located(&format!("{files}
        > libs/a/scripts/tool.py
        import helper
    ")), @"1: helper.py (runtime)");
}

#[test]
fn what_lies_beside_a_module_of_a_package_is_not_importable_by_itself() {
    assert_snapshot!(located("
        a/__init__.py
        a/helper.py
        > a/main.py
        import helper
    "), @"1: helper is external");
}

#[test]
fn plain_directories_above_the_importer_are_tried_from_the_nearest_on() {
    assert_snapshot!(located("
        tests/helper.py
        tests/common.py
        tests/unit/helper.py
        tests/unit/pkg/__init__.py
        > tests/unit/pkg/test_x.py
        import helper
        import common
        import nothing
    "), @"
    1: tests/unit/helper.py (runtime)
    2: tests/common.py (runtime)
    3: nothing is external
    0: tests/unit/pkg/__init__.py (implicit-init)
    ");
}

#[test]
fn a_member_that_the_roots_have_not_is_looked_for_beside_the_importer() {
    assert_snapshot!(located("
        util/a.py
        scripts/util/b.py
        > scripts/main.py
        from util import a
        from util import b
        from util import c
    "), @"
    1: util/a.py (runtime)
    2: scripts/util/b.py (runtime)
    3: util.c is no-such-member
    ");
}

#[test]
fn a_namespace_package_is_put_together_from_several_projects() {
    assert_snapshot!(located("
        libs/one/src/ns/one/__init__.py
        libs/one/src/ns/one/a.py
        libs/two/setup.py
        libs/two/ns/two/__init__.py
        > libs/one/tests/test_a.py
        import ns.one.a
        from ns import two
    "), @"
    1: libs/one/src/ns/one/__init__.py (implicit-init) libs/one/src/ns/one/a.py (runtime)
    2: libs/two/ns/two/__init__.py (runtime)
    ");
}

#[test]
fn what_lies_in_a_namespace_package_is_not_importable_by_itself() {
    assert_snapshot!(located("
        libs/one/pyproject.toml
        libs/one/ns/redis/__init__.py
        libs/one/ns/types.py
        libs/two/pyproject.toml
        libs/two/ns/two/__init__.py
        > libs/one/ns/redis/client.py
        import redis
        import types
        from ns import redis, two, types
    "), @"
    1: redis is external
    2: types is standard-library
    3: libs/one/ns/redis/__init__.py (runtime)
    3: libs/two/ns/two/__init__.py (runtime)
    3: libs/one/ns/types.py (runtime)
    ");
}

#[test]
fn what_a_namespace_package_of_several_projects_has_not_is_elsewhere() {
    assert_snapshot!(located("
        libs/one/src/ns/one/__init__.py
        libs/two/src/ns/two/__init__.py
        alone/two/__init__.py
        > libs/one/tests/test_x.py
        import ns.three.deep
        from ns import three
        import ns.one.nothing
        import alone.nothing
    "), @"
    1: ns.three.deep is external
    2: ns is external
    3: ns.one.nothing is no-such-module libs/one/src/ns/one/__init__.py (implicit-init)
    4: alone.nothing is no-such-module
    ");
}

#[test]
fn what_starts_among_tests_and_examples_is_for_these_and_their_project() {
    let files = "
        libs/one/pyproject.toml
        libs/one/tests/stubs/redis/__init__.py
        libs/one/client.py
        libs/two/pyproject.toml
        libs/two/client.py
        tests/shared/helpers/__init__.py
        examples/django/__init__.py
        examples/tool.py
    ";
    assert_snapshot!(located(&format!("{files}
        > examples/web/main.py
        import django, tool
    ")), @"
    1: examples/django/__init__.py (runtime)
    1: examples/tool.py (runtime)
    ");
    assert_snapshot!(located(&format!("{files}
        > main.py
        import django
    ")), @"1: django is external");
    assert_snapshot!(located(&format!("{files}
        > libs/one/main.py
        import redis, helpers
    ")), @"
    1: redis is external
    1: helpers is external
    ");
    assert_snapshot!(located(&format!("{files}
        > libs/one/client_test.py
        import redis, helpers
    ")), @"
    1: libs/one/tests/stubs/redis/__init__.py (runtime)
    1: tests/shared/helpers/__init__.py (runtime)
    ");
    assert_snapshot!(located(&format!("{files}
        > libs/two/tests/tool.py
        import redis, helpers
    ")), @"
    1: redis is external
    1: tests/shared/helpers/__init__.py (runtime)
    ");
}

#[test]
fn a_project_among_others_is_no_portion_of_a_namespace_package() {
    assert_snapshot!(located("
        service/pyproject.toml
        service/api.py
        packages/pyproject.toml
        packages/main.py
        packages/git/setup.py
        packages/git/api.py
        packages/plain/api.py
        > packages/tool.py
        import git.api
        import plain.api
        import service.api
    "), @"
    1: git.api is external
    2: packages/plain/api.py (runtime)
    3: service/api.py (runtime)
    ");
}

#[test]
fn of_several_projects_with_one_package_the_nearest_counts() {
    let files = "
        workspaces/a/libs/shared/src/shared/__init__.py
        workspaces/b/libs/shared/src/shared/__init__.py
        workspaces/b/libs/other/src/other/__init__.py
        src/app/__init__.py
        src/main.py
        workspaces/b/app/__init__.py
    ";
    assert_snapshot!(located(&format!("{files}
        > workspaces/b/libs/other/src/other/main.py
        import shared
        import app
    ")), @"
    1: workspaces/b/libs/shared/src/shared/__init__.py (runtime)
    2: workspaces/b/app/__init__.py (runtime)
    ");
    assert_snapshot!(located(&format!("{files}
        > workspaces/a/cli/main.py
        import shared
        import app
    ")), @"
    1: workspaces/a/libs/shared/src/shared/__init__.py (runtime)
    2: src/app/__init__.py (runtime)
    ");
}

#[test]
fn the_code_of_a_project_is_nearer_to_its_tests_than_their_data() {
    assert_snapshot!(located("
        libs/a/src/pkg/__init__.py
        libs/b/src/pkg/__init__.py
        libs/b/tests/data/one/pkg/__init__.py
        libs/b/tests/data/one/only/__init__.py
        > libs/b/tests/unit/test_x.py
        import pkg
        import only
    "), @"
    1: libs/b/src/pkg/__init__.py (runtime)
    2: libs/b/tests/data/one/only/__init__.py (runtime)
    ");
}

#[test]
fn a_part_of_a_package_is_not_importable_by_itself() {
    let files = "
        app/__init__.py
        app/tools/mcp/__init__.py
        app/tools/mcp/helper.py
        app/tools/script.py
        app/tools/lib.py
    ";
    assert_snapshot!(located(&format!("{files}
        > app/tools/mcp/client.py
        import mcp
        import lib
        import app.tools.mcp
        from .. import lib
    ")), @"
    1: mcp is external
    2: lib is external
    3: app/__init__.py (implicit-init) app/tools/mcp/__init__.py (runtime)
    4: app/__init__.py (implicit-init) app/tools/lib.py (runtime)
    ");
    assert_snapshot!(located(&format!("{files}
        > app/tools/main.py
        import lib
    ")), @"1: app/tools/lib.py (runtime)");
    assert_snapshot!(located(&format!("{files}
        > elsewhere/main.py
        import mcp
    ")), @"1: mcp is external");
}

#[test]
fn a_package_that_extends_its_path_has_the_directories_of_its_name_in_other_roots() {
    let files = "
        sdk/core/setup.py
        sdk/core/azure/__init__.py = __path__ = __import__('pkgutil').extend_path(__path__, __name__)
        sdk/core/azure/core/__init__.py
        sdk/ai/setup.py
        sdk/ai/azure/__init__.py = from pkgutil import extend_path|__path__ = extend_path(__path__, __name__)
        sdk/ai/azure/ai/__init__.py = __import__('pkg_resources').declare_namespace(__name__)
        sdk/ai/azure/ai/ml/__init__.py
        sdk/agents/setup.py
        sdk/agents/azure/ai/agents/__init__.py
        sdk/closed/setup.py
        sdk/closed/closed/__init__.py
        sdk/open/setup.py
        sdk/open/closed/more.py
    ";
    assert_snapshot!(located(&format!("{files}
        > sdk/ai/azure/ai/ml/client.py
        import azure.core
        from azure.ai import agents
        import azure.ai.ml
        import azure.storage.blob
        import azure.ai.vision
        import azure.ai.ml.nothing
        import closed.more
        from ... import core
    ")), @"
    1: sdk/ai/azure/__init__.py (implicit-init) sdk/core/azure/core/__init__.py (runtime)
    2: sdk/ai/azure/__init__.py (implicit-init) sdk/ai/azure/ai/__init__.py (implicit-init) sdk/agents/azure/ai/agents/__init__.py (runtime)
    3: sdk/ai/azure/__init__.py (implicit-init) sdk/ai/azure/ai/__init__.py (implicit-init) sdk/ai/azure/ai/ml/__init__.py (runtime)
    4: azure.storage.blob is external sdk/ai/azure/__init__.py (implicit-init)
    5: azure.ai.vision is external sdk/ai/azure/__init__.py (implicit-init) sdk/ai/azure/ai/__init__.py (implicit-init)
    6: azure.ai.ml.nothing is no-such-module sdk/ai/azure/__init__.py (implicit-init) sdk/ai/azure/ai/__init__.py (implicit-init) sdk/ai/azure/ai/ml/__init__.py (implicit-init)
    7: closed.more is no-such-module sdk/closed/closed/__init__.py (implicit-init)
    8: sdk/ai/azure/__init__.py (runtime)
    ");
    assert_snapshot!(located(&format!("{files}
        > sdk/agents/azure/ai/agents/client.py
        from azure.core import x
        from .. import ml
        from ..ml import x
    ")), @"
    1: sdk/ai/azure/__init__.py (implicit-init) sdk/core/azure/core/__init__.py (runtime)
    2: sdk/ai/azure/__init__.py (implicit-init) sdk/ai/azure/ai/__init__.py (implicit-init) sdk/ai/azure/ai/ml/__init__.py (runtime)
    3: sdk/ai/azure/__init__.py (implicit-init) sdk/ai/azure/ai/__init__.py (implicit-init) sdk/ai/azure/ai/ml/__init__.py (runtime)
    ");
}

#[test]
fn of_several_packages_that_extend_their_path_the_one_with_code_of_its_own_is_executed() {
    assert_snapshot!(located("
        lab/namespace/agents/__init__.py = __path__ = __import__('pkgutil').extend_path(__path__, __name__)
        lab/namespace/agents/lab/__init__.py
        core/pyproject.toml
        core/agents/__init__.py
        core/agents/chat.py
        > lab/main.py
        from agents import Chat
        import agents.chat
        import agents.lab
    "), @"
    1: core/agents/__init__.py (runtime)
    2: core/agents/__init__.py (implicit-init) core/agents/chat.py (runtime)
    3: core/agents/__init__.py (implicit-init) lab/namespace/agents/lab/__init__.py (runtime)
    ");
}

#[test]
fn a_directory_named_after_what_its_code_is_about_is_not_that() {
    let files = "
        pyproject.toml
        setup.py
        tests/pyproject.toml
        tests/django/models.py
        app/views.py
    ";
    assert_snapshot!(located(&format!("{files}
        > tests/django/test_urls.py
        from django.conf import settings
        from django import urls
    ")), @"
    1: django.conf is external
    2: django is external
    ");
    assert_snapshot!(located(&format!("{files}
        > tests/django/test_models.py
        import django.models
        import django.nothing
    ")), @"
    1: tests/django/models.py (runtime)
    2: django.nothing is no-such-module
    ");
    assert_snapshot!(located(&format!("{files}
        > main.py
        import app.nothing
    ")), @"1: app.nothing is no-such-module");
}

#[test]
fn settings_tell_where_packages_are_and_what_is_on_the_path() {
    let files = "
        libs/a/pyproject.toml = [tool.setuptools.packages.find]|where = ['python']|[tool.pytest.ini_options]|pythonpath = ['tests/kit', '../common']
        libs/a/python/ns/core.py
        libs/a/tests/kit/factory.py
        libs/common/common.py
        libs/b/setup.py
    ";
    assert_snapshot!(located(&format!("{files}
        > libs/a/tests/unit/test_x.py
        import ns.core
        import factory
        import common
    ")), @"
    1: libs/a/python/ns/core.py (runtime)
    2: libs/a/tests/kit/factory.py (runtime)
    3: libs/common/common.py (runtime)
    ");
    assert_snapshot!(located(&format!("{files}
        > libs/b/main.py
        import ns.core
        import factory
    ")), @"
    1: libs/a/python/ns/core.py (runtime)
    2: factory is external
    ");
}

#[test]
fn tests_are_those_of_the_importing_project() {
    let files = "
        a/pyproject.toml
        a/tests/__init__.py
        a/tests/helpers.py
        a/app/__init__.py
        a/app/models.py
        a/app/only.py
        b/pyproject.toml
        b/tests/helpers.py
        b/app/models.py
        c/pyproject.toml
        c/src/main.py
    ";
    assert_snapshot!(located(&format!("{files}
        > b/tests/test_one.py
        from tests.helpers import x
        from tests import helpers
        from app.models import Model
        from app.only import y
    ")), @"
    1: b/tests/helpers.py (runtime)
    2: b/tests/helpers.py (runtime)
    3: b/app/models.py (runtime)
    4: a/app/__init__.py (implicit-init) a/app/only.py (runtime)
    ");
    assert_snapshot!(located(&format!("{files}
        > a/tests/test_one.py
        from tests.helpers import x
    ")), @"
    1: a/tests/__init__.py (implicit-init) a/tests/helpers.py (runtime)
    0: a/tests/__init__.py (implicit-init)
    ");
    assert_snapshot!(located(&format!("{files}
        > c/src/tool.py
        import tests.helpers
    ")), @"1: tests.helpers is external");
}
