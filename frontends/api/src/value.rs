//! Where values come from, as far as the syntax tells: what a frontend needs to say what a name stands for.
//!
//! A [`Value`] describes an expression without evaluating it. In a [`FileIr`](crate::FileIr) names in it are references
//! of the file; in an [`Interface`](crate::Interface) they are names as another file would look them up, so that
//! nothing in it depends on where something stands.

use serde::{Deserialize, Serialize};

use crate::compact::compact;
use crate::{NameId, ReferenceId, ScopeId, SymbolId};

/// A position in a table of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ValueId(pub u32);

impl ValueId {
    /// The position in the table.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A list of values, by where it lies in the [`ValueTable`] that it was made by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ValueList(u32);

impl ValueList {
    /// The list without a value, which every table has.
    pub const EMPTY: Self = Self(u32::MAX);

    /// Whether it is [`Self::EMPTY`].
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == u32::MAX
    }

    /// The number by which it is stored: 0 for [`Self::EMPTY`].
    pub(crate) const fn packed(self) -> u32 {
        self.0.wrapping_add(1)
    }

    pub(crate) const fn unpacked(number: u32) -> Self {
        Self(number.wrapping_sub(1))
    }
}

/// Values, each after those that it is made of.
///
/// A value is twelve bytes and is copied; the lists that some are made of lie beside them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ValueTable {
    #[serde(with = "crate::packed")]
    values: Vec<Value>,
    /// Every list with its length before it.
    #[serde(with = "crate::packed")]
    lists: Vec<u32>,
}

impl ValueTable {
    /// Adds a value.
    pub fn push(&mut self, value: Value) -> ValueId {
        let id = ValueId(self.values.len() as u32);
        self.values.push(value);
        id
    }

    /// Adds a list.
    pub fn push_list(&mut self, values: &[ValueId]) -> ValueList {
        if values.is_empty() {
            return ValueList::EMPTY;
        }
        let list = ValueList(self.lists.len() as u32);
        self.lists.push(values.len() as u32);
        self.lists.extend(values.iter().map(|value| value.0));
        list
    }

    /// The same values without room for more.
    pub(crate) fn compact(self) -> Self {
        Self { values: compact(self.values), lists: compact(self.lists) }
    }

    /// The value at a position, [`Value::Unknown`] for a position of another table.
    #[must_use]
    pub fn get(&self, id: ValueId) -> Value {
        self.values.get(id.index()).copied().unwrap_or(Value::Unknown)
    }

    /// The values of a list, in their order; none for a list of another table.
    pub fn list(&self, list: ValueList) -> impl ExactSizeIterator<Item = ValueId> + Clone + '_ {
        let from = self.lists.get(list.0 as usize..).unwrap_or(&[]);
        let values = match from {
            [count, rest @ ..] => rest.get(..*count as usize).unwrap_or(&[]),
            [] => &[],
        };
        values.iter().map(|value| ValueId(*value))
    }

    /// All values in their order.
    #[must_use]
    pub fn all(&self) -> &[Value] {
        &self.values
    }

    /// All values in their order, to be changed one by one.
    pub fn all_mut(&mut self) -> impl Iterator<Item = &mut Value> {
        self.values.iter_mut()
    }

    /// How many values there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no value at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }
}

/// Where a value comes from. The values that it is made of come before it in the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Value {
    /// Nothing is known of it.
    Unknown,
    /// What a reference of the file stands for. Only in an IR.
    Reference(ReferenceId),
    /// What an import of the file brings in, as a position in the table of imports beside this one.
    Import(u32),
    /// What a name of the module stands for, or if the module has no such name, a builtin one. Only in an interface.
    Name(NameId),
    /// The instance that a method of the class around is called on. Only in an interface.
    Instance,
    /// The class around itself. Only in an interface.
    Class,
    /// An attribute of a value. In an IR only where no reference stands for it, as where a value is taken apart by
    /// names.
    Member(ValueId, NameId),
    /// What calling a value returns.
    Call(ValueId),
    /// What subscribing a value gives: an item of a container, or a parametrised type with these arguments.
    Item(ValueId, ValueList),
    /// What awaiting a value gives.
    Awaited(ValueId),
    /// What iterating over a value gives.
    Element(ValueId),
    /// What entering a value as a context manager gives.
    Entered(ValueId),
    /// The same, of an asynchronous context manager.
    EnteredAsync(ValueId),
    /// What iterating asynchronously over a value gives.
    ElementAsync(ValueId),
    /// One of the values that unpacking a value gives, by its position.
    Unpacked(ValueId, u32),
    /// One of several.
    Either(ValueList),
    /// An instance of the type that an annotation, given as a value, stands for.
    Annotated(ValueId),
    /// A literal or a display; with its elements where there are few of them.
    Literal(Literal, ValueList),
    /// What a value takes at a position when it is called.
    Argument(ValueId, u32),
    /// As an annotation: the type of this value.
    TypeOf(ValueId),
    /// Whatever has the members that a scope of the file binds: a class, or an object or type without a name. Only in
    /// an IR.
    Scope(ScopeId),
    /// A type parameter: that at the position, of the entry so many owners above the one that the value is told about.
    /// Only in an interface; in an IR it is a reference.
    Variable(u32, u32),
    /// A text, number or truth value that is written out, as the only one of its type: by how it is written, a text
    /// with quotes before it.
    Unit(NameId),
    /// The first value, after a test found it to be like the second; see [`Self::Excluded`].
    Narrowed(ValueId, ValueId),
    /// The first value, after a test found it not to be like the second: of a type, or with a member of a type, which
    /// is told as that [`Self::Member`] of the type.
    Excluded(ValueId, ValueId),
    /// A function where it is called: what it is expected to return, and what it is given, tell of its type parameters,
    /// and of overloads which one it is.
    Applied(ValueId, ValueList),
}

/// What sort of literal or display a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Literal {
    /// The absence of a value.
    None,
    /// A truth value, or what a comparison or a negation gives.
    Boolean,
    /// A whole number.
    Integer,
    /// Any other number.
    Number,
    /// A text.
    Text,
    /// A string of bytes.
    Bytes,
    /// A tuple.
    Tuple,
    /// A list.
    List,
    /// A set.
    Set,
    /// A mapping; the elements are its values.
    Mapping,
    /// A function without a name; the elements, if there are any, are what it returns and what it takes.
    Function,
    /// `...`; with elements, one of these types, and which one depends on what is not known.
    Ellipsis,
}

/// Something that the text says about a symbol.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Fact {
    /// The symbol.
    pub symbol: SymbolId,
    /// What is said about it.
    pub kind: FactKind,
    /// The value concerned.
    pub value: ValueId,
}

/// What a fact says about a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FactKind {
    /// Its type is declared to be this; of a function, that of what it returns.
    Type,
    /// It is bound to this: by assignment, a loop, a `with`, an unpacking, or as a type alias.
    Assigned,
    /// This is the default of a parameter.
    Default,
    /// A function returns this. Recorded only where its type is not declared.
    Returned,
    /// This decorates it.
    Decorator,
    /// It derives from this.
    Base,
    /// This is its metaclass.
    Metaclass,
    /// It is generic, and this tells the bound and the default of its next type parameter, as a tuple.
    Parameter,
    /// Calling an instance of it, or making one of that, is calling this.
    Signature,
}
