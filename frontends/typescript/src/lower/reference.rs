//! Uses of names.

use esker_frontend_api::{
    Binding, FactKind, NameId, Reference, ReferenceId, Role, Symbol, SymbolFlags, SymbolId, SymbolKind,
};
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;

use super::call::has_context;
use super::define::{Defining, can_be_named};
use super::fact::Subject;
use super::import::inside_quotes;
use super::{Lowerer, Pending, span};
use crate::parse::{DECLARATION, TSX, TYPESCRIPT};

/// How many symbols back a parameter is looked for.
const MAX_PARAMETERS: usize = 64;

impl<'a> Lowerer<'_> {
    /// Records a use of a name with a binding that is known.
    pub(super) fn refer(&mut self, name: NameId, at: oxc_span::Span, role: Role, binding: Binding) -> ReferenceId {
        self.refer_pending(name, at, role, binding, Pending::Nothing)
    }

    pub(super) fn refer_pending(
        &mut self,
        name: NameId,
        at: oxc_span::Span,
        role: Role,
        binding: Binding,
        pending: Pending,
    ) -> ReferenceId {
        let id = self.push_reference(name, at, role, binding, pending);
        self.reference_at.insert(at.start, id);
        id
    }

    /// Records a use of a name as a key: a variable may be used at the same place, and that is what has a value.
    pub(super) fn refer_key(&mut self, name: NameId, at: oxc_span::Span, role: Role, binding: Binding) {
        let id = self.push_reference(name, at, role, binding, Pending::Nothing);
        self.reference_at.insert_first(at.start, id);
    }

    fn push_reference(
        &mut self,
        name: NameId,
        at: oxc_span::Span,
        role: Role,
        binding: Binding,
        pending: Pending,
    ) -> ReferenceId {
        let id = ReferenceId(self.references.len() as u32);
        self.references.push(Reference { name, scope: self.scope, span: span(at), role, binding });
        self.pending.push(pending);
        id
    }

    /// Records a use of a name that stands alone.
    pub(super) fn refer_identifier(&mut self, it: &IdentifierReference<'_>, role: Role) -> ReferenceId {
        let bound = it.reference_id.get().and_then(|id| self.scoping.get_reference(id).symbol_id());
        let name = self.declared_name(bound, it.name.as_str());
        let pending = bound.map_or(Pending::Nothing, Pending::Declaration);
        let reference = self.refer_pending(name, it.span, role, Binding::Free, pending);
        if !self.narrowings.is_empty() {
            self.narrow(reference, self.path_of_name(it));
        }
        reference
    }

    /// Whether a name that stands alone is bound by the file.
    pub(super) fn is_bound(&self, it: &IdentifierReference<'_>) -> bool {
        it.reference_id.get().is_some_and(|id| self.scoping.get_reference(id).symbol_id().is_some())
    }

    /// Visits an expression as something of which `role` is done; `None` if it is no name.
    pub(super) fn visit_as(&mut self, expression: &Expression<'a>, role: Role) -> Option<ReferenceId> {
        match expression {
            Expression::Identifier(it) => Some(self.refer_identifier(it, role)),
            Expression::StaticMemberExpression(it) => {
                let name = self.intern(it.property.name.as_str());
                Some(self.refer_member(&it.object, name, it.property.span, role))
            }
            Expression::PrivateFieldExpression(it) => {
                let name = self.intern(&format!("#{}", it.field.name));
                Some(self.refer_member(&it.object, name, it.field.span, role))
            }
            Expression::ParenthesizedExpression(it) if !self.has_doc(it.span.start) => {
                self.visit_as(&it.expression, role)
            }
            Expression::TSNonNullExpression(it) => self.visit_as(&it.expression, role),
            Expression::TSInstantiationExpression(it) => {
                let reference = self.visit_as(&it.expression, role);
                self.visit_ts_type_parameter_instantiation(&it.type_arguments);
                reference
            }
            other => {
                self.visit_expression(other);
                None
            }
        }
    }

    /// Records a use of a member of what an expression gives.
    pub(super) fn refer_member(
        &mut self,
        object: &Expression<'a>,
        name: NameId,
        at: oxc_span::Span,
        role: Role,
    ) -> ReferenceId {
        let reference = self.refer_member_of(object, name, at, role);
        if !self.narrowings.is_empty() {
            let path = self.path_to(object, name);
            self.narrow(reference, path);
        }
        reference
    }

    fn refer_member_of(
        &mut self,
        object: &Expression<'a>,
        name: NameId,
        at: oxc_span::Span,
        role: Role,
    ) -> ReferenceId {
        if let (Expression::ThisExpression(_), Some(declared)) = (object, self.declared_this) {
            return self.refer(name, at, role, Binding::Member(declared));
        }
        if let (Expression::ThisExpression(_), Some(this)) = (object, &self.this) {
            let class = this.class;
            let value = self.this_value();
            return self.refer_pending(name, at, role, Binding::Unknown, Pending::Member(class, value));
        }
        if let Some(base) = self.visit_as(object, Role::Read) {
            let narrowed = self.narrowed.get(&base).copied();
            return self.refer(name, at, role, narrowed.map_or(Binding::Attribute(base), Binding::Member));
        }
        let value = self.value(object);
        self.refer(name, at, role, value.map_or(Binding::Unknown, Binding::Member))
    }

