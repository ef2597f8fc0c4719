//! Living sessions in memory: the fast answer to "who is this?", and the answer while the store is unreachable.
//!
//! Invariant: a session is in here only after the store vouched for it once, and never beyond its idle or absolute end.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use medward_contract::id::{AccountId, SessionId};
use medward_contract::{Principal, Timestamp};

use crate::model::StoredSession;

/// SHA-256 of a cookie's secret.
pub(crate) type TokenHash = [u8; 32];

/// When sessions end by themselves.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    pub(crate) idle: Duration,
    pub(crate) absolute: Duration,
}

impl Ends {
    /// When the session ends if nothing more happens.
    pub(crate) fn of(&self, created_at: Timestamp, last_seen_at: Timestamp) -> (Timestamp, Timestamp) {
        (last_seen_at.plus(self.idle), created_at.plus(self.absolute))
    }

    /// Whether it is over at `now`.
    pub(crate) fn is_over(&self, session: &StoredSession, now: Timestamp) -> bool {
        let (idle, absolute) = self.of(session.created_at, session.last_seen_at);
        now >= idle || now >= absolute
    }
}

/// One living session as this node knows it.
#[derive(Debug, Clone)]
pub(crate) struct LivingSession {
    /// `last_seen_at` here is exact; the stored one may be behind.
    pub(crate) session: StoredSession,
    pub(crate) principal: Principal,
    /// When the store last vouched for it.
    pub(crate) checked_at: Timestamp,
    /// The `last_seen_at` that is written down.
    pub(crate) written_at: Timestamp,
}

/// All living sessions this node knows.
#[derive(Debug, Default)]
pub(crate) struct Living(Mutex<HashMap<TokenHash, LivingSession>>);

impl Living {
    /// The session, if known and not over; counts as activity when a person asks.
    pub(crate) fn touch(
        &self,
        token: &TokenHash,
        attended: bool,
        now: Timestamp,
        ends: &Ends,
    ) -> Option<LivingSession> {
        let mut sessions = self.lock();
        let known = sessions.get_mut(token)?;
        if ends.is_over(&known.session, now) {
            sessions.remove(token);
            return None;
        }
        if attended {
            known.session.last_seen_at = known.session.last_seen_at.max(now);
        }
        Some(known.clone())
    }

    /// Takes in what the store says; the later activity counts.
    pub(crate) fn put(&self, token: TokenHash, mut living: LivingSession) {
        let mut sessions = self.lock();
        if let Some(known) = sessions.get(&token) {
            living.session.last_seen_at = living.session.last_seen_at.max(known.session.last_seen_at);
        }
        sessions.insert(token, living);
    }

    /// Notes that the last activity is written down.
    pub(crate) fn written(&self, token: &TokenHash, at: Timestamp) {
        if let Some(known) = self.lock().get_mut(token) {
            known.written_at = known.written_at.max(at);
        }
    }

    /// Forgets one session.
    pub(crate) fn remove(&self, token: &TokenHash) {
        self.lock().remove(token);
    }

    /// Forgets the session with this id.
    pub(crate) fn remove_session(&self, id: SessionId) {
        self.lock().retain(|_, living| living.session.id != id);
    }

    /// Forgets every session of the account except `but`.
    pub(crate) fn remove_account(&self, account: AccountId, but: Option<SessionId>) {
        self.lock().retain(|_, living| living.session.account != account || Some(living.session.id) == but);
    }

    /// Forgets sessions that are over; gives how many live on.
    pub(crate) fn sweep(&self, now: Timestamp, ends: &Ends) -> usize {
        let mut sessions = self.lock();
        sessions.retain(|_, living| !ends.is_over(&living.session, now));
        sessions.len()
    }

    /// Addresses from which administrators work.
    pub(crate) fn admin_addresses(&self, now: Timestamp, ends: &Ends) -> Vec<IpAddr> {
        let mut addresses: Vec<IpAddr> = self
            .lock()
            .values()
            .filter(|living| !ends.is_over(&living.session, now))
            .filter(|living| living.principal.roles.iter().any(|role| role.is_administrator()))
            .filter_map(|living| living.session.source_ip.parse().ok())
            .collect();
        addresses.sort_unstable();
        addresses.dedup();
        addresses
    }

    /// The exact last activity of each known session.
    pub(crate) fn last_seen(&self) -> HashMap<SessionId, Timestamp> {
        self.lock().values().map(|living| (living.session.id, living.session.last_seen_at)).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<TokenHash, LivingSession>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use medward_contract::{Role, SensitivityLabel};
    use proptest::prelude::*;

    use super::*;

    const ENDS: Ends = Ends { idle: Duration::from_mins(15), absolute: Duration::from_hours(12) };

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    fn living(role: Role, address: &str) -> LivingSession {
        let account = AccountId::new();
        let session = StoredSession {
            id: SessionId::new(),
            account,
            source_ip: address.to_owned(),
            user_agent: String::new(),
            created_at: at(0),
            last_seen_at: at(0),
        };
        let principal = Principal {
            account,
            login: "a".to_owned(),
            name: "甲".to_owned(),
            roles: vec![role],
            clearance: SensitivityLabel::L2,
            session: Some(session.id),
        };
        LivingSession { session, principal, checked_at: at(0), written_at: at(0) }
    }

    #[test]
    fn session_ends_after_fifteen_idle_minutes_and_not_before() {
        let sessions = Living::default();
        sessions.put([1; 32], living(Role::Operator, "10.0.0.1"));
        assert!(sessions.touch(&[1; 32], true, at(899), &ENDS).is_some());
        assert!(sessions.touch(&[1; 32], true, at(899 + 899), &ENDS).is_some());
        assert!(sessions.touch(&[1; 32], true, at(899 + 899 + 900), &ENDS).is_none());
        assert!(sessions.touch(&[1; 32], true, at(0), &ENDS).is_none(), "an ended session came back");
    }

    #[test]
    fn administrators_addresses_are_listed_once_while_they_live() {
        let sessions = Living::default();
        sessions.put([1; 32], living(Role::Secadmin, "10.0.0.1"));
        sessions.put([2; 32], living(Role::Sysadmin, "10.0.0.1"));
        sessions.put([3; 32], living(Role::Operator, "10.0.0.9"));
        assert_eq!(sessions.admin_addresses(at(1), &ENDS), ["10.0.0.1".parse::<IpAddr>().unwrap()]);
        assert!(sessions.admin_addresses(at(901), &ENDS).is_empty());
    }

    proptest! {
        /// However busy its owner is: never alive after twelve hours, never after fifteen quiet minutes.
        #[test]
        fn no_rhythm_of_activity_outlives_the_ends(gaps in prop::collection::vec(1_i64..1_800, 1..200)) {
            let sessions = Living::default();
            sessions.put([1; 32], living(Role::Operator, "10.0.0.1"));
            let mut now = 0;
            for gap in gaps {
                now += gap;
                let alive = sessions.touch(&[1; 32], true, at(now), &ENDS).is_some();
                if gap >= 900 || now >= 12 * 3_600 {
                    prop_assert!(!alive);
                    break;
                }
                prop_assert!(alive);
            }
        }
    }
}
