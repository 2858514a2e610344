//! The tables of a resolution as they grow.

use esker_frontend_api::{
    Confidence, Definition, FileNumber, NameId, NameTableBuilder, Resolution, Resolved, SymbolId, UnresolvedReason,
};
use rustc_hash::FxHashMap;

use super::Resolver;
use super::attribute::Outcome;
use super::lookup::Found;

#[derive(Default)]
pub(super) struct Output {
    names: NameTableBuilder<'static>,
    definitions: Vec<Definition>,
    known: FxHashMap<Found, u32>,
    outcomes: Vec<Resolved>,
    known_outcomes: FxHashMap<Resolved, u32>,
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
    pub(super) fn resolved(&mut self, resolver: &mut Resolver<'_>, outcome: &Outcome) {
        let mut definitions = Vec::with_capacity(outcome.found.len());
        let mut reason = UnresolvedReason::UnknownValue;
        for found in outcome.found.iter() {
            match found {
                Found::Not(why) => reason = *why,
                found => {
                    let definition = self.definition(resolver, *found);
                    if !definitions.contains(&definition) {
                        definitions.push(definition);
                    }
                }
            }
        }
        let resolved = match definitions.len() {
            0 => Resolved::Not(reason),
            1 => Resolved::To(definitions, outcome.confidence),
            _ => Resolved::To(definitions, Confidence::Ambiguous),
        };
        let next = self.outcomes.len() as u32 + 1;
        let number = match self.known_outcomes.get(&resolved) {
            Some(&known) => known,
            None => {
                self.outcomes.push(resolved.clone());
                self.known_outcomes.insert(resolved, next);
                next
            }
        };
        self.references.push(number);
    }

    /// Adds what a symbol overrides.
    pub(super) fn overrides(&mut self, resolver: &mut Resolver<'_>, symbol: SymbolId, found: &[Found]) {
        if let Some(found) = found.iter().find(|found| !matches!(found, Found::Not(_))) {
            let definition = self.definition(resolver, *found);
            self.overrides.push((symbol, definition));
        }
    }

    fn definition(&mut self, resolver: &mut Resolver<'_>, found: Found) -> u32 {
        if let Some(&known) = self.known.get(&found) {
            return known;
        }
        let definition = match found {
            Found::Local(symbol) => match resolver.entry_of(symbol) {
                Some(entry) => self.entry(resolver, resolver.own, entry),
                None => Definition::Local(symbol),
            },
            Found::Entry(file, entry) => self.entry(resolver, file, entry),
            Found::Module(file) => Definition::Module(self.path(resolver, file)),
            Found::Namespace(name) | Found::External(name) => {
                Definition::External(self.names.intern(resolver.types.text(name).to_string()))
            }
            Found::Not(_) => unreachable!("reasons are no definitions"),
        };
        let number = self.definitions.iter().position(|known| *known == definition).unwrap_or_else(|| {
            self.definitions.push(definition);
            self.definitions.len() - 1
        }) as u32;
        self.known.insert(found, number);
        number
    }

    fn entry(
        &mut self,
        resolver: &mut Resolver<'_>,
        file: FileNumber,
        entry: esker_frontend_api::EntryId,
    ) -> Definition {
        let path = self.path(resolver, file);
        let name = resolver.interface(file).qualified_name(entry);
        Definition::Entry { path, name: self.names.intern(name) }
    }

    fn path(&mut self, resolver: &Resolver<'_>, file: FileNumber) -> NameId {
        if file == resolver.own {
            return self.names.intern("");
        }
        self.names.intern(resolver.world.path(file).to_string())
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
