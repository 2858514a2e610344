//! What a verification found out: plain data.

use serde::Serialize;

/// How far what was kept is what is computed now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct VerifyReport {
    /// How many files were computed anew.
    pub files: usize,
    /// How many results of theirs were compared.
    pub results: u64,
    /// What was kept wrong, ascending by path, then in the order of the stages. It is mended already.
    pub differences: Vec<Difference>,
}

/// A result that was kept wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The file.
    pub path: String,
    /// The stage; `content` where the file's stat said that it is unchanged, and it was not.
    pub stage: &'static str,
    /// Where the wrong result was.
    pub place: Place,
}

/// Where a wrong result was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// In the store, under the key of the right one.
    Record,
    /// In the manifest, which the last builds answered from. Where a file has a wrong record, what follows from it in
    /// the manifest is not told again.
    Manifest,
}
