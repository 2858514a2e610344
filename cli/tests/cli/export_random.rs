//! Whatever happens to a tree, what is exported after incremental builds is what a clean one exports, byte for byte:
//! definitions, references and what they stand for, over all files.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use crate::repository::Repository;

/// Files, and what they are made of: definitions and uses that lead from file to file, by re-exports, stars, bases,
/// what functions return, attributes.
#[derive(Clone, Copy)]
struct Language {
    paths: &'static [&'static str],
    statements: &'static [&'static str],
}

const PYTHON: Language = Language { paths: &PYTHON_PATHS, statements: &PYTHON_STATEMENTS };

const TYPESCRIPT: Language = Language { paths: &TYPESCRIPT_PATHS, statements: &TYPESCRIPT_STATEMENTS };

const PYTHON_PATHS: [&str; 7] = ["a.py", "b.py", "c.py", "p/__init__.py", "p/m.py", "p/n.py", "b.pyi"];

const PYTHON_STATEMENTS: [&str; 30] = [
    "import a, b",
    "import p.m",
    "from a import C, f",
    "from b import *",
    "from p import *",
    "from p.m import C as D, x",
    "from .m import *",
    "from . import n",
    "__all__ = ['C', 'x']",
    "class C:\n    def m(self): return self\n    x: int = 1",
    "class C(Exception):\n    def m(self, k=1): self.y = C()",
    "class D(C):\n    def m(self): return super().m()\n    def n(self): return self.x",
    "from b import B\nclass E(B):\n    def m(self): return self.m().x",
    "class B:\n    @property\n    def x(self) -> 'C': ...\n    @classmethod\n    def make(cls): return cls()",
    "def f() -> 'C': return C()",
    "def f(k): return C()",
    "def g(c: 'C', *rest: 'D'): return c.m(k=2)",
    "async def h(c):\n    return (await h(c)).x",
    "x = C()",
    "x = f()",
    "x: 'D' = None",
    "y = x.m().x",
    "f(k=1).m()",
    "a.C().m()\na.f(k=2)",
    "p.m.x.y = b.C",
    "for z in [C(), D()]:\n    z.m()",
    "with f() as z:\n    z.x",
    "# nothing",
    "def broken(:\n    C.m",
    "x = C.make().x",
];

const TYPESCRIPT_PATHS: [&str; 10] =
    ["a.ts", "b.ts", "c.tsx", "p/index.ts", "p/m.ts", "p/n.js", "b.d.ts", "d.vue", "tsconfig.json", "package.json"];

const TYPESCRIPT_STATEMENTS: [&str; 36] = [
    "import * as a from './a';\nimport * as b from './b';",
    "import * as m from './p/m';",
    "import { C, f } from './a';",
    "import type { C as T } from '../a';",
    "import d from './p/n.js';",
    "import { q, q as r } from '@/p';",
    "export * from './b';",
    "export * from './p';",
    "export * from './m';",
    "export * as n from './n';",
    "export { C as D, x } from './p/m';",
    "export { default } from './a';",
    "export class C { x: number = 1; m() { return this; } }",
    "export class C extends Error { y = new C(); m(k = 1) { return this.y; } }",
    "export class D extends C { m() { return super.m(); } n() { return this.x; } }",
    "export default class extends C { static make() { return new this(); } get z(): D { return new D(); } }",
    "export interface C { w: string; m(k?: number): D }",
    "export namespace C { export const v = 1; export interface V { u: C } }",
    "export enum E { One, Two = E.One }",
    "export type D = { g: C; h(): D } | C;",
    "export function f(): C { return new C(); }",
    "export function f(k: number) { return new C(k); }",
    "export const g = (c: C, ...rest: D[]) => c.m({ k: 2 });",
    "export async function h(c: C) { return (await h(c)).x; }",
    "export const x = new C(), y = { a: { b: x } };",
    "export let x = f();",
    "y.a.b.m().x;",
    "a.f(2).m(); new b.C().x; m.x.y = C.v;",
    "for (const z of [new C(), new D()]) z.m();",
    "const { x: s, ...others } = f();\ns; others;",
    "const r = require('./b');\nr.C;",
    "module.exports = { f, C: class { m() {} } };",
    "<template><C :x=\"y\"/></template>\n<script setup lang=\"ts\">\nimport C from './a';\nconst y = C.make();\n</script>",
    "// nothing",
    "export function broken( {",
    "{ \"compilerOptions\": { \"paths\": { \"@/*\": [\"./*\"] } } }",
];

