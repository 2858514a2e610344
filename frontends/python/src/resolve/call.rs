//! What calling something gives.

use esker_frontend_api::resolving::TypeLists;
use esker_frontend_api::{Confidence, FactKind, SymbolFlags, ValueId};

use super::Resolver;
use super::builtins::{Container, container, is_class_name, last_part};
use super::evaluate::Source;
use super::generic::CallArguments;
use super::types::{Arguments, ClassId, Function, Place, Type, Typed};

/// How many functions deep a type may be found out by what functions return without saying so.
const MAX_RETURNS: u32 = 6;

impl Resolver<'_> {
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

    pub(super) fn called_method(&mut self, class: ClassId, arguments: Arguments, method: &str) -> Typed {
        self.called_method_with(class, arguments, method, None)
    }

    pub(super) fn called_method_with(
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
}
