//! From values in terms of one file's references to values in terms of names.
//!
//! A reference to something that other files can name becomes that name. One to a parameter or a local variable of a
//! function cannot: it becomes what the function says of it, its type or what it is assigned, as far as that is found
//! within a few steps.

use std::ops::Range;

use esker_frontend_api::{
    Binding, EdgeKinds, Fact, FactKind, FileIr, ImportForm, ImportTarget, Literal, LocatedRow, LocatedTable, NameId,
    NameTableBuilder, ReferenceId, ScopeId, ScopeKind, SymbolFlags, SymbolId, SymbolKind, Value, ValueId, ValueList,
    ValueTable,
};
use rustc_hash::{FxHashMap, FxHashSet};

/// The most facts that an entry tells of a name: one that is assigned more often is told by the first few.
const MAX_FACTS: usize = 8;

/// How many values the translation of one fact may look at. Sharing is lost when a value is spelt out, so that a chain
/// of local variables that each use the last one twice would double at every step.
const MAX_VALUES: u32 = 64;

/// How many parameters of a function its signature tells of.
const MAX_PARAMETERS: usize = 5;

/// How deeply a type may nest in which a type variable is looked for.
const MAX_TYPE_DEPTH: u32 = 8;

/// How deep a fact's value may nest, local variables followed.
const MAX_DEPTH: u32 = 24;

/// The tables of an interface as they grow.
pub(super) struct Translator<'a> {
    ir: &'a FileIr,
    pub(super) names: NameTableBuilder,
    pub(super) facts: Vec<(FactKind, ValueId)>,
    pub(super) values: ValueTable,
    pub(super) imports: Vec<ImportTarget>,
    pub(super) modules: Vec<Option<NameId>>,
    /// For names of the file their ids in `names`; the same for paths that its imports lead to.
    known_names: Vec<Option<NameId>>,
    known_paths: Vec<Option<NameId>>,
    /// Values that are made of no others, which most are: each once.
    known_values: FxHashMap<Value, ValueId>,
    located: &'a LocatedTable,
    /// For imports of the file their positions in `imports`.
    known_imports: FxHashMap<u32, u32>,
}

/// The translation of one fact.
struct Translation<'t, 'a> {
    ir: &'a FileIr,
    tables: &'t mut Translator<'a>,
    /// The symbol that it is about.
    subject: SymbolId,
    looked_at: u32,
    depth: u32,
}

impl<'a> Translator<'a> {
    pub(super) fn new(ir: &'a FileIr, located: &'a LocatedTable) -> Self {
        Self {
            ir,
            names: NameTableBuilder::with_capacity(ir.names.len() / 4),
            known_names: vec![None; ir.names.len()],
            known_paths: vec![None; located.names.len()],
            facts: Vec::with_capacity(ir.facts.len()),
            values: ValueTable::default(),
            imports: Vec::new(),
            modules: Vec::new(),
            known_values: FxHashMap::default(),
            located,
            known_imports: FxHashMap::default(),
        }
    }

    /// Adds the facts about a symbol that an entry tells: their positions.
    pub(super) fn facts(&mut self, symbol: SymbolId) -> Range<u32> {
        let ir = self.ir;
        let facts = ir.facts_of(symbol);
        let is_declared = facts.iter().any(|fact| fact.kind == FactKind::Type && !is_bare_qualifier(ir, fact));
        let start = self.facts.len() as u32;
        for fact in facts.iter().filter(|fact| !is_declared || survives_declaration(fact.kind)).take(MAX_FACTS) {
            let mut translation = Translation { ir, tables: self, subject: symbol, looked_at: 0, depth: 0 };
            let value = translation.value(fact.value);
            self.facts.push((fact.kind, value));
        }
        if let Some(parameters) = signature(ir, symbol, facts) {
            let mut translation = Translation { ir, tables: self, subject: symbol, looked_at: 0, depth: 0 };
            let parameters: Vec<ValueId> = parameters
                .into_iter()
                .map(|declared| match declared {
                    Some(declared) => translation.value(declared),
                    None => translation.push(Value::Unknown),
                })
                .collect();
            let parameters = self.values.push_list(&parameters);
            let value = self.values.push(Value::Literal(Literal::Function, parameters));
            self.facts.push((FactKind::Signature, value));
        }
        start..self.facts.len() as u32
    }

