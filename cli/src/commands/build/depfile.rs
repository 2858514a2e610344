//! `--depfile`: what a build depends on, in the syntax of make.
//!
//! ```make
//! report.stamp: . esker.toml pkg/ pkg/a.py
//!
//! pkg/a.py:
//! ```
//!
//! Beside the files, all directories are listed: their time stamps tell of files that come or go. Each name is also a
//! target of its own without a recipe, so that make does not stop where one has gone but takes it for changed.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use esker_engine::Build;
use ignore::WalkBuilder;

use crate::context::Context;

/// Files that say what is analyzed, where they exist. In the root alone:
const CONFIGURATION: [&str; 2] = ["esker.toml", "pyproject.toml"];
/// And in any directory:
const IGNORE_FILES: [&str; 2] = [".gitignore", ".ignore"];

/// A file that is not there, which makes what depends on it be made each time. It stands for the names that make has no
/// way to write.
const INEXPRESSIBLE: &str = "a-name-that-make-cannot-write";

/// The file's text. `targets` are as the makefile names them; other paths are as `given` makes them from those that are
/// known.
pub(crate) fn depfile(
    targets: &[&Path],
    context: &Context<'_>,
    build: &Build,
    given: impl Fn(&str) -> PathBuf,
) -> String {
    let mut names: BTreeSet<String> = inputs(context, build)
        .into_iter()
        .map(|input| {
            let path = given(input.trim_end_matches('/')).display().to_string();
            match path.trim_end_matches('/') {
                // Not `./`, for which make has a rule of its own: that of a program made from `.o`.
                "" | "." => ".".to_owned(),
                directory if input.is_empty() || input.ends_with('/') => format!("{directory}/"),
                _ => path,
            }
        })
        .collect();
    let all = names.len();
    names.retain(|name| is_expressible(name));
    if names.len() < all {
        names.insert(INEXPRESSIBLE.to_owned());
    }
    let targets: Vec<String> = targets.iter().map(|target| target_name(&target.to_string_lossy())).collect();
    let mut text = format!("{}:", targets.join(" "));
    names.iter().for_each(|name| text.push_str(&format!(" \\\n {}", prerequisite(name))));
    text.push_str("\n\n");
    names.iter().for_each(|name| text.push_str(&format!("{}:\n", target_name(name))));
    text
}

/// All that the build depends on, as known paths; directories end with a slash, the root is empty.
fn inputs(context: &Context<'_>, build: &Build) -> BTreeSet<String> {
    let mut inputs: BTreeSet<String> = build.files().map(String::from).collect();
    let mut directories: BTreeSet<String> = BTreeSet::from([String::new()]);
    for file in build.files() {
        let above = file.match_indices('/').map(|(end, _)| file.get(..=end).unwrap_or_default().to_owned());
        directories.extend(above);
    }
    // A directory without a source file may get one.
    let mut walk = WalkBuilder::new(context.root());
    if !context.respects_gitignore() {
        walk.git_ignore(false).git_exclude(false).git_global(false).ignore(false);
    }
    let is_directory = |entry: &ignore::DirEntry| entry.file_type().is_some_and(|kind| kind.is_dir());
    for entry in walk.filter_entry(move |entry| is_directory(entry)).build().filter_map(Result::ok) {
        let below = entry.path().strip_prefix(context.root()).ok().and_then(Path::to_str);
        directories.extend(below.filter(|below| !below.is_empty()).map(|below| format!("{below}/")));
    }
    let is_there = |path: &String| context.root().join(path).is_file();
    let ignore_files = directories.iter().flat_map(|directory| IGNORE_FILES.map(|name| format!("{directory}{name}")));
    inputs.extend(ignore_files.chain(CONFIGURATION.map(String::from)).filter(is_there));
    inputs.extend(directories);
    inputs
}

/// Whether make can read the name of a file in every place where it has to stand.
fn is_expressible(name: &str) -> bool {
    !name.contains(['=', '|', ';', '\t', '\n', '\r'])
}

fn prerequisite(name: &str) -> String {
    escaped(name, &[' ', '#', ':', '*', '?', '['])
}

fn target_name(name: &str) -> String {
    escaped(name, &[' ', '#', ':', '*', '?', '[', '%'])
}

/// A name with a backslash before each special character, and the backslashes before that one doubled, as GNU make
/// reads it. Other backslashes stand for themselves.
fn escaped(name: &str, special: &[char]) -> String {
    // A home directory at the beginning would be put in.
    let mut text = if name.starts_with('~') { "./".to_owned() } else { String::new() };
    let mut backslashes = 0;
    for character in name.chars() {
        if character == '$' {
            text.push('$');
        } else if special.contains(&character) {
            text.extend(std::iter::repeat_n('\\', backslashes + 1));
        }
        text.push(character);
        backslashes = if character == '\\' { backslashes + 1 } else { 0 };
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_as_make_reads_them() {
        assert_eq!(prerequisite("a b#c$d:e*f?g[h]%i"), r"a\ b\#c$$d\:e\*f\?g\[h]%i");
        assert_eq!(target_name("a%b"), r"a\%b");
        assert_eq!(prerequisite(r"a\b\ c"), r"a\b\\\ c");
        assert_eq!(prerequisite("~a/~b"), "./~a/~b");
        assert!(["a=b", "a|b", "a;b", "a\tb", "a\nb"].iter().all(|name| !is_expressible(name)));
    }
}
