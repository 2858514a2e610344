//! What functions take and return.

use esker_frontend_api::{Confidence, EntryId, FactKind, SymbolFlags, SymbolId, SymbolKind, ValueId};

use super::Resolver;
use super::evaluate::{At, NO_ARGUMENT, Source};
use super::types::{Function, Parts, PartsId, Place, Side, Type, Typed};

/// How many functions deep a type may be found out by what functions return without saying so.
const MAX_RETURNS: u32 = 6;

impl Resolver<'_> {
    /// What calling something, or making an instance of it, gives.
    pub(super) fn called(&mut self, callee: Typed) -> Typed {
        self.each(callee, |this, ty| match ty {
            Type::Thing(thing) => Typed::exact(Type::Instance(thing)),
            Type::Function(function) => {
                let function = this.functions.get(function);
                this.returned(function)
            }
            Type::Instance(thing) => match this.signature(thing) {
                Some(signature) => this.called(Typed::exact(signature)),
                None => Typed::UNKNOWN,
            },
            Type::Callable(parts) => Typed::exact(this.part(parts, 0)),
            Type::External(name) => {
                let text = this.names.text(name);
                let is_class = text.rsplit('.').next().is_some_and(|last| last.starts_with(char::is_uppercase));
                if is_class { Typed::exact(this.external(text, &[])) } else { Typed::UNKNOWN }
            }
            Type::ExternalMethod(name, arguments) => Typed::exact(this.external_method(name, arguments)),
            _ => Typed::UNKNOWN,
        })
    }

    /// What a function without a name returns, or what it takes at a position less one.
    pub(super) fn part(&mut self, id: PartsId, position: usize) -> Type {
        let (source, parts) = match self.callables.get(id) {
            Parts::Known(list) => return self.types.at(list, position),
            Parts::Written(source, parts) => (source, parts),
        };
        if let Some(known) = self.parts.get(&(id, position)) {
            return *known;
        }
        self.parts.insert((id, position), Type::Unknown);
        let part = self.list(source, parts).get(position).copied();
        let ty = part.map_or(Type::Unknown, |part| self.annotation(source, part).ty);
        self.parts.insert((id, position), ty);
        ty
    }

    /// What a function takes at a position.
    pub(super) fn argument(&mut self, callee: Type, position: u32) -> Typed {
        match callee {
            Type::Function(function) => {
                let function = self.functions.get(function);
                self.parameter(function, position)
            }
            Type::Callable(parts) => Typed::exact(self.part(parts, position as usize + 1)),
            Type::Thing(thing) => {
                let constructor = self.names.name("constructor");
                let Some(found) = self.member(thing, Side::Instance, constructor) else { return Typed::UNKNOWN };
                let constructor = self.type_of_all(found, Some(thing));
                self.each(constructor, |this, ty| match ty {
                    Type::Function(_) => this.argument(ty, position),
                    _ => Typed::UNKNOWN,
                })
            }
            Type::Instance(thing) => match self.signature(thing) {
                Some(signature) => self.each(Typed::exact(signature), |this, ty| this.argument(ty, position)),
                None => Typed::UNKNOWN,
            },
            Type::ExternalMethod(name, arguments) => Typed::exact(self.argument_of_external(name, arguments, position)),
            _ => Typed::UNKNOWN,
        }
    }

    /// What a function takes at a position.
    pub(super) fn parameter(&mut self, function: Function, position: u32) -> Typed {
        let Some((index, flags)) = self.parameter_at(function, position) else { return Typed::UNKNOWN };
        let declared = self.declared_parameter(function, index);
        if !flags.contains(SymbolFlags::VARIADIC) {
            return declared;
        }
        self.each(declared, |this, ty| this.unpacked(ty, (position - index) as usize))
    }

    /// Which of a function's parameters takes the argument at a position.
    fn parameter_at(&mut self, function: Function, position: u32) -> Option<(u32, SymbolFlags)> {
        let takes = |(index, flags): &(u32, SymbolFlags)| {
            *index == position || *index < position && flags.contains(SymbolFlags::VARIADIC)
        };
        match function.place {
            Place::Entry(file, id) => {
                let interface = self.files.interface(file);
                let rows = interface.entry(id)?.members.clone().map(EntryId).filter_map(|id| interface.entry(id));
                let flags = rows.map(|row| row.flags).filter(|flags| !flags.intersects(NO_ARGUMENT));
                (0..).zip(flags).find(takes)
            }
            Place::Local(symbol) => (0..).zip(self.local_parameters(symbol).map(|(_, flags)| flags)).find(takes),
            Place::Scope(_) => None,
        }
    }

    /// The parameters of a function that only the own file knows.
    fn local_parameters(&self, function: SymbolId) -> impl Iterator<Item = (SymbolId, SymbolFlags)> {
        let body = self.ir.symbols.get(function.index()).and_then(|row| row.body);
        let rows = self.ir.symbols.iter().zip((0..).map(SymbolId)).skip(function.index());
        let rows = rows.filter(move |(row, _)| Some(row.scope) == body && row.kind == SymbolKind::Parameter);
        rows.map(|(row, id)| (id, row.flags)).filter(|(_, flags)| !flags.intersects(NO_ARGUMENT))
    }

    /// What the text declares one of a function's parameters to be.
    pub(super) fn declared_parameter(&mut self, function: Function, index: u32) -> Typed {
        match function.place {
            Place::Entry(file, id) => {
                let interface = self.files.interface(file);
                let Some(entry) = interface.entry(id) else { return Typed::UNKNOWN };
                let rows = entry.members.clone().map(EntryId).filter_map(|id| Some((id, interface.entry(id)?)));
                let mut parameters = rows.filter(|(_, row)| !row.flags.intersects(NO_ARGUMENT));
                let Some((parameter, row)) = parameters.nth(index as usize) else { return Typed::UNKNOWN };
                let receiver = function.receiver.or_else(|| self.owner_of(file, id));
                let given = function.arguments.map(|arguments| (id, arguments));
                let at = At { receiver, object: Some(parameter), given };
                self.declared(Source::Interface(file, at), interface.facts(row))
            }
            Place::Local(symbol) => {
                let Some((id, _)) = self.local_parameters(symbol).nth(index as usize) else { return Typed::UNKNOWN };
                let facts = self.ir.facts_of(id).iter();
                let facts: Vec<(FactKind, ValueId)> = facts.map(|fact| (fact.kind, fact.value)).collect();
                self.declared(Source::Ir, &facts)
            }
            Place::Scope(_) => Typed::UNKNOWN,
        }
    }

    /// What the text declares something to be.
    fn declared(&mut self, source: Source, facts: &[(FactKind, ValueId)]) -> Typed {
        match facts.iter().find(|(kind, _)| *kind == FactKind::Type) {
            Some((_, value)) => self.annotation(source, *value),
            None => Typed::UNKNOWN,
        }
    }

    /// What a function returns, as it says or, if it does not, as its text tells.
    pub(super) fn returned(&mut self, function: Function) -> Typed {
        if let Some(known) = self.returns.get(&function) {
            return *known;
        }
        if self.return_depth >= MAX_RETURNS {
            return Typed::UNKNOWN;
        }
        self.returns.insert(function, Typed::UNKNOWN);
        self.return_depth += 1;
        let typed = self.find_returned(function);
        self.return_depth -= 1;
        self.returns.insert(function, typed);
        typed
    }

    fn find_returned(&mut self, function: Function) -> Typed {
        let (source, flags, facts): (Source, SymbolFlags, Vec<(FactKind, ValueId)>) = match function.place {
            Place::Entry(file, id) => {
                let interface = self.files.interface(file);
                let Some(entry) = interface.entry(id) else { return Typed::UNKNOWN };
                let receiver = function.receiver.or_else(|| self.owner_of(file, id));
                let given = function.arguments.map(|arguments| (id, arguments));
                let source = Source::Interface(file, At { receiver, object: Some(id), given });
                (source, entry.flags, interface.facts(entry).to_vec())
            }
            Place::Local(symbol) => {
                let facts = self.ir.facts_of(symbol).iter().map(|fact| (fact.kind, fact.value)).collect();
                let flags = self.ir.symbols.get(symbol.index()).map_or(SymbolFlags::empty(), |row| row.flags);
                (Source::Ir, flags, facts)
            }
            Place::Scope(_) => return Typed::UNKNOWN,
        };
        if facts.iter().any(|(kind, _)| *kind == FactKind::Type) {
            return self.declared(source, &facts);
        }
        if flags.contains(SymbolFlags::GENERATOR) {
            return Typed::UNKNOWN;
        }
        let returned = facts.into_iter().filter(|(kind, _)| *kind == FactKind::Returned);
        let each: Vec<Typed> = returned.map(|(_, value)| self.evaluate(source, value)).collect();
        let returned = self.types.union(each).at_most(Confidence::Inferred);
        if flags.contains(SymbolFlags::ASYNC) {
            let returned_ty = self.each(returned, Self::awaited).ty;
            let promise = self.external("Promise", &[returned_ty]);
            return Typed { ty: promise, ..returned };
        }
        returned
    }
}
