//! Pages of two megabytes, which the allocator asks the kernel for.
//!
//! A cold build fills hundreds of megabytes and is the faster for them. A run that has little to do touches a few
//! kilobytes here and there, for each of which the kernel clears two megabytes: that takes longer than the rest of the
//! start, and doubles the memory of a run that finds nothing changed.

/// Does without them from here on.
pub(crate) fn disable() {
    set_disabled(true);
}

/// Takes them from here on, where the allocator wants them.
pub(crate) fn enable() {
    set_disabled(false);
}

#[cfg(target_os = "linux")]
fn set_disabled(disabled: bool) {
    // A kernel that knows no such setting has its own way.
    _ = rustix::thread::disable_transparent_huge_pages(disabled);
}

#[cfg(not(target_os = "linux"))]
fn set_disabled(_: bool) {}
