//! One upstream address: is it up, and which connections to it are idle.
//!
//! Two judges: active checks ([`super::HealthChecks`], 2 good ones make it up, 3 bad ones down) and the traffic itself
//! (5 failures in a row take it out for 30 s, doubling to 5 min; gateway.md §6). Reading the verdict costs two atomics.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicI64, AtomicU8, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use medward_contract::Timestamp;
use serde::Serialize;
use tokio::sync::Semaphore;

use super::Pool;
use super::line::Wire;
use crate::address::UpstreamAddress;

/// Idle connections kept per member, and for how long nobody need use one: less than what upstreams commonly wait, and what
/// firewalls between forget.
const IDLE_LINES: usize = 256;
const IDLE: Duration = Duration::from_secs(60);
/// Exchanges at the same time per member, unless the operator says otherwise (gateway.md §6).
pub(crate) const CONCURRENCY: NonZeroU32 = NonZeroU32::MIN.saturating_add(999);
/// Good checks that make a member up again, bad ones that make it down.
const UP_AFTER: u32 = 2;
const DOWN_AFTER: u32 = 3;
/// Failures of traffic in a row that take a member out.
const EJECT_AFTER: u32 = 5;
/// Shortest and longest time out.
const EJECTION: (Duration, Duration) = (Duration::from_secs(30), Duration::from_mins(5));

/// What makes two members the same one.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct MemberKey {
    /// Where it answers.
    address: UpstreamAddress,
    /// What its checks ask for.
    health_path: Option<String>,
}

/// Health of a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberState {
    /// Not checked yet; used.
    Unknown,
    /// Checks succeed.
    Up,
    /// Checks fail; used only if every member is down.
    Down,
    /// Traffic failed; out for a while.
    Ejected,
}

/// One upstream address.
#[derive(Debug)]
pub struct Member {
    key: MemberKey,
    checked: AtomicU8,
    checked_at: AtomicI64,
    /// Of traffic, in a row.
    failures: AtomicU32,
    ejections: AtomicU32,
    ejected_until: AtomicI64,
    checks: Mutex<Checks>,
    /// The one used last stands last.
    idle: Mutex<Vec<Wire>>,
    /// A permit for each exchange that may begin.
    room: Semaphore,
}

#[derive(Debug, Default)]
struct Checks {
    good: u32,
    bad: u32,
    last_error: Option<String>,
}

