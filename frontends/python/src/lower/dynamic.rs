//! Imports that are no statements: calls of `import_module` and `__import__`, and strings that read like modules.

use esker_frontend_api::{Binding, EdgeKinds, Import, ImportForm, NameId, ReferenceId, SymbolKind};
use ruff_python_ast::{self as ast, Expr, FStringPart, InterpolatedStringElement, Number};
use ruff_text_size::{Ranged, TextSize};

use super::Lowerer;
use super::annotation::Quotes;
use super::import::Asked;

/// What a call has to be of for it to be an import. Known only once names are resolved.
#[derive(Debug, Clone, Copy)]
pub(super) struct Callee {
    /// The name called, or the name of which an attribute is called.
    pub(super) reference: ReferenceId,
    expected: Expected,
}

/// What a reference has to stand for.
#[derive(Debug, Clone, Copy)]
enum Expected {
    /// `importlib.import_module`.
    ImportModule,
    /// The module `importlib`.
    Importlib,
    /// The builtin `__import__`.
    BuiltinImport,
    /// The module `builtins`.
    Builtins,
}

/// Words that no module's name can contain.
const KEYWORDS: [&str; 35] = [
    "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del",
    "elif", "else", "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "nonlocal",
    "not", "or", "pass", "raise", "return", "try", "while", "with", "yield",
];

impl Lowerer<'_> {
    /// Records a call that may be a dynamic import, by the look of it; `callee` is the reference called.
    pub(super) fn note_dynamic_import(&mut self, call: &ast::ExprCall, callee: ReferenceId) {
        let (reference, expected) = match &*call.func {
            Expr::Name(name) => match name.id.as_str() {
                "__import__" => (callee, Expected::BuiltinImport),
                "import_module" => (callee, Expected::ImportModule),
                _ if self.imports.is_import_module(self.references[callee.index()].name) => {
                    (callee, Expected::ImportModule)
                }
                _ => return,
            },
            Expr::Attribute(attribute) => {
                let Binding::Attribute(base) = self.references[callee.index()].binding else { return };
                match attribute.attr.as_str() {
                    "import_module" => (base, Expected::Importlib),
                    "__import__" => (base, Expected::Builtins),
                    _ => return,
                }
            }
            _ => return,
        };
        let callee = Callee { reference, expected };
        match expected {
            Expected::ImportModule | Expected::Importlib => self.note_import_module(call, callee),
            Expected::BuiltinImport | Expected::Builtins => self.note_builtin_import(call, callee),
        }
    }

    /// `import_module(name, package=None)`.
    fn note_import_module(&mut self, call: &ast::ExprCall, callee: Callee) {
        let Some(argument) = call.arguments.find_argument_value("name", 0) else { return };
        let package = call.arguments.find_argument_value("package", 1);
        let module = constant(argument).and_then(|name| match name.strip_prefix('.') {
            None => Some(name),
            Some(_) => relative_to(&name, package?),
        });
        self.add_dynamic(module.as_deref().unwrap_or(""), argument.start(), callee);
    }

    /// `__import__(name, globals=None, locals=None, fromlist=(), level=0)`. With names in `fromlist` it is what
    /// `from name import …` is compiled to.
    fn note_builtin_import(&mut self, call: &ast::ExprCall, callee: Callee) {
        let Some(argument) = call.arguments.find_argument_value("name", 0) else { return };
        let level = match call.arguments.find_argument_value("level", 4) {
            None => Some(0),
            Some(Expr::NumberLiteral(ast::ExprNumberLiteral { value: Number::Int(level), .. })) => level.as_usize(),
            Some(_) => None,
        };
        // No package is nested as deeply as a hostile level would need dots.
        let module = match (constant(argument), level) {
            (Some(name), Some(level @ 0..=255)) => ".".repeat(level) + &name,
            _ => String::new(),
        };
        let members = call.arguments.find_argument_value("fromlist", 3).map_or(&[][..], elements);
        let mut is_from = false;
        for member in members.iter().filter(|_| !module.is_empty()) {
            if let Some(name) = constant(member).filter(|name| is_identifier(name)) {
                is_from = true;
                let specifier = self.intern(&module);
                let member = Some(self.intern(&name));
                let (form, kinds, start) = (ImportForm::Member, EdgeKinds::empty(), argument.start());
                self.add_import(Asked { specifier, member, form, kinds, start, callee: Some(callee) });
            }
        }
        if !is_from {
            self.add_dynamic(&module, argument.start(), callee);
        }
    }

    fn add_dynamic(&mut self, module: &str, start: TextSize, callee: Callee) {
        let specifier = self.intern(module);
        let (form, kinds) = (ImportForm::Dynamic, EdgeKinds::empty());
        self.add_import(Asked { specifier, member: None, form, kinds, start, callee: Some(callee) });
    }

    /// Records a string that reads like a module's name, if the configuration asks for those.
    pub(super) fn note_text(&mut self, literal: &ast::ExprStringLiteral) {
        let Some(min_dots) = self.options.string_imports_min_dots else { return };
        let text = literal.value.to_str();
        let dots = text.bytes().filter(|byte| *byte == b'.').count();
        if self.quotes == Quotes::Inside || dots < min_dots as usize || !text.split('.').all(is_identifier) {
            return;
        }
        let specifier = self.intern(text);
        let (form, kinds, start) = (ImportForm::Text, EdgeKinds::STRING, literal.range.start());
        self.add_import(Asked { specifier, member: None, form, kinds, start, callee: None });
    }

    /// Whether a call recorded as a possible import is of one of the functions that import. `import` looks up the
    /// import that binds a symbol.
    pub(super) fn is_import_function<'i>(&self, callee: Callee, import: &dyn Fn(u32) -> &'i Import) -> bool {
        let reference = &self.references[callee.reference.index()];
        let symbol = match reference.binding {
            Binding::Symbol(symbol) => &self.symbols[symbol.index()],
            Binding::Free => {
                return match callee.expected {
                    Expected::BuiltinImport => true,
                    Expected::Builtins => self.is_name(reference.name, "__builtins__"),
                    Expected::ImportModule | Expected::Importlib => false,
                };
            }
            _ => return false,
        };
        let Some(position) = symbol.import.filter(|_| symbol.kind == SymbolKind::Import) else { return false };
        let Import { specifier, member, form, .. } = import(position);
        let asks_for = |module: &str| match self.names.get(*specifier) {
            Some(specifier) if specifier == module => true,
            // `import importlib.util` binds `importlib`.
            Some(specifier) => {
                specifier.starts_with(module)
                    && specifier.as_bytes().get(module.len()) == Some(&b'.')
                    && self.is_name(symbol.name, module)
            }
            None => false,
        };
        match (callee.expected, form, member) {
            (Expected::ImportModule, ImportForm::Member, Some(member)) => {
                self.is_name(*specifier, "importlib") && self.is_name(*member, "import_module")
            }
            (Expected::BuiltinImport, ImportForm::Member, Some(member)) => {
                self.is_name(*specifier, "builtins") && self.is_name(*member, "__import__")
            }
            (Expected::Importlib, ImportForm::Module, _) => asks_for("importlib"),
            (Expected::Builtins, ImportForm::Module, _) => asks_for("builtins"),
            _ => false,
        }
    }

    fn is_name(&self, name: NameId, text: &str) -> bool {
        self.names.get(name) == Some(text)
    }
}

