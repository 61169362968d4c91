// SPDX-License-Identifier: Apache-2.0
//! The Rego interpreter behind a small C interface (policy_ffi.h); src/policy/engine.cc is its only
//! user. Every entry arms the limits of the call and catches panics: nothing unwinds into C++.
#![feature(alloc_error_hook)]

mod builtins;
mod data;
mod guard;
mod host;
mod json;
mod modules;
mod pool;
mod problem;
mod program;
mod sprintf;
mod wire;

use guard::{Limits, Stop};
use problem::Problem;
use program::{Evaluator, Program};
use regorus::Value;
use std::cell::RefCell;
use std::ffi::c_void;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Once;

/// The same numbers stand in policy_ffi.h.
const OK: i32 = 0;
const INVALID: i32 = 1;
const INTERNAL: i32 = 5;

#[derive(Clone, Copy)]
#[repr(C)]
pub struct Slice {
    data: *const u8,
    size: usize,
}

impl Slice {
    fn of(bytes: &[u8]) -> Slice {
        Slice { data: bytes.as_ptr(), size: bytes.len() }
    }

    /// # Safety
    /// The bytes must be readable and unchanged for 'a.
    unsafe fn bytes<'a>(self) -> &'a [u8] {
        if self.size == 0 {
            return &[];
        }
        std::slice::from_raw_parts(self.data, self.size)
    }

    /// # Safety
    /// As for bytes.
    unsafe fn text<'a>(self, what: &str) -> Result<&'a str, Problem> {
        std::str::from_utf8(self.bytes())
            .map_err(|e| Problem::new(what, 0, 0, format!("byte {}: not UTF-8", e.valid_up_to())))
    }
}

/// Bytes that C++ gives back with bh_buffer_free.
#[repr(C)]
pub struct Buffer {
    data: *mut u8,
    size: usize,
    capacity: usize,
}

impl Buffer {
    fn fill(&mut self, bytes: Vec<u8>) {
        let mut bytes = std::mem::ManuallyDrop::new(bytes);
        *self = Buffer { data: bytes.as_mut_ptr(), size: bytes.len(), capacity: bytes.capacity() };
    }
}

thread_local! {
    /// Message and place of the last panic of this thread.
    static PANIC: RefCell<String> = const { RefCell::new(String::new()) };
}

/// "message (file:line)" on one line, the file without the folders it was built in.
fn describe(info: &std::panic::PanicHookInfo) -> String {
    let payload = info.payload();
    let message = payload
        .downcast_ref::<&str>()
        .map(|s| s.to_string())
        .or_else(|| payload.downcast_ref::<String>().cloned())
        .unwrap_or_default();
    let place = info.location().map_or(String::new(), |l| {
        let file = l.file().rsplit_once("/src/").map_or(l.file(), |(_, file)| file);
        format!(" ({file}:{})", l.line())
    });
    format!("{}{place}", message.lines().next().unwrap_or_default())
}

/// Panics are kept for the error instead of printed; refused allocations become panics.
fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        std::panic::set_hook(Box::new(|info| {
            guard::paused(|| PANIC.with(|p| *p.borrow_mut() = describe(info)));
        }));
        std::alloc::set_alloc_error_hook(|layout| {
            panic!("{} bytes were refused", layout.size());
        });
        // Tables that are built on first use are built here, where no limit can stop them half-way.
        let mut engine = regorus::Engine::new();
        let _ = engine.eval_query("count(split(\"a b\", \" \"))".to_string(), false);
    });
}

fn encode_problems(problems: &[Problem]) -> Vec<u8> {
    let list = problems.iter().map(|p| {
        Value::from(vec![
            Value::from(p.path.as_str()),
            Value::from(u64::from(p.line)),
            Value::from(u64::from(p.column)),
            Value::from(p.message.as_str()),
            Value::from(p.function.as_str()),
        ])
    });
    let mut out = Vec::new();
    wire::encode(&Value::from(list.collect::<Vec<_>>()), &mut out);
    out
}

