//! The guard in front of the parser.
//!
//! The parser recurses on brackets, operators, types and blocks, and has no limit of its own. What it can need at most
//! follows from the number of tokens; a text for which the stack at hand may not do is parsed on a thread with a larger
//! one, of which only what is used costs memory, and one that nests deeply is refused.

use std::thread;

/// The stack that whoever calls a frontend provides, less what they use themselves.
const STACK_AT_HAND: usize = 40 << 20;

/// The largest stack that is asked for.
const LARGEST_STACK: usize = 1 << 30;

/// What a token can add to the depth of the stack. A thousand nested parentheses, calls or classes, two tokens each and
/// more, were seen to need less than 2 MiB; this is four times as much.
const BYTES_PER_TOKEN: usize = 4 << 10;

/// What the visitors need for the deepest tree that they take, four times what they were seen to need.
const VISITORS: usize = 8 << 20;

/// The deepest nesting of brackets that the parser is given, as far as brackets can be told from those in texts.
const MAX_BRACKETS: usize = 1_000;

/// Does work on a text with as much stack as it can need, or returns `None` if it nests too deeply.
pub(crate) fn with_stack_for<T: Send>(text: &str, work: impl FnOnce() -> T + Send) -> Option<T> {
    let tokens = tokens(text);
    if tokens > MAX_BRACKETS && brackets(text) > MAX_BRACKETS {
        return None;
    }
    let needed = (tokens * BYTES_PER_TOKEN).min(LARGEST_STACK) + VISITORS;
    if needed <= STACK_AT_HAND {
        return Some(work());
    }
    thread::scope(|scope| {
        let builder = thread::Builder::new().stack_size(needed);
        let thread = builder.spawn_scoped(scope, work).ok()?;
        Some(thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
    })
}

/// At least as many as the text has tokens: its words and its other signs.
fn tokens(text: &str) -> usize {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || byte >= 0x80;
    let mut in_word = false;
    let mut count = 0;
    for byte in text.bytes() {
        let word = is_word(byte);
        count += usize::from(if word { !in_word } else { !byte.is_ascii_whitespace() });
        in_word = word;
    }
    count
}

/// The deepest nesting of brackets outside of comments and strings. A regular expression or a text in JSX can mislead it
/// by what looks like a string there, for the rest of a line.
fn brackets(text: &str) -> usize {
    let bytes = text.as_bytes();
    // For each open bracket whether it is that of a `${` in a template.
    let mut open: Vec<bool> = Vec::new();
    let mut deepest = 0;
    let mut index = 0;
    while let Some(&byte) = bytes.get(index) {
        index += 1;
        match byte {
            b'/' if bytes.get(index) == Some(&b'/') => index = end_of_line(bytes, index),
            b'/' if bytes.get(index) == Some(&b'*') => {
                let end = text.get(index + 1..).and_then(|rest| rest.find("*/"));
                index = end.map_or(bytes.len(), |end| index + 1 + end + 2);
            }
            b'"' | b'\'' => index = end_of_string(bytes, index, byte).unwrap_or(index),
            b'`' => index = template(bytes, index, &mut open),
            b'(' | b'[' | b'{' => open.push(false),
            b')' | b']' => _ = open.pop(),
            b'}' if open.pop() == Some(true) => index = template(bytes, index, &mut open),
            _ => continue,
        }
        deepest = deepest.max(open.len());
    }
    deepest
}

fn end_of_line(bytes: &[u8], from: usize) -> usize {
    bytes[from..].iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |found| from + found)
}

/// Where the string ends that begins here; `None` if it does not in this line.
fn end_of_string(bytes: &[u8], mut index: usize, quote: u8) -> Option<usize> {
    loop {
        match *bytes.get(index)? {
            b'\\' => index += 2,
            b'\n' => return None,
            byte if byte == quote => return Some(index + 1),
            _ => index += 1,
        }
    }
}

/// Goes on in a template up to its end or the next `${`, which is then open.
fn template(bytes: &[u8], mut index: usize, open: &mut Vec<bool>) -> usize {
    while let Some(&byte) = bytes.get(index) {
        index += 1;
        match byte {
            b'\\' => index += 1,
            b'`' => return index,
            b'$' if bytes.get(index) == Some(&b'{') => {
                open.push(true);
                return index + 1;
            }
            _ => {}
        }
    }
    index
}

#[cfg(test)]
mod tests {
    use super::{brackets, tokens};

    #[test]
    fn brackets_are_counted_up_to_the_deepest_place() {
        assert_eq!(brackets(""), 0);
        assert_eq!(brackets("f(g(x), [y])"), 2);
        assert_eq!(brackets("`${f(`${[1]}`)}`"), 4);
    }

    #[test]
    fn brackets_in_comments_and_strings_do_not_count() {
        assert_eq!(brackets("// ((((\n/* [[[[ */ '(((' \"{{{\" `[[[`"), 0);
        assert_eq!(brackets("don't (x)"), 1);
    }

    #[test]
    fn words_and_signs_are_tokens() {
        assert_eq!(tokens("let a_1 = f( x )"), 7);
    }
}
