//! Traffic defence over real sockets: groups of addresses, custom rules, limits and bans (CD-044 to CD-046, CD-065 to CD-070,
//! CD-107). Clients stand behind a trusted proxy, so one test has many addresses.

use std::time::Duration;

use medward_contract::Role;
use medward_contract::event::{Dataset, Field};
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::client::{RawClient, Response};
use crate::rig::{Rig, Setup};

/// The gateway believes what 127.0.0.1 says about clients.
const CONFIG: &str = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n";

/// One site for every host, with these settings.
pub(crate) async fn protect(rig: &Rig, backend: &Backend, settings: Value) {
    let site = json!({ "name": "site", "hosts": ["*"], "upstreams": [backend.url()], "settings": settings });
    let (code, made) = rig.call(Role::Secadmin, "POST", "/objects", &site.to_string()).await;
    assert_eq!(code, 201, "{made}");
}

pub(crate) async fn ask(rig: &Rig, client: &str, request: &str) -> Response {
    let mut raw = RawClient::connect(rig.http()).await;
    let (line, rest) = request.split_once('\n').unwrap_or((request, ""));
    raw.send(format!("{line} HTTP/1.1\r\nHost: tj.example.org\r\nX-Forwarded-For: {client}\r\n{rest}\r\n")).await;
    raw.response().await
}

pub(crate) async fn get(rig: &Rig, client: &str, target: &str) -> u16 {
    ask(rig, client, &format!("GET {target}")).await.status
}

