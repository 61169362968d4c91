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

/// The layout that a block really has.
#[inline]
pub fn fitted(layout: Layout) -> Layout {
    if layout.size() > LARGEST || layout.align() > ALIGN {
        return layout;
    }
    let size = layout.size().max(SMALLEST).next_power_of_two();
    // SAFETY: the alignment is a power of two, the size at most LARGEST.
    unsafe { Layout::from_size_align_unchecked(size, ALIGN) }
}

/// Whether a fitted layout is one that lists hold.
#[inline]
pub fn holds(layout: Layout) -> bool {
    layout.size() <= LARGEST && layout.align() == ALIGN
}

#[inline]
fn list_of(layout: Layout) -> Option<usize> {
    holds(layout).then(|| (layout.size() / SMALLEST).trailing_zeros() as usize)
}

/// # Safety
/// As GlobalAlloc::alloc; `layout` is fitted.
#[inline]
pub unsafe fn alloc(layout: Layout) -> *mut u8 {
    if let Some(list) = list_of(layout) {
        let block = LISTS.with(|lists| {
            let block = lists[list].first.get();
            if !block.is_null() {
                // SAFETY: a block on a list begins with the address of the next one.
                lists[list].first.set(unsafe { *block.cast::<*mut u8>() });
                lists[list].bytes.set(lists[list].bytes.get() - layout.size());
            }
            block
        });
        if !block.is_null() {
            return block;
        }
    }
    System.alloc(layout)
}

/// # Safety
/// As GlobalAlloc::dealloc; `layout` is fitted.
#[inline]
pub unsafe fn dealloc(pointer: *mut u8, layout: Layout, keep: bool) {
    if keep {
        if let Some(list) = list_of(layout) {
            let kept = LISTS.with(|lists| {
                let bytes = lists[list].bytes.get() + layout.size();
                if bytes > KEPT_BYTES {
                    return false;
                }
                // SAFETY: the block is ours from here on, aligned and larger than an address.
                unsafe { *pointer.cast::<*mut u8>() = lists[list].first.get() };
                lists[list].first.set(pointer);
                lists[list].bytes.set(bytes);
                true
            });
            if kept {
                return;
            }
        }
    }
    System.dealloc(pointer, layout);
}

/// Gives back what this thread keeps.
pub fn drain() {
    LISTS.with(|lists| {
        for (i, list) in lists.iter().enumerate() {
            let size = SMALLEST << i;
            while !list.first.get().is_null() {
                let block = list.first.get();
                // SAFETY: as in alloc; blocks of this list were made with this layout.
                unsafe {
                    list.first.set(*block.cast::<*mut u8>());
                    System.dealloc(block, Layout::from_size_align_unchecked(size, ALIGN));
                }
            }
            list.bytes.set(0);
        }
    });
}
