//! The names of symbols in SCIP's grammar.
//!
//! A symbol that other files can name is a path of descriptors that begins with its file's own path:
//!
//! | symbol | descriptor |
//! |---|---|
//! | the file | `` `a/b.py`/__init__: `` |
//! | a class, a type alias | `C#` |
//! | a function, a method | `f().`, and `f(+1).` if it is the second one with this name |
//! | a variable, a field | `x.` |
//! | a parameter | `(x)` |
//! | a type parameter | `[T]` |
//!
//! Where a name is bound by several statements, all that are no functions share the symbol of the first one; in a
//! class, of the first one in its body. Symbols that no other file can name are `local N`, counted in source order.
//!
//! **Invariant: the name of a symbol is the same from inside its file** ([`Names`]), where the IR tells it, **and from
//! outside** ([`Package::symbol`]), where the interface does.

use std::collections::{BTreeSet, HashMap};

use esker_engine::api::{EntryId, Interface, Role, ScopeKind, Symbol, SymbolFlags, SymbolId, SymbolKind};
use esker_engine::code::{CodeIndex, FileView, Meaning, Outcome, SymbolName};

/// What the names of a repository's symbols begin with.
#[derive(Debug)]
pub(super) struct Package {
    prefix: String,
}

impl Package {
    /// The package of a repository by its name, in a language.
    pub(super) fn new(language: &str, name: &str) -> Self {
        Self { prefix: format!("esker {} {} . ", field(language), field(name)) }
    }

    /// What the names of a file's symbols begin with.
    fn namespace(&self, path: &str) -> String {
        format!("{}{}/", self.prefix, identifier(path))
    }

    /// A file as a symbol.
    pub(super) fn module(&self, path: &str) -> String {
        format!("{}__init__:", self.namespace(path))
    }

    /// A symbol that other files can name, by what its file's interface tells; `None` if nothing but an import binds
    /// it.
    pub(super) fn symbol(&self, index: &CodeIndex<'_>, symbol: &SymbolName) -> Option<String> {
        if symbol.name.is_empty() {
            return Some(self.module(&symbol.path));
        }
        let interface = index.interface(&symbol.path)?;
        let mut owners: Vec<(Option<EntryId>, String)> = vec![(None, self.namespace(&symbol.path))];
        let mut first: Option<(bool, String)> = None;
        for name in symbol.name.split('.') {
            first = None;
            let mut functions = 0;
            let mut found = Vec::new();
            for (owner, prefix) in &owners {
                for id in interface.entries(*owner, name).map(EntryId) {
                    let Some(entry) = interface.entry(id) else { continue };
                    if let Some(own) = descriptor(prefix, name, entry.kind, functions) {
                        functions += u32::from(is_function(entry.kind));
                        found.push((Some(id), members(prefix, name, entry.kind, &own)));
                        // What a class body binds comes before what methods assign to the instance.
                        let is_assigned = entry.flags.contains(SymbolFlags::INSTANCE);
                        if first.as_ref().is_none_or(|(first_is_assigned, _)| *first_is_assigned && !is_assigned) {
                            first = Some((is_assigned, own));
                        }
                    }
                }
            }
            owners = found.into_iter().filter(|(id, _)| has_members(&interface, *id)).collect();
        }
        first.map(|(_, own)| own)
    }
}

/// Something outside of the repository: its first part is taken for the package.
pub(super) fn external(language: &str, dotted: &str) -> Option<String> {
    let package = dotted.split('.').next().filter(|package| !package.is_empty())?;
    let (namespace, last) = match dotted.rsplit_once('.') {
        None => (dotted, "__init__:".to_owned()),
        Some((namespace, last)) if !namespace.is_empty() && !last.is_empty() => {
            (namespace, format!("{}.", identifier(last)))
        }
        Some(_) => return None,
    };
    Some(format!("esker {} {} . {}/{last}", field(language), field(package), identifier(namespace)))
}

fn has_members(interface: &Interface, id: Option<EntryId>) -> bool {
    id.and_then(|id| interface.entry(id)).is_some_and(|entry| !entry.members.is_empty())
}

/// The names of one file's symbols.
pub(super) struct Names<'v> {
    view: &'v FileView,
    names: Vec<Option<Name>>,
}

/// The name of a symbol, and whether the symbol's statement is where it is defined.
#[derive(Debug, Clone)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) is_defined: bool,
    pub(super) is_local: bool,
}

/// The symbols of the same name in the same place.
struct Group {
    first: String,
    functions: u32,
}

