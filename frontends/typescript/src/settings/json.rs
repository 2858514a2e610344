//! JSON as settings files have it: with comments and with commas at the end of lists, as the TypeScript compiler reads
//! it.

use esker_frontend_api::Setting;

/// How deep lists and mappings may nest.
const MAX_DEPTH: u32 = 64;

/// Why a text is no JSON, and what could be read of it all the same.
#[derive(Debug)]
pub(super) struct JsonError {
    pub(super) offset: usize,
    pub(super) message: &'static str,
    pub(super) read: Option<Setting>,
}

/// Reads a text. What is wrong with it ends the reading; what was read until then is kept.
pub(super) fn parse(text: &str) -> Result<Setting, JsonError> {
    let mut reader = Reader { text, at: 0, depth: 0, error: None };
    let value = reader.value();
    reader.blanks();
    if reader.error.is_none() && reader.at < text.len() {
        reader.fail("something follows the value");
    }
    match (reader.error, value) {
        (None, Some(value)) => Ok(value),
        (error, read) => {
            let (offset, message) = error.unwrap_or((reader.at, "a value is missing"));
            Err(JsonError { offset, message, read })
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    error: Option<(usize, &'static str)>,
}

impl Reader<'_> {
    fn fail(&mut self, message: &'static str) {
        self.error.get_or_insert((self.at, message));
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    /// Passes over blanks and comments.
    fn blanks(&mut self) {
        loop {
            let rest = &self.text[self.at..];
            let passed = match rest.as_bytes() {
                [b'/', b'/', ..] => rest.find('\n').unwrap_or(rest.len()),
                [b'/', b'*', ..] => rest.find("*/").map_or(rest.len(), |end| end + 2),
                _ => rest.len() - rest.trim_start().len(),
            };
            if passed == 0 {
                return;
            }
            self.at += passed;
        }
    }

    fn value(&mut self) -> Option<Setting> {
        self.blanks();
        match self.peek()? {
            b'{' => self.nested(b'}', Self::map),
            b'[' => self.nested(b']', Self::list),
            b'"' | b'\'' => self.string().map(Setting::Text),
            _ => self.word(),
        }
    }

    fn nested(&mut self, end: u8, read: impl FnOnce(&mut Self, u8) -> Setting) -> Option<Setting> {
        if self.depth >= MAX_DEPTH {
            self.fail("lists and objects nest too deeply");
            return None;
        }
        self.at += 1;
        self.depth += 1;
        let value = read(self, end);
        self.depth -= 1;
        Some(value)
    }

    fn list(&mut self, end: u8) -> Setting {
        let mut items = Vec::new();
        while !self.ends(end) {
            match self.value() {
                Some(item) => items.push(item),
                None => self.fail("a value is missing"),
            }
            self.comma(end);
        }
        Setting::List(items)
    }

    fn map(&mut self, end: u8) -> Setting {
        let mut entries = Vec::new();
        while !self.ends(end) {
            let Some(key) = self.string() else {
                self.fail("a key is missing");
                break;
            };
            self.blanks();
            if self.peek() != Some(b':') {
                self.fail("a colon is missing");
                break;
            }
            self.at += 1;
            match self.value() {
                Some(value) => entries.push((key, value)),
                None => self.fail("a value is missing"),
            }
            self.comma(end);
        }
        Setting::Map(entries)
    }

    /// Whether the list ends here: with its bracket, or because something went wrong.
    fn ends(&mut self, end: u8) -> bool {
        self.blanks();
        if self.error.is_some() {
            return true;
        }
        match self.peek() {
            Some(byte) if byte == end => {
                self.at += 1;
                true
            }
            Some(_) => false,
            None => {
                self.fail("the file ends inside a list or an object");
                true
            }
        }
    }

    fn comma(&mut self, end: u8) {
        self.blanks();
        match self.peek() {
            Some(b',') => self.at += 1,
            Some(byte) if byte == end => {}
            _ => self.fail("a comma is missing"),
        }
    }

    fn string(&mut self) -> Option<String> {
        let quote = self.peek().filter(|byte| matches!(byte, b'"' | b'\''))?;
        let mut value = String::new();
        let mut characters = self.text[self.at + 1..].char_indices();
        while let Some((index, character)) = characters.next() {
            match character {
                '\\' => match characters.next()?.1 {
                    'n' => value.push('\n'),
                    't' => value.push('\t'),
                    'r' => value.push('\r'),
                    'u' => {
                        let digits: String = characters.by_ref().take(4).map(|(_, digit)| digit).collect();
                        let code = u32::from_str_radix(&digits, 16).ok();
                        value.push(code.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER));
                    }
                    other => value.push(other),
                },
                '\n' => break,
                _ if character as u32 == u32::from(quote) => {
                    self.at += 1 + index + 1;
                    return Some(value);
                }
                _ => value.push(character),
            }
        }
        self.fail("a string does not end");
        None
    }

    fn word(&mut self) -> Option<Setting> {
        let rest = &self.text[self.at..];
        let length = rest.find(|end: char| !(end.is_ascii_alphanumeric() || matches!(end, '+' | '-' | '.')));
        let word = &rest[..length.unwrap_or(rest.len())];
        let value = match word {
            "true" => Setting::Boolean(true),
            "false" => Setting::Boolean(false),
            "null" => Setting::Null,
            _ if word.starts_with(|first: char| first.is_ascii_digit() || first == '-') => {
                Setting::Number(word.to_owned())
            }
            _ => return None,
        };
        self.at += word.len();
        Some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_trailing_commas_are_read_over() {
        let text = "// a\n{ /* b */ \"paths\": { \"@/*\": [\"src/*\",], }, \"n\": -1.5, \"t\": true, }\n";
        let value = parse(text).expect("it is JSON");
        assert_eq!(
            value.get("paths").and_then(|paths| paths.get("@/*")).map(|list| list.texts().collect()),
            Some(vec!["src/*"])
        );
        assert_eq!(value.get("n"), Some(&Setting::Number("-1.5".to_owned())));
    }

    #[test]
    fn what_comes_before_a_mistake_is_kept() {
        let error = parse("{\"name\": \"a\", \"main\" \"b\"}").expect_err("a colon is missing");
        assert_eq!((error.offset, error.message), (21, "a colon is missing"));
        assert_eq!(error.read.and_then(|read| read.text_of("name").map(str::to_owned)).as_deref(), Some("a"));
    }

    #[test]
    fn deep_nesting_is_refused() {
        assert!(parse(&"[".repeat(100_000)).is_err());
        assert!(parse(&"{\"a\":".repeat(100_000)).is_err());
    }
}
