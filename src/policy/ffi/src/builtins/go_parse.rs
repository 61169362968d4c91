// SPDX-License-Identifier: Apache-2.0
//! Times read by a layout as Go's package time does it (time.Parse), with its leniency: a fraction
//! may follow the seconds unasked, months and weekdays have any case, and the name of a zone is
//! read but moves nothing, as where the local zone is UTC.
use super::go_layout::{self, Offset, Part, MONTHS, WEEKDAYS};
use jiff::civil::{Date, Time};
use jiff::tz;
use jiff::Timestamp;

/// Why a text is no time.
type Read<T> = Result<T, &'static str>;

const UNFIT: &str = "does not fit the layout";

#[derive(Default)]
struct Reader<'a> {
    rest: &'a [u8],
    year: i64,
    month: Option<i64>,
    day: Option<i64>,
    year_day: Option<i64>,
    hour: i64,
    minute: i64,
    second: i64,
    nanosecond: i64,
    /// Whether the hour is one of the afternoon, where that was said.
    afternoon: Option<bool>,
    utc: bool,
    offset: Option<i64>,
}

fn digit_at(text: &[u8], at: usize) -> bool {
    text.get(at).is_some_and(u8::is_ascii_digit)
}

/// A number with or without a sign and with nothing behind it.
fn number(text: &[u8]) -> Read<i64> {
    let text = std::str::from_utf8(text).map_err(|_| UNFIT)?;
    text.parse().map_err(|_| UNFIT)
}

fn within(number: i64, least: i64, most: i64, what: &'static str) -> Read<i64> {
    if (least..=most).contains(&number) {
        Ok(number)
    } else {
        Err(what)
    }
}

/// The size of the name of a zone in front: three capital letters, or more under conditions; or a
/// signed number.
fn zone_name_size(text: &[u8]) -> Option<usize> {
    let signed = |text: &[u8]| {
        if !matches!(text.first(), Some(b'+' | b'-')) {
            return 0;
        }
        let size = 1 + text[1..].iter().take_while(|b| b.is_ascii_digit()).count();
        if number(&text[1..size]).is_ok_and(|hours| hours <= 23) {
            size
        } else {
            0
        }
    };
    if text.len() < 3 {
        return None;
    }
    if text.starts_with(b"ChST") || text.starts_with(b"MeST") {
        return Some(4);
    }
    if text.starts_with(b"GMT") {
        return Some(3 + signed(&text[3..]));
    }
    if matches!(text[0], b'+' | b'-') {
        return Some(signed(text)).filter(|&size| size > 0);
    }
    let capitals = text.iter().take(6).take_while(|b| b.is_ascii_uppercase()).count();
    let named = match capitals {
        3 => true,
        4 => text[3] == b'T' || text.starts_with(b"WITA"),
        5 => text[4] == b'T',
        _ => false,
    };
    named.then_some(capitals)
}

