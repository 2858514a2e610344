//! The patterns of `match` statements.

use ruff_python_ast::Pattern;

use super::Lowerer;

impl Lowerer<'_> {
    /// Visits a pattern: values and classes are read, captures bind.
    pub(super) fn visit_pattern(&mut self, pattern: &Pattern) {
        self.nested(|this| match pattern {
            Pattern::MatchValue(pattern) => this.read(&pattern.value),
            Pattern::MatchSingleton(_) => {}
            Pattern::MatchSequence(pattern) => this.visit_patterns(&pattern.patterns),
            Pattern::MatchOr(pattern) => this.visit_patterns(&pattern.patterns),
            Pattern::MatchMapping(pattern) => {
                let mut patterns = pattern.patterns.iter();
                for key in &pattern.keys {
                    this.read(key);
                    if let Some(pattern) = patterns.next() {
                        this.visit_pattern(pattern);
                    }
                }
                patterns.for_each(|pattern| this.visit_pattern(pattern));
                if let Some(rest) = &pattern.rest {
                    this.bind_variable(rest);
                }
            }
            Pattern::MatchClass(pattern) => {
                this.read(&pattern.cls);
                this.visit_patterns(&pattern.arguments.patterns);
                for keyword in &pattern.arguments.keywords {
                    this.refer_keyword(&keyword.attr);
                    this.visit_pattern(&keyword.pattern);
                }
            }
            Pattern::MatchStar(pattern) => {
                if let Some(name) = &pattern.name {
                    this.bind_variable(name);
                }
            }
            Pattern::MatchAs(pattern) => {
                if let Some(inner) = &pattern.pattern {
                    this.visit_pattern(inner);
                }
                if let Some(name) = &pattern.name {
                    this.bind_variable(name);
                }
            }
        });
    }

    fn visit_patterns(&mut self, patterns: &[Pattern]) {
        for pattern in patterns {
            self.visit_pattern(pattern);
        }
    }
}
