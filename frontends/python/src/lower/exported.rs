//! What a module says about itself by assigning to a name of its own: `__all__`, `pytest_plugins` and `__path__`.

use esker_frontend_api::{EdgeKinds, ImportForm, NameId, NameTableBuilder, Role};
use ruff_python_ast::{self as ast, Expr, Operator};
use ruff_text_size::{Ranged, TextSize};

use super::dynamic::{constant, elements, is_identifier};
use super::import::Asked;
use super::{Lowerer, span};

/// The names in `__all__` so far; `None` until a part of it is a literal.
#[derive(Default)]
pub(super) struct Exported {
    names: Option<Vec<NameId>>,
    /// Where the strings start that the visitor is going to come by, the next one last.
    listed: Vec<TextSize>,
    /// Whether the module adds the directories of its name elsewhere to its own.
    pub(super) extends_path: bool,
}

impl Exported {
    /// The names, sorted by their text and unique.
    pub(super) fn finish(self, table: &NameTableBuilder) -> Option<Vec<NameId>> {
        let mut names = self.names?;
        names.sort_by_key(|name| table.get(*name));
        names.dedup();
        Some(names)
    }
}

impl Lowerer<'_> {
    /// Looks at an assignment at the top level.
    pub(super) fn note_assignment(&mut self, targets: &[Expr], value: &Expr) {
        if self.scope.0 != 0 {
            return;
        }
        for target in targets {
            if is_name(target, "__all__") {
                // Under a condition, another branch may give another list: all of them count.
                if self.circumstances.is_empty() && !mentions_itself(value) {
                    self.exported.names = None;
                }
                self.export(value);
            } else if is_name(target, "pytest_plugins") {
                self.add_plugins(value);
            } else if is_name(target, "__path__") && is_call_of(value, "extend_path") {
                self.exported.extends_path = true;
            }
        }
    }

    /// Looks at an augmented assignment at the top level.
    pub(super) fn note_augmented_assignment(&mut self, statement: &ast::StmtAugAssign) {
        if self.scope.0 != 0 || statement.op != Operator::Add {
            return;
        }
        if is_name(&statement.target, "__all__") {
            self.export(&statement.value);
        } else if is_name(&statement.target, "pytest_plugins") {
            self.add_plugins(&statement.value);
        }
    }

    /// Looks at an expression statement at the top level: `__all__.extend(…)`, `__all__.append(…)`, and the older way
    /// of setuptools to say what `pkgutil.extend_path` does, `pkg_resources.declare_namespace(__name__)`.
    pub(super) fn note_call_on_exported(&mut self, expression: &Expr) {
        let Expr::Call(call) = expression else { return };
        if self.scope.0 == 0 && is_call_of(expression, "declare_namespace") {
            self.exported.extends_path = true;
        }
        let Expr::Attribute(method) = &*call.func else { return };
        if self.scope.0 != 0 || !is_name(&method.value, "__all__") {
            return;
        }
        let [argument] = &*call.arguments.args else { return };
        match method.attr.as_str() {
            "extend" => self.export(argument),
            "append" => self.export_all(std::slice::from_ref(argument)),
            _ => {}
        }
    }

    /// Adds the names in a value that is a list, or a sum in which some parts are. The rest is another module's to say.
    fn export(&mut self, value: &Expr) {
        match value {
            Expr::BinOp(sum) if sum.op == Operator::Add => {
                self.nested(|this| {
                    this.export(&sum.left);
                    this.export(&sum.right);
                });
            }
            Expr::List(list) => self.export_all(&list.elts),
            Expr::Tuple(tuple) => self.export_all(&tuple.elts),
            _ => {}
        }
    }

    fn export_all(&mut self, names: &[Expr]) {
        let mut found = self.exported.names.take().unwrap_or_default();
        for name in names.iter().filter_map(constant) {
            found.push(self.intern(&name));
        }
        self.exported.names = Some(found);
        let strings = names.iter().filter(|name| name.is_string_literal_expr()).map(Ranged::start);
        self.exported.listed.splice(0..0, strings.rev());
    }

    /// Records the name in a string of `__all__` as a use of that name.
    pub(super) fn note_listed(&mut self, literal: &ast::ExprStringLiteral) {
        let start = literal.range.start();
        // What was listed and not visited lies before.
        while self.exported.listed.pop_if(|next| *next < start).is_some() {}
        if self.exported.listed.pop_if(|next| *next == start).is_none() {
            return;
        }
        let Some(part) = literal.as_single_part_string() else { return };
        let range = part.content_range();
        let written = self.text.get(range.start().to_usize()..range.end().to_usize());
        if is_identifier(&part.value) && written == Some(&*part.value) {
            let name = self.intern(&part.value);
            self.refer(name, span(range), Role::Read);
        }
    }

    /// Records the plugins that pytest loads because of this assignment: a string with names between commas, or a list.
    fn add_plugins(&mut self, value: &Expr) {
        let listed = elements(value);
        let values = if listed.is_empty() { std::slice::from_ref(value) } else { listed };
        for value in values {
            let Some(names) = constant(value) else { continue };
            for name in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                let specifier = self.intern(name);
                let (form, kinds, start) = (ImportForm::Plugin, EdgeKinds::PLUGIN, value.start());
                self.add_import(Asked { specifier, member: None, form, kinds, start, callee: None });
            }
        }
    }
}

fn is_name(expression: &Expr, name: &str) -> bool {
    matches!(expression, Expr::Name(expression) if expression.id.as_str() == name)
}

/// Whether a value is the result of a function of this name, wherever that comes from: it is often
/// `__import__("pkgutil").extend_path`.
fn is_call_of(value: &Expr, name: &str) -> bool {
    let Expr::Call(call) = value else { return false };
    match &*call.func {
        Expr::Name(function) => function.id.as_str() == name,
        Expr::Attribute(function) => function.attr.as_str() == name,
        _ => false,
    }
}

/// Whether a sum has `__all__` itself as its first part.
fn mentions_itself(mut value: &Expr) -> bool {
    while let Expr::BinOp(sum) = value {
        value = &sum.left;
    }
    is_name(value, "__all__")
}
