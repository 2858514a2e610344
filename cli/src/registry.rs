//! The languages that `esker` analyzes. The only place that lists them.

use esker_engine::EngineBuilder;

/// Adds every language.
pub(crate) fn with_languages(builder: EngineBuilder) -> EngineBuilder {
    builder.frontend(esker_frontend_python::Python)
}
