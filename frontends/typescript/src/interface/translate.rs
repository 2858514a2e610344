//! From values in terms of one file's references to values in terms of names.
//!
//! A reference to something that other files can name becomes that name. One to a parameter or a local variable of a
//! function cannot: it becomes what the function says of it, its type or what it is assigned, as far as that is found
//! within a few steps.

use std::ops::Range;

use esker_frontend_api::{
    Binding, FactKind, FileIr, ImportTarget, Literal, LocatedRow, LocatedTable, NameId, NameTableBuilder, ReferenceId,
    ScopeId, ScopeKind, SymbolId, SymbolKind, Value, ValueId, ValueList, ValueTable,
};
use rustc_hash::FxHashMap;

use crate::resolve::is_unwritten;

/// The most facts that an entry tells of a name: one that is assigned more often is told by the first few.
const MAX_FACTS: usize = 16;

/// How many values the translation of one fact may look at. Sharing is lost when a value is spelt out, so that a chain
/// of local variables that each use the last one twice would double at every step.
const MAX_VALUES: u32 = 128;

/// How deep a fact's value may nest, local variables followed.
const MAX_DEPTH: u32 = 24;

/// The tables of an interface as they grow.
pub(super) struct Translator<'a> {
    ir: &'a FileIr,
    located: &'a LocatedTable,
    pub(super) names: NameTableBuilder,
    pub(super) facts: Vec<(FactKind, ValueId)>,
    pub(super) values: ValueTable,
    pub(super) imports: Vec<ImportTarget>,
    pub(super) modules: Vec<Option<NameId>>,
    /// Values that are made of no others, which most are: each once.
    known_values: FxHashMap<Value, ValueId>,
    /// For imports of the file their positions in `imports`.
    known_imports: FxHashMap<u32, u32>,
    /// The scope of which the symbol under way is a member.
    around: ScopeId,
    under_way: SymbolId,
    /// The type parameters by what has them, those of one in their order.
    type_parameters: Vec<(SymbolId, SymbolId)>,
    looked_at: u32,
    depth: u32,
}

impl<'a> Translator<'a> {
    pub(super) fn new(ir: &'a FileIr, located: &'a LocatedTable) -> Self {
        Self {
            ir,
            located,
            names: NameTableBuilder::default(),
            facts: Vec::with_capacity(ir.facts.len()),
            values: ValueTable::default(),
            imports: Vec::new(),
            modules: Vec::new(),
            known_values: FxHashMap::default(),
            known_imports: FxHashMap::default(),
            around: ScopeId(0),
            under_way: SymbolId(0),
            type_parameters: type_parameters(ir),
            looked_at: 0,
            depth: 0,
        }
    }

    /// Adds the facts about a symbol that an entry tells: their positions.
    pub(super) fn facts(&mut self, symbol: SymbolId) -> Range<u32> {
        let ir = self.ir;
        let facts = ir.facts_of(symbol);
        let is_declared = facts.iter().any(|fact| fact.kind == FactKind::Type);
        let start = self.facts.len() as u32;
        self.around = ir.symbols[symbol.index()].scope;
        self.under_way = symbol;
        for fact in facts.iter().filter(|fact| !is_declared || survives_declaration(fact.kind)).take(MAX_FACTS) {
            (self.looked_at, self.depth) = (0, 0);
            let value = self.value(fact.value);
            self.facts.push((fact.kind, value));
        }
        for position in self.parameters_of(symbol).take(MAX_FACTS) {
            (self.looked_at, self.depth) = (0, 0);
            let value = self.bound_and_default(self.type_parameters[position].1);
            self.facts.push((FactKind::Parameter, value));
        }
        start..self.facts.len() as u32
    }

