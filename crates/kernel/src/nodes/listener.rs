//! The door of nodes: mutual TLS, HTTP/1.1, a handful of paths.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Extension, Path, Query, Request, State};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use medward_contract::{ErrorCode, PortError};
use rustls::RootCertStore;
use rustls::server::WebPkiClientVerifier;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::authority::{Authority, AuthorityError};
use super::house::{NodeHouse, NodesError};
use super::wire::{self, Enrol, NodeReport, Refusal, Renew, Taken, Welcome};
use super::{NodeCaller, codes};
use crate::capability::{Bound, BuildError, Kit, Listener};
use crate::supervisor::{Criticality, Stop, TaskError, TaskGroup, with_sources};
use crate::throttle::Throttle;

/// A handshake may take this long.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The head of a request.
const HEAD: Duration = Duration::from_secs(30);
/// Open connections.
const MAX_CONNECTIONS: usize = 4096;
/// A section is waited for this long.
const LONG_POLL: Duration = Duration::from_secs(55);
/// Who shows no certificate wants to enrol, and is done with that after this.
const STRANGER: Duration = Duration::from_secs(30);
/// Longest enrolment, renewal, or word of a node about itself.
const MAX_SHORT_BYTES: usize = 64 * 1024;
/// Pause after the operating system refused a connection.
const BACK_OFF: Duration = Duration::from_millis(50);
/// Enrolments of one network in a minute.
const ENROLMENTS: u32 = 10;

/// The listener of `[nodes]`; `None` when it is turned off.
pub(crate) fn listener(kit: &Kit, house: NodeHouse) -> Option<Listener> {
    let address = kit.config.nodes.listen.clone();
    if address.is_empty() {
        return None;
    }
    let kit = kit.clone();
    Some(Listener { name: "nodes", open: Box::new(move || Box::pin(open(kit, house, address))) })
}

async fn open(kit: Kit, house: NodeHouse, address: String) -> Result<Vec<Bound>, BuildError> {
    let other = |source: TaskError| BuildError::Other {
        what: "open the listener of nodes".into(),
        remedy: "see the cause; without it nodes go on with what they have".into(),
        source: Some(source),
    };
    let authority = house.authority().await.map_err(|error| other(error.into()))?;
    let config = tls_config(authority, &house).map_err(other)?;
    let fingerprint = crate::tls::fingerprint(&authority.certificate);
    house.load().await.map_err(|error| other(error.into()))?;

    let bind_error = |source| BuildError::bind(&address, "nodes.listen", source);
    let socket = Arc::new(TcpListener::bind(&address).await.map_err(bind_error)?);
    let bound = socket.local_addr().map_err(bind_error)?;
    let door = Door {
        socket,
        acceptor: TlsAcceptor::from(Arc::new(config)),
        connections: kit.supervisor.group("nodes.connections"),
        router: router(house.clone(), kit.supervisor.stop_signals().clone()),
        house: house.clone(),
    };
    kit.supervisor.service("nodes.accept", Criticality::Isolated, move |stop| Box::pin(door.clone().accept(stop)));
    let followed = house.clone();
    kit.supervisor.service("nodes.known", Criticality::Isolated, move |stop| Box::pin(followed.clone().follow(stop)));
    kit.supervisor
        .service("nodes.sections", Criticality::Isolated, move |stop| Box::pin(house.board().clone().follow(stop)));
    Ok(vec![Bound { name: "nodes".into(), address: bound, fingerprint: Some(fingerprint) }])
}

fn tls_config(authority: &Authority, house: &NodeHouse) -> Result<rustls::ServerConfig, TaskError> {
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.clone())?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let clients = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider.clone())
        .allow_unauthenticated()
        .build()?;
    let (chain, key) = authority.server(house.clock().now()).map_err(|error: AuthorityError| TaskError::from(error))?;
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(clients)
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Where a connection comes from, and what it shows.
#[derive(Clone)]
struct Peer {
    address: SocketAddr,
    fingerprint: Option<Arc<str>>,
}

#[derive(Clone)]
struct Door {
    socket: Arc<TcpListener>,
    acceptor: TlsAcceptor,
    connections: TaskGroup,
    router: Router,
    house: NodeHouse,
}

