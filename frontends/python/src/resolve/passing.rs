//! Functions of the standard library that pass on what they are given.

use esker_frontend_api::Confidence;
use esker_frontend_api::resolving::TypeLists;

use super::Resolver;
use super::builtins::{Container, container};
use super::generic::CallArguments;
use super::types::{Type, Typed};

impl Resolver<'_> {
    /// What calling something from outside gives that is known to pass on what it is given.
    pub(super) fn called_external(&mut self, name: &str, arguments: CallArguments) -> Option<Typed> {
        let values = self.list(arguments.source, arguments.values);
        let argument = |this: &mut Self, position: usize| {
            values.get(position).map_or(Typed::UNKNOWN, |value| this.evaluate(arguments.source, *value))
        };
        let element = |this: &mut Self, position: usize| {
            let typed = argument(this, position);
            this.each(typed, |this, ty| this.element(ty, "__iter__", "__next__"))
        };
        let (module, function) = name.rsplit_once('.')?;
        let typed = match (module, function) {
            ("builtins", "next" | "anext") => {
                let typed = argument(self, 0);
                self.each(typed, |this, ty| match ty {
                    Type::Instance(class, arguments) => this.called_method(class, arguments, "__next__"),
                    _ => this.element(ty, "__iter__", "__next__"),
                })
            }
            ("builtins", "sorted" | "list" | "set" | "tuple" | "frozenset" | "reversed" | "iter")
            | ("collections", "deque")
            | ("itertools", "islice" | "cycle" | "accumulate") => {
                let typed = element(self, 0);
                self.sequence(typed)
            }
            ("builtins", "filter") | ("itertools", "takewhile" | "dropwhile" | "filterfalse") => {
                let typed = element(self, 1);
                self.sequence(typed)
            }
            ("builtins", "enumerate") => {
                let typed = element(self, 0);
                let pair = self.tuple(&[Type::Unknown, typed.ty]);
                self.sequence(Typed { ty: pair, ..typed })
            }
            ("builtins", "zip") | ("itertools", "zip_longest" | "product") => {
                let each: Vec<Typed> = (0..values.len()).map(|position| element(self, position)).collect();
                let confidence = each.iter().map(|typed| typed.confidence).max().unwrap_or(Confidence::Exact);
                let each: Vec<Type> = each.into_iter().map(|typed| typed.ty).collect();
                let tuple = self.tuple(&each);
                self.sequence(Typed { ty: tuple, confidence })
            }
            ("itertools", "chain") => {
                let each: Vec<Typed> = (0..values.len()).map(|position| element(self, position)).collect();
                let typed = self.types.union(each);
                self.sequence(typed)
            }
            ("builtins", "min" | "max") if values.len() == 1 => element(self, 0),
            ("builtins", "min" | "max") => {
                let each: Vec<Typed> = (0..values.len()).map(|position| argument(self, position)).collect();
                self.types.union(each)
            }
            ("builtins", "map") => {
                let function = argument(self, 0);
                let typed = self.called(function);
                self.sequence(typed)
            }
            ("builtins", "type") if values.len() == 1 => {
                let typed = argument(self, 0);
                self.each(typed, |this, ty| Typed::exact(this.class_of(ty)))
            }
            (_, "__new__") => {
                let class = argument(self, 0);
                self.each(class, |_, ty| match ty {
                    Type::Class(class) => Typed::exact(Type::Instance(class, TypeLists::EMPTY)),
                    _ => Typed::UNKNOWN,
                })
            }
            ("copy", "copy" | "deepcopy")
            | ("dataclasses", "replace")
            | ("attr" | "attrs", "evolve")
            | ("weakref", "proxy")
            | ("functools", "partial") => argument(self, 0),
            ("builtins", "dict") | ("collections", "OrderedDict") => {
                let typed = argument(self, 0);
                match typed.ty {
                    Type::ExternalInstance(name, _) if container(self.names.text(name)) == Some(Container::Mapping) => {
                        typed
                    }
                    _ => return None,
                }
            }
            ("weakref", "ref") => {
                let typed = argument(self, 0);
                Typed { ty: self.external_of("typing.Callable", &[typed.ty]), ..typed }
            }
            ("contextlib", "closing" | "nullcontext") => {
                let typed = argument(self, 0);
                Typed { ty: self.external_of("typing.ContextManager", &[typed.ty]), ..typed }
            }
            ("asyncio", "create_task" | "ensure_future" | "wait_for" | "shield") => {
                let typed = argument(self, 0);
                let typed = self.each(typed, Self::awaited);
                Typed { ty: self.external_of("typing.Awaitable", &[typed.ty]), ..typed }
            }
            _ => return None,
        };
        Some(typed)
    }

    fn tuple(&mut self, types: &[Type]) -> Type {
        self.external_of("builtins.tuple", types)
    }

    fn sequence(&mut self, of: Typed) -> Typed {
        Typed { ty: self.sequence_of(of.ty), ..of }
    }
}
