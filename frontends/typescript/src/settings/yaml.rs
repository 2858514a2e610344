//! The one list in a `pnpm-workspace.yaml` that matters here.

use esker_frontend_api::Setting;

/// The items of the top-level key `packages`, as block or flow list.
pub(super) fn packages(text: &str) -> Setting {
    let mut packages = Vec::new();
    let mut lines = text.lines();
    let is_key = |line: &&str| line.starts_with("packages:");
    if let Some(key) = lines.by_ref().find(is_key) {
        let rest = without_comment(&key["packages:".len()..]);
        match rest.strip_prefix('[') {
            Some(flow) => packages.extend(flow.trim_end_matches(']').split(',').map(item)),
            None => {
                for line in lines {
                    let line = without_comment(line);
                    match line.strip_prefix('-') {
                        Some(written) => packages.push(item(written)),
                        None if line.is_empty() => {}
                        None => break,
                    }
                }
            }
        }
    }
    packages.retain(|package| package.text().is_some_and(|text| !text.is_empty()));
    Setting::Map(vec![("packages".to_owned(), Setting::List(packages))])
}

fn item(written: &str) -> Setting {
    Setting::Text(written.trim().trim_matches(['"', '\'']).to_owned())
}

fn without_comment(line: &str) -> &str {
    let line = line.trim();
    if line.starts_with('#') {
        return "";
    }
    line.split_once(" #").map_or(line, |(before, _)| before).trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[&str]) {
        let value = packages(text);
        let found: Vec<&str> = value.get("packages").map(|list| list.texts().collect()).unwrap_or_default();
        assert_eq!(found, expected);
    }

    #[test]
    fn packages_are_read_from_either_kind_of_list() {
        check(
            "# a\npackages:\n  - 'packages/*' # b\n\n  # c\n  - \"!**/test\"\n  - apps\ncatalog:\n  - x\n",
            &["packages/*", "!**/test", "apps"],
        );
        check("packages: ['a', \"b/*\"]\n", &["a", "b/*"]);
        check("catalog:\n  packages: 1\n", &[]);
    }
}
