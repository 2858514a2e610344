//! How deep a tree is, told without recursing deeper than is safe.

use oxc_ast::ast::{
    AssignmentTarget, BindingPattern, Expression, JSXElement, JSXFragment, JSXMemberExpression, Program, Statement,
    TSImportTypeQualifier, TSNamespaceDeclaration, TSType, TSTypeName,
};
use oxc_ast_visit::{Visit, walk};
use oxc_span::{GetSpan, Span};

/// How deep statements, expressions, patterns and types may nest, taken together. The deepest file of the packages that
/// the oracle looks at has 103 levels. Unoptimised visitors were seen to need less than 2 MiB of
/// stack at this depth.
const MAX_DEPTH: u32 = 2_000;

/// How many of these can stand one in another over the same text, as a statement that is an expression that is an
/// element: three were seen. What is more deeply nested is shorter.
const LEVELS: usize = 4;

/// Whether a tree nests more deeply than it is visited. Parts whose text is too short to nest so deeply are not looked
/// into, which are nearly all.
pub(super) fn is_too_deep(program: &Program<'_>) -> bool {
    let mut depth = Depth::default();
    depth.visit_program(program);
    depth.is_too_deep
}

#[derive(Default)]
struct Depth {
    depth: u32,
    is_too_deep: bool,
}

impl Depth {
    fn nested(&mut self, at: Span, visit: impl FnOnce(&mut Self)) {
        let deepest = self.depth as usize + LEVELS * (at.size() as usize + 1);
        if deepest > MAX_DEPTH as usize {
            self.visited(visit);
        }
    }

    fn visited(&mut self, visit: impl FnOnce(&mut Self)) {
        self.is_too_deep |= self.depth >= MAX_DEPTH;
        if self.is_too_deep {
            return;
        }
        self.depth += 1;
        visit(self);
        self.depth -= 1;
    }
}

impl<'a> Visit<'a> for Depth {
    fn visit_statement(&mut self, it: &Statement<'a>) {
        // The decorators of a class can stand before it.
        let has_all_inside = !matches!(it, Statement::ClassDeclaration(_)) && !it.is_module_declaration();
        let visit = |this: &mut Self| walk::walk_statement(this, it);
        if has_all_inside { self.nested(it.span(), visit) } else { self.visited(visit) }
    }

    fn visit_expression(&mut self, it: &Expression<'a>) {
        let visit = |this: &mut Self| walk::walk_expression(this, it);
        match it {
            Expression::ClassExpression(_) => self.visited(visit),
            _ => self.nested(it.span(), visit),
        }
    }

    fn visit_ts_type(&mut self, it: &TSType<'a>) {
        self.nested(it.span(), |this| walk::walk_ts_type(this, it));
    }

    fn visit_ts_type_name(&mut self, it: &TSTypeName<'a>) {
        self.nested(it.span(), |this| walk::walk_ts_type_name(this, it));
    }

    fn visit_ts_import_type_qualifier(&mut self, it: &TSImportTypeQualifier<'a>) {
        self.nested(it.span(), |this| walk::walk_ts_import_type_qualifier(this, it));
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        self.nested(it.span(), |this| walk::walk_ts_namespace_declaration(this, it));
    }

    fn visit_binding_pattern(&mut self, it: &BindingPattern<'a>) {
        self.nested(it.span(), |this| walk::walk_binding_pattern(this, it));
    }

    fn visit_assignment_target(&mut self, it: &AssignmentTarget<'a>) {
        self.nested(it.span(), |this| walk::walk_assignment_target(this, it));
    }

    fn visit_jsx_element(&mut self, it: &JSXElement<'a>) {
        self.nested(it.span(), |this| walk::walk_jsx_element(this, it));
    }

    fn visit_jsx_fragment(&mut self, it: &JSXFragment<'a>) {
        self.nested(it.span(), |this| walk::walk_jsx_fragment(this, it));
    }

    fn visit_jsx_member_expression(&mut self, it: &JSXMemberExpression<'a>) {
        self.nested(it.span(), |this| walk::walk_jsx_member_expression(this, it));
    }
}
