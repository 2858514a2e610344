//! Types: lists of them, unions, and how sure they are.

use std::hash::Hash;
use std::slice;

use bumpalo::Bump;
use rustc_hash::FxHashMap;

use super::Handle;
use crate::Confidence;

/// What a language's resolver knows of a value: its types, as far as they have to do with lists and unions.
pub trait Type: Copy + Eq + Hash {
    /// That nothing is known.
    const UNKNOWN: Self;

    /// The most types that a value is reckoned to be one of.
    const MAX_UNION: usize;

    /// One of these, which are several, and none of them a union or unknown.
    fn of_union(types: Handle<[Self]>) -> Self;

    /// What it is one of, if it is a union.
    fn union(self) -> Option<Handle<[Self]>>;
}

/// A type, and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typed<T> {
    /// The type.
    pub ty: T,
    /// How sure it is.
    pub confidence: Confidence,
}

impl<T: Type> Typed<T> {
    /// That nothing is known, which is sure.
    pub const UNKNOWN: Self = Self::exact(T::UNKNOWN);

    /// A type that is sure.
    #[inline]
    #[must_use]
    pub const fn exact(ty: T) -> Self {
        Self { ty, confidence: Confidence::Exact }
    }

    /// The same type, no surer than this.
    #[inline]
    #[must_use]
    pub fn at_most(self, confidence: Confidence) -> Self {
        Self { confidence: self.confidence.max(confidence), ..self }
    }

    /// Whether nothing is known.
    #[inline]
    #[must_use]
    pub fn is_unknown(self) -> bool {
        self.ty == T::UNKNOWN
    }
}

/// Gives equal lists of types equal handles: type arguments, and what unions are one of.
#[derive(Debug)]
pub struct TypeLists<'a, T> {
    arena: &'a Bump,
    lists: Vec<&'a [T]>,
    handles: FxHashMap<&'a [T], Handle<[T]>>,
}

impl<'a, T: Type> TypeLists<'a, T> {
    /// The empty list.
    pub const EMPTY: Handle<[T]> = Handle::new(0);

    /// The empty list alone. Others are put into the arena.
    #[must_use]
    pub fn new(arena: &'a Bump) -> Self {
        let mut lists = Self { arena, lists: Vec::new(), handles: FxHashMap::default() };
        lists.list(&[]);
        lists
    }

    /// The list of these, in this order.
    pub fn list(&mut self, types: &[T]) -> Handle<[T]> {
        if let Some(&known) = self.handles.get(types) {
            return known;
        }
        let (handle, types): (_, &'a [T]) = (Handle::new(self.lists.len()), self.arena.alloc_slice_copy(types));
        self.lists.push(types);
        self.handles.insert(types, handle);
        handle
    }

    /// The list with this handle. It can be read while others are added.
    ///
    /// # Panics
    ///
    /// If the handle is of other lists, of which there are more.
    #[inline]
    #[must_use]
    pub fn get(&self, list: Handle<[T]>) -> &'a [T] {
        self.lists[list.index()]
    }

    /// The type at a position of a list, unknown if the list is not as long.
    ///
    /// # Panics
    ///
    /// As [`Self::get`].
    #[inline]
    #[must_use]
    pub fn at(&self, list: Handle<[T]>, position: usize) -> T {
        self.get(list).get(position).copied().unwrap_or(T::UNKNOWN)
    }

    /// The types of which a type is one: itself, if it is no union. Never empty.
    #[must_use]
    pub fn members(&self, ty: T) -> Vec<T> {
        match ty.union() {
            Some(union) => self.get(union).to_vec(),
            None => vec![ty],
        }
    }

    /// One of several types, the first [`Type::MAX_UNION`] of them. What is unknown among them falls away, but makes
    /// the rest less sure.
    pub fn union(&mut self, of: impl IntoIterator<Item = Typed<T>>) -> Typed<T> {
        let mut types: Vec<T> = Vec::new();
        let mut confidence = Confidence::Exact;
        for typed in of {
            confidence = confidence.max(typed.confidence);
            let members = match typed.ty.union() {
                Some(union) => self.get(union),
                None => slice::from_ref(&typed.ty),
            };
            for ty in members {
                if *ty == T::UNKNOWN {
                    confidence = confidence.max(Confidence::Inferred);
                } else if types.len() < T::MAX_UNION && !types.contains(ty) {
                    types.push(*ty);
                }
            }
        }
        let ty = match types.as_slice() {
            [] => T::UNKNOWN,
            [one] => *one,
            several => T::of_union(self.list(several)),
        };
        Typed { ty, confidence }
    }
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::{Handle, Type, TypeLists, Typed};
    use crate::Confidence::{Ambiguous, Exact, Inferred};

    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    enum Kind {
        Unknown,
        Known(u8),
        Union(Handle<[Self]>),
    }
    use Kind::{Known, Unknown};

    impl Type for Kind {
        const UNKNOWN: Self = Unknown;
        const MAX_UNION: usize = 3;

        fn of_union(types: Handle<[Self]>) -> Self {
            Self::Union(types)
        }

        fn union(self) -> Option<Handle<[Self]>> {
            match self {
                Self::Union(types) => Some(types),
                _ => None,
            }
        }
    }

    #[test]
    fn unions_are_flat_unique_and_not_too_long() {
        let arena = Bump::new();
        let mut lists = TypeLists::new(&arena);
        let two = lists.union([1, 2].map(|kind| Typed::exact(Known(kind))));
        assert_eq!(lists.members(two.ty), [Known(1), Known(2)]);
        let same = lists.union([two, Typed::exact(Known(2))]);
        assert_eq!(same, two);
        let most = lists.union([two, Typed::exact(Known(3)), Typed::exact(Known(4))]);
        assert_eq!(lists.members(most.ty), [Known(1), Known(2), Known(3)]);
    }

    #[test]
    fn what_is_unknown_falls_away_and_makes_the_rest_less_sure() {
        let arena = Bump::new();
        let mut lists = TypeLists::new(&arena);
        let one = Typed::exact(Known(1));
        assert_eq!(lists.union([]), Typed::<Kind>::UNKNOWN);
        assert_eq!(lists.union([one, one]), one);
        assert_eq!(lists.union([one, Typed::UNKNOWN]), one.at_most(Inferred));
        assert_eq!(
            lists.union([one.at_most(Ambiguous), Typed::UNKNOWN]),
            Typed { ty: Known(1), confidence: Ambiguous }
        );
        assert_eq!(one.at_most(Exact), one);
        assert!(lists.union([Typed::UNKNOWN]).is_unknown());
    }

    #[test]
    fn lists_can_be_empty_and_are_unknown_beyond_their_ends() {
        let arena = Bump::new();
        let mut lists = TypeLists::new(&arena);
        assert_eq!(lists.list(&[]), TypeLists::EMPTY);
        let list = lists.list(&[Known(1)]);
        assert_eq!([0, 1].map(|position| lists.at(list, position)), [Known(1), Unknown]);
        assert_eq!(lists.get(list), [Known(1)]);
    }
}
