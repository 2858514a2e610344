//! What references stand for, over small trees of files.
//!
//! A fixture is several files, each after a line `== path`. A comment `#>` says what names on its line stand for:
//!
//! ```text
//! name = path:qualified.name    a symbol of that file; a file as a whole is `path:`
//! name = <qualified.name>       something from outside
//! name = here                   the symbol of its own file that it is bound to
//! name ! reason                 nothing
//! ```
//!
//! After a symbol, `?` says that this is inferred and `~` that it is one of several, which follow after `|`. Several
//! claims about one line are separated by `;`, and the third `x` of a line is `x#3`.

mod attributes;
mod calls;
mod classes;
mod generics;
mod hostile;
mod imports;
mod interfaces;
mod narrowing;
mod tree;

use tree::{Tree, check};

/// The language of the fixtures.
const FRONTEND: esker_frontend_python::Python = esker_frontend_python::Python;

/// What claims stand behind.
const MARK: &str = "#>";
