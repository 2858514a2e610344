//! What files declare for all files, modules that they say there are, and what they add to those that there are.
//!
//! Which of them are meant for a file is told by settings, and by what is handed to the compiler. Neither is asked for:
//! of several files those count that lie nearest. Of what can be declared in parts all parts count, and where several
//! have a member, the nearest of these.

use std::collections::BTreeSet;
use std::rc::Rc;

use esker_frontend_api::resolving::{Found, FoundId, Name};
use esker_frontend_api::{Confidence, EntryId, FactKind, FileNumber, SymbolFlags, SymbolKind, Value};
use rustc_hash::FxHashSet;

use super::Resolver;
use super::members::is_class;
use super::types::{Place, Side, ThingId};
use crate::lower::{addition_to, is_quoted, quoted};

/// The objects that have everything that is declared for all files.
const GLOBAL_OBJECTS: [&str; 4] = ["globalThis", "window", "self", "global"];

/// What files add to something that a module has.
pub(super) type Additions = Rc<[(FileNumber, EntryId)]>;

/// How many patterns with the same end of a module's name, and how many with the same beginning, are looked for.
const MAX_PATTERNS: usize = 4;

impl Resolver<'_> {
    /// What a name stands for that the file which uses it binds nowhere: something that is declared for all files, or
    /// else something from outside.
    pub(super) fn unbound(&mut self, name: Name) -> FoundId {
        let declared = self.declared_for_all(name);
        if declared.is_empty() { self.founds.one(Found::External(name)) } else { declared }
    }

    /// What is declared for all files under a name.
    pub(super) fn declared_for_all(&mut self, name: Name) -> FoundId {
        if let Some(known) = self.declared_for_all.get(&name) {
            return *known;
        }
        let text = self.names.text(name);
        let mut all: Vec<Found> = Vec::new();
        for file in self.files.declaring(text) {
            let entries = self.files.entries(file, None, text).map(EntryId);
            let interface = self.files.interface(file);
            let flags = |id: &EntryId| interface.entry(*id).map_or(SymbolFlags::empty(), |entry| entry.flags);
            // In a module those that are so marked, in a script all but what it passes on.
            let is_module = entries.clone().any(|id| flags(&id).contains(SymbolFlags::GLOBAL));
            let (wanted, unwanted) = match is_module {
                true => (SymbolFlags::GLOBAL, SymbolFlags::empty()),
                false => (SymbolFlags::empty(), SymbolFlags::REEXPORTED),
            };
            *self.looked_into.entry(file).or_default() |= !is_module;
            let is_meant = |id: &EntryId| flags(id).contains(wanted) && !flags(id).intersects(unwanted);
            all.extend(entries.filter(is_meant).map(|id| Found::Entry(file, id)));
        }
        // Parts of an interface and of a namespace can be anywhere: those count that have what is asked for.
        let can_have_parts = |kind| matches!(kind, Some(SymbolKind::Interface | SymbolKind::Namespace));
        let are_parts = all.iter().all(|one| can_have_parts(self.kind_of(*one)));
        let found = if are_parts { self.founds.list(&all) } else { self.nearest(&all) };
        self.declared_for_all.insert(name, found);
        found
    }

    /// Says of which files the references use what these declare for all others.
    pub(super) fn tell_uses(&mut self) {
        if self.looked_into.is_empty() {
            return;
        }
        let outcomes: FxHashSet<FoundId> = self.outcomes.iter().flatten().map(|outcome| outcome.found).collect();
        let mut used: BTreeSet<FileNumber> = BTreeSet::new();
        for found in outcomes {
            for one in self.founds.get(found) {
                let Found::Entry(file, id) = *one else { continue };
                if file != self.own && self.looked_into.contains_key(&file) && self.is_for_all(file, id) {
                    used.insert(file);
                }
            }
        }
        used.into_iter().for_each(|file| self.files.using(file));
    }

    /// Whether an entry of a file that was looked into is declared for all, or a part of what is.
    fn is_for_all(&mut self, file: FileNumber, id: EntryId) -> bool {
        if self.looked_into.get(&file) == Some(&true) {
            return true;
        }
        let interface = self.files.interface(file);
        let outermost = std::iter::successors(Some(id), |id| interface.owner(*id)).last();
        outermost
            .and_then(|id| interface.entry(id))
            .is_some_and(|entry| entry.flags.contains(SymbolFlags::GLOBAL) || is_quoted(interface.name(entry.name)))
    }

    /// How sure it is that a name stands for this.
    pub(super) fn confidence_of(&self, found: FoundId) -> Confidence {
        if self.chosen_as_nearest.contains(&found) { Confidence::Inferred } else { Confidence::Exact }
    }

    /// Of several things from different files those with whose files the own one shares the most directories.
    pub(super) fn nearest(&mut self, all: &[Found]) -> FoundId {
        let file_of = |one: &Found| match one {
            Found::Entry(file, _) => Some(*file),
            _ => None,
        };
        if all.iter().map(file_of).all(|file| Some(file) == all.first().map(file_of)) {
            return self.founds.list(all);
        }
        let own = self.files.path(self.own);
        let directories = |path: &str| path.rsplit_once('/').map_or(0, |(directory, _)| directory.split('/').count());
        let shared = |one: &Found| {
            let path = self.files.path(file_of(one)?);
            let same = own.split('/').zip(path.split('/')).take_while(|(own, other)| own == other).count();
            Some(same.min(directories(&own)).min(directories(&path)))
        };
        let most = all.iter().map(shared).max().flatten();
        let nearest: Vec<Found> = all.iter().copied().filter(|one| shared(one) == most).collect();
        let found = self.founds.list(&nearest);
        if nearest.len() < all.len() {
            self.chosen_as_nearest.insert(found);
        }
        found
    }

    /// A member of something from outside that has what is declared for all files: of the object that has everything,
    /// what is declared so or belongs to the interface of windows. Nothing if it is another thing.
    pub(super) fn of_global_object(&mut self, object: Name, name: Name) -> FoundId {
        if !GLOBAL_OBJECTS.contains(&self.names.text(object)) {
            return FoundId::NOTHING;
        }
        let declared = self.declared_for_all(name);
        if !declared.is_empty() {
            return declared;
        }
        let window = self.names.name("Window");
        let window = self.declared_for_all(window);
        if window.is_empty() {
            return FoundId::NOTHING;
        }
        let window = self.thing_of(window);
        self.member(window, Side::Instance, name).unwrap_or(FoundId::NOTHING)
    }

    /// The module of this name that a file says there is, be it by a pattern.
    pub(super) fn module_declared_as(&mut self, specifier: Name) -> FoundId {
        let text = self.names.text(specifier);
        // In a script a relative name is none of a module.
        if text.is_empty() || text.starts_with('.') {
            return FoundId::NOTHING;
        }
        let beginnings = text.match_indices(['/', ':']).rev().take(MAX_PATTERNS);
        let beginnings = beginnings.map(|(at, separator)| format!("{}*", &text[..at + separator.len()]));
        let endings = text.match_indices(['.', '?']).take(MAX_PATTERNS).map(|(at, _)| format!("*{}", &text[at..]));
        for module in [text.to_owned()].into_iter().chain(beginnings).chain(endings) {
            let name = self.names.name(&quoted(&module));
            let found = self.declared_for_all(name);
            if !found.is_empty() {
                return found;
            }
        }
        FoundId::NOTHING
    }

    /// What such a module gives to importers under a name: the module itself if it says nothing of what it has.
    pub(super) fn in_declared_module(&mut self, module: FoundId, name: Name) -> FoundId {
        let text = self.names.text(name);
        let mut all: Vec<Found> = Vec::new();
        let mut says_nothing = true;
        for one in self.founds.get(module).to_vec() {
            let Found::Entry(file, id) = one else { continue };
            let entries = self.files.entries(file, Some(id), text);
            says_nothing &= self.flags_of(one).contains(SymbolFlags::DECLARED_ONLY);
            if !entries.is_empty() {
                let led = self.follow_range(file, entries);
                all.extend(self.founds.get(led).iter());
            }
        }
        if says_nothing { module } else { self.founds.list(&all) }
    }

    /// The member of something that a module has at its top which another file adds to it.
    pub(super) fn added_member(&mut self, thing: ThingId, side: Side, name: Name) -> Option<FoundId> {
        for place in self.things.places(thing).iter() {
            let Place::Entry(file, id) = *place else { continue };
            for (adding, added) in self.additions(file, id).iter().copied() {
                let found = self.member_at(Place::Entry(adding, added), side, name);
                if !found.is_empty() {
                    return Some(found);
                }
            }
        }
        None
    }

    /// What files add to an entry of a module: `declare module "m" { interface X { … } }`.
    fn additions(&mut self, file: FileNumber, id: EntryId) -> Additions {
        if let Some(known) = self.additions.get(&(file, id)) {
            return known.clone();
        }
        let nothing: Additions = Rc::new([]);
        self.additions.insert((file, id), nothing.clone());
        let interface = self.files.interface(file);
        let Some(entry) = interface.entry(id).filter(|entry| is_class(entry.kind) && interface.owner(id).is_none())
        else {
            return nothing;
        };
        let wanted = (Found::Entry(file, id), self.names.name(interface.name(entry.name)));
        let name = addition_to(interface.name(entry.name));
        let mut additions = Vec::new();
        for adding in self.files.declaring(&name) {
            self.looked_into.entry(adding).or_default();
            for passed_on in self.files.entries(adding, None, &name).map(EntryId) {
                let led = self.follow_entry(adding, passed_on);
                for one in self.founds.get(led).to_vec() {
                    if let Found::Entry(of, added) = one
                        && of == adding
                        && self.adds_to(adding, added, wanted)
                    {
                        additions.push((adding, added));
                    }
                }
            }
        }
        let additions: Additions = additions.into();
        self.additions.insert((file, id), additions.clone());
        additions
    }

    /// Whether an entry stands in an addition to a module that has this under this name.
    fn adds_to(&mut self, file: FileNumber, added: EntryId, (wanted, name): (Found, Name)) -> bool {
        let interface = self.files.interface(file);
        let Some(module) = interface.owner(added).and_then(|owner| interface.entry(owner)) else { return false };
        interface.facts(module).iter().any(|(kind, value)| {
            let (FactKind::Base, Value::Import(import)) = (*kind, interface.value(*value)) else { return false };
            let modules = self.import_of(file, import);
            modules.modules().iter().any(|module| {
                let found = self.exported(*module, name);
                self.founds.get(found).contains(&wanted)
            })
        })
    }
}
