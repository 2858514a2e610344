//! What the references of a file stand for, as far as scopes and the imports of the file itself tell.
//!
//! Names that the file binds stand for what binds them. A name that an import binds stands for what its module declares
//! and exports under that name; what a module only passes on from another one, and members of values, are said to be
//! unknown. See `docs/accuracy.md`.

use esker_frontend_api::{
    Binding, Confidence, Definition, EntryId, EntryOrder, ImportForm, NameTableBuilder, Reference, Resolution,
    Resolved, Role, SymbolFlags, SymbolId, SymbolKind, Unresolved, UnresolvedReason, World,
};
use rustc_hash::FxHashMap;

/// Finds out what every reference of a file stands for; see [`esker_frontend_api::Frontend::resolve`].
pub(crate) fn resolve(file: Unresolved<'_>, world: &mut dyn World) -> Resolution {
    let mut entries = vec![None; file.ir.symbols.len()];
    for (symbol, entry) in EntryOrder::new(file.ir).symbols.iter().zip(0..) {
        entries[symbol.index()] = Some(EntryId(entry));
    }
    let mut resolver = Resolver {
        file,
        world,
        entries,
        names: NameTableBuilder::default(),
        definitions: Vec::new(),
        known_definitions: FxHashMap::default(),
        outcomes: Vec::new(),
        known_outcomes: FxHashMap::default(),
        imports: vec![None; file.ir.imports.len()],
    };
    let references = file.ir.references.iter().map(|reference| resolver.reference(reference)).collect();
    Resolution {
        names: resolver.names.finish(),
        definitions: resolver.definitions,
        outcomes: resolver.outcomes,
        references,
        overrides: Vec::new(),
    }
}

/// What a reference comes to: its own symbol, or an outcome.
type Number = u32;

/// The reference stands for the symbol that it is bound to.
const AS_BOUND: Number = 0;

struct Resolver<'a> {
    file: Unresolved<'a>,
    world: &'a mut dyn World,
    /// For each symbol its entry in the own interface.
    entries: Vec<Option<EntryId>>,
    names: NameTableBuilder,
    definitions: Vec<Definition>,
    known_definitions: FxHashMap<Definition, u32>,
    outcomes: Vec<Resolved>,
    known_outcomes: FxHashMap<Resolved, Number>,
    /// For each import what it stands for, once that was asked.
    imports: Vec<Option<Number>>,
}

