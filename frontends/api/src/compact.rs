//! Tables of thousands of files stay in memory at a time, in no more room than they need.

/// The same items in a block of their size, if theirs is much larger. To shrink a block does not do it: an allocator
/// may leave it where it is as long as half of it is used.
pub(crate) fn compact<T: Clone>(items: Vec<T>) -> Vec<T> {
    if is_roomy(items.capacity(), items.len()) { items.as_slice().to_vec() } else { items }
}

/// The same for a text.
pub(crate) fn compact_text(text: String) -> String {
    if is_roomy(text.capacity(), text.len()) { text.as_str().to_owned() } else { text }
}

fn is_roomy(capacity: usize, length: usize) -> bool {
    capacity - length > length / 8
}
