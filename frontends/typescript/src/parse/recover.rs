//! Trees of files on which the parser gave up.
//!
//! The parser recovers from many errors by itself; at others it stops and has no tree at all. Then pieces of the text
//! are blanked, so that every place stays what it was, until the rest is a program: first the lines with the errors,
//! and where that does not help, the top-level statements that are no program by themselves.

use oxc_allocator::Allocator;
use oxc_ast::ast::Program;
use oxc_span::SourceType;

use super::run;

/// How often a line is blanked before whole statements are. Most errors are alone.
const LINES: usize = 4;

/// The tree of as much of the text as can be parsed. `at` is where the parser stopped. `None` if a part nests too
/// deeply.
pub(super) fn recover<'a>(
    allocator: &'a Allocator,
    text: &str,
    source_type: SourceType,
    at: Option<usize>,
) -> Option<Program<'a>> {
    let mut bytes = text.as_bytes().to_vec();
    let mut at = at;
    for _ in 0..LINES {
        let Some(offset) = at else { break };
        blank(&mut bytes, line_around(text, offset));
        match attempt(allocator, &bytes, source_type) {
            Ok(program) => return Some(program),
            Err(next) => at = next.filter(|next| *next < text.len()),
        }
    }
    let mut bytes = text.as_bytes().to_vec();
    for piece in pieces(text) {
        let scratch = Allocator::default();
        let mut alone = vec![b' '; piece.len()];
        alone.copy_from_slice(&text.as_bytes()[piece.clone()]);
        if attempt(&scratch, &alone, source_type).is_err() {
            blank(&mut bytes, piece);
        }
    }
    match attempt(allocator, &bytes, source_type) {
        Ok(program) => Some(program),
        Err(_) => Some(run(allocator, "", source_type).program),
    }
}

/// The tree of a text, or where the parser stopped.
fn attempt<'a>(allocator: &'a Allocator, bytes: &[u8], source_type: SourceType) -> Result<Program<'a>, Option<usize>> {
    let text = allocator.alloc_str(&String::from_utf8_lossy(bytes));
    let parsed = run(allocator, text, source_type);
    if !parsed.panicked {
        return Ok(parsed.program);
    }
    Err(parsed.diagnostics.iter().flat_map(|error| error.labels.iter().map(|label| label.offset() as usize)).max())
}

/// Puts blanks in place of all but line breaks.
fn blank(bytes: &mut [u8], range: std::ops::Range<usize>) {
    for byte in &mut bytes[range] {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}

fn line_around(text: &str, offset: usize) -> std::ops::Range<usize> {
    let bytes = text.as_bytes();
    let offset = offset.min(bytes.len());
    let start = bytes[..offset].iter().rposition(|byte| *byte == b'\n').map_or(0, |found| found + 1);
    let end = bytes[offset..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |found| offset + found);
    start..end
}

/// The top-level statements, as far as the layout tells: each begins at the start of a line with a letter or an `@`.
fn pieces(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let begins = |index: &usize| {
        (*index == 0 || bytes[index - 1] == b'\n')
            && bytes.get(*index).is_some_and(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'@' | b'_' | b'$'))
    };
    let mut starts: Vec<usize> = std::iter::once(0).chain((1..bytes.len()).filter(begins)).collect();
    starts.push(bytes.len());
    starts.windows(2).map(|pair| pair[0]..pair[1]).collect()
}
