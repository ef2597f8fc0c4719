//! What is recorded: one `access.request` per request, one `waf.attack` per attack, and nothing twice.

use medward_contract::event::{Dataset, Field, Outcome};

use crate::backend::Backend;
use crate::client::{RawClient, get, post};
use crate::rig::{GivingUpGateway, PanickingGateway, Rig, Setup, site};

const SQLI: &str = "/report?id=1'%20or%20'1'='1&token=abc";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_is_blocked_and_recorded_with_its_evidence() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let response = get(rig.http(), SQLI).await;
    assert_eq!(response.status, 403);
    assert!(backend.bytes().is_empty(), "the attack never arrived");
    let attack = rig.recorder.wait(Dataset::WafAttack, 1).await.remove(0);
    assert_eq!(attack.action, "block");
    assert_eq!(attack.text(Field::SourceIp), Some("127.0.0.1"));
    assert_eq!(attack.text(Field::UrlDomain), Some("tj.example.org"));
    assert_eq!(attack.text(Field::UrlPath), Some("/report"));
    assert_eq!(attack.text(Field::UrlQuery), Some("id=1'%20or%20'1'='1&token=***"));
    assert_eq!(attack.text(Field::RuleCategory), Some("sqli"));
    assert_eq!(attack.attrs["waf.object"], "site");
    let id = attack.text(Field::HttpRequestId).unwrap();
    assert_eq!(response.header("x-request-id"), Some(id));
    assert!(response.text().contains(id));
    assert!(!response.text().contains(attack.text(Field::RuleId).unwrap()));
    let hits: serde_json::Value = serde_json::from_str(attack.attrs["waf.hits"].as_str().unwrap()).unwrap();
    assert_eq!(hits[0]["variable"], "ARGS:id");
    assert!(hits[0]["decoded"]["text"].as_str().unwrap().contains(hits[0]["match"].as_str().unwrap()));
    let access = rig.recorder.wait(Dataset::AccessRequest, 1).await.remove(0);
    assert_eq!((access.action.as_ref(), access.outcome), ("deny", Outcome::Failure));
    assert_eq!(access.text(Field::EventReason), Some("waf"));
    assert_eq!(access.int(Field::HttpStatus), Some(403));
    assert_eq!(access.text(Field::HttpRequestId), Some(id));
    assert!(access.int(Field::EventDuration).unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attack_in_a_body_is_blocked_wherever_it_stands() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let attack = "1' union select password from users-- ";
    let form = format!("name=x&id={}", attack.replace(' ', "+"));
    assert_eq!(post(rig.http(), "/echo", "application/x-www-form-urlencoded", form.as_bytes()).await.status, 403);
    let json = format!("{{\"a\":[{{\"id\":\"{attack}\"}}]}}");
    assert_eq!(post(rig.http(), "/echo", "application/json", json.as_bytes()).await.status, 403);
    assert!(backend.bytes().is_empty());
    // Behind the inspection limit of a form in a field of its own, found when the end is judged.
    let part =
        |name: &str, value: &str| format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    let file = format!(
        "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a.bin\"\r\n\r\n{}\r\n",
        "A".repeat(200_000)
    );
    let body = format!("{}{file}{}--b--\r\n", part("x", "1"), part("id", attack));
    let response = post(rig.http(), "/echo", "multipart/form-data; boundary=b", body.as_bytes()).await;
    assert_eq!(response.status, 403);
    assert!(backend.requests().is_empty(), "the attack never arrived as a complete request");
    assert_eq!(rig.recorder.wait(Dataset::WafAttack, 3).await.len(), 3);
    let reasons = rig.recorder.access(3).await;
    assert!(reasons.iter().all(|reason| *reason == (403, "waf".to_owned())), "{reasons:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn observed_object_records_and_passes_and_bypassed_one_does_neither() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "mode = \"observe\"")).await;
    assert_eq!(get(rig.http(), SQLI).await.status, 200);
    let attack = rig.recorder.wait(Dataset::WafAttack, 1).await.remove(0);
    assert_eq!(attack.action, "observe");
    assert_eq!(rig.recorder.access(1).await, [(200, String::new())]);
    assert_eq!(backend.requests().len(), 1);
    let rig = Rig::start(site(&[backend.url()], "mode = \"bypass\"")).await;
    assert_eq!(get(rig.http(), SQLI).await.status, 200);
    rig.recorder.access(1).await;
    rig.recorder.wait(Dataset::WafAttack, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn drill_traffic_is_marked_on_both_events() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    client.send(format!("GET {SQLI} HTTP/1.1\r\nHost: a\r\nX-Medward-Drill: run-7\r\n\r\n")).await;
    assert_eq!(client.response().await.status, 403);
    for dataset in [Dataset::WafAttack, Dataset::AccessRequest] {
        let event = rig.recorder.wait(dataset, 1).await.remove(0);
        assert_eq!(event.tags, ["drill"]);
        assert_eq!(event.attrs["drill.id"], "run-7");
    }
}

