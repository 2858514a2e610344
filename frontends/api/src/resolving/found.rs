//! What names stand for.

use std::hash::Hash;
use std::slice;

use bumpalo::Bump;
use rustc_hash::{FxBuildHasher, FxHashMap};

use super::Name;
use crate::{EntryId, FileNumber, SymbolId, UnresolvedReason};

/// What a name stands for, as far as it can be told in a [`Resolution`](crate::Resolution).
///
/// A language that has to tell more apart has a type of its own that can be made of this one and is told as this one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Found {
    /// An entry of a file's interface.
    Entry(FileNumber, EntryId),
    /// A symbol that only the own file knows.
    Local(SymbolId),
    /// A file as a whole.
    Module(FileNumber),
    /// Something from outside of the repository.
    External(Name),
    /// Nothing, for this reason.
    Not(UnresolvedReason),
}

/// What was found, perhaps several things or nothing; see [`Founds`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FoundId(u32);

impl FoundId {
    /// The empty list.
    pub const NOTHING: Self = Self(0);

    /// Alone that it is not there, for this reason.
    #[inline]
    #[must_use]
    pub const fn not(reason: UnresolvedReason) -> Self {
        Self(1 + reason as u32)
    }

    /// Whether it is the empty list.
    #[inline]
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::NOTHING
    }

    /// Its number. They are dense, so that tables can have a row for each.
    #[inline]
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Gives equal lists of what was found equal handles.
///
/// The first handles are those of nothing, of each reason and of each symbol of the own file, which are asked for the
/// most: they are told without a look into a table.
#[derive(Debug)]
pub struct Founds<'a, F = Found> {
    arena: &'a Bump,
    /// Each reason and then each symbol: of each there is a list of it alone.
    first: &'a [F],
    /// The other lists, none of them empty.
    others: Vec<&'a [F]>,
    single: FxHashMap<F, FoundId>,
    several: FxHashMap<&'a [F], FoundId>,
}

impl<'a, F: Copy + Eq + Hash + From<Found> + Into<Found>> Founds<'a, F> {
    /// For a file with so many symbols that are asked for as [`Found::Local`], with room for so many lists of other
    /// things. The lists are put into the arena.
    #[must_use]
    pub fn new(arena: &'a Bump, symbols: usize, others: usize) -> Self {
        let reasons = UnresolvedReason::ALL;
        let first = arena.alloc_slice_fill_with(reasons.len() + symbols, |position| {
            F::from(match reasons.get(position) {
                Some(reason) => Found::Not(*reason),
                None => Found::Local(SymbolId((position - reasons.len()) as u32)),
            })
        });
        Self {
            arena,
            first,
            others: Vec::with_capacity(others),
            single: FxHashMap::with_capacity_and_hasher(others, FxBuildHasher),
            several: FxHashMap::default(),
        }
    }

    /// The list of one.
    pub fn one(&mut self, found: F) -> FoundId {
        match found.into() {
            Found::Not(reason) => return FoundId::not(reason),
            Found::Local(symbol) => {
                let position = UnresolvedReason::ALL.len() + symbol.index();
                if position < self.first.len() {
                    return FoundId(1 + position as u32);
                }
            }
            _ => {}
        }
        if let Some(&id) = self.single.get(&found) {
            return id;
        }
        let list = self.arena.alloc_slice_copy(&[found]);
        let id = self.push(list);
        self.single.insert(found, id);
        id
    }

    /// The list of these, in this order.
    pub fn list(&mut self, found: &[F]) -> FoundId {
        match found {
            [] => FoundId::NOTHING,
            [one] => self.one(*one),
            several => {
                if let Some(&id) = self.several.get(several) {
                    return id;
                }
                let list: &'a [F] = self.arena.alloc_slice_copy(several);
                let id = self.push(list);
                self.several.insert(list, id);
                id
            }
        }
    }

    /// The list of what stands for one of several: where one way leads to something, it does not matter that others
    /// lead nowhere.
    pub fn alternatives(&mut self, mut found: Vec<F>) -> FoundId {
        let is_there = |one: &F| !matches!((*one).into(), Found::Not(_));
        if found.iter().any(is_there) {
            found.retain(is_there);
        }
        self.list(&found)
    }

    fn push(&mut self, list: &'a [F]) -> FoundId {
        self.others.push(list);
        FoundId((self.first.len() + self.others.len()) as u32)
    }

    /// The list with this handle. It can be read while others are added.
    ///
    /// # Panics
    ///
    /// If the handle is of other lists, of which there are more.
    #[inline]
    #[must_use]
    pub fn get(&self, id: FoundId) -> &'a [F] {
        let Some(position) = id.index().checked_sub(1) else { return &[] };
        match self.first.get(position) {
            Some(one) => slice::from_ref(one),
            None => self.others[position - self.first.len()],
        }
    }
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::{Found, FoundId, Founds};
    use crate::{FileNumber, SymbolId, UnresolvedReason};

    #[test]
    fn equal_lists_have_equal_handles_and_others_do_not() {
        let arena = Bump::new();
        let mut founds = Founds::new(&arena, 2, 0);
        let module = |number| Found::Module(FileNumber(number));
        let local = |number| Found::Local(SymbolId(number));
        let lists: &[&[Found]] = &[
            &[],
            &[module(1)],
            &[module(1), local(0)],
            &[local(0), module(1)],
            &[local(0)],
            &[local(1)],
            &[local(2)],
            &[Found::Not(UnresolvedReason::UndefinedName)],
            &[Found::Not(UnresolvedReason::UnknownValue)],
        ];
        let ids: Vec<FoundId> = lists.iter().map(|list| founds.list(list)).collect();
        for (list, id) in lists.iter().zip(&ids) {
            assert_eq!(founds.get(*id), *list);
            assert_eq!(founds.list(list), *id);
            assert_eq!(ids.iter().filter(|other| *other == id).count(), 1);
        }
        assert_eq!(ids[0], FoundId::NOTHING);
        assert_eq!(ids[8], FoundId::not(UnresolvedReason::UnknownValue));
    }

    #[test]
    fn what_leads_nowhere_counts_only_where_nothing_leads_anywhere() {
        let arena = Bump::new();
        let mut founds: Founds<'_> = Founds::new(&arena, 0, 0);
        let (there, not) = (Found::Module(FileNumber(0)), Found::Not(UnresolvedReason::NoSuchName));
        for (given, expected) in [(vec![not, there], vec![there]), (vec![not, not], vec![not, not]), (vec![], vec![])] {
            let id = founds.alternatives(given);
            assert_eq!(founds.get(id), expected);
        }
    }
}
