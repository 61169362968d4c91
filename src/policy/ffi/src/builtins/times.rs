// SPDX-License-Identifier: Apache-2.0
//! The builtins of time but time.now_ns (which C++ answers), as OPA has them on Go's package time:
//! months that end early run over into the next one, both times of a difference are those of one
//! zone, and layouts are Go's.
use super::call::{failed, integer, text, Builtin, Failure, Outcome};
use super::{go_duration, go_format, go_layout, go_parse, zones};
use jiff::tz::TimeZone;
use jiff::{civil, Timestamp};
use regorus::Value;

/// A time, the zone it is meant in, and how it is to be written.
struct Meant<'a> {
    time: Timestamp,
    zone: TimeZone,
    layout: &'a str,
}

impl Meant<'_> {
    fn shown(&self) -> civil::DateTime {
        self.zone.to_datetime(self.time)
    }
}

/// ns, [ns], [ns, zone] or [ns, zone, layout].
fn meant(arguments: &[Value], index: usize) -> Result<Meant<'_>, Failure> {
    let wrong = || failed(format!("operand {} must be ns or [ns, zone, layout]", index + 1));
    let (ns, texts) = match &arguments[index] {
        Value::Array(parts) => match parts.as_slice() {
            [ns, texts @ ..] => (ns, texts),
            _ => return wrong(),
        },
        ns => (ns, &[][..]),
    };
    let mut given = [""; 2];
    for (slot, part) in given.iter_mut().zip(texts) {
        let Value::String(part) = part else {
            return wrong();
        };
        *slot = part;
    }
    let [zone, layout] = given;
    let Ok(Ok(time)) = ns.as_i64().map(|ns| Timestamp::from_nanosecond(ns.into())) else {
        return wrong();
    };
    match zones::load(zone) {
        Some(zone) => Ok(Meant { time, zone, layout }),
        None => failed(format!("unknown time zone {zone}")),
    }
}

fn nanoseconds(time: Timestamp) -> Outcome {
    match i64::try_from(time.as_nanosecond()) {
        Ok(ns) => Ok(Value::from(ns)),
        Err(_) => failed("time outside of valid range"),
    }
}

fn numbers<const N: usize>(numbers: [i64; N]) -> Outcome {
    Ok(Value::from(numbers.map(Value::from).to_vec()))
}

fn add_date(a: &[Value]) -> Outcome {
    let from = meant(a, 0)?;
    let by = [integer(a, 1)?, integer(a, 2)?, integer(a, 3)?];
    let moved = zones::moved(from.shown(), by, &from.zone);
    moved.map_or_else(|| failed("time outside of valid range"), nanoseconds)
}

fn date_of(time: &civil::DateTime) -> [i64; 3] {
    [time.year().into(), time.month().into(), time.day().into()]
}

fn clock_of(time: &civil::DateTime) -> [i64; 3] {
    [time.hour().into(), time.minute().into(), time.second().into()]
}

fn diff(a: &[Value]) -> Outcome {
    let (first, second) = (meant(a, 0)?, meant(a, 1)?.time);
    let earlier = first.zone.to_datetime(first.time.min(second));
    let later = first.zone.to_datetime(first.time.max(second));
    let [mut years, mut months, mut days] =
        [0, 1, 2].map(|i| date_of(&later)[i] - date_of(&earlier)[i]);
    let mut clock = [0, 1, 2].map(|i| clock_of(&later)[i] - clock_of(&earlier)[i]);
    for (part, size) in [(2, 60), (1, 60)] {
        if clock[part] < 0 {
            clock[part] += size;
            clock[part - 1] -= 1;
        }
    }
    if clock[0] < 0 {
        clock[0] += 24;
        days -= 1;
    }
    if days < 0 {
        days += i64::from(earlier.days_in_month());
        months -= 1;
    }
    if months < 0 {
        months += 12;
        years -= 1;
    }
    numbers([years, months, days, clock[0], clock[1], clock[2]])
}

fn format(a: &[Value]) -> Outcome {
    let Meant { time, zone, layout } = meant(a, 0)?;
    let layout = if layout.is_empty() { go_layout::RFC3339_NANO } else { go_layout::named(layout) };
    Ok(Value::from(go_format::format(time, &zone, layout)))
}

fn weekday(a: &[Value]) -> Outcome {
    let day = meant(a, 0)?.shown().weekday().to_sunday_zero_offset();
    Ok(Value::from(go_layout::WEEKDAYS[usize::from(day.unsigned_abs())]))
}

fn parse_duration(a: &[Value]) -> Outcome {
    let given = text(a, 0)?;
    match go_duration::parse(given) {
        Some(ns) => Ok(Value::from(ns)),
        None => failed(format!("invalid duration {given:?}")),
    }
}

fn parse(layout: &str, given: &str) -> Outcome {
    go_parse::parse(layout, given).map_or_else(failed, nanoseconds)
}

pub const BUILTINS: &[Builtin] = &[
    ("time.add_date", 4, add_date),
    ("time.clock", 1, |a| numbers(clock_of(&meant(a, 0)?.shown()))),
    ("time.date", 1, |a| numbers(date_of(&meant(a, 0)?.shown()))),
    ("time.diff", 2, diff),
    ("time.format", 1, format),
    ("time.parse_duration_ns", 1, parse_duration),
    ("time.parse_ns", 2, |a| parse(go_layout::named(text(a, 0)?), text(a, 1)?)),
    ("time.parse_rfc3339_ns", 1, |a| parse(go_layout::RFC3339, text(a, 0)?)),
    ("time.weekday", 1, weekday),
];
