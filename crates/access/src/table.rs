//! All living sessions of a node, and those that ended lately, so that people are told why.

#[cfg(test)]
mod tests;

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, PoisonError, RwLock};

use medward_contract::Timestamp;
use medward_contract::id::{AccountId, SessionId};
use medward_contract::identity::Subject;

use crate::policy::{GuardPolicy, OnSecond};
use crate::secret::TokenHash;
use crate::session::{EndReason, Session, comes_first};
use crate::store::StoredSession;

/// Ended sessions that are remembered.
const MAX_ENDED: usize = 10_000;

/// The living sessions.
#[derive(Debug, Default)]
pub struct Sessions(RwLock<Tables>);

#[derive(Debug, Default)]
struct Tables {
    living: HashMap<TokenHash, Arc<Session>>,
    by_id: HashMap<SessionId, TokenHash>,
    by_account: HashMap<(Arc<str>, AccountId), TokenHash>,
    /// How many there are of each application.
    counts: HashMap<Arc<str>, u32>,
    ended: HashMap<TokenHash, Ended>,
    /// In the order in which they ended.
    ended_order: VecDeque<TokenHash>,
}

/// Where else somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Other {
    /// From where.
    pub address: IpAddr,
    /// Since when.
    pub since: Timestamp,
}

/// A session that ended, as its owner is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Why.
    pub reason: EndReason,
    /// When.
    pub at: Timestamp,
    /// Who took over, when somebody did.
    pub by: Option<Other>,
}

/// What a secret leads to.
#[derive(Debug, Clone)]
pub enum Found {
    /// A living session.
    Living(Arc<Session>),
    /// One that ended.
    Ended(Ended),
    /// Nothing that this node knows of.
    Unknown,
}

/// Why no session is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is one already, and the person has not said what is to become of it.
    Ask(Other),
    /// There is one already, and it stays.
    Second(Other),
    /// There are as many as there may be.
    Full,
}

/// What opening a session comes to.
#[derive(Debug, Clone)]
pub struct Planned {
    /// The session of the same account that ends.
    pub replaces: Option<Arc<Session>>,
}

impl Sessions {
    /// What this secret leads to.
    pub fn find(&self, token: &TokenHash) -> Found {
        let tables = self.0.read().unwrap_or_else(PoisonError::into_inner);
        match (tables.living.get(token), tables.ended.get(token)) {
            (Some(session), _) => Found::Living(session.clone()),
            (None, Some(ended)) => Found::Ended(*ended),
            (None, None) => Found::Unknown,
        }
    }

    /// Whether this person may open a session now, of `max_sessions` in all. `takes_over` is the answer to [`Refusal::Ask`].
    ///
    /// # Errors
    /// Says why not.
    pub fn plan(
        &self,
        policy: &GuardPolicy,
        max_sessions: u32,
        application: &str,
        subject: &Subject,
        takes_over: bool,
        now: Timestamp,
    ) -> Result<Planned, Refusal> {
        let tables = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let other = tables.of_account(application, subject.account).filter(|other| other.over(policy, now).is_none());
        if let Some(other) = &other {
            let place = Other { address: other.address, since: other.created_at };
            match policy.on_second {
                OnSecond::Refuse => return Err(Refusal::Second(place)),
                OnSecond::Ask if !takes_over => return Err(Refusal::Ask(place)),
                OnSecond::Ask | OnSecond::Replace => {}
            }
        }
        if other.is_none() {
            let open = tables.counts.get(application).copied().unwrap_or_default();
            let reserved = if comes_first(subject.priority) { 0 } else { policy.reserved_sessions };
            if open >= max_sessions.saturating_sub(reserved) {
                return Err(Refusal::Full);
            }
        }
        Ok(Planned { replaces: tables.of_account(application, subject.account).cloned() })
    }

    /// Takes a session up; another one of the same account in the same application ends, and is given back.
    pub fn put(&self, session: Arc<Session>, now: Timestamp) -> Option<Arc<Session>> {
        let mut tables = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if tables.living.contains_key(&session.token) {
            return None;
        }
        let other = tables.of_account(&session.application, session.account).cloned();
        if let Some(other) = &other {
            let by = Some(Other { address: session.address, since: session.created_at });
            tables.remove(&other.token, Ended { reason: EndReason::Replaced, at: now, by });
        }
        let key = (session.application.clone(), session.account);
        tables.by_account.insert(key, session.token);
        tables.by_id.insert(session.id, session.token);
        *tables.counts.entry(session.application.clone()).or_default() += 1;
        tables.living.insert(session.token, session);
        other
    }

