//! A portal of one test's own, and a small front that stands where the gateway will.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use medward_demo::{DRILL_HEADER, Portal};
use rustls::ServerConfig;
use rustls_pki_types::PrivatePkcs8KeyDer;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// A served portal; dropping it ends it.
pub(crate) struct Room {
    pub(crate) portal: Portal,
    pub(crate) folder: TempDir,
    tasks: JoinSet<()>,
}

impl Room {
    pub(crate) async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let portal = Portal::open("127.0.0.1:0".parse().unwrap(), folder.path()).await.unwrap();
        let mut tasks = JoinSet::new();
        let serve = portal.serve();
        tasks.spawn(async move { serve.await.unwrap() });
        Self { portal, folder, tasks }
    }

    /// A TLS front that refuses the requests `refuse` names by their mark and passes on the rest. Gives address and pin.
    pub(crate) async fn front(&mut self, refuse: fn(&str) -> bool) -> (SocketAddr, [u8; 32]) {
        let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let pin = Sha256::digest(certified.cert.der()).into();
        let key = PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key.into())
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let upstream = self.portal.address();
        let client: Upstream = Client::builder(TokioExecutor::new()).build_http();
        self.tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                let (acceptor, client) = (acceptor.clone(), client.clone());
                connections.spawn(async move {
                    let Ok(stream) = acceptor.accept(stream).await else { return };
                    let service = service_fn(move |request| pass(client.clone(), upstream, refuse, request));
                    drop(
                        hyper::server::conn::http1::Builder::new()
                            .serve_connection(TokioIo::new(stream), service)
                            .await,
                    );
                });
            }
        });
        (address, pin)
    }
}

type Upstream = Client<HttpConnector, Full<Bytes>>;

async fn pass(
    client: Upstream,
    upstream: SocketAddr,
    refuse: fn(&str) -> bool,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let mark = request.headers()[DRILL_HEADER].to_str().unwrap().to_owned();
    let (mut parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    if refuse(&mark) {
        return Ok(Response::builder()
            .status(403)
            .header("x-request-id", format!("event-of-{mark}"))
            .body(Full::new("blocked".into()))
            .unwrap());
    }
    parts.uri = format!("http://{upstream}{}", parts.uri).parse().unwrap();
    parts.headers.remove("transfer-encoding");
    let response = client.request(Request::from_parts(parts, Full::new(body))).await.unwrap();
    let (parts, body) = response.into_parts();
    Ok(Response::from_parts(parts, Full::new(body.collect().await.unwrap().to_bytes())))
}