/// Runs one entry: arms the limits, catches panics, turns failures into encoded problems.
fn entry(
    limits: &Limits,
    what: &str,
    errors: &mut Buffer,
    run: impl FnOnce() -> Result<(), Vec<Problem>>,
) -> i32 {
    install();
    host::forget();
    let armed = guard::Armed::new(limits);
    let result = catch_unwind(AssertUnwindSafe(run));
    drop(armed);
    let stop = guard::stop();
    let (status, problems) = match (stop, result) {
        (None, Ok(Ok(()))) => return OK,
        (Some(stop), result) => {
            // Where the interpreter noticed it itself, it also says the place.
            let place = result.ok().and_then(|r| r.err()).and_then(|p| p.into_iter().next());
            let place = place.unwrap_or_else(|| Problem::new(what, 0, 0, ""));
            let message = match stop {
                Stop::Memory => "needs more memory than it may",
                Stop::Deadline => "takes longer than it may",
                Stop::Stack => "is nested too deeply",
            };
            (stop as i32, vec![Problem { message: message.to_string(), ..place }])
        }
        (None, Ok(Err(problems))) => (host::halted().map_or(INVALID, |h| h as i32), problems),
        (None, Err(_)) => {
            let panic = PANIC.with(|p| p.borrow().clone());
            (INTERNAL, vec![Problem::new(what, 0, 0, format!("the policy engine failed: {panic}"))])
        }
    };
    errors.fill(encode_problems(&problems));
    status
}

#[repr(C)]
pub struct ModuleText {
    path: Slice,
    text: Slice,
    v0: bool,
}

#[repr(C)]
pub struct DataText {
    path: Slice,
    json: Slice,
    at: *const Slice,
    at_size: usize,
}

#[repr(C)]
pub struct Builtin {
    name: Slice,
    arity: u8,
}

/// # Safety
/// See policy_ffi.h.
unsafe fn list<'a, T>(data: *const T, size: usize) -> &'a [T] {
    if size == 0 {
        return &[];
    }
    std::slice::from_raw_parts(data, size)
}

/// # Safety
/// See policy_ffi.h: pointers are valid for the call, sizes are right.
#[no_mangle]
pub unsafe extern "C" fn bh_compile(
    modules: *const ModuleText,
    modules_size: usize,
    data: *const DataText,
    data_size: usize,
    builtins: *const Builtin,
    builtins_size: usize,
    strict: bool,
    limits: &Limits,
    out: *mut *mut Program,
    errors: &mut Buffer,
) -> i32 {
    entry(limits, "policy", errors, || {
        let mut builder = program::Builder::new(strict, limits);
        for (index, b) in (0..).zip(list(builtins, builtins_size)) {
            let name = b.name.text("builtin").map_err(|p| vec![p])?;
            builder.builtin(index, name, b.arity);
        }
        for m in list(modules, modules_size) {
            let path = m.path.text("policy").map_err(|p| vec![p])?;
            match m.text.text(path) {
                Ok(text) => builder.module(path, text, m.v0),
                Err(problem) => builder.problem(problem),
            }
        }
        for d in list(data, data_size) {
            let path = d.path.text("data").map_err(|p| vec![p])?;
            let mut at = Vec::new();
            for component in list(d.at, d.at_size) {
                at.push(component.text(path).map_err(|p| vec![p])?.to_string());
            }
            builder.data(path, &at, d.json.bytes());
        }
        *out = Box::into_raw(Box::new(builder.finish()?));
        Ok(())
    })
}

/// # Safety
/// `program` comes from bh_compile and is not used again.
#[no_mangle]
pub unsafe extern "C" fn bh_program_free(program: *mut Program) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(Box::from_raw(program))));
    pool::drain();
}

/// Writes the encoded list of rules: [path, package, name, line, column, kind letter].
/// # Safety
/// See policy_ffi.h.
#[no_mangle]
pub unsafe extern "C" fn bh_program_describe(program: &Program, out: &mut Buffer) {
    let described = catch_unwind(AssertUnwindSafe(|| {
        let mut bytes = Vec::new();
        wire::encode(&program.describe(), &mut bytes);
        bytes
    }));
    out.fill(described.unwrap_or_default());
}

/// # Safety
/// See policy_ffi.h.
#[no_mangle]
pub unsafe extern "C" fn bh_builtin_arity(name: Slice) -> i32 {
    let name = name.text("builtin").unwrap_or_default();
    regorus::unstable::BUILTINS.get(name).map_or(-1, |builtin| i32::from(builtin.1))
}

/// # Safety
/// See policy_ffi.h.
#[no_mangle]
pub unsafe extern "C" fn bh_value_parse(
    json: Slice,
    limits: &Limits,
    out: *mut *mut Value,
    errors: &mut Buffer,
) -> i32 {
    entry(limits, "document", errors, || {
        let value = json::parse(json.bytes(), limits.depth)
            .map_err(|message| vec![Problem::new("document", 0, 0, message)])?;
        *out = Box::into_raw(Box::new(value));
        Ok(())
    })
}

