//! From bytes to a syntax tree: the first half of lowering.
//!
//! Decodes the bytes, refuses what nests too deeply, and parses the rest with recovery. Never fails: what goes wrong
//! is a [`Diagnostic`], and there is a tree unless the file is too large or too deep.

mod dismantle;
mod encoding;
mod nesting;

use std::borrow::Cow;

use esker_frontend_api::{Diagnostic, DiagnosticKind, Dialect, LowerOptions, path};
use ruff_python_ast::{ModModule, PySourceType, PythonVersion};
use ruff_python_parser::{ParseOptions, Parsed, parse_unchecked};
use ruff_source_file::LineIndex;
use ruff_text_size::{Ranged, TextSize};

pub(crate) use dismantle::dismantle;

use crate::{PYTHON, STUB, settings};

/// How many syntax errors of one file are reported. A file that is no Python at all has one on every line, and nobody
/// reads past the first few.
const MAX_SYNTAX_ERRORS: usize = 100;

/// In which dialect the file at this path is written, by its name.
pub(crate) fn dialect(path: &str) -> Option<Dialect> {
    let name = path::name(path);
    match name.rsplit_once('.')?.1 {
        "py" | "pyw" => Some(PYTHON),
        "pyi" => Some(STUB),
        _ => settings::dialect(name),
    }
}

/// A file's text, or why there is none.
pub(crate) enum Text<'a> {
    /// What could be decoded, with what was wrong about the bytes.
    Decoded {
        /// The text without a byte order mark.
        text: Cow<'a, str>,
        /// What was wrong, if anything.
        trouble: Option<encoding::Trouble>,
    },
    /// The file has more bytes than offsets can count.
    TooLarge,
}

/// Decodes a file as CPython would, or as well as can be.
pub(crate) fn decode(bytes: &[u8]) -> Text<'_> {
    if !is_addressable(bytes.len()) {
        return Text::TooLarge;
    }
    let encoding::Decoded { text, trouble } = encoding::decode(bytes);
    // Decoding can double the length.
    if is_addressable(text.len()) { Text::Decoded { text, trouble } } else { Text::TooLarge }
}

/// Whether offsets of 32 bits reach every place of a text with this length, its end included.
const fn is_addressable(length: usize) -> bool {
    length < u32::MAX as usize
}

/// Parses a text, recovering from errors, or returns `None` if it nests too deeply to try.
///
/// The tree may still be too deep to be visited recursively; [`dismantle`] it then instead of dropping it.
pub(crate) fn parse(text: &str, dialect: Dialect, options: &LowerOptions) -> Option<Parsed<ModModule>> {
    if nesting::is_too_deep(text) {
        return None;
    }
    let source_type = if dialect == STUB { PySourceType::Stub } else { PySourceType::Python };
    let version = match options.language_version {
        Some((major, minor)) => PythonVersion { major, minor },
        None => PythonVersion::latest_preview(),
    };
    let options = ParseOptions::from(source_type).with_target_version(version);
    parse_unchecked(text, options).try_into_module()
}

/// What is wrong with a file's syntax, in source order. Syntax that the language's version lacks counts when the
/// configuration names a version.
pub(crate) fn syntax_errors(
    parsed: &Parsed<ModModule>,
    lines: &LineIndex,
    text: &str,
    options: &LowerOptions,
) -> Vec<Diagnostic> {
    let judged: &[_] = if options.language_version.is_some() { parsed.unsupported_syntax_errors() } else { &[] };
    let errors = parsed.errors().iter().map(|error| (error.location.start(), error.error.to_string()));
    let unsupported = judged.iter().map(|error| (error.range().start(), error.to_string()));
    let mut found: Vec<_> = errors.chain(unsupported).collect();
    found.sort_by_key(|(offset, _)| *offset);
    found.truncate(MAX_SYNTAX_ERRORS);
    found
        .into_iter()
        .map(|(offset, message)| diagnostic(DiagnosticKind::Syntax, offset, message, lines, text))
        .collect()
}

/// A diagnostic about the place at this offset.
pub(crate) fn diagnostic(
    kind: DiagnosticKind,
    offset: TextSize,
    mut message: String,
    lines: &LineIndex,
    text: &str,
) -> Diagnostic {
    let line = lines.line_index(offset);
    let column = (offset - lines.line_start(line, text)).to_u32() + 1;
    message.truncate(message.trim_end_matches('.').len());
    Diagnostic { line: line.get() as u32, column, kind, message }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_alone_tells_the_dialect() {
        assert_eq!(dialect("a/b.py"), Some(PYTHON));
        assert_eq!(dialect("a/b.pyw"), Some(PYTHON));
        assert_eq!(dialect("a/b.pyi"), Some(STUB));
        assert_eq!(dialect("a.py/b"), None);
        assert_eq!(dialect("a/py"), None);
        assert_eq!(dialect("a/b.pyc"), None);
    }

    #[test]
    fn four_gibibytes_are_too_large() {
        assert!(is_addressable(0));
        assert!(is_addressable(u32::MAX as usize - 1));
        assert!(!is_addressable(u32::MAX as usize));
        assert!(!is_addressable(1 << 32));
    }
}
