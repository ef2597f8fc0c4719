//! Walks through identifiers over real sockets (CD-046, gateway.md §10): who is found, what follows, and for whom.

use std::time::Duration;

use medward_contract::Role;
use medward_contract::event::{Dataset, Field};
use medward_kernel::clock::ManualClock;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::client::{RawClient, Response};
use crate::rig::{Rig, Setup};

/// The gateway believes what 127.0.0.1 says about clients.
const CONFIG: &str = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n";
const WALKER: &str = "203.0.113.9";
const READER: &str = "203.0.113.8";

struct Site {
    rig: Rig,
    hand: ManualClock,
    backend: Backend,
}

impl Site {
    /// One site for every host in a group whose template watches like this; its own settings say `own`.
    async fn new(watched: Value, own: Value) -> Self {
        let (setup, hand) = Setup::new(CONFIG).with_manual_clock();
        let (rig, backend) = (setup.start().await, Backend::start());
        let site = Self { rig, hand, backend };
        let template = site.make("/templates", json!({ "name": "查询", "settings": { "enumeration": watched } })).await;
        let group = site.make("/groups", json!({ "name": "体检", "template_id": template["id"] })).await;
        let object = json!({ "name": "site", "hosts": ["*"], "upstreams": [site.backend.url()],
            "group_id": group["id"], "settings": own });
        site.make("/objects", object).await;
        site
    }

    async fn make(&self, path: &str, body: Value) -> Value {
        let (code, made) = self.rig.call(Role::Secadmin, "POST", path, &body.to_string()).await;
        assert_eq!(code, 201, "{made}");
        made
    }

    async fn send(&self, client: &str, line: &str, headers: &str, body: &str) -> Response {
        let mut raw = RawClient::connect(self.rig.http()).await;
        let length = body.len();
        raw.send(format!(
            "{line} HTTP/1.1\r\nHost: tj.example.org\r\nX-Forwarded-For: {client}\r\n{headers}\
             Content-Length: {length}\r\n\r\n{body}"
        ))
        .await;
        raw.response().await
    }

    async fn get(&self, client: &str, target: &str) -> u16 {
        self.send(client, &format!("GET {target}"), "", "").await.status
    }

    /// How many of these targets are served before one is not.
    async fn served(&self, client: &str, targets: impl IntoIterator<Item = String>) -> usize {
        let mut served = 0;
        for target in targets {
            if self.get(client, &target).await != 200 {
                break;
            }
            served += 1;
        }
        served
    }

    /// Findings so far: rule, category, action.
    fn told(&self) -> Vec<(String, String, String)> {
        let text = |event: &medward_contract::event::Event, field| event.text(field).unwrap_or_default().to_owned();
        let events = self.rig.recorder.of(Dataset::WafAttack);
        let told = |event| (text(event, Field::RuleId), text(event, Field::RuleCategory), event.action.to_string());
        events.iter().map(told).collect()
    }
}

fn reports(numbers: impl IntoIterator<Item = u32>) -> impl Iterator<Item = String> {
    numbers.into_iter().map(|number| format!("/report/{number}"))
}

