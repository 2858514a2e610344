//! What a value is after a test: `if (x.kind === "a")`, `switch (x.kind)`, `x instanceof C`, `"a" in x`, `isA(x)`.

use esker_frontend_api::resolving::{Found, Name};
use esker_frontend_api::{Confidence, SymbolFlags, Value, ValueId};

use super::Resolver;
use super::evaluate::Source;
use super::types::{Side, Type, Typed};

/// How a test came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Test {
    /// The value is like what it was compared with.
    Like,
    Unlike,
}

impl Resolver<'_> {
    /// What a value is after a test.
    pub(super) fn tested(&mut self, source: Source, inner: ValueId, guard: ValueId, test: Test) -> Typed {
        let typed = self.evaluate(source, inner);
        let key = (source, typed.ty, guard, test);
        if let Some(known) = self.tested.get(&key) {
            return known.at_most(typed.confidence);
        }
        let narrowed = match self.value(source, guard) {
            Value::Member(of, name) => {
                let of = self.evaluate(source, of);
                let name = self.written_name(source, name);
                self.by_member(typed, name, of, test)
            }
            _ => {
                let of = self.compared_with(source, guard);
                self.by_type(typed, of, test)
            }
        };
        self.tested.insert(key, narrowed);
        narrowed.at_most(typed.confidence)
    }

    /// By a test of a member: of a union those parts are left whose member can be so.
    fn by_member(&mut self, typed: Typed, name: Name, of: Typed, test: Test) -> Typed {
        let Type::Union(_) = typed.ty else { return typed };
        let parts = self.types.members(typed.ty);
        let wanted = self.types.members(of.ty);
        let left: Vec<Typed> =
            parts.into_iter().filter(|part| self.can_have(*part, name, &wanted, test)).map(Typed::exact).collect();
        // What cannot be is more likely something that is not understood.
        if left.is_empty() { typed } else { self.types.union(left) }
    }

    /// Whether a part of a union can have a member like one of these types after a test; any, if that is unknown.
    fn can_have(&mut self, part: Type, name: Name, wanted: &[Type], test: Test) -> bool {
        if part == Type::Nothing {
            return test == Test::Unlike;
        }
        let member = self.attribute(Typed::exact(part), name);
        let all = self.founds.get(member.found);
        let is_there = all.iter().any(|one| !matches!(one, Found::Not(_)));
        let is_optional = all.iter().any(|one| self.flags_of(*one).contains(SymbolFlags::OPTIONAL));
        if wanted == [Type::Unknown] {
            let is_optional = all.iter().any(|one| self.flags_of(*one).contains(SymbolFlags::OPTIONAL));
            return match test {
                Test::Like => is_there,
                Test::Unlike => !is_there || is_optional,
            };
        }
        if !is_there {
            // A part of an intersection: another part of it has the member.
            return true;
        }
        let member = self.typed(member);
        let types = self.types.members(member.ty);
        let are_units = types.iter().all(|ty| matches!(ty, Type::Unit(_) | Type::Nothing));
        match test {
            Test::Like => !are_units || types.iter().any(|ty| wanted.contains(ty)),
            Test::Unlike => !are_units || is_optional || types.iter().any(|ty| !wanted.contains(ty)),
        }
    }

    /// What a test compares a value with itself.
    fn compared_with(&mut self, source: Source, guard: ValueId) -> Typed {
        let of = self.evaluate(source, guard);
        match (self.value(source, guard), of.ty) {
            // What a function that answers whether its argument is of a type says of that.
            (Value::Call(_), Type::ExternalInstance(_, told)) => {
                Typed { ty: self.types.at(told, 0), confidence: of.confidence.max(Confidence::Inferred) }
            }
            (Value::Call(_), _) => Typed::UNKNOWN,
            _ => of,
        }
    }

    /// By a test of the value itself.
    pub(super) fn by_type(&mut self, typed: Typed, of: Typed, test: Test) -> Typed {
        if of.is_unknown() {
            return typed;
        }
        let wanted = self.types.members(of.ty);
        let mut left: Vec<Typed> = Vec::new();
        for part in self.types.members(typed.ty) {
            let is_like = wanted.iter().any(|ty| self.is_like(part, *ty));
            match test {
                Test::Unlike if !is_like => left.push(Typed::exact(part)),
                Test::Like if is_like => left.push(Typed::exact(part)),
                Test::Like => {
                    left.extend(wanted.iter().filter(|ty| self.is_like(**ty, part)).map(|ty| Typed::exact(*ty)))
                }
                Test::Unlike => {}
            }
        }
        match (left.is_empty(), test) {
            (false, _) => self.types.union(left).at_most(of.confidence),
            (true, Test::Like) => of,
            (true, Test::Unlike) => typed,
        }
    }

    /// Whether what is of the one type is of the other, as far as that is known.
    fn is_like(&mut self, ty: Type, other: Type) -> bool {
        if ty == other {
            return true;
        }
        match (ty, other) {
            (Type::Instance(thing), Type::Instance(other)) => {
                let other = self.things.plain(other);
                let ancestors = self.ancestors(thing, Side::Instance);
                ancestors.things.iter().any(|(above, _)| *above == other)
            }
            (Type::ExternalInstance(name, _), Type::ExternalInstance(other, _)) => name == other,
            (Type::Unit(written), Type::ExternalInstance(other, _)) => {
                self.class_of_unit(written) == self.names.text(other)
            }
            (Type::Function(_) | Type::Callable(_) | Type::ExternalMethod(..), Type::Callable(_)) => true,
            (Type::Instance(thing), Type::Callable(_)) => self.signature(thing).is_some(),
            _ => false,
        }
    }
}
