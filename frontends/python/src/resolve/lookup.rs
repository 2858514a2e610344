//! Names of modules: their own, those that imports bring in, those that star imports bring in.
//!
//! An import is followed from file to file until it ends at something that a file defines. What is found on the way
//! within a circle is good as long as that circle is being followed, so that each of its names is looked up once, and
//! not kept beyond: what a name stands for does not depend on where the circle was entered.
//!
//! Where a circle leads nowhere, each of its names takes what would bind it if the last binding did not: an earlier
//! star import, as at run time, where the last one finds only what was there before. All of them do so together, so
//! that it does not depend on where the circle was entered either.

use std::rc::Rc;

use esker_frontend_api::resolving::{self, FoundId, Name};
use esker_frontend_api::{
    EntryId, FileNumber, ImportForm, ImportTarget, LocatedRow, MissReason, SymbolFlags, SymbolId, UnresolvedReason,
    Value,
};

use rustc_hash::FxHashSet;

use super::Resolver;
use super::types::Place;
use crate::{PACKAGE, PACKAGE_STUB, SHAPES};

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Found {
    /// An entry of a file's interface.
    Entry(FileNumber, EntryId),
    /// A symbol that only the own file knows.
    Local(SymbolId),
    /// A file as a whole.
    Module(FileNumber),
    /// A package without a file.
    Namespace(Name),
    /// Something from outside of the repository.
    External(Name),
    /// Nothing, for this reason.
    Not(UnresolvedReason),
}

impl Found {
    /// Where it is told of, if it is something that a file defines.
    pub(super) fn place(self) -> Option<Place> {
        match self {
            Self::Entry(file, id) => Some(Place::Entry(file, id)),
            Self::Local(symbol) => Some(Place::Local(symbol)),
            Self::Module(_) | Self::Namespace(_) | Self::External(_) | Self::Not(_) => None,
        }
    }
}

impl From<resolving::Found> for Found {
    #[inline]
    fn from(found: resolving::Found) -> Self {
        match found {
            resolving::Found::Entry(file, entry) => Self::Entry(file, entry),
            resolving::Found::Local(symbol) => Self::Local(symbol),
            resolving::Found::Module(file) => Self::Module(file),
            resolving::Found::External(name) => Self::External(name),
            resolving::Found::Not(reason) => Self::Not(reason),
        }
    }
}

/// A package without a file is told as something from outside: nothing of the repository defines it.
impl From<Found> for resolving::Found {
    #[inline]
    fn from(found: Found) -> Self {
        match found {
            Found::Entry(file, entry) => Self::Entry(file, entry),
            Found::Local(symbol) => Self::Local(symbol),
            Found::Module(file) => Self::Module(file),
            Found::Namespace(name) | Found::External(name) => Self::External(name),
            Found::Not(reason) => Self::Not(reason),
        }
    }
}

/// How many names are looked up at most to find out what one stands for. Those of real packages take a dozen; thousands
/// of files that import the same names from each other in circles could ask for millions.
const MAX_FOLLOWED: u32 = 200;

/// How many things a name is said to stand for at most. A function with so many overloads is rare.
const MAX_ALTERNATIVES: usize = 64;

/// What names were found to stand for, or are being looked up.
#[derive(Debug, Clone, Copy)]
pub(super) enum Looked {
    /// At this depth of the lookups under way.
    UnderWay(usize),
    /// As far as can be told within a circle that is still being followed, and that comes back to this depth.
    InCircle(FoundId, usize),
    Found(FoundId),
}

/// Which of the ways in which a module can come by a name counts: those before it lead back to where they began.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Choice {
    position: usize,
    is_last: bool,
}

/// An import in terms of files.
#[derive(Debug, Clone)]
pub(super) struct Imported {
    pub(super) specifier: Name,
    member: Option<Name>,
    form: ImportForm,
    pub(super) modules: Vec<Option<FileNumber>>,
    submodule: Option<FileNumber>,
    miss: Option<MissReason>,
}

