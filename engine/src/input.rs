//! What the engine knows of the outside: which files there are, and the text of each.

mod changes;
mod files;
mod fileset;
mod globals;
mod source;
mod stat;
mod texts;
mod walk;

pub use changes::ListError;
pub(crate) use changes::{Candidate, ChangeSet, listed_changes, relative_path, walked_changes};
pub(crate) use files::{Doubt, Files, Lifetime, Sharded, in_any_root};
pub(crate) use fileset::FileSet;
pub(crate) use globals::Globals;
pub(crate) use source::{Content, FrontendId, SourceFile};
pub(crate) use stat::Stat;
pub use texts::Text;
pub(crate) use texts::Texts;
pub use walk::is_rule;
pub(crate) use walk::{Rules, WalkOptions, walk_below};
