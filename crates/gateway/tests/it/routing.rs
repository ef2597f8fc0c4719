//! Who answers for which request, and what happens to requests that belong nowhere.

use crate::backend::Backend;
use crate::client::{RawClient, get};
use crate::rig::{Rig, site};

async fn status(rig: &Rig, host: &str, target: &str) -> u16 {
    let mut client = RawClient::connect(rig.http()).await;
    client.send(format!("GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
    client.response().await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_reach_the_object_of_their_host_and_path() {
    let (site, api) = (Backend::start(), Backend::start());
    let config = format!(
        "[[gateway.object]]\nname = \"site\"\nhosts = [\"tj.example.org\", \"*.tj.example.org\"]\nupstreams = [{:?}]\n\
         [[gateway.object]]\nname = \"api\"\nhosts = [\"tj.example.org\"]\npath_prefix = \"/api\"\nupstreams = [{:?}]\n",
        site.url(),
        api.url()
    );
    let rig = Rig::start(config).await;
    assert_eq!(status(&rig, "tj.example.org", "/apix").await, 200);
    assert_eq!(status(&rig, "TJ.Example.org:8080", "/api/x").await, 200);
    assert_eq!(status(&rig, "a.tj.example.org", "/api/x").await, 200);
    assert_eq!((site.requests().len(), api.requests().len()), (2, 1));
    assert_eq!(status(&rig, "unknown.example.org", "/").await, 404);
    for target in ["/x/../api/x", "/%61pi/x", "//api/x", "/api;v=1/x", "/x/..;/api"] {
        assert_eq!(status(&rig, "tj.example.org", target).await, 400, "{target}");
    }
    assert_eq!((site.requests().len(), api.requests().len()), (2, 1));
    let reasons = rig.recorder.access(9).await;
    assert_eq!(reasons[3], (404, "unknown_host".to_owned()));
    assert!(reasons[4..].iter().all(|reason| *reason == (400, "ambiguous_path".to_owned())), "{reasons:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn forwarded_address_is_believed_from_trusted_proxies_only() {
    let backend = Backend::start();
    let check = async |trusted: &str, forwarded: &str, expected: &str| {
        let config = format!(
            "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"\"\ntrusted_proxies = {trusted}\n{}",
            site(&[backend.url()], "")
        );
        let rig = Rig::start(config).await;
        let mut client = RawClient::connect(rig.http()).await;
        client.send(format!("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {forwarded}\r\n\r\n")).await;
        assert_eq!(client.response().await.status, 200);
        let seen = backend.requests();
        assert_eq!(seen.last().unwrap().header("x-forwarded-for"), Some(expected), "{trusted} {forwarded}");
        let access = rig.recorder.wait(medward_contract::event::Dataset::AccessRequest, 1).await;
        assert_eq!(access[0].text(medward_contract::event::Field::SourceIp), Some(expected));
    };
    check("[]", "203.0.113.9", "127.0.0.1").await;
    check("[\"127.0.0.0/8\"]", "203.0.113.9", "203.0.113.9").await;
    check("[\"127.0.0.0/8\", \"10.0.0.0/8\"]", "198.51.100.1, 203.0.113.9, 10.1.1.1", "203.0.113.9").await;
    check("[\"127.0.0.0/8\"]", "203.0.113.9, nonsense", "127.0.0.1").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pages_speak_the_clients_language_and_form() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let blocked = get(rig.http(), "/?id=1'%20or%20'1'='1").await;
    assert!(blocked.text().contains("事件编号"));
    let mut client = RawClient::connect(rig.http()).await;
    client.send("GET /?id=1'%20or%20'1'='1 HTTP/1.1\r\nHost: a\r\nAccept: application/json\r\n\r\n").await;
    let json: serde_json::Value = serde_json::from_slice(&client.response().await.body).unwrap();
    assert_eq!(json["status"], 403);
    client.send("GET /?id=1'%20or%20'1'='1 HTTP/1.1\r\nHost: a\r\nAccept-Language: en\r\n\r\n").await;
    assert!(client.response().await.text().contains("Request blocked"));
}
