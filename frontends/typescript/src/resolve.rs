//! What the references of a file stand for.
//!
//! ```text
//!   Reference ─ outcome ─▶ lookup      names of modules, through imports, lists of exports and stars
//!                          declared    names that files declare for all files
//!                          attribute   members of modules, classes, instances, objects
//!                            ├ members    what classes and interfaces derive from, what they have
//!                            └ evaluate   what a value is: annotations, calls, what is returned and assigned
//!                                ├ function   what functions take and return
//!                                ├ overload   which of several signatures is called
//!                                ├ generic    aliases, signatures, what is given for type parameters
//!                                ├ infer      what calls tell of type parameters
//!                                └ narrow     what tests tell
//!             ─ Output  ─▶ Resolution
//! ```
//!
//! It is static and knows of types what leads to members: which class, interface or object a value is, as annotations,
//! assignments and returns say, with what is given for type parameters, and which parts of a union are left after a
//! test. Whether one type fits another is never asked. Of what follows from scopes, imports, declared types and classes
//! alone the outcome is *exact*; what rests on an assignment that need not be the only one, or on what a function
//! returns without saying so, is *inferred*; where there are several candidates it is *ambiguous*.
//!
//! Other files are seen by their interfaces alone, entry by entry, by name: see [`World`].

mod attribute;
mod declared;
mod evaluate;
mod function;
mod generic;
mod global;
mod infer;
mod locals;
mod lookup;
mod members;
mod narrow;
mod overload;
mod types;

use std::rc::Rc;

use bumpalo::Bump;
use esker_frontend_api::resolving::{Files, FoundId, Founds, Interned, Name, Names, Output, TypeLists};
use esker_frontend_api::{
    Binding, EntryId, FileIr, FileNumber, Reference, ReferenceId, Resolution, Role, ScopeId, ScopeKind, SymbolFlags,
    SymbolId, SymbolKind, Unresolved, UnresolvedReason, ValueId, World,
};
use rustc_hash::{FxHashMap, FxHashSet};

use self::attribute::{Outcome, Way};
use self::declared::Additions;
use self::evaluate::Source;
use self::locals::Locals;
use self::lookup::{Imported, Looked, Meaning, Outside};
use self::members::Ancestors;
use self::narrow::Test;
use self::types::{Function, ListId, Parts, PartsId, Place, Side, ThingId, Things, Type, Typed};

/// The name by which the objects that a function returns are known, as if they were a parameter of it.
pub(crate) const RETURNED: &str = "return";

/// How the names begin by which types without a name are known that are parts of others: as if they were members of
/// what is around them.
pub(crate) const PART: char = '{';

/// Whether a name is one that stands nowhere in the text, of what a function returns or of a part of a type.
pub(crate) fn is_unwritten(name: &str) -> bool {
    name == RETURNED || name.starts_with(PART)
}

/// The name by which it is known how instances of a type are called, or make others, as if that were a method of it.
pub(crate) const CALLED: &str = "()";

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
    resolver.tell_uses();
    output.finish()
}

