//! Templates, groups and objects: who wins, what is in force at once, what is refused, and the way back.

use medward_contract::Role;
use medward_contract::event::{Dataset, Field};
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::client::RawClient;
use crate::rig::Rig;

const SQLI: &str = "/?id=1'%20or%20'1'='1";

async fn status(rig: &Rig, host: &str, target: &str) -> u16 {
    let mut client = RawClient::connect(rig.http()).await;
    client.send(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
    client.response().await.status
}

/// Calls as the security administrator; what comes back must have this status.
async fn call(rig: &Rig, method: &str, path: &str, body: Value, expected: u16) -> Value {
    let (code, answer) = rig.call(Role::Secadmin, method, path, &body.to_string()).await;
    assert_eq!(code, expected, "{method} {path} {body}: {answer}");
    answer
}

fn id(item: &Value) -> &str {
    item["id"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn object_wins_over_its_group_and_the_group_over_its_template_at_once() {
    let backend = Backend::start();
    let rig = Rig::start("").await;
    let template = call(
        &rig,
        "POST",
        "/templates",
        json!({ "name": "查询类", "settings": { "mode": "observe", "policy": "strict" } }),
        201,
    )
    .await;
    let group = json!({ "name": "预约", "template_id": id(&template) });
    let group_made = call(&rig, "POST", "/groups", group.clone(), 201).await;
    let object = |settings: Value| json!({ "name": "a", "hosts": ["a"], "upstreams": [backend.url()], "group_id": id(&group_made), "settings": settings });
    let made = call(&rig, "POST", "/objects", object(json!({})), 201).await;
    assert_eq!(made["effective"]["mode"], json!({ "value": "observe", "from": "template" }));
    assert_eq!(made["effective"]["threshold_in"], json!({ "value": 3, "from": "default" }));
    assert_eq!((&made["group"], &made["template"]), (&json!("预约"), &json!("查询类")));
    assert_eq!(status(&rig, "a", SQLI).await, 200, "the template observes");

    let mut blocking = group;
    blocking["settings"] = json!({ "mode": "block" });
    let path = format!("/groups/{}", id(&group_made));
    call(&rig, "PUT", &path, blocking, 200).await;
    assert_eq!(status(&rig, "a", SQLI).await, 403, "the group blocks");

    let path = format!("/objects/{}", id(&made));
    let changed = call(&rig, "PUT", &path, object(json!({ "mode": "bypass" })), 200).await;
    assert_eq!(changed["effective"]["mode"], json!({ "value": "bypass", "from": "object" }));
    assert_eq!(changed["effective"]["policy"]["from"], "template");
    assert_eq!(status(&rig, "a", SQLI).await, 200, "the object is not inspected");

    let attacks = rig.recorder.wait(Dataset::WafAttack, 2).await;
    for attack in attacks {
        assert_eq!((&attack.attrs["waf.group"], &attack.attrs["waf.template"]), (&json!("预约"), &json!("查询类")));
    }
    let (_, groups) = rig.call(Role::Auditor, "GET", "/groups", "").await;
    assert_eq!((&groups["items"][0]["objects"], &groups["items"][0]["template"]), (&json!(1), &json!("查询类")));
    let (_, templates) = rig.call(Role::Auditor, "GET", "/templates", "").await;
    assert_eq!(templates["items"][0]["groups"], 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rule_that_is_off_is_not_asked_and_one_that_records_leaves_evidence() {
    let backend = Backend::start();
    let rig = Rig::start("").await;
    let object = |rules: Value| json!({ "name": "a", "hosts": ["a"], "upstreams": [backend.url()], "settings": { "rules": rules } });
    let made = call(&rig, "POST", "/objects", object(json!({ "tag:attack-sqli": "off" })), 201).await;
    assert_eq!(status(&rig, "a", SQLI).await, 200);
    rig.recorder.access(1).await;
    assert!(rig.recorder.of(Dataset::WafAttack).is_empty());
    let path = format!("/objects/{}", id(&made));
    call(&rig, "PUT", &path, object(json!({ "MW-SQLI-001": "record" })), 200).await;
    assert_eq!(status(&rig, "a", SQLI).await, 200);
    let attacks = rig.recorder.wait(Dataset::WafAttack, 1).await;
    assert_eq!((&*attacks[0].action, attacks[0].text(Field::RuleCategory)), ("pass", Some("sqli")));
    assert!(attacks[0].attrs["waf.hits"].as_str().unwrap().contains("MW-SQLI-001"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_in_use_missing_or_named_twice_is_refused_and_changes_nothing() {
    let rig = Rig::start("").await;
    let template = call(&rig, "POST", "/templates", json!({ "name": "t" }), 201).await;
    let group = call(&rig, "POST", "/groups", json!({ "name": "g", "template_id": id(&template) }), 201).await;
    let object = |name: &str, group: &str| json!({ "name": name, "hosts": [name], "upstreams": ["http://127.0.0.1:9"], "group_id": group });
    call(&rig, "POST", "/objects", object("a", id(&group)), 201).await;
    let refused = async |method: &str, path: &str, body: Value, status: u16, code: &str, field: Value| {
        let problem = call(&rig, method, path, body, status).await;
        assert_eq!((&problem["code"], &problem["args"]["field"]), (&json!(code), &field), "{problem}");
        problem["detail"].as_str().unwrap().to_owned()
    };
    let group_path = format!("/groups/{}", id(&group));
    let told = refused("DELETE", &group_path, json!({}), 409, "GTW-0106", Value::Null).await;
    assert!(told.contains("\"a\" needs it"), "{told}");
    let template_path = format!("/templates/{}", id(&template));
    refused("DELETE", &template_path, json!({}), 409, "GTW-0106", Value::Null).await;
    refused("DELETE", "/groups/nobody", json!({}), 404, "GTW-0101", Value::Null).await;
    let as_template = format!("/templates/{}", id(&group));
    refused("PUT", &as_template, json!({ "name": "g" }), 404, "GTW-0101", Value::Null).await;
    refused("POST", "/objects", object("b", "nobody"), 422, "GTW-0102", json!("group_id")).await;
    refused("POST", "/groups", json!({ "name": "g" }), 422, "GTW-0102", json!("name")).await;
    refused("POST", "/groups", json!({ "name": "h", "template_id": "x" }), 422, "GTW-0102", json!("template_id")).await;
    let level = json!({ "name": "h", "settings": { "paranoia_level": 9 } });
    refused("POST", "/templates", level, 422, "GTW-0102", json!("paranoia_level")).await;
    let stale = format!("{group_path}?generation=1");
    refused("PUT", &stale, json!({ "name": "g" }), 409, "GTW-0104", Value::Null).await;
    let (_, state) = rig.call(Role::Operator, "GET", "/status", "").await;
    assert_eq!((&state["generation_latest"], &state["generation_running"]), (&json!(3), &json!(3)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn policy_goes_back_to_any_generation_and_the_way_back_is_a_change_itself() {
    let backend = Backend::start();
    let rig = Rig::start("").await;
    let object = |host: &str| json!({ "name": "体检", "hosts": [host], "upstreams": [backend.url()] });
    let made = call(&rig, "POST", "/objects?reason=%E4%B8%8A%E7%BA%BF", object("one"), 201).await;
    let path = format!("/objects/{}", id(&made));
    call(&rig, "PUT", &path, object("two"), 200).await;
    call(&rig, "POST", "/templates", json!({ "name": "t" }), 201).await;
    call(&rig, "DELETE", &path, json!({}), 204).await;
    assert_eq!(status(&rig, "one", "/").await, 404);

    let (_, changes) = rig.call(Role::Auditor, "GET", "/policy/changes?limit=3", "").await;
    let told: Vec<_> =
        changes["items"].as_array().unwrap().iter().map(|change| change["generation"].as_i64()).collect();
    assert_eq!(told, [Some(4), Some(3), Some(2)]);
    let gone = &changes["items"][0];
    assert_eq!((&gone["kind"], &gone["name"], &gone["after"]), (&json!("object"), &json!("体检"), &Value::Null));
    assert_eq!(gone["before"]["hosts"], json!(["two"]));
    let next = changes["next_cursor"].as_str().unwrap();
    let (_, rest) = rig.call(Role::Auditor, "GET", &format!("/policy/changes?cursor={next}"), "").await;
    let first = &rest["items"][0];
    assert_eq!((&first["generation"], &first["reason"], &first["before"]), (&json!(1), &json!("上线"), &Value::Null));
    assert!(first["author"].as_str().is_some_and(|author| !author.is_empty()), "{first}");

    let back = |generation: i64| json!({ "generation": generation, "reason": "误改" });
    let answer = call(&rig, "POST", "/policy/rollback", back(1), 200).await;
    assert_eq!(answer["generation"], 5);
    assert_eq!(status(&rig, "one", "/").await, 200, "the object is there again, as it was made");
    let (_, templates) = rig.call(Role::Auditor, "GET", "/templates", "").await;
    assert_eq!(templates["items"], json!([]), "what came later is gone");
    call(&rig, "POST", "/policy/rollback", back(4), 200).await;
    assert_eq!(status(&rig, "one", "/").await, 404, "and that can be taken back, too");
    let only = json!({ "generation": 2, "item": id(&made) });
    call(&rig, "POST", "/policy/rollback", only, 200).await;
    assert_eq!(status(&rig, "two", "/").await, 200, "one item alone");
    let (_, templates) = rig.call(Role::Auditor, "GET", "/templates", "").await;
    assert_eq!(templates["items"][0]["spec"]["name"], "t");
    let problem = call(&rig, "POST", "/policy/rollback", back(99), 422).await;
    assert_eq!(problem["code"], "GTW-0107");
    assert_eq!(rig.call(Role::Operator, "POST", "/policy/rollback", &back(0).to_string()).await.0, 403);
    let nothing = |item: &str| json!({ "generation": 1, "item": item });
    let same = call(&rig, "POST", "/policy/rollback", nothing("nonsense"), 409).await;
    assert_eq!(same["code"], "GTW-0108");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mode_of_many_objects_changes_for_all_or_for_none() {
    let backend = Backend::start();
    let rig = Rig::start("").await;
    let mut ids = Vec::new();
    for name in ["a", "b"] {
        let object = json!({ "name": name, "hosts": [name], "upstreams": [backend.url()] });
        ids.push(id(&call(&rig, "POST", "/objects", object, 201).await).to_owned());
    }
    let mut wrong = ids.clone();
    wrong.push("nobody".to_owned());
    call(&rig, "POST", "/objects/bulk-mode", json!({ "objects": wrong, "mode": "observe" }), 404).await;
    assert_eq!(status(&rig, "a", SQLI).await, 403, "nothing changed");
    call(&rig, "POST", "/objects/bulk-mode", json!({ "objects": [], "mode": "observe" }), 422).await;
    call(&rig, "POST", "/objects/bulk-mode", json!({ "objects": ids, "mode": "observe" }), 204).await;
    for host in ["a", "b"] {
        assert_eq!(status(&rig, host, SQLI).await, 200);
    }
    let (_, changes) = rig.call(Role::Auditor, "GET", "/policy/changes", "").await;
    let made_together = changes["items"].as_array().unwrap().iter().filter(|change| change["generation"] == 3);
    assert_eq!(made_together.count(), 2, "one generation for both");
}

/// CD-051 to CD-053: 612 objects in 12 groups, each with a template of its own, laid over the policy at once.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn six_hundred_objects_in_twelve_groups_with_twelve_templates_go_in_and_come_out_as_a_file() {
    let backend = Backend::start();
    let rig = Rig::start("").await;
    let twelve = || (0..12).map(|number: usize| number);
    let mode = |number: usize| if number.is_multiple_of(2) { "block" } else { "observe" };
    let file = |policy: fn(usize) -> &'static str| {
        let templates = twelve().map(|number| {
            json!({ "name": format!("模板{number:02}"), "settings": { "mode": mode(number), "policy": policy(number), "threshold_in": 5 } })
        });
        let groups =
            twelve().map(|number| json!({ "name": format!("组{number:02}"), "template": format!("模板{number:02}") }));
        let objects = (0..612).map(|number| {
            json!({ "name": format!("o{number}"), "group": format!("组{:02}", number % 12), "hosts": [format!("h{number}.example")], "upstreams": [backend.url()] })
        });
        json!({ "templates": templates.collect::<Vec<_>>(), "groups": groups.collect::<Vec<_>>(), "objects": objects.collect::<Vec<_>>() })
    };
    let import = |policy: &Value, dry_run: bool| json!({ "policy": policy, "dry_run": dry_run });
    let balanced = file(|_| "balanced");
    let would = call(&rig, "POST", "/policy/import", import(&balanced, true), 200).await;
    assert_eq!(would, json!({ "created": 636, "updated": 0, "unchanged": 0, "generation": null }));
    assert_eq!(status(&rig, "h7.example", "/").await, 404, "nothing was done yet");
    let told = call(&rig, "POST", "/policy/import", import(&balanced, false), 200).await;
    assert_eq!((&told["created"], &told["generation"]), (&json!(636), &json!(1)));
    for number in [0, 1, 300, 611] {
        let expected = if usize::is_multiple_of(number, 2) { 403 } else { 200 };
        assert_eq!(status(&rig, &format!("h{number}.example"), SQLI).await, expected, "object {number}");
    }
    let again = call(&rig, "POST", "/policy/import", import(&balanced, false), 200).await;
    assert_eq!(again, json!({ "created": 0, "updated": 0, "unchanged": 636, "generation": null }));
    let strict = file(|number| if number == 3 { "strict" } else { "balanced" });
    let told = call(&rig, "POST", "/policy/import", import(&strict, false), 200).await;
    assert_eq!((&told["updated"], &told["generation"]), (&json!(1), &json!(2)));
    let (_, state) = rig.call(Role::Operator, "GET", "/status", "").await;
    let objects: Vec<_> =
        state["policies"].as_array().unwrap().iter().map(|policy| policy["objects"].as_u64()).collect();
    assert_eq!(objects, [Some(561), Some(51)], "one template, one group, 51 objects");

    let found = async |query: &str| {
        let (code, list) = rig.call(Role::Operator, "GET", &format!("/objects?limit=500&{query}"), "").await;
        assert_eq!(code, 200, "{query}: {list}");
        list["items"].as_array().unwrap().len()
    };
    assert_eq!((found("q=H61.ex").await, found("q=O61").await, found("q=nothing").await), (1, 3, 0));
    let (_, groups) = rig.call(Role::Operator, "GET", "/groups?limit=1", "").await;
    let group = format!("group={}", groups["items"][0]["id"].as_str().unwrap());
    assert_eq!((found(&group).await, found("mode=observe").await, found("mode=bypass").await), (51, 306, 0));

    let (_, exported) = rig.call(Role::Auditor, "GET", "/policy/export", "").await;
    assert_eq!(exported["objects"].as_array().unwrap().len(), 612);
    let same = call(&rig, "POST", "/policy/import", import(&exported, true), 200).await;
    assert_eq!(same["unchanged"], 636, "what goes out goes in again");
    let orphan =
        json!({ "objects": [{ "name": "x", "group": "nobody", "hosts": ["x"], "upstreams": ["http://127.0.0.1:9"] }] });
    let problem = call(&rig, "POST", "/policy/import", import(&orphan, false), 422).await;
    assert_eq!(problem["args"]["field"], "group");
}
