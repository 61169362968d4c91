// SPDX-License-Identifier: Apache-2.0
//! Layouts of times as Go's package time reads them: the parts of one example,
//! "Mon Jan 2 15:04:05 2006 -0700", stand for what goes to their place.

/// How the hours and minutes (and seconds) of an offset from UTC are written.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Offset {
    /// UTC itself is "Z".
    pub z: bool,
    pub colon: bool,
    /// Of two digits: 1 to 3.
    pub fields: usize,
}

/// Named "zero" have leading zeros, named "under" leading spaces.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Part {
    LongMonth,
    ShortMonth,
    Month,
    ZeroMonth,
    LongWeekday,
    ShortWeekday,
    Day,
    UnderDay,
    ZeroDay,
    UnderYearDay,
    ZeroYearDay,
    Hour,
    Hour12,
    ZeroHour12,
    Minute,
    ZeroMinute,
    Second,
    ZeroSecond,
    LongYear,
    Year,
    /// AM or PM, or in lower case.
    Half {
        lower: bool,
    },
    ZoneName,
    Offset(Offset),
    /// With its point or comma; trimmed where zeros at the end are left out.
    Fraction {
        comma: bool,
        digits: usize,
        trimmed: bool,
    },
}

pub const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

pub const RFC3339: &str = "2006-01-02T15:04:05Z07:00";
pub const RFC3339_NANO: &str = "2006-01-02T15:04:05.999999999Z07:00";

const fn offset(z: bool, colon: bool, fields: usize) -> Part {
    Part::Offset(Offset { z, colon, fields })
}

/// What stands for a part; of two that fit the first counts.
const WRITTEN: &[(&str, Part)] = &[
    ("January", Part::LongMonth),
    ("Jan", Part::ShortMonth),
    ("Monday", Part::LongWeekday),
    ("Mon", Part::ShortWeekday),
    ("MST", Part::ZoneName),
    ("01", Part::ZeroMonth),
    ("02", Part::ZeroDay),
    ("03", Part::ZeroHour12),
    ("04", Part::ZeroMinute),
    ("05", Part::ZeroSecond),
    ("06", Part::Year),
    ("002", Part::ZeroYearDay),
    ("15", Part::Hour),
    ("1", Part::Month),
    ("2006", Part::LongYear),
    ("2", Part::Day),
    ("_2", Part::UnderDay),
    ("__2", Part::UnderYearDay),
    ("3", Part::Hour12),
    ("4", Part::Minute),
    ("5", Part::Second),
    ("PM", Part::Half { lower: false }),
    ("pm", Part::Half { lower: true }),
    ("-070000", offset(false, false, 3)),
    ("-07:00:00", offset(false, true, 3)),
    ("-0700", offset(false, false, 2)),
    ("-07:00", offset(false, true, 2)),
    ("-07", offset(false, false, 1)),
    ("Z070000", offset(true, false, 3)),
    ("Z07:00:00", offset(true, true, 3)),
    ("Z0700", offset(true, false, 2)),
    ("Z07:00", offset(true, true, 2)),
    ("Z07", offset(true, false, 1)),
];

/// A layout by its name, or the text itself.
pub fn named(layout: &str) -> &str {
    match layout {
        "ANSIC" => "Mon Jan _2 15:04:05 2006",
        "UnixDate" => "Mon Jan _2 15:04:05 MST 2006",
        "RubyDate" => "Mon Jan 02 15:04:05 -0700 2006",
        "RFC822" => "02 Jan 06 15:04 MST",
        "RFC822Z" => "02 Jan 06 15:04 -0700",
        "RFC850" => "Monday, 02-Jan-06 15:04:05 MST",
        "RFC1123" => "Mon, 02 Jan 2006 15:04:05 MST",
        "RFC1123Z" => "Mon, 02 Jan 2006 15:04:05 -0700",
        "RFC3339" => RFC3339,
        "RFC3339Nano" => RFC3339_NANO,
        other => other,
    }
}

/// ".000" or ",999": nothing but these digits up to the next character that is none.
fn fraction_at(text: &str) -> Option<(usize, Part)> {
    let bytes = text.as_bytes();
    let comma = match bytes.first() {
        Some(b'.') => false,
        Some(b',') => true,
        _ => return None,
    };
    let digit = *bytes.get(1).filter(|digit| matches!(digit, b'0' | b'9'))?;
    let digits = bytes[1..].iter().take_while(|&&b| b == digit).count();
    if bytes.get(1 + digits).is_some_and(u8::is_ascii_digit) {
        return None;
    }
    Some((1 + digits, Part::Fraction { comma, digits, trimmed: digit == b'9' }))
}

/// The part that `text` starts with, and how long it is.
fn part_at(text: &str) -> Option<(usize, Part)> {
    // An underscore before a year stands for itself.
    if text.starts_with("_2006") {
        return None;
    }
    let fits = |&&(written, part): &&(&str, Part)| {
        let rest = text.strip_prefix(written);
        // "Month" and "Janitor" are words.
        let word = matches!(part, Part::ShortMonth | Part::ShortWeekday);
        rest.is_some_and(|rest| !word || !rest.starts_with(|c: char| c.is_ascii_lowercase()))
    };
    let found = WRITTEN.iter().find(fits).map(|&(written, part)| (written.len(), part));
    found.or_else(|| fraction_at(text))
}

/// The text before the next part, the part, and the text behind it; all of it before none.
pub fn next(layout: &str) -> (&str, Option<Part>, &str) {
    let starts =
        |c: char| matches!(c, 'J' | 'M' | 'P' | 'Z' | 'p' | '0'..='5' | '-' | '.' | ',' | '_');
    for (at, _) in layout.match_indices(starts) {
        if let Some((size, part)) = part_at(&layout[at..]) {
            return (&layout[..at], Some(part), &layout[at + size..]);
        }
    }
    (layout, None, "")
}
