//! From where a value comes to what it is.

use esker_frontend_api::resolving::{FoundId, TypeLists};
use esker_frontend_api::{Confidence, EntryId, FactKind, FileNumber, Literal, Value, ValueId, ValueList};

use super::Resolver;
use super::generic::CallArguments;
use super::narrow::Test;
use super::types::{ClassId, Place, Type, Typed};

/// How many steps of evaluation may nest. Types beyond are not known; what people write needs a dozen.
pub(super) const MAX_STEPS: u32 = 40;

/// How many values may be evaluated for the references of one file. What is told by what it is told by can double at
/// each step.
const MAX_EVALUATED: u32 = 1 << 20;

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
    pub(super) fn named(&mut self, source: Source, value: Value) -> (FoundId, Typed) {
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
    pub(super) fn around_value(&mut self, value: ValueId) -> Option<ClassId> {
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
}
