//! When attacks are an alarm: one of a critical class at once, others when there are many from one source (gateway.md §12).
//!
//! They are counted by source, object and category. Invariant: the count of a flood from ever new addresses uses no more memory
//! than [`KEYS`] of them; its alarms name the first [`SOURCES`] of them, and the object and category of all others.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use medward_contract::Timestamp;

use super::QUIET;

/// So many refusals of one source, object and category in one minute are an alarm.
const BURST: u32 = 50;
const MINUTE: Duration = Duration::from_mins(1);
/// Keys counted at the same time. The half of them that was not seen for longest makes room.
const KEYS: usize = 10_000;
/// Sources that alarms name within [`QUIET`].
const SOURCES: u32 = 100;

/// Attacks that are one alarm.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct AttackKey {
    /// Who.
    pub(crate) source: IpAddr,
    /// Name of the protected object.
    pub(crate) object: Arc<str>,
    /// `rule.category` of the event.
    pub(crate) category: &'static str,
}

/// How bad one attack is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Weight {
    /// Whoever succeeds with it has the machine or the data.
    pub(crate) is_critical: bool,
    /// It was refused, not only seen.
    pub(crate) is_refused: bool,
}

/// What an attack leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Due {
    /// Nothing yet.
    Nothing,
    /// It belongs to an alarm that was raised.
    Raised,
    /// An alarm that names its source.
    Named,
    /// An alarm for attacks of all the sources that are too many to be named.
    Widespread,
}

/// Counts attacks.
#[derive(Debug, Default)]
pub(super) struct Attacks {
    /// Keys seen lately, and those that were not seen since these took over.
    young: HashMap<AttackKey, Tally>,
    old: HashMap<AttackKey, Tally>,
    /// Sources named since this time.
    named: (Timestamp, u32),
}

#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    /// When its minute began, and how many were refused in it.
    since: Timestamp,
    refused: u32,
    /// When its alarm was raised.
    raised: Option<Timestamp>,
}

impl Attacks {
    /// Counts one.
    pub(super) fn count(&mut self, now: Timestamp, key: &AttackKey, weight: Weight) -> Due {
        let tally = self.tally(key);
        if now.since(tally.since) >= MINUTE {
            (tally.since, tally.refused) = (now, 0);
        }
        tally.refused = tally.refused.saturating_add(weight.is_refused.into());
        if tally.raised.is_some_and(|at| now.since(at) < QUIET) {
            return Due::Raised;
        }
        if !weight.is_critical && tally.refused < BURST {
            return Due::Nothing;
        }
        tally.raised = Some(now);
        let (since, named) = &mut self.named;
        if now.since(*since) >= QUIET {
            (*since, *named) = (now, 0);
        }
        *named = named.saturating_add(1);
        if *named <= SOURCES { Due::Named } else { Due::Widespread }
    }

    fn tally(&mut self, key: &AttackKey) -> &mut Tally {
        if !self.young.contains_key(key) {
            let known = self.old.remove(key).unwrap_or_default();
            if self.young.len() >= KEYS / 2 {
                self.old = std::mem::take(&mut self.young);
            }
            self.young.insert(key.clone(), known);
        }
        self.young.entry(key.clone()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const REFUSED: Weight = Weight { is_critical: false, is_refused: true };
    const CRITICAL: Weight = Weight { is_critical: true, is_refused: false };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(1_795_144_455_000_000 + seconds * 1_000_000)
    }

    fn key(source: u32, category: &'static str) -> AttackKey {
        AttackKey { source: Ipv4Addr::from(source).into(), object: "his".into(), category }
    }

    #[test]
    fn fifty_refusals_in_a_minute_are_an_alarm_and_forty_nine_are_none() {
        let mut attacks = Attacks::default();
        for _ in 0..49 {
            assert_eq!(attacks.count(at(0), &key(1, "xss"), REFUSED), Due::Nothing);
        }
        for _ in 0..49 {
            assert_eq!(attacks.count(at(60), &key(1, "xss"), REFUSED), Due::Nothing, "another minute");
        }
        assert_eq!(attacks.count(at(60), &key(1, "scanner"), REFUSED), Due::Nothing, "another category");
        assert_eq!(attacks.count(at(60), &key(2, "xss"), REFUSED), Due::Nothing, "another source");
        let seen = Weight { is_refused: false, ..REFUSED };
        assert_eq!(attacks.count(at(60), &key(1, "xss"), seen), Due::Nothing, "it was only observed");
        assert_eq!(attacks.count(at(119), &key(1, "xss"), REFUSED), Due::Named);
    }

    #[test]
    fn critical_class_is_an_alarm_at_once_and_again_after_five_minutes() {
        let mut attacks = Attacks::default();
        assert_eq!(attacks.count(at(0), &key(1, "shell"), CRITICAL), Due::Named);
        assert_eq!(attacks.count(at(1), &key(1, "shell"), CRITICAL), Due::Raised);
        assert_eq!(attacks.count(at(299), &key(1, "shell"), REFUSED), Due::Raised);
        assert_eq!(attacks.count(at(300), &key(1, "shell"), CRITICAL), Due::Named);
    }

    #[test]
    fn flood_from_ever_new_addresses_grows_nothing_and_names_a_hundred() {
        let mut attacks = Attacks::default();
        let due: Vec<Due> = (0..30_000).map(|source| attacks.count(at(0), &key(source, "sqli"), CRITICAL)).collect();
        assert_eq!(due.iter().filter(|due| **due == Due::Named).count(), 100);
        assert_eq!(due.iter().filter(|due| **due == Due::Widespread).count(), 29_900);
        assert!(attacks.young.len() + attacks.old.len() <= KEYS);
        assert_eq!(attacks.count(at(1), &key(29_999, "sqli"), CRITICAL), Due::Raised, "who came last is known");
        assert_eq!(attacks.count(at(300), &key(7, "sqli"), CRITICAL), Due::Named, "names are free again");
    }

    #[test]
    fn source_that_goes_on_is_not_forgotten_for_others() {
        let mut attacks = Attacks::default();
        for source in 0..20_000 {
            attacks.count(at(0), &key(source + 10, "xss"), REFUSED);
            if source % 1000 == 0 {
                attacks.count(at(0), &key(1, "xss"), REFUSED);
            }
        }
        let more = (0..30).map(|_| attacks.count(at(1), &key(1, "xss"), REFUSED)).last();
        assert_eq!(more, Some(Due::Named), "20 of before and 30 of now");
    }
}
