//! Fixtures that say the same in every language, so that a suite is written once and runs over all of them.
//!
//! Modules are named without an ending: `p/q` is `p/q.py` or `p/q.ts`, and `p/` the file that stands for the directory.
//! What is in them is written a statement a line, and each comes out as as many lines in every language:
//!
//! | statement | Python | TypeScript |
//! |---|---|---|
//! | `use p/q` | `import p.q` | `import * as q from './p/q';` |
//! | `use m: a, b as c` | `from m import a, b as c` | `import { a, b as c } from './m';` |
//! | `pass m: a` | `from m import a` | `export { a } from './m';` |
//! | `use m: *` | `from m import *` | `export * from './m';` |
//! | `type m`, `lazy m` | below `TYPE_CHECKING`, in a function | `import type`, `import()` |
//! | `list q` | `__all__ = ['q']` | `export * as q from './q';` |
//! | `let x = 1`, `say f(x)` | `x = 1`, `f(x)` | `export const x = 1;`, `f(x);` |
//! | `fn f(a): a.x` | `def f(a): return a.x` | `export function f(a) { return a.x; }` |
//! | `class C(B): m(a): a; n(): self.m(1)` | a class with methods, a line each | the same |
//! | `# words` | a comment | a comment |
//! | `broken` | a syntax error | a syntax error |
//! | `python pass` | `pass` | nothing |
//! | `typescript debugger;` | nothing | `debugger;` |
//!
//! In expressions, `new C()` and `self.x` are as each language has them. Where languages rightly differ, this is where
//! it shows: a star passes on what it brings in both, and binds it in Python alone.

use std::borrow::Borrow;
use std::ops::Deref;

use crate::Tree;

/// A language that a frontend is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// Python.
    Python,
    /// TypeScript.
    TypeScript,
}

/// Each language alone.
pub const EACH: [&[Language]; 2] = [&[Language::Python], &[Language::TypeScript]];

/// All of them side by side.
pub const ALL: &[Language] = &[Language::Python, Language::TypeScript];

impl Language {
    /// The path of the file that is a module.
    #[must_use]
    pub fn path(self, module: &str) -> String {
        match (self, module.strip_suffix('/')) {
            (Self::Python, None) => format!("{module}.py"),
            (Self::Python, Some(directory)) => format!("{directory}/__init__.py"),
            (Self::TypeScript, None) => format!("{module}.ts"),
            (Self::TypeScript, Some(directory)) => format!("{directory}/index.ts"),
        }
    }

    /// What makes up the module, in this language.
    ///
    /// # Panics
    ///
    /// If a statement is none.
    #[must_use]
    pub fn text(self, module: &str, statements: &str) -> String {
        statements.lines().flat_map(|line| [self.statement(module, line), "\n".to_owned()]).collect()
    }

    /// How a module's imports name another one.
    #[must_use]
    pub fn name_of(self, module: &str, from: &str) -> String {
        match self {
            Self::Python => dotted(module),
            Self::TypeScript => specifier(from, module),
        }
    }

    /// A text in which `{p/q}` stands for the path of a module.
    #[must_use]
    pub fn with_paths(self, text: &str) -> String {
        filled(text, |module| self.path(module))
    }

    /// The same in which `{p/q:4 f}` stands for the place of the first `f` in the module's fourth line besides, and
    /// `{p/q 4 f}` for its line and column alone. Files are read by their paths.
    ///
    /// # Panics
    ///
    /// If there is no such line or word.
    #[must_use]
    pub fn with_places(self, text: &str, read: impl Fn(&str) -> String) -> String {
        filled(text, |inside| {
            let Some(end) = inside.find([':', ' ']) else { return self.path(inside) };
            let (path, place) = (self.path(&inside[..end]), &inside[end + 1..]);
            let (line, word) = place.split_once(' ').expect("a place has a line and a word");
            let number: usize = line.parse().expect("a line is a number");
            let text = read(&path);
            let column = text.lines().nth(number - 1).and_then(|line| column(line, word));
            let column = column.unwrap_or_else(|| panic!("there is no `{word}` in line {line} of {path}"));
            let named = if inside[end..].starts_with(':') { path + ":" } else { String::new() };
            format!("{named}{line}:{column}")
        })
    }

