//! Whatever happens to a tree, an incremental build answers as a clean one does, and does no more than it must.

#![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use esker_engine::api::EdgeKinds;
use esker_engine::{Engine, GarbageLimits};
use esker_tests::{Tree, answer, answer_for, executed, names, symbols};
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::FileFailurePersistence;

/// Few paths, so that files shadow each other, become directories and meet their absence again and again.
const PATHS: [&str; 24] = [
    "a.py",
    "b.py",
    "a/__init__.py",
    "a/b.py",
    "a/b/__init__.py",
    "a/b/c.py",
    "a/c.py",
    "a/c.pyi",
    "b/a.py",
    "b/b/c.py",
    "b.pyi",
    "c/__init__.pyi",
    "c/a.py",
    "src/a.py",
    "src/a/__init__.py",
    "src/a/d.py",
    "src/c.py",
    "src/d/__init__.py",
    "src/d/a.py",
    "conftest.py",
    "a/conftest.py",
    "a/test_a.py",
    "test_b.py",
    "a.py/b.py",
];

const STATEMENTS: [&str; 29] = [
    "import a",
    "import b",
    "import a.b.c",
    "import c.a as x",
    "import d.a",
    "import os",
    "import numpy.linalg",
    "from a import b",
    "from a import c, x",
    "from a import *",
    "from c import *",
    "from . import b",
    "from . import a, c",
    "from .. import a",
    "from ..b import c",
    "from .b import *",
    "if TYPE_CHECKING:\n    import a.c",
    "def f():\n    import b.a",
    "try:\n    import c\nexcept ImportError:\n    import d",
    "__import__('a.b')",
    "import importlib\nimportlib.import_module('.c', 'a')",
    "__all__ = ['a', 'b']",
    "__all__ = ['c']",
    "pytest_plugins = ['a.b']",
    "__path__ = extend_path(__path__, __name__)",
    "import a.d",
    "def broken(:\n    import a",
    "x = (1,",
    "class C:\n    def m(self, p):\n        self.f = [y for y in p]",
];

/// The same for the toy language: names that lead from file to file, by stars and in circles.
const TOY_PATHS: [&str; 5] = ["a.toy", "b.toy", "c.toy", "d/a.toy", "d/b.toy"];

const TOY_STATEMENTS: [&str; 28] = [
    "use a",
    "use b",
    "use d/a",
    "use a.x",
    "use b.x",
    "use b.y",
    "use c.x",
    "use d/b.x",
    "use a.*",
    "use b.*",
    "use c.*",
    "use d/a.*",
    "def x = 1",
    "def x = 2",
    "def y = 1",
    "share x = 1",
    "share y = 2",
    "class x",
    "class C",
    "def x.m = 1",
    "def C.m = 1",
    "def C.m = 2",
    "say x",
    "say y",
    "say x.m",
    "say C.m",
    "say a.x",
    "# nothing",
];

/// The same for TypeScript and JavaScript: the same specifier can lead to a source, a declaration, a directory or a
/// package, by what is there and by what settings say.
const TYPESCRIPT_PATHS: [&str; 18] = [
    "a.ts",
    "a.d.ts",
    "a.js",
    "a/index.ts",
    "a/b.ts",
    "a/b.tsx",
    "b.ts",
    "b.mts",
    "b/index.js",
    "b/a.ts",
    "src/a.ts",
    "src/c.ts",
    "packages/p/src/index.ts",
    "packages/p/index.d.ts",
    "c.vue",
    "d.json",
    "tsconfig.json",
    "package.json",
];

