//! Import statements, and the table of imports.

use esker_frontend_api::{
    Binding, EdgeKinds, FactKind, Import, ImportForm, NameId, Reference, ReferenceId, Role, Symbol, SymbolFlags,
    SymbolKind, Value,
};
use ruff_python_ast::{self as ast, Alias};
use ruff_source_file::LineIndex;
use ruff_text_size::{TextRange, TextSize};

use super::dynamic::Callee;
use super::scope::{Bound, Definition, Entry};
use super::value::Seen;
use super::{Lowerer, span};

/// The imports found so far, and the names under which those imports brought in what matters to the frontend itself.
#[derive(Default)]
pub(super) struct Imports {
    pending: Vec<Pending>,
    type_checking: Vec<NameId>,
    suppress: Vec<NameId>,
    import_module: Vec<NameId>,
    casts: Vec<NameId>,
    typings: Vec<NameId>,
    /// The other names under which forms of types were imported, with their own.
    forms: Vec<(NameId, &'static str)>,
}

/// The forms of types in which not all that stands in brackets is a type, and the one that makes a value one.
const FORMS: [&str; 3] = ["Literal", "Annotated", "TypeAlias"];

/// An import before it is known on which line it is, and for calls, whether it is one.
struct Pending {
    import: Import,
    start: TextSize,
    /// What has to be a certain function for this to be an import.
    callee: Option<Callee>,
}

impl Imports {
    /// Whether `typing.TYPE_CHECKING` was imported under this name.
    pub(super) fn is_type_checking(&self, name: NameId) -> bool {
        self.type_checking.contains(&name)
    }

    /// Whether `contextlib.suppress` was imported under this name.
    pub(super) fn is_suppress(&self, name: NameId) -> bool {
        self.suppress.contains(&name)
    }

    /// Whether `importlib.import_module` was imported under this name.
    pub(super) fn is_import_module(&self, name: NameId) -> bool {
        self.import_module.contains(&name)
    }

    /// The names under which `typing.cast` was imported.
    pub(super) fn casts(&self) -> &[NameId] {
        &self.casts
    }

    /// The names under which `typing` was imported.
    pub(super) fn typings(&self) -> &[NameId] {
        &self.typings
    }

    /// The form of types that was imported under another name than its own.
    pub(super) fn renamed_form(&self, name: NameId) -> Option<&'static str> {
        self.forms.iter().find(|(renamed, _)| *renamed == name).map(|(_, form)| *form)
    }

    /// Follows the references to where they have been moved.
    pub(super) fn move_references(&mut self, moved: &[ReferenceId]) {
        for callee in self.pending.iter_mut().filter_map(|pending| pending.callee.as_mut()) {
            callee.reference = moved[callee.reference.index()];
        }
    }
}

/// An import to be recorded.
pub(super) struct Asked {
    pub(super) specifier: NameId,
    pub(super) member: Option<NameId>,
    pub(super) form: ImportForm,
    /// What sets it apart beside the circumstances.
    pub(super) kinds: EdgeKinds,
    pub(super) start: TextSize,
    pub(super) callee: Option<Callee>,
}

