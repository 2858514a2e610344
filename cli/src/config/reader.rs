//! Reads values out of TOML and shows the place of those that cannot be used.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::args::paths::nearest;
use crate::error::{CommandError, Excerpt, Result};
use crate::root::ConfigFile;

use super::keys::KeySpec;

/// Reads one file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reader<'f> {
    file: &'f ConfigFile,
}

/// A key and where it stands.
#[derive(Debug)]
pub(super) struct Key<'f, 't> {
    /// The key within its table.
    pub(super) name: &'t str,
    /// What stands before it in its full name, with the dot.
    prefix: &'static str,
    place: Place<'f>,
}

/// A value and where it stands.
#[derive(Debug)]
pub(super) struct Value<'f, 't> {
    value: &'t DeValue<'t>,
    place: Place<'f>,
}

/// A stretch of the file.
#[derive(Debug, Clone)]
pub(super) struct Place<'f> {
    reader: Reader<'f>,
    span: Range<usize>,
}

impl<'f> Reader<'f> {
    pub(super) fn new(file: &'f ConfigFile) -> Self {
        Self { file }
    }

    /// The error for a file that is not TOML.
    pub(super) fn syntax(self, error: &toml::de::Error) -> CommandError {
        self.place(error.span().unwrap_or_default()).error(error.message().to_owned())
    }

    /// The table that these keys lead to, or `None` if there is none.
    pub(super) fn descend<'t>(self, document: &'t DeTable<'t>, keys: &[&str]) -> Result<Option<&'t DeTable<'t>>> {
        let mut table = document;
        for key in keys {
            let Some(value) = table.get(*key) else { return Ok(None) };
            table = self.value(value).table()?;
        }
        Ok(Some(table))
    }

    /// The entries of a table in the order in which they are written.
    pub(super) fn entries<'t>(
        self,
        table: &'t DeTable<'t>,
        prefix: &'static str,
    ) -> impl Iterator<Item = (Key<'f, 't>, Value<'f, 't>)> + use<'f, 't> {
        let mut entries: Vec<(&Spanned<DeString<'_>>, _)> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries.into_iter().map(move |(key, value)| {
            let name: &str = key.get_ref();
            (Key { name, prefix, place: self.place(key.span()) }, self.value(value))
        })
    }

    /// The error for a key that does not exist.
    pub(super) fn unknown(self, key: &Key<'_, '_>, known: &[KeySpec]) -> CommandError {
        let message = format!("there is no key `{}{}`", key.prefix, key.name);
        let names = || known.iter().map(|key| key.name);
        if nearest(key.name, names()).is_some() {
            return key.place.error_with_guess(message, key.name, names());
        }
        let (keys, are) = if known.len() == 1 { ("key here", "is") } else { ("keys here", "are") };
        key.place.error(message).hint(format!("the {keys} {are} {}", names().collect::<Vec<_>>().join(", ")))
    }

    fn value<'t>(self, value: &'t Spanned<DeValue<'t>>) -> Value<'f, 't> {
        Value { value: value.get_ref(), place: self.place(value.span()) }
    }

    fn place(self, span: Range<usize>) -> Place<'f> {
        Place { reader: self, span }
    }
}

impl<'f, 't> Value<'f, 't> {
    pub(super) fn place(&self) -> &Place<'f> {
        &self.place
    }

    pub(super) fn text(&self) -> Option<&'t str> {
        self.value.as_str()
    }

    pub(super) fn boolean(&self) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| self.unexpected("true or false"))
    }

    /// A whole number that is not negative.
    pub(super) fn number<N: TryFrom<u64>>(&self) -> Result<N> {
        let number =
            self.value.as_integer().and_then(|number| u64::from_str_radix(number.as_str(), number.radix()).ok());
        number.and_then(|number| N::try_from(number).ok()).ok_or_else(|| self.unexpected("a number, 0 or greater"))
    }

    pub(super) fn table(&self) -> Result<&'t DeTable<'t>> {
        self.value.as_table().ok_or_else(|| self.unexpected("a table"))
    }

    /// The strings of a list, each with its place. `what` names them.
    pub(super) fn strings(&self, what: &str) -> Result<std::vec::IntoIter<(&'t str, Place<'f>)>> {
        let wanted = format!("a list of {what}");
        let list = self.value.as_array().ok_or_else(|| self.unexpected(&wanted))?;
        let string = |item: &'t Spanned<DeValue<'t>>| {
            let place = self.place.reader.place(item.span());
            match item.get_ref().as_str() {
                Some(text) => Ok((text, place)),
                None => Err(place.error(format!("expected {wanted}, found {} in it", type_name(item.get_ref())))),
            }
        };
        Ok(list.iter().map(string).collect::<Result<Vec<_>>>()?.into_iter())
    }

    fn unexpected(&self, wanted: &str) -> CommandError {
        self.place.error(format!("expected {wanted}, found {}", type_name(self.value)))
    }
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

impl Place<'_> {
    /// An error that shows this place.
    pub(super) fn error(&self, message: String) -> CommandError {
        self.labelled(message, String::new())
    }

    /// The same with the nearest of the words that could stand here.
    pub(super) fn error_with_guess<'w>(
        &self,
        message: String,
        word: &str,
        known: impl IntoIterator<Item = &'w str>,
    ) -> CommandError {
        let guess = nearest(word, known).map(|guess| format!("did you mean `{guess}`?"));
        self.labelled(message, guess.unwrap_or_default())
    }

    fn labelled(&self, message: String, label: String) -> CommandError {
        let ConfigFile { path, text, .. } = self.reader.file;
        CommandError::new(message).at(Excerpt {
            path: path.clone(),
            text: text.clone(),
            span: self.span.clone(),
            label,
        })
    }
}
