//! Tests of values: what a name or a member of it is where a test came out one way or the other.
//!
//! What a test says holds in the branch that it leads to, and after an `if` whose branch leaves the statements around.
//! A name that is used there has the value of the reference, narrowed by the test: what that is, the resolution finds
//! out. An assignment ends what was known of its target.

use esker_frontend_api::{Literal, NameId, ReferenceId, Value, ValueId};
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_syntax::operator::{BinaryOperator, LogicalOperator, UnaryOperator};

use super::{Declared, Lowerer};

/// How many tests may be in force at a place; further ones say nothing.
const MAX_NARROWINGS: usize = 32;

/// How many members of members a test may be about.
const MAX_MEMBERS: usize = 6;

/// How many cases a `switch` may have to tell something: one of more is a table.
const MAX_CASES: usize = 128;

/// What a test can be about: a variable or `this`, or a member of it, of members of it and so on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    /// `None` for `this`.
    root: Option<Declared>,
    members: Vec<NameId>,
}

/// What a test says of a value.
#[derive(Debug, Clone)]
pub(super) struct Narrowing {
    path: Path,
    /// What the value was compared with, as in [`Value::Narrowed`].
    guard: ValueId,
    is_like: bool,
    /// Whether nothing was assigned since.
    holds: bool,
}

impl<'a> Lowerer<'_> {
    /// Visits what is executed if a test came out like this.
    pub(super) fn where_test(&mut self, test: &Expression<'a>, outcome: bool, visit: impl FnOnce(&mut Self)) {
        let narrowings = self.told_by(test, outcome);
        self.narrowed_by(narrowings, visit);
    }

    /// Visits what is executed where these hold.
    fn narrowed_by(&mut self, narrowings: Vec<Narrowing>, visit: impl FnOnce(&mut Self)) {
        let before = self.narrowings.len();
        self.hold(narrowings);
        visit(self);
        self.narrowings.truncate(before);
    }

    fn hold(&mut self, narrowings: Vec<Narrowing>) {
        let room = MAX_NARROWINGS.saturating_sub(self.narrowings.len());
        self.narrowings.extend(narrowings.into_iter().take(room));
    }

    /// Visits statements that follow each other: what holds after one of them does so to their end.
    pub(super) fn lower_statements(&mut self, statements: &[Statement<'a>]) {
        let before = self.narrowings.len();
        statements.iter().for_each(|it| self.visit_statement(it));
        self.narrowings.truncate(before);
    }

    /// What holds after an `if`, one branch of which is left in another way than at its end.
    pub(super) fn hold_after_if(&mut self, it: &IfStatement<'a>) {
        let is_left = it.alternate.as_ref().is_some_and(leaves);
        match (leaves(&it.consequent), is_left) {
            (true, false) => {
                let narrowings = self.told_by(&it.test, false);
                self.hold(narrowings);
            }
            (false, true) => {
                let narrowings = self.told_by(&it.test, true);
                self.hold(narrowings);
            }
            _ => {}
        }
    }

    /// Visits a function's inside: what was found out outside holds of variables that are never assigned again.
    pub(super) fn in_function(&mut self, visit: impl FnOnce(&mut Self)) {
        if self.narrowings.is_empty() {
            return visit(self);
        }
        let outside = self.narrowings.clone();
        self.narrowings.retain(|one| one.path.members.is_empty() && one.path.root.is_some());
        self.end_assigned();
        visit(self);
        self.narrowings = outside;
    }

    /// Visits what is executed again and again: what is assigned in it may have been when it begins.
    pub(super) fn in_loop(&mut self, visit: impl FnOnce(&mut Self)) {
        self.end_assigned();
        visit(self);
    }

    /// Ends what is known of variables that are assigned anywhere after their declaration.
    fn end_assigned(&mut self) {
        let scoping = self.scoping;
        for one in &mut self.narrowings {
            one.holds &= one.path.root.is_none_or(|root| !scoping.symbol_is_mutated(root));
        }
    }

    /// Ends what is known of what is assigned here.
    pub(super) fn end_narrowings_of(&mut self, target: &AssignmentTarget<'a>) {
        if self.narrowings.is_empty() {
            return;
        }
        let path = match target {
            AssignmentTarget::AssignmentTargetIdentifier(it) => self.path_of_name(it),
            AssignmentTarget::StaticMemberExpression(it) => self.path_of_member(it),
            _ => None,
        };
        let Some(path) = path else { return };
        for one in &mut self.narrowings {
            one.holds &= one.path.root != path.root || !one.path.members.starts_with(&path.members);
        }
    }

    /// Visits the cases of a `switch`, each where the tests before it led to it.
    pub(super) fn lower_switch_cases(&mut self, discriminant: &Expression<'a>, cases: &[SwitchCase<'a>]) {
        let subject = self.member_path(discriminant).filter(|_| cases.len() <= MAX_CASES);
        let mut labels: Vec<ValueId> = Vec::new();
        for case in cases {
            case.test.iter().for_each(|test| self.visit_expression(test));
            labels.extend(case.test.as_ref().and_then(|test| self.unit_of(test)));
            if case.consequent.is_empty() {
                continue;
            }
            let narrowing = subject.as_ref().and_then(|(path, name)| {
                let is_like = case.test.is_some();
                if !is_like {
                    let tests = cases.iter().filter_map(|case| case.test.as_ref());
                    labels = tests.filter_map(|test| self.unit_of(test)).collect();
                }
                let of = self.either(&labels)?;
                let guard = self.values.push(Value::Member(of, *name));
                Some(Narrowing { path: path.clone(), guard, is_like, holds: true })
            });
            self.narrowed_by(narrowing.into_iter().collect(), |this| this.lower_statements(&case.consequent));
            // Otherwise the next case is entered from here, too.
            if case.test.is_none() || case.consequent.last().is_some_and(leaves) {
                labels.clear();
            }
        }
    }

