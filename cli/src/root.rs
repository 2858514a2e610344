//! Finding the root of a code base, and the configuration that marks it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use toml::de::DeTable;

use crate::error::{CommandError, Result};

/// A file of its own for the configuration.
pub(crate) const OWN_FILE: &str = "esker.toml";
/// The file that it may share with other tools, in the table `[tool.esker]`.
const SHARED_FILE: &str = "pyproject.toml";

/// The root of a code base.
#[derive(Debug)]
pub(crate) struct Root {
    /// Absolute and without symbolic links.
    pub(crate) path: PathBuf,
    /// The configuration's file, if there is one.
    pub(crate) config: Option<ConfigFile>,
}

/// A file with configuration in it.
#[derive(Debug)]
pub(crate) struct ConfigFile {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// The keys that lead to our table, outermost first.
    pub(crate) table: &'static [&'static str],
}

impl Root {
    /// The nearest directory, from `start` upwards, that is marked as a root; `start` itself if none is. In one
    /// directory `esker.toml` is taken before `pyproject.toml`.
    ///
    /// # Errors
    ///
    /// If `start` is no directory or a file that may hold configuration cannot be read.
    pub(crate) fn find(start: &Path) -> Result<Self> {
        let start = start.canonicalize().with_context(|| format!("{} cannot be analyzed", start.display()))?;
        if !start.is_dir() {
            let error = CommandError::new(format!("{} is not a directory", start.display()));
            return Err(error.hint("name the directory to analyze; `--changed` takes single files"));
        }
        for directory in start.ancestors() {
            let config = config_in(directory)?;
            if config.is_some() || directory.join(".git").exists() {
                return Ok(Self { path: directory.to_owned(), config });
            }
        }
        Ok(Self { path: start, config: None })
    }
}

fn config_in(directory: &Path) -> Result<Option<ConfigFile>> {
    config_among(directory, |name| bytes_of(&directory.join(name)))
}

/// The files in a root that may hold its configuration.
pub(crate) const CONFIG_FILES: [&str; 2] = [OWN_FILE, SHARED_FILE];

/// The configuration of a directory in which files have these bytes.
///
/// # Errors
///
/// If the bytes cannot be had, or are no text.
pub(crate) fn config_among(
    directory: &Path,
    mut bytes_of: impl FnMut(&str) -> Result<Option<Vec<u8>>>,
) -> Result<Option<ConfigFile>> {
    let mut text_of = |name| {
        let Some(bytes) = bytes_of(name)? else { return Ok(None) };
        let path = directory.join(name);
        let text = String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))?;
        Result::Ok(Some((path, text)))
    };
    if let Some((path, text)) = text_of(OWN_FILE)? {
        return Ok(Some(ConfigFile { path, text, table: &[] }));
    }
    let shared = text_of(SHARED_FILE)?.filter(|(_, text)| has_our_table(text));
    Ok(shared.map(|(path, text)| ConfigFile { path, text, table: &["tool", "esker"] }))
}

fn bytes_of(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory) => Ok(None),
        Err(error) => Err(anyhow::Error::new(error).context(format!("{} cannot be read", path.display())).into()),
    }
}

/// Whether a `pyproject.toml` has a table for us. One that is broken and speaks of us counts as having it, so that the
/// error is shown; another tool's broken file is none of our business.
fn has_our_table(text: &str) -> bool {
    if !text.contains("esker") {
        return false;
    }
    match DeTable::parse(text) {
        Ok(document) => {
            let tool = document.get_ref().get("tool").and_then(|tool| tool.get_ref().as_table());
            tool.is_some_and(|tool| tool.contains_key("esker"))
        }
        Err(_) => text.contains("tool.esker"),
    }
}
