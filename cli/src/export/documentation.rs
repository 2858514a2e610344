//! What the text says about a symbol: the head of its statement, and its docstring or the documentation comment above
//! it.
//!
//! The IR has neither. A small reader finds them in the text of a file, told by the IR where to look; what it does not
//! understand it leaves out. It never fails.

use esker_engine::api::{Symbol, SymbolKind};

/// The longest head that is shown, in bytes: enough for a function with dozens of parameters.
const LONGEST_HEAD: usize = 2000;

/// The longest line that is shown for a variable.
const LONGEST_LINE: usize = 200;

/// The head of a symbol's statement, and its docstring, as far as it has them.
pub(super) fn documentation(text: &str, symbol: &Symbol) -> (Option<String>, Option<String>) {
    let name_start = symbol.name_span.start.0 as usize;
    let name_end = symbol.name_span.end.0 as usize;
    if !text.is_char_boundary(name_start) || !text.is_char_boundary(name_end) {
        return (None, None);
    }
    match symbol.kind {
        SymbolKind::Module => (None, docstring(text, 0)),
        SymbolKind::Class | SymbolKind::Function | SymbolKind::Method => {
            let Some(colon) = end_of_head(text.as_bytes(), name_end) else { return (None, None) };
            let line = text[..name_start].rfind('\n').map_or(0, |newline| newline + 1);
            let head = (colon - line <= LONGEST_HEAD).then(|| dedented(&text[line..colon]));
            (head, docstring(text, colon + 1))
        }
        SymbolKind::Variable
        | SymbolKind::Field
        | SymbolKind::TypeAlias
        | SymbolKind::Interface
        | SymbolKind::Enum
        | SymbolKind::Namespace => {
            let line = text[..name_start].rfind('\n').map_or(0, |newline| newline + 1);
            let rest = text[line..].lines().next().unwrap_or_default().trim();
            (Some(shortened(rest)), None)
        }
        SymbolKind::Parameter | SymbolKind::TypeParameter | SymbolKind::Import => (None, None),
    }
}

/// The line in which a symbol's name stands, and the comment of the form `/** … */` above it, in a language of which no
/// more is understood here. Neither for the file itself and for what has no line of its own.
pub(super) fn line_and_comment(text: &str, symbol: &Symbol) -> (Option<String>, Option<String>) {
    let has_line = !matches!(
        symbol.kind,
        SymbolKind::Module | SymbolKind::Parameter | SymbolKind::TypeParameter | SymbolKind::Import
    );
    let start = symbol.name_span.start.0 as usize;
    let Some(before) = text.get(..start).filter(|_| has_line) else { return (None, None) };
    let line = before.rfind('\n').map_or(0, |newline| newline + 1);
    let shown = shortened(text[line..].lines().next().unwrap_or_default().trim());
    (Some(shown), comment(before, line))
}

/// The documentation comment of the statement whose name comes next, with the start of the name's line. None if the
/// line has other names before it.
fn comment(before: &str, line: usize) -> Option<String> {
    let prefix = &before[line..];
    let words = prefix.rsplit_once("*/").map_or(prefix, |(_, words)| words);
    if !words.chars().all(|c| c.is_alphanumeric() || "_$#*'\"[ \t".contains(c)) {
        return None;
    }
    let mut above = before[..before.len() - words.len()].trim_end();
    // Decorators have lines of their own.
    while let Some(decorator) = above.lines().next_back().filter(|line| line.trim_start().starts_with('@')) {
        above = above[..above.len() - decorator.len()].trim_end();
    }
    let inside = above.strip_suffix("*/")?;
    let inside = inside[inside.rfind("/*")?..].strip_prefix("/**")?;
    let unstarred = |line: &str| {
        let line = line.trim();
        let text = line.strip_prefix('*').unwrap_or(line);
        text.strip_prefix(' ').unwrap_or(text).to_owned()
    };
    let lines: Vec<String> = inside.lines().map(unstarred).collect();
    let text = lines.join("\n").trim_matches('\n').to_owned();
    // What begins with more stars is a banner.
    (!text.is_empty() && !inside.starts_with('*')).then_some(text)
}

/// Where the colon is that ends the head of a compound statement.
fn end_of_head(text: &[u8], from: usize) -> Option<usize> {
    let mut depth = 0_u32;
    let mut at = from;
    loop {
        match *text.get(at)? {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.checked_sub(1)?,
            b'#' => at += text[at..].iter().position(|byte| *byte == b'\n')?,
            b'"' | b'\'' => {
                at = end_of_string(text, at)?.1;
                continue;
            }
            b':' if depth == 0 => return Some(at),
            _ => {}
        }
        at += 1;
    }
}

/// Where the content of a string literal ends that begins at this quote, and where the literal does.
fn end_of_string(text: &[u8], at: usize) -> Option<(usize, usize)> {
    let quote = *text.get(at)?;
    let width = if text[at..].starts_with(&[quote; 3]) { 3 } else { 1 };
    let mut next = at + width;
    loop {
        match *text.get(next)? {
            b'\\' => next += 2,
            byte if byte == quote && text[next..].starts_with(&[quote, quote, quote][..width]) => {
                return Some((next, next + width));
            }
            b'\n' if width == 1 => return None,
            _ => next += 1,
        }
    }
}

