//! One round of the drill, past fronts that do their work well or badly.

use std::sync::atomic::Ordering;
use std::time::Duration;

use medward_demo::drill::{Client, Outcome, Pace, Plan, Tally, Target, WireError, plan, run_forever, run_once};

use crate::bench_room::Room;

async fn drill(room: &mut Room, refuse: fn(&str) -> bool, plan: &Plan) -> Outcome {
    let (address, pin) = room.front(refuse).await;
    let target = Target::pinned(address, pin).with_host("localhost");
    run_once(&target, &room.portal, plan).await.unwrap()
}

fn is_attack(mark: &str) -> bool {
    mark.contains("-a")
}

#[tokio::test]
async fn a_front_that_blocks_exactly_the_attacks_is_clean() {
    let mut room = Room::open().await;
    let plan = plan(1);
    let outcome = drill(&mut room, is_attack, &plan).await;
    assert_eq!(outcome.altered, []);
    assert!(outcome.is_clean());
    assert_eq!((outcome.benign, outcome.attacks), (plan.benign.len(), plan.attacks.len()));
    assert_eq!(outcome.sent, plan.benign.len() + plan.attacks.len());
    assert!(outcome.blocked.iter().all(|blocked| blocked.event_id == format!("event-of-{}", blocked.drill_id)));
    assert_eq!(outcome.attack_classes.values().map(|tally| tally.blocked).sum::<usize>(), plan.attacks.len());
}

#[tokio::test]
async fn a_front_that_only_watches_is_not_clean_and_the_portals_log_says_so() {
    let mut room = Room::open().await;
    let plan = plan(1);
    let outcome = drill(&mut room, |_| false, &plan).await;
    assert!(!outcome.is_clean());
    assert_eq!(outcome.attacks_blocked, 0);
    assert_eq!(outcome.attacks_arrived.len(), plan.attacks.len());
}

#[tokio::test]
async fn one_attack_let_through_is_named() {
    let mut room = Room::open().await;
    let outcome = drill(&mut room, |mark| is_attack(mark) && !mark.ends_with("-a017"), &plan(1)).await;
    assert!(!outcome.is_clean());
    assert_eq!(outcome.attacks_arrived, ["drill1-a017"]);
    assert_eq!(outcome.attacks - outcome.attacks_blocked, 1);
}

#[tokio::test]
async fn one_benign_request_blocked_is_named() {
    let mut room = Room::open().await;
    let outcome = drill(&mut room, |mark| is_attack(mark) || mark == "drill1-b042", &plan(1)).await;
    assert!(!outcome.is_clean());
    assert_eq!(outcome.benign_blocked, 1);
    assert_eq!(
        outcome.altered.iter().map(|difference| difference.drill_id.as_str()).collect::<Vec<_>>(),
        ["drill1-b042"]
    );
}

#[tokio::test]
async fn one_altered_page_is_named() {
    let mut room = Room::open().await;
    room.portal.disturb("/guide");
    let outcome = drill(&mut room, is_attack, &plan(1)).await;
    assert!(!outcome.is_clean());
    assert_eq!(outcome.altered.iter().map(|difference| difference.target.as_str()).collect::<Vec<_>>(), ["/guide"]);
}

#[tokio::test]
async fn a_certificate_with_another_fingerprint_is_refused() {
    let mut room = Room::open().await;
    let (address, mut pin) = room.front(|_| false).await;
    pin[0] ^= 1;
    let error = Client::new(Target::pinned(address, pin)).send(&plan(1).benign[0]).await.unwrap_err();
    assert!(matches!(error, WireError::Tls { .. }), "{error}");
}

#[tokio::test]
async fn live_traffic_goes_on_with_attacks_among_it_until_it_is_dropped() {
    let room = Room::open().await;
    let tally = Tally::default();
    let pace = Pace { interval: Duration::from_millis(10), benign_per_attack: 3 };
    let mut waits = Vec::new();
    let (stop, mut stopped) = tokio::sync::mpsc::unbounded_channel();
    let sleep = |wait: Duration| {
        waits.push(wait);
        if waits.len() > 400 {
            stop.send(()).unwrap();
        }
        std::future::ready(())
    };
    tokio::select! {
        () = run_forever(Target::plain(room.portal.address()), 1, pace, &tally, sleep) => {}
        _ = stopped.recv() => {}
    }
    let (benign, attacks) = (tally.benign.load(Ordering::Relaxed), tally.attacks.load(Ordering::Relaxed));
    assert!(benign >= 250 && attacks >= 70, "{benign} {attacks}");
    assert_eq!(tally.failed.load(Ordering::Relaxed), 0);
    assert!(waits.iter().all(|wait| (5..=15).contains(&wait.as_millis())));
}
