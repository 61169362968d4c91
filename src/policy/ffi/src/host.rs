// SPDX-License-Identifier: Apache-2.0
//! Builtins that are written in C++: the interpreter calls them by name through one function.
use crate::{guard, sprintf, wire, Slice};
use anyhow::{anyhow, bail, Result};
use regorus::{Engine, Value};
use std::cell::Cell;
use std::ffi::c_void;

/// What a builtin answered; the same numbers stand in policy_ffi.h.
const ANSWER_VALUE: i32 = 0;
const ANSWER_ERROR: i32 = 1;
const ANSWER_HALT: i32 = 2;
const ANSWER_LIMIT: i32 = 3;

/// Why a builtin ended the evaluation; the numbers are those of `Status` in policy_ffi.h.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Halt {
    Refused = 6,
    TooMuch = 7,
}

/// Called with the builtin's place in the list that bh_compile was given and the encoded array of
/// arguments. Writes the encoded value, or the text of an error, with bh_output.
pub type Call = extern "C" fn(*mut c_void, u32, Slice, *mut Vec<u8>) -> i32;

#[derive(Clone, Copy)]
struct Host {
    call: Call,
    context: *mut c_void,
}

thread_local! {
    static HOST: Cell<Option<Host>> = const { Cell::new(None) };
    static HALT: Cell<Option<Halt>> = const { Cell::new(None) };
}

/// Who answers the builtins of this thread until dropped.
pub struct Serving(Option<Host>);

impl Serving {
    pub fn new(call: Call, context: *mut c_void) -> Serving {
        Serving(HOST.replace(Some(Host { call, context })))
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        HOST.set(self.0);
    }
}

/// Ends the evaluation: the error of a builtin that no policy may pass over.
pub fn halt(why: Halt, name: &str, message: &str) -> anyhow::Error {
    HALT.set(Some(why));
    anyhow!("{name}: {message}")
}

/// At the start of a call.
pub fn forget() {
    HALT.set(None);
}

/// Why a builtin ended the last evaluation of this thread, if one did.
pub fn halted() -> Option<Halt> {
    HALT.get()
}

fn invoke(index: u32, name: &str, arguments: Vec<Value>, strict: bool) -> Result<Value> {
    let host = HOST.get().ok_or_else(|| anyhow!("{name} is not available here"))?;
    let mut packed = Vec::new();
    wire::encode(&Value::from(arguments), &mut packed);
    let mut answer = Vec::new();
    // C++ frames stand between here and bh_output: nothing may unwind through them.
    let status =
        guard::paused(|| (host.call)(host.context, index, Slice::of(&packed), &mut answer));
    match status {
        ANSWER_VALUE => wire::decode(&answer)
            .ok_or_else(|| anyhow!("{name} answered with something that is no value")),
        // As OPA: an error of a builtin makes the expression undefined, unless errors are strict.
        ANSWER_ERROR if !strict => Ok(Value::Undefined),
        ANSWER_ERROR => bail!("{name}: {}", String::from_utf8_lossy(&answer)),
        ANSWER_HALT => Err(halt(Halt::Refused, name, &String::from_utf8_lossy(&answer))),
        ANSWER_LIMIT => Err(halt(Halt::TooMuch, name, &String::from_utf8_lossy(&answer))),
        other => bail!("{name} answered with status {other}"),
    }
}

/// Registers a builtin of C++ under `name`.
pub fn register(
    engine: &mut Engine,
    index: u32,
    name: &str,
    arity: u8,
    strict: bool,
) -> Result<()> {
    let own: std::sync::Arc<str> = name.into();
    let quick = sprintf::quick_for(name);
    let call = move |arguments: Vec<Value>| match quick.and_then(|quick| quick(&arguments)) {
        Some(value) => Ok(value),
        None => invoke(index, &own, arguments, strict),
    };
    engine.add_extension(name.to_string(), arity, Box::new(call))
}
