//! What is known of values: the types that the resolver reckons with.
//!
//! They are small and copied freely; what does not fit is in tables of the [`Types`] that made them.

use bumpalo::Bump;
use esker_frontend_api::{Confidence, EntryId, FileNumber, SymbolId};
use rustc_hash::{FxBuildHasher, FxHashMap};

/// What is known of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Type {
    /// Nothing.
    Unknown,
    /// It is `None`.
    Nothing,
    /// A module with a file.
    Module(FileNumber),
    /// A package without a file, by its dotted name.
    Namespace(Name),
    /// A class itself.
    Class(ClassId),
    /// An instance of a class, with the class's type arguments.
    Instance(ClassId, Arguments),
    /// A function, or a method of what it was found on.
    Function(FunctionId),
    /// `super()` in a method of the first class, called on the second.
    Super(ClassId, ClassId),
    /// A module, class or function from outside of the repository, by its dotted name.
    External(Name),
    /// An instance of a class from outside.
    ExternalInstance(Name, Arguments),
    /// A method, by its own name, of an instance of a class from outside with these type arguments.
    ExternalMethod(Name, Arguments),
    /// One of several.
    Union(UnionId),
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

impl Arguments {
    /// The empty list, which is the first one that is made.
    const NONE: Self = Self(0);
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
    /// A class that was come across.
    ClassId;
    /// A function that was come across.
    FunctionId;
    /// A list of types.
    UnionId;
    /// A list of type arguments, perhaps empty.
    Arguments;
}

/// A class or function: an entry of an interface, or a symbol that only the own file knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Entry(FileNumber, EntryId),
    Local(SymbolId),
}

/// A function, and what it was found on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Function {
    pub(super) place: Place,
    pub(super) receiver: Option<ClassId>,
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
#[derive(Debug)]
pub(super) struct Types<'a> {
    /// Where the texts of names lie, so that they can be had while the tables grow.
    arena: &'a Bump,
    texts: Vec<&'a str>,
    names: FxHashMap<&'a str, Name>,
    member_names: FxHashMap<(Name, Name), Name>,
    classes: Interned<Place>,
    functions: Interned<Function>,
    lists: Interned<Vec<Type>>,
}

impl<'a> Types<'a> {
    /// Tables with room for about this many names.
    pub(super) fn new(arena: &'a Bump, names: usize) -> Self {
        let mut lists = Interned::default();
        lists.id(Vec::new());
        Self {
            arena,
            texts: Vec::with_capacity(names),
            names: FxHashMap::with_capacity_and_hasher(names, FxBuildHasher),
            member_names: FxHashMap::default(),
            classes: Interned::default(),
            functions: Interned::default(),
            lists,
        }
    }

    pub(super) fn name(&mut self, name: &str) -> Name {
        if let Some(&known) = self.names.get(name) {
            return known;
        }
        let (id, text) = (Name(self.texts.len() as u32), &*self.arena.alloc_str(name));
        self.texts.push(text);
        self.names.insert(text, id);
        id
    }

    pub(super) fn text(&self, name: Name) -> &'a str {
        self.texts[name.0 as usize]
    }

    /// The name of a member of something with a name.
    pub(super) fn member_name(&mut self, base: Name, member: Name) -> Name {
        if let Some(&known) = self.member_names.get(&(base, member)) {
            return known;
        }
        let name = self.name(&[self.text(base), ".", self.text(member)].concat());
        self.member_names.insert((base, member), name);
        name
    }

    pub(super) fn class(&mut self, place: Place) -> ClassId {
        ClassId(self.classes.id(place))
    }

    pub(super) fn place_of_class(&self, class: ClassId) -> Place {
        self.classes.items[class.0 as usize]
    }

    pub(super) fn function(&mut self, function: Function) -> Type {
        Type::Function(FunctionId(self.functions.id(function)))
    }

    pub(super) fn function_of(&self, function: FunctionId) -> Function {
        self.functions.items[function.0 as usize]
    }

    pub(super) fn arguments(&mut self, types: Vec<Type>) -> Arguments {
        Arguments(self.lists.id(types))
    }

    pub(super) fn no_arguments(&self) -> Arguments {
        Arguments::NONE
    }

    pub(super) fn argument(&self, arguments: Arguments, position: usize) -> Type {
        self.lists.items[arguments.0 as usize].get(position).copied().unwrap_or(Type::Unknown)
    }

    pub(super) fn all_arguments(&self, arguments: Arguments) -> Vec<Type> {
        self.lists.items[arguments.0 as usize].clone()
    }

    /// The types of which a type is one: itself, if it is no union.
    pub(super) fn members(&self, ty: Type) -> Vec<Type> {
        match ty {
            Type::Union(union) => self.lists.items[union.0 as usize].clone(),
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
            _ => Type::Union(UnionId(self.lists.id(types))),
        };
        Typed { ty, confidence }
    }
}

/// The most types that a value is reckoned to be one of.
const MAX_UNION: usize = 8;
