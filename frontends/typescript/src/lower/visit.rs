//! The visitor: which nodes make symbols, scopes, references and imports. Nodes that are not named here are walked
//! through by oxc's own visitor.

use esker_frontend_api::{EdgeKinds, ImportForm, Role, ScopeKind, SymbolFlags, SymbolKind};
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_span::GetSpan;
use oxc_syntax::operator::UnaryOperator;
use oxc_syntax::scope::ScopeFlags;

use super::define::Defining;
use super::function::{Parts, Receiver, parts_of};
use super::{Lowerer, span};

impl<'a> Visit<'a> for Lowerer<'_> {
    fn visit_program(&mut self, it: &Program<'a>) {
        let mut statements = it.body.iter();
        self.has_statements_of_modules = self.is_component()
            || statements.any(|statement| {
                statement.is_module_declaration()
                    || matches!(statement, Statement::TSImportEqualsDeclaration(it)
                    if matches!(it.module_reference, TSModuleReference::ExternalModuleReference(_)))
            });
        self.is_module = self.has_statements_of_modules;
        walk::walk_program(self, it);
    }

    fn visit_function_body(&mut self, it: &FunctionBody<'a>) {
        self.note_returned(&it.statements);
        walk::walk_function_body(self, it);
    }

    fn visit_statements(&mut self, it: &oxc_allocator::Vec<'a, Statement<'a>>) {
        self.lower_statements(it);
    }

    fn visit_statement(&mut self, it: &Statement<'a>) {
        self.declare_typedefs(it.span().start);
        walk::walk_statement(self, it);
    }

    // Imports and exports

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        self.lower_import(it);
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        self.lower_import_equals(it);
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.lower_export_from(it);
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        self.lower_export_all(it);
    }

    fn visit_export_declaration(&mut self, it: &ExportDeclaration<'a>) {
        self.documented = Some(it.span.start);
        let outside = std::mem::replace(&mut self.is_exported, true);
        self.visit_declaration(&it.declaration);
        self.is_exported = outside;
        self.documented = None;
    }

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        self.lower_export_named_declaration(it);
    }

    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        self.lower_export_default_declaration(it);
    }

    fn visit_ts_export_assignment(&mut self, it: &TSExportAssignment<'a>) {
        self.export_whole(&it.expression, it.span);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        self.add_dynamic(Some(&it.source), ImportForm::Dynamic, EdgeKinds::LAZY, it.span);
        if !matches!(it.source, Expression::StringLiteral(_)) {
            self.visit_expression(&it.source);
        }
        it.options.iter().for_each(|options| self.visit_expression(options));
    }

    fn visit_ts_import_type(&mut self, it: &TSImportType<'a>) {
        self.lower_ts_import_type(it);
    }

    fn visit_ts_external_module_declaration(&mut self, it: &TSExternalModuleDeclaration<'a>) {
        self.lower_ts_external_module_declaration(it);
    }

    // Declarations

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        let statement = self.documented.take().unwrap_or(it.span.start);
        for declarator in &it.declarations {
            self.documented = Some(statement);
            self.visit_variable_declarator(declarator);
        }
        self.documented = None;
    }

    fn visit_parenthesized_expression(&mut self, it: &ParenthesizedExpression<'a>) {
        match self.lower_cast(it) {
            Some(cast) => self.visit_for(&it.expression, Some(cast), None),
            None => self.visit_expression(&it.expression),
        }
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        self.lower_variable(it);
    }

    fn visit_binding_identifier(&mut self, it: &BindingIdentifier<'a>) {
        self.lower_binding_identifier(it);
    }

    fn visit_function(&mut self, it: &Function<'a>, _: ScopeFlags) {
        self.lower_named_function(it, None);
    }

    fn visit_arrow_function_expression(&mut self, it: &ArrowFunctionExpression<'a>) {
        self.lower_arrow(it, None, None);
    }

    fn visit_class(&mut self, it: &Class<'a>) {
        it.decorators.iter().for_each(|decorator| self.visit_decorator(decorator));
        let is_expression = matches!(it.r#type, ClassType::ClassExpression);
        if is_expression {
            self.map_scope(it.scope_id.get(), self.scope);
        }
        let defining = Defining { kind: SymbolKind::Class, flags: SymbolFlags::empty(), span: span(it.span) };
        let owner = it.id.as_ref().map(|id| match is_expression {
            true => self.unexported(|this| this.declare(id, defining)),
            false => self.declare(id, defining),
        });
        self.lower_class(it, owner);
    }

    fn visit_method_definition(&mut self, it: &MethodDefinition<'a>) {
        self.lower_method_definition(it);
    }

    fn visit_property_definition(&mut self, it: &PropertyDefinition<'a>) {
        self.lower_property_definition(it);
    }

    fn visit_accessor_property(&mut self, it: &AccessorProperty<'a>) {
        self.lower_accessor_property(it);
    }

    fn visit_static_block(&mut self, it: &StaticBlock<'a>) {
        self.lower_static_block(it);
    }

    fn visit_formal_parameter(&mut self, it: &FormalParameter<'a>) {
        self.lower_formal_parameter(it);
    }

    fn visit_formal_parameter_rest(&mut self, it: &FormalParameterRest<'a>) {
        self.lower_formal_parameter_rest(it);
    }

    fn visit_assignment_pattern(&mut self, it: &AssignmentPattern<'a>) {
        self.visit_binding_pattern(&it.left);
        let outside = self.defining.take();
        self.visit_expression(&it.right);
        self.defining = outside;
    }

    fn visit_catch_parameter(&mut self, it: &CatchParameter<'a>) {
        let defining = Defining { kind: SymbolKind::Variable, flags: SymbolFlags::empty(), span: span(it.span) };
        self.defining(defining, |this| this.visit_binding_pattern(&it.pattern));
        it.type_annotation.iter().for_each(|it| self.visit_ts_type_annotation(it));
    }

    fn visit_ts_interface_declaration(&mut self, it: &TSInterfaceDeclaration<'a>) {
        self.lower_ts_interface_declaration(it);
    }

    fn visit_ts_type_alias_declaration(&mut self, it: &TSTypeAliasDeclaration<'a>) {
        self.lower_ts_type_alias_declaration(it);
    }

    fn visit_ts_type_literal(&mut self, it: &TSTypeLiteral<'a>) {
        self.lower_type_literal(it, None);
    }

    fn visit_ts_index_signature(&mut self, it: &TSIndexSignature<'a>) {
        walk::walk_ts_index_signature(self, it);
        self.lower_index_signature();
    }

    fn visit_ts_property_signature(&mut self, it: &TSPropertySignature<'a>) {
        self.lower_ts_property_signature(it);
    }

    fn visit_ts_method_signature(&mut self, it: &TSMethodSignature<'a>) {
        self.lower_ts_method_signature(it);
    }

    fn visit_ts_call_signature_declaration(&mut self, it: &TSCallSignatureDeclaration<'a>) {
        self.lower_signature(parts_of!(it));
    }

    fn visit_ts_construct_signature_declaration(&mut self, it: &TSConstructSignatureDeclaration<'a>) {
        self.lower_signature(parts_of!(it));
    }

    fn visit_ts_function_type(&mut self, it: &TSFunctionType<'a>) {
        self.lower_ts_function_type(it);
    }

    fn visit_ts_constructor_type(&mut self, it: &TSConstructorType<'a>) {
        self.function(parts_of!(it, Some(&it.return_type)), None, Receiver::Kept, None, |_| {});
    }

    fn visit_ts_mapped_type(&mut self, it: &TSMappedType<'a>) {
        self.lower_ts_mapped_type(it);
    }

    fn visit_ts_conditional_type(&mut self, it: &TSConditionalType<'a>) {
        self.lower_ts_conditional_type(it);
    }

    fn visit_ts_indexed_access_type(&mut self, it: &TSIndexedAccessType<'a>) {
        self.lower_ts_indexed_access_type(it);
    }

    fn visit_ts_type_parameter(&mut self, it: &TSTypeParameter<'a>) {
        self.lower_ts_type_parameter(it);
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        self.lower_ts_enum_declaration(it);
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        let defining = Defining { kind: SymbolKind::Namespace, flags: SymbolFlags::empty(), span: span(it.span) };
        let owner = self.declare(&it.id, defining);
        let scope = self.open_scope(ScopeKind::Namespace, Some(owner), it.span);
        self.symbols[owner.index()].body = Some(scope);
        self.map_scope(it.scope_id.get(), scope);
        self.unexported(|this| {
            this.inside(scope, |this| walk::walk_ts_namespace_declaration_body(this, &it.body));
        });
    }

    fn visit_ts_global_declaration(&mut self, it: &TSGlobalDeclaration<'a>) {
        self.lower_ts_global_declaration(it);
    }

    // Blocks and circumstances

    fn visit_block_statement(&mut self, it: &BlockStatement<'a>) {
        self.in_block(it.scope_id.get(), it.span, |this| this.visit_statements(&it.body));
    }

    fn visit_if_statement(&mut self, it: &IfStatement<'a>) {
        self.lower_if_statement(it);
    }

    fn visit_conditional_expression(&mut self, it: &ConditionalExpression<'a>) {
        self.lower_conditional_expression(it, None);
    }

    fn visit_logical_expression(&mut self, it: &LogicalExpression<'a>) {
        self.lower_logical_expression(it, None);
    }

    fn visit_try_statement(&mut self, it: &TryStatement<'a>) {
        self.lower_try_statement(it);
    }

    fn visit_catch_clause(&mut self, it: &CatchClause<'a>) {
        self.lower_catch_clause(it);
    }

    fn visit_switch_statement(&mut self, it: &SwitchStatement<'a>) {
        self.lower_switch_statement(it);
    }

    fn visit_for_statement(&mut self, it: &ForStatement<'a>) {
        self.lower_for_statement(it);
    }

    fn visit_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.lower_for_in_statement(it);
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.lower_for_of_statement(it);
    }

    fn visit_while_statement(&mut self, it: &WhileStatement<'a>) {
        self.lower_while_statement(it);
    }

    fn visit_do_while_statement(&mut self, it: &DoWhileStatement<'a>) {
        self.lower_do_while_statement(it);
    }

    fn visit_with_statement(&mut self, it: &WithStatement<'a>) {
        self.visit_expression(&it.object);
        self.in_block(it.scope_id.get(), it.span, |this| this.visit_statement(&it.body));
    }

    // Uses

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        self.refer_identifier(it, Role::Read);
    }

    fn visit_static_member_expression(&mut self, it: &StaticMemberExpression<'a>) {
        let name = self.intern(it.property.name.as_str());
        self.refer_member(&it.object, name, it.property.span, Role::Read);
    }

    fn visit_private_field_expression(&mut self, it: &PrivateFieldExpression<'a>) {
        let name = self.intern(&format!("#{}", it.field.name));
        self.refer_member(&it.object, name, it.field.span, Role::Read);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        self.lower_call(it, None);
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        self.lower_new(it, None);
    }

    fn visit_tagged_template_expression(&mut self, it: &TaggedTemplateExpression<'a>) {
        self.visit_as(&it.tag, Role::Call);
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
        self.visit_template_literal(&it.quasi);
    }

    fn visit_unary_expression(&mut self, it: &UnaryExpression<'a>) {
        let role = if it.operator == UnaryOperator::Delete { Role::Delete } else { Role::Read };
        self.visit_as(&it.argument, role);
    }

    fn visit_return_statement(&mut self, it: &ReturnStatement<'a>) {
        it.argument.iter().for_each(|value| self.lower_returned(value));
    }

    fn visit_assignment_expression(&mut self, it: &AssignmentExpression<'a>) {
        self.lower_assignment(it);
    }

    fn visit_computed_member_expression(&mut self, it: &ComputedMemberExpression<'a>) {
        self.visit_expression(&it.object);
        match &it.expression {
            Expression::StringLiteral(text) => self.refer_computed(&it.object, text),
            other => self.visit_expression(other),
        }
    }

    fn visit_jsx_opening_element(&mut self, it: &JSXOpeningElement<'a>) {
        self.see_jsx(it.span.start);
        self.lower_jsx_element(it);
    }

    fn visit_jsx_opening_fragment(&mut self, it: &JSXOpeningFragment) {
        self.see_jsx(it.span.start);
    }

    fn visit_simple_assignment_target(&mut self, it: &SimpleAssignmentTarget<'a>) {
        match it {
            SimpleAssignmentTarget::AssignmentTargetIdentifier(it) => _ = self.refer_identifier(it, Role::Write),
            SimpleAssignmentTarget::StaticMemberExpression(it) => {
                let name = self.intern(it.property.name.as_str());
                self.refer_member(&it.object, name, it.property.span, Role::Write);
            }
            SimpleAssignmentTarget::PrivateFieldExpression(it) => {
                let name = self.intern(&format!("#{}", it.field.name));
                self.refer_member(&it.object, name, it.field.span, Role::Write);
            }
            other => walk::walk_simple_assignment_target(self, other),
        }
    }

    fn visit_assignment_target_property_identifier(&mut self, it: &AssignmentTargetPropertyIdentifier<'a>) {
        self.refer_identifier(&it.binding, Role::Write);
        it.init.iter().for_each(|value| self.visit_expression(value));
    }

    fn visit_decorator(&mut self, it: &Decorator<'a>) {
        match &it.expression {
            Expression::CallExpression(call) => {
                self.visit_as(&call.callee, Role::Decorator);
                call.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
                self.visit_arguments(&call.arguments);
            }
            other => _ = self.visit_as(other, Role::Decorator),
        }
    }

    fn visit_ts_type_reference(&mut self, it: &TSTypeReference<'a>) {
        self.refer_type_name(&it.type_name, Role::Annotation);
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
    }

    fn visit_ts_type_query(&mut self, it: &TSTypeQuery<'a>) {
        match it.expr_name.as_ts_type_name() {
            Some(name) => _ = self.refer_type_name(name, Role::Annotation),
            None => walk::walk_ts_type_query_expr_name(self, &it.expr_name),
        }
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
    }

    fn visit_ts_type_predicate(&mut self, it: &TSTypePredicate<'a>) {
        if let TSTypePredicateName::Identifier(name) = &it.parameter_name {
            self.refer_parameter(name);
        }
        it.type_annotation.iter().for_each(|it| self.visit_ts_type_annotation(it));
    }

    fn visit_jsx_closing_element(&mut self, it: &JSXClosingElement<'a>) {
        self.lower_jsx_closing(it);
    }
}
