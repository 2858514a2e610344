//! From a syntax tree to the IR: one pass in source order, then the resolution of names.
//!
//! ```text
//!   tree ─ oxc_semantic ─▶ which identifier is bound by which declaration
//!     │                              │
//!     └─ visit, define, import ─▶ scopes, symbols, imports, references ─ finish ─▶ FileIr
//! ```
//!
//! What binds a name is told by oxc's semantic analysis: hoisting, blocks, and that a type and a value may have the
//! same name. What it does not tell, members of classes, interfaces and enums and the uses of members, is added here.

mod annotation;
mod block;
mod call;
mod class;
mod comment;
mod define;
mod doc_import;
mod doc_name;
mod doc_type;
mod export;
mod fact;
mod function;
mod global;
mod import;
mod jsdoc;
mod jsx;
mod narrow;
mod object;
mod place;
mod reference;
mod require;
mod typing;
mod value;
mod variable;
mod visit;

use esker_frontend_api::{
    Binding, ByteOffset, Diagnostic, DiagnosticKind, EdgeKinds, FactKind, FileIr, LineTable, NameId, NameTableBuilder,
    Reference, ReferenceId, Role, Scope, ScopeId, ScopeKind, Source, Span, Symbol, SymbolFlags, SymbolId, SymbolKind,
    ValueId, sort_references, symbol_texts,
};
use oxc_allocator::Allocator;
use oxc_ast::ast::{Program, Statement};
use oxc_ast_visit::Visit;
use oxc_semantic::{Scoping, SemanticBuilder, Stats};
use oxc_span::GetSpan;
use rustc_hash::{FxHashMap, FxHashSet};

use self::fact::{FunctionAround, Subject};
pub(crate) use self::global::{addition_to, is_quoted, quoted};
use self::import::Imports;
use self::jsdoc::Docs;
use self::jsx::Jsx;
use self::place::ByOffset;
use self::value::Values;
use crate::parse::{self, Decoded, Parsed};

/// Decodes, parses and lowers one file of code.
pub(crate) fn lower(source: Source<'_>) -> FileIr {
    let Some(Decoded { text, trouble }) = parse::decode(source.bytes) else {
        return given_up(DiagnosticKind::TooLarge, "the file is larger than 4 GiB");
    };
    let text = &*text;
    let script = parse::script(text, source.dialect);
    let starts = parse::line_starts(text);
    let lowered = parse::with_stack_for(&script.text, || {
        let allocator = Allocator::default();
        let Parsed { program, diagnostics } = parse::parse(&allocator, &script, &starts)?;
        let builder = SemanticBuilder::new().with_stats(expected(&script.text));
        let scoping = builder.build(&program).semantic.into_scoping();
        let texts = Texts { file: text, script: &script.text };
        Some(Lowerer::new(texts, &scoping, &starts, source.dialect).lower(&program, diagnostics))
    });
    let Some(mut ir) = lowered.flatten() else {
        return given_up(DiagnosticKind::TooDeep, "the file nests too deeply");
    };
    if let Some(offset) = trouble {
        let message = "these bytes are no UTF-8, nor UTF-16 with a byte order mark".to_owned();
        ir.diagnostics.push(parse::place(DiagnosticKind::Encoding, offset, message, &starts));
        ir.diagnostics.sort();
    }
    ir.lines = LineTable::from_starts(starts.into_iter().map(ByteOffset));
    ir
}

/// For how much the tables of a file's names have space from the beginning: about as much as most files have. Counting
/// it would be a pass over the tree.
fn expected(text: &str) -> Stats {
    let bytes = text.len() as u32;
    Stats::new(0, bytes / 128, bytes / 64, bytes / 16)
}

/// The IR of a file of which nothing is known but the reason for that.
fn given_up(kind: DiagnosticKind, reason: &str) -> FileIr {
    FileIr {
        diagnostics: vec![Diagnostic { line: 1, column: 1, kind, message: reason.to_owned() }],
        ..FileIr::default()
    }
}

/// A declaration as oxc counts them.
type Declared = oxc_syntax::symbol::SymbolId;

/// What became of a declaration.
#[derive(Debug, Clone, Copy, Default)]
struct Declaration {
    name: Option<NameId>,
    /// The first of its symbols, and the first of those that are types and of those that are not: both can share a
    /// name.
    first: Option<SymbolId>,
    ty: Option<SymbolId>,
    value: Option<SymbolId>,
}

/// What a file has, and what of it is code, at the same places.
struct Texts<'t> {
    file: &'t str,
    script: &'t str,
}

