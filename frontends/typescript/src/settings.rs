//! Settings files: which they are, and what is kept of them.
//!
//! | file | kept |
//! |---|---|
//! | `tsconfig.json`, `jsconfig.json` and what they extend | `extends`, `files`, `include`, `exclude`, `references`, and the compiler options that tell where modules are, those of JSX included |
//! | `package.json` | `name`, the entry points, `imports`, `workspaces`, and dependencies on directories |
//! | `pnpm-workspace.yaml` | `packages` |
//! | `lerna.json` | `packages` |
//!
//! What is not kept can change without any import being located again.

mod json;
mod yaml;

use esker_frontend_api::{ByteOffset, Diagnostic, DiagnosticKind, Dialect, FileIr, LineTable, Setting, Source, path};

use crate::parse::{self, Decoded};

/// A `tsconfig.json` or its like.
pub(crate) const TSCONFIG: Dialect = Dialect("tsconfig");
/// A `package.json`.
pub(crate) const PACKAGE: Dialect = Dialect("package-json");
/// A `lerna.json`.
pub(crate) const LERNA: Dialect = Dialect("lerna-json");
/// A `pnpm-workspace.yaml`.
pub(crate) const PNPM: Dialect = Dialect("pnpm-workspace");

/// What is kept of a `package.json`.
const PACKAGE_KEYS: [&str; 13] = [
    "name",
    "type",
    "main",
    "module",
    "browser",
    "types",
    "typings",
    "typesVersions",
    "exports",
    "imports",
    "workspaces",
    "source",
    "svelte",
];

/// The lists of dependencies, of which those are kept that are directories.
const DEPENDENCIES: [&str; 4] = ["dependencies", "devDependencies", "peerDependencies", "optionalDependencies"];

/// How a dependency on a directory begins.
const DIRECTORIES: [&str; 3] = ["file:", "link:", "portal:"];

/// What is kept of a `tsconfig.json`.
const TSCONFIG_KEYS: [&str; 5] = ["extends", "files", "include", "exclude", "references"];

/// What is kept of its compiler options.
const OPTIONS: [&str; 14] = [
    "module",
    "moduleResolution",
    "baseUrl",
    "paths",
    "rootDir",
    "rootDirs",
    "outDir",
    "declarationDir",
    "customConditions",
    "moduleSuffixes",
    "preserveSymlinks",
    "allowJs",
    "jsx",
    "jsxImportSource",
];

/// In which dialect a settings file is written, by its name.
pub(crate) fn dialect(path: &str) -> Option<Dialect> {
    let name = path::name(path);
    Some(match name {
        "package.json" => PACKAGE,
        "lerna.json" => LERNA,
        "pnpm-workspace.yaml" | "pnpm-workspace.yml" => PNPM,
        _ => {
            let stem = name.strip_suffix(".json")?;
            let is_config = |part: &str| matches!(part, "tsconfig" | "jsconfig");
            // `tsconfig.base.json`, `tsconfig-base.json`, `base.tsconfig.json`.
            if !stem.split(['.', '-']).any(is_config) {
                return None;
            }
            TSCONFIG
        }
    })
}

/// Whether files in this dialect are settings.
pub(crate) fn is_settings(dialect: Dialect) -> bool {
    [TSCONFIG, PACKAGE, LERNA, PNPM].contains(&dialect)
}

/// Reads a settings file.
pub(crate) fn lower(source: Source<'_>) -> FileIr {
    let Some(Decoded { text, .. }) = parse::decode(source.bytes) else { return FileIr::default() };
    let starts = parse::line_starts(&text);
    let read = if source.dialect == PNPM { Ok(yaml::packages(&text)) } else { json::parse(&text) };
    let (settings, diagnostics) = match read {
        Ok(value) => (Some(kept(value, source.dialect)), Vec::new()),
        Err(error) => {
            let kept = error.read.map(|value| kept(value, source.dialect));
            (kept, vec![diagnostic(error.offset, error.message, &starts)])
        }
    };
    let lines = LineTable::from_starts(starts.into_iter().map(ByteOffset));
    FileIr { lines, settings, diagnostics, ..FileIr::default() }
}

fn diagnostic(offset: usize, message: &str, starts: &[u32]) -> Diagnostic {
    parse::place(DiagnosticKind::Syntax, offset as u32, message.to_owned(), starts)
}

fn kept(value: Setting, dialect: Dialect) -> Setting {
    match dialect {
        PACKAGE => {
            let mut entries = entries_named(&value, &PACKAGE_KEYS);
            let directories: Vec<(String, Setting)> = DEPENDENCIES
                .iter()
                .filter_map(|key| value.get(key))
                .flat_map(Setting::entries)
                .filter(|(_, version)| {
                    version.text().is_some_and(|version| DIRECTORIES.iter().any(|begin| version.starts_with(begin)))
                })
                .cloned()
                .collect();
            if !directories.is_empty() {
                entries.push(("directories".to_owned(), Setting::Map(directories)));
            }
            Setting::Map(entries)
        }
        TSCONFIG => {
            let mut entries = entries_named(&value, &TSCONFIG_KEYS);
            if let Some(options) = value.get("compilerOptions") {
                entries.push(("compilerOptions".to_owned(), Setting::Map(entries_named(options, &OPTIONS))));
            }
            Setting::Map(entries)
        }
        _ => Setting::Map(entries_named(&value, &["packages"])),
    }
}

/// The entries with these keys, in this order: that of the file means nothing.
fn entries_named(value: &Setting, keys: &[&str]) -> Vec<(String, Setting)> {
    keys.iter().filter_map(|key| Some(((*key).to_owned(), value.get(key)?.clone()))).collect()
}
