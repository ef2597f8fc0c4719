//! The access guard (应用准入) on the data path: it finds who a request comes from, opens sessions and ends them
//! (gateway.md §11). What holds is decided by `medward-access`; passwords and second factors are the `Authenticator`'s.
//!
//! Invariant: closed. What cannot be told who it is from does not reach a guarded application, whatever mode the object is in
//! and whoever is on the allow list. Invariant: a session outlives its store: who is in stays in while nobody answers.

mod application;
mod event;
mod pending;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use medward_access::{
    EndReason, Ended, Found, GuardPolicy, Refusal, Session, SessionKey, SessionStore, Sessions, StoreGone,
    StoredSession,
};
use medward_contract::id::{AccountId, SessionId};
use medward_contract::identity::{Authenticator, Subject};
use medward_contract::{Event, Timestamp};
use medward_crypto::Secret;
use medward_defence::window::{Holidays, TimeWindow};
use medward_kernel::{Clock, Port};
use medward_waf::Head;

use crate::snapshot::Snapshot;

use crate::exchange::own_cookies;
pub(crate) use application::{Application, Moved};
pub(crate) use event::{level_event, login_event};
pub(crate) use pending::PendingLogins;

/// What the cookie of a session begins with; what follows tells the applications of one host apart.
const SESSION_COOKIE: &str = "__mw_s_";
/// A session lives no longer than any guard may allow.
const LONGEST: Duration = Duration::from_hours(24);
/// No longer without activity than any guard may allow.
const LONGEST_IDLE: Duration = Duration::from_hours(2);
/// The cookie of a login that is not finished.
pub(crate) const LOGIN_COOKIE: &str = "__mw_l";
/// What the names of all cookies of the gateway begin with; applications never see them.
pub(crate) const OWN_COOKIES: &[u8] = b"__mw_";
/// Cookies of one name that are tried.
const MAX_COOKIES: usize = 4;
/// An assertion that holds for less than this is renewed.
const SPARE: Duration = Duration::from_secs(20);

/// What the guard needs of others.
pub struct AccessSetup {
    /// Signs the secrets of sessions.
    pub key: Secret<[u8; 32]>,
    /// Where sessions are kept.
    pub store: Arc<dyn SessionStore>,
    /// Who knows passwords and second factors.
    pub authenticator: Port<dyn Authenticator>,
}

/// What an object asks of whoever wants in.
#[derive(Clone)]
pub struct AccessUse {
    /// The guard.
    pub policy: Arc<GuardPolicy>,
    /// The application that it belongs to: objects of one application share sessions.
    pub application: Arc<str>,
    /// Name of the application, for its visitors.
    pub name: Arc<str>,
    /// Ceilings of sessions at certain times, the first open one counts (PACS-059).
    pub bands: Arc<[(TimeWindow, u32)]>,
    /// Days that count as holidays in them.
    pub holidays: Arc<Holidays>,
}

impl AccessUse {
    /// The cookie of its sessions.
    pub(crate) fn cookie(&self) -> String {
        let hash = medward_crypto::sha256(self.application.as_bytes());
        format!("{SESSION_COOKIE}{}", data_encoding::HEXLOWER.encode(hash.first_chunk::<6>().unwrap_or(&[0; 6])))
    }

    /// The guard with the ceiling of this time.
    fn policy_at(&self, now: Timestamp) -> (u32, &GuardPolicy) {
        let band = self.bands.iter().find(|(window, _)| window.covers(now, &self.holidays));
        (band.map_or(self.policy.max_sessions, |(_, most)| *most), &self.policy)
    }
}

/// The guard of all applications of this node.
pub struct Access {
    pub(crate) key: SessionKey,
    pub(crate) sessions: Sessions,
    pub(crate) logins: PendingLogins,
    store: Arc<dyn SessionStore>,
    authenticator: Port<dyn Authenticator>,
    clock: Clock,
    applications: Mutex<HashMap<Arc<str>, Arc<Application>>>,
    /// Ends that the store has not heard of.
    unwritten: Mutex<Vec<(SessionId, EndReason, Timestamp)>>,
}

/// Why there is no session.
pub(crate) enum Outside {
    /// There was one, and it ended.
    Ended(Ended),
    /// There is none.
    Unknown,
}

/// Why no session is opened.
pub(crate) enum NotOpened {
    /// The guard says no, or asks.
    Refused(Refusal),
    /// It cannot be written down.
    Gone(StoreGone),
}

/// What a session was opened with.
pub(crate) struct Opened {
    /// For the cookie.
    pub(crate) secret: Secret<String>,
    pub(crate) session: Arc<Session>,
    /// The one that ended for it.
    pub(crate) replaced: Option<Arc<Session>>,
}

