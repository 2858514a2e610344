//! The guard in front of the parser.
//!
//! The parser recurses on brackets, operators, types and blocks, and has no limit of its own. What it can need at most
//! follows from the number of tokens; a text for which the stack at hand may not do is parsed on a larger one, of which
//! only what is used costs memory, and one that nests deeply is refused. On the same thread, because to an allocator
//! that keeps memory by threads each new one is a stranger.

use esker_frontend_api::ByteSet;

/// The stack that whoever calls a frontend provides, less what they use themselves.
const STACK_AT_HAND: usize = 104 << 20;

/// The largest stack that is asked for.
const LARGEST_STACK: usize = 1 << 30;

/// What a token can add to the depth of the stack. A thousand nested parentheses, calls or classes, two tokens each and
/// more, were seen to need less than 2 MiB; this is four times as much.
const BYTES_PER_TOKEN: usize = 4 << 10;

/// What the visitors need for the deepest tree that they take, four times what they were seen to need.
const VISITORS: usize = 8 << 20;

/// The deepest nesting of brackets that the parser is given, as far as brackets can be told from those in texts.
const MAX_BRACKETS: usize = 1_000;

/// How much the parser may try in vain. Of `a < b < c …` it takes each `<` for the beginning of type arguments, gets to
/// the end of them, and keeps what it made: a thousand of them took 70 MB, and ten thousand would take a hundred times
/// as much. So a `<` counts with those that are open in front of it. In the packages that the oracle looks at no file
/// comes to more than 18,037.
const MAX_ATTEMPTS: usize = 250_000;

/// Does work on a text with as much stack as it can need, or returns `None` if it nests too deeply.
pub(crate) fn with_stack_for<T>(text: &str, work: impl FnOnce() -> T) -> Option<T> {
    let tokens = tokens(text);
    if tokens > MAX_BRACKETS && can_be_too_much(text) {
        let nesting = nesting(text);
        if nesting.brackets > MAX_BRACKETS || nesting.attempts > MAX_ATTEMPTS {
            return None;
        }
    }
    let needed = (tokens * BYTES_PER_TOKEN).min(LARGEST_STACK) + VISITORS;
    Some(if needed <= STACK_AT_HAND { work() } else { stacker::grow(needed, work) })
}

/// How many bytes are counted before a count of one byte could overflow.
const COUNTED: usize = 128;

/// At least as many as the text has tokens: its words and its other signs.
fn tokens(text: &str) -> usize {
    let bytes = text.as_bytes();
    let first = bytes.first().map_or(0, |first| begins_token(b' ', *first));
    // Two columns beside each other and no state, so that the compiler makes vector instructions of it.
    let before = bytes.chunks(COUNTED);
    let after = bytes.get(1..).unwrap_or_default().chunks(COUNTED);
    let counts = before.zip(after).map(|(before, after)| {
        let pairs = before.iter().zip(after);
        usize::from(pairs.fold(0, |count: u8, (before, after)| count + begins_token(*before, *after)))
    });
    usize::from(first) + counts.sum::<usize>()
}

/// 1 if a token can begin at a byte with this one before it.
#[inline]
fn begins_token(before: u8, byte: u8) -> u8 {
    let goes_on = is_word(before) & is_word(byte);
    u8::from(!goes_on & !is_space(byte))
}

#[inline]
fn is_word(byte: u8) -> bool {
    ((byte | 0x20).wrapping_sub(b'a') < 26)
        | (byte.wrapping_sub(b'0') < 10)
        | (byte == b'_')
        | (byte == b'$')
        | (byte >= 0x80)
}

#[inline]
fn is_space(byte: u8) -> bool {
    (byte == b' ') | (byte == b'\n') | (byte == b'\t') | (byte == b'\r') | (byte == 0x0c)
}

/// Whether there are enough brackets or `<` in a text, those in comments and strings among them, to be too much.
fn can_be_too_much(text: &str) -> bool {
    let brackets = count(text, |byte| (byte == b'(') | (byte == b'[') | (byte == b'{'));
    let angles = count(text, |byte| byte == b'<');
    brackets > MAX_BRACKETS || angles * (angles + 1) / 2 > MAX_ATTEMPTS
}

/// How many bytes of a text are such ones.
fn count(text: &str, is_one: impl Fn(u8) -> bool) -> usize {
    let chunks = text.as_bytes().chunks(COUNTED);
    chunks.map(|chunk| usize::from(chunk.iter().fold(0, |count: u8, byte| count + u8::from(is_one(*byte))))).sum()
}

/// What makes parsing expensive.
#[derive(Debug, Default, PartialEq, Eq)]
struct Nesting {
    /// The deepest nesting of brackets.
    brackets: usize,
    /// Of each `<` how many are open that may begin type arguments, itself included, taken together.
    attempts: usize,
}

/// An open bracket.
struct Bracket {
    /// Whether it is that of a `${` in a template.
    is_in_template: bool,
    /// How many `<` are open in front of it.
    angles: usize,
}

