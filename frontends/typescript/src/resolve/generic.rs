//! Types that are made of others: aliases, type parameters and what is given for them, signatures.
//!
//! A generic class, interface or alias that a type names is a thing of its own with what is given for its parameters,
//! and its members are those of the declaration. Only where a member's type names a type parameter it is looked up what
//! was given: by the thing that the member was found on, or by what that derives from with arguments of its own.

use esker_frontend_api::resolving::{Found, FoundId};
use esker_frontend_api::{Confidence, EntryId, FactKind, FileNumber, Literal, SymbolKind, Value, ValueId, ValueList};

use super::Resolver;
use super::evaluate::{At, Source};
use super::global::is_transparent;
use super::members::{Arguments, is_class};
use super::narrow::Test;
use super::types::{Instantiation, ListId, Parts, Place, Side, ThingId, Type, Typed};

/// How often type parameters may be given something for the references of one file. A generic type can grow each time
/// that it names itself. Of effect, zod and Redux Toolkit one file needs three thousand, all others fewer than five
/// hundred.
pub(super) const MAX_INSTANTIATIONS: u32 = 1 << 14;

/// How many arguments of a function are looked at where they are asked for together.
const MAX_TAKEN: u32 = 8;

impl Resolver<'_> {
    /// What an instance is of what an annotation names: of a class, or of what an alias stands for, with what is given
    /// for its type parameters.
    pub(super) fn instance_of(&mut self, found: FoundId, typed: Typed, given: Option<ListId>) -> Typed {
        let all = self.founds.get(found);
        if let [one] = all {
            match self.kind_of(*one) {
                Some(kind) if is_class(kind) => {
                    let thing = self.thing_of(found);
                    return Typed::exact(Type::Instance(self.generic(thing, given)));
                }
                Some(SymbolKind::TypeAlias | SymbolKind::TypeParameter) => return self.alias(*one, given),
                _ => {}
            }
        }
        let mut classes: Vec<Found> = Vec::new();
        let mut aliases: Vec<Typed> = Vec::new();
        for one in all.iter() {
            match self.kind_of(*one) {
                Some(kind) if is_class(kind) => classes.push(*one),
                Some(SymbolKind::TypeAlias | SymbolKind::TypeParameter) => aliases.push(self.alias(*one, given)),
                _ => {}
            }
        }
        if !classes.is_empty() {
            let classes = self.founds.list(&classes);
            let thing = self.thing_of(classes);
            let thing = self.generic(thing, given);
            aliases.push(Typed::exact(Type::Instance(thing)));
        }
        if !aliases.is_empty() {
            return self.types.union(aliases);
        }
        self.each(typed, |resolver, ty| match ty {
            Type::Thing(thing) => Typed::exact(Type::Instance(resolver.generic(thing, given))),
            Type::External(name) => {
                let text = resolver.names.text(name);
                Typed::exact(resolver.external(text, &[]))
            }
            _ => Typed::UNKNOWN,
        })
    }

    /// A thing with what a type gives for its type parameters, if it has any: those that nothing is given for are their
    /// defaults.
    fn generic(&mut self, thing: ThingId, given: Option<ListId>) -> ThingId {
        let is_generic = |this: &mut Self, place: &Place| match *place {
            Place::Entry(file, id) => this.is_generic(file, id),
            _ => false,
        };
        let places = self.things.places(thing);
        if !places.iter().any(|place| is_generic(self, place)) {
            return thing;
        }
        let arguments = Some(given.unwrap_or_else(|| self.types.list(&[])));
        self.things.instantiated(thing, Instantiation { arguments, within: None })
    }

    pub(super) fn is_generic(&mut self, file: FileNumber, id: EntryId) -> bool {
        let interface = self.files.interface(file);
        // They come last.
        let last = interface.entry(id).and_then(|entry| interface.facts(entry).last().copied());
        last.is_some_and(|(kind, _)| kind == FactKind::Parameter)
    }

    /// What an instance is of the type that an alias, or a bound of a type parameter, is another name of.
    fn alias(&mut self, found: Found, given: Option<ListId>) -> Typed {
        let (place, given) = match found {
            Found::Entry(file, id) if self.is_generic(file, id) => {
                let given = given.unwrap_or_else(|| self.types.list(&[]));
                (Place::Entry(file, id), Some(given))
            }
            Found::Entry(file, id) => (Place::Entry(file, id), None),
            Found::Local(symbol) => (Place::Local(symbol), None),
            _ => return Typed::UNKNOWN,
        };
        if let Some(known) = self.aliases.get(&(place, given)) {
            return *known;
        }
        if given.is_some() && !self.may_instantiate() {
            return Typed::UNKNOWN;
        }
        self.aliases.insert((place, given), Typed::UNKNOWN);
        let typed = match found {
            Found::Entry(file, id) => {
                let interface = self.files.interface(file);
                let facts = interface.entry(id).map_or(&[][..], |entry| interface.facts(entry));
                let aliased = facts.iter().find(|(kind, _)| *kind == FactKind::Assigned);
                let at = At { receiver: None, object: Some(id), given: given.map(|given| (id, given)) };
                aliased.map_or(Typed::UNKNOWN, |(_, value)| self.annotation(Source::Interface(file, at), *value))
            }
            Found::Local(symbol) => {
                let mut facts = self.ir.facts_of(symbol).iter();
                let aliased = facts.find(|fact| matches!(fact.kind, FactKind::Assigned | FactKind::Type));
                let aliased = aliased.map(|fact| fact.value);
                aliased.map_or(Typed::UNKNOWN, |value| self.annotation(Source::Ir, value))
            }
            _ => Typed::UNKNOWN,
        };
        self.aliases.insert((place, given), typed);
        typed
    }

    pub(super) fn may_instantiate(&mut self) -> bool {
        self.instantiations = self.instantiations.saturating_sub(1);
        self.instantiations > 0
    }

    /// The types that are given for type parameters.
    pub(super) fn arguments(&mut self, source: Source, arguments: ValueList) -> ListId {
        let arguments = self.list(source, arguments).into_iter();
        let arguments: Vec<Type> = arguments.map(|argument| self.annotation(source, argument).ty).collect();
        self.types.list(&arguments)
    }

    /// A class or function with what is given for its type parameters.
    pub(super) fn with_arguments(&mut self, ty: Type, arguments: ListId) -> Type {
        match ty {
            Type::Thing(thing) => Type::Thing(self.generic(thing, Some(arguments))),
            Type::Function(function) => {
                let function = self.functions.get(function);
                Type::Function(self.functions.handle(super::Function { arguments: Some(arguments), ..function }))
            }
            Type::External(name) => {
                let instance = Type::ExternalInstance(name, arguments);
                let parts = self.types.list(&[instance]);
                Type::Callable(self.callables.handle(Parts::Known(parts)))
            }
            Type::Instance(_) | Type::ExternalInstance(..) => self.indexed(ty, arguments),
            other => other,
        }
    }

    /// What a function takes, as a tuple.
    fn taken(&mut self, function: Type) -> Type {
        let taken = (0..MAX_TAKEN).map(|position| self.argument(function, position).ty);
        let mut taken: Vec<Type> = taken.collect();
        let known = taken.iter().rposition(|ty| *ty != Type::Unknown).map_or(0, |last| last + 1);
        taken.truncate(known);
        self.external("Tuple", &taken)
    }

    /// What the members of something are that these texts name: `T[K]`.
    fn indexed(&mut self, ty: Type, keys: ListId) -> Type {
        let keys = self.types.members(self.types.at(keys, 0));
        let mut all: Vec<Typed> = Vec::new();
        for key in keys {
            let typed = match key {
                Type::Unit(written) => match self.names.text(written).strip_prefix('"') {
                    Some(text) => {
                        let name = self.names.name(text);
                        let member = self.attribute(Typed::exact(ty), name);
                        self.typed(member)
                    }
                    None => self.item(ty),
                },
                Type::ExternalInstance(..) => self.item(ty),
                _ => Typed::UNKNOWN,
            };
            all.push(typed);
        }
        self.types.union(all).ty
    }

    pub(super) fn parametrised(&mut self, source: Source, base: ValueId, arguments: ValueList) -> Typed {
        let (found, typed) = self.named(source, base);
        let given = self.list(source, arguments);
        let first = given.first().copied();
        let Type::External(name) = typed.ty else {
            let all = self.founds.get(found);
            let is_generic = all.iter().any(|one| matches!(*one, Found::Entry(file, id) if self.is_generic(file, id)));
            let given = is_generic.then(|| self.arguments(source, arguments));
            let instance = self.instance_of(found, typed, given);
            // An alias that is made of a type parameter mostly maps the members of what it is given.
            return match first.filter(|_| instance.is_unknown()) {
                Some(first) => self.annotation(source, first).at_most(Confidence::Inferred),
                None => instance,
            };
        };
        let text = self.names.text(name);
        match text {
            name if is_transparent(name) => first.map_or(Typed::UNKNOWN, |first| self.annotation(source, first)),
            "ReturnType" | "InstanceType" => {
                let function = first.map_or(Typed::UNKNOWN, |first| self.annotation(source, first));
                self.called(function)
            }
            "Parameters" | "ConstructorParameters" => {
                let function = first.map_or(Typed::UNKNOWN, |first| self.annotation(source, first));
                self.each(function, |this, ty| Typed::exact(this.taken(ty)))
            }
            "Extract" | "Exclude" => {
                let of = first.map_or(Typed::UNKNOWN, |first| self.annotation(source, first));
                let like = given.get(1).map_or(Typed::UNKNOWN, |like| self.annotation(source, *like));
                self.by_type(of, like, if text == "Extract" { Test::Like } else { Test::Unlike })
            }
            "Awaited" => {
                let promise = first.map_or(Typed::UNKNOWN, |first| self.annotation(source, first));
                self.each(promise, Self::awaited)
            }
            _ => {
                let each: Vec<Type> = given.iter().map(|argument| self.annotation(source, *argument).ty).collect();
                Typed::exact(self.external(text, &each))
            }
        }
    }

    /// What an object type without a name is, or an object, that an entry is told with.
    pub(super) fn object_type(&mut self, file: FileNumber, at: At, object: EntryId) -> Typed {
        let thing = self.things.at(Place::Entry(file, object));
        let arguments = at.given.filter(|(generic, _)| *generic == object).map(|(_, given)| given);
        let is_plain = |receiver: &ThingId| self.things.instantiation(*receiver) == Instantiation::default();
        let within = at.receiver.filter(|receiver| !is_plain(receiver)).map(Type::Instance);
        Typed::exact(Type::Thing(self.things.instantiated(thing, Instantiation { arguments, within })))
    }

    /// What a type parameter is that an entry is told with: what is given for it, or else its default or its bound.
    pub(super) fn variable(&mut self, file: FileNumber, at: At, up: u32, position: u32) -> Typed {
        let Some(generic) = self.generic_above(file, at, up) else { return Typed::UNKNOWN };
        let place = Place::Entry(file, generic);
        let given = match at.given.filter(|(entry, _)| *entry == generic) {
            Some((_, given)) => Some(given),
            None => at.receiver.and_then(|receiver| self.given_on(Type::Instance(receiver), place)),
        };
        if let Some(given) = given {
            let argument = self.types.at(given, position as usize);
            if argument != Type::Unknown {
                return Typed::exact(argument);
            }
        }
        let key = (place, position, given, at.receiver);
        if let Some(known) = self.variables.get(&key) {
            return *known;
        }
        if !self.may_instantiate() {
            return Typed::UNKNOWN;
        }
        self.variables.insert(key, Typed::UNKNOWN);
        let at = At { object: Some(generic), ..at };
        let mut typed = self.bound_or_default(file, at, position, given.is_some());
        // Something was given of which nothing is known.
        if given.is_some_and(|given| (position as usize) < self.types.get(given).len()) {
            typed = typed.at_most(Confidence::Inferred);
        }
        self.variables.insert(key, typed);
        typed
    }

    /// The entry so many owners above the one that a value is told about.
    pub(super) fn generic_above(&mut self, file: FileNumber, at: At, up: u32) -> Option<EntryId> {
        let interface = self.files.interface(file);
        (0..up).try_fold(at.object?, |entry, _| interface.owner(entry))
    }

    fn bound_or_default(&mut self, file: FileNumber, at: At, position: u32, is_given: bool) -> Typed {
        let interface = self.files.interface(file);
        let entry = at.object.and_then(|generic| interface.entry(generic));
        let facts = entry.map_or(&[][..], |entry| interface.facts(entry));
        let mut parameters = facts.iter().filter(|(kind, _)| *kind == FactKind::Parameter);
        let Some((_, parameter)) = parameters.nth(position as usize) else { return Typed::UNKNOWN };
        let Value::Literal(Literal::Tuple, parts) = interface.value(*parameter) else { return Typed::UNKNOWN };
        let source = Source::Interface(file, at);
        let mut parts: Vec<ValueId> = interface.values.list(parts).collect();
        // Where others are given, this one was left out.
        if is_given {
            parts.reverse();
        }
        for part in parts {
            let typed = self.annotation(source, part);
            if !typed.is_unknown() {
                return typed;
            }
        }
        Typed::UNKNOWN
    }

    /// What is given for the type parameters of what is declared at a place, where a member of that was found on a
    /// type.
    pub(super) fn given_on(&mut self, ty: Type, place: Place) -> Option<ListId> {
        if let Some(known) = self.given.get(&(ty, place)) {
            return *known;
        }
        self.given.insert((ty, place), None);
        let given = self.find_given(ty, place);
        self.given.insert((ty, place), given);
        given
    }

    fn find_given(&mut self, ty: Type, place: Place) -> Option<ListId> {
        let thing = match ty {
            Type::Instance(thing) | Type::Thing(thing) => thing,
            Type::Function(function) => {
                let function = self.functions.get(function);
                return match function.place == place {
                    true => function.arguments,
                    false => function.receiver.and_then(|receiver| self.given_on(Type::Instance(receiver), place)),
                };
            }
            _ => return None,
        };
        let Instantiation { arguments, within } = self.things.instantiation(thing);
        if self.things.places(thing).contains(&place) {
            return arguments;
        }
        if self.derives_from(thing, place) {
            for base in self.bases(thing, Side::Instance, Arguments::Given) {
                let Type::Instance(above) = base else { continue };
                let is_it = self.things.places(above).contains(&place);
                if is_it || self.derives_from(above, place) {
                    return self.given_on(base, place);
                }
            }
        }
        within.and_then(|around| self.given_on(around, place))
    }

    /// Whether something is, or derives from, what is declared at a place.
    fn derives_from(&mut self, thing: ThingId, place: Place) -> bool {
        let ancestors = self.ancestors(thing, Side::Instance);
        ancestors.things.iter().any(|(above, _)| self.things.places(*above).contains(&place))
    }

    /// The class or interface that is named with type arguments.
    pub(super) fn generic_class(&mut self, source: Source, value: ValueId) -> Option<ThingId> {
        let Value::Item(base, _) = self.value(source, value) else { return None };
        let (found, _) = self.named(source, base);
        let all = self.founds.get(found);
        let is_class = all.iter().all(|one| self.kind_of(*one).is_some_and(is_class));
        (is_class && !all.is_empty()).then(|| self.thing_of(found))
    }
}
