//! What the references of a Python file stand for.
//!
//! ```text
//!   Reference ─ outcome ─▶ lookup      names of modules, through imports and stars
//!                          attribute   attributes of modules, classes, instances
//!                            ├ class      the order of the bases (C3), members
//!                            └ evaluate   what a value is
//!                                ├ annotation   by what is declared, and what aliases say
//!                                ├ call         by what is called: what functions return
//!                                ├ generic      what is given for type variables
//!                                ├ container    what containers give;  passing   what some functions pass on
//!                                └ narrow       what tests tell
//!             ─ Output  ─▶ Resolution
//! ```
//!
//! It is static: nothing is known of a value but what annotations, assignments and returns say. Of what follows from
//! scopes, imports, declared types and classes alone the outcome is *exact*; what rests on an assignment or on what a
//! function returns without saying so is *inferred*; where there are several candidates it is *ambiguous*.
//!
//! Other files are seen by their interfaces alone, entry by entry, by name: see [`World`].

mod annotation;
mod attribute;
mod builtins;
mod call;
mod class;
mod container;
mod evaluate;
mod generic;
mod lookup;
mod narrow;
mod passing;
mod types;

pub(crate) use self::builtins::is_builtin;

use std::rc::Rc;

use bumpalo::Bump;
use esker_frontend_api::resolving::{Files, FoundId, Founds, Interned, Name, Names, Output, TypeLists};
use esker_frontend_api::{
    Binding, Confidence, EntryId, FileIr, FileNumber, NameId, Reference, ReferenceId, Resolution, Role, ScopeId,
    ScopeKind, SymbolFlags, SymbolId, SymbolKind, Unresolved, UnresolvedReason, ValueId, World,
};
use rustc_hash::{FxBuildHasher, FxHashMap};

use self::attribute::{Outcome, Way};
use self::class::Mro;
use self::evaluate::Source;
use self::generic::Generic;
use self::lookup::{Choice, Found, Imported, Looked};
use self::types::{ClassId, Function, Place, Type, Typed, Variable, VariableId};

/// Finds out what every reference of a file stands for; see [`esker_frontend_api::Frontend::resolve`].
pub(crate) fn resolve(file: Unresolved<'_>, world: &mut dyn World) -> Resolution {
    let arena = Bump::new();
    let mut resolver = Resolver::new(file, world, &arena);
    let mut output = Output::with_capacity(file.ir.references.len(), file.ir.names.len());
    for (reference, id) in file.ir.references.iter().zip(0..) {
        if resolver.is_as_bound(reference) {
            output.as_bound();
        } else {
            let outcome = resolver.outcome(ReferenceId(id));
            let Resolver { files, names, founds, .. } = &mut resolver;
            output.resolved(files, names, founds, outcome.found, outcome.confidence);
        }
    }
    for (symbol, found) in resolver.overrides() {
        let Resolver { files, names, founds, .. } = &mut resolver;
        output.overrides(files, names, founds, symbol, found);
    }
    output.finish()
}

