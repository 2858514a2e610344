//! What is known of values: the types that the resolver reckons with. They are small and copied freely.

use std::rc::Rc;

use esker_frontend_api::resolving::{self, Handle, Name};
use esker_frontend_api::{EntryId, FileNumber, ScopeId, SymbolId, ValueList};
use rustc_hash::FxHashMap;

use super::evaluate::Source;

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Type {
    /// Nothing.
    Unknown,
    /// It is `null` or `undefined`.
    Nothing,
    /// A module with a file.
    Module(FileNumber),
    /// A class, namespace, enum or object itself.
    Thing(ThingId),
    /// An instance of a class or an interface, or a member of an enum.
    Instance(ThingId),
    /// A function, or a method of what it was found on.
    Function(FunctionId),
    /// A function without a name: what it returns, and what it takes.
    Callable(PartsId),
    /// A module or a value from outside of the repository, by its dotted name.
    External(Name),
    /// An instance of a class from outside, with the types that it contains.
    ExternalInstance(Name, ListId),
    /// A method, with the class and the types that its instances contain.
    ExternalMethod(Name, ListId),
    /// The only value of its type that is written so; see [`esker_frontend_api::Value::Unit`].
    Unit(Name),
    /// One of several.
    Union(ListId),
}

impl resolving::Type for Type {
    const UNKNOWN: Self = Self::Unknown;
    const MAX_UNION: usize = 64;

    #[inline]
    fn of_union(types: ListId) -> Self {
        Self::Union(types)
    }

    #[inline]
    fn union(self) -> Option<ListId> {
        match self {
            Self::Union(types) => Some(types),
            _ => None,
        }
    }
}

/// A type, and how sure it is.
pub(super) type Typed = resolving::Typed<Type>;

/// Something with members that was come across.
pub(super) type ThingId = Handle<Thing>;

/// A function that was come across.
pub(super) type FunctionId = Handle<Function>;

/// A list of types, perhaps empty.
pub(super) type ListId = Handle<[Type]>;

/// What a function without a name returns, and what it takes.
pub(super) type PartsId = Handle<Parts>;

/// Which members are meant: those of the thing itself, or of its instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Side {
    Static,
    Instance,
}

/// What a function without a name returns, which comes first, and what it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Parts {
    /// As it is written: a part is not evaluated before somebody asks for it, which for most is never.
    Written(Source, ValueList),
    Known(ListId),
}

/// Where something is declared: an entry of an interface, a symbol that only the own file knows, or what has no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Place {
    Entry(FileNumber, EntryId),
    Local(SymbolId),
    Scope(ScopeId),
}

/// A function, and what it was found on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Function {
    pub(super) place: Place,
    pub(super) receiver: Option<ThingId>,
    /// What is given for its type parameters.
    pub(super) arguments: Option<ListId>,
}

/// Something with members.
#[derive(Debug, Clone)]
pub(super) struct Thing {
    places: Rc<[Place]>,
    /// The same without arguments.
    plain: ThingId,
    instantiation: Instantiation,
}

/// What is known of the type parameters that the members of something are told with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct Instantiation {
    /// What is given for its own, perhaps fewer than there are: the others are their defaults. `None` where it is the
    /// declaration itself.
    pub(super) arguments: Option<ListId>,
    /// What it is written in, as for an object type without a name: those of that.
    pub(super) within: Option<Type>,
}

/// Gives things with members handles, equal ones for what is declared at equal places and told with equal arguments.
#[derive(Debug, Default)]
pub(super) struct Things {
    things: Vec<Thing>,
    instantiated: FxHashMap<(ThingId, Instantiation), ThingId>,
    thing_of_one: FxHashMap<Place, ThingId>,
    thing_of_several: FxHashMap<Rc<[Place]>, ThingId>,
}

impl Things {
    /// What is declared at these places, which ascend and are unique.
    pub(super) fn of(&mut self, places: Vec<Place>) -> ThingId {
        if let [place] = places.as_slice() {
            return self.at(*place);
        }
        if let Some(known) = self.thing_of_several.get(places.as_slice()) {
            return *known;
        }
        let (thing, places): (ThingId, Rc<[Place]>) = (ThingId::new(self.things.len()), places.into());
        self.things.push(Thing { places: places.clone(), plain: thing, instantiation: Instantiation::default() });
        self.thing_of_several.insert(places, thing);
        thing
    }

    /// What is declared at a place.
    pub(super) fn at(&mut self, place: Place) -> ThingId {
        let Self { things, thing_of_one, .. } = self;
        *thing_of_one.entry(place).or_insert_with(|| {
            let thing = ThingId::new(things.len());
            things.push(Thing { places: [place].into(), plain: thing, instantiation: Instantiation::default() });
            thing
        })
    }

    /// A thing as it is with these arguments.
    pub(super) fn instantiated(&mut self, thing: ThingId, instantiation: Instantiation) -> ThingId {
        let plain = self.plain(thing);
        if instantiation == Instantiation::default() {
            return plain;
        }
        let Self { things, instantiated, .. } = self;
        *instantiated.entry((plain, instantiation)).or_insert_with(|| {
            let places = things[plain.index()].places.clone();
            things.push(Thing { places, plain, instantiation });
            ThingId::new(things.len() - 1)
        })
    }

    /// A thing without what is given for its type parameters: what it has depends on that alone.
    pub(super) fn plain(&self, thing: ThingId) -> ThingId {
        self.things[thing.index()].plain
    }

    pub(super) fn instantiation(&self, thing: ThingId) -> Instantiation {
        self.things[thing.index()].instantiation
    }

    pub(super) fn places(&self, thing: ThingId) -> Rc<[Place]> {
        self.things[thing.index()].places.clone()
    }
}
