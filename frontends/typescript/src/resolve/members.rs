//! Things with members: what they derive from, and what they have.

use std::rc::Rc;

use esker_frontend_api::resolving::{Found, FoundId, Name};
use esker_frontend_api::{
    EntryId, FactKind, FileNumber, ScopeId, SymbolFlags, SymbolId, SymbolKind, UnresolvedReason, ValueId,
};

use super::Resolver;
use super::evaluate::{At, Source};
use super::types::{Place, Side, ThingId, Type};
use crate::lower::is_quoted;

/// How many classes and interfaces above are looked at.
const MAX_ANCESTORS: usize = 256;

/// What a thing derives from, in the order in which members are looked for.
#[derive(Debug, Default)]
pub(super) struct Ancestors {
    /// The thing itself first.
    pub(super) things: Vec<(ThingId, Side)>,
    /// Modules all of whose names an object takes over.
    pub(super) modules: Vec<FileNumber>,
    /// Those from outside of the repository.
    pub(super) externals: Vec<Name>,
    /// Whether some of them are not known.
    pub(super) is_partial: bool,
}

/// Whether the bases of a class are wanted with what is given for their type parameters, which what they have does not
/// depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Arguments {
    None,
    Given,
}

impl Resolver<'_> {
    /// What a thing derives from: what it extends before what it implements, and all above the one before the other.
    pub(super) fn ancestors(&mut self, thing: ThingId, side: Side) -> Rc<Ancestors> {
        let thing = self.things.plain(thing);
        if let Some(known) = self.ancestors.get(&(thing, side)) {
            return known.clone();
        }
        // While it is found out, one that derives from itself derives from nothing more.
        let alone = Ancestors { things: vec![(thing, side)], is_partial: true, ..Ancestors::default() };
        self.ancestors.insert((thing, side), Rc::new(alone));
        let mut ancestors = Ancestors::default();
        let mut next = vec![(thing, side)];
        while let Some((above, side)) = next.pop() {
            if ancestors.things.contains(&(above, side)) {
                continue;
            }
            if ancestors.things.len() == MAX_ANCESTORS {
                ancestors.is_partial = true;
                break;
            }
            ancestors.things.push((above, side));
            let mut bases = Vec::new();
            for ty in self.bases(above, side, Arguments::None) {
                match ty {
                    Type::Instance(base) => bases.push((self.things.plain(base), Side::Instance)),
                    Type::Thing(base) => bases.push((self.things.plain(base), Side::Static)),
                    Type::Module(file) => ancestors.modules.push(file),
                    Type::External(name) | Type::ExternalInstance(name, _) => {
                        if !ancestors.externals.contains(&name) {
                            ancestors.externals.push(name);
                        }
                    }
                    _ => ancestors.is_partial = true,
                }
            }
            next.extend(bases.into_iter().rev());
        }
        let ancestors = Rc::new(ancestors);
        self.ancestors.insert((thing, side), ancestors.clone());
        ancestors
    }

    /// What a thing derives from directly.
    pub(super) fn bases(&mut self, thing: ThingId, side: Side, with: Arguments) -> Vec<Type> {
        let mut values: Vec<(Source, ValueId)> = Vec::new();
        for place in self.things.places(thing).iter() {
            match *place {
                Place::Entry(file, id) => {
                    let interface = self.files.interface(file);
                    let facts = interface.entry(id).map_or(&[][..], |entry| interface.facts(entry));
                    let receiver = Some(thing).filter(|_| with == Arguments::Given);
                    let source = Source::Interface(file, At { receiver, object: Some(id), given: None });
                    let bases = facts.iter().filter(|(kind, _)| *kind == FactKind::Base);
                    values.extend(bases.map(|(_, value)| (source, *value)));
                }
                Place::Local(symbol) => {
                    let facts = self.ir.facts_of(symbol).iter().filter(|fact| fact.kind == FactKind::Base);
                    values.extend(facts.map(|fact| (Source::Ir, fact.value)));
                }
                Place::Scope(_) => {}
            }
        }
        let is_object = self.is_object(thing);
        let mut bases = Vec::new();
        for (source, value) in values {
            if with == Arguments::None
                && let Some(class) = self.generic_class(source, value)
            {
                bases.push(if side == Side::Instance { Type::Instance(class) } else { Type::Thing(class) });
                continue;
            }
            let typed = match side {
                Side::Instance if !is_object => self.annotation(source, value),
                Side::Instance | Side::Static => self.evaluate(source, value),
            };
            bases.extend(self.types.members(typed.ty));
        }
        bases
    }

    /// Whether a thing is no class: what it has are members of the thing itself, and of no instances.
    fn is_object(&mut self, thing: ThingId) -> bool {
        let places = self.things.places(thing);
        !places.iter().any(|place| match *place {
            Place::Entry(file, id) => self.kind_of(Found::Entry(file, id)).is_some_and(is_class),
            Place::Local(symbol) => self.kind_of(Found::Local(symbol)).is_some_and(is_class),
            Place::Scope(_) => false,
        })
    }

    /// The member of a thing with this name, its own or inherited.
    pub(super) fn member(&mut self, thing: ThingId, side: Side, name: Name) -> Option<FoundId> {
        self.member_from(thing, side, false, name)
    }

    /// The member that what a thing derives from has.
    pub(super) fn inherited(&mut self, thing: ThingId, side: Side, name: Name) -> Option<FoundId> {
        self.member_from(thing, side, true, name)
    }

    fn member_from(&mut self, thing: ThingId, side: Side, skips: bool, name: Name) -> Option<FoundId> {
        let key = (self.things.plain(thing), side, skips, name);
        if let Some(known) = self.members.get(&key) {
            return *known;
        }
        let ancestors = self.ancestors(thing, side);
        let mut assigned = None;
        let mut declared = None;
        for (owner, side) in ancestors.things.iter().skip(usize::from(skips)) {
            let found = self.own_member(*owner, *side, name);
            if found.is_empty() {
                continue;
            }
            // An assignment to `this` is one to what a class further up declares, if there is such.
            let all = self.founds.get(found);
            if all.iter().all(|one| self.is_assigned(*one)) {
                assigned.get_or_insert(found);
                continue;
            }
            declared = Some(found);
            break;
        }
        let mut member = declared.or(assigned);
        for module in &ancestors.modules {
            if member.is_none() {
                member = Some(self.exported(*module, name)).filter(|found| !found.is_empty());
            }
        }
        let mut owners = ancestors.things.iter().skip(usize::from(skips));
        let member = member.or_else(|| owners.find_map(|(owner, side)| self.added_member(*owner, *side, name)));
        self.members.insert(key, member);
        member
    }

    /// Whether something is a member by assignment alone: no parameter of a constructor, which has a declared type or a
    /// place in the signature.
    fn is_assigned(&mut self, found: Found) -> bool {
        let flags = self.flags_of(found);
        let is_field = self.kind_of(found) == Some(SymbolKind::Field);
        is_field && flags.contains(SymbolFlags::INSTANCE) && !self.is_declared(found)
    }

    fn is_declared(&mut self, found: Found) -> bool {
        match found {
            Found::Entry(file, id) => {
                let interface = self.files.interface(file);
                interface
                    .entry(id)
                    .is_some_and(|entry| interface.facts(entry).iter().any(|(kind, _)| *kind == FactKind::Type))
            }
            Found::Local(symbol) => self.ir.facts_of(symbol).iter().any(|fact| fact.kind == FactKind::Type),
            _ => false,
        }
    }

    pub(super) fn flags_of(&mut self, found: Found) -> SymbolFlags {
        match found {
            Found::Entry(file, id) => {
                self.files.interface(file).entry(id).map_or(SymbolFlags::empty(), |entry| entry.flags)
            }
            Found::Local(symbol) => self.ir.symbols.get(symbol.index()).map_or(SymbolFlags::empty(), |row| row.flags),
            _ => SymbolFlags::empty(),
        }
    }

    /// What a thing itself has under a name.
    fn own_member(&mut self, thing: ThingId, side: Side, name: Name) -> FoundId {
        let places = self.things.places(thing);
        if let [place] = *places {
            return self.member_at(place, side, name);
        }
        let mut all: Vec<Found> = Vec::new();
        for place in places.iter() {
            let found = self.member_at(*place, side, name);
            all.extend(self.founds.get(found).iter());
        }
        self.nearest(&all)
    }

    pub(super) fn member_at(&mut self, place: Place, side: Side, name: Name) -> FoundId {
        let (kind, found) = match place {
            Place::Entry(file, entry) => {
                let text = self.names.text(name);
                let entries = self.files.entries(file, Some(entry), text);
                let kind = self.kind_of(Found::Entry(file, entry));
                (kind, if entries.is_empty() { FoundId::NOTHING } else { self.follow_range(file, entries) })
            }
            Place::Local(symbol) => {
                let Some(row) = self.ir.symbols.get(symbol.index()) else { return FoundId::NOTHING };
                let Some(body) = row.body else { return FoundId::NOTHING };
                (Some(row.kind), self.in_scope(body, name))
            }
            Place::Scope(scope) => {
                let owner = self.ir.scopes.get(scope.index()).and_then(|row| row.owner);
                let kind = owner.and_then(|owner| self.ir.symbols.get(owner.index())).map(|row| row.kind);
                (kind, self.in_scope(scope, name))
            }
        };
        if found.is_empty() || !matches!(kind, Some(SymbolKind::Class)) {
            return found;
        }
        let is_static = |this: &mut Self, one: &Found| this.flags_of(*one).contains(SymbolFlags::STATIC);
        let all = self.founds.get(found);
        if let [one] = all {
            return if is_static(self, one) == (side == Side::Static) { found } else { FoundId::NOTHING };
        }
        let mut on_side = Vec::with_capacity(all.len());
        for one in all.iter() {
            if is_static(self, one) == (side == Side::Static) {
                on_side.push(*one);
            }
        }
        self.founds.list(&on_side)
    }

    /// The symbols of a scope of the own file with a name.
    fn in_scope(&mut self, scope: ScopeId, name: Name) -> FoundId {
        let Some(name) = self.names.id_of_own(name) else { return FoundId::NOTHING };
        let found: Vec<Found> = self.locals.get(scope, name).map(Found::Local).collect();
        self.founds.list(&found)
    }

    /// What a member stands for that a thing does not have, nor what it derives from.
    pub(super) fn missing_member(&mut self, thing: ThingId, side: Side, name: Name) -> Found {
        let ancestors = self.ancestors(thing, side);
        if let Some(base) = ancestors.externals.first() {
            return Found::External(self.names.member(*base, name));
        }
        if is_of_every_object(self.names.text(name)) {
            let object = self.names.name("Object");
            return Found::External(self.names.member(object, name));
        }
        let mut things = ancestors.things.iter();
        if ancestors.is_partial || things.any(|(thing, _)| self.is_shared(*thing)) {
            return Found::Not(UnresolvedReason::DynamicAttribute);
        }
        Found::Not(UnresolvedReason::NoSuchAttribute)
    }

    /// Whether a thing is declared for all files, or in another module's name, by what others can add to: what is
    /// outside of the repository may do so.
    fn is_shared(&mut self, thing: ThingId) -> bool {
        let places = self.things.places(thing);
        places.iter().any(|place| match *place {
            Place::Entry(file, id) => {
                let interface = self.files.interface(file);
                let Some(entry) = interface.entry(id) else { return false };
                let is_for_all = || match interface.owner(id).and_then(|owner| interface.entry(owner)) {
                    Some(owner) => is_quoted(interface.name(owner.name)),
                    None => !interface.has_list || entry.flags.contains(SymbolFlags::GLOBAL),
                };
                matches!(entry.kind, SymbolKind::Interface | SymbolKind::Namespace) && is_for_all()
            }
            Place::Local(_) | Place::Scope(_) => false,
        })
    }

    /// The thing that a symbol of the own file declares, with all that is declared together with it.
    pub(super) fn thing_of_symbol(&mut self, symbol: SymbolId) -> ThingId {
        let found = self.found_by_symbol(symbol);
        self.thing_of(found)
    }

    /// The thing that is declared at these places.
    pub(super) fn thing_of(&mut self, found: FoundId) -> ThingId {
        if let Some(Some(known)) = self.thing_of_found.get(found.index()) {
            return *known;
        }
        let thing = self.find_thing(found);
        if found.index() >= self.thing_of_found.len() {
            self.thing_of_found.resize(found.index() + 1, None);
        }
        self.thing_of_found[found.index()] = Some(thing);
        thing
    }

    fn find_thing(&mut self, found: FoundId) -> ThingId {
        let all = self.founds.get(found);
        let places = all.iter().filter_map(|one| match *one {
            Found::Entry(file, id) => Some(Place::Entry(file, id)),
            Found::Local(symbol) => Some(match self.files.entry_of(symbol) {
                Some(entry) => Place::Entry(self.own, entry),
                None => Place::Local(symbol),
            }),
            _ => None,
        });
        let mut places: Vec<Place> = places.collect();
        places.sort_unstable();
        places.dedup();
        self.things.of(places)
    }

    /// The thing that an entry is a member of.
    pub(super) fn owner_of(&mut self, file: FileNumber, entry: EntryId) -> Option<ThingId> {
        let owner = self.files.interface(file).owner(entry)?;
        Some(self.things.at(Place::Entry(file, owner)))
    }
}

/// Whether all objects have a member of this name.
fn is_of_every_object(name: &str) -> bool {
    matches!(
        name,
        "constructor"
            | "hasOwnProperty"
            | "isPrototypeOf"
            | "propertyIsEnumerable"
            | "toLocaleString"
            | "toString"
            | "valueOf"
    )
}

pub(super) fn is_class(kind: SymbolKind) -> bool {
    matches!(kind, SymbolKind::Class | SymbolKind::Interface | SymbolKind::Enum)
}
