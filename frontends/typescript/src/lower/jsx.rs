//! JSX: its elements, and the module that it is compiled to calls of, which nothing in a file has to name.
//!
//! `/** @jsxImportSource m */` at the head of the file names it, or else the compiler's settings do, which are asked
//! when imports are located. Where nothing in the file is JSX, it is not imported. Elements with a small first letter
//! are members of `JSX.IntrinsicElements` of that module.

use esker_frontend_api::{Binding, EdgeKinds, ImportForm, NameId, ReferenceId, Role, Value, ValueId};
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_span::GetSpan;

use super::{Lowerer, Pending};

/// What comes after the module that is named, by which the calls are imported.
pub(crate) const RUNTIME: &str = "jsx-runtime";

/// What a file has of JSX.
#[derive(Default)]
pub(super) struct Jsx {
    /// Where the first element or fragment starts.
    first: Option<u32>,
    /// The module that a comment names, and where.
    source: Option<(String, u32)>,
    /// Whether a comment says that JSX becomes calls of a function which is in scope.
    is_classic: bool,
    /// The import that it implies, once it was asked for.
    runtime: Option<u32>,
    /// What the types of the module say that elements and attributes are, by the name of the type.
    types: Vec<(&'static str, ValueId)>,
}

impl<'a> Lowerer<'_> {
    /// Reads what a comment says of how JSX is compiled.
    pub(super) fn jsx_pragmas(&mut self, text: &str, start: u32) {
        let mut at = start;
        for line in text.split_inclusive('\n') {
            let mut words = line
                .trim_start_matches(|character: char| character.is_whitespace() || character == '*')
                .split_whitespace();
            match (words.next(), words.next()) {
                (Some("@jsxImportSource"), Some(source)) => self.jsx.source = Some((source.to_owned(), at)),
                (Some("@jsxRuntime"), Some(runtime)) => self.jsx.is_classic = runtime == "classic",
                _ => {}
            }
            at += line.len() as u32;
        }
    }

    /// Notes that the file has JSX, and where.
    pub(super) fn see_jsx(&mut self, start: u32) {
        self.jsx.first.get_or_insert(start);
    }

    /// The import that the JSX of the file implies.
    pub(super) fn import_jsx_runtime(&mut self) -> Option<u32> {
        if self.jsx.runtime.is_some() {
            return self.jsx.runtime;
        }
        let Jsx { first: Some(first), source, is_classic: false, .. } = &self.jsx else { return None };
        let (specifier, form, at) = match source {
            Some((source, at)) => (format!("{}/{RUNTIME}", source.trim_end_matches('/')), ImportForm::Module, *at),
            None => (RUNTIME.to_owned(), ImportForm::Implied, *first),
        };
        let specifier = self.intern(&specifier);
        let line = self.line(at);
        let circumstances = std::mem::replace(&mut self.circumstances, EdgeKinds::empty());
        self.jsx.runtime = Some(self.add_named(specifier, None, form, EdgeKinds::empty(), line));
        self.circumstances = circumstances;
        self.jsx.runtime
    }

    /// What is like a type of the namespace `JSX` that the module has.
    fn jsx_type(&mut self, name: &'static str) -> Option<ValueId> {
        if let Some((_, known)) = self.jsx.types.iter().find(|(known, _)| *known == name) {
            return Some(*known);
        }
        let import = self.import_jsx_runtime()?;
        let module = self.values.share(Value::Import(import));
        let namespace = self.intern("JSX");
        let namespace = self.member_of(module, namespace);
        let member = self.intern(name);
        let ty = self.member_of(namespace, member);
        let value = self.annotated(ty);
        self.jsx.types.push((name, value));
        Some(value)
    }

    /// Records the use of an element that is no component; returns what its attributes are members of.
    fn refer_intrinsic(&mut self, it: &JSXIdentifier<'a>, role: Role) -> Option<ValueId> {
        let elements = self.jsx_type("IntrinsicElements")?;
        let name = self.intern(it.name.as_str());
        self.refer_key(name, it.span, role, Binding::Member(elements));
        Some(self.member_of(elements, name))
    }

    /// Records the use of what an element is named by; returns what its attributes are members of.
    fn refer_element(&mut self, it: &JSXElementName<'a>, role: Role) -> Option<ValueId> {
        let component = match it {
            JSXElementName::Identifier(name) => return self.refer_intrinsic(name, role),
            JSXElementName::IdentifierReference(it) => self.refer_identifier(it, role),
            JSXElementName::MemberExpression(it) => self.refer_jsx_member(it, role),
            _ => return None,
        };
        let narrowed = self.narrowed.get(&component).copied();
        let component = narrowed.unwrap_or_else(|| self.values.reference(component));
        Some(self.values.push(Value::Argument(component, 0)))
    }

    /// Visits the closing of an element.
    pub(super) fn lower_jsx_closing(&mut self, it: &JSXClosingElement<'a>) {
        self.refer_element(&it.name, Role::Read);
    }

    /// Visits the opening of a JSX element: what its attributes are called, its component tells.
    pub(super) fn lower_jsx_element(&mut self, it: &JSXOpeningElement<'a>) {
        let properties = self.refer_element(&it.name, Role::Call);
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
        for attribute in &it.attributes {
            let JSXAttributeItem::Attribute(attribute) = attribute else {
                self.visit_jsx_attribute_item(attribute);
                continue;
            };
            let mut member = None;
            if let (JSXAttributeName::Identifier(name), Some(properties)) = (&attribute.name, properties) {
                let key = self.intern(name.name.as_str());
                let properties = self.with_attributes_of_all(properties, key);
                self.refer_key(key, name.span, Role::Keyword, Binding::Member(properties));
                member = Some(self.member_of(properties, key));
            }
            match &attribute.value {
                Some(JSXAttributeValue::ExpressionContainer(value)) => match value.expression.as_expression() {
                    Some(value) => self.visit_for(value, member, None),
                    None => self.visit_jsx_expression_container(value),
                },
                Some(other) => self.visit_jsx_attribute_value(other),
                None => {}
            }
        }
    }

    /// What an attribute of this name is a member of: some are those of all elements.
    fn with_attributes_of_all(&mut self, properties: ValueId, name: NameId) -> ValueId {
        if !matches!(self.names.get(name), Some("key" | "ref")) {
            return properties;
        }
        let all = self.jsx_type("IntrinsicAttributes");
        all.and_then(|all| self.either(&[properties, all])).unwrap_or(properties)
    }

    /// Records the uses in the dotted name of a JSX element.
    fn refer_jsx_member(&mut self, it: &JSXMemberExpression<'_>, role: Role) -> ReferenceId {
        let name = self.intern(it.property.name.as_str());
        let base = match &it.object {
            JSXMemberExpressionObject::IdentifierReference(it) => Some(self.refer_identifier(it, Role::Read)),
            JSXMemberExpressionObject::MemberExpression(it) => Some(self.refer_jsx_member(it, Role::Read)),
            JSXMemberExpressionObject::ThisExpression(_) => match &self.this {
                Some(this) => {
                    let (class, value) = (this.class, self.this_value());
                    let pending = Pending::Member(class, value);
                    return self.refer_pending(name, it.property.span(), role, Binding::Unknown, pending);
                }
                None => None,
            },
        };
        self.refer(name, it.property.span(), role, base.map_or(Binding::Unknown, Binding::Attribute))
    }
}
