//! The directories from which absolute imports start, as far as the layout of a repository tells.

use std::collections::{BTreeMap, BTreeSet};

use esker_frontend_api::path::{self, parent};
use esker_frontend_api::{Layout, Root, Setting};

use crate::locate::{STUB_PACKAGE, ancestors};
use crate::settings::{self, OF_PYTEST, PYPROJECT, PYTHON_PATH, SOURCES};

const INITS: [&str; 2] = ["__init__.py", "__init__.pyi"];

/// Names of directories that hold packages and are seldom namespace packages, ascending. That two projects have one
/// each tells nothing.
#[rustfmt::skip]
const CONTAINERS: [&str; 43] = [
    "api", "app", "apps", "backend", "bench", "benchmark", "benchmarks", "bin", "ci", "code", "data", "demo", "demos",
    "doc", "docs", "e2e", "example", "examples", "extra", "fixtures", "integration", "integration_tests", "lib", "libs",
    "main", "modules", "notebooks", "packages", "plugins", "py", "python", "sample", "samples", "scripts", "server",
    "source", "src", "test", "testing", "tests", "tools", "utils", "vendor",
];

/// Names of directories in packages that hold code of a life of its own, ascending: programs, data, what belongs to
/// others.
#[rustfmt::skip]
const NO_PARTS: [&str; 24] = [
    "bin", "data", "demo", "demos", "doc", "docs", "example", "examples", "extern", "external", "externals", "fixtures",
    "lib", "libs", "resources", "sample", "samples", "scripts", "src", "template", "templates", "testing", "third_party",
    "thirdparty",
];

/// Finds the import roots in the order in which they are tried. Never empty, no duplicates.
///
/// 1. The repository's root; if it is itself a package, first as that package and then as a plain directory.
/// 2. `src`, if it holds Python files and is no package.
/// 3. The directory above each topmost regular package. A repository of several projects has one for each, as have its
///    examples and test data.
/// 4. Where that directory belongs to a project further up, the nearest one above that is named `src` or has a
///    `setup.py` or a `pyproject.toml`. What lies between the two may be a portion of a namespace package or hold
///    packages only: of `libs/a/src/ns/pkg/__init__.py` both `libs/a/src/ns` and `libs/a/src` are roots. Where another
///    project has a directory of that name too, it is a namespace package, and no root.
/// 5. Each directory with a `pyproject.toml` that holds Python files, or its `src` if that holds some.
/// 6. The directories in which a project's settings say that its packages are, and those that pytest puts on the path.
/// 7. Each stub-only package by PEP 561, a directory `a-stubs`, as the package `a` of type checkers.
///
/// Those of 3 to 6 come by depth and then by name, so that test data comes late. An importer inside some of them tries
/// these first, so that projects do not get in each other's way.
///
/// Costs two passes over the files, and some look-ups for each package.
pub(crate) fn roots(layout: &dyn Layout) -> Vec<Root> {
    let is_package = |directory: &str| INITS.iter().any(|init| layout.has_file(&path::below(directory, init)));
    let mut has_src = false;
    let mut projects = BTreeSet::new();
    let mut with_settings = Vec::new();
    let mut topmost = BTreeSet::new();
    let mut above_packages = BTreeSet::new();
    let mut stub_packages = BTreeSet::new();
    layout.for_each_file(&mut |path| {
        has_src |= path.starts_with("src/") && is_python(path);
        let (package, name) = path.rsplit_once('/').unwrap_or(("", path));
        if settings::dialect(name).is_some() {
            with_settings.push(path.to_owned());
        }
        if package.is_empty() {
            return;
        }
        if name == PYPROJECT {
            projects.insert(package.to_owned());
        }
        if !INITS.contains(&name) {
            return;
        }
        let (above, package_name) = package.rsplit_once('/').unwrap_or(("", package));
        if is_package(above) {
            return;
        }
        match package_name.strip_suffix(STUB_PACKAGE) {
            Some(stubbed) if !stubbed.is_empty() => {
                stub_packages.insert(Root { path: package.to_owned(), prefix: stubbed.to_owned() });
            }
            _ => {
                topmost.insert((above.to_owned(), package_name.to_owned()));
                if !above_packages.contains(above) && !is_part_of_package(layout, above, name) {
                    above_packages.insert(above.to_owned());
                }
            }
        }
    });

    let mut nested = without_namespaces(layout, above_packages, &topmost);
    nested.extend(project_roots(layout, &projects));
    nested.extend(with_settings.iter().flat_map(|path| told_roots(layout, path)));
    let mut roots = Vec::with_capacity(nested.len() + stub_packages.len() + 3);
    if let Some(name) = layout.root_name().filter(|_| is_package("")) {
        roots.push(Root { path: String::new(), prefix: name.to_owned() });
    }
    roots.push(plain(String::new()));
    if has_src && !is_package("src") {
        roots.push(plain("src".to_owned()));
    }
    let is_nested = |path: &String| !path.is_empty() && path != "src" && !is_package(path);
    let mut nested: Vec<Root> = nested.into_iter().filter(is_nested).map(plain).collect();
    nested.sort_by_key(|root| root.path.matches('/').count());
    roots.extend(nested);
    roots.extend(stub_packages);
    roots
}

