//! The node's side: one request after the other over connections that it opens, and the tasks that live on them.

mod tasks;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::client::conn::http1::SendRequest;
use hyper::{Method, Request, StatusCode};
use hyper_util::rt::TokioIo;
use medward_contract::PortError;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::authority::SERVER_NAME;
use super::identity::{EnrolError, NodeIdentity};
use super::wire::{self, Refusal};
use crate::Clock;
use crate::supervisor::Supervisor;

pub(crate) use tasks::Tasks;

/// A connection has to stand after this.
const CONNECT: Duration = Duration::from_secs(10);
/// An answer has to come after this; a long poll takes 55 s.
const ANSWER: Duration = Duration::from_secs(90);
/// A section: 55 s until there is one, the rest for a long one over a thin line.
const SECTION: Duration = Duration::from_mins(10);
/// A call that somebody waits for at the gateway.
const CALL: Duration = Duration::from_secs(10);
/// Longest answer that is no section.
const MAX_ANSWER_BYTES: usize = 64 * 1024 * 1024;
/// Open connections that wait for the next request.
const MAX_IDLE: usize = 8;

/// Why the house gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No connection.
    #[error("connect to {0}")]
    Connect(String, #[source] std::io::Error),
    /// It took too long.
    #[error("reach the house: no answer in time")]
    TimedOut,
    /// The connection broke.
    #[error("speak with the house")]
    Http(#[from] hyper::Error),
    /// The answer cannot be read, or is too long.
    #[error("read the answer of the house")]
    Answer(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// It refused.
    #[error("be accepted: {code} {message}")]
    Refused {
        /// HTTP status.
        status: u16,
        /// Stable code.
        code: String,
        /// Its words.
        message: String,
    },
}

/// One connection to the house.
pub(super) struct Line(SendRequest<Full<Bytes>>);

/// An answer.
struct Answer {
    generation: i64,
    tag: String,
    is_empty: bool,
    body: Bytes,
}

/// A section as it was sent.
struct Sent {
    generation: i64,
    tag: String,
    body: Bytes,
}

impl Line {
    pub(super) async fn open(
        server: &str,
        tls: Arc<ClientConfig>,
        clock: &Clock,
        supervisor: &Supervisor,
    ) -> Result<Self, LinkError> {
        let connect = async {
            let io = |source| LinkError::Connect(server.to_owned(), source);
            let tcp = TcpStream::connect(server).await.map_err(io)?;
            // Failing to set it costs speed only.
            drop(tcp.set_nodelay(true));
            let name = ServerName::try_from(SERVER_NAME).map_err(|error| io(std::io::Error::other(error)))?;
            let stream = TlsConnector::from(tls).connect(name, tcp).await.map_err(io)?;
            Ok::<_, LinkError>(hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?)
        };
        let (sender, connection) = clock.timeout(CONNECT, connect).await.ok_or(LinkError::TimedOut)??;
        // Nobody waits for the house when the program stops: what was not sent is on disk.
        let stop = supervisor.stop_signals().clone();
        supervisor.group("nodes.connections").spawn(async move {
            tokio::select! {
                () = stop.accepting.cancelled() => {}
                ended = connection => drop(ended),
            }
        });
        Ok(Self(sender))
    }

    async fn send(&mut self, method: Method, path: &str, body: Vec<u8>, cap: usize) -> Result<Answer, LinkError> {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", SERVER_NAME)
            .header("content-type", "application/json")
            .body(Full::new(Bytes::from(body)))
            .map_err(|error| LinkError::Answer(Box::new(error)))?;
        self.0.ready().await?;
        let (head, body) = self.0.send_request(request).await?.into_parts();
        let body = Limited::new(body, cap).collect().await.map_err(LinkError::Answer)?.to_bytes();
        if !head.status.is_success() {
            let refusal: Refusal = serde_json::from_slice(&body)
                .unwrap_or_else(|_| Refusal { code: String::new(), message: head.status.to_string() });
            return Err(LinkError::Refused {
                status: head.status.as_u16(),
                code: refusal.code,
                message: refusal.message,
            });
        }
        let generation = head.headers.get(wire::GENERATION_HEADER).and_then(|value| value.to_str().ok()?.parse().ok());
        let tag = head.headers.get(wire::TAG_HEADER).and_then(|value| value.to_str().ok());
        let (generation, tag) = (generation.unwrap_or_default(), tag.unwrap_or_default().to_owned());
        Ok(Answer { generation, tag, is_empty: head.status == StatusCode::NO_CONTENT, body })
    }
}

/// One question over a connection of its own.
pub(super) async fn ask<Q: serde::Serialize, A: serde::de::DeserializeOwned>(
    mut line: Line,
    path: &str,
    question: &Q,
    clock: &Clock,
) -> Result<A, LinkError> {
    let body = serde_json::to_vec(question).map_err(|error| LinkError::Answer(Box::new(error)))?;
    let sent = line.send(Method::POST, path, body, MAX_ANSWER_BYTES);
    let answer = clock.timeout(ANSWER, sent).await.ok_or(LinkError::TimedOut)??;
    serde_json::from_slice(&answer.body).map_err(|error| LinkError::Answer(Box::new(error)))
}

/// The link of a node to its house. Cheap to clone.
#[derive(Clone)]
pub struct NodeLink(Arc<Inner>);

struct Inner {
    server: String,
    identity: Mutex<NodeIdentity>,
    tls: Mutex<Arc<ClientConfig>>,
    clock: Clock,
    supervisor: Supervisor,
    idle: Mutex<Vec<Line>>,
}

impl std::fmt::Debug for NodeLink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NodeLink({})", self.0.server)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl NodeLink {
    pub(crate) fn new(
        server: &str,
        identity: NodeIdentity,
        clock: Clock,
        supervisor: Supervisor,
    ) -> Result<Self, EnrolError> {
        let tls = Mutex::new(identity.tls()?);
        let (identity, idle) = (Mutex::new(identity), Mutex::default());
        Ok(Self(Arc::new(Inner { server: server.to_owned(), identity, tls, clock, supervisor, idle })))
    }

    /// Who this node is.
    pub fn identity(&self) -> NodeIdentity {
        lock(&self.0.identity).clone()
    }

    /// Asks a capability of the house. Not sent twice: what it does may have happened when no answer comes.
    ///
    /// # Errors
    /// `Unavailable` when the house is away or busy; what it answers otherwise.
    pub async fn call(&self, name: &str, body: Vec<u8>) -> Result<Vec<u8>, PortError> {
        let path = format!("{}{name}", wire::CALL);
        match self.post(&path, body, CALL).await {
            Ok(answer) => Ok(answer.to_vec()),
            Err(LinkError::Refused { status: 404, .. }) => Err(PortError::NotConfigured("this, at the house")),
            Err(LinkError::Refused { status: 422, .. }) => Err(PortError::Refused { code: super::codes::REFUSED.code }),
            Err(error) => {
                tracing::warn!(
                    error = crate::supervisor::with_sources(&error),
                    call = name,
                    "the house gave no answer"
                );
                Err(PortError::Unavailable("the house of this node"))
            }
        }
    }

    async fn post(&self, path: &str, body: Vec<u8>, limit: Duration) -> Result<Bytes, LinkError> {
        let sent = self.send(Method::POST, path, body, MAX_ANSWER_BYTES);
        let answer = self.0.clock.timeout(limit, sent).await.ok_or(LinkError::TimedOut)??;
        Ok(answer.body)
    }

    async fn ask<Q: serde::Serialize, A: serde::de::DeserializeOwned>(
        &self,
        path: &str,
        question: &Q,
    ) -> Result<A, LinkError> {
        let body = serde_json::to_vec(question).map_err(|error| LinkError::Answer(Box::new(error)))?;
        let answer = self.post(path, body, ANSWER).await?;
        serde_json::from_slice(&answer).map_err(|error| LinkError::Answer(Box::new(error)))
    }

    /// The section, when it is another one than this node has.
    async fn section(&self, name: &str, have: &str) -> Result<Option<Sent>, LinkError> {
        let path = format!("{}{name}?have={have}", wire::SECTION);
        let sent = self.send(Method::GET, &path, Vec::new(), wire::MAX_SECTION_BYTES);
        let answer = self.0.clock.timeout(SECTION, sent).await.ok_or(LinkError::TimedOut)??;
        let Answer { generation, tag, is_empty, body } = answer;
        Ok((!is_empty).then_some(Sent { generation, tag, body }))
    }

    async fn send(&self, method: Method, path: &str, body: Vec<u8>, cap: usize) -> Result<Answer, LinkError> {
        let mut line = self.line().await?;
        let answer = line.send(method, path, body, cap).await;
        let is_reusable = matches!(answer, Ok(_) | Err(LinkError::Refused { .. }));
        let mut idle = lock(&self.0.idle);
        if is_reusable && idle.len() < MAX_IDLE {
            idle.push(line);
        }
        answer
    }

    async fn line(&self) -> Result<Line, LinkError> {
        let inner = &self.0;
        let waiting = {
            let mut idle = lock(&inner.idle);
            idle.retain(|line| line.0.is_ready());
            idle.pop()
        };
        if let Some(line) = waiting {
            return Ok(line);
        }
        let tls = lock(&inner.tls).clone();
        Line::open(&inner.server, tls, &inner.clock, &inner.supervisor).await
    }

    /// Uses a fresh certificate from the next connection on.
    fn renewed(&self, identity: NodeIdentity) -> Result<(), EnrolError> {
        let tls = identity.tls()?;
        *lock(&self.0.identity) = identity;
        *lock(&self.0.tls) = tls;
        lock(&self.0.idle).clear();
        Ok(())
    }
}