impl Resolver<'_> {
    /// What a name of a module stands for; empty if the module does not have it.
    pub(super) fn name_in_module(&mut self, file: FileNumber, name: Name) -> FoundId {
        match self.looked.get(&(file, name)) {
            Some(Looked::Found(found)) => return *found,
            Some(Looked::UnderWay(depth)) => {
                self.circle = self.circle.min(*depth);
                return FoundId::NOTHING;
            }
            Some(Looked::InCircle(found, depth)) => {
                self.circle = self.circle.min(*depth);
                return *found;
            }
            None => {}
        }
        let depth = self.lookups;
        if depth == 0 {
            self.followed = 0;
        }
        self.followed += 1;
        if self.followed > MAX_FOLLOWED {
            self.circle = 0;
            return FoundId::NOTHING;
        }
        let outer_circle = std::mem::replace(&mut self.circle, usize::MAX);
        let circles = self.in_circles.len();
        self.lookups += 1;
        let mut found;
        loop {
            self.looked.insert((file, name), Looked::UnderWay(depth));
            found = self.look_in_module(file, name);
            if self.circle != depth || !self.leads_nowhere(found) || !self.choose_anew((file, name), circles) {
                break;
            }
            self.circle = usize::MAX;
        }
        self.lookups -= 1;
        if self.circle < depth {
            self.looked.insert((file, name), Looked::InCircle(found, self.circle));
            self.in_circles.push((file, name));
        } else {
            self.circle = usize::MAX;
            self.looked.insert((file, name), Looked::Found(found));
            // What was found within the circle was found from here, and not from each of its names.
            for within in self.in_circles.drain(circles..) {
                self.looked.remove(&within);
            }
        }
        self.circle = self.circle.min(outer_circle);
        found
    }

    /// What a module has under a name for those who import it: what [`Self::name_in_module`] finds, and of a stub what
    /// it leaves out and its source has.
    pub(super) fn member_of_module(&mut self, file: FileNumber, name: Name) -> FoundId {
        let found = self.name_in_module(file, name);
        if !found.is_empty() || file == self.own {
            return found;
        }
        let path = self.files.path(file);
        let source = path.strip_suffix(".pyi").and_then(|stem| self.files.file(&format!("{stem}.py")));
        source.map_or(found, |source| self.name_in_module(source, name))
    }

    fn leads_nowhere(&self, found: FoundId) -> bool {
        self.founds.get(found).iter().all(|one| matches!(one, Found::Not(_)))
    }

    /// Lets each name of a circle that leads nowhere, all that were looked up since `circles` and the one that it was
    /// entered by, go the next way. Whether one has another way.
    fn choose_anew(&mut self, entered: (FileNumber, Name), circles: usize) -> bool {
        if self.followed > MAX_FOLLOWED {
            return false;
        }
        let mut has_another = false;
        for within in self.in_circles.drain(circles..).chain([entered]) {
            self.looked.remove(&within);
            let choice = self.choices.entry(within).or_default();
            if !choice.is_last {
                choice.position += 1;
                has_another = true;
            }
        }
        has_another
    }

    /// What a name of a module stands for by the way that counts: an entry of its own, or else one that a star brings
    /// in.
    fn look_in_module(&mut self, file: FileNumber, name: Name) -> FoundId {
        let text = self.names.text(name);
        let Choice { position, is_last } = self.choices.get(&(file, name)).copied().unwrap_or_default();
        let mut ways = 0;
        let mut last = None;
        let own = self.files.entries(file, None, text);
        if !own.is_empty() {
            if position == 0 {
                return self.follow_entries(file, own);
            }
            ways += 1;
        }
        // What is imported last hides what came before; a file that was looked into needs no second look.
        let mut seen = FxHashSet::from_iter([file]);
        let mut next = self.star_sources(file).to_vec();
        while let Some(source) = next.pop() {
            if !seen.insert(source) {
                continue;
            }
            let entries = self.files.entries(source, None, text);
            if entries.is_empty() {
                // A list names what other stars bring in too; which of it, only running the module tells.
                if !text.starts_with('_') {
                    next.extend_from_slice(&self.star_sources(source));
                }
                continue;
            }
            let interface = self.files.interface(source);
            if entries.clone().any(|entry| interface.entry(EntryId(entry)).is_some_and(|entry| entry.is_public)) {
                if ways == position {
                    return self.name_in_module(source, name);
                }
                ways += 1;
                last = Some(source);
            }
        }
        if ways == 0 {
            return FoundId::NOTHING;
        }
        if !is_last {
            self.choices.insert((file, name), Choice { position: ways - 1, is_last: true });
        }
        match last {
            Some(source) => self.name_in_module(source, name),
            None => self.follow_entries(file, own),
        }
    }

    /// The files from which a file imports everything, in the order of the imports.
    fn star_sources(&mut self, file: FileNumber) -> Rc<[FileNumber]> {
        if let Some(known) = self.stars.get(&file) {
            return known.clone();
        }
        self.files.stars(file);
        let interface = self.files.interface(file);
        let sources = interface.stars.iter().map(|star| self.import_of(file, *star).modules.last().copied().flatten());
        let sources: Rc<[FileNumber]> = sources.flatten().collect();
        self.stars.insert(file, sources.clone());
        sources
    }

    /// What entries of a file stand for, imports followed.
    pub(super) fn follow_entries(&mut self, file: FileNumber, entries: std::ops::Range<u32>) -> FoundId {
        let interface = self.files.interface(file);
        if entries.len() == 1
            && let id = EntryId(entries.start)
            && interface.entry(id).is_some_and(|entry| entry.import.is_none())
        {
            return self.founds.one(Found::Entry(file, id));
        }
        let mut found: Vec<Found> = Vec::new();
        for id in entries.map(EntryId) {
            let Some(entry) = interface.entry(id) else { continue };
            let Some(import) = entry.import else {
                push(&mut found, Found::Entry(file, id));
                continue;
            };
            let is_aliased = entry.flags.contains(SymbolFlags::ALIASED);
            // Several imports may bind a name one instead of the other.
            let others = interface.facts(entry).iter().filter_map(|(_, value)| match interface.value(*value) {
                Value::Import(other) => Some(other),
                _ => None,
            });
            for import in std::iter::once(import).chain(others) {
                let imported = self.import_of(file, import);
                self.follow_imported(&imported, is_aliased).into_iter().for_each(|one| push(&mut found, one));
            }
        }
        self.founds.alternatives(found)
    }

    /// What an import symbol of the own file stands for.
    pub(super) fn found_by_symbol(&mut self, symbol: SymbolId) -> FoundId {
        if let Some(known) = self.symbols[symbol.index()] {
            return known;
        }
        let ir = self.ir;
        let row = &ir.symbols[symbol.index()];
        let is_aliased = row.flags.contains(SymbolFlags::ALIASED);
        let others = ir.facts_of(symbol).iter().filter_map(|fact| match ir.values.get(fact.value) {
            Value::Import(other) => Some(other),
            _ => None,
        });
        let mut found = Vec::new();
        for import in row.import.into_iter().chain(others) {
            self.follow_own_import(import, is_aliased).into_iter().for_each(|one| push(&mut found, one));
        }
        let found = self.founds.alternatives(found);
        // Within a circle that is still being followed, not all is found.
        if self.lookups == 0 {
            self.symbols[symbol.index()] = Some(found);
        }
        found
    }

    /// What an import of the own file, by its position in the IR, stands for.
    pub(super) fn follow_own_import(&mut self, import: u32, is_aliased: bool) -> Vec<Found> {
        let imported = self.own_import(import);
        self.follow_imported(&imported, is_aliased)
    }

    /// What an import stands for: the member, or the module, by its whole name or by the first part.
    pub(super) fn follow_imported(&mut self, imported: &Imported, is_aliased: bool) -> Vec<Found> {
        match imported.form {
            ImportForm::Member => self.member_of_import(imported),
            _ => vec![self.module_of_import(imported, is_aliased)],
        }
    }

    /// The module that an import names, or if it is bound by its first part, that.
    pub(super) fn module_of_import(&mut self, imported: &Imported, is_aliased: bool) -> Found {
        let specifier = self.names.text(imported.specifier);
        let by_first_part = !is_aliased && imported.form == ImportForm::Module && specifier.contains('.');
        let dotted = if by_first_part { specifier.split('.').next().unwrap_or(specifier) } else { specifier };
        let module = if by_first_part {
            let parts = specifier.split('.').count();
            // Where a root is itself a package, the first parts have no module of their own.
            imported.modules.len().checked_sub(parts).and_then(|first| imported.modules.get(first))
        } else {
            imported.modules.last()
        };
        match (module, imported.miss) {
            (Some(Some(file)), _) => Found::Module(*file),
            (Some(None), _) => Found::Namespace(self.names.name(dotted)),
            (None, Some(reason)) if !reason.is_outside() => Found::Not(UnresolvedReason::UnresolvedImport),
            (None, _) => Found::External(self.names.name(dotted)),
        }
    }

    fn member_of_import(&mut self, imported: &Imported) -> Vec<Found> {
        let Some(member) = imported.member else { return Vec::new() };
        if let Some(Some(module)) = imported.modules.last() {
            let found = self.member_of_module(*module, member);
            let found = self.founds.get(found);
            if !found.is_empty() && !found.iter().all(|one| matches!(one, Found::Not(_))) {
                return found.to_vec();
            }
            if let Some(submodule) = imported.submodule {
                return vec![Found::Module(submodule)];
            }
            if !found.is_empty() {
                return found.to_vec();
            }
            return vec![self.missing_in_module(*module)];
        }
        match (imported.submodule, imported.miss) {
            (Some(submodule), _) => vec![Found::Module(submodule)],
            (None, Some(reason)) if !reason.is_outside() => vec![Found::Not(UnresolvedReason::UnresolvedImport)],
            (None, _) => {
                let name = self.names.member(imported.specifier, member);
                vec![if imported.modules.is_empty() { Found::External(name) } else { Found::Namespace(name) }]
            }
        }
    }

    /// Why a module does not have a name.
    pub(super) fn missing_in_module(&mut self, file: FileNumber) -> Found {
        if !self.files.entries(file, None, "__getattr__").is_empty() {
            return Found::Not(UnresolvedReason::DynamicAttribute);
        }
        let has_unseen = !self.unseen_stars(file).is_empty();
        Found::Not(if has_unseen { UnresolvedReason::UnresolvedImport } else { UnresolvedReason::NoSuchName })
    }

    /// What a name of the own file stands for that nothing binds: a star import that leads to no file may bring it in,
    /// and `__getattr__` may make it up for others.
    pub(super) fn undefined(&mut self, name: Name) -> Found {
        // What a module lists as public and does not bind it makes up.
        let ir = self.ir;
        let text = self.names.text(name);
        let is_listed = ir.exported.iter().flatten().any(|listed| ir.names.get(*listed) == Some(text));
        if is_listed && !self.files.entries(self.own, None, "__getattr__").is_empty() {
            return Found::Not(UnresolvedReason::DynamicAttribute);
        }
        match *self.unseen_stars(self.own).as_slice() {
            [] => Found::Not(UnresolvedReason::UndefinedName),
            [(file, star)] if file == self.own => {
                let imported = self.import_of(file, star);
                match imported.miss {
                    Some(reason) if reason.is_outside() => Found::External(self.names.member(imported.specifier, name)),
                    _ => Found::Not(UnresolvedReason::UnresolvedImport),
                }
            }
            [..] => Found::Not(UnresolvedReason::UnresolvedImport),
        }
    }

    /// The star imports that lead to no file, of a file and of those that it imports everything from.
    fn unseen_stars(&mut self, file: FileNumber) -> Vec<(FileNumber, u32)> {
        let mut unseen = Vec::new();
        let mut seen = FxHashSet::from_iter([file]);
        let mut next = vec![file];
        while let Some(file) = next.pop() {
            next.extend(self.star_sources(file).iter().filter(|source| seen.insert(**source)));
            let interface = self.files.interface(file);
            let is_unseen = |star: &u32| self.import_of(file, *star).modules.last().copied().flatten().is_none();
            unseen.extend(interface.stars.iter().copied().filter(is_unseen).map(|star| (file, star)));
        }
        unseen
    }

    /// The submodule of a module that imports in a file make an attribute of it: after `import a.b`, `from a import b`
    /// or `from a.b import c` there is an `a.b`.
    pub(super) fn submodule(&mut self, user: FileNumber, module: FileNumber, name: Name) -> Option<FileNumber> {
        if user != self.own {
            return self.imported_submodule(user, module, name);
        }
        let text = self.names.text(name);
        for import in 0..self.import_count(user) {
            let imported = self.own_import(import);
            let Imported { specifier, member, form, modules, submodule, .. } = &*imported;
            if !matches!(form, ImportForm::Module | ImportForm::Member | ImportForm::Star) {
                continue;
            }
            if submodule.is_some() && *member == Some(name) && modules.last() == Some(&Some(module)) {
                return *submodule;
            }
            let parts: Vec<&str> = self.names.text(*specifier).split('.').collect();
            let Some(first) = modules.len().checked_sub(parts.len()) else { continue };
            for (position, part) in parts.iter().enumerate().skip(1) {
                if **part == *text && modules[first + position - 1] == Some(module) {
                    return modules[first + position];
                }
            }
        }
        None
    }

    /// The submodule of a package that another file, or the package itself, imports: importing it, or anything from it,
    /// makes it an attribute. Only where the imports lead counts, which is what [`Files::imports`] notes.
    ///
    /// [`Files::imports`]: resolving::Files::imports
    pub(super) fn imported_submodule(
        &mut self,
        importer: FileNumber,
        package: FileNumber,
        name: Name,
    ) -> Option<FileNumber> {
        let package_path = self.files.path(package);
        let shapes = [SHAPES[PACKAGE], SHAPES[PACKAGE_STUB]];
        let directory = shapes.iter().find_map(|shape| package_path.strip_suffix(shape))?;
        let stem = format!("{directory}/{}", self.names.text(name));
        self.files.imports(importer);
        let interface = self.files.interface(importer);
        let submodules = interface.imports.iter().map(|import| import.submodule);
        let paths = interface.modules.iter().copied().chain(submodules).flatten().map(|path| interface.name(path));
        let is_submodule = |path: &&str| path.strip_prefix(&*stem).is_some_and(|shape| SHAPES.contains(&shape));
        let path = paths.into_iter().find(is_submodule)?;
        self.files.file(path)
    }

    /// What an attribute of a package without a file is.
    pub(super) fn in_namespace(&mut self, user: FileNumber, namespace: Name, name: Name) -> Found {
        self.files.imports(user);
        let wanted = self.names.member(namespace, name);
        let wanted_text = self.names.text(wanted);
        for import in 0..self.import_count(user) {
            let imported = self.import_at(user, import);
            let specifier = self.names.text(imported.specifier);
            let rest = specifier.strip_prefix(wanted_text);
            if !rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.')) {
                continue;
            }
            let below = specifier[wanted_text.len()..].matches('.').count();
            match imported.modules.len().checked_sub(below + 1).and_then(|at| imported.modules.get(at)) {
                Some(Some(file)) => return Found::Module(*file),
                Some(None) => return Found::Namespace(wanted),
                None => {}
            }
        }
        Found::Not(UnresolvedReason::NoSuchName)
    }

    /// How many imports a file has as far as they can be looked into: the own one all, another those that its interface
    /// speaks of.
    fn import_count(&mut self, file: FileNumber) -> u32 {
        let count = if file == self.own { self.ir.imports.len() } else { self.files.interface(file).imports.len() };
        count as u32
    }

    /// One of these imports.
    fn import_at(&mut self, file: FileNumber, import: u32) -> Rc<Imported> {
        if file == self.own { self.own_import(import) } else { self.import_of(file, import) }
    }

    /// An import of a file's interface.
    pub(super) fn import_of(&mut self, file: FileNumber, import: u32) -> Rc<Imported> {
        if let Some(known) = self.imported.get(&(file, import)) {
            return known.clone();
        }
        let interface = self.files.interface(file);
        let target: &ImportTarget = &interface.imports[import as usize];
        let mut file_at = |id| self.files.file(interface.name(id));
        let modules = interface.modules(target).iter().map(|module| module.and_then(&mut file_at)).collect();
        let submodule = target.submodule.and_then(&mut file_at);
        let imported = Rc::new(Imported {
            specifier: self.names.name(interface.name(target.specifier)),
            member: target.member.map(|member| self.names.name(interface.name(member))),
            form: target.form,
            modules,
            submodule,
            miss: target.miss,
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
        let modules = located.map_or(&[][..], |located| self.files.located.modules(located)).iter();
        let modules = modules.map(|module| module.and_then(|path| self.files.located_file(path))).collect();
        let submodule = located.and_then(|located| located.submodule).and_then(|path| self.files.located_file(path));
        let imported = Rc::new(Imported {
            specifier: self.names.own(row.specifier),
            member: row.member.map(|member| self.names.own(member)),
            form: row.form,
            modules,
            submodule,
            miss: located.and_then(LocatedRow::reason),
        });
        if let Some(slot) = self.own_imported.get_mut(import as usize) {
            *slot = Some(imported.clone());
        }
        imported
    }
}

fn push(found: &mut Vec<Found>, one: Found) {
    if found.len() < MAX_ALTERNATIVES && !found.contains(&one) {
        found.push(one);
    }
}
