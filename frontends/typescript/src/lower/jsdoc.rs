//! Types in comments (JSDoc), which JavaScript has in place of annotations.
//!
//! ```text
//!   /** @type {T} */ const a = …     /** @type {T} */ (x)     /** @type {T} */ this.a = …
//!   /** @param {T} a  @returns {T} */ function f(a) {}        /** @typedef {T} Name */
//! ```
//!
//! A comment belongs to what it stands before. Its types become values as annotations do, and the names in them uses.
//! What is not understood is not known: types of objects and functions, and names that `@template` declares.

use std::collections::VecDeque;
use std::collections::hash_map::Entry;
use std::ops::Range;

use esker_frontend_api::{
    Binding, EdgeKinds, FactKind, ImportForm, Literal, NameId, Role, ScopeId, SymbolFlags, SymbolId, SymbolKind, Value,
    ValueId,
};
use oxc_ast::ast::{BindingPattern, FormalParameters, Program};
use rustc_hash::FxHashMap;

use super::define::{Defining, can_be_named};
use super::fact::Subject;
use super::value::MAX_ELEMENTS;
use super::{Lowerer, Pending, span};

/// How deeply types in comments may nest.
const MAX_DEPTH: u32 = 16;

/// The comments of a file that say something of types.
#[derive(Default)]
pub(super) struct Docs {
    /// By where what they stand before starts, the text of the comment.
    attached: FxHashMap<u32, Range<u32>>,
    /// What was made of the types, by where they start: each is a use of its names once.
    known: FxHashMap<u32, Option<ValueId>>,
    /// The names that comments give to types, with their symbols once these are declared.
    pub(super) typedefs: FxHashMap<NameId, Option<SymbolId>>,
    /// Those that are not declared yet, in the order of the text.
    undeclared: VecDeque<Typedef>,
}

