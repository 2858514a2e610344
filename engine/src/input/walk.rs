//! Walks the tree.
