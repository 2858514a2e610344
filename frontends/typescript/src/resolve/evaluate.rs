//! From where a value comes to what it is.

use esker_frontend_api::resolving::{FoundId, Name};
use esker_frontend_api::{
    Confidence, EntryId, FactKind, FileNumber, Literal, NameId, ScopeId, SymbolFlags, SymbolId, SymbolKind, Value,
    ValueId, ValueList,
};

use super::Resolver;
use super::global::{Container, container};
use super::narrow::Test;
use super::types::{Function, ListId, Parts, PartsId, Place, Side, ThingId, Type, Typed};

/// How many steps of evaluation may nest. Types beyond are not known; what people write needs a dozen.
pub(super) const MAX_STEPS: u32 = 60;

/// How many functions deep a type may be found out by what functions return without saying so.
const MAX_RETURNS: u32 = 6;

/// What is among the parameters of a function and takes no argument: names that a pattern binds, and what the function
/// returns.
pub(super) const NO_ARGUMENT: SymbolFlags = SymbolFlags::KEYWORD_ONLY.union(SymbolFlags::REEXPORTED);

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Source {
    /// In the IR of the own file.
    Ir,
    /// In the interface of a file, in a fact about an entry.
    Interface(FileNumber, At),
}

/// What is around a value in an interface.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub(super) struct At {
    /// What a member is found on.
    pub(super) receiver: Option<ThingId>,
    /// The entry that the value is told about, which has members of its own where the value is an object.
    pub(super) object: Option<EntryId>,
    /// What is given for the type parameters of an alias or a function around.
    pub(super) given: Option<(EntryId, ListId)>,
}

