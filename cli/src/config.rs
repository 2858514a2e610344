//! The configuration: `esker.toml`, or `[tool.esker]` in `pyproject.toml`.
//!
//! ```text
//! root::ConfigFile ─▶ toml with places ─▶ reader: one typed value at a time ─▶ Config
//! ```
//!
//! Every key is optional. A key that does not exist and a value that cannot be used are errors that show their place.

mod reader;

use esker_engine::api::{EdgeKinds, LowerOptions};
use ignore::gitignore::GitignoreBuilder;
use toml::de::DeTable;

use crate::error::Result;
use crate::root::ConfigFile;
use reader::{Place, Reader, Value};

/// The keys of the top level, as they are suggested.
const KEYS: [&str; 9] = [
    "roots",
    "include",
    "exclude",
    "respect-gitignore",
    "edges",
    "string-imports",
    "string-imports-min-dots",
    "max-file-size",
    "python",
];
const PYTHON_KEYS: [&str; 1] = ["version"];

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
            lower: LowerOptions::default(),
        }
    }
}

impl Config {
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
                "python" => {
                    for (key, value) in reader.entries(value.table()?, "python.") {
                        match key.name {
                            "version" => config.lower.language_version = Some(version(&value)?),
                            _ => return Err(reader.unknown(&key, &PYTHON_KEYS)),
                        }
                    }
                }
                _ => return Err(reader.unknown(&key, &KEYS)),
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
    match GitignoreBuilder::new("").add_line(None, text) {
        Ok(_) => Ok(text.to_owned()),
        Err(error) => Err(place.error(format!("`{text}` is not a glob: {error}"))),
    }
}

fn edges(value: &Value<'_, '_>) -> Result<EdgeKinds> {
    let mut list = String::new();
    for (word, place) in value.strings("edge kinds")? {
        if let Err(error) = word.parse::<EdgeKinds>() {
            return Err(place.error_with_guess(error.to_string(), word, EdgeKinds::all_names()));
        }
        if !list.is_empty() {
            list.push(',');
        }
        list.push_str(word);
    }
    list.parse().map_err(|error: esker_engine::api::UnknownKind| value.place().error(error.to_string()))
}

/// A number of bytes, or text such as `16MiB`. Powers of 1024 with `i` or without a `B`, of 1000 otherwise.
fn size(value: &Value<'_, '_>) -> Result<u64> {
    let wanted = || value.place().error("expected a size such as \"16MiB\" or a number of bytes".to_owned());
    let Some(text) = value.text() else { return value.number().map_err(|_| wanted()) };
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
        _ => return Err(wanted()),
    };
    number.parse::<u64>().ok().and_then(|number| number.checked_mul(factor)).ok_or_else(wanted)
}

