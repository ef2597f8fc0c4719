//! Where clients are, what for, and when: countries by the operator's database, zones by networks, scenarios of objects,
//! holidays (CD-044, CD-065 to CD-070). The databases were made by a writer that is not ours: see the README beside this file.

use std::path::PathBuf;
use std::time::Duration;

use medward_contract::Role;
use medward_contract::event::{Dataset, Event};
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::defence::{ask, get, make, protect};
use crate::recorder::PATIENCE;
use crate::rig::{Rig, Setup};

const PLACES: &[u8] = include_bytes!("places.mmdb");
const MOVED: &[u8] = include_bytes!("moved.mmdb");

const IN_CHINA: &str = "192.0.2.7";
const IN_AMERICA: &str = "198.51.100.7";
const NOWHERE: &str = "203.0.113.200";

/// A gateway behind a proxy, with `more` in its section.
fn config(more: &str) -> String {
    format!("[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n{more}\n")
}

/// One with a region database, and where its file is.
fn with_places() -> (Setup, PathBuf) {
    let setup = Setup::new("");
    let path = setup.directory.path().join("places.mmdb");
    std::fs::write(&path, PLACES).unwrap();
    let config = config(&format!("region_database = {:?}", path.display().to_string()));
    (Setup { config, ..setup }, path)
}

fn rule(number: u32, condition: Value) -> Value {
    json!({ "name": format!("r{number}"), "number": number, "condition": condition, "action": "block" })
}

fn leaf(field: &str, op: &str, value: impl Into<Value>) -> Value {
    json!({ "field": field, "op": op, "value": value.into() })
}

async fn status(rig: &Rig) -> Value {
    let (code, status) = rig.call(Role::Operator, "GET", "/status", "").await;
    assert_eq!(code, 200, "{status}");
    status
}

/// Asks until `holds` does, or patience ends.
async fn until(holds: impl AsyncFn() -> bool) {
    let waiting = async { while !holds().await {} };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
}

