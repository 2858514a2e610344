//! What the process is to the system: its memory, its signals, its threads among those of make.

mod allocator;
mod huge_pages;
pub(crate) mod interrupt;
pub(crate) mod jobserver;

pub(crate) use allocator::Allocator;

/// Sets up what has to be before anything is allocated.
pub(crate) fn configure() {
    huge_pages::disable();
    allocator::configure();
}