    /// An import's position in the table, to which it is added when it is first asked for.
    pub(super) fn import(&mut self, position: u32) -> Option<u32> {
        if let Some(&known) = self.known_imports.get(&position) {
            return Some(known);
        }
        let ir = self.ir;
        let import = ir.imports.get(position as usize)?;
        let located = self.located;
        let row = located.row(position);
        let (specifier, member) = (self.name(import.specifier), import.member.map(|member| self.name(member)));
        let start = self.modules.len() as u32;
        for module in row.map_or(&[][..], |row| located.modules(row)) {
            let module = module.map(|path| self.path(path));
            self.modules.push(module);
        }
        let submodule = row.and_then(|row| row.submodule).map(|path| self.path(path));
        self.imports.push(ImportTarget {
            specifier,
            member,
            form: import.form,
            modules: start..self.modules.len() as u32,
            submodule,
            miss: row.and_then(LocatedRow::reason),
        });
        let known = (self.imports.len() - 1) as u32;
        self.known_imports.insert(position, known);
        Some(known)
    }

    /// Adds to the table the other imports of each package that a name stands for: they tell which of its submodules
    /// are attributes of it. Those in functions are left out, which may never be called.
    pub(super) fn import_whole_packages(&mut self) {
        let ir = self.ir;
        let first_part = |specifier: NameId| ir.names.get(specifier).and_then(|name| name.split('.').next());
        let packages: FxHashSet<&str> = (self.known_imports.keys())
            .filter_map(|position| ir.imports.get(*position as usize))
            .filter(|import| import.form == ImportForm::Module)
            .filter_map(|import| first_part(import.specifier))
            .collect();
        for (import, position) in ir.imports.iter().zip(0..) {
            let is_statement = matches!(import.form, ImportForm::Module | ImportForm::Member);
            let is_below = || first_part(import.specifier).is_some_and(|first| packages.contains(first));
            if is_statement && !import.kinds.contains(EdgeKinds::LAZY) && is_below() {
                self.import(position);
            }
        }
    }

    /// A name of the file as one of the interface.
    pub(super) fn name(&mut self, id: NameId) -> NameId {
        let Self { ir, names, .. } = self;
        interned(&mut self.known_names, id, || names.intern(ir.names.get(id).unwrap_or("")))
    }

    fn path(&mut self, id: NameId) -> NameId {
        let Self { located, names, .. } = self;
        interned(&mut self.known_paths, id, || names.intern(located.name(id)))
    }
}

fn interned(known: &mut [Option<NameId>], id: NameId, intern: impl FnOnce() -> NameId) -> NameId {
    match known.get_mut(id.0 as usize) {
        Some(known) => *known.get_or_insert_with(intern),
        None => intern(),
    }
}

/// The types that the parameters of a function declare which take arguments by position, those alone that can tell of
/// what it returns: where a type variable can stand in one of them and in what is returned. `None` if none can.
fn signature(ir: &FileIr, symbol: SymbolId, facts: &[Fact]) -> Option<Vec<Option<ValueId>>> {
    let row = ir.symbols.get(symbol.index())?;
    if !matches!(row.kind, SymbolKind::Function | SymbolKind::Method) {
        return None;
    }
    let mut told = Vec::new();
    let returned = facts.iter().find(|fact| fact.kind == FactKind::Type)?;
    add_variables(ir, returned.value, &mut told, 0);
    if told.is_empty() {
        return None;
    }
    let body = row.body?;
    let mut parameters = Vec::new();
    let around = row.scope;
    // They are the first symbols of their scope; type parameters, and those of scopes in their defaults, may come
    // between.
    for (row, id) in ir.symbols.iter().zip(0..).skip(symbol.index() + 1) {
        if row.scope != body {
            if row.scope <= around {
                break;
            }
            continue;
        }
        let by_name = SymbolFlags::VARIADIC | SymbolFlags::KEYWORDS | SymbolFlags::KEYWORD_ONLY;
        if row.kind != SymbolKind::Parameter || row.flags.intersects(by_name) || parameters.len() == MAX_PARAMETERS {
            break;
        }
        let declared = ir.facts_of(SymbolId(id)).iter().find(|fact| fact.kind == FactKind::Type).map(|fact| fact.value);
        let tells = |declared: &ValueId| {
            let mut named = Vec::new();
            add_variables(ir, *declared, &mut named, 0);
            named.iter().any(|name| told.contains(name))
        };
        parameters.push(declared.filter(tells));
    }
    // What the others are changes nothing for who calls it.
    let last = parameters.iter().rposition(Option::is_some)?;
    parameters.truncate(last + 1);
    Some(parameters)
}

