//! The directories from which absolute imports start, as far as the layout of a repository tells.

use std::collections::BTreeSet;

use esker_frontend_api::{Layout, Root};

use crate::locate::STUB_PACKAGE;

const INITS: [&str; 2] = ["__init__.py", "__init__.pyi"];

/// Finds the import roots in the order in which they are tried. Never empty, no duplicates.
///
/// 1. The repository's root; if it is itself a package, first as that package and then as a plain directory.
/// 2. `src`, if it holds Python files and is no package.
/// 3. The directory above each topmost regular package, the shallow ones first, those of one depth by name. A
///    repository of several projects has one for each, as have its examples and test data; these come last, and an
///    importer inside one of them tries its own first, so that they do not get in each other's way.
/// 4. Where that directory is a portion of a namespace package, the nearest above it that is named `src` or has a
///    `setup.py`: of `libs/a/src/ns/pkg/__init__.py` both `libs/a/src/ns` and `libs/a/src` are roots. They are sorted in
///    with the others.
/// 5. Each stub-only package by PEP 561, a directory `a-stubs`, as the package `a` of type checkers.
///
/// Costs one pass over the files, and two look-ups for each package.
pub(crate) fn roots(layout: &dyn Layout) -> Vec<Root> {
    let is_package = |directory: &str| INITS.iter().any(|init| layout.has_file(&join(directory, init)));
    let mut has_src = false;
    let mut above_packages = BTreeSet::new();
    let mut namespace_roots = BTreeSet::new();
    let mut stub_packages = BTreeSet::new();
    layout.for_each_file(&mut |path| {
        has_src |= path.starts_with("src/") && (path.ends_with(".py") || path.ends_with(".pyi"));
        let Some((package, name)) = path.rsplit_once('/') else { return };
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
            _ if !above_packages.contains(above) => {
                above_packages.insert(above.to_owned());
                namespace_roots
                    .extend(above_namespace(layout, above).filter(|root| !is_package(root)).map(str::to_owned));
            }
            _ => {}
        }
    });

    above_packages.append(&mut namespace_roots);
    let mut roots = Vec::with_capacity(above_packages.len() + stub_packages.len() + 3);
    if let Some(name) = layout.root_name().filter(|_| is_package("")) {
        roots.push(Root { path: String::new(), prefix: name.to_owned() });
    }
    roots.push(plain(String::new()));
    if has_src && !is_package("src") {
        roots.push(plain("src".to_owned()));
    }
    let mut nested: Vec<Root> =
        above_packages.into_iter().filter(|path| !path.is_empty() && path != "src").map(plain).collect();
    nested.sort_by_key(|root| root.path.matches('/').count());
    roots.extend(nested);
    roots.extend(stub_packages);
    roots
}

/// Where the project is imported from that a directory without `__init__` belongs to, if that is further up.
fn above_namespace<'p>(layout: &dyn Layout, directory: &'p str) -> Option<&'p str> {
    let begins = |directory: &str| {
        directory == "src" || directory.ends_with("/src") || layout.has_file(&join(directory, "setup.py"))
    };
    let mut at = directory;
    while !begins(at) {
        at = at.rsplit_once('/')?.0;
    }
    (at != directory).then_some(at)
}

fn plain(path: String) -> Root {
    Root { path, prefix: String::new() }
}

fn join(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
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
    fn the_project_around_a_namespace_package_has_a_root_too() {
        check("libs/a/src/ns/one/__init__.py", ". libs/a/src libs/a/src/ns");
        check(
            "libs/a/src/ns/sub/one/__init__.py libs/a/src/ns/two/__init__.py",
            ". libs/a/src libs/a/src/ns libs/a/src/ns/sub",
        );
        check("libs/b/setup.py libs/b/ns/one/__init__.py libs/b/tests/__init__.py", ". libs/b libs/b/ns");
        check("src/ns/one/__init__.py", ". src src/ns");
        check("setup.py ns/one/__init__.py", ". ns");
        check("a/src/__init__.py a/src/plain/b/__init__.py", ". a a/src/plain");
    }

    #[test]
    fn packages_side_by_side_have_one_root() {
        check("lib/a/__init__.py lib/b/__init__.py lib/c/__init__.pyi", ". lib");
    }

    #[test]
    fn packages_below_a_plain_directory_of_a_package_have_a_root_of_their_own() {
        check("pkg/__init__.py pkg/_vendor/six/__init__.py", ". pkg/_vendor");
    }

    #[test]
    fn a_stub_only_package_is_the_package_that_it_stubs() {
        check("stubs/attrs-stubs/__init__.pyi stubs/attrs-stubs/sub/__init__.pyi", ". stubs/attrs-stubs=attrs");
    }
}
