//! Classes: what they derive from, in which order, and what they have.

use std::rc::Rc;

use esker_frontend_api::resolving::{FoundId, Name};
use esker_frontend_api::{Entry, FactKind, FileNumber, SymbolFlags, SymbolId, SymbolKind, UnresolvedReason, ValueId};

use rustc_hash::{FxHashMap, FxHashSet};

use super::Resolver;
use super::evaluate::{Around, At, Source};
use super::lookup::Found;
use super::types::{ClassId, Place, Type};

/// A class and what it derives from, in the order in which attributes are looked for (C3, PEP 253).
#[derive(Debug, Default)]
pub(super) struct Mro {
    /// The class itself first.
    classes: Vec<ClassId>,
    /// The class whose order follows: a class with one base has the order of that after itself, and shares it. So it is
    /// where the first base derives from the others too, in the same order.
    rest: Option<ClassId>,
    /// Its bases, empty if they contradict each other.
    bases: Vec<ClassId>,
    /// The bases from outside of the repository, of all of them.
    pub(super) externals: Vec<Name>,
    /// Whether some base is not known.
    pub(super) is_partial: bool,
    /// Whether a class further up derives from itself.
    is_circular: bool,
}

/// A walk through the order of a class; see [`Resolver::next_class`].
#[derive(Debug)]
pub(super) struct Order {
    mro: Rc<Mro>,
    position: usize,
}

/// What a class is said to derive from.
struct Bases {
    classes: Vec<ClassId>,
    externals: Vec<Name>,
    is_partial: bool,
}

