//! Changes of the policy under load (gateway.md §14; §15, item 3): requests keep the policy that they began with, connections
//! outlive it.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use medward_contract::Role;
use medward_store::testkit::spawn;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::client::RawClient;
use crate::peers::have;
use crate::rig::Rig;

const CHANGES: usize = 1000;
const CLIENTS: usize = 4;
const ATTACK: &str = "/?id=1'%20or%20'1'='1";

/// `wrk`, until it is interrupted: what it printed.
struct Wrk(tokio::process::Child);

impl Wrk {
    fn start(url: &str) -> Self {
        let child = tokio::process::Command::new("wrk")
            .args(["--threads=1", "--connections=8", "--duration=1h", "--timeout=30s", "--header=Host: a", url])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn();
        Self(child.unwrap())
    }

    async fn stop(self) -> String {
        let pid = self.0.id().unwrap().to_string();
        assert!(tokio::process::Command::new("kill").args(["-INT", &pid]).status().await.unwrap().success());
        String::from_utf8(self.0.wait_with_output().await.unwrap().stdout).unwrap()
    }
}

async fn ask(client: &mut RawClient, target: &str) -> u16 {
    client.send(format!("GET {target} HTTP/1.1\r\nHost: a\r\n\r\n")).await;
    client.response().await.status
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousand_policies_in_a_row_drop_no_connection_and_no_request() {
    if !have("wrk") {
        return;
    }
    let backend = Backend::start();
    let rig = Rig::start("").await;
    let object = |mode: &str, threshold: usize| {
        let settings = json!({ "mode": mode, "threshold_in": threshold });
        json!({ "name": "a", "hosts": ["a"], "upstreams": [backend.url()], "settings": settings }).to_string()
    };
    let (code, made) = rig.call(Role::Secadmin, "POST", "/objects", &object("block", 5)).await;
    assert_eq!(code, 201, "{made}");
    let path = format!("/objects/{}", made["id"].as_str().unwrap());

    let mut waiting = RawClient::connect(rig.http()).await;
    waiting.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n").await;
    let done = Arc::new(AtomicBool::new(false));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (done, address) = (done.clone(), rig.http());
            spawn(async move {
                // One connection from the first request to the last: a second one is never opened.
                let mut client = RawClient::connect(address).await;
                let (mut served, mut refused) = (0_u32, 0_u32);
                while !done.load(Ordering::Relaxed) {
                    assert_eq!(ask(&mut client, "/honest?page=2").await, 200);
                    match ask(&mut client, ATTACK).await {
                        200 => served += 1,
                        403 => refused += 1,
                        other => panic!("an attack got {other}"),
                    }
                }
                (served, refused)
            })
        })
        .collect();
    let wrk = Wrk::start(&format!("http://{}/honest?page=2", rig.http()));
    for change in 0..CHANGES {
        let mode = if change % 2 == 0 { "observe" } else { "block" };
        let (code, answer) = rig.call(Role::Secadmin, "PUT", &path, &object(mode, 5 + change % 7)).await;
        assert_eq!(code, 200, "change {change}: {answer}");
        if change == 100 {
            backend.go_on.notify_one();
            assert_eq!(waiting.response().await.status, 200, "a request outlives a hundred policies");
        }
    }
    let told = wrk.stop().await;
    let requests = told.lines().find_map(|line| line.split_once(" requests in ")).expect("what wrk counted").0;
    assert!(requests.trim().parse::<usize>().unwrap() > CHANGES, "{told}");
    assert!(!told.contains("Socket errors") && !told.contains("Non-2xx"), "{told}");
    done.store(true, Ordering::Relaxed);
    for client in clients {
        let (served, refused) = client.await.unwrap();
        assert!(served > 0 && refused > 0, "both policies were in force: {served} and {refused}");
    }
    let (_, status): (u16, Value) = rig.call(Role::Secadmin, "GET", "/status", "").await;
    assert_eq!(status["generation_running"], status["generation_latest"], "{status}");
}