/// One file's tables while they grow, and where the visitor is.
struct Lowerer<'t> {
    /// The code.
    text: &'t str,
    /// What the file has, code or not.
    whole_text: &'t str,
    scoping: &'t Scoping,
    /// Where the lines start.
    starts: &'t [u32],
    dialect: esker_frontend_api::Dialect,
    names: NameTableBuilder,
    scopes: Vec<Scope>,
    symbols: Vec<Symbol>,
    references: Vec<Reference>,
    /// For each reference the declaration that binds it, unless its binding is known already.
    pending: Vec<Pending>,
    imports: Imports,
    /// By the number of the declaration.
    declarations: Vec<Declaration>,
    /// The scope that stands for each of oxc's.
    scope_of: Vec<Option<ScopeId>>,
    /// The scopes of the classes that derive from something.
    derived: FxHashSet<ScopeId>,
    /// The members of classes, interfaces, enums and namespaces, by their scope; of several with one name the first.
    members: FxHashMap<(ScopeId, NameId), SymbolId>,
    exported: FxHashSet<NameId>,
    /// Whether the file has any statement that exports or imports.
    has_statements_of_modules: bool,
    /// Whether it is a module, by such a statement or by what it assigns to `exports`.
    is_module: bool,
    /// The innermost scope around the visitor.
    scope: ScopeId,
    /// What the names that are bound here are.
    defining: Option<define::Defining>,
    /// The circumstances under which an import here is executed; empty means always.
    circumstances: EdgeKinds,
    /// What `this` is here.
    this: Option<define::This>,
    /// What the function around says that `this` is, which goes before that.
    declared_this: Option<ValueId>,
    /// The function around.
    function: FunctionAround,
    values: Values,
    facts: Vec<(Subject, FactKind, ValueId)>,
    /// The references by where they start.
    reference_at: ByOffset<ReferenceId>,
    /// The imports that calls make, by where the calls end: what is called may be what another call gives.
    import_at: ByOffset<u32>,
    /// The symbols that declarations make, by where their names start.
    declared_at: ByOffset<SymbolId>,
    /// The scopes of classes, and of objects and types without a name, by where their bodies start.
    members_at: ByOffset<ScopeId>,
    /// The scopes of the objects that variables are bound to, where members can be added later.
    objects: FxHashMap<Declared, ScopeId>,
    /// Whether the declarations visited are exported.
    is_exported: bool,
    /// Whether they are for all files.
    is_global: bool,
    /// The scope of the module around that a declaration says there is.
    ambient: Option<ScopeId>,
    docs: Docs,
    /// Where the statement or member starts that the function or variable visited next is, as far as comments stand
    /// before that.
    documented: Option<u32>,
    /// What a comment says of the parameter visited next, and its position.
    parameter_type: Option<ValueId>,
    parameter_position: u32,
    /// What comments say of expressions in parentheses, by where these start.
    casts: ByOffset<ValueId>,
    jsx: Jsx,
    /// How many types without a name there are that are parts of others: in a scope, or in the functions of a name
    /// there.
    parts: FxHashMap<(ScopeId, Option<NameId>), u32>,
    /// The values of calls, by where these end.
    call_at: ByOffset<ValueId>,
    /// What tests around the visitor say of values.
    narrowings: Vec<narrow::Narrowing>,
    /// The values of references of which tests around them say something.
    narrowed: FxHashMap<ReferenceId, ValueId>,
}

/// What a reference waits for.
#[derive(Debug, Clone, Copy)]
enum Pending {
    /// Its binding is known.
    Nothing,
    /// The declaration's symbol.
    Declaration(Declared),
    /// The type to which a comment gives the reference's name.
    Typedef,
    /// The member that the class with this scope has of the reference's name, or else that of this value.
    Member(ScopeId, Option<ValueId>),
}

impl<'t> Lowerer<'t> {
    fn new(texts: Texts<'t>, scoping: &'t Scoping, starts: &'t [u32], dialect: esker_frontend_api::Dialect) -> Self {
        Self {
            text: texts.script,
            whole_text: texts.file,
            scoping,
            starts,
            dialect,
            names: NameTableBuilder::default(),
            scopes: Vec::with_capacity(scoping.scopes_len()),
            symbols: Vec::with_capacity(scoping.symbols_len() * 3 / 2 + 1),
            references: Vec::with_capacity(scoping.references_len() * 2),
            pending: Vec::with_capacity(scoping.references_len() * 2),
            imports: Imports::default(),
            declarations: vec![Declaration::default(); scoping.symbols_len()],
            scope_of: vec![None; scoping.scopes_len()],
            derived: FxHashSet::default(),
            members: FxHashMap::default(),
            exported: FxHashSet::default(),
            has_statements_of_modules: false,
            is_module: false,
            scope: ScopeId(0),
            defining: None,
            circumstances: EdgeKinds::empty(),
            this: None,
            declared_this: None,
            function: FunctionAround::default(),
            values: Values::default(),
            facts: Vec::with_capacity(scoping.symbols_len()),
            reference_at: ByOffset::default(),
            import_at: ByOffset::default(),
            declared_at: ByOffset::default(),
            members_at: ByOffset::default(),
            objects: FxHashMap::default(),
            is_exported: false,
            is_global: false,
            ambient: None,
            docs: Docs::default(),
            documented: None,
            parameter_type: None,
            parameter_position: 0,
            casts: ByOffset::default(),
            jsx: Jsx::default(),
            parts: FxHashMap::default(),
            call_at: ByOffset::default(),
            narrowings: Vec::new(),
            narrowed: FxHashMap::default(),
        }
    }

