//! What a call tells of what it gives: the first of its arguments, by position.

use esker_frontend_api::{Value, ValueId};
use ruff_python_ast::{self as ast, Expr};

use super::value::Values;

/// How many arguments are looked at.
const MAX_ARGUMENTS: usize = 2;

/// The arguments of a call as they are visited.
pub(super) struct Arguments {
    /// How many arguments in front may tell something.
    wanted: usize,
    /// Whether the call makes a type variable: its arguments behind the first are types.
    is_variable: bool,
    values: Vec<ValueId>,
    /// How many of the values are known to stand at their positions.
    visited: usize,
}

impl Arguments {
    /// For the arguments of a call, whose value may not be needed.
    pub(super) fn new(is_needed: bool, call: &ast::ExprCall) -> Self {
        if !is_needed {
            return Self { wanted: 0, is_variable: false, values: Vec::new(), visited: 0 };
        }
        let name = match &*call.func {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => "",
        };
        let is_variable = name == "TypeVar";
        // What makes an instance of a class is told by the class, which by convention is capitalised.
        let says_nothing = matches!(name, "" | "super") || name.starts_with(char::is_uppercase);
        let arguments = call.arguments.args.iter().take(MAX_ARGUMENTS);
        let wanted = match says_nothing && !is_variable {
            true => 0,
            false => arguments.take_while(|argument| !argument.is_starred_expr()).count(),
        };
        Self { wanted, is_variable, values: Vec::new(), visited: 0 }
    }

    /// Whether the value of the next argument may tell something.
    pub(super) fn wants_next(&mut self, argument: &Expr) -> bool {
        self.visited += 1;
        if self.visited > self.wanted {
            return false;
        }
        self.is_variable
            || matches!(
                argument,
                Expr::Name(_)
                    | Expr::Attribute(_)
                    | Expr::Call(_)
                    | Expr::Subscript(_)
                    | Expr::Await(_)
                    | Expr::List(_)
                    | Expr::Tuple(_)
                    | Expr::ListComp(_)
                    | Expr::SetComp(_)
                    | Expr::Generator(_)
            )
    }

    /// Whether the argument at a position is a type.
    pub(super) fn is_type(&self, position: usize) -> bool {
        self.is_variable && position > 0
    }

    /// Adds the value of an argument.
    pub(super) fn add(&mut self, values: &mut Values, position: usize, value: ValueId) {
        if self.is_variable && position == 0 {
            return;
        }
        // Those that tell nothing keep the places of the others.
        while !self.is_variable && self.values.len() + 1 < self.visited {
            self.values.push(values.unknown());
        }
        self.values.push(value);
    }

    /// Whether a keyword argument is what bounds a type variable.
    pub(super) fn is_bound(&self, name: &ast::Identifier) -> bool {
        self.is_variable && name.as_str() == "bound"
    }

    /// Adds what bounds a type variable.
    pub(super) fn add_bound(&mut self, value: ValueId) {
        self.values.push(value);
    }

    /// The values up to the last one that tells something.
    pub(super) fn finish(mut self, values: &Values) -> Vec<ValueId> {
        let says_nothing = |value: ValueId| match values.get(value) {
            Value::Unknown => true,
            Value::Literal(_, elements) => elements.is_empty(),
            _ => false,
        };
        while self.values.last().is_some_and(|value| says_nothing(*value)) {
            self.values.pop();
        }
        self.values
    }
}
