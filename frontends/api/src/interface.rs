//! What other files can see of a file: names without places.
//!
//! An [`Interface`] has an entry for every name that an importer can reach: those of the module, the members of its
//! classes, the parameters of its functions. Nothing in it tells where something stands: a comment, a moved function,
//! an edited body or a new local name leaves it equal.
//!
//! Who uses another file's interface asks for entries by name ([`Interface::entries`]), and depends on the digests of
//! those that it asked for ([`Interface::answer`]), absence included, and on nothing else.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::compact::compact;
use crate::derived::Derived;
use crate::entry_index::{EntryIndex, is_function};
use crate::{FactKind, ImportForm, MissReason, NameId, NameTable, SymbolFlags, SymbolKind, Value, ValueId, ValueTable};

/// A position in [`Interface::entry`]'s table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EntryId(pub u32);

impl EntryId {
    /// The position in the table.
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// What other files can see of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// The names that everything else refers to; paths of files among them.
    pub names: NameTable,
    /// The entries: first those of the module, then the members of one owner after the other. Members of a module, of a
    /// class and its like ascend by name, and where a name is bound more than once, stand in source order; parameters
    /// stand in the order of the signature.
    #[serde(with = "crate::packed")]
    pub entries: Vec<Entry>,
    /// How many entries are the module's own.
    pub module_entries: u32,
    /// What the text says about the entries, those of one entry after those of the other.
    #[serde(with = "crate::packed")]
    pub facts: Vec<(FactKind, ValueId)>,
    /// What the facts refer to.
    pub values: ValueTable,
    /// Where imports lead.
    pub imports: Vec<ImportTarget>,
    /// The files that the imports lead to.
    pub modules: Vec<Option<NameId>>,
    /// Which of them bring in every public name of their module, in source order.
    pub stars: Vec<u32>,
    /// Whether the file lists its public names.
    pub has_list: bool,
    /// By it entries are found. Begins as its default.
    #[serde(skip)]
    pub index: Derived<EntryIndex>,
}

/// Something that other files can refer to by name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its name.
    pub name: NameId,
    /// What it is.
    pub kind: SymbolKind,
    /// What is special about it.
    pub flags: SymbolFlags,
    /// Whether importers of everything get it.
    pub is_public: bool,
    /// Which import binds it, as a position in [`Interface::imports`].
    pub import: Option<u32>,
    /// What the text says about it, as positions in [`Interface::facts`].
    pub facts: Range<u32>,
    /// Its members: of a class what its body and its methods bind, of a function its parameters. Where they start
    /// ascends with the entries, also for entries that have none.
    pub members: Range<u32>,
    /// The digest of all of the above but the members, other than of a function whose parameters are told with it;
    /// names enter it as text. See [`Interface::digest_entries`].
    pub digest: u64,
}

/// Where an import leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportTarget {
    /// The module as written.
    pub specifier: NameId,
    /// What is asked of the module.
    pub member: Option<NameId>,
    /// How it is asked for.
    pub form: ImportForm,
    /// See [`Located::modules`](crate::Located::modules); as positions in [`Interface::modules`].
    pub modules: Range<u32>,
    /// See [`Located::submodule`](crate::Located::submodule).
    pub submodule: Option<NameId>,
    /// Why it leads to no file of the repository; `None` if it does.
    pub miss: Option<MissReason>,
}

/// The answer to a question that finds nothing.
pub const NOTHING: u64 = 0;

impl Interface {
    /// The entry at a position.
    #[must_use]
    pub fn entry(&self, id: EntryId) -> Option<&Entry> {
        self.entries.get(id.index())
    }

