//! Which paths differ, in a repository and in the submodules that are checked out in it.

use super::Part;
use super::command::{Git, text};
use crate::error::{CommandError, Result};

/// How git writes that an entry of a directory is a submodule.
const SUBMODULE: &str = "160000";

/// How the mode of an ordinary file begins, which a symbolic link is not.
const FILE: &str = "100";

/// What differs.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) parts: Vec<Part>,
    /// Relative to the root, in no order.
    pub(super) files: Vec<String>,
    /// Those of the files that were there before and are now.
    pub(super) modified: Vec<String>,
    /// Repositories that came or went as a whole.
    pub(super) directories: Vec<String>,
}

/// One entry that differs.
struct Entry {
    path: String,
    before: Option<Submodule>,
    after: Option<Submodule>,
    /// Whether it is an ordinary file before and after.
    modified: bool,
}

/// The commit of a submodule. That of one in the working tree is not told.
struct Submodule {
    commit: String,
}

/// Adds what differs between a commit and a later one, or the working tree. `place` comes before all paths.
///
/// # Errors
///
/// If git fails, or a submodule lacks the commit before.
pub(super) fn collect(git: Git, base: String, head: Option<&str>, place: String, found: &mut Found) -> Result<()> {
    let mut arguments = vec!["diff", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-ext-diff"];
    arguments.extend(["--ignore-submodules=none", "--relative", &base]);
    arguments.extend(head);
    arguments.push("--");
    let entries = entries(&git.told(&arguments)?);
    if head.is_none() {
        let others = git.told(&["ls-files", "-z", "--others", "--exclude-standard"])?;
        add_listed(&others, &place, found);
    }
    for Entry { path, before, after, modified } in entries {
        let full = format!("{place}{path}");
        if modified {
            found.modified.push(full.clone());
        }
        if before.is_none() && after.is_none() {
            found.files.push(full);
            continue;
        }
        // A submodule that is not checked out is an empty directory, in which git would find the repository around it.
        let directory = git.directory().join(&path);
        if after.is_none() || !directory.join(".git").exists() {
            found.directories.push(full);
            continue;
        }
        let inner = Git::of(&directory)?;
        let inner_place = format!("{full}/");
        match (before, after) {
            (Some(before), after) => {
                if !inner.has_commit(&before.commit)? {
                    return Err(lacking(&full, &before.commit, &inner.remote()?));
                }
                let commit = after.map(|after| after.commit).filter(|_| head.is_some());
                collect(inner, before.commit, commit.as_deref(), inner_place, found)?;
            }
            // The submodule is new, and so is all that is in it.
            (None, _) => {
                let all = inner.told(&["ls-files", "-z", "--cached", "--others", "--exclude-standard"])?;
                add_listed(&all, &inner_place, found);
            }
        }
    }
    found.parts.push(Part { git, base, place });
    // The outermost one comes first: it is what a path belongs to that none of the others has.
    found.parts.rotate_right(1);
    Ok(())
}

fn lacking(submodule: &str, commit: &str, remote: &str) -> CommandError {
    CommandError::new(format!("the submodule {submodule} lacks the commit {commit}, which it was at before"))
        .hint(format!("`git -C {submodule} fetch {remote} {commit}` gets it"))
}

/// Adds paths that end with NUL bytes. A repository that is none of git's business ends with a slash.
fn add_listed(list: &[u8], place: &str, found: &mut Found) {
    for path in list.split(|byte| *byte == 0).filter(|path| !path.is_empty()).map(text) {
        match path.strip_suffix('/') {
            Some(directory) => found.directories.push(format!("{place}{directory}")),
            None => found.files.push(format!("{place}{path}")),
        }
    }
}

/// Reads `:MODE MODE OBJECT OBJECT STATUS NUL PATH NUL`, again and again.
fn entries(raw: &[u8]) -> Vec<Entry> {
    let mut fields = raw.split(|byte| *byte == 0).map(text);
    let mut entries = Vec::new();
    while let (Some(line), Some(path)) = (fields.next(), fields.next()) {
        let words: Vec<&str> = line.trim_start_matches(':').split(' ').collect();
        let [before, after, old, new, status, ..] = words[..] else { continue };
        let is_file = |mode: &str| mode.starts_with(FILE);
        let modified = status == "M" && is_file(before) && is_file(after);
        let submodule = |mode: &str, commit: &str| (mode == SUBMODULE).then(|| Submodule { commit: commit.to_owned() });
        entries.push(Entry { path, before: submodule(before, old), after: submodule(after, new), modified });
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn raw_differences_are_read_with_their_submodules() {
        let raw = ":100644 100644 aa bb M\0a b.py\0:160000 160000 cc 00 M\0lib\0:000000 160000 00 dd A\0new\0\
                   :120000 100644 aa bb T\0c.py\0";
        let entries = entries(raw.as_bytes());
        let shown: Vec<_> = entries
            .iter()
            .map(|entry| {
                let commit =
                    |submodule: &Option<Submodule>| submodule.as_ref().map(|submodule| submodule.commit.clone());
                (&*entry.path, commit(&entry.before), commit(&entry.after), entry.modified)
            })
            .collect();
        let some = |commit: &str| Some(commit.to_owned());
        assert_eq!(
            shown,
            [
                ("a b.py", None, None, true),
                ("lib", some("cc"), some("00"), false),
                ("new", None, some("dd"), false),
                ("c.py", None, None, false)
            ]
        );
    }
}
