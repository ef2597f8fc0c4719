//! Proof of work over real sockets (CD-044, CD-045): who is challenged, what a solution is good for, and for whom.

use medward_contract::Role;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::client::{RawClient, Response};
use crate::rig::Rig;

/// The gateway believes what 127.0.0.1 says about clients.
const CONFIG: &str = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n";

/// One site for every host, with these settings.
async fn protect(rig: &Rig, backend: &Backend, settings: Value) {
    let site = json!({ "name": "site", "hosts": ["*"], "upstreams": [backend.url()], "settings": settings });
    let (code, made) = rig.call(Role::Secadmin, "POST", "/objects", &site.to_string()).await;
    assert_eq!(code, 201, "{made}");
}

async fn send(rig: &Rig, line: &str, headers: &str, body: &str) -> Response {
    let mut raw = RawClient::connect(rig.http()).await;
    raw.send(format!(
        "{line} HTTP/1.1\r\nHost: tj.example.org\r\nUser-Agent: Mozilla/5.0\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    ))
    .await;
    raw.response().await
}

/// Solves the challenge that this answer carries.
async fn solve(rig: &Rig, challenged: &Response, from: &str) -> Response {
    let told = challenged.header("x-medward-challenge").unwrap();
    let (token, bits) = told.strip_prefix("token=").unwrap().split_once(", bits=").unwrap();
    let counter = medward_defence::challenge::solve(token, bits.parse().unwrap()).unwrap();
    let headers = format!("X-Forwarded-For: {from}\r\nContent-Type: application/x-www-form-urlencoded\r\n");
    send(rig, "POST /.medward/challenge", &headers, &format!("token={token}&counter={counter}&to=/")).await
}

fn cookie_of(solved: &Response) -> String {
    solved.header("set-cookie").unwrap().split(';').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client_passes_after_it_has_solved_a_challenge_once_and_only_itself() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({ "challenge": "always" })).await;
    let from = "X-Forwarded-For: 203.0.113.9\r\n";
    let challenged = send(&rig, "GET /a", from, "").await;
    assert_eq!(challenged.status, 403);
    assert!(backend.requests().is_empty());
    let solved = solve(&rig, &challenged, "203.0.113.9").await;
    assert_eq!(solved.status, 204);
    let set = solved.header("set-cookie").unwrap();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax") && !set.contains("Secure"), "{set}");
    let cookie = cookie_of(&solved);
    let with = |from: &str| format!("X-Forwarded-For: {from}\r\nCookie: x=1; {cookie}\r\n");
    assert_eq!(send(&rig, "GET /a", &with("203.0.113.9"), "").await.status, 200);
    assert_eq!(send(&rig, "GET /a", &with("203.0.113.200"), "").await.status, 200, "its network");
    assert_eq!(send(&rig, "GET /a", &with("198.51.100.1"), "").await.status, 403, "somebody else");
    assert_eq!(solve(&rig, &challenged, "203.0.113.9").await.status, 403, "a token is spent once");
    let reasons: Vec<_> = rig.recorder.access(6).await.into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons.iter().filter(|reason| *reason == "challenge").count(), 3, "{reasons:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn browser_gets_a_page_that_runs_nothing_of_anybody_else() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({ "challenge": "always" })).await;
    let page = send(&rig, "GET /a?x=%22%3E%3Cscript%3E", "Accept: text/html\r\nAccept-Language: zh-CN\r\n", "").await;
    assert_eq!((page.status, page.header("content-type")), (403, Some("text/html; charset=utf-8")));
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'nonce-"), "{policy}");
    let text = String::from_utf8(page.body.clone()).unwrap();
    assert!(text.contains("安全检查") && text.contains("data-to=\"/a?x=%22%3E%3Cscript%3E\""), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn solved_challenge_is_not_a_way_around_the_limit_that_asked_for_it() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({})).await;
    let limit = json!({ "name": "首页", "keys": ["ip"], "count": "requests", "window_seconds": 3600, "threshold": 2,
        "action": "challenge" });
    assert_eq!(rig.call(Role::Secadmin, "POST", "/limits", &limit.to_string()).await.0, 201);
    let from = "X-Forwarded-For: 203.0.113.9\r\n";
    let mut statuses = Vec::new();
    for _ in 0..2 {
        statuses.push(send(&rig, "GET /a", from, "").await.status);
    }
    let challenged = send(&rig, "GET /a", from, "").await;
    assert_eq!((statuses, challenged.status), (vec![200, 200], 403));
    let cookie = cookie_of(&solve(&rig, &challenged, "203.0.113.9").await);
    let headers = format!("{from}Cookie: {cookie}\r\n");
    let mut passed = 0;
    while send(&rig, "GET /a", &headers, "").await.status == 200 {
        passed += 1;
    }
    assert_eq!(passed, 8, "four times the limit, then 429");
    assert_eq!(send(&rig, "GET /a", &headers, "").await.status, 429);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_not_ours_below_our_paths_is_not_found_and_never_reaches_the_application() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({})).await;
    assert_eq!(send(&rig, "GET /.medward/anything", "", "").await.status, 404);
    assert_eq!(send(&rig, "GET /.medward/challenge", "", "").await.status, 404);
    let large = "x".repeat(50_000);
    assert_eq!(send(&rig, "POST /.medward/challenge", "", &large).await.status, 413);
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    assert_eq!(send(&rig, "POST /.medward/challenge", form, "token=made-up&counter=1").await.status, 403);
    assert!(backend.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn waiting_room_lets_in_as_many_as_it_holds_in_their_order() {
    let backend = Backend::start();
    let (setup, hand) = crate::rig::Setup::new(CONFIG).with_manual_clock();
    let rig = setup.start().await;
    let room = json!({ "waiting_room": { "max_active": 1, "admissions_per_second": 10 } });
    protect(&rig, &backend, room).await;
    let page = "Accept: text/html\r\n";
    let with = |cookie: &str| format!("{page}Cookie: {cookie}\r\n");
    let first = send(&rig, "GET /", page, "").await;
    assert_eq!(first.status, 200);
    let inside = cookie_of(&first);
    let second = send(&rig, "GET /book?day=1", page, "").await;
    assert_eq!((second.status, second.header("content-type")), (503, Some("text/html; charset=utf-8")));
    assert!(second.text().contains("data-to=\"/book?day=1\""), "{}", second.text());
    let waiting = cookie_of(&second);
    let third = cookie_of(&send(&rig, "GET /", page, "").await);
    assert_eq!(send(&rig, "GET /api", "Accept: application/json\r\n", "").await.status, 503, "nobody slips by");
    assert_eq!(send(&rig, "GET /next", &with(&inside), "").await.status, 200, "who is inside stays");
    let place = async |cookie: &str| {
        let told = send(&rig, "GET /.medward/waiting", &format!("Cookie: {cookie}\r\n"), "").await;
        let place: Value = serde_json::from_slice(&told.body).unwrap();
        (place["admitted"].as_bool().unwrap(), place["position"].as_u64())
    };
    assert_eq!((place(&waiting).await, place(&third).await), ((false, Some(1)), (false, Some(2))));
    // The one inside leaves; those who wait go on asking.
    for _ in 0..7 {
        hand.advance(std::time::Duration::from_secs(9));
        place(&waiting).await;
        place(&third).await;
    }
    assert_eq!((place(&waiting).await.0, place(&third).await), (true, (false, Some(1))));
    assert_eq!(send(&rig, "GET /book?day=1", &with(&waiting), "").await.status, 200);
    assert_eq!(send(&rig, "GET /.medward/waiting", "", "").await.status, 404);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn scanners_are_refused_tools_are_challenged_and_browsers_are_left_alone() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({ "bots": "block" })).await;
    let as_agent = async |agent: &str, more: &str| {
        let mut raw = RawClient::connect(rig.http()).await;
        raw.send(format!("GET / HTTP/1.1\r\nHost: tj.example.org\r\nUser-Agent: {agent}\r\n{more}\r\n")).await;
        raw.response().await
    };
    let browser = "Accept: text/html\r\nAccept-Language: zh-CN\r\n";
    let chrome = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";
    assert_eq!(as_agent(chrome, browser).await.status, 200);
    let scanner = as_agent("sqlmap/1.8#stable (https://sqlmap.org)", "").await;
    assert_eq!((scanner.status, scanner.header("x-medward-challenge")), (403, None));
    let tool = as_agent("python-requests/2.32", "Accept: */*\r\n").await;
    assert!(tool.status == 403 && tool.header("x-medward-challenge").is_some());
    let reasons: Vec<_> = rig.recorder.access(3).await.into_iter().map(|(_, reason)| reason).collect();
    assert_eq!(reasons, ["", "bot", "challenge"]);
}

const CHROME: &str =
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36";

/// A browser at this address asks for a page.
async fn browse(rig: &Rig, path: &str, from: &str) -> Response {
    let mut raw = RawClient::connect(rig.http()).await;
    raw.send(format!(
        "GET {path} HTTP/1.1\r\nHost: tj.example.org\r\nUser-Agent: {CHROME}\r\nAccept: text/html\r\n\
         Accept-Language: zh-CN\r\nX-Forwarded-For: {from}\r\n\r\n"
    ))
    .await;
    raw.response().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_follows_the_hidden_link_is_a_robot_and_nobody_can_be_sent_there() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({ "bots": "challenge", "challenge": "always" })).await;
    let page = browse(&rig, "/", "203.0.113.9").await.text();
    let link = page.split("href=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(link.starts_with("/.medward/trap?"), "{link}");
    assert_eq!(browse(&rig, link, "198.51.100.1").await.status, 404, "somebody else planted it");
    assert_eq!(browse(&rig, "/.medward/trap", "198.51.100.1").await.status, 404);
    let bits = async || {
        let mut raw = RawClient::connect(rig.http()).await;
        let head = format!("Host: tj.example.org\r\nUser-Agent: {CHROME}\r\nX-Forwarded-For: 203.0.113.9");
        raw.send(format!("GET / HTTP/1.1\r\n{head}\r\n\r\n")).await;
        let told = raw.response().await.header("x-medward-challenge").unwrap().to_owned();
        told.rsplit_once("bits=").unwrap().1.parse::<u8>().unwrap()
    };
    let before = bits().await;
    assert_eq!(browse(&rig, link, "203.0.113.9").await.status, 404);
    assert!(bits().await > before, "its work is harder now");
    let reasons: Vec<_> = rig.recorder.access(6).await.into_iter().map(|(_, reason)| reason).collect();
    let nowhere = "unknown_host";
    assert_eq!(reasons, ["challenge", nowhere, nowhere, "challenge", nowhere, "challenge"]);
    assert!(backend.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn challenge_is_harder_the_more_a_client_looks_like_a_program() {
    let backend = Backend::start();
    let rig = Rig::start(CONFIG).await;
    protect(&rig, &backend, json!({ "bots": "challenge", "challenge": "always" })).await;
    for (agent, bits) in [("Mozilla/5.0", 18), ("Scrapy/2.11 (+https://scrapy.org)", 20), ("sqlmap/1.8#stable", 22)] {
        let mut raw = RawClient::connect(rig.http()).await;
        raw.send(format!("GET / HTTP/1.1\r\nHost: tj.example.org\r\nUser-Agent: {agent}\r\n\r\n")).await;
        let told = raw.response().await.header("x-medward-challenge").unwrap().to_owned();
        assert!(told.ends_with(&format!("bits={bits}")), "{agent}: {told}");
    }
}
