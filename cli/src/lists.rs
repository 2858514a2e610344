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

/// Reads the paths of a list; `-` is stdin. Empty ones are passed over.
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
            .map(path)
            .collect(),
    }
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
}
