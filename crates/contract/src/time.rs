//! Time as every room stores it: whole microseconds since the Unix epoch, UTC.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Deserializer, Serialize};

/// A moment in microseconds UTC. JSON: an integer; RFC 3339 text is accepted on entry (DESIGN §7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, utoipa::ToSchema)]
#[serde(transparent)]
#[schema(value_type = i64)]
pub struct Timestamp(i64);

/// Text that is neither RFC 3339 nor an integer of microseconds.
#[derive(Debug, thiserror::Error)]
#[error("read time {text:?}: expected integer microseconds UTC or RFC 3339")]
pub struct TimestampError {
    text: String,
}

impl Timestamp {
    /// The moment `micros` microseconds after 1970-01-01T00:00:00Z.
    pub const fn from_micros(micros: i64) -> Self {
        Self(micros)
    }

    /// Microseconds since 1970-01-01T00:00:00Z.
    pub const fn as_micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded towards the past.
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// This moment plus `duration`, kept inside the representable range.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(micros_of(duration)))
    }

    /// This moment minus `duration`, kept inside the representable range.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(micros_of(duration)))
    }

    /// Time from `earlier` to this moment; zero when `earlier` is later.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_micros(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// Reads RFC 3339 text or integer microseconds.
    pub fn parse(text: &str) -> Result<Self, TimestampError> {
        if let Ok(micros) = text.parse::<i64>() {
            return Ok(Self(micros));
        }
        text.parse::<jiff::Timestamp>()
            .map(|moment| Self(moment.as_microsecond()))
            .map_err(|_| TimestampError { text: text.chars().take(64).collect() })
    }
}

fn micros_of(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// RFC 3339 with microseconds, `2026-11-20T03:14:15.926535Z`.
impl Timestamp {
    /// Date and time of day for people, whole seconds, this many hours east of UTC: `2026-11-21 11:34:00`.
    ///
    /// ```
    /// # use medward_contract::Timestamp;
    /// assert_eq!(Timestamp::from_micros(1_795_232_040_942_275).clock_text(8), "2026-11-21 11:34:00");
    /// ```
    pub fn clock_text(self, hours_east: i8) -> String {
        let moment = jiff::Timestamp::from_microsecond(self.0).ok();
        moment.map_or_else(
            || self.to_string(),
            |moment| {
                jiff::tz::Offset::constant(hours_east).to_datetime(moment).strftime("%Y-%m-%d %H:%M:%S").to_string()
            },
        )
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_microsecond(self.0) {
            Ok(moment) => write!(f, "{moment:.6}"),
            Err(_) => write!(f, "{}us", self.0),
        }
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MomentVisitor;
        impl serde::de::Visitor<'_> for MomentVisitor {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("integer microseconds UTC or RFC 3339 text")
            }

            fn visit_i64<E>(self, micros: i64) -> Result<Timestamp, E> {
                Ok(Timestamp(micros))
            }

            fn visit_u64<E: serde::de::Error>(self, micros: u64) -> Result<Timestamp, E> {
                i64::try_from(micros).map(Timestamp).map_err(E::custom)
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Timestamp, E> {
                Timestamp::parse(text).map_err(E::custom)
            }
        }
        deserializer.deserialize_any(MomentVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc3339_and_integer_text_mean_the_same_moment() {
        let moment = Timestamp::from_micros(1_795_144_455_926_535);
        assert_eq!(moment.to_string(), "2026-11-20T03:14:15.926535Z");
        assert_eq!(Timestamp::parse("2026-11-20T03:14:15.926535Z").unwrap(), moment);
        assert_eq!(Timestamp::parse("1795144455926535").unwrap(), moment);
        assert_eq!(Timestamp::parse("2026-11-20T11:14:15.926535+08:00").unwrap(), moment);
        assert!(Timestamp::parse("yesterday").is_err());
    }

    #[test]
    fn arithmetic_stays_in_range() {
        assert_eq!(Timestamp::from_micros(i64::MAX).plus(Duration::from_secs(1)).as_micros(), i64::MAX);
        assert_eq!(Timestamp::from_micros(5).since(Timestamp::from_micros(9)), Duration::ZERO);
    }
}