async fn post(rig: &Rig, client: &str, target: &str, kind: &str, body: &str) -> u16 {
    let mut raw = RawClient::connect(rig.http()).await;
    raw.send(format!(
        "POST {target} HTTP/1.1\r\nHost: tj.example.org\r\nX-Forwarded-For: {client}\r\nContent-Type: {kind}\r\n\
         Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
    .await;
    raw.response().await.status
}

pub(crate) async fn make(rig: &Rig, path: &str, body: Value) -> Value {
    let (code, made) = rig.call(Role::Secadmin, "POST", path, &body.to_string()).await;
    assert_eq!(code, 201, "{made}");
    made
}

fn limit(name: &str, threshold: u32, action: &str) -> Value {
    json!({ "name": name, "keys": ["ip"], "count": "requests", "window_seconds": 60, "threshold": threshold, "action": action })
}

/// Attacks in the events so far: rule and action.
fn told(rig: &Rig) -> Vec<(String, String, String)> {
    let text = |event: &medward_contract::event::Event, field| event.text(field).unwrap_or_default().to_owned();
    let events = rig.recorder.of(Dataset::WafAttack);
    let told = |event| (text(event, Field::RuleId), text(event, Field::RuleCategory), event.action.to_string());
    events.iter().map(told).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limit_refuses_what_is_over_it_says_when_to_come_again_and_leaves_others_alone() {
    let backend = Backend::start();
    let (setup, hand) = Setup::new(CONFIG).with_manual_clock();
    let rig = setup.start().await;
    protect(&rig, &backend, json!({})).await;
    make(&rig, "/limits", limit("每分钟", 3, "refuse")).await;
    for _ in 0..3 {
        assert_eq!(get(&rig, "203.0.113.9", "/a").await, 200);
    }
    let refused = ask(&rig, "203.0.113.9", "GET /a").await;
    assert_eq!(refused.status, 429);
    let wait: u64 = refused.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=120).contains(&wait), "{wait}");
    assert_eq!(get(&rig, "203.0.113.8", "/a").await, 200, "somebody else");
    assert_eq!(get(&rig, "203.0.113.9", "/style.css").await, 200, "a static file");
    hand.advance(Duration::from_secs(wait));
    assert_eq!(get(&rig, "203.0.113.9", "/a").await, 200, "it came again when it was told to");
    let access = rig.recorder.access(7).await;
    assert_eq!(access.iter().filter(|(_, reason)| reason == "limit").count(), 1);
    assert_eq!(told(&rig), [("limit:每分钟".into(), "cc".into(), "block".into())]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn flood_is_one_attack_event_and_a_record_for_each_request() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({})).await;
    make(&rig, "/limits", limit("每分钟", 1, "refuse")).await;
    for _ in 0..20 {
        get(&rig, "203.0.113.9", "/a").await;
    }
    assert_eq!(rig.recorder.access(20).await.iter().filter(|(status, _)| *status == 429).count(), 19);
    assert_eq!(told(&rig).len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn allow_list_wins_over_blocks_bans_rules_and_limits_and_is_still_inspected() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({})).await;
    make(&rig, "/limits", limit("零", 1, "refuse")).await;
    make(&rig, "/rules", json!({ "name": "无人", "number": 1, "action": "block" })).await;
    make(&rig, "/address-groups", json!({ "name": "黑", "purpose": "block", "entries": "203.0.113.0/24" })).await;
    assert_eq!(get(&rig, "203.0.113.9", "/a").await, 403);
    let ban = json!({ "address": "203.0.113.0/24", "minutes": 10, "reason": "扫描" }).to_string();
    assert_eq!(rig.call(Role::Operator, "POST", "/bans", &ban).await.0, 201);
    let allowed = json!({ "name": "院内", "purpose": "allow", "entries": "203.0.113.9 # 挂号处\n" });
    let group = make(&rig, "/address-groups", allowed).await;
    assert_eq!(group["entries"], 1);
    for _ in 0..3 {
        assert_eq!(get(&rig, "203.0.113.9", "/a").await, 200);
    }
    assert_eq!(get(&rig, "203.0.113.8", "/a").await, 403, "its neighbours stay banned");
    assert_eq!(get(&rig, "203.0.113.9", "/?id=1'%20or%20'1'='1").await, 403, "it is still inspected");
    let id = group["id"].as_str().unwrap();
    let open = json!({ "name": "院内", "purpose": "allow_uninspected" }).to_string();
    let (code, changed) = rig.call(Role::Secadmin, "PUT", &format!("/address-groups/{id}"), &open).await;
    assert_eq!((code, changed["entries"].as_u64()), (200, Some(1)), "entries stay when a change names none: {changed}");
    assert_eq!(get(&rig, "203.0.113.9", "/?id=1'%20or%20'1'='1").await, 200);
    let (_, entries) = rig.call(Role::Secadmin, "GET", &format!("/address-groups/{id}/entries"), "").await;
    assert_eq!(entries["entries"], "203.0.113.9 # 挂号处\n");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cd107_a_group_of_two_hundred_thousand_addresses_is_in_force_at_once() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({})).await;
    let lines: Vec<_> = (0..200_000_u32).map(|n| format!("10.{}.{}.{}", n >> 16, (n >> 8) & 255, n & 255)).collect();
    let entries = lines.join("\n");
    let group = make(&rig, "/address-groups", json!({ "name": "名单", "purpose": "block", "entries": entries })).await;
    assert_eq!(group["entries"], 200_000);
    assert_eq!(get(&rig, "10.3.13.63", "/").await, 403);
    assert_eq!(get(&rig, "10.3.13.64", "/").await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn file_of_addresses_is_read_again_and_a_broken_one_leaves_the_last_good_list() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({})).await;
    let folder = rig.directory.path().join("gateway/address-lists");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("black.txt"), "203.0.113.9\n").unwrap();
    make(&rig, "/address-groups", json!({ "name": "黑", "purpose": "block", "file": "black.txt" })).await;
    assert_eq!(get(&rig, "203.0.113.9", "/").await, 403);
    std::fs::write(folder.join("black.txt"), "203.0.113.8\n203.0.113.7\n").unwrap();
    let followed = async { while get(&rig, "203.0.113.7", "/").await != 403 {} };
    tokio::time::timeout(crate::recorder::PATIENCE, followed).await.unwrap();
    assert_eq!(get(&rig, "203.0.113.9", "/").await, 200);
    std::fs::write(folder.join("black.txt"), "203.0.113.8\nnot an address at all\n").unwrap();
    let complaint = async {
        loop {
            let (_, groups) = rig.call(Role::Operator, "GET", "/address-groups", "").await;
            if let Some(complaint) = groups["items"][0]["complaint"].as_str() {
                return complaint.to_owned();
            }
        }
    };
    let complaint = tokio::time::timeout(crate::recorder::PATIENCE, complaint).await.unwrap();
    assert!(complaint.contains("line 2"), "{complaint}");
    assert_eq!(get(&rig, "203.0.113.7", "/").await, 403, "the last good list stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_are_asked_in_their_order_about_head_body_and_answer() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({})).await;
    let leaf = |field: &str, op: &str, value: Value| json!({ "field": field, "op": op, "value": value });
    let rule = |number: u32, condition: Value, action: Value| json!({ "name": format!("r{number}"), "number": number, "condition": condition, "action": action });
    make(&rig, "/address-groups", json!({ "name": "挂号处", "entries": "203.0.113.9" })).await;
    make(&rig, "/rules", rule(5, leaf("ip_group", "eq", json!("挂号处")), json!("allow"))).await;
    make(&rig, "/rules", rule(10, leaf("path", "prefix", json!("/admin")), json!("block"))).await;
    make(&rig, "/rules", rule(20, leaf("arg.patient", "eq", json!("7")), json!("block"))).await;
    make(&rig, "/rules", rule(30, leaf("path", "eq", json!("/old")), json!({ "redirect": "/new" }))).await;
    make(
        &rig,
        "/rules",
        rule(
            40,
            leaf("response.status", "eq", json!(200)),
            json!({ "set_header": { "name": "X-Notice", "value": "1" } }),
        ),
    )
    .await;
    make(&rig, "/rules", rule(50, leaf("header.X-Odd", "exists", json!(true)), json!({ "tag": "odd" }))).await;
    assert_eq!(get(&rig, "203.0.113.9", "/admin").await, 200, "a smaller number lets it pass");
    assert_eq!(get(&rig, "203.0.113.8", "/admin").await, 403);
    assert_eq!(get(&rig, "203.0.113.8", "/%61dmin").await, 403, "however it is written");
    assert_eq!(get(&rig, "203.0.113.8", "/x?patient=7").await, 403);
    assert_eq!(post(&rig, "203.0.113.8", "/x", "application/x-www-form-urlencoded", "patient=7").await, 403);
    assert_eq!(post(&rig, "203.0.113.8", "/x", "application/json", "{\"patient\":7}").await, 403);
    let multipart = "--b\r\nContent-Disposition: form-data; name=\"patient\"\r\n\r\n7\r\n--b--\r\n";
    assert_eq!(post(&rig, "203.0.113.8", "/x", "multipart/form-data; boundary=b", multipart).await, 403);
    assert_eq!(post(&rig, "203.0.113.8", "/x", "application/json", "{\"patient\":8}").await, 200);
    let moved = ask(&rig, "203.0.113.8", "GET /old").await;
    assert_eq!((moved.status, moved.header("location")), (302, Some("/new")));
    let answered = ask(&rig, "203.0.113.8", "GET /x\nX-Odd: 1\r\n").await;
    assert_eq!((answered.status, answered.header("x-notice")), (200, Some("1")));
    rig.recorder.access(10).await;
    let tagged = rig.recorder.of(Dataset::AccessRequest);
    assert_eq!(tagged.iter().filter(|event| event.attrs.get("waf.tags").is_some_and(|tags| *tags == "odd")).count(), 1);
    let blocked = told(&rig);
    assert_eq!(blocked.iter().filter(|(rule, ..)| rule == "rule:20").count(), 4, "{blocked:?}");
    let bytes = backend.bytes();
    assert!(!String::from_utf8_lossy(&bytes).contains("patient=7"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn observing_object_is_told_about_and_not_defended_and_a_bypassed_one_is_left_alone() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({ "mode": "observe" })).await;
    make(&rig, "/limits", limit("每分钟", 1, "refuse")).await;
    make(&rig, "/rules", json!({ "name": "all", "number": 1, "action": "block" })).await;
    for _ in 0..2 {
        assert_eq!(get(&rig, "203.0.113.9", "/a").await, 200);
    }
    rig.recorder.access(2).await;
    let mut told = told(&rig);
    told.dedup();
    assert_eq!(told.iter().filter(|(.., action)| action == "observe").count(), told.len());
    assert!(told.iter().any(|(rule, ..)| rule == "limit:每分钟") && told.iter().any(|(rule, ..)| rule == "rule:1"));
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({ "mode": "bypass" })).await;
    make(&rig, "/rules", json!({ "name": "all", "number": 1, "action": "block" })).await;
    assert_eq!(get(&rig, "203.0.113.9", "/a").await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ban_escalates_is_recorded_and_survives_a_look_at_the_database() {
    let backend = Backend::start();
    let (setup, hand) = Setup::new(CONFIG).with_manual_clock();
    let rig = setup.start().await;
    protect(&rig, &backend, json!({})).await;
    make(&rig, "/limits", limit("撞库", 2, "ban")).await;
    let mut lengths = Vec::new();
    for _ in 0..3 {
        for _ in 0..2 {
            assert_eq!(get(&rig, "203.0.113.9", "/login").await, 200);
        }
        let banned = ask(&rig, "203.0.113.9", "GET /login").await;
        assert_eq!(banned.status, 403);
        let seconds: u64 = banned.header("retry-after").unwrap().parse().unwrap();
        lengths.push(seconds);
        assert_eq!(get(&rig, "203.0.113.9", "/other").await, 403);
        assert_eq!(get(&rig, "203.0.113.8", "/other").await, 200);
        hand.advance(Duration::from_secs(seconds + 60));
    }
    assert_eq!(lengths, [600, 3_600, 86_400]);
    let bans = rig.recorder.of(Dataset::NetworkBan);
    assert!(bans.iter().filter(|event| event.action == "add").count() == 3, "{bans:?}");
    let stored = async {
        loop {
            let (_, list) = rig.call(Role::Operator, "GET", "/bans", "").await;
            let items = list["items"].as_array().cloned().unwrap_or_default();
            if items.len() == 3 {
                return items;
            }
        }
    };
    let stored = tokio::time::timeout(crate::recorder::PATIENCE, stored).await.unwrap();
    assert_eq!(stored[0]["network"], "203.0.113.9/32");
    assert_eq!((&stored[0]["origin"], &stored[0]["rule_name"]), (&json!("limit"), &json!("撞库")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_fails_to_log_in_too_often_is_banned_by_what_the_application_answers() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({})).await;
    let guessing = json!({
        "name": "撞库", "keys": ["ip"], "count": { "statuses": [503] }, "window_seconds": 300, "threshold": 3, "action": "ban",
        "when": { "field": "path", "op": "eq", "value": "/unavailable" }
    });
    make(&rig, "/limits", guessing).await;
    for _ in 0..3 {
        assert_eq!(get(&rig, "203.0.113.9", "/unavailable").await, 503);
    }
    assert_eq!(get(&rig, "203.0.113.9", "/unavailable").await, 403, "a fourth guess is not let through");
    assert_eq!(get(&rig, "203.0.113.9", "/").await, 403, "it is banned");
    assert_eq!(get(&rig, "203.0.113.8", "/").await, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn person_bans_and_lifts_but_not_itself_nor_the_proxy_nor_half_the_country() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({})).await;
    let ban = |address: &str| json!({ "address": address, "minutes": 10, "reason": "扫描" }).to_string();
    let (code, made) = rig.call(Role::Operator, "POST", "/bans", &ban("203.0.113.0/24")).await;
    assert_eq!((code, made["is_active"].as_bool()), (201, Some(true)), "{made}");
    assert_eq!(get(&rig, "203.0.113.9", "/").await, 403);
    for wrong in ["127.0.0.1", "10.0.0.0/8", "host", "::1"] {
        let (code, problem) = rig.call(Role::Secadmin, "POST", "/bans", &ban(wrong)).await;
        assert_eq!((code, problem["args"]["field"].as_str()), (422, Some("address")), "{wrong} {problem}");
    }
    assert_eq!(rig.call(Role::Auditor, "POST", "/bans", &ban("203.0.113.1")).await.0, 403);
    let id = made["id"].as_str().unwrap();
    assert_eq!(rig.call(Role::Operator, "DELETE", &format!("/bans/{id}"), "").await.0, 204);
    assert_eq!(get(&rig, "203.0.113.9", "/").await, 200);
    assert_eq!(rig.call(Role::Operator, "DELETE", &format!("/bans/{id}"), "").await.0, 404);
    let actions: Vec<_> = rig.recorder.of(Dataset::NetworkBan).iter().map(|event| event.action.to_string()).collect();
    assert_eq!(actions, ["add", "remove"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_rules_name_must_exist_and_cannot_be_removed_under_them() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({})).await;
    let rule = json!({ "name": "r", "number": 1, "action": "block",
        "condition": { "field": "ip_group", "op": "eq", "value": "无" } });
    let (code, problem) = rig.call(Role::Secadmin, "POST", "/rules", &rule.to_string()).await;
    assert_eq!((code, problem["args"]["field"].as_str()), (422, Some("condition")), "{problem}");
    let group = make(&rig, "/address-groups", json!({ "name": "无", "entries": "" })).await;
    make(&rig, "/rules", rule).await;
    let id = group["id"].as_str().unwrap();
    assert_eq!(rig.call(Role::Secadmin, "DELETE", &format!("/address-groups/{id}"), "").await.0, 409);
    let label = json!({ "name": "z", "number": 2, "action": "block",
        "condition": { "field": "label", "op": "ne", "value": "L1" } });
    let (code, problem) = rig.call(Role::Secadmin, "POST", "/rules", &label.to_string()).await;
    assert_eq!(
        (code, problem["args"]["field"].as_str()),
        (422, Some("condition")),
        "nobody is to be locked out: {problem}"
    );
    let mut of_group = limit("l", 1, "refuse");
    of_group["when"] = json!({ "field": "ip_group", "op": "eq", "value": "fehlt" });
    let (code, problem) = rig.call(Role::Secadmin, "POST", "/limits", &of_group.to_string()).await;
    assert_eq!((code, problem["args"]["field"].as_str()), (422, Some("when")), "{problem}");
    let wrong = json!({ "name": "x", "entries": "10.0.0.0/33\n1.2.3.4\nfoo\n" }).to_string();
    let (code, problem) = rig.call(Role::Secadmin, "POST", "/address-groups", &wrong).await;
    assert_eq!((code, problem["args"]["field"].as_str()), (422, Some("entries")), "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("line 3"), "{problem}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policy_with_rules_limits_and_addresses_moves_to_another_house_whole() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({})).await;
    make(&rig, "/address-groups", json!({ "name": "黑", "purpose": "block", "entries": "203.0.113.0/24\n" })).await;
    let template = make(&rig, "/templates", json!({ "name": "预约" })).await;
    let scoped = json!({ "name": "预约提交", "keys": ["ip"], "count": "requests", "window_seconds": 60, "threshold": 10,
        "action": "challenge", "scope_id": template["id"] });
    make(&rig, "/limits", scoped).await;
    make(&rig, "/rules", json!({ "name": "r", "number": 1, "action": { "tag": "x" } })).await;
    let (code, file) = rig.call(Role::Secadmin, "GET", "/policy/export", "").await;
    assert_eq!((code, file["addresses"][0]["entries"].as_str()), (200, Some("203.0.113.0/24\n")), "{file}");
    let other = Rig::start(CONFIG).await;
    protect(&other, &backend, json!({})).await;
    let body = json!({ "policy": file }).to_string();
    let (code, told) = other.call(Role::Secadmin, "POST", "/policy/import", &body).await;
    assert_eq!((code, told["created"].as_u64()), (200, Some(4)), "{told}");
    assert_eq!(get(&other, "203.0.113.9", "/").await, 403);
    assert_eq!(other.call(Role::Secadmin, "GET", "/policy/export", "").await.1, file);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_that_lets_pass_does_not_silence_a_smaller_number_that_waits_for_the_body() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({})).await;
    let all = json!({ "field": "arg.kind", "op": "eq", "value": "all" });
    make(&rig, "/rules", json!({ "name": "全部", "number": 1, "action": "block", "condition": all })).await;
    make(&rig, "/rules", json!({ "name": "放行", "number": 2, "action": "allow" })).await;
    let form = "application/x-www-form-urlencoded";
    assert_eq!(post(&rig, "203.0.113.9", "/q", form, "kind=one").await, 200);
    assert_eq!(post(&rig, "203.0.113.9", "/q", form, "kind=all").await, 403);
    assert_eq!(backend.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn presets_of_the_usual_businesses_are_laid_over_the_policy_and_count() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    let (code, listed) = rig.call(Role::Auditor, "GET", "/presets", "").await;
    let scenarios: Vec<_> = listed["items"].as_array().unwrap().iter().map(|item| item["scenario"].clone()).collect();
    assert_eq!((code, scenarios), (200, ["booking", "query", "payment", "report", "ai"].map(Value::from).to_vec()));
    for scenario in ["booking", "query", "payment", "report", "ai"] {
        let (code, made) = rig.call(Role::Secadmin, "POST", &format!("/presets/{scenario}"), "").await;
        assert!(code == 200 && made["created"].as_u64() > Some(2), "{scenario}: {made}");
        let (_, again) = rig.call(Role::Secadmin, "POST", &format!("/presets/{scenario}"), "").await;
        assert!(again["generation"].is_null(), "{scenario}: {again}");
    }
    assert_eq!(rig.call(Role::Secadmin, "POST", "/presets/surgery", "").await.0, 404);
    let (_, templates) = rig.call(Role::Auditor, "GET", "/templates", "").await;
    let template = templates["items"].as_array().unwrap().iter().find(|item| item["spec"]["name"] == "查询业务");
    let group = json!({ "name": "查询", "template_id": template.unwrap()["id"], "settings": { "mode": "block" } });
    let (_, group) = rig.call(Role::Secadmin, "POST", "/groups", &group.to_string()).await;
    let object = json!({ "name": "体检查询", "hosts": ["*"], "upstreams": [backend.url()], "group_id": group["id"] });
    let (code, made) = rig.call(Role::Secadmin, "POST", "/objects", &object.to_string()).await;
    assert_eq!(code, 201, "{made}");
    let mut refused = 0;
    for number in 0..12 {
        let target = format!("/q?id_card=11010519491231{number:04}");
        refused += u32::from(get(&rig, "203.0.113.9", &target).await == 429);
    }
    assert!((1..=3).contains(&refused), "ten different numbers of identity cards in an hour: {refused}");
}
