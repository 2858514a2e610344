//! Tests of values: what a name or an attribute of it is where a test came out one way or the other.
//!
//! What a test says holds in the branch that it leads to, and after an `if` of which the other branches are left by
//! `return` and its like. What a name is assigned anew holds until the branch ends. A name that is used there has the
//! value of the reference, narrowed: to what, the resolution finds out. A binding ends what was known of its name.
//!
//! An expression that stands before its test in the text, as the element of a comprehension does, is narrowed once the
//! test is visited.

use esker_frontend_api::{Binding, NameId, Reference, ReferenceId, Role, Value, ValueId};
use ruff_python_ast::{self as ast, BoolOp, CmpOp, ExceptHandler, Expr, Stmt, UnaryOp};
use ruff_text_size::{Ranged, TextSize};
use rustc_hash::FxHashMap;

use super::Lowerer;
use super::scope::is_by_name;
use super::value::{MAX_ELEMENTS, Need, Seen};

/// How many tests may be in force at a place; further ones say nothing.
const MAX_NARROWINGS: usize = 32;

/// How many attributes of attributes a test may be about.
const MAX_MEMBERS: u32 = 4;

/// How deeply the parts of a test may nest to say something.
const MAX_TEST_DEPTH: u32 = 16;

/// How deeply statements may nest in a loop in which it is looked for what is assigned.
const MAX_STATEMENT_DEPTH: u32 = 32;

/// How deeply loops may nest in which it is looked for what is assigned; deeper ones end all that is known.
const MAX_LOOPS: u32 = 8;

/// What a test can be about: a name, or an attribute of it, of attributes of it and so on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Path(u32);

/// Where paths begin.
const ROOT: Path = Path(u32::MAX);

/// What is known of a value.
#[derive(Debug, Clone, Copy)]
pub(super) struct Narrowing {
    path: Path,
    /// What the value is like, or is not; see [`Value::Narrowed`].
    guard: ValueId,
    is_like: bool,
    /// Whether nothing was bound since.
    holds: bool,
}

/// What is known where the visitor is.
#[derive(Default)]
pub(super) struct Narrowings {
    held: Vec<Narrowing>,
    /// For each path the one that it is an attribute of, and its last name.
    paths: Vec<(Path, NameId)>,
    known: FxHashMap<(Path, NameId), Path>,
    /// Whether the visitor is inside a test.
    is_testing: bool,
    /// What the tests that were visited compare with, by where each starts.
    noted: Vec<(TextSize, ValueId)>,
    /// Whether what is bound is bound later than the visitor comes by it, and what was since.
    puts_off: bool,
    put_off: Vec<Path>,
    loops: u32,
}

impl Narrowings {
    fn hold(&mut self, told: &[Narrowing]) {
        let room = MAX_NARROWINGS.saturating_sub(self.held.len());
        self.held.extend_from_slice(&told[..told.len().min(room)]);
    }

    /// The path to an attribute, or to a name, if anything was ever told of it or of an attribute of it.
    fn find(&self, of: Path, name: NameId) -> Option<Path> {
        self.known.get(&(of, name)).copied()
    }

    fn path(&mut self, of: Path, name: NameId) -> Path {
        let Self { paths, known, .. } = self;
        *known.entry((of, name)).or_insert_with(|| {
            paths.push((of, name));
            Path((paths.len() - 1) as u32)
        })
    }

    fn begins_with(&self, path: Path, start: Path) -> bool {
        let mut next = path;
        while next != ROOT {
            if next == start {
                return true;
            }
            next = self.paths[next.0 as usize].0;
        }
        false
    }

    fn end(&mut self, start: Path) {
        if self.puts_off {
            self.put_off.push(start);
            return;
        }
        for position in 0..self.held.len() {
            if self.held[position].holds && self.begins_with(self.held[position].path, start) {
                self.held[position].holds = false;
            }
        }
    }

    fn knows_anything(&self) -> bool {
        self.held.iter().any(|one| one.holds)
    }
}

/// What a test says, for each way in which it can come out.
#[derive(Default)]
pub(super) struct Told {
    pub(super) if_true: Vec<Narrowing>,
    pub(super) if_false: Vec<Narrowing>,
}

/// Of the branches of a statement those that do not leave it, and what is known at the end of the first of them.
pub(super) struct Ends {
    /// How much was known before the statement.
    before: usize,
    count: usize,
    known: Vec<Narrowing>,
}

