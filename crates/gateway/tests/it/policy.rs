//! Objects changed through the API: in force at once, never half, never without a record.

use std::time::Duration;

use medward_contract::Role;
use medward_store::execute;
use serde_json::json;

use crate::backend::Backend;
use crate::client::RawClient;
use crate::rig::{Rig, Setup};

const SQLI: &str = "/?id=1'%20or%20'1'='1";

async fn status(rig: &Rig, host: &str, target: &str) -> u16 {
    let mut client = RawClient::connect(rig.http()).await;
    client.send(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
    client.response().await.status
}

fn object(name: &str, host: &str, upstream: &str) -> String {
    json!({ "name": name, "hosts": [host], "upstreams": [upstream] }).to_string()
}

async fn outcomes(rig: &Rig) -> Vec<(String, String)> {
    let entries = rig.house.kit().audit.list(None, 100).await.unwrap();
    entries.into_iter().map(|entry| (entry.action, entry.outcome)).rev().collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn object_is_in_force_when_the_call_returns_and_every_change_is_audited() {
    let backend = Backend::start();
    let rig = Rig::start("").await;
    let mut hints = rig.house.kit().hub.subscribe();
    assert_eq!(status(&rig, "tj.example.org", "/").await, 404);
    let (code, made) =
        rig.call(Role::Secadmin, "POST", "/objects", &object("体检", "tj.example.org", &backend.url())).await;
    assert_eq!(
        (code, made["effective"]["mode"]["value"].as_str(), made["source"].as_str()),
        (201, Some("block"), Some("policy")),
        "{made}"
    );
    assert_eq!(status(&rig, "tj.example.org", "/").await, 200);
    assert_eq!(status(&rig, "tj.example.org", SQLI).await, 403);
    let id = made["id"].as_str().unwrap();
    let (code, changed) =
        rig.call(Role::Secadmin, "POST", &format!("/objects/{id}/mode"), "{\"mode\":\"observe\"}").await;
    assert_eq!(
        (code, changed["effective"]["mode"]["value"].as_str(), changed["generation"].as_i64()),
        (200, Some("observe"), Some(2))
    );
    assert_eq!(status(&rig, "tj.example.org", SQLI).await, 200);
    let body = object("体检", "other.example.org", &backend.url());
    assert_eq!(rig.call(Role::Secadmin, "PUT", &format!("/objects/{id}"), &body).await.0, 200);
    assert_eq!(status(&rig, "tj.example.org", "/").await, 404);
    assert_eq!(status(&rig, "other.example.org", "/").await, 200);
    assert_eq!(rig.call(Role::Secadmin, "DELETE", &format!("/objects/{id}"), "").await.0, 204);
    assert_eq!(status(&rig, "other.example.org", "/").await, 404);
    assert_eq!(rig.call(Role::Secadmin, "DELETE", &format!("/objects/{id}"), "").await.0, 404);
    let expected = [
        ("create", "success"),
        ("update", "success"),
        ("update", "success"),
        ("remove", "success"),
        ("remove", "failure"),
    ];
    assert_eq!(outcomes(&rig).await, expected.map(|(verb, outcome)| (verb.to_owned(), outcome.to_owned())));
    let mut seen = Vec::new();
    while let Ok(hint) = hints.try_recv() {
        assert_eq!((hint.topic, hint.id.as_str()), ("gateway.object", id));
        seen.push(hint.op);
    }
    assert_eq!(seen, ["create", "update", "update", "remove"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_the_security_administrator_writes_and_those_who_run_systems_read() {
    let rig = Rig::start("").await;
    let body = object("a", "a", "http://127.0.0.1:9");
    for role in Role::ALL {
        let may_write = role == Role::Secadmin;
        let may_read = !matches!(role, Role::Requester | Role::Vendor);
        let (code, _) = rig.call(role, "POST", "/objects", &body).await;
        assert_eq!(code, if may_write { 201 } else { 403 }, "{role}");
        for path in ["/objects", "/status"] {
            assert_eq!(rig.call(role, "GET", path, "").await.0, if may_read { 200 } else { 403 }, "{role} {path}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policy_that_would_not_compile_is_refused_with_the_field_and_nothing_changes() {
    let backend = Backend::start();
    let file = format!("[[gateway.object]]\nname = \"file\"\nhosts = [\"a\"]\nupstreams = [{:?}]\n", backend.url());
    let rig = Rig::start(file).await;
    let refused = async |method: &str, path: &str, body: String| {
        let (code, problem) = rig.call(Role::Secadmin, method, path, &body).await;
        (code, problem["code"].as_str().unwrap().to_owned(), problem["args"]["field"].as_str().unwrap_or("").to_owned())
    };
    let expect = |code: u16, name: &str, field: &str| (code, name.to_owned(), field.to_owned());
    let metadata = object("m", "m", "http://169.254.169.254");
    assert_eq!(refused("POST", "/objects", metadata).await, expect(422, "GTW-0102", "upstreams"));
    let host = object("m", "http://m", &backend.url());
    assert_eq!(refused("POST", "/objects", host).await, expect(422, "GTW-0102", "hosts"));
    let overlap = object("m", "A", &backend.url());
    assert_eq!(refused("POST", "/objects", overlap).await, expect(422, "GTW-0102", "hosts"));
    let name = object("file", "b", &backend.url());
    assert_eq!(refused("POST", "/objects", name.clone()).await, expect(422, "GTW-0102", "name"));
    assert_eq!(refused("PUT", "/objects/file:file", name).await, expect(409, "GTW-0103", ""));
    assert_eq!(refused("DELETE", "/objects/nonsense", String::new()).await, expect(404, "GTW-0101", ""));
    let (code, made) = rig.call(Role::Secadmin, "POST", "/objects", &object("b", "b", &backend.url())).await;
    assert_eq!((code, made["generation"].as_i64()), (201, Some(1)), "refused changes used no generation");
    let again = object("b", "b", &backend.url());
    let path = format!("/objects/{}", made["id"].as_str().unwrap());
    let seen = |generation| format!("{path}?generation={generation}");
    assert_eq!(refused("PUT", &seen(0), again.clone()).await, expect(409, "GTW-0104", ""));
    assert_eq!(rig.call(Role::Secadmin, "PUT", &seen(1), &again).await.0, 200);
    let (_, list) = rig.call(Role::Operator, "GET", "/objects?limit=1", "").await;
    assert_eq!((list["items"][0]["spec"]["name"].as_str(), list["items"].as_array().unwrap().len()), (Some("b"), 1));
    let cursor = list["next_cursor"].as_str().unwrap();
    let (_, list) = rig.call(Role::Operator, "GET", &format!("/objects?limit=1&cursor={cursor}"), "").await;
    assert_eq!((list["items"][0]["source"].as_str(), list["next_cursor"].as_str()), (Some("file"), None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn broken_policy_in_the_database_leaves_the_last_good_one_in_force() {
    let backend = Backend::start();
    let (setup, hand) = Setup::new("").with_manual_clock();
    let rig = setup.start().await;
    assert_eq!(rig.call(Role::Secadmin, "POST", "/objects", &object("a", "a", &backend.url())).await.0, 201);
    let db = rig.house.kit().db.clone();
    let broken = &object("a", "a", "http://169.254.169.254");
    db.write(|tx| {
        Box::pin(async move {
            execute!(tx, "UPDATE gateway_item SET body = $1", broken.as_str()).await?;
            execute!(tx, "UPDATE gateway_generation SET value = 2").await
        })
    })
    .await
    .unwrap();
    let noticed = async {
        loop {
            let (_, state) = rig.call(Role::Operator, "GET", "/status", "").await;
            if state["generation_latest"] == 2 {
                return state;
            }
            hand.advance(Duration::from_secs(5));
        }
    };
    let state = tokio::time::timeout(crate::recorder::PATIENCE, noticed).await.unwrap();
    assert_eq!(state["generation_running"], 1);
    assert!(state["error"].as_str().unwrap().contains("metadata"), "{state}");
    assert_eq!(status(&rig, "a", "/").await, 200, "the last good policy stays");
    let board = rig.house.kit().policies.list();
    assert_eq!((board[0].owner, board[0].running, board[0].latest), ("gateway", 1, 2));
    assert!(rig.house.kit().status.findings().await[0].contains("the newest policy does not run"));
    let (_, list) = rig.call(Role::Operator, "GET", "/objects", "").await;
    let id = list["items"][0]["id"].as_str().unwrap();
    let repaired = rig.call(Role::Secadmin, "PUT", &format!("/objects/{id}"), &object("a", "a", &backend.url())).await;
    assert_eq!(repaired.0, 200);
    let (_, state) = rig.call(Role::Operator, "GET", "/status", "").await;
    assert_eq!((state["generation_running"].as_i64(), state["error"].as_str()), (Some(3), None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hundred_changes_under_load_fail_no_request() {
    let backend = Backend::start();
    let rig = Rig::start("").await;
    let (_, made) = rig.call(Role::Secadmin, "POST", "/objects", &object("a", "a", &backend.url())).await;
    let path = format!("/objects/{}/mode", made["id"].as_str().unwrap());
    let address = rig.http();
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let load = medward_store::testkit::spawn(async move {
        let mut client = RawClient::connect(address).await;
        let mut count = 0;
        while !*stopped.borrow() {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n").await;
            assert_eq!(client.response().await.status, 200);
            count += 1;
        }
        count
    });
    for number in 0..100 {
        let mode = if number % 2 == 0 { "observe" } else { "block" };
        let (code, _) = rig.call(Role::Secadmin, "POST", &path, &format!("{{\"mode\":{mode:?}}}")).await;
        assert_eq!(code, 200);
    }
    stop.send_replace(true);
    assert!(load.await.unwrap() > 0);
    assert_eq!(backend.connections(), 1, "the upstream connection outlives policies");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn status_shows_listeners_upstreams_and_counts() {
    let backend = Backend::start();
    let rig = Rig::start(crate::rig::site(&[backend.url(), "http://127.0.0.1:1".into()], "")).await;
    assert_eq!(status(&rig, "a", "/").await, 200);
    assert_eq!(status(&rig, "a", SQLI).await, 403);
    rig.recorder.access(2).await;
    let (_, state) = rig.call(Role::Auditor, "GET", "/status", "").await;
    assert_eq!((state["requests_total"].as_u64(), state["blocked_total"].as_u64()), (Some(2), Some(1)), "{state}");
    let https = state["listeners"].as_array().unwrap().iter().find(|one| one["name"] == "gateway.https").unwrap();
    assert_eq!(https["address"], rig.https().to_string());
    assert!(https["tls"].as_bool().unwrap() && https["fingerprint"].is_string());
    assert_eq!(state["pools"][0]["object"], "site");
    assert_eq!(state["pools"][0]["members"][0]["url"], backend.url());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stored_object_in_conflict_with_a_changed_file_is_left_out_and_the_rest_runs() {
    let backend = Backend::start();
    let rig = Rig::start("").await;
    for name in ["a", "b"] {
        assert_eq!(rig.call(Role::Secadmin, "POST", "/objects", &object(name, name, &backend.url())).await.0, 201);
    }
    let Rig { house, directory, .. } = rig;
    assert!(house.stop().await.is_empty(), "nobody remained");
    let file = format!("[[gateway.object]]\nname = \"edge\"\nhosts = [\"a\"]\nupstreams = [{:?}]\n", backend.url());
    let rig = Setup { directory, ..Setup::new(file) }.start().await;
    for host in ["a", "b"] {
        let mut client = RawClient::connect(rig.http()).await;
        client.send(format!("GET /x HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        assert_eq!(client.response().await.status, 200, "{host}");
    }
    let (_, state) = rig.call(Role::Operator, "GET", "/status", "").await;
    let complaint = state["error"].as_str().unwrap_or_default();
    assert!(complaint.contains("left out") && complaint.contains("edge"), "{state}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_four_eyes_and_without_approvals_nothing_changes() {
    let backend = Backend::start();
    let file = format!("[[gateway.object]]\nname = \"体检\"\nhosts = [\"a\"]\nupstreams = [{:?}]\n", backend.url());
    let rig = Rig::start(format!("[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\nfour_eyes = true\n{file}")).await;
    for (path, body) in [
        ("/objects", object("复检", "b", &backend.url())),
        ("/groups", json!({ "name": "g" }).to_string()),
        ("/address-groups?reason=x", json!({ "name": "g", "purpose": "block", "entries": "10.0.0.0/8" }).to_string()),
    ] {
        let (code, told) = rig.call(Role::Secadmin, "POST", path, &body).await;
        assert_eq!((code, told["code"].as_str()), (403, Some("GTW-0110")), "{path}: {told}");
    }
    let (code, told) = rig.call(Role::Secadmin, "POST", "/objects", &object("复检", "a", &backend.url())).await;
    assert_eq!(
        (code, told["args"]["field"].as_str()),
        (422, Some("hosts")),
        "nobody is asked about what is wrong: {told}"
    );
    let (_, listed) = rig.call(Role::Secadmin, "GET", "/objects", "").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 1, "{listed}");
    assert_eq!(status(&rig, "a", SQLI).await, 403, "it protects as before");
}
