//! Type variables: what a generic class gives for its own, and what a call tells of those of a function.
//!
//! ```text
//!   T = TypeVar("T")                  the symbol `T` is the variable, wherever it is imported
//!   class C[T]: …                     so is the first parameter of `C`
//!   class C(Generic[T], Base[T]): …   parameters of C: T;  bases: Base with T
//!   x: C[int];  x.member              the member's type with T given as int, also where Base has it
//!   def f(x: T) -> list[T]: …         the type that is returned, with T given by what f is called with
//! ```
//!
//! A variable for which nothing is given stays one. Where it is asked for more, its bound counts.

use std::rc::Rc;

use esker_frontend_api::resolving::{FoundId, Name, TypeLists};
use esker_frontend_api::{FactKind, Literal, SymbolId, SymbolKind, Value, ValueId, ValueList};

use super::Resolver;
use super::builtins::{Container, container, last_part};
use super::class::Mro;
use super::evaluate::{At, Source};
use super::lookup::Found;
use super::types::{Arguments, ClassId, Function, Place, Type, Typed, Variable, VariableId};
use crate::interface::type_parameter;

/// How deeply a type may nest within another. A generic class can grow each time that it names itself.
const MAX_TYPE_DEPTH: u32 = 8;

/// How far up a class may have a base of which the arguments count.
const MAX_BASES: u32 = 32;

/// What a class says of type variables.
#[derive(Debug, Default)]
pub(super) struct Generic {
    /// The variables that are its parameters, in their order.
    parameters: Vec<VariableId>,
    /// What it derives from, as instances.
    bases: Vec<Type>,
}

/// What is given for type variables.
pub(super) type Given = Vec<(VariableId, Type)>;

/// What something is called with.
#[derive(Debug, Clone, Copy)]
pub(super) struct CallArguments {
    pub(super) source: Source,
    pub(super) values: ValueList,
}