/// An object of values that exist already; null values are left out. Null when the engine failed.
/// # Safety
/// See policy_ffi.h.
#[no_mangle]
pub unsafe extern "C" fn bh_value_object(
    names: *const Slice,
    values: *const *const Value,
    size: usize,
) -> *mut Value {
    let made = catch_unwind(AssertUnwindSafe(|| {
        let mut members = std::collections::BTreeMap::new();
        for (name, value) in list(names, size).iter().zip(list(values, size)) {
            if let (Ok(name), Some(value)) = (name.text("member"), value.as_ref()) {
                members.insert(Value::from(name), value.clone());
            }
        }
        Box::new(Value::from(members))
    }));
    made.map_or(std::ptr::null_mut(), Box::into_raw)
}

/// # Safety
/// `value` comes from bh_value_parse or bh_value_object and is not used again.
#[no_mangle]
pub unsafe extern "C" fn bh_value_free(value: *mut Value) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(Box::from_raw(value))));
}

/// # Safety
/// See policy_ffi.h.
#[no_mangle]
pub unsafe extern "C" fn bh_evaluator_new(program: &Program) -> *mut Evaluator {
    install();
    let made = catch_unwind(AssertUnwindSafe(|| Box::new(Evaluator::new(program))));
    made.map_or(std::ptr::null_mut(), Box::into_raw)
}

/// # Safety
/// `evaluator` comes from bh_evaluator_new and is not used again.
#[no_mangle]
pub unsafe extern "C" fn bh_evaluator_free(evaluator: *mut Evaluator) {
    let _ = catch_unwind(AssertUnwindSafe(|| drop(Box::from_raw(evaluator))));
    pool::drain();
}

/// Writes the encoded answer: [text of the value or undefined, [what print said...]].
/// # Safety
/// See policy_ffi.h.
#[no_mangle]
pub unsafe extern "C" fn bh_evaluate(
    evaluator: &mut Evaluator,
    query: Slice,
    input: *const Value,
    coverage: bool,
    limits: &Limits,
    call: host::Call,
    context: *mut c_void,
    out: &mut Buffer,
    errors: &mut Buffer,
) -> i32 {
    let name = query.text("query").unwrap_or("query").to_string();
    let status = entry(limits, &name, errors, || {
        let _serving = host::Serving::new(call, context);
        let input = input.as_ref().cloned();
        let answer = evaluator.evaluate(&name, input, coverage, limits);
        let answer = answer.map_err(|p| vec![p])?;
        let mut bytes = Vec::new();
        wire::encode(&answer, &mut bytes);
        out.fill(bytes);
        Ok(())
    });
    if status == INTERNAL || guard::stop().is_some() {
        // What unwound may have left the interpreter half-way.
        let _ = catch_unwind(AssertUnwindSafe(|| evaluator.reset()));
    }
    status
}

/// Writes the encoded coverage: [[path, [covered lines], [other lines]]...].
/// # Safety
/// See policy_ffi.h.
#[no_mangle]
pub unsafe extern "C" fn bh_coverage(evaluator: &Evaluator, out: &mut Buffer) {
    let coverage = catch_unwind(AssertUnwindSafe(|| {
        let mut bytes = Vec::new();
        wire::encode(&evaluator.coverage(), &mut bytes);
        bytes
    }));
    out.fill(coverage.unwrap_or_default());
}

/// # Safety
/// See policy_ffi.h.
#[no_mangle]
pub unsafe extern "C" fn bh_added_arity(name: Slice) -> i32 {
    let name = name.text("builtin").unwrap_or_default();
    builtins::arity_beside(name).map_or(-1, i32::from)
}

/// # Safety
/// `output` is the one a builtin was called with.
#[no_mangle]
pub unsafe extern "C" fn bh_output(output: &mut Vec<u8>, bytes: Slice) {
    let _ = catch_unwind(AssertUnwindSafe(|| output.extend_from_slice(bytes.bytes())));
}

/// # Safety
/// `buffer` was filled by this library.
#[no_mangle]
pub unsafe extern "C" fn bh_buffer_free(buffer: &mut Buffer) {
    if !buffer.data.is_null() {
        drop(Vec::from_raw_parts(buffer.data, buffer.size, buffer.capacity));
        *buffer = Buffer { data: std::ptr::null_mut(), size: 0, capacity: 0 };
    }
}
