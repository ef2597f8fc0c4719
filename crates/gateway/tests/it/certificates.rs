//! Certificates of sites: uploaded through the API, served at the next handshake, verified by openssl and curl.

use std::process::Stdio;

use medward_contract::Role;
use medward_store::{Db, StoreConfig, outbox_waiting};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::authority::{Authority, Issued};
use crate::backend::Backend;
use crate::client::RawClient;
use crate::peers::have;
use crate::recorder::PATIENCE;
use crate::rig::{Rig, Setup, site};
use crate::tls::connect;

fn upload(chain: &str, key: &str) -> String {
    json!({"chain_pem": chain, "private_key_pem": key}).to_string()
}

async fn put(rig: &Rig, path: &str, chain: &str, key: &str) -> (u16, Value) {
    let method = if path.len() > "/certificates/check".len() { "PUT" } else { "POST" };
    rig.call(Role::Sysadmin, method, path, &upload(chain, key)).await
}

/// What `openssl s_client` says of a handshake for this name.
async fn handshake(rig: &Rig, authority: &Authority, name: &str) -> String {
    let address = rig.https().to_string();
    let mut child = tokio::process::Command::new("openssl")
        .args(["s_client", "-connect", &address, "-servername", name, "-verify_hostname", name, "-verify_return_error"])
        .arg("-CAfile")
        .arg(authority.root_file())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // Lets the handshake end before it is asked to leave.
    stdin.write_all(b"Q\n").await.unwrap();
    let output = tokio::time::timeout(PATIENCE, child.wait_with_output()).await.unwrap().unwrap();
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn fingerprint(stored: &Value) -> &str {
    stored["facts"]["fingerprint"].as_str().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn uploaded_certificate_serves_the_next_handshake_and_living_connections_go_on() {
    if !have("openssl") || !have("curl") {
        return;
    }
    let (authority, backend) = (Authority::new(), Backend::start());
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let (stream, before) = connect(rig.https(), "tj.example.org", &[], rustls::DEFAULT_VERSIONS).await;
    let mut living = RawClient::over(stream);
    assert_eq!(living.get("/").await.status, 200);

    let first = authority.issue("DNS:tj.example.org,DNS:*.pay.example.org", 90);
    // The file as it came: the root first, the intermediate twice, the certificate in the middle.
    let (root, between) = (authority.pem("root.pem"), authority.pem("between.pem"));
    let chain = format!("{root}{between}{}{between}", first.leaf);
    let (status, stored) = put(&rig, "/certificates", &chain, &first.key).await;
    assert_eq!(status, 201, "{stored}");
    assert_eq!(stored["name"], "tj.example.org");
    assert_eq!(stored["facts"]["chain"], json!(["CN=Between"]));
    assert_eq!((&stored["facts"]["key"], &stored["facts"]["doubts"]), (&json!("P-256"), &json!([])));
    for name in ["tj.example.org", "a.pay.example.org"] {
        let said = handshake(&rig, &authority, name).await;
        assert!(said.contains("Verify return code: 0 (ok)"), "{name}: {said}");
    }
    assert!(!handshake(&rig, &authority, "other.example.org").await.contains("Verify return code: 0 (ok)"));
    let port = rig.https().port();
    let curl = tokio::process::Command::new("curl")
        .args(["-s", "--http2", "-o", "-", "--resolve", &format!("tj.example.org:{port}:127.0.0.1"), "--cacert"])
        .arg(authority.root_file())
        .arg(format!("https://tj.example.org:{port}/x"))
        .output()
        .await
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&curl.stdout), "you asked for /x");

    // Renewed: the same names, a new key.
    let renewed = authority.issue("DNS:tj.example.org,DNS:*.pay.example.org", 180);
    let id = stored["id"].as_str().unwrap();
    let (status, replaced) = put(&rig, &format!("/certificates/{id}"), &renewed.chain(&authority), &renewed.key).await;
    assert_eq!((status, &replaced["id"]), (200, &stored["id"]), "{replaced}");
    let (_, served) = connect(rig.https(), "tj.example.org", &[], rustls::DEFAULT_VERSIONS).await;
    assert_eq!(medward_kernel::tls::fingerprint(&served), fingerprint(&replaced));
    assert_ne!(fingerprint(&replaced), fingerprint(&stored));
    assert_eq!(living.get("/still").await.status, 200, "the connection made before all this goes on");

    assert_eq!(rig.call(Role::Sysadmin, "DELETE", &format!("/certificates/{id}"), "").await.0, 204);
    let (_, served) = connect(rig.https(), "tj.example.org", &[], rustls::DEFAULT_VERSIONS).await;
    assert_eq!(served, before, "the default one");
    assert_eq!(rig.call(Role::Sysadmin, "DELETE", &format!("/certificates/{id}"), "").await.1["code"], "GTW-0201");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificate_outlives_a_restart_and_its_key_stands_nowhere_in_clear() {
    if !have("openssl") {
        return;
    }
    let (authority, backend) = (Authority::new(), Backend::start());
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let issued = authority.issue("DNS:tj.example.org", 90);
    let (status, stored) = put(&rig, "/certificates", &issued.chain(&authority), &issued.key).await;
    assert_eq!(status, 201, "{stored}");
    let (_, list) = rig.call(Role::Auditor, "GET", "/certificates", "").await;
    assert!(!list.to_string().contains("PRIVATE") && !list.to_string().contains(key_line(&issued)));
    assert!(rig.house.stop().await.is_empty());
    let mut files = vec![rig.directory.path().to_owned()];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            let key = key_line(&issued).as_bytes();
            assert!(!bytes.windows(key.len()).any(|window| window == key), "{}", path.display());
        }
    }
    let again = Setup { directory: rig.directory, ..Setup::new(site(&[backend.url()], "")) }.start().await;
    let (_, served) = connect(again.https(), "tj.example.org", &[], rustls::DEFAULT_VERSIONS).await;
    assert_eq!(medward_kernel::tls::fingerprint(&served), fingerprint(&stored));
}

