//! What fuzzers call with bytes of theirs: see `tests/fuzz`. None of these functions may panic, overflow the stack, or
//! take long, whatever the bytes are.

use esker_engine::api::{FileIr, Frontend, LowerOptions, Source};
use esker_frontend_python::Python;
use esker_frontend_typescript::TypeScript;

use crate::frontends::analyze;
use crate::sound::assert_sound;

/// A function that a fuzzer calls.
pub type Target = fn(&[u8]);

/// The targets by their names, which are those of their seeds' directories.
pub const TARGETS: [(&str, Target); 4] =
    [("python", python), ("typescript", typescript), ("manifest", manifest), ("record", record)];

/// A source file of Python, which imports itself by several names.
pub fn python(bytes: &[u8]) {
    let options = LowerOptions { string_imports_min_dots: Some(1), language_version: Some((3, 8)) };
    let ir = lower(&Python, "a.py", bytes, &options);
    analyze(&Python, &[("a.py", &ir), ("b/__init__.py", &ir), ("b/c.py", &ir)]);
    lower(&Python, "a.pyi", bytes, &LowerOptions::default());
}

/// The names that tell in which dialect of TypeScript a text is: its first byte chooses one of them.
const NAMES: [&str; 14] = [
    "a.ts",
    "a.tsx",
    "a.d.ts",
    "a.js",
    "a.mjs",
    "a.cjs",
    "a.vue",
    "a.svelte",
    "a.astro",
    "tsconfig.json",
    "package.json",
    "lerna.json",
    "pnpm-workspace.yaml",
    "b/index.ts",
];

/// Imports that settings have a say in.
const IMPORTER: &str = "import '@/a'; import 'b'; import '#c'; import './d'; export * from 'b/e'; import './x.css';\n";

/// A source or settings file of the TypeScript frontend, and one that it governs.
pub fn typescript(bytes: &[u8]) {
    let Some((first, text)) = bytes.split_first() else { return };
    let name = NAMES[usize::from(first.wrapping_sub(b'a')) % NAMES.len()];
    let options = LowerOptions::default();
    let ir = lower(&TypeScript, name, text, &options);
    let importer = lower(&TypeScript, "c/d.ts", IMPORTER.as_bytes(), &options);
    analyze(&TypeScript, &[(name, &ir), ("c/d.ts", &importer), ("b/e.ts", &ir)]);
}

fn lower(frontend: &dyn Frontend, path: &str, bytes: &[u8], options: &LowerOptions) -> FileIr {
    let dialect = frontend.dialect(path).expect("the frontend claims the path");
    let ir = frontend.lower(Source { bytes, dialect, options });
    // Decoding makes at most three bytes of one.
    assert_sound(&ir, bytes.len() * 3);
    ir
}

/// A manifest, its head and its base from behind their digests on.
pub fn manifest(bytes: &[u8]) {
    esker_engine::fuzzing::read_manifest(bytes);
}

/// A record's payload.
pub fn record(bytes: &[u8]) {
    esker_engine::fuzzing::read_record(bytes);
}