    fn statement(self, module: &str, line: &str) -> String {
        let (word, rest) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
        let (name, members) = rest.split_once(": ").unwrap_or((rest, ""));
        match (word, members) {
            ("", _) => String::new(),
            ("use", "") => self.whole(module, name),
            ("use", "*") => self.star(module, name),
            ("use", names) => self.members(module, name, names),
            ("pass", names) => self.passed_on(module, name, names),
            ("type", "") => self.type_only(module, name),
            ("lazy", "") => self.lazy(module, name),
            ("list", "") => self.listed(name),
            ("let", _) => self.variable(rest),
            ("say", _) => self.said(rest),
            ("fn", body) => self.function(name, body),
            ("class", methods) => self.class(name, methods),
            ("#", _) => self.comment(rest),
            ("broken", _) => self.broken(),
            ("python", _) => self.own(Self::Python, rest),
            ("typescript", _) => self.own(Self::TypeScript, rest),
            _ => panic!("`{line}` is no statement"),
        }
    }

    fn whole(self, from: &str, module: &str) -> String {
        match self {
            Self::Python => format!("import {}", dotted(module)),
            Self::TypeScript => format!("import * as {} from '{}';", last(module), specifier(from, module)),
        }
    }

    fn star(self, from: &str, module: &str) -> String {
        match self {
            Self::Python => format!("from {} import *", dotted(module)),
            Self::TypeScript => format!("export * from '{}';", specifier(from, module)),
        }
    }

    fn members(self, from: &str, module: &str, names: &str) -> String {
        match self {
            Self::Python => format!("from {} import {names}", dotted(module)),
            Self::TypeScript => format!("import {{ {names} }} from '{}';", specifier(from, module)),
        }
    }

    fn passed_on(self, from: &str, module: &str, names: &str) -> String {
        match self {
            Self::Python => self.members(from, module, names),
            Self::TypeScript => format!("export {{ {names} }} from '{}';", specifier(from, module)),
        }
    }

    fn type_only(self, from: &str, module: &str) -> String {
        match self {
            Self::Python => format!("if TYPE_CHECKING: import {}", dotted(module)),
            Self::TypeScript => format!("import type * as {} from '{}';", last(module), specifier(from, module)),
        }
    }

    fn lazy(self, from: &str, module: &str) -> String {
        match self {
            Self::Python => format!("def lazy(): import {}", dotted(module)),
            Self::TypeScript => format!("function lazy() {{ return import('{}'); }}", specifier(from, module)),
        }
    }

    fn listed(self, name: &str) -> String {
        match self {
            Self::Python => format!("__all__ = ['{name}']"),
            Self::TypeScript => format!("export * as {name} from './{name}';"),
        }
    }

    fn variable(self, definition: &str) -> String {
        match self {
            Self::Python => self.expression(definition),
            Self::TypeScript => format!("export const {};", self.expression(definition)),
        }
    }

    fn said(self, expression: &str) -> String {
        match self {
            Self::Python => self.expression(expression),
            Self::TypeScript => format!("{};", self.expression(expression)),
        }
    }

    fn function(self, head: &str, body: &str) -> String {
        match self {
            Self::Python => format!("def {head}: return {}", self.expression(body)),
            Self::TypeScript => format!("export function {head} {{ return {}; }}", self.expression(body)),
        }
    }

