//! Graphs in the language of Graphviz, <https://graphviz.org/doc/info/lang.html>.

use std::fmt::Write as _;

/// An arrow of a drawing: two files, and what is written at the arrow.
pub(crate) type Arrow<'a> = (&'a str, &'a str, Option<String>);

/// A graph with all its files, those without edges too.
pub(crate) fn dot<'a>(files: impl Iterator<Item = &'a str>, arrows: impl Iterator<Item = Arrow<'a>>) -> String {
    let mut text = String::from("digraph dependencies {\n  rankdir=LR;\n  node [shape=box];\n");
    for file in files {
        _ = writeln!(text, "  {};", quoted(file));
    }
    for (from, to, label) in arrows {
        let label = label.map_or_else(String::new, |label| format!(" [label={}]", quoted(&label)));
        _ = writeln!(text, "  {} -> {}{label};", quoted(from), quoted(to));
    }
    text.push_str("}\n");
    text
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted() {
        assert_eq!(quoted(r#"a"b\.py"#), r#""a\"b\\.py""#);
    }
}
