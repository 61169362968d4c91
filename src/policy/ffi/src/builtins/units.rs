// SPDX-License-Identifier: Apache-2.0
//! units.parse and units.parse_bytes as OPA has them. The interpreter's own reckon with exponents
//! of any size, past every limit of an evaluation.
use super::call::{failed, text, Builtin, Failure, Outcome};
use crate::json;

pub const BUILTINS: &[Builtin] =
    &[("units.parse", 1, units_parse), ("units.parse_bytes", 1, units_parse_bytes)];

/// OPA reads up to six digits; the value would have as many as the exponent says.
const MAX_EXPONENT: i64 = 10_000;
const MAX_DIGITS: usize = 10_000;
/// Digits behind the point that units.parse gives.
const PLACES: usize = 10;

/// digits, the first one weighing most, times a power of ten.
struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    exponent: i64,
}

impl Decimal {
    /// "-1.5e3", ".5" and "5." as Go's numbers; `None` for everything else.
    fn parse(text: &str) -> Option<Decimal> {
        let unsigned = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (mantissa, exponent) = unsigned.split_once(['e', 'E']).unwrap_or((unsigned, "0"));
        let exponent: i64 = exponent.parse().ok()?;
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = || whole.bytes().chain(fraction.bytes());
        if all().next().is_none() || !all().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        Some(Decimal {
            negative: text.starts_with('-'),
            digits: all().map(|byte| byte - b'0').collect(),
            exponent: exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?,
        })
    }

    fn multiply(&mut self, factor: u64) {
        let mut carry: u128 = 0;
        for digit in self.digits.iter_mut().rev() {
            carry += u128::from(*digit) * u128::from(factor);
            *digit = (carry % 10) as u8;
            carry /= 10;
        }
        while carry > 0 {
            self.digits.insert(0, (carry % 10) as u8);
            carry /= 10;
        }
    }

    /// Digits and how many of them stand behind the point: at most `places`, rounded half away
    /// from zero, or cut off.
    fn fixed(&self, places: usize, round: bool) -> (Vec<u8>, usize) {
        let mut digits = self.digits.clone();
        let behind = usize::try_from(-self.exponent).unwrap_or(0);
        digits.resize(digits.len() + usize::try_from(self.exponent).unwrap_or(0), 0);
        if behind > digits.len() {
            digits.splice(0..0, std::iter::repeat_n(0, behind - digits.len()));
        }
        if behind <= places {
            return (digits, behind);
        }
        let dropped = digits.split_off(digits.len() - (behind - places));
        if round && dropped[0] >= 5 {
            let mut kept = Decimal { negative: false, digits, exponent: 0 };
            kept.increment();
            return (kept.digits, places);
        }
        (digits, places)
    }

    fn increment(&mut self) {
        for digit in self.digits.iter_mut().rev() {
            *digit = (*digit + 1) % 10;
            if *digit != 0 {
                return;
            }
        }
        self.digits.insert(0, 1);
    }

    /// As JSON: no zeros in front of the number or at the end of its fraction.
    fn render(&self, places: usize, round: bool) -> String {
        let (digits, behind) = self.fixed(places, round);
        let text: String = digits.iter().map(|digit| char::from(b'0' + digit)).collect();
        let (whole, fraction) = text.split_at(text.len() - behind);
        let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
        let zero = whole.is_empty() && fraction.is_empty();
        let sign = if self.negative && !zero { "-" } else { "" };
        let whole = if whole.is_empty() { "0" } else { whole };
        let point = if fraction.is_empty() { "" } else { "." };
        format!("{sign}{whole}{point}{fraction}")
    }
}

/// Where the number ends and the unit begins.
fn unit_at(text: &str) -> usize {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'0'..=b'9' | b'.' | b'+' | b'-' => at += 1,
            b'e' | b'E' if is_digit(at + 1) => at += 1,
            b'e' | b'E' if matches!(bytes.get(at + 1), Some(b'+' | b'-')) => at += 2,
            _ => return at,
        }
    }
    at
}

/// The number in a text and the unit behind it.
fn split(text: &str) -> Result<(Decimal, &str), Failure> {
    if text.contains(' ') {
        return failed("spaces not allowed in resource strings");
    }
    let (number, unit) = text.split_at(unit_at(text));
    if number.is_empty() {
        return failed("no amount provided");
    }
    let Some(decimal) = Decimal::parse(number) else {
        return failed("could not parse amount to a number");
    };
    if decimal.exponent.abs() > MAX_EXPONENT || decimal.digits.len() > MAX_DIGITS {
        return Err(Failure::Limit(format!("more than {MAX_DIGITS} digits")));
    }
    Ok((decimal, unit))
}

/// 1000 or 1024 to the power that a letter stands for.
fn power(base: u64, letter: char) -> Option<u64> {
    "kmgtpe".find(letter).and_then(|at| base.checked_pow(at as u32 + 1))
}

fn factor_of(unit: &str) -> Option<u64> {
    let mut letters = unit.chars();
    match (letters.next(), letters.as_str()) {
        (None, _) => Some(1),
        (Some(letter), "") => power(1000, letter),
        (Some(letter), "i") => power(1024, letter),
        _ => None,
    }
}

fn units_parse(arguments: &[regorus::Value]) -> Outcome {
    let plain = text(arguments, 0)?.replace('"', "");
    let (mut number, unit) = split(&plain)?;
    // "m" is a thousandth, "M" a million, "Mi" and "mi" the same.
    if unit == "m" {
        number.exponent -= 3;
    } else {
        match factor_of(&unit.to_ascii_lowercase()) {
            Some(factor) => number.multiply(factor),
            None => return failed(format!("unit {unit} not recognized")),
        }
    }
    json::parse(number.render(PLACES, true).as_bytes(), 1).or_else(failed)
}

fn units_parse_bytes(arguments: &[regorus::Value]) -> Outcome {
    let plain = text(arguments, 0)?.replace('"', "").to_lowercase();
    let (mut number, unit) = split(&plain)?;
    // "kb" is "k", "kib" is "ki"; a lone "b" is no unit.
    let short = unit.strip_suffix('b').filter(|rest| !rest.is_empty()).unwrap_or(unit);
    match factor_of(short) {
        Some(factor) => number.multiply(factor),
        None => return failed(format!("byte unit {unit} not recognized")),
    }
    json::parse(number.render(0, false).as_bytes(), 1).or_else(failed)
}
