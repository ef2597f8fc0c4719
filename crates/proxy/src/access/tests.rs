use async_trait::async_trait;
use futures_util::future::join_all;
use medward_access::{Areas, OnSecond, Share, TokenHash};
use medward_contract::id::AccountId;
use medward_contract::identity::PriorityClass;
use medward_contract::{Role, SensitivityLabel};
use medward_kernel::Ports;

use super::*;

/// A store that takes its time: whoever else is at it gets that far meanwhile.
struct Slow;

#[async_trait]
impl SessionStore for Slow {
    async fn open(&self, _: &StoredSession) -> Result<(), StoreGone> {
        for _ in 0..50 {
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    async fn end(&self, _: SessionId, _: EndReason, _: Timestamp) -> Result<(), StoreGone> {
        Ok(())
    }

    async fn find(&self, _: &TokenHash) -> Result<Option<StoredSession>, StoreGone> {
        Ok(None)
    }
}

const NOW: Timestamp = Timestamp::from_micros(1_795_144_455_000_000);

fn access() -> (Access, medward_kernel::clock::ManualClock) {
    let (clock, hand) = Clock::manual(NOW);
    let key = Secret::new([7; 32]);
    (Access::new(AccessSetup { key, store: Arc::new(Slow), authenticator: Ports::default().port("test") }, clock), hand)
}

fn pacs(on_second: OnSecond) -> AccessUse {
    let policy = GuardPolicy {
        id: "g".into(),
        name: "影像".into(),
        on_second,
        max_sessions: 3,
        reserved_sessions: 0,
        idle: Duration::from_mins(15),
        absolute: Duration::from_hours(12),
        step_up: None,
        areas: Areas::default(),
        share: Share::default(),
        goal: None,
        ends_sessions: false,
        admit_up_to: 9,
    };
    AccessUse {
        policy: Arc::new(policy),
        application: "g/pacs".into(),
        name: "PACS".into(),
        bands: Arc::default(),
        holidays: Arc::default(),
    }
}

fn person(account: AccountId) -> Subject {
    Subject {
        account,
        login: "wang.min".into(),
        name: "王敏".into(),
        roles: vec![Role::Requester],
        clearance: SensitivityLabel::L2,
        departments: Vec::new(),
        priority: PriorityClass::NORMAL,
    }
}

/// How many of these logins, all at once, come to a session; and why the others do not.
async fn logins(access: &Access, wanted: &AccessUse, people: &[AccountId]) -> (usize, Vec<Refusal>) {
    let from = || (IpAddr::from([10, 1, 5, 19]), "a browser".to_owned());
    let opening = people.iter().map(|account| access.open(wanted, person(*account), false, from()));
    let mut refused = Vec::new();
    for outcome in join_all(opening).await {
        if let Err(NotOpened::Refused(refusal)) = outcome {
            refused.push(refusal);
        }
    }
    (people.len() - refused.len(), refused)
}

#[tokio::test]
async fn ceiling_holds_for_logins_at_once() {
    let (access, _hand) = access();
    let wanted = pacs(OnSecond::Ask);
    let people: Vec<_> = (0..8).map(|_| AccountId::new()).collect();
    let (opened, refused) = logins(&access, &wanted, &people).await;
    assert_eq!((opened, access.sessions.count("g/pacs")), (3, 3), "{refused:?}");
    assert_eq!(refused, [Refusal::Full; 5]);
}

#[tokio::test]
async fn second_login_at_once_is_a_second_login() {
    let account = AccountId::new();
    let other = medward_access::Other { address: IpAddr::from([10, 1, 5, 19]), since: NOW };
    for (on_second, refusal) in [(OnSecond::Refuse, Refusal::Second(other)), (OnSecond::Ask, Refusal::Ask(other))] {
        let (access, _hand) = access();
        let (opened, refused) = logins(&access, &pacs(on_second), &[account; 3]).await;
        assert_eq!((opened, refused), (1, vec![refusal; 2]));
    }
    let (access, _hand) = access();
    let (opened, _) = logins(&access, &pacs(OnSecond::Replace), &[account; 3]).await;
    assert_eq!((opened, access.list().len()), (3, 1), "each one replaces the one before");
}

/// As after an upgrade that names applications otherwise: nobody can use the session any more.
#[tokio::test]
async fn session_of_an_application_that_nobody_knows_ends_when_any_guard_would_end_it() {
    let (access, hand) = access();
    let stored = StoredSession {
        id: SessionId::new(),
        token: [1; 32],
        application: "g pacs.local".to_owned(),
        guard: "g".to_owned(),
        subject: person(AccountId::new()),
        address: IpAddr::from([10, 1, 5, 19]),
        user_agent: "a browser".to_owned(),
        created_at: NOW,
        last_seen_at: NOW,
        factor_at: NOW,
    };
    access.restore(stored);
    let known = HashMap::from([(Arc::from("g/pacs"), pacs(OnSecond::Ask))]);
    hand.advance(Duration::from_mins(119));
    assert!(access.sweep(&known).await.is_empty());
    hand.advance(Duration::from_mins(1));
    let ended: Vec<_> = access.sweep(&known).await.into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(ended, [EndReason::Idle]);
}
