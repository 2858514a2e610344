//! What the text says about symbols.

use esker_frontend_api::{
    Binding, Fact, FactKind, NameId, Role, Scope, ScopeId, ScopeKind, SymbolFlags, SymbolId, SymbolKind, Value, ValueId,
};
use oxc_ast::ast::{BindingIdentifier, BindingPattern, Expression, ObjectExpression, PropertyKey, Statement};
use oxc_span::GetSpan;

use super::define::Defining;
use super::object::MAX_PROPERTIES;
use super::value::{MAX_ELEMENTS, is_const};
use super::{Declared, Lowerer, span};
use crate::resolve::RETURNED;

/// What a fact is about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Subject {
    Symbol(SymbolId),
    /// The first symbol of a declaration, which may come later in the text.
    Declared(Declared),
    /// The member of a class with this name.
    Member(ScopeId, NameId),
}

/// The function around the visitor.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct FunctionAround {
    /// The symbol of which its text tells what it returns.
    pub(super) symbol: Option<SymbolId>,
    /// How many more of its `return` statements do so.
    pub(super) returns: usize,
    /// What it is expected to return, as a value.
    pub(super) context: Option<ValueId>,
    /// Whether there is one, and the visitor is not at its parameters.
    pub(super) is_body: bool,
    /// What stands for the objects that it returns.
    object: Option<SymbolId>,
    /// The variable that it returns at its end.
    variable: Option<Declared>,
}

impl FunctionAround {
    pub(super) fn new(symbol: Option<SymbolId>, context: Option<ValueId>) -> Self {
        let returns = if context.is_some() { 0 } else { MAX_ELEMENTS };
        Self { symbol, returns, context, is_body: true, object: None, variable: None }
    }
}

impl<'a> Lowerer<'_> {
    /// Records what the text says about a subject.
    pub(super) fn tell(&mut self, subject: Subject, kind: FactKind, value: ValueId) {
        self.facts.push((subject, kind, value));
    }

    /// The same, if anything is known.
    pub(super) fn tell_known(&mut self, subject: Option<Subject>, kind: FactKind, value: Option<ValueId>) {
        if let (Some(subject), Some(value)) = (subject, value) {
            self.tell(subject, kind, value);
        }
    }

    /// Whom the declaration of a name concerns.
    pub(super) fn subject(&self, id: &BindingIdentifier<'_>) -> Option<Subject> {
        match self.declared_at.get(id.span.start) {
            Some(symbol) => Some(Subject::Symbol(symbol)),
            None => id.symbol_id.get().map(Subject::Declared),
        }
    }

    /// Tells what the names in a pattern are bound to, given what the whole is, and records the uses of members that
    /// the pattern makes.
    pub(super) fn tell_pattern(&mut self, pattern: &BindingPattern<'a>, kind: FactKind, value: Option<ValueId>) {
        match pattern {
            BindingPattern::BindingIdentifier(id) => self.tell_known(self.subject(id), kind, value),
            BindingPattern::AssignmentPattern(it) => {
                let default = self.value(&it.right);
                self.tell_pattern(&it.left, kind, value);
                if let BindingPattern::BindingIdentifier(id) = &it.left {
                    self.tell_known(self.subject(id), FactKind::Default, default);
                }
            }
            BindingPattern::ObjectPattern(it) => {
                // Where a whole has a declared type, what is taken out of it has none of its own.
                let value = match (kind, value) {
                    (FactKind::Type, Some(declared)) => Some(self.annotated(declared)),
                    (_, value) => value,
                };
                for property in &it.properties {
                    let member = value.and_then(|value| self.key_used(&property.key, value, Role::Read));
                    self.tell_pattern(&property.value, FactKind::Assigned, member);
                }
                if let Some(rest) = &it.rest {
                    self.tell_pattern(&rest.argument, FactKind::Assigned, value);
                }
            }
            BindingPattern::ArrayPattern(it) => {
                let value = match (kind, value) {
                    (FactKind::Type, Some(declared)) => Some(self.annotated(declared)),
                    (_, value) => value,
                };
                for (element, position) in it.elements.iter().zip(0..) {
                    let Some(element) = element else { continue };
                    let part = value.map(|value| self.values.push(Value::Unpacked(value, position)));
                    self.tell_pattern(element, FactKind::Assigned, part);
                }
                if let Some(rest) = &it.rest {
                    self.tell_pattern(&rest.argument, FactKind::Assigned, value);
                }
            }
        }
    }

    /// Records that a key names a member of a value; returns the member.
    pub(super) fn key_used(&mut self, key: &PropertyKey<'a>, value: ValueId, role: Role) -> Option<ValueId> {
        let (name, at) = self.key(key)?;
        let at = if matches!(key, PropertyKey::StaticIdentifier(_)) { key.span() } else { at };
        self.refer_key(name, at, role, Binding::Member(value));
        Some(self.member_of(value, name))
    }