/// One file's references while they are resolved, and what was found out for that.
struct Resolver<'a> {
    own: FileNumber,
    ir: &'a FileIr,
    files: Files<'a>,
    names: Names<'a>,
    /// `Function`.
    function: Name,
    founds: Founds<'a>,
    types: TypeLists<'a, Type>,
    things: Things,
    functions: Interned<Function>,
    callables: Interned<Parts>,
    /// For what was found the thing that is declared there, by the number of the handle.
    thing_of_found: Vec<Option<ThingId>>,
    /// The symbols of the own file that have no entry.
    locals: Locals,
    /// For each symbol of the own file what is declared together with it, once it was asked for.
    declared: Vec<Option<FoundId>>,
    outcomes: Vec<Option<Outcome>>,
    symbol_types: FxHashMap<(SymbolId, Option<ThingId>), Typed>,
    entry_types: FxHashMap<(FileNumber, EntryId, Option<ThingId>), Typed>,
    aliases: FxHashMap<(Place, Option<ListId>), Typed>,
    /// The parts of functions without a name that were asked for.
    parts: FxHashMap<(PartsId, usize), Type>,
    /// The functions of calls.
    applied: FxHashMap<(Source, ValueId), Typed>,
    /// What type parameters are that nothing is given for, by place and position, with what is given for others.
    variables: FxHashMap<(Place, u32, Option<ListId>, Option<ThingId>), Typed>,
    /// What is given for the type parameters at a place where a member was found on a type.
    given: FxHashMap<(Type, Place), Option<ListId>>,
    signatures: FxHashMap<ThingId, Option<Type>>,
    tested: FxHashMap<(Source, Type, ValueId, Test), Typed>,
    returns: FxHashMap<Function, Typed>,
    looked: FxHashMap<(FileNumber, Name), Looked>,
    star_sources: FxHashMap<FileNumber, Rc<[FileNumber]>>,
    /// For each file what it passes on from outside.
    outside: FxHashMap<FileNumber, Outside>,
    /// For names what they stand for in the file that uses them.
    in_file: FxHashMap<(FileNumber, Name), FoundId>,
    /// What is declared for all files under names that were asked for.
    declared_for_all: FxHashMap<Name, FoundId>,
    /// The files that were looked into for what they declare for all others, and whether all that they have is so.
    looked_into: FxHashMap<FileNumber, bool>,
    /// What was chosen of several such things for lying nearest.
    chosen_as_nearest: FxHashSet<FoundId>,
    /// For entries of modules what files add to them.
    additions: FxHashMap<(FileNumber, EntryId), Additions>,
    imported: FxHashMap<(FileNumber, u32), Rc<Imported>>,
    own_imported: Vec<Option<Rc<Imported>>>,
    ancestors: FxHashMap<(ThingId, Side), Rc<Ancestors>>,
    members: FxHashMap<(ThingId, Side, bool, Name), Option<FoundId>>,
    /// How many lookups of module names are under way, and the outermost of them that one came back to.
    lookups: usize,
    circle: usize,
    /// How many more lookups there may be.
    work: u32,
    /// How many more times type parameters may be given something.
    instantiations: u32,
    /// How many evaluations are under way, and how many of them are of what a function returns.
    steps: u32,
    return_depth: u32,
}

impl<'a> Resolver<'a> {
    fn new(file: Unresolved<'a>, world: &'a mut dyn World, arena: &'a Bump) -> Self {
        let Unresolved { file: own, ir, .. } = file;
        let files = Files::new(file, world);
        let locals = Locals::new(ir, |symbol| files.entry_of(symbol).is_none());
        let mut names = Names::new(arena, &ir.names);
        let function = names.name("Function");
        Self {
            own,
            ir,
            files,
            names,
            function,
            founds: Founds::new(arena, 0, 0),
            types: TypeLists::new(arena),
            things: Things::default(),
            functions: Interned::default(),
            callables: Interned::default(),
            thing_of_found: Vec::new(),
            locals,
            declared: vec![None; ir.symbols.len()],
            outcomes: vec![None; ir.references.len()],
            symbol_types: FxHashMap::default(),
            entry_types: FxHashMap::default(),
            aliases: FxHashMap::default(),
            parts: FxHashMap::default(),
            applied: FxHashMap::default(),
            variables: FxHashMap::default(),
            given: FxHashMap::default(),
            signatures: FxHashMap::default(),
            tested: FxHashMap::default(),
            returns: FxHashMap::default(),
            looked: FxHashMap::default(),
            star_sources: FxHashMap::default(),
            outside: FxHashMap::default(),
            in_file: FxHashMap::default(),
            declared_for_all: FxHashMap::default(),
            looked_into: FxHashMap::default(),
            chosen_as_nearest: FxHashSet::default(),
            additions: FxHashMap::default(),
            imported: FxHashMap::default(),
            own_imported: vec![None; ir.imports.len()],
            ancestors: FxHashMap::default(),
            members: FxHashMap::default(),
            lookups: 0,
            circle: usize::MAX,
            work: lookup::MAX_WORK,
            instantiations: generic::MAX_INSTANTIATIONS,
            steps: 0,
            return_depth: 0,
        }
    }

