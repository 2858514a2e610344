//! Imports and exports, in all the forms in which a file asks for others.

use esker_frontend_api::{
    Binding, EdgeKinds, FactKind, Import, ImportForm, NameId, Role, SymbolFlags, SymbolId, SymbolKind,
};
use oxc_ast::ast::*;
use oxc_ast_visit::Visit;
use oxc_span::GetSpan;

use super::define::Defining;
use super::fact::Subject;
use super::{Lowerer, span};

/// The imports found so far, with where they stand.
#[derive(Default)]
pub(super) struct Imports(Vec<Import>);

impl Imports {
    pub(super) fn get(&self, import: u32) -> &Import {
        &self.0[import as usize]
    }

    /// Adds an import: its position, as long as all are not known.
    pub(super) fn push(&mut self, import: Import) -> u32 {
        self.0.push(import);
        self.0.len() as u32 - 1
    }

    /// The imports in source order, and for each of them where it is now. Those of comments were found first.
    pub(super) fn finish(self) -> (Vec<Import>, Vec<u32>) {
        let mut order: Vec<u32> = (0..self.0.len() as u32).collect();
        order.sort_by_key(|&old| self.0[old as usize].line);
        let mut moved = vec![0; order.len()];
        for (new, &old) in order.iter().enumerate() {
            moved[old as usize] = new as u32;
        }
        (order.iter().map(|&old| self.0[old as usize].clone()).collect(), moved)
    }
}

/// Modules of test runners whose functions take the name of a module.
const MOCKERS: [&str; 2] = ["jest", "vi"];

/// Their functions that do.
const MOCKS: [&str; 11] = [
    "mock",
    "doMock",
    "unmock",
    "doUnmock",
    "dontMock",
    "setMock",
    "requireActual",
    "requireMock",
    "importActual",
    "importMock",
    "unstable_mockModule",
];