    /// Takes up a session as the store knows it. One that has ended here stays so, whatever the store has heard; of two of one
    /// account the newer one counts.
    pub fn restore(&self, stored: StoredSession, now: Timestamp) -> Option<Arc<Session>> {
        {
            let tables = self.0.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(known) = tables.living.get(&stored.token) {
                known.refresh(&stored);
                return Some(known.clone());
            }
            let other = tables.of_account(&stored.application, stored.subject.account);
            let is_older = other.is_some_and(|other| other.created_at > stored.created_at);
            if is_older || tables.ended.contains_key(&stored.token) {
                return None;
            }
        }
        let session = Arc::new(Session::new(stored));
        self.put(session.clone(), now);
        Some(session)
    }

    /// Ends a session; none when it is not living.
    pub fn end(&self, id: SessionId, reason: EndReason, now: Timestamp) -> Option<Arc<Session>> {
        let mut tables = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let token = *tables.by_id.get(&id)?;
        tables.remove(&token, Ended { reason, at: now, by: None })
    }

    /// Every living session, in no order.
    pub fn list(&self) -> Vec<Arc<Session>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).living.values().cloned().collect()
    }

    /// How many sessions an application has.
    pub fn count(&self, application: &str) -> u32 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).counts.get(application).copied().unwrap_or_default()
    }
}

impl Tables {
    fn of_account(&self, application: &str, account: AccountId) -> Option<&Arc<Session>> {
        self.living.get(self.by_account.get(&(Arc::from(application), account))?)
    }

    fn remove(&mut self, token: &TokenHash, ended: Ended) -> Option<Arc<Session>> {
        let session = self.living.remove(token)?;
        self.by_id.remove(&session.id);
        self.by_account.remove(&(session.application.clone(), session.account));
        if let Some(count) = self.counts.get_mut(&session.application) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                self.counts.remove(&session.application);
            }
        }
        session.ended().cancel();
        self.ended.insert(*token, ended);
        self.ended_order.push_back(*token);
        if self.ended_order.len() > MAX_ENDED
            && let Some(oldest) = self.ended_order.pop_front()
        {
            self.ended.remove(&oldest);
        }
        Some(session)
    }
}

#[cfg(test)]
pub(crate) mod testkit {
    use std::time::Duration;

    use medward_contract::identity::PriorityClass;
    use medward_contract::{Role, SensitivityLabel};

    use super::*;
    use crate::area::Areas;
    use crate::session::Share;

    pub(crate) fn at(second: i64) -> Timestamp {
        Timestamp::from_micros(1_795_144_455_000_000 + second * 1_000_000)
    }

    pub(crate) fn policy() -> GuardPolicy {
        GuardPolicy {
            id: "g".into(),
            name: "影像".into(),
            on_second: OnSecond::Ask,
            max_sessions: 3,
            reserved_sessions: 1,
            idle: Duration::from_mins(15),
            absolute: Duration::from_hours(12),
            step_up: None,
            areas: Areas::default(),
            share: Share::default(),
            goal: None,
            ends_sessions: false,
            admit_up_to: 9,
        }
    }

    pub(crate) fn subject(account: AccountId, priority: u8) -> Subject {
        Subject {
            account,
            login: "wang.min".into(),
            name: "王敏".into(),
            roles: vec![Role::Requester],
            clearance: SensitivityLabel::L2,
            departments: Vec::new(),
            priority: PriorityClass::new(priority).unwrap(),
        }
    }

    pub(crate) fn stored(application: &str, token: u8, created_at: Timestamp) -> StoredSession {
        StoredSession {
            id: SessionId::new(),
            token: [token; 32],
            application: application.to_owned(),
            guard: "g".to_owned(),
            subject: subject(AccountId::new(), 5),
            address: IpAddr::from([10, 1, 5, token]),
            user_agent: "a browser".to_owned(),
            created_at,
            last_seen_at: created_at,
            factor_at: created_at,
        }
    }
}