fn found(rule: &str, action: &str) -> (String, String, String) {
    (rule.into(), "api_abuse".into(), action.into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn walker_is_refused_from_the_twentieth_number_for_the_window_and_told_about_once() {
    let site = Site::new(json!({ "action": "refuse" }), json!({})).await;
    assert_eq!(site.served(WALKER, reports(1_001..1_100)).await, 19);
    let refused = site.send(WALKER, "GET /report/7", "", "").await;
    assert_eq!((refused.status, refused.header("retry-after")), (429, Some("600")), "any report, not only the next");
    assert_eq!(site.get(WALKER, "/report/7/picture").await, 200, "another kind of path");
    assert_eq!(site.get(READER, "/report/1020").await, 200, "another client");
    assert_eq!(site.told(), [found("enumeration:path", "block")]);
    site.hand.advance(Duration::from_secs(600));
    assert_eq!(site.get(WALKER, "/report/7").await, 200);
    let reasons = site.rig.recorder.access(24).await;
    assert_eq!(reasons.iter().filter(|(_, reason)| reason == "enumeration").count(), 2, "{reasons:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reader_who_jumps_comes_back_and_loads_pictures_is_not_found() {
    let site = Site::new(json!({ "action": "refuse" }), json!({})).await;
    let mine = [4_711, 4_712, 9_026, 4_712, 4_711, 31_007];
    for _ in 0..10 {
        assert_eq!(site.served(READER, reports(mine)).await, mine.len());
        assert_eq!(site.served(READER, (1..=30).map(|number| format!("/img/{number}.png"))).await, 30);
    }
    assert_eq!(site.told(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_guesses_numbers_is_found_by_more_misses_than_hits() {
    let site = Site::new(json!({ "action": "refuse" }), json!({})).await;
    for number in 0..30_u32 {
        // Far apart, so that nothing of it is a walk. Of thirty, sixteen are not there.
        let (number, expected) = if number < 16 { (number * 2_000, 404) } else { (number * 2_000 + 1, 200) };
        assert_eq!(site.get(WALKER, &format!("/even-missing/{number}")).await, expected);
    }
    site.rig.recorder.access(30).await;
    assert_eq!(site.get(WALKER, "/even-missing/999").await, 429);
    assert_eq!(site.get(READER, "/even-missing/999").await, 200);
    assert_eq!(site.told(), [found("enumeration:path", "observe")], "the thirtieth was answered, the next was not");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn arguments_are_watched_in_queries_forms_and_json() {
    let site = Site::new(json!({ "action": "refuse", "paths": false, "arguments": ["report_no"] }), json!({})).await;
    let numbers = (1..=40).map(|number| format!("/q?report_no=MZ20261122-{number:04}"));
    assert_eq!(site.served(WALKER, numbers).await, 19);
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    assert_eq!(site.send(WALKER, "POST /q", form, "report_no=3").await.status, 429, "by whatever way it is sent");
    let json = "Content-Type: application/json\r\n";
    let mut statuses = Vec::new();
    for number in 1..=20 {
        statuses.push(site.send(READER, "POST /q", json, &json!({ "report_no": number }).to_string()).await.status);
    }
    assert_eq!((statuses.iter().filter(|status| **status == 200).count(), statuses[19]), (19, 429));
    assert_eq!(site.told(), [found("enumeration:arg.report_no", "block"), found("enumeration:arg.report_no", "block")]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn token_is_followed_over_addresses_and_tokens_of_one_address_are_apart() {
    let site = Site::new(json!({ "action": "refuse" }), json!({})).await;
    let with = async |client: String, token: &str, number: u32| {
        let headers = format!("X-API-Key: {token}\r\n");
        site.send(&client, &format!("GET /report/{number}"), &headers, "").await.status
    };
    let mut last = 0;
    for number in 1..=20 {
        last = with(format!("203.0.113.{number}"), "one", number).await;
    }
    assert_eq!(last, 429);
    for number in 1..=20 {
        let token = if number % 2 == 0 { "two" } else { "three" };
        last = with(WALKER.to_owned(), token, number).await;
    }
    assert_eq!(last, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finding_is_recorded_challenged_or_banned_as_the_object_says_and_it_may_say_nothing() {
    let record = Site::new(json!({ "action": "record" }), json!({})).await;
    assert_eq!(record.served(WALKER, reports(1..=40)).await, 40);
    assert_eq!(record.told(), [found("enumeration:path", "observe")]);
    let observing = Site::new(json!({ "action": "ban" }), json!({ "mode": "observe" })).await;
    assert_eq!(observing.served(WALKER, reports(1..=40)).await, 40);
    assert_eq!(observing.told(), [found("enumeration:path", "observe")]);
    let challenge = Site::new(json!({ "action": "refuse" }), json!({ "enumeration": { "action": "challenge" } })).await;
    assert_eq!(challenge.served(WALKER, reports(1..=40)).await, 19);
    assert!(challenge.send(WALKER, "GET /report/1", "", "").await.header("x-medward-challenge").is_some());
    assert_eq!(challenge.told(), [found("enumeration:path", "challenge")]);
    let ban = Site::new(json!({ "action": "ban" }), json!({})).await;
    assert_eq!(ban.served(WALKER, reports(1..=40)).await, 19);
    assert_eq!((ban.get(WALKER, "/").await, ban.get(READER, "/").await), (403, 200));
    let off = Site::new(json!({ "action": "refuse" }), json!({ "enumeration": { "action": "off" } })).await;
    assert_eq!(off.served(WALKER, reports(1..=40)).await, 40);
    let (_, listed) = off.rig.call(Role::Auditor, "GET", "/objects", "").await;
    let said = &listed["items"][0]["effective"]["enumeration"];
    assert_eq!((&said["value"], &said["from"]), (&Value::Null, &json!("object")), "{listed}");
}
