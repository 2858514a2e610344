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

    /// Adds a reference that stands for what was found, and how sure that is. Several things are ambiguous; nothing is
    /// a value of which nothing is known.
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

#[cfg(test)]
mod tests {
    use std::ops::Range;
    use std::sync::Arc;

    use bumpalo::Bump;

    use super::{Files, Found, Founds, Names, Output};
    use crate::{
        Confidence, Definition, Entry, EntryId, FileIr, FileNumber, Interface, LocatedTable, NameId, NameTable,
        Resolved, SymbolFlags, SymbolId, SymbolKind, Unresolved, UnresolvedReason, World,
    };

    /// Files that all have the same interface.
    struct Same(Arc<Interface>);

    impl World for Same {
        fn using(&mut self, _: FileNumber) {}

        fn declaring(&mut self, _: &str) -> Vec<FileNumber> {
            Vec::new()
        }

        fn file(&mut self, _: &str) -> Option<FileNumber> {
            None
        }

        fn path(&self, file: FileNumber) -> Arc<str> {
            format!("{}.x", file.0).into()
        }

        fn interface(&mut self, _: FileNumber) -> Arc<Interface> {
            self.0.clone()
        }

        fn entries(&mut self, _: FileNumber, _: Option<EntryId>, _: &str) -> Range<u32> {
            0..0
        }

        fn stars(&mut self, _: FileNumber) {}

        fn imports(&mut self, _: FileNumber) {}
    }

    #[test]
    fn outcomes_and_definitions_are_unique_and_come_in_the_order_of_the_references() {
        let mut names = NameTable::default();
        let entry = Entry {
            name: names.push("f"),
            kind: SymbolKind::Function,
            flags: SymbolFlags::empty(),
            is_public: true,
            import: None,
            facts: 0..0,
            members: 0..0,
            digest: 1,
        };
        let interface = Interface { names, entries: vec![entry], module_entries: 1, ..Interface::default() };
        let (mut world, ir, located) = (Same(Arc::new(interface)), FileIr::default(), LocatedTable::default());
        let own = FileNumber(0);
        let mut files = Files::new(Unresolved { file: own, ir: &ir, located: &located }, &mut world);
        let arena = Bump::new();
        let names = Names::new(&arena, &ir.names);
        let mut founds: Founds<'_> = Founds::new(&arena, 0, 0);
        let (near, far) = (Found::Entry(own, EntryId(0)), Found::Entry(FileNumber(1), EntryId(0)));
        let not = Found::Not(UnresolvedReason::NoSuchName);
        let mut output = Output::with_capacity(0, 0);
        for found in [&[far][..], &[near], &[not], &[far], &[near, not, far], &[]] {
            let found = founds.list(found);
            output.resolved(&mut files, &names, &founds, found, Confidence::Inferred);
        }
        output.as_bound();
        for (symbol, found) in [(SymbolId(0), vec![not]), (SymbolId(1), vec![not, near, far])] {
            let found = founds.list(&found);
            output.overrides(&mut files, &names, &founds, symbol, found);
        }
        let resolution = output.finish();
        assert_eq!(resolution.names.iter().collect::<Vec<_>>(), ["1.x", "f", ""]);
        let entry = |path| Definition::Entry { path: NameId(path), name: NameId(1) };
        assert_eq!(resolution.definitions, [entry(0), entry(2)]);
        let outcomes = [
            Resolved::To(vec![0], Confidence::Inferred),
            Resolved::To(vec![1], Confidence::Inferred),
            Resolved::Not(UnresolvedReason::NoSuchName),
            Resolved::To(vec![1, 0], Confidence::Ambiguous),
            Resolved::Not(UnresolvedReason::UnknownValue),
        ];
        assert_eq!(resolution.outcomes, outcomes);
        assert_eq!(resolution.references, [1, 2, 3, 1, 4, 5, 0]);
        assert_eq!(resolution.overrides, [(SymbolId(1), 1)]);
    }
}
