//! Types in comments (JSDoc), which JavaScript has in place of annotations.
//!
//! ```text
//!   /** @type {T} */ const a = …     /** @type {T} */ (x)     /** @type {T} */ this.a = …
//!   /** @param {T} a  @returns {T} */ function f(a) {}        /** @typedef {T} Name */
//! ```
//!
//! A comment belongs to what it stands before. Its types become values as annotations do, and the names in them uses;
//! `doc_type.rs` reads them, `doc_name.rs` has the names that comments give to types. What is not understood is not
//! known, such as names that `@template` declares.

use std::collections::VecDeque;
use std::ops::Range;

use esker_frontend_api::{NameId, SymbolId, ValueId};
use oxc_ast::ast::{BindingPattern, FormalParameters, Program};
use rustc_hash::FxHashMap;

use super::Lowerer;
use super::doc_name::Typedef;

/// The comments of a file that say something of types.
#[derive(Default)]
pub(super) struct Docs {
    /// By where what they stand before starts, the text of the comment.
    attached: FxHashMap<u32, Range<u32>>,
    /// What was made of the types, by where they start: each is a use of its names once.
    known: FxHashMap<u32, Option<ValueId>>,
    /// The names that comments give to types and imports, with their symbols once these are declared.
    pub(super) typedefs: FxHashMap<NameId, Option<SymbolId>>,
    /// Those that are not declared yet, in the order of the text.
    pub(super) undeclared: VecDeque<Typedef>,
}

/// What a comment says; ranges are those of the types between their braces.
#[derive(Default)]
struct Doc<'t> {
    ty: Option<Range<u32>>,
    returns: Option<Range<u32>>,
    this: Option<Range<u32>>,
    parameters: Vec<(&'t str, Range<u32>)>,
    templates: Vec<&'t str>,
}

/// What a comment says of a function.
#[derive(Default)]
pub(super) struct Signature {
    pub(super) parameters: Vec<Option<ValueId>>,
    pub(super) returned: Option<ValueId>,
    pub(super) this: Option<ValueId>,
}

impl<'t> Lowerer<'t> {
    /// Finds the comments that say something of types, and the types that they give names.
    pub(super) fn collect_docs(&mut self, program: &Program<'_>) {
        if self.is_typed() {
            return;
        }
        for comment in program.comments.iter().filter(|comment| comment.is_jsdoc()) {
            let inside = comment.content_span();
            let text = &self.text[inside.start as usize..inside.end as usize];
            if text.contains("@import") {
                self.find_doc_imports(inside.start..inside.end);
            }
            if !text.contains('{') {
                continue;
            }
            if text.contains("@typedef") || text.contains("@callback") {
                self.find_typedefs(inside.start..inside.end);
            }
            self.docs.attached.insert(comment.attached_to, inside.start..inside.end);
        }
    }

    /// The type that a comment before this place says that it has.
    pub(super) fn doc_type(&mut self, at: u32) -> Option<ValueId> {
        let doc = self.doc_at(at)?;
        self.lower_doc_type(doc.ty?, &doc.templates)
    }

    /// What a comment before this place says of a function with these parameters.
    pub(super) fn doc_signature(&mut self, at: u32, parameters: &FormalParameters<'_>) -> Signature {
        let Some(doc) = self.doc_at(at) else { return Signature::default() };
        let mut each: Vec<(&str, Option<ValueId>)> = Vec::new();
        for (name, ty) in doc.parameters {
            each.push((name, self.lower_doc_type(ty, &doc.templates)));
        }
        let by_position = |(parameter, position): (&oxc_ast::ast::FormalParameter<'_>, usize)| match &parameter.pattern
        {
            BindingPattern::BindingIdentifier(id) => {
                each.iter().find(|(name, _)| *name == id.name).and_then(|(_, ty)| *ty)
            }
            _ => each.get(position).and_then(|(_, ty)| *ty),
        };
        let parameters = parameters.items.iter().zip(0..).map(by_position).collect();
        let returned = doc.returns.and_then(|ty| self.lower_doc_type(ty, &doc.templates));
        let this = doc.this.and_then(|ty| self.lower_doc_type(ty, &doc.templates));
        Signature { parameters, returned, this }
    }

    /// Whether a comment that says something of types stands before this place.
    pub(super) fn has_doc(&self, at: u32) -> bool {
        self.docs.attached.contains_key(&at)
    }

    fn doc_at(&self, at: u32) -> Option<Doc<'t>> {
        let place = self.docs.attached.get(&at)?;
        Some(Doc::new(self.text, place.clone()))
    }

    /// The value of a type in a comment, with uses of the names in it.
    pub(super) fn lower_doc_type(&mut self, place: Range<u32>, templates: &[&str]) -> Option<ValueId> {
        if let Some(known) = self.docs.known.get(&place.start) {
            return *known;
        }
        let mut cursor = Cursor::new(self.text, place.clone());
        let value = self.union(&mut cursor, templates, 0);
        // What is left over says that something was not understood.
        let value = value.filter(|_| cursor.at_end());
        self.docs.known.insert(place.start, value);
        value
    }
}

