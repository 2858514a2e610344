//! What containers give: by subscripting, iterating, unpacking, entering and awaiting them, and by their methods.

use esker_frontend_api::Confidence;
use esker_frontend_api::resolving::{Name, TypeLists};

use super::Resolver;
use super::builtins::{Container, container};
use super::generic::CallArguments;
use super::types::{Arguments, ClassId, Type, Typed};

impl Resolver<'_> {
    /// What subscribing something gives. Of a class it is the class.
    /// What subscribing something gives, with the key where it is known.
    pub(super) fn item(&mut self, base: Typed, key: Option<CallArguments>) -> Typed {
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

    pub(super) fn any_argument(&mut self, arguments: Arguments) -> Typed {
        let all = self.types.get(arguments);
        let several = all.len() > 1;
        let typed = self.types.union(all.iter().copied().map(Typed::exact));
        if several { typed.at_most(Confidence::Inferred) } else { typed }
    }

    /// The container from outside that has a method of a class, if the class has none itself.
    pub(super) fn container_of(&mut self, class: ClassId, arguments: Arguments, method: &str) -> Option<Type> {
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

    pub(super) fn entered(&mut self, ty: Type, enter: &str) -> Typed {
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

    pub(super) fn unpacked(&mut self, ty: Type, position: usize) -> Typed {
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

    /// What a method of a container gives.
    pub(super) fn external_method(&mut self, name: Name, arguments: Arguments) -> Typed {
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

    /// An instance of a class from outside with these arguments.
    pub(super) fn external_of(&mut self, name: &str, arguments: &[Type]) -> Type {
        let (name, arguments) = (self.names.name(name), self.types.list(arguments));
        Type::ExternalInstance(name, arguments)
    }
}
