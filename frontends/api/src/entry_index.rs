//! Finds entries of an interface by owner and name.

use std::hash::Hasher;
use std::iter;

use rustc_hash::FxHasher;

use crate::{EntryId, Interface, SymbolKind};

/// A hash table of the entries of a module and of its classes: of those with one name the first. Parameters are not in
/// it.
///
/// An interface is asked for dozens of names by each of the files that use it, and mostly for such that it does not
/// have: a class that is asked for a member which another one further up has. Such a question ends at one place in this
/// table, where a binary search would go through half a dozen entries and their names.
#[derive(Debug)]
pub struct EntryIndex {
    /// For each slot a part of the hash, and below it the position plus one; 0 if it is empty. Their number is a power
    /// of two and at least twice that of the entries in it.
    slots: Box<[u32]>,
    /// Which bits of a slot are the position's.
    positions: u32,
}

impl EntryIndex {
    pub(crate) fn new(interface: &Interface) -> Self {
        let entries = interface.entries.iter().zip(0..);
        let classes = entries.filter(|(entry, _)| !is_function(entry.kind) && !entry.members.is_empty());
        let owners = || iter::once(None).chain(classes.clone().map(|(_, id)| Some(EntryId(id))));
        let members = owners().map(|owner| interface.members(owner).len()).sum::<usize>();
        // Each entry is a member of one owner, but for made-up ones: those could fill the table, and no search would
        // end.
        let mut left = members.min(interface.entries.len());
        let positions = (interface.entries.len() as u32 + 1).next_power_of_two() - 1;
        let mut index = Self { slots: vec![0; (left * 2).next_power_of_two()].into(), positions };
        owners().for_each(|owner| index.add(interface, owner, &mut left));
        index
    }

    fn add(&mut self, interface: &Interface, owner: Option<EntryId>, left: &mut usize) {
        let mut before = None;
        for position in interface.members(owner) {
            let Some(entry) = interface.entries.get(position as usize) else { break };
            let name = interface.name(entry.name);
            if before.replace(name) == Some(name) {
                continue;
            }
            let Some(fewer) = left.checked_sub(1) else { return };
            *left = fewer;
            let hash = hash(owner, name);
            let mut slot = self.first_slot(hash);
            while self.slots[slot] != 0 {
                slot = self.next_slot(slot);
            }
            self.slots[slot] = self.tag(hash) | (position + 1);
        }
    }

    /// The position of the first entry with this name among the members of an owner that is no function.
    pub(crate) fn first(&self, interface: &Interface, owner: Option<EntryId>, name: &str) -> Option<u32> {
        let hash = hash(owner, name);
        let (members, tag) = (interface.members(owner), self.tag(hash));
        let mut slot = self.first_slot(hash);
        loop {
            let position = (self.slots[slot] & self.positions).checked_sub(1)?;
            let is_it = self.slots[slot] & !self.positions == tag
                && members.contains(&position)
                && interface.entries.get(position as usize).is_some_and(|entry| interface.name(entry.name) == name);
            if is_it {
                return Some(position);
            }
            slot = self.next_slot(slot);
        }
    }

    /// The part of a hash that is in the slots: of its upper half, so that it and the first slot tell different things
    /// apart.
    fn tag(&self, hash: u64) -> u32 {
        (hash >> 32) as u32 & !self.positions
    }

    fn first_slot(&self, hash: u64) -> usize {
        hash as usize & (self.slots.len() - 1)
    }

    fn next_slot(&self, slot: usize) -> usize {
        (slot + 1) & (self.slots.len() - 1)
    }
}

pub(crate) fn is_function(kind: SymbolKind) -> bool {
    matches!(kind, SymbolKind::Function | SymbolKind::Method)
}

fn hash(owner: Option<EntryId>, name: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write_u32(owner.map_or(u32::MAX, |owner| owner.0));
    hasher.write(name.as_bytes());
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use crate::{Entry, EntryId, Interface, NameTableBuilder, SymbolFlags, SymbolKind};

    #[test]
    fn entries_with_many_owners_do_not_fill_the_table() {
        let mut names = NameTableBuilder::default();
        let entries: Vec<Entry> = (0..8u32)
            .map(|number| Entry {
                name: names.intern(number.to_string()),
                kind: SymbolKind::Class,
                flags: SymbolFlags::empty(),
                is_public: true,
                import: None,
                facts: 0..0,
                members: number + 1..8,
                digest: 1,
            })
            .collect();
        let interface = Interface { names: names.finish(), entries, module_entries: 8, ..Interface::default() };
        assert_eq!(interface.entries(None, "7"), 7..8);
        assert_eq!(interface.entries(None, "8"), 0..0);
        assert_eq!(interface.entries(Some(EntryId(0)), "x"), 0..0);
    }
}
