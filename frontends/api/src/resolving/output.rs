//! The tables of a resolution as they grow.

use std::hash::Hash;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::{Files, Found, FoundId, Founds, Names};
use crate::{
    Confidence, Definition, EntryId, FileNumber, NameId, NameTableBuilder, Resolution, Resolved, SymbolId,
    UnresolvedReason,
};

/// Collects what became of references, in their order, into a [`Resolution`].
#[derive(Debug)]
pub struct Output<F = Found> {
    names: NameTableBuilder,
    definitions: Vec<Definition>,
    known: FxHashMap<F, u32>,
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

impl<F: Copy + Eq + Hash + From<Found> + Into<Found>> Output<F> {
    /// With room for the resolution of a file with so many references and names.
    #[must_use]
    pub fn with_capacity(references: usize, names: usize) -> Self {
        let outcomes = names / 2;
        Self {
            names: NameTableBuilder::with_capacity(outcomes),
            definitions: Vec::with_capacity(outcomes),
            known: FxHashMap::with_capacity_and_hasher(outcomes, FxBuildHasher),
            known_definitions: FxHashMap::with_capacity_and_hasher(outcomes, FxBuildHasher),
            outcomes: Vec::with_capacity(outcomes),
            singles: Vec::with_capacity(outcomes),
            several: FxHashMap::default(),
            numbers: Vec::with_capacity(names),
            paths: Vec::new(),
            text: String::new(),
            references: Vec::with_capacity(references),
            overrides: Vec::new(),
        }
    }

    /// Adds a reference that stands for the symbol that it is bound to.
    #[inline]
    pub fn as_bound(&mut self) {
        self.references.push(0);
    }

    /// Adds a reference that stands for what was found, and how sure that is. Several things are ambiguous; nothing is a
    /// value of which nothing is known.
    pub fn resolved(
        &mut self,
        files: &mut Files<'_>,
        names: &Names<'_>,
        founds: &Founds<'_, F>,
        found: FoundId,
        confidence: Confidence,
    ) {
        let (index, column) = (found.index(), confidence as usize);
        if index >= self.numbers.len() {
            self.numbers.resize(index + 1, [0; 3]);
        }
        if self.numbers[index][column] == 0 {
            self.numbers[index][column] = self.number(files, names, founds.get(found), confidence);
        }
        self.references.push(self.numbers[index][column]);
    }

    fn number(&mut self, files: &mut Files<'_>, names: &Names<'_>, found: &[F], confidence: Confidence) -> u32 {
        let mut definitions = Vec::with_capacity(found.len());
        let mut reason = UnresolvedReason::UnknownValue;
        for one in found {
            match self.definition(files, names, *one) {
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

    /// Adds that a symbol of the own file overrides the first of what was found that is there, if one is. Symbols
    /// ascend from call to call.
    pub fn overrides(
        &mut self,
        files: &mut Files<'_>,
        names: &Names<'_>,
        founds: &Founds<'_, F>,
        symbol: SymbolId,
        found: FoundId,
    ) {
        let definition = founds.get(found).iter().find_map(|one| self.definition(files, names, *one).ok());
        self.overrides.extend(definition.map(|definition| (symbol, definition)));
    }

    fn definition(&mut self, files: &mut Files<'_>, names: &Names<'_>, found: F) -> Result<u32, UnresolvedReason> {
        if let Some(&known) = self.known.get(&found) {
            return Ok(known);
        }
        let definition = match found.into() {
            Found::Local(symbol) => match files.entry_of(symbol) {
                Some(entry) => self.entry(files, files.own, entry),
                None => Definition::Local(symbol),
            },
            Found::Entry(file, entry) => self.entry(files, file, entry),
            Found::Module(file) => Definition::Module(self.path(files, file)),
            Found::External(name) => Definition::External(self.names.intern(names.text(name))),
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

    fn entry(&mut self, files: &mut Files<'_>, file: FileNumber, entry: EntryId) -> Definition {
        let path = self.path(files, file);
        self.text.clear();
        files.interface(file).push_qualified_name(entry, &mut self.text);
        Definition::Entry { path, name: self.names.intern(&self.text) }
    }

    fn path(&mut self, files: &Files<'_>, file: FileNumber) -> NameId {
        if file == files.own {
            return self.names.intern("");
        }
        // The engine counts those who hold a path, for all threads at once.
        let index = file.0 as usize;
        if index >= self.paths.len() {
            self.paths.resize(index + 1, None);
        }
        *self.paths[index].get_or_insert_with(|| self.names.intern(files.path(file)))
    }

    /// The finished resolution.
    #[must_use]
    pub fn finish(self) -> Resolution {
        Resolution {
            names: self.names.finish(),
            definitions: self.definitions,
            outcomes: self.outcomes,
            references: self.references,
            overrides: self.overrides,
        }
    }
}
