//! Statements.

use esker_frontend_api::{EdgeKinds, FactKind, Literal, Role, SymbolFlags, SymbolKind, Value};
use ruff_python_ast::{self as ast, ExceptHandler, Expr, Stmt};
use ruff_text_size::{Ranged, TextRange};

use super::guard::Test;
use super::narrow::{Told, has_path};
use super::scope::{Bound, Definition, Entry};
use super::target::Origin;
use super::value::{Need, Seen};
use super::{Lowerer, span};

impl Lowerer<'_> {
    pub(super) fn visit_body(&mut self, body: &[Stmt]) {
        for statement in body {
            self.nested(|this| this.visit_statement(statement));
        }
    }

    fn visit_statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Expr(statement) => {
                self.note_call_on_exported(&statement.value);
                self.read(&statement.value);
            }
            Stmt::Assign(statement) => self.visit_assignment(statement),
            Stmt::AnnAssign(statement) => self.visit_annotated_assignment(statement),
            Stmt::AugAssign(statement) => {
                self.note_augmented_assignment(statement);
                self.visit_augmented_target(&statement.target, statement.range);
                self.read(&statement.value);
            }
            Stmt::FunctionDef(statement) => self.visit_function(statement),
            Stmt::ClassDef(statement) => self.visit_class(statement),
            Stmt::TypeAlias(statement) => self.visit_type_alias(statement),
            Stmt::Import(statement) => self.visit_import(statement),
            Stmt::ImportFrom(statement) => self.visit_import_from(statement),
            Stmt::If(statement) => self.visit_if(statement),
            Stmt::Return(statement) => {
                if let Some(returned) = &statement.value {
                    self.visit_returned(returned);
                }
            }
            Stmt::Raise(statement) => {
                self.read_optional(statement.exc.as_deref());
                self.read_optional(statement.cause.as_deref());
            }
            Stmt::Assert(statement) => {
                let told = self.read_test(&statement.test);
                self.read_optional(statement.msg.as_deref());
                self.hold(&told.if_true);
            }
            Stmt::For(statement) => {
                let bound = self.next_bound();
                self.bind_target(&statement.target, Origin::Elsewhere);
                let seen = self.read_value(&statement.iter);
                self.assign_elements(&statement.target, bound, seen, statement.is_async);
                self.under(EdgeKinds::CONDITIONAL, |this| {
                    this.in_loop(&statement.body, |this| this.visit_body(&statement.body));
                    this.apart_branch(&statement.orelse);
                });
            }
            Stmt::While(statement) => {
                self.under(EdgeKinds::CONDITIONAL, |this| {
                    this.in_loop(&statement.body, |this| {
                        let told = this.read_test(&statement.test);
                        this.hold(&told.if_true);
                        this.visit_body(&statement.body);
                    });
                    this.apart_branch(&statement.orelse);
                });
            }
            Stmt::Try(statement) => self.visit_try(statement),
            Stmt::With(statement) => self.visit_with(statement),
            Stmt::Match(statement) => self.visit_match(statement),
            Stmt::Delete(statement) => statement.targets.iter().for_each(|target| self.delete(target)),
            Stmt::Global(statement) => self.declare(&statement.names, Entry::Global),
            Stmt::Nonlocal(statement) => self.declare(&statement.names, Entry::Nonlocal),
            Stmt::Pass(_) | Stmt::Break(_) | Stmt::Continue(_) | Stmt::IpyEscapeCommand(_) => {}
        }
    }

    fn visit_assignment(&mut self, statement: &ast::StmtAssign) {
        self.note_assignment(&statement.targets, &statement.value);
        let bound = self.next_bound();
        let first = self.symbols.len();
        self.put_off(|this| {
            for target in &statement.targets {
                this.bind_target(target, Origin::UpTo(statement.range.end()));
            }
        });
        self.being_bound = first..self.symbols.len();
        let seen = self.visit_assigned(&statement.value, Role::Read, bound);
        self.end_put_off();
        self.being_bound = 0..0;
        let is_bound_again = self.symbols.len() == first;
        self.assign(&statement.targets, bound, seen);
        if let ([target @ Expr::Name(_)], true, Seen::Value(value)) = (&*statement.targets, is_bound_again, seen) {
            self.hold_assigned(target, value);
        }
    }

    fn visit_annotated_assignment(&mut self, statement: &ast::StmtAnnAssign) {
        let value = statement.value.as_deref();
        if let Some(value) = value {
            self.note_assignment(std::slice::from_ref(&*statement.target), value);
        }
        let bound = self.next_bound();
        let first = self.symbols.len();
        self.put_off(|this| match (&*statement.target, value) {
            // In parentheses and without a value, the annotation declares nothing.
            (Expr::Name(_), None) if !statement.simple => {}
            (target, Some(_)) => this.bind_target(target, Origin::UpTo(statement.range.end())),
            (target, None) => this.bind_target(target, Origin::Declared(statement.range.end())),
        });
        let being_bound = first..self.symbols.len();
        let is_type_alias = self.is_type_alias(&statement.annotation);
        match self.sole_bound(bound) {
            Some(subject) if !is_type_alias => {
                self.visit_and_tell(subject, FactKind::Type, &statement.annotation, Role::Annotation);
            }
            _ => self.annotate(&statement.annotation),
        }
        let seen = value.map(|value| {
            let role = if is_type_alias { Role::Annotation } else { Role::Read };
            self.being_bound = being_bound;
            let seen = self.visit_assigned(value, role, bound);
            self.being_bound = 0..0;
            seen
        });
        self.end_put_off();
        let targets = if seen.is_some() { std::slice::from_ref(&*statement.target) } else { &[] };
        self.assign(targets, bound, seen.unwrap_or_default());
    }

    fn visit_if(&mut self, statement: &ast::StmtIf) {
        let test = self.classify(&statement.test);
        let told = self.read_test(&statement.test);
        let mut ends = self.ends();
        self.under(test.body(), |this| this.branch(&told.if_true, &statement.body, &mut ends));
        self.hold(&told.if_false);
        let mut otherwise = test.otherwise();
        let mut is_passed_over = true;
        for clause in &statement.elif_else_clauses {
            let (test, told) = match &clause.test {
                Some(condition) => {
                    let test = self.classify(condition);
                    (test, self.read_test(condition))
                }
                None => {
                    is_passed_over = false;
                    (Test::ALWAYS, Told::default())
                }
            };
            self.under(otherwise | test.body(), |this| this.branch(&told.if_true, &clause.body, &mut ends));
            self.hold(&told.if_false);
            otherwise |= test.otherwise();
        }
        if is_passed_over {
            self.pass_over(&mut ends);
        }
        self.hold_after(&ends);
    }

    fn visit_try(&mut self, statement: &ast::StmtTry) {
        self.under(EdgeKinds::CONDITIONAL, |this| {
            let mut ends = this.ends();
            this.tried(&statement.body, &mut ends);
            for ExceptHandler::ExceptHandler(handler) in &statement.handlers {
                match (handler.type_.as_deref(), &handler.name) {
                    (Some(class), Some(name)) => {
                        let seen = this.read_value(class);
                        let seen = if statement.is_star { Seen::Nothing } else { this.caught(seen) };
                        this.bind_variable(name, seen);
                    }
                    (class, _) => this.read_optional(class),
                }
                this.branch(&[], &handler.body, &mut ends);
            }
            this.hold_after(&ends);
            this.visit_body(&statement.orelse);
        });
        self.visit_body(&statement.finalbody);
    }

    fn visit_with(&mut self, statement: &ast::StmtWith) {
        let mut circumstances = EdgeKinds::empty();
        for item in &statement.items {
            if self.suppresses_exceptions(&item.context_expr) {
                circumstances = EdgeKinds::CONDITIONAL;
            }
            let Some(target) = &item.optional_vars else {
                self.read(&item.context_expr);
                continue;
            };
            let seen = self.read_value(&item.context_expr);
            let bound = self.next_bound();
            self.bind_target(target, Origin::Elsewhere);
            let seen = self.derive(seen, if statement.is_async { Value::EnteredAsync } else { Value::Entered });
            self.assign(std::slice::from_ref(target), bound, seen);
        }
        self.under(circumstances, |this| this.visit_body(&statement.body));
    }

    fn visit_match(&mut self, statement: &ast::StmtMatch) {
        self.read(&statement.subject);
        self.under(EdgeKinds::CONDITIONAL, |this| {
            let need = if has_path(&statement.subject) { Need::Value } else { Need::Reference };
            let mut ends = this.ends();
            for case in &statement.cases {
                let before = this.held();
                let pattern = this.visit_pattern(&case.pattern, need);
                if need == Need::Value {
                    this.hold_pattern(&statement.subject, pattern);
                }
                if let Some(guard) = &case.guard {
                    let told = this.read_test(guard);
                    this.hold(&told.if_true);
                }
                this.branch(&[], &case.body, &mut ends);
                this.forget_from(before);
            }
        });
    }

    /// What an `except` clause catches: an instance of the class, or of one of the classes in a tuple.
    fn caught(&mut self, classes: Seen) -> Seen {
        let Some(mut classes) = self.known_value(classes) else { return Seen::Nothing };
        if let Value::Literal(Literal::Tuple, elements) = self.values.get(classes) {
            let elements: Vec<_> = self.values.list(elements).collect();
            match self.either(&elements) {
                Seen::Value(either) => classes = either,
                _ => return Seen::Nothing,
            }
        }
        Seen::Value(self.values.push(Value::Annotated(classes)))
    }

    /// Applies a `global` or `nonlocal` statement.
    fn declare(&mut self, names: &[ast::Identifier], entry: Entry) {
        if self.scope.0 == 0 {
            return;
        }
        for identifier in names.iter().filter(|name| !name.id.is_empty()) {
            let name = self.intern(identifier.as_str());
            self.bindings.set(self.scope, name, entry);
            self.refer(name, span(identifier.range), Role::Read);
        }
    }

    /// Binds a name that stands alone in the text, such as that of an exception, to a value.
    pub(super) fn bind_variable(&mut self, name: &ast::Identifier, value: Seen) {
        if let Some(bound) = self.bind_name(name.as_str(), name.range, name.range, SymbolFlags::empty()) {
            self.tell(bound, FactKind::Assigned, value);
        }
    }

    /// Binds a variable in the current scope.
    pub(super) fn bind_name(
        &mut self,
        name: &str,
        name_range: TextRange,
        range: TextRange,
        flags: SymbolFlags,
    ) -> Option<Bound> {
        if name.is_empty() {
            return None;
        }
        let name = self.intern(name);
        let (span, name_span) = (span(range), span(name_range));
        Some(self.bind(Definition { name, kind: SymbolKind::Variable, flags, span, name_span }))
    }

    fn delete(&mut self, target: &Expr) {
        self.nested(|this| match target {
            Expr::Name(target) if !target.id.is_empty() => {
                let name = this.intern(target.id.as_str());
                let entry = this.bindings.get(this.scope, name);
                if entry.is_none() {
                    this.bindings.set(this.scope, name, Entry::Deleted);
                }
                this.refer(name, span(target.range), Role::Delete);
            }
            Expr::Tuple(target) => target.elts.iter().for_each(|element| this.delete(element)),
            Expr::List(target) => target.elts.iter().for_each(|element| this.delete(element)),
            Expr::Starred(target) => this.delete(&target.value),
            Expr::Attribute(_) => {
                this.visit(target, Role::Delete);
            }
            target => this.read(target),
        });
    }
}

/// The end of a node, for definitions that reach up to it.
pub(super) fn from_to(start: &impl Ranged, end: ruff_text_size::TextSize) -> TextRange {
    // Recovery from a syntax error can leave a target after the end of its statement.
    TextRange::new(start.start(), end.max(start.end()))
}
