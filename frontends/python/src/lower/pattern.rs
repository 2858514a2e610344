//! The patterns of `match` statements.

use esker_frontend_api::{Binding, Literal, Value};
use ruff_python_ast::{self as ast, Pattern};

use super::Lowerer;
use super::value::{Need, Seen};

impl Lowerer<'_> {
    /// Visits a pattern: values and classes are read, captures bind. Tells what it matches, as far as classes say.
    pub(super) fn visit_pattern(&mut self, pattern: &Pattern, need: Need) -> Seen {
        self.nested(|this| match pattern {
            Pattern::MatchValue(pattern) => {
                this.read(&pattern.value);
                Seen::Nothing
            }
            Pattern::MatchSingleton(_) => Seen::Nothing,
            Pattern::MatchSequence(pattern) => {
                this.visit_patterns(&pattern.patterns);
                Seen::Nothing
            }
            Pattern::MatchOr(pattern) => {
                let mut values = Vec::new();
                for pattern in &pattern.patterns {
                    let seen = this.visit_pattern(pattern, need);
                    if need == Need::Value {
                        values.push(this.value(seen));
                    }
                }
                this.either(&values)
            }
            Pattern::MatchMapping(pattern) => {
                this.visit_mapping(pattern);
                Seen::Nothing
            }
            Pattern::MatchClass(pattern) => this.visit_class_pattern(pattern, need),
            Pattern::MatchStar(pattern) => {
                if let Some(name) = &pattern.name {
                    let value = this.literal(Need::Value, Literal::List, &[]);
                    this.bind_variable(name, value);
                }
                Seen::Nothing
            }
            Pattern::MatchAs(pattern) => {
                let need = if pattern.name.is_some() { Need::Value } else { need };
                let seen = match &pattern.pattern {
                    Some(inner) => this.visit_pattern(inner, need),
                    None => Seen::Nothing,
                };
                if let Some(name) = &pattern.name {
                    this.bind_variable(name, seen);
                }
                seen
            }
        })
    }

    fn visit_patterns(&mut self, patterns: &[Pattern]) {
        for pattern in patterns {
            self.visit_pattern(pattern, Need::Reference);
        }
    }

    fn visit_mapping(&mut self, pattern: &ast::PatternMatchMapping) {
        let mut patterns = pattern.patterns.iter();
        for key in &pattern.keys {
            self.read(key);
            if let Some(pattern) = patterns.next() {
                self.visit_pattern(pattern, Need::Reference);
            }
        }
        self.visit_patterns(patterns.as_slice());
        if let Some(rest) = &pattern.rest {
            let value = self.literal(Need::Value, Literal::Mapping, &[]);
            self.bind_variable(rest, value);
        }
    }

    /// A keyword names an attribute of the instance that is matched.
    fn visit_class_pattern(&mut self, pattern: &ast::PatternMatchClass, need: Need) -> Seen {
        let need = if pattern.arguments.keywords.is_empty() { need } else { Need::Value };
        let mut instance = Seen::Nothing;
        if need == Need::Value {
            let class = self.read_value(&pattern.cls);
            instance = self.derive(class, Value::Annotated);
        } else {
            self.read(&pattern.cls);
        }
        self.visit_patterns(&pattern.arguments.patterns);
        for keyword in &pattern.arguments.keywords {
            let binding = if let Seen::Value(value) = instance { Binding::Member(value) } else { Binding::Unknown };
            self.refer_keyword(&keyword.attr, binding);
            self.visit_pattern(&keyword.pattern, Need::Reference);
        }
        instance
    }
}
