//! Custom rules tried on recorded traffic, over real sockets (gateway.md §7, §13).

use std::time::Duration;

use medward_contract::Role;
use medward_contract::event::{Dataset, Field};
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::client::{RawClient, get};
use crate::rig::{Rig, Setup};

/// The gateway believes what 127.0.0.1 says about clients.
const CONFIG: &str = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n";

async fn make(rig: &Rig, path: &str, body: Value) -> Value {
    let (code, made) = rig.call(Role::Secadmin, "POST", path, &body.to_string()).await;
    assert_eq!(code, 201, "{made}");
    made
}

async fn ask(rig: &Rig, client: &str, line: &str, body: &str) {
    let mut raw = RawClient::connect(rig.http()).await;
    raw.send(format!(
        "{line} HTTP/1.1\r\nHost: tj.example.org\r\nX-Forwarded-For: {client}\r\nUser-Agent: Mozilla/5.0\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
    .await;
    raw.response().await;
}

/// What a rule with this condition would have met.
async fn trial(rig: &Rig, condition: Value) -> Value {
    let rule = json!({ "name": "", "number": 1, "action": "block", "condition": condition });
    let (code, told) = rig.call(Role::Secadmin, "POST", "/rules/test", &rule.to_string()).await;
    assert_eq!(code, 200, "{told}");
    told
}

fn counts(told: &Value) -> [u64; 4] {
    ["read", "asked", "matching", "undecided"].map(|name| told[name].as_u64().unwrap())
}

/// A site with ten requests; three for exports, one of them from inside.
async fn furnished(setup: Setup) -> (Rig, Backend, Value) {
    let (rig, backend) = (setup.start().await, Backend::start());
    let site =
        make(&rig, "/objects", json!({ "name": "site", "hosts": ["tj.example.org"], "upstreams": [backend.url()] }));
    let site = site.await;
    for (client, line) in [
        ("10.0.0.7", "GET /export/1?fmt=csv"),
        ("203.0.113.9", "GET /x/../export/2?fmt=xlsx"),
        ("203.0.113.9", "GET /export/3"),
    ] {
        ask(&rig, client, line, "").await;
    }
    for number in 0..6 {
        ask(&rig, "203.0.113.8", &format!("GET /page/{number}"), "").await;
    }
    ask(&rig, "203.0.113.8", "POST /save", "fmt=csv").await;
    rig.recorder.wait(Dataset::AccessRequest, 10).await;
    (rig, backend, site)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn draft_is_tried_on_recorded_requests_and_changes_nothing() {
    let (rig, _backend, _) = furnished(Setup::new(CONFIG)).await;
    let from_outside = json!({ "all": [{ "field": "path", "op": "prefix", "value": "/export/" },
        { "not": { "field": "ip", "op": "cidr", "value": ["10.0.0.0/8"] } }] });
    let told = trial(&rig, from_outside.clone()).await;
    assert_eq!((counts(&told), &told["is_complete"]), ([10, 10, 2, 0], &json!(true)), "{told}");
    let newest = &told["requests"][0];
    assert_eq!((&newest["path"], &newest["source"]), (&json!("/export/3"), &json!("203.0.113.9")));
    assert_eq!((&newest["method"], &newest["status"], &newest["object"]), (&json!("GET"), &json!(200), &json!("site")));
    let events = rig.recorder.of(Dataset::AccessRequest);
    let of_third = events.iter().find(|event| event.text(Field::UrlPath) == Some("/export/3")).unwrap();
    assert_eq!(newest["id"].as_str(), of_third.text(Field::HttpRequestId), "{told}");
    assert_eq!(told["not_recorded"], json!([]));
    assert_eq!(get(rig.http(), "/export/4").await.status, 200, "nothing is in force");
    rig.recorder.wait(Dataset::AccessRequest, 11).await;
    let rule = json!({ "name": "导出", "number": 1, "action": "record", "condition": from_outside });
    let id = make(&rig, "/rules", rule).await["id"].as_str().unwrap().to_owned();
    let (code, saved) = rig.call(Role::Secadmin, "GET", &format!("/rules/{id}/test"), "").await;
    assert_eq!((code, saved["matching"].as_u64()), (200, Some(3)), "with the one from this machine: {saved}");
    assert_eq!(rig.call(Role::Secadmin, "GET", "/rules/none/test", "").await.0, 404);
    assert_eq!(rig.call(Role::Auditor, "GET", &format!("/rules/{id}/test"), "").await.0, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_records_do_not_hold_is_named_and_not_taken_for_no_match() {
    let (rig, _backend, _) = furnished(Setup::new(CONFIG)).await;
    let header = json!({ "field": "header.x-token", "op": "exists", "value": true });
    let export = json!({ "field": "path", "op": "prefix", "value": "/export/" });
    let told = trial(&rig, header.clone()).await;
    assert_eq!((counts(&told), &told["not_recorded"]), ([10, 10, 0, 10], &json!(["header.x-token"])));
    let told = trial(&rig, json!({ "not": header })).await;
    assert_eq!(counts(&told), [10, 10, 0, 10], "nor is its opposite right");
    let told = trial(&rig, json!({ "all": [export, header] })).await;
    assert_eq!(counts(&told), [10, 10, 0, 3], "what another part decides is decided: {told}");
    let told = trial(&rig, json!({ "field": "arg.fmt", "op": "eq", "value": "csv" })).await;
    assert_eq!((counts(&told), &told["recorded_in_part"]), ([10, 10, 1, 1], &json!(["arg.fmt"])), "a body is not kept");
    let told = trial(&rig, json!({ "field": "response.status", "op": "eq", "value": 200 })).await;
    assert_eq!(counts(&told), [10, 10, 10, 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn windows_scope_and_the_last_day_count() {
    let (setup, hand) = Setup::new(CONFIG).with_manual_clock();
    let (rig, backend, site) = furnished(setup).await;
    let other = json!({ "name": "other", "hosts": ["other.example.org"], "upstreams": [backend.url()] });
    let other = make(&rig, "/objects", other).await;
    let tried = async |more: Value| {
        let mut rule = json!({ "name": "r", "number": 1, "action": "block" });
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rig.call(Role::Secadmin, "POST", "/rules/test", &rule.to_string()).await
    };
    hand.advance(Duration::from_secs(1));
    assert_eq!(counts(&tried(json!({ "scope_id": site["id"] })).await.1), [10, 10, 10, 0]);
    assert_eq!(counts(&tried(json!({ "scope_id": other["id"] })).await.1), [10, 0, 0, 0]);
    assert_eq!(tried(json!({ "scope_id": "none" })).await.0, 422);
    let group = json!({ "field": "ip_group", "op": "eq", "value": "无" });
    assert_eq!(tried(json!({ "condition": group })).await.1["args"]["field"], "condition");
    let past = json!({ "windows": [{ "last_day": "2001-01-01" }] });
    assert_eq!(counts(&tried(past).await.1), [10, 10, 0, 0], "its time is over");
    hand.advance(Duration::from_hours(24));
    let old = tried(json!({})).await.1;
    assert_eq!((counts(&old), &old["since"]), ([0, 0, 0, 0], &Value::Null));
}
