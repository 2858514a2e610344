//! From where a value comes to what it is.

use esker_frontend_api::resolving::{FoundId, Name, TypeLists};
use esker_frontend_api::{
    Confidence, EntryId, FactKind, FileNumber, Literal, SymbolFlags, SymbolKind, Value, ValueId, ValueList,
};

use super::Resolver;
use super::builtins::{Container, container, is_class_name, last_part};
use super::generic::CallArguments;
use super::lookup::Found;
use super::narrow::Test;
use super::types::{Arguments, ClassId, Function, Place, Type, Typed};

/// How many steps of evaluation may nest. Types beyond are not known; what people write needs a dozen.
const MAX_STEPS: u32 = 40;

/// How many values may be evaluated for the references of one file. What is told by what it is told by can double at each
/// step.
const MAX_EVALUATED: u32 = 1 << 20;

/// How many functions deep a type may be found out by what functions return without saying so.
const MAX_RETURNS: u32 = 6;

/// Where a value stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Source {
    /// In the IR of the own file.
    Ir,
    /// In the interface of a file, where that tells of an entry.
    Interface(FileNumber, At),
}

/// The entry that a value of an interface is told about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct At {
    pub(super) entry: EntryId,
    /// Of a member, the class on which, or on instances of which, it was found, if that is not the one that has it.
    pub(super) receiver: Option<ClassId>,
}

impl Source {
    /// What an interface tells of an entry by itself.
    pub(super) fn entry(file: FileNumber, entry: EntryId) -> Self {
        Self::Interface(file, At { entry, receiver: None })
    }

    /// What an interface tells of a member of this class or instances of it.
    pub(super) fn member(file: FileNumber, entry: EntryId, receiver: Option<ClassId>) -> Self {
        Self::Interface(file, At { entry, receiver })
    }
}

/// The class around a method.
#[derive(Debug, Clone, Copy)]
pub(super) struct Around {
    /// The class that has the method.
    pub(super) owner: ClassId,
    /// The class on which, or on instances of which, it is called.
    pub(super) receiver: ClassId,
}

