//! One import, as an edge of the graph has it.

use esker_frontend_api::EdgeKinds;
use serde::{Deserialize, Serialize};

/// One import as an edge has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ImportSite {
    /// The line of the import; 0 for what the importer's place alone implies.
    pub line: u32,
    /// How the import is made.
    pub kinds: EdgeKinds,
}
