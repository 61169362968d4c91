// SPDX-License-Identifier: Apache-2.0
//! Durations as Go's package time reads them ("1h30m", "-1.5s"), with the days, weeks and years
//! that OPA adds.

const HOUR: u64 = 3_600_000_000_000;
/// The size of the smallest number, which only a negative one has.
const MOST: u64 = 1 << 63;

fn unit_of(name: &str) -> Option<u64> {
    Some(match name {
        "ns" => 1,
        // Both letters that look so: the micro sign and the Greek one.
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => HOUR,
        _ => return None,
    })
}

/// Digits in front, and the text behind them.
fn digits(text: &str) -> (&str, &str) {
    text.split_at(text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len()))
}

/// Digits behind a point and what they are parts of; those too many are left out.
fn fraction_of(digits: &str) -> (f64, f64) {
    let (mut value, mut scale) = (0u64, 1.0);
    for digit in digits.bytes() {
        if value > (MOST - 1) / 10 {
            break;
        }
        value = value * 10 + u64::from(digit - b'0');
        scale *= 10.0;
    }
    (value as f64, scale)
}

/// Nanoseconds of a number with its unit in front, and the text behind them.
fn segment(text: &str) -> Option<(u64, &str)> {
    let (whole, rest) = digits(text);
    let (part, rest) = rest.strip_prefix('.').map_or(("", rest), digits);
    if whole.is_empty() && part.is_empty() {
        return None;
    }
    let number = |c: char| c == '.' || c.is_ascii_digit();
    let (unit, rest) = rest.split_at(rest.find(number).unwrap_or(rest.len()));
    let unit = unit_of(unit)?;
    let whole = if whole.is_empty() { 0 } else { whole.parse::<u64>().ok()? };
    let (part, scale) = fraction_of(part);
    let size = whole.checked_mul(unit)?.checked_add((part * (unit as f64 / scale)) as u64)?;
    (size <= MOST).then_some((size, rest))
}

fn go(text: &str) -> Option<i64> {
    let (negative, mut rest) = signed(text);
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut sum = 0u64;
    while !rest.is_empty() {
        let (size, behind) = segment(rest)?;
        sum = sum.checked_add(size).filter(|&sum| sum <= MOST)?;
        rest = behind;
    }
    match negative {
        true => 0i64.checked_sub_unsigned(sum),
        false => i64::try_from(sum).ok(),
    }
}

fn signed(text: &str) -> (bool, &str) {
    let rest = text.strip_prefix(['-', '+']);
    (text.starts_with('-'), rest.unwrap_or(text))
}

/// The text with hours in place of days, weeks and years, as OPA has them.
fn in_hours(text: &str) -> Option<String> {
    let (negative, mut rest) = signed(text);
    let mut out = String::from(if negative { "-" } else { "" });
    while !rest.is_empty() {
        let number = |c: char| c != '.' && !c.is_ascii_digit();
        let (digits, behind) = rest.split_at(rest.find(number)?);
        let long = ["ms", "us", "\u{b5}s", "ns"].into_iter().find(|unit| behind.starts_with(unit));
        let letter = || behind.get(..1).filter(|unit| unit.as_bytes()[0].is_ascii_lowercase());
        let unit = long.or_else(letter)?;
        let hours = match unit {
            "d" => Some(24.0),
            "w" => Some(7.0 * 24.0),
            "y" => Some(365.0 * 24.0),
            _ => None,
        };
        match hours {
            Some(hours) => out += &format!("{}h", digits.parse::<f64>().ok()? * hours),
            None => out += &rest[..digits.len() + unit.len()],
        }
        rest = &behind[unit.len()..];
    }
    Some(out)
}

/// Nanoseconds; none if `text` is no duration or too long a one.
pub fn parse(text: &str) -> Option<i64> {
    if text.contains(['d', 'w', 'y']) {
        return go(&in_hours(text)?);
    }
    go(text)
}