/// The value of a string that is known without running anything.
pub(super) fn constant(expression: &Expr) -> Option<String> {
    match expression {
        Expr::StringLiteral(literal) => Some(literal.value.to_str().to_owned()),
        Expr::FString(string) => {
            let mut value = String::new();
            for part in &string.value {
                match part {
                    FStringPart::Literal(part) => value.push_str(part.as_str()),
                    FStringPart::FString(part) => {
                        for element in &part.elements {
                            match element {
                                InterpolatedStringElement::Literal(element) => value.push_str(&element.value),
                                InterpolatedStringElement::Interpolation(_) => return None,
                            }
                        }
                    }
                }
            }
            Some(value)
        }
        _ => None,
    }
}

/// The elements of a list or tuple.
pub(super) fn elements(expression: &Expr) -> &[Expr] {
    match expression {
        Expr::List(list) => &list.elts,
        Expr::Tuple(tuple) => &tuple.elts,
        _ => &[],
    }
}

/// The module that `import_module` makes of a name with leading dots. The file's own package stays relative; so does
/// `__name__`, which is the package where the call makes sense: in an `__init__` file.
fn relative_to(name: &str, package: &Expr) -> Option<String> {
    if let Expr::Name(package) = package {
        return matches!(package.id.as_str(), "__package__" | "__name__").then(|| name.to_owned());
    }
    let package = constant(package)?;
    let rest = name.trim_start_matches('.');
    let climbs = name.len() - rest.len() - 1;
    let mut base = package.as_str();
    for _ in 0..climbs {
        base = base.rsplit_once('.')?.0;
    }
    Some(if rest.is_empty() { base.to_owned() } else { format!("{base}.{rest}") })
}

/// Whether a text is an identifier and no keyword.
pub(super) fn is_identifier(text: &str) -> bool {
    let mut letters = text.chars();
    letters.next().is_some_and(|first| first == '_' || first.is_alphabetic())
        && letters.all(|letter| letter == '_' || letter.is_alphanumeric())
        && !KEYWORDS.contains(&text)
}
