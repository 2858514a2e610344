//! The JSON schema of the configuration, by which editors complete and check `esker.toml`.
//!
//! It is draft 7, the newest that TOML plug-ins of editors commonly know. It accepts what the reader accepts, but for
//! two things that a schema cannot tell: whether a text is a glob, and whether a size fits into 64 bits.

use serde_json::{Map, Value, json};

use super::keys::{Default, KEYS, KeySpec, Values, edge_words};

/// The schema of `esker.toml` and of the table `[tool.esker]`.
pub(crate) fn schema() -> Value {
    let mut schema = json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "Configuration of Esker",
        "description": "esker.toml, or the table [tool.esker] of pyproject.toml. Every key is optional.",
    });
    merge(&mut schema, table(KEYS));
    schema
}

fn table(keys: &[KeySpec]) -> Value {
    let properties: Map<String, Value> = keys.iter().map(|key| (key.name.to_owned(), property(key))).collect();
    json!({ "type": "object", "properties": properties, "additionalProperties": false })
}

fn property(key: &KeySpec) -> Value {
    let mut property = json!({ "description": key.about.join(" ") });
    merge(&mut property, values(key.values));
    match key.default {
        Default::Written(text) => property["default"] = as_json(text),
        Default::Found(text) => property["examples"] = json!([as_json(text)]),
    }
    property
}

fn values(values: Values) -> Value {
    match values {
        Values::Flag => json!({ "type": "boolean" }),
        Values::Directories => list(&json!({ "type": "string", "not": { "pattern": r"^/|(^|/)\.\.(/|$)" } })),
        Values::Globs => list(&json!({ "type": "string" })),
        Values::EdgeKinds => {
            let words: Vec<String> = edge_words().flat_map(|word| [word.to_owned(), format!("-{word}")]).collect();
            let mut kinds = list(&json!({ "enum": words }));
            kinds["minItems"] = json!(1);
            kinds
        }
        Values::Count => json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX }),
        Values::Size => json!({ "anyOf": [
            { "type": "integer", "minimum": 0 },
            { "type": "string", "pattern": r"^[0-9]+\s*([bB]|[kKmMgG]([iI]?[bB])?)?\s*$" },
        ] }),
        Values::PythonVersion => {
            json!({ "type": "string", "pattern": r"^3\.0*([0-9]|[1-9][0-9]|1[0-9][0-9]|2[0-4][0-9]|25[0-5])$" })
        }
        Values::Table(keys) => table(keys),
    }
}

fn list(items: &Value) -> Value {
    json!({ "type": "array", "items": items })
}

/// A value as it is written in TOML.
fn as_json(text: &str) -> Value {
    let document: Option<Map<String, Value>> = toml::from_str(&format!("value = {text}")).ok();
    document.and_then(|mut document| document.remove("value")).expect("invariant: defaults are values of TOML")
}

fn merge(into: &mut Value, from: Value) {
    if let (Value::Object(into), Value::Object(from)) = (into, from) {
        into.extend(from);
    }
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::config::Config;
    use crate::root::ConfigFile;

    /// Checks that the reader and the schema agree on a document, and returns what they say.
    #[track_caller]
    fn accepted(text: &str) -> bool {
        let (reader, schema) = verdicts(text);
        assert_eq!(reader, schema, "by the reader and by the schema: {text}");
        reader
    }

    fn verdicts(text: &str) -> (bool, bool) {
        let file = ConfigFile { path: PathBuf::from("esker.toml"), text: text.to_owned(), table: &[] };
        let document: Value = toml::from_str(text).unwrap();
        (Config::read(&file).is_ok(), jsonschema::validator_for(&schema()).unwrap().is_valid(&document))
    }

    #[test]
    fn the_schema_is_one() {
        jsonschema::meta::validate(&schema()).unwrap();
    }

    #[test]
    fn the_schema_checked_in_is_current() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/esker.schema.json");
        let current = format!("{:#}\n", schema());
        let kept = std::fs::read_to_string(&file).unwrap_or_default();
        assert!(kept == current, "make it anew: cargo run -- init --schema -o docs/esker.schema.json");
    }

    #[test]
    fn the_schema_accepts_what_the_reader_accepts() {
        for text in [
            "",
            "roots = []",
            "roots = ['.', 'src/', './lib//x', 'a..b', '...']",
            "include = ['*.py', '!x']\nexclude = ['build/']",
            "respect-gitignore = false",
            "edges = ['all', '-string', '-global']",
            "edges = ['-lazy', 'runtime', '-all']",
            "string-imports = true\nstring-imports-min-dots = 0",
            "string-imports-min-dots = 4294967295",
            "max-file-size = 0",
            "max-file-size = '16MiB'",
            "max-file-size = '16 m'",
            "max-file-size = '7'",
            "max-file-size = '7b'",
            "max-file-size = '1 GB '",
            "python.version = '3.12'",
            "python.version = '3.255'",
            "[python]",
            "[python]\nversion = '3.0'",
        ] {
            assert!(accepted(text), "{text}");
        }
    }

    #[test]
    fn the_schema_rejects_what_the_reader_rejects() {
        for text in [
            "root = []",
            "roots = 'src'",
            "roots = [1]",
            "roots = ['/lib']",
            "roots = ['..']",
            "roots = ['a/../b']",
            "include = '*.py'",
            "exclude = [['a']]",
            "respect-gitignore = 'yes'",
            "edges = 'all'",
            "edges = ['lasy']",
            "edges = ['lazy,star']",
            "edges = [' lazy']",
            "edges = ['--lazy']",
            "edges = ['']",
            "edges = []",
            "string-imports = 1",
            "string-imports-min-dots = -1",
            "string-imports-min-dots = 4294967296",
            "string-imports-min-dots = 1.5",
            "string-imports-min-dots = '2'",
            "max-file-size = -1",
            "max-file-size = true",
            "max-file-size = '1.5GB'",
            "max-file-size = 'MiB'",
            "max-file-size = '16 ki'",
            "max-file-size = ''",
            "python = 3",
            "python.version = 3.12",
            "python.version = '3'",
            "python.version = '2.7'",
            "python.version = '3.256'",
            "python.version = '3.+9'",
            "python.version = '3.12.1'",
            "python.verson = '3.12'",
        ] {
            assert!(!accepted(text), "{text}");
        }
    }

    #[test]
    fn two_things_are_for_the_reader_alone() {
        assert_eq!(verdicts("include = ['[b-a]']"), (false, true));
        assert_eq!(verdicts("max-file-size = '99999999999GiB'"), (false, true));
    }

    #[test]
    fn what_is_written_as_default_is_the_default() {
        fn check(keys: &[KeySpec], prefix: &str) {
            for key in keys {
                match (key.default, key.values) {
                    (_, Values::Table(keys)) => check(keys, &format!("{prefix}{}.", key.name)),
                    (Default::Written(text), _) => {
                        let text = format!("{prefix}{} = {text}", key.name);
                        let file = ConfigFile { path: PathBuf::new(), text: text.clone(), table: &[] };
                        assert_eq!(Config::read(&file).unwrap(), Config::default(), "{text}");
                    }
                    (Default::Found(text), _) => assert!(accepted(&format!("{prefix}{} = {text}", key.name))),
                }
            }
        }
        check(KEYS, "");
    }
}
