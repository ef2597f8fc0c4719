//! When something happened, as devices write it: RFC 3339, RFC 3164 without a year, and what vendors made of both.
//!
//! A time without zone is local time of its source; a date without year is in the year that brings it nearest to its
//! arrival (vault.md §8), so that what December sent in January is last year's.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use medward_contract::Timestamp;

/// Longest text of one moment.
const MAX_MOMENT_BYTES: usize = 40;
/// A date of 29 February needs a leap year: at most so many years away.
const NEAR_YEARS: i16 = 4;

/// A moment as it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Moment {
    /// With its offset from UTC.
    Exact(Timestamp),
    /// In the source's own time.
    Local(DateTime),
    /// The same without its year.
    NoYear { month: i8, day: i8, time: Time },
}

/// A zone by its name (`Asia/Shanghai`, where this machine knows zones) or offset (`+08:00`).
pub fn zone(name: &str) -> Option<TimeZone> {
    if let Some(offset) = offset_of(name) {
        return Some(TimeZone::fixed(offset));
    }
    TimeZone::get(name).ok()
}

fn offset_of(text: &str) -> Option<Offset> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = text.get(1..)?.split_once(':')?;
    let two_digits = |text: &str| (text.len() == 2).then(|| text.parse::<i32>().ok()).flatten();
    let (hours, minutes) = (two_digits(hours)?, two_digits(minutes)?);
    if hours > 14 || minutes > 59 {
        return None;
    }
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).ok()
}

impl Moment {
    /// The moment at the beginning of a text, and what follows it.
    pub(crate) fn read(text: &str) -> Option<(Self, &str)> {
        Self::read_iso(text).or_else(|| Self::read_month_name(text))
    }

    /// A moment that is the whole text: one that [`read`](Self::read) knows, or seconds, milliseconds or microseconds
    /// since 1970.
    pub(crate) fn read_whole(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Some(number) = epoch_of(text) {
            return Some(number);
        }
        let (moment, rest) = Self::read(text)?;
        // A name of a zone may follow in CEF; which of several zones `CST` is nobody can say.
        (rest.is_empty() || rest.starts_with(' ')).then_some(moment)
    }

    /// `2026-11-23T10:00:01.5+08:00`, the same without offset, with a blank for the T or with slashes.
    fn read_iso(text: &str) -> Option<(Self, &str)> {
        if !text.as_bytes().first()?.is_ascii_digit() {
            return None;
        }
        let (word, rest) = split_word(text);
        let iso = |text: &str| {
            let text = text.trim_end_matches(':').replace('/', "-");
            if text.len() > MAX_MOMENT_BYTES {
                return None;
            }
            let exact =
                text.parse::<jiff::Timestamp>().map(|at| Self::Exact(Timestamp::from_micros(at.as_microsecond())));
            exact.or_else(|_| text.parse::<DateTime>().map(Self::Local)).ok()
        };
        if word.contains('T') {
            return Some((iso(word)?, rest));
        }
        let is_date = word.len() == 10 && word.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/'));
        let (time, rest) = split_word(rest.strip_prefix(' ')?);
        if !is_date || !time.contains(':') {
            return None;
        }
        Some((iso(&format!("{word}T{time}"))?, rest))
    }

    /// `Nov 23 10:00:01`, with a year behind the day or the time, with a fraction, behind a `*` or `.` of Cisco.
    fn read_month_name(text: &str) -> Option<(Self, &str)> {
        const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        let text = text.trim_start_matches(['*', '.']);
        let (name, rest) = text.split_at_checked(3)?;
        let month = MONTHS.iter().position(|month| name.eq_ignore_ascii_case(month))?;
        let month = i8::try_from(month + 1).ok()?;
        let (day, rest) = split_word(blank(rest)?);
        let day = day.trim_end_matches(',').parse::<i8>().ok()?;
        let (mut word, mut rest) = split_word(blank(rest)?);
        let mut year = year_of(word);
        if year.is_some() {
            (word, rest) = split_word(blank(rest)?);
        }
        let time = time_of(word.trim_end_matches(':'))?;
        if word.ends_with(':') {
            // `10:00:01:` of Cisco: the colon ends the header.
            let at = text.len() - rest.len() - 1;
            rest = text.get(at..).unwrap_or(rest);
        } else if year.is_none()
            && let Some((word, after)) = rest.strip_prefix(' ').map(split_word)
            && let Some(found) = year_of(word)
        {
            (year, rest) = (Some(found), after);
        }
        let moment = match year {
            Some(year) => Self::Local(Date::new(year, month, day).ok()?.to_datetime(time)),
            // 2024 has a 29 February.
            None => Date::new(2024, month, day).map(|_| Self::NoYear { month, day, time }).ok()?,
        };
        Some((moment, rest))
    }

    /// The moment in UTC, for a source in this zone whose word arrived then.
    pub(crate) fn resolve(self, zone: &TimeZone, arrival: Timestamp) -> Option<Timestamp> {
        let utc = |local: DateTime| zone.to_timestamp(local).ok().map(|at| Timestamp::from_micros(at.as_microsecond()));
        match self {
            Self::Exact(at) => Some(at),
            Self::Local(local) => utc(local),
            Self::NoYear { month, day, time } => {
                let year = zone.to_datetime(jiff::Timestamp::from_microsecond(arrival.as_micros()).ok()?).year();
                let years = year.saturating_sub(NEAR_YEARS)..=year.saturating_add(NEAR_YEARS);
                let candidates = years.filter_map(|year| utc(Date::new(year, month, day).ok()?.to_datetime(time)));
                candidates.min_by_key(|at| at.as_micros().abs_diff(arrival.as_micros()))
            }
        }
    }
}

