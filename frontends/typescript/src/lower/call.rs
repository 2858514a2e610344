//! Calls: what functions are given, which tells what their type parameters are and which of several overloads is
//! called, and what the arguments are expected to be, which the function tells.

use esker_frontend_api::{Literal, Role, Value, ValueId};
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;

use super::Lowerer;
use super::value::{Elements, frozen, is_const};

/// How many calls deep it is looked for something of which what is expected says something.
const MAX_CALLS: u32 = 3;

/// How many arguments of a call are looked at to tell what its type parameters are, and which overload it is of.
const MAX_ARGUMENTS: usize = 12;

/// How long a text may be that is told as an argument: one that tells overloads and members apart is short.
const MAX_TEXT: usize = 32;

/// What is given to a function.
#[derive(Clone, Copy)]
struct Given<'n, 'a> {
    type_arguments: Option<&'n TSTypeParameterInstantiation<'a>>,
    arguments: &'n [Argument<'a>],
}

impl<'a> Lowerer<'_> {
    /// Visits a call that is to give something like `context`, a value.
    pub(super) fn lower_call(&mut self, it: &CallExpression<'a>, context: Option<ValueId>) {
        self.lower_call_import(it);
        self.visit_as(&it.callee, Role::Call);
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
        let given = Given { type_arguments: it.type_arguments.as_deref(), arguments: &it.arguments };
        self.lower_arguments(&it.callee, given, context);
    }

    /// Visits what makes an instance that is to be like `context`, a value.
    pub(super) fn lower_new(&mut self, it: &NewExpression<'a>, context: Option<ValueId>) {
        self.lower_url(it);
        self.visit_as(&it.callee, Role::Call);
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
        let given = Given { type_arguments: it.type_arguments.as_deref(), arguments: &it.arguments };
        self.lower_arguments(&it.callee, given, context);
    }

    /// Visits what is given to a function, which tells what it takes: first what does not wait for that.
    fn lower_arguments(&mut self, callee: &Expression<'a>, given: Given<'_, 'a>, context: Option<ValueId>) {
        let waits = |argument: &Argument<'a>| argument.as_expression().is_some_and(has_context);
        let Given { arguments, .. } = given;
        arguments.iter().filter(|argument| !waits(argument)).for_each(|argument| self.visit_argument(argument));
        if !arguments.iter().any(waits) {
            return;
        }
        let function = self.value(callee);
        let mut applied = None;
        for (argument, position) in arguments.iter().zip(0..) {
            let Some(value) = argument.as_expression().filter(|value| has_context(value)) else { continue };
            let expected = function.map(|function| {
                let function =
                    *applied.get_or_insert_with(|| self.applied(function, given, context, position as usize, 0));
                self.values.push(Value::Argument(function, position))
            });
            self.visit_for(value, expected, None);
            // By now it tells more than by its form.
            if tells_more(value) {
                applied = None;
            }
        }
    }

    /// The value of a call that was visited.
    pub(super) fn call_value(&mut self, it: &CallExpression<'a>, depth: u32) -> Option<ValueId> {
        if let Some(import) = self.import_at.get(it.span.end) {
            return Some(self.values.share(Value::Import(import)));
        }
        if let Some(inner) = frozen(it) {
            return self.value_at(inner, depth);
        }
        if let Some(known) = self.call_at.get(it.span.end) {
            return Some(known);
        }
        let callee = self.value_at(&it.callee, depth)?;
        let given = Given { type_arguments: it.type_arguments.as_deref(), arguments: &it.arguments };
        let callee = self.applied(callee, given, None, usize::MAX, depth);
        let called = self.values.push(Value::Call(callee));
        self.call_at.insert(it.span.end, called);
        Some(called)
    }

    /// The instance that an expression makes which was visited.
    pub(super) fn new_value(&mut self, it: &NewExpression<'a>, depth: u32) -> Option<ValueId> {
        let callee = self.value_at(&it.callee, depth)?;
        let given = Given { type_arguments: it.type_arguments.as_deref(), arguments: &it.arguments };
        let callee = self.applied(callee, given, None, usize::MAX, depth);
        Some(self.values.push(Value::Call(callee)))
    }