impl Resolver<'_> {
    /// What a class derives from. A class of which the bases contradict each other has them in the order in which they
    /// are come across.
    pub(super) fn mro(&mut self, class: ClassId) -> Rc<Mro> {
        if let Some(known) = self.mros.get(&class) {
            return known.clone();
        }
        // Step by step: classes can derive from each other for as long as there are files.
        let mut pending: Vec<(ClassId, Option<Bases>)> = vec![(class, None)];
        while let Some((class, bases)) = pending.pop() {
            match bases {
                None if self.mros.contains_key(&class) => {}
                None => {
                    // A class that derives from itself derives from nothing more.
                    let alone = Mro { classes: vec![class], is_partial: true, is_circular: true, ..Mro::default() };
                    self.mros.insert(class, Rc::new(alone));
                    let bases = self.bases(class);
                    let above = bases.classes.clone();
                    pending.push((class, Some(bases)));
                    pending.extend(above.into_iter().rev().map(|base| (base, None)));
                }
                Some(bases) => {
                    let mro = self.linearized(class, bases);
                    self.mros.insert(class, Rc::new(mro));
                }
            }
        }
        self.mros.get(&class).cloned().unwrap_or_default()
    }

    /// The order of a class after those of its bases.
    fn linearized(&mut self, class: ClassId, bases: Bases) -> Mro {
        let Bases { classes: bases, externals, is_partial } = bases;
        let mut mro = Mro { classes: vec![class], externals, is_partial, ..Mro::default() };
        let mut sequences = Vec::with_capacity(bases.len() + 1);
        for base in &bases {
            let Some(above) = self.mros.get(base) else { continue };
            above.externals.iter().for_each(|name| add(&mut mro.externals, *name));
            mro.is_partial |= above.is_partial;
            mro.is_circular |= above.is_circular;
        }
        if let ([first, others @ ..], false) = (bases.as_slice(), mro.is_circular) {
            let above = self.mros.get(first).map_or(&[][..], |above| &above.bases);
            let mut above = above.iter();
            if others.iter().all(|other| above.any(|base| base == other)) {
                return Mro { rest: Some(*first), bases, ..mro };
            }
        }
        for base in &bases {
            let mut order = self.order(*base);
            let mut sequence = Vec::new();
            while let Some(class) = self.next_class(&mut order) {
                sequence.push(class);
            }
            sequences.push(sequence);
        }
        sequences.push(bases.clone());
        match merge(&sequences) {
            Some(merged) => {
                mro.classes.extend(merged.into_iter().filter(|base| *base != class));
                mro.bases = bases;
            }
            None => {
                let mut seen = FxHashSet::from_iter([class]);
                mro.classes.extend(sequences.into_iter().flatten().filter(|base| seen.insert(*base)));
            }
        }
        mro
    }

    /// Begins a walk through a class and what it derives from.
    pub(super) fn order(&mut self, class: ClassId) -> Order {
        Order { mro: self.mro(class), position: 0 }
    }

    /// The next class of a walk.
    pub(super) fn next_class(&mut self, order: &mut Order) -> Option<ClassId> {
        loop {
            if let Some(class) = order.mro.classes.get(order.position) {
                order.position += 1;
                return Some(*class);
            }
            *order = self.order(order.mro.rest?);
        }
    }

    /// At which position of a class's order another one stands.
    pub(super) fn position_in_order(&mut self, class: ClassId, other: ClassId) -> Option<usize> {
        let mut order = self.order(class);
        let mut position = 0;
        loop {
            if self.next_class(&mut order)? == other {
                return Some(position);
            }
            position += 1;
        }
    }

    /// The bases that the text gives a class.
    fn bases(&mut self, class: ClassId) -> Bases {
        let mut bases = Bases { classes: Vec::new(), externals: Vec::new(), is_partial: false };
        for base in self.base_types(class) {
            match base {
                Type::Class(base) if base != class => bases.classes.push(base),
                Type::External(name) => add(&mut bases.externals, name),
                _ => bases.is_partial = true,
            }
        }
        bases
    }

    fn base_types(&mut self, class: ClassId) -> Vec<Type> {
        let values = self.base_values(class);
        values.into_iter().map(|(source, value)| self.evaluate(source, value).ty).collect()
    }

    /// What the text says that a class derives from.
    pub(super) fn base_values(&mut self, class: ClassId) -> Vec<(Source, ValueId)> {
        self.facts_of_kind(self.classes.get(class), FactKind::Base)
    }

    /// The attribute of a class with this name, looked for from the class at this position of its order on.
    pub(super) fn member(&mut self, class: ClassId, skip: usize, name: Name) -> Option<FoundId> {
        let key = (class, skip as u32, name);
        if let Some(known) = self.members.get(&key) {
            return *known;
        }
        let mut order = self.order(class);
        for _ in 0..skip {
            self.next_class(&mut order);
        }
        let mut result: Option<FoundId> = None;
        while let Some(owner) = self.next_class(&mut order) {
            let mut found = self.own_member(owner, name);
            if found.is_empty() {
                continue;
            }
            // What a class binds comes before what its methods assign.
            let all = self.founds.get(found);
            let bound: Vec<Found> = all.iter().copied().filter(|one| !self.is_instance_field(*one)).collect();
            if !bound.is_empty() && bound.len() < all.len() {
                found = self.founds.list(&bound);
            }
            let all = self.founds.get(found);
            // An assignment without a type is one to the attribute that a class further up declares, if there is such.
            let is_declared = all.iter().any(|one| self.is_declared_attribute(*one));
            let is_assigned = all.iter().any(|one| self.is_field(*one));
            if result.is_none() || is_declared {
                result = Some(found);
            }
            if is_declared || !is_assigned {
                break;
            }
        }
        self.members.insert(key, result);
        result
    }

    /// Whether something is an attribute with a declared type, or a property.
    fn is_declared_attribute(&mut self, found: Found) -> bool {
        let Found::Entry(file, id) = found else { return false };
        let interface = self.files.interface(file);
        let declares = |entry: &Entry| interface.facts(entry).iter().any(|(kind, _)| *kind == FactKind::Type);
        interface.entry(id).is_some_and(|entry| entry.kind == SymbolKind::Field && declares(entry))
            || self.is_property(found)
    }

    fn is_field(&mut self, found: Found) -> bool {
        match found {
            Found::Entry(file, id) => {
                let interface = self.files.interface(file);
                interface.entry(id).is_some_and(|entry| entry.kind == SymbolKind::Field)
            }
            _ => false,
        }
    }

    fn is_instance_field(&mut self, found: Found) -> bool {
        match found {
            Found::Entry(file, id) => {
                let interface = self.files.interface(file);
                interface.entry(id).is_some_and(|entry| entry.flags.contains(SymbolFlags::INSTANCE))
            }
            Found::Local(symbol) => {
                self.ir.symbols.get(symbol.index()).is_some_and(|row| row.flags.contains(SymbolFlags::INSTANCE))
            }
            _ => false,
        }
    }

    /// What the class itself has under a name.
    fn own_member(&mut self, class: ClassId, name: Name) -> FoundId {
        let text = self.names.text(name);
        match self.classes.get(class) {
            Place::Entry(file, entry) => {
                let entries = self.files.entries(file, Some(entry), text);
                if entries.is_empty() { FoundId::NOTHING } else { self.follow_entries(file, entries) }
            }
            Place::Local(class) => {
                let Some(body) = self.ir.symbols.get(class.index()).and_then(|row| row.body) else {
                    return FoundId::NOTHING;
                };
                let rows = self.ir.symbols.iter().zip(0..).skip(class.index());
                let found: Vec<Found> = rows
                    .filter(|(row, _)| row.scope == body && self.ir.names.get(row.name) == Some(&*text))
                    .map(|(_, symbol)| Found::Local(SymbolId(symbol)))
                    .collect();
                self.founds.list(&found)
            }
        }
    }

    /// What an attribute is that no class of the repository has.
    pub(super) fn missing_in_class(&mut self, class: ClassId, name: Name) -> Found {
        let mro = self.mro(class);
        let getattr = self.names.name("__getattr__");
        if mro.is_partial || self.member(class, 0, getattr).is_some() {
            return Found::Not(UnresolvedReason::DynamicAttribute);
        }
        match mro.externals.first() {
            Some(base) => Found::External(self.names.member(*base, name)),
            None if is_of_object(self.names.text(name)) => {
                let object = self.names.name("builtins.object");
                Found::External(self.names.member(object, name))
            }
            None if self.is_made_by_metaclass(class) => Found::Not(UnresolvedReason::DynamicAttribute),
            None => Found::Not(UnresolvedReason::NoSuchAttribute),
        }
    }

    /// The class that an entry or symbol is.
    pub(super) fn class_at(&mut self, place: Place) -> ClassId {
        let place = match place {
            Place::Local(symbol) => match self.files.entry_of(symbol) {
                Some(entry) => Place::Entry(self.own, entry),
                None => place,
            },
            place => place,
        };
        self.classes.handle(place)
    }

    /// The class that an entry is a member of, found on `receiver`.
    pub(super) fn around(&mut self, file: FileNumber, at: At) -> Option<Around> {
        let interface = self.files.interface(file);
        let mut owner = interface.owner(at.entry)?;
        // What is told of a parameter is told in its method.
        while interface.entry(owner).is_some_and(|entry| entry.kind != SymbolKind::Class) {
            owner = interface.owner(owner)?;
        }
        let owner = self.classes.handle(Place::Entry(file, owner));
        Some(Around { owner, receiver: at.receiver.unwrap_or(owner) })
    }
}

