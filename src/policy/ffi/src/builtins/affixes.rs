// SPDX-License-Identifier: Apache-2.0
//! strings.any_prefix_match and strings.any_suffix_match. The interpreter's own compare each text
//! with each other, which no limit stops for long lists; here the work is that of sorting them.
use super::call::{failed, Builtin, Failure, Outcome};
use regorus::Value;

type Bytes = Vec<u8>;

/// The texts of an operand: one, or those of a list. Suffixes are prefixes of reversed texts.
fn texts(arguments: &[Value], index: usize, reversed: bool) -> Result<Vec<Bytes>, Failure> {
    let of = |value: &Value| match value {
        Value::String(text) if reversed => Ok(text.bytes().rev().collect()),
        Value::String(text) => Ok(text.as_bytes().to_vec()),
        _ => failed(format!("operand {} must be one of {{string, set, array}}", index + 1)),
    };
    match &arguments[index] {
        Value::Array(items) => items.iter().map(of).collect(),
        Value::Set(items) => items.iter_sorted().map(of).collect(),
        value => Ok(vec![of(value)?]),
    }
}

fn any_match(arguments: &[Value], reversed: bool) -> Outcome {
    let subjects = texts(arguments, 0, reversed)?;
    let mut affixes = texts(arguments, 1, reversed)?;
    affixes.sort_unstable();
    // Where one starts with another, the shorter one says all. Of those that are left only the
    // last one that is not behind a text can be its start.
    let mut shortest: Vec<Bytes> = Vec::new();
    for affix in affixes {
        if !shortest.last().is_some_and(|last| affix.starts_with(last)) {
            shortest.push(affix);
        }
    }
    let matches = |subject: &Bytes| {
        let behind = shortest.partition_point(|affix| affix <= subject);
        behind > 0 && subject.starts_with(&shortest[behind - 1])
    };
    Ok(Value::from(subjects.iter().any(matches)))
}

pub const BUILTINS: &[Builtin] = &[
    ("strings.any_prefix_match", 2, |a| any_match(a, false)),
    ("strings.any_suffix_match", 2, |a| any_match(a, true)),
];
