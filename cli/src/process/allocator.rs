//! mimalloc as the allocator of the process.
//!
//! The crate `mimalloc` asks for every block by size and alignment, which takes a longer way through the library than
//! to ask by size alone. Nearly all blocks need no other alignment than every block has.

#![allow(unsafe_code)]

use std::alloc::{GlobalAlloc, Layout};

use libmimalloc_sys as mimalloc;

/// What every block is aligned to.
const ALWAYS_ALIGNED: usize = size_of::<usize>();

/// The option of mimalloc 2 by which a thread that ends gives back at once what it leaves free
/// (`abandoned_page_purge`). The crate has no name for it.
const PURGE_WHAT_THREADS_LEAVE: mimalloc::mi_option_t = 12;

/// The option by which free memory goes back to the kernel after so many milliseconds (`purge_delay`). The crate has no
/// name for it either.
const PURGE_DELAY: mimalloc::mi_option_t = 15;

/// A build takes up memory again that it has just left. After 10 milliseconds, which is what the allocator waits
/// otherwise, much of that would have to come from the kernel: a cold build of homeassistant takes 1.05 times the CPU,
/// for 2 MiB less at the most.
const PURGE_DELAY_MS: std::ffi::c_long = 200;

pub(crate) struct Allocator;

/// Sets how memory goes back to the kernel. Has to come before other threads are started.
pub(crate) fn configure() {
    // SAFETY: there is no other thread yet.
    unsafe {
        mimalloc::mi_option_set(PURGE_WHAT_THREADS_LEAVE, 1);
        mimalloc::mi_option_set(PURGE_DELAY, PURGE_DELAY_MS);
    }
}

// SAFETY: each block comes from mimalloc and goes back to it. `mi_malloc`, `mi_zalloc` and `mi_realloc` align to a word
// at least, which is all that blocks get that come by them; all others come by the functions that align as asked. None
// of these functions unwinds, and all give null if there is no memory.
unsafe impl GlobalAlloc for Allocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= ALWAYS_ALIGNED {
            // SAFETY: any size will do.
            unsafe { mimalloc::mi_malloc(layout.size()).cast() }
        } else {
            // SAFETY: the alignment of a layout is a power of two.
            unsafe { mimalloc::mi_malloc_aligned(layout.size(), layout.align()).cast() }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if layout.align() <= ALWAYS_ALIGNED {
            // SAFETY: as above.
            unsafe { mimalloc::mi_zalloc(layout.size()).cast() }
        } else {
            // SAFETY: as above.
            unsafe { mimalloc::mi_zalloc_aligned(layout.size(), layout.align()).cast() }
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, _: Layout) {
        // SAFETY: the caller has it from one of these functions; mimalloc finds out itself how it was aligned.
        unsafe { mimalloc::mi_free(block.cast()) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        if layout.align() <= ALWAYS_ALIGNED {
            // SAFETY: the caller has the block from one of these functions.
            unsafe { mimalloc::mi_realloc(block.cast(), size).cast() }
        } else {
            // SAFETY: the same, and the alignment of a layout is a power of two.
            unsafe { mimalloc::mi_realloc_aligned(block.cast(), size, layout.align()).cast() }
        }
    }
}