impl Access {
    pub(crate) fn new(setup: AccessSetup, clock: Clock) -> Self {
        Self {
            key: SessionKey::new(setup.key),
            sessions: Sessions::default(),
            logins: PendingLogins::default(),
            store: setup.store,
            authenticator: setup.authenticator,
            clock,
            applications: Mutex::default(),
            unwritten: Mutex::default(),
        }
    }

    pub(crate) fn authenticator(&self) -> Option<&Arc<dyn Authenticator>> {
        self.authenticator.get().inspect_err(|error| tracing::error!(%error, "nobody can sign in")).ok()
    }

    /// The state of an application on this node.
    pub(crate) fn application(&self, wanted: &AccessUse) -> Arc<Application> {
        let mut applications = self.applications.lock().unwrap_or_else(PoisonError::into_inner);
        applications.entry(wanted.application.clone()).or_default().clone()
    }

    /// The living session of this application that a request comes with. Somebody in the neighbourhood of the host may have
    /// planted a cookie of the same name, so every one of them is tried.
    pub(crate) async fn session_of(&self, wanted: &AccessUse, head: &Head) -> Result<Arc<Session>, Outside> {
        let mut outside = Outside::Unknown;
        let name = wanted.cookie();
        for secret in own_cookies(head, &name).take(MAX_COOKIES) {
            match self.session_behind(wanted, secret).await {
                Ok(session) => return Ok(session),
                Err(ended @ Outside::Ended(_)) => outside = ended,
                Err(Outside::Unknown) => {}
            }
        }
        Err(outside)
    }

    async fn session_behind(&self, wanted: &AccessUse, secret: &[u8]) -> Result<Arc<Session>, Outside> {
        let token = self.key.hash_of(secret).ok_or(Outside::Unknown)?;
        let session = match self.sessions.find(&token) {
            Found::Living(session) => session,
            Found::Ended(ended) => return Err(Outside::Ended(ended)),
            Found::Unknown => self.fetch(&token).await.ok_or(Outside::Unknown)?,
        };
        if session.application != wanted.application {
            return Err(Outside::Unknown);
        }
        let now = self.clock.now();
        match session.over(&wanted.policy, now) {
            None => Ok(session),
            // Whoever swept first has told of it; here it only counts that it is over.
            Some(reason) => Err(Outside::Ended(Ended { reason, at: now, by: None })),
        }
    }

    /// A session that another node opened.
    async fn fetch(&self, token: &[u8; 32]) -> Option<Arc<Session>> {
        let found = self.store.find(token).await.inspect_err(|error| tracing::warn!(%error, "a session was not found"));
        self.sessions.restore(found.ok()??, self.clock.now())
    }

    /// Opens a session for somebody who has shown everything.
    pub(crate) async fn open(
        &self,
        wanted: &AccessUse,
        subject: Subject,
        takes_over: bool,
        (address, user_agent): (IpAddr, String),
    ) -> Result<Opened, NotOpened> {
        let application = self.application(wanted);
        let _turn = application.turn_to_open().await;
        let now = self.clock.now();
        let (most, policy) = wanted.policy_at(now);
        let planned = self.sessions.plan(policy, most, &wanted.application, &subject, takes_over, now);
        planned.map_err(NotOpened::Refused)?;
        let (secret, token) =
            self.key.issue().map_err(|error| NotOpened::Gone(StoreGone(format!("failed to {error}"))))?;
        let stored = StoredSession {
            id: SessionId::new(),
            token,
            application: wanted.application.to_string(),
            guard: policy.id.to_string(),
            subject,
            address,
            user_agent,
            created_at: now,
            last_seen_at: now,
            factor_at: now,
        };
        self.store.open(&stored).await.map_err(NotOpened::Gone)?;
        let session = Arc::new(Session::new(stored));
        let replaced = self.sessions.put(session.clone(), now);
        Ok(Opened { secret, session, replaced })
    }

