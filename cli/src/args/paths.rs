//! Paths as they are given, as they are known, and near misses between the two.
//!
//! A path on the command line counts from the current directory; a path that is known or printed counts from the root
//! and is `/`-separated.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

use crate::error::{CommandError, Result};

/// How many near names are worth showing.
const GUESSES: usize = 3;

/// The place from which paths are given, and the root to which they are taken.
#[derive(Debug, Clone)]
pub(crate) struct Paths {
    /// Absolute and without symbolic links, as is the root.
    current: PathBuf,
    root: PathBuf,
}

impl Paths {
    pub(crate) fn new(current: PathBuf, root: PathBuf) -> Self {
        Self { current, root }
    }

    /// A given path as the engine knows it; the root itself is `""`.
    ///
    /// # Errors
    ///
    /// If the path is not below the root.
    pub(crate) fn known(&self, given: &Path) -> Result<String> {
        let absolute = self.absolute(given);
        let below = match absolute.strip_prefix(&self.root) {
            Ok(below) => Some(below.to_owned()),
            Err(_) => resolved(&absolute).strip_prefix(&self.root).ok().map(Path::to_owned),
        };
        let below = below.ok_or_else(|| {
            CommandError::new(format!("{} is not below the root {}", given.display(), self.root.display()))
                .hint("the root is found from the current directory upwards; -C DIR begins elsewhere")
        })?;
        Ok(below.components().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/"))
    }

    /// A given path, absolute, with `.` and `..` taken away by name alone.
    pub(crate) fn absolute(&self, given: &Path) -> PathBuf {
        let mut path = PathBuf::new();
        for component in self.current.join(given).components() {
            match component {
                Component::CurDir => {}
                Component::ParentDir => _ = path.pop(),
                _ => path.push(component),
            }
        }
        path
    }

    /// A known path as one would give it on the command line.
    pub(crate) fn given(&self, known: &str) -> String {
        let Ok(current) = self.current.strip_prefix(&self.root) else {
            return self.root.join(known).display().to_string();
        };
        let current: Vec<_> = current.components().map(|part| part.as_os_str().to_string_lossy()).collect();
        let known: Vec<&str> = known.split('/').collect();
        let shared = current.iter().zip(&known).take_while(|(ours, theirs)| ours == *theirs).count();
        let up = current.iter().skip(shared).map(|_| "..");
        up.chain(known.iter().skip(shared).copied()).collect::<Vec<_>>().join("/")
    }

    /// The files that may have been meant by a path that is none, as one would give them, the likeliest first.
    pub(crate) fn guesses<'f>(&self, given: &Path, files: impl Iterator<Item = &'f str>) -> Vec<String> {
        let known = self.known(given).unwrap_or_default();
        let from_root = given.to_string_lossy();
        let name = |path: &'f str| path.rsplit_once('/').map_or(path, |(_, name)| name);
        let wanted_name = known.rsplit_once('/').map_or(&*known, |(_, name)| name);
        let mut near: Vec<(f64, &str)> = files
            .filter_map(|file| {
                if file == from_root {
                    return Some((2.0, file));
                }
                let likeness = strsim::normalized_levenshtein(&known, file);
                let same_name = name(file) == wanted_name && wanted_name != "__init__.py";
                let worth = if same_name { likeness + 0.5 } else { likeness };
                (worth >= 0.7 || same_name).then_some((worth, file))
            })
            .collect();
        near.sort_by(|(a, left), (b, right)| b.total_cmp(a).then(left.cmp(right)));
        near.into_iter().take(GUESSES).map(|(_, file)| self.given(file)).collect()
    }
}

/// Whether a known path lies below another one; all do below the root.
pub(crate) fn is_below(file: &str, directory: &str) -> bool {
    directory.is_empty() || file.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}

/// The nearest of some words, if one is near enough to have been meant.
pub(crate) fn nearest<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<&'w str> {
    known
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.len().max(word.len()) / 3)
        .min()
        .map(|(_, candidate)| candidate)
}

/// A path without symbolic links as far as it exists.
fn resolved(path: &Path) -> PathBuf {
    let mut rest: Vec<OsString> = Vec::new();
    for ancestor in path.ancestors() {
        if let Ok(mut real) = ancestor.canonicalize() {
            real.extend(rest.iter().rev());
            return real;
        }
        rest.extend(ancestor.file_name().map(OsString::from));
    }
    path.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(current: &str) -> Paths {
        Paths::new(PathBuf::from(current), PathBuf::from("/r"))
    }

    #[test]
    fn given_paths_count_from_the_current_directory() {
        let known = |current, given| paths(current).known(Path::new(given)).ok();
        assert_eq!(known("/r", "a.py").as_deref(), Some("a.py"));
        assert_eq!(known("/r/p/q", "../a.py").as_deref(), Some("p/a.py"));
        assert_eq!(known("/r/p", "./q//a.py").as_deref(), Some("p/q/a.py"));
        assert_eq!(known("/r/p", "/r/a.py").as_deref(), Some("a.py"));
        assert_eq!(known("/r/p", "..").as_deref(), Some(""));
        assert_eq!(known("/r/p", "../../a.py"), None);
    }

    #[test]
    fn known_paths_are_shown_as_one_would_give_them() {
        assert_eq!(paths("/r").given("p/a.py"), "p/a.py");
        assert_eq!(paths("/r/p/q").given("p/a.py"), "../a.py");
        assert_eq!(paths("/r/p").given("q/a.py"), "../q/a.py");
        assert_eq!(paths("/elsewhere").given("a.py"), "/r/a.py");
    }

    #[test]
    fn near_names_are_guessed() {
        let files = ["pkg/__init__.py", "pkg/core.py", "pkg/deep/models.py", "setup.py"];
        let guesses = |current: &str, given: &str| paths(current).guesses(Path::new(given), files.into_iter());
        assert_eq!(guesses("/r", "pkg/croe.py"), ["pkg/core.py"]);
        assert_eq!(guesses("/r", "models.py"), ["pkg/deep/models.py"]);
        assert_eq!(guesses("/r/pkg", "pkg/core.py"), ["core.py"]);
        assert!(guesses("/r", "nothing/like/it.txt").is_empty());
    }

    #[test]
    fn the_nearest_word_is_near() {
        assert_eq!(nearest("exclud", ["include", "exclude"]), Some("exclude"));
        assert_eq!(nearest("roost", ["roots"]), Some("roots"));
        assert_eq!(nearest("colour", ["roots", "edges"]), None);
    }
}
