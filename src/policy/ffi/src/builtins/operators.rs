// SPDX-License-Identifier: Apache-2.0
//! Operators under their names (`equal(a, b)`, `plus(a, b)`), which old policies use, and builtins
//! on texts that count characters where the interpreter counts something else.
use super::call::{failed, integer, text, Builtin, Failure, Outcome};
use super::{graphs, numerals};
use crate::json;
use regorus::Value;
use std::collections::BTreeSet;

fn real(arguments: &[Value], index: usize) -> Result<f64, Failure> {
    let number = arguments[index].as_f64();
    number.or_else(|_| failed(format!("operand {} must be number", index + 1)))
}

/// Whole numbers as long as they fit into 64 bits.
fn arithmetic(
    a: &[Value],
    whole: fn(i64, i64) -> Option<i64>,
    other: fn(f64, f64) -> f64,
) -> Outcome {
    if let (Ok(left), Ok(right)) = (a[0].as_i64(), a[1].as_i64()) {
        if let Some(result) = whole(left, right) {
            return Ok(Value::from(result));
        }
    }
    let result = other(real(a, 0)?, real(a, 1)?);
    if result.is_finite() {
        Ok(Value::from(result))
    } else {
        failed("the result is no number")
    }
}

fn plus(a: &[Value]) -> Outcome {
    arithmetic(a, i64::checked_add, |x, y| x + y)
}

fn minus(a: &[Value]) -> Outcome {
    if let (Value::Set(left), Value::Set(right)) = (&a[0], &a[1]) {
        let rest = left.iter_sorted().filter(|item| !right.contains(item)).cloned();
        return Ok(Value::from(rest.collect::<BTreeSet<_>>()));
    }
    arithmetic(a, i64::checked_sub, |x, y| x - y)
}

fn times(a: &[Value]) -> Outcome {
    arithmetic(a, i64::checked_mul, |x, y| x * y)
}

fn divide(a: &[Value]) -> Outcome {
    if real(a, 1)? == 0.0 {
        return failed("divide by zero");
    }
    let exact = |x: i64, y: i64| if x % y == 0 { x.checked_div(y) } else { None };
    arithmetic(a, exact, |x, y| x / y)
}

fn remainder(a: &[Value]) -> Outcome {
    match (a[0].as_i64(), a[1].as_i64()) {
        (Ok(_), Ok(0)) => failed("modulo by zero"),
        (Ok(x), Ok(y)) => Ok(Value::from(x.wrapping_rem(y))),
        _ => failed("modulo on floating-point number"),
    }
}

fn both(a: &[Value]) -> Outcome {
    let (Value::Set(left), Value::Set(right)) = (&a[0], &a[1]) else {
        return failed("operands must be sets");
    };
    let common = left.iter_sorted().filter(|item| right.contains(item)).cloned();
    Ok(Value::from(common.collect::<BTreeSet<_>>()))
}

fn either(a: &[Value]) -> Outcome {
    let (Value::Set(left), Value::Set(right)) = (&a[0], &a[1]) else {
        return failed("operands must be sets");
    };
    let all = left.iter_sorted().chain(right.iter_sorted()).cloned();
    Ok(Value::from(all.collect::<BTreeSet<_>>()))
}

/// Characters of a text, elements of everything else.
fn count(a: &[Value]) -> Outcome {
    let count = match &a[0] {
        Value::Array(items) => items.len(),
        Value::Set(items) => items.len(),
        Value::Object(members) => members.len(),
        Value::String(text) => text.chars().count(),
        _ => return failed("operand 1 must be one of {array, object, set, string}"),
    };
    Ok(Value::from(count))
}

/// Members of an object or a set; what patterns of objects are made exact with (patterns.rs).
fn members(a: &[Value]) -> Outcome {
    match &a[0] {
        Value::Object(members) => Ok(Value::from(members.len())),
        Value::Set(items) => Ok(Value::from(items.len())),
        _ => failed("operand 1 must be one of {object, set}"),
    }
}

fn indexof(a: &[Value]) -> Outcome {
    let (subject, part) = (text(a, 0)?, text(a, 1)?);
    if part.is_empty() {
        return failed("empty search character");
    }
    let at = subject.find(part.as_ref());
    Ok(at.map_or(Value::from(-1i64), |at| Value::from(subject[..at].chars().count())))
}

fn indexof_n(a: &[Value]) -> Outcome {
    let (subject, part) = (text(a, 0)?, text(a, 1)?);
    if part.is_empty() {
        return failed("empty search character");
    }
    // Those that overlap count, too.
    let starts = subject.char_indices().enumerate();
    let found = starts.filter(|(_, (at, _))| subject[*at..].starts_with(part.as_ref()));
    Ok(Value::from(found.map(|(index, _)| Value::from(index)).collect::<Vec<_>>()))
}

/// Digits of the whole part.
fn format_int(a: &[Value]) -> Outcome {
    // Whole numbers are taken from their text, which is exact.
    let number = match json::number_text(&a[0]).parse::<i128>() {
        Ok(number) => number,
        Err(_) => {
            let number = real(a, 0)?;
            if number.abs() >= 1e38 {
                return failed("operand 1 is too large");
            }
            number.trunc() as i128
        }
    };
    let digits = match integer(a, 1)? {
        2 => format!("{:b}", number.unsigned_abs()),
        8 => format!("{:o}", number.unsigned_abs()),
        10 => format!("{}", number.unsigned_abs()),
        16 => format!("{:x}", number.unsigned_abs()),
        _ => return failed("operand 2 must be one of {2, 8, 10, 16}"),
    };
    Ok(Value::from(if number < 0 { format!("-{digits}") } else { digits }))
}

pub const BUILTINS: &[Builtin] = &[
    ("plus", 2, plus),
    ("minus", 2, minus),
    ("mul", 2, times),
    ("div", 2, divide),
    ("rem", 2, remainder),
    ("and", 2, both),
    ("or", 2, either),
    ("equal", 2, |a| Ok(Value::from(a[0] == a[1]))),
    ("neq", 2, |a| Ok(Value::from(a[0] != a[1]))),
    ("lt", 2, |a| Ok(Value::from(a[0] < a[1]))),
    ("lte", 2, |a| Ok(Value::from(a[0] <= a[1]))),
    ("gt", 2, |a| Ok(Value::from(a[0] > a[1]))),
    ("gte", 2, |a| Ok(Value::from(a[0] >= a[1]))),
    ("count", 1, count),
    ("format_int", 2, format_int),
    (crate::modules::pattern_text::MEMBERS, 1, members),
    ("indexof", 2, indexof),
    ("indexof_n", 2, indexof_n),
    ("graph.reachable_paths", 2, graphs::reachable_paths),
    ("to_number", 1, numerals::to_number),
];
