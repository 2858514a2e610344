//! Names that files declare for all files of their language.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The names that files of one frontend declare for all others, each with the paths of those that do.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Globals(BTreeMap<String, BTreeSet<Arc<str>>>);

impl Globals {
    /// The files that declare a name, ascending.
    pub(crate) fn declaring(&self, name: &str) -> impl Iterator<Item = &Arc<str>> {
        self.0.get(name).into_iter().flatten()
    }

    /// The names that each file declares, ascending.
    pub(crate) fn by_path(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut by_path: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, paths) in &self.0 {
            paths.iter().for_each(|path| by_path.entry(path).or_default().push(name));
        }
        by_path
    }

    /// The same names where these files, each given once, declare these instead of what they did.
    pub(crate) fn with<'a>(&self, files: impl Iterator<Item = (&'a Arc<str>, Vec<String>)>) -> Self {
        let declared: BTreeMap<&Arc<str>, Vec<String>> = files.collect();
        let mut names = self.0.clone();
        if !names.is_empty() && !declared.is_empty() {
            names.retain(|_, paths| {
                paths.retain(|path| !declared.contains_key(path));
                !paths.is_empty()
            });
        }
        for (path, declared) in declared {
            declared.into_iter().for_each(|name| _ = names.entry(name).or_default().insert(path.clone()));
        }
        Self(names)
    }

    /// The names that not the same files declare here and there, each with the first file that only one of them has.
    pub(crate) fn differing<'a>(&'a self, other: &'a Self) -> Vec<(&'a str, &'a Arc<str>)> {
        let names: BTreeSet<&String> = self.0.keys().chain(other.0.keys()).collect();
        let nothing = BTreeSet::new();
        let difference = |name: &&'a String| {
            let of = |globals: &'a Self| globals.0.get(*name);
            let (here, there) = (of(self), of(other));
            if here == there {
                return None;
            }
            let only = |one: Option<&'a BTreeSet<Arc<str>>>, other: Option<&'a BTreeSet<Arc<str>>>| {
                one?.iter().find(|path| !other.unwrap_or(&nothing).contains(*path))
            };
            let first = only(here, there).into_iter().chain(only(there, here)).min()?;
            Some((name.as_str(), first))
        };
        names.iter().filter_map(difference).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn globals(files: &[(&str, &[&str])]) -> Globals {
        Globals::default().with_all(files)
    }

    impl Globals {
        fn with_all(&self, files: &[(&str, &[&str])]) -> Self {
            let files: Vec<(Arc<str>, Vec<String>)> = files
                .iter()
                .map(|(path, names)| ((*path).into(), names.iter().map(|n| (*n).to_owned()).collect()))
                .collect();
            self.with(files.iter().map(|(path, names)| (path, names.clone())))
        }
    }

    #[test]
    fn files_that_are_looked_at_anew_declare_what_they_do_now_and_nothing_else() {
        let before = globals(&[("a", &["x", "y"]), ("b", &["y"])]);
        let after = before.with_all(&[("a", &["z"]), ("c", &[])]);
        assert_eq!(after, globals(&[("a", &["z"]), ("b", &["y"])]));
        assert_eq!(after.declaring("y").map(|path| &**path).collect::<Vec<_>>(), ["b"]);
        assert_eq!(before.by_path(), BTreeMap::from([("a", vec!["x", "y"]), ("b", vec!["y"])]));
    }

    #[test]
    fn names_differ_that_other_files_declare() {
        let before = globals(&[("a", &["x", "y"]), ("b", &["y", "same"])]);
        let after = globals(&[("a", &["z"]), ("b", &["y", "same"])]);
        let differing = before.differing(&after);
        let told: Vec<(&str, &str)> = differing.iter().map(|(name, path)| (*name, &***path)).collect();
        assert_eq!(told, [("x", "a"), ("y", "a"), ("z", "a")]);
    }
}
