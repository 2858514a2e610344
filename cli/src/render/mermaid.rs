//! Graphs in the language of Mermaid, <https://mermaid.js.org/syntax/flowchart.html>.

use std::collections::HashMap;
use std::fmt::Write as _;

use super::dot::Arrow;

/// How many edges Mermaid draws unless its page is configured otherwise (`maxEdges`).
const DRAWN_EDGES: usize = 500;

/// A graph with all its files, those without edges too.
pub(crate) fn mermaid<'a>(files: impl Iterator<Item = &'a str>, arrows: impl Iterator<Item = Arrow<'a>>) -> String {
    let mut text = String::from("flowchart LR\n");
    let mut numbers = HashMap::new();
    for (number, file) in files.enumerate() {
        numbers.insert(file, number);
        _ = writeln!(text, "  f{number}[\"{}\"]", escaped(file));
    }
    let mut drawn = 0;
    for (from, to, label) in arrows {
        let (Some(from), Some(to)) = (numbers.get(from), numbers.get(to)) else { continue };
        let label = label.map_or_else(String::new, |label| format!("|\"{}\"|", escaped(&label)));
        _ = writeln!(text, "  f{from} -->{label} f{to}");
        drawn += 1;
    }
    if drawn > DRAWN_EDGES {
        tracing::warn!("the graph has {drawn} edges; Mermaid draws {DRAWN_EDGES} unless its `maxEdges` is raised");
    }
    text
}

/// Mermaid escapes by the code of a character, between `#` and `;`.
fn escaped(text: &str) -> String {
    text.replace('#', "#35;").replace('"', "#quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped() {
        assert_eq!(escaped("a\"#.py"), "a#quot;#35;.py");
    }
}
