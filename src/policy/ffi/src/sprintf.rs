// SPDX-License-Identifier: Apache-2.0
//! The everyday calls of sprintf, answered without the way to C++ and back: messages of policies
//! are plain %v, %s and %d of texts and small whole numbers. Everything else (widths, other verbs
//! and values, arguments too few or too many) is for src/policy/builtins/sprintf.cc, whose results
//! these are.
use regorus::Value;

/// Answers a call, or leaves it to C++.
pub type Quick = fn(&[Value]) -> Option<Value>;

/// What may answer calls of a builtin before C++ does.
pub fn quick_for(name: &str) -> Option<Quick> {
    (name == "sprintf").then_some(format)
}

fn format(arguments: &[Value]) -> Option<Value> {
    let [Value::String(format), Value::Array(values)] = arguments else {
        return None;
    };
    let mut out = String::with_capacity(format.len() + 64);
    let mut values = values.iter();
    let mut pieces = format.split('%');
    out.push_str(pieces.next()?);
    for piece in pieces {
        match (piece.chars().next()?, values.next()?) {
            ('v' | 's', Value::String(text)) => out.push_str(text),
            ('v' | 'd', Value::Number(number)) => out.push_str(&number.as_i64()?.to_string()),
            _ => return None,
        }
        out.push_str(&piece[1..]);
    }
    values.next().is_none().then(|| Value::from(out))
}
