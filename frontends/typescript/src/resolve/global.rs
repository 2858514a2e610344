//! The few things that are known of what every program has: containers, promises, and types that are made of others.

use esker_frontend_api::ValueId;

use super::evaluate::Source;
use super::members::Arguments;
use super::types::{ListId, Parts, Side, Type, Typed};
use super::{Name, Resolver};

/// What a class from outside is to those who take things out of its instances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    /// Has elements of one type.
    Sequence,
    /// Has elements of several types, by position.
    Tuple,
    /// Has values for keys.
    Mapping,
    /// Has something later.
    Promise,
}

/// What a class of this name is.
pub(super) fn container(name: &str) -> Option<Container> {
    Some(match name {
        "Array"
        | "ReadonlyArray"
        | "Set"
        | "ReadonlySet"
        | "WeakSet"
        | "Iterable"
        | "IterableIterator"
        | "Iterator"
        | "ArrayLike"
        | "Generator"
        | "AsyncIterable"
        | "AsyncIterableIterator"
        | "AsyncGenerator"
        | "NodeListOf"
        | "ArrayIterator"
        | "SetIterator"
        | "MapIterator" => Container::Sequence,
        "Tuple" => Container::Tuple,
        "Map" | "ReadonlyMap" | "WeakMap" | "Record" => Container::Mapping,
        "Promise" | "PromiseLike" => Container::Promise,
        _ => return None,
    })
}

/// Whether a type of this name is what it is given, with other properties of the members.
pub(super) fn is_transparent(name: &str) -> bool {
    matches!(name, "Partial" | "Required" | "Readonly" | "NonNullable" | "Pick" | "Omit" | "NoInfer")
}

/// How many classes above are looked at for a container.
const MAX_CONTAINERS: u32 = 8;

