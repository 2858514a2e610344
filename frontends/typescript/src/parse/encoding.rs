//! From bytes to text: UTF-8, or UTF-16 where a byte order mark says so, as the TypeScript compiler reads files.

use std::borrow::Cow;

use encoding_rs::{UTF_16BE, UTF_16LE};

/// A file's text.
pub(crate) struct Decoded<'a> {
    /// Without a byte order mark.
    pub(crate) text: Cow<'a, str>,
    /// Where in the text the first bytes stood that are none, if there were such.
    pub(crate) trouble: Option<u32>,
}

/// Decodes a file, or returns `None` if it is larger than offsets can count.
pub(crate) fn decode(bytes: &[u8]) -> Option<Decoded<'_>> {
    if bytes.len() >= u32::MAX as usize {
        return None;
    }
    let utf_16 = match bytes {
        [0xFE, 0xFF, ..] => Some(UTF_16BE),
        [0xFF, 0xFE, ..] => Some(UTF_16LE),
        _ => None,
    };
    let decoded = match utf_16 {
        Some(encoding) => {
            let (text, had_errors) = encoding.decode_with_bom_removal(bytes);
            Decoded { trouble: had_errors.then(|| first_replacement(&text)), text }
        }
        None => {
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            match std::str::from_utf8(bytes) {
                Ok(text) => Decoded { text: Cow::Borrowed(text), trouble: None },
                Err(error) => {
                    Decoded { text: String::from_utf8_lossy(bytes), trouble: Some(error.valid_up_to() as u32) }
                }
            }
        }
    };
    (decoded.text.len() < u32::MAX as usize).then_some(decoded)
}

fn first_replacement(text: &str) -> u32 {
    text.find(char::REPLACEMENT_CHARACTER).unwrap_or_default() as u32
}