#[derive(Debug, Clone)]
enum Step {
    Write(&'static str, String),
    Remove(&'static str),
    /// Back to how everything was before the last step.
    Undo,
}

type Files = BTreeMap<&'static str, String>;

fn text(language: Language) -> impl Strategy<Value = String> {
    prop::collection::vec(select(language.statements), 1..9).prop_map(|statements| statements.join("\n") + "\n")
}

fn files(language: Language) -> impl Strategy<Value = Files> {
    prop::collection::btree_map(select(language.paths), text(language), 3..7)
}

fn step(language: Language) -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (select(language.paths), text(language)).prop_map(|(path, text)| Step::Write(path, text)),
        1 => select(language.paths).prop_map(Step::Remove),
        1 => Just(Step::Undo),
    ]
}

fn steps(language: Language, most: usize) -> impl Strategy<Value = Vec<Step>> {
    prop::collection::vec(step(language), 1..most)
}

/// So many cases, of which every step starts four processes, or as many as `PROPTEST_CASES` asks for.
fn config(cases: u32) -> ProptestConfig {
    let config = ProptestConfig { max_shrink_iters: 200, ..ProptestConfig::default() };
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { config.cases } else { cases };
    ProptestConfig { cases, ..config }
}

proptest! {
    #![proptest_config(config(12))]

    #[test]
    fn incremental_exports_equal_clean_ones(first in files(PYTHON), steps in steps(PYTHON, 5)) {
        check(first, steps)?;
    }

    #[test]
    fn incremental_exports_equal_clean_ones_for_typescript(first in files(TYPESCRIPT), steps in steps(TYPESCRIPT, 5)) {
        check(first, steps)?;
    }
}

proptest! {
    // Of twice as many files and steps.
    #![proptest_config(config(4))]

    #[test]
    fn incremental_exports_equal_clean_ones_for_two_languages(
        (python, typescript) in (files(PYTHON), files(TYPESCRIPT)),
        (steps, more) in (steps(PYTHON, 4), steps(TYPESCRIPT, 4)),
    ) {
        let first = python.into_iter().chain(typescript).collect();
        check(first, steps.into_iter().zip(more).flat_map(|(one, other)| [one, other]).collect())?;
    }
}

fn check(first: Files, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let repository = Repository::new("");
    let mut files = Files::new();
    for next in std::iter::once(first.clone()).chain(steps.iter().scan((first.clone(), first), after)) {
        files.keys().filter(|path| !next.contains_key(*path)).for_each(|path| repository.tree.remove(path));
        let written = next.iter().filter(|(path, text)| files.get(*path) != Some(text));
        written.for_each(|(path, text)| repository.tree.write(path, text));
        files = next;
        for format in ["scip", "jsonl"] {
            let export = |options: &str| {
                let ran = repository.command(&format!("export --format {format} {options}")).output();
                let output = ran.expect("esker can be started");
                assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
                output.stdout
            };
            prop_assert_eq!(export("") == export("--no-cache -j 2"), true, "{} of {:#?}", format, files);
        }
    }
    Ok(())
}

/// The files after a step, with what it takes to undo the next one.
fn after((before, now): &mut (Files, Files), step: &Step) -> Option<Files> {
    let mut next = now.clone();
    match step {
        Step::Write(path, text) => _ = next.insert(path, text.clone()),
        Step::Remove(path) => _ = next.remove(path),
        Step::Undo => next.clone_from(before),
    }
    *before = std::mem::replace(now, next.clone());
    Some(next)
}