impl Lowerer<'_> {
    /// Visits a test, and finds out what it says.
    pub(super) fn read_test(&mut self, test: &Expr) -> Told {
        self.visit_test(test, Need::Reference);
        if self.narrowings.noted.is_empty() {
            return Told::default();
        }
        let told = Told { if_true: self.told_by(test, true), if_false: self.told_by(test, false) };
        if !self.narrowings.is_testing {
            self.narrowings.noted.clear();
        }
        told
    }

    /// Visits a test, so that [`Self::told_by`] can tell what it says.
    fn visit_test(&mut self, test: &Expr, need: Need) -> Seen {
        let outside = std::mem::replace(&mut self.narrowings.is_testing, true);
        let seen = self.visit_for(test, Role::Read, need);
        self.narrowings.is_testing = outside;
        seen
    }

    /// Visits the operands of `and` and `or`, each where those before it led to it, and returns the values of the first
    /// ones if they are needed.
    pub(super) fn visit_operands(&mut self, operation: &ast::ExprBoolOp, need: Need) -> Vec<ValueId> {
        let before = self.narrowings.held.len();
        let noted = self.narrowings.noted.len();
        let mut values = Vec::new();
        for (position, operand) in operation.values.iter().enumerate() {
            let need = if position < MAX_ELEMENTS { need } else { Need::Reference };
            let noted = self.narrowings.noted.len();
            let seen = if position + 1 < operation.values.len() {
                self.visit_test(operand, need)
            } else {
                self.visit_for(operand, Role::Read, need)
            };
            if need == Need::Value {
                values.push(self.value(seen));
            }
            if self.narrowings.noted.len() > noted {
                let told = self.told_by(operand, operation.op == BoolOp::And);
                self.narrowings.hold(&told);
            }
        }
        self.narrowings.held.truncate(before);
        if !self.narrowings.is_testing {
            self.narrowings.noted.truncate(noted);
        }
        values
    }

    /// Visits a branch of a statement where this is known.
    pub(super) fn branch(&mut self, told: &[Narrowing], body: &[Stmt], ends: &mut Ends) {
        let before = self.narrowings.held.len();
        // Who comes after the statement has not come through a branch that is left.
        let is_left = leaves(body);
        let outside = is_left.then(|| self.narrowings.held.clone());
        self.narrowings.hold(told);
        self.visit_body(body);
        match outside {
            Some(outside) => self.narrowings.held = outside,
            None => {
                self.pass_over(ends);
                self.narrowings.held.truncate(before);
            }
        }
    }

    /// Visits a branch after which nothing of it is known.
    pub(super) fn apart_branch(&mut self, body: &[Stmt]) {
        let mut ends = self.ends();
        self.branch(&[], body, &mut ends);
    }

    /// Notes that a statement may be passed over from here.
    pub(super) fn pass_over(&mut self, ends: &mut Ends) {
        ends.count += 1;
        if ends.count == 1 {
            ends.known = self.held_from(ends.before);
        }
    }

    /// Visits what is tried, which may stop anywhere.
    pub(super) fn tried(&mut self, body: &[Stmt], ends: &mut Ends) {
        self.visit_body(body);
        if !leaves(body) {
            self.pass_over(ends);
        }
        self.narrowings.held.truncate(ends.before);
    }

    /// Begins to look at the branches of a statement.
    pub(super) fn ends(&self) -> Ends {
        Ends { before: self.narrowings.held.len(), count: 0, known: Vec::new() }
    }

    /// Holds what is known after a statement if only one way leads there.
    pub(super) fn hold_after(&mut self, ends: &Ends) {
        self.narrowings.held.truncate(ends.before);
        if ends.count == 1 {
            self.narrowings.hold(&ends.known);
        }
    }

    /// Holds what is known from here to the end of the branch.
    pub(super) fn hold(&mut self, told: &[Narrowing]) {
        self.narrowings.hold(told);
    }

    /// How much is known; for [`Self::forget_from`].
    pub(super) fn held(&self) -> usize {
        self.narrowings.held.len()
    }

    /// What was found out since.
    pub(super) fn held_from(&self, before: usize) -> Vec<Narrowing> {
        self.narrowings.held.get(before..).unwrap_or(&[]).to_vec()
    }

    /// Forgets what was found out since.
    pub(super) fn forget_from(&mut self, before: usize) {
        self.narrowings.held.truncate(before);
    }

    /// Visits the inside of a function or class, where nothing is known of what is outside.
    pub(super) fn apart<T>(&mut self, visit: impl FnOnce(&mut Self) -> T) -> T {
        let outside = std::mem::take(&mut self.narrowings.held);
        let loops = std::mem::take(&mut self.narrowings.loops);
        let is_testing = std::mem::take(&mut self.narrowings.is_testing);
        let result = visit(self);
        self.narrowings.held = outside;
        self.narrowings.loops = loops;
        self.narrowings.is_testing = is_testing;
        result
    }

    /// Visits what is executed again and again: what is bound in it may have been when it begins.
    pub(super) fn in_loop(&mut self, body: &[Stmt], visit: impl FnOnce(&mut Self)) {
        if self.narrowings.knows_anything() {
            let depth = if self.narrowings.loops < MAX_LOOPS { 0 } else { MAX_STATEMENT_DEPTH };
            self.end_bound_in(body, depth);
        }
        let before = self.narrowings.held.len();
        self.narrowings.loops += 1;
        visit(self);
        self.narrowings.loops -= 1;
        self.narrowings.held.truncate(before);
    }

    fn end_bound_in(&mut self, body: &[Stmt], depth: u32) {
        if depth >= MAX_STATEMENT_DEPTH {
            self.narrowings.held.iter_mut().for_each(|one| one.holds = false);
            return;
        }
        let depth = depth + 1;
        for statement in body {
            match statement {
                Stmt::Assign(statement) => statement.targets.iter().for_each(|target| self.end_target(target)),
                Stmt::AnnAssign(statement) => self.end_target(&statement.target),
                Stmt::AugAssign(statement) => self.end_target(&statement.target),
                Stmt::For(statement) => {
                    self.end_target(&statement.target);
                    self.end_bound_in(&statement.body, depth);
                    self.end_bound_in(&statement.orelse, depth);
                }
                Stmt::While(statement) => {
                    self.end_bound_in(&statement.body, depth);
                    self.end_bound_in(&statement.orelse, depth);
                }
                Stmt::If(statement) => {
                    self.end_bound_in(&statement.body, depth);
                    statement.elif_else_clauses.iter().for_each(|clause| self.end_bound_in(&clause.body, depth));
                }
                Stmt::With(statement) => {
                    statement.items.iter().filter_map(|item| item.optional_vars.as_deref()).for_each(|target| {
                        self.end_target(target);
                    });
                    self.end_bound_in(&statement.body, depth);
                }
                Stmt::Try(statement) => {
                    self.end_bound_in(&statement.body, depth);
                    for ExceptHandler::ExceptHandler(handler) in &statement.handlers {
                        handler.name.iter().for_each(|name| self.end_name(name.as_str()));
                        self.end_bound_in(&handler.body, depth);
                    }
                    self.end_bound_in(&statement.orelse, depth);
                    self.end_bound_in(&statement.finalbody, depth);
                }
                Stmt::Match(statement) => statement.cases.iter().for_each(|case| self.end_bound_in(&case.body, depth)),
                Stmt::FunctionDef(statement) => self.end_name(statement.name.as_str()),
                Stmt::ClassDef(statement) => self.end_name(statement.name.as_str()),
                _ => {}
            }
        }
    }

    fn end_target(&mut self, target: &Expr) {
        self.nested(|this| match target {
            Expr::Tuple(target) => target.elts.iter().for_each(|element| this.end_target(element)),
            Expr::List(target) => target.elts.iter().for_each(|element| this.end_target(element)),
            Expr::Starred(target) => this.end_target(&target.value),
            target => this.end_narrowings_of(target),
        });
    }

    /// Ends what is known of a name or an attribute that is bound here.
    pub(super) fn end_narrowings_of(&mut self, target: &Expr) {
        if !self.narrowings.held.is_empty()
            && let Some(path) = self.known_path(target, 0)
        {
            self.narrowings.end(path);
        }
    }

    fn end_name(&mut self, name: &str) {
        if let Some(name) = self.names.find(name) {
            self.end_narrowings_of_name(name);
        }
    }

    /// Ends what is known of a name that is bound here.
    pub(super) fn end_narrowings_of_name(&mut self, name: NameId) {
        if !self.narrowings.held.is_empty()
            && let Some(path) = self.narrowings.find(ROOT, name)
        {
            self.narrowings.end(path);
        }
    }

    /// Visits the targets of an assignment, which binds them after its value is evaluated: what is known of them ends
    /// with [`Self::end_put_off`].
    pub(super) fn put_off(&mut self, visit: impl FnOnce(&mut Self)) {
        self.narrowings.puts_off = true;
        visit(self);
        self.narrowings.puts_off = false;
    }

    /// Ends what is known of the targets of an assignment.
    pub(super) fn end_put_off(&mut self) {
        while let Some(path) = self.narrowings.put_off.pop() {
            self.narrowings.end(path);
        }
    }

    /// Holds that a name was assigned this.
    pub(super) fn hold_assigned(&mut self, target: &Expr, value: ValueId) {
        // What is written out has no members in the repository.
        let is_plain = matches!(self.values.get(value), Value::Literal(_, elements) if elements.is_empty());
        if !is_plain && let Some(path) = self.path_of(target, 0) {
            let guard = self.values.push(Value::TypeOf(value));
            self.narrowings.hold(&[Narrowing { path, guard, is_like: true, holds: true }]);
        }
    }

    /// Holds that what a `match` statement is about has been matched by a pattern.
    pub(super) fn hold_pattern(&mut self, subject: &Expr, pattern: Seen) {
        if let Seen::Value(guard) = pattern
            && let Some(path) = self.path_of(subject, 0)
        {
            self.narrowings.hold(&[Narrowing { path, guard, is_like: true, holds: true }]);
        }
    }

    /// A name or an attribute that was visited, as it is where the visitor is.
    #[inline]
    pub(super) fn narrowed(&mut self, reference: ReferenceId) -> Seen {
        match self.narrowings.held.is_empty() {
            true => Seen::Reference(reference),
            false => self.narrowed_by_held(reference),
        }
    }

    fn narrowed_by_held(&mut self, reference: ReferenceId) -> Seen {
        let mut seen = Seen::Reference(reference);
        let Some(path) = self.path_of_reference(reference.index(), 0) else { return seen };
        for position in 0..self.narrowings.held.len() {
            let one = self.narrowings.held[position];
            if one.holds && one.path == path {
                seen = self.narrowed_by(seen, one);
            }
        }
        seen
    }

    fn narrowed_by(&mut self, seen: Seen, Narrowing { guard, is_like, .. }: Narrowing) -> Seen {
        let make = if is_like { Value::Narrowed } else { Value::Excluded };
        self.derive(seen, |inner| make(inner, guard))
    }

    /// What was visited, narrowed by those of these that are about it.
    fn narrowed_by_each(&mut self, seen: Seen, path: Path, told: &[Narrowing]) -> Seen {
        told.iter().filter(|one| one.path == path).fold(seen, |seen, one| self.narrowed_by(seen, *one))
    }

    /// Narrows what was visited before its test was, from a reference on.
    pub(super) fn narrow_back(&mut self, first: usize, until: usize, told: &[Narrowing]) {
        if told.is_empty() {
            return;
        }
        for position in first..until {
            let Reference { binding: Binding::Attribute(base), .. } = self.references[position] else { continue };
            if base.index() < first {
                continue;
            }
            let Some(path) = self.path_of_reference(base.index(), 0) else { continue };
            if let Seen::Value(value) = self.narrowed_by_each(Seen::Reference(base), path, told) {
                self.references[position].binding = Binding::Member(value);
            }
        }
    }

    /// An expression that was visited before its test was, narrowed by that.
    pub(super) fn narrowed_back(&mut self, seen: Seen, expression: &Expr, told: &[Narrowing]) -> Seen {
        if told.is_empty() || seen == Seen::Nothing {
            return seen;
        }
        let Some(path) = self.known_path(expression, 0) else { return seen };
        self.narrowed_by_each(seen, path, told)
    }

    fn path_of_reference(&self, reference: usize, members: u32) -> Option<Path> {
        let Reference { name, binding, .. } = self.references[reference];
        match binding {
            Binding::Attribute(base) if members < MAX_MEMBERS => {
                let base = self.path_of_reference(base.index(), members + 1)?;
                self.narrowings.find(base, name)
            }
            Binding::Member(value) if members < MAX_MEMBERS => {
                let mut value = self.values.get(value);
                while let Value::Narrowed(inner, _) | Value::Excluded(inner, _) = value {
                    value = self.values.get(inner);
                }
                let Value::Reference(base) = value else { return None };
                let base = self.path_of_reference(base.index(), members + 1)?;
                self.narrowings.find(base, name)
            }
            binding if is_by_name(binding) => self.narrowings.find(ROOT, name),
            _ => None,
        }
    }

    /// Whether a call is a test of the class of its first argument, which is its second.
    pub(super) fn is_class_test(&self, call: &ast::ExprCall) -> bool {
        self.narrowings.is_testing && call.arguments.args.len() == 2 && class_test(&call.func).is_some()
    }

    /// Notes the class that a call compares with, once that is visited.
    pub(super) fn note_class_test(&mut self, call: &ast::ExprCall, class: Seen) {
        let class = match class_test(&call.func) {
            Some(ClassTest::Instance) => self.derive(class, Value::Annotated),
            _ => class,
        };
        if let Some(guard) = self.known_value(class) {
            self.narrowings.noted.push((call.start(), guard));
        }
    }

    /// Notes the function that a call in a test asks about its first argument.
    pub(super) fn note_guard(&mut self, call: &ast::ExprCall, callee: Seen) {
        let Some(argument) = call.arguments.args.first() else { return };
        if !self.narrowings.is_testing || !may_tell(&call.func) || !has_path(argument) {
            return;
        }
        if let Seen::Value(guard) = self.derive(callee, Value::Call) {
            self.narrowings.noted.push((call.start(), guard));
        }
    }

    /// Whether a comparison is one of the class of a value, `type(x) is C`.
    pub(super) fn is_class_comparison(&self, comparison: &ast::ExprCompare) -> bool {
        self.narrowings.is_testing && class_of(&comparison.left).is_some() && comparison.comparators.len() == 1
    }

    /// Notes the class that a comparison is with.
    pub(super) fn note_comparison(&mut self, comparison: &ast::ExprCompare, class: Seen) {
        if let Seen::Value(guard) = self.derive(class, Value::Annotated) {
            self.narrowings.noted.push((comparison.start(), guard));
        }
    }

    /// What a test that was visited says if it came out like this.
    pub(super) fn told_by(&mut self, test: &Expr, outcome: bool) -> Vec<Narrowing> {
        let mut told = Vec::new();
        if !self.narrowings.noted.is_empty() {
            self.tell_test(test, outcome, &mut told, 0);
        }
        told
    }

    fn tell_test(&mut self, test: &Expr, outcome: bool, told: &mut Vec<Narrowing>, depth: u32) {
        if depth >= MAX_TEST_DEPTH || told.len() >= MAX_NARROWINGS {
            return;
        }
        match test {
            Expr::UnaryOp(operation) if operation.op == UnaryOp::Not => {
                self.tell_test(&operation.operand, !outcome, told, depth + 1);
            }
            Expr::BoolOp(operation) if (operation.op == BoolOp::And) == outcome => {
                for operand in &operation.values {
                    self.tell_test(operand, outcome, told, depth + 1);
                }
            }
            Expr::BoolOp(operation) => self.tell_either(&operation.values, outcome, told, depth),
            Expr::Call(call) => {
                let Some(guard) = self.noted(call.start()) else { return };
                let Some(path) = call.arguments.args.first().and_then(|argument| self.path_of(argument, 0)) else {
                    return;
                };
                told.push(Narrowing { path, guard, is_like: outcome, holds: true });
            }
            Expr::Compare(comparison) => {
                let is_like = match comparison.ops.first() {
                    Some(CmpOp::Is | CmpOp::Eq) => outcome,
                    Some(CmpOp::IsNot | CmpOp::NotEq) => !outcome,
                    _ => return,
                };
                // What is not of the class itself may be of one that derives from it.
                if !is_like {
                    return;
                }
                let Some(guard) = self.noted(comparison.start()) else { return };
                let Some(path) = class_of(&comparison.left).and_then(|value| self.path_of(value, 0)) else { return };
                told.push(Narrowing { path, guard, is_like, holds: true });
            }
            _ => {}
        }
    }

    /// What is said if one of several tests came out like this: one thing of them, if all of them are about that.
    fn tell_either(&mut self, tests: &[Expr], outcome: bool, told: &mut Vec<Narrowing>, depth: u32) {
        let mut guards = Vec::new();
        let mut common: Option<Path> = None;
        for test in tests {
            let mut one = Vec::new();
            self.tell_test(test, outcome, &mut one, depth + 1);
            let Some(first) = one.iter().find(|one| one.is_like && common.is_none_or(|path| path == one.path)) else {
                return;
            };
            common = Some(first.path);
            guards.push(first.guard);
        }
        if let (Some(path), Seen::Value(guard)) = (common, self.either(&guards)) {
            told.push(Narrowing { path, guard, is_like: true, holds: true });
        }
    }

    fn noted(&self, start: TextSize) -> Option<ValueId> {
        self.narrowings.noted.iter().rev().find(|(at, _)| *at == start).map(|(_, guard)| *guard)
    }

    /// The path that an expression is.
    fn path_of(&mut self, expression: &Expr, members: u32) -> Option<Path> {
        match expression {
            Expr::Name(name) if !name.id.is_empty() => {
                let name = self.intern(name.id.as_str());
                Some(self.narrowings.path(ROOT, name))
            }
            Expr::Attribute(attribute) if members < MAX_MEMBERS && !attribute.attr.id.is_empty() => {
                let of = self.path_of(&attribute.value, members + 1)?;
                let name = self.intern(attribute.attr.as_str());
                Some(self.narrowings.path(of, name))
            }
            Expr::Named(named) => self.path_of(&named.target, members),
            _ => None,
        }
    }

    /// The path that an expression is, if anything was ever told of it.
    fn known_path(&self, expression: &Expr, members: u32) -> Option<Path> {
        match expression {
            Expr::Name(name) => self.narrowings.find(ROOT, self.names.find(name.id.as_str())?),
            Expr::Attribute(attribute) if members < MAX_MEMBERS => {
                let of = self.known_path(&attribute.value, members + 1)?;
                self.narrowings.find(of, self.names.find(attribute.attr.as_str())?)
            }
            Expr::Named(named) => self.known_path(&named.target, members),
            _ => None,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClassTest {
    Instance,
    Subclass,
}

fn class_test(callee: &Expr) -> Option<ClassTest> {
    let Expr::Name(name) = callee else { return None };
    match name.id.as_str() {
        "isinstance" => Some(ClassTest::Instance),
        "issubclass" => Some(ClassTest::Subclass),
        _ => None,
    }
}

/// The value of which an expression is the class.
fn class_of(expression: &Expr) -> Option<&Expr> {
    match expression {
        Expr::Call(call) => match (&*call.func, &*call.arguments.args) {
            (Expr::Name(name), [value]) if name.id.as_str() == "type" => Some(value),
            _ => None,
        },
        Expr::Attribute(attribute) if attribute.attr.as_str() == "__class__" => Some(&attribute.value),
        _ => None,
    }
}

/// Whether an expression is a name, or an attribute of one.
pub(super) fn has_path(expression: &Expr) -> bool {
    let mut expression = expression;
    loop {
        match expression {
            Expr::Name(_) => return true,
            Expr::Attribute(attribute) => expression = &attribute.value,
            Expr::Named(named) => expression = &named.target,
            _ => return false,
        }
    }
}

/// Whether a function may be declared to tell of its argument, by its name: few of those that tests call are, and those
/// say that something *is* so.
fn may_tell(callee: &Expr) -> bool {
    let name = match callee {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return false,
    };
    name.trim_start_matches('_').starts_with("is") || name.contains("_is")
}

/// Whether what comes after statements is not reached through them.
fn leaves(body: &[Stmt]) -> bool {
    leaves_within(body, 0)
}

fn leaves_within(body: &[Stmt], depth: u32) -> bool {
    let leaves = |body: &[Stmt]| depth < MAX_TEST_DEPTH && leaves_within(body, depth + 1);
    match body.last() {
        Some(Stmt::Return(_) | Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_)) => true,
        Some(Stmt::If(statement)) => {
            leaves(&statement.body)
                && statement.elif_else_clauses.last().is_some_and(|clause| clause.test.is_none())
                && statement.elif_else_clauses.iter().all(|clause| leaves(&clause.body))
        }
        Some(Stmt::With(statement)) => leaves(&statement.body),
        Some(Stmt::Assert(statement)) => {
            matches!(&*statement.test, Expr::BooleanLiteral(literal) if !literal.value)
        }
        Some(Stmt::Expr(statement)) => matches!(&*statement.value, Expr::Call(call) if never_returns(&call.func)),
        _ => false,
    }
}

/// Whether a function is one that is known not to return.
fn never_returns(callee: &Expr) -> bool {
    match callee {
        Expr::Name(name) => matches!(name.id.as_str(), "assert_never" | "exit"),
        Expr::Attribute(attribute) => {
            attribute.attr.as_str() == "exit"
                && matches!(&*attribute.value, Expr::Name(module) if module.id.as_str() == "sys")
        }
        _ => false,
    }
}
