// SPDX-License-Identifier: Apache-2.0
//! Small blocks kept for the next use. The interpreter makes and drops some hundred thousand small
//! strings and vectors a second, mostly growing byte by byte: a third of an evaluation was the C
//! allocator. Blocks up to 256 bytes have one of four sizes, so a string that grows inside its size
//! stays where it is, and a block that an evaluation frees waits on a list of its thread.
//!
//! Only evaluations keep blocks, and `drain` gives them back (bh_evaluator_free): the standard
//! library forbids an allocator to use thread locals that clean up after themselves.
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr::null_mut;

/// What the C allocator aligns to anyway; stricter layouts go to it as they are.
const ALIGN: usize = 16;
const SMALLEST: usize = 32;
const SIZES: usize = 4;
const LARGEST: usize = SMALLEST << (SIZES - 1);
/// Bytes that one list of a thread may hold.
const KEPT_BYTES: usize = 256 << 10;

struct List {
    first: Cell<*mut u8>,
    bytes: Cell<usize>,
}

thread_local! {
    static LISTS: [List; SIZES] = const {
        [const { List { first: Cell::new(null_mut()), bytes: Cell::new(0) } }; SIZES]
    };
}

/// Which list a block is one of; `None` for those that go to the C allocator as they are.
#[inline]
pub fn list_of(layout: Layout) -> Option<usize> {
    if layout.size() > LARGEST || layout.align() > ALIGN {
        return None;
    }
    // 1 to 32 bytes: 0; up to 64: 1; up to 128: 2; up to 256: 3.
    let units = layout.size().saturating_sub(1) / SMALLEST;
    Some((usize::BITS - units.leading_zeros()) as usize)
}

/// Bytes of each block of a list.
#[inline]
pub const fn size_of(list: usize) -> usize {
    SMALLEST << list
}

#[inline]
const fn layout_of(list: usize) -> Layout {
    // SAFETY: the alignment is a power of two, the size at most LARGEST.
    unsafe { Layout::from_size_align_unchecked(size_of(list), ALIGN) }
}

/// # Safety
/// As GlobalAlloc::alloc of a layout that `list_of` answered with `list`.
#[inline]
pub unsafe fn alloc(list: usize) -> *mut u8 {
    let block = LISTS.with(|lists| {
        let kept = &lists[list];
        let block = kept.first.get();
        if !block.is_null() {
            // SAFETY: a block on a list begins with the address of the next one.
            kept.first.set(unsafe { *block.cast::<*mut u8>() });
            kept.bytes.set(kept.bytes.get() - size_of(list));
        }
        block
    });
    if block.is_null() {
        return System.alloc(layout_of(list));
    }
    block
}

/// # Safety
/// `pointer` comes from `alloc` with the same list and is not used again.
#[inline]
pub unsafe fn dealloc(pointer: *mut u8, list: usize, keep: bool) {
    let kept = keep
        && LISTS.with(|lists| {
            let kept = &lists[list];
            let bytes = kept.bytes.get() + size_of(list);
            if bytes > KEPT_BYTES {
                return false;
            }
            // SAFETY: the block is ours from here on, aligned and larger than an address.
            unsafe { *pointer.cast::<*mut u8>() = kept.first.get() };
            kept.first.set(pointer);
            kept.bytes.set(bytes);
            true
        });
    if !kept {
        System.dealloc(pointer, layout_of(list));
    }
}

/// Gives back what this thread keeps.
pub fn drain() {
    LISTS.with(|lists| {
        for (i, list) in lists.iter().enumerate() {
            while !list.first.get().is_null() {
                let block = list.first.get();
                // SAFETY: as in alloc; blocks of this list were made with this layout.
                unsafe {
                    list.first.set(*block.cast::<*mut u8>());
                    System.dealloc(block, layout_of(i));
                }
            }
            list.bytes.set(0);
        }
    });
}
