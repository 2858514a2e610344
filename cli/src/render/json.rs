//! Answers as JSON.

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