impl Resolver<'_> {
    /// Whether what is found is a type variable, by what it is assigned: a call of `TypeVar`.
    pub(super) fn is_variable(&mut self, source: Source, assigned: ValueId) -> bool {
        let Value::Call(callee) = self.value(source, assigned) else { return false };
        let callee = match self.value(source, callee) {
            Value::Applied(callee, _) => callee,
            _ => callee,
        };
        match self.evaluate(source, callee).ty {
            Type::External(name) => last_part(self.names.text(name)) == "TypeVar",
            _ => false,
        }
    }

    /// The variable that is assigned to this symbol.
    pub(super) fn assigned_variable(&mut self, place: Place) -> Typed {
        Typed::exact(Type::Variable(self.variables.handle(Variable::Assigned(place))))
    }

    /// The type parameter that a symbol of the own file is.
    pub(super) fn own_parameter(&mut self, symbol: SymbolId) -> Option<Typed> {
        let (owner, position) = type_parameter(self.ir, symbol)?;
        let place = self.files.entry_of(owner).map_or(Place::Local(owner), |entry| Place::Entry(self.own, entry));
        Some(Typed::exact(Type::Variable(self.variables.handle(Variable::Parameter(place, position)))))
    }

    /// The type parameter at a position, of what is so many owners above the entry that an interface tells of.
    pub(super) fn told_parameter(&mut self, source: Source, up: u32, position: u32) -> Typed {
        let Source::Interface(file, At { mut entry, .. }) = source else { return Typed::UNKNOWN };
        let interface = self.files.interface(file);
        for _ in 0..up {
            let Some(owner) = interface.owner(entry) else { return Typed::UNKNOWN };
            entry = owner;
        }
        let variable = Variable::Parameter(Place::Entry(file, entry), position);
        Typed::exact(Type::Variable(self.variables.handle(variable)))
    }

    /// The type parameters in brackets.
    fn type_parameters(&mut self, place: Place) -> Vec<VariableId> {
        let count = self.facts_of_kind(place, FactKind::Parameter).len() as u32;
        (0..count).map(|position| self.variables.handle(Variable::Parameter(place, position))).collect()
    }

    /// What a variable is bounded by, unknown if by nothing.
    pub(super) fn bound(&mut self, variable: VariableId) -> Typed {
        if let Some(known) = self.bounds.get(&variable) {
            return *known;
        }
        self.bounds.insert(variable, Typed::UNKNOWN);
        let bound = self.find_bound(self.variables.get(variable)).unwrap_or(Typed::UNKNOWN);
        self.bounds.insert(variable, bound);
        bound
    }

    fn find_bound(&mut self, variable: Variable) -> Option<Typed> {
        match variable {
            Variable::Assigned(place) => {
                let (source, assigned) = self.facts_of_kind(place, FactKind::Assigned).into_iter().next()?;
                let Value::Call(callee) = self.value(source, assigned) else { return None };
                let Value::Applied(_, bounds) = self.value(source, callee) else { return None };
                let bounds = self.list(source, bounds).into_iter();
                let each: Vec<Typed> = bounds.map(|bound| self.annotation(source, bound)).collect();
                Some(self.types.union(each))
            }
            Variable::Parameter(place, position) => {
                let told = self.facts_of_kind(place, FactKind::Parameter);
                let (source, told) = *told.get(position as usize)?;
                let Value::Literal(Literal::Tuple, told) = self.value(source, told) else { return None };
                let bound = *self.list(source, told).first()?;
                Some(self.annotation(source, bound))
            }
        }
    }

    /// An alias with these arguments: `aliased` is what it stands for, in terms of its type parameters.
    pub(super) fn alias_with(&mut self, found: FoundId, aliased: Typed, arguments: Arguments) -> Typed {
        let Some(place) = self.founds.get(found).first().and_then(|found| found.place()) else { return aliased };
        let mut parameters = self.type_parameters(place);
        if parameters.is_empty() {
            // Those of an alias that is an assignment are the variables in it, as they come.
            self.add_variable(aliased.ty, &mut parameters, 0);
        }
        let given = parameters.into_iter().zip(self.types.get(arguments).iter().copied()).collect();
        self.substituted(aliased, &given)
    }

    /// A type in which variables are what bounds them.
    pub(super) fn bounded(&mut self, typed: Typed) -> Typed {
        match typed.ty {
            Type::Variable(variable) => self.bound(variable).at_most(typed.confidence),
            Type::ExternalInstance(name, arguments) if self.names.text(name) == "builtins.type" => {
                let Type::Variable(variable) = self.types.at(arguments, 0) else { return typed };
                let bound = self.bound(variable);
                self.each(bound, |this, ty| Typed::exact(this.class_of(ty))).at_most(typed.confidence)
            }
            Type::Union(_) => {
                let members = self.types.members(typed.ty);
                if !members.iter().any(|ty| matches!(ty, Type::Variable(_) | Type::ExternalInstance(..))) {
                    return typed;
                }
                let each: Vec<Typed> = members.into_iter().map(|ty| self.bounded(Typed::exact(ty))).collect();
                self.types.union(each).at_most(typed.confidence)
            }
            _ => typed,
        }
    }

    /// The class of an instance.
    pub(super) fn class_of(&mut self, ty: Type) -> Type {
        match ty {
            Type::Instance(class, _) => Type::Class(class),
            Type::ExternalInstance(name, _) => Type::External(name),
            Type::Variable(_) => self.external_of("builtins.type", &[ty]),
            _ => Type::Unknown,
        }
    }

    /// What a class says of type variables.
    fn generic(&mut self, class: ClassId) -> Rc<Generic> {
        if let Some(known) = self.generics.get(&class) {
            return known.clone();
        }
        self.generics.insert(class, Rc::default());
        let mut generic = Generic::default();
        let mut declared: Option<Arguments> = None;
        for (source, value) in self.base_values(class) {
            let base = self.annotation(source, value).ty;
            match base {
                Type::ExternalInstance(name, arguments)
                    if matches!(last_part(self.names.text(name)), "Generic" | "Protocol")
                        && !self.types.get(arguments).is_empty() =>
                {
                    declared = Some(arguments);
                }
                Type::Instance(base, _) if base == class => {}
                Type::Instance(..) | Type::ExternalInstance(..) => generic.bases.push(base),
                _ => {}
            }
        }
        generic.parameters = self.type_parameters(self.classes.get(class));
        match declared {
            _ if !generic.parameters.is_empty() => {}
            Some(arguments) => self.add_variables(arguments, &mut generic.parameters, 0),
            None => {
                for base in &generic.bases {
                    if let Type::Instance(_, arguments) | Type::ExternalInstance(_, arguments) = base {
                        self.add_variables(*arguments, &mut generic.parameters, 0);
                    }
                }
            }
        }
        let generic = Rc::new(generic);
        self.generics.insert(class, generic.clone());
        generic
    }

    fn add_variables(&mut self, types: Arguments, variables: &mut Vec<VariableId>, depth: u32) {
        for ty in self.types.get(types) {
            self.add_variable(*ty, variables, depth);
        }
    }

    fn add_variable(&mut self, ty: Type, variables: &mut Vec<VariableId>, depth: u32) {
        match ty {
            Type::Variable(variable) if !variables.contains(&variable) => variables.push(variable),
            Type::Instance(_, inner) | Type::ExternalInstance(_, inner) | Type::Union(inner)
                if depth <= MAX_TYPE_DEPTH =>
            {
                self.add_variables(inner, variables, depth + 1);
            }
            _ => {}
        }
    }

    /// Whether a type has a variable in it.
    pub(super) fn is_open(&self, ty: Type) -> bool {
        self.has_variable(ty, 0)
    }

    fn has_variable(&self, ty: Type, depth: u32) -> bool {
        match ty {
            Type::Variable(_) => true,
            Type::Instance(_, inner) | Type::ExternalInstance(_, inner) | Type::Union(inner)
                if inner != TypeLists::EMPTY && depth <= MAX_TYPE_DEPTH =>
            {
                self.types.get(inner).iter().any(|ty| self.has_variable(*ty, depth + 1))
            }
            _ => false,
        }
    }

    /// What a class with these arguments gives for the variables of itself and of a class that it derives from.
    pub(super) fn given_by(&mut self, class: ClassId, arguments: Arguments, owner: Option<ClassId>) -> Given {
        let mut given = Given::new();
        if let Some(owner) = owner.filter(|owner| *owner != class)
            && let Some(arguments) = self.arguments_of_base(class, arguments, owner, &mut Vec::new())
        {
            given = self.zipped(owner, arguments);
        }
        // What a function returns without saying so can be in terms of the class that it was found on.
        for (variable, ty) in self.zipped(class, arguments) {
            if !given.iter().any(|(known, _)| *known == variable) {
                given.push((variable, ty));
            }
        }
        given
    }

    fn zipped(&mut self, class: ClassId, arguments: Arguments) -> Given {
        if arguments == TypeLists::EMPTY {
            return Given::new();
        }
        let generic = self.generic(class);
        let arguments = self.types.get(arguments);
        generic.parameters.iter().copied().zip(arguments.iter().copied()).collect()
    }

    /// What a class with these arguments gives for its variables, and what it says of them; `None` if it was looked at
    /// already, or too many were.
    fn look_up_from(
        &mut self,
        class: ClassId,
        arguments: Arguments,
        seen: &mut Vec<ClassId>,
    ) -> Option<(Given, Rc<Generic>)> {
        if seen.contains(&class) || seen.len() as u32 >= MAX_BASES {
            return None;
        }
        seen.push(class);
        Some((self.zipped(class, arguments), self.generic(class)))
    }

    /// With which arguments a class derives from another, given its own.
    fn arguments_of_base(
        &mut self,
        class: ClassId,
        arguments: Arguments,
        wanted: ClassId,
        seen: &mut Vec<ClassId>,
    ) -> Option<Arguments> {
        if class == wanted {
            return Some(arguments);
        }
        let (given, generic) = self.look_up_from(class, arguments, seen)?;
        for base in &generic.bases {
            let Type::Instance(base, inner) = *base else { continue };
            let inner = self.substituted_list(inner, &given, 0);
            if let Some(found) = self.arguments_of_base(base, inner, wanted, seen) {
                return Some(found);
            }
        }
        None
    }

    /// The container from outside that a class derives from, with its arguments.
    pub(super) fn container_base(&mut self, class: ClassId, arguments: Arguments) -> Option<Type> {
        let mro = self.mro(class);
        if !mro.externals.iter().any(|name| container(self.names.text(*name)).is_some()) {
            return None;
        }
        self.find_container_base(class, arguments, &mut Vec::new())
    }

    fn find_container_base(&mut self, class: ClassId, arguments: Arguments, seen: &mut Vec<ClassId>) -> Option<Type> {
        let (given, generic) = self.look_up_from(class, arguments, seen)?;
        for base in &generic.bases {
            match *base {
                Type::Instance(base, inner) => {
                    let inner = self.substituted_list(inner, &given, 0);
                    if let Some(found) = self.find_container_base(base, inner, seen) {
                        return Some(found);
                    }
                }
                Type::ExternalInstance(name, inner)
                    if inner != TypeLists::EMPTY && container(self.names.text(name)).is_some() =>
                {
                    let inner = self.substituted_list(inner, &given, 0);
                    return Some(Type::ExternalInstance(name, inner));
                }
                _ => {}
            }
        }
        None
    }

    /// A type with what is given for the variables in it.
    pub(super) fn substituted(&mut self, typed: Typed, given: &Given) -> Typed {
        if given.is_empty() || !self.is_open(typed.ty) {
            return typed;
        }
        let ty = self.substituted_type(typed.ty, given, 0);
        Typed { ty, ..typed }
    }

    fn substituted_type(&mut self, ty: Type, given: &Given, depth: u32) -> Type {
        if depth > MAX_TYPE_DEPTH {
            return Type::Unknown;
        }
        match ty {
            Type::Variable(variable) => {
                let known = given.iter().find(|(known, _)| *known == variable);
                known.map_or(ty, |(_, ty)| *ty)
            }
            Type::Instance(class, inner) => Type::Instance(class, self.substituted_list(inner, given, depth)),
            Type::ExternalInstance(name, inner) => {
                let inner = self.substituted_list(inner, given, depth);
                // What was `type[T]` is the class that is given.
                if self.names.text(name) == "builtins.type"
                    && let [of @ (Type::Instance(..) | Type::ExternalInstance(..))] = self.types.get(inner)
                {
                    return self.class_of(*of);
                }
                Type::ExternalInstance(name, inner)
            }
            Type::Union(inner) => {
                let members = self.types.get(inner);
                let each: Vec<Typed> =
                    members.iter().map(|ty| Typed::exact(self.substituted_type(*ty, given, depth + 1))).collect();
                self.types.union(each).ty
            }
            _ => ty,
        }
    }

    fn substituted_list(&mut self, types: Arguments, given: &Given, depth: u32) -> Arguments {
        if types == TypeLists::EMPTY {
            return types;
        }
        let each: Vec<Type> =
            self.types.get(types).iter().map(|ty| self.substituted_type(*ty, given, depth + 1)).collect();
        self.types.list(&each)
    }

    /// What a member is, found on an instance of a class with these arguments.
    pub(super) fn member_type(&mut self, found: FoundId, typed: Typed, class: ClassId, arguments: Arguments) -> Typed {
        match typed.ty {
            Type::Function(function) if arguments != TypeLists::EMPTY => {
                let function = self.functions.get(function);
                let function = self.functions.handle(Function { arguments, ..function });
                Typed { ty: Type::Function(function), ..typed }
            }
            Type::Function(_) => typed,
            ty if self.is_open(ty) => {
                let owner = self.founds.get(found).first().copied().and_then(|found| self.owner_of(found));
                let given = self.given_by(class, arguments, owner);
                self.substituted(typed, &given)
            }
            _ => typed,
        }
    }

    fn owner_of(&mut self, found: Found) -> Option<ClassId> {
        let Found::Entry(file, id) = found else { return None };
        let owner = self.files.interface(file).owner(id)?;
        Some(self.classes.handle(Place::Entry(file, owner)))
    }

    /// What a function returns on what it was found on, by what it returns in terms of its class's variables.
    pub(super) fn on_receiver(&mut self, function: Function, typed: Typed) -> Typed {
        let Some(receiver) = function.receiver.filter(|_| self.is_open(typed.ty)) else { return typed };
        let owner = match function.place {
            Place::Entry(file, id) => self.owner_of(Found::Entry(file, id)),
            Place::Local(_) => None,
        };
        let given = self.given_by(receiver, function.arguments, owner);
        self.substituted(typed, &given)
    }

    /// What a function returns by what it is called with, where that leaves variables open. Unknown if it does not take
    /// that, as of overloads all but one.
    pub(super) fn solved(&mut self, function: Function, returned: Typed, arguments: Option<CallArguments>) -> Typed {
        if !self.is_open(returned.ty) {
            return returned;
        }
        let Some((source, parameters)) = self.signature(function) else { return returned };
        let mut given = Given::new();
        let mut parameters = parameters.into_iter();
        let mut confidence = returned.confidence;
        if let Some(receiver) = function.receiver.filter(|_| self.has_receiver(function.place)) {
            // `self: T` and `cls: type[T]` tell of themselves.
            let declared = parameters.next().map(|parameter| self.annotation(source, parameter).ty);
            let instance = Type::Instance(receiver, function.arguments);
            match declared {
                Some(declared @ Type::Variable(_)) => self.match_types(declared, instance, &mut given, 0),
                Some(declared @ Type::ExternalInstance(..)) => {
                    self.match_types(declared, Type::Class(receiver), &mut given, 0);
                }
                _ => {}
            }
        }
        if let Some(arguments) = arguments {
            let values = self.list(arguments.source, arguments.values);
            for (parameter, value) in parameters.zip(values) {
                let declared = self.annotation(source, parameter);
                let declared = self.on_receiver(function, declared);
                if self.is_open(declared.ty) {
                    let actual = self.evaluate(arguments.source, value);
                    if self.is_other_class(declared.ty, actual.ty) {
                        return Typed::UNKNOWN;
                    }
                    self.match_types(declared.ty, actual.ty, &mut given, 0);
                    confidence = confidence.max(actual.confidence);
                }
            }
        }
        self.substituted(returned, &given).at_most(confidence)
    }

    /// Whether a type is no instance of the class of the repository that is declared.
    fn is_other_class(&mut self, declared: Type, actual: Type) -> bool {
        let Type::Instance(wanted, _) = declared else { return false };
        let has_base = |this: &Self, name: &str, mro: &Mro| {
            mro.externals.iter().any(|external| last_part(this.names.text(*external)) == name)
        };
        let mro = self.mro(wanted);
        // What has the members that a protocol asks for need not derive from it.
        if has_base(self, "Protocol", &mro) {
            return false;
        }
        match actual {
            Type::Instance(class, _) => !self.mro(class).is_partial && self.position_in_order(class, wanted).is_none(),
            Type::ExternalInstance(name, _) => !mro.is_partial && self.names.text(name).starts_with("builtins."),
            Type::Nothing => true,
            _ => false,
        }
    }

    /// What the parameters of a function are declared to be, where that can tell of what it returns.
    fn signature(&mut self, function: Function) -> Option<(Source, Vec<ValueId>)> {
        let Place::Entry(file, id) = function.place else { return None };
        let interface = self.files.interface(file);
        let facts = interface.facts(interface.entry(id)?);
        let (_, value) = facts.iter().find(|(kind, _)| *kind == FactKind::Signature)?;
        let Value::Literal(Literal::Function, parameters) = interface.value(*value) else { return None };
        Some((Source::member(file, id, function.receiver), interface.values.list(parameters).collect()))
    }

    /// Whether the first parameter of a function is what it was found on.
    fn has_receiver(&mut self, place: Place) -> bool {
        let Place::Entry(file, id) = place else { return false };
        let interface = self.files.interface(file);
        interface.entry(id).is_some_and(|entry| {
            entry.kind == SymbolKind::Method && !super::attribute::is_decorated(&interface, entry, "staticmethod")
        })
    }

    /// Finds what is given for the variables in a declared type, by a type that stands in its place.
    fn match_types(&mut self, declared: Type, actual: Type, given: &mut Given, depth: u32) {
        if depth > MAX_TYPE_DEPTH || actual == Type::Unknown || !self.is_open(declared) {
            return;
        }
        match (declared, actual) {
            (Type::Variable(variable), actual) if !given.iter().any(|(known, _)| *known == variable) => {
                given.push((variable, actual));
            }
            // What is told first counts.
            (Type::Variable(_), _) => {}
            (Type::Union(_), actual) => {
                // What is one of the other types says nothing of the variable.
                let declared = self.types.members(declared);
                let rest = self.types.members(actual).into_iter().filter(|ty| !declared.contains(ty));
                let rest: Vec<Typed> = rest.map(Typed::exact).collect();
                let rest = self.types.union(rest).ty;
                for one in declared {
                    self.match_types(one, rest, given, depth + 1);
                }
            }
            (declared, Type::Union(_)) => {
                for one in self.types.members(actual) {
                    self.match_types(declared, one, given, depth + 1);
                }
            }
            (Type::Instance(wanted, inner), Type::Instance(class, arguments)) => {
                if let Some(arguments) = self.arguments_of_base(class, arguments, wanted, &mut Vec::new()) {
                    self.match_lists(inner, arguments, given, depth);
                }
            }
            (Type::ExternalInstance(name, inner), actual) => self.match_external(name, inner, actual, given, depth),
            _ => {}
        }
    }

    fn match_external(&mut self, name: Name, inner: Arguments, actual: Type, given: &mut Given, depth: u32) {
        let text = self.names.text(name);
        if text == "builtins.type" {
            let instance = match actual {
                Type::Class(class) => Type::Instance(class, TypeLists::EMPTY),
                Type::External(name) => Type::ExternalInstance(name, TypeLists::EMPTY),
                Type::ExternalInstance(_, arguments) => self.types.at(arguments, 0),
                _ => return,
            };
            return self.match_types(self.types.at(inner, 0), instance, given, depth + 1);
        }
        let element = |this: &mut Self, position: usize, given: &mut Given, actual: Type| {
            let declared = this.types.at(inner, position);
            this.match_types(declared, actual, given, depth + 1);
        };
        match container(text) {
            Some(Container::Sequence) => {
                let actual = self.element(actual, "__iter__", "__next__");
                element(self, 0, given, actual.ty);
            }
            Some(Container::Callable) => {
                let returned = self.called(Typed::exact(actual));
                let last = self.types.get(inner).len().saturating_sub(1);
                element(self, last, given, returned.ty);
            }
            Some(Container::Awaitable | Container::Coroutine) => {
                let awaited = self.awaited(actual);
                let last = self.types.get(inner).len().saturating_sub(1);
                element(self, last, given, awaited.ty);
            }
            Some(Container::Mapping) => {
                let actual = match actual {
                    Type::Instance(class, arguments) => self.container_base(class, arguments).unwrap_or(actual),
                    _ => actual,
                };
                if let Type::ExternalInstance(_, arguments) = actual {
                    self.match_lists(inner, arguments, given, depth);
                }
            }
            Some(Container::Tuple) | None => {
                if let Type::ExternalInstance(_, arguments) = actual {
                    self.match_lists(inner, arguments, given, depth);
                }
            }
        }
    }

    fn match_lists(&mut self, declared: Arguments, actual: Arguments, given: &mut Given, depth: u32) {
        let (declared, actual) = (self.types.get(declared), self.types.get(actual));
        for (declared, actual) in declared.iter().zip(actual) {
            self.match_types(*declared, *actual, given, depth + 1);
        }
    }
}
