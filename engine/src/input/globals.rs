//! Names that files declare for all files of their language.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use esker_frontend_api::{FrontCoded, NameId, NameTable};
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

/// The names that files of one frontend declare for all others, each with the files that do.
///
/// Flat tables, which are read and written as they are: there may be as many names as all files have together.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Globals {
    /// Ascending and unique.
    names: FrontCoded,
    /// For each name where its files end in `files`.
    ends: Vec<u32>,
    /// Positions in `paths`, ascending for each name.
    files: Vec<u32>,
    /// Ascending and unique.
    paths: FrontCoded,
}

impl Globals {
    /// The paths of the files that declare a name, ascending.
    pub(crate) fn declaring(&self, name: &str) -> impl Iterator<Item = &str> {
        let files = position(&self.names, name).map_or(&[][..], |position| self.files_of(position));
        files.iter().filter_map(|file| self.paths.get(NameId(*file)))
    }

    /// The paths of all files that declare something, ascending.
    pub(crate) fn paths(&self) -> impl Iterator<Item = &str> {
        self.paths.iter()
    }

    /// Whether no file declares anything.
    pub(crate) fn is_empty(&self) -> bool {
        self.paths.is_empty()
    }

    /// Whether a file declares something.
    pub(crate) fn has(&self, path: &str) -> bool {
        position(&self.paths, path).is_some()
    }

    /// The names that each file declares, ascending.
    pub(crate) fn by_path(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut by_path: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        self.rows().for_each(|(name, path)| by_path.entry(path).or_default().push(name));
        by_path
    }

    /// The same names where these files declare these instead of what they did; `None` if that is nothing else.
    pub(crate) fn with(&self, declared: &BTreeMap<&str, &[String]>) -> Option<Self> {
        let before = self.names_of(declared.keys().filter_map(|path| position(&self.paths, path)));
        let is_other = |(path, names): (&&str, &&[String])| {
            let before = position(&self.paths, path).and_then(|file| before.get(&file));
            before.map_or(&[][..], Vec::as_slice) != *names
        };
        if !declared.iter().any(is_other) {
            return None;
        }
        let kept = self.rows().filter(|(_, path)| !declared.contains_key(path));
        let anew = declared.iter().flat_map(|(path, names)| names.iter().map(|name| (name.as_str(), *path)));
        Some(Self::of(kept.chain(anew).collect()))
    }

    /// The names that the files at these positions declare, ascending, in one pass over all names.
    fn names_of(&self, files: impl Iterator<Item = usize>) -> FxHashMap<usize, Vec<&str>> {
        let mut names: FxHashMap<usize, Vec<&str>> = files.map(|file| (file, Vec::new())).collect();
        if names.is_empty() {
            return names;
        }
        for (position, name) in self.names.iter().enumerate() {
            for file in self.files_of(position) {
                if let Some(names) = names.get_mut(&(*file as usize)) {
                    names.push(name);
                }
            }
        }
        names
    }

    /// Of names with the paths of files that declare them.
    fn of(mut rows: Vec<(&str, &str)>) -> Self {
        rows.sort_unstable();
        rows.dedup();
        let paths: BTreeSet<&str> = rows.iter().map(|(_, path)| *path).collect();
        let numbers: BTreeMap<&str, u32> = paths.into_iter().zip(0..).collect();
        let mut globals = Self::default();
        numbers.keys().for_each(|path| _ = globals.paths.push(path));
        for of_name in rows.chunk_by(|one, other| one.0 == other.0) {
            globals.names.push(of_name[0].0);
            globals.files.extend(of_name.iter().map(|(_, path)| numbers[path]));
            globals.ends.push(globals.files.len() as u32);
        }
        globals
    }

    /// Each name with each file that declares it.
    fn rows(&self) -> impl Iterator<Item = (&str, &str)> {
        self.names.iter().enumerate().flat_map(|(position, name)| {
            let paths = self.files_of(position).iter().filter_map(|file| self.paths.get(NameId(*file)));
            paths.map(move |path| (name, path))
        })
    }

