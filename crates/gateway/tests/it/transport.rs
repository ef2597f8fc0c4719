//! HTTPS only, HSTS, versions of TLS, certificates of clients: as settings of objects, seen by curl and openssl.

use std::path::Path;

use medward_contract::Role;
use medward_contract::event::Dataset;
use serde_json::{Value, json};

use crate::authority::{Authority, Issued};
use crate::backend::Backend;
use crate::client::{RawClient, get};
use crate::peers::have;
use crate::rig::{Rig, Setup};
use crate::tls::connect_as;

/// Makes an object with these settings of connections.
async fn object(rig: &Rig, name: &str, host: &str, upstream: &str, tls: Value) -> String {
    let spec = json!({"name": name, "hosts": [host], "path_prefix": format!("/{name}"), "upstreams": [upstream],
        "settings": {"tls": tls}});
    let (status, made) = rig.call(Role::Secadmin, "POST", "/objects", &spec.to_string()).await;
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// Head and body as curl saw them.
async fn curl(rig: &Rig, host: &str, path: &str, more: &[&str]) -> String {
    let port = rig.https().port();
    let output = tokio::process::Command::new("curl")
        .args(["-sik", "--resolve", &format!("{host}:{port}:127.0.0.1"), &format!("https://{host}:{port}{path}")])
        .args(more)
        .output()
        .await
        .unwrap();
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn plain_http_is_served_sent_on_or_refused_and_https_alone_says_so() {
    if !have("curl") {
        return;
    }
    let backend = Backend::start();
    let rig = Rig::start("").await;
    object(&rig, "open", "a", &backend.url(), json!({})).await;
    object(&rig, "safe", "a", &backend.url(), json!({"plain_http": "redirect", "hsts_days": 180})).await;
    object(&rig, "shut", "a", &backend.url(), json!({"plain_http": "refuse"})).await;
    let ask = async |method: &str, path: &str| {
        let mut client = RawClient::connect(rig.http()).await;
        client.send(format!("{method} {path} HTTP/1.1\r\nHost: A:8080\r\nContent-Length: 0\r\n\r\n")).await;
        client.response().await
    };
    let open = ask("GET", "/open").await;
    assert_eq!((open.status, open.header("strict-transport-security")), (200, None));
    let port = rig.https().port();
    let sent = ask("GET", "/safe/x?y=1%20z").await;
    let there = format!("https://a:{port}/safe/x?y=1%20z");
    assert_eq!((sent.status, sent.header("location")), (301, Some(there.as_str())));
    assert_eq!(sent.header("strict-transport-security"), None, "nobody may believe it here");
    assert_eq!(ask("POST", "/safe").await.status, 308);
    assert_eq!(ask("GET", "/shut").await.status, 403);
    assert_eq!(backend.requests().len(), 1, "only the open one");
    let served = curl(&rig, "a", "/safe", &[]).await;
    assert!(
        served.contains("HTTP/2 200") && served.contains("strict-transport-security: max-age=15552000"),
        "{served}"
    );
    let blocked = curl(&rig, "a", "/safe?id=1%27%20or%20%271%27=%271", &[]).await;
    assert!(
        blocked.contains("HTTP/2 403") && blocked.contains("strict-transport-security"),
        "our pages, too: {blocked}"
    );
    assert!(curl(&rig, "a", "/shut", &[]).await.contains("HTTP/2 200"));
    let access = rig.recorder.access(7).await;
    assert_eq!(access[1..4].iter().map(|(_, reason)| reason.as_str()).collect::<Vec<_>>(), ["plain_http"; 3]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn trusted_proxy_that_ends_tls_in_front_is_believed_and_nobody_else() {
    let backend = Backend::start();
    for (trusted, status) in [("127.0.0.0/8", 200), ("10.0.0.0/8", 301)] {
        let config = format!(
            "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"127.0.0.1:0\"\npublic_https_port = 443\ntrusted_proxies = [{trusted:?}]\n"
        );
        let rig = Setup::new(config).start().await;
        object(&rig, "safe", "a", &backend.url(), json!({"plain_http": "redirect"})).await;
        let mut client = RawClient::connect(rig.http()).await;
        client.send("GET /safe HTTP/1.1\r\nHost: a\r\nX-Forwarded-Proto: https\r\n\r\n").await;
        let response = client.response().await;
        assert_eq!(response.status, status, "{trusted}");
        if status == 301 {
            assert_eq!(response.header("location"), Some("https://a/safe"), "the port of the firewall");
        } else {
            assert_eq!(backend.requests()[0].header("x-forwarded-proto"), Some("https"));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn last_trusted_proxy_says_how_the_client_speaks_in_however_many_lines() {
    let backend = Backend::start();
    let config = "[gateway]\nhttp = \"127.0.0.1:0\"\nhttps = \"127.0.0.1:0\"\ntrusted_proxies = [\"127.0.0.0/8\"]\n";
    let rig = Setup::new(config).start().await;
    object(&rig, "safe", "a", &backend.url(), json!({"plain_http": "redirect"})).await;
    for (lines, status) in [
        ("X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http", 301),
        ("X-Forwarded-Proto: http\r\nX-Forwarded-Proto: https", 200),
        ("X-Forwarded-Proto: https, http", 301),
    ] {
        let mut client = RawClient::connect(rig.http()).await;
        client.send(format!("GET /safe HTTP/1.1\r\nHost: a\r\n{lines}\r\n\r\n")).await;
        assert_eq!(client.response().await.status, status, "{lines}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn old_version_of_tls_is_refused_in_the_handshake_or_where_sites_differ_at_the_request() {
    if !have("curl") {
        return;
    }
    let backend = Backend::start();
    let rig = Rig::start("").await;
    object(&rig, "new", "strict", &backend.url(), json!({"min_version": "1.3"})).await;
    object(&rig, "new2", "mixed", &backend.url(), json!({"min_version": "1.3"})).await;
    object(&rig, "old", "mixed", &backend.url(), json!({})).await;
    let old = ["--tls-max", "1.2"];
    let refused = curl(&rig, "strict", "/new", &[&old[..], &["-S"]].concat()).await;
    assert!(refused.contains("alert protocol version"), "{refused}");
    assert!(curl(&rig, "strict", "/new", &[]).await.contains("HTTP/2 200"));
    assert!(curl(&rig, "mixed", "/old", &old).await.contains("HTTP/2 200"));
    assert!(curl(&rig, "mixed", "/new2", &old).await.contains("HTTP/2 403"));
    assert_eq!(rig.recorder.access(3).await[2], (403, "tls_version".to_owned()));
    // Old algorithms are not spoken at all.
    for cipher in ["AES128-SHA", "ECDHE-ECDSA-AES128-SHA256", "DES-CBC3-SHA"] {
        let offer = ["--tls-max", "1.2", "-S", "--ciphers", cipher];
        assert!(!curl(&rig, "mixed", "/old", &offer).await.contains("HTTP/"), "{cipher}");
    }
}

/// Files that curl can show.
fn client_files(directory: &Path, name: &str, authority: &Authority, issued: &Issued) -> (String, String) {
    let (certificate, key) = (directory.join(format!("{name}.pem")), directory.join(format!("{name}.key")));
    std::fs::write(&certificate, issued.chain(authority)).unwrap();
    std::fs::write(&key, &issued.key).unwrap();
    (certificate.display().to_string(), key.display().to_string())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn client_certificate_opens_the_object_that_trusts_its_authority_and_no_other() {
    if !have("openssl") || !have("curl") {
        return;
    }
    let (hospital, stranger, backend) = (Authority::new(), Authority::new(), Backend::start());
    let rig = Rig::start("").await;
    let clients = |authority: &Authority, needed: bool| json!({"client_certificates": {"needed": needed, "authorities_pem": authority.pem("root.pem")}});
    object(&rig, "staff", "a", &backend.url(), clients(&hospital, true)).await;
    object(&rig, "vendor", "a", &backend.url(), clients(&stranger, true)).await;
    object(&rig, "known", "a", &backend.url(), clients(&hospital, false)).await;
    object(&rig, "public", "a", &backend.url(), json!({})).await;
    let directory = tempfile::tempdir().unwrap();
    let issued = hospital.issue("DNS:workstation", 30);
    let (certificate, key) = client_files(directory.path(), "staff", &hospital, &issued);
    let show = ["--cert", certificate.as_str(), "--key", key.as_str()];
    for (path, more, status) in [
        ("/staff", &show[..], 200),
        ("/vendor", &show[..], 403),
        ("/known", &show[..], 200),
        ("/known", &[], 200),
        ("/staff", &[], 403),
        ("/public", &[], 200),
    ] {
        let forged = ["-H", "Client-Cert: :AAAA:", "-H", "client_cert: :AAAA:"];
        let said = curl(&rig, "a", path, &[more, &forged].concat()).await;
        assert!(said.contains(&format!("HTTP/2 {status}")), "{path} {more:?}: {said}");
    }
    let der = rustls::pki_types::pem::PemObject::from_pem_slice(issued.leaf.as_bytes());
    let der: rustls::pki_types::CertificateDer<'_> = der.unwrap();
    let expected = format!(":{}:", data_encoding::BASE64.encode(&der));
    let seen: Vec<_> = backend.requests().iter().map(|seen| seen.header("client-cert").map(str::to_owned)).collect();
    assert_eq!(
        seen,
        [Some(expected.clone()), Some(expected), None, None],
        "RFC 9440, and nothing a client wrote itself"
    );
    let access = rig.recorder.access(6).await;
    assert_eq!((access[1].1.as_str(), access[4].1.as_str()), ("client_certificate", "client_certificate"));
    rig.recorder.wait(Dataset::WafAttack, 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn list_of_authorities_that_changes_counts_for_living_connections() {
    if !have("openssl") {
        return;
    }
    let (hospital, stranger, backend) = (Authority::new(), Authority::new(), Backend::start());
    let rig = Rig::start("").await;
    let clients = |authority: &Authority| json!({"client_certificates": {"needed": true, "authorities_pem": authority.pem("root.pem")}});
    let id = object(&rig, "x", "a", &backend.url(), clients(&hospital)).await;
    let staff = hospital.issue("DNS:workstation", 30);
    let shown = (staff.chain(&hospital), staff.key.clone());
    let identity = Some((shown.0.as_str(), shown.1.as_str()));
    let (stream, _) = connect_as(rig.https(), "a", &[], rustls::DEFAULT_VERSIONS, identity).await;
    let mut client = RawClient::over(stream);
    let ask = async |client: &mut RawClient<_>| {
        client.send("GET /x HTTP/1.1\r\nHost: a\r\n\r\n").await;
        client.response().await.status
    };
    let set = async |authority: &Authority| {
        let spec = json!({"name": "x", "hosts": ["a"], "path_prefix": "/x", "upstreams": [backend.url()],
            "settings": {"tls": clients(authority)}});
        let (status, said) = rig.call(Role::Secadmin, "PUT", &format!("/objects/{id}"), &spec.to_string()).await;
        assert_eq!(status, 200, "{said}");
    };
    assert_eq!((ask(&mut client).await, ask(&mut client).await), (200, 200));
    set(&stranger).await;
    assert_eq!(ask(&mut client).await, 403);
    set(&hospital).await;
    assert_eq!(ask(&mut client).await, 200);
    let broken = json!({"name": "y", "hosts": ["b"], "upstreams": [backend.url()],
        "settings": {"tls": {"client_certificates": {"needed": true, "authorities_pem": "nobody"}}}});
    let (status, problem) = rig.call(Role::Secadmin, "POST", "/objects", &broken.to_string()).await;
    assert_eq!((status, &problem["args"]["field"]), (422, &json!("client_certificates")), "{problem}");
    assert_eq!(get(rig.http(), "/x").await.status, 404, "another host");
}