/// Whether a plain directory that holds a package is itself a part of a package around it (PEP 420), and so no place
/// from which imports start: `app/models/openai/__init__.py` is `app.models.openai`, and `import openai` leads
/// elsewhere.
///
/// Stubs in a package of sources are those of something else, and so are projects, tests and what is vendored.
fn is_part_of_package(layout: &dyn Layout, directory: &str, init: &str) -> bool {
    let mut parts = package_parts(directory).take_while(|part| !is_project(layout, part));
    let is_package = |directory: &str| layout.has_file(&path::below(directory, INITS[0]));
    init == INITS[0] && parts.any(|part| package_with_parts(part).is_some_and(is_package))
}

/// The directory that a directory may be a part of, if that is a package. A `src` with an `__init__` is seldom meant as
/// one.
pub(crate) fn package_with_parts(part: &str) -> Option<&str> {
    parent(part).filter(|around| !around.is_empty() && may_have_parts(path::name(around)))
}

/// A directory and those above it, the nearest first, as far as each may be a part of a package in the one above. None
/// of what lies among tests.
pub(crate) fn package_parts(directory: &str) -> impl Iterator<Item = &str> {
    let is_among_tests = directory.split('/').any(is_tests);
    ancestors(directory).take_while(move |part| !is_among_tests && may_have_parts(path::name(part)))
}

fn may_have_parts(name: &str) -> bool {
    !name.contains(['-', '.', ' ', '{']) && !name.contains("vendor") && NO_PARTS.binary_search(&name).is_err()
}

/// Whether a directory of this name has tests in it.
pub(crate) fn is_tests(name: &str) -> bool {
    matches!(name, "test" | "tests")
}

/// Whether a directory is that of a project.
fn is_project(layout: &dyn Layout, directory: &str) -> bool {
    ["setup.py", PYPROJECT].into_iter().any(|name| layout.has_file(&path::below(directory, name)))
}

/// The directories above packages, without those that are portions of a namespace package of several projects, and with
/// the projects that they belong to.
///
/// `topmost` are all packages that lie in none, with the directories above them: in one of the projects the namespace
/// may have an `__init__` that looks for the other portions (`pkgutil.extend_path`).
fn without_namespaces(
    layout: &dyn Layout,
    above_packages: BTreeSet<String>,
    topmost: &BTreeSet<(String, String)>,
) -> BTreeSet<String> {
    let mut projects_with: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for directory in &above_packages {
        if let Some((project, name)) = project_around(layout, directory) {
            projects_with.entry(name).or_default().insert(project);
        }
    }
    for (above, name) in topmost {
        if let Some(projects) = projects_with.get_mut(&**name) {
            projects.insert(above);
        }
    }
    let mut kept = BTreeSet::new();
    for directory in &above_packages {
        let around = project_around(layout, directory);
        let is_shared = |name| projects_with.get(name).is_some_and(|projects| projects.len() > 1);
        if !around.is_some_and(|(_, name)| may_be_namespace(name) && is_shared(name)) {
            kept.insert(directory.clone());
        }
        kept.extend(around.map(|(project, _)| project.to_owned()));
    }
    kept
}

