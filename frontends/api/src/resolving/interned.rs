//! Handles: small numbers that stand for things, so that they can be copied and compared freely.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

use rustc_hash::FxHashMap;

/// The number of a `T` in the table that it came from. Meaningless in any other table.
pub struct Handle<T: ?Sized>(u32, PhantomData<fn() -> Box<T>>);

impl<T: ?Sized> Handle<T> {
    /// The handle of the thing at this position of a table.
    #[inline]
    #[must_use]
    pub const fn new(index: usize) -> Self {
        Self(index as u32, PhantomData)
    }

    /// The position in the table.
    #[inline]
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

// Derived ones would ask the same of `T`.

impl<T: ?Sized> Clone for Handle<T> {
    #[inline]
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: ?Sized> Copy for Handle<T> {}

impl<T: ?Sized> PartialEq for Handle<T> {
    #[inline]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}

impl<T: ?Sized> Eq for Handle<T> {}

impl<T: ?Sized> PartialOrd for Handle<T> {
    #[inline]
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T: ?Sized> Ord for Handle<T> {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}

impl<T: ?Sized> Hash for Handle<T> {
    #[inline]
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl<T: ?Sized> fmt::Debug for Handle<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.0)
    }
}

/// Gives equal things equal handles: `0`, `1`, … in the order in which they first came.
#[derive(Debug)]
pub struct Interned<T> {
    items: Vec<T>,
    handles: FxHashMap<T, Handle<T>>,
}

impl<T> Default for Interned<T> {
    fn default() -> Self {
        Self { items: Vec::new(), handles: FxHashMap::default() }
    }
}

impl<T: Copy + Eq + Hash> Interned<T> {
    /// The handle of `item`, which is added if it is new.
    pub fn handle(&mut self, item: T) -> Handle<T> {
        if let Some(&handle) = self.handles.get(&item) {
            return handle;
        }
        let handle = Handle::new(self.items.len());
        self.items.push(item);
        self.handles.insert(item, handle);
        handle
    }

    /// The thing with this handle.
    ///
    /// # Panics
    ///
    /// If the handle is of another table that has more things.
    #[inline]
    #[must_use]
    pub fn get(&self, handle: Handle<T>) -> T {
        self.items[handle.index()]
    }
}

#[cfg(test)]
mod tests {
    use super::Interned;

    #[test]
    fn equal_things_have_equal_handles_and_others_do_not() {
        let mut table = Interned::default();
        let handles = ["a", "b", "a", "c", "b"].map(|item| table.handle(item));
        assert_eq!(handles.map(|handle| handle.index()), [0, 1, 0, 2, 1]);
        assert_eq!(handles.map(|handle| table.get(handle)), ["a", "b", "a", "c", "b"]);
    }
}