    /// Records what tests say of a name or member that was visited.
    pub(super) fn narrow(&mut self, reference: ReferenceId, path: Option<Path>) {
        let Some(path) = path else { return };
        let mut value = None;
        for position in 0..self.narrowings.len() {
            let Narrowing { path: of, guard, is_like, holds } = &self.narrowings[position];
            if !holds || *of != path {
                continue;
            }
            let (guard, is_like) = (*guard, *is_like);
            let inner = value.unwrap_or_else(|| self.values.reference(reference));
            let make = if is_like { Value::Narrowed } else { Value::Excluded };
            value = Some(self.values.push(make(inner, guard)));
        }
        if let Some(value) = value {
            self.narrowed.insert(reference, value);
        }
    }

    /// What a test that was visited says if it came out like this.
    fn told_by(&mut self, test: &Expression<'a>, outcome: bool) -> Vec<Narrowing> {
        let mut told = Vec::new();
        self.tell_test(test, outcome, &mut told, 0);
        told
    }

    fn tell_test(&mut self, test: &Expression<'a>, outcome: bool, told: &mut Vec<Narrowing>, depth: usize) {
        if depth >= MAX_NARROWINGS || told.len() >= MAX_NARROWINGS {
            return;
        }
        match test {
            Expression::ParenthesizedExpression(it) => self.tell_test(&it.expression, outcome, told, depth + 1),
            Expression::UnaryExpression(it) if it.operator == UnaryOperator::LogicalNot => {
                self.tell_test(&it.argument, !outcome, told, depth + 1);
            }
            Expression::LogicalExpression(it) => {
                // Of one that came out the other way it is not known which side is to blame.
                let decides = match it.operator {
                    LogicalOperator::And => true,
                    LogicalOperator::Or => false,
                    LogicalOperator::Coalesce => return,
                };
                if outcome == decides {
                    self.tell_test(&it.left, outcome, told, depth + 1);
                    self.tell_test(&it.right, outcome, told, depth + 1);
                }
            }
            Expression::BinaryExpression(it) => told.extend(self.tell_comparison(it, outcome)),
            Expression::CallExpression(it) => {
                let argument = it.arguments.first().and_then(Argument::as_expression);
                let Some(path) = argument.and_then(|argument| self.path_of(argument)) else { return };
                let Some(callee) = self.value(&it.callee) else { return };
                let guard = self.values.push(Value::Call(callee));
                told.push(Narrowing { path, guard, is_like: outcome, holds: true });
            }
            // A member that is true or false tells parts of a union apart.
            other => {
                let Some((path, name)) = self.member_path(other) else { return };
                let of = if outcome {
                    let parts = [self.unit("false"), self.literal(Literal::None)];
                    self.values.push_with_list(&parts, Value::Either)
                } else {
                    self.unit("true")
                };
                let guard = self.values.push(Value::Member(of, name));
                told.push(Narrowing { path, guard, is_like: false, holds: true });
            }
        }
    }

