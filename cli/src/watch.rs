//! Being told of changes: what is behind `esker watch`.
//!
//! ```text
//! notify's thread ─▶ Sender ─▶ Inbox ─▶ one Wake for a burst of events ─▶ commands/watch ─▶ Engine
//!      ▲                                                                        │
//!      └────────────── TreeWatcher: directories that a walk looks into ◀────────┘
//! ```
//!
//! **Invariant: a directory is watched before it is looked into.** What happens in it before that is found by looking,
//! what happens afterwards is told, and what happens in between is both.

mod inbox;
mod tree;

pub(crate) use inbox::{Changes, Inbox, Notice, Wake};
pub(crate) use tree::{Relevance, TreeWatcher, failed};