/// The string that is the first statement of a body which begins here, without its indentation.
fn docstring(text: &str, from: usize) -> Option<String> {
    let bytes = text.as_bytes();
    let mut at = from;
    loop {
        match *bytes.get(at)? {
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' => at += 1,
            b'#' => at += bytes[at..].iter().position(|byte| *byte == b'\n')?,
            _ => break,
        }
    }
    if matches!(bytes[at], b'r' | b'R' | b'u' | b'U') {
        at += 1;
    }
    let quote = at;
    if !matches!(bytes.get(quote)?, b'"' | b'\'') {
        return None;
    }
    let (end, after) = end_of_string(bytes, quote)?;
    // Something else may be made of the string, or another one be joined to it.
    let rest = bytes[after..].iter().find(|byte| !matches!(byte, b' ' | b'\t' | b'\r'));
    if !matches!(rest, None | Some(b'\n' | b'#' | b';')) {
        return None;
    }
    let width = (after - end).min(end - quote);
    let text = dedented(text.get(quote + width..end)?);
    (!text.is_empty()).then_some(text)
}

/// A text of several lines without what all but the first are indented by, and without blank lines around it.
fn dedented(text: &str) -> String {
    let indentation = |line: &str| line.len() - line.trim_start().len();
    let rest = text.lines().skip(1).filter(|line| !line.trim().is_empty());
    let common = rest.map(indentation).min().unwrap_or(0);
    let mut lines: Vec<&str> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let line =
            if number == 0 { line.trim_start() } else { line.get(common..).unwrap_or_else(|| line.trim_start()) };
        lines.push(line.trim_end());
    }
    let start = lines.iter().position(|line| !line.is_empty()).unwrap_or(lines.len());
    let end = lines.iter().rposition(|line| !line.is_empty()).map_or(start, |last| last + 1);
    lines[start..end].join("\n")
}

fn shortened(line: &str) -> String {
    if line.len() <= LONGEST_LINE {
        return line.to_owned();
    }
    let end = (0..=LONGEST_LINE).rev().find(|end| line.is_char_boundary(*end)).unwrap_or(0);
    format!("{}…", &line[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, head: Option<&str>, doc: Option<&str>) {
        let start = text.find("name").map_or(0, |start| start + "name".len());
        let colon = end_of_head(text.as_bytes(), start);
        let found = colon.map(|colon| dedented(&text[..colon]));
        assert_eq!(found.as_deref(), head, "{text}");
        assert_eq!(colon.and_then(|colon| docstring(text, colon + 1)).as_deref(), doc, "{text}");
    }

    #[test]
    fn heads_end_at_their_colon() {
        check(
            "def name(a: int, b=lambda: 1) -> dict[str:1]: pass",
            Some("def name(a: int, b=lambda: 1) -> dict[str:1]"),
            None,
        );
        check(
            "def name(a=':', # :\n    b=\"\"\":\"\"\"):\n  pass",
            Some("def name(a=':', # :\nb=\"\"\":\"\"\")"),
            None,
        );
        check("class name:\n  x = 1", Some("class name"), None);
        check("def name(", None, None);
        check("def name(a='", None, None);
    }

    #[test]
    fn documentation_comments_stand_above_their_statement() {
        let check = |text: &str, expected: Option<&str>| {
            let before = &text[..text.find("name").unwrap()];
            let line = before.rfind('\n').map_or(0, |newline| newline + 1);
            assert_eq!(comment(before, line).as_deref(), expected, "{text}");
        };
        check("/** One. */ name", Some("One."));
        check("/**\n * One.\n *\n *   Two.\n */\nexport default async function* name", Some("One.\n\n  Two."));
        check("class C {\n  /** One.\n      Two. */\n  @a\n  @b(1)\n  static #name", Some("One.\nTwo."));
        check("/** One. */\n\n'name'", Some("One."));
        check("// One.\nname", None);
        check("/* One. */\nname", None);
        check("/**/\nname", None);
        check("/*** One. ***/\nname", None);
        check("/** One. */\nenum E { name", None);
        check("/** One. */\nother();\nname", None);
        check("*/ name", None);
    }

    #[test]
    fn docstrings_are_the_first_statement() {
        check(
            "def name():\n    '''One.\n\n    Two.\n      Three.\n    '''\n",
            Some("def name()"),
            Some("One.\n\nTwo.\n  Three."),
        );
        check("def name(): 'x'", Some("def name()"), Some("x"));
        check("def name():\n    # why\n\n    r\"a\\\"b\"  # what\n", Some("def name()"), Some("a\\\"b"));
        check("def name():\n    'x' 'y'\n", Some("def name()"), None);
        check("def name():\n    'x'.join(y)\n", Some("def name()"), None);
        check("def name():\n    f'x'\n", Some("def name()"), None);
        check("def name():\n    ''\n", Some("def name()"), None);
        check("def name():\n    'unterminated\n", Some("def name()"), None);
    }
}