    /// An import's position in the table, to which it is added when it is first asked for.
    pub(super) fn import(&mut self, position: u32) -> Option<u32> {
        if let Some(&known) = self.known_imports.get(&position) {
            return Some(known);
        }
        let (ir, located) = (self.ir, self.located);
        let import = ir.imports.get(position as usize)?;
        let row = located.row(position);
        let names = &mut self.names;
        let mut name = |id| names.intern(ir.names.get(id).unwrap_or(""));
        let (specifier, member) = (name(import.specifier), import.member.map(&mut name));
        let start = self.modules.len() as u32;
        let modules = row.map_or(&[][..], |row| located.modules(row)).iter();
        self.modules.extend(modules.map(|module| module.map(|path| names.intern(located.name(path)))));
        self.imports.push(ImportTarget {
            specifier,
            member,
            form: import.form,
            modules: start..self.modules.len() as u32,
            submodule: None,
            miss: row.and_then(LocatedRow::reason),
        });
        let known = (self.imports.len() - 1) as u32;
        self.known_imports.insert(position, known);
        Some(known)
    }

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
            Value::Variable(..) | Value::Unit(_) => true,
            Value::Literal(_, elements) => elements.is_empty(),
            _ => false,
        };
        let Self { values, known_values, .. } = self;
        if is_simple { *known_values.entry(value).or_insert_with(|| values.push(value)) } else { values.push(value) }
    }

    fn is_unknown(&self, value: ValueId) -> bool {
        self.values.get(value) == Value::Unknown
    }

    fn all(&mut self, values: ValueList) -> ValueList {
        let ir = self.ir;
        let all: Vec<ValueId> = ir.values.list(values).map(|value| self.value(value)).collect();
        self.values.push_list(&all)
    }

    /// What is given to a function. Of functions it is only told that they are: they are large, and who sees the result
    /// from elsewhere mostly has no use for what they return.
    fn given(&mut self, values: ValueList) -> ValueList {
        let ir = self.ir;
        let mut all: Vec<ValueId> = Vec::new();
        for value in ir.values.list(values) {
            all.push(match ir.values.get(value) {
                Value::Unknown => self.push(Value::Unknown),
                Value::Literal(Literal::Function, _) => self.push(Value::Literal(Literal::Function, ValueList::EMPTY)),
                _ => self.value(value),
            });
        }
        self.values.push_list(&all)
    }

    fn wrap(&mut self, inner: ValueId, make: impl FnOnce(ValueId) -> Value) -> Value {
        let inner = self.value(inner);
        if self.is_unknown(inner) { Value::Unknown } else { make(inner) }
    }

    /// A value after a test.
    fn tested(&mut self, inner: ValueId, guard: ValueId, make: impl FnOnce(ValueId, ValueId) -> Value) -> Value {
        let inner = self.value(inner);
        let guard = self.guard(guard);
        make(inner, guard)
    }

    /// What a test compares with; a member of anything stays one.
    fn guard(&mut self, guard: ValueId) -> ValueId {
        match self.ir.values.get(guard) {
            Value::Member(of, name) => {
                let of = self.value(of);
                let name = self.name(name);
                self.values.push(Value::Member(of, name))
            }
            _ => self.value(guard),
        }
    }

    fn translate(&mut self, id: ValueId) -> Value {
        let ir = self.ir;
        match ir.values.get(id) {
            Value::Reference(reference) => self.reference(reference),
            Value::Import(import) => self.import(import).map_or(Value::Unknown, Value::Import),
            Value::Scope(scope) => self.scope(scope),
            Value::Annotated(inner) => match ir.values.get(inner) {
                Value::Scope(scope) if scope == self.around => Value::Instance,
                _ => self.wrap(inner, Value::Annotated),
            },
            Value::Call(inner) => self.wrap(inner, Value::Call),
            Value::Awaited(inner) => self.wrap(inner, Value::Awaited),
            Value::Element(inner) => self.wrap(inner, Value::Element),
            Value::ElementAsync(inner) => self.wrap(inner, Value::ElementAsync),
            Value::Entered(inner) => self.wrap(inner, Value::Entered),
            Value::EnteredAsync(inner) => self.wrap(inner, Value::EnteredAsync),
            Value::TypeOf(inner) => self.wrap(inner, Value::TypeOf),
            Value::Unpacked(inner, position) => self.wrap(inner, |inner| Value::Unpacked(inner, position)),
            Value::Argument(inner, position) => self.wrap(inner, |inner| Value::Argument(inner, position)),
            Value::Member(base, name) => {
                let base = self.value(base);
                let base = self.values.get(base);
                self.member(base, name)
            }
            Value::Item(base, arguments) => {
                let base = self.value(base);
                if self.is_unknown(base) { Value::Unknown } else { Value::Item(base, self.all(arguments)) }
            }
            Value::Applied(base, arguments) => {
                let base = self.value(base);
                if self.is_unknown(base) { Value::Unknown } else { Value::Applied(base, self.given(arguments)) }
            }
            Value::Either(values) => Value::Either(self.all(values)),
            Value::Literal(literal, elements) => Value::Literal(literal, self.all(elements)),
            Value::Unit(name) => Value::Unit(self.name(name)),
            Value::Narrowed(inner, guard) => self.tested(inner, guard, Value::Narrowed),
            Value::Excluded(inner, guard) => self.tested(inner, guard, Value::Excluded),
            Value::Name(name) => Value::Name(self.name(name)),
            // Those of interfaces.
            Value::Unknown | Value::Instance | Value::Class | Value::Variable(..) => Value::Unknown,
        }
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
                let value = self.values.get(base);
                self.member(value, reference.name)
            }
            Binding::Import(import) | Binding::Module(import) => {
                self.import(import).map_or(Value::Unknown, Value::Import)
            }
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

    /// What has the members of a scope: the class around, or something else that has a name.
    fn scope(&mut self, scope: ScopeId) -> Value {
        if scope == self.around {
            return Value::Class;
        }
        let Some(owner) = self.ir.scopes.get(scope.index()).and_then(|row| row.owner) else { return Value::Unknown };
        match self.ir.symbols[owner.index()].kind {
            SymbolKind::Class | SymbolKind::Interface | SymbolKind::Function | SymbolKind::Namespace => {
                self.symbol(owner)
            }
            SymbolKind::Parameter if owner != self.under_way && self.is_unwritten(owner) => self.unwritten(owner),
            // What has the members that the entry has.
            _ if owner == self.under_way => Value::Literal(Literal::Mapping, ValueList::EMPTY),
            // What another variable is bound to: `const a = module.exports = {}`.
            SymbolKind::Variable => self.symbol(owner),
            _ => Value::Unknown,
        }
    }

    fn is_unwritten(&self, symbol: SymbolId) -> bool {
        self.ir.names.get(self.ir.symbols[symbol.index()].name).is_some_and(is_unwritten)
    }

    /// What a function returns, or a part of a type, which others name by what it stands in.
    fn unwritten(&mut self, id: SymbolId) -> Value {
        let ir = self.ir;
        let row = &ir.symbols[id.index()];
        if row.scope == ScopeId(0) {
            return Value::Name(self.name(row.name));
        }
        if row.scope == self.around && self.is_in_class() {
            let receiver = self.push(Value::Instance);
            return self.member(self.values.get(receiver), row.name);
        }
        let Some(owner) = ir.scopes.get(row.scope.index()).and_then(|row| row.owner) else { return Value::Unknown };
        // To a parameter of a method its class is what the method is found on.
        let method = &ir.symbols[owner.index()];
        let around = ir.scopes.get(method.scope.index()).map(|row| row.kind);
        let owner = if row.scope == self.around && around == Some(ScopeKind::Class) {
            let receiver = self.push(Value::Instance);
            Value::Member(receiver, self.name(method.name))
        } else {
            self.symbol(owner)
        };
        self.member(owner, row.name)
    }

    fn symbol(&mut self, id: SymbolId) -> Value {
        let ir = self.ir;
        let Some(row) = ir.symbols.get(id.index()) else { return Value::Unknown };
        if row.kind == SymbolKind::TypeParameter {
            return self.type_parameter(id);
        }
        match nameable_owner(ir, row.scope) {
            Some(None) => Value::Name(self.name(row.name)),
            Some(Some(_)) if row.scope == self.around && self.is_in_class() => {
                let receiver = self.push(Value::Instance);
                Value::Member(receiver, self.name(row.name))
            }
            Some(Some(owner)) => {
                let owner = self.symbol(owner);
                self.member(owner, row.name)
            }
            None => match row.kind {
                SymbolKind::Parameter | SymbolKind::Variable => self.of_facts(id),
                SymbolKind::Import => {
                    let import = row.import.and_then(|import| self.import(import));
                    import.map_or(Value::Unknown, Value::Import)
                }
                _ => Value::Unknown,
            },
        }
    }

    /// A type parameter, by where that stands which has it: above the symbol under way, or else it is as its bound
    /// tells.
    fn type_parameter(&mut self, id: SymbolId) -> Value {
        let ir = self.ir;
        let owner_of = |symbol: SymbolId| ir.scopes.get(ir.symbols[symbol.index()].scope.index())?.owner;
        if let Some(generic) = owner_of(id)
            && let Some(position) = self.parameters_of(generic).position(|at| self.type_parameters[at].1 == id)
        {
            let mut around = Some(self.under_way);
            for up in 0..MAX_DEPTH {
                match around {
                    Some(symbol) if symbol == generic => return Value::Variable(up, position as u32),
                    Some(symbol) => around = owner_of(symbol).filter(|owner| *owner != symbol),
                    None => break,
                }
            }
        }
        let bound = ir.facts_of(id).iter().find(|fact| fact.kind == FactKind::Type);
        bound.map_or(Value::Unknown, |bound| {
            let bound = self.value(bound.value);
            self.values.get(bound)
        })
    }

    /// The positions of the type parameters of something.
    fn parameters_of(&self, generic: SymbolId) -> Range<usize> {
        let start = self.type_parameters.partition_point(|(owner, _)| *owner < generic);
        let count = self.type_parameters[start..].iter().take_while(|(owner, _)| *owner == generic).count();
        start..start + count
    }

    /// What is known of the arguments that a type parameter can have.
    fn bound_and_default(&mut self, parameter: SymbolId) -> ValueId {
        let ir = self.ir;
        if ir.facts_of(parameter).is_empty() {
            return self.push(Value::Unknown);
        }
        let told = |kind: FactKind| ir.facts_of(parameter).iter().find(move |fact| fact.kind == kind);
        let parts = [FactKind::Type, FactKind::Default].map(|kind| match told(kind) {
            Some(fact) => self.value(fact.value),
            None => self.push(Value::Unknown),
        });
        let parts = self.values.push_list(&parts);
        self.push(Value::Literal(Literal::Tuple, parts))
    }

    /// Whether the symbol under way is a member of a class or an interface.
    fn is_in_class(&self) -> bool {
        let owner = self.ir.scopes.get(self.around.index()).and_then(|row| row.owner);
        let kind = owner.and_then(|owner| self.ir.symbols.get(owner.index())).map(|row| row.kind);
        matches!(kind, Some(SymbolKind::Class | SymbolKind::Interface))
    }

    /// What the text says of a name that only its function knows.
    fn of_facts(&mut self, symbol: SymbolId) -> Value {
        let ir = self.ir;
        let facts = ir.facts_of(symbol);
        if let Some(declared) = facts.iter().find(|fact| fact.kind == FactKind::Type) {
            return self.wrap(declared.value, Value::Annotated);
        }
        let mut known = Vec::new();
        for fact in facts.iter().filter(|fact| matches!(fact.kind, FactKind::Assigned | FactKind::Default)) {
            if known.len() == MAX_FACTS {
                break;
            }
            let value = self.value(fact.value);
            if !self.is_unknown(value) {
                known.push(value);
            }
        }
        match known.as_slice() {
            [] => Value::Unknown,
            [one] => self.values.get(*one),
            several => Value::Either(self.values.push_list(several)),
        }
    }

    fn name(&mut self, id: NameId) -> NameId {
        self.names.intern(self.ir.names.get(id).unwrap_or(""))
    }
}

