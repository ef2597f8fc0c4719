//! `[identity]` of medward.toml. Floors cannot be undercut: a weaker setting is a config error, not a warning.

use std::time::Duration;

use medward_kernel::config::{DurationText, Section};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::lockout::LockPolicy;
use crate::password::{MAX_LENGTH, MIN_LENGTH_FLOOR};

/// Accounts, passwords and sessions of the console.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IdentityConfig {
    /// Fewest characters of a password; at least 9 (CD-188).
    pub min_length: usize,
    /// Oldest a password may get before it must be changed; at most 90 days.
    pub max_age: DurationText,
    /// How many former passwords may not come back; at least 5.
    pub history: u32,
    /// Words no password may contain, for example the hospital's name.
    pub site_words: Vec<String>,
    /// Failed logins within `lock_window` that lock; 3 to 10.
    pub lock_threshold: u32,
    /// How long a failed login counts; at least 5 minutes.
    pub lock_window: DurationText,
    /// First lock; each further one is twice as long, up to 24 hours; at least 5 minutes.
    pub lock: DurationText,
    /// A session without activity ends after this; 1 minute to 1 hour.
    pub idle: DurationText,
    /// Every session ends after this; at most 24 hours.
    pub absolute: DurationText,
    /// What a second login of one account does: `replace` ends the first session, `refuse` keeps it.
    pub on_second: OnSecond,
    /// Most sessions at once.
    pub max_sessions: u32,
    /// Most password logins per minute from one address.
    pub logins_per_address: u32,
    /// Failed logins from one address within 10 minutes after which it has to wait.
    pub failures_per_address: u32,
    /// Name shown in people's authenticator apps.
    pub issuer: String,
}

/// What happens when an account that has a session logs in again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OnSecond {
    /// The first session ends.
    Replace,
    /// The second login is refused.
    Refuse,
}

impl Default for IdentityConfig {
    fn default() -> Self {
        Self {
            min_length: 12,
            max_age: DurationText(Duration::from_hours(90 * 24)),
            history: 12,
            site_words: Vec::new(),
            lock_threshold: 5,
            lock_window: DurationText(Duration::from_mins(15)),
            lock: DurationText(Duration::from_mins(15)),
            idle: DurationText(Duration::from_mins(15)),
            absolute: DurationText(Duration::from_hours(12)),
            on_second: OnSecond::Replace,
            max_sessions: 500,
            logins_per_address: 10,
            failures_per_address: 20,
            issuer: "Medward".to_owned(),
        }
    }
}

impl IdentityConfig {
    /// When failures delay and lock.
    pub(crate) fn lock_policy(&self) -> LockPolicy {
        LockPolicy {
            threshold: usize::try_from(self.lock_threshold).unwrap_or(usize::MAX),
            window: self.lock_window.0,
            lock: self.lock.0,
        }
    }
}

impl Section for IdentityConfig {
    fn validate(&self) -> Result<(), String> {
        let minutes = |count| Duration::from_mins(count);
        let rules: [(bool, String); 10] = [
            (
                (MIN_LENGTH_FLOOR..=MAX_LENGTH).contains(&self.min_length),
                format!(
                    "min_length must be {MIN_LENGTH_FLOOR} to {MAX_LENGTH}: shorter passwords are not allowed (CD-188)"
                ),
            ),
            (
                self.max_age.0 >= minutes(24 * 60) && self.max_age.0 <= minutes(90 * 24 * 60),
                "max_age must be 1d to 90d".to_owned(),
            ),
            ((5..=100).contains(&self.history), "history must be 5 to 100".to_owned()),
            ((3..=10).contains(&self.lock_threshold), "lock_threshold must be 3 to 10".to_owned()),
            (self.lock_window.0 >= minutes(5), "lock_window must be at least 5m".to_owned()),
            (self.lock.0 >= minutes(5), "lock must be at least 5m".to_owned()),
            (self.idle.0 >= minutes(1) && self.idle.0 <= minutes(60), "idle must be 1m to 1h".to_owned()),
            (
                self.absolute.0 >= self.idle.0 && self.absolute.0 <= minutes(24 * 60),
                "absolute must be at least idle and at most 24h".to_owned(),
            ),
            (
                self.max_sessions >= 10 && self.logins_per_address >= 1 && self.failures_per_address >= 5,
                "max_sessions must be at least 10, logins_per_address 1, failures_per_address 5".to_owned(),
            ),
            (
                (1..=64).contains(&self.issuer.chars().count()) && !self.issuer.contains(':'),
                "issuer must have 1 to 64 characters without a colon".to_owned(),
            ),
        ];
        rules.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, message)| Err(message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_valid() {
        assert_eq!(IdentityConfig::default().validate(), Ok(()));
    }

    #[test]
    fn password_length_below_nine_is_a_config_error() {
        let with = |min_length| IdentityConfig { min_length, ..IdentityConfig::default() }.validate();
        assert!(with(8).unwrap_err().starts_with("min_length must be 9"));
        assert_eq!(with(9), Ok(()));
    }

    #[test]
    fn floors_cannot_be_undercut() {
        let check = |change: fn(&mut IdentityConfig)| {
            let mut config = IdentityConfig::default();
            change(&mut config);
            assert!(config.validate().is_err(), "{config:?}");
        };
        check(|config| config.max_age = DurationText(Duration::from_hours(91 * 24)));
        check(|config| config.history = 1);
        check(|config| config.lock_threshold = 1_000);
        check(|config| config.lock = DurationText(Duration::from_secs(1)));
        check(|config| config.lock_window = DurationText(Duration::from_secs(1)));
        check(|config| config.idle = DurationText(Duration::from_hours(2)));
        check(|config| config.absolute = DurationText(Duration::from_hours(25)));
        check(|config| config.issuer = "a:b".to_owned());
        check(|config| config.max_sessions = 0);
    }
}
