//! Everything that is known of the code, in forms that other programs read.
//!
//! ```text
//!   CodeIndex ─ file by file ─▶ FileView ─ names ─▶ scip    a document, length-delimited
//!                                                └▶ jsonl   some lines
//!                                                      └──▶ Spool ─▶ stdout or -o FILE
//! ```
//!
//! **Invariant: no more than one file is held at a time**, so that the memory needed does not grow with the repository.

mod documentation;
mod jsonl;
mod names;
mod scip;

use std::path::Path;

use esker_engine::Digest;
use esker_engine::code::CodeIndex;

pub(crate) use jsonl::write as write_jsonl;
pub(crate) use scip::write as write_scip;

/// After how many files interfaces of others are let go of. Each file asks for some ten others, half of them the same
/// that its neighbours ask for.
const FILES_BETWEEN_LETTING_GO: usize = 256;

/// The text of a file as the build found it; `None` if it cannot be read, is another by now, or is not UTF-8.
fn text(index: &CodeIndex<'_>, root: &Path, path: &str) -> Option<String> {
    let bytes = std::fs::read(root.join(path)).ok()?;
    if index.content_digest(path)? != Digest::of(&bytes) {
        return None;
    }
    let text = String::from_utf8(bytes).ok()?;
    Some(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
}
