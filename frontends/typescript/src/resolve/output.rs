//! The tables of a resolution as they grow.

use esker_frontend_api::{
    Confidence, Definition, EntryId, FileNumber, NameId, NameTableBuilder, Resolution, Resolved, SymbolId,
    UnresolvedReason,
};
use rustc_hash::FxHashMap;

use super::Resolver;
use super::attribute::Outcome;
use super::lookup::{Found, FoundId};

#[derive(Default)]
pub(super) struct Output {
    names: NameTableBuilder,
    definitions: Vec<Definition>,
    known: FxHashMap<Found, u32>,
    known_definitions: FxHashMap<Definition, u32>,
    outcomes: Vec<Resolved>,
    known_outcomes: FxHashMap<Resolved, u32>,
    /// For what was found and each confidence the outcome's number plus one; 0 if there is none yet.
    numbers: Vec<[u32; 3]>,
    /// For each file its path.
    paths: Vec<Option<NameId>>,
    references: Vec<u32>,
    overrides: Vec<(SymbolId, u32)>,
}

impl Output {
    pub(super) fn with_capacity(references: usize) -> Self {
        Self { references: Vec::with_capacity(references), ..Self::default() }
    }

    /// Adds a reference that stands for the symbol that it is bound to.
    pub(super) fn as_bound(&mut self) {
        self.references.push(0);
    }

    /// Adds a reference of which this became.
    pub(super) fn resolved(&mut self, resolver: &mut Resolver<'_>, outcome: Outcome) {
        let (found, confidence) = (outcome.found.index(), outcome.confidence as usize);
        if found >= self.numbers.len() {
            self.numbers.resize(found + 1, [0; 3]);
        }
        if self.numbers[found][confidence] == 0 {
            self.numbers[found][confidence] = self.number(resolver, outcome) + 1;
        }
        self.references.push(self.numbers[found][confidence] - 1);
    }

    fn number(&mut self, resolver: &mut Resolver<'_>, outcome: Outcome) -> u32 {
        let all = resolver.founds.get(outcome.found);
        let mut definitions = Vec::with_capacity(all.len());
        let mut reason = UnresolvedReason::UnknownValue;
        for found in all.iter() {
            match self.definition(resolver, *found) {
                Ok(definition) if definitions.contains(&definition) => {}
                Ok(definition) => definitions.push(definition),
                Err(why) => reason = why,
            }
        }
        let resolved = match definitions.len() {
            0 => Resolved::Not(reason),
            1 => Resolved::To(definitions, outcome.confidence),
            _ => Resolved::To(definitions, Confidence::Ambiguous),
        };
        let next = self.outcomes.len() as u32 + 1;
        *self.known_outcomes.entry(resolved).or_insert_with_key(|resolved| {
            self.outcomes.push(resolved.clone());
            next
        })
    }

    /// Adds what a symbol overrides.
    pub(super) fn overrides(&mut self, resolver: &mut Resolver<'_>, symbol: SymbolId, found: FoundId) {
        let all = resolver.founds.get(found);
        let definition = all.iter().find_map(|found| self.definition(resolver, *found).ok());
        self.overrides.extend(definition.map(|definition| (symbol, definition)));
    }

    fn definition(&mut self, resolver: &mut Resolver<'_>, found: Found) -> Result<u32, UnresolvedReason> {
        if let Some(&known) = self.known.get(&found) {
            return Ok(known);
        }
        let definition = match found {
            Found::Local(symbol) => match resolver.entry_of(symbol) {
                Some(entry) => self.entry(resolver, resolver.own, entry),
                None => Definition::Local(symbol),
            },
            Found::Entry(file, entry) => self.entry(resolver, file, entry),
            Found::Module(file) => Definition::Module(self.path(resolver, file)),
            Found::External(name) => Definition::External(self.names.intern(resolver.types.text(name))),
            Found::Not(reason) => return Err(reason),
        };
        let next = self.definitions.len() as u32;
        let number = *self.known_definitions.entry(definition).or_insert_with(|| {
            self.definitions.push(definition);
            next
        });
        self.known.insert(found, number);
        Ok(number)
    }

    fn entry(&mut self, resolver: &mut Resolver<'_>, file: FileNumber, entry: EntryId) -> Definition {
        let path = self.path(resolver, file);
        let name = resolver.interface(file).qualified_name(entry);
        Definition::Entry { path, name: self.names.intern(name) }
    }

    fn path(&mut self, resolver: &Resolver<'_>, file: FileNumber) -> NameId {
        let index = file.0 as usize;
        if let Some(Some(known)) = self.paths.get(index) {
            return *known;
        }
        let path =
            if file == resolver.own { self.names.intern("") } else { self.names.intern(resolver.world.path(file)) };
        if index >= self.paths.len() {
            self.paths.resize(index + 1, None);
        }
        self.paths[index] = Some(path);
        path
    }

    pub(super) fn finish(self) -> Resolution {
        Resolution {
            names: self.names.finish(),
            definitions: self.definitions,
            outcomes: self.outcomes,
            references: self.references,
            overrides: self.overrides,
        }
    }
}
