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
/// The clock is read once in so many allocations, and whenever this many bytes were asked for. It
/// costs a system call, so small evaluations end before the first look: time counts from there.
const CLOCK_FIRST: u32 = 1024;
const CLOCK_EVERY: u32 = 4096;
const CLOCK_EVERY_BYTES: usize = 1 << 20;

struct Budget {
    armed: Cell<bool>,
    live: Cell<i64>,
    limit: Cell<i64>,
    /// Live bytes from which on an allocation is looked at closely: the limit while armed, all of
    /// them after a stop, none otherwise.
    close_look: Cell<i64>,
    /// Processor time that the call may take, and the reading of the clock at which it is used up;
    /// 0 before the first look.
    time_ns: Cell<u64>,
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
            close_look: Cell::new(i64::MAX),
            time_ns: Cell::new(0),
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
    /// Nearly all allocations pass by the four comparisons here.
    #[inline]
    fn admits(&self, size: usize) -> bool {
        let live = self.live.get().wrapping_add(size as i64);
        self.live.set(live);
        let mark = 0u8;
        let left = self.countdown.get();
        if live <= self.close_look.get()
            && (&raw const mark as usize) >= self.stack_low.get()
            && left != 0
            && size < CLOCK_EVERY_BYTES
        {
            self.countdown.set(left - 1);
            return true;
        }
        self.admits_after_look(size)
    }

    #[cold]
    #[inline(never)]
    fn admits_after_look(&self, size: usize) -> bool {
        if !self.armed.get() {
            return true;
        }
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
        self.countdown.set(CLOCK_EVERY);
        if self.late() {
            return self.stopped(Stop::Deadline, size);
        }
        true
    }

    fn late(&self) -> bool {
        let now = now_ns();
        if self.deadline_ns.get() == 0 {
            self.deadline_ns.set(now.saturating_add(self.time_ns.get()));
            return false;
        }
        now > self.deadline_ns.get()
    }

    #[cold]
    fn stopped(&self, why: Stop, size: usize) -> bool {
        self.note(why);
        self.refuse(size)
    }

    /// From here on every allocation is looked at: the slack bounds them.
    fn note(&self, why: Stop) {
        self.stop.set(why as u8);
        self.close_look.set(i64::MIN);
    }

    #[cold]
    fn refuse(&self, size: usize) -> bool {
        self.live.set(self.live.get().wrapping_sub(size as i64));
        false
    }
}

/// The C allocator behind the pool of small blocks, metered.
pub struct Metered;

// SAFETY: a block is always of the same list or of none for the same layout; every method forwards
// it, or returns null.
unsafe impl GlobalAlloc for Metered {
    #[inline]
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let list = pool::list_of(layout);
        let size = list.map_or(layout.size(), pool::size_of);
        if !BUDGET.with(|b| b.admits(size)) {
            return std::ptr::null_mut();
        }
        match list {
            Some(list) => pool::alloc(list),
            None => System.alloc(layout),
        }
    }

    #[inline]
    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if pool::list_of(layout).is_some() {
            let block = self.alloc(layout);
            if !block.is_null() {
                std::ptr::write_bytes(block, 0, layout.size());
            }
            return block;
        }
        if !BUDGET.with(|b| b.admits(layout.size())) {
            return std::ptr::null_mut();
        }
        System.alloc_zeroed(layout)
    }

    #[inline]
    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let list = pool::list_of(layout);
        let size = list.map_or(layout.size(), pool::size_of);
        let armed = BUDGET.with(|b| {
            b.live.set(b.live.get().wrapping_sub(size as i64));
            b.armed.get()
        });
        match list {
            Some(list) => pool::dealloc(pointer, list, armed),
            None => System.dealloc(pointer, layout),
        }
    }

    #[inline]
    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let new = Layout::from_size_align_unchecked(size, layout.align());
        match (pool::list_of(layout), pool::list_of(new)) {
            (None, None) => return realloc_large(pointer, layout, size),
            (old, list) if old == list => return pointer,
            _ => {}
        }
        let moved = self.alloc(new);
        if !moved.is_null() {
            std::ptr::copy_nonoverlapping(pointer, moved, layout.size().min(size));
            self.dealloc(pointer, layout);
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
            b.close_look.set(b.limit.get());
            b.time_ns.set(limits.deadline_ns);
            b.deadline_ns.set(0);
            b.stack_low.set(limits.stack_low);
            b.countdown.set(CLOCK_FIRST);
            b.stop.set(0);
            b.armed.set(true);
        });
        Armed(())
    }
}

impl Drop for Armed {
    fn drop(&mut self) {
        BUDGET.with(|b| {
            b.armed.set(false);
            b.close_look.set(i64::MAX);
            b.stack_low.set(0);
            // Nobody reads the clock before the next call.
            b.countdown.set(u32::MAX);
        });
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

/// Whether the deadline has passed: for work that takes long between allocations. Records the stop.
pub fn overdue() -> bool {
    let late = BUDGET.with(|b| b.armed.get() && b.late());
    if late {
        note_stop(Stop::Deadline);
    }
    late
}

/// Records a stop that the interpreter's own timer or another check found.
pub fn note_stop(why: Stop) {
    BUDGET.with(|b| {
        if b.stop.get() == 0 {
            b.note(why);
        }
    });
}