impl Door {
    async fn accept(self, stop: Stop) -> Result<(), TaskError> {
        loop {
            let accepted = tokio::select! {
                () = stop.accepting.cancelled() => return Ok(()),
                accepted = self.socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) if self.connections.len() < MAX_CONNECTIONS => {
                    self.connections.spawn(self.clone().connection(stream, peer, stop.clone()));
                }
                Ok(_) => tracing::warn!(limit = MAX_CONNECTIONS, "too many connections of nodes"),
                Err(error) => {
                    tracing::warn!(%error, "a connection of a node could not be accepted");
                    self.house.clock().sleep(BACK_OFF).await;
                }
            }
        }
    }

    async fn connection(self, stream: TcpStream, address: SocketAddr, stop: Stop) {
        let handshake = self.house.clock().timeout(HANDSHAKE, self.acceptor.accept(stream));
        // Who does not finish the handshake has asked for nothing yet.
        let Some(Ok(stream)) = handshake.await else { return };
        let shown = stream.get_ref().1.peer_certificates().and_then(|chain| chain.first());
        let fingerprint = shown.map(|leaf| crate::tls::fingerprint(leaf).into());
        let is_stranger = fingerprint.is_none();
        let router = self.router.layer(Extension(Peer { address, fingerprint }));
        let clock = self.house.clock().clone();
        let connection = hyper::server::conn::http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD)
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router));
        tokio::pin!(connection);
        tokio::select! {
            // A node that went away is no error of ours.
            result = connection.as_mut() => return drop(result),
            () = clock.sleep(STRANGER), if is_stranger => return,
            () = stop.accepting.cancelled() => {}
        }
        connection.as_mut().graceful_shutdown();
        drop(connection.await);
    }
}

#[derive(Clone)]
struct Desk {
    house: NodeHouse,
    enrolments: Arc<Throttle<std::net::IpAddr>>,
    stop: Stop,
}

fn router(house: NodeHouse, stop: Stop) -> Router {
    let desk = Desk { house, stop, enrolments: Arc::new(Throttle::new(ENROLMENTS, Duration::from_mins(1))) };
    let short = Router::new()
        .route(wire::RENEW, post(renew))
        .route(wire::HELLO, post(hello))
        .layer(DefaultBodyLimit::max(MAX_SHORT_BYTES));
    let known = Router::new()
        .route(&format!("{}{{name}}", wire::SECTION), get(section))
        .route(&format!("{}{{lane}}", wire::EVENTS), post(events))
        .route(&format!("{}{{name}}", wire::CALL), post(call))
        .layer(DefaultBodyLimit::max(wire::MAX_REQUEST_BYTES))
        .merge(short)
        // Before a byte of a body is read.
        .route_layer(axum::middleware::from_fn_with_state(desk.clone(), admit));
    let stranger = Router::new().route(wire::ENROL, post(enrol)).layer(DefaultBodyLimit::max(MAX_SHORT_BYTES));
    known.merge(stranger).with_state(desk)
}

/// What a node is told when something is refused.
struct Refused(ErrorCode, String);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(code, message) = self;
        let status = StatusCode::from_u16(code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        (status, axum::Json(Refusal { code: code.code.to_owned(), message })).into_response()
    }
}

impl From<NodesError> for Refused {
    fn from(error: NodesError) -> Self {
        let code = match &error {
            NodesError::Invitation => codes::INVITATION,
            NodesError::NameTaken | NodesError::Name | NodesError::Unknown => codes::NODE_NAME,
            NodesError::Authority(AuthorityError::Make(_) | AuthorityError::Pem(_)) => codes::REQUEST,
            _ => codes::UNAVAILABLE,
        };
        let message = if code.status < 500 { error.to_string() } else { code.title.to_owned() };
        tracing::warn!(error = with_sources(&error), code = code.code, "a request of a node was refused");
        Self(code, message)
    }
}

impl Desk {
    /// Who asks; nobody without a certificate that is known.
    fn caller(&self, peer: &Peer) -> Result<NodeCaller, Refused> {
        let known = peer.fingerprint.as_deref().and_then(|fingerprint| self.house.caller(fingerprint));
        known.ok_or_else(|| Refused(codes::UNKNOWN, codes::UNKNOWN.title.to_owned()))
    }
}

