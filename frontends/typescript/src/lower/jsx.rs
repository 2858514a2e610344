//! The module that JSX is compiled to calls of, which nothing in a file has to name.
//!
//! `/** @jsxImportSource m */` at the head of the file names it, or else the compiler's settings do, which are asked when
//! imports are located. Where nothing in the file is JSX, it is not imported.

use esker_frontend_api::{EdgeKinds, ImportForm};

use super::Lowerer;

/// What comes after the module that is named, by which the calls are imported.
pub(crate) const RUNTIME: &str = "jsx-runtime";

/// What a file has of JSX.
#[derive(Default)]
pub(super) struct Jsx {
    /// Where the first element or fragment starts.
    first: Option<u32>,
    /// The module that a comment names, and where.
    source: Option<(String, u32)>,
    /// Whether a comment says that JSX becomes calls of a function which is in scope.
    is_classic: bool,
}

impl Lowerer<'_> {
    /// Reads what a comment says of how JSX is compiled.
    pub(super) fn jsx_pragmas(&mut self, text: &str, start: u32) {
        let mut at = start;
        for line in text.split_inclusive('\n') {
            let mut words = line
                .trim_start_matches(|character: char| character.is_whitespace() || character == '*')
                .split_whitespace();
            match (words.next(), words.next()) {
                (Some("@jsxImportSource"), Some(source)) => self.jsx.source = Some((source.to_owned(), at)),
                (Some("@jsxRuntime"), Some(runtime)) => self.jsx.is_classic = runtime == "classic",
                _ => {}
            }
            at += line.len() as u32;
        }
    }

    /// Notes that the file has JSX, and where.
    pub(super) fn see_jsx(&mut self, start: u32) {
        self.jsx.first.get_or_insert(start);
    }

    /// Adds the import that the JSX of the file implies.
    pub(super) fn import_jsx_runtime(&mut self) {
        let Jsx { first: Some(first), source, is_classic: false } = std::mem::take(&mut self.jsx) else { return };
        let (specifier, form, at) = match source {
            Some((source, at)) => (format!("{}/{RUNTIME}", source.trim_end_matches('/')), ImportForm::Module, at),
            None => (RUNTIME.to_owned(), ImportForm::Implied, first),
        };
        let specifier = self.intern(&specifier);
        let line = self.line(at);
        self.add_named(specifier, None, form, EdgeKinds::empty(), line);
    }
}