impl<'v> Names<'v> {
    pub(super) fn new(package: &Package, view: &'v FileView) -> Self {
        let ir = view.ir();
        let rebound = rebound_imports(view);
        let mut names: Vec<Option<Name>> = vec![None; ir.symbols.len()];
        let mut prefixes: Vec<Option<String>> = vec![None; ir.symbols.len()];
        let mut groups: HashMap<&str, Group> = HashMap::new();
        let mut defined: BTreeSet<String> = BTreeSet::new();
        let bound_by_body = bound_by_class_bodies(view);
        let mut assigned: Vec<SymbolId> = Vec::new();
        let mut locals = 0;
        for (symbol, id) in ir.symbols.iter().zip(0..) {
            let position = id as usize;
            let id = SymbolId(id);
            if symbol.kind == SymbolKind::Module {
                let text = package.module(view.path());
                names[position] = Some(Name { text, is_defined: true, is_local: false });
                prefixes[position] = Some(package.namespace(view.path()));
                continue;
            }
            let own = ir.names.get(symbol.name).unwrap_or("");
            let is_import = symbol.kind == SymbolKind::Import;
            if own.is_empty() || is_import && !rebound.contains(&id) {
                continue;
            }
            let owner = naming_owner(view, symbol);
            let Some(prefix) = owner.and_then(|owner| prefixes.get(owner.index())?.clone()) else {
                names[position] =
                    Some(Name { text: format!("local {locals}"), is_defined: !is_import, is_local: true });
                locals += 1;
                continue;
            };
            if symbol.flags.contains(SymbolFlags::INSTANCE) && bound_by_body.contains(view.qualified_name(id)) {
                assigned.push(id);
                continue;
            }
            let kind = if is_import { SymbolKind::Variable } else { symbol.kind };
            let text = match kind {
                SymbolKind::Parameter | SymbolKind::TypeParameter => descriptor(&prefix, own, kind, 0),
                _ => {
                    let key = view.qualified_name(id);
                    let functions = groups.get(key).map_or(0, |group| group.functions);
                    let text = descriptor(&prefix, own, kind, functions);
                    text.map(|text| {
                        let group = groups.entry(key).or_insert_with(|| Group { first: text.clone(), functions });
                        group.functions += u32::from(is_function(kind));
                        if is_function(kind) { text } else { group.first.clone() }
                    })
                }
            };
            let Some(text) = text else { continue };
            prefixes[position] = names_members(kind).then(|| members(&prefix, own, kind, &text));
            let is_defined = !is_import && defined.insert(text.clone());
            names[position] = Some(Name { text, is_defined, is_local: false });
        }
        for id in assigned {
            let text = groups.get(view.qualified_name(id)).map(|group| group.first.clone());
            names[id.index()] = text.map(|text| Name { text, is_defined: false, is_local: false });
        }
        Self { view, names }
    }

    /// The name of a symbol; `None` for an import that nothing else binds.
    pub(super) fn of(&self, symbol: SymbolId) -> Option<&Name> {
        self.names.get(symbol.index())?.as_ref()
    }

    /// The name of what has this qualified name in the file: its first binding that is no import.
    fn named(&self, name: &str) -> Option<&Name> {
        let kind = |id: &SymbolId| self.view.ir().symbols[id.index()].kind;
        let ids = self.view.symbols_named(name);
        let others = ids.iter().filter(|id| kind(id) != SymbolKind::Import);
        let imports = ids.iter().filter(|id| kind(id) == SymbolKind::Import);
        let is_first = |name: &&Name| name.is_defined;
        others
            .clone()
            .filter_map(|id| self.of(*id))
            .find(is_first)
            .or_else(|| others.chain(imports).find_map(|id| self.of(*id)))
    }

    /// The name of a symbol of this file or another one.
    pub(super) fn symbol(&self, package: &Package, index: &CodeIndex<'_>, symbol: &SymbolName) -> Option<String> {
        if symbol.path != *self.view.path() || symbol.name.is_empty() {
            return package.symbol(index, symbol);
        }
        self.named(&symbol.name).map(|name| name.text.clone())
    }

    /// The name of what a reference of the file stands for.
    pub(super) fn meaning(&self, package: &Package, index: &CodeIndex<'_>, meaning: &Meaning) -> Option<String> {
        match meaning {
            Meaning::Symbol(symbol) => self.symbol(package, index, symbol),
            Meaning::Local(symbol) => self.of(*symbol).map(|name| name.text.clone()),
            Meaning::External(dotted) => external(self.view.language(), dotted),
        }
    }
}

/// The names that class bodies bind: they come before what methods assign to the instance.
fn bound_by_class_bodies(view: &FileView) -> BTreeSet<&str> {
    let ir = view.ir();
    let is_assigned = |symbol: &Symbol| symbol.flags.contains(SymbolFlags::INSTANCE);
    let in_class =
        |symbol: &Symbol| ir.scopes.get(symbol.scope.index()).is_some_and(|scope| scope.kind == ScopeKind::Class);
    let bound = ir
        .symbols
        .iter()
        .zip(0..)
        .filter(|(symbol, _)| in_class(symbol) && !is_assigned(symbol) && symbol.kind != SymbolKind::Import);
    bound.map(|(_, id)| view.qualified_name(SymbolId(id))).collect()
}

