//! What the clock on the hospital's wall says: hour of the day and working day, asked as virtual fields.
//!
//! China has one zone and no summer time, so an offset is enough. Who keeps the calendar of holidays and 调休 comes in as
//! [`Workdays`].

use std::sync::Arc;

use medward_contract::Timestamp;

const MICROS_PER_HOUR: i64 = 3_600_000_000;
const HOURS_PER_DAY: i64 = 24;

/// Says which days people work.
pub trait Workdays: Send + Sync {
    /// Whether the local day, counted from 1970-01-01 as 0, is a working day.
    fn is_workday(&self, day: i64) -> bool;
}

/// Monday to Friday: what holds while nobody keeps a calendar (ports.md D).
#[derive(Debug, Clone, Copy, Default)]
pub struct WeekdaysOnly;

impl Workdays for WeekdaysOnly {
    fn is_workday(&self, day: i64) -> bool {
        // 1970-01-01 was a Thursday; 0 is Monday here.
        (day + 3).rem_euclid(7) < 5
    }
}

/// Local time of the hospital.
#[derive(Clone)]
pub struct LocalTime {
    hours_east: i8,
    workdays: Arc<dyn Workdays>,
}

impl std::fmt::Debug for LocalTime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("LocalTime").field("hours_east", &self.hours_east).finish_non_exhaustive()
    }
}

/// China Standard Time, Monday to Friday.
impl Default for LocalTime {
    fn default() -> Self {
        Self::new(8, Arc::new(WeekdaysOnly))
    }
}

impl LocalTime {
    /// Local time so many hours east of UTC.
    pub fn new(hours_east: i8, workdays: Arc<dyn Workdays>) -> Self {
        Self { hours_east, workdays }
    }

    /// Hour of the day, 0–23: `medward.local_hour`.
    pub fn hour(&self, moment: Timestamp) -> i64 {
        self.hours(moment).rem_euclid(HOURS_PER_DAY)
    }

    /// Whether the day is a working day: `medward.workday`.
    pub fn is_workday(&self, moment: Timestamp) -> bool {
        self.workdays.is_workday(self.day(moment))
    }

    /// The local day, counted from 1970-01-01 as 0.
    pub fn day(&self, moment: Timestamp) -> i64 {
        self.hours(moment).div_euclid(HOURS_PER_DAY)
    }

    /// Whole local hours since 1970-01-01.
    fn hours(&self, moment: Timestamp) -> i64 {
        moment.as_micros().div_euclid(MICROS_PER_HOUR) + i64::from(self.hours_east)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(moment: &str, hour: i64, is_workday: bool) {
        let moment = Timestamp::parse(moment).unwrap();
        let local = LocalTime::default();
        assert_eq!((local.hour(moment), local.is_workday(moment)), (hour, is_workday), "{moment}");
    }

    #[test]
    fn hour_and_weekday_are_those_of_the_hospital() {
        check("2026-11-20T03:14:15Z", 11, true);
        check("2026-11-20T16:00:00Z", 0, false);
        check("2026-11-22T15:59:59Z", 23, false);
        check("2026-11-22T16:00:00Z", 0, true);
        check("1969-12-31T15:59:59Z", 23, true);
        check("1970-01-03T00:00:00Z", 8, false);
    }

    #[test]
    fn holidays_are_asked_of_who_keeps_them() {
        struct Never;
        impl Workdays for Never {
            fn is_workday(&self, _day: i64) -> bool {
                false
            }
        }
        assert!(!LocalTime::new(8, Arc::new(Never)).is_workday(Timestamp::parse("2026-11-20T03:00:00Z").unwrap()));
    }
}
