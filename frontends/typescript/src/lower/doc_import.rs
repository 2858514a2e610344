//! Names that comments of JavaScript import for the types in them: `@import A, { b as c } from "m"`.

use std::ops::Range;

use esker_frontend_api::{Binding, EdgeKinds, ImportForm, NameId, Role, SymbolFlags, SymbolKind};

use super::Lowerer;
use super::define::{Defining, can_be_named};
use super::doc_name::Meant;
use super::jsdoc::{Cursor, tags};

/// A name that is imported: what it is called here, where, and what it is of the module; `None` for the module itself.
struct Named<'t> {
    name: &'t str,
    place: Range<u32>,
    member: Option<&'t str>,
}

impl<'t> Lowerer<'t> {
    /// Adds the imports of a comment, and notes the names that they bind.
    pub(super) fn find_doc_imports(&mut self, comment: Range<u32>) {
        for (tag, at) in tags(self.text, comment.clone()).filter(|(tag, _)| *tag == "import") {
            let mut cursor = Cursor::new(self.text, at + tag.len() as u32..comment.end);
            let all = clause(&mut cursor);
            let Some((specifier, place)) = cursor.quoted().filter(|(name, _)| !name.is_empty()) else { continue };
            let (specifier, line) = (self.intern(specifier), self.line(place.start));
            let all = all.unwrap_or_default();
            if all.is_empty() {
                self.add_named(specifier, None, ImportForm::Module, EdgeKinds::TYPE_ONLY, line);
            }
            for named in all {
                let member = named.member.map(|member| self.intern(member));
                let form = if member.is_some() { ImportForm::Member } else { ImportForm::Module };
                let import = self.add_named(specifier, member, form, EdgeKinds::TYPE_ONLY, line);
                self.name_in_docs(named.name, named.place, Meant::Import(import));
            }
        }
    }

    /// Declares a name that a comment imports.
    pub(super) fn declare_doc_import(&mut self, name: NameId, at: oxc_span::Span, import: u32) -> super::SymbolId {
        let is_module = self.imports.get(import).form == ImportForm::Module;
        let (binding, flags) = match is_module {
            true => (Binding::Module(import), SymbolFlags::ALIASED),
            false => (Binding::Import(import), SymbolFlags::empty()),
        };
        self.refer(name, at, Role::Import, binding);
        let defining = Defining { kind: SymbolKind::Import, flags, span: super::span(at) };
        let symbol = self.add_symbol(name, at, super::ScopeId(0), defining);
        self.symbols[symbol.index()].import = Some(import);
        symbol
    }
}

/// What stands before the name of the module, up to `from`; `None` if it is not understood.
fn clause<'t>(cursor: &mut Cursor<'t>) -> Option<Vec<Named<'t>>> {
    let mut all = Vec::new();
    if !matches!(cursor.peek(), b'{' | b'*') {
        let (name, place) = cursor.word();
        all.push(Named { name, place, member: Some("default") });
        cursor.eat(",");
    }
    if cursor.eat("*") {
        cursor.eat_word("as").then_some(())?;
        let (name, place) = cursor.word();
        all.push(Named { name, place, member: None });
    } else if cursor.eat("{") {
        while !cursor.eat("}") {
            let (member, mut place) = cursor.word();
            let mut name = member;
            if cursor.eat_word("as") {
                (name, place) = cursor.word();
            }
            all.push(Named { name, place, member: Some(member) });
            if !cursor.eat(",") && !cursor.is_at("}") {
                return None;
            }
        }
    }
    let is_name = |named: &Named<'_>| can_be_named(named.name) && named.member.is_none_or(can_be_named);
    (all.iter().all(is_name) && cursor.eat_word("from")).then_some(all)
}
