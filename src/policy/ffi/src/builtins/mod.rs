// SPDX-License-Identifier: Apache-2.0
//! Builtins that are written here, in place of the interpreter's or beside them.
mod affixes;
mod call;
mod go_duration;
mod go_format;
mod go_layout;
mod go_parse;
mod go_regex;
mod graphs;
mod numerals;
mod operators;
mod paths;
mod regexes;
mod subsets;
mod times;
mod units;
mod zones;

use crate::host;
use anyhow::{anyhow, bail, Result};
use call::{Builtin, Failure};
use regorus::unstable::BUILTINS;
use regorus::{Engine, Value};

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
