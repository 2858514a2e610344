//! The code in components of Vue, Svelte and Astro.
//!
//! A component has scripts in `<script>` elements; Astro has one more between the two `---` at its top. Everything else
//! is blanked, so that all scripts together are one text whose places are those of the file. Names that a template uses
//! are not looked at. Of `<script src="./a.ts">` the text becomes `import "./a.ts"`, which has room in front of the
//! quote.

use std::ops::Range;

use esker_frontend_api::Dialect;
use oxc_span::SourceType;

use super::{ASTRO, VUE};

/// What stands in front of the name of a file that has an element's content. Shorter than `<style src=`.
const IMPORT: &str = ";import ";

/// The scripts of a component.
pub(super) struct Blocks {
    parts: Vec<Part>,
    pub(super) source_type: SourceType,
}

/// A part of the text that is code.
enum Part {
    Script(Range<usize>),
    /// The name of a file in its quotes.
    Source(Range<usize>),
}

/// Finds the scripts of a component.
pub(super) fn find(text: &str, dialect: Dialect) -> Blocks {
    let mut parts = Vec::new();
    let mut language = if dialect == ASTRO { Some("ts") } else { None };
    let mut from = 0;
    if dialect == ASTRO
        && let Some(frontmatter) = frontmatter(text)
    {
        from = frontmatter.end;
        parts.push(Part::Script(frontmatter));
    }
    while let Some(tag) = next_tag(text, from) {
        let attributes = &text[tag.attributes.clone()];
        from = tag.content.end;
        if let Some(source) = source(attributes, dialect) {
            let start = tag.attributes.start;
            parts.push(Part::Source(start + source.start..start + source.end));
        }
        if !tag.is_script || !is_code(attributes) {
            continue;
        }
        if let Some(written) = attribute(attributes, "lang") {
            language = language.or(Some(&attributes[written]));
        }
        parts.push(Part::Script(tag.content));
    }
    let source_type = match language {
        Some("ts" | "typescript") => SourceType::ts(),
        Some("tsx") => SourceType::tsx(),
        _ => SourceType::mjs().with_jsx(true),
    };
    Blocks { parts, source_type }
}

/// Where the name of the file stands that has the content of an element, with its quotes.
fn source(attributes: &str, dialect: Dialect) -> Option<Range<usize>> {
    let value = attribute(attributes, "src").filter(|value| !value.is_empty())?;
    let quoted = value.start.checked_sub(1)?..value.end + 1;
    let is_quoted = attributes.get(quoted.clone())?.ends_with(['"', '\'']);
    let name = &attributes[value];
    let is_module = match dialect {
        // As the name of any import.
        VUE => !name.starts_with('/') && !name.contains("//"),
        // Other names are those of files that a server has.
        ASTRO => name.starts_with('.') && attribute_starts(attributes, "is:inline").next().is_none(),
        _ => false,
    };
    (is_quoted && is_module && !name.contains(['\n', '\r', '\\'])).then_some(quoted)
}

/// Whether an element's content is JavaScript or a language that becomes it, and not data of some sort.
fn is_code(attributes: &str) -> bool {
    let Some(value) = attribute(attributes, "type") else { return true };
    let name = attributes[value].to_ascii_lowercase();
    matches!(&*name, "" | "module" | "ts" | "text/babel" | "text/jsx" | "text/partytown") || name.ends_with("script")
}

impl Blocks {
    /// The text with blanks in place of all that is no script.
    pub(super) fn blanked(&self, text: &str) -> String {
        let mut blanked = String::with_capacity(text.len());
        let mut from = 0;
        for part in &self.parts {
            let (Part::Script(range) | Part::Source(range)) = part;
            blank(&text[from..range.start], &mut blanked);
            if matches!(part, Part::Source(_)) {
                blanked.truncate(blanked.len() - IMPORT.len());
                blanked.push_str(IMPORT);
            }
            blanked.push_str(&text[range.clone()]);
            from = range.end;
            // Ends the script's last statement, where the next script begins on the same line.
            if text[from..].starts_with(['<', '-', '>', ' ', '/']) {
                blanked.push(';');
                from += 1;
            }
        }
        blank(&text[from..], &mut blanked);
        blanked
    }
}

/// Adds as many blanks as the text has bytes, keeping its line breaks.
fn blank(text: &str, into: &mut String) {
    into.extend(text.bytes().map(|byte| match byte {
        b'\n' | b'\r' => byte as char,
        _ => ' ',
    }));
}

struct Tag {
    is_script: bool,
    attributes: Range<usize>,
    content: Range<usize>,
}

/// The next `<script>` or `<style>` element outside of comments.
fn next_tag(text: &str, mut from: usize) -> Option<Tag> {
    loop {
        let start = from + text.get(from..)?.find('<')?;
        let rest = &text[start..];
        if rest.starts_with("<!--") {
            from = start + rest.find("-->")? + 3;
            continue;
        }
        let is_named = |name: &str| {
            let named = rest.get(1..1 + name.len()).is_some_and(|tag| tag.eq_ignore_ascii_case(name));
            let ends = |next: char| next.is_whitespace() || matches!(next, '>' | '/');
            named && rest[1 + name.len()..].starts_with(ends)
        };
        let Some(name) = ["script", "style"].into_iter().find(|name| is_named(name)) else {
            from = start + 1;
            continue;
        };
        let is_script = name == "script";
        let attributes_start = start + 1 + name.len();
        let attributes_end = attributes_start + end_of_tag(&text[attributes_start..])?;
        let attributes = attributes_start..attributes_end;
        let content_start = attributes_end + 1;
        // What a style has inside is nothing to look at, and in a template it may have no end.
        if !is_script || text[attributes.clone()].ends_with('/') {
            return Some(Tag { is_script, attributes, content: content_start..content_start });
        }
        let content = text.get(content_start..)?;
        let length = find_closing(content).unwrap_or(content.len());
        return Some(Tag { is_script, attributes, content: content_start..content_start + length });
    }
}

