//! What resolvers are put together from, whatever the language.
//!
//! A frontend's resolver ([`Frontend::resolve`](crate::Frontend::resolve)) goes from reference to reference, finds what
//! each stands for, and reckons with types to get from values to their members. What names lead to, which types there
//! are and how a value gets its type is the language's. What is here is what is the same in each:
//!
//! ```text
//!   Unresolved, World ──▶ Files      the own file, and the interfaces of others that were looked into
//!                         Names      names as small numbers
//!                         Founds     lists of what names stand for, as small numbers
//!                         TypeLists  type arguments and unions, as small numbers
//!                         Interned   anything else, as small numbers
//!                         Output     ──▶ Resolution
//! ```
//!
//! A language brings the type of what its names stand for, if [`Found`] does not tell enough apart, and that of what it
//! knows of values, which is a [`Type`].
//!
//! All of it is for one file and for one call of the frontend. What is kept as a list or a text lies in an arena of the
//! caller, so that it can be read while the tables grow.
//!
//! **Invariant: equal questions give equal numbers, in the order in which they were first asked.** So a resolution
//! depends on nothing but the file and what was asked of the world.

mod files;
mod found;
mod interned;
mod names;
mod output;
mod types;

pub use files::{Files, SeenInterface};
pub use found::{Found, FoundId, Founds};
pub use interned::{Handle, Interned};
pub use names::{Name, Names};
pub use output::Output;
pub use types::{Type, TypeLists, Typed};