/// Lets known nodes in, and nobody else.
async fn admit(
    State(desk): State<Desk>,
    Extension(peer): Extension<Peer>,
    mut request: Request,
    next: Next,
) -> Response {
    match desk.caller(&peer) {
        Ok(caller) => {
            request.extensions_mut().insert(caller);
            next.run(request).await
        }
        Err(refused) => refused.into_response(),
    }
}

fn read<T: serde::de::DeserializeOwned>(body: &Bytes) -> Result<T, Refused> {
    serde_json::from_slice(body).map_err(|error| Refused(codes::REQUEST, error.to_string()))
}

async fn enrol(State(desk): State<Desk>, Extension(peer): Extension<Peer>, body: Bytes) -> Result<Response, Refused> {
    let (address, now) = (peer.address.ip(), desk.house.clock().now());
    if desk.enrolments.check(&address, now).is_err() {
        return Err(Refused(codes::TOO_OFTEN, codes::TOO_OFTEN.title.to_owned()));
    }
    desk.enrolments.count(&address, now);
    let enrolled = desk.house.enrol(&read::<Enrol>(&body)?).await?;
    tracing::info!(node = enrolled.name, id = enrolled.id, %address, "a node was enrolled");
    Ok(axum::Json(enrolled).into_response())
}

async fn renew(
    State(desk): State<Desk>,
    Extension(caller): Extension<NodeCaller>,
    body: Bytes,
) -> Result<Response, Refused> {
    let renewed = desk.house.renew(&caller, &read::<Renew>(&body)?.request_pem).await?;
    Ok(axum::Json(renewed).into_response())
}

async fn hello(
    State(desk): State<Desk>,
    Extension(caller): Extension<NodeCaller>,
    body: Bytes,
) -> Result<Response, Refused> {
    desk.house.hear(&caller, &read::<NodeReport>(&body)?).await?;
    let welcome = Welcome { now: desk.house.clock().now(), sections: desk.house.board().names() };
    Ok(axum::Json(welcome).into_response())
}

#[derive(serde::Deserialize)]
struct Have {
    have: String,
}

async fn section(
    State(desk): State<Desk>,
    Extension(peer): Extension<Peer>,
    Path(name): Path<String>,
    Query(Have { have }): Query<Have>,
) -> Result<Response, Refused> {
    let found = desk.house.board().other(&name, &have, LONG_POLL, &desk.stop).await;
    // It may have been revoked meanwhile.
    desk.caller(&peer)?;
    let Some(found) = found else { return Ok(StatusCode::NO_CONTENT.into_response()) };
    let tag = HeaderValue::from_str(&found.tag());
    let mut response = Response::new(Bytes::from_owner(found.content).into());
    if let Ok(tag) = tag {
        response.headers_mut().insert(wire::TAG_HEADER, tag);
    }
    response.headers_mut().insert(wire::GENERATION_HEADER, HeaderValue::from(found.generation));
    Ok(response)
}

async fn events(
    State(desk): State<Desk>,
    Extension(caller): Extension<NodeCaller>,
    body: Bytes,
) -> Result<Response, Refused> {
    let through = desk.house.take_events(&caller, &body).await.map_err(port_refused)?;
    Ok(axum::Json(Taken { through }).into_response())
}

async fn call(
    State(desk): State<Desk>,
    Extension(caller): Extension<NodeCaller>,
    Path(name): Path<String>,
    body: Bytes,
) -> Result<Vec<u8>, Refused> {
    desk.house.call(caller, &name, body.into()).await.map_err(port_refused)
}

fn port_refused(error: PortError) -> Refused {
    match error {
        PortError::Refused { code } => Refused(ErrorCode { code, ..codes::REFUSED }, codes::REFUSED.title.to_owned()),
        PortError::NotConfigured(_) => Refused(codes::NOT_CONFIGURED, error.to_string()),
        PortError::Unavailable(_) => Refused(codes::UNAVAILABLE, error.to_string()),
    }
}