const UNKNOWN: u8 = 0;
const UP: u8 = 1;
const DOWN: u8 = 2;

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Member {
    fn new(key: MemberKey, concurrency: NonZeroU32) -> Self {
        Self {
            key,
            checked: AtomicU8::new(UNKNOWN),
            checked_at: AtomicI64::new(0),
            failures: AtomicU32::new(0),
            ejections: AtomicU32::new(0),
            ejected_until: AtomicI64::new(0),
            checks: Mutex::default(),
            idle: Mutex::default(),
            room: Semaphore::new(usize::try_from(concurrency.get()).unwrap_or(Semaphore::MAX_PERMITS)),
        }
    }

    /// Where it answers.
    pub fn address(&self) -> &UpstreamAddress {
        &self.key.address
    }

    /// What its checks ask for.
    pub(crate) fn health_path(&self) -> Option<&str> {
        self.key.health_path.as_deref()
    }

    /// Its health now.
    pub fn state(&self, now: Timestamp) -> MemberState {
        match self.checked.load(Ordering::Relaxed) {
            DOWN => MemberState::Down,
            _ if self.ejected_until.load(Ordering::Relaxed) > now.as_micros() => MemberState::Ejected,
            UP => MemberState::Up,
            _ => MemberState::Unknown,
        }
    }

    /// Whether it is known to answer: checks succeed, and it served something since it was taken out last.
    pub(super) fn answers(&self, now: Timestamp) -> bool {
        self.checked.load(Ordering::Relaxed) == UP && !self.is_unproven() && !self.is_out(now)
    }

    /// Whether it does not answer: checks fail, or it was taken out and served nothing since.
    pub(super) fn is_out(&self, now: Timestamp) -> bool {
        match self.state(now) {
            MemberState::Down => true,
            MemberState::Ejected => self.is_unproven(),
            MemberState::Up | MemberState::Unknown => false,
        }
    }

    /// Whether it was taken out and served nothing since.
    fn is_unproven(&self) -> bool {
        self.failures.load(Ordering::Relaxed) >= EJECT_AFTER
    }

    /// Why it failed last, and when it was checked last.
    pub fn last_check(&self) -> (Option<String>, Option<Timestamp>) {
        let at = self.checked_at.load(Ordering::Relaxed);
        (lock(&self.checks).last_error.clone(), (at > 0).then(|| Timestamp::from_micros(at)))
    }

    /// Takes in the result of an active check. Returns the new state when it changed.
    pub(crate) fn note_check(&self, result: Result<(), String>, now: Timestamp) -> Option<MemberState> {
        self.checked_at.store(now.as_micros(), Ordering::Relaxed);
        let mut checks = lock(&self.checks);
        let before = self.checked.load(Ordering::Relaxed);
        match result {
            Ok(()) => {
                (checks.good, checks.bad) = (checks.good.saturating_add(1), 0);
                // A page was served; that a port is open proves nothing.
                if self.key.health_path.is_some() && self.is_unproven() && self.state(now) != MemberState::Ejected {
                    self.failures.store(0, Ordering::Relaxed);
                }
                if before == UNKNOWN || (before == DOWN && checks.good >= UP_AFTER) {
                    checks.last_error = None;
                    self.checked.store(UP, Ordering::Relaxed);
                    self.ejected_until.store(0, Ordering::Relaxed);
                    self.ejections.store(0, Ordering::Relaxed);
                    self.failures.store(0, Ordering::Relaxed);
                    return Some(MemberState::Up);
                }
            }
            Err(error) => {
                (checks.good, checks.bad) = (0, checks.bad.saturating_add(1));
                checks.last_error = Some(error);
                if before != DOWN && checks.bad >= DOWN_AFTER {
                    self.checked.store(DOWN, Ordering::Relaxed);
                    return Some(MemberState::Down);
                }
            }
        }
        None
    }

    /// A request got an answer that is not 502 to 504.
    pub(crate) fn note_success(&self) {
        if self.failures.load(Ordering::Relaxed) != 0 {
            self.failures.store(0, Ordering::Relaxed);
        }
    }

    /// A request got none, or 502 to 504. The member may go out for a while.
    pub(crate) fn note_failure(&self, error: &str, now: Timestamp) {
        lock(&self.checks).last_error = Some(error.to_owned());
        // Counted on, so that who is out is known to have failed ever since.
        let failures = self.failures.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        if !failures.is_multiple_of(EJECT_AFTER) {
            return;
        }
        let doublings = self.ejections.fetch_add(1, Ordering::Relaxed).min(8);
        let pause = (EJECTION.0 * 2_u32.saturating_pow(doublings)).min(EJECTION.1);
        self.ejected_until.store(now.plus(pause).as_micros(), Ordering::Relaxed);
        tracing::warn!(member = %self.key.address, pause_s = pause.as_secs(), error, "upstream taken out");
    }

    /// An idle connection, the one used last. It may have been closed meanwhile.
    pub(super) fn take_idle(&self) -> Option<Wire> {
        lock(&self.idle).pop()
    }

    /// Keeps a connection for the next request, or lets it go when there are enough.
    pub(super) fn keep_idle(&self, wire: Wire) {
        let mut idle = lock(&self.idle);
        if idle.len() < IDLE_LINES {
            idle.push(wire);
        }
    }

    /// Lets idle connections go that the upstream closed, and those that nobody used for a minute. Asked every few seconds; the
    /// clock is read here and not by each request.
    pub(super) fn sweep_idle(&self, now: Timestamp) {
        let gone: Vec<Wire> = lock(&self.idle)
            .extract_if(.., |wire| {
                let since = *wire.idle_since.get_or_insert(now);
                now.since(since) >= IDLE || !wire.is_open()
            })
            .collect();
        // Closed without the lock.
        drop(gone);
    }

    /// Lets all idle connections go.
    pub(crate) fn drop_idle(&self) {
        let wires = std::mem::take(&mut *lock(&self.idle));
        drop(wires);
    }

    #[cfg(test)]
    pub(super) fn idle_lines(&self) -> usize {
        lock(&self.idle).len()
    }

    /// Permits for exchanges.
    pub(super) fn room(&self) -> &Semaphore {
        &self.room
    }
}