    /// Records the uses in the name of a type; the last one is the whole name's.
    pub(super) fn refer_type_name(&mut self, name: &TSTypeName<'_>, role: Role) -> Option<ReferenceId> {
        match name {
            TSTypeName::IdentifierReference(it) => Some(self.refer_identifier(it, role)),
            TSTypeName::QualifiedName(it) => {
                let base = self.refer_type_name(&it.left, Role::Read);
                let name = self.intern(it.right.name.as_str());
                Some(self.refer(name, it.right.span, role, base.map_or(Binding::Unknown, Binding::Attribute)))
            }
            TSTypeName::ThisExpression(_) => None,
        }
    }

    /// Records the use of a parameter of the function around, in a type that says something of it.
    pub(super) fn refer_parameter(&mut self, it: &IdentifierName<'a>) {
        let (name, scope) = (self.intern(it.name.as_str()), self.scope);
        let is_it = |row: &Symbol| row.scope == scope && row.name == name;
        let symbol = self.symbols.iter().rev().take(MAX_PARAMETERS).position(is_it);
        let binding =
            symbol.map_or(Binding::Unknown, |back| Binding::Symbol(SymbolId((self.symbols.len() - 1 - back) as u32)));
        self.refer(name, it.span, Role::Annotation, binding);
    }

    /// Whether types are written in the file, as against JavaScript.
    pub(super) fn is_typed(&self) -> bool {
        matches!(self.dialect, TYPESCRIPT | TSX | DECLARATION)
    }

    /// Records a use of a member that is named by a text: `o["a"]`.
    pub(super) fn refer_computed(&mut self, object: &Expression<'a>, text: &StringLiteral<'a>) {
        let Some(value) = self.value(object).filter(|_| can_be_named(text.value.as_str())) else { return };
        let name = self.intern(text.value.as_str());
        let id =
            self.push_reference(name, inside_quotes(text.span), Role::Read, Binding::Member(value), Pending::Nothing);
        self.reference_at.insert(text.span.start, id);
    }

    /// Visits an assignment, and tells what is assigned.
    pub(super) fn lower_assignment(&mut self, it: &AssignmentExpression<'a>) {
        if self.lower_exported(it) {
            return;
        }
        self.lower_assigned(it);
        self.end_narrowings_of(&it.left);
    }

    fn lower_assigned(&mut self, it: &AssignmentExpression<'a>) {
        if self.lower_added(it) {
            return;
        }
        if let AssignmentTarget::StaticMemberExpression(target) = &it.left
            && matches!(target.object, Expression::ThisExpression(_))
            && self.declared_this.is_none()
            && let Some(this) = self.this.clone().filter(|this| this.is_class)
        {
            let (name, at) = (self.intern(target.property.name.as_str()), target.property.span);
            // Where types are written, what a class that derives from another does not declare is inherited.
            let is_known = self.is_typed() && this.base.is_some()
                || this.declared.contains(&name)
                || self.members.contains_key(&(this.class, name));
            // A comment says as much as an assignment: a class further up may declare the member.
            let documented = self.doc_type(it.span.start).map(|ty| self.annotated(ty));
            self.document(&it.right, &[it.span.start]);
            if !is_known {
                let flags = if this.is_instance { SymbolFlags::INSTANCE } else { SymbolFlags::STATIC };
                let defining = Defining { kind: SymbolKind::Field, flags, span: span(it.span) };
                let field = self.define_named_member(name, at, this.class, defining);
                self.visit_for(&it.right, documented, Some(field));
                let value = documented.or_else(|| self.value(&it.right));
                self.tell_known(Some(Subject::Symbol(field)), FactKind::Assigned, value);
                return;
            }
            self.visit_assignment_target(&it.left);
            let context = documented.or_else(|| self.name_value(at));
            self.visit_for(&it.right, context, None);
            let value = documented.or_else(|| self.value(&it.right));
            self.tell_known(Some(Subject::Member(this.class, name)), FactKind::Assigned, value);
            return;
        }
        self.visit_assignment_target(&it.left);
        let context = match &it.left {
            AssignmentTarget::AssignmentTargetIdentifier(left) => self.name_value(left.span),
            AssignmentTarget::StaticMemberExpression(left) => self.name_value(left.property.span),
            // A member with a computed name is declared with one, if at all.
            AssignmentTarget::ComputedMemberExpression(left)
                if matches!(left.object, Expression::ThisExpression(_)) =>
            {
                Some(self.or_unknown(None))
            }
            _ => None,
        };
        self.document(&it.right, &[it.span.start]);
        self.visit_for(&it.right, context.filter(|_| has_context(&it.right)), None);
        if let AssignmentTarget::AssignmentTargetIdentifier(left) = &it.left
            && let Some(declared) = left.reference_id.get().and_then(|id| self.scoping.get_reference(id).symbol_id())
            && it.operator.is_assign()
        {
            let value = self.value(&it.right);
            self.tell_known(Some(Subject::Declared(declared)), FactKind::Assigned, value);
        }
    }
}
