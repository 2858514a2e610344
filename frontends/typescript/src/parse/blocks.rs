//! The code in components of Vue, Svelte and Astro.
//!
//! A component has scripts in `<script>` elements; Astro has one more between the two `---` at its top. Everything else
//! is blanked, so that all scripts together are one text whose places are those of the file. Names that a template uses
//! are not looked at.

use std::ops::Range;

use esker_frontend_api::Dialect;
use oxc_span::SourceType;

use super::ASTRO;

/// The scripts of a component.
pub(super) struct Blocks {
    ranges: Vec<Range<usize>>,
    pub(super) source_type: SourceType,
}

/// Finds the scripts of a component.
pub(super) fn find(text: &str, dialect: Dialect) -> Blocks {
    let mut ranges = Vec::new();
    let mut language = if dialect == ASTRO { Some("ts") } else { None };
    let mut from = 0;
    if dialect == ASTRO
        && let Some(frontmatter) = frontmatter(text)
    {
        from = frontmatter.end;
        ranges.push(frontmatter);
    }
    while let Some(tag) = next_tag(text, from) {
        let attributes = &text[tag.attributes.clone()];
        from = tag.content.end;
        if let Some(written) = attribute(attributes, "lang") {
            language = language.or(Some(written));
        }
        ranges.push(tag.content);
    }
    let source_type = match language {
        Some("ts" | "typescript") => SourceType::ts(),
        Some("tsx") => SourceType::tsx(),
        _ => SourceType::mjs().with_jsx(true),
    };
    Blocks { ranges, source_type }
}

impl Blocks {
    /// The text with blanks in place of all that is no script.
    pub(super) fn blanked(&self, text: &str) -> String {
        let mut blanked = String::with_capacity(text.len());
        let mut from = 0;
        for range in &self.ranges {
            blank(&text[from..range.start], &mut blanked);
            blanked.push_str(&text[range.clone()]);
            from = range.end;
            // Ends the script's last statement, where the next script begins on the same line.
            if text[from..].starts_with(['<', '-']) {
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
    attributes: Range<usize>,
    content: Range<usize>,
}

/// The next `<script>` element outside of comments.
fn next_tag(text: &str, mut from: usize) -> Option<Tag> {
    loop {
        let start = from + text.get(from..)?.find('<')?;
        let rest = &text[start..];
        if rest.starts_with("<!--") {
            from = start + rest.find("-->")? + 3;
            continue;
        }
        let is_script = rest.get(..7).is_some_and(|tag| tag.eq_ignore_ascii_case("<script"))
            && rest[7..].starts_with(|next: char| next.is_whitespace() || matches!(next, '>' | '/'));
        if !is_script {
            from = start + 1;
            continue;
        }
        let attributes_end = start + 7 + end_of_tag(&rest[7..])?;
        let attributes = start + 7..attributes_end;
        let content_start = attributes_end + 1;
        if text[attributes.clone()].ends_with('/') {
            return Some(Tag { attributes, content: content_start..content_start });
        }
        let content = text.get(content_start..)?;
        let length = find_closing(content).unwrap_or(content.len());
        return Some(Tag { attributes, content: content_start..content_start + length });
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

/// The value of an attribute with this name.
fn attribute<'a>(attributes: &'a str, name: &str) -> Option<&'a str> {
    let mut from = 0;
    loop {
        let start = from + attributes[from..].find(name)?;
        let is_whole = start == 0 || attributes[..start].ends_with(char::is_whitespace);
        let value = attributes[start + name.len()..].trim_start();
        if is_whole && let Some(value) = value.strip_prefix('=') {
            let value = value.trim_start();
            let quote = value.chars().next().filter(|first| matches!(first, '"' | '\''));
            return match quote {
                Some(quote) => value[1..].split(quote).next(),
                None => value.split(|end: char| end.is_whitespace() || end == '>').next(),
            };
        }
        from = start + name.len();
    }
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
    fn a_script_that_does_not_end_goes_on_to_the_end() {
        check("<script lang=ts>let a", VUE, "let a");
        check("<script", VUE, "");
    }
}
