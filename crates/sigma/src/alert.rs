//! From signals to alerts: one alert for a key and window, storms, suppressions (vault.md §10).
//!
//! The key is the rule and the values of its group. The first hit raises an alert and opens its window; further hits until the
//! window ends are counted in it, with the addresses of the latest records. The window begins with the first hit and not at a
//! round time, so that two hits in a row are never two alerts; replayed from the same state the same records open the same
//! windows, and a store that is unique by rule, key and begin of the window cannot double an alert.
//!
//! Invariant: nothing is dropped without a count. What a storm holds back is counted in the storm's own alert.

use std::collections::{HashMap, VecDeque};
use std::fmt::Write as _;
use std::time::Duration;

use medward_contract::alert::AlertRaised;
use medward_contract::{Severity, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::engine::{MAX_RECORDS, Signal};
use crate::rule::{DEFAULT_DEDUPE, RuleInfo};

/// More alerts than this in a minute from one rule are a storm.
pub const STORM_ALERTS_PER_MINUTE: u32 = 100;
/// A suppression ends after so long at the latest: what nobody looks at again must come back.
pub const MAX_SUPPRESSION: Duration = Duration::from_secs(90 * 86_400);
/// Alerts whose window is open, of all rules.
const MAX_OPEN: usize = 50_000;
/// Longest value of a group that stands in a key as it is.
const MAX_KEY_VALUE: usize = 128;
const MINUTE: Duration = Duration::from_secs(60);
const MICROS_PER_MINUTE: i64 = 60_000_000;

/// One alert, as it is stored and shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// Rule that raised it.
    pub rule_id: String,
    /// `alert.key`: rule and group values; of a storm the rule and `storm`.
    pub key: String,
    /// How bad.
    pub severity: Severity,
    /// Fields and values of the group.
    pub group: Vec<(String, String)>,
    /// First hit; with rule and key unique.
    pub window_start: Timestamp,
    /// Latest hit.
    pub last_seen: Timestamp,
    /// Hits; of a storm the alerts held back.
    pub count: u64,
    /// Addresses of the latest records, 20 at most.
    pub records: VecDeque<String>,
    /// Whether it stands for alerts that are held back.
    pub is_storm: bool,
    /// Business system of the first hit, when its event names one.
    pub system: Option<String>,
    /// Tags of the rule, and of an imported one its author and links (DRL 1.1).
    pub labels: Vec<String>,
    window_end: Timestamp,
}

impl Alert {
    fn open(signal: &Signal, key: String, is_storm: bool) -> Self {
        let dedupe = if is_storm { DEFAULT_DEDUPE } else { signal.rule.dedupe };
        let mut alert = Self {
            rule_id: signal.rule.id.clone(),
            key,
            severity: signal.rule.severity,
            group: if is_storm { Vec::new() } else { signal.group.clone() },
            window_start: signal.at,
            last_seen: signal.at,
            count: 0,
            records: VecDeque::new(),
            is_storm,
            system: signal.system.clone(),
            labels: labels(&signal.rule),
            window_end: signal.at.plus(dedupe),
        };
        alert.add(signal);
        alert
    }

    /// What goes into the outbox when it is raised. Replayed, the same alert has the same `event_id`.
    pub fn to_raised(&self) -> AlertRaised {
        AlertRaised {
            event_id: format!("vault:{}:{}", self.key, self.window_start.as_micros()),
            fingerprint: self.key.clone(),
            source: "vault".to_owned(),
            rule_id: self.rule_id.clone(),
            severity: self.severity,
            system: self.system.clone(),
            labels: self.labels.clone(),
            evidence: self.records.iter().cloned().collect(),
        }
    }

    fn add(&mut self, signal: &Signal) {
        self.count = self.count.saturating_add(1);
        self.last_seen = self.last_seen.max(signal.at);
        for record in &signal.records {
            if self.records.contains(record) {
                continue;
            }
            if self.records.len() == MAX_RECORDS {
                self.records.pop_front();
            }
            self.records.push_back(record.clone());
        }
    }

    /// A hit from before the window, whose record came late, is counted in it.
    fn takes(&self, at: Timestamp) -> bool {
        at < self.window_end
    }
}

