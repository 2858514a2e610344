//! What a `package.json` says: which file a package is, and what its parts and its internal names stand for.
//!
//! The algorithm is that of Node's documentation ("Modules: Packages") with what the TypeScript compiler adds: the
//! condition `types`, the keys `types` and `typings`, and `typesVersions`.

use esker_frontend_api::{Setting, path};

use super::pattern::{best, captured};
use super::{Found, Locator};

/// The version of TypeScript by which `typesVersions` and conditions such as `types@>=5` are judged.
const VERSION: (u32, u32) = (5, 9);

/// Which file of a package is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Typing,
    Runtime,
}

/// Whom an entry of `exports` or `imports` is to be for.
#[derive(Clone, Copy)]
struct Conditions<'a> {
    view: View,
    /// `import` or `require`.
    mode: &'a str,
    /// What the compiler's settings add.
    custom: &'a [String],
    /// Whether the compiler follows Node's rules, and not those of bundlers.
    is_node: bool,
}

impl Conditions<'_> {
    fn admit(self, condition: &str) -> bool {
        let Self { view, mode, custom, is_node } = self;
        match condition {
            "default" => true,
            "import" | "require" => condition == mode,
            _ if custom.iter().any(|custom| custom == condition) => true,
            "node" => view == View::Runtime || is_node,
            "module" | "module-sync" => view == View::Runtime,
            "types" => view == View::Typing,
            _ => match condition.strip_prefix("types@") {
                Some(range) => view == View::Typing && satisfies(range),
                None => false,
            },
        }
    }
}

/// A specifier's package and the part of it that is asked for, `""` for all.
pub(super) fn split(specifier: &str) -> (&str, &str) {
    let scope =
        if specifier.starts_with('@') { specifier.find('/').map_or(specifier.len(), |slash| slash + 1) } else { 0 };
    match specifier[scope..].find('/') {
        Some(slash) => (&specifier[..scope + slash], &specifier[scope + slash + 1..]),
        None => (specifier, ""),
    }
}

