//! Members of values, and what names are once it is known what they stand for.

use esker_frontend_api::resolving::{Found, FoundId, Name};
use esker_frontend_api::{
    Confidence, EntryId, FactKind, FileNumber, SymbolFlags, SymbolId, SymbolKind, UnresolvedReason, ValueId,
};

use super::evaluate::{At, Source};
use super::lookup::Meaning;
use super::types::{Function, Instantiation, Place, Side, ThingId, Type, Typed};
use super::{Resolver, is_unwritten};

/// What became of a name or a member.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome {
    /// What it stands for; a reason if nothing.
    pub(super) found: FoundId,
    /// How to tell what it is: few of those who ask for an outcome want to know.
    pub(super) way: Way,
    /// How sure it is what it stands for.
    pub(super) confidence: Confidence,
}

/// How to tell what something is, once it is known what it stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    /// It is known already.
    Known(Typed),
    /// By what it stands for alone.
    ByFound,
    /// As a member that was found on this.
    On(ThingId),
    /// As the member of each part of this union.
    OnEach(Type, Name),
}

impl Outcome {
    /// That of something of which nothing is known.
    pub(super) const UNKNOWN: Self = Self {
        found: FoundId::not(UnresolvedReason::UnknownValue),
        way: Way::Known(Typed::UNKNOWN),
        confidence: Confidence::Exact,
    };
}

