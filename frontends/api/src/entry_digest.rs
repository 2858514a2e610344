//! The digests of an interface's entries.
//!
//! | goes into an entry's digest | stays out |
//! |---|---|
//! | its name, kind, flags, whether star imports get it | where it stands |
//! | where the import leads that binds it: specifier, files, the reason if it leads nowhere | other imports |
//! | what is told about it: types, defaults, decorators, bases, what it is assigned | a class's members: each has its own |
//! | of a function its parameters, in their order, if the language says so ([`ParametersTold`]) | ids, which edits elsewhere can move: names enter as text |
//!
//! The hash is XXH3 with 64 bits: what it guards against is accident, not an author who forges a collision in a code
//! base of their own.

use xxhash_rust::xxh3::xxh3_64;

use crate::{Entry, EntryId, Interface, NameId, SymbolKind, Value, ValueId, ValueList};

/// How resolutions learn of a function's parameters, and so whether those that ask for the function depend on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ParametersTold {
    /// With the function: its entry's digest takes them in.
    WithFunction,
    /// When they are asked for by name, each by the digest of its own entry. One more parameter then concerns those
    /// alone who pass it.
    ByName,
}

impl Interface {
    /// Gives every entry its digest, once everything else is there.
    pub fn digest_entries(&mut self, parameters: ParametersTold) {
        let digests = Digester::new(self, parameters).digests();
        for (entry, digest) in self.entries.iter_mut().zip(digests) {
            entry.digest = digest;
        }
    }
}

struct Digester<'a> {
    interface: &'a Interface,
    parameters: ParametersTold,
    buffer: Vec<u8>,
}

impl<'a> Digester<'a> {
    fn new(interface: &'a Interface, parameters: ParametersTold) -> Self {
        Self { interface, parameters, buffer: Vec::with_capacity(256) }
    }

    /// The digests of all entries in their order. Never zero, which stands for no entry.
    fn digests(mut self) -> Vec<u64> {
        let ids = 0..self.interface.entries.len() as u32;
        ids.map(|id| {
            self.buffer.clear();
            self.entry(EntryId(id));
            xxh3_64(&self.buffer).max(1)
        })
        .collect()
    }

    fn entry(&mut self, id: EntryId) {
        let Some(entry) = self.interface.entry(id) else { return };
        self.name(entry.name);
        self.buffer.extend([entry.kind as u8, u8::from(entry.is_public)]);
        self.buffer.extend(entry.flags.bits().to_le_bytes());
        self.import(entry);
        for (kind, value) in self.interface.facts(entry) {
            self.buffer.push(*kind as u8);
            self.value(*value);
        }
        if self.parameters == ParametersTold::WithFunction
            && matches!(entry.kind, SymbolKind::Function | SymbolKind::Method)
        {
            for parameter in entry.members.clone() {
                self.buffer.push(b'(');
                self.entry(EntryId(parameter));
            }
        }
    }

    fn import(&mut self, entry: &Entry) {
        if let Some(import) = entry.import {
            self.target(import);
        }
    }

    fn target(&mut self, import: u32) {
        let Some(target) = self.interface.imports.get(import as usize) else { return };
        self.name(target.specifier);
        self.optional_name(target.member);
        self.buffer.push(target.form as u8);
        self.interface.modules(target).iter().for_each(|module| self.optional_name(*module));
        self.optional_name(target.submodule);
        self.buffer.push(target.miss.map_or(u8::MAX, |miss| miss as u8));
    }

    fn value(&mut self, id: ValueId) {
        let value = self.interface.value(id);
        let tag = match value {
            Value::Unknown | Value::Reference(_) | Value::Scope(_) => 0u8,
            Value::Import(_) => 1,
            Value::Name(_) => 2,
            Value::Instance => 3,
            Value::Class => 4,
            Value::Member(..) => 5,
            Value::Call(_) => 6,
            Value::Item(..) => 7,
            Value::Awaited(_) => 8,
            Value::Element(_) => 9,
            Value::Entered(_) => 10,
            Value::EnteredAsync(_) => 11,
            Value::ElementAsync(_) => 12,
            Value::Unpacked(..) => 13,
            Value::Either(_) => 14,
            Value::Annotated(_) => 15,
            Value::Literal(..) => 16,
            Value::Argument(..) => 17,
            Value::TypeOf(_) => 18,
            Value::Variable(..) => 19,
            Value::Unit(_) => 20,
            Value::Narrowed(..) => 21,
            Value::Excluded(..) => 22,
            Value::Applied(..) => 23,
        };
        self.buffer.push(tag);
        match value {
            Value::Unknown | Value::Reference(_) | Value::Scope(_) | Value::Instance | Value::Class => {}
            Value::Import(import) => self.target(import),
            Value::Name(name) | Value::Unit(name) => self.name(name),
            Value::Variable(up, position) => {
                self.buffer.extend(up.to_le_bytes());
                self.buffer.extend(position.to_le_bytes());
            }
            Value::Narrowed(inner, guard) | Value::Excluded(inner, guard) => {
                self.value(inner);
                self.value(guard);
            }
            Value::Member(base, name) => {
                self.value(base);
                self.name(name);
            }
            Value::Call(inner)
            | Value::Awaited(inner)
            | Value::Element(inner)
            | Value::Entered(inner)
            | Value::EnteredAsync(inner)
            | Value::ElementAsync(inner)
            | Value::Annotated(inner)
            | Value::TypeOf(inner) => self.value(inner),
            Value::Item(base, arguments) | Value::Applied(base, arguments) => {
                self.value(base);
                self.values(arguments);
            }
            Value::Unpacked(inner, position) | Value::Argument(inner, position) => {
                self.value(inner);
                self.buffer.extend(position.to_le_bytes());
            }
            Value::Either(values) => self.values(values),
            Value::Literal(literal, elements) => {
                self.buffer.push(literal as u8);
                self.values(elements);
            }
        }
    }

    fn values(&mut self, values: ValueList) {
        let values = self.interface.values.list(values);
        self.buffer.extend((values.len() as u32).to_le_bytes());
        values.for_each(|value| self.value(value));
    }

    fn name(&mut self, id: NameId) {
        let name = self.interface.name(id);
        self.buffer.extend((name.len() as u32).to_le_bytes());
        self.buffer.extend(name.as_bytes());
    }

    fn optional_name(&mut self, id: Option<NameId>) {
        match id {
            Some(id) => self.name(id),
            None => self.buffer.extend(u32::MAX.to_le_bytes()),
        }
    }
}
