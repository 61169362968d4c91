// SPDX-License-Identifier: Apache-2.0
//! Times written by a layout of Go's package time.
use super::go_layout::{self, Offset, Part, MONTHS, WEEKDAYS};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::Timestamp;
use std::fmt::Write;

fn offset_text(seconds: i32, how: Offset, out: &mut String) {
    if how.z && seconds == 0 {
        out.push('Z');
        return;
    }
    // By minutes, as Go: what is less than one has no sign.
    out.push(if seconds / 60 < 0 { '-' } else { '+' });
    let size = seconds.unsigned_abs();
    let fields = [size / 3600, size / 60 % 60, size % 60];
    for (index, field) in fields.into_iter().take(how.fields).enumerate() {
        if how.colon && index > 0 {
            out.push(':');
        }
        let _ = write!(out, "{field:02}");
    }
}

fn fraction_text(nanosecond: i32, part: (bool, usize, bool), out: &mut String) {
    let (comma, digits, trimmed) = part;
    let text = format!("{nanosecond:09}");
    let text = &text[..digits.min(9)];
    let text = if trimmed { text.trim_end_matches('0') } else { text };
    if !text.is_empty() {
        out.push(if comma { ',' } else { '.' });
        out.push_str(text);
    }
}

fn clock_text(time: &DateTime, part: Part, out: &mut String) -> std::fmt::Result {
    let hour12 = (time.hour() + 11) % 12 + 1;
    match part {
        Part::Hour => write!(out, "{:02}", time.hour()),
        Part::Hour12 => write!(out, "{hour12}"),
        Part::ZeroHour12 => write!(out, "{hour12:02}"),
        Part::Minute => write!(out, "{}", time.minute()),
        Part::ZeroMinute => write!(out, "{:02}", time.minute()),
        Part::Second => write!(out, "{}", time.second()),
        Part::ZeroSecond => write!(out, "{:02}", time.second()),
        Part::Half { lower } => out.write_str(match (time.hour() < 12, lower) {
            (true, false) => "AM",
            (true, true) => "am",
            (false, false) => "PM",
            (false, true) => "pm",
        }),
        _ => Ok(()),
    }
}

fn date_text(time: &DateTime, part: Part, out: &mut String) -> std::fmt::Result {
    let month = MONTHS[usize::from(time.month().unsigned_abs()) - 1];
    let weekday = WEEKDAYS[usize::from(time.weekday().to_sunday_zero_offset().unsigned_abs())];
    match part {
        Part::LongMonth => out.write_str(month),
        Part::ShortMonth => out.write_str(&month[..3]),
        Part::Month => write!(out, "{}", time.month()),
        Part::ZeroMonth => write!(out, "{:02}", time.month()),
        Part::LongWeekday => out.write_str(weekday),
        Part::ShortWeekday => out.write_str(&weekday[..3]),
        Part::Day => write!(out, "{}", time.day()),
        Part::UnderDay => write!(out, "{:2}", time.day()),
        Part::ZeroDay => write!(out, "{:02}", time.day()),
        Part::UnderYearDay => write!(out, "{:3}", time.day_of_year()),
        Part::ZeroYearDay => write!(out, "{:03}", time.day_of_year()),
        Part::LongYear => write!(out, "{:04}", time.year()),
        Part::Year => write!(out, "{:02}", time.year() % 100),
        _ => clock_text(time, part, out),
    }
}

/// `layout` filled with a time as the clocks of `zone` show it.
pub fn format(time: Timestamp, zone: &TimeZone, mut layout: &str) -> String {
    let info = zone.to_offset_info(time);
    let shown = info.offset().to_datetime(time);
    let mut out = String::with_capacity(layout.len() + 10);
    loop {
        let (before, part, rest) = go_layout::next(layout);
        out.push_str(before);
        layout = rest;
        match part {
            None => return out,
            Some(Part::ZoneName) => out.push_str(info.abbreviation()),
            Some(Part::Offset(how)) => offset_text(info.offset().seconds(), how, &mut out),
            Some(Part::Fraction { comma, digits, trimmed }) => {
                fraction_text(shown.subsec_nanosecond(), (comma, digits, trimmed), &mut out);
            }
            // Writing to a text cannot fail.
            Some(part) => drop(date_text(&shown, part, &mut out)),
        }
    }
}
