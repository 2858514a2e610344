//! The names of one file, each stored once.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

/// A position in the [`NameTable`] of the same file. Meaningless in any other file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NameId(pub u32);

/// The distinct names of one file, in the order of their first appearance: one string and where each name ends in it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NameTable {
    text: String,
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

/// Collects names into a [`NameTable`], giving equal names the same id.
#[derive(Debug, Default)]
pub struct NameTableBuilder<'a> {
    table: NameTable,
    ids: HashMap<std::borrow::Cow<'a, str>, NameId, rustc_hash::FxBuildHasher>,
}

impl<'a> NameTableBuilder<'a> {
    /// The id of `name`, which is added if it is new.
    pub fn intern(&mut self, name: impl Into<std::borrow::Cow<'a, str>>) -> NameId {
        let name = name.into();
        if let Some(&id) = self.ids.get(&name) {
            return id;
        }
        let id = NameId(self.table.ends.len() as u32);
        self.table.text.push_str(&name);
        self.table.ends.push(self.table.text.len() as u32);
        self.ids.insert(name, id);
        id
    }

    /// The id of `name` if it was interned before.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<NameId> {
        self.ids.get(name).copied()
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