    /// A function where it is called: with what it is expected to return, and what it is given, of which so many
    /// arguments were visited, besides those that do not wait for what the function tells. One that is given nothing is
    /// the function itself.
    fn applied(
        &mut self,
        callee: ValueId,
        given: Given<'_, 'a>,
        context: Option<ValueId>,
        visited: usize,
        depth: u32,
    ) -> ValueId {
        let Given { type_arguments, arguments } = given;
        let callee = self.called_with(callee, type_arguments, depth);
        let count = arguments.iter().take(MAX_ARGUMENTS).take_while(|argument| !argument.is_spread()).count();
        if context.is_none() && arguments.is_empty() {
            return callee;
        }
        let mut told = Elements::new();
        told.push(self.or_unknown(context));
        for (argument, position) in arguments[..count].iter().zip(0..) {
            let argument = argument.as_expression();
            let argument = argument.and_then(|argument| match position < visited || !has_context(argument) {
                true => self.argument_value(argument, depth),
                false => self.shape(argument),
            });
            told.push(self.or_unknown(argument));
        }
        // It is not known how many more there are.
        if count < arguments.len() {
            told.push(self.literal(Literal::Ellipsis));
        }
        let told = self.values.share_list(&told);
        self.values.push(Value::Applied(callee, told))
    }

    /// The value of what is given to a function and was visited.
    fn argument_value(&mut self, it: &Expression<'a>, depth: u32) -> Option<ValueId> {
        match it {
            Expression::StringLiteral(text) if is_key(text.value.as_str()) => Some(self.text_unit(text.value.as_str())),
            Expression::ObjectExpression(_) => self.shape(it),
            _ => self.value_at(it, depth).or_else(|| self.shape(it)),
        }
    }

    /// What an expression is by its form alone.
    fn shape(&mut self, it: &Expression<'a>) -> Option<ValueId> {
        match it {
            Expression::ArrowFunctionExpression(_) | Expression::FunctionExpression(_) => {
                Some(self.literal(Literal::Function))
            }
            Expression::ArrayExpression(_) => Some(self.literal(Literal::List)),
            Expression::ObjectExpression(_) => {
                let unknown = self.or_unknown(None);
                let members = self.values.share_list(&[unknown]);
                Some(self.values.share(Value::Literal(Literal::Mapping, members)))
            }
            Expression::ParenthesizedExpression(it) => self.shape(&it.expression),
            Expression::TSSatisfiesExpression(it) => self.shape(&it.expression),
            Expression::TSAsExpression(it) if is_const(&it.type_annotation) => self.shape(&it.expression),
            _ => None,
        }
    }
}

/// Whether a text may tell overloads or members apart.
fn is_key(text: &str) -> bool {
    text.len() <= MAX_TEXT && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_$-:./@".contains(&byte))
}

/// Whether more is known of an expression after it was visited than by its form.
fn tells_more(it: &Expression<'_>) -> bool {
    match it {
        Expression::ObjectExpression(_) | Expression::ArrayExpression(_) => false,
        Expression::ParenthesizedExpression(it) => tells_more(&it.expression),
        _ => true,
    }
}

/// Whether what is expected of an expression says something about its parts.
pub(super) fn has_context(expression: &Expression<'_>) -> bool {
    has_context_within(expression, MAX_CALLS)
}

/// The same, of calls in calls so many deep.
fn has_context_within(expression: &Expression<'_>, calls: u32) -> bool {
    let tells_arguments = |arguments: &[Argument<'_>]| {
        let mut arguments = arguments.iter().filter_map(Argument::as_expression);
        calls > 0 && arguments.any(|argument| has_context_within(argument, calls - 1))
    };
    match expression {
        Expression::ObjectExpression(_)
        | Expression::ArrayExpression(_)
        | Expression::ArrowFunctionExpression(_)
        | Expression::FunctionExpression(_)
        | Expression::ConditionalExpression(_)
        | Expression::LogicalExpression(_)
        | Expression::TSSatisfiesExpression(_)
        | Expression::TSAsExpression(_) => true,
        Expression::CallExpression(it) => tells_arguments(&it.arguments),
        Expression::NewExpression(it) => tells_arguments(&it.arguments),
        Expression::ParenthesizedExpression(it) => has_context_within(&it.expression, calls),
        _ => false,
    }
}
