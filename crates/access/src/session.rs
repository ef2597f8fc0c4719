//! One person in one application, from login to the end.

use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::Duration;

use medward_contract::Timestamp;
use medward_contract::id::{AccountId, SessionId};
use medward_contract::identity::{PriorityClass, SignedAssertion, Subject};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use crate::policy::GuardPolicy;
use crate::secret::TokenHash;
use crate::store::StoredSession;

/// The second factor is asked for again at most this often.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// The least important class for which places are kept: 急诊, ICU (gateway.md §9, §11).
const RESERVED_CLASS: u8 = 2;

/// Why a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// The person signed out.
    Logout,
    /// Nothing happened for too long.
    Idle,
    /// It was as long as it may be.
    Absolute,
    /// The same person signed in elsewhere.
    Replaced,
    /// An administrator ended it.
    Killed,
    /// Others came first: the service level was too low (资源控制 g).
    Shed,
    /// The account was disabled.
    Account,
}

impl EndReason {
    /// Every one of them.
    pub const ALL: [Self; 7] =
        [Self::Logout, Self::Idle, Self::Absolute, Self::Replaced, Self::Killed, Self::Shed, Self::Account];

    /// The word for it, as it is stored and recorded.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Idle => "idle",
            Self::Absolute => "absolute",
            Self::Replaced => "replaced",
            Self::Killed => "killed",
            Self::Shed => "shed",
            Self::Account => "account",
        }
    }

    /// The reason of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.as_str() == word)
    }
}

/// How much one account may take of an application (资源控制 e). What is absent is not limited.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Requests in any one second.
    pub requests_per_second: Option<u32>,
    /// Requests at once.
    pub concurrent_requests: Option<u32>,
}

/// Which part of its share an account has used up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exceeded {
    /// Too many in this second.
    Rate,
    /// Too many at once.
    Concurrency,
}

/// A living session. What is kept here is ahead of the store by at most half a minute.
#[derive(Debug)]
pub struct Session {
    /// Its id, not its secret.
    pub id: SessionId,
    /// By what it is found.
    pub token: TokenHash,
    /// Of which application.
    pub application: Arc<str>,
    /// Id of the guard that opened it.
    pub guard: Arc<str>,
    /// Whose it is.
    pub account: AccountId,
    /// From where it was opened.
    pub address: IpAddr,
    /// By which browser.
    pub user_agent: String,
    /// When.
    pub created_at: Timestamp,
    subject: RwLock<Arc<Subject>>,
    last_seen: AtomicI64,
    factor_at: AtomicI64,
    written: AtomicI64,
    in_flight: AtomicU32,
    /// The second that is being counted, and its requests.
    rate: Mutex<(i64, u32)>,
    assertion: Mutex<Option<(String, SignedAssertion)>>,
    /// When the second factor was asked for last.
    asked_at: AtomicI64,
    ended: CancellationToken,
}

/// Whether sessions are kept free for this class, and the waiting room lets it by.
pub(crate) fn comes_first(class: PriorityClass) -> bool {
    class.number() <= RESERVED_CLASS
}

/// A request of a session, until it is done.
#[derive(Debug)]
pub struct Visit(Arc<Session>);

impl Drop for Visit {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Session {
    /// Takes up a session as it is stored.
    pub fn new(stored: StoredSession) -> Self {
        let StoredSession { id, token, application, guard, subject, .. } = stored;
        Self {
            id,
            token,
            application: application.into(),
            guard: guard.into(),
            account: subject.account,
            address: stored.address,
            user_agent: stored.user_agent,
            created_at: stored.created_at,
            subject: RwLock::new(Arc::new(subject)),
            last_seen: AtomicI64::new(stored.last_seen_at.as_micros()),
            factor_at: AtomicI64::new(stored.factor_at.as_micros()),
            written: AtomicI64::new(stored.last_seen_at.as_micros()),
            in_flight: AtomicU32::new(0),
            rate: Mutex::default(),
            assertion: Mutex::default(),
            asked_at: AtomicI64::new(0),
            ended: CancellationToken::new(),
        }
    }

