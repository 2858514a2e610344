//! Attributes, and what names are once it is known what they stand for.

use esker_frontend_api::resolving::{self, FoundId, Name, TypeLists};
use esker_frontend_api::{
    Confidence, Entry, EntryId, FactKind, FileNumber, Interface, SymbolFlags, SymbolId, SymbolKind, UnresolvedReason,
    Value, ValueId,
};

use super::Resolver;
use super::builtins::{is_builtin, is_of_every_module, last_part};
use super::evaluate::Source;
use super::lookup::Found;
use super::types::{Arguments, ClassId, Function, FunctionId, Place, Type, Typed};
use crate::interface::{Receiver, receiver};

/// What became of a name or an attribute.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outcome {
    /// What it stands for; a reason if nothing.
    pub(super) found: FoundId,
    /// How to tell what it is: few of those who ask for an outcome want to know.
    pub(super) way: Way,
    /// How sure it is what it stands for.
    pub(super) confidence: Confidence,
}

/// How to tell what something is, once it is known what it stands for.
#[derive(Debug, Clone, Copy)]
pub(super) enum Way {
    /// It is known already.
    Known(Typed),
    /// By what it stands for alone.
    ByFound,
    /// As an attribute of this class.
    OnClass(ClassId),
    /// As an attribute of an instance of this class.
    OnInstance(ClassId, Arguments),
}

