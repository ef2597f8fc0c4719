//! Alarms over real sockets: what is raised, once, and what ends (gateway.md §12).

use std::time::Duration;

use medward_contract::Severity;
use medward_contract::alert::{AlertCleared, AlertRaised};
use medward_contract::event::{Dataset, Field};
use medward_kernel::clock::ManualClock;
use medward_store::fetch_all;
use serde_json::json;

use crate::backend::Backend;
use crate::client::RawClient;
use crate::defence::{ask, get, make, protect};
use crate::rig::{Rig, Setup, site};

/// The gateway believes what 127.0.0.1 says about clients.
const CONFIG: &str = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n";

/// Kind, key and payload of alarms and their ends in the outbox, in the order they were written.
async fn outbox(rig: &Rig) -> Vec<(String, String, String)> {
    let mut reader = rig.house.kit().db.read().await.unwrap();
    let query = "SELECT kind, key, payload FROM store_outbox WHERE kind LIKE 'alert.%' ORDER BY id";
    fetch_all!(&mut reader, (String, String, String), query).await.unwrap()
}

/// Waits until these stand in the outbox, doing `meanwhile` at each look.
async fn alarms_until(rig: &Rig, expected: &[(&str, &str)], meanwhile: impl Fn()) -> Vec<(String, String, String)> {
    let look = async {
        loop {
            let rows = outbox(rig).await;
            if rows.iter().map(|(kind, key, _)| (kind.as_str(), key.as_str())).eq(expected.iter().copied()) {
                return rows;
            }
            assert!(rows.len() <= expected.len(), "{rows:?}");
            meanwhile();
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::recorder::PATIENCE, look).await.expect("the alarms are written")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn site_without_a_health_path_whose_answers_fail_is_an_alarm_until_it_serves_again() {
    let backend = Backend::start();
    let (setup, hand) = Setup::new(site(&[backend.url()], "")).with_manual_clock();
    let rig = setup.start().await;
    let mut client = RawClient::connect(rig.http()).await;
    // Five times five: it is out for five minutes, by when a round has seen it.
    for _ in 0..25 {
        assert_eq!(client.get("/unavailable").await.status, 503);
    }
    let round = || turn(&hand);
    alarms_until(&rig, &[(AlertRaised::KIND, "gateway.upstreams:site")], round).await;
    assert_eq!(crate::client::get(rig.http(), "/x").await.status, 200);
    let both = [(AlertRaised::KIND, "gateway.upstreams:site"), (AlertCleared::KIND, "gateway.upstreams:site")];
    alarms_until(&rig, &both, round).await;
}

/// Gets the next round of checks nearer. In small steps, so that many rounds have ended before the member may come back by itself.
fn turn(hand: &ManualClock) {
    hand.advance(Duration::from_secs(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_of_a_critical_class_is_one_alarm_after_its_event_and_an_exercise_is_none() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let sqli = "/report?id=1'%20or%20'1'='1";
    let mut client = RawClient::connect(rig.http()).await;
    client.send(format!("GET {sqli} HTTP/1.1\r\nHost: a\r\nX-Medward-Drill: run-7\r\n\r\n")).await;
    assert_eq!(client.response().await.status, 403);
    for _ in 0..3 {
        assert_eq!(client.get(sqli).await.status, 403);
    }
    let events = rig.recorder.wait(Dataset::WafAttack, 4).await;
    let tags: Vec<_> = events.iter().map(|event| event.tags.join(",")).collect();
    assert_eq!(tags, ["drill", "alerted", "alerted", "alerted"]);
    let rows = alarms_until(&rig, &[(AlertRaised::KIND, "gateway.attack:sqli:site:127.0.0.1")], || {}).await;
    let alert: AlertRaised = serde_json::from_str(&rows[0].2).unwrap();
    assert_eq!((alert.rule_id.as_str(), alert.severity), ("gateway.attack", Severity::High));
    let (request, rule) = (events[1].text(Field::HttpRequestId).unwrap(), events[1].text(Field::RuleId).unwrap());
    assert!(alert.labels.contains(&format!("request:{request}")), "{alert:?}");
    assert!(alert.labels.contains(&format!("rule:{rule}")), "{alert:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_refusals_of_a_limit_in_a_minute_are_an_alarm_though_they_are_one_event() {
    let backend = Backend::start();
    let (setup, hand) = Setup::new(CONFIG).with_manual_clock();
    let rig = setup.start().await;
    protect(&rig, &backend, json!({})).await;
    let limit = json!({ "name": "每分钟", "keys": ["ip"], "count": "requests", "window_seconds": 60, "threshold": 3, "action": "refuse" });
    make(&rig, "/limits", limit).await;
    for _ in 0..3 {
        assert_eq!(get(&rig, "203.0.113.9", "/x").await, 200);
    }
    for _ in 0..49 {
        assert_eq!(get(&rig, "203.0.113.9", "/x").await, 429);
    }
    assert!(outbox(&rig).await.is_empty());
    assert_eq!(ask(&rig, "203.0.113.9", "GET /x").await.status, 429);
    alarms_until(&rig, &[(AlertRaised::KIND, "gateway.attack:cc:site:203.0.113.9")], || {}).await;
    assert_eq!(rig.recorder.wait(Dataset::WafAttack, 1).await[0].tags, Vec::<String>::new());
    // Five minutes later it is news again.
    hand.advance(Duration::from_mins(6));
    for _ in 0..53 {
        get(&rig, "203.0.113.9", "/x").await;
    }
    let twice = [(AlertRaised::KIND, "gateway.attack:cc:site:203.0.113.9"); 2];
    alarms_until(&rig, &twice, || {}).await;
}