/// A number of seconds (10 digits), milliseconds (13) or microseconds (16) since 1970, with or without a fraction.
fn epoch_of(text: &str) -> Option<Moment> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !whole.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number = whole.parse::<i64>().ok()?;
    let micros = match whole.len() {
        9..=10 => {
            let digits: String = fraction.chars().chain(std::iter::repeat('0')).take(6).collect();
            number.checked_mul(1_000_000)?.checked_add(digits.parse::<i64>().ok()?)?
        }
        12..=13 => number.checked_mul(1_000)?,
        15..=16 => number,
        _ => return None,
    };
    Some(Moment::Exact(Timestamp::from_micros(micros)))
}

fn year_of(word: &str) -> Option<i16> {
    let is_year = word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit());
    is_year.then(|| word.parse::<i16>().ok()).flatten().filter(|year| (1970..=2999).contains(year))
}

fn time_of(word: &str) -> Option<Time> {
    if word.len() > MAX_MOMENT_BYTES || word.len() < 7 || word.matches(':').count() != 2 {
        return None;
    }
    // `9:05:01` of some devices lacks its zero.
    let padded = if word.as_bytes().get(1) == Some(&b':') { format!("0{word}") } else { word.to_owned() };
    padded.parse::<Time>().ok()
}

/// What follows at least one blank.
fn blank(text: &str) -> Option<&str> {
    text.starts_with(' ').then(|| text.trim_start_matches(' '))
}

/// The first word, and the text from its end on.
fn split_word(text: &str) -> (&str, &str) {
    text.split_at_checked(text.find(' ').unwrap_or(text.len())).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARRIVAL: &str = "2026-11-23T02:00:02Z";

    #[track_caller]
    fn check(text: &str, expected: &str, rest: &str) {
        let arrival = Timestamp::parse(ARRIVAL).unwrap();
        let (moment, behind) = Moment::read(text).unwrap();
        let at = moment.resolve(&zone("+08:00").unwrap(), arrival).unwrap();
        assert_eq!((at.to_string().as_str(), behind), (expected, rest), "{text}");
    }

    #[test]
    fn each_way_to_write_a_moment_is_read() {
        check("Nov 23 10:00:01 host", "2026-11-23T02:00:01.000000Z", " host");
        check("Nov  3 10:00:01 host", "2026-11-03T02:00:01.000000Z", " host");
        check("nov 23 2025 10:00:01 fw", "2025-11-23T02:00:01.000000Z", " fw");
        check("Nov 23 10:00:01 2025 fw", "2025-11-23T02:00:01.000000Z", " fw");
        check("*Nov 23 10:00:01.250: %SYS-5", "2026-11-23T02:00:01.250000Z", ": %SYS-5");
        check("2026-11-23 10:00:01 USG", "2026-11-23T02:00:01.000000Z", " USG");
        check("2026/11/23 10:00:01 USG", "2026-11-23T02:00:01.000000Z", " USG");
        check("2026-11-23T10:00:01 USG", "2026-11-23T02:00:01.000000Z", " USG");
        check("2026-11-23T02:00:01.5Z x", "2026-11-23T02:00:01.500000Z", " x");
        check("2026-11-23T10:00:01.123456+08:00 x", "2026-11-23T02:00:01.123456Z", " x");
        check("2026-11-23T10:00:01.123456+0800", "2026-11-23T02:00:01.123456Z", "");
    }

    #[test]
    fn year_is_the_one_nearest_to_arrival() {
        let resolve = |text: &str, arrival: &str| {
            let (moment, _) = Moment::read(text).unwrap();
            let at = moment.resolve(&zone("+08:00").unwrap(), Timestamp::parse(arrival).unwrap()).unwrap();
            at.to_string()
        };
        assert_eq!(resolve("Dec 31 23:59:59", "2026-12-31T16:00:01Z"), "2026-12-31T15:59:59.000000Z");
        assert_eq!(resolve("Dec 31 23:59:59", "2027-01-01T00:00:01Z"), "2026-12-31T15:59:59.000000Z");
        assert_eq!(resolve("Jan  1 00:00:01", "2026-12-31T15:59:59Z"), "2026-12-31T16:00:01.000000Z");
        assert_eq!(resolve("Feb 29 12:00:00", "2026-11-23T00:00:00Z"), "2028-02-29T04:00:00.000000Z");
    }

    #[test]
    fn what_is_no_moment_is_not_read() {
        for text in [
            "",
            "Nov",
            "Nov 23",
            "Nov 32 10:00:00",
            "Foo 23 10:00:00",
            "Nov 23 25:00:00",
            "10:00:00 x",
            "2026-13-01T00:00:00Z",
            "2026-11-23 up",
            "天天天 1 10:00:00",
        ] {
            assert_eq!(Moment::read(text), None, "{text}");
        }
    }

    #[test]
    fn epochs_are_told_apart_by_their_length() {
        let check = |text: &str, micros: i64| {
            assert_eq!(Moment::read_whole(text), Some(Moment::Exact(Timestamp::from_micros(micros))), "{text}");
        };
        check("1795144455", 1_795_144_455_000_000);
        check("1795144455.25", 1_795_144_455_250_000);
        check("1795144455926", 1_795_144_455_926_000);
        check("1795144455926535", 1_795_144_455_926_535);
        assert_eq!(Moment::read_whole("42"), None);
    }

    #[test]
    fn zones_are_named_or_offsets() {
        assert!(zone("+08:00").is_some() && zone("-03:30").is_some());
        assert!(zone("+8").is_none() && zone("+99:00").is_none() && zone("Nowhere/Never").is_none());
    }
}
