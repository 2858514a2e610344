//! The intermediate representation of one file.
//!
//! Everything here is positions and ids within one file: no path, no other file, nothing that depends on where the
//! file lies. Two files with equal bytes (and the same dialect) have equal IRs.

use serde::{Deserialize, Serialize};

use crate::derived::Derived;
use crate::{Fact, Import, LineTable, NameId, NameTable, Setting, Span, ValueId, ValueTable};

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub u32);

        impl $name {
            /// The position in the table.
            #[must_use]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index! {
    /// A position in [`FileIr::scopes`].
    ScopeId
}
index! {
    /// A position in [`FileIr::symbols`].
    SymbolId
}
index! {
    /// A position in [`FileIr::references`].
    ReferenceId
}

/// What one file says: the names it defines, the names it uses, the modules it imports, what is wrong with it.
///
/// Broken source is data too: a file that does not parse has diagnostics beside whatever could be recovered.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileIr {
    /// The names that the other tables refer to.
    pub names: NameTable,
    /// Where the lines start.
    pub lines: LineTable,
    /// The scopes in the order in which they open; the first one is the module's.
    #[serde(with = "crate::packed")]
    pub scopes: Vec<Scope>,
    /// The definitions in source order; the first one is the module itself.
    #[serde(with = "crate::packed")]
    pub symbols: Vec<Symbol>,
    /// The uses of names, ascending by where they start.
    #[serde(with = "crate::packed")]
    pub references: Vec<Reference>,
    /// The imports in source order, one for each module or member that is asked for.
    pub imports: Vec<Import>,
    /// Where values come from.
    pub values: ValueTable,
    /// What the text says about symbols, ascending by symbol and in source order for each.
    #[serde(with = "crate::packed")]
    pub facts: Vec<Fact>,
    /// A digest of the text of each symbol that [has one](Symbol::has_text), in the order of the symbols: by it, an
    /// edit inside one is told from an edit elsewhere.
    #[serde(with = "crate::packed")]
    pub texts: Vec<u64>,
    /// The names that the file lists as its public ones (`__all__` in Python), sorted and unique; `None` if it has no
    /// such list or only a computed one.
    pub exported: Option<Vec<NameId>>,
    /// The names that the file declares for all files of its language, which see them without an import; sorted and
    /// unique. See [`World::declaring`](crate::World::declaring).
    pub globals: Vec<NameId>,
    /// What it tells those who locate imports: all that is kept of a settings file, and of code what a frontend has to
    /// know of it (in Python, that a package adds directories to its path).
    pub settings: Option<Setting>,
    /// What is wrong with the file, in source order.
    pub diagnostics: Vec<Diagnostic>,
    /// For each symbol where its facts start, and after the last one where they end. Begins as its default.
    #[serde(skip)]
    pub fact_starts: Derived<Vec<u32>>,
}

impl FileIr {
    /// The facts about a symbol, in source order. The first call costs a pass over all of them.
    #[must_use]
    pub fn facts_of(&self, symbol: SymbolId) -> &[Fact] {
        let starts = self.fact_starts.get(|| {
            let mut starts = vec![0; self.symbols.len() + 1];
            for fact in &self.facts {
                // A made-up IR can tell of symbols that it does not have.
                let Some(count) = starts.get_mut(fact.symbol.index() + 1) else { continue };
                *count += 1;
            }
            (1..starts.len()).for_each(|symbol| starts[symbol] += starts[symbol - 1]);
            starts
        });
        match starts.get(symbol.index()..symbol.index() + 2) {
            Some(range) => &self.facts[range[0] as usize..range[1] as usize],
            None => &[],
        }
    }
}

/// A region of a file in which names are bound.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    /// What opened it.
    pub kind: ScopeKind,
    /// The scope around it; `None` for the module's.
    pub parent: Option<ScopeId>,
    /// The symbol whose body it is; `None` for comprehensions and lambdas.
    pub owner: Option<SymbolId>,
    /// The text that it covers.
    pub span: Span,
}

