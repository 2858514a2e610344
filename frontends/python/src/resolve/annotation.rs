//! What an annotation stands for: instances of a class, of what an alias says, of one of several types.

use esker_frontend_api::resolving::{FoundId, TypeLists};
use esker_frontend_api::{FactKind, Literal, SymbolKind, Value, ValueId, ValueList};

use super::Resolver;
use super::builtins::last_part;
use super::evaluate::{MAX_STEPS, Source};
use super::types::{Arguments, ClassId, Place, Type, Typed};

impl Resolver<'_> {
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
    pub(super) fn annotations(&mut self, source: Source, values: ValueList) -> Arguments {
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
                self.alias(found).unwrap_or_else(|| self.instance_of(typed, this))
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

    /// What an instance is of a class that an annotation names.
    fn instance_of(&mut self, typed: Typed, this: Option<ClassId>) -> Typed {
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

    /// What an instance is of the type that a variable or an alias statement is another name of, if that is what is
    /// found.
    fn alias(&mut self, found: FoundId) -> Option<Typed> {
        let place = self.founds.get(found).first()?.place()?;
        let kind = match place {
            Place::Entry(file, id) => self.files.interface(file).entry(id)?.kind,
            Place::Local(symbol) => match self.ir.symbols.get(symbol.index())?.kind {
                SymbolKind::TypeParameter => return self.own_parameter(symbol),
                kind => kind,
            },
        };
        if !matches!(kind, SymbolKind::Variable | SymbolKind::TypeAlias | SymbolKind::Field) {
            return None;
        }
        let assigned = self.facts_of_kind(place, FactKind::Assigned);
        if assigned.first().is_some_and(|(source, value)| self.is_variable(*source, *value)) {
            return Some(self.assigned_variable(place));
        }
        let each: Vec<Typed> = assigned.into_iter().map(|(source, value)| self.annotation(source, value)).collect();
        Some(self.types.union(each))
    }

    fn parametrised(&mut self, source: Source, base: ValueId, arguments: ValueList) -> Typed {
        let (found, typed) = match self.value(source, base) {
            value @ (Value::Reference(_) | Value::Import(_) | Value::Name(_) | Value::Member(..)) => {
                self.named(source, value)
            }
            _ => return Typed::UNKNOWN,
        };
        let aliased = self.alias(found);
        if let Some(aliased) = aliased.filter(|aliased| self.is_open(aliased.ty)) {
            let given = self.annotations(source, arguments);
            return self.alias_with(found, aliased, given);
        }
        let Type::External(name) = typed.ty else {
            let given = self.annotations(source, arguments);
            let instance = aliased.unwrap_or_else(|| self.instance_of(typed, None));
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
            "Annotated" | "Final" | "ClassVar" | "Required" | "NotRequired" | "ReadOnly" | "InitVar" | "Unpack"
            // Of pydantic, which declares them as `Annotated` to type checkers.
            | "SerializeAsAny" | "SkipValidation" => {
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
