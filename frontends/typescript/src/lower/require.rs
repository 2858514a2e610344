//! Variables of JavaScript that are bound to what `require` loads: other names for it, as those are that imports bind.
//!
//! ```text
//!   const m = require("m")     const { a, b: c } = require("m")     const a = require("m").a
//! ```
//!
//! One that a comment gives a type, that is assigned again, or that is bound to anything further is a variable.

use esker_frontend_api::{Binding, Import, ImportForm, NameId, Role, SymbolFlags};
use oxc_ast::ast::*;

use super::Lowerer;

/// A name that a declaration binds, and the member of the module that it stands for; `None` for the module.
struct Bound<'n, 'a> {
    id: &'n BindingIdentifier<'a>,
    member: Option<&'n IdentifierName<'a>>,
}

impl<'a> Lowerer<'_> {
    /// Visits a variable that is another name for what `require` loads; `false` if it is none.
    pub(super) fn lower_required(&mut self, it: &VariableDeclarator<'a>, places: &[u32]) -> bool {
        if self.is_typed() || self.is_exported {
            return false;
        }
        let Some((call, all)) = it.init.as_ref().and_then(|init| bound(&it.id, init)) else { return false };
        if !self.is_required(call) || !all.iter().all(|bound| self.is_bound_once(bound.id)) {
            return false;
        }
        if places.iter().any(|place| self.doc_type(*place).is_some()) {
            return false;
        }
        self.lower_call(call, None);
        let Some(module) = self.import_at.get(call.span.end) else { return false };
        for Bound { id, member } in all {
            match member {
                Some(member) => self.bind_member(id, member, module, it.span),
                None => {
                    self.refer_bound(id, Binding::Import(module));
                    self.bind(id, module, SymbolFlags::ALIASED, it.span);
                }
            }
        }
        true
    }

    fn bind_member(
        &mut self,
        id: &BindingIdentifier<'a>,
        member: &IdentifierName<'a>,
        module: u32,
        at: oxc_span::Span,
    ) {
        let name = self.intern(member.name.as_str());
        let import = self.add_member_of(module, name, member.span);
        self.refer(name, member.span, Role::Import, Binding::Import(import));
        if member.span != id.span {
            self.refer_bound(id, Binding::Import(import));
        }
        self.bind(id, import, SymbolFlags::empty(), at);
    }

    /// Adds the import of a member of what another import asks for.
    fn add_member_of(&mut self, module: u32, member: NameId, at: oxc_span::Span) -> u32 {
        let Import { specifier, kinds, .. } = *self.imports.get(module);
        let line = self.line(at.start);
        self.imports.push(Import { specifier, member: Some(member), form: ImportForm::Required, kinds, line })
    }

    fn is_bound_once(&self, id: &BindingIdentifier<'a>) -> bool {
        !self.is_declared(id) && id.symbol_id.get().is_some_and(|theirs| !self.scoping.symbol_is_mutated(theirs))
    }
}

/// The call that a declaration binds names to, and these names; `None` unless all are other names for what it gives.
fn bound<'n, 'a>(
    pattern: &'n BindingPattern<'a>,
    init: &'n Expression<'a>,
) -> Option<(&'n CallExpression<'a>, Vec<Bound<'n, 'a>>)> {
    match (pattern, init) {
        (BindingPattern::BindingIdentifier(id), Expression::CallExpression(call)) => {
            Some((call, vec![Bound { id, member: None }]))
        }
        (BindingPattern::BindingIdentifier(id), Expression::StaticMemberExpression(member)) => match &member.object {
            Expression::CallExpression(call) => Some((call, vec![Bound { id, member: Some(&member.property) }])),
            _ => None,
        },
        (BindingPattern::ObjectPattern(object), Expression::CallExpression(call)) if object.rest.is_none() => {
            let all = object.properties.iter().map(|property| match (&property.key, &property.value) {
                (PropertyKey::StaticIdentifier(key), BindingPattern::BindingIdentifier(id)) if !property.computed => {
                    Some(Bound { id, member: Some(key) })
                }
                _ => None,
            });
            Some((call, all.collect::<Option<Vec<_>>>()?))
        }
        _ => None,
    }
}
