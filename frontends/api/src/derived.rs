//! What follows from the tables beside it and is found out when it is first asked for.

use std::sync::OnceLock;

/// A value that is made from the other fields of what it is a field of. It is not stored and takes no part in
/// comparisons.
///
/// **Invariant: what it is made from does not change once it is made.** The tables that have such a value are filled
/// first and asked then.
#[derive(Debug)]
pub struct Derived<T>(OnceLock<T>);

impl<T> Derived<T> {
    /// The value, made now if nobody asked before.
    pub(crate) fn get(&self, make: impl FnOnce() -> T) -> &T {
        self.0.get_or_init(make)
    }
}

impl<T> Default for Derived<T> {
    fn default() -> Self {
        Self(OnceLock::new())
    }
}

/// A copy may be changed, so that it begins without the value.
impl<T> Clone for Derived<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T> PartialEq for Derived<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Eq for Derived<T> {}
