//! The tables of a resolution as they grow.

use esker_frontend_api::{
    Confidence, Definition, FileNumber, NameId, NameTableBuilder, Resolution, Resolved, SymbolId, UnresolvedReason,
};
use rustc_hash::{FxBuildHasher, FxHashMap};

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
    /// For each definition with each confidence the number of the outcome that it is alone; 0 if there is none yet.
    singles: Vec<[u32; 3]>,
    /// The numbers of the other outcomes.
    several: FxHashMap<Resolved, u32>,
    /// For what was found with each confidence the number of the outcome; 0 if it has none yet.
    numbers: Vec<[u32; 3]>,
    /// For each file its path.
    paths: Vec<Option<NameId>>,
    /// Where qualified names are put together.
    text: String,
    references: Vec<u32>,
    overrides: Vec<(SymbolId, u32)>,
}

impl Output {
    /// With room for the resolution of a file with so many references and names.
    pub(super) fn with_capacity(references: usize, names: usize) -> Self {
        let outcomes = names / 2;
        Self {
            names: NameTableBuilder::with_capacity(outcomes),
            known: FxHashMap::with_capacity_and_hasher(outcomes, FxBuildHasher),
            known_definitions: FxHashMap::with_capacity_and_hasher(outcomes, FxBuildHasher),
            definitions: Vec::with_capacity(outcomes),
            outcomes: Vec::with_capacity(outcomes),
            singles: Vec::with_capacity(outcomes),
            numbers: Vec::with_capacity(names),
            references: Vec::with_capacity(references),
            ..Self::default()
        }
    }

    /// Adds a reference that stands for the symbol that it is bound to.
    pub(super) fn as_bound(&mut self) {
        self.references.push(0);
    }

    /// Adds a reference of which this became.
    pub(super) fn resolved(&mut self, resolver: &mut Resolver<'_>, outcome: Outcome) {
        let (index, confidence) = (outcome.found.index(), outcome.confidence as usize);
        if index >= self.numbers.len() {
            self.numbers.resize(index + 1, [0; 3]);
        }
        if self.numbers[index][confidence] == 0 {
            self.numbers[index][confidence] = self.number(resolver, outcome);
        }
        self.references.push(self.numbers[index][confidence]);
    }

    fn number(&mut self, resolver: &mut Resolver<'_>, outcome: Outcome) -> u32 {
        let (mut definitions, confidence) = (Vec::new(), outcome.confidence);
        let mut reason = UnresolvedReason::UnknownValue;
        for position in 0..resolver.founds.get(outcome.found).len() {
            let found = resolver.founds.get(outcome.found)[position];
            match self.definition(resolver, found) {
                Ok(definition) if definitions.contains(&definition) => {}
                Ok(definition) => definitions.push(definition),
                Err(why) => reason = why,
            }
        }
        let several = match definitions.as_slice() {
            [] => Resolved::Not(reason),
            [one] => {
                let known = self.singles[*one as usize][confidence as usize];
                if known > 0 {
                    return known;
                }
                self.singles[*one as usize][confidence as usize] = self.outcomes.len() as u32 + 1;
                return self.push(Resolved::To(definitions, confidence));
            }
            _ => Resolved::To(definitions, Confidence::Ambiguous),
        };
        if let Some(known) = self.several.get(&several) {
            return *known;
        }
        let number = self.push(several.clone());
        self.several.insert(several, number);
        number
    }

    fn push(&mut self, resolved: Resolved) -> u32 {
        self.outcomes.push(resolved);
        self.outcomes.len() as u32
    }

    /// Adds what a symbol overrides.
    pub(super) fn overrides(&mut self, resolver: &mut Resolver<'_>, symbol: SymbolId, found: FoundId) {
        let all = resolver.founds.get(found).to_vec();
        let mut definitions = all.into_iter().filter_map(|found| self.definition(resolver, found).ok());
        if let Some(definition) = definitions.next() {
            self.overrides.push((symbol, definition));
        }
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
            Found::Namespace(name) | Found::External(name) => {
                Definition::External(self.names.intern(resolver.types.text(name)))
            }
            Found::Not(reason) => return Err(reason),
        };
        let next = self.definitions.len() as u32;
        let number = *self.known_definitions.entry(definition).or_insert_with(|| {
            self.definitions.push(definition);
            self.singles.push([0; 3]);
            next
        });
        self.known.insert(found, number);
        Ok(number)
    }

    fn entry(
        &mut self,
        resolver: &mut Resolver<'_>,
        file: FileNumber,
        entry: esker_frontend_api::EntryId,
    ) -> Definition {
        let path = self.path(resolver, file);
        self.text.clear();
        resolver.interface(file).push_qualified_name(entry, &mut self.text);
        Definition::Entry { path, name: self.names.intern(&self.text) }
    }

    fn path(&mut self, resolver: &Resolver<'_>, file: FileNumber) -> NameId {
        if file == resolver.own {
            return self.names.intern("");
        }
        // The engine counts those who hold a path, for all threads at once.
        let index = file.0 as usize;
        if index >= self.paths.len() {
            self.paths.resize(index + 1, None);
        }
        *self.paths[index].get_or_insert_with(|| self.names.intern(resolver.world.path(file)))
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
