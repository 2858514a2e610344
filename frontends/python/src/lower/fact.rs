//! What the text says about symbols.
//!
//! A target comes before its value in the text, so binding it only notes which symbols are concerned; once the value is
//! visited, the target is walked along a second time to tell them.

use esker_frontend_api::{Binding, Fact, FactKind, ReferenceId, Role, SymbolFlags, SymbolId, Value, ValueId};
use ruff_python_ast::Expr;

use super::Lowerer;
use super::value::{MAX_ELEMENTS, Need, Seen};

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    Symbol(SymbolId),
    /// The symbol that a reference proves to stand for: one that a function around binds, maybe later in the text.
    Reference(ReferenceId),
}

/// The facts found so far.
#[derive(Default)]
pub(super) struct Facts {
    pending: Vec<(Subject, FactKind, ValueId)>,
    /// The subjects of the targets that the visitor has bound and has no value for yet: one for each place in a target
    /// that is no tuple or list, in the order of the text; `None` where no symbol is concerned.
    bound: Vec<Option<Subject>>,
}

impl Facts {
    /// Notes whom the next place in a target concerns.
    pub(super) fn note_bound(&mut self, subject: Option<Subject>) {
        self.bound.push(subject);
    }

    /// Follows the references to where they have been moved.
    pub(super) fn move_references(&mut self, moved: &[ReferenceId]) {
        for (subject, _, _) in &mut self.pending {
            if let Subject::Reference(reference) = subject {
                *reference = moved[reference.index()];
            }
        }
    }
}

/// The function around the visitor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Function {
    symbol: SymbolId,
    /// How many more of its `return` statements tell what it returns.
    returns: usize,
}

impl Function {
    pub(super) fn new(symbol: SymbolId, has_declared_type: bool) -> Self {
        Self { symbol, returns: if has_declared_type { 0 } else { MAX_ELEMENTS } }
    }
}

impl Lowerer<'_> {
    /// Records what the text says about a subject.
    pub(super) fn tell(&mut self, subject: impl Into<Subject>, kind: FactKind, seen: Seen) {
        let value = self.value(seen);
        self.facts.pending.push((subject.into(), kind, value));
    }

    /// Where the subjects of the next target will start; see [`Self::assign`].
    pub(super) fn next_bound(&self) -> usize {
        self.facts.bound.len()
    }

    /// Whom a target concerns that is a single name or attribute. Its subjects start at `from`.
    pub(super) fn sole_bound(&self, from: usize) -> Option<Subject> {
        self.facts.bound.get(from).copied().flatten()
    }

    /// Visits what is assigned to targets of which the subjects start at `from`. Nobody needs to know where it comes
    /// from if they concern no symbol.
    pub(super) fn visit_assigned(&mut self, value: &Expr, role: Role, from: usize) -> Seen {
        let is_needed = self.facts.bound[from..].iter().any(Option::is_some);
        self.visit_for(value, role, if is_needed { Need::Value } else { Need::Reference })
    }

    /// Tells what the names in targets are bound to. Their subjects, which start at `from`, are done with.
    pub(super) fn assign(&mut self, targets: &[Expr], from: usize, seen: Seen) {
        if self.facts.bound[from..].iter().any(Option::is_some) {
            let value = self.known_value(seen);
            let mut next = from;
            for target in targets {
                self.assign_target(target, &mut next, value);
            }
        }
        self.facts.bound.truncate(from);
    }

    fn assign_target(&mut self, target: &Expr, next: &mut usize, value: Option<ValueId>) {
        self.nested(|this| match target {
            Expr::Tuple(target) => this.assign_unpacked(&target.elts, next, value),
            Expr::List(target) => this.assign_unpacked(&target.elts, next, value),
            Expr::Starred(target) => this.assign_target(&target.value, next, None),
            _ => {
                if let Some(subject) = this.sole_bound(*next) {
                    this.tell(subject, FactKind::Assigned, value.map_or(Seen::Nothing, Seen::Value));
                }
                *next += 1;
            }
        });
    }

    /// From a starred target on, positions are not known.
    fn assign_unpacked(&mut self, targets: &[Expr], next: &mut usize, value: Option<ValueId>) {
        let mut value = value;
        for (target, position) in targets.iter().zip(0..) {
            value = value.filter(|_| !target.is_starred_expr());
            let part = value.map(|value| self.values.push(Value::Unpacked(value, position)));
            self.assign_target(target, next, part);
        }
    }

    /// Visits what a `return` statement returns, and tells it of the function unless that says itself.
    pub(super) fn visit_returned(&mut self, returned: &Expr) {
        match self.function.as_mut() {
            Some(Function { symbol, returns }) if *returns > 0 => {
                *returns -= 1;
                let symbol = *symbol;
                let seen = self.read_value(returned);
                self.tell(symbol, FactKind::Returned, seen);
            }
            _ => self.read(returned),
        }
    }

    /// Marks the function around as one that yields.
    pub(super) fn note_yield(&mut self) {
        if let Some(Function { symbol, .. }) = self.function {
            self.symbols[symbol.index()].flags |= SymbolFlags::GENERATOR;
        }
    }

    /// The table of facts, once names are resolved.
    pub(super) fn finish_facts(&mut self) -> Vec<Fact> {
        let pending = std::mem::take(&mut self.facts.pending);
        let mut facts = Vec::with_capacity(pending.len());
        for (subject, kind, value) in pending {
            let symbol = match subject {
                Subject::Symbol(symbol) => symbol,
                Subject::Reference(reference) => match self.references[reference.index()].binding {
                    Binding::Symbol(symbol) => {
                        self.symbols[symbol.index()].flags |= SymbolFlags::REBOUND;
                        symbol
                    }
                    _ => continue,
                },
            };
            let is_generator = self.symbols[symbol.index()].flags.contains(SymbolFlags::GENERATOR);
            // What a generator returns is not what calling it gives.
            if kind != FactKind::Returned || !is_generator {
                facts.push(Fact { symbol, kind, value });
            }
        }
        facts.sort_by_key(|fact| fact.symbol);
        facts
    }

    /// Visits the expression of which the value is told, and tells it.
    pub(super) fn visit_and_tell(
        &mut self,
        subject: impl Into<Subject>,
        kind: FactKind,
        expression: &Expr,
        role: Role,
    ) {
        let seen = self.visit_for(expression, role, Need::Value);
        self.tell(subject, kind, seen);
    }
}

impl From<SymbolId> for Subject {
    fn from(symbol: SymbolId) -> Self {
        Self::Symbol(symbol)
    }
}