/// One file's references while they are resolved, and what was found out for that.
struct Resolver<'a> {
    own: FileNumber,
    ir: &'a FileIr,
    files: Files<'a>,
    names: Names<'a>,
    founds: Founds<'a, Found>,
    types: TypeLists<'a, Type>,
    classes: Interned<Place>,
    functions: Interned<Function>,
    variables: Interned<Variable>,
    /// For each name of the own file what it stands for where no scope of the file binds it.
    free: Vec<Option<FoundId>>,
    /// For each symbol of the own file what a use of it stands for.
    symbols: Vec<Option<FoundId>>,
    outcomes: Vec<Option<Outcome>>,
    symbol_types: Vec<Option<Typed>>,
    entry_types: FxHashMap<(FileNumber, EntryId, Option<ClassId>), Typed>,
    returns: FxHashMap<Function, Typed>,
    /// For values of the own file after a test what they are.
    tested: FxHashMap<ValueId, Typed>,
    looked: FxHashMap<(FileNumber, Name), Looked>,
    /// For names whose first way led into a circle alone the one that counts.
    choices: FxHashMap<(FileNumber, Name), Choice>,
    imported: FxHashMap<(FileNumber, u32), Rc<Imported>>,
    own_imported: Vec<Option<Rc<Imported>>>,
    /// For each file that imports everything from others these others.
    stars: FxHashMap<FileNumber, Rc<[FileNumber]>>,
    mros: FxHashMap<ClassId, Rc<Mro>>,
    generics: FxHashMap<ClassId, Rc<Generic>>,
    /// For type variables what bounds them.
    bounds: FxHashMap<VariableId, Typed>,
    members: FxHashMap<(ClassId, u32, Name), Option<FoundId>>,
    /// How many lookups of module names are under way, and the outermost of them that one came back to.
    lookups: usize,
    circle: usize,
    /// How many names the lookup under way has followed.
    followed: u32,
    /// The names that were looked up within circles that are still being followed.
    in_circles: Vec<(FileNumber, Name)>,
    /// How many evaluations are under way, and how many of them are of what a function returns.
    steps: u32,
    /// How many values have been evaluated in all.
    evaluated: u32,
    return_depth: u32,
    /// What `Self` is in the annotation under way.
    this: Option<ClassId>,
}

impl<'a> Resolver<'a> {
    fn new(file: Unresolved<'a>, world: &'a mut dyn World, arena: &'a Bump) -> Self {
        let Unresolved { file: own, ir, .. } = file;
        Self {
            own,
            ir,
            files: Files::new(file, world),
            names: Names::new(arena, &ir.names),
            founds: Founds::new(arena, ir.symbols.len(), ir.names.len() / 2),
            types: TypeLists::new(arena),
            classes: Interned::default(),
            functions: Interned::default(),
            variables: Interned::default(),
            free: vec![None; ir.names.len()],
            symbols: vec![None; ir.symbols.len()],
            outcomes: vec![None; ir.references.len()],
            symbol_types: vec![None; ir.symbols.len()],
            entry_types: FxHashMap::default(),
            returns: FxHashMap::default(),
            tested: FxHashMap::default(),
            looked: FxHashMap::with_capacity_and_hasher(ir.names.len() / 4, FxBuildHasher),
            choices: FxHashMap::default(),
            imported: FxHashMap::default(),
            own_imported: vec![None; ir.imports.len()],
            stars: FxHashMap::default(),
            mros: FxHashMap::default(),
            generics: FxHashMap::default(),
            bounds: FxHashMap::default(),
            members: FxHashMap::with_capacity_and_hasher(ir.names.len() / 4, FxBuildHasher),
            lookups: 0,
            circle: usize::MAX,
            followed: 0,
            in_circles: Vec::new(),
            steps: 0,
            evaluated: 0,
            return_depth: 0,
            this: None,
        }
    }

    /// What a name that no scope of the own file binds stands for.
    fn free_name(&mut self, id: NameId) -> FoundId {
        if let Some(Some(known)) = self.free.get(id.0 as usize) {
            return *known;
        }
        let name = self.names.own(id);
        let found = self.name_or_builtin(self.own, name);
        if let Some(slot) = self.free.get_mut(id.0 as usize).filter(|_| self.lookups == 0) {
            *slot = Some(found);
        }
        found
    }

    /// Whether a reference stands for the symbol of the own file that it is bound to: all but uses of imports.
    fn is_as_bound(&self, reference: &Reference) -> bool {
        let Binding::Symbol(symbol) = reference.binding else { return false };
        let is_import = self.ir.symbols.get(symbol.index()).is_some_and(|row| row.kind == SymbolKind::Import);
        !is_import || matches!(reference.role, Role::Write | Role::Delete)
    }