impl Resolver<'_> {
    /// What a value is.
    pub(super) fn evaluate(&mut self, source: Source, id: ValueId) -> Typed {
        if self.steps >= MAX_STEPS || self.evaluated >= MAX_EVALUATED {
            return Typed::UNKNOWN;
        }
        self.evaluated += 1;
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

    /// The facts of one kind about something.
    pub(super) fn facts_of_kind(&mut self, place: Place, wanted: FactKind) -> Vec<(Source, ValueId)> {
        match place {
            Place::Entry(file, id) => {
                let interface = self.files.interface(file);
                let facts = interface.entry(id).map_or(&[][..], |entry| interface.facts(entry)).iter();
                let source = Source::entry(file, id);
                facts.filter(|(kind, _)| *kind == wanted).map(|(_, value)| (source, *value)).collect()
            }
            Place::Local(symbol) => {
                let facts = self.ir.facts_of(symbol).iter().filter(|fact| fact.kind == wanted);
                facts.map(|fact| (Source::Ir, fact.value)).collect()
            }
        }
    }

    fn evaluate_value(&mut self, source: Source, id: ValueId) -> Typed {
        match self.value(source, id) {
            // All but the first are of languages with other types.
            Value::Unknown
            | Value::Argument(..)
            | Value::TypeOf(_)
            | Value::Scope(_)
            | Value::Variable(..)
            | Value::Unit(_) => Typed::UNKNOWN,
            Value::Applied(callee, _) => self.evaluate(source, callee),
            value @ (Value::Reference(_) | Value::Import(_) | Value::Name(_) | Value::Member(..)) => {
                self.named(source, value).1
            }
            Value::Instance | Value::Class => {
                let Source::Interface(file, at) = source else { return Typed::UNKNOWN };
                let Some(around) = self.around(file, at) else { return Typed::UNKNOWN };
                let arguments = TypeLists::EMPTY;
                let is_class = matches!(self.value(source, id), Value::Class);
                let class = around.receiver;
                Typed::exact(if is_class { Type::Class(class) } else { Type::Instance(class, arguments) })
            }
            Value::Call(callee) => {
                if self.is_super(source, callee) {
                    return self.super_of(source, callee);
                }
                let (callee, arguments) = match self.value(source, callee) {
                    Value::Applied(callee, values) => (callee, Some(CallArguments { source, values })),
                    _ => (callee, None),
                };
                let called = self.evaluate(source, callee);
                let made = self.called_with(called, arguments);
                match (called.ty, made.ty, self.value(source, callee)) {
                    // `C[int]()`.
                    (Type::Class(_), Type::Instance(class, _), Value::Item(_, given)) => {
                        let given = self.annotations(source, given);
                        Typed { ty: Type::Instance(class, given), ..made }
                    }
                    _ => made,
                }
            }
            Value::Item(base, values) => {
                let base = self.evaluate(source, base);
                self.item(base, Some(CallArguments { source, values }))
            }
            Value::Awaited(inner) => {
                let inner = self.evaluate(source, inner);
                self.each(inner, Self::awaited)
            }
            Value::Element(inner) => {
                let inner = self.evaluate(source, inner);
                self.each(inner, |this, ty| this.element(ty, "__iter__", "__next__"))
            }
            Value::ElementAsync(inner) => {
                let inner = self.evaluate(source, inner);
                self.each(inner, |this, ty| this.element(ty, "__aiter__", "__anext__"))
            }
            Value::Entered(inner) => {
                let inner = self.evaluate(source, inner);
                self.each(inner, |this, ty| this.entered(ty, "__enter__"))
            }
            Value::EnteredAsync(inner) => {
                let inner = self.evaluate(source, inner);
                self.each(inner, |this, ty| this.entered(ty, "__aenter__"))
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
            Value::Narrowed(inner, guard) => self.tested(source, id, inner, guard, Test::Like),
            Value::Excluded(inner, guard) => self.tested(source, id, inner, guard, Test::Unlike),
            Value::Literal(literal, elements) => self.literal(source, literal, elements),
        }
    }

    /// What a value that names something stands for, and what it is.
    fn named(&mut self, source: Source, value: Value) -> (FoundId, Typed) {
        match (value, source) {
            (Value::Reference(reference), _) => {
                let outcome = self.outcome(reference);
                (outcome.found, self.typed(outcome))
            }
            (Value::Import(import), source) => {
                let found = match source {
                    Source::Ir => self.follow_own_import(import, true),
                    Source::Interface(file, _) => {
                        let imported = self.import_of(file, import);
                        self.follow_imported(&imported, true)
                    }
                };
                let found = self.founds.list(&found);
                let typed = self.type_of_all(found, None);
                (found, typed)
            }
            (Value::Name(name), Source::Interface(file, _)) => {
                let interface = self.files.interface(file);
                let name = self.names.name(interface.name(name));
                let found = self.name_or_builtin(file, name);
                let typed = self.type_of_all(found, None);
                (found, typed)
            }
            (Value::Member(base, name), Source::Interface(file, _)) => {
                let interface = self.files.interface(file);
                let name = self.names.name(interface.name(name));
                let base = self.evaluate(source, base);
                let outcome = self.attribute(file, base, name);
                (outcome.found, self.typed(outcome))
            }
            _ => (FoundId::NOTHING, Typed::UNKNOWN),
        }
    }

    fn is_super(&mut self, source: Source, callee: ValueId) -> bool {
        match (self.value(source, callee), source) {
            (Value::Name(name), Source::Interface(file, _)) => self.files.interface(file).name(name) == "super",
            (Value::Reference(reference), Source::Ir) => self.ir.references.get(reference.index()).is_some_and(|row| {
                row.binding == esker_frontend_api::Binding::Free && self.ir.names.get(row.name) == Some("super")
            }),
            _ => false,
        }
    }

    fn super_of(&mut self, source: Source, callee: ValueId) -> Typed {
        let around = match source {
            Source::Interface(file, at) => self.around(file, at),
            Source::Ir => self.around_value(callee).map(|class| Around { owner: class, receiver: class }),
        };
        around.map_or(Typed::UNKNOWN, |Around { owner, receiver }| Typed::exact(Type::Super(owner, receiver)))
    }

    /// The class around the place of a value of the own file that is a reference.
    fn around_value(&mut self, value: ValueId) -> Option<ClassId> {
        let Value::Reference(reference) = self.ir.values.get(value) else { return None };
        let scope = self.ir.references.get(reference.index())?.scope;
        self.class_around_scope(scope)
    }

    /// Applies `step` to each type that a value may have.
    pub(super) fn each(&mut self, typed: Typed, mut step: impl FnMut(&mut Self, Type) -> Typed) -> Typed {
        let typed = self.bounded(typed);
        if !matches!(typed.ty, Type::Union(_)) {
            return step(self, typed.ty).at_most(typed.confidence);
        }
        let members = self.types.members(typed.ty);
        let stepped: Vec<Typed> =
            members.into_iter().filter(|ty| *ty != Type::Nothing).map(|ty| step(self, ty)).collect();
        self.types.union(stepped).at_most(typed.confidence)
    }

    /// What calling something gives.
    pub(super) fn called(&mut self, callee: Typed) -> Typed {
        self.called_with(callee, None)
    }

    /// What calling something with these arguments gives.
    pub(super) fn called_with(&mut self, callee: Typed, arguments: Option<CallArguments>) -> Typed {
        self.each(callee, |this, ty| match ty {
            Type::Class(class) => {
                let arguments = TypeLists::EMPTY;
                Typed::exact(Type::Instance(class, arguments))
            }
            Type::Function(function) => {
                let function = this.functions.get(function);
                let returned = this.returned(function);
                this.solved(function, returned, arguments)
            }
            Type::Instance(class, given) => {
                let call = this.names.name("__call__");
                let Some(found) = this.member(class, 0, call) else { return Typed::UNKNOWN };
                let typed = this.type_of_all(found, Some(class));
                let typed = this.member_type(found, typed, class, given);
                if matches!(typed.ty, Type::Function(_)) { this.called_with(typed, arguments) } else { Typed::UNKNOWN }
            }
            Type::External(name) => {
                let text = this.names.text(name);
                if let Some(known) = arguments.and_then(|arguments| this.called_external(text, arguments)) {
                    return known;
                }
                if is_class_name(text) && !matches!(last_part(text), "TypeVar" | "NewType" | "ParamSpec") {
                    let arguments = TypeLists::EMPTY;
                    Typed::exact(Type::ExternalInstance(name, arguments))
                } else {
                    Typed::UNKNOWN
                }
            }
            Type::ExternalInstance(name, arguments) => match container(this.names.text(name)) {
                Some(Container::Callable) => {
                    Typed::exact(this.types.get(arguments).last().copied().unwrap_or(Type::Unknown))
                }
                _ => Typed::UNKNOWN,
            },
            Type::ExternalMethod(name, arguments) => this.external_method(name, arguments),
            _ => Typed::UNKNOWN,
        })
    }

    /// What a method of a container gives.
    fn external_method(&mut self, name: Name, arguments: Arguments) -> Typed {
        let argument = |this: &Self, position| this.types.at(arguments, position);
        let count = self.types.get(arguments).len();
        let ty = match (self.names.text(name), count) {
            ("values" | "itervalues", 2) => self.sequence_of(argument(self, 1)),
            ("keys", 2) => self.sequence_of(argument(self, 0)),
            ("items", 2) => {
                let pair = self.types.list(&[argument(self, 0), argument(self, 1)]);
                let tuple = self.names.name("builtins.tuple");
                self.sequence_of(Type::ExternalInstance(tuple, pair))
            }
            ("get" | "pop" | "setdefault", 2) => argument(self, 1),
            ("copy", 1) => self.sequence_of(argument(self, 0)),
            ("copy", 2) => {
                let dict = self.names.name("builtins.dict");
                Type::ExternalInstance(dict, arguments)
            }
            ("pop" | "popleft" | "get" | "get_nowait" | "result", 1) => argument(self, 0),
            _ => Type::Unknown,
        };
        Typed::exact(ty)
    }

    pub(super) fn sequence_of(&mut self, ty: Type) -> Type {
        self.external_of("builtins.list", &[ty])
    }

    /// What a function returns, as it says or, if it does not, as its text tells.
    fn returned(&mut self, function: Function) -> Typed {
        let returned = self.returned_openly(Function { arguments: TypeLists::EMPTY, ..function });
        self.on_receiver(function, returned)
    }

    /// The same in terms of the type variables of the class around.
    fn returned_openly(&mut self, function: Function) -> Typed {
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
        // What it says that it returns, or else what it returns.
        let told = |facts: &mut dyn Iterator<Item = (FactKind, ValueId)>| {
            let mut returned = Vec::new();
            for (kind, value) in facts {
                match kind {
                    FactKind::Type => return (Some(value), Vec::new()),
                    FactKind::Returned => returned.push(value),
                    _ => {}
                }
            }
            (None, returned)
        };
        let (source, flags, (declared, values)) = match function.place {
            Place::Entry(file, id) => {
                let interface = self.files.interface(file);
                let Some(entry) = interface.entry(id) else { return Typed::UNKNOWN };
                let facts = &mut interface.facts(entry).iter().copied();
                (Source::member(file, id, function.receiver), entry.flags, told(facts))
            }
            Place::Local(symbol) => {
                let facts = &mut self.ir.facts_of(symbol).iter().map(|fact| (fact.kind, fact.value));
                let flags = self.ir.symbols.get(symbol.index()).map_or(SymbolFlags::empty(), |row| row.flags);
                (Source::Ir, flags, told(facts))
            }
        };
        let returned = match declared {
            Some(value) => {
                let outside = std::mem::replace(&mut self.this, function.receiver);
                let typed = self.annotation(source, value);
                self.this = outside;
                typed
            }
            None if flags.contains(SymbolFlags::GENERATOR) => Typed::UNKNOWN,
            None => {
                let each: Vec<Typed> = values.into_iter().map(|value| self.evaluate(source, value)).collect();
                self.types.union(each).at_most(Confidence::Inferred)
            }
        };
        if flags.contains(SymbolFlags::ASYNC) && !flags.contains(SymbolFlags::GENERATOR) {
            let coroutine = self.names.name("typing.Coroutine");
            let arguments = self.types.list(&[returned.ty]);
            return Typed { ty: Type::ExternalInstance(coroutine, arguments), ..returned };
        }
        returned
    }

    /// What subscribing something gives. Of a class it is the class.
    /// What subscribing something gives, with the key where it is known.
    fn item(&mut self, base: Typed, key: Option<CallArguments>) -> Typed {
        self.each(base, |this, ty| match ty {
            Type::Class(_) | Type::External(_) => Typed::exact(ty),
            Type::Instance(class, arguments) => match this.container_of(class, arguments, "__getitem__") {
                Some(container) => this.item(Typed::exact(container), key),
                None => this.called_method_with(class, arguments, "__getitem__", key),
            },
            Type::ExternalInstance(name, arguments) => match container(this.names.text(name)) {
                Some(Container::Sequence) => Typed::exact(this.types.at(arguments, 0)),
                Some(Container::Mapping) => Typed::exact(this.types.at(arguments, 1)),
                Some(Container::Tuple) => this.any_argument(arguments),
                _ => Typed::UNKNOWN,
            },
            _ => Typed::UNKNOWN,
        })
    }

    fn any_argument(&mut self, arguments: Arguments) -> Typed {
        let all = self.types.get(arguments);
        let several = all.len() > 1;
        let typed = self.types.union(all.iter().copied().map(Typed::exact));
        if several { typed.at_most(Confidence::Inferred) } else { typed }
    }

    pub(super) fn called_method(&mut self, class: ClassId, arguments: Arguments, method: &str) -> Typed {
        self.called_method_with(class, arguments, method, None)
    }

    fn called_method_with(
        &mut self,
        class: ClassId,
        arguments: Arguments,
        method: &str,
        given: Option<CallArguments>,
    ) -> Typed {
        let name = self.names.name(method);
        let Some(member) = self.member(class, 0, name) else { return Typed::UNKNOWN };
        let function = self.type_of_all(member, Some(class));
        let function = self.member_type(member, function, class, arguments);
        self.called_with(function, given)
    }

    /// The container from outside that has a method of a class, if the class has none itself.
    fn container_of(&mut self, class: ClassId, arguments: Arguments, method: &str) -> Option<Type> {
        let name = self.names.name(method);
        match self.member(class, 0, name) {
            Some(_) => None,
            None => self.container_base(class, arguments),
        }
    }

    pub(super) fn awaited(&mut self, ty: Type) -> Typed {
        match ty {
            Type::ExternalInstance(name, arguments) => match container(self.names.text(name)) {
                Some(Container::Awaitable | Container::Coroutine) => {
                    Typed::exact(self.types.get(arguments).last().copied().unwrap_or(Type::Unknown))
                }
                _ => Typed::UNKNOWN,
            },
            Type::Instance(class, arguments) => match self.container_of(class, arguments, "__await__") {
                Some(container) => self.awaited(container),
                None => {
                    let iterator = self.called_method(class, arguments, "__await__");
                    match iterator.ty {
                        // What a generator returns is its last argument.
                        Type::ExternalInstance(_, arguments) if self.types.get(arguments).len() == 3 => {
                            Typed { ty: self.types.at(arguments, 2), ..iterator }
                        }
                        _ => iterator,
                    }
                }
            },
            _ => Typed::UNKNOWN,
        }
    }

    pub(super) fn element(&mut self, ty: Type, iterate: &str, next: &str) -> Typed {
        match ty {
            Type::ExternalInstance(name, arguments) => match container(self.names.text(name)) {
                Some(Container::Sequence | Container::Mapping) => Typed::exact(self.types.at(arguments, 0)),
                Some(Container::Tuple) => self.any_argument(arguments),
                _ => Typed::UNKNOWN,
            },
            Type::Instance(class, arguments) => {
                if let Some(container) = self.container_of(class, arguments, iterate) {
                    return self.element(container, iterate, next);
                }
                let iterator = self.called_method(class, arguments, iterate);
                match iterator.ty {
                    Type::Instance(iterator, arguments) => self.called_method(iterator, arguments, next),
                    Type::ExternalInstance(..) => self.each(iterator, |this, ty| this.element(ty, iterate, next)),
                    _ => Typed::UNKNOWN,
                }
            }
            // Iterating over an enumeration gives its members.
            Type::Class(class) if self.is_enumeration(class) => {
                let arguments = TypeLists::EMPTY;
                Typed::exact(Type::Instance(class, arguments))
            }
            _ => Typed::UNKNOWN,
        }
    }

    fn entered(&mut self, ty: Type, enter: &str) -> Typed {
        match ty {
            Type::Instance(class, arguments) => {
                let entered = self.called_method(class, arguments, enter);
                if enter == "__aenter__" { self.each(entered, Self::awaited) } else { entered }
            }
            // What `contextlib.contextmanager` makes of a generator enters what that yields.
            Type::ExternalInstance(name, arguments) => match container(self.names.text(name)) {
                Some(Container::Sequence | Container::Awaitable) => Typed::exact(self.types.at(arguments, 0)),
                _ => Typed::exact(ty).at_most(Confidence::Inferred),
            },
            _ => Typed::UNKNOWN,
        }
    }

    fn unpacked(&mut self, ty: Type, position: usize) -> Typed {
        match ty {
            Type::ExternalInstance(name, arguments) => match container(self.names.text(name)) {
                Some(Container::Tuple) => Typed::exact(self.types.at(arguments, position)),
                Some(Container::Sequence) => Typed::exact(self.types.at(arguments, 0)),
                _ => Typed::UNKNOWN,
            },
            Type::Instance(class, arguments) => match self.container_of(class, arguments, "__iter__") {
                Some(container) => self.unpacked(container, position),
                None => self.element(ty, "__iter__", "__next__"),
            },
            _ => Typed::UNKNOWN,
        }
    }

    fn literal(&mut self, source: Source, literal: Literal, elements: ValueList) -> Typed {
        let name = match literal {
            Literal::None => return Typed::exact(Type::Nothing),
            Literal::Ellipsis | Literal::Function => return Typed::UNKNOWN,
            Literal::Boolean => "builtins.bool",
            Literal::Integer => "builtins.int",
            Literal::Number => "builtins.float",
            Literal::Text => "builtins.str",
            Literal::Bytes => "builtins.bytes",
            Literal::Tuple => "builtins.tuple",
            Literal::List => "builtins.list",
            Literal::Set => "builtins.set",
            Literal::Mapping => "builtins.dict",
        };
        let elements = self.list(source, elements).into_iter();
        let each: Vec<Typed> = elements.map(|element| self.evaluate(source, element)).collect();
        let confidence = each.iter().map(|typed| typed.confidence).max().unwrap_or(Confidence::Exact);
        let arguments = match literal {
            Literal::Tuple => each.iter().map(|typed| typed.ty).collect(),
            Literal::List | Literal::Set if !each.is_empty() => vec![self.types.union(each).ty],
            Literal::Mapping if !each.is_empty() => vec![Type::Unknown, self.types.union(each).ty],
            _ => Vec::new(),
        };
        let (name, arguments) = (self.names.name(name), self.types.list(&arguments));
        Typed { ty: Type::ExternalInstance(name, arguments), confidence }
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

    /// The same of each of several.
    fn annotations(&mut self, source: Source, values: ValueList) -> Arguments {
        let values = self.list(source, values).into_iter();
        let each: Vec<Type> = values.map(|value| self.annotation(source, value).ty).collect();
        self.types.list(&each)
    }

    fn annotation_value(&mut self, source: Source, id: ValueId) -> Typed {
        match self.value(source, id) {
            value @ (Value::Reference(_) | Value::Import(_) | Value::Name(_) | Value::Member(..)) => {
                let (found, typed) = self.named(source, value);
                let this = match source {
                    Source::Interface(file, at) => self.around(file, at).map(|around| around.receiver),
                    Source::Ir => self.around_value(id),
                };
                self.instance_of(found, typed, this)
            }
            // `type(x)`.
            Value::Call(_) => {
                let class = self.evaluate(source, id);
                self.each(class, |_, ty| match ty {
                    Type::Class(class) => Typed::exact(Type::Instance(class, TypeLists::EMPTY)),
                    _ => Typed::UNKNOWN,
                })
            }
            Value::Item(base, arguments) => self.parametrised(source, base, arguments),
            Value::Either(values) => {
                let values = self.list(source, values).into_iter();
                let each: Vec<Typed> = values.map(|value| self.annotation(source, value)).collect();
                self.types.union(each)
            }
            Value::Literal(Literal::None, _) => Typed::exact(Type::Nothing),
            Value::Literal(Literal::Tuple | Literal::List, elements) => {
                let elements = self.list(source, elements).into_iter();
                let each: Vec<Typed> = elements.map(|element| self.annotation(source, element)).collect();
                self.types.union(each)
            }
            Value::Class => self.evaluate(source, id),
            Value::Variable(up, position) => self.told_parameter(source, up, position),
            _ => Typed::UNKNOWN,
        }
    }

    /// What an instance is of what an annotation names: of a class, or of what an alias stands for.
    fn instance_of(&mut self, found: FoundId, typed: Typed, this: Option<ClassId>) -> Typed {
        let first = self.founds.get(found).first().copied();
        if let Some(aliased) = first.and_then(|first| self.alias(first)) {
            return aliased;
        }
        let this = self.this.or(this);
        self.each(typed, |resolver, ty| match ty {
            Type::Class(class) => {
                let arguments = TypeLists::EMPTY;
                Typed::exact(Type::Instance(class, arguments))
            }
            Type::External(name) => {
                let text = resolver.names.text(name);
                let arguments = TypeLists::EMPTY;
                match (last_part(text), this) {
                    ("Self", Some(class)) => Typed::exact(Type::Instance(class, arguments)),
                    ("Any" | "object" | "Self", _) => Typed::UNKNOWN,
                    _ => Typed::exact(Type::ExternalInstance(name, arguments)),
                }
            }
            _ => Typed::UNKNOWN,
        })
    }

    /// What an instance is of the type that a variable or an alias statement is another name of.
    fn alias(&mut self, found: Found) -> Option<Typed> {
        match found {
            Found::Entry(file, id) => {
                let interface = self.files.interface(file);
                let entry = interface.entry(id)?;
                if !matches!(entry.kind, SymbolKind::Variable | SymbolKind::TypeAlias | SymbolKind::Field) {
                    return None;
                }
                let values = interface.facts(entry).iter().filter(|(kind, _)| *kind == FactKind::Assigned);
                let source = Source::entry(file, id);
                if values.clone().next().is_some_and(|(_, value)| self.is_variable(source, *value)) {
                    return Some(self.assigned_variable(Place::Entry(file, id)));
                }
                let each: Vec<Typed> = values.map(|(_, value)| self.annotation(source, *value)).collect();
                Some(self.types.union(each))
            }
            Found::Local(symbol) => {
                let row = self.ir.symbols.get(symbol.index())?;
                if row.kind == SymbolKind::TypeParameter {
                    return self.own_parameter(symbol);
                }
                if !matches!(row.kind, SymbolKind::Variable | SymbolKind::TypeAlias | SymbolKind::Field) {
                    return None;
                }
                let facts = self.ir.facts_of(symbol).iter().filter(|fact| fact.kind == FactKind::Assigned);
                let values: Vec<ValueId> = facts.map(|fact| fact.value).collect();
                if values.first().is_some_and(|value| self.is_variable(Source::Ir, *value)) {
                    return Some(self.assigned_variable(Place::Local(symbol)));
                }
                let each: Vec<Typed> = values.into_iter().map(|value| self.annotation(Source::Ir, value)).collect();
                Some(self.types.union(each))
            }
            _ => None,
        }
    }

    fn parametrised(&mut self, source: Source, base: ValueId, arguments: ValueList) -> Typed {
        let (found, typed) = match self.value(source, base) {
            value @ (Value::Reference(_) | Value::Import(_) | Value::Name(_) | Value::Member(..)) => {
                self.named(source, value)
            }
            _ => return Typed::UNKNOWN,
        };
        let first = self.founds.get(found).first().copied();
        if let Some(aliased) = first.and_then(|first| self.alias(first)).filter(|aliased| self.is_open(aliased.ty)) {
            let given = self.annotations(source, arguments);
            return self.alias_with(found, aliased, given);
        }
        let Type::External(name) = typed.ty else {
            let given = self.annotations(source, arguments);
            let instance = self.instance_of(found, typed, None);
            return match instance.ty {
                Type::Instance(class, _) => Typed { ty: Type::Instance(class, given), ..instance },
                _ => instance,
            };
        };
        let given = arguments;
        let arguments = self.list(source, given);
        let text = self.names.text(name);
        let first = arguments.first().copied();
        match last_part(text) {
            "Literal" => Typed::UNKNOWN,
            "Annotated" | "Final" | "ClassVar" | "Required" | "NotRequired" | "ReadOnly" | "InitVar" | "Unpack" => {
                first.map_or(Typed::UNKNOWN, |first| self.annotation(source, first))
            }
            "Optional" | "Union" => {
                let each: Vec<Typed> = arguments.iter().map(|argument| self.annotation(source, *argument)).collect();
                self.types.union(each)
            }
            "type" | "Type" => {
                let instance = first.map_or(Typed::UNKNOWN, |first| self.annotation(source, first));
                let each = self.types.members(instance.ty).into_iter();
                let each: Vec<Typed> = each.map(|ty| Typed::exact(self.class_of(ty))).collect();
                self.types.union(each).at_most(instance.confidence)
            }
            _ => Typed::exact(Type::ExternalInstance(name, self.annotations(source, given))),
        }
    }
}
