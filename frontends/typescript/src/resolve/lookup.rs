//! Names of modules: their own, those that imports bring in, those that they pass on.
//!
//! A name is followed from file to file until it ends at something that a file declares. Nothing that is found on the
//! way is kept if it was found within a circle that is still being followed: what a name stands for does not depend on
//! where the circle was entered.

use std::ops::Range;
use std::rc::Rc;

use esker_frontend_api::resolving::{Found, FoundId, Name};
use esker_frontend_api::{
    Entry, EntryId, FactKind, FileNumber, ImportForm, Interface, LocatedRow, MissReason, SymbolFlags, SymbolId,
    SymbolKind, UnresolvedReason, Value,
};

use rustc_hash::FxHashSet;

use super::evaluate::{At, Source};
use super::{Resolver, is_unwritten};

/// How many modules a name is followed through.
const MAX_LOOKUPS: usize = 64;

/// How many lookups the names of one file may cost. What is found within a circle is not kept, so that names that each
/// come by two ways of a circle would double at every step. Real files need fewer than a thousand.
pub(super) const MAX_WORK: u32 = 1 << 14;

/// How many files from which a module passes everything on are looked through for what is outside.
const MAX_SOURCES: usize = 1 << 12;

/// What a name is used for: types and values have names apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Type,
    Value,
}

/// What names were found to stand for, or are being looked up.
#[derive(Debug, Clone, Copy)]
pub(super) enum Looked {
    /// At this depth of the lookups under way.
    UnderWay(usize),
    Found(FoundId),
}

/// An import in terms of files.
#[derive(Debug, Clone)]
pub(super) struct Imported {
    specifier: Name,
    member: Option<Name>,
    form: ImportForm,
    modules: Vec<FileNumber>,
    miss: Option<MissReason>,
}

impl Imported {
    /// The files of the module.
    pub(super) fn modules(&self) -> &[FileNumber] {
        &self.modules
    }
}

