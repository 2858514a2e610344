//! From what is built to what it is built from.
//!
//! The entry points of a package name files that building makes, and a repository does not have them. In a workspace
//! what is meant is the source. Where it is, the compiler's settings of the package tell (`outDir`, `rootDir`); without
//! them, the customs of the field do: `dist/esm/a.js` is made from `src/a.ts`.

use esker_frontend_api::path;

use super::{Found, Locator, files};

/// Names of directories that hold what is built, or a form of it.
const OUTPUTS: [&str; 29] = [
    "_esm",
    "_types",
    "build",
    "bundle",
    "cjs",
    "commonjs",
    "compiled",
    "declarations",
    "development",
    "dist",
    "dist-cjs",
    "dist-es",
    "dist-esm",
    "dist-types",
    "dts",
    "es",
    "es6",
    "esm",
    "esm2015",
    "esm5",
    "lib",
    "mjs",
    "module",
    "out",
    "output",
    "production",
    "target",
    "types",
    "umd",
];

/// Names of directories that hold sources.
const SOURCES: [&str; 4] = ["src", "source", "lib", ""];

impl Locator<'_> {
    /// The source of a file that a package would have if it were built.
    pub(super) fn source_of(&mut self, package: &str, output: &str) -> Option<Found> {
        let inside = path::relative_to(output, package).filter(|inside| !inside.is_empty())?;
        let configured = self.config_of(package);
        let outputs = configured.as_ref().map(|config| config.outputs.clone()).unwrap_or_default();
        for directory in outputs {
            let Some(rest) = path::relative_to(output, &directory) else { continue };
            let root = configured.as_ref().and_then(|config| config.root_dir.clone());
            let starts = match root {
                Some(root) => vec![root],
                None => vec![path::below(package, "src"), package.to_owned()],
            };
            for start in starts {
                if let Some(found) = self.source(&start, rest) {
                    return Some(found);
                }
            }
        }
        let mut rest = inside;
        while let Some((first, below)) = rest.split_once('/') {
            if OUTPUTS.binary_search(&first).is_err() {
                break;
            }
            rest = below;
            if let Some(found) = self.custom_source(package, rest) {
                return Some(found);
            }
        }
        // Of several forms each can have a directory inside: `dist/client/esm/a.js` is made from `src/client/a.ts`.
        let (directories, name) = rest.rsplit_once('/')?;
        let mut kept: Vec<&str> =
            directories.split('/').filter(|directory| OUTPUTS.binary_search(directory).is_err()).collect();
        if rest.len() == inside.len() || kept.len() == directories.split('/').count() {
            return None;
        }
        kept.push(name);
        self.custom_source(package, &kept.join("/"))
    }

    /// What a file is made from that has this path below where what is built goes, by custom.
    fn custom_source(&mut self, package: &str, rest: &str) -> Option<Found> {
        SOURCES.iter().find_map(|directory| {
            let start = if directory.is_empty() { package.to_owned() } else { path::below(package, directory) };
            self.source(&start, rest)
        })
    }

    /// The code from which a file is made, below the directory of sources.
    fn source(&mut self, start: &str, rest: &str) -> Option<Found> {
        let path = path::below(start, rest);
        let found = self.file(&path);
        if !found.is_nothing() {
            return Some(found);
        }
        // Of `a.mjs` or `a.d.mts` the source can be `a.ts`.
        let (stem, _) = files::written(&path)?;
        let found = self.file(stem);
        (!found.is_nothing()).then_some(found)
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_names_of_outputs_ascend() {
        assert!(super::OUTPUTS.is_sorted());
    }
}
