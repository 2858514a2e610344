//! Pages of two megabytes, which the allocator asks the kernel for.
//!
//! The kernel clears them as a whole when their first byte is touched. For a run that has little to do that takes
//! longer than the rest of its start. A cold build computes with them in 0.97 of the time, and spends twice as long in
//! the kernel: homeassistant takes 0.92 of the CPU without them, and 211 MiB instead of 229.

/// Does without them from here on.
#[cfg(target_os = "linux")]
pub(crate) fn disable() {
    // A kernel that knows no such setting has its own way.
    _ = rustix::thread::disable_transparent_huge_pages(true);
}

/// There are none.
#[cfg(not(target_os = "linux"))]
pub(crate) fn disable() {}