impl Resolver<'_> {
    /// What an instance is to those who take things out of it: of a class or interface that derives from one from
    /// outside, an instance of that.
    pub(super) fn container_of(&mut self, ty: Type) -> Type {
        self.container_above(ty, 0).unwrap_or(ty)
    }

    fn container_above(&mut self, ty: Type, depth: u32) -> Option<Type> {
        let Type::Instance(thing) = ty else { return matches!(ty, Type::ExternalInstance(..)).then_some(ty) };
        let derives = !self.ancestors(thing, Side::Instance).externals.is_empty();
        if !derives || depth >= MAX_CONTAINERS {
            return None;
        }
        let bases = self.bases(thing, Side::Instance, Arguments::Given);
        bases.into_iter().find_map(|base| self.container_above(base, depth + 1))
    }

    /// What a member of an instance of a class from outside is.
    pub(super) fn member_of_external(&mut self, base: Name, arguments: ListId, name: Name, member: Name) -> Typed {
        let text = self.names.text(name);
        if self.names.text(base) == "Record" {
            return Typed::exact(self.types.at(arguments, 1));
        }
        if container(self.names.text(base)).is_none() || matches!(text, "length" | "size") {
            return Typed::UNKNOWN;
        }
        Typed::exact(Type::ExternalMethod(member, arguments))
    }

    /// What a method of a container gives.
    pub(super) fn external_method(&mut self, name: Name, arguments: ListId) -> Type {
        let text = self.names.text(name);
        let Some((class, method)) = text.split_once('.') else { return Type::Unknown };
        let argument = |this: &Self, position| this.types.at(arguments, position);
        match (container(class), method) {
            (Some(Container::Sequence), "filter" | "slice" | "concat" | "reverse" | "sort" | "splice" | "toSorted") => {
                Type::ExternalInstance(self.names.name(class), arguments)
            }
            (Some(Container::Sequence), "find" | "findLast" | "pop" | "shift" | "at") => argument(self, 0),
            (Some(Container::Sequence), "values" | "keys") => self.external("Iterable", &[argument(self, 0)]),
            (Some(Container::Sequence), "entries") => {
                let pair = [self.number(), argument(self, 0)];
                let pair = self.external("Tuple", &pair);
                self.external("Iterable", &[pair])
            }
            (Some(Container::Mapping), "get") => argument(self, 1),
            (Some(Container::Mapping), "values") => self.external("Iterable", &[argument(self, 1)]),
            (Some(Container::Mapping), "keys") => self.external("Iterable", &[argument(self, 0)]),
            (Some(Container::Mapping), "entries") => {
                let pair = [argument(self, 0), argument(self, 1)];
                let pair = self.external("Tuple", &pair);
                self.external("Iterable", &[pair])
            }
            (Some(Container::Promise), "catch" | "finally") => {
                Type::ExternalInstance(self.names.name(class), arguments)
            }
            _ => Type::Unknown,
        }
    }

    /// A method or function from outside with what it is given, where that tells what it returns.
    pub(super) fn applied_external(&mut self, source: Source, callee: Type, given: &[ValueId]) -> Type {
        let Some((first, rest)) = given.split_first() else { return callee };
        let result = match callee {
            Type::ExternalMethod(name, arguments) => {
                let text = self.names.text(name);
                let Some((class, method)) = text.split_once('.') else { return callee };
                match (container(class), method) {
                    (Some(Container::Sequence), "map") => {
                        let element = self.returned_by(source, *first);
                        self.external("Array", &[element])
                    }
                    (Some(Container::Sequence), "flatMap") => {
                        let returned = self.returned_by(source, *first);
                        let element = self.each(Typed::exact(returned), Self::element).ty;
                        self.external("Array", &[element])
                    }
                    (Some(Container::Sequence), "reduce" | "reduceRight") => match rest.first() {
                        Some(initial) => self.evaluate(source, *initial).ty,
                        None => self.types.at(arguments, 0),
                    },
                    (Some(Container::Promise), "then") => {
                        let returned = self.returned_by(source, *first);
                        let value = self.each(Typed::exact(returned), Self::awaited).ty;
                        self.external("Promise", &[value])
                    }
                    _ => Type::Unknown,
                }
            }
            Type::External(name) => {
                let text = self.names.text(name);
                match text {
                    "Object.values" => {
                        let of = self.evaluate(source, *first);
                        let value = self.each(of, Self::item).ty;
                        self.external("Array", &[value])
                    }
                    "Object.entries" => {
                        let of = self.evaluate(source, *first);
                        let value = self.each(of, Self::item).ty;
                        let key = self.external("String", &[]);
                        let pair = self.external("Tuple", &[key, value]);
                        self.external("Array", &[pair])
                    }
                    "Object.keys" => {
                        let key = self.external("String", &[]);
                        self.external("Array", &[key])
                    }
                    "Object.assign" | "structuredClone" => self.evaluate(source, *first).ty,
                    "Array.from" => {
                        let of = self.evaluate(source, *first);
                        let element = match rest.first() {
                            Some(map) => self.returned_by(source, *map),
                            None => self.each(of, Self::element).ty,
                        };
                        self.external("Array", &[element])
                    }
                    "Promise.resolve" => {
                        let value = self.evaluate(source, *first);
                        let value = self.each(value, Self::awaited).ty;
                        self.external("Promise", &[value])
                    }
                    "Promise.all" => {
                        let of = self.evaluate(source, *first);
                        let all = self.each(of, Self::all_awaited).ty;
                        self.external("Promise", &[all])
                    }
                    _ => Type::Unknown,
                }
            }
            _ => Type::Unknown,
        };
        if result == Type::Unknown {
            return callee;
        }
        let takes = match callee {
            Type::ExternalMethod(name, arguments) => self.argument_of_external(name, arguments, 0),
            _ => Type::Unknown,
        };
        let parts = self.types.list(&[result, takes]);
        Type::Callable(self.callables.handle(Parts::Known(parts)))
    }

    /// What a function returns that is given to another one.
    fn returned_by(&mut self, source: Source, function: ValueId) -> Type {
        let function = self.evaluate(source, function);
        self.called(function).ty
    }

    /// A list or a tuple of promises with what they promise.
    fn all_awaited(&mut self, ty: Type) -> Typed {
        let Type::ExternalInstance(name, arguments) = ty else { return Typed::UNKNOWN };
        let each: Vec<Type> = self.types.get(arguments).to_vec();
        let each: Vec<Type> = each.into_iter().map(|ty| self.each(Typed::exact(ty), Self::awaited).ty).collect();
        Typed::exact(Type::ExternalInstance(name, self.types.list(&each)))
    }

    /// What a method of a container takes at a position.
    pub(super) fn argument_of_external(&mut self, name: Name, arguments: ListId, position: u32) -> Type {
        let text = self.names.text(name);
        let Some((class, method)) = text.split_once('.') else { return Type::Unknown };
        let argument = |this: &Self, position| this.types.at(arguments, position);
        let takes = match (container(class), method, position) {
            (
                Some(Container::Sequence),
                "map" | "forEach" | "filter" | "find" | "findIndex" | "findLast" | "findLastIndex" | "some" | "every"
                | "flatMap",
                0,
            ) => vec![argument(self, 0), self.number()],
            (Some(Container::Sequence), "reduce" | "reduceRight", 0) => {
                vec![Type::Unknown, argument(self, 0), self.number()]
            }
            (Some(Container::Sequence), "sort" | "toSorted", 0) => vec![argument(self, 0), argument(self, 0)],
            (Some(Container::Sequence), "push" | "unshift" | "includes" | "indexOf" | "add" | "fill" | "has", 0) => {
                return argument(self, 0);
            }
            (Some(Container::Mapping), "set", 1) => return argument(self, 1),
            (Some(Container::Mapping), "forEach", 0) => vec![argument(self, 1), argument(self, 0)],
            (Some(Container::Promise), "then", 0) => vec![argument(self, 0)],
            _ => return Type::Unknown,
        };
        let all = std::iter::once(Type::Unknown).chain(takes).collect::<Vec<Type>>();
        let parts = self.types.list(&all);
        Type::Callable(self.callables.handle(Parts::Known(parts)))
    }

    /// An instance of a class from outside.
    pub(super) fn external(&mut self, name: &str, arguments: &[Type]) -> Type {
        Type::ExternalInstance(self.names.name(name), self.types.list(arguments))
    }

    /// The class of what is written so.
    pub(super) fn class_of_unit(&self, written: Name) -> &'static str {
        match self.names.text(written).bytes().next() {
            Some(b'"') => "String",
            Some(b't' | b'f') => "Boolean",
            _ => "Number",
        }
    }

    fn number(&mut self) -> Type {
        self.external("Number", &[])
    }
}