    fn tell_comparison(&mut self, it: &BinaryExpression<'a>, outcome: bool) -> Option<Narrowing> {
        let is_like = match it.operator {
            BinaryOperator::StrictEquality | BinaryOperator::Equality => outcome,
            BinaryOperator::StrictInequality | BinaryOperator::Inequality => !outcome,
            BinaryOperator::Instanceof => {
                let path = self.path_of(&it.left)?;
                let class = self.value(&it.right)?;
                let guard = self.annotated(class);
                return Some(Narrowing { path, guard, is_like: outcome, holds: true });
            }
            BinaryOperator::In => {
                let Expression::StringLiteral(text) = &it.left else { return None };
                let path = self.path_of(&it.right)?;
                let (anything, name) = (self.or_unknown(None), self.intern(text.value.as_str()));
                let guard = self.values.push(Value::Member(anything, name));
                return Some(Narrowing { path, guard, is_like: outcome, holds: true });
            }
            _ => return None,
        };
        let (tested, other) =
            if self.unit_of(&it.right).is_some() { (&it.left, &it.right) } else { (&it.right, &it.left) };
        let unit = self.unit_of(other)?;
        let (path, guard) = match tested {
            Expression::UnaryExpression(tested) if tested.operator == UnaryOperator::Typeof => {
                let Expression::StringLiteral(name) = other else { return None };
                let literal = match name.value.as_str() {
                    "string" => Literal::Text,
                    "number" | "bigint" => Literal::Number,
                    "boolean" => Literal::Boolean,
                    "function" => Literal::Function,
                    "undefined" => Literal::None,
                    _ => return None,
                };
                (self.path_of(&tested.argument)?, self.literal(literal))
            }
            tested => {
                let (path, name) = self.member_path(tested)?;
                (path, self.values.push(Value::Member(unit, name)))
            }
        };
        Some(Narrowing { path, guard, is_like, holds: true })
    }

    /// The value of what is written out.
    fn unit_of(&mut self, it: &Expression<'a>) -> Option<ValueId> {
        Some(match it {
            Expression::StringLiteral(text) => self.text_unit(text.value.as_str()),
            Expression::NumericLiteral(number) => self.unit(&number.value.to_string()),
            Expression::BooleanLiteral(it) => self.unit(if it.value { "true" } else { "false" }),
            _ => return None,
        })
    }

    /// What an expression is a member of, and the name of the member.
    fn member_path(&mut self, it: &Expression<'a>) -> Option<(Path, NameId)> {
        let mut path = self.path_of(it)?;
        let name = path.members.pop()?;
        Some((path, name))
    }

    fn path_of(&mut self, it: &Expression<'a>) -> Option<Path> {
        self.path_with(it, Vec::new())
    }

    pub(super) fn path_of_name(&self, it: &IdentifierReference<'_>) -> Option<Path> {
        let root = it.reference_id.get().and_then(|id| self.scoping.get_reference(id).symbol_id())?;
        Some(Path { root: Some(root), members: Vec::new() })
    }

    fn path_of_member(&mut self, it: &StaticMemberExpression<'a>) -> Option<Path> {
        let name = self.intern(it.property.name.as_str());
        self.path_to(&it.object, name)
    }

    /// What a member of an object is to tests.
    pub(super) fn path_to(&mut self, object: &Expression<'a>, name: NameId) -> Option<Path> {
        self.path_with(object, vec![name])
    }

    /// What an expression is to tests, followed by these members, the last one first.
    fn path_with(&mut self, it: &Expression<'a>, mut members: Vec<NameId>) -> Option<Path> {
        let mut it = it;
        let root = loop {
            let member = match it {
                Expression::Identifier(it) => break self.path_of_name(it)?.root,
                Expression::ThisExpression(_) => break None,
                Expression::ParenthesizedExpression(inner) => {
                    it = &inner.expression;
                    continue;
                }
                Expression::TSNonNullExpression(inner) => {
                    it = &inner.expression;
                    continue;
                }
                Expression::StaticMemberExpression(member) => member,
                Expression::ChainExpression(chain) => match &chain.expression {
                    ChainElement::StaticMemberExpression(member) => member,
                    _ => return None,
                },
                _ => return None,
            };
            if members.len() == MAX_MEMBERS {
                return None;
            }
            members.push(self.intern(member.property.name.as_str()));
            it = &member.object;
        };
        members.reverse();
        Some(Path { root, members })
    }
}

/// Whether what comes after a statement is not reached through it.
fn leaves(it: &Statement<'_>) -> bool {
    match it {
        Statement::ReturnStatement(_)
        | Statement::ThrowStatement(_)
        | Statement::BreakStatement(_)
        | Statement::ContinueStatement(_) => true,
        Statement::BlockStatement(it) => it.body.last().is_some_and(leaves),
        Statement::IfStatement(it) => leaves(&it.consequent) && it.alternate.as_ref().is_some_and(leaves),
        _ => false,
    }
}