impl Resolver<'_> {
    /// What a module gives to importers under a name; empty if nothing.
    pub(super) fn exported(&mut self, file: FileNumber, name: Name) -> FoundId {
        match self.looked.get(&(file, name)) {
            Some(Looked::Found(found)) => return *found,
            Some(Looked::UnderWay(depth)) => {
                self.circle = self.circle.min(*depth);
                return FoundId::NOTHING;
            }
            None => {}
        }
        let depth = self.lookups;
        self.work = self.work.saturating_sub(1);
        if depth >= MAX_LOOKUPS || self.work == 0 {
            // As if it led back to the first.
            self.circle = 0;
            return FoundId::NOTHING;
        }
        self.lookups += 1;
        self.looked.insert((file, name), Looked::UnderWay(depth));
        let found = self.look_in_module(file, name);
        self.lookups -= 1;
        if self.circle < depth {
            self.looked.remove(&(file, name));
        } else {
            self.circle = usize::MAX;
            self.looked.insert((file, name), Looked::Found(found));
        }
        found
    }

    fn look_in_module(&mut self, file: FileNumber, name: Name) -> FoundId {
        let text = self.names.text(name);
        let found = self.listed(file, text);
        if !found.is_empty() {
            return found;
        }
        if text == "default" {
            return if self.has_whole(file) { self.whole(file) } else { FoundId::NOTHING };
        }
        let mut next: Vec<FileNumber> = self.star_sources(file).iter().rev().copied().collect();
        // A file that was looked into needs no second look.
        let mut seen = FxHashSet::default();
        while let Some(source) = next.pop() {
            if source == file || !seen.insert(source) {
                continue;
            }
            let found = self.listed(source, text);
            if !found.is_empty() {
                return found;
            }
            next.extend(self.star_sources(source).iter().rev());
        }
        if text != WHOLE && self.has_whole(file) {
            let whole = self.whole(file);
            let whole = self.type_of_all(whole, None);
            let member = self.attribute(whole, name);
            if !self.is_nothing(member.found) {
                return member.found;
            }
        }
        FoundId::NOTHING
    }

    /// What a file itself gives to importers under a name.
    fn listed(&mut self, file: FileNumber, text: &str) -> FoundId {
        let entries = self.files.entries(file, None, text);
        if entries.is_empty() {
            return FoundId::NOTHING;
        }
        let interface = self.files.interface(file);
        let public = |id: &EntryId| interface.entry(*id).is_some_and(|entry| entry.is_public);
        let is_passed_on =
            |id: &EntryId| interface.entry(*id).is_some_and(|entry| entry.flags.contains(SymbolFlags::REEXPORTED));
        if entries.len() == 1 {
            let only = EntryId(entries.start);
            return if public(&only) { self.follow_entry(file, only) } else { FoundId::NOTHING };
        }
        let all: Vec<EntryId> = entries.map(EntryId).filter(public).collect();
        let passed_on: Vec<EntryId> = all.iter().copied().filter(is_passed_on).collect();
        self.follow_entries(file, if passed_on.is_empty() { &all } else { &passed_on })
    }

    /// Whether a module says what it is as a whole.
    fn has_whole(&mut self, file: FileNumber) -> bool {
        !self.files.entries(file, None, WHOLE).is_empty()
    }

    /// What a module says that it is as a whole.
    fn whole(&mut self, file: FileNumber) -> FoundId {
        let name = self.names.name(WHOLE);
        self.exported(file, name)
    }

    /// The files from which a file passes everything on, in the order of the text.
    fn star_sources(&mut self, file: FileNumber) -> Rc<[FileNumber]> {
        if let Some(known) = self.star_sources.get(&file) {
            return known.clone();
        }
        self.files.stars(file);
        let interface = self.files.interface(file);
        let sources = interface.stars.iter().flat_map(|star| self.import_of(file, *star).modules.clone());
        let sources: Rc<[FileNumber]> = sources.collect();
        self.star_sources.insert(file, sources.clone());
        sources
    }

    /// What a name stands for in the file that uses it.
    pub(super) fn name_in_file(&mut self, file: FileNumber, name: Name) -> FoundId {
        if let Some(known) = self.in_file.get(&(file, name)) {
            return *known;
        }
        let found = self.look_in_file(file, name);
        // What a circle of exports has to do with may be more when the circle is closed.
        if self.circle == usize::MAX {
            self.in_file.insert((file, name), found);
        }
        found
    }

    fn look_in_file(&mut self, file: FileNumber, name: Name) -> FoundId {
        let text = self.names.text(name);
        let entries = self.files.entries(file, None, text);
        let interface = self.files.interface(file);
        let is_own = |entry: &Entry| {
            !entry.flags.contains(SymbolFlags::GLOBAL)
                && (!entry.flags.contains(SymbolFlags::REEXPORTED) || is_unwritten(text) || text == WHOLE)
        };
        let own: Vec<EntryId> = entries.map(EntryId).filter(|id| interface.entry(*id).is_some_and(is_own)).collect();
        match own.as_slice() {
            [] => self.unbound(name),
            [only] => self.follow_entry(file, *only),
            several => self.follow_entries(file, several),
        }
    }

    /// What members of something stand for.
    pub(super) fn follow_range(&mut self, file: FileNumber, entries: Range<u32>) -> FoundId {
        if entries.len() == 1 {
            return self.follow_entry(file, EntryId(entries.start));
        }
        let entries: Vec<EntryId> = entries.map(EntryId).collect();
        self.follow_entries(file, &entries)
    }

    /// What entries of a file stand for, imports and what is passed on followed.
    fn follow_entries(&mut self, file: FileNumber, entries: &[EntryId]) -> FoundId {
        let mut found: Vec<Found> = Vec::new();
        let mut seen = FxHashSet::default();
        for id in entries {
            let led = self.follow_entry(file, *id);
            found.extend(self.founds.get(led).iter().copied().filter(|one| seen.insert(*one)));
        }
        self.founds.alternatives(found)
    }

    /// What an entry of a file stands for; nothing if there is no such entry.
    pub(super) fn follow_entry(&mut self, file: FileNumber, id: EntryId) -> FoundId {
        let interface = self.files.interface(file);
        let Some(entry) = interface.entry(id) else { return FoundId::NOTHING };
        let led = match entry.import {
            Some(import) => {
                let imported = self.import_of(file, import);
                self.follow_imported(&imported)
            }
            None => self.passed_on(file, &interface, entry),
        };
        match self.founds.get(led) {
            [] => self.founds.one(Found::Entry(file, id)),
            [_] => led,
            several => self.founds.alternatives(several.to_vec()),
        }
    }

    /// What an entry stands for that is another name of something; nothing for one that is something itself.
    fn passed_on(&mut self, file: FileNumber, interface: &Interface, entry: &Entry) -> FoundId {
        if !entry.flags.contains(SymbolFlags::REEXPORTED)
            || !matches!(entry.kind, SymbolKind::Import | SymbolKind::Variable | SymbolKind::Field)
        {
            return FoundId::NOTHING;
        }
        let [(FactKind::Assigned, value)] = interface.facts(entry) else { return FoundId::NOTHING };
        if !matches!(interface.value(*value), Value::Name(_) | Value::Member(..) | Value::Import(_)) {
            return FoundId::NOTHING;
        }
        let (found, _) = self.named(Source::Interface(file, At::default()), *value);
        if self.is_nothing(found) { FoundId::NOTHING } else { found }
    }

    /// What a symbol of the own file stands for.
    pub(super) fn found_by_symbol(&mut self, symbol: SymbolId) -> FoundId {
        let ir = self.ir;
        let Some(row) = ir.symbols.get(symbol.index()) else { return FoundId::NOTHING };
        if row.kind == SymbolKind::Import
            && let Some(import) = row.import
        {
            let imported = self.own_import(import);
            let found = self.follow_imported(&imported);
            // What a module has at run time is not always told by its text; then there is the variable.
            if imported.form != ImportForm::Required || !self.is_nothing(found) {
                return found;
            }
        }
        if let Some(known) = self.declared[symbol.index()] {
            return known;
        }
        let all = self.declared_together(symbol);
        let found = self.founds.list(&all);
        self.declared[symbol.index()] = Some(found);
        found
    }

    /// Whether something stands for nothing that is known.
    fn is_nothing(&self, found: FoundId) -> bool {
        self.founds.get(found).iter().all(|one| matches!(one, Found::Not(_)))
    }

    /// All that the own file declares under a symbol's name where the symbol is declared.
    fn declared_together(&mut self, symbol: SymbolId) -> Vec<Found> {
        let row = &self.ir.symbols[symbol.index()];
        let Some(entry) = self.files.entry_of(symbol) else {
            return self.locals.get(row.scope, row.name).map(Found::Local).collect();
        };
        let interface = self.files.interface(self.own);
        let owner = interface.owner(entry);
        let name = self.ir.names.get(row.name).unwrap_or("");
        let entries = self.files.entries(self.own, owner, name).map(EntryId);
        let apart = SymbolFlags::REEXPORTED | SymbolFlags::GLOBAL;
        let is_own = |id: &EntryId| {
            interface.entry(*id).is_some_and(|entry| entry.flags & apart == row.flags & SymbolFlags::GLOBAL)
        };
        let mut all: Vec<Found> = entries.filter(is_own).map(|id| Found::Entry(self.own, id)).collect();
        // The one that it is bound to comes first.
        let first = Found::Entry(self.own, entry);
        all.retain(|one| *one != first);
        all.insert(0, first);
        all
    }

    /// What an import stands for: the member, or the module.
    pub(super) fn follow_imported(&mut self, imported: &Imported) -> FoundId {
        let declared = self.declared_module(imported);
        if !declared.is_empty() {
            return self.follow_declared(imported, declared);
        }
        let module = self.module_of_import(imported);
        let Some(member) = imported.member else {
            return match (imported.form, module) {
                (ImportForm::Required, Found::Module(file)) if self.has_whole(file) => self.whole(file),
                _ => self.founds.one(module),
            };
        };
        match module {
            Found::Module(_) => {
                for module in &imported.modules {
                    let found = self.exported(*module, member);
                    if !found.is_empty() {
                        return found;
                    }
                }
                let missing = self.missing_export(&imported.modules, member);
                self.founds.one(missing)
            }
            Found::External(specifier) => {
                let name = self.names.member(specifier, member);
                self.founds.one(Found::External(name))
            }
            other => self.founds.one(other),
        }
    }

    /// The module that an import names, or what a file says of it.
    pub(super) fn module_as_a_whole(&mut self, imported: &Imported) -> FoundId {
        let declared = self.declared_module(imported);
        if !declared.is_empty() {
            return declared;
        }
        let module = self.module_of_import(imported);
        self.founds.one(module)
    }

    /// The module that an import names, if it leads to no file and another file says that there is such a module.
    fn declared_module(&mut self, imported: &Imported) -> FoundId {
        if !imported.modules.is_empty() || imported.miss == Some(MissReason::StandardLibrary) {
            return FoundId::NOTHING;
        }
        self.module_declared_as(imported.specifier)
    }

    /// What an import of a module stands for that a file says there is.
    fn follow_declared(&mut self, imported: &Imported, module: FoundId) -> FoundId {
        let Some(member) = imported.member else { return module };
        let found = self.in_declared_module(module, member);
        if !found.is_empty() {
            return found;
        }
        let name = self.names.member(imported.specifier, member);
        self.founds.one(Found::External(name))
    }

    /// The module that an import names.
    pub(super) fn module_of_import(&mut self, imported: &Imported) -> Found {
        match (imported.modules.first(), imported.miss) {
            (Some(file), _) => Found::Module(*file),
            (None, Some(reason)) if reason.is_outside() => Found::External(imported.specifier),
            // What the settings do not say where to find is no file of the repository.
            (None, None) if imported.form == ImportForm::Implied => Found::External(imported.specifier),
            (None, _) => Found::Not(UnresolvedReason::UnresolvedImport),
        }
    }

    /// Of what shares a name, what is meant by one that uses it so; all of it, if nothing is.
    pub(super) fn meant(&mut self, found: FoundId, meaning: Meaning) -> FoundId {
        let all = self.founds.get(found);
        if all.len() < 2 {
            return found;
        }
        // What a class and an interface share a name for has the instances of both.
        let has_class = all.iter().any(|one| self.kind_of(*one) == Some(SymbolKind::Class));
        let mut meant = Vec::with_capacity(all.len());
        for one in all.iter() {
            let is_meant = match (self.kind_of(*one), meaning) {
                (Some(SymbolKind::Class | SymbolKind::Enum), _) | (None, _) => true,
                (Some(SymbolKind::Interface), Meaning::Value) => has_class,
                (Some(SymbolKind::Interface | SymbolKind::TypeAlias | SymbolKind::TypeParameter), meaning) => {
                    meaning == Meaning::Type
                }
                (Some(_), meaning) => meaning == Meaning::Value,
            };
            if is_meant {
                meant.push(*one);
            }
        }
        if meant.is_empty() { found } else { self.founds.list(&meant) }
    }

    pub(super) fn kind_of(&mut self, found: Found) -> Option<SymbolKind> {
        match found {
            Found::Entry(file, id) => self.files.interface(file).entry(id).map(|entry| entry.kind),
            Found::Local(symbol) => self.ir.symbols.get(symbol.index()).map(|row| row.kind),
            _ => None,
        }
    }

    /// An import of a file's interface.
    pub(super) fn import_of(&mut self, file: FileNumber, import: u32) -> Rc<Imported> {
        if let Some(known) = self.imported.get(&(file, import)) {
            return known.clone();
        }
        let interface = self.files.interface(file);
        let imported = Rc::new(match interface.imports.get(import as usize) {
            Some(target) => {
                let paths = interface.modules(target).iter().flatten();
                let modules = paths.filter_map(|path| self.files.file(interface.name(*path))).collect();
                Imported {
                    specifier: self.names.name(interface.name(target.specifier)),
                    member: target.member.map(|member| self.names.name(interface.name(member))),
                    form: target.form,
                    modules,
                    miss: target.miss,
                }
            }
            None => Imported {
                specifier: self.names.name(""),
                member: None,
                form: ImportForm::Module,
                modules: Vec::new(),
                miss: None,
            },
        });
        self.imported.insert((file, import), imported.clone());
        imported
    }

    /// An import of the own file, by its position in the IR.
    pub(super) fn own_import(&mut self, import: u32) -> Rc<Imported> {
        if let Some(Some(known)) = self.own_imported.get(import as usize) {
            return known.clone();
        }
        let row = &self.ir.imports[import as usize];
        let located = self.files.located.row(import);
        let paths = located.map_or(&[][..], |located| self.files.located.modules(located)).iter().flatten();
        let modules = paths.filter_map(|path| self.files.located_file(*path)).collect();
        let imported = Rc::new(Imported {
            specifier: self.names.own(row.specifier),
            member: row.member.map(|member| self.names.own(member)),
            form: row.form,
            modules,
            miss: located.and_then(LocatedRow::reason),
        });
        if let Some(slot) = self.own_imported.get_mut(import as usize) {
            *slot = Some(imported.clone());
        }
        imported
    }

    /// What a module has under a name, as a member of the module: why it has none, if so.
    pub(super) fn in_module(&mut self, file: FileNumber, name: Name) -> FoundId {
        let found = self.exported(file, name);
        if !found.is_empty() {
            return found;
        }
        let missing = self.missing_export(&[file], name);
        self.founds.one(missing)
    }

    /// What a name stands for that none of the files of a module gives to importers.
    fn missing_export(&mut self, files: &[FileNumber], name: Name) -> Found {
        // What bundlers make of a text or an image is the file; what they make of its parts is not known.
        if let Some(file) = files.iter().find(|file| is_no_code(&self.files.path(**file))) {
            return match self.names.text(name) {
                "default" => Found::Module(*file),
                _ => Found::Not(UnresolvedReason::DynamicAttribute),
            };
        }
        if self.names.text(name) == "default" {
            return Found::Not(UnresolvedReason::NoSuchName);
        }
        let all = files.iter().map(|file| self.passed_on_from_outside(*file));
        match all.fold(Outside::Nothing, Outside::and) {
            Outside::Nothing => Found::Not(UnresolvedReason::NoSuchName),
            Outside::Module(specifier) => Found::External(self.names.member(specifier, name)),
            Outside::Unknown => Found::Not(UnresolvedReason::UnresolvedImport),
        }
    }

    /// Of what is outside of the repository a file passes everything on, itself or by way of others.
    fn passed_on_from_outside(&mut self, file: FileNumber) -> Outside {
        if let Some(known) = self.outside.get(&file) {
            return *known;
        }
        let mut next = vec![file];
        let mut seen = FxHashSet::default();
        let mut outside = Outside::Nothing;
        while let Some(file) = next.pop() {
            if !seen.insert(file) {
                continue;
            }
            if seen.len() > MAX_SOURCES {
                outside = Outside::Unknown;
                break;
            }
            next.extend(self.star_sources(file).iter());
            let interface = self.files.interface(file);
            for star in &interface.stars {
                let imported = self.import_of(file, *star);
                if imported.modules.is_empty() {
                    outside = outside.and(match self.module_of_import(&imported) {
                        Found::External(specifier) => Outside::Module(specifier),
                        _ => Outside::Unknown,
                    });
                }
            }
        }
        self.outside.insert(file, outside);
        outside
    }
}

/// What is outside of the repository of which a module passes everything on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outside {
    Nothing,
    Module(Name),
    /// Several modules, or one that is not found.
    Unknown,
}

impl Outside {
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Nothing, one) | (one, Self::Nothing) => one,
            (one, same) if one == same => one,
            _ => Self::Unknown,
        }
    }
}

/// Whether the file at a path is one that code imports and that is none itself.
fn is_no_code(path: &str) -> bool {
    crate::parse::dialect(path).is_none()
}

/// The name of what a module says that it is as a whole.
const WHOLE: &str = "export=";
