//! Whatever happens to a tree, what is exported after incremental builds is what a clean one exports, byte for byte:
//! definitions, references and what they stand for, over all files.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use crate::repository::Repository;

const PATHS: [&str; 7] = ["a.py", "b.py", "c.py", "p/__init__.py", "p/m.py", "p/n.py", "b.pyi"];

/// Definitions and uses that lead from file to file: by re-exports, stars, bases, what functions return, attributes.
const STATEMENTS: [&str; 30] = [
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

#[derive(Debug, Clone)]
enum Step {
    Write(&'static str, String),
    Remove(&'static str),
    /// Back to how everything was before the last step.
    Undo,
}

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(select(&STATEMENTS[..]), 1..9).prop_map(|statements| statements.join("\n") + "\n")
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (select(&PATHS[..]), text()).prop_map(|(path, text)| Step::Write(path, text)),
        1 => select(&PATHS[..]).prop_map(Step::Remove),
        1 => Just(Step::Undo),
    ]
}

proptest! {
    // Every step of a case starts four processes.
    #![proptest_config(ProptestConfig { cases: 12, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn incremental_exports_equal_clean_ones(
        first in prop::collection::btree_map(select(&PATHS[..]), text(), 3..PATHS.len()),
        steps in prop::collection::vec(step(), 1..5),
    ) {
        let repository = Repository::new("");
        let mut files: BTreeMap<&str, String> = BTreeMap::new();
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
    }
}

/// The files after a step, with what it takes to undo the next one.
fn after(
    (before, now): &mut (BTreeMap<&'static str, String>, BTreeMap<&'static str, String>),
    step: &Step,
) -> Option<BTreeMap<&'static str, String>> {
    let mut next = now.clone();
    match step {
        Step::Write(path, text) => _ = next.insert(path, text.clone()),
        Step::Remove(path) => _ = next.remove(path),
        Step::Undo => next.clone_from(before),
    }
    *before = std::mem::replace(now, next.clone());
    Some(next)
}