/// Every member in use by any snapshot, so that a new snapshot finds the old ones: an unchanged address keeps its
/// connections and its health over a change of policy.
#[derive(Debug)]
pub struct Members {
    known: HashMap<MemberKey, Weak<Member>>,
    concurrency: NonZeroU32,
}

impl Default for Members {
    fn default() -> Self {
        Self::new(CONCURRENCY)
    }
}

impl Members {
    /// Members of which each takes so many exchanges at the same time.
    pub fn new(concurrency: NonZeroU32) -> Self {
        Self { known: HashMap::new(), concurrency }
    }

    /// The pool of these addresses, in this order; one named twice gets a double share. `health_path` is what their checks
    /// ask for; a TCP connection is enough without.
    pub fn pool(&mut self, addresses: impl IntoIterator<Item = UpstreamAddress>, health_path: Option<&str>) -> Pool {
        let key = |address| MemberKey { address, health_path: health_path.map(str::to_owned) };
        Pool::new(addresses.into_iter().map(|address| self.get_or_make(key(address))).collect())
    }

    /// The member with this key.
    fn get_or_make(&mut self, key: MemberKey) -> Arc<Member> {
        if let Some(member) = self.known.get(&key).and_then(Weak::upgrade) {
            return member;
        }
        self.known.retain(|_, member| member.strong_count() > 0);
        let member = Arc::new(Member::new(key.clone(), self.concurrency));
        self.known.insert(key, Arc::downgrade(&member));
        member
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member() -> Arc<Member> {
        let address = UpstreamAddress::parse("http://127.0.0.1:9").unwrap();
        Members::default().get_or_make(MemberKey { address, health_path: None })
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_micros(seconds * 1_000_000)
    }

    #[test]
    fn three_bad_checks_take_a_member_down_and_two_good_ones_bring_it_back() {
        let member = member();
        assert_eq!(member.note_check(Ok(()), at(0)), Some(MemberState::Up));
        assert_eq!(member.note_check(Err("refused".into()), at(5)), None);
        assert_eq!(member.note_check(Err("refused".into()), at(10)), None);
        assert_eq!(member.state(at(10)), MemberState::Up);
        assert_eq!(member.note_check(Err("refused".into()), at(15)), Some(MemberState::Down));
        assert_eq!(member.last_check(), (Some("refused".into()), Some(at(15))));
        assert_eq!(member.note_check(Ok(()), at(20)), None);
        assert_eq!(member.state(at(20)), MemberState::Down);
        assert_eq!(member.note_check(Ok(()), at(25)), Some(MemberState::Up));
        assert_eq!(member.last_check().0, None);
    }

    #[test]
    fn five_failures_in_a_row_eject_for_thirty_seconds_doubling_to_five_minutes() {
        let member = member();
        let mut now = 0;
        for pause in [30, 60, 120, 240, 300, 300] {
            for _ in 0..4 {
                member.note_failure("reset", at(now));
            }
            assert_eq!(member.state(at(now)), MemberState::Unknown);
            member.note_failure("reset", at(now));
            assert_eq!(member.state(at(now + pause - 1)), MemberState::Ejected, "{pause}");
            now += pause;
            assert_eq!(member.state(at(now)), MemberState::Unknown, "{pause}");
        }
        for _ in 0..4 {
            member.note_failure("reset", at(now));
        }
        member.note_success();
        member.note_failure("reset", at(now));
        assert_eq!(member.state(at(now)), MemberState::Unknown);
    }

    #[test]
    fn member_that_is_out_and_serves_answers_again() {
        let member = member();
        member.note_check(Ok(()), at(0));
        assert!(member.answers(at(0)));
        for _ in 0..5 {
            member.note_failure("answered 502", at(0));
        }
        member.note_check(Ok(()), at(5));
        assert_eq!((member.is_out(at(5)), member.answers(at(5))), (true, false), "its port is open, and no more");
        assert_eq!(
            (member.is_out(at(40)), member.answers(at(40))),
            (false, false),
            "it may be tried, which says nothing"
        );
        member.note_success();
        assert_eq!((member.is_out(at(6)), member.answers(at(6))), (false, true));
        assert_eq!(member.state(at(6)), MemberState::Ejected, "others are preferred for a while");
    }
}