const TYPESCRIPT_STATEMENTS: [&str; 51] = [
    "import './a';",
    "import './b.js';",
    "import { x } from './a';",
    "import { y as z } from './b';",
    "import { C } from '../a';",
    "import type { C } from './a';",
    "import * as ns from './b';",
    "import d from './a.js';",
    "import e from '@/c';",
    "import c from 'c';",
    "import { x as w } from 'p';",
    "import k from '#k';",
    "import data from './d.json';",
    "import { readFile } from 'node:fs';",
    "export * from './a';",
    "export * from './b';",
    "export * from '../b';",
    "export * as q from './a';",
    "export { x as y } from './a';",
    "export { default } from './b';",
    "export { default as C } from '../a';",
    "const r = require('./b');",
    "import s = require('../b');",
    "const later = import('./a/b');",
    "const worker = new URL('./a.ts', import.meta.url);",
    "/// <reference path=\"./b.ts\" />",
    "export default class extends C {}",
    "export class C { f = 1; m() { return this.f; } }",
    "export class D extends C { m() { return super.m(); } }",
    "export interface C { g: string; }",
    "export namespace C { export const v = 1; }",
    "export function x(p: C) { return p.m(); }",
    "export const x = new C();",
    "export function x() { return { y, m() { return new C(); } }; }",
    "export function x({ y }: { y: C; f: number }, p: C) { return { f: y.f, y: { g: 1 } }; }",
    "x({ y, f: 1 }, x).y.g; const { f: v, m } = x(); m().f;",
    "/** @param {import('./a').C} p @returns {C} */\nexport function x(p) { return p.f; }",
    "/** @typedef {import('./b').x} C */",
    "/** @type {C} */\nexport const w = (/** @type {import('./a').C} */ (y)).m();",
    "export const y = 1;",
    "module.exports = { x: 1 };",
    "x.m(); z; ns.x.m(); w();",
    "<template><p/></template>\n<script lang=\"ts\">\nimport { x } from './a';\n</script>",
    "declare global { interface C { h: C; } var x: C; interface Window { w: C; } }",
    "declare const y: C;",
    "declare module './a' { interface C { k: string; } }",
    "declare module 'p' { export const x: C; export default x; }",
    "x.h; y.h; window.w; globalThis.x; (null as C).k;",
    "let = ;",
    "export function broken( {",
    "// nothing",
];

/// Settings are no lists of statements: each is one of these texts.
const TYPESCRIPT_SETTINGS: [(&str, &[&str]); 4] = [
    (
        "tsconfig.json",
        &[
            "{}",
            r#"{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }"#,
            r#"{ "compilerOptions": { "paths": { "@/*": ["./a/*", "./b/*"] }, "allowJs": true } }"#,
            r#"{ "compilerOptions": { "baseUrl": "src" } }"#,
            r#"{ "extends": "./a/tsconfig.json" }"#,
            "{ broken",
        ],
    ),
    (
        "a/tsconfig.json",
        &["{}", r#"{ "compilerOptions": { "baseUrl": ".." } }"#, r#"{ "extends": "../tsconfig.json" }"#],
    ),
    (
        "package.json",
        &[
            "{}",
            r#"{ "workspaces": ["packages/*"] }"#,
            r##"{ "workspaces": ["packages/p"], "imports": { "#k": "./a/b.ts" } }"##,
            r#"{ "name": "p", "exports": "./b.ts" }"#,
        ],
    ),
    (
        "packages/p/package.json",
        &[
            r#"{ "name": "p" }"#,
            r#"{ "name": "p", "main": "./dist/index.js", "types": "index.d.ts" }"#,
            r#"{ "name": "p", "exports": { ".": { "import": "./src/index.ts" } } }"#,
            r#"{ "name": "q" }"#,
        ],
    ),
];

/// Files and what they are made of.
#[derive(Clone, Copy)]
struct Language {
    paths: &'static [&'static str],
    statements: &'static [&'static str],
    length: usize,
    settings: &'static [(&'static str, &'static [&'static str])],
}

const PYTHON: Language = Language { paths: &PATHS, statements: &STATEMENTS, length: 4, settings: &[] };

const TOY: Language = Language { paths: &TOY_PATHS, statements: &TOY_STATEMENTS, length: 7, settings: &[] };

