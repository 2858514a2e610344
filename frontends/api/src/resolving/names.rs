//! Names as numbers.

use std::hash::BuildHasher;

use bumpalo::Bump;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::{FxBuildHasher, FxHashMap};

use crate::{NameId, NameTable};

/// A name in [`Names`], dotted or not. Meaningless in any others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name(u32);

/// Gives equal names the same number. The names of the own file are there from the beginning, with the numbers that
/// they have in the IR; others follow as they come.
#[derive(Debug)]
pub struct Names<'a> {
    arena: &'a Bump,
    texts: Vec<&'a str>,
    ids: HashTable<u32>,
    /// How many are of the own file.
    own: u32,
    empty: Name,
    members: FxHashMap<(Name, Name), Name>,
}

impl<'a> Names<'a> {
    /// The names of a file, with room for half as many others. The texts of those are put into the arena.
    #[must_use]
    pub fn new(arena: &'a Bump, own: &'a NameTable) -> Self {
        let room = own.len() + own.len() / 2 + 8;
        let mut texts = Vec::with_capacity(room);
        let mut ids = HashTable::with_capacity(room);
        for id in 0..own.len() as u32 {
            // In a made-up table, a name can lie outside of the text. It keeps its number.
            let name = own.get(NameId(id)).unwrap_or("");
            ids.insert_unique(hash(name), id, |_| unreachable!("invariant: there is room"));
            texts.push(name);
        }
        let mut names =
            Self { arena, own: texts.len() as u32, texts, ids, empty: Name(0), members: FxHashMap::default() };
        names.empty = names.name("");
        names
    }

    /// The number of a name, which is added if it is new.
    pub fn name(&mut self, name: &str) -> Name {
        let Self { arena, texts, ids, .. } = self;
        let is_it = |id: &u32| texts[*id as usize] == name;
        match ids.entry(hash(name), is_it, |id| hash(texts[*id as usize])) {
            Entry::Occupied(known) => Name(*known.get()),
            Entry::Vacant(vacant) => {
                let id = texts.len() as u32;
                vacant.insert(id);
                texts.push(arena.alloc_str(name));
                Name(id)
            }
        }
    }

    /// A name of the own file; the empty name for an id that the file does not have.
    #[inline]
    #[must_use]
    pub fn own(&self, id: NameId) -> Name {
        if id.0 < self.own { Name(id.0) } else { self.empty }
    }

    /// The id that a name has in the own file, or `None` if it is none of its names.
    #[inline]
    #[must_use]
    pub fn id_of_own(&self, name: Name) -> Option<NameId> {
        (name.0 < self.own).then_some(NameId(name.0))
    }

    /// The text of a name.
    ///
    /// # Panics
    ///
    /// If the name is of other names, of which there are more.
    #[inline]
    #[must_use]
    pub fn text(&self, name: Name) -> &'a str {
        self.texts[name.0 as usize]
    }

    /// The name of a member of something with a name: both with a dot between.
    pub fn member(&mut self, base: Name, member: Name) -> Name {
        if let Some(&known) = self.members.get(&(base, member)) {
            return known;
        }
        let name = self.name(&[self.text(base), ".", self.text(member)].concat());
        self.members.insert((base, member), name);
        name
    }
}

#[inline]
fn hash(name: &str) -> u64 {
    FxBuildHasher.hash_one(name)
}

#[cfg(test)]
mod tests {
    use bumpalo::Bump;

    use super::Names;
    use crate::{NameId, NameTable};

    #[test]
    fn names_of_the_own_file_keep_their_numbers_and_others_follow() {
        let mut own = NameTable::default();
        let ids = ["a", "b"].map(|name| own.push(name));
        let arena = Bump::new();
        let mut names = Names::new(&arena, &own);
        assert_eq!(ids.map(|id| names.text(names.own(id))), ["a", "b"]);
        assert_eq!(names.name("b"), names.own(ids[1]));
        assert_eq!(names.text(names.own(NameId(2))), "", "there is no such name");
        let member = names.member(names.own(ids[0]), names.own(ids[1]));
        assert_eq!(names.text(member), "a.b");
        assert_eq!(member, names.name("a.b"));
        assert_eq!([names.own(ids[0]), member].map(|name| names.id_of_own(name)), [Some(ids[0]), None]);
    }
}
