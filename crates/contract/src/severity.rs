//! How bad something is: one scale for events, alerts and exports (`events.md` §4).

use serde::{Deserialize, Serialize};

/// `event.severity` 0–4; JSON and CBOR carry the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
#[repr(u8)]
pub enum Severity {
    /// 信息; no alert.
    #[default]
    Info = 0,
    /// 低; alert priority P4.
    Low = 1,
    /// 中; alert priority P3.
    Medium = 2,
    /// 高; alert priority P2.
    High = 3,
    /// 严重; alert priority P1.
    Critical = 4,
}

impl utoipa::PartialSchema for Severity {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        <u8 as utoipa::PartialSchema>::schema()
    }
}

impl utoipa::ToSchema for Severity {}

/// A severity outside 0–4.
#[derive(Debug, thiserror::Error)]
#[error("read severity {0}: expected 0 to 4")]
pub struct SeverityError(pub u8);

impl From<Severity> for u8 {
    fn from(severity: Severity) -> Self {
        severity as u8
    }
}

impl TryFrom<u8> for Severity {
    type Error = SeverityError;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        Ok(match number {
            0 => Self::Info,
            1 => Self::Low,
            2 => Self::Medium,
            3 => Self::High,
            4 => Self::Critical,
            other => return Err(SeverityError(other)),
        })
    }
}

impl Severity {
    /// Severity of outgoing CEF (0, 3, 5, 8, 10).
    pub const fn to_cef(self) -> u8 {
        match self {
            Self::Info => 0,
            Self::Low => 3,
            Self::Medium => 5,
            Self::High => 8,
            Self::Critical => 10,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn severity_round_trips_and_refuses_five() {
        for number in 0..=4 {
            assert_eq!(u8::from(Severity::try_from(number).unwrap()), number);
        }
        assert!(Severity::try_from(5).is_err());
    }
}
