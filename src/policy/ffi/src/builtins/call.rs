// SPDX-License-Identifier: Apache-2.0
//! What a builtin takes and gives.
use regorus::{Rc, Value};

/// Why a builtin has no value.
pub enum Failure {
    /// As OPA: the expression is undefined unless errors are strict.
    Error(String),
    /// The evaluation stops.
    Limit(String),
}

pub type Outcome = std::result::Result<Value, Failure>;
/// Name, number of arguments, what to call.
pub type Builtin = (&'static str, u8, fn(&[Value]) -> Outcome);

pub fn failed<T>(message: impl Into<String>) -> std::result::Result<T, Failure> {
    Err(Failure::Error(message.into()))
}

pub fn text(arguments: &[Value], index: usize) -> std::result::Result<&Rc<str>, Failure> {
    match &arguments[index] {
        Value::String(text) => Ok(text),
        _ => failed(format!("operand {} must be string", index + 1)),
    }
}

pub fn integer(arguments: &[Value], index: usize) -> std::result::Result<i64, Failure> {
    let number = arguments[index].as_i64();
    number.or_else(|_| failed(format!("operand {} must be integer number", index + 1)))
}
