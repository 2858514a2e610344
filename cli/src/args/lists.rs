//! Lists of paths from a file or from stdin.

use std::ffi::OsString;
use std::io::Read;
use std::os::unix::ffi::OsStringExt;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::error::Result;

/// What ends each path of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Separator {
    /// A line feed, or a carriage return and a line feed.
    Line,
    /// A NUL byte.
    Nul,
}

impl Separator {
    pub(crate) fn of_flag(nul: bool) -> Self {
        if nul { Self::Nul } else { Self::Line }
    }
}

/// Reads the paths of a list; `-` is stdin. Empty ones are passed over. What git puts in quotes in a list of lines,
/// because there is more than ASCII in it, is taken out of them.
pub(crate) fn read(file: &Path, separator: Separator) -> Result<Vec<PathBuf>> {
    let bytes = if file == Path::new("-") {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).context("stdin cannot be read")?;
        bytes
    } else {
        std::fs::read(file).with_context(|| format!("the list {} cannot be read", file.display()))?
    };
    Ok(split(&bytes, separator))
}

fn split(bytes: &[u8], separator: Separator) -> Vec<PathBuf> {
    let path = |bytes: &[u8]| PathBuf::from(OsString::from_vec(bytes.to_owned()));
    match separator {
        Separator::Nul => bytes.split(|byte| *byte == 0).filter(|part| !part.is_empty()).map(path).collect(),
        Separator::Line => bytes
            .split(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
            .filter(|line| !line.is_empty())
            .map(|line| unquoted(line).map_or_else(|| path(line), |unquoted| path(&unquoted)))
            .collect(),
    }
}

/// A path that is written as git does with `core.quotePath`, `"a\303\244.py"` with the bytes of its name in octal
/// numbers; `None` if it is not.
fn unquoted(line: &[u8]) -> Option<Vec<u8>> {
    let mut rest = line.strip_prefix(b"\"")?.strip_suffix(b"\"")?;
    let mut path = Vec::with_capacity(rest.len());
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        if byte == b'"' {
            return None;
        }
        if byte != b'\\' {
            path.push(byte);
            continue;
        }
        let (&escaped, after) = rest.split_first()?;
        rest = after;
        path.push(match escaped {
            b'a' => 0x07,
            b'b' => 0x08,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 0x0b,
            b'f' => 0x0c,
            b'r' => b'\r',
            b'"' | b'\\' => escaped,
            b'0'..=b'3' => {
                let (low, after) = rest.split_at_checked(2)?;
                rest = after;
                let octal = |digit: u8| matches!(digit, b'0'..=b'7').then(|| digit - b'0');
                (escaped - b'0') * 64 + octal(*low.first()?)? * 8 + octal(*low.last()?)?
            }
            _ => return None,
        });
    }
    (!path.is_empty()).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_end_paths_by_lines_or_by_nul() {
        let lines = |text: &str, separator| split(text.as_bytes(), separator);
        assert_eq!(lines("a.py\r\n\nb c.py\n", Separator::Line), [Path::new("a.py"), Path::new("b c.py")]);
        assert_eq!(lines("a\nb.py\0c.py", Separator::Nul), [Path::new("a\nb.py"), Path::new("c.py")]);
        assert!(lines("", Separator::Line).is_empty());
    }

    #[test]
    fn what_git_quotes_is_taken_out_of_its_quotes() {
        let line = |text: &str| split(text.as_bytes(), Separator::Line);
        assert_eq!(line(r#""d/\303\244 \"b\".py""#), [Path::new("d/ä \"b\".py")]);
        assert_eq!(line(r#""a\tb\\c.py""#), [Path::new("a\tb\\c.py")]);
        for other in [r#""a"b.py""#, r#""a\q.py""#, r#""a\39.py""#, r#""a\"#, "\"", "\"\"", "a\".py\""] {
            assert_eq!(line(other), [Path::new(other)]);
        }
        assert_eq!(split(b"\"a.py\"", Separator::Nul), [Path::new("\"a.py\"")]);
    }
}