/// The names bound by imports that are bound by something else too.
fn rebound_imports(view: &FileView) -> BTreeSet<SymbolId> {
    let is_import = |symbol: SymbolId| view.ir().symbols[symbol.index()].kind == SymbolKind::Import;
    let rebound = view.references().filter_map(|(reference, outcome)| match outcome {
        Outcome::AsBound(symbol) if reference.role == Role::Write && is_import(symbol) => Some(symbol),
        _ => None,
    });
    rebound.collect()
}

/// The symbol whose name comes before this one's; `None` if no other file can name it.
fn naming_owner(view: &FileView, symbol: &Symbol) -> Option<SymbolId> {
    let scope = view.ir().scopes.get(symbol.scope.index())?;
    let can_be_named = match scope.kind {
        ScopeKind::Module | ScopeKind::Class | ScopeKind::Namespace => true,
        ScopeKind::Function => symbol.kind == SymbolKind::Parameter,
        ScopeKind::TypeParameters => symbol.kind == SymbolKind::TypeParameter,
        ScopeKind::Lambda | ScopeKind::Comprehension | ScopeKind::Block => false,
    };
    if can_be_named { scope.owner } else { None }
}

/// Whether the names of what is in such a symbol begin with its own.
const fn names_members(kind: SymbolKind) -> bool {
    matches!(
        kind,
        SymbolKind::Class
            | SymbolKind::TypeAlias
            | SymbolKind::Function
            | SymbolKind::Method
            | SymbolKind::Interface
            | SymbolKind::Enum
            | SymbolKind::Namespace
            // Objects and types without a name, which are what these have.
            | SymbolKind::Variable
            | SymbolKind::Field
            | SymbolKind::Parameter
    )
}

const fn is_function(kind: SymbolKind) -> bool {
    matches!(kind, SymbolKind::Function | SymbolKind::Method)
}

/// The name of a symbol after what comes before it; `functions` is how many functions of the same name there are
/// already.
fn descriptor(prefix: &str, name: &str, kind: SymbolKind, functions: u32) -> Option<String> {
    let name = identifier(name);
    Some(match kind {
        SymbolKind::Class | SymbolKind::TypeAlias | SymbolKind::Interface | SymbolKind::Enum => {
            format!("{prefix}{name}#")
        }
        SymbolKind::Namespace => format!("{prefix}{name}/"),
        SymbolKind::Function | SymbolKind::Method if functions > 0 => format!("{prefix}{name}(+{functions})."),
        SymbolKind::Function | SymbolKind::Method => format!("{prefix}{name}()."),
        SymbolKind::Variable | SymbolKind::Field => format!("{prefix}{name}."),
        SymbolKind::Parameter => format!("{prefix}({name})"),
        SymbolKind::TypeParameter => format!("{prefix}[{name}]"),
        SymbolKind::Module | SymbolKind::Import => return None,
    })
}

/// What the names of a symbol's members begin with. Members of a class are told as such even where another statement
/// has bound the class's name before.
fn members(prefix: &str, name: &str, kind: SymbolKind, own: &str) -> String {
    match kind {
        SymbolKind::Class | SymbolKind::TypeAlias | SymbolKind::Interface | SymbolKind::Enum => {
            format!("{prefix}{}#", identifier(name))
        }
        SymbolKind::Namespace => format!("{prefix}{}/", identifier(name)),
        _ => own.to_owned(),
    }
}

/// A name as an identifier of the grammar: between backticks unless it is a simple one.
fn identifier(name: &str) -> String {
    let is_simple = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-' | b'$');
    if !name.is_empty() && name.bytes().all(is_simple) {
        return name.to_owned();
    }
    format!("`{}`", name.replace('`', "``"))
}

/// A text as one of the fields before the descriptors, which end with a space.
fn field(text: &str) -> String {
    if text.is_empty() { ".".to_owned() } else { text.replace(' ', "  ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_quoted_where_needed() {
        assert_eq!(["abc_1", "a.py", "a`b", "é"].map(identifier), ["abc_1", "`a.py`", "`a``b`", "`é`"]);
        assert_eq!(["", "a b"].map(field), [".", "a  b"]);
    }

    #[test]
    fn what_is_outside_is_named_by_its_package_and_its_last_part() {
        let named = |dotted| external("python", dotted);
        assert_eq!(named("os").as_deref(), Some("esker python os . os/__init__:"));
        assert_eq!(named("os.path.join").as_deref(), Some("esker python os . `os.path`/join."));
        assert_eq!(named(""), None);
        assert_eq!(named(".x"), None);
    }
}