impl<'t> Doc<'t> {
    fn new(text: &'t str, comment: Range<u32>) -> Self {
        let mut doc = Self::default();
        for (tag, at) in tags(text, comment.clone()) {
            let mut cursor = Cursor::new(text, at + tag.len() as u32..comment.end);
            match tag {
                "type" => doc.ty = doc.ty.or_else(|| cursor.braces()),
                "returns" | "return" => doc.returns = doc.returns.or_else(|| cursor.braces()),
                "this" => doc.this = doc.this.or_else(|| cursor.braces()),
                "param" | "arg" | "argument" => {
                    let Some(ty) = cursor.braces() else { continue };
                    cursor.eat("[");
                    let (name, _) = cursor.word();
                    // One with a dot tells of a property.
                    if !name.is_empty() && !cursor.is_at(".") {
                        doc.parameters.push((name, ty));
                    }
                }
                "template" => {
                    cursor.braces();
                    loop {
                        cursor.eat("[");
                        doc.templates.push(cursor.word().0);
                        if !cursor.eat(",") {
                            break;
                        }
                    }
                }
                _ => {}
            }
        }
        doc
    }
}

/// The tags of a comment, with where their names start. One begins a line, or the comment.
pub(super) fn tags(text: &str, comment: Range<u32>) -> impl Iterator<Item = (&str, u32)> {
    let inside = &text[comment.start as usize..comment.end as usize];
    inside.match_indices('@').filter_map(move |(at, _)| {
        let before = inside[..at].trim_end_matches([' ', '\t', '*']);
        if !before.is_empty() && !before.ends_with(['\n', '\r']) {
            return None;
        }
        let rest = &inside[at + 1..];
        let end = rest.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(rest.len());
        Some((&rest[..end], comment.start + at as u32 + 1))
    })
}

/// Whether a byte is a part of a name or a number; those of letters beyond ASCII are.
pub(super) fn is_in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

/// A place in a comment, and where what is read ends.
#[derive(Clone)]
pub(super) struct Cursor<'t> {
    text: &'t str,
    at: usize,
    end: usize,
}

impl<'t> Cursor<'t> {
    pub(super) fn new(text: &'t str, place: Range<u32>) -> Self {
        Self { text, at: place.start as usize, end: place.end as usize }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..self.end]
    }

    /// Where it is.
    pub(super) fn place(&self) -> u32 {
        self.at as u32
    }

    /// Goes to what comes next, past the margin of lines.
    fn skip_space(&mut self) {
        let mut is_in_margin = false;
        for byte in &self.text.as_bytes()[self.at..self.end] {
            match byte {
                b'\n' => is_in_margin = true,
                b' ' | b'\t' | b'\r' => {}
                b'*' if is_in_margin => is_in_margin = false,
                _ => return,
            }
            self.at += 1;
        }
    }

    /// The first byte of what comes next, 0 at the end.
    pub(super) fn peek(&mut self) -> u8 {
        self.skip_space();
        self.text.as_bytes()[self.at..self.end].first().copied().unwrap_or_default()
    }

    pub(super) fn at_end(&mut self) -> bool {
        self.skip_space();
        self.at == self.end
    }

    pub(super) fn is_at(&mut self, sign: &str) -> bool {
        self.skip_space();
        self.text.as_bytes()[self.at..self.end].starts_with(sign.as_bytes())
    }

    pub(super) fn eat(&mut self, sign: &str) -> bool {
        let is_there = self.is_at(sign);
        self.at += if is_there { sign.len() } else { 0 };
        is_there
    }

    pub(super) fn eat_word(&mut self, word: &str) -> bool {
        let mut ahead = self.clone();
        let is_it = ahead.word().0 == word;
        if is_it {
            *self = ahead;
        }
        is_it
    }

    /// The name or number that comes next, empty if there is none, and where it stands.
    pub(super) fn word(&mut self) -> (&'t str, Range<u32>) {
        self.skip_space();
        let rest = self.rest();
        let length = rest.bytes().position(|byte| !is_in_word(byte)).unwrap_or(rest.len());
        let start = self.at as u32;
        self.at += length;
        (&rest[..length], start..self.at as u32)
    }

    pub(super) fn is_name_after_dot(&mut self) -> bool {
        if self.peek() != b'.' {
            return false;
        }
        let mut ahead = self.clone();
        ahead.eat(".") && is_in_word(ahead.peek())
    }

    /// The text between the quotes that come next, and where it stands.
    pub(super) fn quoted(&mut self) -> Option<(&'t str, Range<u32>)> {
        self.skip_space();
        let rest = self.rest();
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
        let length = rest[1..].find(quote)?;
        let start = self.at as u32 + 1;
        self.at += length + 2;
        Some((&rest[1..=length], start..start + length as u32))
    }

    /// What is between the braces that come next, which may have such inside.
    pub(super) fn braces(&mut self) -> Option<Range<u32>> {
        if !self.eat("{") {
            return None;
        }
        let start = self.at as u32;
        self.skip_past(b'{', b'}').then(|| start..self.at as u32 - 1)
    }

    /// Goes past the bracket that closes the one before; to the end if there is none.
    pub(super) fn skip_past(&mut self, open: u8, close: u8) -> bool {
        let mut depth = 1;
        for (index, byte) in self.rest().bytes().enumerate() {
            depth += u32::from(byte == open);
            depth -= u32::from(byte == close);
            if depth == 0 {
                self.at += index + 1;
                return true;
            }
        }
        self.at = self.end;
        false
    }
}
