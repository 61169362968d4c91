// SPDX-License-Identifier: Apache-2.0
//! to_number as OPA has it: texts are numbers as Go reads them. A sign, leading zeros, a point at
//! either end and underscores between digits are fine; blanks and names (inf, NaN) are not.
use super::call::{failed, Outcome};
use crate::json;
use regorus::Value;

/// The text without its underscores, which stand between digits only; `None` when one does not, or
/// when another character than those of numbers is there.
fn without_underscores(text: &str, digit: fn(u8) -> bool, others: &[u8]) -> Option<String> {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(|&byte| digit(byte));
    let mut plain = String::with_capacity(text.len());
    for (at, &byte) in bytes.iter().enumerate() {
        match byte {
            b'_' if at > 0 && is_digit(at - 1) && is_digit(at + 1) => {}
            _ if digit(byte) || others.contains(&byte) => plain.push(char::from(byte)),
            _ => return None,
        }
    }
    Some(plain)
}

/// Hexadecimal with a binary exponent, 1.8p1, behind its 0x.
fn hexadecimal(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['p', 'P'])?;
    // An underscore may stand behind the prefix, too.
    let mantissa = mantissa.strip_prefix('_').unwrap_or(mantissa);
    let mantissa = without_underscores(mantissa, |b| b.is_ascii_hexdigit(), b".")?;
    let exponent = without_underscores(exponent, |b| b.is_ascii_digit(), b"+-")?;
    let mut exponent: i32 = exponent.parse().ok()?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((&mantissa, ""));
    if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
        return None;
    }
    let mut value = 0.0;
    for digit in whole.chars().chain(fraction.chars()) {
        value = value * 16.0 + f64::from(digit.to_digit(16)?);
    }
    exponent = exponent.checked_sub(4 * i32::try_from(fraction.len()).ok()?)?;
    Some(value * 2f64.powi(exponent))
}

fn number_of(text: &str) -> Option<Value> {
    let finite = |number: f64| number.is_finite().then(|| Value::from(number));
    let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
    let negative = text.starts_with('-');
    if let Some(digits) = unsigned.strip_prefix("0x").or(unsigned.strip_prefix("0X")) {
        let value = hexadecimal(digits)?;
        return finite(if negative { -value } else { value });
    }
    let plain = without_underscores(unsigned, |b| b.is_ascii_digit(), b".eE+-")?;
    let number = plain.parse::<f64>().ok().filter(|_| !plain.starts_with(['+', '-']))?;
    let value = finite(if negative { -number } else { number })?;
    let sign = if negative { "-" } else { "" };
    let digits = plain.trim_start_matches('0');
    // What JSON can write stays exact, whatever its length.
    let lead = if digits.starts_with(|c: char| c.is_ascii_digit()) { "" } else { "0" };
    Some(json::parse(format!("{sign}{lead}{digits}").as_bytes(), 1).unwrap_or(value))
}

pub fn to_number(a: &[Value]) -> Outcome {
    match &a[0] {
        Value::Null | Value::Bool(false) => Ok(Value::from(0u64)),
        Value::Bool(true) => Ok(Value::from(1u64)),
        Value::Number(_) => Ok(a[0].clone()),
        Value::String(text) => {
            number_of(text).map_or_else(|| failed("operand 1 must be valid number string"), Ok)
        }
        _ => failed("operand 1 must be one of {null, boolean, number, string}"),
    }
}