impl Resolver<'_> {
    /// What a value is.
    pub(super) fn evaluate(&mut self, source: Source, id: ValueId) -> Typed {
        if self.steps >= MAX_STEPS {
            return Typed::UNKNOWN;
        }
        self.steps += 1;
        let typed = self.evaluate_value(source, id);
        self.steps -= 1;
        typed
    }

    pub(super) fn value(&mut self, source: Source, id: ValueId) -> Value {
        match source {
            Source::Ir => self.ir.values.get(id),
            Source::Interface(file, _) => self.files.interface(file).value(id),
        }
    }

    pub(super) fn list(&mut self, source: Source, values: ValueList) -> Vec<ValueId> {
        match source {
            Source::Ir => self.ir.values.list(values).collect(),
            Source::Interface(file, _) => self.files.interface(file).values.list(values).collect(),
        }
    }

    fn evaluate_value(&mut self, source: Source, id: ValueId) -> Typed {
        match self.value(source, id) {
            Value::Reference(_) | Value::Import(_) | Value::Name(_) | Value::Member(..) => self.named(source, id).1,
            Value::Instance | Value::Class => {
                let Source::Interface(_, At { receiver: Some(receiver), .. }) = source else { return Typed::UNKNOWN };
                let is_class = matches!(self.value(source, id), Value::Class);
                Typed::exact(if is_class { Type::Thing(receiver) } else { Type::Instance(receiver) })
            }
            Value::Scope(scope) => self.of_scope(scope),
            Value::Call(callee) => {
                let callee = self.evaluate(source, callee);
                self.called(callee)
            }
            Value::Item(base, arguments) if !arguments.is_empty() => {
                let generic = self.evaluate(source, base);
                let arguments = self.arguments(source, arguments);
                self.each(generic, |this, ty| Typed::exact(this.with_arguments(ty, arguments)))
            }
            Value::Item(base, _) => {
                let base = self.evaluate(source, base);
                self.each(base, Self::item)
            }
            Value::Awaited(inner) => {
                let inner = self.evaluate(source, inner);
                self.each(inner, Self::awaited)
            }
            Value::Element(inner) | Value::ElementAsync(inner) => {
                let inner = self.evaluate(source, inner);
                self.each(inner, Self::element)
            }
            Value::Unpacked(inner, position) => {
                let inner = self.evaluate(source, inner);
                self.each(inner, |this, ty| this.unpacked(ty, position as usize))
            }
            Value::Either(values) => {
                let values = self.list(source, values).into_iter();
                let each: Vec<Typed> = values.map(|value| self.evaluate(source, value)).collect();
                self.types.union(each)
            }
            Value::Annotated(inner) => self.annotation(source, inner),
            Value::TypeOf(inner) => self.evaluate(source, inner),
            Value::Argument(callee, position) => {
                let callee = self.evaluate(source, callee);
                self.each(callee, |this, ty| this.argument(ty, position))
            }
            Value::Literal(literal, elements) => self.literal(source, literal, elements, Self::evaluate),
            Value::Applied(function, told) => {
                if let Some(known) = self.applied.get(&(source, id)) {
                    return *known;
                }
                let function = self.evaluate(source, function);
                let applied = self.each(function, |this, ty| Typed::exact(this.applied(source, ty, told)));
                self.applied.insert((source, id), applied);
                applied
            }
            Value::Variable(..) => self.annotation(source, id),
            Value::Unit(written) => {
                let written = self.written_name(source, written);
                Typed::exact(Type::Unit(written))
            }
            Value::Narrowed(inner, guard) => self.tested(source, inner, guard, Test::Like),
            Value::Excluded(inner, guard) => self.tested(source, inner, guard, Test::Unlike),
            Value::Unknown | Value::Entered(_) | Value::EnteredAsync(_) => Typed::UNKNOWN,
        }
    }

    /// What has the members that a scope of the own file binds.
    fn of_scope(&mut self, scope: ScopeId) -> Typed {
        let owner = self.ir.scopes.get(scope.index()).and_then(|row| row.owner);
        let kind = owner.and_then(|owner| self.ir.symbols.get(owner.index())).map(|row| row.kind);
        match (owner, kind) {
            (Some(owner), Some(SymbolKind::Function | SymbolKind::Method)) => self.type_of_symbol(owner, None),
            (Some(owner), Some(SymbolKind::Parameter)) => {
                let place =
                    self.files.entry_of(owner).map_or(Place::Scope(scope), |entry| Place::Entry(self.own, entry));
                Typed::exact(Type::Thing(self.things.at(place)))
            }
            (Some(owner), Some(_)) => Typed::exact(Type::Thing(self.thing_of_symbol(owner))),
            _ => Typed::exact(Type::Thing(self.things.at(Place::Scope(scope)))),
        }
    }

    /// What a value that names something stands for, and what it is.
    pub(super) fn named(&mut self, source: Source, id: ValueId) -> (FoundId, Typed) {
        match (self.value(source, id), source) {
            (Value::Reference(reference), _) => {
                let outcome = self.outcome(reference);
                (outcome.found, self.typed(outcome))
            }
            (Value::Import(import), source) => {
                let imported = match source {
                    Source::Ir => self.own_import(import),
                    Source::Interface(file, _) => self.import_of(file, import),
                };
                let found = self.follow_imported(&imported);
                let typed = self.type_of_all(found, None);
                (found, typed)
            }
            (Value::Name(name), Source::Interface(file, _)) => {
                let interface = self.files.interface(file);
                let name = self.names.name(interface.name(name));
                let found = self.name_in_file(file, name);
                let typed = self.type_of_all(found, None);
                (found, typed)
            }
            (Value::Member(base, name), source) => {
                let name = self.written_name(source, name);
                let base = self.evaluate(source, base);
                let outcome = self.attribute(base, name);
                (outcome.found, self.typed(outcome))
            }
            (_, source) => (FoundId::NOTHING, self.evaluate(source, id)),
        }
    }

    /// A name that a value has.
    pub(super) fn written_name(&mut self, source: Source, name: NameId) -> Name {
        match source {
            Source::Ir => self.names.own(name),
            Source::Interface(file, _) => {
                let interface = self.files.interface(file);
                self.names.name(interface.name(name))
            }
        }
    }

    /// Applies `step` to each type that a value may have.
    pub(super) fn each(&mut self, typed: Typed, mut step: impl FnMut(&mut Self, Type) -> Typed) -> Typed {
        if !matches!(typed.ty, Type::Union(_)) {
            return step(self, typed.ty).at_most(typed.confidence);
        }
        let members = self.types.members(typed.ty);
        let stepped: Vec<Typed> =
            members.into_iter().filter(|ty| *ty != Type::Nothing).map(|ty| step(self, ty)).collect();
        self.types.union(stepped).at_most(typed.confidence)
    }

    /// What calling something, or making an instance of it, gives.
    pub(super) fn called(&mut self, callee: Typed) -> Typed {
        self.each(callee, |this, ty| match ty {
            Type::Thing(thing) => Typed::exact(Type::Instance(thing)),
            Type::Function(function) => {
                let function = this.functions.get(function);
                this.returned(function)
            }
            Type::Instance(thing) => match this.signature(thing) {
                Some(Type::Callable(parts)) => Typed::exact(this.part(parts, 0)),
                _ => Typed::UNKNOWN,
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
    fn argument(&mut self, callee: Type, position: u32) -> Typed {
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
                Some(signature) => self.argument(signature, position),
                None => Typed::UNKNOWN,
            },
            Type::ExternalMethod(name, arguments) => Typed::exact(self.argument_of_external(name, arguments, position)),
            _ => Typed::UNKNOWN,
        }
    }

    fn parameter(&mut self, function: Function, position: u32) -> Typed {
        match function.place {
            Place::Entry(file, id) => {
                let interface = self.files.interface(file);
                let Some(entry) = interface.entry(id) else { return Typed::UNKNOWN };
                let rows = entry.members.clone().map(EntryId).filter_map(|id| Some((id, interface.entry(id)?)));
                let mut parameters = rows.filter(|(_, row)| !row.flags.intersects(NO_ARGUMENT));
                match parameters.nth(position as usize) {
                    Some((parameter, row)) if !row.flags.contains(SymbolFlags::VARIADIC) => {
                        let receiver = function.receiver.or_else(|| self.owner_of(file, id));
                        let given = function.arguments.map(|arguments| (id, arguments));
                        let at = At { receiver, object: Some(parameter), given };
                        self.declared(Source::Interface(file, at), interface.facts(row))
                    }
                    _ => Typed::UNKNOWN,
                }
            }
            Place::Local(symbol) => {
                let Some(body) = self.ir.symbols.get(symbol.index()).and_then(|row| row.body) else {
                    return Typed::UNKNOWN;
                };
                let rows = self.ir.symbols.iter().zip(0..).skip(symbol.index());
                let rows = rows.filter(|(row, _)| row.scope == body && row.kind == SymbolKind::Parameter);
                let mut parameters = rows.filter(|(row, _)| !row.flags.intersects(NO_ARGUMENT));
                let Some((row, id)) = parameters.nth(position as usize) else { return Typed::UNKNOWN };
                if row.flags.contains(SymbolFlags::VARIADIC) {
                    return Typed::UNKNOWN;
                }
                let facts = self.ir.facts_of(SymbolId(id)).iter();
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

    /// What subscribing something gives.
    pub(super) fn item(&mut self, ty: Type) -> Typed {
        let Type::ExternalInstance(name, arguments) = ty else { return Typed::UNKNOWN };
        match container(self.names.text(name)) {
            Some(Container::Sequence) => Typed::exact(self.types.at(arguments, 0)),
            Some(Container::Mapping) => Typed::exact(self.types.at(arguments, 1)),
            Some(Container::Tuple) => {
                let all = self.types.get(arguments);
                self.types.union(all.iter().copied().map(Typed::exact)).at_most(Confidence::Inferred)
            }
            _ => Typed::UNKNOWN,
        }
    }

    pub(super) fn awaited(&mut self, ty: Type) -> Typed {
        match ty {
            Type::ExternalInstance(name, arguments) if container(self.names.text(name)) == Some(Container::Promise) => {
                Typed::exact(self.types.at(arguments, 0))
            }
            other => Typed::exact(other),
        }
    }

    fn element(&mut self, ty: Type) -> Typed {
        let Type::ExternalInstance(name, arguments) = ty else { return Typed::UNKNOWN };
        match container(self.names.text(name)) {
            Some(Container::Sequence) => Typed::exact(self.types.at(arguments, 0)),
            Some(Container::Mapping) => Typed::exact(Type::ExternalInstance(self.names.name("Tuple"), arguments)),
            Some(Container::Tuple) => self.item(ty),
            _ => Typed::UNKNOWN,
        }
    }

    fn unpacked(&mut self, ty: Type, position: usize) -> Typed {
        let Type::ExternalInstance(name, arguments) = ty else { return Typed::UNKNOWN };
        match container(self.names.text(name)) {
            Some(Container::Tuple) => Typed::exact(self.types.at(arguments, position)),
            Some(Container::Sequence) => Typed::exact(self.types.at(arguments, 0)),
            _ => Typed::UNKNOWN,
        }
    }

    /// A literal, of which the elements are told by `each`.
    fn literal(
        &mut self,
        source: Source,
        literal: Literal,
        elements: ValueList,
        each: fn(&mut Self, Source, ValueId) -> Typed,
    ) -> Typed {
        let name = match literal {
            Literal::None => return Typed::exact(Type::Nothing),
            Literal::Mapping if !elements.is_empty() => {
                let elements = self.list(source, elements).into_iter();
                let each = elements.map(|element| self.annotation(source, element));
                let each: Vec<Typed> = each.collect();
                let value = self.types.union(each).ty;
                return Typed::exact(self.external("Record", &[Type::Unknown, value]));
            }
            Literal::Mapping => {
                let Source::Interface(file, at) = source else { return Typed::UNKNOWN };
                return at.object.map_or(Typed::UNKNOWN, |object| self.object_type(file, at, object));
            }
            Literal::Function => {
                return Typed::exact(Type::Callable(self.callables.handle(Parts::Written(source, elements))));
            }
            Literal::Boolean => "Boolean",
            Literal::Integer | Literal::Number => "Number",
            Literal::Text => "String",
            Literal::Tuple => "Tuple",
            Literal::List | Literal::Set => "Array",
            Literal::Bytes | Literal::Ellipsis => return Typed::UNKNOWN,
        };
        let elements = self.list(source, elements).into_iter();
        let all: Vec<Typed> = elements.map(|element| each(self, source, element)).collect();
        let confidence = all.iter().map(|typed| typed.confidence).max().unwrap_or(Confidence::Exact);
        let arguments = match literal {
            Literal::Tuple => all.iter().map(|typed| typed.ty).collect(),
            _ if all.is_empty() => Vec::new(),
            // What can be taken apart by position, if it is written out.
            _ => vec![self.types.union(all).ty],
        };
        Typed { ty: self.external(name, &arguments), confidence }
    }

    /// What an instance of the type is that an annotation stands for.
    pub(super) fn annotation(&mut self, source: Source, id: ValueId) -> Typed {
        if self.steps >= MAX_STEPS {
            return Typed::UNKNOWN;
        }
        self.steps += 1;
        let typed = self.annotation_value(source, id);
        self.steps -= 1;
        typed
    }

    fn annotation_value(&mut self, source: Source, id: ValueId) -> Typed {
        match self.value(source, id) {
            Value::Reference(_) | Value::Import(_) | Value::Name(_) | Value::Member(..) => {
                let (found, typed) = self.named(source, id);
                self.instance_of(found, typed, None)
            }
            Value::Item(base, arguments) => self.parametrised(source, base, arguments),
            Value::Variable(up, position) => match source {
                Source::Interface(file, at) => self.variable(file, at, up, position),
                Source::Ir => Typed::UNKNOWN,
            },
            Value::Unit(_) => self.evaluate(source, id),
            Value::Either(values) => {
                let values = self.list(source, values).into_iter();
                let each: Vec<Typed> = values.map(|value| self.annotation(source, value)).collect();
                let is_known = each.iter().any(|typed| !typed.is_unknown());
                // Of a union or an intersection something is known, if something is known of a part.
                self.types.union(each.into_iter().filter(|typed| !is_known || !typed.is_unknown()))
            }
            Value::TypeOf(inner) => self.evaluate(source, inner),
            Value::Class | Value::Instance | Value::Scope(_) | Value::Call(_) => {
                let typed = self.evaluate(source, id);
                self.each(typed, |_, ty| match ty {
                    Type::Thing(thing) | Type::Instance(thing) => Typed::exact(Type::Instance(thing)),
                    other => Typed::exact(other),
                })
            }
            Value::Literal(Literal::Mapping, elements) if elements.is_empty() => {
                let typed = self.literal(source, Literal::Mapping, elements, Self::annotation);
                match typed.ty {
                    Type::Thing(thing) => Typed::exact(Type::Instance(thing)),
                    _ => Typed::UNKNOWN,
                }
            }
            Value::Literal(literal, elements) => self.literal(source, literal, elements, Self::annotation),
            _ => Typed::UNKNOWN,
        }
    }
}