    fn class(self, head: &str, methods: &str) -> String {
        let methods: Vec<(&str, &str)> = methods.split("; ").filter_map(|method| method.split_once(": ")).collect();
        let (name, base) = head.split_once('(').map_or((head, None), |(name, base)| (name, base.strip_suffix(')')));
        match self {
            Self::Python if methods.is_empty() => format!("class {head}: pass"),
            Self::Python => methods.iter().fold(format!("class {head}:"), |text, (method, body)| {
                let (name, parameters) = method.split_once('(').expect("a method has parameters");
                let separator = if parameters == ")" { "" } else { ", " };
                format!("{text}\n    def {name}(self{separator}{parameters}: return {}", self.expression(body))
            }),
            Self::TypeScript => {
                let head = base.map_or(name.to_owned(), |base| format!("{name} extends {base}"));
                let class = methods.iter().fold(format!("export class {head} {{"), |text, (method, body)| {
                    format!("{text}\n    {method} {{ return {}; }}", self.expression(body))
                });
                class + "}"
            }
        }
    }

    fn comment(self, words: &str) -> String {
        match self {
            Self::Python => format!("# {words}"),
            Self::TypeScript => format!("// {words}"),
        }
    }

    fn broken(self) -> String {
        match self {
            Self::Python => "def f(:".to_owned(),
            Self::TypeScript => "export const = ;".to_owned(),
        }
    }

    /// What only one language has a word for.
    fn own(self, of: Self, text: &str) -> String {
        if self == of { text.to_owned() } else { String::new() }
    }

    fn expression(self, text: &str) -> String {
        match self {
            Self::Python => text.replace("new ", ""),
            Self::TypeScript => text.replace("self.", "this."),
        }
    }
}

/// A text with something else in the place of what stands in braces.
fn filled(text: &str, fill: impl Fn(&str) -> String) -> String {
    let mut pieces = text.split('{');
    let mut result = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (inside, rest) = piece.split_once('}').expect("a brace that is opened is closed");
        result += &fill(inside);
        result += rest;
    }
    result
}

/// Where a whole word first stands in a line, from 1 on.
fn column(line: &str, word: &str) -> Option<usize> {
    let is_part = |c: char| c.is_alphanumeric() || c == '_';
    let mut places = line.match_indices(word).map(|(place, _)| place);
    let whole = |place: &usize| {
        let (before, after) = (&line[..*place], &line[place + word.len()..]);
        !before.ends_with(is_part) && !after.starts_with(is_part)
    };
    places.find(whole).map(|place| place + 1)
}

fn dotted(module: &str) -> String {
    module.trim_end_matches('/').replace('/', ".")
}

fn last(module: &str) -> &str {
    let module = module.trim_end_matches('/');
    module.rsplit_once('/').map_or(module, |(_, last)| last)
}

/// How a module names another one.
fn specifier(from: &str, module: &str) -> String {
    let up = match from.matches('/').count() {
        0 => "./".to_owned(),
        depth => "../".repeat(depth),
    };
    up + module.trim_end_matches('/')
}

/// A temporary repository that has each module once in every one of some languages.
pub struct Modules {
    tree: Tree,
    languages: &'static [Language],
}

impl Modules {
    /// Makes the modules that a fixture describes: each begins with a line `//- MODULE`, what follows are its
    /// statements.
    ///
    /// # Panics
    ///
    /// If a statement is none, or a file cannot be written.
    #[must_use]
    pub fn new(languages: &'static [Language], fixture: &str) -> Self {
        let modules = Self::in_tree(languages, Tree::new(""));
        for file in fixture.split("//- ").skip(1) {
            let (module, statements) = file.split_once('\n').unwrap_or((file, ""));
            modules.write_module(module.trim(), statements);
        }
        modules
    }

    /// A tree as it is, for modules to come.
    #[must_use]
    pub fn in_tree(languages: &'static [Language], tree: Tree) -> Self {
        Self { tree, languages }
    }

