//! The guard in front of the parser.
//!
//! The parser recurses on brackets, prefix operators, right-hand operands and blocks. It moves to a new piece of stack
//! when one runs out, so depth costs memory instead of crashing: about two kibibytes a level. A short file cannot nest
//! deeply enough to matter; a long one is scanned first. Chains that lean to the left (`a.b.c`, `1+1+1`) cost the
//! parser nothing; they are caught when the tree is visited.

use esker_frontend_api::ByteSet;
use memchr::memmem;
use ruff_python_ast::token::TokenKind;
use ruff_python_parser::{Mode, lexer};

/// Files with fewer bytes are parsed without a scan: at worst every byte is a level, and 140 MiB of memory are used for
/// a moment. In homeassistant 4% of the bytes are in longer files, in the standard library 42%.
const SCANNED_FROM_BYTES: usize = 64 * 1024;

/// The deepest nesting that the parser is given. Far above what the visitor takes, because what counts as a level here
/// is only roughly a level of the tree.
const MAX_LEVELS: u32 = 20_000;

/// Whether a text nests more deeply than the parser should try. Costs nothing for short texts, a glance at the bytes of
/// long ones, and a pass of the lexer for those that have enough of what can nest.
pub(super) fn is_too_deep(text: &str) -> bool {
    text.len() >= SCANNED_FROM_BYTES
        && most_levels(text) > MAX_LEVELS as usize
        && max_levels(text, MAX_LEVELS) > MAX_LEVELS
}

/// The bytes that can open a level. A quote can begin a string in which expressions stand.
static OPENS: ByteSet = ByteSet::new(b"([{-+~*\"'");

/// A number of levels that a text has at most: everything that opens one is taken to be inside of all the others.
fn most_levels(text: &str) -> usize {
    let marks: usize = text.bytes().map(|byte| usize::from(OPENS.contains(byte))).sum();
    let words = ["not", "await", "lambda", "if", "else", "yield"];
    let words: usize = words.map(|word| memmem::find_iter(text.as_bytes(), word).count()).iter().sum();
    // Each block is indented by more than the one around it. A tab may count for eight columns.
    let blocks = 8 + 4 * text.len().isqrt();
    marks + words + blocks
}

/// The deepest nesting of a text, or some number above `enough` as soon as that is passed.
fn max_levels(text: &str, enough: u32) -> u32 {
    let mut lexer = lexer::lex(text, Mode::Module);
    // What was open when each bracket opened, to be restored where it closes.
    let mut outside: Vec<u32> = Vec::new();
    let mut blocks = 0;
    let mut open = 0;
    let mut deepest = 0;
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return deepest,
            TokenKind::Indent => blocks += 1,
            TokenKind::Dedent => blocks = u32::saturating_sub(blocks, 1),
            TokenKind::Lpar
            | TokenKind::Lsqb
            | TokenKind::Lbrace
            | TokenKind::FStringStart
            | TokenKind::TStringStart => {
                outside.push(open);
                open += 1;
            }
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => {
                open = outside.pop().unwrap_or(0)
            }
            TokenKind::Not
            | TokenKind::Minus
            | TokenKind::Plus
            | TokenKind::Tilde
            | TokenKind::Await
            | TokenKind::Lambda
            | TokenKind::If
            | TokenKind::Else
            | TokenKind::DoubleStar
            | TokenKind::Star
            | TokenKind::Yield => open += 1,
            // What follows is beside what came before, not inside it.
            TokenKind::Comma | TokenKind::Semi | TokenKind::For => {
                open = outside.last().map_or(0, |outer| outer + 1);
            }
            TokenKind::Newline => {
                outside.clear();
                open = 0;
            }
            _ => continue,
        }
        deepest = deepest.max(open.saturating_add(blocks));
        if deepest > enough {
            return deepest;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{max_levels, most_levels};

    #[test]
    fn a_glance_never_tells_of_fewer_levels_than_there_are() {
        for text in [
            "f(g(x), [y, {z: 1}])",
            "x = not not -+~ y",
            "x = lambda: lambda: await a if b else c if d else e ** f ** g",
            "def f():\n yield (yield (yield))\n",
            "x = f'{a}' + f\"{f'{b}'}\" + t'{c}'",
            "if a:\n if b:\n  if c:\n   if d:\n    f(*x, **y)\n",
        ] {
            assert!(max_levels(text, 100) as usize <= most_levels(text), "{text}");
        }
        let blocks: String = (0..100).map(|depth| format!("{}if a:\n", " ".repeat(depth))).collect();
        assert!(max_levels(&blocks, 1000) as usize <= most_levels(&blocks));
    }

    #[test]
    fn levels_are_counted_up_to_the_deepest_place() {
        assert_eq!(max_levels("", 100), 0);
        assert_eq!(max_levels("f(g(x), [y])", 100), 2);
        assert_eq!(max_levels("x = not not not y", 100), 3);
        assert_eq!(max_levels("if a:\n  if b:\n    c\nd\n", 100), 2);
    }

    #[test]
    fn separate_elements_and_lines_do_not_add_up() {
        assert_eq!(max_levels(&"(-1, -1, '(((')\n".repeat(50), 100), 2);
        assert_eq!(max_levels(&"x = f'{a}{b}'\n".repeat(50), 100), 2);
    }
}
