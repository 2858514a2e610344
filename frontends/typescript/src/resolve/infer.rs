//! What a generic function's type parameters are where it is called without arguments for them: what fits in their places in
//! the types that are declared, of what is given and of what is expected back.

use esker_frontend_api::resolving::Found;
use esker_frontend_api::{EntryId, FactKind, FileNumber, Literal, SymbolFlags, Value, ValueId, ValueList};

use super::Resolver;
use super::evaluate::{At, NO_ARGUMENT, Source};
use super::types::{Function, Place, Type};

/// How deep the types are compared.
const MAX_DEPTH: u32 = 8;

/// The most type parameters that a function is reckoned to have.
const MAX_PARAMETERS: usize = 16;

/// A generic function, and what was found for its type parameters.
struct Inference {
    file: FileNumber,
    generic: EntryId,
    found: Vec<Type>,
}

impl Resolver<'_> {
    /// A function with what it is expected to return, which comes first, and what it is given.
    pub(super) fn applied(&mut self, source: Source, callee: Type, told: ValueList) -> Type {
        let Type::Function(id) = callee else { return callee };
        let function = self.functions.get(id);
        let Place::Entry(file, generic) = function.place else { return callee };
        if function.arguments.is_some() || !self.is_generic(file, generic) || !self.may_instantiate() {
            return callee;
        }
        let interface = self.files.interface(file);
        let Some(entry) = interface.entry(generic) else { return callee };
        let facts = interface.facts(entry);
        let parameters = facts.iter().filter(|(kind, _)| *kind == FactKind::Parameter).count();
        let mut inference = Inference { file, generic, found: vec![Type::Unknown; parameters.min(MAX_PARAMETERS)] };
        let receiver = function.receiver.or_else(|| self.owner_of(file, generic));
        let declared = |facts: &[(FactKind, ValueId)]| facts.iter().find(|(kind, _)| *kind == FactKind::Type).copied();
        let mut told = self.list(source, told).into_iter();
        let expected = told.next();
        let rows = entry.members.clone().map(EntryId).filter_map(|id| Some((id, interface.entry(id)?)));
        let mut rows = rows.filter(|(_, row)| !row.flags.intersects(NO_ARGUMENT));
        // What is given tells more than what is expected.
        for argument in told {
            let Some((parameter, row)) = rows.next() else { break };
            let Some((_, value)) = declared(interface.facts(row)) else { continue };
            if !row.flags.contains(SymbolFlags::VARIADIC) {
                let argument = self.evaluate(source, argument).ty;
                self.fit(&mut inference, At { receiver, object: Some(parameter), given: None }, value, argument, 0);
            }
        }
        if let (Some((_, value)), Some(expected)) = (declared(facts), expected) {
            let expected = self.evaluate(source, expected).ty;
            self.fit(&mut inference, At { receiver, object: Some(generic), given: None }, value, expected, 0);
        }
        if inference.found.iter().all(|found| *found == Type::Unknown) {
            return callee;
        }
        let arguments = Some(self.types.list(&inference.found));
        Type::Function(self.functions.handle(Function { arguments, ..function }))
    }

    /// Finds what type parameters are, given the type of what is declared with them.
    fn fit(&mut self, inference: &mut Inference, at: At, declared: ValueId, ty: Type, depth: u32) {
        if depth >= MAX_DEPTH || matches!(ty, Type::Unknown | Type::Nothing) {
            return;
        }
        let depth = depth + 1;
        let source = Source::Interface(inference.file, at);
        match self.value(source, declared) {
            Value::Variable(up, position) => {
                if self.generic_above(inference.file, at, up) == Some(inference.generic)
                    && let Some(found) = inference.found.get_mut(position as usize)
                    && *found == Type::Unknown
                {
                    *found = ty;
                }
            }
            Value::Either(parts) => {
                for part in self.list(source, parts) {
                    self.fit(inference, at, part, ty, depth);
                }
            }
            Value::Item(base, arguments) if !arguments.is_empty() => {
                let (found, named) = self.named(source, base);
                let places: Vec<Place> = self.founds.get(found).iter().filter_map(|one| place_of(*one)).collect();
                for part in self.types.members(ty) {
                    let given = match (part, named.ty) {
                        (Type::ExternalInstance(name, given), Type::External(other)) if name == other => Some(given),
                        (Type::Instance(_) | Type::Thing(_), _) => {
                            places.iter().find_map(|place| self.given_on(part, *place))
                        }
                        _ => None,
                    };
                    let Some(given) = given else { continue };
                    for (argument, position) in self.list(source, arguments).into_iter().zip(0..) {
                        let part = self.types.at(given, position);
                        self.fit(inference, at, argument, part, depth);
                    }
                }
            }
            Value::Literal(Literal::List, elements) => {
                for part in self.types.members(ty) {
                    let element = self.item(part).ty;
                    self.list(source, elements).into_iter().for_each(|it| self.fit(inference, at, it, element, depth));
                }
            }
            Value::Literal(Literal::Function, parts) => {
                let Type::Callable(given) = ty else { return };
                for (part, position) in self.list(source, parts).into_iter().zip(0..) {
                    let ty = self.part(given, position);
                    self.fit(inference, at, part, ty, depth);
                }
            }
            _ => {}
        }
    }
}

fn place_of(found: Found) -> Option<Place> {
    match found {
        Found::Entry(file, id) => Some(Place::Entry(file, id)),
        _ => None,
    }
}
