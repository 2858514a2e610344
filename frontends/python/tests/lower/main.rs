//! What lowering makes of small pieces of Python, as data: a source on the left, the IR as text on the right.

mod annotations;
mod encodings;
mod exported;
mod facts;
mod hostile;
mod imports;
mod options;
mod rebound;
mod recovery;
mod references;
mod render;
mod scopes;
mod spans;
mod symbols;
mod texts;
mod values;

use esker_frontend_api::{Dialect, FileIr, Frontend, LowerOptions, Source};
use esker_frontend_python::Python;

/// Lowers a source file with the options that are the default.
pub(crate) fn lower(source: &str) -> FileIr {
    lower_bytes(source.as_bytes(), &LowerOptions::default())
}

/// Lowers the bytes of a source file.
pub(crate) fn lower_bytes(bytes: &[u8], options: &LowerOptions) -> FileIr {
    Python.lower(Source { bytes, dialect: Dialect("python"), options })
}

/// Runs `test` on a thread with the stack that the engine promises to a frontend.
pub(crate) fn on_promised_stack<T: Send + 'static>(test: impl FnOnce() -> T + Send + 'static) -> T {
    const PROMISED_STACK_BYTES: usize = 16 * 1024 * 1024;
    let thread = std::thread::Builder::new().stack_size(PROMISED_STACK_BYTES).spawn(test).expect("a thread starts");
    thread.join().expect("the test does not panic")
}
