//! What a verification of the cache found, for people.

use esker_engine::{Difference, Place, VerifyReport};

use super::{counted, grouped};

/// A line if all was kept right, otherwise one for each result that was not, too.
pub(crate) fn verification(report: &VerifyReport) -> String {
    let files = counted(report.files, "file", "files");
    let results = counted(usize::try_from(report.results).unwrap_or(usize::MAX), "result", "results");
    if report.differences.is_empty() {
        return format!("verified {files}: {results} as kept\n");
    }
    let wrong = report.differences.len();
    let mut text = format!("verified {files}: {} of {results} kept wrong, and mended now\n", grouped(wrong));
    for Difference { path, stage, place } in &report.differences {
        let place = match place {
            Place::Record => "record",
            Place::Manifest => "manifest",
        };
        text += &format!("  {stage} of {path} ({place})\n");
    }
    text
}
