//! The configuration: `esker.toml`, or `[tool.esker]` in `pyproject.toml`.
//!
//! ```text
//! root::ConfigFile ─▶ toml with places ─▶ reader: one typed value at a time ─▶ Config
//! ```
//!
//! Every key is optional. A key that does not exist and a value that cannot be used are errors that show their place.

mod keys;
mod reader;
mod schema;
mod template;

use esker_engine::api::{EdgeKinds, LowerOptions, UnknownKind};
use ignore::gitignore::GitignoreBuilder;
use toml::de::DeTable;

use crate::error::Result;
use crate::root::ConfigFile;
use keys::{KEYS, PYTHON_KEYS};
use reader::{Place, Reader, Value};
pub(crate) use schema::schema;
pub(crate) use template::template;

/// A string that reads like a module's name has at least this many dots, unless configured otherwise.
const STRING_IMPORTS_MIN_DOTS: u32 = 2;

/// What the configuration says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Config {
    /// Import roots; `None` to find them from the layout.
    pub(crate) roots: Option<Vec<String>>,
    pub(crate) include: Vec<String>,
    pub(crate) exclude: Vec<String>,
    pub(crate) respect_gitignore: bool,
    /// The kinds that count where a command names none.
    pub(crate) edges: EdgeKinds,
    pub(crate) max_file_bytes: u64,
    /// How much the cache may hold.
    pub(crate) max_cache_bytes: u64,
    pub(crate) lower: LowerOptions,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            roots: None,
            include: Vec::new(),
            exclude: Vec::new(),
            respect_gitignore: true,
            edges: EdgeKinds::DEFAULT_POLICY,
            max_file_bytes: esker_engine::DEFAULT_MAX_FILE_BYTES,
            max_cache_bytes: esker_engine::DEFAULT_MAX_CACHE_BYTES,
            lower: LowerOptions::default(),
        }
    }
}

impl Config {
    /// Whether the same files are analyzed as with another one, and in the same way.
    pub(crate) fn analyzes_like(&self, other: &Self) -> bool {
        let Self { edges, max_cache_bytes, .. } = *self;
        *self == Self { edges, max_cache_bytes, ..other.clone() }
    }

    /// Reads a configuration.
    ///
    /// # Errors
    ///
    /// At the first place that is not TOML, names no key, or holds no value of its key.
    pub(crate) fn read(file: &ConfigFile) -> Result<Self> {
        let reader = Reader::new(file);
        let document = DeTable::parse(&file.text).map_err(|error| reader.syntax(&error))?;
        let Some(table) = reader.descend(document.get_ref(), file.table)? else { return Ok(Self::default()) };

        let mut config = Self::default();
        let mut string_imports = false;
        let mut min_dots = STRING_IMPORTS_MIN_DOTS;
        for (key, value) in reader.entries(table, "") {
            match key.name {
                "roots" => config.roots = Some(value.strings("directories")?.map(import_root).collect::<Result<_>>()?),
                "include" => config.include = value.strings("globs")?.map(glob).collect::<Result<_>>()?,
                "exclude" => config.exclude = value.strings("globs")?.map(glob).collect::<Result<_>>()?,
                "respect-gitignore" => config.respect_gitignore = value.boolean()?,
                "edges" => config.edges = edges(&value)?,
                "string-imports" => string_imports = value.boolean()?,
                "string-imports-min-dots" => min_dots = value.number()?,
                "max-file-size" => config.max_file_bytes = size(&value)?,
                "max-cache-size" => config.max_cache_bytes = size(&value)?,
                "python" => {
                    for (key, value) in reader.entries(value.table()?, "python.") {
                        match key.name {
                            "version" => config.lower.language_version = Some(version(&value)?),
                            _ => return Err(reader.unknown(&key, PYTHON_KEYS)),
                        }
                    }
                }
                _ => return Err(reader.unknown(&key, KEYS)),
            }
        }
        config.lower.string_imports_min_dots = string_imports.then_some(min_dots);
        Ok(config)
    }
}

fn import_root((text, place): (&str, Place<'_>)) -> Result<String> {
    let leads_out = text.starts_with('/') || text.split('/').any(|part| part == "..");
    if leads_out {
        return Err(place.error(format!("the import root `{text}` is not below the root of the repository")));
    }
    let parts: Vec<&str> = text.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    Ok(if parts.is_empty() { ".".to_owned() } else { parts.join("/") })
}

fn glob((text, place): (&str, Place<'_>)) -> Result<String> {
    match GitignoreBuilder::new("").allow_unclosed_class(false).add_line(None, text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(place.error(format!("`{text}` is not a glob: {error}"))),
    }
}

fn edges(value: &Value<'_, '_>) -> Result<EdgeKinds> {
    let mut list = String::new();
    for (word, place) in value.strings("edge kinds")? {
        // A policy is written as one string on the command line, and here as one string a kind.
        let name = word.strip_prefix('-').unwrap_or(word);
        if !keys::edge_words().any(|known| known == name) {
            let error = UnknownKind(name.to_owned());
            return Err(place.error_with_guess(error.to_string(), name, keys::edge_words()));
        }
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(word);
    }
    if list.is_empty() {
        let error = value.place().error("no edge would count: the list is empty".to_owned());
        return Err(error.hint("leave `edges` out for the default, or list kinds to count, such as \"runtime\""));
    }
    list.parse().map_err(|error: UnknownKind| value.place().error(error.to_string()))
}

/// A number of bytes, or text such as `16MiB`. Powers of 1024 with `i` or without a `B`, of 1000 otherwise.
fn size(value: &Value<'_, '_>) -> Result<u64> {
    let wanted = || value.place().error("expected a size such as \"16MiB\" or a number of bytes".to_owned());
    let Some(text) = value.text() else { return value.number().map_err(|_| wanted()) };
    bytes(text).ok_or_else(wanted)
}

/// The same on the command line.
pub(crate) fn parse_size(text: &str) -> std::result::Result<u64, String> {
    bytes(text).ok_or_else(|| "a size is a number of bytes, or a number and a unit such as 16MiB".to_owned())
}

fn bytes(text: &str) -> Option<u64> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let (number, unit) = text.split_at(digits);
    let factor: u64 = match unit.trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        "kb" => 1_000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(factor)
}

fn version(value: &Value<'_, '_>) -> Result<(u8, u8)> {
    // Numbers read with a sign too.
    let minor = value
        .text()
        .and_then(|text| text.strip_prefix("3."))
        .filter(|minor| minor.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|minor| minor.parse().ok());
    let wanted = || {
        let error = value.place().error("expected a version of Python 3 such as \"3.12\"".to_owned());
        if value.text().is_none() { error.hint("it is a string, in quotes: 3.10 as a number is 3.1") } else { error }
    };
    minor.map(|minor| (3, minor)).ok_or_else(wanted)
}

#[cfg(test)]
mod tests;