impl<'a> Reader<'a> {
    fn take(&mut self, size: usize) -> Read<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(size).ok_or(UNFIT)?;
        self.rest = rest;
        Ok(taken)
    }

    /// Text of the layout; as many spaces as there are fit any number of them.
    fn skip(&mut self, mut text: &[u8]) -> Read<()> {
        let trimmed = |text: &'a [u8]| {
            let spaces = text.iter().take_while(|&&b| b == b' ').count();
            &text[spaces..]
        };
        while let Some(&byte) = text.first() {
            if byte == b' ' {
                if self.rest.first().is_some_and(|&b| b != b' ') {
                    return Err(UNFIT);
                }
                text = &text[text.iter().take_while(|&&b| b == b' ').count()..];
                self.rest = trimmed(self.rest);
                continue;
            }
            if self.take(1)? != [byte] {
                return Err(UNFIT);
            }
            text = &text[1..];
        }
        Ok(())
    }

    /// One to `most` digits; exactly so many if `fixed`.
    fn digits(&mut self, most: usize, fixed: bool) -> Read<i64> {
        let size = self.rest.iter().take(most).take_while(|b| b.is_ascii_digit()).count();
        if size == 0 || fixed && size < most {
            return Err(UNFIT);
        }
        number(self.take(size)?)
    }

    /// One of `names`, or of their first `size` letters; its index.
    fn name(&mut self, names: &[&str], size: usize) -> Read<usize> {
        let fits = |name: &&str| {
            let name = &name.as_bytes()[..size.min(name.len())];
            self.rest.get(..name.len()).is_some_and(|text| text.eq_ignore_ascii_case(name))
        };
        let index = names.iter().position(fits).ok_or(UNFIT)?;
        self.take(size.min(names[index].len()))?;
        Ok(index)
    }

    fn month_name(&mut self, size: usize) -> Read<()> {
        self.month = Some(self.name(&MONTHS, size)? as i64 + 1);
        Ok(())
    }

    fn spaces(&mut self, most: usize) {
        let size = self.rest.iter().take(most).take_while(|&&b| b == b' ').count();
        self.rest = &self.rest[size..];
    }

    /// A point or comma and digits, `size` bytes in all; what is less than nanoseconds is left out.
    fn fraction(&mut self, size: usize) -> Read<()> {
        let text = self.take(size)?;
        if !matches!(text[0], b'.' | b',') {
            return Err(UNFIT);
        }
        let text = &text[..size.min(10)];
        let value = within(number(&text[1..])?, 0, i64::MAX, "fractional second out of range")?;
        self.nanosecond = value * 10i64.pow(10 - text.len() as u32);
        Ok(())
    }

    /// The size of a fraction in front with all its digits; 0 if there is none.
    fn fraction_size(&self) -> usize {
        if matches!(self.rest.first(), Some(b'.' | b',')) && digit_at(self.rest, 1) {
            1 + self.rest[1..].iter().take_while(|b| b.is_ascii_digit()).count()
        } else {
            0
        }
    }

    fn seconds(&mut self, fixed: bool, layout: &str) -> Read<()> {
        self.second = within(self.digits(2, fixed)?, 0, 59, "second out of range")?;
        let size = self.fraction_size();
        if size > 0 && !matches!(go_layout::next(layout).1, Some(Part::Fraction { .. })) {
            self.fraction(size)?;
        }
        Ok(())
    }

    fn offset(&mut self, how: Offset) -> Read<()> {
        if how.z && self.rest.first() == Some(&b'Z') {
            self.utc = true;
            self.take(1)?;
            return Ok(());
        }
        let sign = match self.take(1)? {
            b"+" => 1,
            b"-" => -1,
            _ => return Err(UNFIT),
        };
        let mut fields = [0; 3];
        for (index, field) in fields.iter_mut().take(how.fields).enumerate() {
            if how.colon && index > 0 && self.take(1)? != b":" {
                return Err(UNFIT);
            }
            *field = self.digits(2, true)?;
        }
        let hours = within(fields[0], 0, 24, "time zone offset hour out of range")?;
        let minutes = within(fields[1], 0, 60, "time zone offset minute out of range")?;
        let seconds = within(fields[2], 0, 60, "time zone offset second out of range")?;
        self.offset = Some(sign * ((hours * 60 + minutes) * 60 + seconds));
        Ok(())
    }

    fn date_part(&mut self, part: Part) -> Read<()> {
        match part {
            Part::LongMonth => self.month_name(usize::MAX)?,
            Part::ShortMonth => self.month_name(3)?,
            Part::Month | Part::ZeroMonth => {
                let month = self.digits(2, part == Part::ZeroMonth)?;
                self.month = Some(within(month, 1, 12, "month out of range")?);
            }
            // Names of days are read, but do not count.
            Part::LongWeekday => drop(self.name(&WEEKDAYS, usize::MAX)?),
            Part::ShortWeekday => drop(self.name(&WEEKDAYS, 3)?),
            Part::Day | Part::UnderDay | Part::ZeroDay => {
                self.spaces(usize::from(part == Part::UnderDay));
                self.day = Some(self.digits(2, part == Part::ZeroDay)?);
            }
            Part::UnderYearDay | Part::ZeroYearDay => {
                self.spaces(if part == Part::UnderYearDay { 2 } else { 0 });
                self.year_day = Some(self.digits(3, part == Part::ZeroYearDay)?);
            }
            Part::LongYear => {
                if !digit_at(self.rest, 0) {
                    return Err(UNFIT);
                }
                self.year = number(self.take(4)?)?;
            }
            Part::Year => {
                let year = number(self.take(2)?)?;
                self.year = year + if year >= 69 { 1900 } else { 2000 };
            }
            _ => {}
        }
        Ok(())
    }

    /// `layout` is what follows the part.
    fn part(&mut self, part: Part, layout: &str) -> Read<()> {
        match part {
            Part::Hour => self.hour = within(self.digits(2, false)?, 0, 23, "hour out of range")?,
            Part::Hour12 | Part::ZeroHour12 => {
                let hour = self.digits(2, part == Part::ZeroHour12)?;
                self.hour = within(hour, 0, 12, "hour out of range")?;
            }
            Part::Minute | Part::ZeroMinute => {
                let minute = self.digits(2, part == Part::ZeroMinute)?;
                self.minute = within(minute, 0, 59, "minute out of range")?;
            }
            Part::Second | Part::ZeroSecond => self.seconds(part == Part::ZeroSecond, layout)?,
            Part::Half { lower } => {
                let text = self.take(2)?;
                let [am, pm] = if lower { [b"am", b"pm"] } else { [b"AM", b"PM"] };
                if text != am && text != pm {
                    return Err(UNFIT);
                }
                // Said twice, the afternoon counts.
                self.afternoon = Some(text == pm || self.afternoon == Some(true));
            }
            Part::Offset(how) => self.offset(how)?,
            Part::ZoneName if self.rest.starts_with(b"UTC") => {
                self.utc = true;
                self.take(3)?;
            }
            Part::ZoneName => drop(self.take(zone_name_size(self.rest).ok_or(UNFIT)?)?),
            Part::Fraction { digits, trimmed: false, .. } => self.fraction(1 + digits)?,
            Part::Fraction { .. } => match self.fraction_size() {
                0 => {}
                size => self.fraction(size)?,
            },
            _ => self.date_part(part)?,
        }
        Ok(())
    }

    /// A day of the year has to agree with what else is said.
    fn date(&self) -> Read<Date> {
        let year = self.year as i16;
        let unreal = |_| "day out of range";
        let Some(day) = self.year_day else {
            let (month, day) = (self.month.unwrap_or(1), self.day.unwrap_or(1));
            let day = i8::try_from(day).map_err(|_| "day out of range")?;
            return Date::new(year, month as i8, day).map_err(unreal);
        };
        let first = Date::new(year, 1, 1).map_err(unreal)?;
        let day = within(day, 1, first.days_in_year().into(), "day-of-year out of range")? as i16;
        let date = first.with().day_of_year(day).build().map_err(unreal)?;
        if self.month.is_some_and(|month| month != i64::from(date.month())) {
            return Err("day-of-year does not match month");
        }
        if self.day.is_some_and(|day| day != i64::from(date.day())) {
            return Err("day-of-year does not match day");
        }
        Ok(date)
    }

    fn time(&self) -> Read<Timestamp> {
        let hour = match self.afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let clock = [hour, self.minute, self.second].map(|part| part as i8);
        let clock = Time::new(clock[0], clock[1], clock[2], self.nanosecond as i32);
        let shown = self.date()?.to_datetime(clock.map_err(|_| UNFIT)?);
        // Z counts before an offset.
        let offset = self.offset.filter(|_| !self.utc).unwrap_or(0);
        let offset = tz::Offset::from_seconds(offset as i32);
        let time = offset.and_then(|offset| offset.to_timestamp(shown));
        time.map_err(|_| "time outside of valid range")
    }
}

/// The time that `text` gives by `layout`.
pub fn parse(layout: &str, text: &str) -> Result<Timestamp, String> {
    let mut reader = Reader { rest: text.as_bytes(), ..Reader::default() };
    let mut left = layout;
    let mut read = || loop {
        let (before, part, rest) = go_layout::next(left);
        reader.skip(before.as_bytes())?;
        left = rest;
        match part {
            Some(part) => reader.part(part, rest)?,
            None if reader.rest.is_empty() => return reader.time(),
            None => return Err("has extra text"),
        }
    };
    read().map_err(|why| format!("parsing time {text:?} as {layout:?}: {why}"))
}
