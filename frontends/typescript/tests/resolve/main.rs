//! What references stand for, over small trees of files. How fixtures are written is told in the tests of Python's
//! frontend, which share the tree; here claims stand behind `//>`.

mod calls;
mod classes;
mod generics;
mod globals;
mod hostile;
mod imports;
mod interfaces;
mod jsdoc;
mod jsx;
mod narrowing;
mod objects;
mod overloads;
mod parts;
#[path = "../../../python/tests/resolve/tree.rs"]
mod tree;
mod types;

use tree::{Tree, check};

/// The language of the fixtures.
const FRONTEND: esker_frontend_typescript::TypeScript = esker_frontend_typescript::TypeScript;

/// What claims stand behind.
const MARK: &str = "//>";