fn attr(event: &Event, name: &str) -> String {
    event.attrs.get(name).and_then(Value::as_str).unwrap_or_default().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_blocks_a_country_and_events_say_where_clients_were() {
    let backend = Backend::start();
    let rig = with_places().0.start().await;
    protect(&rig, &backend, json!({})).await;
    make(&rig, "/rules", rule(10, leaf("country", "eq", "us"))).await;
    make(&rig, "/rules", rule(20, json!({ "all": [leaf("path", "eq", "/zj"), leaf("region", "ne", "CN-ZJ")] }))).await;
    assert_eq!(get(&rig, IN_AMERICA, "/").await, 403);
    assert_eq!(get(&rig, IN_CHINA, "/").await, 200);
    assert_eq!(get(&rig, IN_CHINA, "/zj").await, 200);
    assert_eq!(get(&rig, "203.0.113.9", "/zj").await, 403, "another province");
    assert_eq!(get(&rig, NOWHERE, "/zj").await, 200, "nobody knows which");
    let access = rig.recorder.wait(Dataset::AccessRequest, 5).await;
    let told = |name| access.iter().map(|event| attr(event, name)).collect::<Vec<_>>();
    assert_eq!(told("client.geo.country_iso_code"), ["US", "CN", "CN", "CN", ""]);
    assert_eq!(told("client.geo.region_iso_code"), ["", "CN-ZJ", "CN-ZJ", "", ""]);
    assert_eq!(told("client.geo.region_name"), ["", "", "", "湖南省", ""]);
    let attacks = rig.recorder.of(Dataset::WafAttack);
    assert_eq!(
        attacks.iter().map(|event| attr(event, "client.geo.country_iso_code")).collect::<Vec<_>>(),
        ["US", "CN"]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_comes_from_no_known_country_meets_no_rule_about_countries() {
    let backend = Backend::start();
    let rig = with_places().0.start().await;
    protect(&rig, &backend, json!({})).await;
    make(&rig, "/rules", rule(10, leaf("country", "ne", "CN"))).await;
    make(&rig, "/rules", rule(20, json!({ "not": leaf("country", "in", json!(["CN", "US"])) }))).await;
    assert_eq!(get(&rig, IN_AMERICA, "/").await, 403);
    assert_eq!(get(&rig, "2001:db8::7", "/").await, 403);
    assert_eq!(get(&rig, NOWHERE, "/").await, 200);
    assert_eq!(get(&rig, "10.1.2.3", "/").await, 200, "the hospital itself");
    make(&rig, "/rules", rule(30, leaf("country", "exists", false))).await;
    assert_eq!(get(&rig, NOWHERE, "/").await, 403, "unless that is what was asked");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limit_counts_a_country_as_one_and_those_of_none_not_at_all() {
    let backend = Backend::start();
    let (setup, _hand) = with_places().0.with_manual_clock();
    let rig = setup.start().await;
    protect(&rig, &backend, json!({})).await;
    let limit = json!({ "name": "每国", "keys": ["country"], "count": "requests", "window_seconds": 60, "threshold": 2, "action": "refuse" });
    make(&rig, "/limits", limit).await;
    for client in [IN_CHINA, "203.0.113.9"] {
        assert_eq!(get(&rig, client, "/").await, 200);
    }
    assert_eq!(get(&rig, "192.0.2.99", "/").await, 429, "the third from that country");
    assert_eq!(get(&rig, IN_AMERICA, "/").await, 200);
    for _ in 0..4 {
        assert_eq!(get(&rig, NOWHERE, "/").await, 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn changed_database_is_followed_and_a_broken_one_leaves_the_last_good_one() {
    let backend = Backend::start();
    let (setup, path) = with_places();
    let rig = setup.start().await;
    protect(&rig, &backend, json!({})).await;
    make(&rig, "/rules", rule(10, leaf("country", "eq", "US"))).await;
    assert_eq!(get(&rig, IN_CHINA, "/").await, 200);
    std::fs::write(&path, MOVED).unwrap();
    until(async || get(&rig, IN_CHINA, "/").await == 403).await;
    let before = status(&rig).await["region_database"].clone();
    assert_eq!((&before["file"], &before["kind"]), (&json!("places.mmdb"), &json!("Medward-Test-City")));
    assert_eq!((&before["built_at"], &before["error"]), (&json!(1_790_000_000_000_000_i64), &Value::Null));
    assert!(before["age_days"].is_u64() && before["read_at"].is_i64(), "{before}");
    std::fs::write(&path, PLACES.split_at(PLACES.len() / 2).0).unwrap();
    until(async || status(&rig).await["region_database"]["error"].is_string()).await;
    let broken = status(&rig).await["region_database"].clone();
    let error = broken["error"].as_str().unwrap();
    assert!(error.starts_with("read the file as MMDB") && !error.contains("places"), "{error}");
    assert_eq!((&broken["read_at"], &broken["built_at"]), (&before["read_at"], &before["built_at"]));
    assert_eq!(get(&rig, IN_CHINA, "/").await, 403, "the last good one stays");
    std::fs::remove_file(&path).unwrap();
    until(async || status(&rig).await["region_database"]["error"].as_str().unwrap_or("").starts_with("open the file"))
        .await;
    assert_eq!(get(&rig, IN_CHINA, "/").await, 403, "and when the file is gone, too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_asks_for_a_country_is_refused_while_no_database_is_named() {
    let backend = Backend::start();
    let rig = Rig::start(config("")).await;
    protect(&rig, &backend, json!({})).await;
    let limit = json!({ "name": "每国", "keys": ["ip"], "count": { "distinct": "country" }, "window_seconds": 60, "threshold": 2, "action": "refuse" });
    let tries = [
        ("/rules", rule(10, json!({ "not": leaf("country", "eq", "CN") })), "condition"),
        ("/rules", rule(10, leaf("region", "ne", "CN-ZJ")), "condition"),
        ("/limits", limit, "keys"),
    ];
    for (path, body, field) in tries {
        let (code, refused) = rig.call(Role::Secadmin, "POST", path, &body.to_string()).await;
        assert_eq!((code, &refused["args"]["field"]), (422, &json!(field)), "{refused}");
        assert!(refused["detail"].as_str().unwrap().contains("set gateway.region_database"), "{refused}");
    }
    assert_eq!(status(&rig).await["region_database"], Value::Null);
    assert_eq!(get(&rig, IN_CHINA, "/").await, 200);
    let access = rig.recorder.wait(Dataset::AccessRequest, 1).await;
    assert!(access[0].attrs.iter().all(|(key, _)| !key.starts_with("client.geo")), "{:?}", access[0].attrs);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_outlives_its_database_asks_for_nothing_then_and_says_so() {
    let backend = Backend::start();
    let rig = with_places().0.start().await;
    protect(&rig, &backend, json!({})).await;
    make(&rig, "/rules", rule(10, json!({ "not": leaf("country", "eq", "CN") }))).await;
    assert_eq!(get(&rig, IN_AMERICA, "/").await, 403);
    let Rig { house, directory, .. } = rig;
    house.stop().await;
    let rig = Setup { directory, ..Setup::new(config("")) }.start().await;
    assert_eq!(get(&rig, IN_AMERICA, "/").await, 200, "nobody is known to be elsewhere");
    let error = status(&rig).await["error"].as_str().unwrap().to_owned();
    assert!(error.contains("\"r10\"") && error.contains("gateway.region_database"), "{error}");
    make(&rig, "/rules", rule(20, leaf("path", "eq", "/x"))).await;
    assert_eq!(get(&rig, IN_AMERICA, "/x").await, 403, "the policy can still be changed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn zone_is_told_of_every_client() {
    let backend = Backend::start();
    let rig = Rig::start(config("[gateway.zones]\nvpn = [\"10.8.0.0/16\"]")).await;
    protect(&rig, &backend, json!({})).await;
    make(&rig, "/rules", rule(10, json!({ "all": [leaf("path", "eq", "/in"), leaf("zone", "ne", "inside")] }))).await;
    make(&rig, "/rules", rule(20, json!({ "all": [leaf("path", "eq", "/vpn"), leaf("zone", "eq", "vpn")] }))).await;
    let mut answers = Vec::new();
    for client in ["10.1.2.3", "10.8.1.2", IN_CHINA] {
        answers.push((get(&rig, client, "/in").await, get(&rig, client, "/vpn").await));
    }
    assert_eq!(answers, [(200, 200), (403, 403), (403, 200)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scenario_is_inherited_asked_by_rules_and_named_in_events() {
    let backend = Backend::start();
    let rig = Rig::start(config("")).await;
    let (code, laid) = rig.call(Role::Secadmin, "POST", "/presets/payment", "{}").await;
    assert_eq!(code, 200, "{laid}");
    let (_, templates) = rig.call(Role::Operator, "GET", "/templates", "").await;
    let template = templates["items"][0]["id"].clone();
    let group = make(&rig, "/groups", json!({ "name": "缴费", "template_id": template })).await;
    let object = |name: &str, host: &str, settings: Value, group: Value| json!({ "name": name, "hosts": [host], "upstreams": [backend.url()], "settings": settings, "group_id": group });
    make(&rig, "/objects", object("pay", "tj.example.org", json!({ "mode": "block" }), group["id"].clone())).await;
    make(&rig, "/rules", rule(1, leaf("scenario", "eq", "payment"))).await;
    assert_eq!(get(&rig, IN_CHINA, "/").await, 403);
    let event = rig.recorder.wait(Dataset::AccessRequest, 1).await.remove(0);
    assert_eq!(attr(&event, "waf.scenario"), "payment");
    let (_, objects) = rig.call(Role::Operator, "GET", "/objects", "").await;
    let (path, seen) = (format!("/objects/{}", objects["items"][0]["id"].as_str().unwrap()), &objects["items"][0]);
    assert_eq!(seen["spec"]["settings"]["scenario"], Value::Null, "{seen}");
    let other = object("pay", "tj.example.org", json!({ "mode": "block", "scenario": "other" }), group["id"].clone());
    let (code, told) = rig.call(Role::Secadmin, "PUT", &path, &other.to_string()).await;
    assert_eq!(code, 200, "{told}");
    assert_eq!(get(&rig, IN_CHINA, "/").await, 200, "the object's word wins");
    assert_eq!(attr(&rig.recorder.wait(Dataset::AccessRequest, 2).await[1], "waf.scenario"), "other");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn holidays_of_the_list_open_and_close_windows_and_status_says_when_it_ran_out() {
    let backend = Backend::start();
    // The clock stands at 2026-11-20 in Shanghai, a Friday.
    let (setup, hand) = Setup::new(config("holidays = [\"2026-11-20\", \"2026-11-21\"]")).with_manual_clock();
    let rig = setup.start().await;
    protect(&rig, &backend, json!({})).await;
    let mut closed = rule(10, leaf("path", "prefix", "/book"));
    closed["windows"] = json!([{ "holidays": "only" }]);
    make(&rig, "/rules", closed).await;
    let mut working = rule(20, leaf("path", "prefix", "/work"));
    working["windows"] = json!([{ "holidays": "excluded" }]);
    make(&rig, "/rules", working).await;
    assert_eq!((get(&rig, IN_CHINA, "/book").await, get(&rig, IN_CHINA, "/work").await), (403, 200));
    assert_eq!(status(&rig).await["holidays"], json!({ "days": 2, "last_day": "2026-11-21", "ran_out": false }));
    hand.advance(Duration::from_hours(48));
    assert_eq!((get(&rig, IN_CHINA, "/book").await, get(&rig, IN_CHINA, "/work").await), (200, 403));
    assert_eq!(status(&rig).await["holidays"]["ran_out"], true);
    assert_eq!(ask(&rig, IN_CHINA, "GET /").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_is_tried_on_the_places_that_were_recorded() {
    let backend = Backend::start();
    let (setup, _path) = with_places();
    let rig = setup.start().await;
    protect(&rig, &backend, json!({ "scenario": "report" })).await;
    for client in [IN_CHINA, IN_AMERICA, NOWHERE, "10.0.0.7"] {
        assert_eq!(get(&rig, client, "/").await, 200);
    }
    rig.recorder.wait(Dataset::AccessRequest, 4).await;
    for (condition, matching, undecided) in [
        (leaf("country", "ne", "CN"), 1, 2),
        (leaf("country", "exists", true), 2, 0),
        (leaf("zone", "eq", "inside"), 1, 0),
        (leaf("scenario", "eq", "report"), 4, 0),
    ] {
        let (code, told) = rig.call(Role::Secadmin, "POST", "/rules/test", &rule(1, condition).to_string()).await;
        assert_eq!((code, told["not_recorded"].clone()), (200, json!([])), "{told}");
        assert_eq!(
            (told["matching"].as_u64(), told["undecided"].as_u64()),
            (Some(matching), Some(undecided)),
            "{told}"
        );
    }
}