const TYPESCRIPT: Language = Language {
    paths: &TYPESCRIPT_PATHS,
    statements: &TYPESCRIPT_STATEMENTS,
    length: 6,
    settings: &TYPESCRIPT_SETTINGS,
};

/// A repository with files of two languages is one graph.
const MIXED: [Language; 2] = [PYTHON, TYPESCRIPT];

/// What happens to a tree or to the engine that watches it.
#[derive(Debug, Clone)]
enum Step {
    Write(&'static str, String),
    Remove(&'static str),
    Rename(&'static str, &'static str),
    /// Back to what the tree was so many steps before.
    Revert(usize),
    /// A new process.
    Restart,
    /// The cache directory is gone.
    LoseCache,
    /// A file of the cache is not what it was.
    Damage(Index, Damage),
    /// A file is written, and another process, which knows what there was when it last did so, builds before this one.
    Neighbour(&'static str, String),
    /// A file is written, and a new process begins to build at the same time as this one.
    Race(&'static str, String),
    /// A file is written, and a new process builds and dies after its records are kept and before its manifest is.
    Crash(&'static str, String),
    /// The cache is gone; a process asks for edges alone; a file is written; another process asks for edges alone, before
    /// this one or at the same time.
    Glance(&'static str, String),
    /// Another process drops what no manifest speaks of: all of it, or what is beyond a half of the bytes that there
    /// are.
    Collect {
        all: bool,
    },
    /// Another version of Esker is installed, whose frontends lower and describe files differently, and everybody
    /// begins anew with it; or the one before comes back.
    ChangeVersion,
}

/// What happens to a file.
#[derive(Debug, Clone)]
enum Damage {
    /// The byte at this place is another.
    Flip(Index),
    /// It ends here.
    Truncate(Index),
    Delete,
}

fn damage() -> impl Strategy<Value = Damage> {
    prop_oneof![
        3 => any::<Index>().prop_map(Damage::Flip),
        2 => any::<Index>().prop_map(Damage::Truncate),
        1 => Just(Damage::Delete),
    ]
}

impl Damage {
    /// Does it to one of the files below a directory.
    fn befall(&self, which: Index, directory: &Path) {
        let files = files_below(directory);
        if files.is_empty() {
            return;
        }
        let file = which.get(&files);
        let mut bytes = fs::read(file).unwrap();
        match self {
            Self::Delete => return fs::remove_file(file).unwrap(),
            _ if bytes.is_empty() => return,
            Self::Flip(place) => {
                let place = place.index(bytes.len());
                bytes[place] ^= 0x55;
            }
            Self::Truncate(place) => bytes.truncate(place.index(bytes.len())),
        }
        fs::write(file, bytes).unwrap();
    }
}

/// Every file below a directory, ascending; none if there is no such directory.
fn files_below(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).into_iter().flatten().map(Result::unwrap) {
        if entry.path().is_dir() { found.extend(files_below(&entry.path())) } else { found.push(entry.path()) }
    }
    found.sort_unstable();
    found
}

fn file(language: Language) -> impl Strategy<Value = (&'static str, String)> {
    let statements = prop::collection::vec(select(language.statements), 0..language.length);
    let source = (select(language.paths), statements.prop_map(|statements| statements.join("\n") + "\n"));
    let settings = move |which: Index, text: Index| {
        let (path, texts) = which.get(language.settings);
        (*path, (*text.get(texts)).to_owned())
    };
    (source, any::<(Index, Index)>(), 0..6).prop_map(move |(source, (which, text), sort)| {
        if sort == 0 && !language.settings.is_empty() { settings(which, text) } else { source }
    })
}

fn is_settings(path: &Path) -> bool {
    TYPESCRIPT_SETTINGS.iter().any(|(settings, _)| Path::new(settings) == path)
}

/// Whether a file says that its package lies in other directories too, which those that import from it are told.
fn is_in_parts(files: &Files, path: &Path) -> bool {
    path.to_str().and_then(|path| files.get(path)).is_some_and(|text| text.contains("__path__"))
}

fn step(language: Language) -> impl Strategy<Value = Step> {
    let path = || select(language.paths);
    prop_oneof![
        8 => file(language).prop_map(|(path, text)| Step::Write(path, text)),
        3 => path().prop_map(Step::Remove),
        2 => (path(), path()).prop_map(|(from, to)| Step::Rename(from, to)),
        1 => (1usize..4).prop_map(Step::Revert),
        2 => Just(Step::Restart),
        1 => Just(Step::LoseCache),
        3 => (any::<Index>(), damage()).prop_map(|(which, damage)| Step::Damage(which, damage)),
        2 => file(language).prop_map(|(path, text)| Step::Neighbour(path, text)),
        1 => file(language).prop_map(|(path, text)| Step::Race(path, text)),
        2 => file(language).prop_map(|(path, text)| Step::Crash(path, text)),
        2 => file(language).prop_map(|(path, text)| Step::Glance(path, text)),
        2 => any::<bool>().prop_map(|all| Step::Collect { all }),
        1 => Just(Step::ChangeVersion),
    ]
}

/// The files of a tree, and what happens to it, each time with whether the engine is told what changed.
type Life = (Vec<(&'static str, String)>, Vec<(Step, bool)>);

/// A tree to begin with, and its life.
fn life(language: Language) -> impl Strategy<Value = Life> {
    let files = prop::collection::vec(file(language), 0..14);
    (files, prop::collection::vec((step(language), any::<bool>()), 1..12))
}

type Files = BTreeMap<&'static str, String>;

/// Writing `a/b.py` unmakes a file `a`, and the other way round: paths cannot be both.
fn write(files: &mut Files, path: &'static str, text: String) {
    let clash = |other: &str| {
        other.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
            || path.strip_prefix(other).is_some_and(|rest| rest.starts_with('/'))
    };
    files.retain(|other, _| !clash(other));
    files.insert(path, text);
}

/// What the files are after a step.
fn after(files: &Files, step: &Step, history: &[Files]) -> Files {
    let mut next = files.clone();
    match step {
        Step::Write(path, text)
        | Step::Neighbour(path, text)
        | Step::Race(path, text)
        | Step::Crash(path, text)
        | Step::Glance(path, text) => write(&mut next, path, text.clone()),
        Step::Remove(path) => _ = next.remove(path),
        Step::Rename(from, to) => {
            if let Some(text) = next.remove(from) {
                write(&mut next, to, text);
            }
        }
        Step::Revert(steps) => next = history[history.len().saturating_sub(*steps)].clone(),
        Step::Restart | Step::LoseCache | Step::Damage(..) | Step::Collect { .. } | Step::ChangeVersion => {}
    }
    next
}

/// Makes the tree hold these files; returns the paths that changed.
fn bring(tree: &Tree, from: &Files, to: &Files) -> Vec<PathBuf> {
    let mut changed = BTreeSet::new();
    for path in from.keys().filter(|path| !to.contains_key(*path)) {
        tree.remove(path);
        changed.insert(PathBuf::from(path));
    }
    for (path, text) in to.iter().filter(|(path, text)| from.get(*path) != Some(text)) {
        tree.write(path, text);
        changed.insert(PathBuf::from(path));
    }
    changed.into_iter().collect()
}

/// The files for which a stage may run other than resolution: those that changed, those that import them, directly or
/// whole, and those that may find something else now.
fn permitted(engine: &mut Engine, changed: &[PathBuf], from: &Files, to: &Files) -> BTreeSet<String> {
    let appeared_or_gone = from.keys().chain(to.keys()).any(|path| from.contains_key(path) != to.contains_key(path));
    // Which files settings govern is tested in `settings.rs`.
    let governs_others = |path: &PathBuf| is_settings(path) || [from, to].iter().any(|files| is_in_parts(files, path));
    if appeared_or_gone || changed.iter().any(governs_others) {
        return to.keys().map(|path| (*path).to_owned()).collect();
    }
    let mut permitted: BTreeSet<String> = changed.iter().map(|path| path.to_string_lossy().into_owned()).collect();
    if let Ok(last) = engine.last_build() {
        let graph = last.graph();
        for path in changed {
            let dependents = graph.dependents(&path.to_string_lossy(), EdgeKinds::all());
            permitted.extend(dependents.into_iter().flatten().map(|edge| edge.path.to_owned()));
        }
    }
    permitted
}

/// Whether a file may declare names for all others: in TypeScript one that says so, and every one that is no module.
fn declares_for_all(files: &Files, path: &Path) -> bool {
    let Some(text) = path.to_str().and_then(|path| files.get(path)) else { return false };
    let is_typescript = path.extension().is_some_and(|ending| ending.to_string_lossy().contains("ts"));
    let is_module = ["import ", "export "].iter().any(|keyword| text.contains(keyword)) && !text.contains("broken");
    text.contains("share ") || is_typescript && (text.contains("declare ") || !is_module)
}

/// These files and all that depend on one of them, at whatever distance, in the last build's graph.
fn reachable(engine: &mut Engine, from: &BTreeSet<String>) -> BTreeSet<String> {
    let mut reached = from.clone();
    let Ok(last) = engine.last_build() else { return reached };
    let graph = last.graph();
    let mut queue: Vec<String> = from.iter().cloned().collect();
    while let Some(path) = queue.pop() {
        for edge in graph.dependents(&path, EdgeKinds::all()).into_iter().flatten() {
            if reached.insert(edge.path.to_owned()) {
                queue.push(edge.path.to_owned());
            }
        }
    }
    reached
}

fn incremental_equals_clean_for(
    first: Vec<(&'static str, String)>,
    steps: Vec<(Step, bool)>,
) -> Result<(), TestCaseError> {
    let tree = Tree::new("");
    let mut files = Files::new();
    for (path, text) in first {
        write(&mut files, path, text);
    }
    bring(&tree, &Files::new(), &files);
    let mut engine = tree.engine();
    engine.execute().unwrap();
    let mut history = vec![files.clone()];
    // It is told nothing, and comes by now and then.
    let mut neighbour = tree.engine();
    let mut fresh_cache = false;
    // Records that are lost are computed again when somebody asks for them, whenever that is.
    let mut damaged = false;
    for (step, listed) in steps {
        let next = after(&files, &step, &history);
        match &step {
            Step::Restart => {
                engine = tree.engine();
                // Without a cache a new process begins from nothing.
                fresh_cache = cfg!(not(feature = "cache"));
            }
            Step::LoseCache => {
                _ = fs::remove_dir_all(tree.cache());
                engine = tree.engine();
                fresh_cache = true;
            }
            Step::Glance(..) => {
                _ = fs::remove_dir_all(tree.cache());
                glance(&tree, IMPORTS)?;
                engine = tree.engine();
                fresh_cache = true;
            }
            Step::Damage(which, damage) => {
                damage.befall(*which, &tree.cache());
                damaged = true;
            }
            Step::Collect { all } => collect_garbage(&tree, *all),
            Step::ChangeVersion => {
                tree.set_edition(1 - tree.edition());
                (engine, neighbour) = (tree.engine(), tree.engine());
                // What was kept by the same version before is of use; what by another one is not.
                fresh_cache = true;
            }
            _ => {}
        }
        let changed = bring(&tree, &files, &next);
        if matches!(step, Step::Glance(..)) && !listed {
            glance(&tree, EdgeKinds::all())?;
        }
        let permitted = permitted(&mut engine, &changed, &files, &next);
        let mut reachable = reachable(&mut engine, &permitted);
        // Who looked for a name that nobody declared for all files has no edge to who does now.
        if changed.iter().any(|path| [&files, &next].iter().any(|files| declares_for_all(files, path))) {
            reachable.extend(next.keys().map(|path| (*path).to_owned()));
        }
        if matches!(step, Step::Neighbour(..)) {
            // Without a cache nobody tells it what else has changed.
            let told = if listed && cfg!(feature = "cache") {
                neighbour.execute_incremental(&changed)
            } else {
                neighbour.execute()
            };
            prop_assert_eq!(answer(&told.unwrap()), tree.clean_answer(), "of the neighbour");
        }
        if matches!(step, Step::Crash(..)) {
            let kept = manifest(&tree.cache());
            prop_assert_eq!(answer(&tree.engine().execute().unwrap()), tree.clean_answer(), "of the one that dies");
            bring_back(&tree.cache(), kept);
        }
        let racing = match step {
            Step::Race(..) => Some((tree.engine(), EdgeKinds::all())),
            Step::Glance(..) if listed => Some((tree.engine(), IMPORTS)),
            _ => None,
        };
        let (build, raced) = thread::scope(|scope| {
            let race = |mut racing: Engine, edges: EdgeKinds| {
                let raced = match (listed, edges) {
                    (_, IMPORTS) => racing.execute_for(IMPORTS),
                    (true, _) => racing.execute_incremental(&changed),
                    (false, _) => racing.execute(),
                };
                (answer_for(&raced.unwrap(), edges), edges)
            };
            let racing = racing.map(|(racing, edges)| scope.spawn(move || race(racing, edges)));
            let build = if listed { engine.execute_incremental(&changed) } else { engine.execute() }.unwrap();
            (build, racing.map(|racing| racing.join().unwrap()))
        });
        prop_assert_eq!(answer(&build), tree.clean_answer(), "after {:?}", step);
        if let Some((raced, edges)) = raced {
            prop_assert_eq!(raced, answer_for(&build, edges), "of another process at the same time");
        }
        if cfg!(feature = "cache") && !damaged {
            let nothing: [PathBuf; 0] = [];
            let published = answer(&tree.engine().execute_incremental(nothing).unwrap());
            prop_assert_eq!(published, answer(&build), "what others find published after {:?}", step);
        }
        if !fresh_cache && !damaged {
            for execution in &build.details().executed {
                // A resolution asks files at any distance, every other stage those that its file imports.
                let bound = if execution.stage == "resolution" { &reachable } else { &permitted };
                prop_assert!(bound.contains(&execution.path), "{:?} made {:?} necessary", step, execution);
            }
        }
        fresh_cache = false;
        let affected: BTreeSet<&str> = build.affected().collect();
        for execution in build.details().executed.iter().filter(|_| !damaged) {
            prop_assert!(
                affected.contains(&*execution.path),
                "{:?} executed {:?}, which is not affected",
                step,
                execution
            );
        }
        let again = engine.execute().unwrap();
        prop_assert_eq!(executed(&again), "", "nothing is left to do after {:?}", step);
        prop_assert_eq!(again.report().changed.total(), 0, "the change is known after {:?}", step);
        prop_assert_eq!(answer(&again), answer(&build));
        prop_assert_eq!(symbols(&mut engine), tree.clean_symbols(), "after {:?}", step);
        prop_assert_eq!(names(&mut engine), tree.clean_names(), "after {:?}", step);
        if cfg!(feature = "cache") {
            let mut fresh = tree.engine();
            if damaged {
                // A process that found nothing changed did not look at what it once kept.
                prop_assert_eq!(answer(&fresh.execute().unwrap()), answer(&build), "of what was kept after {:?}", step);
            }
            prop_assert_eq!(names(&mut fresh), tree.clean_names(), "what was kept after {:?}", step);
        }
        history.push(next.clone());
        files = next;
    }
    Ok(())
}

/// The kinds of edges that imports alone tell.
const IMPORTS: EdgeKinds = EdgeKinds::all().difference(EdgeKinds::GLOBAL);

/// A new process asks for edges alone.
fn glance(tree: &Tree, edges: EdgeKinds) -> Result<(), TestCaseError> {
    let mut engine = tree.engine();
    let build = engine.execute_for(edges).unwrap();
    prop_assert_eq!(answer_for(&build, edges), tree.clean_answer_for(edges), "at a glance");
    let again = engine.execute_for(edges).unwrap();
    prop_assert_eq!(executed(&again), "", "nothing is left to do after a glance");
    Ok(())
}

fn collect_garbage(tree: &Tree, all: bool) {
    let engine = tree.engine();
    let max_bytes = if all { 0 } else { engine.cache_contents().unwrap().store_bytes / 2 };
    let report = engine.collect_garbage(GarbageLimits { older_than: Duration::MAX, max_bytes }).unwrap();
    assert!(!all || report.kept_records == report.live_records, "{report:?}");
}

/// The manifest in a cache directory: there is one tree that keeps its results there.
fn manifest(cache: &Path) -> Option<(PathBuf, Vec<u8>)> {
    let is_manifest = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with("manifest-");
    let path = files_below(cache).into_iter().find(is_manifest)?;
    Some((path.clone(), fs::read(path).unwrap()))
}

/// Puts the manifest that there was in the place of the one that there is.
fn bring_back(cache: &Path, kept: Option<(PathBuf, Vec<u8>)>) {
    match (kept, manifest(cache)) {
        (Some((path, bytes)), _) => fs::write(path, bytes).unwrap(),
        (None, Some((path, _))) => fs::remove_file(path).unwrap(),
        (None, None) => {}
    }
}

/// Where failures are kept, to be tried first from then on.
const REGRESSIONS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/properties.proptest-regressions");

/// So many cases, which take half a minute, or as many as `PROPTEST_CASES` asks for.
fn config(cases: u32) -> ProptestConfig {
    let config = ProptestConfig::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { config.cases } else { cases };
    let persistence = FileFailurePersistence::Direct(REGRESSIONS);
    ProptestConfig { cases, failure_persistence: Some(Box::new(persistence)), ..config }
}

proptest! {
    #![proptest_config(config(40))]

    #[test]
    fn incremental_equals_clean((first, steps) in life(PYTHON)) {
        incremental_equals_clean_for(first, steps)?;
    }

    #[test]
    fn incremental_equals_clean_for_names((first, steps) in life(TOY)) {
        incremental_equals_clean_for(first, steps)?;
    }

    #[test]
    fn incremental_equals_clean_for_typescript((first, steps) in life(TYPESCRIPT)) {
        incremental_equals_clean_for(first, steps)?;
    }

    #[test]
    fn threads_make_no_difference(
        python in prop::collection::vec(file(PYTHON), 0..20),
        typescript in prop::collection::vec(file(TYPESCRIPT), 0..12),
        toy in prop::collection::vec(file(TOY), 0..8),
    ) {
        let tree = Tree::new("");
        let mut files = Files::new();
        for (path, text) in python.into_iter().chain(typescript).chain(toy) {
            write(&mut files, path, text);
        }
        bring(&tree, &Files::new(), &files);
        let with = |threads| {
            let mut engine = esker_tests::engine(&tree.root()).threads(threads).build().unwrap();
            let build = engine.execute().unwrap();
            (answer(&build), executed(&build), names(&mut engine))
        };
        prop_assert_eq!(with(1), with(5));
    }
}

proptest! {
    // Of twice as many steps.
    #![proptest_config(config(16))]

    #[test]
    fn incremental_equals_clean_for_two_languages(
        (python, steps) in life(MIXED[0]),
        (typescript, more) in life(MIXED[1]),
    ) {
        // One after the other: a step of the one leaves the other's files alone but for those that bear its name.
        let first = python.into_iter().chain(typescript).collect();
        let steps = steps.into_iter().zip(more).flat_map(|(one, other)| [one, other]).collect();
        incremental_equals_clean_for(first, steps)?;
    }
}
