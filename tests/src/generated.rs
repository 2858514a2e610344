//! Generated repositories of any size, whose every dependency is known in advance.
//!
//! The files are the nodes of a tree with ten branches: file `n` imports file `(n - 1) / 10`, so that file 0 is under
//! all others and file `n` has the direct dependents `10 n + 1` to `10 n + 10`. A hundred files make a package. With
//! several languages there is such a tree in each, and the files are of them by turns.

use std::fmt::Write as _;

use crate::Tree;
use crate::languages::{self, Language, Modules};

/// How many files import each file, as long as there are enough of them.
pub const BRANCHES: usize = 10;

const FILES_PER_PACKAGE: usize = 100;

/// Functions in a file; with what is in them, a file has about the length of the average one of real packages.
const FUNCTIONS: usize = 10;

/// Files in some languages, by turns.
#[derive(Debug, Clone, Copy)]
pub struct Generated(pub &'static [Language]);

/// Files in Python.
pub const PYTHON: Generated = Generated(&[Language::Python]);

/// Files in all languages.
pub const MIXED: Generated = Generated(languages::ALL);

/// A temporary repository of a module `hub` and so many others in each language, of which the first `users` call its
/// function.
#[must_use]
pub fn around_a_hub(languages: &'static [Language], files: usize, users: usize) -> Modules {
    let tree = Modules::new(languages, "");
    tree.write_module("hub", &hub(0));
    for file in 0..files {
        let call = if file < users { "use hub: asked\nsay asked()\n" } else { "" };
        tree.write_module(&format!("f{file}"), &format!("{call}let N{file} = 1"));
    }
    tree
}

/// What is in that `hub`. Another edition returns another type.
#[must_use]
pub fn hub(edition: usize) -> String {
    format!("python def asked() -> T{edition}: ...\ntypescript export declare function asked(): T{edition};")
}

impl Generated {
    /// A temporary repository of this many files.
    #[must_use]
    pub fn repository(self, files: usize) -> Tree {
        let tree = Tree::new("");
        (0..files).for_each(|file| tree.write(&self.path(file), self.text(file, 0)));
        tree
    }

    /// The path of a file.
    #[must_use]
    pub fn path(self, file: usize) -> String {
        self.language(file).path(&module(file))
    }

    /// The text of a file. Another edition has another function body and is the same otherwise.
    #[must_use]
    pub fn text(self, file: usize, edition: usize) -> String {
        let imported = self.imported(file);
        match self.language(file) {
            Language::Python => python(file, imported, edition),
            Language::TypeScript => typescript(file, imported, edition),
        }
    }

    /// The text of a file that imports this other one as a whole besides, and has one more name.
    #[must_use]
    pub fn text_importing(self, file: usize, other: usize, edition: usize) -> String {
        let statement = format!("use {}", module(self.of_same_language(file, other)));
        self.language(file).text(&module(file), &statement) + &self.text_naming(file, "EDITION", edition)
    }

    /// The text of a file that has one more name.
    #[must_use]
    pub fn text_naming(self, file: usize, name: &str, edition: usize) -> String {
        self.text(file, 1) + &self.language(file).text(&module(file), &format!("let {name} = {edition}"))
    }

    /// The files that import a file, directly, among this many.
    pub fn importers(self, file: usize, files: usize) -> impl Iterator<Item = usize> {
        let languages = self.0.len();
        let first = (file / languages * BRANCHES + 1) * languages + file % languages;
        (0..BRANCHES).map(move |branch| first + branch * languages).take_while(move |importer| *importer < files)
    }

    /// The files that a change of a file can reach, itself included, among this many; ascending.
    #[must_use]
    pub fn reached_from(self, file: usize, files: usize) -> Vec<usize> {
        let mut reached = vec![file];
        let mut next = 0;
        while let Some(file) = reached.get(next).copied() {
            reached.extend(self.importers(file, files));
            next += 1;
        }
        reached
    }

    fn language(self, file: usize) -> Language {
        self.0[file % self.0.len()]
    }

    fn imported(self, file: usize) -> Option<usize> {
        let languages = self.0.len();
        let before = (file / languages).checked_sub(1)?;
        Some(before / BRANCHES * languages + file % languages)
    }

    /// The other file, or one beside it.
    fn of_same_language(self, file: usize, other: usize) -> usize {
        let languages = self.0.len();
        other / languages * languages + file % languages
    }
}

fn module(file: usize) -> String {
    format!("package_{}/module_{file}", file / FILES_PER_PACKAGE)
}

fn python(file: usize, imported: Option<usize>, edition: usize) -> String {
    let mut text = format!("\"\"\"Module {file}.\"\"\"\n\nimport os\nfrom typing import Any\n");
    if let Some(imported) = imported {
        let module = module(imported).replace('/', ".");
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

fn typescript(file: usize, imported: Option<usize>, edition: usize) -> String {
    let mut text = format!("/** Module {file}. */\nimport * as path from 'node:path';\n");
    if let Some(imported) = imported {
        let module = module(imported);
        _ = writeln!(text, "import {{ Service{imported}, function_{imported}_0 }} from '../{module}';");
    }
    _ = write!(
        text,
        "\nexport class Service{file} {{\n    name: string = 'service {file}';\n    size: number;\n\n    \
         constructor(size: number) {{\n        this.size = size + {edition};\n    }}\n}}\n"
    );
    for function in 0..FUNCTIONS {
        _ = write!(
            text,
            "\nexport function function_{file}_{function}(items: string[], limit: number = {function}): string[] {{\n    \
             const found: string[] = [];\n    for (const [index, item] of items.entries()) {{\n        \
             if (index > limit) {{\n            break;\n        }}\n        \
             found.push(path.normalize(item) + index);\n    }}\n    return found;\n}}\n"
        );
    }
    text
}