    /// The languages that each module is there in.
    #[must_use]
    pub fn languages(&self) -> &'static [Language] {
        self.languages
    }

    /// Writes a module.
    ///
    /// # Panics
    ///
    /// If a statement is none, or a file cannot be written.
    pub fn write_module(&self, module: &str, statements: &str) {
        self.languages.iter().for_each(|of| self.tree.write(&of.path(module), of.text(module, statements)));
    }

    /// Removes a module.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub fn remove_module(&self, module: &str) {
        self.languages.iter().for_each(|of| self.tree.remove(&of.path(module)));
    }

    /// Moves a module, whose statements stay what they are.
    ///
    /// # Panics
    ///
    /// If it is not there.
    pub fn rename_module(&self, from: &str, to: &str) {
        self.languages.iter().for_each(|of| self.tree.rename(&of.path(from), &of.path(to)));
    }

    /// The paths of these modules, ascending.
    #[must_use]
    pub fn paths(&self, modules: &[&str]) -> Vec<String> {
        let mut paths: Vec<String> =
            self.languages.iter().flat_map(|of| modules.iter().map(|module| of.path(module))).collect();
        paths.sort_unstable();
        paths
    }

    /// The lines of a text about modules, once for each language and ascending: `{p/q}` stands for a path.
    #[must_use]
    pub fn lines(&self, text: &str) -> Vec<String> {
        let lines = || text.lines().map(str::trim).filter(|line| !line.is_empty());
        let mut found: Vec<String> =
            self.languages.iter().flat_map(|of| lines().map(|line| of.with_paths(line))).collect();
        found.sort_unstable();
        found
    }
}

impl Deref for Modules {
    type Target = Tree;

    fn deref(&self) -> &Tree {
        &self.tree
    }
}

impl Borrow<Tree> for Modules {
    fn borrow(&self) -> &Tree {
        &self.tree
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATEMENTS: &str = "
# words
use a
use p/: *
use p/q
use p/q: f as g, C
pass a: x
type a
lazy a
list q
let x = new C().m(1)
fn f(a): a.x
class C
class D(C): m(a): a; n(): self.m(1)
say g(x)
broken";

    #[test]
    fn statements_are_as_many_lines_in_every_language() {
        let python = "
# words
import a
from p import *
import p.q
from p.q import f as g, C
from a import x
if TYPE_CHECKING: import a
def lazy(): import a
__all__ = ['q']
x = C().m(1)
def f(a): return a.x
class C: pass
class D(C):
    def m(self, a): return a
    def n(self): return self.m(1)
g(x)
def f(:
";
        let typescript = "
// words
import * as a from '../a';
export * from '../p';
import * as q from '../p/q';
import { f as g, C } from '../p/q';
export { x } from '../a';
import type * as a from '../a';
function lazy() { return import('../a'); }
export * as q from './q';
export const x = new C().m(1);
export function f(a) { return a.x; }
export class C {}
export class D extends C {
    m(a) { return a; }
    n() { return this.m(1); }}
g(x);
export const = ;
";
        assert_eq!(Language::Python.text("p/", STATEMENTS), python);
        assert_eq!(Language::TypeScript.text("p/", STATEMENTS), typescript);
    }

    #[test]
    fn modules_have_paths_and_specifiers() {
        assert_eq!(["p/q", "p/"].map(|module| Language::Python.path(module)), ["p/q.py", "p/__init__.py"]);
        assert_eq!(["p/q", "p/"].map(|module| Language::TypeScript.path(module)), ["p/q.ts", "p/index.ts"]);
        assert_eq!(Language::Python.name_of("p/q", "p/"), "p.q");
        assert_eq!(Language::TypeScript.name_of("p/q", "p/"), "../p/q");
        assert_eq!(Language::TypeScript.text("a", "use p/q"), "import * as q from './p/q';\n");
        assert_eq!(Language::Python.with_paths("{a}: by {p/}"), "a.py: by p/__init__.py");
    }

    #[test]
    fn names_have_places() {
        let place = |language: Language| {
            language.with_places("{a:2 f}, {a 2 a}, {a}", |path| {
                assert_eq!(path, language.path("a"));
                language.text("a", "# f\nfn f(a): a.f")
            })
        };
        assert_eq!(place(Language::Python), "a.py:2:5, 2:7, a.py");
        assert_eq!(place(Language::TypeScript), "a.ts:2:17, 2:19, a.ts");
    }
}
