// SPDX-License-Identifier: Apache-2.0
//! object.subset as OPA has it: nothing is part of everything, and objects are compared member by
//! member. The interpreter's own fails for an empty array.
use super::call::{failed, Builtin, Outcome};
use regorus::Value;

/// For each item, how many items before and with it are also the first ones of the list.
fn borders(list: &[&Value]) -> Vec<usize> {
    let mut found: Vec<usize> = Vec::with_capacity(list.len());
    for (index, item) in list.iter().enumerate() {
        let mut length = found.last().copied().unwrap_or(0);
        while length > 0 && list[length] != *item {
            length = found[length - 1];
        }
        found.push(if index > 0 && list[length] == *item { length + 1 } else { 0 });
    }
    found
}

/// The order of the smaller array stands somewhere in the larger one. By Knuth, Morris and Pratt:
/// each item is looked at twice at most, however long both are.
fn run_of(larger: &[&Value], smaller: &[&Value]) -> bool {
    if smaller.is_empty() {
        return true;
    }
    let borders = borders(smaller);
    let mut length = 0;
    for item in larger {
        while length > 0 && smaller[length] != *item {
            length = borders[length - 1];
        }
        length += usize::from(smaller[length] == *item);
        if length == smaller.len() {
            return true;
        }
    }
    false
}

/// None where the two cannot be compared. Recursion is safe: the depth of values is bounded.
fn same_kind(larger: &Value, smaller: &Value) -> Option<bool> {
    match (larger, smaller) {
        (Value::Object(larger), Value::Object(smaller)) => {
            Some(smaller.iter().all(|(key, value)| {
                let other = larger.get(key);
                other.is_some_and(|o| o == value || same_kind(o, value).unwrap_or(false))
            }))
        }
        (Value::Set(larger), Value::Set(smaller)) => {
            Some(smaller.iter_sorted().all(|item| larger.contains(item)))
        }
        (Value::Array(larger), Value::Array(smaller)) => {
            let (larger, smaller): (Vec<_>, Vec<_>) =
                (larger.iter().collect(), smaller.iter().collect());
            Some(run_of(&larger, &smaller))
        }
        _ => None,
    }
}

fn subset(a: &[Value]) -> Outcome {
    if let (Value::Array(larger), Value::Set(smaller)) = (&a[0], &a[1]) {
        // As OPA counts: an item that comes twice is two of them, and nothing is in an empty array.
        let found = larger.iter().filter(|item| smaller.contains(item)).count();
        return Ok(Value::from(!larger.is_empty() && found >= smaller.len()));
    }
    match same_kind(&a[0], &a[1]) {
        Some(part) => Ok(Value::from(part)),
        None => failed("both arguments object.subset must be of the same type or array and set"),
    }
}

pub const BUILTINS: &[Builtin] = &[("object.subset", 2, subset)];