/// What opened a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ScopeKind {
    /// The file.
    Module,
    /// A class body, or the members of an interface or an enum. Scopes inside it do not see its names.
    Class,
    /// A function or method body, with its parameters.
    Function,
    /// A lambda's body, with its parameters.
    Lambda,
    /// A list, set or dict comprehension or a generator expression.
    Comprehension,
    /// The type parameters of a generic function, class or alias.
    TypeParameters,
    /// A block of statements that binds names of its own.
    Block,
    /// A namespace inside a file.
    Namespace,
}

/// A definition.
///
/// Each class or function statement makes a symbol of its own, also where the name is taken already. Every other name
/// makes one symbol per scope, at its first binding; later bindings are references with the role [`Role::Write`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Symbol {
    /// Its name as written, normalised as the language says.
    pub name: NameId,
    /// What it is.
    pub kind: SymbolKind,
    /// What is special about it.
    pub flags: SymbolFlags,
    /// The scope that binds it.
    pub scope: ScopeId,
    /// The scope that it opens, for a module, a class or a function.
    pub body: Option<ScopeId>,
    /// The whole definition, decorators included.
    pub span: Span,
    /// Its name in the definition.
    pub name_span: Span,
    /// Which import binds it, as a position in [`FileIr::imports`]; only for [`SymbolKind::Import`].
    pub import: Option<u32>,
}

impl Symbol {
    /// Whether [`FileIr::texts`] has a digest for it: a class or its like, a function, a variable of the module, or the
    /// module.
    #[must_use]
    pub fn has_text(&self) -> bool {
        match self.kind {
            SymbolKind::Module
            | SymbolKind::Class
            | SymbolKind::Function
            | SymbolKind::Method
            | SymbolKind::Interface
            | SymbolKind::Enum
            | SymbolKind::Namespace => true,
            SymbolKind::Variable => self.scope == ScopeId(0),
            _ => false,
        }
    }
}

/// What a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SymbolKind {
    /// The file itself.
    Module,
    /// A class.
    Class,
    /// A function that is no method.
    Function,
    /// A function in a class body.
    Method,
    /// A name bound by assignment and the like, in a module or a function.
    Variable,
    /// A parameter of a function or a lambda.
    Parameter,
    /// A name bound by assignment in a class body, or an attribute assigned to the instance in a method.
    Field,
    /// A type parameter.
    TypeParameter,
    /// A type alias made by a statement of its own.
    TypeAlias,
    /// A name bound by an import.
    Import,
    /// An interface.
    Interface,
    /// An enumeration; its members are fields.
    Enum,
    /// A namespace inside a file.
    Namespace,
}

bitflags::bitflags! {
    /// What is special about a symbol.
    #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
    #[serde(transparent)]
    pub struct SymbolFlags: u16 {
        /// An attribute of the instance, assigned in a method; names inside the class do not see it.
        const INSTANCE = 1 << 0;
        /// An asynchronous function.
        const ASYNC = 1 << 1;
        /// Declared with an annotation and never given a value here.
        const DECLARED_ONLY = 1 << 2;
        /// A parameter with a default.
        const OPTIONAL = 1 << 3;
        /// A parameter that takes all further positional arguments.
        const VARIADIC = 1 << 4;
        /// A parameter that takes all further keyword arguments, or a function that has one.
        const KEYWORDS = 1 << 5;
        /// A parameter that is given by position alone.
        const POSITIONAL_ONLY = 1 << 6;
        /// A parameter that is given by keyword alone, or a name that a pattern takes out of one.
        const KEYWORD_ONLY = 1 << 7;
        /// A function that yields.
        const GENERATOR = 1 << 8;
        /// An import with a name of its own (`import a.b as c`), which stands for the module itself.
        const ALIASED = 1 << 9;
        /// Bound more than once in its scope.
        const REBOUND = 1 << 10;
        /// A name for importers only (`export { a as b }`, what a function returns, or a type without a name inside of
        /// another): nothing in the file itself is bound to it.
        const REEXPORTED = 1 << 11;
        /// A method that runs when the member of its name is read or written.
        const ACCESSOR = 1 << 12;
        /// A member of the class itself, as against one of its instances.
        const STATIC = 1 << 13;
        /// Declared for all files ([`FileIr::globals`]) by one that has names of its own too: nobody imports it from
        /// there.
        const GLOBAL = 1 << 14;
        /// Stands for the file as a whole, as a component does: whatever in the file is another, so is this.
        const WHOLE = 1 << 15;
    }
}

