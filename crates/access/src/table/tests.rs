use super::testkit::{at, policy, stored, subject};
use super::*;

fn open(sessions: &Sessions, stored: StoredSession) -> Arc<Session> {
    let session = Arc::new(Session::new(stored));
    sessions.put(session.clone(), at(0));
    session
}

#[test]
fn one_account_has_one_session_in_an_application_and_may_have_others_elsewhere() {
    let sessions = Sessions::default();
    let first = open(&sessions, stored("pacs", 1, at(0)));
    let account = first.account;
    let again =
        |application: &str, token| StoredSession { subject: subject(account, 5), ..stored(application, token, at(60)) };
    open(&sessions, again("his", 2));
    assert!(matches!(sessions.find(&[1; 32]), Found::Living(_)));
    let second = Arc::new(Session::new(again("pacs", 3)));
    let ended = sessions.put(second, at(60)).unwrap();
    assert!(ended.id == first.id && first.ended().is_cancelled());
    let Found::Ended(told) = sessions.find(&[1; 32]) else { panic!("it should have ended") };
    let by = Other { address: IpAddr::from([10, 1, 5, 3]), since: at(60) };
    assert_eq!(told, Ended { reason: EndReason::Replaced, at: at(60), by: Some(by) });
    assert_eq!((sessions.count("pacs"), sessions.count("his")), (1, 1));
}

#[test]
fn second_login_asks_refuses_or_replaces_as_the_guard_says() {
    let sessions = Sessions::default();
    let first = open(&sessions, stored("pacs", 1, at(0)));
    let person = subject(first.account, 5);
    let other = Other { address: first.address, since: at(0) };
    let plan = |on_second, takes_over, now| {
        let policy = GuardPolicy { on_second, ..policy() };
        sessions.plan(&policy, 3, "pacs", &person, takes_over, now).map(|planned| planned.replaces.map(|one| one.id))
    };
    assert_eq!(plan(OnSecond::Ask, false, at(1)), Err(Refusal::Ask(other)));
    assert_eq!(plan(OnSecond::Ask, true, at(1)), Ok(Some(first.id)));
    assert_eq!(plan(OnSecond::Replace, false, at(1)), Ok(Some(first.id)));
    assert_eq!(plan(OnSecond::Refuse, true, at(1)), Err(Refusal::Second(other)));
    // Nobody is kept out by a session that is over and was not swept yet.
    assert_eq!(plan(OnSecond::Refuse, false, at(900)), Ok(Some(first.id)));
}

#[test]
fn sessions_have_a_ceiling_with_a_part_kept_for_who_comes_first() {
    let sessions = Sessions::default();
    open(&sessions, stored("pacs", 1, at(0)));
    open(&sessions, stored("pacs", 2, at(0)));
    let plan =
        |priority| sessions.plan(&policy(), 3, "pacs", &subject(AccountId::new(), priority), false, at(1)).map(|_| ());
    assert_eq!(plan(5), Err(Refusal::Full));
    assert_eq!(plan(3), Err(Refusal::Full));
    assert_eq!(plan(2), Ok(()));
    open(&sessions, stored("pacs", 3, at(0)));
    assert_eq!(plan(0), Err(Refusal::Full));
    assert!(sessions.plan(&policy(), 3, "his", &subject(AccountId::new(), 9), false, at(1)).is_ok());
}

#[test]
fn who_takes_over_needs_no_free_place() {
    let sessions = Sessions::default();
    let first = open(&sessions, stored("pacs", 1, at(0)));
    for token in 2..4 {
        open(&sessions, stored("pacs", token, at(0)));
    }
    assert!(sessions.plan(&policy(), 3, "pacs", &subject(first.account, 5), true, at(1)).is_ok());
}

#[test]
fn ended_session_gives_its_place_back_once() {
    let sessions = Sessions::default();
    let first = open(&sessions, stored("pacs", 1, at(0)));
    assert!(sessions.end(first.id, EndReason::Killed, at(5)).is_some());
    assert!(sessions.end(first.id, EndReason::Killed, at(6)).is_none());
    assert_eq!(sessions.count("pacs"), 0);
    assert!(matches!(sessions.find(&[1; 32]), Found::Ended(Ended { reason: EndReason::Killed, .. })));
    assert!(matches!(sessions.find(&[9; 32]), Found::Unknown));
}

#[test]
fn store_does_not_bring_back_what_ended_here_nor_what_was_replaced() {
    let sessions = Sessions::default();
    let old = stored("pacs", 1, at(0));
    let new = StoredSession { subject: old.subject.clone(), ..stored("pacs", 2, at(60)) };
    open(&sessions, new.clone());
    assert!(sessions.restore(old, at(61)).is_none(), "an older one of the same account");
    let seen = StoredSession { last_seen_at: at(90), ..new.clone() };
    assert_eq!(sessions.restore(seen, at(91)).unwrap().last_seen_at(), at(90));
    sessions.end(new.id, EndReason::Logout, at(92));
    assert!(sessions.restore(new, at(93)).is_none(), "one that ended here");
}

#[test]
fn memory_of_ended_sessions_is_bounded() {
    let sessions = Sessions::default();
    for number in 0..=MAX_ENDED {
        let mut stored = stored("pacs", 0, at(0));
        stored.token[..8].copy_from_slice(&number.to_be_bytes());
        let session = open(&sessions, stored);
        // As the sweep does it.
        let token = session.token;
        let mut tables = sessions.0.write().unwrap();
        tables.remove(&token, Ended { reason: EndReason::Idle, at: at(1), by: None });
    }
    let tables = sessions.0.read().unwrap();
    assert_eq!((tables.ended.len(), tables.ended_order.len()), (MAX_ENDED, MAX_ENDED));
}