/// The directory further up from which the project is imported that a directory belongs to, and the first name on the
/// way from there.
fn project_around<'p>(layout: &dyn Layout, directory: &'p str) -> Option<(&'p str, &'p str)> {
    let begins = |directory: &str| path::name(directory) == "src" || is_project(layout, directory);
    let (mut at, mut name) = (directory, "");
    while !begins(at) {
        if at.is_empty() {
            return None;
        }
        (at, name) = at.rsplit_once('/').unwrap_or(("", at));
    }
    (at != directory).then_some((at, name))
}

/// Whether a directory of this name that holds packages may be a namespace package.
pub(crate) fn may_be_namespace(name: &str) -> bool {
    !name.contains(['-', '.', ' ']) && CONTAINERS.binary_search(&name).is_err()
}

/// The directories from which imports start by what a settings file says.
fn told_roots(layout: &dyn Layout, path: &str) -> Vec<String> {
    let Some(settings) = layout.settings(path) else { return Vec::new() };
    let on_path = settings.get(OF_PYTEST).and_then(|pytest| pytest.get(PYTHON_PATH));
    let told = on_path.into_iter().chain(settings.get(SOURCES)).flat_map(Setting::texts);
    told.filter_map(|written| settings::resolved(parent(path).unwrap_or_default(), written)).collect()
}

/// Where the projects start that hold Python files; a file belongs to the nearest one above it.
fn project_roots(layout: &dyn Layout, projects: &BTreeSet<String>) -> BTreeSet<String> {
    let mut roots = BTreeSet::new();
    if projects.is_empty() {
        return roots;
    }
    let mut latest = String::new();
    layout.for_each_file(&mut |path| {
        let Some((directory, _)) =
            path.rsplit_once('/').filter(|(directory, _)| is_python(path) && *directory != latest)
        else {
            return;
        };
        directory.clone_into(&mut latest);
        let mut above = std::iter::successors(Some(directory), |at| Some(at.rsplit_once('/')?.0));
        let Some(project) = above.find(|at| projects.contains(*at)) else { return };
        let in_src = directory[project.len()..].split('/').nth(1) == Some("src");
        roots.insert(if in_src { format!("{project}/src") } else { project.to_owned() });
    });
    // What lies beside a project's `src` is not installed with it.
    let with_src: Vec<String> = roots.iter().filter_map(|root| Some(root.strip_suffix("/src")?.to_owned())).collect();
    for project in with_src {
        roots.remove(&project);
    }
    roots
}

fn is_python(path: &str) -> bool {
    path.ends_with(".py") || path.ends_with(".pyi")
}

