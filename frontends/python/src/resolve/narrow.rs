//! What a value is after a test: `isinstance(x, C)`, `type(x) is C`, a function that is declared to tell of its
//! argument, an assignment.

use esker_frontend_api::{Confidence, FactKind, Value, ValueId};

use super::Resolver;
use super::builtins::{container, last_part};
use super::evaluate::Source;
use super::types::{Place, Type, Typed};

/// How a test came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Test {
    /// The value is like what it was compared with.
    Like,
    Unlike,
}

impl Resolver<'_> {
    /// What a value is after a test.
    pub(super) fn tested(&mut self, source: Source, id: ValueId, inner: ValueId, guard: ValueId, test: Test) -> Typed {
        // In an interface a value is told once for each use.
        if source == Source::Ir {
            if let Some(known) = self.tested.get(&id) {
                return *known;
            }
            self.tested.insert(id, Typed::UNKNOWN);
        }
        let typed = self.find_tested(source, inner, guard, test);
        if source == Source::Ir {
            self.tested.insert(id, typed);
        }
        typed
    }

    fn find_tested(&mut self, source: Source, inner: ValueId, guard: ValueId, test: Test) -> Typed {
        let of = match self.value(source, guard) {
            // What is assigned.
            Value::TypeOf(assigned) => {
                let assigned = self.assigned(source, guard, assigned);
                let is_known = !assigned.is_unknown();
                return if is_known { assigned.at_most(Confidence::Inferred) } else { self.evaluate(source, inner) };
            }
            Value::Call(callee) => self.told_by_guard(source, callee, test),
            _ => self.evaluate(source, guard),
        };
        let typed = self.evaluate(source, inner);
        self.by_type(typed, of, test)
    }

    /// What was assigned. Each use of the name asks for it.
    fn assigned(&mut self, source: Source, guard: ValueId, assigned: ValueId) -> Typed {
        if source != Source::Ir {
            return self.evaluate(source, assigned);
        }
        if let Some(known) = self.tested.get(&guard) {
            return *known;
        }
        self.tested.insert(guard, Typed::UNKNOWN);
        let typed = self.evaluate(source, assigned);
        self.tested.insert(guard, typed);
        typed
    }

    /// What a function that answers whether its argument is of a type says of that.
    fn told_by_guard(&mut self, source: Source, callee: ValueId, test: Test) -> Typed {
        let callee = self.evaluate(source, callee);
        let Type::Function(function) = callee.ty else { return Typed::UNKNOWN };
        let function = self.functions.get(function);
        // Only what it is declared to return counts.
        let is_declared = match function.place {
            Place::Entry(file, id) => {
                let interface = self.files.interface(file);
                let facts = interface.entry(id).map_or(&[][..], |entry| interface.facts(entry));
                facts.iter().any(|(kind, _)| *kind == FactKind::Type)
            }
            Place::Local(symbol) => self.ir.facts_of(symbol).iter().any(|fact| fact.kind == FactKind::Type),
        };
        if !is_declared {
            return Typed::UNKNOWN;
        }
        let returned = self.called(callee);
        let Type::ExternalInstance(name, told) = returned.ty else { return Typed::UNKNOWN };
        match (last_part(self.names.text(name)), test) {
            ("TypeIs", _) | ("TypeGuard", Test::Like) => {
                Typed { ty: self.types.at(told, 0), confidence: returned.confidence }
            }
            _ => Typed::UNKNOWN,
        }
    }

    /// What is left of a value that is, or is not, of a type.
    fn by_type(&mut self, typed: Typed, of: Typed, test: Test) -> Typed {
        if of.is_unknown() {
            return typed;
        }
        let wanted = self.types.members(of.ty);
        let parts = self.types.members(typed.ty);
        let mut left: Vec<Typed> = Vec::new();
        for part in &parts {
            let is_like = wanted.iter().any(|ty| self.is_like(*part, *ty));
            match test {
                Test::Unlike if !is_like => left.push(Typed::exact(*part)),
                Test::Like if is_like => left.push(Typed::exact(*part)),
                Test::Like => {
                    left.extend(wanted.iter().filter(|ty| self.is_like(**ty, *part)).map(|ty| Typed::exact(*ty)));
                }
                Test::Unlike => {}
            }
        }
        if test == Test::Unlike {
            return if left.is_empty() { typed } else { self.types.union(left).at_most(typed.confidence) };
        }
        if !left.is_empty() {
            return self.types.union(left).at_most(typed.confidence.max(of.confidence));
        }
        // Of something that derives from both.
        let both = parts.into_iter().filter(|part| matches!(part, Type::Instance(..) | Type::Class(_)));
        let both: Vec<Typed> = both.map(Typed::exact).chain([of]).collect();
        self.types.union(both)
    }

    /// Whether what is of the one type is of the other, as far as that is known.
    fn is_like(&mut self, ty: Type, other: Type) -> bool {
        match (ty, other) {
            (Type::Instance(one, _), Type::Instance(other, _)) | (Type::Class(one), Type::Class(other)) => {
                one == other || self.position_in_order(one, other).is_some()
            }
            (Type::Instance(class, _), Type::ExternalInstance(name, _))
            | (Type::Class(class), Type::External(name)) => self.mro(class).externals.contains(&name),
            (Type::ExternalInstance(one, _), Type::ExternalInstance(other, _)) => {
                one == other || {
                    let [one, other] = [one, other].map(|name| self.names.text(name));
                    container(one).is_some_and(|kind| container(other) == Some(kind))
                        || last_part(one).eq_ignore_ascii_case(last_part(other))
                }
            }
            // `type[C]` is a class, and what is called is a function.
            (Type::Class(_), Type::ExternalInstance(name, _)) => self.names.text(name) == "builtins.type",
            _ => ty == other,
        }
    }
}