impl Lowerer<'_> {
    /// Adds an import of the module that a literal names.
    fn add(
        &mut self,
        specifier: &StringLiteral<'_>,
        member: Option<(NameId, oxc_span::Span)>,
        form: ImportForm,
        kinds: EdgeKinds,
    ) -> u32 {
        let name = self.intern(specifier.value.as_str());
        let line = self.line(member.map_or(specifier.span.start, |(_, at)| at.start));
        self.add_named(name, member.map(|(name, _)| name), form, kinds, line)
    }

    pub(super) fn add_named(
        &mut self,
        specifier: NameId,
        member: Option<NameId>,
        form: ImportForm,
        kinds: EdgeKinds,
        line: u32,
    ) -> u32 {
        let kinds = kinds | self.circumstances;
        let kinds = if kinds.is_empty() { EdgeKinds::RUNTIME } else { kinds };
        self.imports.push(Import { specifier, member, form, kinds, line })
    }

    /// Records the use of a module's name in a literal.
    fn refer_module(&mut self, specifier: &StringLiteral<'_>, import: u32) {
        let inside = inside_quotes(specifier.span);
        let name = self.intern(specifier.value.as_str());
        self.refer(name, inside, Role::Import, Binding::Module(import));
    }

    pub(super) fn lower_import(&mut self, it: &ImportDeclaration<'_>) {
        self.is_module |= self.ambient.is_none();
        let all = type_only(it.import_kind);
        let mut first = None;
        for specifier in it.specifiers.iter().flatten() {
            let import = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(specifier) => {
                    let name = self.export_name(&specifier.imported);
                    let kinds = all | type_only(specifier.import_kind);
                    let import = self.add(&it.source, Some((name, specifier.span)), ImportForm::Member, kinds);
                    self.refer(name, specifier.imported.span(), Role::Import, Binding::Import(import));
                    if specifier.imported.span() != specifier.local.span {
                        self.refer_bound(&specifier.local, Binding::Import(import));
                    }
                    self.bind(&specifier.local, import, SymbolFlags::empty(), specifier.span);
                    import
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(specifier) => {
                    let name = self.intern("default");
                    let import = self.add(&it.source, Some((name, specifier.span)), ImportForm::Member, all);
                    self.refer_bound(&specifier.local, Binding::Import(import));
                    self.bind(&specifier.local, import, SymbolFlags::empty(), specifier.span);
                    import
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(specifier) => {
                    let import = self.add(&it.source, None, ImportForm::Module, all);
                    self.refer_bound(&specifier.local, Binding::Module(import));
                    self.bind(&specifier.local, import, SymbolFlags::ALIASED, specifier.span);
                    import
                }
            };
            first.get_or_insert(import);
        }
        let import = first.unwrap_or_else(|| self.add(&it.source, None, ImportForm::Module, all));
        self.refer_module(&it.source, import);
    }

    /// Records that the name which an import binds asks for what it stands for.
    pub(super) fn refer_bound(&mut self, id: &BindingIdentifier<'_>, binding: Binding) {
        let name = self.intern(id.name.as_str());
        self.refer(name, id.span, Role::Import, binding);
    }

    pub(super) fn bind(
        &mut self,
        id: &BindingIdentifier<'_>,
        import: u32,
        flags: SymbolFlags,
        at: oxc_span::Span,
    ) -> SymbolId {
        let symbol = self.declare(id, Defining { kind: SymbolKind::Import, flags, span: span(at) });
        self.symbols[symbol.index()].import = Some(import);
        symbol
    }

    pub(super) fn lower_import_equals(&mut self, it: &TSImportEqualsDeclaration<'_>) {
        use oxc_ast::ast::TSModuleReference::{ExternalModuleReference, IdentifierReference, QualifiedName};
        match &it.module_reference {
            ExternalModuleReference(reference) => {
                self.is_module |= self.ambient.is_none();
                let source = &reference.expression;
                let import = self.add(source, None, ImportForm::Required, type_only(it.import_kind));
                self.refer_bound(&it.id, Binding::Module(import));
                self.bind(&it.id, import, SymbolFlags::ALIASED, it.span);
                self.refer_module(source, import);
            }
            IdentifierReference(name) => {
                let alias = self.declare_alias(it);
                self.refer_identifier(name, Role::Read);
                let value = self.name_value(name.span);
                self.tell_known(Some(Subject::Symbol(alias)), FactKind::Assigned, value);
            }
            QualifiedName(name) => {
                let alias = self.declare_alias(it);
                let base = self.refer_type_name(&name.left, Role::Read);
                let last = self.intern(name.right.name.as_str());
                self.refer(last, name.right.span, Role::Read, base.map_or(Binding::Unknown, Binding::Attribute));
                let value = self.name_value(name.right.span);
                self.tell_known(Some(Subject::Symbol(alias)), FactKind::Assigned, value);
            }
        }
    }

    fn declare_alias(&mut self, it: &TSImportEqualsDeclaration<'_>) -> SymbolId {
        let defining = Defining { kind: SymbolKind::Variable, flags: SymbolFlags::empty(), span: span(it.span) };
        self.declare(&it.id, defining)
    }

    pub(super) fn lower_export_from(&mut self, it: &ExportFromDeclaration<'_>) {
        self.is_module |= self.ambient.is_none();
        let all = type_only(it.export_kind);
        let mut first = None;
        for specifier in &it.specifiers {
            let name = self.export_name(&specifier.local);
            let kinds = all | type_only(specifier.export_kind);
            let import = self.add(&it.source, Some((name, specifier.span)), ImportForm::Member, kinds);
            self.refer(name, specifier.local.span(), Role::Import, Binding::Import(import));
            let exported = self.export_name(&specifier.exported);
            let at = specifier.exported.span();
            if at != specifier.local.span() {
                self.refer(exported, at, Role::Import, Binding::Import(import));
            }
            self.declare_export(exported, at, Some((import, SymbolFlags::empty())), None);
            first.get_or_insert(import);
        }
        let import = first.unwrap_or_else(|| self.add(&it.source, None, ImportForm::Module, all));
        self.refer_module(&it.source, import);
    }

    pub(super) fn lower_export_all(&mut self, it: &ExportAllDeclaration<'_>) {
        self.is_module |= self.ambient.is_none();
        let kinds = type_only(it.export_kind);
        let import = match &it.exported {
            Some(exported) => {
                let name = self.export_name(exported);
                let import = self.add(&it.source, None, ImportForm::Module, kinds);
                self.refer(name, exported.span(), Role::Import, Binding::Module(import));
                self.declare_export(name, exported.span(), Some((import, SymbolFlags::ALIASED)), None);
                import
            }
            None => self.add(&it.source, None, ImportForm::Star, kinds | EdgeKinds::STAR),
        };
        self.refer_module(&it.source, import);
    }

    /// The name in an export or import list, which may be a string.
    pub(super) fn export_name(&mut self, name: &ModuleExportName<'_>) -> NameId {
        match name {
            ModuleExportName::StringLiteral(text) => self.intern(text.value.as_str()),
            other => self.intern(other.name().as_str()),
        }
    }

    /// Adds the import that an argument asks for: the module if it is constant, a computed one if it is not.
    pub(super) fn add_dynamic(
        &mut self,
        argument: Option<&Expression<'_>>,
        form: ImportForm,
        kinds: EdgeKinds,
        at: oxc_span::Span,
    ) {
        match argument.and_then(constant) {
            Some((text, place)) => {
                let inside = inside_quotes(place);
                let name = self.intern(text);
                let line = self.line(place.start);
                let import = self.add_named(name, None, form, kinds, line);
                self.import_at.insert(at.end, import);
                self.refer(name, inside, Role::Import, Binding::Module(import));
            }
            None => {
                let (nothing, line) = (self.intern(""), self.line(at.start));
                self.add_named(nothing, None, form, kinds, line);
            }
        }
    }

    /// Adds the import that a call makes, if it is one.
    pub(super) fn lower_call_import(&mut self, it: &CallExpression<'_>) {
        let argument = it.arguments.first().and_then(Argument::as_expression);
        match &it.callee {
            Expression::Identifier(callee) if callee.name == "require" && self.is_require(callee) => {
                self.add_dynamic(argument, ImportForm::Required, EdgeKinds::empty(), it.span);
            }
            Expression::StaticMemberExpression(callee) => {
                let property = callee.property.name.as_str();
                let is_require = matches!(&callee.object, Expression::Identifier(object) if object.name == "require");
                let form = if is_require { ImportForm::Required } else { ImportForm::Dynamic };
                let mentions = match &callee.object {
                    Expression::Identifier(object) if object.name == "require" && self.is_require(object) => {
                        property == "resolve"
                    }
                    Expression::Identifier(object) => {
                        MOCKERS.contains(&object.name.as_str()) && MOCKS.contains(&property)
                    }
                    Expression::ImportMeta(_) => property == "resolve",
                    _ => false,
                };
                if mentions && argument.is_some_and(|argument| constant(argument).is_some()) {
                    self.add_dynamic(argument, form, EdgeKinds::STRING, it.span);
                }
            }
            _ => {}
        }
    }

    /// Whether a call loads a module of which the name is known.
    pub(super) fn is_required(&self, it: &CallExpression<'_>) -> bool {
        let argument = it.arguments.first().and_then(Argument::as_expression);
        matches!(&it.callee, Expression::Identifier(callee) if callee.name == "require" && self.is_require(callee))
            && argument.is_some_and(|argument| constant(argument).is_some())
    }

    /// Whether a name that reads `require` is what loads modules: bound by nothing, or by a variable, as where it comes
    /// from `createRequire`. The parameter of a bundle's wrapper is not.
    fn is_require(&self, it: &oxc_ast::ast::IdentifierReference<'_>) -> bool {
        let bound = it.reference_id.get().and_then(|id| self.scoping.get_reference(id).symbol_id());
        bound.is_none_or(|bound| match self.declarations[bound.index()].first {
            Some(symbol) => self.symbols[symbol.index()].kind == SymbolKind::Variable,
            None => false,
        })
    }

    /// Adds what `new URL("./x", import.meta.url)` names.
    pub(super) fn lower_url(&mut self, it: &NewExpression<'_>) {
        let [Argument::StringLiteral(text), Argument::StaticMemberExpression(base)] = it.arguments.as_slice() else {
            return;
        };
        let is_url =
            matches!(&it.callee, Expression::Identifier(callee) if callee.name == "URL" && !self.is_bound(callee));
        if !is_url || !matches!(base.object, Expression::ImportMeta(_)) || base.property.name != "url" {
            return;
        }
        let text_value = text.value.as_str();
        if text_value.contains("://") || text_value.starts_with("data:") {
            return;
        }
        // A URL without a dot in front is relative too.
        let name = if text_value.starts_with(['.', '/']) { text_value.to_owned() } else { format!("./{text_value}") };
        let name = self.intern(&name);
        let line = self.line(text.span.start);
        let import = self.add_named(name, None, ImportForm::Dynamic, EdgeKinds::STRING, line);
        self.refer_module(text, import);
    }

    /// Adds an import that only types need, such as `import("x").T`.
    pub(super) fn add_type_import(&mut self, source: &StringLiteral<'_>) -> u32 {
        let outside = std::mem::replace(&mut self.circumstances, EdgeKinds::empty());
        let import = self.add(source, None, ImportForm::Module, EdgeKinds::TYPE_ONLY);
        self.circumstances = outside;
        self.refer_module(source, import);
        import
    }
}

