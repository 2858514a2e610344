//! Paths in the repository, as text: relative to its root, separated by `/`, the root being `""`.

/// The directory around a path; `None` for the root.
#[must_use]
pub fn parent(path: &str) -> Option<&str> {
    if path.is_empty() {
        return None;
    }
    Some(path.rsplit_once('/').map_or("", |(parent, _)| parent))
}

/// The last part of a path: what it is called in its directory.
#[must_use]
pub fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// A path as seen from a directory; `None` if it leads out of the repository.
#[must_use]
pub fn join(directory: &str, path: &str) -> Option<String> {
    let mut parts: Vec<&str> = directory.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// A name in a directory.
#[must_use]
pub fn below(directory: &str, name: &str) -> String {
    if directory.is_empty() { name.to_owned() } else { format!("{directory}/{name}") }
}

/// Whether a path lies in a directory.
#[must_use]
pub fn is_below(path: &str, directory: &str) -> bool {
    relative_to(path, directory).is_some()
}

/// A path as seen from a directory that it lies in; `""` for the directory itself.
#[must_use]
pub fn relative_to<'a>(path: &'a str, directory: &str) -> Option<&'a str> {
    if directory.is_empty() {
        return Some(path);
    }
    let rest = path.strip_prefix(directory)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_empty_path() {
        assert_eq!((parent("a/b"), parent("a"), parent("")), (Some("a"), Some(""), None));
        assert_eq!((name("a/b"), name("a"), name("")), ("b", "a", ""));
        assert_eq!((below("", "a"), below("a", "b")), ("a".to_owned(), "a/b".to_owned()));
        assert!(is_below("a/b", "") && is_below("a/b", "a") && is_below("a", "a") && !is_below("ab", "a"));
        assert_eq!(
            (relative_to("a/b", "a"), relative_to("a", "a"), relative_to("b", "a")),
            (Some("b"), Some(""), None)
        );
    }

    #[test]
    fn a_path_that_climbs_out_of_the_repository_is_none() {
        assert_eq!(join("a/b", "./c/../d/").as_deref(), Some("a/b/d"));
        assert_eq!(join("a/b", "..").as_deref(), Some("a"));
        assert_eq!(join("a", "..").as_deref(), Some(""));
        assert_eq!(join("a", "../.."), None);
    }
}
