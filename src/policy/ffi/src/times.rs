// SPDX-License-Identifier: Apache-2.0
//! time.add_date, time.diff and time.parse_rfc3339_ns as Go's package time reckons: months that end
//! early run over into the next one, and both times of a difference are those of one zone.
use crate::own::{failed, integer, text, Builtin, Failure, Outcome};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use regorus::Value;

/// A time and the zone it is meant in: ns, [ns] or [ns, zone, ...].
fn time_of(arguments: &[Value], index: usize) -> Result<(DateTime<Utc>, Tz), Failure> {
    let wrong = || failed(format!("operand {} must be ns or [ns, zone]", index + 1));
    let (ns, zone) = match &arguments[index] {
        Value::Array(parts) => match parts.as_slice() {
            [ns] => (ns, ""),
            [ns, Value::String(zone), ..] => (ns, zone.as_ref()),
            _ => return wrong(),
        },
        ns => (ns, ""),
    };
    let Ok(ns) = ns.as_i64() else {
        return wrong();
    };
    let zone = match zone {
        "" | "UTC" | "Local" => Tz::UTC,
        name => name.parse().or_else(|_| failed(format!("unknown time zone {name}")))?,
    };
    Ok((DateTime::from_timestamp_nanos(ns), zone))
}

fn nanoseconds(time: DateTime<Utc>) -> Outcome {
    match time.timestamp_nanos_opt() {
        Some(ns) => Ok(Value::from(ns)),
        None => failed("time outside of valid range"),
    }
}

/// The time of a clock in a zone. A time that stands twice is the first one; for one that is left
/// out the clock counts on from before.
fn in_zone(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    if let Some(time) = zone.from_local_datetime(&local).earliest() {
        return Some(time.to_utc());
    }
    let before = local.checked_sub_signed(chrono::TimeDelta::hours(3))?;
    let before = zone.from_local_datetime(&before).earliest()?;
    before.to_utc().checked_add_signed(chrono::TimeDelta::hours(3))
}

fn add_date(a: &[Value]) -> Outcome {
    let (time, zone) = time_of(a, 0)?;
    let (years, months, days) = (integer(a, 1)?, integer(a, 2)?, integer(a, 3)?);
    let local = time.with_timezone(&zone).naive_local();
    let moved = || {
        let month = i64::from(local.month0()).checked_add(months)?;
        let year = i64::from(local.year()).checked_add(years)?.checked_add(month.div_euclid(12))?;
        let month = u32::try_from(month.rem_euclid(12)).ok()? + 1;
        let first = NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, 1)?;
        let days = i64::from(local.day0()).checked_add(days)?;
        let by = Days::new(days.unsigned_abs());
        let date = if days < 0 { first.checked_sub_days(by) } else { first.checked_add_days(by) };
        in_zone(date?.and_time(local.time()), zone)
    };
    moved().map_or_else(|| failed("time outside of valid range"), nanoseconds)
}

fn diff(a: &[Value]) -> Outcome {
    let (first, zone) = time_of(a, 0)?;
    let (second, _) = time_of(a, 1)?;
    let (earlier, later) = if first > second { (second, first) } else { (first, second) };
    let parts = |time: DateTime<Utc>| {
        let t = time.with_timezone(&zone);
        let date = [i64::from(t.year()), i64::from(t.month()), i64::from(t.day())];
        let clock = [i64::from(t.hour()), i64::from(t.minute()), i64::from(t.second())];
        [date[0], date[1], date[2], clock[0], clock[1], clock[2]]
    };
    let (from, to) = (parts(earlier), parts(later));
    let mut out: Vec<i64> = from.iter().zip(to).map(|(from, to)| to - from).collect();
    for (part, size) in [(5, 60), (4, 60), (3, 24)] {
        if out[part] < 0 {
            out[part] += size;
            out[part - 1] -= 1;
        }
    }
    if out[2] < 0 {
        let start = earlier.with_timezone(&zone).date_naive().with_day(1);
        let next = start.and_then(|d| d.checked_add_months(chrono::Months::new(1)));
        let size = start.zip(next).map_or(30, |(start, next)| (next - start).num_days());
        out[2] += size;
        out[1] -= 1;
    }
    if out[1] < 0 {
        out[1] += 12;
        out[0] -= 1;
    }
    Ok(Value::from(out.into_iter().map(Value::from).collect::<Vec<_>>()))
}

/// RFC 3339 with T and Z in upper case only.
fn parse_rfc3339(a: &[Value]) -> Outcome {
    let given = text(a, 0)?;
    let parsed = DateTime::parse_from_rfc3339(given);
    match parsed {
        Ok(time) if !given.contains(['t', 'z', ' ']) => nanoseconds(time.to_utc()),
        _ => failed(format!("{given:?} is no time of RFC 3339")),
    }
}

pub const BUILTINS: &[Builtin] = &[
    ("time.add_date", 4, add_date),
    ("time.diff", 2, diff),
    ("time.parse_rfc3339_ns", 1, parse_rfc3339),
];