impl Lowerer<'_> {
    pub(super) fn visit_import(&mut self, statement: &ast::StmtImport) {
        let kinds = laziness(statement.is_lazy);
        for alias in statement.names.iter().filter(|alias| !alias.name.id.is_empty()) {
            let module = alias.name.as_str();
            let specifier = self.intern(module);
            let import = self.add_import(Asked {
                specifier,
                member: None,
                form: ImportForm::Module,
                kinds,
                start: alias.range.start(),
                callee: None,
            });
            // Without an alias, the name bound is the first one of the dotted name.
            let (bound, place) = match &alias.asname {
                Some(name) => (name.as_str(), name.range),
                None => {
                    let first = module.split('.').next().unwrap_or(module);
                    (first, self.first_part(alias.name.range))
                }
            };
            let flags = if alias.asname.is_some() { SymbolFlags::ALIASED } else { SymbolFlags::empty() };
            let name = self.bind_import(alias, (specifier, Binding::Module(import)), bound, place, flags);
            if is_typing(module) {
                self.imports.typings.push(name);
            }
        }
    }

    pub(super) fn visit_import_from(&mut self, statement: &ast::StmtImportFrom) {
        let module = statement.module.as_ref().map_or("", |module| module.as_str());
        let specifier = match &statement.module {
            Some(name) if statement.level == 0 => self.intern(module),
            _ => {
                let mut specifier = ".".repeat(statement.level as usize);
                specifier.push_str(module);
                self.intern(&specifier)
            }
        };
        if module.is_empty() && statement.level == 0 {
            // What recovery leaves of `from import x`.
            return;
        }
        let kinds = laziness(statement.is_lazy);
        let mut aliases = statement.names.iter().filter(|alias| !alias.name.id.is_empty()).peekable();
        if let Some(name) = statement.module.as_ref().filter(|name| !name.id.is_empty() && aliases.peek().is_some()) {
            let first = Binding::Module(self.imports.pending.len() as u32);
            self.refer_bound(specifier, span(name.range), Role::Import, first);
        }
        for alias in aliases {
            let (start, callee) = (alias.range.start(), None);
            let member = alias.name.as_str();
            if member == "*" {
                let kinds = kinds | EdgeKinds::STAR;
                self.add_import(Asked { specifier, member: None, form: ImportForm::Star, kinds, start, callee });
                continue;
            }
            let name = self.intern(member);
            let form = ImportForm::Member;
            let import = self.add_import(Asked { specifier, member: Some(name), form, kinds, start, callee });
            let bound = alias.asname.as_ref().unwrap_or(&alias.name);
            self.note_alias(module, member, bound);
            let asked = (name, Binding::Import(import));
            self.bind_import(alias, asked, bound.as_str(), bound.range, SymbolFlags::empty());
        }
    }

    /// Adds an import under the circumstances here, and returns its position among the pending ones.
    pub(super) fn add_import(&mut self, asked: Asked) -> u32 {
        let Asked { specifier, member, form, kinds, start, callee } = asked;
        let kinds = match form {
            // A string is no statement: it is not executed at all.
            ImportForm::Text => kinds,
            _ => kinds | self.circumstances,
        };
        let kinds = if kinds.is_empty() { EdgeKinds::RUNTIME } else { kinds };
        let position = self.imports.pending.len() as u32;
        let import = Import { specifier, member, form, kinds, line: 0 };
        self.imports.pending.push(Pending { import, start, callee });
        position
    }

    /// Records what an import asks for as a reference, and binds the name that it brings in, which it returns.
    ///
    /// Where the name is taken already, there is no symbol that stands for this import: the name is a write, and what
    /// is bound to it a fact.
    fn bind_import(
        &mut self,
        alias: &Alias,
        (asked, binding): (NameId, Binding),
        bound: &str,
        place: TextRange,
        flags: SymbolFlags,
    ) -> NameId {
        let (Binding::Import(import) | Binding::Module(import)) = binding else { return asked };
        self.refer_bound(asked, span(alias.name.range), Role::Import, binding);
        let name = self.intern(bound);
        if alias.asname.is_none() && matches!(binding, Binding::Module(_)) && self.is_package_imported(name) {
            self.refer(name, span(place), Role::Write);
            return name;
        }
        let bound = self.bind(Definition {
            name,
            kind: SymbolKind::Import,
            flags,
            span: span(alias.range),
            name_span: span(place),
        });
        if let Bound::New(symbol) = bound {
            self.symbols[symbol.index()].import = Some(import);
        } else {
            let value = self.values.push(Value::Import(import));
            self.tell(bound, FactKind::Assigned, Seen::Value(value));
        }
        name
    }

    /// Whether the scope has a name from the statement `import` already, without `as`: another such statement binds the
    /// name to the same package.
    fn is_package_imported(&self, name: NameId) -> bool {
        let Some(Entry::Bound(symbol)) = self.bindings.get(self.scope, name) else { return false };
        let symbol = &self.symbols[symbol.index()];
        let import = symbol.import.and_then(|import| self.imports.pending.get(import as usize));
        !symbol.flags.contains(SymbolFlags::ALIASED)
            && import.is_some_and(|pending| pending.import.form == ImportForm::Module)
    }

    /// Remembers under which name a member is imported that the frontend itself has to recognise.
    fn note_alias(&mut self, module: &str, member: &str, bound: &ast::Identifier) {
        if !is_typing(module) && !matches!(module, "contextlib" | "importlib") {
            return;
        }
        let name = self.intern(bound.as_str());
        match member {
            "TYPE_CHECKING" => self.imports.type_checking.push(name),
            "suppress" => self.imports.suppress.push(name),
            "import_module" => self.imports.import_module.push(name),
            "cast" => self.imports.casts.push(name),
            _ => {
                let form = FORMS.into_iter().find(|form| *form == member && bound.as_str() != member);
                self.imports.forms.extend(form.map(|form| (name, form)));
            }
        }
    }

    /// The place of the first name in a dotted one.
    fn first_part(&self, range: TextRange) -> TextRange {
        let text = self.text.get(range.start().to_usize()..range.end().to_usize()).unwrap_or("");
        let length = text.find(|c: char| c == '.' || c == '\\' || c.is_ascii_whitespace()).unwrap_or(text.len());
        TextRange::at(range.start(), TextSize::new(length as u32))
    }

    /// Follows the imports to where they have been moved.
    fn move_imports(&mut self, moved: &[u32]) {
        for Symbol { import, .. } in &mut self.symbols {
            *import = import.map(|old| moved[old as usize]);
        }
        for Reference { binding, .. } in &mut self.references {
            if let Binding::Import(import) | Binding::Module(import) = binding {
                *import = moved[*import as usize];
            }
        }
        self.values.move_imports(moved);
    }

    /// The table of imports in source order, once names are resolved: without the calls that prove to be of another
    /// function, and with lines.
    pub(super) fn finish_imports(&mut self, lines: &LineIndex) -> Vec<Import> {
        let pending = std::mem::take(&mut self.imports.pending);
        let mut order: Vec<u32> = (0..pending.len() as u32).collect();
        order.retain(|&position| {
            let callee = pending[position as usize].callee;
            callee.is_none_or(|callee| self.is_import_function(callee, &|import| &pending[import as usize].import))
        });
        if !order.is_sorted_by_key(|&position| pending[position as usize].start) {
            order.sort_by_key(|&position| pending[position as usize].start);
        }

        let has_moved = order.iter().zip(0..).any(|(&old, new)| old != new);
        if has_moved {
            let mut moved = vec![0; pending.len()];
            for (new, &old) in order.iter().enumerate() {
                moved[old as usize] = new as u32;
            }
            self.move_imports(&moved);
        }
        order
            .into_iter()
            .map(|position| {
                let Pending { import, start, .. } = &pending[position as usize];
                Import { line: lines.line_index(*start).get() as u32, ..import.clone() }
            })
            .collect()
    }
}

/// Whether a module is the one that says what only type checkers need.
fn is_typing(module: &str) -> bool {
    matches!(module, "typing" | "typing_extensions")
}

/// What sets a statement apart that begins with `lazy` (PEP 810).
fn laziness(is_lazy: bool) -> EdgeKinds {
    if is_lazy { EdgeKinds::LAZY } else { EdgeKinds::empty() }
}