/// Whether facts of this kind are told beside a declared type.
fn survives_declaration(kind: FactKind) -> bool {
    matches!(kind, FactKind::Type | FactKind::Base)
}

/// What has type parameters with each of these, in their order.
fn type_parameters(ir: &FileIr) -> Vec<(SymbolId, SymbolId)> {
    let symbols = ir.symbols.iter().zip((0..).map(SymbolId));
    let parameters = symbols.filter(|(row, _)| row.kind == SymbolKind::TypeParameter);
    let owned = parameters.filter_map(|(row, symbol)| Some((ir.scopes.get(row.scope.index())?.owner?, symbol)));
    let mut owned: Vec<(SymbolId, SymbolId)> = owned.collect();
    owned.sort_unstable();
    owned
}

/// What is around a scope's names if other files can name them: `Some(None)` for the module's own, `None` for names
/// that only a function knows.
fn nameable_owner(ir: &FileIr, scope: ScopeId) -> Option<Option<SymbolId>> {
    let mut next = scope;
    let mut first = None;
    loop {
        let row = ir.scopes.get(next.index())?;
        match row.kind {
            ScopeKind::Module => return Some(first),
            ScopeKind::Class | ScopeKind::Namespace => {
                let owner = row.owner?;
                // What has members as a parameter is no value of the function.
                if ir.symbols[owner.index()].kind == SymbolKind::Parameter {
                    return None;
                }
                first.get_or_insert(owner);
                next = ir.symbols[owner.index()].scope;
            }
            _ => return None,
        }
    }
}
