//! The file that `esker init` writes: every key with what it is for, commented out.

use std::fmt::Write as _;

use toml::Value;

use super::keys::{Default, KEYS, KeySpec, Values};

const HEAD: &str = "\
# The configuration of Esker. Its directory is the root of what is analyzed: paths in here and paths that Esker
# prints count from it. Every key is optional. What is commented out is what holds without it.
";

/// How long a line may become before a list is written with one item a line.
const LINE: usize = 100;

/// A configuration in which every key is commented out. `roots` are the import roots that the layout suggests.
pub(crate) fn template(roots: &[String]) -> String {
    let mut text = HEAD.to_owned();
    describe(&mut text, KEYS, "", roots);
    text
}

fn describe(text: &mut String, keys: &[KeySpec], prefix: &str, roots: &[String]) {
    for key in keys {
        if let Values::Table(keys) = key.values {
            describe(text, keys, &format!("{prefix}{}.", key.name), roots);
            continue;
        }
        text.push('\n');
        for line in key.about {
            _ = writeln!(text, "# {line}");
        }
        let value = match (key.values, key.default) {
            (Values::Directories, _) => {
                text.push_str("# By default they are found from the layout; these are:\n");
                list(&format!("{prefix}{} = ", key.name), roots)
            }
            (_, Default::Written(value) | Default::Found(value)) => value.to_owned(),
        };
        for line in format!("{prefix}{} = {value}", key.name).lines() {
            _ = writeln!(text, "# {line}");
        }
    }
}

/// A list as it is written behind `before`.
fn list(before: &str, items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| Value::from(item.as_str()).to_string()).collect();
    let line = format!("[{}]", items.join(", "));
    if before.len() + line.len() <= LINE {
        return line;
    }
    let lines: String = items.iter().map(|item| format!("    {item},\n")).collect();
    format!("[\n{lines}]")
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::config::Config;
    use crate::root::ConfigFile;

    fn read(text: String) -> Config {
        Config::read(&ConfigFile { path: PathBuf::from("esker.toml"), text, table: &[] }).unwrap()
    }

    /// The same with the keys no longer commented out; sentences begin with a capital letter, keys do not.
    fn uncommented(template: &str) -> String {
        let is_key = |line: &&str| line.starts_with(|c: char| !c.is_ascii_uppercase());
        let lines = template.replace(HEAD, "");
        lines
            .lines()
            .filter_map(|line| line.strip_prefix("# ").filter(is_key))
            .map(|line| format!("{line}\n"))
            .collect()
    }

    #[test]
    fn the_template_explains_every_key() {
        insta::assert_snapshot!(template(&[".".to_owned(), "src".to_owned()]), @r#"
        # The configuration of Esker. Its directory is the root of what is analyzed: paths in here and paths that Esker
        # prints count from it. Every key is optional. What is commented out is what holds without it.

        # Directories from which absolute imports start, in the order in which they are tried.
        # By default they are found from the layout; these are:
        # roots = [".", "src"]

        # Analyze only files that match one of these globs, written as in .gitignore; empty for all files.
        # Hidden ones are passed over unless a glob has their dot: ["*", ".storybook"].
        # include = []

        # Leave out files and directories that match one of these globs.
        # exclude = []

        # Leave out what git ignores.
        # respect-gitignore = true

        # The kinds of edges that count where a question names none: kinds, "all", or "-kind" to take one away.
        # edges = ["all", "-string", "-global"]

        # Record strings that read like a module's name, as edges of the kind string.
        # string-imports = false

        # Such a string has at least this many dots.
        # string-imports-min-dots = 2

        # Leave out larger files, with a warning for each: a number of bytes or text with a unit.
        # max-file-size = "16MiB"

        # A build that makes the cache larger drops the oldest results that no tree's last build speaks of.
        # max-cache-size = "2GiB"

        # The version by whose syntax the code is judged; by default the newest known.
        # python.version = "3.13"
        "#);
    }

    #[test]
    fn the_template_changes_nothing() {
        assert_eq!(read(template(&[".".to_owned()])), Config::default());
    }

    #[test]
    fn each_key_can_be_uncommented() {
        let roots = [".".to_owned(), "a \"quoted\" \\ name".to_owned()];
        let config = read(uncommented(&template(&roots)));
        assert_eq!(config.roots.as_deref(), Some(&roots[..]));
        assert_eq!(Config { roots: None, lower: Config::default().lower, ..config.clone() }, Config::default());
        assert_eq!(config.lower.language_version, Some((3, 13)));
    }

    #[test]
    fn a_long_list_has_one_item_a_line() {
        let roots: Vec<String> = (0..30).map(|number| format!("projects/{number}")).collect();
        let text = uncommented(&template(&roots));
        assert!(text.contains("\n    \"projects/7\",\n"), "{text}");
        assert_eq!(read(text).roots, Some(roots));
    }
}