    /// What became of a reference.
    fn outcome(&mut self, id: ReferenceId) -> Outcome {
        if let Some(Some(known)) = self.outcomes.get(id.index()) {
            return *known;
        }
        let under_way = self.unresolved(UnresolvedReason::UnknownValue);
        self.outcomes[id.index()] = Some(under_way);
        let outcome = self.find_outcome(id);
        self.outcomes[id.index()] = Some(outcome);
        outcome
    }

    fn find_outcome(&mut self, id: ReferenceId) -> Outcome {
        let Reference { name, binding, .. } = self.ir.references[id.index()];
        match binding {
            Binding::Symbol(symbol) => {
                let found = match self.is_as_bound(&self.ir.references[id.index()]) {
                    true => self.founds.one(Found::Local(symbol)),
                    false => self.found_by_symbol(symbol),
                };
                Outcome { found, way: Way::ByFound, confidence: Confidence::Exact }
            }
            Binding::Free => {
                let found = self.free_name(name);
                // What is no builtin may be from a package of which everything was imported.
                let is_supposed = matches!(*self.founds.get(found), [Found::External(external)]
                    if !self.names.text(external).starts_with("builtins."));
                let confidence = if is_supposed { Confidence::Inferred } else { Confidence::Exact };
                Outcome { found, way: Way::ByFound, confidence }
            }
            Binding::Attribute(base) => {
                let base = self.outcome(base);
                let base = self.typed(base);
                let name = self.names.own(name);
                self.attribute(self.own, base, name)
            }
            Binding::Member(value) => {
                let base = self.evaluate(Source::Ir, value);
                let name = self.names.own(name);
                self.attribute(self.own, base, name)
            }
            Binding::Keyword(callee) => {
                let name = self.names.own(name);
                self.keyword(callee, name)
            }
            Binding::Import(import) => {
                let found = self.follow_own_import(import, true);
                let found = self.founds.list(&found);
                Outcome { found, way: Way::ByFound, confidence: Confidence::Exact }
            }
            Binding::Module(import) => {
                let imported = self.own_import(import);
                let found = self.module_of_import(&imported, true);
                let found = self.founds.one(found);
                Outcome { found, way: Way::ByFound, confidence: Confidence::Exact }
            }
            Binding::Unknown => self.unresolved(UnresolvedReason::UnknownValue),
        }
    }

    /// The parameter, or the field that a class makes one of, that a keyword argument of a call names.
    fn keyword(&mut self, callee: ValueId, name: Name) -> Outcome {
        let callee = self.evaluate(Source::Ir, callee);
        let mut found: Vec<Found> = Vec::new();
        let mut reason = UnresolvedReason::UnknownValue;
        for ty in self.types.members(callee.ty) {
            match self.keyword_of(ty, name) {
                Found::Not(why) => reason = why,
                one if found.contains(&one) => {}
                one => found.push(one),
            }
        }
        if found.is_empty() {
            return self.unresolved(reason);
        }
        let confidence = if found.len() > 1 { Confidence::Ambiguous } else { callee.confidence };
        Outcome { found: self.founds.list(&found), way: Way::Known(Typed::UNKNOWN), confidence }
    }

    fn keyword_of(&mut self, callee: Type, name: Name) -> Found {
        match callee {
            Type::Function(function) => {
                let place = self.functions.get(function).place;
                self.parameter(place, name)
            }
            Type::Class(class) => {
                for constructor in ["__init__", "__new__"] {
                    let constructor = self.names.name(constructor);
                    let Some(member) = self.member(class, 0, constructor) else { continue };
                    let typed = self.type_of_all(member, Some(class));
                    return self.keyword_of(typed.ty, name);
                }
                let member = self.member(class, 0, name);
                match member.and_then(|member| self.founds.get(member).first().copied()) {
                    Some(found) => found,
                    None => self.missing_in_class(class, name),
                }
            }
            Type::Instance(class, _) => {
                let call = self.names.name("__call__");
                match self.member(class, 0, call) {
                    Some(member) => match self.type_of_all(member, Some(class)).ty {
                        ty @ Type::Function(_) => self.keyword_of(ty, name),
                        _ => Found::Not(UnresolvedReason::UnknownValue),
                    },
                    None => self.missing_in_class(class, call),
                }
            }
            Type::External(callee) => Found::External(self.names.member(callee, name)),
            Type::ExternalMethod(callee, _) => Found::External(self.names.member(callee, name)),
            _ => Found::Not(UnresolvedReason::UnknownValue),
        }
    }

