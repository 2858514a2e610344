//! Uses of names.

use esker_frontend_api::{Binding, NameId, Reference, ReferenceId, Role};
use oxc_ast::ast::{Expression, IdentifierReference, JSXMemberExpression, JSXMemberExpressionObject, TSTypeName};
use oxc_ast_visit::Visit;
use oxc_span::GetSpan;

use super::{Lowerer, Pending, span};

impl Lowerer<'_> {
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
        let id = ReferenceId(self.references.len() as u32);
        self.references.push(Reference { name, scope: self.scope, span: span(at), role, binding });
        self.pending.push(pending);
        id
    }

    /// Records a use of a name that stands alone.
    pub(super) fn refer_identifier(&mut self, it: &IdentifierReference<'_>, role: Role) -> ReferenceId {
        let name = self.intern(it.name.as_str());
        let bound = it.reference_id.get().and_then(|id| self.scoping.get_reference(id).symbol_id());
        let pending = bound.map_or(Pending::Nothing, Pending::Declaration);
        self.refer_pending(name, it.span, role, Binding::Free, pending)
    }

    /// Whether a name that stands alone is bound by the file.
    pub(super) fn is_bound(&self, it: &IdentifierReference<'_>) -> bool {
        it.reference_id.get().is_some_and(|id| self.scoping.get_reference(id).symbol_id().is_some())
    }

    /// Visits an expression as something of which `role` is done; `None` if it is no name.
    pub(super) fn visit_as(&mut self, expression: &Expression<'_>, role: Role) -> Option<ReferenceId> {
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
            Expression::ParenthesizedExpression(it) => self.visit_as(&it.expression, role),
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
        object: &Expression<'_>,
        name: NameId,
        at: oxc_span::Span,
        role: Role,
    ) -> ReferenceId {
        if let (Expression::ThisExpression(_), Some(this)) = (object, &self.this) {
            let class = this.class;
            return self.refer_pending(name, at, role, Binding::Unknown, Pending::Member(class));
        }
        let base = self.visit_as(object, Role::Read);
        self.refer(name, at, role, base.map_or(Binding::Unknown, Binding::Attribute))
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

    /// Records the uses in the dotted name of a JSX element.
    pub(super) fn refer_jsx_member(&mut self, it: &JSXMemberExpression<'_>, role: Role) -> ReferenceId {
        let name = self.intern(it.property.name.as_str());
        let base = match &it.object {
            JSXMemberExpressionObject::IdentifierReference(it) => Some(self.refer_identifier(it, Role::Read)),
            JSXMemberExpressionObject::MemberExpression(it) => Some(self.refer_jsx_member(it, Role::Read)),
            JSXMemberExpressionObject::ThisExpression(_) => match &self.this {
                Some(this) => {
                    let class = this.class;
                    return self.refer_pending(
                        name,
                        it.property.span(),
                        role,
                        Binding::Unknown,
                        Pending::Member(class),
                    );
                }
                None => None,
            },
        };
        self.refer(name, it.property.span(), role, base.map_or(Binding::Unknown, Binding::Attribute))
    }
}
