//! HTTPS: certificates, HTTP/1.1 and HTTP/2, SNI.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::client::conn::http2;
use hyper_util::rt::TokioIo;
use medward_contract::event::{Dataset, Field};
use medward_store::testkit::spawn;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, SignatureScheme, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::backend::Backend;
use crate::client::RawClient;
use crate::rig::{Rig, Setup, site};

/// Takes any certificate and remembers it: tests compare its fingerprint, as people do.
#[derive(Debug, Default)]
struct Remembering(Mutex<Vec<u8>>);

impl ServerCertVerifier for Remembering {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        *self.0.lock().unwrap() = end_entity.to_vec();
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signed, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = rustls::crypto::ring::default_provider().signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signed, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        rustls::crypto::ring::default_provider().signature_verification_algorithms.supported_schemes()
    }
}

/// A TLS connection and the certificate it was given.
pub(crate) async fn connect(
    address: SocketAddr,
    name: &str,
    alpn: &[&str],
    versions: &[&'static SupportedProtocolVersion],
) -> (TlsStream<TcpStream>, Vec<u8>) {
    connect_as(address, name, alpn, versions, None).await
}

/// The same for a client that shows this chain and key, PEM.
pub(crate) async fn connect_as(
    address: SocketAddr,
    name: &str,
    alpn: &[&str],
    versions: &[&'static SupportedProtocolVersion],
    identity: Option<(&str, &str)>,
) -> (TlsStream<TcpStream>, Vec<u8>) {
    let verifier = Arc::new(Remembering::default());
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(verifier.clone());
    let mut config = match identity {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => {
            let chain = CertificateDer::pem_slice_iter(chain.as_bytes()).collect::<Result<_, _>>().unwrap();
            builder.with_client_auth_cert(chain, PrivateKeyDer::from_pem_slice(key.as_bytes()).unwrap()).unwrap()
        }
    };
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    let tcp = TcpStream::connect(address).await.unwrap();
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await.unwrap();
    let certificate = verifier.0.lock().unwrap().clone();
    (stream, certificate)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn https_is_inspected_and_its_self_signed_certificate_is_the_printed_one() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    for (version, name) in [(&rustls::version::TLS13, "1.3"), (&rustls::version::TLS12, "1.2")] {
        let (stream, certificate) = connect(rig.https(), "tj.example.org", &[], &[version]).await;
        let bound = rig.house.kit().status.bound_list();
        let https = bound.iter().find(|bound| bound.name == "gateway.https").unwrap();
        assert_eq!(https.fingerprint.as_deref(), Some(medward_kernel::tls::fingerprint(&certificate).as_str()));
        let mut client = RawClient::over(stream);
        assert_eq!(client.get("/x").await.status, 200);
        assert_eq!(client.get("/?id=1'%20or%20'1'='1").await.status, 403);
        let access = rig.recorder.of(Dataset::AccessRequest);
        assert_eq!(access.last().unwrap().attrs["tls.version"], name);
    }
    assert_eq!(backend.requests()[0].header("x-forwarded-proto"), Some("https"));
    rig.recorder.wait(Dataset::WafAttack, 2).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn framing_is_enforced_inside_tls() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let (stream, _) = connect(rig.https(), "a", &["http/1.1"], rustls::DEFAULT_VERSIONS).await;
    let mut client = RawClient::over(stream);
    client
        .send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        .await;
    assert_eq!(client.response().await.status, 400);
    assert_eq!(client.rest().await, b"");
    assert!(backend.bytes().is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn http2_requests_pass_side_by_side_and_attacks_do_not() {
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let (stream, _) = connect(rig.https(), "tj.example.org", &["h2"], rustls::DEFAULT_VERSIONS).await;
    let (sender, connection) = http2::handshake::<_, _, Full<Bytes>>(TestExecutor, TokioIo::new(stream)).await.unwrap();
    let driver = spawn(connection);
    let ask = |path: &str, body: &str| {
        let request = http::Request::builder()
            .method(if body.is_empty() { "GET" } else { "POST" })
            .uri(format!("https://tj.example.org{path}"))
            .header("cookie", "a=1")
            .header("cookie", "b=2")
            .body(Full::new(Bytes::from(body.to_owned())))
            .unwrap();
        let mut sender = sender.clone();
        async move {
            let response = sender.send_request(request).await.unwrap();
            let status = response.status().as_u16();
            (status, String::from_utf8(response.into_body().collect().await.unwrap().to_bytes().to_vec()).unwrap())
        }
    };
    let (slow, fast, post, attack) = tokio::join!(
        ask("/slow", ""),
        async {
            let got = ask("/fast", "").await;
            backend.go_on.notify_one();
            got
        },
        ask("/echo", "hello"),
        ask("/?id=1'%20or%20'1'='1", "")
    );
    assert_eq!(slow, (200, "slow".to_owned()));
    assert_eq!(fast, (200, "you asked for /fast".to_owned()));
    assert_eq!(post, (200, "hello".to_owned()));
    assert_eq!(attack.0, 403);
    let seen = backend.requests();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|seen| seen.line().ends_with(" HTTP/1.1")));
    assert!(seen.iter().all(|seen| seen.header("cookie") == Some("a=1; b=2")), "{seen:?}");
    assert!(seen.iter().all(|seen| seen.header("host") == Some("tj.example.org")));
    let access = rig.recorder.wait(Dataset::AccessRequest, 4).await;
    assert!(access.iter().all(|event| event.attrs["http.version"] == "2.0"));
    assert!(access.iter().all(|event| event.text(Field::UrlDomain) == Some("tj.example.org")));
    rig.recorder.wait(Dataset::WafAttack, 1).await;
    drop(driver);
}

#[derive(Clone)]
struct TestExecutor;

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for TestExecutor {
    fn execute(&self, future: F) {
        drop(spawn(future));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connection_for_one_site_does_not_carry_requests_for_another() {
    let (one, two) = (Backend::start(), Backend::start());
    let config = format!(
        "[[gateway.object]]\nname = \"one\"\nhosts = [\"one.example.org\", \"also.example.org\"]\nupstreams = [{:?}]\n\
         [[gateway.object]]\nname = \"two\"\nhosts = [\"two.example.org\"]\nupstreams = [{:?}]\n",
        one.url(),
        two.url()
    );
    let rig = Rig::start(config).await;
    let (stream, _) = connect(rig.https(), "one.example.org", &[], rustls::DEFAULT_VERSIONS).await;
    let mut client = RawClient::over(stream);
    for (host, status) in [
        ("one.example.org", 200),
        ("also.example.org", 200),
        ("two.example.org", 421),
        ("three.example.org", 404),
        ("one.example.org", 200),
    ] {
        client.send(format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")).await;
        assert_eq!(client.response().await.status, status, "{host}");
    }
    assert!(two.bytes().is_empty());
    assert_eq!(rig.recorder.access(5).await[2], (421, "misdirected".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn handshake_that_never_comes_is_ended_after_ten_seconds() {
    let backend = Backend::start();
    let (setup, hand) = Setup::new(site(&[backend.url()], "")).with_manual_clock();
    let rig = setup.start().await;
    let mut client = RawClient::connect(rig.https()).await;
    let ended = async {
        while rig.house.kit().metrics.render().contains("medward_gateway_connections 0") {
            tokio::task::yield_now().await;
        }
        let rest = client.rest();
        let mut rest = std::pin::pin!(rest);
        loop {
            if let std::task::Poll::Ready(rest) = futures_util::poll!(&mut rest) {
                return rest;
            }
            hand.advance(std::time::Duration::from_secs(1));
            tokio::task::yield_now().await;
        }
    };
    assert_eq!(tokio::time::timeout(crate::recorder::PATIENCE, ended).await.unwrap(), b"");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn wrong_certificate_and_busy_port_are_one_line_with_the_remedy() {
    let line = async |config: String| {
        let error = Setup::new(config).try_start().await.err().expect("it must not start");
        medward_kernel::supervisor::with_sources(&error)
    };
    let directory = tempfile::tempdir().unwrap();
    let broken = directory.path().join("broken.pem");
    std::fs::write(&broken, "no certificate").unwrap();
    let text = line(format!(
        "[gateway]\nhttp = \"\"\nhttps = \"127.0.0.1:0\"\ncertificate = {broken:?}\nprivate_key = {broken:?}\n"
    ))
    .await;
    assert!(text.contains("broken.pem") && text.contains("gateway.certificate"), "{text}");
    assert!(!text.contains('\n'));
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let text = line(format!("[gateway]\nhttp = \"{address}\"\nhttps = \"\"\n")).await;
    assert!(text.contains(&address.to_string()) && text.contains("busy") && text.contains("gateway.http"), "{text}");
    let text = line(format!("[gateway]\nhttp = \"\"\nhttps = \"\"\nupstream_ca = {broken:?}\n")).await;
    assert!(text.contains("broken.pem") && text.contains("gateway.upstream_ca"), "{text}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn early_data_is_not_taken_because_it_could_be_replayed() {
    if !crate::peers::have("openssl") {
        return;
    }
    let backend = Backend::start();
    let rig = Rig::start(site(&[backend.url()], "")).await;
    let directory = tempfile::tempdir().unwrap();
    let (session, early) = (directory.path().join("session"), directory.path().join("early"));
    std::fs::write(&early, "GET /early HTTP/1.1\r\nHost: a\r\n\r\n").unwrap();
    let run = async |arguments: &[&std::ffi::OsStr]| {
        let mut child = tokio::process::Command::new("openssl")
            .args(["s_client", "-tls1_3", "-servername", "a", "-ign_eof", "-connect", &rig.https().to_string()])
            .args(arguments)
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut stdin, b"GET /later HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            .await
            .unwrap();
        let output = tokio::time::timeout(crate::recorder::PATIENCE, child.wait_with_output()).await.unwrap().unwrap();
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    let first = run(&["-sess_out".as_ref(), session.as_os_str()]).await;
    assert!(first.contains("New, TLSv1.3") && session.exists(), "{first}");
    let arguments = ["-sess_in".as_ref(), session.as_os_str(), "-early_data".as_ref(), early.as_os_str()];
    let second = run(&arguments).await;
    assert!(second.contains("Reused, TLSv1.3"), "the session itself goes on: {second}");
    assert!(!second.contains("Early data was accepted"), "{second}");
    let lines: Vec<_> = backend.requests().iter().map(|seen| seen.line().to_owned()).collect();
    assert_eq!(lines, ["GET /later HTTP/1.1", "GET /later HTTP/1.1"]);
}
