//! Exclusions: what they let through and what not, what they would let through, and when they end.

use std::time::Duration;

use medward_contract::Role;
use medward_contract::event::{Dataset, Field};
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::client::RawClient;
use crate::recorder::PATIENCE;
use crate::rig::{Rig, Setup, site};

const QUERY: &str = "1'%20or%20'1'='1";

async fn get(rig: &Rig, target: &str) -> u16 {
    let mut client = RawClient::connect(rig.http()).await;
    client.send(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
    client.response().await.status
}

async fn post(rig: &Rig, path: &str, body: &str) -> u16 {
    let mut client = RawClient::connect(rig.http()).await;
    let kind = "application/x-www-form-urlencoded";
    let length = body.len();
    client
        .send(format!(
            "POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{body}"
        ))
        .await;
    client.response().await.status
}

/// Calls as the security administrator; what comes back must have this status.
async fn call(rig: &Rig, method: &str, path: &str, body: Value, expected: u16) -> Value {
    let (code, answer) = rig.call(Role::Secadmin, method, path, &body.to_string()).await;
    assert_eq!(code, expected, "{method} {path} {body}: {answer}");
    answer
}

/// Asks for the preview until this many kept requests are tried.
async fn preview(rig: &Rig, exclusion: &Value, tried: u64) -> Value {
    let asked = async {
        loop {
            let told = call(rig, "POST", "/exclusions/preview", exclusion.clone(), 200).await;
            if told["tried"].as_u64().unwrap() >= tried {
                return told;
            }
            tokio::task::yield_now().await;
        }
    };
    let told = tokio::time::timeout(PATIENCE, asked).await.expect("the requests are kept");
    assert_eq!(told["tried"], tried, "{told}");
    told
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exclusion_made_from_an_event_lets_exactly_that_request_through() {
    let backend = Backend::start();
    // The object of a file cannot be changed in the console; an exclusion for it can be made there all the same.
    let rig = Rig::start(site(&[backend.url()], "")).await;
    assert_eq!(get(&rig, &format!("/search?word={QUERY}")).await, 403);
    let event = rig.recorder.wait(Dataset::WafAttack, 1).await.remove(0);
    let hits: Value = serde_json::from_str(event.attrs["waf.hits"].as_str().unwrap()).unwrap();
    let exclusion = json!({
        "scope_id": "file:site",
        "rule": hits[0]["rule"],
        "parameter": hits[0]["variable"],
        "path": event.text(Field::UrlPath),
        "reason": "搜索框里的正常检索式",
        "request_id": event.text(Field::HttpRequestId),
    });
    let made = call(&rig, "POST", "/exclusions", exclusion.clone(), 201).await;
    assert_eq!(
        (&made["scope"], &made["scope_name"], &made["is_over"]),
        (&json!("object"), &json!("site"), &json!(false))
    );
    assert_eq!(get(&rig, &format!("/search?word={QUERY}")).await, 200);
    for other in [
        format!("/search?other={QUERY}"),
        format!("/else?word={QUERY}"),
        format!("/searches?word={QUERY}"),
        "/search?word=%3Cscript%3Ealert(1)%3C/script%3E".to_owned(),
    ] {
        assert_eq!(get(&rig, &other).await, 403, "{other}");
    }
    let (_, objects) = rig.call(Role::Auditor, "GET", "/objects", "").await;
    let in_force = &objects["items"][0]["effective"]["exclusions"][0];
    assert_eq!((&in_force["id"], &in_force["from"]), (&made["id"], &json!("object")));
    let again = call(&rig, "POST", "/exclusions", exclusion, 422).await;
    assert_eq!(again["args"]["field"], "name", "it is there already: {again}");
    let path = format!("/exclusions/{}", made["id"].as_str().unwrap());
    rig.call(Role::Secadmin, "DELETE", &path, "").await;
    assert_eq!(get(&rig, &format!("/search?word={QUERY}")).await, 403);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn preview_tells_what_would_pass_of_the_requests_that_were_refused_and_changes_nothing() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    assert_eq!(post(&rig, "/advice", "text=1'+or+'1'%3D'1&bed=7").await, 403);
    assert_eq!(get(&rig, &format!("/advice?text={QUERY}&next=%3Cscript%3Ealert(1)%3C/script%3E")).await, 403);
    assert_eq!(get(&rig, &format!("/other?text={QUERY}")).await, 403);
    let exclusion = json!({
        "scope_id": "file:site", "rule": "tag:attack-sqli", "parameter": "ARGS:text", "path": "/advice",
        "reason": "医嘱文字",
    });
    let told = preview(&rig, &exclusion, 3).await;
    let counts = [&told["cleared"], &told["still_noted"], &told["passed_already"]];
    assert_eq!(counts, [&json!(1), &json!(2), &json!(0)], "{told}");
    let cleared = &told["requests"][0];
    assert_eq!((&cleared["method"], &cleared["path"]), (&json!("POST"), &json!("/advice")));
    assert_eq!((&cleared["hits"][0]["variable"], &cleared["others_noted"]), (&json!("ARGS:text"), &json!(2)));
    assert_eq!((&cleared["object"], &cleared["is_partial"]), (&json!("site"), &json!(false)));
    let mut own = exclusion.clone();
    for (request, expected) in [(&cleared["id"], json!(true)), (&json!("nobody"), Value::Null)] {
        own["request_id"] = request.clone();
        assert_eq!(preview(&rig, &own, 3).await["clears_its_request"], expected);
    }
    assert_eq!(post(&rig, "/advice", "text=1'+or+'1'%3D'1&bed=7").await, 403, "nothing was changed");
    assert_eq!(rig.call(Role::Operator, "POST", "/exclusions/preview", &exclusion.to_string()).await.0, 403);

    call(&rig, "POST", "/exclusions", exclusion.clone(), 201).await;
    let told = preview(&rig, &exclusion, 4).await;
    assert_eq!((&told["cleared"], &told["passed_already"]), (&json!(0), &json!(2)));

    // What stands in the database is sealed.
    let files = std::fs::read_dir(rig.directory.path()).unwrap().flatten().filter(|entry| entry.path().is_file());
    let bytes: Vec<u8> = files.flat_map(|entry| std::fs::read(entry.path()).unwrap()).collect();
    assert!(!bytes.is_empty() && !bytes.windows(7).any(|window| window == b"1'+or+'"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_kept_where_the_policy_says_so() {
    let backend = Backend::start();
    let rig = Rig::start("").await;
    let object = |name: &str, keep: bool| json!({ "name": name, "hosts": [name], "upstreams": [backend.url()], "settings": { "keep_requests": keep } });
    let private = call(&rig, "POST", "/objects", object("a", false), 201).await;
    assert_eq!(private["effective"]["keep_requests"], json!({ "value": false, "from": "object" }));
    assert_eq!(get(&rig, &format!("/?q={QUERY}")).await, 403);
    let path = format!("/objects/{}", private["id"].as_str().unwrap());
    call(&rig, "PUT", &path, object("a", true), 200).await;
    assert_eq!(get(&rig, &format!("/?q={QUERY}")).await, 403);
    let exclusion = json!({ "scope_id": private["id"], "rule": "MW-XSS-001", "reason": "x" });
    preview(&rig, &exclusion, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exclusion_ends_by_itself_and_goes_with_what_it_was_made_for() {
    let backend = Backend::start();
    let (setup, hand) = Setup::new("").with_manual_clock();
    let rig = setup.start().await;
    let template = call(&rig, "POST", "/templates", json!({ "name": "t" }), 201).await;
    let group = call(&rig, "POST", "/groups", json!({ "name": "g", "template_id": template["id"] }), 201).await;
    let object = json!({ "name": "a", "hosts": ["a"], "upstreams": [backend.url()], "group_id": group["id"] });
    let object = call(&rig, "POST", "/objects", object, 201).await;
    let ends_at = rig.house.kit().clock.now().plus(Duration::from_mins(2)).as_micros();
    let mut exclusion =
        json!({ "scope_id": template["id"], "rule": "tag:attack-sqli", "reason": "割接", "expires_at": ends_at });
    call(&rig, "POST", "/exclusions", exclusion.clone(), 201).await;
    assert_eq!(get(&rig, &format!("/?q={QUERY}")).await, 200, "that of the template reaches the object");
    hand.advance(Duration::from_mins(3));
    let over = async { while get(&rig, &format!("/?q={QUERY}")).await != 403 {} };
    tokio::time::timeout(PATIENCE, over).await.expect("the exclusion ends");
    let (_, list) = rig.call(Role::Auditor, "GET", "/exclusions", "").await;
    assert_eq!((&list["items"][0]["is_over"], &list["items"][0]["scope"]), (&json!(true), &json!("template")));

    exclusion["scope_id"] = object["id"].clone();
    exclusion["expires_at"] = Value::Null;
    call(&rig, "POST", "/exclusions", exclusion, 201).await;
    assert_eq!(get(&rig, &format!("/?q={QUERY}")).await, 200);
    let path = format!("/objects/{}", object["id"].as_str().unwrap());
    assert_eq!(rig.call(Role::Secadmin, "DELETE", &path, "").await.0, 204);
    let (_, list) = rig.call(Role::Auditor, "GET", "/exclusions", "").await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    let (_, changes) = rig.call(Role::Auditor, "GET", "/policy/changes?limit=2", "").await;
    let kinds: Vec<_> =
        changes["items"].as_array().unwrap().iter().map(|change| change["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"object") && kinds.contains(&"exclusion"), "one change took both: {changes}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_exclusion_is_refused_with_the_field() {
    let rig = Rig::start(site(&["http://127.0.0.1:9".to_owned()], "")).await;
    let right = json!({ "scope_id": "file:site", "rule": "MW-SQLI-001", "reason": "x" });
    for (field, value) in [
        ("scope_id", json!("nobody")),
        ("rule", json!("tag:")),
        ("parameter", json!("NOTHING:x")),
        ("path", json!("search")),
        ("path", json!("/x?y=1")),
        ("reason", json!(" ")),
    ] {
        let mut wrong = right.clone();
        wrong[field] = value;
        let problem = call(&rig, "POST", "/exclusions", wrong, 422).await;
        assert_eq!((&problem["code"], &problem["args"]["field"]), (&json!("GTW-0102"), &json!(field)), "{problem}");
    }
    call(&rig, "POST", "/exclusions", right, 201).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn report_tells_what_objects_that_observe_would_have_refused_by_rule_and_parameter() {
    let backend = Backend::start();
    let rig = Rig::start("").await;
    let object = |name: &str, mode: &str| json!({ "name": name, "hosts": [name], "upstreams": [backend.url()], "settings": { "mode": mode } });
    call(&rig, "POST", "/objects", object("a", "observe"), 201).await;
    let (_, empty) = rig.call(Role::Operator, "GET", "/observed", "").await;
    assert_eq!(empty, json!({ "requests": 0, "is_complete": true, "rows": [] }));
    for path in ["/one", "/two", "/one"] {
        assert_eq!(get(&rig, &format!("{path}?word={QUERY}")).await, 200);
    }
    assert_eq!(get(&rig, "/one?word=%3Cscript%3Ealert(1)%3C/script%3E").await, 200);
    rig.recorder.wait(Dataset::WafAttack, 4).await;
    let (_, told) = rig.call(Role::Operator, "GET", "/observed", "").await;
    assert_eq!(told["requests"], 4);
    let first = &told["rows"][0];
    let facts = [&first["object"], &first["rule"], &first["parameter"], &first["requests"], &first["sources"]];
    assert_eq!(facts, [&json!("a"), &json!("MW-SQLI-001"), &json!("ARGS:word"), &json!(3), &json!(1)]);
    assert_eq!(first["paths"], json!(["/one", "/two"]));
    assert!(
        first["record"].as_str().unwrap().starts_with("waf:") && first["last_at"].as_i64() > first["first_at"].as_i64()
    );
    assert!(told["rows"].as_array().unwrap().iter().any(|row| row["rule"] == "MW-XSS-001"), "{told}");
    let (_, none) = rig.call(Role::Operator, "GET", "/observed?object=b", "").await;
    assert_eq!(none["requests"], 0);
    assert_eq!(rig.call(Role::Operator, "GET", "/observed?from=1", "").await.0, 422);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exclusion_whose_object_went_from_the_file_has_no_effect_and_stops_nothing() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let exclusion = json!({ "scope_id": "file:site", "rule": "tag:attack-sqli", "reason": "x" });
    let made = call(&rig, "POST", "/exclusions", exclusion, 201).await;
    assert_eq!(get(&rig, &format!("/?q={QUERY}")).await, 200);
    let Rig { house, directory, .. } = rig;
    assert!(house.stop().await.is_empty(), "nobody remained");
    let renamed = site(&[backend.url()], "").replace("\"site\"", "\"portal\"");
    let rig = Setup { directory, ..Setup::new(renamed) }.start().await;
    assert_eq!(get(&rig, &format!("/?q={QUERY}")).await, 403);
    let (_, list) = rig.call(Role::Auditor, "GET", "/exclusions", "").await;
    assert_eq!((&list["items"][0]["id"], &list["items"][0]["scope"]), (&made["id"], &Value::Null));
    let path = format!("/exclusions/{}", made["id"].as_str().unwrap());
    assert_eq!(rig.call(Role::Secadmin, "DELETE", &path, "").await.0, 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exclusion_ends_even_while_the_newest_policy_does_not_compile() {
    let backend = Backend::start();
    let (setup, hand) = Setup::new(site(&[backend.url()], "")).with_manual_clock();
    let rig = setup.start().await;
    let kit = rig.house.kit();
    let ends_at = kit.clock.now().plus(Duration::from_mins(2)).as_micros();
    let exclusion = json!({ "scope_id": "file:site", "rule": "tag:attack-sqli", "reason": "x", "expires_at": ends_at });
    call(&rig, "POST", "/exclusions", exclusion, 201).await;
    kit.db
        .write(|tx| {
            Box::pin(async move {
                let unknown = "INSERT INTO gateway_item (id, kind, name, body, generation, created_at, updated_at)
                    VALUES ('x', 'of the future', 'x', '{}', 2, 1, 1)";
                medward_store::execute!(tx, unknown).await?;
                medward_store::execute!(tx, "UPDATE gateway_generation SET value = 2").await
            })
        })
        .await
        .unwrap();
    assert_eq!(get(&rig, &format!("/?q={QUERY}")).await, 200);
    hand.advance(Duration::from_mins(3));
    let over = async { while get(&rig, &format!("/?q={QUERY}")).await != 403 {} };
    tokio::time::timeout(PATIENCE, over).await.expect("the exclusion ends");
    let (_, state) = rig.call(Role::Operator, "GET", "/status", "").await;
    assert_eq!((&state["generation_running"], &state["generation_latest"]), (&json!(1), &json!(2)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn exclusion_that_has_ended_is_taken_up_again_and_one_in_force_is_not_made_twice() {
    let (setup, hand) = Setup::new(site(&["http://127.0.0.1:9".to_owned()], "")).with_manual_clock();
    let rig = setup.start().await;
    let until = |minutes| rig.house.kit().clock.now().plus(Duration::from_mins(minutes)).as_micros();
    let exclusion =
        |ends_at: i64| json!({ "scope_id": "file:site", "rule": "MW-SQLI-001", "reason": "x", "expires_at": ends_at });
    let past = call(&rig, "POST", "/exclusions", exclusion(5), 422).await;
    assert_eq!(past["args"]["field"], "expires_at");
    let made = call(&rig, "POST", "/exclusions", exclusion(until(1)), 201).await;
    call(&rig, "POST", "/exclusions", exclusion(until(5)), 422).await;
    hand.advance(Duration::from_mins(2));
    let again = call(&rig, "POST", "/exclusions", exclusion(until(5)), 201).await;
    assert_eq!((&again["id"], &again["is_over"]), (&made["id"], &json!(false)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policy_with_exclusions_goes_out_and_comes_in_unchanged() {
    let rig = Rig::start(site(&["http://127.0.0.1:9".to_owned()], "")).await;
    let group = call(&rig, "POST", "/groups", json!({ "name": "site" }), 201).await;
    for scope in ["file:site", group["id"].as_str().unwrap()] {
        let exclusion =
            json!({ "scope_id": scope, "rule": "MW-SQLI-001", "path": "/a/*", "reason": "x", "request_id": "r" });
        call(&rig, "POST", "/exclusions", exclusion, 201).await;
    }
    let (_, mut file) = rig.call(Role::Auditor, "GET", "/policy/export", "").await;
    let import = |file: &Value| json!({ "policy": file, "dry_run": true });
    let told = call(&rig, "POST", "/policy/import", import(&file), 200).await;
    assert_eq!((&told["unchanged"], &told["created"], &told["updated"]), (&json!(3), &json!(0), &json!(0)));
    let twice = file["groups"][0].clone();
    file["groups"].as_array_mut().unwrap().push(twice);
    let problem = call(&rig, "POST", "/policy/import", import(&file), 422).await;
    assert!(problem["detail"].as_str().unwrap().contains("twice in the file"), "{problem}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rules_that_the_policy_does_not_have_are_told() {
    let rig = Rig::start("").await;
    let rules = json!({ "MW-SQLI-001": "off", "tag:attack-xss": "record", "MW-SQLI-01": "off", "tag:atack": "off" });
    let object =
        json!({ "name": "a", "hosts": ["a"], "upstreams": ["http://127.0.0.1:9"], "settings": { "rules": rules } });
    let made = call(&rig, "POST", "/objects", object, 201).await;
    assert_eq!(made["unknown_rules"], json!(["MW-SQLI-01", "tag:atack"]));
    call(&rig, "POST", "/exclusions", json!({ "scope_id": made["id"], "rule": "942100", "reason": "x" }), 201).await;
    let (_, list) = rig.call(Role::Auditor, "GET", "/objects", "").await;
    assert_eq!(list["items"][0]["unknown_rules"], json!(["MW-SQLI-01", "tag:atack", "942100"]));
}