    /// The person, as last heard of.
    pub fn subject(&self) -> Arc<Subject> {
        self.subject.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The person is not what they were.
    pub fn set_subject(&self, subject: Subject) {
        *self.subject.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(subject);
        *self.assertion.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Whether places are kept for its person: priority classes 0 to 2.
    pub fn comes_first(&self) -> bool {
        comes_first(self.subject().priority)
    }

    /// When something happened last.
    pub fn last_seen_at(&self) -> Timestamp {
        Timestamp::from_micros(self.last_seen.load(Ordering::Relaxed))
    }

    /// When the second factor was shown last.
    pub fn factor_at(&self) -> Timestamp {
        Timestamp::from_micros(self.factor_at.load(Ordering::Relaxed))
    }

    /// Something happened.
    pub fn touch(&self, at: Timestamp) {
        self.last_seen.fetch_max(at.as_micros(), Ordering::Relaxed);
    }

    /// The second factor was shown again.
    pub fn stepped_up(&self, at: Timestamp) {
        self.factor_at.fetch_max(at.as_micros(), Ordering::Relaxed);
        self.touch(at);
    }

    /// Whether the second factor may be asked for again: each time costs the house a row, so not in every moment.
    pub fn may_ask(&self, now: Timestamp) -> bool {
        let before = Timestamp::from_micros(self.asked_at.swap(now.as_micros(), Ordering::Relaxed));
        now < before || now.since(before) >= ASK_EVERY
    }

    /// Whether more than `after` of activity is not written down yet.
    pub fn is_due(&self, after: Duration) -> bool {
        let (seen, written) = (self.last_seen_at(), Timestamp::from_micros(self.written.load(Ordering::Relaxed)));
        seen > written && seen.since(written) >= after
    }

    /// Activity up to then is written down.
    pub fn written(&self, seen: Timestamp) {
        self.written.fetch_max(seen.as_micros(), Ordering::Relaxed);
    }

    /// Takes over what the store knows better: another node has seen it later, or the person has changed.
    pub fn refresh(&self, stored: &StoredSession) {
        self.touch(stored.last_seen_at);
        self.written(stored.last_seen_at);
        self.factor_at.fetch_max(stored.factor_at.as_micros(), Ordering::Relaxed);
        if *self.subject() != stored.subject {
            self.set_subject(stored.subject.clone());
        }
    }

    /// When it ends if nothing more happens, and when it ends in any case.
    pub fn ends_at(&self, policy: &GuardPolicy) -> (Timestamp, Timestamp) {
        let absolute = self.created_at.plus(policy.absolute);
        (self.last_seen_at().plus(policy.idle).min(absolute), absolute)
    }

    /// Why it is over at this time, if it is.
    pub fn over(&self, policy: &GuardPolicy, now: Timestamp) -> Option<EndReason> {
        self.over_after(policy.idle, policy.absolute, now)
    }

    /// Why it is over at this time, if it may be idle and last as long as this.
    pub fn over_after(&self, idle: Duration, absolute: Duration, now: Timestamp) -> Option<EndReason> {
        match () {
            () if now >= self.created_at.plus(absolute) => Some(EndReason::Absolute),
            () if now >= self.last_seen_at().plus(idle) => Some(EndReason::Idle),
            () => None,
        }
    }

    /// Counts a request of the account.
    ///
    /// # Errors
    /// When its share is used up.
    pub fn enter(self: &Arc<Self>, share: &Share, now: Timestamp) -> Result<Visit, Exceeded> {
        if let Some(most) = share.requests_per_second {
            let mut rate = self.rate.lock().unwrap_or_else(PoisonError::into_inner);
            if rate.0 != now.as_seconds() {
                *rate = (now.as_seconds(), 0);
            }
            if rate.1 >= most {
                return Err(Exceeded::Rate);
            }
            rate.1 += 1;
        }
        let before = self.in_flight.fetch_add(1, Ordering::Relaxed);
        let visit = Visit(self.clone());
        match share.concurrent_requests {
            Some(most) if before >= most => Err(Exceeded::Concurrency),
            _ => Ok(visit),
        }
    }

    /// The assertion for this audience, when it holds for `spare` longer.
    pub fn assertion(&self, audience: &str, now: Timestamp, spare: Duration) -> Option<String> {
        let known = self.assertion.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, assertion) = known.as_ref().filter(|(known, _)| known == audience)?;
        (assertion.expires_at > now.plus(spare)).then(|| assertion.token.clone())
    }

    /// Keeps an assertion for the next requests.
    pub fn keep_assertion(&self, audience: &str, assertion: SignedAssertion) {
        *self.assertion.lock().unwrap_or_else(PoisonError::into_inner) = Some((audience.to_owned(), assertion));
    }

    /// Cancelled when the session ends: whatever still runs for it stops.
    pub fn ended(&self) -> &CancellationToken {
        &self.ended
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::testkit::{at, policy, stored};

    #[test]
    fn session_ends_after_idle_time_and_after_all_time_whatever_happens() {
        let session = Session::new(stored("pacs", 1, at(0)));
        let policy = policy();
        assert_eq!(session.over(&policy, at(899)), None);
        assert_eq!(session.over(&policy, at(900)), Some(EndReason::Idle));
        session.touch(at(600));
        session.touch(at(500));
        assert_eq!(session.over(&policy, at(1_499)), None);
        for second in (0..43_200).step_by(600) {
            session.touch(at(second));
        }
        assert_eq!(session.over(&policy, at(43_199)), None);
        assert_eq!(session.over(&policy, at(43_200)), Some(EndReason::Absolute));
    }

    #[test]
    fn share_limits_one_second_and_what_runs_at_once() {
        let session = Arc::new(Session::new(stored("pacs", 1, at(0))));
        let share = Share { requests_per_second: Some(3), concurrent_requests: Some(2) };
        let first = session.enter(&share, at(1)).unwrap();
        let _second = session.enter(&share, at(1)).unwrap();
        assert_eq!(session.enter(&share, at(1)).unwrap_err(), Exceeded::Concurrency);
        assert_eq!(session.enter(&share, at(1)).unwrap_err(), Exceeded::Rate);
        drop(first);
        session.enter(&share, at(2)).unwrap();
    }

    #[test]
    fn activity_is_due_until_it_is_written() {
        let session = Session::new(stored("pacs", 1, at(0)));
        session.touch(at(29));
        assert!(!session.is_due(Duration::from_secs(30)));
        session.touch(at(30));
        assert!(session.is_due(Duration::from_secs(30)));
        session.written(session.last_seen_at());
        assert!(!session.is_due(Duration::from_secs(30)));
    }

    #[test]
    fn every_reason_reads_back() {
        for reason in EndReason::ALL {
            assert_eq!(EndReason::from_word(reason.as_str()), Some(reason));
        }
    }

    #[test]
    fn assertion_is_kept_for_its_audience_until_shortly_before_its_end() {
        let session = Session::new(stored("pacs", 1, at(0)));
        let spare = Duration::from_secs(20);
        session.keep_assertion("pacs.local", SignedAssertion { token: "t".into(), expires_at: at(60) });
        assert_eq!(session.assertion("pacs.local", at(39), spare).as_deref(), Some("t"));
        assert_eq!(session.assertion("pacs.local", at(40), spare), None);
        assert_eq!(session.assertion("his.local", at(0), spare), None);
        session.set_subject(stored("pacs", 1, at(0)).subject);
        assert_eq!(session.assertion("pacs.local", at(0), spare), None);
    }
}