    /// The files of the name at a position. Tables that were made up can say anything.
    fn files_of(&self, position: usize) -> &[u32] {
        let end = |position: usize| self.ends.get(position).map_or(0, |end| *end as usize);
        self.files.get(position.checked_sub(1).map_or(0, end)..end(position)).unwrap_or(&[])
    }

    /// The names that not the same files declare before and after, each with the first file that only one of them has.
    pub(crate) fn differing<'a>(before: &'a Arc<Self>, after: &'a Arc<Self>) -> Vec<(&'a str, &'a str)> {
        if Arc::ptr_eq(before, after) {
            return Vec::new();
        }
        let mut differing: Vec<(&str, &str)> = Vec::new();
        let (mut before, mut after) = (before.rows().peekable(), after.rows().peekable());
        loop {
            let order = match (before.peek(), after.peek()) {
                (None, None) => break,
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (Some(left), Some(right)) => left.cmp(right),
            };
            let only = match order {
                Ordering::Less => before.next(),
                Ordering::Greater => after.next(),
                Ordering::Equal => {
                    before.next();
                    after.next();
                    None
                }
            };
            differing.extend(only.filter(|(name, _)| differing.last().is_none_or(|(last, _)| last != name)));
        }
        differing
    }
}

/// Where an ascending table has a name.
fn position(table: &NameTable, name: &str) -> Option<usize> {
    let (mut start, mut end) = (0, table.len());
    while start < end {
        let middle = start.midpoint(end);
        match table.get(NameId(middle as u32))?.cmp(name) {
            Ordering::Less => start = middle + 1,
            Ordering::Equal => return Some(middle),
            Ordering::Greater => end = middle,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEFORE: [(&str, &[&str]); 2] = [("a", &["x", "y"]), ("b", &["same", "y"])];

    fn globals(files: &[(&str, &[&str])]) -> Globals {
        Globals::default().with_these(files).unwrap_or_default()
    }

    impl Globals {
        fn with_these(&self, files: &[(&str, &[&str])]) -> Option<Self> {
            let owned: Vec<(&str, Vec<String>)> = files
                .iter()
                .map(|(path, names)| (*path, names.iter().map(|name| (*name).to_owned()).collect()))
                .collect();
            self.with(&owned.iter().map(|(path, names)| (*path, names.as_slice())).collect())
        }
    }

    #[test]
    fn files_that_are_looked_at_anew_declare_what_they_do_now_and_nothing_else() {
        let before = globals(&BEFORE);
        assert_eq!(before.by_path(), BTreeMap::from([("a", vec!["x", "y"]), ("b", vec!["same", "y"])]));
        assert_eq!(before.declaring("y").collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!(before.with_these(&[("a", &["x", "y"]), ("c", &[])]), None);
        let after = before.with_these(&[("a", &["z"]), ("c", &[])]);
        assert_eq!(after, Some(globals(&[("a", &["z"]), ("b", &["same", "y"])])));
        let after = after.unwrap_or_default();
        assert_eq!(after.declaring("y").collect::<Vec<_>>(), ["b"]);
        assert_eq!((after.declaring("x").count(), after.has("a"), after.has("c")), (0, true, false));
        assert_eq!(after.with_these(&[("a", &[]), ("b", &[])]), Some(Globals::default()));
    }

    #[test]
    fn names_differ_that_other_files_declare() {
        let before = Arc::new(globals(&BEFORE));
        let after = Arc::new(globals(&[("a", &["z"]), ("b", &["same", "y"]), ("c", &["same"])]));
        assert_eq!(Globals::differing(&before, &after), [("same", "c"), ("x", "a"), ("y", "a"), ("z", "a")]);
        assert_eq!(Globals::differing(&before, &before), []);
        assert_eq!(Globals::differing(&before, &Arc::new(globals(&BEFORE))), []);
    }

    #[test]
    fn made_up_tables_can_be_looked_into() {
        let mut globals = globals(&BEFORE);
        globals.ends = vec![7, u32::MAX, 1];
        globals.files = vec![9];
        assert_eq!(globals.declaring("y").count() + globals.by_path().len(), 0);
    }
}
