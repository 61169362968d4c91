// SPDX-License-Identifier: Apache-2.0
//! Limits that hold whatever the interpreter is doing: every allocation of this crate passes here.
//!
//! While a budget is armed on a thread, an allocation is refused when the bytes added since arming
//! exceed the limit, when the deadline has passed, or when the stack is nearly used up. A refused
//! allocation becomes a panic (`install`), which unwinds to the guard around the entry point. So a
//! comprehension over a huge range, a string that grows without end and a recursion without end all
//! stop here, in code that knows nothing of limits. Code that allocates nothing is bounded by the
//! interpreter's own timer and by the sizes that the builtins accept.
//!
//! The standard library promises that `handle_alloc_error` "panics or aborts" and all collections
//! are written for it; the hook that chooses panic is still unstable, hence RUSTC_BOOTSTRAP for
//! this one crate (src/policy/CMakeLists.txt).
use crate::pool;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Why a budget stopped the work. The numbers are those of `Status` in policy_ffi.h.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Stop {
    Memory = 2,
    Deadline = 3,
    Stack = 4,
}

#[derive(Clone, Copy)]
#[repr(C)]
pub struct Limits {
    /// Nanoseconds of this thread's processor time that the call may take.
    pub deadline_ns: u64,
    /// Live bytes that the call may add.
    pub memory_bytes: u64,
    /// Lowest stack address that may be used; 0 for no check.
    pub stack_low: usize,
    /// Nesting of documents.
    pub depth: u32,
}

/// What unwinding and reporting may still allocate after a stop.
const SLACK_BYTES: i64 = 64 << 20;
/// The clock is read once in so many allocations, and whenever this many bytes were asked for.
const CLOCK_EVERY: u32 = 4096;
const CLOCK_EVERY_BYTES: usize = 1 << 20;

struct Budget {
    armed: Cell<bool>,
    live: Cell<i64>,
    limit: Cell<i64>,
    deadline_ns: Cell<u64>,
    stack_low: Cell<usize>,
    countdown: Cell<u32>,
    stop: Cell<u8>,
}

thread_local! {
    static BUDGET: Budget = const {
        Budget {
            armed: Cell::new(false),
            live: Cell::new(0),
            limit: Cell::new(0),
            deadline_ns: Cell::new(0),
            stack_low: Cell::new(0),
            countdown: Cell::new(0),
            stop: Cell::new(0),
        }
    };
}

/// Processor time of this thread: what other work takes is not held against a policy.
fn now_ns() -> u64 {
    #[repr(C)]
    struct Timespec {
        seconds: i64,
        nanoseconds: i64,
    }
    extern "C" {
        fn clock_gettime(clock: i32, out: *mut Timespec) -> i32;
    }
    const CLOCK_THREAD_CPUTIME_ID: i32 = 3;
    let mut time = Timespec { seconds: 0, nanoseconds: 0 };
    // SAFETY: writes one timespec. (std has no such clock.)
    unsafe { clock_gettime(CLOCK_THREAD_CPUTIME_ID, &mut time) };
    (time.seconds as u64).wrapping_mul(1_000_000_000).wrapping_add(time.nanoseconds as u64)
}

impl Budget {
    #[inline]
    fn admits(&self, size: usize) -> bool {
        self.live.set(self.live.get().wrapping_add(size as i64));
        !self.armed.get() || self.admits_armed(size)
    }

    #[inline]
    fn admits_armed(&self, size: usize) -> bool {
        if self.stop.get() != 0 {
            return self.live.get() <= self.limit.get().saturating_add(SLACK_BYTES)
                || self.refuse(size);
        }
        if self.live.get() > self.limit.get() {
            return self.stopped(Stop::Memory, size);
        }
        let mark = 0u8;
        if (&raw const mark as usize) < self.stack_low.get() {
            return self.stopped(Stop::Stack, size);
        }
        let left = self.countdown.get();
        if left == 0 || size >= CLOCK_EVERY_BYTES {
            self.countdown.set(CLOCK_EVERY);
            if now_ns() > self.deadline_ns.get() {
                return self.stopped(Stop::Deadline, size);
            }
        } else {
            self.countdown.set(left - 1);
        }
        true
    }

