//! Expressions: the names that they use, and the scopes that some of them open.

use esker_frontend_api::{
    Binding, EdgeKinds, FactKind, Literal, Role, ScopeKind, SymbolFlags, SymbolKind, Value, ValueId,
};
use ruff_python_ast::{self as ast, ArgOrKeyword, Expr, FStringPart, InterpolatedStringElement, Operator};

use super::argument::Arguments;
use super::scope::Definition;
use super::target::Origin;
use super::value::{MAX_ELEMENTS, Need, Seen, begins_with_text, may_be_types, number_literal, unary};
use super::{Lowerer, span};

impl Lowerer<'_> {
    /// Visits an expression of which the value is read.
    pub(super) fn read(&mut self, expression: &Expr) {
        self.visit(expression, Role::Read);
    }

    /// Visits an expression of which the value is read, and tells where that comes from.
    pub(super) fn read_value(&mut self, expression: &Expr) -> Seen {
        self.visit_for(expression, Role::Read, Need::Value)
    }

    pub(super) fn read_optional(&mut self, expression: Option<&Expr>) {
        if let Some(expression) = expression {
            self.read(expression);
        }
    }

    fn read_all(&mut self, expressions: &[Expr]) {
        for expression in expressions {
            self.read(expression);
        }
    }

    /// Visits all expressions, and returns the values of the first ones if they are needed.
    fn visit_all(&mut self, expressions: &[Expr], role: Role, need: Need) -> Vec<ValueId> {
        let mut values = Vec::new();
        for (position, expression) in expressions.iter().enumerate() {
            let need = if position < MAX_ELEMENTS { need } else { Need::Reference };
            let seen = self.visit_for(expression, role, need);
            if need == Need::Value {
                values.push(self.value(seen));
            }
        }
        values
    }

    /// Visits an expression. `role` is what is done with its value.
    pub(super) fn visit(&mut self, expression: &Expr, role: Role) -> Seen {
        self.visit_for(expression, role, Need::Reference)
    }

    /// Visits an expression of which the value may be needed.
    pub(super) fn visit_for(&mut self, expression: &Expr, role: Role, need: Need) -> Seen {
        self.nested(|this| this.visit_expression(expression, role, need))
    }

    fn visit_expression(&mut self, expression: &Expr, role: Role, need: Need) -> Seen {
        // Within an annotation everything is annotation; within anything else, parts are merely read.
        let inner = if role == Role::Annotation { Role::Annotation } else { Role::Read };
        match expression {
            Expr::Name(name) => {
                if name.id.is_empty() {
                    return Seen::Nothing;
                }
                let id = self.intern(name.id.as_str());
                let reference = self.refer_by_name(id, span(name.range), role);
                if role == Role::Annotation { Seen::Reference(reference) } else { self.narrowed(reference) }
            }
            Expr::Attribute(attribute) => {
                let base = self.visit_for(&attribute.value, inner, Need::Value);
                if attribute.attr.id.is_empty() {
                    return Seen::Nothing;
                }
                let name = self.intern(attribute.attr.as_str());
                let reference = self.refer_bound(name, span(attribute.attr.range), role, attribute_of(base));
                if matches!(role, Role::Read | Role::Call) {
                    self.narrowed(reference)
                } else {
                    Seen::Reference(reference)
                }
            }
            Expr::Call(call) => self.visit_call(call, need),
            Expr::Subscript(subscript) => self.visit_subscript(subscript, role, need),
            Expr::BinOp(operation) => self.visit_operation(operation, inner, need),
            Expr::StringLiteral(literal) => {
                self.note_text(literal);
                self.note_listed(literal);
                if role == Role::Annotation { self.annotate_quoted(literal, need) } else { self.text(need) }
            }
            Expr::Tuple(tuple) => {
                let elements = self.visit_all(&tuple.elts, inner, need);
                self.literal(need, Literal::Tuple, &elements)
            }
            Expr::List(list) => {
                let elements = self.visit_all(&list.elts, inner, need);
                self.literal(need, Literal::List, &elements)
            }
            Expr::Set(set) => {
                let elements = self.visit_all(&set.elts, Role::Read, need);
                self.literal(need, Literal::Set, &elements)
            }
            Expr::Dict(dict) => self.visit_dict(dict, need),
            Expr::Starred(starred) => {
                let seen = self.visit_for(&starred.value, inner, need);
                self.derive_needed(need, seen, Value::Element)
            }
            Expr::If(conditional) => {
                let first = self.references.len();
                let body = self.visit_for(&conditional.body, inner, need);
                let until = self.references.len();
                let told = self.read_test(&conditional.test);
                self.narrow_back(first, until, &told.if_true);
                let body = self.narrowed_back(body, &conditional.body, &told.if_true);
                let body = self.needed(need, body);
                let before = self.held();
                self.hold(&told.if_false);
                let otherwise = self.visit_for(&conditional.orelse, inner, need);
                self.forget_from(before);
                let otherwise = self.needed(need, otherwise);
                self.either_of(body, otherwise)
            }
            Expr::BoolOp(operation) => {
                let operands = self.visit_operands(operation, need);
                self.either(&operands)
            }
            Expr::UnaryOp(operation) => {
                self.read(&operation.operand);
                unary(operation).map_or(Seen::Nothing, |literal| self.literal(need, literal, &[]))
            }
            Expr::Compare(comparison) => {
                self.read(&comparison.left);
                if self.is_class_comparison(comparison) {
                    for class in &comparison.comparators {
                        let class = self.read_value(class);
                        self.note_comparison(comparison, class);
                    }
                } else {
                    self.read_all(&comparison.comparators);
                }
                self.literal(need, Literal::Boolean, &[])
            }
            Expr::Slice(slice) => {
                self.read_optional(slice.lower.as_deref());
                self.read_optional(slice.upper.as_deref());
                self.read_optional(slice.step.as_deref());
                Seen::Nothing
            }
            Expr::Await(expression) => {
                let seen = self.visit_for(&expression.value, Role::Read, need);
                self.derive_needed(need, seen, Value::Awaited)
            }
            Expr::Yield(expression) => {
                self.note_yield();
                self.read_optional(expression.value.as_deref());
                Seen::Nothing
            }
            Expr::YieldFrom(expression) => {
                self.note_yield();
                self.read(&expression.value);
                Seen::Nothing
            }
            Expr::Named(named) => self.visit_named(named),
            Expr::Lambda(lambda) => {
                self.visit_lambda(lambda);
                self.literal(need, Literal::Function, &[])
            }
            Expr::ListComp(ast::ExprListComp { elt, generators, range, .. }) => {
                self.visit_comprehension((None, elt), generators, *range, need, Literal::List)
            }
            Expr::SetComp(ast::ExprSetComp { elt, generators, range, .. }) => {
                self.visit_comprehension((None, elt), generators, *range, need, Literal::Set)
            }
            Expr::DictComp(ast::ExprDictComp { key, value, generators, range, .. }) => {
                self.visit_comprehension((key.as_deref(), value), generators, *range, need, Literal::Mapping)
            }
            // Like a list, for all that is done with it: iterating gives the element.
            Expr::Generator(ast::ExprGenerator { elt, generators, range, .. }) => {
                self.visit_comprehension((None, elt), generators, *range, need, Literal::List)
            }
            Expr::FString(string) => {
                for part in &string.value {
                    if let FStringPart::FString(part) = part {
                        self.visit_interpolations(&part.elements);
                    }
                }
                self.text(need)
            }
            Expr::TString(string) => {
                for part in &string.value {
                    self.visit_interpolations(&part.elements);
                }
                Seen::Nothing
            }
            Expr::BytesLiteral(_) => self.literal(need, Literal::Bytes, &[]),
            Expr::NumberLiteral(number) => self.literal(need, number_literal(number), &[]),
            Expr::BooleanLiteral(_) => self.literal(need, Literal::Boolean, &[]),
            Expr::NoneLiteral(_) => self.literal(need, Literal::None, &[]),
            Expr::EllipsisLiteral(_) => self.literal(need, Literal::Ellipsis, &[]),
            Expr::IpyEscapeCommand(_) => Seen::Nothing,
        }
    }

    fn text(&mut self, need: Need) -> Seen {
        self.literal(need, Literal::Text, &[])
    }

    /// The value of what was seen, if it is needed.
    fn needed(&mut self, need: Need, seen: Seen) -> Option<ValueId> {
        (need == Need::Value).then(|| self.value(seen))
    }

    fn derive_needed(&mut self, need: Need, seen: Seen, make: impl FnOnce(ValueId) -> Value) -> Seen {
        if need == Need::Value { self.derive(seen, make) } else { Seen::Nothing }
    }

    fn visit_call(&mut self, call: &ast::ExprCall, need: Need) -> Seen {
        let has_keywords = call.arguments.keywords.iter().any(|keyword| keyword.arg.is_some());
        let callee_need = if has_keywords { Need::Value } else { need };
        let callee = self.visit_for(&call.func, Role::Call, callee_need);
        if let Seen::Reference(callee) = callee {
            self.note_dynamic_import(call, callee);
        }
        let is_class_test = self.is_class_test(call);
        if !is_class_test {
            self.note_guard(call, callee);
        }
        let is_cast = self.is_cast(call);
        let callee =
            if callee_need == Need::Value && (has_keywords || !is_cast) { self.known_value(callee) } else { None };
        let mut cast = None;
        let is_needed = need == Need::Value && callee.is_some() && !is_cast;
        let mut told = Arguments::new(is_needed, call);
        for (position, argument) in call.arguments.iter_source_order().enumerate() {
            match argument {
                ArgOrKeyword::Arg(argument) if is_cast && position == 0 => {
                    let seen = self.visit_for(argument, Role::Annotation, need);
                    cast = self.needed(need, seen);
                }
                ArgOrKeyword::Arg(argument) if is_class_test && position == 1 => {
                    let class = self.read_value(argument);
                    self.note_class_test(call, class);
                }
                ArgOrKeyword::Arg(argument) if told.wants_next(argument) => {
                    let role = if told.is_type(position) { Role::Annotation } else { Role::Read };
                    let seen = self.visit_for(argument, role, Need::Value);
                    let value = self.value(seen);
                    told.add(&mut self.values, position, value);
                }
                ArgOrKeyword::Arg(argument) => self.read(argument),
                ArgOrKeyword::Keyword(keyword) => {
                    if let Some(name) = &keyword.arg {
                        self.refer_keyword(name, callee.map_or(Binding::Unknown, Binding::Keyword));
                        if told.is_bound(name) {
                            let seen = self.visit_for(&keyword.value, Role::Annotation, Need::Value);
                            let value = self.value(seen);
                            told.add_bound(value);
                            continue;
                        }
                    }
                    self.read(&keyword.value);
                }
            }
        }
        match (need, cast, callee) {
            (Need::Value, Some(cast), _) => Seen::Value(self.values.push(Value::Annotated(cast))),
            (Need::Value, None, Some(callee)) => {
                let arguments = told.finish(&self.values);
                let callee = match arguments.is_empty() {
                    true => callee,
                    false => self.values.push_with_list(&arguments, |arguments| Value::Applied(callee, arguments)),
                };
                Seen::Value(self.values.push(Value::Call(callee)))
            }
            _ => Seen::Nothing,
        }
    }

    /// Records the name of a keyword argument, which is its callee's to tell.
    pub(super) fn refer_keyword(&mut self, identifier: &ast::Identifier, binding: Binding) {
        if !identifier.id.is_empty() {
            let name = self.intern(identifier.as_str());
            self.refer_bound(name, span(identifier.range), Role::Keyword, binding);
        }
    }

    fn visit_subscript(&mut self, subscript: &ast::ExprSubscript, role: Role, need: Need) -> Seen {
        let base_role = match role {
            Role::Annotation => return self.annotate_subscript(subscript, need),
            Role::Base => Role::Base,
            _ => Role::Read,
        };
        let base = self.visit_for(&subscript.value, base_role, need);
        // What is in quotes there is a type.
        let is_type = role == Role::Base || is_typing_form(&subscript.value);
        let Some(base) = (if need == Need::Value { self.known_value(base) } else { None }) else {
            self.read(&subscript.slice);
            return Seen::Nothing;
        };
        let arguments = match &*subscript.slice {
            Expr::Slice(_) => {
                // A part of a sequence is as the whole.
                self.read(&subscript.slice);
                return Seen::Value(base);
            }
            Expr::NumberLiteral(number) if number_literal(number) == Literal::Integer => {
                vec![self.values.literal(Literal::Integer)]
            }
            Expr::UnaryOp(operation) if unary(operation) == Some(Literal::Integer) => {
                vec![self.values.literal(Literal::Integer)]
            }
            Expr::Tuple(arguments) if is_type => {
                let mut values = Vec::with_capacity(arguments.elts.len());
                for argument in &arguments.elts {
                    let role = if argument.is_string_literal_expr() { Role::Annotation } else { Role::Read };
                    let seen = self.visit_for(argument, role, need);
                    values.push(self.value(seen));
                }
                values
            }
            Expr::Tuple(arguments) if may_be_types(&subscript.slice) => {
                self.visit_all(&arguments.elts, Role::Read, need)
            }
            argument if may_be_types(argument) || is_type && argument.is_string_literal_expr() => {
                let role = if argument.is_string_literal_expr() { Role::Annotation } else { Role::Read };
                let seen = self.visit_for(argument, role, Need::Value);
                vec![self.value(seen)]
            }
            argument => {
                self.read(argument);
                Vec::new()
            }
        };
        Seen::Value(self.values.push_with_list(&arguments, |arguments| Value::Item(base, arguments)))
    }

    fn visit_operation(&mut self, operation: &ast::ExprBinOp, inner: Role, need: Need) -> Seen {
        if operation.op != Operator::BitOr {
            self.visit(&operation.left, inner);
            self.visit(&operation.right, inner);
            return if need == Need::Value && begins_with_text(operation) { self.text(need) } else { Seen::Nothing };
        }
        let left = self.visit_for(&operation.left, inner, need);
        let left = self.needed(need, left);
        let right = self.visit_for(&operation.right, inner, need);
        let right = self.needed(need, right);
        self.either_of(left, right)
    }

    fn visit_dict(&mut self, dict: &ast::ExprDict, need: Need) -> Seen {
        let mut values = Vec::new();
        for item in &dict.items {
            let need = if item.key.is_some() && values.len() < MAX_ELEMENTS { need } else { Need::Reference };
            self.read_optional(item.key.as_ref());
            let seen = self.visit_for(&item.value, Role::Read, need);
            values.extend(self.needed(need, seen));
        }
        self.literal(need, Literal::Mapping, &values)
    }

    fn visit_named(&mut self, named: &ast::ExprNamed) -> Seen {
        let Expr::Name(target) = &*named.target else {
            self.read(&named.target);
            return self.read_value(&named.value);
        };
        if target.id.is_empty() {
            return self.read_value(&named.value);
        }
        let definition = Definition {
            name: self.intern(target.id.as_str()),
            kind: SymbolKind::Variable,
            flags: SymbolFlags::empty(),
            span: span(named.range),
            name_span: span(target.range),
        };
        let bound = self.bind_in(self.scope_of_assignment_expression(), definition);
        let seen = self.read_value(&named.value);
        let value = self.known_value(seen).map_or(Seen::Nothing, Seen::Value);
        self.tell(bound, FactKind::Assigned, value);
        value
    }

    fn visit_lambda(&mut self, lambda: &ast::ExprLambda) {
        let outside = self.scope;
        let scope = self.open_scope(ScopeKind::Lambda, None, span(lambda.range));
        if let Some(parameters) = &lambda.parameters {
            self.visit_parameters(parameters, scope, outside);
        }
        let function = self.function.take();
        self.inside(scope, |this| this.under(EdgeKinds::LAZY, |this| this.read(&lambda.body)));
        self.function = function;
    }

    /// Visits a comprehension in the order of the text: a key, if there is one, and the element come first. The first
    /// iterable is evaluated outside it.
    fn visit_comprehension(
        &mut self,
        (key, element): (Option<&Expr>, &Expr),
        generators: &[ast::Comprehension],
        range: ruff_text_size::TextRange,
        need: Need,
        literal: Literal,
    ) -> Seen {
        let outside = self.scope;
        let scope = self.open_scope(ScopeKind::Comprehension, None, span(range));
        self.inside(scope, |this| {
            let (before, first) = (this.held(), this.references.len());
            this.read_optional(key);
            let seen = this.visit_for(element, Role::Read, need);
            let until = this.references.len();
            for (position, generator) in generators.iter().enumerate() {
                let bound = this.next_bound();
                this.bind_target(&generator.target, Origin::Elsewhere);
                let around = if position == 0 { outside } else { scope };
                let seen = this.inside(around, |this| this.read_value(&generator.iter));
                this.assign_elements(&generator.target, bound, seen, generator.is_async);
                for test in &generator.ifs {
                    let told = this.read_test(test);
                    this.hold(&told.if_true);
                }
            }
            let told = this.held_from(before);
            this.forget_from(before);
            this.narrow_back(first, until, &told);
            let seen = this.narrowed_back(seen, element, &told);
            let element = this.needed(need, seen);
            this.literal(need, literal, element.as_slice())
        })
    }

    /// Tells that the target of a loop is bound to what iterating gives.
    pub(super) fn assign_elements(&mut self, target: &Expr, bound: usize, seen: Seen, is_async: bool) {
        let seen = self.derive(seen, if is_async { Value::ElementAsync } else { Value::Element });
        self.assign(std::slice::from_ref(target), bound, seen);
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

/// Whether an expression is something of `typing` that is only subscribed with types.
fn is_typing_form(expression: &Expr) -> bool {
    const NAMES: [&str; 12] = [
        "Callable",
        "Dict",
        "FrozenSet",
        "Iterable",
        "Iterator",
        "List",
        "Mapping",
        "Optional",
        "Sequence",
        "Set",
        "Type",
        "Union",
    ];
    let name = match expression {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    NAMES.contains(&name)
}

/// What an attribute is bound to of which this is the base.
pub(super) fn attribute_of(base: Seen) -> Binding {
    match base {
        Seen::Nothing => Binding::Unknown,
        Seen::Reference(reference) => Binding::Attribute(reference),
        Seen::Value(value) => Binding::Member(value),
    }
}
