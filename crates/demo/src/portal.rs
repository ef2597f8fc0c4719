//! The demo hospital's portal: pages, JSON API, payment callback; truly vulnerable, on loopback only.
//!
//! It stands for the systems a hospital cannot change. Every hole is real (string-built SQL on SQLite, `sh -c`, file reads,
//! external entities), so that a blocked attack is one that would have worked. Invariants:
//! it binds loopback addresses only; it reads and writes only below the folder it was given, except where an attack makes it;
//! it dials nothing; equal requests get equal answers, so that a proxy in front can be checked byte for byte.
//!
//! ```no_run
//! # async fn demo() -> Result<(), Box<dyn std::error::Error>> {
//! use medward_demo::Portal;
//! let portal = Portal::open("127.0.0.1:0".parse()?, "target/portal".as_ref()).await?;
//! println!("http://{}/", portal.address());
//! portal.serve().await?; // one task, ends only with an error of the listener
//! # Ok(()) }
//! ```

mod answer;
mod ask;
mod database;
mod grounds;
mod log;
mod lookup;
mod page;
mod room;
mod shell;
mod template;
mod xml;

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sha2::{Digest, Sha256};
use thiserror::Error;
use tokio::net::{TcpListener, TcpStream};

use self::answer::Answer;
use self::ask::Ask;
use self::database::Database;
use self::grounds::Grounds;
pub(crate) use self::grounds::SECRET_MARK;
pub use self::log::{Arrival, DRILL_HEADER, Log};
use self::lookup::Lookups;
// What the drill must know of the portal to speak with it.
pub(crate) use self::room::{LAST_MODIFIED, LOGO_PNG, css_entity_tag, message_id};

/// Bodies above this are answered 413; the largest benign upload of the drill has 200 KiB.
const BODY_LIMIT_BYTES: usize = 64 * 1024 * 1024;

/// Why the portal did not start or stopped.
#[derive(Debug, Error)]
pub enum PortalError {
    #[error("bind the demo portal to {0}: it is vulnerable on purpose and listens on loopback addresses only")]
    NotLoopback(SocketAddr),
    #[error("bind the demo portal to {address}")]
    Bind { address: SocketAddr, source: io::Error },
    #[error("prepare the demo portal's folder {folder}")]
    Folder { folder: String, source: io::Error },
    #[error("fill the demo portal's database")]
    Database(#[from] sqlx::Error),
    #[error("accept a connection of the demo portal")]
    Accept(#[source] io::Error),
}

/// A portal that is bound and filled. Clones are the same portal.
#[derive(Clone)]
pub struct Portal {
    hospital: Arc<Hospital>,
    listener: Arc<TcpListener>,
    address: SocketAddr,
}

/// What the rooms share.
pub(crate) struct Hospital {
    database: Database,
    grounds: Grounds,
    lookups: Lookups,
    log: Log,
    disturbed: Mutex<Option<String>>,
}

impl Portal {
    /// Binds `address` (port 0 for any) and fills `folder`, which is new, empty or an earlier portal's and then emptied.
    pub async fn open(address: SocketAddr, folder: &Path) -> Result<Self, PortalError> {
        if !address.ip().is_loopback() {
            return Err(PortalError::NotLoopback(address));
        }
        let in_folder = |source| PortalError::Folder { folder: folder.display().to_string(), source };
        let listener = TcpListener::bind(address).await.map_err(|source| PortalError::Bind { address, source })?;
        let address = listener.local_addr().map_err(|source| PortalError::Bind { address, source })?;
        let grounds = Grounds::create(folder).map_err(in_folder)?;
        let log = Log::create(folder).map_err(in_folder)?;
        let database = Database::create(&grounds.database()).await?;
        let hospital = Hospital { database, grounds, lookups: Lookups::default(), log, disturbed: Mutex::new(None) };
        Ok(Self { hospital: Arc::new(hospital), listener: Arc::new(listener), address })
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The portal's own record of what reached it.
    pub fn log(&self) -> &Log {
        &self.hospital.log
    }

    /// The `jndi:` URIs that logged texts made the portal ask for (and that it did not dial).
    pub fn lookups(&self) -> Vec<String> {
        self.hospital.lookups.all()
    }

    /// From now on no two answers to `target` (path and query) are equal. A negative control: it must make a comparison of answers fail.
    pub fn disturb(&self, target: &str) {
        *self.hospital.disturbed.lock().unwrap_or_else(PoisonError::into_inner) = Some(target.to_owned());
    }

    /// Serves until the listener fails; dropping the future closes every connection. One task, to be run by the caller's supervisor,
    /// which may call this again after an end.
    pub fn serve(&self) -> impl Future<Output = Result<(), PortalError>> + Send + use<> {
        let portal = self.clone();
        async move {
            let mut connections = FuturesUnordered::new();
            loop {
                tokio::select! {
                    accepted = portal.listener.accept() => {
                        let (stream, _) = accepted.map_err(PortalError::Accept)?;
                        connections.push(serve_connection(Arc::clone(&portal.hospital), stream));
                    }
                    Some(()) = connections.next() => {}
                }
            }
        }
    }
}

async fn serve_connection(hospital: Arc<Hospital>, stream: TcpStream) {
    let service = service_fn(|request| {
        let hospital = Arc::clone(&hospital);
        async move { Ok::<_, std::convert::Infallible>(answer(&hospital, request).await) }
    });
    let served = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    if let Err(error) = served {
        tracing::debug!(%error, "portal connection ended");
    }
}

async fn answer(hospital: &Hospital, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let target = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let (body, too_large) = match Limited::new(body, BODY_LIMIT_BYTES).collect().await {
        Ok(collected) => (collected.to_bytes(), false),
        Err(_) => (Bytes::new(), true),
    };
    let number = hospital.log.record(arrival(&parts, &target, &body));
    if too_large {
        return Answer::text("请求内容过大\n").with_status(413).into_response();
    }
    let ask = Ask::new(parts, body);
    let mut answer = room::enter(hospital, &ask).await;
    let disturbed = hospital.disturbed.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if disturbed.as_deref() == Some(target.as_str()) {
        answer.body.extend_from_slice(format!("\n<!-- {number} -->").as_bytes());
    }
    answer.into_response()
}

fn arrival(parts: &http::request::Parts, target: &str, body: &[u8]) -> Arrival {
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Arrival {
        id: 0,
        method: parts.method.to_string(),
        target: target.to_owned(),
        headers: parts.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body_sha256: HEXLOWER.encode(&Sha256::digest(body)),
        drill_id: parts.headers.get(DRILL_HEADER).map(text),
    }
}
