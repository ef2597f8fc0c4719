//! Puts the declared routes behind the gate and serves them with the console over HTTPS.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto;
use medward_contract::identity::Directory;
use medward_kernel::Kit;
use medward_kernel::capability::{Bound, BuildError, Listener};
use medward_kernel::permission::Matrix;
use medward_kernel::route::Route;
use medward_kernel::supervisor::{Criticality, Stop, TaskGroup};
use medward_kernel::tls::ServerIdentity;
use tokio::net::{TcpListener, TcpStream};
use tower::{Service as _, ServiceExt as _};

use crate::assets::{self, Assets};
use crate::codes;
use crate::gate::{Gate, Guarded, Peer, door, guard, public_throttle};
use crate::problem::ApiError;
use crate::sse::Places;

/// A handshake or a request head may take this long.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Most connections to the console at once.
const MAX_CONNECTIONS: usize = 4096;
/// Pause after the operating system refused a connection.
const ACCEPT_BACK_OFF: Duration = Duration::from_millis(50);

/// Everything a console listener serves.
pub struct Site {
    /// Declared routes of all capabilities and of the kernel.
    pub routes: Vec<Route>,
    /// Who may do what.
    pub matrix: Arc<Matrix>,
    /// The console's files.
    pub assets: Arc<dyn Assets>,
}

/// The router: every route behind the gate, the console's files for everything else.
pub fn router(kit: &Kit, site: Site) -> Router {
    let gate = Gate {
        kit: kit.clone(),
        matrix: site.matrix,
        directory: kit.ports.port::<dyn Directory>("web"),
        public: public_throttle(),
        streams: Places::default(),
    };
    let mut router = Router::new();
    for route in site.routes {
        let guarded = Guarded { gate: gate.clone(), permission: route.permission, audit: route.audit };
        let handler = route.handler.layer(axum::middleware::from_fn_with_state(guarded, guard));
        router = router.route(&route.path, handler);
    }
    let files = site.assets;
    router
        .method_not_allowed_fallback(async || ApiError::new(codes::WRONG_METHOD, "see the API document"))
        .fallback(move |request: Request| {
            let files = files.clone();
            async move { assets::serve(&*files, &request) }
        })
        .layer(axum::middleware::from_fn(door))
}

/// The HTTPS listener of console and API.
pub fn console_listener(kit: &Kit, router: Router) -> Listener {
    let kit = kit.clone();
    Listener { name: "console", open: Box::new(move || Box::pin(open(kit, router))) }
}

async fn open(kit: Kit, router: Router) -> Result<Vec<Bound>, BuildError> {
    let settings = &kit.config.listen;
    let identity = if let (Some(certificate), Some(key)) = (&settings.certificate, &settings.private_key) {
        ServerIdentity::read(certificate, key)?
    } else {
        let names = ["localhost".to_owned(), "127.0.0.1".to_owned(), kit.config.node.node_name.clone()];
        ServerIdentity::read_or_make(&kit.data_dir("console")?, "console", &names)?
    };
    let mut tls = identity.config;
    tls.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(tls));

    let bind_error = |source| BuildError::bind(&settings.console, "listen.console", source);
    let socket = Arc::new(TcpListener::bind(&settings.console).await.map_err(bind_error)?);
    let address = socket.local_addr().map_err(bind_error)?;
    let connections = kit.supervisor.group("console.connections");
    let serving = Serving { kit: kit.clone(), socket, acceptor, router, connections };
    kit.supervisor.service("console.accept", Criticality::Isolated, move |stop| Box::pin(serving.clone().accept(stop)));
    Ok(vec![Bound { name: "console".into(), address, fingerprint: Some(identity.fingerprint) }])
}

#[derive(Clone)]
struct Serving {
    kit: Kit,
    socket: Arc<TcpListener>,
    acceptor: tokio_rustls::TlsAcceptor,
    router: Router,
    connections: TaskGroup,
}

impl Serving {
    async fn accept(self, stop: Stop) -> Result<(), medward_kernel::supervisor::TaskError> {
        loop {
            let accepted = tokio::select! {
                () = stop.accepting.cancelled() => return Ok(()),
                accepted = self.socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) if self.connections.len() < MAX_CONNECTIONS => {
                    self.connections.spawn(self.clone().connection(stream, peer, stop.clone()));
                }
                Ok(_) => tracing::warn!(limit = MAX_CONNECTIONS, "too many console connections"),
                Err(error) => {
                    tracing::warn!(%error, "console connection could not be accepted");
                    self.kit.clock.sleep(ACCEPT_BACK_OFF).await;
                }
            }
        }
    }

    async fn connection(self, stream: TcpStream, peer: std::net::SocketAddr, stop: Stop) {
        let handshake = self.acceptor.accept(stream);
        // Who does not finish the handshake has asked for nothing yet.
        let Some(Ok(stream)) = self.kit.clock.timeout(HANDSHAKE, handshake).await else { return };
        let router = self.router;
        let service = hyper::service::service_fn(move |request: hyper::Request<hyper::body::Incoming>| {
            let mut router = router.clone();
            async move {
                let mut request = request.map(axum::body::Body::new);
                request.extensions_mut().insert(Peer(peer));
                let response: Response = match router.as_service().ready().await {
                    Ok(service) => service.call(request).await.unwrap_or_else(|never| match never {}),
                    Err(never) => match never {},
                };
                Ok::<_, std::convert::Infallible>(response.into_response())
            }
        });
        let mut builder = auto::Builder::new(GroupExecutor(self.connections.clone()));
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HANDSHAKE).max_buf_size(64 * 1024);
        builder.http2().timer(TokioTimer::new()).max_concurrent_streams(100).max_header_list_size(64 * 1024);
        let connection = builder.serve_connection_with_upgrades(TokioIo::new(stream), service);
        tokio::pin!(connection);
        tokio::select! {
            // A client that went away is no error of ours.
            result = connection.as_mut() => drop(result),
            () = stop.accepting.cancelled() => {
                connection.as_mut().graceful_shutdown();
                drop(connection.await);
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