impl Locator<'_> {
    /// What a part of a package stands for.
    pub(super) fn in_package(&mut self, directory: &str, subpath: &str) -> Found {
        self.step(|this| this.part_of(directory, subpath))
    }

    fn part_of(&mut self, directory: &str, subpath: &str) -> Found {
        let settings = self.lookup.settings(&path::below(directory, "package.json"));
        let exports = settings.as_ref().and_then(|settings| settings.get("exports"));
        if let Some(exports) = exports {
            let key = if subpath.is_empty() { ".".to_owned() } else { format!("./{subpath}") };
            let found = self.of_map(directory, exports, &key, false);
            if !found.is_nothing() {
                return found;
            }
        }
        // Without `exports`, or for those who do not obey them.
        let Some(settings) = settings.filter(|_| subpath.is_empty()) else {
            return self.subpath(directory, subpath);
        };
        let entry = self.entry_of(directory, &settings);
        if entry.typing.is_some() { entry } else { entry.or(self.index(directory)) }.or_else(|| {
            // A package that is not built and does not say what it is built from.
            let source = path::below(directory, "src/index");
            self.file(&source)
        })
    }

    /// A path in a package that has no `exports`.
    fn subpath(&mut self, directory: &str, subpath: &str) -> Found {
        let settings = self.lookup.settings(&path::below(directory, "package.json"));
        let Some(plain) = super::join(directory, subpath) else { return Found::default() };
        let typed = settings.as_ref().map(|settings| self.of_types_versions(directory, settings, subpath));
        let found = typed.unwrap_or_default().or(self.path(&plain, false));
        if !found.is_nothing() {
            return found;
        }
        self.source_of(directory, &plain).unwrap_or_default()
    }

    /// The file that a package is, by the keys of its `package.json`.
    pub(super) fn entry_of(&mut self, directory: &str, settings: &Setting) -> Found {
        let typed = ["typings", "types", "main"].iter().find_map(|key| settings.text_of(key));
        let versioned = self.of_types_versions(directory, settings, typed.unwrap_or("index"));
        let typing = match typed {
            Some(written) if versioned.typing.is_none() => self.entry(directory, written),
            _ => versioned,
        };
        let runtime = ["module", "main", "svelte"].iter().find_map(|key| {
            let written = settings.text_of(key)?;
            let found = self.entry(directory, written);
            (!found.is_nothing()).then_some(found)
        });
        let source = settings.text_of("source").map(|written| self.entry(directory, written));
        let runtime = runtime.and_then(|found| found.runtime.or(found.typing));
        let typing = typing.typing.or_else(|| runtime.clone());
        Found { typing, runtime }.or(source.unwrap_or_default())
    }

    /// The file that an entry point means, or the one that it is built from.
    fn entry(&mut self, directory: &str, written: &str) -> Found {
        let Some(path) = super::join(directory, written) else { return Found::default() };
        if path == directory {
            return self.index(directory);
        }
        let found = self.file(&path);
        if !found.is_nothing() {
            return found;
        }
        let found = self.index(&path);
        if !found.is_nothing() {
            return found;
        }
        self.source_of(directory, &path).unwrap_or_default()
    }

    /// What `typesVersions` say instead of a path in a package.
    fn of_types_versions(&mut self, directory: &str, settings: &Setting, written: &str) -> Found {
        let versions = settings.get("typesVersions").map(Setting::entries).unwrap_or_default();
        let Some((_, paths)) = versions.iter().find(|(range, _)| satisfies(range)) else { return Found::default() };
        let written = written.trim_start_matches("./");
        let Some((position, star)) = best(paths.entries().iter().map(|(pattern, _)| &**pattern), written) else {
            return Found::default();
        };
        for target in paths.entries()[position].1.texts() {
            let Some(path) = super::join(directory, &target.replacen('*', star, 1)) else { continue };
            let found = self.path(&path, false);
            if !found.is_nothing() {
                return Found { typing: found.typing, runtime: None };
            }
        }
        Found::default()
    }

    /// What an internal name (`#a`) stands for in the package around a directory.
    pub(super) fn internal(&mut self, specifier: &str, here: &str) -> Option<Found> {
        let directory = self.package_around(here)?;
        let settings = self.lookup.settings(&path::below(&directory, "package.json"))?;
        let imports = settings.get("imports")?;
        let found = self.step(|this| this.of_map(&directory, imports, specifier, true));
        (!found.is_nothing()).then_some(found)
    }

    /// What a key stands for in `exports` or `imports`.
    fn of_map(&mut self, directory: &str, map: &Setting, key: &str, is_internal: bool) -> Found {
        let config = self.config();
        let is_node = config.as_ref().is_some_and(|config| config.is_node == Some(true));
        let custom = config.map(|config| config.conditions.clone()).unwrap_or_default();
        let entry = |this: &mut Self, view: View, mode: &str| {
            let (target, star) = entry_for(map, key, is_internal)?;
            let conditions = Conditions { view, mode, custom: &custom, is_node };
            this.target(directory, target, star, conditions, is_internal)
        };
        let mut found = Found::default();
        for mode in self.modes() {
            let typing = entry(self, View::Typing, mode).and_then(|found| found.typing.or(found.runtime));
            let runtime = entry(self, View::Runtime, mode).unwrap_or_default();
            found = Found { typing: typing.or(runtime.typing), runtime: runtime.runtime };
            if !found.is_nothing() {
                break;
            }
        }
        if found.is_nothing() {
            // None of the conditions known here leads to a file: whichever does.
            let (target, star) = match entry_for(map, key, is_internal) {
                Some(entry) => entry,
                None => return found,
            };
            let mut targets = Vec::new();
            every_target(target, &mut targets);
            for target in targets {
                let target = target.replace('*', star);
                if let Some(path) = super::join(directory, &target).filter(|_| target.starts_with("./")) {
                    let other = self.file(&path).or_else(|| self.source_of(directory, &path).unwrap_or_default());
                    if !other.is_nothing() {
                        return other;
                    }
                }
            }
        }
        found
    }

    /// What a target stands for: a path, the first that holds of a list or of conditions.
    fn target(
        &mut self,
        directory: &str,
        target: &Setting,
        star: &str,
        conditions: Conditions<'_>,
        is_internal: bool,
    ) -> Option<Found> {
        match target {
            Setting::Text(written) => {
                let written = written.replace('*', star);
                let found = match written.strip_prefix("./") {
                    Some(inside) => {
                        let path = super::join(directory, inside)?;
                        let found = self.file(&path);
                        if found.is_nothing() { self.source_of(directory, &path).unwrap_or_default() } else { found }
                    }
                    None if is_internal => {
                        let (name, subpath) = split(&written);
                        let package = self.package_named(name, directory)?;
                        self.in_package(&package, subpath)
                    }
                    None => Found::default(),
                };
                (!found.is_nothing()).then_some(found)
            }
            Setting::Map(entries) => entries
                .iter()
                .filter(|(condition, _)| conditions.admit(condition))
                .find_map(|(_, target)| self.target(directory, target, star, conditions, is_internal)),
            Setting::List(targets) => {
                targets.iter().find_map(|target| self.target(directory, target, star, conditions, is_internal))
            }
            _ => None,
        }
    }
}

