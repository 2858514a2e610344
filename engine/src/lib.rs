//! An incremental code-analysis engine that behaves like a build system.

pub mod graph;
mod input;
