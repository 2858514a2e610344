//! What is known of values: the types that the resolver reckons with.
//!
//! They are small and copied freely; what does not fit is in tables of the [`Types`] that made them.

use std::hash::BuildHasher;
use std::ops::Deref;
use std::rc::Rc;
use std::slice;

use esker_frontend_api::{Confidence, EntryId, FileNumber, NameId, NameTable, ScopeId, SymbolId, ValueList};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::{FxBuildHasher, FxHashMap};

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

/// A type, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Typed {
    pub(super) ty: Type,
    pub(super) confidence: Confidence,
}

impl Typed {
    pub(super) const UNKNOWN: Self = Self { ty: Type::Unknown, confidence: Confidence::Exact };

    pub(super) fn exact(ty: Type) -> Self {
        Self { ty, confidence: Confidence::Exact }
    }

    /// The same type, no surer than this.
    pub(super) fn at_most(self, confidence: Confidence) -> Self {
        Self { confidence: self.confidence.max(confidence), ..self }
    }

    pub(super) fn is_unknown(self) -> bool {
        self.ty == Type::Unknown
    }
}

/// Which members are meant: those of the thing itself, or of its instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Side {
    Static,
    Instance,
}

macro_rules! handles {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(super) struct $name(u32);
    )*};
}

handles! {
    /// An interned name.
    Name;
    /// Something with members that was come across.
    ThingId;
    /// A function that was come across.
    FunctionId;
    /// A list of types, perhaps empty.
    ListId;
    /// What a function without a name returns, and what it takes.
    PartsId;
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
struct Thing {
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

/// Gives equal things equal handles.
#[derive(Debug)]
struct Interned<T> {
    items: Vec<T>,
    ids: FxHashMap<T, u32>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { items: Vec::new(), ids: FxHashMap::default() }
    }
}

impl<T: Clone + Eq + std::hash::Hash> Interned<T> {
    fn id(&mut self, item: T) -> u32 {
        if let Some(&id) = self.ids.get(&item) {
            return id;
        }
        let id = self.items.len() as u32;
        self.items.push(item.clone());
        self.ids.insert(item, id);
        id
    }
}

/// The text of a name: one of the own file's lies in its IR.
#[derive(Debug, Clone)]
pub(super) enum Text<'a> {
    Own(&'a str),
    Other(Rc<str>),
}

impl Deref for Text<'_> {
    type Target = str;

    fn deref(&self) -> &str {
        match self {
            Self::Own(text) => text,
            Self::Other(text) => text,
        }
    }
}

impl AsRef<str> for Text<'_> {
    fn as_ref(&self) -> &str {
        self
    }
}

/// The tables behind the handles.
#[derive(Debug)]
pub(super) struct Types<'a> {
    /// The names of the own file first, with the same numbers as there.
    names: Vec<Text<'a>>,
    name_ids: HashTable<u32>,
    own_names: u32,
    empty: Name,
    member_names: FxHashMap<(Name, Name), Name>,
    /// `Function`.
    function: Name,
    things: Vec<Thing>,
    instantiated: FxHashMap<(ThingId, Instantiation), ThingId>,
    thing_of_one: FxHashMap<Place, ThingId>,
    thing_of_several: FxHashMap<Rc<[Place]>, ThingId>,
    functions: Interned<Function>,
    lists: Interned<Vec<Type>>,
    parts: Interned<Parts>,
}

impl<'a> Types<'a> {
    pub(super) fn new(own: &'a NameTable) -> Self {
        let mut types = Self {
            names: own.iter().map(Text::Own).collect(),
            name_ids: HashTable::with_capacity(own.len() + own.len() / 2 + 8),
            own_names: own.len() as u32,
            empty: Name(0),
            member_names: FxHashMap::default(),
            function: Name(0),
            things: Vec::new(),
            instantiated: FxHashMap::default(),
            thing_of_one: FxHashMap::default(),
            thing_of_several: FxHashMap::default(),
            functions: Interned::default(),
            lists: Interned::default(),
            parts: Interned::default(),
        };
        for (name, id) in own.iter().zip(0..) {
            types.name_ids.insert_unique(hash(name), id, |_| unreachable!("invariant: there is room"));
        }
        types.empty = types.name("");
        types.function = types.name("Function");
        types
    }

    pub(super) fn name(&mut self, name: &str) -> Name {
        let Self { names, name_ids, .. } = self;
        let is_it = |id: &u32| &*names[*id as usize] == name;
        match name_ids.entry(hash(name), is_it, |id| hash(&names[*id as usize])) {
            Entry::Occupied(known) => Name(*known.get()),
            Entry::Vacant(vacant) => {
                let id = names.len() as u32;
                vacant.insert(id);
                names.push(Text::Other(name.into()));
                Name(id)
            }
        }
    }

    /// A name of the own file.
    pub(super) fn own_name(&self, id: NameId) -> Name {
        if id.0 < self.own_names { Name(id.0) } else { self.empty }
    }

    /// The number that a name has in the own file, if it is one of its names.
    pub(super) fn id_of_own(&self, name: Name) -> Option<NameId> {
        (name.0 < self.own_names).then_some(NameId(name.0))
    }

