//! Values that config files write as text: durations, sizes, references to secrets.

use std::path::PathBuf;
use std::time::Duration;

use medward_store::SecretRef;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A duration written as `"250ms"`, `"30s"`, `"5m"`, `"12h"` or `"90d"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(with = "String")]
pub struct DurationText(pub Duration);

/// A size in bytes written as `"512"`, `"64KiB"`, `"8MiB"` or `"2GiB"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, JsonSchema)]
#[schemars(with = "String")]
pub struct SizeText(pub u64);

const DURATION_UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000)];
const SIZE_UNITS: [(&str, u64); 4] = [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("", 1)];

fn parse_with(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, unit) = text.split_at_checked(digits)?;
    let factor = units.iter().find(|(name, _)| *name == unit.trim())?.1;
    number.parse::<u64>().ok()?.checked_mul(factor)
}

impl DurationText {
    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse_with(text, &DURATION_UNITS).map(|millis| Self(Duration::from_millis(millis))).ok_or_else(|| {
            format!("{text:?} is not a duration; write a number and a unit: ms, s, m, h or d, for example \"30s\"")
        })
    }
}

impl SizeText {
    /// Reads the text form.
    pub fn parse(text: &str) -> Result<Self, String> {
        parse_with(text, &SIZE_UNITS).map(Self).ok_or_else(|| {
            format!("{text:?} is not a size; write a number and a unit: KiB, MiB or GiB, for example \"64MiB\"")
        })
    }
}

fn format_with(value: u64, units: &[(&str, u64)]) -> String {
    let mut best = ("", 1);
    for (name, factor) in units {
        if value > 0 && value.is_multiple_of(*factor) && *factor >= best.1 {
            best = (name, *factor);
        }
    }
    format!("{}{}", value / best.1, best.0)
}

impl std::fmt::Display for DurationText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let millis = u64::try_from(self.0.as_millis()).unwrap_or(u64::MAX);
        if millis == 0 { f.write_str("0s") } else { f.write_str(&format_with(millis, &DURATION_UNITS)) }
    }
}

impl std::fmt::Display for SizeText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&format_with(self.0, &SIZE_UNITS))
    }
}

macro_rules! text_serde {
    ($($name:ident),+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
            }
        }
    )+};
}

text_serde!(DurationText, SizeText);

/// A secret that cannot be read. Never contains it.
#[derive(Debug, thiserror::Error)]
pub enum SecretRefError {
    /// The file cannot be read.
    #[error("read secret file {path}")]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The variable is not set.
    #[error("read secret from environment variable {0}: not set")]
    Env(String),
}

/// Reads a secret kept by reference.
pub fn secret_read(reference: &SecretRef) -> Result<String, SecretRefError> {
    match reference {
        SecretRef::File(path) => std::fs::read_to_string(path)
            .map(|text| text.trim_end_matches(['\r', '\n']).to_owned())
            .map_err(|source| SecretRefError::File { path: path.clone(), source }),
        #[expect(clippy::disallowed_methods, reason = "config is the one reader of the environment")]
        SecretRef::Env(name) => std::env::var(name).map_err(|_| SecretRefError::Env(name.clone())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_and_sizes_round_trip() {
        for text in ["250ms", "30s", "5m", "12h", "90d", "0s"] {
            assert_eq!(DurationText::parse(text).unwrap().to_string(), text);
        }
        for text in ["512", "64KiB", "8MiB", "2GiB"] {
            assert_eq!(SizeText::parse(text).unwrap().to_string(), text);
        }
        assert_eq!(SizeText::parse("64KiB").unwrap().0, 65_536);
    }

    #[test]
    fn wrong_units_name_the_remedy() {
        assert!(DurationText::parse("30").unwrap_err().contains("\"30s\""));
        assert!(SizeText::parse("64MB").unwrap_err().contains("MiB"));
        assert!(SizeText::parse("99999999999GiB").is_err());
    }
}