impl Resolver<'_> {
    /// The outcome of what could not be resolved.
    pub(super) fn unresolved(&mut self, reason: UnresolvedReason) -> Outcome {
        let found = self.founds.one(Found::Not(reason));
        Outcome { found, way: Way::Known(Typed::UNKNOWN), confidence: Confidence::Exact }
    }

    /// What something is of which this became.
    pub(super) fn typed(&mut self, outcome: Outcome) -> Typed {
        let typed = match outcome.way {
            Way::Known(typed) => typed,
            Way::ByFound => self.type_of_all(outcome.found, None),
            Way::On(thing) => self.type_of_all(outcome.found, Some(thing)),
            Way::OnEach(union, name) => self.type_of_each(union, name),
        };
        typed.at_most(outcome.confidence)
    }

    /// What the member of a union is: one of what it is in the parts that have it.
    fn type_of_each(&mut self, union: Type, name: Name) -> Typed {
        let mut each = Vec::new();
        for ty in self.types.members(union) {
            let (found, way) = self.attribute_of(ty, name);
            let is_there = self.founds.get(found).iter().any(|one| !matches!(one, Found::Not(_)));
            if is_there {
                each.push(self.typed(Outcome { found, way, confidence: Confidence::Exact }));
            }
        }
        self.types.union(each)
    }

    /// A member of a value, as what is meant.
    pub(super) fn attribute_as(&mut self, base: Typed, name: Name, meaning: Meaning) -> Outcome {
        let outcome = self.attribute(base, name);
        Outcome { found: self.meant(outcome.found, meaning), ..outcome }
    }

    /// A member of a value.
    pub(super) fn attribute(&mut self, base: Typed, name: Name) -> Outcome {
        if !matches!(base.ty, Type::Union(_)) {
            let (found, way) = self.attribute_of(base.ty, name);
            return Outcome { found, way, confidence: base.confidence.max(self.confidence_of(found)) };
        }
        let types = self.types.members(base.ty);
        let mut all: Vec<Found> = Vec::new();
        let mut reason = None;
        for ty in types.into_iter().filter(|ty| *ty != Type::Nothing) {
            let (found, _) = self.attribute_of(ty, name);
            for one in self.founds.get(found).iter() {
                match one {
                    // That it is nowhere is known only if it is known of each.
                    Found::Not(why) => {
                        reason = reason.filter(|reason| *reason != UnresolvedReason::NoSuchAttribute).or(Some(*why));
                    }
                    one if all.contains(one) => {}
                    one => all.push(*one),
                }
            }
        }
        if all.is_empty() {
            return self.unresolved(reason.unwrap_or(UnresolvedReason::UnknownValue));
        }
        let way = Way::OnEach(base.ty, name);
        // Something outside says less than a definition in the repository.
        if all.iter().any(|one| !matches!(one, Found::External(_))) {
            all.retain(|one| !matches!(one, Found::External(_)));
        }
        let confidence = if all.len() > 1 { Confidence::Ambiguous } else { base.confidence };
        Outcome { found: self.founds.list(&all), way, confidence }
    }

    fn attribute_of(&mut self, ty: Type, name: Name) -> (FoundId, Way) {
        match ty {
            Type::Unknown | Type::Union(_) | Type::Nothing => self.nothing(UnresolvedReason::UnknownValue),
            Type::Function(function) if is_unwritten(self.names.text(name)) => {
                let place = self.functions.get(function).place;
                let found = match place {
                    Place::Entry(file, id) => {
                        let entries = self.files.entries(file, Some(id), self.names.text(name));
                        self.follow_range(file, entries)
                    }
                    _ => FoundId::NOTHING,
                };
                if found.is_empty() {
                    return self.nothing(UnresolvedReason::UnknownValue);
                }
                // Its members are told with the type parameters of the function.
                let typed = self.type_of_all(found, None);
                let typed = self.each(typed, |this, object| {
                    Typed::exact(match object {
                        Type::Thing(thing) => Type::Thing(
                            this.things.instantiated(thing, Instantiation { arguments: None, within: Some(ty) }),
                        ),
                        other => other,
                    })
                });
                (found, Way::Known(typed))
            }
            Type::Function(_) | Type::Callable(_) => {
                let name = self.names.member(self.function, name);
                (self.founds.one(Found::External(name)), Way::Known(Typed::UNKNOWN))
            }
            Type::Module(file) => (self.in_module(file, name), Way::ByFound),
            Type::Thing(thing) => self.on_thing(thing, Side::Static, name),
            Type::Instance(thing) => self.on_thing(thing, Side::Instance, name),
            Type::External(base) => {
                let declared = self.of_global_object(base, name);
                if !declared.is_empty() {
                    return (declared, Way::ByFound);
                }
                let name = self.names.member(base, name);
                (self.founds.one(Found::External(name)), Way::Known(Typed::exact(Type::External(name))))
            }
            Type::ExternalInstance(base, arguments) => {
                let member = self.names.member(base, name);
                let typed = self.member_of_external(base, arguments, name, member);
                (self.founds.one(Found::External(member)), Way::Known(typed))
            }
            Type::Unit(written) => {
                let class = self.names.name(self.class_of_unit(written));
                let member = self.names.member(class, name);
                (self.founds.one(Found::External(member)), Way::Known(Typed::UNKNOWN))
            }
            Type::ExternalMethod(..) => self.nothing(UnresolvedReason::UnknownValue),
        }
    }

    fn on_thing(&mut self, thing: ThingId, side: Side, name: Name) -> (FoundId, Way) {
        match self.member(thing, side, name) {
            Some(member) => (member, Way::On(thing)),
            None => {
                if side == Side::Instance
                    && let Type::ExternalInstance(base, arguments) = self.container_of(Type::Instance(thing))
                {
                    let member = self.names.member(base, name);
                    let typed = self.member_of_external(base, arguments, name, member);
                    return (self.founds.one(Found::External(member)), Way::Known(typed));
                }
                // `this.constructor` is the class.
                let way = match side {
                    Side::Instance if self.names.text(name) == "constructor" => Typed::exact(Type::Thing(thing)),
                    _ => Typed::UNKNOWN,
                };
                let missing = self.missing_member(thing, side, name);
                (self.founds.one(missing), Way::Known(way))
            }
        }
    }

    fn nothing(&mut self, reason: UnresolvedReason) -> (FoundId, Way) {
        (self.founds.one(Found::Not(reason)), Way::Known(Typed::UNKNOWN))
    }

    /// What is known of something, all of these together; for members, found on `receiver`.
    pub(super) fn type_of_all(&mut self, found: FoundId, receiver: Option<ThingId>) -> Typed {
        let all = self.founds.get(found);
        if let [one] = all {
            return match self.kind_of(*one) {
                Some(SymbolKind::Class | SymbolKind::Namespace | SymbolKind::Enum) => {
                    Typed::exact(Type::Thing(self.thing_of(found)))
                }
                Some(SymbolKind::Interface | SymbolKind::TypeAlias | SymbolKind::TypeParameter) => Typed::UNKNOWN,
                _ => self.type_of(*one, receiver),
            };
        }
        let mut things: Vec<Found> = Vec::new();
        let mut interfaces: Vec<Found> = Vec::new();
        let mut each: Vec<Typed> = Vec::new();
        for one in all.iter() {
            match self.kind_of(*one) {
                Some(SymbolKind::Class | SymbolKind::Namespace | SymbolKind::Enum) => things.push(*one),
                Some(SymbolKind::Interface) => interfaces.push(*one),
                // A type alone is no value.
                Some(SymbolKind::TypeAlias | SymbolKind::TypeParameter) => {}
                _ => {
                    let typed = self.type_of(*one, receiver);
                    // What sets a member tells nothing of what getting it gives.
                    let is_setter = typed.is_unknown() && self.flags_of(*one).contains(SymbolFlags::ACCESSOR);
                    if !is_setter {
                        each.push(typed);
                    }
                }
            }
        }
        if !things.is_empty() {
            // What a class and an interface share a name for has the instances of both.
            things.extend(interfaces);
            let things = self.founds.list(&things);
            let thing = self.thing_of(things);
            each.insert(0, Typed::exact(Type::Thing(thing)));
        }
        match each.as_slice() {
            [] => Typed::UNKNOWN,
            [one] => *one,
            _ => self.types.union(each),
        }
    }

    fn type_of(&mut self, found: Found, receiver: Option<ThingId>) -> Typed {
        match found {
            Found::Entry(file, id) => self.type_of_entry(file, id, receiver),
            Found::Local(symbol) => self.type_of_symbol(symbol, receiver),
            Found::Module(file) => Typed::exact(Type::Module(file)),
            Found::External(name) => Typed::exact(Type::External(name)),
            Found::Not(_) => Typed::UNKNOWN,
        }
    }

    fn type_of_entry(&mut self, file: FileNumber, id: EntryId, receiver: Option<ThingId>) -> Typed {
        let interface = self.files.interface(file);
        let Some(entry) = interface.entry(id) else { return Typed::UNKNOWN };
        if matches!(entry.kind, SymbolKind::Function | SymbolKind::Method) {
            let place = Place::Entry(file, id);
            return self.type_of_function(place, entry.flags, receiver);
        }
        let key = (file, id, receiver);
        if let Some(known) = self.entry_types.get(&key) {
            return *known;
        }
        self.entry_types.insert(key, Typed::UNKNOWN);
        let receiver = receiver.or_else(|| self.owner_of(file, id));
        let typed = if self.is_member_of_enum(file, id) {
            receiver.map_or(Typed::UNKNOWN, |owner| Typed::exact(Type::Instance(owner)))
        } else {
            let source = Source::Interface(file, At { receiver, object: Some(id), given: None });
            self.type_by_facts(source, interface.facts(entry), entry.flags)
        };
        self.entry_types.insert(key, typed);
        typed
    }

    fn is_member_of_enum(&mut self, file: FileNumber, id: EntryId) -> bool {
        let interface = self.files.interface(file);
        let owner = interface.owner(id).and_then(|owner| interface.entry(owner));
        owner.is_some_and(|owner| owner.kind == SymbolKind::Enum)
    }

    fn type_of_function(&mut self, place: Place, flags: SymbolFlags, receiver: Option<ThingId>) -> Typed {
        let function = Function { place, receiver, arguments: None };
        if flags.contains(SymbolFlags::ACCESSOR) {
            return self.returned(function);
        }
        Typed::exact(Type::Function(self.functions.handle(function)))
    }

    /// What a symbol of the own file is.
    pub(super) fn type_of_symbol(&mut self, symbol: SymbolId, receiver: Option<ThingId>) -> Typed {
        let Some(row) = self.ir.symbols.get(symbol.index()) else { return Typed::UNKNOWN };
        if row.kind != SymbolKind::Parameter
            && row.kind != SymbolKind::Import
            && let Some(entry) = self.files.entry_of(symbol)
        {
            return self.type_of_entry(self.own, entry, receiver);
        }
        match row.kind {
            SymbolKind::Function | SymbolKind::Method => {
                return self.type_of_function(Place::Local(symbol), row.flags, receiver);
            }
            SymbolKind::Module => return Typed::exact(Type::Module(self.own)),
            SymbolKind::Import => {
                let found = self.found_by_symbol(symbol);
                // It may be nothing but a name.
                return match self.founds.get(found) {
                    [Found::Local(own)] if *own == symbol => Typed::UNKNOWN,
                    _ => self.type_of_all(found, None),
                };
            }
            _ => {}
        }
        let key = (symbol, receiver);
        if let Some(known) = self.symbol_types.get(&key) {
            return *known;
        }
        self.symbol_types.insert(key, Typed::UNKNOWN);
        let facts: Vec<(FactKind, ValueId)> =
            self.ir.facts_of(symbol).iter().map(|fact| (fact.kind, fact.value)).collect();
        let typed = self.type_by_facts(Source::Ir, &facts, row.flags);
        self.symbol_types.insert(key, typed);
        typed
    }

    /// What something is by what the text says about it: its declared type, or else what it is assigned.
    fn type_by_facts(&mut self, source: Source, facts: &[(FactKind, ValueId)], flags: SymbolFlags) -> Typed {
        let of = |wanted: FactKind| facts.iter().filter(move |(kind, _)| *kind == wanted).map(|(_, value)| *value);
        for value in of(FactKind::Type) {
            let typed = self.annotation(source, value);
            if !typed.is_unknown() {
                return typed;
            }
        }
        let mut each: Vec<Typed> = Vec::new();
        for value in of(FactKind::Assigned).chain(of(FactKind::Default)) {
            let typed = self.evaluate(source, value);
            if typed.ty != Type::Nothing {
                each.push(typed);
            }
        }
        let is_only = each.len() < 2 && !flags.contains(SymbolFlags::REBOUND);
        let confidence = if is_only { Confidence::Exact } else { Confidence::Inferred };
        self.types.union(each).at_most(confidence)
    }
}
