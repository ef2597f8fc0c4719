//! Captchas over real sockets (CD-187, gateway.md §9): who is asked, what an answer is good for, and for whom. The tests have
//! the key of the gateway, and read in the picture what it was drawn from.

use std::time::Duration;

use medward_contract::Role;
use medward_crypto::{Domain, Secret};
use medward_defence::challenge::{Challenger, solve};
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::client::{RawClient, Response};
use crate::rig::{Rig, Setup};

/// The gateway believes what 127.0.0.1 says about clients.
const CONFIG: &str = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n";

struct Site {
    rig: Rig,
    backend: Backend,
}

impl Site {
    /// One site for every host; a captcha before `/book`.
    async fn new(setup: Setup) -> Self {
        let (rig, backend) = (setup.start().await, Backend::start());
        let site = Self { rig, backend };
        site.make("/objects", json!({ "name": "site", "hosts": ["*"], "upstreams": [site.backend.url()] })).await;
        let booking = json!({ "field": "path", "op": "prefix", "value": "/book" });
        site.make("/rules", json!({ "name": "预约", "number": 2, "action": "captcha", "condition": booking })).await;
        site
    }

    async fn make(&self, path: &str, body: Value) {
        let (code, made) = self.rig.call(Role::Secadmin, "POST", path, &body.to_string()).await;
        assert_eq!(code, 201, "{made}");
    }

    async fn send(&self, client: &str, line: &str, headers: &str, body: &str) -> Response {
        let mut raw = RawClient::connect(self.rig.http()).await;
        let length = body.len();
        raw.send(format!(
            "{line} HTTP/1.1\r\nHost: tj.example.org\r\nUser-Agent: Mozilla/5.0\r\nX-Forwarded-For: {client}\r\n{headers}\
             Content-Length: {length}\r\n\r\n{body}"
        ))
        .await;
        raw.response().await
    }

    async fn page(&self, client: &str, target: &str, cookie: &str) -> Response {
        self.send(client, &format!("GET {target}"), &format!("Accept: text/html\r\nCookie: x=1; {cookie}\r\n"), "")
            .await
    }

    async fn answer(&self, client: &str, token: &str, answer: &str, to: &str) -> Response {
        let headers = "Accept: text/html\r\nContent-Type: application/x-www-form-urlencoded\r\n";
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.extend_pairs([("token", token), ("answer", answer), ("to", to)]);
        self.send(client, "POST /.medward/captcha", headers, &form.finish()).await
    }

    /// What stands in the picture of this token.
    fn read(&self, token: &str) -> String {
        let key = self.rig.house.kit().keys.mac(Domain::GatewayDefence, b"challenge");
        Challenger::new(Secret::new(key)).captcha_text(token).unwrap()
    }
}

const PATIENT: &str = "203.0.113.9";

