//! The names of one file, each stored once.

use std::hash::BuildHasher;

use hashbrown::HashTable;
use hashbrown::hash_table::Entry;
use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use crate::compact::{compact, compact_text};

/// A position in the [`NameTable`] of the same file. Meaningless in any other file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NameId(pub u32);

/// The distinct names of one file, in the order of their first appearance: one string and where each name ends in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameTable {
    text: String,
    #[serde(with = "crate::packed::ascending")]
    ends: Vec<u32>,
}

impl NameTable {
    /// The name with this id, or `None` for an id of another file.
    #[must_use]
    pub fn get(&self, id: NameId) -> Option<&str> {
        let index = id.0 as usize;
        let end = *self.ends.get(index)? as usize;
        let start = if index == 0 { 0 } else { *self.ends.get(index - 1)? as usize };
        self.text.get(start..end)
    }

    /// Whether this is the name with this id, which the table has.
    #[inline]
    fn is(&self, id: NameId, name: &str) -> bool {
        let index = id.0 as usize;
        let start = index.checked_sub(1).map_or(0, |before| self.ends[before] as usize);
        let end = self.ends[index] as usize;
        end - start == name.len() && self.text.as_bytes()[start..end] == *name.as_bytes()
    }

    /// Adds a name at the end, whether it is in the table already or not.
    pub fn push(&mut self, name: &str) -> NameId {
        let id = NameId(self.ends.len() as u32);
        self.text.push_str(name);
        self.ends.push(self.text.len() as u32);
        id
    }

    /// The same names without room for more.
    #[must_use]
    pub fn compact(self) -> Self {
        Self { text: compact_text(self.text), ends: compact(self.ends) }
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no name at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// All names in the order of their ids.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|index| self.get(NameId(index as u32)))
    }
}

/// The first eight bytes of a name as a number that is smaller for a name that comes before. Where two are equal, the
/// names themselves have to be compared.
#[must_use]
pub fn name_start(name: &str) -> u64 {
    let mut start = [0; 8];
    let length = name.len().min(8);
    start[..length].copy_from_slice(&name.as_bytes()[..length]);
    u64::from_be_bytes(start)
}

/// Collects names into a [`NameTable`], giving equal names the same id.
#[derive(Debug, Clone, Default)]
pub struct NameTableBuilder {
    table: NameTable,
    /// The hash of each name with its id. The names themselves are in the table alone.
    ids: HashTable<(u64, NameId)>,
}

impl NameTableBuilder {
    /// A builder with room for this many names.
    #[must_use]
    pub fn with_capacity(names: usize) -> Self {
        let table = NameTable { text: String::with_capacity(names * 10), ends: Vec::with_capacity(names) };
        Self { table, ids: HashTable::with_capacity(names) }
    }

    /// The id of `name`, which is added if it is new.
    pub fn intern(&mut self, name: impl AsRef<str>) -> NameId {
        let name = name.as_ref();
        let hash = FxBuildHasher.hash_one(name);
        let Self { table, ids } = self;
        let is_this = |(other, id): &(u64, NameId)| *other == hash && table.is(*id, name);
        match ids.entry(hash, is_this, |(hash, _)| *hash) {
            Entry::Occupied(known) => known.get().1,
            Entry::Vacant(vacant) => {
                let id = table.push(name);
                vacant.insert((hash, id));
                id
            }
        }
    }

    /// The id of `name` if it was interned before.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<NameId> {
        let hash = FxBuildHasher.hash_one(name);
        let found = self.ids.find(hash, |(other, id)| *other == hash && self.table.is(*id, name));
        found.map(|(_, id)| *id)
    }

    /// The name with this id.
    #[must_use]
    pub fn get(&self, id: NameId) -> Option<&str> {
        self.table.get(id)
    }

    /// The finished table.
    #[must_use]
    pub fn finish(self) -> NameTable {
        self.table
    }
}
