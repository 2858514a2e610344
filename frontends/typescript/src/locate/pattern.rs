//! Patterns: with one `*` as in aliases and exports, and globs as in lists of files and of workspaces.

/// What the `*` of a pattern stands for in a text; `""` for a pattern without one that is the text.
pub(super) fn captured<'a>(pattern: &str, text: &'a str) -> Option<&'a str> {
    match pattern.split_once('*') {
        None => (pattern == text).then_some(""),
        Some((before, after)) => {
            let long_enough = text.len() >= before.len() + after.len();
            text.strip_prefix(before).filter(|_| long_enough)?.strip_suffix(after)
        }
    }
}

/// Of patterns that match a text the most special one: one without a `*`, or else the one with the longest text before
/// it, and of those the longest. Returns its position and what the `*` stands for.
pub(super) fn best<'a, 't>(patterns: impl Iterator<Item = &'a str>, text: &'t str) -> Option<(usize, &'t str)> {
    let matching = patterns.enumerate().filter_map(|(position, pattern)| {
        let captured = captured(pattern, text)?;
        let prefix = pattern.find('*').unwrap_or(usize::MAX);
        Some(((prefix, pattern.len(), std::cmp::Reverse(position)), position, captured))
    });
    matching.max_by_key(|(rank, ..)| *rank).map(|(_, position, captured)| (position, captured))
}

/// A glob: `*` and `?` within a name, `**` for any number of directories.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Glob<'a>(pub(crate) &'a str);

impl Glob<'_> {
    /// Whether a path matches, from its first name to its last.
    pub(crate) fn matches(&self, path: &str) -> bool {
        let pattern = self.0.trim_start_matches("./").trim_end_matches('/');
        let pattern: Vec<&str> = pattern.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let path: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        parts(&pattern, &path)
    }

    /// Whether a path or a directory around it matches.
    pub(crate) fn covers(&self, path: &str) -> bool {
        let mut at = Some(path);
        while let Some(path) = at {
            if self.matches(path) {
                return true;
            }
            at = super::parent(path);
        }
        false
    }
}

fn parts(pattern: &[&str], path: &[&str]) -> bool {
    // Where `**` was last, and how far the path had come, so that it can be made to take one name more.
    let (mut at, mut name, mut back) = (0, 0, None);
    loop {
        match (pattern.get(at), path.get(name)) {
            (Some(&"**"), _) => {
                back = Some((at, name));
                at += 1;
            }
            (Some(part), Some(found)) if text(part.as_bytes(), found.as_bytes()) => (at, name) = (at + 1, name + 1),
            (None, None) => return true,
            _ => match back {
                Some((star, from)) if from < path.len() => {
                    back = Some((star, from + 1));
                    (at, name) = (star + 1, from + 1);
                }
                _ => return false,
            },
        }
    }
}

fn text(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut index, mut back) = (0, 0, None);
    loop {
        match (pattern.get(at), text.get(index)) {
            (Some(b'*'), _) => {
                back = Some((at, index));
                at += 1;
            }
            (Some(b'?'), Some(_)) => (at, index) = (at + 1, index + 1),
            (Some(wanted), Some(found)) if wanted == found => (at, index) = (at + 1, index + 1),
            (None, None) => return true,
            _ => match back {
                Some((star, from)) if from < text.len() => {
                    back = Some((star, from + 1));
                    (at, index) = (star + 1, from + 1);
                }
                _ => return false,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        assert_eq!(captured("@/*", "@/a/b"), Some("a/b"));
        assert_eq!(captured("a*c", "ac"), Some(""));
        assert_eq!(captured("ab*bc", "abc"), None);
        assert_eq!(captured("a", "ab"), None);
    }

    #[test]
    fn the_most_special_pattern_wins() {
        let patterns = ["*", "./a/*", "./a/b", "./a/*.js"];
        let best = |text| best(patterns.into_iter(), text);
        assert_eq!(best("./a/b"), Some((2, "")));
        assert_eq!(best("./a/c.js"), Some((3, "c")));
        assert_eq!(best("./a/c"), Some((1, "c")));
        assert_eq!(best("x"), Some((0, "x")));
    }

    #[test]
    fn globs_match_names_and_directories() {
        let check = |glob, path| Glob(glob).matches(path);
        assert!(check("packages/*", "packages/a") && !check("packages/*", "packages/a/b"));
        assert!(check("packages/**", "packages/a/b") && check("**/test/**", "a/test/b/c"));
        assert!(check("./apps/w?b", "apps/web") && check("a/", "a") && check("**/*", "a/b/c.ts"));
        assert!(check("a*c*e", "abcde") && !check("a*c*e", "abcd"));
        assert!(Glob("src").covers("src/a/b.ts") && !Glob("src").covers("srcs/a.ts"));
    }
}