    /// Whether a reference stands for the symbol of the own file that it is bound to: all but uses of imports.
    fn is_as_bound(&self, reference: &Reference) -> bool {
        let Binding::Symbol(symbol) = reference.binding else { return false };
        self.ir.symbols.get(symbol.index()).is_some_and(|row| row.kind != SymbolKind::Import)
    }

    /// What became of a reference.
    fn outcome(&mut self, id: ReferenceId) -> Outcome {
        if let Some(Some(known)) = self.outcomes.get(id.index()) {
            return *known;
        }
        if self.steps >= evaluate::MAX_STEPS {
            return Outcome::UNKNOWN;
        }
        self.outcomes[id.index()] = Some(Outcome::UNKNOWN);
        self.steps += 1;
        let outcome = self.find_outcome(id);
        self.steps -= 1;
        self.outcomes[id.index()] = Some(outcome);
        outcome
    }

    fn find_outcome(&mut self, id: ReferenceId) -> Outcome {
        let Reference { name, binding, role, .. } = self.ir.references[id.index()];
        let meaning = if role == Role::Annotation { Meaning::Type } else { Meaning::Value };
        let found = match binding {
            Binding::Symbol(symbol) => self.found_by_symbol(symbol),
            Binding::Free => {
                let name = self.names.own(name);
                self.unbound(name)
            }
            Binding::Attribute(base) if base.0 < id.0 => {
                let base = self.outcome(base);
                let base = self.typed(base);
                let name = self.names.own(name);
                return self.attribute_as(base, name, meaning);
            }
            Binding::Member(value) => {
                let base = self.evaluate(Source::Ir, value);
                let name = self.names.own(name);
                return self.attribute_as(base, name, meaning);
            }
            Binding::Import(import) => {
                let imported = self.own_import(import);
                self.follow_imported(&imported)
            }
            Binding::Module(import) => {
                let imported = self.own_import(import);
                self.module_as_a_whole(&imported)
            }
            Binding::Attribute(_) | Binding::Keyword(_) | Binding::Unknown => {
                return self.unresolved(UnresolvedReason::UnknownValue);
            }
        };
        let confidence = self.confidence_of(found);
        let found = if role == Role::Import { found } else { self.meant(found, meaning) };
        Outcome { found, way: Way::ByFound, confidence }
    }

    /// For each member of the file's classes what it overrides.
    fn overrides(&mut self) -> Vec<(SymbolId, FoundId)> {
        let mut overrides = Vec::new();
        for (row, id) in self.ir.symbols.iter().zip(0..) {
            let is_method = row.kind == SymbolKind::Method;
            if !is_method && !row.flags.contains(SymbolFlags::INSTANCE) {
                continue;
            }
            let Some(class) = self.class_of_scope(row.scope) else { continue };
            let name = self.names.own(row.name);
            if matches!(self.names.text(name), "constructor" | CALLED) {
                continue;
            }
            let side = if row.flags.contains(SymbolFlags::STATIC) { Side::Static } else { Side::Instance };
            if let Some(member) = self.inherited(class, side, name) {
                overrides.push((SymbolId(id), member));
            }
        }
        overrides
    }

    /// The class or interface of which a scope is the body.
    fn class_of_scope(&mut self, scope: ScopeId) -> Option<ThingId> {
        let row = self.ir.scopes.get(scope.index()).filter(|row| row.kind == ScopeKind::Class)?;
        let owner = row.owner?;
        let kind = self.ir.symbols.get(owner.index())?.kind;
        matches!(kind, SymbolKind::Class | SymbolKind::Interface).then(|| self.thing_of_symbol(owner))
    }
}
