//! Variables, and what is exported by default without a name.

use esker_frontend_api::{Binding, FactKind, Role, SymbolFlags, SymbolId, SymbolKind, Value, ValueId};
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;

use super::define::Defining;
use super::fact::Subject;
use super::function::{Receiver, value_kind};
use super::{Lowerer, span};

impl<'a> Lowerer<'_> {
    pub(super) fn lower_variable(&mut self, it: &VariableDeclarator<'a>) {
        let statement = self.documented.take();
        let places = [it.span.start, statement.unwrap_or(it.span.start)];
        if self.lower_required(it, &places) {
            return;
        }
        let kind = match (&it.id, &it.init) {
            (BindingPattern::BindingIdentifier(id), Some(init)) if !self.is_declared(id) => value_kind(init),
            _ => SymbolKind::Variable,
        };
        let flags = if it.init.is_none() && it.type_annotation.is_some() {
            SymbolFlags::DECLARED_ONLY
        } else {
            SymbolFlags::empty()
        };
        let defining = Defining { kind, flags, span: span(it.span) };
        self.defining(defining, |this| this.visit_binding_pattern(&it.id));
        let owner = match &it.id {
            BindingPattern::BindingIdentifier(id) => self.declared_at.get(id.span.start),
            _ => None,
        };
        self.unexported(|this| {
            let declared = match &it.type_annotation {
                Some(it) => this.lower_annotation(it, owner),
                None => places.into_iter().find_map(|place| this.doc_type(place)),
            };
            if let Some(declared) = declared {
                this.tell_declared(&it.id, owner, kind, declared);
            }
            let Some(init) = &it.init else { return };
            let context = declared.map(|declared| this.annotated(declared));
            this.document(init, &places);
            match (kind, context) {
                (SymbolKind::Variable, Some(_)) => this.visit_for(init, context, None),
                (SymbolKind::Variable, None) => {
                    let owner = this.owner_of_object(&it.id, init, owner);
                    this.visit_for(init, None, owner);
                    this.note_object(&it.id, init);
                    let value = this.value(init);
                    this.tell_pattern(&it.id, FactKind::Assigned, value);
                }
                _ => match (init, context) {
                    (Expression::ArrowFunctionExpression(init), _) => this.lower_arrow(init, owner, context),
                    (Expression::FunctionExpression(init), _) => {
                        this.lower_function(init, owner, Receiver::Unknown, context);
                    }
                    _ => this.lower_named_value(init, owner),
                },
            }
        });
    }

    /// Tells what the text says of the type of the names in a pattern.
    pub(super) fn tell_declared(
        &mut self,
        pattern: &BindingPattern<'a>,
        owner: Option<SymbolId>,
        kind: SymbolKind,
        declared: ValueId,
    ) {
        match (owner, kind) {
            (Some(owner), SymbolKind::Function) => {
                // Of a function it is told what it returns.
                let function = self.annotated(declared);
                let returned = self.values.push(Value::Call(function));
                let returned = self.values.push(Value::TypeOf(returned));
                self.tell(Subject::Symbol(owner), FactKind::Type, returned);
            }
            _ => self.tell_pattern(pattern, FactKind::Type, Some(declared)),
        }
    }

    /// Makes the symbol of what is exported by default without a name.
    pub(super) fn declare_default(&mut self, kind: SymbolKind, at: oxc_span::Span) -> SymbolId {
        let name = self.intern("default");
        // It has no name in the text; it stands where its text begins.
        let place = oxc_span::Span::empty(at.start);
        self.define_named_member(
            name,
            place,
            self.scope,
            Defining { kind, flags: SymbolFlags::empty(), span: span(at) },
        )
    }

    pub(super) fn lower_binding_identifier(&mut self, it: &BindingIdentifier<'a>) {
        let whole = Defining { kind: SymbolKind::Variable, flags: SymbolFlags::empty(), span: span(it.span) };
        let defining = self.defining.unwrap_or(whole);
        if defining.kind == SymbolKind::Variable && self.is_declared(it) {
            let name = self.intern(it.name.as_str());
            let pending = it.symbol_id.get().map_or(super::Pending::Nothing, super::Pending::Declaration);
            self.refer_pending(name, it.span, Role::Write, Binding::Free, pending);
        } else {
            self.declare(it, defining);
        }
    }
}
