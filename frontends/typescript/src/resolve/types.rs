//! What is known of values: the types that the resolver reckons with.
//!
//! They are small and copied freely; what does not fit is in tables of the [`Types`] that made them.

use std::rc::Rc;

use esker_frontend_api::{Confidence, EntryId, FileNumber, ScopeId, SymbolId};
use rustc_hash::FxHashMap;

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
    Callable(ListId),
    /// A module or a value from outside of the repository, by its dotted name.
    External(Name),
    /// An instance of a class from outside, with the types that it contains.
    ExternalInstance(Name, ListId),
    /// A method, with the class and the types that its instances contain.
    ExternalMethod(Name, ListId),
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

/// The tables behind the handles.
#[derive(Debug, Default)]
pub(super) struct Types {
    names: Interned<Rc<str>>,
    member_names: FxHashMap<(Name, Name), Name>,
    things: Interned<Rc<[Place]>>,
    functions: Interned<Function>,
    lists: Interned<Vec<Type>>,
}

impl Types {
    pub(super) fn name(&mut self, name: &str) -> Name {
        if let Some(&known) = self.names.ids.get(name) {
            return Name(known);
        }
        Name(self.names.id(name.into()))
    }

    pub(super) fn text(&self, name: Name) -> Rc<str> {
        self.names.items[name.0 as usize].clone()
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

    pub(super) fn thing(&mut self, places: Vec<Place>) -> ThingId {
        ThingId(self.things.id(places.into()))
    }

    pub(super) fn places(&self, thing: ThingId) -> Rc<[Place]> {
        self.things.items[thing.0 as usize].clone()
    }

    pub(super) fn function(&mut self, function: Function) -> Type {
        Type::Function(FunctionId(self.functions.id(function)))
    }

    pub(super) fn function_of(&self, function: FunctionId) -> Function {
        self.functions.items[function.0 as usize]
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
            for ty in self.members(typed.ty) {
                match ty {
                    Type::Unknown => confidence = confidence.max(Confidence::Inferred),
                    ty if types.contains(&ty) || types.len() == MAX_UNION => {}
                    ty => types.push(ty),
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
const MAX_UNION: usize = 16;