/// Where a tag's `>` is, which may stand in the value of an attribute as well.
fn end_of_tag(attributes: &str) -> Option<usize> {
    let mut quote = None;
    for (index, byte) in attributes.bytes().enumerate() {
        match (quote, byte) {
            (None, b'>') => return Some(index),
            (None, b'"' | b'\'') => quote = Some(byte),
            (Some(open), _) if open == byte => quote = None,
            _ => {}
        }
    }
    None
}

fn find_closing(content: &str) -> Option<usize> {
    let mut from = 0;
    loop {
        let start = from + content[from..].find("</")?;
        if content.get(start + 2..start + 8).is_some_and(|name| name.eq_ignore_ascii_case("script")) {
            return Some(start);
        }
        from = start + 2;
    }
}

/// Where the value of an attribute with this name is, without its quotes.
fn attribute(attributes: &str, name: &str) -> Option<Range<usize>> {
    attribute_starts(attributes, name).find_map(|start| {
        let after = &attributes[start + name.len()..];
        let value = after.trim_start().strip_prefix('=')?.trim_start();
        let at = attributes.len() - value.len();
        Some(match value.chars().next().filter(|first| matches!(first, '"' | '\'')) {
            Some(quote) => at + 1..at + 1 + value[1..].find(quote).unwrap_or(value.len() - 1),
            None => at..at + value.find(|end: char| end.is_whitespace() || end == '>').unwrap_or(value.len()),
        })
    })
}

/// Where attributes begin whose names begin like this.
fn attribute_starts<'a>(attributes: &'a str, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    let is_whole = |start: &usize| *start == 0 || attributes[..*start].ends_with(char::is_whitespace);
    attributes.match_indices(name).map(|(start, _)| start).filter(is_whole)
}

/// The text between the two `---` at the top of a page.
fn frontmatter(text: &str) -> Option<Range<usize>> {
    let start = text.len() - text.trim_start().len();
    let content = start + text[start..].strip_prefix("---").map(|_| 3)?;
    let length = text[content..].find("\n---")?;
    Some(content..content + length + 1)
}

#[cfg(test)]
mod tests {
    use super::super::{ASTRO, SVELTE, VUE};
    use super::*;

    fn check(text: &str, dialect: Dialect, expected: &str) {
        let blanked = find(text, dialect).blanked(text);
        assert_eq!(blanked.len(), text.len());
        assert_eq!(blanked.replace(';', " ").split_whitespace().collect::<Vec<_>>().join(" "), expected);
    }

    #[test]
    fn scripts_stay_where_they_are_and_the_rest_is_blank() {
        check("<template>é<p/></template>\n<script setup lang=\"ts\">\nlet a\n</script>\n<style/>", VUE, "let a");
        check("<script module>let a</script>\n<script>let b</script>{a}", SVELTE, "let a let b");
        check("---\nlet a\n---\n<p>{a}</p><script>let b</script>", ASTRO, "let a let b");
    }

    #[test]
    fn scripts_in_comments_are_none() {
        check("<!-- <script>let a</script> --><script>let b</script>", VUE, "let b");
    }

    #[test]
    fn the_file_that_has_the_content_of_an_element_is_imported() {
        check(
            "<script src=\"./a.ts\" lang=\"ts\"></script><style src='@/é.css'/>",
            VUE,
            "import \"./a.ts\" import '@/é.css'",
        );
        check("<script\nsrc = './a.ts'>let a</script>", VUE, "import './a.ts' let a");
        for none in ["src=./a.ts", ":src='./a'", "src=''", "src='/a.js'", "src='https://a.b/c.js'", "data-src='./a'"] {
            check(&format!("<script {none}></script>"), VUE, "");
        }
        check("<script src='./a.ts'></script><script is:inline src='./b.js'></script>", ASTRO, "import './a.ts'");
        check("<script src='a.js'></script>", ASTRO, "");
        check("<svelte:head><script src='./a.js'></script></svelte:head>", SVELTE, "");
    }

    #[test]
    fn data_in_scripts_is_no_code() {
        check(
            "<script type=\"application/ld+json\">{\"a\": 1}</script><script type='module'>let b</script>",
            ASTRO,
            "let b",
        );
        check(
            "<script type='text/x-template'><p></script><script type=\"text/typescript\">let b</script>",
            SVELTE,
            "let b",
        );
        check("{@html '<style>' + css}<script>let b</script>", SVELTE, "let b");
    }

    #[test]
    fn a_script_that_does_not_end_goes_on_to_the_end() {
        check("<script lang=ts>let a", VUE, "let a");
        check("<script", VUE, "");
    }
}