/// Which bytes [`nesting`] stops at.
static STOPS: ByteSet = ByteSet::new(b"/\"'`()[]{}<>;=&|");

/// The nesting outside of comments and strings. A regular expression or a text in JSX can mislead it by what looks like
/// a string there, for the rest of a line.
fn nesting(text: &str) -> Nesting {
    let bytes = text.as_bytes();
    let mut open: Vec<Bracket> = Vec::new();
    let mut angles = 0;
    let mut found = Nesting::default();
    let mut index = 0;
    while let Some(ahead) = bytes[index..].iter().position(|byte| STOPS.contains(*byte)) {
        let byte = bytes[index + ahead];
        index += ahead + 1;
        let next = bytes.get(index);
        match byte {
            b'/' if next == Some(&b'/') => {
                index = memchr::memchr(b'\n', &bytes[index..]).map_or(bytes.len(), |end| index + end);
            }
            b'/' if next == Some(&b'*') => {
                let end = memchr::memmem::find(&bytes[index + 1..], b"*/");
                index = end.map_or(bytes.len(), |end| index + 1 + end + 2);
            }
            b'"' | b'\'' => index = end_of_string(bytes, index, byte).unwrap_or(index),
            b'`' => index = template(bytes, index, angles, &mut open).min(bytes.len()),
            b'(' | b'[' | b'{' => open.push(Bracket { is_in_template: false, angles }),
            b')' | b']' | b'}' => {
                let closed = open.pop();
                angles = closed.as_ref().map_or(0, |bracket| bracket.angles);
                if byte == b'}' && closed.is_some_and(|bracket| bracket.is_in_template) {
                    index = template(bytes, index, angles, &mut open).min(bytes.len());
                }
            }
            b'<' => {
                angles += 1;
                found.attempts += angles;
            }
            b'>' if index < 2 || bytes[index - 2] != b'=' => angles = angles.saturating_sub(1).max(outside(&open)),
            // These are in no type arguments.
            b';' => angles = outside(&open),
            b'=' if next != Some(&b'>') => angles = outside(&open),
            b'&' | b'|' if next == Some(&byte) => angles = outside(&open),
            _ => continue,
        }
        found.brackets = found.brackets.max(open.len());
    }
    found
}

/// How many `<` are open in front of the innermost bracket.
fn outside(open: &[Bracket]) -> usize {
    open.last().map_or(0, |bracket| bracket.angles)
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
fn template(bytes: &[u8], mut index: usize, angles: usize, open: &mut Vec<Bracket>) -> usize {
    while let Some(&byte) = bytes.get(index) {
        index += 1;
        match byte {
            b'\\' => index += 1,
            b'`' => return index,
            b'$' if bytes.get(index) == Some(&b'{') => {
                open.push(Bracket { is_in_template: true, angles });
                return index + 1;
            }
            _ => {}
        }
    }
    index
}

#[cfg(test)]
mod tests {
    use super::{COUNTED, MAX_BRACKETS, can_be_too_much, nesting, tokens};

    fn brackets(text: &str) -> usize {
        nesting(text).brackets
    }

    fn attempts(text: &str) -> usize {
        nesting(text).attempts
    }

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
    fn what_may_be_type_arguments_counts_with_what_is_open_in_front_of_it() {
        assert_eq!(attempts("a < b < c < d"), 1 + 2 + 3);
        assert_eq!(attempts("a < b | '=' | c /* ; */ < [d < e] < f"), 1 + 2 + 3 + 3);
        assert_eq!(attempts("f<A<B>>(x); g<C>()"), 1 + 2 + 1);
        assert_eq!(attempts("(a < b) < c; d <= e; x = y < z && z < y"), 1 + 1 + 1 + 1 + 1);
        assert_eq!(attempts("for (; i < n; ) { f<A>(() => j < k) }"), 1 + 1 + 1);
        assert!(can_be_too_much(&"a < ".repeat(1_000)));
    }

    #[test]
    fn words_and_signs_are_tokens() {
        assert_eq!(tokens(""), 0);
        assert_eq!(tokens("let a_1 = f( x )"), 7);
        assert_eq!(tokens(" \u{c}$é\t\r\n@Z"), 3);
    }

    #[test]
    fn long_texts_are_counted_to_their_ends() {
        for length in [1, COUNTED - 1, COUNTED, COUNTED + 1, 3 * COUNTED + 7] {
            assert_eq!(tokens(&"+".repeat(length)), length);
            assert_eq!(tokens(&"a ".repeat(length)), length);
            assert_eq!(tokens(&"a".repeat(length)), 1);
            assert!(!can_be_too_much(&("([{)]}".repeat(MAX_BRACKETS / 3) + &"x".repeat(length))));
            assert!(can_be_too_much(&("x".repeat(length) + &"([{)]}".repeat(MAX_BRACKETS / 3 + 1))));
        }
    }
}
