//! How complex is each function? An analyzer built on Esker, in three small parts.
//!
//! Esker finds the files, notices what changed and keeps results. An analyzer adds a *query of its own*: what it
//! computes for one file ([`Complexities`]), from what ([`ComplexityInputs`]), and how (`complexity`). The query goes
//! through the same door as Esker's own stages, and so it gets for nothing:
//!
//! - a second run computes nothing, in the same process or in another;
//! - an edit computes one file again;
//! - switching back to a branch computes nothing, because results are kept by content.
//!
//! ```text
//! FileReader ─ inputs() ─▶ ComplexityInputs ─ digest ─▶ kept already? ─ yes ─▶ Complexities
//!                                                            │ no
//!                                                            └─ functions_of(&inputs) ─▶ Complexities, kept
//! ```
//!
//! The rules for a query of your own:
//!
//! 1. `inputs` reads what it needs from the [`FileReader`] and from nowhere else: that is how a change becomes known.
//! 2. Every input goes into the fingerprint; what is not in it must not influence the result.
//! 3. The stage's function is pure. It is a `fn` pointer, so it can capture nothing.
//! 4. When the function or the result's form changes, raise the stage's version: results of other versions are not used.

mod complexity;

use std::path::Path;

use esker_engine::{Engine, EngineError, FileQuery, FileReader, Fingerprint, Inputs, Stage, Text};
use esker_frontend_python::Python;
use serde::{Deserialize, Serialize};

/// A function and how complex it is. Plain data that serde knows: that is all a kept result has to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FunctionComplexity {
    /// The function's name with those of the classes and functions around it, as Python's `__qualname__` without
    /// `<locals>`.
    pub name: String,
    /// The line of its `def`, the first one being 1.
    pub line: u32,
    /// Its cyclomatic complexity: one more than it has places where the path forks.
    pub complexity: u32,
}

/// The query: the functions of one file, in the order in which they begin.
pub struct Complexities;

/// What the functions of a file are computed from: its text. A [`Text`] is a handle; nothing is read before the
/// stage's function asks for the bytes, and it asks only if the result is not kept already.
#[derive(Clone)]
pub struct ComplexityInputs {
    text: Text,
}

impl Inputs for ComplexityInputs {
    fn fingerprint(&self, into: &mut Fingerprint) {
        into.digest(self.text.digest());
    }
}

impl FileQuery for Complexities {
    type Inputs = ComplexityInputs;
    type Output = Vec<FunctionComplexity>;
    const STAGE: Stage<ComplexityInputs, Vec<FunctionComplexity>> = Stage::new("example-complexity", 1, functions_of);

    fn inputs(file: &FileReader<'_>) -> Option<ComplexityInputs> {
        // A file that was not read has no text and gets no result.
        (file.language() == "python").then(|| file.text())?.map(|text| ComplexityInputs { text })
    }
}

fn functions_of(inputs: &ComplexityInputs) -> Vec<FunctionComplexity> {
    complexity::functions(&String::from_utf8_lossy(&inputs.text.bytes()))
}

/// An engine for the Python files below a directory. It keeps its results in `cache`, where there is one.
///
/// # Errors
///
/// If the directory cannot be read.
pub fn engine(directory: &Path, cache: Option<&Path>) -> Result<Engine, EngineError> {
    let builder = Engine::builder(directory).frontend(Python);
    match cache {
        Some(cache) => builder.with_cache(cache),
        None => builder,
    }
    .build()
}

/// What [`survey`] found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Every function with the path of its file; the most complex one first, equals by path and line.
    pub functions: Vec<(String, FunctionComplexity)>,
    /// How many files there are.
    pub files: usize,
    /// The files that had to be computed, ascending; for all others the result was there already.
    pub executed: Vec<String>,
}

/// Brings the engine up to date and lists the functions of all files.
///
/// # Errors
///
/// If the directory cannot be read; never because of what is in the files.
pub fn survey(engine: &mut Engine) -> Result<Survey, EngineError> {
    let files = engine.execute()?.report().files;
    let answers = engine.query::<Complexities>()?;
    let mut functions = Vec::new();
    for (path, result) in &answers.results {
        // A result comes as a digest; its value is loaded here, when it is wanted.
        functions.extend(result.value().iter().map(|function| (path.clone(), function.clone())));
    }
    // Paths ascend and lines within them, and the sort is stable.
    functions.sort_by_key(|(_, function)| std::cmp::Reverse(function.complexity));
    Ok(Survey { functions, files, executed: answers.executed })
}
