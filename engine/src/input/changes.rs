//! What changed since the last run: by looking at every file, or by trusting a list.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::Stat;
use super::walk::{Rules, Walk, WalkOptions, is_rule, stat_one, walk, walk_below};
use crate::manifest::Manifest;

/// The files that a run has to look at.
#[derive(Debug, Default)]
pub(crate) struct ChangeSet {
    /// Files that are new or may have another content, ascending by path.
    pub(crate) candidates: Vec<Candidate>,
    /// Positions of files of the manifest that are gone, ascending.
    pub(crate) removed: Vec<u32>,
    /// What could not be looked at, with the reason, ascending; `None` where nobody looked.
    pub(crate) skipped: Option<Vec<(String, String)>>,
}

/// A file to look at.
#[derive(Debug, Clone)]
pub(crate) struct Candidate {
    pub(crate) path: Arc<str>,
    pub(crate) stat: Stat,
    /// The file's position in the manifest; `None` if it is new.
    pub(crate) row: Option<u32>,
}

/// Why a list of changed paths is refused.
#[derive(Debug, thiserror::Error)]
pub enum ListError {
    /// A path leads out of the root.
    #[error("the path {path} is not below the root {root}")]
    OutsideRoot {
        /// The path as given.
        path: PathBuf,
        /// The root.
        root: PathBuf,
    },
}

/// Walks the tree and compares what it finds with the manifest.
pub(crate) fn walked_changes(options: &WalkOptions<'_>, manifest: Option<&Manifest>) -> io::Result<ChangeSet> {
    let Walk { files, skipped, .. } = walk(options)?;
    let mut changes = ChangeSet {
        skipped: Some(skipped.into_iter().map(|skipped| (skipped.path, skipped.reason.to_string())).collect()),
        ..ChangeSet::default()
    };
    let rows = manifest.map_or(0, Manifest::len) as u32;
    let mut next = 0;
    let row_at = |index: u32| manifest.and_then(|manifest| manifest.row_at(index));
    for file in files {
        while row_at(next).is_some_and(|row| row.path() < &*file.path) {
            changes.removed.push(next);
            next += 1;
        }
        let row = row_at(next).filter(|row| row.path() == &*file.path);
        let position = row.map(|_| next);
        next += u32::from(row.is_some());
        if row.is_none_or(|row| row.is_doubtful() || row.stat() != file.stat) {
            changes.candidates.push(Candidate { path: file.path.into(), stat: file.stat, row: position });
        }
    }
    changes.removed.extend(next..rows);
    Ok(changes)
}

/// Takes a list of paths for what changed. A path that is gone is a removal, one that the manifest does not know an
/// addition, a directory stands for what is under it.
///
/// `None` where a list does not tell enough, and everything has to be looked at: by what is said in a file on it others
/// are looked at or not, or something on it cannot be looked at, or could not be last time.
pub(crate) fn listed_changes(
    options: &WalkOptions<'_>,
    listed: &[PathBuf],
    manifest: &Manifest,
) -> Result<Option<ChangeSet>, ListError> {
    let listed = listed.iter().map(|path| relative_path(options.root, path)).collect::<Result<Vec<_>, _>>()?;
    if listed.iter().any(|path| is_rule(Path::new(path)) || was_skipped(path, manifest)) {
        return Ok(None);
    }
    Ok(changes_at(options, listed, manifest).unwrap_or_else(|error| {
        tracing::info!("something listed cannot be looked at: {error}");
        None
    }))
}

/// Whether the last run could not look at a path, or at something below it.
fn was_skipped(path: &str, manifest: &Manifest) -> bool {
    let mut skipped = manifest.tail().skipped.iter().map(|(skipped, _)| Path::new(skipped));
    skipped.any(|skipped| skipped.starts_with(path) || Path::new(path).starts_with(skipped))
}

fn changes_at(options: &WalkOptions<'_>, listed: Vec<String>, manifest: &Manifest) -> io::Result<Option<ChangeSet>> {
    let rules = Rules::new(options)?;
    let mut found: BTreeMap<Arc<str>, Stat> = BTreeMap::new();
    let mut looked_at: BTreeSet<u32> = BTreeSet::new();
    for mut path in listed {
        if moves_resources(options, &path, manifest)? {
            // What is below its directory may come or go with it.
            path.truncate(path.rfind('/').unwrap_or_default());
        }
        looked_at.extend(manifest.position(&path).into_iter().chain(manifest.below(&path)));
        if options.root.join(&path).is_dir() {
            let below = walk_below(&rules, &path)?;
            if !below.skipped.is_empty() {
                return Ok(None);
            }
            found.extend(below.files.into_iter().map(|file| (file.path.into(), file.stat)));
        } else if (options.class_of)(&path).is_some()
            && let Some(stat) = stat_one(options.root, &path)?
            && rules.admits(&path)
        {
            found.insert(path.into(), stat);
        }
    }
    let candidates = found
        .into_iter()
        .map(|(path, stat)| Candidate { row: manifest.position(&path), path, stat })
        .collect::<Vec<_>>();
    candidates.iter().filter_map(|candidate| candidate.row).for_each(|row| _ = looked_at.remove(&row));
    Ok(Some(ChangeSet { candidates, removed: looked_at.into_iter().collect(), skipped: None }))
}

/// Whether a file came or went below whose directory resources belong to the tree.
fn moves_resources(options: &WalkOptions<'_>, relative: &str, manifest: &Manifest) -> io::Result<bool> {
    let name = relative.rsplit('/').next().unwrap_or(relative);
    if !options.resource_marks.contains(&name) {
        return Ok(false);
    }
    Ok(stat_one(options.root, relative)?.is_some() != manifest.position(relative).is_some())
}

/// A path as the manifest has it: relative to the root, `/`-separated, without `.` and `..`. A relative path counts
/// from the root. A name that is not UTF-8 is no source file's and is mapped to one that does not exist.
pub(crate) fn relative_path(root: &Path, path: &Path) -> Result<String, ListError> {
    let outside = || ListError::OutsideRoot { path: path.to_owned(), root: root.to_owned() };
    let below = match path.strip_prefix(root) {
        Ok(below) => below,
        Err(_) if path.is_absolute() => return Err(outside()),
        Err(_) => path,
    };
    let mut parts: Vec<std::borrow::Cow<'_, str>> = Vec::new();
    for component in below.components() {
        match component {
            Component::Normal(part) => parts.push(part.to_string_lossy()),
            Component::CurDir => {}
            Component::ParentDir if parts.pop().is_some() => {}
            Component::ParentDir | Component::RootDir | Component::Prefix(_) => return Err(outside()),
        }
    }
    Ok(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn listed_paths_are_made_relative_and_kept_inside_the_root() {
        let relative = |path: &str| relative_path(Path::new("/r/s"), Path::new(path)).ok();
        assert_eq!(relative("a/b.py").as_deref(), Some("a/b.py"));
        assert_eq!(relative("./a//b.py").as_deref(), Some("a/b.py"));
        assert_eq!(relative("a/../b.py").as_deref(), Some("b.py"));
        assert_eq!(relative("/r/s/a.py").as_deref(), Some("a.py"));
        assert_eq!(relative("/r/s").as_deref(), Some(""));
        assert_eq!(relative("../a.py"), None);
        assert_eq!(relative("a/../../s/a.py"), None);
        assert_eq!(relative("/r/t/a.py"), None);
    }
}
