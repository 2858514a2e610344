//! The languages that `esker` analyzes. The only place that lists them.

use esker_engine::EngineBuilder;
use esker_engine::api::{FileClass, Frontend};
use esker_frontend_python::Python;
use esker_frontend_typescript::TypeScript;

/// Adds every language.
pub(crate) fn with_languages(builder: EngineBuilder) -> EngineBuilder {
    builder.frontend(Python).frontend(TypeScript)
}

/// Whether some language claims the file at this path, whatever lies around it.
pub(crate) fn is_claimed(path: &str) -> bool {
    classes(path).next().is_some()
}

/// The same for files that have something inside, code or settings.
pub(crate) fn is_source(path: &str) -> bool {
    classes(path).any(|class| matches!(class, FileClass::Code | FileClass::Settings))
}

/// Whether what the file at this path says can tell where imports lead.
pub(crate) fn is_settings(path: &str) -> bool {
    classes(path).any(|class| class == FileClass::Settings)
}

/// Whether nothing is read of the file at this path: that it is there tells where imports lead.
pub(crate) fn is_marker(path: &str) -> bool {
    classes(path).all(|class| class == FileClass::Marker)
}

/// Whether the file at this path can declare names for all others of its language.
pub(crate) fn can_have_globals(path: &str) -> bool {
    claims(path).any(|(language, class)| class == FileClass::Code && language.has_globals())
}

/// What the file at this path is to each language that claims it.
fn classes(path: &str) -> impl Iterator<Item = FileClass> {
    claims(path).map(|(_, class)| class)
}

fn claims(path: &str) -> impl Iterator<Item = (&'static dyn Frontend, FileClass)> {
    let languages: [&dyn Frontend; 2] = [&Python, &TypeScript];
    let claim = move |language: &'static dyn Frontend| Some((language, language.class(language.dialect(path)?)));
    languages.into_iter().filter_map(claim)
}

/// Whether definitions of a language have their documentation inside them.
pub(crate) fn has_docstrings(name: &str) -> bool {
    name == Python.name()
}

/// A language's name as SCIP has it.
pub(crate) fn scip_language(name: &str) -> &str {
    match name {
        _ if name == Python.name() => "Python",
        _ if name == TypeScript.name() => "TypeScript",
        _ => name,
    }
}