    /// Notes which variable the function around returns that has these statements, if it tells what it returns.
    pub(super) fn note_returned(&mut self, statements: &[Statement<'a>]) {
        if self.function.symbol.is_none() || self.function.returns == 0 {
            return;
        }
        self.function.variable = match statements.last() {
            Some(Statement::ReturnStatement(it)) => match &it.argument {
                Some(Expression::Identifier(it)) => {
                    it.reference_id.get().and_then(|id| self.scoping.get_reference(id).symbol_id())
                }
                _ => None,
            },
            _ => None,
        };
    }

    /// Whose members those of an object are to which a variable is bound: the variable's, or if the function around
    /// returns it, those of what that returns, which other files can name.
    pub(super) fn owner_of_object(
        &mut self,
        pattern: &BindingPattern<'a>,
        value: &Expression<'a>,
        variable: Option<SymbolId>,
    ) -> Option<SymbolId> {
        let BindingPattern::BindingIdentifier(id) = pattern else { return variable };
        let is_returned = self.function.variable.is_some() && self.function.variable == id.symbol_id.get();
        match object_in(value).filter(|_| is_returned) {
            Some(object) => Some(self.returned_object(object.span)),
            None => variable,
        }
    }

    /// Visits what a `return` statement, or the body of an arrow function, gives back.
    pub(super) fn lower_returned(&mut self, value: &Expression<'a>) {
        let around = self.function;
        let is_told = around.symbol.is_some() && around.returns > 0;
        let object = object_in(value).filter(|_| is_told).map(|it| self.returned_object(it.span));
        self.visit_for(value, around.context, object);
        if let Some(symbol) = around.symbol
            && around.returns > 0
        {
            self.function.returns -= 1;
            let value = self.value(value);
            let value = self.or_unknown(value);
            self.tell(Subject::Symbol(symbol), FactKind::Returned, value);
        }
    }

    /// What stands for the objects that the function around returns, all together: like a parameter of it, so that
    /// other files can name their members, `f.return.a`.
    fn returned_object(&mut self, at: oxc_span::Span) -> SymbolId {
        if let Some(known) = self.function.object {
            return known;
        }
        let symbol = self.returned_symbol(at);
        let scope = self.open_scope(ScopeKind::Class, Some(symbol), at);
        self.symbols[symbol.index()].body = Some(scope);
        self.tell_members(symbol);
        self.function.object = Some(symbol);
        symbol
    }

    /// Makes what stands for what the function around returns, which begins here.
    pub(super) fn returned_symbol(&mut self, at: oxc_span::Span) -> SymbolId {
        let name = self.intern(RETURNED);
        let defining = Defining { kind: SymbolKind::Parameter, flags: SymbolFlags::REEXPORTED, span: span(at) };
        self.add_symbol(name, oxc_span::Span::empty(at.start), self.function_scope(), defining)
    }

    /// Tells what has the members of something without a name in the text: of what a function returns, or of a part of
    /// a type.
    pub(super) fn tell_members(&mut self, unwritten: SymbolId) {
        let scope = self.symbols[unwritten.index()].body;
        let value = scope.map(|scope| self.values.share(Value::Scope(scope)));
        self.tell_known(Some(Subject::Symbol(unwritten)), FactKind::Assigned, value);
    }

    /// The scope of the function around.
    fn function_scope(&self) -> ScopeId {
        let mut scope = self.scope;
        while let Scope { kind: ScopeKind::Block, parent: Some(parent), .. } = self.scopes[scope.index()] {
            scope = parent;
        }
        scope
    }

    /// The table of facts, once all symbols are known.
    pub(super) fn finish_facts(&mut self) -> Vec<Fact> {
        let pending = std::mem::take(&mut self.facts);
        let mut facts = Vec::with_capacity(pending.len());
        for (subject, kind, value) in pending {
            let symbol = match subject {
                Subject::Symbol(symbol) => Some(symbol),
                Subject::Declared(declared) => self.declarations[declared.index()].first,
                Subject::Member(scope, name) => self.members.get(&(scope, name)).copied(),
            };
            let Some(symbol) = symbol else { continue };
            // What a generator returns is not what calling it gives.
            let is_generator = self.symbols[symbol.index()].flags.contains(SymbolFlags::GENERATOR);
            if kind != FactKind::Returned || !is_generator {
                facts.push(Fact { symbol, kind, value });
            }
        }
        facts.sort_by_key(|fact| fact.symbol);
        facts
    }
}

/// The object that an expression is, with nothing said of what it is to be.
fn object_in<'n, 'a>(value: &'n Expression<'a>) -> Option<&'n ObjectExpression<'a>> {
    match value {
        Expression::ObjectExpression(it) => (it.properties.len() <= MAX_PROPERTIES).then_some(it),
        Expression::ParenthesizedExpression(it) => object_in(&it.expression),
        Expression::TSAsExpression(it) if is_const(&it.type_annotation) => object_in(&it.expression),
        _ => None,
    }
}
