//! The members of one object, taken in turn.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use medward_contract::Timestamp;

use super::{Member, MemberState, Seat};

/// Members in the order they were written; one written twice gets a double share.
#[derive(Debug)]
pub struct Pool {
    members: Box<[Arc<Member>]>,
    next: AtomicUsize,
}

/// Where the next attempt of a request goes.
#[derive(Debug)]
pub(crate) enum Pick {
    /// There.
    Seat(Seat),
    /// To one of these, once it has room.
    Full(Vec<Arc<Member>>),
    /// Every member was tried.
    Nobody,
}

impl Pick {
    /// A seat at the first of these that has one.
    fn among<'m>(members: impl Iterator<Item = &'m Arc<Member>> + Clone) -> Self {
        if let Some(seat) = members.clone().find_map(Seat::take) {
            return Self::Seat(seat);
        }
        let full: Vec<_> = members.cloned().collect();
        if full.is_empty() { Self::Nobody } else { Self::Full(full) }
    }
}

impl Pool {
    /// A pool of these members.
    pub(crate) fn new(members: Vec<Arc<Member>>) -> Self {
        Self { members: members.into(), next: AtomicUsize::new(0) }
    }

    /// Its members.
    pub fn members(&self) -> &[Arc<Member>] {
        &self.members
    }

    /// A seat at the next member that was not tried yet for this request, or the members where one may get free. Members that
    /// are out are left out, unless more than half of the pool would be: then all that are not down count, and if all are down
    /// every one is tried.
    pub(crate) fn pick(&self, now: Timestamp, tried: &[Arc<Member>]) -> Pick {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        if let [only] = &*self.members {
            return if tried.is_empty() { Pick::among(std::iter::once(only)) } else { Pick::Nobody };
        }
        let usable = self.members.iter().filter(|member| is_usable(member.state(now))).count();
        let ignore_ejections = usable * 2 < self.members.len();
        let fresh = || {
            let (before, behind) = self.members.split_at(first.checked_rem(self.members.len()).unwrap_or(0));
            behind.iter().chain(before).filter(|member| !tried.iter().any(|tried| Arc::ptr_eq(tried, member)))
        };
        let good = |member: &&Arc<Member>| match member.state(now) {
            MemberState::Down => false,
            MemberState::Ejected => ignore_ejections,
            MemberState::Up | MemberState::Unknown => true,
        };
        match Pick::among(fresh().filter(good)) {
            Pick::Nobody => Pick::among(fresh()),
            picked => picked,
        }
    }

    /// Whether every member is down, or was taken out and served nothing since.
    pub fn is_down(&self, now: Timestamp) -> bool {
        self.members.iter().all(|member| member.is_out(now))
    }

    /// Whether a member is known to answer.
    pub(crate) fn answers(&self, now: Timestamp) -> bool {
        self.members.iter().any(|member| member.answers(now))
    }
}

const fn is_usable(state: MemberState) -> bool {
    matches!(state, MemberState::Up | MemberState::Unknown)
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::super::Members;
    use super::*;
    use crate::address::UpstreamAddress;

    const NOW: Timestamp = Timestamp::from_micros(1_000_000);

    fn pool(ports: &[u16]) -> Pool {
        let address = |port: &u16| UpstreamAddress::parse(&format!("http://127.0.0.1:{port}")).unwrap();
        Members::default().pool(ports.iter().map(address), None)
    }

    fn picks(pool: &Pool, count: usize) -> Vec<u16> {
        (0..count).map(|_| seat(pool, &[]).member().address().port).collect()
    }

    fn seat(pool: &Pool, tried: &[Arc<Member>]) -> Seat {
        match pool.pick(NOW, tried) {
            Pick::Seat(seat) => seat,
            other => panic!("{other:?}"),
        }
    }

    fn take_down(member: &Member) {
        for _ in 0..3 {
            member.note_check(Err("refused".into()), NOW);
        }
    }

    #[test]
    fn members_take_turns_and_one_written_twice_gets_a_double_share() {
        assert_eq!(picks(&pool(&[1, 2]), 4), [1, 2, 1, 2]);
        assert_eq!(picks(&pool(&[1, 2, 1]), 6).iter().filter(|port| **port == 1).count(), 4);
    }

    #[test]
    fn down_member_is_left_out_until_all_are_down() {
        let pool = pool(&[1, 2]);
        take_down(&pool.members()[0]);
        assert_eq!(picks(&pool, 3), [2, 2, 2]);
        take_down(&pool.members()[1]);
        assert!(pool.is_down(NOW));
        assert_eq!(picks(&pool, 2).len(), 2);
        let tried = seat(&pool, &[]).member().clone();
        let other = seat(&pool, std::slice::from_ref(&tried)).member().clone();
        assert!(!Arc::ptr_eq(&tried, &other));
        assert!(matches!(pool.pick(NOW, &[tried, other]), Pick::Nobody));
    }

    #[test]
    fn at_most_half_of_the_members_are_ejected() {
        let pool = pool(&[1, 2]);
        for member in pool.members() {
            for _ in 0..5 {
                member.note_failure("reset", NOW);
            }
        }
        assert_eq!(picks(&pool, 4), [1, 2, 1, 2]);
    }

    #[test]
    fn pool_is_down_when_each_member_is_down_or_taken_out_and_answers_once_one_is_up() {
        let pool = pool(&[1, 2]);
        let [first, second] = pool.members() else { panic!("two members") };
        assert!(!pool.is_down(NOW) && !pool.answers(NOW), "nobody knows yet");
        take_down(first);
        for _ in 0..5 {
            second.note_failure("reset", NOW);
        }
        assert!(pool.is_down(NOW) && !pool.answers(NOW));
        for _ in 0..2 {
            first.note_check(Ok(()), NOW);
        }
        assert!(!pool.is_down(NOW) && pool.answers(NOW));
    }

    #[tokio::test]
    async fn member_with_room_is_preferred_and_who_waits_gets_the_first_seat_that_is_given_back() {
        let address = |port: u16| UpstreamAddress::parse(&format!("http://127.0.0.1:{port}")).unwrap();
        let pool = Members::new(NonZeroU32::MIN).pool([1, 2].map(address), None);
        let first = seat(&pool, &[]);
        let second = seat(&pool, &[]);
        assert_ne!(first.member().address().port, second.member().address().port);
        let Pick::Full(full) = pool.pick(NOW, &[]) else { panic!("both have one exchange") };
        assert_eq!(full.len(), 2);
        drop(second);
        assert_eq!(picks(&pool, 4), [2, 2, 2, 2], "the other has no room");
        let waiting = Seat::wait(first.member().clone());
        let given_back = async { drop(first) };
        let (seat, ()) = tokio::join!(waiting, given_back);
        assert_eq!(seat.member().address().port, 1);
    }
}
