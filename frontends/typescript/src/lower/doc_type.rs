//! The types that comments of JavaScript have between braces, read by hand: they become values as annotations do.

use std::ops::Range;

use esker_frontend_api::{
    Binding, EdgeKinds, FactKind, ImportForm, Literal, NameId, Role, ScopeId, ScopeKind, SymbolFlags, SymbolId,
    SymbolKind, Value, ValueId,
};

use super::define::{Defining, can_be_named};
use super::fact::Subject;
use super::jsdoc::{Cursor, is_in_word};
use super::object::MAX_PROPERTIES;
use super::value::MAX_ELEMENTS;
use super::{Lowerer, Pending, span};

/// How deeply types in comments may nest.
const MAX_DEPTH: u32 = 16;

impl<'t> Lowerer<'t> {
    pub(super) fn union(&mut self, cursor: &mut Cursor<'t>, templates: &[&str], depth: u32) -> Option<ValueId> {
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
        if cursor.is_at("{") {
            return self.doc_object(cursor, templates, depth, None);
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
                return Some(self.doc_function(inside, cursor, templates, depth));
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
        if name == "typeof" {
            return self.doc_type_of(cursor, depth);
        }
        if matches!(name, "keyof" | "function" | "new" | "infer" | "unique") {
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
            _ => {
                let role = role_before(cursor);
                Some(self.doc_name(name, place, role))
            }
        };
        let value = self.doc_members(cursor, value, Role::Annotation);
        self.doc_arguments(cursor, value, templates, depth)
    }

    /// The type of a value: `typeof a.b`, `typeof import("./a")`.
    fn doc_type_of(&mut self, cursor: &mut Cursor<'t>, depth: u32) -> Option<ValueId> {
        let (name, place) = cursor.word();
        let value = match name {
            "import" => self.doc_import(cursor, &[], depth)?,
            name if can_be_named(name) => {
                let value = Some(self.doc_name(name, place, Role::Read));
                self.doc_members(cursor, value, Role::Read)?
            }
            _ => return None,
        };
        Some(self.values.push(Value::TypeOf(value)))
    }

    /// A function, of which the parameters stand at `inside`, and what it returns at the cursor.
    fn doc_function(
        &mut self,
        mut inside: Cursor<'t>,
        cursor: &mut Cursor<'t>,
        templates: &[&str],
        depth: u32,
    ) -> ValueId {
        let mut parts = vec![self.or_unknown(None)];
        while !inside.is_at(")") && parts.len() < MAX_ELEMENTS {
            inside.eat("...");
            let (name, _) = inside.word();
            inside.eat("?");
            if !can_be_named(name) || !inside.eat(":") {
                break;
            }
            let parameter = self.union(&mut inside, templates, depth);
            // What `this` is takes no argument.
            if name != "this" {
                parts.push(self.or_unknown(parameter));
            }
            if !inside.eat(",") {
                break;
            }
        }
        let returned = self.union(cursor, templates, depth);
        parts[0] = self.or_unknown(returned);
        self.list_of(&parts, Literal::Function)
    }

    /// An object type, with its members as those of `owner`, if that is given.
    fn doc_object(
        &mut self,
        cursor: &mut Cursor<'t>,
        templates: &[&str],
        depth: u32,
        owner: Option<SymbolId>,
    ) -> Option<ValueId> {
        let start = cursor.place();
        let mut inside = cursor.clone();
        inside.eat("{");
        cursor.eat("{");
        cursor.skip_past(b'{', b'}');
        let at = oxc_span::Span::new(start, cursor.place());
        let mut members = Vec::new();
        while !inside.eat("}") {
            inside.eat_word("readonly");
            if inside.eat("[") {
                // All that has no name in the text is of one type.
                inside.skip_past(b'[', b']');
                let value = if inside.eat(":") { self.union(&mut inside, templates, depth) } else { None };
                let value = self.or_unknown(value);
                return members.is_empty().then(|| self.list_of(&[value], Literal::Mapping));
            }
            let (name, place) = inside.quoted().unwrap_or_else(|| inside.word());
            inside.eat("?");
            if !can_be_named(name) || members.len() >= MAX_PROPERTIES || !inside.eat(":") {
                return None;
            }
            let ty = self.union(&mut inside, templates, depth);
            members.push((name, place, ty));
            if !inside.eat(",") && !inside.eat(";") && !inside.is_at("}") {
                return None;
            }
        }
        let part = if owner.is_none() { self.part_symbol(at) } else { None };
        let owner = owner.or(part);
        let scope = self.open_scope(ScopeKind::Class, owner, at);
        if let Some(owner) = owner {
            self.symbols[owner.index()].body = Some(scope);
        }
        part.into_iter().for_each(|part| self.tell_members(part));
        for (name, place, ty) in members {
            let name = self.intern(name);
            self.define_doc_member(name, place, scope, ty);
        }
        Some(self.values.share(Value::Scope(scope)))
    }

    /// Makes a member that a comment tells of.
    pub(super) fn define_doc_member(&mut self, name: NameId, place: Range<u32>, scope: ScopeId, ty: Option<ValueId>) {
        let at = oxc_span::Span::new(place.start, place.end);
        let defining = Defining { kind: SymbolKind::Field, flags: SymbolFlags::empty(), span: span(at) };
        let member = self.define_named_member(name, at, scope, defining);
        self.tell_known(Some(Subject::Symbol(member)), FactKind::Type, ty);
    }

    /// The value of a type to which a comment gives a name.
    pub(super) fn lower_named_doc_type(&mut self, place: Range<u32>, owner: SymbolId) -> Option<ValueId> {
        let mut cursor = Cursor::new(self.text, place.clone());
        let mut ahead = cursor.clone();
        if ahead.eat("{") && ahead.skip_past(b'{', b'}') && ahead.at_end() {
            return self.doc_object(&mut cursor, &[], 0, Some(owner));
        }
        self.lower_doc_type(place, &[])
    }

    pub(super) fn list_of(&mut self, elements: &[ValueId], literal: Literal) -> ValueId {
        self.values.push_with_list(elements, |elements| Value::Literal(literal, elements))
    }

    /// A name that stands alone: of the module, of a type that a comment names, or of the language.
    fn doc_name(&mut self, name: &str, place: Range<u32>, role: Role) -> ValueId {
        let id = self.intern(name);
        let at = oxc_span::Span::new(place.start, place.end);
        let pending = match self.scoping.get_root_binding(name.into()) {
            Some(declared) => Pending::Declaration(declared),
            None if self.docs.typedefs.contains_key(&id) => Pending::Typedef,
            None => Pending::Nothing,
        };
        let reference = self.refer_pending(id, at, role, Binding::Free, pending);
        self.values.reference(reference)
    }

    /// `import("./a").T`, or what a module is as a whole: `import("./a")`.
    fn doc_import(&mut self, cursor: &mut Cursor<'t>, templates: &[&str], depth: u32) -> Option<ValueId> {
        if !cursor.eat("(") {
            return None;
        }
        let (specifier, at) = cursor.quoted()?;
        if !cursor.eat(")") {
            return None;
        }
        let (specifier, line) = (self.intern(specifier), self.line(at.start));
        if !cursor.is_name_after_dot() {
            let import = self.add_doc_import(specifier, None, ImportForm::Required, line);
            let value = Some(self.values.share(Value::Import(import)));
            return self.doc_arguments(cursor, value, templates, depth);
        }
        cursor.eat(".");
        let (name, place) = cursor.word();
        if !can_be_named(name) {
            return None;
        }
        let member = self.intern(name);
        let import = self.add_doc_import(specifier, Some(member), ImportForm::Member, line);
        let (at, role) = (oxc_span::Span::new(place.start, place.end), role_before(cursor));
        let reference = self.refer(member, at, role, Binding::Import(import));
        let value = Some(self.values.reference(reference));
        let value = self.doc_members(cursor, value, Role::Annotation);
        self.doc_arguments(cursor, value, templates, depth)
    }

    fn add_doc_import(&mut self, specifier: NameId, member: Option<NameId>, form: ImportForm, line: u32) -> u32 {
        let outside = std::mem::replace(&mut self.circumstances, EdgeKinds::empty());
        let import = self.add_named(specifier, member, form, EdgeKinds::TYPE_ONLY, line);
        self.circumstances = outside;
        import
    }

    /// The members that a dotted name goes on with.
    fn doc_members(&mut self, cursor: &mut Cursor<'t>, mut value: Option<ValueId>, role: Role) -> Option<ValueId> {
        while cursor.is_name_after_dot() {
            cursor.eat(".");
            let (name, place) = cursor.word();
            let Some(base) = value.map(|value| self.values.get(value)) else { continue };
            let Value::Reference(base) = base else { continue };
            let (name, at) = (self.intern(name), oxc_span::Span::new(place.start, place.end));
            let role = if role == Role::Annotation { role_before(cursor) } else { role };
            let reference = self.refer(name, at, role, Binding::Attribute(base));
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

/// What is done with a name that was read: as that of a namespace before a dot it is no type.
fn role_before(cursor: &mut Cursor<'_>) -> Role {
    if cursor.is_name_after_dot() { Role::Read } else { Role::Annotation }
}
