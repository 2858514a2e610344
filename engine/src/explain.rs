//! Why the last build executed or reused the stages of a file.
//!
//! What made a run look at a file is noted where it is found out (`session::propagate`) and kept in the manifest
//! (`manifest::Reasons`), so that it can be asked for by a later process.
//!
//! **Invariant: a cause names what the run went by**, one file and one name where there are several. It never enters a
//! key or a digest: an answer does not depend on it.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The stages that are explained, in the order in which they follow each other.
pub(crate) const STAGES: [&str; 4] =
    [crate::parse::IR.name(), crate::edges::EDGES.name(), crate::exports::EXPORTS.name(), crate::resolve::RESOLUTION.0];

/// What became of a file in the last build that found some change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The file's path.
    pub path: String,
    /// One for each stage: `ir`, `edges`, and where names are known `exports`, `resolution`.
    pub stages: Vec<StageExplanation>,
}

/// What became of a stage of a file, and why. Displayed, it is a phrase such as `executed: its content changed`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StageExplanation {
    /// The stage's name.
    pub stage: &'static str,
    /// What became of it.
    pub outcome: Outcome,
    /// What made the build look at it; none if it was not looked at.
    pub cause: Option<Cause>,
}

/// The stages that find out names, as positions among those that are explained.
pub(crate) const OF_NAMES: std::ops::Range<usize> = 2..STAGES.len();

impl StageExplanation {
    /// Whether the stage finds out names.
    pub(crate) fn is_of_names(&self) -> bool {
        STAGES[OF_NAMES].contains(&self.stage)
    }
}

/// What became of a stage of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Outcome {
    /// The build had no reason to look at it.
    #[default]
    Untouched,
    /// It was looked at and came out as it was.
    Same,
    /// It came out different, as a result that was known: from an earlier build, or from a file with equal inputs.
    Known,
    /// The stage's function ran.
    Executed,
}

impl Outcome {
    /// Its name in data: `untouched`, `same`, `known` or `executed`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Untouched => "untouched",
            Self::Same => "same",
            Self::Known => "known",
            Self::Executed => "executed",
        }
    }
}

/// What made a build look at a stage of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Cause {
    /// Nothing was known: there was no build with this setup.
    FirstBuild,
    /// The build was told to compute everything anew.
    Forced,
    /// The file was not there before.
    NewFile,
    /// The file has other bytes.
    Content,
    /// The last build could not analyze the file, or the frontend failed on it.
    Accident,
    /// The file's imports are others, or on other lines.
    OwnImports,
    /// A file appeared, with a path that was looked for.
    Appeared(Arc<str>),
    /// A file is gone, whose path was looked for.
    Gone(Arc<str>),
    /// A file that is imported whole lists other names as its public ones.
    PublicNames(Arc<str>),
    /// A settings file that was read says something else.
    Settings(Arc<str>),
    /// Absolute imports start from other directories.
    ImportRoots,
    /// The file's own IR is another.
    OwnIr,
    /// The file's imports lead to other files, or do so differently.
    ImportsLeadElsewhere,
    /// A name that was asked for is answered differently: the file, and the name in it. Where several are, the first by
    /// path and name. `*` stands for the file's star imports.
    Name(Arc<str>, Arc<str>),
    /// A file that can be reached exports something else, and what it was before is not known any more.
    LostNames,
    /// The stage's result was needed and not kept.
    LostResult,
    /// What files have inside was asked for, and the builds before had left it until then.
    NamesWanted,
}

impl Cause {
    /// Its name in data.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::FirstBuild => "first-build",
            Self::Forced => "forced",
            Self::NewFile => "new-file",
            Self::Content => "content",
            Self::Accident => "accident",
            Self::OwnImports => "own-imports",
            Self::Appeared(_) => "appeared",
            Self::Gone(_) => "gone",
            Self::PublicNames(_) => "public-names",
            Self::Settings(_) => "settings",
            Self::ImportRoots => "import-roots",
            Self::OwnIr => "own-ir",
            Self::ImportsLeadElsewhere => "imports-lead-elsewhere",
            Self::Name(..) => "name",
            Self::LostNames => "lost-names",
            Self::LostResult => "lost-result",
            Self::NamesWanted => "names-wanted",
        }
    }

    /// The other file that it is about, if there is one.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Appeared(path)
            | Self::Gone(path)
            | Self::PublicNames(path)
            | Self::Settings(path)
            | Self::Name(path, _) => Some(path),
            _ => None,
        }
    }

    /// The name in the other file that it is about, if there is one.
    #[must_use]
    pub fn symbol(&self) -> Option<&str> {
        match self {
            Self::Name(_, name) => Some(name),
            _ => None,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::FirstBuild => f.write_str("first build"),
            Self::Forced => f.write_str("everything was to be computed anew"),
            Self::NewFile => f.write_str("new file"),
            Self::Content => f.write_str("its content changed"),
            Self::Accident => f.write_str("it could not be analyzed last time"),
            Self::OwnImports => f.write_str("its own imports changed"),
            Self::Appeared(path) => write!(f, "{path} appeared"),
            Self::Gone(path) => write!(f, "{path} is gone"),
            Self::PublicNames(path) => write!(f, "what {path} lists as public names changed"),
            Self::Settings(path) => write!(f, "the settings in {path} changed"),
            Self::ImportRoots => f.write_str("the import roots changed"),
            Self::OwnIr => f.write_str("its own IR changed"),
            Self::ImportsLeadElsewhere => f.write_str("its imports lead elsewhere"),
            Self::Name(path, name) if **name == *crate::resolve::STARS => write!(f, "{path}: its star imports changed"),
            Self::Name(path, name) if **name == *crate::resolve::IMPORTS => write!(f, "{path}: its imports changed"),
            Self::Name(path, name) => write!(f, "{path}: {name} changed"),
            Self::LostNames => f.write_str("what a file exported that it can reach is not known any more"),
            Self::LostResult => f.write_str("its result was not kept"),
            Self::NamesWanted => f.write_str("names are asked for, which the builds before left until then"),
        }
    }
}

impl fmt::Display for StageExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let is_ir = self.stage == STAGES[0];
        match (&self.cause, self.outcome) {
            (None, Outcome::Executed) => f.write_str("executed"),
            (None, _) => write!(f, "reused: {}", unchanged(self.stage)),
            (Some(_), Outcome::Untouched) => write!(f, "reused: {}", unchanged(self.stage)),
            (Some(cause), Outcome::Executed) => write!(f, "executed: {cause}"),
            (Some(cause), Outcome::Known) if is_ir => write!(f, "reused: {cause}, but an equal text was known"),
            (Some(cause), Outcome::Known) => write!(f, "reused: {cause}, but an equal result was known"),
            (Some(cause), Outcome::Same) => {
                write!(f, "reused: looked at again because {cause}; nothing came out different")
            }
        }
    }
}

/// Why there was no reason to look at a stage.
fn unchanged(stage: &str) -> &'static str {
    match STAGES.iter().position(|explained| *explained == stage) {
        Some(0) => "its content is the same",
        Some(1) => "its imports are the same, and nothing that they look for came or went",
        Some(2) => "its IR is the same, and its imports lead where they led",
        _ => "nothing that it asked for changed",
    }
}