pub(crate) async fn check_stance(setup: Setup, status: u16, action: &str, reason: &str) {
    let rig = setup.start().await;
    assert_eq!(get(rig.http(), "/x").await.status, status);
    let error = rig.recorder.wait(Dataset::WafError, 1).await.remove(0);
    assert_eq!(error.action, action);
    assert_eq!(error.tags, ["alerted"]);
    assert!(error.attrs["error.message"].as_str().unwrap().starts_with("judge the request"));
    assert_eq!(rig.recorder.access(1).await, [(i64::from(status), reason.to_owned())]);
    rig.recorder.wait(Dataset::WafAttack, 0).await;
    // The alarm waits in the outbox until somebody takes it, and is there once.
    assert_eq!(get(rig.http(), "/x").await.status, status);
    rig.recorder.wait(Dataset::WafError, 2).await;
    let db = rig.house.kit().db.clone();
    assert!(rig.house.stop().await.is_empty());
    let reopened = medward_store::Db::open(&medward_store::StoreConfig::default(), rig.directory.path(), None).await;
    drop(db);
    let mut reader = reopened.unwrap().read().await.unwrap();
    let waiting = medward_store::outbox_waiting(&mut reader).await.unwrap();
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    assert_eq!((waiting[0].kind.as_str(), waiting[0].waiting), ("alert.raised.v1", 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn panicking_engine_passes_with_an_alarm_unless_the_object_blocks() {
    let backend = Backend::start();
    let config = |stance| site(&[backend.url()], stance);
    check_stance(Setup::new(config("")).with_engine::<PanickingGateway>(), 200, "pass", "").await;
    let blocking = Setup::new(config("on_error = \"block\"")).with_engine::<PanickingGateway>();
    check_stance(blocking, 403, "block", "waf_error").await;
    assert_eq!(backend.requests().len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exhausted_engine_passes_with_an_alarm_unless_the_object_blocks() {
    let backend = Backend::start();
    let config = |stance| site(&[backend.url()], stance);
    check_stance(Setup::new(config("")).with_engine::<GivingUpGateway>(), 200, "pass", "").await;
    let blocking = Setup::new(config("on_error = \"block\"")).with_engine::<GivingUpGateway>();
    check_stance(blocking, 403, "block", "waf_error").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn recorded_requests_equal_what_the_clients_counted() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let address = rig.http();
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..8 {
        clients.spawn(async move {
            let mut client = RawClient::connect(address).await;
            let mut counted = (0, 0);
            for number in 0..50 {
                let path = if number % 5 == 0 { SQLI } else { "/page" };
                match client.get(path).await.status {
                    200 => counted.0 += 1,
                    403 => counted.1 += 1,
                    other => panic!("{other}"),
                }
            }
            counted
        });
    }
    let counted = clients.join_all().await.into_iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert_eq!(counted, (320, 80));
    let access = rig.recorder.access(400).await;
    assert_eq!(access.iter().filter(|(status, _)| *status == 200).count(), counted.0);
    rig.recorder.wait(Dataset::WafAttack, counted.1).await;
    assert_eq!(backend.requests().len(), counted.0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client_that_leaves_early_is_recorded_once() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let mut client = RawClient::connect(rig.http()).await;
    client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    while backend.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    drop(client);
    assert_eq!(rig.recorder.access(1).await, [(499, "client_closed".to_owned())]);
}
