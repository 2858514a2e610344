//! The names that comments of JavaScript give to types: `@typedef` and `@callback`.

use std::collections::hash_map::Entry;
use std::ops::Range;

use esker_frontend_api::{FactKind, Literal, NameId, ScopeId, ScopeKind, SymbolFlags, SymbolId, SymbolKind};

use super::define::{Defining, can_be_named};
use super::fact::Subject;
use super::jsdoc::{Cursor, tags};
use super::object::MAX_PROPERTIES;
use super::value::MAX_ELEMENTS;
use super::{Lowerer, span};

/// A name that a comment gives to something.
pub(super) struct Typedef {
    name: NameId,
    place: Range<u32>,
    meant: Meant,
}

/// What comments give names to. Ranges are those of types between their braces.
pub(super) enum Meant {
    Type(Range<u32>),
    /// An object with these members, one tag each.
    Object(Vec<Property>),
    /// A function that takes these, and what it returns.
    Function(Vec<Option<Range<u32>>>, Option<Range<u32>>),
    /// What an import asks for.
    Import(u32),
}

/// A member of an object: where its name stands, and its type.
pub(super) struct Property {
    name: Range<u32>,
    ty: Option<Range<u32>>,
}

impl<'t> Lowerer<'t> {
    /// Notes the types that a comment gives names.
    pub(super) fn find_typedefs(&mut self, comment: Range<u32>) {
        let mut last: Option<(&'t str, Range<u32>, Meant)> = None;
        for (tag, at) in tags(self.text, comment.clone()) {
            let mut cursor = Cursor::new(self.text, at + tag.len() as u32..comment.end);
            match tag {
                "typedef" | "callback" => {
                    self.note_typedef(last.take());
                    let ty = cursor.braces();
                    let (name, place) = cursor.word();
                    let meant = match ty {
                        _ if tag == "callback" => Meant::Function(Vec::new(), None),
                        Some(ty) if !is_object(&self.text[ty.start as usize..ty.end as usize]) => Meant::Type(ty),
                        _ => Meant::Object(Vec::new()),
                    };
                    last = Some((name, place, meant));
                }
                "property" | "prop" => {
                    if let (Some((_, _, Meant::Object(all))), Some(found)) = (&mut last, property(&mut cursor)) {
                        all.push(found);
                    }
                }
                "param" | "arg" | "argument" => {
                    if let (Some((_, _, Meant::Function(all, _))), Some(found)) = (&mut last, property(&mut cursor)) {
                        all.push(found.ty);
                    }
                }
                "returns" | "return" => {
                    if let Some((_, _, Meant::Function(_, returned))) = &mut last {
                        *returned = cursor.braces();
                    }
                }
                _ => {}
            }
        }
        self.note_typedef(last);
    }

    fn note_typedef(&mut self, found: Option<(&'t str, Range<u32>, Meant)>) {
        if let Some((name, place, meant)) = found.filter(|(name, ..)| can_be_named(name)) {
            self.name_in_docs(name, place, meant);
        }
    }

    /// Notes that a comment gives something a name, unless the file has that name already.
    pub(super) fn name_in_docs(&mut self, name: &str, place: Range<u32>, meant: Meant) {
        if self.scoping.get_root_binding(name.into()).is_some() {
            return;
        }
        let id = self.intern(name);
        if let Entry::Vacant(vacant) = self.docs.typedefs.entry(id) {
            vacant.insert(None);
            if !matches!(meant, Meant::Import(_)) {
                self.exported.insert(id);
            }
            self.docs.undeclared.push_back(Typedef { name: id, place, meant });
        }
    }

    /// Declares the types, in the module, to which comments before this place give names.
    pub(super) fn declare_typedefs(&mut self, before: u32) {
        while let Some(Typedef { name, place, meant }) =
            self.docs.undeclared.pop_front_if(|typedef| typedef.place.start < before)
        {
            let at = oxc_span::Span::new(place.start, place.end);
            let outside = std::mem::replace(&mut self.scope, ScopeId(0));
            let symbol = match meant {
                Meant::Type(ty) => self.declare_alias_in_docs(name, at, ty),
                Meant::Object(properties) => self.declare_object_in_docs(name, at, properties),
                Meant::Function(parameters, returned) => self.declare_function_in_docs(name, at, parameters, returned),
                Meant::Import(import) => self.declare_doc_import(name, at, import),
            };
            self.scope = outside;
            self.docs.typedefs.insert(name, Some(symbol));
        }
    }

    fn declare_in_docs(&mut self, kind: SymbolKind, name: NameId, at: oxc_span::Span) -> SymbolId {
        self.add_symbol(name, at, ScopeId(0), Defining { kind, flags: SymbolFlags::empty(), span: span(at) })
    }

    fn declare_alias_in_docs(&mut self, name: NameId, at: oxc_span::Span, ty: Range<u32>) -> SymbolId {
        let symbol = self.declare_in_docs(SymbolKind::TypeAlias, name, at);
        let value = self.lower_named_doc_type(ty, symbol);
        self.tell_known(Some(Subject::Symbol(symbol)), FactKind::Assigned, value);
        symbol
    }

    fn declare_object_in_docs(&mut self, name: NameId, at: oxc_span::Span, properties: Vec<Property>) -> SymbolId {
        let symbol = self.declare_in_docs(SymbolKind::Interface, name, at);
        let scope = self.open_scope(ScopeKind::Class, Some(symbol), at);
        self.symbols[symbol.index()].body = Some(scope);
        for Property { name, ty } in properties.into_iter().take(MAX_PROPERTIES) {
            let ty = ty.and_then(|ty| self.lower_doc_type(ty, &[]));
            let member = self.intern(&self.text[name.start as usize..name.end as usize]);
            self.define_doc_member(member, name, scope, ty);
        }
        symbol
    }

    fn declare_function_in_docs(
        &mut self,
        name: NameId,
        at: oxc_span::Span,
        parameters: Vec<Option<Range<u32>>>,
        returned: Option<Range<u32>>,
    ) -> SymbolId {
        let symbol = self.declare_in_docs(SymbolKind::TypeAlias, name, at);
        let mut all = Vec::new();
        for ty in std::iter::once(returned).chain(parameters).take(MAX_ELEMENTS) {
            let ty = ty.and_then(|ty| self.lower_doc_type(ty, &[]));
            all.push(self.or_unknown(ty));
        }
        let function = self.list_of(&all, Literal::Function);
        self.tell(Subject::Symbol(symbol), FactKind::Assigned, function);
        symbol
    }
}

/// Whether a type is that of any object, of which tags tell the members.
fn is_object(ty: &str) -> bool {
    matches!(ty.trim(), "object" | "Object")
}

/// The type and the name behind a tag; `None` if that is the name of a member of another one.
fn property(cursor: &mut Cursor<'_>) -> Option<Property> {
    let ty = cursor.braces();
    cursor.eat("[");
    let (name, place) = cursor.word();
    (can_be_named(name) && !cursor.is_at(".") && !cursor.is_at("[")).then_some(Property { name: place, ty })
}