/// A use of a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reference {
    /// The name used.
    pub name: NameId,
    /// The innermost scope around it.
    pub scope: ScopeId,
    /// The name in the text; for `a.b` as a use of `b`, the `b`.
    pub span: Span,
    /// What is done with it.
    pub role: Role,
    /// What it is bound to as far as the file alone tells.
    pub binding: Binding,
}

/// Puts references in the order of their places, and attributes with what they are attributes of. Returns where each is
/// now, by where it was; `None` if they were in order, as a visitor that follows the text leaves them.
pub fn sort_references(references: &mut Vec<Reference>) -> Option<Vec<ReferenceId>> {
    if references.is_sorted_by_key(|reference| reference.span.start) {
        return None;
    }
    let mut order: Vec<u32> = (0..references.len() as u32).collect();
    order.sort_by_key(|&old| references[old as usize].span.start);
    let mut moved = vec![ReferenceId(0); order.len()];
    for (new, &old) in order.iter().enumerate() {
        moved[old as usize] = ReferenceId(new as u32);
    }
    *references = order.iter().map(|&old| references[old as usize].clone()).collect();
    for reference in references {
        if let Binding::Attribute(base) = &mut reference.binding {
            *base = moved[base.index()];
        }
    }
    Some(moved)
}

/// What is done with a name where it is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Its value is read.
    Read,
    /// It is bound anew.
    Write,
    /// It is unbound.
    Delete,
    /// It is called.
    Call,
    /// A class derives from it.
    Base,
    /// It decorates a class or function.
    Decorator,
    /// It stands in a type annotation.
    Annotation,
    /// It names a parameter in a call.
    Keyword,
    /// An import asks for it: the `m` and the `x` of `from m import x as y`.
    Import,
}

/// What a reference is bound to as far as its file alone tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Binding {
    /// This symbol, found by the language's scoping rules. Where the scope binds the name more than once, the first.
    Symbol(SymbolId),
    /// No scope of the file binds the name: a builtin, a name from a star import, or an undefined one.
    Free,
    /// An attribute of another reference's value.
    Attribute(ReferenceId),
    /// An attribute of a value that is no plain reference.
    Member(ValueId),
    /// A parameter of what this value, being called, is.
    Keyword(ValueId),
    /// The member that this import asks for, or if it is [`Required`](crate::ImportForm::Required) without one, what
    /// the module is as a whole; as a position in [`FileIr::imports`].
    Import(u32),
    /// The module that this import asks for, or asks a member of.
    Module(u32),
    /// Nothing that could be told.
    Unknown,
}

/// Something wrong with a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The line, the first one being 1.
    pub line: u32,
    /// The column in bytes, the first one being 1.
    pub column: u32,
    /// What sort of trouble it is.
    pub kind: DiagnosticKind,
    /// What is wrong, in a sentence without a full stop.
    pub message: String,
}

/// What sort of trouble a diagnostic reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DiagnosticKind {
    /// The text breaks the language's grammar.
    Syntax,
    /// The bytes are not text in the encoding that the file declares, or it declares an unknown one.
    Encoding,
    /// The text nests too deeply to be parsed safely; nothing of it is known.
    TooDeep,
    /// The file is larger than the configuration allows; nothing of it is known.
    TooLarge,
    /// The file could not be read; nothing of it is known.
    Unreadable,
    /// The frontend failed on this file. A bug in Esker.
    Internal,
}