/// A line of the key that would give it away.
fn key_line(issued: &Issued) -> &str {
    issued.key.lines().find(|line| !line.starts_with('-')).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_visitors_would_not_trust_is_refused_and_what_is_served_goes_on() {
    if !have("openssl") {
        return;
    }
    let (authority, backend) = (Authority::new(), Backend::start());
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let good = authority.issue("DNS:tj.example.org", 90);
    let chain = good.chain(&authority);
    assert_eq!(put(&rig, "/certificates", &chain, &good.key).await.0, 201);
    let (_, before) = connect(rig.https(), "tj.example.org", &[], rustls::DEFAULT_VERSIONS).await;

    let rsa = |bits: &str| format!("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:{bits}");
    let other = authority.issue("DNS:tj.example.org", 90);
    let short = authority.issue_with(&rsa("1024"), "DNS:a", 90, "-sha256");
    let sha1 = authority.issue_with(&rsa("2048"), "DNS:a", 90, "-sha1");
    let p521 = authority.issue_with("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521", "DNS:a", 90, "-sha256");
    let nameless = authority.issue("", 90);
    let stranger = Authority::new().issue("DNS:stranger", 90).leaf;
    let locked = authority.convert_key(&good.key, "pkey -aes256 -passout pass:secret");
    let cases: [(&str, &str, &str, &str); 12] = [
        (&chain, &other.key, "private_key_pem", "belongs to none"),
        (&chain, &locked, "private_key_pem", "locked with a password"),
        (&chain, &chain, "private_key_pem", "no private key"),
        (&p521.leaf, &p521.key, "private_key_pem", "of this kind"),
        (&short.leaf, &short.key, "chain_pem", "1024 bits"),
        (&sha1.leaf, &sha1.key, "chain_pem", "SHA-1"),
        (&nameless.leaf, &nameless.key, "chain_pem", "names no host"),
        ("no certificate", &good.key, "chain_pem", "no certificate in it"),
        (&format!("{chain}{}", good.key), &good.key, "chain_pem", "holds a private key"),
        (&format!("{chain}{stranger}"), &good.key, "chain_pem", "no part of the chain"),
        (&good.leaf.replace('M', "N"), &good.key, "chain_pem", "damaged"),
        (&"x".repeat(70_000), &good.key, "chain_pem", "65536 bytes"),
    ];
    for (chain, key, field, text) in cases {
        for path in ["/certificates", "/certificates/check"] {
            let (status, problem) = put(&rig, path, chain, key).await;
            assert_eq!((status, &problem["code"]), (422, &json!("GTW-0202")), "{text}: {problem}");
            assert_eq!(problem["args"]["field"], field, "{problem}");
            assert!(problem["detail"].as_str().unwrap().contains(text), "{text}: {problem}");
        }
    }
    let (status, problem) = put(&rig, "/certificates", &chain, &good.key).await;
    assert_eq!((status, &problem["args"]["field"]), (422, &json!("name")), "one of this name is there: {problem}");
    let (_, served) = connect(rig.https(), "tj.example.org", &[], rustls::DEFAULT_VERSIONS).await;
    assert_eq!(served, before);
    for role in [Role::Operator, Role::Auditadmin] {
        assert_eq!(rig.call(role, "POST", "/certificates", &upload(&chain, &good.key)).await.0, 403);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_supported_kind_of_key_is_served() {
    if !have("openssl") {
        return;
    }
    let (authority, backend) = (Authority::new(), Backend::start());
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let kinds = [
        ("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048", "rsa.example.org", "RSA 2048"),
        ("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384", "p384.example.org", "P-384"),
        ("genpkey -algorithm ED25519", "ed.example.org", "Ed25519"),
    ];
    for (command, name, words) in kinds {
        let issued = authority.issue_with(command, &format!("DNS:{name}"), 90, "-sha256");
        let (status, stored) = put(&rig, "/certificates", &issued.chain(&authority), &issued.key).await;
        assert_eq!((status, &stored["facts"]["key"]), (201, &json!(words)), "{stored}");
        let said = handshake(&rig, &authority, name).await;
        assert!(said.contains("Verify return code: 0 (ok)"), "{said}");
    }
    // Keys come in two older forms, too.
    let rsa = authority.issue_with(kinds[0].0, "DNS:old.example.org", 90, "-sha256");
    let pkcs1 = authority.convert_key(&rsa.key, "rsa -traditional");
    assert!(pkcs1.contains("BEGIN RSA PRIVATE KEY"));
    assert_eq!(put(&rig, "/certificates", &rsa.chain(&authority), &pkcs1).await.0, 201);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client_that_asks_for_a_site_that_is_not_here_is_told_so() {
    if !have("openssl") {
        return;
    }
    let (authority, backend) = (Authority::new(), Backend::start());
    let config = site(&[backend.url()], "").replace("\"*\"", "\"tj.example.org\", \"*.pay.example.org\"");
    let rig = Rig::start(config).await;
    for (name, known) in [("tj.example.org", true), ("a.pay.example.org", true), ("x.example.org", false)] {
        let said = handshake(&rig, &authority, name).await;
        assert_eq!(said.contains("unrecognized name"), !known, "{name}: {said}");
        assert_eq!(said.contains("Certificate chain"), known, "{name}: {said}");
    }
    let metrics = rig.house.kit().metrics.render();
    assert!(metrics.contains("medward_gateway_refused_connections_total{reason=\"tls_name\"} 1"), "{metrics}");
    let (_, list) = rig.call(Role::Auditor, "GET", "/certificates", "").await;
    assert_eq!(list["bare_hosts"], json!(["*.pay.example.org", "tj.example.org"]));
    assert_eq!((&list["items"][0]["id"], &list["items"][0]["source"]), (&json!("default"), &json!("default")));
    let issued = authority.issue("DNS:tj.example.org,DNS:gone.example.org,DNS:*.pay.example.org", 90);
    let (_, stored) = put(&rig, "/certificates", &issued.leaf, &issued.key).await;
    assert_eq!(stored["facts"]["idle_names"], json!(["gone.example.org"]));
    assert_eq!(stored["facts"]["doubts"], json!(["chain_of_one"]));
    let (_, list) = rig.call(Role::Auditor, "GET", "/certificates", "").await;
    assert_eq!(list["bare_hosts"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificate_that_ends_raises_an_alarm_until_it_is_renewed() {
    if !have("openssl") {
        return;
    }
    let (authority, backend) = (Authority::new(), Backend::start());
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let db = Db::open(&StoreConfig::default(), rig.directory.path(), None).await.unwrap();
    let waiting = async |expected: &[(&str, i64)]| {
        let look = async {
            loop {
                let rows = outbox_waiting(&mut db.read().await.unwrap()).await.unwrap();
                let mut rows: Vec<_> = rows.into_iter().map(|row| (row.kind, row.waiting)).collect();
                rows.sort();
                if rows.iter().map(|(kind, count)| (kind.as_str(), *count)).eq(expected.iter().copied()) {
                    return;
                }
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(PATIENCE, look).await.expect("the alarm is written");
    };
    let ending = authority.issue("DNS:tj.example.org", 6);
    let (status, stored) = put(&rig, "/certificates", &ending.chain(&authority), &ending.key).await;
    assert_eq!(status, 201, "{stored}");
    waiting(&[("alert.raised.v1", 1)]).await;
    // Another one for the same name that is good for longer: the first is in use no more.
    let renewed = authority.issue("DNS:tj.example.org", 90);
    let body = json!({"name": "renewed", "chain_pem": renewed.chain(&authority), "private_key_pem": renewed.key});
    let (status, newer) = rig.call(Role::Secadmin, "POST", "/certificates", &body.to_string()).await;
    assert_eq!((status, &newer["in_use"]), (201, &json!(true)), "{newer}");
    waiting(&[("alert.cleared.v1", 1), ("alert.raised.v1", 1)]).await;
    let (_, list) = rig.call(Role::Auditor, "GET", "/certificates", "").await;
    let in_use: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| item["in_use"].clone()).collect();
    assert_eq!(in_use, [true, false, true], "{list}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stored_certificate_that_does_not_open_takes_no_other_one_down() {
    if !have("openssl") {
        return;
    }
    let (authority, backend) = (Authority::new(), Backend::start());
    let rig = Rig::start(site(&[backend.url()], "")).await;
    for name in ["a.example.org", "b.example.org"] {
        let issued = authority.issue(&format!("DNS:{name}"), 90);
        assert_eq!(put(&rig, "/certificates", &issued.chain(&authority), &issued.key).await.0, 201);
    }
    assert!(rig.house.stop().await.is_empty());
    let db = Db::open(&StoreConfig::default(), rig.directory.path(), None).await.unwrap();
    // A sealed key opens in its own row only.
    db.write(|tx| {
        Box::pin(async move {
            let sql = "UPDATE gateway_certificate SET key_sealed =
                (SELECT key_sealed FROM gateway_certificate WHERE name = 'b.example.org') WHERE name = 'a.example.org'";
            medward_store::execute!(tx, sql).await
        })
    })
    .await
    .unwrap();
    db.close().await;
    let again = Setup { directory: rig.directory, ..Setup::new(site(&[backend.url()], "")) }.start().await;
    assert!(handshake(&again, &authority, "b.example.org").await.contains("Verify return code: 0 (ok)"));
    assert!(!handshake(&again, &authority, "a.example.org").await.contains("Verify return code: 0 (ok)"));
    let (_, list) = again.call(Role::Auditor, "GET", "/certificates", "").await;
    let broken: Vec<_> = list["items"].as_array().unwrap().iter().filter(|item| !item["error"].is_null()).collect();
    waiting_for_alarm(&again).await;
    assert_eq!((broken.len(), &broken[0]["name"]), (1, &json!("a.example.org")), "{list}");
    assert!(broken[0]["error"].as_str().unwrap().contains("does not open"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn site_that_is_reached_by_its_address_is_served_with_the_certificate_for_it() {
    if !have("openssl") || !have("curl") {
        return;
    }
    let (authority, backend) = (Authority::new(), Backend::start());
    let config = site(&[backend.url()], "").replace("\"*\"", "\"127.0.0.1\"");
    let rig = Rig::start(config).await;
    let issued = authority.issue("IP:127.0.0.1", 90);
    let ask = async || {
        let output = tokio::process::Command::new("curl")
            .args(["-sS", &format!("https://{}/x", rig.https()), "--cacert"])
            .arg(authority.root_file())
            .output()
            .await
            .unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert_eq!(ask().await, "", "the default one is not trusted");
    let (status, stored) = put(&rig, "/certificates", &issued.chain(&authority), &issued.key).await;
    assert_eq!(
        (status, &stored["in_use"], &stored["facts"]["idle_names"]),
        (201, &json!(true), &json!([])),
        "{stored}"
    );
    assert_eq!(ask().await, "you asked for /x");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificate_that_nobody_vouches_for_takes_no_name_from_one_that_somebody_does() {
    if !have("openssl") {
        return;
    }
    let (authority, backend) = (Authority::new(), Backend::start());
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let directory = tempfile::tempdir().unwrap();
    let own = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout key.pem -out own.pem -days 3650 -subj /CN=own";
    let own: Vec<&str> = own.split(' ').chain(["-addext", "subjectAltName=DNS:tj.example.org"]).collect();
    crate::authority::openssl(directory.path(), &own);
    let file = |name: &str| std::fs::read_to_string(directory.path().join(name)).unwrap();
    let upload = |name: &str, chain: &str, key: &str| {
        json!({"name": name, "chain_pem": chain, "private_key_pem": key}).to_string()
    };
    let (status, first) =
        rig.call(Role::Sysadmin, "POST", "/certificates", &upload("own", &file("own.pem"), &file("key.pem"))).await;
    assert_eq!((status, &first["in_use"], &first["facts"]["doubts"]), (201, &json!(true), &json!(["self_signed"])));
    let issued = authority.issue("DNS:tj.example.org", 90);
    let (status, second) = rig
        .call(Role::Sysadmin, "POST", "/certificates", &upload("bought", &issued.chain(&authority), &issued.key))
        .await;
    assert_eq!((status, &second["in_use"]), (201, &json!(true)), "{second}");
    assert!(handshake(&rig, &authority, "tj.example.org").await.contains("Verify return code: 0 (ok)"));
    let (_, again) =
        rig.call(Role::Sysadmin, "POST", "/certificates", &upload("own 2", &file("own.pem"), &file("key.pem"))).await;
    assert_eq!(again["in_use"], false, "{again}");
}

/// Waits until an alarm stands in the outbox.
async fn waiting_for_alarm(rig: &Rig) {
    let db = Db::open(&StoreConfig::default(), rig.directory.path(), None).await.unwrap();
    let look = async {
        while outbox_waiting(&mut db.read().await.unwrap()).await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, look).await.expect("an alarm is written");
}
