//! Blocks, and the circumstances that statements make for the imports in them.

use esker_frontend_api::{EdgeKinds, FactKind, ScopeKind, Value};
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;

use super::Lowerer;

impl<'a> Lowerer<'_> {
    pub(super) fn lower_if_statement(&mut self, it: &IfStatement<'a>) {
        self.visit_expression(&it.test);
        self.under(EdgeKinds::CONDITIONAL, |this| {
            this.visit_statement(&it.consequent);
            it.alternate.iter().for_each(|it| this.visit_statement(it));
        });
    }

    pub(super) fn lower_conditional_expression(&mut self, it: &ConditionalExpression<'a>) {
        self.visit_expression(&it.test);
        self.under(EdgeKinds::CONDITIONAL, |this| {
            this.visit_expression(&it.consequent);
            this.visit_expression(&it.alternate);
        });
    }

    pub(super) fn lower_try_statement(&mut self, it: &TryStatement<'a>) {
        self.under(EdgeKinds::CONDITIONAL, |this| {
            this.visit_block_statement(&it.block);
            it.handler.iter().for_each(|it| this.visit_catch_clause(it));
        });
        it.finalizer.iter().for_each(|it| self.visit_block_statement(it));
    }

    pub(super) fn lower_catch_clause(&mut self, it: &CatchClause<'a>) {
        // The parameter is bound in the block's scope.
        let scope = self.open_scope(ScopeKind::Block, None, it.span);
        self.map_scope(it.scope_id.get(), scope);
        self.map_scope(it.body.scope_id.get(), scope);
        self.inside(scope, |this| {
            it.param.iter().for_each(|it| this.visit_catch_parameter(it));
            this.visit_statements(&it.body.body);
        });
    }

    pub(super) fn lower_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        self.visit_expression(&it.discriminant);
        self.in_block(it.scope_id.get(), it.span, |this| {
            this.under(EdgeKinds::CONDITIONAL, |this| this.visit_switch_cases(&it.cases));
        });
    }

    pub(super) fn lower_for_statement(&mut self, it: &ForStatement<'a>) {
        self.in_block(it.scope_id.get(), it.span, |this| {
            it.init.iter().for_each(|it| this.visit_for_statement_init(it));
            it.test.iter().for_each(|it| this.visit_expression(it));
            it.update.iter().for_each(|it| this.visit_expression(it));
            this.under(EdgeKinds::CONDITIONAL, |this| this.visit_statement(&it.body));
        });
    }

    pub(super) fn lower_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.in_block(it.scope_id.get(), it.span, |this| {
            this.visit_for_statement_left(&it.left);
            this.visit_expression(&it.right);
            this.under(EdgeKinds::CONDITIONAL, |this| this.visit_statement(&it.body));
        });
    }

    pub(super) fn lower_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.in_block(it.scope_id.get(), it.span, |this| {
            this.visit_for_statement_left(&it.left);
            this.visit_expression(&it.right);
            if let ForStatementLeft::VariableDeclaration(left) = &it.left
                && let [declarator] = left.declarations.as_slice()
                && declarator.type_annotation.is_none()
            {
                let right = this.value(&it.right);
                let make = if it.r#await { Value::ElementAsync } else { Value::Element };
                let element = right.map(|right| this.values.push(make(right)));
                this.tell_pattern(&declarator.id, FactKind::Assigned, element);
            }
            this.under(EdgeKinds::CONDITIONAL, |this| this.visit_statement(&it.body));
        });
    }
}
