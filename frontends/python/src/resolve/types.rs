//! What is known of values: the types that the resolver reckons with. They are small and copied freely.

use esker_frontend_api::resolving::{self, Handle, Name};
use esker_frontend_api::{EntryId, FileNumber, SymbolId};

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
    /// A type variable.
    Variable(VariableId),
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
    Union(Handle<[Type]>),
}

impl resolving::Type for Type {
    const UNKNOWN: Self = Self::Unknown;
    const MAX_UNION: usize = 8;

    #[inline]
    fn of_union(types: Handle<[Self]>) -> Self {
        Self::Union(types)
    }

    #[inline]
    fn union(self) -> Option<Handle<[Self]>> {
        match self {
            Self::Union(types) => Some(types),
            _ => None,
        }
    }
}

/// A type, and how sure it is.
pub(super) type Typed = resolving::Typed<Type>;

/// A class that was come across.
pub(super) type ClassId = Handle<Place>;

/// A type variable that was come across.
pub(super) type VariableId = Handle<Variable>;

/// A function that was come across.
pub(super) type FunctionId = Handle<Function>;

/// A list of type arguments, perhaps empty.
pub(super) type Arguments = Handle<[Type]>;

/// A class or function: an entry of an interface, or a symbol that only the own file knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Place {
    Entry(FileNumber, EntryId),
    Local(SymbolId),
}

/// A type variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Variable {
    /// By the symbol that it is assigned to.
    Assigned(Place),
    /// By its position among the type parameters of a class, a function or an alias.
    Parameter(Place, u32),
}

/// A function, and what it was found on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Function {
    pub(super) place: Place,
    pub(super) receiver: Option<ClassId>,
    /// The type arguments of what it was found on.
    pub(super) arguments: Arguments,
}