/// Adds what in a type can be a type variable.
fn add_variables(ir: &FileIr, value: ValueId, variables: &mut Vec<Binding>, depth: u32) {
    if depth > MAX_TYPE_DEPTH || variables.len() >= MAX_FACTS {
        return;
    }
    match ir.values.get(value) {
        Value::Reference(reference) => {
            let Some(reference) = ir.references.get(reference.index()) else { return };
            let Binding::Symbol(symbol) = reference.binding else { return };
            let kind = ir.symbols.get(symbol.index()).map(|row| row.kind);
            if matches!(kind, Some(SymbolKind::Variable | SymbolKind::Import | SymbolKind::TypeParameter)) {
                variables.push(reference.binding);
            }
        }
        Value::Item(_, parts) | Value::Either(parts) | Value::Literal(_, parts) => {
            ir.values.list(parts).for_each(|part| add_variables(ir, part, variables, depth + 1));
        }
        _ => {}
    }
}

/// Whether facts of this kind are told beside a declared type.
fn survives_declaration(kind: FactKind) -> bool {
    !matches!(kind, FactKind::Assigned | FactKind::Returned)
}

/// Whether a declared type says nothing of the type: `x: Final = 1`.
fn is_bare_qualifier(ir: &FileIr, fact: &Fact) -> bool {
    let Value::Reference(reference) = ir.values.get(fact.value) else { return false };
    let name = ir.references.get(reference.index()).and_then(|reference| ir.names.get(reference.name));
    matches!(name, Some("Final" | "ClassVar" | "TypeAlias"))
}

/// The method that a parameter is the receiver of, and whether that is the class: it is the first parameter of a
/// function in a class body that is no static method.
pub(crate) fn receiver(ir: &FileIr, parameter: SymbolId) -> Option<(SymbolId, Receiver)> {
    let row = ir.symbols.get(parameter.index()).filter(|row| row.kind == SymbolKind::Parameter)?;
    let method = ir.scopes.get(row.scope.index())?.owner?;
    let method_row = ir.symbols.get(method.index()).filter(|method| method.kind == SymbolKind::Method)?;
    let keyword = SymbolFlags::VARIADIC | SymbolFlags::KEYWORDS | SymbolFlags::KEYWORD_ONLY;
    if row.flags.intersects(keyword) {
        return None;
    }
    // Parameters are the first symbols of their scope, in the order of the signature.
    let is_first = !ir.symbols[method.index()..parameter.index()]
        .iter()
        .any(|other| other.scope == row.scope && other.kind == SymbolKind::Parameter);
    if !is_first {
        return None;
    }
    let name = ir.names.get(method_row.name).unwrap_or("");
    let decorated = |wanted: &str| {
        ir.facts_of(method).iter().any(|fact| fact.kind == FactKind::Decorator && last_name(ir, fact.value) == wanted)
    };
    if decorated("staticmethod") {
        None
    } else if decorated("classmethod") || matches!(name, "__new__" | "__init_subclass__" | "__class_getitem__") {
        Some((method, Receiver::Class))
    } else {
        Some((method, Receiver::Instance))
    }
}

/// What a method is called on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Receiver {
    Instance,
    Class,
}

/// What has a symbol as a type parameter, and at which position.
pub(crate) fn type_parameter(ir: &FileIr, symbol: SymbolId) -> Option<(SymbolId, u32)> {
    let row = ir.symbols.get(symbol.index()).filter(|row| row.kind == SymbolKind::TypeParameter)?;
    let owner = ir.scopes.get(row.scope.index())?.owner?;
    let before = ir.symbols.get(owner.index()..symbol.index())?.iter();
    let position = before.filter(|other| other.scope == row.scope && other.kind == SymbolKind::TypeParameter).count();
    Some((owner, position as u32))
}

/// The class or function that a scope lies in.
fn owner_of_scope(ir: &FileIr, scope: ScopeId) -> Option<SymbolId> {
    let row = ir.scopes.get(scope.index())?;
    row.owner.filter(|_| row.kind != ScopeKind::Module)
}

/// The name that a value is, or the attribute that it ends in; calls and subscripts of it alike.
pub(crate) fn last_name(ir: &FileIr, value: ValueId) -> &str {
    match ir.values.get(value) {
        Value::Reference(reference) => {
            ir.references.get(reference.index()).and_then(|reference| ir.names.get(reference.name)).unwrap_or("")
        }
        Value::Call(inner) | Value::Item(inner, _) | Value::Applied(inner, _) if inner.0 < value.0 => {
            last_name(ir, inner)
        }
        _ => "",
    }
}

