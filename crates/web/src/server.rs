//! Puts the declared routes behind the gate and serves them with the console over HTTPS.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use medward_contract::address::network_of;
use medward_contract::identity::Directory;
use medward_kernel::Kit;
use medward_kernel::capability::{Bound, BuildError, Listener};
use medward_kernel::permission::Matrix;
use medward_kernel::route::Route;
use medward_kernel::supervisor::{Criticality, Stop, TaskGroup};
use medward_kernel::tls::ServerIdentity;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

use crate::assets::{self, Assets};
use crate::codes;
use crate::connection::{Connections, Entered, Networks};
use crate::gate::{Gate, Guarded, door, guard, public_throttle};
use crate::problem::ApiError;
use crate::sse::Places;

/// A handshake may take this long.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// Most connections to the console at once.
const MAX_CONNECTIONS: usize = 4096;
/// Most of them from one network, so that one house cannot shut out the others.
const MAX_CONNECTIONS_PER_NETWORK: usize = MAX_CONNECTIONS / 4;
/// Most requests under way at once, live views included.
const MAX_REQUESTS: usize = 8192;
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
    let shared = Connections {
        clock: kit.clock.clone(),
        router,
        streams: kit.supervisor.group("console.streams"),
        requests: Arc::new(Semaphore::new(MAX_REQUESTS)),
    };
    let serving = Serving { shared, socket, acceptor, connections, networks: Networks::default() };
    kit.supervisor.service("console.accept", Criticality::Isolated, move |stop| Box::pin(serving.clone().accept(stop)));
    Ok(vec![Bound { name: "console".into(), address, fingerprint: Some(identity.fingerprint) }])
}

#[derive(Clone)]
struct Serving {
    shared: Connections,
    socket: Arc<TcpListener>,
    acceptor: tokio_rustls::TlsAcceptor,
    connections: TaskGroup,
    networks: Networks,
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
                    match self.networks.enter(network_of(peer.ip()), MAX_CONNECTIONS_PER_NETWORK) {
                        Some(entered) => {
                            self.connections.spawn(self.clone().connection(stream, peer, stop.clone(), entered));
                        }
                        None => {
                            tracing::warn!(%peer, limit = MAX_CONNECTIONS_PER_NETWORK, "too many console connections");
                        }
                    }
                }
                Ok(_) => tracing::warn!(limit = MAX_CONNECTIONS, "too many console connections"),
                Err(error) => {
                    tracing::warn!(%error, "console connection could not be accepted");
                    self.shared.clock.sleep(ACCEPT_BACK_OFF).await;
                }
            }
        }
    }

    async fn connection(self, stream: TcpStream, peer: SocketAddr, stop: Stop, _entered: Entered) {
        let handshake = self.acceptor.accept(stream);
        // Who does not finish the handshake has asked for nothing yet.
        let Some(Ok(stream)) = self.shared.clock.timeout(HANDSHAKE, handshake).await else { return };
        self.shared.serve(stream, peer, &stop).await;
    }
}