    /// The name with this id, `""` for an id of another table.
    #[must_use]
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id).unwrap_or("")
    }

    /// The value at a position.
    #[must_use]
    pub fn value(&self, id: ValueId) -> Value {
        self.values.get(id)
    }

    /// What the text says about an entry of this interface.
    #[must_use]
    pub fn facts(&self, entry: &Entry) -> &[(FactKind, ValueId)] {
        self.facts.get(entry.facts.start as usize..entry.facts.end as usize).unwrap_or(&[])
    }

    /// The files that an import of this interface leads to.
    #[must_use]
    pub fn modules(&self, import: &ImportTarget) -> &[Option<NameId>] {
        self.modules.get(import.modules.start as usize..import.modules.end as usize).unwrap_or(&[])
    }

    /// The positions of the members of an owner, or of the module's own entries.
    #[must_use]
    pub fn members(&self, owner: Option<EntryId>) -> Range<u32> {
        let members = match owner {
            None => 0..self.module_entries,
            Some(owner) => self.entry(owner).map_or(0..0, |entry| entry.members.clone()),
        };
        // One that was made on purpose can claim more than there are.
        members.start..members.end.min(self.entries.len() as u32)
    }

    /// The positions of the entries with this name among the members of an owner, or among the module's own: none,
    /// one, or several where the name is bound more than once.
    #[must_use]
    pub fn entries(&self, owner: Option<EntryId>, name: &str) -> Range<u32> {
        let of_function = owner.and_then(|owner| self.entry(owner)).is_some_and(|owner| is_function(owner.kind));
        let has_name = |position: u32| self.entry(EntryId(position)).is_some_and(|entry| self.name(entry.name) == name);
        let all = self.members(owner);
        if of_function {
            return all.clone().find(|position| has_name(*position)).map_or(0..0, |position| position..position + 1);
        }
        let index = self.index.get(|| EntryIndex::new(self));
        let Some(start) = index.first(self, owner, name) else { return 0..0 };
        let count = (start + 1..all.end).take_while(|position| has_name(*position)).count();
        start..start + 1 + count as u32
    }

    /// The entries that a dotted name stands for: `C.m` the member `m` of the first class `C`. With an empty name,
    /// none.
    #[must_use]
    pub fn find(&self, qualified: &str) -> Range<u32> {
        let mut owner = None;
        let mut found = 0..0;
        for name in qualified.split('.') {
            found = self.entries(owner, name);
            if found.is_empty() {
                return 0..0;
            }
            owner = found
                .clone()
                .map(EntryId)
                .find(|id| self.entry(*id).is_some_and(|entry| !entry.members.is_empty()))
                .or(Some(EntryId(found.start)));
        }
        found
    }

    /// The entry of which this one is a member; `None` for those of the module. Costs a binary search.
    #[must_use]
    pub fn owner(&self, id: EntryId) -> Option<EntryId> {
        if id.0 < self.module_entries {
            return None;
        }
        let after = self.entries.partition_point(|entry| entry.members.start <= id.0);
        let owner = EntryId(u32::try_from(after).ok()?.checked_sub(1)?);
        // Owners come before their members; that it is so here is what makes following them end.
        (owner < id && self.members(Some(owner)).contains(&id.0)).then_some(owner)
    }

    /// The entry's name after those of its owners, with dots between.
    #[must_use]
    pub fn qualified_name(&self, id: EntryId) -> String {
        let mut name = String::new();
        self.push_qualified_name(id, &mut name);
        name
    }

    /// Adds what [`Self::qualified_name`] gives to the end of a text.
    pub fn push_qualified_name(&self, id: EntryId, text: &mut String) {
        let name = |id| self.entry(id).map_or("", |entry| self.name(entry.name));
        // Step by step: in a hostile file, classes nest as deep as the file is long.
        let mut owners = Vec::new();
        let mut innermost = id;
        while let Some(owner) = self.owner(innermost) {
            owners.push(owner);
            innermost = owner;
        }
        for owner in owners.into_iter().rev() {
            text.push_str(name(owner));
            text.push('.');
        }
        text.push_str(name(id));
    }

    /// The same interface without room for more in its tables.
    #[must_use]
    pub fn compact(self) -> Self {
        Self {
            names: self.names.compact(),
            entries: compact(self.entries),
            facts: compact(self.facts),
            values: self.values.compact(),
            imports: compact(self.imports),
            modules: compact(self.modules),
            stars: compact(self.stars),
            ..self
        }
    }

    /// The digest of these entries, [`NOTHING`] for none: what a user of them depends on.
    #[must_use]
    pub fn answer(&self, entries: Range<u32>) -> u64 {
        let digests = entries.map(|index| self.entry(EntryId(index)).map_or(NOTHING, |entry| entry.digest));
        digests.fold(NOTHING, |all, digest| all.rotate_left(1) ^ digest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_that_own_themselves_and_more_than_there_are_can_be_looked_at() {
        let mut names = NameTable::default();
        let name = names.push("x");
        let entry = |members| Entry {
            name,
            kind: SymbolKind::Class,
            flags: SymbolFlags::empty(),
            is_public: true,
            import: None,
            facts: Range { start: 5, end: 1 },
            members,
            digest: 1,
        };
        let entries = vec![entry(0..1), entry(0..u32::MAX), entry(Range { start: 9, end: 3 })];
        let interface = Interface { names, entries, module_entries: u32::MAX, ..Interface::default() };
        assert_eq!(interface.members(None), 0..3);
        for id in (0..4).map(EntryId) {
            assert!(interface.qualified_name(id).len() < 10);
            assert!(interface.members(Some(id)).len() <= 3);
            assert!(interface.entry(id).is_none_or(|entry| interface.facts(entry).is_empty()));
        }
        let one = Interface { module_entries: 0, ..interface };
        assert_eq!(one.owner(EntryId(0)), None, "it is its own member, and has no other owner");
    }
}