impl<'a> Translation<'_, 'a> {
    fn value(&mut self, value: ValueId) -> ValueId {
        self.depth += 1;
        self.looked_at += 1;
        let translated =
            if self.depth > MAX_DEPTH || self.looked_at > MAX_VALUES { Value::Unknown } else { self.translate(value) };
        self.depth -= 1;
        self.push(translated)
    }

    fn push(&mut self, value: Value) -> ValueId {
        let is_simple = match value {
            Value::Unknown | Value::Import(_) | Value::Name(_) | Value::Instance | Value::Class => true,
            Value::Literal(_, elements) => elements.is_empty(),
            _ => false,
        };
        let Translator { values, known_values, .. } = &mut *self.tables;
        if is_simple { *known_values.entry(value).or_insert_with(|| values.push(value)) } else { values.push(value) }
    }

    fn is_unknown(&self, value: ValueId) -> bool {
        self.tables.values.get(value) == Value::Unknown
    }

    fn all(&mut self, values: ValueList) -> ValueList {
        let ir = self.ir;
        let all: Vec<ValueId> = ir.values.list(values).map(|value| self.value(value)).collect();
        self.tables.values.push_list(&all)
    }

    fn translate(&mut self, id: ValueId) -> Value {
        let ir = self.ir;
        let wrap = |this: &mut Self, inner: ValueId, make: fn(ValueId) -> Value| {
            let inner = this.value(inner);
            if this.is_unknown(inner) { Value::Unknown } else { make(inner) }
        };
        match ir.values.get(id) {
            Value::Reference(reference) => self.reference(reference),
            Value::Import(import) => self.import(import),
            Value::Call(inner) => wrap(self, inner, Value::Call),
            Value::Awaited(inner) => wrap(self, inner, Value::Awaited),
            Value::Element(inner) => wrap(self, inner, Value::Element),
            Value::ElementAsync(inner) => wrap(self, inner, Value::ElementAsync),
            Value::Entered(inner) => wrap(self, inner, Value::Entered),
            Value::EnteredAsync(inner) => wrap(self, inner, Value::EnteredAsync),
            Value::Annotated(inner) => wrap(self, inner, Value::Annotated),
            Value::Item(base, arguments) => {
                let base = self.value(base);
                if self.is_unknown(base) { Value::Unknown } else { Value::Item(base, self.all(arguments)) }
            }
            Value::Unpacked(inner, position) => {
                let inner = self.value(inner);
                if self.is_unknown(inner) { Value::Unknown } else { Value::Unpacked(inner, position) }
            }
            Value::Either(values) => Value::Either(self.all(values)),
            Value::Literal(literal, elements) => Value::Literal(literal, self.all(elements)),
            Value::Applied(callee, arguments) => {
                let callee = self.value(callee);
                if self.is_unknown(callee) {
                    return Value::Unknown;
                }
                let all: Vec<ValueId> = ir.values.list(arguments).map(|value| self.value(value)).collect();
                if all.iter().all(|value| self.is_unknown(*value)) {
                    return self.tables.values.get(callee);
                }
                Value::Applied(callee, self.tables.values.push_list(&all))
            }
            Value::Narrowed(inner, guard) => self.tested(inner, guard, Value::Narrowed),
            Value::Excluded(inner, guard) => self.tested(inner, guard, Value::Excluded),
            // Those of interfaces, and those of languages with other types.
            Value::Unknown
            | Value::Name(_)
            | Value::Instance
            | Value::Class
            | Value::Member(..)
            | Value::Argument(..)
            | Value::TypeOf(_)
            | Value::Scope(_)
            | Value::Variable(..)
            | Value::Unit(_) => Value::Unknown,
        }
    }

    /// A value after a test, which says nothing where what it compares with is not known.
    fn tested(&mut self, inner: ValueId, guard: ValueId, make: fn(ValueId, ValueId) -> Value) -> Value {
        let assigned = if let Value::TypeOf(assigned) = self.ir.values.get(guard) { Some(assigned) } else { None };
        let guard = self.value(assigned.unwrap_or(guard));
        if self.is_unknown(guard) {
            let inner = self.value(inner);
            return self.tables.values.get(inner);
        }
        if assigned.is_some() {
            return self.tables.values.get(guard);
        }
        let inner = self.value(inner);
        make(inner, guard)
    }

    fn reference(&mut self, id: ReferenceId) -> Value {
        let ir = self.ir;
        let Some(reference) = ir.references.get(id.index()) else { return Value::Unknown };
        match reference.binding {
            Binding::Symbol(symbol) => self.symbol(symbol),
            Binding::Free => Value::Name(self.name(reference.name)),
            Binding::Attribute(base) if base.0 < id.0 => {
                self.depth += 1;
                let value = if self.depth > MAX_DEPTH { Value::Unknown } else { self.reference(base) };
                self.depth -= 1;
                self.member(value, reference.name)
            }
            Binding::Member(base) => {
                let base = self.value(base);
                let value = self.tables.values.get(base);
                self.member(value, reference.name)
            }
            Binding::Import(import) | Binding::Module(import) => self.import(import),
            Binding::Attribute(_) | Binding::Keyword(_) | Binding::Unknown => Value::Unknown,
        }
    }

    fn member(&mut self, base: Value, name: NameId) -> Value {
        if base == Value::Unknown {
            return Value::Unknown;
        }
        let base = self.push(base);
        Value::Member(base, self.name(name))
    }

    fn symbol(&mut self, id: SymbolId) -> Value {
        let ir = self.ir;
        let Some(row) = ir.symbols.get(id.index()) else { return Value::Unknown };
        if let Some(owner) = nameable_owner(ir, row.scope) {
            return match owner {
                None => Value::Name(self.name(row.name)),
                Some(class) => {
                    let class = self.symbol(class);
                    self.member(class, row.name)
                }
            };
        }
        match row.kind {
            SymbolKind::Parameter => match receiver(ir, id) {
                Some((_, Receiver::Instance)) => Value::Instance,
                Some((_, Receiver::Class)) => Value::Class,
                None => self.of_facts(id),
            },
            SymbolKind::Variable => self.of_facts(id),
            SymbolKind::Import => row.import.map_or(Value::Unknown, |import| self.import(import)),
            SymbolKind::TypeParameter => self.type_parameter(id).unwrap_or(Value::Unknown),
            _ => Value::Unknown,
        }
    }

    /// A type parameter of the subject, or of what is around that.
    fn type_parameter(&self, id: SymbolId) -> Option<Value> {
        let (generic, position) = type_parameter(self.ir, id)?;
        let owner = |symbol: &SymbolId| owner_of_scope(self.ir, self.ir.symbols.get(symbol.index())?.scope);
        let around = std::iter::successors(Some(self.subject), owner);
        let up = around.take(MAX_DEPTH as usize).position(|symbol| symbol == generic)?;
        Some(Value::Variable(up as u32, position))
    }

    /// What the text says of a name that only its function knows.
    fn of_facts(&mut self, symbol: SymbolId) -> Value {
        let ir = self.ir;
        if ir.symbols[symbol.index()].flags.intersects(SymbolFlags::VARIADIC | SymbolFlags::KEYWORDS) {
            return Value::Unknown;
        }
        let facts = ir.facts_of(symbol);
        if let Some(declared) = facts.iter().find(|fact| fact.kind == FactKind::Type) {
            let inner = self.value(declared.value);
            return if self.is_unknown(inner) { Value::Unknown } else { Value::Annotated(inner) };
        }
        let mut known = Vec::new();
        for fact in facts.iter().filter(|fact| matches!(fact.kind, FactKind::Assigned | FactKind::Default)) {
            // The default `None` says that there may be nothing, not what there is otherwise.
            let says_nothing =
                fact.kind == FactKind::Default && matches!(ir.values.get(fact.value), Value::Literal(Literal::None, _));
            if says_nothing || known.len() == MAX_FACTS {
                continue;
            }
            let value = self.value(fact.value);
            if !self.is_unknown(value) {
                known.push(value);
            }
        }
        match known.as_slice() {
            [] => Value::Unknown,
            [one] => self.tables.values.get(*one),
            several => Value::Either(self.tables.values.push_list(several)),
        }
    }

    fn import(&mut self, position: u32) -> Value {
        self.tables.import(position).map_or(Value::Unknown, Value::Import)
    }

    fn name(&mut self, id: NameId) -> NameId {
        self.tables.name(id)
    }
}

/// The class around a scope's names if other files can name them: `Some(None)` for the module's own, `None` for names
/// that only a function knows.
fn nameable_owner(ir: &FileIr, scope: ScopeId) -> Option<Option<SymbolId>> {
    let row = ir.scopes.get(scope.index())?;
    match row.kind {
        ScopeKind::Module => Some(None),
        ScopeKind::Class => {
            let class = row.owner?;
            nameable_owner(ir, ir.symbols.get(class.index())?.scope).map(|_| Some(class))
        }
        _ => None,
    }
}
