//! Which of several signatures a call is of: the first one that takes as many arguments, and arguments like those.
//!
//! Overloads of a function are declared one after the other under one name, those of an interface as members without a
//! name in the text. Whether types fit is not worked out: a signature is left out only where it is certain that it does
//! not take so many arguments, or that one of them is of another sort.

use esker_frontend_api::resolving::Found;
use esker_frontend_api::{
    Confidence, EntryId, FactKind, FileNumber, Literal, SymbolFlags, SymbolKind, Value, ValueList,
};

use super::evaluate::{NO_ARGUMENT, Source};
use super::types::{Place, Side, ThingId, Type, Typed};
use super::{CALLED, Resolver};

/// What sort of value a type is of, where values of one sort are none of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sort {
    Primitive(&'static str),
    Function,
    List,
    Object,
}

/// How many arguments a function is given, as far as that is known.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    pub(super) least: usize,
    /// Whether there may be more.
    pub(super) is_open: bool,
}

impl Resolver<'_> {
    /// What calling an instance of a thing is calling, or making an instance of that; several, if it is overloaded.
    pub(super) fn signature(&mut self, thing: ThingId) -> Option<Type> {
        if let Some(known) = self.signatures.get(&thing) {
            return *known;
        }
        self.signatures.insert(thing, None);
        let name = self.names.name(CALLED);
        let found = self.member(thing, Side::Instance, name);
        let signature = found.map(|found| self.type_of_all(found, Some(thing)).ty);
        self.signatures.insert(thing, signature);
        signature
    }

    /// A function, of several overloads the one that is called, with what it is given; see [`Value::Applied`].
    pub(super) fn called_overload(&mut self, source: Source, callee: Typed, told: ValueList) -> Typed {
        let told = self.list(source, told);
        let (expected, mut arguments) =
            told.split_first().map_or((None, &[][..]), |(first, rest)| (Some(*first), rest));
        let mut is_open = false;
        if let Some((last, before)) = arguments.split_last()
            && self.value(source, *last) == Value::Literal(Literal::Ellipsis, ValueList::EMPTY)
        {
            (arguments, is_open) = (before, true);
        }
        let callee = self.each(callee, |this, ty| {
            let Type::Instance(thing) = ty else { return Typed::exact(ty) };
            Typed::exact(this.signature(thing).unwrap_or(ty))
        });
        let callee = match callee.ty {
            Type::Union(_) => {
                let count = Count { least: arguments.len(), is_open };
                let given: Vec<Type> = arguments.iter().map(|argument| self.evaluate(source, *argument).ty).collect();
                self.chosen(callee, count, &given)
            }
            _ => callee,
        };
        self.each(callee, |this, ty| Typed::exact(this.applied(source, ty, expected, arguments)))
    }

    /// Of overloads the one that takes what is given; other parts of a union are left as they are.
    pub(super) fn chosen(&mut self, callee: Typed, count: Count, given: &[Type]) -> Typed {
        let mut left: Vec<Typed> = Vec::new();
        let parts = self.types.members(callee.ty);
        let mut parts = parts.as_slice();
        while let Some((first, rest)) = parts.split_first() {
            let Some(key) = self.overloaded(*first) else {
                left.push(Typed::exact(*first));
                parts = rest;
                continue;
            };
            let end = rest.iter().position(|part| self.overloaded(*part) != Some(key)).unwrap_or(rest.len());
            let overloads = &parts[..=end];
            parts = &rest[end..];
            if let [only] = overloads {
                left.push(Typed::exact(*only));
                continue;
            }
            let mut fitting: Vec<Type> = Vec::new();
            for overload in overloads {
                if self.takes(*overload, count, given) {
                    fitting.push(*overload);
                }
            }
            match fitting.as_slice() {
                [] => left.extend(overloads.iter().copied().map(Typed::exact)),
                [only] => left.push(Typed::exact(*only)),
                // What is not known of the arguments may rule out the first one.
                [first, ..] => left.push(Typed { ty: *first, confidence: Confidence::Inferred }),
            }
        }
        self.types.union(left).at_most(callee.confidence)
    }

    /// The owner of a function: overloads of one stand together.
    fn overloaded(&mut self, ty: Type) -> Option<(FileNumber, Option<EntryId>, u32)> {
        let Type::Function(function) = ty else { return None };
        let Place::Entry(file, id) = self.functions.get(function).place else { return None };
        let interface = self.files.interface(file);
        let name = interface.entry(id)?.name;
        Some((file, interface.owner(id), name.0))
    }

    /// Whether a function can be called with arguments of these types.
    fn takes(&mut self, overload: Type, count: Count, given: &[Type]) -> bool {
        let Type::Function(function) = overload else { return true };
        let function = self.functions.get(function);
        let Place::Entry(file, id) = function.place else { return true };
        let interface = self.files.interface(file);
        let Some(entry) = interface.entry(id) else { return true };
        let rows = entry.members.clone().map(EntryId).filter_map(|id| interface.entry(id));
        let (mut least, mut most) = (0_usize, 0_usize);
        for row in rows.filter(|row| !row.flags.intersects(NO_ARGUMENT)) {
            if row.flags.contains(SymbolFlags::VARIADIC) {
                // As many as a tuple has, if that says what they are.
                let mut facts = interface.facts(row).iter();
                let declared =
                    facts.find(|(kind, _)| *kind == FactKind::Type).map(|(_, value)| interface.value(*value));
                match declared {
                    Some(Value::Literal(Literal::Tuple, elements)) => {
                        let all = interface.values.list(elements).count();
                        (least, most) = (least + all, most.saturating_add(all));
                    }
                    _ => most = usize::MAX,
                }
                continue;
            }
            most = most.saturating_add(1);
            least += usize::from(!row.flags.contains(SymbolFlags::OPTIONAL));
        }
        if count.least > most || !count.is_open && count.least < least {
            return false;
        }
        given.iter().zip(0..).all(|(given, position)| {
            if *given == Type::Unknown {
                return true;
            }
            let taken = self.parameter(function, position);
            self.can_be(*given, taken.ty)
        })
    }

    /// Whether what is of the one type can be of the other, as far as that is known.
    fn can_be(&mut self, given: Type, taken: Type) -> bool {
        if given == taken {
            return true;
        }
        let (given, taken) = (self.types.members(given), self.types.members(taken));
        given.iter().any(|given| taken.iter().any(|taken| self.one_can_be(*given, *taken)))
    }

    fn one_can_be(&mut self, given: Type, taken: Type) -> bool {
        if let (Type::Unit(given), Type::Unit(taken)) = (given, taken) {
            return given == taken;
        }
        let (Some(given), Some(taken)) = (self.sort(given), self.sort(taken)) else { return true };
        given == taken || given == Sort::List && taken == Sort::Object
    }

    /// What sort of value a type is of, if that is certain.
    fn sort(&mut self, ty: Type) -> Option<Sort> {
        Some(match ty {
            Type::Unit(written) => Sort::Primitive(self.class_of_unit(written)),
            Type::Function(_) | Type::Callable(_) | Type::ExternalMethod(..) => Sort::Function,
            Type::ExternalInstance(name, _) => match self.names.text(name) {
                "String" => Sort::Primitive("String"),
                "Number" => Sort::Primitive("Number"),
                "Boolean" => Sort::Primitive("Boolean"),
                "Array" | "Tuple" | "ReadonlyArray" => Sort::List,
                "Record" | "Map" | "Set" | "Promise" | "Date" | "RegExp" => Sort::Object,
                _ => return None,
            },
            Type::Instance(thing) | Type::Thing(thing) => return self.sort_of_thing(thing, ty),
            _ => return None,
        })
    }

    fn sort_of_thing(&mut self, thing: ThingId, ty: Type) -> Option<Sort> {
        let places = self.things.places(thing);
        for place in places.iter() {
            let kind = match *place {
                Place::Entry(file, id) => self.kind_of(Found::Entry(file, id)),
                Place::Local(symbol) => self.kind_of(Found::Local(symbol)),
                Place::Scope(_) => None,
            };
            // A class can be called to make instances, and a member of an enum is a text or a number.
            let is_object = matches!(ty, Type::Instance(_)) || kind != Some(SymbolKind::Class);
            if !is_object || kind == Some(SymbolKind::Enum) {
                return None;
            }
        }
        if self.signature(thing).is_some() {
            return Some(Sort::Function);
        }
        let ancestors = self.ancestors(thing, Side::Instance);
        if ancestors.is_partial || !ancestors.externals.is_empty() || !self.requires_members(thing) {
            return None;
        }
        Some(Sort::Object)
    }

    /// Whether a thing has a member that is not optional: what has none is like anything.
    fn requires_members(&mut self, thing: ThingId) -> bool {
        let places = self.things.places(thing);
        places.iter().any(|place| match *place {
            Place::Entry(file, id) => {
                let interface = self.files.interface(file);
                let Some(entry) = interface.entry(id) else { return false };
                let mut members = entry.members.clone().map(EntryId).filter_map(|id| interface.entry(id));
                members.any(|row| !row.flags.contains(SymbolFlags::OPTIONAL))
            }
            _ => false,
        })
    }
}
