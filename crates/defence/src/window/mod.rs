//! Time windows of rules (gateway.md §7; CD-066: no booking outside opening time).
//!
//! A window is read in local time. One that passes midnight belongs to the day on which it begins: Friday 22:00–06:00 ends
//! on Saturday morning, and weekday, dates and holidays are those of the Friday. It is *not* a schedule: nothing happens when
//! a window opens; a rule asks whether it is open.
//!
//! ```
//! use medward_contract::Timestamp;
//! use medward_defence::window::{Holidays, RawTimeWindow, TimeWindow};
//!
//! let raw = RawTimeWindow { from: Some("22:00".into()), to: Some("06:00".into()), ..RawTimeWindow::default() };
//! let night = TimeWindow::compile(&raw)?;
//! let half_past_midnight_in_shanghai = Timestamp::parse("2026-11-20T16:30:00Z").unwrap();
//! assert!(night.covers(half_past_midnight_in_shanghai, &Holidays::default()));
//! # Ok::<(), medward_defence::window::WindowError>(())
//! ```

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use jiff::civil::{Date, Weekday};
use jiff::tz::{Offset, TimeZone};
use medward_contract::Timestamp;
use serde::{Deserialize, Serialize};

/// The zone of a window that names none.
pub const DEFAULT_ZONE: &str = "Asia/Shanghai";
/// Holidays of one list: ten years of every day.
pub const MAX_HOLIDAYS: usize = 3_660;

const MINUTES_OF_A_DAY: u16 = 24 * 60;

/// A window as it is written. What is left out does not limit.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RawTimeWindow {
    /// `mon` to `sun`; none means all.
    pub weekdays: Vec<RawWeekday>,
    /// `HH:MM`, included.
    pub from: Option<String>,
    /// `HH:MM` to `24:00`, not included. Earlier than `from`: on the next day.
    pub to: Option<String>,
    /// `YYYY-MM-DD`, included.
    pub first_day: Option<String>,
    /// `YYYY-MM-DD`, included.
    pub last_day: Option<String>,
    pub holidays: HolidayUse,
    /// IANA name, `Asia/Shanghai` if left out.
    pub zone: Option<String>,
}

/// What the holiday list does to a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HolidayUse {
    /// A holiday is a day like others.
    #[default]
    Included,
    /// Closed on holidays.
    Excluded,
    /// Open on holidays only.
    Only,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RawWeekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

/// Why a window was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WindowError {
    #[error("read time window: {field}: expected a time like 08:30")]
    Time { field: &'static str },
    #[error("read time window: {field}: expected a date like 2026-10-01")]
    Day { field: &'static str },
    #[error("read time window: to: is the same as `from`; leave both out for the whole day")]
    NoTime,
    #[error("read time window: last_day: is before `first_day`")]
    NoDay,
    #[error("read time window: zone: `{0}` is not in the time zone database")]
    Zone(String),
    #[error("read holidays: entry {index}: expected a date like 2026-10-01")]
    Holiday { index: usize },
    #[error("read holidays: more than {MAX_HOLIDAYS} dates")]
    TooManyHolidays,
}

/// A compiled window.
#[derive(Debug, Clone)]
pub struct TimeWindow {
    weekdays: Weekdays,
    from: u16,
    to: u16,
    first_day: Option<Date>,
    last_day: Option<Date>,
    holidays: HolidayUse,
    zone: TimeZone,
}

/// One bit per weekday, Monday first.
#[derive(Debug, Clone, Copy)]
struct Weekdays(u8);

/// One day, written like `2026-10-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Day(Date);

impl TryFrom<String> for Day {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let told = || text.chars().take(32).collect::<String>();
        read_date(&text).map(Self).ok_or_else(|| format!("{:?} is not a date like 2026-10-01", told()))
    }
}

impl From<Day> for String {
    fn from(day: Day) -> Self {
        day.0.to_string()
    }
}

/// The days that count as holidays.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays(BTreeSet<Date>);

