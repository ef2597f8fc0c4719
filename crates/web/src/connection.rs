//! One connection of the console: which HTTP it speaks, and when it has been silent for too long.
//!
//! Invariant: a peer that asks for nothing holds its connection for [`FIRST_REQUEST`] at first and [`IDLE`] later, plus
//! [`CLOSING`]; what ALPN chose is never sniffed from bytes that may not come.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt as _;
use hyper_util::rt::TokioIo;
use hyper_util::server::conn::auto;
use medward_kernel::Clock;
use medward_kernel::supervisor::{Stop, TaskGroup};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio_rustls::server::TlsStream;
use tower::{Service as _, ServiceExt as _};

use crate::codes;
use crate::gate::Peer;
use crate::problem::ApiError;

/// The first request must have come this long after the handshake; also the limit of one HTTP/1.1 request head.
const FIRST_REQUEST: Duration = Duration::from_secs(10);
/// A connection without a request under way is closed after this.
const IDLE: Duration = Duration::from_mins(1);
/// Time a closing connection has to end by itself.
const CLOSING: Duration = Duration::from_secs(5);
/// A peer on HTTP/2 is asked this often whether it is still there, and must answer within [`PONG`].
const PING: Duration = Duration::from_secs(20);
/// Time for that answer.
const PONG: Duration = Duration::from_secs(10);
/// Requests of one HTTP/2 connection at once.
const STREAMS_PER_CONNECTION: u32 = 100;
/// Largest request head, bytes.
const MAX_HEAD_BYTES: u32 = 64 * 1024;

/// What all connections share.
#[derive(Clone)]
pub(crate) struct Connections {
    pub(crate) clock: Clock,
    pub(crate) router: Router,
    /// Tasks of HTTP/2 streams; counted apart from connections, or streams would shut the door on new ones.
    pub(crate) streams: TaskGroup,
    /// Requests under way on this node.
    pub(crate) requests: Arc<Semaphore>,
}

impl Connections {
    /// Serves one connection until it ends, falls silent or the program stops.
    pub(crate) async fn serve(self, stream: TlsStream<TcpStream>, peer: std::net::SocketAddr, stop: &Stop) {
        let speaks_h2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
        let living = Arc::new(watch::Sender::new(0_usize));
        let (shared, count) = (self.clone(), living.clone());
        let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let under_way = UnderWay::new(&count, shared.requests.clone().try_acquire_owned().ok());
            answer(shared.router.clone(), request.map(Body::new), peer, under_way)
        });
        let timer = ClockTimer::new(self.clock.clone());
        let mut builder = auto::Builder::new(GroupExecutor(self.streams.clone()));
        builder = if speaks_h2 { builder.http2_only() } else { builder.http1_only() };
        builder.http1().timer(timer.clone()).header_read_timeout(FIRST_REQUEST).max_buf_size(MAX_HEAD_BYTES as usize);
        builder
            .http2()
            .timer(timer)
            .keep_alive_interval(PING)
            .keep_alive_timeout(PONG)
            .max_concurrent_streams(STREAMS_PER_CONNECTION)
            .max_header_list_size(MAX_HEAD_BYTES);
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        tokio::pin!(connection);
        let silent = tokio::select! {
            // A client that went away is no error of ours.
            result = connection.as_mut() => return drop(result),
            () = silence(&self.clock, &living) => true,
            () = stop.accepting.cancelled() => false,
        };
        connection.as_mut().graceful_shutdown();
        if silent {
            drop(self.clock.timeout(CLOSING, connection).await);
        } else {
            drop(connection.await);
        }
    }
}

/// Resolves when no request has been under way for too long.
async fn silence(clock: &Clock, living: &watch::Sender<usize>) {
    let mut living = living.subscribe();
    let mut limit = FIRST_REQUEST;
    loop {
        // The sender outlives this future: waiting never fails.
        drop(living.wait_for(|requests| *requests == 0).await);
        tokio::select! {
            biased;
            _ = living.changed() => limit = IDLE,
            () = clock.sleep(limit) => return,
        }
    }
}

async fn answer(
    mut router: Router,
    mut request: hyper::Request<Body>,
    peer: std::net::SocketAddr,
    under_way: UnderWay,
) -> Result<Response, std::convert::Infallible> {
    if under_way.permit.is_none() {
        tracing::warn!("too many console requests at once");
        return Ok(ApiError::new(codes::UNAVAILABLE, "too many requests at once").render(""));
    }
    request.extensions_mut().insert(Peer(peer));
    let response = match router.as_service().ready().await {
        Ok(service) => service.call(request).await.unwrap_or_else(|never| match never {}),
        Err(never) => match never {},
    };
    // A request lasts until the last byte of its answer.
    let response = response.map(|body| {
        Body::new(body.map_frame(move |frame| {
            let _lasts = &under_way;
            frame
        }))
    });
    Ok(response.into_response())
}

/// A request under way; counted until it is dropped.
struct UnderWay {
    living: Arc<watch::Sender<usize>>,
    permit: Option<OwnedSemaphorePermit>,
}

impl UnderWay {
    fn new(living: &Arc<watch::Sender<usize>>, permit: Option<OwnedSemaphorePermit>) -> Self {
        living.send_modify(|requests| *requests += 1);
        Self { living: living.clone(), permit }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        self.living.send_modify(|requests| *requests = requests.saturating_sub(1));
    }
}

/// How many connections each network holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Networks(Arc<std::sync::Mutex<std::collections::HashMap<IpAddr, usize>>>);

impl Networks {
    /// One more connection of this network; `None` when it holds `limit` already.
    pub(crate) fn enter(&self, network: IpAddr, limit: usize) -> Option<Entered> {
        let mut held = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let count = held.entry(network).or_insert(0);
        if *count >= limit {
            return None;
        }
        *count += 1;
        Some(Entered { networks: self.clone(), network })
    }
}

/// One connection of a network; given back when it is dropped.
#[derive(Debug)]
pub(crate) struct Entered {
    networks: Networks,
    network: IpAddr,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut held = self.networks.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.network);
            }
        }
    }
}

/// Lets hyper start its HTTP/2 streams inside our group.
#[derive(Debug, Clone)]
struct GroupExecutor(TaskGroup);

impl<F: Future<Output = ()> + Send + 'static> hyper::rt::Executor<F> for GroupExecutor {
    fn execute(&self, task: F) {
        self.0.spawn(task);
    }
}

/// Lets hyper's deadlines follow our clock.
#[derive(Clone)]
struct ClockTimer {
    clock: Clock,
    zero: Instant,
}

impl ClockTimer {
    fn new(clock: Clock) -> Self {
        let elapsed = clock.monotonic();
        #[expect(clippy::disallowed_methods, reason = "hyper counts from some instant; from there on our clock moves")]
        let now = Instant::now();
        Self { zero: now.checked_sub(elapsed).unwrap_or(now), clock }
    }
}

impl hyper::rt::Timer for ClockTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        let clock = self.clock.clone();
        Box::pin(ClockSleep(std::sync::Mutex::new(Box::pin(async move { clock.sleep(duration).await }))))
    }

    fn sleep_until(&self, deadline: Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        self.sleep(deadline.saturating_duration_since(self.now()))
    }

    fn now(&self) -> Instant {
        self.zero + self.clock.monotonic()
    }
}

/// hyper asks for `Sync`, which a boxed future has only behind a lock that is never taken.
struct ClockSleep(std::sync::Mutex<Pin<Box<dyn Future<Output = ()> + Send>>>);

impl Future for ClockSleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        self.0.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner).as_mut().poll(context)
    }
}

impl hyper::rt::Sleep for ClockSleep {}
