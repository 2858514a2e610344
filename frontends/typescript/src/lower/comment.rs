//! Imports in comments: `/// <reference path="…" />`, and in JavaScript those of JSDoc. What comments say of JSX is in
//! `jsx.rs`.

use esker_frontend_api::{EdgeKinds, ImportForm};
use oxc_ast::ast::Program;

use super::Lowerer;

impl Lowerer<'_> {
    /// Adds what the comments of a file ask for.
    pub(super) fn comments(&mut self, program: &Program<'_>) {
        let first = program.body.first().map_or(u32::MAX, |statement| oxc_span::GetSpan::span(statement).start);
        let is_typed = self.is_typed();
        for comment in &program.comments {
            let inside = comment.content_span();
            let Some(text) = self.text.get(inside.start as usize..inside.end as usize) else { continue };
            if comment.is_line() && comment.span.start < first {
                self.reference_path(text, inside.start);
                continue;
            }
            if comment.is_block() && comment.span.start < first {
                self.jsx_pragmas(text, inside.start);
            }
            if !is_typed && text.starts_with('*') {
                self.jsdoc(text, inside.start);
            }
        }
    }

    /// `/ <reference path="a.d.ts" />`, which is relative also without a dot in front.
    fn reference_path(&mut self, text: &str, start: u32) {
        let Some(tag) = text.strip_prefix('/').map(str::trim_start).filter(|tag| tag.starts_with("<reference")) else {
            return;
        };
        let Some(path) = value_of(tag, "path") else { return };
        let path = if path.starts_with('.') { path.to_owned() } else { format!("./{path}") };
        let specifier = self.intern(&path);
        let line = self.line(start);
        self.add_named(specifier, None, ImportForm::Module, EdgeKinds::TYPE_ONLY, line);
    }

    /// `{import("./a").T}`.
    fn jsdoc(&mut self, text: &str, start: u32) {
        for (at, _) in text.match_indices("import(") {
            self.jsdoc_import(text, at + "import(".len(), start);
        }
    }

    /// Adds the module that is named in quotes at this place.
    fn jsdoc_import(&mut self, text: &str, at: usize, start: u32) {
        let rest = text[at..].trim_start();
        let Some(quote) = rest.chars().next().filter(|quote| matches!(quote, '"' | '\'')) else { return };
        let Some(specifier) = rest[1..].split(quote).next().filter(|name| !name.contains('\n') && !name.is_empty())
        else {
            return;
        };
        let specifier = self.intern(specifier);
        let line = self.line(start + at as u32);
        self.add_named(specifier, None, ImportForm::Module, EdgeKinds::TYPE_ONLY, line);
    }
}

/// The value of an attribute in a tag.
fn value_of<'a>(tag: &'a str, name: &str) -> Option<&'a str> {
    let (before, rest) = tag.split_once(name)?;
    let value = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = value.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    let value = value[1..].split(quote).next()?;
    (before.ends_with(char::is_whitespace) && !value.is_empty()).then_some(value)
}