    fn lower(mut self, program: &Program<'_>, diagnostics: Vec<Diagnostic>) -> FileIr {
        let whole = Span { start: ByteOffset(0), end: ByteOffset(self.text.len() as u32) };
        let name = self.names.intern("");
        self.scopes.push(Scope { kind: ScopeKind::Module, parent: None, owner: Some(SymbolId(0)), span: whole });
        self.map_scope(Some(self.scoping.root_scope_id()), ScopeId(0));
        self.symbols.push(Symbol {
            name,
            kind: SymbolKind::Module,
            flags: SymbolFlags::empty(),
            scope: ScopeId(0),
            body: Some(ScopeId(0)),
            span: whole,
            name_span: Span { start: ByteOffset(0), end: ByteOffset(0) },
            import: None,
        });
        self.comments(program);
        self.collect_docs(program);
        self.visit_program(program);
        self.import_jsx_runtime();
        if self.is_component() {
            self.declare_component(whole);
        }
        self.declare_typedefs(u32::MAX);
        self.bind_references();
        // Heritage and decorators are not visited in the order of the text.
        let moved_references = sort_references(&mut self.references);
        let (imports, moved) = std::mem::take(&mut self.imports).finish();
        self.move_imports(&moved);
        let facts = self.finish_facts();
        let values = std::mem::take(&mut self.values).finish(moved_references.as_deref(), &moved);
        let texts = match self.is_component() {
            true => symbol_texts(&self.symbols, self.whole_text, &[whole]),
            false => symbol_texts(&self.symbols, self.text, &own_statements(program)),
        };
        let globals = self.globals();
        let mut exported: Vec<NameId> = self.exported.into_iter().collect();
        exported.sort_by(|left, right| self.names.get(*left).cmp(&self.names.get(*right)));
        FileIr {
            names: self.names.finish(),
            scopes: self.scopes,
            symbols: self.symbols,
            references: self.references,
            imports,
            values,
            facts,
            texts,
            exported: self.is_module.then_some(exported),
            globals,
            diagnostics,
            ..FileIr::default()
        }
    }

    fn is_component(&self) -> bool {
        parse::is_component(self.dialect)
    }

    /// Gives the references the symbols that bind them, now that all are known.
    fn bind_references(&mut self) {
        for (reference, pending) in self.references.iter_mut().zip(&self.pending) {
            let symbol = match pending {
                Pending::Nothing => continue,
                Pending::Declaration(declared) => {
                    let declaration = &self.declarations[declared.index()];
                    let apart = if reference.role == Role::Annotation { declaration.ty } else { declaration.value };
                    apart.or(declaration.first)
                }
                Pending::Typedef => self.docs.typedefs.get(&reference.name).copied().flatten(),
                Pending::Member(scope, _) => self.members.get(&(*scope, reference.name)).copied(),
            };
            if let (Some(symbol), Role::Write | Role::Delete) = (symbol, reference.role) {
                self.symbols[symbol.index()].flags |= SymbolFlags::REBOUND;
            }
            reference.binding = match (symbol, pending) {
                // What a class further up may declare, where methods only assign it.
                (Some(symbol), Pending::Member(scope, Some(value)))
                    if self.symbols[symbol.index()].flags.contains(SymbolFlags::INSTANCE)
                        && self.derived.contains(scope) =>
                {
                    Binding::Member(*value)
                }
                (Some(symbol), _) => Binding::Symbol(symbol),
                (None, Pending::Member(_, value)) => value.map_or(Binding::Unknown, Binding::Member),
                (None, _) => Binding::Free,
            };
        }
    }

    /// Tells symbols and references where their imports are now.
    fn move_imports(&mut self, moved: &[u32]) {
        for symbol in &mut self.symbols {
            symbol.import = symbol.import.map(|import| moved[import as usize]);
        }
        for reference in &mut self.references {
            if let Binding::Import(import) | Binding::Module(import) = &mut reference.binding {
                *import = moved[*import as usize];
            }
        }
    }

    /// The id of a name.
    fn intern(&mut self, name: &str) -> NameId {
        self.names.intern(name)
    }

    /// The line of an offset, the first one being 1.
    fn line(&self, offset: u32) -> u32 {
        self.starts.partition_point(|start| *start <= offset) as u32
    }

    /// Adds to the circumstances of imports for the length of `visit`.
    fn under(&mut self, circumstances: EdgeKinds, visit: impl FnOnce(&mut Self)) {
        let outside = self.circumstances;
        self.circumstances |= circumstances;
        visit(self);
        self.circumstances = outside;
    }
}

/// The statements at the top of a module that do more than to bring in, pass on or define something.
fn own_statements(program: &Program<'_>) -> Vec<Span> {
    let is_own = |statement: &&Statement<'_>| !statement.is_declaration() && !statement.is_module_declaration();
    program.body.iter().filter(is_own).map(|statement| span(statement.span())).collect()
}

/// A place of the parser's as one of the IR's.
fn span(span: oxc_span::Span) -> Span {
    Span { start: ByteOffset(span.start), end: ByteOffset(span.end) }
}
