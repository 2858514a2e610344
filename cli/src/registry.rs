//! The languages that `esker` analyzes. The only place that lists them.

use esker_engine::EngineBuilder;
use esker_engine::api::Frontend as _;
use esker_frontend_python::Python;

/// Adds every language.
pub(crate) fn with_languages(builder: EngineBuilder) -> EngineBuilder {
    builder.frontend(Python)
}

/// Whether some language claims the file at this path.
pub(crate) fn is_source(path: &str) -> bool {
    Python.dialect(path).is_some()
}

/// A language's name as SCIP has it.
pub(crate) fn scip_language(name: &str) -> &str {
    if name == Python.name() { "Python" } else { name }
}