/// Merges orders as C3 does: `None` if they contradict each other. Costs as much as the orders are long.
fn merge(sequences: &[Vec<ClassId>]) -> Option<Vec<ClassId>> {
    // How often each class stands behind the first of what is left of the sequences.
    let mut behind: FxHashMap<ClassId, usize> = FxHashMap::default();
    for class in sequences.iter().flat_map(|sequence| sequence.iter().skip(1)) {
        *behind.entry(*class).or_default() += 1;
    }
    let mut left: Vec<&[ClassId]> = sequences.iter().map(Vec::as_slice).collect();
    let mut merged = Vec::new();
    loop {
        left.retain(|sequence| !sequence.is_empty());
        if left.is_empty() {
            return Some(merged);
        }
        let mut heads = left.iter().filter_map(|sequence| sequence.first().copied());
        let next = heads.find(|head| behind.get(head).is_none_or(|count| *count == 0))?;
        merged.push(next);
        for sequence in left.iter_mut().filter(|sequence| sequence.first() == Some(&next)) {
            *sequence = &sequence[1..];
            if let Some(count) = sequence.first().and_then(|head| behind.get_mut(head)) {
                *count -= 1;
            }
        }
    }
}

fn add<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}

/// Whether every object has this attribute.
fn is_of_object(name: &str) -> bool {
    const NAMES: [&str; 28] = [
        "__annotations__",
        "__bases__",
        "__class__",
        "__delattr__",
        "__dict__",
        "__dir__",
        "__doc__",
        "__eq__",
        "__format__",
        "__ge__",
        "__getattribute__",
        "__gt__",
        "__hash__",
        "__init__",
        "__init_subclass__",
        "__le__",
        "__lt__",
        "__module__",
        "__mro__",
        "__name__",
        "__ne__",
        "__new__",
        "__qualname__",
        "__reduce__",
        "__repr__",
        "__setattr__",
        "__str__",
        "__subclasses__",
    ];
    NAMES.contains(&name)
}