impl Resolver<'_> {
    fn reference(&mut self, reference: &Reference) -> Number {
        let name = self.file.ir.names.get(reference.name).unwrap_or("");
        match reference.binding {
            Binding::Symbol(symbol) => self.symbol(symbol),
            Binding::Free => self.external(name.to_owned()),
            Binding::Import(import) => self.import(import),
            Binding::Module(import) => self.module(import),
            Binding::Attribute(base) => match self.file.ir.references.get(base.index()).map(|base| base.binding) {
                Some(Binding::Symbol(owner)) => self.member(owner, name, reference.role),
                _ => self.not(UnresolvedReason::UnknownValue),
            },
            Binding::Member(_) | Binding::Keyword(_) | Binding::Unknown => self.not(UnresolvedReason::UnknownValue),
        }
    }

    fn symbol(&mut self, symbol: SymbolId) -> Number {
        match self.file.ir.symbols.get(symbol.index()) {
            Some(row) if row.kind == SymbolKind::Import => row.import.map_or(AS_BOUND, |import| self.import(import)),
            _ => AS_BOUND,
        }
    }

    /// A member of a class, an enum or a namespace of the file by its name, or of a module that is imported as a whole.
    fn member(&mut self, owner: SymbolId, name: &str, _: Role) -> Number {
        let Some(row) = self.file.ir.symbols.get(owner.index()) else {
            return self.not(UnresolvedReason::UnknownValue);
        };
        if let (SymbolKind::Import, Some(import)) = (row.kind, row.import) {
            if row.flags.contains(SymbolFlags::ALIASED) {
                return self.exported(import, name);
            }
            return self.not(UnresolvedReason::UnknownValue);
        }
        let has_members = matches!(row.kind, SymbolKind::Class | SymbolKind::Enum | SymbolKind::Namespace);
        let Some(body) = row.body.filter(|_| has_members) else { return self.not(UnresolvedReason::UnknownValue) };
        let found = self
            .file
            .ir
            .symbols
            .iter()
            .zip(0..)
            .find(|(symbol, _)| symbol.scope == body && self.file.ir.names.get(symbol.name) == Some(name));
        match found {
            Some((_, symbol)) => self.own(SymbolId(symbol)),
            None => self.not(UnresolvedReason::UnknownValue),
        }
    }

    /// A symbol of the own file to which the reference is not bound itself.
    fn own(&mut self, symbol: SymbolId) -> Number {
        let entry = self.entries.get(symbol.index()).copied().flatten();
        let definition = match entry {
            Some(entry) => {
                let name = self.world.interface(self.file.file).qualified_name(entry);
                Definition::Entry { path: self.names.intern(""), name: self.names.intern(name) }
            }
            None => Definition::Local(symbol),
        };
        self.to(definition, Confidence::Exact)
    }

    /// What an import asks for.
    fn import(&mut self, import: u32) -> Number {
        if let Some(known) = self.imports.get(import as usize).copied().flatten() {
            return known;
        }
        let row = self.file.ir.imports.get(import as usize);
        let member = row.filter(|row| row.form == ImportForm::Member).and_then(|row| row.member);
        let number = match member.and_then(|member| self.file.ir.names.get(member)) {
            Some(member) => self.exported(import, member),
            None => self.module(import),
        };
        if let Some(slot) = self.imports.get_mut(import as usize) {
            *slot = Some(number);
        }
        number
    }

    /// The module that an import asks for.
    fn module(&mut self, import: u32) -> Number {
        match self.target(import) {
            Target::File(path) => {
                let path = self.names.intern(path);
                self.to(Definition::Module(path), Confidence::Exact)
            }
            Target::Outside(specifier) => self.external(specifier),
            Target::Missing => self.not(UnresolvedReason::UnresolvedImport),
        }
    }

    /// What the module that an import asks for exports under a name.
    fn exported(&mut self, import: u32, name: &str) -> Number {
        let path = match self.target(import) {
            Target::File(path) => path,
            Target::Outside(specifier) => return self.external(format!("{specifier}.{name}")),
            Target::Missing => return self.not(UnresolvedReason::UnresolvedImport),
        };
        let Some(file) = self.world.file(&path) else { return self.not(UnresolvedReason::UnknownValue) };
        let found = self.world.entries(file, None, name);
        let interface = self.world.interface(file);
        let declared = found.map(EntryId).find(|entry| {
            interface.entry(*entry).is_some_and(|entry| entry.is_public && entry.kind != SymbolKind::Import)
        });
        match declared {
            Some(_) => {
                let path = if file == self.file.file { String::new() } else { path };
                let definition = Definition::Entry { path: self.names.intern(path), name: self.names.intern(name) };
                self.to(definition, Confidence::Exact)
            }
            None => self.not(UnresolvedReason::UnknownValue),
        }
    }

    fn target(&self, import: u32) -> Target {
        let located = self.file.located;
        let Some(row) = located.row(import) else { return Target::Missing };
        match (located.modules(row).iter().flatten().next(), row.reason()) {
            (Some(path), _) => Target::File(located.name(*path).to_owned()),
            (None, Some(reason)) if reason.is_outside() => {
                let specifier = self.file.ir.imports.get(import as usize).map(|import| import.specifier);
                let specifier = specifier.and_then(|specifier| self.file.ir.names.get(specifier));
                Target::Outside(specifier.unwrap_or("").to_owned())
            }
            _ => Target::Missing,
        }
    }

    fn external(&mut self, name: String) -> Number {
        let name = self.names.intern(name);
        self.to(Definition::External(name), Confidence::Exact)
    }

    fn to(&mut self, definition: Definition, confidence: Confidence) -> Number {
        let next = self.definitions.len() as u32;
        let number = *self.known_definitions.entry(definition).or_insert(next);
        if number == next {
            self.definitions.push(definition);
        }
        self.outcome(Resolved::To(vec![number], confidence))
    }

    fn not(&mut self, reason: UnresolvedReason) -> Number {
        self.outcome(Resolved::Not(reason))
    }

    fn outcome(&mut self, outcome: Resolved) -> Number {
        let next = self.outcomes.len() as u32 + 1;
        let number = *self.known_outcomes.entry(outcome.clone()).or_insert(next);
        if number == next {
            self.outcomes.push(outcome);
        }
        number
    }
}

/// What an import leads to.
enum Target {
    File(String),
    Outside(String),
    Missing,
}