    pub(super) fn parameter(&mut self, function: Place, name: Name) -> Found {
        let text = self.names.text(name);
        match function {
            Place::Entry(file, id) => {
                let parameters = self.files.entries(file, Some(id), text);
                if let Some(parameter) = parameters.map(EntryId).next() {
                    return Found::Entry(file, parameter);
                }
                let interface = self.files.interface(file);
                not_a_parameter(interface.entry(id).map(|entry| entry.flags))
            }
            Place::Local(symbol) => {
                let function = self.ir.symbols.get(symbol.index());
                let body = function.and_then(|row| row.body);
                let rows = self.ir.symbols.iter().zip(0..).skip(symbol.index());
                let mut parameters = rows.filter(|(row, _)| {
                    Some(row.scope) == body
                        && row.kind == SymbolKind::Parameter
                        && self.ir.names.get(row.name) == Some(&*text)
                });
                match parameters.next() {
                    Some((_, parameter)) => Found::Local(SymbolId(parameter)),
                    None => not_a_parameter(function.map(|row| row.flags)),
                }
            }
        }
    }

    /// The class of which a scope is the body.
    fn class_of_scope(&mut self, scope: ScopeId) -> Option<ClassId> {
        let row = self.ir.scopes.get(scope.index()).filter(|row| row.kind == ScopeKind::Class)?;
        let class = row.owner?;
        Some(self.class_at(Place::Local(class)))
    }

    /// The class around a scope: the innermost that it lies in, functions and the like between them passed over.
    fn class_around_scope(&mut self, scope: ScopeId) -> Option<ClassId> {
        let mut next = Some(scope);
        while let Some(scope) = next {
            if let Some(class) = self.class_of_scope(scope) {
                return Some(class);
            }
            next = self.ir.scopes.get(scope.index())?.parent;
        }
        None
    }

    /// For each method of the file's classes what it overrides, and for each field that methods assign the attribute
    /// that a class further up declares instead.
    fn overrides(&mut self) -> Vec<(SymbolId, FoundId)> {
        let mut overrides = Vec::new();
        for (row, id) in self.ir.symbols.iter().zip(0..) {
            let is_method = row.kind == SymbolKind::Method;
            if !is_method && !row.flags.contains(SymbolFlags::INSTANCE) {
                continue;
            }
            let Some(class) = self.class_of_scope(row.scope) else { continue };
            let name = self.names.own(row.name);
            let (skip, symbol) = (usize::from(is_method), SymbolId(id));
            let Some(member) = self.member(class, skip, name) else { continue };
            let is_itself = |one: &Found| match one {
                Found::Entry(file, entry) => *file == self.own && self.files.entry_of(symbol) == Some(*entry),
                Found::Local(found) => *found == symbol,
                _ => false,
            };
            if !self.founds.get(member).iter().any(is_itself) {
                overrides.push((symbol, member));
            }
        }
        overrides
    }
}

/// Why a keyword names no parameter of a function. One with `**kwargs` takes every keyword, and what becomes of it only
/// its body tells.
fn not_a_parameter(function: Option<SymbolFlags>) -> Found {
    let takes_all = function.is_some_and(|flags| flags.contains(SymbolFlags::KEYWORDS));
    Found::Not(if takes_all { UnresolvedReason::DynamicAttribute } else { UnresolvedReason::NoSuchName })
}