impl<'a> Lowerer<'_> {
    pub(super) fn lower_ts_import_type(&mut self, it: &TSImportType<'a>) {
        self.add_type_import(&it.source);
        if let Some(qualifier) = &it.qualifier {
            self.visit_ts_import_type_qualifier(qualifier);
            let mut first = qualifier;
            while let TSImportTypeQualifier::QualifiedName(name) = first {
                first = &name.left;
            }
            if let TSImportTypeQualifier::Identifier(member) = first {
                let name = self.intern(member.name.as_str());
                let line = self.line(it.source.span.start);
                let specifier = self.intern(it.source.value.as_str());
                let outside = std::mem::replace(&mut self.circumstances, EdgeKinds::empty());
                let member_import =
                    self.add_named(specifier, Some(name), ImportForm::Member, EdgeKinds::TYPE_ONLY, line);
                self.circumstances = outside;
                self.refer(name, member.span, Role::Annotation, Binding::Import(member_import));
            }
        }
        it.type_arguments.iter().for_each(|it| self.visit_ts_type_parameter_instantiation(it));
    }
}

/// The text of an expression that is constant, and where it stands with its quotes.
fn constant<'e>(expression: &'e Expression<'_>) -> Option<(&'e str, oxc_span::Span)> {
    match expression {
        Expression::StringLiteral(text) => Some((text.value.as_str(), text.span)),
        Expression::TemplateLiteral(template) if template.expressions.is_empty() => {
            let cooked = template.quasis.first()?.value.cooked?;
            Some((cooked.as_str(), template.span))
        }
        Expression::ParenthesizedExpression(inner) => constant(&inner.expression),
        _ => None,
    }
}

fn type_only(kind: ImportOrExportKind) -> EdgeKinds {
    if kind == ImportOrExportKind::Type { EdgeKinds::TYPE_ONLY } else { EdgeKinds::empty() }
}

/// The place of a literal's text without its quotes, or that of the quotes if there is nothing between them: a place is
/// never empty.
pub(super) fn inside_quotes(at: oxc_span::Span) -> oxc_span::Span {
    if at.size() <= 2 { at } else { oxc_span::Span::new(at.start + 1, at.end - 1) }
}