impl Resolver<'_> {
    /// The outcome of what could not be resolved.
    pub(super) fn unresolved(&mut self, reason: UnresolvedReason) -> Outcome {
        let found = self.founds.one(Found::Not(reason));
        Outcome { found, way: Way::Known(Typed::UNKNOWN), confidence: Confidence::Exact }
    }

    /// What something is of which this became.
    pub(super) fn typed(&mut self, outcome: Outcome) -> Typed {
        let typed = match outcome.way {
            Way::Known(typed) => typed,
            Way::ByFound => self.type_of_all(outcome.found, None),
            Way::OnClass(class) => match self.enumeration_member(class, outcome.found) {
                Some(member) => member,
                None => self.type_of_all(outcome.found, Some(class)),
            },
            Way::OnInstance(class, arguments) => {
                let typed = self.type_of_all(outcome.found, Some(class));
                let typed = self.member_type(outcome.found, typed, class, arguments);
                let typed = self.property(outcome.found, typed);
                self.described(outcome.found, typed)
            }
        };
        typed.at_most(outcome.confidence)
    }

    /// What a name stands for in a module, or else everywhere.
    pub(super) fn name_or_builtin(&mut self, file: FileNumber, name: Name) -> FoundId {
        let found = self.name_in_module(file, name);
        if !found.is_empty() {
            return found;
        }
        let text = self.names.text(name);
        if !is_builtin(text) {
            let is_own = file == self.own;
            let one = if is_own { self.undefined(name) } else { Found::Not(UnresolvedReason::UndefinedName) };
            return self.founds.one(one);
        }
        let builtins = self.names.name("builtins");
        let qualified = self.names.member(builtins, name);
        self.founds.one(Found::External(qualified))
    }

    /// An attribute of a value, used in `user`.
    pub(super) fn attribute(&mut self, user: FileNumber, base: Typed, name: Name) -> Outcome {
        let base = self.bounded(base);
        if !matches!(base.ty, Type::Union(_)) {
            let (found, way) = self.attribute_of(user, base.ty, name);
            return Outcome { found, way, confidence: base.confidence };
        }
        let types = self.types.members(base.ty);
        let mut all: Vec<Found> = Vec::new();
        let mut reason = None;
        let mut each = Vec::new();
        for ty in types.into_iter().filter(|ty| *ty != Type::Nothing) {
            let (found, way) = self.attribute_of(user, ty, name);
            for one in self.founds.get(found) {
                match one {
                    Found::Not(why) => reason = reason.or(Some(*why)),
                    one if all.contains(one) => {}
                    one => all.push(*one),
                }
            }
            each.push(self.typed(Outcome { found, way, confidence: base.confidence }));
        }
        let way = Way::Known(self.types.union(each));
        if all.is_empty() {
            let reason = reason.unwrap_or(UnresolvedReason::UnknownValue);
            return Outcome { way, ..self.unresolved(reason) };
        }
        // Something outside says less than a definition in the repository.
        if all.iter().any(|one| !matches!(one, Found::External(_))) {
            all.retain(|one| !matches!(one, Found::External(_)));
        }
        let confidence = if all.len() > 1 { Confidence::Ambiguous } else { base.confidence };
        Outcome { found: self.founds.list(&all), way, confidence }
    }

    fn attribute_of(&mut self, user: FileNumber, ty: Type, name: Name) -> (FoundId, Way) {
        match ty {
            Type::Unknown | Type::Union(_) | Type::Nothing | Type::Variable(_) => {
                self.nothing(UnresolvedReason::UnknownValue)
            }
            Type::Function(function) => {
                let text = self.names.text(name);
                if text.starts_with("__") {
                    let name = self.names.name(&format!("types.FunctionType.{text}"));
                    (self.founds.one(Found::External(name)), Way::Known(Typed::UNKNOWN))
                } else {
                    match self.decorated(function) {
                        Some(ty) => self.attribute_of(user, ty, name),
                        None => self.nothing(UnresolvedReason::DynamicAttribute),
                    }
                }
            }
            Type::Module(file) => {
                let mut found = self.member_of_module(file, name);
                if found.is_empty() {
                    let submodule = self.submodule(user, file, name);
                    let submodule = submodule.or_else(|| self.imported_submodule(file, file, name));
                    let text = self.names.text(name);
                    let one = match submodule {
                        Some(module) => Found::Module(module),
                        None if is_of_every_module(text) => {
                            Found::External(self.names.name(&format!("types.ModuleType.{text}")))
                        }
                        None => self.missing_in_module(file),
                    };
                    found = self.founds.one(one);
                }
                (found, Way::ByFound)
            }
            Type::Namespace(namespace) => {
                let found = self.in_namespace(user, namespace, name);
                let found = self.founds.one(found);
                (found, Way::ByFound)
            }
            Type::Class(class) => match self.member(class, 0, name) {
                Some(member) => (member, Way::OnClass(class)),
                None => match self.in_metaclass(class, name) {
                    Some(found) => found,
                    None => self.missing_attribute(class, name),
                },
            },
            Type::Instance(class, arguments) => match self.member(class, 0, name) {
                Some(member) => (member, Way::OnInstance(class, arguments)),
                None if self.names.text(name) == "__class__" => {
                    let object = self.names.name("builtins.object.__class__");
                    (self.founds.one(Found::External(object)), Way::Known(Typed::exact(Type::Class(class))))
                }
                None => {
                    let (found, way) = self.missing_attribute(class, name);
                    let getattr = self.names.name("__getattr__");
                    if self.member(class, 0, getattr).is_some() {
                        let typed = self.called_method(class, arguments, "__getattr__");
                        return (found, Way::Known(typed));
                    }
                    match self.container_base(class, arguments) {
                        Some(Type::ExternalInstance(_, arguments)) => {
                            (found, Way::Known(Typed::exact(Type::ExternalMethod(name, arguments))))
                        }
                        _ => (found, way),
                    }
                }
            },
            Type::Super(class, this) => {
                let skip = self.position_in_order(this, class).map_or(1, |position| position + 1);
                match self.member(this, skip, name) {
                    Some(member) => (member, Way::OnInstance(this, TypeLists::EMPTY)),
                    None => self.missing_attribute(class, name),
                }
            }
            Type::External(base) => {
                let name = self.names.member(base, name);
                (self.founds.one(Found::External(name)), Way::Known(Typed::exact(Type::External(name))))
            }
            Type::ExternalInstance(base, arguments) => {
                let member = self.names.member(base, name);
                let typed = Typed::exact(Type::ExternalMethod(name, arguments));
                (self.founds.one(Found::External(member)), Way::Known(typed))
            }
            Type::ExternalMethod(..) => self.nothing(UnresolvedReason::UnknownValue),
        }
    }

    /// What the only decorator of a function makes of it, if that is an instance of a class of the repository.
    fn decorated(&mut self, function: FunctionId) -> Option<Type> {
        let decorators = self.facts_of_kind(self.functions.get(function).place, FactKind::Decorator);
        let [(source, decorator)] = *decorators.as_slice() else { return None };
        let decorator = self.evaluate(source, decorator);
        match self.called(decorator).ty {
            ty @ Type::Instance(..) => Some(ty),
            _ => None,
        }
    }

    fn nothing(&mut self, reason: UnresolvedReason) -> (FoundId, Way) {
        (self.founds.one(Found::Not(reason)), Way::Known(Typed::UNKNOWN))
    }

    fn missing_attribute(&mut self, class: ClassId, name: Name) -> (FoundId, Way) {
        let missing = self.missing_in_class(class, name);
        let typed = match missing {
            // It is known what that of `object` does.
            Found::External(external) if self.names.text(name) == "__new__" => Typed::exact(Type::External(external)),
            _ => Typed::UNKNOWN,
        };
        (self.founds.one(missing), Way::Known(typed))
    }

    /// What the metaclass of a class, if it is one of the repository, has under a name.
    fn in_metaclass(&mut self, class: ClassId, name: Name) -> Option<(FoundId, Way)> {
        let Some(Type::Class(metaclass)) = self.metaclass(class) else { return None };
        let member = self.member(metaclass, 0, name)?;
        Some((member, Way::OnInstance(metaclass, TypeLists::EMPTY)))
    }

    /// The metaclass that a class, or the first of those that it derives from which has any, says it has.
    fn metaclass(&mut self, class: ClassId) -> Option<Type> {
        let mut order = self.order(class);
        while let Some(class) = self.next_class(&mut order) {
            let Place::Entry(file, entry) = self.classes.get(class) else { continue };
            let interface = self.files.interface(file);
            let facts = interface.facts(interface.entry(entry)?);
            if let Some((_, value)) = facts.iter().find(|(kind, _)| *kind == FactKind::Metaclass) {
                return Some(self.evaluate(Source::entry(file, entry), *value).ty);
            }
        }
        None
    }

    /// Whether the metaclass of a class may give it members that no text names.
    pub(super) fn is_made_by_metaclass(&mut self, class: ClassId) -> bool {
        match self.metaclass(class) {
            None => false,
            Some(Type::Class(metaclass)) => ["__new__", "__init__", "__getattr__"].into_iter().any(|name| {
                let name = self.names.name(name);
                self.member(metaclass, 0, name).is_some()
            }),
            Some(Type::External(name)) => {
                let name = self.names.text(name);
                !(name == "abc.ABCMeta" || name == "builtins.type" || name.starts_with("enum."))
            }
            Some(_) => true,
        }
    }

    /// Whether a class derives from one of the standard library's enumerations.
    pub(super) fn is_enumeration(&mut self, class: ClassId) -> bool {
        let mro = self.mro(class);
        mro.externals.iter().any(|name| self.names.text(*name).starts_with("enum."))
    }

    fn enumeration_member(&mut self, class: ClassId, found: FoundId) -> Option<Typed> {
        let [Found::Entry(file, id)] = *self.founds.get(found) else { return None };
        let is_field = self.files.interface(file).entry(id)?.kind == SymbolKind::Field;
        if !is_field || !self.is_enumeration(class) {
            return None;
        }
        let arguments = TypeLists::EMPTY;
        Some(Typed::exact(Type::Instance(class, arguments)))
    }

    /// What an attribute of an instance is, given what the class has: of a property what it returns.
    fn property(&mut self, found: FoundId, typed: Typed) -> Typed {
        let is_property = self.founds.get(found).iter().any(|one| self.is_property(*one));
        if is_property { self.called(typed) } else { typed }
    }

    /// What an attribute of an instance is to which the class assigns a descriptor: what its `__get__` gives.
    fn described(&mut self, found: FoundId, typed: Typed) -> Typed {
        if !self.founds.get(found).iter().any(|one| self.is_assigned_by_class(*one)) {
            return typed;
        }
        self.each(typed, |this, ty| {
            let Type::Instance(class, arguments) = ty else { return Typed::exact(ty) };
            let get = this.names.name("__get__");
            if this.member(class, 0, get).is_none() {
                return Typed::exact(ty);
            }
            let given = this.called_method(class, arguments, "__get__");
            // It is itself to those who ask the class.
            let is_itself = |ty: &Type| matches!(ty, Type::Instance(other, _) if *other == class);
            let others = this.types.members(given.ty).into_iter().filter(|ty| !is_itself(ty));
            let others: Vec<Typed> = others.map(Typed::exact).collect();
            this.types.union(others).at_most(given.confidence)
        })
    }

    /// Whether something is an attribute to which the body of its class assigns.
    fn is_assigned_by_class(&mut self, found: Found) -> bool {
        let is_of_class =
            |kind, flags: SymbolFlags| kind == SymbolKind::Field && !flags.contains(SymbolFlags::INSTANCE);
        let (is_of_class, place) = match found {
            Found::Entry(file, id) => {
                let interface = self.files.interface(file);
                let entry = interface.entry(id);
                (entry.is_some_and(|entry| is_of_class(entry.kind, entry.flags)), Place::Entry(file, id))
            }
            Found::Local(symbol) => {
                let row = self.ir.symbols.get(symbol.index());
                (row.is_some_and(|row| is_of_class(row.kind, row.flags)), Place::Local(symbol))
            }
            _ => return false,
        };
        is_of_class && !self.facts_of_kind(place, FactKind::Assigned).is_empty()
    }

    /// Whether a class's attribute is a property.
    pub(super) fn is_property(&mut self, found: Found) -> bool {
        let Found::Entry(file, id) = found else { return false };
        let interface = self.files.interface(file);
        interface.entry(id).is_some_and(|entry| is_property(&interface, entry))
    }

    /// What is known of something, whatever of these it is; for members, found on an instance or class `receiver`.
    pub(super) fn type_of_all(&mut self, found: FoundId, receiver: Option<ClassId>) -> Typed {
        match self.founds.get(found) {
            [] => Typed::UNKNOWN,
            [one] => self.type_of(*one, receiver),
            all => {
                // Of many overloads the last one counts too: it is the function itself.
                let left_out = all.len().saturating_sub(<Type as resolving::Type>::MAX_UNION);
                let last = all.len() - 1;
                let told = all.iter().enumerate().filter(|(at, _)| *at == last || at + left_out < last);
                let each: Vec<Typed> = told.map(|(_, one)| self.type_of(*one, receiver)).collect();
                self.types.union(each)
            }
        }
    }

    fn type_of(&mut self, found: Found, receiver: Option<ClassId>) -> Typed {
        match found {
            Found::Entry(file, id) => self.type_of_entry(file, id, receiver),
            Found::Local(symbol) => self.type_of_symbol(symbol, receiver),
            Found::Module(file) => Typed::exact(Type::Module(file)),
            Found::Namespace(name) => Typed::exact(Type::Namespace(name)),
            Found::External(name) => Typed::exact(Type::External(name)),
            Found::Not(_) => Typed::UNKNOWN,
        }
    }

    fn type_of_entry(&mut self, file: FileNumber, id: EntryId, receiver: Option<ClassId>) -> Typed {
        let interface = self.files.interface(file);
        let Some(entry) = interface.entry(id) else { return Typed::UNKNOWN };
        match entry.kind {
            SymbolKind::Class => {
                let class = self.classes.handle(Place::Entry(file, id));
                return Typed::exact(Type::Class(class));
            }
            SymbolKind::Function | SymbolKind::Method => {
                let function = Function { place: Place::Entry(file, id), receiver, arguments: TypeLists::EMPTY };
                return Typed::exact(Type::Function(self.functions.handle(function)));
            }
            _ => {}
        }
        let key = (file, id, receiver);
        if let Some(known) = self.entry_types.get(&key) {
            return *known;
        }
        self.entry_types.insert(key, Typed::UNKNOWN);
        let source = Source::member(file, id, receiver);
        let typed = self.type_by_facts(source, interface.facts(entry), entry.flags);
        self.entry_types.insert(key, typed);
        typed
    }

    /// What a symbol of the own file is.
    pub(super) fn type_of_symbol(&mut self, symbol: SymbolId, receiver: Option<ClassId>) -> Typed {
        let Some(row) = self.ir.symbols.get(symbol.index()) else { return Typed::UNKNOWN };
        if row.kind != SymbolKind::Parameter
            && row.kind != SymbolKind::Import
            && let Some(entry) = self.files.entry_of(symbol)
        {
            return self.type_of_entry(self.own, entry, receiver);
        }
        match row.kind {
            SymbolKind::Class => {
                let class = self.class_at(Place::Local(symbol));
                return Typed::exact(Type::Class(class));
            }
            SymbolKind::Function | SymbolKind::Method => {
                let function = Function { place: Place::Local(symbol), receiver, arguments: TypeLists::EMPTY };
                return Typed::exact(Type::Function(self.functions.handle(function)));
            }
            SymbolKind::Module => return Typed::exact(Type::Module(self.own)),
            _ => {}
        }
        if let Some(known) = self.symbol_types[symbol.index()] {
            return known;
        }
        self.symbol_types[symbol.index()] = Some(Typed::UNKNOWN);
        let typed = self.find_type_of_symbol(symbol);
        self.symbol_types[symbol.index()] = Some(typed);
        typed
    }

    fn find_type_of_symbol(&mut self, symbol: SymbolId) -> Typed {
        let row = &self.ir.symbols[symbol.index()];
        if row.kind == SymbolKind::Import {
            let found = self.found_by_symbol(symbol);
            return self.type_of_all(found, None);
        }
        if row.kind == SymbolKind::Parameter
            && let Some((method, receiver)) = receiver(self.ir, symbol)
            && let Some(class) = self.class_of_scope(self.ir.symbols[method.index()].scope)
        {
            let arguments = TypeLists::EMPTY;
            return Typed::exact(match receiver {
                Receiver::Instance => Type::Instance(class, arguments),
                Receiver::Class => Type::Class(class),
            });
        }
        let facts: Vec<(FactKind, ValueId)> =
            self.ir.facts_of(symbol).iter().map(|fact| (fact.kind, fact.value)).collect();
        if row.kind == SymbolKind::Parameter && !facts.iter().any(|(kind, _)| *kind == FactKind::Type) {
            let inherited = self.inherited_parameter(symbol);
            if !inherited.is_unknown() {
                return inherited;
            }
        }
        self.type_by_facts(Source::Ir, &facts, row.flags)
    }

    /// What a parameter of a method is by the method that this one overrides, which may declare its type.
    fn inherited_parameter(&mut self, parameter: SymbolId) -> Typed {
        let row = &self.ir.symbols[parameter.index()];
        if row.flags.intersects(SymbolFlags::VARIADIC | SymbolFlags::KEYWORDS) {
            return Typed::UNKNOWN;
        }
        let method = self.ir.scopes.get(row.scope.index()).and_then(|scope| scope.owner);
        let Some(method) = method.and_then(|method| self.ir.symbols.get(method.index())) else { return Typed::UNKNOWN };
        if method.kind != SymbolKind::Method {
            return Typed::UNKNOWN;
        }
        let Some(class) = self.class_of_scope(method.scope) else { return Typed::UNKNOWN };
        let (name, method) = (self.names.own(row.name), self.names.own(method.name));
        let Some(overridden) = self.member(class, 1, method) else { return Typed::UNKNOWN };
        let Type::Function(function) = self.type_of_all(overridden, Some(class)).ty else { return Typed::UNKNOWN };
        let function = self.functions.get(function);
        let Found::Entry(file, id) = self.parameter(function.place, name) else { return Typed::UNKNOWN };
        let interface = self.files.interface(file);
        let facts = interface.entry(id).map_or(&[][..], |entry| interface.facts(entry));
        let Some((_, declared)) = facts.iter().find(|(kind, _)| *kind == FactKind::Type) else { return Typed::UNKNOWN };
        let declared = self.annotation(Source::member(file, id, Some(class)), *declared);
        self.on_receiver(function, declared).at_most(Confidence::Inferred)
    }

    /// What something is by what the text says about it: its declared type, or else what it is assigned.
    fn type_by_facts(&mut self, source: Source, facts: &[(FactKind, ValueId)], flags: SymbolFlags) -> Typed {
        let of = |wanted: FactKind| facts.iter().filter(move |(kind, _)| *kind == wanted).map(|(_, value)| *value);
        for value in of(FactKind::Type) {
            let typed = self.annotation(source, value);
            if let Type::ExternalInstance(name, arguments) = typed.ty
                && arguments == TypeLists::EMPTY
                && matches!(last_part(self.names.text(name)), "Final" | "ClassVar")
            {
                continue;
            }
            if flags.intersects(SymbolFlags::VARIADIC | SymbolFlags::KEYWORDS) {
                let is_mapping = flags.contains(SymbolFlags::KEYWORDS);
                let name = self.names.name(if is_mapping { "builtins.dict" } else { "builtins.list" });
                let arguments = if is_mapping { vec![Type::Unknown, typed.ty] } else { vec![typed.ty] };
                let arguments = self.types.list(&arguments);
                return Typed::exact(Type::ExternalInstance(name, arguments));
            }
            if !typed.is_unknown() {
                return typed;
            }
        }
        let mut each: Vec<Typed> = Vec::new();
        for value in of(FactKind::Assigned) {
            each.push(self.evaluate(source, value));
        }
        for value in of(FactKind::Default) {
            let typed = self.evaluate(source, value);
            // The default `None` says that there may be nothing, not what there is otherwise.
            if typed.ty != Type::Nothing {
                each.push(typed);
            }
        }
        let names_alone = |typed: &Typed| matches!(typed.ty, Type::Class(_) | Type::Function(_) | Type::Module(_));
        let confidence = match each.as_slice() {
            // Another name for a class, a function or a module is as good as the first.
            [one] if names_alone(one) => Confidence::Exact,
            _ => Confidence::Inferred,
        };
        self.types.union(each).at_most(confidence)
    }
}

/// Whether an attribute is what a function returns, going by the names of what decorates it: `property`,
/// `cached_property` and their like, and the setters of a property.
fn is_property(interface: &Interface, entry: &Entry) -> bool {
    interface.facts(entry).iter().any(|(kind, value)| {
        *kind == FactKind::Decorator && {
            let name = last_name(interface, *value);
            name.ends_with("property") || matches!(name, "setter" | "getter" | "deleter" | "reify")
        }
    })
}

/// Whether something is decorated by what has this name.
pub(super) fn is_decorated(interface: &Interface, entry: &Entry, wanted: &str) -> bool {
    let mut facts = interface.facts(entry).iter();
    facts.any(|(kind, value)| *kind == FactKind::Decorator && last_name(interface, *value) == wanted)
}

/// The name that a value is, or the attribute that it ends in; calls and subscripts of it alike.
fn last_name(interface: &Interface, value: ValueId) -> &str {
    match interface.value(value) {
        Value::Name(name) | Value::Member(_, name) => interface.name(name),
        Value::Call(inner) | Value::Item(inner, _) | Value::Applied(inner, _) if inner.0 < value.0 => {
            last_name(interface, inner)
        }
        _ => "",
    }
}