/// A name that a comment gives to a type.
struct Typedef {
    name: NameId,
    place: Range<u32>,
    ty: Range<u32>,
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
            if !text.contains('{') {
                continue;
            }
            if text.contains("@typedef") {
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

    /// Notes the types that a comment gives names.
    fn find_typedefs(&mut self, comment: Range<u32>) {
        for (tag, at) in tags(self.text, comment.clone()).filter(|(tag, _)| *tag == "typedef") {
            let mut cursor = Cursor::new(self.text, at + tag.len() as u32..comment.end);
            let Some(ty) = cursor.braces() else { continue };
            let (name, place) = cursor.word();
            if !can_be_named(name) || self.scoping.get_root_binding(name.into()).is_some() {
                continue;
            }
            let id = self.intern(name);
            if let Entry::Vacant(vacant) = self.docs.typedefs.entry(id) {
                vacant.insert(None);
                self.exported.insert(id);
                self.docs.undeclared.push_back(Typedef { name: id, place, ty });
            }
        }
    }

    /// Declares the types, in the module, to which comments before this place give names.
    pub(super) fn declare_typedefs(&mut self, before: u32) {
        while let Some(typedef) = self.docs.undeclared.pop_front_if(|typedef| typedef.place.start < before) {
            let at = oxc_span::Span::new(typedef.place.start, typedef.place.end);
            let defining = Defining { kind: SymbolKind::TypeAlias, flags: SymbolFlags::empty(), span: span(at) };
            let symbol = self.add_symbol(typedef.name, at, ScopeId(0), defining);
            self.docs.typedefs.insert(typedef.name, Some(symbol));
            let outside = std::mem::replace(&mut self.scope, ScopeId(0));
            let value = self.lower_doc_type(typedef.ty, &[]);
            self.scope = outside;
            self.tell_known(Some(Subject::Symbol(symbol)), FactKind::Assigned, value);
        }
    }

    /// The value of a type in a comment, with uses of the names in it.
    fn lower_doc_type(&mut self, place: Range<u32>, templates: &[&str]) -> Option<ValueId> {
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

    fn union(&mut self, cursor: &mut Cursor<'t>, templates: &[&str], depth: u32) -> Option<ValueId> {
        let mut all = Vec::new();
        cursor.eat("|");
        loop {
            let value = self.postfix(cursor, templates, depth);
            all.push(self.or_unknown(value));
            if !cursor.eat("|") && !cursor.eat("&") {
                break;
            }
        }
        self.either(&all)
    }

    fn postfix(&mut self, cursor: &mut Cursor<'t>, templates: &[&str], depth: u32) -> Option<ValueId> {
        if depth > MAX_DEPTH {
            return None;
        }
        while match cursor.peek() {
            b'?' | b'!' => cursor.eat("?") || cursor.eat("!"),
            b'.' => cursor.eat("..."),
            b'r' => cursor.eat_word("readonly"),
            _ => false,
        } {}
        let mut value = self.primary(cursor, templates, depth + 1);
        loop {
            if !matches!(cursor.peek(), b'[' | b'=' | b'!' | b'?') {
                return value;
            } else if cursor.eat("[]") {
                let element = self.or_unknown(value);
                value = Some(self.list_of(&[element], Literal::List));
            } else if cursor.eat("[") {
                value = match cursor.quoted() {
                    Some((key, _)) if can_be_named(key) => value.map(|object| {
                        let object = self.annotated(object);
                        let key = self.intern(key);
                        let member = self.member_of(object, key);
                        self.values.push(Value::TypeOf(member))
                    }),
                    _ => None,
                };
                cursor.skip_past(b'[', b']');
            } else if !cursor.eat("=") && !cursor.eat("!") && !cursor.eat("?") {
                return value;
            }
        }
    }

    fn primary(&mut self, cursor: &mut Cursor<'t>, templates: &[&str], depth: u32) -> Option<ValueId> {
        if is_in_word(cursor.peek()) {
            return self.doc_word(cursor, templates, depth);
        }
        if cursor.eat("*") {
            return None;
        }
        if cursor.eat("{") {
            cursor.skip_past(b'{', b'}');
            return None;
        }
        if cursor.eat("[") {
            let mut elements = Vec::new();
            while !cursor.eat("]") && !cursor.at_end() {
                let element = self.union(cursor, templates, depth);
                elements.push(self.or_unknown(element));
                if !cursor.eat(",") && !cursor.is_at("]") {
                    return None;
                }
            }
            elements.truncate(MAX_ELEMENTS);
            return Some(self.list_of(&elements, Literal::Tuple));
        }
        if cursor.eat("(") {
            let inside = cursor.clone();
            cursor.skip_past(b'(', b')');
            if cursor.eat("=>") {
                let returned = self.union(cursor, templates, depth);
                let returned = self.or_unknown(returned);
                return Some(self.list_of(&[returned], Literal::Function));
            }
            *cursor = inside;
            let value = self.union(cursor, templates, depth);
            return if cursor.eat(")") { value } else { None };
        }
        cursor.quoted().map(|_| self.literal(Literal::Text))
    }

    /// A type that begins with a word.
    fn doc_word(&mut self, cursor: &mut Cursor<'t>, templates: &[&str], depth: u32) -> Option<ValueId> {
        let (name, place) = cursor.word();
        if matches!(name, "typeof" | "keyof" | "function" | "new" | "infer" | "unique") {
            return None;
        }
        if name == "import" {
            return self.doc_import(cursor, templates, depth);
        }
        if name.starts_with(|first: char| first.is_ascii_digit()) {
            return Some(self.literal(Literal::Number));
        }
        if cursor.peek() == b'i' && cursor.eat_word("is") {
            self.union(cursor, templates, depth);
            return Some(self.literal(Literal::Boolean));
        }
        let value = match name {
            "string" | "String" => Some(self.literal(Literal::Text)),
            "number" | "Number" | "bigint" => Some(self.literal(Literal::Number)),
            "boolean" | "Boolean" | "true" | "false" => Some(self.literal(Literal::Boolean)),
            "null" | "undefined" | "void" => Some(self.literal(Literal::None)),
            "any" | "unknown" | "object" | "Object" | "never" | "symbol" | "Function" => None,
            name if templates.contains(&name) => None,
            _ => Some(self.doc_name(name, place)),
        };
        let value = self.doc_members(cursor, value);
        self.doc_arguments(cursor, value, templates, depth)
    }

    fn list_of(&mut self, elements: &[ValueId], literal: Literal) -> ValueId {
        self.values.push_with_list(elements, |elements| Value::Literal(literal, elements))
    }

    /// A name that stands alone: of the module, of a type that a comment names, or of the language.
    fn doc_name(&mut self, name: &str, place: Range<u32>) -> ValueId {
        let id = self.intern(name);
        let at = oxc_span::Span::new(place.start, place.end);
        let pending = match self.scoping.get_root_binding(name.into()) {
            Some(declared) => Pending::Declaration(declared),
            None if self.docs.typedefs.contains_key(&id) => Pending::Typedef,
            None => Pending::Nothing,
        };
        let reference = self.refer_pending(id, at, Role::Annotation, Binding::Free, pending);
        self.values.reference(reference)
    }

    /// `import("./a").T`.
    fn doc_import(&mut self, cursor: &mut Cursor<'t>, templates: &[&str], depth: u32) -> Option<ValueId> {
        if !cursor.eat("(") {
            return None;
        }
        let (specifier, at) = cursor.quoted()?;
        if !cursor.eat(")") || !cursor.eat(".") {
            return None;
        }
        let (name, place) = cursor.word();
        if !can_be_named(name) {
            return None;
        }
        let (specifier, member, line) = (self.intern(specifier), self.intern(name), self.line(at.start));
        let outside = std::mem::replace(&mut self.circumstances, EdgeKinds::empty());
        let import = self.add_named(specifier, Some(member), ImportForm::Member, EdgeKinds::TYPE_ONLY, line);
        self.circumstances = outside;
        let at = oxc_span::Span::new(place.start, place.end);
        let reference = self.refer(member, at, Role::Annotation, Binding::Import(import));
        let value = Some(self.values.reference(reference));
        let value = self.doc_members(cursor, value);
        self.doc_arguments(cursor, value, templates, depth)
    }

    /// The members that a dotted name goes on with.
    fn doc_members(&mut self, cursor: &mut Cursor<'t>, mut value: Option<ValueId>) -> Option<ValueId> {
        while cursor.is_name_after_dot() {
            cursor.eat(".");
            let (name, place) = cursor.word();
            let Some(base) = value.map(|value| self.values.get(value)) else { continue };
            let Value::Reference(base) = base else { continue };
            let (name, at) = (self.intern(name), oxc_span::Span::new(place.start, place.end));
            let reference = self.refer(name, at, Role::Annotation, Binding::Attribute(base));
            value = Some(self.values.reference(reference));
        }
        value
    }

    /// The arguments that a type is given: `Array<T>`, or with a dot before them as they were written once.
    fn doc_arguments(
        &mut self,
        cursor: &mut Cursor<'t>,
        value: Option<ValueId>,
        templates: &[&str],
        depth: u32,
    ) -> Option<ValueId> {
        if !cursor.eat(".<") && !cursor.eat("<") {
            return value;
        }
        let mut arguments = Vec::new();
        while !cursor.eat(">") {
            let argument = self.union(cursor, templates, depth);
            arguments.push(self.or_unknown(argument));
            if !cursor.eat(",") && !cursor.is_at(">") {
                return None;
            }
        }
        arguments.truncate(MAX_ELEMENTS);
        value.map(|base| self.values.push_with_list(&arguments, |list| Value::Item(base, list)))
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
fn tags(text: &str, comment: Range<u32>) -> impl Iterator<Item = (&str, u32)> {
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
fn is_in_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$') || !byte.is_ascii()
}

/// A place in a comment, and where what is read ends.
#[derive(Clone)]
struct Cursor<'t> {
    text: &'t str,
    at: usize,
    end: usize,
}

impl<'t> Cursor<'t> {
    fn new(text: &'t str, place: Range<u32>) -> Self {
        Self { text, at: place.start as usize, end: place.end as usize }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..self.end]
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
    fn peek(&mut self) -> u8 {
        self.skip_space();
        self.text.as_bytes()[self.at..self.end].first().copied().unwrap_or_default()
    }

    fn at_end(&mut self) -> bool {
        self.skip_space();
        self.at == self.end
    }

    fn is_at(&mut self, sign: &str) -> bool {
        self.skip_space();
        self.text.as_bytes()[self.at..self.end].starts_with(sign.as_bytes())
    }

    fn eat(&mut self, sign: &str) -> bool {
        let is_there = self.is_at(sign);
        self.at += if is_there { sign.len() } else { 0 };
        is_there
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let mut ahead = self.clone();
        let is_it = ahead.word().0 == word;
        if is_it {
            *self = ahead;
        }
        is_it
    }

    /// The name or number that comes next, empty if there is none, and where it stands.
    fn word(&mut self) -> (&'t str, Range<u32>) {
        self.skip_space();
        let rest = self.rest();
        let length = rest.bytes().position(|byte| !is_in_word(byte)).unwrap_or(rest.len());
        let start = self.at as u32;
        self.at += length;
        (&rest[..length], start..self.at as u32)
    }

    fn is_name_after_dot(&mut self) -> bool {
        if self.peek() != b'.' {
            return false;
        }
        let mut ahead = self.clone();
        ahead.eat(".") && is_in_word(ahead.peek())
    }

    /// The text between the quotes that come next, and where it stands.
    fn quoted(&mut self) -> Option<(&'t str, Range<u32>)> {
        self.skip_space();
        let rest = self.rest();
        let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\'' | '`'))?;
        let length = rest[1..].find(quote)?;
        let start = self.at as u32 + 1;
        self.at += length + 2;
        Some((&rest[1..=length], start..start + length as u32))
    }

    /// What is between the braces that come next, which may have such inside.
    fn braces(&mut self) -> Option<Range<u32>> {
        if !self.eat("{") {
            return None;
        }
        let start = self.at as u32;
        self.skip_past(b'{', b'}').then(|| start..self.at as u32 - 1)
    }

    /// Goes past the bracket that closes the one before; to the end if there is none.
    fn skip_past(&mut self, open: u8, close: u8) -> bool {
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
