//! Blocks, and the circumstances that statements make for the imports in them.

use esker_frontend_api::{EdgeKinds, FactKind, ScopeKind, Value, ValueId};
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_syntax::operator::LogicalOperator;

use super::Lowerer;

impl<'a> Lowerer<'_> {
    pub(super) fn lower_if_statement(&mut self, it: &IfStatement<'a>) {
        self.visit_expression(&it.test);
        self.under(EdgeKinds::CONDITIONAL, |this| {
            this.where_test(&it.test, true, |this| this.visit_statement(&it.consequent));
            if let Some(alternate) = &it.alternate {
                this.where_test(&it.test, false, |this| this.visit_statement(alternate));
            }
        });
        self.hold_after_if(it);
    }

    /// Visits both branches of an expression that are to be like `context`, a value.
    pub(super) fn lower_conditional_expression(&mut self, it: &ConditionalExpression<'a>, context: Option<ValueId>) {
        self.visit_expression(&it.test);
        self.under(EdgeKinds::CONDITIONAL, |this| {
            this.where_test(&it.test, true, |this| this.visit_like(&it.consequent, context));
            this.where_test(&it.test, false, |this| this.visit_like(&it.alternate, context));
        });
    }

    /// Visits both sides of an expression that are to be like `context`, a value.
    pub(super) fn lower_logical_expression(&mut self, it: &LogicalExpression<'a>, context: Option<ValueId>) {
        let left = context.filter(|_| it.operator != LogicalOperator::And);
        self.visit_like(&it.left, left);
        self.under(EdgeKinds::CONDITIONAL, |this| match it.operator {
            LogicalOperator::And => this.where_test(&it.left, true, |this| this.visit_like(&it.right, context)),
            LogicalOperator::Or => this.where_test(&it.left, false, |this| this.visit_like(&it.right, context)),
            LogicalOperator::Coalesce => this.visit_like(&it.right, context),
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

    pub(super) fn lower_while_statement(&mut self, it: &WhileStatement<'a>) {
        self.in_loop(|this| {
            this.visit_expression(&it.test);
            this.under(EdgeKinds::CONDITIONAL, |this| {
                this.where_test(&it.test, true, |this| this.visit_statement(&it.body));
            });
        });
    }

    pub(super) fn lower_do_while_statement(&mut self, it: &DoWhileStatement<'a>) {
        self.in_loop(|this| {
            this.under(EdgeKinds::CONDITIONAL, |this| this.visit_statement(&it.body));
            this.visit_expression(&it.test);
        });
    }

    pub(super) fn lower_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        self.visit_expression(&it.discriminant);
        self.in_block(it.scope_id.get(), it.span, |this| {
            this.under(EdgeKinds::CONDITIONAL, |this| this.lower_switch_cases(&it.discriminant, &it.cases));
        });
    }

    pub(super) fn lower_for_statement(&mut self, it: &ForStatement<'a>) {
        self.in_block(it.scope_id.get(), it.span, |this| {
            it.init.iter().for_each(|it| this.visit_for_statement_init(it));
            this.in_loop(|this| {
                it.test.iter().for_each(|it| this.visit_expression(it));
                it.update.iter().for_each(|it| this.visit_expression(it));
                this.under(EdgeKinds::CONDITIONAL, |this| match &it.test {
                    Some(test) => this.where_test(test, true, |this| this.visit_statement(&it.body)),
                    None => this.visit_statement(&it.body),
                });
            });
        });
    }

    pub(super) fn lower_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.in_block(it.scope_id.get(), it.span, |this| {
            this.visit_for_statement_left(&it.left);
            this.visit_expression(&it.right);
            this.in_loop(|this| this.under(EdgeKinds::CONDITIONAL, |this| this.visit_statement(&it.body)));
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
            this.in_loop(|this| this.under(EdgeKinds::CONDITIONAL, |this| this.visit_statement(&it.body)));
        });
    }
}