    /// Ends a session, here at once and in the store as soon as it answers.
    pub async fn end(&self, id: SessionId, reason: EndReason) -> Option<Arc<Session>> {
        let now = self.clock.now();
        let session = self.sessions.end(id, reason, now)?;
        if let Err(error) = self.store.end(id, reason, now).await {
            tracing::warn!(%error, session = %id, "the end of a session is written later");
            self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).push((id, reason, now));
        }
        Some(session)
    }

    /// Ends every session of an account.
    pub async fn end_account(&self, account: AccountId, reason: EndReason) -> Vec<Arc<Session>> {
        let mut ended = Vec::new();
        for session in self.sessions.list().iter().filter(|session| session.account == account) {
            ended.extend(self.end(session.id, reason).await);
        }
        ended
    }

    /// The name of the application that a session is of, as far as the policy knows it.
    pub(crate) fn name_of(snapshot: &Snapshot, session: &Session) -> Arc<str> {
        let wanted = snapshot.objects().iter().filter_map(|object| object.access.as_ref());
        let found = wanted.into_iter().find(|wanted| wanted.application == session.application);
        found.map_or_else(|| session.application.clone(), |wanted| wanted.name.clone())
    }

    /// Living sessions of this node.
    pub fn list(&self) -> Vec<Arc<Session>> {
        self.sessions.list()
    }

    /// Takes up a session that is stored.
    pub fn restore(&self, stored: StoredSession) {
        self.sessions.restore(stored, self.clock.now());
    }

    /// A session ended elsewhere.
    pub fn ended_elsewhere(&self, id: SessionId, reason: EndReason) {
        self.sessions.end(id, reason, self.clock.now());
    }

    /// Ends sessions that are over: idle, as long as they may be, or of people whom others come before. `wanted` knows the applications of the policy in force.
    pub async fn sweep(&self, wanted: &HashMap<Arc<str>, AccessUse>) -> Vec<(Arc<Session>, EndReason)> {
        let now = self.clock.now();
        let mut ended = Vec::new();
        for session in self.sessions.list() {
            let Some(reason) = self.over(&session, wanted.get(&session.application), now).await else { continue };
            if let Some(session) = self.end(session.id, reason).await {
                ended.push((session, reason));
            }
        }
        ended
    }

    async fn over(&self, session: &Session, wanted: Option<&AccessUse>, now: Timestamp) -> Option<EndReason> {
        // A policy that did not load, or not yet, says nothing about who is in: what any guard would end, ends. So ends what is
        // stored of an application that goes by another name now, because nobody can use it.
        let over = || match wanted {
            Some(wanted) => session.over(&wanted.policy, now),
            None => session.over_after(LONGEST_IDLE, LONGEST, now),
        };
        if let Some(wanted) = wanted {
            let (policy, priority) = (&wanted.policy, session.subject().priority);
            let floor = self.application(wanted).admits_up_to().min(policy.admit_up_to);
            if policy.ends_sessions && priority.number() > floor && !priority.is_protected() {
                return Some(EndReason::Shed);
            }
        }
        let reason = over()?;
        if reason == EndReason::Idle
            && let Ok(Some(stored)) = self.store.find(&session.token).await
        {
            // It may be in use at another node.
            session.touch(stored.last_seen_at);
            return over();
        }
        Some(reason)
    }

    /// Tells that a session ended.
    pub fn ended_event(session: &Session, reason: EndReason, name: &str, at: Timestamp) -> Event {
        login_event(session, name, Some(reason), at)
    }

    /// Ends that are still to be written; whoever fails to write them gives them back.
    pub fn take_unwritten(&self) -> Vec<(SessionId, EndReason, Timestamp)> {
        std::mem::take(&mut *self.unwritten.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Gives back ends that could not be written.
    pub fn put_unwritten(&self, ends: Vec<(SessionId, EndReason, Timestamp)>) {
        self.unwritten.lock().unwrap_or_else(PoisonError::into_inner).extend(ends);
    }

    /// How an application fares: its sessions, what was measured, and the lowest class that is let in.
    pub fn state(&self, wanted: &AccessUse) -> ApplicationState {
        let application = self.application(wanted);
        let now = self.clock.now();
        ApplicationState {
            sessions: self.sessions.count(&wanted.application),
            max_sessions: wanted.policy_at(now).0,
            sample: application.sample(now),
            admits_up_to: application.admits_up_to().min(wanted.policy.admit_up_to),
        }
    }

    /// What the person is vouched for with; none when nobody can vouch now.
    pub(crate) async fn assertion(&self, session: &Session, audience: &str) -> Option<String> {
        if let Some(token) = session.assertion(audience, self.clock.now(), SPARE) {
            return Some(token);
        }
        let asked = self.authenticator()?.assertion(&session.subject(), audience).await;
        let assertion = asked.inspect_err(|error| tracing::warn!(%error, "nobody vouches for a session")).ok()?;
        let token = assertion.token.clone();
        session.keep_assertion(audience, assertion);
        Some(token)
    }
}

/// How an application fares.
#[derive(Debug, Clone, Copy)]
pub struct ApplicationState {
    /// Sessions that are living on this node.
    pub sessions: u32,
    /// How many there may be now.
    pub max_sessions: u32,
    /// What was measured over the last minute.
    pub sample: Option<medward_access::Sample>,
    /// The lowest class that is let in; 9 is everybody.
    pub admits_up_to: u8,
}
