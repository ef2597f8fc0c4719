//! The access guard in Debian's Chromium before TiddlyWiki (npm): an application that nobody changed (PACS-032, PACS-057,
//! PACS-058, PACS-065). Vault, identity and gateway are the real ones, in this process, so that the test owns the time.

use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use medward_kernel::Clock;
use medward_tests::peer::{Peer, command, free_address, require, texts};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpListener;

use crate::hospital::{Hospital, PASSWORD};

fn gateway(site: std::net::SocketAddr) -> String {
    format!("[gateway]\nhttp = \"\"\nhttps = \"{site}\"\n")
}

fn guard(level: Option<u32>) -> Value {
    json!({
        "name": "科室应用",
        "idle_minutes": 15,
        "areas": [{ "path_prefix": "/recipes/default/tiddlers.json", "polling": true },
                  { "path_prefix": "/status", "polling": true }],
        "level": level.map(|p95_ms| json!({ "p95_ms": p95_ms })),
    })
}

/// TiddlyWiki's own server, which believes a header about who asks and lets nobody else in.
fn tiddlywiki(console: &Path, folder: &Path) -> Peer {
    let program = console.join("node_modules/tiddlywiki/tiddlywiki.js");
    assert!(program.exists(), "the console's tools are missing: make console");
    let made = command("node").arg(&program).arg(folder).args(["--init", "server"]).output().unwrap();
    assert!(made.status.success(), "{}", texts(&made).1);
    let address = free_address();
    let mut server = command("node");
    server.arg(&program).arg(folder).arg("--listen").arg(format!("port={}", address.port()));
    server.args(["host=127.0.0.1", "authenticated-user-header=X-Medward-User", "readers=(authenticated)"]);
    server.stdout(Stdio::null()).stderr(Stdio::null());
    Peer::listening(server, address)
}

#[tokio::test(flavor = "multi_thread")]
async fn person_signs_in_before_an_unmodified_application_in_a_browser() {
    if require("chromium").is_none() {
        return;
    }
    let console = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("console");
    let folder = tempfile::tempdir().unwrap();
    let wiki = tiddlywiki(&console, &folder.path().join("wiki"));
    let (data, site) = (folder.path().join("data"), free_address());
    let hospital = Hospital::start(&data, &gateway(site), (Clock::system(), None)).await;
    let people = hospital.administrators().await;
    let (sysadmin, secadmin) = (hospital.login(&people[0]).await, hospital.login(&people[1]).await);
    hospital.account((&sysadmin, &secadmin), "wang.min", 5).await;
    hospital.account((&sysadmin, &secadmin), "batch.night", 9).await;
    let (made, _) = hospital.send(&secadmin, "POST", "/gateway/guards", &guard(None)).await;
    let id = made["id"].as_str().unwrap();
    let object = json!({ "name": "科室文档", "hosts": ["*"], "upstreams": [format!("http://{}", wiki.address)],
        "settings": { "guard_id": id } });
    hospital.send(&secadmin, "POST", "/gateway/objects", &object).await;

    let control = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut journey = command("npx");
    journey
        .args(["vitest", "run", "--config", "vitest.guard.config.ts"])
        .current_dir(&console)
        .env("MEDWARD_GUARD_SITE", format!("https://{site}"))
        .env("MEDWARD_GUARD_CONTROL", control.local_addr().unwrap().port().to_string())
        .env("MEDWARD_GUARD_PASSWORD", PASSWORD);
    let mut running = tokio::task::spawn_blocking(move || journey.output().unwrap());
    let mut hospital = hospital;
    let output = loop {
        let accepted = tokio::select! {
            output = &mut running => break output.unwrap(),
            accepted = control.accept() => accepted,
        };
        let mut stream = BufReader::new(accepted.unwrap().0);
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        match line.trim().split_once(' ').unwrap_or((line.trim(), "")) {
            ("level", p95) => {
                let wanted = guard(Some(p95.parse().unwrap()));
                hospital.send(&secadmin, "PUT", &format!("/gateway/guards/{id}"), &wanted).await;
            }
            ("restart", _) => {
                let Hospital { house, api, .. } = hospital;
                drop(api);
                assert_eq!(house.stop().await, Vec::<String>::new());
                let (clock, hand) = Clock::manual(Clock::system().now());
                hospital = Hospital::start(&data, &gateway(site), (clock, Some(hand))).await;
            }
            ("advance", seconds) => {
                hospital.hand.as_ref().unwrap().advance(Duration::from_secs(seconds.parse().unwrap()));
            }
            other => panic!("nobody knows what {other:?} means"),
        }
        stream.get_mut().write_all(b"ok\n").await.unwrap();
    };
    let (stdout, stderr, code) = texts(&output);
    println!("{stdout}");
    assert_eq!(code, 0, "{stderr}");
    assert!(!stdout.contains("skipped"), "{stdout}");
}
