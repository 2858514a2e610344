//! What a generic function's type parameters are where it is called without arguments for them: what fits in their
//! places in the types that are declared, of what is given and of what is expected back.

use esker_frontend_api::resolving::Found;
use esker_frontend_api::{EntryId, FactKind, FileNumber, Literal, SymbolFlags, Value, ValueId};

use super::Resolver;
use super::evaluate::{At, NO_ARGUMENT, Source};
use super::types::{Function, Instantiation, Parts, Place, Side, ThingId, Type, Typed};

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
    /// A function or a class with what it is expected to return, and what it is given.
    pub(super) fn applied(
        &mut self,
        source: Source,
        callee: Type,
        expected: Option<ValueId>,
        given: &[ValueId],
    ) -> Type {
        match callee {
            Type::Function(id) => {
                let function = self.functions.get(id);
                let Place::Entry(file, generic) = function.place else { return callee };
                if function.arguments.is_some() || !self.is_generic(file, generic) || !self.may_instantiate() {
                    return callee;
                }
                let mut inference = self.inference(file, generic);
                self.fit_arguments(&mut inference, source, function, given);
                self.fit_expected(&mut inference, source, function, expected);
                match inference.found.iter().all(|found| *found == Type::Unknown) {
                    true => callee,
                    false => {
                        let arguments = Some(self.types.list(&inference.found));
                        Type::Function(self.functions.handle(Function { arguments, ..function }))
                    }
                }
            }
            Type::Thing(thing) => self.applied_class(source, thing, expected, given),
            _ => self.applied_external(source, callee, given),
        }
    }

    /// A class with what its constructor is given.
    fn applied_class(&mut self, source: Source, thing: ThingId, expected: Option<ValueId>, given: &[ValueId]) -> Type {
        let callee = Type::Thing(thing);
        let places = self.things.places(thing);
        let mut entries = places.iter().filter_map(|place| match *place {
            Place::Entry(file, id) => Some((file, id)),
            _ => None,
        });
        let Some((file, class)) = entries.find(|(file, id)| self.is_generic(*file, *id)) else { return callee };
        if self.things.instantiation(thing) != Instantiation::default() || !self.may_instantiate() {
            return callee;
        }
        let mut inference = self.inference(file, class);
        let name = self.names.name("constructor");
        let constructor = self.member(thing, Side::Instance, name);
        let constructor = constructor.map(|found| self.type_of_all(found, Some(thing)).ty);
        if let Some(Type::Function(id)) = constructor {
            let function = self.functions.get(id);
            self.fit_arguments(&mut inference, source, function, given);
        }
        if let Some(expected) = expected {
            let expected = self.evaluate(source, expected).ty;
            for part in self.types.members(expected) {
                let Some(given) = self.given_on(part, Place::Entry(file, class)) else { continue };
                for (position, found) in inference.found.iter_mut().enumerate() {
                    if *found == Type::Unknown {
                        *found = self.types.at(given, position);
                    }
                }
            }
        }
        if inference.found.iter().all(|found| *found == Type::Unknown) {
            return callee;
        }
        let arguments = self.types.list(&inference.found);
        self.with_arguments(callee, arguments)
    }

    fn inference(&mut self, file: FileNumber, generic: EntryId) -> Inference {
        let interface = self.files.interface(file);
        let facts = interface.entry(generic).map_or(&[][..], |entry| interface.facts(entry));
        let parameters = facts.iter().filter(|(kind, _)| *kind == FactKind::Parameter).count();
        Inference { file, generic, found: vec![Type::Unknown; parameters.min(MAX_PARAMETERS)] }
    }

    /// Finds what type parameters are by what a function is given, which tells more than what is expected.
    fn fit_arguments(&mut self, inference: &mut Inference, source: Source, function: Function, given: &[ValueId]) {
        let Place::Entry(file, id) = function.place else { return };
        let interface = self.files.interface(file);
        let Some(entry) = interface.entry(id).filter(|_| file == inference.file) else { return };
        let receiver = function.receiver.or_else(|| self.owner_of(file, id));
        let rows = entry.members.clone().map(EntryId).filter_map(|id| Some((id, interface.entry(id)?)));
        let rows = rows.filter(|(_, row)| !row.flags.intersects(NO_ARGUMENT));
        for ((parameter, row), position) in rows.zip(0..) {
            let Some(rest) = given.get(position..).filter(|rest| !rest.is_empty()) else { break };
            let mut facts = interface.facts(row).iter();
            let Some((_, value)) = facts.find(|(kind, _)| *kind == FactKind::Type) else { continue };
            let at = At { receiver, object: Some(parameter), given: None };
            if !row.flags.contains(SymbolFlags::VARIADIC) {
                let argument = self.evaluate(source, rest[0]).ty;
                self.fit(inference, at, *value, argument, 0);
                continue;
            }
            let all: Vec<Type> = rest.iter().map(|argument| self.evaluate(source, *argument).ty).collect();
            match interface.value(*value) {
                Value::Literal(Literal::List, elements) => {
                    for element in interface.values.list(elements) {
                        all.iter().for_each(|argument| self.fit(inference, at, element, *argument, 0));
                    }
                }
                Value::Literal(Literal::Tuple, elements) => {
                    let elements: Vec<ValueId> = interface.values.list(elements).collect();
                    for (element, argument) in elements.into_iter().zip(all) {
                        self.fit(inference, at, element, argument, 0);
                    }
                }
                _ => {
                    let tuple = self.external("Tuple", &all);
                    self.fit(inference, at, *value, tuple, 0);
                }
            }
            break;
        }
    }

    fn fit_expected(
        &mut self,
        inference: &mut Inference,
        source: Source,
        function: Function,
        expected: Option<ValueId>,
    ) {
        let (Place::Entry(file, id), Some(expected)) = (function.place, expected) else { return };
        let interface = self.files.interface(file);
        let facts = interface.entry(id).map_or(&[][..], |entry| interface.facts(entry));
        let Some((_, value)) = facts.iter().find(|(kind, _)| *kind == FactKind::Type) else { return };
        let receiver = function.receiver.or_else(|| self.owner_of(file, id));
        let expected = self.evaluate(source, expected).ty;
        self.fit(inference, At { receiver, object: Some(id), given: None }, *value, expected, 0);
    }

    /// Whether nothing but the form of something is known: that it is an object, an array or a function.
    fn is_shape(&mut self, ty: Type) -> bool {
        match ty {
            Type::ExternalInstance(name, given) => {
                let is_container = matches!(self.names.text(name), "Record" | "Array");
                is_container && self.types.get(given).iter().all(|ty| *ty == Type::Unknown)
            }
            Type::Callable(parts) => match self.callables.get(parts) {
                Parts::Written(_, parts) => parts.is_empty(),
                Parts::Known(_) => false,
            },
            _ => false,
        }
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
                if !self.is_shape(ty)
                    && self.generic_above(inference.file, at, up) == Some(inference.generic)
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
                for (part, position) in self.list(source, parts).into_iter().zip(0..) {
                    let ty = match (ty, position) {
                        (Type::Callable(given), _) => self.part(given, position),
                        (Type::Function(_) | Type::Instance(_), 0) => self.called(Typed::exact(ty)).ty,
                        (Type::Function(_) | Type::Instance(_), _) => self.argument(ty, position as u32 - 1).ty,
                        _ => return,
                    };
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
