//! Expressions: the names that they use, and the scopes that some of them open.

use esker_frontend_api::{Binding, EdgeKinds, ReferenceId, Role, ScopeKind, SymbolFlags, SymbolKind};
use ruff_python_ast::{self as ast, ArgOrKeyword, Expr, FStringPart, InterpolatedStringElement};

use super::scope::Definition;
use super::{Lowerer, span};

impl Lowerer<'_> {
    /// Visits an expression of which the value is read.
    pub(super) fn read(&mut self, expression: &Expr) {
        self.visit(expression, Role::Read);
    }

    pub(super) fn read_optional(&mut self, expression: Option<&Expr>) {
        if let Some(expression) = expression {
            self.read(expression);
        }
    }

    fn read_all(&mut self, expressions: &[Expr]) {
        self.visit_all(expressions, Role::Read);
    }

    fn visit_all(&mut self, expressions: &[Expr], role: Role) {
        for expression in expressions {
            self.visit(expression, role);
        }
    }

    /// Visits an expression. `role` is what is done with its value; returns the reference that stands for the value,
    /// if it is a name's or an attribute's.
    pub(super) fn visit(&mut self, expression: &Expr, role: Role) -> Option<ReferenceId> {
        self.nested(|this| this.visit_expression(expression, role))
    }

    fn visit_expression(&mut self, expression: &Expr, role: Role) -> Option<ReferenceId> {
        // Within an annotation everything is annotation; within anything else, parts are merely read.
        let inner = if role == Role::Annotation { Role::Annotation } else { Role::Read };
        match expression {
            Expr::Name(name) => {
                if name.id.is_empty() {
                    return None;
                }
                let id = self.intern(name.id.as_str(), name.range);
                return Some(self.refer(id, span(name.range), role));
            }
            Expr::Attribute(attribute) => {
                let base = self.visit(&attribute.value, inner);
                if attribute.attr.id.is_empty() {
                    return None;
                }
                let name = self.intern(attribute.attr.as_str(), attribute.attr.range);
                let binding = base.map_or(Binding::Unknown, Binding::Attribute);
                return Some(self.refer_bound(name, span(attribute.attr.range), role, binding));
            }
            Expr::Call(call) => self.visit_call(call),
            Expr::Subscript(subscript) => self.visit_subscript(subscript, role),
            Expr::BinOp(operation) => {
                self.visit(&operation.left, inner);
                self.visit(&operation.right, inner);
            }
            Expr::StringLiteral(literal) => {
                self.note_text(literal);
                if role == Role::Annotation {
                    self.annotate_quoted(literal);
                }
            }
            Expr::Tuple(tuple) => self.visit_all(&tuple.elts, inner),
            Expr::List(list) => self.visit_all(&list.elts, inner),
            Expr::Starred(starred) => {
                self.visit(&starred.value, inner);
            }
            Expr::If(conditional) => {
                self.visit(&conditional.body, inner);
                self.read(&conditional.test);
                self.visit(&conditional.orelse, inner);
            }
            Expr::BoolOp(operation) => self.read_all(&operation.values),
            Expr::UnaryOp(operation) => self.read(&operation.operand),
            Expr::Compare(comparison) => {
                self.read(&comparison.left);
                self.read_all(&comparison.comparators);
            }
            Expr::Dict(dict) => {
                for item in &dict.items {
                    self.read_optional(item.key.as_ref());
                    self.read(&item.value);
                }
            }
            Expr::Set(set) => self.read_all(&set.elts),
            Expr::Slice(slice) => {
                self.read_optional(slice.lower.as_deref());
                self.read_optional(slice.upper.as_deref());
                self.read_optional(slice.step.as_deref());
            }
            Expr::Await(expression) => self.read(&expression.value),
            Expr::Yield(expression) => self.read_optional(expression.value.as_deref()),
            Expr::YieldFrom(expression) => self.read(&expression.value),
            Expr::Named(named) => self.visit_named(named),
            Expr::Lambda(lambda) => self.visit_lambda(lambda),
            Expr::ListComp(comprehension) => {
                self.visit_comprehension(None, &comprehension.elt, &comprehension.generators, comprehension.range);
            }
            Expr::SetComp(comprehension) => {
                self.visit_comprehension(None, &comprehension.elt, &comprehension.generators, comprehension.range);
            }
            Expr::DictComp(comprehension) => {
                let key = comprehension.key.as_deref();
                self.visit_comprehension(key, &comprehension.value, &comprehension.generators, comprehension.range);
            }
            Expr::Generator(comprehension) => {
                self.visit_comprehension(None, &comprehension.elt, &comprehension.generators, comprehension.range);
            }
            Expr::FString(string) => {
                for part in &string.value {
                    if let FStringPart::FString(part) = part {
                        self.visit_interpolations(&part.elements);
                    }
                }
            }
            Expr::TString(string) => {
                for part in &string.value {
                    self.visit_interpolations(&part.elements);
                }
            }
            Expr::BytesLiteral(_)
            | Expr::NumberLiteral(_)
            | Expr::BooleanLiteral(_)
            | Expr::NoneLiteral(_)
            | Expr::EllipsisLiteral(_)
            | Expr::IpyEscapeCommand(_) => {}
        }
        None
    }

    fn visit_call(&mut self, call: &ast::ExprCall) {
        let callee = self.visit(&call.func, Role::Call);
        if let Some(callee) = callee {
            self.note_dynamic_import(call, callee);
        }
        self.visit_arguments(&call.arguments, Role::Read);
    }

    /// Visits the arguments of a call or a class statement; `role` is that of the positional ones.
    pub(super) fn visit_arguments(&mut self, arguments: &ast::Arguments, role: Role) {
        for argument in arguments.iter_source_order() {
            match argument {
                ArgOrKeyword::Arg(argument) => {
                    self.visit(argument, role);
                }
                ArgOrKeyword::Keyword(keyword) => {
                    if let Some(name) = &keyword.arg {
                        self.refer_keyword(name);
                    }
                    self.read(&keyword.value);
                }
            }
        }
    }

    /// Records the name of a keyword argument. What it names is the callee's to tell.
    pub(super) fn refer_keyword(&mut self, identifier: &ast::Identifier) {
        if !identifier.id.is_empty() {
            let name = self.intern(identifier.as_str(), identifier.range);
            self.refer_bound(name, span(identifier.range), Role::Keyword, Binding::Unknown);
        }
    }

    fn visit_subscript(&mut self, subscript: &ast::ExprSubscript, role: Role) {
        match role {
            Role::Annotation => self.annotate_subscript(subscript),
            Role::Base => {
                self.visit(&subscript.value, Role::Base);
                self.read(&subscript.slice);
            }
            _ => {
                self.read(&subscript.value);
                self.read(&subscript.slice);
            }
        }
    }

    fn visit_named(&mut self, named: &ast::ExprNamed) {
        match &*named.target {
            Expr::Name(target) if !target.id.is_empty() => {
                let definition = Definition {
                    name: self.intern(target.id.as_str(), target.range),
                    kind: SymbolKind::Variable,
                    flags: SymbolFlags::empty(),
                    span: span(named.range),
                    name_span: span(target.range),
                };
                self.bind_in(self.scope_of_assignment_expression(), definition);
            }
            target => self.read(target),
        }
        self.read(&named.value);
    }

    fn visit_lambda(&mut self, lambda: &ast::ExprLambda) {
        let outside = self.scope;
        let scope = self.open_scope(ScopeKind::Lambda, None, span(lambda.range));
        if let Some(parameters) = &lambda.parameters {
            self.visit_parameters(parameters, scope, outside);
        }
        self.inside(scope, |this| this.under(EdgeKinds::LAZY, |this| this.read(&lambda.body)));
    }

    /// Visits a comprehension in the order of the text. The first iterable is evaluated outside it.
    fn visit_comprehension(
        &mut self,
        key: Option<&Expr>,
        element: &Expr,
        generators: &[ast::Comprehension],
        range: ruff_text_size::TextRange,
    ) {
        let outside = self.scope;
        let scope = self.open_scope(ScopeKind::Comprehension, None, span(range));
        self.inside(scope, |this| {
            this.read_optional(key);
            this.read(element);
            for (position, generator) in generators.iter().enumerate() {
                this.bind_target(&generator.target, super::target::Value::Elsewhere);
                let around = if position == 0 { outside } else { scope };
                this.inside(around, |this| this.read(&generator.iter));
                this.read_all(&generator.ifs);
            }
        });
    }

    fn visit_interpolations(&mut self, elements: &ast::InterpolatedStringElements) {
        for element in elements {
            if let InterpolatedStringElement::Interpolation(interpolation) = element {
                self.nested(|this| {
                    this.read(&interpolation.expression);
                    if let Some(format_spec) = &interpolation.format_spec {
                        this.visit_interpolations(&format_spec.elements);
                    }
                });
            }
        }
    }
}