fn plain(path: String) -> Root {
    Root { path, prefix: String::new() }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Files<'a> {
        root_name: Option<&'a str>,
        paths: BTreeSet<&'a str>,
    }

    impl Layout for Files<'_> {
        fn has_file(&self, path: &str) -> bool {
            self.paths.contains(path)
        }

        fn for_each_file(&self, visit: &mut dyn FnMut(&str)) {
            self.paths.iter().for_each(|path| visit(path));
        }

        fn root_name(&self) -> Option<&str> {
            self.root_name
        }
    }

    /// Checks the roots of a repository named `repo`, each written as its path or as `path=prefix`.
    fn check(files: &str, expected: &str) {
        let layout = Files { root_name: Some("repo"), paths: files.split_whitespace().collect() };
        let written: Vec<String> = roots(&layout)
            .into_iter()
            .map(|Root { path, prefix }| {
                let path = if path.is_empty() { "." } else { &path };
                if prefix.is_empty() { path.to_owned() } else { format!("{path}={prefix}") }
            })
            .collect();
        assert_eq!(written.join(" "), expected);
    }

    #[test]
    fn an_empty_repository_has_its_own_root() {
        check("", ".");
    }

    #[test]
    fn a_package_at_the_top_adds_nothing() {
        check("pkg/__init__.py pkg/sub/__init__.py", ".");
    }

    #[test]
    fn src_is_a_root_when_it_holds_python_files_and_is_no_package() {
        check("src/mod.py", ". src");
        check("src/ns/mod.py", ". src");
        check("src/readme.md", ".");
        check("src/__init__.py src/mod.py", ".");
    }

    #[test]
    fn a_repository_that_is_a_package_has_a_root_for_either_reading() {
        check("__init__.py core.py", ".=repo .");
        check("__init__.pyi sub/__init__.py", ".=repo .");
    }

    #[test]
    fn nested_projects_come_by_depth_and_then_by_name() {
        check(
            "zoo/pkg/__init__.py services/api/src/pkg/__init__.py services/api/src/pkg/sub/__init__.py \
             libs/b/pkg/__init__.py libs/a/pkg/__init__.py src/pkg/__init__.py",
            ". src zoo libs/a libs/b services/api/src",
        );
    }

    #[test]
    fn the_project_around_a_plain_directory_of_packages_has_a_root_too() {
        check("libs/a/src/ns/one/__init__.py", ". libs/a/src libs/a/src/ns");
        check(
            "libs/a/src/ns/sub/one/__init__.py libs/a/src/ns/two/__init__.py",
            ". libs/a/src libs/a/src/ns libs/a/src/ns/sub",
        );
        check("libs/b/setup.py libs/b/ns/one/__init__.py libs/b/tests/__init__.py", ". libs/b libs/b/ns");
        check("libs/b/pyproject.toml libs/b/ns/one/__init__.py", ". libs/b libs/b/ns");
        check("src/ns/one/__init__.py", ". src src/ns");
        check("setup.py ns/one/__init__.py", ". ns");
        check("a/src/__init__.py a/src/plain/b/__init__.py", ". a a/src/plain");
    }

    #[test]
    fn a_directory_that_several_projects_have_is_a_namespace_package_and_no_root() {
        check(
            "a/src/ns/one/__init__.py a/src/ns/json/types/__init__.py b/pyproject.toml b/ns/two/__init__.py \
             b/other/three/__init__.py",
            ". b a/src b/other",
        );
        check(
            "a/pyproject.toml a/tests/one/__init__.py b/pyproject.toml b/tests/two/__init__.py",
            ". a b a/tests b/tests",
        );
        check("a/src/ns/__init__.py b/pyproject.toml b/ns/two/__init__.py", ". b a/src");
        check("a/pyproject.toml a/my-ns/one/__init__.py b/setup.py b/my-ns/two/__init__.py", ". a b a/my-ns b/my-ns");
    }

    #[test]
    fn a_project_that_holds_python_files_has_a_root() {
        check("a/pyproject.toml a/plain/one.py b/pyproject.toml b/lib.rs c/plain/two.py", ". a");
        check("a/pyproject.toml a/src/one.py a/docs/conf.py", ". a/src");
        check("a/pyproject.toml a/b/pyproject.toml a/b/one.py", ". a/b");
        check("pyproject.toml one.py", ".");
    }

    #[test]
    fn packages_side_by_side_have_one_root() {
        check("lib/a/__init__.py lib/b/__init__.py lib/c/__init__.pyi", ". lib");
    }

    #[test]
    fn a_plain_directory_of_a_package_is_a_part_of_it_and_no_root() {
        check("pkg/__init__.py pkg/models/openai/__init__.py pkg/tools/web/mcp/__init__.py", ".");
        check("a/src/pkg/__init__.py a/src/pkg/models/openai/__init__.py", ". a/src");
    }

    #[test]
    fn what_lies_in_a_package_and_is_none_of_its_parts_has_a_root_of_its_own() {
        check("pkg/__init__.py pkg/_vendor/six/__init__.py", ". pkg/_vendor");
        check("pkg/__init__.py pkg/typeshed/json/__init__.pyi", ". pkg/typeshed");
        check("pkg/__init__.py pkg/project/pyproject.toml pkg/project/app/__init__.py", ". pkg/project");
        check("pkg/__init__.py pkg/tests/__init__.py pkg/tests/one/app/__init__.py", ". pkg/tests/one");
        check("pkg/__init__.py pkg/my-template/app/__init__.py", ". pkg/my-template");
    }

    #[test]
    fn a_stub_only_package_is_the_package_that_it_stubs() {
        check("stubs/attrs-stubs/__init__.pyi stubs/attrs-stubs/sub/__init__.pyi", ". stubs/attrs-stubs=attrs");
    }
}