fn version(value: &Value<'_, '_>) -> Result<(u8, u8)> {
    let parsed = value.text().and_then(|text| {
        let (major, minor) = text.split_once('.')?;
        Some((major.parse().ok()?, minor.parse().ok()?))
    });
    match parsed {
        Some((3, minor)) => Ok((3, minor)),
        _ => Err(value.place().error("expected a version of Python 3 such as \"3.12\"".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn read(text: &str) -> Result<Config> {
        Config::read(&ConfigFile { path: PathBuf::from("/r/esker.toml"), text: text.to_owned(), table: &[] })
    }

    fn check_error(text: &str, expected: &str) {
        let error = read(text).unwrap_err();
        let hints: String = error.hints().iter().map(|hint| format!("\n  hint: {hint}")).collect();
        assert_eq!(format!("{}{hints}", error.message()), expected.trim_matches('\n'));
    }

    #[test]
    fn an_empty_file_is_the_default() {
        assert_eq!(read("").unwrap(), Config::default());
    }

    #[test]
    fn every_key_is_read() {
        let text = "
            roots = ['src/', '.']
            include = ['*.py']
            exclude = ['build/']
            respect-gitignore = false
            edges = ['-lazy', '-star']
            string-imports = true
            string-imports-min-dots = 1
            max-file-size = '2MiB'
            python.version = '3.9'
        ";
        let expected = Config {
            roots: Some(vec!["src".into(), ".".into()]),
            include: vec!["*.py".into()],
            exclude: vec!["build/".into()],
            respect_gitignore: false,
            edges: EdgeKinds::DEFAULT_POLICY - EdgeKinds::LAZY - EdgeKinds::STAR,
            max_file_bytes: 2 << 20,
            lower: LowerOptions { string_imports_min_dots: Some(1), language_version: Some((3, 9)) },
        };
        assert_eq!(read(text).unwrap(), expected);
    }

    #[test]
    fn sizes_are_numbers_of_bytes_or_have_units() {
        let size = |text: &str| read(&format!("max-file-size = {text}")).ok().map(|config| config.max_file_bytes);
        assert_eq!(size("100"), Some(100));
        assert_eq!(size("1_000"), Some(1000));
        assert_eq!(size("'16MiB'"), Some(16 << 20));
        assert_eq!(size("'16 M'"), Some(16 << 20));
        assert_eq!(size("'16MB'"), Some(16_000_000));
        assert_eq!(size("'1.5GB'"), None);
        assert_eq!(size("'99999999999GiB'"), None);
        assert_eq!(size("-1"), None);
        assert_eq!(size("true"), None);
    }

    #[test]
    fn an_unknown_key_is_shown_with_the_nearest_one() {
        check_error(
            "roots = []\nexclud = ['a']",
            "
/r/esker.toml:2: there is no key `exclud`
  |
2 | exclud = ['a']
  | ^^^^^^
  hint: did you mean `exclude`?",
        );
    }

    #[test]
    fn an_unknown_key_that_is_near_to_none_lists_them_all() {
        check_error(
            "[python]\nversions-of-yore = 1",
            "
/r/esker.toml:2: there is no key `python.versions-of-yore`
  |
2 | versions-of-yore = 1
  | ^^^^^^^^^^^^^^^^
  hint: the keys are version",
        );
    }

    #[test]
    fn a_value_of_the_wrong_type_is_shown() {
        check_error(
            "include = [\n  '*.py',\n  7,\n]",
            "
/r/esker.toml:3: expected a list of globs, found an integer in it
  |
3 |   7,
  |   ^",
        );
        check_error(
            "respect-gitignore = 'yes'",
            "
/r/esker.toml:1: expected true or false, found a string
  |
1 | respect-gitignore = 'yes'
  |                     ^^^^^",
        );
    }

    #[test]
    fn an_unknown_edge_kind_is_shown_with_the_nearest_one() {
        let error = read("edges = ['lasy']").unwrap_err();
        assert_eq!(error.hints(), ["did you mean `lazy`?"]);
    }

    #[test]
    fn a_broken_glob_is_shown() {
        let error = read("include = ['a', '[b-a]']").unwrap_err();
        assert!(error.message().starts_with("/r/esker.toml:1: `[b-a]` is not a glob: "), "{}", error.message());
    }

    #[test]
    fn import_roots_stay_below_the_root() {
        assert!(read("roots = ['../lib']").is_err());
        assert!(read("roots = ['/lib']").is_err());
    }

    #[test]
    fn broken_toml_is_shown() {
        let error = read("roots = [\n\nx").unwrap_err();
        assert!(error.message().starts_with("/r/esker.toml:3: "), "{}", error.message());
    }

    #[test]
    fn a_shared_file_is_read_at_our_table_alone() {
        let file = |text: &str| ConfigFile {
            path: PathBuf::from("/r/pyproject.toml"),
            text: text.to_owned(),
            table: &["tool", "esker"],
        };
        let config = Config::read(&file("[tool.other]\nx = 1\n[tool.esker]\nexclude = ['a']")).unwrap();
        assert_eq!(config.exclude, ["a"]);
        assert!(Config::read(&file("[tool]\nesker = 3")).is_err());
    }
}
