//! From where a value comes to what it is.

use esker_frontend_api::resolving::{FoundId, Name};
use esker_frontend_api::{
    Confidence, EntryId, FileNumber, Literal, NameId, ScopeId, SymbolFlags, SymbolKind, Value, ValueId, ValueList,
};

use super::Resolver;
use super::global::{Container, container};
use super::narrow::Test;
use super::overload::Count;
use super::types::{ListId, Parts, Place, ThingId, Type, Typed};

/// How many steps of evaluation may nest. Types beyond are not known; what people write needs a dozen.
pub(super) const MAX_STEPS: u32 = 60;

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
                let is_applied = matches!(self.value(source, callee), Value::Applied(..));
                let mut callee = self.evaluate(source, callee);
                if !is_applied && matches!(callee.ty, Type::Union(_)) {
                    callee = self.chosen(callee, Count { least: 0, is_open: false }, &[]);
                }
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
                let applied = self.called_overload(source, function, told);
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
                let typed = self.type_of_all(found, None).at_most(self.confidence_of(found));
                (found, typed)
            }
            (Value::Name(name), Source::Ir) => {
                let name = self.names.own(name);
                let found = self.unbound(name);
                let typed = self.type_of_all(found, None).at_most(self.confidence_of(found));
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

    /// What subscribing something gives.
    pub(super) fn item(&mut self, ty: Type) -> Typed {
        let Type::ExternalInstance(name, arguments) = self.container_of(ty) else { return Typed::UNKNOWN };
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

    pub(super) fn element(&mut self, ty: Type) -> Typed {
        let Type::ExternalInstance(name, arguments) = self.container_of(ty) else { return Typed::UNKNOWN };
        match container(self.names.text(name)) {
            Some(Container::Sequence) => Typed::exact(self.types.at(arguments, 0)),
            Some(Container::Mapping) => Typed::exact(Type::ExternalInstance(self.names.name("Tuple"), arguments)),
            Some(Container::Tuple) => self.item(ty),
            _ => Typed::UNKNOWN,
        }
    }

    pub(super) fn unpacked(&mut self, ty: Type, position: usize) -> Typed {
        let Type::ExternalInstance(name, arguments) = self.container_of(ty) else { return Typed::UNKNOWN };
        match container(self.names.text(name)) {
            Some(Container::Tuple) => Typed::exact(self.types.at(arguments, position)),
            Some(Container::Sequence) => Typed::exact(self.types.at(arguments, 0)),
            Some(Container::Mapping) => Typed::exact(self.types.at(arguments, 1)),
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
            // One of several types, which one depends on what is given.
            Literal::Ellipsis => {
                let elements = self.list(source, elements).into_iter();
                let all: Vec<Typed> = elements.map(|element| each(self, source, element)).collect();
                let known = all.into_iter().filter(|typed| !typed.is_unknown());
                return self.types.union(known).at_most(Confidence::Inferred);
            }
            Literal::Bytes => return Typed::UNKNOWN,
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
