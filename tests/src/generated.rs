//! Generated repositories of any size, whose every dependency is known in advance.
//!
//! The files are the nodes of a tree with ten branches: file `n` imports file `(n - 1) / 10`, so that file 0 is under
//! all others and file `n` has the direct dependents `10 n + 1` to `10 n + 10`. A hundred files make a package.

use std::fmt::Write as _;

use crate::Tree;

/// How many files import each file, as long as there are enough of them.
pub const BRANCHES: usize = 10;

const FILES_PER_PACKAGE: usize = 100;

/// Functions in a file; with what is in them, a file has about the length of the average one of real packages.
const FUNCTIONS: usize = 10;

/// A temporary repository of this many generated files.
#[must_use]
pub fn repository(files: usize) -> Tree {
    let tree = Tree::new("");
    (0..files).for_each(|file| tree.write(&path(file), text(file, 0)));
    tree
}

/// The path of a file.
#[must_use]
pub fn path(file: usize) -> String {
    format!("package_{}/module_{file}.py", file / FILES_PER_PACKAGE)
}

/// The files that import a file, directly, among this many.
pub fn importers(file: usize, files: usize) -> impl Iterator<Item = usize> {
    (file * BRANCHES + 1..=file * BRANCHES + BRANCHES).take_while(move |importer| *importer < files)
}

/// The files that a change of a file can reach, itself included, among this many; ascending.
#[must_use]
pub fn reached_from(file: usize, files: usize) -> Vec<usize> {
    let mut reached = vec![file];
    let mut next = 0;
    while let Some(file) = reached.get(next).copied() {
        reached.extend(importers(file, files));
        next += 1;
    }
    reached
}

/// The text of a file. Another edition has another function body and is the same otherwise.
#[must_use]
pub fn text(file: usize, edition: usize) -> String {
    let mut text = format!("\"\"\"Module {file}.\"\"\"\n\nimport os\nfrom typing import Any\n");
    if let Some(imported) = file.checked_sub(1).map(|before| before / BRANCHES) {
        let module = path(imported).trim_end_matches(".py").replace('/', ".");
        _ = writeln!(text, "from {module} import Service{imported}, function_{imported}_0");
    }
    _ = write!(
        text,
        "\n\nclass Service{file}:\n    name: str = 'service {file}'\n\n    def __init__(self, size: int) -> None:\n        \
         self.size = size + {edition}\n"
    );
    for function in 0..FUNCTIONS {
        _ = write!(
            text,
            "\n\ndef function_{file}_{function}(items: list[Any], limit: int = {function}) -> list[Any]:\n    \
             found = []\n    for index, item in enumerate(items):\n        if index > limit:\n            break\n        \
             found.append((os.fspath(item), index))\n    return found\n"
        );
    }
    text
}