impl Holidays {
    /// Reads dates like `2026-10-01`.
    pub fn parse<'a>(dates: impl IntoIterator<Item = &'a str>) -> Result<Self, WindowError> {
        let day = |(index, text)| read_date(text).map(Day).ok_or(WindowError::Holiday { index });
        let days: Result<Vec<_>, _> = dates.into_iter().take(MAX_HOLIDAYS + 1).enumerate().map(day).collect();
        Self::new(days?)
    }

    /// These days, [`MAX_HOLIDAYS`] at most.
    pub fn new(days: impl IntoIterator<Item = Day>) -> Result<Self, WindowError> {
        let days: Vec<Date> = days.into_iter().take(MAX_HOLIDAYS + 1).map(|day| day.0).collect();
        if days.len() > MAX_HOLIDAYS {
            return Err(WindowError::TooManyHolidays);
        }
        Ok(Self(days.into_iter().collect()))
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The last one: how far the list reaches.
    pub fn last(&self) -> Option<Day> {
        self.0.last().copied().map(Day)
    }

    /// Whether the list ended before today, in the zone of Shanghai: no day since then counts as a holiday.
    pub fn ran_out(&self, now: Timestamp) -> bool {
        let moment = jiff::Timestamp::from_microsecond(now.as_micros()).ok();
        let today = moment.map(|moment| moment.to_zoned(TimeZone::fixed(Offset::constant(8))).date());
        self.0.last().zip(today).is_some_and(|(last, today)| *last < today)
    }
}

impl TimeWindow {
    pub fn compile(raw: &RawTimeWindow) -> Result<Self, WindowError> {
        let time = |text: &Option<String>, field| match text {
            None => Ok(None),
            Some(text) => read_minute(text).map(Some).ok_or(WindowError::Time { field }),
        };
        let day = |text: &Option<String>, field| match text {
            None => Ok(None),
            Some(text) => read_date(text).map(Some).ok_or(WindowError::Day { field }),
        };
        let from = time(&raw.from, "from")?.unwrap_or(0);
        let to = time(&raw.to, "to")?.unwrap_or(MINUTES_OF_A_DAY);
        if from == MINUTES_OF_A_DAY {
            return Err(WindowError::Time { field: "from" });
        }
        if from == to {
            return Err(WindowError::NoTime);
        }
        let (first_day, last_day) = (day(&raw.first_day, "first_day")?, day(&raw.last_day, "last_day")?);
        if first_day.zip(last_day).is_some_and(|(first, last)| last < first) {
            return Err(WindowError::NoDay);
        }
        let zone = read_zone(raw.zone.as_deref().unwrap_or(DEFAULT_ZONE))?;
        let weekdays = Weekdays::of(&raw.weekdays);
        Ok(Self { weekdays, from, to, first_day, last_day, holidays: raw.holidays, zone })
    }

    /// Whether the window is open at `now`.
    pub fn covers(&self, now: Timestamp, holidays: &Holidays) -> bool {
        let Ok(moment) = jiff::Timestamp::from_microsecond(now.as_micros()) else { return false };
        let local = self.zone.to_datetime(moment);
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        let today = local.date();
        if self.from < self.to {
            return (self.from..self.to).contains(&minute) && self.opens_on(today, holidays);
        }
        let since_today = minute >= self.from && self.opens_on(today, holidays);
        let since_yesterday =
            minute < self.to && today.yesterday().is_ok_and(|yesterday| self.opens_on(yesterday, holidays));
        since_today || since_yesterday
    }

    fn opens_on(&self, day: Date, holidays: &Holidays) -> bool {
        let in_range = self.first_day.is_none_or(|first| first <= day) && self.last_day.is_none_or(|last| day <= last);
        in_range
            && self.weekdays.contain(day.weekday())
            && match self.holidays {
                HolidayUse::Included => true,
                HolidayUse::Excluded => !holidays.0.contains(&day),
                HolidayUse::Only => holidays.0.contains(&day),
            }
    }
}

impl Weekdays {
    fn of(days: &[RawWeekday]) -> Self {
        if days.is_empty() {
            return Self(u8::MAX);
        }
        Self(days.iter().fold(0, |mask, day| mask | 1 << (*day as u8)))
    }

    fn contain(self, day: Weekday) -> bool {
        self.0 >> day.to_monday_zero_offset() & 1 == 1
    }
}

/// China has known one zone without summer time since 1991, so the default needs no database on the machine.
fn read_zone(name: &str) -> Result<TimeZone, WindowError> {
    if name == DEFAULT_ZONE {
        return Ok(TimeZone::fixed(Offset::constant(8)));
    }
    let known = |name: &&str| {
        name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte))
    };
    let zone = Some(name).filter(known).and_then(|name| TimeZone::get(name).ok());
    zone.ok_or_else(|| WindowError::Zone(name.chars().take(64).collect()))
}

/// `HH:MM` as minutes since midnight; `24:00` is the end of the day.
fn read_minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let two_digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    if !two_digits(hour) || !two_digits(minute) {
        return None;
    }
    let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
    (minute < 60 && hour * 60 + minute <= MINUTES_OF_A_DAY).then_some(hour * 60 + minute)
}

/// `YYYY-MM-DD` and nothing else that a calendar library would also read.
fn read_date(text: &str) -> Option<Date> {
    let shaped = text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
    shaped.then(|| text.parse().ok()).flatten()
}
