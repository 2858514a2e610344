//! What was visited, found again by where it stands.

use rustc_hash::FxHashMap;

/// What stands at offsets of the text. Nearly all of it is added in the order of the text and asked for soon after, so
/// that it lies in a list which is searched from its end.
pub(super) struct ByOffset<T> {
    /// Ascending.
    rows: Vec<(u32, T)>,
    /// What was added behind the visitor's back: what stands before the last row.
    earlier: FxHashMap<u32, T>,
}

impl<T> Default for ByOffset<T> {
    fn default() -> Self {
        Self { rows: Vec::new(), earlier: FxHashMap::default() }
    }
}

impl<T: Copy> ByOffset<T> {
    /// What stands there.
    pub(super) fn get(&self, at: u32) -> Option<T> {
        match self.position(at) {
            Some(position) => Some(self.rows[position].1),
            None if self.earlier.is_empty() => None,
            None => self.earlier.get(&at).copied(),
        }
    }

    /// Adds what stands there, in place of what was there.
    pub(super) fn insert(&mut self, at: u32, value: T) {
        if self.rows.last().is_none_or(|(last, _)| *last < at) {
            self.rows.push((at, value));
        } else if let Some(position) = self.position(at) {
            self.rows[position].1 = value;
        } else {
            self.earlier.insert(at, value);
        }
    }

    /// Adds what stands there, unless something does already.
    pub(super) fn insert_first(&mut self, at: u32, value: T) {
        if self.get(at).is_none() {
            self.insert(at, value);
        }
    }

    fn position(&self, at: u32) -> Option<usize> {
        // All rows from `end` on stand behind the place.
        let mut end = self.rows.len();
        let mut step = 1;
        while step < end && self.rows[end - step].0 > at {
            end -= step;
            step *= 2;
        }
        let start = end.saturating_sub(step);
        let found = self.rows[start..end].binary_search_by_key(&at, |(at, _)| *at);
        found.ok().map(|position| start + position)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_added_last_or_first_is_found(steps in prop::collection::vec((0..40_u32, any::<bool>()), 0..60)) {
            let (mut list, mut map) = (ByOffset::default(), FxHashMap::default());
            for (value, (at, replaces)) in steps.into_iter().enumerate() {
                if replaces {
                    list.insert(at, value);
                    map.insert(at, value);
                } else {
                    list.insert_first(at, value);
                    map.entry(at).or_insert(value);
                }
                for at in 0..41 {
                    prop_assert_eq!(list.get(at), map.get(&at).copied());
                }
            }
        }
    }
}
