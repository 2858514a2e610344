//! The words for what the index tells, as JSON has them too.

use esker_engine::api::{Role, SymbolFlags, SymbolKind};
use esker_engine::code::ChangeKind;

/// What a symbol is.
pub(crate) const fn kind(kind: SymbolKind) -> &'static str {
    match kind {
        SymbolKind::Module => "module",
        SymbolKind::Class => "class",
        SymbolKind::Function => "function",
        SymbolKind::Method => "method",
        SymbolKind::Variable => "variable",
        SymbolKind::Parameter => "parameter",
        SymbolKind::Field => "field",
        SymbolKind::TypeParameter => "type-parameter",
        SymbolKind::TypeAlias => "type-alias",
        SymbolKind::Import => "import",
        SymbolKind::Interface => "interface",
        SymbolKind::Enum => "enum",
        SymbolKind::Namespace => "namespace",
    }
}

/// What is done with a name.
pub(crate) const fn role(role: Role) -> &'static str {
    match role {
        Role::Read => "read",
        Role::Write => "write",
        Role::Delete => "delete",
        Role::Call => "call",
        Role::Base => "base",
        Role::Decorator => "decorator",
        Role::Annotation => "annotation",
        Role::Keyword => "keyword",
        Role::Import => "import",
    }
}

/// How a symbol differs from what it was.
pub(crate) const fn change(change: ChangeKind) -> &'static str {
    match change {
        ChangeKind::Added => "added",
        ChangeKind::Removed => "removed",
        ChangeKind::Signature => "signature",
        ChangeKind::Body => "body",
    }
}

/// What is special about a symbol.
pub(crate) fn flags(flags: SymbolFlags) -> Vec<String> {
    flags.iter_names().map(|(name, _)| name.to_lowercase().replace('_', "-")).collect()
}
