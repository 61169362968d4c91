// SPDX-License-Identifier: Apache-2.0
//! Builtins that are written here, in place of the interpreter's or beside them.
use crate::{affixes, host, operators, paths, regexes, subsets, times, units};
use anyhow::{anyhow, bail, Result};
use regorus::unstable::BUILTINS;
use regorus::{Engine, Rc, Value};

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

fn all() -> impl Iterator<Item = &'static Builtin> {
    let families = [
        affixes::BUILTINS,
        operators::BUILTINS,
        paths::BUILTINS,
        regexes::BUILTINS,
        subsets::BUILTINS,
        times::BUILTINS,
        units::BUILTINS,
    ];
    families.into_iter().flatten()
}

/// The number of arguments of one in a namespace that the interpreter has none of under its name.
pub fn arity_beside(name: &str) -> Option<u8> {
    if !name.contains('.') || BUILTINS.contains_key(name) {
        return None;
    }
    all().find(|(own, ..)| *own == name).map(|&(_, arity, _)| arity)
}

/// Registers all of them; calls `each` with every name and number of arguments.
pub fn register(engine: &mut Engine, strict: bool, mut each: impl FnMut(&str, u8)) -> Result<()> {
    for &(name, arity, call) in all() {
        let extension = move |arguments: Vec<Value>| match call(&arguments) {
            Ok(value) => Ok(value),
            Err(Failure::Error(_)) if !strict => Ok(Value::Undefined),
            Err(Failure::Error(message)) => bail!("{name}: {message}"),
            Err(Failure::Limit(message)) => Err(host::halt(host::Halt::TooMuch, name, &message)),
        };
        engine
            .add_extension(name.to_string(), arity, Box::new(extension))
            .map_err(|e| anyhow!(e))?;
        each(name, arity);
    }
    Ok(())
}