/// What became of a signal.
#[derive(Debug, Clone, PartialEq)]
pub enum AlertDecision<'a> {
    /// A new alert: to be stored and sent on.
    Raised(&'a Alert),
    /// A further hit of an open one: count, last hit and records are to be stored.
    Counted(&'a Alert),
    /// The first alert held back by a storm: its own alert, to be stored and sent on.
    Storm(&'a Alert),
    /// A further alert held back, counted in the storm's alert.
    Throttled(&'a Alert),
    /// Suppressed by the one with this id.
    Suppressed(&'a str),
}

/// Somebody said: not this, until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppression {
    id: String,
    rule_id: String,
    group: Vec<(String, String)>,
    until: Timestamp,
}

/// A suppression that nobody may make.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SuppressionError {
    /// It would never suppress anything.
    #[error("suppress alert: the end lies in the past")]
    Past,
    /// It would outlive everybody's memory.
    #[error("suppress alert: longer than 90 days")]
    TooLong,
}

impl Suppression {
    /// Suppresses signals of a rule in whose group all these fields have these values (none: all of the rule), until then.
    pub fn new(
        id: impl Into<String>,
        rule_id: impl Into<String>,
        group: Vec<(String, String)>,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Self, SuppressionError> {
        if until <= now {
            return Err(SuppressionError::Past);
        }
        if until.since(now) > MAX_SUPPRESSION {
            return Err(SuppressionError::TooLong);
        }
        Ok(Self { id: id.into(), rule_id: rule_id.into(), group, until })
    }

    fn covers(&self, signal: &Signal) -> bool {
        self.rule_id == signal.rule.id
            && signal.at < self.until
            && self.group.iter().all(|wanted| signal.group.contains(wanted))
    }
}

/// Alerts raised by one rule in one minute.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Minute {
    start: i64,
    raised: u32,
}

/// Open windows of all alerts. Serialises, so that a restart goes on where it stopped.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Alerts {
    open: HashMap<String, Alert>,
    minutes: HashMap<String, Minute>,
    /// Policy, not state: set anew after each start.
    #[serde(skip)]
    suppressions: Vec<Suppression>,
}

impl Alerts {
    /// Replaces what is suppressed.
    pub fn set_suppressions(&mut self, suppressions: Vec<Suppression>) {
        self.suppressions = suppressions;
    }

    /// Groups one signal.
    pub fn take(&mut self, signal: &Signal) -> AlertDecision<'_> {
        if let Some(at) = self.suppressions.iter().position(|suppression| suppression.covers(signal)) {
            return AlertDecision::Suppressed(
                self.suppressions.get(at).map_or("", |suppression| suppression.id.as_str()),
            );
        }
        let key = key_of(&signal.rule, &signal.group);
        if self.open.get(&key).is_some_and(|alert| alert.takes(signal.at)) {
            return AlertDecision::Counted(count(&mut self.open, key, signal));
        }
        if self.is_storm(signal) || !self.has_room(signal.at) {
            let key = storm_key(&signal.rule);
            return match self.open.get(&key) {
                Some(storm) if storm.takes(signal.at) => AlertDecision::Throttled(count(&mut self.open, key, signal)),
                _ => AlertDecision::Storm(open(&mut self.open, key, signal, true)),
            };
        }
        AlertDecision::Raised(open(&mut self.open, key, signal, false))
    }

    /// Forgets windows that ended, so that what is written before a restart stays small.
    pub fn forget_ended(&mut self, now: Timestamp) {
        // A minute longer than they are open: a record may come late.
        self.open.retain(|_, alert| alert.window_end.plus(MINUTE) > now);
    }

    /// Windows that are open, ended ones that nobody asked for since among them.
    pub fn open_windows(&self) -> usize {
        self.open.len()
    }

    /// Counts an alert of the rule in its minute; says whether there were too many already.
    fn is_storm(&mut self, signal: &Signal) -> bool {
        let start = signal.at.as_micros().div_euclid(MICROS_PER_MINUTE);
        let minute = self.minutes.entry(signal.rule.id.clone()).or_insert(Minute { start, raised: 0 });
        // A late record does not set the clock back.
        if start > minute.start {
            *minute = Minute { start, raised: 0 };
        }
        if minute.raised >= STORM_ALERTS_PER_MINUTE {
            return true;
        }
        minute.raised += 1;
        false
    }

    /// Makes room by closing windows that have ended. When none has, the rule's alerts are held back as in a storm.
    fn has_room(&mut self, now: Timestamp) -> bool {
        if self.open.len() >= MAX_OPEN {
            self.forget_ended(now);
        }
        self.open.len() < MAX_OPEN
    }
}

fn open<'a>(all: &'a mut HashMap<String, Alert>, key: String, signal: &Signal, is_storm: bool) -> &'a Alert {
    let alert = Alert::open(signal, key.clone(), is_storm);
    all.entry(key).insert_entry(alert).into_mut()
}

fn count<'a>(all: &'a mut HashMap<String, Alert>, key: String, signal: &Signal) -> &'a Alert {
    let alert = all.entry(key.clone()).or_insert_with(|| Alert { count: 0, ..Alert::open(signal, key, false) });
    alert.add(signal);
    alert
}

fn labels(rule: &RuleInfo) -> Vec<String> {
    let author = rule.author.iter().map(|author| format!("author:{author}"));
    rule.tags.iter().cloned().chain(author).chain(rule.references.iter().map(|link| format!("link:{link}"))).collect()
}

fn storm_key(rule: &RuleInfo) -> String {
    // No group gives this key: a group's begins with a colon.
    format!("{}!storm", escaped_id(&rule.id))
}

/// `MW-002:source.ip=203.0.113.9`. Two groups never have one key: separators in values are escaped, and a long value is told
/// apart by its hash.
pub(crate) fn key_of(rule: &RuleInfo, group: &[(String, String)]) -> String {
    let mut key = escaped_id(&rule.id);
    for (index, (name, value)) in group.iter().enumerate() {
        key.push(if index == 0 { ':' } else { ',' });
        key.push_str(&escaped(name));
        key.push('=');
        if value.len() <= MAX_KEY_VALUE {
            key.push_str(&escaped(value));
        } else {
            let begin: String = value.chars().take(MAX_KEY_VALUE / 4).collect();
            key.push_str(&escaped(&begin));
            key.push('~');
            for byte in Sha256::digest(value.as_bytes()).iter().take(16) {
                // Writing to a text cannot fail.
                write!(key, "{byte:02x}").unwrap_or_default();
            }
        }
    }
    key
}

/// The first colon ends the id.
fn escaped_id(id: &str) -> String {
    escaped(id).replace(':', "%3A")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        if letter.is_control() || matches!(letter, '%' | ',' | '=' | '~' | '!') {
            write!(escaped, "%{:02X}", u32::from(letter)).unwrap_or_default();
        } else {
            escaped.push(letter);
        }
    }
    escaped
}

#[cfg(test)]
mod tests;