    pub(super) fn text(&self, name: Name) -> Text<'a> {
        self.names[name.0 as usize].clone()
    }

    /// The name of a member of something with a name.
    pub(super) fn member_name(&mut self, base: Name, member: Name) -> Name {
        if let Some(&known) = self.member_names.get(&(base, member)) {
            return known;
        }
        let name = self.name(&[&*self.text(base), ".", &*self.text(member)].concat());
        self.member_names.insert((base, member), name);
        name
    }

    /// The name of a member that functions have.
    pub(super) fn member_of_functions(&mut self, member: Name) -> Name {
        self.member_name(self.function, member)
    }

    /// What is declared at these places, which ascend and are unique.
    pub(super) fn thing(&mut self, places: Vec<Place>) -> ThingId {
        if let [place] = places.as_slice() {
            return self.thing_at(*place);
        }
        if let Some(known) = self.thing_of_several.get(places.as_slice()) {
            return *known;
        }
        let (thing, places): (ThingId, Rc<[Place]>) = (ThingId(self.things.len() as u32), places.into());
        self.things.push(Thing { places: places.clone(), plain: thing, instantiation: Instantiation::default() });
        self.thing_of_several.insert(places, thing);
        thing
    }

    /// What is declared at a place.
    pub(super) fn thing_at(&mut self, place: Place) -> ThingId {
        let Self { things, thing_of_one, .. } = self;
        *thing_of_one.entry(place).or_insert_with(|| {
            let thing = ThingId(things.len() as u32);
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
            let places = things[plain.0 as usize].places.clone();
            things.push(Thing { places, plain, instantiation });
            ThingId(things.len() as u32 - 1)
        })
    }

    /// A thing without what is given for its type parameters: what it has depends on that alone.
    pub(super) fn plain(&self, thing: ThingId) -> ThingId {
        self.things[thing.0 as usize].plain
    }

    pub(super) fn instantiation(&self, thing: ThingId) -> Instantiation {
        self.things[thing.0 as usize].instantiation
    }

    pub(super) fn places(&self, thing: ThingId) -> Rc<[Place]> {
        self.things[thing.0 as usize].places.clone()
    }

    pub(super) fn function(&mut self, function: Function) -> Type {
        Type::Function(FunctionId(self.functions.id(function)))
    }

    pub(super) fn function_of(&self, function: FunctionId) -> Function {
        self.functions.items[function.0 as usize]
    }

    pub(super) fn callable(&mut self, parts: Parts) -> Type {
        Type::Callable(PartsId(self.parts.id(parts)))
    }

    pub(super) fn parts_of(&self, parts: PartsId) -> Parts {
        self.parts.items[parts.0 as usize]
    }

    pub(super) fn list(&mut self, types: Vec<Type>) -> ListId {
        ListId(self.lists.id(types))
    }

    pub(super) fn of_list(&self, list: ListId, position: usize) -> Type {
        self.lists.items[list.0 as usize].get(position).copied().unwrap_or(Type::Unknown)
    }

    pub(super) fn whole_list(&self, list: ListId) -> Vec<Type> {
        self.lists.items[list.0 as usize].clone()
    }

    /// The class of what is written so.
    pub(super) fn class_of_unit(&self, written: Name) -> &'static str {
        match self.text(written).bytes().next() {
            Some(b'"') => "String",
            Some(b't' | b'f') => "Boolean",
            _ => "Number",
        }
    }

    /// An instance of a class from outside.
    pub(super) fn external(&mut self, name: &str, arguments: Vec<Type>) -> Type {
        let (name, arguments) = (self.name(name), self.list(arguments));
        Type::ExternalInstance(name, arguments)
    }

    /// The types of which a type is one: itself, if it is no union.
    pub(super) fn members(&self, ty: Type) -> Vec<Type> {
        match ty {
            Type::Union(union) => self.whole_list(union),
            ty => vec![ty],
        }
    }

    /// One of several types. What is unknown among them falls away, but makes the rest less sure.
    pub(super) fn union(&mut self, of: impl IntoIterator<Item = Typed>) -> Typed {
        let mut types: Vec<Type> = Vec::new();
        let mut confidence = Confidence::Exact;
        for typed in of {
            confidence = confidence.max(typed.confidence);
            let members = match &typed.ty {
                Type::Union(union) => &self.lists.items[union.0 as usize],
                one => slice::from_ref(one),
            };
            for ty in members {
                match ty {
                    Type::Unknown => confidence = confidence.max(Confidence::Inferred),
                    ty if types.contains(ty) || types.len() == MAX_UNION => {}
                    ty => types.push(*ty),
                }
            }
        }
        let ty = match types.as_slice() {
            [] => Type::Unknown,
            [one] => *one,
            _ => Type::Union(self.list(types)),
        };
        Typed { ty, confidence }
    }
}

/// The most types that a value is reckoned to be one of.
const MAX_UNION: usize = 64;

fn hash(name: &str) -> u64 {
    FxBuildHasher.hash_one(name)
}