/// The token of a page with a picture.
fn token_of(page: &Response) -> String {
    let text = page.text();
    assert!(page.status == 403 && text.contains("<svg"), "{} {text}", page.status);
    text.split("name=\"token\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

fn cookie_of(answer: &Response) -> String {
    answer.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_reads_the_picture_comes_back_to_where_it_wanted_and_passes() {
    let site = Site::new(Setup::new(CONFIG)).await;
    let asked = site.page(PATIENT, "/book?day=1", "").await;
    let token = token_of(&asked);
    assert!(
        asked.text().contains("请输入验证码") && asked.text().contains("value=\"/book?day=1\""),
        "{}",
        asked.text()
    );
    assert!(asked.header("content-security-policy").unwrap().contains("form-action 'self'"));
    assert!(site.backend.requests().is_empty());
    let right = site.read(&token);
    let taken = site.answer(PATIENT, &token, &right.to_lowercase(), "/book?day=1").await;
    assert_eq!((taken.status, taken.header("location")), (303, Some("/book?day=1")));
    let set = taken.header("set-cookie").unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Max-Age=1800"), "{set}");
    assert_eq!(site.page(PATIENT, "/book?day=1", &cookie_of(&taken)).await.status, 200);
    assert_eq!(site.page(PATIENT, "/", "").await.status, 200, "nothing is asked elsewhere");
    let again = site.answer(PATIENT, &token, &right, "/book").await;
    assert_ne!(token_of(&again), token, "it is spent, and there is another picture");
    assert_eq!(again.header("set-cookie"), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_passed_a_captcha_meets_the_rules_behind_it() {
    let site = Site::new(Setup::new(CONFIG)).await;
    let agent = json!({ "field": "arg.kind", "op": "eq", "value": "all" });
    site.make("/rules", json!({ "name": "全部", "number": 1, "action": "block", "condition": agent })).await;
    let closed = json!({ "field": "path", "op": "prefix", "value": "/book/closed" });
    site.make("/rules", json!({ "name": "关闭", "number": 3, "action": "block", "condition": closed })).await;
    let token = token_of(&site.page(PATIENT, "/book", "").await);
    let cookie = cookie_of(&site.answer(PATIENT, &token, &site.read(&token), "/book").await);
    for (target, status) in [("/book/open", 200), ("/book/closed", 403), ("/book/open?kind=all", 403)] {
        assert_eq!(site.page(PATIENT, target, &cookie).await.status, status, "{target}");
    }
    assert_eq!(site.backend.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_answer_shows_the_picture_again_and_the_fifth_another() {
    let site = Site::new(Setup::new(CONFIG)).await;
    let token = token_of(&site.page(PATIENT, "/book", "").await);
    for _ in 0..4 {
        let wrong = site.answer(PATIENT, &token, "AAAAA", "//elsewhere.example/").await;
        assert_eq!((token_of(&wrong), wrong.header("set-cookie")), (token.clone(), None));
        assert!(wrong.text().contains("输入不正确") && !wrong.text().contains("elsewhere"), "{}", wrong.text());
    }
    let fifth = site.answer(PATIENT, &token, "AAAAA", "/book").await;
    assert!(fifth.text().contains("输入不正确") && token_of(&fifth) != token);
    let late = site.answer(PATIENT, &token, &site.read(&token), "/book").await;
    let next = token_of(&late);
    assert!(next != token && late.header("set-cookie").is_none());
    assert_eq!(site.answer(PATIENT, &next, &site.read(&next), "/book").await.status, 303);
    let made_up = site.answer(PATIENT, "made-up", "AAAAA", "/book").await;
    assert_ne!(token_of(&made_up), next);
    let reasons: Vec<_> = site.rig.recorder.access(9).await.into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons.iter().filter(|reason| *reason == "challenge").count(), 8, "{reasons:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn picture_and_cookie_are_of_one_client_and_the_picture_lasts_two_minutes() {
    let (setup, hand) = Setup::new(CONFIG).with_manual_clock();
    let site = Site::new(setup).await;
    let token = token_of(&site.page(PATIENT, "/book", "").await);
    let right = site.read(&token);
    let stolen = site.answer("198.51.100.1", &token, &right, "/book").await;
    assert!(token_of(&stolen) != token && stolen.header("set-cookie").is_none());
    hand.advance(Duration::from_secs(119));
    let taken = site.answer(PATIENT, &token, &right, "/book").await;
    assert_eq!(taken.status, 303, "what others did was no try");
    assert_eq!(site.page("198.51.100.1", "/book", &cookie_of(&taken)).await.status, 403);
    let token = token_of(&site.page(PATIENT, "/book", "").await);
    hand.advance(Duration::from_secs(120));
    let late = site.answer(PATIENT, &token, &site.read(&token), "/book").await;
    assert_ne!(token_of(&late), token);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn work_does_not_stand_in_for_a_captcha_but_a_captcha_for_work() {
    let site = Site::new(Setup::new(CONFIG)).await;
    let costly = json!({ "field": "path", "op": "prefix", "value": "/search" });
    site.make("/rules", json!({ "name": "检索", "number": 1, "action": "challenge", "condition": costly })).await;
    let told = site.send(PATIENT, "GET /search", "", "").await.header("x-medward-challenge").unwrap().to_owned();
    let (token, bits) = told.strip_prefix("token=").unwrap().split_once(", bits=").unwrap();
    let counter = solve(token, bits.parse().unwrap()).unwrap();
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let body = format!("token={token}&counter={counter}");
    let worked = cookie_of(&site.send(PATIENT, "POST /.medward/challenge", form, &body).await);
    assert_eq!(site.page(PATIENT, "/search", &worked).await.status, 200);
    let token = token_of(&site.page(PATIENT, "/book", &worked).await);
    let read = cookie_of(&site.answer(PATIENT, &token, &site.read(&token), "/book").await);
    assert_eq!(site.page(PATIENT, "/book", &read).await.status, 200);
    assert_eq!(site.page(PATIENT, "/search", &read).await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn program_is_told_that_a_page_is_needed_and_gets_no_picture() {
    let site = Site::new(Setup::new(CONFIG)).await;
    let told = site.send(PATIENT, "GET /book", "Accept: application/json\r\n", "").await;
    assert_eq!((told.status, told.header("x-medward-challenge")), (403, Some("captcha")));
    assert_eq!((told.header("content-type"), told.text().contains("<svg")), (Some("application/json"), false));
    let wrong = site.send(PATIENT, "POST /.medward/captcha", "", "token=a&answer=b").await;
    assert_eq!((wrong.status, wrong.header("content-type")), (403, Some("application/json")));
    assert_eq!(site.send(PATIENT, "GET /.medward/captcha", "", "").await.status, 404);
    let large = "x".repeat(50_000);
    assert_eq!(site.send(PATIENT, "POST /.medward/captcha", "", &large).await.status, 413);
    assert!(site.backend.requests().is_empty());
}

/// After failed logins a captcha is asked for, and without it the right password is of no use (CD-187).
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn limit_of_failed_logins_asks_for_a_captcha_and_four_times_as_many_are_all() {
    let site = Site::new(Setup::new(CONFIG)).await;
    let guessing = json!({ "name": "登录", "keys": ["ip"], "count": "requests", "window_seconds": 3600, "threshold": 2,
        "action": "captcha", "when": { "field": "path", "op": "eq", "value": "/login" } });
    site.make("/limits", guessing).await;
    for _ in 0..2 {
        assert_eq!(site.page(PATIENT, "/login", "").await.status, 200);
    }
    let token = token_of(&site.page(PATIENT, "/login", "").await);
    assert_eq!(site.page("198.51.100.1", "/login", "").await.status, 200, "somebody else");
    let cookie = cookie_of(&site.answer(PATIENT, &token, &site.read(&token), "/login").await);
    for _ in 0..8 {
        assert_eq!(site.page(PATIENT, "/login", &cookie).await.status, 200);
    }
    assert_eq!(site.page(PATIENT, "/login", &cookie).await.status, 429);
}
