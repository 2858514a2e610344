//! What files declare for all files, modules that they say there are, and what they add to those that there are.
//!
//! Which of them are meant for a file is told by settings, and by what is handed to the compiler. Neither is asked for: of
//! several files those count that lie nearest.

use std::rc::Rc;

use esker_frontend_api::resolving::{Found, FoundId, Name};
use esker_frontend_api::{Confidence, EntryId, FactKind, FileNumber, SymbolFlags, Value};

use super::Resolver;
use super::members::is_class;
use super::types::{Place, Side, ThingId};
use crate::lower::{added_to, addition_to, quoted};

/// The objects that have everything that is declared for all files.
const GLOBAL_OBJECTS: [&str; 4] = ["globalThis", "window", "self", "global"];

/// What files add to something that a module has.
pub(super) type Additions = Rc<[(FileNumber, EntryId)]>;

/// How many patterns with the same end of a module's name, and how many with the same beginning, are looked for.
const MAX_PATTERNS: usize = 4;

impl Resolver<'_> {
    /// What a name stands for that the file which uses it binds nowhere: something that is declared for all files, or else
    /// something from outside.
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
        let declaring = self.files.declaring(text);
        let count = declaring.len();
        let nearest = self.nearest(declaring);
        let is_choice = nearest.len() < count;
        let mut all: Vec<Found> = Vec::new();
        for file in nearest {
            let entries = self.files.entries(file, None, text).map(EntryId);
            let interface = self.files.interface(file);
            let flags = |id: &EntryId| interface.entry(*id).map_or(SymbolFlags::empty(), |entry| entry.flags);
            // In a module those that are so marked, in a script all but what it passes on.
            let is_module = entries.clone().any(|id| flags(&id).contains(SymbolFlags::GLOBAL));
            let (wanted, unwanted) = match is_module {
                true => (SymbolFlags::GLOBAL, SymbolFlags::empty()),
                false => (SymbolFlags::empty(), SymbolFlags::REEXPORTED),
            };
            let is_meant = |id: &EntryId| flags(id).contains(wanted) && !flags(id).intersects(unwanted);
            all.extend(entries.filter(is_meant).map(|id| Found::Entry(file, id)));
        }
        let found = self.founds.list(&all);
        if is_choice {
            self.chosen_as_nearest.insert(found);
        }
        self.declared_for_all.insert(name, found);
        found
    }

    /// How sure it is that a name stands for this.
    pub(super) fn confidence_of(&self, found: FoundId) -> Confidence {
        if self.chosen_as_nearest.contains(&found) { Confidence::Inferred } else { Confidence::Exact }
    }

    /// Of these files those with which the own file shares the most directories.
    fn nearest(&self, files: Vec<FileNumber>) -> Vec<FileNumber> {
        if files.len() < 2 {
            return files;
        }
        let own = self.files.path(self.own);
        let shared = |file: &FileNumber| {
            let path = self.files.path(*file);
            let directories =
                |path: &str| path.rsplit_once('/').map_or(0, |(directory, _)| directory.split('/').count());
            let same = own.split('/').zip(path.split('/')).take_while(|(own, other)| own == other).count();
            same.min(directories(&own)).min(directories(&path))
        };
        let most = files.iter().map(shared).max();
        files.into_iter().filter(|file| Some(shared(file)) == most).collect()
    }

    /// A member of something from outside that has what is declared for all files: of the object that has everything, what
    /// is declared so or belongs to the interface of windows. Nothing if it is another thing.
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
    pub(super) fn declared_module(&mut self, specifier: Name) -> FoundId {
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
    pub(super) fn added_member(&mut self, thing: ThingId, side: Side, name: Name) -> FoundId {
        for place in self.things.places(thing).iter() {
            let Place::Entry(file, id) = *place else { continue };
            for (adding, added) in self.additions(file, id).iter().copied() {
                let found = self.member_at(Place::Entry(adding, added), side, name);
                if !found.is_empty() {
                    // That is what tells a use of the file from a look into it.
                    let owner = self.files.interface(file);
                    let owner = owner.entry(id).map_or("", |entry| owner.name(entry.name));
                    self.files.entries(adding, None, &added_to(owner));
                    return found;
                }
            }
        }
        FoundId::NOTHING
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
        let text = interface.name(entry.name);
        let mut additions = Vec::new();
        for adding in self.files.declaring(&added_to(text)) {
            for passed_on in self.files.entries(adding, None, &addition_to(text)).map(EntryId) {
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