    #[cold]
    fn stopped(&self, why: Stop, size: usize) -> bool {
        self.stop.set(why as u8);
        self.refuse(size)
    }

    #[cold]
    fn refuse(&self, size: usize) -> bool {
        self.live.set(self.live.get().wrapping_sub(size as i64));
        false
    }
}

/// The C allocator behind the pool of small blocks, metered.
pub struct Metered;

// SAFETY: every method forwards the fitted layout, which is the same for the same layout, or
// returns null.
unsafe impl GlobalAlloc for Metered {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let layout = pool::fitted(layout);
        if !BUDGET.with(|b| b.admits(layout.size())) {
            return std::ptr::null_mut();
        }
        pool::alloc(layout)
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let layout = pool::fitted(layout);
        if !BUDGET.with(|b| b.admits(layout.size())) {
            return std::ptr::null_mut();
        }
        System.alloc_zeroed(layout)
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let layout = pool::fitted(layout);
        let armed = BUDGET.with(|b| {
            b.live.set(b.live.get().wrapping_sub(layout.size() as i64));
            b.armed.get()
        });
        pool::dealloc(pointer, layout, armed);
    }

    #[inline]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let old = pool::fitted(layout);
        let new = pool::fitted(Layout::from_size_align_unchecked(size, layout.align()));
        if old == new {
            return pointer;
        }
        if !pool::holds(old) && !pool::holds(new) {
            return realloc_large(pointer, old, size);
        }
        let moved = self.alloc(new);
        if !moved.is_null() {
            std::ptr::copy_nonoverlapping(pointer, moved, layout.size().min(size));
            self.dealloc(pointer, old);
        }
        moved
    }
}

/// # Safety
/// As GlobalAlloc::realloc, for blocks that the C allocator made as they are.
unsafe fn realloc_large(pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
    let admitted = BUDGET.with(|b| {
        b.live.set(b.live.get().wrapping_sub(layout.size() as i64));
        // The old block stays until the new one is there; a refusal leaves it alive.
        b.admits(size) || {
            b.live.set(b.live.get().wrapping_add(layout.size() as i64));
            false
        }
    });
    if !admitted {
        return std::ptr::null_mut();
    }
    System.realloc(pointer, layout, size)
}

#[global_allocator]
static ALLOCATOR: Metered = Metered;

/// Arms the budget of this thread; disarms when dropped.
pub struct Armed(());

impl Armed {
    pub fn new(limits: &Limits) -> Armed {
        BUDGET.with(|b| {
            let memory = i64::try_from(limits.memory_bytes).unwrap_or(i64::MAX);
            b.limit.set(b.live.get().saturating_add(memory));
            b.deadline_ns.set(now_ns().saturating_add(limits.deadline_ns));
            b.stack_low.set(limits.stack_low);
            b.countdown.set(CLOCK_EVERY);
            b.stop.set(0);
            b.armed.set(true);
        });
        Armed(())
    }
}

impl Drop for Armed {
    fn drop(&mut self) {
        BUDGET.with(|b| b.armed.set(false));
    }
}

/// Runs `f` without the budget: where a refused allocation could not unwind.
pub fn paused<R>(f: impl FnOnce() -> R) -> R {
    let armed = BUDGET.with(|b| b.armed.replace(false));
    let result = f();
    BUDGET.with(|b| b.armed.set(armed));
    result
}

/// Why the budget armed last on this thread stopped the work, if it did.
pub fn stop() -> Option<Stop> {
    match BUDGET.with(|b| b.stop.get()) {
        2 => Some(Stop::Memory),
        3 => Some(Stop::Deadline),
        4 => Some(Stop::Stack),
        _ => None,
    }
}

/// Records a stop that the interpreter's own timer or another check found.
pub fn note_stop(why: Stop) {
    BUDGET.with(|b| {
        if b.stop.get() == 0 {
            b.stop.set(why as u8);
        }
    });
}
