//! Answers as JSON.

use std::io::{self, Write};

use anyhow::Context as _;
use serde::Serialize;

use crate::error::Result;

/// One value, indented, as a whole text file.
pub(crate) fn json(value: &impl Serialize) -> Result<Vec<u8>> {
    let mut text = serde_json::to_vec_pretty(value).context("the answer has no JSON form")?;
    text.push(b'\n');
    Ok(text)
}

/// Each value on a line of its own.
pub(crate) fn json_lines(values: impl IntoIterator<Item = impl Serialize>) -> Result<Vec<u8>> {
    let mut text = Vec::new();
    for value in values {
        serde_json::to_writer(&mut text, &value).context("the answer has no JSON form")?;
        text.push(b'\n');
    }
    Ok(text)
}

/// An array that is written piece by piece, in the form that [`json`] gives it as a whole.
pub(crate) struct Rows<W> {
    out: W,
    any: bool,
}

impl<W: Write> Rows<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { out, any: false }
    }

    pub(crate) fn out(&mut self) -> &mut W {
        &mut self.out
    }

    pub(crate) fn json(&mut self, row: &impl Serialize) -> io::Result<()> {
        let text = serde_json::to_string_pretty(row)?;
        let begin = if std::mem::replace(&mut self.any, true) { ",\n  " } else { "[\n  " };
        write!(self.out, "{begin}{}", text.replace('\n', "\n  "))
    }

    pub(crate) fn end(&mut self) -> io::Result<()> {
        self.out.write_all(if self.any { b"\n]\n" } else { b"[]\n" })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json as value};

    use super::*;

    #[test]
    fn an_array_in_pieces_is_the_same_as_a_whole_one() {
        for rows in [vec![], vec![value!({"a": 1})], vec![value!({"a": 1, "b": ["c", "d"]}), value!({})]] {
            let mut pieces = Rows::new(Vec::new());
            rows.iter().for_each(|row: &Value| pieces.json(row).unwrap());
            pieces.end().unwrap();
            assert_eq!(String::from_utf8(pieces.out).unwrap(), String::from_utf8(json(&rows).unwrap()).unwrap());
        }
    }
}
