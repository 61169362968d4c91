// SPDX-License-Identifier: Apache-2.0
//! Values as bytes between this crate and C++ (src/policy/term.cc reads and writes the same).
//!
//! One letter and what it needs, little-endian: n t f; i and 8 bytes; # (other numbers), s (text)
//! and a length of 4 bytes before the text; a (array), e (set), o (object) and a count of 4 bytes
//! before the elements. JSON would lose the difference between sets and arrays.
use crate::json;
use regorus::Value;
use std::collections::{BTreeMap, BTreeSet};

pub fn encode(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Undefined => out.push(b'u'),
        Value::Null => out.push(b'n'),
        Value::Bool(b) => out.push(if *b { b't' } else { b'f' }),
        Value::Number(n) => match n.as_i64() {
            Some(i) => {
                out.push(b'i');
                out.extend_from_slice(&i.to_le_bytes());
            }
            None => text(b'#', &json::number_text(value), out),
        },
        Value::String(s) => text(b's', s, out),
        Value::Array(items) => list(b'a', items.len(), items.iter(), out),
        Value::Set(items) => list(b'e', items.len(), items.iter_sorted(), out),
        Value::Object(members) => {
            head(b'o', members.len(), out);
            for (key, member) in members.iter_sorted() {
                encode(key, out);
                encode(member, out);
            }
        }
    }
}

fn head(letter: u8, size: usize, out: &mut Vec<u8>) {
    out.push(letter);
    out.extend_from_slice(&u32::try_from(size).unwrap_or(u32::MAX).to_le_bytes());
}

fn text(letter: u8, s: &str, out: &mut Vec<u8>) {
    head(letter, s.len(), out);
    out.extend_from_slice(s.as_bytes());
}

fn list<'v>(letter: u8, size: usize, items: impl Iterator<Item = &'v Value>, out: &mut Vec<u8>) {
    head(letter, size, out);
    for item in items {
        encode(item, out);
    }
}

/// Decodes one value that fills `bytes`; `None` when they are not what `encode` writes.
pub fn decode(bytes: &[u8]) -> Option<Value> {
    let mut rest = bytes;
    let value = item(&mut rest)?;
    rest.is_empty().then_some(value)
}

fn take<'b>(rest: &mut &'b [u8], count: usize) -> Option<&'b [u8]> {
    let taken = rest.get(..count)?;
    *rest = &rest[count..];
    Some(taken)
}

fn size(rest: &mut &[u8]) -> Option<usize> {
    let bytes: [u8; 4] = take(rest, 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

fn string<'b>(rest: &mut &'b [u8]) -> Option<&'b str> {
    let length = size(rest)?;
    std::str::from_utf8(take(rest, length)?).ok()
}

fn item(rest: &mut &[u8]) -> Option<Value> {
    Some(match take(rest, 1)?[0] {
        b'u' => Value::Undefined,
        b'n' => Value::Null,
        b't' => Value::Bool(true),
        b'f' => Value::Bool(false),
        b'i' => Value::from(i64::from_le_bytes(take(rest, 8)?.try_into().ok()?)),
        b'#' => Value::from_numeric_string(string(rest)?).ok()?,
        b's' => Value::String(string(rest)?.into()),
        b'a' => {
            let mut items = Vec::new();
            for _ in 0..size(rest)? {
                items.push(item(rest)?);
            }
            Value::from(items)
        }
        b'e' => {
            let mut items = BTreeSet::new();
            for _ in 0..size(rest)? {
                items.insert(item(rest)?);
            }
            Value::from(items)
        }
        b'o' => {
            let mut members = BTreeMap::new();
            for _ in 0..size(rest)? {
                let key = item(rest)?;
                members.insert(key, item(rest)?);
            }
            Value::from(members)
        }
        _ => return None,
    })
}