impl Found {
    /// What another search has, made only where this one came to nothing.
    fn or_else(self, other: impl FnOnce() -> Self) -> Self {
        if self.is_nothing() { other() } else { self }
    }
}

/// The entry for a key and what a `*` in it stands for. A map without keys that begin with a dot is that of `.` alone.
fn entry_for<'s, 'k>(map: &'s Setting, key: &'k str, is_internal: bool) -> Option<(&'s Setting, &'k str)> {
    let entries = map.entries();
    if !is_internal && !entries.first().is_some_and(|(first, _)| first.starts_with('.')) {
        return (key == ".").then_some((map, ""));
    }
    let (position, star) = best(entries.iter().map(|(pattern, _)| &**pattern), key).or_else(|| {
        // `"./lib/": "./lib/"`, as Node had it once.
        entries.iter().enumerate().find_map(|(position, (pattern, _))| {
            let folder = pattern.strip_suffix('/').filter(|folder| *folder != ".")?;
            Some((position, captured(&format!("{folder}/*"), key)?))
        })
    })?;
    let (_, target) = &entries[position];
    (*target != Setting::Null).then_some((target, star))
}

/// All paths in a target, whatever the conditions.
fn every_target<'s>(target: &'s Setting, into: &mut Vec<&'s str>) {
    match target {
        Setting::Text(path) => into.push(path),
        Setting::List(targets) => targets.iter().for_each(|target| every_target(target, into)),
        Setting::Map(conditions) => conditions.iter().for_each(|(_, target)| every_target(target, into)),
        _ => {}
    }
}

/// Whether [`VERSION`] is in a range of versions, as `typesVersions` have them: `*`, `>=4.2`, `<5.0 >4`, `5.x`, or
/// several with `||` between. What cannot be read holds.
fn satisfies(range: &str) -> bool {
    range.split("||").any(|alternative| {
        alternative.split_whitespace().all(|comparison| {
            let digits = comparison.trim_start_matches(['<', '>', '=', '~', '^']);
            let operator = &comparison[..comparison.len() - digits.len()];
            let mut numbers = digits.trim_start_matches('v').split('.').map(|part| part.parse::<u32>().ok());
            let (Some(Some(major)), minor) = (numbers.next(), numbers.next().flatten()) else { return true };
            let version = (major, minor.unwrap_or_default());
            match operator {
                ">=" => VERSION >= version,
                ">" if minor.is_none() => VERSION.0 > major,
                ">" => VERSION > version,
                "<=" if minor.is_none() => VERSION.0 <= major,
                "<=" => VERSION <= version,
                "<" => VERSION < version,
                "^" => VERSION.0 == major && VERSION >= version,
                _ => VERSION.0 == major && minor.is_none_or(|minor| VERSION.1 == minor),
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn specifiers_are_split_into_package_and_part() {
        assert_eq!(split("a"), ("a", ""));
        assert_eq!(split("a/b/c"), ("a", "b/c"));
        assert_eq!(split("@s/a"), ("@s/a", ""));
        assert_eq!(split("@s/a/b"), ("@s/a", "b"));
        assert_eq!(split("@s"), ("@s", ""));
    }

    #[test]
    fn ranges_hold_or_do_not() {
        for range in ["*", ">=4.2", ">4", ">=3.1 <6.0", "5.x", "<4 || >=5", "^5.0", "5.9"] {
            assert!(satisfies(range), "{range}");
        }
        for range in ["<4.0", ">5", "<=5.1", ">=6", "4.x", ">=3.1 <5", "~5.8"] {
            assert!(!satisfies(range), "{range}");
        }
    }
}
